//! Keys that never come here: their certificates are kept, signatures are prepared, answers are taken.
//!
//! Between the two steps nothing is held here: the state goes to the caller, sealed (AES-256-GCM) for the person, the
//! record, the file and the kind of signature, with a key that lies beside the keys.

use bytes::Bytes;
use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use proto::fault::Fault;
use proto::record::v1::{Certificate, FileRef, SignatureReport};
use proto::rpc::Identity;
use proto::signer::v1::*;

use super::act::{claims_of, fetched, image_of, validated, worked};
use super::key::{bind, own_certificate};
use super::{Inner, fault};
use crate::keys::Signatory;
use crate::sign::{
    ANSWER_BYTES_MAX, Appearance, Choices, Deferred, FIELD_PERSON, Image, LIBERATION_SERIF,
    SIGNATURE_BYTES_DEFAULT, SealRequest, SigningRequest, Target,
};

/// How long a prepared signature is good, in seconds: as long as a mandate.
const STATE_LIFE_S: i64 = 15 * 60;
/// Largest file of certificates, in bytes.
const CERTIFICATES_BYTES_MAX: usize = 64 * 1024;
/// Largest state that is read, in bytes.
const STATE_BYTES_MAX: usize = 2 << 20;
/// Length of the number that is used once, in bytes (NIST SP 800-38D, 8.2).
const NONCE_BYTES: usize = 12;
/// Length of the tag, in bytes.
const TAG_BYTES: usize = 16;

/// Keeps a certificate whose key stays outside, and binds it.
pub(super) async fn enrol(
    inner: &Inner,
    identity: &Identity,
    request: EnrolOutsideKeyRequest,
) -> Result<EnrolOutsideKeyResponse, Fault> {
    identity.caller()?;
    if request.certificates.len() > CERTIFICATES_BYTES_MAX {
        let text = format!("at most {CERTIFICATES_BYTES_MAX} bytes");
        return Err(Fault::invalid("certificates", "KEY_FILE_TOO_LARGE", text));
    }
    let signatory = read_signatory(&request.certificates)?;
    signatory.check_valid_at(inner.now_ms().div_euclid(1_000)).map_err(|e| fault::of_key(&e))?;
    if !request.image_png.is_empty() {
        Image::from_png(&request.image_png)
            .map_err(|e| Fault::invalid("image_png", "IMAGE_UNREADABLE", e.to_string()))?;
    }
    let info = signatory.info();
    let pem: Vec<u8> = signatory.path().iter().filter_map(|one| one.to_pem().ok()).flatten().collect();
    let _one = inner.enrolling.lock().await;
    let kept = inner.vault.keep_certificates(&info.fingerprint.to_lowercase(), &pem, &request.image_png)?;
    let receipt = bind(inner, identity, request.request_id, request.person_id, info, kept).await?;
    Ok(EnrolOutsideKeyResponse { receipt: Some(receipt) })
}

/// Prepares the person's signature.
pub(super) async fn prepare_person(
    inner: &Inner,
    identity: &Identity,
    request: PreparePersonRequest,
) -> Result<PreparePersonResponse, Fault> {
    let (signatory, image) = signer_of(inner, identity, &request.certificate_id, false).await?;
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    let claims = claims_of(inner, signatory.info().subject);
    let expires_at = inner.now_ms().div_euclid(1_000).saturating_add(STATE_LIFE_S);
    let deferred = worked(inner, move || {
        let request = SigningRequest {
            target: Target::Field(FIELD_PERSON.to_owned()),
            appearance: image.map(Appearance::Image),
            claims,
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Choices::default(),
        };
        Deferred::sign(file, &request, signatory, expires_at).map_err(|e| fault::of_steer(&e))
    })
    .await?;
    let bound = Bound::new("person", identity, &request.record_id, &request.digest)?;
    Ok(PreparePersonResponse { preparation: Some(bound.told(inner, &deferred, &request.certificate_id)?) })
}

