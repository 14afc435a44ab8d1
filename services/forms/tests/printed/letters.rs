use forms::{Error, limits};
use proto::forms::v1::{
    Appendix, CirculationMark, LetterKind, Letterhead, Paragraph, ParagraphStyle, Place, PlaceKind,
    RenderLetterRequest, RenderLetterResponse, SignatureBlock, UrgencyMark,
};
use unicode_normalization::UnicodeNormalization;

use crate::paper::{Paper, Word, flatten};
use crate::samples::{self, PRESS, paragraphs, strings};

fn print(request: &RenderLetterRequest) -> (RenderLetterResponse, Paper) {
    let printed = PRESS.letter(request).unwrap();
    let paper = Paper::of(&printed.pdf);
    (printed, paper)
}

fn place(printed: &RenderLetterResponse, kind: PlaceKind) -> Option<Place> {
    let mut found = printed.places.iter().filter(|place| place.kind() == kind);
    let first = found.next().copied();
    assert!(found.next().is_none(), "{kind:?} twice");
    first
}

/// Every letter of these tests: name, request.
fn all() -> Vec<(&'static str, RenderLetterRequest)> {
    let named = |kind, abbreviation: &str| RenderLetterRequest {
        notation: format!("{abbreviation}-SNV"),
        subject: "Kết quả công tác cải cách hành chính năm 2026".into(),
        ..samples::letter(kind)
    };
    vec![
        ("official letter", samples::official_letter()),
        (
            "official letter to one",
            RenderLetterRequest {
                addressees: strings(&["Bộ Nội vụ"]),
                urgency: UrgencyMark::VeryUrgent.into(),
                ..samples::official_letter()
            },
        ),
        ("decision", samples::decision()),
        ("announcement", named(LetterKind::Announcement, "TB")),
        (
            "submission",
            RenderLetterRequest {
                addressees: strings(&["Ủy ban nhân dân tỉnh Minh Giang"]),
                ..named(LetterKind::Submission, "TTr")
            },
        ),
        (
            "report",
            RenderLetterRequest { urgency: UrgencyMark::Urgent.into(), ..named(LetterKind::Report, "BC") },
        ),
        (
            "plan",
            RenderLetterRequest { urgency: UrgencyMark::Express.into(), ..named(LetterKind::Plan, "KH") },
        ),
        (
            "invitation",
            RenderLetterRequest {
                subject: "Họp triển khai công tác cải cách hành chính năm 2027".into(),
                body: paragraphs(&[
                    "Sở Nội vụ trân trọng kính mời: Trưởng các phòng, đơn vị thuộc Sở.",
                    "Chủ trì: Giám đốc Sở.",
                    "Thời gian: 8 giờ 00, ngày 25 tháng 11 năm 2026.",
                    "Địa điểm: Phòng họp số 2, trụ sở Sở Nội vụ",
                ]),
                signature: Some(SignatureBlock {
                    capacity: strings(&["TL. Giám đốc", "KT. Chánh Văn phòng"]),
                    position: "Phó Chánh Văn phòng".into(),
                    full_name: "Lê Hoàng Sơn".into(),
                }),
                circulation: CirculationMark::Internal.into(),
                ..named(LetterKind::Invitation, "GM")
            },
        ),
        (
            "other kind",
            RenderLetterRequest {
                kind_name: "Hướng dẫn".into(),
                letterhead: Some(Letterhead {
                    parent: String::new(),
                    agency: "Ủy ban nhân dân tỉnh Minh Giang".into(),
                }),
                signature: Some(SignatureBlock {
                    capacity: strings(&["TM. Ủy ban nhân dân", "KT. Chủ tịch"]),
                    position: "Phó Chủ tịch".into(),
                    full_name: "Phạm Quốc Bảo".into(),
                }),
                circulation: CirculationMark::ReturnAfterReading.into(),
                ..named(LetterKind::OtherNamed, "HD")
            },
        ),
        (
            "with appendices",
            RenderLetterRequest {
                appendices: vec![
                    Appendix {
                        title: "Danh mục hồ sơ".into(),
                        body: paragraphs(&["I. Hồ sơ chung", "Tập văn bản chỉ đạo."]),
                    },
                    Appendix {
                        title: "Phân công".into(), body: paragraphs(&["Phòng Tổ chức chủ trì."])
                    },
                ],
                ..samples::decision()
            },
        ),
    ]
}

