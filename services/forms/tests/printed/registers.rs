use forms::{Error, limits};
use proto::forms::v1::render_register_request::Book;
use proto::forms::v1::{
    FollowUpBook, FollowUpRow, IncomingBook, IncomingRow, OutgoingBook, OutgoingRow, RenderRegisterRequest,
    RowNumber,
};

use crate::paper::Paper;
use crate::samples::{self, PRESS, day, incoming, number};

fn volume(book: Book) -> RenderRegisterRequest {
    RenderRegisterRequest {
        stamp: samples::stamp(),
        letterhead: samples::letterhead(),
        year: 2026,
        volume: 1,
        series_name: String::new(),
        printed: samples::print_mark(),
        book: Some(book),
    }
}

fn incoming_volume(rows: Vec<IncomingRow>) -> RenderRegisterRequest {
    volume(Book::Incoming(IncomingBook { rows }))
}

/// Row 5 void.
fn rows(count: i32) -> Vec<IncomingRow> {
    (1..=count)
        .map(|ordinal| {
            let mut row = incoming(ordinal);
            if ordinal == 5 {
                row.void = true;
                row.void_reason = "ghi trùng với số 4".into();
            }
            row
        })
        .collect()
}

#[test]
fn the_incoming_register_has_cover_ten_columns_and_a_closing() {
    let printed = PRESS.register(&incoming_volume(rows(40))).unwrap();
    let paper = Paper::of(&printed.pdf);
    paper.assert_sound();
    let pages = paper.pages();
    assert_eq!(pages.len(), usize::try_from(printed.page_count).unwrap());
    assert!(pages[0].contains("SỔ ĐĂNG KÝ VĂN BẢN ĐẾN") && pages[0].contains("Năm 2026"), "{}", pages[0]);
    for text in ["Từ ngày: Từ số: Quyển số:", "01/2026 đến ngày 2", "1 đến số 40 01"] {
        assert!(pages[0].contains(text), "{text}: {}", pages[0]);
    }
    let tables = pages.len() - 1;
    for (i, page) in pages[1..].iter().enumerate() {
        // The closing may need a page of its own.
        let titled = i + 1 < tables || page.contains("Sở Tài chính");
        for title in [
            "Ngày đến",
            "Số đến",
            "Tác giả",
            "Ký nhận",
            "Ghi chú",
            "(1) (2) (3) (4) (5) (6) (7) (8) (9) (10)",
        ] {
            assert!(!titled || page.contains(title), "page {} lacks {title}: {page}", i + 2);
        }
        assert!(page.contains(&format!("Trang {}/{tables}", i + 1)), "{page}");
        assert!(page.contains("In từ hệ thống Văn Thư lúc 09:20 ngày 18/11/2026 · Người in: Vũ Thị Hạnh – Văn thư · Mã xác minh: 0001 0203 0405 0607"), "{page}");
    }
    let last = pages.last().unwrap();
    for text in [
        "Sổ này gồm 40 dòng, từ số 1 đến số 40.",
        "Trong đó có 1 số hủy",
        "Mã xác minh: 0001 0203 0405 0607 0809 0a0b 0c0d 0e0f 1011 1213 1415 1617 1819 1a1b 1c1d 1e1f",
        "Số mục của nhật ký khi in: 12345",
        "NGƯỜI IN SỔ",
    ] {
        assert!(last.contains(text), "{text}: {last}");
    }
    let info = paper.info();
    assert!(info.contains("Tagged:          yes") && info.contains("841.89 x 595.276"), "{info}");
    assert!(paper.flat().contains("Số hủy: ghi trùng với số 4"));
}

#[test]
fn a_void_line_is_struck_through_and_others_are_not() {
    let strokes = |rows| {
        let paper = Paper::of(&PRESS.register(&incoming_volume(rows)).unwrap().pdf);
        paper.readable().lines().filter(|line| line.ends_with(" l")).count()
    };
    let plain: Vec<_> = (1..=8).map(incoming).collect();
    let mut with_note = plain.clone();
    with_note[4].note = "ghi trùng với số 4".into();
    let struck = rows(8);
    let (with_note, struck) = (strokes(with_note), strokes(struck));
    // Arrival, number, author, notation, date, subject, receiver, handing over: at least one line each.
    assert!(struck >= with_note + 8, "{struck} against {with_note}");
}

