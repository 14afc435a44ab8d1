//! One signature: its bytes, its message, its certificate at the time that counts, its future.

use std::cell::RefCell;
use std::collections::HashSet;

use openssl::x509::X509;

use super::Options;
use super::byte_range::{self, Covered};
use super::changes::{self, Outcome};
use super::drawn::{self, Agreement};
use super::form::{Form, SignatureValue};
use super::locks::Policy;
use super::online::Wish;
use super::report::{
    CertificateInfo, ChangesAfter, Coverage, Finding, Kind, RevocationState, Severity, SignatureReport,
    SignedAtIs, TrustState, Verdict,
};
use super::time::pdf_date;
use crate::chain::Evidence;
use crate::cms::{self, SignerReport, Timestamp};
use crate::pdf::{Document, Object, Ref, View};
use crate::ranges::Ranges;

/// Most certificates that are read from `/Cert`.
const CERT_ENTRIES_MAX: usize = 32;

/// A signature whose bytes and message are checked, trust not yet.
pub(super) struct Checked {
    pub(super) value: SignatureValue,
    /// The newest revision that still shows it.
    view_revision: usize,
    pub(super) covered: Option<Covered>,
    pub(super) signer: SignerReport,
    /// The time of a document time stamp.
    stamped: Option<i64>,
    findings: Vec<Finding>,
    sub_filter: String,
}

impl Checked {
    /// Reads and checks the signature as a revision (counted from 0) shows it.
    pub(super) fn new(document: &Document, revision: usize, value: SignatureValue) -> Option<Checked> {
        let view = document.at_revision(revision)?;
        let mut findings = Vec::new();
        let sub_filter = view.value(&value.dict, b"SubFilter").ok();
        let sub_filter = sub_filter
            .as_ref()
            .and_then(Object::as_name)
            .map(|name| String::from_utf8_lossy(name).into_owned())
            .unwrap_or_default();
        let covered = match byte_range::check(document, view, &value) {
            Ok(covered) => Some(covered),
            Err(finding) => {
                findings.push(finding);
                None
            }
        };
        let (signer, stamped) = match &covered {
            Some(covered) => check_message(document, view, &value, covered, &sub_filter),
            None => (SignerReport::default(), None),
        };
        if let Some(covered) = &covered {
            findings.extend(covered.findings.iter().cloned());
            findings.extend(byte_range::check_cut(document, &value, covered));
        }
        findings.extend(signer.findings.iter().cloned());
        Some(Checked { value, view_revision: revision, covered, signer, stamped, findings, sub_filter })
    }

    pub(super) fn kind(&self) -> Kind {
        if self.value.is_timestamp() { Kind::Timestamp } else { Kind::Signature }
    }

    pub(super) fn certificates(&self) -> impl Iterator<Item = X509> + '_ {
        let stamps = self.signer.timestamps.iter().flat_map(|stamp| stamp.report.certificates.iter());
        self.signer.certificates.iter().chain(stamps).cloned()
    }

    pub(super) fn add_evidence(&self, evidence: &mut Evidence) {
        let stamps = self.signer.timestamps.iter().map(|stamp| &stamp.report);
        for report in stamps.chain([&self.signer]) {
            report.crls.iter().for_each(|crl| evidence.add_crl(crl));
            report.ocsp.iter().for_each(|response| evidence.add_ocsp(response));
        }
    }

    /// The tokens of its time stamps; of a document time stamp its own.
    pub(super) fn stamps(&self) -> Vec<Vec<u8>> {
        let own = self.covered.as_ref().filter(|_| self.value.is_timestamp());
        let own = own.map(|covered| covered.contents.clone());
        let of_signature = self.signer.timestamps.iter().map(|stamp| stamp.token.clone());
        of_signature.chain(own).filter(|token| !token.is_empty()).collect()
    }

    /// Where the signed bytes end; 0 where that is unknown.
    pub(super) fn end(&self) -> usize {
        self.covered.as_ref().map_or(0, |covered| covered.parts[1].end)
    }

    fn is_intact(&self) -> bool {
        self.covered.is_some() && self.findings.iter().all(|finding| finding.severity != Severity::Broken)
    }
}

fn check_message(
    document: &Document,
    view: View<'_>,
    value: &SignatureValue,
    covered: &Covered,
    sub_filter: &str,
) -> (SignerReport, Option<i64>) {
    let ranges = Ranges { file: document.file(), ranges: &covered.parts };
    let content = ranges.content();
    let message = covered.contents.as_slice();
    if value.is_timestamp() {
        let Timestamp { time, report, .. } = cms::verify_timestamp_over(message, content);
        return (report, time);
    }
    let report = match sub_filter {
        "ETSI.CAdES.detached" => cms::verify_detached_over(message, content, true),
        "adbe.pkcs7.detached" => cms::verify_detached_over(message, content, false),
        "adbe.pkcs7.sha1" => cms::verify_wrapped_digest_over(message, content),
        "adbe.x509.rsa_sha1" => {
            cms::verify_bare_rsa_over(message, &certificates_beside(view, value), content)
        }
        other => {
            let mut report = cms::verify_detached_over(message, content, false);
            report.findings.push(Finding::undecided(
                "sub_filter_unknown",
                format!("/SubFilter {other:?} is not known, the signature was read as a detached one"),
            ));
            report
        }
    };
    (report, None)
}

