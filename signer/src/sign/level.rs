//! PAdES baseline levels (ETSI EN 319 142-1, 6): what a signature carries so that it can be judged for longer.

use std::fmt;
use std::str::FromStr;

use super::held::{HeldKind, read_held};
use super::person::SigningRequest;
use super::raise::raise;
use super::refusal::Refusal;
use super::seal::SealRequest;
use super::signature::{SIGNATURE_BYTES_DEFAULT, Signed};
use super::source::Source;
use super::steer::{SteerError, seal_with, sign_with};
use crate::cms::{AttachError, attach_timestamp, signature_value};
use crate::fetch::{EvidenceError, Fetcher, Moment, StampError, TimestampAuthority, Token};
use crate::keys::SigningKey;
use crate::pdf::Document;

/// How long a signature can be judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// B-B: a signature with its certificate.
    Basic,
    /// B-T: a time stamp proves when it was there at the latest.
    Timestamped,
    /// B-LT: the file carries all certificates and revocation data.
    LongTerm,
    /// B-LTA: a time stamp over all that keeps it provable after certificates and algorithms age.
    Archived,
}

impl Level {
    /// As the command line writes it: `b-b`, `b-t`, `b-lt`, `b-lta`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Basic => "b-b",
            Self::Timestamped => "b-t",
            Self::LongTerm => "b-lt",
            Self::Archived => "b-lta",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Not a level.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the level is one of b-b, b-t, b-lt, b-lta")]
pub struct UnknownLevel;

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, UnknownLevel> {
        [Self::Basic, Self::Timestamped, Self::LongTerm, Self::Archived]
            .into_iter()
            .find(|level| level.name().eq_ignore_ascii_case(text))
            .ok_or(UnknownLevel)
    }
}

/// Who is asked for what a level needs.
#[derive(Debug)]
pub struct Services {
    /// For time stamps; B-B needs none.
    pub timestamps: Option<TimestampAuthority>,
    /// For certificates and revocation data.
    pub evidence: Fetcher,
}

impl Services {
    pub(super) fn authority(&self, level: Level) -> Result<&TimestampAuthority, LevelError> {
        self.timestamps.as_ref().ok_or(LevelError::NoAuthority { level })
    }

    /// A time stamp over data with this SHA-256, of a service that is trusted: nobody else's proves anything.
    pub(super) fn stamp(
        &self,
        authority: &TimestampAuthority,
        imprint: &[u8; 32],
        now: i64,
    ) -> Result<Token, LevelError> {
        let token = authority.stamp(imprint)?;
        if !self.evidence.roots().is_empty() {
            let moment = Moment { at: token.time, proven: false, now };
            self.evidence.path(&token.certificate, &token.certificates, moment)?;
        }
        Ok(token)
    }
}

/// Why a file did not reach a level. Nothing has been written.
#[derive(Debug, thiserror::Error)]
pub enum LevelError {
    /// The file was not signed at all.
    #[error(transparent)]
    Sign(#[from] SteerError),
    /// The file cannot take what the level needs.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The level needs a time stamp and no service was named.
    #[error("{level} needs a time stamp: name a service with --tsa")]
    NoAuthority {
        /// The level.
        level: Level,
    },
    /// No time stamp.
    #[error(transparent)]
    Stamp(#[from] StampError),
    /// The signature message takes no time stamp.
    #[error(transparent)]
    Attach(#[from] AttachError),
    /// Certificates or revocation data are missing or bad.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// There is nothing to raise.
    #[error("the file bears no signature to raise")]
    Unsigned,
    /// Nothing is raised on a signature that is bad.
    #[error("the signature {field} is not valid, nothing is raised on it: {why}")]
    BadSignature {
        /// Its field.
        field: String,
        /// What validation says.
        why: String,
    },
    /// The result would be judged worse than what it was made from.
    #[error("the signature {field} would be judged worse after raising: {why}")]
    Harms {
        /// Its field.
        field: String,
        /// What validation says.
        why: String,
    },
}

impl LevelError {
    /// Whether the same may succeed later: a service was down, slow or busy. What is signed may wait at its level.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Stamp(error) => error.is_passing(),
            Self::Evidence(error) => error.is_passing(),
            _ => false,
        }
    }

    /// A stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sign(SteerError::Refused(refusal)) | Self::Refused(refusal) => refusal.code(),
            Self::Sign(_) => "not_signed",
            Self::NoAuthority { .. } => "no_timestamp_service",
            Self::Stamp(error) => error.code(),
            Self::Attach(_) => "timestamp_not_attached",
            Self::Evidence(error) => error.code(),
            Self::Unsigned => "unsigned",
            Self::BadSignature { .. } => "bad_signature",
            Self::Harms { .. } => "would_harm",
        }
    }
}

