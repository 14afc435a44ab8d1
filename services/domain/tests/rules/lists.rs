//! Lists: every one answered by key ranges, and what they find is what the caller may see.

use domain::index::{KeyRange, fold, index, range, sees};
use domain::overlay::Overlay;
use domain::states::States;
use domain::testing::{Office, World, give, letter, person, unit};
use proptest::prelude::*;
use proto::archive::v1::{ListName, ListRequest};
use proto::record::v1::command::Command as C;
use proto::record::v1::{
    AssignmentRole, Caller, CompleteAssignment, DocumentFacts, HandOn, IncomingStatus, OpenedNow,
    RecordOpened, Urgency, VoidNumber,
};

use crate::{day, document, reason};

/// What the archive does with the ranges: scan each, merge by the sort part, drop doubles.
fn list(world: &World, request: &ListRequest, caller: &Caller) -> Vec<String> {
    let ranges = range(request, caller).expect("a list");
    let mut found: Vec<(Vec<u8>, String)> = Vec::new();
    for KeyRange { prefix, from, to, .. } in ranges {
        for (key, id) in world.scan(&prefix, None, 10_000).expect("a map can be read") {
            let sort = key[prefix.len()..].to_vec();
            if sort >= from && (to.is_empty() || sort < to) {
                found.push((sort, id));
            }
        }
    }
    found.sort();
    found.dedup();
    let ids: Vec<String> = found.into_iter().map(|(_, id)| id).collect();
    for id in &ids {
        assert!(sees(&world.records()[id], caller), "{:?} shows {id}", request.list());
    }
    if request.reverse { ids.into_iter().rev().collect() } else { ids }
}

fn of(name: ListName) -> ListRequest {
    ListRequest { list: name.into(), ..Default::default() }
}

#[test]
fn documents_come_newest_first_and_by_status() {
    let mut office = Office::new();
    let first = office.receive(letter("1"), vec![]);
    office.world.at_ms += 60_000;
    let second = office.register(letter("2"));
    office.world.at_ms += 60_000;
    let third = office.receive(letter("3"), vec![]);
    let all = list(&office.world, &of(ListName::IncomingAll), &office.clerk);
    assert_eq!(all, [third.clone(), second.clone(), first.clone()]);
    let received =
        ListRequest { incoming_status: IncomingStatus::Received.into(), ..of(ListName::IncomingByStatus) };
    assert_eq!(list(&office.world, &received, &office.clerk), [third, first]);
    assert_eq!(list(&office.world, &of(ListName::IncomingAll), &office.archivist), [second]);
    for caller in [&office.administrator, &office.officer, &office.leader] {
        assert!(list(&office.world, &of(ListName::IncomingAll), caller).is_empty());
    }
}

#[test]
fn a_register_is_ascending_and_its_other_end_first_when_asked() {
    let mut office = Office::new();
    let ids: Vec<String> = (1..=12).map(|n| office.register(letter(&n.to_string()))).collect();
    let series_id = document(&office.world, &ids[0]).number.clone().expect("a number").series_id;
    let request = ListRequest { series_id: series_id.clone(), year: 2026, ..of(ListName::Register) };
    let lines = list(&office.world, &request, &office.clerk);
    let wanted: Vec<String> = (1..=12).map(|n| format!("reg_{series_id}_2026_{n}")).collect();
    assert_eq!(lines, wanted);
    let reversed = ListRequest { reverse: true, ..request.clone() };
    assert_eq!(list(&office.world, &reversed, &office.archivist)[0], format!("reg_{series_id}_2026_12"));
    assert!(list(&office.world, &request, &office.officer).is_empty());
    assert!(list(&office.world, &ListRequest { year: 2025, ..request }, &office.clerk).is_empty());
    for reader in [&office.clerk, &office.administrator] {
        let standing = list(&office.world, &of(ListName::SeriesYears), reader);
        assert_eq!(standing, [format!("sy_{series_id}_2026")]);
    }
}

#[test]
fn void_numbers_of_a_year_stand_in_one_list() {
    let mut office = Office::new();
    let ids: Vec<String> = (1..=3).map(|n| office.register(letter(&n.to_string()))).collect();
    let series_id = document(&office.world, &ids[0]).number.clone().expect("a number").series_id;
    let of_year = |year| ListRequest { year, ..of(ListName::VoidNumbers) };
    assert!(list(&office.world, &of_year(2026), &office.clerk).is_empty());
    for ordinal in [3, 1] {
        let void = VoidNumber {
            entry_id: format!("reg_{series_id}_2026_{ordinal}"),
            reason: "vào trùng".to_owned(),
        };
        office.world.run(&office.clerk, C::VoidNumber(void)).expect("void");
    }
    let wanted = [format!("reg_{series_id}_2026_1"), format!("reg_{series_id}_2026_3")];
    for reader in [&office.clerk, &office.archivist] {
        assert_eq!(list(&office.world, &of_year(2026), reader), wanted);
    }
    assert!(list(&office.world, &of_year(2025), &office.clerk).is_empty());
    assert!(list(&office.world, &of_year(2026), &office.officer).is_empty());
    assert_eq!(reason(range(&of_year(0), &office.clerk)), "OUT_OF_RANGE");
}

