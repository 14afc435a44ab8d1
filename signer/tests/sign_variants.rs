//! What the world does to PDF files, each on a small file of its own and on files of the corpus: signed, or refused for
//! the reason given here; judged by qpdf, poppler and pyHanko as in `sign_corpus`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

mod peers;
mod variants;

use std::path::Path;
use std::process::Command;

use signer::chain::TrustRoots;
use signer::validate::{Options, Verdict, validate};
use variants::layout::Fate::{Judged, Refused, Signed};
use variants::layout::{
    END, Layout, TEXT, Variant, catalog, damages, objects, of, page, plain, trailer, tree, variant,
    with_empty_section, with_stream,
};
use variants::producers::{of_packed_streams, of_the_writing, of_the_wrong_kind, of_updates, packed};
use variants::verdict::{judge, signed};

fn of_the_file() -> Vec<Variant> {
    let base = plain();
    let mut all = vec![variant("as it should be", base.clone(), Signed)];
    for count in [1, 10, 500, 1020] {
        all.push(variant(
            format!("{count} bytes before the header"),
            ["x".repeat(count), base.clone()].concat(),
            Signed,
        ));
    }
    for (name, before) in [
        ("a byte order mark", "\u{feff}"),
        ("a line end", "\n"),
        ("a mail header", "Content-Type: application/pdf\r\n\r\n"),
    ] {
        all.push(variant(format!("{name} before the header"), [before, &base].concat(), Signed));
    }
    for head in [
        "",
        "%PDF-1.4 \n",
        "%PDF-1.9\n",
        "%PDF-2.0\n",
        "%PDF-1\n",
        "%PDF-\n",
        "%PDF-a.b\n",
        "%!PS-Adobe-3.0 PDF-1.4\n",
        "%pdf-1.4\n",
        "%PDF-1.4\r",
        "%PDF-1.10\n",
    ] {
        all.push(variant(
            format!("header {head:?}"),
            Layout { head, ..Layout::default() }.write(&objects(&[])),
            Signed,
        ));
    }
    for (name, after) in [
        ("zeros", "\0".repeat(5_000)),
        ("a page of HTML", "<html>Thanks</html>\n".repeat(300)),
        ("end markers", "%%EOF\n%%EOF\n".to_owned()),
        ("a lone startxref", "startxref\n".to_owned()),
        ("startxref 0", "startxref\n0\n%%EOF\n".to_owned()),
        ("70,000 letters", "A".repeat(70_000)),
    ] {
        all.push(variant(format!("{name} after the end"), [base.clone(), after].concat(), Signed));
    }
    for end in [
        "",
        "startxref\n@\n",
        "startxref\n@\n%%E",
        "startxref\n@",
        "startxref\n",
        "startxref\n0\n%%EOF\n",
        "startxref\n-1\n%%EOF\n",
        "startxref\n99999999999999999999\n%%EOF\n",
        "startxref\nabc\n%%EOF\n",
        "startxref @ %%EOF\n",
        "startxref@%%EOF",
        "startxref\n@\n%%EOF\nx",
    ] {
        all.push(variant(
            format!("ending {end:?}"),
            Layout { end, ..Layout::default() }.write(&objects(&[])),
            Signed,
        ));
    }
    for shifts in [[0, -1], [0, 1], [0, -20], [0, 1000], [-1, 0], [1, 0], [10, 0], [-10, 0], [100, 100]] {
        all.push(variant(
            format!("offsets wrong by {shifts:?}"),
            Layout { shifts, ..Layout::default() }.write(&objects(&[])),
            Signed,
        ));
    }
    for row in ["\r\n", "\n", "\r", " \r\n", "  "] {
        all.push(variant(
            format!("rows that end in {row:?}"),
            Layout { row, ..Layout::default() }.write(&objects(&[])),
            Signed,
        ));
    }
    for (first, count) in [(0, 9), (0, 5), (0, 0), (1, 7)] {
        all.push(variant(
            format!("a table of {count} from {first}"),
            Layout { first, count: Some(count), ..Layout::default() }.write(&objects(&[])),
            Signed,
        ));
    }
    for free in 1..=6 {
        all.push(variant(
            format!("object {free} called free"),
            Layout { free: Some(free), ..Layout::default() }.write(&objects(&[])),
            Signed,
        ));
    }
    for size in [
        "",
        "/Size 0",
        "/Size 1",
        "/Size 3",
        "/Size 50",
        "/Size -1",
        "/Size 99999999",
        "/Size 7.0",
        "/Size 5 0 R",
    ] {
        all.push(variant(
            format!("size {size:?}"),
            Layout { size: Some(size), ..Layout::default() }.write(&objects(&[])),
            Signed,
        ));
    }
    for endobj in ["", "endob\n", "endobj\n%comment >>\n", "endobj\ngarbage words\n"] {
        all.push(variant(
            format!("objects that end in {endobj:?}"),
            Layout { endobj, ..Layout::default() }.write(&objects(&[])),
            Signed,
        ));
    }
    all.push(variant("line ends turned", base.replace('\n', "\r\n"), Signed));
    all.push(variant(
        "carriage returns only",
        Layout { row: " \r", ..Layout::default() }.write(&objects(&[])).replace('\n', "\r"),
        Signed,
    ));
    all.push(variant("twice in one", [base.clone(), base.clone()].concat(), Signed));
    all.push(variant("a generation that no entry has", base.replace("3 0 obj", "3 1 obj"), Judged));
    all.push(variant("an object under another number", base.replace("5 0 obj", "8 0 obj"), Signed));
    // Every reader finds a page tree without a page.
    all.push(variant("the page under another number", base.replace("3 0 obj", "8 0 obj"), Signed));
    all.push(variant(
        "cut within the page",
        base[..base.find("/Contents").unwrap()].to_owned(),
        Refused("damaged_beyond_trust"),
    ));
    all.push(variant(
        "cut within the content",
        base[..base.find("Kinh").unwrap()].to_owned(),
        Refused("damaged_beyond_trust"),
    ));
    all.push(variant("cut within the font", base[..base.find("/BaseFont").unwrap()].to_owned(), Signed));
    all.push(variant("cut within the table", base[..base.find("xref\n").unwrap() + 40].to_owned(), Signed));
    for (name, file) in [
        ("nothing", ""),
        ("words", "hello world\n"),
        ("a web page", "<!DOCTYPE html><html></html>"),
        ("an archive", "PK\u{3}\u{4}"),
        ("PostScript", "%!PS-Adobe-3.0\n%%EOF\n"),
    ] {
        all.push(variant(format!("{name} instead of a PDF"), file, Refused("not_a_pdf")));
    }
    all
}

