//! Attacks below the level of objects: universal signature forgery, incremental saving, signature
//! wrapping, cross-reference tricks, and the ends of files.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_forge;
mod validate_office;

use signer::pdf::Document;
use signer::validate::{Coverage, Report, Verdict};
use validate_forge::{
    CONTENT, LEVELS, PAGE, Raw, Shape, Signing, append, brief, document, find, last_section, replaced,
    replaced_first, rfind, sign, signed,
};
use validate_office::{Office, set, stream, update};

const EVIL: &str = "BT /F1 12 Tf 72 700 Td (Pay 900 dong) Tj ET";

fn evil_stream() -> String {
    String::from_utf8(stream("", EVIL)).unwrap()
}

/// What was written is changed in place, as every universal forgery does beside.
fn altered(file: &[u8]) -> Vec<u8> {
    replaced_first(file, b"Pay 100 dong) Tj", b"Pay 900 dong) Tj")
}

/// The value of `/ByteRange` as it stands, with its key.
fn range(file: &[u8]) -> Vec<u8> {
    let at = rfind(file, b"/ByteRange");
    let end = at + file[at..].iter().position(|byte| *byte == b']').unwrap() + 1;
    file[at..end].to_vec()
}

fn numbers(file: &[u8]) -> [usize; 4] {
    let text = String::from_utf8(range(file)).unwrap();
    let inner = text.trim_start_matches("/ByteRange").trim_matches(['[', ']', ' ']);
    let numbers: Vec<usize> = inner.split_whitespace().map(|word| word.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

fn refuses(name: &str, report: &Report, wrong: &mut Vec<String>) {
    if report.verdict != Verdict::Invalid {
        wrong.push(format!("{name}: {}", brief(report)));
    }
}

fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Puts `new` where `old` stands, padded with spaces so that nothing moves; longer values move the rest.
fn in_place(file: &[u8], old: &[u8], new: &str) -> Vec<u8> {
    replaced(file, old, format!("{new:<width$}", width = old.len()).as_bytes())
}

#[test]
fn universal_forgeries_of_the_range() {
    let office = Office::new();
    let mut wrong = Vec::new();
    for shape in [Shape::Table, Shape::Packed] {
        let file = signed(&office, shape, None);
        let old = range(&file);
        let [_, a, b, c] = numbers(&file);
        let total = file.len();
        let ranges = [
            "/ByteRange null".to_owned(),
            "/XyteRange[0 1 2 3]".to_owned(),
            String::new(),
            "/ByteRange".to_owned(),
            "/ByteRange[]".to_owned(),
            "/ByteRange[0 0 0 0]".to_owned(),
            "/ByteRange[0 -1 -1 -1]".to_owned(),
            format!("/ByteRange[0 {a} {b} -1]"),
            "/ByteRange[0 9e9 9 9]".to_owned(),
            "/ByteRange[0 99999999999999999999 99999999999999999999 9]".to_owned(),
            format!("/ByteRange[0 {a} {b} 18446744073709551615]"),
            format!("/ByteRange[0 {a} {b} 9223372036854775807]"),
            format!("/ByteRange[0.0 {a} {b} {c}]"),
            format!("/ByteRange[[0 {a} {b} {c}]]"),
            format!("/ByteRange[(0) {a} {b} {c}]"),
            format!("/ByteRange(0 {a} {b} {c})"),
            format!("/ByteRange<</A[0 {a} {b} {c}]>>"),
            format!("/ByteRange[0 {a}]"),
            format!("/ByteRange[0 {a} {b}]"),
            format!("/ByteRange[0 {a} {b} {c} 0]"),
            format!("/ByteRange[0 {a} {b} {c} {total} 0]"),
            format!("/ByteRange[0 {total}]"),
            format!("/ByteRange[0 {total} {total} 0]"),
            format!("/ByteRange[0 0 {b} {c}]"),
            format!("/ByteRange[1 {} {b} {c}]", a - 1),
            format!("/ByteRange[{b} {c} 0 {a}]"),
            format!("/ByteRange[0 {} {b} {c}]", a - 1),
            format!("/ByteRange[0 {a} {} {}]", b + 1, c - 1),
            format!("/ByteRange[0 {a} {b} {}]", c - 1),
            format!("/ByteRange[0 {a} {b} {}]", c + 1),
            format!("/ByteRange[0 {a} {b} 0]"),
            format!("/ByteRange[0 {a} {a} {}]", total - a),
            "/ByteRange 3 0 R".to_owned(),
            "/ByteRange 9999 0 R".to_owned(),
            format!("/ByteRange[0 {a} 9999 0 R {c}]"),
            format!("/ByteRange[0 {a} {b} {c}]/ByteRange[0 0 0 0]"),
            format!("/ByteRange[0 0 0 0]/ByteRange[0 {a} {b} {c}]"),
            format!("/Byte#52ange[0 {a} {b} {c}]/ByteRange[0 0 0 0]"),
            "/ByteRange true".to_owned(),
            "/ByteRange/None".to_owned(),
        ];
        for new in &ranges {
            let forged = in_place(&altered(&file), &old, new);
            refuses(&format!("{shape:?} altered, {new}"), &office.judge(&forged), &mut wrong);
            // Without the altered content the signature is no better.
            if !new.contains(&format!("[0 {a} {b} {c}]")) || new.contains("][") {
                let forged = in_place(&file, &old, new);
                refuses(&format!("{shape:?} as it was, {new}"), &office.judge(&forged), &mut wrong);
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn universal_forgeries_of_the_contents() {
    let office = Office::new();
    let mut wrong = Vec::new();
    for shape in [Shape::Table, Shape::Packed] {
        let file = signed(&office, shape, None);
        let [_, a, b, _] = numbers(&file);
        let contents = file[a..b].to_vec();
        let key = [b"/Contents", contents.as_slice()].concat();
        let hex = String::from_utf8(contents.clone()).unwrap();
        let width = contents.len();
        let values: Vec<(&str, String)> = vec![
            ("null", "/Contents null".to_owned()),
            ("missing", String::new()),
            ("renamed", format!("/Xontents{hex}")),
            ("empty", "/Contents<>".to_owned()),
            ("one zero", "/Contents<00>".to_owned()),
            ("zeros", format!("/Contents<{}>", "0".repeat(width - 2))),
            ("literal", "/Contents()".to_owned()),
            ("number", "/Contents 0".to_owned()),
            ("list", format!("/Contents[{hex}]")),
            ("reference", "/Contents 3 0 R".to_owned()),
            ("nothing there", "/Contents 9999 0 R".to_owned()),
            ("name", "/Contents/None".to_owned()),
            ("twice", format!("/Contents<00>/Contents{hex}")),
            ("twice the other way", format!("/Contents{hex}/Contents<00>")),
            ("escaped twice", format!("/Cont#65nts<00>/Contents{hex}")),
            ("an empty sequence", format!("/Contents<3000{}>", "0".repeat(width - 6))),
            ("indefinite length", format!("/Contents<3080{}>", "0".repeat(width - 6))),
        ];
        for (name, value) in values {
            let forged =
                replaced(&altered(&file), &key, format!("{value:<width$}", width = key.len()).as_bytes());
            refuses(&format!("{shape:?} {name}"), &office.judge(&forged), &mut wrong);
        }
        // Every byte of the signed part counts, and every byte of the message.
        for at in [0, 9, a - 1, b, b + 1, file.len() - 3, file.len() - 8] {
            let mut forged = file.clone();
            forged[at] ^= 1;
            let report = office.judge(&forged);
            let refused = matches!(report.verdict, Verdict::Invalid | Verdict::Unreadable);
            if !refused {
                wrong.push(format!("{shape:?} byte {at}: {}", brief(&report)));
            }
        }
    }
    nothing(&wrong);
}

#[test]
fn a_signature_dictionary_without_its_other_keys_is_no_better() {
    let office = Office::new();
    let mut wrong = Vec::new();
    let file = signed(&office, Shape::Table, None);
    for (old, new) in [
        ("/SubFilter/ETSI.CAdES.detached", "/SubFilter null"),
        ("/SubFilter/ETSI.CAdES.detached", "/SubFilter/adbe.x509.rsa_sha1"),
        ("/SubFilter/ETSI.CAdES.detached", "/SubFilter/adbe.pkcs7.sha1"),
        ("/SubFilter/ETSI.CAdES.detached", "/SubFilter/ETSI.RFC3161"),
        ("/SubFilter/ETSI.CAdES.detached", "/SubFilter/nobody.knows.this"),
        ("/Filter/Adobe.PPKLite", "/Filter/Nobody"),
        ("/Type/Sig/", "/Type/DocTimeStamp/"),
    ] {
        refuses(new, &office.judge(&in_place(&file, old.as_bytes(), new)), &mut wrong);
    }
    nothing(&wrong);
}

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

fn stream_of(text: &str) -> String {
    String::from_utf8(stream("", &format!("BT ({text}) Tj ET"))).unwrap()
}

fn evil_update(file: &[u8]) -> Vec<u8> {
    let whole = append(file, &Raw { objects: vec![(CONTENT.number, 0, evil_stream())], ..Raw::default() });
    whole[file.len()..].to_vec()
}

/// The page replaced, the signature dictionary written again beside it.
fn copied_signature(file: &[u8]) -> Vec<u8> {
    let document = Document::open(file.to_vec()).unwrap();
    let view = document.latest();
    let dict = document.latest().objects().into_iter().find_map(|(id, _)| {
        let source = view.load(id).ok()??.source();
        source.windows(10).any(|window| window == b"/ByteRange").then_some((id, source))
    });
    let (id, source) = dict.unwrap();
    let source = String::from_utf8(source.to_vec()).unwrap();
    append(
        file,
        &Raw { objects: vec![(CONTENT.number, 0, evil_stream()), (id.number, 0, source)], ..Raw::default() },
    )
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
fn signatures_wrapped() {
    let office = Office::new();
    let mut wrong = Vec::new();
    for range_last in [false, true] {
        let signing = Signing { field: "Sig1", range_last, ..Signing::default() };
        let file = sign(&document(Shape::Table), &office.leader, &signing);
        let [_, a, b, c] = numbers(&file);
        let section = last_section(&file);
        let message_end =
            a + 1 + file[a + 1..b].iter().rposition(|byte| *byte != b'0' && *byte != b'>').unwrap() + 2;
        let message_end = message_end + message_end.abs_diff(a + 1) % 2;
        let room = b - message_end;
        // Evil objects and a table in the room behind the message, reached by nothing yet.
        let fill = |middle: &str| {
            assert!(middle.len() <= room, "{} do not fit {room}", middle.len());
            let mut gap = file[a..message_end].to_vec();
            gap.extend(middle.bytes());
            gap.resize(b - a, b' ');
            [&file[..a], &gap, &file[b..]].concat()
        };
        let object = format!(">>\nendobj\n4 0 obj\n{}\nendobj\n", evil_stream());
        let table = format!(
            "xref\n4 1\n{:010} 00000 n \ntrailer\n<</Size 99/Root 1 0 R/Prev {section}>>\n",
            message_end + 12
        );
        let mut forged = vec![
            ("string ends early, white space", fill(">")),
            ("string ends early, comment", fill(">%")),
            ("string ends early, second string", fill(&format!("><{}>", "0".repeat(room - 3)))),
            ("string ends early, key", fill(">/X(y)")),
            ("object in the gap", fill(&format!(">{object}"))),
            ("object and table in the gap", fill(&format!(">{object}{table}"))),
            ("second range in the gap", fill(&format!(">/ByteRange[0 {a} {b} {c}]"))),
            ("other characters in the string", fill("zz")),
            ("a comment in the string", fill("%x\n")),
            ("brackets in the string", fill("(a)")),
        ];
        // The signed tail is moved back; the gap grows, new bytes stand in it.
        let table_at = b + object.len() - 2;
        let extra = format!(
            "{object}xref\n4 1\n{:010} 00000 n \ntrailer\n<</Size 99/Root 1 0 R/Prev {section}>>\nstartxref\n{table_at}\n%%EOF\n",
            b + 10
        );
        let moved = [&file[..b], extra.as_bytes(), &file[b..]].concat();
        forged.push(("tail moved, range as it was", moved.clone()));
        let old = range(&file);
        let shifted = b + extra.len();
        let new = format!("/ByteRange[0 {a} {shifted} {c}]");
        if new.len() <= old.len() {
            forged.push(("tail moved, range moved", in_place(&moved, &old, &new)));
        }
        forged.push((
            "tail moved, second range before the first",
            replaced(
                &moved,
                b"/Filter/Adobe.PPKLite",
                format!("/ByteRange[0 {a} {shifted} {c}]/Filter/Adobe.PPKLite").as_bytes(),
            ),
        ));
        // The whole tail once more, behind.
        forged.push(("tail repeated", [file.as_slice(), &file[b..]].concat()));
        forged.push(("head repeated", [&file[..a], file.as_slice()].concat()));
        forged.push(("header before", [b"%PDF-1.7\n".as_slice(), &file].concat()));
        forged.push(("bytes before", [b"junk junk\n".as_slice(), &file].concat()));
        for (name, forged) in forged {
            refuses(&format!("range last {range_last}: {name}"), &office.judge(&forged), &mut wrong);
        }
    }
    nothing(&wrong);
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
            refuses(&format!("{level:?} {name}"), &office.judge(&forged), &mut wrong);
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
