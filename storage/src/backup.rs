//! Backup of a running system, and bringing one back.
//!
//! Journal and files only grow, so a copy needs no stop: first a position of the journal is taken
//! and all segments up to there, then all files. A file is durable before the entry that names it,
//! so every file named up to that position is among them. The views are made anew from the journal.
//!
//! Full segments and files are linked where the target is on the same file system and copied
//! otherwise. A link is the same file: it costs nothing, and it does not help against a dead disk.

use std::path::{Path, PathBuf};

use crate::data_directory::{self, FORMAT, files_under, journal_under};
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, create_dir_durably, join, read_up_to};
use crate::files::{self, Files, FilesError};
use crate::journal::{self, JournalError, JournalReader, TreeHead};

/// Written last: a backup without it is not whole.
const MANIFEST: &str = "backup";
const MANIFEST_TITLE: &str = "vanthu backup";
const MANIFEST_BYTES_MAX: usize = 4096;
const CHUNK_BYTES: usize = 1024 * 1024;

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    /// The journal up to where it was taken.
    pub head: TreeHead,
    /// Files in it.
    pub files: u64,
    /// When it was begun, in milliseconds since 1970.
    pub time: i64,
}

/// How far the work is, for who is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// So many of so many segments are done.
    Segments(u64, u64),
    /// So many files are done.
    Files(u64),
}

/// An error of backup or restore.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is something at the target.
    #[error("{} is not empty: give an empty or new directory", path.display())]
    NotEmpty {
        /// The target.
        path: PathBuf,
    },
    /// The source is no backup, or one that was not finished.
    #[error("{} is no whole backup: {what}", path.display())]
    NotABackup {
        /// The source.
        path: PathBuf,
        /// What is missing or wrong.
        what: String,
    },
    /// The journal is damaged or could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A file is damaged or could not be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The disk failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

/// Copies journal and files of a running system to an empty or new directory, consistently: all
/// that was acknowledged before the call is in it. `time` is in milliseconds since 1970.
///
/// # Errors
/// [`BackupError::NotEmpty`]; [`BackupError::Disk`], after which the target is no whole backup.
pub fn backup(
    disk: &dyn Disk,
    journal: &JournalReader,
    files: &Files,
    target: &Path,
    time: i64,
    mut progress: impl FnMut(Progress),
) -> Result<Manifest, BackupError> {
    let copier = Copier::new(disk, target)?;
    let (segments, head) = journal.segments();
    let (total, journal_dir) = (segments.len() as u64, journal_under(target));
    for (index, (path, end)) in segments.iter().enumerate() {
        let is_last = index as u64 + 1 == total;
        let to = join_name(&journal_dir, path);
        journal.while_still(|| {
            if is_last { copier.copy(path, &to, Some(*end)) } else { copier.link_or_copy(path, &to) }
        })?;
        progress(Progress::Segments(index as u64 + 1, total));
    }
    disk.sync_dir(&journal_dir)?;
    let count = copier.files(files, true, &mut progress)?;
    let manifest = Manifest { head, files: count, time };
    copier.finish(&manifest)?;
    Ok(manifest)
}

/// Makes a new data directory from a backup, after checking all of it: the journal as far as the
/// manifest says, and every file against its name.
///
/// # Errors
/// [`BackupError::NotABackup`], [`BackupError::NotEmpty`], [`BackupError::Journal`] and
/// [`BackupError::Files`] where the backup is damaged.
pub fn restore(
    disk: &crate::disk::SharedDisk,
    source: &Path,
    new: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Manifest, BackupError> {
    let manifest = read_manifest(disk.as_ref(), source)?;
    let copier = Copier::new(disk.as_ref(), new)?;
    let (from, to) = (journal_under(source), journal_under(new));
    let segments = disk.list(&from)?;
    for (index, entry) in segments.iter().enumerate() {
        copier.copy(&join(&from, &entry.name), &join(&to, &entry.name), None)?;
        progress(Progress::Segments(index as u64 + 1, segments.len() as u64));
    }
    disk.sync_dir(&to)?;
    let report = journal::verify(disk.as_ref(), &to)?;
    if report.head != manifest.head {
        let what = format!(
            "the journal ends at {}, the backup was taken at {}",
            report.head.size, manifest.head.size
        );
        return Err(BackupError::NotABackup { path: source.to_owned(), what });
    }
    let files = Files::reading(disk.clone(), &files_under(source));
    let count = copier.files(&files, false, &mut progress)?;
    if count < manifest.files {
        let what = format!("{count} of {} files are there", manifest.files);
        return Err(BackupError::NotABackup { path: source.to_owned(), what });
    }
    let restored = Files::reading(disk.clone(), &files_under(new));
    for digest in restored.iter(None) {
        restored.verify(&digest?)?;
    }
    data_directory::write_format(disk.as_ref(), new)?;
    Ok(manifest)
}

/// Reads what a backup says of itself.
///
/// # Errors
/// [`BackupError::NotABackup`].
pub fn read_manifest(disk: &dyn Disk, source: &Path) -> Result<Manifest, BackupError> {
    let not_a_backup =
        |what: &str| BackupError::NotABackup { path: source.to_owned(), what: what.to_owned() };
    let path = join(source, MANIFEST);
    if disk.metadata(&path)?.is_none() {
        return Err(not_a_backup("it was not finished, or it is something else"));
    }
    let bytes = read_up_to(disk.open(&path)?.as_ref(), 0, MANIFEST_BYTES_MAX)?;
    let text = String::from_utf8_lossy(&bytes);
    parse_manifest(&text).ok_or_else(|| not_a_backup("its manifest is damaged or of another version"))
}

fn manifest_text(manifest: &Manifest) -> String {
    let Manifest { head, files, time } = manifest;
    let content = format!(
        "{MANIFEST_TITLE}\nformat {FORMAT}\nposition {}\nroot {}\nfiles {files}\ntime {time}\n",
        head.size, head.root
    );
    let sum = Digest::of(content.as_bytes());
    format!("{content}sha256 {sum}\n")
}

fn parse_manifest(text: &str) -> Option<Manifest> {
    let mut lines = text.lines();
    if lines.next()? != MANIFEST_TITLE {
        return None;
    }
    let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned);
    let format: u32 = value("format")?.parse().ok()?;
    let size = value("position")?.parse().ok()?;
    let root = value("root")?.parse().ok()?;
    let (files, time) = (value("files")?.parse().ok()?, value("time")?.parse().ok()?);
    let manifest = Manifest { head: TreeHead { size, root }, files, time };
    (format == FORMAT && manifest_text(&manifest) == text).then_some(manifest)
}