fn certificates_beside(view: View<'_>, value: &SignatureValue) -> Vec<X509> {
    let strings = match view.value(&value.dict, b"Cert") {
        Ok(Object::Array(array)) => {
            array.iter().take(CERT_ENTRIES_MAX).filter_map(|item| view.resolve(item).ok()).collect()
        }
        Ok(other) => vec![other],
        Err(_) => Vec::new(),
    };
    let bytes = strings.iter().filter_map(Object::as_string).map(|string| string.bytes());
    bytes.filter_map(|bytes| crate::cms::certificate::read(&bytes)).collect()
}

/// What is known before the first signature is judged, and what judging adds.
pub(super) struct Judge<'d> {
    pub(super) document: &'d Document,
    pub(super) options: &'d Options,
    pub(super) others: Vec<X509>,
    pub(super) evidence: Evidence,
    /// The file as covered so far is proven to have existed at this time; from newest to oldest.
    pub(super) existed_at: i64,
    /// Whether a trusted time stamp proves it, or it is only the time of judging.
    pub(super) proven: bool,
    /// Ends of intact signatures already judged, newest first: they cover what came before.
    pub(super) later_ends: Vec<(Option<usize>, bool)>,
    /// Signature dictionaries that more than one field shows.
    pub(super) shared_values: HashSet<Ref>,
    /// Findings of the file that every signature is told.
    pub(super) shared: Vec<Finding>,
    /// What was missing for a better answer.
    pub(super) wishes: RefCell<Vec<Wish>>,
}

