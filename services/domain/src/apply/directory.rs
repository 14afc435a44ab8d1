//! stub
use super::EntryMeta;
use crate::states::States;
use proto::fault::Fault;
use proto::record::v1::{
    Agency, Certificate, Credential, Delegation, Ended, HolidayTable, Person, Position, Record,
    SecretRegistrationSwitched, Series, Unit,
};
pub(super) fn agency_founded(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Agency,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn agency_changed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Agency,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn unit_added(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Unit,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn unit_changed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Unit,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn person_added(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Person,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn person_changed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Person,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn appointed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Position,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn position_ended(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn delegated(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Delegation,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn delegation_ended(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn series_defined(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Series,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn series_closed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn holidays_set(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &HolidayTable,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn certificate_enrolled(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Certificate,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn certificate_withdrawn(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn credential_set(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Credential,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn secret_registration_switched(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &SecretRegistrationSwitched,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
