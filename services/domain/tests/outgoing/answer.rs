//! An outgoing document that answers an incoming one.

use domain::reasons::*;
use domain::testing;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::*;

use crate::office::{Office, outcome};

/// A letter that came in and stands in the register; directed to the drafter where `directed`.
fn incoming(office: &mut Office, directed: bool) -> (String, Option<String>) {
    let facts = testing::letter("15");
    let receive = ReceiveIncoming {
        facts: Some(facts.clone()),
        channel: Channel::Paper.into(),
        ..ReceiveIncoming::default()
    };
    let made = office.run("clerk2", C::ReceiveIncoming(receive)).unwrap();
    let id = made.iter().find(|record| record.id.starts_with("in_")).unwrap().id.clone();
    let register = RegisterIncoming {
        document_id: id.clone(),
        facts: Some(facts),
        arrival_date: Some(office.world.today()),
        submit_to: office.per("head"),
        ..RegisterIncoming::default()
    };
    office.run("clerk2", C::RegisterIncoming(register)).unwrap();
    if !directed {
        return (id, None);
    }
    let lead = testing::give(AssignmentRole::Lead, testing::person(&office.per("drafter")));
    let direct = DirectIncoming {
        document_id: id.clone(),
        text: "Tham mưu trả lời".into(),
        assignments: vec![lead],
        due_date: None,
    };
    let made = office.run("head", C::DirectIncoming(direct)).unwrap();
    let assignment = made.iter().find(|record| record.id.starts_with("asg_")).unwrap().id.clone();
    (id, Some(assignment))
}

fn state(office: &Office, id: &str) -> IncomingDocument {
    match office.world.state(id) {
        State::Incoming(document) => document.clone(),
        other => panic!("{id} is {other:?}"),
    }
}

#[test]
fn the_answer_completes_the_incoming_document_and_its_lead_in_the_entry_of_the_issue() {
    let mut office = Office::new();
    let (incoming_id, lead) = incoming(&mut office, true);
    let draft = CreateDraft { answers_id: incoming_id.clone(), ..office.draft() };
    let id = office.create(draft);
    office.walk(&id, OutgoingStatus::Sealed);
    assert_eq!(state(&office, &incoming_id).status(), IncomingStatus::Directed, "not before the issue");
    let entries = office.world.journal.len();
    office.walk(&id, OutgoingStatus::Issued);
    assert_eq!(office.world.journal.len(), entries + 1, "one entry");

    let answered = state(&office, &incoming_id);
    assert_eq!(answered.status(), IncomingStatus::Completed);
    assert_eq!(answered.answered_by, std::slice::from_ref(&id));
    let State::Assignment(lead) = office.world.state(&lead.unwrap()).clone() else { panic!("no assignment") };
    assert_eq!(lead.status(), AssignmentStatus::Completed);
    office.world.assert_rebuilds();

    // A second answer is added to the first.
    let draft = CreateDraft { answers_id: incoming_id.clone(), ..office.draft() };
    let second = office.create(draft);
    office.walk(&second, OutgoingStatus::Issued);
    assert_eq!(state(&office, &incoming_id).answered_by, [id, second]);
}

#[test]
fn only_what_the_drafter_sees_and_what_stands_in_the_register_is_answered() {
    let mut office = Office::new();
    let (undirected, _) = incoming(&mut office, false);
    let draft = CreateDraft { answers_id: undirected.clone(), ..office.draft() };
    assert_eq!(
        outcome(&office.create_by("drafter", draft.clone())),
        NOT_THERE,
        "the drafter does not see it"
    );
    assert_eq!(outcome(&office.create_by("head", draft)), "OK", "the leader does");

    let receive = ReceiveIncoming {
        facts: Some(testing::letter("16")),
        channel: Channel::Paper.into(),
        ..ReceiveIncoming::default()
    };
    let made = office.run("clerk", C::ReceiveIncoming(receive)).unwrap();
    let unregistered = made.iter().find(|record| record.id.starts_with("in_")).unwrap().id.clone();
    let draft = CreateDraft { answers_id: unregistered, ..office.draft() };
    assert_eq!(outcome(&office.create_by("clerk", draft)), NOT_ANSWERABLE);
}

#[test]
fn what_is_answered_may_end_before_the_answer_is_issued() {
    let mut office = Office::new();
    let (incoming_id, _) = incoming(&mut office, true);
    let draft = CreateDraft { answers_id: incoming_id.clone(), ..office.draft() };
    let id = office.create(draft);
    office.walk(&id, OutgoingStatus::Sealed);
    let number = state(&office, &incoming_id).number.unwrap();
    let entry_id = domain::id::register_entry(&number.series_id, number.year, number.ordinal, "");
    office.run("clerk", C::VoidNumber(VoidNumber { entry_id, reason: "Vào sổ nhầm".into() })).unwrap();
    office.walk(&id, OutgoingStatus::Issued);
    assert_eq!(state(&office, &incoming_id).status(), IncomingStatus::Void);
}
