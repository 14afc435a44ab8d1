//! Keys at rest: PKCS#12 files as they came, still under their owners' passwords, and the images that go with them.
//!
//! A file is named by the SHA-256 of its certificate. The vault cannot open any of them by itself.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use proto::fault::Fault;

use crate::keys::PKCS12_BYTES_MAX;

/// Largest image of a signature or seal, in bytes.
pub const IMAGE_BYTES_MAX: usize = 1 << 20;

/// The folder of keys.
#[derive(Debug, Clone)]
pub struct Vault {
    dir: PathBuf,
}

impl Vault {
    /// Opens the folder, or makes it, for its owner only.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] `KEY_STORE` when it cannot be made.
    pub fn open(dir: &Path) -> Result<Self, Fault> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(|e| unavailable(dir, &e))?;
        Ok(Self { dir: dir.to_path_buf() })
    }

    /// Keeps a key file and its image durably; what is there already stays until [`Kept::accept`].
    ///
    /// # Errors
    /// [`Fault::Invalid`] for bytes over the limits, [`Fault::Unavailable`] for the disk.
    pub fn keep(&self, certificate_sha256: &str, pkcs12: &[u8], image_png: &[u8]) -> Result<Kept, Fault> {
        if pkcs12.len() > PKCS12_BYTES_MAX {
            return Err(Fault::invalid(
                "pkcs12",
                "KEY_FILE_TOO_LARGE",
                format!("at most {PKCS12_BYTES_MAX} bytes"),
            ));
        }
        check_image(image_png)?;
        self.keep_all(certificate_sha256, &[("p12", pkcs12), ("png", image_png)])
    }

    /// Keeps the certificates of a key that stays outside, and its image, durably; what is there already stays until
    /// [`Kept::accept`].
    ///
    /// # Errors
    /// [`Fault::Invalid`] for an image over the limit, [`Fault::Unavailable`] for the disk.
    pub fn keep_certificates(
        &self,
        certificate_sha256: &str,
        pem: &[u8],
        image_png: &[u8],
    ) -> Result<Kept, Fault> {
        check_image(image_png)?;
        self.keep_all(certificate_sha256, &[("pem", pem), ("png", image_png)])
    }

    /// Where it lies, for its owner only.
    pub fn folder(&self) -> &Path {
        &self.dir
    }

    fn keep_all(&self, certificate_sha256: &str, files: &[(&str, &[u8])]) -> Result<Kept, Fault> {
        let mut kept = Kept { dir: self.dir.clone(), made: Vec::new(), waiting: Vec::new() };
        for (kind, bytes) in files.iter().filter(|(_, bytes)| !bytes.is_empty()) {
            let path = self.path(certificate_sha256, kind)?;
            match fs::read(&path) {
                Ok(there) if there == *bytes => {}
                Ok(_) => {
                    let waiting = beside(&path)?;
                    self.write(&waiting, bytes)?;
                    kept.waiting.push((waiting, path));
                }
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                    self.write(&path, bytes)?;
                    kept.made.push(path);
                }
                Err(e) => return Err(unavailable(&path, &e)),
            }
        }
        Ok(kept)
    }

    /// The certificates of a key that stays outside, PEM.
    ///
    /// # Errors
    /// [`Fault::Refused`] `KEY_NOT_OUTSIDE` when there are none.
    pub fn certificates(&self, certificate_sha256: &str) -> Result<Vec<u8>, Fault> {
        let path = self.path(certificate_sha256, "pem")?;
        match fs::read(&path) {
            Ok(bytes) => Ok(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(Fault::refused(
                "KEY_NOT_OUTSIDE",
                "the key of this certificate is not one that stays outside",
            )),
            Err(e) => Err(unavailable(&path, &e)),
        }
    }

    /// The key that seals what callers keep for us between two calls; made when first needed.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] for the disk.
    pub fn state_key(&self) -> Result<[u8; 32], Fault> {
        let path = self.dir.join("state.key");
        let read = || -> std::io::Result<[u8; 32]> {
            let bytes = fs::read(&path)?;
            bytes.try_into().map_err(|_| std::io::Error::other("has not 32 bytes"))
        };
        match read() {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; 32];
                openssl::rand::rand_bytes(&mut key).map_err(Fault::broken)?;
                self.write_first(&path, &key)?;
                // Another may have been the first.
                read().map_err(|e| unavailable(&path, &e))
            }
            other => other.map_err(|e| unavailable(&path, &e)),
        }
    }

    /// Writes a file that is not replaced when it is there already.
    fn write_first(&self, path: &Path, bytes: &[u8]) -> Result<(), Fault> {
        let temporary = beside(path)?;
        self.write(&temporary, bytes)?;
        let linked = fs::hard_link(&temporary, path);
        let removed = fs::remove_file(&temporary);
        match linked {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(unavailable(path, &e)),
            _ => removed.map_err(|e| unavailable(path, &e)),
        }
    }

    /// The key file of a certificate.
    ///
    /// # Errors
    /// [`Fault::Refused`] `KEY_NOT_HERE` when it is not kept here.
    pub fn key(&self, certificate_sha256: &str) -> Result<Vec<u8>, Fault> {
        let path = self.path(certificate_sha256, "p12")?;
        match fs::read(&path) {
            Ok(bytes) => Ok(bytes),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                Err(Fault::refused("KEY_NOT_HERE", "the key of this certificate is not kept on this server"))
            }
            Err(e) => Err(unavailable(&path, &e)),
        }
    }

    /// The image of a certificate, where there is one.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] for the disk.
    pub fn image(&self, certificate_sha256: &str) -> Result<Option<Vec<u8>>, Fault> {
        let path = self.path(certificate_sha256, "png")?;
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(unavailable(&path, &e)),
        }
    }

    fn path(&self, certificate_sha256: &str, kind: &str) -> Result<PathBuf, Fault> {
        let lawful = certificate_sha256.len() == 64
            && certificate_sha256.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if lawful {
            Ok(self.dir.join(format!("{certificate_sha256}.{kind}")))
        } else {
            Err(Fault::broken("certificate digest is not 64 hex digits"))
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), Fault> {
        let temporary = path.with_extension("new");
        let written = || -> std::io::Result<()> {
            let mut file = fs::OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&temporary)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, path)?;
            fs::File::open(&self.dir)?.sync_all()
        };
        written().map_err(|e| unavailable(path, &e))
    }
}

