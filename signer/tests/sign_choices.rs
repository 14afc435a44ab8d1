//! Certification, locks, seed values, digests and schemes: what is chosen is written, kept to, and understood by
//! our own validator, pyHanko and poppler alike.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

mod validate_office;

use std::path::{Path, PathBuf};
use std::process::Command;

use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use signer::cms::Digest;
use signer::keys::SigningKey;
use signer::pdf::{Document, Object, Ref};
use signer::sign::{
    Certification, Choices, Claims, FieldLock, PageBox, Refusal, SIGNATURE_BYTES_DEFAULT, SigningRequest,
    SigningTime, SteerError, Target, sign_with,
};
use signer::validate::Verdict;
use validate_office::{CATALOG, Office, PAGE, SIGNED_AT, Wanted, certificate, draft, field, set, update};

fn request(target: Target, choices: Choices) -> SigningRequest {
    SigningRequest {
        target,
        appearance: None,
        claims: Claims::at(SigningTime(SIGNED_AT)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices,
    }
}

fn certifying(level: u8) -> Choices {
    Choices { certification: Some(Certification::from_level(level).unwrap()), ..Choices::default() }
}

fn locking(lock: FieldLock) -> Choices {
    Choices { lock: Some(lock), ..Choices::default() }
}

fn sign(file: &[u8], target: Target, choices: Choices, key: &SigningKey) -> Result<Vec<u8>, Refusal> {
    match sign_with(file.to_vec(), &request(target, choices), key) {
        Ok(signed) => Ok(signed.to_bytes()),
        Err(SteerError::Refused(refusal)) => Err(refusal),
        Err(other) => panic!("{other}"),
    }
}

/// Text fields `a` and `b.c` and an empty signature field `sig` with these entries.
fn with_fields(entries: &str) -> Vec<u8> {
    update(&draft(), |increment| {
        let ids: Vec<Ref> = (0..5).map(|_| increment.allocate().unwrap()).collect();
        let [a, b, c, sig, form] = ids[..] else { unreachable!() };
        let widget =
            |y: u32| format!("/Type/Annot/Subtype/Widget/Rect[50 {y} 150 {}]/P {PAGE} R/F 4", y + 20);
        increment.put(a, format!("<</FT/Tx/T(a)/DA(/Helv 9 Tf){}>>", widget(500)).into_bytes());
        increment.put(b, format!("<</T(b)/Kids[{c} R]>>").into_bytes());
        let source = format!("<</FT/Tx/T(c)/Parent {b} R/DA(/Helv 9 Tf){}>>", widget(540));
        increment.put(c, source.into_bytes());
        increment.put(sig, format!("<</FT/Sig/T(sig){}{entries}>>", widget(580)).into_bytes());
        increment.put(form, format!("<</Fields[{a} R {b} R {sig} R]>>").into_bytes());
        set(increment, CATALOG, "AcroForm", &format!("{form} R"));
        set(increment, PAGE, "Annots", &format!("[7 0 R {a} R {c} R {sig} R]"));
    })
}

/// Sets the value of a text field, as a form filler would.
fn filled(file: &[u8], name: &str) -> Vec<u8> {
    let id = field(file, name);
    update(file, |increment| set(increment, id, "V", "(dien sau)"))
}

/// What other judges say of a file's signatures.
struct Judges {
    folder: tempfile::TempDir,
    root: PathBuf,
    count: usize,
}

impl Judges {
    fn new(office: &Office) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root.pem");
        std::fs::write(&root, office.root.certificate.to_pem().unwrap()).unwrap();
        Self { folder, root, count: 0 }
    }

    fn written(&mut self, file: &[u8]) -> PathBuf {
        self.count += 1;
        let path = self.folder.path().join(format!("{}.pdf", self.count));
        std::fs::write(&path, file).unwrap();
        path
    }

    /// pyHanko: field, intact and valid and permitted, modification level.
    fn pyhanko(&mut self, file: &[u8]) -> Option<Vec<(String, bool, String)>> {
        let path = self.written(file);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyhanko_verdict.py");
        let output =
            Command::new("python3").arg(script).arg(&self.root).arg(&path).arg(&path).output().ok()?;
        if !output.status.success() {
            println!("skipped: sign_choices: pyHanko is not installed");
            return None;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        let line = |line: &str| {
            let words: Vec<&str> = line.split('\t').collect();
            assert_ne!(words[1], "error", "{line}");
            let good = words[2] == "true" && words[3] == "true" && words[5] == "true";
            (words[1].to_owned(), good, words[4].to_owned())
        };
        Some(text.lines().map(line).collect())
    }

    /// poppler: signatures that it calls valid. Empty fields count as signatures for it.
    fn poppler(&mut self, file: &[u8]) -> Option<usize> {
        let path = self.written(file);
        let output = Command::new("pdfsig").arg("-nocert").arg(&path).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Some(text.matches("Signature is Valid.").count())
    }

    fn qpdf(&mut self, file: &[u8]) {
        let path = self.written(file);
        if let Ok(output) = Command::new("qpdf").arg("--check").arg(&path).output() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && !text.contains("WARNING"), "{text}");
        }
    }

    /// All say that every signature is good; `count` of them.
    fn all_good(&mut self, office: &Office, file: &[u8], count: usize) {
        let report = office.judge(file);
        for signature in &report.signatures {
            assert_eq!(signature.verdict, Verdict::Valid, "{:?} {:?}", signature.field, signature.findings);
        }
        assert_eq!(report.signatures.len(), count);
        if let Some(found) = self.pyhanko(file) {
            assert!(found.len() == count && found.iter().all(|(_, good, _)| *good), "pyHanko: {found:?}");
        }
        if let Some(found) = self.poppler(file) {
            assert_eq!(found, count, "poppler");
        }
        self.qpdf(file);
    }
}

