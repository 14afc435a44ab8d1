//! The person's signature and the agency's seal: by whom, with what, on what.

use domain::reasons::*;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::*;

use crate::office::{self, Office, outcome};

#[test]
fn a_signature_is_recorded_only_when_all_about_it_is_right() {
    type Spoil = fn(&Office, &mut RecordSigned);
    fn report(it: &mut RecordSigned) -> &mut SignatureReport {
        it.signatures.as_mut().unwrap()
    }
    #[rustfmt::skip]
    let table: &[(&str, &str, Spoil)] = &[
        ("as it should be", "OK", |_, _| {}),
        ("of another file", BASE_NOT_CURRENT, |_, it| it.base_digest = office::sha256("another")),
        ("of the draft before the fields", BASE_NOT_CURRENT, |office, it| {
            it.base_digest = office.version(&it.document_id, 1).files[0].digest.clone();
        }),
        ("not longer", FILE_NOT_APPENDED, |office, it| {
            it.signed.as_mut().unwrap().size = office.document(&it.document_id).files[0].size;
        }),
        ("no PDF", NOT_A_PDF, |_, it| it.signed.as_mut().unwrap().media_type = "application/zip".into()),
        ("no file", REQUIRED, |_, it| it.signed = None),
        ("another's certificate", CERTIFICATE_NOT_SIGNERS, |_, it| it.certificate_id = "crt_deputy".into()),
        ("the agency's certificate", CERTIFICATE_NOT_SIGNERS, |_, it| it.certificate_id = "crt_seal".into()),
        ("no certificate bound", "UNKNOWN", |_, it| it.certificate_id = "crt_404".into()),
        ("no report", REQUIRED, |_, it| it.signatures = None),
        ("invalid by the report", SIGNATURE_INVALID, |_, it| report(it).verdict = Verdict::Invalid.into()),
        ("unsigned by the report", SIGNATURE_INVALID, |_, it| report(it).verdict = Verdict::Unsigned.into()),
        ("unreadable by the report", SIGNATURE_INVALID, |_, it| report(it).verdict = Verdict::Unreadable.into()),
        ("one signature invalid", SIGNATURE_INVALID, |_, it| report(it).signatures[0].verdict = Verdict::Invalid.into()),
        ("nothing in the report", SIGNATURE_NOT_SHOWN, |_, it| report(it).signatures.clear()),
        ("a time stamp alone", SIGNATURE_NOT_SHOWN, |_, it| report(it).signatures[0].timestamp = true),
        ("by another certificate", SIGNATURE_NOT_SHOWN, |_, it| *report(it) = office::report(&["deputy"])),
        ("bytes after the signature", SIGNATURE_NOT_SHOWN, |_, it| {
            report(it).signatures[0].covers = Coverage::Revision.into();
        }),
        ("not intact", SIGNATURE_NOT_SHOWN, |_, it| report(it).signatures[0].intact = false),
    ];
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Approved);
    for (what, answer, spoil) in table {
        let mut office = office.clone();
        let mut command = office.sign(&id, "head");
        spoil(&office, &mut command);
        assert_eq!(outcome(&office.run("head", C::RecordSigned(command))), *answer, "{what}");
    }
}

#[test]
fn only_the_named_signer_signs_whatever_the_others_are() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Approved);
    for (name, answer) in
        [("deputy", "UNKNOWN"), ("chief", NOT_YOURS), ("drafter", NOT_YOURS), ("boss", "UNKNOWN")]
    {
        let command = C::RecordSigned(office.sign(&id, "head"));
        assert_eq!(outcome(&office.run(name, command)), answer, "{name}");
    }
}

