//! The worker process: this test's own binary, re-executed as the program will be.
//!
//! It has no test harness, since its standard output must carry nothing but the answer.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test may panic, and is its own harness"
)]

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use proto::record::v1::Verdict;
use signer::chain::TrustRoots;
use signer::validate::Options;
use signer::worker::{self, ARGUMENT, Limits, Request, WorkerError};

/// 2026-11-23T00:00:00Z.
const AT: i64 = 1_795_392_000;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(ARGUMENT) {
        return match worker::serve(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        a_signed_file_is_judged_and_read().await;
        a_file_on_the_disk_is_judged_as_in_memory().await;
        a_worker_that_takes_too_long_is_stopped().await;
        a_worker_that_says_too_much_is_cut_off().await;
        a_program_that_is_no_worker_is_told().await;
    });
    println!("5 passed, 0 failed");
    ExitCode::SUCCESS
}

fn options(roots: TrustRoots) -> Options {
    Options { roots, at: AT, require_revocation: false }
}

async fn a_signed_file_is_judged_and_read() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/signed");
    let Ok(file) = std::fs::read(folder.join("own__valid_p256.pdf")) else {
        println!("skipped: a_signed_file_is_judged_and_read: {} is absent", folder.display());
        return;
    };
    let mut roots = TrustRoots::none();
    roots.add_path(&folder.join("own_root.pem")).unwrap();
    let executable = std::env::current_exe().unwrap();
    let answer =
        worker::run(&executable, &Request::new(file, &options(roots)), Limits::default()).await.unwrap();
    let answer = answer.inspected.unwrap();
    let report = answer.report.unwrap();
    assert_eq!(report.verdict(), Verdict::Valid, "{report:?}");
    assert_eq!(report.signatures[0].signer, "Van thu P256");
    assert!(answer.pages > 0);
    assert!(!answer.needs_ocr && !answer.text.is_empty());
    assert_eq!(answer.media_type, "application/pdf");

    let broken = Request::new(&b"%PDF-1.7 no more"[..], &options(TrustRoots::none()));
    let answer = worker::run(&executable, &broken, Limits::default()).await.unwrap();
    let answer = answer.inspected.unwrap();
    assert_eq!(answer.report.unwrap().verdict(), Verdict::Unreadable);
}

async fn a_file_on_the_disk_is_judged_as_in_memory() {
    let executable = std::env::current_exe().unwrap();
    let on_disk = |bytes: &[u8]| {
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
        file
    };
    let none = Request::new(bytes::Bytes::new(), &options(TrustRoots::none()));
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/signed");
    let corpus = std::fs::read(folder.join("own__valid_p256.pdf"));
    for bytes in
        [corpus.unwrap_or_default(), b"%PDF-1.7 no more".to_vec(), b"\x89PNG\r\n".to_vec(), Vec::new()]
    {
        let held = Request { file: bytes.clone().into(), ..none.clone() };
        let held = worker::run(&executable, &held, Limits::default()).await.unwrap();
        let lies = worker::run_on_disk(&executable, on_disk(&bytes), &none, Limits::default()).await.unwrap();
        assert_eq!(lies, held, "{} bytes", bytes.len());
    }
    // Standard input that is a file and says nothing of a request is none.
    for bytes in [&b""[..], b"VTD2", b"a file, and behind it what is no mark"] {
        let output = std::process::Command::new(&executable).arg(ARGUMENT).stdin(on_disk(bytes)).output();
        assert!(!output.unwrap().status.success());
    }
}

async fn a_worker_that_takes_too_long_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("sleeper");
    std::fs::write(&script, "#!/bin/sh\nexec sleep 60\n").unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o700)).unwrap();
    let request = Request::new(&b"%PDF-1.7"[..], &options(TrustRoots::none()));
    let limits = Limits { time: Duration::from_millis(200) };
    let stopped = worker::run(&script, &request, limits).await;
    assert!(matches!(stopped, Err(WorkerError::TimedOut(_))), "{stopped:?}");
}

async fn a_worker_that_says_too_much_is_cut_off() {
    let request = Request::new(&b"%PDF-1.7"[..], &options(TrustRoots::none()));
    let cut = worker::run(&PathBuf::from("/usr/bin/yes"), &request, Limits::default()).await;
    assert!(matches!(cut, Err(WorkerError::Frame { .. })), "{cut:?}");
}

async fn a_program_that_is_no_worker_is_told() {
    let request = Request::new(&b"%PDF-1.7"[..], &options(TrustRoots::none()));
    let failed = worker::run(&PathBuf::from("/bin/false"), &request, Limits::default()).await;
    assert!(matches!(failed, Err(WorkerError::Died { .. })), "{failed:?}");
    let absent = worker::run(&PathBuf::from("/nonexistent/vanthu"), &request, Limits::default()).await;
    assert!(matches!(absent, Err(WorkerError::Start(_))), "{absent:?}");
}
