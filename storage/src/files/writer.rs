//! Writing a file: hashed as it arrives, durable when it has its name.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use super::blocks::{self, BlockSums};
use super::{FILE_BYTES_MAX, Files, FilesError, TEMPORARY};
use crate::digest::{Digest, Hasher};
use crate::disk::{DiskError, DiskFile, join};

/// Bytes gathered before they are written, so that small pieces cost no call each.
const BUFFER_BYTES: usize = 256 * 1024;

/// A file that is being written. Dropped before [`Writer::finish`] it leaves nothing behind.
#[derive(Debug)]
pub struct Writer {
    files: Files,
    file: Option<Box<dyn DiskFile>>,
    path: PathBuf,
    hasher: Hasher,
    sums: BlockSums,
    buffer: Vec<u8>,
    length: u64,
    bytes_max: u64,
}

/// A file that is durably stored and may be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub digest: Digest,
    /// Its length in bytes.
    pub length: u64,
}

impl Writer {
    pub(super) fn new(files: Files, bytes_max: u64) -> Result<Self, FilesError> {
        let number = files.0.next_temporary.fetch_add(1, Ordering::Relaxed);
        let path = join(&files.0.root, TEMPORARY).join(number.to_string());
        let file = files.disk().create(&path)?;
        Ok(Self {
            files,
            file: Some(file),
            path,
            hasher: Hasher::new(),
            sums: BlockSums::default(),
            buffer: Vec::new(),
            length: 0,
            bytes_max: bytes_max.min(FILE_BYTES_MAX),
        })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`FilesError::TooLarge`] where they would go over the limit, [`FilesError::Disk`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), FilesError> {
        if self.length + bytes.len() as u64 > self.bytes_max {
            return Err(FilesError::TooLarge { limit: self.bytes_max });
        }
        self.length += bytes.len() as u64;
        self.hasher.update(bytes);
        self.sums.update(bytes);
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES {
            self.write_buffer()?;
        }
        Ok(())
    }

    /// How many bytes were taken.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether no byte was taken yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn write_buffer(&mut self) -> Result<(), DiskError> {
        if let Some(file) = &mut self.file {
            file.append(&self.buffer)?;
        }
        self.buffer.clear();
        Ok(())
    }

    /// Makes the file durable under its name. The same bytes stored before are replaced by these:
    /// that mends a damaged file, and makes a swept one young again.
    ///
    /// # Errors
    /// [`FilesError::Disk`].
    pub fn finish(mut self) -> Result<Stored, FilesError> {
        self.write_buffer()?;
        let digest = self.hasher.clone().finish();
        if let Some(mut file) = self.file.take() {
            file.sync()?;
        }
        let sums_path = blocks::path_beside(&self.path);
        let sums = self.write_sums(&sums_path);
        let stored = sums.and_then(|()| self.give_name(&digest, &sums_path));
        if stored.is_err() {
            let _ = self.files.disk().remove(&sums_path);
        }
        stored?;
        Ok(Stored { digest, length: self.length })
    }

    fn write_sums(&self, path: &Path) -> Result<(), DiskError> {
        let mut file = self.files.disk().create(path)?;
        file.append(&self.sums.to_bytes())?;
        file.sync()
    }

    fn give_name(&self, digest: &Digest, sums_path: &Path) -> Result<(), DiskError> {
        let (disk, path) = (self.files.disk(), self.files.path(digest));
        if let Some(shard) = path.parent() {
            self.files.make_shard(shard)?;
        }
        disk.set_read_only(&self.path)?;
        disk.set_read_only(sums_path)?;
        {
            let _naming = self.files.naming();
            disk.rename(sums_path, &blocks::path_beside(&path))?;
            disk.rename(&self.path, &path)?;
        }
        self.files.make_name_durable(digest)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // After a finish there is nothing to remove; what cannot be removed goes at the next start.
        self.file = None;
        if let Err(error) = self.files.disk().remove(&self.path)
            && !error.is_not_found()
        {
            tracing::warn!(%error, "left an unfinished file behind");
        }
    }
}
