//! States that the walks of the law allow: what must be there, and what must not, at each of them.

use proto::record::v1::record::State;
use proto::record::v1::{
    Assignment, AssignmentStatus, DeliveryStatus, IncomingDocument, IncomingStatus, OutgoingDocument,
    OutgoingStatus, Record,
};

/// Says what is unlawful about a record; nothing when it is well.
#[must_use]
pub fn unlawful(record: &Record) -> Vec<String> {
    let mut found = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            found.push(format!("{}: {what}", record.id));
        }
    };
    match &record.state {
        Some(State::Incoming(document)) => incoming(document, &mut must),
        Some(State::Outgoing(document)) => outgoing(document, &mut must),
        Some(State::Assignment(assignment)) => one_assignment(assignment, &mut must),
        Some(_) => {}
        None => must(false, "a record without a state"),
    }
    found
}

fn incoming(document: &IncomingDocument, must: &mut impl FnMut(bool, &str)) {
    use IncomingStatus as S;
    let status = document.status();
    must(status != S::Unspecified, "no status");
    must(document.received_at.is_some() && !document.received_by.is_empty(), "received by nobody");
    let registered = !matches!(status, S::Received | S::Returned);
    must(document.number.is_some() == registered, "a number exactly once it is registered");
    let directed = document.direction.is_some();
    match status {
        S::Received | S::Returned | S::Registered => {
            must(!directed && document.assignment_ids.is_empty(), "directed before it was submitted");
        }
        S::Submitted => must(!document.submitted_to.is_empty() && !directed, "submitted to nobody"),
        S::Directed => {
            must(
                directed && document.assignment_ids.contains(&document.lead_assignment_id),
                "directed without a lead",
            );
        }
        S::Completed => must(document.completed_at.is_some(), "completed at no time"),
        S::Void => must(!document.closing_reason.is_empty(), "void without a reason"),
        S::Unspecified => {}
    }
    must((status == S::Completed) == document.completed_at.is_some(), "completed_at exactly when completed");
}

fn outgoing(document: &OutgoingDocument, must: &mut impl FnMut(bool, &str)) {
    use OutgoingStatus as S;
    let status = document.status();
    must(status != S::Unspecified, "no status");
    must(!document.files.is_empty(), "no main file");
    must(document.version_count >= 1, "no version");
    if status == S::Withdrawn {
        must(!document.recall_reason.is_empty(), "given up without a reason");
        return;
    }
    // The walk by its stages; a recalled document has been through all of them.
    let at_least = |stage: S| status >= stage;
    must(document.reviewed.is_some() == at_least(S::Reviewed), "reviewed exactly from the review on");
    must(
        document.form_checked.is_some() == at_least(S::FormChecked),
        "form checked exactly from the check on",
    );
    must(document.approved.is_some() == at_least(S::Approved), "approved exactly from the approval on");
    must(document.fields_prepared == at_least(S::Approved), "fields prepared exactly from the approval on");
    must(document.signed_at.is_some() == at_least(S::Signed), "signed exactly from the signature on");
    must(document.number.is_some() == at_least(S::Numbered), "a number exactly from the draw on");
    must(document.sealed_at.is_some() == at_least(S::Sealed), "sealed exactly from the seal on");
    must(document.issued_at.is_some() == at_least(S::Issued), "issued exactly from the issue on");
    let signatures = document.signatures.as_ref().map_or(0, |report| report.signatures.len());
    let expected = usize::from(at_least(S::Signed)) + usize::from(at_least(S::Sealed));
    must(
        signatures == expected,
        "the report tells the person's signature and the seal, each once it is there",
    );
    let reached = document.recipients.iter().filter(|r| r.inside.is_some());
    let sent = reached.clone().all(|r| r.delivery() == DeliveryStatus::Sent);
    must(!at_least(S::Issued) || sent, "issued and not there inside");
}

fn one_assignment(assignment: &Assignment, must: &mut impl FnMut(bool, &str)) {
    let status = assignment.status();
    must(status != AssignmentStatus::Unspecified, "no status");
    must(
        !assignment.document_id.is_empty() && assignment.assignee.is_some(),
        "an assignment of nothing to nobody",
    );
    must(
        (status == AssignmentStatus::Completed) == assignment.completed_at.is_some(),
        "completed_at exactly when completed",
    );
}
