//! Files: whole, named by their SHA-256, never changed.
//!
//! A file is written beside, synced, renamed and its directory synced before anybody may name it
//! in the journal. With it goes a list of checksums of its blocks, so that damage can be told not
//! only of the file but of the place.

mod blocks;
mod scrub;
mod writer;

use std::collections::HashSet;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use scrub::{Scrubbed, Swept};
pub use writer::{Stored, Writer};

use crate::digest::{Digest, Hasher};
use crate::disk::{Disk, DiskError, DiskFile, SharedDisk, create_dir_durably, join, read_up_to};
use blocks::BlockSums;

/// The most bytes a file may have.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// The most bytes one read gives.
pub const RANGE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// How much is read at once when a file is checked or copied.
const CHUNK_BYTES: usize = 256 * 1024;
/// How many files are remembered as verified and durable; beyond that it is found out again.
const REMEMBERED_MAX: usize = 100_000;
/// Where files are written before they have their name.
const TEMPORARY: &str = "tmp";

/// An error of the files.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The disk failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// There is no such file.
    #[error("there is no file {digest}")]
    Unknown {
        /// Its name.
        digest: Digest,
    },
    /// The content grew beyond what was allowed; nothing was kept.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: u64,
    },
    /// More was asked for at once than allowed.
    #[error("{length} bytes asked for at once, at most {limit} are given")]
    RangeTooLarge {
        /// What was asked for.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// The content is not what its name says.
    #[error("{0}; bring this file back from the newest backup")]
    Damaged(DamagedFile),
}

/// Where a file is damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is damaged between byte {from} and byte {to}", file.display())]
pub struct DamagedFile {
    /// What it should be.
    pub digest: Digest,
    /// Where it lies.
    pub file: PathBuf,
    /// First byte of the first block that is wrong.
    pub from: u64,
    /// The byte behind that block.
    pub to: u64,
}

/// The files of a data directory; clones are handles on the same.
#[derive(Debug, Clone)]
pub struct Files(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    disk: SharedDisk,
    root: PathBuf,
    next_temporary: AtomicU64,
    /// Directories whose own names are durable.
    durable_shards: Mutex<HashSet<PathBuf>>,
    verified: Mutex<HashSet<Digest>>,
    /// Files whose names were synced in this run.
    durable: Mutex<HashSet<Digest>>,
    /// Held while a file gets its name, and while one is looked at and removed: what was just stored anew is not swept
    /// for the age of what lay there before.
    naming: Mutex<()>,
}

/// An open file that was verified.
#[derive(Debug)]
pub struct OpenFile {
    file: Box<dyn DiskFile>,
    length: u64,
}

impl Files {
    /// Opens the files under a directory, which is made if it is missing; removes what was being
    /// written when the last run ended.
    ///
    /// # Errors
    /// [`FilesError::Disk`].
    pub fn open(disk: SharedDisk, root: &Path) -> Result<Self, FilesError> {
        let temporary = join(root, TEMPORARY);
        create_dir_durably(disk.as_ref(), &temporary)?;
        for entry in disk.list(&temporary)? {
            disk.remove(&join(&temporary, &entry.name))?;
        }
        Ok(Self::reading(disk, root))
    }

    /// The files under a directory in which nothing is to be written.
    pub(crate) fn reading(disk: SharedDisk, root: &Path) -> Self {
        Self(Arc::new(Inner {
            disk,
            root: root.to_owned(),
            next_temporary: AtomicU64::new(0),
            durable_shards: Mutex::default(),
            verified: Mutex::default(),
            durable: Mutex::default(),
            naming: Mutex::default(),
        }))
    }

    /// Begins a new file of at most `bytes_max` bytes (and at most [`FILE_BYTES_MAX`]).
    ///
    /// # Errors
    /// [`FilesError::Disk`].
    pub fn writer(&self, bytes_max: u64) -> Result<Writer, FilesError> {
        Writer::new(self.clone(), bytes_max)
    }

