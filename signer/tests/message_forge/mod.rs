//! Signature messages and time-stamp tokens of any shape, right or wrong, written byte by byte: no library that makes
//! them right stands between.
#![expect(dead_code, reason = "each test file uses its own part")]

pub(crate) mod words;

use openssl::hash::MessageDigest;
use openssl::pkey::{Id, PKey, Private};
use openssl::sign::Signer;
use openssl::x509::X509;

pub(crate) const DATA: &str = "1.2.840.113549.1.7.1";
pub(crate) const STATEMENT: &str = "1.2.840.113549.1.9.16.1.4";
pub(crate) const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub(crate) const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub(crate) const PROTECTION: &str = "1.2.840.113549.1.9.52";
pub(crate) const BINDING_V2: &str = "1.2.840.113549.1.9.16.2.47";
pub(crate) const BINDING_V1: &str = "1.2.840.113549.1.9.16.2.12";
pub(crate) const TIME_STAMP: &str = "1.2.840.113549.1.9.16.2.14";
pub(crate) const SHA1: &str = "1.3.14.3.2.26";
pub(crate) const MD5: &str = "1.2.840.113549.2.5";
pub(crate) const SHA256: &str = "2.16.840.1.101.3.4.2.1";
pub(crate) const SHA512: &str = "2.16.840.1.101.3.4.2.3";
pub(crate) const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
pub(crate) const ECDSA_SHA512: &str = "1.2.840.10045.4.3.4";

/// One element of DER.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        short @ 0..=127 => out.push(u8::try_from(short).unwrap()),
        long => {
            let bytes: Vec<u8> = long.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
            out.push(0x80 | u8::try_from(bytes.len()).unwrap());
            out.extend(bytes);
        }
    }
    out.extend(content);
    out
}

pub(crate) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = Vec::new();
    for arc in std::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()) {
        let mut digits = vec![u8::try_from(arc & 0x7f).unwrap()];
        let mut rest = arc >> 7;
        while rest > 0 {
            digits.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
            rest >>= 7;
        }
        content.extend(digits.iter().rev());
    }
    tlv(6, &content)
}

pub(crate) fn attribute(kind: &str, values: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[oid(kind), tlv(0x31, &values.concat())])
}

pub(crate) fn digest_of(content: &[u8]) -> Vec<u8> {
    tlv(4, &openssl::sha::sha256(content))
}

/// Issuer and serial number.
fn identifier(certificate: &X509) -> Vec<u8> {
    let mut serial = certificate.serial_number().to_bn().unwrap().to_vec();
    if serial.first().is_none_or(|first| *first > 127) {
        serial.insert(0, 0);
    }
    sequence(&[certificate.issuer_name().to_der().unwrap(), tlv(2, &serial)])
}

/// signing-certificate-v2 of a certificate; with issuer and serial number of another beside the hash.
pub(crate) fn binding(certificate: &X509, named: Option<&X509>) -> Vec<u8> {
    let mut parts = vec![digest_of(&certificate.to_der().unwrap())];
    if let Some(named) = named {
        let names = sequence(&[tlv(0xa4, &named.issuer_name().to_der().unwrap())]);
        parts.push(sequence(&[names, tlv(2, &[0x7f])]));
    }
    sequence(&[sequence(&[sequence(&parts)])])
}

/// The right attributes over content.
pub(crate) fn attributes(content_type: &str, content: &[u8], certificate: &X509) -> Vec<Vec<u8>> {
    vec![
        attribute(CONTENT_TYPE, &[oid(content_type)]),
        attribute(MESSAGE_DIGEST, &[digest_of(content)]),
        attribute(BINDING_V2, &[binding(certificate, None)]),
    ]
}

/// What is signed by one signer.
pub(crate) struct Message<'a> {
    pub(crate) certificate: &'a X509,
    pub(crate) key: &'a PKey<Private>,
    pub(crate) carried: Vec<Vec<u8>>,
    pub(crate) content_type: &'a str,
    /// Content inside the message.
    pub(crate) inside: Option<Vec<u8>>,
    /// None: the signature is over the content itself.
    pub(crate) attributes: Option<Vec<Vec<u8>>>,
    pub(crate) unsorted: bool,
    pub(crate) digest: &'a str,
    pub(crate) scheme: &'a str,
    pub(crate) hash: MessageDigest,
    /// The tag under which the attributes are hashed; 0x31 is right.
    pub(crate) hashed_as: u8,
    /// Signed instead of the attributes.
    pub(crate) signed_instead: Option<&'a [u8]>,
    /// Unsigned attributes for a signature value.
    pub(crate) unsigned: &'a dyn Fn(&[u8]) -> Vec<Vec<u8>>,
    /// Signers besides, before and after.
    pub(crate) more: [Vec<u8>; 2],
    /// No signer at all.
    pub(crate) nobody: bool,
}

