//! The typeface: which characters it has, how wide they are, and where a run too long for its column may break.

use typst::foundations::Bytes;
use typst::layout::Abs;
use typst::text::{Font, FontBook, FontInstance, FontVariations};

use crate::error::Error;

/// Liberation Serif 2.1.5: the widths of Times New Roman, all Vietnamese letters, licence OFL (fonts/OFL.txt).
/// Version 1 of the same name lacks Vietnamese, so no typeface of the system is ever asked for.
const STYLES: [&[u8]; 4] = [
    include_bytes!("../fonts/LiberationSerif-Regular.ttf"),
    include_bytes!("../fonts/LiberationSerif-Bold.ttf"),
    include_bytes!("../fonts/LiberationSerif-Italic.ttf"),
    include_bytes!("../fonts/LiberationSerif-BoldItalic.ttf"),
];

/// Characters below this one are measured once; all Vietnamese letters and the usual signs are among them.
const TABLE_END: char = '\u{2200}';

/// Widths of a character in em; none where some style lacks it.
type Widths = Option<Width>;

#[derive(Debug, Clone, Copy)]
struct Width {
    regular: f64,
    widest: f64,
}

/// The four styles.
pub(crate) struct Typeface {
    fonts: Vec<Font>,
    instances: Vec<FontInstance>,
    table: Vec<Widths>,
}

impl Typeface {
    /// Reads the embedded styles.
    pub(crate) fn new() -> Result<Self, Error> {
        let fonts: Vec<Font> = STYLES.iter().flat_map(|bytes| Font::iter(Bytes::new(*bytes))).collect();
        if fonts.len() != STYLES.len() {
            return Err(Error::Broken(format!("{} of {} typefaces can be read", fonts.len(), STYLES.len())));
        }
        let instances = fonts
            .iter()
            .map(|font| {
                font.clone().instantiate(font.info().variant, Abs::pt(10.0), &FontVariations::default())
            })
            .collect();
        let mut typeface = Self { fonts, instances, table: Vec::new() };
        typeface.table = ('\0'..TABLE_END).map(|c| typeface.measure(c)).collect();
        Ok(typeface)
    }

    /// What the typesetter chooses from.
    pub(crate) fn book(&self) -> FontBook {
        FontBook::from_fonts(&self.fonts)
    }

    /// A style by its index in the book.
    pub(crate) fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    /// Whether all styles have this character and its capital.
    pub(crate) fn has(&self, c: char) -> bool {
        std::iter::once(c).chain(c.to_uppercase()).all(|c| self.widths(c).is_some())
    }

    /// Gives a run without blanks, hyphens and slashes that is wider than `width` em in the widest style places to
    /// break, so that it cannot leave its column. All other text stays as it is.
    pub(crate) fn soften(&self, text: &str, width: f64) -> String {
        self.soften_by(text, width, |c| c.widest)
    }

    /// The same for text that is printed in the regular style.
    pub(crate) fn soften_regular(&self, text: &str, width: f64) -> String {
        self.soften_by(text, width, |c| c.regular)
    }

    fn soften_by(&self, text: &str, width: f64, of: impl Fn(Width) -> f64) -> String {
        let mut out = String::with_capacity(text.len());
        let mut run = 0.0;
        for c in text.chars() {
            let advance = self.widths(c).map_or(1.0, &of);
            if c.is_whitespace() || matches!(c, '-' | '/' | '–' | '—') {
                run = 0.0;
            } else if run + advance > width && advance > 0.0 {
                out.push('\u{200b}');
                run = advance;
            } else {
                run += advance;
            }
            out.push(c);
        }
        out
    }

    fn widths(&self, c: char) -> Widths {
        match self.table.get(c as usize) {
            Some(known) => *known,
            None => self.measure(c),
        }
    }

    /// Glyph 0 is the box that stands for a missing character.
    fn measure(&self, c: char) -> Widths {
        let mut all = self.instances.iter().map(|instance| {
            instance
                .ttf()
                .glyph_index(c)
                .filter(|glyph| glyph.0 != 0)
                .and_then(|glyph| instance.x_advance(glyph.0))
                .map(|em| em.get())
        });
        let regular = all.next()??;
        let widest = all.try_fold(regular, |widest, advance| advance.map(|advance| advance.max(widest)))?;
        Some(Width { regular, widest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vietnamese_letter_is_there() {
        let typeface = Typeface::new().unwrap();
        let vowels = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ";
        for c in vowels.chars().chain(vowels.to_uppercase().chars()).chain("09–—“”‘’…§°º½₫%&@\u{a0}".chars())
        {
            assert!(typeface.has(c), "{c}");
        }
        assert!(!typeface.has('漢') && !typeface.has('😀'));
    }

    #[test]
    fn widths_are_those_of_times_new_roman() {
        let typeface = Typeface::new().unwrap();
        for (c, thousandths) in [('a', 444.0), ('n', 500.0), ('W', 944.0), ('5', 500.0)] {
            let width = typeface.widths(c).unwrap().regular * 1000.0;
            assert!((width - thousandths).abs() < 1.0, "{c} {width}");
        }
    }

    #[test]
    fn only_runs_that_do_not_fit_get_places_to_break() {
        let typeface = Typeface::new().unwrap();
        let text = "Quyết định 15/QĐ-UBND của Nguyễn";
        assert_eq!(typeface.soften_regular(text, 4.0), text);
        assert_eq!(typeface.soften_regular("555555555", 2.0), "5555\u{200b}5555\u{200b}5");
        assert_eq!(typeface.soften_regular("WWW", 0.5), "\u{200b}W\u{200b}W\u{200b}W");
    }
}
