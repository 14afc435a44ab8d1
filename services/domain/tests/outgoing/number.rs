//! Số, ký hiệu, ngày: drawn in order, unique in a year, with the day they were drawn.

use domain::notation;
use domain::reasons::*;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::*;

use crate::office::{self, DAY_MS, Office, outcome};

fn of_kind(office: &mut Office, kind: DocumentKind, notation: &str) -> String {
    let mut draft = office.draft();
    let facts = draft.facts.as_mut().unwrap();
    facts.kind = kind.into();
    facts.notation = notation.into();
    let id = office.create(draft);
    office.walk(&id, OutgoingStatus::Signed);
    id
}

fn shown(office: &Office, id: &str) -> String {
    let document = office.document(id);
    let number = document.number.unwrap();
    notation::display(number.ordinal, &number.suffix, &document.facts.unwrap().notation)
}

fn entry(office: &Office, number: &RegisterNumber) -> RegisterEntry {
    let RegisterNumber { series_id, year, ordinal, suffix, .. } = number;
    match office.world.state(&domain::id::register_entry(series_id, *year, *ordinal, suffix)) {
        State::RegisterEntry(entry) => entry.clone(),
        other => panic!("no line of a register: {other:?}"),
    }
}

#[test]
fn each_series_counts_for_itself_and_each_kind_gets_its_notation() {
    let mut office = Office::new();
    let mut given = Vec::new();
    for (kind, notation) in [
        (DocumentKind::Decision, ""),
        (DocumentKind::Letter, ""),
        (DocumentKind::Decision, "QĐ-SNV"),
        (DocumentKind::Plan, ""),
        (DocumentKind::Rule, ""),
        (DocumentKind::Letter, "SNV-VP"),
    ] {
        let id = of_kind(&mut office, kind, notation);
        office.run("clerk", office::number(&id, "")).unwrap();
        given.push(shown(&office, &id));
    }
    assert_eq!(given, ["01/QĐ-SNV", "01/SNV-CCVC", "02/QĐ-SNV", "02/KH-SNV", "03/QyĐ-SNV", "04/SNV-VP"]);
}

#[test]
fn the_notation_is_lawful_and_that_of_the_signed_file() {
    for (drafted, given, answer) in [
        ("", "QĐ-SNV", "OK"),
        ("", "QĐ-CTUBND", "OK"),
        ("", "KH-SNV", NOTATION_NOT_OF_KIND),
        ("", "qd-snv", NOTATION_BAD),
        ("QĐ-SNV", "", "OK"),
        ("QĐ-SNV", "QĐ-SNV", "OK"),
        ("QĐ-SNV", "QĐ-TTr", NOTATION_BAD),
        ("QĐ-SNV", "QĐ-UBND", NOTATION_DIFFERS),
    ] {
        let mut office = Office::new();
        let id = of_kind(&mut office, DocumentKind::Decision, drafted);
        let result = office.run("clerk", office::number(&id, given));
        assert_eq!(outcome(&result), answer, "drafted {drafted:?}, given {given:?}");
    }
}

#[test]
fn a_unit_without_abbreviation_gives_no_letter_a_number_by_default() {
    let mut office = Office::new();
    let id = of_kind(&mut office, DocumentKind::Letter, "");
    let State::Unit(unit) = office.world.state(&office.drafting_unit).clone() else { panic!("no unit") };
    let bare = Unit { abbreviation: String::new(), ..unit };
    let unit_id = office.drafting_unit.clone();
    office.set(&unit_id, event::Event::UnitChanged(bare));
    assert_eq!(outcome(&office.run("clerk", office::number(&id, ""))), ABBREVIATION_MISSING);
    assert_eq!(outcome(&office.run("clerk", office::number(&id, "SNV-TH"))), "OK");
}

#[test]
fn number_and_date_are_of_the_day_on_which_they_are_drawn() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Signed);
    office.world.at_ms += DAY_MS;
    office.run("clerk", office::number(&id, "")).unwrap();
    let document = office.document(&id);
    let tomorrow = Date { day: office::TODAY.day + 1, ..office::TODAY };
    let number = document.number.unwrap();
    assert_eq!(number.date, Some(tomorrow));
    assert_eq!(document.facts.unwrap().issued_date, Some(tomorrow));
    let line = entry(&office, &number);
    assert_eq!(
        (line.document_id, line.status, line.book),
        (id, EntryStatus::Given.into(), Book::Outgoing.into())
    );
}

#[test]
fn a_new_year_starts_at_one_and_a_clock_set_back_draws_nothing() {
    let mut office = Office::new();
    let last_year = office.document_at(OutgoingStatus::Numbered);
    let (first, second) =
        (office.document_at(OutgoingStatus::Signed), office.document_at(OutgoingStatus::Signed));
    office.world.at_ms += 365 * DAY_MS;
    office.run("clerk", office::number(&first, "")).unwrap();
    assert_eq!(
        (shown(&office, &last_year), shown(&office, &first)),
        ("01/QĐ-SNV".into(), "01/QĐ-SNV".into())
    );
    office.world.at_ms -= DAY_MS;
    assert_eq!(outcome(&office.run("clerk", office::number(&second, ""))), CLOCK_BEHIND_SERIES);
    assert_eq!(office.status(&second), OutgoingStatus::Signed);
}

