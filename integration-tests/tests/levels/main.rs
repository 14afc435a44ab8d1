//! The office's own signatures reach their level: issued at B-B while the time-stamp service is down, raised when it is up
//! again, renewed before the time stamp ages out; and nothing but evidence is ever added.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../../signer/tests/pki/mod.rs"]
mod pki;

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use integration_tests::desk::made;
use integration_tests::forgery::FORGERIES;
use integration_tests::judge;
use integration_tests::office::OneProcess;
use integration_tests::skip::skipped;
use integration_tests::staff::{ADMINISTRATOR, KEY_PASSWORD};
use integration_tests::world::reason;
use pki::{Behaviour, Pki};
use proto::archive::v1::CommitRequest;
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    AddEvidence, Command, FileEvidence, OutgoingDocument, OutgoingStatus, SignatureLevel, Verdict,
};
use proto::rpc::identity::outgoing_as;
use proto::rpc::stream::appending;
use proto::rpc::{Identity, fault_of, outgoing};
use proto::signer::v1::{EvidenceQueueRequest, EvidenceQueueState, RaiseRequest};
use signer::pdf::Document;
use signer::service::Raising;
use signer::sign::{Level, level_of};
use signer::validate::{Options, validate};

/// How long something in the background may take.
const PATIENCE: Duration = Duration::from_secs(60);

fn raising(pki: &Pki, office: &OneProcess, level: Level) -> Raising {
    Raising {
        level,
        timestamps: pki.authority(),
        client: pki.client(),
        cache: office.data().join("evidence-cache"),
        look_every: Duration::from_millis(200),
    }
}

/// An office whose director and seal have certificates that can be asked about, at the machine's own time.
async fn office(pki: &Pki) -> OneProcess {
    let mut office = OneProcess::staffed().await;
    office.clock.set(pki.now * 1_000);
    std::fs::copy(pki.path("root.pem"), office.data().join("trust/levels.pem")).unwrap();
    for (login, name) in [("giamdoc", "a"), ("vanthu", "b")] {
        let member = office.world.member(login).clone();
        let owner = if login == "vanthu" { "" } else { member.person_id.as_str() };
        let desk = office.world.desk(ADMINISTRATOR);
        let receipt = desk.enrol_key(owner, pki.pkcs12(name, KEY_PASSWORD), Vec::new()).await.unwrap();
        office.world.people.get_mut(login).unwrap().certificate_id = made(&receipt, "crt_");
    }
    office
}

async fn issued(office: &OneProcess, subject: &str) -> String {
    let id = office.world.draft_letter(subject, "").await.unwrap();
    office.world.carry(&id, OutgoingStatus::Issued).await.unwrap();
    id
}

async fn queue(office: &OneProcess, login: &str) -> Result<EvidenceQueueState, Fault> {
    let identity = office.world.identity(login).await?;
    let request = outgoing(&identity, EvidenceQueueRequest::default());
    let answer = office.world.peers.signer().evidence_queue(request).await.map_err(|s| fault_of(&s))?;
    Ok(answer.into_inner().queue.unwrap())
}

async fn raise(office: &OneProcess, login: &str, document_id: &str) -> Result<EvidenceQueueState, Fault> {
    let identity = office.world.identity(login).await?;
    let request = outgoing(&identity, RaiseRequest { document_id: document_id.to_owned() });
    let answer = office.world.peers.signer().raise(request).await.map_err(|s| fault_of(&s))?;
    Ok(answer.into_inner().queue.unwrap())
}

/// The commit that gives a document's file its evidence.
fn adding(office: &OneProcess, document_id: &str, evidence: FileEvidence) -> CommitRequest {
    let add = AddEvidence { document_id: document_id.to_owned(), files: vec![evidence] };
    CommitRequest {
        request_id: office.world.request_id(),
        command: Some(Command { command: Some(C::AddEvidence(add)) }),
        expected_versions: Vec::new(),
    }
}

