//! What authorities say of the signatures of a received document is kept beside it (TT 15/2025/TT-BKHCN).
//!
//! The files are the sender's and stay as they came; so the signatures are the same ones as on receipt, and only what is
//! known of their certificates may have changed.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::{CheckedFile, Event, KeepEvidence, SignatureReport};

use super::event;
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{read, reasons};

/// The signer's own key alone gives this, for documents in any state: one that was returned or voided is kept as well.
pub(super) fn keep_evidence(
    _permit: &Permit,
    command: &KeepEvidence,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = read::incoming(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    let mut told = Vec::new();
    for checked in &command.files {
        let Some(index) = document.files.iter().position(|file| file.digest == checked.digest) else {
            let text = format!("{id}: {} is not a file of it", checked.digest);
            return Err(Fault::refused(reasons::FILE_NOT_OF_DOCUMENT, text));
        };
        let before = if index == 0 { document.signatures.as_ref() } else { None };
        same_signatures(id, checked, before)?;
        let kept = document.checks.iter().find(|it| it.digest == checked.digest);
        let is_new = kept.is_none_or(|it| {
            it.evidence_digest != checked.evidence_digest || it.complete != checked.complete
        });
        if is_new {
            told.push(checked.clone());
        }
    }
    if told.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![event(id, E::EvidenceKept(KeepEvidence { document_id: id.clone(), files: told }))])
}

/// The same bytes bear the same signatures, whatever became known of their certificates.
fn same_signatures(id: &str, checked: &CheckedFile, before: Option<&SignatureReport>) -> Result<(), Fault> {
    let is: Vec<Same<'_>> = checked.signatures.as_ref().map(signed).unwrap_or_default();
    if is.is_empty() {
        let text = format!("{id}: the report names no signature of {}", checked.digest);
        return Err(Fault::refused(reasons::NOT_SAME_SIGNATURES, text));
    }
    if before.is_some_and(|before| signed(before) != is) {
        let text = format!("{id}: the report is not about the signatures that were received");
        return Err(Fault::refused(reasons::NOT_SAME_SIGNATURES, text));
    }
    Ok(())
}

/// What makes two signatures the same one: field, certificate, what was signed, and whether it is intact.
type Same<'r> = (&'r str, &'r str, i64, bool, bool);

fn signed(report: &SignatureReport) -> Vec<Same<'_>> {
    let mut same: Vec<Same<'_>> = Vec::with_capacity(report.signatures.len());
    for it in &report.signatures {
        same.push((&it.field, &it.certificate_sha256, it.revision_end, it.timestamp, it.intact));
    }
    same
}
