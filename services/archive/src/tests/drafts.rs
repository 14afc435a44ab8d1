//! A draft in the archive: its versions, their files, its text, its history.

use proto::archive::v1::{HistoryRequest, ListName, ListRequest, SearchKind, SearchRequest};
use proto::record::v1::command::Command as C;
use proto::record::v1::{
    CreateDraft, DocumentFacts, DocumentKind, ReviseDraft, SecurityMarking, SigningCapacity, Urgency,
};

use super::files::{file_ref, put, read, whole};
use super::office::{HOUR_MS, Office, id_of};
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
