//! `vanthu raise` against real responders.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../../signer/tests/pki/mod.rs"]
mod pki;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use pki::{Behaviour, Pki};
use proto::rpc::Clock;
use signer::sign::{
    Choices, Claims, Level, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Target, level_of, sign_with,
};
use vanthu::raise::{Raise, RaiseError, ServiceOptions, raise};

fn signed(pki: &Pki) -> Vec<u8> {
    let body = "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\n\
                endobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>\nendobj\n";
    let at = |object: &str| body.find(object).unwrap();
    let file = format!(
        "{body}xref\n0 4\n0000000000 65535 f \n{:010} 00000 n \n{:010} 00000 n \n{:010} 00000 n \n\
         trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{}\n%%EOF\n",
        at("1 0 obj"),
        at("2 0 obj"),
        at("3 0 obj"),
        body.len()
    );
    let request = SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(pki.now)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    };
    sign_with(file.into_bytes(), &request, &pki.key("a")).unwrap().to_bytes()
}

fn arguments(pki: &Pki, input: PathBuf, output: PathBuf) -> Raise {
    Raise {
        input,
        output,
        level: Level::Archived,
        services: ServiceOptions {
            tsa: Some(pki.url("/tsa")),
            trust: vec![pki.path("root.pem")],
            evidence_cache: Some(pki.path("cache")),
            ..ServiceOptions::default()
        },
        document_password_file: None,
        retry_after: None,
    }
}

fn clock(pki: &Pki) -> Clock {
    let now = pki.now * 1_000;
    Arc::new(move || now)
}

fn level(pki: &Pki, path: &Path) -> Option<Level> {
    level_of(fs::read(path).unwrap(), &pki.roots(), pki.now).unwrap()
}

#[test]
fn a_file_is_raised_or_nothing_is_written() {
    let pki = Pki::new();
    let (input, output) = (pki.path("in.pdf"), pki.path("out.pdf"));
    fs::write(&input, signed(&pki)).unwrap();
    pki.spoil("/tsa", Behaviour::Bytes(b"no".to_vec()));
    let args = arguments(&pki, input.clone(), output.clone());
    let refused = raise(&args, &clock(&pki)).unwrap_err();
    assert!(matches!(refused, RaiseError::Level(error) if error.code() == "timestamp_unreadable"));
    assert!(!output.try_exists().unwrap());
    pki.mend();
    assert_eq!(raise(&args, &clock(&pki)).unwrap(), 0);
    assert_eq!(level(&pki, &output), Some(Level::Archived));
    assert!(fs::read(&output).unwrap().starts_with(&fs::read(&input).unwrap()));
    // Without roots the file's own will do, from the host of the service that was named.
    let bare = Raise {
        output: pki.path("bare.pdf"),
        services: ServiceOptions { trust: Vec::new(), ..args.services.clone() },
        ..arguments(&pki, input, output)
    };
    assert_eq!(raise(&bare, &clock(&pki)).unwrap(), 0);
    assert_eq!(level(&pki, &bare.output), Some(Level::Archived));
}

#[test]
fn the_files_of_a_folder_wait_for_their_services() {
    let pki = Pki::new();
    let (input, output) = (pki.path("in"), pki.path("out"));
    fs::create_dir(&input).unwrap();
    for name in ["one.pdf", "two.PDF"] {
        fs::write(input.join(name), signed(&pki)).unwrap();
    }
    fs::write(input.join("unsigned.pdf"), b"%PDF-1.7\n").unwrap();
    pki.spoil("/tsa", Behaviour::Status(503));
    let args = arguments(&pki, input, output.clone());
    assert_eq!(raise(&args, &clock(&pki)).unwrap(), 5);
    assert_eq!(fs::read_dir(&output).unwrap().count(), 0);
    // A later run takes up what the folder lacks, and waits for the service.
    let patient = Raise { retry_after: Some(1), ..args };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(Duration::from_secs(4));
            pki.mend();
        });
        assert_eq!(raise(&patient, &clock(&pki)).unwrap(), 5, "one is no signed PDF");
    });
    for name in ["one.pdf", "two.PDF"] {
        assert_eq!(level(&pki, &output.join(name)), Some(Level::Archived));
    }
    assert_eq!(fs::read_dir(&output).unwrap().count(), 2);
}
