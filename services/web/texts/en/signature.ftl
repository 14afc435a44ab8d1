# What the signatures of a file say.

## Verdicts: of a file or a signature, and the same in the middle of a sentence.
valid = Valid
invalid = Not valid
indeterminate = Undetermined
unsigned = No digital signature
unreadable = File cannot be read
unchecked = Not checked yet

## The seven facts of TT 15/2025/TT-BKHCN.
seven = The seven items of Circular 15/2025/TT-BKHCN
fact-issuer = 1. Issuer of the certificate
fact-signer = 2. Signer
fact-organization = 3. Organization of the signer
fact-time = 4. Time of signing
fact-integrity = 5. Integrity of the content
fact-effect = 6. Validity when signing
fact-validity = 7. Period of the certificate
certificate-serial = Certificate serial number

## A sentence on a file.
one-valid = The document has 1 signature, which is valid. The content was not changed since it was signed.
all-valid = The document has { $n } signatures, all of them valid. The content was not changed since it was signed.
forbidden = The document was changed after signing in a way that is not allowed.
one-invalid = Do not rely on this signature; the reason stands by it.
some-invalid = { $all ->
    [one] The signature is not valid.
   *[other] { $bad } of { $all } signatures are not valid.
}
doubtful = Nothing was found wrong, but something could not be checked. Do not rely on this signature yet.
no-signature = The file bears no digital signature.
no-pdf = The file is no PDF, is damaged, or has a password.

## Each signature.
time-stamped = by a time stamp that was checked
time-of-stamp = by the clock of the time-stamp service
time-claimed = by the signer's clock
when = { $at }, { $source }
no-time = no time of signing given
not-given = not given
changed = Changed
changed-sub = the content is not what was signed
not-all = Does not cover the whole document
not-all-sub = a part of the document is outside of the signature
changed-after = Changed after signing
intact = Intact
no-effect = Not valid
revoked-sub = the certificate was suspended or revoked
in-effect = Valid
in-effect-sub = not suspended, not revoked
why-below = see the reasons below
effect-unknown = Undetermined
not-asked-sub = whether the certificate was revoked could not be asked yet
not-revoked-sub = not revoked; see the reasons below
cannot-read = cannot be read
signer-unknown = signer not known
of-the-document = time stamp of the document
no-organization = not given in the certificate
after-none = no change after signing
after-permitted = only permitted changes after signing (number and date filled in, signed further)
after-forbidden = changes after signing that are not allowed
revision = Version { $n }
time-stamp = Time stamp
verdict = Signature { $verdict }
count = { $n ->
    [one] { $n } signature
   *[other] { $n } signatures
}
see-each = See each signature
