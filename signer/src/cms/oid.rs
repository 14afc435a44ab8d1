//! The object identifiers that signatures use and the `const-oid` tables lack or name at length.

use der::asn1::ObjectIdentifier;

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

// Content types (RFC 5652, RFC 3161).
pub(crate) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub(crate) const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
pub(crate) const TST_INFO: ObjectIdentifier = oid("1.2.840.113549.1.9.16.1.4");

// Attributes (RFC 5652, 5035, 2634, 6211, 3161; ISO 32000-1; ETSI EN 319 122-1).
pub(crate) const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
pub(crate) const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");
pub(crate) const ALGORITHM_PROTECTION: ObjectIdentifier = oid("1.2.840.113549.1.9.52");
pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.12");
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.47");
pub(crate) const SIGNATURE_TIME_STAMP: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.14");
pub(crate) const REVOCATION_VALUES: ObjectIdentifier = oid("1.2.840.113549.1.9.16.2.24");
pub(crate) const ADBE_REVOCATION: ObjectIdentifier = oid("1.2.840.113583.1.1.8");
pub(crate) const OCSP_BASIC: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.1");
/// The kind of `OtherRevocationInfoFormat` that holds an OCSP response (RFC 5940).
pub(crate) const RI_OCSP_RESPONSE: ObjectIdentifier = oid("1.3.6.1.5.5.7.16.2");

// Certificates (RFC 5280, 3161, 6960).
pub(crate) const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
pub(crate) const TIME_STAMPING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.8");
pub(crate) const OCSP_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.9");
pub(crate) const OCSP_NONCE: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.2");
pub(crate) const OCSP_ARCHIVE_CUTOFF: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.6");
pub(crate) const OCSP_NO_CHECK: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.5");
pub(crate) const FRESHEST_CRL: ObjectIdentifier = oid("2.5.29.46");
pub(crate) const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
pub(crate) const AUTHORITY_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
pub(crate) const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");

// Digests.
pub(crate) const MD5: ObjectIdentifier = oid("1.2.840.113549.2.5");
pub(crate) const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
pub(crate) const SHA224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.4");
pub(crate) const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
pub(crate) const SHA384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
pub(crate) const SHA512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
pub(crate) const SHA512_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.6");
pub(crate) const SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.7");
pub(crate) const SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.8");
pub(crate) const SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.9");
pub(crate) const SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.10");
pub(crate) const SHAKE256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.12");
pub(crate) const SHAKE256_LEN: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.18");

// Signatures.
pub(crate) const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
pub(crate) const RSA_MD5: ObjectIdentifier = oid("1.2.840.113549.1.1.4");
pub(crate) const RSA_SHA1: ObjectIdentifier = oid("1.2.840.113549.1.1.5");
pub(crate) const RSA_SHA1_OIW: ObjectIdentifier = oid("1.3.14.3.2.29");
pub(crate) const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
pub(crate) const RSA_SHA256: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
pub(crate) const RSA_SHA384: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
pub(crate) const RSA_SHA512: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
pub(crate) const RSA_SHA224: ObjectIdentifier = oid("1.2.840.113549.1.1.14");
pub(crate) const RSA_SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.13");
pub(crate) const RSA_SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.14");
pub(crate) const RSA_SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.15");
pub(crate) const RSA_SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.16");
pub(crate) const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
pub(crate) const ECDSA_SHA1: ObjectIdentifier = oid("1.2.840.10045.4.1");
pub(crate) const ECDSA_SHA224: ObjectIdentifier = oid("1.2.840.10045.4.3.1");
pub(crate) const ECDSA_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
pub(crate) const ECDSA_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
pub(crate) const ECDSA_SHA512: ObjectIdentifier = oid("1.2.840.10045.4.3.4");
pub(crate) const ECDSA_SHA3_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.9");
pub(crate) const ECDSA_SHA3_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.10");
pub(crate) const ECDSA_SHA3_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.11");
pub(crate) const ECDSA_SHA3_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.12");
pub(crate) const DSA: ObjectIdentifier = oid("1.2.840.10040.4.1");
pub(crate) const DSA_SHA1: ObjectIdentifier = oid("1.2.840.10040.4.3");
pub(crate) const DSA_SHA224: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.1");
pub(crate) const DSA_SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.3.2");
pub(crate) const ED25519: ObjectIdentifier = oid("1.3.101.112");
pub(crate) const ED448: ObjectIdentifier = oid("1.3.101.113");
