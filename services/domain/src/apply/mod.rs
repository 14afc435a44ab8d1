//! What events do to states. Total: a journaled event is never refused; one that finds nothing to change changes nothing.

mod directory;
mod incoming;
mod intake;
mod outgoing;
pub(crate) mod readers;

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::{Caller, Date, Event, Principal, Record};

use crate::calendar;
use crate::overlay::Overlay;
use crate::states::States;

/// What the entry of an event says besides: where it stands, when it was made, who acted.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryMeta {
    /// Position in the journal: the version of every record that the entry touches.
    pub position: u64,
    /// When, in milliseconds since 1970-01-01T00:00Z.
    pub at_ms: i64,
    /// Who acted.
    pub caller: Caller,
}

impl EntryMeta {
    /// When, as a protobuf timestamp.
    #[must_use]
    pub fn at(&self) -> prost_types::Timestamp {
        calendar::timestamp(self.at_ms)
    }

    /// The day in Viet Nam.
    #[must_use]
    pub fn date(&self) -> Date {
        calendar::date_at(self.at_ms)
    }

    /// A record that this entry makes or changes.
    pub(crate) fn record(&self, id: &str, readers: Vec<Principal>, state: State) -> Record {
        Record { id: id.to_owned(), version: self.position, readers, state: Some(state) }
    }
}

/// Applies all events of one entry, one after another, and returns every record that they made or changed as it is
/// after the last of them, in the order of the ids.
///
/// # Errors
/// Only when the states cannot be read.
pub fn apply_entry(states: &dyn States, meta: &EntryMeta, events: &[Event]) -> Result<Vec<Record>, Fault> {
    let mut overlay = Overlay::new(states);
    for event in events {
        for record in apply(&overlay, meta, event)? {
            overlay.put(record)?;
        }
    }
    Ok(overlay.into_records())
}

/// Applies one event: every record that it makes or changes, with its version and its readers.
///
/// # Errors
/// Only when the states cannot be read.
pub fn apply(states: &dyn States, meta: &EntryMeta, event: &Event) -> Result<Vec<Record>, Fault> {
    let id = event.record_id.as_str();
    // An event of a newer version: nothing that this one could show.
    let Some(what) = &event.event else { return Ok(Vec::new()) };
    match what {
        E::AgencyFounded(e) => directory::agency_founded(states, meta, id, e),
        E::AgencyChanged(e) => directory::agency_changed(states, meta, id, e),
        E::UnitAdded(e) => directory::unit_added(states, meta, id, e),
        E::UnitChanged(e) => directory::unit_changed(states, meta, id, e),
        E::PersonAdded(e) => directory::person_added(states, meta, id, e),
        E::PersonChanged(e) => directory::person_changed(states, meta, id, e),
        E::Appointed(e) => directory::appointed(states, meta, id, e),
        E::PositionEnded(e) => directory::position_ended(states, meta, id, e),
        E::Delegated(e) => directory::delegated(states, meta, id, e),
        E::DelegationEnded(e) => directory::delegation_ended(states, meta, id, e),
        E::SeriesDefined(e) => directory::series_defined(states, meta, id, e),
        E::SeriesClosed(e) => directory::series_closed(states, meta, id, e),
        E::HolidaysSet(e) => directory::holidays_set(states, meta, id, e),
        E::CertificateEnrolled(e) => directory::certificate_enrolled(states, meta, id, e),
        E::CertificateWithdrawn(e) => directory::certificate_withdrawn(states, meta, id, e),
        E::CredentialSet(e) => directory::credential_set(states, meta, id, e),
        E::SecretRegistrationSwitched(e) => directory::secret_registration_switched(states, meta, id, e),
        E::Received(e) => intake::received(states, meta, id, e),
        E::Registered(e) => intake::registered(states, meta, id, e),
        E::Corrected(e) => intake::corrected(states, meta, id, e),
        E::ReturnedToSender(e) => intake::returned_to_sender(states, meta, id, e),
        E::NumberDrawn(e) => intake::number_drawn(states, meta, id, e),
        E::NumberVoided(e) => intake::number_voided(states, meta, id, e),
        E::NumberReserved(e) => intake::number_reserved(states, meta, id, e),
        E::NumberReleased(e) => intake::number_released(states, meta, id, e),
        E::NumberTaken(e) => intake::number_taken(states, meta, id, e),
        E::DocumentVoided(e) => intake::document_voided(states, meta, id, e),
        E::Submitted(e) => incoming::submitted(states, meta, id, e),
        E::Directed(e) => incoming::directed(states, meta, id, e),
        E::Assigned(e) => incoming::assigned(states, meta, id, e),
        E::DirectionUndone(e) => incoming::direction_undone(states, meta, id, e),
        E::HandedOn(e) => incoming::handed_on(states, meta, id, e),
        E::Progressed(e) => incoming::progressed(states, meta, id, e),
        E::AssignmentCompleted(e) => incoming::assignment_completed(states, meta, id, e),
        E::DocumentCompleted(e) => incoming::document_completed(states, meta, id, e),
        E::DeadlineExtended(e) => incoming::deadline_extended(states, meta, id, e),
        E::Opened(e) => incoming::opened(states, meta, id, e),
        E::AssignmentOpened(e) => incoming::assignment_opened(states, meta, id, e),
        E::AssignmentWithdrawn(e) => incoming::assignment_withdrawn(states, meta, id, e),
        E::Drafted(e) => outgoing::drafted(states, meta, id, e),
        E::Revised(e) => outgoing::revised(states, meta, id, e),
        E::DraftWithdrawn(e) => outgoing::draft_withdrawn(states, meta, id, e),
        E::DraftSubmitted(e) => outgoing::draft_submitted(states, meta, id, e),
        E::ContentReviewed(e) => outgoing::content_reviewed(states, meta, id, e),
        E::FormChecked(e) => outgoing::form_checked(states, meta, id, e),
        E::Initialed(e) => outgoing::initialed(states, meta, id, e),
        E::DraftReturned(e) => outgoing::draft_returned(states, meta, id, e),
        E::Approved(e) => outgoing::approved(states, meta, id, e),
        E::Signed(e) => outgoing::signed(states, meta, id, e),
        E::SigningFailed(e) => outgoing::signing_failed(states, meta, id, e),
        E::EvidenceAdded(e) => outgoing::evidence_added(states, meta, id, e),
        E::EvidenceKept(e) => intake::evidence_kept(states, meta, id, e),
        E::Numbered(e) => outgoing::numbered(states, meta, id, e),
        E::Sealed(e) => outgoing::sealed(states, meta, id, e),
        E::Issued(e) => outgoing::issued(states, meta, id, e),
        E::DeliveryUpdated(e) => outgoing::delivery_updated(states, meta, id, e),
        E::Recalled(e) => outgoing::recalled(states, meta, id, e),
        E::VersionKept(e) => outgoing::version_kept(states, meta, id, e),
    }
}