#[test]
fn a_register_is_cut_by_days() {
    let mut office = Office::new();
    let mut lines = Vec::new();
    for n in 1..=6 {
        let id = office.register(letter(&n.to_string()));
        lines.push(document(&office.world, &id).number.clone().expect("a number"));
        office.world.at_ms += 16 * 3_600_000;
    }
    let series_id = lines[0].series_id.clone();
    let request = ListRequest { series_id: series_id.clone(), year: 2026, ..of(ListName::Register) };
    let days = |from: Option<i32>, to: Option<i32>| ListRequest {
        drawn_from: from.map(|d| day(3, d)),
        drawn_to: to.map(|d| day(3, d)),
        ..request.clone()
    };
    for (from, to) in
        [(Some(2), Some(2)), (Some(3), None), (None, Some(4)), (Some(3), Some(5)), (Some(5), Some(4))]
    {
        let wanted: Vec<String> = lines
            .iter()
            .filter(|number| {
                let day = number.date.expect("a date").day;
                from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
            })
            .map(|number| format!("reg_{series_id}_2026_{}", number.ordinal))
            .collect();
        assert_eq!(list(&office.world, &days(from, to), &office.clerk), wanted, "{from:?} to {to:?}");
        let reversed = ListRequest { reverse: true, ..days(from, to) };
        let backwards: Vec<String> = wanted.into_iter().rev().collect();
        assert_eq!(list(&office.world, &reversed, &office.archivist), backwards, "{from:?} to {to:?}");
        assert!(list(&office.world, &days(from, to), &office.officer).is_empty());
    }
    let unreal = ListRequest { drawn_to: Some(day(2, 30)), ..request };
    assert_eq!(reason(range(&unreal, &office.clerk)), "BAD_DATE");
}

#[test]
fn the_leaders_list_has_the_urgent_first_and_then_the_oldest() {
    let mut office = Office::new();
    let slow = office.submit(letter("1"));
    office.world.at_ms += 60_000;
    let normal = office.submit(letter("2"));
    office.world.at_ms += 60_000;
    let express = office.submit(DocumentFacts { urgency: Urgency::Express.into(), ..letter("3") });
    let waiting = list(&office.world, &of(ListName::IncomingForDirection), &office.leader);
    assert_eq!(waiting, [express, slow, normal]);
    assert!(list(&office.world, &of(ListName::IncomingForDirection), &office.deputy).is_empty());
}

#[test]
fn work_is_listed_for_person_and_unit_by_deadline() {
    use AssignmentRole::{ForInformation, Lead, Supporting};
    let mut office = Office::new();
    let me = person(&office.officer.person_id);
    let informed = person(&office.office_officer.person_id);
    let (document_id, later) = office.direct(
        letter("1"),
        vec![
            give(Lead, me.clone()),
            give(Supporting, unit(&office.office_unit)),
            give(ForInformation, informed),
        ],
        Some(day(3, 20)),
    );
    let (_, sooner) = office.direct(letter("2"), vec![give(Lead, unit(&office.unit))], Some(day(3, 10)));
    let (_, never) = office.direct(letter("3"), vec![give(Lead, me)], None);
    let lead = of(ListName::MyLead);
    let world = &office.world;
    assert_eq!(list(world, &lead, &office.officer), [sooner[0].clone(), later[0].clone(), never[0].clone()]);
    assert_eq!(list(world, &lead, &office.head), [sooner[0].clone()]);
    let until = ListRequest { due_before: Some(day(3, 20)), ..lead.clone() };
    assert_eq!(list(world, &until, &office.officer), [sooner[0].clone()]);
    let from = ListRequest { due_from: Some(day(3, 20)), due_before: Some(day(3, 21)), ..lead.clone() };
    assert_eq!(list(world, &from, &office.officer), [later[0].clone()]);
    assert_eq!(list(world, &of(ListName::MySupporting), &office.clerk), [later[1].clone()]);
    assert_eq!(list(world, &of(ListName::MyInformation), &office.office_officer), [later[2].clone()]);
    assert_eq!(
        list(world, &of(ListName::GivenByMe), &office.leader),
        [sooner[0].clone(), later[0].clone(), later[1].clone(), never[0].clone()]
    );
    assert_eq!(list(world, &of(ListName::OpenAssignments), &office.clerk).len(), 4);

    // Opened: no longer to be read. Handed on: one line of work, with the officer. Completed: in the other list.
    let at = Some(office.world.moment().timestamp());
    let opened = RecordOpened { opened: vec![OpenedNow { document_id, at }] };
    office.world.run(&office.office_officer, C::RecordOpened(opened)).expect("opened");
    assert!(list(&office.world, &of(ListName::MyInformation), &office.office_officer).is_empty());
    let hand_on = HandOn {
        assignment_id: sooner[0].clone(),
        person_id: office.other_officer.person_id.clone(),
        instruction: String::new(),
        due_date: None,
    };
    office.world.run(&office.head, C::HandOn(hand_on)).expect("handed on");
    assert!(list(&office.world, &lead, &office.head).is_empty());
    let child = list(&office.world, &lead, &office.other_officer);
    assert_eq!(child.len(), 1);
    assert_eq!(list(&office.world, &of(ListName::OpenAssignments), &office.clerk).len(), 4);
    let done = CompleteAssignment { assignment_id: child[0].clone(), result: "xong".to_owned() };
    office.world.run(&office.other_officer, C::CompleteAssignment(done)).expect("completed");
    assert_eq!(list(&office.world, &of(ListName::MyCompleted), &office.other_officer).len(), 2);
    assert_eq!(list(&office.world, &of(ListName::MyCompleted), &office.head), [sooner[0].clone()]);
}

