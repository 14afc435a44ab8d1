//! What is done to a file: fields are prepared, a person signs, the agency numbers and seals, an attachment is signed.
//!
//! The file comes from the archive by its digest and goes back as an increment behind it. What was signed is validated
//! here before anybody is told.

use std::sync::Arc;

use bytes::Bytes;
use proto::fault::Fault;
use proto::record::v1::{FieldName, FieldPlace, FileRef, SignatureReport};
use proto::rpc::Identity;
use proto::rpc::stream::{append_file, file_chunks};
use proto::signer::v1::{
    PrepareFieldsRequest, PrepareFieldsResponse, SealAgencyRequest, SealAgencyResponse,
    SealAttachmentRequest, SealAttachmentResponse, SignPersonRequest, SignPersonResponse,
};

use super::received::received;
use super::{Inner, fault};
use crate::mandate::Mandate;
use crate::pdf::Input;
use crate::sign::{
    Align, Appearance, Choices, Claims, FIELD_PERSON, FieldPlan, Image, LIBERATION_SERIF, PageBox,
    SIGNATURE_BYTES_DEFAULT, SealRequest, Signed, SigningRequest, SigningTime, TEXT_SIZE, Target, TextPlace,
    fields_appended, seal_with, sign_attachment_with, sign_with,
};
use crate::validate::{Options, check_signed, validate};

/// Largest file that is signed here, in bytes.
pub(super) const FILE_BYTES_MAX: u64 = 200 * 1024 * 1024;
/// Media type of everything that is signed here.
pub(super) const PDF: &str = "application/pdf";

/// Puts the four empty fields into an unsigned file.
pub(super) async fn prepare_fields(
    inner: &Inner,
    identity: &Identity,
    request: PrepareFieldsRequest,
) -> Result<PrepareFieldsResponse, Fault> {
    let plan = plan(&request.places)?;
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    let tail = worked(inner, move || fields_appended(file, &plan).map_err(|r| fault::of_refusal(&r))).await?;
    let prepared = kept(inner, identity, &request.digest, tail.into()).await?;
    Ok(PrepareFieldsResponse { prepared: Some(prepared) })
}

/// Signs the person's field.
pub(super) async fn sign_person(
    inner: &Inner,
    identity: &Identity,
    request: SignPersonRequest,
) -> Result<SignPersonResponse, Fault> {
    let mandate = mandate(inner, identity, &request.mandate, &request.digest, false)?;
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    let image = image(inner, &mandate)?;
    let claims = claims(inner, &mandate);
    let certificate_id = mandate.certificate_id.clone();
    let signed = worked(inner, move || {
        let request = SigningRequest {
            target: Target::Field(FIELD_PERSON.to_owned()),
            appearance: image.map(Appearance::Image),
            claims,
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Choices::default(),
        };
        sign_with(file, &request, &mandate.key).map_err(|e| fault::of_steer(&e))
    })
    .await?;
    let (signed, report) = validated(inner, identity, &request.digest, signed).await?;
    Ok(SignPersonResponse { signed: Some(signed), report: Some(report), certificate_id })
}

/// Writes number, date and seal in one increment.
pub(super) async fn seal_agency(
    inner: &Inner,
    identity: &Identity,
    request: SealAgencyRequest,
) -> Result<SealAgencyResponse, Fault> {
    let mandate = mandate(inner, identity, &request.mandate, &request.digest, true)?;
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    let image = image(inner, &mandate)?;
    let claims = claims(inner, &mandate);
    let certificate_id = mandate.certificate_id.clone();
    let (number, date) = (request.number_text, request.date_text);
    let sealed = worked(inner, move || {
        let request = SealRequest {
            number,
            date,
            appearance: image.map(Appearance::Image),
            claims,
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Choices::default(),
            font: LIBERATION_SERIF,
        };
        seal_with(file, &request, &mandate.key).map_err(|e| fault::of_steer(&e))
    })
    .await?;
    let (sealed, report) = validated(inner, identity, &request.digest, sealed).await?;
    Ok(SealAgencyResponse { sealed: Some(sealed), report: Some(report), certificate_id })
}

/// Signs an attachment that is a file of its own: number and time at the top right of page 1, no image
/// (NĐ 30/2020 Phụ lục I, II.8).
pub(super) async fn seal_attachment(
    inner: &Inner,
    identity: &Identity,
    request: SealAttachmentRequest,
) -> Result<SealAttachmentResponse, Fault> {
    let mandate = mandate(inner, identity, &request.mandate, &request.digest, true)?;
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    let claims = claims(inner, &mandate);
    let signed = worked(inner, move || {
        sign_attachment_with(file, &request.number_text, &claims, &mandate.key)
            .map_err(|e| fault::of_steer(&e))
    })
    .await?;
    let (sealed, _) = validated(inner, identity, &request.digest, signed).await?;
    Ok(SealAttachmentResponse { sealed: Some(sealed) })
}

