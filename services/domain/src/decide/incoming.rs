//! Decisions.
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use proto::fault::Fault;
use proto::record::v1::{
    CompleteAssignment, DirectIncoming, Event, ExtendDeadline, HandOn, RecordOpened, ReportProgress,
    SubmitIncoming, UndoDirection,
};
pub(super) fn submit_incoming(
    _permit: &Permit,
    _command: &SubmitIncoming,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn direct_incoming(
    _permit: &Permit,
    _command: &DirectIncoming,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn undo_direction(
    _permit: &Permit,
    _command: &UndoDirection,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn hand_on(
    _permit: &Permit,
    _command: &HandOn,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn report_progress(
    _permit: &Permit,
    _command: &ReportProgress,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn complete_assignment(
    _permit: &Permit,
    _command: &CompleteAssignment,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn extend_deadline(
    _permit: &Permit,
    _command: &ExtendDeadline,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn record_opened(
    _permit: &Permit,
    _command: &RecordOpened,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
