//! The bytes of the journal, version 1. Once written they must open for ever: a change is a new
//! version beside this one, and `tests/fixtures/journal-v1` proves that this one still opens.
//!
//! All numbers are little-endian. A segment is a header and then frames:
//!
//! ```text
//! header  magic 8 · version u32 · journal id 16 · first position u64 · root before it 32
//!         · length of the segment before it u64 · CRC-32C u32
//! frame   length of the body u32 · CRC-32C of length and body u32 · body
//! body    entry     1 · position u64 · time i64 · salt 16 · inner hash 32 · payload
//!         redacted  2 · the same, salt and payload all zero
//!         group     3 · magic 8 · journal id 16 · own offset u64 · tree size u64 · root 32 · entries u32
//!         close     4 · magic 8 · journal id 16 · own offset u64 · tree size u64 · root 32
//! ```
//!
//! A group frame stands before the entries that were made durable together. It names its own
//! offset (the end of the group before) and the tree as it was then: so it is evidence that all
//! before it had been synced, and bytes inside a payload cannot pass for one.

use crate::digest::{DIGEST_BYTES, Digest, Hasher};

/// The most bytes one payload may have.
pub const PAYLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;

pub(super) const VERSION: u32 = 1;
pub(super) const ID_BYTES: usize = 16;
pub(super) const SALT_BYTES: usize = 16;
pub(super) const HEADER_BYTES: usize = 8 + 4 + ID_BYTES + 8 + DIGEST_BYTES + 8 + 4;
/// Length and checksum.
pub(super) const PREFIX_BYTES: usize = 8;
/// What an entry has before its payload.
pub(super) const ENTRY_BYTES: usize = 1 + 8 + 8 + SALT_BYTES + DIGEST_BYTES;
const GROUP_BYTES: usize = CLOSE_BYTES + 4;
const CLOSE_BYTES: usize = 1 + 8 + ID_BYTES + 8 + 8 + DIGEST_BYTES;

const SEGMENT_MAGIC: &[u8; 8] = b"VTjrnl\r\n";
const GROUP_MAGIC: &[u8; 8] = b"VTgroup\n";
const CLOSE_MAGIC: &[u8; 8] = b"VTclose\n";

const ENTRY: u8 = 1;
const REDACTED: u8 = 2;
const GROUP: u8 = 3;
const CLOSE: u8 = 4;

/// The first bytes of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) id: [u8; ID_BYTES],
    pub(super) first: u64,
    pub(super) root: Digest,
    pub(super) previous_length: u64,
}

/// A frame whose checksum is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    Entry(EntryFrame<'a>),
    Group(GroupFrame),
    Close(GroupFrame),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EntryFrame<'a> {
    pub(super) position: u64,
    pub(super) time: i64,
    pub(super) redacted: bool,
    pub(super) salt: [u8; SALT_BYTES],
    pub(super) inner: Digest,
    pub(super) payload: &'a [u8],
}

/// What stands before a group, and what a clean stop writes (then without entries).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GroupFrame {
    pub(super) id: [u8; ID_BYTES],
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) root: Digest,
    pub(super) entries: u32,
}

/// Why bytes are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Bad {
    #[error("the file ends in the middle of a frame")]
    Short,
    #[error("a frame has an impossible length")]
    Length,
    #[error("the checksum of a frame does not match")]
    Checksum,
    #[error("a frame has an unknown kind or form")]
    Form,
}

/// SHA-256(salt ‖ payload): stays when salt and payload go.
pub(super) fn inner_hash(salt: &[u8; SALT_BYTES], payload: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(salt);
    hasher.update(payload);
    hasher.finish()
}

/// SHA-256(0x00 ‖ position ‖ time ‖ payload length ‖ inner hash): the leaf of the tree.
pub(super) fn leaf_hash(position: u64, time: i64, payload_length: u32, inner: &Digest) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[0]);
    hasher.update(&position.to_le_bytes());
    hasher.update(&time.to_le_bytes());
    hasher.update(&payload_length.to_le_bytes());
    hasher.update(inner.as_bytes());
    hasher.finish()
}

impl EntryFrame<'_> {
    pub(super) fn leaf(&self) -> Digest {
        // A parsed payload is at most PAYLOAD_BYTES_MAX long.
        let length = u32::try_from(self.payload.len()).unwrap_or(u32::MAX);
        leaf_hash(self.position, self.time, length, &self.inner)
    }

    /// Whether salt and payload are those the leaf was made of; of a redacted one, whether they
    /// are gone.
    pub(super) fn content_is_right(&self) -> bool {
        if self.redacted {
            self.salt.iter().chain(self.payload).all(|&byte| byte == 0)
        } else {
            inner_hash(&self.salt, self.payload) == self.inner
        }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        frame(out, |body| {
            body.push(if self.redacted { REDACTED } else { ENTRY });
            body.extend_from_slice(&self.position.to_le_bytes());
            body.extend_from_slice(&self.time.to_le_bytes());
            body.extend_from_slice(&self.salt);
            body.extend_from_slice(self.inner.as_bytes());
            body.extend_from_slice(self.payload);
        });
    }
}