#[test]
fn a_certificate_signs_only_within_its_time_and_until_it_is_withdrawn() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Approved);
    let State::Certificate(certificate) = office.world.state("crt_head").clone() else {
        panic!("no certificate")
    };
    let at = |office: &Office, ms: i64| Some(domain::calendar::timestamp(office.world.at_ms + ms));
    for (what, answer, certificate) in [
        ("over", CERTIFICATE_NOT_VALID_NOW, Certificate { valid_to: at(&office, -1), ..certificate.clone() }),
        (
            "not begun",
            CERTIFICATE_NOT_VALID_NOW,
            Certificate { valid_from: at(&office, 1), ..certificate.clone() },
        ),
        ("without an end", CERTIFICATE_NOT_VALID_NOW, Certificate { valid_to: None, ..certificate.clone() }),
        (
            "in its only second",
            "OK",
            Certificate { valid_from: at(&office, 0), valid_to: at(&office, 0), ..certificate.clone() },
        ),
    ] {
        let mut office = office.clone();
        office.set("crt_head", E::CertificateEnrolled(certificate));
        let command = C::RecordSigned(office.sign(&id, "head"));
        assert_eq!(outcome(&office.run("head", command)), answer, "{what}");
    }
    let withdraw =
        WithdrawCertificate { certificate_id: "crt_head".into(), reason: "Mất thiết bị".into() };
    office.run("admin", C::WithdrawCertificate(withdraw)).unwrap();
    let command = C::RecordSigned(office.sign(&id, "head"));
    assert_eq!(outcome(&office.run("head", command)), CERTIFICATE_WITHDRAWN);
}

#[test]
fn the_capacity_is_looked_at_again_when_the_person_signs() {
    // KT., and the position carries it no more.
    let mut office = Office::new();
    let draft = CreateDraft {
        signer_id: office.per("deputy"),
        signer_position_id: office.pos("deputy"),
        capacity: SigningCapacity::ForHead.into(),
        ..office.draft()
    };
    let id = office.create(draft);
    for (name, command) in [
        ("drafter", office::submit(&id)),
        ("chief", office::review(&id)),
        ("checker", office::check_form(&id)),
    ] {
        office.run(name, command).unwrap();
    }
    let approve = office.approve(&id);
    office.run("deputy", C::ApproveDraft(approve)).unwrap();
    let sign = C::RecordSigned(office.sign(&id, "deputy"));
    let State::Position(position) = office.world.state(&office.pos("deputy")).clone() else {
        panic!("no position")
    };
    let mut without = office.clone();
    without.set(&office.pos("deputy"), E::Appointed(Position { capacities: vec![], ..position }));
    assert_eq!(outcome(&without.run("deputy", sign.clone())), CAPACITY_NOT_GIVEN);

    let mut gone = office.clone();
    gone.end_position("deputy");
    assert_eq!(outcome(&gone.run("deputy", sign.clone())), "UNAUTHENTICATED");

    assert_eq!(outcome(&office.run("deputy", sign)), "OK");
}

#[test]
fn signing_by_authorization_ends_with_the_delegation() {
    let mut office = Office::new();
    office.delegate("del_1", "head", "boss");
    let draft = CreateDraft {
        signer_id: office.per("boss"),
        signer_position_id: office.pos("boss"),
        capacity: SigningCapacity::ByAuthorization.into(),
        delegation_id: "del_1".into(),
        ..office.draft()
    };
    let id = office.create(draft.clone());
    office.run("drafter", office::submit(&id)).unwrap();
    office.run("chief", office::review(&id)).unwrap();
    office.run("checker", office::check_form(&id)).unwrap();
    office.set("del_1", E::DelegationEnded(Ended { reason: "Thu hồi".into(), date: Some(office::TODAY) }));
    let approve = C::ApproveDraft(office.approve(&id));
    assert_eq!(outcome(&office.run("boss", approve)), CAPACITY_DELEGATION_NOT_IN_FORCE);

    office.delegate("del_2", "deputy", "boss");
    let passed_on = CreateDraft { delegation_id: "del_2".into(), ..draft };
    assert_eq!(outcome(&office.create_by("drafter", passed_on)), CAPACITY_REDELEGATED);
}

#[test]
fn the_signer_acts_in_the_position_that_the_document_names() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Approved);
    let second = Position {
        person_id: office.per("head"),
        unit_id: office.other_unit.clone(),
        title: "Chủ tịch Hội đồng".into(),
        roles: vec![Role::Leader.into()],
        valid_from: Some(office::TODAY),
        ..Position::default()
    };
    let made = office.run("admin", C::Appoint(Appoint { position: Some(second) })).unwrap();
    let position = made.iter().find(|record| record.id.starts_with("pos_")).unwrap().id.clone();
    let other = office.world.caller(&position);
    let command = C::RecordSigned(office.sign(&id, "head"));
    assert_eq!(outcome(&office.world.run(&other, command)), SIGNS_IN_OTHER_POSITION);
}

