//! Universal signature forgery and signature wrapping: what a signature covers, and where it stands.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_forge;
mod validate_office;

use signer::validate::Verdict;
use validate_forge::bytes::{altered, evil_stream, in_place, nothing, numbers, range, refuses};
use validate_forge::{
    LATER, Raw, Shape, Signing, append, brief, document, last_section, replaced, sign, signed,
};
use validate_office::{Office, codes};

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
fn one_signature_does_not_pass_for_two() {
    let office = Office::new();
    // The number that the signature dictionary will get.
    let later = "<</Type/Annot/Subtype/Widget/FT/Sig/T(later)/Rect[300 100 400 150]/F 4/P 5 0 R/V 99 0 R>>";
    let draft = append(
        &document(Shape::Table),
        &Raw { objects: vec![(LATER.number, 0, later.to_owned())], ..Raw::default() },
    );
    let file = sign(&draft, &office.leader, &Signing { field: "Sig1", ..Signing::default() });
    let report = office.judge(&file);
    assert_eq!(report.verdict, Verdict::Indeterminate, "{}", brief(&report));
    assert!(codes(&report.signatures[0]).contains(&"signature_shared"), "{}", brief(&report));
}
