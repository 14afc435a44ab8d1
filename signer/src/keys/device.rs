//! Keys on a device (PKCS#11): a card, a USB token, an HSM. The key never leaves it; here are only sessions.
//!
//! Sessions are kept open and used again, one call each at a time. When the device was taken out and put back, a
//! session is opened and logged in anew: on the same device only, known by its serial number, so that a PIN is never
//! tried on another. Hashing is done here: every device can sign a digest, few know every hash.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::AuthPin;
use openssl::x509::X509;

use super::uri::{TokenUri, UriError};
use super::{KeyError, Signatory};
use crate::cms::{Digest, SignatureAlgorithm, digest_info, ecdsa_pair_to_der};

/// Most idle sessions that are kept open for one key.
const SESSIONS_IDLE_MAX: usize = 8;
/// Most certificates that are read from a device.
const CERTIFICATES_MAX: usize = 64;
/// What is signed once when a key is opened, to see that it belongs to its certificate. No document begins so.
const TRIAL: &[u8] = b"vanthu: does this key belong to its certificate?";

/// Why a key on a device cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The URI is not taken.
    #[error(transparent)]
    Uri(#[from] UriError),
    /// Nobody said which library drives the device.
    #[error("no PKCS#11 library is named, in the URI as module-path or in VANTHU_PKCS11_MODULE")]
    NoModule,
    /// The library cannot be loaded.
    #[error("the PKCS#11 library {path} cannot be loaded: {reason}")]
    Module {
        /// Its path.
        path: PathBuf,
        /// What the loader says.
        reason: String,
    },
    /// No device fits the URI.
    #[error("no token fits the URI; put it in, or see its name with pkcs11-tool --list-slots")]
    NoToken,
    /// Several do.
    #[error("{0} tokens fit the URI; name one by serial")]
    SeveralTokens(usize),
    /// The device asks for a PIN and none was given.
    #[error("the token asks for a PIN")]
    PinMissing,
    /// The PIN is wrong.
    #[error("the PIN is wrong")]
    PinWrong,
    /// Too many wrong PINs.
    #[error("the PIN is locked; the token's issuer unlocks it")]
    PinLocked,
    /// The PIN must be changed first.
    #[error("the PIN has expired and must be changed with the token's own tool")]
    PinExpired,
    /// No private key fits the URI.
    #[error("no private key on the token fits the URI")]
    NoKey,
    /// Several do.
    #[error("{0} private keys on the token fit the URI; name one by id or object")]
    SeveralKeys(usize),
    /// The key has no certificate there.
    #[error("the token has no certificate for the key")]
    NoCertificate,
    /// The key and its certificate do not belong together.
    #[error("the key does not belong to the certificate beside it")]
    OtherCertificate,
    /// The key asks for its PIN at every use.
    #[error("the key asks for its PIN at every signature, which is not supported")]
    PinEveryTime,
    /// The device was taken out.
    #[error("the token was taken out; put it back")]
    Removed,
    /// The device cannot sign this way.
    #[error("the token cannot sign with {scheme} and {digest}")]
    Mechanism {
        /// The scheme.
        scheme: &'static str,
        /// The digest.
        digest: &'static str,
    },
    /// Anything else that the library says.
    #[error("the token failed: {0}")]
    Failed(String),
}

impl From<Error> for DeviceError {
    fn from(error: Error) -> Self {
        match &error {
            Error::Pkcs11(reason, _) => match reason {
                RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange => Self::PinWrong,
                RvError::PinLocked => Self::PinLocked,
                RvError::PinExpired => Self::PinExpired,
                RvError::TokenNotPresent | RvError::DeviceRemoved | RvError::SlotIdInvalid => Self::Removed,
                _ => Self::Failed(error.to_string()),
            },
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// Whether a new session may help.
fn is_stale(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::TokenNotPresent
                | RvError::UserNotLoggedIn
                | RvError::KeyHandleInvalid
                | RvError::ObjectHandleInvalid
                | RvError::SlotIdInvalid,
            _
        )
    )
}

/// A private key on a device.
pub(super) struct DeviceKey {
    library: Pkcs11,
    uri: TokenUri,
    /// Kept to log in again; wiped when dropped.
    pin: Option<AuthPin>,
    idle: Mutex<Vec<Opened>>,
}

/// A session that is logged in, and where the key is in it.
struct Opened {
    session: Session,
    key: ObjectHandle,
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("DeviceKey").field("serial", &self.uri.serial).finish_non_exhaustive()
    }
}

