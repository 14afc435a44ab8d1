//! The mark: how far the journal is known to be durable, written after each sync.
//!
//! Two slots of one sector each, written in turn, so that a torn write leaves the other. The mark
//! is itself synced only when the journal is opened, settled or closed: it need not be newer than
//! the last group but one, because the group after carries the same evidence.

use std::path::Path;

use super::frame::{Fields, ID_BYTES};
use super::merkle::TreeHead;
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, DiskFile, SECTOR_BYTES, join, read_up_to};

/// Name of the mark file.
pub(super) const NAME: &str = "mark";
const MAGIC: &[u8; 8] = b"VTmark\r\n";
const FILE_BYTES: usize = 2 * SECTOR_BYTES;

/// Up to where all is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) id: [u8; ID_BYTES],
    /// Counts the marks; the slot is its last bit.
    pub(super) sequence: u64,
    /// First position of the last segment.
    pub(super) segment: u64,
    /// Length of that segment.
    pub(super) end: u64,
    pub(super) head: TreeHead,
}

/// What a mark file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Found {
    pub(super) mark: Option<Mark>,
    /// Offset of a slot that was written and is damaged.
    pub(super) damaged_at: Option<u64>,
    /// Whether there is a file at all.
    pub(super) exists: bool,
}

#[derive(Debug)]
pub(super) struct MarkFile {
    file: Box<dyn DiskFile>,
    sequence: u64,
}

impl Mark {
    fn to_slot(self) -> Vec<u8> {
        let mut slot = Vec::with_capacity(SECTOR_BYTES);
        slot.extend_from_slice(MAGIC);
        slot.extend_from_slice(&self.id);
        slot.extend_from_slice(&self.sequence.to_le_bytes());
        slot.extend_from_slice(&self.segment.to_le_bytes());
        slot.extend_from_slice(&self.end.to_le_bytes());
        slot.extend_from_slice(&self.head.size.to_le_bytes());
        slot.extend_from_slice(self.head.root.as_bytes());
        slot.resize(SECTOR_BYTES - 4, 0);
        slot.extend_from_slice(&crc32c::crc32c(&slot).to_le_bytes());
        slot
    }

    fn from_slot(slot: &[u8]) -> Option<Self> {
        let content = slot.get(..SECTOR_BYTES - 4)?;
        if slot.get(SECTOR_BYTES - 4..)? != crc32c::crc32c(content).to_le_bytes() {
            return None;
        }
        let mut fields = Fields(content);
        if fields.take::<8>()? != *MAGIC {
            return None;
        }
        let id = fields.take()?;
        let (sequence, segment, end) = (fields.u64()?, fields.u64()?, fields.u64()?);
        let head = TreeHead { size: fields.u64()?, root: Digest(fields.take()?) };
        Some(Self { id, sequence, segment, end, head })
    }

    /// Whether this says that the segment was durable beyond an offset.
    pub(super) fn covers(&self, segment: u64, offset: u64) -> bool {
        (self.segment, self.end) > (segment, offset)
    }
}

/// Reads the mark file of a journal.
pub(super) fn read(disk: &dyn Disk, dir: &Path) -> Result<Found, DiskError> {
    let path = join(dir, NAME);
    if disk.metadata(&path)?.is_none() {
        return Ok(Found::default());
    }
    let bytes = read_up_to(disk.open(&path)?.as_ref(), 0, FILE_BYTES)?;
    let mut found = Found { exists: true, ..Found::default() };
    for (index, slot) in bytes.chunks(SECTOR_BYTES).enumerate() {
        match Mark::from_slot(slot) {
            Some(mark) if found.mark.is_none_or(|other| other.sequence < mark.sequence) => {
                found.mark = Some(mark);
            }
            Some(_) => {}
            None if slot.iter().all(|&byte| byte == 0) => {}
            None => found.damaged_at = found.damaged_at.or(Some((index * SECTOR_BYTES) as u64)),
        }
    }
    Ok(found)
}

impl MarkFile {
    /// Opens or makes the file and writes both slots anew, durably.
    pub(super) fn open(disk: &dyn Disk, dir: &Path, found: &Found, mark: Mark) -> Result<Self, DiskError> {
        let path = join(dir, NAME);
        let mut file = if found.exists {
            disk.open_writable(&path)?
        } else {
            let mut file = disk.create(&path)?;
            file.append(&[0; FILE_BYTES])?;
            file
        };
        let sequence = found.mark.map_or(0, |mark| mark.sequence);
        if found.exists && file.len()? != FILE_BYTES as u64 {
            file.truncate(0)?;
            file.append(&[0; FILE_BYTES])?;
        }
        let mut opened = Self { file, sequence };
        opened.write(mark)?;
        opened.sync()?;
        if found.damaged_at.is_some() {
            opened.write(mark)?;
            opened.sync()?;
        }
        disk.sync_dir(dir)?;
        Ok(opened)
    }

    /// Writes a mark; the sequence is counted on here. Not yet synced.
    pub(super) fn write(&mut self, mark: Mark) -> Result<(), DiskError> {
        self.sequence += 1;
        let slot = Mark { sequence: self.sequence, ..mark }.to_slot();
        let offset = if self.sequence.is_multiple_of(2) { 0 } else { SECTOR_BYTES as u64 };
        self.file.write_at(offset, &slot)
    }

    pub(super) fn sync(&mut self) -> Result<(), DiskError> {
        self.file.sync()
    }
}
