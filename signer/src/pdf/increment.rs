//! Appending to a file. Changed objects are spliced from their source bytes, one key at a time, never
//! serialised anew: a signature made earlier would not survive 595.303937007874 becoming 595.30396.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use bytes::Bytes;

use super::crypt::Crypt;
use super::document::{Document, Lock};
use super::error::{Anomaly, Error};
use super::form::{Field, FieldKind};
use super::lexer::Lexer;
use super::limits::{NUMBERS_SKIPPED_MAX, OBJECT_NUMBER_MAX, REFERENCE_HOPS_MAX};
use super::object::{Array, Dict, Object, Ref, Span, encode_name};
use super::view::{Indirect, Location};
use super::xref::{XrefEntry, XrefKind};

/// One existing object with the changes to be made to it.
#[derive(Debug)]
pub struct Patch {
    original: Indirect,
    edits: Vec<(Span, Vec<u8>)>,
}

impl Patch {
    /// The object as it stands in the file, without the changes.
    pub fn original(&self) -> &Object {
        &self.original.object
    }

    /// Sets a key of the object's dictionary, or of one nested directly in it, to these source bytes.
    pub fn set(&mut self, dict: &Dict, key: &[u8], value: &[u8]) {
        match dict.entry(key) {
            Some(entry) => {
                let mut with_space = vec![b' '];
                with_space.extend_from_slice(value);
                let mut place = entry.value_span.clone();
                if dict.irregular {
                    // What stands between a value and the next key belongs to neither, and goes with the value.
                    let next =
                        dict.entries.iter().map(|entry| entry.key_span.start).find(|at| *at >= place.end);
                    place.end = next.unwrap_or(dict.span.end - 2);
                    with_space.push(b' ');
                }
                self.edit(place, with_space);
            }
            None => {
                let mut pair = encode_name(key);
                pair.push(b' ');
                pair.extend_from_slice(value);
                // What is wrong in a dictionary is read in different ways; before it nothing is: at its end a key that
                // lacks its value would take the new key for it.
                let at = if dict.irregular { dict.span.start + 2 } else { dict.span.end - 2 };
                if dict.irregular {
                    pair.push(b' ');
                }
                self.edit(at..at, pair);
            }
        }
    }

    /// Appends an element, as source bytes, to the object's array or to one nested directly in it.
    pub fn push(&mut self, array: &Array, value: &[u8]) {
        let mut with_space = vec![b' '];
        with_space.extend_from_slice(value);
        let at = array.span.end - 1;
        self.edit(at..at, with_space);
    }

    fn edit(&mut self, span: Span, bytes: Vec<u8>) {
        // The same value set twice: the later one counts.
        if !span.is_empty() {
            self.edits.retain(|(earlier, _)| *earlier != span);
        }
        self.edits.push((span, bytes));
    }

    /// The changed source. In encrypted files new strings are encrypted; the old ones are already, unless the
    /// object comes from an object stream, which was decrypted as a whole.
    fn apply(mut self, crypt: Option<&Crypt>) -> Result<Vec<u8>, Error> {
        let whole = &self.original.span;
        if self.edits.iter().any(|(span, _)| span.start < whole.start || span.end > whole.end) {
            return Err(Error::Damaged { offset: whole.start, what: "a change does not lie in its object" });
        }
        let id = self.original.id;
        let all_plain = matches!(self.original.location, Location::InStream { .. });
        if let Some(crypt) = crypt.filter(|_| !all_plain) {
            for (_, bytes) in &mut self.edits {
                *bytes = encrypt_edit(crypt, bytes, id)?;
            }
        }
        let changed = self.spliced();
        match crypt {
            Some(crypt) if all_plain => crypt.encrypt_value(&changed, id),
            _ => Ok(changed),
        }
    }

    fn spliced(mut self) -> Vec<u8> {
        self.edits.sort_by_key(|(span, _)| span.start);
        let source = self.original.source();
        let base = self.original.span.start;
        let mut out = Vec::with_capacity(source.len() + 256);
        let mut at = base;
        for (span, bytes) in &self.edits {
            out.extend_from_slice(source.get(at - base..span.start.max(at) - base).unwrap_or_default());
            out.extend_from_slice(bytes);
            at = span.end.max(at);
        }
        out.extend_from_slice(source.get(at - base..).unwrap_or_default());
        out
    }
}

