//! Power cuts at random calls of random work on journal and files: nothing acknowledged is lost,
//! nothing is torn, and what is named is there.
//!
//! `VANTHU_CUTS` sets the number of cuts (1,000 otherwise), `VANTHU_SEED` where the seeds begin (0 otherwise).

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use storage::Digest;
use storage::disk::{Operation, Random, SimulatedDisk};
use storage::files::{Files, FilesError};
use storage::journal::{Journal, JournalError, TreeHead, verify, verify_consistency};

const JOURNAL: &str = "/data/journal";
const FILES: &str = "/data/files";
const CUTS: u64 = 1_000;
/// Cuts in the life of one disk.
const CUTS_OF_ONE_DISK: u64 = 20;

/// What was promised to somebody.
#[derive(Default)]
struct Promised {
    entries: BTreeMap<u64, Vec<u8>>,
    redacted: Vec<u64>,
    files: Vec<(Digest, Vec<u8>)>,
    heads: Vec<TreeHead>,
}

fn cuts() -> u64 {
    std::env::var("VANTHU_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(CUTS)
}

/// Where the seeds begin: a soak looks at others than every run before it.
fn first_seed() -> u64 {
    std::env::var("VANTHU_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Works until the power goes; every deed that was answered is a promise.
fn work(disk: &SimulatedDisk, random: &mut Random, promised: &mut Promised) -> Option<()> {
    let segment_bytes = 500 + random.below(3000);
    let shared = || Arc::new(disk.clone());
    let (mut journal, _) = match Journal::open_with(shared(), Path::new(JOURNAL), segment_bytes) {
        Ok(opened) => opened,
        Err(error @ (JournalError::Damaged(_) | JournalError::NewerVersion { .. })) => panic!("{error}"),
        Err(_) => return None,
    };
    check_journal(&journal, promised)?;
    let files = Files::open(shared(), Path::new(FILES)).ok()?;
    check_files(&files, promised)?;
    loop {
        match random.below(20) {
            0..=9 => {
                let count = 1 + random.below(4);
                let group: Vec<Vec<u8>> = (0..count)
                    .map(|_| {
                        let length = if random.percent(10) { 3000 } else { random.below(200) };
                        random.bytes(usize::try_from(length).unwrap())
                    })
                    .collect();
                let positions = journal.append_group(0, &group).ok()?;
                promised.entries.extend(positions.zip(group));
                promised.heads.push(journal.head());
            }
            10..=14 => {
                let length = usize::try_from(random.below(6000)).unwrap();
                let bytes = random.bytes(length);
                let stored = files.put(&bytes, u64::MAX).ok()?;
                promised.files.push((stored.digest, bytes));
            }
            15 if !promised.files.is_empty() => {
                let which = usize::try_from(random.below(promised.files.len() as u64)).unwrap();
                let (base, bytes) = promised.files[which].clone();
                let stored = files.append(&base, b"tail", u64::MAX).ok()?;
                promised.files.push((stored.digest, [&bytes[..], b"tail"].concat()));
            }
            16 if !promised.entries.is_empty() => {
                let position = 1 + random.below(promised.entries.len() as u64);
                // Once asked for it may be gone, answered or not.
                promised.redacted.push(position);
                journal.redact(position).ok()?;
                assert_eq!(journal.reader().read(position).ok()?.payload, None);
            }
            17 => journal.settle().ok()?,
            // What nobody named is swept; the cut may come in between.
            18 if random.percent(50) => {
                let named: std::collections::BTreeSet<Digest> =
                    promised.files.iter().map(|(digest, _)| *digest).collect();
                files.put(&random.bytes(700), u64::MAX).ok()?;
                files.sweep(100, 50, |digest| Ok::<_, FilesError>(named.contains(digest))).ok()?;
            }
            18 if random.percent(20) => {
                journal.close().ok()?;
                return Some(());
            }
            _ => {}
        }
    }
}

fn check_journal(journal: &Journal, promised: &mut Promised) -> Option<()> {
    let reader = journal.reader();
    let size = reader.head().size;
    let promised_size = promised.entries.last_key_value().map_or(0, |(position, _)| *position);
    assert!(size >= promised_size, "{size} of {promised_size} entries are left");
    for entry in reader.iter(1) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error @ JournalError::Damaged(_)) => panic!("{error}"),
            Err(_) => return None,
        };
        match (promised.entries.get(&entry.position), entry.payload) {
            (Some(expected), Some(found)) => assert_eq!(*expected, found),
            (Some(_), None) => assert!(promised.redacted.contains(&entry.position)),
            // Never answered, and there whole: from now on it stays.
            (None, payload) => {
                promised.entries.insert(entry.position, payload.unwrap_or_default());
            }
        }
    }
    let new = reader.head();
    for old in promised.heads.iter().rev().take(3) {
        let proof = reader.prove_consistency(old.size, new.size).ok()?;
        assert!(verify_consistency(&proof, &old.root, &new.root));
    }
    Some(())
}

