//! The text that a field's appearance draws, to be compared with the field's value.
//!
//! Only what can be decoded for sure is returned: fonts with ToUnicode, and simple fonts in a named
//! Latin encoding. A glyph without a meaning makes the whole text unknown, never wrong.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use super::form::{Form, Node};
use crate::pdf::{Dict, Object, Stream, View};

/// Longest appearance stream that is read, in bytes.
pub(super) const CONTENT_BYTES_MAX: usize = 1 << 20;
/// Most codes that one ToUnicode map may define.
const CODES_MAX: usize = 70_000;
/// Field flag bit 14: a password is drawn as stars (ISO 32000-2, table 232).
const PASSWORD: i64 = 1 << 13;

/// How value and drawing of a text field agree.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// The drawing shows the value.
    Same,
    /// It shows something else.
    Differs {
        /// What it shows.
        drawn: String,
        /// The value.
        value: String,
    },
    /// A text field is drawn by pictures or forms, in which anything may stand.
    Pictures,
    /// The drawing cannot be decoded, or the field is no text field.
    Unknown,
}

/// Compares the value of a text field with what its widgets draw.
pub(super) fn compare(view: View<'_>, form: &Form, name: &str) -> Agreement {
    let mut nodes = form.nodes.iter().filter(|node| node.name == name && !node.has_field_kids);
    let Some(field) = nodes.clone().find(|node| !node.is_widget) else { return Agreement::Unknown };
    let flags = super::byte_range::integer(view, &field.dict, b"Ff").unwrap_or(0);
    if field.kind.as_deref() != Some(b"Tx") || flags & PASSWORD != 0 || field.dict.get(b"AA").is_some() {
        return Agreement::Unknown;
    }
    let value = match view.value(&field.dict, b"V") {
        Ok(Object::String(text)) => squeeze(&text.to_text()),
        Ok(Object::Null) => String::new(),
        _ => return Agreement::Unknown,
    };
    let mut result = Agreement::Unknown;
    for node in &mut nodes {
        let Some(stream) = appearance(view, node) else { continue };
        let drawn = match text_of(view, &stream) {
            Ok(drawn) => squeeze(&drawn),
            Err(why) => return why,
        };
        if drawn != value {
            return Agreement::Differs { drawn, value };
        }
        result = Agreement::Same;
    }
    result
}

/// Without white space, composed: line breaks and spacing belong to the drawing.
fn squeeze(text: &str) -> String {
    text.nfc().filter(|letter| !letter.is_whitespace() && !letter.is_control()).collect()
}

fn appearance(view: View<'_>, node: &Node) -> Option<Box<Stream>> {
    let Ok(Object::Dict(appearance)) = view.value(&node.dict, b"AP") else { return None };
    match view.value(&appearance, b"N") {
        Ok(Object::Stream(stream)) => Some(stream),
        _ => None,
    }
}

enum Font {
    /// Bytes per code, and what codes mean.
    Mapped(usize, HashMap<u32, String>),
    Latin,
}

/// What an appearance draws.
///
/// # Errors
/// Why that cannot be told.
fn text_of(view: View<'_>, stream: &Stream) -> Result<String, Agreement> {
    let content = view.decode(stream).map_err(|_| Agreement::Unknown)?;
    if content.len() > CONTENT_BYTES_MAX {
        return Err(Agreement::Unknown);
    }
    let resources = view.value(&stream.dict, b"Resources").ok();
    let fonts = resources
        .as_ref()
        .and_then(Object::as_dict)
        .and_then(|resources| view.value(resources, b"Font").ok());
    let fonts = fonts.as_ref().and_then(Object::as_dict).cloned().unwrap_or(Dict::empty());
    let mut known: HashMap<Vec<u8>, Option<Font>> = HashMap::new();
    let mut current: Option<Vec<u8>> = None;
    let mut operands: Vec<Token> = Vec::new();
    let mut text = String::new();
    for token in (Tokens { bytes: &content, at: 0 }) {
        let Token::Word(word) = &token else {
            operands.push(token);
            continue;
        };
        match word.as_slice() {
            b"Tf" => {
                current = operands.iter().find_map(|operand| match operand {
                    Token::Name(name) => Some(name.clone()),
                    _ => None,
                });
            }
            b"Tj" | b"TJ" | b"'" | b"\"" => {
                let name = current.clone().ok_or(Agreement::Unknown)?;
                let font =
                    known.entry(name.clone()).or_insert_with(|| read_font(view, &fonts, &name)).as_ref();
                for operand in &operands {
                    if let Token::Text(codes) = operand {
                        font.and_then(|font| decode(font, codes, &mut text)).ok_or(Agreement::Unknown)?;
                    }
                }
            }
            b"Do" | b"BI" => return Err(Agreement::Pictures),
            _ => {}
        }
        operands.clear();
    }
    Ok(text)
}

