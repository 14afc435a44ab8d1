//! A file that stays on disk is read, signed and judged exactly as one in memory.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use signer::chain::TrustRoots;
use signer::pdf::{Document, Input, Location, Ref};
use signer::sign::{
    Align, Choices, Claims, FieldPlan, PageBox, Prepared, Refusal, SIGNATURE_BYTES_DEFAULT, SigningRequest,
    SigningTime, Target, TextPlace, fields_appended,
};
use signer::validate::{Options, Verdict, validate};

const AT: i64 = 1_779_765_330;

fn on_disk(bytes: &[u8]) -> Input {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Input::from_file(file).unwrap()
}

fn request() -> SigningRequest {
    SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(AT)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    }
}

/// What is appended and the digest, or why not.
fn prepared(file: Input) -> Result<Vec<u8>, String> {
    Prepared::sign(file, &request()).map(|prepared| prepared.digest().to_state()).map_err(|e| e.to_string())
}

fn judged(file: Input) -> String {
    validate(file, &Options::new(TrustRoots::none(), AT)).to_json().to_string()
}

fn same_from_both(name: &str, bytes: &[u8]) {
    let memory = Input::from(bytes.to_vec());
    assert_eq!(prepared(memory.clone()), prepared(on_disk(bytes)), "{name}");
    assert_eq!(judged(memory), judged(on_disk(bytes)), "{name}");
}

/// A PDF of one page whose catalog has `padding` bytes of comment in it.
fn padded(padding: usize) -> Vec<u8> {
    let catalog = format!(
        "<</Type/Catalog%{}\n/Pages 2 0 R/Lang(vi \\(VN\\))/PageMode /UseNone/Extra[1 2.5 <41> true 3 0 R]>>",
        "-".repeat(padding)
    );
    let objects = [
        catalog.as_str(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>",
        "<</Length 3>>stream\nq Q\nendstream",
    ];
    let mut out = String::from("%PDF-1.7\n");
    let mut rows = String::new();
    for (index, body) in objects.iter().enumerate() {
        rows.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{body}\nendobj\n", index + 1));
    }
    let xref = out.len();
    out.push_str(&format!("xref\n0 5\n0000000000 65535 f \n{rows}trailer\n<</Size 5/Root 1 0 R>>\n"));
    out.push_str(&format!("startxref\n{xref}\n%%EOF\n"));
    out.into_bytes()
}

#[test]
fn objects_are_read_whole_wherever_a_window_ends() {
    // The catalog begins at byte 17 and its window is 1,024 bytes: each of its bytes falls on the end once.
    for padding in 860..1_010 {
        let file = padded(padding);
        same_from_both(&format!("{padding} bytes of padding"), &file);
        let document = Document::open(on_disk(&file)).unwrap();
        assert!(!document.is_recovered() && document.anomalies().is_empty());
        let source = document.latest().load(Ref::new(1)).unwrap().unwrap().source();
        assert!(source.ends_with(b"3 0 R]>>") && source.len() > padding);
    }
}

#[test]
fn damaged_files_are_searched_on_disk_as_in_memory() {
    let whole = padded(3_000);
    let shifted = [&b"junk before the header\n"[..], &whole].concat();
    for file in [&whole, &shifted] {
        for cut in [20, 60, 200, 400, 3_000, 3_300] {
            same_from_both("cut off", &file[..file.len() - cut]);
        }
    }
    for keyword in ["xref", "endstream", "/Root", "obj", ">>"] {
        let file = String::from_utf8(whole.clone()).unwrap().replace(keyword, "?");
        same_from_both(keyword, file.as_bytes());
    }
    // `obj` and `trailer` on the edges of what is read at once.
    for filler in (900..1_100).chain(4_900..5_300).step_by(3) {
        let tail = format!("{}\n9 0 obj\n<</A(x)>>\nendobj\ntrailer\n<</Root 1 0 R>>", " ".repeat(filler));
        let file = [&whole[..whole.len() - 300], tail.as_bytes()].concat();
        same_from_both(&format!("{filler} bytes of filler"), &file);
    }
}

fn pdfs(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            pdfs(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "pdf") {
            found.push(path);
        }
    }
}

