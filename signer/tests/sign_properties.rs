//! Whatever bytes come in: no panic, no hang; and where something comes out, it begins with what came in.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

use std::path::Path;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use signer::pdf::{Document, Object};
use signer::sign::{
    Align, Claims, Digested, FieldPlan, LIBERATION_SERIF, PageBox, Prepared, SealRequest, SigningRequest,
    SigningTime, Target, TextPlace, prepare_fields,
};

const TIME: SigningTime = SigningTime(1_779_765_330);
/// Objects looked at in one mutated file; each is parsed on its own.
const OBJECTS_MAX: usize = 200;

/// One page, classic table, with a form and a filled text field.
fn plain() -> Vec<u8> {
    let bodies = [
        "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595.303937007874 842]>>",
        "<</Type/Page/Parent 2 0 R/Rotate 90/Contents 4 0 R/Annots[6 0 R]>>",
        "<</Length 33>>stream\nBT /F1 12 Tf 72 700 Td (Kinh gui) Tj\nendstream",
        "<</Fields[6 0 R]/DA(/Helv 0 Tf 0 g)>>",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(khac)/V(cu)/Rect[10 10 100 30]/P 3 0 R/F 4>>",
    ];
    let mut out = String::from("%PDF-1.7\n%\u{e9}\n");
    let mut rows = String::from("0000000000 65535 f \n");
    for (index, body) in bodies.iter().enumerate() {
        rows.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{body}\nendobj\n", index + 1));
    }
    let xref = out.len();
    out.push_str(&format!("xref\n0 7\n{rows}trailer\n<</Size 7/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n"));
    out.into_bytes()
}

fn plan() -> FieldPlan {
    let place = |y: f64| PageBox { page: 1, x: 50.0, y, width: 200.0, height: 30.0 };
    let text = |y| TextPlace { place: place(y), align: Align::Center, size: 13.0, italic: false };
    FieldPlan { number: text(400.0), date: text(350.0), person: place(100.0), seal: place(50.0) }
}

fn request(target: Target) -> SigningRequest {
    SigningRequest {
        target,
        appearance: None,
        claims: Claims::at(TIME),
        capacity: 64,
        choices: Default::default(),
    }
}

fn seal() -> SealRequest<'static> {
    SealRequest {
        number: "15".to_owned(),
        date: "ngày 26 tháng 5 năm 2026".to_owned(),
        appearance: None,
        claims: Claims::at(TIME),
        capacity: 64,
        choices: Default::default(),
        font: LIBERATION_SERIF,
    }
}

/// A signature is only space here; what matters is the file.
fn complete(prepared: Prepared) -> Vec<u8> {
    prepared.digest().complete(b"0123456789").unwrap().to_bytes()
}

fn signed_by_person() -> Vec<u8> {
    let prepared = prepare_fields(plain(), &plan()).unwrap();
    complete(Prepared::sign(prepared, &request(Target::Field("nguoiky".to_owned()))).unwrap())
}

static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut seeds = vec![plain(), prepare_fields(plain(), &plan()).unwrap(), signed_by_person()];
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/pdfs");
    for name in [
        "pyhanko__minimal-two-fields-tagged.pdf",
        "pdfjs__annotation-tx3.pdf",
        "pdfjs__issue20324.pdf",
        "qpdf__bad35.pdf",
        "signpdf__no-metadata.pdf",
        "pyhanko__form-tree-circular-ref-input.pdf",
        "pdfjs__issue17215.pdf",
    ] {
        match std::fs::read(corpus.join(name)) {
            Ok(seed) => seeds.push(seed),
            Err(_) => println!("skipped: sign_properties: no {name} in the corpus"),
        }
    }
    seeds
});

