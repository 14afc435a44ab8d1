//! PKCS#12 files, in the encryption of today (AES, PBKDF2) or of old (RC2, 3DES).

use std::sync::OnceLock;

use openssl::error::ErrorStack;
use openssl::pkcs12::{ParsedPkcs12_2, Pkcs12};
use openssl::pkey::{PKey, Private};
use openssl::provider::Provider;
use openssl::x509::X509;

use super::KeyError;

/// Largest PKCS#12 file that is read, in bytes.
pub const PKCS12_BYTES_MAX: usize = 1 << 20;

/// The private key, its certificate, and the other certificates of a file.
pub(super) fn read(file: &[u8], password: &str) -> Result<(PKey<Private>, X509, Vec<X509>), KeyError> {
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
    Ok((private, certificate, others))
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
