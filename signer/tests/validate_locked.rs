//! Encrypted files: judged with the password, and never *valid* without it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_forge;
mod validate_office;

use std::process::Command;

use signer::pdf::Document;
use signer::sign::{
    Choices, Claims, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Source, Target, sign_with,
};
use signer::validate::{Indication, Report, Verdict, validate_document};
use validate_forge::{Shape, document};
use validate_office::{Office, SIGNED_AT, codes};

/// A file that opens with these passwords, signed.
fn signed(office: &Office, shape: Shape, user: &str, owner: &str, bits: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("in.pdf"), document(shape)).unwrap();
    let made = Command::new("qpdf")
        .args([
            "--allow-weak-crypto",
            "--encrypt",
            user,
            owner,
            bits,
            "--",
            &path("in.pdf"),
            &path("out.pdf"),
        ])
        .status();
    assert!(made.unwrap().success(), "qpdf encrypts");
    let request = SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(SIGNED_AT)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    };
    let source = Source::with_password(std::fs::read(path("out.pdf")).unwrap(), owner.to_owned());
    sign_with(source, &request, &office.leader).unwrap().to_bytes()
}

fn judged(office: &Office, file: &[u8], password: &str) -> Report {
    let document = Document::open_with_password(file.to_vec(), password).unwrap();
    validate_document(&document, &office.options())
}

#[test]
fn without_its_password_a_file_is_never_valid() {
    let office = Office::new();
    for (shape, bits) in [(Shape::Table, "128"), (Shape::Table, "256"), (Shape::Packed, "256")] {
        let file = signed(&office, shape, "mo", "chu", bits);
        for password in ["mo", "chu"] {
            let report = judged(&office, &file, password);
            assert_eq!(report.verdict, Verdict::Valid, "{bits} {password}: {report:#?}");
        }
        for password in ["", "khac"] {
            let report = judged(&office, &file, password);
            assert_eq!(report.verdict, Verdict::Indeterminate, "{bits}: {report:#?}");
            let one = &report.signatures[0];
            assert!(one.intact, "the signed bytes are unchanged all the same");
            assert!(codes(one).contains(&"password_needed"), "{report:#?}");
            assert_eq!(one.indication(), (Indication::Indeterminate, "SIGNED_DATA_NOT_FOUND"));
        }
        // What is wrong without reading stays wrong.
        let mut broken = file.clone();
        let at = broken.windows(9).position(|window| window == b"/MediaBox").unwrap_or(60);
        broken[at + 1] ^= 1;
        if let Ok(document) = Document::open(broken) {
            assert_ne!(validate_document(&document, &office.options()).verdict, Verdict::Valid);
        }
    }
}

#[test]
fn an_empty_password_opens_for_everybody() {
    let office = Office::new();
    let file = signed(&office, Shape::Table, "", "chu", "256");
    let report = judged(&office, &file, "");
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
}
