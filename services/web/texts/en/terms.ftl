# Words for the contract's terms.

## Kinds of document (NĐ 30/2020 Điều 7).
kind-letter = Official letter
kind-resolution = Resolution
kind-decision = Decision
kind-directive = Directive
kind-regulation = Regulation
kind-rule = Rule
kind-communique = Communiqué
kind-notice = Notice
kind-guidance = Guidance
kind-programme = Programme
kind-plan = Plan
kind-scheme = Scheme
kind-proposal = Proposal
kind-project = Project
kind-report = Report
kind-minutes = Minutes
kind-submission = Submission
kind-contract = Contract
kind-telegram = Telegram
kind-memorandum = Memorandum
kind-agreement = Agreement
kind-authorization = Authorization
kind-invitation = Invitation
kind-introduction = Introduction
kind-leave = Leave
kind-dispatch-slip = Dispatch slip
kind-forwarding-slip = Forwarding slip
kind-notice-slip = Notice slip
kind-official-letter = Letter in office
kind-other = Other kind

## Độ khẩn; Thường is not written beside a document.
urgency-normal = Normal
urgency-urgent = Urgent
urgency-very-urgent = Very urgent
urgency-express = Express

## How it came.
channel-paper = on paper
channel-electronic = electronic file
channel-exchange = document exchange

## Where an incoming document stands.
incoming-received = To be registered
incoming-registered = To be submitted
incoming-submitted = Awaiting direction
incoming-directed = In work
incoming-completed = Completed
incoming-returned = Returned
incoming-void = Void number

## Where an outgoing document stands.
outgoing-drafted = Draft
outgoing-submitted = To be reviewed
outgoing-reviewed = To be form checked
outgoing-form-checked = To be approved
outgoing-approved = To be signed
outgoing-signed = To be numbered
outgoing-numbered = To be sealed
outgoing-sealed = To be issued
outgoing-issued = Issued
outgoing-recalled = Recalled
outgoing-withdrawn = Draft withdrawn

## The part in a document.
part-lead = Lead
part-supporting = Supporting
part-for-information = For information

## Whom a role stands for.
role-clerk = Registry clerk
role-leader = Leader
role-head-of-unit = Head of unit
role-officer = Officer
role-form-checker = Form checker
role-archivist = Archivist
role-administrator = Administrator

## Thẩm quyền ký (NĐ 30/2020 Điều 13); the abbreviations are the law's.
capacity-head = Signs as the head
capacity-on-behalf = TM. (on behalf of the collective)
capacity-for-head = KT. (for the head)
capacity-by-order = TL. (by order)
capacity-by-authorization = TUQ. (by authorization)
capacity-acting = Q. (acting)

## Sending to a recipient.
delivery-pending = Not sent yet
delivery-sent = Sent
delivery-acknowledged = Acknowledged
delivery-failed = Could not be sent

## The registers.
book-incoming = Incoming register
book-outgoing = Outgoing register
