//! Whatever is asked in whatever order, the order of the law holds and the numbers are consecutive.

use std::collections::BTreeMap;

use domain::calendar::compare;
use proptest::prelude::*;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::*;

use crate::office::{self, DAY_MS, Office};

/// What somebody tries.
#[derive(Debug, Clone, Copy)]
enum Try {
    Create { named: bool },
    Next(usize),
    Act { act: u8, document: usize, by: usize },
    Void(usize),
    Reserve { named: bool, days: i64 },
    Take { line: usize, document: usize },
    Release(usize),
    Wait { hours: i64 },
}

const PEOPLE: [&str; 8] = ["drafter", "chief", "checker", "head", "clerk", "clerk2", "deputy", "admin"];
const ACTS: u8 = 15;

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = prop_oneof![
        2 => any::<bool>().prop_map(|named| Try::Create { named }),
        12 => any::<usize>().prop_map(Try::Next),
        8 => (0..ACTS, any::<usize>(), any::<usize>()).prop_map(|(act, document, by)| Try::Act { act, document, by }),
        1 => any::<usize>().prop_map(Try::Void),
        2 => (any::<bool>(), -1..20_i64).prop_map(|(named, days)| Try::Reserve { named, days }),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(line, document)| Try::Take { line, document }),
        1 => any::<usize>().prop_map(Try::Release),
        1 => (1..2_000_i64).prop_map(|hours| Try::Wait { hours }),
    ];
    prop::collection::vec(one, 20..120)
}

fn act(office: &mut Office, act: u8, id: &str) -> C {
    match act {
        0 => C::ReviseDraft(ReviseDraft {
            document_id: id.into(),
            draft: Some(office.draft()),
            note: String::new(),
        }),
        1 => office::withdraw(id),
        2 => office::submit(id),
        3 => office::review(id),
        4 => office::check_form(id),
        5 => office::initial(id),
        6 => office::send_back(id),
        7 => C::ApproveDraft(office.approve(id)),
        8 => C::RecordSigned(office.sign(id, "head")),
        9 => office::number(id, ""),
        10 => C::RecordSealed(office.seal(id)),
        11 => office::issue(id),
        12 => office::recall(id),
        13 => C::AssignNumber(AssignNumber {
            document_id: id.into(),
            suffix: "a".into(),
            suffix_of: 1,
            suffix_reason: "Bỏ sót".into(),
            ..AssignNumber::default()
        }),
        _ => office::delivery(id, 1, DeliveryStatus::Sent),
    }
}

fn run(office: &mut Office, attempt: Try) {
    let ids: Vec<String> =
        office.records().map(|record| record.id.clone()).filter(|id| id.starts_with("out_")).collect();
    let pick = |at: usize| ids.get(at.checked_rem(ids.len()).unwrap_or(0)).cloned();
    // Refusals are part of the game; what must hold is looked at afterwards.
    let _ = match attempt {
        Try::Create { named } => {
            let mut draft = office.draft();
            if named {
                draft.facts.as_mut().unwrap().kind = DocumentKind::Plan.into();
            }
            office.run("drafter", C::CreateDraft(draft))
        }
        Try::Next(at) => match pick(at) {
            Some(id)
                if !matches!(office.status(&id), OutgoingStatus::Recalled | OutgoingStatus::Withdrawn) =>
            {
                let (name, command) = office.next_step(&id);
                office.run(name, command)
            }
            _ => Ok(vec![]),
        },
        Try::Act { act: what, document, by } => match pick(document) {
            Some(id) => {
                let command = act(office, what, &id);
                office.run(PEOPLE[by % PEOPLE.len()], command)
            }
            None => Ok(vec![]),
        },
        Try::Void(at) => match line(office, at, |_| true) {
            Some(entry_id) => {
                office.run("clerk", C::VoidNumber(VoidNumber { entry_id, reason: "Nhầm".into() }))
            }
            None => Ok(vec![]),
        },
        Try::Reserve { named, days } => {
            let of_kind =
                |it: &Series| it.book() == Book::Outgoing && !it.secret && it.kinds.is_empty() != named;
            let series = office
                .records()
                .find(|record| matches!(&record.state, Some(State::Series(it)) if of_kind(it)));
            let command = ReserveNumber {
                series_id: series.unwrap().id.clone(),
                reason: "Chờ ký".into(),
                for_person_id: if days % 3 == 0 { office.per("drafter") } else { String::new() },
                until: Some(domain::calendar::date_at(office.world.at_ms + days * DAY_MS)),
            };
            office.run("clerk", C::ReserveNumber(command))
        }
        // What is reserved, and what is signed, twice as often as any other: else most tries would meet none.
        Try::Take { line: at, document } => {
            let found = line(office, at, |it| it.status() == EntryStatus::Reserved || at.is_multiple_of(3));
            let signed: Vec<&String> = ids
                .iter()
                .filter(|id| office.status(id) == OutgoingStatus::Signed || document.is_multiple_of(3))
                .collect();
            let taker = signed.get(document.checked_rem(signed.len()).unwrap_or(0)).map(|id| (*id).clone());
            match (found, taker) {
                (Some(reserved_entry_id), Some(document_id)) => office.run(
                    "clerk",
                    C::AssignNumber(AssignNumber {
                        document_id,
                        reserved_entry_id,
                        ..AssignNumber::default()
                    }),
                ),
                _ => Ok(vec![]),
            }
        }
        Try::Release(at) => {
            match line(office, at, |it| it.status() == EntryStatus::Reserved || at.is_multiple_of(3)) {
                Some(entry_id) => {
                    office.run("clerk", C::ReleaseNumber(ReleaseNumber { entry_id, reason: "Thôi".into() }))
                }
                None => Ok(vec![]),
            }
        }
        Try::Wait { hours } => {
            office.world.at_ms += hours * DAY_MS / 24;
            Ok(vec![])
        }
    };
}

