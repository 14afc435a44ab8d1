//! The journal: the truth. Entries are appended, made durable together, and never change.
//!
//! Every entry is a leaf of a Merkle tree whose head stands for all of them ([`TreeHead`]), so a
//! register can prove that a line is in it and that nothing before was touched. The one exception
//! is [`Journal::redact`]: it blanks a payload that must be destroyed and leaves its place, time
//! and leaf, so that every proof still holds. Who redacts says so first in an entry of its own.
//!
//! There is one writer, [`Journal`], and any number of [`JournalReader`]s.

mod error;
mod frame;
mod mark;
mod merkle;
mod reader;
mod redaction;
mod scan;
mod segment;
mod verify;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

pub use error::{Damage, JournalError};
pub use frame::PAYLOAD_BYTES_MAX;
pub use merkle::{ConsistencyProof, InclusionProof, TreeHead, verify_consistency, verify_inclusion};
pub use reader::{Entry, Iter, JournalReader, Leaf, ReadAgain};
pub use scan::Tail;
pub use verify::{Report, verify};

use crate::digest::Digest;
use crate::disk::{Disk, DiskError, DiskFile, SharedDisk, create_dir_durably, read_up_to};
use frame::{EntryFrame, GroupFrame, HEADER_BYTES, Header, ID_BYTES, SALT_BYTES, inner_hash};
use mark::{Mark, MarkFile};
use reader::Shared;
use scan::{Depth, Scan, Segment};

/// The most entries one group may have.
pub const GROUP_ENTRIES_MAX: usize = 4096;
/// The most payload bytes one group may have.
pub const GROUP_BYTES_MAX: usize = 16 * 1024 * 1024;
/// A segment that has grown to this many bytes is followed by another.
pub const SEGMENT_BYTES: u64 = 128 * 1024 * 1024;
/// How much is written again at once when a journal is opened.
const REWRITE_BYTES: usize = 1024 * 1024;

/// The writer of a journal. It holds no lock itself: the data directory does.
#[derive(Debug)]
pub struct Journal {
    shared: Arc<Shared>,
    file: Box<dyn DiskFile>,
    segment: Segment,
    segment_bytes: u64,
    id: [u8; ID_BYTES],
    mark: MarkFile,
    closed: bool,
    read_only: bool,
}

/// What opening a journal found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Entries and root.
    pub head: TreeHead,
    /// Whether the last stop was a clean one; true of a new journal.
    pub clean: bool,
    /// What was cut: never acknowledged to anybody.
    pub cut: Option<Tail>,
    /// Offset of a damaged slot in the mark file, which was then written anew.
    pub mark_damaged_at: Option<u64>,
}

impl Journal {
    /// Opens the journal in a directory, which is made if it is missing, and cuts an unmarked tail.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] where anything that was durable is not as it was.
    pub fn open(disk: SharedDisk, dir: &Path) -> Result<(Self, Recovery), JournalError> {
        Self::open_with(disk, dir, SEGMENT_BYTES)
    }