#[test]
fn the_seal_is_recorded_only_when_all_about_it_is_right() {
    type Spoil = fn(&Office, &mut RecordSealed);
    fn report(it: &mut RecordSealed) -> &mut SignatureReport {
        it.signatures.as_mut().unwrap()
    }
    #[rustfmt::skip]
    let table: &[(&str, &str, Spoil)] = &[
        ("as it should be", "OK", |_, _| {}),
        ("an attachment left as it was", "OK", |office, it| {
            it.attachments = office.document(&it.document_id).files[1..].to_vec();
        }),
        ("of another file", BASE_NOT_CURRENT, |_, it| it.base_digest = office::sha256("another")),
        ("not longer", FILE_NOT_APPENDED, |_, it| it.sealed.as_mut().unwrap().size = 1),
        ("an attachment missing", ATTACHMENTS_DIFFER, |_, it| it.attachments.clear()),
        ("an attachment too many", ATTACHMENTS_DIFFER, |_, it| it.attachments.push(it.attachments[0].clone())),
        ("a shorter attachment", ATTACHMENTS_DIFFER, |_, it| it.attachments[0].size = 1),
        ("a person's certificate", CERTIFICATE_NOT_SEAL, |_, it| it.certificate_id = "crt_head".into()),
        ("the person's signature broken", SIGNATURE_INVALID, |_, it| {
            report(it).signatures[0].verdict = Verdict::Invalid.into();
        }),
        ("no seal in the report", SIGNATURE_NOT_SHOWN, |_, it| *report(it) = office::report(&["head"])),
        ("the seal not the newest", SIGNATURE_NOT_SHOWN, |_, it| *report(it) = office::report(&["seal", "head"])),
    ];
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Numbered);
    for (what, answer, spoil) in table {
        let mut office = office.clone();
        let mut command = office.seal(&id);
        spoil(&office, &mut command);
        assert_eq!(outcome(&office.run("clerk", C::RecordSealed(command))), *answer, "{what}");
    }
}

#[test]
fn the_clerk_seals_in_person_and_nobody_for_the_clerk() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Numbered);
    office.delegate("del_1", "clerk2", "clerk");
    let by_delegation = Caller { delegation_id: "del_1".into(), ..office.caller("clerk") };
    let command = C::RecordSealed(office.seal(&id));
    assert_eq!(outcome(&office.world.run(&by_delegation, command.clone())), SEAL_NOT_IN_PERSON);
    for name in ["head", "chief", "checker"] {
        assert!(office.run(name, command.clone()).is_err(), "{name}");
    }
    assert_eq!(outcome(&office.run("clerk2", command)), "OK", "any clerk of the agency seals");
}

#[test]
fn an_attempt_that_failed_is_kept_with_its_reason_until_the_document_is_signed_or_sent_back() {
    use proto::archive::v1::ListName as L;

    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Approved);
    let failed = |office: &Office, reason: &str| {
        C::RecordSigningFailed(RecordSigningFailed {
            document_id: id.clone(),
            base_digest: office.document(&id).files[0].digest.clone(),
            reason: reason.into(),
        })
    };
    let listed = |office: &Office| office.list("head", L::SigningFailed, OutgoingStatus::Unspecified);
    assert!(listed(&office).is_empty());
    for reason in ["", "no reason", &"A".repeat(65)] {
        let command = failed(&office, reason);
        assert_ne!(outcome(&office.run("head", command)), "OK", "{reason:?}");
    }
    let command = failed(&office, "KEY_RESTS");
    assert_eq!(outcome(&office.run("chief", command)), NOT_YOURS);
    for times in 1..=2 {
        let command = failed(&office, "CERTIFICATE_WITHDRAWN");
        office.run("head", command).unwrap();
        let failure = office.document(&id).signing_failure.clone().unwrap();
        assert_eq!((failure.reason.as_str(), failure.times), ("CERTIFICATE_WITHDRAWN", times));
    }
    assert_eq!(listed(&office), std::slice::from_ref(&id));
    assert_eq!(office.document(&id).status(), OutgoingStatus::Approved, "it still waits for the signature");

    let mut returned = office.clone();
    returned.run("head", office::send_back(&id)).unwrap();
    assert!(listed(&returned).is_empty());

    let stale = failed(&office, "LATE");
    let command = C::RecordSigned(office.sign(&id, "head"));
    office.run("head", command).unwrap();
    assert!(listed(&office).is_empty() && office.document(&id).signing_failure.is_none());
    assert_eq!(outcome(&office.run("head", stale)), ALREADY_SIGNED);
}
