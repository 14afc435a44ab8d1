//! Reading without a usable cross-reference: the whole file is searched for objects, the last of each number
//! counts, as other recovering readers do.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::crypt::Crypt;
use super::document::work_allowed;
use super::error::Error;
use super::input::Input;
use super::lexer::{Lexer, is_regular, is_white};
use super::limits::OBJECT_NUMBER_MAX;
use super::object::{Dict, Entry, Name, Object, Ref};
use super::section::{Section, decode_filters, read_raw, stream_extent};
use super::view::read_index;
use super::xref::{Table, XrefEntry, XrefKind};

#[derive(Default)]
struct Found<'c> {
    /// What opens the object streams of an encrypted file.
    crypt: Option<&'c Crypt>,
    /// There are object streams.
    packed: bool,
    /// Bytes of syntax that may still be read in vain.
    work_left: usize,
    /// Where the last `endstream` is.
    last_endstream: usize,
    /// Where the last `endobj` is.
    last_endobj: usize,
    /// The object in whose middle the file ends.
    cut_off: Option<Ref>,
    /// There is a dictionary of a signature.
    signed: bool,
    entries: BTreeMap<u32, XrefEntry>,
    /// Trailers and cross-reference streams that name a catalog, in file order.
    trailers: Vec<Dict>,
    /// Objects that say they are a catalog, in file order.
    catalogs: Vec<Ref>,
    encrypt: Option<Dict>,
    /// An object that says it is the dictionary of the standard security handler.
    handler: Option<usize>,
    /// The highest object number that a reference names.
    mentioned: u32,
}

/// What a scan found.
pub(crate) struct Scanned {
    /// The readings that it allows, the likeliest first.
    pub(crate) sections: Vec<Section>,
    /// The highest object number that a reference names, whether there is an object or not.
    pub(crate) mentioned: u32,
    /// The object in whose middle the file ends. It is none of the objects found: what is appended would become its
    /// end.
    pub(crate) cut_off: Option<Ref>,
    /// There is a dictionary of a signature, part of the form or not.
    pub(crate) signed: bool,
    /// The file is encrypted, and object streams were passed over: with its key there is more to be found.
    pub(crate) sealed: bool,
}

/// Searches the file for objects; in an encrypted file with the key, if it is known already.
pub(crate) fn scan(file: &Input, crypt: Option<&Crypt>) -> Result<Scanned, Error> {
    let last_endstream = file.rfind(b"endstream", 0..file.len()).unwrap_or(0);
    let last_endobj = file.rfind(b"endobj", 0..file.len()).unwrap_or(0);
    let work_left = work_allowed(file.len());
    let mut found = Found { work_left, last_endstream, last_endobj, crypt, ..Found::default() };
    let mut at = 0;
    while at < file.len() {
        if found.work_left == 0 {
            return Err(Error::Limit { limit: "syntax read from one file" });
        }
        let Some(mark) = file.find_by(at..file.len(), LONGEST_MARK - 1, first_mark) else { break };
        at = if file.byte(mark) == Some(b't') {
            found.trailer(file, mark + 7)
        } else {
            match header_before(file, mark) {
                Some((id, offset)) => found.object(file, id, offset, mark + 3),
                None => mark + 3,
            }
        };
    }
    file.check()?;
    if found.entries.is_empty() {
        return Err(Error::NotPdf);
    }
    // Without the trailer nobody knows the rest of what the key is made of, and nothing in clear would be the file's.
    if let (true, Some(offset)) = (found.trailers.is_empty() && found.encrypt.is_none(), found.handler) {
        return Err(Error::Damaged { offset, what: "an encrypted file has lost its trailer" });
    }
    let sealed = crypt.is_none() && found.packed && found.encrypt.is_some();
    let mut trailers: Vec<Dict> = found.trailers.into_iter().rev().collect();
    trailers.extend(found.catalogs.iter().rev().map(|root| catalog_trailer(*root, found.encrypt.as_ref())));
    let table = Table::scanned(found.entries);
    let section = |trailer| Section {
        at: 0,
        end: file.len(),
        kind: XrefKind::Scanned,
        trailer,
        table: table.clone(),
        hybrid: None,
    };
    // A handful of candidates is enough; a hostile file may hold thousands.
    let sections = trailers.into_iter().take(8).map(section).collect();
    let Found { mentioned, cut_off, signed, .. } = found;
    Ok(Scanned { sections, mentioned, cut_off, signed, sealed })
}

