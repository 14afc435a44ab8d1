//! Writing a signed file: whole under its name or not at all, and nothing is replaced.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use proto::fault::Fault;

/// Writes a file that was not there; a half-written one is never seen under its name.
///
/// # Errors
/// [`Fault::Invalid`] when there is such a file already, or it cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    finish(path, |part| File::create_new(part)?.write_all(bytes))
}

/// As [`write_new`], for the owner's eyes only: mode 0600.
///
/// # Errors
/// As [`write_new`].
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    finish(path, |part| File::options().write(true).create_new(true).mode(0o600).open(part)?.write_all(bytes))
}

fn finish(path: &Path, write: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<(), Fault> {
    let failed = |e: std::io::Error| Fault::invalid(path.display().to_string(), "OUTPUT", e.to_string());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = write(&part).and_then(|()| {
        File::open(&part)?.sync_all()?;
        // Unlike rename, a link refuses to replace what is there.
        fs::hard_link(&part, path)
    });
    // The part is either linked under its name or not wanted; it was another's if it was there before.
    let others = written.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::AlreadyExists)
        && !path.try_exists().unwrap_or(true);
    let removed = if others || !part.try_exists().unwrap_or(true) { Ok(()) } else { fs::remove_file(&part) };
    written.and(removed).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_output_is_written_whole_or_not_at_all_and_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.pdf");
        write_new(&path, b"one").unwrap();
        assert!(write_new(&path, b"two").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let private = dir.path().join("state");
        write_private(&private, b"mine").unwrap();
        assert_eq!(fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no part is left");
    }
}