/// A file in a folder that nobody else can open and that is gone when it is closed.
pub(crate) fn nameless(folder: &Path) -> Result<fs::File, Fault> {
    let mut name = [0; 8];
    openssl::rand::rand_bytes(&mut name).map_err(Fault::broken)?;
    let path = folder.join(format!("{:016x}.part", u64::from_be_bytes(name)));
    let file = fs::OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
    let file = file.map_err(|e| unavailable(&path, &e))?;
    fs::remove_file(&path).map_err(|e| unavailable(&path, &e))?;
    Ok(file)
}

/// What was kept for a certificate before anybody had said yes to it. Files that were there before are replaced only when
/// it is accepted, and never taken away: a request that is refused leaves everything as it was.
#[derive(Debug)]
#[must_use]
pub struct Kept {
    dir: PathBuf,
    /// Files that were not there before.
    made: Vec<PathBuf>,
    /// What is to replace a file that was there, and that file.
    waiting: Vec<(PathBuf, PathBuf)>,
}

impl Kept {
    /// The certificate is bound: what waits takes its place.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] for the disk; what was there before is still there then.
    pub fn accept(self) -> Result<(), Fault> {
        for (waiting, path) in &self.waiting {
            fs::rename(waiting, path).map_err(|e| unavailable(path, &e))?;
        }
        fs::File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(|e| unavailable(&self.dir, &e))
    }

    /// The certificate was refused: what came with it goes.
    pub fn refuse(self) {
        for path in self.made.iter().chain(self.waiting.iter().map(|(waiting, _)| waiting)) {
            removed(path);
        }
    }

    /// Nobody knows whether it is bound: what was not there before stays, for it may be needed; what was there stays too.
    pub fn leave(self) {
        for (waiting, _) in &self.waiting {
            removed(waiting);
        }
    }
}

