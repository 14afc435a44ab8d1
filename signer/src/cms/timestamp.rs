//! RFC 3161 time-stamp tokens: the signed statement that some bytes existed at a time.

use std::borrow::Cow;

use der::asn1::ObjectIdentifier;
use openssl::x509::{X509, X509ExtendedKeyUsage};

use super::algorithm::{Digest, digest_of_identifier};
use super::ber::{BerError, Element, Tag};
use super::content::Content;
use super::extension::extension;
use super::finding::{Finding, Severity};
use super::oid;
use super::parse::SignedData;
use super::verify::{SignerReport, check_signer};

/// A checked time-stamp token.
#[derive(Debug)]
pub struct Timestamp {
    /// The stamped time (`genTime`), seconds since 1970.
    pub time: Option<i64>,
    /// Digest of what was stamped.
    pub imprint: Option<Digest>,
    /// The token itself, as it stands in the file.
    pub token: Vec<u8>,
    /// The check of the token's own signature; its findings include those of the imprint.
    pub report: SignerReport,
}

/// Checks a token over the parts, one after the other.
pub fn verify_timestamp(token: &[u8], stamped: &[&[u8]]) -> Timestamp {
    verify_timestamp_over(token, Content::Parts(stamped))
}

/// As [`verify_timestamp`], over content that may be read on demand.
pub(crate) fn verify_timestamp_over(token: &[u8], stamped: Content<'_>) -> Timestamp {
    match SignedData::read(token) {
        Ok(signed_data) => Timestamp { token: token.to_vec(), ..verify_signed_data(&signed_data, stamped) },
        Err(error) => unreadable(&error),
    }
}

pub(crate) fn verify_timestamp_element(token: &Element<'_>, stamped: &[&[u8]]) -> Timestamp {
    match SignedData::from_content_info(token) {
        Ok(signed_data) => Timestamp {
            token: token.raw().to_vec(),
            ..verify_signed_data(&signed_data, Content::Parts(stamped))
        },
        Err(error) => unreadable(&error),
    }
}

fn unreadable(error: &BerError) -> Timestamp {
    let report = SignerReport::unreadable(error);
    Timestamp { time: None, imprint: None, token: Vec::new(), report }
}

fn verify_signed_data(signed_data: &SignedData<'_>, stamped: Content<'_>) -> Timestamp {
    let mut timestamp =
        Timestamp { time: None, imprint: None, token: Vec::new(), report: SignerReport::default() };
    let content = signed_data.content.as_deref().unwrap_or_default();
    if signed_data.content_type == oid::TST_INFO {
        if let Err(error) = read_info(content, stamped, &mut timestamp) {
            timestamp.report.note(Finding::broken(
                "timestamp_unreadable",
                format!("the time stamp's statement cannot be read: {error}"),
            ));
        }
    } else {
        timestamp.report.note(Finding::broken(
            "timestamp_content_type",
            "the token does not hold a time-stamp statement (RFC 3161, 2.4.2)",
        ));
    }
    check_signer(signed_data, Content::Parts(&[content]), false, &mut timestamp.report);
    if let Some(certificate) = timestamp.report.certificate.clone() {
        timestamp.report.findings.extend(purpose(&certificate));
    }
    timestamp
}

fn read_info(content: &[u8], stamped: Content<'_>, timestamp: &mut Timestamp) -> Result<(), BerError> {
    let statement = Statement::read(content)?;
    timestamp.time = Some(statement.time);
    if let Some(strange) = statement.strange {
        timestamp.report.note(Finding::undecided("timestamp_statement", strange));
    }
    timestamp.imprint = statement.digest;
    match timestamp.imprint.and_then(|digest| digest.hash_of(stamped)) {
        Some(expected) if expected.as_slice() == statement.hashed.as_ref() => {}
        Some(_) => timestamp.report.note(Finding::broken(
            "timestamp_imprint",
            "the time stamp is over other data: its imprint differs",
        )),
        None => timestamp.report.note(Finding::undecided(
            "unknown_algorithm",
            "the digest algorithm of the time stamp is not known",
        )),
    }
    match timestamp.imprint {
        Some(Digest::Md5) => {
            timestamp.report.note(Finding::undecided("md5", "the time stamp's imprint is MD5"));
        }
        Some(Digest::Sha1) => {
            timestamp.report.note(Finding::warning("sha1", "the time stamp's imprint is SHA-1"));
        }
        _ => {}
    }
    Ok(())
}