/// Length of `trailer`.
const LONGEST_MARK: usize = 7;

/// Where the first `obj` or `trailer` stands.
fn first_mark(bytes: &[u8]) -> Option<usize> {
    memchr::memchr2_iter(b'o', b't', bytes)
        .find(|at| bytes[*at..].starts_with(b"obj") || bytes[*at..].starts_with(b"trailer"))
}

/// Most bytes before `obj` that are looked at: two numbers and the white space behind them.
const HEADER_BYTES_MAX: usize = 8 + 5 + 8 + 10;

/// The `number generation` that stands before `obj`.
fn header_before(file: &Input, obj: usize) -> Option<(Ref, usize)> {
    let base = obj.saturating_sub(HEADER_BYTES_MAX);
    let before = file.get(base..obj)?;
    let back = |mut at: usize, accept: fn(u8) -> bool, most: usize| {
        let stop = at.saturating_sub(most).max(base);
        while at > stop && accept(before[at - 1 - base]) {
            at -= 1;
        }
        at
    };
    let digits = |byte: u8| byte.is_ascii_digit();
    let generation_end = back(obj, is_white, 8);
    let generation_start = back(generation_end, digits, 5);
    let number_end = back(generation_start, is_white, 8);
    let number_start = back(number_end, digits, 10);
    let complete =
        generation_start < generation_end && number_end < generation_start && number_start < number_end;
    if !complete || generation_end == obj {
        return None;
    }
    // Here a word that only begins with `obj` is none: others do not find the object there.
    if file.byte(obj + 3).is_some_and(is_regular) {
        return None;
    }
    let id = file.parse(number_start, |lexer| lexer.eat_object_header()).ok()??;
    (id.number <= OBJECT_NUMBER_MAX && id.number > 0).then_some((id, number_start))
}

