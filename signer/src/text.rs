//! The text of a PDF's pages, for search and for suggestions to the clerk.
//!
//! lopdf reads the file and its fonts, `content` finds where each piece of text stands, `flow` puts the pieces together.
//! Call this in the worker process only, since strangers' files can be built to take minutes. Text is in NFC. A page whose
//! fonts have no way to Unicode gives signs without meaning: then OCR is needed and no text is returned.

mod content;
mod flow;
mod font;
mod lean;

use lopdf::{Document, LoadOptions};
use thiserror::Error;

use crate::pdf::{self, Input};
use unicode_normalization::UnicodeNormalization;

/// Most bytes of text that are returned.
pub const TEXT_BYTES_MAX: usize = 1 << 20;
/// Most pages whose text is read.
pub const PAGES_READ_MAX: usize = 2_000;
/// Most bytes that one stream of the file may decode to while its structure is read.
pub const STREAM_BYTES_MAX: usize = 64 << 20;
/// Most bytes that the content of one page may decode to; beyond, the page is skipped.
pub const PAGE_CONTENT_BYTES_MAX: usize = 16 << 20;

/// Fewer letters than this per page on average, and the file is taken for a scan.
const LETTERS_PER_PAGE_MIN: usize = 8;
/// More than one sign in this many without meaning, and the text is worthless.
const MEANINGLESS_SHARE: usize = 8;

