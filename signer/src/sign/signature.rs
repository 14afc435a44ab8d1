//! The signature dictionary, and the line *prepared → digested → signed*.

use std::ops::Range;

use bytes::Bytes;
use openssl::sha::sha256;

use super::certify::{Certification, enter_in_permissions};
use super::refusal::Refusal;
use super::seed::Settled;
use super::time::SigningTime;
use crate::cms::{Content, ContentDigest, Digest, Pieces};
use crate::pdf::{Document, Error, Increment, Input, Object, Ref, Tail, View, encode_text};
use crate::ranges::Ranges;

/// Space for the CMS when nothing better is known, in bytes of DER: chains of four certificates and a time
/// stamp fit.
pub const SIGNATURE_BYTES_DEFAULT: usize = 16_384;
/// Most space that may be asked for.
pub const SIGNATURE_BYTES_MAX: usize = 1 << 20;
/// Digits kept for each value of `/ByteRange`.
const BYTE_RANGE_DIGITS: usize = 12;

/// What the signature dictionary says beside the signature itself. All of it is claimed, not proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// When (`/M`).
    pub signed_at: SigningTime,
    /// Who (`/Name`).
    pub name: Option<String>,
    /// Why (`/Reason`).
    pub reason: Option<String>,
    /// Where (`/Location`).
    pub location: Option<String>,
}

impl Claims {
    /// Nothing but the time.
    pub fn at(signed_at: SigningTime) -> Self {
        Self { signed_at, name: None, reason: None, location: None }
    }
}

/// A signature dictionary that is to be written.
#[derive(Debug)]
pub(crate) struct Dictionary<'a> {
    pub(crate) claims: &'a Claims,
    pub(crate) settled: Settled,
    pub(crate) certification: Option<Certification>,
    /// The entries of a lock, repeated as FieldMDP transform.
    pub(crate) locked: Option<Vec<u8>>,
    pub(crate) capacity: usize,
}

impl Dictionary<'_> {
    /// Writes it with room for the CMS and the byte range; a certifying one is named in the catalog.
    pub(crate) fn write(&self, increment: &mut Increment<'_>) -> Result<Ref, Refusal> {
        let Self { claims, capacity, .. } = *self;
        if capacity > SIGNATURE_BYTES_MAX {
            return Err(Refusal::SignatureTooLarge { bytes: capacity, capacity: SIGNATURE_BYTES_MAX });
        }
        let nines = "9".repeat(BYTE_RANGE_DIGITS);
        let sub_filter = self.settled.sub_filter.name();
        let mut out =
            format!("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/{sub_filter}/ByteRange").into_bytes();
        out.extend_from_slice(format!("[0 {nines} {nines} {nines}]/Contents<").as_bytes());
        out.resize(out.len() + capacity * 2, b'0');
        out.extend_from_slice(format!(">/M({})", claims.signed_at.pdf_date()).as_bytes());
        let texts = [("/Name", &claims.name), ("/Reason", &claims.reason), ("/Location", &claims.location)];
        for (key, text) in texts {
            if let Some(text) = text {
                out.extend_from_slice(key.as_bytes());
                out.extend(encode_text(text));
            }
        }
        let references = self.references(increment.document().latest())?;
        if !references.is_empty() {
            out.extend_from_slice(b"/Reference[");
            out.extend(references);
            out.push(b']');
        }
        out.extend_from_slice(b">>");
        let id = increment.allocate()?;
        increment.put(id, out);
        if self.certification.is_some() {
            enter_in_permissions(increment, id)?;
        }
        Ok(id)
    }

    fn references(&self, view: View<'_>) -> Result<Vec<u8>, Refusal> {
        let mut out = self.certification.map(|one| one.reference().into_bytes()).unwrap_or_default();
        if let Some(entries) = &self.locked {
            let root = view.root_ref()?;
            out.extend_from_slice(
                format!("<</Type/SigRef/TransformMethod/FieldMDP/Data {root} R/TransformParams").as_bytes(),
            );
            out.extend_from_slice(b"<</Type/TransformParams/V/1.2");
            out.extend_from_slice(entries);
            out.extend_from_slice(b">>>>");
        }
        Ok(out)
    }
}

/// A file with everything written but the signature itself.
#[derive(Debug, Clone)]
pub struct Prepared {
    original: Input,
    /// What is appended to the original, the space for the signature still zeros.
    tail: Vec<u8>,
    /// `/Contents` in the finished file, delimiters included.
    contents: Range<usize>,
    /// What is to be hashed with.
    algorithm: Digest,
}

