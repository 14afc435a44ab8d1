# Checking signatures.
check = Check signatures
home = Home
log-in = Log in
lead = Drop a signed PDF to learn who signed it, when, and whether it was changed. No log-in is needed; the file is not kept after the check.
drop = Drop a PDF file here
choose = Choose a file
up-to = up to { $limit }
check-button = Check
pages = { $n ->
    [one] { $n } page
   *[other] { $n } pages
}
to-document = To the document
print = Print the report
report = Report on each signature after Circular 15/2025/TT-BKHCN
fact = What is checked
signature-n = Signature { $n }
on-revision = revision { $n }
remarks = Reasons and remarks
none = none
revisions = The file, revision by revision
revisions-how = newest first; each signature, number or change adds a revision, those before stay as they were
as-it-is = the file as it is
stamped-at = { $who }, made { $at }
signed-at = Signed by { $who }, { $at }
unsigned-revision = nobody signed this revision
permitted = permitted
forbidden = Not permitted
more-changes = { $n ->
    [one] and { $n } more change
   *[other] and { $n } more changes
}
download = Download this revision
send-again = The file is not kept on the server: send the same file once more to get a revision of it.
which-revision = Which revision
same-file = The file that was checked
checked-at = checked at { $at }
no-file = No file yet
no-file-why = The result will stand here: one verdict for the document, seven facts for each signature, the file revision by revision.
valid-is = The right person, the right time, nothing changed.
indeterminate-is = Nothing was found wrong, but a certificate leads to no trusted root or may have been revoked; do not rely on it yet.
invalid-is = Changed after signing, or the certificate is expired, revoked or self-made.
cannot-read = The file cannot be read.
cannot-read-why = The file broke off on its way or is not a PDF.
not-sent = The file was not sent. Look at the connection and try again.
