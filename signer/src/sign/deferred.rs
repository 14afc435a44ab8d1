//! A signature in two steps: the file is prepared here, a key that this process never sees signs, and only what was
//! prepared is completed. In between lies a state that survives a restart and expires.

use std::fmt;

use bytes::Bytes;
use openssl::sha::sha256;
use openssl::x509::X509;

use super::choices::Choices;
use super::person::SigningRequest;
use super::refusal::Refusal;
use super::seal::SealRequest;
use super::signature::{Claims, Digested, Prepared, Signed};
use super::source::Source;
use super::steer::SteerError;
use crate::cms::{AnswerError, ContentDigest, SignatureAlgorithm, Unsigned, signature_size_max, take_answer};
use crate::keys::{KeyError, Signatory};

/// How long a state is good unless somebody says otherwise, in seconds: a day.
pub const STATE_LIFE_S: i64 = 86_400;
/// Largest answer that is read, in bytes.
pub const ANSWER_BYTES_MAX: usize = 2 << 20;

const STATE_MAGIC: &[u8; 8] = b"VTDEFER1";

/// A file that waits for its signature.
#[derive(Clone)]
pub struct Deferred {
    digested: Digested,
    unsigned: Unsigned,
    signatory: Signatory,
    expires_at: i64,
}

impl fmt::Debug for Deferred {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = self.signatory.info();
        formatter
            .debug_struct("Deferred")
            .field("certificate", &info.fingerprint)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Why a file that was prepared is not completed. Nothing has been written.
#[derive(Debug, thiserror::Error)]
pub enum DeferredError {
    /// The state is none, or was changed.
    #[error("the state is damaged; prepare the file again")]
    StateDamaged,
    /// Its time is over.
    #[error("the state expired at {0} (seconds since 1970); prepare the file again")]
    Expired(i64),
    /// The certificate must not sign now.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The answer does not fit what was prepared.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The file cannot take the signature, or the state belongs to another.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl DeferredError {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::StateDamaged => "state_damaged",
            Self::Expired(_) => "state_expired",
            Self::Key(KeyError::Expired { .. }) => "certificate_expired",
            Self::Key(KeyError::NotYetValid { .. }) => "certificate_not_yet_valid",
            Self::Key(_) => "certificate_cannot_sign",
            Self::Answer(error) => error.code(),
            Self::Refused(refusal) => refusal.code(),
        }
    }
}

impl Deferred {
    /// Prepares a person's signature, good until `expires_at` (seconds since 1970). The certificate must be valid
    /// at the time that the request claims.
    ///
    /// # Errors
    /// [`SteerError`].
    pub fn sign(
        file: impl Into<Source>,
        request: &SigningRequest,
        signatory: Signatory,
        expires_at: i64,
    ) -> Result<Self, SteerError> {
        signatory.check_valid_at(request.claims.signed_at.0)?;
        let mut request = request.clone();
        request.capacity = request.capacity.max(signature_size_max(&signatory));
        request.choices.signatory = Some(signatory.clone());
        Self::new(Prepared::sign(file, &request)?, request.choices.pss, signatory, expires_at)
    }

    /// Prepares number, date and seal, good until `expires_at` (seconds since 1970).
    ///
    /// # Errors
    /// [`SteerError`].
    pub fn seal(
        file: impl Into<Source>,
        request: &SealRequest<'_>,
        signatory: Signatory,
        expires_at: i64,
    ) -> Result<Self, SteerError> {
        signatory.check_valid_at(request.claims.signed_at.0)?;
        let mut request = request.clone();
        request.capacity = request.capacity.max(signature_size_max(&signatory));
        request.choices.signatory = Some(signatory.clone());
        Self::new(Prepared::seal(file, &request)?, request.choices.pss, signatory, expires_at)
    }

    /// Prepares the agency's signature on an attachment, good until `expires_at` (seconds since 1970).
    ///
    /// # Errors
    /// [`SteerError`].
    pub fn attachment(
        file: impl Into<Source>,
        notation: &str,
        claims: &Claims,
        signatory: Signatory,
        expires_at: i64,
    ) -> Result<Self, SteerError> {
        signatory.check_valid_at(claims.signed_at.0)?;
        let choices = Choices { signatory: Some(signatory.clone()), ..Choices::default() };
        let room = signature_size_max(&signatory);
        Self::new(Prepared::attachment(file, notation, claims, room, &choices)?, false, signatory, expires_at)
    }

    fn new(prepared: Prepared, pss: bool, signatory: Signatory, expires_at: i64) -> Result<Self, SteerError> {
        let scheme = signatory.scheme(prepared.algorithm(), pss)?;
        Ok(Self::joined(prepared.digest(), scheme, signatory, expires_at))
    }

    fn joined(digested: Digested, scheme: SignatureAlgorithm, signatory: Signatory, expires_at: i64) -> Self {
        let unsigned = Unsigned::new(&signatory, digested.digest(), scheme);
        Self { digested, unsigned, signatory, expires_at }
    }

    /// The digest over the signed ranges of the file.
    pub fn document_digest(&self) -> &ContentDigest {
        self.digested.digest()
    }

