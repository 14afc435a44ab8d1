//! Trust: the time that counts, the path at that time, revocation at that time.

use openssl::x509::{X509, X509ExtendedKeyUsage, X509KeyUsage};

use super::online::Wish;
use super::report::{Finding, Kind, RevocationState, Severity, SignatureReport, TrustState};
use super::signature::{Checked, Judge};
use super::strength;
use crate::chain::{self, PathReport, Revocation, Trust};
use crate::cms::Timestamp;
use crate::cms::certificate::unix_time;

impl Judge<'_> {
    /// The time at which the certificate must have been good, whether it is proven, and the earliest
    /// trusted time stamp of the signature itself.
    pub(super) fn time_that_counts(
        &self,
        checked: &Checked,
        findings: &mut Vec<Finding>,
    ) -> (i64, bool, Option<i64>) {
        let mut stamped: Option<i64> = None;
        for stamp in &checked.signer.timestamps {
            let (Some(time), Some(certificate)) = (stamp.time, &stamp.report.certificate) else {
                findings.push(stamp_finding(stamp));
                continue;
            };
            if !stamp.report.is_intact() {
                findings.push(stamp_finding(stamp));
                continue;
            }
            let mut noticed = stamp.report.findings.clone();
            strength::weigh(&mut noticed, self.existed_at, self.proven);
            if !strength::suffices(&noticed) {
                let told = ["timestamp_key_shared", "timestamp_unbound", "timestamp_statement"];
                let shared = noticed.iter().find(|finding| told.contains(&finding.code));
                findings.push(match shared {
                    Some(shared) => Finding::warning(
                        shared.code,
                        format!("the signature's time stamp was not used: {}", shared.text),
                    ),
                    None => Finding::warning(
                        "timestamp_weak",
                        "the signature's time stamp was not used: its algorithms are no proof any more",
                    ),
                });
                continue;
            }
            let path = self.path(certificate, self.existed_at, self.proven);
            match path.trust {
                Trust::Trusted if time <= self.existed_at => match self.revocation(
                    &path.path,
                    self.existed_at,
                    self.proven,
                ) {
                    Revocation::Revoked { what, .. } => findings.push(Finding::warning(
                        "timestamp_revoked",
                        format!(
                            "the signature's time stamp was not used, a certificate of it is revoked: {what}"
                        ),
                    )),
                    Revocation::OnHold { what, .. }
                    | Revocation::RevokedSince { invalid_since: Some(_), what, .. } => {
                        findings.push(Finding::warning(
                            "timestamp_revoked",
                            format!(
                                "the signature's time stamp was not used, a certificate of it is suspended or in doubt: {what}"
                            ),
                        ));
                    }
                    Revocation::Good | Revocation::RevokedSince { .. } | Revocation::NotChecked(_) => {
                        stamped = Some(stamped.map_or(time, |earlier| earlier.min(time)));
                    }
                },
                Trust::Trusted => findings.push(Finding::warning(
                    "timestamp_in_future",
                    "the signature's time stamp is later than the time of judging",
                )),
                Trust::Unknown(why) => findings.push(Finding::warning(
                    "timestamp_untrusted",
                    format!("the signature's time stamp is right, its maker is not trusted: {why}"),
                )),
                Trust::Forged(who) => findings.push(Finding::warning(
                    "timestamp_untrusted",
                    format!("a certificate of the signature's time stamp is forged: {who}"),
                )),
                Trust::OutOfValidity(why) => findings.push(Finding::warning(
                    "timestamp_expired",
                    format!("the certificate of the signature's time stamp was out of its validity: {why}"),
                )),
            }
        }
        (stamped.unwrap_or(self.existed_at), self.proven || stamped.is_some(), stamped)
    }

    pub(super) fn judge_certificate(
        &self,
        checked: &Checked,
        at: i64,
        proven: bool,
        claimed: Option<i64>,
        report: &mut SignatureReport,
        findings: &mut Vec<Finding>,
    ) {
        let Some(certificate) = &checked.signer.certificate else { return };
        let path = self.path(certificate, at, proven);
        match path.trust {
            Trust::Trusted => report.trust = TrustState::Trusted,
            Trust::Unknown(why) => {
                report.trust = TrustState::Unknown;
                findings
                    .push(Finding::undecided("chain_untrusted", format!("no path to a trusted root: {why}")));
                if certificate.public_key().is_ok_and(|key| certificate.verify(&key).unwrap_or(false)) {
                    findings.push(Finding::undecided(
                        "self_signed",
                        "the signer's certificate is signed with its own key: nobody vouches for the name in it",
                    ));
                }
                return;
            }
            Trust::Forged(who) => {
                report.trust = TrustState::Unknown;
                findings.push(Finding::broken(
                    "certificate_forged",
                    format!(
                        "a certificate of the path was altered, the issuer it names did not sign it: {who}"
                    ),
                ));
                return;
            }
            Trust::OutOfValidity(why) => {
                report.trust = TrustState::OutOfValidity;
                let claim = claimed
                    .filter(|_| !proven)
                    .map_or("", |_| "; no time stamp proves that it was valid when signed");
                findings.push(Finding::undecided(
                    "certificate_out_of_validity",
                    format!("a certificate of the path was out of its validity: {why}{claim}"),
                ));
            }
        }
        if report.trust == TrustState::Trusted {
            findings.extend(self.ended_since(certificate, at));
        }
        findings.extend(strength::path(&path.path));
        findings.extend(purpose(certificate, checked.kind()));
        report.path.clone_from(&path.path);
        match self.revocation(&path.path, at, proven) {
            Revocation::Good => report.revocation = RevocationState::Good,
            Revocation::Revoked { at: revoked_at, what } => {
                report.revocation = RevocationState::Revoked;
                let when = super::report::rfc3339(revoked_at).unwrap_or_default();
                let text = format!("revoked at {when}: {what}");
                // Without a proven time, a signing time before the revocation is only a claim.
                let only_claimed = !proven && claimed.unwrap_or(at) < revoked_at;
                findings.push(if only_claimed {
                    Finding::undecided(
                        "revoked_later",
                        format!("{text}; no time stamp proves that it was signed before"),
                    )
                } else {
                    Finding::broken("revoked", text)
                });
            }
            Revocation::RevokedSince { at: revoked_at, invalid_since, what } => {
                let when = super::report::rfc3339(revoked_at).unwrap_or_default();
                report.revocation = RevocationState::Good;
                findings.push(match invalid_since.and_then(super::report::rfc3339) {
                    None => Finding::warning(
                        "revoked_since",
                        format!("revoked at {when}, after the proven time: {what}"),
                    ),
                    Some(since) => {
                        report.revocation = RevocationState::Revoked;
                        Finding::undecided(
                            "invalid_before_revocation",
                            format!(
                                "revoked at {when}, after the proven time, and held to be invalid since {since},                                  before it (RFC 5280, 5.3.2): {what}"
                            ),
                        )
                    }
                });
            }
            Revocation::OnHold { since, what } => {
                report.revocation = RevocationState::Revoked;
                let since = super::report::rfc3339(since).unwrap_or_default();
                findings.push(Finding::undecided(
                    "certificate_on_hold",
                    format!("on hold since {since}, to be released or revoked: {what}"),
                ));
            }
            Revocation::NotChecked(why) if self.options.require_revocation => {
                findings.push(Finding::undecided("revocation_not_checked", why));
            }
            Revocation::NotChecked(why) => findings.push(Finding::warning("revocation_not_checked", why)),
        }
    }

    /// That a certificate was good at the proven time, and is over at the time of judging.
    fn ended_since(&self, certificate: &X509, at: i64) -> Option<Finding> {
        let ended =
            unix_time(certificate.not_after()).filter(|ended| at <= *ended && *ended < self.options.at)?;
        let when = super::report::rfc3339(ended).unwrap_or_default();
        Some(Finding::warning(
            "certificate_ended_since",
            format!("the certificate ended at {when}; a time stamp proves that it was signed before"),
        ))
    }

    fn path(&self, certificate: &X509, at: i64, proven: bool) -> PathReport {
        let path = chain::check_path(certificate, &self.others, &self.options.roots, at);
        if matches!(path.trust, Trust::Unknown(_)) {
            let certificate = certificate.clone();
            self.wishes.borrow_mut().push(Wish::Path { certificate, at, proven });
        }
        path
    }

    fn revocation(&self, path: &[X509], at: i64, proven: bool) -> Revocation {
        let (roots, evidence) = (&self.options.roots, &self.evidence);
        let found = chain::check_revocation(path, &self.others, roots, evidence, at, proven);
        if matches!(found, Revocation::NotChecked(_)) {
            let steps = chain::unknown_steps(path, &self.others, roots, evidence, at);
            let wishes = steps.into_iter().map(|[subject, issuer]| Wish::Standing { subject, issuer });
            self.wishes.borrow_mut().extend(wishes);
        }
        found
    }
}

