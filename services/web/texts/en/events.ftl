# What happened to a document: a predicate whose subject is a person; $said is empty or “: …”.
received = received it ({ $channel })
received-twice = received it ({ $channel }), perhaps a duplicate
registered = registered it, incoming number { $number }
corrected = corrected the facts{ $said }
returned = returned it to the sender{ $said }
voided = voided the number{ $said }
submitted = submitted it to { $who }{ $said }
directed = gave a direction{ $said }
directed-due = gave a direction, due { $day }{ $said }
informed = sent it to { $who } for information
lead = assigned { $who } as lead
lead-due = assigned { $who } as lead, due { $day }
supporting = assigned { $who } as supporting
supporting-due = assigned { $who } as supporting, due { $day }
direction-undone = took the direction back
progressed = reported progress{ $said }
assignment-completed = reported it done{ $said }
document-completed = completed the document
deadline-extended = extended the due date from { $before } to { $now }{ $said }
opened = opened it
assignment-withdrawn = withdrew the assignment{ $said }
drafted = drafted it
revised = revised the draft, version { $version }{ $said }
draft-withdrawn = withdrew the draft{ $said }
draft-submitted = submitted the draft{ $said }
content-reviewed = reviewed the content and agreed{ $said }
form-checked = checked the form, in order{ $said }
initialed = initialed it{ $said }
draft-returned = returned the draft{ $said }
approved = approved it{ $said }
signed = signed it
numbered = gave it the number { $number }, dated { $day }
sealed = sealed it (signature of the agency)
issued = { $n ->
    [one] issued it to { $n } recipient
   *[other] issued it to { $n } recipients
}
delivery = noted the delivery: { $delivery }
recalled = recalled it{ $said }
evidence-added = added long-term evidence to the file (level { $level }); what was signed stays as it is
signing-failed = could not sign it
system = The system
evidence-kept-good = asked about the signers' certificates: not revoked; evidence kept
evidence-kept-revoked = asked about the signers' certificates: REVOKED; evidence kept
evidence-kept-unknown = asked about the signers' certificates: not determined; evidence kept
