//! The outcome of a validation: parts and one bottom line.

use openssl::x509::X509;
use serde_json::{Value, json};

use super::indication::{Indication, indication};
pub use crate::cms::{CertificateInfo, Finding, Severity};

/// The bottom line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Everything that was asked is proven.
    Valid,
    /// Something is proven wrong.
    Invalid,
    /// Nothing wrong is proven, yet not everything right (TT 15/2025: *không xác định*).
    Indeterminate,
    /// There is no signature.
    Unsigned,
    /// The file cannot be read.
    Unreadable,
}

impl Verdict {
    /// The word used on the command line and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Valid => "valid",
            Verdict::Invalid => "invalid",
            Verdict::Indeterminate => "indeterminate",
            Verdict::Unsigned => "unsigned",
            Verdict::Unreadable => "unreadable",
        }
    }

    /// What `vanthu verify` exits with.
    pub fn exit_code(self) -> u8 {
        match self {
            Verdict::Valid => 0,
            Verdict::Invalid => 1,
            Verdict::Indeterminate => 2,
            Verdict::Unsigned => 3,
            Verdict::Unreadable => 4,
        }
    }
}

/// A person's or agency's signature, or a document time stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A signature.
    Signature,
    /// A document time stamp (ISO 32000-2, 12.8.5).
    Timestamp,
}

impl Kind {
    /// The word used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Signature => "signature",
            Kind::Timestamp => "timestamp",
        }
    }
}

/// Where the signing time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedAtIs {
    /// The signer's own word.
    Claimed,
    /// A trusted time stamp.
    Timestamped,
}

impl SignedAtIs {
    /// The word used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            SignedAtIs::Claimed => "claimed",
            SignedAtIs::Timestamped => "timestamped",
        }
    }
}

/// What is known of the revocation of the certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationState {
    /// Known not to be revoked at the time that counts.
    Good,
    /// Revoked.
    Revoked,
    /// Unknown.
    NotChecked,
}

impl RevocationState {
    /// The word used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            RevocationState::Good => "good",
            RevocationState::Revoked => "revoked",
            RevocationState::NotChecked => "not_checked",
        }
    }
}

/// How much of the file the signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// All of it.
    WholeFile,
    /// A whole revision; the file went on afterwards.
    Revision,
    /// Not even a whole revision.
    Less,
}

impl Coverage {
    /// The word used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Coverage::WholeFile => "whole_file",
            Coverage::Revision => "revision",
            Coverage::Less => "less",
        }
    }
}

/// What happened to the file after the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangesAfter {
    /// Nothing.
    None,
    /// Only what the signature and the standard allow.
    Permitted,
    /// Something that is not allowed.
    Forbidden,
}

impl ChangesAfter {
    /// The word used in JSON.
    pub fn name(self) -> &'static str {
        match self {
            ChangesAfter::None => "none",
            ChangesAfter::Permitted => "permitted",
            ChangesAfter::Forbidden => "forbidden",
        }
    }
}

/// How far the signer's certificate is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrustState {
    /// A path to a given root holds at the time that counts.
    Trusted,
    /// No path to a given root.
    Unknown,
    /// A path holds but for the validity period.
    OutOfValidity,
    /// The certificate itself was not found.
    NoCertificate,
}

/// One change after a signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The revision that made it, counted from 1, the oldest.
    pub revision: usize,
    /// Whether it is allowed.
    pub permitted: bool,
    /// Whether it is worth telling even though allowed.
    pub notable: bool,
    /// A stable `snake_case` name.
    pub code: &'static str,
    /// An English sentence.
    pub text: String,
}

impl Change {
    fn to_json(&self) -> Value {
        json!({
            "revision": self.revision,
            "permitted": self.permitted,
            "code": self.code,
            "text": self.text,
        })
    }
}

/// What is known of one signature or time stamp.
#[derive(Debug, Clone)]
pub struct SignatureReport {
    /// Signature or time stamp.
    pub kind: Kind,
    /// Fully qualified name of the field.
    pub field: String,
    /// The bottom line for this one.
    pub verdict: Verdict,
    /// The signer's certificate in words; facts 1, 2, 3 and 7 of TT 15/2025/TT-BKHCN: issuing CA,
    /// signer, managing unit, validity period.
    pub certificate: Option<CertificateInfo>,
    /// Signing time, seconds since 1970 (fact 4).
    pub signed_at: Option<i64>,
    /// Whose word that time is.
    pub signed_at_is: SignedAtIs,
    /// Whether the signed bytes are unchanged and the signature value fits (fact 5).
    pub intact: bool,
    /// Trust in the certificate at the time that counts (fact 6, with `revocation`).
    pub trust: TrustState,
    /// Revocation at the time that counts.
    pub revocation: RevocationState,
    /// How much is covered.
    pub covers: Coverage,
    /// The signed revision, counted from 1.
    pub revision: Option<usize>,
    /// The first so many bytes of the file are what was signed, the signature value itself apart.
    pub revision_end: Option<usize>,
    /// The path that was built, the signer's certificate first, the trusted root last; empty where there is none.
    pub path: Vec<X509>,
    /// The worst that happened afterwards.
    pub changes_after: ChangesAfter,
    /// Everything that happened afterwards.
    pub changes: Vec<Change>,
    /// `/SubFilter`.
    pub sub_filter: String,
    /// Digest and signature scheme, for people.
    pub algorithm: String,
    /// The certification level (DocMDP 1–3), for certifying signatures.
    pub certifies: Option<u8>,
    /// `/Reason` of the signature dictionary.
    pub reason: String,
    /// `/Location` of the signature dictionary.
    pub location: String,
    /// Everything noticed, worst first.
    pub findings: Vec<Finding>,
}

