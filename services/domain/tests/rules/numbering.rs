//! Numbers: consecutive and unique within (series, year), with dates that never fall; void ones stay.

use std::collections::BTreeMap;

use domain::calendar;
use domain::decide::numbering;
use domain::states::States;
use domain::testing::{Office, letter};
use proptest::prelude::*;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::{
    Book, Caller, CloseSeries, Date, DefineSeries, DocumentFacts, DocumentKind, EntryStatus, RegisterEntry,
    Series, VoidNumber,
};

use crate::{day, document, entry, reason, series_year};

fn incoming_series(office: &Office) -> String {
    numbering::series_for(&office.world, Book::Incoming, DocumentKind::Letter, false)
        .expect("the first series")
}

#[test]
fn the_years_end_starts_again_at_one() {
    let mut office = Office::new();
    office.register(letter("1"));
    office.world.set_clock(day(12, 31), 23);
    let last = office.register(letter("2"));
    office.world.at_ms += 2 * 3_600_000;
    let first = office.register(letter("3"));
    let number = |id: &str| document(&office.world, id).number.clone().expect("a number");
    assert_eq!((number(&last).year, number(&last).ordinal), (2026, 2));
    assert_eq!((number(&first).year, number(&first).ordinal), (2027, 1));
    assert_eq!(number(&first).date, Some(Date { year: 2027, month: 1, day: 1 }));
}

#[test]
fn a_clock_set_back_draws_nothing() {
    let mut office = Office::new();
    office.world.set_clock(day(3, 10), 9);
    office.register(letter("1"));
    let waiting = office.receive(letter("2"), vec![]);
    let command = C::RegisterIncoming(office.registration(&waiting));
    office.world.set_clock(day(3, 10), 1);
    office.world.ask(&office.clerk, None, command.clone()).expect("the same day is not before it");
    let early = proto::record::v1::RegisterIncoming {
        arrival_date: Some(day(3, 1)),
        ..office.registration(&waiting)
    };
    office.world.set_clock(day(3, 9), 23);
    assert_eq!(
        reason(office.world.run(&office.clerk, C::RegisterIncoming(early.clone()))),
        "CLOCK_BEHIND_SERIES"
    );
    office.world.set_clock(Date { year: 2027, month: 1, day: 1 }, 9);
    office.register(letter("3"));
    office.world.set_clock(day(12, 31), 9);
    assert_eq!(
        reason(office.world.run(&office.clerk, C::RegisterIncoming(early))),
        "CLOCK_BEHIND_SERIES",
        "the year before is closed once the next has begun"
    );
}

#[test]
fn without_a_series_nothing_is_registered() {
    let mut office = Office::new();
    let close = CloseSeries { series_id: incoming_series(&office), reason: "tách sổ".to_owned() };
    office.world.run(&office.administrator, C::CloseSeries(close)).expect("closed");
    let id = office.receive(letter("1"), vec![]);
    let command = C::RegisterIncoming(office.registration(&id));
    assert_eq!(reason(office.world.run(&office.clerk, command)), "NO_SERIES");
}

#[test]
fn a_series_that_names_the_kind_goes_before_the_general_one() {
    let mut office = Office::new();
    let series = Series {
        name: "Đơn thư".to_owned(),
        book: Book::Incoming.into(),
        kinds: vec![DocumentKind::Other.into()],
        secret: false,
        active: true,
    };
    let made = office
        .world
        .run(&office.administrator, C::DefineSeries(DefineSeries { series: Some(series) }))
        .expect("defined");
    office.register(letter("1"));
    let complaint = DocumentFacts {
        kind: DocumentKind::Other.into(),
        kind_name: "Đơn kiến nghị".to_owned(),
        ..letter("2")
    };
    let id = office.register(complaint);
    let number = document(&office.world, &id).number.clone().expect("a number");
    assert_eq!((number.series_id, number.ordinal), (made[0].id.clone(), 1));
}

#[test]
fn a_suffix_hangs_on_a_number_and_takes_none() {
    let mut office = Office::new();
    let series = incoming_series(&office);
    let draw = |office: &Office, ordinal: u32, suffix: &str| {
        numbering::draw_suffixed(&office.world, &office.world.moment(), &series, ordinal, suffix)
    };
    assert_eq!(reason(draw(&office, 1, "a")), "SUFFIX_WITHOUT_NUMBER");
    let id = office.register(letter("1"));
    assert_eq!(reason(draw(&office, 0, "a")), "SUFFIX_WITHOUT_NUMBER");
    assert_eq!(reason(draw(&office, 2, "a")), "SUFFIX_WITHOUT_NUMBER");
    let number = draw(&office, 1, "a").expect("hangs on 1");
    let clerk = office.clerk.clone();
    let event = numbering::drawn(&number, &id, Book::Incoming, "chèn theo QĐ");
    office.world.record(&clerk, vec![event]).expect("recorded");
    assert_eq!(entry(&office.world, &format!("reg_{series}_2026_1a")).reason, "chèn theo QĐ");
    assert_eq!(series_year(&office.world, &format!("sy_{series}_2026")).last_ordinal, 1);
    assert_eq!(reason(draw(&office, 1, "a")), "NUMBER_TAKEN");
    let next = office.register(letter("2"));
    assert_eq!(document(&office.world, &next).number.as_ref().map(|it| it.ordinal), Some(2));
}