impl Prepared {
    /// Finishes an update that holds the signature dictionary `signature`.
    pub(crate) fn new(
        original: Input,
        tail: Tail,
        signature: Ref,
        algorithm: Digest,
    ) -> Result<Self, Refusal> {
        let base = tail.base();
        let lost =
            || Refusal::Damaged(Error::Type { what: "the signature dictionary", expected: "in the update" });
        let value = tail.value(signature).ok_or_else(lost)?;
        let mut bytes = tail.bytes;
        let source =
            Bytes::copy_from_slice(bytes.get(value.start - base..value.end - base).ok_or_else(lost)?);
        let Object::Dict(dict) = crate::pdf::parse_object(&source)? else { return Err(lost()) };
        let place = |key: &[u8]| -> Result<Range<usize>, Refusal> {
            let span = &dict.entry(key).ok_or_else(lost)?.value_span;
            Ok(value.start + span.start..value.start + span.end)
        };
        let contents = place(b"Contents")?;
        let end = base + bytes.len();
        let range = place(b"ByteRange")?;
        let mut text = format!("[0 {} {} {}]", contents.start, contents.end, end - contents.end);
        if text.len() > range.len() {
            return Err(Refusal::Damaged(Error::Limit { limit: "size of the file" }));
        }
        text.extend(std::iter::repeat_n(' ', range.len() - text.len()));
        bytes[range.start - base..range.end - base].copy_from_slice(text.as_bytes());
        Ok(Self { original, tail: bytes, contents, algorithm })
    }

    /// Reads the result back where the original was not flawless: what cannot be read again is not signed.
    pub(crate) fn proven(self, document: &Document) -> Result<Self, Refusal> {
        if document.anomalies().is_empty() {
            return Ok(self);
        }
        let unreadable = |what| Refusal::Damaged(Error::Damaged { offset: self.original.len(), what });
        let whole = self.original.with_tail(&self.tail);
        let again =
            document.open_alike(whole).map_err(|_| unreadable("the file could not be read after signing"))?;
        if again.is_recovered() {
            return Err(unreadable("the file could not be read after signing"));
        }
        let view = again.latest();
        let found = view.fields()?.iter().any(|field| {
            let value = view.resolve(&field.value);
            let contents = value.ok().and_then(|value| value.as_dict()?.entry(b"Contents").cloned());
            contents.is_some_and(|contents| {
                contents.value.as_string().is_some_and(|string| string.source.len() == self.contents.len())
            })
        });
        if found { Ok(self) } else { Err(unreadable("the signature could not be found after signing")) }
    }

    /// The file that is signed: what it was before, byte for byte, is its beginning.
    pub fn original(&self) -> &Input {
        &self.original
    }

    /// The signed ranges as offset and length, twice: everything but `/Contents`.
    pub fn byte_range(&self) -> [usize; 4] {
        let end = self.original.len() + self.tail.len();
        [0, self.contents.start, self.contents.end, end - self.contents.end]
    }

    /// Where `/Contents` lies in the finished file, delimiters included.
    pub fn contents(&self) -> Range<usize> {
        self.contents.clone()
    }

    /// How many bytes of DER fit.
    pub fn capacity(&self) -> usize {
        (self.contents.len() - 2) / 2
    }

    /// What the signed ranges are to be hashed with.
    pub fn algorithm(&self) -> Digest {
        self.algorithm
    }

    /// What is signed: everything but `/Contents`.
    pub(crate) fn content(&self) -> Content<'_> {
        Content::Pieces(self)
    }

    /// Hashes what is to be signed. A file on disk that cannot be read is told of when the signature is put in.
    pub fn digest(self) -> Digested {
        let algorithm = self.algorithm;
        // Only digests that openssl has are prepared with; an empty one would match nothing.
        let value = algorithm.hash_of(self.content()).unwrap_or_default();
        Digested { digest: ContentDigest { algorithm, value }, prepared: self }
    }
}

impl Pieces for Prepared {
    fn each(&self, take: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        let base = self.original.len();
        let (before, after) =
            (&self.tail[..self.contents.start - base], &self.tail[self.contents.end - base..]);
        let whole = 0..base;
        let original = Ranges { file: &self.original, ranges: std::slice::from_ref(&whole) };
        original.each(take) && take(before) && take(after)
    }
}

/// A prepared file and the digest of what is to be signed. It can be saved, so that a key elsewhere signs.
#[derive(Debug, Clone)]
pub struct Digested {
    prepared: Prepared,
    digest: ContentDigest,
}

/// Why a prepared file was not completed: the key failed, or the result does not fit.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError<E> {
    /// The signer of the digest failed.
    #[error(transparent)]
    Signer(E),
    /// The file cannot take the signature.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

const STATE_MAGIC: &[u8; 8] = b"VTSIGN02";

impl Digested {
    /// The digest over the signed ranges.
    pub fn digest(&self) -> &ContentDigest {
        &self.digest
    }

    /// What was prepared.
    pub fn prepared(&self) -> &Prepared {
        &self.prepared
    }

