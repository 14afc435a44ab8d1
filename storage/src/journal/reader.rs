//! Reading the journal while it is being written.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use super::error::{Damage, JournalError};
use super::frame::{EntryFrame, Frame, HEADER_BYTES, SALT_BYTES, leaf_hash};
use super::merkle::{BLOCK_LEAVES, ConsistencyProof, InclusionProof, Leaves, MerkleTree, TreeHead};
use super::scan::{Scan, Segment};
use super::segment::{self, FrameReader};
use crate::digest::Digest;
use crate::disk::{Disk, SharedDisk};

/// An entry as it was appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the journal, from 1.
    pub position: u64,
    /// When it was appended, in milliseconds since 1970.
    pub time: i64,
    /// What was appended; `None` where it was redacted.
    pub payload: Option<Vec<u8>>,
}

/// What an entry's leaf is made of: all a stranger needs to check an inclusion proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leaf {
    /// The entry's place, from 1.
    pub position: u64,
    /// In milliseconds since 1970.
    pub time: i64,
    /// Bytes in the payload.
    pub payload_length: u32,
    /// The salt; all zero where the entry was redacted.
    pub salt: [u8; SALT_BYTES],
    /// SHA-256(salt ‖ payload).
    pub inner: Digest,
}

impl Leaf {
    /// SHA-256(0x00 ‖ position ‖ time ‖ payload length ‖ inner), numbers little-endian.
    #[must_use]
    pub fn hash(&self) -> Digest {
        leaf_hash(self.position, self.time, self.payload_length, &self.inner)
    }
}

/// What writer and readers share.
#[derive(Debug)]
pub(super) struct Shared {
    disk: SharedDisk,
    dir: PathBuf,
    index: RwLock<Index>,
    /// Held for writing while an entry is blanked in place, for reading while bytes are read.
    in_place: RwLock<()>,
}

#[derive(Debug)]
struct Index {
    segments: Vec<Segment>,
    tree: MerkleTree,
    block_offsets: Vec<u64>,
}

/// Where an entry may be looked for: a segment and a place before the entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) segment: u64,
    pub(super) offset: u64,
    pub(super) end: u64,
}

impl Shared {
    pub(super) fn new(disk: SharedDisk, dir: PathBuf, scan: Scan) -> Self {
        let index = Index { segments: scan.segments, tree: scan.tree, block_offsets: scan.block_offsets };
        Self { disk, dir, index: RwLock::new(index), in_place: RwLock::new(()) }
    }

    pub(super) fn disk(&self) -> &dyn Disk {
        self.disk.as_ref()
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn in_place(&self) -> &RwLock<()> {
        &self.in_place
    }

    fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn head(&self) -> TreeHead {
        self.index().tree.head()
    }

    /// Shows readers what has become durable.
    pub(super) fn publish(&self, segment: &Segment, entries: &[(u64, Digest)]) -> TreeHead {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        match index.segments.last_mut() {
            Some(last) if last.first == segment.first => last.end = segment.end,
            _ => index.segments.push(segment.clone()),
        }
        for (offset, leaf) in entries {
            if index.tree.size().is_multiple_of(BLOCK_LEAVES) {
                index.block_offsets.push(*offset);
            }
            index.tree.push(*leaf);
        }
        index.tree.head()
    }

    pub(super) fn segments(&self) -> (Vec<Segment>, TreeHead) {
        let index = self.index();
        (index.segments.clone(), index.tree.head())
    }

    pub(super) fn locate(&self, position: u64) -> Result<Place, JournalError> {
        let index = self.index();
        let size = index.tree.size();
        let missing = JournalError::NoSuchPosition { position, size };
        if position == 0 || position > size {
            return Err(missing);
        }
        let after = index.segments.partition_point(|segment| segment.first <= position);
        let Some(segment) = after.checked_sub(1).and_then(|at| index.segments.get(at)) else {
            return Err(missing);
        };
        let block = (position - 1) / BLOCK_LEAVES;
        let block_starts_here = block * BLOCK_LEAVES + 1 >= segment.first;
        let block_offset = usize::try_from(block).ok().and_then(|block| index.block_offsets.get(block));
        let offset = match block_offset {
            Some(offset) if block_starts_here => *offset,
            _ => HEADER_BYTES as u64,
        };
        Ok(Place { segment: segment.first, offset, end: segment.end })
    }

    /// Finds the entry and hands its frame, with its place, to `take`.
    pub(super) fn with_entry<T>(
        &self,
        position: u64,
        take: impl FnOnce(&EntryFrame<'_>, Place) -> T,
    ) -> Result<T, JournalError> {
        let place = self.locate(position)?;
        let _reading = self.in_place.read().unwrap_or_else(PoisonError::into_inner);
        let path = segment::path(&self.dir, place.segment);
        let mut reader = FrameReader::open(self.disk(), path.clone(), Some(place.end))?.for_lookup();
        let mut offset = place.offset;
        while offset < place.end {
            let (frame, next) = reader.durable_frame(offset)?;
            match frame {
                Frame::Entry(entry) if entry.position == position => {
                    return Ok(take(&entry, Place { offset, ..place }));
                }
                Frame::Entry(entry) if entry.position > position => break,
                _ => offset = next,
            }
        }
        let what = format!("position {position} is not where it was");
        Err(JournalError::Damaged(Damage { file: path, offset, what }))
    }

    fn leaves_of_block(&self, block: u64) -> Result<Vec<Digest>, JournalError> {
        let first = block * BLOCK_LEAVES + 1;
        let entries = Iter::new(self, first, first + BLOCK_LEAVES);
        entries.leaves().collect()
    }
}

/// Reads a journal; clones are cheap.
#[derive(Debug, Clone)]
pub struct JournalReader(Arc<Shared>);

impl JournalReader {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self(shared)
    }

    /// Entries and root, as far as durable.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        self.0.head()
    }