    /// Begins a new file that starts with all the bytes of another.
    ///
    /// # Errors
    /// [`FilesError::Unknown`], [`FilesError::Damaged`] of the base; [`FilesError::TooLarge`].
    pub fn append_writer(&self, base: &Digest, bytes_max: u64) -> Result<Writer, FilesError> {
        let base = self.open_file(base)?;
        let mut writer = self.writer(bytes_max)?;
        let mut offset = 0;
        while offset < base.length {
            let chunk = base.read(offset, CHUNK_BYTES)?;
            if chunk.is_empty() {
                break;
            }
            writer.write(&chunk)?;
            offset += chunk.len() as u64;
        }
        Ok(writer)
    }

    /// Stores the bytes of a file followed by a tail as a new file; the base stays.
    ///
    /// # Errors
    /// As [`Files::append_writer`].
    pub fn append(&self, base: &Digest, tail: &[u8], bytes_max: u64) -> Result<Stored, FilesError> {
        let mut writer = self.append_writer(base, bytes_max)?;
        writer.write(tail)?;
        writer.finish()
    }

    /// Stores bytes as a file.
    ///
    /// # Errors
    /// [`FilesError::TooLarge`], [`FilesError::Disk`].
    pub fn put(&self, bytes: &[u8], bytes_max: u64) -> Result<Stored, FilesError> {
        let mut writer = self.writer(bytes_max)?;
        writer.write(bytes)?;
        writer.finish()
    }

    /// Whether there is such a file, durably stored.
    ///
    /// # Errors
    /// [`FilesError::Disk`].
    pub fn contains(&self, digest: &Digest) -> Result<bool, FilesError> {
        Ok(self.len(digest)?.is_some())
    }

    /// How many bytes a file has; `None` where there is none.
    ///
    /// # Errors
    /// [`FilesError::Disk`].
    pub fn len(&self, digest: &Digest) -> Result<Option<u64>, FilesError> {
        let path = self.path(digest);
        let Some(metadata) = self.0.disk.metadata(&path)? else { return Ok(None) };
        // Another thread may have renamed it into place without having synced the name yet.
        if !lock(&self.0.durable).contains(digest) {
            self.make_name_durable(digest)?;
        }
        Ok(Some(metadata.length))
    }

    /// Opens a file; the first time in a run it is read through and compared with its name.
    ///
    /// # Errors
    /// [`FilesError::Unknown`], [`FilesError::Damaged`].
    pub fn open_file(&self, digest: &Digest) -> Result<OpenFile, FilesError> {
        let is_verified = lock(&self.0.verified).contains(digest);
        if !is_verified {
            self.verify(digest)?;
        }
        let file = self.open_raw(digest)?;
        let length = file.len()?;
        Ok(OpenFile { file, length })
    }

    /// Part of a file: `length` bytes from an offset, fewer where it ends.
    ///
    /// # Errors
    /// As [`Files::open_file`]; [`FilesError::RangeTooLarge`] above [`RANGE_BYTES_MAX`].
    pub fn read_range(&self, digest: &Digest, offset: u64, length: usize) -> Result<Vec<u8>, FilesError> {
        self.open_file(digest)?.read(offset, length)
    }

    /// Reads a file through and compares it with its name. Gives its length.
    ///
    /// # Errors
    /// [`FilesError::Unknown`], [`FilesError::Damaged`].
    pub fn verify(&self, digest: &Digest) -> Result<u64, FilesError> {
        self.verify_slowly(digest, &mut |_| ())
    }

