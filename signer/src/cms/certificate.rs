//! What a certificate says, in words: names, validity, identifiers. National ids are masked.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::x509::{X509, X509NameRef, X509Ref};

/// Most characters of one name part that are kept.
const NAME_CHARS_MAX: usize = 256;
/// Digits of a national id that stay readable at its end.
const ID_DIGITS_SHOWN: usize = 3;

/// The parts of a certificate that people are shown (domain: TT 15/2025/TT-BKHCN asks for issuer,
/// signer, managing unit and validity).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CertificateInfo {
    /// The holder: common name, or organisation where there is none.
    pub subject: String,
    /// The whole subject, `CN=…, O=…`, national ids masked.
    pub subject_full: String,
    /// The holder's organisation (O, or OU), the unit that manages the certificate; may be empty.
    pub organization: String,
    /// The issuing CA: common name, or organisation.
    pub issuer: String,
    /// The whole issuer name.
    pub issuer_full: String,
    /// Serial number, hexadecimal.
    pub serial: String,
    /// First second of validity, seconds since 1970.
    pub not_before: i64,
    /// Last second of validity, seconds since 1970.
    pub not_after: i64,
    /// SHA-256 of the certificate, hexadecimal.
    pub fingerprint: String,
}

impl CertificateInfo {
    /// Reads what is shown from a certificate.
    pub fn of(certificate: &X509Ref) -> CertificateInfo {
        let subject = certificate.subject_name();
        let issuer = certificate.issuer_name();
        let first = |name: &X509NameRef, kinds: &[Nid]| {
            kinds.iter().find_map(|kind| entry(name, *kind)).unwrap_or_default()
        };
        let serial = certificate
            .serial_number()
            .to_bn()
            .ok()
            .and_then(|number| number.to_hex_str().ok().map(|hex| hex.to_string()));
        CertificateInfo {
            subject: first(subject, &[Nid::COMMONNAME, Nid::ORGANIZATIONNAME, Nid::ORGANIZATIONALUNITNAME]),
            subject_full: full_name(subject),
            organization: first(subject, &[Nid::ORGANIZATIONNAME, Nid::ORGANIZATIONALUNITNAME]),
            issuer: first(issuer, &[Nid::COMMONNAME, Nid::ORGANIZATIONNAME, Nid::ORGANIZATIONALUNITNAME]),
            issuer_full: full_name(issuer),
            serial: serial.unwrap_or_default(),
            not_before: unix_time(certificate.not_before()).unwrap_or(i64::MAX),
            not_after: unix_time(certificate.not_after()).unwrap_or(i64::MIN),
            fingerprint: fingerprint(certificate),
        }
    }
}

/// SHA-256 of a certificate, lower-case hexadecimal.
pub(crate) fn fingerprint(certificate: &X509Ref) -> String {
    let digest = certificate.digest(MessageDigest::sha256());
    digest.map(|digest| digest.iter().map(|byte| format!("{byte:02x}")).collect()).unwrap_or_default()
}

/// Seconds since 1970 of a certificate's time.
pub(crate) fn unix_time(time: &Asn1TimeRef) -> Option<i64> {
    let epoch = Asn1Time::from_unix(0).ok()?;
    let difference = epoch.diff(time).ok()?;
    Some(i64::from(difference.days) * 86_400 + i64::from(difference.secs))
}

