//! What is signed, and what qpdf, poppler and pyHanko say of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::x509::extension::KeyUsage;
use openssl::x509::{X509, X509Name};
use signer::keys::SigningKey;
use signer::pdf::Document;
use signer::sign::{
    Claims, PageBox, Prepared, Refusal, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Source, Target,
};

use super::layout::Fate::{Judged, Refused, Signed};
use super::layout::Variant;
use crate::peers::{pdfsig, qpdf, run};

fn key() -> (SigningKey, X509) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "Lanh dao").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(1_000_000_000).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(4_000_000_000).unwrap()).unwrap();
    let usage = KeyUsage::new().critical().digital_signature().non_repudiation().build().unwrap();
    builder.append_extension(usage).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let certificate = builder.build();
    (SigningKey::new(key, certificate.clone(), Vec::new()).unwrap(), certificate)
}

fn sign(key: &SigningKey, variant: &Variant, target: Target) -> Result<Vec<u8>, Refusal> {
    let request = SigningRequest {
        target,
        appearance: None,
        claims: Claims::at(SigningTime(1_779_765_330)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Default::default(),
    };
    let prepared = Prepared::sign(Source::with_password(variant.file.clone(), variant.password), &request)?;
    let signed =
        prepared.digest().complete_with(|digested| signer::cms::sign_detached(key, digested.digest()));
    Ok(signed.unwrap().to_bytes())
}

/// The file with an invisible signature.
pub(crate) fn signed(variant: &Variant) -> Vec<u8> {
    sign(&key().0, variant, Target::Invisible).unwrap()
}

/// How many signatures poppler calls valid.
fn valid_for_pdfsig(path: &Path, password: &str) -> Option<usize> {
    pdfsig(path, password).map(|(_, valid)| valid)
}

/// Signs all, judges all; complaints.
pub(crate) fn judge(name: &str, variants: &[Variant]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("variants").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let (key, certificate) = key();
    let root = folder.join("root.pem");
    std::fs::write(&root, certificate.to_pem().unwrap()).unwrap();
    let complaints = Mutex::new(Vec::new());
    let pairs = Mutex::new(Vec::new());
    let one = |(index, variant): (usize, &Variant)| {
        let complain =
            |text: String| complaints.lock().unwrap().push(format!("{index} {}: {text}", variant.name));
        let input = folder.join(format!("{index}-in.pdf"));
        std::fs::write(&input, &variant.file).unwrap();
        let result = sign(&key, variant, Target::Invisible);
        match (&result, variant.fate) {
            (Err(refusal), Signed) => complain(format!("refused: {refusal}")),
            (Err(refusal), Refused(code)) if refusal.code() != code => {
                complain(format!("refused: {refusal}"));
            }
            (Ok(_), Refused(code)) => complain(format!("signed, not {code}")),
            _ => {}
        }
        let before = qpdf(&input, variant.password);
        let Ok(signed) = result else {
            // The password is missing for qpdf, too; damage is borne out by a complaint of its own or of poppler.
            if variant.fate == Judged
                && before == Some((0, 0))
                && Document::open(variant.file.clone()).is_ok()
            {
                complain("refused, though qpdf finds it flawless".to_owned());
            }
            return;
        };
        if !signed.starts_with(&variant.file) {
            complain("the file is not the beginning of the signed one".to_owned());
        }
        let output = folder.join(format!("{index}.pdf"));
        std::fs::write(&output, &signed).unwrap();
        if let (Some(before), Some(after)) = (before, qpdf(&output, variant.password))
            && after > before
        {
            complain(format!("qpdf {before:?} became {after:?}"));
        }
        let valid = valid_for_pdfsig(&output, variant.password);
        if valid.is_some_and(|valid| valid != valid_for_pdfsig(&input, variant.password).unwrap_or(0) + 1) {
            complain("pdfsig finds no further valid signature".to_owned());
        }
        // The same with a box on the page, where there is one to put it on.
        let place = PageBox { page: 1, x: 5.0, y: 5.0, width: 20.0, height: 20.0 };
        if let Ok(visible) = sign(&key, variant, Target::Box(place)) {
            let path = folder.join(format!("{index}-visible.pdf"));
            std::fs::write(&path, visible).unwrap();
            if let (Some(before), Some(after)) = (before, qpdf(&path, variant.password))
                && after > before
            {
                complain(format!("visible: qpdf {before:?} became {after:?}"));
            }
        }
        if variant.password.is_empty() {
            pairs.lock().unwrap().push([output, input]);
        }
    };
    std::thread::scope(|scope| {
        for part in 0..2 {
            let one = &one;
            scope.spawn(move || variants.iter().enumerate().skip(part).step_by(2).for_each(one));
        }
    });
    let mut complaints = complaints.into_inner().unwrap();
    complaints.extend(pyhanko(&root, &pairs.into_inner().unwrap()));
    complaints
}

/// Every file that pyHanko can open before is valid for it after.
fn pyhanko(root: &Path, pairs: &[[PathBuf; 2]]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyhanko_verdict.py");
    match run("python3", &["-c", "import pyhanko.sign.validation"]) {
        Some((0, _)) if !pairs.is_empty() => {}
        _ => {
            println!("skipped: sign_variants: pyHanko is not installed");
            return Vec::new();
        }
    }
    let mut arguments = vec![script.to_str().unwrap(), root.to_str().unwrap()];
    arguments.extend(pairs.iter().flatten().map(|path| path.to_str().unwrap()));
    let (_, text) = run("python3", &arguments).unwrap();
    let mut last: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in text.lines().filter(|line| line.contains('\t')) {
        let words: Vec<&str> = line.split('\t').collect();
        last.insert(words[0], words[1..].to_vec());
    }
    assert_eq!(last.len(), pairs.len(), "pyHanko judged not all: {text}");
    let wrong = |words: &[&str]| match words[0] {
        // Revision 5 of the standard handler is none of its own; it opens such a file and reads nothing in it.
        "error" => words[1] == "readable" && !words[2].starts_with("PdfKeyNotAvailableError"),
        _ => words[1] != "true" || words[2] != "true",
    };
    last.iter()
        .filter(|(_, words)| wrong(words))
        .map(|(file, words)| format!("{file}: pyHanko: {words:?}"))
        .collect()
}
