//! Giữ chỗ: numbers drawn ahead, taken by a document, or given up.

use domain::notation;
use domain::reasons::*;
use proto::archive::v1::ListName;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::*;

use crate::office::{self, DAY_MS, Office, outcome};

/// The general series of outgoing documents, or that of decisions.
fn series(office: &Office, of_decisions: bool) -> String {
    let find = |record: &&Record| matches!(&record.state, Some(State::Series(it)) if it.book() == Book::Outgoing && !it.secret && it.kinds.is_empty() != of_decisions);
    office.records().find(find).unwrap().id.clone()
}

fn reserve(office: &Office) -> ReserveNumber {
    ReserveNumber {
        series_id: series(office, true),
        reason: "Chờ Giám đốc đi công tác về ký".into(),
        ..ReserveNumber::default()
    }
}

/// Reserves; answers the line.
fn reserved(office: &mut Office, command: ReserveNumber) -> String {
    let made = office.run("clerk", C::ReserveNumber(command)).unwrap();
    made.into_iter().map(|record| record.id).find(|id| id.starts_with("reg_")).unwrap()
}

fn release(entry_id: &str) -> C {
    C::ReleaseNumber(ReleaseNumber { entry_id: entry_id.into(), reason: "Không ban hành nữa".into() })
}

fn take(document_id: &str, entry_id: &str) -> C {
    C::AssignNumber(AssignNumber {
        document_id: document_id.into(),
        reserved_entry_id: entry_id.into(),
        ..AssignNumber::default()
    })
}

fn line(office: &Office, id: &str) -> RegisterEntry {
    match office.world.state(id) {
        State::RegisterEntry(entry) => entry.clone(),
        other => panic!("no line of a register: {other:?}"),
    }
}

fn number_of(office: &Office, id: &str) -> String {
    notation::register_number_text(&office.document(id).number.unwrap())
}

fn waiting(office: &Office, name: &str) -> Vec<String> {
    office.list(name, ListName::ReservedNumbers, OutgoingStatus::Unspecified)
}

#[test]
fn a_reserved_number_keeps_its_place_and_its_day() {
    let mut office = Office::new();
    let before = office.document_at(OutgoingStatus::Numbered);
    let command = reserve(&office);
    let kept = reserved(&mut office, command);
    office.world.at_ms += 3 * DAY_MS;
    let after = office.document_at(OutgoingStatus::Numbered);
    assert_eq!((number_of(&office, &before), number_of(&office, &after)), ("01".into(), "03".into()));
    assert_eq!(line(&office, &kept).status(), EntryStatus::Reserved);
    assert_eq!(waiting(&office, "clerk"), [kept.as_str()]);

    let id = office.document_at(OutgoingStatus::Signed);
    office.run("clerk", take(&id, &kept)).unwrap();
    let document = office.document(&id);
    assert_eq!(number_of(&office, &id), "02");
    assert_eq!(document.number.unwrap().date, Some(office::TODAY), "the day it was reserved");
    assert_eq!(document.facts.unwrap().issued_date, Some(office::TODAY), "is the date of the document");
    let entry = line(&office, &kept);
    assert_eq!((entry.status(), entry.document_id.as_str()), (EntryStatus::Given, id.as_str()));
    assert_eq!(entry.reason, "Chờ Giám đốc đi công tác về ký", "why it was reserved stays");
    assert!(waiting(&office, "clerk").is_empty());
    office.walk(&id, OutgoingStatus::Issued);
    office.world.assert_rebuilds();
}

#[test]
fn a_released_number_stays_and_is_never_given_out_again() {
    let mut office = Office::new();
    let command = reserve(&office);
    let kept = reserved(&mut office, command);
    office.run("clerk", release(&kept)).unwrap();
    let entry = line(&office, &kept);
    assert_eq!((entry.status(), entry.reason.as_str()), (EntryStatus::Void, "Không ban hành nữa"));
    assert!(waiting(&office, "clerk").is_empty());
    let id = office.document_at(OutgoingStatus::Signed);
    assert_eq!(outcome(&office.run("clerk", take(&id, &kept))), NUMBER_NOT_RESERVED);
    assert_eq!(outcome(&office.run("clerk", release(&kept))), NUMBER_NOT_RESERVED);
    office.run("clerk", office::number(&id, "")).unwrap();
    assert_eq!(number_of(&office, &id), "02");
    office.world.assert_rebuilds();
}

