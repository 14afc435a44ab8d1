//! What PDFBox signs in honest ways is not called a forgery: it writes whole objects again, keeps
//! reals in single precision, and touches more than it changes.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

use signer::chain::TrustRoots;
use signer::validate::{Options, SignatureReport, Verdict, validate};

mod validate_office;

/// Where Debian keeps the classes.
const JAVA: &str = "/usr/share/java";
const CLASSES: [&str; 6] = ["pdfbox2", "fontbox2", "bcprov", "bcpkix", "bcutil", "commons-logging"];
/// Fewer files than this, and the measure has silently shrunk.
const FILES_MIN: usize = 300;

/// What is not honest after all.
const EXCEPTIONS: [(&str, &str); 4] = [
    ("dss__pdf-eof--certified3_comment", "an older signature certifies nothing, so comments are not allowed"),
    ("pdfjs__bug1980958", "the page tree is broken, PDFBox wrote another one after the signature"),
    (
        "qpdf__minimal-linearize-pass1",
        "the page tree is broken, PDFBox wrote another one after the signature",
    ),
    ("qpdf__minimal-signed-restricted", "certified at level 1 by somebody else, PDFBox signs all the same"),
];

#[test]
fn honest_files_of_pdfbox_are_valid() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/pdfs");
    if std::fs::metadata(&source).is_err() {
        println!("skipped: honest_files_of_pdfbox_are_valid: {} is absent", source.display());
        return;
    }
    let classes = CLASSES.map(|name| format!("{JAVA}/{name}.jar"));
    if classes.iter().any(|path| std::fs::metadata(path).is_err()) {
        println!(
            "skipped: honest_files_of_pdfbox_are_valid: PDFBox is not installed (libpdfbox2-java, libbcpkix-java)"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let root_key = validate_office::rsa();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs().cast_signed();
    let wanted = validate_office::Wanted {
        subject: "Root",
        authority: true,
        from: now - 86_400,
        to: now + 86_400,
        ..validate_office::Wanted::default()
    };
    let certificate = validate_office::certificate(&wanted, &root_key, None);
    let root = validate_office::Authority { certificate, key: root_key };
    let key = validate_office::rsa();
    let wanted = validate_office::Wanted {
        subject: "PDFBox",
        serial: 2,
        from: now - 86_400,
        to: now + 86_400,
        ..validate_office::Wanted::default()
    };
    let leaf = validate_office::certificate(&wanted, &key, Some(&root));
    let store =
        openssl::pkcs12::Pkcs12::builder().name("key").pkey(&key).cert(&leaf).build2("secret").unwrap();
    let store_path = folder.path().join("key.p12");
    std::fs::write(&store_path, store.to_der().unwrap()).unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validate_pdfbox.java");
    let output = Command::new("java")
        .arg("-Dorg.apache.commons.logging.Log=org.apache.commons.logging.impl.NoOpLog")
        .args(["-cp", &classes.join(":")])
        .arg(program)
        .args([source.as_path(), folder.path(), &store_path])
        .output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            println!("skipped: honest_files_of_pdfbox_are_valid: java cannot be run: {error}");
            return;
        }
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut roots = TrustRoots::none();
    roots.add(&root.certificate.to_pem().unwrap(), "root").unwrap();
    let options = Options::new(roots, now);
    let listing = String::from_utf8(output.stdout).unwrap();
    let files: Vec<PathBuf> = listing.lines().map(PathBuf::from).collect();
    let (mut judged, mut misses) = (0, 0);
    for path in &files {
        let report = validate(std::fs::read(path).unwrap(), &options);
        if report.findings.iter().any(|finding| finding.code == "cross_reference_unusable") {
            // PDFBox signs what it had to rebuild; nobody can say what was signed then.
            continue;
        }
        judged += 1;
        let name = path.file_stem().unwrap().to_str().unwrap();
        let way = name.rsplit("--").next().unwrap();
        let by_us = |one: &&SignatureReport| {
            one.certificate.as_ref().is_some_and(|certificate| certificate.subject == "PDFBox")
        };
        // Some files of the corpus bear signatures of strangers already.
        let own: Vec<&SignatureReport> = report.signatures.iter().filter(by_us).collect();
        let expected = match way {
            "twice" | "certified2_signed" | "filled_signed_filled_signed" | "certified2_filled_signed" => 2,
            _ => 1,
        };
        if own.len() != expected || own.iter().any(|one| one.verdict != Verdict::Valid) {
            if EXCEPTIONS.iter().any(|(file, _)| name.starts_with(file)) {
                continue;
            }
            misses += 1;
            println!("{name}: {} of {expected} signatures", own.len());
            for one in own {
                println!("   {} {} {:?}", one.field, one.verdict.name(), one.reasons());
            }
            println!("   file: {:?}", report.findings);
        }
    }
    println!("{} of {} honest files valid", judged - misses, judged);
    assert!(judged >= FILES_MIN, "only {judged} files were judged");
    for (file, reason) in EXCEPTIONS {
        println!("exception: {file}: {reason}");
    }
    assert_eq!(misses, 0);
}
