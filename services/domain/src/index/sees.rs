//! Who sees a record.

use proto::record::v1::{Caller, Principal, Record, Role, SecurityMarking, principal::Who, record::State};

/// True when `principal` is the caller, the caller's unit, or a role that the caller acts in.
#[must_use]
pub(super) fn is_caller(principal: &Principal, caller: &Caller) -> bool {
    match &principal.who {
        Some(Who::PersonId(id)) => !id.is_empty() && *id == caller.person_id,
        Some(Who::UnitId(id)) => !id.is_empty() && *id == caller.unit_id && works_in_unit(caller),
        Some(Who::Role(role)) => *role != i32::from(Role::Unspecified) && caller.roles.contains(role),
        None => false,
    }
}

/// True unless the position acted in has no role but administrator: who only administers sees no documents, not even
/// those of the unit that the position is in.
pub(super) fn works_in_unit(caller: &Caller) -> bool {
    !caller.unit_id.is_empty()
        && caller.roles().any(|role| role != Role::Administrator && role != Role::Unspecified)
}

/// True when the caller may know of the record.
///
/// Everybody who acts in a position sees the facts of the directory: agency, units, people, positions, delegations,
/// series, holidays, certificates. Documents and what hangs on them are seen by their readers only; administrators are
/// none by that role. A credential is seen by nobody: only directory's key reads it, by another way.
#[must_use]
pub fn sees(record: &Record, caller: &Caller) -> bool {
    match &record.state {
        None | Some(State::Credential(_)) => false,
        Some(
            State::Agency(_)
            | State::Unit(_)
            | State::Person(_)
            | State::Position(_)
            | State::Delegation(_)
            | State::Series(_)
            | State::HolidayTable(_)
            | State::Certificate(_),
        ) => !caller.position_id.is_empty(),
        Some(_) => record.readers.iter().any(|reader| is_caller(reader, caller)),
    }
}

/// True for a document with a secrecy marking: it is never routed, searched for or exported.
#[must_use]
pub fn is_secret(record: &Record) -> bool {
    let facts = match &record.state {
        Some(State::Incoming(document)) => document.facts.as_ref(),
        Some(State::Outgoing(document)) => document.facts.as_ref(),
        _ => return false,
    };
    // An unknown marking counts as secret: the careful side.
    facts.is_some_and(|facts| {
        !matches!(
            SecurityMarking::try_from(facts.marking),
            Ok(SecurityMarking::None | SecurityMarking::Unspecified)
        )
    })
}
