//! Attacks below the level of objects: incremental saving, cross-reference tricks, and the ends of files.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_forge;
mod validate_office;

use signer::pdf::Document;
use signer::validate::{Coverage, Verdict};
use validate_forge::bytes::{
    append_stream, copied_signature, evil_stream, evil_update, nothing, packed, refuses, stream_of,
};
use validate_forge::{
    CONTENT, LEVELS, PAGE, Raw, Shape, Signing, append, brief, document, find, last_section, rfind, sign,
    signed,
};
use validate_office::{Office, codes, set, update};

#[test]
fn incremental_saving() {
    let office = Office::new();
    let mut wrong = Vec::new();
    for level in LEVELS {
        let file = signed(&office, Shape::Table, level);
        let section = last_section(&file);
        let evil = |raw: Raw| {
            let objects = vec![(CONTENT.number, 0, evil_stream())];
            append(&file, &Raw { objects, ..raw })
        };
        let bare = format!("4 0 obj\n{}\nendobj\n", evil_stream());
        let offset = |file: &[u8]| format!("{:010} 00000 n", file.len());
        let with = |tail: &str| [file.as_slice(), tail.as_bytes()].concat();
        let first_revision = Document::open(file.clone()).unwrap().revisions()[0].end;
        let first_section = Document::open(file.clone()).unwrap().sections()[1].at;
        let hidden = with(&bare);
        let forged: Vec<(&str, Vec<u8>)> = vec![
            ("proper update", evil(Raw::default())),
            ("no startxref", evil(Raw { end: Some(String::new()), ..Raw::default() })),
            ("no end mark", evil(Raw { end: Some(format!("startxref\n{}\n", file.len())), ..Raw::default() })),
            ("startxref to the signed section", evil(Raw { end: Some(format!("startxref\n{section}\n%%EOF\n")), ..Raw::default() })),
            ("startxref zero", evil(Raw { end: Some("startxref\n0\n%%EOF\n".to_owned()), ..Raw::default() })),
            ("startxref nowhere", evil(Raw { end: Some("startxref\n99999999\n%%EOF\n".to_owned()), ..Raw::default() })),
            ("end mark only", evil(Raw { end: Some("%%EOF\n".to_owned()), ..Raw::default() })),
            ("two end marks", evil(Raw { end: Some(format!("startxref\n{section}\n%%EOF\n%%EOF\n")), ..Raw::default() })),
            ("without the older sections", evil(Raw { prev: Some(0), ..Raw::default() })),
            ("past the signed revision", evil(Raw { prev: Some(first_section), ..Raw::default() })),
            ("another catalog", append(&file, &Raw {
                objects: vec![
                    (80, 0, "<</Type/Catalog/Pages 81 0 R/AcroForm 19 0 R>>".to_owned()),
                    (81, 0, "<</Type/Pages/Kids[82 0 R]/Count 1>>".to_owned()),
                    (82, 0, "<</Type/Page/Parent 81 0 R/MediaBox[0 0 9 9]>>".to_owned()),
                ],
                root: 80,
                ..Raw::default()
            })),
            ("objects only", with(&bare)),
            ("objects and trailer", with(&format!("{bare}trailer\n<</Size 99/Root 1 0 R>>\n"))),
            ("objects and the old startxref", with(&format!("{bare}startxref\n{section}\n%%EOF\n"))),
            ("objects, trailer and the old startxref", with(&format!("{bare}trailer\n<</Size 99/Root 1 0 R/Prev {section}>>\nstartxref\n{section}\n%%EOF\n"))),
            ("startxref leads to the trailer", with(&format!("{bare}trailer\n<</Size 99/Root 1 0 R/Prev {section}>>\nstartxref\n{}\n%%EOF\n", file.len() + bare.len()))),
            ("in a comment", with(&format!("%\r{bare}startxref\n{section}\n%%EOF\n"))),
            ("after a second header", with(&format!("%PDF-1.7\n{bare}startxref\n{section}\n%%EOF\n"))),
            ("generation one", append(&file, &Raw { objects: vec![(4, 1, evil_stream())], ..Raw::default() })),
            ("generation one, row of generation zero", append(&hidden, &Raw { prev: Some(section), rows: vec![(4, offset(&file))], ..Raw::default() })),
            ("page freed", append(&file, &Raw { rows: vec![(3, "0000000000 00001 f".to_owned())], ..Raw::default() })),
            ("content freed", append(&file, &Raw { rows: vec![(4, "0000000000 00001 f".to_owned())], ..Raw::default() })),
            ("content at zero", append(&file, &Raw { rows: vec![(4, "0000000000 00000 n".to_owned())], ..Raw::default() })),
            ("content at another object", append(&file, &Raw { rows: vec![(4, format!("{:010} 00000 n", find(&file, b"14 0 obj")))], ..Raw::default() })),
            ("content beyond the end", append(&file, &Raw { rows: vec![(4, "9999999999 00000 n".to_owned())], ..Raw::default() })),
            ("a row that is none", append(&file, &Raw { rows: vec![(4, "garbagegarbagegarb".to_owned())], ..Raw::default() })),
            ("object twice in one section", append(&file, &Raw { objects: vec![(4, 0, stream_of("Pay 100")), (4, 0, evil_stream())], ..Raw::default() })),
            ("encrypted", append(&file, &Raw { trailer: "/Encrypt<</Filter/Standard/V 1/R 2/O(00000000000000000000000000000000)/U(00000000000000000000000000000000)/P -4>>".to_owned(), ..Raw::default() })),
            ("another handler of keys", append(&file, &Raw { trailer: "/Encrypt<</Filter/Nobody/V 1>>".to_owned(), ..Raw::default() })),
            ("copied signature", copied_signature(&file)),
            ("cut before the signature and continued", [&file[..first_revision], &evil_update(&file[..first_revision])].concat()),
        ];
        for (name, forged) in forged {
            // What was cut out cannot be missed: that file has no signature.
            let report = office.judge(&forged);
            if name.starts_with("cut before") {
                assert_eq!(report.verdict, Verdict::Unsigned, "{name}");
                continue;
            }
            refuses(&format!("{level:?} {name}"), &report, &mut wrong);
        }
    }
    nothing(&wrong);
}

