//! What follows from a command: events, or the rule that says no. Pure: states, moment and permit are arguments.

mod assignment;
mod directory;
pub mod incoming;
mod intake;
mod kept_evidence;
pub mod numbering;
mod opened;
mod outgoing;
mod reservation;
mod series;

pub use outgoing::{in_signers_position, must_be};

use proto::fault::Fault;
use proto::record::v1::Event;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;

use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;

/// Decides. The list may be empty: then there is nothing to record (e.g. everything was opened before).
///
/// # Errors
/// [`Fault::Invalid`] where a field is wrong in the light of the states, [`Fault::Refused`] where a rule says no,
/// [`Fault::Unknown`] for a record that the caller may not know of; what [`States`] returns.
pub fn decide(permit: &Permit, states: &dyn States, moment: &Moment) -> Result<Vec<Event>, Fault> {
    match permit.command() {
        C::FoundAgency(c) => directory::found_agency(permit, c, states, moment),
        C::ChangeAgency(c) => directory::change_agency(permit, c, states, moment),
        C::AddUnit(c) => directory::add_unit(permit, c, states, moment),
        C::ChangeUnit(c) => directory::change_unit(permit, c, states, moment),
        C::AddPerson(c) => directory::add_person(permit, c, states, moment),
        C::ChangePerson(c) => directory::change_person(permit, c, states, moment),
        C::Appoint(c) => directory::appoint(permit, c, states, moment),
        C::EndPosition(c) => directory::end_position(permit, c, states, moment),
        C::Delegate(c) => directory::delegate(permit, c, states, moment),
        C::EndDelegation(c) => directory::end_delegation(permit, c, states, moment),
        C::DefineSeries(c) => series::define_series(permit, c, states, moment),
        C::CloseSeries(c) => series::close_series(permit, c, states, moment),
        C::SetHolidays(c) => directory::set_holidays(permit, c, states, moment),
        C::EnrolCertificate(c) => directory::enrol_certificate(permit, c, states, moment),
        C::WithdrawCertificate(c) => directory::withdraw_certificate(permit, c, states, moment),
        C::SetCredential(c) => directory::set_credential(permit, c, states, moment),
        C::SwitchSecretRegistration(c) => directory::switch_secret_registration(permit, c, states, moment),
        C::ReceiveIncoming(c) => intake::receive_incoming(permit, c, states, moment),
        C::RegisterIncoming(c) => intake::register_incoming(permit, c, states, moment),
        C::CorrectIncoming(c) => intake::correct_incoming(permit, c, states, moment),
        C::ReturnIncoming(c) => intake::return_incoming(permit, c, states, moment),
        C::VoidNumber(c) => intake::void_number(permit, c, states, moment),
        C::ReserveNumber(c) => reservation::reserve_number(permit, c, states, moment),
        C::ReleaseNumber(c) => reservation::release_number(permit, c, states, moment),
        C::SubmitIncoming(c) => incoming::submit_incoming(permit, c, states, moment),
        C::DirectIncoming(c) => incoming::direct_incoming(permit, c, states, moment),
        C::UndoDirection(c) => incoming::undo_direction(permit, c, states, moment),
        C::HandOn(c) => assignment::hand_on(permit, c, states, moment),
        C::ReportProgress(c) => assignment::report_progress(permit, c, states, moment),
        C::CompleteAssignment(c) => assignment::complete_assignment(permit, c, states, moment),
        C::ExtendDeadline(c) => assignment::extend_deadline(permit, c, states, moment),
        C::RecordOpened(c) => opened::record_opened(permit, c, states, moment),
        C::CreateDraft(c) => outgoing::create_draft(permit, c, states, moment),
        C::ReviseDraft(c) => outgoing::revise_draft(permit, c, states, moment),
        C::WithdrawDraft(c) => outgoing::withdraw_draft(permit, c, states, moment),
        C::SubmitDraft(c) => outgoing::submit_draft(permit, c, states, moment),
        C::ReviewContent(c) => outgoing::review_content(permit, c, states, moment),
        C::CheckForm(c) => outgoing::check_form(permit, c, states, moment),
        C::InitialDraft(c) => outgoing::initial_draft(permit, c, states, moment),
        C::ReturnDraft(c) => outgoing::return_draft(permit, c, states, moment),
        C::ApproveDraft(c) => outgoing::approve_draft(permit, c, states, moment),
        C::RecordSigned(c) => outgoing::record_signed(permit, c, states, moment),
        C::RecordSigningFailed(c) => outgoing::record_signing_failed(permit, c, states, moment),
        C::AddEvidence(c) => outgoing::add_evidence(permit, c, states, moment),
        C::KeepEvidence(c) => kept_evidence::keep_evidence(permit, c, states, moment),
        C::AssignNumber(c) => outgoing::assign_number(permit, c, states, moment),
        C::RecordSealed(c) => outgoing::record_sealed(permit, c, states, moment),
        C::Issue(c) => outgoing::issue(permit, c, states, moment),
        C::UpdateDelivery(c) => outgoing::update_delivery(permit, c, states, moment),
        C::Recall(c) => outgoing::recall(permit, c, states, moment),
    }
}

/// The event `event` of the record `record_id`.
pub(crate) fn event(record_id: impl Into<String>, event: E) -> Event {
    Event { record_id: record_id.into(), event: Some(event) }
}

/// A message that [`crate::check::check`] has made sure of.
pub(crate) fn wanted<'a, T>(value: Option<&'a T>, field: &str) -> Result<&'a T, Fault> {
    value.ok_or_else(|| Fault::invalid(field, crate::reasons::REQUIRED, "must be given"))
}