impl GroupFrame {
    pub(super) fn write_group(&self, out: &mut Vec<u8>) {
        frame(out, |body| {
            body.push(GROUP);
            body.extend_from_slice(GROUP_MAGIC);
            self.write_fields(body);
            body.extend_from_slice(&self.entries.to_le_bytes());
        });
    }

    pub(super) fn write_close(&self, out: &mut Vec<u8>) {
        frame(out, |body| {
            body.push(CLOSE);
            body.extend_from_slice(CLOSE_MAGIC);
            self.write_fields(body);
        });
    }

    fn write_fields(&self, body: &mut Vec<u8>) {
        body.extend_from_slice(&self.id);
        body.extend_from_slice(&self.offset.to_le_bytes());
        body.extend_from_slice(&self.size.to_le_bytes());
        body.extend_from_slice(self.root.as_bytes());
    }
}

fn frame(out: &mut Vec<u8>, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; PREFIX_BYTES]);
    body(out);
    let length = u32::try_from(out.len() - start - PREFIX_BYTES).unwrap_or(u32::MAX).to_le_bytes();
    let crc = checksum(&length, &out[start + PREFIX_BYTES..]).to_le_bytes();
    out[start..start + 4].copy_from_slice(&length);
    out[start + 4..start + PREFIX_BYTES].copy_from_slice(&crc);
}

fn checksum(length: &[u8; 4], body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(length), body)
}

/// The whole length of the frame that begins with these bytes.
pub(super) fn frame_length(prefix: &[u8]) -> Result<usize, Bad> {
    let length: [u8; 4] = Fields(prefix).take().ok_or(Bad::Short)?;
    let length = usize::try_from(u32::from_le_bytes(length)).map_err(|_| Bad::Length)?;
    if (CLOSE_BYTES.min(ENTRY_BYTES)..=ENTRY_BYTES + PAYLOAD_BYTES_MAX).contains(&length) {
        Ok(PREFIX_BYTES + length)
    } else {
        Err(Bad::Length)
    }
}

/// Reads the frame that these bytes begin with; bytes after it are left alone.
pub(super) fn parse(bytes: &[u8]) -> Result<Frame<'_>, Bad> {
    let whole = bytes.get(..frame_length(bytes)?).ok_or(Bad::Short)?;
    let mut fields = Fields(whole);
    let length = fields.take::<4>().ok_or(Bad::Short)?;
    let crc = fields.u32().ok_or(Bad::Short)?;
    if checksum(&length, fields.0) != crc {
        return Err(Bad::Checksum);
    }
    parse_body(fields).ok_or(Bad::Form)
}

fn parse_body(mut fields: Fields<'_>) -> Option<Frame<'_>> {
    let kind = fields.take::<1>()?[0];
    match kind {
        ENTRY | REDACTED => Some(Frame::Entry(EntryFrame {
            redacted: kind == REDACTED,
            position: fields.u64()?,
            time: i64::from_le_bytes(fields.take()?),
            salt: fields.take()?,
            inner: Digest(fields.take()?),
            payload: fields.0,
        })),
        GROUP => {
            let group = fields.group(GROUP_MAGIC)?;
            let entries = fields.u32()?;
            fields.0.is_empty().then_some(Frame::Group(GroupFrame { entries, ..group }))
        }
        CLOSE => {
            let close = fields.group(CLOSE_MAGIC)?;
            fields.0.is_empty().then_some(Frame::Close(close))
        }
        _ => None,
    }
}

/// Looks for a group or closing frame of this journal anywhere in bytes that lie at `at` in a
/// segment: evidence that what stands before it had been durable. Gives its place in the bytes.
pub(super) fn find_evidence(bytes: &[u8], at: u64, id: Option<&[u8; ID_BYTES]>) -> Option<usize> {
    let is_evidence = |start: usize| match parse(&bytes[start..]) {
        Ok(Frame::Group(group) | Frame::Close(group)) => {
            group.offset == at + start as u64 && id.is_none_or(|id| *id == group.id)
        }
        _ => false,
    };
    let before_magic = PREFIX_BYTES + 1;
    let magics = bytes.windows(GROUP_MAGIC.len()).enumerate().skip(before_magic);
    magics
        .filter(|(_, window)| *window == GROUP_MAGIC || *window == CLOSE_MAGIC)
        .map(|(magic, _)| magic - before_magic)
        .find(|&start| is_evidence(start))
}

impl Header {
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEADER_BYTES);
        bytes.extend_from_slice(SEGMENT_MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.id);
        bytes.extend_from_slice(&self.first.to_le_bytes());
        bytes.extend_from_slice(self.root.as_bytes());
        bytes.extend_from_slice(&self.previous_length.to_le_bytes());
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        bytes
    }

    /// Reads a header; gives the version where it is not ours and the bytes are whole.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, BadHeader> {
        let whole = bytes.get(..HEADER_BYTES).ok_or(BadHeader::Damaged)?;
        let (content, crc) = whole.split_at(HEADER_BYTES - 4);
        if crc32c::crc32c(content).to_le_bytes() != crc {
            return Err(BadHeader::Damaged);
        }
        let mut fields = Fields(content);
        let read = |fields: &mut Fields<'_>| {
            let magic: [u8; 8] = fields.take()?;
            let version = fields.u32()?;
            let header = Self {
                id: fields.take()?,
                first: fields.u64()?,
                root: Digest(fields.take()?),
                previous_length: fields.u64()?,
            };
            Some((magic, version, header))
        };
        match read(&mut fields) {
            Some((magic, VERSION, header)) if magic == *SEGMENT_MAGIC => Ok(header),
            Some((magic, version, _)) if magic == *SEGMENT_MAGIC => Err(BadHeader::Version(version)),
            _ => Err(BadHeader::Damaged),
        }
    }
}

