//! A draft in the archive: its versions, their files, its text, its history.

use proto::archive::v1::{HistoryRequest, ListName, ListRequest, SearchKind, SearchRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::{
    CreateDraft, DocumentFacts, DocumentKind, ReviseDraft, SecurityMarking, SigningCapacity, Urgency,
};

use super::files::{file_ref, put, read, whole};
use super::office::{HOUR_MS, Office, facts, id_of, with_file};
use super::searching::{ids, search, words};
use crate::maintenance::{verify_journal, verify_view};

async fn draft(office: &Office, content: &str) -> CreateDraft {
    let file = put(office, &office.officer, format!("%PDF {content}").as_bytes()).await.unwrap();
    let text_digest = put(office, &office.officer, content.as_bytes()).await.unwrap();
    CreateDraft {
        facts: Some(DocumentFacts {
            kind: DocumentKind::Decision.into(),
            subject: "Về việc kiện toàn Tổ công tác".to_owned(),
            urgency: Urgency::Normal.into(),
            marking: SecurityMarking::None.into(),
            ..DocumentFacts::default()
        }),
        files: vec![file_ref(&file, content.len() + 5)],
        signer_id: office.leader.person_id.clone(),
        signer_position_id: office.leader.position_id.clone(),
        capacity: SigningCapacity::Head.into(),
        copies: 3,
        text_digest,
        ..CreateDraft::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_version_keeps_its_file_and_the_newest_text_is_found() {
    let mut office = Office::founded().await;
    let first = draft(&office, "thành lập Hội đồng").await;
    let made = office.commit(&office.officer, C::CreateDraft(first.clone())).await.unwrap();
    let (id, first_version) = (id_of(&made.records, "out_"), id_of(&made.records, "drv_"));
    let second = draft(&office, "giải thể Ban chỉ đạo").await;
    let revise =
        ReviseDraft { document_id: id.clone(), draft: Some(second.clone()), note: "Theo góp ý".to_owned() };
    let made = office.commit(&office.officer, C::ReviseDraft(revise)).await.unwrap();
    let second_version = id_of(&made.records, "drv_");
    office.pass(2 * HOUR_MS);

    let mut client = office.client();
    let (old, new) = (&first.files[0].digest, &second.files[0].digest);
    for (digest, record_id, readable) in [
        (old, &first_version, true),
        (new, &second_version, true),
        (new, &id, true),
        (old, &id, false),
        (old, &second_version, false),
    ] {
        let got = read(&mut client, &office, &office.officer, whole(digest, record_id)).await;
        assert_eq!(got.is_ok(), readable, "{record_id}");
    }

    let outgoing = |query: &str| SearchRequest { kind: SearchKind::Outgoing.into(), ..words(query) };
    let found = search(&office, &office.officer, outgoing("giải thể")).await;
    assert_eq!(ids(&found), std::slice::from_ref(&id));
    assert!(search(&office, &office.officer, outgoing("thành lập Hội đồng")).await.hits.is_empty());
    assert!(search(&office, &office.administrator, outgoing("giải thể")).await.hits.is_empty());

    let mine = ListRequest { list: ListName::MyDrafts.into(), ..ListRequest::default() };
    assert_eq!(office.list(&office.officer, mine.clone()).await.unwrap().len(), 1);
    assert!(office.list(&office.leader, mine).await.unwrap().is_empty());

    let history = HistoryRequest { record_id: id.clone(), ..HistoryRequest::default() };
    let items = client.history(office.by(&office.officer, history)).await.unwrap().into_inner().items;
    let told: Vec<&str> =
        items.iter().flat_map(|item| &item.events).map(|event| event.record_id.as_str()).collect();
    assert_eq!(told, [&id, &first_version, &id, &second_version]);

    drop(client);
    office.close();
    assert!(verify_view(&office.directory(), |_| {}).unwrap().is_right());
    let report = verify_journal(&office.directory(), |_| {}).unwrap();
    assert_eq!((report.is_right(), report.contents.unwrap().files_named), (true, 4));
}

/// Who knows the digest of a file gains nothing by it: neither the file, nor the word that it is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_names_only_files_that_are_its_drafters_to_read() {
    let office = Office::founded().await;
    let hidden = put(&office, &office.clerk, b"%PDF not for the officer").await.unwrap();
    office.receive(with_file(facts("1", "Một"), file_ref(&hidden, 24), String::new())).await.unwrap();
    let own = draft(&office, "nội dung").await;
    let names: [fn(&mut CreateDraft, String); 4] = [
        |draft, digest| draft.files = vec![file_ref(&digest, 24)],
        |draft, digest| draft.files.push(file_ref(&digest, 24)),
        |draft, digest| draft.text_digest = digest,
        |draft, digest| draft.letter_digest = digest,
    ];
    let nowhere = "ab".repeat(32);
    for name in names {
        let attempt = |digest: &str| {
            let mut draft = own.clone();
            name(&mut draft, digest.to_owned());
            office.commit(&office.officer, C::CreateDraft(draft))
        };
        let (taken, missing) = (attempt(&hidden).await, attempt(&nowhere).await);
        for answer in [&taken, &missing] {
            assert!(matches!(answer, Err(Fault::Refused { reason: "FILE_UNKNOWN", .. })), "{answer:?}");
        }
    }
    // One's own files, and those of a document that one sees, may be named as long as one likes.
    let made = office.commit(&office.officer, C::CreateDraft(own.clone())).await.unwrap();
    office.pass(2 * HOUR_MS);
    let id = id_of(&made.records, "out_");
    let mut again = own.clone();
    again.copies = 7;
    let revise = ReviseDraft { document_id: id, draft: Some(again), note: String::new() };
    office.commit(&office.officer, C::ReviseDraft(revise)).await.unwrap();
}
