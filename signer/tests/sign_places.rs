//! Where things stand on the page, as poppler sees them: boxes are given as a person sees the page, whatever its
//! turn, its crop box and its unit.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

use std::process::Command;

use signer::sign::{
    Align, Claims, FieldPlan, LIBERATION_SERIF, PageBox, Prepared, SealRequest, SigningTime, TextPlace,
    prepare_fields,
};

const TIME: SigningTime = SigningTime(1_779_765_330);

/// One empty page with these attributes.
fn page(attributes: &str) -> Vec<u8> {
    let bodies = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!("<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]{attributes}>>"),
        format!("<</Type/Page/Parent 2 0 R{attributes}>>"),
    ];
    let mut out = String::from("%PDF-1.7\n");
    let mut rows = String::from("0000000000 65535 f \n");
    for (index, body) in bodies.iter().enumerate() {
        rows.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{body}\nendobj\n", index + 1));
    }
    let xref = out.len();
    out.push_str(&format!("xref\n0 4\n{rows}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n"));
    out.into_bytes()
}

fn sealed(file: Vec<u8>, number: TextPlace, date: TextPlace) -> Vec<u8> {
    let place = PageBox { page: 1, x: 150.0, y: 20.0, width: 60.0, height: 40.0 };
    let prepared = prepare_fields(file, &FieldPlan { number, date, person: place, seal: place }).unwrap();
    let request = SealRequest {
        number: "15".to_owned(),
        date: "ngày 26 tháng 5 năm 2026".to_owned(),
        appearance: None,
        claims: Claims::at(TIME),
        capacity: 64,
        choices: Default::default(),
        font: LIBERATION_SERIF,
    };
    Prepared::seal(prepared, &request).unwrap().digest().complete(b"0").unwrap().to_bytes()
}

/// Words with left, top, right and bottom edge, counted from the upper left of the page as displayed.
fn words(file: &[u8]) -> Option<Vec<(String, [f64; 4])>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("page.pdf");
    std::fs::write(&path, file).unwrap();
    let output = match Command::new("pdftotext").args(["-cropbox", "-bbox"]).arg(&path).arg("-").output() {
        Ok(output) => output,
        Err(error) => {
            println!("skipped: sign_places: pdftotext cannot be run: {error}");
            return None;
        }
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let mut words = Vec::new();
    for line in text.lines().filter(|line| line.contains("<word")) {
        let parts: Vec<&str> = line.split('"').collect();
        let edge = |at: usize| parts[at].parse::<f64>().unwrap();
        let word = parts[8].trim_start_matches('>').trim_end_matches("</word>").to_owned();
        words.push((word, [edge(1), edge(3), edge(5), edge(7)]));
    }
    Some(words)
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 0.1, "{found} is not {expected}");
}

#[test]
fn text_stands_upright_in_its_box_on_every_page() {
    let cases = [
        ("", 842.0),
        ("/Rotate 90", 595.0),
        ("/Rotate 180/CropBox[50 60 500 700]", 640.0),
        ("/Rotate -90/CropBox[50 60 500 700]", 450.0),
    ];
    for (attributes, height) in cases {
        let text = |x| TextPlace {
            place: PageBox { page: 1, x, y: 400.0, width: 180.0, height: 18.0 },
            align: Align::Left,
            size: 13.0,
            italic: false,
        };
        let Some(words) = words(&sealed(page(attributes), text(50.0), text(200.0))) else { return };
        let found = |word: &str| words.iter().find(|(found, _)| found == word).unwrap().1;
        // One point from the left edge, the line in the middle of the box.
        let middle = height - 409.0;
        for (word, left) in [("15", 51.0), ("ngày", 201.0)] {
            let [x0, y0, x1, y1] = found(word);
            close(x0, left);
            close(f64::midpoint(y0, y1), middle);
            assert!(x1 - x0 > 10.0 && y1 - y0 < 16.0, "{word} lies flat on {attributes}");
        }
    }
}

#[test]
fn text_stands_on_the_baseline_that_was_asked_for() {
    let place = PageBox { page: 1, x: 100.0, y: 0.0, width: 200.0, height: 1.0 };
    let text = TextPlace { place, align: Align::Center, size: 14.0, italic: true };
    let at = |x| TextPlace { place: PageBox { x, ..place }, ..text }.on_baseline(700.0);
    let Some(words) = words(&sealed(page(""), at(50.0), at(300.0))) else { return };
    let (_, [x0, y0, x1, y1]) = words.iter().find(|(word, _)| word == "15").unwrap();
    // Poppler's box reaches from the ascent to the descent of the font.
    close(*y0, 842.0 - 700.0 - 0.891 * 14.0);
    close(*y1, 842.0 - 700.0 + 0.216 * 14.0);
    close(f64::midpoint(*x0, *x1), 150.0);
}

#[test]
fn an_attachment_bears_number_and_time_at_the_top_right() {
    for attributes in ["", "/Rotate 90"] {
        let prepared = Prepared::attachment(
            page(attributes),
            "15/QĐ-UBND",
            &Claims::at(TIME),
            64,
            &signer::sign::Choices::default(),
        )
        .unwrap();
        let Some(words) = words(&prepared.digest().complete(b"0").unwrap().to_bytes()) else { return };
        let texts: Vec<&str> = words.iter().map(|(word, _)| word.as_str()).collect();
        assert_eq!(texts, ["15/QĐ-UBND", "2026-05-26T10:15:30+07:00"]);
        let width = if attributes.is_empty() { 595.0 } else { 842.0 };
        let [left, top, right, bottom] = words[1].1;
        assert!(left > width / 2.0 && right < width - 40.0 && top < 50.0, "{left} {top} {right}");
        close(bottom - top, 1.107 * 10.0);
    }
}
