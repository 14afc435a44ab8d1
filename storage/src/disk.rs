//! The seam to the disk: what the journal and the files ask of it, and nothing more.
//!
//! It exists as a trait from the start because both implementations do: [`RealDisk`] and
//! [`SimulatedDisk`], which forgets unsynced writes, tears sectors and fails any call, so that
//! thousands of power cuts a minute can be tried without root.

mod random;
mod real;
mod simulated;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use random::Random;
pub use real::RealDisk;
pub use simulated::SimulatedDisk;

/// What a drive writes whole or not at all, in bytes.
pub const SECTOR_BYTES: usize = 512;

/// A disk that several threads share.
pub type SharedDisk = Arc<dyn Disk>;

/// Calls on names. Nothing done to names is durable before [`Disk::sync_dir`] of their directory.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Makes an empty file, open for reading and appending; refuses where the name is taken.
    fn create(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError>;
    /// Opens a file for reading only.
    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError>;
    /// Opens a file for reading, appending and writing in place.
    fn open_writable(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError>;
    /// Gives a file another name, replacing what had it.
    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError>;
    /// Gives a file a second name; refuses where the name is taken.
    fn hard_link(&self, existing: &Path, new: &Path) -> Result<(), DiskError>;
    /// Takes a file's name away.
    fn remove(&self, path: &Path) -> Result<(), DiskError>;
    /// Makes a directory and those above it that are missing.
    fn create_dir_all(&self, path: &Path) -> Result<(), DiskError>;
    /// Makes the names in a directory durable.
    fn sync_dir(&self, path: &Path) -> Result<(), DiskError>;
    /// The names in a directory, sorted.
    fn list(&self, path: &Path) -> Result<Vec<DirectoryEntry>, DiskError>;
    /// What is known of a name; `None` where there is nothing.
    fn metadata(&self, path: &Path) -> Result<Option<Metadata>, DiskError>;
    /// Takes the right to write away from everybody.
    fn set_read_only(&self, path: &Path) -> Result<(), DiskError>;
}

/// Calls on an open file. Nothing written is durable before [`DiskFile::sync`].
pub trait DiskFile: fmt::Debug + Send + Sync {
    /// Writes all the bytes at the end.
    fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError>;
    /// Writes all the bytes over what is there.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError>;
    /// Makes the content and the length durable (fdatasync). After a failure nothing is known of
    /// what was written since the last success: never ask again, stop.
    fn sync(&mut self) -> Result<(), DiskError>;
    /// Cuts the file to a length.
    fn truncate(&mut self, length: u64) -> Result<(), DiskError>;
    /// Fills the buffer from an offset; fewer bytes only where the file ends. Says how many.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, DiskError>;
    /// The length in bytes.
    fn len(&self) -> Result<u64, DiskError>;
    /// Whether there is nothing in it.
    fn is_empty(&self) -> Result<bool, DiskError> {
        Ok(self.len()? == 0)
    }
}

/// A name in a directory.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirectoryEntry {
    /// The last part of the path.
    pub name: String,
    /// Whether it is a directory itself.
    pub is_directory: bool,
}

/// What is known of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metadata {
    /// Whether it is a directory.
    pub is_directory: bool,
    /// Length in bytes; of a directory without meaning.
    pub length: u64,
    /// When the content last changed, in milliseconds since 1970 by the disk's own clock.
    pub modified_ms: i64,
}

/// A call the disk refused or failed.
#[derive(Debug, thiserror::Error)]
#[error("could not {operation} {}: {source}", path.display())]
pub struct DiskError {
    /// What was asked.
    pub operation: Operation,
    /// Of which name.
    pub path: PathBuf,
    /// The system's word.
    pub source: io::Error,
}

impl DiskError {
    pub(crate) fn new(operation: Operation, path: &Path, source: io::Error) -> Self {
        Self { operation, path: path.to_owned(), source }
    }

    /// Whether the name is simply not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.source.kind() == io::ErrorKind::NotFound
    }
}

/// The calls a disk knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the call of the same name")]
pub enum Operation {
    Create,
    Open,
    Rename,
    HardLink,
    Remove,
    CreateDirAll,
    SyncDir,
    List,
    Metadata,
    SetReadOnly,
    Append,
    WriteAt,
    Sync,
    Truncate,
    ReadAt,
    Len,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Create => "create",
            Self::Open => "open",
            Self::Rename => "rename",
            Self::HardLink => "link",
            Self::Remove => "remove",
            Self::CreateDirAll => "create the directory",
            Self::SyncDir => "sync the directory",
            Self::List => "list",
            Self::Metadata => "look at",
            Self::SetReadOnly => "make read-only",
            Self::Append => "append to",
            Self::WriteAt => "write to",
            Self::Sync => "sync",
            Self::Truncate => "truncate",
            Self::ReadAt => "read",
            Self::Len => "measure",
        })
    }
}

/// Reads exactly `length` bytes at an offset, or fewer where the file ends.
pub(crate) fn read_up_to(file: &dyn DiskFile, offset: u64, length: usize) -> Result<Vec<u8>, DiskError> {
    let mut bytes = vec![0; length];
    let read = file.read_at(offset, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}

/// A file name as text; our own names are all ASCII.
pub(crate) fn join(directory: &Path, name: &str) -> PathBuf {
    directory.join(name)
}

/// Makes a directory and those above it that are missing, and all their names durable: also those
/// that are there already, for they may have been made by a run whose sync failed.
pub(crate) fn create_dir_durably(disk: &dyn Disk, path: &Path) -> Result<(), DiskError> {
    disk.create_dir_all(path)?;
    for above in path.ancestors().skip(1) {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        match disk.sync_dir(above) {
            // What we may not even open we have not made.
            Err(error) if error.source.kind() == io::ErrorKind::PermissionDenied => {}
            result => result?,
        }
    }
    Ok(())
}
