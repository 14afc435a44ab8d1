# The metadata of a document as a form.
choose-kind = Choose a kind…
issuer = Issuing agency
notation = Number and reference
kind = Kind
kind-name = Name of the kind
issued-date = Document date
urgency = Urgency
marking = Marking
secret = Secret (Mật)
top-secret = Top secret (Tối mật)
absolute-secret = Absolutely secret (Tuyệt mật)
subject = Subject
reply-due = Reply due
pages = Pages
signer-name = Signed by
signer-position = Title of the signer
note = Note
to-places = Unit or person to receive it

# Why the machine is sure of what it read.
sure = sure
sure-directory = in the directory
sure-signature = from the signature
sure-name = matches
sure-stamp = by its stamp
sure-counted = counted

# Why the clerk should look.
unsure-disagrees = Check: kind and reference differ
unsure-notation = Check: by reference
unsure-scan = Check: from a scan
unsure-read = Check: page 1
