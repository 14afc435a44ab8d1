//! One document's files: raised as far as the services allow, and judged before anybody is told.

use bytes::Bytes;
use proto::fault::Fault;
use proto::record::v1::{FileEvidence, SignatureLevel, SignatureReport};

use crate::chain::TrustRoots;
use crate::pdf::Input;
use crate::sign::{Level, LevelError, RENEWAL_MARGIN, Services, level_of, raise};
use crate::validate::{Options, check_evidence, validate};

/// A time stamp is renewed at most so often, in seconds.
const RENEWAL_PAUSE_MIN: i64 = 86_400;

/// Why a document was not raised.
#[derive(Debug)]
pub(super) enum Failure {
    /// By what the level asks for.
    Level(LevelError),
    /// The services gave what was asked, and the file does not show the level all the same.
    NotReached(Level),
    /// By the archive, or by what was made.
    Fault(Fault),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Failure {
    /// Whether the same may succeed later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Level(error) => error.is_passing(),
            Self::NotReached(_) => false,
            Self::Fault(fault) => matches!(fault, Fault::Unavailable { .. } | Fault::Busy { .. }),
        }
    }

    /// Whether the time stamp alone may succeed where the rest did not.
    pub(super) fn is_of_evidence(&self) -> bool {
        matches!(self, Self::Level(LevelError::Evidence(_)) | Self::NotReached(_))
    }

    /// A stable code, for translations.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Level(error) => error.code(),
            Self::NotReached(_) => "level_not_reached",
            Self::Fault(Fault::Unavailable { .. } | Fault::Busy { .. }) => "archive_unavailable",
            Self::Fault(_) => "not_recorded",
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Level(error) => error.fmt(f),
            Self::NotReached(level) => write!(f, "the file was raised, and does not show {level}"),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

/// A file that was raised, or found to have its level.
#[derive(Debug)]
pub(super) struct RaisedFile {
    /// What is behind the base; empty where nothing had to be added.
    pub(super) tail: Bytes,
    level: Level,
    renew_at: Option<i64>,
    report: SignatureReport,
}

impl RaisedFile {
    /// As the record tells it.
    pub(super) fn told(self, base_digest: &str, digest: String, size: u64) -> FileEvidence {
        FileEvidence {
            base_digest: base_digest.to_owned(),
            digest,
            size,
            level: to_record(self.level).into(),
            renew_at: self.renew_at.map(|seconds| prost_types::Timestamp { seconds, nanos: 0 }),
            signatures: Some(self.report),
        }
    }
}

/// Raises one file. `now` is in seconds since 1970.
pub(super) fn raised(
    base: &Input,
    level: Level,
    services: &Services,
    roots: &TrustRoots,
    now: i64,
) -> Result<RaisedFile, Failure> {
    let done = raise(base.clone(), level, services, now).map_err(Failure::Level)?;
    // What is appended is all that leaves here: the archive puts it behind its own copy of the base.
    let (file, renew_at) = (base.with_tail(done.tail()), done.renew_at());
    let reached = level_of(file.clone(), roots, now).map_err(|refusal| Failure::Level(refusal.into()))?;
    let Some(reached) = reached.filter(|reached| *reached >= level) else {
        return Err(Failure::NotReached(level));
    };
    let options = Options { roots: roots.clone(), at: now, require_revocation: true };
    let after = validate(file.clone(), &options);
    if file.len() > base.len() {
        let before = validate(base.clone(), &options);
        check_evidence(&before, &after, base.len()).map_err(Fault::broken)?;
    }
    Ok(RaisedFile {
        tail: Bytes::copy_from_slice(done.tail()),
        level: reached,
        renew_at: renew_at.map(|due| planned(due, now)),
        report: after.to_record(now),
    })
}

/// When a time stamp that is due at a time is renewed. Where the service's certificate ends so soon that the time stamp is
/// due at once, half of what is left is waited: else each round would add one more.
fn planned(due: i64, now: i64) -> i64 {
    let left = due.saturating_add(RENEWAL_MARGIN).saturating_sub(now);
    if due > now { due } else { now.saturating_add((left / 2).max(RENEWAL_PAUSE_MIN)) }
}

/// The level as the record writes it.
pub(super) fn to_record(level: Level) -> SignatureLevel {
    match level {
        Level::Basic => SignatureLevel::Basic,
        Level::Timestamped => SignatureLevel::Timestamped,
        Level::LongTerm => SignatureLevel::LongTerm,
        Level::Archived => SignatureLevel::Archived,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn a_certificate_that_ends_soon_does_not_make_every_round_renew() {
        let now = 1_000 * DAY;
        let ends_in = |days: i64| planned(now + days * DAY - RENEWAL_MARGIN, now) - now;
        assert_eq!(ends_in(1_000), 910 * DAY, "ninety days before its end");
        assert_eq!(ends_in(91), DAY);
        assert_eq!(ends_in(90), 45 * DAY, "half of what is left");
        assert_eq!(ends_in(10), 5 * DAY);
        for days in [1, 0, -5] {
            assert_eq!(ends_in(days), RENEWAL_PAUSE_MIN);
        }
    }
}
