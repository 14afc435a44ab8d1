//! Where number, date, signature and seal belong on an uploaded draft, told by the words of its pages (poppler's
//! `pdftotext -bbox`). Only blank space is offered: a place over printed words would hide what was approved.

use std::fs::File;
use std::process::Stdio;
use std::time::Duration;

use proto::fault::Fault;
use proto::record::v1::{FieldName, FieldPlace};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

/// How long poppler may take.
const TIME_MAX: Duration = Duration::from_secs(30);
/// Words that are looked at.
const WORDS_MAX: usize = 200_000;
/// Bytes of poppler's answer that are read.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Diameter of a seal: 36 mm in points.
const SEAL: f64 = 102.05;
/// Width and height of a signature: 50 × 25 mm in points.
const SIGNATURE: (f64, f64) = (141.7, 70.9);
/// Narrowest blank for a number, in points.
const NUMBER_WIDTH_MIN: f64 = 14.0;
/// Widest blank that is taken for a number, in points.
const NUMBER_WIDTH_MAX: f64 = 60.0;
/// Width of a written date at 13 points.
const DATE_WIDTH: f64 = 148.5;
/// Height of a line of 13 points.
const LINE: f64 = 14.5;

/// A word with its box, in points from the upper left of the page.
#[derive(Debug, Clone, PartialEq)]
struct Word {
    page: i32,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    text: String,
}

/// A page's words.
#[derive(Debug, Default)]
struct Page {
    width: f64,
    height: f64,
    words: Vec<Word>,
}

/// The places that can be told; those that cannot are missing. A machine without poppler tells none.
pub(crate) async fn places(pdf: &[u8]) -> Result<Vec<FieldPlace>, Fault> {
    Ok(boxes("-", Stdio::piped(), pdf).await?.map_or_else(Vec::new, |xml| found(&parse(&xml))))
}

/// As [`places`], for a file on the disk: poppler reads of it what it needs.
pub(crate) async fn places_on_disk(pdf: File) -> Result<Vec<FieldPlace>, Fault> {
    // Under this name it opens the file anew and moves about in it, instead of reading it into memory.
    let xml = boxes("/dev/stdin", Stdio::from(pdf), &[]).await?;
    Ok(xml.map_or_else(Vec::new, |xml| found(&parse(&xml))))
}

async fn boxes(name: &str, stdin: Stdio, pdf: &[u8]) -> Result<Option<String>, Fault> {
    let child = Command::new("pdftotext")
        .args(["-bbox", "-enc", "UTF-8", name, "-"])
        .stdin(stdin)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            tracing::warn!(%error, "pdftotext cannot be started; fields are placed by hand");
            return Ok(None);
        }
    };
    let Some(stdout) = child.stdout.take() else {
        return Err(Fault::broken("pdftotext without pipes"));
    };
    let stdin = child.stdin.take();
    let talk = async {
        let send = async {
            if let Some(mut stdin) = stdin {
                // A reader that ends early has seen enough.
                let _ = stdin.write_all(pdf).await;
            }
        };
        let mut answer = Vec::new();
        let mut limited = stdout.take(ANSWER_BYTES_MAX);
        let receive = limited.read_to_end(&mut answer);
        let ((), read) = tokio::join!(send, receive);
        read.map(|_| answer)
    };
    match tokio::time::timeout(TIME_MAX, talk).await {
        Ok(Ok(answer)) => Ok(Some(String::from_utf8_lossy(&answer).into_owned())),
        Ok(Err(error)) => Err(Fault::broken(format!("pdftotext: {error}"))),
        Err(_) => Ok(None),
    }
}

/// Reads poppler's `<page …>` and `<word …>` elements.
fn parse(xml: &str) -> Vec<Page> {
    let mut pages: Vec<Page> = Vec::new();
    let mut words = 0;
    for line in xml.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("<page ") {
            pages.push(Page {
                width: attribute(rest, "width").unwrap_or(0.0),
                height: attribute(rest, "height").unwrap_or(0.0),
                words: Vec::new(),
            });
        } else if let Some(rest) = line.strip_prefix("<word ")
            && words < WORDS_MAX
            && let Some((attributes, text)) = rest.split_once('>')
            && let (Some(left), Some(top), Some(right), Some(bottom)) = (
                attribute(attributes, "xMin"),
                attribute(attributes, "yMin"),
                attribute(attributes, "xMax"),
                attribute(attributes, "yMax"),
            )
        {
            words += 1;
            let number = i32::try_from(pages.len()).unwrap_or(i32::MAX);
            let text = text.strip_suffix("</word>").unwrap_or(text);
            let text =
                text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            if let Some(page) = pages.last_mut() {
                page.words.push(Word { page: number, left, top, right, bottom, text });
            }
        }
    }
    pages
}

