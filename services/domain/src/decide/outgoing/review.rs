//! Content reviewed, form checked, initialed, returned, approved.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    ApproveDraft, Approved, CheckForm, Event, InitialDraft, OutgoingStatus, ReturnDraft, ReviewContent, Role,
    Said,
};

use super::{signer, step};
use crate::decide::event;
use crate::moment::Moment;
use crate::policy::Permit;
use crate::reasons;
use crate::states::States;

/// Điều 12.1: the head of the drafting unit answers for the content, also of an own draft.
pub(in crate::decide) fn review_content(
    _permit: &Permit,
    command: &ReviewContent,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    step::must_be(OutgoingStatus::Submitted, id, &step::document(states, id)?)?;
    Ok(vec![event(id, E::ContentReviewed(Said { text: command.note.clone() }))])
}

/// Điều 12.2: whoever checks the form answers for it.
pub(in crate::decide) fn check_form(
    _permit: &Permit,
    command: &CheckForm,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    step::must_be(OutgoingStatus::Reviewed, id, &step::document(states, id)?)?;
    Ok(vec![event(id, E::FormChecked(Said { text: command.note.clone() }))])
}

/// Ký nháy: once a person on what is handed in and not signed.
pub(in crate::decide) fn initial_draft(
    permit: &Permit,
    command: &InitialDraft,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be_unsigned(id, &document)?;
    if document.status() == OutgoingStatus::Drafted {
        step::must_be(OutgoingStatus::Submitted, id, &document)?;
    }
    let person = &permit.caller().person_id;
    if document.initials.iter().any(|initial| initial.person_id == *person) {
        return Err(Fault::refused(
            reasons::ALREADY_INITIALED,
            format!("{person} has initialed this version"),
        ));
    }
    Ok(vec![event(id, E::Initialed(Said { text: command.note.clone() }))])
}

/// Each returns the draft at the own step: the head of the unit instead of reviewing it, the form checker instead of
/// checking it, the signer instead of approving or signing it.
pub(in crate::decide) fn return_draft(
    permit: &Permit,
    command: &ReturnDraft,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be_unsigned(id, &document)?;
    let caller = permit.caller();
    let acts_as = |role: Role| caller.roles.contains(&i32::from(role));
    let at_own_step = match document.status() {
        OutgoingStatus::Submitted => {
            caller.unit_id == document.unit_id && (acts_as(Role::HeadOfUnit) || acts_as(Role::Leader))
        }
        OutgoingStatus::Reviewed => acts_as(Role::FormChecker),
        OutgoingStatus::FormChecked | OutgoingStatus::Approved => caller.person_id == document.signer_id,
        _ => return step::must_be(OutgoingStatus::Submitted, id, &document).map(|()| Vec::new()),
    };
    if !at_own_step {
        let status = document.status().as_str_name();
        return Err(Fault::denied(reasons::NOT_YOUR_STEP, format!("{id} is {status}: another's to return")));
    }
    Ok(vec![event(id, E::DraftReturned(Said { text: command.reason.clone() }))])
}

/// Điều 11: only who is to sign approves. What is approved is the file in which the four fields are prepared, so that
/// nothing but them can change under the signature.
pub(in crate::decide) fn approve_draft(
    permit: &Permit,
    command: &ApproveDraft,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::FormChecked, id, &document)?;
    signer::acts_now(states, permit.caller(), &document, moment.today())?;
    if let (Some(main), Some(prepared)) = (document.files.first(), &command.prepared)
        && main.digest == prepared.digest
    {
        return Err(Fault::refused(
            reasons::FIELDS_NOT_PREPARED,
            format!("{id}: the file is the draft itself; prepare the four fields in it first"),
        ));
    }
    let approved = Approved {
        prepared: command.prepared.clone(),
        places: command.places.clone(),
        note: command.note.clone(),
    };
    Ok(vec![event(id, E::Approved(approved))])
}
