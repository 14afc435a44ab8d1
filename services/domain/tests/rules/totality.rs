//! Whatever the journal says is applied: no event is refused, none panics, whatever the states are.

use domain::apply::{EntryMeta, apply, apply_entry};
use domain::check::check;
use domain::decide::decide;
use domain::policy::authorize;
use domain::states::States;
use domain::testing::{Office, World, give, letter, unit};
use proptest::prelude::*;
use prost::Message;
use proto::record::v1::command::Command as C;
use proto::record::v1::{AssignmentRole, Caller, Command, CompleteAssignment, Event};

/// A world in which much has happened, and the events that made it.
fn lived_in() -> (World, Vec<Event>) {
    let mut office = Office::new();
    let assignments = vec![give(AssignmentRole::Lead, unit(&office.unit))];
    let (_, assigned) = office.direct(letter("1"), assignments.clone(), None);
    office.direct(letter("2"), assignments, None);
    let done = CompleteAssignment { assignment_id: assigned[0].clone(), result: "xong".to_owned() };
    let head = office.head.clone();
    office.world.run(&head, C::CompleteAssignment(done)).expect("completed");
    let events = office.world.journal.iter().flat_map(|entry| entry.events.clone()).collect();
    (office.world, events)
}

/// Ids that are there, ids that are not, and nonsense.
fn any_id() -> impl Strategy<Value = String> {
    let (world, _) = lived_in();
    let ids: Vec<String> = world.records().keys().cloned().collect();
    prop_oneof![
        4 => prop::sample::select(ids),
        1 => "(in|out|asg|per|unit|pos|reg|sy|crt|drv|opn)_[0-9]{1,3}",
        1 => any::<String>(),
    ]
}

/// One field of a message in wire format: small tags, any wire type.
fn any_wire() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        (1u32..40, any::<u64>()).prop_map(|(tag, value)| {
            let mut bytes = Vec::new();
            prost::encoding::uint64::encode(tag, &value, &mut bytes);
            bytes
        }),
        (1u32..40, any_id()).prop_map(|(tag, text)| {
            let mut bytes = Vec::new();
            prost::encoding::string::encode(tag, &text, &mut bytes);
            bytes
        }),
    ];
    leaf.prop_recursive(4, 24, 6, |inner| {
        (1u32..100, prop::collection::vec(inner, 0..6)).prop_map(|(tag, parts)| {
            let mut bytes = Vec::new();
            prost::encoding::bytes::encode(tag, &parts.concat(), &mut bytes);
            bytes
        })
    })
}

/// An event of any kind with any fields: decoded from wire format, so that every enum may be unknown.
fn any_event() -> impl Strategy<Value = Event> {
    let (_, events) = lived_in();
    prop_oneof![
        (any_id(), prop::sample::select(events)).prop_map(|(id, event)| Event { record_id: id, ..event }),
        (any_id(), 10u32..100, prop::collection::vec(any_wire(), 0..8)).prop_map(|(id, tag, parts)| {
            let mut bytes = Vec::new();
            prost::encoding::string::encode(1, &id, &mut bytes);
            prost::encoding::bytes::encode(tag, &parts.concat(), &mut bytes);
            Event::decode(bytes.as_slice()).unwrap_or(Event { record_id: id, event: None })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::cases(400), ..ProptestConfig::default() })]

    #[test]
    fn any_event_is_applied_to_any_state(
        events in prop::collection::vec(any_event(), 1..12),
        position in any::<u64>(),
        at_ms in any::<i64>(),
    ) {
        let (world, _) = lived_in();
        let meta = EntryMeta { position, at_ms, caller: Caller::default() };
        let records = apply_entry(&world, &meta, &events).expect("never refused");
        prop_assert!(records.iter().all(|record| record.version == position));
        for event in &events {
            apply(&World::default(), &meta, event).expect("never refused, not even by nothing");
        }
        for record in &records {
            let _ = domain::index::index(record);
            for (_, caller) in Office::new().everybody().iter().take(1) {
                let _ = domain::index::sees(record, caller);
            }
        }
    }

    #[test]
    fn no_command_makes_the_beats_panic(
        tag in 1u32..90,
        parts in prop::collection::vec(any_wire(), 0..10),
        who in 0usize..11,
    ) {
        let mut bytes = Vec::new();
        prost::encoding::bytes::encode(tag, &parts.concat(), &mut bytes);
        if let Ok(command) = Command::decode(bytes.as_slice())
            && let Ok(checked) = check(command)
        {
            let office = Office::new();
            let caller = office.everybody()[who].1.clone();
            let moment = office.world.moment();
            if let Ok(permit) = authorize(&caller, Some("directory"), checked, &office.world, &moment) {
                let _ = decide(&permit, &office.world, &moment);
            }
        }
    }
}

#[test]
fn an_event_of_a_newer_version_changes_nothing() {
    let (world, _) = lived_in();
    let meta = EntryMeta { position: 99, at_ms: world.at_ms, caller: Caller::default() };
    let unknown = Event { record_id: "in_1".to_owned(), event: None };
    assert_eq!(apply_entry(&world, &meta, &[unknown]), Ok(Vec::new()));
    assert!(world.get("in_404").expect("a map").is_none());
}

#[test]
fn a_checked_command_passes_the_check_again_unchanged() {
    let office = Office::new();
    let mut facts = letter("1");
    facts.subject = "  V/v   ba\u{301}o  ca\u{301}o \n quý I ".to_owned();
    let command = proto::record::v1::ReceiveIncoming {
        facts: Some(facts),
        channel: proto::record::v1::Channel::Paper.into(),
        ..Default::default()
    };
    let once = check(Command { command: Some(C::ReceiveIncoming(command)) }).expect("good").into_command();
    let twice = check(Command { command: Some(once.clone()) }).expect("good").into_command();
    assert_eq!(once, twice);
    let C::ReceiveIncoming(command) = once else { panic!("another command") };
    assert_eq!(command.facts.expect("facts").subject, "V/v báo cáo quý I");
    drop(office);
}