const NOT_PATCHED: Error = Error::Type { what: "an object to be changed", expected: "there and no stream" };

/// Encrypts the strings in what an edit inserts: a value, several values, or a key and its value.
fn encrypt_edit(crypt: &Crypt, inserted: &[u8], id: Ref) -> Result<Vec<u8>, Error> {
    // As elements of an array any of these is one object.
    let wrapped = [b"[", inserted, b"]"].concat();
    let encrypted = crypt.encrypt_value(&wrapped, id)?;
    Ok(encrypted[1..encrypted.len() - 1].to_vec())
}

/// Objects to be appended to a file as one incremental update.
#[derive(Debug)]
pub struct Increment<'d> {
    document: &'d Document,
    next: u32,
    fresh: BTreeMap<u32, Fresh>,
    patches: BTreeMap<u32, Patch>,
}

/// An object written whole.
#[derive(Debug)]
struct Fresh {
    generation: u16,
    value: Vec<u8>,
    /// Taken from the file as it is: in encrypted files it is encrypted already.
    verbatim: bool,
}

/// What is to be appended: the bytes, and where in the finished file each object's value lies.
#[derive(Debug, Clone)]
pub struct Tail {
    /// Everything after the original file.
    pub bytes: Vec<u8>,
    values: BTreeMap<u32, Range<usize>>,
    base: usize,
}

impl Tail {
    /// Where an object's value lies, in bytes of the finished file.
    pub fn value(&self, id: Ref) -> Option<Range<usize>> {
        self.values.get(&id.number).cloned()
    }

    /// How long the original file is.
    pub fn base(&self) -> usize {
        self.base
    }

    /// The finished file: the original, byte for byte, and the tail.
    pub fn join(&self, original: &[u8]) -> Vec<u8> {
        assert_eq!(original.len(), self.base, "a tail belongs to the file it was made for");
        let mut out = Vec::with_capacity(original.len() + self.bytes.len());
        out.extend_from_slice(original);
        out.extend_from_slice(&self.bytes);
        debug_assert!(out.starts_with(original), "signing appends");
        out
    }
}

impl<'d> Increment<'d> {
    /// An empty update of the file as it stands.
    pub fn new(document: &'d Document) -> Self {
        Self {
            document,
            next: document.latest().numbers_end(),
            fresh: BTreeMap::new(),
            patches: BTreeMap::new(),
        }
    }

    /// The document to be updated.
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// A number for a new object: one that no object has and no reference names. What a file refers to in vain must not
    /// turn out to be the signature.
    ///
    /// # Errors
    /// When object numbers are used up.
    pub fn allocate(&mut self) -> Result<Ref, Error> {
        let mentioned = self.document.mentioned();
        if mentioned.checked_sub(self.next).is_some_and(|skipped| skipped < NUMBERS_SKIPPED_MAX) {
            self.next = mentioned + 1;
        }
        if self.next > OBJECT_NUMBER_MAX {
            return Err(Error::Limit { limit: "object number" });
        }
        self.next += 1;
        Ok(Ref::new(self.next - 1))
    }

    /// Writes an object with these source bytes as its value.
    pub fn put(&mut self, id: Ref, value: Vec<u8>) {
        self.fresh.insert(id.number, Fresh { generation: id.generation, value, verbatim: false });
    }

    /// Writes an existing object again, byte for byte.
    ///
    /// # Errors
    /// When it cannot be read or does not exist.
    pub fn put_again(&mut self, id: Ref) -> Result<(), Error> {
        let missing = Error::Type { what: "an object to be written again", expected: "there" };
        let found = self.document.latest().load(id)?.ok_or(missing)?;
        let verbatim = matches!(found.location, Location::Offset(_));
        let value = found.source().to_vec();
        self.fresh.insert(id.number, Fresh { generation: id.generation, value, verbatim });
        Ok(())
    }

    /// Adds one object written by pdf-writer.
    ///
    /// # Errors
    /// When the chunk does not hold exactly one object.
    pub fn put_chunk(&mut self, chunk: &pdf_writer::Chunk) -> Result<(), Error> {
        let bad = Error::Type { what: "a chunk of new objects", expected: "one object" };
        if chunk.refs().len() != 1 {
            return Err(bad);
        }
        let source = Bytes::copy_from_slice(chunk.as_bytes());
        let mut lexer = Lexer::new(&source, 0);
        let id = lexer.eat_object_header().ok_or(bad.clone())?;
        let body = source[lexer.pos..].trim_ascii();
        let value = body.strip_suffix(b"endobj").ok_or(bad)?.trim_ascii_end();
        self.put(id, value.to_vec());
        Ok(())
    }

