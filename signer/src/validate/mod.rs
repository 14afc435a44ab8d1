//! Validation of signed PDF files: a report with parts and one bottom line.
//!
//! After ETSI EN 319 102-1 in order: format, integrity, certificate path, revocation at the time
//! that counts, time stamps, and every change after each signature. The file has one strict
//! interpretation; where another reader could see something else, that is a finding.

mod byte_range;
mod changes;
mod drawn;
mod evidence;
mod form;
mod indication;
mod lively;
mod locks;
mod look;
mod online;
mod orphan;
mod own;
mod record;
mod report;
mod signature;
mod strength;
mod structure;
mod time;
mod trust;

pub use indication::Indication;
pub use online::validate_online;
pub(crate) use online::{Besides, Inquiry, Wish};
pub use own::{NotRight, check_evidence, check_signed};
pub use report::{
    CertificateInfo, Change, ChangesAfter, Coverage, Finding, Kind, Report, RevocationState, Severity,
    SignatureReport, SignedAtIs, TrustState, Verdict,
};

use std::cell::RefCell;
use std::collections::HashSet;

use crate::chain::{Evidence, TrustRoots, distinct};
use crate::pdf::{Document, Error, Input, Ref};
use evidence::Store;
use form::Form;
use signature::{Checked, Judge};

/// Most signatures that are judged in one file.
pub const SIGNATURES_MAX: usize = 200;
/// Most revisions that are searched for signatures that were removed.
pub const REVISIONS_SEARCHED_MAX: usize = 200;

/// What is asked of a validation.
#[derive(Debug, Clone)]
pub struct Options {
    /// Who is trusted without proof.
    pub roots: TrustRoots,
    /// The time of judging, seconds since 1970.
    pub at: i64,
    /// Whether a certificate whose revocation is unknown keeps the verdict from being *valid*;
    /// otherwise that is a warning.
    pub require_revocation: bool,
}

impl Options {
    /// Judging at a time (seconds since 1970); unknown revocation is a warning.
    pub fn new(roots: TrustRoots, at: i64) -> Options {
        Options { roots, at, require_revocation: false }
    }
}

/// Judges all signatures of a file. Never fails: what cannot be read is a verdict too.
pub fn validate(file: impl Into<Input>, options: &Options) -> Report {
    match Document::open(file) {
        Ok(document) => validate_document(&document, options),
        Err(error) => Report::unreadable(error.to_string()),
    }
}

/// What is known beside the file: fetched over the network, or kept with the document. All in DER; what
/// cannot be read is left out, and nothing of it is believed but for the signatures it bears.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Certificates of issuers.
    pub certificates: Vec<Vec<u8>>,
    /// Lists of revoked certificates.
    pub crls: Vec<Vec<u8>>,
    /// OCSP responses.
    pub ocsp: Vec<Vec<u8>>,
    /// Since when the file is known to have been there as it is, in seconds since 1970, by the register of whoever asks:
    /// it counts as a time stamp over the whole file would.
    pub existed_at: Option<i64>,
}

/// As [`validate`], of a file that is open already.
pub fn validate_document(document: &Document, options: &Options) -> Report {
    validate_with(document, options, &Known::default())
}

/// As [`validate_document`], with evidence from elsewhere: a report's [`SignatureReport::path`] says of which
/// certificates it may be wanted.
pub fn validate_with(document: &Document, options: &Options, known: &Known) -> Report {
    validate_and_wish(document, options, known).0
}

/// As [`validate_with`], with what was missing for a better answer.
pub(crate) fn validate_and_wish(document: &Document, options: &Options, known: &Known) -> (Report, Besides) {
    let judged = judge(document, options, known);
    // What could not be read was not judged.
    match document.file().check() {
        Ok(()) => judged,
        Err(error) => (Report::unreadable(error.to_string()), Besides::default()),
    }
}

