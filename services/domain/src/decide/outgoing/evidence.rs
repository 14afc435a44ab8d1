//! Long-term evidence is appended to what was issued: certificates, revocation data, time stamps.
//!
//! Whoever reads the file later finds the same signatures over the same bytes; what is behind them is evidence and
//! nothing else (TT 15/2025/TT-BKHCN; ETSI EN 319 142-1). That the new file begins with the old one is held by the archive,
//! which has the bytes; here the report is judged.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    AddEvidence, ChangesAfter, Event, FileEvidence, OutgoingStatus, SignatureLevel, SignatureReport,
    SignatureResult, Verdict,
};

use super::step;
use crate::decide::event;
use crate::moment::Moment;
use crate::policy::Permit;
use crate::reasons;
use crate::states::States;

/// What evidence changes in a file, by the codes of the report.
const EVIDENCE: [&str; 2] = ["evidence_added", "timestamp_added"];

/// The signer's own key alone gives this, for issued and recalled documents.
pub(in crate::decide) fn add_evidence(
    _permit: &Permit,
    command: &AddEvidence,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    // A recalled document is frozen and kept: it stays provable.
    if document.status() != OutgoingStatus::Recalled {
        step::must_be(OutgoingStatus::Issued, id, &document)?;
    }
    let mut told = Vec::new();
    for added in &command.files {
        let base = &added.base_digest;
        let Some(index) = document.files.iter().position(|file| file.digest == *base) else {
            let text = format!("{id}: {base} is not a file of it now; read the document again");
            return Err(Fault::refused(reasons::BASE_NOT_CURRENT, text));
        };
        let size = document.files.get(index).map_or(0, |file| file.size);
        let kept = document.evidence.iter().find(|it| it.digest == *base);
        let level = kept.map_or(SignatureLevel::Basic, proto::record::v1::KeptEvidence::level);
        if added.level() < level {
            let text = format!("{id}: {base} has reached {} already", level.as_str_name());
            return Err(Fault::refused(reasons::LEVEL_LOWER, text));
        }
        if added.digest == *base && added.size == size && added.level() == level {
            continue;
        }
        grown(id, added, size)?;
        let before = if index == 0 { document.signatures.as_ref() } else { None };
        only_evidence(added, size, before)?;
        told.push(added.clone());
    }
    if told.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![event(id, E::EvidenceAdded(AddEvidence { document_id: id.clone(), files: told }))])
}

/// Longer than before; or the very same file, of which only the level is told.
fn grown(id: &str, added: &FileEvidence, size: u64) -> Result<(), Fault> {
    let same = added.digest == added.base_digest;
    if same && added.size == size || !same && added.size > size {
        return Ok(());
    }
    let text = format!("{id}: evidence is appended to {}, so the file grows", added.base_digest);
    Err(Fault::refused(reasons::FILE_NOT_APPENDED, text))
}

/// The report shows the same signatures as before, none of them bad, and behind the base nothing but evidence.
fn only_evidence(
    added: &FileEvidence,
    base_size: u64,
    before: Option<&SignatureReport>,
) -> Result<(), Fault> {
    let refused = |text: String| Err(Fault::refused(reasons::NOT_ONLY_EVIDENCE, text));
    let good = |verdict: Verdict| matches!(verdict, Verdict::Valid | Verdict::Indeterminate);
    let Some(report) = added.signatures.as_ref().filter(|report| good(report.verdict())) else {
        return refused("the report does not call the file's signatures good".to_owned());
    };
    let base_end = i64::try_from(base_size).unwrap_or(i64::MAX);
    let is_behind = |revision: i32| {
        report.revisions.iter().find(|it| it.number == revision).is_none_or(|it| it.end > base_end)
    };
    for it in &report.signatures {
        if !good(it.verdict()) || !it.intact || it.changes_after() == ChangesAfter::Forbidden {
            return refused(format!("signature {} is not good any more", it.field));
        }
        if it.revision_end > base_end && !it.timestamp {
            return refused(format!("{} signs what is no evidence", it.field));
        }
        for change in it.changes.iter().filter(|change| is_behind(change.revision)) {
            if !change.permitted || !EVIDENCE.contains(&change.code.as_str()) {
                return refused(format!("behind the base there is more than evidence: {}", change.code));
            }
        }
    }
    let is: Vec<Same<'_>> = signed(report).collect();
    if is.is_empty() {
        return refused("the file bears no signature".to_owned());
    }
    let Some(before) = before else { return Ok(()) };
    if !signed(before).eq(is) {
        return refused("the signatures are not those that the file bore before".to_owned());
    }
    let stamps = |report: &SignatureReport| -> Vec<String> {
        report.signatures.iter().filter(|it| it.timestamp).map(|it| it.field.clone()).collect()
    };
    if stamps(report).starts_with(&stamps(before)) {
        Ok(())
    } else {
        refused("a time stamp is missing that the file bore before".to_owned())
    }
}

/// What makes two signatures the same one.
type Same<'r> = (&'r str, &'r str, i64);

fn signed(report: &SignatureReport) -> impl Iterator<Item = Same<'_>> {
    let own = |it: &&SignatureResult| !it.timestamp;
    report
        .signatures
        .iter()
        .filter(own)
        .map(|it| (it.field.as_str(), it.certificate_sha256.as_str(), it.revision_end))
}
