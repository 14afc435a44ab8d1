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

    /// Keeps a key file and its image durably. Answers whether the key was new here.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for bytes over the limits, [`Fault::Unavailable`] for the disk.
    pub fn keep(&self, certificate_sha256: &str, pkcs12: &[u8], image_png: &[u8]) -> Result<bool, Fault> {
        if pkcs12.len() > PKCS12_BYTES_MAX {
            return Err(Fault::invalid(
                "pkcs12",
                "KEY_FILE_TOO_LARGE",
                format!("at most {PKCS12_BYTES_MAX} bytes"),
            ));
        }
        check_image(image_png)?;
        let key = self.path(certificate_sha256, "p12")?;
        let new = !key.try_exists().map_err(|e| unavailable(&key, &e))?;
        self.write(&key, pkcs12)?;
        if !image_png.is_empty() {
            self.write(&self.path(certificate_sha256, "png")?, image_png)?;
        }
        Ok(new)
    }

    /// Keeps the certificates of a key that stays outside, and its image, durably. Answers whether they were new here.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for an image over the limit, [`Fault::Unavailable`] for the disk.
    pub fn keep_certificates(
        &self,
        certificate_sha256: &str,
        pem: &[u8],
        image_png: &[u8],
    ) -> Result<bool, Fault> {
        check_image(image_png)?;
        let path = self.path(certificate_sha256, "pem")?;
        let new = !path.try_exists().map_err(|e| unavailable(&path, &e))?;
        self.write(&path, pem)?;
        if !image_png.is_empty() {
            self.write(&self.path(certificate_sha256, "png")?, image_png)?;
        }
        Ok(new)
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
        let mut random = [0; 8];
        openssl::rand::rand_bytes(&mut random).map_err(Fault::broken)?;
        let temporary = path.with_extension(format!("{:016x}", u64::from_be_bytes(random)));
        self.write(&temporary, bytes)?;
        let linked = fs::hard_link(&temporary, path);
        let removed = fs::remove_file(&temporary);
        match linked {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => Err(unavailable(path, &e)),
            _ => removed.map_err(|e| unavailable(path, &e)),
        }
    }

    /// Takes out what was kept for a certificate that was refused.
    pub fn forget(&self, certificate_sha256: &str) {
        for kind in ["p12", "pem", "png"] {
            if let Ok(path) = self.path(certificate_sha256, kind)
                && let Err(error) = fs::remove_file(&path)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                tracing::warn!(%error, "a key file that was refused could not be removed");
            }
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

fn check_image(image_png: &[u8]) -> Result<(), Fault> {
    if image_png.len() > IMAGE_BYTES_MAX {
        let text = format!("at most {IMAGE_BYTES_MAX} bytes");
        return Err(Fault::invalid("image_png", "IMAGE_TOO_LARGE", text));
    }
    Ok(())
}

fn unavailable(path: &Path, error: &std::io::Error) -> Fault {
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
        assert!(vault.keep(&name, b"key", b"image").unwrap());
        assert!(!vault.keep(&name, b"key", b"").unwrap(), "kept already");
        assert_eq!(vault.key(&name).unwrap(), b"key");
        assert_eq!(vault.image(&name).unwrap().unwrap(), b"image");
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&dir.path().join("keys")), 0o700);
        assert_eq!(mode(&dir.path().join("keys").join(format!("{name}.p12"))), 0o600);
        vault.forget(&name);
        assert!(vault.key(&name).is_err());
        assert!(vault.image(&name).unwrap().is_none());
    }

    #[test]
    fn certificates_of_keys_outside_and_the_sealing_key_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(dir.path()).unwrap();
        let name = "cd".repeat(32);
        assert!(matches!(vault.certificates(&name), Err(Fault::Refused { reason: "KEY_NOT_OUTSIDE", .. })));
        assert!(vault.keep_certificates(&name, b"pem", b"image").unwrap());
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