/// Takes the person's signature.
pub(super) async fn complete_person(
    inner: &Inner,
    identity: &Identity,
    request: CompletePersonRequest,
) -> Result<CompletePersonResponse, Fault> {
    let bound = Bound::new("person", identity, &request.record_id, &request.digest)?;
    let (certificate_id, state) = bound.opened(inner, &request.state)?;
    own_certificate(inner, identity, &certificate_id).await?;
    let (signed, report) =
        completed(inner, identity, &request.record_id, &request.digest, state, request.answer).await?;
    Ok(CompletePersonResponse { signed: Some(signed), report: Some(report), certificate_id })
}

/// Prepares number, date and seal.
pub(super) async fn prepare_seal(
    inner: &Inner,
    identity: &Identity,
    request: PrepareSealRequest,
) -> Result<PrepareSealResponse, Fault> {
    let (signatory, image) = signer_of(inner, identity, &request.certificate_id, true).await?;
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    let claims = claims_of(inner, signatory.info().subject);
    let expires_at = inner.now_ms().div_euclid(1_000).saturating_add(STATE_LIFE_S);
    let (number, date) = (request.number_text, request.date_text);
    let deferred = worked(inner, move || {
        let request = SealRequest {
            number,
            date,
            appearance: image.map(Appearance::Image),
            claims,
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Choices::default(),
            font: LIBERATION_SERIF,
        };
        Deferred::seal(file, &request, signatory, expires_at).map_err(|e| fault::of_steer(&e))
    })
    .await?;
    let bound = Bound::new("seal", identity, &request.record_id, &request.digest)?;
    Ok(PrepareSealResponse { preparation: Some(bound.told(inner, &deferred, &request.certificate_id)?) })
}

/// Takes the seal's signature.
pub(super) async fn complete_seal(
    inner: &Inner,
    identity: &Identity,
    request: CompleteSealRequest,
) -> Result<CompleteSealResponse, Fault> {
    let bound = Bound::new("seal", identity, &request.record_id, &request.digest)?;
    let (certificate_id, state) = bound.opened(inner, &request.state)?;
    own_certificate(inner, identity, &certificate_id).await?;
    let (sealed, report) =
        completed(inner, identity, &request.record_id, &request.digest, state, request.answer).await?;
    Ok(CompleteSealResponse { sealed: Some(sealed), report: Some(report), certificate_id })
}

async fn completed(
    inner: &Inner,
    identity: &Identity,
    record_id: &str,
    digest: &str,
    state: Vec<u8>,
    answer: Vec<u8>,
) -> Result<(FileRef, SignatureReport), Fault> {
    if answer.is_empty() || answer.len() > ANSWER_BYTES_MAX {
        return Err(Fault::invalid("answer", "ANSWER_UNREADABLE", format!("1 to {ANSWER_BYTES_MAX} bytes")));
    }
    let file: Bytes = fetched(inner, identity, digest, record_id).await?;
    let now_s = inner.now_ms().div_euclid(1_000);
    let signed = worked(inner, move || {
        let deferred = Deferred::from_state_and_original(&state, file, now_s);
        deferred.and_then(|one| one.complete(&answer, now_s)).map_err(|e| fault::of_deferred(&e))
    })
    .await?;
    validated(inner, identity, digest, signed).await
}

/// The caller's certificate whose key is outside, of the kind that the act needs, and its image.
async fn signer_of(
    inner: &Inner,
    identity: &Identity,
    certificate_id: &str,
    seal: bool,
) -> Result<(Signatory, Option<Image>), Fault> {
    let certificate: Certificate = own_certificate(inner, identity, certificate_id).await?;
    if certificate.seal != seal {
        return Err(fault::other_kind());
    }
    let signatory = read_signatory(&inner.vault.certificates(&certificate.sha256)?)?;
    Ok((signatory, image_of(inner, &certificate.sha256)?))
}

fn read_signatory(file: &[u8]) -> Result<Signatory, Fault> {
    let mut path = Signatory::read_certificates(file).map_err(|e| fault::of_key(&e))?;
    let own = path.remove(0);
    Signatory::new(own, path).map_err(|e| fault::of_key(&e))
}

