//! PDF objects as they stand in the source: every value knows its bytes, nothing is normalised.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use bytes::Bytes;

/// Bytes from..to in the buffer the object was read from: the file, or a decoded object stream.
pub type Span = Range<usize>;

/// An indirect reference, or the identity of an indirect object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref {
    /// Object number, from 1.
    pub number: u32,
    /// Generation number.
    pub generation: u16,
}

impl Ref {
    /// The object of this number, generation 0.
    pub fn new(number: u32) -> Self {
        Self { number, generation: 0 }
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.generation)
    }
}

/// A name without its slash, `#xx` decoded.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub Bytes);

impl Name {
    /// The decoded bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For messages: bytes that are not UTF-8 are replaced.
    pub fn to_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.to_text())
    }
}

impl PartialEq<[u8]> for Name {
    fn eq(&self, other: &[u8]) -> bool {
        self.0 == other
    }
}

impl<const N: usize> PartialEq<&[u8; N]> for Name {
    fn eq(&self, other: &&[u8; N]) -> bool {
        self.0 == other[..]
    }
}

/// A real number, kept as its source bytes: 595.303937007874 must never become 595.30396.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Real(pub Bytes);

impl Real {
    /// Its value; malformed numbers (such as `--5` or `1.2.3`) have none.
    pub fn value(&self) -> Option<f64> {
        std::str::from_utf8(&self.0).ok()?.parse().ok().filter(|value: &f64| value.is_finite())
    }
}

/// A literal or hexadecimal string, kept with its delimiters and decoded on demand.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PdfString {
    /// The source, from `(` or `<` to the closing delimiter.
    pub source: Bytes,
}

impl PdfString {
    /// Is it written as `<…>`?
    pub fn is_hex(&self) -> bool {
        self.source.first() == Some(&b'<')
    }

    /// The string's bytes, escapes resolved. Not decrypted.
    pub fn bytes(&self) -> Bytes {
        let inner = self.source.slice(1..self.source.len().saturating_sub(1).max(1));
        if self.is_hex() {
            return Bytes::from(decode_hex(&inner));
        }
        if !inner.iter().any(|byte| matches!(byte, b'\\' | b'\r')) {
            return inner;
        }
        Bytes::from(decode_literal(&inner))
    }

    /// The text of a text string: UTF-16BE or UTF-8 with its mark, else PDFDocEncoding (ISO 32000-1 7.9.2.2).
    pub fn to_text(&self) -> String {
        decode_text(&self.bytes())
    }
}

/// An array with the place of each element.
#[derive(Debug, Clone)]
pub struct Array {
    /// The elements with their places.
    pub items: Vec<(Object, Span)>,
    /// From `[` to after `]`.
    pub span: Span,
}

impl Array {
    /// The elements.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Object> + ExactSizeIterator + '_ {
        self.items.iter().map(|(object, _)| object)
    }

    /// The element at this index.
    pub fn get(&self, index: usize) -> Option<&Object> {
        self.items.get(index).map(|(object, _)| object)
    }

    /// How many elements.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// No elements?
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// One key and value of a dictionary, with their places.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key, decoded.
    pub key: Name,
    /// The value.
    pub value: Object,
    /// From the slash of the key to its end.
    pub key_span: Span,
    /// The bytes of the value.
    pub value_span: Span,
}

/// A dictionary in source order.
#[derive(Debug, Clone)]
pub struct Dict {
    /// Its entries as they stand.
    pub entries: Vec<Entry>,
    /// From `<<` to after `>>`.
    pub span: Span,
    /// A key stands twice, or has no value. Of a doubled key the last value counts.
    pub irregular: bool,
}

impl Dict {
    /// A dictionary without entries and without a place.
    pub fn empty() -> Self {
        Self { entries: Vec::new(), span: 0..0, irregular: false }
    }

    /// The value of a key; null counts as absent (ISO 32000-1 7.3.7).
    pub fn get(&self, key: &[u8]) -> Option<&Object> {
        self.entry(key).map(|entry| &entry.value).filter(|value| !matches!(value, Object::Null))
    }

