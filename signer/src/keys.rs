//! Private keys: reading them from PKCS#12, refusing those that must not sign, using them.
//!
//! A [`SigningKey`] never shows its secret: `Debug` names the certificate only, openssl wipes the
//! key's memory, passwords are borrowed and never kept.

use std::fmt;
use std::sync::OnceLock;

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkcs12::{ParsedPkcs12_2, Pkcs12};
use openssl::pkey::{Id, PKey, Private};
use openssl::provider::Provider;
use openssl::sign::Signer;
use openssl::x509::{X509, X509KeyUsage};
use thiserror::Error;

use crate::cms::ber::{Element, Tag};
use crate::cms::certificate::{der, unix_time};
use crate::cms::{CertificateInfo, RSA_BITS_MIN};

/// Largest PKCS#12 file that is read, in bytes.
pub const PKCS12_BYTES_MAX: usize = 1 << 20;
/// Most certificates beside the signer's that are carried into signatures.
pub const CHAIN_MAX: usize = 10;

/// Why a key cannot be loaded or must not sign.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The bytes are no PKCS#12 file.
    #[error("key file is not PKCS#12")]
    NotPkcs12,
    /// The file is larger than [`PKCS12_BYTES_MAX`].
    #[error("key file has {size} bytes, at most {PKCS12_BYTES_MAX} are read")]
    TooLarge {
        /// Its size in bytes.
        size: usize,
    },
    /// The password does not open the file.
    #[error("password does not open the key file")]
    WrongPassword,
    /// The password has a zero byte.
    #[error("password contains a zero byte")]
    PasswordZeroByte,
    /// The file is damaged, or encrypted in a way openssl cannot undo even with its legacy provider.
    #[error("key file cannot be decrypted, its encryption is unknown or the file is damaged")]
    Undecryptable(#[source] ErrorStack),
    /// The file has no private key.
    #[error("key file has no private key")]
    NoPrivateKey,
    /// No certificate in the file belongs to the private key.
    #[error("key file has no certificate for its private key")]
    NoCertificate,
    /// The key is shorter than allowed (TT 15/2025/TT-BKHCN, Phụ lục I).
    #[error("{kind} key has {bits} bits, at least {minimum} are asked")]
    Weak {
        /// Kind of key.
        kind: &'static str,
        /// Its size.
        bits: u32,
        /// The least that is allowed.
        minimum: u32,
    },
    /// Neither RSA nor ECDSA on P-256, P-384 or P-521.
    #[error("key kind is not supported, use RSA or ECDSA on P-256, P-384 or P-521")]
    Unsupported,
    /// The certificate's validity has ended.
    #[error("certificate expired at {not_after} (seconds since 1970)")]
    Expired {
        /// Last second of validity.
        not_after: i64,
    },
    /// The certificate's validity has not begun.
    #[error("certificate is not valid before {not_before} (seconds since 1970)")]
    NotYetValid {
        /// First second of validity.
        not_before: i64,
    },
    /// The key usage allows neither digital signatures nor non-repudiation (RFC 5280, 4.2.1.3).
    #[error("certificate's key usage does not allow signing documents")]
    UsageForbidsSigning,
    /// openssl failed.
    #[error("openssl failed")]
    OpenSsl(#[from] ErrorStack),
}

/// A private key with its certificate and the certificates above it.
pub struct SigningKey {
    private: PKey<Private>,
    certificate: X509,
    chain: Vec<X509>,
    encoded: Encoded,
}

/// What every signature repeats, encoded once.
pub(crate) struct Encoded {
    /// The signer's certificate and the chain, DER.
    pub(crate) certificates: Vec<Vec<u8>>,
    /// Issuer name as the certificate writes it, DER.
    pub(crate) issuer: Vec<u8>,
    /// Serial number as the certificate writes it, DER INTEGER.
    pub(crate) serial: Vec<u8>,
    /// SHA-256 of the certificate.
    pub(crate) certificate_hash: [u8; 32],
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = self.info();
        formatter
            .debug_struct("SigningKey")
            .field("issuer", &info.issuer)
            .field("serial", &info.serial)
            .field("private", &"…")
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Opens a PKCS#12 file, in the encryption of today (AES, PBKDF2) or of old (RC2, 3DES).
    ///
    /// # Errors
    /// All of [`KeyError`] but those about time.
    pub fn from_pkcs12(file: &[u8], password: &str) -> Result<SigningKey, KeyError> {
        if file.len() > PKCS12_BYTES_MAX {
            return Err(KeyError::TooLarge { size: file.len() });
        }
        if password.contains('\0') {
            return Err(KeyError::PasswordZeroByte);
        }
        let archive = Pkcs12::from_der(file).map_err(|_| KeyError::NotPkcs12)?;
        let parsed = open(&archive, password)?;
        let private = parsed.pkey.ok_or(KeyError::NoPrivateKey)?;
        let mut others: Vec<X509> = parsed.ca.map(|stack| stack.into_iter().collect()).unwrap_or_default();
        let certificate = match parsed.cert {
            Some(certificate) => certificate,
            None => {
                let matching =
                    |certificate: &X509| certificate.public_key().is_ok_and(|key| key.public_eq(&private));
                let position = others.iter().position(matching).ok_or(KeyError::NoCertificate)?;
                others.swap_remove(position)
            }
        };
        SigningKey::new(private, certificate, others)
    }

    /// Joins a private key, its certificate and the certificates above it, in any order.
    ///
    /// # Errors
    /// When the certificate is for another key, the key is weak or of another kind, or the key
    /// usage forbids signing.
    pub fn new(private: PKey<Private>, certificate: X509, chain: Vec<X509>) -> Result<SigningKey, KeyError> {
        if !certificate.public_key()?.public_eq(&private) {
            return Err(KeyError::NoCertificate);
        }
        check_strength(&private)?;
        check_usage(&certificate)?;
        let chain = ordered_chain(&certificate, chain);
        let encoded = Encoded::of(&certificate, &chain)?;
        Ok(SigningKey { private, certificate, chain, encoded })
    }

    /// Refuses a certificate that is not valid at a time (seconds since 1970).
    ///
    /// # Errors
    /// [`KeyError::Expired`] and [`KeyError::NotYetValid`].
    pub fn check_valid_at(&self, at: i64) -> Result<(), KeyError> {
        let not_before = unix_time(self.certificate.not_before()).unwrap_or(i64::MAX);
        let not_after = unix_time(self.certificate.not_after()).unwrap_or(i64::MIN);
        if at < not_before {
            return Err(KeyError::NotYetValid { not_before });
        }
        if at > not_after {
            return Err(KeyError::Expired { not_after });
        }
        Ok(())
    }

    /// The signer's certificate.
    pub fn certificate(&self) -> &X509 {
        &self.certificate
    }

    /// The certificates above the signer's that the file carried, nearest first.
    pub fn chain(&self) -> &[X509] {
        &self.chain
    }

    /// What the certificate says, for people.
    pub fn info(&self) -> CertificateInfo {
        CertificateInfo::of(&self.certificate)
    }

    pub(crate) fn encoded(&self) -> &Encoded {
        &self.encoded
    }

    pub(crate) fn is_rsa(&self) -> bool {
        self.private.id() == Id::RSA
    }

    /// Size of a raw signature in bytes, at most.
    pub(crate) fn signature_len_max(&self) -> usize {
        self.private.size()
    }

    /// Signs with SHA-256: RSA PKCS#1 v1.5, or ECDSA as a DER pair.
    pub(crate) fn sign_sha256(&self, message: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        let mut signer = Signer::new(MessageDigest::sha256(), &self.private)?;
        signer.sign_oneshot_to_vec(message)
    }
}

impl Encoded {
    fn of(certificate: &X509, chain: &[X509]) -> Result<Encoded, KeyError> {
        let own = certificate.to_der()?;
        let (issuer, serial) = issuer_and_serial(&own).ok_or(KeyError::NoCertificate)?;
        let mut certificates = vec![own.clone()];
        certificates.extend(chain.iter().map(der).filter(|bytes| !bytes.is_empty()));
        Ok(Encoded { certificates, issuer, serial, certificate_hash: openssl::sha::sha256(&own) })
    }
}

/// Issuer and serial number as the certificate writes them: re-encoding could change their bytes.
fn issuer_and_serial(certificate: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let outer = Element::read_all(certificate).ok()?;
    let parts = outer.children().ok()?;
    let fields = parts.first()?.children().ok()?;
    let start = usize::from(fields.first()?.is(Tag::context(0)));
    Some((fields.get(start + 2)?.raw().to_vec(), fields.get(start)?.raw().to_vec()))
}

/// Opens the archive; old encryptions need openssl's legacy provider, loaded when first needed.
fn open(archive: &Pkcs12, password: &str) -> Result<ParsedPkcs12_2, KeyError> {
    let first = match archive.parse2(password) {
        Ok(parsed) => return Ok(parsed),
        Err(errors) => errors,
    };
    if is_wrong_password(&first) {
        return Err(KeyError::WrongPassword);
    }
    if !legacy_provider_is_there() {
        return Err(KeyError::Undecryptable(first));
    }
    archive.parse2(password).map_err(|errors| {
        if is_wrong_password(&errors) { KeyError::WrongPassword } else { KeyError::Undecryptable(errors) }
    })
}

fn is_wrong_password(errors: &ErrorStack) -> bool {
    /// `ERR_LIB_PKCS12` and `PKCS12_R_MAC_VERIFY_FAILURE` of openssl's headers.
    const LIBRARY: i32 = 35;
    const MAC_VERIFY_FAILURE: i32 = 113;
    errors
        .errors()
        .iter()
        .any(|error| error.library_code() == LIBRARY && error.reason_code() == MAC_VERIFY_FAILURE)
}

fn legacy_provider_is_there() -> bool {
    static LEGACY: OnceLock<Option<Provider>> = OnceLock::new();
    LEGACY
        .get_or_init(|| match Provider::try_load(None, "legacy", true) {
            Ok(provider) => Some(provider),
            Err(error) => {
                tracing::warn!(%error, "openssl's legacy provider is missing, old key files cannot be opened");
                None
            }
        })
        .is_some()
}

fn check_strength(key: &PKey<Private>) -> Result<(), KeyError> {
    match key.id() {
        Id::RSA if key.bits() < RSA_BITS_MIN => {
            Err(KeyError::Weak { kind: "RSA", bits: key.bits(), minimum: RSA_BITS_MIN })
        }
        Id::RSA => Ok(()),
        Id::EC => match key.ec_key()?.group().curve_name() {
            Some(Nid::X9_62_PRIME256V1 | Nid::SECP384R1 | Nid::SECP521R1) => Ok(()),
            _ if key.bits() < 256 => {
                Err(KeyError::Weak { kind: "elliptic-curve", bits: key.bits(), minimum: 256 })
            }
            _ => Err(KeyError::Unsupported),
        },
        _ => Err(KeyError::Unsupported),
    }
}

/// Certificates of the state agencies' PKI allow non-repudiation only: either bit will do, and no
/// extended key usage is asked for.
fn check_usage(certificate: &X509) -> Result<(), KeyError> {
    match certificate.key_usage() {
        Some(usage) if !usage.intersects(X509KeyUsage::DIGITAL_SIGNATURE | X509KeyUsage::NON_REPUDIATION) => {
            Err(KeyError::UsageForbidsSigning)
        }
        _ => Ok(()),
    }
}

/// The path upwards from the certificate as far as the others reach; strangers are left out.
fn ordered_chain(certificate: &X509, mut others: Vec<X509>) -> Vec<X509> {
    let mut chain: Vec<X509> = Vec::new();
    while chain.len() < CHAIN_MAX {
        let last = chain.last().unwrap_or(certificate);
        let is_issuer = |candidate: &X509| {
            candidate.issued(last) == openssl::x509::X509VerifyResult::OK
                && candidate.public_key().is_ok_and(|key| last.verify(&key).unwrap_or(false))
        };
        if is_issuer(last) {
            break;
        }
        let Some(position) = others.iter().position(is_issuer) else { break };
        chain.push(others.swap_remove(position));
    }
    chain
}