fn attribute(text: &str, name: &str) -> Option<f64> {
    let start = text.find(&format!("{name}=\""))? + name.len() + 2;
    let value = text.get(start..)?.split('"').next()?;
    value.parse::<f64>().ok().filter(|n| n.is_finite())
}

fn found(pages: &[Page]) -> Vec<FieldPlace> {
    let mut places = Vec::new();
    if let Some(first) = pages.first() {
        places.extend(number(first));
        places.extend(date(first));
    }
    if let Some((page, signature)) = pages.iter().rev().find_map(|page| Some((page, signature(page)?))) {
        let seal = Box {
            left: signature.left - SEAL * 2.0 / 3.0,
            top: f64::midpoint(signature.top, signature.bottom) - SEAL / 2.0,
            right: signature.left + SEAL / 3.0,
            bottom: f64::midpoint(signature.top, signature.bottom) + SEAL / 2.0,
        };
        let number = page.words.first().map_or(1, |w| w.page);
        places.push(place(FieldName::Signer, number, page, &signature));
        places.push(place(FieldName::Seal, number, page, &seal));
    }
    places
}

/// A box in points from the upper left of the page.
#[derive(Debug, Clone, Copy)]
struct Box {
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
}

fn place(name: FieldName, number: i32, page: &Page, at: &Box) -> FieldPlace {
    #[expect(clippy::cast_possible_truncation, reason = "a page is at most 14,400 points")]
    let hundredths = |points: f64| (points.clamp(-20_000.0, 20_000.0) * 100.0).round() as i32;
    FieldPlace {
        name: name.into(),
        page: number,
        x: hundredths(at.left.max(0.0)),
        y: hundredths((page.height - at.bottom).max(0.0)),
        width: hundredths(at.right.min(page.width) - at.left.max(0.0)),
        height: hundredths(at.bottom - at.top),
        centred: name == FieldName::Number,
        italic: name == FieldName::Date,
        ..FieldPlace::default()
    }
}

fn same_line(a: &Word, b: &Word) -> bool {
    (a.bottom - b.bottom).abs() < 4.0
}

/// The blank between “Số:” and “/…”.
fn number(page: &Page) -> Option<FieldPlace> {
    let label = page.words.iter().find(|w| matches!(w.text.as_str(), "Số:" | "Số" | "SỐ:"))?;
    let slash = page
        .words
        .iter()
        .filter(|w| same_line(w, label) && w.left >= label.right && w.text.starts_with('/'))
        .min_by(|a, b| a.left.total_cmp(&b.left))?;
    let between =
        page.words.iter().any(|w| same_line(w, label) && w.left >= label.right && w.right <= slash.left);
    let width = slash.left - label.right - 2.0;
    if between || !(NUMBER_WIDTH_MIN..=NUMBER_WIDTH_MAX).contains(&width) {
        return None;
    }
    let bottom = label.bottom.max(slash.bottom);
    let at = Box { left: label.right + 1.0, top: bottom - LINE, right: slash.left - 1.0, bottom };
    Some(place(FieldName::Number, label.page, page, &at))
}

/// The blank behind “<địa danh>,” in the upper right of the first page.
fn date(page: &Page) -> Option<FieldPlace> {
    let comma = page.words.iter().find(|w| {
        w.text.ends_with(',')
            && w.left > page.width * 0.35
            && w.top < page.height * 0.35
            && !page.words.iter().any(|other| same_line(other, w) && other.left >= w.right)
    })?;
    if comma.right + 4.0 + DATE_WIDTH > page.width {
        return None;
    }
    let at = Box {
        left: comma.right + 3.0,
        top: comma.bottom - LINE,
        right: comma.right + 4.0 + DATE_WIDTH,
        bottom: comma.bottom,
    };
    Some(place(FieldName::Date, comma.page, page, &at))
}

