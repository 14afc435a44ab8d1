//! Lists and look-ups of incoming documents and of assignments.

use proto::record::v1::{
    Assignment, AssignmentRole, AssignmentStatus, DocumentFacts, IncomingDocument, IncomingStatus, KeptCheck,
    Record, Urgency,
};

use super::code::Code;
use super::key::Key;
use super::sees::is_secret;
use super::words::fold;

type Keys = Vec<Vec<u8>>;

pub(super) fn document(record: &Record, document: &IncomingDocument, keys: &mut Keys) {
    let id = record.id.as_str();
    let received = document.received_at.as_ref();
    // Once registered a secret document stands in its register alone: it is no work for anybody's list.
    let listed = !is_secret(record) || document.status() == IncomingStatus::Received;
    for reader in record.readers.iter().filter(|_| listed) {
        keys.push(Key::of(Code::IncomingAll).principal(reader).instant_down(received).id(id));
        keys.push(
            Key::of(Code::IncomingByStatus)
                .principal(reader)
                .i32(document.status)
                .instant_down(received)
                .id(id),
        );
    }
    if document.status() == IncomingStatus::Submitted {
        let urgency = document.facts.as_ref().map_or(i32::from(Urgency::Normal), |facts| facts.urgency);
        keys.push(
            Key::of(Code::IncomingForDirection)
                .person(&document.submitted_to)
                .i32_down(urgency)
                .instant(received)
                .id(id),
        );
    }
    // Whatever became of it: what was received is kept with its evidence.
    if is_unchecked(document) {
        keys.push(Key::of(Code::Unchecked).instant(received).id(id));
    }
    if matches!(document.status(), IncomingStatus::Returned | IncomingStatus::Void) {
        return;
    }
    if let Some(key) = document.facts.as_ref().and_then(by_number) {
        keys.push(key.id(id));
    }
    if let Some(main) = document.files.first() {
        keys.push(Key::of(Code::IncomingByMainFile).text(&main.digest).id(id));
    }
}

/// Whether authorities have still to be asked about the signatures of the main file.
#[must_use]
pub fn is_unchecked(document: &IncomingDocument) -> bool {
    is_signed(document) && check_of(document).is_none()
}

/// Whether the main file bears signatures.
#[must_use]
pub fn is_signed(document: &IncomingDocument) -> bool {
    !document.files.is_empty()
        && document.signatures.as_ref().is_some_and(|report| !report.signatures.is_empty())
}

/// What is kept of the last check of the main file.
#[must_use]
pub fn check_of(document: &IncomingDocument) -> Option<&KeptCheck> {
    let main = document.files.first()?;
    document.checks.iter().find(|it| it.digest == main.digest)
}

/// The prefix under which documents with the same number, notation and issuer stand (NĐ 30/2020 Phụ lục VI: warn on
/// the same three); `None` when one of number and issuer is not known.
#[must_use]
pub(crate) fn by_number(facts: &DocumentFacts) -> Option<Key> {
    let number = fold(&facts.number);
    let number = number.trim_start_matches('0');
    let issuer = fold(&facts.issuer);
    if number.is_empty() || issuer.is_empty() {
        return None;
    }
    let notation: String = fold(&facts.notation).split_whitespace().collect();
    Some(Key::of(Code::IncomingByNumber).text(number).text(&notation).text(&issuer))
}

pub(super) fn assignment(record: &Record, assignment: &Assignment, keys: &mut Keys) {
    let id = record.id.as_str();
    let due = assignment.due_date.as_ref();
    let status = assignment.status();
    if status == AssignmentStatus::Withdrawn {
        return;
    }
    keys.push(Key::of(Code::AssignmentsOfDocument).text(&assignment.document_id).id(id));
    if !assignment.parent_id.is_empty() {
        keys.push(Key::of(Code::AssignmentsOfParent).text(&assignment.parent_id).id(id));
    }
    let Some(assignee) = &assignment.assignee else { return };
    match (status, assignment.role()) {
        (AssignmentStatus::Open, AssignmentRole::Lead) => {
            keys.push(Key::of(Code::MyLead).principal(assignee).date(due).id(id));
        }
        (AssignmentStatus::Open, AssignmentRole::Supporting) => {
            keys.push(Key::of(Code::MySupporting).principal(assignee).date(due).id(id));
        }
        (AssignmentStatus::Open, AssignmentRole::ForInformation) if assignment.first_opened_by.is_empty() => {
            keys.push(
                Key::of(Code::MyInformation)
                    .principal(assignee)
                    .instant_down(assignment.assigned_at.as_ref())
                    .id(id),
            );
        }
        (AssignmentStatus::Completed, AssignmentRole::Lead | AssignmentRole::Supporting) => {
            let completed = assignment.completed_at.as_ref();
            let of = Key::of(Code::MyCompleted);
            let assignees = of.clone().principal(assignee).instant_down(completed).id(id);
            let completers = of.person(&assignment.completed_by).instant_down(completed).id(id);
            if completers != assignees && !assignment.completed_by.is_empty() {
                keys.push(completers);
            }
            keys.push(assignees);
        }
        _ => {}
    }
    let open = matches!(status, AssignmentStatus::Open | AssignmentStatus::HandedOn);
    if open && matches!(assignment.role(), AssignmentRole::Lead | AssignmentRole::Supporting) {
        keys.push(Key::of(Code::GivenByMe).person(&assignment.assigned_by).date(due).id(id));
        // The one that was handed on to carries the work: one line a piece of work, not two.
        if status == AssignmentStatus::Open {
            for reader in &record.readers {
                keys.push(Key::of(Code::OpenAssignments).principal(reader).date(due).id(id));
            }
        }
    }
}
