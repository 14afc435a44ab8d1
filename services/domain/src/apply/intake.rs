//! stub
use super::EntryMeta;
use crate::states::States;
use proto::fault::Fault;
use proto::record::v1::{Corrected, Ended, NumberDrawn, Received, Record, Registered};
pub(super) fn received(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Received,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn registered(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Registered,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn corrected(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Corrected,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn returned_to_sender(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn number_drawn(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &NumberDrawn,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn number_voided(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn document_voided(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
