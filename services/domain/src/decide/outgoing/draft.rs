//! A draft until it is handed in: started, revised, given up, submitted.

use proto::fault::{Fault, Violation};
use proto::record::v1::event::Event as E;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{
    Caller, CreateDraft, DeliveryStatus, DocumentFacts, DraftVersion, Drafted, Ended, Event, FileRef,
    IncomingStatus, OutgoingDocument, OutgoingStatus, Principal, Record, ReviseDraft, Said, SubmitDraft,
    WithdrawDraft,
};

use super::signer::{self, Named};
use super::step;
use crate::decide::event;
use crate::id::{self, Kind};
use crate::index::{is_secret, sees};
use crate::moment::Moment;
use crate::notation::Notation;
use crate::policy::Permit;
use crate::states::States;
use crate::{read, reasons};

/// What facts say of the language when nobody said anything (Phụ lục VI).
const LANGUAGE: &str = "Tiếng Việt";

pub(in crate::decide) fn create_draft(
    permit: &Permit,
    command: &CreateDraft,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let caller = permit.caller();
    let draft = completed(caller, command, "", "", states, moment)?;
    let id = moment.fresh_id(Kind::Outgoing.prefix());
    let version = kept(&id, 1, caller, &draft, "", moment);
    let drafted = Drafted {
        draft: Some(draft),
        version: 1,
        unit_id: caller.unit_id.clone(),
        note: String::new(),
        reviews_void: false,
    };
    Ok(vec![event(id, E::Drafted(drafted)), version])
}

pub(in crate::decide) fn revise_draft(
    permit: &Permit,
    command: &ReviseDraft,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be_unsigned(id, &document)?;

    let mut revised = command.draft.clone().unwrap_or_default();
    let before = as_draft(&document, unprepared_files(id, &document, states)?);
    // A form that shows an approved draft sends the prepared file back: it stands for the file it was made from, because
    // fields are prepared once, at approval.
    if document.fields_prepared
        && let (Some(shown), Some(prepared)) = (revised.files.first_mut(), document.files.first())
        && shown.digest == prepared.digest
        && let Some(original) = before.files.first()
    {
        shown.clone_from(original);
    }
    let revised = completed(permit.caller(), &revised, "draft.", &document.answers_id, states, moment)?;

    let approved = document.status() == OutgoingStatus::Approved;
    if revised == before && !approved {
        return Ok(Vec::new());
    }
    let new_version = revised.files != before.files || revised.letter_digest != before.letter_digest;
    let reviews_void = approved || content(&revised) != content(&before);
    let version = if new_version { document.version_count.saturating_add(1) } else { document.version_count };
    let kept = new_version.then(|| kept(id, version, permit.caller(), &revised, &command.note, moment));
    let event_of_it = Drafted {
        draft: Some(revised),
        version,
        unit_id: document.unit_id,
        note: command.note.clone(),
        reviews_void,
    };
    Ok([event(id, E::Revised(event_of_it))].into_iter().chain(kept).collect())
}

pub(in crate::decide) fn withdraw_draft(
    _permit: &Permit,
    command: &WithdrawDraft,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    step::must_be_unsigned(id, &step::document(states, id)?)?;
    let ended = Ended { reason: command.reason.clone(), date: Some(moment.today()) };
    Ok(vec![event(id, E::DraftWithdrawn(ended))])
}

pub(in crate::decide) fn submit_draft(
    _permit: &Permit,
    command: &SubmitDraft,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::Drafted, id, &document)?;
    // Told now, not after three people have read it.
    signer::may_sign(states, &Named::from(&document), moment.today())?.map_err(signer::Objection::refused)?;
    Ok(vec![event(id, E::DraftSubmitted(Said { text: command.note.clone() }))])
}

