//! Certificate paths up to the trust roots given, and what is known of revocation.
//!
//! Paths are built and checked by openssl after RFC 5280. No root is built in; time is an argument.
//! The extended key usage of signers is not judged: certificates of the Vietnamese state PKI have
//! none and allow non-repudiation only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::ocsp::{OcspBasicResponse, OcspCertId, OcspCertStatus, OcspFlag, OcspResponse, OcspStatus};
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{CrlStatus, X509, X509Crl, X509KeyUsage, X509StoreContext, X509VerifyResult};
use thiserror::Error;

use crate::cms::certificate::{fingerprint, printed_time, unix_time};
use scope::{Scope, Word};

mod policies;
pub(crate) mod scope;

/// Longest path, root included.
pub const PATH_LEN_MAX: usize = 10;
/// Most certificates that are offered to the path builder beside the roots.
pub const CERTIFICATES_MAX: usize = 512;
/// Most CRLs, and most OCSP responses, that are looked at.
pub const EVIDENCE_MAX: usize = 256;
/// Largest file of trust roots, in bytes.
pub const ROOTS_BYTES_MAX: u64 = 16 << 20;

/// Why trust roots cannot be loaded.
#[derive(Debug, Error)]
pub enum RootsError {
    /// A file or folder cannot be read.
    #[error("trust roots at {path} cannot be read")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file has no certificate in it.
    #[error("{name} holds no certificate in PEM or DER form")]
    NoCertificate {
        /// The file, or what was given.
        name: String,
    },
}

/// The certificates that are trusted without proof.
#[derive(Debug, Clone, Default)]
pub struct TrustRoots {
    certificates: Vec<X509>,
}

impl TrustRoots {
    /// Trusts nobody.
    pub fn none() -> TrustRoots {
        TrustRoots::default()
    }

    /// Adds all certificates of a PEM text, or one in DER.
    ///
    /// # Errors
    /// When there is none.
    pub fn add(&mut self, bytes: &[u8], name: &str) -> Result<(), RootsError> {
        let found = match X509::stack_from_pem(bytes) {
            Ok(found) if !found.is_empty() => found,
            _ => X509::from_der(bytes).map(|certificate| vec![certificate]).unwrap_or_default(),
        };
        if found.is_empty() {
            return Err(RootsError::NoCertificate { name: name.to_owned() });
        }
        self.certificates.extend(found);
        Ok(())
    }

    /// Adds a file, or every `.pem`, `.crt` and `.cer` file of a folder.
    ///
    /// # Errors
    /// When something cannot be read, or a named file has no certificate.
    pub fn add_path(&mut self, path: &Path) -> Result<(), RootsError> {
        let failed = |source| RootsError::Io { path: path.to_owned(), source };
        let about = fs::metadata(path).map_err(failed)?;
        if !about.is_dir() {
            if about.len() > ROOTS_BYTES_MAX {
                return Err(failed(io::Error::other("larger than 16 MiB")));
            }
            return self.add(&fs::read(path).map_err(failed)?, &path.display().to_string());
        }
        let mut files = Vec::new();
        for entry in fs::read_dir(path).map_err(failed)? {
            let file = entry.map_err(failed)?.path();
            let is_certificate = file.extension().is_some_and(|ending| {
                ["pem", "crt", "cer"].iter().any(|known| ending.eq_ignore_ascii_case(known))
            });
            if is_certificate {
                files.push(file);
            }
        }
        files.sort();
        files.iter().try_for_each(|file| self.add_path(file))
    }

    /// The certificates.
    pub fn certificates(&self) -> &[X509] {
        &self.certificates
    }

    /// Whether nobody is trusted.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }
}

/// How far a certificate can be trusted at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// A path to a trust root holds.
    Trusted,
    /// No path to a trust root, with the reason.
    Unknown(String),
    /// A path holds but for the validity of a certificate, which had ended (or not begun).
    OutOfValidity(String),
    /// A certificate names its issuer by name and key, and that key did not sign it: it was
    /// altered or made up.
    Forged(String),
}

/// What is known of revocation along a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// Every certificate below the root is known not to be revoked.
    Good,
    /// A certificate was revoked.
    Revoked {
        /// When, seconds since 1970.
        at: i64,
        /// Whose certificate, and by which evidence.
        what: String,
    },
    /// Nothing, or not enough, is known.
    NotChecked(String),
}

