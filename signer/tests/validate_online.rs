//! Judging with what others say: responders and lists on the loopback, right ones and broken ones.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod pki;

use std::time::Duration;

use pki::{Behaviour, Pki};
use signer::fetch::limits::JUDGING_EXCHANGES_MAX;
use signer::fetch::{Anchors, Cache, Client, ClientOptions, Fetcher, Moment, host_of};
use signer::pdf::Document;
use signer::sign::{
    Choices, Claims, Level, SIGNATURE_BYTES_DEFAULT, Services, SigningRequest, SigningTime, Target, raise,
    sign_at_level, sign_with,
};
use signer::validate::{
    Known, Options, Report, RevocationState, TrustState, Verdict, validate_document, validate_online,
    validate_with,
};

const DAY: i64 = 86_400;

const DRAFT: &[u8] = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \ntrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n184\n%%EOF\n";

fn request(at: i64) -> SigningRequest {
    SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(at)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    }
}

/// Signed at B-B: nothing about revocation lies in the file.
fn signed_by(pki: &Pki, who: &str) -> Vec<u8> {
    sign_with(DRAFT.to_vec(), &request(pki.now), &pki.key(who)).unwrap().to_bytes()
}

struct Judge<'p> {
    pki: &'p Pki,
    fetcher: Fetcher,
}

impl<'p> Judge<'p> {
    fn new(pki: &'p Pki) -> Self {
        Self { pki, fetcher: Fetcher::new(pki.client(), Cache::in_memory(), Anchors::Roots(pki.roots())) }
    }

    fn at(&self, file: &[u8], at: i64) -> Report {
        let options = Options { require_revocation: true, ..Options::new(self.pki.roots(), at) };
        let document = Document::open(file.to_vec()).unwrap();
        validate_online(&document, &options, &self.fetcher, self.pki.now, &Known::default())
    }

    fn now(&self, file: &[u8]) -> Report {
        self.at(file, self.pki.now)
    }
}

fn offline(pki: &Pki, file: &[u8], at: i64) -> Report {
    let options = Options { require_revocation: true, ..Options::new(pki.roots(), at) };
    validate_document(&Document::open(file.to_vec()).unwrap(), &options)
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.signatures.iter().flat_map(|one| one.findings.iter().map(|finding| finding.code)).collect()
}

fn asked(pki: &Pki) -> [usize; 3] {
    ["/ocsp", "/sub.crl", "/root.crl"].map(|path| pki.asked(path))
}

#[test]
fn what_the_file_lacks_is_asked_for_by_ocsp_and_then_by_list() {
    let pki = Pki::new();
    let judge = Judge::new(&pki);
    let file = signed_by(&pki, "a");
    let alone = offline(&pki, &file, pki.now);
    assert_eq!(alone.verdict, Verdict::Indeterminate);
    assert_eq!(alone.signatures[0].revocation, RevocationState::NotChecked);
    assert_eq!(asked(&pki), [0, 0, 0], "offline nobody is asked");

    let report = judge.now(&file);
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    assert_eq!(report.signatures[0].revocation, RevocationState::Good);
    assert_eq!(asked(&pki), [1, 0, 1], "OCSP for the signer, the root's list for the CA");
    // What was fetched once is not fetched again.
    judge.now(&file);
    assert_eq!(asked(&pki), [1, 0, 1]);

    // A responder that is down is made up for by the list.
    pki.spoil("/ocsp", Behaviour::Status(500));
    let report = Judge::new(&pki).now(&file);
    assert_eq!(report.signatures[0].revocation, RevocationState::Good, "{report:#?}");
    assert_eq!(pki.asked("/sub.crl"), 1);
    // Names only a list.
    let report = Judge::new(&pki).now(&signed_by(&pki, "b"));
    assert_eq!(report.signatures[0].revocation, RevocationState::Good, "{report:#?}");
}

#[test]
fn a_responder_that_may_be_revoked_is_asked_about_too() {
    let pki = Pki::new();
    let file = signed_by(&pki, "a");
    let answers = "keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\n";
    let list = format!("crlDistributionPoints=URI:{}\n", pki.url("/sub.crl"));
    pki.issue("ocsp", "sub", 30, &format!("{answers}{list}"));
    pki.spoil("/sub.crl", Behaviour::Status(500));
    let report = Judge::new(&pki).now(&file);
    assert!(pki.asked("/ocsp") > 0);
    assert_eq!(report.signatures[0].revocation, RevocationState::NotChecked, "{report:#?}");
    pki.mend();
    let report = Judge::new(&pki).now(&file);
    assert_eq!(report.signatures[0].revocation, RevocationState::Good, "{report:#?}");
    assert!(pki.asked("/sub.crl") > 0);
}

