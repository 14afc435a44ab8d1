//! Writing a signed file: whole under its name or not at all, and nothing is replaced.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
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
        |part| file.write_to(&mut File::create_new(part)?),
        |part| {
            let written = Input::open(part).map_err(|e| failed(path, &e))?;
            if written.len() != file.len() {
                return Err(failed(path, &std::io::ErrorKind::UnexpectedEof.into()).into());
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
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<(), Fault> {
    let write = |part: &Path| {
        let file = File::options().write(true).create_new(true).mode(0o600).open(part)?;
        let mut out = BufWriter::new(file);
        write(&mut out)?;
        out.flush()
    };
    finish(path, write, |_| Ok(()))
}

fn failed(path: &Path, error: &std::io::Error) -> Fault {
    Fault::invalid(path.display().to_string(), "OUTPUT", error.to_string())
}

fn finish<E: From<Fault>>(
    path: &Path,
    write: impl FnOnce(&Path) -> std::io::Result<()>,
    right: impl FnOnce(&Path) -> Result<(), E>,
) -> Result<(), E> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = write(&part).and_then(|()| File::open(&part)?.sync_all());
    // The part was another's if it was there before.
    if written.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::AlreadyExists) {
        return written.map_err(|e| failed(path, &e).into());
    }
    let given = written.map_err(|e| failed(path, &e).into()).and_then(|()| {
        right(&part)?;
        // Unlike rename, a link refuses to replace what is there.
        fs::hard_link(&part, path).map_err(|e| failed(path, &e).into())
    });
    // The part is either linked under its name or not wanted.
    let removed = if part.try_exists().unwrap_or(true) { fs::remove_file(&part) } else { Ok(()) };
    given.and(removed.map_err(|e| failed(path, &e).into()))
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
}
