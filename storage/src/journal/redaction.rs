//! Blanking an entry in place so that no power cut leaves it half done.
//!
//! What is to be written is first made durable in a file of its own; opening the journal finishes
//! what that file says.

use std::path::Path;
use std::sync::PoisonError;

use super::error::JournalError;
use super::frame::{ENTRY_BYTES, EntryFrame, Fields, PAYLOAD_BYTES_MAX, SALT_BYTES};
use super::reader::Shared;
use super::segment;
use crate::digest::Digest;
use crate::disk::{Disk, DiskError, join, read_up_to};

/// Name of the file that says which entry is being blanked.
pub(super) const NAME: &str = "redaction";
const MAGIC: &[u8; 8] = b"VTredac\n";
const PLAN_BYTES: usize = 8 + 8 + 8 + 8 + 8 + 4 + 32 + 4;

/// Which entry is blanked, where, and all that stays of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plan {
    segment: u64,
    offset: u64,
    position: u64,
    time: i64,
    payload_length: u32,
    inner: Digest,
}

impl Plan {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(PLAN_BYTES);
        bytes.extend_from_slice(MAGIC);
        for number in [self.segment, self.offset, self.position] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.time.to_le_bytes());
        bytes.extend_from_slice(&self.payload_length.to_le_bytes());
        bytes.extend_from_slice(self.inner.as_bytes());
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (content, crc) = bytes.get(..PLAN_BYTES)?.split_at(PLAN_BYTES - 4);
        if crc32c::crc32c(content).to_le_bytes() != crc {
            return None;
        }
        let mut fields = Fields(content);
        if fields.take::<8>()? != *MAGIC {
            return None;
        }
        let (segment, offset, position) = (fields.u64()?, fields.u64()?, fields.u64()?);
        let time = i64::from_le_bytes(fields.take()?);
        let payload_length = fields.u32()?;
        Some(Self { segment, offset, position, time, payload_length, inner: Digest(fields.take()?) })
    }

    fn carry_out(&self, disk: &dyn Disk, dir: &Path) -> Result<(), DiskError> {
        let length = usize::try_from(self.payload_length).unwrap_or(PAYLOAD_BYTES_MAX).min(PAYLOAD_BYTES_MAX);
        let payload = vec![0; length];
        let mut frame = Vec::with_capacity(ENTRY_BYTES + length);
        EntryFrame {
            position: self.position,
            time: self.time,
            redacted: true,
            salt: [0; SALT_BYTES],
            inner: self.inner,
            payload: &payload,
        }
        .write(&mut frame);
        let mut file = disk.open_writable(&segment::path(dir, self.segment))?;
        file.write_at(self.offset, &frame)?;
        file.sync()?;
        disk.remove(&join(dir, NAME))?;
        disk.sync_dir(dir)
    }
}

pub(super) fn redact(shared: &Shared, position: u64) -> Result<(), JournalError> {
    let (plan, already) = shared.with_entry(position, |entry, place| {
        let payload_length = u32::try_from(entry.payload.len()).unwrap_or(u32::MAX);
        let (position, time, inner) = (entry.position, entry.time, entry.inner);
        let plan =
            Plan { segment: place.segment, offset: place.offset, position, time, payload_length, inner };
        (plan, entry.redacted)
    })?;
    if already {
        return Ok(());
    }
    let _writing = shared.in_place().write().unwrap_or_else(PoisonError::into_inner);
    write(shared.disk(), shared.dir(), plan).map_err(JournalError::WriteFailed)
}

fn write(disk: &dyn Disk, dir: &Path, plan: Plan) -> Result<(), DiskError> {
    let mut file = disk.create(&join(dir, NAME))?;
    file.append(&plan.to_bytes())?;
    file.sync()?;
    disk.sync_dir(dir)?;
    plan.carry_out(disk, dir)
}

/// Finishes a redaction that a stop interrupted. One that was not yet durable had not begun.
pub(super) fn finish(disk: &dyn Disk, dir: &Path) -> Result<(), DiskError> {
    match unfinished(disk, dir)? {
        None => Ok(()),
        Some(Some(plan)) => plan.carry_out(disk, dir),
        Some(None) => {
            disk.remove(&join(dir, NAME))?;
            disk.sync_dir(dir)
        }
    }
}

fn unfinished(disk: &dyn Disk, dir: &Path) -> Result<Option<Option<Plan>>, DiskError> {
    let path = join(dir, NAME);
    if disk.metadata(&path)?.is_none() {
        return Ok(None);
    }
    let bytes = read_up_to(disk.open(&path)?.as_ref(), 0, PLAN_BYTES)?;
    Ok(Some(Plan::parse(&bytes)))
}

/// The position whose redaction was begun and not finished.
pub(super) fn unfinished_position(disk: &dyn Disk, dir: &Path) -> Result<Option<u64>, DiskError> {
    Ok(unfinished(disk, dir)?.flatten().map(|plan| plan.position))
}