#[test]
fn every_file_of_the_corpus_is_the_same_on_disk_and_in_memory() {
    let mut files = Vec::new();
    pdfs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus"), &mut files);
    if files.is_empty() {
        println!("skipped: every_file_of_the_corpus_is_the_same_on_disk_and_in_memory: there is no corpus");
    }
    for path in files {
        let name = path.display().to_string();
        let bytes = std::fs::read(&path).unwrap();
        same_from_both(&name, &bytes);
        same_from_both(&format!("{name}, cut off"), &bytes[..bytes.len() - bytes.len() / 9]);
        if let Ok(signed) = Prepared::sign(on_disk(&bytes), &request()) {
            // What was signed on disk: the file and what follows it.
            let signed = signed.digest().complete(b"0").unwrap();
            assert_eq!(judged(signed.file()), judged(signed.to_bytes().into()), "{name}, signed");
        }
    }
}

#[test]
fn a_file_that_changes_while_it_is_read_is_neither_signed_nor_judged() {
    let bytes = padded(300_000);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("in.pdf");
    let changes: [&dyn Fn(&mut File); 2] = [&|file| file.set_len(100).unwrap(), &|file| {
        file.seek(SeekFrom::End(0)).unwrap();
        file.write_all(b"%").unwrap();
    }];
    for change in changes {
        std::fs::write(&path, &bytes).unwrap();
        let input = Input::from_file(File::open(&path).unwrap()).unwrap();
        let prepared = Prepared::sign(input.clone(), &request()).unwrap();
        let before = Document::open(input.clone()).unwrap();
        change(&mut File::options().write(true).open(&path).unwrap());
        assert_eq!(prepared.digest().complete(b"0").unwrap_err().code(), "unreadable");
        let refused = Prepared::sign(input.clone(), &request()).unwrap_err();
        assert!(matches!(refused, Refusal::Unreadable(_)), "{refused}");
        let options = Options::new(TrustRoots::none(), AT);
        let report = signer::validate::validate_document(&before, &options);
        assert_eq!(report.verdict, Verdict::Unreadable);
        assert!(input.to_bytes().is_err() && input.write_to(&mut Vec::new()).is_err());
    }
}

/// A PDF of one page behind a stream of so many zeros, which take no space on the disk.
fn sparse(zeros: u64, table: bool) -> Input {
    let mut file = tempfile::tempfile().unwrap();
    let mut offsets = vec![9];
    write!(file, "%PDF-1.7\n1 0 obj\n<</Length {zeros}>>stream\n").unwrap();
    file.seek(SeekFrom::Current(i64::try_from(zeros).unwrap())).unwrap();
    file.write_all(b"\nendstream\nendobj\n").unwrap();
    for body in [
        "<</Type/Catalog/Pages 3 0 R>>",
        "<</Type/Pages/Kids[4 0 R]/Count 1>>",
        "<</Type/Page/Parent 3 0 R/MediaBox[0 0 595.303937007874 842]>>",
    ] {
        offsets.push(file.stream_position().unwrap());
        write!(file, "{} 0 obj\n{body}\nendobj\n", offsets.len()).unwrap();
    }
    let start = file.stream_position().unwrap();
    if table {
        file.write_all(b"xref\n0 5\n0000000000 65535 f \n").unwrap();
        for offset in offsets {
            writeln!(file, "{offset:010} 00000 n ").unwrap();
        }
        file.write_all(b"trailer\n<</Size 5/Root 2 0 R>>\n").unwrap();
    } else {
        offsets.push(start);
        let head = "<</Type/XRef/Size 6/W[1 8 0]/Index[1 5]/Root 2 0 R/Length 45>>";
        write!(file, "5 0 obj\n{head}stream\n").unwrap();
        for offset in offsets {
            file.write_all(&[1]).unwrap();
            file.write_all(&offset.to_be_bytes()).unwrap();
        }
        file.write_all(b"\nendstream\nendobj\n").unwrap();
    }
    write!(file, "startxref\n{start}\n%%EOF\n").unwrap();
    Input::from_file(file).unwrap()
}

