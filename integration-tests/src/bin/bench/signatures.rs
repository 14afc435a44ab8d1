//! Signatures per second on one core, beside what openssl needs for the bare numbers and pyHanko for the same file.

use std::path::Path;
use std::time::{Duration, Instant};

use integration_tests::authority::KeyKind;
use integration_tests::judge::run;
use integration_tests::office::OneProcess;
use integration_tests::staff::KEY_PASSWORD;
use serde_json::json;
use signer::chain::TrustRoots;
use signer::cms;
use signer::keys::SigningKey;
use signer::sign::{Claims, Prepared, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Target};
use signer::validate::{Options, validate};

use crate::{rounded, tell};

/// How long each key signs.
const TIME: Duration = Duration::from_secs(3);
/// When it is signed, in seconds since 1970.
const AT_S: i64 = 1_779_765_330;

/// A letter of the office, signed again and again.
pub(crate) async fn measure(office: &OneProcess) {
    let letter = office.world.letter("Đo tốc độ ký");
    let pdf = office.world.desk("chuyenvien").render_letter(letter).await.expect("a letter").pdf;
    let dir = tempfile::tempdir().expect("a scratch folder");
    let path = dir.path().join("letter.pdf");
    std::fs::write(&path, &pdf).expect("scratch can be written");
    for (kind, name, of_openssl) in
        [(KeyKind::Rsa, "rsa2048", "rsa2048"), (KeyKind::P256, "ecdsa_p256", "ecdsap256")]
    {
        let holder = office.world.authority.issue("Người ký", kind);
        let p12 = dir.path().join(format!("{name}.p12"));
        std::fs::write(&p12, office.world.authority.pkcs12(&holder, KEY_PASSWORD))
            .expect("scratch can be written");
        let above = vec![office.world.authority.certificate.clone()];
        let key = SigningKey::new(holder.key, holder.certificate, above).expect("a key");
        let (began, mut signed) = (Instant::now(), 0_u32);
        let mut last = Vec::new();
        while began.elapsed() < TIME {
            last = sign(pdf.clone(), &key);
            signed += 1;
        }
        let ours = f64::from(signed) / began.elapsed().as_secs_f64();
        let options = Options { roots: TrustRoots::none(), at: AT_S, require_revocation: false };
        let (began, mut judged) = (Instant::now(), 0_u32);
        while began.elapsed() < TIME / 3 {
            assert_eq!(validate(last.clone(), &options).signatures.len(), 1, "the signature is found");
            judged += 1;
        }
        let validated = f64::from(judged) / began.elapsed().as_secs_f64();
        tell(&json!({
            "figure": "signatures", "key": name, "file_bytes": pdf.len(), "per_second": rounded(ours),
            "openssl_bare_per_second": openssl_speed(of_openssl), "pyhanko_per_second": pyhanko(&path, &p12),
            "validated_per_second": rounded(validated),
        }));
    }
}

fn sign(pdf: Vec<u8>, key: &SigningKey) -> Vec<u8> {
    let request = SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(AT_S)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Default::default(),
    };
    let digested = Prepared::sign(pdf, &request).expect("the letter can be signed").digest();
    digested.complete_with(|d| cms::sign_detached(key, d.digest())).expect("it is signed").to_bytes()
}

/// “sign/s” of `openssl speed`; none where it is not installed.
fn openssl_speed(algorithm: &str) -> Option<f64> {
    let output = run("openssl", ["speed", "-seconds", "2", algorithm])?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().rfind(|line| line.starts_with("rsa") || line.trim_start().contains("ecdsa"))?;
    // … sign verify sign/s verify/s
    let numbers: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    numbers.len().checked_sub(2).and_then(|at| numbers.get(at)).copied()
}

/// Signatures of pyHanko a second; none where it is not installed.
fn pyhanko(file: &Path, p12: &Path) -> Option<f64> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin/bench/pyhanko_speed.py");
    let output =
        run("python3", [script.as_os_str(), file.as_os_str(), p12.as_os_str(), KEY_PASSWORD.as_ref()])?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}
