//! The objects of a file as one revision sees them.

use std::sync::Arc;

use bytes::Bytes;

use super::document::{Document, Leniency, Lock, ObjectStream};
use super::error::{Anomaly, Error};
use super::input::Input;
use super::lexer::Lexer;
use super::limits::{DECODED_STREAM_BYTES_MAX, LOAD_DEPTH_MAX, OBJECT_NUMBER_MAX, REFERENCE_HOPS_MAX};
use super::object::{Dict, Object, Ref, Span, Stream};
use super::section::{Section, decode_filters, read_raw, stream_extent};
use super::xref::XrefEntry;

/// Where an indirect object lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Location {
    /// At this byte of the file its `n g obj` begins.
    Offset(usize),
    /// In an object stream.
    InStream {
        /// Object number of the stream.
        stream: u32,
        /// Index within the stream.
        index: u32,
    },
}

/// An indirect object with its source.
#[derive(Debug, Clone)]
pub struct Indirect {
    /// Its number and generation.
    pub id: Ref,
    /// The value.
    pub object: Object,
    /// Where it lies.
    pub location: Location,
    /// What all spans count in: the file, or the decoded object stream.
    pub buffer: Input,
    /// The value's bytes; of a stream from its dictionary to after `endstream`.
    pub span: Span,
}

impl Indirect {
    /// The value's source bytes; none, where the file can no longer be read (see [`Input::check`]).
    pub fn source(&self) -> Bytes {
        self.buffer.get(self.span.clone()).unwrap_or_default()
    }
}

/// The file as of one revision. Copy it freely.
#[derive(Debug, Clone, Copy)]
pub struct View<'d> {
    pub(crate) document: &'d Document,
    /// Index of the newest section that is seen.
    pub(crate) newest: usize,
}

