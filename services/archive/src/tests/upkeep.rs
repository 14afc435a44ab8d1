//! Upkeep: what nobody ever named goes, what anybody named stays, and what is damaged is told with its place.

use std::path::PathBuf;
use std::sync::mpsc;

use proto::archive::v1::TreeHeadRequest;
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::{ReturnIncoming, SecurityMarking};
use storage::Digest;
use storage::files::Swept;

use super::files::{file_ref, put};
use super::office::{DAY_MS, Office, facts, with_file};
use crate::committer::Job;
use crate::keeper::Sweep;
use crate::limits::SWEEP_AGE_MS;

fn path(office: &Office, digest: &str) -> PathBuf {
    office.directory().join("files").join(&digest[..2]).join(&digest[2..4]).join(digest)
}

fn is_there(office: &Office, digest: &str) -> bool {
    path(office, digest).try_exists().unwrap()
}

/// Far enough ahead of the disk's own clock, which no test can set, for every file to be old.
fn much_later(office: &Office) {
    office.pass(100 * 365 * DAY_MS);
}

async fn named(office: &Office, bytes: &[u8]) -> (String, String) {
    let digest = put(office, &office.clerk, bytes).await.unwrap();
    let text = put(office, &office.clerk, &[bytes, b" as text"].concat()).await.unwrap();
    let id = office
        .receive(with_file(facts("1", "Một"), file_ref(&digest, bytes.len()), text.clone()))
        .await
        .unwrap();
    let back = ReturnIncoming { document_id: id, reason: "Nhầm nơi nhận".to_owned() };
    office.commit(&office.clerk, C::ReturnIncoming(back)).await.unwrap();
    (digest, text)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_no_entry_ever_named_are_swept_when_they_are_old() {
    let mut office = Office::founded().await;
    let (main, text) = named(&office, b"named").await;
    let unnamed = put(&office, &office.clerk, b"never used").await.unwrap();
    let report = office.archive().keep();
    assert_eq!(
        (report.rounds, report.swept_files, report.files, report.damage_count),
        (1, 0, 3, 0),
        "all young"
    );
    assert_eq!(report.entries, office.archive().tree_head().size);

    much_later(&office);
    let report = office.archive().keep();
    assert_eq!((report.swept_files, report.swept_bytes), (1, 10));
    assert!(!is_there(&office, &unnamed) && is_there(&office, &main) && is_there(&office, &text));
    // What was swept is not taken for kept: put again it may be named.
    let command = || with_file(facts("2", "Hai"), file_ref(&unnamed, 10), String::new());
    let refused = office.receive(command()).await.unwrap_err();
    assert!(matches!(refused, Fault::Refused { reason: "FILE_UNKNOWN", .. }), "{refused}");
    put(&office, &office.clerk, b"never used").await.unwrap();
    office.receive(command()).await.unwrap();
    for _ in 0..2 {
        let report = office.archive().keep();
        assert_eq!(report.damage_count, 0, "{report:?}");
        assert!(is_there(&office, &unnamed), "now an entry names it");
        office.kill();
        office.open();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_named_while_a_round_is_under_way_is_not_swept() {
    let office = Office::founded().await;
    let before = office.archive().tree_head().size;
    let (main, text) = named(&office, b"named in time").await;
    let unnamed = put(&office, &office.clerk, b"never used").await.unwrap();
    much_later(&office);
    // As if the round had looked before the entry was written.
    let candidates: Vec<Digest> =
        [&main, &text, &unnamed].into_iter().map(|digest| digest.parse().unwrap()).collect();
    for read_upto in [0, before, office.archive().tree_head().size] {
        let (answer, answered) = mpsc::channel();
        let sweep = Sweep { candidates: candidates.clone(), read_upto, answer };
        office.archive().shared().jobs.send(Job::Sweep(sweep)).unwrap();
        let first = read_upto == 0;
        let expected = if first { Swept { files: 1, bytes: 10 } } else { Swept::default() };
        assert_eq!(answered.recv().unwrap(), expected, "read up to {read_upto}");
        assert!(is_there(&office, &main) && is_there(&office, &text) && !is_there(&office, &unnamed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_after_a_failed_write_removes_nothing() {
    let office = Office::founded().await;
    let unnamed = put(&office, &office.clerk, b"never used").await.unwrap();
    office.disk.fails.store(true, std::sync::atomic::Ordering::Relaxed);
    office.register(facts("1", "Một")).await.unwrap_err();
    much_later(&office);
    let report = office.archive().keep();
    assert_eq!(report.swept_files, 0, "what the journal says is not known for sure");
    assert!(is_there(&office, &unnamed));
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_told_with_its_place_and_nothing_is_swept() {
    let office = Office::founded().await;
    let bytes = vec![7; 20_000];
    let (main, text) = named(&office, &bytes).await;
    let unnamed = put(&office, &office.clerk, b"never used").await.unwrap();
    let hurt = path(&office, &main);
    let change = |path: &PathBuf, at: usize| {
        let mut content = std::fs::read(path).unwrap();
        content[at] ^= 1;
        std::fs::remove_file(path).unwrap();
        std::fs::write(path, content).unwrap();
    };
    change(&hurt, 9_000);
    much_later(&office);
    let report = office.archive().keep();
    assert_eq!(report.damage_count, 1, "{report:?}");
    assert!(report.damage[0].contains(&main) && report.damage[0].contains("8192"), "{report:?}");
    assert_eq!(office.archive().health().damaged, 1);
    let request = office.by(&office.administrator, TreeHeadRequest {});
    let told = office.client().tree_head(request).await.unwrap().into_inner().upkeep.unwrap();
    assert_eq!((told.damaged, told.checked_at.is_some()), (1, true), "the screens are told");
    assert!(is_there(&office, &unnamed), "nothing is swept meanwhile");
    // Put again, the bytes mend the file.
    put(&office, &office.clerk, &bytes).await.unwrap();
    std::fs::remove_file(path(&office, &text)).unwrap();
    let report = office.archive().keep();
    assert_eq!(report.damage_count, 1, "{report:?}");
    assert!(report.damage[0].contains(&text) && report.damage[0].contains("missing"), "{report:?}");
    put(&office, &office.clerk, &[&bytes[..], b" as text"].concat()).await.unwrap();
    let report = office.archive().keep();
    assert_eq!((report.damage_count, report.swept_files), (0, 1), "{report:?}");

    let journal = office.directory().join("journal");
    let segment = std::fs::read_dir(&journal)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    let mut content = std::fs::read(&segment).unwrap();
    let at = content.len() / 2;
    content[at] ^= 1;
    // In place: the running archive has the file open.
    std::fs::write(&segment, content).unwrap();
    let report = office.archive().keep();
    assert_eq!(report.damage_count, 1, "{report:?}");
    assert!(report.damage[0].contains(segment.to_str().unwrap()), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_secret_document_says_is_no_reason_to_keep_a_file() {
    // It names none; a file that was put for one by mistake goes as any other.
    let office = Office::founded().await;
    office.secret_registration().await;
    let digest = put(&office, &office.clerk, b"should not be here").await.unwrap();
    let secret =
        proto::record::v1::DocumentFacts { marking: SecurityMarking::Secret.into(), ..facts("1", "Mật") };
    let command = with_file(secret, file_ref(&digest, 18), String::new());
    assert!(matches!(office.receive(command).await, Err(Fault::Invalid(_))));
    office.pass(SWEEP_AGE_MS);
    much_later(&office);
    assert_eq!(office.archive().keep().swept_files, 1);
    assert!(!is_there(&office, &digest));
}
