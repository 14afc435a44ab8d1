//! What the head of a letter says: number, notation, date, kind, issuer, subject, urgency, read from the text of the
//! first page by the layout of NĐ 30/2020 Phụ lục I. Suggestions with a certainty; the clerk confirms.

use std::sync::LazyLock;

use domain::{limits, notation};
use proto::record::v1::{DocumentKind, Suggestion};
use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;

use crate::issuer;

/// How much of the text is looked at, in characters: the first page of a dense letter.
const HEAD_CHARS: usize = 6_000;
/// Lines of the head in which issuer and kind are looked for.
const HEAD_LINES: usize = 40;

static NUMBER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?m)\bS[ốỐ]\s*:\s*(\d{1,6}[a-zđ]?)?\s*/\s*((?:\d{4}/)?[\p{Lu}][\p{L}\d]*(?:\s?[-–&/]\s?[\p{Lu}\d][\p{L}\d]*)*)").ok()
});
static DATE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)ng[àa]y\s+(\d{1,2})\s+th[áa]ng\s+(\d{1,2})\s+n[ăa]m\s+(\d{4})").ok());
static ABOUT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?mi)^\s*V/v\s*:?\s*(.+)$").ok());

/// Reads the head of `text`. Nothing found: nothing suggested.
pub(crate) fn read(text: &str) -> Vec<Suggestion> {
    let head: String = text.nfc().take(HEAD_CHARS).collect();
    let lines = lines(&head);
    let mut found = Vec::new();
    let mut kind_by_notation = None;
    if let Some(caught) = NUMBER.as_ref().and_then(|r| r.captures(&head)) {
        if let Some(number) = caught.get(1) {
            found.push(suggestion("number", number.as_str(), 95, "pattern"));
        }
        if let Some(symbol) = caught.get(2) {
            let symbol: String = symbol.as_str().chars().filter(|c| !c.is_whitespace()).collect();
            kind_by_notation = notation::kind_of_notation(&symbol);
            found.push(suggestion("notation", &symbol.replace('–', "-"), 90, "pattern"));
        }
    }
    if let Some(caught) = DATE.as_ref().and_then(|r| r.captures(&head))
        && let (Some(day), Some(month), Some(year)) =
            (number(&caught, 1), number(&caught, 2), number(&caught, 3))
        && domain::calendar::is_real(proto::record::v1::Date { year, month, day })
    {
        found.push(suggestion("issued_date", &format!("{year:04}-{month:02}-{day:02}"), 90, "pattern"));
    }
    let kind_line = lines
        .iter()
        .enumerate()
        .find_map(|(i, line)| notation::kind_by_name(line).filter(|_| is_upper(line)).map(|kind| (i, kind)));
    match (kind_line, kind_by_notation) {
        (Some((_, by_name)), Some(by_notation)) if by_name != by_notation => {
            found.push(kind(by_name, 50, "disagrees_with_notation"));
        }
        (Some((_, by_name)), Some(_)) => found.push(kind(by_name, 95, "name_and_notation")),
        (Some((_, by_name)), None) => found.push(kind(by_name, 80, "pattern")),
        (None, Some(by_notation)) => found.push(kind(by_notation, 75, "notation")),
        (None, None) if ABOUT.as_ref().is_some_and(|r| r.is_match(&head)) => {
            found.push(kind(DocumentKind::Letter, 80, "pattern"));
        }
        (None, None) => {}
    }
    if let Some(subject) = subject(&head, &lines, kind_line.map(|(i, _)| i)) {
        found.push(suggestion("subject", &subject, 75, "pattern"));
    }
    if let Some(issuer) = issuer::candidates(&lines).first() {
        found.push(suggestion("issuer", issuer, 60, "pattern"));
    }
    for (word, value) in [("HỎA TỐC", "4"), ("HOẢ TỐC", "4"), ("THƯỢNG KHẨN", "3"), ("KHẨN", "2")]
    {
        if lines.contains(&word) {
            found.push(suggestion("urgency", value, 85, "stamp"));
            break;
        }
    }
    found.retain(fits);
    found
}

/// Whether the field can take what was read: a line that runs on without an end is no head of a letter.
fn fits(suggestion: &Suggestion) -> bool {
    let most = match suggestion.field.as_str() {
        "number" => limits::NUMBER,
        "notation" => limits::NOTATION,
        "subject" => limits::SUBJECT,
        _ => limits::NAME,
    };
    suggestion.value.chars().count() <= most
}

fn suggestion(field: &str, value: &str, certainty: i32, basis: &str) -> Suggestion {
    Suggestion { field: field.to_owned(), value: value.trim().to_owned(), certainty, basis: basis.to_owned() }
}

fn kind(kind: DocumentKind, certainty: i32, basis: &str) -> Suggestion {
    suggestion("kind", &i32::from(kind).to_string(), certainty, basis)
}

fn number(caught: &regex::Captures<'_>, group: usize) -> Option<i32> {
    caught.get(group)?.as_str().parse().ok()
}

fn is_upper(line: &str) -> bool {
    line.chars().any(char::is_alphabetic) && !line.chars().any(char::is_lowercase)
}

