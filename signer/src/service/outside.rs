//! Keys that never come here: signatures are prepared, answers are taken. Their certificates come in `possession.rs`.
//!
//! Between the two steps nothing is held here: the state goes to the caller, sealed for the person, the record, the file
//! and the kind of signature.

use proto::fault::Fault;
use proto::record::v1::{Certificate, FileRef, SignatureReport};
use proto::rpc::Identity;
use proto::signer::v1::*;

use super::act::{claims_of, fetched, image_of, validated, worked};
use super::key::own_certificate;
use super::sealed_state::Bound;
use super::{Inner, fault};
use crate::cms::{ContentDigest, Unsigned};
use crate::keys::Signatory;
use crate::sign::{
    ANSWER_BYTES_MAX, Appearance, Choices, Deferred, FIELD_PERSON, Image, LIBERATION_SERIF,
    SIGNATURE_BYTES_DEFAULT, SealRequest, SigningRequest, Target,
};

/// How long a prepared signature is good, in seconds: as long as a mandate.
pub(super) const STATE_LIFE_S: i64 = 15 * 60;

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
    let bound = Bound::new("person", identity, [&request.record_id, &request.digest])?;
    Ok(PreparePersonResponse { preparation: Some(told(inner, &bound, &deferred, &request.certificate_id)?) })
}

/// Takes the person's signature.
pub(super) async fn complete_person(
    inner: &Inner,
    identity: &Identity,
    request: CompletePersonRequest,
) -> Result<CompletePersonResponse, Fault> {
    let bound = Bound::new("person", identity, [&request.record_id, &request.digest])?;
    let (certificate_id, state) = opened(inner, &bound, &request.state)?;
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
    let bound = Bound::new("seal", identity, [&request.record_id, &request.digest])?;
    Ok(PrepareSealResponse { preparation: Some(told(inner, &bound, &deferred, &request.certificate_id)?) })
}

/// Takes the seal's signature.
pub(super) async fn complete_seal(
    inner: &Inner,
    identity: &Identity,
    request: CompleteSealRequest,
) -> Result<CompleteSealResponse, Fault> {
    let bound = Bound::new("seal", identity, [&request.record_id, &request.digest])?;
    let (certificate_id, state) = opened(inner, &bound, &request.state)?;
    own_certificate(inner, identity, &certificate_id).await?;
    let (sealed, report) =
        completed(inner, identity, &request.record_id, &request.digest, state, request.answer).await?;
    Ok(CompleteSealResponse { sealed: Some(sealed), report: Some(report), certificate_id })
}

/// Prepares the seal's signature on an attachment.
pub(super) async fn prepare_attachment(
    inner: &Inner,
    identity: &Identity,
    request: PrepareAttachmentRequest,
) -> Result<PrepareAttachmentResponse, Fault> {
    let (signatory, _) = signer_of(inner, identity, &request.certificate_id, true).await?;
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    let claims = claims_of(inner, signatory.info().subject);
    let expires_at = inner.now_ms().div_euclid(1_000).saturating_add(STATE_LIFE_S);
    let number_text = request.number_text;
    let deferred = worked(inner, move || {
        Deferred::attachment(file, &number_text, &claims, signatory, expires_at)
            .map_err(|e| fault::of_steer(&e))
    })
    .await?;
    let bound = Bound::new("attachment", identity, [&request.record_id, &request.digest])?;
    let preparation = told(inner, &bound, &deferred, &request.certificate_id)?;
    Ok(PrepareAttachmentResponse { preparation: Some(preparation) })
}

/// Takes the seal's signature on an attachment.
pub(super) async fn complete_attachment(
    inner: &Inner,
    identity: &Identity,
    request: CompleteAttachmentRequest,
) -> Result<CompleteAttachmentResponse, Fault> {
    let bound = Bound::new("attachment", identity, [&request.record_id, &request.digest])?;
    let (certificate_id, state) = opened(inner, &bound, &request.state)?;
    own_certificate(inner, identity, &certificate_id).await?;
    let (sealed, _) =
        completed(inner, identity, &request.record_id, &request.digest, state, request.answer).await?;
    Ok(CompleteAttachmentResponse { sealed: Some(sealed), certificate_id })
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
    let file = fetched(inner, identity, digest, record_id).await?;
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

pub(super) fn read_signatory(file: &[u8]) -> Result<Signatory, Fault> {
    let mut path = Signatory::read_certificates(file).map_err(|e| fault::of_key(&e))?;
    let own = path.remove(0);
    Signatory::new(own, path).map_err(|e| fault::of_key(&e))
}

/// What the caller is told, the state sealed with the certificate that it was prepared for.
fn told(
    inner: &Inner,
    bound: &Bound,
    deferred: &Deferred,
    certificate_id: &str,
) -> Result<Preparation, Fault> {
    let mut plain = u16::try_from(certificate_id.len()).map_err(Fault::broken)?.to_be_bytes().to_vec();
    plain.extend_from_slice(certificate_id.as_bytes());
    plain.extend(deferred.to_state(false));
    asked(deferred.unsigned(), bound.seal(inner, &plain)?, deferred.expires_at())
}

/// What a key outside is asked.
pub(super) fn asked(unsigned: &Unsigned, state: Vec<u8>, expires_at: i64) -> Result<Preparation, Fault> {
    let digest = unsigned.content_digest();
    let to_be_signed = ContentDigest::of(digest.algorithm, &[unsigned.to_be_signed()]);
    let to_be_signed = to_be_signed.ok_or_else(|| Fault::broken("a digest is not known to openssl"))?;
    Ok(Preparation {
        state,
        expires_at: Some(prost_types::Timestamp { seconds: expires_at, nanos: 0 }),
        digest_algorithm: digest.algorithm.name().to_owned(),
        document_digest: digest.value.clone(),
        to_be_signed: unsigned.to_be_signed().to_vec(),
        to_be_signed_digest: to_be_signed.value,
        scheme: unsigned.scheme().name().to_owned(),
    })
}

/// The certificate and the state that were sealed.
fn opened(inner: &Inner, bound: &Bound, state: &[u8]) -> Result<(String, Vec<u8>), Fault> {
    let damaged = || {
        Fault::invalid(
            "state",
            "STATE_DAMAGED",
            "the state is not one for this person, record and file; prepare again",
        )
    };
    let plain = bound.open(inner, state)?.ok_or_else(damaged)?;
    let (length, rest) = plain.split_first_chunk::<2>().ok_or_else(damaged)?;
    let (id, state) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))).ok_or_else(damaged)?;
    let id = std::str::from_utf8(id).map_err(|_| damaged())?;
    Ok((id.to_owned(), state.to_vec()))
}