#[test]
fn every_kind_prints_its_words_exactly() {
    for (name, request) in all() {
        let (printed, paper) = print(&request);
        paper.assert_sound();
        let flat = paper.flat();
        let mut expected = vec![
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM".to_owned(),
            "Độc lập - Tự do - Hạnh phúc".to_owned(),
            request.letterhead.as_ref().unwrap().agency.to_uppercase(),
            format!("/{}", request.notation),
            "Minh Giang,".to_owned(),
            "Nơi nhận:".to_owned(),
            "VĂN BẢN DEMO – KHÔNG CÓ GIÁ TRỊ".to_owned(),
        ];
        let last = request.body.len() - 1;
        for (i, paragraph) in request.body.iter().enumerate() {
            let text = paragraph.text.trim_end_matches('.');
            expected.push(if i == last { format!("{text}./.") } else { text.to_owned() });
        }
        let signature = request.signature.as_ref().unwrap();
        expected.extend(signature.capacity.iter().map(|line| line.to_uppercase()));
        expected.push(signature.position.to_uppercase());
        expected.push(signature.full_name.clone());
        expected.extend(request.copies_to.iter().map(|line| format!("- {line};")));
        for appendix in &request.appendices {
            expected.push(appendix.title.to_uppercase());
            expected.extend(appendix.body.iter().map(|paragraph| paragraph.text.clone()));
        }
        for text in expected {
            assert!(flat.contains(&text), "{name} lacks {text:?}:\n{flat}");
        }
        assert_eq!(printed.page_count, i32::try_from(1 + request.appendices.len()).unwrap(), "{name}");
    }
}

#[test]
fn every_kind_has_its_own_opening() {
    let texts: std::collections::HashMap<_, _> =
        all().into_iter().map(|(name, request)| (name, print(&request).1.flat())).collect();
    for (name, text) in [
        ("official letter", "V/v rà soát, cập nhật danh mục hồ sơ năm 2027"),
        (
            "official letter",
            "Kính gửi: - Văn phòng UBND tỉnh; - Các sở, ban, ngành thuộc tỉnh; - UBND các xã, phường.",
        ),
        ("official letter", "- Như trên;"),
        ("official letter", "- Lưu: VT, VP. PL.(30)"),
        ("official letter", "Địa chỉ: số 12 đường Hùng Vương, phường Minh Giang Điện thoại: 0200 3 123 456"),
        ("official letter to one", "Kính gửi: Bộ Nội vụ"),
        ("official letter to one", "THƯỢNG KHẨN"),
        ("decision", "QUYẾT ĐỊNH Về việc ban hành Quy chế công tác văn thư, lưu trữ của Sở Nội vụ"),
        (
            "decision",
            "GIÁM ĐỐC SỞ NỘI VỤ Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
        ),
        ("decision", "Theo đề nghị của Chánh Văn phòng Sở. QUYẾT ĐỊNH: Điều 1. Ban hành"),
        ("announcement", "THÔNG BÁO Kết quả công tác"),
        ("submission", "TỜ TRÌNH Kết quả công tác"),
        ("report", "BÁO CÁO Kết quả công tác"),
        ("report", "KHẨN"),
        ("plan", "KẾ HOẠCH Kết quả công tác"),
        ("plan", "HỎA TỐC"),
        ("invitation", "GIẤY MỜI Họp triển khai"),
        ("invitation", "LƯU HÀNH NỘI BỘ"),
        ("other kind", "HƯỚNG DẪN Kết quả công tác"),
        ("other kind", "XEM XONG TRẢ LẠI"),
        (
            "with appendices",
            "Phụ lục I DANH MỤC HỒ SƠ (Kèm theo Quyết định số …/QĐ-SNV ngày … tháng … năm … của Sở Nội vụ)",
        ),
        ("with appendices", "Phụ lục II PHÂN CÔNG"),
    ] {
        assert!(texts[name].contains(text), "{name} lacks {text:?}:\n{}", texts[name]);
    }
    assert!(!texts["decision"].contains("Như trên") && !texts["decision"].contains("Kính gửi"));
}

/// Left, top, right, bottom in points from the upper left corner.
fn rectangle(place: &Place, page_height: f64) -> [f64; 4] {
    let pt = |hundredths: i32| f64::from(hundredths) / 100.0;
    let bottom = page_height - pt(place.y);
    [pt(place.x), bottom - pt(place.height), pt(place.x) + pt(place.width), bottom]
}

