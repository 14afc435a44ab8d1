//! Keys on a device: SoftHSM2 with RSA and EC keys, through the same door as keys from files.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

mod validate_office;

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, MutexGuard};

use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use signer::cms::{Digest, SignError};
use signer::keys::{DeviceError, KeyError, SigningKey, TokenUri};
use signer::sign::{
    Choices, Claims, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, SteerError, Target, sign_with,
};
use signer::validate::Verdict;
use validate_office::{Office, SIGNED_AT, Wanted, certificate, draft};

const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
];
const PIN: &str = "1234";

/// SoftHSM reads its configuration once in a process: all tests share one folder of tokens, one at a time.
static TURN: Mutex<()> = Mutex::new(());

struct Device {
    module: &'static str,
    office: Office,
    label: String,
    _turn: MutexGuard<'static, ()>,
}

fn tokens() -> &'static Path {
    Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/softhsm"))
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .env("SOFTHSM2_CONF", tokens().join("softhsm2.conf"))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Device {
    /// A new token with this label; none where SoftHSM is not installed.
    fn new(label: &str) -> Option<Self> {
        let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let module = MODULES.into_iter().find(|path| Path::new(path).is_file());
        let tools = ["softhsm2-util", "pkcs11-tool"]
            .iter()
            .all(|tool| Command::new(tool).arg("--help").output().is_ok());
        let Some(module) = module.filter(|_| tools) else {
            println!("skipped: keys_device: softhsm2 and opensc are not installed");
            return None;
        };
        let configuration = tokens().join("softhsm2.conf");
        // The library in this process looks for it in the environment, which must not change while it runs: the
        // test starts itself again with it.
        if std::env::var_os("SOFTHSM2_CONF").is_none_or(|set| Path::new(&set) != configuration) {
            std::fs::create_dir_all(tokens().join("tokens")).unwrap();
            let text = format!("directories.tokendir = {}\n", tokens().join("tokens").display());
            std::fs::write(&configuration, text).unwrap();
            let name = std::thread::current().name().unwrap().to_owned();
            let status = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", &name, "--nocapture"])
                .env("SOFTHSM2_CONF", &configuration)
                .status()
                .unwrap();
            assert!(status.success(), "{name}");
            return None;
        }
        let label = format!("{label}-{}", std::process::id());
        run(
            "softhsm2-util",
            &["--init-token", "--free", "--label", &label, "--pin", PIN, "--so-pin", "12345678"],
        );
        Some(Self { module, office: Office::new(), label, _turn: turn })
    }

    /// Puts a key and its certificate there.
    fn put(&self, private: &PKey<Private>, id: &str, subject: &str, serial: u32) {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        std::fs::write(path("key.pem"), private.private_key_to_pem_pkcs8().unwrap()).unwrap();
        run(
            "softhsm2-util",
            &[
                "--import",
                &path("key.pem"),
                "--token",
                &self.label,
                "--label",
                subject,
                "--id",
                id,
                "--pin",
                PIN,
            ],
        );
        let own =
            certificate(&Wanted { subject, serial, ..Wanted::default() }, private, Some(&self.office.root));
        std::fs::write(path("cert.der"), own.to_der().unwrap()).unwrap();
        self.put_certificate(&path("cert.der"), id, subject);
    }

    fn put_certificate(&self, path: &str, id: &str, label: &str) {
        let module = self.module;
        run(
            "pkcs11-tool",
            &[
                "--module",
                module,
                "--token-label",
                &self.label,
                "--login",
                "--pin",
                PIN,
                "--write-object",
                path,
                "--type",
                "cert",
                "--id",
                id,
                "--label",
                label,
            ],
        );
    }

    fn uri(&self, rest: &str) -> TokenUri {
        TokenUri::parse(&format!("pkcs11:token={}{rest}?module-path={}", self.label, self.module)).unwrap()
    }

    fn open(&self, rest: &str, pin: Option<&str>) -> Result<SigningKey, KeyError> {
        SigningKey::from_device(&self.uri(rest), pin, None, vec![self.office.root.certificate.clone()])
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        // One test has taken it away itself.
        let arguments = ["--delete-token", "--token", &self.label];
        let configuration = tokens().join("softhsm2.conf");
        let _ = Command::new("softhsm2-util").args(arguments).env("SOFTHSM2_CONF", configuration).output();
    }
}

