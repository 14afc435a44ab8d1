# Outgoing documents: drafts, review, approval, numbering, sealing, issuing, recall.
submit-title = Submit the draft
submit-lead = The head of the unit reviews the content first (Decree 30/2020/NĐ-CP, Article 12), then the form is checked, then the signer approves.
submit-button = Submit
submit-note = Note
submit-done = The draft was submitted.
review-title = Review the content
review-lead = The head of the drafting unit answers for the content (Decree 30/2020/NĐ-CP, Article 12.1).
review-button = Agree to the content
remark = Remark
review-done = The content was reviewed; the form check is next.
check-title = Check the form
check-lead = Tick each part once it was looked at. The checker answers for form and layout (Article 12.2).
check-button = The form is right
note = Note
check-done = The form was checked; the signer approves next.
initial-title = Initial
initial-lead = Puts your name to the version that is submitted. It ends when the content changes.
initial-button = Initial
initial-done = Initialled.
give-back-title = Return the draft
give-back-lead = The draft goes back to its drafter, who sees the reason at the top of the page.
give-back-button = Return
reason = Reason
give-back-done = The draft was returned.
withdraw-title = Withdraw the draft
withdraw-lead = The draft is given up. Its versions stay in the history.
withdraw-button = Withdraw
withdraw-done = The draft was withdrawn.
recall-title = Recall the document
recall-lead = The document is frozen, its facts are kept, recipients inside are told (Decree 30/2020/NĐ-CP, Article 18.4). This cannot be undone.
recall-button = Recall the document
recall-done = The document was recalled.
part-quoc-hieu = National emblem words and motto
part-quoc-hieu-hint = bold capitals; a rule as long as the motto
part-co-quan = Name of the issuing agency
part-co-quan-hint = the superior agency above, not bold
part-so-ky-hieu = Number and reference
part-so-ky-hieu-hint = number left blank; reference in capitals without blanks
part-dia-danh = Place and date
part-dia-danh-hint = italic; day and month left blank
part-trich-yeu = Kind and subject
part-trich-yeu-hint = letter: “V/v …” under the number
part-noi-dung = Content
part-noi-dung-hint = grounds in italic; layout; ends with “./.”
part-nguoi-ky = Title, name and signature
part-nguoi-ky-hint = the right capacity: TM., KT., TL., TUQ., Q.
part-dau = Place of the seal
part-dau-hint = over a third of the signature, on its left
part-noi-nhan = Recipients
part-noi-nhan-hint = last line “Lưu: VT, …”
not-now = Not now.
other-step = The document stands at another step, or this is somebody else’s to do.
approve = Approve
sign = Sign
number-seal-issue = Number, seal and issue
seal-issue = Seal and issue
issue = Issue
edit-draft = Revise the draft
recall-short = Recall
sign-in-position = This document is signed in the position { $title }. Change to that position on the page My account.
other-signer = The document stands at another step, or somebody else is to sign it.
step-content = Content
step-form = Form
who-said = { $what }: { $who }
approve-draft = Approve the draft
approved-sign = Approved. Sign it here.
approved-later = Approved; the document waits for your signature.
seal = Seal
seal-password = Password of the seal
result-number = Result of numbering
done-number = { $n ->
    [one] { $n } document numbered
   *[other] { $n } documents numbered
}
result-seal = Result of sealing
done-seal = { $n ->
    [one] { $n } document sealed
   *[other] { $n } documents sealed
}
result-issue = Result of issuing
done-issue = { $n ->
    [one] { $n } document issued
   *[other] { $n } documents issued
}
not-signed-yet = The authorised person has not signed it yet (Decree 30/2020/NĐ-CP, Articles 15 and 32).
issued-or-recalled = The document is issued or recalled.
suffix = Suffix
notation = Reference
in-signed = printed in the signed document
by-rule = by the rule
suffix-of = After number
delivery-done = The state of the delivery was recorded.
not-recorded = Not recorded.
numbered = Numbered { $number }.
sealed = Sealed { $number }.
issued-done = Issued { $number }.
tab-drafts = My drafts
tab-drafts-empty = Drafts of yours that are not signed yet will stand here.
tab-returned = Returned
tab-returned-empty = Drafts that were returned will stand here, with the reason.
tab-for-review = For review
tab-for-review-empty = Drafts of the unit that wait for your review will stand here.
tab-for-check = For form check
tab-for-check-empty = Reviewed drafts that wait for the form check will stand here.
tab-for-approval = For approval
tab-for-approval-empty = Drafts submitted for your approval will stand here.
tab-for-signature = For signature
tab-for-signature-empty = Approved documents that are not signed yet will stand here.
tab-for-number = For a number
tab-for-number-empty = Signed documents without a number will stand here.
tab-for-seal = For the seal
tab-for-seal-empty = Numbered documents without the seal will stand here.
tab-for-issue = For issue
tab-for-issue-empty = Sealed documents that are not issued yet will stand here.
tab-issued = Issued
tab-issued-empty = Issued documents that you may see will stand here.
tab-recalled = Recalled
tab-recalled-empty = Recalled documents will stand here, with their facts.
tab-all = All
tab-all-empty = Every outgoing document that you may see will stand here.
was-returned = Returned.
says = { $who }: “{ $words }”
was-recalled = Recalled.
recalled-why = “{ $words }” The document is frozen, its facts are kept (Decree 30/2020/NĐ-CP, Article 18).
signer = Signer
day = Date of the document
series = Series
urgency = Urgency
page-count = Pages
copies = Copies
delivery-lost = Did not arrive
delivery-inside = Among “For information”
delivery-confirmed = Acknowledged
delivery-failed = Sending failed
delivery-sent = Sent
delivery-pending = Not sent yet
answered = { $kind } { $notation } · arrival number { $number }
write = Write a document
kind = Kind
subject = Subject
empty-by-rule = empty: by the rule
notation-example = QĐ-SNV
signer-capacity = Signer and capacity
choose-signer = Choose who signs…
addressees = Addressed to
one-a-line = one a line
authority = Issuing authority
grounds = Grounds
one-ground-a-line = one ground a line
body = Content
one-paragraph-a-line = one paragraph a line; “Điều 1.”, “I.” become headings
printed-recipients = Recipients printed on the document
empty-by-recipients = empty: the recipients below
filed-at = Filed at
filed-example = VT, drafting unit
drafter-mark = Drafter’s mark
circulation = Circulation
what-changed = What changed in this version
outside = Recipients outside
outside-how = one a line; “| identifier” may follow
outside-example = Bộ Nội vụ | H01
circulation-none = None
circulation-inside = Internal circulation
circulation-return = Return after reading
nobody-signs = Nobody may sign yet.
nobody-signs-why = The administrator has given no position a capacity to sign. A draft needs a signer to be saved.
no-more-edits = It cannot be changed any more.
no-more-edits-why = The document is signed: what was signed does not change (Decree 30/2020/NĐ-CP, Article 18).
draft-saved = The draft was saved.
saved-look = Saved; the printed page is at the left.
saved-submitted = The draft was saved and submitted.
saved-not-submitted = Saved, but not submitted. { $why }
form-checker = The form checker
clerk = The registry clerk
list-title = Outgoing: { $tab }
verb-check = Check
verb-edit = Revise
place-number = Number
place-date = Date
place-signature = Signature
place-seal = Seal
step-draft = Draft
step-approval = Approval
step-signature = Signature
step-number = Number
step-seal = Seal
step-issue = Issue
number-is = number { $number }
heard-done = done
heard-back = returned
heard-now = stands here
heard-next = not yet
details = Details
no-file = No file
document = Document
drafted-by = { $unit } · drafted by { $who }
holds = with { $who }
sent-to = { $n ->
    [one] to { $n } recipient
   *[other] to { $n } recipients
}
nine-parts = The nine parts of the form (Article 8)
nine-keys = keys 1 … 9, key 0 ticks all
never-mind = Cancel
recipients-are = Recipients:
places = Places of number, date, signature and seal
all-known = all 4 known
by-hand = { $n ->
    [one] { $n } to be placed by hand
   *[other] { $n } to be placed by hand
}
places-how = Choose a box and draw it on the page, or type numbers: page, millimetres from the left and the lower edge. On the page the arrow keys move the chosen box by 1 mm; with Shift they change its size.
to-mend = To be mended
field-box = Box
page = Page
left = Left
bottom = Bottom
width = Width
height = Height
not-known = not known
of-page = { $box }: page
of-left = { $box }: from the left edge, mm
of-bottom = { $box }: from the lower edge, mm
of-width = { $box }: width, mm
of-height = { $box }: height, mm
approve-sign = Approve and sign
approve-later = Approve, sign later
to-document = To the document
n-documents = { $n ->
    [one] { $n } document
   *[other] { $n } documents
}
steps = Steps
key-rows = row
key-choose = take out, put in
no-documents = No documents: { $list }
choose = Choose
choose-this = Choose { $what }
kind-subject = Kind and subject
signed-at = Signed at
expected-number = Expected number
number-notation = Number and reference
recipients = Recipients
each-alone = Each alone
no-series = no series
no-recipients = no recipients
n-places = { $n ->
    [one] { $n } recipient
   *[other] { $n } recipients
}
alone = Do alone
order-numbers = in the order of signing; numbers are given from above
order-signed = signed first stands first
paging = Pages
first-page = First page
more = More
older = Older
number-seal-issue-many = Number, seal and issue { $many } documents
number-seal-issue-one = Number, seal and issue 1 document
number-seal-issue-n = { $n ->
    [one] Number, seal and issue { $n } document
   *[other] Number, seal and issue { $n } documents
}
seal-issue-many = Seal and issue { $many } documents
seal-issue-one = Seal and issue 1 document
seal-issue-n = { $n ->
    [one] Seal and issue { $n } document
   *[other] Seal and issue { $n } documents
}
issue-many = Issue { $many } documents
issue-one = Issue 1 document
issue-n = { $n ->
    [one] Issue { $n } document
   *[other] Issue { $n } documents
}
desk-how = Done one after the other in the order of the law. A failure of one does not stop the others; it waits at its step.
no-seal = There is no seal that can be used.
no-seal-but = The administrator enrols the agency’s certificate. Numbers can be given all the same.
seal-person = Expires { $day }. The registry clerk seals in person (Decree 30/2020/NĐ-CP, Article 32).
all-three = Do all three
number-only = Only number
seal-only = Only seal
breadcrumb = Path
outgoing = Outgoing
by-drafter = drafted by { $who }
download-issued = Download what was issued
steps-of-law = The steps of Decree 30/2020/NĐ-CP
remarks-initials = Remarks and initials
on-version = on version { $n }
no-recipients-why = No recipients yet; it cannot be issued.
inside = inside
outside-agency = outside
record-delivery = Record the delivery
delivery-of = Delivery to { $who }
note-of = Note on { $who }
record = Record
signatures = Signatures
checked-at = checked { $at }
facts = Facts
answers = Answers
attachment = Attachment
n-pages = { $n ->
    [one] { $n } page
   *[other] { $n } pages
}
versions = Versions
n-versions = { $n ->
    [one] { $n } version
   *[other] { $n } versions, newest first
}
version = Version { $n }
current = current
history = History
n-acts = { $n ->
    [one] { $n } act
   *[other] { $n } acts, newest first
}
more-acts = { $n ->
    [one] { $n } more
   *[other] { $n } more
}
by-template = from a template
by-file = from a PDF file
to-file = From a PDF file
to-template = From a template
printed = Printed page
printed-here = The printed page will stand here
file-here = The PDF file will stand here
printed-how = Press “Preview”: the document is laid out after Annexes I and III of Decree 30/2020/NĐ-CP, with room for number, date, signature and seal.
file-how = Choose a file at the right, then save.
content-of = Content of the document
answers-how = When it is issued, this incoming document is completed.
save = Save
main-file = PDF file of the document
required = required
keep-file = none chosen: the file stays
uploaded = Uploaded
units-inside = Units of the agency ({ $n })
people-inside = People of the agency ({ $n })
more-fields = More: attachments, filing, notes
attachments = Attachments
keep = keep { $name }
save-look = Save and look
save-submit = Save and submit
number-later = The registry clerk gives number and date after the signature
signed-by = { $unit } · signed by { $who }, { $at }
number-date = Number and date
no-series-why = No series takes this kind of document.
no-series-way = The administrator opens a series.
expected = Expected
series-last = series { $series }, the last number given is { $last }
series-first = series { $series }, the first of the year
drawn-now = The number itself is drawn when you press; none is held before.
exception-suffix = Exception: a letter behind a number that is given
exception-how = For example 15a: takes no new number, and the reason is kept (Decree 30/2020/NĐ-CP, Article 15).
seal-signature = Seal (the agency’s digital signature)
sealed-already = sealed
no-seal-way = The administrator enrols the agency’s certificate.
to-n = { $n ->
    [one] to { $n } recipient
   *[other] to { $n } recipients
}
no-recipients-yet = No recipients yet.
stays-at-issue = The document will wait at “For issue”.
for-information = for information
number-seal = Number and seal
stops-where = Where it stops, it waits
lines-here = { $n ->
    [one] { $n } line on this page
   *[other] { $n } lines on this page
}
date = Date
unit = Drafting unit
drafter = Drafter
state = State
with-whom = With whom
act = Act
no-number = no number yet
lines-a-page = 50 lines a page
stopped-n = { $n ->
    [one] { $n } document stopped
   *[other] { $n } documents stopped
}
to-queue = To the queue
result = Result
stands = Stands at
done = Done
stopped = Stopped

