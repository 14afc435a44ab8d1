//! Fields of commands.
use super::field::Fields;
use proto::record::v1::{CorrectIncoming, ReceiveIncoming, RegisterIncoming, ReturnIncoming, VoidNumber};
pub(super) fn receive_incoming(_fields: &mut Fields, _command: &mut ReceiveIncoming) {}
pub(super) fn register_incoming(_fields: &mut Fields, _command: &mut RegisterIncoming) {}
pub(super) fn correct_incoming(_fields: &mut Fields, _command: &mut CorrectIncoming) {}
pub(super) fn return_incoming(_fields: &mut Fields, _command: &mut ReturnIncoming) {}
pub(super) fn void_number(_fields: &mut Fields, _command: &mut VoidNumber) {}
