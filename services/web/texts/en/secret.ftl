# Documents with a secrecy marking.
entry = Secret, incoming
title = Register a secret incoming document
rule-head = Only what a paper register holds.
rule-text = No file and no content. Secret documents have a register and a series of their own that registry clerks alone see; they are never passed on here, never found by search, never exported. The paper is handed over by hand, as the law on state secrets says.
subject-may-be-empty = may stay empty
register = Register as secret
open-register = Open the secret register
registered = Registered as secret, incoming number { $number }.
no-subject = Subject not recorded