fn rsa() -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap()
}

fn ec(curve: Nid) -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(curve).unwrap()).unwrap()).unwrap()
}

fn sign(key: &SigningKey, choices: Choices) -> Result<Vec<u8>, SteerError> {
    let request = SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(SIGNED_AT)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices,
    };
    Ok(sign_with(draft(), &request, key)?.to_bytes())
}

fn failed<T>(result: Result<T, KeyError>) -> DeviceError {
    match result {
        Err(KeyError::Device(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("opened"),
    }
}

#[test]
fn keys_on_a_device_sign_in_every_scheme() {
    let Some(device) = Device::new("sign") else { return };
    device.put(&rsa(), "01", "rsa", 61);
    device.put(&ec(Nid::X9_62_PRIME256V1), "02", "p256", 62);
    device.put(&ec(Nid::SECP384R1), "03", "p384", 63);
    device.put(&ec(Nid::SECP521R1), "04", "p521", 64);
    let pss = [false, true];
    let cases = [("%01", &pss[..]), ("%02", &pss[..1]), ("%03", &pss[..1]), ("%04", &pss[..1])];
    for (id, schemes) in cases {
        let key = device.open(&format!(";id={id}"), Some(PIN)).unwrap();
        assert_eq!(key.chain().len(), 1, "the root that was given");
        for pss in schemes {
            for digest in Digest::SIGNING {
                let choices = Choices { digest: Some(digest), pss: *pss, ..Choices::default() };
                let signed = sign(&key, choices);
                if *pss && digest.name().starts_with("SHA3") {
                    let error = signed.unwrap_err().to_string();
                    assert!(error.contains("cannot sign with RSASSA-PSS"), "{error}");
                    continue;
                }
                let report = device.office.judge(&signed.unwrap());
                let found = &report.signatures[0];
                assert_eq!(found.verdict, Verdict::Valid, "{id} {}: {:?}", digest.name(), found.findings);
            }
        }
    }
}

#[test]
fn the_uri_must_name_one_token_and_one_key() {
    let Some(device) = Device::new("name") else { return };
    assert!(matches!(failed(device.open("", Some(PIN))), DeviceError::NoKey));
    device.put(&ec(Nid::X9_62_PRIME256V1), "01", "mot", 71);
    device.open("", Some(PIN)).unwrap();
    device.put(&ec(Nid::X9_62_PRIME256V1), "02", "hai", 72);
    assert!(matches!(failed(device.open("", Some(PIN))), DeviceError::SeveralKeys(2)));
    let by_label = device.open(";object=hai", Some(PIN)).unwrap();
    assert_eq!(by_label.info().subject, "hai");
    assert!(matches!(failed(device.open(";object=ba", Some(PIN))), DeviceError::NoKey));
    assert!(matches!(failed(device.open(";serial=0", Some(PIN))), DeviceError::NoToken));
    let nowhere = TokenUri::parse("pkcs11:token=x").unwrap();
    let open = |module| SigningKey::from_device(&nowhere, Some(PIN), module, vec![]);
    assert!(matches!(failed(open(None)), DeviceError::NoModule));
    assert!(matches!(failed(open(Some(Path::new("/nowhere.so")))), DeviceError::Module { .. }));
    assert!(matches!(failed(open(Some(Path::new(device.module)))), DeviceError::NoToken));
}

#[test]
fn pins_are_told_apart() {
    let Some(device) = Device::new("pin") else { return };
    device.put(&ec(Nid::X9_62_PRIME256V1), "01", "mot", 81);
    assert!(matches!(failed(device.open("", None)), DeviceError::PinMissing));
    assert!(matches!(failed(device.open("", Some("9999"))), DeviceError::PinWrong));
    assert!(matches!(failed(device.open("", Some("1"))), DeviceError::PinWrong));
    let key = device.open("", Some(PIN)).unwrap();
    assert!(!format!("{key:?}").contains(PIN));
}

#[test]
fn a_certificate_of_another_key_and_none_at_all_are_refused() {
    let Some(device) = Device::new("cert") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("key.pem"), rsa().private_key_to_pem_pkcs8().unwrap()).unwrap();
    run(
        "softhsm2-util",
        &["--import", &path("key.pem"), "--token", &device.label, "--label", "k", "--id", "01", "--pin", PIN],
    );
    assert!(matches!(failed(device.open("", Some(PIN))), DeviceError::NoCertificate));
    let other = rsa();
    let wanted = Wanted { subject: "khác", serial: 91, ..Wanted::default() };
    let strange = certificate(&wanted, &other, Some(&device.office.root));
    std::fs::write(path("cert.der"), strange.to_der().unwrap()).unwrap();
    device.put_certificate(&path("cert.der"), "01", "k");
    assert!(matches!(failed(device.open("", Some(PIN))), DeviceError::OtherCertificate));
}

#[test]
fn a_token_that_is_gone_is_told_and_others_go_on() {
    let Some(device) = Device::new("gone") else { return };
    device.put(&ec(Nid::X9_62_PRIME256V1), "01", "mot", 95);
    let key = device.open("", Some(PIN)).unwrap();
    sign(&key, Choices::default()).unwrap();
    // The sessions end under our hands: somebody else logs the application out.
    device.log_out();
    sign(&key, Choices::default()).unwrap();
    // Many hands at once share the sessions.
    std::thread::scope(|scope| {
        let hands: Vec<_> =
            (0..6).map(|_| scope.spawn(|| (0..5).all(|_| sign(&key, Choices::default()).is_ok()))).collect();
        assert!(hands.into_iter().all(|hand| hand.join().unwrap()));
    });
    run("softhsm2-util", &["--delete-token", "--token", &device.label]);
    match sign(&key, Choices::default()) {
        Err(SteerError::Sign(SignError::Key(KeyError::Device(error)))) => println!("gone: {error}"),
        other => panic!("{other:?}"),
    }
}

impl Device {
    /// Logs this process out of the token, as taking it out does.
    fn log_out(&self) {
        let library = cryptoki::context::Pkcs11::new(self.module).unwrap();
        for slot in library.get_slots_with_token().unwrap() {
            if library.get_token_info(slot).unwrap().label() == self.label {
                library.open_ro_session(slot).unwrap().logout().unwrap();
            }
        }
    }
}

#[test]
fn a_device_is_used_at_nearly_its_own_rate() {
    use cryptoki::mechanism::Mechanism;
    use cryptoki::object::{Attribute, ObjectClass};

    const EACH: u32 = 10;
    let Some(device) = Device::new("rate") else { return };
    device.put(&ec(Nid::X9_62_PRIME256V1), "01", "mot", 97);
    let key = device.open("", Some(PIN)).unwrap();
    let library = cryptoki::context::Pkcs11::new(device.module).unwrap();
    let slots = library.get_slots_with_token().unwrap();
    let slot = slots.into_iter().find(|slot| library.get_token_info(*slot).unwrap().label() == device.label);
    // The key's own session has logged this process in.
    let session = library.open_ro_session(slot.unwrap()).unwrap();
    let handle = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)]).unwrap()[0];
    let scheme = key.signatory().scheme(Digest::Sha256, false).unwrap();
    let timed = |work: &dyn Fn()| {
        let begin = std::time::Instant::now();
        (0..EACH).for_each(|_| work());
        begin.elapsed()
    };
    let raw = || drop(session.sign(&Mechanism::Ecdsa, handle, &[7; 32]).unwrap());
    let ours = || drop(key.sign(scheme, b"to be signed").unwrap());
    // Short rounds, many of them: some are never interrupted, on any machine. The exact figure is the bench's.
    let rounds: Vec<_> = (0..80).map(|_| (timed(&raw), timed(&ours))).collect();
    let best_raw = rounds.iter().map(|(raw, _)| *raw).min().unwrap();
    let best_ours = rounds.iter().map(|(_, ours)| *ours).min().unwrap();
    let ratio = best_raw.as_secs_f64() / best_ours.as_secs_f64();
    println!("{EACH} signatures: the library alone {best_raw:?}, through us {best_ours:?}, ratio {ratio:.2}");
    // A session or a log-in for each would be many times as much.
    assert!(ratio > 0.5, "{ratio}");
}
