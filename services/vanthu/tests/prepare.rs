//! `vanthu prepare` and `vanthu complete`: the binary prepares, openssl signs, the binary completes.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod paper;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::paper::pdf;

struct Desk {
    folder: tempfile::TempDir,
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    Command::new(program).args(arguments).current_dir(folder).output().unwrap()
}

impl Desk {
    /// A PDF, a key and its certificate.
    fn new(key: &[&str]) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        desk.openssl(&[&["genpkey", "-out", "key.pem"], key].concat());
        desk.openssl(&[
            "req",
            "-x509",
            "-new",
            "-key",
            "key.pem",
            "-subj",
            "/CN=Le Van C",
            "-days",
            "30",
            "-out",
            "cert.pem",
        ]);
        fs::write(desk.path("in.pdf"), pdf()).unwrap();
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = run("openssl", arguments, self.folder.path());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn vanthu(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = run(env!("CARGO_BIN_EXE_vanthu"), arguments, self.folder.path());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    /// Prepares; what is printed.
    fn prepare(&self, more: &[&str]) -> serde_json::Value {
        let arguments = [&["prepare", "in.pdf", "state", "--certificate", "cert.pem"], more].concat();
        let (code, printed, errors) = self.vanthu(&arguments);
        assert_eq!(code, 0, "{errors}");
        serde_json::from_str(&printed).unwrap()
    }

    /// Refused with this reason, and nothing is left behind.
    fn refused(&self, arguments: &[&str], reason: &str) {
        let before = self.names();
        let (code, _, errors) = self.vanthu(arguments);
        assert_eq!(code, 5, "{errors}");
        assert!(errors.contains(reason), "{errors}");
        assert_eq!(self.names(), before);
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

const RSA: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
const P384: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];

fn decoded(value: &serde_json::Value) -> Vec<u8> {
    openssl::base64::decode_block(value.as_str().unwrap()).unwrap()
}

#[test]
fn a_file_is_prepared_signed_by_openssl_and_completed() {
    for (key, hash) in [(RSA, "-sha256"), (P384, "-sha384")] {
        let desk = Desk::new(key);
        let told = desk.prepare(&["--reason", "Duyệt"]);
        fs::write(desk.path("tbs"), decoded(&told["to_be_signed"])).unwrap();
        desk.openssl(&["dgst", hash, "-sign", "key.pem", "-out", "signature", "tbs"]);
        let (code, _, errors) = desk.vanthu(&["complete", "state", "signature", "out.pdf"]);
        assert_eq!(code, 0, "{errors}");
        assert!(fs::read(desk.path("out.pdf")).unwrap().starts_with(&pdf()));
        let (code, report, _) = desk.vanthu(&["verify", "out.pdf", "--trust", "cert.pem"]);
        assert_eq!(code, 0, "{report}");
        // The output is not replaced.
        assert_eq!(desk.vanthu(&["complete", "state", "signature", "out.pdf"]).0, 6);
    }
}

#[test]
fn what_is_printed_says_what_is_signed() {
    let desk = Desk::new(P384);
    let told = desk.prepare(&[]);
    assert_eq!(told["scheme"]["name"], "ECDSA");
    assert_eq!(told["document_digest"]["algorithm"], "SHA-384");
    let attributes = decoded(&told["to_be_signed"]);
    let digest = openssl::hash::hash(openssl::hash::MessageDigest::sha384(), &attributes).unwrap();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(told["to_be_signed_digest"]["value"], hex.as_str());
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(desk.path("state")).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "the state holds the document");
}

#[test]
fn what_does_not_match_is_refused_and_leaves_nothing() {
    let desk = Desk::new(RSA);
    let told = desk.prepare(&[]);
    fs::write(desk.path("tbs"), decoded(&told["to_be_signed"])).unwrap();
    desk.openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "other.pem"]);
    desk.openssl(&["dgst", "-sha256", "-sign", "other.pem", "-out", "stranger", "tbs"]);
    desk.openssl(&["dgst", "-sha512", "-sign", "key.pem", "-out", "hashed", "tbs"]);
    desk.openssl(&["dgst", "-sha256", "-sign", "key.pem", "-out", "bytes", "in.pdf"]);
    for answer in ["stranger", "hashed", "bytes"] {
        desk.refused(&["complete", "state", answer, "out.pdf"], "answer_signature_wrong");
    }
    desk.openssl(&[
        "cms", "-sign", "-binary", "-outform", "DER", "-signer", "cert.pem", "-inkey", "key.pem", "-in",
        "in.pdf", "-out", "cms",
    ]);
    desk.refused(&["complete", "state", "cms", "out.pdf"], "answer_other_digest");
    desk.refused(&["complete", "state", "tbs", "out.pdf"], "answer_unreadable");
    desk.refused(&["complete", "cert.pem", "bytes", "out.pdf"], "state_damaged");
    let mut state = fs::read(desk.path("state")).unwrap();
    *state.last_mut().unwrap() ^= 1;
    fs::write(desk.path("changed"), state).unwrap();
    desk.refused(&["complete", "changed", "bytes", "out.pdf"], "state_damaged");
}

#[test]
fn a_file_that_is_not_signed_is_not_prepared_either() {
    let desk = Desk::new(RSA);
    fs::write(desk.path("in.pdf"), b"no pdf").unwrap();
    desk.refused(&["prepare", "in.pdf", "state", "--certificate", "cert.pem"], "not_a_pdf");
    let (code, _, errors) = desk.vanthu(&["prepare", "in.pdf", "state", "--certificate", "key.pem"]);
    assert!(code == 6 && errors.contains("no certificate"), "{errors}");
}
