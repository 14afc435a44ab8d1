//! Lists of revoked certificates and OCSP responses of any shape, written byte by byte.
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sign::Signer;
use openssl::x509::X509;

use super::{ECDSA_SHA256, SHA1, oid, sequence, tlv};

const DAY: i64 = 86_400;
const NUMBER: &str = "2.5.29.20";

/// A certificate with its key.
pub(crate) type Party = (X509, PKey<Private>);

pub(crate) fn time(at: i64) -> Vec<u8> {
    let text = jiff::Timestamp::from_second(at).unwrap().strftime("%Y%m%d%H%M%SZ").to_string();
    tlv(0x18, text.as_bytes())
}

pub(crate) fn extension(kind: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(kind)];
    if critical {
        parts.push(tlv(1, &[0xff]));
    }
    parts.push(tlv(4, value));
    sequence(&parts)
}

pub(crate) fn directory(name_of: &X509) -> Vec<u8> {
    tlv(0xa4, &name_of.subject_name().to_der().unwrap())
}

pub(crate) fn signed(by: &PKey<Private>, content: &[u8]) -> Vec<u8> {
    let mut signer = Signer::new(MessageDigest::sha256(), by).unwrap();
    signer.update(content).unwrap();
    let value = signer.sign_to_vec().unwrap();
    tlv(3, &[&[0], value.as_slice()].concat())
}

/// A CRL as it is to be written.
#[derive(Clone, Default)]
pub(crate) struct Sheet {
    pub(crate) made: i64,
    pub(crate) until: i64,
    pub(crate) entries: Vec<Vec<u8>>,
    pub(crate) extensions: Vec<Vec<u8>>,
}

impl Sheet {
    /// Made at a time and good for two days.
    pub(crate) fn at(made: i64) -> Sheet {
        Sheet { made, until: made + 2 * DAY, ..Sheet::default() }
    }

    pub(crate) fn entry(mut self, serial: u8, at: i64, extensions: &[Vec<u8>]) -> Sheet {
        let mut parts = vec![tlv(2, &[serial]), time(at)];
        if !extensions.is_empty() {
            parts.push(sequence(extensions));
        }
        self.entries.push(sequence(&parts));
        self
    }

    pub(crate) fn with(mut self, kind: &str, critical: bool, value: &[u8]) -> Sheet {
        self.extensions.push(extension(kind, critical, value));
        self
    }

    pub(crate) fn number(self, number: u8) -> Sheet {
        self.with(NUMBER, false, &[2, 1, number])
    }

    pub(crate) fn by(&self, issuer: &Party) -> Vec<u8> {
        let algorithm = sequence(&[oid(ECDSA_SHA256)]);
        let mut parts = vec![
            tlv(2, &[1]),
            algorithm.clone(),
            issuer.0.subject_name().to_der().unwrap(),
            time(self.made),
            time(self.until),
        ];
        if !self.entries.is_empty() {
            parts.push(sequence(&self.entries));
        }
        if !self.extensions.is_empty() {
            parts.push(tlv(0xa0, &sequence(&self.extensions)));
        }
        let said = sequence(&parts);
        sequence(&[said.clone(), algorithm, signed(&issuer.1, &said)])
    }
}

pub(crate) fn reason(reason: u8) -> Vec<u8> {
    extension("2.5.29.21", false, &[10, 1, reason])
}

pub(crate) fn invalid_since(at: i64) -> Vec<u8> {
    extension("2.5.29.24", false, &time(at))
}

/// The extension that says whose certificate an entry is about.
pub(crate) fn about(issuer: &X509) -> Vec<u8> {
    extension("2.5.29.29", true, &sequence(&[directory(issuer)]))
}

/// What a responder says of a certificate.
pub(crate) struct Said<'a> {
    pub(crate) subject: &'a X509,
    /// Revoked since then, for a reason.
    pub(crate) revoked: Option<(i64, u8)>,
    pub(crate) made: i64,
    /// Extensions of this one answer.
    pub(crate) extensions: Vec<Vec<u8>>,
}

pub(crate) fn respond(by: &Party, issuer: &X509, said: &Said<'_>, carried: &[&X509]) -> Vec<u8> {
    let key = issuer.public_key().unwrap().ec_key().unwrap();
    let group = key.group();
    let mut context = openssl::bn::BigNumContext::new().unwrap();
    let form = openssl::ec::PointConversionForm::UNCOMPRESSED;
    let point = key.public_key().to_bytes(group, form, &mut context).unwrap();
    let serial = said.subject.serial_number().to_bn().unwrap().to_vec();
    let id = sequence(&[
        sequence(&[oid(SHA1)]),
        tlv(4, &openssl::sha::sha1(&issuer.subject_name().to_der().unwrap())),
        tlv(4, &openssl::sha::sha1(&point)),
        tlv(2, &serial),
    ]);
    let status = match said.revoked {
        None => tlv(0x80, &[]),
        Some((at, reason)) => tlv(0xa1, &[time(at), tlv(0xa0, &[10, 1, reason])].concat()),
    };
    let mut single = vec![id, status, time(said.made), tlv(0xa0, &time(said.made + 2 * DAY))];
    if !said.extensions.is_empty() {
        single.push(tlv(0xa1, &sequence(&said.extensions)));
    }
    let responder = tlv(0xa1, &by.0.subject_name().to_der().unwrap());
    let data = sequence(&[responder, time(said.made), sequence(&[sequence(&single)])]);
    let mut basic = vec![data.clone(), sequence(&[oid(ECDSA_SHA256)]), signed(&by.1, &data)];
    if !carried.is_empty() {
        let certificates: Vec<Vec<u8>> = carried.iter().map(|one| one.to_der().unwrap()).collect();
        basic.push(tlv(0xa0, &sequence(&certificates)));
    }
    let inner = sequence(&[oid("1.3.6.1.5.5.7.48.1.1"), tlv(4, &sequence(&basic))]);
    sequence(&[tlv(10, &[0]), tlv(0xa0, &inner)])
}
