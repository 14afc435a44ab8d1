//! The view, from outside: what it keeps, and that it never answers wrongly.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;
use storage::disk::Random;
use storage::view::{KEY_BYTES_MAX, KeyKind, Op, Scan, VALUE_BYTES_MAX, View, ViewError, set_aside};

type Model = BTreeMap<(KeyKind, Vec<u8>), Vec<u8>>;

fn put(kind: KeyKind, key: &[u8], value: &[u8]) -> Op {
    Op::Put { kind, key: key.to_vec(), value: value.to_vec() }
}

fn apply(model: &mut Model, ops: &[Op]) {
    for op in ops {
        match op.clone() {
            Op::Put { kind, key, value } => model.insert((kind, key), value),
            Op::Delete { kind, key } => model.remove(&(kind, key)),
        };
    }
}

fn random_ops(random: &mut Random) -> Vec<Op> {
    let count = 1 + random.below(8);
    (0..count)
        .map(|_| {
            let kind = [KeyKind::State, KeyKind::List, KeyKind::Lookup]
                [usize::try_from(random.below(3)).unwrap_or(0)];
            let key = format!("key{:04}", random.below(700)).into_bytes();
            if random.percent(25) {
                Op::Delete { kind, key }
            } else {
                let length = usize::try_from(random.below(300)).unwrap_or(0);
                Op::Put { kind, key, value: random.bytes(length) }
            }
        })
        .collect()
}

fn filled(dir: &Path, positions: u64) -> Model {
    let view = View::open(dir, positions).expect("opens");
    let (mut model, mut random) = (Model::new(), Random::new(9));
    for position in 1..=positions {
        let ops = random_ops(&mut random);
        view.apply(position, &ops).expect("applies");
        apply(&mut model, &ops);
    }
    view.flush().expect("flushes");
    model
}

fn everything(view: &View) -> Result<Model, ViewError> {
    let mut all = Model::new();
    for kind in KeyKind::ALL {
        let page = view.scan(&Scan { kind, prefix: b"", after: None, limit: 10_000, reverse: false })?;
        all.extend(page.pairs.into_iter().map(|(key, value)| ((kind, key), value)));
    }
    Ok(all)
}

#[test]
fn a_view_opened_again_is_what_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let model = filled(dir.path(), 300);
    let view = View::open(dir.path(), 300).unwrap();
    assert_eq!(view.position(), 300);
    assert_eq!(everything(&view).unwrap(), model);
    assert_eq!(view.digest().pairs, model.len() as u64);
    view.check().unwrap();
    for ((kind, key), value) in &model {
        assert_eq!(view.get(*kind, key).unwrap().as_ref(), Some(value));
    }
    assert_eq!(view.get(KeyKind::State, b"nothing").unwrap(), None);
    assert_eq!(view.get(KeyKind::Credential, b"key0001").unwrap(), None, "kinds do not mix");
}

#[test]
fn two_views_of_the_same_content_have_the_same_digest_however_they_came_to_it() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let model = filled(one.path(), 200);
    let one = View::open(one.path(), 200).unwrap();
    let other = View::open(other.path(), 200).unwrap();
    let ops: Vec<Op> = model.iter().rev().map(|((kind, key), value)| put(*kind, key, value)).collect();
    other.apply(200, &ops).unwrap();
    assert_eq!(one.digest(), other.digest());
    let ((kind, key), _) = model.first_key_value().unwrap();
    other.apply(201, &[put(*kind, key, b"other")]).unwrap();
    assert_ne!(one.digest().sum, other.digest().sum);
}

#[test]
fn positions_only_rise_and_a_refused_batch_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let view = View::open(dir.path(), 10).unwrap();
    view.apply(3, &[put(KeyKind::State, b"a", b"1")]).unwrap();
    for position in [0, 2, 3] {
        let again = view.apply(position, &[put(KeyKind::State, b"a", b"2")]);
        assert!(matches!(again, Err(ViewError::NotNewer { applied: 3, .. })));
    }
    let too_large = |ops: &[Op]| matches!(view.apply(4, ops), Err(ViewError::TooLarge { .. }));
    assert!(too_large(&[
        put(KeyKind::State, b"a", b"3"),
        put(KeyKind::State, b"b", &vec![0; VALUE_BYTES_MAX + 1])
    ]));
    assert!(too_large(&[put(KeyKind::State, &vec![0; KEY_BYTES_MAX + 1], b"")]));
    assert_eq!(view.get(KeyKind::State, b"a").unwrap().unwrap(), b"1");
    view.apply(4, &[put(KeyKind::State, &vec![7; KEY_BYTES_MAX], &vec![7; VALUE_BYTES_MAX])]).unwrap();
    view.apply(5, &[]).unwrap();
    assert_eq!(view.position(), 5);
    view.check().unwrap();
    assert_eq!(
        fs::read_dir(dir.path().join("blobs")).map_or(0, Iterator::count),
        0,
        "sled's unsynced files are not used"
    );
}

#[test]
fn a_view_ahead_of_the_journal_is_set_aside_and_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("view");
    assert_eq!(set_aside(&path).unwrap(), None);
    filled(&path, 20);
    let error = View::open(&path, 19).unwrap_err();
    assert!(
        matches!(error, ViewError::AheadOfJournal { applied: 20, journal: 19 }) && error.calls_for_rebuild()
    );
    for _ in 0..2 {
        let aside = set_aside(&path).unwrap().unwrap();
        assert!(fs::metadata(aside).unwrap().is_dir());
        let view = View::open(&path, 19).unwrap();
        assert_eq!((view.position(), view.digest().pairs), (0, 0));
    }
}

