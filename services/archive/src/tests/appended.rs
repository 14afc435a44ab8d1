//! What is signed and sealed begins with what was there before, whoever says so.

use domain::calendar::timestamp;
use domain::reasons::FILE_NOT_APPENDED;
use proto::archive::v1::AppendFileRequest;
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::*;
use proto::rpc::fault_of;

use super::files::{file_ref, put};
use super::office::{DAY_MS, MORNING_MS, Office, id_of};

const DRAFT: &[u8] = b"%PDF-1.7 decision";
const FIELDS: &[u8] = b"%PDF-1.7 decision, four fields";
const ATTACHMENT: &[u8] = b"%PDF-1.7 attachment";

/// A document with an attachment that waits to be signed by the leader: its id.
async fn approved(office: &Office) -> String {
    let mut draft = CreateDraft {
        facts: Some(DocumentFacts {
            kind: DocumentKind::Decision.into(),
            subject: "Về việc kiện toàn Tổ công tác".to_owned(),
            urgency: Urgency::Normal.into(),
            marking: SecurityMarking::None.into(),
            ..DocumentFacts::default()
        }),
        signer_id: office.leader.person_id.clone(),
        signer_position_id: office.leader.position_id.clone(),
        capacity: SigningCapacity::Head.into(),
        copies: 3,
        ..CreateDraft::default()
    };
    for bytes in [DRAFT, ATTACHMENT] {
        draft.files.push(file_ref(&put(office, &office.officer, bytes).await.unwrap(), bytes.len()));
    }
    let made = office.commit(&office.officer, C::CreateDraft(draft)).await.unwrap();
    let document_id = id_of(&made.records, "out_");
    let note = String::new();
    let submit = SubmitDraft { document_id: document_id.clone(), note: note.clone() };
    office.commit(&office.officer, C::SubmitDraft(submit)).await.unwrap();
    let review = ReviewContent { document_id: document_id.clone(), note: note.clone() };
    let head = office.employ("truongphong", &office.officer.unit_id, Role::HeadOfUnit).await;
    office.commit(&head, C::ReviewContent(review)).await.unwrap();
    let check = CheckForm { document_id: document_id.clone(), note: note.clone() };
    let checker = office.employ("thethuc", &office.officer.unit_id, Role::FormChecker).await;
    office.commit(&checker, C::CheckForm(check)).await.unwrap();
    let prepared = put(office, &office.leader, FIELDS).await.unwrap();
    let names = [FieldName::Number, FieldName::Date, FieldName::Signer, FieldName::Seal];
    let place = |name: FieldName| FieldPlace {
        name: name.into(),
        page: 1,
        x: 10_000,
        y: 20_000,
        width: 9_000,
        height: 2_000,
        ..FieldPlace::default()
    };
    let approve = ApproveDraft {
        document_id: document_id.clone(),
        prepared: Some(file_ref(&prepared, FIELDS.len())),
        places: names.into_iter().map(place).collect(),
        note,
    };
    office.commit(&office.leader, C::ApproveDraft(approve)).await.unwrap();
    document_id
}

async fn certificate(office: &Office, person_id: &str, sha256: &str) -> String {
    let certificate = Certificate {
        person_id: person_id.to_owned(),
        subject: "CN=Nguyễn Văn A".to_owned(),
        issuer: "CN=CA".to_owned(),
        serial: sha256[..16].to_owned(),
        sha256: sha256.to_owned(),
        valid_from: Some(timestamp(MORNING_MS - DAY_MS)),
        valid_to: Some(timestamp(MORNING_MS + 300 * DAY_MS)),
        seal: person_id.is_empty(),
        ..Certificate::default()
    };
    let enrol = C::EnrolCertificate(EnrolCertificate { certificate: Some(certificate) });
    id_of(&office.commit(&office.administrator, enrol).await.unwrap().records, "crt_")
}

fn report(certificate_sha256: &str) -> Option<SignatureReport> {
    let signature = SignatureResult {
        verdict: Verdict::Valid.into(),
        certificate_sha256: certificate_sha256.to_owned(),
        intact: true,
        covers: Coverage::WholeFile.into(),
        ..SignatureResult::default()
    };
    let verdict = Verdict::Valid.into();
    Some(SignatureReport { verdict, signatures: vec![signature], ..SignatureReport::default() })
}

async fn document(office: &Office, id: &str) -> OutgoingDocument {
    let Some(State::Outgoing(document)) = office.get(&office.clerk, id).await.unwrap().state else {
        panic!("no document")
    };
    document
}

