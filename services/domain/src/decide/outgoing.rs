//! Decisions on outgoing documents: draft, approval, signature, number, seal, issue, recall.

use proto::fault::Fault;
use proto::record::v1::{
    ApproveDraft, AssignNumber, CheckForm, CreateDraft, Event, InitialDraft, Issue, Recall, RecordSealed,
    RecordSigned, RegisterEntry, ReturnDraft, ReviewContent, ReviseDraft, SubmitDraft, UpdateDelivery,
    WithdrawDraft,
};

use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;

pub(super) fn create_draft(
    _permit: &Permit,
    _command: &CreateDraft,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn revise_draft(
    _permit: &Permit,
    _command: &ReviseDraft,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn withdraw_draft(
    _permit: &Permit,
    _command: &WithdrawDraft,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn submit_draft(
    _permit: &Permit,
    _command: &SubmitDraft,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn review_content(
    _permit: &Permit,
    _command: &ReviewContent,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn check_form(
    _permit: &Permit,
    _command: &CheckForm,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn initial_draft(
    _permit: &Permit,
    _command: &InitialDraft,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn return_draft(
    _permit: &Permit,
    _command: &ReturnDraft,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn approve_draft(
    _permit: &Permit,
    _command: &ApproveDraft,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn record_signed(
    _permit: &Permit,
    _command: &RecordSigned,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn assign_number(
    _permit: &Permit,
    _command: &AssignNumber,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn record_sealed(
    _permit: &Permit,
    _command: &RecordSealed,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn issue(
    _permit: &Permit,
    _command: &Issue,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn update_delivery(
    _permit: &Permit,
    _command: &UpdateDelivery,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

pub(super) fn recall(
    _permit: &Permit,
    _command: &Recall,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}

/// What becomes of the outgoing document whose number is voided; refuses where the number may not be voided.
pub(super) fn number_voided(
    _permit: &Permit,
    _entry: &RegisterEntry,
    _reason: &str,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("outgoing documents are not decided yet"))
}