fn word<'a>(words: &'a [Word], text: &str) -> &'a Word {
    words.iter().find(|word| word.text == text).unwrap_or_else(|| panic!("no word {text}"))
}

#[test]
fn places_are_blank_and_where_the_law_wants_them() {
    for (name, request) in all() {
        let (printed, paper) = print(&request);
        let (words, sizes) = paper.words();
        for place in &printed.places {
            let (width, height) = sizes[usize::try_from(place.page).unwrap() - 1];
            let [left, top, right, bottom] = rectangle(place, height);
            assert!(
                left >= 0.0 && top >= 0.0 && right <= width && bottom <= height,
                "{name}: {place:?} leaves the page"
            );
            assert!(place.width > 0 && place.height > 0);
            for word in words.iter().filter(|word| word.page == place.page) {
                let apart =
                    word.right <= left || word.left >= right || word.bottom <= top || word.top >= bottom;
                assert!(apart, "{name}: {:?} lies over {word:?}", place.kind());
            }
        }
        let page = |place: &Place| sizes[usize::try_from(place.page).unwrap() - 1].1;

        let number = place(&printed, PlaceKind::Number).unwrap();
        let [left, top, right, bottom] = rectangle(&number, page(&number));
        let (label, suffix) = (word(&words, "Số:"), word(&words, &format!("/{}", request.notation)));
        assert!(label.right <= left && left - label.right < 6.0, "{name}: after Số:");
        assert!(right <= suffix.left && suffix.left - right < 3.0, "{name}: before the notation");
        assert!((right - left) >= 32.5, "{name}: five digits of 13 pt");
        // Poppler's box of a word reaches from 0.693 em above the baseline to 0.216 em below it.
        let baseline = page(&number) - f64::from(number.baseline) / 100.0;
        assert!((label.top + 0.693 * 13.0 - baseline).abs() < 0.2, "{name}: on the line of Số:");
        assert!(top < baseline && baseline < bottom);
        assert_eq!((number.page, number.font_size, number.italic, number.centred), (1, 1300, false, true));

        let date = place(&printed, PlaceKind::Date).unwrap();
        let [left, _, right, _] = rectangle(&date, page(&date));
        let comma = words.iter().find(|word| word.text == "Giang,").unwrap();
        assert!(comma.right <= left && left - comma.right < 6.0, "{name}: after the place name");
        let sample = "ngày 30 tháng 12 năm 2026".len();
        assert!(right - left > 140.0 && sample > 0, "{name}: room for the date");
        let baseline = page(&date) - f64::from(date.baseline) / 100.0;
        assert!((comma.top + 0.693 * 13.0 - baseline).abs() < 0.2, "{name}: on the line of the place name");
        assert_eq!((date.page, date.font_size, date.italic, date.centred), (1, 1300, true, false));

        let person = place(&printed, PlaceKind::Person).unwrap();
        let seal = place(&printed, PlaceKind::Seal).unwrap();
        assert_eq!(person.page, seal.page);
        let [left, top, right, bottom] = rectangle(&person, page(&person));
        let signature = request.signature.as_ref().unwrap();
        let of_name = signature.full_name.split(' ').next_back().unwrap();
        let name_word = words
            .iter()
            .rfind(|word| word.page == person.page && word.text == of_name && word.top >= bottom)
            .unwrap_or_else(|| panic!("{name}: the name stands under the signature"));
        assert!(name_word.top - bottom < 30.0, "{name}: close to the name");
        let of_position = signature.position.to_uppercase();
        let of_position = of_position.split(' ').next_back().unwrap();
        assert!(
            words.iter().any(|w| w.page == person.page
                && w.text == of_position
                && w.bottom <= top
                && top - w.bottom < 30.0),
            "{name}: position above"
        );
        let [seal_left, seal_top, seal_right, seal_bottom] = rectangle(&seal, page(&seal));
        assert!((seal_right - left - (right - left) / 3.0).abs() < 0.1, "{name}: seal covers a third");
        assert!(seal_left < left, "{name}: seal on the left");
        assert!(
            ((seal_right - seal_left) - 102.05).abs() < 0.02
                && ((seal_bottom - seal_top) - 102.05).abs() < 0.02,
            "{name}: 36 mm"
        );
    }
}