#[test]
fn what_is_revoked_now_is_told_by_when_it_was_signed() {
    let pki = Pki::new();
    let file = signed_by(&pki, "a");
    // Since 2020: before the signature.
    pki.revoke(&[10]);
    let report = Judge::new(&pki).now(&file);
    assert_eq!(report.verdict, Verdict::Invalid, "{report:#?}");
    assert_eq!(report.signatures[0].revocation, RevocationState::Revoked);
    assert!(codes(&report).contains(&"revoked"));
    // Since a day after the signature, which no time stamp proves: judged before that day and after it.
    pki.revoke_since(&[10], pki.now + DAY);
    for at in [pki.now, pki.now + 1] {
        let report = Judge::new(&pki).at(&file, at);
        assert_eq!(report.verdict, Verdict::Indeterminate, "{report:#?}");
        assert!(codes(&report).contains(&"revoked_later"));
        assert_eq!(report.signatures[0].indication().1, "REVOKED_NO_POE");
    }
}

#[test]
fn what_is_said_now_of_another_time_counts_as_far_as_it_can() {
    let pki = Pki::new();
    let judge = Judge::new(&pki);
    let file = signed_by(&pki, "a");
    // Good now, so it was good a second ago; a year on nobody knows.
    let report = judge.at(&file, pki.now - 1);
    assert_eq!(report.signatures[0].revocation, RevocationState::Good, "{report:#?}");
    let report = judge.at(&file, pki.now + 365 * DAY);
    assert_eq!(report.signatures[0].revocation, RevocationState::NotChecked);
    assert_eq!(report.verdict, Verdict::Indeterminate);
}

#[test]
fn what_the_file_holds_comes_first() {
    let pki = Pki::new();
    let (request, key, services) = (request(pki.now), pki.key("a"), pki.services());
    let file = sign_at_level(DRAFT.to_vec(), &request, &key, Level::LongTerm, &services, pki.now).unwrap();
    let file = file.to_bytes();
    let before = asked(&pki);
    assert_eq!(offline(&pki, &file, pki.now).verdict, Verdict::Valid);
    assert_eq!(Judge::new(&pki).now(&file).verdict, Verdict::Valid);
    assert_eq!(asked(&pki), before, "nothing was missing");
}

#[test]
fn an_answer_that_is_no_answer_is_told_and_proves_nothing() {
    let pki = Pki::new();
    let file = signed_by(&pki, "a");
    let nonsense = || Behaviour::Bytes(b"<html>busy</html>".to_vec());
    for behaviour in [nonsense(), Behaviour::Status(404), Behaviour::Cut, Behaviour::Huge(64 << 20)] {
        for path in ["/ocsp", "/sub.crl"] {
            pki.spoil(path, behaviour.clone());
        }
        let report = Judge::new(&pki).now(&file);
        assert_eq!(report.signatures[0].revocation, RevocationState::NotChecked, "{behaviour:?}");
        assert_eq!(report.verdict, Verdict::Indeterminate);
        assert!(report.findings.iter().any(|finding| finding.code == "evidence_not_fetched"), "{report:#?}");
    }
    // A broken signature is not made good by anything: nobody is asked.
    pki.mend();
    let before = asked(&pki);
    let mut broken = file;
    let page = broken.windows(3).position(|window| window == b"595").unwrap();
    broken[page] = b'6';
    assert_eq!(Judge::new(&pki).now(&broken).verdict, Verdict::Invalid);
    assert_eq!(asked(&pki), before);
}

#[test]
fn strangers_send_this_machine_nowhere() {
    let (pki, stranger) = (Pki::new(), Pki::new());
    let file = signed_by(&stranger, "a");
    let report = Judge::new(&pki).now(&file);
    assert_eq!(report.signatures[0].trust, TrustState::Unknown);
    let nobody =
        Options { require_revocation: true, ..Options::new(signer::chain::TrustRoots::none(), pki.now) };
    let document = Document::open(file).unwrap();
    validate_online(&document, &nobody, &Judge::new(&pki).fetcher, pki.now, &Known::default());
    for path in ["/ocsp", "/sub.crl", "/root.crl", "/sub.cer", "/root.cer"] {
        assert_eq!((stranger.asked(path), pki.asked(path)), (0, 0), "{path}");
    }
}

