//! The CRLs that speak of a certificate, wherever they lie: kept or fetched, complete or with a delta, for some reasons
//! each, the issuer's own or signed in his stead.

use openssl::x509::{X509, X509Crl};

use super::super::crl::{self, Checked, Standing};
use super::super::issuers::{crl_urls, plain_http};
use super::super::limits;
use super::{EvidenceError, Fault, Fetcher, named};
use crate::chain::list::{List, Reasons};
use crate::cms::certificate::fingerprint;

/// What an indirect list says.
pub(super) struct Indirect {
    /// The list.
    pub(super) bytes: Vec<u8>,
    /// Whose key signed it; whether he may speak is not known yet.
    pub(super) signer: X509,
    pub(super) standing: Standing,
}

impl Fetcher {
    /// One list kept serves all certificates of its issuer.
    pub(super) fn kept_crl(
        &self,
        subject: &X509,
        issuer: &X509,
        now: i64,
    ) -> Option<(Vec<Vec<u8>>, Standing)> {
        crl_urls(subject).iter().find_map(|url| {
            let kept = self.cache.get(crl_key(url).as_bytes(), limits::CRL_BYTES_MAX)?;
            let checked = crl::check(&kept, subject, issuer, now).ok()?;
            (checked.reasons == Reasons::ALL).then(|| self.with_delta(kept, &checked, subject, issuer, now))
        })
    }

    /// The CRLs that say how a certificate below a trusted path stands, good or bad: one, or several that are for some
    /// reasons each and for all of them together; and the delta that continues it.
    pub(super) fn ask_crl(
        &self,
        subject: &X509,
        issuer: &X509,
        now: i64,
    ) -> Result<(Vec<Vec<u8>>, Standing), EvidenceError> {
        let mut last = EvidenceError::NoSource { subject: named(subject) };
        let mut some = Vec::new();
        let mut covered = Reasons::NONE;
        for url in crl_urls(subject) {
            let (bytes, checked) = match self.complete_crl(&url, subject, issuer, now) {
                Ok(found) => found,
                Err(error) => {
                    last = error;
                    continue;
                }
            };
            if checked.reasons == Reasons::ALL {
                return Ok(self.with_delta(bytes, &checked, subject, issuer, now));
            }
            if let Standing::Revoked(_) = checked.standing {
                return Ok((vec![bytes], checked.standing));
            }
            covered = covered.and(checked.reasons);
            some.push(bytes);
            if covered == Reasons::ALL {
                return Ok((some, Standing::Good));
            }
            last = EvidenceError::Answer { url, subject: named(subject), fault: Fault::Partial };
        }
        Err(last)
    }

    /// A complete list of the issuer's own.
    fn complete_crl(
        &self,
        url: &str,
        subject: &X509,
        issuer: &X509,
        now: i64,
    ) -> Result<(Vec<u8>, Checked), EvidenceError> {
        self.list_at(&crl_key(url), url, subject, |bytes| {
            let checked = crl::check(bytes, subject, issuer, now)?;
            let dated = checked.dated;
            Ok((checked, dated))
        })
    }

    /// A complete list, with the delta that continues it where certificate or list name one (RFC 5280, 5.2.6) and it can
    /// be had; without it the complete list, which is current itself, counts alone.
    fn with_delta(
        &self,
        bytes: Vec<u8>,
        checked: &Checked,
        subject: &X509,
        issuer: &X509,
        now: i64,
    ) -> (Vec<Vec<u8>>, Standing) {
        let places = checked.list.freshest(subject);
        for url in places.iter().filter_map(|url| plain_http(url)).take(limits::SOURCES_MAX) {
            let check = |delta: &[u8]| crl::check_delta(delta, &checked.list, subject, issuer, now);
            match self.list_at(&format!("delta {url}"), &url, subject, check) {
                Ok((delta, standing)) => return (vec![bytes, delta], standing),
                Err(error) => tracing::debug!(%error, "a delta was not used"),
            }
        }
        (vec![bytes], checked.standing)
    }

    /// An indirect list that the certificate names, its signer among the certificates that are known, and what it says.
    pub(super) fn indirect_crl(
        &self,
        subject: &X509,
        issuer: &X509,
        carried: &[X509],
        now: i64,
    ) -> Option<Indirect> {
        let roots = self.roots();
        let others: Vec<&X509> = carried
            .iter()
            .chain(roots.certificates())
            .filter(|one| fingerprint(one) != fingerprint(issuer))
            .collect();
        let read = |bytes: &[u8]| {
            List::read(bytes).filter(List::is_indirect).ok_or(Fault::Unreadable)?;
            let signed = |one: &&X509| Some(((*one).clone(), crl::check(bytes, subject, one, now).ok()?));
            let (signer, checked) = others.iter().find_map(signed).ok_or(Fault::NotAuthorised)?;
            if checked.reasons != Reasons::ALL && !matches!(checked.standing, Standing::Revoked(_)) {
                return Err(Fault::Partial);
            }
            Ok(((signer, checked.standing), checked.dated))
        };
        crl_urls(subject).iter().find_map(|url| {
            let (bytes, (signer, standing)) = self.list_at(&crl_key(url), url, subject, read).ok()?;
            Some(Indirect { bytes, signer, standing })
        })
    }

    /// A list from where it is kept or from its address, as soon as `read` can use it. Kept is what says until when it
    /// holds: the second value of what `read` answers.
    fn list_at<T>(
        &self,
        key: &str,
        url: &str,
        subject: &X509,
        read: impl Fn(&[u8]) -> Result<(T, bool), Fault>,
    ) -> Result<(Vec<u8>, T), EvidenceError> {
        let _held = self.cache.hold(key.as_bytes());
        if let Some(kept) = self.cache.get(key.as_bytes(), limits::CRL_BYTES_MAX)
            && let Ok((said, _)) = read(&kept)
        {
            return Ok((kept, said));
        }
        let bytes = self.get(url, "application/pkix-crl, */*", limits::CRL_BYTES_MAX, self.origin())?;
        let bytes = undressed(bytes);
        let answer = |fault| EvidenceError::Answer { url: url.to_owned(), subject: named(subject), fault };
        let (said, dated) = read(&bytes).map_err(answer)?;
        if dated {
            self.cache.put(key.as_bytes(), &bytes);
        }
        Ok((bytes, said))
    }
}

fn crl_key(url: &str) -> String {
    format!("crl {url}")
}

/// A CRL in DER, whether it came so or in PEM, as some CAs give it out.
fn undressed(bytes: Vec<u8>) -> Vec<u8> {
    if !bytes.starts_with(b"-----BEGIN") {
        return bytes;
    }
    X509Crl::from_pem(&bytes).and_then(|crl| crl.to_der()).unwrap_or(bytes)
}
