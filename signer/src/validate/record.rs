//! The report in the words of the record, as it is kept and sent.

use proto::record::v1 as record;

use super::report::{
    ChangesAfter, Coverage, Finding, Kind, Report, RevocationState, Severity, SignatureReport, SignedAtIs,
    Verdict,
};

/// Findings of one list that are told at most; a forged file could bring thousands.
const FINDINGS_MAX: usize = 50;
/// Signatures that are told at most.
const SIGNATURES_MAX: usize = 100;
/// Revisions that are told at most.
const REVISIONS_MAX: usize = 200;

impl Report {
    /// The report as the record keeps it; `checked_at` in seconds since 1970.
    pub fn to_record(&self, checked_at: i64) -> record::SignatureReport {
        record::SignatureReport {
            verdict: verdict(self.verdict).into(),
            signatures: self.signatures.iter().take(SIGNATURES_MAX).map(signature).collect(),
            checked_at: Some(timestamp(checked_at)),
            findings: findings(self.findings.iter()),
            revisions: (1..)
                .zip(&self.revision_ends)
                .take(REVISIONS_MAX)
                .map(|(number, end)| record::FileRevision {
                    number: count(number),
                    end: i64::try_from(*end).unwrap_or(i64::MAX),
                    signed_by: self.signed_by(number).take(SIGNATURES_MAX).map(str::to_owned).collect(),
                })
                .collect(),
        }
    }
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

fn signature(one: &SignatureReport) -> record::SignatureResult {
    let certificate = one.certificate.clone().unwrap_or_default();
    let (indication, subindication) = one.indication();
    let is_warning = |finding: &&Finding| finding.severity == Severity::Warning;
    record::SignatureResult {
        timestamp: one.kind == Kind::Timestamp,
        field: one.field.clone(),
        verdict: verdict(one.verdict).into(),
        signer: certificate.subject,
        issuer: certificate.issuer,
        organization: certificate.organization,
        signed_at: one.signed_at.map(timestamp),
        signed_at_timestamped: one.signed_at_is == SignedAtIs::Timestamped,
        revocation: match one.revocation {
            RevocationState::Good => record::Revocation::Good,
            RevocationState::Revoked => record::Revocation::Revoked,
            RevocationState::NotChecked => record::Revocation::NotChecked,
        }
        .into(),
        covers: match one.covers {
            Coverage::WholeFile => record::Coverage::WholeFile,
            Coverage::Revision => record::Coverage::Revision,
            Coverage::Less => record::Coverage::Less,
        }
        .into(),
        changes_after: match one.changes_after {
            ChangesAfter::None => record::ChangesAfter::None,
            ChangesAfter::Permitted => record::ChangesAfter::Permitted,
            ChangesAfter::Forbidden => record::ChangesAfter::Forbidden,
        }
        .into(),
        certificate_from: one.certificate.as_ref().map(|certificate| timestamp(certificate.not_before)),
        certificate_to: one.certificate.as_ref().map(|certificate| timestamp(certificate.not_after)),
        certificate_serial: certificate.serial.to_lowercase(),
        intact: one.intact,
        reasons: findings(one.findings.iter().filter(|finding| !is_warning(finding))),
        warnings: findings(one.findings.iter().filter(is_warning)),
        revision: one.revision.map(count).unwrap_or_default(),
        certificate_sha256: certificate.fingerprint,
        revision_end: one.revision_end.and_then(|end| i64::try_from(end).ok()).unwrap_or_default(),
        changes: one
            .changes
            .iter()
            .take(FINDINGS_MAX)
            .map(|change| record::RevisionChange {
                revision: count(change.revision),
                permitted: change.permitted,
                code: change.code.to_owned(),
                text: change.text.clone(),
            })
            .collect(),
        indication: indication.name().to_owned(),
        subindication: subindication.to_owned(),
    }
}

fn findings<'f>(all: impl Iterator<Item = &'f Finding>) -> Vec<record::Finding> {
    all.take(FINDINGS_MAX)
        .map(|one| record::Finding { code: one.code.to_owned(), text: one.text.clone() })
        .collect()
}

fn verdict(verdict: Verdict) -> record::Verdict {
    match verdict {
        Verdict::Valid => record::Verdict::Valid,
        Verdict::Invalid => record::Verdict::Invalid,
        Verdict::Indeterminate => record::Verdict::Indeterminate,
        Verdict::Unsigned => record::Verdict::Unsigned,
        Verdict::Unreadable => record::Verdict::Unreadable,
    }
}

/// Whole seconds since 1970 as the wire writes them, years 1 to 9999.
fn timestamp(seconds: i64) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: seconds.clamp(-62_135_596_800, 253_402_300_799), nanos: 0 }
}