fn decode(font: &Font, codes: &[u8], text: &mut String) -> Option<()> {
    match font {
        Font::Latin => text.extend(codes.iter().map(|byte| windows_1252(*byte))),
        Font::Mapped(width, map) => {
            for code in codes.chunks(*width) {
                let code = code.iter().fold(0u32, |code, byte| code << 8 | u32::from(*byte));
                text.push_str(map.get(&code)?);
            }
        }
    }
    Some(())
}

fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

fn read_font(view: View<'_>, fonts: &Dict, name: &[u8]) -> Option<Font> {
    let Ok(Object::Dict(font)) = view.value(fonts, name) else { return None };
    let composite = font.is_name(b"Subtype", b"Type0");
    if let Ok(Object::Stream(map)) = view.value(&font, b"ToUnicode") {
        let data = view.decode(&map).ok()?;
        return Some(Font::Mapped(if composite { 2 } else { 1 }, read_map(&data)?));
    }
    let encoding = view.value(&font, b"Encoding").ok()?;
    let latin =
        matches!(encoding.as_name(), Some(b"WinAnsiEncoding" | b"StandardEncoding" | b"PDFDocEncoding"));
    let standard = encoding.is_null()
        && matches!(view.value(&font, b"BaseFont"), Ok(Object::Name(name)) if is_standard_latin(name.as_bytes()));
    if !composite && (latin || standard) { Some(Font::Latin) } else { None }
}

fn is_standard_latin(name: &[u8]) -> bool {
    [&b"Helvetica"[..], b"Times-", b"Courier", b"Arial", b"TimesNewRoman"]
        .iter()
        .any(|family| name.starts_with(family))
}

/// Reads `bfchar` and `bfrange` of a ToUnicode map (ISO 32000-2, 9.10.3).
fn read_map(data: &[u8]) -> Option<HashMap<u32, String>> {
    let mut map = HashMap::new();
    let mut operands: Vec<Token> = Vec::new();
    for token in (Tokens { bytes: data, at: 0 }) {
        let Token::Word(word) = &token else {
            operands.push(token);
            continue;
        };
        match word.as_slice() {
            b"endbfchar" => {
                for pair in operands.chunks(2) {
                    let [Token::Text(code), Token::Text(meaning)] = pair else { return None };
                    map.insert(number(code)?, utf16(meaning));
                }
            }
            b"endbfrange" => read_ranges(&operands, &mut map)?,
            _ => {}
        }
        operands.clear();
        if map.len() > CODES_MAX {
            return None;
        }
    }
    Some(map)
}

fn read_ranges(operands: &[Token], map: &mut HashMap<u32, String>) -> Option<()> {
    let mut rest = operands;
    while let [Token::Text(low), Token::Text(high), after @ ..] = rest {
        let (low, high) = (number(low)?, number(high)?);
        if high < low || usize::try_from(high - low).ok()? > CODES_MAX {
            return None;
        }
        match after {
            [Token::Open, list @ ..] => {
                let end = list.iter().position(|token| matches!(token, Token::Close))?;
                for (code, meaning) in (low..=high).zip(&list[..end]) {
                    let Token::Text(meaning) = meaning else { return None };
                    map.insert(code, utf16(meaning));
                }
                rest = &list[end + 1..];
            }
            [Token::Text(first), tail @ ..] => {
                for code in low..=high {
                    let mut meaning = first.clone();
                    let mut carry = code - low;
                    for byte in meaning.iter_mut().rev() {
                        let sum = u32::from(*byte) + (carry & 0xff);
                        *byte = sum.to_le_bytes()[0];
                        carry = (carry >> 8) + (sum >> 8);
                    }
                    map.insert(code, utf16(&meaning));
                }
                rest = tail;
            }
            _ => return None,
        }
    }
    if rest.is_empty() { Some(()) } else { None }
}