fn of_the_trailer() -> Vec<Variant> {
    let root = "/Root 1 0 R";
    let mut all = Vec::new();
    for pairs in [
        "/Prev 0",
        "/Prev -1",
        "/Prev 999999",
        "/Prev null",
        "/Prev 5 0 R",
        "/Prev 20",
        "/XRefStm 0",
        "/XRefStm 50",
        "/ID[<aa>]",
        "/ID[]",
        "/ID(abc)",
        "/ID 7 0 R",
        "/ID[1 2]",
        "/ID[()()]",
        "/ID null",
        "/Info<</Producer(x)>>",
        "/Info 99 0 R",
        "/Info null",
        "/Info 4 0 R",
        "/Info 7 0 R",
        "/Info(x)",
        "/Encrypt null",
        "/Encrypt 99 0 R",
        " junk /Foo",
        "/X<</Y[<</Z 1>>]>>",
    ] {
        all.push(variant(format!("trailer with {pairs}"), trailer(&[root, pairs].concat()), Signed));
    }
    for (pairs, fate) in [
        ("", Signed),
        ("/Root 3 0 R", Signed),
        ("/Root 99 0 R", Signed),
        ("/Root 1 5 R", Signed),
        ("/Root null", Signed),
        ("/Root 3 0 R/Root 1 0 R", Judged),
        ("/Root 1 0 R/Encrypt<<>>", Refused("unknown_encryption")),
        ("/Root 1 0 R/Encrypt<</Filter/Adobe.PubSec/V 4>>", Refused("public_key_encrypted")),
        ("/Root 1 0 R/Encrypt<</Filter/Standard/V 4/R 4/P -4/O<00>/U<00>>>", Refused("damaged_beyond_trust")),
    ] {
        all.push(variant(format!("trailer {pairs:?}"), trailer(pairs), fate));
    }
    let lost = Layout { end: "startxref\n7\n%%EOF\n", ..Layout::default() };
    let named = "<</Type/Catalog/Pages 2 0 R/Perms<</DocMDP 2 0 R>>>>";
    all.push(variant(
        "no cross-reference, and permissions that name no signature",
        lost.write(&objects(&[(1, named)])),
        Signed,
    ));
    // The data of the second object end where it does, not at the end of the next stream.
    all.push(variant(
        "no cross-reference, and a stream without end before the pages",
        lost.write(&objects(&[
            (1, "<</Type/Catalog/Pages 7 0 R/Metadata 2 0 R>>"),
            (2, "<</Type/Metadata/Subtype/XML/Length 4>>\nstream\n<x/>"),
            (3, "<</Type/Page/Parent 7 0 R/MediaBox[0 0 595 842]/Contents 8 0 R>>"),
            (7, "<</Type/Pages/Kids[3 0 R]/Count 1>>"),
            (8, &format!("<</Length {}>>\nstream\n{TEXT}\nendstream", TEXT.len())),
        ])),
        Signed,
    ));
    let own = plain().find("xref\n").unwrap();
    all.push(variant("a section before itself", trailer(&format!("{root}/Prev {own}")), Signed));
    all.push(variant("no trailer", plain().replace("trailer\n", ""), Signed));
    all
}

