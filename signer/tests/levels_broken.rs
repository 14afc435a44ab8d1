//! Services that are down, slow, wrong or hostile: a typed error each, and nothing signed or raised.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod pki;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use openssl::sha::sha256;
use pki::{Behaviour, Pki};
use signer::chain::TrustRoots;
use signer::cms::{signature_value, verify_timestamp};
use signer::fetch::{
    Anchors, Cache, Client, ClientOptions, EvidenceError, Fault, Fetcher, Moment, Reach, StampError,
    TimestampAuthority,
};

fn stamp_fails(pki: &Pki, behaviour: Behaviour) -> StampError {
    pki.spoil("/tsa", behaviour);
    pki.authority().stamp(&sha256(b"data")).unwrap_err()
}

#[test]
fn a_token_is_checked_before_it_is_used() {
    let pki = Pki::new();
    let token = pki.authority().stamp(&sha256(b"data")).unwrap();
    let judged = verify_timestamp(&token.der, &[b"da", b"ta"]);
    assert!(judged.report.is_intact());
    assert_eq!(judged.time, Some(token.time));
    assert!((token.time - pki.now).abs() < 60);
    assert!(token.certificates.len() >= 2, "the service's and its issuer's");
    assert!(signature_value(&token.der).is_ok());
    // The imprint follows `04 20`, the nonce `02 10`.
    #[expect(clippy::ptr_arg, reason = "other behaviours shorten what was asked")]
    fn imprint(query: &mut Vec<u8>) {
        let at = query.windows(2).position(|window| window == [4, 32]).unwrap();
        query[at + 10] ^= 1;
    }
    #[expect(clippy::ptr_arg, reason = "other behaviours shorten what was asked")]
    fn nonce(query: &mut Vec<u8>) {
        let at = query.windows(2).position(|window| window == [2, 16]).unwrap();
        query[at + 10] ^= 1;
    }
    fn no_certificate(query: &mut Vec<u8>) {
        // The last field is `certReq TRUE`; its default is FALSE.
        query.truncate(query.len() - 3);
        query[1] -= 3;
    }
    assert_eq!(stamp_fails(&pki, Behaviour::Swapped(imprint)).code(), "timestamp_imprint");
    assert_eq!(stamp_fails(&pki, Behaviour::Swapped(nonce)).code(), "timestamp_nonce");
    assert_eq!(stamp_fails(&pki, Behaviour::Swapped(no_certificate)).code(), "timestamp_certificate_missing");
    assert_eq!(stamp_fails(&pki, Behaviour::Swapped(|query| query[0] = 0)).code(), "timestamp_rejected");
}

#[test]
fn a_policy_that_is_asked_for_is_given_or_the_token_is_refused() {
    let pki = Pki::new();
    let asking = |policy: &str| pki.authority().with_policy(policy.parse().unwrap()).stamp(&sha256(b"data"));
    assert!(asking("1.2.3.5").is_ok());
    assert_eq!(asking("1.2.3.6").unwrap_err().code(), "timestamp_rejected");
}

#[test]
fn what_goes_wrong_on_the_wire_has_a_name() {
    let pki = Pki::new();
    let cases = [
        (Behaviour::Status(500), "service_status", true),
        (Behaviour::Status(404), "service_status", false),
        (Behaviour::Bytes(b"<html>busy</html>".to_vec()), "timestamp_unreadable", false),
        (Behaviour::Bytes(Vec::new()), "timestamp_unreadable", false),
        (Behaviour::Cut, "timestamp_unreadable", false),
        (Behaviour::Huge(64 << 20), "answer_too_large", false),
        (Behaviour::Redirect("/tsa".to_owned()), "service_status", false),
    ];
    for (behaviour, code, passing) in cases {
        let error = stamp_fails(&pki, behaviour.clone());
        assert_eq!((error.code(), error.is_passing()), (code, passing), "{behaviour:?}: {error}");
    }
    // One that would answer long after nobody listens any more.
    pki.spoil("/tsa", Behaviour::Slow(Duration::from_secs(600)));
    let hurried = ClientOptions { time: Duration::from_millis(300), attempts: 1, ..ClientOptions::default() };
    let hurried = TimestampAuthority::new(pki.url("/tsa"), Client::new(hurried));
    let error = hurried.stamp(&sha256(b"data")).unwrap_err();
    assert_eq!((error.code(), error.is_passing()), ("service_too_slow", true), "{error}");
    let nobody = TimestampAuthority::new("http://127.0.0.1:1/tsa", pki.client());
    let error = nobody.stamp(&sha256(b"data")).unwrap_err();
    assert_eq!((error.code(), error.is_passing()), ("service_unreachable", true));
    let file = TimestampAuthority::new("file:///etc/passwd", pki.client());
    assert_eq!(file.stamp(&sha256(b"data")).unwrap_err().code(), "address_not_http");
}