/// The blank between the position (in capitals, right half) and the name below it.
fn signature(page: &Page) -> Option<Box> {
    let right: Vec<&Word> = page.words.iter().filter(|w| w.left > page.width * 0.4).collect();
    let capital =
        |w: &Word| w.text.chars().any(char::is_alphabetic) && !w.text.chars().any(char::is_lowercase);
    let mut best: Option<Box> = None;
    for title in right.iter().filter(|w| capital(w)) {
        let Some(below) = right
            .iter()
            .filter(|w| w.top > title.bottom + 30.0)
            .min_by(|a, b| a.top.total_cmp(&b.top))
            .filter(|w| !capital(w))
        else {
            continue;
        };
        let blank = !right.iter().any(|w| w.top > title.bottom + 2.0 && w.bottom < below.top - 2.0);
        if !blank || below.top - title.bottom > 160.0 {
            continue;
        }
        let line: Vec<&&Word> = right.iter().filter(|w| same_line(w, below)).collect();
        let from = line.iter().map(|w| w.left).fold(f64::INFINITY, f64::min);
        let to = line.iter().map(|w| w.right).fold(0.0, f64::max);
        let height = SIGNATURE.1.min(below.top - title.bottom - 4.0);
        let (middle, top) = (f64::midpoint(from, to), title.bottom + 2.0);
        let at = Box {
            left: middle - SIGNATURE.0 / 2.0,
            top,
            right: (middle + SIGNATURE.0 / 2.0).min(page.width - 5.0),
            bottom: top + height,
        };
        if best.is_none_or(|b| at.top > b.top) {
            best = Some(at);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(left: f64, top: f64, right: f64, text: &str) -> String {
        format!("<word xMin=\"{left}\" yMin=\"{top}\" xMax=\"{right}\" yMax=\"{}\">{text}</word>", top + 14.0)
    }

    fn page(words: &[String]) -> Vec<Page> {
        parse(&format!("<page width=\"595\" height=\"842\">\n{}\n</page>", words.join("\n")))
    }

    #[test]
    fn blanks_of_the_legal_layout_are_found() {
        let pages = page(&[
            word(90.0, 100.0, 110.0, "Số:"),
            word(140.0, 100.0, 200.0, "/QĐ-SNV"),
            word(330.0, 100.0, 360.0, "Minh"),
            word(363.0, 100.0, 400.0, "Giang,"),
            word(380.0, 600.0, 450.0, "GIÁM"),
            word(452.0, 600.0, 480.0, "ĐỐC"),
            word(380.0, 700.0, 430.0, "Nguyễn"),
            word(432.0, 700.0, 480.0, "An"),
        ]);
        let places = found(&pages);
        let names: Vec<FieldName> = places.iter().map(FieldPlace::name).collect();
        assert_eq!(names, [FieldName::Number, FieldName::Date, FieldName::Signer, FieldName::Seal]);
        let number = &places[0];
        assert!(number.x >= 11_000 && number.x + number.width <= 14_000, "{number:?}");
        assert_eq!(number.y, (842 - 114) * 100);
        let signer = &places[2];
        assert!(signer.y > (842 - 700) * 100 && signer.y + signer.height < (842 - 614) * 100, "{signer:?}");
    }

    #[test]
    fn a_place_with_words_in_it_is_not_offered() {
        let printed = page(&[
            word(90.0, 100.0, 110.0, "Số:"),
            word(115.0, 100.0, 125.0, "15"),
            word(140.0, 100.0, 200.0, "/QĐ-SNV"),
            word(330.0, 100.0, 400.0, "Giang,"),
            word(404.0, 100.0, 430.0, "ngày"),
        ]);
        assert!(found(&printed).is_empty(), "{:?}", found(&printed));
    }

    #[test]
    fn a_date_line_with_dots_to_be_filled_is_printed_words_and_no_place() {
        // As drafts from a word processor have it: the date would be written over words that were approved.
        for date in
            [&["ngày", "…", "tháng", "…", "năm", "2026"][..], &["ngày......tháng......năm", "2026"][..]]
        {
            let mut words = vec![word(330.0, 100.0, 400.0, "Giang,")];
            words.extend(date.iter().zip(0_u8..).map(|(text, i)| {
                let left = 404.0 + f64::from(i) * 30.0;
                word(left, 100.0, left + 28.0, text)
            }));
            assert!(found(&page(&words)).is_empty(), "{date:?}");
        }
    }

    #[test]
    fn nonsense_tells_nothing() {
        assert!(found(&parse("")).is_empty());
        assert!(found(&parse("<word xMin=\"nan\" yMin=\"1\" xMax=\"2\" yMax=\"3\">Số:</word>")).is_empty());
    }
}
