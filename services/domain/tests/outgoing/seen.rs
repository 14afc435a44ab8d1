//! Who sees an outgoing document, and in which list it waits for whom.

use proto::archive::v1::ListName as L;
use proto::record::v1::OutgoingStatus as S;
use proto::record::v1::{Principal, Recipient};

use crate::office::{self, Office, person};

const STATES: [S; 11] = [
    S::Drafted,
    S::Submitted,
    S::Reviewed,
    S::FormChecked,
    S::Approved,
    S::Signed,
    S::Numbered,
    S::Sealed,
    S::Issued,
    S::Recalled,
    S::Withdrawn,
];

#[test]
fn everybody_sees_what_the_work_asks_for_and_nothing_before() {
    let always = |_: S| true;
    let never = |_: S| false;
    let from = |first: S| move |status: S| status >= first && status != S::Withdrawn;
    type Sees = Box<dyn Fn(S) -> bool>;
    let table: Vec<(&str, Sees)> = vec![
        ("drafter", Box::new(always)),
        ("chief", Box::new(always)),
        ("head", Box::new(always)),
        ("checker2", Box::new(from(S::Reviewed))),
        ("clerk2", Box::new(from(S::Signed))),
        ("officer", Box::new(from(S::Issued))),
        ("deputy", Box::new(from(S::Issued))),
        ("keeper", Box::new(from(S::Issued))),
        ("admin", Box::new(never)),
    ];
    for status in STATES {
        let mut office = Office::new();
        let mut draft = office.draft();
        // One person, so that nobody else of that unit is a recipient.
        draft.recipients[0].inside = Some(person(&office.per("officer")));
        let id = office.create(draft);
        if status == S::Withdrawn {
            office.run("drafter", office::withdraw(&id)).unwrap();
        } else {
            office.walk(&id, status);
        }
        for (name, expected) in &table {
            assert_eq!(office.sees(name, &id), expected(status), "{name} when {status:?}");
            let listed = office.list(name, L::OutgoingByStatus, status) == [id.clone()];
            assert_eq!(listed, expected(status), "list of {name} when {status:?}");
            let all = office.list(name, L::OutgoingAll, S::Unspecified) == [id.clone()];
            assert_eq!(all, expected(status), "list of all of {name} when {status:?}");
        }
    }
}

#[test]
fn versions_of_a_draft_are_for_those_who_work_on_it() {
    let mut office = Office::new();
    let id = office.document_at(S::Drafted);
    let version = format!("drv_{id}_1");
    assert!(
        office.sees("drafter", &version) && office.sees("chief", &version) && office.sees("head", &version)
    );
    assert!(!office.sees("checker2", &version));
    office.walk(&id, S::Reviewed);
    assert!(office.sees("checker2", &version), "who checks the form compares versions");
    office.walk(&id, S::Issued);
    for name in ["clerk2", "officer", "keeper", "deputy", "admin"] {
        assert!(!office.sees(name, &version), "{name}");
    }
}

#[test]
fn a_document_waits_in_exactly_one_list_of_work_and_for_the_right_one() {
    #[rustfmt::skip]
    let table: [(S, &[(&str, L)]); 11] = [
        (S::Drafted, &[("drafter", L::MyDrafts)]),
        (S::Submitted, &[("drafter", L::MyDrafts), ("chief", L::DraftsForReview)]),
        (S::Reviewed, &[("drafter", L::MyDrafts), ("checker", L::DraftsForFormCheck), ("checker2", L::DraftsForFormCheck)]),
        (S::FormChecked, &[("drafter", L::MyDrafts), ("head", L::DraftsForApproval)]),
        (S::Approved, &[("drafter", L::MyDrafts), ("head", L::ForSignature)]),
        (S::Signed, &[("head", L::SignedByMe)]),
        (S::Numbered, &[("head", L::SignedByMe)]),
        (S::Sealed, &[("head", L::SignedByMe)]),
        (S::Issued, &[("head", L::SignedByMe)]),
        (S::Recalled, &[("head", L::SignedByMe)]),
        (S::Withdrawn, &[]),
    ];
    let lists = [
        L::MyDrafts,
        L::MyReturnedDrafts,
        L::DraftsForReview,
        L::DraftsForFormCheck,
        L::DraftsForApproval,
        L::ForSignature,
        L::SignedByMe,
        L::SigningFailed,
    ];
    let everybody = [
        "drafter", "chief", "checker", "checker2", "head", "deputy", "boss", "officer", "clerk", "keeper",
        "admin",
    ];
    for (status, expected) in table {
        let mut office = Office::new();
        let id = office.document_at(status);
        let mut found = Vec::new();
        for name in everybody {
            for list in lists {
                if office.list(name, list, S::Unspecified).contains(&id) {
                    found.push((name, list));
                }
            }
        }
        assert_eq!(found, expected, "{status:?}");
    }
}

#[test]
fn a_returned_draft_is_in_its_own_list_until_it_is_handed_in_again() {
    let mut office = Office::new();
    let id = office.document_at(S::Submitted);
    office.run("chief", office::send_back(&id)).unwrap();
    assert_eq!(office.list("drafter", L::MyReturnedDrafts, S::Unspecified), std::slice::from_ref(&id));
    assert_eq!(office.list("drafter", L::MyDrafts, S::Unspecified), std::slice::from_ref(&id));
    office.run("drafter", office::submit(&id)).unwrap();
    assert!(office.list("drafter", L::MyReturnedDrafts, S::Unspecified).is_empty());
}

#[test]
fn what_is_more_urgent_waits_higher() {
    use proto::record::v1::Urgency;
    let mut office = Office::new();
    let mut ids = Vec::new();
    for urgency in [Urgency::Normal, Urgency::Express, Urgency::Urgent, Urgency::Normal] {
        office.world.at_ms += 60_000;
        let mut draft = office.draft();
        draft.facts.as_mut().unwrap().urgency = urgency.into();
        let id = office.create(draft);
        office.walk(&id, S::Approved);
        ids.push(id);
    }
    let waiting = office.list("head", L::ForSignature, S::Unspecified);
    assert_eq!(waiting, [&ids[1], &ids[2], &ids[0], &ids[3]].map(Clone::clone));
    let drafts = office.list("drafter", L::MyDrafts, S::Unspecified);
    assert_eq!(drafts, [&ids[3], &ids[2], &ids[1], &ids[0]].map(Clone::clone), "newest first");
}

#[test]
fn a_recipient_that_is_a_whole_unit_is_everybody_of_it() {
    let mut office = Office::new();
    let id = office.document_at(S::Issued);
    let recipients: Vec<Option<Principal>> =
        office.document(&id).recipients.into_iter().map(|Recipient { inside, .. }| inside).collect();
    assert_eq!(recipients[0], Some(office::unit(&office.other_unit)));
    assert!(office.sees("officer", &id) && office.sees("boss", &id));
}
