//! Where a document stands in the order of the law, and the reason when it is not where a step begins.

use proto::fault::Fault;
use proto::record::v1::{OutgoingDocument, OutgoingStatus as S};

use crate::states::States;
use crate::{read, reasons};

/// The document.
pub(super) fn document(states: &dyn States, id: &str) -> Result<OutgoingDocument, Fault> {
    read::outgoing(states, id)?.ok_or_else(|| Fault::unknown(id))
}

/// The document must stand exactly at `needed`.
///
/// # Errors
/// [`Fault::Refused`] with the reason of the step that is missing or done before.
pub fn must_be(needed: S, id: &str, document: &OutgoingDocument) -> Result<(), Fault> {
    let status = document.status();
    if status == needed {
        return Ok(());
    }
    let reason = match status {
        S::Withdrawn => reasons::DRAFT_WITHDRAWN,
        S::Recalled => reasons::RECALLED,
        _ if status < needed => not_yet(needed),
        _ => done_before(needed),
    };
    Err(refused(reason, id, status, &format!("{} is needed", needed.as_str_name())))
}

/// The document must not be signed yet nor given up.
pub(super) fn must_be_unsigned(id: &str, document: &OutgoingDocument) -> Result<(), Fault> {
    let reason = match document.status() {
        S::Drafted | S::Submitted | S::Reviewed | S::FormChecked | S::Approved => return Ok(()),
        S::Withdrawn => reasons::DRAFT_WITHDRAWN,
        S::Recalled => reasons::RECALLED,
        _ => reasons::ALREADY_SIGNED,
    };
    Err(refused(reason, id, document.status(), "only what is not signed yet is changed"))
}

fn refused(reason: &'static str, id: &str, status: S, why: &str) -> Fault {
    Fault::refused(reason, format!("{id} is {}; {why}", status.as_str_name()))
}

/// The step before was not done.
fn not_yet(needed: S) -> &'static str {
    match needed {
        S::Unspecified | S::Drafted | S::Withdrawn | S::Recalled => reasons::WRONG_STATE,
        S::Submitted => reasons::NOT_SUBMITTED,
        S::Reviewed => reasons::NOT_REVIEWED,
        S::FormChecked => reasons::NOT_FORM_CHECKED,
        S::Approved => reasons::NOT_APPROVED,
        S::Signed => reasons::NOT_SIGNED,
        S::Numbered => reasons::NOT_NUMBERED,
        S::Sealed => reasons::NOT_SEALED,
        S::Issued => reasons::NOT_ISSUED,
    }
}

/// The step that begins at `needed` was done before.
fn done_before(needed: S) -> &'static str {
    match needed {
        S::Unspecified | S::Issued | S::Withdrawn | S::Recalled => reasons::WRONG_STATE,
        S::Drafted => reasons::ALREADY_SUBMITTED,
        S::Submitted => reasons::ALREADY_REVIEWED,
        S::Reviewed => reasons::ALREADY_FORM_CHECKED,
        S::FormChecked => reasons::ALREADY_APPROVED,
        S::Approved => reasons::ALREADY_SIGNED,
        S::Signed => reasons::ALREADY_NUMBERED,
        S::Numbered => reasons::ALREADY_SEALED,
        S::Sealed => reasons::ALREADY_ISSUED,
    }
}
