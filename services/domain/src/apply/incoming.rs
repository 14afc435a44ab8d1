//! stub
use super::EntryMeta;
use crate::states::States;
use proto::fault::Fault;
use proto::record::v1::{
    Assigned, AssignmentCompleted, AssignmentOpened, DeadlineExtended, Directed, DirectionUndone,
    DocumentCompleted, Ended, HandedOn, Opened, Progressed, Record, Submitted,
};
pub(super) fn submitted(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Submitted,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn directed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Directed,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn assigned(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Assigned,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn direction_undone(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &DirectionUndone,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn handed_on(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &HandedOn,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn progressed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Progressed,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn assignment_completed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &AssignmentCompleted,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn document_completed(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &DocumentCompleted,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn deadline_extended(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &DeadlineExtended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn opened(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Opened,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn assignment_opened(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &AssignmentOpened,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
pub(super) fn assignment_withdrawn(
    _states: &dyn States,
    _meta: &EntryMeta,
    _id: &str,
    _event: &Ended,
) -> Result<Vec<Record>, Fault> {
    Ok(Vec::new())
}
