//! CRLs (RFC 5280, 5): is it this issuer's, complete, current, and is the certificate on it?

use openssl::x509::{CrlStatus, X509, X509Crl};

use super::evidence::Fault;
use super::limits::{CLOCK_SKEW, UNDATED_AGE_MAX};
use crate::cms::ber::{Element, Tag};
use crate::cms::certificate::unix_time;
use crate::cms::extension::{Extension, in_list};
use crate::cms::oid;

/// What a list or a responder says of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    /// Since when, seconds since 1970.
    Revoked(i64),
}

/// Checks a CRL for a certificate; the second value tells whether it says until when it holds.
pub(super) fn check(
    bytes: &[u8],
    subject: &X509,
    issuer: &X509,
    now: i64,
) -> Result<(Standing, bool), Fault> {
    let crl = X509Crl::from_der(bytes).map_err(|_| Fault::Unreadable)?;
    let same_name = crl.issuer_name().try_cmp(issuer.subject_name()).is_ok_and(std::cmp::Ordering::is_eq);
    let key = issuer.public_key().map_err(|_| Fault::NotAuthorised)?;
    if !same_name || !crl.verify(&key).unwrap_or(false) {
        return Err(Fault::NotAuthorised);
    }
    if is_partial(bytes, subject) {
        return Err(Fault::Partial);
    }
    let made = unix_time(crl.last_update()).ok_or(Fault::Unreadable)?;
    let until = crl.next_update().and_then(unix_time);
    check_times(made, until, now)?;
    let standing = match crl.get_by_cert(subject) {
        CrlStatus::Revoked(entry) => {
            Standing::Revoked(unix_time(entry.revocation_date()).unwrap_or(i64::MIN))
        }
        CrlStatus::NotRevoked | CrlStatus::RemoveFromCrl(_) => Standing::Good,
    };
    Ok((standing, until.is_some()))
}

/// Is a statement of these times current?
pub(super) fn check_times(made: i64, until: Option<i64>, now: i64) -> Result<(), Fault> {
    if made > now + CLOCK_SKEW {
        return Err(Fault::FromFuture);
    }
    if until.unwrap_or(made + UNDATED_AGE_MAX) < now {
        return Err(Fault::Stale);
    }
    Ok(())
}

/// Whether the list leaves out certificates such as this one: deltas, lists of others' certificates, of certain
/// reasons, of CAs or users only (RFC 5280, 5.2.4 and 5.2.5).
fn is_partial(bytes: &[u8], subject: &X509) -> bool {
    let extension = |kind| -> Option<Extension<'_>> {
        let list = Element::read_all(bytes).ok()?.children().ok()?;
        let fields = list.first()?.children().ok()?;
        in_list(fields.iter().find(|field| field.is(Tag::context(0)))?, kind)
    };
    if extension(oid::DELTA_CRL).is_some() {
        return true;
    }
    let Some(point) = extension(oid::ISSUING_DISTRIBUTION_POINT) else { return false };
    let parts = Element::read_all(point.value).and_then(|point| point.children()).unwrap_or_default();
    let is_ca =
        crate::cms::extension::extension(&crate::cms::certificate::der(subject), oid::BASIC_CONSTRAINTS)
            .and_then(|constraints| Element::read_all(constraints.value).ok()?.children().ok())
            .is_some_and(|parts| parts.first().is_some_and(|first| first.content() == [0xff]));
    parts.iter().any(|part| {
        let yes = part.content() == [0xff];
        // [1] users only, [2] CAs only, [3] some reasons, [4] indirect, [5] attribute certificates only.
        let only_others = part.is(Tag::context(if is_ca { 1 } else { 2 }));
        let apart = only_others || part.is(Tag::context(4)) || part.is(Tag::context(5));
        yes && apart || part.is(Tag::context(3))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_hold_from_their_making_to_their_end() {
        let now = 1_000_000;
        assert_eq!(check_times(now - 10, Some(now + 10), now), Ok(()));
        assert_eq!(check_times(now + CLOCK_SKEW, Some(now + 1_000), now), Ok(()));
        assert_eq!(check_times(now + CLOCK_SKEW + 1, None, now), Err(Fault::FromFuture));
        assert_eq!(check_times(now - 10, Some(now - 1), now), Err(Fault::Stale));
        assert_eq!(check_times(now - UNDATED_AGE_MAX, None, now), Ok(()));
        assert_eq!(check_times(now - UNDATED_AGE_MAX - 1, None, now), Err(Fault::Stale));
    }
}
