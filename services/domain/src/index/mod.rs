//! What can be found without knowing an id: the keys of a record in lists and look-ups.
//!
//! A key is code ‖ partition ‖ sort ‖ record id. Lists that are “of the caller” are partitioned by principal, so that
//! one list of one caller is a few ranges, merged by what comes after the partition.

mod code;
mod directory;
mod incoming;
mod key;
mod outgoing;
mod range;
mod sees;
mod words;

use proto::record::v1::{Record, record::State};

pub use code::Code;
pub(crate) use incoming::by_number;
pub use incoming::{check_of, is_signed, is_unchecked};
pub use key::Key;
pub(crate) use outgoing::by_number as by_outgoing_number;
pub use outgoing::evidence_of;
pub use range::{KeyRange, range};
pub use sees::{is_secret, sees};
pub use words::fold;

/// The index keys of `record`, each unique because it ends with the record's id. The value to keep with each is the id.
#[must_use]
pub fn index(record: &Record) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    let Some(state) = &record.state else { return keys };
    let id = record.id.as_str();
    match state {
        State::Agency(_) | State::Credential(_) | State::Opened(_) => {}
        State::Unit(unit) => directory::unit(id, unit, &mut keys),
        State::Person(person) => directory::person(id, person, &mut keys),
        State::Position(position) => directory::position(id, position, &mut keys),
        State::Delegation(delegation) => directory::delegation(id, delegation, &mut keys),
        State::Series(series) => directory::series(id, series, &mut keys),
        State::SeriesYear(year) => directory::series_year(record, year, &mut keys),
        State::RegisterEntry(entry) => directory::register_entry(record, entry, &mut keys),
        State::HolidayTable(table) => directory::holiday_table(id, table, &mut keys),
        State::Certificate(certificate) => directory::certificate(id, certificate, &mut keys),
        State::Incoming(document) => incoming::document(record, document, &mut keys),
        State::Assignment(assignment) => incoming::assignment(record, assignment, &mut keys),
        State::Outgoing(document) => outgoing::document(record, document, &mut keys),
        State::DraftVersion(version) => outgoing::draft_version(record, version, &mut keys),
    }
    keys
}
