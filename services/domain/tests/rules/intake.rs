//! Receive, register, correct, return, void.

use domain::index::sees;
use domain::testing::{Office, give, letter, pdf, person};
use proto::record::v1::command::Command as C;
use proto::record::v1::{
    AssignmentRole, AssignmentStatus, Channel, CompleteAssignment, CorrectIncoming, DocumentFacts,
    DocumentKind, EntryStatus, FileRef, IncomingStatus, ReceiveIncoming, RegisterIncoming, ReturnIncoming,
    SignatureReport, SignerInfo, Suggestion, Urgency, Verdict, VoidNumber,
};

use crate::{assignment, day, document, entry, reason, violations};

fn receive(facts: DocumentFacts, files: Vec<FileRef>, channel: Channel) -> ReceiveIncoming {
    ReceiveIncoming { facts: Some(facts), files, channel: channel.into(), ..Default::default() }
}

#[test]
fn paper_comes_without_a_file_and_everything_else_with_one() {
    let office = Office::new();
    let ask = |command: ReceiveIncoming| office.world.ask(&office.clerk, None, C::ReceiveIncoming(command));
    ask(receive(letter("1"), vec![], Channel::Paper)).expect("paper");
    ask(receive(letter("1"), vec![pdf(1)], Channel::Electronic)).expect("a file");
    ask(receive(letter("1"), vec![pdf(1)], Channel::Paper)).expect("paper that was scanned");
    assert_eq!(
        violations(ask(receive(letter("1"), vec![], Channel::Exchange))),
        [("files".to_owned(), "REQUIRED")]
    );
    let report = SignatureReport { verdict: Verdict::Unsigned.into(), ..Default::default() };
    let odd = ReceiveIncoming {
        signatures: Some(report),
        text_digest: "a".repeat(64),
        ..receive(letter("1"), vec![], Channel::Paper)
    };
    assert_eq!(
        violations(ask(odd)),
        [("signatures".to_owned(), "NOT_ALLOWED_HERE"), ("text_digest".to_owned(), "NOT_ALLOWED_HERE")]
    );
}

#[test]
fn what_is_received_may_be_unknown_but_not_wrong() {
    let office = Office::new();
    let ask = |command: ReceiveIncoming| office.world.ask(&office.clerk, None, C::ReceiveIncoming(command));
    let nothing = DocumentFacts {
        urgency: Urgency::Normal.into(),
        marking: proto::record::v1::SecurityMarking::None.into(),
        ..Default::default()
    };
    ask(receive(nothing, vec![], Channel::Paper)).expect("nothing is known yet");
    let wrong = DocumentFacts {
        kind: 39,
        number: "123456789012".to_owned(),
        notation: "x".repeat(31),
        issued_date: Some(day(2, 30)),
        subject: "x\u{202e}y".to_owned(),
        pages: -1,
        signer: Some(SignerInfo { position: String::new(), full_name: "x".repeat(51) }),
        urgency: 0,
        marking: 9,
        ..letter("1")
    };
    assert_eq!(
        violations(ask(receive(wrong, vec![], Channel::Unspecified))),
        [
            ("facts.kind".to_owned(), "UNKNOWN_CHOICE"),
            ("facts.number".to_owned(), "TOO_LONG"),
            ("facts.notation".to_owned(), "TOO_LONG"),
            ("facts.issued_date".to_owned(), "BAD_DATE"),
            ("facts.subject".to_owned(), "BAD_CHARACTER"),
            ("facts.pages".to_owned(), "OUT_OF_RANGE"),
            ("facts.signer.full_name".to_owned(), "TOO_LONG"),
            ("facts.urgency".to_owned(), "REQUIRED"),
            ("facts.marking".to_owned(), "UNKNOWN_CHOICE"),
            ("channel".to_owned(), "REQUIRED"),
            // An unknown marking is held for secret: the subject of files and channels follows from that.
        ]
    );
}

