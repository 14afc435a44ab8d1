//! What a key elsewhere answers: a raw signature or a finished message, taken only when it is what was asked for.

use der::asn1::ObjectIdentifier;
use openssl::ecdsa::EcdsaSig;
use openssl::pkey::Id;

use super::algorithm::ecdsa_pair_to_der;
use super::ber::Element;
use super::build::{ContentDigest, Unsigned};
use super::content::Content;
use super::oid;
use super::parse::SignedData;
use super::verify::verify_detached_over;
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

/// The finished message that an answer makes: a raw signature (RSA; ECDSA as a DER pair or as the two numbers one after the
/// other) or a finished CMS, DER or PEM, over `content` as `unsigned` has it.
pub(crate) fn take_answer(
    answer: &[u8],
    unsigned: &Unsigned,
    signatory: &Signatory,
    content: Content<'_>,
) -> Result<Vec<u8>, AnswerError> {
    let answer = binary(answer).ok_or(AnswerError::Unreadable)?;
    let Some(signature) = raw(&answer, signatory) else {
        check_answer(&answer, signatory, unsigned.content_digest(), content)?;
        return Ok(answer);
    };
    let digest = unsigned.content_digest().algorithm;
    if !unsigned.scheme().verify(signatory.public_key(), digest, &[unsigned.to_be_signed()], &signature) {
        return Err(AnswerError::SignatureWrong);
    }
    unsigned.finish(signatory, &signature).map_err(|_| AnswerError::Unreadable)
}

/// The raw signature that an answer is, if it is one.
fn raw(answer: &[u8], signatory: &Signatory) -> Option<Vec<u8>> {
    let key = signatory.public_key();
    if key.id() != Id::EC {
        return (answer.len() == key.size()).then(|| answer.to_vec());
    }
    let half = usize::try_from(key.bits().div_ceil(8)).ok()?;
    if answer.len() == 2 * half {
        return ecdsa_pair_to_der(answer);
    }
    EcdsaSig::from_der(answer).ok().map(|_| answer.to_vec())
}

/// PEM and base64 undone.
fn binary(answer: &[u8]) -> Option<Vec<u8>> {
    const BEGIN: &str = "-----BEGIN ";
    let Ok(text) = std::str::from_utf8(answer) else { return Some(answer.to_vec()) };
    let text = text.trim();
    let encoded: String = if text.starts_with(BEGIN) {
        let (_, inside) = text.split_once("-----\n").or_else(|| text.split_once("-----\r\n"))?;
        inside.split_once("-----END ")?.0.split_whitespace().collect()
    } else if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/=\r\n".contains(&b)) {
        text.split_whitespace().collect()
    } else {
        return Some(answer.to_vec());
    };
    openssl::base64::decode_block(&encoded).ok()
}

/// Takes a finished message only when it signs `content`, whose digest is `digest`, with the signatory's
/// certificate, as PAdES wants it.
fn check_answer(
    message: &[u8],
    signatory: &Signatory,
    digest: &ContentDigest,
    content: Content<'_>,
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
    let report = verify_detached_over(message, content, true);
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
