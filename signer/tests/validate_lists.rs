//! Lists that are not simply the issuer's complete one: deltas, indirect ones, several for some reasons each. They are
//! fetched from the loopback, and judged.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod message_forge;
mod pki;

use message_forge::words::{Sheet, about, directory, reason};
use message_forge::{sequence, tlv};
use openssl::pkey::PKey;
use openssl::x509::X509;
use pki::{Behaviour, Pki};
use signer::fetch::{Anchors, Cache, EvidenceError, Fault, Fetcher, Moment};
use signer::pdf::Document;
use signer::sign::{
    Choices, Claims, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Target, sign_with,
};
use signer::validate::{Known, Options, Report, RevocationState, Verdict, validate_online};

const DAY: i64 = 86_400;
const DELTA: &str = "2.5.29.27";
const POINT: &str = "2.5.29.28";
const FRESHEST: &str = "2.5.29.46";
/// certificateHold and removeFromCRL.
const HOLD: u8 = 6;
const REMOVED: u8 = 8;
const SIGNS: &str = "keyUsage=critical,nonRepudiation\n";

const DRAFT: &[u8] = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \ntrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n184\n%%EOF\n";

/// An entry: serial number, reason, and in an indirect list the one whose certificate it is about.
type Entry<'a> = (u8, u8, Option<&'a X509>);

/// A list of `by`, of a minute ago, the later the higher its number, with these extensions beside its number.
fn list(
    pki: &Pki,
    by: &str,
    number: u8,
    extensions: &[(&str, bool, &[u8])],
    entries: &[Entry<'_>],
) -> Vec<u8> {
    let key = PKey::private_key_from_pem(&std::fs::read(pki.path(&format!("{by}.key"))).unwrap()).unwrap();
    let mut sheet = Sheet::at(pki.now - 60 + i64::from(number)).number(number);
    for (kind, critical, value) in extensions {
        sheet = sheet.with(kind, *critical, value);
    }
    for (serial, why, issuer) in entries {
        let said: Vec<Vec<u8>> = std::iter::once(reason(*why)).chain(issuer.map(about)).collect();
        sheet = sheet.entry(*serial, pki.now - DAY, &said);
    }
    sheet.by(&(pki.certificate(by), key))
}

/// The full name of a place at which lists are published.
fn place(url: &str) -> Vec<u8> {
    tlv(0xa0, &tlv(0xa0, &tlv(0x86, url.as_bytes())))
}

fn serve(pki: &Pki, path: &str, list: Vec<u8>) {
    pki.spoil(path, Behaviour::Bytes(list));
}

fn fetcher(pki: &Pki) -> Fetcher {
    Fetcher::new(pki.client(), Cache::in_memory(), Anchors::Roots(pki.roots()))
}

/// How many lists are embedded for a signer, or why none is.
fn fetched(pki: &Pki, who: &str, beside: &[&str]) -> Result<usize, EvidenceError> {
    let moment = Moment { at: pki.now, proven: false, now: pki.now };
    let carried: Vec<_> = ["sub"].iter().chain(beside).map(|name| pki.certificate(name)).collect();
    fetcher(pki).evidence(&pki.certificate(who), &carried, moment).map(|found| found.crls.len())
}

fn judged(pki: &Pki, who: &str) -> Report {
    let request = SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(pki.now)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    };
    let file = sign_with(DRAFT.to_vec(), &request, &pki.key(who)).unwrap().to_bytes();
    let options = Options { require_revocation: true, ..Options::new(pki.roots(), pki.now) };
    let known = Known {
        certificates: ["root", "sub"].map(|name| pki.certificate(name).to_der().unwrap()).to_vec(),
        ..Known::default()
    };
    validate_online(&Document::open(file).unwrap(), &options, &fetcher(pki), pki.now, &known)
}

fn states(report: &Report) -> (Verdict, RevocationState) {
    (report.verdict, report.signatures[0].revocation)
}

const GOOD: (Verdict, RevocationState) = (Verdict::Valid, RevocationState::Good);
const REVOKED: (Verdict, RevocationState) = (Verdict::Invalid, RevocationState::Revoked);
const UNKNOWN: (Verdict, RevocationState) = (Verdict::Indeterminate, RevocationState::NotChecked);