fn join_name(dir: &Path, path: &Path) -> PathBuf {
    path.file_name().map_or_else(|| dir.to_owned(), |name| dir.join(name))
}

struct Copier<'a> {
    disk: &'a dyn Disk,
    target: &'a Path,
}

impl<'a> Copier<'a> {
    fn new(disk: &'a dyn Disk, target: &'a Path) -> Result<Self, BackupError> {
        create_dir_durably(disk, target)?;
        if !disk.list(target)?.is_empty() {
            return Err(BackupError::NotEmpty { path: target.to_owned() });
        }
        disk.create_dir_all(&journal_under(target))?;
        disk.create_dir_all(&files_under(target))?;
        disk.sync_dir(target)?;
        Ok(Self { disk, target })
    }

    fn copy(&self, from: &Path, to: &Path, length: Option<u64>) -> Result<(), DiskError> {
        let source = self.disk.open(from)?;
        let length = match length {
            Some(length) => length,
            None => source.len()?,
        };
        let mut copy = self.disk.create(to)?;
        let mut offset = 0;
        while offset < length {
            let wanted = usize::try_from(length - offset).map_or(CHUNK_BYTES, |left| left.min(CHUNK_BYTES));
            let chunk = read_up_to(source.as_ref(), offset, wanted)?;
            if chunk.is_empty() {
                break;
            }
            copy.append(&chunk)?;
            offset += chunk.len() as u64;
        }
        copy.sync()
    }

    fn link_or_copy(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        match self.disk.hard_link(from, to) {
            Ok(()) => Ok(()),
            // Another file system, or one without links.
            Err(_) => self.copy(from, to, None),
        }
    }

    fn files(
        &self,
        files: &Files,
        link: bool,
        progress: &mut impl FnMut(Progress),
    ) -> Result<u64, BackupError> {
        let root = files_under(self.target);
        let mut done = 0;
        let mut shards: Vec<PathBuf> = Vec::new();
        for digest in files.iter(None) {
            let digest = digest?;
            let to = files::path_under(&root, &digest);
            if let Some(shard) = to.parent()
                && shards.last().is_none_or(|last| last != shard)
            {
                self.disk.create_dir_all(shard)?;
                shards.push(shard.to_owned());
            }
            for (from, to) in files.with_sums(&digest, &to) {
                let copied = if link { self.link_or_copy(&from, &to) } else { self.copy(&from, &to, None) };
                match copied {
                    // Swept meanwhile, so no entry named it; or checksums that are missing.
                    Err(error) if error.is_not_found() => {}
                    copied => copied?,
                }
            }
            done += 1;
            progress(Progress::Files(done));
        }
        for shard in &shards {
            self.disk.sync_dir(shard)?;
            if let Some(above) = shard.parent() {
                self.disk.sync_dir(above)?;
            }
        }
        self.disk.sync_dir(&root)?;
        Ok(done)
    }

    fn finish(&self, manifest: &Manifest) -> Result<(), DiskError> {
        let mut file = self.disk.create(&join(self.target, MANIFEST))?;
        file.append(manifest_text(manifest).as_bytes())?;
        file.sync()?;
        self.disk.sync_dir(self.target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back_and_no_changed_byte_passes() {
        let head = TreeHead { size: 12, root: Digest::of(b"root") };
        let manifest = Manifest { head, files: 3, time: 1_760_000_000_000 };
        let text = manifest_text(&manifest);
        assert_eq!(parse_manifest(&text), Some(manifest));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            assert_eq!(parse_manifest(&String::from_utf8_lossy(&bytes)), None, "byte {at}");
        }
    }
}
