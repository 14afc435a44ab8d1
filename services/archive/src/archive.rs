//! The open archive: its threads, its doors, its end.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::thread::JoinHandle;

use proto::fault::Fault;
use proto::rpc::Clock;
use storage::DataDirectory;
use storage::data_directory::DataDirectoryError;
use storage::disk::SharedDisk;
use storage::files::{Files, FilesError};
use storage::journal::{Journal, JournalError, TreeHead};
use storage::search::SearchError;
use tokio::sync::{Semaphore, watch};

use crate::committer::{Committer, Job};
use crate::indexer::{self, Wake};
use crate::keeper::{self, Upkeep};
use crate::limits::{COMMIT_QUEUE_MAX, WATCHERS_MAX};
use crate::service::Service;
use crate::shared::Shared;
use crate::views::{Progress, Views, ViewsError};

/// Where the store is and what time it is.
#[derive(Clone)]
pub struct Options {
    /// The data directory; made if it is missing.
    pub directory: PathBuf,
    /// The clock. The committer never goes back behind the last entry.
    pub clock: Clock,
}

/// Why the archive could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data directory is in use, not ours, or of another version.
    #[error(transparent)]
    Directory(#[from] DataDirectoryError),
    /// The journal is damaged or cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The files cannot be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// The view cannot be made from the journal.
    #[error(transparent)]
    Views(#[from] ViewsError),
    /// The search index cannot be opened.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A thread could not be started.
    #[error("could not start a thread: {0}")]
    Thread(#[source] std::io::Error),
}

/// How the archive is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// False after a failed write: reads go on, only a restart helps.
    pub writable: bool,
    /// False while the view is being made anew.
    pub readable: bool,
    /// Entries in the journal.
    pub durable: u64,
    /// Position that the view shows.
    pub applied: u64,
    /// Position that the search index shows.
    pub indexed: u64,
    /// Damaged places that the last look through journal and files found; [`Archive::upkeep`] names them.
    pub damaged: u64,
}

/// The open archive. Exactly one process has a data directory open.
pub struct Archive {
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
    committer: Option<JoinHandle<()>>,
    indexer: Option<JoinHandle<()>>,
    keeper: Option<JoinHandle<()>>,
    stop_keeper: mpsc::Sender<()>,
}

impl Archive {
    /// Opens the store: the journal is checked, the view is brought up to it, or made anew where it is damaged. Blocks
    /// until reads and writes can be served; `progress` is told how far the view is.
    ///
    /// # Errors
    /// [`OpenError`]; damage of journal or files names file and byte.
    pub fn open(options: Options, progress: impl FnMut(Progress)) -> Result<Self, OpenError> {
        let directory = DataDirectory::open(&options.directory)?;
        let disk = directory.disk();
        Self::open_on(directory, disk, options.clock, progress)
    }

    /// Opens with the journal on another disk: tests let it fail.
    pub(crate) fn open_on(
        directory: DataDirectory,
        journal_disk: SharedDisk,
        clock: Clock,
        mut progress: impl FnMut(Progress),
    ) -> Result<Self, OpenError> {
        let (journal, recovery) = Journal::open(journal_disk, &directory.journal())?;
        let files = Files::open(directory.disk(), &directory.files())?;
        let reader = journal.reader();
        let size = recovery.head.size;
        let last_ms = if size == 0 { i64::MIN } else { reader.read(size)?.time };
        let views = Views::open(directory.view(), &reader, &mut progress)?;
        let search = indexer::open(&directory.search(), size)?;
        let indexed = search.position();
        let (jobs, job_queue) = mpsc::channel();
        let (wake, wake_queue) = mpsc::channel();
        let shared = Arc::new(Shared {
            directory,
            journal: reader,
            views,
            files,
            search: RwLock::new(Some(Arc::new(search))),
            clock,
            just_put: Arc::default(),
            upkeep: Mutex::default(),
            applied: watch::Sender::new(size),
            indexed: watch::Sender::new(indexed),
            watchers: Arc::new(Semaphore::new(WATCHERS_MAX)),
            closed: watch::Sender::new(false),
            jobs,
            wake,
            read_only: AtomicBool::new(false),
            durable: Mutex::default(),
            appended: Mutex::default(),
        });
        let (stop_keeper, stopped) = mpsc::channel();
        let committer = Committer { journal, shared: Arc::clone(&shared), last_ms };
        let mut archive = Self {
            shared: Arc::clone(&shared),
            places: Arc::new(Semaphore::new(COMMIT_QUEUE_MAX)),
            committer: None,
            indexer: None,
            keeper: None,
            stop_keeper,
        };
        let named = std::thread::Builder::new().name("committer".to_owned());
        archive.committer = Some(named.spawn(move || committer.run(&job_queue)).map_err(OpenError::Thread)?);
        archive.indexer = Some(indexer::spawn(Arc::clone(&shared), wake_queue).map_err(OpenError::Thread)?);
        archive.keeper = Some(keeper::spawn(shared, stopped).map_err(OpenError::Thread)?);
        tracing::info!(position = size, clean = recovery.clean, "archive open");
        Ok(archive)
    }

    /// The gRPC service; wrap it in `proto::rpc::Guard` before it is mounted. Any number of times.
    #[must_use]
    pub fn service(&self) -> Service {
        Service::new(Arc::clone(&self.shared), Arc::clone(&self.places))
    }

    /// How the archive is.
    #[must_use]
    pub fn health(&self) -> Health {
        Health {
            writable: !self.shared.is_read_only(),
            readable: self.shared.views.is_there(),
            durable: self.shared.journal.head().size,
            applied: *self.shared.applied.borrow(),
            indexed: *self.shared.indexed.borrow(),
            damaged: self.shared.upkeep().damage_count,
        }
    }

    /// What upkeep has found: journal and files are read again once a day.
    #[must_use]
    pub fn upkeep(&self) -> Upkeep {
        self.shared.upkeep().clone()
    }

    /// What its threads share, for tests that speak to the committer.
    #[cfg(test)]
    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// A round of upkeep now and without waiting, on this thread.
    #[cfg(test)]
    pub(crate) fn keep(&self) -> Upkeep {
        keeper::round(&self.shared, &mut |_| true);
        self.upkeep()
    }

    /// The head of the journal's tree.
    #[must_use]
    pub fn tree_head(&self) -> TreeHead {
        self.shared.journal.head()
    }

    /// Ends cleanly: what waits is committed, the journal gets its closing frame. Blocks. Dropping does the same. The data
    /// directory is free for another process once every [`Service`] is dropped too.
    pub fn close(mut self) {
        self.end(true);
    }

    /// The view in use, for tests that damage it.
    #[cfg(test)]
    pub(crate) fn view(&self) -> Result<crate::views::View, Fault> {
        self.shared.views.view()
    }

    /// Ends as if the process were killed between two writes: no closing frame, nothing flushed.
    #[cfg(test)]
    pub(crate) fn kill(mut self) {
        self.end(false);
    }

    fn end(&mut self, clean: bool) {
        // Nobody gets a place any more; those who wait are told.
        self.places.close();
        self.shared.closed.send_replace(true);
        // A thread that is gone needs no word.
        let _ = self.shared.jobs.send(Job::Stop { clean });
        let _ = self.shared.wake.send(Wake::Stop);
        let _ = self.stop_keeper.send(());
        for thread in [self.keeper.take(), self.committer.take(), self.indexer.take()].into_iter().flatten() {
            if thread.join().is_err() {
                tracing::error!("a thread of the archive panicked");
            }
        }
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        if self.committer.is_some() || self.indexer.is_some() {
            self.end(true);
        }
    }
}

/// The fault of a store that is being closed.
pub(crate) fn closing() -> Fault {
    Fault::unavailable("STORE_CLOSING", "the archive is being closed")
}
