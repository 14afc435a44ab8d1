//! Time stamps, revocation, expiry: what counts at which time.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_office;

use openssl::x509::X509;
use signer::chain::{Evidence, Revocation, Trust, TrustRoots, check_path, check_revocation};
use signer::cms::verify_timestamp;
use signer::pdf::Ref;
use signer::validate::{Kind, Options, RevocationState, TrustState, Verdict, validate};
use validate_office::{
    Authority, CATALOG, FROM, JUDGED_AT, Office, SIGNED_AT, TO, Wanted, certificate, codes, ec, set,
    signature, update,
};

const DAY: i64 = 86_400;

fn with_crl(office: &Office, file: &[u8], revoked: &[(u32, i64)], made_at: i64) -> Vec<u8> {
    let crl = office.crl(revoked, made_at).to_der().unwrap();
    update(file, |increment| {
        let list = increment.allocate().unwrap();
        let head = format!("<</Length {}>>stream\n", crl.len()).into_bytes();
        increment.put(list, [head.as_slice(), &crl, b"\nendstream"].concat());
        set(increment, CATALOG, "DSS", &format!("<</Type/DSS/CRLs[{list} R]>>"));
    })
}

#[test]
fn a_revoked_certificate_is_told_apart() {
    let office = Office::new();
    let file = office.sealed();
    // Revoked before the claimed time: whatever the claim is worth, it is wrong.
    let early = with_crl(&office, &file, &[(2, SIGNED_AT - 10 * DAY)], SIGNED_AT + DAY);
    let report = office.judge(&early);
    assert_eq!(report.verdict, Verdict::Invalid);
    let person = signature(&report, "nguoiky");
    assert_eq!((person.verdict, person.revocation), (Verdict::Invalid, RevocationState::Revoked));
    assert!(codes(person).contains(&"revoked"));
    assert_eq!(signature(&report, "dau").revocation, RevocationState::Good);
    // Revoked after the claimed time: the claim alone proves nothing.
    let late = with_crl(&office, &file, &[(2, SIGNED_AT + DAY)], SIGNED_AT + 2 * DAY);
    let report = office.judge(&late);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert!(codes(signature(&report, "nguoiky")).contains(&"revoked_later"));
}

#[test]
fn unknown_revocation_is_a_warning_unless_it_is_asked_for() {
    let office = Office::new();
    let file = office.sealed();
    let strict = Options { require_revocation: true, ..office.options() };
    assert_eq!(office.judge(&file).verdict, Verdict::Valid);
    assert_eq!(validate(file.clone(), &strict).verdict, Verdict::Indeterminate);
    let current = with_crl(&office, &file, &[], JUDGED_AT - DAY);
    assert_eq!(validate(current, &strict).verdict, Verdict::Valid);
    // Ninety days before the judging and good for sixty: out of date.
    let stale = with_crl(&office, &file, &[], JUDGED_AT - 90 * DAY);
    assert_eq!(validate(stale, &strict).verdict, Verdict::Indeterminate);
    // A list that somebody else signed says nothing.
    let stranger = Office::new();
    let foreign = with_crl(&stranger, &file, &[(2, SIGNED_AT - DAY)], JUDGED_AT - DAY);
    assert_eq!(office.judge(&foreign).verdict, Verdict::Valid);
}

#[test]
fn an_expired_certificate_needs_a_proven_time() {
    let office = Office::new();
    let file = office.sealed();
    let after = Options { at: TO + DAY, ..office.options() };
    let report = validate(file.clone(), &after);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert_eq!(signature(&report, "dau").trust, TrustState::OutOfValidity);
    let before = Options { at: FROM - DAY, ..office.options() };
    assert_eq!(validate(file, &before).verdict, Verdict::Indeterminate);
}

#[test]
fn without_roots_nobody_is_trusted() {
    let office = Office::new();
    let report = validate(
        office.sealed(),
        &Options { roots: TrustRoots::none(), at: JUDGED_AT, require_revocation: false },
    );
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert!(report.signatures.iter().all(|one| one.intact && one.trust == TrustState::Unknown));
}

#[test]
fn a_token_binds_its_bytes_and_its_purpose() {
    let office = Office::new();
    let token = office.stamp(b"the bytes");
    let right = verify_timestamp(&token, &[b"the ", b"bytes"]);
    assert_eq!(right.report.findings, []);
    assert!(right.time.unwrap() > 1_700_000_000);
    let wrong = verify_timestamp(&token, &[b"other bytes"]);
    assert!(wrong.report.findings.iter().any(|finding| finding.code == "timestamp_imprint"));
    assert!(!wrong.report.is_intact());
    // A signature that is no time stamp.
    let digest = openssl::sha::sha256(b"the bytes");
    let message = signer::cms::sign_detached(&office.leader, &digest).unwrap();
    let none = verify_timestamp(&message, &[b"the bytes"]);
    assert!(none.report.findings.iter().any(|finding| finding.code == "timestamp_content_type"));
}

