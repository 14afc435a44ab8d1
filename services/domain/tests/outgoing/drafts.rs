//! Drafts: what they must say, and what a change does to what was said on them.

use domain::reasons::*;
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::*;

use crate::office::{self, Office, outcome, person, reason};

fn revise(id: &str, draft: CreateDraft) -> C {
    C::ReviseDraft(ReviseDraft {
        document_id: id.into(), draft: Some(draft), note: "Sửa theo góp ý".into()
    })
}

/// The draft as a form would send it back.
fn shown(office: &Office, id: &str) -> CreateDraft {
    let document = office.document(id);
    CreateDraft {
        facts: document.facts,
        files: document.files,
        letter_digest: document.letter_digest,
        text_digest: document.text_digest,
        places: document.places,
        signer_id: document.signer_id,
        signer_position_id: document.signer_position_id,
        capacity: document.capacity,
        delegation_id: document.delegation_id,
        recipients: document.recipients,
        answers_id: document.answers_id,
        copies: document.copies,
    }
}

#[test]
fn a_draft_with_a_wrong_field_is_told_the_field_and_the_reason() {
    type Spoil = fn(&Office, &mut CreateDraft);
    fn facts(draft: &mut CreateDraft) -> &mut DocumentFacts {
        draft.facts.as_mut().unwrap()
    }
    #[rustfmt::skip]
    let table: &[(&str, &str, Spoil)] = &[
        ("facts", REQUIRED, |_, it| it.facts = None),
        ("facts.kind", REQUIRED, |_, it| facts(it).kind = 0),
        ("facts.kind", KIND_NOT_ISSUED, |_, it| facts(it).kind = DocumentKind::Other.into()),
        ("facts.subject", REQUIRED, |_, it| facts(it).subject = "  ".into()),
        ("facts.number", NOT_ALLOWED_HERE, |_, it| facts(it).number = "15".into()),
        ("facts.issued_date", NOT_ALLOWED_HERE, |_, it| facts(it).issued_date = Some(office::TODAY)),
        ("facts.notation", NOTATION_BAD, |_, it| facts(it).notation = "qđ snv".into()),
        ("facts.notation", NOTATION_NOT_OF_KIND, |_, it| facts(it).notation = "KH-SNV".into()),
        ("facts.marking", REQUIRED, |_, it| facts(it).marking = 0),
        ("facts.marking", SECRET_NOT_DRAFTED, |_, it| facts(it).marking = SecurityMarking::Secret.into()),
        ("facts.urgency", REQUIRED, |_, it| facts(it).urgency = 0),
        ("files", REQUIRED, |_, it| it.files.clear()),
        ("files[0].media_type", NOT_A_PDF, |_, it| it.files[0].media_type = "image/png".into()),
        ("files[0].digest", BAD_DIGEST, |_, it| it.files[0].digest = "abc".into()),
        ("letter_digest", BAD_DIGEST, |_, it| it.letter_digest = "abc".into()),
        ("places[1].name", TWICE, |_, it| { it.places = office::four_places(); it.places[1].name = it.places[0].name; }),
        ("places[0].page", OUT_OF_RANGE, |_, it| { it.places = office::four_places(); it.places[0].page = 0; }),
        ("places[0].width", OUT_OF_RANGE, |_, it| { it.places = office::four_places(); it.places[0].width = 0; }),
        ("signer_id", REQUIRED, |_, it| it.signer_id.clear()),
        ("signer_id", NOT_THERE, |_, it| it.signer_id = "per_nobody".into()),
        ("signer_position_id", BAD_ID, |_, it| it.signer_position_id = "per_head".into()),
        ("signer_position_id", NOT_THERE, |_, it| it.signer_position_id = "pos_nobody".into()),
        ("signer_position_id", SIGNER_NOT_IN_POSITION, |office, it| it.signer_position_id = office.pos("deputy")),
        ("capacity", REQUIRED, |_, it| it.capacity = 0),
        ("capacity", UNKNOWN_CHOICE, |_, it| it.capacity = 99),
        ("capacity", CAPACITY_NOT_GIVEN, |_, it| it.capacity = SigningCapacity::ForHead.into()),
        ("delegation_id", REQUIRED, |_, it| it.capacity = SigningCapacity::ByAuthorization.into()),
        ("delegation_id", NOT_ALLOWED_HERE, |_, it| it.delegation_id = "del_1".into()),
        ("delegation_id", NOT_THERE, |_, it| {
            it.capacity = SigningCapacity::ByAuthorization.into();
            it.delegation_id = "del_nothing".into();
        }),
        ("recipients[1].name", REQUIRED, |_, it| it.recipients[1].name.clear()),
        ("recipients[0].inside.unit_id", BAD_ID, |_, it| it.recipients[0].inside = Some(office::unit("per_1"))),
        ("recipients[0].inside", NOT_THERE, |_, it| it.recipients[0].inside = Some(office::unit("unit_nothing"))),
        ("recipients[1].inside", TWICE, |_, it| it.recipients[1] = it.recipients[0].clone()),
        ("answers_id", BAD_ID, |_, it| it.answers_id = "out_1".into()),
        ("answers_id", NOT_THERE, |_, it| it.answers_id = "in_404".into()),
        ("copies", OUT_OF_RANGE, |_, it| it.copies = -1),
    ];
    for (field, expected, spoil) in table {
        let mut office = Office::new();
        let mut draft = office.draft();
        spoil(&office, &mut draft);
        let Err(Fault::Invalid(violations)) = office.create_by("drafter", draft) else {
            panic!("{field} {expected} was let through")
        };
        let told: Vec<_> = violations.iter().map(|it| (it.field.as_str(), it.reason)).collect();
        assert_eq!(told, [(*field, *expected)]);
    }
}

