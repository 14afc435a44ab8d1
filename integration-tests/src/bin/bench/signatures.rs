//! How many files a second are signed and judged on one core, in this process: the best processor time of one call.
//! Beside it what no program can go below, measured in the same run, and pyHanko and PDFBox on the same files.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use integration_tests::authority::{Authority, KeyKind};
use integration_tests::judge::run;
use integration_tests::staff::KEY_PASSWORD;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::sha::sha256;
use openssl::sign::Signer;
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};
use signer::chain::TrustRoots;
use signer::keys::SigningKey;
use signer::sign::{
    Choices, Claims, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Target, sign_with,
};
use signer::validate::{Options, Verdict, validate};

use crate::samples::{Sample, samples};
use crate::{rounded, tell};

/// Processor time that one measurement may take, in seconds.
const TIME_S: f64 = 1.5;
/// Fewest calls of one measurement.
const CALLS_MIN: u32 = 5;
/// When it is signed, in seconds since 1970.
const AT_S: i64 = 1_779_765_330;

/// Every key on every file.
pub(crate) fn measure() {
    let authority = Authority::make();
    let dir = tempfile::tempdir().expect("a scratch folder");
    let samples = samples();
    let paths: Vec<PathBuf> = (0..samples.len()).map(|n| dir.path().join(format!("{n}.pdf"))).collect();
    for (sample, path) in samples.iter().zip(&paths) {
        std::fs::write(path, &sample.pdf).expect("scratch can be written");
    }
    let pdfbox = Pdfbox::compiled(dir.path());
    for (kind, key_name) in
        [(KeyKind::Rsa, "rsa2048"), (KeyKind::Rsa3072, "rsa3072"), (KeyKind::P256, "p256")]
    {
        let holder = authority.issue("Người ký", kind);
        let p12 = dir.path().join(format!("{key_name}.p12"));
        std::fs::write(&p12, authority.pkcs12(&holder, KEY_PASSWORD)).expect("scratch can be written");
        let bare = bare_signature(&holder.key);
        let above = vec![authority.certificate.clone()];
        let key = SigningKey::new(holder.key, holder.certificate, above).expect("a key");
        let mut ours = Vec::new();
        for (sample, path) in samples.iter().zip(&paths) {
            let signed = path.with_extension(format!("{key_name}.signed"));
            ours.push(one(sample, &key, &authority, bare, &signed));
        }
        let peers = [
            ("pyhanko", pyhanko(&p12, &paths, key_name)),
            ("pdfbox", pdfbox.as_ref().and_then(|pdfbox| pdfbox.run(&p12, &paths, key_name))),
        ];
        for (at, (sample, ours)) in samples.iter().zip(ours).enumerate() {
            let mut line = json!({ "figure": "signatures", "key": key_name, "file": sample.name });
            merge(&mut line, &ours);
            for (peer, lines) in &peers {
                let of_file = lines.as_ref().and_then(|lines| lines.get(at));
                for what in ["sign", "validate"] {
                    let per_second = of_file.and_then(|figures| figures[what].as_f64()).map(rounded);
                    line[format!("{peer}_{what}_per_second")] = json!(per_second);
                }
            }
            tell(&line);
        }
    }
}

/// Our figures for one file and key; the signed file is left for the peers to judge.
fn one(sample: &Sample, key: &SigningKey, authority: &Authority, bare: f64, signed_path: &Path) -> Value {
    let file = Bytes::from(sample.pdf.clone());
    let request = request();
    let sign = || sign_with(file.clone(), &request, key).expect("it is signed").to_bytes();
    let signed = Bytes::from(sign());
    std::fs::write(signed_path, &signed).expect("scratch can be written");
    let mut roots = TrustRoots::none();
    roots.add(&authority.pem(), "the authority").expect("a root");
    let options = Options::new(roots, AT_S);
    let report = validate(signed.clone(), &options);
    assert_eq!(report.verdict, Verdict::Valid, "{:?}", report.to_json());
    let hash = best(|| sha256(&file));
    let bound = 1.0 / (bare + hash + best(|| file.to_vec()));
    let per_second = 1.0 / best(sign);
    let judged = 1.0 / best(|| validate(signed.clone(), &options));
    json!({
        "bytes": file.len(), "sign_per_second": rounded(per_second), "bound_per_second": rounded(bound),
        "of_bound": rounded(per_second / bound), "validate_per_second": rounded(judged),
        "hash_per_second": rounded(1.0 / hash),
    })
}

