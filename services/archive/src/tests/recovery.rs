//! Killed, damaged, restored: what was acknowledged is there, and nothing is ever answered wrongly.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use proto::archive::v1::{BackupRequest, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::Record;
use proto::rpc::fault_of;
use tonic::Code;

use super::office::{Office, facts, on_paper};
use crate::maintenance::{MaintenanceError, restore, verify_journal, verify_view};
use crate::{Archive, OpenError, Options};

async fn busy(office: &Office, documents: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..documents {
        office.pass(1_000);
        ids.push(office.register(facts(&n.to_string(), &format!("Văn bản {n}"))).await.unwrap());
    }
    ids
}

async fn documents(office: &Office) -> Vec<Record> {
    let all = ListRequest { list: ListName::IncomingAll.into(), page_size: 200, ..ListRequest::default() };
    let items = office.list(&office.clerk, all).await.unwrap();
    items.into_iter().map(|item| item.record.unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    let mut office = Office::founded().await;
    for round in 0..5 {
        let shared = Arc::new(office);
        let mut tasks = tokio::task::JoinSet::new();
        for client in 0..8 {
            let office = Arc::clone(&shared);
            tasks.spawn(async move {
                let mut acknowledged = Vec::new();
                for n in 0..10 {
                    let number = format!("{round}.{client}.{n}");
                    acknowledged.push(office.register(facts(&number, &number)).await.unwrap());
                }
                acknowledged
            });
        }
        let acknowledged: Vec<String> = tasks.join_all().await.into_iter().flatten().collect();
        office = Arc::into_inner(shared).unwrap();
        let (before, records) = (office.archive().tree_head(), documents(&office).await);
        office.kill();
        office.open();
        assert_eq!(office.archive().tree_head(), before);
        let reopened = documents(&office).await;
        assert_eq!(reopened, records);
        assert!(acknowledged.iter().all(|id| reopened.iter().any(|record| record.id == *id)));
    }
    office.close();
    assert!(verify_view(&office.directory(), |_| {}).unwrap().is_right());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_that_was_deleted_is_made_anew_the_same() {
    let mut office = Office::founded().await;
    busy(&office, 20).await;
    let records = documents(&office).await;
    office.close();
    let kept = verify_view(&office.directory(), |_| {}).unwrap();
    assert!(kept.is_right(), "{kept:?}");
    assert_eq!(kept.kept.position, kept.journal_size);
    std::fs::remove_dir_all(office.directory().join("view")).unwrap();
    let mut told = Vec::new();
    let archive = Archive::open(office.options(), |progress| told.push(progress)).unwrap();
    assert_eq!(
        told.last().map(|progress| (progress.done, progress.total)),
        Some((kept.journal_size, kept.journal_size))
    );
    office.archive = Some(archive);
    assert_eq!(documents(&office).await, records);
    office.close();
    assert_eq!(verify_view(&office.directory(), |_| {}).unwrap().kept, kept.kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_behind_the_journal_is_brought_up_to_it() {
    let mut office = Office::founded().await;
    busy(&office, 3).await;
    office.close();
    let view = office.directory().join("view");
    let old = office.root.path().join("old view");
    copy(&view, &old);
    office.open();
    busy_again(&office).await;
    let records = documents(&office).await;
    office.close();
    std::fs::remove_dir_all(&view).unwrap();
    copy(&old, &view);
    office.open();
    assert_eq!(documents(&office).await, records);
    office.close();
    assert!(verify_view(&office.directory(), |_| {}).unwrap().is_right());

    // Ahead of the journal, as after a lost disk: set aside and made anew.
    let journal = office.directory().join("journal");
    std::fs::remove_dir_all(&journal).unwrap();
    office.open();
    assert_eq!(office.archive().health().applied, 0);
}

async fn busy_again(office: &Office) {
    for n in 100..110 {
        office.register(facts(&n.to_string(), "Thêm")).await.unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_in_the_view_never_gives_a_wrong_answer() {
    let mut office = Office::founded().await;
    busy(&office, 12).await;
    let records = documents(&office).await;
    office.close();
    let view = office.directory().join("view");
    let good = office.root.path().join("good view");
    copy(&view, &good);
    let mut tried = 0;
    for file in files_below(&good) {
        let length = std::fs::metadata(&file).unwrap().len();
        let target = view.join(file.strip_prefix(&good).unwrap());
        let places = 6.min(length);
        for place in 0..places {
            let at = usize::try_from((place * 2 + 1) * length / (2 * places)).unwrap();
            std::fs::remove_dir_all(&view).unwrap();
            copy(&good, &view);
            let mut bytes = std::fs::read(&file).unwrap();
            bytes[at] ^= 0x40;
            std::fs::write(&target, bytes).unwrap();
            office.open();
            assert_eq!(documents(&office).await, records, "{} byte {at}", target.display());
            office.kill();
            tried += 1;
        }
    }
    assert!(tried > 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_byte_in_the_journal_is_named_and_nothing_starts() {
    let mut office = Office::founded().await;
    busy(&office, 2).await;
    office.close();
    let segment = files_below(&office.directory().join("journal"))
        .into_iter()
        .find(|path| path.extension().is_some_and(|it| it == "journal"))
        .unwrap();
    let good = std::fs::read(&segment).unwrap();
    for at in [10, good.len() / 3, good.len() / 2, good.len() - 60, good.len() - 1] {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        std::fs::write(&segment, &bytes).unwrap();
        match Archive::open(office.options(), |_| {}) {
            Err(OpenError::Journal(error)) => {
                let text = error.to_string();
                assert!(text.contains(&segment.display().to_string()) && text.contains("byte"), "{text}");
            }
            Err(error) => panic!("byte {at}: {error}"),
            Ok(_) => panic!("byte {at} was not noticed"),
        }
        let error = verify_journal(&office.directory(), |_| {}).unwrap_err();
        assert!(matches!(error, MaintenanceError::Journal(_)), "{error}");
    }
    std::fs::write(&segment, &good).unwrap();
    assert!(verify_journal(&office.directory(), |_| {}).unwrap().is_right());
    office.open();
    assert_eq!(documents(&office).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_running_store_comes_back_whole() {
    let mut office = Office::founded().await;
    let bytes = b"%PDF-1.7 a file".to_vec();
    let chunk = proto::archive::v1::PutFileRequest { chunk: bytes.clone().into() };
    let put = office
        .client()
        .put_file(office.by(&office.clerk, tokio_stream::iter([chunk])))
        .await
        .unwrap()
        .into_inner();
    let file = super::files::file_ref(&put.digest, bytes.len());
    office.receive(super::office::with_file(facts("1", "Một"), file, String::new())).await.unwrap();
    let target = office.root.path().join("backup");
    let text = target.display().to_string();
    let backup = |directory: &str| BackupRequest { directory: directory.to_owned() };
    let mut client = office.client();
    let denied = client.backup(office.by(&office.clerk, backup(&text))).await.unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    for wrong in ["", "relative", "/a/../b", &office.directory().join("backup").display().to_string()] {
        let status = client.backup(office.by(&office.administrator, backup(wrong))).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument, "{wrong}");
    }

    // While others write.
    let (records, answer) = tokio::join!(busy(&office, 10), async {
        let request = office.by(&office.administrator, backup(&text));
        office.client().backup(request).await.unwrap().into_inner()
    });
    assert_eq!((records.len(), answer.files), (10, 1));
    assert!(answer.bytes > 0);
    let status = client.backup(office.by(&office.administrator, backup(&text))).await.unwrap_err();
    assert!(matches!(fault_of(&status), Fault::Refused { reason: "BACKUP_EXISTS", .. }));
    drop(client);
    office.close();

    let new = office.root.path().join("new");
    let manifest = restore(&target, &new, |_| {}).unwrap();
    assert_eq!(manifest.head.size, answer.position);
    assert!(verify_journal(&new, |_| {}).unwrap().is_right());
    let options = Options { directory: new.clone(), ..office.options() };
    let restored = Archive::open(options, |_| {}).unwrap();
    assert_eq!(restored.tree_head(), manifest.head);
    assert_eq!(restored.health().applied, answer.position);
    office.archive = Some(restored);
    assert!(!documents(&office).await.is_empty());
    office
        .commit(
            &office.clerk,
            proto::record::v1::command::Command::ReceiveIncoming(on_paper(facts("99", "Mới"))),
        )
        .await
        .unwrap();
}

#[test]
fn there_is_nothing_to_verify_where_there_is_no_store() {
    let root = tempfile::tempdir().unwrap();
    assert!(matches!(verify_journal(root.path(), |_| {}), Err(MaintenanceError::NoStore(_))));
    assert!(matches!(verify_view(&root.path().join("none"), |_| {}), Err(MaintenanceError::NoStore(_))));
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0, "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn registers_are_verified_by_what_the_journal_says() {
    let mut office = Office::founded().await;
    busy(&office, 4).await;
    // While it is served the journal alone is checked.
    let served = verify_journal(&office.directory(), |_| {}).unwrap();
    assert!(served.is_right() && served.contents.is_none());
    office.close();
    let report = verify_journal(&office.directory(), |_| {}).unwrap();
    assert!(report.is_right());
    let contents = report.contents.unwrap();
    assert_eq!(contents.registers.len(), 1);
    let register = &contents.registers[0];
    assert_eq!(
        (register.series_name.as_str(), register.year, register.last_ordinal),
        ("Văn bản đến", 2026, 4)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_view_found_damaged_while_serving_is_made_anew() {
    let office = Office::founded().await;
    let ids = busy(&office, 3).await;
    let records = documents(&office).await;
    // A row that is no record stands where one belongs.
    let view = office.archive().view().unwrap();
    let key = ids[1].as_bytes().to_vec();
    let row =
        storage::view::Op::Put { kind: storage::view::KeyKind::State, key, value: b"nonsense".to_vec() };
    view.storage().apply(view.position() + 1, &[row]).unwrap();
    let fault = office.get(&office.clerk, &ids[1]).await.unwrap_err();
    assert!(matches!(fault, Fault::Unavailable { .. }), "{fault}");
    for _ in 0..200 {
        match office.get(&office.clerk, &ids[1]).await {
            Ok(record) => {
                assert!(records.contains(&record));
                assert_eq!(documents(&office).await, records);
                office.register(facts("99", "Mới")).await.unwrap();
                return;
            }
            Err(Fault::Unavailable { .. }) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            Err(fault) => panic!("{fault}"),
        }
    }
    panic!("the view was not made anew");
}
