//! Work on a store that is not being served: verify the journal and the view, restore a backup.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prost::Message;
use proto::record::v1::Entry;
use storage::DataDirectory;
use storage::backup::{BackupError, Manifest};
use storage::data_directory::{DataDirectoryError, journal_under};
use storage::disk::{RealDisk, SharedDisk};
use storage::files::{DamagedFile, Files, FilesError};
use storage::journal::{Journal, JournalError, Report};

use crate::naming;
use crate::registers::{RegisterReport, Registers};
use crate::views::{self, Progress, ViewReport, ViewsError};

/// Entries between two words on progress.
const PROGRESS_EVERY: u64 = 500;

/// What a full check of the journal found, and of what its entries say.
#[derive(Debug)]
pub struct JournalReport {
    /// The journal: every checksum, leaf and tree head was compared.
    pub journal: Report,
    /// Registers and files; `None` where the store is being served, whose entries are only read by the process that serves
    /// it.
    pub contents: Option<ContentsReport>,
}

/// What the entries say, compared with one another and with the files.
#[derive(Debug, Default)]
pub struct ContentsReport {
    /// Every register of every year.
    pub registers: Vec<RegisterReport>,
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
        self.journal.unfinished_redaction.is_none()
            && self.contents.as_ref().is_none_or(|it| {
                it.files_missing.is_empty()
                    && it.files_damaged.is_empty()
                    && it.registers.iter().all(RegisterReport::is_right)
            })
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

/// Checks every byte of the journal, then the registers that its entries make and every file that they name. Of a store
/// that is being served only the journal is checked, without disturbing it. Otherwise nothing is changed but that a tail
/// which was never acknowledged is cut, as on every start.
///
/// # Errors
/// [`MaintenanceError::Journal`] names file and offset of the first damage.
pub fn verify_journal(
    directory: &Path,
    progress: impl FnMut(Progress),
) -> Result<JournalReport, MaintenanceError> {
    let disk = real_disk();
    require_store(&disk, directory)?;
    let journal = storage::journal::verify(disk.as_ref(), &journal_under(directory))?;
    let contents = match DataDirectory::open(directory) {
        Ok(open) => Some(verify_contents(&open, journal.closed, progress)?),
        Err(DataDirectoryError::AlreadyOpen { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(JournalReport { journal, contents })
}

fn verify_contents(
    open: &DataDirectory,
    closed: bool,
    mut progress: impl FnMut(Progress),
) -> Result<ContentsReport, MaintenanceError> {
    let (journal, _) = Journal::open(open.disk(), &open.journal())?;
    let files = Files::open(open.disk(), &open.files())?;
    let mut report = ContentsReport::default();
    let mut registers = Registers::default();
    let mut seen = std::collections::HashSet::new();
    let reader = journal.reader();
    let total = reader.head().size;
    for entry in reader.iter(1) {
        let entry = entry?;
        let position = entry.position;
        if let Some(payload) = entry.payload {
            let decoded = Entry::decode(payload.as_slice())
                .map_err(|error| MaintenanceError::Entry { position, what: error.to_string() })?;
            let mut named = Vec::new();
            for event in &decoded.events {
                registers.take(event, position);
                naming::in_event(event, &mut |digest| named.push(digest.to_owned()));
            }
            for digest in named {
                if seen.insert(digest.clone()) {
                    check_file(&files, digest, position, &mut report)?;
                }
            }
        }
        if position.is_multiple_of(PROGRESS_EVERY) || position == total {
            progress(Progress { done: position, total });
        }
    }
    report.registers = registers.into_reports();
    // It was opened only to be read: as it was left, so it stays.
    if closed {
        journal.close()?;
    }
    Ok(report)
}

fn check_file(
    files: &Files,
    digest: String,
    position: u64,
    report: &mut ContentsReport,
) -> Result<(), MaintenanceError> {
    report.files_named += 1;
    let Ok(parsed) = digest.parse() else {
        return Err(MaintenanceError::Entry { position, what: format!("it names the file {digest:?}") });
    };
    match files.verify(&parsed) {
        Ok(bytes) => report.bytes_checked += bytes,
        Err(FilesError::Unknown { .. }) => {
            report.files_missing.push(MissingFile { path: files.path(&parsed), digest, position });
        }
        Err(FilesError::Damaged(damaged)) => report.files_damaged.push(damaged),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}

/// Makes a view beside the one in use from the journal and compares the two. The store must not be served.
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
    let beside = open.root().join("view.verify");
    let report = views::verify(&open.view(), &beside, &journal.reader(), &mut progress)?;
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