impl<'d> View<'d> {
    /// The document this is a view of.
    pub fn document(self) -> &'d Document {
        self.document
    }

    /// The sections seen, newest first.
    pub fn sections(self) -> &'d [Section] {
        &self.document.sections[self.newest..]
    }

    /// The trailer of the newest section seen.
    pub fn trailer(self) -> &'d Dict {
        &self.document.sections[self.newest].trailer
    }

    /// The catalog's reference.
    ///
    /// # Errors
    /// When the trailer has none.
    pub fn root_ref(self) -> Result<Ref, Error> {
        self.trailer()
            .get(b"Root")
            .and_then(Object::as_ref)
            .ok_or(Error::Type { what: "/Root of the trailer", expected: "a reference" })
    }

    /// The catalog.
    ///
    /// # Errors
    /// When it is missing or not a dictionary.
    pub fn root(self) -> Result<Dict, Error> {
        match self.get(self.root_ref()?)? {
            Object::Dict(dict) => Ok(dict),
            _ => Err(Error::Type { what: "the catalog", expected: "a dictionary" }),
        }
    }

    /// What the cross-reference says of an object; the newest section that speaks of it counts.
    pub fn entry(self, number: u32) -> Option<XrefEntry> {
        self.sections().iter().find_map(|section| section.entry(&self.document.file, number))
    }

    /// Where an object lies; none when it is free, unknown or of another generation.
    pub fn locate(self, id: Ref) -> Option<Location> {
        match self.entry(id.number)? {
            XrefEntry::InUse { offset, generation } if generation == id.generation => {
                Some(Location::Offset(offset))
            }
            XrefEntry::Compressed { stream, index } if id.generation == 0 => {
                Some(Location::InStream { stream, index })
            }
            _ => None,
        }
    }

    /// Every object in use, by ascending number.
    pub fn objects(self) -> Vec<(Ref, Location)> {
        let file = &self.document.file;
        let mut entries: Vec<(u32, XrefEntry)> =
            self.sections().iter().flat_map(|section| section.entries(file)).collect();
        // The newest section comes first and a stable sort keeps it there.
        entries.sort_by_key(|(number, _)| *number);
        entries.dedup_by_key(|(number, _)| *number);
        entries
            .into_iter()
            .filter_map(|(number, entry)| match entry {
                XrefEntry::Free => None,
                XrefEntry::InUse { offset, generation } => {
                    Some((Ref { number, generation }, Location::Offset(offset)))
                }
                XrefEntry::Compressed { stream, index } => {
                    Some((Ref::new(number), Location::InStream { stream, index }))
                }
            })
            .collect()
    }

    /// What the sections of one revision say, free entries too: the objects it wrote or freed.
    pub fn entries_of(self, revision: usize) -> Vec<(u32, XrefEntry)> {
        let Some(revision) = self.document.revisions().get(revision) else { return Vec::new() };
        let mut entries: Vec<(u32, XrefEntry)> = Vec::new();
        for section in self.document.sections[revision.sections.clone()].iter() {
            entries.extend(section.entries(&self.document.file));
        }
        // The newest section comes first and a stable sort keeps it there.
        entries.sort_by_key(|(number, _)| *number);
        entries.dedup_by_key(|(number, _)| *number);
        entries
    }

    /// One more than the highest object number in use or announced.
    pub fn numbers_end(self) -> u32 {
        let known = self.sections().iter().map(Section::numbers_end).max().unwrap_or(0);
        let announced = self
            .sections()
            .iter()
            .filter_map(|section| section.trailer.get(b"Size")?.as_integer())
            .filter_map(|size| u32::try_from(size).ok())
            .filter(|size| *size <= OBJECT_NUMBER_MAX / 2)
            .max()
            .unwrap_or(0);
        known.max(announced).max(1)
    }

    /// An object with its source; none when it does not exist.
    ///
    /// # Errors
    /// When its place does not hold it, or holds no PDF syntax.
    pub fn load(self, id: Ref) -> Result<Option<Indirect>, Error> {
        self.load_at_depth(id, 0)
    }

    /// The value of an object; null when it does not exist.
    ///
    /// # Errors
    /// As [`View::load`].
    pub fn get(self, id: Ref) -> Result<Object, Error> {
        Ok(self.load(id)?.map_or(Object::Null, |indirect| indirect.object))
    }

    /// The value itself, or what its reference leads to.
    ///
    /// # Errors
    /// As [`View::load`], and for loops of references.
    pub fn resolve(self, object: &Object) -> Result<Object, Error> {
        self.resolve_at_depth(object, 0)
    }

    /// The resolved value of a key; null when absent.
    ///
    /// # Errors
    /// As [`View::resolve`].
    pub fn value(self, dict: &Dict, key: &[u8]) -> Result<Object, Error> {
        match dict.get(key) {
            None => Ok(Object::Null),
            Some(object) => self.resolve(object),
        }
    }

    /// The raw bytes of a stream, as they stand in the file.
    ///
    /// # Errors
    /// Where the file lies on disk and the data are beyond the limits, or can no longer be read.
    pub fn raw(self, stream: &Stream) -> Result<Bytes, Error> {
        read_raw(&self.document.file, stream.data.clone())
    }

    /// Whether two streams hold the same raw bytes; the other one may be seen by another view of the file.
    pub fn same_raw(self, one: &Stream, other: &Stream) -> bool {
        let file = &self.document.file;
        one.data == other.data
            || one.data.len() == other.data.len() && file.same(one.data.clone(), other.data.clone())
    }

    /// The decoded bytes of a stream.
    ///
    /// # Errors
    /// For unknown filters (images), corrupt data and data beyond the limits.
    pub fn decode(self, stream: &Stream) -> Result<Bytes, Error> {
        self.decode_at_depth(stream, 0)
    }

    /// The raw bytes of a stream, decrypted where the file is.
    ///
    /// # Errors
    /// As [`View::raw`]; where the file is locked.
    pub(crate) fn decrypted(self, stream: &Stream) -> Result<Bytes, Error> {
        let raw = self.raw(stream)?;
        match &self.document.lock {
            Lock::Locked(_) if stream.dict.is_name(b"Type", b"XRef") => Ok(raw),
            Lock::Locked(_) => Err(Error::Encrypted),
            Lock::Open => Ok(raw),
            Lock::Unlocked(crypt) => {
                Ok(crypt.decrypt_stream(&stream.dict, stream.id, &raw)?.map_or(raw, Bytes::from))
            }
        }
    }

    fn resolve_at_depth(self, object: &Object, depth: usize) -> Result<Object, Error> {
        let mut object = object.clone();
        for _ in 0..REFERENCE_HOPS_MAX {
            let Object::Ref(id) = object else { return Ok(object) };
            object = self.load_at_depth(id, depth)?.map_or(Object::Null, |indirect| indirect.object);
        }
        match object {
            // It leads nowhere, as a reference to nothing does.
            Object::Ref(id) if self.document.leniency > Leniency::Nothing => {
                self.document.note(Anomaly::EndlessReference(id));
                Ok(Object::Null)
            }
            _ => Err(Error::Limit { limit: "chain of references" }),
        }
    }

    fn load_at_depth(self, id: Ref, depth: usize) -> Result<Option<Indirect>, Error> {
        if depth > LOAD_DEPTH_MAX {
            return Err(Error::Limit { limit: "objects needed to read an object" });
        }
        match self.locate(id) {
            None => Ok(None),
            Some(location @ Location::Offset(offset)) => {
                self.load_offset(id, offset, location, depth).map(Some)
            }
            Some(Location::InStream { stream, index }) => {
                self.load_compressed(id, stream, index, depth).map(Some)
            }
        }
    }

    fn load_offset(
        self,
        id: Ref,
        offset: usize,
        location: Location,
        depth: usize,
    ) -> Result<Indirect, Error> {
        let file = &self.document.file;
        let wrong = || {
            self.document.note(Anomaly::WrongObject { wanted: id, offset });
            Error::WrongObject { wanted: id, offset }
        };
        if offset >= file.len() {
            return Err(wrong());
        }
        let found = file.parse(offset, |lexer| {
            if lexer.eat_object_header() != Some(id) {
                return None;
            }
            lexer.skip_white();
            let start = lexer.pos;
            // `1 0 obj endobj` is null.
            if lexer.eat_keyword(b"endobj") {
                return Some((start, Ok((Object::Null, start..start)), 0, false, false));
            }
            if let Err(error) = self.document.check_work() {
                return Some((start, Err(error), 0, false, false));
            }
            let object = lexer.object();
            lexer.skip_white();
            Some((start, object, lexer.mentioned, lexer.irregular, lexer.rest().starts_with(b"stream")))
        })?;
        let Some((start, object, mentioned, irregular, streams)) = found else { return Err(wrong()) };
        self.document.mention(mentioned);
        self.charge(start, &object, file.len());
        let (mut object, span) = object?;
        if let Lock::Unlocked(crypt) = &self.document.lock {
            crypt.decrypt_strings(&mut object, id);
        }
        if irregular {
            self.document.note(Anomaly::IrregularDictionary(offset));
        }
        let Object::Dict(dict) = object else {
            return Ok(Indirect { id, object, location, buffer: file.clone(), span });
        };
        if !streams {
            return Ok(Indirect { id, object: Object::Dict(dict), location, buffer: file.clone(), span });
        }
        let length = match dict.get(b"Length") {
            // A length that cannot be read is found by looking for `endstream`.
            Some(length) => {
                self.resolve_at_depth(length, depth + 1).ok().and_then(|length| length.as_integer())
            }
            None => None,
        };
        let length = length.and_then(|length| usize::try_from(length).ok());
        let extent = stream_extent(file, span.end, length);
        // A search for the end is paid for, found or not: any number of streams may share one end.
        self.document.charge(match &extent {
            Ok(Some(extent)) if extent.length_agrees => 0,
            Ok(Some(extent)) => extent.end - span.end,
            Ok(None) => 0,
            Err(_) => file.len() - span.end,
        });
        let Some(extent) = extent? else {
            return Err(Error::Syntax { offset: span.end, expected: "stream" });
        };
        if !extent.length_agrees {
            self.document.note(Anomaly::StreamLength(offset));
        }
        let object = Object::Stream(Box::new(Stream { dict, data: extent.data, id }));
        Ok(Indirect { id, object, location, buffer: file.clone(), span: span.start..extent.end })
    }

    /// The length of what was read is charged, or what may have been searched in vain.
    fn charge(self, start: usize, read: &Result<(Object, Span), Error>, buffer_bytes: usize) {
        let end = read.as_ref().map_or(buffer_bytes, |(_, span)| span.end);
        self.document.charge(end.saturating_sub(start));
    }

    fn load_compressed(self, id: Ref, stream: u32, index: u32, depth: usize) -> Result<Indirect, Error> {
        let container = self.object_stream(stream, depth)?;
        let missing = Error::Type { what: "an object in an object stream", expected: "there" };
        let position = usize::try_from(index).map_err(|_| missing.clone())?;
        let position = match container.objects.get(position) {
            Some((number, _)) if *number == id.number => position,
            _ => {
                self.document.note(Anomaly::ObjectStreamIndex(id.number));
                container.objects.iter().position(|(number, _)| *number == id.number).ok_or(missing)?
            }
        };
        let (_, offset) = container.objects[position];
        self.document.check_work()?;
        let mut lexer = Lexer::new(&container.data, offset);
        let start = lexer.pos;
        let read = lexer.object();
        self.document.mention(lexer.mentioned);
        self.charge(start, &read, container.data.len());
        let irregular = lexer.irregular;
        let (object, span) = read?;
        if irregular {
            self.document.note(Anomaly::IrregularDictionary(offset));
        }
        let index = u32::try_from(position).unwrap_or(index);
        let location = Location::InStream { stream, index };
        Ok(Indirect { id, object, location, buffer: container.data.clone().into(), span })
    }

    pub(crate) fn object_stream(self, number: u32, depth: usize) -> Result<Arc<ObjectStream>, Error> {
        let not_a_stream = Error::Type { what: "an object stream", expected: "a stream of its own" };
        let Some(XrefEntry::InUse { offset, generation }) = self.entry(number) else {
            return Err(not_a_stream);
        };
        if let Some(found) = self.document.cache().streams.get(&offset) {
            return Ok(Arc::clone(found));
        }
        let id = Ref { number, generation };
        if depth > LOAD_DEPTH_MAX {
            return Err(Error::Limit { limit: "objects needed to read an object" });
        }
        let indirect = self.load_offset(id, offset, Location::Offset(offset), depth + 1)?;
        let Object::Stream(stream) = indirect.object else { return Err(not_a_stream) };
        let data = self.decode_at_depth(&stream, depth + 1)?;
        let integer = |key: &[u8]| -> Result<usize, Error> {
            let value = stream.dict.get(key).cloned().unwrap_or(Object::Null);
            let value = self.resolve_at_depth(&value, depth + 1)?.as_integer();
            value
                .and_then(|value| usize::try_from(value).ok())
                .ok_or(Error::Type { what: "/N or /First of an object stream", expected: "a count" })
        };
        let container =
            Arc::new(ObjectStream { objects: read_index(&data, integer(b"N")?, integer(b"First")?)?, data });
        self.document.cache().streams.insert(offset, Arc::clone(&container));
        Ok(container)
    }

    fn decode_at_depth(self, stream: &Stream, depth: usize) -> Result<Bytes, Error> {
        let many = |keys: [&[u8]; 2]| -> Result<Vec<Object>, Error> {
            let value = keys.iter().find_map(|key| stream.dict.get(key)).cloned().unwrap_or(Object::Null);
            match self.resolve_at_depth(&value, depth)? {
                Object::Null => Ok(Vec::new()),
                Object::Array(array) => array.iter().map(|item| self.resolve_at_depth(item, depth)).collect(),
                object => Ok(vec![object]),
            }
        };
        let filters = many([b"Filter", b"F"])?;
        let raw = self.decrypted(stream)?;
        if filters.is_empty() {
            return Ok(raw);
        }
        let parameters = many([b"DecodeParms", b"DP"])?;
        let budget = self.document.cache().bytes_left;
        if budget < DECODED_STREAM_BYTES_MAX.min(stream.data.len()) {
            return Err(Error::Limit { limit: "sum of decoded streams" });
        }
        let mut flawed = false;
        let data = decode_filters(&filters, &parameters, &raw, &mut flawed)?;
        if flawed && self.document.leniency == Leniency::Nothing {
            return Err(Error::Filter("deflate data break off or fail their checksum"));
        }
        if flawed {
            self.document.note(Anomaly::StreamData(stream.data.start));
        }
        let mut cache = self.document.cache();
        cache.bytes_left = cache.bytes_left.saturating_sub(data.len());
        Ok(Bytes::from(data))
    }
}

/// The pairs of number and offset at the head of an object stream.
pub(crate) fn read_index(data: &Bytes, count: usize, first: usize) -> Result<Vec<(u32, usize)>, Error> {
    let mut lexer = Lexer::new(data, 0);
    let mut objects = Vec::new();
    for _ in 0..count {
        lexer.skip_white();
        let bad = Error::Syntax { offset: lexer.pos, expected: "an object number and its offset" };
        let number =
            lexer.eat_unsigned(10).and_then(|number| u32::try_from(number).ok()).ok_or(bad.clone())?;
        lexer.skip_white();
        let offset = lexer.eat_unsigned(10).and_then(|offset| usize::try_from(offset).ok()).ok_or(bad)?;
        objects.push((number, first.saturating_add(offset)));
    }
    Ok(objects)
}
