//! Memory and time of a start: `vanthu serve` over an empty store and over the loaded one.

use std::path::Path;
use std::time::Instant;

use integration_tests::process::{Served, all_at, peers_at, ready};
use serde_json::json;

use crate::pages::Loaded;
use crate::{rounded, tell};

/// Starts each twice: the second time everything lies in the page cache and the journal is closed.
pub(crate) async fn measure(loaded_data: &Path, loaded: Loaded) {
    let empty = tempfile::tempdir().expect("a scratch folder");
    for (data, documents) in [(empty.path(), 0), (loaded_data, loaded.documents)] {
        let mut best = f64::INFINITY;
        let mut memory = 0;
        for _ in 0..2 {
            let args = [
                "--data".to_owned(),
                data.display().to_string(),
                "--listen".to_owned(),
                "127.0.0.1:0".to_owned(),
            ];
            let began = Instant::now();
            let mut served = Served::start(data, "serve", &args);
            // The keys are made by the first start: wait for them, not to make others.
            while !data.join("keys/operator.pub").is_file() {
                assert!(!served.ended(), "it serves: {}", served.logged());
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            let peers = peers_at(&data.join("keys"), all_at(&data.join("vanthu.sock"))).await;
            assert!(ready(&mut served, &peers).await.is_some(), "it serves: {}", served.logged());
            best = best.min(began.elapsed().as_secs_f64() * 1_000.0);
            memory = memory.max(served.memory_most_kib().unwrap_or_default());
            drop(peers);
            assert!(served.stop(), "it ends well: {}", served.logged());
        }
        tell(&json!({
            "figure": "serve", "documents": documents, "start_ms": rounded(best), "memory_most_kib": memory,
        }));
    }
}
