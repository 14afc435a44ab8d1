//! The content of a letter: which paragraph is an article, a heading, plain text.
//! Text is printed as its author wrote it; only its look is decided here.

use proto::forms::v1::{Paragraph, ParagraphStyle};
use serde_json::{Value, json};

use crate::fields::{Fields, Need};
use crate::limits::{self, widths};
use crate::typeface::Typeface;

/// A paragraph with its look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Styled {
    style: &'static str,
    /// The bold label of an article, e.g. "Điều 1."
    label: String,
    text: String,
}

impl Styled {
    /// For the template.
    pub(crate) fn data(&self, typeface: &Typeface) -> Value {
        let text = typeface.soften(&self.text, widths::BODY);
        json!({ "style": self.style, "label": self.label, "text": text })
    }
}

/// Reads the paragraphs of a request; adds their characters to `total`.
pub(crate) fn read(
    fields: &mut Fields<'_>,
    field: &str,
    paragraphs: &[Paragraph],
    total: &mut usize,
) -> Vec<Styled> {
    if !fields.count(field, paragraphs.len(), 1, limits::PARAGRAPHS_MAX) {
        return Vec::new();
    }
    let mut styled = Vec::with_capacity(paragraphs.len());
    for (i, paragraph) in paragraphs.iter().enumerate() {
        let text = fields.lines(
            &format!("{field}[{i}].text"),
            &paragraph.text,
            limits::PARAGRAPH_CHARS_MAX,
            Need::Required,
        );
        *total += text.chars().count();
        match ParagraphStyle::try_from(paragraph.style) {
            Ok(style) => styled.push(dress(style, &text)),
            Err(_) => fields.wrong(
                &format!("{field}[{i}].style"),
                "ENUM_UNKNOWN",
                format!("unknown value {}", paragraph.style),
            ),
        }
    }
    styled
}

/// Ends the content with "./." (NĐ 30/2020, Phụ lục I: the text of a document ends so).
pub(crate) fn close(paragraphs: &mut [Styled]) {
    if let Some(last) = paragraphs.last_mut()
        && matches!(last.style, "plain" | "article")
        && !last.text.ends_with("./.")
    {
        let kept = last.text.trim_end_matches(['.', ';', ',', ' ']).len();
        last.text.truncate(kept);
        last.text.push_str("./.");
    }
}

fn dress(style: ParagraphStyle, text: &str) -> Styled {
    let plain = |style| Styled { style, label: String::new(), text: text.to_owned() };
    match style {
        ParagraphStyle::Plain => plain("plain"),
        ParagraphStyle::Heading => plain("heading"),
        ParagraphStyle::Subheading => plain("subheading"),
        ParagraphStyle::Centred => plain("centred"),
        ParagraphStyle::Article => article(text),
        ParagraphStyle::Unspecified => {
            if article_label(text).is_some() {
                article(text)
            } else if is_division(text) {
                plain("centred")
            } else if is_heading(text) {
                plain("heading")
            } else if is_subheading(text) {
                plain("subheading")
            } else {
                plain("plain")
            }
        }
    }
}

fn article(text: &str) -> Styled {
    let label = article_label(text).unwrap_or_default();
    Styled { style: "article", label: label.to_owned(), text: text[label.len()..].to_owned() }
}

/// "Điều 1." or "Điều 12a." at the opening.
fn article_label(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("Điều ")?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if digits == 0 {
        return None;
    }
    let after = &rest[digits..];
    let letter = after.chars().next().filter(|c| c.is_lowercase()).map_or(0, char::len_utf8);
    after[letter..].starts_with('.').then(|| &text[..text.len() - after.len() + letter + 1])
}

/// "Chương II", "Phần thứ nhất" have many forms; told are those with a Roman or Arabic number alone or before a stop
/// or a line end.
fn is_division(text: &str) -> bool {
    ["Chương ", "Phần ", "Mục "].iter().any(|word| {
        text.strip_prefix(word).is_some_and(|rest| {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let number = &rest[..end];
            (is_roman(number) || (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())))
                && (end == rest.len() || rest[end..].starts_with(['.', '\n', ':']))
        })
    })
}

/// "IV. TỔ CHỨC THỰC HIỆN".
fn is_heading(text: &str) -> bool {
    text.split_once(". ").is_some_and(|(number, _)| is_roman(number)) && text.chars().count() <= 200
}

/// "1. Công tác chỉ đạo": short, one line, without end mark or colon, so no sentence.
fn is_subheading(text: &str) -> bool {
    let Some((number, title)) = text.split_once(". ") else { return false };
    let numbered = !number.is_empty()
        && number.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    numbered
        && text.chars().count() <= 120
        && !title.contains([':', '\n', ';'])
        && !title.ends_with(['.', ',', '/'])
}

fn is_roman(number: &str) -> bool {
    !number.is_empty() && number.len() <= 7 && number.bytes().all(|b| b"IVXLC".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_is_told_from_the_opening() {
        let told = [
            ("Điều 1. Phê duyệt Kế hoạch", "article"),
            ("Điều 12a. Hiệu lực", "article"),
            ("Điều này quy định", "plain"),
            ("I. TÌNH HÌNH CHUNG", "heading"),
            ("XIV. Kết luận", "heading"),
            ("1. Công tác chỉ đạo, điều hành", "subheading"),
            ("2.1. Kết quả", "subheading"),
            ("1. Thời gian: 8 giờ 00", "plain"),
            ("1. Giao Sở Nội vụ chủ trì, phối hợp với các cơ quan liên quan.", "plain"),
            ("a) Rà soát hồ sơ;", "plain"),
            ("- Sở Tài chính", "plain"),
            ("Chương I\nQUY ĐỊNH CHUNG", "centred"),
            ("Mục 2. Tiếp nhận", "centred"),
            ("Mục 3 của Thông tư số 15", "plain"),
            ("Phần lớn các xã đã hoàn thành", "plain"),
            ("", "plain"),
        ];
        for (text, style) in told {
            assert_eq!(dress(ParagraphStyle::Unspecified, text).style, style, "{text}");
        }
    }

    #[test]
    fn the_label_of_an_article_and_its_text_are_the_whole_paragraph() {
        let styled = article("Điều 3. Chánh Văn phòng chịu trách nhiệm thi hành.");
        assert_eq!(
            (styled.label.as_str(), styled.text.as_str()),
            ("Điều 3.", " Chánh Văn phòng chịu trách nhiệm thi hành.")
        );
        assert_eq!(article("không có nhãn").text, "không có nhãn");
    }

    #[test]
    fn content_ends_with_the_legal_mark_once() {
        for text in ["Xin cảm ơn", "Xin cảm ơn.", "Xin cảm ơn./.", "Xin cảm ơn ;"] {
            let mut body = vec![dress(ParagraphStyle::Plain, text)];
            close(&mut body);
            assert_eq!(body[0].text, "Xin cảm ơn./.", "{text}");
        }
    }
}
