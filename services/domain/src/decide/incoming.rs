//! Decisions that route incoming documents: submit, direct, undo; completion by an answer.

use proto::fault::{Fault, Violation};
use proto::record::v1::event::Event as E;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{
    Assigned, Assignment, AssignmentCompleted, AssignmentRole, AssignmentStatus, Date, DirectIncoming,
    Directed, Direction, DirectionUndone, DocumentCompleted, Ended, Event, IncomingDocument, IncomingStatus,
    Principal, Role, SubmitIncoming, Submitted, UndoDirection,
};

use super::event;
use crate::check::is_secret;
use crate::id::Kind;
use crate::index::{Code, Key};
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{calendar, read, reasons};

/// Submits to a leader; a document that waits for one leader's direction may be submitted to another instead.
pub(super) fn submit_incoming(
    _permit: &Permit,
    command: &SubmitIncoming,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = document(states, id)?;
    if document.facts.as_ref().is_some_and(is_secret) {
        return Err(Fault::refused(
            reasons::SECRET_NOT_ROUTED,
            format!("{id} is secret; it is handed over on paper"),
        ));
    }
    match document.status() {
        IncomingStatus::Registered | IncomingStatus::Submitted => {}
        IncomingStatus::Received => {
            return Err(Fault::refused(
                reasons::NOT_REGISTERED,
                format!("{id} has no number yet; unregistered documents oblige nobody to act"),
            ));
        }
        _ => return Err(wrong_state(id, &document)),
    }
    if document.status() == IncomingStatus::Submitted && document.submitted_to == command.leader_id {
        return Err(Fault::refused(reasons::NOTHING_CHANGES, format!("{id} waits with this leader already")));
    }
    is_leader(states, &command.leader_id, "leader_id", moment)?;
    let submitted = Submitted { leader_id: command.leader_id.clone(), note: command.note.clone() };
    Ok(vec![event(id, E::Submitted(submitted))])
}

/// Direction, exactly one lead, helpers, for information and the deadline, in one act.
pub(super) fn direct_incoming(
    permit: &Permit,
    command: &DirectIncoming,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = document(states, id)?;
    if document.status() != IncomingStatus::Submitted {
        return Err(wrong_state(id, &document));
    }
    let mut wrong = Vec::new();
    not_past("due_date", command.due_date, moment, &mut wrong);
    for (i, new) in command.assignments.iter().enumerate() {
        let path = format!("assignments[{i}]");
        not_past(&format!("{path}.due_date"), new.due_date, moment, &mut wrong);
        if let Some(text) = cannot_work(states, new.assignee.as_ref(), moment)? {
            wrong.push(Violation::new(format!("{path}.assignee"), reasons::NOT_THERE, text));
        }
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let facts = document.facts.unwrap_or_default();
    let mut assigned = Vec::new();
    let mut lead = (String::new(), None);
    for new in &command.assignments {
        let for_information = new.role() == AssignmentRole::ForInformation;
        let assignment = Assignment {
            document_id: id.clone(),
            role: new.role,
            assignee: new.assignee.clone(),
            assigned_by: permit.caller().person_id.clone(),
            assigned_at: Some(moment.timestamp()),
            due_date: if for_information { None } else { new.due_date.or(command.due_date) },
            status: AssignmentStatus::Open.into(),
            instruction: if new.instruction.is_empty() {
                command.text.clone()
            } else {
                new.instruction.clone()
            },
            subject: facts.subject.clone(),
            urgency: facts.urgency,
            ..Assignment::default()
        };
        let assignment_id = moment.fresh_id(Kind::Assignment.prefix());
        if new.role() == AssignmentRole::Lead {
            lead = (assignment_id.clone(), assignment.due_date);
        }
        assigned.push((assignment_id, assignment));
    }
    let direction = Direction {
        person_id: permit.caller().person_id.clone(),
        position_id: permit.caller().position_id.clone(),
        at: Some(moment.timestamp()),
        text: command.text.clone(),
        assignment_ids: assigned.iter().map(|(id, _)| id.clone()).collect(),
    };
    let directed = Directed { direction: Some(direction), lead_assignment_id: lead.0, due_date: lead.1 };
    let mut events = vec![event(id, E::Directed(directed))];
    events.extend(
        assigned
            .into_iter()
            .map(|(id, assignment)| event(id, E::Assigned(Assigned { assignment: Some(assignment) }))),
    );
    Ok(events)
}

/// A compensating event; refused once a receiver has opened what was directed.
pub(super) fn undo_direction(
    _permit: &Permit,
    command: &UndoDirection,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = document(states, id)?;
    if document.status() != IncomingStatus::Directed {
        return Err(wrong_state(id, &document));
    }
    let assignment_ids = document.direction.unwrap_or_default().assignment_ids;
    for assignment_id in &assignment_ids {
        let Some(assignment) = read::assignment(states, assignment_id)? else { continue };
        if !assignment.first_opened_by.is_empty() || assignment.status() != AssignmentStatus::Open {
            return Err(Fault::refused(
                reasons::OPENED_ALREADY,
                format!(
                    "{assignment_id} was opened by its receiver; a direction that was read is not taken back"
                ),
            ));
        }
    }
    let ended = Ended { reason: String::new(), date: Some(moment.today()) };
    let mut events =
        vec![event(id, E::DirectionUndone(DirectionUndone { assignment_ids: assignment_ids.clone() }))];
    events.extend(assignment_ids.into_iter().map(|it| event(it, E::AssignmentWithdrawn(ended.clone()))));
    Ok(events)
}

/// The events that complete the incoming document `incoming_id` because `outgoing_id`, which answers it, is issued: the
/// document with the answer, and every piece of work still open on it.
///
/// One that is completed already only gets the answer. Nothing follows for one that is not registered, returned or void.
///
/// # Errors
/// Only what [`States`] returns: an issue never fails for what it answers.
pub fn complete_by_answer(
    permit: &Permit,
    states: &dyn States,
    incoming_id: &str,
    outgoing_id: &str,
) -> Result<Vec<Event>, Fault> {
    let mut events = Vec::new();
    let Some(document) = read::incoming(states, incoming_id)? else { return Ok(events) };
    match document.status() {
        IncomingStatus::Registered
        | IncomingStatus::Submitted
        | IncomingStatus::Directed
        | IncomingStatus::Completed => {
            complete_document(states, incoming_id, outgoing_id, &permit.caller().person_id, &mut events)?;
        }
        IncomingStatus::Unspecified
        | IncomingStatus::Received
        | IncomingStatus::Returned
        | IncomingStatus::Void => {}
    }
    Ok(events)
}

/// The person holds a leader's position today.
pub(super) fn is_leader(
    states: &dyn States,
    person_id: &str,
    field: &str,
    moment: &Moment,
) -> Result<(), Fault> {
    let active = read::person(states, person_id)?.is_some_and(|person| person.active);
    let leads = read::positions_of_person(states, person_id, moment.today())?
        .iter()
        .any(|(_, position)| position.roles().any(|role| role == Role::Leader));
    if active && leads {
        return Ok(());
    }
    Err(Fault::invalid(field, reasons::NOT_A_LEADER, "is no person who holds a leader's position today"))
}

/// The assignments of a document, taken-back ones left out.
pub(super) fn assignments(
    states: &dyn States,
    document_id: &str,
) -> Result<Vec<(String, Assignment)>, Fault> {
    under(states, Key::of(Code::AssignmentsOfDocument).text(document_id))
}

/// Why nothing can be given to `assignee` to do; `None` when it can.
fn cannot_work(
    states: &dyn States,
    assignee: Option<&Principal>,
    moment: &Moment,
) -> Result<Option<&'static str>, Fault> {
    Ok(match assignee.and_then(|it| it.who.as_ref()) {
        Some(Who::PersonId(id)) => {
            let active = read::person(states, id)?.is_some_and(|person| person.active);
            let placed = !read::positions_of_person(states, id, moment.today())?.is_empty();
            (!active || !placed).then_some("is no person who holds a position today")
        }
        Some(Who::UnitId(id)) => {
            (!read::unit(states, id)?.is_some_and(|unit| unit.active)).then_some("is not an open unit")
        }
        _ => Some("must be a person or a unit"),
    })
}