#[test]
fn a_number_is_reserved_where_it_may_be() {
    let mut office = Office::new();
    let of = |find: &dyn Fn(&Series) -> bool| {
        let it = office.records().find(|it| matches!(&it.state, Some(State::Series(it)) if find(it)));
        it.unwrap().id.clone()
    };
    let incoming = of(&|it| it.book() == Book::Incoming && !it.secret);
    let secret = of(&|it| it.book() == Book::Incoming && it.secret);
    let good = reserve(&office);
    let year_end = Date { year: 2026, month: 12, day: 31 };
    let cases = [
        ("good", good.clone(), "OK"),
        ("no reason", ReserveNumber { reason: " ".into(), ..good.clone() }, REQUIRED),
        ("no series", ReserveNumber { series_id: "ser_999".into(), ..good.clone() }, "UNKNOWN"),
        ("số đến", ReserveNumber { series_id: incoming, ..good.clone() }, SERIES_NOT_OUTGOING),
        ("secret", ReserveNumber { series_id: secret, ..good.clone() }, SERIES_NOT_OUTGOING),
        ("for nobody", ReserveNumber { for_person_id: "per_999".into(), ..good.clone() }, NOT_THERE),
        ("for today", ReserveNumber { until: Some(office::TODAY), ..good.clone() }, "OK"),
        ("for the year", ReserveNumber { until: Some(year_end), ..good.clone() }, "OK"),
        (
            "for yesterday",
            ReserveNumber {
                until: Some(Date { day: office::TODAY.day - 1, ..office::TODAY }),
                ..good.clone()
            },
            IN_PAST,
        ),
        (
            "for the next year",
            ReserveNumber { until: Some(Date { year: 2027, month: 1, day: 1 }), ..good.clone() },
            OUT_OF_RANGE,
        ),
    ];
    for (what, command, answer) in cases {
        assert_eq!(outcome(&office.run("clerk", C::ReserveNumber(command))), answer, "{what}");
    }
    for name in ["head", "drafter", "admin", "keeper"] {
        let result = office.run(name, C::ReserveNumber(good.clone()));
        assert_eq!(outcome(&result), NOT_YOUR_ROLE, "{name}");
    }
    let closed = CloseSeries { series_id: good.series_id.clone(), reason: "Gộp".into() };
    office.run("admin", C::CloseSeries(closed)).unwrap();
    assert_eq!(outcome(&office.run("clerk", C::ReserveNumber(good))), ALREADY_ENDED);
}

#[test]
fn a_reserved_number_is_taken_by_whom_it_is_kept_for_and_in_time() {
    let mut office = Office::new();
    let other_series = ReserveNumber { series_id: series(&office, false), ..reserve(&office) };
    let other_series = reserved(&mut office, other_series);
    let for_nobody_here = ReserveNumber { for_person_id: office.per("officer"), ..reserve(&office) };
    let for_nobody_here = reserved(&mut office, for_nobody_here);
    let short = ReserveNumber { until: Some(office::TODAY), ..reserve(&office) };
    let short = reserved(&mut office, short);
    let for_drafter = ReserveNumber { for_person_id: office.per("drafter"), ..reserve(&office) };
    let for_drafter = reserved(&mut office, for_drafter);
    let for_signer = ReserveNumber { for_person_id: office.per("head"), ..reserve(&office) };
    let for_signer = reserved(&mut office, for_signer);
    assert_eq!(waiting(&office, "drafter"), [for_drafter.as_str()], "for whom it is kept sees it");
    assert!(waiting(&office, "colleague").is_empty());

    office.world.at_ms += DAY_MS;
    let id = office.document_at(OutgoingStatus::Signed);
    for (what, entry, answer) in [
        ("another series", &other_series, RESERVED_IN_OTHER_SERIES),
        ("for another", &for_nobody_here, RESERVED_FOR_ANOTHER),
        ("too late", &short, RESERVATION_OVER),
        ("no line", &"reg_ser_1_2026_99".to_owned(), "UNKNOWN"),
        ("for the drafter", &for_drafter, "OK"),
    ] {
        assert_eq!(outcome(&office.run("clerk", take(&id, entry))), answer, "{what}");
    }
    let second = office.document_at(OutgoingStatus::Signed);
    assert_eq!(outcome(&office.run("clerk", take(&second, &for_drafter))), NUMBER_NOT_RESERVED, "once");
    let with_suffix = C::AssignNumber(AssignNumber {
        document_id: second.clone(),
        suffix: "a".into(),
        suffix_of: 1,
        suffix_reason: "Bỏ sót".into(),
        reserved_entry_id: for_signer.clone(),
        ..AssignNumber::default()
    });
    assert_eq!(outcome(&office.run("clerk", with_suffix)), NOT_ALLOWED_HERE);
    assert_eq!(outcome(&office.run("head", take(&second, &for_signer))), NOT_YOUR_ROLE);
    office.run("clerk", take(&second, &for_signer)).unwrap();
}

