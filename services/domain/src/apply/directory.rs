//! What events do to the directory.

use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    Agency, Certificate, Credential, Date, Delegation, Ended, HolidayTable, Person, Position, Record,
    SecretRegistrationSwitched, Series, Unit,
};

use super::EntryMeta;
use crate::calendar;
use crate::states::States;

type Records = Result<Vec<Record>, Fault>;

/// Facts of the directory are seen by everybody, whoever the readers: see [`crate::index::sees`].
fn made(meta: &EntryMeta, id: &str, state: State) -> Records {
    Ok(vec![meta.record(id, Vec::new(), state)])
}

/// Changes the state of a record, where `change` knows it.
fn changed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    change: impl FnOnce(&mut State) -> bool,
) -> Records {
    let Some(mut record) = states.get(id)? else { return Ok(Vec::new()) };
    if !record.state.as_mut().is_some_and(change) {
        return Ok(Vec::new());
    }
    record.version = meta.position;
    Ok(vec![record])
}

/// The last day of what ends on `ended` and would have ended on `valid_to`.
fn earlier(ended: Option<Date>, valid_to: Option<Date>) -> Option<Date> {
    match (ended, valid_to) {
        (Some(ended), Some(to)) if calendar::compare(to, ended).is_lt() => Some(to),
        (ended, to) => ended.or(to),
    }
}

pub(super) fn agency_founded(_: &dyn States, meta: &EntryMeta, id: &str, event: &Agency) -> Records {
    made(meta, id, State::Agency(event.clone()))
}

pub(super) fn agency_changed(_: &dyn States, meta: &EntryMeta, id: &str, event: &Agency) -> Records {
    made(meta, id, State::Agency(event.clone()))
}

pub(super) fn unit_added(_: &dyn States, meta: &EntryMeta, id: &str, event: &Unit) -> Records {
    made(meta, id, State::Unit(event.clone()))
}

pub(super) fn unit_changed(_: &dyn States, meta: &EntryMeta, id: &str, event: &Unit) -> Records {
    made(meta, id, State::Unit(event.clone()))
}

pub(super) fn person_added(_: &dyn States, meta: &EntryMeta, id: &str, event: &Person) -> Records {
    made(meta, id, State::Person(event.clone()))
}

pub(super) fn person_changed(_: &dyn States, meta: &EntryMeta, id: &str, event: &Person) -> Records {
    made(meta, id, State::Person(event.clone()))
}

pub(super) fn appointed(_: &dyn States, meta: &EntryMeta, id: &str, event: &Position) -> Records {
    made(meta, id, State::Position(event.clone()))
}

pub(super) fn position_ended(states: &dyn States, meta: &EntryMeta, id: &str, event: &Ended) -> Records {
    changed(states, meta, id, |state| {
        let State::Position(it) = state else { return false };
        it.ended = true;
        it.valid_to = earlier(event.date, it.valid_to);
        true
    })
}

pub(super) fn delegated(_: &dyn States, meta: &EntryMeta, id: &str, event: &Delegation) -> Records {
    made(meta, id, State::Delegation(event.clone()))
}

pub(super) fn delegation_ended(states: &dyn States, meta: &EntryMeta, id: &str, event: &Ended) -> Records {
    changed(states, meta, id, |state| {
        let State::Delegation(it) = state else { return false };
        it.ended = true;
        it.valid_to = earlier(event.date, it.valid_to);
        true
    })
}

pub(super) fn series_defined(_: &dyn States, meta: &EntryMeta, id: &str, event: &Series) -> Records {
    made(meta, id, State::Series(event.clone()))
}

pub(super) fn series_closed(states: &dyn States, meta: &EntryMeta, id: &str, _: &Ended) -> Records {
    changed(states, meta, id, |state| {
        let State::Series(it) = state else { return false };
        it.active = false;
        true
    })
}

pub(super) fn holidays_set(_: &dyn States, meta: &EntryMeta, id: &str, event: &HolidayTable) -> Records {
    made(meta, id, State::HolidayTable(event.clone()))
}

pub(super) fn certificate_enrolled(
    _: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Certificate,
) -> Records {
    made(meta, id, State::Certificate(event.clone()))
}

pub(super) fn certificate_withdrawn(states: &dyn States, meta: &EntryMeta, id: &str, _: &Ended) -> Records {
    changed(states, meta, id, |state| {
        let State::Certificate(it) = state else { return false };
        it.withdrawn = true;
        true
    })
}

pub(super) fn credential_set(_: &dyn States, meta: &EntryMeta, id: &str, event: &Credential) -> Records {
    made(meta, id, State::Credential(event.clone()))
}

pub(super) fn secret_registration_switched(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &SecretRegistrationSwitched,
) -> Records {
    changed(states, meta, id, |state| {
        let State::Agency(it) = state else { return false };
        it.secret_registration = event.on;
        true
    })
}