/// A line of a register, of those that are wanted.
fn line(office: &Office, at: usize, wanted: impl Fn(&RegisterEntry) -> bool) -> Option<String> {
    let lines: Vec<String> = office
        .records()
        .filter(|record| matches!(&record.state, Some(State::RegisterEntry(it)) if wanted(it)))
        .map(|record| record.id.clone())
        .collect();
    lines.get(at.checked_rem(lines.len()).unwrap_or(0)).cloned()
}

/// Each document's steps, in the order of the journal.
fn the_order_of_the_law_holds(office: &Office) {
    const LAW: [&str; 8] =
        ["submitted", "reviewed", "form checked", "approved", "signed", "numbered", "sealed", "issued"];
    // How many steps of the law are done on the document's current version.
    let mut done: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &office.world.journal {
        for event in &entry.events {
            let id = event.record_id.as_str();
            let step = match event.event.as_ref().unwrap() {
                E::Drafted(_) => {
                    assert_eq!(done.insert(id, 0), None);
                    continue;
                }
                E::Revised(revised) => {
                    assert!(done[id] <= 4, "{id} was revised after its signature");
                    if revised.reviews_void {
                        done.insert(id, 0);
                    }
                    continue;
                }
                E::DraftReturned(_) => {
                    assert!((1..=4).contains(&done[id]), "{id} was returned after {} steps", done[id]);
                    done.insert(id, 0);
                    continue;
                }
                E::DraftSubmitted(_) => 0,
                E::ContentReviewed(_) => 1,
                E::FormChecked(_) => 2,
                E::Approved(_) => 3,
                E::Signed(_) => 4,
                E::Numbered(_) => 5,
                E::Sealed(_) => 6,
                E::Issued(_) => 7,
                E::DraftWithdrawn(_) => {
                    assert!(done[id] <= 4, "{id} was given up after its signature");
                    continue;
                }
                E::Recalled(_) => {
                    assert_eq!(done[id], 8, "{id} was recalled before issue");
                    continue;
                }
                _ => continue,
            };
            assert_eq!(done[id], step, "{id} was {} out of order", LAW[step]);
            done.insert(id, step + 1);
        }
    }
}

