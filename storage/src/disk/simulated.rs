//! A disk in memory that behaves as badly as a disk may.
//!
//! Until synced, a write is a wish: after a power cut each of its sectors is there or is not, the
//! length may have grown without them, and a created, renamed or removed name may have come back.
//! A failed sync leaves any part of the waiting writes durable and forgets the rest, as Linux does.

mod state;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::random::Random;
use super::{DirectoryEntry, Disk, DiskError, DiskFile, Metadata, Operation};
use state::{Change, Content, Node, State};

/// A disk in memory; clones are handles on the same one.
#[derive(Debug, Clone)]
pub struct SimulatedDisk(Arc<Mutex<State>>);

impl SimulatedDisk {
    /// An empty disk; `seed` decides every chance.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State::new(seed))))
    }

    /// Another disk with the same content, which goes its own way from here.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        let mut state = self.state().clone();
        state.life += 1;
        Self(Arc::new(Mutex::new(state)))
    }

    /// Starts the chances anew.
    pub fn reseed(&self, seed: u64) {
        self.state().random = Random::new(seed);
    }

    /// How many calls were made.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// Fails one call after `calls` more have gone well.
    pub fn fail_in(&self, calls: u64) {
        self.state().fail_in = Some(calls);
    }

    /// Fails the next `times` calls of a kind.
    pub fn fail_operation(&self, operation: Operation, times: u64) {
        self.state().fail_operation = Some((operation, times));
    }

    /// Cuts the power at a call after `calls` more have gone well; from then on every call fails.
    pub fn power_off_in(&self, calls: u64) {
        self.state().power_off_in = Some(calls);
    }

    /// Whether the power is still on.
    #[must_use]
    pub fn is_powered(&self) -> bool {
        self.state().powered
    }

    /// Cuts the power, if it was on, and starts again with what reached the drive.
    pub fn restart(&self) {
        self.state().restart();
    }

    /// Sets the disk's clock.
    pub fn set_time(&self, now_ms: i64) {
        self.state().now_ms = now_ms;
    }

    /// Changes one byte of a file for good, as a failing drive does. False where there is none.
    pub fn corrupt(&self, path: &Path, offset: u64, xor: u8) -> bool {
        let mut state = self.state();
        let Ok(file) = state.file_at(path) else { return false };
        let Ok(content) = state.content(file) else { return false };
        let Ok(offset) = usize::try_from(offset) else { return false };
        let changed = match content.current.get_mut(offset) {
            Some(byte) => {
                *byte ^= xor;
                true
            }
            None => false,
        };
        if let Some(byte) = content.durable.get_mut(offset) {
            *byte ^= xor;
        }
        changed
    }

    /// Every file there is, with its length, sorted by path.
    #[must_use]
    pub fn files(&self) -> Vec<(PathBuf, u64)> {
        let state = self.state();
        let named = state.names.iter().filter_map(|(path, node)| match node {
            Node::File(file) => {
                Some((path.clone(), state.files.get(file).map_or(0, |content| content.current.len() as u64)))
            }
            Node::Directory => None,
        });
        named.collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<T>(
        &self,
        operation: Operation,
        path: &Path,
        work: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> Result<T, DiskError> {
        let mut state = self.state();
        state.begin(operation, path)?;
        work(&mut state).map_err(|source| DiskError::new(operation, path, source))
    }

    fn handle(&self, path: &Path, file: u64, writable: bool) -> Box<dyn DiskFile> {
        let life = self.state().life;
        Box::new(SimulatedFile { disk: self.clone(), path: path.to_owned(), file, writable, life })
    }
}

impl Disk for SimulatedDisk {
    fn create(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError> {
        let file = self.run(Operation::Create, path, |state| state.create(path))?;
        Ok(self.handle(path, file, true))
    }

    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError> {
        let file = self.run(Operation::Open, path, |state| state.file_at(path))?;
        Ok(self.handle(path, file, false))
    }

    fn open_writable(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError> {
        let file = self.run(Operation::Open, path, |state| {
            let file = state.file_at(path)?;
            if state.content(file)?.read_only {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            Ok(file)
        })?;
        Ok(self.handle(path, file, true))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        self.run(Operation::Rename, from, |state| state.rename(from, to))
    }

    fn hard_link(&self, existing: &Path, new: &Path) -> Result<(), DiskError> {
        self.run(Operation::HardLink, existing, |state| state.hard_link(existing, new))
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        self.run(Operation::Remove, path, |state| {
            state.file_at(path)?;
            state.name(vec![(path.to_owned(), None)]);
            Ok(())
        })
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), DiskError> {
        self.run(Operation::CreateDirAll, path, |state| {
            let mut missing: Vec<&Path> =
                path.ancestors().filter(|above| !state.is_directory(above)).collect();
            while let Some(directory) = missing.pop() {
                if state.names.contains_key(directory) {
                    return Err(io::ErrorKind::AlreadyExists.into());
                }
                state.name(vec![(directory.to_owned(), Some(Node::Directory))]);
            }
            Ok(())
        })
    }

    fn sync_dir(&self, path: &Path) -> Result<(), DiskError> {
        self.run(Operation::SyncDir, path, |state| state.sync_dir(path))
    }

    fn list(&self, path: &Path) -> Result<Vec<DirectoryEntry>, DiskError> {
        self.run(Operation::List, path, |state| {
            if !state.is_directory(path) {
                return Err(io::ErrorKind::NotFound.into());
            }
            let inside = state.names.iter().filter(|(name, _)| name.parent() == Some(path));
            let mut entries: Vec<DirectoryEntry> = inside
                .filter_map(|(name, node)| {
                    let name = name.file_name()?.to_str()?.to_owned();
                    Some(DirectoryEntry { name, is_directory: *node == Node::Directory })
                })
                .collect();
            entries.sort();
            Ok(entries)
        })
    }

    fn metadata(&self, path: &Path) -> Result<Option<Metadata>, DiskError> {
        self.run(Operation::Metadata, path, |state| {
            let Some(node) = state.names.get(path).copied() else { return Ok(None) };
            Ok(Some(match node {
                Node::Directory => Metadata { is_directory: true, length: 0, modified_ms: 0 },
                Node::File(file) => {
                    let content = state.content(file)?;
                    let length = content.current.len() as u64;
                    Metadata { is_directory: false, length, modified_ms: content.modified_ms }
                }
            }))
        })
    }

    fn set_read_only(&self, path: &Path) -> Result<(), DiskError> {
        self.run(Operation::SetReadOnly, path, |state| {
            let file = state.file_at(path)?;
            state.content(file)?.read_only = true;
            Ok(())
        })
    }
}

#[derive(Debug)]
struct SimulatedFile {
    disk: SimulatedDisk,
    path: PathBuf,
    file: u64,
    writable: bool,
    life: u64,
}

impl SimulatedFile {
    fn run<T>(
        &self,
        operation: Operation,
        work: impl FnOnce(&mut Content, i64) -> io::Result<T>,
    ) -> Result<T, DiskError> {
        let writes = matches!(operation, Operation::Append | Operation::WriteAt | Operation::Truncate);
        self.disk.run(operation, &self.path, |state| {
            if state.life != self.life {
                return Err(io::Error::other("the file was opened before the power cut"));
            }
            if writes && !self.writable {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            let now_ms = state.now_ms;
            work(state.content(self.file)?, now_ms)
        })
    }
}

/// A place in a file as an index; files of this disk fit in memory.
fn index(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput.into())
}

impl DiskFile for SimulatedFile {
    fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        let result = self.run(Operation::Append, |content, now_ms| {
            let offset = content.current.len();
            content.change(Change::Write { offset, bytes: bytes.to_vec() }, now_ms);
            Ok(())
        });
        if result.is_err() {
            // A failed write may have written its beginning.
            let mut state = self.disk.state();
            let now_ms = state.now_ms;
            let part = usize::try_from(state.random.below(bytes.len() as u64 + 1)).unwrap_or(0);
            if state.life == self.life
                && let Ok(content) = state.content(self.file)
            {
                let offset = content.current.len();
                content.change(Change::Write { offset, bytes: bytes[..part].to_vec() }, now_ms);
            }
        }
        result
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        self.run(Operation::WriteAt, |content, now_ms| {
            content.change(Change::Write { offset: index(offset)?, bytes: bytes.to_vec() }, now_ms);
            Ok(())
        })
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        let result = self.run(Operation::Sync, |content, _| {
            content.settle();
            Ok(())
        });
        if result.is_err() {
            let mut state = self.disk.state();
            let mut random = state.random.clone();
            if state.life == self.life
                && let Ok(content) = state.content(self.file)
            {
                content.settle_by_chance(&mut random);
            }
            state.random = random;
        }
        result
    }

    fn truncate(&mut self, length: u64) -> Result<(), DiskError> {
        self.run(Operation::Truncate, |content, now_ms| {
            content.change(Change::Truncate(index(length)?), now_ms);
            Ok(())
        })
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, DiskError> {
        self.run(Operation::ReadAt, |content, _| {
            let rest = content.current.get(index(offset)?..).unwrap_or_default();
            let length = rest.len().min(buffer.len());
            buffer[..length].copy_from_slice(&rest[..length]);
            Ok(length)
        })
    }

    fn len(&self) -> Result<u64, DiskError> {
        self.run(Operation::Len, |content, _| Ok(content.current.len() as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> PathBuf {
        PathBuf::from("/d").join(name)
    }

    fn with_directory(seed: u64) -> SimulatedDisk {
        let disk = SimulatedDisk::new(seed);
        disk.create_dir_all(Path::new("/d")).unwrap();
        disk.sync_dir(Path::new("/")).unwrap();
        disk
    }

    #[test]
    fn what_was_synced_is_there_after_every_cut() {
        for seed in 0..200 {
            let disk = with_directory(seed);
            let mut file = disk.create(&path("a")).unwrap();
            file.append(b"kept").unwrap();
            file.sync().unwrap();
            disk.sync_dir(Path::new("/d")).unwrap();
            file.append(&[7; 2000]).unwrap();
            disk.restart();
            let file = disk.open(&path("a")).unwrap();
            let mut start = [0; 4];
            assert_eq!(file.read_at(0, &mut start).unwrap(), 4);
            assert_eq!(&start, b"kept");
        }
    }

    #[test]
    fn unsynced_sectors_names_and_renames_are_sometimes_lost() {
        let (mut torn, mut nameless, mut old_name) = (0, 0, 0);
        for seed in 0..300 {
            let disk = with_directory(seed);
            let mut file = disk.create(&path("a")).unwrap();
            file.sync().unwrap();
            disk.sync_dir(Path::new("/d")).unwrap();
            file.append(&[7; 4000]).unwrap();
            disk.create(&path("b")).unwrap().sync().unwrap();
            disk.rename(&path("a"), &path("c")).unwrap();
            disk.restart();
            let names: Vec<String> =
                disk.list(Path::new("/d")).unwrap().into_iter().map(|e| e.name).collect();
            nameless += u32::from(!names.contains(&"b".to_owned()));
            old_name += u32::from(names.contains(&"a".to_owned()));
            assert!(
                names.contains(&"a".to_owned()) != names.contains(&"c".to_owned()),
                "a rename is one deed"
            );
            let (_, content) = disk.state().files.first_key_value().map(|(k, v)| (*k, v.clone())).unwrap();
            let sevens = content.current.iter().filter(|&&byte| byte == 7).count();
            torn += u32::from(sevens > 0 && sevens < 4000);
        }
        assert!(torn > 50 && nameless > 50 && old_name > 50, "{torn} {nameless} {old_name}");
    }

    #[test]
    fn a_handle_from_before_the_cut_is_dead() {
        let disk = with_directory(1);
        let mut file = disk.create(&path("a")).unwrap();
        disk.sync_dir(Path::new("/d")).unwrap();
        disk.restart();
        assert!(file.append(b"x").is_err());
    }

    #[test]
    fn a_failing_sync_may_forget_what_was_written() {
        let mut lost = 0;
        for seed in 0..100 {
            let disk = with_directory(seed);
            let mut file = disk.create(&path("a")).unwrap();
            disk.sync_dir(Path::new("/d")).unwrap();
            file.append(&[7; 100]).unwrap();
            disk.fail_operation(Operation::Sync, 1);
            file.sync().unwrap_err();
            file.sync().unwrap();
            disk.restart();
            lost += u32::from(disk.open(&path("a")).unwrap().len().unwrap() < 100);
        }
        assert!(lost > 10, "{lost}");
    }
}
