//! A second look at what was just signed: the new signature is good, and what others signed before is no worse.

use super::{Change, Coverage, Kind, Report, SignatureReport, Verdict};

/// Why a file that was just signed must not be given out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotRight {
    /// No signature covers the whole file.
    #[error("the new signature is not found in the file")]
    NotFound,
    /// The new signature is invalid.
    #[error("the new signature is invalid: {0}")]
    Invalid(String),
    /// An earlier signature would become invalid.
    #[error("it would break the signature {field}: {why}")]
    Breaks {
        /// Name of its field.
        field: String,
        /// What validation says of it.
        why: String,
    },
    /// An earlier signature would no longer be found.
    #[error("it would hide the signature {0}")]
    Hides(String),
    /// Where only evidence was to be appended there is something else.
    #[error("behind byte {from} there is more than evidence: {what}")]
    MoreThanEvidence {
        /// Length of the file before.
        from: usize,
        /// What it is.
        what: String,
    },
}

/// What evidence changes in a file, by the codes of [`Change`].
const EVIDENCE: [&str; 2] = ["evidence_added", "timestamp_added"];

/// Compares the reports on a file of `length` bytes before and after evidence was appended: the same signatures, none of
/// them worse than before, and behind what was there nothing but validation data and time stamps.
///
/// # Errors
/// [`NotRight`].
pub fn check_evidence(before: &Report, after: &Report, length: usize) -> Result<(), NotRight> {
    let more = |what: String| Err(NotRight::MoreThanEvidence { from: length, what });
    let same = |was: &SignatureReport, is: &SignatureReport| {
        was.kind == is.kind && was.field == is.field && was.revision_end == is.revision_end
    };
    for was in &before.signatures {
        match after.signatures.iter().find(|is| same(was, is)) {
            Some(is) if is.verdict != Verdict::Invalid || was.verdict == Verdict::Invalid => {}
            Some(is) => {
                return Err(NotRight::Breaks { field: was.field.clone(), why: is.reasons().join("; ") });
            }
            None => return Err(NotRight::Hides(was.field.clone())),
        }
    }
    for is in after.signatures.iter().filter(|is| !before.signatures.iter().any(|was| same(was, is))) {
        if is.kind != Kind::Timestamp || is.verdict == Verdict::Invalid {
            return more(format!("{} in field {}", is.kind.name(), is.field));
        }
    }
    let is_behind = |change: &&Change| {
        let end = change.revision.checked_sub(1).and_then(|at| after.revision_ends.get(at));
        end.is_none_or(|end| *end > length)
    };
    for is in &after.signatures {
        if let Some(change) =
            is.changes.iter().filter(is_behind).find(|it| !it.permitted || !EVIDENCE.contains(&it.code))
        {
            return more(format!("{}: {}", change.code, change.text));
        }
    }
    Ok(())
}

/// Compares the reports on a file before and after it was signed. A signature of strangers that was bad before is theirs,
/// and no reason.
///
/// # Errors
/// [`NotRight`].
pub fn check_signed(before: &Report, after: &Report) -> Result<(), NotRight> {
    let why = |one: &SignatureReport| one.reasons().join("; ");
    let own = after.signatures.iter().find(|s| s.kind == Kind::Signature && s.covers == Coverage::WholeFile);
    match own {
        Some(own) if own.verdict != Verdict::Invalid => {}
        Some(own) => return Err(NotRight::Invalid(why(own))),
        None => return Err(NotRight::NotFound),
    }
    for was in before.signatures.iter().filter(|s| s.verdict != Verdict::Invalid) {
        match after.signatures.iter().find(|is| is.kind == was.kind && is.field == was.field) {
            Some(is) if is.verdict != Verdict::Invalid => {}
            Some(is) => return Err(NotRight::Breaks { field: was.field.clone(), why: why(is) }),
            None => return Err(NotRight::Hides(was.field.clone())),
        }
    }
    Ok(())
}
