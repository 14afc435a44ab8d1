//! Text in field appearances: an embedded subset of a TrueType font as Type0 with Identity-H and ToUnicode.
//!
//! The font is written anew into each update and named only in the appearance's own resources: a font in
//! `/DR` is left unprotected by every validator and not drawn by some readers.

use openssl::sha::sha256;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Chunk, Filter, Finish, Name, Settings, Str};
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};
use unicode_normalization::UnicodeNormalization;

use super::image::{deflate, reference};
use super::refusal::Refusal;
use crate::pdf::{Increment, Ref};

/// The fonts of appearances: upright, and italic for the date (Nghị định 30/2020/NĐ-CP, Phụ lục I, II.4).
#[derive(Debug, Clone, Copy)]
pub struct Fonts<'f> {
    /// TrueType file of the upright style.
    pub upright: &'f [u8],
    /// TrueType file of the italic style.
    pub italic: &'f [u8],
}

/// Liberation Serif 2.1.5, metrics of Times New Roman, all Vietnamese letters; SIL OFL 1.1.
pub const LIBERATION_SERIF: Fonts<'static> = Fonts {
    upright: include_bytes!("../../../services/forms/fonts/LiberationSerif-Regular.ttf"),
    italic: include_bytes!("../../../services/forms/fonts/LiberationSerif-Italic.ttf"),
};

/// A font being used; collects the glyphs that are needed.
pub(crate) struct Typeface<'f> {
    data: &'f [u8],
    face: Face<'f>,
    glyphs: GlyphRemapper,
    /// New glyph → (character, width in thousandths), in order of the new glyphs from 1.
    used: Vec<(char, f32)>,
}

/// A line of text as glyphs of the subset.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// Two bytes per glyph.
    pub(crate) glyphs: Vec<u8>,
    /// Width in thousandths of the font size.
    pub(crate) width: f32,
}

impl<'f> Typeface<'f> {
    pub(crate) fn new(data: &'f [u8]) -> Result<Self, Refusal> {
        let face = Face::parse(data, 0).map_err(|_| Refusal::FontUnreadable)?;
        Ok(Self { data, face, glyphs: GlyphRemapper::new(), used: Vec::new() })
    }

    /// Sets a line, normalised to NFC.
    pub(crate) fn line(&mut self, text: &str) -> Result<Line, Refusal> {
        let mut line = Line { glyphs: Vec::new(), width: 0.0 };
        for character in text.nfc() {
            let glyph = self.face.glyph_index(character).filter(|glyph| glyph.0 != 0);
            let glyph = glyph.ok_or(Refusal::CharacterNotInFont(character))?;
            let width = self.thousandths(self.face.glyph_hor_advance(glyph).unwrap_or(0).into());
            let new = self.glyphs.remap(glyph.0);
            if usize::from(new) > self.used.len() {
                self.used.push((character, width));
            }
            line.glyphs.extend_from_slice(&new.to_be_bytes());
            line.width += width;
        }
        Ok(line)
    }

    /// Ascent and descent (negative) in thousandths.
    pub(crate) fn extent(&self) -> (f32, f32) {
        (self.thousandths(self.face.ascender().into()), self.thousandths(self.face.descender().into()))
    }

    /// The name without what names in PDF cannot hold.
    fn post_script_name(&self) -> String {
        let names = self.face.names();
        let name = names
            .into_iter()
            .find(|name| name.name_id == ttf_parser::name_id::POST_SCRIPT_NAME && name.is_unicode());
        let mut name = name.and_then(|name| name.to_string()).unwrap_or_default();
        name.retain(|letter| letter.is_ascii_alphanumeric() || letter == '-');
        if name.is_empty() { "Font".to_owned() } else { name }
    }

    fn thousandths(&self, units: f32) -> f32 {
        units * 1000.0 / f32::from(self.face.units_per_em())
    }

