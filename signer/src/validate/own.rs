//! A second look at what was just signed: the new signature is good, and what others signed before is no worse.

use super::{Coverage, Kind, Report, SignatureReport, Verdict};

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