#[test]
fn the_path_of_a_wrong_field_names_the_draft_within_a_revision() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Drafted);
    let draft = CreateDraft { capacity: SigningCapacity::Acting.into(), ..office.draft() };
    let Err(Fault::Invalid(violations)) = office.run("drafter", revise(&id, draft)) else {
        panic!("let through")
    };
    assert_eq!((violations[0].field.as_str(), violations[0].reason), ("draft.capacity", CAPACITY_NOT_GIVEN));
}

#[test]
fn only_those_who_work_on_documents_draft() {
    for (name, answer) in [
        ("officer", "OK"),
        ("boss", "OK"),
        ("head", "OK"),
        ("clerk", "OK"),
        ("keeper", NOT_YOUR_ROLE),
        ("admin", NOT_YOUR_ROLE),
    ] {
        let mut office = Office::new();
        let draft = office.draft();
        assert_eq!(outcome(&office.create_by(name, draft)), answer, "{name}");
    }
}

#[test]
fn the_states_fill_in_what_they_know() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Drafted);
    let document = office.document(&id);
    let facts = document.facts.unwrap();
    assert_eq!(facts.issuer, "Sở Nội vụ tỉnh Minh Giang");
    assert_eq!(facts.signer.unwrap().position, "Giám đốc");
    assert_eq!(facts.language, "Tiếng Việt");
    assert_eq!(facts.pages, 2);
    assert_eq!(document.recipients[0].name, "Văn phòng Sở");
    assert_eq!(office.version(&id, 1).files, document.files);
    assert_eq!(office.version(&id, 1).made_by, office.per("drafter"));
}

#[test]
fn a_change_of_content_takes_the_draft_back_to_the_start_from_every_state() {
    for status in [
        OutgoingStatus::Submitted,
        OutgoingStatus::Reviewed,
        OutgoingStatus::FormChecked,
        OutgoingStatus::Approved,
    ] {
        let mut office = Office::new();
        let id = office.document_at(status);
        office.run("checker", office::initial(&id)).unwrap();
        let draft = CreateDraft { files: vec![office.file("ban-moi", 1_100)], ..shown(&office, &id) };
        office.run("drafter", revise(&id, draft)).unwrap();

        let document = office.document(&id);
        assert_eq!(document.status(), OutgoingStatus::Drafted, "from {status:?}");
        assert_eq!((&document.reviewed, &document.form_checked, &document.approved), (&None, &None, &None));
        assert!(document.initials.is_empty(), "initials are of a version");
        assert!(!document.fields_prepared);
        assert_eq!(document.version_count, 2);
        assert_eq!(document.files[0].name, "ban-moi.pdf");
        assert_eq!(office.version(&id, 2).note, "Sửa theo góp ý");
        assert_eq!(office.version(&id, 1).files.len(), 2, "the version before is kept");
    }
}

