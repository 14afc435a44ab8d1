# Log-in, password, positions.
log-in = Log in
login = User name
password = Password
log-in-failed = Could not log in.
log-in-wrong = User name or password is wrong.
forgotten = Password forgotten: the administrator of your agency sets a new one.
only-check = Only want to check a signed document?
check = Check signatures
without = , without logging in.
demo = Demo data: every agency and name is invented. Do not put secret documents on this system.
art-label = About the system
art-one = Every document one number,
art-two = every number once,
art-three = no number ever lost.
art-sub = Document management and direction

## The account.
mine = My account
log-out = Log out
email = E-mail
acting-as = Acting as
positions = Positions
one-at-a-time = one position at a time
in-use = In use
use-position = Use this position
now-acting = Now acting as { $title }.

## Change of the password.
change-password = Change password
must-change = To be changed before any work.
set-by-administrator = The present password was set by the administrator.
old-password = Present password
new-password = New password
again = New password again
password-rule = 10 characters or more. A long sentence that is easy to remember is better than a difficult word.
password-changed = The password was changed.
