//! The main status and its reason in the words of ETSI EN 319 102-1, 5.1.3.
//!
//! Our verdicts stay what they are; these words stand beside them. What was changed in the file
//! after the signature has no subindication of its own there: it is told as a failure of the
//! format, as DSS of the European Commission does.

use super::report::{Finding, Severity};

/// The main status of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indication {
    /// TOTAL-PASSED.
    TotalPassed,
    /// TOTAL-FAILED.
    TotalFailed,
    /// INDETERMINATE.
    Indeterminate,
}

impl Indication {
    /// The word of the standard.
    pub fn name(self) -> &'static str {
        match self {
            Indication::TotalPassed => "TOTAL-PASSED",
            Indication::TotalFailed => "TOTAL-FAILED",
            Indication::Indeterminate => "INDETERMINATE",
        }
    }
}

/// Status and subindication for everything that was found; the subindication is empty when passed.
pub(super) fn indication(findings: &[Finding]) -> (Indication, &'static str) {
    let worst = findings.iter().map(|finding| finding.severity).max();
    let status = match worst {
        Some(Severity::Broken) => Indication::TotalFailed,
        Some(Severity::Undecided) => Indication::Indeterminate,
        Some(Severity::Warning) | None => return (Indication::TotalPassed, ""),
    };
    // The order in which the building blocks of clause 5.2 are run decides between several.
    let reasons = findings.iter().filter(|finding| Some(finding.severity) == worst);
    let first = reasons.map(|finding| reason(status, finding.code)).min_by_key(|(block, _)| *block);
    (status, first.map_or("", |(_, name)| name))
}

/// Building block (5.2.2 format, 5.2.3 identification, 5.2.6 certificate, 5.2.7 cryptography,
/// 5.2.8 acceptance) and subindication for the code of a finding.
fn reason(status: Indication, code: &str) -> (u8, &'static str) {
    let failed = status == Indication::TotalFailed;
    match code {
        "digest_mismatch" | "timestamp_imprint" => (4, "HASH_FAILURE"),
        "signature_wrong" | "certificate_forged" | "algorithm_substituted" => (5, "SIG_CRYPTO_FAILURE"),
        "revoked" => (3, "REVOKED"),
        "revoked_later" | "invalid_before_revocation" => (3, "REVOKED_NO_POE"),
        "certificate_missing" | "no_signer" | "signing_certificate_unreadable" => {
            (2, "NO_SIGNING_CERTIFICATE_FOUND")
        }
        "chain_untrusted" | "self_signed" => (3, "NO_CERTIFICATE_CHAIN_FOUND"),
        "chain_constraints" => (3, "CHAIN_CONSTRAINTS_FAILURE"),
        "certificate_out_of_validity" => (3, "OUT_OF_BOUNDS_NO_POE"),
        "certificate_not_yet_valid" if failed => (3, "NOT_YET_VALID"),
        "certificate_expired" if failed => (3, "EXPIRED"),
        "revocation_not_checked" | "certificate_on_hold" => (3, "TRY_LATER"),
        "weak_key" | "weak_algorithm" | "md5" | "sha1" | "unknown_algorithm" => {
            (6, "CRYPTO_CONSTRAINTS_FAILURE_NO_POE")
        }
        "password_needed" | "encrypted_for_others" | "encryption_unknown" | "encryption_damaged" => {
            (4, "SIGNED_DATA_NOT_FOUND")
        }
        "timestamp_order" => (6, "TIMESTAMP_ORDER_FAILURE"),
        "signing_certificate_differs" | "key_usage" => (6, "SIG_CONSTRAINTS_FAILURE"),
        _ if failed => (1, "FORMAT_FAILURE"),
        // What another reader could see otherwise, what is provisional, what could not be compared.
        _ => (7, "SIG_CONSTRAINTS_FAILURE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_block_of_the_worst_findings_names_the_reason() {
        assert_eq!(indication(&[]), (Indication::TotalPassed, ""));
        assert_eq!(indication(&[Finding::warning("sha1", "")]), (Indication::TotalPassed, ""));
        let undecided = [Finding::undecided("weak_key", ""), Finding::undecided("chain_untrusted", "")];
        assert_eq!(indication(&undecided), (Indication::Indeterminate, "NO_CERTIFICATE_CHAIN_FOUND"));
        let broken = [undecided[1].clone(), Finding::broken("digest_mismatch", "")];
        assert_eq!(indication(&broken), (Indication::TotalFailed, "HASH_FAILURE"));
        let changed = [Finding::broken("page_changed", ""), Finding::broken("digest_mismatch", "")];
        assert_eq!(indication(&changed), (Indication::TotalFailed, "FORMAT_FAILURE"));
    }
}