#[test]
fn an_update_that_only_points_elsewhere() {
    // Two states of the content stand in the file before it is signed; the table knows one.
    let office = Office::new();
    let prepared = document(Shape::Table);
    let second = append(&prepared, &Raw { objects: vec![(4, 0, evil_stream())], ..Raw::default() });
    let first_at = find(&prepared, b"\n4 0 obj") + 1;
    let back = append(&second, &Raw { rows: vec![(4, format!("{first_at:010} 00000 n"))], ..Raw::default() });
    let file = sign(&back, &office.leader, &Signing { field: "Sig1", ..Signing::default() });
    assert_eq!(office.judge(&file).verdict, Verdict::Valid);
    let evil_at = rfind(&second, b"\n4 0 obj") + 1;
    let forged = append(&file, &Raw { rows: vec![(4, format!("{evil_at:010} 00000 n"))], ..Raw::default() });
    let report = office.judge(&forged);
    assert_eq!(report.verdict, Verdict::Invalid, "{}", brief(&report));
}

#[test]
fn hybrid_sections_added_later() {
    let office = Office::new();
    let mut wrong = Vec::new();
    for level in LEVELS {
        let file = signed(&office, Shape::Table, level);
        let mut base = file.clone();
        let object_at = base.len();
        base.extend(format!("4 0 obj\n{}\nendobj\n", evil_stream()).bytes());
        let stream_at = base.len();
        let row = [&[1_u8][..], &u32::try_from(object_at).unwrap().to_be_bytes(), &[0, 0]].concat();
        base.extend(b"90 0 obj\n<</Type/XRef/W[1 4 2]/Size 91/Index[4 1]/Root 1 0 R/Length 7>>stream\n");
        base.extend(row);
        base.extend(b"\nendstream\nendobj\n");
        let section = last_section(&file);
        let trailer = format!("/XRefStm {stream_at}");
        for (name, rows) in [
            ("stream alone", vec![]),
            ("table says free", vec![(4, "0000000000 00001 f".to_owned())]),
            ("table says as before", vec![(4, format!("{:010} 00000 n", find(&file, b"\n4 0 obj") + 1))]),
        ] {
            let forged =
                append(&base, &Raw { rows, prev: Some(section), trailer: trailer.clone(), ..Raw::default() });
            let report = office.judge(&forged);
            refuses(&format!("{level:?} {name}"), &report, &mut wrong);
            assert!(codes(&report.signatures[0]).contains(&"hybrid_added"), "{}", brief(&report));
        }
    }
    nothing(&wrong);
}

#[test]
fn sections_in_a_loop_or_out_of_order_end() {
    let office = Office::new();
    let file = signed(&office, Shape::Table, None);
    let at = file.len();
    let own = append(&file, &Raw { prev: Some(at), ..Raw::default() });
    let mut wrong = Vec::new();
    refuses("leads to itself", &office.judge(&own), &mut wrong);
    let first = append(&file, &Raw { objects: vec![(4, 0, evil_stream())], ..Raw::default() });
    let at = last_section(&first);
    let second =
        append(&first, &Raw { objects: vec![(70, 0, "<<>>".to_owned())], prev: Some(at), ..Raw::default() });
    let report = office.judge(&second);
    refuses("two updates", &report, &mut wrong);
    nothing(&wrong);
}