#[test]
fn the_place_of_the_date_is_as_wide_as_any_date() {
    let blank = place(&print(&samples::decision()).0, PlaceKind::Date).unwrap();
    let dated = RenderLetterRequest { issued_on: samples::day(2026, 12, 30), ..samples::decision() };
    let (words, _) = print(&dated).1.words();
    let from = words.iter().position(|word| word.text == "Giang,").unwrap();
    let (first, last) = (&words[from + 1], &words[from + 6]);
    assert_eq!((first.text.as_str(), last.text.as_str()), ("ngày", "2026"));
    let width = last.right - first.left;
    let room = f64::from(blank.width) / 100.0;
    assert!(width <= room && room - width < 5.0, "{width} in {room}");
}

#[test]
fn a_number_and_date_that_are_known_are_printed_and_have_no_place() {
    let request = RenderLetterRequest {
        number: "07".into(),
        issued_on: samples::day(2026, 2, 5),
        appendices: vec![Appendix { title: "Danh mục".into(), body: paragraphs(&["Hồ sơ."]) }],
        ..samples::decision()
    };
    let (printed, paper) = print(&request);
    assert!(place(&printed, PlaceKind::Number).is_none() && place(&printed, PlaceKind::Date).is_none());
    assert!(place(&printed, PlaceKind::Person).is_some() && place(&printed, PlaceKind::Seal).is_some());
    let flat = paper.flat();
    assert!(
        flat.contains("Số: 07/QĐ-SNV") && flat.contains("Minh Giang, ngày 05 tháng 02 năm 2026"),
        "{flat}"
    );
    assert!(
        flat.contains("(Kèm theo Quyết định số 07/QĐ-SNV ngày 05 tháng 02 năm 2026 của Sở Nội vụ)"),
        "{flat}"
    );
    assert!(flat.contains("Phụ lục DANH MỤC"), "{flat}");
}

#[test]
fn the_same_request_gives_the_same_bytes() {
    let request = samples::official_letter();
    let first = PRESS.letter(&request).unwrap();
    let other = forms::Press::new().unwrap();
    assert_eq!(first.pdf, PRESS.letter(&request).unwrap().pdf);
    assert_eq!(first, other.letter(&request).unwrap());
    let mut later = request.clone();
    later.stamp.as_mut().unwrap().ident = "doc-1/v2".into();
    assert_ne!(first.pdf, other.letter(&later).unwrap().pdf);
}

#[test]
fn decomposed_input_prints_as_composed() {
    let mut request = samples::official_letter();
    let composed = PRESS.letter(&request).unwrap();
    for paragraph in &mut request.body {
        paragraph.text = paragraph.text.nfd().collect();
    }
    request.subject = request.subject.nfd().collect();
    assert_eq!(PRESS.letter(&request).unwrap().pdf, composed.pdf);
}

#[test]
fn a_letter_is_pdf_a_2b_tagged_with_embedded_fonts() {
    let (printed, paper) = print(&samples::decision());
    assert!(printed.pdf.starts_with(b"%PDF-1.7\n%"));
    let readable = paper.readable();
    for fact in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>B</pdfaid:conformance>",
        "/OutputIntents",
        "/GTS_PDFA1",
        "/ID [",
    ] {
        assert!(readable.contains(fact), "{fact}");
    }
    for absent in ["/JavaScript", "/Encrypt", "/AcroForm", "/Launch", "/EmbeddedFile", "/AA", "/LZWDecode"] {
        assert!(!readable.contains(absent), "{absent}");
    }
    let info = paper.info();
    assert!(
        info.contains("Tagged:          yes") && info.contains("Page size:       595.276 x 841.89 pts (A4)"),
        "{info}"
    );
    assert!(info.contains("Title:           Quyết định: Về việc ban hành"), "{info}");
    assert!(readable.contains("D:20261118092000+07'00"), "the time of the stamp, as Viet Nam reads it");
    let fonts = paper.fonts();
    assert!(!fonts.is_empty());
    for font in fonts {
        let columns: Vec<&str> = font.split_whitespace().collect();
        assert!(
            font.contains("LiberationSerif") && columns.windows(3).any(|w| w == ["yes", "yes", "yes"]),
            "{font}"
        );
    }
}

#[test]
fn text_is_never_markup() {
    let sly = r#"#import "x" * _a_ $x^2$ <l> @ref // không /* mất */ `m` \ [b] {c} ~ -- --- ... 'q' "q" = H + 1. L"#;
    let request = RenderLetterRequest {
        body: vec![
            Paragraph { style: ParagraphStyle::Plain.into(), text: sly.into() },
            paragraphs(&["Hết."])[0].clone(),
        ],
        ..samples::official_letter()
    };
    let flat = print(&request).1.flat();
    assert!(flat.contains(&flatten(sly)), "{flat}");
}

