//! Figures, one JSON object a line: signatures beside what no program can go below, pyHanko and PDFBox; durable commits
//! beside a bare fdatasync loop, pages of lists and of searches over many documents, memory and time of a start.
//!
//! `bench signatures` measures those alone, with keys in files and on a device; `bench device` the device alone.
//! `VANTHU_BENCH_DOCUMENTS` says how many documents are loaded through `Commit` (10,000); `VANTHU_SEED` which queries are
//! asked.

mod commits;
mod device;
mod pages;
mod samples;
mod serving;
mod signatures;

use std::path::Path;
use std::time::Duration;

use integration_tests::chance::Chance;
use integration_tests::office::OneProcess;
use serde_json::{Value, json};

/// Documents that are loaded unless told otherwise.
const DOCUMENTS: usize = 10_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [what, module, dir] = arguments.as_slice()
        && what == device::WITHIN
    {
        return device::within(module, Path::new(dir));
    }
    let documents = std::env::var("VANTHU_BENCH_DOCUMENTS").ok();
    let documents = documents.map_or(DOCUMENTS, |n| n.parse().expect("VANTHU_BENCH_DOCUMENTS is a number"));
    let seed = Chance::seed();
    tell(
        &json!({ "figure": "run", "seed": seed, "documents": documents, "cores": cores(), "profile": profile() }),
    );
    let wanted = arguments.first().map(String::as_str);
    if wanted == Some("device") {
        return device::measure();
    }
    signatures::measure();
    device::measure();
    if wanted == Some("signatures") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let office = OneProcess::staffed().await;
        commits::measure(&office).await;
        let loaded = Box::pin(pages::measure(&office, documents, seed)).await;
        let data = office.closed().await;
        serving::measure(data.path(), loaded).await;
    });
}

/// One line.
#[expect(clippy::print_stdout, reason = "figures are what it is for")]
fn tell(figure: &Value) {
    println!("{figure}");
}

/// The figure of many times: median and the one that 19 of 20 stay below, in milliseconds.
fn tell_times(figure: &str, mut times: Vec<Duration>, more: &Value) {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |t| t.as_secs_f64() * 1_000.0);
    let mut line = json!({
        "figure": figure, "count": times.len(), "p50_ms": rounded(at(50)), "p95_ms": rounded(at(95)),
        "most_ms": rounded(times.last().map_or(0.0, |t| t.as_secs_f64() * 1_000.0)),
    });
    if let (Some(line), Some(more)) = (line.as_object_mut(), more.as_object()) {
        line.extend(more.clone());
    }
    tell(&line);
}

/// Three digits after the point are enough.
fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn profile() -> &'static str {
    if cfg!(debug_assertions) { "dev" } else { "release" }
}
