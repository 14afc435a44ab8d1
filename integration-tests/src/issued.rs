//! An issued document, judged by ours and by judges that are not ours.

use signer::chain::TrustRoots;
use signer::validate::{ChangesAfter, Options, validate};

use crate::judge;
use crate::skip::skipped;
use crate::world::World;

/// How a document of the test office is judged.
///
/// # Panics
/// When the root cannot be read.
#[must_use]
pub fn options(world: &World) -> Options {
    let mut roots = TrustRoots::none();
    let dir = tempfile::tempdir().expect("a scratch folder");
    let pem = dir.path().join("ca.pem");
    std::fs::write(&pem, world.authority.pem()).expect("a scratch file is written");
    roots.add_path(&pem).expect("a scratch file is written");
    Options::new(roots, world.time.now() / 1_000)
}

/// Ours, pdfsig, openssl, qpdf and pyHanko agree: both signatures are good, and nothing changed but what may.
///
/// # Panics
/// When one of them says otherwise.
pub fn judged_good_by_all(test: &str, world: &World, file: &[u8]) {
    let report = validate(file.to_vec(), &options(world));
    assert_eq!(report.verdict.name(), "valid", "{report:?}");
    let fields: Vec<(&str, ChangesAfter)> =
        report.signatures.iter().map(|s| (s.field.as_str(), s.changes_after)).collect();
    assert_eq!(fields, [("nguoiky", ChangesAfter::Permitted), ("dau", ChangesAfter::None)]);

    let dir = tempfile::tempdir().expect("a scratch file is written");
    let (path, root) = (dir.path().join("issued.pdf"), dir.path().join("ca.pem"));
    std::fs::write(&path, file).expect("a scratch file is written");
    std::fs::write(&root, world.authority.pem()).expect("a scratch file is written");
    let absent = |program: &str| skipped(test, &format!("{program} is not installed"));
    match judge::pdfsig(&path) {
        None => absent("pdfsig"),
        Some(signatures) => {
            let seen: Vec<_> = signatures.iter().map(|s| (s.signer.as_str(), s.valid, s.total)).collect();
            let director = world.member("giamdoc").name.as_str();
            assert_eq!(seen, [(director, true, false), (crate::staff::AGENCY, true, true)]);
        }
    }
    match judge::openssl(file, &root, dir.path()) {
        None => absent("openssl"),
        Some(verdicts) => assert_eq!(verdicts, [true, true]),
    }
    match judge::qpdf(&path) {
        None => absent("qpdf"),
        Some(verdict) => assert_eq!(verdict, Ok(())),
    }
    match judge::pyhanko(&path, &root) {
        None => absent("pyHanko"),
        Some(signatures) => {
            let seen: Vec<_> = signatures
                .iter()
                .map(|s| (s.field.as_str(), s.good, s.changes.as_str(), s.permitted, s.coverage.as_str()))
                .collect();
            let expected = [
                ("nguoiky", true, "FORM_FILLING", true, "ENTIRE_REVISION"),
                ("dau", true, "NONE", true, "ENTIRE_FILE"),
            ];
            assert_eq!(seen, expected);
        }
    }
}
