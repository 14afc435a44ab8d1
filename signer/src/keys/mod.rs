//! Private keys: reading them from PKCS#12, finding them on a device (PKCS#11), refusing those that must not
//! sign, using them.
//!
//! A [`SigningKey`] never shows its secret: `Debug` names the certificate only, openssl wipes the
//! key's memory, passwords are borrowed and never kept. What is known of a signer without the secret is a
//! [`Signatory`].

mod device;
mod pkcs12;
mod signatory;
mod uri;

use std::fmt;
use std::path::Path;

use openssl::error::ErrorStack;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Signer};
use openssl::x509::X509;
use thiserror::Error;

use crate::cms::{CertificateInfo, Digest, SignatureAlgorithm};
pub use device::DeviceError;
pub use pkcs12::PKCS12_BYTES_MAX;
pub use signatory::{CHAIN_MAX, Signatory};
pub use uri::{TokenUri, UriError};

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
    /// The digest is not one to sign with, or the certificate restricts the key to another (RFC 4055).
    #[error("the key cannot sign with {digest}")]
    DigestNotForKey {
        /// The digest's name.
        digest: &'static str,
    },
    /// The bytes hold no certificate.
    #[error("there is no certificate in PEM or DER")]
    CertificateUnreadable,
    /// The key is on a device and cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// openssl failed.
    #[error("openssl failed")]
    OpenSsl(#[from] ErrorStack),
}

/// A private key with its certificate and the certificates above it.
pub struct SigningKey {
    secret: Secret,
    signatory: Signatory,
}

/// Where the private key is.
enum Secret {
    /// In this process's memory.
    Memory(PKey<Private>),
    /// On a device that signs itself.
    Device(Box<device::DeviceKey>),
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
        let (private, certificate, others) = pkcs12::read(file, password)?;
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
        Ok(SigningKey { secret: Secret::Memory(private), signatory: Signatory::new(certificate, chain)? })
    }

    /// Opens a key on a device. `module` is the PKCS#11 library when the URI names none; the certificates in
    /// `above` count beside those on the device. The PIN is kept in memory, to log in again when the device was
    /// taken out and put back.
    ///
    /// # Errors
    /// [`KeyError::Device`], and what [`SigningKey::new`] refuses.
    pub fn from_device(
        uri: &TokenUri,
        pin: Option<&str>,
        module: Option<&Path>,
        above: Vec<X509>,
    ) -> Result<SigningKey, KeyError> {
        let (key, signatory) = device::DeviceKey::open(uri, pin, module, above)?;
        Ok(SigningKey { secret: Secret::Device(Box::new(key)), signatory })
    }

    /// Refuses a certificate that is not valid at a time (seconds since 1970).
    ///
    /// # Errors
    /// [`KeyError::Expired`] and [`KeyError::NotYetValid`].
    pub fn check_valid_at(&self, at: i64) -> Result<(), KeyError> {
        self.signatory.check_valid_at(at)
    }

    /// Who signs, without the secret.
    pub fn signatory(&self) -> &Signatory {
        &self.signatory
    }

    /// The signer's certificate.
    pub fn certificate(&self) -> &X509 {
        self.signatory.certificate()
    }

    /// The certificates above the signer's that the file carried, nearest first.
    pub fn chain(&self) -> &[X509] {
        self.signatory.chain()
    }

    /// What the certificate says, for people.
    pub fn info(&self) -> CertificateInfo {
        self.signatory.info()
    }

    /// Signs a message: RSA as it is, ECDSA as a DER pair.
    ///
    /// # Errors
    /// When the scheme is not one of [`Signatory::scheme`], or openssl fails.
    pub fn sign(&self, scheme: SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let digest = scheme.digest().unwrap_or(Digest::Sha256);
        let private = match &self.secret {
            Secret::Memory(private) => private,
            Secret::Device(key) => {
                let bits = self.signatory.public_key().bits();
                return Ok(key.sign(scheme, digest, message, bits)?);
            }
        };
        let refused = || KeyError::DigestNotForKey { digest: digest.name() };
        let mut signer = Signer::new(digest.message_digest().ok_or_else(refused)?, private)?;
        if let SignatureAlgorithm::RsaPss { mask, salt_len, .. } = scheme {
            signer.set_rsa_padding(Padding::PKCS1_PSS)?;
            signer.set_rsa_pss_saltlen(RsaPssSaltlen::custom(i32::from(salt_len)))?;
            signer.set_rsa_mgf1_md(mask.message_digest().ok_or_else(refused)?)?;
        }
        Ok(signer.sign_oneshot_to_vec(message)?)
    }
}