/// What a service states (`TSTInfo`, RFC 3161, 2.4.2).
struct Statement<'a> {
    policy: ObjectIdentifier,
    digest: Option<Digest>,
    hashed: Cow<'a, [u8]>,
    /// Seconds since 1970.
    time: i64,
    /// Content of the INTEGER.
    nonce: Option<&'a [u8]>,
    /// What in it is not understood, so that it may mean something else.
    strange: Option<&'static str>,
}

impl<'a> Statement<'a> {
    fn read(content: &'a [u8]) -> Result<Self, BerError> {
        let (info, _) = Element::read(content)?;
        let fields = info.expect(Tag::SEQUENCE, "TSTInfo")?.children()?;
        let [version, policy, imprint, _serial, time, rest @ ..] = fields.as_slice() else {
            return Err(BerError::Expected { expected: "TSTInfo with its five fields" });
        };
        let parts = imprint.children()?;
        let [algorithm, hashed, ..] = parts.as_slice() else {
            return Err(BerError::Expected { expected: "message imprint" });
        };
        Ok(Self {
            policy: policy.oid()?,
            digest: digest_of_identifier(algorithm)?,
            hashed: hashed.octets()?,
            time: time.unix_time()?,
            // After the five fields the only INTEGER is the nonce: accuracy is a SEQUENCE.
            nonce: rest.iter().find(|field| field.is(Tag::INTEGER)).map(Element::content),
            strange: if version.content() == [1] {
                let extensions = rest.iter().find(|field| field.is(Tag::context(1)));
                let demanded = |extension: &Element<'_>| {
                    extension.children().is_ok_and(|parts| {
                        parts.len() == 3 && parts.get(1).is_some_and(|flag| flag.content() == [0xff])
                    })
                };
                let demands = extensions
                    .and_then(|list| list.children().ok())
                    .is_some_and(|list| list.iter().any(demanded));
                demands.then_some(
                    "the time stamp bears a critical extension that is not known (RFC 3161, 2.4.2)",
                )
            } else {
                Some("the time stamp's statement is of a version that is not known (RFC 3161, 2.4.2)")
            },
        })
    }
}

/// What was asked of a service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// SHA-256 of what is to be stamped.
    pub(crate) imprint: &'a [u8; 32],
    /// Content of the nonce's INTEGER.
    pub(crate) nonce: &'a [u8],
    /// The policy, where one was asked for.
    pub(crate) policy: Option<ObjectIdentifier>,
}

/// Why a token is not the answer to what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not a time-stamp token.
    #[error("the answer holds no readable time-stamp token: {0}")]
    Unreadable(String),
    /// Another content than a time-stamp statement.
    #[error("the token states something else than a time (RFC 3161, 2.4.2)")]
    ContentType,
    /// Over other data, or with another digest.
    #[error("the token is over other data than was sent")]
    Imprint,
    /// The nonce is missing or another: the token may be an old one.
    #[error("the token does not repeat the nonce that was sent: it may be an old one")]
    Nonce,
    /// Another policy than was asked for.
    #[error("the token was made under the policy {0}, which was not asked for")]
    Policy(String),
    /// The service's certificate was asked for and is not there.
    #[error("the token lacks the service's certificate")]
    NoCertificate,
    /// The certificate is for other purposes, or for others besides.
    #[error("the service's certificate is not for time stamping alone, marked critical (RFC 3161, 2.3)")]
    Purpose,
    /// The token's own signature is not right.
    #[error("the token's signature is not right: {0}")]
    Signature(String),
}

impl TokenError {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "timestamp_unreadable",
            Self::ContentType => "timestamp_content_type",
            Self::Imprint => "timestamp_imprint",
            Self::Nonce => "timestamp_nonce",
            Self::Policy(_) => "timestamp_policy",
            Self::NoCertificate => "timestamp_certificate_missing",
            Self::Purpose => "timestamp_key_purpose",
            Self::Signature(_) => "timestamp_signature_wrong",
        }
    }
}

/// A token that answers what was asked.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The stamped time, seconds since 1970.
    pub(crate) time: i64,
    /// The service's certificate.
    pub(crate) certificate: X509,
    /// All certificates in the token.
    pub(crate) certificates: Vec<X509>,
}