#[test]
fn every_level_of_certification_is_understood_and_kept_to() {
    let office = Office::new();
    let mut judges = Judges::new(&office);
    for level in 1..=3 {
        for target in [Target::Invisible, Target::Field("sig".to_owned())] {
            let signed = sign(&with_fields(""), target, certifying(level), &office.leader).unwrap();
            judges.all_good(&office, &signed, 1);
            let document = Document::open(signed.clone()).unwrap();
            let view = document.latest();
            let permissions = view.value(&view.root().unwrap(), b"Perms").unwrap();
            let named = permissions.as_dict().unwrap().get(b"DocMDP").and_then(Object::as_ref).unwrap();
            assert!(view.get(named).unwrap().as_dict().unwrap().is_name(b"Type", b"Sig"));

            let second = sign(&signed, Target::Invisible, Choices::default(), &office.agency);
            if level == 1 {
                assert_eq!(second, Err(Refusal::CertifiedNoChanges));
            } else {
                judges.all_good(&office, &second.unwrap(), 2);
            }
            let report = office.judge(&filled(&signed, "a"));
            let expected = if level == 1 { Verdict::Invalid } else { Verdict::Valid };
            assert_eq!(report.signatures[0].verdict, expected, "filled after level {level}");
        }
    }
}

#[test]
fn only_the_first_signature_certifies() {
    let office = Office::new();
    let signed = sign(&draft(), Target::Invisible, Choices::default(), &office.leader).unwrap();
    let again = sign(&signed, Target::Invisible, certifying(2), &office.agency);
    assert_eq!(again, Err(Refusal::CertificationNotFirst));
}

#[test]
fn permissions_that_stand_there_stay() {
    let office = Office::new();
    let file = update(&draft(), |increment| set(increment, CATALOG, "Perms", "<</Other 7 0 R>>"));
    let signed = sign(&file, Target::Invisible, certifying(2), &office.leader).unwrap();
    let document = Document::open(signed).unwrap();
    let root = document.latest().root().unwrap();
    let permissions = document.latest().value(&root, b"Perms").unwrap();
    let permissions = permissions.as_dict().unwrap();
    assert!(permissions.get(b"Other").is_some() && permissions.get(b"DocMDP").is_some());
}

#[test]
fn a_lock_locks_what_it_names_and_leaves_the_rest_open() {
    let office = Office::new();
    let mut judges = Judges::new(&office);
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<String>>();
    let place = PageBox { page: 1, x: 300.0, y: 300.0, width: 100.0, height: 50.0 };
    let cases = [
        (FieldLock::All, false, false),
        (FieldLock::Only(names(&["a"])), false, true),
        (FieldLock::Only(names(&["b"])), true, false),
        (FieldLock::AllBut(names(&["b.c"])), false, true),
    ];
    for (lock, a_open, c_open) in cases {
        for target in [Target::Box(place), Target::Field("sig".to_owned())] {
            let signed = sign(&with_fields(""), target, locking(lock.clone()), &office.leader).unwrap();
            judges.all_good(&office, &signed, 1);
            for (name, open) in [("a", a_open), ("b.c", c_open)] {
                let changed = filled(&signed, name);
                // What a lock leaves open on purpose is provisional for ours until a later signature covers it.
                let broken = office.judge(&changed).signatures[0].verdict == Verdict::Invalid;
                assert_eq!(broken, !open, "{lock:?} {name}");
                if let Some(found) = judges.pyhanko(&changed) {
                    assert_eq!(found[0].1, open, "pyHanko: {lock:?} {name} {found:?}");
                }
            }
        }
    }
}

