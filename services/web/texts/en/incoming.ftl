# Lists of incoming documents, by where they stand.
title-of = Incoming: { $tab }
received = To register
received-empty = Documents that are received and have no number yet show here.
to-submit = To submit
to-submit-empty = Documents that are registered and not yet submitted to a leader show here.
to-direct = Awaiting direction
to-direct-empty = Documents that a leader has not directed yet show here.
in-work = In work
in-work-empty = Documents that are directed and not completed show here.
completed = Completed
completed-empty = Documents whose work is done show here.
soon = Due soon
soon-empty = Work that is due within 0 to 3 working days shows here.
late = Overdue
late-empty = Work that is overdue and not completed shows here.
returned = Returned
returned-empty = Documents that were returned to their sender show here.
all = All
all-empty = Every incoming document that you may see shows here.
nothing = No documents: { $tab }
receive = Receive documents
number = No.
arrived = Arrived
issuer = Issuing agency
notation = Reference number
issued = Date
subject = Kind and subject
holder = Who has it
state = State
due = Due
lines = { $n ->
    [one] One line on this page
   *[other] { $n } lines on this page
}
pages = Pages
first-page = First page
older = Older