fn of_the_structure() -> Vec<Variant> {
    let mut all = Vec::new();
    for pairs in [
        "/Version/1.7",
        "/Version(1.7)",
        "/Version 1.7",
        "/Foo",
        "(foo) 1",
        "/Perms<<>>",
        "/Perms null",
        "/Perms 88 0 R",
        "/Perms<</DocMDP null>>",
        "/Metadata 77 0 R",
        "/Metadata null",
        "/DSS null",
        "/NeedsRendering true",
        "/Collection<</View/D>>",
        "/Lang(vi-VN)",
        "%comment >>\n",
        "/A 99999999999999999999",
        "/A --3/B .5./C 1e5",
        "/#41#20B (y)/A#zz(z)/ (empty)",
        "/A(\\)\\(\\\\ \\053 \\8 \\\n (nested (deep)))",
    ] {
        all.push(variant(format!("catalog with {pairs}"), catalog(pairs), Signed));
    }
    for form in [
        "null",
        "77 0 R",
        "7 0 R",
        "<<>>",
        "<</Fields null>>",
        "<</Fields 77 0 R>>",
        "<</Fields 9 0 R>>",
        "<</Fields 8 0 R>>",
        "10 0 R",
        "11 0 R",
        "[]",
        "5",
        "true",
        "9 0 R",
        "<</Fields<<>>>>",
        "<</Fields(x)>>",
        "<</Fields[null]>>",
        "<</Fields[77 0 R]>>",
        "<</Fields[<</T(a)/FT/Tx>>]>>",
        "<</Fields[12 0 R]>>",
        "<</Fields[12 0 R 12 0 R]>>",
        "<</Fields[]/SigFlags 1.0>>",
        "<</Fields[]/SigFlags null>>",
        "<</Fields[]/XFA[(preamble)4 0 R]>>",
        "<</Fields[]/NeedAppearances true/DR 77 0 R/DA 5>>",
    ] {
        all.push(variant(format!("form {form}"), catalog(&format!("/AcroForm {form}")), Signed));
    }
    for pairs in [
        "/Annots null",
        "/Annots[]",
        "/Annots 9 0 R",
        "/Annots 8 0 R",
        "/Annots 7 0 R",
        "/Annots 77 0 R",
        "/Annots<<>>",
        "/Annots 3",
        "/Annots[null]",
        "/Annots[77 0 R]",
        "/Annots[<</Type/Annot/Subtype/Text/Rect[0 0 9 9]>>]",
        "/Annots[]/Annots[]",
        "/Annots 4 0 R",
        "/Rotate 90",
        "/Rotate -90",
        "/Rotate 45",
        "/Rotate(90)",
        "/UserUnit 2",
        "/UserUnit 0",
        "/CropBox[10 10 300 300]",
        "/CropBox[1000 1000 2000 2000]",
    ] {
        all.push(variant(format!("page with {pairs}"), page(pairs), Signed));
    }
    for media in [
        "",
        "/MediaBox[595 842 0 0]",
        "/MediaBox[0.0 0.0 595.276 841.89]",
        "/MediaBox[-100 -100 495 742]",
        "/MediaBox[0 0 0 0]",
        "/MediaBox[0 0 595]",
        "/MediaBox(0 0 595 842)",
        "/MediaBox null",
        "/MediaBox[0 0 5.95e2 842]",
        "/MediaBox[0 0 --595 842]",
    ] {
        all.push(variant(
            format!("media box {media:?}"),
            of(&[(3, &format!("<</Type/Page/Parent 2 0 R{media}/Contents 4 0 R>>"))]),
            Signed,
        ));
    }
    for (body, fate) in [
        ("<</Type/Pages/Kids[3 0 R]>>", Signed),
        ("<</Type/Pages/Kids[3 0 R]/Count 0>>", Signed),
        ("<</Type/Pages/Kids[3 0 R]/Count -1>>", Signed),
        ("<</Type/Pages/Kids[3 0 R]/Count(1)>>", Signed),
        ("<</Type/Pages/Kids[3 0 R 2 0 R]/Count 1>>", Signed),
        ("<</Type/Pages/Kids[null 3 0 R]/Count 1>>", Signed),
        ("<</Type/Pages/Kids[77 0 R 3 0 R]/Count 2>>", Signed),
        ("<</Type/Pages/Kids 8 0 R/Count 1>>", Signed),
        ("<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>", Signed),
        ("<</Kids[3 0 R]/Count 1>>", Signed),
        ("<</Type/Pages/Kids[3 0 R]/Count 1/Parent 2 0 R>>", Signed),
        ("<</Type/Pages/Kids[7 0 R]/Count 1>>", Judged),
        ("<</Type/Pages/Kids[]/Count 0>>", Judged),
        ("<</Type/Pages/Kids[2 0 R]/Count 1>>", Judged),
        ("<</Type/Pages/Kids[<</Type/Page/MediaBox[0 0 100 100]/Parent 2 0 R>>]/Count 1>>", Judged),
    ] {
        all.push(variant(format!("page tree {body}"), tree(body), fate));
    }
    all.push(variant("a catalog without type", of(&[(1, "<</Pages 2 0 R>>")]), Signed));
    all.push(variant("a catalog in escapes", of(&[(1, "<</T#79pe/C#61talog/P#61ges 2 0 R>>")]), Signed));
    // Readers open these, and show no page: an invisible signature needs none.
    for (name, pages) in [
        ("a catalog without pages", ""),
        ("pages that are nothing", "/Pages null"),
        ("pages that are nowhere", "/Pages 99 0 R"),
        ("pages that are a number", "/Pages 5"),
        ("pages that are an array", "/Pages[3 0 R]"),
    ] {
        all.push(variant(name, of(&[(1, &format!("<</Type/Catalog{pages}>>"))]), Signed));
    }
    for (name, body) in [
        ("a page whose box is not closed", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842/Contents 4 0 R>>"),
        ("a page that is none", "(page)"),
        ("a page with a lone bracket", "<</Type/Page/Parent 2 0 R>/Contents 4 0 R>>"),
    ] {
        all.push(variant(name, of(&[(3, body)]), Signed));
    }
    all.push(variant(
        "pages within the catalog",
        of(&[(1, "<</Type/Catalog/Pages<</Type/Pages/Kids[3 0 R]/Count 1>>>>")]),
        Signed,
    ));
    all.push(variant(
        "a catalog that is not closed",
        of(&[(1, "<</Type/Catalog/Pages 2 0 R")]),
        Refused("damaged_beyond_trust"),
    ));
    for number in 7..12 {
        let page = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {number} 0 R>>");
        all.push(variant(format!("content in object {number}, which is nowhere"), of(&[(3, &page)]), Signed));
    }
    for length in ["5", "99999", "77 0 R", "4 0 R", "-5", "null"] {
        all.push(variant(
            format!("content of length {length}"),
            of(&[(4, &format!("<</Length {length}>>\nstream\n{TEXT}\nendstream"))]),
            Signed,
        ));
    }
    let nested = format!("<</A{}{}>>", "[".repeat(100), "]".repeat(100));
    all.push(variant("deep nesting", of(&[(6, &nested)]), Signed));
    all
}

fn of_streams() -> Vec<Variant> {
    let mut all = vec![
        variant("a cross-reference stream", with_stream("[1 4 2]", "/Size 8", END), Signed),
        variant("an empty section after a table", with_empty_section(plain().into_bytes()), Signed),
        variant(
            "an empty section after a stream",
            with_empty_section(with_stream("[1 4 2]", "/Size 8", END)),
            Signed,
        ),
    ];
    for widths in ["[1 2 1]", "[1 8 8]", "[1 4]", "[-1 4 2]", "[0 0 0]", "[1 4 2 0]", "null"] {
        all.push(variant(format!("widths {widths}"), with_stream(widths, "/Size 8", END), Signed));
    }
    for size in [
        "",
        "/Size 3",
        "/Size 100000",
        "/Size 0",
        "/Size 8/Index[0 5]",
        "/Size 8/Index[0 50]",
        "/Size 8/Index[0 8 3]",
        "/Size 8/Index[1 8]",
        "/Size 8/Index null",
        "/Size 8/Prev 0",
    ] {
        all.push(variant(format!("stream with {size:?}"), with_stream("[1 4 2]", size, END), Signed));
    }
    for end in ["", "startxref\n@\n", "startxref\n5\n%%EOF\n", "startxref\n@\n%%EOF\n\0\0\0\0"] {
        all.push(variant(format!("stream, then {end:?}"), with_stream("[1 4 2]", "/Size 8", end), Signed));
    }
    all
}

/// The bytes with the one `from` made `to`, which is as long.
fn replaced(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let places: Vec<usize> = (0..file.len()).filter(|at| file[*at..].starts_with(from)).collect();
    let [at] = places[..] else { panic!("{} places of {from:?}", places.len()) };
    [&file[..at], to, &file[at + from.len()..]].concat()
}

/// What qpdf can make of the small file: encrypted in every way, with object streams, linearized.
fn by_qpdf(folder: &Path) -> Vec<Variant> {
    let source = folder.join("source.pdf");
    std::fs::write(&source, catalog("/AcroForm 10 0 R")).unwrap();
    let ways: [(&str, &[&str]); 8] = [
        ("rc4-40", &["40", "--"]),
        ("rc4-128", &["128", "--"]),
        ("rc4-128 in a filter", &["128", "--force-V4", "--"]),
        ("aes-128", &["128", "--use-aes=y", "--"]),
        ("aes-128, metadata in clear", &["128", "--use-aes=y", "--cleartext-metadata", "--"]),
        ("aes-256", &["256", "--"]),
        ("aes-256 of revision 5", &["256", "--force-R5", "--"]),
        ("aes-256, metadata in clear", &["256", "--cleartext-metadata", "--"]),
    ];
    let forms: [&[&str]; 3] = [&[], &["--object-streams=generate"], &["--linearize"]];
    let mut all = Vec::new();
    let mut make = |name: String, arguments: &[&str], password: &'static str| {
        let out = folder.join("made.pdf");
        let made = Command::new("qpdf").args(arguments).arg(&source).arg(&out).output();
        match made {
            Ok(made) if matches!(made.status.code(), Some(0 | 3)) => {
                let file = std::fs::read(&out).unwrap();
                for (damage, file) in damages(&file) {
                    let fate = if damage.starts_with(", cut") { Judged } else { Signed };
                    all.push(Variant { name: format!("{name}{damage}"), file, password, fate });
                }
                if name.starts_with("rc4-40") {
                    let turned = replaced(&file, b"/V 1 ", b"/V 2 ");
                    let name = format!("{name}, another version");
                    all.push(Variant { name, file: turned, password, fate: Signed });
                }
                if !password.is_empty() {
                    all.push(variant(format!("{name}, no password"), file, Refused("password_needed")));
                }
            }
            made => println!("skipped: sign_variants: qpdf makes no {name}: {made:?}"),
        }
    };
    for (index, form) in forms.iter().enumerate() {
        make(format!("form {index}"), form, "");
        for (name, way) in &ways {
            // With every way once each is enough; only the newest is also tried in every form.
            if index > 0 && !name.starts_with("aes") {
                continue;
            }
            for password in ["", "mat khau"] {
                let head = ["--allow-weak-crypto", "--encrypt", password, "owner"];
                make(
                    format!("{name}, form {index}, {password:?}"),
                    &[*form, &head[..], way].concat(),
                    password,
                );
            }
        }
    }
    all
}

