//! Work on a store that nobody has open: verify the journal and the view, restore a backup.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prost::Message;
use proto::record::v1::Entry;
use storage::DataDirectory;
use storage::backup::{BackupError, Manifest};
use storage::data_directory::{DataDirectoryError, files_under, journal_under};
use storage::disk::{RealDisk, SharedDisk};
use storage::files::{DamagedFile, Files, FilesError};
use storage::journal::{Journal, JournalError, Report};

use crate::naming;
use crate::views::{self, Progress, ViewReport, ViewsError};

/// What a full check of journal and files found.
#[derive(Debug)]
pub struct JournalReport {
    /// The journal: every checksum, leaf and tree head was compared.
    pub journal: Report,
    /// Files that some entry names.
    pub files_named: u64,
    /// Bytes of those that are right.
    pub bytes_checked: u64,
    /// Files named by an entry that are not there.
    pub files_missing: Vec<MissingFile>,
    /// Files whose content is not what their name says.
    pub files_damaged: Vec<DamagedFile>,
}

impl JournalReport {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.files_missing.is_empty()
            && self.files_damaged.is_empty()
            && self.journal.unfinished_redaction.is_none()
    }
}

/// A file that an entry names and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file {digest}, named at position {position}, is missing: {}", path.display())]
pub struct MissingFile {
    /// Its digest.
    pub digest: String,
    /// The first entry that names it.
    pub position: u64,
    /// Where it should lie.
    pub path: PathBuf,
}

/// Why a check or a restore could not be done.
#[derive(Debug, thiserror::Error)]
pub enum MaintenanceError {
    /// The data directory is in use, not there, not ours, or of another version.
    #[error(transparent)]
    Directory(#[from] DataDirectoryError),
    /// There is no store.
    #[error("{} holds no journal: give the data directory of a store", .0.display())]
    NoStore(PathBuf),
    /// The journal is damaged: file and byte are named.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The files cannot be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The view cannot be made from the journal.
    #[error(transparent)]
    Views(#[from] ViewsError),
    /// The backup is not whole, or the target is not empty.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// An entry is not what this program writes.
    #[error("the entry at position {position} cannot be read: {what}")]
    Entry {
        /// Its position.
        position: u64,
        /// What is wrong.
        what: String,
    },
}

fn real_disk() -> SharedDisk {
    Arc::new(RealDisk)
}

/// Checks every byte of the journal and every file that an entry names. The store must not be open; nothing is changed
/// but that a tail which was never acknowledged is cut, as on every start.
///
/// # Errors
/// [`MaintenanceError::Journal`] names file and offset of the first damage.
pub fn verify_journal(
    directory: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<JournalReport, MaintenanceError> {
    let disk = real_disk();
    require_store(&disk, directory)?;
    let report = storage::journal::verify(disk.as_ref(), &journal_under(directory))?;
    let open = DataDirectory::open(directory)?;
    let (journal, _) = Journal::open(open.disk(), &open.journal())?;
    let files = Files::open(open.disk(), &files_under(directory))?;
    let mut found = JournalReport {
        journal: report,
        files_named: 0,
        bytes_checked: 0,
        files_missing: Vec::new(),
        files_damaged: Vec::new(),
    };
    let mut seen = std::collections::HashSet::new();
    let reader = journal.reader();
    let total = reader.head().size;
    for entry in reader.iter(1) {
        let entry = entry?;
        let position = entry.position;
        let Some(payload) = entry.payload else { continue };
        let decoded = Entry::decode(payload.as_slice())
            .map_err(|error| MaintenanceError::Entry { position, what: error.to_string() })?;
        let mut named = Vec::new();
        for event in &decoded.events {
            naming::in_event(event, &mut |digest| named.push(digest.to_owned()));
        }
        for digest in named {
            if seen.insert(digest.clone()) {
                check_file(&files, digest, position, &mut found)?;
            }
        }
        if position.is_multiple_of(500) || position == total {
            progress(Progress { done: position, total });
        }
    }
    // It was opened only to be read: as it was closed, so it is left.
    if found.journal.closed {
        journal.close()?;
    }
    Ok(found)
}

fn check_file(
    files: &Files,
    digest: String,
    position: u64,
    found: &mut JournalReport,
) -> Result<(), MaintenanceError> {
    found.files_named += 1;
    let Ok(parsed) = digest.parse() else {
        return Err(MaintenanceError::Entry { position, what: format!("it names the file {digest:?}") });
    };
    match files.verify(&parsed) {
        Ok(bytes) => found.bytes_checked += bytes,
        Err(FilesError::Unknown { .. }) => {
            found.files_missing.push(MissingFile { path: files.path(&parsed), digest, position });
        }
        Err(FilesError::Damaged(damaged)) => found.files_damaged.push(damaged),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Makes a view beside the one in use from the journal and compares the two. The store must not be open.
///
/// # Errors
/// [`MaintenanceError::Views`] where the view cannot be opened at all; the next start makes it anew.
pub fn verify_view(
    directory: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<ViewReport, MaintenanceError> {
    require_store(&real_disk(), directory)?;
    let open = DataDirectory::open(directory)?;
    let (journal, recovery) = Journal::open(open.disk(), &open.journal())?;
    let report =
        views::verify(&open.view(), &open.root().join("view.verify"), &journal.reader(), &mut progress)?;
    if recovery.clean {
        journal.close()?;
    }
    Ok(report)
}

/// Makes a new data directory from a backup after checking all of it. View and search index are made on the first start.
///
/// # Errors
/// [`MaintenanceError::Backup`].
pub fn restore(
    backup: &Path,
    new: &Path,
    progress: impl FnMut(storage::backup::Progress),
) -> Result<Manifest, MaintenanceError> {
    Ok(storage::backup::restore(&real_disk(), backup, new, progress)?)
}

fn require_store(disk: &SharedDisk, directory: &Path) -> Result<(), MaintenanceError> {
    match disk.metadata(&journal_under(directory)) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(MaintenanceError::NoStore(directory.to_owned())),
        Err(error) => Err(JournalError::from(error).into()),
    }
}