impl SignatureReport {
    /// Why the verdict is not *valid*, `code: sentence`.
    pub fn reasons(&self) -> Vec<String> {
        let worst = self.findings.iter().filter(|finding| finding.severity != Severity::Warning);
        worst.map(ToString::to_string).collect()
    }

    /// What else is to be told, `code: sentence`.
    pub fn warnings(&self) -> Vec<String> {
        let mild = self.findings.iter().filter(|finding| finding.severity == Severity::Warning);
        mild.map(ToString::to_string).collect()
    }

    /// Main status and subindication after ETSI EN 319 102-1; the latter is empty when passed.
    pub fn indication(&self) -> (Indication, &'static str) {
        indication(&self.findings)
    }

    fn to_json(&self) -> Value {
        let (indication, subindication) = self.indication();
        let changes: Vec<Value> = self.changes.iter().map(Change::to_json).collect();
        json!({
            "kind": self.kind.name(),
            "field": self.field,
            "verdict": self.verdict.name(),
            "signer": self.certificate.as_ref().map(|certificate| &certificate.subject),
            "issuer": self.certificate.as_ref().map(|certificate| &certificate.issuer),
            "signed_at": self.signed_at.and_then(rfc3339),
            "signed_at_is": self.signed_at_is.name(),
            "revocation": self.revocation.name(),
            "covers": self.covers.name(),
            "changes_after": self.changes_after.name(),
            "reasons": self.reasons(),
            "warnings": self.warnings(),
            "indication": indication.name(),
            "subindication": subindication,
            "revision": self.revision,
            "revision_end": self.revision_end,
            "changes": changes,
            "algorithm": self.algorithm,
            "certifies": self.certifies,
            "path": self
                .path
                .iter()
                .map(|certificate| CertificateInfo::of(certificate).subject_full)
                .collect::<Vec<_>>(),
        })
    }
}

/// The outcome for a file.
#[derive(Debug, Clone)]
pub struct Report {
    /// The bottom line: invalid beats indeterminate beats valid.
    pub verdict: Verdict,
    /// Its signatures and time stamps, oldest first.
    pub signatures: Vec<SignatureReport>,
    /// What was noticed of the file as a whole.
    pub findings: Vec<Finding>,
    /// How many revisions the file has.
    pub revisions: usize,
    /// Where each of them ends, oldest first: the first so many bytes are the file as it was then.
    pub revision_ends: Vec<usize>,
}

impl Report {
    /// A report on a file that cannot be read.
    pub fn unreadable(why: impl Into<String>) -> Report {
        Report {
            verdict: Verdict::Unreadable,
            signatures: Vec::new(),
            findings: vec![Finding::broken("unreadable", why)],
            revisions: 0,
            revision_ends: Vec::new(),
        }
    }

    /// Fields of the signatures and time stamps that sign exactly this revision, counted from 1.
    pub fn signed_by(&self, revision: usize) -> impl Iterator<Item = &str> {
        let signs = move |one: &&SignatureReport| one.revision == Some(revision);
        self.signatures.iter().filter(signs).map(|one| one.field.as_str())
    }

    /// What `vanthu verify --json` prints.
    pub fn to_json(&self) -> Value {
        let signatures: Vec<Value> = self.signatures.iter().map(SignatureReport::to_json).collect();
        let revision = |(before, end): (usize, &usize)| {
            let signed_by: Vec<&str> = self.signed_by(before + 1).collect();
            json!({ "revision": before + 1, "end": end, "signed_by": signed_by })
        };
        let revisions: Vec<Value> = self.revision_ends.iter().enumerate().map(revision).collect();
        let findings: Vec<String> = self.findings.iter().map(ToString::to_string).collect();
        json!({
            "verdict": self.verdict.name(),
            "signatures": signatures,
            "revisions": revisions,
            "findings": findings,
        })
    }
}

/// A time as RFC 3339 in UTC.
pub(crate) fn rfc3339(seconds: i64) -> Option<String> {
    Some(jiff::Timestamp::from_second(seconds).ok()?.to_string())
}
