//! A bounded reader of BER, the encoding that CMS from other makers may use (X.690).
//!
//! The `der` crate refuses indefinite lengths, constructed octet strings and unsorted sets, all of
//! which stand in honest signatures made by older tools. This reader takes them, keeps the bytes of
//! every element as they were written (signatures are computed over those), and re-encodes as DER
//! only on demand.

use std::borrow::Cow;

use der::asn1::ObjectIdentifier;
use thiserror::Error;

/// Deepest nesting of elements that is followed.
const DEPTH_MAX: usize = 40;
/// Most children that one element may have.
const CHILDREN_MAX: usize = 20_000;
/// Most elements that are visited to find the end of one element of indefinite length.
const ELEMENTS_MAX: usize = 400_000;

/// Why bytes are not BER, with the offset from the start of the element that was read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum BerError {
    /// The bytes end before the element does.
    #[error("ASN.1 element is cut off: {needed} bytes are declared, {present} are there")]
    Truncated {
        /// Bytes that the header declares.
        needed: usize,
        /// Bytes that are left.
        present: usize,
    },
    /// A length that is not allowed or does not fit this machine.
    #[error("ASN.1 length is malformed or too large")]
    Length,
    /// A tag that is not allowed here.
    #[error("ASN.1 tag is malformed")]
    Tag,
    /// Nesting or number of elements is beyond the limits.
    #[error("ASN.1 structure is deeper or larger than the limits")]
    Limit,
    /// Another type was expected.
    #[error("ASN.1 {expected} expected")]
    Expected {
        /// What was expected.
        expected: &'static str,
    },
}

/// Class and number of an element; the constructed bit is kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag {
    class: u8,
    number: u32,
}

impl Tag {
    pub(crate) const INTEGER: Tag = Tag::universal(2);
    pub(crate) const OCTET_STRING: Tag = Tag::universal(4);
    pub(crate) const OID: Tag = Tag::universal(6);
    pub(crate) const SEQUENCE: Tag = Tag::universal(16);
    pub(crate) const SET: Tag = Tag::universal(17);
    pub(crate) const UTC_TIME: Tag = Tag::universal(23);
    pub(crate) const GENERALIZED_TIME: Tag = Tag::universal(24);

    const fn universal(number: u32) -> Tag {
        Tag { class: 0, number }
    }

    /// The context-specific tag `[number]`.
    pub(crate) const fn context(number: u32) -> Tag {
        Tag { class: 2, number }
    }
}

/// One element, borrowed from the bytes it was read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    tag: Tag,
    constructed: bool,
    raw: &'a [u8],
    content: &'a [u8],
}

struct Header {
    tag: Tag,
    constructed: bool,
    header_len: usize,
    /// `None`: indefinite.
    length: Option<usize>,
}

