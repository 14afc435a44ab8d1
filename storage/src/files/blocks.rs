//! The checksums of a file's blocks, in a file beside it: `<digest>.sums`.
//!
//! ```text
//! magic 8 · block size u32 · length of the file u64 · CRC-32C of each block u32… · CRC-32C of all that u32
//! ```

use std::path::{Path, PathBuf};

use crate::disk::{Disk, DiskError, read_up_to};

/// Bytes in a block: as near as damage is told.
pub(super) const BLOCK_BYTES: usize = 4096;
const BLOCK_BYTES_U32: u32 = 4096;
pub(super) const EXTENSION: &str = ".sums";
const MAGIC: &[u8; 8] = b"VTsums\r\n";
const HEADER_BYTES: usize = 8 + 4 + 8;

/// Checksums of blocks, as the bytes come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct BlockSums {
    length: u64,
    done: Vec<u32>,
    current: u32,
    in_current: usize,
}

impl BlockSums {
    pub(super) fn update(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            let (piece, rest) = bytes.split_at(bytes.len().min(BLOCK_BYTES - self.in_current));
            self.current = crc32c::crc32c_append(self.current, piece);
            self.in_current += piece.len();
            if self.in_current == BLOCK_BYTES {
                self.done.push(self.current);
                (self.current, self.in_current) = (0, 0);
            }
            bytes = rest;
        }
    }

    fn all(&self) -> Vec<u32> {
        let mut all = self.done.clone();
        if self.in_current > 0 {
            all.push(self.current);
        }
        all
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES + 4 * (self.done.len() + 2));
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&BLOCK_BYTES_U32.to_le_bytes());
        bytes.extend_from_slice(&self.length.to_le_bytes());
        for sum in self.all() {
            bytes.extend_from_slice(&sum.to_le_bytes());
        }
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }
}

/// Checksums as they were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrittenSums {
    length: u64,
    sums: Vec<u32>,
}

impl WrittenSums {
    fn parse(bytes: &[u8]) -> Option<Self> {
        let (content, crc) = bytes.split_last_chunk::<4>()?;
        if crc32c::crc32c(content).to_le_bytes() != *crc {
            return None;
        }
        let (magic, rest) = content.split_first_chunk::<8>()?;
        let (block, rest) = rest.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<8>()?;
        if magic != MAGIC || *block != BLOCK_BYTES_U32.to_le_bytes() {
            return None;
        }
        let (sums, _) = rest.as_chunks::<4>();
        let sums = sums.iter().map(|sum| u32::from_le_bytes(*sum)).collect();
        Some(Self { length: u64::from_le_bytes(*length), sums })
    }

    /// The block where what is there first differs from what was written: from, to.
    pub(super) fn first_difference(&self, found: &BlockSums) -> (u64, u64) {
        let all = found.all();
        let same = self.sums.iter().zip(&all).take_while(|(written, found)| written == found).count();
        let from = (same as u64 * BLOCK_BYTES as u64).min(self.length);
        (from, (from + BLOCK_BYTES as u64).min(self.length.max(found.length)))
    }
}

/// Where the checksums of a file lie.
pub(super) fn path_beside(file: &Path) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(EXTENSION);
    PathBuf::from(path)
}

/// Reads checksums; `None` where they are missing or damaged themselves.
pub(super) fn read(disk: &dyn Disk, path: &Path) -> Result<Option<WrittenSums>, DiskError> {
    let file = match disk.open(path) {
        Ok(file) => file,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(error),
    };
    let length = usize::try_from(file.len()?).unwrap_or(usize::MAX);
    let bytes = read_up_to(file.as_ref(), 0, length)?;
    Ok(WrittenSums::parse(&bytes))
}