    /// Writes the font with the glyphs used so far.
    pub(crate) fn write(&self, increment: &mut Increment<'_>) -> Result<Ref, Refusal> {
        let subset = subsetter::subset(self.data, 0, &self.glyphs).map_err(|_| Refusal::FontUnreadable)?;
        let tag: String = sha256(&subset)[..6].iter().map(|byte| char::from(b'A' + byte % 26)).collect();
        let name = format!("{tag}+{}", self.post_script_name());
        let mut flags = FontFlags::SERIF | FontFlags::SYMBOLIC;
        flags.set(FontFlags::ITALIC, self.face.is_italic());
        let [font, descendant, descriptor, file, cmap] = [
            increment.allocate()?,
            increment.allocate()?,
            increment.allocate()?,
            increment.allocate()?,
            increment.allocate()?,
        ];
        let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
        let new_chunk = || Chunk::with_settings(Settings { pretty: false });

        let mut chunk = new_chunk();
        chunk
            .type0_font(reference(font))
            .base_font(Name(name.as_bytes()))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(reference(descendant))
            .to_unicode(reference(cmap));
        increment.put_chunk(&chunk)?;

        let mut chunk = new_chunk();
        let mut cid = chunk.cid_font(reference(descendant));
        cid.subtype(CidFontType::Type2)
            .base_font(Name(name.as_bytes()))
            .system_info(system)
            .font_descriptor(reference(descriptor))
            .default_width(0.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        let notdef = self.thousandths(self.face.glyph_hor_advance(GlyphId(0)).unwrap_or(0).into());
        let widths = std::iter::once(notdef).chain(self.used.iter().map(|(_, width)| *width));
        cid.widths().consecutive(0, widths);
        cid.finish();
        increment.put_chunk(&chunk)?;

        let mut chunk = new_chunk();
        let (ascent, descent) = self.extent();
        let bbox = self.face.global_bounding_box();
        let bbox = pdf_writer::Rect::new(
            self.thousandths(bbox.x_min.into()),
            self.thousandths(bbox.y_min.into()),
            self.thousandths(bbox.x_max.into()),
            self.thousandths(bbox.y_max.into()),
        );
        chunk
            .font_descriptor(reference(descriptor))
            .name(Name(name.as_bytes()))
            .flags(flags)
            .bbox(bbox)
            .italic_angle(self.face.italic_angle())
            .ascent(ascent)
            .descent(descent)
            .cap_height(self.thousandths(self.face.capital_height().unwrap_or(0).into()))
            .stem_v(80.0)
            .font_file2(reference(file));
        increment.put_chunk(&chunk)?;

        let mut chunk = new_chunk();
        let packed = deflate(&subset);
        let mut stream = chunk.stream(reference(file), &packed);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), i32::try_from(subset.len()).unwrap_or(i32::MAX));
        stream.finish();
        increment.put_chunk(&chunk)?;

        let mut map = UnicodeCmap::new(Name(b"Adobe-Identity-UCS"), system);
        for (glyph, (character, _)) in (1_u16..).zip(&self.used) {
            map.pair(glyph, *character);
        }
        let mut chunk = new_chunk();
        let packed = deflate(&map.finish());
        chunk.cmap(reference(cmap), &packed).filter(Filter::FlateDecode);
        increment.put_chunk(&chunk)?;
        Ok(font)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_letters_of_vietnamese_are_there_composed_or_not() {
        let mut face = Typeface::new(LIBERATION_SERIF.upright).unwrap();
        let composed = face.line("ngày 26 tháng 5 năm 2026 Đăng ký ữ ặ ễ Ố").unwrap();
        let decomposed: String = "ngày 26 tháng 5 năm 2026 Đăng ký ữ ặ ễ Ố".nfd().collect();
        assert_eq!(face.line(&decomposed).unwrap().glyphs, composed.glyphs);
        assert!((face.line("0").unwrap().width - 500.0).abs() < 1.0, "figures are half an em, as in Times");
    }

    #[test]
    fn a_missing_glyph_is_named() {
        let mut face = Typeface::new(LIBERATION_SERIF.upright).unwrap();
        assert_eq!(face.line("15漢").unwrap_err(), Refusal::CharacterNotInFont('漢'));
    }
}