/// Appends a document time stamp by hand, in an invisible field of its own.
fn with_document_stamp(office: &Office, file: &[u8]) -> Vec<u8> {
    const ROOM: usize = 8192;
    let form = validate_office::form(file);
    let names =
        ["so", "ngay", "nguoiky", "dau"].map(|name| format!("{} R", validate_office::field(file, name)));
    let placeholder = "[0 9999999999 9999999999 9999999999]";
    let mut stamped = update(file, |increment| {
        let value = increment.allocate().unwrap();
        let source = format!(
            "<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161/ByteRange{placeholder}/Contents<{}>>>",
            "0".repeat(ROOM)
        );
        increment.put(value, source.into_bytes());
        let field = increment.allocate().unwrap();
        let source =
            format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(tem)/Rect[0 0 0 0]/F 132/P 3 0 R/V {value} R>>");
        increment.put(field, source.into_bytes());
        set(increment, form, "Fields", &format!("[{} {field} R]", names.join(" ")));
        set(increment, Ref::new(3), "Annots", &format!("[7 0 R {} {field} R]", names.join(" ")));
    });
    let find =
        |bytes: &[u8], mark: &[u8]| bytes.windows(mark.len()).rposition(|window| window == mark).unwrap();
    let range_at = find(&stamped, placeholder.as_bytes());
    let hole = find(&stamped, format!("<{}>", "0".repeat(ROOM)).as_bytes());
    let (end, total) = (hole + ROOM + 2, stamped.len());
    let range = format!("{:<width$}", format!("[0 {hole} {end} {}]", total - end), width = placeholder.len());
    stamped[range_at..range_at + range.len()].copy_from_slice(range.as_bytes());
    let token = office.stamp(&[&stamped[..hole], &stamped[end..]].concat());
    let hex: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
    stamped[hole + 1..hole + 1 + hex.len()].copy_from_slice(hex.as_bytes());
    stamped
}

/// The time of `openssl ts` is the machine's, so the office must be valid then.
fn office_of_today() -> (Office, i64) {
    let probe = Office::new();
    let now = verify_timestamp(&probe.stamp(b"now"), &[b"now"]).time.unwrap();
    let authority = |subject, serial, authority, stamping, from, to, issuer: Option<&Authority>| {
        let key = ec();
        let wanted = Wanted { subject, serial, authority, stamping, from, to };
        Authority { certificate: certificate(&wanted, &key, issuer), key }
    };
    let root = authority("CA thử", 1, true, false, FROM, now + 900 * DAY, None);
    let stamper = authority("TSA thử", 9, false, true, now - DAY, now + 800 * DAY, Some(&root));
    let leader = authority("Nguyễn Văn A", 2, false, false, FROM, now + 10 * DAY, Some(&root));
    let agency = authority("UBND tỉnh", 3, false, false, FROM, now + 10 * DAY, Some(&root));
    let key = |one: Authority| {
        signer::keys::SigningKey::new(one.key, one.certificate, vec![root.certificate.clone()]).unwrap()
    };
    let (leader, agency) = (key(leader), key(agency));
    (Office { root, leader, agency, stamper }, now)
}

#[test]
fn a_document_time_stamp_proves_that_signatures_existed() {
    let (office, now) = office_of_today();
    let sealed = office.sealed();
    let stamped = with_document_stamp(&office, &sealed);
    let at = |at: i64| Options { at, ..office.options() };

    let report = validate(stamped.clone(), &at(now + DAY));
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    let stamp = signature(&report, "tem");
    assert_eq!(stamp.kind, Kind::Timestamp);
    assert!(
        codes(signature(&report, "dau")).iter().all(|code| *code == "revocation_not_checked"),
        "{report:#?}"
    );

    // Long after the signers' certificates have ended the stamp still proves their time.
    assert_eq!(validate(sealed.clone(), &at(now + 400 * DAY)).verdict, Verdict::Indeterminate);
    let report = validate(stamped.clone(), &at(now + 400 * DAY));
    assert_eq!(report.verdict, Verdict::Valid);
    assert!(codes(signature(&report, "dau")).contains(&"certificate_ended_since"), "{report:#?}");
    assert!(!codes(signature(&report, "tem")).contains(&"certificate_ended_since"), "{report:#?}");
    // Judged as of a time before it was made, it proves nothing of that time.
    let report = validate(stamped.clone(), &at(now - DAY));
    assert!(codes(signature(&report, "tem")).contains(&"timestamp_in_future"), "{report:#?}");
    assert!(
        codes(signature(&validate(stamped.clone(), &at(now + DAY)), "tem"))
            .iter()
            .all(|code| *code != "timestamp_in_future")
    );
    // Until the stamp's own certificate ends.
    assert_eq!(validate(stamped.clone(), &at(now + 850 * DAY)).verdict, Verdict::Indeterminate);

    // A stamp over other bytes proves nothing and is a forgery in the file.
    let mut moved = stamped;
    let at_link = moved.windows(10).position(|window| window == b"example.vn").unwrap();
    moved[at_link] = b'E';
    let report = validate(moved, &at(now + DAY));
    assert_eq!(report.verdict, Verdict::Invalid);
    assert!(codes(signature(&report, "tem")).contains(&"timestamp_imprint"));
}

