//! Decisions on assignments: hand on, progress, completion, deadlines.

use proto::fault::{Fault, Violation};
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    Assigned, Assignment, AssignmentOpened, AssignmentRole, AssignmentStatus, Caller, CompleteAssignment,
    DeadlineExtended, Event, ExtendDeadline, HandOn, HandedOn, IncomingStatus, Progressed, ReportProgress,
};

use super::event;
use super::incoming::{complete_document, completed, is_pending, not_past, under};
use crate::apply::readers;
use crate::id::Kind;
use crate::index::{Code, Key};
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{calendar, limits, read, reasons};

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

fn assignment(states: &dyn States, id: &str) -> Result<Assignment, Fault> {
    read::assignment(states, id)?.ok_or_else(|| Fault::unknown(id))
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

/// Who acts on an assignment has opened it.
fn opened_by_acting(id: &str, assignment: &Assignment, caller: &Caller, moment: &Moment) -> Vec<Event> {
    if !assignment.first_opened_by.is_empty() {
        return Vec::new();
    }
    let first = AssignmentOpened { person_id: caller.person_id.clone(), at: Some(moment.timestamp()) };
    vec![event(id, E::AssignmentOpened(first))]
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
