//! Journals of earlier formats open for ever, and say what they said.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archive::maintenance::verify_journal;
use archive::{Archive, Options};

/// Entries of the fixture.
const ENTRIES: u64 = 740;
/// Its tree head.
const ROOT: &str = "4b4646e6fe59fc9d746948d812ebde69c9e3cae4ddc83c160360d9081623d4e5";
/// Its registers: name, last number, void ones.
const REGISTERS: [(&str, u32, u64); 2] = [("Văn bản đến", 71, 0), ("Văn bản đi", 11, 1)];

/// A copy to work on: opening a store writes to it.
fn copy(name: &str) -> std::io::Result<(tempfile::TempDir, PathBuf)> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let scratch = tempfile::tempdir()?;
    let to = scratch.path().join("archive");
    fs::create_dir_all(to.join("journal"))?;
    fs::copy(from.join("format"), to.join("format"))?;
    for entry in fs::read_dir(from.join("journal"))? {
        let entry = entry?;
        fs::copy(entry.path(), to.join("journal").join(entry.file_name()))?;
    }
    Ok((scratch, to))
}

#[test]
fn a_journal_of_record_v1_opens_and_says_what_it_said() {
    let (_scratch, store) = copy("record-v1").unwrap();
    let archive =
        Archive::open(Options { directory: store.clone(), clock: Arc::new(|| 1_795_000_000_000) }, |_| {})
            .expect("the journal opens and its view is made");
    let health = archive.health();
    assert_eq!((health.durable, health.applied), (ENTRIES, ENTRIES));
    assert_eq!(archive.tree_head().root.to_string(), ROOT);
    archive.close();
    let report = verify_journal(&store, |_| {}).expect("the journal is whole");
    let registers: Vec<(String, u32, u64, bool)> = report
        .contents
        .expect("nobody serves it")
        .registers
        .into_iter()
        .map(|r| (r.series_name.clone(), r.last_ordinal, r.void, r.is_right()))
        .collect();
    let expected = REGISTERS.map(|(name, last, void)| (name.to_owned(), last, void, true));
    assert_eq!(registers, expected);
}
