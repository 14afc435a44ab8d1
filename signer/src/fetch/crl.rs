//! CRLs (RFC 5280, 5): is it this issuer's, complete, current, and is the certificate on it?

use openssl::x509::X509;

use super::evidence::Fault;
use super::limits::{CLOCK_SKEW, UNDATED_AGE_MAX};
use crate::chain::list::{Entry, List, Reasons, Word};
use crate::chain::signs_lists;

/// What a list or a responder says of one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Good,
    /// Since when, seconds since 1970.
    Revoked(i64),
}

/// A CRL that can be used.
pub(super) struct Checked {
    /// What it says of the certificate.
    pub(super) standing: Standing,
    /// The reasons for which it says so, where it says that the certificate is good.
    pub(super) reasons: Reasons,
    /// Whether it says until when it holds.
    pub(super) dated: bool,
    pub(super) list: List,
}

/// Checks a CRL for a certificate, signed by its issuer or by whom the certificate names in his stead: `signer`.
pub(super) fn check(bytes: &[u8], subject: &X509, signer: &X509, now: i64) -> Result<Checked, Fault> {
    let list = List::read(bytes).ok_or(Fault::Unreadable)?;
    if !is_by(&list, signer) {
        return Err(Fault::NotAuthorised);
    }
    let reasons = match list.word_on(subject) {
        Word::Full => Reasons::ALL,
        Word::Partial(some) => some,
        Word::RevokedOnly | Word::Nothing => return Err(Fault::Partial),
    };
    if list.is_delta() {
        return Err(Fault::Partial);
    }
    check_times(list.made, list.until, now)?;
    let standing = match list.entry(subject) {
        Entry::Revoked(mark) => Standing::Revoked(mark.at),
        Entry::Absent => Standing::Good,
        // Only a delta takes anything off.
        Entry::Removed | Entry::Unreadable => return Err(Fault::Unreadable),
    };
    Ok(Checked { standing, reasons, dated: list.until.is_some(), list })
}

/// Checks a delta to a list that was checked; answers how the certificate stands by both, and whether the delta says
/// until when it holds.
pub(super) fn check_delta(
    bytes: &[u8],
    base: &List,
    subject: &X509,
    signer: &X509,
    now: i64,
) -> Result<(Standing, bool), Fault> {
    let delta = List::read(bytes).ok_or(Fault::Unreadable)?;
    if !is_by(&delta, signer) {
        return Err(Fault::NotAuthorised);
    }
    if !base.is_continued_by(&delta) {
        return Err(Fault::Partial);
    }
    check_times(delta.made, delta.until, now)?;
    let standing = match (delta.entry(subject), base.entry(subject)) {
        (Entry::Revoked(mark), _) => Standing::Revoked(mark.at),
        // A revocation is final, a hold alone is lifted.
        (Entry::Removed, Entry::Revoked(mark)) if !mark.hold => Standing::Revoked(mark.at),
        (Entry::Removed, _) | (Entry::Absent, Entry::Absent) => Standing::Good,
        (Entry::Absent, Entry::Revoked(mark)) => Standing::Revoked(mark.at),
        (Entry::Absent, Entry::Removed | Entry::Unreadable) | (Entry::Unreadable, _) => {
            return Err(Fault::Unreadable);
        }
    };
    Ok((standing, delta.until.is_some()))
}

fn is_by(list: &List, signer: &X509) -> bool {
    let same_name = list.issuer().try_cmp(signer.subject_name()).is_ok_and(std::cmp::Ordering::is_eq);
    let signed = || signer.public_key().is_ok_and(|key| list.is_signed_by(&key));
    same_name && signs_lists(signer) && signed()
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
