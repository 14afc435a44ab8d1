//! Updates that readers understand in two ways, oddities of the bytes, and what later signatures and locks bring: each with its reason.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_forge;
mod validate_office;

use signer::pdf::Document;
use signer::validate::Verdict;
use validate_forge::bytes::{
    append_stream, copied_signature, evil_stream, gives, in_place, nothing, numbers, packed, range,
};
use validate_forge::{
    CONTENT, PAGE, Raw, Shape, Signing, append, brief, document, last_section, replaced, replaced_first,
    rfind, sign, signed,
};
use validate_office::{Office, codes, set, update};

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
    let depth = signer::pdf::limits::TREE_DEPTH_MAX + 16;
    let deep = update(&document(Shape::Table), |increment| {
        let ids: Vec<signer::pdf::Ref> = (0..depth).map(|_| increment.allocate().unwrap()).collect();
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
        (
            "encryption_changed",
            append(&file, &Raw { trailer: "/Encrypt 98 0 R".to_owned(), ..Raw::default() }),
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