fn read_header(input: &[u8]) -> Result<Header, BerError> {
    let short = |needed| BerError::Truncated { needed, present: input.len() };
    let first = *input.first().ok_or_else(|| short(2))?;
    let mut position = 1;
    let mut number = u32::from(first & 0x1f);
    if number == 0x1f {
        number = 0;
        loop {
            let byte = *input.get(position).ok_or_else(|| short(position + 1))?;
            position += 1;
            if number > u32::MAX >> 7 {
                return Err(BerError::Tag);
            }
            number = number << 7 | u32::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
    }
    let length_byte = *input.get(position).ok_or_else(|| short(position + 1))?;
    position += 1;
    let length = match length_byte {
        0x80 => None,
        0..=0x7f => Some(usize::from(length_byte)),
        _ => {
            let count = usize::from(length_byte & 0x7f);
            let octets = input.get(position..position + count).ok_or_else(|| short(position + count))?;
            position += count;
            let mut value = 0usize;
            for byte in octets {
                if value > usize::MAX >> 9 {
                    return Err(BerError::Length);
                }
                value = value << 8 | usize::from(*byte);
            }
            Some(value)
        }
    };
    let constructed = first & 0x20 != 0;
    if length.is_none() && !constructed {
        return Err(BerError::Length);
    }
    Ok(Header { tag: Tag { class: first >> 6, number }, constructed, header_len: position, length })
}

/// The length of the content of an element of indefinite length, without its end mark.
fn indefinite_content_len(input: &[u8], depth: usize, budget: &mut usize) -> Result<usize, BerError> {
    if depth > DEPTH_MAX {
        return Err(BerError::Limit);
    }
    let mut position = 0;
    loop {
        *budget = budget.checked_sub(1).ok_or(BerError::Limit)?;
        let rest = input.get(position..).unwrap_or_default();
        if rest.starts_with(&[0, 0]) {
            return Ok(position);
        }
        let header = read_header(rest)?;
        let body = rest.get(header.header_len..).unwrap_or_default();
        position += header.header_len
            + match header.length {
                Some(length) if length <= body.len() => length,
                Some(length) => return Err(BerError::Truncated { needed: length, present: body.len() }),
                None => indefinite_content_len(body, depth + 1, budget)? + 2,
            };
    }
}

impl<'a> Element<'a> {
    /// Reads the first element of `input`; the second value is what follows it.
    ///
    /// # Errors
    /// When the bytes are not BER or pass the limits of nesting and count.
    pub(crate) fn read(input: &'a [u8]) -> Result<(Element<'a>, &'a [u8]), BerError> {
        let header = read_header(input)?;
        let body = input.get(header.header_len..).unwrap_or_default();
        let (content_len, end_len) = match header.length {
            Some(length) => (length, 0),
            None => {
                let mut budget = ELEMENTS_MAX;
                (indefinite_content_len(body, 0, &mut budget)?, 2)
            }
        };
        let Some(content) = body.get(..content_len) else {
            return Err(BerError::Truncated { needed: content_len, present: body.len() });
        };
        let (raw, rest) = input.split_at((header.header_len + content_len + end_len).min(input.len()));
        Ok((Element { tag: header.tag, constructed: header.constructed, raw, content }, rest))
    }

    /// Reads an element that fills `input` entirely.
    ///
    /// # Errors
    /// As [`Element::read`], and when bytes follow the element.
    pub(crate) fn read_all(input: &'a [u8]) -> Result<Element<'a>, BerError> {
        match Element::read(input)? {
            (element, []) => Ok(element),
            _ => Err(BerError::Length),
        }
    }

    pub(crate) fn is(&self, tag: Tag) -> bool {
        self.tag == tag
    }

    /// The whole element as it was written.
    pub(crate) fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// The content as it was written (for an indefinite length: without the end mark).
    pub(crate) fn content(&self) -> &'a [u8] {
        self.content
    }

    pub(crate) fn expect(self, tag: Tag, expected: &'static str) -> Result<Element<'a>, BerError> {
        if self.tag == tag { Ok(self) } else { Err(BerError::Expected { expected }) }
    }

    /// The elements inside a constructed one.
    pub(crate) fn children(&self) -> Result<Vec<Element<'a>>, BerError> {
        if !self.constructed {
            return Err(BerError::Expected { expected: "constructed element" });
        }
        let mut rest = self.content;
        let mut found = Vec::new();
        while !rest.is_empty() {
            if found.len() >= CHILDREN_MAX {
                return Err(BerError::Limit);
            }
            let (child, after) = Element::read(rest)?;
            found.push(child);
            rest = after;
        }
        Ok(found)
    }

    /// The bytes of an octet string, whose parts may be written apart (X.690, 8.7.3).
    pub(crate) fn octets(&self) -> Result<Cow<'a, [u8]>, BerError> {
        if !self.constructed {
            return Ok(Cow::Borrowed(self.content));
        }
        let mut joined = Vec::new();
        self.join_octets(&mut joined, 0)?;
        Ok(Cow::Owned(joined))
    }

    fn join_octets(&self, joined: &mut Vec<u8>, depth: usize) -> Result<(), BerError> {
        if depth > DEPTH_MAX {
            return Err(BerError::Limit);
        }
        if !self.constructed {
            joined.extend_from_slice(self.content);
            return Ok(());
        }
        for part in self.children()? {
            part.expect(Tag::OCTET_STRING, "OCTET STRING")?.join_octets(joined, depth + 1)?;
        }
        Ok(())
    }

    /// The object identifier of this element.
    pub(crate) fn oid(&self) -> Result<ObjectIdentifier, BerError> {
        let element = self.expect(Tag::OID, "OBJECT IDENTIFIER")?;
        ObjectIdentifier::from_bytes(element.content)
            .map_err(|_| BerError::Expected { expected: "OBJECT IDENTIFIER" })
    }

    /// A small number, as versions and salt lengths are.
    pub(crate) fn small_integer(&self) -> Result<i64, BerError> {
        let element = self.expect(Tag::INTEGER, "INTEGER")?;
        match element.content {
            [first, rest @ ..] if rest.len() < 8 => {
                let start = i64::from(first.cast_signed());
                Ok(rest.iter().fold(start, |value, byte| value << 8 | i64::from(*byte)))
            }
            _ => Err(BerError::Expected { expected: "INTEGER of at most 8 bytes" }),
        }
    }

    /// Seconds since 1970 of a `UTCTime` or `GeneralizedTime`.
    pub(crate) fn unix_time(&self) -> Result<i64, BerError> {
        let wrong = BerError::Expected { expected: "UTCTime or GeneralizedTime" };
        let text = std::str::from_utf8(self.content).map_err(|_| wrong.clone())?;
        match self.tag {
            Tag::UTC_TIME => parse_utc_time(text),
            Tag::GENERALIZED_TIME => parse_generalized_time(text),
            _ => None,
        }
        .ok_or(wrong)
    }

    /// The element in DER: definite lengths, primitive octet strings, sorted sets.
    pub(crate) fn der(&self) -> Result<Vec<u8>, BerError> {
        let mut out = Vec::with_capacity(self.raw.len());
        self.write_der(&mut out, 0)?;
        Ok(out)
    }

    fn write_der(&self, out: &mut Vec<u8>, depth: usize) -> Result<(), BerError> {
        if depth > DEPTH_MAX {
            return Err(BerError::Limit);
        }
        let first = *self.raw.first().ok_or(BerError::Tag)?;
        if !self.constructed || self.tag == Tag::OCTET_STRING {
            let octets = self.octets()?;
            write_tlv(out, first & !0x20, &octets);
            return Ok(());
        }
        let mut parts = Vec::new();
        for child in self.children()? {
            let mut part = Vec::new();
            child.write_der(&mut part, depth + 1)?;
            parts.push(part);
        }
        if self.tag == Tag::SET {
            parts.sort();
        }
        write_tlv(out, first, &parts.concat());
        Ok(())
    }
}

