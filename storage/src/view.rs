//! The view: what the journal comes to, by key. Made from the journal, thrown away at any doubt.
//!
//! It lives in sled 0.34.7, which loses data in power cuts and may hand back less than it was
//! given; so every value has a checksum over key and value, and a running sum over all pairs is
//! written with every batch and compared with what is there when the view is opened. Whatever does
//! not fit is [`ViewError::Damaged`], never an answer.

mod key_kind;
mod sum;

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use key_kind::KeyKind;
pub use sum::ViewDigest;

/// The most bytes a value may have: with its checksum it stays below 64 KiB, above which sled
/// would write it into a file of its own.
pub const VALUE_BYTES_MAX: usize = 64 * 1024 - CHECKSUM_BYTES - 1;
/// The most bytes a key may have, without its kind.
pub const KEY_BYTES_MAX: usize = 1024;
/// The most changes one batch may have.
pub const BATCH_OPS_MAX: usize = 16 * 1024;
/// The most value bytes one batch may have.
pub const BATCH_BYTES_MAX: usize = 16 * 1024 * 1024;
/// The most pairs one scan gives.
pub const SCAN_LIMIT_MAX: usize = 10_000;
/// Memory for sled's cache.
pub const CACHE_BYTES: u64 = 32 * 1024 * 1024;
/// How long sled may take to open before the view is given up.
pub const OPEN_TIME_LIMIT: Duration = Duration::from_secs(60);

const CHECKSUM_BYTES: usize = 4;
/// The view's own record: position, number of pairs, sum.
const APPLIED_KEY: &[u8] = &[0];

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Sets the value of a key.
    Put {
        /// What the key is about.
        kind: KeyKind,
        /// The key, without its kind.
        key: Vec<u8>,
        /// Its new value.
        value: Vec<u8>,
    },
    /// Takes a key away.
    Delete {
        /// What the key is about.
        kind: KeyKind,
        /// The key, without its kind.
        key: Vec<u8>,
    },
}

/// A key, without its kind, and its value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// Part of a scan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// In the order asked for.
    pub pairs: Vec<Pair>,
    /// Whether there are more: ask again after the last key.
    pub more: bool,
}

/// What to scan.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'a> {
    /// Which kind of keys.
    pub kind: KeyKind,
    /// Only keys that begin so.
    pub prefix: &'a [u8],
    /// Only keys behind this one, in the order asked for.
    pub after: Option<&'a [u8]>,
    /// At most so many, and at most [`SCAN_LIMIT_MAX`].
    pub limit: usize,
    /// From the last key to the first.
    pub reverse: bool,
}

/// An error of the view.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// What is there is not what was written, or sled gave up.
    #[error("the view is damaged ({what}): set it aside and rebuild it from the journal")]
    Damaged {
        /// What was noticed.
        what: String,
    },
    /// The view knows entries that the journal does not have.
    #[error("the view is at position {applied}, the journal ends at {journal}: set it aside and rebuild it")]
    AheadOfJournal {
        /// The view's position.
        applied: u64,
        /// The journal's.
        journal: u64,
    },
    /// Opening took too long.
    #[error("the view did not open within {} s: set it aside and rebuild it", limit.as_secs())]
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// A key, value or batch is larger than allowed; nothing was changed.
    #[error("{what} is {size}, at most {limit} is allowed")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// The batch is not newer than what was applied; nothing was changed.
    #[error("position {position} was applied before: the view is at {applied}")]
    NotNewer {
        /// The batch's position.
        position: u64,
        /// The view's.
        applied: u64,
    },
    /// The directory could not be read or renamed.
    #[error("could not set {} aside: {source}", path.display())]
    SetAside {
        /// The view's directory.
        path: PathBuf,
        /// The system's word.
        source: io::Error,
    },
}

impl ViewError {
    /// Whether the view must be set aside and made anew from the journal.
    #[must_use]
    pub fn calls_for_rebuild(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::AheadOfJournal { .. } | Self::TimedOut { .. })
    }
}

/// The view; clones are handles on the same one.
#[derive(Clone)]
pub struct View(Arc<Inner>);

struct Inner {
    tree: sled::Db,
    applied: Mutex<ViewDigest>,
    damaged: AtomicBool,
}

