//! Cross-reference sections. They are kept as they lie in the file: an entry is read when it is asked for, so
//! that a file of 100,000 objects costs no more to open than a small one.

use bytes::Bytes;

use super::error::{Anomaly, Error};
use super::input::Input;
use super::lexer::{Lexer, is_white};
use super::limits::{OBJECT_NUMBER_MAX, XREF_OVERLAPPING_MAX, XREF_SUBSECTIONS_MAX};
use super::object::{Dict, Object};

/// What a cross-reference says of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XrefEntry {
    /// Free: the object does not exist.
    Free,
    /// The object begins at this offset.
    InUse {
        /// Byte offset from the start of the file.
        offset: usize,
        /// Its generation.
        generation: u16,
    },
    /// The object lies in an object stream; its generation is 0.
    Compressed {
        /// Object number of the object stream.
        stream: u32,
        /// Index within it.
        index: u32,
    },
}

/// How a section is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum XrefKind {
    /// Classic table with `trailer`.
    Table,
    /// Cross-reference stream.
    Stream,
    /// Found by scanning the file: nothing usable was written.
    Scanned,
}

#[derive(Debug, Clone)]
enum Rows {
    /// 20-byte entries in the file from this offset.
    Fixed { at: usize },
    /// Entries of another shape, parsed one by one.
    Parsed(Vec<XrefEntry>),
    /// Binary entries in decoded data from this offset.
    Binary { data: Bytes, at: usize, widths: [usize; 3] },
}

#[derive(Debug, Clone)]
struct Subsection {
    first: u32,
    count: u32,
    rows: Rows,
}

impl Subsection {
    fn entry(&self, file: &Input, shift: usize, number: u32) -> Option<XrefEntry> {
        let index =
            usize::try_from(number.checked_sub(self.first).filter(|index| *index < self.count)?).ok()?;
        match &self.rows {
            // A malformed row in the middle speaks of its object all the same: it must not uncover an older one.
            Rows::Fixed { at } => {
                let row = file.array::<20>(at + 20 * index)?;
                Some(parse_fixed(&row, shift).unwrap_or(XrefEntry::Free))
            }
            Rows::Parsed(entries) => entries.get(index).copied(),
            Rows::Binary { data, at, widths } => {
                let width: usize = widths.iter().sum();
                let row = data.get(at + width * index..at + width * (index + 1))?;
                Some(parse_binary(row, widths, shift))
            }
        }
    }
}

/// The entries of one section, or of the stream a hybrid section adds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    subsections: Vec<Subsection>,
    /// In ascending order without overlap: may be searched by halves.
    ordered: bool,
    /// Added to every offset (bytes before the header).
    pub(crate) shift: usize,
}

impl Table {
    /// The entry of an object, if the table speaks of it.
    pub(crate) fn entry(&self, file: &Input, number: u32) -> Option<XrefEntry> {
        if self.ordered {
            let after = self.subsections.partition_point(|sub| sub.first <= number);
            let candidate = self.subsections.get(after.checked_sub(1)?)?;
            return candidate.entry(file, self.shift, number);
        }
        self.subsections.iter().rev().find_map(|sub| sub.entry(file, self.shift, number))
    }

    /// Every object the table speaks of.
    pub(crate) fn entries<'a>(&'a self, file: &'a Input) -> impl Iterator<Item = (u32, XrefEntry)> + 'a {
        self.subsections.iter().flat_map(move |sub| {
            (sub.first..sub.first.saturating_add(sub.count))
                .filter_map(move |number| Some((number, sub.entry(file, self.shift, number)?)))
        })
    }

    /// One more than the highest object number spoken of.
    pub(crate) fn end(&self) -> u32 {
        self.subsections.iter().map(|sub| sub.first.saturating_add(sub.count)).max().unwrap_or(0)
    }

    /// A table made by scanning; entries ascend by number.
    pub(crate) fn scanned(entries: impl IntoIterator<Item = (u32, XrefEntry)>) -> Self {
        let subsections = entries
            .into_iter()
            .map(|(first, entry)| Subsection { first, count: 1, rows: Rows::Parsed(vec![entry]) })
            .collect();
        Self { subsections, ordered: true, shift: 0 }
    }

    /// Puts subsections in order; where they overlap the order of the file counts, the last one first.
    fn settle(&mut self, at: usize, anomalies: &mut Vec<Anomaly>) -> Result<(), Error> {
        let end = |sub: &Subsection| sub.first.saturating_add(sub.count);
        let apart = |subs: &[Subsection]| subs.windows(2).all(|pair| end(&pair[0]) <= pair[1].first);
        self.ordered = apart(&self.subsections);
        if !self.ordered {
            let mut sorted = self.subsections.clone();
            sorted.sort_by_key(|sub| sub.first);
            if apart(&sorted) {
                self.subsections = sorted;
                self.ordered = true;
            } else {
                anomalies.push(Anomaly::OverlappingSubsections(at));
                if self.subsections.len() > XREF_OVERLAPPING_MAX {
                    return Err(Error::Limit { limit: "number of overlapping cross-reference subsections" });
                }
            }
        }
        Ok(())
    }
}

