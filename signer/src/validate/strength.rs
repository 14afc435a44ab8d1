//! Algorithms and keys that were good once: they are history, and history needs a proof.
//!
//! TT 15/2025/TT-BKHCN, Phụ lục I lists SHA-2 and SHA-3, RSA from 2048 bits and elliptic curves from
//! 256 bits. What is weaker and proven to be older than that circular is told; anything else cannot
//! be valid, since whoever breaks the algorithm also writes the date. MD5 was broken long before.

use openssl::nid::Nid;
use openssl::x509::X509;

use super::report::{Finding, Severity};
use crate::cms::certificate::{full_name, key_weakness};

/// The day of TT 15/2025/TT-BKHCN, 2025-08-15T00:00:00+07:00, seconds since 1970.
const ALLOWED_UNTIL: i64 = 1_755_190_800;

/// Weighs what was found of algorithms by the time that counts: proven to be before the circular, or not.
pub(super) fn weigh(findings: &mut [Finding], at: i64, proven: bool) {
    let history = proven && at < ALLOWED_UNTIL;
    for finding in findings.iter_mut().filter(|finding| matches!(finding.code, "sha1" | "weak_key")) {
        if finding.severity == Severity::Broken {
            continue;
        }
        if history {
            finding.severity = Severity::Warning;
        } else {
            finding.severity = Severity::Undecided;
            finding.text.push_str("; no time stamp proves that it was signed while it was");
        }
    }
}

/// Whether nothing that was found, and weighed, makes a proof worthless.
pub(super) fn suffices(findings: &[Finding]) -> bool {
    let codes = ["sha1", "md5", "weak_key", "unknown_algorithm", "timestamp_key_shared"];
    let weak = |finding: &Finding| codes.contains(&finding.code);
    findings.iter().all(|finding| !weak(finding) || finding.severity == Severity::Warning)
}

/// What is weak in a path, the trusted root left out: nobody believes it for its signature.
pub(super) fn path(path: &[X509]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let below_root = path.len().saturating_sub(1);
    for (place, certificate) in path.iter().take(below_root).enumerate() {
        let name = full_name(certificate.subject_name());
        let signed_with = certificate.signature_algorithm().object().nid();
        if [Nid::MD5WITHRSAENCRYPTION, Nid::MD5WITHRSA].contains(&signed_with) {
            findings
                .push(Finding::undecided("md5", format!("the certificate of {name} was signed with MD5")));
        } else if [Nid::SHA1WITHRSAENCRYPTION, Nid::SHA1WITHRSA, Nid::ECDSA_WITH_SHA1, Nid::DSAWITHSHA1]
            .contains(&signed_with)
        {
            findings.push(Finding::warning(
                "sha1_certificate",
                format!("the certificate of {name} was signed with SHA-1"),
            ));
        }
        // The signer's own key was looked at with the message.
        if place > 0
            && let Some(weakness) = key_weakness(certificate)
        {
            findings.push(Finding::undecided("weak_key", format!("the CA {name} has an {weakness}")));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_needs_a_proof() {
        let found = || vec![Finding::warning("sha1", "x"), Finding::undecided("weak_key", "y")];
        let weighed = |at, proven| {
            let mut findings = found();
            weigh(&mut findings, at, proven);
            findings.iter().map(|finding| finding.severity).collect::<Vec<_>>()
        };
        assert_eq!(weighed(ALLOWED_UNTIL - 1, true), [Severity::Warning; 2]);
        assert_eq!(weighed(ALLOWED_UNTIL - 1, false), [Severity::Undecided; 2]);
        assert_eq!(weighed(ALLOWED_UNTIL, true), [Severity::Undecided; 2]);
    }
}
