//! What pyHanko signs in honest ways is valid for ours: over PDFs of the corpus that pyHanko can
//! sign, with certifications, locks, evidence and document time stamps.

use std::path::{Path, PathBuf};
use std::process::Command;

use signer::chain::TrustRoots;
use signer::validate::{Options, SignedAtIs, Verdict, validate};

/// Fewer files than this, and the measure has silently shrunk.
const FILES_MIN: usize = 120;

#[test]
fn honest_files_of_pyhanko_are_valid() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/pdfs");
    if std::fs::metadata(&source).is_err() {
        println!("skipped: honest_files_of_pyhanko_are_valid: {} is absent", source.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/validate_interop.py");
    let output = Command::new("python3").arg(script).arg(&source).arg(folder.path()).output();
    let output = match output {
        Ok(output) if output.status.success() => output,
        Ok(output) => {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(error.contains("ModuleNotFoundError"), "{error}");
            println!("skipped: honest_files_of_pyhanko_are_valid: pyHanko is not installed");
            return;
        }
        Err(error) => {
            println!("skipped: honest_files_of_pyhanko_are_valid: python3 cannot be run: {error}");
            return;
        }
    };
    let mut roots = TrustRoots::none();
    roots.add_path(&folder.path().join("root.pem")).unwrap();
    let listing = String::from_utf8(output.stdout).unwrap();
    let (now, files) = listing.split_once('\n').unwrap();
    let options = Options { roots, at: now.parse().unwrap(), require_revocation: false };
    let files: Vec<PathBuf> = files.lines().map(PathBuf::from).collect();
    assert!(files.len() >= FILES_MIN, "only {} files were signed", files.len());
    let mut misses = 0;
    for path in &files {
        let report = validate(std::fs::read(path).unwrap(), &options);
        let name = path.file_stem().unwrap().to_str().unwrap();
        let way = name.rsplit("--").next().unwrap();
        // Some files of the corpus bear signatures of strangers already.
        let ours = |field: &str| field.starts_with("VT") || field.starts_with("Timestamp");
        let own: Vec<_> = report.signatures.iter().filter(|signature| ours(&signature.field)).collect();
        let expected = match way {
            "two" | "countersigned" | "locked" | "lta" | "lta_frozen" => 2,
            "lta_locked" | "lta_twice" => 3,
            _ => 1,
        };
        let last = own.iter().rfind(|signature| signature.field.starts_with("VT"));
        let stamped_right = !way.starts_with("lt")
            || last.is_some_and(|signature| signature.signed_at_is == SignedAtIs::Timestamped);
        let valid = own.iter().all(|signature| signature.verdict == Verdict::Valid);
        if own.len() != expected || !valid || !stamped_right {
            misses += 1;
            println!("{name}: {} of {expected} signatures, stamped rightly {stamped_right}", own.len());
            for signature in own {
                println!("   {} {} {:?}", signature.field, signature.verdict.name(), signature.reasons());
            }
            println!("   file: {:?}", report.findings);
        }
    }
    println!("{} of {} honest files valid", files.len() - misses, files.len());
    assert_eq!(misses, 0);
}
