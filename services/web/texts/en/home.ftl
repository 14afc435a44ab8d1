# The first page.

## How much waits.
nothing-waits = nothing is waiting
waits = { $n ->
    [one] { $n } item is waiting
   *[other] { $n } items are waiting
}
waits-now = { $n ->
    [one] { $n } item is waiting, { $now } to be done at once
   *[other] { $n } items are waiting, { $now } to be done at once
}

## The main act.
receive = Receive documents
direct = Read & direct
my-work = My work
administer = Administration

## The counts: their words, and a smaller line below.
counts = Counts
for-direction = To direct
for-direction-sub = submitted to me
received = To register
received-sub = without a number
form-check = To check
form-check-sub = form
incoming = Incoming
incoming-sub = that I may see
drafts = My drafts
drafts-sub = not signed yet
registered = To submit
registered-sub = registered
work = To work on
work-sub = lead and supporting
soon = Due soon
soon-sub = in the next 3 days
late = Overdue
late-all = whole agency
late-seen = that I may see
late-mine = mine
for-signature = To sign
for-signature-sub = by me
for-issue = To issue
for-issue-sub = since signing
information = For information
information-sub = no due date

## What is done with a line.
verb-register = Register
verb-submit = Submit
verb-number = Number
verb-seal = Seal
verb-issue = Issue
verb-direct = Direct
verb-approve = Approve
verb-sign = Sign
verb-review = Review
verb-form-check = Check
verb-rework = Rework
verb-open = Open
at-once = { $verb } at once
today = Today
given-lead = given by { $who }, as lead
given-supporting = given by { $who }, as supporting
drafted-by = drafted by { $unit } · { $status }
returned-by = { $who }: “{ $why }”

## Work by day.
group-late = Overdue · { $n }
group-today = Today, { $weekday } { $day }
group-day = { $weekday } { $day }
last-incoming = Last incoming number, { $series }
last-outgoing = Last outgoing number, { $series }

## The page.
no-holidays = No holidays are entered for { $year }.
no-holidays-text = Due dates count every day from Monday to Friday as a working day. The administrator enters them under Holidays.
waiting-for-me = Waiting for me
waiting-order = urgent first, then first come, first served
more = { $n } more
nothing = Nothing is waiting for you
nothing-text = New work shows here, urgent work first.
waiting-table = Work that is waiting for me
column-came = Came
column-document = Document
column-due = To be done
column-open = Open
came-back = Returned
late-and-soon = Overdue and due soon
see-all = See all
none-late = Nothing is overdue or due soon.
books = Registers of { $year }
open-book = Open
proof = Proof
proof-each = see each register
