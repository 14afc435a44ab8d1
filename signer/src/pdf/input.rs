//! The bytes of a file: in memory, or on disk and read where they are asked for. What is held of a file on disk does
//! not grow with it: a few blocks, and the windows in which objects are read.
//!
//! A read that fails is remembered: from then on nothing is found any more, and [`Input::check`] says why. Whoever
//! decides something by what was read (opens, signs, judges) asks it before the decision counts.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _, Write};
use std::ops::Range;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;

use super::error::Error;
use super::lexer::Lexer;
use super::limits::{
    BLOCK_BYTES, BLOCKS_MAX, CHUNK_BYTES, IN_MEMORY_BYTES_MAX, OBJECT_WINDOW_BYTES_MAX, WINDOW_BYTES,
};
use super::object::Object;

/// A file as the reader sees it. Cheap to clone.
#[derive(Clone)]
pub struct Input(Kind);

#[derive(Clone)]
enum Kind {
    Memory(Bytes),
    Disk(Disk),
}

/// A piece of a file on disk, and what is to follow it.
#[derive(Clone)]
struct Disk {
    file: Arc<OpenFile>,
    /// Where the piece begins in the file.
    start: usize,
    /// How long it is.
    length: usize,
    tail: Bytes,
}

struct OpenFile {
    file: File,
    /// Size and time of the last change when it was opened.
    stamp: Stamp,
    blocks: Mutex<Blocks>,
    failed: OnceLock<Error>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: (i64, i64),
}

impl Stamp {
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self { size: metadata.len(), modified: (metadata.mtime(), metadata.mtime_nsec()) })
    }
}

/// Blocks that were read last, by their index.
#[derive(Default)]
struct Blocks {
    blocks: HashMap<usize, (Bytes, u64)>,
    uses: u64,
}

