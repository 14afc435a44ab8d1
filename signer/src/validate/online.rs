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
pub(crate) enum Wish {
    /// How a certificate of a trusted path stands, by its issuer.
    Standing { subject: X509, issuer: X509 },
    /// The path of a certificate to a root, as it was at a time.
    Path { certificate: X509, at: i64, proven: bool },
}

/// What judging leaves besides its report.
#[derive(Debug, Default)]
pub(crate) struct Besides {
    /// What was missing.
    pub(crate) wishes: Vec<Wish>,
    /// The certificates that were at hand.
    pub(crate) carried: Vec<X509>,
    /// The time stamps of the file, as they stand in it (RFC 3161 tokens).
    pub(crate) stamps: Vec<Vec<u8>>,
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

/// What is asked about one file, until it is judged: each thing once, and all of it within limits.
#[derive(Debug)]
pub(crate) struct Inquiry {
    fetcher: Fetcher,
    asked: HashSet<String>,
    /// What is known so far.
    pub(crate) known: Known,
    /// Why some things could not be found out.
    pub(crate) failures: Vec<EvidenceError>,
}

impl Inquiry {
    /// Begins, with what is known already.
    pub(crate) fn new(fetcher: &Fetcher, known: Known) -> Self {
        Self {
            fetcher: fetcher.bounded(JUDGING_EXCHANGES_MAX, JUDGING_TIME),
            asked: HashSet::new(),
            known,
            failures: Vec::new(),
        }
    }

    /// Asks for what is missing; whether anything came of it that was not known. `now` is in seconds since 1970.
    pub(crate) fn ask(&mut self, wishes: Vec<Wish>, carried: &[X509], now: i64) -> bool {
        let before = self.known.count();
        for wish in wishes {
            // Where nobody is trusted no answer helps.
            if self.fetcher.trusts_nobody() || !self.asked.insert(wish.key()) {
                continue;
            }
            match fulfil(&wish, carried, &self.fetcher, now) {
                Ok(found) => self.known.add(found),
                Err(error) => self.failures.push(error),
            }
        }
        self.known.count() > before
    }
}

/// As [`super::validate_with`], and asks services for the revocation data and issuers that are not known, at most
/// [`JUDGING_EXCHANGES_MAX`] times. `now` is the time of asking, seconds since 1970; the time of judging is that of the
/// options. Blocking. What could not be found out is told in the report's findings.
pub fn validate_online(
    document: &Document,
    options: &Options,
    fetcher: &Fetcher,
    now: i64,
    known: &Known,
) -> Report {
    let mut inquiry = Inquiry::new(fetcher, known.clone());
    for _ in 0..JUDGING_ROUNDS_MAX {
        let (report, besides) = validate_and_wish(document, options, &inquiry.known);
        if !inquiry.ask(besides.wishes, &besides.carried, now) {
            return with_failures(report, &inquiry.failures);
        }
    }
    with_failures(validate_and_wish(document, options, &inquiry.known).0, &inquiry.failures)
}

fn fulfil(
    wish: &Wish,
    carried: &[X509],
    fetcher: &Fetcher,
    now: i64,
) -> Result<ChainEvidence, EvidenceError> {
    match wish {
        Wish::Standing { subject, issuer } => fetcher.statement(subject, issuer, carried, now),
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

fn with_failures(mut report: Report, failures: &[EvidenceError]) -> Report {
    report.findings.extend(failures.iter().map(told));
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
