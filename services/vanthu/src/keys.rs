//! The keys folder of an office: one Ed25519 key a service, and the name of the office that tokens are good for.

use std::path::Path;
use std::sync::Arc;

use proto::fault::Fault;
use proto::rpc::{ServiceKey, Trust};

/// The service name under which the command line of this machine speaks: whoever can read the keys folder may back up.
pub const OPERATOR: &str = "operator";

/// The keys of one process.
#[derive(Clone)]
pub struct Keys {
    /// Directory's own key: seals persons.
    pub directory: Arc<ServiceKey>,
    /// The command line's key.
    pub operator: Arc<ServiceKey>,
    /// Whom the roles believe.
    pub trust: Arc<Trust>,
}

impl Keys {
    /// The public keys of the services, by name.
    ///
    /// # Errors
    /// [`Fault::Broken`].
    pub fn public(&self) -> Result<Vec<(String, Vec<u8>)>, Fault> {
        [&self.directory, &self.operator]
            .into_iter()
            .map(|key| Ok((key.name().to_owned(), key.public_key().map_err(Fault::broken)?)))
            .collect()
    }
}

/// Reads the keys folder, or makes it.
///
/// # Errors
/// [`Fault::Unavailable`] `KEYS`.
pub fn load_or_make(dir: &Path) -> Result<Keys, Fault> {
    let office = office(dir).map_err(|e| Fault::unavailable("KEYS", format!("{}: {e}", dir.display())))?;
    let key = |name| ServiceKey::load_or_make(dir, name, &office).map_err(|e| Fault::unavailable("KEYS", e));
    let directory = key("directory")?;
    let operator = key(OPERATOR)?;
    let trust = Trust::load(dir, &office).map_err(|e| Fault::unavailable("KEYS", e))?;
    Ok(Keys { directory: Arc::new(directory), operator: Arc::new(operator), trust: Arc::new(trust) })
}

/// The office's name: random, made once.
fn office(dir: &Path) -> std::io::Result<String> {
    let path = dir.join("office");
    match std::fs::read_to_string(&path) {
        Ok(name) => Ok(name.trim().to_owned()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            use std::os::unix::fs::DirBuilderExt as _;
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
            let mut random = [0u8; 16];
            openssl::rand::rand_bytes(&mut random).map_err(std::io::Error::other)?;
            let name: String = random.iter().map(|b| format!("{b:02x}")).collect();
            std::fs::write(&path, &name)?;
            Ok(name)
        }
        Err(e) => Err(e),
    }
}
