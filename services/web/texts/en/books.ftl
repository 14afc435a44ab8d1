# The registers.
incoming = Incoming register
outgoing = Outgoing register
secret = Secret register
void-numbers = Void numbers
proof = Proof
incoming-title = Incoming register { $year }
outgoing-title = Outgoing register { $year }
secret-title = Register of secret incoming documents { $year }
secret-head = Only registry clerks see this register.
secret-text = No files; never passed on here, never found by search, never exported.
gapless = No gaps, 01–{ $last }
counted = { $counted } of { $last } numbers counted: check the proof
export = Export CSV
print = Print
register = Register a document
filter = Filter the register
series = Series
year = Year
year-of = Year { $year }
from = from
until = to
apply = Filter
clear = Clear
wrong-day-head = Not filtered.
wrong-day-text = That day does not exist; write day/month/year, such as 05/03/2026.
from-number-to = Numbers { $first } to { $last }
nothing = No number yet
nothing-yet = Numbers are drawn in order from 01 in a year and are never given out again.
nothing-then = No number was drawn on these days.
numbers = Numbers { $first }–{ $last }
lines = { $n ->
    [one] One line
   *[other] { $n } lines
}
pages = Pages
newest = Newest
older = Older
printed = Printed from Văn Thư, { $at }, by { $who }.
position = Position in the journal: { $position }.

# Columns, in the words of the law.
arrived = Arrived
number = Incoming no.
number-short = No.
issuer = Issuing agency
notation = Reference number
issued = Document date
issued-short = Date
kind-and-subject = Kind and subject
kind = Kind
subject = Subject
to = Unit or person receiving
handed = Handed over
receipt = Receipt
handed-and-receipt = Handed over, receipt
note = Note
due = Due
state = State
signer = Signed by
recipients = Recipients
kept = Copy kept by
copies = Copies
opened = opened { $day }
unopened = not opened
not-seen = You may not see this document
not-handed = Not handed over
void-number = Void
void-because = Void: { $why }
reserved = Reserved
export-cut = Only the first { $n } lines are exported; filter by days for the rest.

# Void numbers.
void-title = Void numbers { $year }
void-sub = they stay in the register with their reason and are never given out again
void-none = No void numbers in { $year }
void-empty = Numbers that were voided show here, with the reason, who voided them and when.
drawn = Drawn
register-name = Register
reason = Reason
document = Document
voided-by = Voided by
voided-at = Voided at

# Proof.
proof-sub = every number once, none missing
root-head = Root of the journal
root-size = Entries
root = Root
root-text = Everything that was recorded lies in one hash tree; its root changes when a line is changed, slipped in or taken out. It is printed at the end of every register; whoever keeps a printed one can compare it by the command
proof-caption = Each register, each year
last-number = Last number
gapless-head = No gaps
gapless-all = 01–{ $last }, each number there: { $counted }
counted-only = { $counted } counted
too-many-to-count = more than 10,000 numbers: prove it on the command line
no-register = No register yet.
