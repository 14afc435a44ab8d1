//! What somebody opened, told in batches.

use std::collections::BTreeSet;

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::principal::Who;
use proto::record::v1::{AssignmentOpened, Event, Opened, RecordOpened};

use super::event;
use super::incoming::{assignments, is_pending};
use crate::index::sees;
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{calendar, id};

/// An opening is told in batches, but never as older than this.
const OPENED_AT_MOST_AGO_MS: i64 = 24 * 3_600_000;

/// What the caller opened for the first time, and the assignments of the caller or the caller's unit that nobody had
/// opened. Documents that the caller may not see are passed over. Nothing new: no events.
pub(super) fn record_opened(
    permit: &Permit,
    command: &RecordOpened,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let caller = permit.caller();
    let mut events = Vec::new();
    let mut done = BTreeSet::new();
    for opened in &command.opened {
        let document_id = opened.document_id.as_str();
        if !done.insert(document_id) || !states.get(document_id)?.is_some_and(|record| sees(&record, caller))
        {
            continue;
        }
        let told = opened.at.as_ref().map_or(moment.at_ms(), calendar::millis);
        let earliest = moment.at_ms().saturating_sub(OPENED_AT_MOST_AGO_MS);
        let at = Some(calendar::timestamp(told.clamp(earliest, moment.at_ms())));
        let opened_id = id::opened(&caller.person_id, document_id);
        if states.get(&opened_id)?.is_none() {
            let first =
                Opened { person_id: caller.person_id.clone(), document_id: document_id.to_owned(), at };
            events.push(event(opened_id, E::Opened(first)));
        }
        for (assignment_id, assignment) in assignments(states, document_id)? {
            let receiver = match assignment.assignee.as_ref().and_then(|it| it.who.as_ref()) {
                Some(Who::PersonId(person)) => *person == caller.person_id,
                Some(Who::UnitId(unit)) => *unit == caller.unit_id,
                _ => false,
            };
            if receiver && is_pending(&assignment) && assignment.first_opened_by.is_empty() {
                let first = AssignmentOpened { person_id: caller.person_id.clone(), at };
                events.push(event(assignment_id, E::AssignmentOpened(first)));
            }
        }
    }
    Ok(events)
}