    /// Opens with another segment size, in bytes.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_with(
        disk: SharedDisk,
        dir: &Path,
        segment_bytes: u64,
    ) -> Result<(Self, Recovery), JournalError> {
        create_dir_durably(disk.as_ref(), dir)?;
        redaction::finish(disk.as_ref(), dir)?;
        let mut scan = scan::scan(disk.as_ref(), dir, Depth::Open)?;
        let cut = scan.tail.take();
        if let Some(tail) = &cut {
            cut_tail(disk.as_ref(), dir, tail)?;
        }
        let clean = (scan.closed || scan.segments.is_empty()) && cut.is_none();
        let (file, segment, id) = open_last_segment(disk.as_ref(), dir, &mut scan)?;
        let head = scan.tree.head();
        let mark = Mark { id, sequence: 0, segment: segment.first, end: segment.end, head };
        let mark = MarkFile::open(disk.as_ref(), dir, &scan.mark, mark)?;
        let recovery = Recovery { head, clean, cut, mark_damaged_at: scan.mark.damaged_at };
        if !recovery.clean || recovery.mark_damaged_at.is_some() {
            tracing::warn!(size = head.size, cut = ?recovery.cut, mark_damaged_at = ?recovery.mark_damaged_at,
                "journal opened after an unclean stop");
        }
        let closed = scan.closed;
        let shared = Arc::new(Shared::new(disk, dir.to_owned(), scan));
        Ok((Self { shared, file, segment, segment_bytes, id, mark, closed, read_only: false }, recovery))
    }

    /// A reader of this journal, for any thread; it sees what is durable.
    #[must_use]
    pub fn reader(&self) -> JournalReader {
        JournalReader::new(Arc::clone(&self.shared))
    }

    /// Entries and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.shared.head()
    }

    /// Whether a write failed, so that nothing can be appended before the next start.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Appends payloads and makes them durable with one sync: all of them or none. Gives their
    /// positions. `time` is in milliseconds since 1970.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`] before anything is written; [`JournalError::WriteFailed`] where
    /// the disk failed, after which every call answers [`JournalError::ReadOnly`].
    pub fn append_group<P: AsRef<[u8]>>(
        &mut self,
        time: i64,
        payloads: &[P],
    ) -> Result<Range<u64>, JournalError> {
        if self.read_only {
            return Err(JournalError::ReadOnly);
        }
        check_limits(payloads)?;
        let head = self.head();
        let first = head.size + 1;
        if payloads.is_empty() {
            return Ok(first..first);
        }
        let mut salts = vec![0; payloads.len() * SALT_BYTES];
        openssl::rand::rand_bytes(&mut salts)?;
        let salts: Vec<[u8; SALT_BYTES]> = salts.as_chunks::<SALT_BYTES>().0.to_vec();
        let result = self.write_group(time, payloads, &salts, head);
        result.map_err(|failed| self.fail(failed))
    }

    fn write_group<P: AsRef<[u8]>>(
        &mut self,
        time: i64,
        payloads: &[P],
        salts: &[[u8; SALT_BYTES]],
        head: TreeHead,
    ) -> Result<Range<u64>, DiskError> {
        if self.segment.end >= self.segment_bytes {
            self.begin_segment(head)?;
        }
        let entries = u32::try_from(payloads.len()).unwrap_or(u32::MAX);
        let mut bytes = Vec::new();
        GroupFrame { id: self.id, offset: self.segment.end, size: head.size, root: head.root, entries }
            .write_group(&mut bytes);
        let mut leaves: Vec<(u64, Digest)> = Vec::with_capacity(payloads.len());
        for ((position, payload), salt) in (head.size + 1..).zip(payloads).zip(salts) {
            let payload = payload.as_ref();
            let inner = inner_hash(salt, payload);
            let entry = EntryFrame { position, time, redacted: false, salt: *salt, inner, payload };
            leaves.push((self.segment.end + bytes.len() as u64, entry.leaf()));
            entry.write(&mut bytes);
        }
        self.file.append(&bytes)?;
        self.file.sync()?;
        self.segment.end += bytes.len() as u64;
        self.closed = false;
        let head_after = self.shared.publish(&self.segment, &leaves);
        self.write_mark(head_after)?;
        Ok(head.size + 1..head_after.size + 1)
    }

    fn begin_segment(&mut self, head: TreeHead) -> Result<(), DiskError> {
        let header =
            Header { id: self.id, first: head.size + 1, root: head.root, previous_length: self.segment.end };
        let (file, segment) = create_segment(self.shared.disk(), self.shared.dir(), header)?;
        self.file = file;
        self.segment = segment;
        Ok(())
    }

    fn write_mark(&mut self, head: TreeHead) -> Result<(), DiskError> {
        let (segment, end) = (self.segment.first, self.segment.end);
        self.mark.write(Mark { id: self.id, sequence: 0, segment, end, head })
    }

    fn fail(&mut self, failed: DiskError) -> JournalError {
        tracing::error!(error = %failed, "journal is read-only from here on");
        self.read_only = true;
        JournalError::WriteFailed(failed)
    }

    /// Makes the mark durable. Call it when nothing more is waiting: from then on even the very
    /// last group is known to have been durable after a power cut.
    ///
    /// # Errors
    /// As [`Journal::append_group`].
    pub fn settle(&mut self) -> Result<(), JournalError> {
        if self.read_only {
            return Err(JournalError::ReadOnly);
        }
        self.mark.sync().map_err(|failed| self.fail(failed))
    }

    /// Ends cleanly: writes the closing frame and makes all durable.
    ///
    /// # Errors
    /// As [`Journal::append_group`].
    pub fn close(mut self) -> Result<(), JournalError> {
        if self.read_only {
            return Err(JournalError::ReadOnly);
        }
        self.write_close().map_err(|failed| self.fail(failed))
    }

    fn write_close(&mut self) -> Result<(), DiskError> {
        let head = self.head();
        if !self.closed && head.size > 0 {
            let mut bytes = Vec::new();
            GroupFrame {
                id: self.id,
                offset: self.segment.end,
                size: head.size,
                root: head.root,
                entries: 0,
            }
            .write_close(&mut bytes);
            self.file.append(&bytes)?;
            self.file.sync()?;
            self.segment.end += bytes.len() as u64;
            self.shared.publish(&self.segment, &[]);
            self.write_mark(head)?;
        }
        self.mark.sync()
    }

    /// Blanks salt and payload of an entry in place, for good and durably; its position, time and
    /// leaf stay. To do it again changes nothing. Older blocks of the drive and older backups may
    /// still hold the bytes.
    ///
    /// Say so first: append the entry that tells who redacted what and why.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPosition`]; [`JournalError::WriteFailed`] as on appending, after which
    /// the next start finishes the work.
    pub fn redact(&mut self, position: u64) -> Result<(), JournalError> {
        if self.read_only {
            return Err(JournalError::ReadOnly);
        }
        redaction::redact(&self.shared, position).map_err(|error| match error {
            JournalError::WriteFailed(failed) => self.fail(failed),
            other => other,
        })
    }
}

