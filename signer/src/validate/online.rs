//! Judging with what others say: where the file holds no word on a certificate, its responder or its list is asked.
//!
//! What the file holds comes first; nothing is asked of what it answers. Asked is only about certificates whose path
//! ends at a trusted root, so that no stranger's file sends this machine anywhere; an issuer that is missing from a path
//! is looked for at public addresses alone. Exchanges for one file are counted, whatever it names.
//!
//! A statement fetched now is about now. Taken for an earlier time of judging it means what RFC 5280 lets it mean: who
//! is not revoked now was not revoked then, for revocations are final and stay on the list until their certificate has
//! ended (3.3); *on hold*, which may have come and gone, apart. A statement made after the certificate ended therefore
//! says nothing good (unless it tells that it keeps them), and what was revoked later counts as it does in a file: against
//! a signature that no time stamp proves to be older. For a later time it counts until its own end.

use std::collections::HashSet;

use openssl::x509::X509;

use super::report::{Finding, Report};
use super::{Known, Options, validate_and_wish};
use crate::cms::certificate::{der, fingerprint};
use crate::fetch::limits::{JUDGING_EXCHANGES_MAX, JUDGING_ROUNDS_MAX, JUDGING_TIME};
use crate::fetch::{ChainEvidence, EvidenceError, Fetcher, Moment};
use crate::pdf::Document;

/// What was missing for a better answer.
#[derive(Debug)]
pub(super) enum Wish {
    /// How a certificate of a trusted path stands, by its issuer.
    Standing { subject: X509, issuer: X509 },
    /// The path of a certificate to a root, as it was at a time.
    Path { certificate: X509, at: i64, proven: bool },
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Wishes {
    pub(super) wishes: Vec<Wish>,
    /// The certificates that were at hand.
    pub(super) carried: Vec<X509>,
}

impl Wish {
    fn key(&self) -> String {
        match self {
            Wish::Standing { subject, issuer } => {
                format!("standing {} {}", fingerprint(subject), fingerprint(issuer))
            }
            Wish::Path { certificate, .. } => format!("path {}", fingerprint(certificate)),
        }
    }
}

/// As [`super::validate_document`], and asks services for the revocation data and issuers that the file lacks, at most
/// [`JUDGING_EXCHANGES_MAX`] times. `now` is the time of asking, seconds since 1970; the time of judging is that of the
/// options. Blocking. What could not be found out is told in the report's findings.
pub fn validate_online(document: &Document, options: &Options, fetcher: &Fetcher, now: i64) -> Report {
    let fetcher = fetcher.bounded(JUDGING_EXCHANGES_MAX, JUDGING_TIME);
    let mut known = Known::default();
    let mut asked = HashSet::new();
    let mut failures = Vec::new();
    for _ in 0..JUDGING_ROUNDS_MAX {
        let (report, wishes) = validate_and_wish(document, options, &known);
        let before = known.count();
        // Where nobody is trusted no answer helps.
        let wished = wishes.wishes.into_iter().filter(|_| !options.roots.is_empty());
        for wish in wished.filter(|wish| asked.insert(wish.key())) {
            match fulfil(&wish, &wishes.carried, &fetcher, now) {
                Ok(found) => known.add(found),
                Err(error) => failures.push(told(&error)),
            }
        }
        if known.count() == before {
            return with_failures(report, failures);
        }
    }
    with_failures(validate_and_wish(document, options, &known).0, failures)
}

fn fulfil(
    wish: &Wish,
    carried: &[X509],
    fetcher: &Fetcher,
    now: i64,
) -> Result<ChainEvidence, EvidenceError> {
    match wish {
        Wish::Standing { subject, issuer } => fetcher.statement(subject, issuer, now),
        Wish::Path { certificate, at, proven } => {
            let moment = Moment { at: *at, proven: *proven, now };
            let certificates = fetcher.path(certificate, carried, moment)?;
            Ok(ChainEvidence { certificates, ..ChainEvidence::default() })
        }
    }
}

fn told(error: &EvidenceError) -> Finding {
    Finding::warning("evidence_not_fetched", format!("{}: {error}", error.code()))
}

fn with_failures(mut report: Report, failures: Vec<Finding>) -> Report {
    report.findings.extend(failures);
    report.findings.dedup();
    report
}

impl Known {
    fn count(&self) -> usize {
        self.certificates.len() + self.crls.len() + self.ocsp.len()
    }

    fn add(&mut self, found: ChainEvidence) {
        for certificate in found.certificates.iter().map(der) {
            if !self.certificates.contains(&certificate) {
                self.certificates.push(certificate);
            }
        }
        for (kept, found) in [(&mut self.crls, found.crls), (&mut self.ocsp, found.ocsp)] {
            for one in found {
                if !kept.contains(&one) {
                    kept.push(one);
                }
            }
        }
    }
}
