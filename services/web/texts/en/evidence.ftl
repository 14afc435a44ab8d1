# Evidence: what was issued is kept provable, in the background.
title = Signature evidence
lead = Issued documents get time stamps and the data to check certificates with, so that their signatures can be checked later on. This runs in the background; nobody waits for it to sign or to issue.
level = Level of the agency
off = Not switched on
off-why = The agency signs at level B-B: nothing is added to issued documents. To switch it on, start the server with:
none = No document waits
none-why = All issued documents have reached level { $level }.
waiting = { $n ->
    [one] { $n } document waits
   *[other] { $n } documents wait
}
try-now = Try again now
try-one = Try again
next-try = Next try
last-error = The last try failed: { $why }
document = Document
reached = Reached
why = Why it waits
not-tried = Not tried yet
tries = { $n ->
    [one] tried once
   *[other] tried { $n } times
}
by-hand = Somebody has to see to it; tried again once a day
unseen = Outgoing document { $id } (shown to those concerned only)
more = { $n ->
    [one] { $n } more document.
   *[other] { $n } more documents.
}
done-all = Tried again: no document waits any more.
done-left = Tried again: { $n ->
    [one] { $n } document still waits.
   *[other] { $n } documents still wait.
}
unread = The signing service could not be asked.
queue = See what waits
fact = Level of the signatures
fact-basic = B-B, no time stamp yet
fact-kept = { $level }, last added to { $at }
fact-renewed = { $level }, last added to { $at }; the time stamp is renewed before { $until }
received-title = Signatures of incoming documents
received-lead = After receipt the issuers of the signers' certificates are asked, and what they say is kept with the document. Receiving does not wait for it.
received-off = Asking over the network is not switched on
received-off-why = Revocation is known only where the file itself holds it. To switch it on, start the server with:
received-none = All incoming documents with signatures were asked about and have their evidence.
received-unseen = Incoming document { $id } (shown to those concerned only)
received-done-all = Asked again: no incoming document waits any more.
received-done-left = Asked again: { $n ->
    [one] { $n } incoming document still waits.
   *[other] { $n } incoming documents still wait.
}