#[test]
fn a_thousand_rows_are_all_there_in_order() {
    let began = std::time::Instant::now();
    let printed = PRESS.register(&incoming_volume(rows(1000))).unwrap();
    println!(
        "1,000 rows: {} pages, {} bytes in {:?}",
        printed.page_count,
        printed.pdf.len(),
        began.elapsed()
    );
    assert!(printed.pdf.len() < 1_000_000);
    let paper = Paper::of(&printed.pdf);
    assert!(paper.info().contains("Tagged:          no"));
    let (words, sizes) = paper.words();
    let (width, _) = sizes[1];
    // Column 2: what stands between 19 and 33 mm behind the left margin.
    let mm = 72.0 / 25.4;
    let column = (39.0 * mm, 53.0 * mm);
    let numbers: Vec<i32> = words
        .iter()
        .filter(|w| w.page > 1 && w.left > column.0 && w.right < column.1)
        .filter_map(|w| w.text.parse().ok())
        .take(1000)
        .collect();
    assert!(numbers.iter().copied().eq(1..=1000), "{numbers:?}");
    assert_eq!(words.iter().filter(|w| w.text.ends_with("/STC-QLNS")).count(), 1000);
    assert!(words.iter().all(|w| w.left >= 50.0 && w.right <= width - 30.0));
    assert!(paper.pages()[1..].iter().all(|page| page.contains("(1) (2) (3) (4)")));
}

#[test]
fn the_largest_volume_is_printed() {
    let count = i32::try_from(limits::REGISTER_ROWS_MAX).unwrap();
    let began = std::time::Instant::now();
    let printed = PRESS.register(&incoming_volume(rows(count))).unwrap();
    println!(
        "{count} rows: {} pages, {} bytes in {:?}",
        printed.page_count,
        printed.pdf.len(),
        began.elapsed()
    );
    let Err(Error::Invalid(violations)) = PRESS.register(&incoming_volume(rows(count + 1))) else {
        panic!("must be refused")
    };
    assert_eq!(violations[0].field, "incoming.rows");
}

#[test]
fn the_longest_cells_stay_in_their_columns_and_nothing_is_lost() {
    let long = |max: usize| "W".repeat(max);
    let row = |ordinal| IncomingRow {
        author: long(limits::NAME_CHARS_MAX),
        notation: long(limits::NUMBER_NOTATION_CHARS_MAX),
        kind_name: long(limits::KIND_NAME_CHARS_MAX),
        subject: long(limits::SUBJECT_CHARS_MAX),
        handed_to: long(limits::HANDED_TO_CHARS_MAX),
        received_by: long(limits::NAME_CHARS_MAX),
        note: long(limits::NOTE_CHARS_MAX),
        ..incoming(ordinal)
    };
    let paper = Paper::of(&PRESS.register(&incoming_volume(vec![row(1), row(2), incoming(3)])).unwrap().pdf);
    let (words, _) = paper.words();
    let mm = 72.0 / 25.4;
    let edges: Vec<f64> =
        [0, 19, 33, 65, 98, 117, 180, 210, 229, 246, 265].iter().map(|x| f64::from(20 + x) * mm).collect();
    for word in words.iter().filter(|word| word.text.contains('W')) {
        let fits = edges.windows(2).any(|edge| word.left >= edge[0] - 0.1 && word.right <= edge[1] + 0.1);
        assert!(fits, "{word:?} crosses a column");
        assert!(word.bottom < 595.0 - 40.0, "{word:?} leaves the page");
    }
    let each = limits::NAME_CHARS_MAX * 2
        + limits::NUMBER_NOTATION_CHARS_MAX
        + limits::KIND_NAME_CHARS_MAX
        + limits::SUBJECT_CHARS_MAX
        + limits::HANDED_TO_CHARS_MAX
        + limits::NOTE_CHARS_MAX;
    assert_eq!(paper.text().matches('W').count(), 2 * each);
}