#[test]
fn locks_add_up_and_a_locked_field_is_not_signed() {
    let office = Office::new();
    let mut judges = Judges::new(&office);
    let only = |name: &str| locking(FieldLock::Only(vec![name.to_owned()]));
    let first = sign(&with_fields(""), Target::Invisible, only("a"), &office.leader).unwrap();
    let second = sign(&first, Target::Field("sig".to_owned()), only("b"), &office.agency).unwrap();
    judges.all_good(&office, &second, 2);
    assert_eq!(office.judge(&filled(&second, "b.c")).signatures[1].verdict, Verdict::Invalid);

    let sealed_off = sign(&with_fields(""), Target::Invisible, only("sig"), &office.leader).unwrap();
    let refused = sign(&sealed_off, Target::Field("sig".to_owned()), Choices::default(), &office.agency);
    assert_eq!(refused.unwrap_err().code(), "locked_by_earlier_signature");
}

#[test]
fn a_lock_on_a_name_that_is_not_there_and_a_second_lock_are_refused() {
    let office = Office::new();
    let only = || locking(FieldLock::Only(vec!["khong co".to_owned()]));
    let refused = sign(&with_fields(""), Target::Invisible, only(), &office.leader);
    assert_eq!(refused, Err(Refusal::FieldUnknown("khong co".to_owned())));
    let file = with_fields("/Lock<</Type/SigFieldLock/Action/All>>");
    let refused = sign(&file, Target::Field("sig".to_owned()), locking(FieldLock::All), &office.leader);
    assert_eq!(refused, Err(Refusal::FieldHasLock("sig".to_owned())));
}

#[test]
fn signatures_come_in_any_order() {
    let office = Office::new();
    let mut judges = Judges::new(&office);
    let targets = [Target::Invisible, Target::Field("sig".to_owned()), Target::Invisible];
    for turn in 0..targets.len() {
        let mut file = with_fields("");
        for step in 0..targets.len() {
            let key = if step % 2 == 0 { &office.leader } else { &office.agency };
            let target = targets[(turn + step) % targets.len()].clone();
            file = sign(&file, target, Choices::default(), key).unwrap();
        }
        judges.all_good(&office, &file, 3);
    }
}

