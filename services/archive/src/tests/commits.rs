//! What a commit promises.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use proto::archive::v1::{CommitRequest, ExpectedVersion};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::{AddUnit, FileRef, SetCredential, Unit};
use proto::rpc::Identity;

use super::office::{DAY_MS, Office, commit_request, facts, on_paper, registration, with_file};

fn unit(name: &str) -> C {
    let unit = Unit { name: name.to_owned(), abbreviation: "X".to_owned(), active: true, rank: 3 };
    C::AddUnit(AddUnit { unit: Some(unit) })
}

fn reason(fault: Fault) -> &'static str {
    match fault {
        Fault::Refused { reason, .. } | Fault::Denied { reason, .. } | Fault::Unavailable { reason, .. } => {
            reason
        }
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retried_request_gets_its_first_answer() {
    let mut office = Office::founded().await;
    let request = commit_request(unit("Phòng A"));
    let first = office.commit_request(&office.administrator, request.clone()).await.unwrap();
    let again = office.commit_request(&office.administrator, request.clone()).await.unwrap();
    assert!(!first.repeated_answer && again.repeated_answer);
    assert_eq!((first.position, &first.records), (again.position, &again.records));

    office.kill();
    office.open();
    let again = office.commit_request(&office.administrator, request.clone()).await.unwrap();
    assert_eq!((again.position, again.repeated_answer), (first.position, true));

    let other = CommitRequest { command: commit_request(unit("Phòng B")).command, ..request.clone() };
    let refused = office.commit_request(&office.administrator, other).await.unwrap_err();
    assert_eq!(reason(refused), "REQUEST_ID_REUSED");
    let refused = office.commit_request(&office.clerk, request).await.unwrap_err();
    assert_eq!(reason(refused), "REQUEST_ID_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_kept_thirty_days() {
    let office = Office::founded().await;
    let request = commit_request(unit("Phòng A"));
    let first = office.commit_request(&office.administrator, request.clone()).await.unwrap();
    office.pass(30 * DAY_MS);
    let kept = office.commit_request(&office.administrator, request.clone()).await.unwrap();
    assert_eq!(kept.position, first.position);
    office.pass(1);
    let anew = office.commit_request(&office.administrator, request.clone()).await.unwrap();
    assert!(anew.position > first.position && !anew.repeated_answer);
    // Clearing the old answer away leaves the new one.
    office.commit(&office.administrator, unit("Phòng B")).await.unwrap();
    let again = office.commit_request(&office.administrator, request).await.unwrap();
    assert_eq!((again.position, again.repeated_answer), (anew.position, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_at_once_is_recorded_once() {
    let office = Arc::new(Office::founded().await);
    let request = commit_request(unit("Phòng A"));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let (office, request) = (Arc::clone(&office), request.clone());
        tasks.spawn(async move { office.commit_request(&office.administrator, request).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| !answer.repeated_answer).count(), 1);
    assert!(answers.iter().all(|answer| answer.position == answers[0].position && answer.records.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_was_not_seen_is_a_conflict() {
    let office = Office::founded().await;
    let id = office.receive(on_paper(facts("1", "Một"))).await.unwrap();
    let version = office.get(&office.clerk, &id).await.unwrap().version;
    let expecting = |version| CommitRequest {
        expected_versions: vec![ExpectedVersion { record_id: id.clone(), version }],
        ..commit_request(C::RegisterIncoming(registration(&id, facts("1", "Một"))))
    };
    let conflict = office.commit_request(&office.clerk, expecting(version + 1)).await.unwrap_err();
    assert_eq!(conflict, Fault::Conflict { record_id: id.clone(), version });
    // Of a record that the caller may not see, nothing is told.
    let unseen = CommitRequest {
        expected_versions: vec![ExpectedVersion { record_id: id.clone(), version: 1 }],
        ..commit_request(unit("Phòng A"))
    };
    let unknown = office.commit_request(&office.administrator, unseen).await.unwrap_err();
    assert!(matches!(unknown, Fault::Unknown { .. }), "{unknown}");
    office.commit_request(&office.clerk, expecting(version)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_not_recorded() {
    let office = Office::founded().await;
    let before = office.archive().tree_head();
    let denied = office.commit(&office.clerk, unit("Phòng A")).await.unwrap_err();
    assert_eq!(reason(denied), "NOT_YOUR_ROLE");
    for id in ["short", "with space in it", &"x".repeat(65)] {
        let request = CommitRequest { request_id: id.to_owned(), ..commit_request(unit("Phòng A")) };
        let invalid = office.commit_request(&office.administrator, request).await.unwrap_err();
        assert!(matches!(invalid, Fault::Invalid(_)), "{id}");
    }
    let nothing = CommitRequest { command: None, ..commit_request(unit("Phòng A")) };
    assert!(matches!(office.commit_request(&office.administrator, nothing).await, Err(Fault::Invalid(_))));
    assert_eq!(office.archive().tree_head(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_names_only_files_that_are_kept() {
    let office = Office::founded().await;
    let digest = storage::Digest::of(b"nowhere").to_string();
    let file = FileRef {
        digest,
        name: "a.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 7,
        pages: 1,
    };
    let refused = office.receive(with_file(facts("1", "Một"), file, String::new())).await.unwrap_err();
    assert_eq!(reason(refused), "FILE_UNKNOWN");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_goes_on_when_its_caller_is_gone() {
    let office = Office::founded().await;
    let request = commit_request(unit("Phòng A"));
    let service = office.archive().service();
    let identity = Identity { caller: Some(office.administrator.clone()), ..Identity::default() };
    let before = office.archive().tree_head().size;
    let asked = request.clone();
    let task = tokio::spawn(async move {
        let commit = service.commit_for(&identity, asked);
        // Dropped as soon as it waits for its answer.
        tokio::select! { biased; _ = commit => {}, () = std::future::ready(()) => {} }
    });
    task.await.unwrap();
    let again = office.commit_request(&office.administrator, request).await.unwrap();
    assert!(again.repeated_answer);
    assert_eq!(again.position, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failed_sync_nothing_is_written_but_all_is_read() {
    let mut office = Office::founded().await;
    let before = office.archive().tree_head().size;
    assert!(office.archive().health().writable);
    office.disk.fails.store(true, Ordering::Relaxed);
    let failed = office.commit(&office.administrator, unit("Phòng A")).await.unwrap_err();
    assert_eq!(reason(failed), "STORE_READ_ONLY");
    office.disk.fails.store(false, Ordering::Relaxed);
    // The disk works again, but who knows what it holds.
    let failed = office.commit(&office.administrator, unit("Phòng B")).await.unwrap_err();
    assert_eq!(reason(failed), "STORE_READ_ONLY");
    let health = office.archive().health();
    assert!(!health.writable && health.readable);
    assert_eq!(health.applied, before);
    office.get(&office.clerk, &office.clerk.position_id).await.unwrap();
    office.close();
    office.open();
    office.commit(&office.administrator, unit("Phòng C")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_clock_never_goes_back() {
    let mut office = Office::founded().await;
    office.pass(DAY_MS);
    let later = office.register(facts("1", "Một")).await.unwrap();
    office.pass(-3 * DAY_MS);
    let after = office.register(facts("2", "Hai")).await.unwrap();
    office.kill();
    office.open();
    let reopened = office.register(facts("3", "Ba")).await.unwrap();
    let mut dates = Vec::new();
    for id in [later, after, reopened] {
        let record = office.get(&office.clerk, &id).await.unwrap();
        let Some(proto::record::v1::record::State::Incoming(document)) = record.state else { panic!() };
        dates.push(document.number.unwrap().date.unwrap());
    }
    assert!(dates.iter().all(|date| *date == dates[0]), "{dates:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_set_by_directorys_key_alone() {
    let office = Office::founded().await;
    let set = C::SetCredential(SetCredential {
        credential: Some(proto::record::v1::Credential {
            person_id: office.clerk.person_id.clone(),
            password_hash: domain::testing::founding().password_hash,
            must_change: false,
        }),
    });
    let denied = office.commit(&office.administrator, set.clone()).await.unwrap_err();
    assert_eq!(reason(denied), "ONLY_SERVICE");
    let identity = Identity {
        caller: Some(office.administrator.clone()),
        service: Some("directory".to_owned()),
        ..Identity::default()
    };
    let answer = office.archive().service().commit_for(&identity, commit_request(set)).await.unwrap();
    assert!(answer.records.is_empty(), "a credential is never in an answer");
}
