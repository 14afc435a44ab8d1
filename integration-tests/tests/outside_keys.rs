//! Keys that the server never sees: they prove themselves, certificates are enrolled, signatures are prepared, made
//! outside and completed.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use integration_tests::authority::{Holder, KeyKind};
use integration_tests::desk::made;
use integration_tests::issued::{judged_good_by_all, options};
use integration_tests::judge;
use integration_tests::office::OneProcess;
use integration_tests::paper::one_page;
use integration_tests::staff::AGENCY;
use integration_tests::world::{World, reason};
use openssl::hash::MessageDigest;
use openssl::sign::Signer;
use proto::archive::v1::{CommitResponse, ListName};
use proto::fault::Fault;
use proto::record::v1::event::Event;
use proto::record::v1::record::State;
use proto::record::v1::{FileRef, OutgoingStatus, ReturnDraft};
use proto::routing::v1::*;
use proto::rpc::{fault_of, outgoing};
use proto::signer::v1::*;
use signer::cms;
use signer::keys::SigningKey;
use signer::validate::validate;

/// How long a challenge and a preparation are good, in milliseconds.
const LIFE_MS: i64 = 15 * 60 * 1_000;

fn certificates(world: &World, holder: &Holder) -> Vec<u8> {
    [holder.certificate.to_pem().unwrap(), world.authority.pem()].concat()
}

async fn challenged(world: &World, by: &str, person_id: &str, holder: &Holder) -> Result<Preparation, Fault> {
    let identity = world.desk(by).identity().await?;
    let request = ChallengeOutsideKeyRequest {
        person_id: person_id.to_owned(),
        certificates: certificates(world, holder),
    };
    let answer = world.peers.signer().challenge_outside_key(outgoing(&identity, request)).await;
    Ok(answer.map_err(|s| fault_of(&s))?.into_inner().challenge.unwrap())
}

async fn proved(
    world: &World,
    by: &str,
    person_id: &str,
    holder: &Holder,
    (state, answer): (Vec<u8>, Vec<u8>),
) -> Result<String, Fault> {
    let identity = world.desk(by).identity().await?;
    let request = EnrolOutsideKeyRequest {
        request_id: world.request_id(),
        person_id: person_id.to_owned(),
        certificates: certificates(world, holder),
        image_png: Vec::new(),
        state,
        answer,
    };
    let answer = world.peers.signer().enrol_outside_key(outgoing(&identity, request)).await;
    Ok(made(&answer.map_err(|s| fault_of(&s))?.into_inner().receipt.unwrap(), "crt_"))
}

async fn enrolled(world: &World, by: &str, person_id: &str, holder: &Holder) -> Result<String, Fault> {
    let challenge = challenged(world, by, person_id, holder).await?;
    let answer = signed(holder, &challenge);
    proved(world, by, person_id, holder, (challenge.state, answer)).await
}

/// What the owner's device makes of it.
fn signed(holder: &Holder, preparation: &Preparation) -> Vec<u8> {
    assert_eq!(preparation.digest_algorithm, "SHA-256");
    let mut signer = Signer::new(MessageDigest::sha256(), &holder.key).unwrap();
    signer.sign_oneshot_to_vec(&preparation.to_be_signed).unwrap()
}

/// What an agent makes of it: a finished message over the digest of the document.
fn message(holder: &Holder, preparation: &Preparation) -> Vec<u8> {
    let key = SigningKey::new(holder.key.clone(), holder.certificate.clone(), Vec::new()).unwrap();
    let digest: [u8; 32] = preparation.document_digest.clone().try_into().unwrap();
    cms::sign_detached(&key, &digest).unwrap()
}

async fn prepare_signing(
    world: &World,
    login: &str,
    id: &str,
    certificate_id: &str,
) -> Result<PreparedFile, Fault> {
    let identity = world.desk(login).identity().await?;
    let request = PrepareSigningRequest {
        request_id: world.request_id(),
        document_id: id.to_owned(),
        certificate_id: certificate_id.to_owned(),
    };
    let answer = world.peers.routing().prepare_signing(outgoing(&identity, request)).await;
    Ok(answer.map_err(|s| fault_of(&s))?.into_inner().file.unwrap())
}

