//! From bytes to objects. One strict reading; a malformed number is kept as its bytes. What other readers pass over
//! within a dictionary (a word that is no value, a value without key) is passed over and the dictionary called
//! irregular; all else is an error.

use std::cell::Cell;

use bytes::Bytes;

use super::error::Error;
use super::limits::{CONTAINER_ITEMS_MAX, NESTING_DEPTH_MAX};
use super::object::{Array, Dict, Entry, Name, Object, PdfString, Real, Ref, Span, decode_name};

/// White space of ISO 32000-1 Table 1.
pub(crate) fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | 0 | 0x0C)
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

pub(crate) fn is_regular(byte: u8) -> bool {
    !is_white(byte) && !is_delimiter(byte)
}

/// The one object that a piece of source holds; spans count from its start.
///
/// # Errors
/// [`Error::Syntax`], or [`Error::Limit`].
pub fn parse_object(source: &Bytes) -> Result<Object, Error> {
    Lexer::new(source, 0).object().map(|(object, _)| object)
}

/// A position in a buffer.
pub(crate) struct Lexer<'b> {
    buffer: &'b Bytes,
    /// Where the buffer begins in the file; positions and spans count from the file's first byte.
    base: usize,
    /// The file goes on behind the buffer.
    more: bool,
    /// What follows the buffer could have changed what was read.
    short: Cell<bool>,
    /// The next byte to be read.
    pub(crate) pos: usize,
    depth: usize,
    /// Dictionaries around what is read now.
    dicts: usize,
    /// Something was passed over in an array since the dictionary around it began.
    passed_over: bool,
    /// The highest object number that a reference named so far.
    pub(crate) mentioned: u32,
    /// A dictionary that was read, or one inside it, is irregular.
    pub(crate) irregular: bool,
}

/// Bytes that are looked at behind a position at most, but for runs that end where they end.
const LOOKAHEAD_BYTES: usize = 32;

/// Words that end whatever is being read: an object that reaches them was never closed.
const FENCES: [&[u8]; 7] = [b"endobj", b"obj", b"endstream", b"stream", b"xref", b"trailer", b"startxref"];

impl<'b> Lexer<'b> {
    pub(crate) fn new(buffer: &'b Bytes, pos: usize) -> Self {
        let mut lexer = Self::in_window(buffer, 0, false);
        lexer.pos = pos.min(buffer.len());
        lexer
    }

    /// A lexer at the beginning of a window of a file, which begins at `base` and behind which the file may go on.
    pub(crate) fn in_window(buffer: &'b Bytes, base: usize, more: bool) -> Self {
        let short = Cell::new(false);
        Self {
            buffer,
            base,
            more,
            short,
            pos: base,
            depth: 0,
            dicts: 0,
            passed_over: false,
            mentioned: 0,
            irregular: false,
        }
    }

    /// Whether it came so near the end of its window that it must read again in a larger one.
    pub(crate) fn ran_short(&self) -> bool {
        self.short.get()
    }

    /// The end of the buffer counted for something.
    fn touch_end(&self) {
        if self.more {
            self.short.set(true);
        }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        let byte = self.buffer.get(self.pos - self.base).copied();
        if byte.is_none() {
            self.touch_end();
        }
        byte
    }

