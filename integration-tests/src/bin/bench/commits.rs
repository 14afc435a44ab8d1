//! Durable commits per second.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use integration_tests::incoming::unknown_facts;
use integration_tests::office::OneProcess;
use proto::archive::v1::CommitRequest;
use proto::record::v1::command::Command as C;
use proto::record::v1::{Channel, Command, ReceiveIncoming};
use proto::rpc::outgoing;
use serde_json::json;

use crate::{rounded, tell};

/// Clients at once.
const CLIENTS: [usize; 4] = [1, 8, 32, 128];
/// How long each number of clients commits.
const TIME: Duration = Duration::from_secs(4);

/// A bare loop of fdatasync on the same disk, then commits.
pub(crate) async fn measure(office: &OneProcess) {
    // Twice, apart: a disk that others use is not the same from one moment to the next.
    let first = bare_loop(&office.data());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let bare = bare_loop(&office.data()).max(first);
    tell(&json!({ "figure": "bare_fdatasync", "per_second": rounded(bare) }));
    for clients in CLIENTS {
        let began = Instant::now();
        let identity = office.world.identity("vanthu").await.expect("the clerk is logged in");
        let each = join_all((0..clients).map(|_| async {
            let mut archive = office.world.peers.archive();
            let (mut done, mut slowest) = (0_u32, Duration::ZERO);
            while began.elapsed() < TIME {
                let command = ReceiveIncoming {
                    facts: Some(unknown_facts()),
                    channel: Channel::Paper.into(),
                    ..ReceiveIncoming::default()
                };
                let request = CommitRequest {
                    request_id: office.world.request_id(),
                    command: Some(Command { command: Some(C::ReceiveIncoming(command)) }),
                    expected_versions: Vec::new(),
                };
                let asked = Instant::now();
                archive.commit(outgoing(&identity, request)).await.expect("it is recorded");
                slowest = slowest.max(asked.elapsed());
                done += 1;
            }
            (done, slowest)
        }))
        .await;
        let done: u32 = each.iter().map(|(done, _)| done).sum();
        let slowest = each.iter().map(|(_, slowest)| *slowest).max().unwrap_or_default();
        let per_second = f64::from(done) / began.elapsed().as_secs_f64();
        tell(&json!({
            "figure": "durable_commits", "clients": clients, "per_second": rounded(per_second),
            "of_bare_fdatasync": rounded(per_second / bare), "slowest_ms": rounded(slowest.as_secs_f64() * 1_000.0),
        }));
    }
}

fn bare_loop(folder: &Path) -> f64 {
    let mut file = File::create(folder.join("bare")).expect("a file");
    let (began, mut syncs) = (Instant::now(), 0_u32);
    while began.elapsed() < TIME / 2 {
        file.write_all(&[7; 512]).expect("bytes are written");
        file.sync_data().expect("bytes are durable");
        syncs += 1;
    }
    f64::from(syncs) / began.elapsed().as_secs_f64()
}