impl DeviceKey {
    /// Opens the key that the URI names, and reads its certificate and the others of the device. Those in `given`
    /// count as well.
    pub(super) fn open(
        uri: &TokenUri,
        pin: Option<&str>,
        module: Option<&Path>,
        given: Vec<X509>,
    ) -> Result<(Self, Signatory), KeyError> {
        let module = uri.module_path.as_deref().or(module).ok_or(DeviceError::NoModule)?;
        let library = library(module)?;
        let mut uri = uri.clone();
        let (slot, info) = only_slot(&library, &uri)?;
        // From now on this device and no other.
        uri.serial = Some(info.serial_number().to_owned());
        uri.token = Some(info.label().to_owned());
        let pin = pin.map(|pin| AuthPin::from(pin.to_owned()));
        let opened = open_session(&library, slot, &info, &uri, pin.as_ref())?;
        let (id, label) = identity(&opened).map_err(DeviceError::from)?;
        // Its own identifier finds the same key again.
        if uri.id.is_none() && !id.is_empty() {
            uri.id = Some(id.clone());
        }
        let (own, mut others) = certificates(&opened.session, &id, &label).map_err(DeviceError::from)?;
        let key = Self { library, uri, pin, idle: Mutex::new(vec![opened]) };
        others.extend(given);
        let signatory = key.belonging(&own, &others)?;
        Ok((key, signatory))
    }

    /// The certificate that the key belongs to: proven by a signature.
    fn belonging(&self, own: &[X509], others: &[X509]) -> Result<Signatory, KeyError> {
        let mut refused =
            if own.is_empty() { DeviceError::NoCertificate } else { DeviceError::OtherCertificate }.into();
        for certificate in own {
            let above = own.iter().filter(|one| *one != certificate).chain(others).cloned().collect();
            let signatory = match Signatory::new(certificate.clone(), above) {
                Ok(signatory) => signatory,
                Err(error) => {
                    refused = error;
                    continue;
                }
            };
            let digest = signatory.usual_digest();
            let scheme = signatory.scheme(digest, false)?;
            // A key of another kind or size does not even sign as its certificate says.
            let bits = signatory.public_key().bits();
            let fits = match self.sign(scheme, digest, TRIAL, bits) {
                Ok(signature) => scheme.verify(signatory.public_key(), digest, &[TRIAL], &signature),
                Err(DeviceError::Mechanism { .. }) => false,
                Err(error) => return Err(error.into()),
            };
            if fits {
                return Ok(signatory);
            }
        }
        Err(refused)
    }

    /// Signs a message; `key_bits` is the size of the key.
    pub(super) fn sign(
        &self,
        scheme: SignatureAlgorithm,
        digest: Digest,
        message: &[u8],
        key_bits: u32,
    ) -> Result<Vec<u8>, DeviceError> {
        let unable = || DeviceError::Mechanism { scheme: scheme.name(), digest: digest.name() };
        let mut hashed = digest.hash(&[message]).ok_or_else(unable)?;
        let mechanism = match scheme {
            SignatureAlgorithm::RsaPkcs1(_) => {
                hashed = digest_info(digest, &hashed).ok_or_else(unable)?;
                Mechanism::RsaPkcs
            }
            SignatureAlgorithm::RsaPss { mask, salt_len, .. } => {
                let (hash_alg, _) = pss_names(digest).ok_or_else(unable)?;
                let (_, mgf) = pss_names(mask).ok_or_else(unable)?;
                Mechanism::RsaPkcsPss(PkcsPssParams { hash_alg, mgf, s_len: u64::from(salt_len).into() })
            }
            SignatureAlgorithm::Ecdsa(_) => {
                // The leftmost bits count (FIPS 186-5, 6.4); not every device cuts by itself.
                hashed.truncate(usize::try_from(key_bits.div_ceil(8)).unwrap_or(usize::MAX));
                Mechanism::Ecdsa
            }
            _ => return Err(unable()),
        };
        let raw = match self.signed(&mechanism, &hashed) {
            Err(DeviceError::Failed(text)) if text.contains("mechanism") => return Err(unable()),
            other => other?,
        };
        if matches!(scheme, SignatureAlgorithm::Ecdsa(_)) {
            let odd = || DeviceError::Failed("its signature is no pair of numbers".to_owned());
            return ecdsa_pair_to_der(&raw).ok_or_else(odd);
        }
        Ok(raw)
    }

    /// One signature in an idle session or a new one. After a session that has gone stale all others are given up,
    /// too, and a new one is tried once.
    fn signed(&self, mechanism: &Mechanism<'_>, data: &[u8]) -> Result<Vec<u8>, DeviceError> {
        let idle = self.idle().pop();
        if let Some(opened) = idle {
            match opened.session.sign(mechanism, opened.key, data) {
                Ok(raw) => {
                    self.give_back(opened);
                    return Ok(raw);
                }
                Err(error) if is_stale(&error) => {
                    tracing::warn!(%error, "a session with a token ended, a new one is opened");
                    drop(opened);
                    self.idle().clear();
                }
                Err(error) => return Err(error.into()),
            }
        }
        let (slot, info) = only_slot(&self.library, &self.uri).map_err(|error| match error {
            DeviceError::NoToken => DeviceError::Removed,
            other => other,
        })?;
        let opened = open_session(&self.library, slot, &info, &self.uri, self.pin.as_ref())?;
        let raw = opened.session.sign(mechanism, opened.key, data)?;
        self.give_back(opened);
        Ok(raw)
    }

