//! Reads a whole journal, from the first byte to the last: what opening and verifying share.
//!
//! It decides the one question of recovery: is a bad frame *damage* (it had been durable, refuse)
//! or an *unmarked tail* (it never was acknowledged, cut)? It is damage where the mark lies beyond
//! it, where another segment follows, or where any later group or closing frame is found.

use std::path::{Path, PathBuf};

use super::error::{Damage, JournalError};
use super::frame::{self, BadHeader, Frame, HEADER_BYTES, Header, ID_BYTES};
use super::mark;
use super::merkle::{BLOCK_LEAVES, MerkleTree};
use super::segment::{self, FrameReader};
use crate::digest::Digest;
use crate::disk::{Disk, DiskError};

/// How much is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    /// Every checksum and leaf; tree heads where they cost nothing.
    Open,
    /// Also every payload against its leaf and every tree head.
    Full,
}

/// A segment as far as it is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) first: u64,
    pub(super) end: u64,
}

/// A tail that was never marked: not durable, to be cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tail {
    /// The segment.
    pub file: PathBuf,
    /// From which byte on; 0 where the whole file goes.
    pub offset: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// All that a journal's files say.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) id: Option<[u8; ID_BYTES]>,
    pub(super) segments: Vec<Segment>,
    pub(super) tree: MerkleTree,
    /// Where the first entry of each block of leaves begins, in the segment that holds it.
    pub(super) block_offsets: Vec<u64>,
    pub(super) redacted: Vec<u64>,
    pub(super) first_time: Option<i64>,
    pub(super) last_time: Option<i64>,
    /// Whether the last frame is a closing one.
    pub(super) closed: bool,
    pub(super) tail: Option<Tail>,
    pub(super) mark: mark::Found,
}

/// What reading one group came to.
enum Group {
    Good { end: u64 },
    Bad { at: u64, what: String },
}

pub(super) fn scan(disk: &dyn Disk, dir: &Path, depth: Depth) -> Result<Scan, JournalError> {
    let found = mark::read(disk, dir)?;
    let firsts = segment::list(disk, dir)?;
    let mut scanner = Scanner { disk, dir, depth, scan: Scan { mark: found, ..Scan::default() } };
    for (index, &first) in firsts.iter().enumerate() {
        scanner.segment(first, index + 1 == firsts.len())?;
    }
    scanner.compare_with_mark()?;
    Ok(scanner.scan)
}

struct Scanner<'a> {
    disk: &'a dyn Disk,
    dir: &'a Path,
    depth: Depth,
    scan: Scan,
}

fn damaged<T>(file: &Path, offset: u64, what: impl Into<String>) -> Result<T, JournalError> {
    Err(JournalError::Damaged(Damage { file: file.to_owned(), offset, what: what.into() }))
}