impl View {
    /// Opens the view in a directory, which is made if it is missing (then it is at position 0),
    /// and reads all of it through once.
    ///
    /// # Errors
    /// See [`ViewError::calls_for_rebuild`]: then [`set_aside`] and open again.
    pub fn open(dir: &Path, journal_size: u64) -> Result<Self, ViewError> {
        Self::open_within(dir, journal_size, OPEN_TIME_LIMIT)
    }

    /// Opens within another time limit for sled itself.
    ///
    /// # Errors
    /// As [`View::open`].
    pub fn open_within(dir: &Path, journal_size: u64, limit: Duration) -> Result<Self, ViewError> {
        let tree = open_sled(dir, limit)?;
        let applied = guarded(|| read_applied(&tree))?;
        if applied.position > journal_size {
            return Err(ViewError::AheadOfJournal { applied: applied.position, journal: journal_size });
        }
        let view =
            Self(Arc::new(Inner { tree, applied: Mutex::new(applied), damaged: AtomicBool::new(false) }));
        view.check()?;
        Ok(view)
    }

    /// The last position applied; 0 of an empty view.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.digest().position
    }

    /// What the view comes to: two views made from the same journal have the same.
    #[must_use]
    pub fn digest(&self) -> ViewDigest {
        *self.0.applied.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads every pair and compares all of them together with what was written. Nothing is applied
    /// meanwhile.
    ///
    /// # Errors
    /// [`ViewError::Damaged`].
    pub fn check(&self) -> Result<ViewDigest, ViewError> {
        self.guarded(|tree| {
            let kept = self.0.applied.lock().unwrap_or_else(PoisonError::into_inner);
            let mut found = ViewDigest { position: kept.position, ..ViewDigest::default() };
            for pair in tree.range(vec![1]..) {
                let (key, stored) = pair.map_err(damaged)?;
                found.add(&key, unseal(&key, &stored)?);
            }
            if found == *kept {
                Ok(found)
            } else {
                let what = format!("{} pairs where {} were written, or other ones", found.pairs, kept.pairs);
                Err(ViewError::Damaged { what })
            }
        })
    }

    /// The value of a key.
    ///
    /// # Errors
    /// [`ViewError::Damaged`].
    pub fn get(&self, kind: KeyKind, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
        self.guarded(|tree| read(tree, &full_key(kind, key)))
    }

    /// The pairs whose keys begin alike, in order, a page at a time.
    ///
    /// # Errors
    /// [`ViewError::Damaged`].
    pub fn scan(&self, scan: &Scan<'_>) -> Result<Page, ViewError> {
        let Some(bounds) = bounds(scan) else { return Ok(Page::default()) };
        let limit = scan.limit.min(SCAN_LIMIT_MAX);
        self.guarded(|tree| {
            let range = tree.range(bounds);
            if scan.reverse { page(range.rev(), limit) } else { page(range, limit) }
        })
    }

    /// Applies the changes that a position of the journal makes, all or none, together with the
    /// position. Positions only rise. Batches must be small: one entry or one group.
    ///
    /// # Errors
    /// [`ViewError::NotNewer`] and [`ViewError::TooLarge`] before anything is changed;
    /// [`ViewError::Damaged`], after which every call answers so.
    pub fn apply(&self, position: u64, ops: &[Op]) -> Result<(), ViewError> {
        check_limits(ops)?;
        self.guarded(|tree| {
            let mut applied = self.0.applied.lock().unwrap_or_else(PoisonError::into_inner);
            if position <= applied.position {
                return Err(ViewError::NotNewer { position, applied: applied.position });
            }
            let mut after = ViewDigest { position, ..*applied };
            let mut changed: HashMap<Vec<u8>, Option<&[u8]>> = HashMap::with_capacity(ops.len());
            for op in ops {
                let (key, value) = match op {
                    Op::Put { kind, key, value } => (full_key(*kind, key), Some(&value[..])),
                    Op::Delete { kind, key } => (full_key(*kind, key), None),
                };
                match changed.get(&key) {
                    Some(Some(old)) => after.remove(&key, old),
                    Some(None) => {}
                    None => {
                        if let Some(old) = read(tree, &key)? {
                            after.remove(&key, &old);
                        }
                    }
                }
                if let Some(value) = value {
                    after.add(&key, value);
                }
                changed.insert(key, value);
            }
            let mut batch = sled::Batch::default();
            for (key, value) in changed {
                match value {
                    Some(value) => batch.insert(&key[..], seal(&key, value)),
                    None => batch.remove(key),
                }
            }
            batch.insert(APPLIED_KEY, seal(APPLIED_KEY, &after.to_bytes()));
            tree.apply_batch(batch).map_err(damaged)?;
            *applied = after;
            Ok(())
        })
    }

    /// Hands what is in memory to the system; a clean stop does it so that less need be applied
    /// again. It is no promise of durability, and nothing needs one.
    ///
    /// # Errors
    /// [`ViewError::Damaged`].
    pub fn flush(&self) -> Result<(), ViewError> {
        self.guarded(|tree| tree.flush().map(|_| ()).map_err(damaged))
    }

    /// Bytes the view takes on the disk.
    ///
    /// # Errors
    /// [`ViewError::Damaged`].
    pub fn bytes_on_disk(&self) -> Result<u64, ViewError> {
        self.guarded(|tree| tree.size_on_disk().map_err(damaged))
    }

    fn guarded<T>(&self, work: impl FnOnce(&sled::Db) -> Result<T, ViewError>) -> Result<T, ViewError> {
        if self.0.damaged.load(Ordering::Acquire) {
            return Err(ViewError::Damaged { what: "noticed before".to_owned() });
        }
        let result = guarded(|| work(&self.0.tree));
        if matches!(result, Err(ViewError::Damaged { .. })) {
            self.0.damaged.store(true, Ordering::Release);
        }
        result
    }
}

