//! A test that cannot run here says so in one form, which `run-tests` compares with the reviewed list.

use std::path::{Path, PathBuf};

/// Says that the running test was skipped, and why: `skipped: <test>: <why>`.
#[expect(clippy::print_stdout, reason = "it is what run-tests reads")]
pub fn skipped(test: &str, why: &str) {
    println!("skipped: {test}: {why}");
}

/// A folder of the corpus beside the project; `None` where it is absent, which is then said for `test`.
#[must_use]
pub fn corpus(test: &str, folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    skipped(test, &format!("{} is absent", path.display()));
    None
}
