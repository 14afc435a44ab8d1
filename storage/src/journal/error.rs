//! What can go wrong with a journal.

use std::fmt;
use std::path::PathBuf;

use crate::disk::DiskError;

/// An error of the journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// Bytes that were durable are not what they were.
    #[error(
        "{0}; change nothing, copy the data directory away, and bring this file back from the newest backup"
    )]
    Damaged(Damage),
    /// The segments are written by a later program.
    #[error("{} has journal version {version}, this program knows version 1: use the newer program", file.display())]
    NewerVersion {
        /// The segment.
        file: PathBuf,
        /// Its version.
        version: u32,
    },
    /// A write failed before; nothing can be appended until the program is started again.
    #[error("the journal is read-only since a write failed: look at the disk, then start again")]
    ReadOnly,
    /// The call that made the journal read-only. What it appended may or may not be there after the
    /// next start.
    #[error("a write failed and the journal is now read-only: {0}")]
    WriteFailed(#[source] DiskError),
    /// A read failed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// More than a limit allows; nothing was written.
    #[error("{what} is {size}, at most {limit} is allowed")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large.
        size: usize,
        /// The limit.
        limit: usize,
    },
    /// No such entry.
    #[error("there is no position {position}: the journal ends at {size}")]
    NoSuchPosition {
        /// What was asked for.
        position: u64,
        /// How many entries there are.
        size: u64,
    },
    /// The system gave no random bytes.
    #[error("no random bytes for a salt: {0}")]
    Salt(#[from] openssl::error::ErrorStack),
}

/// Where a journal is damaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// The first byte of the frame or header that is wrong.
    pub offset: u64,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is damaged at byte {}: {}", self.file.display(), self.offset, self.what)
    }
}
