# Receiving and registering.
entry = To register
title = Receive and register
waiting = To register · { $place } of { $total }
none-waiting = Nothing is waiting
sure-fields = { $n ->
    [one] { $n } field sure
   *[other] { $n } fields sure
}
unsure-fields = { $n } to check
before = Previous
after = Next
queue = Waiting to be registered
drop = Drop PDFs or scans here, or
choose-file = choose files
one-document = the files are one document
upload = Upload
paper = Paper, no file
secret-paper = Secret document
secret-waits = Secret
signature-verdict = Signature { $verdict }
paper-without-file = Paper, no file: fill in the form on the right
form = What goes into the register
more = More: recipient, signer, note
empty-head = Nothing waits to be registered
empty-text = Drop files on the left, or record a paper. What is received shows here.
open-register = Open the incoming register
register-and-next = Register and open next
drawn-when-pressed = The number is drawn when you press, never before
arrival = Arrived
submit-to = Submit to
submit-later = Submit later
reply-hint = { $weekday }, { $days ->
    [one] { $days } working day from today.
   *[other] { $days } working days from today.
}
goes-into-the-register = goes into the register
registered = Registered, incoming number { $number }.
registered-and-submitted = Registered, incoming number { $number }, submitted to { $leader }.

# Files that arrive.
no-file-head = No file yet.
no-file-text = Choose or drop at least one file.
received = { $n ->
    [one] One document received.
   *[other] { $n } documents received.
}
received-some = { $n ->
    [one] One file was received, those after it were not.
   *[other] { $n } files were received, those after them were not.
}
received-paper = One paper received. Fill in the form, then register it.

# Returning to the sender.
send-back = Return to sender
sent-back = Returned to the sender.
reason = Reason
sender-reads-it = the sender reads it
reason-wrong-agency = Sent to the wrong agency
reason-bad-signature = The digital signature is not valid
reason-file-missing = An attachment is missing
reason-no-seal = The agency’s digital signature is missing
send-back-rule = A document that is not registered yet is returned under Decree 30/2020/NĐ-CP, Article 21. No number is taken.
cancel = Cancel

# Documents that may be the same.
twins-title = Possible duplicates
twins-head = Possible duplicates ({ $n })
twins-button = Duplicate? ({ $n })
twin-same-file = same file
twin-same-symbol = same number, reference and agency
twin-same-all = same file; same number, reference and agency
twin-number = Incoming number { $number }
twin-unregistered = not registered
twin-beside = look at it beside
despite = I have looked; register all the same
beside-title = Compare documents
beside = Already here
differs = differs
same = same
file = File
no-file = no file
file-same = the same file as the one being registered
file-other = another file
next-twin = Next possible duplicate
close-beside = Close
open-document = open its page