#[test]
fn files_are_named_by_digest_name_type_and_size() {
    let office = Office::new();
    let ask = |file: FileRef| {
        violations(office.world.ask(
            &office.clerk,
            None,
            C::ReceiveIncoming(receive(letter("1"), vec![pdf(1), file], Channel::Electronic)),
        ))
    };
    let good = pdf(2);
    let table = [
        (FileRef { digest: "A".repeat(64), ..good.clone() }, "digest", "BAD_DIGEST"),
        (FileRef { digest: "a".repeat(63), ..good.clone() }, "digest", "BAD_DIGEST"),
        (FileRef { name: " ".to_owned(), ..good.clone() }, "name", "REQUIRED"),
        (FileRef { name: "../x.pdf".to_owned(), ..good.clone() }, "name", "BAD_FORMAT"),
        (FileRef { name: "ế".repeat(100), ..good.clone() }, "name", "TOO_LONG"),
        (FileRef { media_type: "pdf".to_owned(), ..good.clone() }, "media_type", "BAD_FORMAT"),
        (FileRef { size: 0, ..good.clone() }, "size", "OUT_OF_RANGE"),
        (FileRef { pages: -1, ..good }, "pages", "OUT_OF_RANGE"),
    ];
    for (file, field, why) in table {
        assert_eq!(ask(file), [(format!("files[1].{field}"), why)]);
    }
    let many = C::ReceiveIncoming(receive(letter("1"), vec![pdf(1); 51], Channel::Electronic));
    assert_eq!(violations(office.world.ask(&office.clerk, None, many)), [("files".to_owned(), "TOO_LONG")]);
}

#[test]
fn suggestions_keep_their_limits() {
    let office = Office::new();
    let odd =
        Suggestion { field: "Số".to_owned(), value: "1".to_owned(), certainty: 101, basis: String::new() };
    let command =
        ReceiveIncoming { suggestions: vec![odd], ..receive(letter("1"), vec![pdf(1)], Channel::Electronic) };
    assert_eq!(
        violations(office.world.ask(&office.clerk, None, C::ReceiveIncoming(command))),
        [
            ("suggestions[0].field".to_owned(), "BAD_FORMAT"),
            ("suggestions[0].certainty".to_owned(), "OUT_OF_RANGE"),
            ("suggestions[0].basis".to_owned(), "BAD_FORMAT"),
        ]
    );
}

#[test]
fn nothing_arrives_from_the_future() {
    let office = Office::new();
    let command = ReceiveIncoming {
        arrival_date: Some(day(3, 3)),
        ..receive(DocumentFacts { issued_date: Some(day(3, 4)), ..letter("1") }, vec![], Channel::Paper)
    };
    assert_eq!(
        violations(office.world.ask(&office.clerk, None, C::ReceiveIncoming(command))),
        [("facts.issued_date".to_owned(), "IN_FUTURE"), ("arrival_date".to_owned(), "IN_FUTURE")]
    );
}

#[test]
fn registering_gives_the_next_number_and_todays_date() {
    let mut office = Office::new();
    let first = office.register(letter("1"));
    let second = office.register(letter("2"));
    let number = |id: &str| document(&office.world, id).number.clone().expect("a number");
    assert_eq!((number(&first).ordinal, number(&second).ordinal), (1, 2));
    assert_eq!(number(&second).date, Some(day(3, 2)));
    assert_eq!(number(&second).year, 2026);
    let line = format!("reg_{}_2026_2", number(&second).series_id);
    let line = entry(&office.world, &line);
    assert_eq!(line.document_id, second);
    assert_eq!(line.status(), EntryStatus::Given);
    assert_eq!(line.drawn_by, office.clerk.person_id);
    office.world.assert_rebuilds();
}

