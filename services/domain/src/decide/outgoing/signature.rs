//! The person's signature and the agency's seal are in the file.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    Certificate, Coverage, Event, FileRef, OutgoingDocument, OutgoingStatus, RecordSealed, RecordSigned,
    RecordSigningFailed, SignatureReport, Verdict,
};

use super::{signer, step};
use crate::decide::event;
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{calendar, read, reasons};

/// Điều 13: only who was named signs, after approval, and with the right to do so at that moment.
pub(in crate::decide) fn record_signed(
    permit: &Permit,
    command: &RecordSigned,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::Approved, id, &document)?;
    if !document.fields_prepared {
        return Err(Fault::refused(
            reasons::FIELDS_NOT_PREPARED,
            format!("{id}: prepare the four fields first"),
        ));
    }
    signer::acts_now(states, permit.caller(), &document, moment.today())?;
    appended(id, &document, &command.base_digest, command.signed.as_ref())?;
    let certificate = valid_now(states, &command.certificate_id, moment)?;
    if certificate.seal || certificate.person_id != document.signer_id {
        return Err(Fault::refused(
            reasons::CERTIFICATE_NOT_SIGNERS,
            format!("{} is not bound to {}", command.certificate_id, document.signer_id),
        ));
    }
    shown(command.signatures.as_ref(), &certificate)?;
    Ok(vec![event(id, E::Signed(command.clone()))])
}

/// The signer's own attempt, on the file as it stands: what is signed or changed by now has no failed attempt.
pub(in crate::decide) fn record_signing_failed(
    _permit: &Permit,
    command: &RecordSigningFailed,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::Approved, id, &document)?;
    current(id, &document, &command.base_digest)?;
    Ok(vec![event(id, E::SigningFailed(command.clone()))])
}

/// Điều 32.2: the clerk seals in person, and only what the authorised person has signed; the number is in the file with
/// the seal, so it must have been drawn.
pub(in crate::decide) fn record_sealed(
    permit: &Permit,
    command: &RecordSealed,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    if !permit.caller().delegation_id.is_empty() {
        return Err(Fault::denied(
            reasons::SEAL_NOT_IN_PERSON,
            "the seal is set by the clerk in person, not under a delegation",
        ));
    }
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::Numbered, id, &document)?;
    appended(id, &document, &command.base_digest, command.sealed.as_ref())?;
    let attachments = document.files.get(1..).unwrap_or_default();
    let grown = |(before, after): (&FileRef, &FileRef)| before.size <= after.size;
    if attachments.len() != command.attachments.len()
        || !attachments.iter().zip(&command.attachments).all(grown)
    {
        return Err(Fault::refused(
            reasons::ATTACHMENTS_DIFFER,
            format!(
                "{id} has {} attachments; give each, sealed or as it was, in its order",
                attachments.len()
            ),
        ));
    }
    let certificate = valid_now(states, &command.certificate_id, moment)?;
    if !certificate.seal {
        return Err(Fault::refused(
            reasons::CERTIFICATE_NOT_SEAL,
            format!("{} is not the agency's seal", command.certificate_id),
        ));
    }
    shown(command.signatures.as_ref(), &certificate)?;
    Ok(vec![event(id, E::Sealed(command.clone()))])
}

/// The main file, where it is the one that was acted on.
fn current<'d>(id: &str, document: &'d OutgoingDocument, base: &str) -> Result<&'d FileRef, Fault> {
    document.files.first().filter(|main| main.digest == base).ok_or_else(|| {
        let text = format!("{id}: {base} is not the main file now; read the document again");
        Fault::refused(reasons::BASE_NOT_CURRENT, text)
    })
}

/// The new file was made from the current main one, by appending.
fn appended(id: &str, document: &OutgoingDocument, base: &str, file: Option<&FileRef>) -> Result<(), Fault> {
    let main = current(id, document, base)?;
    // The rules know the bytes by their digest alone: that the new file begins with the old one is held by the archive,
    // which has them (as for evidence). What can be seen here is that it grew.
    if file.is_some_and(|file| file.size > main.size) {
        return Ok(());
    }
    Err(Fault::refused(
        reasons::FILE_NOT_APPENDED,
        format!("{id}: a signed file is the file before it with bytes appended, so it is longer"),
    ))
}

/// The certificate, where it is bound, not withdrawn and within its time.
fn valid_now(states: &dyn States, id: &str, moment: &Moment) -> Result<Certificate, Fault> {
    let certificate = read::certificate(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    if certificate.withdrawn {
        return Err(Fault::refused(reasons::CERTIFICATE_WITHDRAWN, format!("{id} was withdrawn")));
    }
    let now = moment.at_ms();
    let begun = certificate.valid_from.as_ref().is_some_and(|from| calendar::millis(from) <= now);
    let over = certificate.valid_to.as_ref().is_none_or(|to| calendar::millis(to) < now);
    if !begun || over {
        return Err(Fault::refused(
            reasons::CERTIFICATE_NOT_VALID_NOW,
            format!("{id} is not within its time of validity; renew it"),
        ));
    }
    Ok(certificate)
}

/// The report shows nothing invalid, and as the newest signature one by this certificate over the whole file.
fn shown(report: Option<&SignatureReport>, certificate: &Certificate) -> Result<(), Fault> {
    let good = |verdict: Verdict| matches!(verdict, Verdict::Valid | Verdict::Indeterminate);
    let Some(report) = report.filter(|report| good(report.verdict())) else {
        return Err(Fault::refused(
            reasons::SIGNATURE_INVALID,
            "the report does not call the file's signatures good",
        ));
    };
    if let Some(bad) = report.signatures.iter().find(|it| !good(it.verdict())) {
        return Err(Fault::refused(
            reasons::SIGNATURE_INVALID,
            format!("signature {} is {}", bad.field, bad.verdict().as_str_name()),
        ));
    }
    let newest = report.signatures.iter().rfind(|it| !it.timestamp);
    let by_certificate = newest.is_some_and(|it| {
        it.certificate_sha256 == certificate.sha256 && it.intact && it.covers() == Coverage::WholeFile
    });
    if by_certificate {
        return Ok(());
    }
    Err(Fault::refused(
        reasons::SIGNATURE_NOT_SHOWN,
        "the newest signature in the report is not by this certificate over the whole file",
    ))
}
