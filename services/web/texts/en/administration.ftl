# Administration: agency, units, people, positions, delegations, series, holidays, certificates, health.
people = People
units = Units
positions = Positions
delegations = Delegations
series = Registers and series
holidays = Holidays
certificates = Certificates
agency = Agency
health = Health of the system
agency-name = Name of the agency
superior = Superior agency
abbreviation-in = Abbreviation in references
organ-id = Identifier
organ-id-by = Decision 20/2020/QĐ-TTg
place = Place
head-title = Title of the head
ground-reason = Ground, reason
agency-changed = The facts of the agency were changed.
secret-on-done = The registration of secret documents is on.
secret-off-done = The registration of secret documents is off.
seal-of = Seal of { $agency }
choose = Choose…
agency-seal = The agency’s seal
whose = Whose
certificate-enrolled = The certificate was enrolled.
certificate-withdrawn = The certificate was withdrawn.
ended = Ended
in-force = In force
not-begun = Not begun
over = Over
from-whom = Who delegates
to-whom = Who may sign
basis = Written authorization
basis-example = Giấy ủy quyền số 01/GUQ-SNV ngày 04/05/2026
scope = Scope
scope-how = which matters, which kinds of document
from-day = From
to-day = To
delegated = The delegation was recorded.
delegation-ended = The delegation was ended.
broken = Reports an internal error; see the server’s log.
answers = Answers
service-archive = Archive
service-archive-what = data, journal, files, search
service-directory = Directory
service-directory-what = log-in, people, units
service-intake = Intake
service-intake-what = incoming documents, printed registers
service-routing = Routing
service-routing-what = directions, drafts, issuing
service-signer = Signer
service-signer-what = keys, signatures, the seal
year = Year
ground = Ground
ground-example = Thông báo số …/TB-BNV ngày …
off-how = without Saturdays and Sundays; a whole list may be pasted
worked = Days worked instead
worked-how = Saturdays and Sundays that are worked
holidays-set = The holidays of { $year } were recorded; every due date follows this table.
full-name = Full name
login = Log-in name
login-how = small letters, digits, dots
email = E-mail
person-added = The person was added. Appoint to a position so that the person can log in.
choose-unit = Choose a unit…
unit = Unit
position = Position
position-example = Phó Giám đốc
roles = Roles
capacities-by = Capacities to sign, by the working rules
person-changed = The facts were changed.
password-reset = The password was reset. The person’s open sessions have ended.
appointed = Appointed.
since = since { $day }
post-ended = ended
post-held = held
post-not-begun = not begun
post-over = over
end-position = End the position
reason = Reason
position-ended = The position was ended; sessions in it have ended as well.
choose-book = Choose a register…
series-name = Name of the series
series-example = Quyết định
book = Register
kinds-of = Kinds of document that take numbers here; none: all the rest
the-rest = all the rest
series-opened = The series was opened; it begins with 01.
series-closed = The series was closed; numbers that were given stay.
unit-name = Name of the unit
unit-example = Phòng Cải cách hành chính
abbreviation = Abbreviation
abbreviation-how = stands in the references of letters
rank = Order
unit-added = The unit was added.
unit-changed = The unit was changed.
save = Save
never-mind = Cancel
facts = Facts
agency-how = stands at the head of each document and in references
collective = Works as a collective (signs TM.)
secret = Secret documents
is-on = On
is-off = Off
secret-how = While it is on, the registry clerk can register the facts of secret documents on paper, in a series of their own. There is never a file; they are not forwarded, not searched, not exported. Each switch is recorded.
secret-switch-off = Switch the registration off
secret-switch-on = Switch the registration on
n-certificates = { $n ->
    [one] { $n } certificate
   *[other] { $n } certificates
}
no-seal = there is no seal that can be used
enrolled = Enrolled
no-certificate = No certificate yet
no-certificate-why = Enrol the agency’s certificate first: without a seal nothing can be issued.
enrol = Enrol a certificate
enrol-button = Enrol
delegations-how = in writing, for a time, never passed on (Decree 30/2020/NĐ-CP, Article 13)
all-delegations = All delegations
no-delegation = No delegation yet
no-delegation-why = Delegations that are or were in force will stand here.
signs-for = signs TUQ. for
end-early = End early
end-delegation-why = Reason to end the delegation
end-delegation = End the delegation
delegate = Record the delegation
end-position-how = In effect from today. Sessions in this position end at once; work that was assigned to the person stays.
all-answer = every part answers
bad-n = { $n ->
    [one] { $n } part does not answer
   *[other] { $n } parts do not answer
}
at = at { $at }
look-again = Look again
parts = Parts
not-well = Not well
journal = Journal
journal-how = all that was recorded, never changed, never deleted
journal-unread = The head of the journal cannot be read.
entries = Entries
root = Code of verification
root-how = Printed registers carry this code. Note it to compare later; this command computes it anew:
figures = Figures
people-working = People who work here
no-table-of = no table of { $year }
enter = Enter
holidays-how = every due date follows these tables
no-holidays-of = There are no holidays of { $year } yet.
no-holidays-why = Due dates in that year may be off by some days until they are entered.
year-is = { $year }
open-right = open at the right
edit = Change
off-n = { $n ->
    [one] { $n } day off
   *[other] { $n } days off
}
worked-n = { $n ->
    [one] { $n } day worked
   *[other] { $n } days worked
}
no-table = No table yet
no-table-why = Enter the holidays of the year as they were announced.
enter-holidays = Enter holidays
record-table = Record the table of the year
working-n = { $n ->
    [one] { $n } person works here
   *[other] { $n } people work here
}
left-n = , { $n } left
positions-roles = Positions and roles
state = State
no-position = no position yet, cannot log in
works = Works
has-left = Left
add-person = Add a person
first-password-how = The system makes the first password and shows it once on the next page; the person changes it at the log-in.
breadcrumb = Path
first-password = First password, shown only now:
password-hand = Hand it to the person. It must be changed at the next log-in.
no-position-why = No position yet: cannot log in.
signs = signs: { $capacities }
end = End
appoint-to = Appoint to a position
appoint = Appoint
is-working = Works here
leaving = Untick when the person leaves: all positions and sessions end.
save-facts = Save the facts
password = Password
reset-how = The system makes a new password and shows it once. The person’s open sessions end at once.
reset = Reset the password
held-n = { $n ->
    [one] { $n } held · appointments are made on the page of the person
   *[other] { $n } held · appointments are made on the page of the person
}
choose-person = Choose whom to appoint
held = Positions that are held
holder = Holder
capacities = Capacities to sign
time = Time
act = Act
over-n = { $n ->
    [one] { $n } position ended or not begun
   *[other] { $n } positions ended or not begun
}
series-how = each begins with 01 on 01/01, without gaps, and gives no number twice (Decree 30/2020/NĐ-CP, Article 15)
a-series = Series
kinds = Kinds of document
last-of-year = Last number of each year
secret-mark = Secret
of-year = { $year }, { $day }
no-number-given = no number given yet
series-open = Open
close-short = Close
close-why = Reason to close { $series }
close-series = Close the series
is-closed = Closed
open-series = Open a series
choose-kinds = Choose kinds of document (none: all the rest)
secret-series = A series for secret documents
secret-is-off = The registration of secret documents is off (page Agency).
n-units = { $n ->
    [one] { $n } unit
   *[other] { $n } units
}
name = Name
head = Head
people-count = People
none-yet = none yet
add-unit = Add a unit
edit-unit = Change the unit
unit-active = Active
close-unit = Close a unit when nobody holds a position in it and no work is left.
read-again = All of it read again
damaged-n = { $n ->
    [one] { $n } damaged place
   *[other] { $n } damaged places
}
damaged-way = The server log names file and byte; bring that file back from the newest backup.
not-read-yet = not once to the end since the start
all-right-at = Whole, at { $at }