/// Signs as [`sign_with`], up to a level. `now` is the time of signing, seconds since 1970.
///
/// # Errors
/// [`LevelError`]; where it [is passing](LevelError::is_passing) the file may be signed at B-B now and raised later.
pub fn sign_at_level(
    file: impl Into<Source>,
    request: &SigningRequest,
    key: &SigningKey,
    level: Level,
    services: &Services,
    now: i64,
) -> Result<Signed, LevelError> {
    let source = file.into();
    let asked = request.capacity;
    at_level(&source, asked, level, services, now, |capacity| {
        let mut request = request.clone();
        request.capacity = capacity;
        request.choices.time_stamp |= level != Level::Basic;
        Ok(sign_with(source.clone(), &request, key)?)
    })
}

/// Seals as [`seal_with`], up to a level.
///
/// # Errors
/// As [`sign_at_level`].
pub fn seal_at_level(
    file: impl Into<Source>,
    request: &SealRequest<'_>,
    key: &SigningKey,
    level: Level,
    services: &Services,
    now: i64,
) -> Result<Signed, LevelError> {
    let source = file.into();
    let asked = request.capacity;
    at_level(&source, asked, level, services, now, |capacity| {
        let mut request = request.clone();
        request.capacity = capacity;
        request.choices.time_stamp |= level != Level::Basic;
        Ok(seal_with(source.clone(), &request, key)?)
    })
}

/// Brings what `sign` makes (given the space to keep for the CMS, in bytes) to a level. `sign` is called a second time
/// when the time stamp proves larger than expected.
///
/// # Errors
/// What `sign` returns, and as [`sign_at_level`].
pub fn at_level(
    source: &Source,
    capacity: usize,
    level: Level,
    services: &Services,
    now: i64,
    mut sign: impl FnMut(usize) -> Result<Signed, LevelError>,
) -> Result<Signed, LevelError> {
    if level == Level::Basic {
        return sign(capacity);
    }
    let authority = services.authority(level)?;
    let capacity = capacity.max(SIGNATURE_BYTES_DEFAULT) + authority.token_room();
    let signed = sign(capacity)?;
    let stamped = match stamp_newest(source, &signed, services, authority, now)? {
        Stamping::Done(file) => file,
        Stamping::NeedsRoom(needed) => {
            match stamp_newest(source, &sign(needed + SLACK)?, services, authority, now)? {
                Stamping::Done(file) => file,
                Stamping::NeedsRoom(bytes) => {
                    return Err(Refusal::SignatureTooLarge { bytes, capacity: needed + SLACK }.into());
                }
            }
        }
    };
    if level == Level::Timestamped {
        return Ok(stamped);
    }
    let further = Source { file: stamped.file(), password: source.password.clone() };
    let raised = raise(further, level, services, now)?;
    Ok(Signed::new(source.file.clone(), [stamped.tail(), raised.tail()].concat()))
}

/// Space beyond what the first time stamp needed: the second differs by some bytes.
const SLACK: usize = 512;

enum Stamping {
    Done(Signed),
    /// The message with its time stamp has so many bytes.
    NeedsRoom(usize),
}

/// Stamps the signature that was just made, in the space kept for it: nobody has signed over it yet.
fn stamp_newest(
    source: &Source,
    signed: &Signed,
    services: &Services,
    authority: &TimestampAuthority,
    now: i64,
) -> Result<Stamping, LevelError> {
    let password = source.password.as_deref().unwrap_or_default();
    let file = signed.file();
    let document = Document::open_with_password(file.clone(), password).map_err(Refusal::from)?;
    let held = read_held(&document)?;
    let newest = held.iter().rfind(|held| held.kind == HeldKind::Signature && held.covers(&file));
    let newest = newest.ok_or(LevelError::Unsigned)?;
    let imprint = openssl::sha::sha256(&signature_value(&newest.contents)?);
    let token = services.stamp(authority, &imprint, now)?;
    let message = attach_timestamp(&newest.contents, &token.der)?;
    let base = source.file.len();
    // It was just written, so that it lies in what was appended.
    let hole = (newest.hole.start + 1).checked_sub(base).zip((newest.hole.end - 1).checked_sub(base));
    let (start, end) = hole.ok_or(LevelError::Unsigned)?;
    let hole = start..end;
    if message.len() * 2 > hole.len() {
        return Ok(Stamping::NeedsRoom(message.len()));
    }
    let mut tail = signed.tail().to_vec();
    let digits =
        message.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| HEX_DIGITS[usize::from(digit)]);
    for (place, digit) in tail[hole].iter_mut().zip(digits.chain(std::iter::repeat(b'0'))) {
        *place = digit;
    }
    Ok(Stamping::Done(Signed::new(source.file.clone(), tail)))
}

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_and_written_and_grow() {
        for level in [Level::Basic, Level::Timestamped, Level::LongTerm, Level::Archived] {
            assert_eq!(level.name().parse(), Ok(level));
        }
        assert_eq!("B-LTA".parse(), Ok(Level::Archived));
        assert_eq!("b-x".parse::<Level>(), Err(UnknownLevel));
        assert!(Level::Basic < Level::Timestamped && Level::LongTerm < Level::Archived);
    }
}
