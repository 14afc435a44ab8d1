//! Going through all files: to find damage, to remove what nobody ever named, to copy.

use std::path::PathBuf;

use super::{DamagedFile, Files, FilesError, blocks};
use crate::digest::Digest;
use crate::disk::join;

/// What a part of a scrub found.
#[derive(Debug, Default)]
pub struct Scrubbed {
    /// Files that were read.
    pub checked: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// What is damaged.
    pub damaged: Vec<DamagedFile>,
    /// Go on after this file; `None` at the end.
    pub next_after: Option<Digest>,
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// How many files.
    pub files: u64,
    /// How many bytes.
    pub bytes: u64,
}

impl Files {
    /// Verifies up to `limit` files after a digest, in the order of digests. A list of block
    /// checksums that is missing or damaged beside a good file is written anew.
    ///
    /// # Errors
    /// [`FilesError::Disk`]; damage is no error here but in what is given back.
    pub fn scrub(&self, after: Option<Digest>, limit: u64) -> Result<Scrubbed, FilesError> {
        let mut found = Scrubbed::default();
        let mut last = None;
        for digest in self.iter(after) {
            let digest = digest?;
            if found.checked == limit {
                found.next_after = last;
                break;
            }
            match self.scrub_file(&digest, &mut |_| ()) {
                Ok(bytes) => found.bytes += bytes.unwrap_or(0),
                Err(FilesError::Damaged(damage)) => found.damaged.push(damage),
                Err(error) => return Err(error),
            }
            found.checked += 1;
            last = Some(digest);
        }
        Ok(found)
    }

    /// Verifies one file, and writes its list of block checksums anew where that is missing or damaged. `read` is told of
    /// every piece that was read, so that it can wait. Gives the length; `None` where the file is not there (any more).
    ///
    /// # Errors
    /// [`FilesError::Damaged`], [`FilesError::Disk`].
    pub fn scrub_file(
        &self,
        digest: &Digest,
        read: &mut dyn FnMut(usize),
    ) -> Result<Option<u64>, FilesError> {
        let bytes = match self.verify_slowly(digest, read) {
            Err(FilesError::Unknown { .. }) => return Ok(None),
            verified => verified?,
        };
        if blocks::read(self.disk(), &self.sums_path(digest))?.is_none() {
            tracing::warn!(%digest, "block checksums were missing or damaged; written anew");
            self.write_again(digest)?;
        }
        Ok(Some(bytes))
    }

    /// Whether there is such a file, whatever is in it.
    ///
    /// # Errors
    /// [`FilesError::Disk`].
    pub fn is_there(&self, digest: &Digest) -> Result<bool, FilesError> {
        Ok(self.disk().metadata(&self.path(digest))?.is_some())
    }

    /// Whether a file is there and was last stored at least `age_ms` before `now_ms`, by the disk's clock.
    ///
    /// # Errors
    /// [`FilesError::Disk`].
    pub fn is_old(&self, digest: &Digest, now_ms: i64, age_ms: i64) -> Result<bool, FilesError> {
        let metadata = self.disk().metadata(&self.path(digest))?;
        Ok(metadata.is_some_and(|it| now_ms.saturating_sub(it.modified_ms) >= age_ms))
    }

    /// Removes a file that is old, as [`Files::is_old`] says: not one that was stored again meanwhile. Whether an entry
    /// names it is the caller's to know. Gives the bytes removed; `None` where it stays.
    ///
    /// # Errors
    /// [`FilesError::Disk`].
    pub fn remove_old(&self, digest: &Digest, now_ms: i64, age_ms: i64) -> Result<Option<u64>, FilesError> {
        let path = self.path(digest);
        let _naming = self.naming();
        let Some(metadata) = self.disk().metadata(&path)? else { return Ok(None) };
        if now_ms.saturating_sub(metadata.modified_ms) < age_ms {
            return Ok(None);
        }
        super::lock(&self.0.durable).remove(digest);
        super::lock(&self.0.verified).remove(digest);
        // Checksums first: without them the file is a file still, they without it are nothing that anybody sweeps.
        match self.disk().remove(&self.sums_path(digest)) {
            Err(error) if !error.is_not_found() => return Err(error.into()),
            _ => {}
        }
        self.disk().remove(&path)?;
        Ok(Some(metadata.length))
    }

