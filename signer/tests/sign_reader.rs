//! The reader against qpdf: the same pages, the same objects in use, on every file that qpdf finds flawless.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

use std::path::{Path, PathBuf};
use std::process::Command;

use signer::pdf::{Document, Location, Object};

fn files() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let mut files = Vec::new();
    for part in ["pdfs", "signed"] {
        match std::fs::read_dir(corpus.join(part)) {
            Ok(entries) => files.extend(entries.map(|entry| entry.unwrap().path())),
            Err(_) => println!("skipped: sign_reader: no corpus at {}", corpus.join(part).display()),
        }
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "pdf"));
    files.sort();
    files
}

/// What qpdf prints, if it succeeds without a warning.
fn qpdf(option: &str, file: &Path) -> Option<String> {
    let output = Command::new("qpdf").arg(option).arg(file).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// `12/0: uncompressed; offset = 345` or `5/0: compressed; stream = 3, index = 2`.
fn parse_xref(text: &str) -> Vec<(u32, u16, Location)> {
    let mut entries = Vec::new();
    for line in text.lines() {
        let Some((id, place)) = line.split_once(": ") else { continue };
        let Some((number, generation)) = id.split_once('/') else { continue };
        let numbers: Vec<usize> = place
            .split(|letter: char| !letter.is_ascii_digit())
            .filter_map(|word| word.parse().ok())
            .collect();
        let location = match numbers[..] {
            [offset] => Location::Offset(offset),
            [stream, index] => Location::InStream {
                stream: u32::try_from(stream).unwrap(),
                index: u32::try_from(index).unwrap(),
            },
            _ => continue,
        };
        entries.push((number.parse().unwrap(), generation.parse().unwrap(), location));
    }
    entries.sort_by_key(|(number, ..)| *number);
    entries
}

#[test]
fn pages_and_objects_are_those_that_qpdf_sees() {
    let mut compared = 0;
    let files = files();
    for path in &files {
        let flawless = Command::new("qpdf").arg("--check").arg(path).output();
        let Ok(flawless) = flawless else {
            println!("skipped: sign_reader: qpdf cannot be run");
            return;
        };
        if !flawless.status.success() {
            continue;
        }
        let (Some(pages), Some(xref)) = (qpdf("--show-npages", path), qpdf("--show-xref", path)) else {
            continue;
        };
        let document = Document::open(std::fs::read(path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy();
        assert!(!document.is_recovered(), "{name}: {:?}", document.anomalies());
        let view = document.latest();
        // qpdf believes `/Count`; one beyond the number of objects is a lie.
        let pages: usize = pages.trim().parse().unwrap();
        if pages <= view.objects().len() {
            assert_eq!(view.page_count().unwrap(), pages, "pages of {name}");
        }
        let ours: Vec<(u32, u16, Location)> =
            view.objects().into_iter().map(|(id, location)| (id.number, id.generation, location)).collect();
        assert_eq!(ours, parse_xref(&xref), "objects of {name}");
        for (id, location) in view.objects() {
            let indirect =
                view.load(id).unwrap_or_else(|error| panic!("{name}: object {id}: {error}")).unwrap();
            assert_eq!(indirect.location, location);
            if let Object::Stream(stream) = &indirect.object {
                assert_eq!(view.raw(stream).unwrap().len(), stream.data.len());
            }
        }
        compared += 1;
    }
    println!("{compared} of {} files compared", files.len());
    assert!(files.is_empty() || compared >= 60, "only {compared} files compared");
}

#[test]
fn a_file_truncated_at_a_revision_opens_as_that_revision() {
    for path in files() {
        let file = std::fs::read(&path).unwrap();
        let Ok(document) = Document::open(file.clone()) else { continue };
        if document.is_recovered() || document.is_locked() || !document.anomalies().is_empty() {
            continue;
        }
        let name = path.file_name().unwrap().to_string_lossy();
        for (number, revision) in document.revisions().iter().enumerate() {
            let cut = document.open_alike(file[..revision.end].to_vec());
            // Hybrid and form-field files may hold a first state without catalog; then there is nothing to see.
            let Ok(cut) = cut else { continue };
            if cut.is_recovered() {
                continue;
            }
            assert_eq!(cut.revisions().len(), number + 1, "revisions of {name} cut at {}", revision.end);
            let (then, now) = (document.at_revision(number).unwrap(), cut.latest());
            assert_eq!(then.objects(), now.objects(), "objects of {name} cut at {}", revision.end);
            assert_eq!(then.root_ref().ok(), now.root_ref().ok());
        }
    }
}
