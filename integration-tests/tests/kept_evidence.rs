//! What authorities say of the signatures of received documents: asked in the background, judged for the time of receipt,
//! kept beside the document, and enough to judge again without a network.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../signer/tests/pki/mod.rs"]
mod pki;

use std::process::Command as Process;
use std::time::Duration;

use bytes::Bytes;
use integration_tests::binary;
use integration_tests::office::OneProcess;
use integration_tests::staff::ADMINISTRATOR;
use integration_tests::world::reason;
use pki::{Behaviour, Pki};
use proto::archive::v1::{CommitRequest, PutFileRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    CheckedFile, Command, IncomingDocument, KeepEvidence, KeptCheck, Revocation, RevocationSource,
    SignatureReport, Verdict,
};
use proto::rpc::identity::outgoing_as;
use proto::rpc::stream::chunks;
use proto::rpc::{Identity, fault_of, outgoing};
use proto::signer::v1::{CheckQueueState, CheckReceivedRequest, EvidenceQueueRequest};
use signer::service::Checking;
use signer::sign::{
    Choices, Claims, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Target, sign_with,
};

/// How long something in the background may take.
const PATIENCE: Duration = Duration::from_secs(60);
const DAY: i64 = 86_400;

const DRAFT: &[u8] = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>\nendobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n \ntrailer\n<</Size 4/Root 1 0 R>>\nstartxref\n184\n%%EOF\n";

/// Signed at B-B: nothing about revocation lies in the file. The comment tells files apart.
fn signed(pki: &Pki, who: &str, comment: &str) -> Vec<u8> {
    let request = SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(pki.now)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    };
    let draft = [DRAFT, b"%", comment.as_bytes(), b"\n"].concat();
    sign_with(draft, &request, &pki.key(who)).unwrap().to_bytes()
}

fn checking(pki: &Pki, office: &OneProcess) -> Checking {
    Checking {
        client: pki.client(),
        cache: office.data().join("evidence-cache"),
        look_every: Duration::from_millis(200),
    }
}

/// An office that trusts the authority, at the machine's own time, and asks nobody yet.
async fn office(pki: &Pki) -> OneProcess {
    let office = OneProcess::staffed().await;
    office.clock.set(pki.now * 1_000);
    std::fs::copy(pki.path("root.pem"), office.data().join("trust/senders.pem")).unwrap();
    office
}

async fn asking(pki: &Pki, office: OneProcess) -> OneProcess {
    let plan = checking(pki, &office);
    office.reopened_asking(Some(plan)).await
}

async fn queue(office: &OneProcess, login: &str) -> Result<CheckQueueState, Fault> {
    let identity = office.world.identity(login).await?;
    let request = outgoing(&identity, EvidenceQueueRequest::default());
    let answer = office.world.peers.signer().evidence_queue(request).await.map_err(|s| fault_of(&s))?;
    Ok(answer.into_inner().checks.unwrap())
}

async fn check(office: &OneProcess, login: &str, document_id: &str) -> Result<CheckQueueState, Fault> {
    let identity = office.world.identity(login).await?;
    let request = outgoing(&identity, CheckReceivedRequest { document_id: document_id.to_owned() });
    let answer = office.world.peers.signer().check_received(request).await.map_err(|s| fault_of(&s))?;
    Ok(answer.into_inner().checks.unwrap())
}

async fn document(office: &OneProcess, id: &str) -> IncomingDocument {
    office.world.desk("vanthu").incoming(id).await.unwrap()
}

fn said(document: &IncomingDocument) -> (Verdict, Revocation) {
    let report = document.signatures.as_ref().unwrap();
    (report.verdict(), report.signatures[0].revocation())
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    assert!(waited.await.is_ok(), "not within {PATIENCE:?}: {what}");
}

fn asked(pki: &Pki) -> [usize; 3] {
    ["/ocsp", "/sub.crl", "/root.crl"].map(|path| pki.asked(path))
}

fn down(pki: &Pki) {
    for path in ["/ocsp", "/sub.crl", "/root.crl"] {
        pki.spoil(path, Behaviour::Status(503));
    }
}