/// Công văn: what follows “V/v”. Any other kind: the lines under its name until the text begins.
fn subject(head: &str, lines: &[&str], kind_line: Option<usize>) -> Option<String> {
    let joined = |rest: &mut dyn Iterator<Item = &str>, first: &str| {
        let mut whole = first.trim().to_owned();
        for line in rest.take(4) {
            if whole.chars().count() > 300 || is_upper(line) || ends_subject(line) {
                break;
            }
            whole.push(' ');
            whole.push_str(line);
        }
        whole.chars().take(limits::SUBJECT).collect::<String>()
    };
    if let Some(at) = kind_line {
        let first = lines.get(at + 1)?;
        if is_upper(first) || ends_subject(first) {
            return None;
        }
        return Some(joined(&mut lines.iter().skip(at + 2).copied(), first));
    }
    let caught = ABOUT.as_ref()?.captures(head)?;
    let first = caught.get(1)?;
    let rest = head.get(first.end()..)?;
    Some(joined(&mut rest.lines().skip(1).map(str::trim).filter(|l| !l.is_empty()), first.as_str()))
}

fn ends_subject(line: &str) -> bool {
    ["Kính gửi", "Căn cứ", "Thực hiện", "Theo ", "Số:", "Điều ", "I.", "1.", "______", "-----"]
        .iter()
        .any(|start| line.starts_with(start))
        || DATE.as_ref().is_some_and(|r| r.is_match(line))
}

/// The names that the head of `text` may give to who issued it; the likeliest first.
pub(crate) fn issuers(text: &str) -> Vec<String> {
    let head: String = text.nfc().take(HEAD_CHARS).collect();
    issuer::candidates(&lines(&head))
}

/// Says that earlier documents know the issuer by this name.
pub(crate) fn issuer_is_known(found: &mut Vec<Suggestion>, name: &str) {
    found.retain(|suggestion| suggestion.field != "issuer");
    found.push(suggestion("issuer", name, 90, "directory_match"));
}

fn lines(head: &str) -> Vec<&str> {
    head.lines().map(str::trim).filter(|l| !l.is_empty()).take(HEAD_LINES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value<'s>(found: &'s [Suggestion], field: &str) -> &'s str {
        found.iter().find(|s| s.field == field).map_or("", |s| &s.value)
    }

    #[test]
    fn a_decision_is_read() {
        let text = "UBND TỈNH MINH GIANG\nSỞ NỘI VỤ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n\
            Số: 15/QĐ-SNV\nMinh Giang, ngày 05 tháng 02 năm 2026\nQUYẾT ĐỊNH\nVề việc ban hành Quy chế làm việc\n\
            của Sở Nội vụ\nCăn cứ Luật Tổ chức chính quyền địa phương;";
        let found = read(text);
        assert_eq!(value(&found, "number"), "15");
        assert_eq!(value(&found, "notation"), "QĐ-SNV");
        assert_eq!(value(&found, "issued_date"), "2026-02-05");
        assert_eq!(value(&found, "kind"), i32::from(DocumentKind::Decision).to_string());
        assert_eq!(value(&found, "subject"), "Về việc ban hành Quy chế làm việc của Sở Nội vụ");
        assert_eq!(value(&found, "issuer"), "Sở Nội vụ");
    }

    #[test]
    fn what_no_field_can_take_is_not_suggested() {
        let endless = "A ".repeat(700);
        let found = read(&format!("{endless}\nSố: 15/QĐ-SNV\nV/v {endless}"));
        let fields: Vec<&str> = found.iter().map(|s| s.field.as_str()).collect();
        assert_eq!(fields, ["number", "notation", "kind", "subject"], "no issuer");
        assert!(value(&found, "subject").chars().count() <= limits::SUBJECT);
    }

    #[test]
    fn a_notation_is_read_to_its_end() {
        for (line, notation) in [
            ("Số: 319/HD-CV/TU", "HD-CV/TU"),
            ("Số: 05/2026/NQ-HĐND", "2026/NQ-HĐND"),
            ("Số: 7/SNV-VP", "SNV-VP"),
        ] {
            assert_eq!(value(&read(line), "notation"), notation, "{line}");
        }
    }

    #[test]
    fn a_letter_in_decomposed_unicode_is_read_too() {
        let text: String =
            "BỘ NỘI VỤ\nSố: 102/BNV-VTLTNN\nV/v rà soát hồ sơ\nHà Nội, ngày 12 tháng 11 năm 2026\nKính gửi:"
                .nfd()
                .collect();
        let found = read(&text);
        assert_eq!(value(&found, "number"), "102");
        assert_eq!(value(&found, "notation"), "BNV-VTLTNN");
        assert_eq!(value(&found, "kind"), i32::from(DocumentKind::Letter).to_string());
        assert_eq!(value(&found, "subject"), "rà soát hồ sơ");
        assert_eq!(value(&found, "issuer"), "Bộ Nội vụ");
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        assert!(read("").is_empty() && issuers("").is_empty());
        assert!(read("ngày 31 tháng 02 năm 2026").is_empty());
    }
}
