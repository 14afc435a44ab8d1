//! The verdicts over the shared corpus of signed files: forged, honest and doubtful ones.
#![expect(clippy::print_stdout, reason = "a test says what it finds and skips")]

use std::fs;
use std::path::PathBuf;

use signer::chain::TrustRoots;
use signer::validate::{ChangesAfter, Options, Report, Verdict, validate};

/// A day after the corpus' own certificates begin, 2026-11-23T00:00:00Z.
const AT: i64 = 1_795_392_000;

/// Files whose expectation comes from a suite that looked at one aspect only; the standard says more.
const EXCEPTIONS: [(&str, &str); 2] = [
    (
        "pyhanko__coverage-anomalies_base.pdf",
        "/Contents is all zeros: pyHanko's test looks at the coverage only, but there is no signature \
         (ISO 32000-2, 12.8.1 demands the value), and an emptied one must be refused",
    ),
    (
        "itext__SignatureValidatorIntegrationTest_validateSingleSignature1.pdf",
        "iText's test judges Signature1 alone; Signature2 locks the document with /P 1 (ISO 32000-2, \
         12.7.5.5) and an annotation was added after it",
    ),
];

fn corpus() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/signed");
    if fs::metadata(&folder).is_err() {
        println!("skipped: validate_corpus: {} is absent", folder.display());
        return None;
    }
    Some(folder)
}

fn told(report: &Report) -> bool {
    report.verdict != Verdict::Valid
        || report.signatures.iter().any(|signature| {
            signature.changes_after != ChangesAfter::None || !signature.warnings().is_empty()
        })
}

fn as_expected(expected: &str, report: &Report) -> bool {
    match expected {
        "VALID" => report.verdict == Verdict::Valid,
        "VALID_WARN" | "INTACT" => {
            !matches!(report.verdict, Verdict::Invalid | Verdict::Unsigned | Verdict::Unreadable)
        }
        "INVALID" => report.verdict == Verdict::Invalid,
        "CHANGES_REPORTED" => {
            report.signatures.iter().any(|signature| signature.changes_after != ChangesAfter::None)
        }
        "POLICY" => told(report),
        "UNTRUSTED" => report.verdict == Verdict::Indeterminate,
        "MUST_TERMINATE" => true,
        other => panic!("unknown expectation {other}"),
    }
}

#[test]
fn every_file_of_the_corpus_gets_the_verdict_it_deserves() {
    let Some(folder) = corpus() else { return };
    let mut roots = TrustRoots::none();
    roots.add_path(&folder.join("own_root.pem")).unwrap();
    let options = Options { roots, at: AT, require_revocation: false };
    let manifest = fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let mut misses = Vec::new();
    let mut count = 0;
    for line in manifest.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [file, _, expected, basis, ..] = columns.as_slice() else { panic!("{line}") };
        let bytes = fs::read(folder.join(file)).unwrap();
        let started = std::time::Instant::now();
        let report = validate(bytes, &options);
        let took = started.elapsed();
        count += 1;
        let right = as_expected(expected, &report);
        println!(
            "{} {expected:10} {:13} {took:>9.1?} {file}",
            if right { "  " } else { "X " },
            report.verdict.name()
        );
        let verbose = !right || std::env::var_os("CORPUS_VERBOSE").is_some();
        if verbose {
            println!("     basis: {basis}");
            for signature in &report.signatures {
                println!(
                    "     {:?} {} covers {:?} after {:?}",
                    signature.field,
                    signature.verdict.name(),
                    signature.covers,
                    signature.changes_after
                );
                for finding in &signature.findings {
                    println!("        {:?} {finding}", finding.severity);
                }
            }
            for finding in &report.findings {
                println!("     file: {finding}");
            }
        }
        if !right {
            misses.push((*file).to_owned());
        }
    }
    println!("{} of {count} as expected", count - misses.len());
    assert!(count >= 60, "the corpus has shrunk to {count} files");
    for (file, reason) in EXCEPTIONS {
        println!("exception: {file}: {reason}");
    }
    assert_eq!(misses, EXCEPTIONS.map(|(file, _)| file));
}

/// Files that nobody signed are not called forged, whatever state they are in.
#[test]
fn files_without_signature_are_not_invalid() {
    let Some(folder) = corpus() else { return };
    let options = Options { roots: TrustRoots::none(), at: AT, require_revocation: false };
    let mut judged = [0, 0];
    for entry in fs::read_dir(folder.join("../pdfs")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "pdf") {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        let has_range = bytes.windows(10).any(|window| window == b"/ByteRange");
        let report = validate(bytes, &options);
        println!("{:13} {has_range:5} {}", report.verdict.name(), path.display());
        judged[usize::from(has_range)] += 1;
        if !has_range {
            assert!(matches!(report.verdict, Verdict::Unsigned | Verdict::Unreadable), "{}", path.display());
        }
    }
    assert!(judged[0] >= 40, "{judged:?}");
}
