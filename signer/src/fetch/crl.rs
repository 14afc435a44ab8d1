//! CRLs (RFC 5280, 5): is it this issuer's, complete, current, and is the certificate on it?

use openssl::x509::{CrlStatus, X509, X509Crl};

use super::evidence::Fault;
use super::limits::{CLOCK_SKEW, UNDATED_AGE_MAX};
use crate::chain::scope::{Scope, Word};
use crate::chain::signs_lists;
use crate::cms::certificate::unix_time;

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
    if !same_name || !signs_lists(issuer) || !crl.verify(&key).unwrap_or(false) {
        return Err(Fault::NotAuthorised);
    }
    if Scope::read(bytes).word_on(subject) != Word::Full {
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