/// A signature that nothing is chosen for.
pub(crate) fn request() -> SigningRequest {
    SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(AT_S)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    }
}

/// What openssl takes for the bare signature, in seconds.
fn bare_signature(key: &PKey<Private>) -> f64 {
    best(|| {
        let mut signer = Signer::new(MessageDigest::sha256(), key).expect("openssl signs");
        signer.sign_oneshot_to_vec(&[7; 100]).expect("openssl signs")
    })
}

/// The best processor time of one call, in seconds.
pub(crate) fn best<T>(mut call: impl FnMut() -> T) -> f64 {
    let began = processor_time();
    let (mut best, mut calls) = (f64::INFINITY, 0);
    while calls < CALLS_MIN || processor_time() - began < TIME_S {
        let before = processor_time();
        std::hint::black_box(call());
        best = best.min(processor_time() - before);
        calls += 1;
    }
    best
}

/// Of this thread, in seconds.
#[expect(clippy::cast_precision_loss, reason = "nanoseconds of a process that runs for minutes")]
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn merge(line: &mut Value, more: &Value) {
    if let (Some(line), Some(more)) = (line.as_object_mut(), more.as_object()) {
        line.extend(more.clone());
    }
}

/// Files and their signed forms, as arguments for a peer.
fn arguments(p12: &Path, paths: &[PathBuf], key_name: &str) -> Vec<PathBuf> {
    let mut arguments = vec![p12.to_owned(), PathBuf::from(KEY_PASSWORD)];
    for path in paths {
        arguments.extend([path.clone(), path.with_extension(format!("{key_name}.signed"))]);
    }
    arguments
}

/// The JSON lines of a peer, one a file.
fn lines(output: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(output).lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// pyHanko's figures; none where it is not installed.
fn pyhanko(p12: &Path, paths: &[PathBuf], key_name: &str) -> Option<Vec<Value>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/bench/pyhanko_speed.py");
    let mut command = vec![script];
    command.extend(arguments(p12, paths, key_name));
    let found = run("python3", command).map(|output| lines(&output.stdout)).filter(|lines| !lines.is_empty());
    if found.is_none() {
        tell(&json!({ "skipped": "pyhanko", "because": "it is not installed for python3" }));
    }
    found
}

/// PDFBox with Bouncy Castle, from Debian.
struct Pdfbox {
    class_path: String,
}

impl Pdfbox {
    /// Compiles the small program; none where Java or the libraries are not installed.
    fn compiled(dir: &Path) -> Option<Self> {
        const JARS: [&str; 6] = ["pdfbox2", "fontbox2", "commons-logging", "bcprov", "bcpkix", "bcutil"];
        let jars: Vec<String> = JARS.map(|jar| format!("/usr/share/java/{jar}.jar")).into();
        let class_path = format!("{}:{}", dir.display(), jars.join(":"));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/bench/PdfboxSpeed.java");
        let there = jars.iter().all(|jar| Path::new(jar).is_file());
        let made = there.then(|| {
            let arguments = ["-cp", &class_path, "-d", &dir.display().to_string()].map(str::to_owned);
            run("javac", arguments.into_iter().chain([source.display().to_string()]))
        });
        if made.flatten().is_some_and(|output| output.status.success()) {
            return Some(Self { class_path });
        }
        let wanted = "libpdfbox2-java, libbcpkix-java and default-jdk-headless are not installed";
        tell(&json!({ "skipped": "pdfbox", "because": wanted }));
        None
    }

    fn run(&self, p12: &Path, paths: &[PathBuf], key_name: &str) -> Option<Vec<Value>> {
        let mut command: Vec<PathBuf> = ["-cp", &self.class_path, "PdfboxSpeed"].map(PathBuf::from).into();
        command.extend(arguments(p12, paths, key_name));
        run("java", command).map(|output| lines(&output.stdout))
    }
}