/// What a state is bound to.
struct Bound(Vec<u8>);

impl Bound {
    fn new(kind: &str, identity: &Identity, record_id: &str, digest: &str) -> Result<Self, Fault> {
        let mut bound = Vec::new();
        for part in [kind, &identity.caller()?.person_id, record_id, digest] {
            // With their lengths, so that no two sets of parts read the same.
            bound.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bound.extend_from_slice(part.as_bytes());
        }
        Ok(Self(bound))
    }

    /// What the caller is told, the state sealed.
    fn told(&self, inner: &Inner, deferred: &Deferred, certificate_id: &str) -> Result<Preparation, Fault> {
        let mut plain = u16::try_from(certificate_id.len()).map_err(Fault::broken)?.to_be_bytes().to_vec();
        plain.extend_from_slice(certificate_id.as_bytes());
        plain.extend(deferred.to_state(false));
        let to_be_signed = deferred.digest_to_be_signed();
        let to_be_signed = to_be_signed.ok_or_else(|| Fault::broken("a digest is not known to openssl"))?;
        Ok(Preparation {
            state: sealed(&inner.vault.state_key()?, &self.0, &plain)?,
            expires_at: Some(prost_types::Timestamp { seconds: deferred.expires_at(), nanos: 0 }),
            digest_algorithm: deferred.document_digest().algorithm.name().to_owned(),
            document_digest: deferred.document_digest().value.clone(),
            to_be_signed: deferred.to_be_signed().to_vec(),
            to_be_signed_digest: to_be_signed.value,
            scheme: deferred.scheme().name().to_owned(),
        })
    }

    /// The certificate and the state that were sealed.
    fn opened(&self, inner: &Inner, state: &[u8]) -> Result<(String, Vec<u8>), Fault> {
        let damaged = || {
            Fault::invalid(
                "state",
                "STATE_DAMAGED",
                "the state is not one for this person, record and file; prepare again",
            )
        };
        if state.len() > STATE_BYTES_MAX {
            return Err(damaged());
        }
        let plain = unsealed(&inner.vault.state_key()?, &self.0, state).ok_or_else(damaged)?;
        let (length, rest) = plain.split_first_chunk::<2>().ok_or_else(damaged)?;
        let (id, state) =
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or_else(damaged)?;
        let id = std::str::from_utf8(id).map_err(|_| damaged())?;
        Ok((id.to_owned(), state.to_vec()))
    }
}

fn sealed(key: &[u8; 32], bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut nonce = [0; NONCE_BYTES];
    openssl::rand::rand_bytes(&mut nonce).map_err(Fault::broken)?;
    let mut tag = [0; TAG_BYTES];
    let hidden = encrypt_aead(Cipher::aes_256_gcm(), key, Some(&nonce), bound, plain, &mut tag);
    Ok([&nonce[..], &tag, &hidden.map_err(Fault::broken)?].concat())
}

fn unsealed(key: &[u8; 32], bound: &[u8], state: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = state.split_first_chunk::<NONCE_BYTES>()?;
    let (tag, hidden) = rest.split_first_chunk::<TAG_BYTES>()?;
    decrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), bound, hidden, tag).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_state_opens_for_what_it_was_bound_to_and_unchanged_only() {
        let key = [7; 32];
        let state = sealed(&key, b"person", b"plain").unwrap();
        assert_eq!(unsealed(&key, b"person", &state).unwrap(), b"plain");
        assert!(!state.windows(5).any(|window| window == b"plain"));
        assert_eq!(unsealed(&key, b"seal", &state), None);
        assert_eq!(unsealed(&[8; 32], b"person", &state), None);
        for at in 0..state.len() {
            let mut changed = state.clone();
            changed[at] ^= 1;
            assert_eq!(unsealed(&key, b"person", &changed), None, "byte {at}");
        }
        for length in 0..state.len() {
            assert_eq!(unsealed(&key, b"person", &state[..length]), None);
        }
        assert_ne!(sealed(&key, b"person", b"plain").unwrap(), state, "the nonce is new each time");
    }
}
