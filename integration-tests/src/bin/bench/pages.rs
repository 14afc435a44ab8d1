//! Pages of lists and of searches over many documents that were loaded through `Commit`.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use integration_tests::chance::Chance;
use integration_tests::desk::made;
use integration_tests::incoming::facts;
use integration_tests::office::OneProcess;
use proto::archive::v1::{CommitRequest, CommitResponse, ListName, ListRequest, SearchRequest};
use proto::record::v1::command::Command as C;
use proto::record::v1::{Channel, Command, DocumentFacts, ReceiveIncoming, RegisterIncoming};
use proto::rpc::{Identity, outgoing};
use serde_json::json;

use crate::{rounded, tell, tell_times};

/// Clients that load at once.
const LOADERS: usize = 64;
/// Queries and pages that are asked for.
const QUERIES: usize = 1_000;
/// Words that a subject is made of; each document has one of each row, by its number, so that counts are known.
const DEEDS: [&str; 7] =
    ["kiểm tra", "báo cáo", "quyết toán", "tuyển dụng", "thi đua", "tập huấn", "giải quyết đơn"];
const FIELDS: [&str; 11] = [
    "ngân sách",
    "biên chế",
    "lưu trữ",
    "cải cách",
    "địa giới",
    "tôn giáo",
    "thanh niên",
    "khen thưởng",
    "đào tạo",
    "chính quyền",
    "hội nghị",
];
const PLACES: usize = 97;

/// What lies in the store afterwards.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Loaded {
    pub(crate) documents: usize,
}

fn subject(n: usize) -> String {
    format!("Về việc {} {} tại địa bàn số{}", DEEDS[n % DEEDS.len()], FIELDS[n % FIELDS.len()], n % PLACES)
}

