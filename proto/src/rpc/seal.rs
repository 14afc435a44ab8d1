//! Sealed identity: Ed25519 tokens for persons (made by directory) and for services (made by each with its own key).

use std::collections::BTreeMap;
use std::path::Path;

use openssl::pkey::{Id, PKey, Private, Public};
use openssl::sign::{Signer, Verifier};
use prost::Message;

use super::durable;
use crate::directory::v1::{SealBody, ServiceBody};

/// How long a seal or a service token is good, in milliseconds: five minutes.
pub const SEAL_LIFE_MS: i64 = 5 * 60 * 1_000;

/// Largest token that is looked at, in bytes.
const TOKEN_BYTES_MAX: usize = 4 * 1_024;

/// Bytes of an Ed25519 signature.
const SIGNATURE_BYTES: usize = 64;

const SEAL_CONTEXT: &[u8] = b"vanthu seal v1\0";
const SERVICE_CONTEXT: &[u8] = b"vanthu service v1\0";

/// Why a key or a token is not good.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The cryptographic library refused.
    #[error("ed25519: {0}")]
    Crypto(#[from] openssl::error::ErrorStack),
    /// The key file could not be read or written.
    #[error("key file {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The token has no lawful shape.
    #[error("token is malformed")]
    Malformed,
    /// The signature is not by the key that is trusted for it.
    #[error("token is not signed by a trusted key")]
    Untrusted,
    /// The token is for another office.
    #[error("token is for another office")]
    Audience,
    /// The token's time is over.
    #[error("token has expired")]
    Expired,
}

/// The private key of one service. Its `Debug` shows the name only.
pub struct ServiceKey {
    name: String,
    audience: String,
    key: PKey<Private>,
}

impl std::fmt::Debug for ServiceKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ServiceKey {
    /// Makes a key that lives in memory only.
    ///
    /// # Errors
    /// [`SealError::Crypto`].
    pub fn generate(name: &str, audience: &str) -> Result<Self, SealError> {
        Ok(Self { name: name.to_owned(), audience: audience.to_owned(), key: PKey::generate_ed25519()? })
    }

    /// Reads `<dir>/<name>.key` (PEM), or makes it, readable by its owner only, with `<name>.pub` (PEM) beside it.
    ///
    /// # Errors
    /// [`SealError::File`] or [`SealError::Crypto`].
    pub fn load_or_make(dir: &Path, name: &str, audience: &str) -> Result<Self, SealError> {
        let path = dir.join(format!("{name}.key"));
        let file_error = |source| SealError::File { path: path.display().to_string(), source };
        match std::fs::read(&path) {
            Ok(pem) => Ok(Self {
                name: name.to_owned(),
                audience: audience.to_owned(),
                key: PKey::private_key_from_pem(&pem)?,
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let made = Self::generate(name, audience)?;
                std::fs::create_dir_all(dir).map_err(file_error)?;
                // The private one last: where it is, the public one is too.
                let public = dir.join(format!("{name}.pub"));
                durable::write(&public, &made.key.public_key_to_pem()?, 0o644).map_err(file_error)?;
                durable::write(&path, &made.key.private_key_to_pem_pkcs8()?, 0o600).map_err(file_error)?;
                Ok(made)
            }
            Err(e) => Err(file_error(e)),
        }
    }

    /// The service's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The office that its tokens are good for.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The raw public key, 32 bytes.
    ///
    /// # Errors
    /// [`SealError::Crypto`].
    pub fn public_key(&self) -> Result<Vec<u8>, SealError> {
        Ok(self.key.raw_public_key()?)
    }

    /// Seals a person's identity. Only directory's key is trusted for it.
    ///
    /// # Errors
    /// [`SealError::Crypto`].
    pub fn seal(&self, body: &SealBody) -> Result<Vec<u8>, SealError> {
        self.token(SEAL_CONTEXT, &body.encode_to_vec())
    }

    /// A token that says: this service speaks.
    ///
    /// # Errors
    /// [`SealError::Crypto`].
    pub fn service_token(&self, now_ms: i64) -> Result<Vec<u8>, SealError> {
        let body = ServiceBody {
            service: self.name.clone(),
            audience: self.audience.clone(),
            expires_at_ms: now_ms.saturating_add(SEAL_LIFE_MS),
        };
        self.token(SERVICE_CONTEXT, &body.encode_to_vec())
    }

    fn token(&self, context: &[u8], body: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut signer = Signer::new_without_digest(&self.key)?;
        let mut token = signer.sign_oneshot_to_vec(&[context, body].concat())?;
        token.extend_from_slice(body);
        Ok(token)
    }
}

/// Whom a role believes: the public keys of the services of one office.
#[derive(Debug, Clone)]
pub struct Trust {
    audience: String,
    keys: BTreeMap<String, PKey<Public>>,
}

impl Trust {
    /// Nobody yet.
    #[must_use]
    pub fn new(audience: &str) -> Self {
        Self { audience: audience.to_owned(), keys: BTreeMap::new() }
    }

    /// Believes the raw public key of a service.
    ///
    /// # Errors
    /// [`SealError::Crypto`] when it is no Ed25519 key.
    pub fn with(mut self, service: &str, public_key: &[u8]) -> Result<Self, SealError> {
        self.keys.insert(service.to_owned(), PKey::public_key_from_raw_bytes(public_key, Id::ED25519)?);
        Ok(self)
    }

