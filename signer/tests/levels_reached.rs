//! Every level is reached against real responders, and judged by us, pyHanko, poppler and qpdf.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod pki;

use std::path::Path;
use std::process::Command;

use pki::{Behaviour, Pki};
use signer::pdf::Document;
use signer::sign::{
    Choices, Claims, Level, SIGNATURE_BYTES_DEFAULT, Services, SigningRequest, SigningTime, Target, level_of,
    raise, renewal_due, sign_at_level, sign_with,
};
use signer::validate::{Options, RevocationState, SignedAtIs, Verdict, validate};

fn request(now: i64) -> SigningRequest {
    SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(now)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    }
}

/// One page; with a cross-reference table, or with a stream and the page in an object stream.
fn draft(streams: bool) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.303937007874 841.889763779528]/Resources<<>>>>",
    ];
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = file.len();
    if streams {
        let mut rows = vec![0, 0, 0, 0, 0, 0, 255];
        for offset in offsets.iter().chain([&start]) {
            rows.push(1);
            rows.extend(u32::try_from(*offset).unwrap().to_be_bytes());
            rows.extend([0, 0]);
        }
        file.extend(
            format!("4 0 obj\n<</Type/XRef/Size 5/W[1 4 2]/Root 1 0 R/Length {}>>stream\n", rows.len())
                .bytes(),
        );
        file.extend(rows);
        file.extend(b"\nendstream\nendobj\n");
    } else {
        file.extend(b"xref\n0 4\n0000000000 65535 f \n");
        for offset in offsets {
            file.extend(format!("{offset:010} 00000 n \n").bytes());
        }
        file.extend(b"trailer\n<</Size 4/Root 1 0 R>>\n");
    }
    file.extend(format!("startxref\n{start}\n%%EOF\n").bytes());
    file
}

/// The lines of pyHanko's verdict.
#[expect(clippy::print_stdout, reason = "what is skipped is told")]
fn pyhanko(pki: &Pki, files: &[&Path]) -> Option<Vec<Vec<String>>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pyhanko_levels.py");
    let known = Command::new("python3").args(["-c", "import pyhanko"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        println!("skipped: levels_reached: pyHanko is not installed");
        return None;
    }
    let output = Command::new("python3").arg(script).arg(pki.path("root.pem")).args(files).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect())
}

/// Valid by the file's own evidence; with a time stamp of its own and one over all, also by the rules for archives.
/// (pyHanko asks for the former even where a document time stamp proves the time, which ETSI EN 319 142-1 permits.)
fn passed(lines: &[Vec<String>], archived: &[bool]) {
    assert_eq!(lines.len(), archived.len(), "{lines:?}");
    for (line, archived) in lines.iter().zip(archived) {
        assert!(line[3] == "true" && line[4] == "LTA_UPDATES", "{line:?}");
        assert!(!archived || line[2].contains("PASSED") || line[2].contains("Passed"), "{line:?}");
        assert_eq!(*archived, line[5] != "None", "{line:?}");
    }
}

