//! The folder in which the demo is made. A note stands in it from before the first file until the last one is written: a
//! making that was interrupted is told from everything else by it, and begins anew. What no such note stands in, and what
//! holds anything that the making does not write, is never touched.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use proto::fault::Fault;

use crate::office::{keys_under, roots_under, signer_under, store_under};
use crate::serve::{is_there, say};

/// Stands in the folder while the demo is being made.
const NOTE: &str = "demo-unfinished";
/// Stands there once it is made.
const MADE: &str = "demo-made";
/// What the note says. Another text is another program's.
const TEXT: &str = "vanthu: a demo agency is being made here; until it is finished everything in this folder may be \
                    removed and made anew\n";

/// A folder that is ours to fill. Held against other processes until it is dropped.
#[derive(Debug)]
pub(super) struct Making {
    data: PathBuf,
    /// Locked.
    _note: File,
}

impl Making {
    /// Takes the folder for a demo; none where one is made already. What an interrupted making left is removed.
    ///
    /// # Errors
    /// [`Fault::Refused`] `DEMO_UNFINISHED` where the folder holds anything else, or another process makes it.
    pub(super) fn begin(data: &Path) -> Result<Option<Self>, Fault> {
        if is_there(&data.join(MADE)) {
            return Ok(None);
        }
        fs::create_dir_all(data).map_err(|error| failed(data, &error))?;
        let begun = Self::take(data).map_err(|error| failed(data, &error))?;
        begun.map(Some).ok_or_else(|| {
            Fault::refused(
                "DEMO_UNFINISHED",
                format!(
                    "{} holds something that is no finished demo; remove it or name another folder",
                    data.display()
                ),
            )
        })
    }

    /// None where the folder is not ours.
    fn take(data: &Path) -> io::Result<Option<Self>> {
        let path = data.join(NOTE);
        let mut found = names(data)?;
        if found.is_empty() {
            // One of two that begin at once makes it.
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => found = names(data)?,
            }
        }
        // A link may lead to a note that was made for another folder.
        if !found.contains(NOTE) || !fs::symlink_metadata(&path)?.is_file() {
            return Ok(None);
        }
        let mut note = OpenOptions::new().read(true).write(true).open(&path)?;
        match note.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::other(
                    "another process is making the demo there; wait for it or end it",
                ));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        let mut text = String::new();
        // One byte more than it should have: a longer one is told from it.
        (&note).take(TEXT.len() as u64 + 1).read_to_string(&mut text)?;
        let found = names(data)?;
        // An empty one alone is what remains where the making was interrupted before its first line.
        let ours = text == TEXT || text.is_empty() && found.len() == 1;
        let written: BTreeSet<String> = [store_under, keys_under, signer_under, roots_under]
            .into_iter()
            .filter_map(|under| Some(under(data).file_name()?.to_string_lossy().into_owned()))
            .chain([NOTE.to_owned()])
            .collect();
        if !ours || !found.is_subset(&written) {
            return Ok(None);
        }
        if text.is_empty() {
            note.write_all(TEXT.as_bytes())?;
            note.sync_all()?;
        }
        for name in found.iter().filter(|name| *name != NOTE) {
            say(&format!(
                "removing {}, which an interrupted making of the demo left",
                data.join(name).display()
            ));
            remove(&data.join(name))?;
        }
        Ok(Some(Self { data: data.to_owned(), _note: note }))
    }

    /// It is made: the note becomes the sign of it.
    ///
    /// # Errors
    /// [`Fault::Broken`] when the disk fails.
    pub(super) fn finish(self) -> Result<(), Fault> {
        fs::rename(self.data.join(NOTE), self.data.join(MADE)).map_err(Fault::broken)
    }
}

/// Refuses a folder in which a demo was not made to its end: an agency that is founded in it would be taken for the demo's.
///
/// # Errors
/// [`Fault::Refused`] `DEMO_UNFINISHED`.
pub(crate) fn refuse_unfinished(data: &Path) -> Result<(), Fault> {
    if !is_there(&data.join(NOTE)) {
        return Ok(());
    }
    Err(Fault::refused(
        "DEMO_UNFINISHED",
        format!(
            "{} holds a demo that was not made to its end: make it with vanthu demo, or name another folder",
            data.display()
        ),
    ))
}

