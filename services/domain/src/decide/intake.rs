//! Decisions.
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use proto::fault::Fault;
use proto::record::v1::{
    CorrectIncoming, Event, ReceiveIncoming, RegisterIncoming, ReturnIncoming, VoidNumber,
};
pub(super) fn receive_incoming(
    _permit: &Permit,
    _command: &ReceiveIncoming,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn register_incoming(
    _permit: &Permit,
    _command: &RegisterIncoming,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn correct_incoming(
    _permit: &Permit,
    _command: &CorrectIncoming,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn return_incoming(
    _permit: &Permit,
    _command: &ReturnIncoming,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
pub(super) fn void_number(
    _permit: &Permit,
    _command: &VoidNumber,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    Err(Fault::broken("not decided yet"))
}