#[test]
fn a_number_of_last_year_is_not_taken_and_a_clock_set_back_takes_none() {
    let mut office = Office::new();
    office.world.at_ms += DAY_MS;
    let command = reserve(&office);
    let kept = reserved(&mut office, command);
    office.world.at_ms -= DAY_MS;
    let id = office.document_at(OutgoingStatus::Signed);
    assert_eq!(outcome(&office.run("clerk", take(&id, &kept))), CLOCK_BEHIND_SERIES);
    office.world.at_ms += 365 * DAY_MS;
    assert_eq!(outcome(&office.run("clerk", take(&id, &kept))), RESERVATION_OVER);
    office.run("clerk", release(&kept)).unwrap();
}

#[test]
fn a_reserved_number_is_released_not_voided_and_a_taken_one_voided_not_released() {
    let mut office = Office::new();
    let command = reserve(&office);
    let kept = reserved(&mut office, command);
    let void =
        |entry_id: &str| C::VoidNumber(VoidNumber { entry_id: entry_id.into(), reason: "Nhầm".into() });
    assert_eq!(outcome(&office.run("clerk", void(&kept))), NUMBER_RESERVED);
    let id = office.document_at(OutgoingStatus::Signed);
    office.run("clerk", take(&id, &kept)).unwrap();
    assert_eq!(outcome(&office.run("clerk", release(&kept))), NUMBER_NOT_RESERVED);
    office.run("clerk", void(&kept)).unwrap();
    assert_eq!(line(&office, &kept).status(), EntryStatus::Void);
    assert_eq!(office.status(&id), OutgoingStatus::Withdrawn);
}

#[test]
fn a_reserved_number_with_a_notation_that_is_given_already_is_not_taken() {
    let mut office = Office::new();
    let thank_you = Series {
        name: "Thư công".into(),
        book: Book::Outgoing.into(),
        kinds: vec![DocumentKind::OfficialLetter.into()],
        active: true,
        ..Series::default()
    };
    office.run("admin", C::DefineSeries(DefineSeries { series: Some(thank_you) })).unwrap();
    let kept = ReserveNumber { series_id: series(&office, false), ..reserve(&office) };
    let kept = reserved(&mut office, kept);
    let signed = |office: &mut Office, kind: DocumentKind| {
        let mut draft = office.draft();
        draft.facts.as_mut().unwrap().kind = kind.into();
        let id = office.create(draft);
        office.walk(&id, OutgoingStatus::Signed);
        id
    };
    let thanks = signed(&mut office, DocumentKind::OfficialLetter);
    office.run("clerk", office::number(&thanks, "SNV-TH")).unwrap();
    let letter = signed(&mut office, DocumentKind::Letter);
    let as_given = C::AssignNumber(AssignNumber {
        document_id: letter,
        notation: "SNV-TH".into(),
        reserved_entry_id: kept,
        ..AssignNumber::default()
    });
    assert_eq!(outcome(&office.run("clerk", as_given)), NUMBER_TAKEN);
}