/// In each series and year: 1, 2, 3 … without a gap, dates that never fall, each on one document of its own, or reserved,
/// or given up.
fn the_numbers_are_consecutive(office: &Office) {
    let mut last: BTreeMap<(String, i32), (u32, Date)> = BTreeMap::new();
    let mut bearers: BTreeMap<String, String> = BTreeMap::new();
    // Lines on no document: true while they are reserved.
    let mut alone: BTreeMap<String, bool> = BTreeMap::new();
    for entry in &office.world.journal {
        for event in &entry.events {
            let line = event.record_id.clone();
            let number = match event.event.as_ref().unwrap() {
                E::NumberDrawn(drawn) => {
                    let bearer = drawn.document_id.clone();
                    assert_eq!(bearers.insert(bearer, line), None, "one number a document");
                    drawn.number.as_ref()
                }
                E::NumberReserved(reserved) => {
                    assert_eq!(alone.insert(line, true), None, "reserved once");
                    reserved.number.as_ref()
                }
                E::NumberTaken(taken) => {
                    assert_eq!(alone.remove(&line), Some(true), "taken once, of what is reserved");
                    let bearer = taken.document_id.clone();
                    assert_eq!(bearers.insert(bearer, line), None, "one number a document");
                    continue;
                }
                E::NumberReleased(_) => {
                    assert_eq!(alone.insert(line, false), Some(true), "given up once, of what is reserved");
                    continue;
                }
                _ => continue,
            };
            let number = number.unwrap();
            let date = number.date.unwrap();
            assert_eq!(date, domain::calendar::date_at(entry.meta.at_ms), "drawn with its day");
            assert_eq!(date.year, number.year);
            let (ordinal, before) =
                last.get(&(number.series_id.clone(), number.year)).copied().unwrap_or((0, date));
            assert!(compare(before, date).is_le(), "dates never fall");
            if number.suffix.is_empty() {
                assert_eq!(number.ordinal, ordinal + 1, "no gap");
                last.insert((number.series_id.clone(), number.year), (number.ordinal, date));
            } else {
                assert!((1..=ordinal).contains(&number.ordinal), "a suffix hangs on a number");
            }
        }
    }
    for record in office.records() {
        match &record.state {
            Some(State::Outgoing(document)) => {
                let line = document.number.as_ref().map(|number| {
                    domain::id::register_entry(&number.series_id, number.year, number.ordinal, &number.suffix)
                });
                assert_eq!(bearers.get(&record.id).cloned(), line, "{}", record.id);
                let entry = line.as_ref().map(|line| match office.world.state(line) {
                    State::RegisterEntry(entry) => entry,
                    other => panic!("{line} is {other:?}"),
                });
                if let Some(entry) = entry {
                    assert_eq!(entry.number, document.number, "a line and its document say the same");
                    assert_eq!(entry.document_id, record.id);
                    assert_eq!(
                        document.facts.as_ref().unwrap().issued_date,
                        entry.number.as_ref().unwrap().date
                    );
                    let void = entry.status() == EntryStatus::Void;
                    assert_eq!(void, document.status() == OutgoingStatus::Withdrawn, "{}", record.id);
                }
            }
            Some(State::SeriesYear(year)) => {
                let drawn = last.get(&(year.series_id.clone(), year.year)).map_or(0, |(ordinal, _)| *ordinal);
                assert_eq!(year.last_ordinal, drawn);
            }
            Some(State::RegisterEntry(entry)) => {
                let on_none = match alone.get(&record.id) {
                    Some(true) => Some(EntryStatus::Reserved),
                    Some(false) => Some(EntryStatus::Void),
                    None => None,
                };
                assert_eq!(entry.document_id.is_empty(), on_none.is_some(), "{}", record.id);
                assert!(on_none.is_none_or(|status| status == entry.status()), "{}", record.id);
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::cases(200), ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_the_law_holds_whatever_is_asked(attempts in tries()) {
        let mut office = Office::new();
        for attempt in attempts {
            run(&mut office, attempt);
        }
        the_order_of_the_law_holds(&office);
        the_numbers_are_consecutive(&office);
        office.world.assert_rebuilds();
    }
}

#[test]
fn random_walks_reach_the_end_of_the_life() {
    // A property that only ever saw refusals would prove nothing.
    let mut office = Office::new();
    let mut seed = 7_usize;
    run(&mut office, Try::Create { named: false });
    for step in 0..400_usize {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = seed >> 33;
        let attempt = match step % 8 {
            0 => Try::Create { named: at.is_multiple_of(2) },
            7 => Try::Act {
                act: u8::try_from(at % usize::from(ACTS)).unwrap(),
                document: at / 16,
                by: at / 64,
            },
            5 if step % 16 == 5 => Try::Reserve { named: true, days: 7 },
            6 if step % 3 == 0 => Try::Take { line: at, document: at / 16 },
            _ => Try::Next(at),
        };
        run(&mut office, attempt);
    }
    let count = |status| {
        office
            .records()
            .filter(|it| matches!(&it.state, Some(State::Outgoing(it)) if it.status() == status))
            .count()
    };
    assert!(count(OutgoingStatus::Issued) + count(OutgoingStatus::Recalled) > 5, "many are issued");
    assert!(count(OutgoingStatus::Drafted) > 0, "some are not");
    let taken = office.world.journal.iter().flat_map(|entry| &entry.events);
    assert!(
        taken.filter(|it| matches!(it.event, Some(E::NumberTaken(_)))).count() > 1,
        "some took a reserved number"
    );
}