    /// What follows. Whoever looks further than [`LOOKAHEAD_BYTES`] says himself when he reaches the end.
    pub(crate) fn rest(&self) -> &'b [u8] {
        let rest = self.buffer.get(self.pos - self.base..).unwrap_or_default();
        if rest.len() < LOOKAHEAD_BYTES {
            self.touch_end();
        }
        rest
    }

    /// How many bytes from here are neither white space nor delimiters.
    fn regular_run(&self) -> usize {
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| is_regular(**byte)).count();
        if length == rest.len() {
            self.touch_end();
        }
        length
    }

    fn slice(&self, span: Span) -> Bytes {
        self.buffer.slice(span.start - self.base..span.end - self.base)
    }

    fn fail<T>(&self, expected: &'static str) -> Result<T, Error> {
        Err(Error::Syntax { offset: self.pos, expected })
    }

    /// Skips white space and comments.
    pub(crate) fn skip_white(&mut self) {
        while let Some(byte) = self.peek() {
            if is_white(byte) {
                self.pos += 1;
            } else if byte == b'%' {
                let rest = self.rest();
                self.pos += memchr::memchr2(b'\n', b'\r', rest).unwrap_or_else(|| {
                    self.touch_end();
                    rest.len()
                });
            } else {
                return;
            }
        }
    }

    /// Skips exactly this keyword, if it stands here and ends here.
    pub(crate) fn eat_keyword(&mut self, keyword: &[u8]) -> bool {
        let rest = self.rest();
        let ends = rest.get(keyword.len()).is_none_or(|byte| !is_regular(*byte));
        if rest.starts_with(keyword) && ends {
            self.pos += keyword.len();
            return true;
        }
        false
    }

    /// An unsigned decimal integer, at most `digits_max` digits.
    pub(crate) fn eat_unsigned(&mut self, digits_max: usize) -> Option<u64> {
        let rest = self.rest();
        let count = rest.iter().take(digits_max + 1).take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 || count > digits_max {
            return None;
        }
        let value = rest[..count]
            .iter()
            .fold(0_u64, |value, digit| value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')));
        self.pos += count;
        Some(value)
    }

    /// `number generation obj`.
    pub(crate) fn eat_object_header(&mut self) -> Option<Ref> {
        let start = self.pos;
        let header = self.try_header();
        if header.is_none() {
            self.pos = start;
        }
        header
    }

    fn try_header(&mut self) -> Option<Ref> {
        self.skip_white();
        let number = u32::try_from(self.eat_unsigned(10)?).ok()?;
        if !self.peek().is_some_and(is_white) {
            return None;
        }
        self.skip_white();
        let generation = u16::try_from(self.eat_unsigned(5)?).ok()?;
        self.skip_white();
        // `obj` may be followed at once by the object, even by a number.
        if !self.rest().starts_with(b"obj") {
            return None;
        }
        self.pos += 3;
        Some(Ref { number, generation })
    }

    /// The next object with its place. References are recognised, streams are not.
    pub(crate) fn object(&mut self) -> Result<(Object, Span), Error> {
        self.skip_white();
        let start = self.pos;
        let object = match self.peek() {
            None => return self.fail("an object, not the end of the data"),
            Some(b'/') => Object::Name(self.name()?),
            Some(b'(') => Object::String(self.literal()?),
            Some(b'[') => Object::Array(self.nested(Self::array)?),
            Some(b'<') if self.rest().starts_with(b"<<") => Object::Dict(self.nested(Self::dict)?),
            Some(b'<') => Object::String(self.hex()?),
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => self.number(),
            Some(_) if self.eat_keyword(b"null") => Object::Null,
            Some(_) if self.eat_keyword(b"true") => Object::Bool(true),
            Some(_) if self.eat_keyword(b"false") => Object::Bool(false),
            Some(_) => return self.fail("an object"),
        };
        Ok((object, start..self.pos))
    }

    fn nested<T>(&mut self, parse: fn(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth >= NESTING_DEPTH_MAX {
            return Err(Error::Limit { limit: "nesting of arrays and dictionaries" });
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    fn name(&mut self) -> Result<Name, Error> {
        if self.peek() != Some(b'/') {
            return self.fail("a name");
        }
        let start = self.pos + 1;
        self.pos = start;
        self.pos += self.regular_run();
        let raw = self.slice(start..self.pos);
        Ok(Name(if raw.contains(&b'#') { Bytes::from(decode_name(&raw)) } else { raw }))
    }

    fn literal(&mut self) -> Result<PdfString, Error> {
        let start = self.pos;
        let mut open = 0_usize;
        let mut at = start;
        while let Some(&byte) = self.buffer.get(at - self.base) {
            at += 1;
            match byte {
                b'\\' => at += 1,
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        self.pos = at;
                        return Ok(PdfString { source: self.slice(start..at) });
                    }
                }
                _ => {}
            }
        }
        self.touch_end();
        self.fail("a closing parenthesis")
    }

    fn hex(&mut self) -> Result<PdfString, Error> {
        let start = self.pos;
        match memchr::memchr(b'>', self.rest()) {
            // One that runs into other syntax was never closed; readers differ in where they see its end.
            Some(length) if memchr::memchr3(b'<', b'/', b'(', &self.rest()[1..length]).is_none() => {
                self.pos = start + length + 1;
                Ok(PdfString { source: self.slice(start..self.pos) })
            }
            None => {
                self.touch_end();
                self.fail("a closing angle bracket")
            }
            _ => self.fail("a closing angle bracket"),
        }
    }

    fn array(&mut self) -> Result<Array, Error> {
        let start = self.pos;
        self.pos += 1;
        let mut items = Vec::new();
        loop {
            self.skip_white();
            if self.peek() == Some(b']') {
                self.pos += 1;
                return Ok(Array { items, span: start..self.pos });
            }
            if items.len() >= CONTAINER_ITEMS_MAX {
                return Err(Error::Limit { limit: "length of an array" });
            }
            match self.object() {
                Err(Error::Syntax { .. }) if self.dicts > 0 && self.pass_over() => {
                    self.passed_over = true;
                    items.push((Object::Null, self.pos..self.pos));
                }
                item => items.push(item?),
            }
        }
    }

    /// Skips a word that is no object, or a stray delimiter; not the end of what is read.
    fn pass_over(&mut self) -> bool {
        let length = self.regular_run();
        let word = &self.rest()[..length];
        if FENCES.contains(&word) {
            return false;
        }
        match self.peek() {
            Some(b')' | b'{' | b'}') => self.pos += 1,
            Some(_) if length > 0 => self.pos += length,
            _ => return false,
        }
        true
    }

    /// A dictionary; `self` stands on `<<`.
    fn dict(&mut self) -> Result<Dict, Error> {
        let start = self.pos;
        self.pos += 2;
        let mut entries: Vec<Entry> = Vec::new();
        let mut irregular = false;
        let mut without_key = 0;
        self.dicts += 1;
        let around = std::mem::take(&mut self.passed_over);
        loop {
            self.skip_white();
            if self.rest().starts_with(b">>") {
                self.pos += 2;
                self.dicts -= 1;
                irregular |= std::mem::replace(&mut self.passed_over, around) || has_doubled_key(&entries);
                self.irregular |= irregular;
                return Ok(Dict { entries, span: start..self.pos, irregular });
            }
            if entries.len() + without_key >= CONTAINER_ITEMS_MAX {
                return Err(Error::Limit { limit: "length of a dictionary" });
            }
            if self.peek() != Some(b'/') {
                self.value_or_word()?;
                without_key += 1;
                irregular = true;
                continue;
            }
            let key_start = self.pos;
            let key = self.name()?;
            let key_span = key_start..self.pos;
            self.skip_white();
            let (value, value_span) = if self.rest().starts_with(b">>") {
                irregular = true;
                (Object::Null, self.pos..self.pos)
            } else {
                let before = self.pos;
                match self.value_or_word()? {
                    Some(value) => value,
                    None => {
                        irregular = true;
                        (Object::Null, before..self.pos)
                    }
                }
            };
            entries.push(Entry { key, value, key_span, value_span });
        }
    }

    /// The next object; none for something that is none and was passed over.
    fn value_or_word(&mut self) -> Result<Option<(Object, Span)>, Error> {
        let before = self.pos;
        match self.object() {
            // Not something that broke off in its depth.
            Err(Error::Syntax { offset, .. })
                if offset == before && self.pos == before && self.pass_over() =>
            {
                Ok(None)
            }
            value => value.map(Some),
        }
    }

    fn number(&mut self) -> Object {
        let start = self.pos;
        let length = self.regular_run();
        let token = &self.rest()[..length];
        self.pos = start + length;
        let Some(value) = parse_integer(token) else {
            return Object::Real(Real(self.slice(start..self.pos)));
        };
        if token[0].is_ascii_digit()
            && let Ok(number) = u32::try_from(value)
        {
            let after = self.pos;
            if let Some(generation) = self.reference_tail() {
                self.mentioned = self.mentioned.max(number);
                return Object::Ref(Ref { number, generation });
            }
            self.pos = after;
        }
        Object::Integer(value)
    }

    fn reference_tail(&mut self) -> Option<u16> {
        let before = self.pos;
        self.skip_white();
        if self.pos == before {
            return None;
        }
        let generation = u16::try_from(self.eat_unsigned(5)?).ok()?;
        let before = self.pos;
        self.skip_white();
        (self.pos > before && self.eat_keyword(b"R")).then_some(generation)
    }
}

fn parse_integer(token: &[u8]) -> Option<i64> {
    std::str::from_utf8(token).ok()?.parse().ok()
}

fn has_doubled_key(entries: &[Entry]) -> bool {
    if entries.len() < 32 {
        return entries
            .iter()
            .enumerate()
            .any(|(index, entry)| entries[..index].iter().any(|earlier| earlier.key == entry.key));
    }
    let mut keys: Vec<&Name> = entries.iter().map(|entry| &entry.key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(source: &[u8]) -> Result<Object, Error> {
        let buffer = Bytes::copy_from_slice(source);
        Lexer::new(&buffer, 0).object().map(|(object, _)| object)
    }

    #[test]
    fn values_keep_their_places() {
        let buffer = Bytes::from_static(b" <</A 1/B[ 2 0 R (x\\)y)]/C<41>>> ");
        let (object, span) = Lexer::new(&buffer, 0).object().unwrap();
        assert_eq!(span, 1..buffer.len() - 1);
        let dict = object.as_dict().unwrap();
        assert_eq!(&buffer[dict.entry(b"B").unwrap().value_span.clone()], b"[ 2 0 R (x\\)y)]");
        let array = dict.get(b"B").unwrap().as_array().unwrap();
        assert_eq!(array.get(0).unwrap().as_ref(), Some(Ref::new(2)));
        assert_eq!(array.get(1).unwrap().as_string().unwrap().bytes(), &b"x)y"[..]);
        assert_eq!(&buffer[dict.entry(b"C").unwrap().value_span.clone()], b"<41>");
    }

    #[test]
    fn a_hexadecimal_string_ends_before_other_syntax() {
        assert!(parse(b"<</A<41 42\n4>/B 1>>").is_ok());
        for unclosed in [&b"<</A<41/B<</C 2>>>>"[..], b"<</A<41(x)>>>", b"<41<42>"] {
            assert!(parse(unclosed).is_err(), "{}", String::from_utf8_lossy(unclosed));
        }
    }

    #[test]
    fn numbers_are_not_references_by_accident() {
        assert!(parse(b"[1 0 2 0 R 3 4 Rx]").is_err(), "Rx is no keyword");
        let array = parse(b"[1 0 2 0 R -3 +4 .5 5. 1 0]").unwrap();
        let array = array.as_array().unwrap();
        assert_eq!(array.len(), 9);
        assert_eq!(array.get(2).unwrap().as_ref(), Some(Ref::new(2)));
        assert_eq!(array.get(3).unwrap().as_integer(), Some(-3));
        assert_eq!(array.get(4).unwrap().as_integer(), Some(4));
        assert_eq!(array.get(5).unwrap().as_number(), Some(0.5));
    }

    #[test]
    fn a_doubled_key_is_noticed_and_its_last_value_counts() {
        let dict = parse(b"<</A 1/A 2>>").unwrap();
        let dict = dict.as_dict().unwrap();
        assert!(dict.irregular);
        assert_eq!(dict.get(b"A").unwrap().as_integer(), Some(2));
        assert!(parse(b"<</A /B /C>>").unwrap().as_dict().unwrap().irregular);
    }

    #[test]
    fn what_has_no_place_in_a_dictionary_is_passed_over_and_noticed() {
        for source in [
            &b"<</A foo/B 2>>"[..],
            b"<</A 1 5 6/B 2>>",
            b"<</A 1 bar/B 2>>",
            b"<</A 1/B 2 )>>",
            b"<</A[1 foo]/B 2>>",
            b"<</A 1(x)[2]/B 2>>",
        ] {
            let dict = parse(source).unwrap();
            let dict = dict.as_dict().unwrap();
            assert_eq!(dict.get(b"B").unwrap().as_integer(), Some(2), "{source:?}");
            assert!(dict.irregular, "{source:?}");
        }
        for source in
            [&b"<</A 1 endobj"[..], b"<</A endobj>>", b"<</A[1 stream]>>", b"<</A 1]>>", b"<</A(x>>"]
        {
            assert!(parse(source).is_err(), "{source:?}");
        }
        let inner = parse(b"<</A<</C[x]>>/B 2>>").unwrap();
        assert!(!inner.as_dict().unwrap().irregular, "only the one it stands in");
        assert!(inner.as_dict().unwrap().get(b"A").unwrap().as_dict().unwrap().irregular);
    }

    #[test]
    fn nesting_has_a_limit() {
        let deep = vec![b'['; 100_000];
        assert_eq!(parse(&deep).unwrap_err(), Error::Limit { limit: "nesting of arrays and dictionaries" });
    }

    #[test]
    fn truncated_input_is_an_error_and_never_a_panic() {
        for source in [&b"("[..], b"(\\", b"<", b"<<", b"<</", b"<</A", b"[", b"/", b"", b"%", b"<</A 1"] {
            let _ = parse(source);
        }
        assert!(parse(b"(a").is_err());
        assert!(parse(b"<</A 1").is_err());
    }
}
