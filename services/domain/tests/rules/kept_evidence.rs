//! What authorities say of the signatures of received documents: who keeps it, of what, and what it changes.

use domain::index::{check_of, is_unchecked, range};
use domain::policy::SIGNER;
use domain::states::States;
use domain::testing::{Office, letter, pdf};
use proto::archive::v1::{ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::{
    Caller, CheckedFile, EvidenceSource, FileRef, KeepEvidence, ReceiveIncoming, Record, ReturnIncoming,
    Revocation, RevocationSource, SignatureReport, SignatureResult, Verdict,
};

use crate::{document, reason, violations};

fn report(revocation: Revocation) -> SignatureReport {
    SignatureReport {
        verdict: Verdict::Indeterminate.into(),
        signatures: vec![SignatureResult {
            verdict: Verdict::Indeterminate.into(),
            field: "nguoiky".to_owned(),
            certificate_sha256: "c".repeat(64),
            revision_end: 100,
            intact: true,
            revocation: revocation.into(),
            ..SignatureResult::default()
        }],
        ..SignatureReport::default()
    }
}

/// A signed letter with an attachment, received while nobody could be asked.
fn received(office: &mut Office) -> String {
    let command = ReceiveIncoming {
        facts: Some(letter("1")),
        files: vec![pdf(1), pdf(2)],
        channel: proto::record::v1::Channel::Electronic.into(),
        signatures: Some(report(Revocation::NotChecked)),
        ..ReceiveIncoming::default()
    };
    let clerk = office.clerk.clone();
    let records = office.world.run(&clerk, C::ReceiveIncoming(command)).expect("it is received");
    records.into_iter().find(|record| record.id.starts_with("in_")).expect("a document").id
}

fn checked(file: &FileRef, seed: char, revocation: Revocation) -> CheckedFile {
    CheckedFile {
        digest: file.digest.clone(),
        evidence_digest: seed.to_string().repeat(64),
        evidence_size: 5_000,
        complete: true,
        signatures: Some(report(revocation)),
        sources: vec![EvidenceSource {
            source: RevocationSource::Ocsp.into(),
            by: "CN=ocsp".to_owned(),
            at: Some(domain::calendar::timestamp(0)),
        }],
    }
}

/// What the signer is told to wait: it sees the documents by its key, not as a reader.
fn waiting(office: &Office) -> Vec<String> {
    let request = ListRequest { list: ListName::Unchecked.into(), ..ListRequest::default() };
    let ranges = range(&request, &Caller::default()).expect("a list");
    let found = ranges
        .iter()
        .flat_map(|range| office.world.scan(&range.prefix, None, 100).expect("a map can be read"));
    found.map(|(_, id)| id).collect()
}

fn keep(office: &mut Office, id: &str, files: Vec<CheckedFile>) -> Result<Vec<Record>, Fault> {
    let command = KeepEvidence { document_id: id.to_owned(), files };
    office.world.run_as(&Caller::default(), Some(SIGNER), C::KeepEvidence(command))
}

#[test]
fn a_signed_document_waits_until_its_authorities_were_asked_and_its_files_stay() {
    let mut office = Office::new();
    let id = received(&mut office);
    let before = document(&office.world, &id).clone();
    assert!(is_unchecked(&before));
    assert_eq!(waiting(&office), [id.as_str()]);
    office.receive(letter("2"), vec![pdf(3)]);
    assert_eq!(waiting(&office), [id.as_str()], "one without signatures does not wait");

    let first = checked(&before.files[0], 'e', Revocation::Good);
    keep(&mut office, &id, vec![first.clone()]).unwrap();
    let after = document(&office.world, &id).clone();
    assert_eq!((&after.files, after.status), (&before.files, before.status));
    assert_eq!(after.signatures, first.signatures);
    let kept = check_of(&after).unwrap();
    assert_eq!((&kept.evidence_digest, kept.times, kept.complete), (&first.evidence_digest, 1, true));
    assert_eq!(kept.sources, first.sources);
    assert!(waiting(&office).is_empty());

    // The very same again is no news; another answer is, and an attachment changes nothing of the main file.
    assert!(keep(&mut office, &id, vec![first]).unwrap().is_empty());
    let second = checked(&before.files[0], 'f', Revocation::Revoked);
    let attachment = checked(&before.files[1], 'a', Revocation::Good);
    keep(&mut office, &id, vec![second.clone(), attachment]).unwrap();
    let after = document(&office.world, &id).clone();
    assert_eq!((check_of(&after).unwrap().times, after.checks.len()), (2, 2));
    assert_eq!(after.signatures, second.signatures);
    office.world.assert_rebuilds();
}

#[test]
fn what_is_being_written_about_a_document_outlives_a_check_unless_its_signatures_turn_out_bad() {
    let mut office = Office::new();
    let id = received(&mut office);
    let main = document(&office.world, &id).clone().files[0].clone();
    let version = |office: &Office| office.world.get(&id).expect("a map can be read").expect("there").version;
    let shown = version(&office);
    keep(&mut office, &id, vec![checked(&main, 'e', Revocation::Good)]).unwrap();
    assert_eq!(version(&office), shown, "nobody edited anything");
    let bad = |seed| {
        let mut file = checked(&main, seed, Revocation::Revoked);
        file.signatures.as_mut().unwrap().verdict = Verdict::Invalid.into();
        file
    };
    keep(&mut office, &id, vec![bad('f')]).unwrap();
    let warned = version(&office);
    assert!(warned > shown, "whoever saw a signature that was not bad sees this first");
    keep(&mut office, &id, vec![bad('a')]).unwrap();
    assert_eq!(version(&office), warned, "that it is bad is known");
    office.world.assert_rebuilds();
}

#[test]
fn what_was_sent_back_is_asked_about_too() {
    let mut office = Office::new();
    let id = received(&mut office);
    let clerk = office.clerk.clone();
    let back = ReturnIncoming { document_id: id.clone(), reason: "sai nơi nhận".to_owned() };
    office.world.run(&clerk, C::ReturnIncoming(back)).unwrap();
    assert_eq!(waiting(&office), [id.as_str()]);
    let main = document(&office.world, &id).clone().files[0].clone();
    keep(&mut office, &id, vec![checked(&main, 'e', Revocation::Good)]).unwrap();
    assert!(waiting(&office).is_empty());
}

#[test]
fn only_the_signers_key_keeps_it_and_only_of_the_signatures_that_were_received() {
    let mut office = Office::new();
    let id = received(&mut office);
    let main = document(&office.world, &id).clone().files[0].clone();
    let right = checked(&main, 'e', Revocation::Good);
    let command = C::KeepEvidence(KeepEvidence { document_id: id.clone(), files: vec![right.clone()] });
    for (who, caller) in office.everybody() {
        for service in [None, Some("directory"), Some("operator")] {
            let asked = office.world.ask(caller, service, command.clone());
            assert_eq!(reason(asked), "ONLY_SERVICE", "{who} {service:?}");
        }
    }
    let with = |change: fn(&mut SignatureReport)| {
        let mut it = right.clone();
        change(it.signatures.as_mut().unwrap());
        it
    };
    let wrong = [
        ("FILE_NOT_OF_DOCUMENT", CheckedFile { digest: "9".repeat(64), ..right.clone() }),
        ("NOT_SAME_SIGNATURES", with(|it| it.signatures.clear())),
        ("NOT_SAME_SIGNATURES", with(|it| it.signatures[0].field = "dau".to_owned())),
        ("NOT_SAME_SIGNATURES", with(|it| it.signatures[0].certificate_sha256 = "d".repeat(64))),
        ("NOT_SAME_SIGNATURES", with(|it| it.signatures[0].revision_end = 101)),
        ("NOT_SAME_SIGNATURES", with(|it| it.signatures[0].intact = false)),
        ("NOT_SAME_SIGNATURES", with(|it| it.signatures.push(it.signatures[0].clone()))),
    ];
    for (expected, file) in wrong {
        assert_eq!(reason(keep(&mut office, &id, vec![file])), expected);
    }
    let too_large = CheckedFile { evidence_size: 64 * 1024 * 1024 + 1, ..right.clone() };
    assert_eq!(
        violations(keep(&mut office, &id, vec![too_large])),
        [("files[0].evidence_size".to_owned(), "OUT_OF_RANGE")]
    );
    assert_eq!(
        violations(keep(&mut office, &id, vec![right.clone(), right])),
        [("files[1].digest".to_owned(), "TWICE")]
    );
    assert!(matches!(
        keep(&mut office, "in_none", vec![checked(&main, 'e', Revocation::Good)]),
        Err(Fault::Unknown { .. })
    ));
}
