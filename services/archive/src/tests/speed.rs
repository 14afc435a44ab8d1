//! How fast: run by hand with `cargo test -p archive -- --ignored --nocapture durable`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

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