impl fmt::Debug for View {
    /// Where it stands, and nothing of what is in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("position", &self.position()).finish_non_exhaustive()
    }
}

/// Renames the view's directory so that a new view can be made in its place. What was set aside
/// before is removed: only the last is kept to look at. Gives the new name, `None` where there was
/// no view.
///
/// # Errors
/// [`ViewError::SetAside`].
pub fn set_aside(dir: &Path) -> Result<Option<PathBuf>, ViewError> {
    let mut name = dir.as_os_str().to_owned();
    name.push(".set-aside");
    let aside = PathBuf::from(name);
    let failed = |source| ViewError::SetAside { path: dir.to_owned(), source };
    let ignoring_missing = |result: io::Result<()>| match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        other => other.map(|()| true),
    };
    if !ignoring_missing(fs::metadata(dir).map(|_| ())).map_err(failed)? {
        return Ok(None);
    }
    ignoring_missing(fs::remove_dir_all(&aside)).map_err(failed)?;
    fs::rename(dir, &aside).map_err(failed)?;
    Ok(Some(aside))
}

fn open_sled(dir: &Path, limit: Duration) -> Result<sled::Db, ViewError> {
    let dir = dir.to_owned();
    let (sender, receiver) = mpsc::channel();
    let opening = std::thread::Builder::new().name("view-open".to_owned()).spawn(move || {
        let config = || sled::Config::default().path(&dir).cache_capacity(CACHE_BYTES);
        // A receiver that has given up does not care.
        let _ = sender.send(guarded(|| config().open().map_err(damaged)));
    });
    if let Err(error) = opening {
        return Err(ViewError::Damaged { what: format!("no thread to open it in: {error}") });
    }
    match receiver.recv_timeout(limit) {
        Ok(result) => result,
        Err(_) => Err(ViewError::TimedOut { limit }),
    }
}

/// Runs sled and takes a panic for what it is: damage.
fn guarded<T>(work: impl FnOnce() -> Result<T, ViewError>) -> Result<T, ViewError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
        Err(ViewError::Damaged { what: format!("sled panicked: {text}") })
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn damaged(error: sled::Error) -> ViewError {
    ViewError::Damaged { what: format!("sled: {error}") }
}

fn full_key(kind: KeyKind, key: &[u8]) -> Vec<u8> {
    let mut full = Vec::with_capacity(1 + key.len());
    full.push(kind.byte());
    full.extend_from_slice(key);
    full
}

/// The first key behind all that begin with a prefix.
fn next_prefix(mut prefix: Vec<u8>) -> Option<Vec<u8>> {
    while let Some(last) = prefix.pop() {
        if let Some(next) = last.checked_add(1) {
            prefix.push(next);
            return Some(prefix);
        }
    }
    None
}

