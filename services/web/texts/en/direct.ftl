# Reading and directing.
title = Read and direct
waiting = Awaiting direction · { $place } of { $total }
none-waiting = Nothing awaits your direction
empty = Documents that the registry submits to you show here.
open-given = Open what you have given
before = Previous
after = Next
paper = Paper, no file
direction = Direction
arrived = Arrived { $day }
signature = signature { $verdict }
reply-by = the sender asks for a reply by { $day }
details = details
note = Note:
opinion = Direction
phrases-remark = press a phrase to insert it
phrases = Phrases
key = Key { $key }
# What is inserted goes into the record, which is Vietnamese.
phrase-lead = chủ trì, tham mưu
phrase-study = nghiên cứu, đề xuất
phrase-report-first = báo cáo tôi trước khi trình ký
phrase-support = phối hợp thực hiện
phrase-information = để biết
phrase-file = lưu
due = Due date
due-remark = working days, key H
days = { $n } days
due-sum = { $day } = { $today } + { $n ->
    [one] { $n } working day.
   *[other] { $n } working days.
}
before-senders = { $n ->
    [one] { $n } day before the sender’s date.
   *[other] { $n } days before the sender’s date.
}
after-senders = { $n ->
    [one] { $n } day after the sender’s date.
   *[other] { $n } days after the sender’s date.
}
no-holidays = No holidays are entered for { $year }.
another-day = Another day…
other-day = Another day
no-due = No due date
no-due-remark = No due date: this work will never be overdue.
assign-to = Assign to
assign-remark = number keys: once lead, twice supporting, three times for information
assign-to-people = Assign to people…
filter-people = Filter people
type-a-name = Type a name to filter…
open-work = { $n } open
late-work = { $n } overdue
lead = Lead
supporting = Supporting
information = To know
not-assigned = Not assigned
must-be-mended = To mend
pass-and-next = Send and open next
pass = Send
undo-remark = Can be undone until somebody opens it
passed = { $number } sent to { $who }.
passed-with-due = { $number } sent to { $who }, due { $due }.
undone = Undone; the document awaits direction again.
not-undone = Not undone. { $why }
