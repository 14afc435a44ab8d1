//! Certificate paths up to the trust roots given, and what is known of revocation.
//!
//! Paths are built and checked by openssl after RFC 5280. No root is built in; time is an argument.
//! The extended key usage of signers is not judged: certificates of the Vietnamese state PKI have
//! none and allow non-repudiation only.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::stack::Stack;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509StoreContext, X509VerifyResult};
use thiserror::Error;

use crate::cms::certificate::fingerprint;

pub(crate) mod list;
mod policies;
pub(crate) mod response;
mod revocation;

pub(crate) use list::is_authority;
pub use revocation::{Evidence, Revocation, check_revocation};
pub(crate) use revocation::{signs_lists, unknown_steps};

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

/// Removes doubled certificates, keeping the first of each.
pub(crate) fn distinct(certificates: impl IntoIterator<Item = X509>) -> Vec<X509> {
    let mut seen = std::collections::HashSet::new();
    certificates
        .into_iter()
        .filter(|certificate| seen.insert(fingerprint(certificate)))
        .take(CERTIFICATES_MAX)
        .collect()
}
