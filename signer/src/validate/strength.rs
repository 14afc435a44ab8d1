//! Algorithms and keys that were good once: they are history, and history needs a proof.
//!
//! TT 15/2025/TT-BKHCN, Phụ lục I lists SHA-2 and SHA-3, RSA from 2048 bits and elliptic curves from
//! 256 bits. What is weaker and proven to be older than that circular is told; anything else cannot
//! be valid, since whoever breaks the algorithm also writes the date. MD5 was broken long before.

use openssl::nid::Nid;
use openssl::x509::X509;

use super::report::{Finding, Severity};
use crate::cms::certificate::{full_name, key_weakness};

/// Since when something weak needs a proof of its age.
struct Ban {
    /// The findings it is about.
    codes: &'static [&'static str],
    /// The first moment at which it is forbidden, seconds since 1970.
    since: i64,
    /// Who forbids it, and where the day comes from.
    source: &'static str,
}

/// What is forbidden since when. That SHA-1 and shorter keys are not allowed is the circular's own text; the day on which
/// it came into force, 15/08/2025 in Vietnam, is what the press reported: the copy of the text that was read does not show
/// it. MD5 has no day: collisions were made at will long before there were time stamps to prove anything.
const BANS: &[Ban] = &[Ban {
    codes: &["sha1", "weak_key"],
    // 2025-08-15T00:00:00+07:00.
    since: 1_755_190_800,
    source: "TT 15/2025/TT-BKHCN, in force since 15/08/2025 as the press reported",
}];

/// Weighs what was found of algorithms by the time that counts: proven to be before they were forbidden, or not.
pub(super) fn weigh(findings: &mut [Finding], at: i64, proven: bool) {
    for finding in findings.iter_mut().filter(|finding| finding.severity != Severity::Broken) {
        let Some(ban) = BANS.iter().find(|ban| ban.codes.contains(&finding.code)) else { continue };
        if proven && at < ban.since {
            finding.severity = Severity::Warning;
        } else {
            finding.severity = Severity::Undecided;
            let source = ban.source;
            finding
                .text
                .push_str(&format!("; no time stamp proves that it was signed while it was ({source})"));
        }
    }
}

/// Whether nothing that was found, and weighed, makes a proof worthless.
pub(super) fn suffices(findings: &[Finding]) -> bool {
    let codes = [
        "sha1",
        "md5",
        "weak_key",
        "unknown_algorithm",
        "timestamp_key_shared",
        "timestamp_unbound",
        "timestamp_statement",
        "signing_certificate_unreadable",
    ];
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
        let since = crate::cms::ber::unix_seconds(2025, 8, 14, 17, 0, 0).unwrap();
        assert_eq!(weighed(since - 1, true), [Severity::Warning; 2]);
        assert_eq!(weighed(since - 1, false), [Severity::Undecided; 2]);
        assert_eq!(weighed(since, true), [Severity::Undecided; 2]);
    }
}