fn number(code: &[u8]) -> Option<u32> {
    if code.is_empty() || code.len() > 4 {
        return None;
    }
    Some(code.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

#[derive(Debug, PartialEq)]
pub(super) enum Token {
    /// A name without its slash.
    Name(Vec<u8>),
    /// A string's bytes.
    Text(Vec<u8>),
    /// A number; not a number where it cannot be read.
    Number(f64),
    Open,
    Close,
    /// An operator.
    Word(Vec<u8>),
}

pub(super) struct Tokens<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
}

impl Tokens<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn literal(&mut self) -> Vec<u8> {
        let start = self.at - 1;
        let mut depth = 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        self.at = self.at.min(self.bytes.len());
        let source = bytes::Bytes::copy_from_slice(&self.bytes[start..self.at]);
        crate::pdf::PdfString { source }.bytes().to_vec()
    }

    fn hex(&mut self) -> Vec<u8> {
        let start = self.at - 1;
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'>' {
                break;
            }
        }
        let source = bytes::Bytes::copy_from_slice(&self.bytes[start..self.at]);
        crate::pdf::PdfString { source }.bytes().to_vec()
    }

    fn regular(&mut self) -> Vec<u8> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| !byte.is_ascii_whitespace() && byte != 0 && !b"()<>[]{}/%".contains(&byte))
        {
            self.at += 1;
        }
        self.bytes[start..self.at].to_vec()
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let byte = self.peek()?;
            match byte {
                b'%' => {
                    while self.peek().is_some_and(|byte| byte != b'\n' && byte != b'\r') {
                        self.at += 1;
                    }
                }
                0 => self.at += 1,
                _ if byte.is_ascii_whitespace() => self.at += 1,
                b'/' => {
                    self.at += 1;
                    return Some(Token::Name(self.regular()));
                }
                b'(' => {
                    self.at += 1;
                    return Some(Token::Text(self.literal()));
                }
                b'[' => {
                    self.at += 1;
                    return Some(Token::Open);
                }
                b']' => {
                    self.at += 1;
                    return Some(Token::Close);
                }
                b'<' if self.bytes.get(self.at + 1) != Some(&b'<') => {
                    self.at += 1;
                    return Some(Token::Text(self.hex()));
                }
                b'<' | b'>' | b'{' | b'}' | b')' => self.at += 1,
                _ => {
                    let word = self.regular();
                    let numeric = word.iter().all(|byte| byte.is_ascii_digit() || b"+-.".contains(byte));
                    let value = || std::str::from_utf8(&word).ok()?.parse().ok();
                    return Some(if numeric {
                        Token::Number(value().unwrap_or(f64::NAN))
                    } else {
                        Token::Word(word)
                    });
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_with_characters_ranges_and_lists_are_read() {
        let map = read_map(
            b"2 beginbfchar <0001> <0041> <0002> <1EF1> endbfchar\n2 beginbfrange <0010> <0012> <0030> <0020> <0021> [<0061> <00620063>] endbfrange",
        )
        .unwrap();
        assert_eq!(map[&1], "A");
        assert_eq!(map[&2], "ự");
        assert_eq!(map[&0x12], "2");
        assert_eq!(map[&0x21], "bc");
    }

    #[test]
    fn strings_of_all_kinds_are_tokens() {
        let tokens: Vec<Token> =
            Tokens { bytes: b"/F1 12 Tf (a\\)b) Tj [<41>-3(c)] TJ % end", at: 0 }.collect();
        assert_eq!(tokens[0], Token::Name(b"F1".to_vec()));
        assert_eq!(tokens[3], Token::Text(b"a)b".to_vec()));
        assert_eq!(tokens[6], Token::Text(b"A".to_vec()));
        assert_eq!(*tokens.last().unwrap(), Token::Word(b"TJ".to_vec()));
    }

    #[test]
    fn an_endless_range_is_refused() {
        assert!(read_map(b"<00000000> <FFFFFFFF> <0041> endbfrange").is_none());
    }
}
