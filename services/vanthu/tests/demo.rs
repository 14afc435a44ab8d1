//! `vanthu demo`, as a person meets it who ended it too early.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long the making may take until it has written something.
const PATIENCE: Duration = Duration::from_secs(120);

fn demo(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanthu"));
    command.args(["demo", "--only-data", "--documents", "40", "--data"]).arg(data).stdin(Stdio::null());
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat()).into_owned()
}

#[test]
fn a_making_that_was_killed_begins_anew_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let there = |name| data.join(name).is_file();
    let mut killed = demo(&data).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let began = Instant::now();
    // In the midst of it: people have their keys, not all is made.
    while !std::fs::read_dir(data.join("signer")).is_ok_and(|mut keys| keys.next().is_some()) {
        assert!(began.elapsed() < PATIENCE && killed.try_wait().unwrap().is_none(), "nothing was begun");
        std::thread::sleep(Duration::from_millis(2));
    }
    killed.kill().unwrap();
    assert!(!killed.wait().unwrap().success(), "it was not over");
    assert!(there("demo-unfinished") && !there("demo-made"));

    let serve =
        Command::new(env!("CARGO_BIN_EXE_vanthu")).args(["serve", "--data"]).arg(&data).output().unwrap();
    assert!(!serve.status.success(), "no agency is founded in it");
    assert!(said(&serve).contains("not made to its end"), "{}", said(&serve));

    let again = demo(&data).output().unwrap();
    assert!(again.status.success(), "{}", said(&again));
    assert!(said(&again).contains("interrupted"), "{}", said(&again));
    assert!(there("demo-made") && !there("demo-unfinished"));

    let more = demo(&data).output().unwrap();
    assert!(more.status.success() && !said(&more).contains("making"), "{}", said(&more));
}
