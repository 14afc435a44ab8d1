//! What is needed of a font to read with it: which letters its codes are, and how far each moves on.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Encoding, Object};

/// How far a glyph moves on where the font does not say: half of its size.
const WIDTH_UNKNOWN: f64 = 500.0;
/// The most widths that are kept of one font.
const WIDTHS_MAX: usize = 70_000;

/// A font of a page.
pub(super) struct Font<'a> {
    encoding: Encoding<'a>,
    /// Bytes of a code.
    code_bytes: usize,
    /// In thousandths of the size, by code.
    widths: HashMap<u32, f64>,
    width_else: f64,
}

impl<'a> Font<'a> {
    /// Reads it; `None` where its codes lead to no letters. Streams decode to at most `limit` bytes.
    pub(super) fn read(font: &'a Dictionary, document: &'a Document, limit: usize) -> Option<Self> {
        let encoding = font.get_font_encoding_with_limit(document, limit).ok()?;
        let composite = font.get(b"Subtype").and_then(Object::as_name).is_ok_and(|it| it == b"Type0");
        let mut read = Self { encoding, code_bytes: 1, widths: HashMap::new(), width_else: WIDTH_UNKNOWN };
        if composite {
            read.code_bytes = 2;
            read.width_else = 1000.0;
            let descendants = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array);
            let descendant = descendants.ok().and_then(|all| all.first());
            if let Some(descendant) = descendant.and_then(|it| dictionary(it, document)) {
                read.composite_widths(descendant, document);
            }
        } else {
            read.simple_widths(font, document);
        }
        Some(read)
    }

    fn composite_widths(&mut self, font: &Dictionary, document: &Document) {
        if let Ok(width) = font.get_deref(b"DW", document).and_then(number) {
            self.width_else = width;
        }
        let Ok(items) = font.get_deref(b"W", document).and_then(Object::as_array) else { return };
        let mut items = items.iter().map(|item| resolved(item, document));
        // Either first [width width …], or first last width (ISO 32000-1, 9.7.4.3).
        while let Some(first) = items.next().and_then(code) {
            match items.next() {
                Some(Object::Array(widths)) => {
                    for (at, width) in (first..).zip(widths) {
                        self.width(at, resolved(width, document));
                    }
                }
                Some(last) => {
                    let (Some(last), Some(width)) = (code(last), items.next()) else { return };
                    for at in first..=last.min(first.saturating_add(0xffff)) {
                        self.width(at, width);
                    }
                }
                None => return,
            }
        }
    }

    fn simple_widths(&mut self, font: &Dictionary, document: &Document) {
        // Glyphs of a Type 3 font are drawn in a space of their own.
        let matrix = font.get_deref(b"FontMatrix", document).and_then(Object::as_array).ok();
        let scale =
            matrix.and_then(|it| it.first()).and_then(|it| number(it).ok()).map_or(1.0, |a| a * 1000.0);
        let Some(first) = font.get_deref(b"FirstChar", document).ok().and_then(code) else { return };
        let Ok(widths) = font.get_deref(b"Widths", document).and_then(Object::as_array) else { return };
        for (at, width) in (first..).zip(widths.iter().take(256)) {
            self.width(at, resolved(width, document));
        }
        for width in self.widths.values_mut() {
            *width *= scale;
        }
    }

    fn width(&mut self, code: u32, width: &Object) {
        if self.widths.len() < WIDTHS_MAX
            && let Ok(width) = number(width)
        {
            self.widths.insert(code, width);
        }
    }

    /// The letters of a shown string; what cannot be read is left out.
    pub(super) fn letters(&self, shown: &[u8]) -> String {
        Document::decode_text(&self.encoding, shown).unwrap_or_default()
    }

    /// How far a shown string moves on, in units of the size, and how many codes and blanks it has.
    pub(super) fn advance(&self, shown: &[u8]) -> Advance {
        let mut advance = Advance::default();
        for code in shown.chunks(self.code_bytes) {
            let code = code.iter().fold(0, |code, byte| code << 8 | u32::from(*byte));
            advance.width += self.widths.get(&code).copied().unwrap_or(self.width_else) / 1000.0;
            advance.codes += 1.0;
            if self.code_bytes == 1 && code == 32 {
                advance.blanks += 1.0;
            }
        }
        advance
    }
}

/// See [`Font::advance`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Advance {
    pub(super) width: f64,
    pub(super) codes: f64,
    /// Codes to which the spacing of words is added.
    pub(super) blanks: f64,
}

/// What an object stands for.
pub(super) fn resolved<'a>(object: &'a Object, document: &'a Document) -> &'a Object {
    document.dereference(object).map_or(object, |(_, object)| object)
}

/// A dictionary, also where it is referred to.
pub(super) fn dictionary<'a>(object: &'a Object, document: &'a Document) -> Option<&'a Dictionary> {
    resolved(object, document).as_dict().ok()
}

/// A number of either kind.
pub(super) fn number(object: &Object) -> lopdf::Result<f64> {
    object.as_float().map(f64::from)
}

fn code(object: &Object) -> Option<u32> {
    object.as_i64().ok().and_then(|code| u32::try_from(code).ok())
}
