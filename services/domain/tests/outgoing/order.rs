//! The order of the law: what each command answers in each state.

use domain::reasons::*;
use proto::record::v1::command::Command as C;
use proto::record::v1::{DeliveryStatus, OutgoingStatus as S, ReviseDraft};

use crate::office::{self, Office, outcome};

const OK: &str = "OK";

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

type Give = fn(&mut Office, &str) -> (&'static str, C);

/// Each command, given by one who sees the document and may by the policy, with its answer in each of [`STATES`].
#[rustfmt::skip]
const TABLE: &[(&str, Give, [&str; 11])] = &[
    ("revise", |office, id| {
        let draft = office.draft();
        ("drafter", C::ReviseDraft(ReviseDraft { document_id: id.into(), draft: Some(draft), note: String::new() }))
    }, [OK, OK, OK, OK, OK, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED, RECALLED, DRAFT_WITHDRAWN]),
    ("withdraw", |_, id| ("drafter", office::withdraw(id)),
     [OK, OK, OK, OK, OK, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED, RECALLED, DRAFT_WITHDRAWN]),
    ("submit", |_, id| ("drafter", office::submit(id)),
     [OK, ALREADY_SUBMITTED, ALREADY_SUBMITTED, ALREADY_SUBMITTED, ALREADY_SUBMITTED, ALREADY_SUBMITTED, ALREADY_SUBMITTED,
      ALREADY_SUBMITTED, ALREADY_SUBMITTED, RECALLED, DRAFT_WITHDRAWN]),
    ("review", |_, id| ("chief", office::review(id)),
     [NOT_SUBMITTED, OK, ALREADY_REVIEWED, ALREADY_REVIEWED, ALREADY_REVIEWED, ALREADY_REVIEWED, ALREADY_REVIEWED,
      ALREADY_REVIEWED, ALREADY_REVIEWED, RECALLED, DRAFT_WITHDRAWN]),
    ("check form", |_, id| ("checker", office::check_form(id)),
     [NOT_REVIEWED, NOT_REVIEWED, OK, ALREADY_FORM_CHECKED, ALREADY_FORM_CHECKED, ALREADY_FORM_CHECKED,
      ALREADY_FORM_CHECKED, ALREADY_FORM_CHECKED, ALREADY_FORM_CHECKED, RECALLED, DRAFT_WITHDRAWN]),
    ("initial", |_, id| ("checker", office::initial(id)),
     [NOT_SUBMITTED, OK, OK, OK, OK, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED, RECALLED,
      DRAFT_WITHDRAWN]),
    ("head of unit returns", |_, id| ("chief", office::send_back(id)),
     [NOT_SUBMITTED, OK, NOT_YOUR_STEP, NOT_YOUR_STEP, NOT_YOUR_STEP, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED,
      ALREADY_SIGNED, RECALLED, DRAFT_WITHDRAWN]),
    ("form checker returns", |_, id| ("checker", office::send_back(id)),
     [NOT_SUBMITTED, NOT_YOUR_STEP, OK, NOT_YOUR_STEP, NOT_YOUR_STEP, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED,
      ALREADY_SIGNED, RECALLED, DRAFT_WITHDRAWN]),
    ("signer returns", |_, id| ("head", office::send_back(id)),
     [NOT_SUBMITTED, NOT_YOUR_STEP, NOT_YOUR_STEP, OK, OK, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED,
      RECALLED, DRAFT_WITHDRAWN]),
    ("approve", |office, id| ("head", C::ApproveDraft(office.approve(id))),
     [NOT_FORM_CHECKED, NOT_FORM_CHECKED, NOT_FORM_CHECKED, OK, ALREADY_APPROVED, ALREADY_APPROVED, ALREADY_APPROVED,
      ALREADY_APPROVED, ALREADY_APPROVED, RECALLED, DRAFT_WITHDRAWN]),
    ("sign", |office, id| ("head", C::RecordSigned(office.sign(id, "head"))),
     [NOT_APPROVED, NOT_APPROVED, NOT_APPROVED, NOT_APPROVED, OK, ALREADY_SIGNED, ALREADY_SIGNED, ALREADY_SIGNED,
      ALREADY_SIGNED, RECALLED, DRAFT_WITHDRAWN]),
    ("number", |_, id| ("clerk", office::number(id, "QĐ-SNV")),
     [NOT_SIGNED, NOT_SIGNED, NOT_SIGNED, NOT_SIGNED, NOT_SIGNED, OK, ALREADY_NUMBERED, ALREADY_NUMBERED, ALREADY_NUMBERED,
      RECALLED, DRAFT_WITHDRAWN]),
    ("seal", |office, id| ("clerk", C::RecordSealed(office.seal(id))),
     [NOT_NUMBERED, NOT_NUMBERED, NOT_NUMBERED, NOT_NUMBERED, NOT_NUMBERED, NOT_NUMBERED, OK, ALREADY_SEALED,
      ALREADY_SEALED, RECALLED, DRAFT_WITHDRAWN]),
    ("issue", |_, id| ("clerk", office::issue(id)),
     [NOT_SEALED, NOT_SEALED, NOT_SEALED, NOT_SEALED, NOT_SEALED, NOT_SEALED, NOT_SEALED, OK, ALREADY_ISSUED, RECALLED,
      DRAFT_WITHDRAWN]),
    ("delivery", |_, id| ("clerk", office::delivery(id, 1, DeliveryStatus::Sent)),
     [NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, OK, RECALLED,
      DRAFT_WITHDRAWN]),
    ("recall", |_, id| ("clerk", office::recall(id)),
     [NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, NOT_ISSUED, OK, RECALLED,
      DRAFT_WITHDRAWN]),
];

#[test]
fn every_command_answers_by_the_order_of_the_law_in_every_state() {
    for (at, state) in STATES.into_iter().enumerate() {
        let mut office = Office::new();
        let id = office.document_at(state);
        for (what, give, answers) in TABLE {
            let mut copy = office.clone();
            let before = copy.record(&id).clone();
            let (name, command) = give(&mut copy, &id);
            let result = copy.run(name, command);
            assert_eq!(outcome(&result), answers[at], "{what} when {state:?}");
            if result.is_err() {
                assert_eq!(*copy.record(&id), before, "a refused {what} changes nothing");
            }
        }
    }
}

#[test]
fn the_whole_life_leaves_every_hand_on_the_document() {
    let mut office = Office::new();
    let id = office.document_at(S::Issued);
    let document = office.document(&id);
    let facts = document.facts.clone().unwrap();
    assert_eq!((facts.number.as_str(), facts.notation.as_str()), ("01", "QĐ-SNV"));
    assert_eq!(facts.issued_date, Some(office::TODAY), "number and date are of one day");
    assert_eq!(document.number.clone().unwrap().date, facts.issued_date);
    assert_eq!(facts.issuer, "Sở Nội vụ tỉnh Minh Giang");
    let signer = facts.signer.unwrap();
    assert_eq!((signer.position.as_str(), signer.full_name.as_str()), ("Giám đốc", "Nguyễn Giám Đốc"));
    assert_eq!(
        (document.drafter_id.clone(), document.unit_id.clone()),
        (office.per("drafter"), office.drafting_unit.clone())
    );
    for (what, remark, who) in [
        ("reviewed", &document.reviewed, office.per("chief")),
        ("form checked", &document.form_checked, office.per("checker")),
        ("approved", &document.approved, office.per("head")),
    ] {
        assert_eq!(remark.as_ref().map(|remark| remark.person_id.clone()), Some(who), "{what}");
    }
    assert!(document.signed_at.is_some() && document.sealed_at.is_some() && document.issued_at.is_some());
    assert_eq!((document.sealed_by, document.issued_by), (office.per("clerk"), office.per("clerk")));
    assert_eq!(document.files[0].name, "da-dong-dau.pdf", "the sealed file is the main one");
    assert_eq!(document.files.len(), 2);
    assert_eq!(document.files[1].size, 9_400, "the attachment is the sealed one");
    assert_eq!(document.signatures.unwrap().signatures.len(), 2);
    assert!(document.fields_prepared);
    assert_eq!(document.places.len(), 4);
    office.world.assert_rebuilds();
}
