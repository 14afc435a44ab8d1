//! Decisions.
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use proto::fault::Fault;
use proto::record::v1::{CloseSeries, DefineSeries, Event};
pub(super) fn define_series(
    _permit: &Permit,
    _command: &DefineSeries,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn close_series(
    _permit: &Permit,
    _command: &CloseSeries,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