    /// Believes every `<name>.pub` (PEM) in a folder.
    ///
    /// # Errors
    /// [`SealError::File`] or [`SealError::Crypto`].
    pub fn load(dir: &Path, audience: &str) -> Result<Self, SealError> {
        let file_error = |path: &Path, source| SealError::File { path: path.display().to_string(), source };
        let mut trust = Self::new(audience);
        for entry in std::fs::read_dir(dir).map_err(|e| file_error(dir, e))? {
            let path = entry.map_err(|e| file_error(dir, e))?.path();
            if path.extension().is_some_and(|x| x == "pub")
                && let Some(name) = path.file_stem().and_then(|s| s.to_str())
            {
                let pem = std::fs::read(&path).map_err(|e| file_error(&path, e))?;
                trust.keys.insert(name.to_owned(), PKey::public_key_from_pem(&pem)?);
            }
        }
        Ok(trust)
    }

    /// The office.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Opens a person's seal.
    ///
    /// # Errors
    /// Every kind of [`SealError`] but `File`.
    pub fn open_seal(&self, token: &[u8], now_ms: i64) -> Result<SealBody, SealError> {
        let key = self.keys.get("directory").ok_or(SealError::Untrusted)?;
        let body = SealBody::decode(opened(key, SEAL_CONTEXT, token)?).map_err(|_| SealError::Malformed)?;
        self.current(&body.audience, body.expires_at_ms, now_ms)?;
        if body.caller.is_none() {
            return Err(SealError::Malformed);
        }
        Ok(body)
    }

    /// Opens a service's token and gives its name.
    ///
    /// # Errors
    /// As [`Trust::open_seal`].
    pub fn open_service(&self, token: &[u8], now_ms: i64) -> Result<String, SealError> {
        let claimed = token.get(SIGNATURE_BYTES..).ok_or(SealError::Malformed)?;
        let claimed = ServiceBody::decode(claimed).map_err(|_| SealError::Malformed)?;
        let key = self.keys.get(&claimed.service).ok_or(SealError::Untrusted)?;
        let body =
            ServiceBody::decode(opened(key, SERVICE_CONTEXT, token)?).map_err(|_| SealError::Malformed)?;
        self.current(&body.audience, body.expires_at_ms, now_ms)?;
        Ok(body.service)
    }

    fn current(&self, audience: &str, expires_at_ms: i64, now_ms: i64) -> Result<(), SealError> {
        if audience != self.audience {
            return Err(SealError::Audience);
        }
        // A token from far ahead is no better than an old one: its maker's clock or its life is not ours.
        if now_ms >= expires_at_ms || expires_at_ms > now_ms.saturating_add(2 * SEAL_LIFE_MS) {
            return Err(SealError::Expired);
        }
        Ok(())
    }
}

fn opened<'t>(key: &PKey<Public>, context: &[u8], token: &'t [u8]) -> Result<&'t [u8], SealError> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(SealError::Malformed);
    }
    let (signature, body) = token.split_at_checked(SIGNATURE_BYTES).ok_or(SealError::Malformed)?;
    let mut verifier = Verifier::new_without_digest(key)?;
    if verifier.verify_oneshot(signature, &[context, body].concat())? {
        Ok(body)
    } else {
        Err(SealError::Untrusted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::v1::Caller;

    const NOW: i64 = 1_790_000_000_000;

    fn office() -> (ServiceKey, Trust) {
        let key = ServiceKey::generate("directory", "snv").unwrap();
        let trust = Trust::new("snv").with("directory", &key.public_key().unwrap()).unwrap();
        (key, trust)
    }

    fn body() -> SealBody {
        SealBody {
            caller: Some(Caller { person_id: "per_1".to_owned(), ..Caller::default() }),
            audience: "snv".to_owned(),
            expires_at_ms: NOW + SEAL_LIFE_MS,
            must_change_password: false,
        }
    }

    #[test]
    fn a_seal_opens_to_what_was_sealed() {
        let (key, trust) = office();
        assert_eq!(trust.open_seal(&key.seal(&body()).unwrap(), NOW).unwrap(), body());
    }

    #[test]
    fn a_seal_with_any_byte_changed_is_refused() {
        let (key, trust) = office();
        let token = key.seal(&body()).unwrap();
        for at in 0..token.len() {
            let mut forged = token.clone();
            forged[at] ^= 1;
            assert!(trust.open_seal(&forged, NOW).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_seal_is_refused_when_late_for_another_office_or_by_another_service() {
        let (key, trust) = office();
        let token = key.seal(&body()).unwrap();
        assert!(matches!(trust.open_seal(&token, NOW + SEAL_LIFE_MS), Err(SealError::Expired)));
        assert!(matches!(trust.open_seal(&token, NOW - 3 * SEAL_LIFE_MS), Err(SealError::Expired)));
        let other = SealBody { audience: "stc".to_owned(), ..body() };
        assert!(matches!(trust.open_seal(&key.seal(&other).unwrap(), NOW), Err(SealError::Audience)));
        let web = ServiceKey::generate("web", "snv").unwrap();
        let trust = trust.with("web", &web.public_key().unwrap()).unwrap();
        assert!(matches!(trust.open_seal(&web.seal(&body()).unwrap(), NOW), Err(SealError::Untrusted)));
    }

    #[test]
    fn a_service_token_is_no_seal_and_names_its_service() {
        let (key, trust) = office();
        let token = key.service_token(NOW).unwrap();
        assert_eq!(trust.open_service(&token, NOW).unwrap(), "directory");
        assert!(trust.open_seal(&token, NOW).is_err());
        assert!(trust.open_service(&key.seal(&body()).unwrap(), NOW).is_err());
    }
}