    /// An existing object, to be changed; where it is nothing but a reference to another, that one.
    ///
    /// # Errors
    /// When it cannot be read, does not exist, or is a stream (streams are never changed, only written new).
    pub fn patch(&mut self, id: Ref) -> Result<&mut Patch, Error> {
        let mut number = id.number;
        if !self.patches.contains_key(&number) {
            let original = self.referred(id)?;
            number = original.id.number;
            self.patches.entry(number).or_insert(Patch { original, edits: Vec::new() });
        }
        self.patches.get_mut(&number).ok_or(NOT_PATCHED)
    }

    /// The object itself, or the last one of a chain of references.
    fn referred(&self, mut id: Ref) -> Result<Indirect, Error> {
        for _ in 0..REFERENCE_HOPS_MAX {
            let found = self.document.latest().load(id)?.ok_or(NOT_PATCHED)?;
            match found.object {
                Object::Ref(next) => id = next,
                Object::Stream(_) => return Err(NOT_PATCHED),
                _ => return Ok(found),
            }
        }
        Err(Error::Limit { limit: "chain of references" })
    }

    /// Writes everything out: objects by ascending number, then a cross-reference of the same kind as the last
    /// one. Where the file had to be scanned, the new section lists every object and names no earlier one.
    ///
    /// # Errors
    /// When an offset does not fit into the cross-reference, or the scan found no page to go with the catalog.
    pub fn finish(mut self) -> Result<Tail, Error> {
        let document = self.document;
        // Without a page nobody knows whether what a scan found is what others find: in object streams they find
        // less. Of a file that ends in the middle of an object nobody knows what is lost.
        // Asked last: looking through a hundred thousand objects takes as long as a third of the signature.
        let known = document.is_without_pages() && !document.is_cut() && !self.has_compressed();
        if document.is_recovered() && !known && !document.has_page() {
            return Err(Error::Damaged { offset: 0, what: "no page can be found" });
        }
        if document.is_cut_within_a_page()? {
            return Err(Error::Damaged {
                offset: document.file().len(),
                what: "the file ends within a page",
            });
        }
        // Others may still find it in its place, and would lose it by the new cross-reference.
        if document.signature_scanned && !self.is_signed()? {
            return Err(Error::Damaged {
                offset: 0,
                what: "a signature in the file is not part of its form",
            });
        }
        let file = document.file();
        let kind = self.xref_kind();
        let xref_id = if kind == XrefKind::Stream { Some(self.allocate()?) } else { None };

        let crypt = match &document.lock {
            Lock::Open => None,
            Lock::Unlocked(crypt) => Some(crypt),
            Lock::Locked(_) => return Err(Error::Encrypted),
        };
        let mut objects: BTreeMap<u32, (u16, Vec<u8>)> = BTreeMap::new();
        for (number, patch) in std::mem::take(&mut self.patches) {
            objects.insert(number, (patch.original.id.generation, patch.apply(crypt)?));
        }
        for (number, fresh) in std::mem::take(&mut self.fresh) {
            let Fresh { generation, value, verbatim } = fresh;
            let value = match crypt {
                Some(crypt) if !verbatim => crypt.encrypt_value(&value, Ref { number, generation })?,
                _ => value,
            };
            objects.insert(number, (generation, value));
        }

        let mut out = Vec::new();
        // After a lone CR no LF may follow: together they would be one end of line, part of the revision
        // before, and change what its readers see as its end.
        if !matches!(file.len().checked_sub(1).and_then(|last| file.byte(last)), None | Some(b'\n' | b'\r')) {
            out.push(b'\n');
        }
        let base = file.len();
        let mut entries: BTreeMap<u32, XrefEntry> = BTreeMap::new();
        let whole = self.rewrites_all()?;
        if whole {
            let view = document.latest();
            entries.extend(
                view.objects().iter().filter_map(|(id, _)| Some((id.number, view.entry(id.number)?))),
            );
        }
        let mut values = BTreeMap::new();
        for (number, (generation, value)) in &objects {
            entries.insert(*number, XrefEntry::InUse { offset: base + out.len(), generation: *generation });
            out.extend_from_slice(format!("{number} {generation} obj\n").as_bytes());
            let start = base + out.len();
            out.extend_from_slice(value);
            values.insert(*number, start..base + out.len());
            out.extend_from_slice(b"\nendobj\n");
        }

        let at = base + out.len();
        let shift =
            if document.is_recovered() { scanned_shift(document, &entries) } else { document.shift() };
        let trailer = self.trailer(&objects, at, whole)?;
        match xref_id {
            None => write_table(&mut out, &entries, shift, &trailer)?,
            Some(id) => {
                entries.insert(id.number, XrefEntry::InUse { offset: at, generation: 0 });
                write_stream(&mut out, id, &entries, shift, &trailer);
            }
        }
        out.extend_from_slice(format!("startxref\n{}\n%%EOF\n", at - shift).as_bytes());
        // What could not be read would be missing in what was written.
        file.check()?;
        Ok(Tail { bytes: out, values, base })
    }

