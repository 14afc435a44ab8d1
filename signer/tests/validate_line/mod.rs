//! A root, a CA and a signer, with any extensions, and what they sign.
#![expect(dead_code, reason = "each test file uses its own part")]

use openssl::asn1::{Asn1Integer, Asn1Object, Asn1OctetString, Asn1Time};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkcs7::{Pkcs7, Pkcs7Flags};
use openssl::pkey::{PKey, Private};
use openssl::stack::Stack;
use openssl::x509::extension::{AuthorityKeyIdentifier, SubjectKeyIdentifier};
use openssl::x509::{X509, X509Crl, X509CrlBuilder, X509Extension, X509Name, X509RevokedBuilder};
use signer::chain::{Trust, TrustRoots, check_path};
use signer::keys::SigningKey;
use signer::validate::{Options, Report, validate};

use crate::validate_forge::{Shape, Signing, document, sign, sign_with};
use crate::validate_office::{FROM, JUDGED_AT, SIGNED_AT, TO, ec};

const DAY: i64 = 86_400;

/// One certificate of a path: extensions as `(identifier, critical, DER)`.
pub(crate) struct Made<'a> {
    pub(crate) subject: &'a str,
    pub(crate) serial: u32,
    pub(crate) extensions: &'a [(&'a str, bool, &'a [u8])],
    pub(crate) digest: MessageDigest,
}

pub(crate) const CA: &[u8] = &[0x30, 3, 1, 1, 0xff];
pub(crate) const USER: &[u8] = &[0x30, 0];
/// keyCertSign and cRLSign.
pub(crate) const CA_USAGE: &[u8] = &[3, 2, 1, 6];
/// nonRepudiation.
pub(crate) const SIGN_USAGE: &[u8] = &[3, 2, 6, 0x40];

pub(crate) fn name(common: &str) -> X509Name {
    let mut builder = X509Name::builder().unwrap();
    builder.append_entry_by_text("O", "UBND").unwrap();
    builder.append_entry_by_text("CN", common).unwrap();
    builder.build()
}

pub(crate) fn make(made: &Made<'_>, key: &PKey<Private>, issuer: Option<(&X509, &PKey<Private>)>) -> X509 {
    make_until(made, key, issuer, TO)
}

/// As [`make`], valid until a time (seconds since 1970).
fn make_until(
    made: &Made<'_>,
    key: &PKey<Private>,
    issuer: Option<(&X509, &PKey<Private>)>,
    to: i64,
) -> X509 {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let serial: Asn1Integer = BigNum::from_u32(made.serial).unwrap().to_asn1_integer().unwrap();
    builder.set_serial_number(&serial).unwrap();
    let own = name(made.subject);
    builder.set_subject_name(&own).unwrap();
    builder.set_issuer_name(issuer.map_or(&own, |(certificate, _)| certificate.subject_name())).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(FROM).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(to).unwrap()).unwrap();
    for (kind, critical, value) in made.extensions {
        let kind = Asn1Object::from_str(kind).unwrap();
        let value = Asn1OctetString::new_from_bytes(value).unwrap();
        builder.append_extension(X509Extension::new_from_der(&kind, *critical, &value).unwrap()).unwrap();
    }
    let context = builder.x509v3_context(issuer.map(|(certificate, _)| certificate.as_ref()), None);
    let id = SubjectKeyIdentifier::new().build(&context).unwrap();
    let above = issuer.map(|_| AuthorityKeyIdentifier::new().keyid(true).build(&context).unwrap());
    builder.append_extension(id).unwrap();
    if let Some(above) = above {
        builder.append_extension(above).unwrap();
    }
    builder.sign(issuer.map_or(key, |(_, key)| key), made.digest).unwrap();
    builder.build()
}

pub(crate) const BASIC: &str = "2.5.29.19";
pub(crate) const USAGE: &str = "2.5.29.15";
pub(crate) const EXTENDED: &str = "2.5.29.37";
pub(crate) const NAMES: &str = "2.5.29.30";
pub(crate) const POLICIES: &str = "2.5.29.32";
pub(crate) const POLICY_CONSTRAINTS: &str = "2.5.29.36";

/// Extensions of one certificate: identifier, critical, DER.
pub(crate) type Extensions<'a> = &'a [(&'a str, bool, &'a [u8])];

/// Root, CA and signer, with the extensions of CA and signer.
pub(crate) struct Line {
    pub(crate) root: (X509, PKey<Private>),
    pub(crate) ca: (X509, PKey<Private>),
    pub(crate) leaf: (X509, PKey<Private>),
}

impl Line {
    pub(crate) fn new(ca: &[(&str, bool, &[u8])], leaf: &[(&str, bool, &[u8])]) -> Line {
        Line::with(ca, leaf, ec(), MessageDigest::sha256())
    }

