//! Many documents signed in one run, under one mandate: a result for each, and a run that broke off goes on.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use integration_tests::office::OneProcess;
use integration_tests::staff::KEY_PASSWORD;
use integration_tests::world::{World, reason};
use proto::fault::Fault;
use proto::record::v1::{OutgoingStatus, ReturnDraft};
use proto::routing::v1::sign_documents_response::Outcome;
use proto::routing::v1::{SignDocumentsRequest, SignDocumentsResponse};
use proto::rpc::{fault_of, outgoing};
use tokio_stream::StreamExt as _;

/// What came of a run, read to its end or for so many results only.
async fn run(
    world: &World,
    ids: &[String],
    mandate: &str,
    read: usize,
) -> Result<Vec<(String, String)>, Fault> {
    let identity = world.desk("giamdoc").identity().await?;
    let request = SignDocumentsRequest {
        request_id: "run-of-this-test".to_owned(),
        document_ids: ids.to_vec(),
        mandate: mandate.to_owned(),
    };
    let answer = world.peers.routing().sign_documents(outgoing(&identity, request)).await;
    let results = answer.map_err(|s| fault_of(&s))?.into_inner().take(read);
    let results: Vec<Result<SignDocumentsResponse, _>> = results.collect().await;
    let told = |one: SignDocumentsResponse| {
        let outcome = match one.outcome.unwrap() {
            Outcome::Receipt(receipt) => format!("signed {}", receipt.records.len()),
            Outcome::Already(_) => "already".to_owned(),
            Outcome::Refused(it) => it.reason,
        };
        (one.document_id, outcome)
    };
    Ok(results.into_iter().map(|one| told(one.unwrap())).collect())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_gives_a_result_for_each_document_and_goes_on_where_it_broke_off() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let director = world.desk("giamdoc");
    let mut ids = Vec::new();
    let mut digests = Vec::new();
    for n in 0..4 {
        let id = world.draft_letter(&format!("Loạt ký {n}"), "").await.unwrap();
        world.carry(&id, OutgoingStatus::Approved).await.unwrap();
        digests.push(director.outgoing(&id).await.unwrap().files[0].digest.clone());
        ids.push(id);
    }
    // The third is sent back after it was shown; the fourth was never shown.
    let back = ReturnDraft { document_id: ids[2].clone(), reason: "Sửa trích yếu".to_owned() };
    director.return_draft(back).await.unwrap();
    let mandate = director.unlock_for(digests[..3].to_vec(), KEY_PASSWORD).await.unwrap();

    // The caller goes away after the first result.
    let began = run(world, &ids[..2], &mandate, 1).await.unwrap();
    assert_eq!(began, [(ids[0].clone(), "signed 1".to_owned())]);
    // Asked again, it goes on; a failure of one does not stop the others.
    let order = [ids[0].clone(), ids[2].clone(), ids[3].clone(), ids[1].clone()];
    let went = run(world, &order, &mandate, 9).await.unwrap();
    let outcomes: Vec<&str> = went.iter().map(|(_, outcome)| outcome.as_str()).collect();
    assert_eq!(went.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), order, "in their order");
    assert_eq!(outcomes[0], "already");
    assert!(!["already", "signed 1"].contains(&outcomes[1]), "a draft again: {outcomes:?}");
    assert_eq!(outcomes[2], "MANDATE_DOES_NOT_NAME_FILE");
    assert!(["already", "signed 1"].contains(&outcomes[3]), "{outcomes:?}");
    let status = async |id: &str| director.outgoing(id).await.unwrap().status();
    assert_eq!(status(&ids[0]).await, OutgoingStatus::Signed);
    assert_eq!(status(&ids[1]).await, OutgoingStatus::Signed);
    assert_eq!(status(&ids[3]).await, OutgoingStatus::Approved);

    // One mandate, one certificate: what is signed is signed with it.
    for id in &ids[..2] {
        let report = director.outgoing(id).await.unwrap().signatures.unwrap();
        let certificate = world.member("giamdoc").certificate_id.clone();
        let Some(proto::record::v1::record::State::Certificate(it)) =
            director.get(&certificate).await.unwrap().state
        else {
            panic!("no certificate")
        };
        assert_eq!(report.signatures[0].certificate_sha256, it.sha256);
    }
    // A run is refused whole where it is none.
    let twice = [ids[0].clone(), ids[0].clone()];
    assert!(matches!(run(world, &twice, &mandate, 9).await, Err(Fault::Invalid(_))));
    assert_eq!(reason(&run(world, &[], &mandate, 9).await.unwrap_err()), "DOCUMENTS_COUNT");
}
