//! One cross-reference section with its trailer, and the chain of sections that `/Prev` makes.

use std::collections::HashSet;

use bytes::Bytes;

use super::error::{Anomaly, Error};
use super::filter;
use super::lexer::{Lexer, is_white};
use super::limits::{DECODED_STREAM_BYTES_MAX, FILTERS_MAX, XREF_DECODED_BYTES_MAX, XREF_SECTIONS_MAX};
use super::object::{Dict, Object, Span};
use super::xref::{self, Table, XrefEntry, XrefKind};

/// A cross-reference section.
#[derive(Debug, Clone)]
pub struct Section {
    /// Where `xref`, or the object of the cross-reference stream, begins.
    pub at: usize,
    /// After the trailer dictionary, or after the stream's `endobj`.
    pub end: usize,
    /// Table or stream.
    pub kind: XrefKind,
    /// Trailer dictionary, or the dictionary of the stream; spans lie in the file.
    pub trailer: Dict,
    pub(crate) table: Table,
    /// What `/XRefStm` of a hybrid file adds.
    pub(crate) hybrid: Option<Table>,
}

impl Section {
    /// Is there an `/XRefStm` beside the table?
    pub fn is_hybrid(&self) -> bool {
        self.hybrid.is_some()
    }

    /// What the section says of an object. In hybrid files the stream speaks before the free entries of the
    /// table, which hide its objects from old readers (ISO 32000-1 7.5.8.4).
    pub(crate) fn entry(&self, file: &Bytes, number: u32) -> Option<XrefEntry> {
        let entry = self.table.entry(file, number);
        match (&self.hybrid, entry) {
            (Some(hybrid), None | Some(XrefEntry::Free)) => hybrid.entry(file, number).or(entry),
            _ => entry,
        }
    }

    /// Every object the section speaks of; in hybrid files one may come twice, the valid entry last.
    pub(crate) fn entries<'a>(&'a self, file: &'a Bytes) -> impl Iterator<Item = (u32, XrefEntry)> + 'a {
        let hybrid = self.hybrid.iter().flat_map(move |table| table.entries(file).map(|(number, _)| number));
        self.table
            .entries(file)
            .map(|(number, _)| number)
            .chain(hybrid)
            .filter_map(move |number| Some((number, self.entry(file, number)?)))
    }

    /// One more than the highest object number spoken of.
    pub(crate) fn numbers_end(&self) -> u32 {
        self.table.end().max(self.hybrid.as_ref().map_or(0, Table::end))
    }
}

/// Reads the sections from the one at `start`, newest first.
pub(crate) fn read_chain(
    file: &Bytes,
    start: usize,
    shift: usize,
    anomalies: &mut Vec<Anomaly>,
) -> Result<Vec<Section>, Error> {
    let mut sections: Vec<Section> = Vec::new();
    let mut seen = HashSet::new();
    let mut budget = XREF_DECODED_BYTES_MAX;
    let mut next = Some(start);
    while let Some(at) = next {
        if sections.len() >= XREF_SECTIONS_MAX {
            return Err(Error::Limit { limit: "number of cross-reference sections" });
        }
        seen.insert(at);
        let section = read_section(file, at, shift, &mut budget, anomalies)?;
        next = match section.trailer.get(b"Prev").and_then(Object::as_integer) {
            None => None,
            Some(prev) => match usize::try_from(prev).ok().filter(|prev| *prev > 0) {
                Some(prev) if seen.contains(&(prev.saturating_add(shift))) => {
                    return Err(Error::Damaged { offset: section.at, what: "/Prev forms a loop" });
                }
                Some(prev) => Some(prev.saturating_add(shift)),
                None => {
                    anomalies.push(Anomaly::PrevLoop(section.at));
                    None
                }
            },
        };
        sections.push(section);
    }
    Ok(sections)
}