/// Why bytes are no header of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadHeader {
    Damaged,
    Version(u32),
}

/// Takes fixed fields off the front of bytes.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl Fields<'_> {
    pub(super) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*field)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_le_bytes)
    }

    fn group(&mut self, magic: &[u8; 8]) -> Option<GroupFrame> {
        if self.take::<8>()? != *magic {
            return None;
        }
        let id = self.take()?;
        let offset = self.u64()?;
        let size = self.u64()?;
        Some(GroupFrame { id, offset, size, root: Digest(self.take()?), entries: 0 })
    }
}

const _: () = assert!(GROUP_BYTES > ENTRY_BYTES && CLOSE_BYTES > ENTRY_BYTES);

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(payload: &[u8]) -> Vec<u8> {
        let salt = [3; SALT_BYTES];
        let inner = inner_hash(&salt, payload);
        let mut out = Vec::new();
        EntryFrame { position: 7, time: -5, redacted: false, salt, inner, payload }.write(&mut out);
        out
    }

    fn group(offset: u64) -> GroupFrame {
        GroupFrame { id: [9; ID_BYTES], offset, size: 4, root: Digest::of(b"root"), entries: 2 }
    }

    #[test]
    fn a_frame_reads_back_what_was_written() {
        let bytes = entry(b"payload");
        let Ok(Frame::Entry(read)) = parse(&bytes) else { panic!("no entry") };
        assert_eq!((read.position, read.time, read.payload), (7, -5, &b"payload"[..]));
        assert!(read.content_is_right());
        let mut out = Vec::new();
        group(0).write_group(&mut out);
        assert_eq!(parse(&out), Ok(Frame::Group(group(0))));
    }

    #[test]
    fn no_flipped_bit_and_no_missing_byte_passes() {
        let bytes = entry(b"payload");
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << bit;
                assert!(parse(&bad).is_err(), "byte {at} bit {bit}");
            }
            assert!(parse(&bytes[..at]).is_err());
        }
    }

    #[test]
    fn a_group_frame_is_evidence_only_where_it_says_it_stands() {
        let mut bytes = vec![5; 100];
        group(1100).write_group(&mut bytes);
        assert_eq!(find_evidence(&bytes, 1000, Some(&[9; ID_BYTES])), Some(100));
        assert_eq!(find_evidence(&bytes, 1000, Some(&[8; ID_BYTES])), None, "of another journal");
        assert_eq!(find_evidence(&bytes, 1001, None), None, "copied from elsewhere");
    }

    #[test]
    fn a_header_tells_damage_from_another_version() {
        let header = Header { id: [1; ID_BYTES], first: 5, root: Digest::of(b""), previous_length: 9 };
        let bytes = header.to_bytes();
        assert_eq!(Header::parse(&bytes), Ok(header));
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 1;
            assert_eq!(Header::parse(&bad), Err(BadHeader::Damaged), "byte {at}");
        }
        let mut later = bytes[..HEADER_BYTES - 4].to_vec();
        later[8] = 2;
        later.extend_from_slice(&crc32c::crc32c(&later).to_le_bytes());
        assert_eq!(Header::parse(&later), Err(BadHeader::Version(2)));
    }
}
