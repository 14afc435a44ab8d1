//! Backup of what is being written, and bringing it back.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use storage::backup::{BackupError, backup, restore};
use storage::data_directory::{DataDirectory, DataDirectoryError};
use storage::disk::{RealDisk, SharedDisk};
use storage::files::Files;
use storage::journal::{Journal, JournalError};

fn disk() -> SharedDisk {
    Arc::new(RealDisk)
}

fn open(data: &DataDirectory) -> (Journal, Files) {
    let (journal, _) = Journal::open_with(data.disk(), &data.journal(), 3000).expect("opens");
    (journal, Files::open(data.disk(), &data.files()).expect("opens"))
}

/// Each entry names a file that was stored before.
fn store(journal: &mut Journal, files: &Files, number: u32) {
    let stored = files.put(format!("file {number}").repeat(50).as_bytes(), u64::MAX).expect("stores");
    journal.append_group(0, &[stored.digest.to_string()]).expect("appends");
}

fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).expect("lists") {
        let path = entry.expect("lists").path();
        if path.is_dir() { all.extend(files_below(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

#[test]
fn a_backup_taken_while_work_goes_on_holds_every_file_its_entries_name() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDirectory::open(&dir.path().join("data")).unwrap();
    let (mut journal, files) = open(&data);
    (0..100).for_each(|number| store(&mut journal, &files, number));
    let reader = journal.reader();
    let stop = AtomicBool::new(false);
    let target = dir.path().join("backup");
    let (manifest, heard) = std::thread::scope(|scope| {
        scope.spawn(|| {
            for number in 100.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                store(&mut journal, &files, number);
                if number % 7 == 0 {
                    journal.redact(u64::from(number) / 2).unwrap();
                }
            }
        });
        let mut heard = BTreeSet::new();
        let taken = backup(data.disk().as_ref(), &reader, &files, &target, 77, |progress| {
            heard.insert(format!("{progress:?}"));
        });
        stop.store(true, Ordering::Relaxed);
        (taken.unwrap(), heard.len())
    });
    assert!(manifest.head.size >= 100 && manifest.files >= manifest.head.size && heard > 100);

    let new = dir.path().join("new");
    assert_eq!(restore(&disk(), &target, &new, |_| {}).unwrap(), manifest);
    let restored = DataDirectory::open(&new).unwrap();
    let (mut journal, files) = open(&restored);
    assert_eq!(journal.head(), manifest.head);
    for entry in journal.reader().iter(1) {
        if let Some(payload) = entry.unwrap().payload {
            let digest = String::from_utf8(payload).unwrap().parse().unwrap();
            assert!(!files.read_range(&digest, 0, 100).unwrap().is_empty());
        }
    }
    store(&mut journal, &files, 9999);
    let again = restore(&disk(), &target, &new, |_| {});
    assert!(matches!(again, Err(BackupError::NotEmpty { .. })));
}

#[test]
fn any_flipped_byte_of_a_backup_is_noticed_when_it_is_restored() {
    let dir = tempfile::tempdir().unwrap();
    let data = DataDirectory::open(&dir.path().join("data")).unwrap();
    let (mut journal, files) = open(&data);
    (0..4).for_each(|number| store(&mut journal, &files, number));
    let target = dir.path().join("backup");
    backup(data.disk().as_ref(), &journal.reader(), &files, &target, 0, |_| {}).unwrap();
    let mut tried = 0;
    for path in files_below(&target) {
        if path.extension().is_some_and(|it| it == "sums") {
            continue;
        }
        let good = fs::read(&path).unwrap();
        for offset in (0..good.len()).step_by(61).chain([good.len() - 1]) {
            let mut bad = good.clone();
            bad[offset] ^= 1;
            fs::remove_file(&path).unwrap();
            fs::write(&path, &bad).unwrap();
            let new = dir.path().join(format!("new{tried}"));
            let error = restore(&disk(), &target, &new, |_| {}).unwrap_err();
            assert!(
                matches!(
                    error,
                    BackupError::NotABackup { .. }
                        | BackupError::Journal(JournalError::Damaged(_))
                        | BackupError::Files(_)
                ),
                "{} byte {offset}: {error}",
                path.display()
            );
            if new.is_dir() {
                let unfinished = DataDirectory::open(&new);
                assert!(
                    matches!(unfinished, Err(DataDirectoryError::NotOurs { .. })),
                    "half a restore is no data"
                );
            }
            tried += 1;
        }
        fs::write(&path, &good).unwrap();
    }
    assert!(tried > 40);
    restore(&disk(), &target, &dir.path().join("whole"), |_| {}).unwrap();
    fs::remove_file(target.join("backup")).unwrap();
    let unfinished = restore(&disk(), &target, &dir.path().join("none"), |_| {});
    assert!(matches!(unfinished, Err(BackupError::NotABackup { .. })));
}