    fn give_back(&self, opened: Opened) {
        let mut idle = self.idle();
        if idle.len() < SESSIONS_IDLE_MAX {
            idle.push(opened);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Opened>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The names of a digest for PSS; devices have none for SHA-3 there.
fn pss_names(digest: Digest) -> Option<(MechanismType, PkcsMgfType)> {
    Some(match digest {
        Digest::Sha256 => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
        Digest::Sha384 => (MechanismType::SHA384, PkcsMgfType::MGF1_SHA384),
        Digest::Sha512 => (MechanismType::SHA512, PkcsMgfType::MGF1_SHA512),
        _ => return None,
    })
}

/// A library, loaded and initialised once in this process.
fn library(path: &Path) -> Result<Pkcs11, DeviceError> {
    static LOADED: LazyLock<Mutex<HashMap<PathBuf, Pkcs11>>> = LazyLock::new(Mutex::default);
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(library) = loaded.get(path) {
        return Ok(library.clone());
    }
    let failed = |error: Error| DeviceError::Module { path: path.to_owned(), reason: error.to_string() };
    let library = Pkcs11::new(path).map_err(failed)?;
    match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(error) => return Err(failed(error)),
    }
    loaded.insert(path.to_owned(), library.clone());
    Ok(library)
}

/// The one slot whose token fits.
fn only_slot(library: &Pkcs11, uri: &TokenUri) -> Result<(Slot, TokenInfo), DeviceError> {
    let mut fitting = Vec::new();
    for slot in library.get_slots_with_token()? {
        // A token may be taken out between the two calls.
        let Ok(info) = library.get_token_info(slot) else { continue };
        let fits =
            |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        if info.token_initialized()
            && fits(&uri.token, info.label())
            && fits(&uri.serial, info.serial_number())
            && fits(&uri.manufacturer, info.manufacturer_id())
            && fits(&uri.model, info.model())
        {
            fitting.push((slot, info));
        }
    }
    match fitting.len() {
        0 => Err(DeviceError::NoToken),
        1 => Ok(fitting.remove(0)),
        several => Err(DeviceError::SeveralTokens(several)),
    }
}

fn open_session(
    library: &Pkcs11,
    slot: Slot,
    info: &TokenInfo,
    uri: &TokenUri,
    pin: Option<&AuthPin>,
) -> Result<Opened, DeviceError> {
    let session = library.open_ro_session(slot)?;
    if info.login_required() {
        if info.user_pin_locked() {
            return Err(DeviceError::PinLocked);
        }
        if pin.is_none() && !info.protected_authentication_path() {
            return Err(DeviceError::PinMissing);
        }
        match session.login(UserType::User, pin) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut wanted = vec![Attribute::Class(ObjectClass::PRIVATE_KEY)];
    wanted.extend(uri.id.clone().map(Attribute::Id));
    wanted.extend(uri.object.clone().map(|label| Attribute::Label(label.into_bytes())));
    let keys = session.find_objects(&wanted)?;
    match keys.as_slice() {
        [] => Err(DeviceError::NoKey),
        [key] => {
            let always = session.get_attributes(*key, &[AttributeType::AlwaysAuthenticate])?;
            if matches!(always.first(), Some(Attribute::AlwaysAuthenticate(true))) {
                return Err(DeviceError::PinEveryTime);
            }
            Ok(Opened { session, key: *key })
        }
        several => Err(DeviceError::SeveralKeys(several.len())),
    }
}

/// Identifier and label of the key.
fn identity(opened: &Opened) -> Result<(Vec<u8>, Vec<u8>), Error> {
    let found = opened.session.get_attributes(opened.key, &[AttributeType::Id, AttributeType::Label])?;
    let mut both = (Vec::new(), Vec::new());
    for attribute in found {
        match attribute {
            Attribute::Id(id) => both.0 = id,
            Attribute::Label(label) => both.1 = label,
            _ => {}
        }
    }
    Ok(both)
}

/// The certificates that stand under the key's identifier, or under its label, and all others.
fn certificates(session: &Session, id: &[u8], label: &[u8]) -> Result<(Vec<X509>, Vec<X509>), Error> {
    let (mut own, mut others) = (Vec::new(), Vec::new());
    let wanted = [AttributeType::Value, AttributeType::Id, AttributeType::Label];
    for object in
        session.find_objects(&[Attribute::Class(ObjectClass::CERTIFICATE)])?.iter().take(CERTIFICATES_MAX)
    {
        let (mut certificate, mut is_own) = (None, false);
        for attribute in session.get_attributes(*object, &wanted)? {
            match attribute {
                Attribute::Value(der) => certificate = X509::from_der(&der).ok(),
                Attribute::Id(found) => is_own |= !id.is_empty() && found == id,
                Attribute::Label(found) => is_own |= id.is_empty() && found == label,
                _ => {}
            }
        }
        if is_own { own.extend(certificate) } else { others.extend(certificate) }
    }
    Ok((own, others))
}
