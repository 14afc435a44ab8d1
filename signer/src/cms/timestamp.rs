//! RFC 3161 time-stamp tokens: the signed statement that some bytes existed at a time.

use openssl::x509::{X509, X509ExtendedKeyUsage};

use super::algorithm::{Digest, digest_of_identifier};
use super::ber::{BerError, Element, Tag};
use super::finding::Finding;
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
    /// The check of the token's own signature; its findings include those of the imprint.
    pub report: SignerReport,
}

/// Checks a token over the parts, one after the other.
pub fn verify_timestamp(token: &[u8], stamped: &[&[u8]]) -> Timestamp {
    match SignedData::read(token) {
        Ok(signed_data) => verify_signed_data(&signed_data, stamped),
        Err(error) => Timestamp { time: None, imprint: None, report: SignerReport::unreadable(&error) },
    }
}

pub(crate) fn verify_timestamp_element(token: &Element<'_>, stamped: &[&[u8]]) -> Timestamp {
    match SignedData::from_content_info(token) {
        Ok(signed_data) => verify_signed_data(&signed_data, stamped),
        Err(error) => Timestamp { time: None, imprint: None, report: SignerReport::unreadable(&error) },
    }
}

fn verify_signed_data(signed_data: &SignedData<'_>, stamped: &[&[u8]]) -> Timestamp {
    let mut timestamp = Timestamp { time: None, imprint: None, report: SignerReport::default() };
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
    check_signer(signed_data, &[content], false, &mut timestamp.report);
    if let Some(certificate) = timestamp.report.certificate.clone()
        && !may_stamp(&certificate)
    {
        timestamp.report.note(Finding::broken(
            "timestamp_key_purpose",
            "the stamping certificate is not for time stamping (RFC 3161, 2.3)",
        ));
    }
    timestamp
}

fn read_info(content: &[u8], stamped: &[&[u8]], timestamp: &mut Timestamp) -> Result<(), BerError> {
    let (info, _) = Element::read(content)?;
    let fields = info.expect(Tag::SEQUENCE, "TSTInfo")?.children()?;
    let [_version, _policy, imprint, _serial, time, ..] = fields.as_slice() else {
        return Err(BerError::Expected { expected: "TSTInfo with its five fields" });
    };
    timestamp.time = Some(time.unix_time()?);
    let imprint = imprint.children()?;
    let [algorithm, hashed, ..] = imprint.as_slice() else {
        return Err(BerError::Expected { expected: "message imprint" });
    };
    timestamp.imprint = digest_of_identifier(algorithm)?;
    match timestamp.imprint.and_then(|digest| digest.hash(stamped)) {
        Some(expected) if expected.as_slice() == hashed.octets()?.as_ref() => {}
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

/// Whether the extended key usage names time stamping.
fn may_stamp(certificate: &X509) -> bool {
    certificate.extended_key_usage().is_some_and(|usage| usage.contains(X509ExtendedKeyUsage::TIMESTAMP))
}