#[test]
fn a_suffix_hangs_on_a_number_takes_no_ordinal_and_says_why() {
    let mut office = Office::new();
    let first = office.document_at(OutgoingStatus::Numbered);
    let (forgotten, again, next) = (
        office.document_at(OutgoingStatus::Signed),
        office.document_at(OutgoingStatus::Signed),
        office.document_at(OutgoingStatus::Signed),
    );
    let suffixed = |id: &str, suffix_of, suffix: &str, why: &str| {
        C::AssignNumber(AssignNumber {
            document_id: id.into(),
            suffix: suffix.into(),
            suffix_of,
            suffix_reason: why.into(),
            ..AssignNumber::default()
        })
    };
    for (what, command, answer) in [
        ("no reason", suffixed(&forgotten, 1, "a", ""), REQUIRED),
        ("no number", suffixed(&forgotten, 0, "a", "Bỏ sót"), REQUIRED),
        ("a capital", suffixed(&forgotten, 1, "A", "Bỏ sót"), SUFFIX_BAD),
        ("no suffix", suffixed(&forgotten, 1, "", ""), NOT_ALLOWED_HERE),
        ("not drawn yet", suffixed(&forgotten, 2, "a", "Bỏ sót"), SUFFIX_WITHOUT_NUMBER),
        ("good", suffixed(&forgotten, 1, "a", "Bỏ sót khi cấp số ngày 02/3"), "OK"),
        ("taken", suffixed(&again, 1, "a", "Bỏ sót"), NUMBER_TAKEN),
    ] {
        assert_eq!(outcome(&office.run("clerk", command)), answer, "{what}");
    }
    assert_eq!(shown(&office, &forgotten), "01a/QĐ-SNV");
    let number = office.document(&forgotten).number.unwrap();
    assert_eq!(
        entry(&office, &number).reason,
        "Bỏ sót khi cấp số ngày 02/3",
        "the exception is in the register"
    );
    office.run("clerk", office::number(&next, "")).unwrap();
    assert_eq!((shown(&office, &first), shown(&office, &next)), ("01/QĐ-SNV".into(), "02/QĐ-SNV".into()));
}

#[test]
fn the_same_number_and_notation_are_not_given_twice_in_a_year_across_series() {
    let mut office = Office::new();
    let first = of_kind(&mut office, DocumentKind::Letter, "SNV-TH");
    office.run("clerk", office::number(&first, "")).unwrap();
    let thank_you = Series {
        name: "Thư công".into(),
        book: Book::Outgoing.into(),
        kinds: vec![DocumentKind::OfficialLetter.into()],
        active: true,
        ..Series::default()
    };
    office.run("admin", C::DefineSeries(DefineSeries { series: Some(thank_you) })).unwrap();
    let second = of_kind(&mut office, DocumentKind::OfficialLetter, "");
    assert_eq!(outcome(&office.run("clerk", office::number(&second, "SNV-TH"))), NUMBER_TAKEN);
    assert_eq!(outcome(&office.run("clerk", office::number(&second, "SNV-TC"))), "OK");
    assert_eq!(shown(&office, &second), "01/SNV-TC");
}

#[test]
fn a_voided_number_gives_the_document_up_unless_it_is_issued() {
    for (status, answer, after) in [
        (OutgoingStatus::Numbered, "OK", OutgoingStatus::Withdrawn),
        (OutgoingStatus::Sealed, "OK", OutgoingStatus::Withdrawn),
        (OutgoingStatus::Issued, NUMBER_ON_ISSUED, OutgoingStatus::Issued),
        (OutgoingStatus::Recalled, NUMBER_ON_ISSUED, OutgoingStatus::Recalled),
    ] {
        let mut office = Office::new();
        let id = office.document_at(status);
        let number = office.document(&id).number.unwrap();
        let entry_id = domain::id::register_entry(&number.series_id, number.year, number.ordinal, "");
        let void = C::VoidNumber(VoidNumber { entry_id, reason: "Ký nhầm bản".into() });
        assert_eq!(outcome(&office.run("clerk", void)), answer, "{status:?}");
        assert_eq!(office.status(&id), after, "{status:?}");
        if answer == "OK" {
            assert_eq!(entry(&office, &number).status(), EntryStatus::Void);
            assert_eq!(office.document(&id).number, Some(number), "the number stays, struck through");
            assert_eq!(outcome(&office.run("clerk", office::issue(&id))), DRAFT_WITHDRAWN);
            let next = office.document_at(OutgoingStatus::Numbered);
            assert_eq!(shown(&office, &next), "02/QĐ-SNV", "a void number is not given out again");
            office.world.assert_rebuilds();
        }
    }
}