fn answered(file: &PreparedFile, answer: Vec<u8>) -> AnsweredFile {
    let state = file.preparation.as_ref().unwrap().state.clone();
    AnsweredFile { digest: file.digest.clone(), state, answer }
}

async fn complete_signing(
    world: &World,
    login: &str,
    id: &str,
    file: AnsweredFile,
) -> Result<CommitResponse, Fault> {
    let identity = world.desk(login).identity().await?;
    let request = CompleteSigningRequest {
        request_id: world.request_id(),
        document_id: id.to_owned(),
        file: Some(file),
    };
    let answer = world.peers.routing().complete_signing(outgoing(&identity, request)).await;
    Ok(answer.map_err(|s| fault_of(&s))?.into_inner().receipt.unwrap())
}

async fn prepare_sealing(world: &World, id: &str, certificate_id: &str) -> Result<Vec<PreparedFile>, Fault> {
    let identity = world.desk("vanthu").identity().await?;
    let request =
        PrepareSealingRequest { document_id: id.to_owned(), certificate_id: certificate_id.to_owned() };
    let answer = world.peers.routing().prepare_sealing(outgoing(&identity, request)).await;
    Ok(answer.map_err(|s| fault_of(&s))?.into_inner().files)
}

async fn complete_sealing(
    world: &World,
    id: &str,
    files: Vec<AnsweredFile>,
) -> Result<CommitResponse, Fault> {
    let identity = world.desk("vanthu").identity().await?;
    let request =
        CompleteSealingRequest { request_id: world.request_id(), document_id: id.to_owned(), files };
    let answer = world.peers.routing().complete_sealing(outgoing(&identity, request)).await;
    Ok(answer.map_err(|s| fault_of(&s))?.into_inner().receipt.unwrap())
}

async fn status(world: &World, id: &str) -> OutgoingStatus {
    world.desk("chuyenvien").outgoing(id).await.unwrap().status()
}

/// What was recorded of a document last.
async fn newest(world: &World, id: &str) -> Event {
    let mut history = world.desk("vanthu").history(id).await.unwrap();
    history.pop().unwrap().events.pop().unwrap().event.unwrap()
}

