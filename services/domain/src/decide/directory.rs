//! Decisions.
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use proto::fault::Fault;
use proto::record::v1::{
    AddPerson, AddUnit, Appoint, ChangeAgency, ChangePerson, ChangeUnit, Delegate, EndDelegation,
    EndPosition, EnrolCertificate, Event, FoundAgency, SetCredential, SetHolidays, SwitchSecretRegistration,
    WithdrawCertificate,
};
pub(super) fn found_agency(
    _permit: &Permit,
    _command: &FoundAgency,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn change_agency(
    _permit: &Permit,
    _command: &ChangeAgency,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn add_unit(
    _permit: &Permit,
    _command: &AddUnit,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn change_unit(
    _permit: &Permit,
    _command: &ChangeUnit,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn add_person(
    _permit: &Permit,
    _command: &AddPerson,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn change_person(
    _permit: &Permit,
    _command: &ChangePerson,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn appoint(
    _permit: &Permit,
    _command: &Appoint,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn end_position(
    _permit: &Permit,
    _command: &EndPosition,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn delegate(
    _permit: &Permit,
    _command: &Delegate,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn end_delegation(
    _permit: &Permit,
    _command: &EndDelegation,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn set_holidays(
    _permit: &Permit,
    _command: &SetHolidays,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn enrol_certificate(
    _permit: &Permit,
    _command: &EnrolCertificate,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn withdraw_certificate(
    _permit: &Permit,
    _command: &WithdrawCertificate,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn set_credential(
    _permit: &Permit,
    _command: &SetCredential,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn switch_secret_registration(
    _permit: &Permit,
    _command: &SwitchSecretRegistration,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
