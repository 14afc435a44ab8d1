//! Joins the two halves: `sign` prepares the file, `cms` signs its digest with a key at hand.

use super::choices::Choices;
use super::person::SigningRequest;
use super::refusal::Refusal;
use super::seal::SealRequest;
use super::signature::{Claims, CompleteError, Prepared, Signed};
use super::source::Source;
use crate::cms::{SignError, sign_detached_as, signature_size_max};
use crate::keys::{KeyError, SigningKey};

/// Why a file was not signed with a key. Nothing has been written.
#[derive(Debug, thiserror::Error)]
pub enum SteerError {
    /// The file is refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key must not sign at this time.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The signature could not be made.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl From<CompleteError<SignError>> for SteerError {
    fn from(error: CompleteError<SignError>) -> Self {
        match error {
            CompleteError::Signer(error) => Self::Sign(error),
            CompleteError::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

/// Signs as a person, or as an agency in a new field. At least the space the key needs is kept.
///
/// # Errors
/// [`SteerError`].
pub fn sign_with(
    file: impl Into<Source>,
    request: &SigningRequest,
    key: &SigningKey,
) -> Result<Signed, SteerError> {
    key.check_valid_at(request.claims.signed_at.0)?;
    let mut request = request.clone();
    request.capacity = room(request.capacity, key);
    request.choices.signatory = Some(key.signatory().clone());
    complete(Prepared::sign(file, &request)?, key, request.choices.pss)
}

/// Fills number and date and seals, in one update.
///
/// # Errors
/// [`SteerError`].
pub fn seal_with(
    file: impl Into<Source>,
    request: &SealRequest<'_>,
    key: &SigningKey,
) -> Result<Signed, SteerError> {
    key.check_valid_at(request.claims.signed_at.0)?;
    let mut request = request.clone();
    request.capacity = room(request.capacity, key);
    request.choices.signatory = Some(key.signatory().clone());
    complete(Prepared::seal(file, &request)?, key, request.choices.pss)
}

/// Signs an attachment in a file of its own: number and time at the top right, no image.
///
/// # Errors
/// [`SteerError`].
pub fn sign_attachment_with(
    file: impl Into<Source>,
    notation: &str,
    claims: &Claims,
    key: &SigningKey,
) -> Result<Signed, SteerError> {
    key.check_valid_at(claims.signed_at.0)?;
    let choices = Choices { signatory: Some(key.signatory().clone()), ..Choices::default() };
    complete(Prepared::attachment(file, notation, claims, room(0, key), &choices)?, key, false)
}

fn room(asked: usize, key: &SigningKey) -> usize {
    asked.max(signature_size_max(key.signatory()))
}

fn complete(prepared: Prepared, key: &SigningKey, pss: bool) -> Result<Signed, SteerError> {
    let scheme = key.signatory().scheme(prepared.algorithm(), pss)?;
    Ok(prepared.digest().complete_with(|digested| sign_detached_as(key, digested.digest(), scheme))?)
}
