//! Files of hundreds of megabytes and of more than four gigabytes: signed, prepared and judged by `vanthu` in a memory
//! that does not grow with them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::UNIX_EPOCH;

use integration_tests::authority::{Authority, KeyKind};
use integration_tests::binary;
use openssl::sign::Signer;
use proto::record::v1::Verdict;
use serde_json::Value;
use signer::chain::TrustRoots;
use signer::validate::Options;
use signer::worker;

const PASSWORD: &str = "mat khau cua khoa";
/// What `vanthu` may allocate for a file of [`LARGE`] bytes, in bytes: its data, not its program.
const MEMORY_BYTES_MAX: u64 = 64 << 20;
/// A file that would not fit into it, in bytes.
const LARGE: u64 = 300 << 20;
/// A file whose offsets fit into neither 32 bits nor nine digits, in bytes.
const HUGE: u64 = 4_600_000_000;

/// How a file's cross-reference is written.
#[derive(Clone, Copy)]
enum Xref {
    Table,
    Stream,
}

/// Writes a PDF of one page with a line of text and an image of so many zeros, which take no space on the disk. The page and the
/// cross-reference stand behind it.
fn sparse_pdf(path: &Path, zeros: u64, xref: Xref) {
    let mut file = File::create_new(path).unwrap();
    let mut offsets = Vec::new();
    file.write_all(b"%PDF-1.7\n").unwrap();
    offsets.push(file.stream_position().unwrap());
    write!(file, "1 0 obj\n<</Subtype/Image/Length {zeros}>>stream\n").unwrap();
    file.seek(SeekFrom::Current(i64::try_from(zeros).unwrap())).unwrap();
    file.write_all(b"\nendstream\nendobj\n").unwrap();
    for (number, body) in [
        (2, "<</Type/Catalog/Pages 3 0 R/Attached 1 0 R>>"),
        (3, "<</Type/Pages/Kids[4 0 R]/Count 1>>"),
        (
            4,
            "<</Type/Page/Parent 3 0 R/MediaBox[0 0 595.303937007874 842]/Contents 5 0 R\
             /Resources<</Font<</A 6 0 R>>/XObject<</X 1 0 R>>>>>>",
        ),
        (5, "<</Length 41>>stream\nBT /A 12 Tf 72 700 Td (So 12 2026) Tj ET \nendstream"),
        (6, "<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>"),
    ] {
        offsets.push(file.stream_position().unwrap());
        write!(file, "{number} 0 obj\n{body}\nendobj\n").unwrap();
    }
    let start = file.stream_position().unwrap();
    match xref {
        Xref::Table => {
            file.write_all(b"xref\n0 7\n0000000000 65535 f \n").unwrap();
            for offset in offsets {
                writeln!(file, "{offset:010} 00000 n ").unwrap();
            }
            file.write_all(b"trailer\n<</Size 7/Root 2 0 R>>\n").unwrap();
        }
        Xref::Stream => {
            offsets.push(start);
            write!(file, "7 0 obj\n<</Type/XRef/Size 8/W[1 8 2]/Index[1 7]/Root 2 0 R/Length 77>>stream\n")
                .unwrap();
            for offset in offsets {
                file.write_all(&[1]).unwrap();
                file.write_all(&offset.to_be_bytes()).unwrap();
                file.write_all(&[0, 0]).unwrap();
            }
            file.write_all(b"\nendstream\nendobj\n").unwrap();
        }
    }
    write!(file, "startxref\n{start}\n%%EOF\n").unwrap();
}

/// A folder with a key and its certificate.
struct Bench {
    dir: tempfile::TempDir,
    key: openssl::pkey::PKey<openssl::pkey::Private>,
}

