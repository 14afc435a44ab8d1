//! Issue, delivery, recall: who gets it and who is told.

use domain::reasons::*;
use proto::archive::v1::ListName;
use proto::record::v1::event::Event as E;
use proto::record::v1::*;

use crate::office::{self, Office, outcome, person, unit};

#[test]
fn whoever_is_inside_gets_it_for_information_and_whoever_is_outside_is_listed() {
    let mut office = Office::new();
    let mut draft = office.draft();
    draft.recipients.push(Recipient { inside: Some(person(&office.per("boss"))), ..Recipient::default() });
    draft.facts.as_mut().unwrap().urgency = Urgency::Urgent.into();
    let id = office.create(draft);
    office.walk(&id, OutgoingStatus::Sealed);
    assert!(office.assignments(&id).is_empty(), "nothing reaches anybody before issue");
    office.run("clerk", office::issue(&id)).unwrap();

    let sent: Vec<_> = office.document(&id).recipients.iter().map(Recipient::delivery).collect();
    assert_eq!(sent, [DeliveryStatus::Sent, DeliveryStatus::Pending, DeliveryStatus::Sent]);
    let told = office.assignments(&id);
    let assignees: Vec<_> = told.iter().map(|it| it.assignee.clone().unwrap()).collect();
    assert_eq!(assignees, [unit(&office.other_unit), person(&office.per("boss"))]);
    for it in &told {
        assert_eq!(it.role(), AssignmentRole::ForInformation, "it is no work");
        assert_eq!(it.due_date, None, "it is never late");
        assert_eq!(it.status(), AssignmentStatus::Open);
        assert_eq!((it.subject.as_str(), it.urgency()), ("Về việc kiện toàn Tổ công tác", Urgency::Urgent));
        assert_eq!(it.assigned_by, office.per("clerk"));
    }
    let read = |name| office.list(name, ListName::MyInformation, OutgoingStatus::Unspecified).len();
    assert_eq!(
        (read("boss"), read("officer"), read("drafter")),
        (2, 1, 0),
        "boss by name and as one of the unit"
    );
    office.world.assert_rebuilds();
}

#[test]
fn without_a_recipient_nothing_is_issued() {
    let mut office = Office::new();
    let draft = CreateDraft { recipients: vec![], ..office.draft() };
    let id = office.create(draft);
    office.walk(&id, OutgoingStatus::Sealed);
    assert_eq!(outcome(&office.run("clerk", office::issue(&id))), NO_RECIPIENTS);
}

#[test]
fn somebody_who_left_since_does_not_keep_it_from_the_others() {
    let mut office = Office::new();
    let mut draft = office.draft();
    draft.recipients.push(Recipient { inside: Some(person(&office.per("officer"))), ..Recipient::default() });
    let id = office.create(draft);
    office.walk(&id, OutgoingStatus::Sealed);
    let gone = Person { active: false, ..office.person("officer") };
    office.set(&office.per("officer"), E::PersonChanged(gone));
    office.run("clerk", office::issue(&id)).unwrap();
    assert_eq!(office.document(&id).recipients[2].delivery(), DeliveryStatus::Failed);
    assert_eq!(office.assignments(&id).len(), 1);
}

#[test]
fn the_clerk_tells_the_delivery_to_those_outside() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Issued);
    for (what, name, recipient, answer) in [
        ("outside", "clerk", 1, "OK"),
        ("inside", "clerk", 0, RECIPIENT_INSIDE),
        ("nobody", "clerk", 2, NO_SUCH_RECIPIENT),
        ("before the first", "clerk", -1, OUT_OF_RANGE),
        ("by the drafter", "drafter", 1, NOT_YOUR_ROLE),
    ] {
        let command = office::delivery(&id, recipient, DeliveryStatus::Acknowledged);
        assert_eq!(outcome(&office.run(name, command)), answer, "{what}");
    }
    let recipient = office.document(&id).recipients[1].clone();
    assert_eq!(
        (recipient.delivery(), recipient.note.as_str()),
        (DeliveryStatus::Acknowledged, "Gửi qua bưu điện")
    );
    let again = office.run("clerk", office::delivery(&id, 1, DeliveryStatus::Acknowledged));
    assert_eq!(again, Ok(vec![]), "the same again changes nothing");
}

#[test]
fn a_recall_freezes_the_document_and_tells_whoever_has_it() {
    for (name, answer) in [
        ("clerk2", "OK"),
        ("head", "OK"),
        ("deputy", "OK"),
        ("drafter", NOT_YOUR_ROLE),
        ("keeper", NOT_YOUR_ROLE),
        // Not even by the unit that it went to.
        ("admin", "UNKNOWN"),
    ] {
        let mut office = Office::new();
        let id = office.document_at(OutgoingStatus::Issued);
        let before = office.document(&id);
        assert_eq!(outcome(&office.run(name, office::recall(&id))), answer, "{name}");
        if answer != "OK" {
            continue;
        }
        let after = office.document(&id);
        assert_eq!(
            (after.status(), after.recall_reason.as_str()),
            (OutgoingStatus::Recalled, "Sai căn cứ pháp lý")
        );
        assert_eq!(
            (&after.facts, &after.files, &after.number),
            (&before.facts, &before.files, &before.number)
        );
        let told = office.assignments(&id);
        assert_eq!(told.len(), 2, "once at issue, once at recall");
        let last = told.iter().find(|it| !it.instruction.is_empty()).unwrap();
        assert_eq!(last.instruction, "Thu hồi văn bản: Sai căn cứ pháp lý");
        assert_eq!(last.role(), AssignmentRole::ForInformation);
        assert!(office.sees("officer", &id), "those who have it see that it is recalled");
        office.world.assert_rebuilds();
    }
}
