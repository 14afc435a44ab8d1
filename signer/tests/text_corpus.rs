//! The text of files of the world, beside what poppler reads: the same words, neither run together nor torn apart.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it did")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use unicode_normalization::UnicodeNormalization as _;

/// Largest file that is looked at, in bytes.
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Files that have fewer words by poppler say little.
const WORDS_MIN: usize = 40;
/// Pages that poppler is asked for.
const PAGES: &str = "20";

fn files() -> Option<Vec<PathBuf>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if !corpus.is_dir() {
        println!("skipped: text_corpus: {} is absent", corpus.display());
        return None;
    }
    let mut waiting = vec![corpus];
    let mut found = Vec::new();
    while let Some(dir) = waiting.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|it| it.eq_ignore_ascii_case("pdf"))
                && path.metadata().unwrap().len() <= FILE_BYTES_MAX
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Some(found)
}

fn words(text: &str) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    let text: String = text.nfc().collect::<String>().to_lowercase();
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| word.chars().count() > 1) {
        *words.entry(word.to_owned()).or_insert(0) += 1;
    }
    words
}

/// How much of the one is in the other.
fn share(of: &BTreeMap<String, usize>, within: &BTreeMap<String, usize>) -> f64 {
    let all: usize = of.values().sum();
    let there: usize =
        of.iter().map(|(word, count)| within.get(word).copied().unwrap_or(0).min(*count)).sum();
    f64::from(u32::try_from(there).unwrap()) / f64::from(u32::try_from(all.max(1)).unwrap())
}

#[test]
fn words_are_read_as_poppler_reads_them() {
    let Some(files) = files() else { return };
    let (mut compared, mut as_poppler, mut poor) = (0, 0, Vec::new());
    for path in files {
        let poppler =
            Command::new("pdftotext").args(["-q", "-l", PAGES]).arg(&path).arg("-").output().unwrap();
        if !poppler.status.success() {
            continue;
        }
        let theirs = words(&String::from_utf8_lossy(&poppler.stdout));
        if theirs.values().sum::<usize>() < WORDS_MIN {
            continue;
        }
        // What cannot be opened, or has no meaning without OCR, is not read at all: that is another matter.
        let Ok(read) = signer::text::read(&std::fs::read(&path).unwrap()) else { continue };
        if read.needs_ocr || read.truncated || read.pages > 20 {
            continue;
        }
        let ours = words(&read.text);
        compared += 1;
        let share = share(&theirs, &ours);
        if share >= 0.9 {
            as_poppler += 1;
        } else {
            poor.push(format!("{:.2} {}", share, path.file_name().unwrap().to_string_lossy()));
        }
    }
    println!(
        "{compared} files compared, {as_poppler} with nine words of ten as poppler has them; not: {poor:#?}"
    );
    assert!(compared > 0, "there are files with text");
    assert!(as_poppler * 100 >= compared * 85, "{as_poppler} of {compared}: {poor:#?}");
}

/// Of a large file only what its text needs is read: that is enough.
#[test]
fn a_file_on_the_disk_reads_as_in_memory() {
    let Some(files) = files() else { return };
    let (mut compared, mut other) = (0, Vec::new());
    for path in files {
        let Ok(held) = signer::text::read(&std::fs::read(&path).unwrap()) else { continue };
        if held.text.is_empty() {
            continue;
        }
        let file = signer::pdf::Input::from_file(std::fs::File::open(&path).unwrap()).unwrap();
        compared += 1;
        let lies = signer::text::read_input(&file);
        if lies.as_ref().ok() != Some(&held) {
            other.push(format!("{}: {:?}", path.display(), lies.map(|it| (it.pages, it.text.len()))));
        }
    }
    println!("{compared} files compared");
    assert!(compared > 0, "there are files with text");
    assert_eq!(other, Vec::<String>::new());
}