fn qpdf_is_content(path: &Path) {
    let output = Command::new("qpdf").arg("--check").arg(path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_signature_is_made_at_every_level() {
    let pki = Pki::new();
    let (key, services) = (pki.key("a"), pki.services());
    let options = Options::new(pki.roots(), pki.now + 600);
    for streams in [false, true] {
        let draft = draft(streams);
        let mut paths = Vec::new();
        for level in [Level::Basic, Level::Timestamped, Level::LongTerm, Level::Archived] {
            let file =
                sign_at_level(draft.clone(), &request(pki.now), &key, level, &services, pki.now).unwrap();
            let file = file.to_bytes();
            assert!(file.starts_with(&draft));
            assert_eq!(level_of(file.clone(), &pki.roots(), pki.now).unwrap(), Some(level));
            let report = validate(file.clone(), &options);
            assert_eq!(report.verdict, Verdict::Valid, "{level}: {report:?}");
            let signature = &report.signatures[0];
            assert_eq!(
                signature.signed_at_is == SignedAtIs::Timestamped,
                level >= Level::Timestamped,
                "{level}"
            );
            assert_eq!(signature.revocation == RevocationState::Good, level >= Level::LongTerm, "{level}");
            assert_eq!(report.signatures.len(), if level == Level::Archived { 2 } else { 1 });
            let path = pki.path(&format!("{}{streams}.pdf", level.name()));
            std::fs::write(&path, &file).unwrap();
            qpdf_is_content(&path);
            paths.push(path);
        }
        if let Some(lines) = pyhanko(&pki, &[&paths[2], &paths[3]]) {
            passed(&lines, &[false, true]);
        }
    }
}

#[test]
fn a_signature_is_raised_from_any_level_to_any_higher_one() {
    let pki = Pki::new();
    let (key, services) = (pki.key("a"), pki.services());
    let basic = sign_with(draft(false), &request(pki.now), &key).unwrap().to_bytes();
    let levels = [Level::Basic, Level::Timestamped, Level::LongTerm, Level::Archived];
    let (mut archived, mut by_document) = (Vec::new(), Vec::new());
    for own in [false, true] {
        for from in levels {
            let start = if own {
                let made =
                    sign_at_level(draft(false), &request(pki.now), &key, from, &services, pki.now).unwrap();
                made.to_bytes().into()
            } else {
                let raised = raise(basic.clone(), from, &services, pki.now).unwrap();
                assert_eq!(raised.is_changed(), from > Level::Basic);
                raised.bytes()
            };
            for to in levels.into_iter().filter(|to| *to >= from) {
                let raised = raise(start.clone(), to, &services, pki.now).unwrap();
                assert_eq!(raised.is_changed(), to > from, "{from} to {to}");
                assert!(raised.bytes().starts_with(&start));
                let reached = level_of(raised.bytes(), &pki.roots(), pki.now).unwrap();
                assert_eq!(reached, Some(to), "{from} to {to}");
                let report = validate(raised.bytes(), &Options::new(pki.roots(), pki.now + 600));
                assert_eq!(report.verdict, Verdict::Valid, "{from} to {to}");
                if to == Level::Archived {
                    let path = pki.path(&format!("{from}-{to}-{own}.pdf"));
                    std::fs::write(&path, raised.bytes()).unwrap();
                    qpdf_is_content(&path);
                    let stamped = own && from > Level::Basic;
                    if stamped { archived.push(path) } else { by_document.push(path) }
                }
            }
        }
    }
    let paths: Vec<&Path> = archived.iter().map(AsRef::as_ref).collect();
    if let Some(lines) = pyhanko(&pki, &paths) {
        passed(&lines, &[true; 3]);
    }
    let paths: Vec<&Path> = by_document.iter().map(AsRef::as_ref).collect();
    if let Some(lines) = pyhanko(&pki, &paths) {
        assert_eq!(lines.len(), 5);
        for line in &lines {
            assert!(line[3] == "true" && line[4] == "LTA_UPDATES" && line[5] != "None", "{line:?}");
        }
    }
}

#[test]
fn a_document_time_stamp_is_renewed_when_it_is_due_and_not_before() {
    let pki = Pki::new();
    let (key, services) = (pki.key("a"), pki.services());
    let file =
        sign_at_level(draft(false), &request(pki.now), &key, Level::Archived, &services, pki.now).unwrap();
    let file = file.to_bytes();
    let due = renewal_due(file.clone()).unwrap().unwrap();
    assert!(due > pki.now + 800 * 86_400, "{due}");
    let early = raise(file.clone(), Level::Archived, &services, pki.now).unwrap();
    assert!(!early.is_changed());
    assert_eq!(early.renew_at(), Some(due));
    // What answers today is out of date by then: fetched evidence must be current on the day of asking.
    let late = raise(file.clone(), Level::Archived, &services, due + 1);
    assert_eq!(late.unwrap_err().code(), "revocation_out_of_date");
    let document = Document::open(file).unwrap();
    assert_eq!(document.revisions().len(), 4, "draft, signature, store, stamp");
}

#[test]
fn nothing_is_raised_on_what_is_bad_unsigned_or_certified() {
    let pki = Pki::new();
    let (key, services) = (pki.key("a"), pki.services());
    let code = |file: Vec<u8>, level| raise(file, level, &services, pki.now).unwrap_err().code();
    assert_eq!(code(draft(false), Level::Timestamped), "unsigned");
    assert_eq!(code(b"no PDF".to_vec(), Level::Timestamped), "not_a_pdf");
    let mut signed = sign_with(draft(false), &request(pki.now), &key).unwrap().to_bytes();
    let at = signed.windows(7).position(|window| window == b"595.303").unwrap();
    signed[at] = b'6';
    assert_eq!(code(signed, Level::Archived), "bad_signature");
    let mut certifying = request(pki.now);
    certifying.choices.certification = Some(signer::sign::Certification::NoChanges);
    let certified = sign_with(draft(false), &certifying, &key).unwrap().to_bytes();
    assert_eq!(code(certified, Level::LongTerm), "certified_no_changes");
    let nobody = Services { timestamps: None, evidence: services.evidence.clone() };
    let signed = sign_with(draft(false), &request(pki.now), &key).unwrap().to_bytes();
    let error = raise(signed, Level::Timestamped, &nobody, pki.now).unwrap_err();
    assert_eq!(error.code(), "no_timestamp_service");
    assert_eq!(pki.asked("/tsa"), 0, "nobody was asked for any of this");
}

#[test]
fn a_revoked_signer_or_service_is_not_raised() {
    let pki = Pki::new();
    let (key, services) = (pki.key("a"), pki.services());
    let level = |level| sign_at_level(draft(false), &request(pki.now), &key, level, &services, pki.now);
    for serial in [10, 20] {
        pki.revoke(&[serial]);
        assert_eq!(level(Level::LongTerm).unwrap_err().code(), "revoked", "{serial}");
        assert!(level(Level::Timestamped).is_ok());
    }
    pki.revoke(&[]);
    assert_eq!(
        level(Level::LongTerm).unwrap_err().code(),
        "revoked",
        "what was answered counts until it is out of date"
    );
    let (fresh, draft) = (pki.services(), draft(false));
    assert!(sign_at_level(draft, &request(pki.now), &key, Level::LongTerm, &fresh, pki.now).is_ok());
}

#[test]
fn a_service_that_nobody_trusts_stamps_nothing() {
    let (pki, stranger) = (Pki::new(), Pki::new());
    let services = Services { timestamps: Some(stranger.authority()), ..pki.services() };
    let error =
        sign_at_level(draft(false), &request(pki.now), &pki.key("a"), Level::Timestamped, &services, pki.now);
    assert_eq!(error.unwrap_err().code(), "not_trusted");
}

#[test]
fn what_was_signed_while_the_service_was_down_is_raised_later() {
    let pki = Pki::new();
    let (key, services) = (pki.key("a"), pki.services());
    pki.spoil("/tsa", Behaviour::Status(503));
    let error = sign_at_level(draft(false), &request(pki.now), &key, Level::Archived, &services, pki.now)
        .unwrap_err();
    assert!(error.is_passing() && error.code() == "service_status", "{error}");
    let basic = sign_with(draft(false), &request(pki.now), &key).unwrap().to_bytes();
    assert!(raise(basic.clone(), Level::Archived, &services, pki.now).unwrap_err().is_passing());
    pki.mend();
    let raised = raise(basic, Level::Archived, &services, pki.now).unwrap();
    assert_eq!(level_of(raised.bytes(), &pki.roots(), pki.now).unwrap(), Some(Level::Archived));
}
