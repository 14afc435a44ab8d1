//! The view: made from the journal, thrown away at any doubt.

mod keys;
mod rows;
mod view;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};

use domain::apply::{EntryMeta, apply_entry};
use domain::states::States;
use prost::Message;
use proto::fault::Fault;
use proto::record::v1::{Entry, Record};
use storage::journal::{JournalError, JournalReader};
use storage::view::{KeyKind, ViewDigest, ViewError};

pub(crate) use rows::{Answer, Rows, document_of};
pub(crate) use view::{View, still_in};

/// Version of what the rows of the view say. Raise it whenever `domain::apply`, `domain::index` or this module make
/// other rows of the same journal: a view of another version is set aside and made anew.
pub const VIEW_VERSION: u32 = 5;
/// Where the version is kept.
const VERSION_KEY: &[u8] = b"version";
/// Entries between two words on progress.
const PROGRESS_EVERY: u64 = 500;

/// How far the making of a view is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Entries applied.
    pub done: u64,
    /// Entries there are.
    pub total: u64,
}

/// Why a view could not be made from the journal.
#[derive(Debug, thiserror::Error)]
pub enum ViewsError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The view cannot be written.
    #[error(transparent)]
    View(#[from] ViewError),
    /// An entry is not what this program writes.
    #[error("the entry at position {position} cannot be read: {what}; use the program version that wrote it")]
    Entry {
        /// Its position.
        position: u64,
        /// What is wrong.
        what: String,
    },
}

impl ViewsError {
    fn calls_for_rebuild(&self) -> bool {
        matches!(self, Self::View(error) if error.calls_for_rebuild())
    }
}

/// The view in use; none while it is being made anew.
#[derive(Debug)]
pub(crate) struct Views {
    directory: PathBuf,
    current: RwLock<Option<View>>,
    /// How often it was made anew.
    generation: AtomicU64,
}

impl Views {
    /// Opens the view, or makes it anew, and applies what the journal has beyond it.
    pub(crate) fn open(
        directory: PathBuf,
        journal: &JournalReader,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, ViewsError> {
        let view = open_or_rebuild(&directory, journal, progress)?;
        Ok(Self { directory, current: RwLock::new(Some(view)), generation: AtomicU64::new(0) })
    }

    /// The view.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] `VIEW_REBUILDING`.
    pub(crate) fn view(&self) -> Result<View, Fault> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current
            .clone()
            .ok_or_else(|| Fault::unavailable("VIEW_REBUILDING", "the view is being made from the journal"))
    }

    /// Sets the view aside and makes a new one; readers are told to come back meanwhile.
    pub(crate) fn rebuild(
        &self,
        journal: &JournalReader,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<View, ViewsError> {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = None;
        let generation = self.generation.fetch_add(1, Ordering::Relaxed) + 1;
        let view = rebuild(&self.directory, journal, generation, progress)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(view.clone());
        Ok(view)
    }

    /// Whether readers are served.
    pub(crate) fn is_there(&self) -> bool {
        self.current.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }
}

fn open_or_rebuild(
    directory: &Path,
    journal: &JournalReader,
    progress: &mut dyn FnMut(Progress),
) -> Result<View, ViewsError> {
    match open_and_catch_up(directory, journal, 0, progress) {
        Err(error) if error.calls_for_rebuild() => {
            tracing::warn!(%error, "view set aside, made anew from the journal");
            rebuild(directory, journal, 0, progress)
        }
        other => other,
    }
}

fn rebuild(
    directory: &Path,
    journal: &JournalReader,
    generation: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<View, ViewsError> {
    storage::view::set_aside(directory)?;
    open_and_catch_up(directory, journal, generation, progress)
}

fn open_and_catch_up(
    directory: &Path,
    journal: &JournalReader,
    generation: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<View, ViewsError> {
    let size = journal.head().size;
    let view = View::new(storage::view::View::open(directory, size)?, generation);
    if view.position() > 0 {
        let version = view.storage().get(KeyKind::Meta, VERSION_KEY)?;
        if version.as_deref() != Some(&VIEW_VERSION.to_be_bytes()) {
            let what = format!("its rows are of another version than {VIEW_VERSION}");
            return Err(ViewError::Damaged { what }.into());
        }
    }
    replay(&view, journal, size, progress)?;
    Ok(view)
}

/// Applies what the journal has beyond the view, up to `until`.
fn replay(
    view: &View,
    journal: &JournalReader,
    until: u64,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), ViewsError> {
    let from = view.position();
    if from >= until {
        return Ok(());
    }
    tracing::info!(from, until, "applying journal entries to the view");
    for entry in journal.iter(from + 1) {
        let entry = entry?;
        if entry.position > until {
            break;
        }
        replay_one(view, entry)?;
        let done = view.position();
        if done.is_multiple_of(PROGRESS_EVERY) || done == until {
            progress(Progress { done, total: until });
        }
    }
    Ok(())
}

fn replay_one(view: &View, entry: storage::journal::Entry) -> Result<(), ViewsError> {
    let (position, at_ms) = (entry.position, entry.time);
    let wrong = |what: String| ViewsError::Entry { position, what };
    // A redacted entry has nothing to show any more.
    let Some(payload) = entry.payload else {
        view.apply(position, at_ms, Rows::empty(position))?;
        return Ok(());
    };
    let entry = Entry::decode(payload.as_slice()).map_err(|error| wrong(error.to_string()))?;
    let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let records = records_of(view, &entry, position, at_ms)?;
        Rows::of(view, &entry, position, at_ms, &records)
    }));
    let rows = match made {
        Ok(Ok(rows)) => rows,
        Ok(Err(Fault::Unavailable { detail, .. })) => return Err(ViewError::Damaged { what: detail }.into()),
        Ok(Err(fault)) => return Err(wrong(fault.to_string())),
        Err(_) => return Err(wrong("applying it panicked".to_owned())),
    };
    view.apply(position, at_ms, rows)?;
    Ok(())
}

/// The records that an entry makes or changes.
pub(crate) fn records_of(
    states: &dyn States,
    entry: &Entry,
    position: u64,
    at_ms: i64,
) -> Result<Vec<Record>, Fault> {
    let caller = entry.caller.clone().unwrap_or_default();
    apply_entry(states, &EntryMeta { position, at_ms, caller }, &entry.events)
}

/// What comparing a view with the journal found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewReport {
    /// What the view in use comes to.
    pub kept: ViewDigest,
    /// What a view made beside it from the journal, up to the same position, comes to.
    pub made: ViewDigest,
    /// Entries in the journal.
    pub journal_size: u64,
}

impl ViewReport {
    /// Whether the view is what the journal comes to.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.kept == self.made
    }
}

/// Makes a view beside the one in use, in `beside`, and compares the two. `beside` must not exist and is removed again.
pub(crate) fn verify(
    directory: &Path,
    beside: &Path,
    journal: &JournalReader,
    progress: &mut dyn FnMut(Progress),
) -> Result<ViewReport, ViewsError> {
    let journal_size = journal.head().size;
    let kept = storage::view::View::open(directory, journal_size)?.check()?;
    let remove = || match std::fs::remove_dir_all(beside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ViewError::SetAside { path: beside.to_owned(), source: error })
        }
        _ => Ok(()),
    };
    remove()?;
    let made = {
        let view = View::new(storage::view::View::open(beside, journal_size)?, 0);
        replay(&view, journal, kept.position, progress)?;
        view.storage().digest()
    };
    remove()?;
    Ok(ViewReport { kept, made, journal_size })
}
