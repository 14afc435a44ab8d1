//! Documents like one in hand: by number, notation and issuer, and by the bytes of the main file.

use std::cmp::Reverse;

use proto::archive::v1::{FindDuplicatesRequest, Likeness};
use proto::record::v1::command::Command as C;
use proto::record::v1::{Caller, Date, DocumentFacts, FileRef, ReturnIncoming, SecurityMarking};
use tonic::Code;

use super::files::put;
use super::office::{Office, facts, on_paper, with_file};

fn pdf(digest: &str) -> FileRef {
    FileRef {
        digest: digest.to_owned(),
        name: "cong-van.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 5,
        pages: 1,
    }
}

async fn found(office: &Office, caller: &Caller, request: FindDuplicatesRequest) -> Vec<(String, Likeness)> {
    let answer = office.client().find_duplicates(office.by(caller, request)).await.unwrap().into_inner();
    let mut found: Vec<(String, Likeness)> =
        answer.duplicates.into_iter().map(|it| (it.record.unwrap().id, it.likeness.unwrap())).collect();
    assert!(found.is_sorted_by_key(|(_, it)| Reverse((it.main_file, it.number))), "the most alike first");
    found.sort_by_key(|(id, it)| (Reverse((it.main_file, it.number)), id.len(), id.clone()));
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn each_twin_says_in_what_it_is_alike() {
    let office = Office::founded().await;
    office.secret_registration().await;
    let digest = put(&office, &office.clerk, b"bytes").await.unwrap();
    let other_digest = put(&office, &office.clerk, b"other").await.unwrap();
    let receive =
        |facts: DocumentFacts, digest: &str| office.receive(with_file(facts, pdf(digest), String::new()));
    let both = receive(facts("15", "Một"), &digest).await.unwrap();
    let file = receive(facts("16", "Hai"), &digest).await.unwrap();
    let number = receive(facts("015", "Ba"), &other_digest).await.unwrap();
    let last_year = Some(Date { year: 2025, month: 3, day: 1 });
    let dated = DocumentFacts { issued_date: last_year, ..facts("15", "Bốn") };
    office.receive(on_paper(dated)).await.unwrap();
    let secret = DocumentFacts { marking: SecurityMarking::Secret.into(), ..facts("15", "Năm") };
    office.receive(on_paper(secret)).await.unwrap();
    let returned = office.receive(on_paper(facts("15", "Sáu"))).await.unwrap();
    let back = ReturnIncoming { document_id: returned, reason: "Nhầm nơi nhận".to_owned() };
    office.commit(&office.clerk, C::ReturnIncoming(back)).await.unwrap();

    let this_year = Some(Date { year: 2026, month: 3, day: 1 });
    let asked = FindDuplicatesRequest {
        facts: Some(DocumentFacts { issued_date: this_year, ..facts(" 15", "") }),
        main_file_digest: digest.clone(),
        ..FindDuplicatesRequest::default()
    };
    let alike = |number: bool, main_file: bool| Likeness { number, main_file };
    let everything = [
        (both.clone(), alike(true, true)),
        (file.clone(), alike(false, true)),
        (number.clone(), alike(true, false)),
    ];
    assert_eq!(found(&office, &office.clerk, asked.clone()).await, everything);
    let but_itself = FindDuplicatesRequest { document_id: both.clone(), ..asked.clone() };
    assert_eq!(found(&office, &office.clerk, but_itself).await, everything[1..]);
    let by_file = FindDuplicatesRequest { facts: None, ..asked.clone() };
    let files = [(both.clone(), alike(false, true)), (file, alike(false, true))];
    assert_eq!(found(&office, &office.clerk, by_file).await, files);
    let by_number = FindDuplicatesRequest { main_file_digest: String::new(), ..asked.clone() };
    let numbers = [(both, alike(true, false)), (number, alike(true, false))];
    assert_eq!(found(&office, &office.clerk, by_number).await, numbers);
    for nothing in [
        FindDuplicatesRequest::default(),
        FindDuplicatesRequest { facts: Some(facts("", "")), ..FindDuplicatesRequest::default() },
        FindDuplicatesRequest { facts: Some(facts("17", "")), ..FindDuplicatesRequest::default() },
        FindDuplicatesRequest { main_file_digest: "0".repeat(64), ..FindDuplicatesRequest::default() },
    ] {
        assert_eq!(found(&office, &office.clerk, nothing).await, []);
    }
    // Nobody learns of a document that is not theirs to see, not even with its very bytes.
    for caller in [&office.administrator, &office.officer, &office.leader] {
        assert_eq!(found(&office, caller, asked.clone()).await, []);
    }
    let wrong = [
        FindDuplicatesRequest { main_file_digest: "zz".to_owned(), ..asked.clone() },
        FindDuplicatesRequest { facts: Some(facts(&"1".repeat(2_000), "")), ..asked },
    ];
    for wrong in wrong {
        let status = office.client().find_duplicates(office.by(&office.clerk, wrong)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
    }
}
