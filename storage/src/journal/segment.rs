//! Segments: the files of a journal, and reading frames from one.

use std::path::{Path, PathBuf};

use super::error::{Damage, JournalError};
use super::frame::{self, Bad, Frame, PREFIX_BYTES};
use crate::disk::{Disk, DiskError, DiskFile, join, read_up_to};

const EXTENSION: &str = ".journal";
/// Digits in a segment's name: as many as a u64 may need, so that names sort as positions.
const DIGITS: usize = 20;
/// How much is read at once when frames are read in order.
const CHUNK_BYTES: usize = 256 * 1024;
/// How much is read at once when one frame is looked for.
const LOOKUP_CHUNK_BYTES: usize = 16 * 1024;

/// Where the segment that begins with a position lies.
pub(super) fn path(dir: &Path, first: u64) -> PathBuf {
    join(dir, &format!("{first:0DIGITS$}{EXTENSION}"))
}

/// First positions of the segments there are, in order.
pub(super) fn list(disk: &dyn Disk, dir: &Path) -> Result<Vec<u64>, DiskError> {
    let entries = disk.list(dir)?;
    let first = |name: &str| {
        let digits = name.strip_suffix(EXTENSION)?;
        (digits.len() == DIGITS).then(|| digits.parse().ok()).flatten()
    };
    Ok(entries.iter().filter_map(|entry| first(&entry.name)).collect())
}

/// Reads frames one after the other from an open segment.
#[derive(Debug)]
pub(super) struct FrameReader {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    end: u64,
    chunk: usize,
    buffer: Vec<u8>,
    buffer_at: u64,
}

impl FrameReader {
    /// Reads up to `end`, or to the end of the file.
    pub(super) fn open(disk: &dyn Disk, path: PathBuf, end: Option<u64>) -> Result<Self, DiskError> {
        let file = disk.open(&path)?;
        let end = match end {
            Some(end) => end,
            None => file.len()?,
        };
        Ok(Self { file, path, end, chunk: CHUNK_BYTES, buffer: Vec::new(), buffer_at: 0 })
    }

    /// Reads less ahead, for who wants one frame only.
    pub(super) fn for_lookup(self) -> Self {
        Self { chunk: LOOKUP_CHUNK_BYTES, ..self }
    }

    pub(super) fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The bytes at an offset, fewer than asked for only at the end.
    pub(super) fn bytes(&mut self, offset: u64, length: usize) -> Result<&[u8], DiskError> {
        let length = usize::try_from(self.end.saturating_sub(offset)).map_or(length, |left| left.min(length));
        let wanted_end = offset + length as u64;
        if offset < self.buffer_at || wanted_end > self.buffer_at + self.buffer.len() as u64 {
            let left = usize::try_from(self.end.saturating_sub(offset)).unwrap_or(usize::MAX);
            self.buffer = read_up_to(self.file.as_ref(), offset, length.max(self.chunk).min(left))?;
            self.buffer_at = offset;
        }
        let from = usize::try_from(offset - self.buffer_at).unwrap_or(usize::MAX);
        let available = self.buffer.get(from..).unwrap_or_default();
        Ok(&available[..length.min(available.len())])
    }

    /// The frame at an offset and the offset behind it.
    pub(super) fn frame(&mut self, offset: u64) -> Result<Result<(Frame<'_>, u64), Bad>, DiskError> {
        let length = match frame::frame_length(self.bytes(offset, PREFIX_BYTES)?) {
            Ok(length) => length,
            Err(bad) => return Ok(Err(bad)),
        };
        let bytes = self.bytes(offset, length)?;
        Ok(frame::parse(bytes).map(|frame| (frame, offset + length as u64)))
    }

    /// The frame at an offset of a part that is known to be durable: anything wrong is damage.
    pub(super) fn durable_frame(&mut self, offset: u64) -> Result<(Frame<'_>, u64), JournalError> {
        let path = self.path.clone();
        self.frame(offset)?
            .map_err(|bad| JournalError::Damaged(Damage { file: path, offset, what: bad.to_string() }))
    }
}
