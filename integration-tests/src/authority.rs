//! A certificate authority for tests, made on the spot: people, the agency, and strangers who sign what they send.

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::stack::Stack;
use openssl::x509::extension::{BasicConstraints, KeyUsage};
use openssl::x509::{X509, X509Name};
use signer::cms;
use signer::keys::SigningKey;
use signer::sign::{Claims, Prepared, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Target};

/// Every certificate is valid from here, in seconds since 1970 …
const FROM_S: i64 = 1_000_000_000;
/// … to here: judges that are not ours look at their own clock.
const TO_S: i64 = 4_000_000_000;

/// Which kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA of 2048 bits.
    Rsa,
    /// RSA of 3072 bits.
    Rsa3072,
    /// ECDSA on P-256.
    P256,
}

/// A key with its certificate.
pub struct Holder {
    /// The key.
    pub key: PKey<Private>,
    /// The certificate.
    pub certificate: X509,
}

/// The authority.
pub struct Authority {
    key: PKey<Private>,
    /// Its certificate.
    pub certificate: X509,
}

impl Default for Authority {
    fn default() -> Self {
        Self::make()
    }
}

impl Authority {
    /// Makes an authority.
    ///
    /// # Panics
    /// When openssl refuses.
    #[must_use]
    pub fn make() -> Self {
        let key = new_key(KeyKind::P256);
        let certificate = certificate("CA thử", &key, None);
        Self { key, certificate }
    }

    /// Its certificate as PEM.
    ///
    /// # Panics
    /// When openssl refuses.
    #[must_use]
    pub fn pem(&self) -> Vec<u8> {
        self.certificate.to_pem().expect("a certificate has a PEM form")
    }

    /// A certificate for somebody.
    ///
    /// # Panics
    /// When openssl refuses.
    #[must_use]
    pub fn issue(&self, name: &str, kind: KeyKind) -> Holder {
        let key = new_key(kind);
        let certificate = certificate(name, &key, Some(self));
        Holder { key, certificate }
    }

    /// The PKCS#12 file of a holder.
    ///
    /// # Panics
    /// When openssl refuses.
    #[must_use]
    pub fn pkcs12(&self, holder: &Holder, password: &str) -> Vec<u8> {
        let mut above = Stack::new().expect("a stack");
        above.push(self.certificate.clone()).expect("a certificate is pushed");
        let mut builder = Pkcs12::builder();
        let builder = builder.pkey(&holder.key).cert(&holder.certificate).ca(above);
        builder.build2(password).and_then(|p12| p12.to_der()).expect("a PKCS#12 file is made")
    }

    /// A file signed by a holder, invisibly, as a stranger would.
    ///
    /// # Panics
    /// When the file is refused.
    #[must_use]
    pub fn signed_by(&self, holder: &Holder, pdf: Vec<u8>, at_s: i64) -> Vec<u8> {
        let above = vec![self.certificate.clone()];
        let key =
            SigningKey::new(holder.key.clone(), holder.certificate.clone(), above).expect("a signing key");
        let request = SigningRequest {
            target: Target::Invisible,
            appearance: None,
            claims: Claims::at(SigningTime(at_s)),
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Default::default(),
        };
        let digested = Prepared::sign(pdf, &request).expect("the file can be signed").digest();
        digested.complete_with(|d| cms::sign_detached(&key, d.digest())).expect("it is signed").to_bytes()
    }
}

fn new_key(kind: KeyKind) -> PKey<Private> {
    let key = match kind {
        KeyKind::Rsa => Rsa::generate(2048).and_then(PKey::from_rsa),
        KeyKind::Rsa3072 => Rsa::generate(3072).and_then(PKey::from_rsa),
        KeyKind::P256 => EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)
            .and_then(|group| EcKey::generate(&group))
            .and_then(PKey::from_ec_key),
    };
    key.expect("a key is made")
}

fn certificate(name: &str, key: &PKey<Private>, issuer: Option<&Authority>) -> X509 {
    let made = || -> Result<X509, openssl::error::ErrorStack> {
        let mut subject = X509Name::builder()?;
        subject.append_entry_by_text("C", "VN")?;
        subject.append_entry_by_text("CN", name)?;
        let subject = subject.build();
        let mut serial = BigNum::new()?;
        serial.rand(127, MsbOption::MAYBE_ZERO, false)?;
        let mut builder = X509::builder()?;
        builder.set_version(2)?;
        builder.set_serial_number(&*Asn1Integer::from_bn(&serial)?)?;
        builder.set_subject_name(&subject)?;
        builder.set_issuer_name(issuer.map_or(&*subject, |issuer| issuer.certificate.subject_name()))?;
        builder.set_pubkey(key)?;
        builder.set_not_before(&*Asn1Time::from_unix(FROM_S)?)?;
        builder.set_not_after(&*Asn1Time::from_unix(TO_S)?)?;
        if issuer.is_some() {
            builder.append_extension(BasicConstraints::new().critical().build()?)?;
            let usage = KeyUsage::new().critical().digital_signature().non_repudiation().build()?;
            builder.append_extension(usage)?;
        } else {
            builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
            builder.append_extension(KeyUsage::new().critical().key_cert_sign().crl_sign().build()?)?;
        }
        builder.sign(issuer.map_or(key, |issuer| &issuer.key), MessageDigest::sha256())?;
        Ok(builder.build())
    };
    made().expect("a certificate is made")
}
