//! In whose name a document is signed (NĐ 30/2020 Điều 13): in the head's place, by authorization, and not outside them.

use integration_tests::authority::KeyKind;
use integration_tests::desk::made;
use integration_tests::judge;
use integration_tests::letter;
use integration_tests::office::OneProcess;
use integration_tests::outgoing::NOTATION;
use integration_tests::paper::ink;
use integration_tests::skip::skipped;
use integration_tests::staff::{ADMINISTRATOR, KEY_PASSWORD};
use integration_tests::world::{World, reason};
use proto::directory::v1::EndDelegationRequest;
use proto::fault::Fault;
use proto::record::v1::{CreateDraft, Delegate, Delegation, EndDelegation, OutgoingStatus, SigningCapacity};
use proto::rpc::outgoing;

/// A draft that somebody is to sign in a capacity.
async fn drafted(
    world: &World,
    signer: &str,
    capacity: SigningCapacity,
    lines: &[&str],
    delegation_id: &str,
) -> Result<String, Fault> {
    let member = world.member(signer);
    let subject = format!("Ký thay, ký ủy quyền: {signer}");
    let draft = CreateDraft {
        signer_id: member.person_id.clone(),
        signer_position_id: member.position_id.clone(),
        capacity: capacity.into(),
        delegation_id: delegation_id.to_owned(),
        ..world.draft(&subject, "", Vec::new())
    };
    let block = (member.name.as_str(), lines, member.title.as_str());
    let letter = letter::drafted(&subject, world.time.now(), NOTATION, &subject, block);
    let receipt = world.desk("chuyenvien").create_draft(draft, Some(letter)).await?;
    Ok(made(&receipt, "out_"))
}

