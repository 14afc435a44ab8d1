# An incoming document.
path = Path
incoming-number = Incoming no. { $number }
arrived = arrived { $day }
due = due { $day }
twin = Possible duplicate.
open-twin = Open the other document
secret = Only its metadata are registered: no file, never passed on, never searched for, never exported.
holders = Who has it
places = { $n ->
    [one] { $n } place
   *[other] { $n } places
}
places-unopened = { $n } not opened
directs = Directs
directed = Directed
with-the-clerk = The registry has it. Assigned to nobody yet.
is-me = { $title }, me
opened = opened { $when }
unopened = not opened
signatures = Signatures
checked = checked { $when }
facts = Facts
asked-by-the-sender = { $day }, asked for by the sender
received = Received
answered-by = Answered by
main-file = Document
attachment = Attachment
pages = { $n ->
    [one] { $n } page
   *[other] { $n } pages
}
history = History
history-lines = { $n ->
    [one] One act
   *[other] { $n } acts, newest first
}
save = Save
cancel = Cancel

# Correcting.
correct-title = Correct the metadata
fixed = Incoming number { $number }, arrived { $day }: these two cannot be changed.
correct-reason = Reason for the correction
goes-into-history = goes into the history
corrected = Corrected; the number and the day of arrival stay.

# Submitting.
submit-title = Submit to a leader
submit = Submit
submit-rule = Submit the same day, at the latest on the next working day; what is urgent at once (Decree 30/2020/NĐ-CP, Article 23).
to-which-leader = To whom
clerks-note = Note of the clerk
submitted = Submitted to { $leader }.

# Voiding the number.
void-title = Void number { $number }
void = Void the number
void-rule = Number { $number } stays in the register, struck through with its reason, and is never given out again.
reason = Reason
void-twice = registered twice
void-wrong-book = registered in the wrong register
void-not-ours = not a document for this agency
voided = Number { $number } is void.

# Undoing the direction.
undo-title = Undo the direction
undo = Undo
undo-rule = What was assigned is withdrawn and the document awaits direction again. Possible only while nobody has opened it.
undone = The direction was undone.
revoked = The signer's certificate was revoked or suspended.
revoked-what = The signature had no effect when the document was received. It should not be registered as a valid document; ask the sender, or return it.
evidence = Evidence of the check
evidence-kept = The issuers of the certificates were asked, and what they said was kept at { $at }.
evidence-part = Kept at { $at }; not everybody could be asked, because a certificate leads to no trusted root or does not say where to ask.
evidence-none = The issuers of the certificates were not asked yet; revocation is judged by what the file holds.
evidence-waiting = Waiting to ask the issuers of the certificates.
evidence-ocsp = OCSP response by { $by }, made at { $at }
evidence-crl = List of revoked certificates by { $by }, made at { $at }
evidence-unnamed = the issuer
evidence-take = Download the evidence (ZIP)
evidence-for = Judged for the time of receipt: { $at }.
check-again = Check again
checked-again = Checked again, and the evidence kept.
not-checked-again = Not checked again yet: { $why }
