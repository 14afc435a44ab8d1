//! The published classes of attack on signed PDF files, and what else can be thought of: on files
//! with tables and with object streams, with approval signatures and certifications of each level.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod attacks;
mod validate_forge;
mod validate_office;

use std::collections::BTreeSet;

use attacks::{Rule, add_annotation, fill, form_stream};
use signer::pdf::{Increment, Ref};
use signer::validate::Verdict;
use validate_forge::{
    CATALOG, CONTENT, EMPTY, FILLED, FORM, LATER, LEVELS, OVERLAY, Shape, Signing, brief, signed, told,
};
use validate_office::{Office, set, stream, update};

/// What is changed before anyone signs.
type Draft = fn(&mut Increment<'_>);

/// The forgeries reach what files of the world do not: `VANTHU_FORGERIES` names a folder of seeds for the fuzzers.
fn keep_as_seed(file: &[u8], number: usize) {
    if let Some(folder) = std::env::var_os("VANTHU_FORGERIES") {
        std::fs::write(std::path::Path::new(&folder).join(format!("forgery{number}")), file).unwrap();
    }
}

#[test]
fn what_can_show_something_else_is_told_even_when_it_was_signed() {
    let office = Office::new();
    let cases: [(&str, Draft); 6] = [
        ("scripts", |inc| set(inc, CATALOG, "OpenAction", "<</S/JavaScript/JS(x)>>")),
        ("scripts", |inc| set(inc, CATALOG, "AA", "<</WC<</S/JavaScript/JS(x)>>>>")),
        ("scripts", |inc| set(inc, CATALOG, "Names", "<</JavaScript<</Names[]>>>>")),
        ("form_in_xml", |inc| set(inc, FORM, "XFA", "[(template) 4 0 R]")),
        ("fields_drawn_by_readers", |inc| set(inc, FORM, "NeedAppearances", "true")),
        ("drawn_text_differs", |inc| set(inc, FILLED, "V", "(900)")),
    ];
    let signing = validate_forge::Signing { field: "Sig1", ..Default::default() };
    for (code, change) in cases {
        let draft = update(&validate_forge::document(Shape::Table), change);
        let report = office.judge(&validate_forge::sign(&draft, &office.leader, &signing));
        let codes = validate_office::codes(&report.signatures[0]);
        assert_eq!(
            (report.verdict, codes.contains(&code)),
            (Verdict::Valid, true),
            "{code}: {}",
            brief(&report)
        );
    }
    let plain = office.judge(&signed(&office, Shape::Table, None));
    assert_eq!(validate_office::codes(&plain.signatures[0]), ["revocation_not_checked"], "{}", brief(&plain));
}

#[test]
fn content_that_lies_in_another_file_is_not_signed() {
    let office = Office::new();
    let signing = validate_forge::Signing { field: "Sig1", ..Default::default() };
    for shape in [Shape::Table, Shape::Packed] {
        for (id, dict) in [
            (CONTENT, "/F(page.txt)"),
            (CONTENT, "/F<</Type/Filespec/FS/URL/F(https://example.vn/page)>>"),
            (OVERLAY, "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Ref<</F(other.pdf)/Page 0>>"),
        ] {
            let draft = update(&validate_forge::document(shape), |inc| inc.put(id, stream(dict, " ")));
            let report = office.judge(&validate_forge::sign(&draft, &office.leader, &signing));
            assert_eq!(report.verdict, Verdict::Indeterminate, "{dict}: {}", brief(&report));
            assert!(validate_office::codes(&report.signatures[0]).contains(&"content_outside"));
        }
    }
}

#[test]
fn values_in_the_xml_of_a_form_follow_its_fields() {
    let office = Office::new();
    let draft = update(&validate_forge::document(Shape::Table), |inc| {
        let (template, data) = (inc.allocate().unwrap(), inc.allocate().unwrap());
        inc.put(template, stream("", "<template/>"));
        inc.put(data, stream("", "<datasets>old</datasets>"));
        set(inc, FORM, "XFA", &format!("[(template) {template} R (datasets) {data} R]"));
    });
    let signing = validate_forge::Signing { field: "Sig1", ..Default::default() };
    let file = validate_forge::sign(&draft, &office.leader, &signing);
    let packet = |name: &str| {
        let packets =
            String::from_utf8(file.clone().iter().map(|b| if b.is_ascii() { *b } else { b'?' }).collect())
                .unwrap();
        let at = packets.find(&format!("({name}) ")).unwrap() + name.len() + 3;
        Ref::new(packets[at..].split(' ').next().unwrap().parse().unwrap())
    };
    let changed = |part: &str, filled: bool| {
        let forged = update(&file, |inc| {
            inc.put(packet(part), stream("", "<datasets>new</datasets>"));
            if filled {
                fill(inc, EMPTY, "new", "new");
            }
        });
        office.judge(&forged)
    };
    let honest = changed("datasets", true);
    assert!(honest.verdict == Verdict::Valid && told(&honest), "{}", brief(&honest));
    let alone = changed("datasets", false);
    assert_eq!(alone.verdict, Verdict::Invalid);
    assert!(validate_office::codes(&alone.signatures[0]).contains(&"form_data_changed"), "{}", brief(&alone));
    assert_eq!(changed("template", true).verdict, Verdict::Invalid);
}

/// The reasons that the attacks must bring about between them.
const REASONS: &[&str] = &[
    "annotation_added",
    "annotation_changed",
    "annotation_covers",
    "annotation_moved",
    "annotation_removed",
    "annotation_with_action",
    "annotations_reordered",
    "appearance_changed",
    "catalog_changed",
    "certified_form_changed",
    "certified_signature_added",
    "evidence_added",
    "extensions_changed",
    "field_added",
    "field_changed",
    "field_filled",
    "field_removed",
    "form_changed",
    "form_resources_added",
    "form_resources_changed",
    "information_changed",
    "metadata_changed",
    "need_appearances",
    "page_changed",
    "page_removed",
    "page_replaced",
    "page_tree_changed",
    "signature_field_added",
    "signature_flags_cleared",
    "structure_changed",
    "unsigned_field_draws",
    "version_changed",
    "widget_added",
];

#[test]
fn every_change_is_judged_by_the_certification() {
    let office = Office::new();
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut reasons = BTreeSet::new();
    for shape in [Shape::Table, Shape::Packed] {
        for level in LEVELS {
            let file = signed(&office, shape, level);
            for attack in attacks::all() {
                let forged = update(&file, |increment| (attack.change)(&file, increment));
                keep_as_seed(&forged, count);
                let report = office.judge(&forged);
                count += 1;
                let one = &report.signatures[0];
                reasons.extend(one.findings.iter().map(|finding| finding.code));
                reasons.extend(one.changes.iter().map(|change| change.code));
                let allowed = match attack.rule {
                    Rule::Never => false,
                    Rule::Form => level != Some(1),
                    Rule::Comment => level == Some(3),
                    Rule::Told => true,
                };
                let right = if allowed {
                    report.verdict != Verdict::Invalid && told(&report)
                } else {
                    report.verdict == Verdict::Invalid
                };
                if !right {
                    wrong.push(format!("{shape:?} {level:?} {}: {}", attack.name, brief(&report)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let missing: Vec<&str> = REASONS.iter().copied().filter(|code| !reasons.contains(code)).collect();
    assert!(missing.is_empty(), "no attack gives {missing:?}");
}

#[test]
fn what_can_pass_for_the_page_is_never_green_where_comments_are_allowed() {
    let office = Office::new();
    let file = signed(&office, Shape::Table, Some(3));
    let judged = |annotation: &str, look: &str| {
        let forged = update(&file, |inc| {
            let drawn = inc.allocate().unwrap();
            inc.put(drawn, form_stream(look));
            let source = annotation.replace("LOOK", &format!("/AP<</N {drawn} R>>"));
            add_annotation(&file, inc, &source);
        });
        office.judge(&forged)
    };
    let words = "1 g 0 0 100 20 re f 0 g BT /F1 12 Tf 2 4 Td (Pay 900) Tj ET";
    let lines = "1 1 0 rg 0 0 100 2 re f";
    let place = "/Rect[72 690 300 720]/QuadPoints[72 720 300 720 72 690 300 690]";
    for (subtype, keys, look) in [
        ("FreeText", "/Contents(900)/DA(/F1 12 Tf)", ""),
        ("Stamp", "LOOK", lines),
        ("Redact", "/OverlayText(900)", ""),
        ("Watermark", "LOOK", lines),
        ("Square", "/IC[1 1 1]", ""),
        ("Highlight", "LOOK", words),
        ("Text", "LOOK", words),
        ("Highlight", "LOOK", "/None Do"),
        ("Ink", "LOOK", "BI /W 1 /H 1 /BPC 8 /CS /G ID x EI"),
        // White, or thick: the page is hidden under a surface of lines.
        ("Highlight", "LOOK", "1 g 0 0 100 20 re f"),
        ("Highlight", "LOOK", "1 1 0 rg 0 0 100 20 re f"),
        ("Underline", "LOOK", "1 g 0 0 100 2 re f"),
        ("Ink", "LOOK", "30 w 0 10 m 100 10 l S"),
        ("Ink", "LOOK", "0.1 0 0 20 0 0 cm 1 w 0 0.5 m 1000 0.5 l S"),
        ("Ink", "LOOK", "q 1 1 1 RG 0 10 m 100 10 l S Q"),
        ("Highlight", "LOOK", "/Missing gs 0 0 100 20 re f"),
        ("Highlight", "/C[1 1 0]/AP<</R 15 0 R>>", ""),
        ("Ink", "/InkList[[72 700 300 700]]/BS<</W 30>>", ""),
        ("Line", "/L[72 700 300 700]/C[1 1 1]", ""),
        ("StrikeOut", "/C[0.95 0.95 0.95]", ""),
        ("PolyLine", "/Vertices[72 700 300 700]/C[0 0 0 0]", ""),
        ("Square", "/C[1 0 0]/Border[0 0 60]", ""),
        ("Link", "/Border[0 0 40]/C[1 1 1]", ""),
    ] {
        let report = judged(&format!("<</Type/Annot/Subtype/{subtype}{place}{keys}>>"), look);
        assert_eq!(report.verdict, Verdict::Indeterminate, "{subtype}: {}", brief(&report));
        assert!(validate_office::codes(&report.signatures[0]).contains(&"annotation_covers"));
    }
    for (subtype, keys, look) in [
        ("Text", "/Contents(seen)", ""),
        ("Text", "/Contents(seen)LOOK", lines),
        ("Highlight", "/C[1 1 0]LOOK", lines),
        ("Underline", "/C[1 0 0]", ""),
        ("Ink", "/InkList[[0 0 9 9]]LOOK", lines),
        ("Square", "/C[1 0 0]", ""),
        ("Line", "/L[72 700 300 700]/C[1 0 0]/BS<</W 3>>", ""),
        ("Link", "/Border[0 0 0]", ""),
        ("Ink", "LOOK", "1 0 0 RG 1 w 0 0 m 100 20 l S"),
    ] {
        let report = judged(&format!("<</Type/Annot/Subtype/{subtype}{place}{keys}>>"), look);
        assert!(report.verdict == Verdict::Valid && told(&report), "{subtype}: {}", brief(&report));
    }
}

#[test]
fn a_mark_through_which_the_text_is_read_and_a_small_icon_cover_nothing() {
    let office = Office::new();
    let file = signed(&office, Shape::Table, Some(3));
    let judged = |annotation: &str, look: &str, resources: &str| {
        let forged = update(&file, |inc| {
            let drawn = inc.allocate().unwrap();
            inc.put(
                drawn,
                stream(
                    &format!("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<<{resources}>>"),
                    look,
                ),
            );
            add_annotation(&file, inc, &format!("<</Type/Annot{annotation}/AP<</N {drawn} R>>>>"));
        });
        let report = office.judge(&forged);
        let covers = validate_office::codes(&report.signatures[0]).contains(&"annotation_covers");
        assert_eq!(report.verdict == Verdict::Valid, !covers, "{annotation} {look}: {}", brief(&report));
        covers
    };
    let modes = "/ExtGState<</M<</BM/Multiply>>/N<</BM/Normal>>/W<</LW 50>>>>";
    let highlight = "/Subtype/Highlight/Rect[72 690 300 720]/QuadPoints[72 720 300 720 72 690 300 690]";
    let fill = "1 1 0 rg 0 0 100 20 re f";
    assert!(!judged(highlight, &format!("/M gs {fill}"), modes));
    assert!(judged(highlight, &format!("/N gs {fill}"), modes));
    for dark in ["", "0.1 g", "0 0 0.3 rg", "0 0 0 1 k", "/Pattern cs /P scn"] {
        let look = format!("/M gs {dark} 0 0 100 20 re f");
        assert!(judged(highlight, &look, modes), "{dark}: nothing is read through it");
    }
    for (dark, thick) in [("", true), ("0.1 G", true), ("1 1 0 RG", false)] {
        let look = format!("/M gs {dark} 20 w 0 10 m 100 10 l S");
        assert_eq!(judged(highlight, &look, modes), thick, "{dark}");
    }
    assert!(judged(highlight, &format!("q /M gs Q {fill}"), modes), "the mode ends with the state");
    assert!(judged("/Subtype/Ink/Rect[72 690 300 720]", "/W gs 0 0 m 9 9 l S", modes));
    let note = |size: u32| format!("/Subtype/Text/Rect[72 690 {} {}]", 72 + size, 690 + size);
    let icon = "1 g 0 0 100 20 re f 0 g 40 5 20 10 re f";
    assert!(!judged(&note(20), icon, ""));
    assert!(judged(&note(200), icon, ""), "too large for an icon");
    assert!(judged(&note(20), "1 g 0 0 100 20 re f", ""), "nothing but paper");
}

#[test]
fn a_signature_that_draws_where_the_certified_page_left_no_room_is_never_green() {
    let office = Office::new();
    let look = "1 g 0 0 100 50 re f";
    let overlay = Signing { field: "Sig2", rect: "[0 0 595 842]", look, ..Signing::default() };
    let hidden = Signing { field: "Sig2", ..Signing::default() };
    let prepared = Signing { existing: Some(LATER), look, ..Signing::default() };
    for level in LEVELS {
        let file = signed(&office, Shape::Table, level);
        let judged = |signing: &Signing| {
            let report = office.judge(&validate_forge::sign(&file, &office.agency, signing));
            let draws = validate_office::codes(&report.signatures[0]).contains(&"signature_field_draws");
            (report.verdict, draws)
        };
        let (undecided, quiet) = match level {
            None => ((Verdict::Valid, false), Verdict::Valid),
            Some(1) => ((Verdict::Invalid, false), Verdict::Invalid),
            Some(_) => ((Verdict::Indeterminate, true), Verdict::Valid),
        };
        assert_eq!(judged(&overlay), undecided, "{level:?}");
        assert_eq!(judged(&hidden), (quiet, false), "{level:?}");
        assert_eq!(judged(&prepared), (quiet, false), "{level:?}");
    }
}

#[test]
fn a_field_filled_after_the_signature_shows_its_value_or_the_verdict_is_open() {
    let office = Office::new();
    let file = signed(&office, Shape::Table, None);
    let judged = |change: &dyn Fn(&mut Increment<'_>)| {
        let report = office.judge(&update(&file, |inc| change(inc)));
        (report.verdict, validate_office::codes(&report.signatures[0]))
    };
    assert_eq!(judged(&|inc| fill(inc, EMPTY, "100", "100")).0, Verdict::Valid);
    let (verdict, codes) = judged(&|inc| fill(inc, EMPTY, "100", "900"));
    assert!(verdict == Verdict::Indeterminate && codes.contains(&"drawn_text_differs"), "{codes:?}");
    let (verdict, codes) = judged(&|inc| {
        let look = inc.allocate().unwrap();
        inc.put(
            look,
            stream(
                "/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</XObject<</Im 8 0 R>>>>",
                "100 0 0 20 0 0 cm /Im Do",
            ),
        );
        set(inc, EMPTY, "V", "(100)");
        set(inc, EMPTY, "AP", &format!("<</N {look} R>>"));
    });
    assert!(verdict == Verdict::Indeterminate && codes.contains(&"field_shows_pictures"), "{codes:?}");
}
