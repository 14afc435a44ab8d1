//! The report in the words of the record, as it is kept and sent.

use proto::record::v1 as record;
use unicode_normalization::UnicodeNormalization;

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
/// Characters of a name that are told at most: what the record keeps of a distinguished name.
const NAME_CHARS_MAX: usize = 500;
/// Characters of a finding that are told at most: what the record keeps of one.
const TEXT_CHARS_MAX: usize = 1_000;

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
                    signed_by: self
                        .signed_by(number)
                        .take(SIGNATURES_MAX)
                        .map(|f| told(f, NAME_CHARS_MAX))
                        .collect(),
                })
                .collect(),
        }
    }
}

/// A text of the file as the record takes it. Names come from strangers: one that is too long or holds control
/// characters must not keep the whole document from being received.
fn told(text: &str, most: usize) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).nfc().collect();
    let words = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= most {
        return words;
    }
    words.chars().take(most - 1).chain(['…']).collect()
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
        field: told(&one.field, NAME_CHARS_MAX),
        verdict: verdict(one.verdict).into(),
        signer: told(&certificate.subject, NAME_CHARS_MAX),
        issuer: told(&certificate.issuer, NAME_CHARS_MAX),
        organization: told(&certificate.organization, NAME_CHARS_MAX),
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
        certificate_serial: told(&certificate.serial.to_lowercase(), NAME_CHARS_MAX),
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
                text: told(&change.text, TEXT_CHARS_MAX),
            })
            .collect(),
        indication: indication.name().to_owned(),
        subindication: subindication.to_owned(),
    }
}

fn findings<'f>(all: impl Iterator<Item = &'f Finding>) -> Vec<record::Finding> {
    all.take(FINDINGS_MAX)
        .map(|one| record::Finding { code: one.code.to_owned(), text: told(&one.text, TEXT_CHARS_MAX) })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_name_is_told_on_one_line_and_no_longer_than_the_record_keeps() {
        assert_eq!(told("Ký\u{1} \n\r duyệt\t2", 500), "Ký duyệt 2");
        let long = told(&"ắ".repeat(5_000), NAME_CHARS_MAX);
        assert_eq!(long.chars().count(), NAME_CHARS_MAX);
        assert!(long.ends_with('…'));
    }
}