#[test]
fn each_part_of_the_content_counts_as_content() {
    type Change = fn(&Office, &mut CreateDraft);
    let table: &[(&str, Change)] = &[
        ("subject", |_, it| it.facts.as_mut().unwrap().subject = "Về việc khác".into()),
        ("kind", |_, it| it.facts.as_mut().unwrap().kind = DocumentKind::Plan.into()),
        ("urgency", |_, it| it.facts.as_mut().unwrap().urgency = Urgency::Urgent.into()),
        ("notation", |_, it| it.facts.as_mut().unwrap().notation = "QĐ-SNV".into()),
        ("attachment", |_, it| it.files.truncate(1)),
        ("letter", |_, it| it.letter_digest = office::sha256("letter")),
        ("recipients", |_, it| it.recipients.truncate(1)),
        ("signer", |office, it| {
            it.signer_id = office.per("deputy");
            it.signer_position_id = office.pos("deputy");
            it.capacity = SigningCapacity::ForHead.into();
        }),
    ];
    for (what, change) in table {
        let mut office = Office::new();
        let id = office.document_at(OutgoingStatus::Reviewed);
        let mut draft = shown(&office, &id);
        change(&office, &mut draft);
        office.run("drafter", revise(&id, draft)).unwrap();
        assert_eq!(office.status(&id), OutgoingStatus::Drafted, "{what}");
    }
}

#[test]
fn a_note_copies_and_places_are_changed_without_a_new_review() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Reviewed);
    let mut draft = shown(&office, &id);
    draft.copies = 30;
    draft.places = office::four_places();
    draft.facts.as_mut().unwrap().note = "Gửi kèm bản giấy".into();
    office.run("drafter", revise(&id, draft)).unwrap();
    let document = office.document(&id);
    assert_eq!(document.status(), OutgoingStatus::Reviewed);
    assert_eq!((document.copies, document.version_count), (30, 1));
    assert!(document.reviewed.is_some());
}

#[test]
fn a_revision_that_changes_nothing_records_nothing() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Reviewed);
    let draft = shown(&office, &id);
    assert_eq!(office.run("drafter", revise(&id, draft)), Ok(vec![]));
}

#[test]
fn after_approval_any_revision_goes_back_and_the_prepared_file_stands_for_the_draft() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Approved);
    let original = office.version(&id, 1).files;
    assert_ne!(office.document(&id).files, original, "the prepared file is the main one");
    let draft = CreateDraft { copies: 30, ..shown(&office, &id) };
    office.run("drafter", revise(&id, draft)).unwrap();
    let document = office.document(&id);
    assert_eq!(document.status(), OutgoingStatus::Drafted);
    assert_eq!(document.files, original);
    assert!(!document.fields_prepared);
    assert_eq!(document.version_count, 1, "the same files are the same version");
}

#[test]
fn a_returned_draft_tells_why_until_it_is_handed_in_again() {
    for (status, name) in [
        (OutgoingStatus::Submitted, "chief"),
        (OutgoingStatus::Reviewed, "checker"),
        (OutgoingStatus::FormChecked, "head"),
        (OutgoingStatus::Approved, "head"),
    ] {
        let mut office = Office::new();
        let id = office.document_at(status);
        office.run(name, office::send_back(&id)).unwrap();
        let document = office.document(&id);
        assert_eq!(document.status(), OutgoingStatus::Drafted, "by {name}");
        assert_eq!(document.return_reason, "Bổ sung căn cứ");
        assert_eq!(document.returned_by, office.per(name));
        assert_eq!((&document.reviewed, &document.form_checked, &document.approved), (&None, &None, &None));

        office.run("drafter", office::submit(&id)).unwrap();
        assert!(office.document(&id).return_reason.is_empty());
        office.walk(&id, OutgoingStatus::Issued);
    }
}

#[test]
fn a_return_after_approval_gives_the_drafter_the_own_file_back() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Approved);
    assert!(office.document(&id).fields_prepared);
    office.run("head", office::send_back(&id)).unwrap();
    let document = office.document(&id);
    assert_eq!(document.files, office.version(&id, 1).files);
    assert!(!document.fields_prepared, "the fields are prepared anew at the next approval");
    office.walk(&id, OutgoingStatus::Issued);
}