fn unmet(result: Result<Vec<u8>, Refusal>) -> Option<&'static str> {
    match result {
        Ok(_) => None,
        Err(Refusal::SeedValueUnmet { entry, .. }) => Some(entry),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn seed_values_are_met_or_named() {
    let office = Office::new();
    let reasoned = |seed: &str, reason: Option<&str>, choices: Choices| {
        let mut request = request(Target::Field("sig".to_owned()), choices);
        request.claims.reason = reason.map(str::to_owned);
        let file = with_fields(&format!("/SV<</Type/SV{seed}>>"));
        match sign_with(file, &request, &office.leader) {
            Ok(signed) => unmet(Ok(signed.to_bytes())),
            Err(SteerError::Refused(refusal)) => unmet(Err(refusal)),
            Err(other) => panic!("{other}"),
        }
    };
    let plain = |seed: &str| reasoned(seed, None, Choices::default());
    // Wishes bind nobody.
    assert_eq!(plain("/Filter/Other/SubFilter[/x]/Reasons[(y)]/DigestMethod[(MD5)]/V 9"), None);
    // Demands do.
    assert_eq!(plain("/Ff 1/Filter/Other"), Some("Filter"));
    assert_eq!(plain("/Ff 1/Filter/Adobe.PPKLite"), None);
    assert_eq!(plain("/Ff 2/SubFilter[/x]"), Some("SubFilter"));
    assert_eq!(plain("/Ff 4/V 9"), Some("V"));
    assert_eq!(plain("/Ff 4/V 2"), None);
    assert_eq!(plain("/Ff 64/DigestMethod[(SHA1)(RIPEMD160)]"), Some("DigestMethod"));
    assert_eq!(plain("/Ff 64/DigestMethod[(SHA1)(SHA512)]"), None);
    assert_eq!(plain("/Ff 8/Reasons[(duyet)]"), Some("Reasons"));
    let free = Choices::default;
    assert_eq!(reasoned("/Ff 8/Reasons[(duyet)]", Some("duyet"), free()), None);
    assert_eq!(reasoned("/Ff 8/Reasons[(.)]", Some("duyet"), free()), Some("Reasons"));
    assert_eq!(reasoned("/Ff 8", Some("duyet"), free()), Some("Reasons"));
    assert_eq!(plain("/Ff 8/Reasons[(.)]"), None);
    assert_eq!(plain("/MDP<</P 2>>"), Some("MDP"));
    assert_eq!(reasoned("/MDP<</P 2>>", None, certifying(2)), None);
    assert_eq!(reasoned("/MDP<</P 0>>", None, certifying(2)), Some("MDP"));
    assert_eq!(plain("/MDP<</P 0>>"), None);
    assert_eq!(plain("/TimeStamp<</URL(http://tsa.vn)/Ff 1>>"), Some("TimeStamp"));
    assert_eq!(plain("/TimeStamp<</URL(http://tsa.vn)/Ff 0>>"), None);
    let stamped = Choices { time_stamp: true, ..Choices::default() };
    assert_eq!(reasoned("/TimeStamp<</URL(http://tsa.vn)/Ff 1>>", None, stamped), None);
    assert_eq!(plain("/Ff 32/AddRevInfo true"), Some("AddRevInfo"));
    assert_eq!(plain("/Ff 128/LockDocument/true"), Some("LockDocument"));
    assert_eq!(plain("/Ff 256/AppearanceFilter(x)"), Some("AppearanceFilter"));
    // Certificates: the office's have non-repudiation only.
    let hex = |der: Vec<u8>| der.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let own = hex(office.leader.certificate().to_der().unwrap());
    let root = hex(office.root.certificate.to_der().unwrap());
    let other = hex(office.agency.certificate().to_der().unwrap());
    assert_eq!(plain(&format!("/Cert<</Type/SVCert/Ff 1/Subject[<{own}>]>>")), None);
    assert_eq!(plain(&format!("/Cert<</Type/SVCert/Ff 1/Subject[<{other}>]>>")), Some("Cert"));
    assert_eq!(plain(&format!("/Cert<</Type/SVCert/Ff 2/Issuer[<{root}>]>>")), None);
    assert_eq!(plain(&format!("/Cert<</Type/SVCert/Ff 2/Issuer[<{other}>]>>")), Some("Cert"));
    assert_eq!(plain("/Cert<</Type/SVCert/Ff 32/KeyUsage[(01X)]>>"), None);
    assert_eq!(plain("/Cert<</Type/SVCert/Ff 32/KeyUsage[(1)]>>"), Some("Cert"));
}

#[test]
fn an_older_sub_filter_and_another_digest_are_used_where_the_field_demands_them() {
    let office = Office::new();
    let mut judges = Judges::new(&office);
    let file = with_fields("/SV<</Ff 66/SubFilter[/adbe.pkcs7.detached]/DigestMethod[(SHA384)]>>");
    let signed = sign(&file, Target::Field("sig".to_owned()), Choices::default(), &office.leader).unwrap();
    judges.all_good(&office, &signed, 1);
    let algorithm = office.judge(&signed).signatures[0].algorithm.clone();
    assert!(format!("{algorithm:?}").contains("SHA-384"), "{algorithm:?}");
    let chosen = Choices { digest: Some(Digest::Sha512), ..Choices::default() };
    let refused = sign(&file, Target::Field("sig".to_owned()), chosen, &office.leader);
    assert_eq!(unmet(refused), Some("DigestMethod"));
}

fn ec(curve: Nid) -> PKey<Private> {
    PKey::from_ec_key(EcKey::generate(&EcGroup::from_curve_name(curve).unwrap()).unwrap()).unwrap()
}

#[test]
fn every_digest_and_scheme_is_right_for_all_judges() {
    let office = Office::new();
    let mut judges = Judges::new(&office);
    let rsa = || PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let keys = [
        (rsa(), false),
        (rsa(), true),
        (ec(Nid::X9_62_PRIME256V1), false),
        (ec(Nid::SECP384R1), false),
        (ec(Nid::SECP521R1), false),
    ];
    for (serial, (private, pss)) in (20..).zip(keys) {
        let wanted = Wanted { subject: "Trần Thị B", serial, ..Wanted::default() };
        let certificate = certificate(&wanted, &private, Some(&office.root));
        let key = SigningKey::new(private, certificate, vec![office.root.certificate.clone()]).unwrap();
        for digest in Digest::SIGNING {
            let choices = Choices { digest: Some(digest), pss, ..Choices::default() };
            let signed = sign(&draft(), Target::Invisible, choices, &key).unwrap();
            let label = format!("{serial} pss {pss} {}", digest.name());
            let report = office.judge(&signed);
            let found = &report.signatures[0];
            assert_eq!(found.verdict, Verdict::Valid, "{label}: {:?}", found.findings);
            assert!(found.algorithm.contains(digest.name()), "{label}: {}", found.algorithm);
            if let Some(found) = judges.pyhanko(&signed) {
                assert!(found[0].1, "pyHanko: {label} {found:?}");
            }
            // Its library knows no SHA-3.
            let sha3 = digest.name().starts_with("SHA3");
            if let Some(found) = judges.poppler(&signed).filter(|_| !sha3) {
                assert_eq!(found, 1, "poppler: {label}");
            }
        }
    }
}