#[test]
fn what_passes_is_tried_again_and_what_does_not_is_not() {
    let pki = Pki::new();
    stamp_fails(&pki, Behaviour::Status(503));
    assert_eq!(pki.asked("/tsa"), 2);
    stamp_fails(&pki, Behaviour::Status(400));
    assert_eq!(pki.asked("/tsa"), 3);
}

/// Reads a request to its end: who is answered before has the connection torn down under its hands.
fn read_whole(stream: &mut TcpStream) {
    let (mut request, mut byte) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        request.extend_from_slice(&byte);
    }
    let head = String::from_utf8(request).unwrap().to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).unwrap();
    stream.read_exact(&mut vec![0; length.trim().parse().unwrap()]).unwrap();
}

#[test]
fn only_so_many_are_asked_at_a_time() {
    const ASKING: usize = 4;
    // A service that counts whom it has before it at once.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/tsa", listener.local_addr().unwrap());
    let (here, most) = (&AtomicUsize::new(0), &AtomicUsize::new(0));
    for (concurrent, all_at_once) in [(1, false), (ASKING, true)] {
        let authority = TimestampAuthority::new(
            &url,
            Client::new(ClientOptions {
                time: Duration::from_secs(60),
                attempts: 1,
                concurrent,
                ..ClientOptions::default()
            }),
        );
        most.store(0, Ordering::SeqCst);
        std::thread::scope(|scope| {
            let asking: Vec<_> =
                (0..ASKING).map(|_| scope.spawn(|| authority.stamp(&sha256(b"data")))).collect();
            for _ in 0..ASKING {
                let (mut stream, _) = listener.accept().unwrap();
                most.fetch_max(here.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                scope.spawn(move || {
                    // Where all may come at once, nobody is answered before all are there.
                    while all_at_once && most.load(Ordering::SeqCst) < ASKING {
                        std::thread::yield_now();
                    }
                    read_whole(&mut stream);
                    here.fetch_sub(1, Ordering::SeqCst);
                    stream
                        .write_all(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                        .unwrap();
                });
            }
            for one in asking {
                assert_eq!(one.join().unwrap().unwrap_err().code(), "service_status");
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), concurrent);
    }
}

fn moment(pki: &Pki) -> Moment {
    Moment { at: pki.now, proven: false, now: pki.now }
}

fn fetcher(pki: &Pki) -> Fetcher {
    Fetcher::new(pki.client(), Cache::in_memory(), Anchors::Roots(pki.roots()))
}

fn fails(pki: &Pki, who: &str) -> EvidenceError {
    let carried = [pki.certificate("sub")];
    fetcher(pki).evidence(&pki.certificate(who), &carried, moment(pki)).unwrap_err()
}

fn fault(error: &EvidenceError) -> Option<Fault> {
    match error {
        EvidenceError::Answer { fault, .. } => Some(*fault),
        _ => None,
    }
}

#[test]
fn evidence_is_found_by_ocsp_and_by_crl() {
    let pki = Pki::new();
    let options = ClientOptions { named: vec!["127.0.0.1".to_owned()], ..ClientOptions::default() };
    let known = Fetcher::new(Client::new(options), Cache::in_memory(), Anchors::Roots(pki.roots()));
    let found = known.evidence(&pki.certificate("a"), &[], moment(&pki)).unwrap();
    assert_eq!((found.ocsp.len(), found.crls.len()), (1, 1), "the leaf's response and the root's list");
    assert_eq!(pki.asked("/sub.cer"), 1, "the issuer was looked for");
    assert_eq!(found.certificates.len(), 4, "path and delegate");
    let found =
        fetcher(&pki).evidence(&pki.certificate("b"), &[pki.certificate("sub")], moment(&pki)).unwrap();
    assert_eq!((found.ocsp.len(), found.crls.len()), (0, 2));
    assert!(matches!(fails(&pki, "nothing"), EvidenceError::NoSource { .. }));
}

#[test]
fn a_responder_that_fails_is_made_up_for_by_the_list() {
    let pki = Pki::new();
    for behaviour in
        [Behaviour::Status(500), Behaviour::Bytes(b"no".to_vec()), Behaviour::Cut, Behaviour::Huge(8 << 20)]
    {
        pki.spoil("/ocsp", behaviour);
        let found =
            fetcher(&pki).evidence(&pki.certificate("a"), &[pki.certificate("sub")], moment(&pki)).unwrap();
        assert_eq!((found.ocsp.len(), found.crls.len()), (0, 2));
    }
    // With the list gone as well, there is nothing.
    pki.spoil("/sub.crl", Behaviour::Status(404));
    assert_eq!(fails(&pki, "a").code(), "service_status");
}

#[test]
fn statements_that_say_nothing_are_refused() {
    let pki = Pki::new();
    // Another CA's list, a list of yesterday's week, a redirect that never ends.
    let foreign = std::fs::read(pki.path("root.crl")).unwrap();
    pki.spoil("/sub.crl", Behaviour::Bytes(foreign));
    assert_eq!(fault(&fails(&pki, "b")), Some(Fault::NotAuthorised));
    pki.spoil("/sub.crl", Behaviour::Bytes(b"not a list".to_vec()));
    assert_eq!(fault(&fails(&pki, "b")), Some(Fault::Unreadable));
    pki.spoil("/sub.crl", Behaviour::Redirect("/sub.crl".to_owned()));
    assert_eq!(fails(&pki, "b").code(), "too_many_redirects");
    pki.spoil("/sub.crl", Behaviour::Huge(40 << 20));
    assert_eq!(fails(&pki, "b").code(), "answer_too_large");
    pki.mend();
    let later = Moment { at: pki.now, proven: true, now: pki.now + 8 * 86_400 };
    let error = fetcher(&pki).evidence(&pki.certificate("b"), &[pki.certificate("sub")], later).unwrap_err();
    assert_eq!(fault(&error), Some(Fault::Stale));
    let earlier = Moment { at: pki.now, proven: true, now: pki.now - 86_400 };
    let error =
        fetcher(&pki).evidence(&pki.certificate("b"), &[pki.certificate("sub")], earlier).unwrap_err();
    assert_eq!(fault(&error), Some(Fault::FromFuture));
}

#[test]
fn a_response_to_another_question_is_refused() {
    let pki = Pki::new();
    // The nonce follows `04 20`; the list is gone, so that OCSP alone can speak.
    pki.spoil("/sub.crl", Behaviour::Status(404));
    #[expect(clippy::ptr_arg, reason = "other behaviours shorten what was asked")]
    fn nonce(request: &mut Vec<u8>) {
        let at = request.windows(2).position(|window| window == [4, 32]).unwrap();
        request[at + 5] ^= 1;
    }
    pki.spoil("/ocsp", Behaviour::Swapped(nonce));
    let by_ocsp = |who: &str| {
        let certificate = pki.certificate(who);
        let found = fetcher(&pki).evidence(&certificate, &[pki.certificate("sub")], moment(&pki));
        found.map(|found| found.ocsp.len())
    };
    assert!(by_ocsp("a").is_err());
    pki.spoil("/ocsp", Behaviour::Swapped(|request| request[0] = 0));
    assert!(by_ocsp("a").is_err());
    pki.mend();
    assert_eq!(by_ocsp("a"), Ok(1));
}

#[test]
fn a_revoked_certificate_is_named() {
    let pki = Pki::new();
    pki.revoke(&[10, 11]);
    for who in ["a", "b"] {
        assert_eq!(fails(&pki, who).code(), "revoked", "{who}");
    }
    // Revoked after the proven time: no harm.
    let then = Moment { at: 1_577_836_800 - 86_400, proven: true, now: pki.now };
    let carried = [pki.certificate("sub")];
    let path = fetcher(&pki).path(&pki.certificate("a"), &carried, then);
    assert!(path.is_err(), "the certificate was not valid then either");
}

#[test]
fn what_is_fetched_once_serves_many_until_it_is_out_of_date() {
    let pki = Pki::new();
    let folder = tempfile::tempdir().unwrap();
    let carried = [pki.certificate("sub")];
    for round in 0..3 {
        // A new process each time: what is kept lies in the folder.
        let fetcher =
            Fetcher::new(pki.client(), Cache::in_folder(folder.path()), Anchors::Roots(pki.roots()));
        for who in ["b", "b", "tsa", "a"] {
            fetcher.evidence(&pki.certificate(who), &carried, moment(&pki)).unwrap();
        }
        assert_eq!((pki.asked("/sub.crl"), pki.asked("/root.crl")), (1, 1), "round {round}");
        assert_eq!(pki.asked("/ocsp"), 0, "the list that is there says it all");
    }
    // What was tampered with is fetched again.
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        std::fs::write(entry.unwrap().path(), b"tampered").unwrap();
    }
    let fetcher = Fetcher::new(pki.client(), Cache::in_folder(folder.path()), Anchors::Roots(pki.roots()));
    fetcher.evidence(&pki.certificate("b"), &carried, moment(&pki)).unwrap();
    assert_eq!(pki.asked("/sub.crl"), 2);
}

#[test]
fn many_at_a_time_fetch_once() {
    let pki = Pki::new();
    let fetcher = fetcher(&pki);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                fetcher.evidence(&pki.certificate("b"), &[pki.certificate("sub")], moment(&pki)).unwrap();
            });
        }
    });
    assert_eq!((pki.asked("/sub.crl"), pki.asked("/root.crl")), (1, 1));
}