/// Checks that a token (DER) answers what was asked, and its own signature. Trust in its maker is not judged here.
///
/// # Errors
/// [`TokenError`].
pub(crate) fn check_answer(token: &[u8], asked: &Asked<'_>) -> Result<Answer, TokenError> {
    let unreadable = |error: BerError| TokenError::Unreadable(error.to_string());
    let signed_data = SignedData::read(token).map_err(unreadable)?;
    if signed_data.content_type != oid::TST_INFO {
        return Err(TokenError::ContentType);
    }
    let content = signed_data.content.as_deref().unwrap_or_default();
    let statement = Statement::read(content).map_err(unreadable)?;
    if statement.digest != Some(Digest::Sha256) || statement.hashed.as_ref() != asked.imprint {
        return Err(TokenError::Imprint);
    }
    if statement.nonce != Some(asked.nonce) {
        return Err(TokenError::Nonce);
    }
    if asked.policy.is_some_and(|policy| policy != statement.policy) {
        return Err(TokenError::Policy(statement.policy.to_string()));
    }
    if let Some(strange) = statement.strange {
        return Err(TokenError::Unreadable(strange.to_owned()));
    }
    let mut report = SignerReport::default();
    check_signer(&signed_data, Content::Parts(&[content]), false, &mut report);
    if let Some(finding) = report.findings.iter().find(|finding| finding.severity >= Severity::Undecided) {
        return Err(match finding.code {
            "certificate_missing" => TokenError::NoCertificate,
            _ => TokenError::Signature(finding.to_string()),
        });
    }
    let certificate = report.certificate.ok_or(TokenError::NoCertificate)?;
    if !stamps_only(&certificate) {
        return Err(TokenError::Purpose);
    }
    Ok(Answer { time: statement.time, certificate, certificates: report.certificates })
}

/// Whether time stamping is the one extended key usage, and critical (RFC 3161, 2.3).
fn stamps_only(certificate: &X509) -> bool {
    let Ok(der) = certificate.to_der() else { return false };
    let Some(usage) = extension(&der, oid::EXTENDED_KEY_USAGE) else { return false };
    let purposes = Element::read_all(usage.value).and_then(|usage| usage.children()).unwrap_or_default();
    usage.critical && matches!(purposes.as_slice(), [only] if only.oid() == Ok(oid::TIME_STAMPING))
}

/// What speaks against the certificate of a token that somebody else asked for. A key that also does other things has
/// stamped: its statement is no forgery, and no proof either.
fn purpose(certificate: &X509) -> Option<Finding> {
    if !may_stamp(certificate) {
        let text = "the stamping certificate is not for time stamping (RFC 3161, 2.3)";
        return Some(Finding::broken("timestamp_key_purpose", text));
    }
    (!stamps_only(certificate)).then(|| {
        Finding::undecided(
            "timestamp_key_shared",
            "the stamping certificate is not for time stamping alone, marked critical (RFC 3161, 2.3)",
        )
    })
}

/// Whether the extended key usage names time stamping.
fn may_stamp(certificate: &X509) -> bool {
    certificate.extended_key_usage().is_some_and(|usage| usage.contains(X509ExtendedKeyUsage::TIMESTAMP))
}

#[cfg(test)]
mod tests {
    use openssl::asn1::Asn1Time;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::hash::MessageDigest;
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::x509::extension::ExtendedKeyUsage;

    use super::*;

    #[test]
    fn a_service_stamps_and_does_nothing_else() {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let certified = |usage: Option<&ExtendedKeyUsage>| {
            let mut builder = X509::builder().unwrap();
            builder.set_version(2).unwrap();
            builder.set_pubkey(&key).unwrap();
            builder.set_not_before(&Asn1Time::from_unix(0).unwrap()).unwrap();
            builder.set_not_after(&Asn1Time::from_unix(1).unwrap()).unwrap();
            if let Some(usage) = usage {
                builder.append_extension(usage.build().unwrap()).unwrap();
            }
            builder.sign(&key, MessageDigest::sha256()).unwrap();
            builder.build()
        };
        assert!(stamps_only(&certified(Some(ExtendedKeyUsage::new().critical().time_stamping()))));
        assert!(!stamps_only(&certified(Some(ExtendedKeyUsage::new().time_stamping()))), "not critical");
        assert!(!stamps_only(&certified(Some(
            ExtendedKeyUsage::new().critical().time_stamping().client_auth()
        ))));
        assert!(!stamps_only(&certified(Some(ExtendedKeyUsage::new().critical().client_auth()))));
        assert!(!stamps_only(&certified(None)));
        let told = |usage: Option<&ExtendedKeyUsage>| purpose(&certified(usage)).map(|finding| finding.code);
        assert_eq!(told(Some(ExtendedKeyUsage::new().critical().time_stamping())), None);
        assert_eq!(told(Some(ExtendedKeyUsage::new().time_stamping())), Some("timestamp_key_shared"));
        assert_eq!(
            told(Some(ExtendedKeyUsage::new().critical().time_stamping().client_auth())),
            Some("timestamp_key_shared")
        );
        assert_eq!(told(Some(ExtendedKeyUsage::new().client_auth())), Some("timestamp_key_purpose"));
        assert_eq!(told(None), Some("timestamp_key_purpose"));
    }
}