fn check_limits<P: AsRef<[u8]>>(payloads: &[P]) -> Result<(), JournalError> {
    let too_large = |what, size, limit| Err(JournalError::TooLarge { what, size, limit });
    if payloads.len() > GROUP_ENTRIES_MAX {
        return too_large("the number of entries in a group", payloads.len(), GROUP_ENTRIES_MAX);
    }
    let mut total = 0;
    for payload in payloads {
        let size = payload.as_ref().len();
        if size > PAYLOAD_BYTES_MAX {
            return too_large("the bytes of a payload", size, PAYLOAD_BYTES_MAX);
        }
        total += size;
    }
    if total > GROUP_BYTES_MAX {
        return too_large("the payload bytes in a group", total, GROUP_BYTES_MAX);
    }
    Ok(())
}

fn cut_tail(disk: &dyn Disk, dir: &Path, tail: &Tail) -> Result<(), DiskError> {
    if tail.offset == 0 {
        disk.remove(&tail.file)?;
        return disk.sync_dir(dir);
    }
    let mut file = disk.open_writable(&tail.file)?;
    file.truncate(tail.offset)?;
    file.sync()
}

/// A segment open for writing, how far it is good, and the journal's id.
type LastSegment = (Box<dyn DiskFile>, Segment, [u8; ID_BYTES]);

/// The last segment for writing, made where there is none; what it holds is durable from here on.
fn open_last_segment(disk: &dyn Disk, dir: &Path, scan: &mut Scan) -> Result<LastSegment, JournalError> {
    if let (Some(segment), Some(id)) = (scan.segments.last(), scan.id) {
        let path = segment::path(dir, segment.first);
        let mut file = disk.open_writable(&path)?;
        rewrite_unmarked(file.as_mut(), segment, &scan.mark)?;
        // For the same reason once more: a tail may have been cut by a start whose sync failed.
        file.truncate(segment.end)?;
        file.sync()?;
        disk.sync_dir(dir)?;
        return Ok((file, segment.clone(), id));
    }
    let mut id = [0; ID_BYTES];
    openssl::rand::rand_bytes(&mut id)?;
    let header = Header { id, first: 1, root: scan.tree.head().root, previous_length: 0 };
    let (file, segment) = create_segment(disk, dir, header)?;
    scan.segments.push(segment.clone());
    scan.id = Some(id);
    Ok((file, segment, id))
}

/// Writes what lies behind the mark once more, so that the sync after it reaches the drive. It may
/// hold whole groups that no sync had reached; and where a sync had failed before a restart, the
/// system still shows the bytes and thinks them written, so that a mere sync would do nothing.
fn rewrite_unmarked(
    file: &mut dyn DiskFile,
    segment: &Segment,
    found: &mark::Found,
) -> Result<(), DiskError> {
    let marked = found.mark.filter(|mark| mark.segment == segment.first);
    let mut offset = marked.map_or(0, |mark| mark.end);
    while offset < segment.end {
        let length =
            usize::try_from(segment.end - offset).map_or(REWRITE_BYTES, |left| left.min(REWRITE_BYTES));
        let bytes = read_up_to(file, offset, length)?;
        file.write_at(offset, &bytes)?;
        offset += length as u64;
    }
    Ok(())
}

fn create_segment(
    disk: &dyn Disk,
    dir: &Path,
    header: Header,
) -> Result<(Box<dyn DiskFile>, Segment), DiskError> {
    let mut file = disk.create(&segment::path(dir, header.first))?;
    file.append(&header.to_bytes())?;
    file.sync()?;
    disk.sync_dir(dir)?;
    Ok((file, Segment { first: header.first, end: HEADER_BYTES as u64 }))
}
