//! The conformance page names files and tests: all of them are there.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

/// The spans between backticks.
fn spans(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn is_test_name(span: &str) -> bool {
    span.contains('_')
        && span.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A file as the page names it: under `signer/src` or `signer/tests`, or from the project's root.
fn located(name: &str, under: &str) -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    [own.join(under).join(name), own.join("..").join(name)]
        .into_iter()
        .find(|path| path.try_exists().unwrap())
}

#[test]
fn every_file_and_test_that_the_page_names_is_there() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("CONFORMANCE.md");
    let page = fs::read_to_string(page).unwrap();
    let (mut wrong, mut named) = (Vec::new(), 0);
    for (number, line) in page.lines().enumerate() {
        let mut missing = |what: &str| wrong.push(format!("line {}: {what}", number + 1));
        let cells: Vec<&str> = line.split(" | ").collect();
        if !line.starts_with('|') || cells.len() < 4 || line.contains("---") {
            continue;
        }
        for file in spans(cells[cells.len() - 2])
            .into_iter()
            .filter(|span| span.contains('/') || span.ends_with(".rs"))
        {
            if located(file, "src").is_none() {
                missing(&format!("no file {file}"));
            }
        }
        let mut source: Option<String> = None;
        for span in spans(cells[cells.len() - 1]) {
            let (file, test) = match span.split_once('#') {
                Some((file, test)) => (Some((file, "src")), Some(test)),
                None if is_test_name(span) => (None, Some(span)),
                None if span.ends_with(".rs") => (Some((span, "tests")), None),
                None => continue,
            };
            if let Some((file, under)) = file {
                source = located(file, under).map(|path| fs::read_to_string(path).unwrap());
                if source.is_none() {
                    missing(&format!("no file {file}"));
                }
            }
            if let (Some(test), Some(text)) = (test, &source) {
                named += 1;
                if !text.contains(&format!("fn {test}(")) {
                    missing(&format!("no test {test}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(named > 100, "{named} tests are named");
}