#[test]
fn a_delta_is_fetched_where_the_certificate_or_the_list_names_it() {
    let pki = Pki::new();
    let (base_at, delta_at) = (pki.url("/sub.crl"), pki.url("/delta.crl"));
    let points = format!("{SIGNS}crlDistributionPoints=URI:{base_at}\n");
    pki.issue("names", "sub", 40, &format!("{points}freshestCRL=URI:{delta_at}\n"));
    pki.issue("silent", "sub", 41, &points);
    let freshest = sequence(&[sequence(&[place(&delta_at)])]);
    let base = |entries: &[Entry<'_>]| list(&pki, "sub", 5, &[(FRESHEST, false, &freshest)], entries);
    let delta = |number: u8, base: u8, entries: &[Entry<'_>]| {
        list(&pki, "sub", number, &[(DELTA, true, &[2, 1, base])], entries)
    };
    serve(&pki, "/sub.crl", base(&[]));
    for (who, serial) in [("names", 40), ("silent", 41)] {
        serve(&pki, "/delta.crl", delta(6, 5, &[]));
        assert_eq!(fetched(&pki, who, &[]).unwrap(), 3, "list, delta, the root's list");
        assert_eq!(states(&judged(&pki, who)), GOOD);
        serve(&pki, "/delta.crl", delta(6, 5, &[(serial, 1, None)]));
        assert!(matches!(fetched(&pki, who, &[]).unwrap_err(), EvidenceError::Revoked { .. }), "{who}");
        assert_eq!(states(&judged(&pki, who)), REVOKED, "{who}");
    }
    // A hold is lifted by a delta, a revocation never.
    for (reason, expected) in [(HOLD, GOOD), (1, REVOKED)] {
        serve(&pki, "/sub.crl", base(&[(40, reason, None)]));
        serve(&pki, "/delta.crl", delta(6, 5, &[(40, REMOVED, None)]));
        assert_eq!(states(&judged(&pki, "names")), expected, "{reason}");
        assert_eq!(fetched(&pki, "names", &[]).is_ok(), expected == GOOD);
    }
    // What does not continue the list, or is nobody's, or is not there, changes nothing: the list is current itself.
    serve(&pki, "/sub.crl", base(&[]));
    let strange = list(&pki, "root", 6, &[(DELTA, true, &[2, 1, 5])], &[(40, 1, None)]);
    for wrong in [delta(6, 7, &[]), delta(5, 5, &[]), strange, b"no list".to_vec(), base(&[])] {
        serve(&pki, "/delta.crl", wrong);
        assert_eq!(fetched(&pki, "names", &[]).unwrap(), 2);
        assert_eq!(states(&judged(&pki, "names")), GOOD);
    }
    for behaviour in [Behaviour::Status(404), Behaviour::Huge(40 << 20)] {
        pki.spoil("/delta.crl", behaviour);
        assert_eq!(fetched(&pki, "names", &[]).unwrap(), 2);
    }
}

#[test]
fn an_indirect_list_is_fetched_and_its_signer_checked() {
    let pki = Pki::new();
    let root_list = format!("crlDistributionPoints=URI:{}\n", pki.url("/root.crl"));
    pki.issue("lists", "root", 50, &format!("keyUsage=critical,cRLSign\n{root_list}"));
    pki.issue("other", "root", 51, &format!("keyUsage=critical,cRLSign\n{root_list}"));
    // A point with an address whose lists somebody else issues.
    let (ca, place) = (pki.certificate("sub"), place(&pki.url("/indirect.crl")));
    let points = sequence(&[sequence(&[place.clone(), tlv(0xa2, &directory(&pki.certificate("lists")))])]);
    let hex: String = points.iter().map(|byte| format!("{byte:02X}")).collect();
    pki.issue("a2", "sub", 60, &format!("{SIGNS}2.5.29.31=DER:{hex}\n"));
    let indirect = sequence(&[place, vec![0x84, 1, 0xff]]);
    let made = |by: &str, serials: &[u8]| {
        let entries: Vec<Entry<'_>> = serials.iter().map(|serial| (*serial, 1, Some(&ca))).collect();
        list(&pki, by, 7, &[(POINT, true, &indirect)], &entries)
    };
    serve(&pki, "/indirect.crl", made("lists", &[]));
    // Its signer must be known, and is asked about.
    assert!(matches!(
        fetched(&pki, "a2", &[]),
        Err(EvidenceError::Answer { fault: Fault::NotAuthorised, .. })
    ));
    assert_eq!(
        fetched(&pki, "a2", &["lists"]).unwrap(),
        2,
        "the list, and the root's for its signer and the CA"
    );
    serve(&pki, "/indirect.crl", made("lists", &[60]));
    assert!(matches!(fetched(&pki, "a2", &["lists"]), Err(EvidenceError::Revoked { .. })));
    serve(&pki, "/indirect.crl", made("other", &[]));
    assert!(fetched(&pki, "a2", &["lists", "other"]).is_err(), "not whom the certificate names");
    // Whoever is revoked says nothing good in another's stead.
    serve(&pki, "/indirect.crl", made("lists", &[]));
    serve(&pki, "/root.crl", list(&pki, "root", 9, &[], &[(50, 1, None)]));
    assert!(fetched(&pki, "a2", &["lists"]).is_err());
}

#[test]
fn lists_for_some_reasons_add_up_to_all_of_them() {
    let pki = Pki::new();
    let points =
        format!("URI:{},URI:{},URI:{}", pki.url("/one.crl"), pki.url("/two.crl"), pki.url("/three.crl"));
    pki.issue("c2", "sub", 70, &format!("{SIGNS}crlDistributionPoints={points}\n"));
    // keyCompromise to affiliationChanged, superseded to certificateHold, privilegeWithdrawn and aACompromise.
    let reasons: [&[u8]; 3] = [&[0x83, 2, 4, 0x70], &[0x83, 2, 1, 0x0e], &[0x83, 3, 7, 0x01, 0x80]];
    let made = |which: usize, entries: &[Entry<'_>]| {
        let point = tlv(0x30, reasons[which]);
        list(&pki, "sub", 3, &[(POINT, true, &point)], entries)
    };
    let paths = ["/one.crl", "/two.crl", "/three.crl"];
    for (which, path) in paths.iter().enumerate() {
        serve(&pki, path, made(which, &[]));
    }
    assert_eq!(fetched(&pki, "c2", &[]).unwrap(), 4);
    assert_eq!(states(&judged(&pki, "c2")), GOOD);
    for (which, path) in paths.iter().enumerate() {
        serve(&pki, path, made(which, &[(70, 1, None)]));
        assert!(matches!(fetched(&pki, "c2", &[]), Err(EvidenceError::Revoked { .. })), "{path}");
        assert_eq!(states(&judged(&pki, "c2")), REVOKED, "{path}");
        // A reason is missing: nothing good is known.
        serve(&pki, path, made((which + 1) % 3, &[]));
        assert!(matches!(fetched(&pki, "c2", &[]), Err(EvidenceError::Answer { fault: Fault::Partial, .. })));
        assert_eq!(states(&judged(&pki, "c2")), UNKNOWN, "{path}");
        serve(&pki, path, made(which, &[]));
    }
}
