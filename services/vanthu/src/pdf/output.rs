//! Writing a signed file: whole under its name or not at all, and nothing is replaced.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use proto::fault::Fault;
use signer::pdf::Input;

/// Writes a file that was not there, piece by piece; a half-written one is never seen under its name. `right` looks at
/// what was written before it gets its name: what is judged is what is given out, whatever befalls the file that it was
/// made from.
///
/// # Errors
/// What `right` returns; [`Fault::Invalid`] when there is such a file already, or it cannot be written.
pub fn write_judged<E: From<Fault>>(
    path: &Path,
    file: &Input,
    right: impl FnOnce(Input) -> Result<(), E>,
) -> Result<(), E> {
    finish(
        path,
        File::options().write(true).create_new(true),
        |mut part| file.write_to(&mut part),
        |part| {
            let written = Input::open(part).map_err(|e| failed(path, &e))?;
            if written.len() != file.len() {
                return Err(failed(path, &ErrorKind::UnexpectedEof.into()).into());
            }
            right(written)
        },
    )
}

/// Writes a file that was not there, for the owner's eyes only: mode 0600.
///
/// # Errors
/// As [`write_judged`].
pub fn write_private(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> std::io::Result<()>,
) -> Result<(), Fault> {
    let write = |part: &File| {
        let mut out = BufWriter::new(part);
        write(&mut out)?;
        out.flush()
    };
    finish(path, File::options().write(true).create_new(true).mode(0o600), write, |_| Ok(()))
}

fn failed(path: &Path, error: &std::io::Error) -> Fault {
    Fault::invalid(path.display().to_string(), "OUTPUT", error.to_string())
}

fn finish<E: From<Fault>>(
    path: &Path,
    new: &OpenOptions,
    write: impl FnOnce(&File) -> std::io::Result<()>,
    right: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let failed = |e: std::io::Error| failed(path, &e);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    // Held until the part is gone: a part that nobody holds is what a killed run left.
    let held = begin(&part, new).map_err(failed)?;
    let given = write(&held).and_then(|()| held.sync_all()).map_err(|e| failed(e).into()).and_then(|()| {
        right(&part)?;
        // Unlike rename, a link refuses to replace what is there.
        fs::hard_link(&part, path).map_err(|e| failed(e).into())
    });
    // The part is either linked under its name or not wanted.
    let removed = if part.try_exists().unwrap_or(true) { fs::remove_file(&part) } else { Ok(()) };
    given.and(removed.map_err(|e| failed(e).into()))
}

/// A new part that is held, in the place of one that a killed run left. Only its name is taken away, never its bytes: it
/// may have got its right name just before.
fn begin(part: &Path, new: &OpenOptions) -> std::io::Result<File> {
    let held = match new.open(part) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let left = File::open(part)?;
            left.try_lock()?;
            fs::remove_file(part)?;
            new.open(part)?
        }
        opened => opened?,
    };
    held.try_lock()?;
    Ok(held)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn an_output_is_written_whole_or_not_at_all_and_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.pdf");
        let write = |text: &'static [u8]| write_judged(&path, &text.into(), |_| Ok::<(), Fault>(()));
        write(b"one").unwrap();
        assert!(write(b"two").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        let private = dir.path().join("state");
        write_private(&private, |out| out.write_all(b"mine")).unwrap();
        assert_eq!(fs::metadata(&private).unwrap().permissions().mode() & 0o777, 0o600);
        let judged = dir.path().join("judged.pdf");
        let file = Input::from(b"three".to_vec());
        let refused: Result<(), Fault> = write_judged(&judged, &file, |_| Err(Fault::broken("not right")));
        assert!(refused.is_err() && !judged.try_exists().unwrap());
        let seen = |written: Input| {
            assert_eq!(written.to_bytes().unwrap(), "three");
            Ok::<(), Fault>(())
        };
        write_judged(&judged, &file, seen).unwrap();
        assert_eq!(fs::read(&judged).unwrap(), b"three");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 3, "no part is left");
    }

    #[test]
    fn what_a_killed_run_left_is_no_hindrance_and_what_another_writes_is() {
        let dir = tempfile::tempdir().unwrap();
        let (path, part) = (dir.path().join("out.pdf"), dir.path().join("out.pdf.part"));
        let write = || write_judged(&path, &b"whole"[..].into(), |_| Ok::<(), Fault>(()));
        fs::write(&part, b"ha").unwrap();
        let another = File::open(&part).unwrap();
        another.lock().unwrap();
        assert!(write().is_err());
        assert_eq!(fs::read(&part).unwrap(), b"ha");
        drop(another);
        write().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert!(!part.try_exists().unwrap());
    }
}
