//! Search: found are words of documents that the caller may see.

use proto::archive::v1::{PutFileRequest, SearchKind, SearchRequest, SearchResponse};
use proto::record::v1::{Caller, DocumentFacts, SecurityMarking};

use super::files::file_ref;
use super::office::{Office, facts, on_paper, with_file};

pub(super) async fn search(office: &Office, caller: &Caller, request: SearchRequest) -> SearchResponse {
    let at_least = office.archive().tree_head().size;
    // The index lags by less than a second unless the machine is busy with other things.
    for _ in 0..20 {
        let request = SearchRequest { at_least, ..request.clone() };
        let answer = office.client().search(office.by(caller, request)).await.unwrap().into_inner();
        if !answer.behind {
            return answer;
        }
    }
    panic!("the index does not come up to the journal");
}

pub(super) fn words(query: &str) -> SearchRequest {
    SearchRequest { query: query.to_owned(), ..SearchRequest::default() }
}

pub(super) fn ids(answer: &SearchResponse) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.record.as_ref().unwrap().id.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_found_by_their_words_by_those_who_may_see_them() {
    let mut office = Office::founded().await;
    let water = office.register(facts("12", "Về việc cấp nước sạch nông thôn")).await.unwrap();
    let text = "Kính gửi: Ủy ban nhân dân các huyện, thành phố về phòng chống bão lụt";
    let chunk = PutFileRequest { chunk: text.as_bytes().to_vec().into() };
    let put = office
        .client()
        .put_file(office.by(&office.clerk, tokio_stream::iter([chunk])))
        .await
        .unwrap()
        .into_inner();
    let storm = office
        .receive(with_file(
            facts("13", "Báo cáo tháng"),
            file_ref(&put.digest, text.len()),
            put.digest.clone(),
        ))
        .await
        .unwrap();
    for (query, found) in [
        ("nước sạch", vec![&water]),
        ("nuoc sach", vec![&water]),
        ("nược sạch", vec![]),
        ("bão lụt", vec![&storm]),
        ("BAO LUT", vec![&storm]),
        ("\"chống bão\"", vec![&storm]),
        ("\"bão chống\"", vec![]),
        ("12/UBND-VX", vec![&water]),
        ("", vec![&storm, &water]),
    ] {
        let answer = search(&office, &office.clerk, words(query)).await;
        let mut found: Vec<String> = found.into_iter().cloned().collect();
        let mut got = ids(&answer);
        found.sort();
        got.sort();
        assert_eq!(got, found, "{query}");
        assert_eq!(answer.total as usize, found.len());
        assert!(
            search(&office, &office.officer, words(query)).await.hits.is_empty(),
            "not the officer's to see"
        );
    }
    let hit = &search(&office, &office.clerk, words("bão lụt")).await.hits[0];
    let marked: Vec<String> = hit
        .marks
        .iter()
        .map(|mark| hit.snippet.chars().skip(mark.start as usize).take(mark.length as usize).collect())
        .collect();
    assert_eq!(marked, ["bão", "lụt"]);

    let answer = search(&office, &office.clerk, words("")).await;
    let facet = |name: &str, value: &str| {
        answer.facets.iter().find(|it| it.facet == name && it.value == value).map_or(0, |it| it.count)
    };
    assert_eq!((facet("year", "2026"), facet("kind", "LETTER")), (2, 2));
    assert_eq!((facet("status", "REGISTERED"), facet("status", "RECEIVED")), (1, 1));
    assert_eq!(facet("issuer", "Ủy ban nhân dân tỉnh Minh Giang"), 2);
    let filtered = SearchRequest { status: "REGISTERED".to_owned(), ..words("") };
    assert_eq!(ids(&search(&office, &office.clerk, filtered).await), std::slice::from_ref(&water));
    let outgoing = SearchRequest { kind: SearchKind::Outgoing.into(), ..words("") };
    assert!(search(&office, &office.clerk, outgoing).await.hits.is_empty());

    // The index is thrown away: it comes back from the journal.
    office.close();
    std::fs::remove_dir_all(office.directory().join("search")).unwrap();
    office.open();
    assert_eq!(ids(&search(&office, &office.clerk, words("nước sạch")).await), [water]);
}

#[tokio::test(flavor = "multi_thread")]
async fn secret_documents_are_not_found() {
    let office = Office::founded().await;
    office.secret_registration().await;
    let secret = |number: &str| DocumentFacts {
        marking: SecurityMarking::Secret.into(),
        ..facts(number, "Phương án tác chiến bí mật")
    };
    let received = office.receive(on_paper(secret("1"))).await.unwrap();
    let registered = office.register(secret("2")).await.unwrap();
    let open = office.register(facts("3", "Phương án phòng cháy")).await.unwrap();
    for query in ["phương án", "tác chiến", "", "bí mật"] {
        for newest_first in [false, true] {
            let answer = search(&office, &office.clerk, SearchRequest { newest_first, ..words(query) }).await;
            assert!(!ids(&answer).contains(&received) && !ids(&answer).contains(&registered), "{query}");
            assert!(!format!("{answer:?}").contains("tác chiến"));
            let expected = u32::from(matches!(query, "phương án" | ""));
            assert_eq!(answer.total, expected, "{query}");
        }
    }
    assert_eq!(ids(&search(&office, &office.clerk, words("phương án")).await), [open]);
    // It is in its register all the same.
    assert!(office.get(&office.clerk, &registered).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_hits_join_in_both_orders() {
    let office = Office::founded().await;
    let mut all = Vec::new();
    for n in 0..12 {
        all.push(office.receive(on_paper(facts(&n.to_string(), "Về việc kiểm tra"))).await.unwrap());
    }
    all.sort();
    for (query, newest_first) in [("kiểm tra", false), ("kiểm tra", true), ("", false)] {
        let mut found = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = SearchRequest { page_size: 5, page_token, newest_first, ..words(query) };
            let page = search(&office, &office.clerk, request).await;
            assert_eq!(page.total, 12);
            found.extend(ids(&page));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        found.sort();
        assert_eq!(found, all, "{query} {newest_first}");
    }
}