/// The mandate, of the kind that the act needs.
fn mandate(
    inner: &Inner,
    identity: &Identity,
    secret: &str,
    digest: &str,
    seal: bool,
) -> Result<Arc<Mandate>, Fault> {
    let mandate = inner.mandates.used(secret, &identity.caller()?.person_id, digest, inner.now_ms())?;
    if mandate.seal != seal {
        return Err(fault::other_kind());
    }
    Ok(mandate)
}

fn image(inner: &Inner, mandate: &Mandate) -> Result<Option<Image>, Fault> {
    image_of(inner, &mandate.certificate_sha256)
}

/// The image that goes with a certificate.
pub(super) fn image_of(inner: &Inner, certificate_sha256: &str) -> Result<Option<Image>, Fault> {
    let png = inner.vault.image(certificate_sha256)?;
    png.map(|png| Image::from_png(&png).map_err(|r| fault::of_refusal(&r))).transpose()
}

fn claims(inner: &Inner, mandate: &Mandate) -> Claims {
    claims_of(inner, mandate.key.info().subject)
}

/// Now, by this name.
pub(super) fn claims_of(inner: &Inner, name: String) -> Claims {
    let mut claims = Claims::at(SigningTime(inner.now_ms().div_euclid(1_000)));
    claims.name = Some(name);
    claims
}

/// The file from the archive.
pub(super) async fn fetched(
    inner: &Inner,
    identity: &Identity,
    digest: &str,
    record_id: &str,
) -> Result<Input, Fault> {
    let chunks = file_chunks(&mut inner.archive.clone(), identity, digest, record_id).await?;
    received(chunks, inner.vault.folder(), FILE_BYTES_MAX).await?.into_input()
}

/// Keeps the increment behind its base.
async fn kept(inner: &Inner, identity: &Identity, base: &str, tail: Bytes) -> Result<FileRef, Fault> {
    let (digest, size) = append_file(&mut inner.archive.clone(), identity, base.to_owned(), tail).await?;
    Ok(FileRef { digest, size, media_type: PDF.to_owned(), ..FileRef::default() })
}

/// Judges what was signed as a stranger would, and keeps it when nothing that was good before is broken.
pub(super) async fn validated(
    inner: &Inner,
    identity: &Identity,
    base: &str,
    signed: Signed,
) -> Result<(FileRef, SignatureReport), Fault> {
    let at = inner.now_ms().div_euclid(1_000);
    let options = Options { roots: inner.roots(), at, require_revocation: true };
    let (signed, report) = worked(inner, move || {
        let before = validate(signed.original().clone(), &options);
        let report = validate(signed.file(), &options);
        check_signed(&before, &report).map_err(Fault::broken)?;
        Ok((signed, report))
    })
    .await?;
    let file = kept(inner, identity, base, Bytes::copy_from_slice(signed.tail())).await?;
    Ok((file, report.to_record(at)))
}

/// Runs what takes a core, few at a time, off the async threads.
pub(super) async fn worked<T: Send + 'static>(
    inner: &Inner,
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let turn = Arc::clone(&inner.acts).acquire_owned().await.map_err(Fault::broken)?;
    tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    })
    .await
    .map_err(Fault::broken)?
}

/// The four places as the recipe wants them.
fn plan(places: &[FieldPlace]) -> Result<FieldPlan, Fault> {
    let one = |name: FieldName, field: &str| -> Result<&FieldPlace, Fault> {
        let mut found = places.iter().filter(|p| p.name() == name);
        match (found.next(), found.next()) {
            (Some(place), None) => Ok(place),
            _ => Err(Fault::invalid("places", "PLACES_INCOMPLETE", format!("exactly one place for {field}"))),
        }
    };
    Ok(FieldPlan {
        number: text_place(one(FieldName::Number, "the number")?)?,
        date: text_place(one(FieldName::Date, "the date")?)?,
        person: page_box(one(FieldName::Signer, "the person's signature")?)?,
        seal: page_box(one(FieldName::Seal, "the seal")?)?,
    })
}

fn text_place(place: &FieldPlace) -> Result<TextPlace, Fault> {
    let size = if place.font_size == 0 { TEXT_SIZE } else { points(place.font_size) };
    let align = if place.centred { Align::Center } else { Align::Left };
    let text = TextPlace { place: page_box(place)?, align, size, italic: place.italic };
    Ok(if place.baseline > 0 { text.on_baseline(points(place.baseline)) } else { text })
}

fn page_box(place: &FieldPlace) -> Result<PageBox, Fault> {
    let page = u32::try_from(place.page).ok().filter(|p| *p > 0);
    let page = page.ok_or_else(|| Fault::invalid("places", "PLACE_PAGE", "pages count from 1"))?;
    Ok(PageBox {
        page,
        x: points(place.x),
        y: points(place.y),
        width: points(place.width),
        height: points(place.height),
    })
}

fn points(hundredths: i32) -> f64 {
    f64::from(hundredths) / 100.0
}
