//! What the committer, the readers and the indexer share.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, mpsc};

use domain::moment::Moment;
use proto::fault::Fault;
use proto::rpc::Clock;
use storage::files::Files;
use storage::journal::JournalReader;
use storage::search::{Search, SearchError};
use storage::{DataDirectory, Digest};
use tokio::sync::{Semaphore, watch};

use crate::committer::Job;
use crate::indexer::{self, Wake};
use crate::just_put::JustPut;
use crate::keeper::Upkeep;
use crate::limits::{APPENDED_REMEMBERED_MAX, AT_LEAST_WAIT, DURABLE_REMEMBERED_MAX};
use crate::viewer::Viewer;
use crate::views::{View, Views};

/// The open archive, as every thread of it sees it.
pub(crate) struct Shared {
    pub(crate) directory: DataDirectory,
    pub(crate) journal: JournalReader,
    pub(crate) views: Views,
    pub(crate) files: Files,
    /// None while it is being opened again.
    pub(crate) search: RwLock<Option<Arc<Search>>>,
    pub(crate) clock: Clock,
    pub(crate) just_put: Arc<JustPut>,
    /// What upkeep found.
    pub(crate) upkeep: Mutex<Upkeep>,
    /// Position that the view shows.
    pub(crate) applied: watch::Sender<u64>,
    /// Position that the search index shows.
    pub(crate) indexed: watch::Sender<u64>,
    /// Places for watchers.
    pub(crate) watchers: Arc<Semaphore>,
    /// True once the archive ends: watchers end with it.
    pub(crate) closed: watch::Sender<bool>,
    /// To the committer.
    pub(crate) jobs: mpsc::Sender<Job>,
    /// To the indexer.
    pub(crate) wake: mpsc::Sender<Wake>,
    pub(crate) read_only: AtomicBool,
    /// Files known to be durable, so that the committer need not ask the disk again.
    pub(crate) durable: Mutex<HashSet<String>>,
    /// Base and file, where the second is known to begin with the first.
    pub(crate) appended: Mutex<HashSet<(String, String)>>,
}

impl Shared {
    /// Runs a reader on the view. Where the view turns out to be damaged, the committer is told.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&View) -> Result<T, Fault>) -> Result<T, Fault> {
        let view = self.views.view()?;
        let result = work(&view);
        if matches!(&result, Err(Fault::Unavailable { reason: "VIEW_DAMAGED", .. })) {
            tracing::error!("view found damaged by a reader");
            // Without a committer the archive is closing.
            let _ = self.jobs.send(Job::RebuildView { generation: view.generation() });
        }
        result
    }

    /// As [`Shared::read`], for a viewer who must still be what their seal says: it lives five minutes, and the position
    /// acted in may end before.
    pub(crate) fn read_as<T>(
        &self,
        viewer: &Viewer,
        work: impl FnOnce(&View) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let now = Moment::new((self.clock)(), 0);
        self.read(|view| {
            viewer.stands(view, &now)?;
            work(view)
        })
    }

    /// Waits up to a second until the view shows `position`. Readers are told its position anyway, so it is no error when
    /// it does not.
    pub(crate) async fn at_least(&self, position: u64) -> bool {
        reached(&self.applied, position).await
    }

    /// As [`Shared::at_least`], for the search index.
    pub(crate) async fn indexed_at_least(&self, position: u64) -> bool {
        reached(&self.indexed, position).await
    }

    pub(crate) fn set_applied(&self, position: u64) {
        self.applied.send_replace(position);
    }

    pub(crate) fn set_indexed(&self, position: u64) {
        self.indexed.send_replace(position);
    }

    /// The search index.
    pub(crate) fn search(&self) -> Option<Arc<Search>> {
        self.search.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens the search index again; it is emptied where it is damaged. Gives its position.
    pub(crate) fn reopen_search(&self) -> Result<u64, SearchError> {
        let mut current = self.search.write().unwrap_or_else(PoisonError::into_inner);
        *current = None;
        let search = indexer::open(&self.directory.search(), self.journal.head().size)?;
        let position = search.position();
        *current = Some(Arc::new(search));
        self.set_indexed(position);
        Ok(position)
    }

    pub(crate) fn set_read_only(&self) {
        self.read_only.store(true, Ordering::Release);
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.read_only.load(Ordering::Acquire)
    }

    /// Whether the file is kept durably. Text that is no digest names no file.
    pub(crate) fn is_durable(&self, digest: &str) -> Result<bool, Fault> {
        if self.durable.lock().unwrap_or_else(PoisonError::into_inner).contains(digest) {
            return Ok(true);
        }
        let Ok(parsed) = digest.parse::<Digest>() else { return Ok(false) };
        let durable =
            self.files.contains(&parsed).map_err(|error| Fault::unavailable("FILES_UNREADABLE", error))?;
        if durable {
            self.remember_durable(digest);
        }
        Ok(durable)
    }

    /// What upkeep has found so far.
    pub(crate) fn upkeep(&self) -> MutexGuard<'_, Upkeep> {
        self.upkeep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets a file that was removed.
    pub(crate) fn forget_durable(&self, digest: &str) {
        self.durable.lock().unwrap_or_else(PoisonError::into_inner).remove(digest);
    }

    /// Remembers a file that was made durable.
    pub(crate) fn remember_durable(&self, digest: &str) {
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if durable.len() >= DURABLE_REMEMBERED_MAX {
            durable.clear();
        }
        durable.insert(digest.to_owned());
    }

    /// Whether the file is known to begin with the base.
    pub(crate) fn was_appended(&self, base: &str, digest: &str) -> bool {
        let appended = self.appended.lock().unwrap_or_else(PoisonError::into_inner);
        appended.contains(&(base.to_owned(), digest.to_owned()))
    }

    /// Remembers that the file begins with the base: true for ever, as both are named by what is in them.
    pub(crate) fn remember_appended(&self, base: &str, digest: &str) {
        let mut appended = self.appended.lock().unwrap_or_else(PoisonError::into_inner);
        if appended.len() >= APPENDED_REMEMBERED_MAX {
            appended.clear();
        }
        appended.insert((base.to_owned(), digest.to_owned()));
    }
}

async fn reached(shown: &watch::Sender<u64>, position: u64) -> bool {
    if *shown.borrow() >= position {
        return true;
    }
    let mut receiver = shown.subscribe();
    let wait = receiver.wait_for(|shown| *shown >= position);
    matches!(tokio::time::timeout(AT_LEAST_WAIT, wait).await, Ok(Ok(_)))
}