    /// What the key signs: the signed attributes in DER. Tools that hash by themselves take this.
    pub fn to_be_signed(&self) -> &[u8] {
        self.unsigned.to_be_signed()
    }

    /// The digest of [`Deferred::to_be_signed`]: for tools that sign digests.
    pub fn digest_to_be_signed(&self) -> Option<ContentDigest> {
        ContentDigest::of(self.document_digest().algorithm, &[self.to_be_signed()])
    }

    /// How it is to be signed.
    pub fn scheme(&self) -> SignatureAlgorithm {
        self.unsigned.scheme()
    }

    /// The message that waits for its signature.
    pub(crate) fn unsigned(&self) -> &Unsigned {
        &self.unsigned
    }

    /// Who is to sign.
    pub fn signatory(&self) -> &Signatory {
        &self.signatory
    }

    /// When the state expires, in seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// The file that is signed, before it is.
    pub fn original(&self) -> &Bytes {
        self.digested.prepared().original()
    }

    /// Everything that is needed to complete, with the original file or without. The state shows when it is
    /// damaged; whoever changes it on purpose only makes what no signature of this key fits.
    pub fn to_state(&self, with_original: bool) -> Vec<u8> {
        let original: &[u8] = if with_original { self.original() } else { &[] };
        let mut body = self.expires_at.to_be_bytes().to_vec();
        body.push(u8::from(with_original));
        body.push(u8::from(matches!(self.scheme(), SignatureAlgorithm::RsaPss { .. })));
        let path = self.signatory.path();
        body.push(u8::try_from(path.len()).unwrap_or(u8::MAX));
        for certificate in &path {
            push_part(&mut body, &certificate.to_der().unwrap_or_default());
        }
        push_part(&mut body, original);
        body.extend(self.digested.to_state());
        [STATE_MAGIC, &sha256(&body)[..], &body].concat()
    }

    /// Takes up a state that holds the original file.
    ///
    /// # Errors
    /// [`DeferredError::StateDamaged`], [`DeferredError::Expired`] by `now` (seconds since 1970).
    pub fn from_state(state: &[u8], now: i64) -> Result<Self, DeferredError> {
        Self::read(state, None, now)
    }

    /// Takes up a state without its file; only the file that was prepared is accepted.
    ///
    /// # Errors
    /// As [`Deferred::from_state`]; [`Refusal::StateMismatch`] for another file.
    pub fn from_state_and_original(
        state: &[u8],
        original: impl Into<Bytes>,
        now: i64,
    ) -> Result<Self, DeferredError> {
        Self::read(state, Some(original.into()), now)
    }

    fn read(state: &[u8], original: Option<Bytes>, now: i64) -> Result<Self, DeferredError> {
        let damaged = || DeferredError::StateDamaged;
        let body = state.strip_prefix(STATE_MAGIC).ok_or_else(damaged)?;
        let (check, body) = body.split_first_chunk::<32>().ok_or_else(damaged)?;
        if sha256(body) != *check {
            return Err(damaged());
        }
        let (expires_at, rest) = body.split_first_chunk::<8>().ok_or_else(damaged)?;
        let expires_at = i64::from_be_bytes(*expires_at);
        if now >= expires_at {
            return Err(DeferredError::Expired(expires_at));
        }
        let ([with_original, pss, count], mut rest) = rest.split_first_chunk::<3>().ok_or_else(damaged)?;
        let mut path = Vec::new();
        for _ in 0..*count {
            let (der, after) = split_part(rest).ok_or_else(damaged)?;
            path.push(X509::from_der(der).map_err(|_| damaged())?);
            rest = after;
        }
        let (inside, digested) = split_part(rest).ok_or_else(damaged)?;
        let original = match (original, *with_original == 1) {
            (Some(original), _) => original,
            (None, true) => Bytes::copy_from_slice(inside),
            (None, false) => return Err(damaged()),
        };
        if path.is_empty() {
            return Err(damaged());
        }
        let certificate = path.remove(0);
        let signatory = Signatory::new(certificate, path)?;
        let digested = Digested::from_state(original, digested)?;
        let scheme = signatory.scheme(digested.digest().algorithm, *pss == 1)?;
        Ok(Self::joined(digested, scheme, signatory, expires_at))
    }

    /// Completes the file with a raw signature (RSA; ECDSA as a DER pair or as the two numbers one after the
    /// other) or a finished CMS, DER or PEM, that fits what was prepared.
    ///
    /// # Errors
    /// [`DeferredError`]; the certificate must be valid at `now` (seconds since 1970).
    pub fn complete(self, answer: &[u8], now: i64) -> Result<Signed, DeferredError> {
        if now >= self.expires_at {
            return Err(DeferredError::Expired(self.expires_at));
        }
        self.signatory.check_valid_at(now)?;
        if answer.len() > ANSWER_BYTES_MAX {
            return Err(AnswerError::Unreadable.into());
        }
        let parts = self.digested.prepared().signed_parts();
        let message = take_answer(answer, &self.unsigned, &self.signatory, &parts)?;
        Ok(self.digested.complete(&message)?)
    }
}

fn push_part(out: &mut Vec<u8>, part: &[u8]) {
    out.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
    out.extend_from_slice(part);
}

fn split_part(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)
}