#[test]
fn a_long_letter_numbers_its_pages_and_keeps_the_signature_together() {
    let long = "Các cơ quan, đơn vị tổ chức rà soát, thống kê, lập hồ sơ công việc, nộp lưu hồ sơ vào Lưu trữ hiện hành theo đúng quy định của pháp luật về lưu trữ và báo cáo kết quả về Sở Nội vụ để tổng hợp.";
    // Every number of paragraphs, so that the page ends at every height.
    for count in 14..30 {
        let request = RenderLetterRequest {
            body: (0..count).map(|_| Paragraph { style: 0, text: long.into() }).collect(),
            appendices: vec![Appendix {
                title: "Biểu mẫu".into(),
                body: (0..20).map(|_| Paragraph { style: 0, text: long.into() }).collect(),
            }],
            ..samples::official_letter()
        };
        let (printed, paper) = print(&request);
        let pages = paper.pages();
        assert_eq!(pages.len(), usize::try_from(printed.page_count).unwrap());
        let signed_on = pages.iter().position(|page| page.contains("Nơi nhận:")).unwrap();
        for part in [
            "KT. GIÁM ĐỐC",
            "PHÓ GIÁM ĐỐC",
            "Trần Thị Minh Nguyệt",
            "- Lưu: VT, VP. PL.(30)",
            "để tổng hợp./.",
        ] {
            assert!(pages[signed_on].contains(part), "{count}: {part} is on another page");
        }
        assert!(pages[0].starts_with("UBND TỈNH MINH GIANG"), "{}", pages[0]);
        let (words, _) = paper.words();
        let top_number = |page: usize| {
            words
                .iter()
                .find(|w| usize::try_from(w.page).unwrap() == page && w.top < 50.0)
                .map(|w| w.text.clone())
        };
        let appendix_on = pages.iter().position(|page| page.contains("BIỂU MẪU")).unwrap() + 1;
        assert_eq!(top_number(1), None);
        for page in 2..appendix_on {
            assert_eq!(top_number(page), Some(page.to_string()), "{count}");
        }
        assert_eq!(top_number(appendix_on), None, "{count}");
        assert_eq!(top_number(appendix_on + 1), Some("2".into()), "{count}");
        assert_eq!(
            words.iter().filter(|w| w.text == "DEMO").count(),
            pages.len(),
            "{count}: the demo line is on every page"
        );
    }
}