/// `0000000017 00000 n` and an end of line of two bytes.
fn parse_fixed(row: &[u8], shift: usize) -> Option<XrefEntry> {
    let digits = |bytes: &[u8]| -> Option<usize> {
        bytes.iter().try_fold(0_usize, |value, byte| {
            byte.is_ascii_digit().then(|| value.wrapping_mul(10).wrapping_add(usize::from(byte - b'0')))
        })
    };
    let well_formed =
        row.len() == 20 && row[10] == b' ' && row[16] == b' ' && is_white(row[18]) && is_white(row[19]);
    if !well_formed {
        return None;
    }
    let offset = digits(&row[..10])?;
    let generation = digits(&row[11..16])?;
    entry_of(row[17], offset, generation, shift)
}

fn entry_of(kind: u8, offset: usize, generation: usize, shift: usize) -> Option<XrefEntry> {
    match kind {
        b'f' => Some(XrefEntry::Free),
        // Some producers write free entries as in use at 0, where only the header can be.
        b'n' if offset == 0 => Some(XrefEntry::Free),
        b'n' => Some(match u16::try_from(generation) {
            Ok(generation) => XrefEntry::InUse { offset: offset.saturating_add(shift), generation },
            Err(_) => XrefEntry::Free,
        }),
        _ => None,
    }
}

fn parse_binary(row: &[u8], widths: &[usize; 3], shift: usize) -> XrefEntry {
    let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let (kind, rest) = row.split_at(widths[0]);
    let (second, third) = rest.split_at(widths[1]);
    let kind = if kind.is_empty() { 1 } else { number(kind) };
    let (second, third) = (number(second), number(third));
    match kind {
        1 if second != 0 => match (usize::try_from(second), u16::try_from(third)) {
            (Ok(offset), Ok(generation)) => {
                XrefEntry::InUse { offset: offset.saturating_add(shift), generation }
            }
            _ => XrefEntry::Free,
        },
        2 => match (u32::try_from(second), u32::try_from(third)) {
            (Ok(stream), Ok(index)) => XrefEntry::Compressed { stream, index },
            _ => XrefEntry::Free,
        },
        // Unknown types are references to null (ISO 32000-1 Table 18).
        _ => XrefEntry::Free,
    }
}

/// Where the rows of a subsection begin, and what its head says.
struct Head {
    header: usize,
    first: u64,
    count: u64,
    at: usize,
}

/// The head of the next subsection; where there is none, where what follows begins.
fn read_head(lexer: &mut Lexer<'_>) -> Result<Result<Head, usize>, Error> {
    lexer.skip_white();
    let header = lexer.pos;
    let Some(first) = lexer.eat_unsigned(10) else { return Ok(Err(header)) };
    lexer.skip_white();
    let count =
        lexer.eat_unsigned(10).ok_or(Error::Syntax { offset: lexer.pos, expected: "an entry count" })?;
    while lexer.peek().is_some_and(is_white) {
        lexer.pos += 1;
    }
    Ok(Ok(Head { header, first, count, at: lexer.pos }))
}

/// Reads the subsections of a classic table from behind `xref`; answers where `trailer` should stand, too.
pub(crate) fn parse_table(
    file: &Input,
    start: usize,
    shift: usize,
    anomalies: &mut Vec<Anomaly>,
) -> Result<(Table, usize), Error> {
    let mut table = Table { shift, ..Table::default() };
    let mut next = start;
    loop {
        let Head { header, first, count, at } = match file.parse(next, read_head)?? {
            Ok(head) => head,
            Err(after) => {
                next = after;
                break;
            }
        };
        let (first, count) = subsection_range(first, count)?;
        if table.subsections.len() >= XREF_SUBSECTIONS_MAX {
            return Err(Error::Limit { limit: "number of cross-reference subsections" });
        }
        let (rows, count) = match fixed_end(file, at, count) {
            Some(end) => {
                next = end;
                (Rows::Fixed { at }, count)
            }
            None => {
                anomalies.push(Anomaly::XrefEntry(at));
                let (entries, end) = file.parse(at, |lexer| parse_loose(lexer, count, shift))??;
                next = end;
                let count = u32::try_from(entries.len()).unwrap_or(count);
                (Rows::Parsed(entries), count)
            }
        };
        let mut sub = Subsection { first, count, rows };
        // A frequent fault of producers: the free head of the list written as object 1.
        if table.subsections.is_empty()
            && sub.first == 1
            && matches!(sub.rows, Rows::Fixed { at } if file.has(at, b"0000000000 65535 f"))
        {
            anomalies.push(Anomaly::XrefOffByOne(header));
            sub.first = 0;
        }
        table.subsections.push(sub);
    }
    table.settle(start, anomalies)?;
    Ok((table, next))
}