fn judge(document: &Document, options: &Options, known: &Known) -> (Report, Besides) {
    let mut checked = match find_signatures(document) {
        Ok(checked) => checked,
        Err(error) => return (Report::unreadable(error.to_string()), Besides::default()),
    };
    add_orphans(document, &mut checked);
    let revisions = document.revisions().len();
    let revision_ends = document.revisions().iter().map(|revision| revision.end).collect();
    let ends = || checked.iter().map(|(checked, _)| checked.end());
    let (newest, oldest) = (ends().max().unwrap_or(0), ends().min().unwrap_or(0));
    let mut shared = structure::tolerated(document, newest, oldest);
    shared.extend(structure::hybrid_after(document, oldest));
    shared.extend(structure::odd_objects(document));
    shared.extend(structure::doubled_values(document));
    let first_signed = checked.iter().filter_map(|(one, _)| one.covered.as_ref()?.revision).min();
    if let Some(first_signed) = first_signed {
        shared.extend(structure::doubled_object(document, first_signed));
        shared.extend(structure::unclear_updates(document, first_signed));
    }
    if checked.is_empty() {
        let report = Report {
            verdict: Verdict::Unsigned,
            signatures: Vec::new(),
            findings: shared,
            revisions,
            revision_ends,
        };
        return (report, Besides::default());
    }
    shared.extend(structure::locked(document));
    shared.extend(lively::findings(document.latest()));
    let mut store = Store::default();
    // What was asked for first: a file full of junk does not crowd it out.
    known.crls.iter().for_each(|list| store.evidence.add_crl(list));
    known.ocsp.iter().for_each(|response| store.evidence.add_ocsp(response));
    store.certificates.extend(known.certificates.iter().filter_map(|der| crate::cms::certificate::read(der)));
    store.read(document.latest());
    for index in 0..revisions.min(REVISIONS_SEARCHED_MAX) {
        if let Some(view) = document.at_revision(index) {
            store.read(view);
        }
    }
    let mut evidence: Evidence = store.evidence;
    let mut others = store.certificates;
    for (checked, _) in &checked {
        checked.add_evidence(&mut evidence);
        others.extend(checked.certificates());
    }
    // Later than the judging it proves nothing for it.
    let existed_at = known.existed_at.filter(|at| *at <= options.at);
    let mut judge = Judge {
        document,
        options,
        others: distinct(others),
        evidence,
        existed_at: existed_at.unwrap_or(options.at),
        proven: existed_at.is_some(),
        later_ends: Vec::new(),
        shared_values: shared_values(document),
        shared: shared.clone(),
        wishes: RefCell::default(),
    };
    checked.sort_by_key(|(checked, _)| std::cmp::Reverse(checked.end()));
    let mut signatures = Vec::new();
    for (one, removed) in &checked {
        let report = judge.judge(one, *removed);
        signatures.push(report);
    }
    signatures.reverse();
    let stamps = checked.iter().flat_map(|(one, _)| one.stamps()).collect();
    let besides = Besides { wishes: judge.wishes.into_inner(), carried: judge.others, stamps };
    let verdict = bottom_line(&signatures);
    (Report { verdict, signatures, findings: shared, revisions, revision_ends }, besides)
}

fn bottom_line(signatures: &[SignatureReport]) -> Verdict {
    let has = |verdict| signatures.iter().any(|signature| signature.verdict == verdict);
    if has(Verdict::Invalid) {
        Verdict::Invalid
    } else if has(Verdict::Indeterminate) {
        Verdict::Indeterminate
    } else {
        Verdict::Valid
    }
}

/// The signatures of the newest revision, and those that only older ones show (marked `true`).
fn find_signatures(document: &Document) -> Result<Vec<(Checked, bool)>, Error> {
    let last = document.revisions().len().saturating_sub(1);
    let mut found: Vec<(Checked, bool)> = Vec::new();
    for revision in (0..=last).rev().take(REVISIONS_SEARCHED_MAX) {
        let Some(view) = document.at_revision(revision) else { continue };
        let form = match Form::read(view) {
            Ok(form) => form,
            Err(error) if revision == last => return Err(error),
            Err(_) => continue,
        };
        for value in form::signatures(view, &form) {
            let known = found.iter().any(|(known, _)| {
                known.value.contents_offset().is_some()
                    && known.value.contents_offset() == value.contents_offset()
                    || known.value.field == value.field && known.value.field_id == value.field_id
            });
            if !known && found.len() < SIGNATURES_MAX {
                found.extend(
                    Checked::new(document, revision, value).map(|checked| (checked, revision != last)),
                );
            }
        }
    }
    Ok(found)
}

/// Adds the signatures that lie behind the oldest one known and that no revision shows; they count as removed.
fn add_orphans(document: &Document, checked: &mut Vec<(Checked, bool)>) {
    let oldest = checked.iter().map(|(one, _)| one.end()).min().unwrap_or(0);
    let known: HashSet<usize> = checked.iter().filter_map(|(one, _)| one.value.contents_offset()).collect();
    let last = document.revisions().len().saturating_sub(1);
    for value in orphan::orphans(document, oldest, |offset| known.contains(&offset)) {
        checked.extend(Checked::new(document, last, value).map(|one| (one, true)));
    }
}

/// Signature dictionaries of the newest revision that are the value of more than one field.
fn shared_values(document: &Document) -> HashSet<Ref> {
    let view = document.latest();
    let Ok(form) = Form::read(view) else { return HashSet::new() };
    let mut seen = HashSet::new();
    form::signatures(view, &form)
        .into_iter()
        .filter_map(|value| value.id)
        .filter(|id| !seen.insert(*id))
        .collect()
}