#[test]
fn what_is_no_view_gives_no_answers_and_no_panic() {
    let dir = tempfile::tempdir().unwrap();
    for (name, conf) in [("with another configuration", true), ("of garbage", false)] {
        let path = dir.path().join(name);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("db"), "this was never a database".repeat(1000)).unwrap();
        if conf {
            fs::write(path.join("conf"), "nor this").unwrap();
        }
        match View::open(&path, 5) {
            Ok(view) => assert_eq!((view.position(), everything(&view).unwrap().len()), (0, 0), "{name}"),
            Err(error) => assert!(error.calls_for_rebuild(), "{name}: {error}"),
        }
    }
    let file = dir.path().join("file");
    fs::write(&file, "a file").unwrap();
    assert!(View::open(&file, 5).unwrap_err().calls_for_rebuild());
}

/// How many bytes are flipped; `VANTHU_FLIPS` says otherwise.
fn flips() -> u64 {
    std::env::var("VANTHU_FLIPS").ok().and_then(|text| text.parse().ok()).unwrap_or(40)
}

/// `VANTHU_SEED` flips others.
fn first_seed() -> u64 {
    std::env::var("VANTHU_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[test]
fn a_flipped_byte_never_gives_a_wrong_answer() {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join("view");
    let model = filled(&source, 400);
    let (mut unharmed, mut behind, mut noticed) = (0, 0, 0);
    let mut random = Random::new(first_seed() + 5);
    let files: Vec<_> = fs::read_dir(&source)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    for flip in 0..flips() {
        let copy = dir.path().join("copy");
        let _ = fs::remove_dir_all(&copy);
        fs::create_dir_all(&copy).unwrap();
        for file in &files {
            fs::copy(file, copy.join(file.file_name().unwrap())).unwrap();
        }
        let file = &files[usize::try_from(flip).unwrap() % files.len()];
        let hurt = copy.join(file.file_name().unwrap());
        let mut bytes = fs::read(&hurt).unwrap();
        if bytes.is_empty() {
            continue;
        }
        // Most of the database is empty space at its end: aim at what is written.
        let written = bytes.iter().rposition(|&byte| byte != 0).unwrap_or(0) as u64 + 1;
        let offset = usize::try_from(random.below(written)).unwrap();
        bytes[offset] ^= 1 << random.below(8);
        fs::write(&hurt, bytes).unwrap();
        match View::open_within(&copy, 400, Duration::from_secs(20)) {
            Ok(view) if view.position() == 400 => {
                let answers_rightly = match everything(&view) {
                    Ok(all) => all == model,
                    Err(error) => error.calls_for_rebuild(),
                };
                assert!(answers_rightly, "{} byte {offset}", hurt.display());
                unharmed += 1;
            }
            // Older but whole: the journal brings it up to date.
            Ok(view) => {
                let mut older = Model::new();
                let mut random = Random::new(9);
                (0..view.position()).for_each(|_| apply(&mut older, &random_ops(&mut random)));
                assert_eq!(everything(&view).unwrap(), older, "{} byte {offset}", hurt.display());
                behind += 1;
            }
            Err(error) => {
                assert!(error.calls_for_rebuild(), "{error}");
                noticed += 1;
            }
        }
    }
    println!("{unharmed} unharmed, {behind} older but whole, {noticed} noticed");
    assert!(noticed > 5, "{unharmed} {behind} {noticed}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_scan_gives_what_a_plain_filter_gives(
        keys in prop::collection::btree_set(prop::collection::vec(prop_oneof![Just(0_u8), Just(1), Just(b'a'), Just(255)], 0..5), 0..30),
        prefix in prop::collection::vec(prop_oneof![Just(0_u8), Just(b'a'), Just(255)], 0..3),
        after in prop::option::of(prop::collection::vec(prop_oneof![Just(0_u8), Just(b'a'), Just(255)], 0..5)),
        limit in 1_usize..8,
        reverse in any::<bool>(),
    ) {
        thread_local! {
            static VIEW: (tempfile::TempDir, View) = {
                let dir = tempfile::tempdir().expect("a directory");
                let view = View::open(dir.path(), u64::MAX).expect("opens");
                (dir, view)
            };
        }
        VIEW.with(|(_, view)| {
            let old = view.scan(&Scan { kind: KeyKind::List, prefix: b"", after: None, limit: 100, reverse: false }).expect("scans");
            let mut ops: Vec<Op> = old.pairs.into_iter().map(|(key, _)| Op::Delete { kind: KeyKind::List, key }).collect();
            ops.extend(keys.iter().map(|key| put(KeyKind::List, key, key)));
            ops.push(put(KeyKind::State, b"before", b"x"));
            ops.push(put(KeyKind::Lookup, b"after", b"x"));
            view.apply(view.position() + 1, &ops).expect("applies");
            let mut expected: Vec<&Vec<u8>> = keys.iter().filter(|key| key.starts_with(&prefix)).collect();
            if reverse {
                expected.reverse();
            }
            expected.retain(|key| after.as_ref().is_none_or(|after| if reverse { *key < after } else { *key > after }));
            let page = view.scan(&Scan { kind: KeyKind::List, prefix: &prefix, after: after.as_deref(), limit, reverse }).expect("scans");
            let found: Vec<&Vec<u8>> = page.pairs.iter().map(|(key, _)| key).collect();
            prop_assert_eq!(page.more, expected.len() > limit);
            expected.truncate(limit);
            prop_assert_eq!(found, expected);
            Ok(())
        })?;
    }
}