fn subsection_range(first: u64, count: u64) -> Result<(u32, u32), Error> {
    let range = u32::try_from(first).ok().zip(u32::try_from(count).ok());
    range
        .filter(|(first, count)| first.saturating_add(*count) <= OBJECT_NUMBER_MAX + 1)
        .ok_or(Error::Limit { limit: "object number" })
}

/// Where a run of well-formed entries ends; the first, the last and what follows are looked at.
fn fixed_end(file: &Input, at: usize, count: u32) -> Option<usize> {
    let count = usize::try_from(count).ok()?;
    let end = at.checked_add(count.checked_mul(20)?)?;
    let follows = file.find_by(end..file.len(), 0, |bytes| bytes.iter().position(|byte| !is_white(*byte)))?;
    if count == 0 {
        return Some(end);
    }
    parse_fixed(&file.array::<20>(at)?, 0)?;
    parse_fixed(&file.array::<20>(end - 20)?, 0)?;
    let follows = file.byte(follows)?;
    (follows.is_ascii_digit() || follows == b't' || follows == b'%').then_some(end)
}

fn parse_loose(lexer: &mut Lexer<'_>, count: u32, shift: usize) -> Result<(Vec<XrefEntry>, usize), Error> {
    let mut entries = Vec::new();
    for _ in 0..count {
        lexer.skip_white();
        // Fewer entries than announced: the trailer ends them.
        let before = lexer.pos;
        if lexer.eat_keyword(b"trailer") {
            lexer.pos = before;
            break;
        }
        let bad = Error::Syntax { offset: lexer.pos, expected: "a cross-reference entry" };
        let offset =
            lexer.eat_unsigned(20).and_then(|value| usize::try_from(value).ok()).ok_or(bad.clone())?;
        lexer.skip_white();
        let generation =
            lexer.eat_unsigned(10).and_then(|value| usize::try_from(value).ok()).ok_or(bad.clone())?;
        lexer.skip_white();
        let kind = lexer.peek().ok_or(bad.clone())?;
        lexer.pos += 1;
        entries.push(entry_of(kind, offset, generation, shift).ok_or(bad)?);
    }
    Ok((entries, lexer.pos))
}