async fn document(office: &OneProcess, id: &str) -> OutgoingDocument {
    office.world.desk("vanthu").outgoing(id).await.unwrap()
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    assert!(waited.await.is_ok(), "not within {PATIENCE:?}: {what}");
}

fn level(document: &OutgoingDocument) -> SignatureLevel {
    domain::index::evidence_of(document).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_issued_while_the_service_was_down_is_raised_when_it_is_up() {
    let mut pki = Pki::new();
    pki.shorten("tsa", "sub", 20, 91);
    pki.spoil("/tsa", Behaviour::Status(503));
    let mut office = office(&pki).await;
    let none = queue(&office, "vanthu").await.unwrap();
    assert_eq!((none.level(), none.waiting), (SignatureLevel::Basic, 0), "this office raises nothing yet");
    assert_eq!(reason(&raise(&office, "vanthu", "").await.unwrap_err()), "LEVEL_NOT_SET");

    let plan = raising(&pki, &office, Level::Archived);
    office = office.reopened_at(Some(plan)).await;
    let id = issued(&office, "Báo cáo kết quả").await;
    let before = document(&office, &id).await;
    assert_eq!((before.status(), level(&before)), (OutgoingStatus::Issued, SignatureLevel::Basic));
    let clerk = office.world.desk("vanthu");
    let file = clerk.file(&before.files[0].digest, &id).await.unwrap();

    until("the failure shows", async || {
        queue(&office, "vanthu").await.unwrap().documents.iter().any(|it| it.tries > 0)
    })
    .await;
    let waiting = queue(&office, ADMINISTRATOR).await.unwrap();
    assert_eq!((waiting.level(), waiting.waiting), (SignatureLevel::Archived, 1));
    let one = &waiting.documents[0];
    assert_eq!(
        (one.document_id.as_str(), one.error.as_str(), one.refused),
        (id.as_str(), "service_status", false)
    );
    assert_eq!(waiting.last_error, "service_status");
    assert!(one.next_try.unwrap().seconds >= pki.now + 30, "it waits before the next try");
    for login in ["giamdoc", "chuyenvien", "truongphong", "luutru"] {
        assert_eq!(reason(&queue(&office, login).await.unwrap_err()), "NOT_YOUR_ROLE", "{login}");
        assert_eq!(reason(&raise(&office, login, &id).await.unwrap_err()), "NOT_YOUR_ROLE", "{login}");
    }
    let draft = office.world.draft_letter("Xin ý kiến", "").await.unwrap();
    assert_eq!(reason(&raise(&office, "vanthu", &draft).await.unwrap_err()), "NOT_FOUND");
    assert_eq!(reason(&raise(&office, ADMINISTRATOR, &id).await.unwrap_err()), "NOT_FOUND");

    // Nothing of the queue is lost with the process.
    let plan = raising(&pki, &office, Level::Archived);
    office = office.reopened_at(Some(plan)).await;
    assert_eq!(queue(&office, "vanthu").await.unwrap().waiting, 1);
    let still = raise(&office, "vanthu", &id).await.unwrap();
    assert_eq!((still.waiting, still.last_error.as_str()), (1, "service_status"));

    pki.mend();
    let done = raise(&office, "vanthu", &id).await.unwrap();
    assert_eq!((done.waiting, done.last_error.as_str(), done.next_try), (0, "", None));
    let after = document(&office, &id).await;
    assert_eq!((after.status(), level(&after)), (OutgoingStatus::Issued, SignatureLevel::Archived));
    let clerk = office.world.desk("vanthu");
    let raised = clerk.file(&after.files[0].digest, &id).await.unwrap();
    assert!(raised.len() > file.len() && raised.starts_with(&file), "what was signed stays as it is");
    assert_eq!(after.evidence[0].issued_digest, before.files[0].digest);
    assert_eq!(
        clerk.file(&before.files[0].digest, &id).await.unwrap(),
        file,
        "it can be had as it was issued"
    );
    // One proves the time of the signatures, one stands over the revocation data.
    judged_by_all(&pki, &office, &raised, 2).await;
    let history = clerk.history(&id).await.unwrap();
    let last = history.last().unwrap();
    assert!(matches!(last.events[0].event, Some(E::EvidenceAdded(_))));
    assert_eq!(last.caller, None, "nobody's act");

    // The time stamp is renewed before its service's certificate ends, and not before that.
    let due = after.evidence[0].renew_at.unwrap().seconds;
    assert!(due > pki.now && due < pki.now + 2 * 86_400, "{due}");
    assert_eq!(raise(&office, "vanthu", "").await.unwrap().waiting, 0);
    assert_eq!(document(&office, &id).await.files, after.files);
    office.clock.set((due + 1) * 1_000);
    until("the time stamp is renewed", async || document(&office, &id).await.evidence[0].times == 2).await;
    let renewed = document(&office, &id).await;
    let clerk = office.world.desk("vanthu");
    let twice = clerk.file(&renewed.files[0].digest, &id).await.unwrap();
    assert!(twice.starts_with(&raised) && twice.len() > raised.len());
    assert_eq!(renewed.evidence[0].issued_digest, before.files[0].digest);
    assert!(renewed.evidence[0].renew_at.unwrap().seconds > due, "and not again at once");
    judged_by_all(&pki, &office, &twice, 3).await;
    drop(office.closed().await);
}

/// Ours, the office's own page, pdfsig, qpdf and pyHanko: person and seal as before, behind them only time stamps.
async fn judged_by_all(pki: &Pki, office: &OneProcess, file: &[u8], stamps: usize) {
    const TEST: &str = "what_was_issued_while_the_service_was_down_is_raised_when_it_is_up";
    let now = office.clock.now() / 1_000;
    let report = validate(file.to_vec(), &Options { roots: pki.roots(), at: now, require_revocation: true });
    assert_eq!(report.verdict.name(), "valid", "{report:?}");
    let fields: Vec<&str> = report.signatures.iter().map(|it| it.field.as_str()).collect();
    assert_eq!((fields.len(), &fields[..2]), (2 + stamps, &["nguoiky", "dau"][..]));
    assert_eq!(level_of(file.to_vec(), &pki.roots(), now).unwrap(), Some(Level::Archived));
    let shown = office.world.desk("vanthu").validate_upload(file.to_vec()).await.unwrap().report.unwrap();
    assert_eq!(shown.verdict(), Verdict::Valid);

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("raised.pdf");
    std::fs::write(&path, file).unwrap();
    let absent = |program: &str| skipped(TEST, &format!("{program} is not installed"));
    match judge::pdfsig(&path) {
        None => absent("pdfsig"),
        Some(seen) => assert!(seen.len() == 2 + stamps && seen[..2].iter().all(|it| it.valid), "{seen:?}"),
    }
    match judge::qpdf(&path) {
        None => absent("qpdf"),
        Some(verdict) => assert_eq!(verdict, Ok(())),
    }
    // Offline, with the revocation data of the file alone: each signature good, behind the seal nothing but evidence.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../signer/tests/pyhanko_levels.py");
    let seen = judge::run("python3", [script, pki.path("root.pem"), path]).unwrap();
    if String::from_utf8_lossy(&seen.stderr).contains("ModuleNotFoundError") {
        return absent("pyHanko");
    }
    let told = String::from_utf8_lossy(&seen.stdout).into_owned();
    let lines: Vec<Vec<&str>> = told.lines().map(|line| line.split('\t').skip(1).collect()).collect();
    let told: Vec<_> = lines.iter().map(|line| (line[0], line[2], line[3])).collect();
    assert_eq!(told, [("nguoiky", "true", "FORM_FILLING"), ("dau", "true", "LTA_UPDATES")], "{lines:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_time_stamp_is_added_at_once_where_only_the_revocation_data_are_missing() {
    let pki = Pki::new();
    pki.spoil("/ocsp", Behaviour::Status(503));
    pki.spoil("/sub.crl", Behaviour::Status(503));
    let office = office(&pki).await;
    let id = issued(&office, "Báo cáo kết quả").await;
    let plan = raising(&pki, &office, Level::LongTerm);
    // The roots are given, so the time-stamp service's own path needs no revocation data.
    let office = office.reopened_at(Some(plan)).await;
    until("the time stamp is there", async || {
        level(&document(&office, &id).await) == SignatureLevel::Timestamped
    })
    .await;
    until("the failure shows", async || {
        queue(&office, "vanthu").await.unwrap().documents.iter().any(|it| it.error == "service_status")
    })
    .await;
    assert_eq!(queue(&office, "vanthu").await.unwrap().waiting, 1, "the rest waits");
    pki.mend();
    assert_eq!(raise(&office, ADMINISTRATOR, "").await.unwrap().waiting, 0);
    let reached = document(&office, &id).await;
    assert_eq!((level(&reached), reached.evidence[0].times), (SignatureLevel::LongTerm, 2));
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_changes_what_was_signed_or_adds_more_than_evidence_is_refused() {
    let pki = Pki::new();
    let office = office(&pki).await;
    let id = issued(&office, "Báo cáo kết quả").await;
    let before = document(&office, &id).await;
    let main = &before.files[0];
    let clerk = office.world.desk("vanthu");
    let file = clerk.file(&main.digest, &id).await.unwrap();
    let opened = Document::open(file.clone()).unwrap();
    let key = &office.keys.signer;
    let now = office.clock.now();
    let give = async |digest: String, size: u64, service: bool| {
        // The report is the best that there could be: it is the bytes that tell.
        let report = before.signatures.clone();
        let evidence = FileEvidence {
            base_digest: main.digest.clone(),
            digest,
            size,
            level: SignatureLevel::Archived.into(),
            renew_at: None,
            signatures: report,
        };
        let request = adding(&office, &id, evidence);
        let identity = clerk.identity().await.unwrap();
        let request = if service {
            outgoing_as(key, now, &Identity::default(), request).unwrap()
        } else {
            outgoing(&identity, request)
        };
        office.world.peers.archive().commit(request).await.map(drop).map_err(|s| reason(&fault_of(&s)))
    };

    // Earlier bytes changed: the clerk could put such a file, the signer cannot name it.
    let mut changed = file.clone();
    changed[file.len() / 2] ^= 1;
    changed.extend_from_slice(b"%more\n");
    let put = clerk.put("x.pdf", changed).await.unwrap();
    assert_eq!(give(put.digest.clone(), put.size, true).await, Err("FILE_NOT_APPENDED"));
    assert_eq!(give(put.digest, put.size, false).await, Err("ONLY_SERVICE"));
    // A size that is not the file's own.
    let put = clerk.put("y.pdf", [&file[..], b"%more\n"].concat()).await.unwrap();
    assert_eq!(give(put.digest, put.size + 1, true).await, Err("FILE_NOT_APPENDED"));

    for (what, forge) in FORGERIES {
        let forged = forge(&opened);
        let report = clerk.validate_upload(forged.clone()).await.unwrap().report;
        let tail = Bytes::from(forged).slice(file.len()..);
        let request =
            outgoing_as(key, now, &Identity::default(), appending(main.digest.clone(), tail)).unwrap();
        let kept = office.world.peers.archive().append_file(request).await.unwrap().into_inner();
        let evidence = FileEvidence {
            base_digest: main.digest.clone(),
            digest: kept.digest,
            size: kept.size,
            level: SignatureLevel::Archived.into(),
            renew_at: None,
            signatures: report,
        };
        let request = adding(&office, &id, evidence);
        let request = outgoing_as(key, now, &Identity::default(), request).unwrap();
        let answer = office.world.peers.archive().commit(request).await;
        assert_eq!(answer.map(drop).map_err(|s| reason(&fault_of(&s))), Err("NOT_ONLY_EVIDENCE"), "{what}");
    }
    assert_eq!(document(&office, &id).await.files, before.files);
    drop(office.closed().await);
}