#[derive(Debug, Clone)]
enum Mutation {
    Set(Index, u8),
    Cut(Index, u8),
    Copy(Index, Index, u8),
    Truncate(Index),
    Digit(Index),
    Token(Index, &'static str),
}

const TOKENS: [&str; 16] = [
    "<<",
    ">>",
    "[",
    "]",
    "(",
    ")",
    "<",
    "/Kids",
    "/Prev 0",
    "/Prev 9",
    "/Length 99999999",
    "1 0 R",
    "endobj",
    "stream\n",
    "-1",
    "99999999999999999999",
];

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set(at, byte)),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, count)| Mutation::Cut(at, count)),
        2 => (any::<Index>(), any::<Index>(), any::<u8>()).prop_map(|(a, b, n)| Mutation::Copy(a, b, n)),
        1 => any::<Index>().prop_map(Mutation::Truncate),
        4 => any::<Index>().prop_map(Mutation::Digit),
        3 => (any::<Index>(), proptest::sample::select(TOKENS.as_slice())).prop_map(|(a, t)| Mutation::Token(a, t)),
    ]
}

fn apply(mut file: Vec<u8>, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        if file.is_empty() {
            break;
        }
        let len = file.len();
        match mutation {
            Mutation::Set(at, byte) => file[at.index(len)] = *byte,
            Mutation::Cut(at, count) => {
                let at = at.index(len);
                file.drain(at..(at + usize::from(*count)).min(len));
            }
            Mutation::Copy(from, to, count) => {
                let from = from.index(len);
                let piece = file[from..(from + usize::from(*count)).min(len)].to_vec();
                let to = to.index(len);
                file.splice(to..to, piece);
            }
            Mutation::Truncate(at) => file.truncate(at.index(len)),
            Mutation::Digit(at) => {
                // The next digit from there becomes another.
                let at = at.index(len);
                if let Some(found) = file[at..].iter().position(u8::is_ascii_digit) {
                    let digit = &mut file[at + found];
                    *digit = b'0' + (*digit - b'0' + 1 + u8::try_from(at % 9).unwrap()) % 10;
                }
            }
            Mutation::Token(at, token) => {
                let at = at.index(len);
                file.splice(at..at, token.bytes());
            }
        }
    }
    file
}

/// Reads everything there is to read.
fn read_all(file: &[u8]) {
    let Ok(document) = Document::open(file.to_vec()) else { return };
    let _ = document.encryption();
    for revision in 0..document.revisions().len() {
        let Some(view) = document.at_revision(revision) else { continue };
        for (id, _) in view.objects().into_iter().take(OBJECTS_MAX) {
            if let Ok(Some(indirect)) = view.load(id) {
                let _ = indirect.source();
                if let Object::Stream(stream) = &indirect.object {
                    let _ = view.decode(stream);
                }
            }
        }
        let _ = view.page_count();
        let _ = view.fields();
    }
    for anomaly in document.anomalies() {
        let _ = anomaly.to_string();
    }
}