/// Loads, then asks.
pub(crate) async fn measure(office: &OneProcess, documents: usize, seed: u64) -> Loaded {
    let began = Instant::now();
    let last = load(office, documents).await;
    let loaded_in = began.elapsed();
    let clerk = office.world.desk("vanthu");
    while clerk.search("quyết toán", last.position).await.expect("a search").behind {
        assert!(began.elapsed() < Duration::from_secs(3_600), "the index comes after");
    }
    tell(&json!({
        "figure": "loading", "documents": documents, "commits": documents * 2,
        "commits_per_second": rounded(ratio(documents * 2, loaded_in)),
        "indexed_after_s": rounded((began.elapsed() - loaded_in).as_secs_f64()),
    }));
    let mut chance = Chance::new(seed);
    searches(office, documents, &mut chance).await;
    lists(office, documents, &mut chance).await;
    Loaded { documents }
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn ratio(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

async fn load(office: &OneProcess, documents: usize) -> CommitResponse {
    let identity = office.world.identity("vanthu").await.expect("the clerk is logged in");
    let lasts = join_all((0..LOADERS).map(|loader| {
        let identity = &identity;
        async move {
            let mut last = CommitResponse::default();
            for n in (loader..documents).step_by(LOADERS) {
                let mut said: DocumentFacts =
                    facts(&(n % 99_999).to_string(), &subject(n), office.world.today());
                said.notation = format!("N{}-{}", n / 99_999, n % 13);
                let receive = ReceiveIncoming {
                    facts: Some(said.clone()),
                    channel: Channel::Paper.into(),
                    ..ReceiveIncoming::default()
                };
                let received = commit(office, identity, C::ReceiveIncoming(receive)).await;
                let register = RegisterIncoming {
                    document_id: made(&received, "in_"),
                    facts: Some(said),
                    arrival_date: Some(office.world.today()),
                    ..RegisterIncoming::default()
                };
                last = commit(office, identity, C::RegisterIncoming(register)).await;
            }
            last
        }
    }))
    .await;
    lasts.into_iter().max_by_key(|receipt| receipt.position).unwrap_or_default()
}

async fn commit(office: &OneProcess, identity: &Identity, command: C) -> CommitResponse {
    let request = CommitRequest {
        request_id: office.world.request_id(),
        command: Some(Command { command: Some(command) }),
        expected_versions: Vec::new(),
    };
    let answer = office.world.peers.archive().commit(outgoing(identity, request)).await;
    answer.expect("it is recorded").into_inner()
}

/// Queries of one, two and three words, with and without marks; every count is compared with what was loaded.
async fn searches(office: &OneProcess, documents: usize, chance: &mut Chance) {
    let identity = office.world.identity("vanthu").await.expect("the clerk is logged in");
    let mut archive = office.world.peers.archive();
    let mut times = Vec::new();
    for _ in 0..QUERIES {
        let pick = |n: usize, chance: &mut Chance| usize::try_from(chance.below(n as u64)).unwrap_or(0);
        let (deed, field, place) =
            (pick(DEEDS.len(), chance), pick(FIELDS.len(), chance), pick(PLACES, chance));
        let (query, counts): (String, Box<dyn Fn(usize) -> bool>) = match chance.below(4) {
            0 => (format!("\"{}\"", DEEDS[deed]), Box::new(move |n| n % DEEDS.len() == deed)),
            1 => (
                format!("\"{}\" \"{}\"", DEEDS[deed], FIELDS[field]),
                Box::new(move |n| n % DEEDS.len() == deed && n % FIELDS.len() == field),
            ),
            2 => (format!("so{place}"), Box::new(move |n| n % PLACES == place)),
            _ => (
                format!("số{place} \"{}\"", FIELDS[field]),
                Box::new(move |n| n % PLACES == place && n % FIELDS.len() == field),
            ),
        };
        let request = SearchRequest { query: query.clone(), ..SearchRequest::default() };
        let asked = Instant::now();
        let answer = archive.search(outgoing(&identity, request)).await.expect("a search").into_inner();
        times.push(asked.elapsed());
        let expected = (0..documents).filter(|n| counts(*n)).count();
        assert_eq!(usize::try_from(answer.total), Ok(expected), "{query}");
    }
    tell_times("search_page", times, &json!({ "documents": documents, "page": 20, "counts": "checked" }));
}

/// Pages of 50 of several lists, from their beginning and from within.
async fn lists(office: &OneProcess, documents: usize, chance: &mut Chance) {
    let clerk = office.world.desk("vanthu");
    let identity = clerk.identity().await.expect("the clerk is logged in");
    let series = clerk.list(ListName::SeriesYears).await.expect("series");
    let year = series.into_iter().filter_map(|item| item.record).find_map(|record| match record.state {
        Some(proto::record::v1::record::State::SeriesYear(year)) => Some(year),
        _ => None,
    });
    let year = year.expect("a register was begun");
    assert_eq!(usize::try_from(year.last_ordinal), Ok(documents), "every document has its number");
    let lists = [
        ListRequest {
            list: ListName::Register.into(),
            series_id: year.series_id.clone(),
            year: year.year,
            ..ListRequest::default()
        },
        ListRequest { list: ListName::IncomingAll.into(), ..ListRequest::default() },
        ListRequest {
            list: ListName::IncomingByStatus.into(),
            incoming_status: proto::record::v1::IncomingStatus::Registered.into(),
            ..ListRequest::default()
        },
    ];
    let mut archive = office.world.peers.archive();
    let mut times = Vec::new();
    let mut open: Vec<ListRequest> = lists.to_vec();
    while times.len() < QUERIES {
        let at = usize::try_from(chance.below(open.len() as u64)).unwrap_or(0);
        let request = open[at].clone();
        let asked = Instant::now();
        let answer = archive.list(outgoing(&identity, request)).await.expect("a page").into_inner();
        times.push(asked.elapsed());
        assert!(answer.items.len() == 50 || answer.next_page_token.is_empty(), "a page is full or the last");
        // On from here, or from the other end.
        open[at] = if answer.next_page_token.is_empty() || chance.below(10) == 0 {
            ListRequest { reverse: !open[at].reverse, page_token: String::new(), ..lists[at].clone() }
        } else {
            ListRequest { page_token: answer.next_page_token, ..open[at].clone() }
        };
    }
    tell_times("list_page", times, &json!({ "documents": documents, "page": 50 }));
}