impl Input {
    /// Opens a file; small ones are read at once, of others what is asked for.
    ///
    /// # Errors
    /// When it is no regular file or cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        let input = Self::from_file(File::open(path)?)?;
        if input.len() > IN_MEMORY_BYTES_MAX {
            return Ok(input);
        }
        let Kind::Disk(disk) = &input.0 else { return Ok(input) };
        let mut bytes = Vec::with_capacity(input.len() + 1);
        (&disk.file.file).take(disk.file.stamp.size + 1).read_to_end(&mut bytes)?;
        // It may have grown or shrunk since: what was read is the file.
        Ok(bytes.into())
    }

    /// Reads an open file where it is asked for, however small it is.
    ///
    /// # Errors
    /// When it is no regular file.
    pub fn from_file(file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(ErrorKind::InvalidInput, "not a regular file"));
        }
        let stamp = Stamp::of(&file)?;
        let length = usize::try_from(stamp.size).map_err(|_| io::Error::from(ErrorKind::FileTooLarge))?;
        let file = OpenFile { file, stamp, blocks: Mutex::default(), failed: OnceLock::new() };
        Ok(Self(Kind::Disk(Disk { file: Arc::new(file), start: 0, length, tail: Bytes::new() })))
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kind::Memory(bytes) => bytes.len(),
            Kind::Disk(disk) => disk.length + disk.tail.len(),
        }
    }

    /// No bytes?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of it, where it is in memory already.
    pub fn in_memory(&self) -> Option<&Bytes> {
        match &self.0 {
            Kind::Memory(bytes) => Some(bytes),
            Kind::Disk(_) => None,
        }
    }

    /// All of it, read into memory where it is not there yet.
    ///
    /// # Errors
    /// [`Error::Unreadable`] or [`Error::Changed`].
    pub fn to_bytes(&self) -> Result<Bytes, Error> {
        let bytes = self.get(0..self.len());
        self.check()?;
        bytes.ok_or(Error::Unreadable(ErrorKind::Other))
    }

    /// Whether everything that was asked for could be read, and the file is still the one that was opened.
    ///
    /// # Errors
    /// [`Error::Unreadable`] or [`Error::Changed`].
    pub fn check(&self) -> Result<(), Error> {
        let Kind::Disk(Disk { file, .. }) = &self.0 else { return Ok(()) };
        if let Some(error) = file.failed.get() {
            return Err(error.clone());
        }
        match Stamp::of(&file.file) {
            Ok(stamp) if stamp == file.stamp => Ok(()),
            Ok(_) => Err(file.fail(Error::Changed)),
            Err(error) => Err(file.fail(Error::Unreadable(error.kind()))),
        }
    }

    /// These bytes; none where they lie beyond the end.
    pub fn get(&self, range: Range<usize>) -> Option<Bytes> {
        if range.start > range.end || range.end > self.len() {
            return None;
        }
        match &self.0 {
            Kind::Memory(bytes) => Some(bytes.slice(range)),
            Kind::Disk(disk) if range.start >= disk.length => {
                Some(disk.tail.slice(range.start - disk.length..range.end - disk.length))
            }
            Kind::Disk(disk) => {
                let mut out = vec![0; range.len()];
                disk.fill(range.start, &mut out)?;
                Some(out.into())
            }
        }
    }

    /// So many bytes from here; none where fewer are left.
    pub(crate) fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        match &self.0 {
            Kind::Memory(bytes) => bytes.get(at..)?.first_chunk().copied(),
            Kind::Disk(disk) => {
                let mut out = [0; N];
                at.checked_add(N).filter(|end| *end <= self.len())?;
                disk.fill(at, &mut out).map(|()| out)
            }
        }
    }

    /// The byte at this place.
    pub fn byte(&self, at: usize) -> Option<u8> {
        self.array::<1>(at).map(|[byte]| byte)
    }

    /// Do these bytes stand here?
    pub(crate) fn has(&self, at: usize, expected: &[u8]) -> bool {
        let end = at.saturating_add(expected.len());
        match &self.0 {
            Kind::Memory(bytes) => bytes.get(at..end) == Some(expected),
            Kind::Disk(_) => self.get(at..end).is_some_and(|found| found == expected),
        }
    }

    /// The same bytes up to `end`; all of them where there are fewer.
    pub fn cut(&self, end: usize) -> Self {
        self.part(0..end.min(self.len())).unwrap_or_else(|| self.clone())
    }

    /// A piece as an input of its own; none where it lies beyond the end.
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        if range.start > range.end || range.end > self.len() {
            return None;
        }
        Some(Self(match &self.0 {
            Kind::Memory(bytes) => Kind::Memory(bytes.slice(range)),
            Kind::Disk(Disk { file, start, length, tail }) => {
                let (first, last) = (range.start.min(*length), range.end.min(*length));
                Kind::Disk(Disk {
                    file: Arc::clone(file),
                    start: start + first,
                    length: last - first,
                    tail: tail.slice(range.start.max(*length) - length..range.end.max(*length) - length),
                })
            }
        }))
    }

    /// The same bytes with others behind them. In memory both are copied; of a file on disk only what follows it is
    /// held.
    #[must_use]
    pub fn with_tail(&self, more: &[u8]) -> Self {
        Self(match &self.0 {
            Kind::Memory(bytes) => Kind::Memory([&bytes[..], more].concat().into()),
            Kind::Disk(disk) => {
                Kind::Disk(Disk { tail: [&disk.tail[..], more].concat().into(), ..disk.clone() })
            }
        })
    }

    /// Do two ranges of one length hold the same bytes?
    pub(crate) fn same(&self, one: Range<usize>, other: Range<usize>) -> bool {
        let beyond = |range: &Range<usize>| range.start > range.end || range.end > self.len();
        if beyond(&one) || beyond(&other) || one.len() != other.len() {
            return false;
        }
        let step = if self.in_memory().is_some() { one.len().max(1) } else { CHUNK_BYTES };
        one.clone().step_by(step).all(|at| {
            let size = step.min(one.end - at);
            let there = other.start + (at - one.start);
            let left = self.get(at..at + size);
            left.is_some() && left == self.get(there..there + size)
        })
    }

    /// Gives all bytes of a range in order, piece by piece.
    ///
    /// # Errors
    /// [`Error::Unreadable`], or what `take` returns.
    pub fn each<E: From<Error>>(
        &self,
        range: Range<usize>,
        mut take: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let beyond = || E::from(Error::Unreadable(ErrorKind::UnexpectedEof));
        match &self.0 {
            Kind::Memory(bytes) => take(bytes.get(range).ok_or_else(beyond)?),
            Kind::Disk(disk) => {
                if range.start > range.end || range.end > self.len() {
                    return Err(beyond());
                }
                let mut buffer = vec![0; range.len().min(CHUNK_BYTES)];
                let mut at = range.start;
                while at < range.end {
                    let piece = &mut buffer[..(range.end - at).min(CHUNK_BYTES)];
                    if disk.fill(at, piece).is_none() {
                        let error = disk.file.failed.get().cloned();
                        return Err(error.unwrap_or(Error::Unreadable(ErrorKind::Other)).into());
                    }
                    take(piece)?;
                    at += piece.len();
                }
                Ok(())
            }
        }
    }

    /// Writes everything.
    ///
    /// # Errors
    /// When a byte cannot be read or written, or the file has changed since it was opened.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        struct Failed(io::Error);
        impl From<Error> for Failed {
            fn from(error: Error) -> Self {
                Self(io::Error::other(error))
            }
        }
        self.each(0..self.len(), |piece| out.write_all(piece).map_err(Failed)).map_err(|failed| failed.0)?;
        self.check().map_err(io::Error::other)
    }

    /// Are all bytes of a range of this kind? Bytes beyond the end are of none.
    pub(crate) fn all(&self, range: Range<usize>, is: impl Fn(u8) -> bool) -> bool {
        let other = |bytes: &[u8]| bytes.iter().position(|byte| !is(*byte));
        range.start <= range.end && range.end <= self.len() && self.find_by(range, 0, other).is_none()
    }

    /// First place of `needle` in a range.
    pub(crate) fn find(&self, needle: &[u8], range: Range<usize>) -> Option<usize> {
        self.find_by(range, needle.len() - 1, |bytes| memchr::memmem::find(bytes, needle))
    }

    /// Last place of `needle` in a range.
    pub(crate) fn rfind(&self, needle: &[u8], range: Range<usize>) -> Option<usize> {
        if let Kind::Memory(bytes) = &self.0 {
            let start = range.start;
            return memchr::memmem::rfind(bytes.get(range)?, needle).map(|at| start + at);
        }
        let (mut end, mut size) = (range.end.min(self.len()), WINDOW_BYTES);
        while end >= range.start.saturating_add(needle.len()) {
            let start = end.saturating_sub(size.max(needle.len())).max(range.start);
            if let Some(at) = memchr::memmem::rfind(&self.get(start..end)?, needle) {
                return Some(start + at);
            }
            if start == range.start {
                return None;
            }
            end = start + needle.len() - 1;
            size = (size * 4).min(CHUNK_BYTES);
        }
        None
    }

    /// First place in a range that `look` finds in a stretch of bytes; what it looks for is at most `overlap` bytes
    /// longer than one.
    pub(crate) fn find_by(
        &self,
        range: Range<usize>,
        overlap: usize,
        look: impl Fn(&[u8]) -> Option<usize>,
    ) -> Option<usize> {
        if let Kind::Memory(bytes) = &self.0 {
            let start = range.start;
            return look(bytes.get(range)?).map(|at| start + at);
        }
        let (mut at, mut size) = (range.start, WINDOW_BYTES);
        while at < range.end {
            let end = at.saturating_add(size + overlap).min(range.end);
            if let Some(found) = look(&self.get(at..end)?) {
                return Some(at + found);
            }
            if end == range.end {
                return None;
            }
            at = end - overlap;
            size = (size * 4).min(CHUNK_BYTES);
        }
        None
    }

    /// The object that stands at this place, not counting a header before it.
    ///
    /// # Errors
    /// [`Error::Syntax`], [`Error::Limit`] or [`Error::Unreadable`].
    pub fn object_at(&self, at: usize) -> Result<Object, Error> {
        self.parse(at, |lexer| lexer.object().map(|(object, _)| object))?
    }

    /// Reads syntax from `at` on: `read` runs on a window of the file, and once more on a larger one whenever it came
    /// so near the end of its window that bytes behind it could have changed what it saw.
    ///
    /// # Errors
    /// [`Error::Unreadable`]; [`Error::Limit`] where a file on disk holds an object of more bytes than are read of one.
    pub(crate) fn parse<T>(&self, at: usize, mut read: impl FnMut(&mut Lexer<'_>) -> T) -> Result<T, Error> {
        let Kind::Disk(disk) = &self.0 else {
            return match &self.0 {
                Kind::Memory(bytes) => Ok(read(&mut Lexer::new(bytes, at))),
                Kind::Disk(_) => Err(Error::Unreadable(ErrorKind::Other)),
            };
        };
        let at = at.min(self.len());
        let mut size = WINDOW_BYTES;
        loop {
            let end = at.saturating_add(size).min(self.len());
            let Some(window) = self.get(at..end) else {
                let error = disk.file.failed.get().cloned();
                return Err(error.unwrap_or(Error::Unreadable(ErrorKind::Other)));
            };
            let mut lexer = Lexer::in_window(&window, at, end < self.len());
            let result = read(&mut lexer);
            if !lexer.ran_short() {
                return Ok(result);
            }
            if size >= OBJECT_WINDOW_BYTES_MAX {
                return Err(Error::Limit { limit: "length of an object" });
            }
            size = (size * 8).min(OBJECT_WINDOW_BYTES_MAX);
        }
    }
}

