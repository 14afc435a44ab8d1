//! Decisions that route incoming documents: submit, direct, hand on, progress, completion, deadlines, openings.

use std::collections::BTreeSet;

use proto::fault::{Fault, Violation};
use proto::record::v1::event::Event as E;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{
    Assigned, Assignment, AssignmentCompleted, AssignmentOpened, AssignmentRole, AssignmentStatus, Caller,
    CompleteAssignment, Date, DeadlineExtended, DirectIncoming, Directed, Direction, DirectionUndone,
    DocumentCompleted, Ended, Event, ExtendDeadline, HandOn, HandedOn, IncomingDocument, IncomingStatus,
    Opened, Principal, Progressed, RecordOpened, ReportProgress, Role, SubmitIncoming, Submitted,
    UndoDirection,
};

use super::event;
use crate::apply::readers;
use crate::check::is_secret;
use crate::id::{self, Kind};
use crate::index::{Code, Key, sees};
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{calendar, limits, read, reasons};

/// An opening is told in batches, but never as older than this.
const OPENED_AT_MOST_AGO_MS: i64 = 24 * 3_600_000;

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

/// The head of a unit hands the unit's assignment, or one's own, on to a person of the unit.
pub(super) fn hand_on(
    permit: &Permit,
    command: &HandOn,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.assignment_id;
    let parent = assignment(states, id)?;
    is_open(id, &parent)?;
    let caller = permit.caller();
    let mut wrong = Vec::new();
    let in_unit = read::positions_of_unit(states, &caller.unit_id, moment.today())?
        .into_iter()
        .any(|(_, position)| position.person_id == command.person_id);
    let active = read::person(states, &command.person_id)?.is_some_and(|person| person.active);
    let to = readers::person(&command.person_id);
    if !in_unit || !active {
        wrong.push(Violation::new("person_id", reasons::NOT_IN_UNIT, "holds no position in the unit today"));
    } else if parent.assignee.as_ref() == Some(&to) {
        wrong.push(Violation::new("person_id", reasons::TWICE, "has the assignment already"));
    }
    if let Some(due) = command.due_date {
        if parent.role() == AssignmentRole::ForInformation {
            let text = "for information there is no deadline";
            wrong.push(Violation::new("due_date", reasons::NOT_ALLOWED_HERE, text));
        } else if parent.due_date.is_some_and(|own| calendar::compare(due, own).is_gt()) {
            let text = "lies after the assignment's own deadline";
            wrong.push(Violation::new("due_date", reasons::LATER_THAN_OWN, text));
        } else {
            not_past("due_date", Some(due), moment, &mut wrong);
        }
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    if ancestors(states, &parent)?.len() + 1 >= limits::HAND_ON_DEPTH {
        return Err(Fault::refused(
            reasons::HANDED_ON_TOO_OFTEN,
            format!("{id} was handed on {} times; do it or give it back", limits::HAND_ON_DEPTH),
        ));
    }
    let child_id = moment.fresh_id(Kind::Assignment.prefix());
    let child = Assignment {
        document_id: parent.document_id.clone(),
        role: parent.role,
        assignee: Some(to),
        assigned_by: caller.person_id.clone(),
        assigned_at: Some(moment.timestamp()),
        due_date: command.due_date.or(parent.due_date),
        status: AssignmentStatus::Open.into(),
        instruction: if command.instruction.is_empty() {
            parent.instruction.clone()
        } else {
            command.instruction.clone()
        },
        parent_id: id.clone(),
        subject: parent.subject.clone(),
        urgency: parent.urgency,
        ..Assignment::default()
    };
    let mut events = opened_by_acting(id, &parent, caller, moment);
    events.push(event(id, E::HandedOn(HandedOn { child_id: child_id.clone() })));
    events.push(event(child_id, E::Assigned(Assigned { assignment: Some(child) })));
    Ok(events)
}

pub(super) fn report_progress(
    permit: &Permit,
    command: &ReportProgress,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.assignment_id;
    let assignment = assignment(states, id)?;
    is_work(id, &assignment)?;
    is_open(id, &assignment)?;
    let mut events = opened_by_acting(id, &assignment, permit.caller(), moment);
    events.push(event(id, E::Progressed(Progressed { text: command.text.clone() })));
    Ok(events)
}

/// Completes an assignment with everything that was handed on from it and everything it was handed on from; when that is
/// the lead's, the document is completed, and what helpers still have open is completed with it.
pub(super) fn complete_assignment(
    permit: &Permit,
    command: &CompleteAssignment,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.assignment_id;
    let own = assignment(states, id)?;
    is_work(id, &own)?;
    if !is_pending(&own) {
        return Err(Fault::refused(
            reasons::WRONG_STATE,
            format!("{id} is {}, in which it cannot be completed", own.status().as_str_name()),
        ));
    }
    let person = &permit.caller().person_id;
    let mut events = opened_by_acting(id, &own, permit.caller(), moment);
    events.push(completed(id, &command.result, person));
    for (child, it) in descendants(states, id)? {
        if is_pending(&it) {
            events.push(completed(&child, "", person));
        }
    }
    let mut root = id.clone();
    for (parent, it) in ancestors(states, &own)? {
        if is_pending(&it) {
            events.push(completed(&parent, &command.result, person));
        }
        root = parent;
    }
    if let Some(document) = read::incoming(states, &own.document_id)?
        && document.status() == IncomingStatus::Directed
        && document.lead_assignment_id == root
    {
        complete_document(states, &own.document_id, "", person, &mut events)?;
    }
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

/// Only the one who gave a deadline moves it; the document's moves with its lead's, and those that were handed on with
/// the same deadline move along.
pub(super) fn extend_deadline(
    _permit: &Permit,
    command: &ExtendDeadline,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.assignment_id;
    let own = assignment(states, id)?;
    is_work(id, &own)?;
    if !is_pending(&own) {
        return Err(Fault::refused(
            reasons::WRONG_STATE,
            format!("{id} is {}; its deadline counts no more", own.status().as_str_name()),
        ));
    }
    let Some(from) = own.due_date else {
        return Err(Fault::refused(reasons::NO_DEADLINE, format!("{id} has no deadline to move")));
    };
    let Some(to) = command.due_date else {
        return Err(Fault::invalid("due_date", reasons::REQUIRED, "must be given"));
    };
    let mut wrong = Vec::new();
    if calendar::compare(to, from).is_le() {
        wrong.push(Violation::new("due_date", reasons::NOT_LATER, "must lie after the deadline as it is"));
    }
    not_past("due_date", Some(to), moment, &mut wrong);
    if let Some((_, parent)) = ancestors(states, &own)?.into_iter().next()
        && parent.due_date.is_some_and(|due| calendar::compare(to, due).is_gt())
    {
        let text = "lies after the deadline of the assignment it was handed on from";
        wrong.push(Violation::new("due_date", reasons::LATER_THAN_OWN, text));
    }
    if !wrong.is_empty() {
        return Err(Fault::Invalid(wrong));
    }
    let leads = read::incoming(states, &own.document_id)?.is_some_and(|it| it.lead_assignment_id == *id);
    let moved = |document: bool| {
        E::DeadlineExtended(DeadlineExtended {
            from: Some(from),
            to: Some(to),
            reason: command.reason.clone(),
            document,
        })
    };
    let mut events = vec![event(id, moved(leads))];
    for (child, it) in descendants(states, id)? {
        if is_pending(&it) && it.due_date == Some(from) {
            events.push(event(child, moved(false)));
        }
    }
    Ok(events)
}

/// What the caller opened for the first time, and the assignments of the caller or the caller's unit that nobody had
/// opened. Documents that the caller may not see are passed over. Nothing new: no events.
pub(super) fn record_opened(
    permit: &Permit,
    command: &RecordOpened,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let caller = permit.caller();
    let mut events = Vec::new();
    let mut done = BTreeSet::new();
    for opened in &command.opened {
        let document_id = opened.document_id.as_str();
        if !done.insert(document_id) || !states.get(document_id)?.is_some_and(|record| sees(&record, caller))
        {
            continue;
        }
        let told = opened.at.as_ref().map_or(moment.at_ms(), calendar::millis);
        let earliest = moment.at_ms().saturating_sub(OPENED_AT_MOST_AGO_MS);
        let at = Some(calendar::timestamp(told.clamp(earliest, moment.at_ms())));
        let opened_id = id::opened(&caller.person_id, document_id);
        if states.get(&opened_id)?.is_none() {
            let first =
                Opened { person_id: caller.person_id.clone(), document_id: document_id.to_owned(), at };
            events.push(event(opened_id, E::Opened(first)));
        }
        for (assignment_id, assignment) in assignments(states, document_id)? {
            let receiver = match assignment.assignee.as_ref().and_then(|it| it.who.as_ref()) {
                Some(Who::PersonId(person)) => *person == caller.person_id,
                Some(Who::UnitId(unit)) => *unit == caller.unit_id,
                _ => false,
            };
            if receiver && is_pending(&assignment) && assignment.first_opened_by.is_empty() {
                let first = AssignmentOpened { person_id: caller.person_id.clone(), at };
                events.push(event(assignment_id, E::AssignmentOpened(first)));
            }
        }
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

fn not_past(field: &str, date: Option<Date>, moment: &Moment, wrong: &mut Vec<Violation>) {
    if date.is_some_and(|date| calendar::compare(date, moment.today()).is_lt()) {
        wrong.push(Violation::new(field, reasons::IN_PAST, "lies in the past"));
    }
}

fn document(states: &dyn States, id: &str) -> Result<IncomingDocument, Fault> {
    read::incoming(states, id)?.ok_or_else(|| Fault::unknown(id))
}

fn assignment(states: &dyn States, id: &str) -> Result<Assignment, Fault> {
    read::assignment(states, id)?.ok_or_else(|| Fault::unknown(id))
}

fn wrong_state(id: &str, document: &IncomingDocument) -> Fault {
    let status = document.status().as_str_name();
    Fault::refused(reasons::WRONG_STATE, format!("{id} is {status}, in which this cannot be done"))
}

fn is_work(id: &str, assignment: &Assignment) -> Result<(), Fault> {
    if assignment.role() == AssignmentRole::ForInformation {
        return Err(Fault::refused(
            reasons::NOT_WORK,
            format!("{id} is for information; it is read, not worked on"),
        ));
    }
    Ok(())
}

fn is_open(id: &str, assignment: &Assignment) -> Result<(), Fault> {
    if assignment.status() != AssignmentStatus::Open {
        let status = assignment.status().as_str_name();
        return Err(Fault::refused(reasons::WRONG_STATE, format!("{id} is {status}, not open")));
    }
    Ok(())
}

/// Open, or carried by the one it was handed on to.
fn is_pending(assignment: &Assignment) -> bool {
    matches!(assignment.status(), AssignmentStatus::Open | AssignmentStatus::HandedOn)
}

/// Who acts on an assignment has opened it.
fn opened_by_acting(id: &str, assignment: &Assignment, caller: &Caller, moment: &Moment) -> Vec<Event> {
    if !assignment.first_opened_by.is_empty() {
        return Vec::new();
    }
    let first = AssignmentOpened { person_id: caller.person_id.clone(), at: Some(moment.timestamp()) };
    vec![event(id, E::AssignmentOpened(first))]
}

fn completed(id: &str, result: &str, person: &str) -> Event {
    event(
        id,
        E::AssignmentCompleted(AssignmentCompleted {
            result: result.to_owned(),
            person_id: person.to_owned(),
        }),
    )
}

/// Completes all work on a document that `events` do not complete yet, then the document.
fn complete_document(
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

fn under(states: &dyn States, key: Key) -> Result<Vec<(String, Assignment)>, Fault> {
    Ok(read::look_up(states, &key.prefix())?
        .into_iter()
        .filter_map(|record| match record.state {
            Some(State::Assignment(assignment)) => Some((record.id, assignment)),
            _ => None,
        })
        .collect())
}

/// What `assignment` was handed on from, the nearest first.
fn ancestors(states: &dyn States, assignment: &Assignment) -> Result<Vec<(String, Assignment)>, Fault> {
    let mut found: Vec<(String, Assignment)> = Vec::new();
    let mut id = assignment.parent_id.clone();
    while !id.is_empty() && found.len() < limits::HAND_ON_DEPTH {
        let Some(parent) = read::assignment(states, &id)? else { break };
        let next = parent.parent_id.clone();
        found.push((id, parent));
        id = next;
    }
    Ok(found)
}

/// What was handed on from the assignment `id`, at any depth.
fn descendants(states: &dyn States, id: &str) -> Result<Vec<(String, Assignment)>, Fault> {
    let mut found: Vec<(String, Assignment)> = Vec::new();
    let mut next = vec![id.to_owned()];
    while let Some(id) = next.pop() {
        if found.len() >= limits::LOOK_UP {
            break;
        }
        for (child, it) in under(states, Key::of(Code::AssignmentsOfParent).text(&id))? {
            next.push(child.clone());
            found.push((child, it));
        }
    }
    Ok(found)
}
