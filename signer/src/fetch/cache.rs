//! What was fetched, kept until it is out of date: one CRL serves all signatures below its issuer. What comes out is
//! checked like what comes over the wire, so a cache needs no trust; when it fails it is as if it were empty.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::limits::CACHE_BYTES_MAX;

/// Locks that keep two tasks from fetching the same thing at a time.
const LOCKS: usize = 32;

/// Keeps what was fetched.
#[derive(Debug)]
pub struct Cache {
    place: Place,
    locks: [Mutex<()>; LOCKS],
}

#[derive(Debug)]
enum Place {
    Memory(Mutex<HashMap<[u8; 32], Vec<u8>>>),
    Folder(PathBuf),
}

impl Cache {
    /// Keeps things as long as the process runs.
    pub fn in_memory() -> Self {
        Self::new(Place::Memory(Mutex::default()))
    }

    /// Keeps things in a folder of its own, which is made when the first is kept.
    pub fn in_folder(path: impl Into<PathBuf>) -> Self {
        Self::new(Place::Folder(path.into()))
    }

    fn new(place: Place) -> Self {
        Self { place, locks: std::array::from_fn(|_| Mutex::new(())) }
    }

    /// Holds off others that want the same thing, so that it is fetched once.
    pub(super) fn hold(&self, key: &[u8]) -> MutexGuard<'_, ()> {
        let digest = openssl::sha::sha256(key);
        let lock = &self.locks[usize::from(digest[0]) % LOCKS];
        lock.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept under a key, at most so many bytes of it.
    pub(super) fn get(&self, key: &[u8], bytes_max: u64) -> Option<Vec<u8>> {
        let digest = openssl::sha::sha256(key);
        match &self.place {
            Place::Memory(map) => map.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).cloned(),
            Place::Folder(folder) => {
                let read = || -> io::Result<Vec<u8>> {
                    let mut bytes = Vec::new();
                    fs::File::open(file_of(folder, &digest))?.take(bytes_max).read_to_end(&mut bytes)?;
                    Ok(bytes)
                };
                match read() {
                    Ok(bytes) => Some(bytes),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                    Err(error) => {
                        tracing::warn!(%error, "the cache of revocation data cannot be read");
                        None
                    }
                }
            }
        }
    }

    /// Keeps something.
    pub(super) fn put(&self, key: &[u8], bytes: &[u8]) {
        let digest = openssl::sha::sha256(key);
        match &self.place {
            Place::Memory(map) => {
                let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
                let held: usize = map.values().map(Vec::len).sum();
                // Simpler than ageing, and as rare as it is harmless.
                if held + bytes.len() > usize::try_from(CACHE_BYTES_MAX).unwrap_or(usize::MAX) {
                    map.clear();
                }
                map.insert(digest, bytes.to_vec());
            }
            Place::Folder(folder) => {
                if let Err(error) = write(folder, &digest, bytes) {
                    tracing::warn!(%error, "the cache of revocation data cannot be written");
                }
            }
        }
    }
}

fn file_of(folder: &Path, digest: &[u8; 32]) -> PathBuf {
    let name: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    folder.join(format!("{name}.der"))
}

fn write(folder: &Path, digest: &[u8; 32], bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    make_room(folder, u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
    let path = file_of(folder, digest);
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = fs::File::create(&part)?;
    file.write_all(bytes)?;
    drop(file);
    fs::rename(&part, &path)
}

/// Removes what was written longest ago until there is room.
fn make_room(folder: &Path, wanted: u64) -> io::Result<()> {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        if about.is_file() {
            files.push((about.modified()?, about.len(), entry.path()));
        }
    }
    let mut held: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
    files.sort();
    for (_, bytes, path) in files {
        if held.saturating_add(wanted) <= CACHE_BYTES_MAX {
            break;
        }
        fs::remove_file(path)?;
        held -= bytes;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for cache in [Cache::in_memory(), Cache::in_folder(folder.path().join("cache"))] {
            assert_eq!(cache.get(b"a", 100), None);
            cache.put(b"a", b"one");
            cache.put(b"a", b"two");
            assert_eq!(cache.get(b"a", 100).as_deref(), Some(&b"two"[..]));
            assert_eq!(cache.get(b"b", 100), None);
        }
        let left = fs::read_dir(folder.path().join("cache")).unwrap().count();
        assert_eq!(left, 1, "no part is left");
    }

    #[test]
    fn the_oldest_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        for (name, age) in [("old", 100), ("new", 10)] {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_len(CACHE_BYTES_MAX / 2).unwrap();
            let time = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000 - age);
            file.set_modified(time).unwrap();
        }
        make_room(folder.path(), 1).unwrap();
        let left: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["new"]);
    }
}