fn check_files(files: &Files, promised: &Promised) -> Option<()> {
    for (digest, bytes) in promised.files.iter().rev().take(60) {
        match files.read_range(digest, 0, 10_000) {
            Ok(found) => assert_eq!(found, *bytes),
            Err(FilesError::Disk(_)) => return None,
            Err(error) => panic!("{error}"),
        }
    }
    Some(())
}

#[test]
fn nothing_acknowledged_is_lost_in_any_power_cut() {
    let (mut done, mut seed, mut entries, mut files) = (0, first_seed(), 0, 0);
    while done < cuts() {
        seed += 1;
        let disk = SimulatedDisk::new(seed);
        let mut random = Random::new(!seed);
        let mut promised = Promised::default();
        for _ in 0..CUTS_OF_ONE_DISK {
            let calls = if random.percent(30) { 40 } else { 600 };
            disk.power_off_in(random.below(calls));
            while disk.is_powered() {
                let _ = work(&disk, &mut random, &mut promised);
            }
            disk.restart();
            done += 1;
        }
        // And at last without a cut.
        let (journal, _) = Journal::open(Arc::new(disk.clone()), Path::new(JOURNAL)).unwrap();
        check_journal(&journal, &mut promised).unwrap();
        check_files(&Files::open(Arc::new(disk.clone()), Path::new(FILES)).unwrap(), &promised).unwrap();
        verify(&disk, Path::new(JOURNAL)).unwrap();
        entries += promised.entries.len();
        files += promised.files.len();
    }
    println!("{done} power cuts, {entries} entries and {files} files promised, none lost");
    assert!(entries > 1000 && files > 200);
}

#[test]
fn nothing_acknowledged_is_lost_when_any_call_fails() {
    let (mut entries, mut refused) = (0, 0);
    for seed in (first_seed()..).take(usize::try_from(cuts() / 2).unwrap()) {
        let disk = SimulatedDisk::new(seed);
        let mut random = Random::new(!seed);
        let mut promised = Promised::default();
        for _ in 0..6 {
            disk.power_off_in(400);
            // The program starts again and again on the same running machine.
            while disk.is_powered() {
                disk.fail_in(random.below(150));
                if work(&disk, &mut random, &mut promised).is_none() {
                    refused += 1;
                }
            }
            disk.restart();
        }
        let (journal, _) = Journal::open(Arc::new(disk.clone()), Path::new(JOURNAL)).unwrap();
        check_journal(&journal, &mut promised).unwrap();
        check_files(&Files::open(Arc::new(disk.clone()), Path::new(FILES)).unwrap(), &promised).unwrap();
        entries += promised.entries.len();
    }
    assert!(entries > 1000 && refused > 500, "{entries} {refused}");
}

#[test]
fn a_directory_whose_sync_failed_is_synced_by_the_next_start() {
    for seed in 0..100 {
        let disk = SimulatedDisk::new(seed);
        disk.fail_operation(Operation::SyncDir, 1);
        let open = || Journal::open(Arc::new(disk.clone()), Path::new(JOURNAL));
        open().unwrap_err();
        let (mut journal, _) = open().unwrap();
        journal.append_group(0, &["kept"]).unwrap();
        disk.restart();
        assert_eq!(open().unwrap().1.head.size, 1, "seed {seed}");
    }
}
