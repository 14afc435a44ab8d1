//! One cross-reference section with its trailer, and the chain of sections that `/Prev` makes.

use std::collections::HashSet;

use bytes::Bytes;

use super::error::{Anomaly, Error};
use super::filter;
use super::input::Input;
use super::lexer::{Lexer, is_white};
use super::limits::{
    DECODED_STREAM_BYTES_MAX, FILTERS_MAX, RAW_STREAM_BYTES_MAX, XREF_DECODED_BYTES_MAX, XREF_SECTIONS_MAX,
};
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
    pub(crate) fn entry(&self, file: &Input, number: u32) -> Option<XrefEntry> {
        let entry = self.table.entry(file, number);
        match (&self.hybrid, entry) {
            (Some(hybrid), None | Some(XrefEntry::Free)) => hybrid.entry(file, number).or(entry),
            _ => entry,
        }
    }

    /// Every object the section speaks of; in hybrid files one may come twice, the valid entry last.
    pub(crate) fn entries<'a>(&'a self, file: &'a Input) -> impl Iterator<Item = (u32, XrefEntry)> + 'a {
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
    file: &Input,
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
    file: &Input,
    at: usize,
    shift: usize,
    budget: &mut usize,
    anomalies: &mut Vec<Anomaly>,
) -> Result<Section, Error> {
    if at >= file.len() {
        return Err(Error::Damaged { offset: at, what: "cross-reference lies beyond the end of the file" });
    }
    let (at, table) = file.parse(at, |lexer| {
        while lexer.peek().is_some_and(is_white) {
            lexer.pos += 1;
        }
        let at = lexer.pos;
        (at, lexer.eat_keyword(b"xref").then_some(lexer.pos))
    })?;
    let Some(after) = table else {
        let (table, trailer, end) = read_stream(file, at, shift, budget, anomalies)?;
        return Ok(Section { at, end, kind: XrefKind::Stream, trailer, table, hybrid: None });
    };
    let (table, after) = xref::parse_table(file, after, shift, anomalies)?;
    let (trailer, end) = file.parse(after, |lexer| {
        lexer.skip_white();
        if !lexer.eat_keyword(b"trailer") {
            return Err(Error::Syntax { offset: lexer.pos, expected: "trailer" });
        }
        let offset = lexer.pos;
        let (Object::Dict(trailer), _) = lexer.object()? else {
            return Err(Error::Syntax { offset, expected: "a trailer dictionary" });
        };
        Ok((trailer, lexer.pos))
    })??;
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
    file: &Input,
    at: usize,
    shift: usize,
    budget: &mut usize,
    anomalies: &mut Vec<Anomaly>,
) -> Result<(Table, Dict, usize), Error> {
    let missing = Error::Damaged { offset: at, what: "no cross-reference section where one should be" };
    let (dict, after) = file.parse(at, |lexer| {
        lexer.eat_object_header().ok_or(missing.clone())?;
        match lexer.object()? {
            (Object::Dict(dict), _) => Ok((dict, lexer.pos)),
            _ => Err(missing.clone()),
        }
    })??;
    if !dict.is_name(b"Type", b"XRef") {
        return Err(missing);
    }
    let length =
        dict.get(b"Length").and_then(Object::as_integer).and_then(|length| usize::try_from(length).ok());
    let extent = stream_extent(file, after, length)?.ok_or(missing)?;
    if !extent.length_agrees {
        anomalies.push(Anomaly::StreamLength(at));
    }
    let mut flawed = false;
    let data = decode_direct(&dict, &read_raw(file, extent.data.clone())?, &mut flawed)?;
    if flawed {
        anomalies.push(Anomaly::StreamData(at));
    }
    let exhausted = Error::Limit { limit: "sum of decoded cross-reference streams" };
    *budget = budget.checked_sub(data.len()).ok_or(exhausted)?;
    let table = xref::parse_stream(&dict, &Bytes::from(data), at, shift, anomalies)?;
    let end = file.parse(extent.end, |lexer| {
        lexer.skip_white();
        lexer.eat_keyword(b"endobj");
        lexer.pos
    })?;
    Ok((table, dict, end))
}