    /// As [`Files::verify`]; `read` is told of every piece that was read, so that it can wait.
    pub(super) fn verify_slowly(
        &self,
        digest: &Digest,
        read: &mut dyn FnMut(usize),
    ) -> Result<u64, FilesError> {
        let file = self.open_raw(digest)?;
        let (mut hasher, mut sums, mut offset) = (Hasher::new(), BlockSums::default(), 0);
        loop {
            let chunk = read_up_to(file.as_ref(), offset, CHUNK_BYTES)?;
            if chunk.is_empty() {
                break;
            }
            hasher.update(&chunk);
            sums.update(&chunk);
            offset += chunk.len() as u64;
            read(chunk.len());
        }
        if hasher.finish() == *digest {
            remember(&self.0.verified, *digest);
            return Ok(offset);
        }
        lock(&self.0.verified).remove(digest);
        let written = blocks::read(self.0.disk.as_ref(), &self.sums_path(digest))?;
        let (from, to) = written.map_or((0, offset), |written| written.first_difference(&sums));
        Err(FilesError::Damaged(DamagedFile { digest: *digest, file: self.path(digest), from, to }))
    }

    /// Where the file lies: `ab/cd/<digest>` under the root.
    #[must_use]
    pub fn path(&self, digest: &Digest) -> PathBuf {
        path_under(&self.0.root, digest)
    }

    /// The two files of a digest, each with where it goes when the first goes to `to`.
    pub(crate) fn with_sums(&self, digest: &Digest, to: &Path) -> [(PathBuf, PathBuf); 2] {
        [(self.path(digest), to.to_owned()), (self.sums_path(digest), blocks::path_beside(to))]
    }

    fn sums_path(&self, digest: &Digest) -> PathBuf {
        blocks::path_beside(&self.path(digest))
    }

    fn open_raw(&self, digest: &Digest) -> Result<Box<dyn DiskFile>, FilesError> {
        self.0.disk.open(&self.path(digest)).map_err(|error| {
            if error.is_not_found() { FilesError::Unknown { digest: *digest } } else { error.into() }
        })
    }

    /// Syncs the directory of a file, and those above it once in a run.
    fn make_name_durable(&self, digest: &Digest) -> Result<(), DiskError> {
        if let Some(shard) = self.path(digest).parent() {
            self.make_shard(shard)?;
            self.disk().sync_dir(shard)?;
        }
        remember(&self.0.durable, *digest);
        Ok(())
    }

    fn make_shard(&self, shard: &Path) -> Result<(), DiskError> {
        if lock(&self.0.durable_shards).contains(shard) {
            return Ok(());
        }
        self.0.disk.create_dir_all(shard)?;
        for above in shard.ancestors().skip(1).take(2) {
            self.0.disk.sync_dir(above)?;
        }
        lock(&self.0.durable_shards).insert(shard.to_owned());
        Ok(())
    }

    fn disk(&self) -> &dyn Disk {
        self.0.disk.as_ref()
    }

    fn naming(&self) -> MutexGuard<'_, ()> {
        self.0.naming.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OpenFile {
    /// The length in bytes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// So many bytes from an offset, fewer where the file ends.
    ///
    /// # Errors
    /// [`FilesError::RangeTooLarge`] above [`RANGE_BYTES_MAX`]; [`FilesError::Disk`].
    pub fn read(&self, offset: u64, length: usize) -> Result<Vec<u8>, FilesError> {
        if length > RANGE_BYTES_MAX {
            return Err(FilesError::RangeTooLarge { length, limit: RANGE_BYTES_MAX });
        }
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        Ok(read_up_to(self.file.as_ref(), offset, length.min(left))?)
    }
}

/// Where a file lies under a root.
pub(crate) fn path_under(root: &Path, digest: &Digest) -> PathBuf {
    let name = digest.to_string();
    let (first, rest) = name.split_at(2);
    let (second, _) = rest.split_at(2);
    root.join(first).join(second).join(&name)
}

fn lock<T>(set: &Mutex<HashSet<T>>) -> std::sync::MutexGuard<'_, HashSet<T>> {
    set.lock().unwrap_or_else(PoisonError::into_inner)
}

fn remember<T: Eq + Hash>(set: &Mutex<HashSet<T>>, value: T) {
    let mut set = lock(set);
    if set.len() >= REMEMBERED_MAX {
        set.clear();
    }
    set.insert(value);
}