    fn xref_kind(&self) -> XrefKind {
        match self.document.sections()[0].kind {
            XrefKind::Scanned if self.has_compressed() => XrefKind::Stream,
            XrefKind::Scanned => XrefKind::Table,
            kind => kind,
        }
    }

    fn has_compressed(&self) -> bool {
        let compressed = |(_, location): &(Ref, Location)| matches!(location, Location::InStream { .. });
        self.document.latest().objects().iter().any(compressed)
    }

    /// Must the new cross-reference name every object? Where there is no other, and where other readers see other
    /// objects in the one there is. Under an earlier signature the chain of revisions stays whole.
    fn rewrites_all(&self) -> Result<bool, Error> {
        if self.document.is_recovered() {
            return Ok(true);
        }
        let misread = |anomaly: &Anomaly| {
            matches!(
                anomaly,
                Anomaly::XrefOffByOne(_) | Anomaly::XrefEntry(_) | Anomaly::OverlappingSubsections(_)
            )
        };
        if !self.document.anomalies().iter().any(misread) {
            return Ok(false);
        }
        let expressible = self.xref_kind() == XrefKind::Stream || !self.has_compressed();
        Ok(expressible && !self.is_signed()?)
    }

    /// Is there a signature in the form already?
    fn is_signed(&self) -> Result<bool, Error> {
        let view = self.document.latest();
        let signed = |field: &Field| {
            field.kind == FieldKind::Signature && !matches!(view.resolve(&field.value), Ok(Object::Null))
        };
        Ok(view.fields()?.iter().any(signed))
    }

    /// The trailer's pairs without delimiters: only what a new section must say. `/Prev` and `/XRefStm` of the
    /// old one are never copied.
    fn trailer(
        &self,
        objects: &BTreeMap<u32, (u16, Vec<u8>)>,
        at: usize,
        whole: bool,
    ) -> Result<Vec<u8>, Error> {
        let document = self.document;
        let view = document.latest();
        let old = view.trailer();
        let root = view.root_ref()?;
        // Sizes never shrink from one section to the next, however much too large the last one was.
        let announced = old.get(b"Size").and_then(Object::as_integer);
        let announced = announced.filter(|size| !whole && *size <= i64::from(u32::MAX));
        let size = i64::from(self.next.max(view.numbers_end())).max(announced.unwrap_or(0));
        let mut out = format!("/Size {size}/Root {} {} R", root.number, root.generation).into_bytes();
        for key in [&b"Info"[..], b"Encrypt"] {
            // A reference to nothing, or to what is no dictionary, is dropped: strict readers stumble over it.
            let useless = view.value(old, key).is_ok_and(|value| value.as_dict().is_none());
            if let Some(entry) = old.entry(key).filter(|_| !useless) {
                out.extend(encode_name(key));
                out.push(b' ');
                out.extend(document.file().get(entry.value_span.clone()).unwrap_or_default());
            }
        }
        if let Some(first) = self.first_id() {
            let digest = fingerprint(objects, at);
            out.extend_from_slice(b"/ID[");
            out.extend_from_slice(&hex(&first));
            out.extend_from_slice(&hex(&digest[..16]));
            out.push(b']');
        }
        if !whole {
            let prev = document.sections()[0].at - document.shift();
            out.extend_from_slice(format!("/Prev {prev}").as_bytes());
        }
        Ok(out)
    }