#[test]
fn the_longest_fields_stay_on_the_page_and_nothing_is_lost() {
    let of = |chars: usize, word: &str| {
        let mut text = String::new();
        while text.chars().count() + word.chars().count() < chars {
            text.push_str(word);
            text.push(' ');
        }
        text.trim().to_owned()
    };
    let unbroken = "W".repeat(limits::NAME_CHARS_MAX);
    let mut copies: Vec<String> = (0..limits::LIST_LINES_MAX - 1)
        .map(|i| format!("{i:03} {}", of(limits::NAME_CHARS_MAX - 4, "Ủy ban")))
        .collect();
    copies.push(unbroken.clone());
    let request = RenderLetterRequest {
        letterhead: Some(Letterhead {
            parent: of(limits::NAME_CHARS_MAX, "Tổng công ty"),
            agency: of(limits::NAME_CHARS_MAX, "Ủy ban nhân dân"),
        }),
        notation: "W".repeat(limits::NOTATION_CHARS_MAX),
        place_name: of(limits::PLACE_NAME_CHARS_MAX, "Minh Giang"),
        subject: "W".repeat(limits::SUBJECT_CHARS_MAX),
        addressees: (0..limits::LIST_LINES_MAX)
            .map(|i| format!("{i:03} {}", of(limits::NAME_CHARS_MAX - 4, "Ủy ban")))
            .collect(),
        copies_to: copies,
        body: vec![
            Paragraph { style: 0, text: "Ẫ".repeat(limits::PARAGRAPH_CHARS_MAX) },
            paragraphs(&["Hết."])[0].clone(),
        ],
        signature: Some(SignatureBlock {
            capacity: vec![
                format!("TM. {}", of(limits::POSITION_CHARS_MAX - 4, "Ủy ban")),
                format!("KT. {}", of(limits::POSITION_CHARS_MAX - 4, "Chủ tịch")),
                format!("TL. {}", of(limits::POSITION_CHARS_MAX - 4, "Chánh")),
            ],
            position: of(limits::POSITION_CHARS_MAX, "Phó"),
            full_name: of(limits::FULL_NAME_CHARS_MAX, "Nguyễn"),
        }),
        seal_diameter: *limits::SEAL_DIAMETERS.end(),
        contact: of(limits::CONTACT_CHARS_MAX, "Địa chỉ"),
        urgency: UrgencyMark::VeryUrgent.into(),
        circulation: CirculationMark::ReturnAfterReading.into(),
        ..samples::official_letter()
    };
    let (printed, paper) = print(&request);
    let (words, sizes) = paper.words();
    for word in &words {
        let (width, height) = sizes[usize::try_from(word.page).unwrap() - 1];
        assert!(
            word.left >= 80.0 && word.right <= width - 40.0 && word.top > 20.0 && word.bottom < height - 5.0,
            "{word:?} leaves the text area"
        );
    }
    let text = paper.text();
    for i in 0..limits::LIST_LINES_MAX - 1 {
        assert_eq!(text.matches(&format!("- {i:03} ")).count(), 2, "line {i}");
    }
    let count = |c: char| text.chars().filter(|&d| d == c).count();
    assert_eq!(count('Ẫ'), limits::PARAGRAPH_CHARS_MAX);
    assert_eq!(count('W'), limits::NOTATION_CHARS_MAX + limits::SUBJECT_CHARS_MAX + limits::NAME_CHARS_MAX);
    for place in &printed.places {
        let [left, top, right, bottom] = rectangle(place, sizes[usize::try_from(place.page).unwrap() - 1].1);
        for word in words.iter().filter(|word| word.page == place.page) {
            let apart = word.right <= left || word.left >= right || word.bottom <= top || word.top >= bottom;
            assert!(apart, "{:?} lies over {word:?}", place.kind());
        }
    }
}

#[test]
fn the_largest_letter_is_printed() {
    let chars = limits::LETTER_CHARS_MAX / limits::PARAGRAPHS_MAX;
    let text: String = "Rà soát hồ sơ ".chars().cycle().take(chars - 1).collect();
    let request = RenderLetterRequest {
        body: (0..limits::PARAGRAPHS_MAX)
            .map(|_| Paragraph { style: 0, text: format!("{}x", text.trim_end()) })
            .collect(),
        ..samples::official_letter()
    };
    let began = std::time::Instant::now();
    let (printed, _) = print(&request);
    println!("{} pages, {} bytes in {:?}", printed.page_count, printed.pdf.len(), began.elapsed());
    assert!(printed.page_count > 50);
}

#[test]
fn every_faulty_field_is_named() {
    let request = RenderLetterRequest {
        stamp: None,
        kind: 99,
        letterhead: None,
        notation: "/QĐ SNV".into(),
        number: "1/2".into(),
        place_name: String::new(),
        issued_on: samples::day(2026, 13, 1),
        subject: "x".repeat(501),
        body: vec![],
        signature: Some(SignatureBlock {
            capacity: strings(&["KT Giám đốc"]),
            position: String::new(),
            full_name: " ".into(),
        }),
        seal_diameter: 10,
        urgency: 7,
        circulation: 7,
        appendices: vec![Appendix {
            title: "t\u{7}".into(),
            body: vec![Paragraph { style: 9, text: "x".into() }],
        }],
        ..Default::default()
    };
    let Err(Error::Invalid(violations)) = PRESS.letter(&request) else { panic!("must be refused") };
    let named: Vec<_> = violations.iter().map(|v| v.field.as_str()).collect();
    for field in [
        "stamp",
        "kind",
        "letterhead",
        "notation",
        "number",
        "place_name",
        "issued_on",
        "subject",
        "body",
        "appendices[0].title",
        "appendices[0].body[0].style",
        "signature.capacity[0]",
        "signature.full_name",
        "seal_diameter",
        "circulation",
        "urgency",
    ] {
        assert!(named.contains(&field), "{field} is not among {named:?}");
    }
    let missing = RenderLetterRequest { addressees: vec![], ..samples::official_letter() };
    let Err(Error::Invalid(violations)) = PRESS.letter(&missing) else { panic!("must be refused") };
    assert_eq!((violations.len(), violations[0].field.as_str()), (1, "addressees"));
}