/// The draft with what the states know: issuer, signer, names of recipients; or every field that they contradict, with
/// `path` before its name. `answered_before` was looked at when it was named first.
fn completed(
    caller: &Caller,
    draft: &CreateDraft,
    path: &str,
    answered_before: &str,
    states: &dyn States,
    moment: &Moment,
) -> Result<CreateDraft, Fault> {
    let mut draft = draft.clone();
    let mut wrong = Vec::new();
    let mut violation = |field: &str, reason: &'static str, text: &str| {
        wrong.push(Violation::new(format!("{path}{field}"), reason, text));
    };

    let agency = read::agency(states)?.ok_or_else(|| Fault::broken("there are documents but no agency"))?;
    let signer_info = match signer::may_sign(states, &Named::from(&draft), moment.today())? {
        Ok(info) => Some(info),
        Err(objection) => {
            violation(objection.field, objection.reason, &objection.text);
            None
        }
    };
    if draft.answers_id != answered_before
        && let Err((reason, text)) = answerable(caller, &draft.answers_id, states)?
    {
        violation("answers_id", reason, text);
    }
    for (at, recipient) in draft.recipients.iter_mut().enumerate() {
        let Some(inside) = &recipient.inside else { continue };
        match name_of(inside, states)? {
            Some(name) if recipient.name.is_empty() => recipient.name = name,
            Some(_) => {}
            None => {
                let text = "there is no such person or unit at work";
                violation(&format!("recipients[{at}].inside"), reasons::NOT_THERE, text);
            }
        }
    }
    let pages = draft.files.first().map_or(0, |main| main.pages);
    let facts = draft.facts.get_or_insert_with(DocumentFacts::default);
    if !facts.notation.is_empty()
        && let Err(error) = Notation::of(facts.kind(), &agency.abbreviation, &facts.notation)
    {
        violation("facts.notation", error.reason(), &error.to_string());
    }
    facts.issuer = agency.name;
    facts.signer = signer_info;
    if pages > 0 {
        facts.pages = pages;
    }
    if facts.language.is_empty() {
        LANGUAGE.clone_into(&mut facts.language);
    }
    if wrong.is_empty() { Ok(draft) } else { Err(Fault::Invalid(wrong)) }
}

/// Whether an outgoing document may answer the incoming one.
fn answerable(
    caller: &Caller,
    incoming_id: &str,
    states: &dyn States,
) -> Result<Result<(), (&'static str, &'static str)>, Fault> {
    if incoming_id.is_empty() {
        return Ok(Ok(()));
    }
    let seen = states.get(incoming_id)?.filter(|record| sees(record, caller) && !is_secret(record));
    let Some(Record { state: Some(State::Incoming(incoming)), .. }) = seen else {
        return Ok(Err((reasons::NOT_THERE, "there is no such incoming document")));
    };
    Ok(match incoming.status() {
        IncomingStatus::Registered
        | IncomingStatus::Submitted
        | IncomingStatus::Directed
        | IncomingStatus::Completed => Ok(()),
        IncomingStatus::Unspecified
        | IncomingStatus::Received
        | IncomingStatus::Returned
        | IncomingStatus::Void => {
            Err((reasons::NOT_ANSWERABLE, "only a document that stands in the register is answered"))
        }
    })
}

/// The name of a person or unit that is at work; none otherwise.
pub(super) fn name_of(inside: &Principal, states: &dyn States) -> Result<Option<String>, Fault> {
    Ok(match &inside.who {
        Some(Who::PersonId(id)) => read::person(states, id)?.filter(|it| it.active).map(|it| it.full_name),
        Some(Who::UnitId(id)) => read::unit(states, id)?.filter(|it| it.active).map(|it| it.name),
        Some(Who::Role(_)) | None => None,
    })
}

/// The files as the drafter made them: where the fields are prepared, those of the current version.
fn unprepared_files(
    id: &str,
    document: &OutgoingDocument,
    states: &dyn States,
) -> Result<Vec<FileRef>, Fault> {
    if !document.fields_prepared {
        return Ok(document.files.clone());
    }
    let version = states.get(&id::draft_version(id, document.version_count))?;
    Ok(match version.and_then(|record| record.state) {
        Some(State::DraftVersion(version)) => version.files,
        _ => document.files.clone(),
    })
}

fn as_draft(document: &OutgoingDocument, files: Vec<FileRef>) -> CreateDraft {
    CreateDraft {
        facts: document.facts.clone(),
        files,
        letter_digest: document.letter_digest.clone(),
        text_digest: document.text_digest.clone(),
        places: document.places.clone(),
        signer_id: document.signer_id.clone(),
        signer_position_id: document.signer_position_id.clone(),
        capacity: document.capacity,
        delegation_id: document.delegation_id.clone(),
        recipients: document.recipients.clone(),
        answers_id: document.answers_id.clone(),
        copies: document.copies,
    }
}

/// What was reviewed: everything but places, number of copies and what is noted about it.
fn content(draft: &CreateDraft) -> CreateDraft {
    let mut content = draft.clone();
    content.places.clear();
    content.copies = 0;
    if let Some(facts) = &mut content.facts {
        facts.note.clear();
        facts.language.clear();
    }
    for recipient in &mut content.recipients {
        recipient.note.clear();
        recipient.delivery = DeliveryStatus::Pending.into();
    }
    content
}

fn kept(id: &str, ordinal: i32, caller: &Caller, draft: &CreateDraft, note: &str, moment: &Moment) -> Event {
    let version = DraftVersion {
        document_id: id.to_owned(),
        ordinal,
        files: draft.files.clone(),
        made_by: caller.person_id.clone(),
        made_at: Some(moment.timestamp()),
        note: note.to_owned(),
        letter_digest: draft.letter_digest.clone(),
    };
    event(id::draft_version(id, ordinal), E::VersionKept(version))
}