impl Disk {
    /// Fills a buffer from this place of the input; its end is within the input.
    fn fill(&self, at: usize, out: &mut [u8]) -> Option<()> {
        let from_file = self.length.saturating_sub(at).min(out.len());
        let (head, rest) = out.split_at_mut(from_file);
        if !head.is_empty() {
            self.file.fill(self.start + at, head)?;
        }
        if !rest.is_empty() {
            let from = at + from_file - self.length;
            rest.copy_from_slice(self.tail.get(from..from + rest.len())?);
        }
        Some(())
    }
}

impl OpenFile {
    /// Small reads go through the blocks, large ones past them.
    fn fill(&self, at: usize, out: &mut [u8]) -> Option<()> {
        if self.failed.get().is_some() {
            return None;
        }
        if out.len() > BLOCK_BYTES {
            return self.read(at, out);
        }
        let mut done = 0;
        while done < out.len() {
            let (index, within) = ((at + done) / BLOCK_BYTES, (at + done) % BLOCK_BYTES);
            let block = self.block(index)?;
            let from = block.get(within..).filter(|from| !from.is_empty());
            let Some(from) = from else {
                self.fail(Error::Unreadable(ErrorKind::UnexpectedEof));
                return None;
            };
            let count = from.len().min(out.len() - done);
            out[done..done + count].copy_from_slice(&from[..count]);
            done += count;
        }
        Some(())
    }

