//! The full check of a journal, without changing it.

use std::path::Path;

use super::error::{Damage, JournalError};
use super::frame::ID_BYTES;
use super::mark;
use super::merkle::TreeHead;
use super::redaction;
use super::scan::{self, Depth, Tail};
use crate::disk::Disk;

/// What a full check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The journal's own random name; `None` of an empty one.
    pub id: Option<[u8; ID_BYTES]>,
    /// Files.
    pub segments: usize,
    /// Entries and root.
    pub head: TreeHead,
    /// Time of the first entry, in milliseconds since 1970.
    pub first_time: Option<i64>,
    /// Time of the last entry.
    pub last_time: Option<i64>,
    /// Positions whose payload was redacted. Each must be named by an entry that says so: what
    /// entries say, the caller knows.
    pub redacted: Vec<u64>,
    /// Whether it ends with a closing frame.
    pub closed: bool,
    /// An unmarked tail, which the next start cuts. Normal while the system runs or after a crash.
    pub tail: Option<Tail>,
    /// A redaction that the next start finishes.
    pub unfinished_redaction: Option<u64>,
}

/// Checks every byte: checksums, payloads against leaves, leaves against every tree head, and all
/// of it against the mark.
///
/// # Errors
/// [`JournalError::Damaged`] names file and byte of the first damage.
pub fn verify(disk: &dyn Disk, dir: &Path) -> Result<Report, JournalError> {
    let unfinished_redaction = redaction::unfinished_position(disk, dir)?;
    let scan = scan::scan(disk, dir, Depth::Full)?;
    if let Some(offset) = scan.mark.damaged_at {
        // A running system may just be writing it.
        let again = mark::read(disk, dir)?;
        if again.damaged_at == Some(offset) && again.mark == scan.mark.mark {
            let what = "a slot of the mark does not match its checksum (the entries are whole; \
                        the next start writes the mark anew)";
            return Err(JournalError::Damaged(Damage {
                file: dir.join(mark::NAME),
                offset,
                what: what.to_owned(),
            }));
        }
    }
    Ok(Report {
        id: scan.id,
        segments: scan.segments.len(),
        head: scan.tree.head(),
        first_time: scan.first_time,
        last_time: scan.last_time,
        redacted: scan.redacted,
        closed: scan.closed,
        tail: scan.tail,
        unfinished_redaction,
    })
}