/// Whether the certificate says that it is for something else. Certificates of the Vietnamese state
/// PKI have non-repudiation only and no extended usage: either bit will do, and no list is asked for.
fn purpose(certificate: &X509, kind: Kind) -> Option<Finding> {
    if kind == Kind::Timestamp {
        return None;
    }
    let signs = X509KeyUsage::DIGITAL_SIGNATURE | X509KeyUsage::NON_REPUDIATION;
    if certificate.key_usage().is_some_and(|usage| !usage.intersects(signs)) {
        return Some(Finding::undecided(
            "key_usage",
            "the key usage of the signer's certificate allows no signatures (RFC 5280, 4.2.1.3)",
        ));
    }
    if chain::is_authority(certificate) {
        return Some(Finding::warning(
            "signer_is_authority",
            "the signer's certificate is that of a CA, which signs certificates and no documents",
        ));
    }
    let others =
        X509ExtendedKeyUsage::SSL_SERVER | X509ExtendedKeyUsage::OCSP_SIGN | X509ExtendedKeyUsage::TIMESTAMP;
    let only_others = |usage: X509ExtendedKeyUsage| !usage.is_empty() && others.contains(usage);
    certificate.extended_key_usage().is_some_and(only_others).then(|| {
        Finding::warning(
            "key_purpose",
            "the signer's certificate was made for something else than signing documents",
        )
    })
}

fn stamp_finding(stamp: &Timestamp) -> Finding {
    let why: Vec<&str> = stamp
        .report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Broken)
        .map(|finding| finding.code)
        .collect();
    Finding::warning(
        "timestamp_invalid",
        format!("the signature's time stamp is not valid and was not used: {}", why.join(", ")),
    )
}
