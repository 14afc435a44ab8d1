//! What the routing of incoming documents does to documents and assignments.
//!
//! Whoever may see a document may see who works on it: the readers of its assignments are those of the document.

use proto::fault::Fault;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{
    Assigned, Assignment, AssignmentCompleted, AssignmentOpened, AssignmentStatus, DeadlineExtended,
    Directed, DirectionUndone, DocumentCompleted, Ended, HandedOn, IncomingDocument, IncomingStatus, Opened,
    Principal, Progressed, Record, Role, Submitted,
};

use super::{EntryMeta, readers};
use crate::check::is_secret;
use crate::id::{self, Kind};
use crate::index::{Code, Key};
use crate::read;
use crate::states::States;

type Records = Result<Vec<Record>, Fault>;

/// The incoming document `id` and its record.
pub(super) fn document(states: &dyn States, id: &str) -> Result<Option<(Record, IncomingDocument)>, Fault> {
    let Some(mut record) = states.get(id)? else { return Ok(None) };
    match record.state.take() {
        Some(State::Incoming(document)) => Ok(Some((record, document))),
        _ => Ok(None),
    }
}

/// Changes a document; readers that it gets are those of its assignments too.
pub(super) fn changed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    change: impl FnOnce(&mut IncomingDocument, &mut Vec<Principal>),
) -> Records {
    let Some((record, mut document)) = document(states, id)? else { return Ok(Vec::new()) };
    let mut seen_by = record.readers.clone();
    change(&mut document, &mut seen_by);
    if document.facts.as_ref().is_some_and(is_secret) {
        seen_by.clone_from(&record.readers);
    }
    let mut records = Vec::new();
    if seen_by != record.readers {
        records = assignments_seen_by(states, meta, id, &seen_by)?;
    }
    records.push(meta.record(id, seen_by, State::Incoming(document)));
    Ok(records)
}

/// The assignments of a document with its readers, where they differ.
fn assignments_seen_by(states: &dyn States, meta: &EntryMeta, id: &str, seen_by: &[Principal]) -> Records {
    Ok(read::look_up(states, &Key::of(Code::AssignmentsOfDocument).text(id).prefix())?
        .into_iter()
        .filter(|record| record.readers != seen_by)
        .filter_map(|record| record.state.map(|state| meta.record(&record.id, seen_by.to_vec(), state)))
        .collect())
}

fn assignment(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    change: impl FnOnce(&mut Assignment),
) -> Records {
    let Some(record) = states.get(id)? else { return Ok(Vec::new()) };
    let Some(State::Assignment(mut it)) = record.state else { return Ok(Vec::new()) };
    change(&mut it);
    Ok(vec![meta.record(id, record.readers, State::Assignment(it))])
}

/// Who sees a document because of an assignment: the assignee, and the heads of the units of a person.
pub(super) fn assignee_and_heads(
    states: &dyn States,
    meta: &EntryMeta,
    assignee: &Principal,
) -> Result<Vec<Principal>, Fault> {
    let mut seen_by = vec![assignee.clone()];
    if let Some(Who::PersonId(person)) = &assignee.who {
        for (_, position) in read::positions_of_person(states, person, meta.date())? {
            for (_, other) in read::positions_of_unit(states, &position.unit_id, meta.date())? {
                if other.roles().any(|role| role == Role::HeadOfUnit) {
                    readers::add(&mut seen_by, [readers::person(&other.person_id)]);
                }
            }
        }
    }
    Ok(seen_by)
}

pub(super) fn submitted(states: &dyn States, meta: &EntryMeta, id: &str, event: &Submitted) -> Records {
    changed(states, meta, id, |document, seen_by| {
        document.status = IncomingStatus::Submitted.into();
        document.submitted_to.clone_from(&event.leader_id);
        readers::add(seen_by, [readers::person(&event.leader_id)]);
    })
}

pub(super) fn directed(states: &dyn States, meta: &EntryMeta, id: &str, event: &Directed) -> Records {
    changed(states, meta, id, |document, seen_by| {
        document.status = IncomingStatus::Directed.into();
        document.direction.clone_from(&event.direction);
        document.lead_assignment_id.clone_from(&event.lead_assignment_id);
        document.due_date = event.due_date;
        if let Some(direction) = &event.direction {
            readers::add(seen_by, [readers::person(&direction.person_id)]);
        }
    })
}