#[test]
fn a_later_revocation_does_no_harm_to_a_proven_time() {
    let (office, now) = office_of_today();
    let stamped = with_document_stamp(&office, &office.sealed());
    let revoked = with_crl(&office, &stamped, &[(2, now + 2 * DAY), (3, now + 2 * DAY)], now + 3 * DAY);
    let report = validate(revoked, &Options { at: now + 4 * DAY, ..office.options() });
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
}

#[test]
fn paths_keep_to_rfc_5280() {
    let office = Office::new();
    let roots = office.options().roots;
    let leaf = office.leader.certificate();
    assert_eq!(check_path(leaf, &[], &roots, JUDGED_AT).trust, Trust::Trusted);

    // An end entity that issues certificates.
    let impostor_key = ec();
    let wanted = Wanted { subject: "kẻ gian", serial: 20, ..Wanted::default() };
    let impostor =
        Authority { certificate: certificate(&wanted, &impostor_key, Some(&office.root)), key: impostor_key };
    let victim = impostor.signer("nạn nhân", 21);
    let path =
        check_path(victim.certificate(), std::slice::from_ref(&impostor.certificate), &roots, JUDGED_AT);
    assert!(matches!(path.trust, Trust::Unknown(_)), "{path:?}");

    // A certificate that names the root's key but was altered.
    let mut der = leaf.to_der().unwrap();
    let last = der.len() - 1;
    der[last] ^= 1;
    let altered = X509::from_der(&der).unwrap();
    assert!(matches!(check_path(&altered, &[], &roots, JUDGED_AT).trust, Trust::Forged(_)));

    // A root of the same name with another key is a stranger, not a forgery.
    let other = Office::new();
    let path = check_path(leaf, &[], &other.options().roots, JUDGED_AT);
    assert!(matches!(path.trust, Trust::Unknown(_)), "{path:?}");
}

#[test]
fn ocsp_responses_are_taken_from_the_issuer_only() {
    let office = Office::new();
    let stranger = Office::new();
    let path = [office.leader.certificate().clone(), office.root.certificate.clone()];
    let roots = office.options().roots;
    for (authority, revoked, expected) in [
        (&office.root, false, Some(Revocation::Good)),
        (&office.root, true, None),
        (&stranger.root, true, Some(Revocation::NotChecked(String::new()))),
    ] {
        let mut evidence = Evidence::default();
        let (response, made_at) =
            ocsp(authority, office.leader.certificate(), &office.root.certificate, revoked);
        evidence.add_ocsp(&response);
        assert!(!evidence.is_empty());
        let found = check_revocation(&path, &[], &roots, &evidence, made_at + 60, false);
        match expected {
            Some(Revocation::NotChecked(_)) => {
                assert!(matches!(found, Revocation::NotChecked(_)), "{found:?}");
            }
            Some(expected) => assert_eq!(found, expected),
            None => assert!(matches!(found, Revocation::Revoked { .. }), "{found:?}"),
        }
    }
}

/// A response of `openssl ocsp`, and the machine's time.
fn ocsp(responder: &Authority, subject: &X509, issuer: &X509, revoked: bool) -> (Vec<u8>, i64) {
    let folder = tempfile::tempdir().unwrap();
    let text = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(text("responder.pem"), responder.certificate.to_pem().unwrap()).unwrap();
    std::fs::write(text("responder.key"), responder.key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    std::fs::write(text("issuer.pem"), issuer.to_pem().unwrap()).unwrap();
    std::fs::write(text("subject.pem"), subject.to_pem().unwrap()).unwrap();
    let (state, when) = if revoked { ("R", "260601000000Z") } else { ("V", "") };
    std::fs::write(text("index"), format!("{state}\t360101000000Z\t{when}\t02\tunknown\t/CN=x\n")).unwrap();
    let output = std::process::Command::new("openssl")
        .args(["ocsp", "-index", &text("index"), "-CA", &text("issuer.pem"), "-issuer", &text("issuer.pem")])
        .args([
            "-cert",
            &text("subject.pem"),
            "-rsigner",
            &text("responder.pem"),
            "-rkey",
            &text("responder.key"),
        ])
        .args(["-respout", &text("response"), "-ndays", "7", "-noverify"])
        .output()
        .unwrap();
    let response = std::fs::read(text("response"));
    let response = response.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let made = std::fs::metadata(text("response")).unwrap().modified().unwrap();
    let seconds = made.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    (response, i64::try_from(seconds).unwrap())
}