pub(super) fn not_past(field: &str, date: Option<Date>, moment: &Moment, wrong: &mut Vec<Violation>) {
    if date.is_some_and(|date| calendar::compare(date, moment.today()).is_lt()) {
        wrong.push(Violation::new(field, reasons::IN_PAST, "lies in the past"));
    }
}

fn document(states: &dyn States, id: &str) -> Result<IncomingDocument, Fault> {
    read::incoming(states, id)?.ok_or_else(|| Fault::unknown(id))
}

fn wrong_state(id: &str, document: &IncomingDocument) -> Fault {
    let status = document.status().as_str_name();
    Fault::refused(reasons::WRONG_STATE, format!("{id} is {status}, in which this cannot be done"))
}

/// Open, or carried by the one it was handed on to.
pub(super) fn is_pending(assignment: &Assignment) -> bool {
    matches!(assignment.status(), AssignmentStatus::Open | AssignmentStatus::HandedOn)
}

pub(super) fn completed(id: &str, result: &str, person: &str) -> Event {
    event(
        id,
        E::AssignmentCompleted(AssignmentCompleted {
            result: result.to_owned(),
            person_id: person.to_owned(),
        }),
    )
}

/// Completes all work on a document that `events` do not complete yet, then the document.
pub(super) fn complete_document(
    states: &dyn States,
    document_id: &str,
    answered_by: &str,
    person: &str,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    for (id, it) in assignments(states, document_id)? {
        let done = events
            .iter()
            .any(|event| event.record_id == id && matches!(event.event, Some(E::AssignmentCompleted(_))));
        if it.role() != AssignmentRole::ForInformation && is_pending(&it) && !done {
            events.push(completed(&id, "", person));
        }
    }
    events.push(event(
        document_id,
        E::DocumentCompleted(DocumentCompleted { answered_by: answered_by.to_owned() }),
    ));
    Ok(())
}

pub(super) fn under(states: &dyn States, key: Key) -> Result<Vec<(String, Assignment)>, Fault> {
    Ok(read::look_up(states, &key.prefix())?
        .into_iter()
        .filter_map(|record| match record.state {
            Some(State::Assignment(assignment)) => Some((record.id, assignment)),
            _ => None,
        })
        .collect())
}
