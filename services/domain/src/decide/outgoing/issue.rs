//! Issue, delivery, recall.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    Assigned, Assignment, AssignmentRole, AssignmentStatus, DeliveryStatus, Ended, Event, Issue, Issued,
    OutgoingDocument, OutgoingStatus, Principal, Recall, UpdateDelivery, Urgency,
};

use super::{draft, step};
use crate::decide::{event, incoming};
use crate::id::Kind;
use crate::moment::Moment;
use crate::policy::Permit;
use crate::reasons;
use crate::states::States;

/// Điều 17: the clerk issues what is sealed. Inside it is there at once, for information; what it answers is completed in
/// the same entry.
pub(in crate::decide) fn issue(
    permit: &Permit,
    command: &Issue,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::Sealed, id, &document)?;
    if document.recipients.is_empty() {
        return Err(Fault::refused(
            reasons::NO_RECIPIENTS,
            format!("{id} has no recipient; nobody would get it"),
        ));
    }
    let mut recipients = document.recipients.clone();
    let mut told = Vec::new();
    for recipient in &mut recipients {
        let Some(inside) = &recipient.inside else {
            recipient.delivery = DeliveryStatus::Pending.into();
            continue;
        };
        // Sealed is sealed: somebody who left, or a unit closed since, does not keep the document from the others. The
        // clerk sees that it did not reach them.
        if draft::name_of(inside, states)?.is_some() {
            recipient.delivery = DeliveryStatus::Sent.into();
            told.push(for_information(permit, id, &document, inside.clone(), String::new(), moment));
        } else {
            recipient.delivery = DeliveryStatus::Failed.into();
        }
    }
    let mut events = vec![event(id, E::Issued(Issued { recipients }))];
    events.extend(told);
    if !document.answers_id.is_empty() {
        events.extend(incoming::complete_by_answer(permit, states, &document.answers_id, id)?);
    }
    Ok(events)
}

/// The clerk tells how far the sending to a recipient outside is.
pub(in crate::decide) fn update_delivery(
    _permit: &Permit,
    command: &UpdateDelivery,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::Issued, id, &document)?;
    let recipient = usize::try_from(command.recipient).ok().and_then(|at| document.recipients.get(at));
    let Some(recipient) = recipient else {
        let text = format!("{id} has {} recipients, counted from 0", document.recipients.len());
        return Err(Fault::invalid("recipient", reasons::NO_SUCH_RECIPIENT, text));
    };
    if recipient.inside.is_some() {
        return Err(Fault::refused(reasons::RECIPIENT_INSIDE, "nothing is sent to a recipient inside"));
    }
    if recipient.delivery == command.delivery && recipient.note == command.note {
        return Ok(Vec::new());
    }
    Ok(vec![event(id, E::DeliveryUpdated(command.clone()))])
}

/// Điều 18.4: frozen, metadata kept, and told to whoever has it: the recipients inside and those it was handed on to.
pub(in crate::decide) fn recall(
    permit: &Permit,
    command: &Recall,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::Issued, id, &document)?;
    let ended = Ended { reason: command.reason.clone(), date: Some(moment.today()) };
    let mut events = vec![event(id, E::Recalled(ended))];

    let mut holders: Vec<Principal> = Vec::new();
    let inside = document.recipients.iter().filter_map(|recipient| recipient.inside.clone());
    let handed =
        incoming::assignments(states, id)?.into_iter().filter_map(|(_, assignment)| assignment.assignee);
    for holder in inside.chain(handed) {
        if !holders.contains(&holder) && draft::name_of(&holder, states)?.is_some() {
            holders.push(holder);
        }
    }
    let instruction = format!("{RECALLED}: {}", command.reason);
    for holder in holders {
        events.push(for_information(permit, id, &document, holder, instruction.clone(), moment));
    }
    Ok(events)
}

/// How people read that a document was recalled.
const RECALLED: &str = "Thu hồi văn bản";

fn for_information(
    permit: &Permit,
    id: &str,
    document: &OutgoingDocument,
    assignee: Principal,
    instruction: String,
    moment: &Moment,
) -> Event {
    let facts = document.facts.as_ref();
    let assignment = Assignment {
        document_id: id.to_owned(),
        role: AssignmentRole::ForInformation.into(),
        assignee: Some(assignee),
        assigned_by: permit.caller().person_id.clone(),
        assigned_at: Some(moment.timestamp()),
        status: AssignmentStatus::Open.into(),
        instruction,
        subject: facts.map(|facts| facts.subject.clone()).unwrap_or_default(),
        urgency: facts.map_or(i32::from(Urgency::Normal), |facts| facts.urgency),
        ..Assignment::default()
    };
    event(moment.fresh_id(Kind::Assignment.prefix()), E::Assigned(Assigned { assignment: Some(assignment) }))
}
