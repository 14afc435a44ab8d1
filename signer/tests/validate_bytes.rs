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
use validate_office::{Office, codes, set, stream, update};

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

/// Appends an update with a cross-reference stream: objects as they stand, and rows of other objects.
fn append_stream(file: &[u8], objects: &[(u32, String)], rows: &[(u32, [u32; 3])]) -> Vec<u8> {
    const OWN: u32 = 60;
    let mut out = file.to_vec();
    let mut entries: Vec<(u32, [u32; 3])> = rows.to_vec();
    for (number, source) in objects {
        entries.push((*number, [1, u32::try_from(out.len()).unwrap(), 0]));
        out.extend(format!("{number} 0 obj\n{source}\nendobj\n").bytes());
    }
    let start = out.len();
    entries.push((OWN, [1, u32::try_from(start).unwrap(), 0]));
    entries.sort_by_key(|(number, _)| *number);
    let index: String = entries.iter().map(|(number, _)| format!("{number} 1 ")).collect();
    let data: Vec<u8> = entries
        .iter()
        .flat_map(|(_, [kind, second, third])| {
            let (kind, third) = (u8::try_from(*kind).unwrap(), u16::try_from(*third).unwrap());
            [&[kind][..], &second.to_be_bytes(), &third.to_be_bytes()].concat()
        })
        .collect();
    let prev = last_section(file);
    let head = format!(
        "{OWN} 0 obj\n<</Type/XRef/W[1 4 2]/Index[{index}]/Size 99/Root 1 0 R/Info 25 0 R/ID[<01><01>]/Prev {prev}/Length {}>>stream\n",
        data.len()
    );
    out.extend(head.bytes());
    out.extend(data);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

/// An object stream of these objects in this order.
fn packed(objects: &[(u32, &str)]) -> String {
    let (mut index, mut data) = (String::new(), String::new());
    for (number, source) in objects {
        index.push_str(&format!("{number} {} ", data.len()));
        data.push_str(source);
        data.push('\n');
    }
    let dict = format!("/Type/ObjStm/N {}/First {}", objects.len(), index.len());
    String::from_utf8(stream(&dict, &(index + &data))).unwrap()
}

#[test]
fn updates_that_readers_understand_differently_are_never_valid() {
    let office = Office::new();
    let mut forged: Vec<(&str, Vec<u8>)> = Vec::new();

    // Twice in one table: some readers take the first entry, some the last.
    let table = signed(&office, Shape::Table, None);
    let source = |file: &[u8], number: u32| {
        let document = Document::open(file.to_vec()).unwrap();
        let found = document.latest().load(signer::pdf::Ref::new(number)).unwrap().unwrap();
        String::from_utf8(found.source().to_vec()).unwrap()
    };
    let same = source(&table, CONTENT.number);
    for (name, objects) in [
        ("evil entry first", [(4, 0, evil_stream()), (4, 0, same.clone())]),
        ("evil entry last", [(4, 0, same), (4, 0, evil_stream())]),
    ] {
        forged.push((name, append(&table, &Raw { objects: objects.to_vec(), ..Raw::default() })));
    }
    // What lies beyond /Size is missing.
    let information = vec![(25, 0, "<</Title(Decision)>>".to_owned())];
    let shrunk = append(&table, &Raw { objects: information, ..Raw::default() });
    forged.push(("smaller /Size", replaced(&shrunk, b"/Size 99", b"/Size 5 ")));

    // By index or by number.
    let file = signed(&office, Shape::Packed, None);
    let document = Document::open(file.clone()).unwrap();
    let place = |id: signer::pdf::Ref| match document.latest().locate(id) {
        Some(signer::pdf::Location::InStream { stream, index }) => (stream, index),
        other => panic!("{id}: {other:?}"),
    };
    let ((container, first), (_, second)) =
        (place(signer::pdf::Ref::new(6)), place(validate_forge::SECOND_PAGE));
    forged.push(("another index", append_stream(&file, &[], &[(5, [2, container, first])])));
    forged.push(("beyond the index", append_stream(&file, &[], &[(5, [2, container, 999])])));
    let page = source(&file, 5);
    let evil = page.replace("/Contents 14 0 R", "/Contents  4 0 R");
    assert_ne!(page, evil);
    for (name, objects) in [
        ("doubled in a stream, evil last", [(5, page.as_str()), (5, evil.as_str())]),
        ("doubled in a stream, evil first", [(5, evil.as_str()), (5, page.as_str())]),
    ] {
        for index in [0, 1] {
            let stream = (61, packed(&objects));
            forged.push((name, append_stream(&file, &[stream], &[(5, [2, 61, index])])));
        }
    }
    // The new object is the old one; an evil one that nothing points to waits beside it.
    let stream = (61, packed(&[(25, "<</Title(Decision)>>"), (5, &evil)]));
    forged.push(("hidden in a stream", append_stream(&file, &[stream], &[(25, [2, 61, 0])])));

    let mut wrong = Vec::new();
    for (name, forged) in &forged {
        let report = office.judge(forged);
        let told = codes(&report.signatures[0]).contains(&"cross_reference_unclear");
        if matches!(report.verdict, Verdict::Valid | Verdict::Unsigned) || !told {
            wrong.push(format!("{name}: {}", brief(&report)));
        }
    }
    nothing(&wrong);
    // Honest updates of both kinds stay valid.
    let honest = [
        append_stream(&file, &[(25, "<</Title(Other)>>".to_owned())], &[]),
        append_stream(&file, &[(61, packed(&[(25, "<</Title(Other)>>")]))], &[(25, [2, 61, 0])]),
        append_stream(&file, &[], &[(5, [2, container, second])]),
        append(&table, &Raw { objects: vec![(25, 0, "<</Title(Other)>>".to_owned())], ..Raw::default() }),
    ];
    for (number, honest) in honest.iter().enumerate() {
        let report = office.judge(honest);
        assert_eq!(report.verdict, Verdict::Valid, "honest {number}: {}", brief(&report));
    }
}

#[test]
fn a_form_too_deep_to_be_read_whole_is_not_called_unchanged() {
    let office = Office::new();
    // Fields below fields below fields: the deepest lies beyond what is read.
    let deep = update(&document(Shape::Table), |increment| {
        let ids: Vec<signer::pdf::Ref> = (0..80).map(|_| increment.allocate().unwrap()).collect();
        for pair in ids.windows(2) {
            increment.put(pair[0], format!("<</T(n)/FT/Tx/Kids[{} R]>>", pair[1]).into_bytes());
        }
        increment.put(*ids.last().unwrap(), b"<</T(n)/V(100)>>".to_vec());
        let fields = validate_forge::list(&document(Shape::Table), validate_forge::FORM, "Fields");
        set(increment, validate_forge::FORM, "Fields", &format!("[{fields} {} R]", ids[0]));
    });
    let file = sign(&deep, &office.leader, &Signing { field: "Sig1", ..Signing::default() });
    let document = Document::open(file.clone()).unwrap();
    let last = document.latest().objects().into_iter().map(|(id, _)| id).find(|id| {
        document
            .latest()
            .load(*id)
            .ok()
            .flatten()
            .is_some_and(|found| found.source() == b"<</T(n)/V(100)>>".as_slice())
    });
    let forged = update(&file, |increment| increment.put(last.unwrap(), b"<</T(n)/V(900)>>".to_vec()));
    let report = office.judge(&forged);
    assert_ne!(report.verdict, Verdict::Valid, "{}", brief(&report));
}

/// The report must tell this reason, somewhere.
fn gives(name: &str, code: &str, report: &Report, wrong: &mut Vec<String>) {
    let told = report.signatures.iter().any(|one| codes(one).contains(&code));
    let told = told || report.findings.iter().any(|finding| finding.code == code);
    let changed = report.signatures.iter().any(|one| one.changes.iter().any(|change| change.code == code));
    if !told && !changed {
        wrong.push(format!("{name}: {code} expected, {}", brief(report)));
    }
}

#[test]
fn every_oddity_of_the_bytes_has_its_reason() {
    let office = Office::new();
    let mut wrong = Vec::new();
    let draft = document(Shape::Table);
    let file = signed(&office, Shape::Table, None);
    let old = range(&file);
    let [_, a, b, c] = numbers(&file);
    let contents = [b"/Contents".as_slice(), &file[a..b]].concat();
    let with_contents =
        |new: &str| replaced(&file, &contents, format!("{new:<width$}", width = contents.len()).as_bytes());
    let with_range = |new: &str| in_place(&file, &old, new);
    let plain = Signing { field: "Sig1", ..Signing::default() };
    let resigned = |draft: &[u8]| sign(draft, &office.leader, &plain);
    let behind = |tail: &str| [file.as_slice(), tail.as_bytes()].concat();
    let one = || vec![(25, 0, "<</Title(Other)>>".to_owned())];
    let section = last_section(&file);
    // An object that no table knows, before the table of the first revision.
    let table = rfind(&draft, b"xref\n0 ");
    let extra = "4 0 obj\n<<>>\nendobj\n";
    let start = format!("startxref\n{}\n%%EOF\n", table + extra.len());
    let end = rfind(&draft, b"startxref");
    let doubled = [&draft[..table], extra.as_bytes(), &draft[table..end], start.as_bytes()].concat();
    let many = (0..70).fold(file.clone(), |file, _| append(&file, &Raw { objects: one(), ..Raw::default() }));
    let mut unlisted = behind("95 0 obj\n<<>>\nendobj\n");
    unlisted = append(&unlisted, &Raw { objects: one(), prev: Some(section), ..Raw::default() });
    let hidden = update(&draft, |increment| {
        let id = increment.allocate().unwrap();
        increment.put(id, b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec());
    });
    let unmarked = append(&file, &Raw { objects: one(), end: Some(String::new()), ..Raw::default() });
    let twice = sign(&file, &office.agency, &Signing { field: "Sig2", ..Signing::default() });
    let unshown = resigned(&update(&draft, |increment| {
        let annotations = validate_forge::list(&draft, PAGE, "Annots").replace("29 0 R", "");
        set(increment, PAGE, "Annots", &format!("[{annotations}]"));
    }));
    let source = |number: u32| {
        let document = Document::open(file.clone()).unwrap();
        let found = document.latest().load(signer::pdf::Ref::new(number)).unwrap().unwrap();
        String::from_utf8(found.source().to_vec()).unwrap()
    };
    let (form, catalog) = (source(19), source(1));
    let without_catalog = append(&file, &Raw { objects: vec![(1, 0, "null".to_owned())], ..Raw::default() });
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("byte_range_missing", with_range("/ByteRange null")),
        ("byte_range_bounds", with_range(&format!("/ByteRange[1 {} {b} {c}]", a - 1))),
        ("hole_not_contents", with_range(&format!("/ByteRange[0 {} {b} {c}]", a - 1))),
        ("not_a_revision", with_range(&format!("/ByteRange[0 {a} {b} {}]", c - 40))),
        ("signature_doubled_key", in_place(&file, b"/Filter/Adobe.PPKLite", "/Type/X/Type/Sig")),
        ("contents_missing", with_contents("/Contents null")),
        ("contents_not_hex", with_contents("/Contents()")),
        ("hole_not_hex", replaced_first(&file, &file[b - 4..b], b"zz0>")),
        (
            "sub_filter_unknown",
            sign(&draft, &office.leader, &Signing { sub_filter: "nobody.knows", ..plain.clone() }),
        ),
        ("unsigned_tail", behind("x")),
        ("unreadable", b"no pdf at all".to_vec()),
        ("header_missing", resigned(&replaced_first(&draft, b"%PDF-1.7", b"%XDF-1.7"))),
        ("doubled_object", resigned(&doubled)),
        ("hidden_pages", resigned(&hidden)),
        ("too_many_revisions", many),
        ("unlisted_object", unlisted),
        (
            "doubled_key",
            append(&file, &Raw { objects: one(), trailer: "/X 1/X 2".to_owned(), ..Raw::default() }),
        ),
        (
            "revision_end_unclear",
            append(&unmarked, &Raw { objects: one(), prev: Some(file.len() + 34), ..Raw::default() }),
        ),
        ("cut_file_differs", copied_signature(&file)),
        (
            "encryption_changed",
            append(&file, &Raw { trailer: "/Encrypt<</Filter/Nobody/V 1>>".to_owned(), ..Raw::default() }),
        ),
        ("tolerated", resigned(&replaced(&draft, b"\n%%EOF\n", b"\n"))),
        (
            "signature_copied",
            update(&file, |increment| {
                let id = increment.allocate().unwrap();
                let value = value_of(&file, "Sig1");
                increment.put(
                    id,
                    format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(copy)/Rect[0 0 0 0]/F 132/V {value} R>>")
                        .into_bytes(),
                );
                let fields = validate_forge::list(&file, validate_forge::FORM, "Fields");
                set(increment, validate_forge::FORM, "Fields", &format!("[{fields} {id} R]"));
            }),
        ),
        (
            "signature_shared",
            update(&file, |increment| {
                set(increment, validate_forge::LATER, "V", &format!("{} R", value_of(&file, "Sig1")));
            }),
        ),
        (
            "signature_missing",
            update(&file, |increment| set(increment, validate_forge::LATER, "V", "(nonsense)")),
        ),
        (
            "signature_removed",
            update(&file, |increment| set(increment, validate_office::field(&file, "Sig1"), "V", "null")),
        ),
        (
            "signature_changed",
            update(&twice, |increment| {
                set(increment, validate_office::field(&twice, "Sig1"), "V", "<</Type/Sig>>");
            }),
        ),
        (
            "annotation_repeated",
            update(&file, |increment| {
                let annotations = validate_forge::list(&file, PAGE, "Annots");
                set(increment, PAGE, "Annots", &format!("[{annotations} 13 0 R]"));
            }),
        ),
        (
            "field_shown",
            update(&unshown, |increment| {
                let annotations = validate_forge::list(&unshown, PAGE, "Annots");
                set(increment, PAGE, "Annots", &format!("[{annotations} 29 0 R]"));
            }),
        ),
        ("form_defaults_added", update(&file, |increment| set(increment, validate_forge::FORM, "Q", "1"))),
        (
            "page_added",
            update(&file, |increment| {
                let page = increment.allocate().unwrap();
                increment.put(page, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>".to_vec());
                set(increment, validate_forge::PAGES, "Kids", &format!("[3 0 R 5 0 R {page} R]"));
                set(increment, validate_forge::PAGES, "Count", "3");
            }),
        ),
        (
            "marking_changed",
            update(&file, |increment| {
                set(increment, validate_forge::CATALOG, "MarkInfo", "<</Marked false>>");
            }),
        ),
        (
            "pages_replaced",
            update(&file, |increment| {
                let pages = increment.allocate().unwrap();
                increment.put(pages, b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec());
                set(increment, validate_forge::CATALOG, "Pages", &format!("{pages} R"));
            }),
        ),
        (
            "form_removed",
            update(&twice, |increment| set(increment, validate_forge::CATALOG, "AcroForm", "null")),
        ),
        (
            "catalog_replaced",
            append(
                &file,
                &Raw {
                    objects: vec![(80, 0, "<</Type/Catalog/Pages 2 0 R/AcroForm 19 0 R>>".to_owned())],
                    root: 80,
                    ..Raw::default()
                },
            ),
        ),
        (
            "form_unreadable",
            append(
                &file,
                &Raw {
                    objects: vec![
                        (
                            19,
                            0,
                            form.replacen("/Fields[", "/Fields[95 0 R ", 1).replacen(
                                "/Fields [",
                                "/Fields [95 0 R ",
                                1,
                            ),
                        ),
                        (95, 0, "<</T(".to_owned()),
                    ],
                    ..Raw::default()
                },
            ),
        ),
        (
            "revision_unreadable",
            append(
                &without_catalog,
                &Raw {
                    objects: vec![(1, 0, catalog)],
                    prev: Some(rfind(&without_catalog, b"xref\n1 1")),
                    ..Raw::default()
                },
            ),
        ),
        (
            "signature_field_changed",
            update(&file, |increment| {
                set(increment, validate_office::field(&file, "Sig1"), "Rect", "[0 0 9 9]");
            }),
        ),
        (
            "signature_in_object_stream",
            append_stream(
                &update(&file, |increment| set(increment, validate_forge::LATER, "V", "62 0 R")),
                &[(
                    61,
                    packed(&[(
                        62,
                        "<</Type/Sig/Filter/X/SubFilter/ETSI.CAdES.detached/ByteRange[0 1 2 3]/Contents<00>>>",
                    )]),
                )],
                &[(62, [2, 61, 0])],
            ),
        ),
    ];
    for (code, file) in &cases {
        gives("bytes", code, &office.judge(file), &mut wrong);
    }
    nothing(&wrong);
}

/// The signature dictionary of a field.
fn value_of(file: &[u8], field: &str) -> signer::pdf::Ref {
    let document = Document::open(file.to_vec()).unwrap();
    let signer::pdf::Object::Dict(dict) = document.latest().get(validate_office::field(file, field)).unwrap()
    else {
        panic!("{field} is no dictionary")
    };
    dict.get(b"V").and_then(signer::pdf::Object::as_ref).unwrap()
}

#[test]
fn locks_and_later_signatures_have_their_reasons() {
    let office = Office::new();
    let mut wrong = Vec::new();
    let draft = document(Shape::Table);
    let locked = |keys: &'static str, dict: &str| {
        let signing = Signing { field: "Sig1", keys, dict: dict.to_owned(), ..Signing::default() };
        sign(&draft, &office.leader, &signing)
    };
    let all = "/Lock<</Type/SigFieldLock/Action/All>>";
    let field_mdp = "/Reference[<</TransformMethod/FieldMDP/TransformParams<</Action/All>>>>]";
    let closed = locked(all, field_mdp);
    let open = locked("", "");
    let second = |file: &[u8], signing: Signing| sign(file, &office.agency, &signing);
    let prepared = Signing { existing: Some(validate_forge::LATER), ..Signing::default() };
    let stamp = |file: &[u8]| {
        let signing = Signing {
            field: "tem",
            type_name: "DocTimeStamp",
            sub_filter: "ETSI.RFC3161",
            ..Signing::default()
        };
        sign_with_token(&office, file, &signing)
    };
    let lock_of_one = "/Lock<</Type/SigFieldLock/Action/Include/Fields[(a)]>>";
    let cases = [
        ("lock_disagrees", locked(all, "")),
        (
            "locked_field_changed",
            update(&closed, |increment| {
                set(increment, validate_forge::FILLED, "V", "(new)");
            }),
        ),
        ("signature_added", second(&open, prepared.clone())),
        ("signature_after_lock", second(&closed, prepared)),
        ("timestamp_added", stamp(&open)),
        ("field_made_read_only", joined(&office, &open, lock_of_one)),
        (
            "structure_grown",
            update(&second(&open, Signing { field: "Sig2", ..Signing::default() }), |increment| {
                let (element, reference) = (increment.allocate().unwrap(), increment.allocate().unwrap());
                increment
                    .put(reference, format!("<</Type/OBJR/Obj {} R>>", validate_forge::LATER).into_bytes());
                increment.put(
                    element,
                    format!("<</Type/StructElem/S/Form/P 20 0 R/K {reference} R>>").into_bytes(),
                );
                set(increment, validate_forge::STRUCTURE, "K", &format!("[21 0 R {element} R]"));
            }),
        ),
    ];
    for (code, file) in &cases {
        gives("locks", code, &office.judge(file), &mut wrong);
    }
    nothing(&wrong);
}

/// A second signature with a lock, in the same update as a field that it sets read-only.
fn joined(office: &Office, open: &[u8], lock: &'static str) -> Vec<u8> {
    let draft = update(open, |increment| set(increment, validate_forge::FILLED, "Ff", "1"));
    sign(&draft, &office.agency, &Signing { field: "Sig2", keys: lock, ..Signing::default() })
}

fn sign_with_token(office: &Office, file: &[u8], signing: &Signing) -> Vec<u8> {
    validate_forge::sign_with(file, signing, |content| office.stamp(content))
}
