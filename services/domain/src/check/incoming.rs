//! Fields of commands that route incoming documents.

use proto::record::v1::{
    AssignmentRole, CompleteAssignment, DirectIncoming, ExtendDeadline, HandOn, RecordOpened, ReportProgress,
    SubmitIncoming, UndoDirection,
};

use super::facts;
use super::field::Fields;
use crate::id::Kind;
use crate::{limits, reasons};

pub(super) fn submit_incoming(fields: &mut Fields, command: &mut SubmitIncoming) {
    fields.id("document_id", &command.document_id, Kind::Incoming);
    fields.id("leader_id", &command.leader_id, Kind::Person);
    fields.lines("note", &mut command.note, limits::OPINION);
}

pub(super) fn direct_incoming(fields: &mut Fields, command: &mut DirectIncoming) {
    fields.id("document_id", &command.document_id, Kind::Incoming);
    fields.lines("text", &mut command.text, limits::OPINION);
    fields.date("due_date", command.due_date);
    let leads = command.assignments.iter().filter(|it| it.role == i32::from(AssignmentRole::Lead)).count();
    if leads != 1 {
        fields.wrong("assignments", reasons::EXACTLY_ONE_LEAD, format!("{leads} lead; name exactly one"));
    }
    let mut named = Vec::new();
    fields.each("assignments", &mut command.assignments, limits::ASSIGNMENTS, |fields, it| {
        let role = fields.choice::<AssignmentRole>("role", it.role);
        fields.required("assignee", &mut it.assignee, |fields, assignee| {
            facts::person_or_unit(fields, assignee);
            if named.contains(assignee) {
                fields.wrong("", reasons::TWICE, "has a part already; name everybody once");
            }
            named.push(assignee.clone());
        });
        fields.date("due_date", it.due_date);
        if role == Some(AssignmentRole::ForInformation) {
            fields.absent("due_date", it.due_date.is_none(), "for information there is no deadline");
        }
        fields.lines("instruction", &mut it.instruction, limits::OPINION);
    });
}

pub(super) fn undo_direction(fields: &mut Fields, command: &mut UndoDirection) {
    fields.id("document_id", &command.document_id, Kind::Incoming);
}

pub(super) fn hand_on(fields: &mut Fields, command: &mut HandOn) {
    fields.id("assignment_id", &command.assignment_id, Kind::Assignment);
    fields.id("person_id", &command.person_id, Kind::Person);
    fields.lines("instruction", &mut command.instruction, limits::OPINION);
    fields.date("due_date", command.due_date);
}

pub(super) fn report_progress(fields: &mut Fields, command: &mut ReportProgress) {
    fields.id("assignment_id", &command.assignment_id, Kind::Assignment);
    fields.required_lines("text", &mut command.text, limits::OPINION);
}

pub(super) fn complete_assignment(fields: &mut Fields, command: &mut CompleteAssignment) {
    fields.id("assignment_id", &command.assignment_id, Kind::Assignment);
    fields.lines("result", &mut command.result, limits::OPINION);
}

pub(super) fn extend_deadline(fields: &mut Fields, command: &mut ExtendDeadline) {
    fields.id("assignment_id", &command.assignment_id, Kind::Assignment);
    fields.required_date("due_date", command.due_date);
    fields.required_lines("reason", &mut command.reason, limits::REASON);
}

pub(super) fn record_opened(fields: &mut Fields, command: &mut RecordOpened) {
    if command.opened.is_empty() {
        fields.wrong("opened", reasons::REQUIRED, "must name at least one document");
    }
    fields.each("opened", &mut command.opened, limits::OPENINGS, |fields, it| {
        fields.id_of("document_id", &it.document_id, &[Kind::Incoming, Kind::Outgoing]);
        if it.at.is_none() {
            fields.wrong("at", reasons::REQUIRED, "must be given");
        }
        fields.timestamp("at", it.at.as_ref());
    });
}