    /// Removes files that are at least `age_ms` old by the disk's clock and that `is_named` does
    /// not know. Ask of names that any entry ever gave, not of those in use now.
    ///
    /// # Errors
    /// [`FilesError::Disk`], or what `is_named` answers.
    pub fn sweep<E: From<FilesError>>(
        &self,
        now_ms: i64,
        age_ms: i64,
        mut is_named: impl FnMut(&Digest) -> Result<bool, E>,
    ) -> Result<Swept, E> {
        let mut swept = Swept::default();
        for digest in self.iter(None) {
            let digest = digest?;
            if !self.is_old(&digest, now_ms, age_ms)? || is_named(&digest)? {
                continue;
            }
            if let Some(bytes) = self.remove_old(&digest, now_ms, age_ms)? {
                swept.files += 1;
                swept.bytes += bytes;
            }
        }
        Ok(swept)
    }

    /// The digests of all files after one, in order.
    pub fn iter(&self, after: Option<Digest>) -> impl Iterator<Item = Result<Digest, FilesError>> + '_ {
        Walk { files: self, after, shards: None, found: Vec::new().into_iter() }
    }

    fn write_again(&self, digest: &Digest) -> Result<(), FilesError> {
        self.append(digest, &[], u64::MAX).map(|_| ())
    }

    /// Names of directories below one, in order.
    fn shards(&self, below: &[&str]) -> Result<Vec<String>, FilesError> {
        let dir = below.iter().fold(self.0.root.clone(), |dir, name| join(&dir, name));
        let entries = self.disk().list(&dir)?;
        let is_shard = |name: &str| name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        Ok(entries
            .into_iter()
            .filter(|entry| entry.is_directory && is_shard(&entry.name))
            .map(|e| e.name)
            .collect())
    }
}

struct Walk<'a> {
    files: &'a Files,
    after: Option<Digest>,
    /// Directories still to be listed, the next one last.
    shards: Option<Vec<PathBuf>>,
    found: std::vec::IntoIter<Digest>,
}

impl Walk<'_> {
    fn all_shards(&self) -> Result<Vec<PathBuf>, FilesError> {
        let first_wanted = self.after.map(|after| after.to_string());
        let mut shards = Vec::new();
        for first in self.files.shards(&[])? {
            for second in self.files.shards(&[&first])? {
                let wanted =
                    first_wanted.as_ref().is_none_or(|after| format!("{first}{second}")[..] >= after[..4]);
                if wanted {
                    shards.push(self.files.0.root.join(&first).join(second));
                }
            }
        }
        shards.reverse();
        Ok(shards)
    }

    fn step(&mut self) -> Result<Option<Digest>, FilesError> {
        let mut shards = match self.shards.take() {
            Some(shards) => shards,
            None => self.all_shards()?,
        };
        let result = loop {
            if let Some(digest) = self.found.next() {
                break Ok(Some(digest));
            }
            let Some(shard) = shards.pop() else { break Ok(None) };
            match self.files.disk().list(&shard) {
                Ok(entries) => {
                    let digests = entries.iter().filter_map(|entry| entry.name.parse().ok());
                    let wanted = digests.filter(|digest| self.after.is_none_or(|after| *digest > after));
                    self.found = wanted.collect::<Vec<Digest>>().into_iter();
                }
                Err(error) => break Err(error.into()),
            }
        };
        self.shards = Some(shards);
        result
    }
}

impl Iterator for Walk<'_> {
    type Item = Result<Digest, FilesError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.step().transpose()
    }
}