/// Why text cannot be read.
#[derive(Debug, Error)]
pub enum TextError {
    /// lopdf cannot open the file.
    #[error("file cannot be opened for its text")]
    Open(#[source] lopdf::Error),
    /// A large file, of which only parts are read, cannot be.
    #[error("file cannot be read for its text")]
    Read(#[from] pdf::Error),
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// How many pages the file has.
    pub pages: usize,
    /// The text, pages in order, at most [`TEXT_BYTES_MAX`] bytes; empty when OCR is needed.
    pub text: String,
    /// Whether text was left out because of the limits.
    pub truncated: bool,
    /// Whether the pages have no text of their own, or none with meaning.
    pub needs_ocr: bool,
}

/// Reads the text of all pages.
///
/// # Errors
/// When the file cannot be opened; pages that cannot be read are skipped.
pub fn read(file: &[u8]) -> Result<Text, TextError> {
    let options = LoadOptions { max_decompressed_size: Some(STREAM_BYTES_MAX), ..LoadOptions::default() };
    let document = Document::load_mem_with_options(file, options).map_err(TextError::Open)?;
    Ok(of_pages(&document))
}

/// As [`read`]; of a file on disk only what its text needs is read.
///
/// # Errors
/// As [`read`].
pub fn read_input(file: &Input) -> Result<Text, TextError> {
    if let Some(bytes) = file.in_memory() {
        return read(bytes);
    }
    let (document, complete) = lean::lean(file)?;
    let mut found = of_pages(&document);
    found.truncated |= !complete;
    Ok(found)
}

fn of_pages(document: &Document) -> Text {
    let pages = document.get_pages();
    let numbers: Vec<u32> = pages.keys().copied().collect();
    let mut found =
        Text { pages: numbers.len(), truncated: numbers.len() > PAGES_READ_MAX, ..Text::default() };
    for number in numbers.iter().take(PAGES_READ_MAX) {
        let Some(page) = pages.get(number) else { continue };
        let Some(pieces) = content::pieces(document, *page, PAGE_CONTENT_BYTES_MAX) else { continue };
        let page = clean(&flow::text(pieces.drawn, pieces.fields));
        if found.text.len() + page.len() > TEXT_BYTES_MAX {
            found.truncated = true;
            break;
        }
        found.text.push_str(&page);
        found.text.push('\n');
    }
    found.needs_ocr = found.pages > 0 && is_worthless(&found.text, numbers.len().min(PAGES_READ_MAX));
    if found.needs_ocr {
        found.text.clear();
    }
    found
}

/// NFC, with line breaks kept and other control characters dropped.
fn clean(text: &str) -> String {
    text.nfc().filter(|letter| *letter == '\n' || !letter.is_control() || is_meaningless(*letter)).collect()
}

fn is_meaningless(letter: char) -> bool {
    matches!(letter, '\u{fffd}' | '\u{e000}'..='\u{f8ff}' | '\u{1}'..='\u{8}' | '\u{e}'..='\u{1f}')
}

fn is_worthless(text: &str, pages: usize) -> bool {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric()).count();
    let meaningless = text.chars().filter(|letter| is_meaningless(*letter)).count();
    letters < LETTERS_PER_PAGE_MIN * pages || meaningless * MEANINGLESS_SHARE > letters + meaningless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_and_signs_without_meaning_need_ocr() {
        assert!(is_worthless("", 1));
        assert!(is_worthless(&"\u{f041}\u{f042} abc ".repeat(20), 1));
        assert!(!is_worthless("ỦY BAN NHÂN DÂN TỈNH", 1));
    }

    #[test]
    fn text_is_composed() {
        assert_eq!(clean("hoa\u{300}\u{7f}\n"), "hoà\n");
    }

    #[test]
    fn a_file_that_is_no_pdf_is_refused() {
        assert!(matches!(read(b"no pdf"), Err(TextError::Open(_))));
    }

    /// One page with this content, one font, and a text field “15” whose lower left corner is at 84, 746.
    fn pdf(content: &str) -> Vec<u8> {
        use lopdf::{Stream, dictionary};
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier", "FirstChar" => 32,
            "Encoding" => "WinAnsiEncoding", "Widths" => vec![600.into(); 95],
        });
        let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
        let content = document.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
        let form = dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "Resources" => resources,
            "BBox" => vec![0.into(), 0.into(), 30.into(), 16.into()],
        };
        let look = document.add_object(Stream::new(form, b"BT /F1 10 Tf 0 4 Td (15) Tj ET".to_vec()));
        let field = document.add_object(dictionary! {
            "Type" => "Annot", "Subtype" => "Widget", "FT" => "Tx", "F" => 4,
            "Rect" => vec![84.into(), 746.into(), 114.into(), 762.into()],
            "AP" => dictionary! { "N" => look },
        });
        let page = document.add_object(dictionary! {
            "Type" => "Page", "Parent" => pages, "Resources" => resources, "Contents" => content,
            "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()], "Annots" => vec![field.into()],
        });
        document.objects.insert(
            pages,
            dictionary! { "Type" => "Pages", "Kids" => vec![page.into()], "Count" => 1 }.into(),
        );
        let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        document.trailer.set("Root", catalog);
        let mut bytes = Vec::new();
        document.save_to(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn lines_placed_by_the_text_matrix_do_not_run_together_and_fields_are_read() {
        // As many programs write: no blank, no end of a line, every piece placed.
        let file = pdf("BT /F1 10 Tf 1 0 0 1 60 780 Tm (UBND) Tj 1 0 0 1 90 780 Tm (TINH) Tj \
             1 0 0 1 60 765 Tm (SO) Tj 1 0 0 1 78 765 Tm [(N) 20 (OI) -600 (VU)] TJ \
             1 0 0 1 300 780 Tm (CONG HOA) Tj 1 0 0 1 60 750 Tm (So:) Tj 1 0 0 1 120 750 Tm (/QD-SNV) Tj ET \
             q 1 0 0 -1 0 842 cm BT /F1 10 Tf 1 0 0 -1 60 120 Tm (Ve viec) Tj 0 -15 Td (kien toan) Tj ET Q");
        let read = read(&file).unwrap();
        assert_eq!(read.text.trim(), "UBND TINH\nSO NOI VU\nCONG HOA\nSo: 15 /QD-SNV\nVe viec\nkien toan");
        assert!(!read.needs_ocr && !read.truncated);
    }
}