    /// Puts a detached CMS (DER) in its place.
    ///
    /// # Errors
    /// [`Refusal::SignatureTooLarge`].
    pub fn complete(self, cms: &[u8]) -> Result<Signed, Refusal> {
        let Prepared { original, mut tail, contents, .. } = self.prepared;
        let capacity = (contents.len() - 2) / 2;
        if cms.len() > capacity {
            return Err(Refusal::SignatureTooLarge { bytes: cms.len(), capacity });
        }
        // What could not be read was not hashed.
        original.check()?;
        let base = original.len();
        let place = &mut tail[contents.start + 1 - base..contents.end - 1 - base];
        for (pair, byte) in place.chunks_exact_mut(2).zip(cms) {
            pair[0] = HEX_DIGITS[usize::from(byte >> 4)];
            pair[1] = HEX_DIGITS[usize::from(byte & 15)];
        }
        Ok(Signed { original, tail })
    }

    /// Lets `sign` make the CMS for the digest and puts it in its place.
    ///
    /// # Errors
    /// What `sign` returns, or [`Refusal::SignatureTooLarge`].
    pub fn complete_with<E>(
        self,
        sign: impl FnOnce(&Digested) -> Result<Vec<u8>, E>,
    ) -> Result<Signed, CompleteError<E>> {
        let cms = sign(&self).map_err(CompleteError::Signer)?;
        Ok(self.complete(&cms)?)
    }

    /// Everything but the original file, to be kept until the signature comes.
    pub fn to_state(&self) -> Vec<u8> {
        let Prepared { original, tail, contents, algorithm } = &self.prepared;
        let mut out = STATE_MAGIC.to_vec();
        for number in [original.len(), contents.start, contents.end] {
            out.extend_from_slice(&u64::try_from(number).unwrap_or(u64::MAX).to_be_bytes());
        }
        out.push(algorithm.signing_code().unwrap_or(u8::MAX));
        out.extend_from_slice(&sha256(&self.digest.value));
        out.extend_from_slice(&sha256(tail));
        out.extend_from_slice(tail);
        out
    }

    /// Takes up a saved state again. The file is hashed anew: only the one that was prepared is accepted.
    ///
    /// # Errors
    /// [`Refusal::StateMismatch`].
    pub fn from_state(original: impl Into<Input>, state: &[u8]) -> Result<Self, Refusal> {
        let original: Input = original.into();
        let again = Self::read_state(original.clone(), state);
        original.check()?;
        again.ok_or(Refusal::StateMismatch)
    }

    fn read_state(original: Input, state: &[u8]) -> Option<Self> {
        let mut rest = state.strip_prefix(STATE_MAGIC)?;
        let mut numbers = [0_usize; 3];
        for number in &mut numbers {
            let (bytes, after) = rest.split_first_chunk::<8>()?;
            *number = usize::try_from(u64::from_be_bytes(*bytes)).ok()?;
            rest = after;
        }
        let (code, rest) = rest.split_first()?;
        let algorithm = Digest::of_signing_code(*code)?;
        let (digest, after) = rest.split_first_chunk::<32>()?;
        let (tail_digest, tail) = after.split_first_chunk::<32>()?;
        let [base, start, end] = numbers;
        let finished = base.checked_add(tail.len())?;
        let plausible =
            base == original.len() && start >= base && start.checked_add(2)? <= end && end <= finished;
        if !plausible || sha256(tail) != *tail_digest {
            return None;
        }
        let again = Prepared { original, tail: tail.to_vec(), contents: start..end, algorithm }.digest();
        (sha256(&again.digest.value) == *digest).then_some(again)
    }
}

const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

/// A signed file.
#[derive(Debug, Clone)]
pub struct Signed {
    original: Input,
    tail: Vec<u8>,
}

impl Signed {
    pub(crate) fn new(original: Input, tail: Vec<u8>) -> Self {
        Self { original, tail }
    }

    /// The file as it was before.
    pub fn original(&self) -> &Input {
        &self.original
    }

    /// What follows the original file: append it and the file is signed.
    pub fn tail(&self) -> &[u8] {
        &self.tail
    }

    /// The whole signed file in memory; it begins with the original, byte for byte. Empty when the original lies on
    /// disk and can no longer be read; [`Signed::file`] is better for those.
    pub fn to_bytes(&self) -> Vec<u8> {
        whole(&self.original, &self.tail)
    }

    /// The whole signed file; of an original on disk nothing is read.
    pub fn file(&self) -> Input {
        self.original.with_tail(&self.tail)
    }
}

/// A file and what follows it, in memory; empty when the file cannot be read.
pub(super) fn whole(original: &Input, tail: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(original.len() + tail.len());
    let read = original.each(0..original.len(), |piece| {
        out.extend_from_slice(piece);
        Ok::<(), Error>(())
    });
    if read.and_then(|()| original.check()).is_err() {
        return Vec::new();
    }
    out.extend_from_slice(tail);
    out
}