#[test]
fn the_outgoing_register_has_its_columns() {
    let rows = (1..=30)
        .map(|ordinal| OutgoingRow {
            number: Some(RowNumber {
                ordinal,
                suffix: if ordinal == 15 { "a".into() } else { String::new() },
            }),
            notation: if ordinal % 3 == 0 { "QĐ-SNV" } else { "SNV-VP" }.into(),
            document_date: day(2026, 3, 5),
            kind_name: "Quyết định".into(),
            subject: "Về việc ban hành Quy chế".into(),
            signer: "Nguyễn Văn Hòa".into(),
            recipients: "UBND tỉnh; các sở, ban, ngành".into(),
            filed_with: "Văn thư; Phòng Tổ chức".into(),
            copies: 5,
            handed_on: day(2026, 3, 5),
            void: ordinal == 7,
            void_reason: if ordinal == 7 { "cấp nhầm".into() } else { String::new() },
            ..Default::default()
        })
        .collect();
    let printed = PRESS.register(&volume(Book::Outgoing(OutgoingBook { rows }))).unwrap();
    let paper = Paper::of(&printed.pdf);
    let flat = paper.flat();
    for text in [
        "SỔ ĐĂNG KÝ VĂN BẢN ĐI",
        "Người ký",
        "03/QĐ-SNV",
        "15a/QĐ-SNV",
        "05/03/2026",
        "Số hủy: cấp nhầm",
        "1 đến số 30",
    ] {
        assert!(flat.contains(text), "{text}: {flat}");
    }
    let (words, sizes) = paper.words();
    assert!(words.iter().all(|w| w.right <= sizes[0].0 - 30.0));
}

#[test]
fn the_follow_up_register_has_seven_columns() {
    let rows = (1..=5)
        .map(|ordinal| FollowUpRow {
            number: number(ordinal),
            kind_name: "Công văn".into(),
            notation: "12/STC-NS".into(),
            document_date: day(2026, 11, 2),
            author: "Sở Tài chính".into(),
            handed_to: "Phòng Tổ chức".into(),
            due_date: day(2026, 11, 20),
            progress: "Đã trả lời".into(),
            reply: "45/SNV-VP".into(),
            note: String::new(),
        })
        .collect();
    let printed = PRESS.register(&volume(Book::FollowUp(FollowUpBook { rows }))).unwrap();
    let flat = Paper::of(&printed.pdf).flat();
    for text in [
        "SỔ THEO DÕI GIẢI QUYẾT VĂN BẢN ĐẾN",
        "(1) (2) (3) (4) (5) (6) (7)",
        "Công văn số 12/STC-NS ngày 02/11/2026 của Sở Tài chính",
        "20/11/2026",
        "45/SNV-VP",
    ] {
        assert!(flat.contains(text), "{text}: {flat}");
    }
    assert!(!flat.contains("(8)"));
}

#[test]
fn an_empty_register_says_so() {
    let printed = PRESS.register(&incoming_volume(vec![])).unwrap();
    let flat = Paper::of(&printed.pdf).flat();
    assert!(flat.contains("Sổ này chưa có dòng nào.") && flat.contains("…………"), "{flat}");
    assert_eq!(printed.page_count, 2);
}

#[test]
fn lines_out_of_their_place_are_refused() {
    let refused = |rows: Vec<IncomingRow>| {
        let Err(Error::Invalid(violations)) = PRESS.register(&incoming_volume(rows)) else {
            panic!("must be refused")
        };
        violations.into_iter().map(|v| (v.field, v.reason)).collect::<Vec<_>>()
    };
    let fault = |field: &str, reason| vec![(field.to_owned(), reason)];
    assert_eq!(
        refused(vec![incoming(2), incoming(1)]),
        fault("incoming.rows[1].number", "ROWS_NOT_ASCENDING")
    );
    assert_eq!(
        refused(vec![incoming(2), incoming(2)]),
        fault("incoming.rows[1].number", "ROWS_NOT_ASCENDING")
    );
    let void = IncomingRow { void: true, ..incoming(1) };
    assert_eq!(refused(vec![void]), fault("incoming.rows[0].void_reason", "FIELD_EMPTY"));
    let reason = IncomingRow { void_reason: "vì".into(), ..incoming(1) };
    assert_eq!(refused(vec![reason]), fault("incoming.rows[0].void_reason", "FIELD_NOT_ALLOWED"));
    let undated = IncomingRow { arrived_on: None, ..incoming(1) };
    assert_eq!(refused(vec![undated]), fault("incoming.rows[0].arrived_on", "FIELD_EMPTY"));
    let after = IncomingRow { number: Some(RowNumber { ordinal: 1, suffix: "a".into() }), ..incoming(1) };
    assert!(PRESS.register(&incoming_volume(vec![incoming(1), after, incoming(2)])).is_ok());
}

#[test]
fn the_same_volume_gives_the_same_bytes() {
    let request = incoming_volume(rows(30));
    assert_eq!(PRESS.register(&request).unwrap(), forms::Press::new().unwrap().register(&request).unwrap());
}
