//! A key on a device (PKCS#11, SoftHSM2): how near signing a file comes to the rate at which the device signs at all,
//! with the same token and key, in one process.

use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use cryptoki::context::Pkcs11;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use integration_tests::authority::{Authority, KeyKind};
use integration_tests::judge::run;
use openssl::sha::sha256;
use serde_json::json;
use signer::cms::Digest;
use signer::keys::{SigningKey, TokenUri};
use signer::sign::sign_with;

use crate::samples::small;
use crate::signatures::{best, request};
use crate::{rounded, tell};

/// The argument with which the bench starts itself: the library looks for its tokens in the environment, once.
pub(crate) const WITHIN: &str = "device-within";

const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
];
const LABEL: &str = "bench";
const PIN: &str = "1234";
/// The keys, each under its identifier.
const KEYS: [(&str, &str, KeyKind); 3] =
    [("01", "rsa2048", KeyKind::Rsa), ("02", "rsa3072", KeyKind::Rsa3072), ("03", "p256", KeyKind::P256)];

/// Makes a token with its keys, and measures in a process that finds it.
pub(crate) fn measure() {
    let Some(module) = MODULES.into_iter().find(|path| Path::new(path).is_file()) else { return skipped() };
    let dir = tempfile::tempdir().expect("a scratch folder");
    let configuration = dir.path().join("softhsm2.conf");
    std::fs::write(&configuration, format!("directories.tokendir = {}\n", dir.path().display()))
        .expect("scratch can be written");
    let tool = |program: &str, arguments: &[&str]| {
        let output =
            Command::new(program).args(arguments).env("SOFTHSM2_CONF", &configuration).output().ok()?;
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        Some(())
    };
    let init = ["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", "12345678"];
    if tool("softhsm2-util", &init).is_none() || run("pkcs11-tool", ["--help"]).is_none() {
        return skipped();
    }
    let authority = Authority::make();
    std::fs::write(
        dir.path().join("root.der"),
        authority.certificate.to_der().expect("a certificate has bytes"),
    )
    .expect("scratch can be written");
    for (id, label, kind) in KEYS {
        let holder = authority.issue("Người ký", kind);
        let (key, certificate) = (dir.path().join("key.pem"), dir.path().join("certificate.der"));
        std::fs::write(&key, holder.key.private_key_to_pem_pkcs8().expect("a key has a PEM form"))
            .expect("scratch can be written");
        std::fs::write(&certificate, holder.certificate.to_der().expect("a certificate has bytes"))
            .expect("scratch can be written");
        let (key, certificate) = (key.display().to_string(), certificate.display().to_string());
        let import = ["--import", &key, "--token", LABEL, "--label", label, "--id", id, "--pin", PIN];
        tool("softhsm2-util", &import).expect("it was there a moment ago");
        let write = ["--module", module, "--token-label", LABEL, "--login", "--pin", PIN];
        let object = ["--write-object", &certificate, "--type", "cert", "--id", id, "--label", label];
        tool("pkcs11-tool", &[&write[..], &object[..]].concat()).expect("it was there a moment ago");
    }
    let own = std::env::current_exe().expect("the system tells the running executable");
    let measured = Command::new(own)
        .args([WITHIN, module])
        .arg(dir.path())
        .env("SOFTHSM2_CONF", &configuration)
        .status()
        .expect("the bench starts itself");
    assert!(measured.success(), "measuring with the token failed");
}

/// Measures in this process, which finds the token.
pub(crate) fn within(module: &str, dir: &Path) {
    let root = std::fs::read(dir.join("root.der")).expect("it was written");
    let root = openssl::x509::X509::from_der(&root).expect("a certificate");
    let sample = small();
    let file = Bytes::from(sample.pdf);
    for (id, label, kind) in KEYS {
        let uri = format!("pkcs11:token={LABEL};object={label};id=%{id}?module-path={module}");
        let uri = TokenUri::parse(&uri).expect("a URI");
        let key = SigningKey::from_device(&uri, Some(PIN), None, vec![root.clone()]).expect("the key opens");
        let library = Pkcs11::new(module).expect("it is loaded already");
        let slot = library
            .get_slots_with_token()
            .expect("the token is there")
            .into_iter()
            .find(|slot| library.get_token_info(*slot).is_ok_and(|info| info.label() == LABEL))
            .expect("the token is there");
        // The key's own session has logged this process in.
        let session = library.open_ro_session(slot).expect("a session");
        let wanted =
            [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Label(label.as_bytes().to_vec())];
        let handle = session.find_objects(&wanted).expect("the key is found")[0];
        // As long as what is signed: a SHA-256 digest, for RSA within its DigestInfo (RFC 8017, 9.2).
        let (mechanism, length) = match kind {
            KeyKind::P256 => (Mechanism::Ecdsa, 32),
            KeyKind::Rsa | KeyKind::Rsa3072 => (Mechanism::RsaPkcs, 51),
        };
        let raw = best(|| session.sign(&mechanism, handle, &vec![7; length]).expect("the token signs"));
        let scheme = key.signatory().scheme(Digest::Sha256, false).expect("a scheme");
        let through = best(|| key.sign(scheme, b"to be signed").expect("the token signs"));
        let hash = best(|| sha256(&file));
        let bound = raw + hash + best(|| file.to_vec());
        let request = request();
        let ours = best(|| sign_with(file.clone(), &request, &key).expect("it is signed").to_bytes());
        // A signature of a few bytes through us beside the device alone; a file beside what no program can go below.
        tell(&json!({
            "figure": "device", "key": label, "file": sample.name, "raw_per_second": rounded(1.0 / raw),
            "through_us_per_second": rounded(1.0 / through), "through_us_of_raw": rounded(raw / through),
            "sign_per_second": rounded(1.0 / ours), "bound_per_second": rounded(1.0 / bound),
            "of_bound": rounded(bound / ours), "of_raw": rounded(raw / ours),
        }));
    }
}

fn skipped() {
    tell(&json!({ "skipped": "device", "because": "softhsm2 and opensc are not installed" }));
}