#[test]
fn the_head_of_the_unit_reviews_an_own_draft_and_acts_for_the_drafter() {
    let mut office = Office::new();
    let draft = office.draft();
    let id = office.create_by("chief", draft).unwrap();
    office.run("chief", office::submit(&id)).unwrap();
    office.run("chief", office::review(&id)).unwrap();
    assert_eq!(office.status(&id), OutgoingStatus::Reviewed);

    let id = office.document_at(OutgoingStatus::Drafted);
    let draft = CreateDraft { copies: 3, ..shown(&office, &id) };
    office.run("chief", revise(&id, draft)).unwrap();
    assert_eq!(office.document(&id).drafter_id, office.per("drafter"));
}

#[test]
fn who_may_not_is_told_so_or_told_nothing() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Submitted);
    for (name, command, answer) in [
        ("boss", office::review(&id), "UNKNOWN"),
        ("officer", office::withdraw(&id), "UNKNOWN"),
        ("admin", office::withdraw(&id), "UNKNOWN"),
        ("clerk", office::withdraw(&id), NOT_YOURS),
        ("drafter", office::review(&id), NOT_YOUR_ROLE),
        ("drafter", office::check_form(&id), NOT_YOUR_ROLE),
        ("drafter", office::number(&id, ""), NOT_YOUR_ROLE),
        ("head", office::review(&id), NOT_YOURS),
        ("chief", office::issue(&id), NOT_YOUR_ROLE),
    ] {
        assert_eq!(outcome(&office.run(name, command.clone())), answer, "{name}: {command:?}");
    }
    let approve = C::ApproveDraft(office.approve(&id));
    assert_eq!(outcome(&office.run("chief", approve)), NOT_YOURS);
}

#[test]
fn a_person_initials_a_version_once() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Submitted);
    office.run("chief", office::initial(&id)).unwrap();
    office.run("checker", office::initial(&id)).unwrap();
    let again = office.run("chief", office::initial(&id)).unwrap_err();
    assert_eq!(reason(&again), ALREADY_INITIALED);
    assert_eq!(office.document(&id).initials.len(), 2);
}

#[test]
fn approval_names_a_file_with_all_four_fields() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::FormChecked);
    let good = office.approve(&id);
    let draft_itself = office.document(&id).files[0].clone();
    type Spoil = fn(&mut ApproveDraft);
    let table: &[(&str, Spoil)] = &[
        (REQUIRED, |it| it.prepared = None),
        (NOT_A_PDF, |it| it.prepared.as_mut().unwrap().media_type = "text/plain".into()),
        (PLACES_INCOMPLETE, |it| it.places.truncate(3)),
        (PLACES_INCOMPLETE, |it| it.places.clear()),
        (OUT_OF_RANGE, |it| it.places[3].page = 3),
    ];
    for (expected, spoil) in table {
        let mut command = good.clone();
        spoil(&mut command);
        assert_eq!(outcome(&office.run("head", C::ApproveDraft(command))), *expected);
    }
    let unprepared = ApproveDraft { prepared: Some(draft_itself), ..good.clone() };
    assert_eq!(outcome(&office.run("head", C::ApproveDraft(unprepared))), FIELDS_NOT_PREPARED);
    office.run("head", C::ApproveDraft(good)).unwrap();
}

#[test]
fn a_draft_is_handed_in_only_while_its_signer_may_sign() {
    let mut office = Office::new();
    let id = office.document_at(OutgoingStatus::Drafted);
    office.end_position("head");
    assert_eq!(outcome(&office.run("drafter", office::submit(&id))), CAPACITY_POSITION_NOT_HELD);
}

#[test]
fn somebody_who_left_is_no_recipient() {
    let mut office = Office::new();
    let gone = Person { active: false, ..office.person("officer") };
    office.set(&office.per("officer"), E::PersonChanged(gone));
    let mut draft = office.draft();
    draft.recipients[0].inside = Some(person(&office.per("officer")));
    assert_eq!(outcome(&office.create_by("drafter", draft)), NOT_THERE);
}