/// Makes the assignment, of an incoming or an outgoing document; who gets it sees the document.
pub(super) fn assigned(states: &dyn States, meta: &EntryMeta, id: &str, event: &Assigned) -> Records {
    let Some(it) = &event.assignment else { return Ok(Vec::new()) };
    let assignee = it.assignee.clone().unwrap_or_default();
    let more = assignee_and_heads(states, meta, &assignee)?;
    let mut records = if id::kind(&it.document_id) == Some(Kind::Outgoing) {
        let seen = states.get(&it.document_id)?.map(|mut document| {
            readers::add(&mut document.readers, more.iter().cloned());
            Record { version: meta.position, ..document }
        });
        seen.into_iter().collect()
    } else {
        changed(states, meta, &it.document_id, |document, seen_by| {
            if !document.assignment_ids.iter().any(|other| other == id) {
                document.assignment_ids.push(id.to_owned());
            }
            readers::add(seen_by, more.iter().cloned());
        })?
    };
    let seen_by = match records.iter().find(|record| record.id == it.document_id) {
        Some(document) => document.readers.clone(),
        None => more,
    };
    records.retain(|record| record.id != id);
    records.push(meta.record(id, seen_by, State::Assignment(it.clone())));
    Ok(records)
}

/// Back to the leader; those who saw the document only by what was taken back see it no more.
pub(super) fn direction_undone(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &DirectionUndone,
) -> Records {
    let Some((_, before)) = document(states, id)? else { return Ok(Vec::new()) };
    let seen_because = |ids: &[String]| -> Result<Vec<Principal>, Fault> {
        let mut seen_by = Vec::new();
        for id in ids {
            if let Some(it) = read::assignment(states, id)?
                && it.status() != AssignmentStatus::Withdrawn
            {
                let assignee = it.assignee.unwrap_or_default();
                readers::add(&mut seen_by, assignee_and_heads(states, meta, &assignee)?);
            }
        }
        Ok(seen_by)
    };
    let (gone, kept): (Vec<String>, Vec<String>) =
        before.assignment_ids.iter().cloned().partition(|id| event.assignment_ids.contains(id));
    let no_more = seen_because(&gone)?;
    let mut still = seen_because(&kept)?;
    still.push(readers::person(&before.submitted_to));
    changed(states, meta, id, |document, seen_by| {
        document.status = IncomingStatus::Submitted.into();
        document.direction = None;
        document.lead_assignment_id.clear();
        document.assignment_ids = kept;
        document.due_date = None;
        seen_by.retain(|reader| !no_more.contains(reader) || still.contains(reader));
    })
}

pub(super) fn handed_on(states: &dyn States, meta: &EntryMeta, id: &str, _: &HandedOn) -> Records {
    assignment(states, meta, id, |it| it.status = AssignmentStatus::HandedOn.into())
}

pub(super) fn progressed(states: &dyn States, meta: &EntryMeta, id: &str, event: &Progressed) -> Records {
    assignment(states, meta, id, |it| it.progress.clone_from(&event.text))
}

pub(super) fn assignment_completed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &AssignmentCompleted,
) -> Records {
    assignment(states, meta, id, |it| {
        it.status = AssignmentStatus::Completed.into();
        it.result.clone_from(&event.result);
        it.completed_by.clone_from(&event.person_id);
        it.completed_at = Some(meta.at());
    })
}

/// One that is completed already keeps its time and gets the answer.
pub(super) fn document_completed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &DocumentCompleted,
) -> Records {
    changed(states, meta, id, |document, _| {
        if document.status() != IncomingStatus::Completed {
            document.status = IncomingStatus::Completed.into();
            document.completed_at = Some(meta.at());
        }
        if !event.answered_by.is_empty() && !document.answered_by.contains(&event.answered_by) {
            document.answered_by.push(event.answered_by.clone());
        }
    })
}

pub(super) fn deadline_extended(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &DeadlineExtended,
) -> Records {
    let mut document_id = String::new();
    let mut records = assignment(states, meta, id, |it| {
        if it.original_due_date.is_none() {
            it.original_due_date = it.due_date;
        }
        it.due_date = event.to;
        document_id.clone_from(&it.document_id);
    })?;
    if event.document {
        records.extend(changed(states, meta, &document_id, |document, _| document.due_date = event.to)?);
    }
    Ok(records)
}

/// Only the person sees what the person has opened; a document's version does not change by being read.
pub(super) fn opened(_: &dyn States, meta: &EntryMeta, id: &str, event: &Opened) -> Records {
    Ok(vec![meta.record(id, vec![readers::person(&event.person_id)], State::Opened(event.clone()))])
}

pub(super) fn assignment_opened(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &AssignmentOpened,
) -> Records {
    assignment(states, meta, id, |it| {
        if it.first_opened_by.is_empty() {
            it.first_opened_by.clone_from(&event.person_id);
            it.first_opened_at = event.at;
        }
    })
}

/// Taken back: seen by those who see the document as it is then.
pub(super) fn assignment_withdrawn(states: &dyn States, meta: &EntryMeta, id: &str, _: &Ended) -> Records {
    let Some(record) = states.get(id)? else { return Ok(Vec::new()) };
    let Some(State::Assignment(mut it)) = record.state else { return Ok(Vec::new()) };
    it.status = AssignmentStatus::Withdrawn.into();
    let seen_by = states.get(&it.document_id)?.map_or(record.readers, |document| document.readers);
    Ok(vec![meta.record(id, seen_by, State::Assignment(it))])
}