/// A letter, with files attached.
async fn drafted(world: &World, subject: &str, attached: Vec<FileRef>) -> String {
    let draft = world.draft(subject, "", attached);
    let receipt = world.desk("chuyenvien").create_draft(draft, Some(world.letter(subject))).await.unwrap();
    made(&receipt, "out_")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_bound_only_when_its_key_has_answered_a_challenge() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let director = world.member("giamdoc").person_id.clone();
    let deputy = world.member("phogiamdoc").person_id.clone();
    let own = world.authority.issue("Nguyễn Văn An", KeyKind::P256);
    let stranger = world.authority.issue("Người khác", KeyKind::P256);
    let listed = async || world.desk("giamdoc").list(ListName::Certificates).await.unwrap().len();
    let before = listed().await;

    let challenge = challenged(world, "giamdoc", &director, &own).await.unwrap();
    let state = challenge.state.clone();
    let right = signed(&own, &challenge);
    let prove = async |by: &str, owner: &str, holder: &Holder, state: &[u8], answer: &[u8]| {
        reason(&proved(world, by, owner, holder, (state.to_vec(), answer.to_vec())).await.unwrap_err())
    };
    // The certificate is in every signed file: it binds nothing without its key.
    assert_eq!(prove("giamdoc", &director, &own, &state, &[]).await, "KEY_NOT_PROVEN");
    assert_eq!(prove("giamdoc", &director, &own, &state, b"nonsense").await, "KEY_NOT_PROVEN");
    let strange = signed(&stranger, &challenge);
    assert_eq!(prove("giamdoc", &director, &own, &state, &strange).await, "KEY_NOT_PROVEN");
    let strange = message(&stranger, &challenge);
    assert_eq!(prove("giamdoc", &director, &own, &state, &strange).await, "KEY_NOT_PROVEN");
    // A challenge is for one caller, one owner and one certificate.
    for (by, owner, holder) in [
        ("quantri", &director, &own),
        ("giamdoc", &deputy, &own),
        ("giamdoc", &director, &stranger),
        ("giamdoc", &String::new(), &own),
    ] {
        assert_eq!(prove(by, owner, holder, &state, &right).await, "CHALLENGE_OF_ANOTHER");
    }
    for state in [&[][..], b"none", &state[1..]] {
        assert_eq!(prove("giamdoc", &director, &own, state, &right).await, "CHALLENGE_OF_ANOTHER");
    }
    // The answer to one challenge is none to the next.
    let second = challenged(world, "giamdoc", &director, &own).await.unwrap();
    assert_ne!(second.document_digest, challenge.document_digest);
    assert_eq!(prove("giamdoc", &director, &own, &second.state, &right).await, "KEY_NOT_PROVEN");
    // Who proves a key for somebody else is still nobody to enrol it.
    let others = challenged(world, "giamdoc", &deputy, &own).await.unwrap();
    let answer = signed(&own, &others);
    assert_eq!(prove("giamdoc", &deputy, &own, &others.state, &answer).await, "NOT_YOURS");
    office.clock.set(office.clock.now() + LIFE_MS);
    assert_eq!(prove("giamdoc", &director, &own, &state, &right).await, "CHALLENGE_EXPIRED");
    assert_eq!(listed().await, before, "nothing was bound");

    let last = challenged(world, "giamdoc", &director, &own).await.unwrap();
    let answer = message(&own, &last);
    let id = proved(world, "giamdoc", &director, &own, (last.state, answer)).await.unwrap();
    let Some(State::Certificate(bound)) = world.desk("giamdoc").get(&id).await.unwrap().state else {
        panic!("no certificate")
    };
    assert!(bound.outside && !bound.seal && bound.person_id == director);
    assert_eq!(listed().await, before + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leader_and_a_clerk_sign_with_keys_that_stay_outside() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let leader = world.authority.issue("Nguyễn Văn An", KeyKind::P256);
    let director = world.member("giamdoc").person_id.clone();
    let certificate_id = enrolled(world, "giamdoc", &director, &leader).await.unwrap();
    let agency = world.authority.issue(AGENCY, KeyKind::Rsa);
    let seal_id = enrolled(world, "quantri", "", &agency).await.unwrap();

    let attachment = one_page("Phu luc: bieu mau thong ke");
    let officer = world.desk("chuyenvien");
    let files = vec![
        officer.put("phu-luc.pdf", attachment.clone()).await.unwrap(),
        officer.put("so-lieu.csv", b"don vi,so luong\nVP,12\n".to_vec()).await.unwrap(),
    ];
    let id = drafted(world, "Khóa ở ngoài", files).await;
    world.carry(&id, OutgoingStatus::FormChecked).await.unwrap();
    let early = prepare_signing(world, "giamdoc", &id, &certificate_id).await.unwrap_err();
    assert_ne!(reason(&early), "KEY_NOT_YOURS", "it is not approved yet: {early}");
    world.carry(&id, OutgoingStatus::Approved).await.unwrap();

    // Another's desk, another's key, and a key that the server keeps.
    let refused = prepare_signing(world, "phogiamdoc", &id, &certificate_id).await.unwrap_err();
    assert!(matches!(refused, Fault::Denied { .. } | Fault::Unknown { .. }), "{refused}");
    let inside = world.member("giamdoc").certificate_id.clone();
    let refused = prepare_signing(world, "giamdoc", &id, &inside).await.unwrap_err();
    assert_eq!(reason(&refused), "KEY_NOT_OUTSIDE");
    let refused = prepare_signing(world, "giamdoc", &id, &seal_id).await.unwrap_err();
    assert_eq!(reason(&refused), "KEY_NOT_YOURS");

    let prepared = prepare_signing(world, "giamdoc", &id, &certificate_id).await.unwrap();
    let preparation = prepared.preparation.clone().unwrap();
    // The office is closed and opened in between: the preparation holds.
    let office = office.reopened().await;
    let world = &office.world;
    let refused = async |answer: Vec<u8>| {
        reason(&complete_signing(world, "giamdoc", &id, answered(&prepared, answer)).await.unwrap_err())
    };
    let stranger = world.authority.issue("Người khác", KeyKind::P256);
    assert_eq!(refused(signed(&stranger, &preparation)).await, "ANSWER_SIGNATURE_WRONG");
    assert_eq!(refused(b"nonsense".to_vec()).await, "ANSWER_UNREADABLE");
    assert_eq!(refused(message(&stranger, &preparation)).await, "ANSWER_OTHER_CERTIFICATE");
    let document = world.desk("giamdoc").outgoing(&id).await.unwrap();
    let failure = document.signing_failure.clone().unwrap();
    assert_eq!(failure.reason, "ANSWER_OTHER_CERTIFICATE", "the last failure is kept with the document");
    let right = answered(&prepared, signed(&leader, &preparation));
    let other_file = AnsweredFile { digest: "0".repeat(64), ..right.clone() };
    let wrong = complete_signing(world, "giamdoc", &id, other_file).await.unwrap_err();
    assert_eq!(reason(&wrong), "PREPARED_FILES_CHANGED");
    let other_state = AnsweredFile { state: right.state[1..].to_vec(), ..right.clone() };
    let wrong = complete_signing(world, "giamdoc", &id, other_state).await.unwrap_err();
    assert_eq!(reason(&wrong), "STATE_DAMAGED");
    assert_eq!(status(world, &id).await, OutgoingStatus::Approved);
    complete_signing(world, "giamdoc", &id, right.clone()).await.unwrap();
    assert!(matches!(newest(world, &id).await, Event::Signed(it) if it.certificate_id == certificate_id));
    assert_eq!(status(world, &id).await, OutgoingStatus::Signed);
    // Twice is once.
    assert!(complete_signing(world, "giamdoc", &id, right).await.is_err());

    // The seal, over the document and what is attached.
    let early = prepare_sealing(world, &id, &seal_id).await.unwrap_err();
    assert!(matches!(early, Fault::Refused { .. }), "it has no number yet: {early}");
    world.carry(&id, OutgoingStatus::Numbered).await.unwrap();
    let files = prepare_sealing(world, &id, &seal_id).await.unwrap();
    assert_eq!(files.iter().map(|f| f.name.ends_with(".pdf")).collect::<Vec<_>>(), [true, true]);
    let answers: Vec<AnsweredFile> = files
        .iter()
        .map(|file| answered(file, message(&agency, file.preparation.as_ref().unwrap())))
        .collect();
    let mut wrong = answers.clone();
    wrong[1].answer = signed(&agency, files[0].preparation.as_ref().unwrap());
    let refused = complete_sealing(world, &id, wrong).await.unwrap_err();
    assert_eq!(reason(&refused), "ANSWER_SIGNATURE_WRONG", "of one attachment");
    let refused = complete_sealing(world, &id, answers[..1].to_vec()).await.unwrap_err();
    assert_eq!(reason(&refused), "PREPARED_FILES_CHANGED");
    assert_eq!(status(world, &id).await, OutgoingStatus::Numbered, "nothing is half sealed");
    complete_sealing(world, &id, answers).await.unwrap();
    assert!(matches!(newest(world, &id).await, Event::Sealed(it) if it.certificate_id == seal_id));
    world.carry(&id, OutgoingStatus::Issued).await.unwrap();

    let clerk = world.desk("vanthu");
    let issued = clerk.outgoing(&id).await.unwrap();
    assert_eq!(issued.files.len(), 3);
    let main = clerk.file(&issued.files[0].digest, &id).await.unwrap();
    judged_good_by_all("a_leader_and_a_clerk_sign_with_keys_that_stay_outside", world, &main);
    let sealed = clerk.file(&issued.files[1].digest, &id).await.unwrap();
    assert!(sealed.starts_with(&attachment));
    let report = validate(sealed.clone(), &options(world));
    assert_eq!((report.verdict.name(), report.signatures.len()), ("valid", 1), "{report:?}");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("phu-luc.pdf");
    std::fs::write(&path, &sealed).unwrap();
    if let Some(signatures) = judge::pdfsig(&path) {
        assert!(signatures.len() == 1 && signatures[0].valid && signatures[0].total, "{signatures:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_prepared_is_not_completed_too_late_nor_for_a_draft_that_has_changed() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let leader = world.authority.issue("Nguyễn Văn An", KeyKind::P256);
    let director = world.member("giamdoc").person_id.clone();
    let certificate_id = enrolled(world, "giamdoc", &director, &leader).await.unwrap();
    let id = drafted(world, "Đã thay đổi", Vec::new()).await;
    world.carry(&id, OutgoingStatus::Approved).await.unwrap();
    let prepared = prepare_signing(world, "giamdoc", &id, &certificate_id).await.unwrap();
    let answer = answered(&prepared, signed(&leader, prepared.preparation.as_ref().unwrap()));

    // Another document of the same signer has another file.
    let other = drafted(world, "Văn bản khác", Vec::new()).await;
    world.carry(&other, OutgoingStatus::Approved).await.unwrap();
    let wrong = complete_signing(world, "giamdoc", &other, answer.clone()).await.unwrap_err();
    assert_eq!(reason(&wrong), "PREPARED_FILES_CHANGED");

    // Sent back, written anew, approved again: what was signed is not what stands there now.
    let back = ReturnDraft { document_id: id.clone(), reason: "Sửa trích yếu".to_owned() };
    world.desk("giamdoc").return_draft(back).await.unwrap();
    let wrong = complete_signing(world, "giamdoc", &id, answer.clone()).await.unwrap_err();
    assert!(matches!(wrong, Fault::Refused { .. }), "it is a draft again: {wrong}");
    let pdf = world.desk("chuyenvien").render_letter(world.letter("Đã viết lại")).await.unwrap().pdf;
    let file = world.desk("chuyenvien").put("cong-van.pdf", pdf).await.unwrap();
    let draft = world.draft("Đã viết lại", "", vec![file]);
    world.desk("chuyenvien").revise_draft(&id, draft).await.unwrap();
    if judge::run("pdftotext", ["-v"]).is_none() {
        integration_tests::skip::skipped("what_was_prepared", "pdftotext is not installed");
        return;
    }
    world.carry(&id, OutgoingStatus::Approved).await.unwrap();
    let wrong = complete_signing(world, "giamdoc", &id, answer).await.unwrap_err();
    assert_eq!(reason(&wrong), "PREPARED_FILES_CHANGED");

    // Too late; and a certificate that was withdrawn in between.
    let prepared = prepare_signing(world, "giamdoc", &id, &certificate_id).await.unwrap();
    let answer = answered(&prepared, signed(&leader, prepared.preparation.as_ref().unwrap()));
    office.clock.set(office.clock.now() + LIFE_MS);
    let late = complete_signing(world, "giamdoc", &id, answer).await.unwrap_err();
    assert_eq!(reason(&late), "STATE_EXPIRED");
    let document = world.desk("giamdoc").outgoing(&id).await.unwrap();
    assert!(document.signing_failure.is_none(), "who comes too late has not failed: {document:?}");
    let prepared = prepare_signing(world, "giamdoc", &id, &certificate_id).await.unwrap();
    let answer = answered(&prepared, message(&leader, prepared.preparation.as_ref().unwrap()));
    complete_signing(world, "giamdoc", &id, answer).await.unwrap();
    assert_eq!(status(world, &id).await, OutgoingStatus::Signed);
}