/// Seconds since 1970 of a time as openssl prints it, `Nov 22 00:01:57 2026 GMT`: the only way its
/// bindings show the times inside OCSP responses.
pub(crate) fn printed_time(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_ascii_whitespace();
    let name = words.next()?;
    let month = i64::try_from(MONTHS.iter().position(|month| *month == name)?).ok()? + 1;
    let day = words.next()?.parse().ok()?;
    let mut clock = words.next()?.split(':').map(|part| part.split('.').next().unwrap_or(part).parse().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let year = words.next()?.parse().ok()?;
    super::ber::unix_seconds(year, month, day, hour, minute, second)
}

/// A distinguished name printed for people in the order it is written.
pub(crate) fn full_name(name: &X509NameRef) -> String {
    let parts: Vec<String> = name
        .entries()
        .take(32)
        .map(|entry| {
            let kind = entry.object().nid().short_name().unwrap_or("?");
            format!("{kind}={}", shown(&text_of(&entry.data().to_string().unwrap_or_default())))
        })
        .collect();
    parts.join(", ")
}

fn entry(name: &X509NameRef, kind: Nid) -> Option<String> {
    let value = name.entries_by_nid(kind).next()?;
    let text = value.data().to_string().ok()?;
    let text = shown(&text_of(&text));
    if text.is_empty() { None } else { Some(text) }
}

/// Printable text only, cut to a sensible length.
fn text_of(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(NAME_CHARS_MAX).collect()
}

/// Masks a national id, passport or social-insurance number (`CCCD:`, `CMND:`, `HC:`, …) so that
/// only its last digits can be read. Tax codes (`MST:`) of organisations are public and stay.
pub(crate) fn shown(text: &str) -> String {
    const MARKS: [&str; 7] = ["CCCD:", "CMND:", "CMT:", "CMTND:", "HC:", "BHXH:", "DDCN:"];
    let upper = text.to_ascii_uppercase();
    let Some((start, mark)) =
        MARKS.iter().filter_map(|mark| upper.find(mark).map(|start| (start, *mark))).min()
    else {
        return text.to_owned();
    };
    let (before, rest) = text.split_at(start + mark.len());
    let count = rest.chars().filter(|letter| letter.is_alphanumeric()).count();
    let hidden = count.saturating_sub(ID_DIGITS_SHOWN);
    let mut seen = 0;
    let masked = rest.chars().map(|letter| {
        if !letter.is_alphanumeric() {
            return letter;
        }
        seen += 1;
        if seen <= hidden || count <= ID_DIGITS_SHOWN { '*' } else { letter }
    });
    format!("{before}{}", masked.collect::<String>())
}

/// Certificates that were read lately, by the SHA-256 of their bytes. Decoding a key takes openssl longer than checking
/// a signature with it, and the files of one agency bear the same certificates.
static KNOWN: Mutex<Option<HashMap<[u8; 32], X509>>> = Mutex::new(None);
/// Most certificates that are kept.
const KNOWN_MAX: usize = 256;
/// Longest certificate that is kept, in bytes.
const KNOWN_BYTES_MAX: usize = 8 << 10;

/// Reads a certificate in DER.
pub(crate) fn read(der: &[u8]) -> Option<X509> {
    if der.len() > KNOWN_BYTES_MAX {
        return X509::from_der(der).ok();
    }
    let key = openssl::sha::sha256(der);
    let lock = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = lock().get_or_insert_default().get(&key) {
        return Some(found.clone());
    }
    let certificate = X509::from_der(der).ok()?;
    let mut guard = lock();
    let known = guard.get_or_insert_default();
    if known.len() >= KNOWN_MAX {
        known.clear();
    }
    known.insert(key, certificate.clone());
    Some(certificate)
}

/// Why the certificate's key is too weak to be relied on, if it is.
pub(crate) fn key_weakness(certificate: &X509Ref) -> Option<String> {
    super::algorithm::weakness(&certificate.public_key().ok()?)
}

/// The certificate as DER; empty when openssl cannot write it.
pub(crate) fn der(certificate: &X509) -> Vec<u8> {
    certificate.to_der().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_times_are_read_back() {
        for seconds in [0, 951_868_800, 1_795_305_717] {
            let printed = Asn1Time::from_unix(seconds).unwrap().to_string();
            assert_eq!(printed_time(&printed), Some(seconds), "{printed}");
        }
        assert_eq!(printed_time("Bad time value"), None);
    }

    #[test]
    fn national_ids_are_masked_and_tax_codes_are_not() {
        assert_eq!(shown("CCCD:001099012345"), "CCCD:*********345");
        assert_eq!(shown("cmnd: 012345678"), "cmnd: ******678");
        assert_eq!(shown("Nguyễn Văn A CCCD:12"), "Nguyễn Văn A CCCD:**");
        assert_eq!(shown("MST:0100109106"), "MST:0100109106");
        assert_eq!(shown("Uỷ ban nhân dân"), "Uỷ ban nhân dân");
    }
}