/// `vanthu verify` without a network; its exit code.
fn verified(pki: &Pki, arguments: &[&str]) -> i32 {
    let root = pki.path("root.pem");
    let seen = Process::new(binary::vanthu())
        .args(["verify", "--offline", "--require-revocation", "--trust"])
        .arg(root)
        .args(arguments)
        .output()
        .unwrap();
    seen.status.code().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_received_while_the_services_were_down_is_asked_about_when_they_are_up() {
    let pki = Pki::new();
    down(&pki);
    let office = office(&pki).await;
    let sent = signed(&pki, "a", "one");
    let id = office.world.receive_file("cong-van.pdf", sent.clone()).await.unwrap();
    let before = document(&office, &id).await;
    assert_eq!(said(&before), (Verdict::Indeterminate, Revocation::NotChecked));
    assert!(!queue(&office, "vanthu").await.unwrap().on);
    assert_eq!(reason(&check(&office, "vanthu", &id).await.unwrap_err()), "ONLINE_EVIDENCE_OFF");
    assert_eq!(asked(&pki), [0, 0, 0], "nobody is asked unless it is switched on");

    let office = asking(&pki, office).await;
    until("the failure shows", async || {
        queue(&office, "vanthu").await.unwrap().documents.iter().any(|it| it.tries > 0)
    })
    .await;
    let waiting = queue(&office, ADMINISTRATOR).await.unwrap();
    let one = &waiting.documents[0];
    assert_eq!((waiting.on, waiting.waiting, one.document_id.as_str()), (true, 1, id.as_str()));
    assert_eq!((one.error.as_str(), one.refused), ("service_status", false));
    assert!(one.next_try.unwrap().seconds >= pki.now + 30, "it waits before the next try");
    for login in ["giamdoc", "chuyenvien", "truongphong", "luutru"] {
        assert_eq!(reason(&check(&office, login, &id).await.unwrap_err()), "NOT_YOUR_ROLE", "{login}");
    }
    assert_eq!(reason(&check(&office, ADMINISTRATOR, &id).await.unwrap_err()), "NOT_FOUND");
    let paper = office.world.receive_paper().await.unwrap();
    assert_eq!(reason(&check(&office, "vanthu", &paper).await.unwrap_err()), "NOTHING_TO_CHECK");

    // Nothing of the queue is lost with the process; nobody waits for the services to receive.
    let office = asking(&pki, office).await;
    assert_eq!(queue(&office, "vanthu").await.unwrap().waiting, 1);
    let still = check(&office, "vanthu", &id).await.unwrap();
    assert_eq!((still.waiting, still.last_error.as_str()), (1, "service_status"));
    assert_eq!(document(&office, &id).await, before);

    pki.mend();
    let done = check(&office, "vanthu", &id).await.unwrap();
    assert_eq!((done.waiting, done.last_error.as_str(), done.next_try), (0, "", None));
    let after = document(&office, &id).await;
    assert_eq!(said(&after), (Verdict::Valid, Revocation::Good), "{:?}", after.signatures);
    assert_eq!(after.files, before.files, "the file is the sender's and stays as it came");
    let [kept] = &after.checks[..] else { panic!("{:?}", after.checks) };
    assert_eq!((kept.complete, kept.times, &kept.digest), (true, 1, &after.files[0].digest));
    let sources: Vec<RevocationSource> = kept.sources.iter().map(|it| it.source()).collect();
    assert_eq!(sources, [RevocationSource::Ocsp, RevocationSource::Crl], "the signer's, the CA's");
    assert!(kept.sources[0].by.contains("ocsp") && kept.sources[1].by.contains("CA goc"), "{kept:?}");
    let clerk = office.world.desk("vanthu");
    assert_eq!(clerk.file(&after.files[0].digest, &id).await.unwrap(), sent);
    let zip = clerk.file(&kept.evidence_digest, &id).await.unwrap();
    assert_eq!(zip.len() as u64, kept.evidence_size);
    let history = clerk.history(&id).await.unwrap();
    let last = history.last().unwrap();
    assert!(matches!(last.events[0].event, Some(E::EvidenceKept(_))));
    assert_eq!(last.caller, None, "nobody's act");

    // Once is enough, and one list serves all below its issuer; who asks has it checked again.
    let lists = pki.asked("/root.crl");
    check(&office, "vanthu", "").await.unwrap();
    assert_eq!(document(&office, &id).await.checks[0].times, 1);
    office.clock.set((pki.now + 60) * 1_000);
    check(&office, "vanthu", &id).await.unwrap();
    assert_eq!(document(&office, &id).await.checks[0].times, 2);
    let other = office.world.receive_file("khac.pdf", signed(&pki, "a", "two")).await.unwrap();
    until("the other is checked", async || !document(&office, &other).await.checks.is_empty()).await;
    assert_eq!(said(&document(&office, &other).await), (Verdict::Valid, Revocation::Good));
    assert_eq!(pki.asked("/root.crl"), lists);

    // Years later, with the network cut, an archivist gets the same verdict.
    let dir = office.closed().await;
    let (pdf, evidence) = (dir.path().join("sent.pdf"), dir.path().join("kept.zip"));
    std::fs::write(&pdf, &sent).unwrap();
    std::fs::write(&evidence, &zip).unwrap();
    let (pdf, evidence) = (pdf.to_str().unwrap(), evidence.to_str().unwrap());
    let received = after.received_at.unwrap().seconds.to_string();
    let before = asked(&pki);
    assert_eq!(verified(&pki, &[pdf, "--evidence", evidence, "--received", &received]), 0);
    assert_eq!(verified(&pki, &[pdf, "--received", &received]), 2, "without it nobody knows");
    assert_eq!(asked(&pki), before, "nobody was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_revoked_before_receipt_is_told_and_what_was_revoked_after_it_is_not_held_against_it() {
    let pki = Pki::new();
    pki.revoke(&[10]);
    let office = asking(&pki, office(&pki).await).await;
    let id = office.world.receive_file("thu-hoi.pdf", signed(&pki, "a", "one")).await.unwrap();
    until("it is checked", async || !document(&office, &id).await.checks.is_empty()).await;
    assert_eq!(said(&document(&office, &id).await), (Verdict::Invalid, Revocation::Revoked));

    // The list of the issuing CA is kept until it is out of date: another office asks anew.
    drop(office.closed().await);
    let pki = Pki::new();
    pki.revoke_since(&[11], pki.now + DAY);
    let office = asking(&pki, self::office(&pki).await).await;
    let id = office.world.receive_file("con-hieu-luc.pdf", signed(&pki, "b", "one")).await.unwrap();
    until("it is checked", async || !document(&office, &id).await.checks.is_empty()).await;
    let document = document(&office, &id).await;
    assert_eq!(said(&document), (Verdict::Valid, Revocation::Good), "{:?}", document.signatures);
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_answer_is_not_believed_and_nothing_is_kept_of_it() {
    let (mut pki, stranger) = (Pki::new(), Pki::new());
    let url = pki.url("/ocsp");
    pki.issue(
        "c",
        "sub",
        12,
        &format!("keyUsage=critical,nonRepudiation\nauthorityInfoAccess=OCSP;URI:{url}\n"),
    );
    // On a slow machine that took seconds: what was just made is not from the future.
    let made = std::fs::metadata(pki.path("c.pem")).unwrap().modified().unwrap();
    let made = made.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    pki.now = i64::try_from(made).unwrap() + 2;
    // A list that somebody else signed; an answer about another certificate.
    pki.spoil("/sub.crl", Behaviour::Bytes(std::fs::read(stranger.path("sub.crl")).unwrap()));
    pki.spoil("/ocsp", Behaviour::Swapped(another_serial));
    let office = asking(&pki, office(&pki).await).await;
    let by_list = office.world.receive_file("b.pdf", signed(&pki, "b", "one")).await.unwrap();
    let by_ocsp = office.world.receive_file("c.pdf", signed(&pki, "c", "one")).await.unwrap();
    let error = async |id: &str| {
        let state = queue(&office, "vanthu").await.unwrap();
        let one = state.documents.into_iter().find(|it| it.document_id == id);
        one.filter(|one| one.tries > 0).map(|one| (one.error, one.refused))
    };
    until("both are tried", async || error(&by_list).await.is_some() && error(&by_ocsp).await.is_some())
        .await;
    assert_eq!(error(&by_list).await, Some(("revocation_not_authorised".to_owned(), true)));
    assert_eq!(error(&by_ocsp).await, Some(("revocation_of_another".to_owned(), true)));
    for id in [&by_list, &by_ocsp] {
        let document = document(&office, id).await;
        assert_eq!(said(&document), (Verdict::Indeterminate, Revocation::NotChecked));
        assert!(document.checks.is_empty(), "{document:?}");
    }

    // A list whose time is over says nothing of now; a new one does.
    pki.spoil("/sub.crl", Behaviour::Bytes(old_list(&pki)));
    let state = check(&office, "vanthu", &by_list).await.unwrap();
    assert_eq!(state.last_error, "revocation_out_of_date");
    assert!(document(&office, &by_list).await.checks.is_empty());
    pki.mend();
    assert_eq!(check(&office, "vanthu", "").await.unwrap().waiting, 0);
    assert_eq!(said(&document(&office, &by_list).await), (Verdict::Valid, Revocation::Good));
    assert_eq!(said(&document(&office, &by_ocsp).await), (Verdict::Valid, Revocation::Good));
    drop(office.closed().await);
}

/// A list of the issuing CA that was out of date years ago.
fn old_list(pki: &Pki) -> Vec<u8> {
    let run = |arguments: &[&str]| {
        let output = Process::new("openssl").current_dir(pki.path("")).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["ca", "-gencrl", "-config", "sub.cnf", "-cert", "sub.pem", "-keyfile", "sub.key"]
        .iter()
        .chain(&["-crl_lastupdate", "200101000000Z", "-crl_nextupdate", "200201000000Z", "-out", "old.pem"])
        .copied()
        .collect::<Vec<_>>());
    run(&["crl", "-in", "old.pem", "-outform", "DER", "-out", "old.crl"]);
    std::fs::read(pki.path("old.crl")).unwrap()
}

/// Asks about serial number 11 where 12 was asked about.
#[expect(clippy::ptr_arg, reason = "as a behaviour of the service takes it")]
fn another_serial(request: &mut Vec<u8>) {
    let at = request.windows(3).position(|window| window == [2, 1, 12]).unwrap();
    request[at + 2] = 11;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_whose_maker_nobody_trusts_is_kept_as_it_is_and_waits_no_more() {
    let (pki, stranger) = (Pki::new(), Pki::new());
    let office = asking(&pki, office(&pki).await).await;
    let id = office.world.receive_file("la.pdf", signed(&stranger, "a", "one")).await.unwrap();
    until("it is checked", async || !document(&office, &id).await.checks.is_empty()).await;
    let document = document(&office, &id).await;
    assert!(!document.checks[0].complete && document.checks[0].sources.is_empty());
    assert_eq!(said(&document), (Verdict::Indeterminate, Revocation::NotChecked));
    let report = document.signatures.unwrap();
    assert!(report.findings.iter().any(|it| it.text.starts_with("not_trusted")), "{report:?}");
    assert_eq!(asked(&stranger), [0, 0, 0], "no stranger's file sends this machine anywhere");
    assert_eq!(queue(&office, "vanthu").await.unwrap().waiting, 0);
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_signers_own_key_keeps_evidence_and_only_of_the_signatures_that_were_received() {
    let pki = Pki::new();
    let office = office(&pki).await;
    let id = office.world.receive_file("cong-van.pdf", signed(&pki, "a", "one")).await.unwrap();
    let before = document(&office, &id).await;
    let clerk = office.world.desk("vanthu");
    let (key, now) = (&office.keys.signer, office.clock.now());
    let put =
        tokio_stream::iter(chunks(Bytes::from_static(b"evidence")).map(|chunk| PutFileRequest { chunk }));
    let put = outgoing_as(key, now, &Identity::default(), put).unwrap();
    let put = office.world.peers.archive().put_file(put).await.unwrap().into_inner();
    let right = CheckedFile {
        digest: before.files[0].digest.clone(),
        evidence_digest: put.digest,
        evidence_size: put.size,
        complete: true,
        signatures: before.signatures.clone(),
        sources: Vec::new(),
    };
    let give = async |file: CheckedFile, service: bool| {
        let command = C::KeepEvidence(KeepEvidence { document_id: id.clone(), files: vec![file] });
        let request = CommitRequest {
            request_id: office.world.request_id(),
            command: Some(Command { command: Some(command) }),
            expected_versions: Vec::new(),
        };
        let identity = clerk.identity().await.unwrap();
        let request = if service {
            outgoing_as(key, now, &Identity::default(), request).unwrap()
        } else {
            outgoing(&identity, request)
        };
        office.world.peers.archive().commit(request).await.map(drop).map_err(|s| reason(&fault_of(&s)))
    };
    let report = |change: fn(&mut SignatureReport)| {
        let mut report = before.signatures.clone().unwrap();
        change(&mut report);
        Some(report)
    };
    assert_eq!(give(right.clone(), false).await, Err("ONLY_SERVICE"));
    // The clerk's own file is not the signer's to name.
    let theirs = clerk.put("x.zip", b"made by hand".to_vec()).await.unwrap();
    let wrong = [
        (
            "FILE_UNKNOWN",
            CheckedFile { evidence_digest: theirs.digest, evidence_size: theirs.size, ..right.clone() },
        ),
        ("FILE_UNKNOWN", CheckedFile { evidence_digest: "ab".repeat(32), ..right.clone() }),
        ("OUT_OF_RANGE", CheckedFile { evidence_size: 9, ..right.clone() }),
        ("FILE_NOT_OF_DOCUMENT", CheckedFile { digest: right.evidence_digest.clone(), ..right.clone() }),
        (
            "NOT_SAME_SIGNATURES",
            CheckedFile { signatures: report(|it| it.signatures.clear()), ..right.clone() },
        ),
        (
            "NOT_SAME_SIGNATURES",
            CheckedFile {
                signatures: report(|it| it.signatures[0].certificate_sha256 = "ab".repeat(32)),
                ..right.clone()
            },
        ),
    ];
    for (reason, file) in wrong {
        assert_eq!(give(file, true).await, Err(reason));
    }
    assert_eq!(document(&office, &id).await, before);
    assert_eq!(give(right.clone(), true).await, Ok(()));
    assert_eq!(give(right.clone(), true).await, Ok(()), "the same again changes nothing");
    let kept = document(&office, &id).await.checks;
    assert!(matches!(&kept[..], [KeptCheck { times: 1, .. }]), "{kept:?}");
    assert_eq!(clerk.file(&right.evidence_digest, &id).await.unwrap(), b"evidence");
    drop(office.closed().await);
}
