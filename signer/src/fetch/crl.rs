//! CRLs (RFC 5280, 5): is it this issuer's, complete, current, and is the certificate on it?

use openssl::x509::X509;

use super::evidence::Fault;
use super::limits::{CLOCK_SKEW, UNDATED_AGE_MAX};
use crate::chain::list::{Entry, List, Word};
use crate::chain::signs_lists;

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
    let list = List::read(bytes).ok_or(Fault::Unreadable)?;
    let key = issuer.public_key().map_err(|_| Fault::NotAuthorised)?;
    let same_name = list.issuer().try_cmp(issuer.subject_name()).is_ok_and(std::cmp::Ordering::is_eq);
    if !same_name || !signs_lists(issuer) || !list.is_signed_by(&key) {
        return Err(Fault::NotAuthorised);
    }
    if list.is_delta() || list.word_on(subject) != Word::Full {
        return Err(Fault::Partial);
    }
    check_times(list.made, list.until, now)?;
    let standing = match list.entry(subject) {
        Entry::Revoked(mark) => Standing::Revoked(mark.at),
        Entry::Absent => Standing::Good,
        // Only a delta takes anything off.
        Entry::Removed | Entry::Unreadable => return Err(Fault::Unreadable),
    };
    Ok((standing, list.until.is_some()))
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