#[test]
fn offsets_of_more_than_thirty_two_bits_are_read_and_written() {
    for (zeros, table) in [(4_600_000_000, true), (4_600_000_000, false), (12_000_000_000, false)] {
        let file = sparse(zeros, table);
        let least = usize::try_from(zeros).unwrap();
        let prepared = Prepared::sign(file.clone(), &request()).unwrap();
        let [start, before, after, rest] = prepared.byte_range();
        assert!(start == 0 && before > file.len() && after > before && after + rest > file.len());
        let place = PageBox { page: 1, x: 10.0, y: 10.0, width: 100.0, height: 20.0 };
        let text = TextPlace { place, align: Align::Left, size: 12.0, italic: false };
        let plan = FieldPlan { number: text, date: text, person: place, seal: place };
        let tail = fields_appended(file.clone(), &plan).unwrap();
        let document = Document::open(file.with_tail(&tail)).unwrap();
        assert!(document.anomalies().is_empty(), "{:?}", document.anomalies());
        let ends: Vec<usize> = document.revisions().iter().map(|revision| revision.end).collect();
        assert_eq!(ends, [file.len(), file.len() + tail.len()]);
        let view = document.latest();
        assert_eq!(view.fields().unwrap().len(), 4);
        assert_eq!(view.locate(Ref::new(1)), Some(Location::Offset(9)));
        assert!(
            matches!(view.locate(Ref::new(2)), Some(Location::Offset(offset)) if offset > least),
            "the catalog was written anew"
        );
    }
    // A table has ten digits for each offset.
    let refused = Prepared::sign(sparse(9_999_999_000, true), &request()).unwrap_err();
    assert_eq!(refused.code(), "damaged_beyond_trust", "{refused}");
}

#[test]
fn a_folder_is_no_file() {
    assert!(Input::open(tempfile::tempdir().unwrap().path()).is_err());
    assert!(Input::open(Path::new("/nowhere/at/all.pdf")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_piece_of_a_file_on_disk_is_what_it_is_in_memory(
        length in 0_usize..700_000,
        tail in proptest::collection::vec(any::<u8>(), 0..200),
        cuts in proptest::collection::vec((0.0_f64..1.0, 0.0_f64..1.0), 8),
        seed in any::<u64>(),
    ) {
        let mut state = seed | 1;
        let bytes: Vec<u8> = (0..length)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state.to_be_bytes()[0]
            })
            .collect();
        let disk = on_disk(&bytes).with_tail(&tail);
        let whole = [&bytes[..], &tail].concat();
        let size = whole.len();
        prop_assert_eq!(disk.len(), size);
        prop_assert_eq!(&disk.to_bytes().unwrap()[..], &whole[..]);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place within the file"
        )]
        let place = |share: f64| (share * size as f64) as usize;
        for (from, to) in cuts {
            let (from, to) = (place(from.min(to)), place(from.max(to)));
            prop_assert_eq!(&disk.get(from..to).unwrap()[..], &whole[from..to]);
            let part = disk.part(from..to).unwrap();
            prop_assert_eq!(&part.to_bytes().unwrap()[..], &whole[from..to]);
            let mut written = Vec::new();
            part.cut((to - from) / 2).write_to(&mut written).unwrap();
            prop_assert_eq!(&written[..], &whole[from..from + (to - from) / 2]);
            prop_assert_eq!(disk.byte(to), whole.get(to).copied());
        }
        prop_assert_eq!(disk.get(0..size + 1), None);
        prop_assert!(disk.part(size + 1..size + 1).is_none());
    }
}