#[test]
fn late_registration_takes_todays_next_number_and_keeps_the_arrival() {
    let mut office = Office::new();
    let late = office.receive(letter("1"), vec![]);
    office.world.set_clock(day(3, 20), 9);
    office.register(letter("2"));
    let command = office.registration(&late);
    office.world.run(&office.clerk, C::RegisterIncoming(command)).expect("late, but registered");
    let registered = document(&office.world, &late);
    let number = registered.number.clone().expect("a number");
    assert_eq!((number.ordinal, number.date), (2, Some(day(3, 20))));
    assert_eq!(registered.arrival_date, Some(day(3, 2)));
}

#[test]
fn a_document_is_registered_once() {
    let mut office = Office::new();
    let id = office.register(letter("1"));
    let again = office.registration(&id);
    assert_eq!(reason(office.world.run(&office.clerk, C::RegisterIncoming(again))), "ALREADY_REGISTERED");
    let elsewhere = RegisterIncoming { document_id: "in_404".to_owned(), ..office.registration(&id) };
    assert_eq!(reason(office.world.run(&office.clerk, C::RegisterIncoming(elsewhere))), "UNKNOWN");
}

#[test]
fn what_is_registered_is_complete() {
    let mut office = Office::new();
    let id = office.receive(letter("1"), vec![]);
    let command = RegisterIncoming {
        facts: Some(DocumentFacts {
            kind: 0,
            issuer: String::new(),
            subject: "\n".to_owned(),
            ..letter("1")
        }),
        arrival_date: None,
        submit_to: "pos_1".to_owned(),
        ..office.registration(&id)
    };
    assert_eq!(
        violations(office.world.ask(&office.clerk, None, C::RegisterIncoming(command))),
        [
            ("facts.kind".to_owned(), "REQUIRED"),
            ("facts.issuer".to_owned(), "REQUIRED"),
            ("facts.subject".to_owned(), "REQUIRED"),
            ("arrival_date".to_owned(), "REQUIRED"),
            ("submit_to".to_owned(), "BAD_ID"),
        ]
    );
    let other = |kind_name: &str| RegisterIncoming {
        facts: Some(DocumentFacts {
            kind: DocumentKind::Other.into(),
            kind_name: kind_name.to_owned(),
            ..letter("1")
        }),
        ..office.registration(&id)
    };
    assert_eq!(
        violations(office.world.ask(&office.clerk, None, C::RegisterIncoming(other("")))),
        [("facts.kind_name".to_owned(), "REQUIRED")]
    );
    office
        .world
        .ask(&office.clerk, None, C::RegisterIncoming(other("Đơn kiến nghị")))
        .expect("a citizen's letter");
}

#[test]
fn a_duplicate_is_told_on_receipt_and_confirmed_on_registration() {
    let mut office = Office::new();
    let first = office.register(DocumentFacts { number: "05".to_owned(), ..letter("5") });
    let spelled_otherwise = DocumentFacts {
        number: "5".to_owned(),
        notation: "ubnd-ktth".to_owned(),
        issuer: "UBND  Tỉnh Minh Giang".to_owned(),
        ..letter("5")
    };
    let second = office.receive(spelled_otherwise, vec![]);
    assert_eq!(document(&office.world, &second).duplicate_of, first);
    let command = office.registration(&second);
    assert_eq!(reason(office.world.run(&office.clerk, C::RegisterIncoming(command.clone()))), "DUPLICATE");
    let confirmed = RegisterIncoming { despite_duplicate: true, ..command };
    office.world.run(&office.clerk, C::RegisterIncoming(confirmed)).expect("confirmed");
}

#[test]
fn the_same_number_of_another_year_or_issuer_is_no_duplicate() {
    let mut office = Office::new();
    office.register(letter("5"));
    let last_year = proto::record::v1::Date { year: 2025, month: 2, day: 27 };
    for facts in [
        DocumentFacts { issued_date: Some(last_year), ..letter("5") },
        DocumentFacts { issuer: "UBND xã An Bình".to_owned(), ..letter("5") },
        DocumentFacts { notation: "UBND-NC".to_owned(), ..letter("5") },
        DocumentFacts { number: String::new(), ..letter("5") },
    ] {
        let id = office.receive(facts, vec![]);
        assert_eq!(document(&office.world, &id).duplicate_of, "");
    }
}

