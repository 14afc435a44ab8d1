//! The agency's documents after the recipe of signing-order: what is told of the honest ones, and
//! that every later change is found.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_office;

use signer::pdf::{Increment, Ref};
use signer::validate::{ChangesAfter, Coverage, RevocationState, TrustState, Verdict};
use validate_office::{
    CATALOG, Office, PAGE, appearance, codes, field, form, set, signature, stream, update,
};

#[test]
fn an_issued_document_is_valid_and_says_what_was_filled() {
    let office = Office::new();
    let file = office.sealed();
    let report = office.judge(&file);
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    let person = signature(&report, "nguoiky");
    assert_eq!(person.changes_after, ChangesAfter::Permitted);
    assert_eq!(person.covers, Coverage::Revision);
    assert!(person.changes.iter().any(|change| change.code == "field_filled" && change.text.contains("so")));
    let seal = signature(&report, "dau");
    assert_eq!((seal.changes_after, seal.covers), (ChangesAfter::None, Coverage::WholeFile));
    assert_eq!(seal.trust, TrustState::Trusted);
    assert_eq!(seal.revocation, RevocationState::NotChecked);
    let shown = person.certificate.as_ref().unwrap();
    assert_eq!((shown.subject.as_str(), shown.issuer.as_str()), ("Nguyễn Văn A", "CA thử"));
    assert!(shown.subject_full.contains("CCCD:*********345"), "{}", shown.subject_full);
    assert_eq!(person.signed_at, Some(validate_office::SIGNED_AT));
}

#[test]
fn the_json_is_the_one_promised() {
    let office = Office::new();
    let json = office.judge(&office.sealed()).to_json();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let one = &json["signatures"][1];
    let promised = [
        "kind",
        "field",
        "verdict",
        "signer",
        "issuer",
        "signed_at",
        "signed_at_is",
        "revocation",
        "covers",
        "changes_after",
        "reasons",
        "warnings",
    ];
    assert!(keys(&json).starts_with(&[
        "findings".to_owned(),
        "revisions".to_owned(),
        "signatures".to_owned()
    ]));
    for key in promised {
        assert!(keys(one).contains(&key.to_owned()), "{key} is missing");
    }
    assert_eq!(one["signed_at"], "2026-05-26T03:25:30Z");
    assert_eq!(one["covers"], "whole_file");
    assert!(one["warnings"][0].as_str().unwrap().starts_with("revocation_not_checked: "));
    assert_eq!((&one["indication"], &one["subindication"]), (&"TOTAL-PASSED".into(), &"".into()));
}

#[test]
fn every_revision_says_where_it_ends_and_who_signed_it() {
    let office = Office::new();
    let (by_person, sealed) = (office.by_person(), office.sealed());
    let report = office.judge(&sealed);
    let json = report.to_json();
    let person = signature(&report, "nguoiky");
    assert_eq!(report.signed_by(person.revision.unwrap()).collect::<Vec<_>>(), ["nguoiky"]);
    let revisions = json["revisions"].as_array().unwrap();
    assert_eq!(revisions.len(), report.revisions);
    assert_eq!(revisions.last().unwrap()["end"], sealed.len());
    assert_eq!(revisions.last().unwrap()["signed_by"], serde_json::json!(["dau"]));
    // What was signed can be cut out and is a file of its own.
    let end = person.revision_end.unwrap();
    let cut = office.judge(&sealed[..end]);
    assert_eq!((cut.verdict, cut.signatures.len()), (Verdict::Valid, 1));
    assert!(end.abs_diff(by_person.len()) < 64, "{end} of {}", by_person.len());
    let told = &json["signatures"][0]["changes"];
    assert!(told.as_array().unwrap().iter().any(|change| change["code"] == "field_filled"), "{told}");
    let kept = report.to_record(validate_office::JUDGED_AT);
    assert_eq!(kept.revisions.len(), report.revisions);
    assert_eq!(kept.signatures[0].revision_end, i64::try_from(end).unwrap());
    assert!(
        kept.signatures[0].changes.iter().any(|change| change.code == "field_filled" && change.revision == 4)
    );
}

#[test]
fn before_the_seal_a_number_is_provisional() {
    let office = Office::new();
    let file = office.by_person();
    assert_eq!(office.judge(&file).verdict, Verdict::Valid);
    let filled = update(&file, |increment| refill(&file, increment, "so", "16"));
    let report = office.judge(&filled);
    assert_eq!(report.verdict, Verdict::Indeterminate, "{report:#?}");
    let person = signature(&report, "nguoiky");
    assert_eq!(person.changes_after, ChangesAfter::Permitted);
    assert!(codes(person).contains(&"provisional"));
    // What is drawn must be the value.
    let other = update(&filled, |increment| set(increment, field(&file, "so"), "V", "(17)"));
    let report = office.judge(&other);
    assert_eq!(report.verdict, Verdict::Invalid);
    assert!(codes(signature(&report, "nguoiky")).contains(&"drawn_text_differs"), "{report:#?}");
    // Under the seal it is the number; the seal takes it as it is.
    assert_eq!(office.judge(&office.seal(&file)).verdict, Verdict::Valid);
}

