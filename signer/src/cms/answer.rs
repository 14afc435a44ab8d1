//! A message that was finished elsewhere: taken only when it is what was asked for.

use der::asn1::ObjectIdentifier;

use super::ber::Element;
use super::build::ContentDigest;
use super::oid;
use super::parse::SignedData;
use super::verify::verify_detached;
use crate::keys::Signatory;

/// Why an answer from a key elsewhere is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Neither a raw signature of the key's kind nor a `SignedData` in DER or PEM.
    #[error("the answer is neither a signature of the prepared key's kind nor a CMS message in DER or PEM")]
    Unreadable,
    /// The signature does not fit: another key made it, or it was made over other bytes.
    #[error("the signature does not fit: another key made it, or other bytes were signed")]
    SignatureWrong,
    /// The message was made with another certificate.
    #[error("the message was made with another certificate than the prepared one")]
    OtherCertificate,
    /// The message signs another document, or with another digest algorithm.
    #[error("the message signs another digest than the prepared one")]
    OtherDigest,
    /// The signed attributes are not those of PAdES.
    #[error("the message has other attributes than PAdES allows: {0}")]
    OtherAttributes(String),
    /// Anything else that a validator would object to.
    #[error("the message is not as it must be: {0}")]
    Objection(String),
}

impl AnswerError {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable => "answer_unreadable",
            Self::SignatureWrong => "answer_signature_wrong",
            Self::OtherCertificate => "answer_other_certificate",
            Self::OtherDigest => "answer_other_digest",
            Self::OtherAttributes(_) => "answer_other_attributes",
            Self::Objection(_) => "answer_objectionable",
        }
    }
}

/// What may stand in the signed attributes. Signing time is left out by PAdES: the PDF's `/M` says it
/// (ETSI EN 319 142-1, 6.3).
const SIGNED_ALLOWED: [ObjectIdentifier; 4] =
    [oid::CONTENT_TYPE, oid::MESSAGE_DIGEST, oid::SIGNING_CERTIFICATE_V2, oid::ALGORITHM_PROTECTION];

/// Takes a finished message only when it signs `content`, whose digest is `digest`, with the signatory's
/// certificate, as PAdES wants it.
pub(crate) fn check_answer(
    message: &[u8],
    signatory: &Signatory,
    digest: &ContentDigest,
    content: &[&[u8]],
) -> Result<(), AnswerError> {
    let canonical = Element::read_all(message).and_then(|element| element.der());
    if canonical.ok().as_deref() != Some(message) {
        return Err(AnswerError::Unreadable);
    }
    let signed_data = SignedData::read(message).map_err(|_| AnswerError::Unreadable)?;
    let [signer] = signed_data.signers.as_slice() else {
        return Err(AnswerError::Objection("it has not exactly one signer".to_owned()));
    };
    let Some(signed) = &signer.signed else {
        return Err(AnswerError::OtherAttributes("there are none".to_owned()));
    };
    let named = signed.single(oid::MESSAGE_DIGEST).ok().flatten();
    let named = named.and_then(|value| value.octets().ok()).unwrap_or_default();
    if named.as_ref() != digest.value {
        return Err(AnswerError::OtherDigest);
    }
    if let Some(other) = signed.attributes.iter().find(|one| !SIGNED_ALLOWED.contains(&one.oid)) {
        return Err(AnswerError::OtherAttributes(other.oid.to_string()));
    }
    if let Some(other) = signer.unsigned.iter().find(|one| one.oid != oid::SIGNATURE_TIME_STAMP) {
        return Err(AnswerError::OtherAttributes(other.oid.to_string()));
    }
    let report = verify_detached(message, content, true);
    if report.digest != Some(digest.algorithm) {
        return Err(AnswerError::OtherDigest);
    }
    if report.certificate.as_ref().is_some_and(|found| found != signatory.certificate()) {
        return Err(AnswerError::OtherCertificate);
    }
    if report.findings.iter().any(|finding| finding.code == "signature_wrong") {
        return Err(AnswerError::SignatureWrong);
    }
    match report.findings.first() {
        Some(finding) => Err(AnswerError::Objection(finding.to_string())),
        None if report.certificate.is_none() => Err(AnswerError::OtherCertificate),
        None => Ok(()),
    }
}