impl Found<'_> {
    /// Notes an object; where to go on.
    fn object(&mut self, file: &Input, id: Ref, offset: usize, body: usize) -> usize {
        let read = file.parse(body, |lexer| (lexer.object(), lexer.mentioned));
        self.mentioned = self.mentioned.max(read.as_ref().map_or(0, |(_, mentioned)| *mentioned));
        let Ok((Ok((object, span)), _)) = read else {
            self.work_left = self.work_left.saturating_sub(file.len() - body);
            if body > self.last_endobj {
                self.cut_off = Some(id);
                return body;
            }
            self.entries.insert(id.number, XrefEntry::InUse { offset, generation: id.generation });
            return body;
        };
        if span.end > self.last_endstream.max(self.last_endobj) {
            let opens = file.parse(span.end, |lexer| {
                lexer.skip_white();
                lexer.rest().starts_with(b"stream")
            });
            if opens == Ok(true) {
                self.cut_off = Some(id);
                return file.len();
            }
        }
        self.entries.insert(id.number, XrefEntry::InUse { offset, generation: id.generation });
        let Object::Dict(dict) = object else { return span.end };
        self.signed |= dict.get(b"ByteRange").is_some();
        if dict.is_name(b"Type", b"Catalog") {
            self.catalogs.push(id);
        }
        if dict.is_name(b"Filter", b"Standard") && dict.get(b"O").is_some() && dict.get(b"U").is_some() {
            self.handler = Some(offset);
        }
        let length =
            dict.get(b"Length").and_then(Object::as_integer).and_then(|length| usize::try_from(length).ok());
        if span.end > self.last_endstream.max(self.last_endobj) {
            return span.end;
        }
        let extent = match stream_extent(file, span.end, length) {
            Ok(Some(extent)) => extent,
            Ok(None) => return span.end,
            Err(_) => {
                self.work_left = self.work_left.saturating_sub(file.len() - span.end);
                return span.end;
            }
        };
        if dict.is_name(b"Type", b"XRef") {
            self.keep_trailer(dict);
        } else if dict.is_name(b"Type", b"ObjStm")
            && let Ok(raw) = read_raw(file, extent.data.clone())
        {
            self.packed = true;
            match self.crypt.map(|crypt| crypt.decrypt_stream(&dict, id, &raw)) {
                Some(Ok(Some(plain))) => self.object_stream(&dict, id.number, &plain),
                Some(Err(_)) => {}
                None | Some(Ok(None)) => self.object_stream(&dict, id.number, &raw),
            }
        }
        extent.end
    }

    fn object_stream(&mut self, dict: &Dict, stream: u32, raw: &[u8]) {
        let filters: Vec<Object> = match dict.get(b"Filter") {
            Some(Object::Array(array)) => array.iter().cloned().collect(),
            Some(filter) => vec![filter.clone()],
            None => Vec::new(),
        };
        let parameters: Vec<Object> = match dict.get(b"DecodeParms") {
            Some(Object::Array(array)) => array.iter().cloned().collect(),
            Some(parameters) => vec![parameters.clone()],
            None => Vec::new(),
        };
        // That the file was scanned at all says more than a flaw here would.
        let Ok(data) = decode_filters(&filters, &parameters, raw, &mut false) else { return };
        let data = Bytes::from(data);
        self.work_left = self.work_left.saturating_sub(data.len());
        let count = |key: &[u8]| {
            dict.get(key).and_then(Object::as_integer).and_then(|count| usize::try_from(count).ok())
        };
        let (Some(many), Some(first)) = (count(b"N"), count(b"First")) else { return };
        let Ok(objects) = read_index(&data, many, first) else { return };
        for (index, (number, offset)) in (0_u32..).zip(objects) {
            if number == 0 || number > OBJECT_NUMBER_MAX {
                return;
            }
            self.entries.insert(number, XrefEntry::Compressed { stream, index });
            let mut lexer = Lexer::new(&data, offset);
            let read = lexer.object();
            self.mentioned = self.mentioned.max(lexer.mentioned);
            match read {
                Ok((Object::Dict(dict), _)) if dict.is_name(b"Type", b"Catalog") => {
                    self.catalogs.push(Ref::new(number));
                }
                Ok((_, span)) => self.work_left = self.work_left.saturating_sub(span.len()),
                Err(_) => self.work_left = self.work_left.saturating_sub(data.len().saturating_sub(offset)),
            }
            if self.work_left == 0 {
                return;
            }
        }
    }

    /// Notes a trailer; where to go on.
    fn trailer(&mut self, file: &Input, after: usize) -> usize {
        match file.parse(after, |lexer| lexer.object()) {
            Ok(Ok((Object::Dict(dict), span))) => {
                self.keep_trailer(dict);
                span.end
            }
            _ => {
                self.work_left = self.work_left.saturating_sub(file.len() - after);
                after
            }
        }
    }

    fn keep_trailer(&mut self, dict: Dict) {
        if dict.get(b"Encrypt").is_some() {
            self.encrypt = Some(dict.clone());
        }
        if dict.get(b"Root").and_then(Object::as_ref).is_some() {
            self.trailers.push(dict);
        }
    }
}

/// A trailer for a catalog that no trailer names; an encryption that one names still holds.
fn catalog_trailer(root: Ref, encrypt: Option<&Dict>) -> Dict {
    let key = Name(Bytes::from_static(b"Root"));
    let mut entries = vec![Entry { key, value: Object::Ref(root), key_span: 0..0, value_span: 0..0 }];
    if let Some(dict) = encrypt {
        entries.extend(
            dict.entries.iter().filter(|entry| matches!(entry.key.as_bytes(), b"Encrypt" | b"ID")).cloned(),
        );
    }
    Dict { entries, span: 0..0, irregular: false }
}