/// What lies in a folder; what a file system puts there by itself does not count.
fn names(data: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(data)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name != "lost+found" {
            names.insert(name);
        }
    }
    Ok(names)
}

/// Removes a file or a folder; of a link only the link.
fn remove(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn failed(data: &Path, error: &io::Error) -> Fault {
    Fault::refused("DEMO_UNFINISHED", format!("the demo cannot be made in {}: {error}", data.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a founded agency leaves in its folder.
    fn agency(data: &Path) {
        for under in [store_under, keys_under, signer_under, roots_under] {
            fs::create_dir_all(under(data)).unwrap();
            fs::write(under(data).join("kept"), "kept").unwrap();
        }
    }

    fn all_kept(data: &Path) -> bool {
        [store_under, keys_under, signer_under, roots_under]
            .iter()
            .all(|under| fs::read(under(data).join("kept")).is_ok_and(|bytes| bytes == b"kept"))
    }

    fn refused(data: &Path) -> bool {
        matches!(Making::begin(data), Err(Fault::Refused { reason: "DEMO_UNFINISHED", .. }))
    }

    #[test]
    fn an_interrupted_making_begins_anew_and_a_finished_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data/demo");
        for _ in 0..2 {
            let making = Making::begin(&data).unwrap().unwrap();
            assert_eq!(names(&data).unwrap().len(), 1, "nothing but the note");
            agency(&data);
            assert!(refuse_unfinished(&data).is_err());
            drop(making);
        }
        let making = Making::begin(&data).unwrap().unwrap();
        agency(&data);
        making.finish().unwrap();
        assert!(Making::begin(&data).unwrap().is_none() && all_kept(&data));
        assert!(refuse_unfinished(&data).is_ok());
    }

    #[test]
    fn a_making_cut_off_before_its_first_line_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NOTE), "").unwrap();
        drop(Making::begin(folder.path()).unwrap().unwrap());
        assert_eq!(fs::read_to_string(folder.path().join(NOTE)).unwrap(), TEXT);
    }

    #[test]
    fn an_agencys_folder_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        agency(folder.path());
        assert!(refused(folder.path()) && all_kept(folder.path()));
        assert!(!is_there(&folder.path().join(NOTE)), "not even marked");
        // Somebody else's note, an empty one, one that is longer, a link to one.
        for text in ["", "demo\n", &[TEXT, "x"].concat()] {
            fs::write(folder.path().join(NOTE), text).unwrap();
            assert!(refused(folder.path()) && all_kept(folder.path()), "{text:?}");
        }
        fs::remove_file(folder.path().join(NOTE)).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("note"), TEXT).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("note"), folder.path().join(NOTE)).unwrap();
        assert!(refused(folder.path()) && all_kept(folder.path()));
    }

    #[test]
    fn what_the_making_does_not_write_keeps_the_folder_whole() {
        let folder = tempfile::tempdir().unwrap();
        drop(Making::begin(folder.path()).unwrap().unwrap());
        agency(folder.path());
        fs::write(folder.path().join("thesis.odt"), "years of work").unwrap();
        assert!(refused(folder.path()) && all_kept(folder.path()));
        fs::remove_file(folder.path().join("thesis.odt")).unwrap();
        assert!(Making::begin(folder.path()).unwrap().is_some());
    }

    #[test]
    fn what_links_lead_to_stays() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        agency(elsewhere.path());
        drop(Making::begin(folder.path()).unwrap().unwrap());
        std::os::unix::fs::symlink(store_under(elsewhere.path()), store_under(folder.path())).unwrap();
        drop(Making::begin(folder.path()).unwrap().unwrap());
        assert!(all_kept(elsewhere.path()) && names(folder.path()).unwrap().len() == 1);
    }

    #[test]
    fn two_do_not_make_it_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let making = Making::begin(folder.path()).unwrap();
        agency(folder.path());
        assert!(refused(folder.path()) && all_kept(folder.path()));
        drop(making);
        assert!(Making::begin(folder.path()).unwrap().is_some());
    }
}
