//! The binary `vanthu` of the same build.

use std::path::PathBuf;

/// Where it lies: beside the test executables. `run-tests` builds it first.
///
/// # Panics
/// When it is not built.
#[must_use]
pub fn vanthu() -> PathBuf {
    let own = std::env::current_exe().expect("the system tells the running executable");
    own.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join("vanthu"))
        .find(|path| path.is_file())
        .expect("the binary is not built: run `cargo build -p vanthu` first")
}