## Preview and appendices.
preview = Preview
previewed = Preview, not saved
preview-failed = No preview could be made. Look at the connection and try again.
contact = Address, telephone, e-mail of the agency
contact-how = foot of the first page, may be empty
appendices-n = Appendices in the same file ({ $n })
appendix = Appendix { $n }
appendix-title = Title of the appendix
appendix-title-of = Title of appendix { $n }
appendix-body = Content of the appendix, one paragraph a line
appendix-body-of = Content of appendix { $n }
appendix-how = Appendices get Roman numerals, pages of their own and the line “Kèm theo …” (Annex III, form 2.1). For another file use an attachment.
appendix-add = Add an appendix

## Numbers that are kept.
keep-numbers = Keep numbers
keep-numbers-how = drawn ahead for a document about to be signed, with the day on which they were drawn; a number given up is struck through and never given again
kept-numbers = Numbers that are kept
number-title = Number
kept-for = Kept for
kept-for-any = any document
kept-on = Day of the number
kept-until = To be taken by
kept-until-how = empty: the end of the year
kept-over = its time is over
none-kept = No number is kept.
release = Give up
release-why = Reason to give number { $number } up
release-number = Give this number up
keep-one = Keep the next number
keep-one-how = The number is drawn now, in the order of the series. A document takes it where it is numbered, and carries its day.
number-kept = Number { $number } is kept.
number-released = The number was given up; it is struck through in the register and never given again.
kept-choice = { $number } · of { $day } · { $reason }
next-number = The next number: { $number }
which-number = Which number

## Room for number and date in uploaded files.
printed-blanks = Nothing is written over printed words. Where the file prints “ngày … tháng … năm …” (or dots to be filled), return it and have them taken out: leave blank what follows “Minh Giang,” and what follows “Số:”; number and date are written with the seal.
file-blanks = Leave blank what follows “Số:” and the place (“Minh Giang, ”): print no “ngày … tháng … năm …” and no dots. Number and date are written with the seal.
each-revision = See and download each revision as it was signed