#[test]
fn the_same_bytes_are_a_duplicate_until_they_are_returned() {
    let mut office = Office::new();
    let first = office.receive(letter("1"), vec![pdf(7)]);
    let second = office.receive(letter("2"), vec![pdf(7)]);
    assert_eq!(document(&office.world, &second).duplicate_of, first);
    // Neither has a number yet: nothing hinders the first.
    let command = office.registration(&first);
    office.world.ask(&office.clerk, None, C::RegisterIncoming(command)).expect("not registered elsewhere");
    let back = ReturnIncoming { document_id: first, reason: "gửi nhầm".to_owned() };
    office.world.run(&office.clerk, C::ReturnIncoming(back)).expect("returned");
    let back = ReturnIncoming { document_id: second, reason: "gửi nhầm".to_owned() };
    office.world.run(&office.clerk, C::ReturnIncoming(back)).expect("returned");
    let third = office.receive(letter("3"), vec![pdf(7)]);
    assert_eq!(document(&office.world, &third).duplicate_of, "");
}

#[test]
fn only_an_unregistered_document_goes_back_to_its_sender() {
    let mut office = Office::new();
    let back = |id: &str, reason: &str| {
        C::ReturnIncoming(ReturnIncoming { document_id: id.to_owned(), reason: reason.to_owned() })
    };
    let id = office.receive(letter("1"), vec![]);
    assert_eq!(reason(office.world.run(&office.clerk, back(&id, ""))), "REQUIRED");
    office.world.run(&office.clerk, back(&id, "sai nơi nhận")).expect("returned");
    assert_eq!(document(&office.world, &id).status(), IncomingStatus::Returned);
    assert_eq!(document(&office.world, &id).closing_reason, "sai nơi nhận");
    assert_eq!(reason(office.world.run(&office.clerk, back(&id, "nữa"))), "WRONG_STATE");
    let command = office.registration(&id);
    assert_eq!(reason(office.world.run(&office.clerk, C::RegisterIncoming(command))), "WRONG_STATE");
    let registered = office.register(letter("2"));
    assert_eq!(reason(office.world.run(&office.clerk, back(&registered, "muộn"))), "ALREADY_REGISTERED");
}

#[test]
fn a_correction_keeps_number_and_arrival_and_reaches_the_lists() {
    let mut office = Office::new();
    let officer = person(&office.officer.person_id);
    let (id, assigned) = office.direct(letter("1"), vec![give(AssignmentRole::Lead, officer)], None);
    let before = document(&office.world, &id).clone();
    let correct = |facts: DocumentFacts| {
        C::CorrectIncoming(CorrectIncoming {
            document_id: id.clone(),
            facts: Some(facts),
            to_places: String::new(),
            reason: "sai trích yếu".to_owned(),
        })
    };
    let facts = DocumentFacts {
        subject: "V/v báo cáo năm".to_owned(),
        urgency: Urgency::Express.into(),
        ..letter("1")
    };
    assert_eq!(reason(office.world.run(&office.clerk, correct(letter("1")))), "NOTHING_CHANGES");
    office.world.run(&office.clerk, correct(facts)).expect("corrected");
    let after = document(&office.world, &id);
    assert_eq!(
        (&after.number, after.arrival_date, after.status()),
        (&before.number, before.arrival_date, before.status())
    );
    assert_eq!(assignment(&office.world, &assigned[0]).subject, "V/v báo cáo năm");
    assert_eq!(assignment(&office.world, &assigned[0]).urgency(), Urgency::Express);
    let received = office.receive(letter("9"), vec![]);
    let early = CorrectIncoming {
        document_id: received,
        facts: Some(letter("9")),
        to_places: String::new(),
        reason: "sớm".to_owned(),
    };
    assert_eq!(reason(office.world.run(&office.clerk, C::CorrectIncoming(early))), "NOT_REGISTERED");
    office.world.assert_rebuilds();
}