    /// One entry.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPosition`], [`JournalError::Damaged`].
    pub fn read(&self, position: u64) -> Result<Entry, JournalError> {
        self.0.with_entry(position, |frame, _| entry(frame))
    }

    /// The entries from a position on, in order, up to those durable now.
    #[must_use]
    pub fn iter(&self, from: u64) -> Iter<'_> {
        Iter::new(&self.0, from, self.head().size + 1)
    }

    /// Reads everything again that is durable now, from the first entry on: every checksum is looked at, and behind the
    /// last entry whether they still make the tree that the running journal has.
    #[must_use]
    pub fn read_again(&self) -> ReadAgain<'_> {
        let until = self.head().size;
        ReadAgain {
            reader: self,
            iter: Iter::new(&self.0, 1, until + 1),
            tree: MerkleTree::default(),
            until: Some(until),
        }
    }

    /// What the leaf of an entry is made of.
    ///
    /// # Errors
    /// As [`JournalReader::read`].
    pub fn leaf(&self, position: u64) -> Result<Leaf, JournalError> {
        self.0.with_entry(position, |frame, _| leaf(frame))
    }

    /// The head of the tree as it was at a size.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPosition`] beyond the end.
    pub fn head_at(&self, size: u64) -> Result<TreeHead, JournalError> {
        self.with_tree(size, |tree, leaves| tree.head_at(size, leaves))
    }

    /// Proves that an entry is in the tree of a size.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPosition`] where the position is not in that tree.
    pub fn prove(&self, position: u64, size: u64) -> Result<InclusionProof, JournalError> {
        if position == 0 || position > size {
            return Err(JournalError::NoSuchPosition { position, size });
        }
        self.with_tree(size, |tree, leaves| tree.prove(position, size, leaves))
    }

    /// Proves that the tree of the new size begins with that of the old one.
    ///
    /// # Errors
    /// [`JournalError::NoSuchPosition`] where a size is 0, the old above the new, or the new
    /// beyond the end.
    pub fn prove_consistency(&self, old_size: u64, new_size: u64) -> Result<ConsistencyProof, JournalError> {
        if old_size == 0 || old_size > new_size {
            return Err(JournalError::NoSuchPosition { position: old_size, size: new_size });
        }
        self.with_tree(new_size, |tree, leaves| tree.prove_consistency(old_size, new_size, leaves))
    }

    /// The files of the journal with how much of each is durable, and the head at that moment.
    pub(crate) fn segments(&self) -> (Vec<(PathBuf, u64)>, TreeHead) {
        let (segments, head) = self.0.segments();
        let files = segments.iter().map(|at| (segment::path(&self.0.dir, at.first), at.end)).collect();
        (files, head)
    }

    /// Does something while no entry is being blanked.
    pub(crate) fn while_still<T>(&self, work: impl FnOnce() -> T) -> T {
        let _reading = self.0.in_place.read().unwrap_or_else(PoisonError::into_inner);
        work()
    }

    fn with_tree<T>(
        &self,
        size: u64,
        work: impl FnOnce(&MerkleTree, &mut Leaves<'_, JournalError>) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        // A copy, so that the writer need not wait while leaves are read: some kilobytes for each
        // thousand blocks.
        let tree = self.0.index().tree.clone();
        if size > tree.size() {
            return Err(JournalError::NoSuchPosition { position: size, size: tree.size() });
        }
        work(&tree, &mut Leaves::new(|block| self.0.leaves_of_block(block)))
    }
}

