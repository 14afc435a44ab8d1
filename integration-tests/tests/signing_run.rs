//! Many documents signed at one sitting, in a real browser: from the password to the last result. `make soak` signs two
//! hundred and tells how long one takes.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::process::Command;

use integration_tests::process::{Served, all_at, peers_at, ready};
use integration_tests::skip::skipped;
use integration_tests::staff::{KEY_PASSWORD, PASSWORD};
use integration_tests::world::{Time, World};
use proto::record::v1::OutgoingStatus;

/// Documents of the sitting that nothing disturbs.
const DOCUMENTS: usize = 12;
/// Documents of the one that is cut and stopped: enough that some are left when it is.
const DOCUMENTS_DISTURBED: usize = 36;
/// Of each, with the time for it.
const DOCUMENTS_SOAK: usize = 200;

async fn office(dir: &Path) -> (Served, World, String) {
    let (data, socket) = (dir.join("data"), dir.join("v.sock"));
    let args = [
        "--data",
        &data.display().to_string(),
        "--grpc",
        &format!("unix:{}", socket.display()),
        "--listen",
        "127.0.0.1:0",
    ]
    .map(str::to_owned);
    let mut served = Served::start(dir, "serve", &args);
    let code = served.founding_code().await;
    let peers = peers_at(&data.join("keys"), all_at(&socket)).await;
    ready(&mut served, &peers).await.expect("it runs");
    let mut world = World::new(peers, Time::Real);
    world.settle(&code, &data.join("trust")).await.unwrap();
    let printed = std::fs::read_to_string(&served.printed).unwrap();
    let at = printed.lines().find(|line| line.starts_with("http://")).expect("it prints its address");
    (served, world, at.trim_end_matches('/').to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitting_is_signed_to_its_end_whatever_is_cut_or_stopped() {
    let browser = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    if !browser.join("node_modules").is_dir() || !Path::new("/usr/bin/chromium").is_file() {
        skipped("a_sitting_is_signed_to_its_end_whatever_is_cut_or_stopped", "no browser");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (_served, world, at) = office(dir.path()).await;
    let soak = std::env::var_os("VANTHU_SOAK").is_some();
    let (many, disturbed) =
        if soak { (DOCUMENTS_SOAK, DOCUMENTS_SOAK) } else { (DOCUMENTS, DOCUMENTS_DISTURBED) };
    let mut ids = Vec::new();
    for n in 0..many + disturbed {
        let id = world.draft_letter(&format!("Loạt ký {n}"), "").await.unwrap();
        world.carry(&id, OutgoingStatus::Approved).await.unwrap();
        ids.push(id);
    }
    let told = Command::new("node")
        .arg(browser.join("signing-run.mjs"))
        .args([&at, "giamdoc", PASSWORD, KEY_PASSWORD])
        .arg(ids[..many].join(","))
        .arg(ids[many..].join(","))
        .output()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&told.stdout));
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    for id in &ids {
        let document = world.desk("giamdoc").outgoing(id).await.unwrap();
        assert_eq!(document.status(), OutgoingStatus::Signed, "{id}");
        assert_eq!(document.signatures.unwrap().signatures.len(), 1, "{id}: once");
        assert!(document.signing_failure.is_none(), "{id}: no failed attempt is told of what was only cut");
    }
}
