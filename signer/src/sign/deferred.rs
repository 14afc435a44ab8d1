//! A signature in two steps: the file is prepared here, a key that this process never sees signs, and only what was
//! prepared is completed. In between lies a state that survives a restart and expires.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;

use bytes::Bytes;
use openssl::sha::Sha256;
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
use crate::pdf::{Error, Input};

/// How long a state is good unless somebody says otherwise, in seconds: a day.
pub const STATE_LIFE_S: i64 = 86_400;
/// Largest answer that is read, in bytes.
pub const ANSWER_BYTES_MAX: usize = 2 << 20;

const STATE_MAGIC: &[u8; 8] = b"VTDEFER1";
/// Longest certificate that is read from a state, in bytes.
const CERTIFICATE_BYTES_MAX: usize = 1 << 20;
/// Most bytes that signing appends to a file and that are read from a state.
const APPENDED_BYTES_MAX: usize = 256 << 20;

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
        let digested = prepared.digest();
        // What could not be read was not hashed.
        digested.prepared().original().check().map_err(Refusal::from)?;
        Ok(Self::joined(digested, scheme, signatory, expires_at))
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
    pub fn original(&self) -> &Input {
        self.digested.prepared().original()
    }

    /// Everything that is needed to complete, with the original file or without. The state shows when it is
    /// damaged; whoever changes it on purpose only makes what no signature of this key fits. Empty when the original
    /// lies on disk and can no longer be read; [`Deferred::write_state`] is better for those.
    pub fn to_state(&self, with_original: bool) -> Vec<u8> {
        let mut out = Vec::new();
        match self.write_state(with_original, &mut out) {
            Ok(()) => out,
            Err(_) => Vec::new(),
        }
    }

    /// Writes what [`Deferred::to_state`] answers; an original on disk is copied piece by piece.
    ///
    /// # Errors
    /// When something cannot be written, or the original cannot be read.
    pub fn write_state(&self, with_original: bool, out: &mut impl Write) -> io::Result<()> {
        let nothing = Input::from(b"");
        let original = if with_original { self.original() } else { &nothing };
        let mut head = self.expires_at.to_be_bytes().to_vec();
        head.push(u8::from(with_original));
        head.push(u8::from(matches!(self.scheme(), SignatureAlgorithm::RsaPss { .. })));
        let path = self.signatory.path();
        head.push(u8::try_from(path.len()).unwrap_or(u8::MAX));
        for certificate in &path {
            let der = certificate.to_der()?;
            head.extend_from_slice(&length_of(der.len()));
            head.extend_from_slice(&der);
        }
        head.extend_from_slice(&length_of(original.len()));
        let digested = self.digested.to_state();
        let mut check = Sha256::new();
        check.update(&head);
        hash_into(&mut check, original, 0..original.len()).map_err(io::Error::other)?;
        check.update(&digested);
        out.write_all(STATE_MAGIC)?;
        out.write_all(&check.finish())?;
        out.write_all(&head)?;
        original.write_to(out)?;
        out.write_all(&digested)
    }

    /// Takes up a state that holds the original file.
    ///
    /// # Errors
    /// [`DeferredError::StateDamaged`], [`DeferredError::Expired`] by `now` (seconds since 1970).
    pub fn from_state(state: &[u8], now: i64) -> Result<Self, DeferredError> {
        Self::from_state_file(&Bytes::copy_from_slice(state).into(), now)
    }

    /// As [`Deferred::from_state`]; of a state on disk the original stays there.
    ///
    /// # Errors
    /// As [`Deferred::from_state`].
    pub fn from_state_file(state: &Input, now: i64) -> Result<Self, DeferredError> {
        let read = Self::read(state, None, now);
        state.check().map_err(Refusal::from)?;
        read
    }

    /// Takes up a state without its file; only the file that was prepared is accepted.
    ///
    /// # Errors
    /// As [`Deferred::from_state`]; [`Refusal::StateMismatch`] for another file.
    pub fn from_state_and_original(
        state: &[u8],
        original: impl Into<Input>,
        now: i64,
    ) -> Result<Self, DeferredError> {
        Self::read(&Bytes::copy_from_slice(state).into(), Some(original.into()), now)
    }

    fn read(state: &Input, original: Option<Input>, now: i64) -> Result<Self, DeferredError> {
        let damaged = || DeferredError::StateDamaged;
        let mut rest = Rest { state, at: 0 };
        if rest.array().ok_or_else(damaged)? != *STATE_MAGIC {
            return Err(damaged());
        }
        let check = rest.array::<32>().ok_or_else(damaged)?;
        let mut found = Sha256::new();
        hash_into(&mut found, state, rest.at..state.len()).map_err(Refusal::from)?;
        if found.finish() != check {
            return Err(damaged());
        }
        let expires_at = i64::from_be_bytes(rest.array().ok_or_else(damaged)?);
        if now >= expires_at {
            return Err(DeferredError::Expired(expires_at));
        }
        let [with_original, pss, count] = rest.array().ok_or_else(damaged)?;
        let mut path = Vec::new();
        for _ in 0..count {
            let place =
                rest.part().filter(|place| place.len() <= CERTIFICATE_BYTES_MAX).ok_or_else(damaged)?;
            let der = state.get(place).ok_or_else(damaged)?;
            path.push(X509::from_der(&der).map_err(|_| damaged())?);
        }
        let inside = rest.part().ok_or_else(damaged)?;
        let appended = rest.at..state.len();
        if appended.len() > APPENDED_BYTES_MAX {
            return Err(damaged());
        }
        let digested = state.get(appended).ok_or_else(damaged)?;
        let original = match (original, with_original == 1) {
            (Some(original), _) => original,
            (None, true) => state.part(inside).ok_or_else(damaged)?,
            (None, false) => return Err(damaged()),
        };
        if path.is_empty() {
            return Err(damaged());
        }
        let certificate = path.remove(0);
        let signatory = Signatory::new(certificate, path)?;
        let digested = Digested::from_state(original, &digested)?;
        let scheme = signatory.scheme(digested.digest().algorithm, pss == 1)?;
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
        let content = self.digested.prepared().content();
        let message = take_answer(answer, &self.unsigned, &self.signatory, content)?;
        Ok(self.digested.complete(&message)?)
    }
}

fn length_of(bytes: usize) -> [u8; 8] {
    u64::try_from(bytes).unwrap_or(u64::MAX).to_be_bytes()
}

fn hash_into(hash: &mut Sha256, file: &Input, range: Range<usize>) -> Result<(), Error> {
    file.each(range, |piece| {
        hash.update(piece);
        Ok(())
    })
}

/// What of a state is still to be read.
struct Rest<'s> {
    state: &'s Input,
    at: usize,
}

impl Rest<'_> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let bytes = self.state.array(self.at)?;
        self.at += N;
        Some(bytes)
    }

    /// Where the next part lies, whose length stands before it.
    fn part(&mut self) -> Option<Range<usize>> {
        let length = usize::try_from(u64::from_be_bytes(self.array()?)).ok()?;
        let end = self.at.checked_add(length).filter(|end| *end <= self.state.len())?;
        Some(std::mem::replace(&mut self.at, end)..end)
    }
}