impl Scanner<'_> {
    fn segment(&mut self, first: u64, is_last: bool) -> Result<(), JournalError> {
        let path = segment::path(self.dir, first);
        let expected = self.scan.tree.size() + 1;
        if first != expected {
            let missing = segment::path(self.dir, expected);
            return damaged(&missing, 0, "the segment is missing");
        }
        let mut reader = FrameReader::open(self.disk, path, None)?;
        let header = match Header::parse(reader.bytes(0, HEADER_BYTES)?) {
            Ok(header) => header,
            Err(BadHeader::Version(version)) => {
                return Err(JournalError::NewerVersion { file: reader.path().to_owned(), version });
            }
            Err(BadHeader::Damaged) => {
                let what = "the header of the segment does not match its checksum";
                return self.bad(&mut reader, first, 0, 0, is_last, what);
            }
        };
        self.check_header(&header, reader.path(), first)?;
        self.scan.id = Some(header.id);
        self.scan.segments.push(Segment { first, end: HEADER_BYTES as u64 });
        let mut offset = HEADER_BYTES as u64;
        while offset < reader.end() {
            match self.group(&mut reader, offset, is_last)? {
                Group::Good { end } => {
                    offset = end;
                    if let Some(segment) = self.scan.segments.last_mut() {
                        segment.end = end;
                    }
                    self.compare_with_mark_here(reader.path(), first, offset)?;
                }
                Group::Bad { at, what } => return self.bad(&mut reader, first, offset, at, is_last, &what),
            }
        }
        Ok(())
    }

    fn check_header(&self, header: &Header, path: &Path, first: u64) -> Result<(), JournalError> {
        let previous_length = self.scan.segments.last().map_or(0, |previous| previous.end);
        if header.first != first {
            return damaged(path, 0, "the header names another position than the file");
        }
        if self.scan.id.is_some_and(|id| id != header.id) {
            return damaged(path, 0, "the segment belongs to another journal");
        }
        if header.previous_length != previous_length || header.root != self.scan.tree.head().root {
            return damaged(path, 0, "the segment does not follow from the one before it");
        }
        Ok(())
    }

    /// Reads one group, or a closing frame, whole before taking it in.
    fn group(&mut self, reader: &mut FrameReader, start: u64, is_last: bool) -> Result<Group, JournalError> {
        let path = reader.path().to_owned();
        let (group, is_close, mut offset) = match reader.frame(start)? {
            Ok((Frame::Group(group), next)) => (group, false, next),
            Ok((Frame::Close(close), next)) => (close, true, next),
            Ok((Frame::Entry(_), _)) => return damaged(&path, start, "an entry stands outside a group"),
            Err(bad) => return Ok(Group::Bad { at: start, what: bad.to_string() }),
        };
        let last = reader.end() == offset && is_last;
        let check_root = self.depth == Depth::Full || is_close || last;
        if Some(group.id) != self.scan.id
            || group.offset != start
            || group.size != self.scan.tree.size()
            || (check_root && group.root != self.scan.tree.head().root)
        {
            return damaged(&path, start, "a group does not follow from what stands before it");
        }
        let mut entries: Vec<Taken> = Vec::new();
        for position in (group.size + 1..).take(group.entries as usize) {
            let (entry, next) = match reader.frame(offset)? {
                Ok((Frame::Entry(entry), next)) => (entry, next),
                Ok(_) => return damaged(&path, offset, "a group has fewer entries than it says"),
                Err(bad) => return Ok(Group::Bad { at: offset, what: bad.to_string() }),
            };
            if entry.position != position {
                return damaged(
                    &path,
                    offset,
                    format!("position {} stands where {position} belongs", entry.position),
                );
            }
            if self.depth == Depth::Full && !entry.content_is_right() {
                return damaged(
                    &path,
                    offset,
                    format!("the payload of position {position} is not the one that was written"),
                );
            }
            let leaf = entry.leaf();
            entries.push(Taken { offset, leaf, time: entry.time, redacted: entry.redacted });
            offset = next;
        }
        self.scan.closed = is_close;
        entries.iter().for_each(|entry| self.scan.take(entry));
        Ok(Group::Good { end: offset })
    }

    /// A bad frame or header: damage, or a tail to be cut from `start`, where its group begins.
    fn bad(
        &mut self,
        reader: &mut FrameReader,
        first: u64,
        start: u64,
        at: u64,
        is_last: bool,
        what: &str,
    ) -> Result<(), JournalError> {
        let path = reader.path().to_owned();
        let marked = self.scan.mark.mark.is_some_and(|mark| mark.covers(first, start));
        let in_first_header = start == 0 && self.scan.segments.is_empty();
        let unknown = self.scan.mark.mark.is_none() && !in_first_header;
        if !is_last || marked || self.evidence_after(reader, at)? {
            return damaged(&path, at, what);
        }
        if unknown {
            let file = self.dir.join(mark::NAME);
            return damaged(
                &path,
                at,
                format!("{what}, and without {} nobody knows whether it was durable", file.display()),
            );
        }
        self.scan.tail = Some(Tail { file: path, offset: start, bytes: reader.end() - start });
        Ok(())
    }

    fn evidence_after(&self, reader: &mut FrameReader, at: u64) -> Result<bool, DiskError> {
        let from = at + 1;
        let length = usize::try_from(reader.end().saturating_sub(from)).unwrap_or(usize::MAX);
        let rest = reader.bytes(from, length)?;
        Ok(frame::find_evidence(rest, from, self.scan.id.as_ref()).is_some())
    }

    /// The tree head of the mark, where the scan has just come to the mark's end.
    fn compare_with_mark_here(&self, path: &Path, segment: u64, offset: u64) -> Result<(), JournalError> {
        match self.scan.mark.mark {
            Some(mark) if (mark.segment, mark.end) == (segment, offset) => {
                if Some(mark.id) != self.scan.id || mark.head != self.scan.tree.head() {
                    return damaged(path, offset, "the journal up to here is not the one that was marked");
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn compare_with_mark(&self) -> Result<(), JournalError> {
        let Some(mark) = self.scan.mark.mark else { return Ok(()) };
        let Some(last) = self.scan.segments.last() else {
            if mark.head.size > 0 {
                return damaged(&segment::path(self.dir, 1), 0, "the segment is missing");
            }
            return Ok(());
        };
        if mark.covers(last.first, last.end) {
            let what = format!("the file ends here, but was durable up to byte {}", mark.end);
            let (segment, offset) =
                if mark.segment > last.first { (mark.segment, 0) } else { (last.first, last.end) };
            return damaged(&segment::path(self.dir, segment), offset, what);
        }
        if Some(mark.id) != self.scan.id {
            return damaged(&self.dir.join(mark::NAME), 0, "the mark belongs to another journal");
        }
        Ok(())
    }
}

struct Taken {
    offset: u64,
    leaf: Digest,
    time: i64,
    redacted: bool,
}

impl Scan {
    fn take(&mut self, entry: &Taken) {
        if self.tree.size().is_multiple_of(BLOCK_LEAVES) {
            self.block_offsets.push(entry.offset);
        }
        self.tree.push(entry.leaf);
        if entry.redacted {
            self.redacted.push(self.tree.size());
        }
        self.first_time = self.first_time.or(Some(entry.time));
        self.last_time = Some(entry.time);
    }
}