    pub(crate) fn with(
        ca: &[(&str, bool, &[u8])],
        leaf: &[(&str, bool, &[u8])],
        leaf_key: PKey<Private>,
        digest: MessageDigest,
    ) -> Line {
        let (root_key, ca_key) = (ec(), ec());
        let own: &[(&str, bool, &[u8])] = &[(BASIC, true, CA), (USAGE, true, CA_USAGE)];
        let root = make(&Made { subject: "Root", serial: 1, extensions: own, digest }, &root_key, None);
        let above = Some((&root, &root_key));
        let ca = make(&Made { subject: "CA", serial: 2, extensions: ca, digest }, &ca_key, above);
        let below = Some((&ca, &ca_key));
        let leaf = make(&Made { subject: "Leaf", serial: 3, extensions: leaf, digest }, &leaf_key, below);
        Line { root: (root, root_key), ca: (ca, ca_key), leaf: (leaf, leaf_key) }
    }

    pub(crate) fn plain() -> Line {
        Line::new(
            &[(BASIC, true, CA), (USAGE, true, CA_USAGE)],
            &[(BASIC, true, USER), (USAGE, true, SIGN_USAGE)],
        )
    }

    /// With a signer whose certificate ends before the CA's (seconds since 1970).
    pub(crate) fn ending(to: i64) -> Line {
        let mut line = Line::plain();
        let extensions: Extensions<'_> = &[(BASIC, true, USER), (USAGE, true, SIGN_USAGE)];
        let made = Made { subject: "Leaf", serial: 3, extensions, digest: MessageDigest::sha256() };
        line.leaf.0 = make_until(&made, &line.leaf.1, Some((&line.ca.0, &line.ca.1)), to);
        line
    }

    pub(crate) fn roots(&self) -> TrustRoots {
        let mut roots = TrustRoots::none();
        roots.add(&self.root.0.to_pem().unwrap(), "root").unwrap();
        roots
    }

    pub(crate) fn trust(&self) -> Trust {
        check_path(&self.leaf.0, std::slice::from_ref(&self.ca.0), &self.roots(), JUDGED_AT).trust
    }

    pub(crate) fn key(&self) -> SigningKey {
        SigningKey::new(self.leaf.1.clone(), self.leaf.0.clone(), vec![self.ca.0.clone()]).unwrap()
    }

    pub(crate) fn signed(&self) -> Vec<u8> {
        let dict = "/M(D:20260526031530Z)".to_owned();
        sign(&document(Shape::Table), &self.key(), &Signing { field: "Sig1", dict, ..Signing::default() })
    }

    /// Our own keys refuse what is weak or made for something else, so the message is openssl's.
    pub(crate) fn signed_by_openssl(&self) -> Vec<u8> {
        let signing = Signing { field: "Sig1", sub_filter: "adbe.pkcs7.detached", ..Signing::default() };
        sign_with(&document(Shape::Table), &signing, |content| {
            let flags = Pkcs7Flags::DETACHED | Pkcs7Flags::BINARY;
            let mut others = Stack::new().unwrap();
            others.push(self.ca.0.clone()).unwrap();
            Pkcs7::sign(&self.leaf.0, &self.leaf.1, &others, content, flags).unwrap().to_der().unwrap()
        })
    }

    pub(crate) fn judge(&self, file: &[u8]) -> Report {
        validate(file.to_vec(), &Options::new(self.roots(), JUDGED_AT))
    }

    pub(crate) fn crl(
        &self,
        by: &(X509, PKey<Private>),
        revoked: &[u32],
        extensions: &[(&str, bool, &[u8])],
    ) -> X509Crl {
        self.crl_at(by, revoked, extensions, JUDGED_AT - DAY)
    }

    pub(crate) fn crl_at(
        &self,
        by: &(X509, PKey<Private>),
        revoked: &[u32],
        extensions: &[(&str, bool, &[u8])],
        made_at: i64,
    ) -> X509Crl {
        let mut builder = X509CrlBuilder::new().unwrap();
        builder.set_issuer_name(by.0.subject_name()).unwrap();
        builder.set_last_update(&Asn1Time::from_unix(made_at).unwrap()).unwrap();
        builder.set_next_update(&Asn1Time::from_unix(made_at + 2 * DAY).unwrap()).unwrap();
        // The binding builds key identifiers only in the context of a certificate.
        let certificate = X509::builder().unwrap();
        let context = certificate.x509v3_context(Some(&by.0), None);
        builder.append_extension(AuthorityKeyIdentifier::new().keyid(true).build(&context).unwrap()).unwrap();
        for (kind, critical, value) in [("2.5.29.20", false, &[2_u8, 1, 1][..])].iter().chain(extensions) {
            let kind = Asn1Object::from_str(kind).unwrap();
            let value = Asn1OctetString::new_from_bytes(value).unwrap();
            builder.append_extension(X509Extension::new_from_der(&kind, *critical, &value).unwrap()).unwrap();
        }
        for serial in revoked {
            let mut entry = X509RevokedBuilder::new().unwrap();
            entry.set_serial_number(&BigNum::from_u32(*serial).unwrap().to_asn1_integer().unwrap()).unwrap();
            entry.set_revocation_date(&Asn1Time::from_unix(SIGNED_AT - DAY).unwrap()).unwrap();
            builder.add_revoked(entry.build()).unwrap();
        }
        builder.sign(&by.1, MessageDigest::sha256()).unwrap();
        builder.build().unwrap()
    }
}
