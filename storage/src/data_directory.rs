//! A data directory: what lies where, and that only one process has it open.
//!
//! ```text
//! format   the version of this layout
//! lock     held while a process has the directory open
//! journal/ the truth
//! files/   the truth
//! view/    made from the journal
//! search/  made from the journal
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk::{Disk, DiskError, RealDisk, SharedDisk, create_dir_durably, join, read_up_to};

/// The version of the layout that this program writes and reads.
pub const FORMAT: u32 = 1;

const FORMAT_FILE: &str = "format";
const LOCK_FILE: &str = "lock";
const JOURNAL: &str = "journal";
const FILES: &str = "files";
const VIEW: &str = "view";
const SEARCH: &str = "search";
/// A format file is one short line.
const FORMAT_FILE_BYTES_MAX: usize = 64;

/// A data directory that this process has to itself until it drops it.
#[derive(Debug)]
pub struct DataDirectory {
    root: PathBuf,
    disk: SharedDisk,
    _lock: File,
}

/// An error of a data directory.
#[derive(Debug, thiserror::Error)]
pub enum DataDirectoryError {
    /// Another process has it open.
    #[error("{} is open in another process{}: stop that one first", root.display(), process.as_ref().map(|id| format!(" ({id})")).unwrap_or_default())]
    AlreadyOpen {
        /// The directory.
        root: PathBuf,
        /// What the other process wrote down of itself.
        process: Option<String>,
    },
    /// Another version of the program made it.
    #[error("{} has layout {found:?}, this program knows layout {FORMAT}: use the program that made it", root.display())]
    OtherFormat {
        /// The directory.
        root: PathBuf,
        /// What its format file says.
        found: String,
    },
    /// There are things in it, and they are not ours.
    #[error("{} is not empty and is no data directory: give an empty or new one", root.display())]
    NotOurs {
        /// The directory.
        root: PathBuf,
    },
    /// It could not be locked.
    #[error("could not lock {}: {source}", root.display())]
    Lock {
        /// The directory.
        root: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The disk failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl DataDirectory {
    /// Opens a data directory, which is made if it is missing or empty, and locks it.
    ///
    /// # Errors
    /// [`DataDirectoryError::AlreadyOpen`], [`DataDirectoryError::OtherFormat`],
    /// [`DataDirectoryError::NotOurs`].
    pub fn open(root: &Path) -> Result<Self, DataDirectoryError> {
        let disk: SharedDisk = Arc::new(RealDisk);
        create_dir_durably(disk.as_ref(), root)?;
        if format_of(disk.as_ref(), root)?.is_none() && has_other_things(disk.as_ref(), root)? {
            return Err(DataDirectoryError::NotOurs { root: root.to_owned() });
        }
        let lock = lock(root)?;
        match format_of(disk.as_ref(), root)? {
            None => write_format(disk.as_ref(), root)?,
            Some(found) if found == FORMAT.to_string() => {}
            Some(found) => return Err(DataDirectoryError::OtherFormat { root: root.to_owned(), found }),
        }
        Ok(Self { root: root.to_owned(), disk, _lock: lock })
    }

    /// The disk it lies on.
    #[must_use]
    pub fn disk(&self) -> SharedDisk {
        Arc::clone(&self.disk)
    }

    /// The directory itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the journal lies.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        journal_under(&self.root)
    }

    /// Where the files lie.
    #[must_use]
    pub fn files(&self) -> PathBuf {
        files_under(&self.root)
    }

    /// Where the view lies.
    #[must_use]
    pub fn view(&self) -> PathBuf {
        join(&self.root, VIEW)
    }

    /// Where the search index lies.
    #[must_use]
    pub fn search(&self) -> PathBuf {
        join(&self.root, SEARCH)
    }

    /// Bytes that may still be written to the file system the directory lies on.
    ///
    /// # Errors
    /// [`DataDirectoryError::Disk`].
    pub fn bytes_free(&self) -> Result<u64, DataDirectoryError> {
        let found = rustix::fs::statvfs(&self.root);
        let failed = |error: rustix::io::Errno| {
            DiskError::new(crate::disk::Operation::Metadata, &self.root, io::Error::from(error))
        };
        let found = found.map_err(failed)?;
        Ok(found.f_bavail.saturating_mul(found.f_frsize))
    }
}

/// Where the journal lies under a data directory, for commands that only read.
#[must_use]
pub fn journal_under(root: &Path) -> PathBuf {
    join(root, JOURNAL)
}

/// Where the files lie under a data directory.
#[must_use]
pub fn files_under(root: &Path) -> PathBuf {
    join(root, FILES)
}

/// Writes the format file: from then on it is a data directory.
pub(crate) fn write_format(disk: &dyn Disk, root: &Path) -> Result<(), DiskError> {
    let (path, temporary) = (join(root, FORMAT_FILE), join(root, "format.new"));
    if disk.metadata(&temporary)?.is_some() {
        disk.remove(&temporary)?;
    }
    let mut file = disk.create(&temporary)?;
    file.append(format!("{FORMAT}\n").as_bytes())?;
    file.sync()?;
    disk.rename(&temporary, &path)?;
    disk.sync_dir(root)
}

/// What the format file says; `None` where there is none.
pub(crate) fn format_of(disk: &dyn Disk, root: &Path) -> Result<Option<String>, DiskError> {
    let path = join(root, FORMAT_FILE);
    if disk.metadata(&path)?.is_none() {
        return Ok(None);
    }
    let bytes = read_up_to(disk.open(&path)?.as_ref(), 0, FORMAT_FILE_BYTES_MAX)?;
    Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned()))
}

