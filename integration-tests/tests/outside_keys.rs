//! Keys that the server never sees: certificates are enrolled, signatures prepared, made outside and completed.

use integration_tests::authority::{Holder, KeyKind};
use integration_tests::desk::made;
use integration_tests::office::OneProcess;
use integration_tests::world::{World, reason};
use openssl::hash::MessageDigest;
use openssl::sign::Signer;
use proto::fault::Fault;
use proto::record::v1::{OutgoingStatus, Verdict};
use proto::rpc::{fault_of, outgoing};
use proto::signer::v1::*;

async fn enrolled(world: &World, by: &str, person_id: &str, holder: &Holder) -> Result<String, Fault> {
    let identity = world.desk(by).identity().await?;
    let certificates = [holder.certificate.to_pem().expect("PEM"), world.authority.pem()].concat();
    let request = EnrolOutsideKeyRequest {
        request_id: world.request_id(),
        person_id: person_id.to_owned(),
        certificates,
        image_png: Vec::new(),
    };
    let answer = world.peers.signer().enrol_outside_key(outgoing(&identity, request)).await;
    let receipt = answer.map_err(|s| fault_of(&s))?.into_inner().receipt;
    Ok(made(&receipt.expect("a receipt"), "crt_"))
}

/// What the owner's device makes of it.
fn signed(holder: &Holder, preparation: &Preparation) -> Vec<u8> {
    assert_eq!(preparation.digest_algorithm, "SHA-256");
    let mut signer = Signer::new(MessageDigest::sha256(), &holder.key).expect("a signer");
    signer.sign_oneshot_to_vec(&preparation.to_be_signed).expect("it signs")
}

/// The record and the file that are to be signed.
async fn paper(world: &World, login: &str, id: &str) -> (String, String) {
    let document = world.desk(login).outgoing(id).await.expect("it is there");
    (id.to_owned(), document.files[0].digest.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_and_a_clerk_sign_with_keys_that_stay_outside() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let leader = world.authority.issue("Nguyễn Văn An", KeyKind::P256);
    let director = world.member("giamdoc").person_id.clone();
    let certificate_id = enrolled(world, "giamdoc", &director, &leader).await.unwrap();

    let id = world.draft_letter("Khóa ở ngoài", "").await.unwrap();
    world.carry(&id, OutgoingStatus::Approved).await.unwrap();
    let (record_id, digest) = paper(world, "giamdoc", &id).await;
    let prepare = async |login: &str| {
        let identity = world.desk(login).identity().await?;
        let request = PreparePersonRequest {
            record_id: record_id.clone(),
            digest: digest.clone(),
            certificate_id: certificate_id.clone(),
        };
        let answer = world.peers.signer().prepare_person(outgoing(&identity, request)).await;
        Ok(answer.map_err(|s| fault_of(&s))?.into_inner().preparation.expect("a preparation"))
    };
    let complete = async |login: &str, digest: &str, state: Vec<u8>, answer: Vec<u8>| {
        let identity = world.desk(login).identity().await?;
        let request =
            CompletePersonRequest { record_id: record_id.clone(), digest: digest.to_owned(), state, answer };
        let answer = world.peers.signer().complete_person(outgoing(&identity, request)).await;
        Ok::<_, Fault>(answer.map_err(|s| fault_of(&s))?.into_inner())
    };
    let refused: Result<Preparation, Fault> = prepare("phogiamdoc").await;
    assert_eq!(reason(&refused.unwrap_err()), "KEY_NOT_YOURS");

    let preparation: Preparation = prepare("giamdoc").await.unwrap();
    let answer = signed(&leader, &preparation);
    let state = preparation.state.clone();
    let stranger = world.authority.issue("Người khác", KeyKind::P256);
    let strange = signed(&stranger, &preparation);
    let wrong = complete("giamdoc", &digest, state.clone(), strange).await.unwrap_err();
    assert_eq!(reason(&wrong), "ANSWER_SIGNATURE_WRONG");
    let wrong = complete("giamdoc", &digest, state.clone(), b"nonsense".to_vec()).await.unwrap_err();
    assert_eq!(reason(&wrong), "ANSWER_UNREADABLE");
    let wrong = complete("phogiamdoc", &digest, state.clone(), answer.clone()).await.unwrap_err();
    assert_eq!(reason(&wrong), "STATE_DAMAGED", "the state is the director's");
    let wrong = complete("giamdoc", &"0".repeat(64), state.clone(), answer.clone()).await.unwrap_err();
    assert_eq!(reason(&wrong), "STATE_DAMAGED", "the state is that file's");
    let done = complete("giamdoc", &digest, state, answer).await.unwrap();
    assert_eq!(done.certificate_id, certificate_id);
    assert!(done.signed.unwrap().size > 0);
    let report = done.report.unwrap();
    assert_eq!(report.signatures.len(), 1);
    assert_ne!(report.signatures[0].verdict(), Verdict::Invalid);

    // The seal, on the way that the law prescribes.
    let agency = world.authority.issue("Sở Nội vụ", KeyKind::Rsa);
    let seal_id = enrolled(world, "quantri", "", &agency).await.unwrap();
    world.carry(&id, OutgoingStatus::Numbered).await.unwrap();
    let (record_id, digest) = paper(world, "vanthu", &id).await;
    let identity = world.desk("vanthu").identity().await.unwrap();
    let request = PrepareSealRequest {
        record_id: record_id.clone(),
        digest: digest.clone(),
        certificate_id: seal_id.clone(),
        number_text: "15".to_owned(),
        date_text: "ngày 26 tháng 5 năm 2026".to_owned(),
    };
    let prepared = world.peers.signer().prepare_seal(outgoing(&identity, request)).await.unwrap();
    let preparation = prepared.into_inner().preparation.unwrap();
    let request = CompleteSealRequest {
        record_id,
        digest,
        state: preparation.state.clone(),
        answer: signed(&agency, &preparation),
    };
    let done = world.peers.signer().complete_seal(outgoing(&identity, request)).await.unwrap().into_inner();
    assert_eq!(done.certificate_id, seal_id);
    let report = done.report.unwrap();
    assert_eq!(report.signatures.len(), 2);
    assert!(report.signatures.iter().all(|one| one.verdict() != Verdict::Invalid), "{report:?}");
}
