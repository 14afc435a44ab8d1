//! The files, from outside.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::sync::Arc;

use storage::Digest;
use storage::disk::{Disk, RealDisk, SharedDisk, SimulatedDisk};
use storage::files::{Files, FilesError, RANGE_BYTES_MAX};

const ROOT: &str = "/data/files";

fn shared(disk: &SimulatedDisk) -> SharedDisk {
    Arc::new(disk.clone())
}

fn open(disk: &SimulatedDisk) -> Files {
    Files::open(shared(disk), Path::new(ROOT)).unwrap()
}

fn content(length: u32) -> Vec<u8> {
    (0..length).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

#[test]
fn a_file_is_found_by_its_digest_and_read_in_parts() {
    let disk = SimulatedDisk::new(1);
    let files = open(&disk);
    let bytes = content(600_000);
    let mut writer = files.writer(1_000_000).unwrap();
    bytes.chunks(999).for_each(|piece| writer.write(piece).unwrap());
    let stored = writer.finish().unwrap();
    assert_eq!((stored.digest, stored.length), (Digest::of(&bytes), 600_000));
    assert_eq!(files.len(&stored.digest).unwrap(), Some(600_000));
    assert_eq!(files.read_range(&stored.digest, 300_000, 10).unwrap(), bytes[300_000..300_010]);
    assert_eq!(files.read_range(&stored.digest, 599_999, 10).unwrap(), bytes[599_999..]);
    assert_eq!(files.read_range(&stored.digest, 700_000, 10).unwrap(), b"");
    assert!(matches!(
        files.read_range(&stored.digest, 0, RANGE_BYTES_MAX + 1),
        Err(FilesError::RangeTooLarge { .. })
    ));
    let name = stored.digest.to_string();
    assert!(files.path(&stored.digest).ends_with(Path::new(&name[..2]).join(&name[2..4]).join(&name)));
    let unknown = Digest::of(b"unknown");
    assert!(!files.contains(&unknown).unwrap());
    assert!(matches!(files.open_file(&unknown), Err(FilesError::Unknown { .. })));
    assert_eq!(files.put(b"", 0).unwrap().digest, Digest::of(b""));
    assert!(files.open_file(&Digest::of(b"")).unwrap().is_empty());
}

#[test]
fn too_large_a_file_leaves_nothing_behind() {
    let disk = SimulatedDisk::new(1);
    let files = open(&disk);
    let mut writer = files.writer(10).unwrap();
    writer.write(b"12345").unwrap();
    assert!(matches!(writer.write(b"678901"), Err(FilesError::TooLarge { limit: 10 })));
    drop(writer);
    assert_eq!(disk.files(), []);
}

#[test]
fn an_appended_file_begins_with_its_base_and_the_base_stays() {
    let disk = SimulatedDisk::new(1);
    let files = open(&disk);
    let base = files.put(&content(700_000), u64::MAX).unwrap();
    let signed = files.append(&base.digest, b"signature", u64::MAX).unwrap();
    assert_eq!(signed.length, 700_009);
    assert_eq!(signed.digest, Digest::of(&[&content(700_000)[..], b"signature"].concat()));
    assert_eq!(
        files.read_range(&signed.digest, 699_999, 100).unwrap(),
        [&content(700_000)[699_999..], b"signature"].concat()
    );
    assert!(files.contains(&base.digest).unwrap());
    assert!(matches!(files.append(&base.digest, b"x", 700_000), Err(FilesError::TooLarge { .. })));
    assert!(matches!(files.append(&Digest::of(b"?"), b"x", 9), Err(FilesError::Unknown { .. })));
}

#[test]
fn every_flipped_byte_is_noticed_and_its_block_named() {
    let disk = SimulatedDisk::new(1);
    let bytes = content(20_000);
    let digest = open(&disk).put(&bytes, u64::MAX).unwrap().digest;
    let path = open(&disk).path(&digest);
    for offset in (0..20_000).step_by(97).chain([19_999, 4095, 4096]) {
        let hurt = disk.duplicate();
        assert!(hurt.corrupt(&path, offset, 1));
        match open(&hurt).open_file(&digest) {
            Err(FilesError::Damaged(damage)) => {
                assert_eq!(damage.file, path);
                assert!(
                    (damage.from..damage.to).contains(&offset) && damage.to - damage.from <= 4096,
                    "{damage}"
                );
            }
            other => panic!("byte {offset}: {other:?}"),
        }
        // The same bytes stored again mend it.
        let files = open(&hurt);
        files.put(&bytes, u64::MAX).unwrap();
        assert_eq!(files.read_range(&digest, 0, 20_000).unwrap(), bytes);
    }
    for length in [0, 1, 10_000, 19_999] {
        let hurt = disk.duplicate();
        hurt.remove(&path).unwrap();
        hurt.create(&path).unwrap().append(&bytes[..length]).unwrap();
        match open(&hurt).open_file(&digest) {
            Err(FilesError::Damaged(damage)) => {
                assert!(damage.from <= length as u64 && damage.to > length as u64, "{damage}");
            }
            other => panic!("cut to {length}: {other:?}"),
        }
    }
}

#[test]
fn a_scrub_finds_damage_goes_on_where_it_stopped_and_mends_checksums() {
    let disk = SimulatedDisk::new(1);
    let files = open(&disk);
    let mut digests: Vec<Digest> =
        (0..40_u32).map(|n| files.put(&n.to_le_bytes(), 9).unwrap().digest).collect();
    digests.sort();
    assert_eq!(files.iter(None).map(Result::unwrap).collect::<Vec<_>>(), digests);
    let sums = |digest: &Digest| files.path(digest).with_file_name(format!("{digest}.sums"));
    disk.corrupt(&files.path(&digests[7]), 2, 1);
    disk.corrupt(&sums(&digests[9]), 2, 1);
    disk.remove(&sums(&digests[30])).unwrap();
    let (mut after, mut rounds, mut damaged, mut checked) = (None, 0, Vec::new(), 0);
    loop {
        let part = files.scrub(after, 7).unwrap();
        rounds += 1;
        checked += part.checked;
        damaged.extend(part.damaged);
        after = part.next_after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((rounds, checked, damaged.len()), (6, 40, 1));
    assert_eq!((damaged[0].digest, damaged[0].from, damaged[0].to), (digests[7], 0, 4));
    for mended in [9, 30] {
        disk.corrupt(&files.path(&digests[mended]), 3, 1);
        match open(&disk).open_file(&digests[mended]) {
            Err(FilesError::Damaged(damage)) => assert_eq!(damage.to, 4),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn only_old_files_that_no_entry_ever_named_are_swept() {
    let disk = SimulatedDisk::new(1);
    let files = open(&disk);
    let [named, old, again, young] = [&b"named"[..], b"old", b"again", b"young"].map(|bytes| {
        disk.set_time(if bytes == b"young" { 90 } else { 0 });
        files.put(bytes, 99).unwrap().digest
    });
    disk.set_time(80);
    files.put(b"again", 99).unwrap();
    let swept = files.sweep(100, 50, |digest| Ok::<_, FilesError>(*digest == named)).unwrap();
    assert_eq!((swept.files, swept.bytes), (1, 3));
    assert!(!files.contains(&old).unwrap());
    for kept in [named, again, young] {
        assert!(files.contains(&kept).unwrap());
    }
    assert_eq!(disk.files().len(), 6, "checksums went too");
}

#[test]
fn what_is_stored_again_is_never_swept_for_the_age_of_what_was_there() {
    let dir = tempfile::tempdir().unwrap();
    let files = Files::open(Arc::new(RealDisk), &dir.path().join("files")).unwrap();
    let bytes = content(5_000);
    let digest = Digest::of(&bytes);
    let fresh = files.put(b"fresh", 99).unwrap().digest;
    let now = RealDisk.metadata(&files.path(&fresh)).unwrap().unwrap().modified_ms + 60_000;
    let age = 3_600_000;
    let (mut swept, mut kept) = (0, 0);
    for _ in 0..200 {
        files.put(&bytes, 5_000).unwrap();
        // Old: last written in 1970. Read-only files may still be touched by their owner through a writable handle.
        let path = files.path(&digest);
        let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1);
        std::fs::File::open(&path).unwrap().set_modified(old).unwrap();
        std::thread::scope(|scope| {
            let removed = scope.spawn(|| files.remove_old(&digest, now, age).unwrap().is_some());
            scope.spawn(|| files.put(&bytes, 5_000).unwrap());
            if removed.join().unwrap() { swept += 1 } else { kept += 1 }
        });
        assert_eq!(files.verify(&digest).unwrap(), 5_000);
    }
    println!("swept before {swept} times, kept {kept} times");
}

#[test]
fn on_the_real_disk_stored_files_cannot_be_written_and_leftovers_go() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("files");
    let files = Files::open(Arc::new(RealDisk), &root).unwrap();
    let stored = files.put(b"content", 99).unwrap();
    let mode = std::fs::metadata(files.path(&stored.digest)).unwrap().permissions().mode();
    assert_eq!(mode & 0o222, 0, "{mode:o}");
    let mut unfinished = files.writer(99).unwrap();
    unfinished.write(b"half").unwrap();
    std::mem::forget(unfinished);
    assert_eq!(std::fs::read_dir(root.join("tmp")).unwrap().count(), 1);
    let files = Files::open(Arc::new(RealDisk), &root).unwrap();
    assert_eq!(std::fs::read_dir(root.join("tmp")).unwrap().count(), 0);
    assert_eq!(files.read_range(&stored.digest, 0, 9).unwrap(), b"content");
}

#[test]
fn many_may_store_the_same_bytes_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let files = Files::open(Arc::new(RealDisk), &dir.path().join("files")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let files = files.clone();
            scope.spawn(move || {
                for n in 0..20_u8 {
                    let stored = files.put(&[n; 5000], 5000).unwrap();
                    assert_eq!(files.read_range(&stored.digest, 0, 5000).unwrap(), [n; 5000]);
                }
            });
        }
    });
    assert_eq!(files.scrub(None, 99).unwrap().checked, 20);
}