/// CRLs and OCSP responses found in a file, read once.
#[derive(Default)]
pub struct Evidence {
    crls: Vec<(X509Crl, Scope)>,
    ocsp: Vec<OcspBasicResponse>,
}

impl Evidence {
    /// Adds a CRL in DER; what cannot be read is left out.
    pub fn add_crl(&mut self, der: &[u8]) {
        if self.crls.len() < EVIDENCE_MAX
            && let Ok(crl) = X509Crl::from_der(der)
        {
            self.crls.push((crl, Scope::read(der)));
        }
    }

    /// Adds an OCSP response in DER; what cannot be read is left out.
    pub fn add_ocsp(&mut self, der: &[u8]) {
        if self.ocsp.len() < EVIDENCE_MAX
            && let Ok(response) = OcspResponse::from_der(der)
            && let Ok(basic) = response.basic()
        {
            self.ocsp.push(basic);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.crls.is_empty() && self.ocsp.is_empty()
    }
}

/// A path and what is known of it.
#[derive(Debug)]
pub struct PathReport {
    /// Whether it is trusted.
    pub trust: Trust,
    /// The certificates from the checked one upwards, as far as the path goes.
    pub path: Vec<X509>,
}

/// Builds and checks a path from `certificate` over `others` to one of the roots at a time
/// (seconds since 1970).
pub fn check_path(certificate: &X509, others: &[X509], roots: &TrustRoots, at: i64) -> PathReport {
    let attempt = |flags| verify(certificate, others, roots, at, flags);
    match attempt(X509VerifyFlags::PARTIAL_CHAIN) {
        Ok((X509VerifyResult::OK, path)) if !policies::hold(&path) => {
            let why = "the policies of the path do not hold (RFC 5280, 6.1): a CA demands one that is not borne below it";
            PathReport { trust: Trust::Unknown(why.to_owned()), path }
        }
        Ok((X509VerifyResult::OK, path)) => PathReport { trust: Trust::Trusted, path },
        Ok((result, path)) => {
            if let Some(name) = forged(&path) {
                return PathReport { trust: Trust::Forged(name), path };
            }
            let timeless = attempt(X509VerifyFlags::PARTIAL_CHAIN | X509VerifyFlags::NO_CHECK_TIME);
            match timeless {
                Ok((X509VerifyResult::OK, path)) => {
                    let trust = Trust::OutOfValidity(result.error_string().to_owned());
                    PathReport { trust, path }
                }
                _ => PathReport { trust: Trust::Unknown(result.error_string().to_owned()), path },
            }
        }
        Err(error) => {
            PathReport { trust: Trust::Unknown(error.to_string()), path: vec![certificate.clone()] }
        }
    }
}

/// The first certificate of a path that its issuer did not sign although it names that issuer's key
/// (a renewed CA of the same name has another key and is no forgery).
fn forged(path: &[X509]) -> Option<String> {
    path.windows(2).find_map(|pair| {
        let [subject, issuer] = pair else { return None };
        let names_key = matches!((subject.authority_key_id(), issuer.subject_key_id()), (Some(named), Some(own)) if named.as_slice() == own.as_slice());
        let signed = issuer.public_key().is_ok_and(|key| subject.verify(&key).unwrap_or(false));
        if names_key && !signed { Some(crate::cms::certificate::full_name(subject.subject_name())) } else { None }
    })
}

fn verify(
    certificate: &X509,
    others: &[X509],
    roots: &TrustRoots,
    at: i64,
    flags: X509VerifyFlags,
) -> Result<(X509VerifyResult, Vec<X509>), ErrorStack> {
    let store = store(roots, at, flags)?;
    let mut untrusted = Stack::new()?;
    for other in others.iter().take(CERTIFICATES_MAX) {
        untrusted.push(other.clone())?;
    }
    X509StoreContext::new()?.init(&store, certificate, &untrusted, |context| {
        let verified = context.verify_cert()?;
        let path =
            context.chain().map(|chain| chain.iter().map(ToOwned::to_owned).collect()).unwrap_or_default();
        let result = context.error();
        let result = if verified || result != X509VerifyResult::OK {
            result
        } else {
            X509VerifyResult::APPLICATION_VERIFICATION
        };
        Ok((result, path))
    })
}

fn store(roots: &TrustRoots, at: i64, flags: X509VerifyFlags) -> Result<X509Store, ErrorStack> {
    let mut builder = X509StoreBuilder::new()?;
    for root in &roots.certificates {
        builder.add_cert(root.clone())?;
    }
    let mut parameters = X509VerifyParam::new()?;
    // A time that is set would count even where none is to be checked.
    if !flags.contains(X509VerifyFlags::NO_CHECK_TIME) {
        parameters.set_time(at);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a small constant")]
    parameters.set_depth(PATH_LEN_MAX as i32);
    parameters.set_flags(flags)?;
    builder.set_param(&parameters)?;
    Ok(builder.build())
}

/// What the evidence says of the certificates of a trusted path (leaf first, root last) at a time.
///
/// `proven` tells that the time is proven by a time stamp: then a later revocation does no harm.
/// Where it is only claimed, any revocation in the evidence counts, with its date.
pub fn check_revocation(
    path: &[X509],
    others: &[X509],
    roots: &TrustRoots,
    evidence: &Evidence,
    at: i64,
    proven: bool,
) -> Revocation {
    let mut unknown = None;
    for pair in path.windows(2) {
        let [subject, issuer] = pair else { continue };
        match standing(subject, issuer, others, roots, evidence, at) {
            Standing::Revoked { at: revoked_at, by } if !proven || revoked_at <= at => {
                let name = crate::cms::certificate::full_name(subject.subject_name());
                return Revocation::Revoked { at: revoked_at, what: format!("{name}, by {by}") };
            }
            Standing::Good | Standing::Revoked { .. } => {}
            Standing::Unknown(why) => {
                unknown.get_or_insert(why);
            }
        }
    }
    if path.len() < 2 {
        // A root that signs documents itself: nobody above could revoke it.
        return Revocation::NotChecked("the signer's certificate is itself a trust root".to_owned());
    }
    unknown.map_or(Revocation::Good, |reason| Revocation::NotChecked(reason.to_owned()))
}

/// The steps of a trusted path (certificate and issuer) of which the evidence does not say how they stood at a time.
pub(crate) fn unknown_steps(
    path: &[X509],
    others: &[X509],
    roots: &TrustRoots,
    evidence: &Evidence,
    at: i64,
) -> Vec<[X509; 2]> {
    let mut steps = Vec::new();
    for pair in path.windows(2) {
        let [subject, issuer] = pair else { continue };
        if matches!(standing(subject, issuer, others, roots, evidence, at), Standing::Unknown(_)) {
            steps.push([subject.clone(), issuer.clone()]);
        }
    }
    steps
}

/// What the evidence says of one certificate.
enum Standing {
    Good,
    Revoked { at: i64, by: &'static str },
    Unknown(&'static str),
}

fn standing(
    subject: &X509,
    issuer: &X509,
    others: &[X509],
    roots: &TrustRoots,
    evidence: &Evidence,
    at: i64,
) -> Standing {
    let found = statuses_by_ocsp(subject, issuer, others, roots, evidence).into_iter();
    // The newest statement is the one that counts.
    let found = found.chain(statuses_by_crl(subject, issuer, evidence));
    let ended = unix_time(subject.not_after()).unwrap_or(i64::MIN);
    match found.max_by_key(|(produced, status)| (*produced, matches!(status, Status::Revoked { .. }))) {
        Some((_, Status::Revoked { at, by })) => Standing::Revoked { at, by },
        Some((_, Status::Good { until, .. })) if until < at => {
            Standing::Unknown("the revocation data were out of date at that time")
        }
        // Who was revoked is taken off the list some time after his certificate ended (RFC 5280, 3.3), so that a
        // later statement says nothing good of him, unless it tells that it keeps them.
        Some((produced, Status::Good { keeps_since, .. })) if produced > ended && keeps_since > ended => {
            Standing::Unknown(
                "the revocation data are younger than the end of the certificate they are about",
            )
        }
        Some(_) => Standing::Good,
        None => Standing::Unknown("there are no revocation data for every certificate of the path"),
    }
}

#[derive(Debug)]
enum Status {
    Good {
        /// Until when the statement claims to be current.
        until: i64,
        /// Certificates that ended since then are still named when they were revoked; never: the end of time.
        keeps_since: i64,
    },
    Revoked {
        at: i64,
        by: &'static str,
    },
}

fn statuses_by_crl(subject: &X509, issuer: &X509, evidence: &Evidence) -> Vec<(i64, Status)> {
    let Ok(key) = issuer.public_key() else { return Vec::new() };
    if !signs_lists(issuer) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (crl, scope) in &evidence.crls {
        let same_issuer =
            crl.issuer_name().try_cmp(issuer.subject_name()).is_ok_and(std::cmp::Ordering::is_eq);
        if !same_issuer || !crl.verify(&key).unwrap_or(false) {
            continue;
        }
        let Some(produced) = unix_time(crl.last_update()) else { continue };
        let until = crl.next_update().and_then(unix_time).unwrap_or(i64::MAX);
        let status = match crl.get_by_cert(subject) {
            CrlStatus::Revoked(entry) => {
                Status::Revoked { at: unix_time(entry.revocation_date()).unwrap_or(i64::MIN), by: "CRL" }
            }
            CrlStatus::NotRevoked | CrlStatus::RemoveFromCrl(_) => {
                Status::Good { until, keeps_since: scope.keeps_since() }
            }
        };
        match (scope.word_on(subject), &status) {
            (Word::Full, _) | (Word::RevokedOnly, Status::Revoked { .. }) => found.push((produced, status)),
            (Word::RevokedOnly | Word::Nothing, _) => {}
        }
    }
    found
}

/// Whether a key may sign CRLs: where its usages are named, that is among them (RFC 5280, 4.2.1.3 and 6.3.3 (f)).
pub(crate) fn signs_lists(issuer: &X509) -> bool {
    issuer.key_usage().is_none_or(|usage| usage.contains(X509KeyUsage::CRL_SIGN))
}

fn statuses_by_ocsp(
    subject: &X509,
    issuer: &X509,
    others: &[X509],
    roots: &TrustRoots,
    evidence: &Evidence,
) -> Vec<(i64, Status)> {
    let mut found = Vec::new();
    for response in &evidence.ocsp {
        for digest in [MessageDigest::sha1(), MessageDigest::sha256()] {
            let Ok(id) = OcspCertId::from_cert(digest, subject, issuer) else { continue };
            let Some(status) = response.find_status(&id) else { continue };
            let Some(produced) = printed_time(&status.this_update.to_string()) else { continue };
            if response_is_authentic(response, issuer, others, roots, produced) {
                found.extend(read_status(&status).map(|status| (produced, status)));
            }
            break;
        }
    }
    found
}

fn read_status(status: &OcspStatus<'_>) -> Option<Status> {
    let until = status.next_update().and_then(|time| printed_time(&time.to_string()));
    match status.status {
        // How long a responder looks back (RFC 6960, 4.4.4) is not read.
        OcspCertStatus::GOOD => {
            Some(Status::Good { until: until.unwrap_or(i64::MAX), keeps_since: i64::MAX })
        }
        OcspCertStatus::REVOKED => {
            let at = status.revocation_time.and_then(|time| printed_time(&time.to_string()));
            Some(Status::Revoked { at: at.unwrap_or(i64::MIN), by: "OCSP" })
        }
        _ => None,
    }
}

/// The response is signed by the issuer or its delegate (RFC 6960, 4.2.2.2), with certificates
/// that were valid when it was made.
fn response_is_authentic(
    response: &OcspBasicResponse,
    issuer: &X509,
    others: &[X509],
    roots: &TrustRoots,
    produced: i64,
) -> bool {
    let check = || -> Result<(), ErrorStack> {
        let store = store(roots, produced, X509VerifyFlags::PARTIAL_CHAIN)?;
        let mut certificates = Stack::new()?;
        certificates.push(issuer.clone())?;
        for other in others.iter().take(CERTIFICATES_MAX) {
            certificates.push(other.clone())?;
        }
        response.verify(&certificates, &store, OcspFlag::empty())
    };
    check().is_ok()
}

/// Removes doubled certificates, keeping the first of each.
pub(crate) fn distinct(certificates: impl IntoIterator<Item = X509>) -> Vec<X509> {
    let mut seen = std::collections::HashSet::new();
    certificates
        .into_iter()
        .filter(|certificate| seen.insert(fingerprint(certificate)))
        .take(CERTIFICATES_MAX)
        .collect()
}