fn read_section(
    file: &Bytes,
    at: usize,
    shift: usize,
    budget: &mut usize,
    anomalies: &mut Vec<Anomaly>,
) -> Result<Section, Error> {
    if at >= file.len() {
        return Err(Error::Damaged { offset: at, what: "cross-reference lies beyond the end of the file" });
    }
    let mut lexer = Lexer::new(file, at);
    while lexer.peek().is_some_and(is_white) {
        lexer.pos += 1;
    }
    let at = lexer.pos;
    if !lexer.eat_keyword(b"xref") {
        let (table, trailer, end) = read_stream(file, at, shift, budget, anomalies)?;
        return Ok(Section { at, end, kind: XrefKind::Stream, trailer, table, hybrid: None });
    }
    let table = xref::parse_table(file, &mut lexer, shift, anomalies)?;
    lexer.skip_white();
    if !lexer.eat_keyword(b"trailer") {
        return Err(Error::Syntax { offset: lexer.pos, expected: "trailer" });
    }
    let offset = lexer.pos;
    let (Object::Dict(trailer), _) = lexer.object()? else {
        return Err(Error::Syntax { offset, expected: "a trailer dictionary" });
    };
    let end = lexer.pos;
    let hybrid = match trailer.get(b"XRefStm").and_then(Object::as_integer) {
        Some(at) => {
            let at = usize::try_from(at).unwrap_or(usize::MAX).saturating_add(shift);
            Some(read_stream(file, at, shift, budget, anomalies)?.0)
        }
        None => None,
    };
    Ok(Section { at, end, kind: XrefKind::Table, trailer, table, hybrid })
}

fn read_stream(
    file: &Bytes,
    at: usize,
    shift: usize,
    budget: &mut usize,
    anomalies: &mut Vec<Anomaly>,
) -> Result<(Table, Dict, usize), Error> {
    let missing = Error::Damaged { offset: at, what: "no cross-reference section where one should be" };
    let mut lexer = Lexer::new(file, at);
    lexer.eat_object_header().ok_or(missing.clone())?;
    let (Object::Dict(dict), _) = lexer.object()? else { return Err(missing) };
    if !dict.is_name(b"Type", b"XRef") {
        return Err(missing);
    }
    let length =
        dict.get(b"Length").and_then(Object::as_integer).and_then(|length| usize::try_from(length).ok());
    let extent = stream_extent(file, lexer.pos, length)?.ok_or(missing)?;
    if !extent.length_agrees {
        anomalies.push(Anomaly::StreamLength(at));
    }
    let data = decode_direct(&dict, &file[extent.data.clone()])?;
    let exhausted = Error::Limit { limit: "sum of decoded cross-reference streams" };
    *budget = budget.checked_sub(data.len()).ok_or(exhausted)?;
    let table = xref::parse_stream(&dict, &Bytes::from(data), at, shift, anomalies)?;
    let mut lexer = Lexer::new(file, extent.end);
    lexer.skip_white();
    lexer.eat_keyword(b"endobj");
    Ok((table, dict, lexer.pos))
}

/// Decodes a stream whose filters and parameters are direct objects, as cross-reference streams must have them.
fn decode_direct(dict: &Dict, raw: &[u8]) -> Result<Vec<u8>, Error> {
    let one_or_many = |key: &[u8]| -> Vec<Object> {
        match dict.get(key) {
            None => Vec::new(),
            Some(Object::Array(array)) => array.iter().cloned().collect(),
            Some(object) => vec![object.clone()],
        }
    };
    decode_filters(&one_or_many(b"Filter"), &one_or_many(b"DecodeParms"), raw)
}

/// Applies filters in order; objects are already resolved.
pub(crate) fn decode_filters(
    filters: &[Object],
    parameters: &[Object],
    raw: &[u8],
) -> Result<Vec<u8>, Error> {
    if filters.len() > FILTERS_MAX {
        return Err(Error::Limit { limit: "number of filters" });
    }
    let mut data: Option<Vec<u8>> = None;
    for (index, filter) in filters.iter().enumerate() {
        let name = filter.as_name().ok_or(Error::Type { what: "/Filter", expected: "a name" })?;
        if name == b"Crypt" {
            continue;
        }
        let params = parameters.get(index).and_then(Object::as_dict).map(filter_params).unwrap_or_default();
        let input = data.as_deref().unwrap_or(raw);
        data = Some(filter::decode(name, input, params, DECODED_STREAM_BYTES_MAX)?);
    }
    Ok(data.unwrap_or_else(|| raw.to_vec()))
}