impl Judge<'_> {
    /// Judges one signature; call it from the newest to the oldest.
    pub(super) fn judge(&mut self, checked: &Checked, removed: bool) -> SignatureReport {
        let kind = checked.kind();
        let mut findings = checked.findings.clone();
        let mut report = SignatureReport {
            kind,
            field: checked.value.field.clone(),
            verdict: Verdict::Indeterminate,
            certificate: checked
                .signer
                .certificate
                .as_ref()
                .map(|certificate| CertificateInfo::of(certificate)),
            signed_at: checked.stamped,
            signed_at_is: SignedAtIs::Claimed,
            intact: checked.is_intact(),
            trust: TrustState::NoCertificate,
            revocation: RevocationState::NotChecked,
            covers: checked.covered.as_ref().map_or(Coverage::Less, |covered| covered.coverage),
            revision: checked
                .covered
                .as_ref()
                .and_then(|covered| covered.revision)
                .map(|revision| revision + 1),
            revision_end: checked.covered.as_ref().map(|covered| covered.parts[1].end),
            path: Vec::new(),
            changes_after: ChangesAfter::None,
            changes: Vec::new(),
            sub_filter: checked.sub_filter.clone(),
            algorithm: algorithm_of(&checked.signer),
            certifies: None,
            reason: self.text(checked, b"Reason"),
            location: self.text(checked, b"Location"),
            findings: Vec::new(),
        };
        let claimed = self.claimed_time(checked);
        let wished = self.wishes.borrow().len();
        let (at, proven, stamped) = self.time_that_counts(checked, &mut findings);
        if kind == Kind::Signature {
            report.signed_at = stamped.or(claimed);
            if stamped.is_some() {
                report.signed_at_is = SignedAtIs::Timestamped;
            }
        }
        self.judge_certificate(checked, at, proven, claimed, &mut report, &mut findings);
        if !report.intact {
            // Nothing that is asked makes it good.
            self.wishes.borrow_mut().truncate(wished);
        }
        self.judge_future(checked, &mut report, &mut findings);
        super::strength::weigh(&mut findings, at, proven);
        if kind == Kind::Timestamp {
            report.signed_at_is = SignedAtIs::Timestamped;
            if report.intact
                && super::strength::suffices(&findings)
                && report.trust == TrustState::Trusted
                && report.revocation != RevocationState::Revoked
                && let Some(time) = checked.stamped
            {
                self.existed_at = self.existed_at.min(time);
                self.proven = true;
            }
            if checked.stamped.is_some_and(|time| time > self.options.at) {
                findings.push(Finding::warning(
                    "timestamp_in_future",
                    "the time stamp is later than the time of judging, so that it proves no time before",
                ));
            }
        }
        if removed {
            findings.push(Finding::broken(
                "signature_removed",
                "a later revision of the file no longer shows this signature",
            ));
            report.changes_after = ChangesAfter::Forbidden;
        }
        if checked.value.id.is_some_and(|id| self.shared_values.contains(&id)) {
            // One signature passes for two: nobody signs so.
            findings.push(Finding::undecided("signature_shared", "more than one field shows this signature"));
        }
        findings.extend(self.shared.iter().cloned());
        self.later_ends.push((
            checked.covered.as_ref().and_then(|covered| covered.revision),
            kind == Kind::Signature && report.intact && !removed,
        ));
        report.verdict = verdict_of(&findings);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings.dedup();
        report.findings = findings;
        report
    }

    fn text(&self, checked: &Checked, key: &[u8]) -> String {
        /// Longest text that is taken from a signature dictionary, in characters.
        const CHARS_MAX: usize = 512;
        let view = self.document.at_revision(checked.view_revision);
        let value = view.and_then(|view| view.value(&checked.value.dict, key).ok());
        let text = value.as_ref().and_then(Object::as_string).map(|text| text.to_text()).unwrap_or_default();
        text.chars().filter(|letter| !letter.is_control()).take(CHARS_MAX).collect()
    }

    fn claimed_time(&self, checked: &Checked) -> Option<i64> {
        let written = pdf_date(&self.text(checked, b"M"));
        written.or(checked.signer.claimed_time)
    }

    /// What happened after the signature.
    fn judge_future(&self, checked: &Checked, report: &mut SignatureReport, findings: &mut Vec<Finding>) {
        let revision = checked.covered.as_ref().and_then(|covered| covered.revision);
        let Some(view) = revision.and_then(|revision| self.document.at_revision(revision)) else {
            if checked
                .covered
                .as_ref()
                .is_some_and(|covered| covered.parts[1].end < self.document.file().len())
            {
                report.changes_after = ChangesAfter::Forbidden;
            }
            return;
        };
        let Some(revision) = revision else { return };
        let Ok(form) = Form::read(view) else { return };
        let policy = Policy::read(view, &form, &checked.value, findings);
        report.certifies = policy.certifies;
        let outcome = changes::after(self.document, revision, &policy);
        report.changes_after = outcome.summary();
        if findings.iter().any(|finding| finding.code == "unsigned_tail") {
            report.changes_after = ChangesAfter::Forbidden;
        }
        self.note_outcome(&outcome, &policy, findings);
        if revision + 1 < self.document.revisions().len() {
            findings.extend(super::structure::hidden_objects(self.document, revision));
        }
        report.changes = outcome.changes;
    }

    fn note_outcome(&self, outcome: &Outcome, policy: &Policy, findings: &mut Vec<Finding>) {
        findings.extend(outcome.findings.iter().cloned());
        for change in &outcome.changes {
            if !change.permitted {
                findings.push(Finding::broken(
                    change.code,
                    format!("{} (revision {})", change.text, change.revision),
                ));
            } else if change.notable {
                findings.push(Finding::warning(
                    change.code,
                    format!("{} (revision {})", change.text, change.revision),
                ));
            }
        }
        if outcome.filled.is_empty() {
            return;
        }
        let latest = self.document.latest();
        let Ok(form) = Form::read(latest) else { return };
        for (field, filled_in) in &outcome.filled {
            let open = policy.leaves_open(field);
            let sealed = self
                .later_ends
                .iter()
                .any(|(end, intact)| *intact && end.is_some_and(|end| end >= *filled_in));
            if open && !sealed {
                findings.push(Finding::undecided(
                    "provisional",
                    format!("field {field} was filled after this signature and no later signature covers it"),
                ));
            }
            match drawn::compare(latest, &form, field) {
                Agreement::Differs { drawn, value } => {
                    let text = format!("field {field} shows {drawn:?} while its value is {value:?}");
                    findings.push(if open {
                        Finding::broken("drawn_text_differs", text)
                    } else {
                        Finding::undecided("drawn_text_differs", text)
                    });
                }
                Agreement::Pictures => findings.push(Finding::undecided(
                    "field_shows_pictures",
                    format!("field {field} was filled and shows pictures instead of its value"),
                )),
                Agreement::Same | Agreement::Unknown => {}
            }
        }
    }
}

fn algorithm_of(signer: &SignerReport) -> String {
    match (signer.algorithm, signer.digest) {
        (Some(algorithm), Some(digest)) => format!("{} with {}", algorithm.name(), digest.name()),
        _ => String::new(),
    }
}

fn verdict_of(findings: &[Finding]) -> Verdict {
    match findings.iter().map(|finding| finding.severity).max() {
        Some(Severity::Broken) => Verdict::Invalid,
        Some(Severity::Undecided) => Verdict::Indeterminate,
        Some(Severity::Warning) | None => Verdict::Valid,
    }
}
