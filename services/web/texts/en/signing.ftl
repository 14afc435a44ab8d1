# Signing: what waits, the run of signing, what failed, what was signed, certificates.

# Entries in the menu.
entry-waiting = To sign
entry-signed = Signed
entry-failed = Failed
entry-certificates = My certificates

# To sign.
signing = Signing
waiting = To sign: { $n }
opened = looked at
taken-out = taken out
all-waiting = { $n ->
    [one] the one document that waits
   *[other] all { $n } documents that wait
}
key-space = look, then looked at
key-out = take out
key-return = return with a reason
key-enter = open large
none-waiting = Nothing waits for your signature
none-waiting-why = Documents that you approved will stand here.
see-signed = See what you signed
first-pages = { $n ->
    [one] First page of { $n } document
   *[other] First pages of { $n } documents
}
open-file = Open { $what }
open-to-see = Open the file to see it
looked-at = Looked at
out = Taken out
pages = { $n ->
    [one] { $n } page
   *[other] { $n } pages
}
other-position = signed in another position
sign-this = Sign { $what }
tick-sign = sign
give-back = Return
sign-count = { $n ->
    [one] Sign { $n } document
   *[other] Sign { $n } documents
}
sign-one = Sign 1 document
sign-many = Sign { $many } documents
asks-once = Asked once for all of them. Each document has its own result; a failure of one does not stop the others.
issuer = Issued by
serial = Certificate number
validity = Validity
no-certificate = You have no certificate that can be used.
enrol-one = Enrol a certificate
to-be-signed = Documents that will be signed
document = Document
digest = SHA-256 digest
left = { $n ->
    [one] { $n } document not looked at yet
   *[other] { $n } documents not looked at yet
}
left-one = 1 document not looked at yet
left-many = { $many } documents not looked at yet
previous = Previous document
next = Next document
seen-next = Looked at, open the next
shut = Close
return-draft = Return the draft
reason = Reason
never-mind = Cancel
sign-here = Sign here
which-of = { $a } of { $b }
page-of = Page { $a } of { $b }
cannot-open = This file cannot be opened. Close it and try again.
certificate = Certificate
key-password = Password of the signing key
signs-as = { $position }, { $capacity }
returned = The draft was returned.
not-returned = It was not returned.
return-needs-reason = A reason is needed.

# The run: one file after the other.
run = Signing
run-result = Result of signing
run-progress = Signed { $a } of { $b }
result = Result
stands = Stands at
state-waits = Waits
state-works = Being signed…
state-good = Signed
state-bad = Signing failed
state-else = Waits no more
not-done = Not signed yet.
stop = Stop
stopped = Stopped. What is signed stays signed.
go-on = { $n ->
    [one] Go on with { $n } document
   *[other] Go on with { $n } documents
}
key-closed = The signing key is closed (it stays open for 15 minutes at most). What is signed stays signed; type the password again to go on.
go-on-rest = Go on with the rest
away = The server does not answer for the moment. What is signed stays signed; go on when it is back.
done = Done: { $good } signed, { $bad } failed.
again = { $n ->
    [one] Sign { $n } document again
   *[other] Sign { $n } documents again
}
back = Back to what waits
opened-again = { $n ->
    [one] { $n } document must be opened again before it is signed: the session is another one, or the file has changed.
   *[other] { $n } documents must be opened again before they are signed: the session is another one, or the files have changed.
}

# Failed.
failed = Signing failed
failed-why = The last attempt to sign these documents failed. They still wait for your signature; sign them again once the cause is mended.
failed-none = No documents
failed-none-why = Documents whose signing failed will stand here, with the reason and the way to sign again.
last-try = Last attempt
times = { $n ->
    [one] once
   *[other] { $n } times
}
why = Reason
sign-again = Sign again
unit = Drafting unit

# Signed.
signed = Documents that you signed
newest-first = newest first
none-signed = No documents yet
none-signed-why = Documents that you sign will stand here, with the number they get afterwards.
signed-at = Signed at
number = Number and reference
day = Date of the document
kind-subject = Kind and subject
no-number = no number yet
lines-a-page = 50 lines a page
paging = Pages
first-page = First page
older = Older

# Certificates.
withdrawn = Withdrawn
over = Expired
not-begun = Not valid yet
days-left = { $n ->
    [one] { $n } day left
   *[other] { $n } days left
}
in-force = Valid
ends = { $n ->
    [one] { $day }, { $n } day left
   *[other] { $day }, { $n } days left
}
seal = Seal
serial-is = number
withdraw = Withdraw
withdraw-why = Reason to withdraw { $what }
withdraw-certificate = Withdraw the certificate
own-certificates = Personal certificates
no-own = No certificate yet
no-own-why = Enrol a key file at the right to sign.
agency-seal = The agency’s seal
agency-seal-why = the registry clerk seals with it; administrators enrol and withdraw it
enrol = Enrol a certificate
enrol-button = Enrol
enrol-why = RSA of 2048 bits or more, or ECDSA P-256, P-384, P-521. The key file goes to the server’s store of keys only, never to the documents; the password is not kept and is asked for each time. The image has at most 1 MB.
key-file = Key file (.p12, .pfx)
file-password = Password of the key file
signature-image = Image of the signature (transparent PNG)
enrolled = The certificate was enrolled.
certificate-withdrawn = The certificate was withdrawn.
not-yet = Not done.
needs-reason = A reason is needed.