/// Reads the entries of a cross-reference stream from its dictionary and decoded data.
pub(crate) fn parse_stream(
    dict: &Dict,
    data: &Bytes,
    at: usize,
    shift: usize,
    anomalies: &mut Vec<Anomaly>,
) -> Result<Table, Error> {
    let bad =
        Error::Type { what: "/W of a cross-reference stream", expected: "an array of three small integers" };
    let widths = dict.get(b"W").and_then(Object::as_array).ok_or(bad.clone())?;
    let mut parsed = [0_usize; 3];
    if widths.len() < 3 {
        return Err(bad);
    }
    for (width, object) in parsed.iter_mut().zip(widths.iter()) {
        let value = object.as_integer().filter(|value| (0..=8).contains(value)).ok_or(bad.clone())?;
        *width = usize::try_from(value).map_err(|_| bad.clone())?;
    }
    let row: usize = parsed.iter().sum();
    // Some producers say with it that a section has no rows.
    if row == 0 && !data.is_empty() {
        return Err(bad);
    }
    let size = dict.get(b"Size").and_then(Object::as_integer).unwrap_or(0);
    let index: Vec<i64> = match dict.get(b"Index").and_then(Object::as_array) {
        Some(array) => array.iter().map(|object| object.as_integer().unwrap_or(-1)).collect(),
        None => vec![0, size],
    };
    let mut table = Table { shift, ..Table::default() };
    let mut used = 0_usize;
    for pair in index.chunks(2) {
        let [first, count] = pair else { break };
        let range = u64::try_from(*first).ok().zip(u64::try_from(*count).ok());
        let (first, count) = range.ok_or(Error::Type {
            what: "/Index of a cross-reference stream",
            expected: "an array of integers from 0",
        })?;
        let (first, mut count) = subsection_range(first, count)?;
        // Fewer rows than announced: those that are there count.
        let there = (data.len() - used.min(data.len())).checked_div(row).unwrap_or(0);
        if usize::try_from(count).unwrap_or(usize::MAX) > there {
            anomalies.push(Anomaly::XrefEntry(at));
            count = u32::try_from(there).unwrap_or(0);
        }
        table.subsections.push(Subsection {
            first,
            count,
            rows: Rows::Binary { data: data.clone(), at: used, widths: parsed },
        });
        used += usize::try_from(count).unwrap_or(0) * row;
    }
    table.settle(at, anomalies)?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(source: &'static [u8]) -> (Table, Input, Vec<Anomaly>) {
        let file = Input::from(source);
        let mut anomalies = Vec::new();
        let (table, end) = parse_table(&file, 0, 0, &mut anomalies).unwrap();
        assert!(file.has(end, b"trailer"));
        (table, file, anomalies)
    }

    #[test]
    fn entries_are_found_by_number_across_subsections() {
        let (table, file, anomalies) =
            table(b"0 1\n0000000000 65535 f \n4 2\n0000000017 00000 n \n0000000099 00002 n \ntrailer");
        assert_eq!(table.entry(&file, 0), Some(XrefEntry::Free));
        assert_eq!(table.entry(&file, 3), None);
        assert_eq!(table.entry(&file, 5), Some(XrefEntry::InUse { offset: 99, generation: 2 }));
        assert_eq!(table.entry(&file, 6), None);
        assert_eq!(table.end(), 6);
        assert!(anomalies.is_empty());
    }

    #[test]
    fn entries_of_nineteen_bytes_are_read_and_reported() {
        let (table, file, anomalies) = table(b"0 2\n0000000000 65535 f\n0000000017 00000 n\ntrailer");
        assert_eq!(table.entry(&file, 1), Some(XrefEntry::InUse { offset: 17, generation: 0 }));
        assert_eq!(anomalies, [Anomaly::XrefEntry(4)]);
    }

    #[test]
    fn a_table_that_begins_at_one_is_shifted_and_reported() {
        let (table, file, anomalies) = table(b"1 2\n0000000000 65535 f \n0000000017 00000 n \ntrailer");
        assert_eq!(table.entry(&file, 1), Some(XrefEntry::InUse { offset: 17, generation: 0 }));
        assert_eq!(anomalies, [Anomaly::XrefOffByOne(0)]);
    }

    #[test]
    fn subsections_out_of_order_are_found_and_overlapping_ones_reported() {
        let (table, file, anomalies) = table(b"4 1\n0000000044 00000 n \n2 1\n0000000022 00000 n \ntrailer");
        assert_eq!(table.entry(&file, 2), Some(XrefEntry::InUse { offset: 22, generation: 0 }));
        assert_eq!(table.entry(&file, 4), Some(XrefEntry::InUse { offset: 44, generation: 0 }));
        assert!(anomalies.is_empty());
        let (table, file, anomalies) = super::tests::table(
            b"2 2\n0000000022 00000 n \n0000000033 00000 n \n3 1\n0000000099 00000 n \ntrailer",
        );
        assert_eq!(table.entry(&file, 3), Some(XrefEntry::InUse { offset: 99, generation: 0 }));
        assert_eq!(anomalies, [Anomaly::OverlappingSubsections(0)]);
    }

    #[test]
    fn in_use_at_zero_is_free() {
        let (table, file, _) = table(b"0 1\n0000000000 00000 n \ntrailer");
        assert_eq!(table.entry(&file, 0), Some(XrefEntry::Free));
    }

    #[test]
    fn a_stream_without_rows_may_have_no_widths() {
        let dict = |source: &'static [u8]| {
            let object = crate::pdf::parse_object(&Bytes::from_static(source)).unwrap();
            object.as_dict().unwrap().clone()
        };
        let empty = dict(b"<</Type/XRef/Size 9/W[0 0 0]/Index[]>>");
        let mut anomalies = Vec::new();
        let table = parse_stream(&empty, &Bytes::new(), 0, 0, &mut anomalies).unwrap();
        assert_eq!((table.end(), anomalies.len()), (0, 0));
        assert!(parse_stream(&empty, &Bytes::from_static(b"rows"), 0, 0, &mut anomalies).is_err());
        let announced = dict(b"<</Type/XRef/Size 9/W[0 0 0]>>");
        let table = parse_stream(&announced, &Bytes::new(), 7, 0, &mut anomalies).unwrap();
        assert_eq!((table.entry(&Input::from(b""), 3), anomalies), (None, vec![Anomaly::XrefEntry(7)]));
    }

    #[test]
    fn huge_counts_are_refused_without_reserving() {
        let file = Input::from(b"0 4294967295\n0000000000 65535 f \ntrailer");
        let result = parse_table(&file, 0, 0, &mut Vec::new());
        assert_eq!(result.unwrap_err(), Error::Limit { limit: "object number" });
    }
}