/// The raw data of a stream that is to be decoded.
pub(crate) fn read_raw(file: &Input, data: Span) -> Result<Bytes, Error> {
    if file.in_memory().is_none() && data.len() > RAW_STREAM_BYTES_MAX {
        return Err(Error::Limit { limit: "length of a stream" });
    }
    match file.get(data) {
        Some(bytes) => Ok(bytes),
        None => file.check().and(Err(Error::Type { what: "a stream", expected: "within the file" })),
    }
}

/// Decodes a stream whose filters and parameters are direct objects, as cross-reference streams must have them.
fn decode_direct(dict: &Dict, raw: &[u8], flawed: &mut bool) -> Result<Vec<u8>, Error> {
    let one_or_many = |key: &[u8]| -> Vec<Object> {
        match dict.get(key) {
            None => Vec::new(),
            Some(Object::Array(array)) => array.iter().cloned().collect(),
            Some(object) => vec![object.clone()],
        }
    };
    decode_filters(&one_or_many(b"Filter"), &one_or_many(b"DecodeParms"), raw, flawed)
}

/// Applies filters in order; objects are already resolved. Data that are not whole are told of in `flawed`.
pub(crate) fn decode_filters(
    filters: &[Object],
    parameters: &[Object],
    raw: &[u8],
    flawed: &mut bool,
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
        data = Some(filter::decode(name, input, params, DECODED_STREAM_BYTES_MAX, flawed)?);
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
    file: &Input,
    after: usize,
    length: Option<usize>,
) -> Result<Option<Extent>, Error> {
    let start = file.parse(after, |lexer| {
        lexer.skip_white();
        let rest = lexer.rest().strip_prefix(b"stream")?;
        let keyword_end = lexer.pos + 6;
        Some(match rest {
            [b'\r', b'\n', ..] => keyword_end + 2,
            // A lone CR is not allowed, yet written.
            [b'\n' | b'\r', ..] => keyword_end + 1,
            _ => keyword_end,
        })
    })?;
    let Some(start) = start else { return Ok(None) };
    if let Some(end) = length.and_then(|length| start.checked_add(length)).filter(|end| *end <= file.len()) {
        let ended = file.parse(end, |lexer| {
            while lexer.peek().is_some_and(is_white) {
                lexer.pos += 1;
            }
            lexer.rest().starts_with(b"endstream").then_some(lexer.pos + 9)
        })?;
        if let Some(after) = ended {
            return Ok(Some(Extent { data: start..end, end: after, length_agrees: true }));
        }
    }
    let (found, mark) =
        stream_end(file, start).ok_or(Error::Syntax { offset: start, expected: "endstream" })?;
    let mut end = found;
    // The end of line before the mark is not part of the data.
    if end >= start + 2 && file.has(end - 2, b"\r\n") {
        end -= 2;
    } else if end > start && matches!(file.byte(end - 1), Some(b'\n' | b'\r')) {
        end -= 1;
    }
    Ok(Some(Extent { data: start..end, end: found + mark, length_agrees: false }))
}

/// Where the data of a stream end whose length is wrong, and how long the mark is that says so: `endstream`, or
/// `endobj` where that comes first. Nothing behind the first of them is looked at: many streams that end so take no
/// longer than the file is long.
fn stream_end(file: &Input, start: usize) -> Option<(usize, usize)> {
    let mark = |bytes: &[u8]| {
        memchr::memmem::find_iter(bytes, b"end").find(|at| {
            let rest = &bytes[at + 3..];
            rest.starts_with(b"stream") || rest.starts_with(b"obj")
        })
    };
    let at = file.find_by(start..file.len(), b"endstream".len() - 1, mark)?;
    // The end of an object is left for whoever reads on.
    Some((at, if file.has(at, b"endstream") { b"endstream".len() } else { 0 }))
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
pub(crate) fn end_marker(file: &Input, from: usize) -> Option<EndMarker> {
    file.parse(from, read_marker).ok().flatten()
}

fn read_marker(lexer: &mut Lexer<'_>) -> Option<EndMarker> {
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
    let Some(rest) = lexer.rest().strip_prefix(b"%%EOF") else {
        return Some(EndMarker { startxref, marker_end: None, end: after_number });
    };
    let marker_end = lexer.pos + 5;
    let end = match rest {
        [b'\r', b'\n', ..] => marker_end + 2,
        [b'\r' | b'\n', ..] => marker_end + 1,
        _ => marker_end,
    };
    Some(EndMarker { startxref, marker_end: Some(marker_end), end })
}
