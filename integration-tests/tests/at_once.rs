//! Many hands at the same thing, callers who leave in the middle, requests that are sent twice: each thing is done once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use integration_tests::incoming::{facts, unknown_facts};
use integration_tests::lawful::unlawful;
use integration_tests::office::OneProcess;
use integration_tests::world::as_outgoing;
use proto::archive::v1::{CommitRequest, ExpectedVersion};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::{
    AssignNumber, Channel, Command, CorrectIncoming, Issue, OutgoingStatus, ReceiveIncoming, SubmitIncoming,
};
use proto::rpc::{fault_of, outgoing};

/// Hands at once.
const HANDS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_hands_at_one_step_take_it_once() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let id = world.draft_letter("Nhiều người cùng làm", "").await.unwrap();
    let (officer, director, clerk) = (world.desk("chuyenvien"), world.desk("giamdoc"), world.desk("vanthu"));
    let once = |what: &str, outcomes: Vec<Result<(), Fault>>| {
        let done = outcomes.iter().filter(|o| o.is_ok()).count();
        assert_eq!(done, 1, "{what}: {outcomes:?}");
        for fault in outcomes.into_iter().filter_map(Result::err) {
            assert!(matches!(fault, Fault::Refused { .. }), "{what}: {fault}");
        }
    };
    world.carry(&id, OutgoingStatus::FormChecked).await.unwrap();
    let outcomes =
        join_all((0..HANDS).map(|_| async { director.approve_draft(&id, Vec::new()).await.map(drop) }));
    once("approve", outcomes.await);
    let mandate = director.unlock(&id).await.unwrap();
    let outcomes =
        join_all((0..HANDS).map(|_| async { director.sign_document(&id, &mandate).await.map(drop) }));
    once("sign", outcomes.await);
    let number = || AssignNumber { document_id: id.clone(), ..AssignNumber::default() };
    let outcomes = join_all((0..HANDS).map(|_| async { clerk.assign_number(number()).await.map(drop) }));
    once("number", outcomes.await);
    let mandate = clerk.unlock(&id).await.unwrap();
    let outcomes = join_all((0..HANDS).map(|_| async { clerk.seal_document(&id, &mandate).await.map(drop) }));
    once("seal", outcomes.await);
    let issue = || Issue { document_id: id.clone() };
    let outcomes = join_all((0..HANDS).map(|_| async { clerk.issue_document(issue()).await.map(drop) }));
    once("issue", outcomes.await);
    let record = officer.get(&id).await.unwrap();
    assert_eq!(unlawful(&record), Vec::<String>::new());
    let number = as_outgoing(&record).number.clone().unwrap();
    assert_eq!(number.ordinal, 1);
    assert_eq!(
        clerk.register(&number.series_id, number.year).await.unwrap().len(),
        1,
        "one number was drawn"
    );
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_begun_ends_when_the_caller_leaves() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let id = world.draft_letter("Người gọi bỏ đi", "").await.unwrap();
    let officer = world.desk("chuyenvien");
    // Everybody is logged in already: what is left in the middle is the act, not the log-in.
    for login in ["truongphong", "thethuc", "giamdoc", "vanthu"] {
        world.identity(login).await.unwrap();
    }
    // Every step is asked for and left at once; it ends all the same.
    loop {
        let before = officer.outgoing(&id).await.unwrap().status();
        match before {
            OutgoingStatus::Issued => break,
            // Keys are opened first: the caller leaves while it is signed.
            OutgoingStatus::Approved => {
                let mandate = world.desk("giamdoc").unlock(&id).await.unwrap();
                left(world.desk("giamdoc").sign_document(&id, &mandate)).await;
            }
            OutgoingStatus::Numbered => {
                let mandate = world.desk("vanthu").unlock(&id).await.unwrap();
                left(world.desk("vanthu").seal_document(&id, &mandate)).await;
            }
            _ => left(world.next_step(&id, before)).await,
        }
        let began = Instant::now();
        loop {
            let record = officer.get(&id).await.unwrap();
            assert_eq!(unlawful(&record), Vec::<String>::new());
            if as_outgoing(&record).status() != before {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{before:?} is not left");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    drop(office.closed().await);
}

/// Asks, waits until the call is under way, and leaves.
async fn left<T>(call: impl Future<Output = T>) {
    let mut call = Box::pin(call);
    // The first polls send the request; the answer takes longer.
    for _ in 0..3 {
        if futures_util::poll!(call.as_mut()).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// A document on paper with this note, to be received.
fn receive(note: &str) -> Command {
    let facts = proto::record::v1::DocumentFacts { note: note.to_owned(), ..unknown_facts() };
    let command = C::ReceiveIncoming(ReceiveIncoming {
        facts: Some(facts),
        channel: Channel::Paper.into(),
        ..ReceiveIncoming::default()
    });
    Command { command: Some(command) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_sent_again_gets_its_first_answer() {
    let office = OneProcess::staffed().await;
    let commit = async |office: &OneProcess, login: &str, command: Command| {
        let identity = office.world.identity(login).await.unwrap();
        let request = CommitRequest {
            request_id: "the-same-id".to_owned(),
            command: Some(command),
            expected_versions: Vec::new(),
        };
        let answer = office.world.peers.archive().commit(outgoing(&identity, request)).await;
        answer.map(tonic::Response::into_inner).map_err(|s| fault_of(&s))
    };
    let all = join_all((0..HANDS).map(|_| commit(&office, "vanthu", receive("một")))).await;
    let answers: Vec<_> = all.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|a| !a.repeated_answer).count(), 1, "one was recorded");
    assert!(answers.iter().all(|a| a.position == answers[0].position));
    // Other content, or another caller, under the same id is refused.
    assert!(commit(&office, "vanthu", receive("hai")).await.is_err());
    assert!(commit(&office, "giamdoc", receive("một")).await.is_err());
    // And after a restart it is known still.
    let office = office.reopened().await;
    let answer = commit(&office, "vanthu", receive("một")).await.unwrap();
    assert!(answer.repeated_answer && answer.position == answers[0].position);
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_shows_old_values_is_told_so() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let clerk = world.desk("vanthu");
    let id = world.receive_paper().await.unwrap();
    let said = facts("8", "Hai người cùng sửa", world.today());
    world.register(&id, said.clone()).await.unwrap();
    let shown = clerk.get(&id).await.unwrap().version;
    // Somebody else submits it meanwhile.
    let submit = SubmitIncoming {
        document_id: id.clone(),
        leader_id: world.member("giamdoc").person_id.clone(),
        note: String::new(),
    };
    let now = clerk.submit_incoming_document(submit).await.unwrap().position;
    let identity = clerk.identity().await.unwrap();
    let correct = |version: u64| proto::intake::v1::CorrectIncomingDocumentRequest {
        request_id: world.request_id(),
        command: Some(CorrectIncoming {
            document_id: id.clone(),
            facts: Some(proto::record::v1::DocumentFacts { note: "Đã sửa".to_owned(), ..said.clone() }),
            to_places: String::new(),
            reason: "Ghi thiếu".to_owned(),
        }),
        expected_versions: vec![ExpectedVersion { record_id: id.clone(), version }],
    };
    let mut intake = world.peers.intake();
    let status = intake.correct_incoming_document(outgoing(&identity, correct(shown))).await.unwrap_err();
    assert_eq!(fault_of(&status), Fault::Conflict { record_id: id.clone(), version: now });
    intake.correct_incoming_document(outgoing(&identity, correct(now))).await.unwrap();
    drop(office.closed().await);
}