/// Quick by default; `PROPTEST_CASES` asks for more.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(3_000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_are_signed_or_refused_and_never_panic(
        seed in any::<Index>(),
        mutations in vec(mutation(), 1..8),
    ) {
        let file = apply(SEEDS[seed.index(SEEDS.len())].clone(), &mutations);
        read_all(&file);
        let place = PageBox { page: 1, x: 20.0, y: 20.0, width: 90.0, height: 30.0 };
        for target in [Target::Invisible, Target::Box(place), Target::Field("nguoiky".to_owned())] {
            if let Ok(prepared) = Prepared::sign(file.clone(), &request(target)) {
                let range = prepared.byte_range();
                let signed = complete(prepared);
                prop_assert!(signed.starts_with(&file));
                prop_assert_eq!(range[2] + range[3], signed.len());
                prop_assert_eq!(signed[range[1]], b'<');
                prop_assert_eq!(signed[range[2] - 1], b'>');
                let again = Document::open(signed);
                prop_assert!(again.is_ok(), "the signed file does not open: {:?}", again.err());
            }
        }
        if let Ok(prepared) = prepare_fields(file.clone(), &plan()) {
            prop_assert!(prepared.starts_with(&file));
            if let Ok(sealed) = Prepared::seal(prepared.clone(), &seal()) {
                prop_assert!(complete(sealed).starts_with(&prepared));
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(file in vec(any::<u8>(), 0..400)) {
        read_all(&file);
        let mut with_header = b"%PDF-1.7\n".to_vec();
        with_header.extend_from_slice(&file);
        with_header.extend_from_slice(b"\nstartxref\n9\n%%EOF\n");
        read_all(&with_header);
    }

    #[test]
    fn a_damaged_state_is_refused(at in any::<Index>(), bit in 0..8_u32) {
        static STATE: LazyLock<Vec<u8>> = LazyLock::new(|| {
            Prepared::sign(plain(), &request(Target::Invisible)).unwrap().digest().to_state()
        });
        let mut state = STATE.clone();
        let at = at.index(state.len());
        state[at] ^= 1 << bit;
        prop_assert!(Digested::from_state(plain(), &state).is_err());
    }
}

#[test]
fn a_saved_state_is_taken_up_with_the_same_file_only() {
    let digested = Prepared::sign(plain(), &request(Target::Invisible)).unwrap().digest();
    let state = digested.to_state();
    let again = Digested::from_state(plain(), &state).unwrap();
    assert_eq!(again.digest(), digested.digest());
    let signed = again.complete(b"0123456789").unwrap().to_bytes();
    assert_eq!(signed, digested.complete(b"0123456789").unwrap().to_bytes());
    let mut other = plain();
    *other.last_mut().unwrap() = b' ';
    assert!(Digested::from_state(other, &state).is_err());
    assert_eq!(Digested::from_state(plain(), b"VTSIGN01").unwrap_err().code(), "state_mismatch");
}

#[test]
fn a_signature_that_is_too_large_is_refused() {
    let prepared = Prepared::sign(plain(), &request(Target::Invisible)).unwrap();
    assert_eq!(prepared.capacity(), 64);
    assert_eq!(prepared.digest().complete(&[1; 65]).unwrap_err().code(), "signature_too_large");
}

#[test]
fn every_refusal_of_the_recipe_is_typed() {
    let code =
        |result: Result<Prepared, _>| result.map_err(|refusal: signer::sign::Refusal| refusal.code()).err();
    let prepared = prepare_fields(plain(), &plan()).unwrap();
    assert_eq!(prepare_fields(prepared.clone(), &plan()).unwrap_err().code(), "field_exists");
    assert_eq!(prepare_fields(signed_by_person(), &plan()).unwrap_err().code(), "already_signed");
    assert_eq!(prepare_fields(b"GIF89a".to_vec(), &plan()).unwrap_err().code(), "not_a_pdf");
    let field = |name: &str| request(Target::Field(name.to_owned()));
    assert_eq!(code(Prepared::sign(plain(), &field("nguoiky"))), Some("field_unknown"));
    assert_eq!(code(Prepared::sign(plain(), &field("khac"))), Some("field_of_other_kind"));
    let signed = signed_by_person();
    assert_eq!(code(Prepared::sign(signed.clone(), &field("nguoiky"))), Some("field_already_signed"));
    // The person's lock leaves so, ngay and dau free, and nothing else.
    assert_eq!(
        code(Prepared::sign(signed.clone(), &request(Target::Invisible))),
        Some("locked_by_earlier_signature")
    );
    let far = PageBox { page: 1, x: 5000.0, y: 0.0, width: 10.0, height: 10.0 };
    assert_eq!(code(Prepared::sign(plain(), &request(Target::Box(far)))), Some("box_outside_page"));
    let page_nine = PageBox { page: 9, x: 0.0, ..far };
    assert_eq!(code(Prepared::sign(plain(), &request(Target::Box(page_nine)))), Some("page_unknown"));
    let sealed = complete(Prepared::seal(signed.clone(), &seal()).unwrap());
    assert_eq!(code(Prepared::seal(sealed, &seal())), Some("locked_by_earlier_signature"));
    let wide = SealRequest { date: "ngày ".repeat(40), ..seal() };
    assert_eq!(code(Prepared::seal(signed.clone(), &wide)), Some("text_does_not_fit"));
    let foreign = SealRequest { number: "15漢".to_owned(), ..seal() };
    assert_eq!(code(Prepared::seal(signed, &foreign)), Some("character_not_in_font"));
}

#[test]
fn the_seal_touches_only_value_and_appearance() {
    let before = signed_by_person();
    let after = complete(Prepared::seal(before.clone(), &seal()).unwrap());
    let document = Document::open(after).unwrap();
    let last = document.revisions().len() - 1;
    assert_eq!(document.revisions()[last - 1].end, before.len());
    let (old, new) = (document.at_revision(last - 1).unwrap(), document.latest());
    let mut changed = Vec::new();
    for field in old.fields().unwrap() {
        let id = field.id.unwrap();
        let now = new.get(id).unwrap();
        let now = now.as_dict().unwrap();
        let pairs = |dict: &signer::pdf::Dict, file: &[u8]| -> Vec<(String, Vec<u8>)> {
            let entries = dict.entries.iter().filter(|entry| !matches!(entry.key.as_bytes(), b"V" | b"AP"));
            entries
                .map(|entry| (entry.key.to_text().into_owned(), file[entry.value_span.clone()].to_vec()))
                .collect()
        };
        assert_eq!(
            pairs(&field.dict, document.file().in_memory().unwrap()),
            pairs(now, document.file().in_memory().unwrap()),
            "{}",
            field.name
        );
        if old.locate(id) != new.locate(id) {
            changed.push(field.name);
        }
    }
    changed.sort();
    assert_eq!(changed, ["dau", "ngay", "so"]);
    // Nothing old but the three fields is written again: no page, no catalog, no form.
    let old_end = old.numbers_end();
    let rewritten =
        new.entries_of(last).into_iter().filter(|(number, _)| (1..old_end).contains(number)).count();
    assert_eq!(rewritten, 3);
    let value = new.fields().unwrap().into_iter().find(|field| field.name == "ngay").unwrap().value;
    assert_eq!(value.as_string().unwrap().to_text(), "ngày 26 tháng 5 năm 2026");
}

/// Files made to keep a reader busy: each must be done with quickly.
#[test]
fn hostile_structures_end_soon() {
    let started = std::time::Instant::now();
    let mut files: Vec<Vec<u8>> = Vec::new();
    // Objects that open what nothing closes.
    for open in ["(", "<", "<</A", "[[[", "<</A 1>>stream\n"] {
        files
            .push([b"%PDF-1.7\n".to_vec(), format!("1 0 obj {open}\n").repeat(60_000).into_bytes()].concat());
    }
    // One object as every kid of itself, and of the form.
    let kids = "3 0 R ".repeat(200_000);
    let mut busy = format!(
        "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{kids}]>>>>endobj\n\
         2 0 obj<</Kids[{kids}]/Count 5>>endobj\n3 0 obj<</Kids[{kids}]/T(a)>>endobj\n"
    );
    busy.push_str("trailer<</Root 1 0 R>>");
    files.push(busy.into_bytes());
    // Sections that lead to each other, and a deep chain of them.
    files.push(b"%PDF-1.7\nxref\n0 0\ntrailer<</Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF".to_vec());
    let mut chain = b"%PDF-1.7\n".to_vec();
    let mut last = 0;
    for _ in 0..20_000 {
        let at = chain.len();
        chain.extend_from_slice(format!("xref\n0 0\ntrailer<</Root 1 0 R/Prev {last}>>\n").as_bytes());
        last = at;
    }
    chain.extend_from_slice(format!("startxref\n{last}\n%%EOF").as_bytes());
    files.push(chain);
    // Subsections beyond counting, all over each other.
    let many = "5 1\n0000000009 00000 n \n".repeat(100_000);
    files.push(format!("%PDF-1.7\nxref\n{many}trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF").into_bytes());
    for file in files {
        read_all(&file);
        let _ = Prepared::sign(file, &request(Target::Invisible));
    }
    assert!(started.elapsed().as_secs() < 120, "{:?}", started.elapsed());
}