async fn sign(world: &World, signer: &str, id: &str) -> Result<(), Fault> {
    let desk = world.desk(signer);
    let mandate = desk.unlock(id).await?;
    desk.sign_document(id, &mandate).await.map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deputy_signs_in_the_heads_place() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let id = drafted(world, "phogiamdoc", SigningCapacity::ForHead, &["KT. Giám đốc"], "").await.unwrap();
    world.carry(&id, OutgoingStatus::FormChecked).await.unwrap();
    let by_the_head = world.desk("giamdoc").approve_draft(&id, Vec::new()).await.unwrap_err();
    assert!(
        matches!(by_the_head, Fault::Unknown { .. } | Fault::Denied { .. }),
        "not even the head: {by_the_head}"
    );
    world.desk("phogiamdoc").approve_draft(&id, Vec::new()).await.unwrap();
    sign(world, "phogiamdoc", &id).await.unwrap();
    world.carry(&id, OutgoingStatus::Issued).await.unwrap();

    let clerk = world.desk("vanthu");
    let issued = clerk.outgoing(&id).await.unwrap();
    let facts = issued.facts.unwrap();
    let signer = facts.signer.unwrap();
    assert_eq!((signer.position.as_str(), signer.full_name.as_str()), ("Phó Giám đốc", "Trần Thị Bình"));
    // A key on P-256 and a seal with RSA in one file.
    let dir = tempfile::tempdir().unwrap();
    let (path, root) = (dir.path().join("kt.pdf"), dir.path().join("ca.pem"));
    let bytes = clerk.file(&issued.files[0].digest, &id).await.unwrap();
    std::fs::write(&path, &bytes).unwrap();
    std::fs::write(&root, world.authority.pem()).unwrap();
    match judge::pdfsig(&path) {
        None => skipped("a_deputy_signs_in_the_heads_place", "pdfsig is not installed"),
        Some(signatures) => {
            assert!(signatures.len() == 2 && signatures.iter().all(|s| s.valid), "{signatures:?}");
        }
    }
    match judge::openssl(&bytes, &root, dir.path()) {
        None => skipped("a_deputy_signs_in_the_heads_place", "openssl is not installed"),
        Some(verdicts) => assert_eq!(verdicts, [true, true]),
    }
    match judge::pyhanko(&path, &root) {
        None => skipped("a_deputy_signs_in_the_heads_place", "pyHanko is not installed"),
        Some(signatures) => assert!(signatures.iter().all(|s| s.good && s.permitted), "{signatures:?}"),
    }
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_signs_outside_their_capacity() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    for (signer, capacity, expected) in [
        ("chuyenvien", SigningCapacity::Head, "CAPACITY_NOT_GIVEN"),
        ("phogiamdoc", SigningCapacity::Head, "CAPACITY_NOT_GIVEN"),
        ("giamdoc", SigningCapacity::OnBehalf, "CAPACITY_NOT_GIVEN"),
        ("truongphong", SigningCapacity::ForHead, "CAPACITY_NOT_GIVEN"),
        ("truongphong", SigningCapacity::Unspecified, "UNKNOWN_CHOICE"),
    ] {
        let fault = drafted(world, signer, capacity, &["KT. Giám đốc"], "").await.unwrap_err();
        let lawful = [expected, "REQUIRED"];
        assert!(lawful.contains(&reason(&fault)), "{signer} {capacity:?}: {fault}");
    }
    // By authorization only with a delegation that names it.
    let none = drafted(world, "truongphong", SigningCapacity::ByAuthorization, &["TUQ. Giám đốc"], "").await;
    assert!(none.is_err(), "{none:?}");
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delegation_carries_a_signature_until_it_ends() {
    let mut office = OneProcess::staffed().await;
    // Who is authorized brings a key of their own.
    let holder = office.world.authority.issue("Hoàng Minh Đạt", KeyKind::P256);
    let p12 = office.world.authority.pkcs12(&holder, KEY_PASSWORD);
    let head = office.world.member("truongphong").person_id.clone();
    let receipt =
        office.world.desk("truongphong").enrol_key(&head, p12.clone(), ink([0, 0, 96])).await.unwrap();
    let of_another = office.world.desk("chuyenvien").enrol_key(&head, p12, Vec::new()).await.unwrap_err();
    assert_eq!(reason(&of_another), "NOT_YOURS");
    office.world.people.get_mut("truongphong").unwrap().certificate_id = made(&receipt, "crt_");
    let world = &office.world;
    let administrator = world.desk(ADMINISTRATOR);
    let delegation = Delegation {
        from_position_id: world.member("giamdoc").position_id.clone(),
        to_position_id: world.member("truongphong").position_id.clone(),
        basis: "Quyết định số 12/QĐ-SNV ngày 20 tháng 5 năm 2026".to_owned(),
        scope: "Ký văn bản hướng dẫn nghiệp vụ".to_owned(),
        valid_from: Some(world.today()),
        valid_to: Some(domain::calendar::add_days(world.today(), 30)),
        ended: false,
    };
    let receipt = administrator.delegate(Delegate { delegation: Some(delegation) }).await.unwrap();
    let delegation_id = made(&receipt, "del_");
    let draft = async |world: &World| {
        let lines = ["TUQ. Giám đốc"];
        let by = SigningCapacity::ByAuthorization;
        let id = drafted(world, "truongphong", by, &lines, &delegation_id).await.unwrap();
        world.carry(&id, OutgoingStatus::FormChecked).await.unwrap();
        world.desk("truongphong").approve_draft(&id, Vec::new()).await.unwrap();
        id
    };
    let (first, second) = (draft(world).await, draft(world).await);
    sign(world, "truongphong", &first).await.unwrap();
    world.carry(&first, OutgoingStatus::Issued).await.unwrap();
    // Ended between approval and signature: the second is not signed.
    let identity = administrator.identity().await.unwrap();
    let request = EndDelegationRequest {
        request_id: world.request_id(),
        command: Some(EndDelegation {
            delegation_id: delegation_id.clone(), reason: "Hết việc".to_owned()
        }),
        ..EndDelegationRequest::default()
    };
    world.peers.directory().end_delegation(outgoing(&identity, request)).await.unwrap();
    let fault = sign(world, "truongphong", &second).await.unwrap_err();
    assert_eq!(reason(&fault), "CAPACITY_DELEGATION_NOT_IN_FORCE");
    let waiting = world.desk("chuyenvien").outgoing(&second).await.unwrap();
    assert_eq!((waiting.status(), waiting.signed_at), (OutgoingStatus::Approved, None));
    // What was signed while it was in force stands.
    let stands = world.desk("vanthu").outgoing(&first).await.unwrap();
    assert_eq!(stands.status(), OutgoingStatus::Issued);
    drop(office.closed().await);
}