fn removed(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(%error, "a key file that is not wanted could not be removed");
    }
}

/// A name of its own beside a file.
fn beside(path: &Path) -> Result<PathBuf, Fault> {
    let mut random = [0; 8];
    openssl::rand::rand_bytes(&mut random).map_err(Fault::broken)?;
    Ok(path.with_extension(format!("{:016x}", u64::from_be_bytes(random))))
}

fn check_image(image_png: &[u8]) -> Result<(), Fault> {
    if image_png.len() > IMAGE_BYTES_MAX {
        let text = format!("at most {IMAGE_BYTES_MAX} bytes");
        return Err(Fault::invalid("image_png", "IMAGE_TOO_LARGE", text));
    }
    Ok(())
}

pub(crate) fn unavailable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::unavailable("KEY_STORE", format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_kept_for_their_owner_only_and_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(&dir.path().join("keys")).unwrap();
        let name = "ab".repeat(32);
        assert!(matches!(vault.key(&name), Err(Fault::Refused { reason: "KEY_NOT_HERE", .. })));
        vault.keep(&name, b"key", b"image").unwrap().accept().unwrap();
        assert_eq!(vault.key(&name).unwrap(), b"key");
        assert_eq!(vault.image(&name).unwrap().unwrap(), b"image");
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir.path().join("keys")), 0o700);
        assert_eq!(mode(&dir.path().join("keys").join(format!("{name}.p12"))), 0o600);
        let another = "cd".repeat(32);
        vault.keep(&another, b"key", b"image").unwrap().refuse();
        assert!(vault.key(&another).is_err());
        assert!(vault.image(&another).unwrap().is_none());
    }

    #[test]
    fn what_was_there_stays_until_the_new_is_accepted() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path()).unwrap();
        let name = "ab".repeat(32);
        vault.keep(&name, b"key", b"image").unwrap().accept().unwrap();
        let seen = || (vault.key(&name).unwrap(), vault.image(&name).unwrap().unwrap());
        let held = || (b"key".to_vec(), b"image".to_vec());
        // A stranger who knows the certificate, as everybody does who has a signed file.
        vault.keep_certificates(&name, b"pem", b"stranger's").unwrap().refuse();
        assert_eq!(seen(), held());
        assert!(vault.certificates(&name).is_err());
        vault.keep(&name, b"stranger's", b"stranger's").unwrap().leave();
        assert_eq!(seen(), held());
        // What nobody knows the end of stays where nothing was before.
        let new = "ef".repeat(32);
        vault.keep(&new, b"key", b"").unwrap().leave();
        assert_eq!(vault.key(&new).unwrap(), b"key");
        vault.keep(&name, b"other", b"image").unwrap().accept().unwrap();
        assert_eq!(seen(), (b"other".to_vec(), b"image".to_vec()));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "nothing is left over");
    }

    #[test]
    fn certificates_of_keys_outside_and_the_sealing_key_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path()).unwrap();
        let name = "cd".repeat(32);
        assert!(matches!(vault.certificates(&name), Err(Fault::Refused { reason: "KEY_NOT_OUTSIDE", .. })));
        vault.keep_certificates(&name, b"pem", b"image").unwrap().accept().unwrap();
        assert_eq!(vault.certificates(&name).unwrap(), b"pem");
        assert!(vault.key(&name).is_err(), "there is no key to unlock");
        let key = vault.state_key().unwrap();
        assert_eq!(Vault::open(dir.path()).unwrap().state_key().unwrap(), key, "it survives a restart");
        let mode = fs::metadata(dir.path().join("state.key")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
        fs::write(dir.path().join("state.key"), b"short").unwrap();
        assert!(vault.state_key().is_err());
    }

    #[test]
    fn a_name_that_is_no_digest_reaches_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path()).unwrap();
        for name in ["../../etc/passwd", "", &"G".repeat(64), &"AB".repeat(32)] {
            assert!(matches!(vault.key(name), Err(Fault::Broken { .. })), "{name}");
        }
    }
}
