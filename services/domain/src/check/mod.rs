//! What a command must look like before anybody asks who may or whether a rule lets it: fields alone, no states.
//!
//! Text is brought to NFC and trimmed; every violation is reported at once, with the path of its field.

mod directory;
mod evidence;
mod facts;
mod field;
mod incoming;
mod intake;
mod outgoing;

use proto::fault::Fault;
use proto::record::v1::Command;
use proto::record::v1::command::Command as C;

use crate::reasons;
pub(crate) use facts::is_secret;
use field::Fields;

/// A command whose fields are right: text normalised, ids and dates well formed, enums known. Only [`check`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked(C);

impl Checked {
    /// The command.
    #[must_use]
    pub fn command(&self) -> &C {
        &self.0
    }

    /// A command that nobody has checked: the policy's own tests ask about who, not about fields.
    #[cfg(test)]
    pub(crate) fn unchecked(command: C) -> Self {
        Self(command)
    }

    /// The command, given away.
    #[must_use]
    pub fn into_command(self) -> C {
        self.0
    }
}

/// Checks and normalises all fields of a command.
///
/// # Errors
/// [`Fault::Invalid`] with every violation.
pub fn check(command: Command) -> Result<Checked, Fault> {
    let Some(mut command) = command.command else {
        return Err(Fault::invalid(
            "command",
            reasons::NO_COMMAND,
            "no command that this version knows; set exactly one",
        ));
    };
    let mut fields = Fields::default();
    match &mut command {
        C::FoundAgency(c) => directory::found_agency(&mut fields, c),
        C::ChangeAgency(c) => directory::change_agency(&mut fields, c),
        C::AddUnit(c) => directory::add_unit(&mut fields, c),
        C::ChangeUnit(c) => directory::change_unit(&mut fields, c),
        C::AddPerson(c) => directory::add_person(&mut fields, c),
        C::ChangePerson(c) => directory::change_person(&mut fields, c),
        C::Appoint(c) => directory::appoint(&mut fields, c),
        C::EndPosition(c) => directory::end_position(&mut fields, c),
        C::Delegate(c) => directory::delegate(&mut fields, c),
        C::EndDelegation(c) => directory::end_delegation(&mut fields, c),
        C::DefineSeries(c) => directory::define_series(&mut fields, c),
        C::CloseSeries(c) => directory::close_series(&mut fields, c),
        C::SetHolidays(c) => directory::set_holidays(&mut fields, c),
        C::EnrolCertificate(c) => directory::enrol_certificate(&mut fields, c),
        C::WithdrawCertificate(c) => directory::withdraw_certificate(&mut fields, c),
        C::SetCredential(c) => directory::set_credential(&mut fields, c),
        C::SwitchSecretRegistration(c) => directory::switch_secret_registration(&mut fields, c),
        C::ReceiveIncoming(c) => intake::receive_incoming(&mut fields, c),
        C::RegisterIncoming(c) => intake::register_incoming(&mut fields, c),
        C::CorrectIncoming(c) => intake::correct_incoming(&mut fields, c),
        C::ReturnIncoming(c) => intake::return_incoming(&mut fields, c),
        C::VoidNumber(c) => intake::void_number(&mut fields, c),
        C::ReserveNumber(c) => intake::reserve_number(&mut fields, c),
        C::ReleaseNumber(c) => intake::release_number(&mut fields, c),
        C::SubmitIncoming(c) => incoming::submit_incoming(&mut fields, c),
        C::DirectIncoming(c) => incoming::direct_incoming(&mut fields, c),
        C::UndoDirection(c) => incoming::undo_direction(&mut fields, c),
        C::HandOn(c) => incoming::hand_on(&mut fields, c),
        C::ReportProgress(c) => incoming::report_progress(&mut fields, c),
        C::CompleteAssignment(c) => incoming::complete_assignment(&mut fields, c),
        C::ExtendDeadline(c) => incoming::extend_deadline(&mut fields, c),
        C::RecordOpened(c) => incoming::record_opened(&mut fields, c),
        C::CreateDraft(c) => outgoing::create_draft(&mut fields, c),
        C::ReviseDraft(c) => outgoing::revise_draft(&mut fields, c),
        C::WithdrawDraft(c) => outgoing::withdraw_draft(&mut fields, c),
        C::SubmitDraft(c) => outgoing::submit_draft(&mut fields, c),
        C::ReviewContent(c) => outgoing::review_content(&mut fields, c),
        C::CheckForm(c) => outgoing::check_form(&mut fields, c),
        C::InitialDraft(c) => outgoing::initial_draft(&mut fields, c),
        C::ReturnDraft(c) => outgoing::return_draft(&mut fields, c),
        C::ApproveDraft(c) => outgoing::approve_draft(&mut fields, c),
        C::RecordSigned(c) => outgoing::record_signed(&mut fields, c),
        C::RecordSigningFailed(c) => outgoing::record_signing_failed(&mut fields, c),
        C::AddEvidence(c) => evidence::add_evidence(&mut fields, c),
        C::KeepEvidence(c) => evidence::keep_evidence(&mut fields, c),
        C::AssignNumber(c) => outgoing::assign_number(&mut fields, c),
        C::RecordSealed(c) => outgoing::record_sealed(&mut fields, c),
        C::Issue(c) => outgoing::issue(&mut fields, c),
        C::UpdateDelivery(c) => outgoing::update_delivery(&mut fields, c),
        C::Recall(c) => outgoing::recall(&mut fields, c),
    }
    let violations = fields.into_violations();
    if violations.is_empty() { Ok(Checked(command)) } else { Err(Fault::Invalid(violations)) }
}