#[test]
fn nothing_is_fetched_for_strangers() {
    let (pki, stranger) = (Pki::new(), Pki::new());
    let error = fetcher(&pki)
        .evidence(
            &stranger.certificate("a"),
            &[stranger.certificate("sub"), stranger.certificate("root")],
            moment(&pki),
        )
        .unwrap_err();
    assert_eq!(error.code(), "not_trusted");
    // Nor are issuers looked for inside the network before it is known whose certificate it is.
    let error = fetcher(&pki).evidence(&stranger.certificate("a"), &[], moment(&pki)).unwrap_err();
    assert_eq!(error.code(), "not_trusted");
    for path in ["/ocsp", "/sub.crl", "/root.crl", "/sub.cer", "/root.cer"] {
        assert_eq!(stranger.asked(path), 0, "{path}");
    }
    let nobody = Fetcher::new(pki.client(), Cache::in_memory(), Anchors::Roots(TrustRoots::none()));
    assert_eq!(nobody.evidence(&pki.certificate("a"), &[], moment(&pki)).unwrap_err().code(), "not_trusted");
}

#[test]
fn addresses_inside_are_asked_only_where_that_is_wanted() {
    let pki = Pki::new();
    let carried = [pki.certificate("sub"), pki.certificate("root")];
    let ask = |options: ClientOptions, anchors: Anchors| {
        let client = Client::new(ClientOptions { attempts: 1, time: Duration::from_secs(60), ..options });
        let fetcher = Fetcher::new(client, Cache::in_memory(), anchors);
        fetcher.evidence(&pki.certificate("b"), &carried, moment(&pki)).map(|_| ())
    };
    let outside = || ClientOptions { reach: Reach::Outside, ..ClientOptions::default() };
    let named = || ClientOptions { named: vec!["127.0.0.1".to_owned()], ..outside() };
    let roots = || Anchors::Roots(pki.roots());
    assert_eq!(ask(outside(), roots()).unwrap_err().code(), "address_inside");
    assert_eq!(ask(ClientOptions::default(), Anchors::Carried).unwrap_err().code(), "address_inside");
    assert_eq!(pki.asked("/sub.crl"), 0);
    assert_eq!(ask(named(), roots()), Ok(()));
    assert_eq!(ask(named(), Anchors::Carried), Ok(()));
    // A redirect does not lead inside either, whoever was asked first.
    pki.spoil("/sub.crl", Behaviour::Redirect(pki.url("/other.crl").replace("127.0.0.1", "localhost")));
    assert_eq!(ask(ClientOptions::default(), roots()).unwrap_err().code(), "address_inside");
}
