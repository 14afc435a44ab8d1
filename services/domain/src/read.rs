//! Typed reads of states: what the rules ask for by id and by look-up.

use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    Agency, Assignment, Certificate, Date, Delegation, IncomingDocument, OutgoingDocument, Person, Position,
    Record, RegisterEntry, Role, Series, SeriesYear, Unit,
};

use crate::index::{Code, Key};
use crate::states::States;
use crate::{calendar, id, limits};

macro_rules! typed {
    ($($(#[$doc:meta])* $name:ident -> $variant:ident($state:ty);)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// When the states cannot be read.
        pub fn $name(states: &dyn States, id: &str) -> Result<Option<$state>, Fault> {
            Ok(match states.get(id)?.and_then(|record| record.state) {
                Some(State::$variant(state)) => Some(state),
                _ => None,
            })
        }
    )*};
}

typed! {
    /// A unit.
    unit -> Unit(Unit);
    /// A person.
    person -> Person(Person);
    /// A position.
    position -> Position(Position);
    /// A delegation.
    delegation -> Delegation(Delegation);
    /// A series.
    series -> Series(Series);
    /// Where a series stands in a year.
    series_year -> SeriesYear(SeriesYear);
    /// A line of a register.
    register_entry -> RegisterEntry(RegisterEntry);
    /// A certificate.
    certificate -> Certificate(Certificate);
    /// An incoming document.
    incoming -> Incoming(IncomingDocument);
    /// An assignment.
    assignment -> Assignment(Assignment);
    /// An outgoing document.
    outgoing -> Outgoing(OutgoingDocument);
}

/// The agency; `None` before it is founded.
///
/// # Errors
/// When the states cannot be read.
pub fn agency(states: &dyn States) -> Result<Option<Agency>, Fault> {
    Ok(match states.get(id::AGENCY)?.and_then(|record| record.state) {
        Some(State::Agency(agency)) => Some(agency),
        _ => None,
    })
}

/// The records under an index prefix, in its order, at most [`limits::LOOK_UP`].
///
/// # Errors
/// When the states cannot be read.
pub fn look_up(states: &dyn States, prefix: &[u8]) -> Result<Vec<Record>, Fault> {
    let mut records = Vec::new();
    for (_, id) in states.scan(prefix, None, limits::LOOK_UP)? {
        records.extend(states.get(&id)?);
    }
    Ok(records)
}

/// True when a position is held on `day`.
#[must_use]
pub fn is_held(position: &Position, day: Date) -> bool {
    !position.ended && calendar::within(day, position.valid_from, position.valid_to)
}

/// True when a delegation is in force on `day`.
#[must_use]
pub fn is_in_force(delegation: &Delegation, day: Date) -> bool {
    !delegation.ended
        && delegation.valid_to.is_some()
        && calendar::within(day, delegation.valid_from, delegation.valid_to)
}

fn held(states: &dyn States, key: Key, day: Date) -> Result<Vec<(String, Position)>, Fault> {
    Ok(look_up(states, &key.prefix())?
        .into_iter()
        .filter_map(|record| match record.state {
            Some(State::Position(position)) if is_held(&position, day) => Some((record.id, position)),
            _ => None,
        })
        .collect())
}

/// The positions that a person holds on `day`, with their ids.
///
/// # Errors
/// When the states cannot be read.
pub fn positions_of_person(
    states: &dyn States,
    person_id: &str,
    day: Date,
) -> Result<Vec<(String, Position)>, Fault> {
    held(states, Key::of(Code::PositionsOfPerson).text(person_id), day)
}

/// The positions held in a unit on `day`, with their ids.
///
/// # Errors
/// When the states cannot be read.
pub fn positions_of_unit(
    states: &dyn States,
    unit_id: &str,
    day: Date,
) -> Result<Vec<(String, Position)>, Fault> {
    held(states, Key::of(Code::PositionsOfUnit).text(unit_id), day)
}

/// The positions with a role held on `day`, with their ids.
///
/// # Errors
/// When the states cannot be read.
pub fn positions_of_role(
    states: &dyn States,
    role: Role,
    day: Date,
) -> Result<Vec<(String, Position)>, Fault> {
    held(states, Key::of(Code::PositionsOfRole).role(role), day)
}