    fn block(&self, index: usize) -> Option<Bytes> {
        let mut held = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        held.uses += 1;
        let now = held.uses;
        if let Some((block, used)) = held.blocks.get_mut(&index) {
            *used = now;
            return Some(block.clone());
        }
        let start = index.checked_mul(BLOCK_BYTES)?;
        let size = usize::try_from(self.stamp.size).unwrap_or(usize::MAX);
        let mut block = vec![0; size.saturating_sub(start).min(BLOCK_BYTES)];
        self.read(start, &mut block)?;
        if held.blocks.len() >= BLOCKS_MAX
            && let Some(oldest) =
                held.blocks.iter().min_by_key(|(_, (_, used))| *used).map(|(index, _)| *index)
        {
            held.blocks.remove(&oldest);
        }
        let block = Bytes::from(block);
        held.blocks.insert(index, (block.clone(), now));
        Some(block)
    }

    fn read(&self, at: usize, out: &mut [u8]) -> Option<()> {
        let result = self.file.read_exact_at(out, u64::try_from(at).unwrap_or(u64::MAX));
        result.map_err(|error| self.fail(Error::Unreadable(error.kind()))).ok()
    }

    /// Remembers the first failure.
    fn fail(&self, error: Error) -> Error {
        self.failed.get_or_init(|| error).clone()
    }
}

impl From<Bytes> for Input {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Memory(bytes))
    }
}

impl From<Vec<u8>> for Input {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<&'static [u8]> for Input {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl<const N: usize> From<&'static [u8; N]> for Input {
    fn from(bytes: &'static [u8; N]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl From<String> for Input {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.in_memory().is_some() { "memory" } else { "disk" };
        f.debug_struct("Input").field("bytes", &self.len()).field("in", &place).finish()
    }
}