#[test]
fn a_void_number_stays_with_its_reason_and_is_never_given_again() {
    let mut office = Office::new();
    let officer = person(&office.officer.person_id);
    let (id, assigned) = office.direct(letter("1"), vec![give(AssignmentRole::Lead, officer)], None);
    let number = document(&office.world, &id).number.clone().expect("a number");
    let line = format!("reg_{}_2026_{}", number.series_id, number.ordinal);
    let void = |reason: &str| C::VoidNumber(VoidNumber { entry_id: line.clone(), reason: reason.to_owned() });
    assert_eq!(reason(office.world.run(&office.clerk, void(" "))), "REQUIRED");
    assert_eq!(reason(office.world.run(&office.officer, void("không"))), "UNKNOWN");
    assert_eq!(reason(office.world.run(&office.archivist, void("không"))), "NOT_YOUR_ROLE");
    office.world.run(&office.clerk, void("vào nhầm sổ")).expect("void");
    assert_eq!(entry(&office.world, &line).status(), EntryStatus::Void);
    assert_eq!(entry(&office.world, &line).reason, "vào nhầm sổ");
    assert_eq!(document(&office.world, &id).status(), IncomingStatus::Void);
    assert_eq!(assignment(&office.world, &assigned[0]).status(), AssignmentStatus::Withdrawn);
    assert_eq!(reason(office.world.run(&office.clerk, void("nữa"))), "ALREADY_VOID");
    // The same document may come again: the void one is no duplicate, and the next number follows.
    let again = office.register(letter("1"));
    assert_eq!(
        document(&office.world, &again).number.as_ref().map(|it| it.ordinal),
        Some(number.ordinal + 1)
    );
    office.world.assert_rebuilds();
}

#[test]
fn the_number_of_a_completed_document_is_not_voided() {
    let mut office = Office::new();
    let officer = person(&office.officer.person_id);
    let (id, assigned) = office.direct(letter("1"), vec![give(AssignmentRole::Lead, officer)], None);
    let done = CompleteAssignment { assignment_id: assigned[0].clone(), result: "đã làm".to_owned() };
    office.world.run(&office.officer, C::CompleteAssignment(done)).expect("completed");
    let number = document(&office.world, &id).number.clone().expect("a number");
    let void = VoidNumber {
        entry_id: format!("reg_{}_2026_{}", number.series_id, number.ordinal),
        reason: "muộn".to_owned(),
    };
    assert_eq!(reason(office.world.run(&office.clerk, C::VoidNumber(void))), "WRONG_STATE");
}

#[test]
fn clerks_see_what_came_in_archivists_what_is_registered_and_the_administrator_nothing() {
    let mut office = Office::new();
    let seen_by = |office: &Office, id: &str| -> Vec<&'static str> {
        let record = &office.world.records()[id];
        office
            .everybody()
            .into_iter()
            .filter(|(_, caller)| sees(record, caller))
            .map(|(who, _)| who)
            .collect()
    };
    let received = office.receive(letter("1"), vec![]);
    assert_eq!(seen_by(&office, &received), ["clerk"]);
    let registered = office.register(letter("2"));
    assert_eq!(seen_by(&office, &registered), ["clerk", "archivist"]);
    let submitted = office.submit(letter("3"));
    assert_eq!(seen_by(&office, &submitted), ["clerk", "leader", "archivist"]);
    let officer = person(&office.officer.person_id);
    let (directed, assigned) = office.direct(letter("4"), vec![give(AssignmentRole::Lead, officer)], None);
    assert_eq!(seen_by(&office, &directed), ["clerk", "leader", "head", "officer", "archivist"]);
    assert_eq!(seen_by(&office, &assigned[0]), ["clerk", "leader", "head", "officer", "archivist"]);
}
