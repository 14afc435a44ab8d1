//! Makes a detached PAdES baseline B-B signature (ETSI EN 319 142-1, 6.3).
//!
//! Signed attributes: content type, message digest, signing-certificate-v2. No signing time: PAdES
//! keeps it in the PDF's `/M`. Issuer, serial number and certificates are copied byte for byte from
//! the certificate, since re-encoding them could change what was signed by the CA. The structure is written
//! straight as DER: beside an ECDSA signature of 25 µs a general encoder would take most of the time.

use der::asn1::ObjectIdentifier;
use thiserror::Error;

use super::algorithm::{Digest, SignatureAlgorithm};
use super::ber::{der_set, write_tlv};
use super::oid;
use crate::keys::{KeyError, Signatory, SigningKey};

/// Why a signature message could not be made.
#[derive(Debug, Error)]
pub enum SignError {
    /// The key failed or does not sign this way.
    #[error("signing with the private key failed: {0}")]
    Key(#[from] KeyError),
    /// The algorithm has no identifier to sign with.
    #[error("documents are not signed with {0}")]
    Algorithm(&'static str),
}

/// A digest, and what made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentDigest {
    /// The algorithm.
    pub algorithm: Digest,
    /// Its value.
    pub value: Vec<u8>,
}

impl ContentDigest {
    /// The digest of parts one after the other; none when openssl lacks the algorithm.
    pub fn of(algorithm: Digest, parts: &[&[u8]]) -> Option<Self> {
        Some(Self { algorithm, value: algorithm.hash(parts)? })
    }
}

impl From<&[u8; 32]> for ContentDigest {
    /// Of SHA-256.
    fn from(sha256: &[u8; 32]) -> Self {
        Self { algorithm: Digest::Sha256, value: sha256.to_vec() }
    }
}

impl From<&ContentDigest> for ContentDigest {
    fn from(digest: &ContentDigest) -> Self {
        digest.clone()
    }
}

/// A message with everything but the signature's value: that may be made elsewhere.
#[derive(Debug, Clone)]
pub struct Unsigned {
    content_digest: ContentDigest,
    scheme: SignatureAlgorithm,
    /// The signed attributes as they are signed: a `SET OF` in DER (RFC 5652, 5.4).
    attributes: Vec<u8>,
}

impl Unsigned {
    /// The message of a signer over content with this digest.
    pub fn new(signatory: &Signatory, digest: impl Into<ContentDigest>, scheme: SignatureAlgorithm) -> Self {
        let content_digest = digest.into();
        let attributes = signed_attributes(&content_digest.value, &signatory.encoded().certificate_hash);
        Self { content_digest, scheme, attributes }
    }

    /// What the key signs: the signed attributes.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.attributes
    }

    /// How it is signed.
    pub fn scheme(&self) -> SignatureAlgorithm {
        self.scheme
    }

    /// The digest of the content.
    pub fn content_digest(&self) -> &ContentDigest {
        &self.content_digest
    }

    /// The finished message, a `ContentInfo` in DER.
    ///
    /// # Errors
    /// [`SignError::Algorithm`].
    pub fn finish(&self, signatory: &Signatory, signature: &[u8]) -> Result<Vec<u8>, SignError> {
        let encoded = signatory.encoded();
        let digest_algorithm = self.content_digest.algorithm;
        let digest_algorithm =
            digest_algorithm.identifier().ok_or(SignError::Algorithm(digest_algorithm.name()))?;
        let scheme = self.scheme.identifier().ok_or(SignError::Algorithm(self.scheme.name()))?;
        // The same content as in the SET, under the tag of the field.
        let mut attributes = self.attributes.clone();
        if let Some(first) = attributes.first_mut() {
            *first = CONTEXT_0;
        }
        let version = tlv(INTEGER, &[&[1]]);
        let signer = tlv(
            SEQUENCE,
            &[
                &version,
                &encoded.issuer_and_serial,
                &digest_algorithm,
                &attributes,
                &scheme,
                &tlv(OCTET_STRING, &[signature]),
            ],
        );
        let signed_data = tlv(
            SEQUENCE,
            &[
                &version,
                &tlv(SET, &[&digest_algorithm]),
                &tlv(SEQUENCE, &[&object(oid::DATA)]),
                &tlv(CONTEXT_0, &[&encoded.certificates]),
                &tlv(SET, &[&signer]),
            ],
        );
        Ok(tlv(SEQUENCE, &[&object(oid::SIGNED_DATA), &tlv(CONTEXT_0, &[&signed_data])]))
    }
}

/// A detached `SignedData` over content with the given digest, in the usual scheme of the key.
///
/// # Errors
/// When the key cannot sign.
pub fn sign_detached(key: &SigningKey, digest: impl Into<ContentDigest>) -> Result<Vec<u8>, SignError> {
    let digest = digest.into();
    let scheme = key.signatory().scheme(digest.algorithm, false)?;
    sign_detached_as(key, digest, scheme)
}

/// A detached `SignedData` over content with the given digest, in a scheme of [`Signatory::scheme`].
///
/// # Errors
/// When the key cannot sign.
pub fn sign_detached_as(
    key: &SigningKey,
    digest: impl Into<ContentDigest>,
    scheme: SignatureAlgorithm,
) -> Result<Vec<u8>, SignError> {
    let unsigned = Unsigned::new(key.signatory(), digest, scheme);
    let signature = key.sign(scheme, unsigned.to_be_signed())?;
    unsigned.finish(key.signatory(), &signature)
}

/// Upper bound of the size in bytes of a finished message of a signer.
pub fn signature_size_max(signatory: &Signatory) -> usize {
    /// Structure around the certificates, attributes and signature; measured below 400, 64 more for the
    /// parameters of PSS.
    const FRAME: usize = 640;
    let encoded = signatory.encoded();
    FRAME + encoded.certificates.len() + encoded.issuer_and_serial.len() + signatory.signature_len_max()
}

const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const CONTEXT_0: u8 = 0xa0;

/// Content type, message digest, and the certificate: ESSCertIDv2 with the default digest, SHA-256, which DER
/// therefore leaves out (RFC 5035, 4).
fn signed_attributes(content_digest: &[u8], certificate_hash: &[u8; 32]) -> Vec<u8> {
    let binding =
        tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&tlv(OCTET_STRING, &[certificate_hash])])])]);
    der_set(&[
        attribute(oid::CONTENT_TYPE, &object(oid::DATA)),
        attribute(oid::MESSAGE_DIGEST, &tlv(OCTET_STRING, &[content_digest])),
        attribute(oid::SIGNING_CERTIFICATE_V2, &binding),
    ])
}

fn attribute(name: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    tlv(SEQUENCE, &[&object(name), &tlv(SET, &[value])])
}

fn object(name: ObjectIdentifier) -> Vec<u8> {
    tlv(OBJECT_IDENTIFIER, &[name.as_bytes()])
}

fn tlv(identifier: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = Vec::with_capacity(content.len() + 6);
    write_tlv(&mut out, identifier, &content);
    out
}