#[test]
fn objects_in_streams_are_overridden_too() {
    let office = Office::new();
    let mut wrong = Vec::new();
    let file = signed(&office, Shape::Packed, None);
    // The whole object stream written again with another page in it.
    let document = Document::open(file.clone()).unwrap();
    let container = document.latest().objects().into_iter().find_map(|(_, location)| match location {
        signer::pdf::Location::InStream { stream, .. } => Some(stream),
        signer::pdf::Location::Offset(_) => None,
    });
    let id = signer::pdf::Ref::new(container.unwrap());
    let source = String::from_utf8(document.latest().load(id).unwrap().unwrap().source().to_vec()).unwrap();
    let forged = update(&file, |increment| {
        increment.put(id, source.replace("/Contents 14 0 R", "/Contents  4 0 R").into_bytes());
    });
    refuses("stream written again", &office.judge(&forged), &mut wrong);
    let forged = update(&file, |increment| set(increment, PAGE, "Contents", "14 0 R"));
    refuses("object written beside", &office.judge(&forged), &mut wrong);
    nothing(&wrong);
}

#[test]
fn white_space_behind_the_end_belongs_to_nobody() {
    let office = Office::new();
    for shape in [Shape::Table, Shape::Packed] {
        let file = signed(&office, shape, None);
        for tail in ["\n", "\r\n", " ", "\r", "\n\n\n", "\0"] {
            let report = office.judge(&[file.as_slice(), tail.as_bytes()].concat());
            assert_eq!(report.verdict, Verdict::Valid, "{tail:?}: {}", brief(&report));
            assert_eq!(report.signatures[0].covers, Coverage::WholeFile);
        }
        for tail in ["%", "% a comment\n", "x", "%%EOF\n", "\n%%EOF", "startxref\n", "endobj\n"] {
            let report = office.judge(&[file.as_slice(), tail.as_bytes()].concat());
            assert_eq!(report.verdict, Verdict::Invalid, "{tail:?}: {}", brief(&report));
        }
    }
}

#[test]
fn a_key_with_two_values_in_what_was_signed_is_never_valid() {
    let office = Office::new();
    let sign = |file: &[u8]| sign(file, &office.leader, &Signing { field: "Sig1", ..Signing::default() });
    for shape in [Shape::Table, Shape::Packed] {
        let draft = |old: &str, new: &str| {
            let plain = document(Shape::Table);
            let number: u32 = if old.contains("MediaBox") { 3 } else { 1 };
            let at = find(&plain, format!("{number} 0 obj\n").as_bytes()) + 8;
            let end = at + find(&plain[at..], b"\nendobj");
            let source = String::from_utf8(plain[at..end].to_vec()).unwrap();
            let doubled = source.replacen(old, new, 1);
            assert_ne!(doubled, source);
            match shape {
                Shape::Table => {
                    append(&plain, &Raw { objects: vec![(number, 0, doubled)], ..Raw::default() })
                }
                Shape::Packed => {
                    append_stream(&plain, &[(40, packed(&[(number, &doubled)]))], &[(number, [2, 40, 0])])
                }
            }
        };
        for (old, new) in [
            ("/Pages 2 0 R", "/Pages 5 0 R/Pages 2 0 R"),
            ("/MarkInfo<</Marked true>>", "/MarkInfo<</Marked false/Marked true>>"),
            ("/MediaBox[0 0 595 842]", "/MediaBox[0 0 5 8]/MediaBox[0 0 595 842]"),
            ("/MediaBox[0 0 595 842]/Contents", "/MediaBox[0 0 595 842]/Contents 14 0 R/Contents"),
            ("/MediaBox[0 0 595 842]", "/MediaBox[0 0 595 842]/PieceInfo<</A[<</B 1/B 2>>]>>"),
        ] {
            let report = office.judge(&sign(&draft(old, new)));
            assert_eq!(report.verdict, Verdict::Indeterminate, "{shape:?} {new}: {}", brief(&report));
            assert!(
                report.findings.iter().any(|finding| finding.code == "doubled_key"),
                "{}",
                brief(&report)
            );
        }
        // Twice the same says one thing.
        let report = office.judge(&sign(&draft("/Pages 2 0 R", "/Pages 2 0 R/Pages 2 0 R")));
        assert_eq!(report.verdict, Verdict::Valid, "{shape:?}: {}", brief(&report));
    }
    let twice = append(
        &document(Shape::Table),
        &Raw { objects: vec![(25, 0, "<</Title(One)/Title(Two)>>".to_owned())], ..Raw::default() },
    );
    let report = office.judge(&sign(&twice));
    assert_eq!(report.verdict, Verdict::Valid, "what describes the file shows nothing: {}", brief(&report));
    let trailer = append(
        &document(Shape::Table),
        &Raw { trailer: "/Root 2 0 R/Root 1 0 R".to_owned(), ..Raw::default() },
    );
    let report = office.judge(&sign(&trailer));
    assert_ne!(report.verdict, Verdict::Valid, "{}", brief(&report));
}
