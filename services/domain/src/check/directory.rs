//! Fields of commands.
use super::field::Fields;
use proto::record::v1::{
    AddPerson, AddUnit, Appoint, ChangeAgency, ChangePerson, ChangeUnit, CloseSeries, DefineSeries, Delegate,
    EndDelegation, EndPosition, EnrolCertificate, FoundAgency, SetCredential, SetHolidays,
    SwitchSecretRegistration, WithdrawCertificate,
};
pub(super) fn found_agency(_fields: &mut Fields, _command: &mut FoundAgency) {}
pub(super) fn change_agency(_fields: &mut Fields, _command: &mut ChangeAgency) {}
pub(super) fn add_unit(_fields: &mut Fields, _command: &mut AddUnit) {}
pub(super) fn change_unit(_fields: &mut Fields, _command: &mut ChangeUnit) {}
pub(super) fn add_person(_fields: &mut Fields, _command: &mut AddPerson) {}
pub(super) fn change_person(_fields: &mut Fields, _command: &mut ChangePerson) {}
pub(super) fn appoint(_fields: &mut Fields, _command: &mut Appoint) {}
pub(super) fn end_position(_fields: &mut Fields, _command: &mut EndPosition) {}
pub(super) fn delegate(_fields: &mut Fields, _command: &mut Delegate) {}
pub(super) fn end_delegation(_fields: &mut Fields, _command: &mut EndDelegation) {}
pub(super) fn define_series(_fields: &mut Fields, _command: &mut DefineSeries) {}
pub(super) fn close_series(_fields: &mut Fields, _command: &mut CloseSeries) {}
pub(super) fn set_holidays(_fields: &mut Fields, _command: &mut SetHolidays) {}
pub(super) fn enrol_certificate(_fields: &mut Fields, _command: &mut EnrolCertificate) {}
pub(super) fn withdraw_certificate(_fields: &mut Fields, _command: &mut WithdrawCertificate) {}
pub(super) fn set_credential(_fields: &mut Fields, _command: &mut SetCredential) {}
pub(super) fn switch_secret_registration(_fields: &mut Fields, _command: &mut SwitchSecretRegistration) {}
