//! Long-term evidence: who adds it, to what, and that it is nothing but evidence.

use domain::index::evidence_of;
use domain::policy::SIGNER;
use domain::reasons::*;
use proto::archive::v1::{ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::*;

use crate::office::{self, Office, outcome};

/// The report on a sealed file with so many bytes to which evidence was appended.
fn raised_report(base_size: u64, size: u64) -> SignatureReport {
    let end = |bytes: u64| i64::try_from(bytes).unwrap();
    let mut report = office::report(&["head", "seal"]);
    report.revisions = vec![
        FileRevision { number: 1, end: end(base_size), ..FileRevision::default() },
        FileRevision { number: 2, end: end(size), ..FileRevision::default() },
    ];
    for it in &mut report.signatures {
        it.covers = Coverage::Revision.into();
        it.changes_after = ChangesAfter::Permitted.into();
        for code in ["evidence_added", "timestamp_added"] {
            it.changes.push(RevisionChange {
                revision: 2,
                permitted: true,
                code: code.into(),
                ..RevisionChange::default()
            });
        }
    }
    report.signatures.push(SignatureResult {
        timestamp: true,
        field: "tem1".into(),
        verdict: Verdict::Indeterminate.into(),
        intact: true,
        covers: Coverage::WholeFile.into(),
        revision: 2,
        revision_end: end(size),
        ..SignatureResult::default()
    });
    report
}

fn evidence(office: &mut Office, id: &str) -> AddEvidence {
    let base = office.document(id).files[0].clone();
    let file = office.file("bang-chung", base.size + 30_000);
    AddEvidence {
        document_id: id.into(),
        files: vec![FileEvidence {
            base_digest: base.digest,
            digest: file.digest,
            size: file.size,
            level: SignatureLevel::Archived.into(),
            renew_at: Some(domain::calendar::timestamp(office.world.at_ms + 500 * office::DAY_MS)),
            signatures: Some(raised_report(base.size, file.size)),
        }],
    }
}

fn add(office: &mut Office, command: AddEvidence) -> Result<Vec<Record>, Fault> {
    office.world.run_as(&Caller::default(), Some(SIGNER), C::AddEvidence(command))
}

/// The documents of a level that are to be renewed before a time.
fn due(office: &Office, level: SignatureLevel, before_ms: Option<i64>) -> Vec<String> {
    let request = ListRequest {
        list: ListName::ByEvidence.into(),
        evidence_level: level.into(),
        renew_before: before_ms.map(domain::calendar::timestamp),
        ..ListRequest::default()
    };
    office.found(&request, &Caller::default())
}

#[test]
fn evidence_is_added_to_what_was_issued_and_what_was_signed_stays() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Issued);
    assert_eq!(due(&office, SignatureLevel::Basic, None), [id.as_str()]);
    let before = office.document(&id);
    let command = evidence(&mut office, &id);
    add(&mut office, command.clone()).unwrap();
    let after = office.document(&id);
    let added = &command.files[0];
    assert_eq!((after.files[0].digest.as_str(), after.files[0].size), (added.digest.as_str(), added.size));
    assert_eq!((&after.files[0].name, &after.files[1]), (&before.files[0].name, &before.files[1]));
    assert_eq!(after.signatures, added.signatures);
    assert_eq!(after.status(), OutgoingStatus::Issued);
    let kept = &after.evidence[0];
    assert_eq!(kept.issued_digest, before.files[0].digest);
    assert_eq!((kept.level(), kept.times), (SignatureLevel::Archived, 1));
    assert_eq!(evidence_of(&after), (SignatureLevel::Archived, added.renew_at.as_ref()));

    // It waits no more, until the time stamp is to be renewed.
    assert!(due(&office, SignatureLevel::Basic, None).is_empty());
    let renew_ms = domain::calendar::millis(&added.renew_at.unwrap());
    assert!(due(&office, SignatureLevel::Archived, Some(renew_ms)).is_empty());
    assert_eq!(due(&office, SignatureLevel::Archived, Some(renew_ms + 1)), [id.as_str()]);

    // Renewed once more, also after a recall: the file as it was issued is still known.
    office.run("clerk", office::recall(&id)).unwrap();
    let again = evidence(&mut office, &id);
    let mut renewed = again.clone();
    let earlier = command.files[0].signatures.as_ref().unwrap().signatures[2].clone();
    renewed.files[0].signatures.as_mut().unwrap().signatures.insert(2, earlier);
    // The time stamp that was there must be there.
    let mut lost = again;
    lost.files[0].signatures.as_mut().unwrap().signatures[2].field = "tem2".into();
    assert_eq!(outcome(&add(&mut office, lost)), NOT_ONLY_EVIDENCE);
    add(&mut office, renewed).unwrap();
    let kept = office.document(&id).evidence;
    assert_eq!((kept.len(), kept[0].times), (1, 2));
    assert_eq!(kept[0].issued_digest, before.files[0].digest);
    office.world.assert_rebuilds();
}

