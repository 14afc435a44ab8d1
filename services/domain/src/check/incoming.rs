//! Fields of commands.
use super::field::Fields;
use proto::record::v1::{
    CompleteAssignment, DirectIncoming, ExtendDeadline, HandOn, RecordOpened, ReportProgress, SubmitIncoming,
    UndoDirection,
};
pub(super) fn submit_incoming(_fields: &mut Fields, _command: &mut SubmitIncoming) {}
pub(super) fn direct_incoming(_fields: &mut Fields, _command: &mut DirectIncoming) {}
pub(super) fn undo_direction(_fields: &mut Fields, _command: &mut UndoDirection) {}
pub(super) fn hand_on(_fields: &mut Fields, _command: &mut HandOn) {}
pub(super) fn report_progress(_fields: &mut Fields, _command: &mut ReportProgress) {}
pub(super) fn complete_assignment(_fields: &mut Fields, _command: &mut CompleteAssignment) {}
pub(super) fn extend_deadline(_fields: &mut Fields, _command: &mut ExtendDeadline) {}
pub(super) fn record_opened(_fields: &mut Fields, _command: &mut RecordOpened) {}
