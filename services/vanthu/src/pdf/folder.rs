//! A folder of PDFs: which of its files are meant.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use proto::fault::Fault;

/// How far into a file without a telling name the header is looked for, in bytes.
const HEADER_WINDOW_BYTES: u64 = 1_024;

/// Every PDF in a folder, by name: files that are called so, and files that begin so. Folders in it are left alone.
///
/// # Errors
/// [`Fault::Invalid`] when the folder cannot be read or holds none: success over nothing would be taken for a verdict.
pub(crate) fn pdfs(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let failed = |e: std::io::Error| Fault::invalid(folder.display().to_string(), "FOLDER", e.to_string());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() && is_meant(&path) {
            files.push(path);
        }
    }
    if files.is_empty() {
        return Err(Fault::invalid(folder.display().to_string(), "NO_PDF", "the folder holds no PDF"));
    }
    files.sort();
    Ok(files)
}

fn is_meant(path: &Path) -> bool {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf")) {
        return true;
    }
    let mut head = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEADER_WINDOW_BYTES).read_to_end(&mut head));
    read.is_ok() && head.starts_with(b"%PDF-")
}

/// The file's name for a JSON line.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_called_so_and_files_that_begin_so_are_meant() {
        let dir = tempfile::tempdir().unwrap();
        for (file, bytes) in [
            ("b.PDF", &b"anything"[..]),
            ("a.pdf", b"%PDF-1.4"),
            ("scan", b"%PDF-1.7"),
            ("note.txt", b"hello"),
        ] {
            fs::write(dir.path().join(file), bytes).unwrap();
        }
        fs::create_dir(dir.path().join("deeper.pdf")).unwrap();
        let names: Vec<String> = pdfs(dir.path()).unwrap().iter().map(|path| name(path)).collect();
        assert_eq!(names, ["a.pdf", "b.PDF", "scan"]);
        assert!(pdfs(&dir.path().join("nowhere")).is_err());
        assert!(pdfs(&dir.path().join("deeper.pdf")).is_err(), "nothing is in it");
    }
}