#[test]
fn nobody_but_the_signers_key_adds_evidence_and_only_after_issue() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Issued);
    let command = evidence(&mut office, &id);
    for name in ["clerk", "head", "chief", "drafter", "keeper", "admin"] {
        assert_eq!(outcome(&office.run(name, C::AddEvidence(command.clone()))), ONLY_SERVICE, "{name}");
    }
    for service in ["directory", "operator", "web"] {
        let by = office.world.run_as(&Caller::default(), Some(service), C::AddEvidence(command.clone()));
        assert_eq!(outcome(&by), ONLY_SERVICE, "{service}");
    }
    for (status, answer) in [
        (OutgoingStatus::Approved, NOT_ISSUED),
        (OutgoingStatus::Signed, NOT_ISSUED),
        (OutgoingStatus::Sealed, NOT_ISSUED),
        (OutgoingStatus::Withdrawn, DRAFT_WITHDRAWN),
        (OutgoingStatus::Recalled, "OK"),
    ] {
        let mut office = Office::new();
        let id = office.document_at(status);
        let command = evidence(&mut office, &id);
        assert_eq!(outcome(&add(&mut office, command)), answer, "{status:?}");
    }
}

#[test]
fn what_is_more_than_evidence_is_refused() {
    type Spoil = fn(&Office, &mut FileEvidence);
    fn report(it: &mut FileEvidence) -> &mut SignatureReport {
        it.signatures.as_mut().unwrap()
    }
    #[rustfmt::skip]
    let table: &[(&str, &str, Spoil)] = &[
        ("as it should be", "OK", |_, _| {}),
        ("of another file", BASE_NOT_CURRENT, |_, it| it.base_digest = office::sha256("another")),
        ("not longer", FILE_NOT_APPENDED, |_, it| it.size -= 30_000),
        ("the same file, said to be longer", FILE_NOT_APPENDED, |_, it| it.digest = it.base_digest.clone()),
        ("no file at all", BAD_DIGEST, |_, it| it.digest.clear()),
        ("no level", REQUIRED, |_, it| it.level = 0),
        ("the level that every signature has", NOT_ALLOWED_HERE, |_, it| it.level = SignatureLevel::Basic.into()),
        ("no report", REQUIRED, |_, it| it.signatures = None),
        ("invalid by the report", NOT_ONLY_EVIDENCE, |_, it| report(it).verdict = Verdict::Invalid.into()),
        ("no signature left", NOT_ONLY_EVIDENCE, |_, it| report(it).signatures.clear()),
        ("a signature broken", NOT_ONLY_EVIDENCE, |_, it| report(it).signatures[0].intact = false),
        ("a signature invalid", NOT_ONLY_EVIDENCE, |_, it| report(it).signatures[1].verdict = Verdict::Invalid.into()),
        ("changed after the person", NOT_ONLY_EVIDENCE, |_, it| {
            report(it).signatures[0].changes_after = ChangesAfter::Forbidden.into();
        }),
        ("a field filled behind the seal", NOT_ONLY_EVIDENCE, |_, it| {
            report(it).signatures[1].changes[0].code = "field_filled".into();
        }),
        ("a change that is not permitted", NOT_ONLY_EVIDENCE, |_, it| {
            report(it).signatures[1].changes[0].permitted = false;
        }),
        ("a change in a revision that is not listed", NOT_ONLY_EVIDENCE, |_, it| {
            report(it).signatures[1].changes[0] =
                RevisionChange { revision: 7, permitted: true, code: "page_changed".into(), ..Default::default() };
        }),
        ("the person's signature gone", NOT_ONLY_EVIDENCE, |_, it| { report(it).signatures.remove(0); }),
        ("the seal by another certificate", NOT_ONLY_EVIDENCE, |_, it| {
            report(it).signatures[1].certificate_sha256 = office::sha256("deputy");
        }),
        ("one more signature", NOT_ONLY_EVIDENCE, |_, it| {
            let mut more = report(it).signatures[1].clone();
            more.revision_end = i64::try_from(it.size).unwrap();
            report(it).signatures.push(more);
        }),
        ("a signature in the place of the time stamp", NOT_ONLY_EVIDENCE, |_, it| {
            report(it).signatures[2].timestamp = false;
        }),
    ];
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Issued);
    for (what, answer, spoil) in table {
        let mut office = office.clone();
        let mut command = evidence(&mut office, &id);
        spoil(&office, &mut command.files[0]);
        assert_eq!(outcome(&add(&mut office, command)), *answer, "{what}");
    }
    let mut twice = evidence(&mut office, &id);
    twice.files.push(twice.files[0].clone());
    assert_eq!(outcome(&add(&mut office, twice)), TWICE);
    let none = AddEvidence { document_id: id, files: Vec::new() };
    assert_eq!(outcome(&add(&mut office, none)), REQUIRED);
}

#[test]
fn a_level_is_told_of_a_file_that_has_it_already_and_never_lowered() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Issued);
    let main = office.document(&id).files[0].clone();
    let mut told = evidence(&mut office, &id);
    told.files[0].digest.clone_from(&main.digest);
    told.files[0].size = main.size;
    told.files[0].level = SignatureLevel::Timestamped.into();
    told.files[0].signatures = Some(office::report(&["head", "seal"]));
    add(&mut office, told.clone()).unwrap();
    assert_eq!(office.document(&id).files[0], main);
    assert_eq!(due(&office, SignatureLevel::Timestamped, None), [id.as_str()]);
    assert_eq!(add(&mut office, told), Ok(vec![]), "told again it changes nothing");
    let command = evidence(&mut office, &id);
    add(&mut office, command).unwrap();
    let mut lower = evidence(&mut office, &id);
    lower.files[0].level = SignatureLevel::LongTerm.into();
    assert_eq!(outcome(&add(&mut office, lower)), LEVEL_LOWER);
}