    /// The permanent half of `/ID`.
    fn first_id(&self) -> Option<Bytes> {
        let view = self.document.latest();
        let Object::Array(ids) = view.value(view.trailer(), b"ID").ok()? else { return None };
        let first = view.resolve(ids.get(0)?).ok()?;
        first.as_string().map(|string| string.bytes())
    }
}

/// What tells this update from others of the file: its objects and its place. Of long values the ends are enough:
/// between them lies the space for a signature, or an image.
fn fingerprint(objects: &BTreeMap<u32, (u16, Vec<u8>)>, at: usize) -> [u8; 32] {
    const END_BYTES: usize = 512;
    let mut hash = openssl::sha::Sha256::new();
    hash.update(&at.to_be_bytes());
    for (number, (_, value)) in objects {
        hash.update(&number.to_be_bytes());
        hash.update(&value[..value.len().min(END_BYTES)]);
        hash.update(&value[value.len().saturating_sub(END_BYTES)..]);
    }
    hash.finish()
}

/// In a scanned file no offset was relied upon, and most readers count from the header: so does the new
/// section, unless an object lies before the header.
fn scanned_shift(document: &Document, entries: &BTreeMap<u32, XrefEntry>) -> usize {
    let header = document.header_offset();
    let before = |entry: &XrefEntry| matches!(entry, XrefEntry::InUse { offset, .. } if *offset < header);
    if entries.values().any(before) { 0 } else { header }
}

/// Bytes as a hexadecimal string object.
pub(crate) fn hex(bytes: &[u8]) -> Vec<u8> {
    let mut out = String::with_capacity(bytes.len() * 2 + 2);
    out.push('<');
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out.push('>');
    out.into_bytes()
}

/// Runs of consecutive numbers, ascending.
fn runs(entries: &BTreeMap<u32, XrefEntry>) -> Vec<(u32, Vec<XrefEntry>)> {
    let mut runs: Vec<(u32, Vec<XrefEntry>)> = Vec::new();
    for (&number, &entry) in entries {
        match runs.last_mut() {
            Some((first, run))
                if u32::try_from(run.len()).ok().and_then(|len| first.checked_add(len)) == Some(number) =>
            {
                run.push(entry);
            }
            _ => runs.push((number, vec![entry])),
        }
    }
    runs
}

fn write_table(
    out: &mut Vec<u8>,
    entries: &BTreeMap<u32, XrefEntry>,
    shift: usize,
    trailer: &[u8],
) -> Result<(), Error> {
    // Some readers want the head of the free list in every section.
    let mut entries = entries.clone();
    entries.insert(0, XrefEntry::Free);
    out.extend_from_slice(b"xref\n");
    for (first, run) in runs(&entries) {
        out.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
        for entry in run {
            let row = match entry {
                XrefEntry::InUse { offset, generation } => {
                    format!("{:010} {generation:05} n \n", offset.saturating_sub(shift))
                }
                XrefEntry::Free | XrefEntry::Compressed { .. } => "0000000000 65535 f \n".to_owned(),
            };
            if row.len() != 20 {
                return Err(Error::Limit { limit: "offset in a cross-reference table" });
            }
            out.extend_from_slice(row.as_bytes());
        }
    }
    out.extend_from_slice(b"trailer\n<<");
    out.extend_from_slice(trailer);
    out.extend_from_slice(b">>\n");
    Ok(())
}

