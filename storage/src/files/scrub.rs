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
            match self.verify(&digest) {
                Ok(bytes) => {
                    found.bytes += bytes;
                    if blocks::read(self.disk(), &self.sums_path(&digest))?.is_none() {
                        tracing::warn!(%digest, "block checksums were missing or damaged; written anew");
                        self.write_again(&digest)?;
                    }
                }
                Err(FilesError::Damaged(damage)) => found.damaged.push(damage),
                // Swept between listing and reading.
                Err(FilesError::Unknown { .. }) => {}
                Err(error) => return Err(error),
            }
            found.checked += 1;
            last = Some(digest);
        }
        Ok(found)
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
            let path = self.path(&digest);
            let Some(metadata) = self.disk().metadata(&path).map_err(FilesError::from)? else { continue };
            if now_ms.saturating_sub(metadata.modified_ms) < age_ms || is_named(&digest)? {
                continue;
            }
            super::lock(&self.0.durable).remove(&digest);
            self.disk().remove(&path).map_err(FilesError::from)?;
            match self.disk().remove(&self.sums_path(&digest)) {
                Err(error) if !error.is_not_found() => return Err(FilesError::from(error).into()),
                _ => {}
            }
            super::lock(&self.0.verified).remove(&digest);
            swept.files += 1;
            swept.bytes += metadata.length;
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
