//! A certificate authority for the demo, made on the spot: nothing of it is good outside.

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::stack::Stack;
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};

/// Name of the demo's authority: says what it is.
const AUTHORITY: &str = "DEMO CA – KHÔNG DÙNG THẬT";

/// The authority.
pub(super) struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

/// Which kind of key to make.
#[derive(Debug, Clone, Copy)]
pub(super) enum KeyKind {
    /// RSA of 2048 bits, as agencies' tokens have today.
    Rsa,
    /// ECDSA on P-256.
    P256,
}

/// A key with its certificate.
pub(super) struct Holder {
    pub(super) key: PKey<Private>,
    pub(super) certificate: X509,
}

impl Authority {
    /// Makes the authority, valid from `from_s` (seconds since 1970) for twenty years.
    pub(super) fn make(from_s: i64) -> Result<Self, ErrorStack> {
        let key = make_key(KeyKind::P256)?;
        let name = name(AUTHORITY, "Tỉnh Minh Giang (demo)")?;
        let mut builder = builder(&name, &key, from_s, from_s + 20 * 365 * 86_400)?;
        builder.set_issuer_name(&name)?;
        builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
        builder.sign(&key, MessageDigest::sha256())?;
        Ok(Self { key, certificate: builder.build() })
    }

    /// The authority's certificate, PEM: what the demo trusts.
    pub(super) fn pem(&self) -> Result<Vec<u8>, ErrorStack> {
        self.certificate.to_pem()
    }

    /// A certificate for somebody, valid between two times.
    pub(super) fn issue(
        &self,
        common_name: &str,
        organization: &str,
        kind: KeyKind,
        from_s: i64,
        to_s: i64,
    ) -> Result<Holder, ErrorStack> {
        let key = make_key(kind)?;
        let mut builder = builder(&name(common_name, organization)?, &key, from_s, to_s)?;
        builder.set_issuer_name(self.certificate.subject_name())?;
        builder.append_extension(BasicConstraints::new().critical().build()?)?;
        builder
            .append_extension(KeyUsage::new().critical().digital_signature().non_repudiation().build()?)?;
        builder.sign(&self.key, MessageDigest::sha256())?;
        Ok(Holder { key, certificate: builder.build() })
    }

    /// The PKCS#12 file of a holder.
    pub(super) fn pkcs12(&self, holder: &Holder, password: &str) -> Result<Vec<u8>, ErrorStack> {
        let mut above = Stack::new()?;
        above.push(self.certificate.clone())?;
        Pkcs12::builder().pkey(&holder.key).cert(&holder.certificate).ca(above).build2(password)?.to_der()
    }

    /// The certificate itself.
    pub(super) fn certificate(&self) -> &X509 {
        &self.certificate
    }
}

/// Somebody who vouches for themself.
pub(super) fn self_made(common_name: &str, from_s: i64) -> Result<Holder, ErrorStack> {
    let key = make_key(KeyKind::P256)?;
    let name = name(common_name, "")?;
    let mut builder = builder(&name, &key, from_s, from_s + 3 * 365 * 86_400)?;
    builder.set_issuer_name(&name)?;
    builder.sign(&key, MessageDigest::sha256())?;
    Ok(Holder { key, certificate: builder.build() })
}

fn make_key(kind: KeyKind) -> Result<PKey<Private>, ErrorStack> {
    match kind {
        KeyKind::Rsa => PKey::from_rsa(Rsa::generate(2048)?),
        KeyKind::P256 => {
            PKey::from_ec_key(EcKey::generate(&*EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?)?)
        }
    }
}

fn name(common_name: &str, organization: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509NameBuilder::new()?;
    name.append_entry_by_text("C", "VN")?;
    if !organization.is_empty() {
        name.append_entry_by_text("O", organization)?;
    }
    name.append_entry_by_text("CN", common_name)?;
    Ok(name.build())
}

fn builder(
    subject: &X509Name,
    key: &PKey<Private>,
    from_s: i64,
    to_s: i64,
) -> Result<X509Builder, ErrorStack> {
    let mut serial = BigNum::new()?;
    serial.rand(127, MsbOption::MAYBE_ZERO, false)?;
    let mut builder = X509Builder::new()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*Asn1Integer::from_bn(&serial)?)?;
    builder.set_subject_name(subject)?;
    builder.set_pubkey(key)?;
    builder.set_not_before(&*Asn1Time::from_unix(from_s)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(to_s)?)?;
    Ok(builder)
}