struct Forgery {
    name: &'static str,
    /// Whether the person's signature must be broken too.
    person_too: bool,
    change: fn(&[u8], &mut Increment<'_>),
}

fn refill(file: &[u8], increment: &mut Increment<'_>, name: &str, text: &str) {
    let shown = increment.allocate().unwrap();
    let font = "/Resources<</Font<</F1 5 0 R>>>>";
    let content = format!("/Tx BMC BT /F1 13 Tf 0 g 1 4 Td ({text}) Tj ET EMC");
    increment.put(shown, stream(&format!("/Type/XObject/Subtype/Form/BBox[0 0 220 18]{font}"), &content));
    let id = field(file, name);
    set(increment, id, "V", &format!("({text})"));
    set(increment, id, "AP", &format!("<</N {shown} R>>"));
}

fn annotate(file: &[u8], increment: &mut Increment<'_>, source: &str) {
    let annotation = increment.allocate().unwrap();
    increment.put(annotation, source.as_bytes().to_vec());
    let names = ["so", "ngay", "nguoiky", "dau"].map(|name| format!("{} R", field(file, name)));
    set(increment, PAGE, "Annots", &format!("[7 0 R {} {annotation} R]", names.join(" ")));
}

const FORGERIES: &[Forgery] = &[
    Forgery { name: "number changed", person_too: false, change: |file, inc| refill(file, inc, "so", "16") },
    Forgery {
        name: "date changed",
        person_too: false,
        change: |file, inc| refill(file, inc, "ngay", "ngay 27 thang 5 nam 2026"),
    },
    Forgery {
        name: "page changed",
        person_too: true,
        change: |_, inc| {
            inc.put(Ref::new(4), stream("", "BT /F1 12 Tf 72 700 Td (Quyet dinh tra 900 dong) Tj ET"));
        },
    },
    Forgery {
        name: "annotation added",
        person_too: true,
        change: |file, inc| {
            annotate(
                file,
                inc,
                "<</Type/Annot/Subtype/FreeText/Rect[72 690 300 720]/Contents(900)/DA(/Helv 12 Tf)>>",
            );
        },
    },
    Forgery {
        name: "value alone",
        person_too: true,
        change: |file, inc| set(inc, field(file, "so"), "V", "(16)"),
    },
    Forgery {
        name: "number cleared",
        person_too: true,
        change: |file, inc| set(inc, field(file, "so"), "V", "null"),
    },
    Forgery {
        name: "appearance alone",
        person_too: true,
        change: |file, inc| {
            let shown = inc.allocate().unwrap();
            inc.put(shown, stream("/Type/XObject/Subtype/Form/BBox[0 0 60 18]", "1 g 0 0 60 18 re f"));
            set(inc, field(file, "so"), "AP", &format!("<</N {shown} R>>"));
        },
    },
    Forgery {
        name: "appearance overwritten in place",
        person_too: true,
        change: |file, inc| {
            inc.put(
                appearance(file, "so"),
                stream("/Type/XObject/Subtype/Form/BBox[0 0 60 18]", "1 g 0 0 60 18 re f"),
            );
        },
    },
    Forgery {
        name: "number hidden",
        person_too: true,
        change: |file, inc| set(inc, field(file, "so"), "F", "6"),
    },
    Forgery {
        name: "default appearance",
        person_too: true,
        change: |file, inc| set(inc, field(file, "so"), "DA", "(/VB 1 Tf 1 g)"),
    },
    Forgery {
        name: "field moved",
        person_too: true,
        change: |file, inc| set(inc, field(file, "so"), "Rect", "[0 0 60 18]"),
    },
    Forgery {
        name: "script on a field",
        person_too: true,
        change: |file, inc| set(inc, field(file, "so"), "AA", "<</K<</S/JavaScript/JS(this.x=1)>>>>"),
    },
    Forgery {
        name: "field flags",
        person_too: true,
        change: |file, inc| set(inc, field(file, "so"), "Ff", "0"),
    },
    Forgery {
        name: "lock removed",
        person_too: true,
        change: |file, inc| set(inc, field(file, "dau"), "Lock", "null"),
    },
    Forgery {
        name: "need appearances",
        person_too: true,
        change: |file, inc| set(inc, form(file), "NeedAppearances", "true"),
    },
    Forgery {
        name: "signature flags",
        person_too: true,
        change: |file, inc| set(inc, form(file), "SigFlags", "1"),
    },
    Forgery {
        name: "signature emptied",
        person_too: false,
        change: |file, inc| set(inc, field(file, "dau"), "V", "null"),
    },
    Forgery {
        name: "the person's signature emptied",
        person_too: true,
        change: |file, inc| set(inc, field(file, "nguoiky"), "V", "null"),
    },
    Forgery {
        name: "signatures no longer fields",
        person_too: true,
        change: |file, inc| set(inc, form(file), "Fields", "[]"),
    },
    Forgery {
        name: "form removed",
        person_too: true,
        change: |_, inc| set(inc, CATALOG, "AcroForm", "null"),
    },
    Forgery {
        name: "new text field",
        person_too: true,
        change: |file, inc| {
            annotate(file, inc, "<</Type/Annot/Subtype/Widget/FT/Tx/T(them)/V(x)/Rect[80 500 90 510]>>");
            let added = Ref::new(inc.allocate().unwrap().number - 1);
            let names = ["so", "ngay", "nguoiky", "dau"].map(|name| format!("{} R", field(file, name)));
            set(inc, form(file), "Fields", &format!("[{} {added} R]", names.join(" ")));
        },
    },
    Forgery {
        name: "new signature field after the seal",
        person_too: true,
        change: |file, inc| {
            let added = inc.allocate().unwrap();
            inc.put(added, b"<</Type/Annot/Subtype/Widget/FT/Sig/T(them)/Rect[0 0 0 0]/F 132>>".to_vec());
            let names = ["so", "ngay", "nguoiky", "dau"].map(|name| format!("{} R", field(file, name)));
            set(inc, form(file), "Fields", &format!("[{} {added} R]", names.join(" ")));
        },
    },
    Forgery {
        name: "link changed",
        person_too: true,
        change: |_, inc| {
            inc.put(
                Ref::new(7),
                b"<</Type/Annot/Subtype/Link/Rect[10 10 500 700]/A<</S/URI/URI(https://evil)>>>>".to_vec(),
            );
        },
    },
    Forgery {
        name: "font replaced",
        person_too: true,
        change: |_, inc| inc.put(Ref::new(5), b"<</Type/Font/Subtype/Type1/BaseFont/Symbol>>".to_vec()),
    },
    Forgery {
        name: "overlay filled",
        person_too: true,
        change: |_, inc| {
            inc.put(Ref::new(6), stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "0 0 9 9 re f"));
        },
    },
    Forgery {
        name: "media box cut",
        person_too: true,
        change: |_, inc| set(inc, PAGE, "MediaBox", "[0 0 595.2 841.8898]"),
    },
    Forgery {
        name: "action on opening",
        person_too: true,
        change: |_, inc| set(inc, CATALOG, "OpenAction", "<</S/JavaScript/JS(app.alert(1))>>"),
    },
    Forgery {
        name: "layers",
        person_too: true,
        change: |_, inc| set(inc, CATALOG, "OCProperties", "<</OCGs[]/D<<>>>>"),
    },
    Forgery {
        name: "page added",
        person_too: true,
        change: |_, inc| {
            let page = inc.allocate().unwrap();
            inc.put(page, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>".to_vec());
            set(inc, Ref::new(2), "Kids", &format!("[3 0 R {page} R]"));
            set(inc, Ref::new(2), "Count", "2");
        },
    },
    Forgery {
        name: "page written straight into the tree",
        person_too: true,
        change: |_, inc| {
            set(inc, Ref::new(2), "Kids", "[3 0 R <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>]");
        },
    },
    Forgery {
        name: "page tree exchanged",
        person_too: true,
        change: |_, inc| {
            let pages = inc.allocate().unwrap();
            inc.put(pages, b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec());
            set(inc, CATALOG, "Pages", &format!("{pages} R"));
        },
    },
    Forgery {
        name: "doubled key in the catalog",
        person_too: true,
        change: |file, inc| {
            let source = format!("<</Type/Catalog/Pages 6 0 R/Pages 2 0 R/AcroForm {} R>>", form(file));
            inc.put(CATALOG, source.into_bytes());
        },
    },
    Forgery {
        name: "rotation inherited",
        person_too: true,
        change: |_, inc| set(inc, Ref::new(2), "Rotate", "180"),
    },
];

#[test]
fn every_change_after_the_seal_is_forbidden() {
    let office = Office::new();
    let file = office.sealed();
    for forgery in FORGERIES {
        let forged = update(&file, |increment| (forgery.change)(&file, increment));
        let report = office.judge(&forged);
        let name = forgery.name;
        assert_eq!(report.verdict, Verdict::Invalid, "{name}: {report:#?}");
        let seal = signature(&report, "dau");
        assert_eq!(
            (seal.verdict, seal.changes_after),
            (Verdict::Invalid, ChangesAfter::Forbidden),
            "{name}: {:?}",
            seal.findings
        );
        let person = signature(&report, "nguoiky");
        assert_eq!(person.verdict == Verdict::Invalid, forgery.person_too, "{name}: {:?}", person.findings);
    }
}

#[test]
fn evidence_and_metadata_may_be_added_after_the_seal() {
    let office = Office::new();
    let file = office.sealed();
    let crl = office.crl(&[], validate_office::JUDGED_AT - 86_400).to_der().unwrap();
    let added = update(&file, |increment| {
        let list = increment.allocate().unwrap();
        let mut source = format!("<</Length {}>>stream\n", crl.len()).into_bytes();
        source.extend_from_slice(&crl);
        source.extend_from_slice(b"\nendstream");
        increment.put(list, source);
        let store = increment.allocate().unwrap();
        increment.put(store, format!("<</Type/DSS/CRLs[{list} R]>>").into_bytes());
        set(increment, CATALOG, "DSS", &format!("{store} R"));
        set(increment, CATALOG, "Extensions", "<</ESIC<</BaseVersion/1.7/ExtensionLevel 1>>>>");
    });
    let report = office.judge(&added);
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    for name in ["nguoiky", "dau"] {
        let one = signature(&report, name);
        assert_eq!(
            (one.changes_after, one.revocation),
            (ChangesAfter::Permitted, RevocationState::Good),
            "{name}"
        );
        assert!(!codes(one).contains(&"revocation_not_checked"));
    }
}

#[test]
fn what_nobody_can_see_is_told_and_not_forbidden() {
    let office = Office::new();
    let file = office.sealed();
    let rounded = update(&file, |increment| set(increment, PAGE, "MediaBox", "[0 0 595.3 841.89]"));
    let report = office.judge(&rounded);
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    assert!(codes(signature(&report, "dau")).contains(&"page_box_rounded"));
}

#[test]
fn bytes_behind_the_last_revision_are_never_ignored() {
    let office = Office::new();
    let file = office.sealed();
    let objects = b"4 0 obj\n<</Length 4>>stream\nBT \nendstream\nendobj\n";
    let trailer = b"trailer\n<</Size 99/Root 1 0 R>>\nstartxref\n0\n%%EOF\n";
    let tails: [(&str, Vec<u8>); 5] = [
        ("garbage", b"garbage".to_vec()),
        ("objects", objects.to_vec()),
        ("objects and trailer", [&objects[..], trailer].concat()),
        ("objects and end mark", [&objects[..], b"%%EOF\n"].concat()),
        ("a second header", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec()),
    ];
    for (name, tail) in tails {
        let report = office.judge(&[file.as_slice(), &tail].concat());
        assert_eq!(report.verdict, Verdict::Invalid, "{name}: {report:#?}");
    }
    let report = office.judge(&[file.as_slice(), b"\r\n \n"].concat());
    assert_eq!(report.verdict, Verdict::Valid, "white space: {report:#?}");
}

#[test]
fn objects_hidden_inside_a_later_revision_are_found() {
    let office = Office::new();
    let file = office.sealed();
    let hidden = b"4 0 obj\n<</Length 60>>stream\nBT /F1 12 Tf 72 700 Td (Quyet dinh tra 900 dong) Tj ET     \nendstream\nendobj\n";
    let smuggled =
        update(&[file.as_slice(), hidden].concat(), |increment| set(increment, CATALOG, "Version", "/1.7"));
    let report = office.judge(&smuggled);
    assert_eq!(report.verdict, Verdict::Invalid, "{report:#?}");
    assert!(codes(signature(&report, "dau")).contains(&"hidden_object"), "{report:#?}");
}

#[test]
fn every_flipped_signed_byte_breaks_a_signature() {
    let office = Office::new();
    let file = office.sealed();
    let options = office.options();
    let contents = signature_holes(&file);
    let mut position = 3;
    while position < file.len() {
        let in_hole = contents.iter().any(|hole| hole.contains(&position));
        if !in_hole {
            let mut changed = file.clone();
            changed[position] ^= 1;
            let report = signer::validate::validate(changed, &options);
            assert_ne!(report.verdict, Verdict::Valid, "byte {position}");
        }
        position += 97;
    }
}

fn signature_holes(file: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut holes = Vec::new();
    let mark = b"/Contents<";
    for start in 0..file.len() {
        if file[start..].starts_with(mark) && file[start + mark.len()..].starts_with(b"30") {
            let end = file[start..].iter().position(|byte| *byte == b'>').unwrap();
            holes.push(start + mark.len()..start + end);
        }
    }
    holes
}