    /// The entry of a key, null values too.
    pub fn entry(&self, key: &[u8]) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key.0 == key)
    }

    /// A direct name value equal to this one?
    pub fn is_name(&self, key: &[u8], name: &[u8]) -> bool {
        matches!(self.get(key), Some(Object::Name(value)) if value.0 == name)
    }
}

/// A stream: its dictionary and where its raw data lie.
#[derive(Debug, Clone)]
pub struct Stream {
    /// The stream dictionary.
    pub dict: Dict,
    /// The raw (encoded) bytes, in the file.
    pub data: Span,
    /// The object it is.
    pub id: Ref,
}

/// Any PDF object.
#[derive(Debug, Clone)]
pub enum Object {
    /// `null`, also what a reference to nothing gives.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer that fits in 64 bits.
    Integer(i64),
    /// Any other number.
    Real(Real),
    /// A name.
    Name(Name),
    /// A string.
    String(PdfString),
    /// An array.
    Array(Array),
    /// A dictionary.
    Dict(Dict),
    /// A stream.
    Stream(Box<Stream>),
    /// An indirect reference.
    Ref(Ref),
}

impl Object {
    /// The integer, if it is one.
    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, integer or real.
    pub fn as_number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "coordinates are far below 2^53")]
            Self::Integer(value) => Some(*value as f64),
            Self::Real(real) => real.value(),
            _ => None,
        }
    }

    /// The name, if it is one.
    pub fn as_name(&self) -> Option<&[u8]> {
        match self {
            Self::Name(name) => Some(name.as_bytes()),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_string(&self) -> Option<&PdfString> {
        match self {
            Self::String(string) => Some(string),
            _ => None,
        }
    }

    /// The array, if it is one.
    pub fn as_array(&self) -> Option<&Array> {
        match self {
            Self::Array(array) => Some(array),
            _ => None,
        }
    }

    /// The dictionary, or the dictionary of a stream.
    pub fn as_dict(&self) -> Option<&Dict> {
        match self {
            Self::Dict(dict) => Some(dict),
            Self::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    /// The reference, if it is one.
    pub fn as_ref(&self) -> Option<Ref> {
        match self {
            Self::Ref(reference) => Some(*reference),
            _ => None,
        }
    }

    /// Is it `null`?
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

fn hex_value(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Hex digits to bytes; an odd last digit is followed by 0, anything else is skipped (ISO 32000-1 7.3.4.3).
pub(crate) fn decode_hex(inner: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len() / 2 + 1);
    let mut high = None;
    for digit in inner.iter().filter_map(|byte| hex_value(*byte)) {
        match high.take() {
            None => high = Some(digit),
            Some(first) => out.push(first << 4 | digit),
        }
    }
    out.extend(high.map(|first| first << 4));
    out
}

/// `#xx` in names; a `#` without two hex digits stands for itself.
pub(crate) fn decode_name(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'#'
            && let [high, low, after @ ..] = tail
            && let (Some(high), Some(low)) = (hex_value(*high), hex_value(*low))
        {
            out.push(high << 4 | low);
            rest = after;
        } else {
            out.push(byte);
        }
    }
    out
}

fn decode_literal(inner: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(inner.len());
    let mut at = 0;
    while let Some(&byte) = inner.get(at) {
        at += 1;
        match byte {
            b'\r' => {
                out.push(b'\n');
                if inner.get(at) == Some(&b'\n') {
                    at += 1;
                }
            }
            b'\\' => {
                let Some(&escaped) = inner.get(at) else { break };
                at += 1;
                match escaped {
                    b'n' => out.push(b'\n'),
                    b'r' => out.push(b'\r'),
                    b't' => out.push(b'\t'),
                    b'b' => out.push(8),
                    b'f' => out.push(12),
                    b'\n' => {}
                    b'\r' => {
                        if inner.get(at) == Some(&b'\n') {
                            at += 1;
                        }
                    }
                    b'0'..=b'7' => {
                        let mut value = u32::from(escaped - b'0');
                        for _ in 0..2 {
                            match inner.get(at) {
                                Some(&digit @ b'0'..=b'7') => {
                                    value = value * 8 + u32::from(digit - b'0');
                                    at += 1;
                                }
                                _ => break,
                            }
                        }
                        // High-order overflow is ignored (ISO 32000-1 7.3.4.2).
                        out.push(value.to_le_bytes()[0]);
                    }
                    other => out.push(other),
                }
            }
            other => out.push(other),
        }
    }
    out
}

/// PDFDocEncoding 0x80..=0xA0 and 0x18..=0x1F, where it differs from Latin-1 (ISO 32000-1 Annex D.3).
const PDF_DOC_HIGH: [char; 33] = [
    '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ',
    'Ł', 'Œ', 'Š', 'Ÿ', 'Ž', 'ı', 'ł', 'œ', 'š', 'ž', '\u{FFFD}', '€',
];
const PDF_DOC_LOW: [char; 8] = ['˘', 'ˇ', 'ˆ', '˙', '˝', '˛', '˚', '˜'];

/// The text of a text string's bytes.
pub fn decode_text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units: Vec<u16> = rest
                .chunks(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        // Not in the standard, but written by some producers and read by all viewers.
        [0xFF, 0xFE, rest @ ..] => {
            let units: Vec<u16> = rest
                .chunks(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]))
                .collect();
            String::from_utf16_lossy(&units)
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes
            .iter()
            .map(|&byte| match byte {
                0x18..=0x1F => PDF_DOC_LOW[usize::from(byte - 0x18)],
                0x80..=0xA0 => PDF_DOC_HIGH[usize::from(byte - 0x80)],
                _ => char::from(byte),
            })
            .collect(),
    }
}

/// A text string's source: a literal when plain printable ASCII, else UTF-16BE with its mark, in hex.
pub fn encode_text(text: &str) -> Vec<u8> {
    if text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
        let mut out = vec![b'('];
        for byte in text.bytes() {
            if matches!(byte, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(byte);
        }
        out.push(b')');
        return out;
    }
    let mut out = b"<FEFF".to_vec();
    for unit in text.encode_utf16() {
        out.extend_from_slice(format!("{unit:04X}").as_bytes());
    }
    out.push(b'>');
    out
}

/// A name's source, with its slash; bytes that are not regular are written as `#xx`.
pub fn encode_name(name: &[u8]) -> Vec<u8> {
    let mut out = vec![b'/'];
    for &byte in name {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'+' | b':' | b'*') {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("#{byte:02X}").as_bytes());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(source: &'static [u8]) -> PdfString {
        PdfString { source: Bytes::from_static(source) }
    }

    #[test]
    fn literal_escapes_are_resolved() {
        assert_eq!(string(b"(a\\(b\\)\\\\\\n\\101\\7z)").bytes(), &b"a(b)\\\nA\x07z"[..]);
        assert_eq!(string(b"(a\\\r\nb\rc\r\nd)").bytes(), &b"ab\nc\nd"[..]);
        assert_eq!(string(b"(a\\").bytes(), &b"a"[..]);
    }

    #[test]
    fn an_odd_hex_digit_is_followed_by_zero() {
        assert_eq!(string(b"<48 65 6C6c6>").bytes(), &b"Hell\x60"[..]);
    }

    #[test]
    fn vietnamese_text_survives_encoding() {
        for text in ["ngày 26 tháng 5 năm 2026", "15", "a(b)\\c", ""] {
            let source = Bytes::from(encode_text(text));
            assert_eq!(PdfString { source }.to_text(), text);
        }
    }

    #[test]
    fn names_survive_encoding() {
        let raw = encode_name("a b#/é".as_bytes());
        assert_eq!(decode_name(&raw[1..]), "a b#/é".as_bytes());
        assert_eq!(decode_name(b"a#4"), b"a#4");
    }

    #[test]
    fn a_real_keeps_its_source_and_a_malformed_one_has_no_value() {
        assert_eq!(Real(Bytes::from_static(b"595.303937007874")).value(), Some(595.303_937_007_874));
        assert_eq!(Real(Bytes::from_static(b"--5")).value(), None);
    }
}
