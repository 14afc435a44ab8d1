//! Fields of commands on outgoing documents.

use proto::record::v1::{
    ApproveDraft, AssignNumber, CheckForm, CreateDraft, InitialDraft, Issue, Recall, RecordSealed,
    RecordSigned, ReturnDraft, ReviewContent, ReviseDraft, SubmitDraft, UpdateDelivery, WithdrawDraft,
};

use super::field::Fields;

pub(super) fn create_draft(_fields: &mut Fields, _command: &mut CreateDraft) {}

pub(super) fn revise_draft(_fields: &mut Fields, _command: &mut ReviseDraft) {}

pub(super) fn withdraw_draft(_fields: &mut Fields, _command: &mut WithdrawDraft) {}

pub(super) fn submit_draft(_fields: &mut Fields, _command: &mut SubmitDraft) {}

pub(super) fn review_content(_fields: &mut Fields, _command: &mut ReviewContent) {}

pub(super) fn check_form(_fields: &mut Fields, _command: &mut CheckForm) {}

pub(super) fn initial_draft(_fields: &mut Fields, _command: &mut InitialDraft) {}

pub(super) fn return_draft(_fields: &mut Fields, _command: &mut ReturnDraft) {}

pub(super) fn approve_draft(_fields: &mut Fields, _command: &mut ApproveDraft) {}

pub(super) fn record_signed(_fields: &mut Fields, _command: &mut RecordSigned) {}

pub(super) fn assign_number(_fields: &mut Fields, _command: &mut AssignNumber) {}

pub(super) fn record_sealed(_fields: &mut Fields, _command: &mut RecordSealed) {}

pub(super) fn issue(_fields: &mut Fields, _command: &mut Issue) {}

pub(super) fn update_delivery(_fields: &mut Fields, _command: &mut UpdateDelivery) {}

pub(super) fn recall(_fields: &mut Fields, _command: &mut Recall) {}