#[test]
fn people_are_listed_by_their_given_names() {
    let office = Office::new();
    let names: Vec<String> = list(&office.world, &of(ListName::People), &office.officer)
        .iter()
        .map(|id| crate::a_person(&office.world, id).full_name.clone())
        .collect();
    let mut wanted = names.clone();
    wanted.sort_by_key(|name| {
        let folded = fold(name);
        (folded.rsplit(' ').next().map(str::to_owned), folded)
    });
    assert_eq!(names, wanted);
    assert_eq!(names.len(), 11);
    for name in [ListName::Units, ListName::Positions, ListName::Series] {
        assert!(!list(&office.world, &of(name), &office.officer).is_empty());
    }
    for name in [ListName::Delegations, ListName::Holidays, ListName::Certificates] {
        assert!(list(&office.world, &of(name), &office.officer).is_empty());
    }
}

#[test]
fn every_list_has_an_answer_and_wrong_parameters_are_told() {
    let office = Office::new();
    for number in 1..=200 {
        let Ok(name) = ListName::try_from(number) else { continue };
        let request = ListRequest {
            series_id: "ser_1".to_owned(),
            year: 2026,
            incoming_status: IncomingStatus::Received.into(),
            outgoing_status: proto::record::v1::OutgoingStatus::Drafted.into(),
            evidence_level: proto::record::v1::SignatureLevel::Basic.into(),
            ..of(name)
        };
        let answered = office
            .everybody()
            .into_iter()
            .any(|(_, caller)| !range(&request, caller).expect("an answer").is_empty());
        assert!(answered, "{name:?} answers nobody");
    }
    for (request, why) in [
        (of(ListName::Unspecified), "UNKNOWN_CHOICE"),
        (ListRequest { list: 999, ..Default::default() }, "UNKNOWN_CHOICE"),
        (of(ListName::IncomingByStatus), "UNKNOWN_CHOICE"),
        (of(ListName::ByEvidence), "UNKNOWN_CHOICE"),
        (of(ListName::Register), "BAD_ID"),
        (ListRequest { series_id: "ser_1".to_owned(), ..of(ListName::Register) }, "OUT_OF_RANGE"),
        (ListRequest { due_from: Some(day(2, 31)), ..of(ListName::MyLead) }, "BAD_DATE"),
    ] {
        assert_eq!(reason(range(&request, &office.clerk)), why);
    }
}

#[test]
fn every_key_is_unique_and_ends_with_its_id() {
    let mut office = Office::new();
    office.direct(letter("1"), vec![give(AssignmentRole::Lead, unit(&office.unit))], Some(day(3, 20)));
    let mut seen = std::collections::BTreeSet::new();
    for record in office.world.records().values() {
        for key in index(record) {
            assert!(key.ends_with(record.id.as_bytes()));
            assert!(seen.insert(key));
        }
    }
}

proptest! {
    #[test]
    fn an_overlay_reads_as_if_it_were_written(split in 0usize..60, skip in 0usize..200, limit in 0usize..40) {
        let mut office = Office::new();
        for n in 1..=6 {
            let assignments = vec![give(AssignmentRole::Lead, unit(&office.unit))];
            office.direct(letter(&n.to_string()), assignments, None);
        }
        // The world as of `split` entries, with everything later laid over it.
        let mut before = World::default();
        let split = split.min(office.world.journal.len());
        for entry in &office.world.journal[..split] {
            before.at_ms = entry.meta.at_ms;
            before.record(&entry.meta.caller, entry.events.clone()).expect("a map");
        }
        let mut overlay = Overlay::new(&before);
        for entry in &office.world.journal[split..] {
            for record in domain::apply::apply_entry(&overlay, &entry.meta, &entry.events).expect("a map") {
                overlay.put(record).expect("a map");
            }
        }
        for id in office.world.records().keys() {
            prop_assert_eq!(overlay.get(id).expect("a map"), office.world.get(id).expect("a map"));
        }
        let all = office.world.scan(&[], None, usize::MAX).expect("a map");
        let after = all.get(skip).map(|(key, _)| key.as_slice());
        for prefix in [&[][..], &[domain::index::Code::MyLead as u8][..], &[domain::index::Code::IncomingAll as u8, 3][..]] {
            prop_assert_eq!(
                overlay.scan(prefix, after, limit).expect("a map"),
                office.world.scan(prefix, after, limit).expect("a map")
            );
        }
    }
}