fn filter_params(dict: &Dict) -> filter::Params {
    let default = filter::Params::default();
    let integer = |key: &[u8], default: i64| dict.get(key).and_then(Object::as_integer).unwrap_or(default);
    filter::Params {
        predictor: integer(b"Predictor", default.predictor),
        colors: integer(b"Colors", default.colors),
        bits: integer(b"BitsPerComponent", default.bits),
        columns: integer(b"Columns", default.columns),
        early_change: integer(b"EarlyChange", 1) != 0,
    }
}

/// Where a stream's data lie.
pub(crate) struct Extent {
    pub(crate) data: Span,
    /// After `endstream`.
    pub(crate) end: usize,
    /// `/Length` leads to `endstream`.
    pub(crate) length_agrees: bool,
}

/// The extent of the stream that follows a dictionary ending at `after`; none when no `stream` follows.
pub(crate) fn stream_extent(
    file: &Bytes,
    after: usize,
    length: Option<usize>,
) -> Result<Option<Extent>, Error> {
    let mut lexer = Lexer::new(file, after);
    lexer.skip_white();
    if !file[lexer.pos..].starts_with(b"stream") {
        return Ok(None);
    }
    let keyword_end = lexer.pos + 6;
    let start = match file[keyword_end..] {
        [b'\r', b'\n', ..] => keyword_end + 2,
        // A lone CR is not allowed, yet written.
        [b'\n' | b'\r', ..] => keyword_end + 1,
        _ => keyword_end,
    };
    if let Some(end) = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= file.len()) {
        let mut lexer = Lexer::new(file, end);
        while lexer.peek().is_some_and(is_white) {
            lexer.pos += 1;
        }
        if file[lexer.pos..].starts_with(b"endstream") {
            return Ok(Some(Extent { data: start..end, end: lexer.pos + 9, length_agrees: true }));
        }
    }
    let found =
        find(&file[start..], b"endstream").ok_or(Error::Syntax { offset: start, expected: "endstream" })?;
    let mut end = start + found;
    // The end of line before `endstream` is not part of the data.
    if file[start..end].ends_with(b"\r\n") {
        end -= 2;
    } else if file[start..end].ends_with(b"\n") || file[start..end].ends_with(b"\r") {
        end -= 1;
    }
    Ok(Some(Extent { data: start..end, end: start + found + 9, length_agrees: false }))
}

/// First place of `needle`.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(haystack, needle)
}

/// Last place of `needle`.
pub(crate) fn rfind(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::rfind(haystack, needle)
}

/// `startxref`, its number and `%%EOF`, as they follow a section.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndMarker {
    pub(crate) startxref: usize,
    /// After `%%EOF`, if it is there.
    pub(crate) marker_end: Option<usize>,
    /// After the end of line behind it.
    pub(crate) end: usize,
}

/// The marker that follows `from`, with nothing but white space and comments between.
pub(crate) fn end_marker(file: &Bytes, from: usize) -> Option<EndMarker> {
    let mut lexer = Lexer::new(file, from);
    lexer.skip_white();
    if !lexer.eat_keyword(b"startxref") {
        return None;
    }
    lexer.skip_white();
    let startxref = usize::try_from(lexer.eat_unsigned(19)?).ok()?;
    let after_number = lexer.pos;
    while lexer.peek().is_some_and(is_white) {
        lexer.pos += 1;
    }
    if !file[lexer.pos..].starts_with(b"%%EOF") {
        return Some(EndMarker { startxref, marker_end: None, end: after_number });
    }
    let marker_end = lexer.pos + 5;
    let end = match file[marker_end..] {
        [b'\r', b'\n', ..] => marker_end + 2,
        [b'\r' | b'\n', ..] => marker_end + 1,
        _ => marker_end,
    };
    Some(EndMarker { startxref, marker_end: Some(marker_end), end })
}
