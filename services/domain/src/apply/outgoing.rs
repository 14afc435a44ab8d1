//! What events do to outgoing documents.

use proto::fault::Fault;
use proto::record::v1::{
    Approved, DraftVersion, Drafted, Ended, Issued, Record, RecordSealed, RecordSigned, RegisterNumberGiven,
    Said, UpdateDelivery,
};

use super::EntryMeta;
use crate::states::States;

pub(super) fn drafted(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Drafted,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn revised(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Drafted,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn draft_withdrawn(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn draft_submitted(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Said,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn content_reviewed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Said,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn form_checked(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Said,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn initialed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Said,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn draft_returned(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Said,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn approved(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Approved,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn signed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &RecordSigned,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn numbered(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &RegisterNumberGiven,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn sealed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &RecordSealed,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn issued(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Issued,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn delivery_updated(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &UpdateDelivery,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn recalled(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

pub(super) fn version_kept(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &DraftVersion,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}

/// The number of the outgoing document `id` was voided.
pub(super) fn document_voided(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
