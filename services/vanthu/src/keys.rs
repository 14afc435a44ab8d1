//! The keys folder of an office: one Ed25519 key a service, and the name of the office that tokens are good for.

use std::path::Path;
use std::sync::Arc;

use proto::fault::Fault;
use proto::rpc::{ServiceKey, Trust};

/// The service name under which the command line of this machine speaks: whoever can read the keys folder may back up.
pub const OPERATOR: &str = "operator";

/// The file that processes lock while they make the folder.
pub(crate) const LOCK: &str = "lock";

/// The keys of one process.
#[derive(Clone)]
pub struct Keys {
    /// Directory's own key: seals persons.
    pub directory: Arc<ServiceKey>,
    /// The signer's key: adds evidence to what was issued.
    pub signer: Arc<ServiceKey>,
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
        [&self.directory, &self.signer, &self.operator]
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
    let of_folder = |e: std::io::Error| Fault::unavailable("KEYS", format!("{}: {e}", dir.display()));
    // Processes of one office may start at once over a folder that is not there yet: one makes it, the others read it.
    let _made_by_one = locked(dir).map_err(of_folder)?;
    let office = office(dir).map_err(of_folder)?;
    let key = |name| ServiceKey::load_or_make(dir, name, &office).map_err(|e| Fault::unavailable("KEYS", e));
    let directory = key("directory")?;
    let signer = key("signer")?;
    let operator = key(OPERATOR)?;
    let trust = Trust::load(dir, &office).map_err(|e| Fault::unavailable("KEYS", e))?;
    Ok(Keys {
        directory: Arc::new(directory),
        signer: Arc::new(signer),
        operator: Arc::new(operator),
        trust: Arc::new(trust),
    })
}

/// Holds the folder, made if it is missing, until dropped. A folder that cannot be written is only read: no lock is needed.
fn locked(dir: &Path) -> std::io::Result<Option<std::fs::File>> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    match std::fs::File::options().create(true).truncate(false).write(true).open(dir.join(LOCK)) {
        Ok(file) => file.lock().map(|()| Some(file)),
        Err(e)
            if e.kind() == std::io::ErrorKind::PermissionDenied
                || e.kind() == std::io::ErrorKind::ReadOnlyFilesystem =>
        {
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// The office's name: random, made once.
fn office(dir: &Path) -> std::io::Result<String> {
    let path = dir.join("office");
    match std::fs::read_to_string(&path) {
        Ok(name) => Ok(name.trim().to_owned()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let mut random = [0u8; 16];
            openssl::rand::rand_bytes(&mut random).map_err(std::io::Error::other)?;
            let name: String = random.iter().map(|b| format!("{b:02x}")).collect();
            proto::rpc::durable::write(&path, name.as_bytes(), 0o644)?;
            Ok(name)
        }
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_who_start_at_once_are_one_office() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("keys");
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let folder = folder.clone();
                std::thread::spawn(move || {
                    let keys = load_or_make(&folder).unwrap();
                    (keys.directory.audience().to_owned(), keys.public().unwrap())
                })
            })
            .collect();
        let mut all: Vec<_> = threads.into_iter().map(|t| t.join().unwrap()).collect();
        all.dedup();
        assert_eq!(all.len(), 1);
    }
}