fn entry(frame: &EntryFrame<'_>) -> Entry {
    let payload = (!frame.redacted).then(|| frame.payload.to_vec());
    Entry { position: frame.position, time: frame.time, payload }
}

fn leaf(frame: &EntryFrame<'_>) -> Leaf {
    Leaf {
        position: frame.position,
        time: frame.time,
        payload_length: u32::try_from(frame.payload.len()).unwrap_or(u32::MAX),
        salt: frame.salt,
        inner: frame.inner,
    }
}

/// Entries in order.
#[derive(Debug)]
pub struct Iter<'a> {
    shared: &'a Shared,
    next: u64,
    end: u64,
    reader: Option<(FrameReader, u64)>,
}

impl<'a> Iter<'a> {
    fn new(shared: &'a Shared, from: u64, end: u64) -> Self {
        Self { shared, next: from.max(1), end, reader: None }
    }

    fn leaves(mut self) -> impl Iterator<Item = Result<Digest, JournalError>> {
        std::iter::from_fn(move || self.next_with(|frame| frame.leaf()))
    }

    fn next_with<T>(&mut self, take: impl FnOnce(&EntryFrame<'_>) -> T) -> Option<Result<T, JournalError>> {
        if self.next >= self.end {
            return None;
        }
        let result = self.find(take);
        match result {
            Ok(_) => self.next += 1,
            Err(_) => self.next = self.end,
        }
        Some(result)
    }

    fn find<T>(&mut self, take: impl FnOnce(&EntryFrame<'_>) -> T) -> Result<T, JournalError> {
        let _reading = self.shared.in_place.read().unwrap_or_else(PoisonError::into_inner);
        loop {
            let (reader, offset) = match &mut self.reader {
                Some((reader, offset)) if *offset < reader.end() => (reader, offset),
                _ => {
                    let place = self.shared.locate(self.next)?;
                    let path = segment::path(&self.shared.dir, place.segment);
                    let reader = FrameReader::open(self.shared.disk(), path, Some(place.end))?;
                    let (reader, offset) = self.reader.insert((reader, place.offset));
                    (reader, offset)
                }
            };
            let at = *offset;
            let file = reader.path().to_owned();
            let (frame, next) = reader.durable_frame(at)?;
            *offset = next;
            match frame {
                Frame::Entry(entry) if entry.position == self.next => return Ok(take(&entry)),
                Frame::Entry(entry) if entry.position > self.next => {
                    let what = format!("position {} is not where it was", self.next);
                    return Err(JournalError::Damaged(Damage { file, offset: at, what }));
                }
                _ => {}
            }
        }
    }
}

/// A whole journal read again: its entries, or the first damage, after which there is nothing more.
#[derive(Debug)]
pub struct ReadAgain<'a> {
    reader: &'a JournalReader,
    iter: Iter<'a>,
    tree: MerkleTree,
    /// Entries there are to read; `None` once the tree was compared, or damage found.
    until: Option<u64>,
}

impl ReadAgain<'_> {
    fn compare(&self, size: u64) -> Result<(), JournalError> {
        if self.tree.head() == self.reader.head_at(size)? {
            return Ok(());
        }
        let what = format!("the first {size} entries are not those that were appended or opened");
        Err(JournalError::Damaged(Damage { file: self.reader.0.dir.clone(), offset: 0, what }))
    }
}

impl Iterator for ReadAgain<'_> {
    type Item = Result<Entry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let size = self.until?;
        let read = self.iter.next_with(|frame| (entry(frame), frame.leaf(), frame.content_is_right()));
        match read {
            Some(Ok((entry, leaf, true))) => {
                self.tree.push(leaf);
                Some(Ok(entry))
            }
            Some(Ok((entry, _, false))) => {
                self.until = None;
                let what =
                    format!("the payload of position {} is not what its leaf was made of", entry.position);
                let file = self.reader.0.dir.clone();
                Some(Err(JournalError::Damaged(Damage { file, offset: 0, what })))
            }
            Some(Err(error)) => {
                self.until = None;
                Some(Err(error))
            }
            None => {
                self.until = None;
                self.compare(size).err().map(Err)
            }
        }
    }
}

impl Iterator for Iter<'_> {
    type Item = Result<Entry, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_with(entry)
    }
}