/// What a clerk may do in a row.
#[derive(Debug, Clone)]
enum Step {
    Register { decision: bool },
    Void { which: usize },
    Return,
    Wait { hours: i64 },
    SetBack { hours: i64 },
    Switch,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<bool>().prop_map(|decision| Step::Register { decision }),
        2 => any::<usize>().prop_map(|which| Step::Void { which }),
        1 => Just(Step::Return),
        2 => (1i64..4_000).prop_map(|hours| Step::Wait { hours }),
        1 => (1i64..100).prop_map(|hours| Step::SetBack { hours }),
        1 => Just(Step::Switch),
    ]
}

/// Every line of every register, by series and year, in the order of the ordinals.
fn registers(office: &Office) -> BTreeMap<(String, i32), Vec<RegisterEntry>> {
    let mut found: BTreeMap<(String, i32), Vec<RegisterEntry>> = BTreeMap::new();
    for record in office.world.records().values() {
        if let Some(State::RegisterEntry(line)) = &record.state {
            let number = line.number.clone().expect("a line has its number");
            found.entry((number.series_id, number.year)).or_default().push(line.clone());
        }
    }
    for lines in found.values_mut() {
        lines.sort_by_key(|line| line.number.as_ref().map(|it| it.ordinal));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::cases(48), ..ProptestConfig::default() })]

    #[test]
    fn whatever_clerks_do_the_registers_have_no_gap_no_double_and_no_date_that_falls(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        let mut office = Office::new();
        let clerk: Caller = office.clerk.clone();
        let mut decisions: Option<String> = None;
        let mut n = 0u32;
        for step in steps {
            match step {
                Step::Register { decision } => {
                    n += 1;
                    let kind = if decision { DocumentKind::Decision } else { DocumentKind::Letter };
                    let facts = DocumentFacts { kind: kind.into(), issued_date: None, ..letter(&n.to_string()) };
                    let id = office.receive(facts, vec![]);
                    let command = C::RegisterIncoming(office.registration(&id));
                    // Refused only where the clock was set back.
                    if let Err(fault) = office.world.run(&clerk, command) {
                        prop_assert_eq!(reason(Err::<(), _>(fault)), "CLOCK_BEHIND_SERIES");
                    }
                }
                Step::Void { which } => {
                    let lines: Vec<String> = office.world.records().keys().filter(|id| id.starts_with("reg_")).cloned().collect();
                    if let Some(id) = lines.get(which % lines.len().max(1)) {
                        let void = VoidNumber { entry_id: id.clone(), reason: "nhầm".to_owned() };
                        let _ = office.world.run(&clerk, C::VoidNumber(void));
                    }
                }
                Step::Return => {
                    n += 1;
                    let id = office.receive(DocumentFacts { issued_date: None, ..letter(&n.to_string()) }, vec![]);
                    let back = proto::record::v1::ReturnIncoming { document_id: id, reason: "nhầm".to_owned() };
                    office.world.run(&clerk, C::ReturnIncoming(back)).expect("not registered yet");
                }
                Step::Wait { hours } => office.world.at_ms += hours * 3_600_000,
                Step::SetBack { hours } => {
                    // Never before the agency was founded.
                    let back = office.world.at_ms - hours * 3_600_000;
                    if calendar::compare(calendar::date_at(back), day(3, 2)).is_ge() {
                        office.world.at_ms = back;
                    }
                }
                Step::Switch => {
                    let admin = office.administrator.clone();
                    match decisions.take() {
                        None => {
                            let series = Series {
                                name: "Quyết định".to_owned(),
                                book: Book::Incoming.into(),
                                kinds: vec![DocumentKind::Decision.into()],
                                secret: false,
                                active: true,
                            };
                            let made = office.world.run(&admin, C::DefineSeries(DefineSeries { series: Some(series) })).expect("defined");
                            decisions = Some(made[0].id.clone());
                        }
                        Some(id) => {
                            let close = CloseSeries { series_id: id, reason: "gộp".to_owned() };
                            office.world.run(&admin, C::CloseSeries(close)).expect("closed");
                        }
                    }
                }
            }
        }
        for ((series, year), lines) in registers(&office) {
            let ordinals: Vec<u32> = lines.iter().filter_map(|line| line.number.as_ref()).map(|it| it.ordinal).collect();
            let wanted: Vec<u32> = (1..=u32::try_from(lines.len()).expect("few")).collect();
            prop_assert_eq!(&ordinals, &wanted, "{} {}", series, year);
            let dates: Vec<Date> = lines.iter().filter_map(|line| line.number.as_ref()?.date).collect();
            prop_assert!(dates.is_sorted_by(|a, b| calendar::compare(*a, *b).is_le()), "{:?}", dates);
            prop_assert!(dates.iter().all(|date| date.year == year));
            for line in &lines {
                let held = document(&office.world, &line.document_id).number.clone();
                prop_assert_eq!(&held, &line.number, "a line and its document say the same");
                let void = document(&office.world, &line.document_id).status() == proto::record::v1::IncomingStatus::Void;
                prop_assert_eq!(line.status() == EntryStatus::Void, void);
            }
            let stands = office.world.get(&format!("sy_{series}_{year}")).expect("a map").expect("kept");
            let Some(State::SeriesYear(stands)) = stands.state else { panic!("no series year") };
            prop_assert_eq!(stands.last_ordinal as usize, lines.len());
        }
        office.world.assert_rebuilds();
    }
}
