//! How fast: run by hand with `cargo test -p archive speed -- --ignored --nocapture --test-threads 1`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use proto::archive::v1::{ListName, ListRequest, SearchRequest};
use proto::record::v1::DocumentFacts;
use proto::record::v1::command::Command as C;
use proto::rpc::Identity;

use super::office::{Office, commit_request, facts, on_paper};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn durable_commits_per_second() {
    let office = Office::founded().await;
    let bare = {
        use std::io::Write;
        let path = office.root.path().join("bare");
        let mut file = std::fs::File::create(path).unwrap();
        let start = Instant::now();
        let mut syncs = 0;
        while start.elapsed() < Duration::from_secs(2) {
            file.write_all(&[7; 1024]).unwrap();
            file.sync_data().unwrap();
            syncs += 1;
        }
        f64::from(syncs) / start.elapsed().as_secs_f64()
    };
    println!("bare fdatasync loop: {bare:.0}/s");
    for clients in [1, 8, 32, 128] {
        let done = Arc::new(AtomicU64::new(0));
        let end = Instant::now() + Duration::from_secs(4);
        let start = Instant::now();
        let mut tasks = tokio::task::JoinSet::new();
        for client in 0..clients {
            let (service, done) = (office.archive().service(), Arc::clone(&done));
            let identity = Identity { caller: Some(office.clerk.clone()), ..Identity::default() };
            tasks.spawn(async move {
                let mut slowest = Duration::ZERO;
                let mut n = 0;
                while Instant::now() < end {
                    n += 1;
                    let number = format!("{client}.{n}");
                    let facts = DocumentFacts {
                        notation: format!("K{clients}"),
                        ..facts(&number, "Về việc kiểm tra")
                    };
                    let began = Instant::now();
                    service
                        .commit_for(&identity, commit_request(C::ReceiveIncoming(on_paper(facts))))
                        .await
                        .unwrap();
                    slowest = slowest.max(began.elapsed());
                    done.fetch_add(1, Ordering::Relaxed);
                }
                slowest
            });
        }
        let slowest = tasks.join_all().await.into_iter().max().unwrap();
        let rate = done.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
        println!("{clients} clients: {rate:.0} commits/s, slowest {slowest:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a test"]
async fn lists_search_and_opening_with_many_documents() {
    const DOCUMENTS: usize = 20_000;
    let mut office = Office::founded().await;
    let start = Instant::now();
    let mut tasks = tokio::task::JoinSet::new();
    for client in 0..64 {
        let service = office.archive().service();
        let identity = Identity { caller: Some(office.clerk.clone()), ..Identity::default() };
        tasks.spawn(async move {
            for n in (client..DOCUMENTS).step_by(64) {
                let subject = format!("Về việc kiểm tra công tác số {n} tại huyện {}", n % 97);
                let facts = facts(&n.to_string(), &subject);
                let command = C::ReceiveIncoming(on_paper(facts.clone()));
                let made = service.commit_for(&identity, commit_request(command)).await.unwrap();
                let id = super::office::id_of(&made.records, "in_");
                let command = C::RegisterIncoming(super::office::registration(&id, facts));
                service.commit_for(&identity, commit_request(command)).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    let seconds = start.elapsed().as_secs_f64();
    println!("{DOCUMENTS} documents received and registered: {seconds:.1} s");
    while office.archive().health().indexed < office.archive().health().durable {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("indexed {:.1} s later", start.elapsed().as_secs_f64() - seconds);
    let series = office.incoming_series().await;
    let mut client = office.client();
    let register = ListRequest {
        list: ListName::Register.into(),
        series_id: series,
        year: 2026,
        reverse: true,
        ..ListRequest::default()
    };
    let mut took = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        client.list(office.by(&office.clerk, register.clone())).await.unwrap();
        took.push(began.elapsed());
    }
    took.sort();
    println!("page of 50 of the register: p50 {:?}, p99 {:?}", took[100], took[198]);
    let mut took = Vec::new();
    for n in 0..200 {
        let query = format!("kiểm tra công tác {n}");
        let request = SearchRequest { query, ..SearchRequest::default() };
        let began = Instant::now();
        client.search(office.by(&office.clerk, request)).await.unwrap();
        took.push(began.elapsed());
    }
    took.sort();
    println!("page of 20 hits: p50 {:?}, p99 {:?}", took[100], took[198]);
    drop(client);
    let began = Instant::now();
    office.close();
    println!("clean stop: {:?}", began.elapsed());
    let began = Instant::now();
    office.open();
    println!("opened: {:?}", began.elapsed());
    office.close();
    std::fs::remove_dir_all(office.directory().join("view")).unwrap();
    let began = Instant::now();
    office.open();
    println!("opened with the view made anew: {:?}", began.elapsed());
}