type Bounds = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// From where to where a scan goes; `None` where nothing can lie between.
fn bounds(scan: &Scan<'_>) -> Option<Bounds> {
    let first = full_key(scan.kind, scan.prefix);
    let end = next_prefix(first.clone());
    let after = scan.after.map(|after| full_key(scan.kind, after));
    let (lower, upper) = match (after, end) {
        (Some(after), Some(end)) if scan.reverse => (Bound::Included(first), Bound::Excluded(after.min(end))),
        (Some(after), None) if scan.reverse => (Bound::Included(first), Bound::Excluded(after)),
        (Some(after), end) if after >= first => {
            (Bound::Excluded(after), end.map_or(Bound::Unbounded, Bound::Excluded))
        }
        (_, end) => (Bound::Included(first), end.map_or(Bound::Unbounded, Bound::Excluded)),
    };
    let is_empty = match (&lower, &upper) {
        (Bound::Included(low) | Bound::Excluded(low), Bound::Excluded(high)) => low >= high,
        _ => false,
    };
    (!is_empty).then_some((lower, upper))
}

fn checksum(key: &[u8], value: &[u8]) -> [u8; CHECKSUM_BYTES] {
    crc32c::crc32c_append(crc32c::crc32c(key), value).to_le_bytes()
}

fn seal(key: &[u8], value: &[u8]) -> Vec<u8> {
    let mut stored = Vec::with_capacity(CHECKSUM_BYTES + value.len());
    stored.extend_from_slice(&checksum(key, value));
    stored.extend_from_slice(value);
    stored
}

fn unseal<'a>(key: &[u8], stored: &'a [u8]) -> Result<&'a [u8], ViewError> {
    match stored.split_first_chunk::<CHECKSUM_BYTES>() {
        Some((crc, value)) if *crc == checksum(key, value) => Ok(value),
        _ => Err(ViewError::Damaged { what: "the checksum of a value does not match".to_owned() }),
    }
}

fn read(tree: &sled::Db, key: &[u8]) -> Result<Option<Vec<u8>>, ViewError> {
    let stored = tree.get(key).map_err(damaged)?;
    stored.map(|stored| unseal(key, &stored).map(<[u8]>::to_vec)).transpose()
}

fn read_applied(tree: &sled::Db) -> Result<ViewDigest, ViewError> {
    match read(tree, APPLIED_KEY)? {
        None => Ok(ViewDigest::default()),
        Some(bytes) => ViewDigest::parse(&bytes)
            .ok_or_else(|| ViewError::Damaged { what: "its own record has another form".to_owned() }),
    }
}

fn page(
    range: impl Iterator<Item = sled::Result<(sled::IVec, sled::IVec)>>,
    limit: usize,
) -> Result<Page, ViewError> {
    let mut page = Page::default();
    for pair in range {
        let (key, stored) = pair.map_err(damaged)?;
        if page.pairs.len() == limit {
            page.more = true;
            break;
        }
        let value = unseal(&key, &stored)?.to_vec();
        page.pairs.push((key.get(1..).unwrap_or_default().to_vec(), value));
    }
    Ok(page)
}

fn check_limits(ops: &[Op]) -> Result<(), ViewError> {
    let too_large = |what, size, limit| Err(ViewError::TooLarge { what, size, limit });
    if ops.len() > BATCH_OPS_MAX {
        return too_large("the number of changes in a batch", ops.len(), BATCH_OPS_MAX);
    }
    let mut total = 0;
    for op in ops {
        let (key, size) = match op {
            Op::Put { key, value, .. } => (key, value.len()),
            Op::Delete { key, .. } => (key, 0),
        };
        if key.len() > KEY_BYTES_MAX {
            return too_large("the bytes of a key", key.len(), KEY_BYTES_MAX);
        }
        if size > VALUE_BYTES_MAX {
            return too_large("the bytes of a value", size, VALUE_BYTES_MAX);
        }
        total += size;
    }
    if total > BATCH_BYTES_MAX {
        return too_large("the value bytes in a batch", total, BATCH_BYTES_MAX);
    }
    Ok(())
}