/// Some files of the corpus, damaged.
fn of_the_corpus() -> Vec<Variant> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/pdfs");
    let mut all = Vec::new();
    for name in [
        "documenso__letter-size",
        "pdfjs__annotation-tx3",
        "pdfjs__issue20324",
        "pdfjs__issue17215",
        "pyhanko__minimal-two-fields-tagged",
        "verapdf__7.2-t24-pass-a",
    ] {
        match std::fs::read(folder.join(format!("{name}.pdf"))) {
            Ok(file) => {
                for (damage, file) in damages(&file) {
                    all.push(variant(format!("{name}{damage}"), file, Judged));
                }
            }
            Err(_) => println!("skipped: sign_variants: no {name} in the corpus"),
        }
    }
    all
}

fn check(name: &str, variants: &[Variant]) {
    let complaints = judge(name, variants);
    let signed = variants.iter().filter(|variant| variant.fate == Signed).count();
    println!("{name}: {} variants, {signed} of them to be signed", variants.len());
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn header_table_and_end_may_be_wrong_in_every_common_way() {
    check("file", &of_the_file());
}

#[test]
fn trailers_and_cross_reference_streams_may_be_wrong_in_every_common_way() {
    check("trailer", &[of_the_trailer(), of_streams()].into_iter().flatten().collect::<Vec<_>>());
}

#[test]
fn catalog_form_pages_and_content_may_be_wrong_in_every_common_way() {
    check("structure", &of_the_structure());
}

#[test]
fn files_are_written_in_every_way_that_producers_write_them() {
    check(
        "writing",
        &[of_the_writing(), of_updates(), of_packed_streams()].into_iter().flatten().collect::<Vec<_>>(),
    );
}

#[test]
fn who_judges_a_file_does_not_rely_on_data_that_fail_their_checksum() {
    for (changed, flawed) in [([false, false], false), ([true, false], true), ([false, true], true)] {
        let file = packed(|data| *data.last_mut().unwrap() ^= 1, changed);
        let signed = signed(&variant("packed", file, Signed));
        let options = Options::new(TrustRoots::none(), 1_779_765_330);
        let report = validate(signed, &options);
        let told = report.to_json().to_string();
        assert_eq!(report.signatures.len(), 1, "{changed:?}: {told}");
        assert_eq!(told.contains("stream_data_flawed"), flawed, "{changed:?}: {told}");
        assert_ne!(report.verdict, Verdict::Valid);
    }
}

#[test]
fn a_file_without_pages_is_judged_and_never_valid() {
    for pages in ["", "/Pages null", "/Pages 99 0 R"] {
        let file = of(&[(1, &format!("<</Type/Catalog{pages}>>"))]);
        let options = Options::new(TrustRoots::none(), 1_779_765_330);
        let report = validate(signed(&variant("no pages", file, Signed)), &options);
        let told = report.to_json().to_string();
        assert!(report.signatures.len() == 1 && told.contains("pages_missing"), "{pages}: {told}");
        // It is the signer's own: not what he signed is wrong.
        assert_eq!(report.verdict, Verdict::Indeterminate, "{pages}: {told}");
    }
}

#[test]
fn trees_forms_and_annotations_may_be_of_the_wrong_kind() {
    check("kind", &of_the_wrong_kind());
}

#[test]
fn encrypted_packed_and_linearized_files_are_signed_whole_and_damaged() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("variants");
    std::fs::create_dir_all(&folder).unwrap();
    check("made", &by_qpdf(&folder));
}

#[test]
fn files_of_the_corpus_are_signed_or_refused_rightly_when_they_are_damaged() {
    check("corpus", &of_the_corpus());
}