/// Appends identifier octet, definite length and content.
pub(crate) fn write_tlv(out: &mut Vec<u8>, identifier: u8, content: &[u8]) {
    out.push(identifier);
    let length = content.len();
    if length < 0x80 {
        #[expect(clippy::cast_possible_truncation, reason = "below 128")]
        out.push(length as u8);
    } else {
        let bytes = length.to_be_bytes();
        let skipped = bytes.iter().take_while(|byte| **byte == 0).count();
        let significant = bytes.get(skipped..).unwrap_or_default();
        #[expect(clippy::cast_possible_truncation, reason = "at most 8 length bytes")]
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    out.extend_from_slice(content);
}

/// A SET OF in DER: elements sorted by their encodings.
pub(crate) fn der_set(content: &[Vec<u8>]) -> Vec<u8> {
    let mut sorted = content.to_vec();
    sorted.sort();
    let mut out = Vec::new();
    write_tlv(&mut out, 0x31, &sorted.concat());
    out
}

fn digits(text: &str, range: std::ops::Range<usize>) -> Option<i64> {
    let part = text.get(range)?;
    if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    part.parse().ok()
}

fn parse_utc_time(text: &str) -> Option<i64> {
    let short_year = digits(text, 0..2)?;
    let year = if short_year < 50 { 2000 + short_year } else { 1900 + short_year };
    clock_time(year, text.get(2..)?)
}

fn parse_generalized_time(text: &str) -> Option<i64> {
    clock_time(digits(text, 0..4)?, text.get(4..)?)
}

/// `MMDDhhmm[ss[.f…]][Z|±hhmm]`; a time without zone is taken as UTC.
fn clock_time(year: i64, text: &str) -> Option<i64> {
    let (month, day) = (digits(text, 0..2)?, digits(text, 2..4)?);
    let (hour, minute) = (digits(text, 4..6)?, digits(text, 6..8)?);
    let mut position = 8;
    let mut second = 0;
    if let Some(value) = digits(text, 8..10) {
        second = value;
        position = 10;
    }
    let mut rest = text.get(position..)?;
    if let Some(fraction) = rest.strip_prefix(['.', ',']) {
        rest = fraction.trim_start_matches(|letter: char| letter.is_ascii_digit());
    }
    let offset = match rest.as_bytes() {
        [] | [b'Z'] => 0,
        [sign @ (b'+' | b'-'), ..] => {
            let seconds = digits(rest, 1..3)? * 3600 + digits(rest, 3..5).unwrap_or(0) * 60;
            if *sign == b'+' { seconds } else { -seconds }
        }
        _ => return None,
    };
    unix_seconds(year, month, day, hour, minute, second.min(59)).map(|time| time - offset)
}

/// Seconds since 1970 of a civil time in UTC.
pub(crate) fn unix_seconds(
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
) -> Option<i64> {
    let civil = jiff::civil::DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        0,
    )
    .ok()?;
    Some(jiff::tz::Offset::UTC.to_timestamp(civil).ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indefinite_sequence_ends_at_its_end_mark() {
        let input = [0x30, 0x80, 0x24, 0x80, 0x04, 1, b'a', 0x04, 1, b'b', 0, 0, 0x02, 1, 5, 0, 0, 0xff];
        let (element, rest) = Element::read(&input).unwrap();
        assert_eq!(rest, [0xff]);
        assert_eq!(element.raw().len(), input.len() - 1);
        let children = element.children().unwrap();
        assert_eq!(children.len(), 2);
        assert_eq!(children[0].octets().unwrap().as_ref(), b"ab");
        assert_eq!(children[1].small_integer().unwrap(), 5);
        assert_eq!(element.der().unwrap(), [0x30, 7, 0x04, 2, b'a', b'b', 0x02, 1, 5]);
    }

    #[test]
    fn sets_are_sorted_in_der() {
        let element = Element::read_all(&[0x31, 6, 0x02, 1, 9, 0x02, 1, 3]).unwrap();
        assert_eq!(element.der().unwrap(), [0x31, 6, 0x02, 1, 3, 0x02, 1, 9]);
    }

    #[test]
    fn deep_nesting_is_refused_without_running_out_of_stack() {
        let input: Vec<u8> = [0x30, 0x80].repeat(100_000);
        assert_eq!(Element::read(&input).unwrap_err(), BerError::Limit);
    }

    #[test]
    fn a_declared_length_beyond_the_bytes_is_refused() {
        assert!(matches!(
            Element::read(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]),
            Err(BerError::Truncated { .. })
        ));
        assert_eq!(
            Element::read(&[0x30, 0x89, 255, 255, 255, 255, 255, 255, 255, 255, 255]).unwrap_err(),
            BerError::Length
        );
    }

    #[test]
    fn times_of_both_kinds_are_read() {
        assert_eq!(parse_utc_time("700101000000Z"), Some(0));
        assert_eq!(parse_utc_time("491231235959Z"), unix_seconds(2049, 12, 31, 23, 59, 59));
        assert_eq!(parse_generalized_time("20261122000157.25Z"), unix_seconds(2026, 11, 22, 0, 1, 57));
        assert_eq!(parse_generalized_time("20261122070157+0700"), unix_seconds(2026, 11, 22, 0, 1, 57));
        assert_eq!(parse_utc_time("9913"), None);
    }

    #[test]
    fn negative_and_wide_integers_are_told_apart() {
        assert_eq!(Element::read_all(&[2, 1, 0xff]).unwrap().small_integer(), Ok(-1));
        assert!(Element::read_all(&[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap().small_integer().is_err());
    }
}