impl<'a> Message<'a> {
    /// A right one over content.
    pub(crate) fn over(content: &[u8], certificate: &'a X509, key: &'a PKey<Private>) -> Self {
        Self {
            certificate,
            key,
            carried: vec![certificate.to_der().unwrap()],
            content_type: DATA,
            inside: None,
            attributes: Some(attributes(DATA, content, certificate)),
            unsorted: false,
            digest: SHA256,
            scheme: ECDSA_SHA256,
            hash: MessageDigest::sha256(),
            hashed_as: 0x31,
            signed_instead: None,
            unsigned: &|_| Vec::new(),
            more: [Vec::new(), Vec::new()],
            nobody: false,
        }
    }

    pub(crate) fn signer(&self, content: &[u8]) -> Vec<u8> {
        let mut own = self.attributes.clone();
        if let Some(own) = own.as_mut().filter(|_| !self.unsorted) {
            own.sort();
        }
        let signed = match (&own, self.signed_instead) {
            (_, Some(instead)) => instead.to_vec(),
            (Some(own), None) => tlv(self.hashed_as, &own.concat()),
            (None, None) => content.to_vec(),
        };
        let value = if self.key.id() == Id::ED25519 {
            Signer::new_without_digest(self.key).unwrap().sign_oneshot_to_vec(&signed).unwrap()
        } else {
            let mut signer = Signer::new(self.hash, self.key).unwrap();
            signer.update(&signed).unwrap();
            signer.sign_to_vec().unwrap()
        };
        let unsigned = (self.unsigned)(&value);
        let mut parts = vec![tlv(2, &[1]), identifier(self.certificate), sequence(&[oid(self.digest)])];
        parts.extend(own.map(|own| tlv(0xa0, &own.concat())));
        parts.push(sequence(&[oid(self.scheme)]));
        parts.push(tlv(4, &value));
        if !unsigned.is_empty() {
            parts.push(tlv(0xa1, &unsigned.concat()));
        }
        sequence(&parts)
    }

    /// The message, signed over content.
    pub(crate) fn build(&self, content: &[u8]) -> Vec<u8> {
        let mut encapsulated = vec![oid(self.content_type)];
        encapsulated.extend(self.inside.as_ref().map(|inside| tlv(0xa0, &tlv(4, inside))));
        let own = if self.nobody { Vec::new() } else { self.signer(content) };
        let signers = [self.more[0].as_slice(), &own, &self.more[1]].concat();
        let mut parts = vec![
            tlv(2, &[if self.content_type == DATA { 1 } else { 3 }]),
            tlv(0x31, &sequence(&[oid(self.digest)])),
            sequence(&encapsulated),
        ];
        if !self.carried.is_empty() {
            parts.push(tlv(0xa0, &self.carried.concat()));
        }
        parts.push(tlv(0x31, &signers));
        sequence(&[oid("1.2.840.113549.1.7.2"), tlv(0xa0, &sequence(&parts))])
    }
}

/// What a time-stamp service states of data: at a time, `YYYYMMDDhhmmssZ`.
pub(crate) fn statement(data: &[u8], at: &str) -> Vec<u8> {
    let imprint = sequence(&[sequence(&[oid(SHA256)]), digest_of(data)]);
    sequence(&[tlv(2, &[1]), oid("1.2.3.4"), imprint, tlv(2, &[5]), tlv(0x18, at.as_bytes())])
}

/// A token that holds a statement.
pub(crate) fn token(statement: &[u8], certificate: &X509, key: &PKey<Private>) -> Vec<u8> {
    let message = Message {
        content_type: STATEMENT,
        inside: Some(statement.to_vec()),
        attributes: Some(attributes(STATEMENT, statement, certificate)),
        ..Message::over(statement, certificate, key)
    };
    message.build(statement)
}