fn refused(answer: &Result<proto::archive::v1::CommitResponse, Fault>) -> &str {
    match answer {
        Ok(_) => "OK",
        Err(Fault::Refused { reason, .. }) => reason,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_and_a_sealed_file_begin_with_the_file_before_them() {
    let office = Office::founded().await;
    let id = approved(&office).await;
    let (leaders, agencys) = ("a1".repeat(32), "b2".repeat(32));
    let person = certificate(&office, &office.leader.person_id, &leaders).await;
    let seal = certificate(&office, "", &agencys).await;

    // The person signs.
    let base_digest = document(&office, &id).await.files[0].digest.clone();
    let sign = |digest: &str, size: usize| {
        C::RecordSigned(RecordSigned {
            document_id: id.clone(),
            signed: Some(file_ref(digest, size)),
            base_digest: base_digest.clone(),
            certificate_id: person.clone(),
            signatures: report(&leaders),
        })
    };
    let signed = [FIELDS, b" signed"].concat();
    let mut forged = signed.clone();
    forged[0] ^= 1;
    let forged = put(&office, &office.leader, &forged).await.unwrap();
    let good = put(&office, &office.leader, &signed).await.unwrap();
    let others = put(&office, &office.clerk, &[FIELDS, b" by another"].concat()).await.unwrap();
    for (what, digest, size, answer) in [
        ("another first byte", &*forged, signed.len(), FILE_NOT_APPENDED),
        ("longer than it is", &*good, signed.len() + 1, FILE_NOT_APPENDED),
        ("not kept", &*"ab".repeat(32), signed.len(), FILE_NOT_APPENDED),
        ("put by another person", &*others, FIELDS.len() + 11, FILE_NOT_APPENDED),
        ("the base, said to be longer", &*base_digest, FIELDS.len() + 1, FILE_NOT_APPENDED),
    ] {
        let answer_is = office.commit(&office.leader, sign(digest, size)).await;
        assert_eq!(refused(&answer_is), answer, "{what}");
    }
    office.commit(&office.leader, sign(&good, signed.len())).await.unwrap();

    let numbering =
        AssignNumber { document_id: id.clone(), notation: "QĐ-SNV".to_owned(), ..AssignNumber::default() };
    office.commit(&office.clerk, C::AssignNumber(numbering)).await.unwrap();

    // The agency seals, main file and attachment.
    let sealed = [&signed, &b" sealed"[..]].concat();
    let attached = [ATTACHMENT, b" sealed"].concat();
    let seal = |main: (&str, usize), attachment: (&str, usize)| {
        C::RecordSealed(RecordSealed {
            document_id: id.clone(),
            sealed: Some(file_ref(main.0, main.1)),
            base_digest: good.clone(),
            attachments: vec![file_ref(attachment.0, attachment.1)],
            certificate_id: seal.clone(),
            signatures: report(&agencys),
        })
    };
    // As the signer makes them: what is appended here is not read again, and is the same file.
    let main = append(&office, &good, b" sealed").await;
    assert_eq!(main, put(&office, &office.clerk, &sealed).await.unwrap());
    let attachment = put(&office, &office.clerk, &attached).await.unwrap();
    let mut forged = attached.clone();
    forged[3] ^= 1;
    let forged_attachment = put(&office, &office.clerk, &forged).await.unwrap();
    let mut forged = sealed.clone();
    forged[signed.len() - 1] ^= 1;
    let forged_main = put(&office, &office.clerk, &forged).await.unwrap();
    let unsigned = document(&office, &id).await.files[1].digest.clone();
    for (what, main, attachment, answer) in [
        ("forged", (&*forged_main, sealed.len()), (&*attachment, attached.len()), FILE_NOT_APPENDED),
        ("attachment", (&*main, sealed.len()), (&*forged_attachment, attached.len()), FILE_NOT_APPENDED),
        ("size", (&*main, sealed.len()), (&*unsigned, ATTACHMENT.len() + 1), FILE_NOT_APPENDED),
    ] {
        assert_eq!(refused(&office.commit(&office.clerk, seal(main, attachment)).await), answer, "{what}");
    }
    let all = seal((&main, sealed.len()), (&attachment, attached.len()));
    office.commit(&office.clerk, all).await.unwrap();
    assert_eq!(document(&office, &id).await.files[1].digest, attachment);
}

/// What is remembered of an append names both files: it proves nothing for another base.
#[tokio::test(flavor = "multi_thread")]
async fn an_append_to_one_file_is_no_proof_for_another() {
    let office = Office::founded().await;
    let id = approved(&office).await;
    let sha256 = "a1".repeat(32);
    let person = certificate(&office, &office.leader.person_id, &sha256).await;
    let other = put(&office, &office.clerk, b"%PDF-1.7 some other file that is longer").await.unwrap();
    let grown = append(&office, &other, b" and its tail").await;
    // The same bytes put by the leader: theirs to name, and still not begun with what was approved.
    let bytes = b"%PDF-1.7 some other file that is longer and its tail";
    assert_eq!(put(&office, &office.leader, bytes).await.unwrap(), grown);
    let sign = C::RecordSigned(RecordSigned {
        document_id: id.clone(),
        signed: Some(file_ref(&grown, bytes.len())),
        base_digest: document(&office, &id).await.files[0].digest.clone(),
        certificate_id: person,
        signatures: report(&sha256),
    });
    assert_eq!(refused(&office.commit(&office.leader, sign).await), FILE_NOT_APPENDED);
}

async fn append(office: &Office, base: &str, tail: &'static [u8]) -> String {
    let message = AppendFileRequest { base_digest: base.to_owned(), chunk: bytes::Bytes::from_static(tail) };
    let request = office.by(&office.clerk, tokio_stream::iter([message]));
    let answer = office.client().append_file(request).await.map_err(|status| fault_of(&status)).unwrap();
    answer.into_inner().digest
}
