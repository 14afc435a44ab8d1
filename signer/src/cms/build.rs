//! Makes a detached PAdES baseline B-B signature (ETSI EN 319 142-1, 6.3).
//!
//! Signed attributes: content type, message digest, signing-certificate-v2. No signing time: PAdES
//! keeps it in the PDF's `/M`. Issuer, serial number and certificates are copied byte for byte from
//! the certificate, since re-encoding them could change what was signed by the CA.

use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::EncapsulatedContentInfo;
use der::asn1::{Any, AnyRef, OctetString, OctetStringRef, SetOfVec};
use der::{Decode, Encode, Sequence, ValueOrd};
use spki::AlgorithmIdentifierRef;
use thiserror::Error;
use x509_cert::attr::Attribute;

use super::oid;
use crate::keys::SigningKey;

/// Why a signature message could not be made.
#[derive(Debug, Error)]
pub enum SignError {
    /// openssl failed to sign.
    #[error("signing with the private key failed")]
    Key(#[from] openssl::error::ErrorStack),
    /// The message could not be encoded, as happens with a certificate that is not DER.
    #[error("signature message cannot be encoded as DER, the certificate may be malformed")]
    Encode(#[from] der::Error),
}

#[derive(Sequence, ValueOrd)]
struct IssuerAndSerial<'a> {
    issuer: AnyRef<'a>,
    serial: AnyRef<'a>,
}

#[derive(Sequence, ValueOrd)]
struct SignerInfo<'a> {
    version: CmsVersion,
    id: IssuerAndSerial<'a>,
    digest_algorithm: AlgorithmIdentifierRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true")]
    signed_attributes: SetOfVec<Attribute>,
    signature_algorithm: AlgorithmIdentifierRef<'a>,
    signature: OctetStringRef<'a>,
}

#[derive(Sequence)]
struct SignedData<'a> {
    version: CmsVersion,
    digest_algorithms: SetOfVec<AlgorithmIdentifierRef<'a>>,
    content: EncapsulatedContentInfo,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true")]
    certificates: SetOfVec<AnyRef<'a>>,
    signers: SetOfVec<SignerInfo<'a>>,
}

/// ESSCertIDv2 with the default digest, SHA-256, which DER therefore leaves out (RFC 5035, 4).
#[derive(Sequence)]
struct EssCertIdV2<'a> {
    hash: OctetStringRef<'a>,
}

#[derive(Sequence)]
struct SigningCertificateV2<'a> {
    certificates: Vec<EssCertIdV2<'a>>,
}

/// SHA-2 identifiers stand without parameters in CMS (RFC 5754, 2).
const SHA256: AlgorithmIdentifierRef<'static> = AlgorithmIdentifierRef { oid: oid::SHA256, parameters: None };

/// A detached `SignedData` over content with the given SHA-256 digest.
///
/// # Errors
/// When openssl cannot sign or the certificate cannot be encoded.
pub fn sign_detached(key: &SigningKey, content_digest: &[u8; 32]) -> Result<Vec<u8>, SignError> {
    let encoded = key.encoded();
    let signed_attributes = signed_attributes(content_digest, &encoded.certificate_hash)?;
    let signature = key.sign_sha256(&signed_attributes.to_der()?)?;
    let signature_algorithm = if key.is_rsa() {
        AlgorithmIdentifierRef { oid: oid::RSA, parameters: Some(AnyRef::NULL) }
    } else {
        AlgorithmIdentifierRef { oid: oid::ECDSA_SHA256, parameters: None }
    };
    let signer = SignerInfo {
        version: CmsVersion::V1,
        id: IssuerAndSerial {
            issuer: AnyRef::from_der(&encoded.issuer)?,
            serial: AnyRef::from_der(&encoded.serial)?,
        },
        digest_algorithm: SHA256,
        signed_attributes,
        signature_algorithm,
        signature: OctetStringRef::new(&signature)?,
    };
    let certificates =
        encoded.certificates.iter().map(|bytes| AnyRef::from_der(bytes)).collect::<Result<Vec<_>, _>>()?;
    let signed_data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![SHA256])?,
        content: EncapsulatedContentInfo { econtent_type: oid::DATA, econtent: None },
        certificates: SetOfVec::try_from(certificates)?,
        signers: SetOfVec::try_from(vec![signer])?,
    };
    let message = ContentInfo { content_type: oid::SIGNED_DATA, content: Any::encode_from(&signed_data)? };
    Ok(message.to_der()?)
}

/// Upper bound of the size in bytes of what [`sign_detached`] makes with a key.
pub fn signature_size_max(key: &SigningKey) -> usize {
    /// Structure around the certificates, attributes and signature; measured below 400.
    const FRAME: usize = 512;
    let encoded = key.encoded();
    let certificates: usize = encoded.certificates.iter().map(|bytes| bytes.len() + 8).sum();
    FRAME + certificates + encoded.issuer.len() + encoded.serial.len() + key.signature_len_max()
}

fn signed_attributes(
    content_digest: &[u8; 32],
    certificate_hash: &[u8; 32],
) -> Result<SetOfVec<Attribute>, der::Error> {
    let binding = SigningCertificateV2 {
        certificates: vec![EssCertIdV2 { hash: OctetStringRef::new(certificate_hash)? }],
    };
    SetOfVec::try_from(vec![
        attribute(oid::CONTENT_TYPE, Any::encode_from(&oid::DATA)?)?,
        attribute(oid::MESSAGE_DIGEST, Any::encode_from(&OctetString::new(content_digest.as_slice())?)?)?,
        attribute(oid::SIGNING_CERTIFICATE_V2, Any::encode_from(&binding)?)?,
    ])
}

fn attribute(oid: der::asn1::ObjectIdentifier, value: Any) -> Result<Attribute, der::Error> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}