#[test]
fn a_file_that_names_a_hundred_addresses_is_asked_about_a_few_times() {
    let mut pki = Pki::new();
    // Certificates are issued one after another below: on a busy machine none of them may be from the future.
    pki.now += 600;
    let many = |kind: &str| {
        let uris: Vec<String> =
            (0..100).map(|n| format!("{kind}URI:{}", pki.url(&format!("/down{n}")))).collect();
        uris.join(",")
    };
    pki.issue(
        "many",
        "sub",
        40,
        &format!(
            "keyUsage=critical,nonRepudiation\ncrlDistributionPoints={}\nauthorityInfoAccess={}\n",
            many(""),
            many("OCSP;")
        ),
    );
    let down: Vec<String> = (0..100).map(|n| format!("/down{n}")).collect();
    down.iter().for_each(|path| pki.spoil(path, Behaviour::Status(503)));
    let report = Judge::new(&pki).now(&signed_by(&pki, "many"));
    assert_eq!(report.signatures[0].revocation, RevocationState::NotChecked);
    let asked: usize = down.iter().map(|path| pki.asked(path)).sum();
    assert!((2..=JUDGING_EXCHANGES_MAX).contains(&asked), "{asked}");

    // Many signers: the limit is of the file.
    let mut file = DRAFT.to_vec();
    for serial in 50..60_u32 {
        let name = format!("s{serial}");
        let url = pki.url(&format!("/down{serial}"));
        let sources = format!("crlDistributionPoints=URI:{url}\nauthorityInfoAccess=OCSP;URI:{url}\n");
        pki.issue(&name, "sub", serial, &format!("keyUsage=critical,nonRepudiation\n{sources}"));
        file = sign_with(file, &request(pki.now), &pki.key(&name)).unwrap().to_bytes();
    }
    let before: usize = down.iter().map(|path| pki.asked(path)).sum();
    Judge::new(&pki).now(&file);
    let after: usize = down.iter().map(|path| pki.asked(path)).sum();
    assert!(after - before <= JUDGING_EXCHANGES_MAX, "{}", after - before);
    assert!(after - before > 10, "{}", after - before);
}

#[test]
fn a_responder_that_is_slow_does_not_hold_the_verdict_up_for_ever() {
    let pki = Pki::new();
    let file = signed_by(&pki, "a");
    for path in ["/ocsp", "/sub.crl", "/root.crl"] {
        pki.spoil(path, Behaviour::Slow(Duration::from_secs(600)));
    }
    let client = Client::new(ClientOptions {
        time: Duration::from_millis(300),
        attempts: 1,
        ..ClientOptions::default()
    });
    let fetcher = Fetcher::new(client, Cache::in_memory(), Anchors::Roots(pki.roots()));
    let began = std::time::Instant::now();
    let report = Judge { pki: &pki, fetcher }.now(&file);
    assert_eq!(report.verdict, Verdict::Indeterminate);
    assert!(began.elapsed() < Duration::from_secs(300), "{:?}", began.elapsed());
}

#[test]
fn a_raised_file_and_its_unraised_brother_get_the_same_verdict() {
    let pki = Pki::new();
    let services: Services = pki.services();
    let file = signed_by(&pki, "a");
    let raised = raise(file.clone(), Level::LongTerm, &services, pki.now).unwrap().bytes().to_vec();
    assert_eq!(Judge::new(&pki).now(&file).verdict, offline(&pki, &raised, pki.now).verdict);
}

#[test]
fn an_issuer_that_cannot_be_fetched_now_may_be_later() {
    let pki = Pki::new();
    let client = Client::new(ClientOptions {
        named: host_of(&pki.url("/")).into_iter().collect(),
        attempts: 1,
        ..ClientOptions::default()
    });
    let fetcher = Fetcher::new(client, Cache::in_memory(), Anchors::Roots(pki.roots()));
    let path =
        || fetcher.path(&pki.certificate("a"), &[], Moment { at: pki.now, proven: false, now: pki.now });
    pki.spoil("/sub.cer", Behaviour::Status(503));
    let error = path().unwrap_err();
    assert_eq!((error.code(), error.is_passing()), ("service_status", true));
    pki.spoil("/sub.cer", Behaviour::Status(404));
    let error = path().unwrap_err();
    assert_eq!((error.code(), error.is_passing()), ("not_trusted", false), "there is none");
    pki.mend();
    assert_eq!(path().unwrap().len(), 3);
}

#[test]
fn what_a_register_proves_to_have_been_there_is_judged_as_of_then() {
    let pki = Pki::new();
    let file = signed_by(&pki, "b");
    pki.revoke_since(&[11], pki.now + DAY);
    let list = |name: &str| std::fs::read(pki.path(name)).unwrap();
    let known =
        |existed_at| Known { crls: vec![list("sub.crl"), list("root.crl")], existed_at, ..Known::default() };
    let judged = |at, existed_at| {
        let options = Options { require_revocation: true, ..Options::new(pki.roots(), at) };
        validate_with(&Document::open(file.clone()).unwrap(), &options, &known(existed_at))
    };
    // Nobody says when it was there: what was revoked since may have been before.
    assert!(codes(&judged(pki.now, None)).contains(&"revoked_later"));
    let report = judged(pki.now, Some(pki.now));
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    // Later than the revocation it proves nothing against it.
    let report = judged(pki.now + 2 * DAY, Some(pki.now + 2 * DAY));
    assert_eq!(report.signatures[0].revocation, RevocationState::Revoked, "{report:#?}");
    // Later than the judging it proves nothing for it.
    assert!(codes(&judged(pki.now, Some(pki.now + 2 * DAY))).contains(&"revoked_later"));
}