fn write_stream(
    out: &mut Vec<u8>,
    id: Ref,
    entries: &BTreeMap<u32, XrefEntry>,
    shift: usize,
    trailer: &[u8],
) {
    let as_u64 = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
    let fields = |entry: &XrefEntry| match *entry {
        XrefEntry::Free => (0_u8, 0_u64, 65_535_u64),
        XrefEntry::InUse { offset, generation } => {
            (1, as_u64(offset.saturating_sub(shift)), u64::from(generation))
        }
        XrefEntry::Compressed { stream, index } => (2, u64::from(stream), u64::from(index)),
    };
    let bytes_for = |most: u64| usize::try_from((64 - most.leading_zeros()).div_ceil(8).max(1)).unwrap_or(8);
    let second = bytes_for(entries.values().map(|entry| fields(entry).1).max().unwrap_or(0));
    let third = bytes_for(entries.values().map(|entry| fields(entry).2).max().unwrap_or(0));
    let mut index = String::new();
    let mut data = Vec::new();
    for (first, run) in runs(entries) {
        // Writing to a string cannot fail.
        let _ = write!(index, "{}{first} {}", if index.is_empty() { "" } else { " " }, run.len());
        for entry in run {
            let (kind, offset, generation) = fields(&entry);
            data.push(kind);
            data.extend_from_slice(&offset.to_be_bytes()[8 - second..]);
            data.extend_from_slice(&generation.to_be_bytes()[8 - third..]);
        }
    }
    out.extend_from_slice(
        format!(
            "{} 0 obj\n<</Type/XRef/W[1 {second} {third}]/Index[{index}]/Length {}",
            id.number,
            data.len()
        )
        .as_bytes(),
    );
    out.extend_from_slice(trailer);
    out.extend_from_slice(b">>\nstream\n");
    out.extend_from_slice(&data);
    out.extend_from_slice(b"\nendstream\nendobj\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOG: &str = "<</Type/Catalog/Pages 2 0 R/Extra 595.303937007874>>";

    /// A small file of one empty page, with the end given.
    fn file(end: &str) -> Vec<u8> {
        let mut out = String::from("%PDF-1.7\n");
        let mut offsets = Vec::new();
        for (index, body) in [
            CATALOG,
            "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
        ]
        .iter()
        .enumerate()
        {
            offsets.push(out.len());
            out.push_str(&format!("{} 0 obj\n{body}\nendobj\n", index + 1));
        }
        let xref = out.len();
        out.push_str("xref\n0 4\n0000000000 65535 f \n");
        for offset in offsets {
            out.push_str(&format!("{offset:010} 00000 n \n"));
        }
        out.push_str(&format!("trailer\n<</Size 4/Root 1 0 R/ID[<01><02>]>>\nstartxref\n{xref}\n%%EOF{end}"));
        out.into_bytes()
    }

    fn updated(end: &str) -> (Vec<u8>, Vec<u8>) {
        let original = file(end);
        let document = Document::open(original.clone()).unwrap();
        let mut increment = Increment::new(&document);
        let new = increment.allocate().unwrap();
        increment.put(new, b"(new)".to_vec());
        let patch = increment.patch(Ref::new(1)).unwrap();
        let dict = patch.original().as_dict().unwrap().clone();
        patch.set(&dict, b"Mine", b"4 0 R");
        patch.set(&dict, b"Type", b"/Catalog");
        let tail = increment.finish().unwrap();
        assert_eq!(tail.value(new).map(|range| range.len()), Some(5));
        (original.clone(), tail.join(&original))
    }

    #[test]
    fn a_changed_object_keeps_its_source_and_the_file_its_first_revision() {
        for end in ["", "\n", "\r\n", "\r"] {
            let (original, joined) = updated(end);
            assert!(joined.starts_with(&original));
            assert_ne!((end, joined[original.len()]), ("\r", b'\n'));
            let document = Document::open(joined).unwrap();
            assert!(document.anomalies().is_empty(), "{:?}", document.anomalies());
            assert_eq!(document.revisions().len(), 2);
            let first_end = document.revisions()[0].end;
            assert_eq!(first_end, original.len() + usize::from(end.is_empty()));
            let catalog = document.latest().load(Ref::new(1)).unwrap().unwrap();
            let expected = "<</Type /Catalog/Pages 2 0 R/Extra 595.303937007874/Mine 4 0 R>>";
            assert_eq!(catalog.source(), expected.as_bytes());
            assert_eq!(document.latest().get(Ref::new(4)).unwrap().as_string().unwrap().bytes(), &b"new"[..]);
            let before = document.at_revision(0).unwrap();
            assert_eq!(before.load(Ref::new(1)).unwrap().unwrap().source(), CATALOG.as_bytes());
            assert!(before.get(Ref::new(4)).unwrap().is_null());
            assert_eq!(document.latest().entries_of(1).len(), 3, "0, 1 and 4");
        }
    }

    #[test]
    fn a_scanned_file_gets_a_whole_cross_reference() {
        let original = file("\n");
        let cut = original.len() - 30;
        let document = Document::open(original[..cut].to_vec()).unwrap();
        assert!(document.is_recovered());
        let mut increment = Increment::new(&document);
        let new = increment.allocate().unwrap();
        increment.put(new, b"true".to_vec());
        let joined = increment.finish().unwrap().join(&original[..cut]);
        let document = Document::open(joined).unwrap();
        assert!(!document.is_recovered());
        assert_eq!(document.latest().objects().len(), 4);
    }

    #[test]
    fn a_whole_cross_reference_takes_its_size_from_what_there_is() {
        let text = String::from_utf8(file("\n")).unwrap().replace("/Size 4", "/Size 99999999");
        let original = text.as_bytes()[..text.len() - 30].to_vec();
        let document = Document::open(original.clone()).unwrap();
        assert!(document.is_recovered());
        let mut increment = Increment::new(&document);
        let new = increment.allocate().unwrap();
        increment.put(new, b"true".to_vec());
        let joined = increment.finish().unwrap().join(&original);
        let document = Document::open(joined).unwrap();
        assert!(!document.is_recovered());
        let size = document.trailer().get(b"Size").and_then(Object::as_integer).unwrap();
        assert!(size < 100, "{size}");
    }

    #[test]
    fn what_stands_behind_a_value_in_vain_goes_with_it() {
        let text = String::from_utf8(file("\n")).unwrap();
        let original = text
            .replace("/Extra 595.303937007874>>", "/Extra -1 0 R /Z 12 0 R ")
            .replace(" 12 0 R ", " 12 0 R>>");
        let document = Document::open(original.clone().into_bytes()).unwrap();
        let mut increment = Increment::new(&document);
        let patch = increment.patch(Ref::new(1)).unwrap();
        let dict = patch.original().as_dict().unwrap().clone();
        assert!(dict.irregular);
        patch.set(&dict, b"Extra", b"5");
        let joined = increment.finish().unwrap().join(original.as_bytes());
        let catalog = Document::open(joined).unwrap().latest().load(Ref::new(1)).unwrap().unwrap();
        assert_eq!(catalog.source(), &b"<</Type/Catalog/Pages 2 0 R/Extra  5 /Z 12 0 R>>"[..]);
    }

    #[test]
    fn a_misnumbered_cross_reference_is_followed_by_a_whole_one() {
        let original = String::from_utf8(file("\n")).unwrap().replace("xref\n0 4", "xref\n1 4");
        let document = Document::open(original.clone().into_bytes()).unwrap();
        assert!(matches!(document.anomalies()[..], [Anomaly::XrefOffByOne(_)]));
        let mut increment = Increment::new(&document);
        let new = increment.allocate().unwrap();
        increment.put(new, b"true".to_vec());
        let joined = increment.finish().unwrap().join(original.as_bytes());
        let document = Document::open(joined).unwrap();
        assert!(document.anomalies().is_empty(), "{:?}", document.anomalies());
        assert_eq!((document.sections().len(), document.latest().objects().len()), (1, 4));
    }

    #[test]
    fn what_is_referred_to_in_vain_does_not_become_a_new_object() {
        let original = String::from_utf8(file("\n"))
            .unwrap()
            .replace("/MediaBox[0 0 100 100]", "/Contents 6 0 R/Tabs/S");
        for cut in [0, 30] {
            let bytes = original.as_bytes()[..original.len() - cut].to_vec();
            let document = Document::open(bytes.clone()).unwrap();
            assert_eq!(document.is_recovered(), cut > 0);
            assert!(document.latest().page(1).unwrap().is_some());
            let mut increment = Increment::new(&document);
            let new: Vec<u32> = (0..3).map(|_| increment.allocate().unwrap().number).collect();
            assert_eq!(new, [7, 8, 9]);
            increment.put(Ref::new(7), b"true".to_vec());
            let joined = Document::open(increment.finish().unwrap().join(&bytes)).unwrap();
            assert!(joined.latest().get(Ref::new(6)).unwrap().is_null());
        }
    }

    #[test]
    fn numbers_far_beyond_the_file_are_not_reached_for() {
        let original = String::from_utf8(file("\n"))
            .unwrap()
            .replace("/MediaBox[0 0 100 100]", "/Contents 4000000 0 R ");
        let document = Document::open(original.into_bytes()).unwrap();
        assert!(document.latest().page(1).unwrap().is_some());
        assert_eq!(Increment::new(&document).allocate().unwrap(), Ref::new(4));
    }

    #[test]
    fn an_object_that_is_a_reference_is_changed_where_it_leads() {
        let original = String::from_utf8(file("\n"))
            .unwrap()
            .replace("/Extra 595.303937007874", "/Extra 2 0 R           ");
        let original = original
            .replace("<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>", &format!("{:<49}", "1 0 R"));
        let document = Document::open(original.clone().into_bytes()).unwrap();
        let mut increment = Increment::new(&document);
        let root = document.latest().root().unwrap();
        increment.patch(Ref::new(3)).unwrap().set(&root, b"Mine", b"true");
        increment.patch(Ref::new(1)).unwrap().set(&root, b"Yours", b"true");
        let joined = increment.finish().unwrap().join(original.as_bytes());
        let document = Document::open(joined).unwrap();
        let root = document.latest().root().unwrap();
        assert!(root.get(b"Mine").is_some() && root.get(b"Yours").is_some());
        assert_eq!(document.latest().get(Ref::new(3)).unwrap().as_ref(), Some(Ref::new(1)));
    }

    #[test]
    fn an_object_that_is_cut_off_does_not_go_on_in_what_is_appended() {
        let whole = String::from_utf8(file("\n")).unwrap();
        let pages = whole.find("xref\n").unwrap();
        let page = "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>";
        let with_content = page.replace("/Media", "/Contents 5 0 R/Media");
        for (page, cut, signed) in [
            (page, "4 0 obj\n<</Type/Font/Base", true),
            (page, "4 0 obj\n<</Length 900>>\nstream\nabc", true),
            (page, "4 0 obj", true),
            (&with_content, "4 0 obj\n<</Length 900>>\nstream\nabc", true),
            (&with_content, "5 0 obj\n<</Length 900>>\nstream\nabc", false),
        ] {
            let cut = [
                &whole[..pages].replace("3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>", page),
                cut,
            ]
            .concat();
            let document = Document::open(cut.clone().into_bytes()).unwrap();
            let mut increment = Increment::new(&document);
            let new = increment.allocate().unwrap();
            increment.put(new, b"<</Length 3>>\nstream\nabc\nendstream".to_vec());
            let tail = increment.finish();
            assert_eq!(tail.is_ok(), signed, "{cut}");
            let Ok(tail) = tail else { continue };
            let joined = Document::open(tail.join(cut.as_bytes())).unwrap();
            assert!(joined.latest().get(Ref::new(4)).unwrap().is_null() || new.number == 4);
            assert!(joined.latest().objects().iter().all(|(id, _)| joined.latest().load(*id).is_ok()));
        }
    }

    #[test]
    fn a_signature_that_a_scan_finds_outside_the_form_is_not_buried() {
        let whole = String::from_utf8(file("\n")).unwrap();
        let stray = "4 0 obj\n<</Type/Sig/ByteRange[0 1 2 3]/Contents<00>>>\nendobj\n";
        let scanned = [&whole[..whole.find("xref\n").unwrap()], stray].concat();
        let document = Document::open(scanned.into_bytes()).unwrap();
        assert!(matches!(Increment::new(&document).finish(), Err(Error::Damaged { .. })));
    }

    #[test]
    fn a_change_beyond_its_object_is_an_error() {
        let original = file("\n");
        let document = Document::open(original).unwrap();
        let mut increment = Increment::new(&document);
        let root = document.latest().root().unwrap();
        increment.patch(Ref::new(2)).unwrap().set(&root, b"Mine", b"true");
        assert!(matches!(increment.finish(), Err(Error::Damaged { .. })));
    }

    #[test]
    fn a_key_without_value_does_not_take_the_next_pair_for_it() {
        let without = format!("/Extra{}", " ".repeat(17));
        let original = String::from_utf8(file("\n")).unwrap().replace("/Extra 595.303937007874", &without);
        let document = Document::open(original.clone().into_bytes()).unwrap();
        let mut increment = Increment::new(&document);
        let patch = increment.patch(Ref::new(1)).unwrap();
        let dict = patch.original().as_dict().unwrap().clone();
        assert!(dict.irregular);
        patch.set(&dict, b"Mine", b"3 0 R");
        let joined = increment.finish().unwrap().join(original.as_bytes());
        let document = Document::open(joined).unwrap();
        let root = document.latest().root().unwrap();
        assert_eq!(root.get(b"Mine").unwrap().as_ref(), Some(Ref::new(3)));
        assert!(root.entry(b"Extra").unwrap().value.is_null());
    }
}
