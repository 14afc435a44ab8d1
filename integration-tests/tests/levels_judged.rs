//! Levels from end to end by the command line: `sign --level`, `raise` and `verify` against the services of certomancer,
//! right ones and broken ones; what comes out is judged by pyHanko with revocation required, offline.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};

use integration_tests::binary;
use integration_tests::paper::one_page;
use integration_tests::skip::skipped;
use serde_json::Value;

/// The services, and a folder with signers' keys and a paper to be signed.
struct Bench {
    dir: tempfile::TempDir,
    url: String,
    server: Child,
    /// While it is open the services run.
    input: Option<ChildStdin>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        drop(self.input.take());
        self.server.wait().unwrap();
    }
}

impl Bench {
    /// None where certomancer is not installed, which is said for `test`.
    fn new(test: &str) -> Option<Self> {
        let known = Command::new("python3").args(["-c", "import certomancer, werkzeug, pyhanko"]).output();
        if !known.is_ok_and(|output| output.status.success()) {
            skipped(test, "certomancer and pyHanko are not installed: run `make test`");
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("certomancer/serve.py");
        let mut server = Command::new("python3")
            .arg(script)
            .arg(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("http://"), "certomancer does not serve: {url:?}");
        let input = server.stdin.take();
        let bench = Self { dir, url: url.trim().to_owned(), server, input };
        std::fs::write(bench.path("in.pdf"), one_page("Quyet dinh")).unwrap();
        std::fs::write(bench.path("password"), "x\n").unwrap();
        Some(bench)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn mode(&self, mode: &str) {
        std::fs::write(self.path("mode"), mode).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(binary::vanthu()).args(args).current_dir(self.dir.path()).output().unwrap()
    }

    fn sign(&self, who: &str, output: &str, more: &[&str]) -> Output {
        let key = format!("{who}.p12");
        let own = ["sign", "in.pdf", output, "--key", &key, "--password-file", "password"];
        self.run(&[&own, more].concat())
    }

    fn tsa(&self, who: &str) -> String {
        format!("{}/tsa/{who}", self.url)
    }

    fn sign_at(&self, who: &str, level: &str, output: &str) -> Output {
        let tsa = self.tsa("tsa");
        self.sign(who, output, &["--level", level, "--tsa", &tsa, "--trust", "root.pem"])
    }

    fn raise(&self, input: &str, output: &str, level: &str) -> Output {
        let tsa = self.tsa("tsa");
        self.run(&["raise", input, output, "--level", level, "--tsa", &tsa, "--trust", "root.pem"])
    }

    /// Exit code, revocation of the first signature, and the whole answer.
    fn verify(&self, file: &str, more: &[&str]) -> (i32, String, Value) {
        let output = self.run(&[&["verify", file, "--json", "--trust", "root.pem"], more].concat());
        let json: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
        let revocation = json["signatures"][0]["revocation"].as_str().unwrap_or_default().to_owned();
        (output.status.code().unwrap(), revocation, json)
    }

    /// pyHanko's lines: file, field, indication, valid, changes, oldest archive time stamp.
    fn pyhanko(&self, files: &[&str]) -> Vec<Vec<String>> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../signer/tests/pyhanko_levels.py");
        let output = Command::new("python3")
            .arg(script)
            .arg("root.pem")
            .args(files)
            .current_dir(self.dir.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
    }
}

fn said(output: &Output) -> String {
    let bytes = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn works(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", said(output));
}

#[test]
fn every_level_is_reached_and_holds_for_pyhanko() {
    let Some(bench) = Bench::new("every_level_is_reached_and_holds_for_pyhanko") else { return };
    for who in ["an", "list-only"] {
        let mut complete = Vec::new();
        for level in ["b-b", "b-t", "b-lt", "b-lta"] {
            let file = format!("{who}-{level}.pdf");
            works(&bench.sign_at(who, level, &file));
            let carried = matches!(level, "b-lt" | "b-lta");
            let strict = bench.verify(&file, &["--offline", "--require-revocation"]);
            let expected = if carried { (0, "good") } else { (2, "not_checked") };
            assert_eq!((strict.0, strict.1.as_str()), expected, "{file}: {}", strict.2);
            // What the file lacks is asked for.
            let asked = bench.verify(&file, &["--require-revocation"]);
            assert_eq!((asked.0, asked.1.as_str()), (0, "good"), "{file}: {}", asked.2);
            let stamped = asked.2["signatures"][0]["signed_at_is"] == "timestamped";
            assert_eq!(stamped, level != "b-b", "{file}");
            if carried {
                complete.push(file);
            } else {
                for to in ["b-lt", "b-lta"] {
                    let raised = format!("{who}-{level}-{to}.pdf");
                    works(&bench.raise(&file, &raised, to));
                    let strict = bench.verify(&raised, &["--offline", "--require-revocation"]);
                    assert_eq!((strict.0, strict.1.as_str()), (0, "good"), "{raised}: {}", strict.2);
                    complete.push(raised);
                }
            }
        }
        let names: Vec<&str> = complete.iter().map(String::as_str).collect();
        let lines = bench.pyhanko(&names);
        assert_eq!(lines.len(), complete.len(), "{lines:?}");
        for line in lines {
            assert!(line[3] == "true" && line[4] == "LTA_UPDATES", "{line:?}");
            // A signature without a time stamp of its own is raised by one over the document.
            assert!(!line[0].ends_with("b-lta.pdf") || line[5] != "None", "{line:?}");
        }
    }
}

#[test]
fn services_that_are_broken_reach_no_level_and_prove_nothing() {
    let Some(bench) = Bench::new("services_that_are_broken_reach_no_level_and_prove_nothing") else { return };
    works(&bench.sign_at("an", "b-b", "basic.pdf"));
    for mode in ["down", "garbage", "stale", "stranger"] {
        bench.mode(mode);
        let (code, revocation, json) = bench.verify("basic.pdf", &["--require-revocation"]);
        assert_eq!((code, revocation.as_str()), (2, "not_checked"), "{mode}: {json}");
        let told = json["findings"].to_string();
        assert!(told.contains("evidence_not_fetched"), "{mode}: {json}");
        // Not asked for strictly, it is a warning.
        assert_eq!(bench.verify("basic.pdf", &[]).0, 0, "{mode}");
        let refused = bench.raise("basic.pdf", "raised.pdf", "b-lt");
        assert_eq!(refused.status.code(), Some(5), "{mode}: {}", said(&refused));
        assert!(!bench.path("raised.pdf").try_exists().unwrap(), "{mode}: nothing is left behind");
    }
    bench.mode("good");
    // The service's key is also for other things: its token is not taken.
    let broad = bench.tsa("broad-tsa");
    let refused = bench.sign("an", "broad.pdf", &["--level", "b-t", "--tsa", &broad, "--trust", "root.pem"]);
    assert_eq!(refused.status.code(), Some(5), "{}", said(&refused));
    assert!(said(&refused).contains("timestamp_key_purpose"), "{}", said(&refused));
    let nobody = bench.tsa("nobody");
    let refused =
        bench.sign("an", "nobody.pdf", &["--level", "b-t", "--tsa", &nobody, "--trust", "root.pem"]);
    assert_eq!(refused.status.code(), Some(5), "{}", said(&refused));
    works(&bench.raise("basic.pdf", "raised.pdf", "b-lt"));
}

#[test]
fn the_revoked_and_the_strayed_are_told_apart() {
    let Some(bench) = Bench::new("the_revoked_and_the_strayed_are_told_apart") else { return };
    works(&bench.sign_at("revoked", "b-b", "revoked.pdf"));
    let (code, revocation, json) = bench.verify("revoked.pdf", &[]);
    assert_eq!((code, revocation.as_str()), (1, "revoked"), "{json}");
    assert_eq!(bench.verify("revoked.pdf", &["--offline"]).1, "not_checked");
    let refused = bench.raise("revoked.pdf", "raised.pdf", "b-lt");
    assert_eq!(refused.status.code(), Some(5), "{}", said(&refused));
    // As of a day before the revocation: signed later by its own word, and nothing proves otherwise.
    let then = days_ago(20);
    let (code, revocation, json) = bench.verify("revoked.pdf", &["--at", &then]);
    assert_eq!((code, revocation.as_str()), (1, "revoked"), "{json}");

    works(&bench.sign_at("strayed", "b-b", "strayed.pdf"));
    let (code, _, json) = bench.verify("strayed.pdf", &[]);
    assert_eq!(code, 2, "{json}");
    assert!(json["signatures"][0]["reasons"].to_string().contains("chain_untrusted"), "{json}");
    // The list is kept for the next run.
    works(&bench.sign_at("list-only", "b-b", "list.pdf"));
    let kept = ["--require-revocation", "--evidence-cache", "kept"];
    assert_eq!(bench.verify("list.pdf", &kept).0, 0);
    bench.mode("down");
    assert_eq!(bench.verify("list.pdf", &kept).0, 0, "from the cache");
    assert_eq!(bench.verify("list.pdf", &["--require-revocation"]).0, 2);
}

/// A time so many days before the machine's, as seconds since 1970.
fn days_ago(days: u64) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    let now = file.as_file().metadata().unwrap().modified().unwrap();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    (now - days * 86_400).to_string()
}