impl Bench {
    fn new() -> Self {
        let (dir, authority) = (tempfile::tempdir().unwrap(), Authority::make());
        let holder = authority.issue("Nguyễn Văn An", KeyKind::P256);
        let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
        write("key.p12", &authority.pkcs12(&holder, PASSWORD));
        write("password", PASSWORD.as_bytes());
        write("ca.pem", &authority.pem());
        write("own.pem", &holder.certificate.to_pem().unwrap());
        Self { dir, key: holder.key }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs `vanthu` with no more memory than is allowed.
    fn run(&self, args: &[&str]) -> Output {
        let kilobytes = MEMORY_BYTES_MAX / 1_024;
        Command::new("sh")
            .args(["-c", &format!("ulimit -d {kilobytes} && exec \"$0\" \"$@\"")])
            .arg(binary::vanthu())
            .args(args)
            .current_dir(self.dir.path())
            .output()
            .unwrap()
    }

    fn succeeds(&self, args: &[&str]) -> Output {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    fn signs(&self, input: &str, output: &str) {
        self.succeeds(&["sign", input, output, "--key", "key.p12", "--password-file", "password"]);
        self.follows(input, output);
    }

    /// The output is its input and what was appended, and is judged good.
    fn follows(&self, input: &str, output: &str) {
        let (before, mut after) =
            (File::open(self.path(input)).unwrap(), File::open(self.path(output)).unwrap());
        let size = before.metadata().unwrap().len();
        let more = after.metadata().unwrap().len() - size;
        assert!((20_000..200_000).contains(&more), "{more} bytes were appended");
        assert!(same(before, &mut after, size), "signing appends");
        let mut tail = Vec::new();
        after.read_to_end(&mut tail).unwrap();
        let tail = String::from_utf8_lossy(&tail);
        let range = tail.split_once("/ByteRange[0 ").unwrap().1.split_once(']').unwrap().0;
        let numbers: Vec<u64> = range.split_whitespace().map(|number| number.parse().unwrap()).collect();
        assert_eq!(numbers[1] + numbers[2], size + more, "all but the hole is signed: {range}");
        assert!(numbers[0] > size, "{range}");
        let output = self.succeeds(&["verify", output, "--trust", "ca.pem", "--offline", "--json"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["verdict"], "valid", "{report}");
    }
}

/// Do both begin with the same bytes, as many as that?
fn same(mut one: File, other: &mut File, size: u64) -> bool {
    let (mut left, mut right) = (vec![0; 1 << 20], vec![0; 1 << 20]);
    let mut rest = size;
    while rest > 0 {
        let step = usize::try_from(rest.min(1 << 20)).unwrap();
        one.read_exact(&mut left[..step]).unwrap();
        other.read_exact(&mut right[..step]).unwrap();
        if left[..step] != right[..step] {
            return false;
        }
        rest -= u64::try_from(step).unwrap();
    }
    true
}

#[test]
fn memory_does_not_grow_with_the_file() {
    let bench = Bench::new();
    sparse_pdf(&bench.path("in.pdf"), LARGE, Xref::Table);
    bench.signs("in.pdf", "out.pdf");
    // The first signature is judged again with the second.
    bench.signs("out.pdf", "twice.pdf");
    std::fs::remove_file(bench.path("twice.pdf")).unwrap();

    let told = bench.succeeds(&["prepare", "in.pdf", "state", "--certificate", "own.pem"]);
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let to_be_signed = openssl::base64::decode_block(told["to_be_signed"].as_str().unwrap()).unwrap();
    let mut signer = Signer::new(openssl::hash::MessageDigest::sha256(), &bench.key).unwrap();
    std::fs::write(bench.path("answer"), signer.sign_oneshot_to_vec(&to_be_signed).unwrap()).unwrap();
    bench.succeeds(&["complete", "state", "answer", "outside.pdf"]);
    bench.follows("in.pdf", "outside.pdf");
}

/// A stranger's file is judged and its text read in a worker, which is given the file and not its bytes.
#[tokio::test]
async fn the_worker_holds_no_large_file() {
    let bench = Bench::new();
    sparse_pdf(&bench.path("in.pdf"), LARGE, Xref::Stream);
    bench.signs("in.pdf", "out.pdf");
    let script = format!(
        "#!/bin/sh\nulimit -d {} && exec '{}' \"$@\"\n",
        MEMORY_BYTES_MAX / 1_024,
        binary::vanthu().display()
    );
    std::fs::write(bench.path("worker"), script).unwrap();
    std::fs::set_permissions(bench.path("worker"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut roots = TrustRoots::none();
    roots.add_path(&bench.path("ca.pem")).unwrap();
    let at = i64::try_from(UNIX_EPOCH.elapsed().unwrap().as_secs()).unwrap();
    let options = Options { roots, at, require_revocation: false };
    let request = worker::Request::new(Vec::new(), &options);
    // The request is written behind the file.
    let file = File::options().read(true).write(true).open(bench.path("out.pdf")).unwrap();
    let limits = worker::Limits::default();
    let answer = worker::run_on_disk(&bench.path("worker"), file, &request, limits).await.unwrap();
    let seen = answer.inspected.unwrap();
    let report = seen.report.unwrap();
    assert_eq!((report.verdict(), report.signatures.len()), (Verdict::Valid, 1), "{report:?}");
    assert_eq!((seen.pages, seen.text.as_str(), seen.needs_ocr), (1, "So 12 2026\n", false));
}

#[test]
fn a_file_that_lost_its_cross_reference_is_searched_in_the_same_memory() {
    let bench = Bench::new();
    sparse_pdf(&bench.path("in.pdf"), LARGE, Xref::Table);
    let file = File::options().write(true).open(bench.path("in.pdf")).unwrap();
    file.set_len(file.metadata().unwrap().len() - 50).unwrap();
    drop(file);
    bench.signs("in.pdf", "out.pdf");
}

#[test]
fn offsets_beyond_four_gigabytes_are_read_and_written() {
    // Ten gigabytes are read and five written: `make soak` has the time.
    if std::env::var_os("VANTHU_SOAK").is_none() {
        return;
    }
    for xref in [Xref::Table, Xref::Stream] {
        let bench = Bench::new();
        sparse_pdf(&bench.path("in.pdf"), HUGE, xref);
        bench.signs("in.pdf", "out.pdf");
    }
}