/// Whether there is anything but what an interrupted first opening leaves.
fn has_other_things(disk: &dyn Disk, root: &Path) -> Result<bool, DiskError> {
    let ours = [LOCK_FILE, "format.new", "lost+found"];
    Ok(disk.list(root)?.iter().any(|entry| !ours.contains(&entry.name.as_str())))
}

fn lock(root: &Path) -> Result<File, DataDirectoryError> {
    let failed = |source| DataDirectoryError::Lock { root: root.to_owned(), source };
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).create(true).truncate(false).mode(0o640);
    let mut file = options.open(join(root, LOCK_FILE)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            let read = file.take(FORMAT_FILE_BYTES_MAX as u64).read_to_string(&mut text);
            let process = read.ok().map(|_| text.trim().to_owned()).filter(|text| !text.is_empty());
            return Err(DataDirectoryError::AlreadyOpen { root: root.to_owned(), process });
        }
        Err(TryLockError::Error(error)) => return Err(failed(error)),
    }
    // Only so that a person can be told which process it is.
    let written = file
        .set_len(0)
        .and_then(|()| file.rewind())
        .and_then(|()| file.write_all(format!("process {}\n", std::process::id()).as_bytes()));
    written.map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_that_is_open_is_not_opened_twice() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("data");
        let open = DataDirectory::open(&root).unwrap();
        match DataDirectory::open(&root) {
            Err(error @ DataDirectoryError::AlreadyOpen { .. }) => {
                assert!(error.to_string().contains(&std::process::id().to_string()), "{error}");
            }
            other => panic!("{other:?}"),
        }
        assert!(open.bytes_free().unwrap() > 0);
        drop(open);
        DataDirectory::open(&root).unwrap();
    }

    #[test]
    fn what_is_not_ours_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("thesis.doc"), "x").unwrap();
        assert!(matches!(DataDirectory::open(dir.path()), Err(DataDirectoryError::NotOurs { .. })));
        let names: Vec<_> = std::fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing was made");
    }

    #[test]
    fn a_layout_of_another_version_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        drop(DataDirectory::open(dir.path()).unwrap());
        std::fs::write(dir.path().join("format"), "2\n").unwrap();
        let error = DataDirectory::open(dir.path()).unwrap_err();
        assert!(matches!(&error, DataDirectoryError::OtherFormat { found, .. } if found == "2"), "{error}");
    }
}
