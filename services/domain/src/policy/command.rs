//! Names of commands, and the record that each is about.

use proto::record::v1::command::Command as C;

/// The name of a command, as its message is called.
#[must_use]
pub fn name(command: &C) -> &'static str {
    match command {
        C::FoundAgency(_) => "FoundAgency",
        C::ChangeAgency(_) => "ChangeAgency",
        C::AddUnit(_) => "AddUnit",
        C::ChangeUnit(_) => "ChangeUnit",
        C::AddPerson(_) => "AddPerson",
        C::ChangePerson(_) => "ChangePerson",
        C::Appoint(_) => "Appoint",
        C::EndPosition(_) => "EndPosition",
        C::Delegate(_) => "Delegate",
        C::EndDelegation(_) => "EndDelegation",
        C::DefineSeries(_) => "DefineSeries",
        C::CloseSeries(_) => "CloseSeries",
        C::SetHolidays(_) => "SetHolidays",
        C::EnrolCertificate(_) => "EnrolCertificate",
        C::WithdrawCertificate(_) => "WithdrawCertificate",
        C::SetCredential(_) => "SetCredential",
        C::SwitchSecretRegistration(_) => "SwitchSecretRegistration",
        C::ReceiveIncoming(_) => "ReceiveIncoming",
        C::RegisterIncoming(_) => "RegisterIncoming",
        C::CorrectIncoming(_) => "CorrectIncoming",
        C::ReturnIncoming(_) => "ReturnIncoming",
        C::VoidNumber(_) => "VoidNumber",
        C::ReserveNumber(_) => "ReserveNumber",
        C::ReleaseNumber(_) => "ReleaseNumber",
        C::SubmitIncoming(_) => "SubmitIncoming",
        C::DirectIncoming(_) => "DirectIncoming",
        C::UndoDirection(_) => "UndoDirection",
        C::HandOn(_) => "HandOn",
        C::ReportProgress(_) => "ReportProgress",
        C::CompleteAssignment(_) => "CompleteAssignment",
        C::ExtendDeadline(_) => "ExtendDeadline",
        C::RecordOpened(_) => "RecordOpened",
        C::CreateDraft(_) => "CreateDraft",
        C::ReviseDraft(_) => "ReviseDraft",
        C::WithdrawDraft(_) => "WithdrawDraft",
        C::SubmitDraft(_) => "SubmitDraft",
        C::ReviewContent(_) => "ReviewContent",
        C::CheckForm(_) => "CheckForm",
        C::InitialDraft(_) => "InitialDraft",
        C::ReturnDraft(_) => "ReturnDraft",
        C::ApproveDraft(_) => "ApproveDraft",
        C::RecordSigned(_) => "RecordSigned",
        C::RecordSigningFailed(_) => "RecordSigningFailed",
        C::AddEvidence(_) => "AddEvidence",
        C::KeepEvidence(_) => "KeepEvidence",
        C::AssignNumber(_) => "AssignNumber",
        C::RecordSealed(_) => "RecordSealed",
        C::Issue(_) => "Issue",
        C::UpdateDelivery(_) => "UpdateDelivery",
        C::Recall(_) => "Recall",
    }
}

/// The record that the command is about: it must be there and the caller must see it before anything else is said.
pub(super) fn subject(command: &C) -> Option<&str> {
    Some(match command {
        C::ChangeUnit(c) => &c.unit_id,
        C::ChangePerson(c) => &c.person_id,
        C::EndPosition(c) => &c.position_id,
        C::EndDelegation(c) => &c.delegation_id,
        C::CloseSeries(c) => &c.series_id,
        C::WithdrawCertificate(c) => &c.certificate_id,
        C::RegisterIncoming(c) => &c.document_id,
        C::CorrectIncoming(c) => &c.document_id,
        C::ReturnIncoming(c) => &c.document_id,
        C::VoidNumber(c) => &c.entry_id,
        C::ReserveNumber(c) => &c.series_id,
        C::ReleaseNumber(c) => &c.entry_id,
        C::SubmitIncoming(c) => &c.document_id,
        C::DirectIncoming(c) => &c.document_id,
        C::UndoDirection(c) => &c.document_id,
        C::HandOn(c) => &c.assignment_id,
        C::ReportProgress(c) => &c.assignment_id,
        C::CompleteAssignment(c) => &c.assignment_id,
        C::ExtendDeadline(c) => &c.assignment_id,
        C::ReviseDraft(c) => &c.document_id,
        C::WithdrawDraft(c) => &c.document_id,
        C::SubmitDraft(c) => &c.document_id,
        C::ReviewContent(c) => &c.document_id,
        C::CheckForm(c) => &c.document_id,
        C::InitialDraft(c) => &c.document_id,
        C::ReturnDraft(c) => &c.document_id,
        C::ApproveDraft(c) => &c.document_id,
        C::RecordSigned(c) => &c.document_id,
        C::RecordSigningFailed(c) => &c.document_id,
        C::AddEvidence(c) => &c.document_id,
        C::KeepEvidence(c) => &c.document_id,
        C::AssignNumber(c) => &c.document_id,
        C::RecordSealed(c) => &c.document_id,
        C::Issue(c) => &c.document_id,
        C::UpdateDelivery(c) => &c.document_id,
        C::Recall(c) => &c.document_id,
        C::FoundAgency(_)
        | C::ChangeAgency(_)
        | C::AddUnit(_)
        | C::AddPerson(_)
        | C::Appoint(_)
        | C::Delegate(_)
        | C::DefineSeries(_)
        | C::SetHolidays(_)
        | C::EnrolCertificate(_)
        | C::SetCredential(_)
        | C::SwitchSecretRegistration(_)
        | C::ReceiveIncoming(_)
        | C::RecordOpened(_)
        | C::CreateDraft(_) => return None,
    })
}
