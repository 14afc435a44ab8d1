//! Decisions on the agency, its people, units, positions, delegations, holidays and certificates.

use proto::fault::{Fault, Violation};
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::{
    AddPerson, AddUnit, Agency, Appoint, Book, Certificate, ChangeAgency, ChangePerson, ChangeUnit,
    Credential, Delegate, Delegation, EndDelegation, EndPosition, Ended, EnrolCertificate, Event,
    FoundAgency, Person, Position, Role, SecretRegistrationSwitched, Series, SetCredential, SetHolidays,
    SigningCapacity, SwitchSecretRegistration, Unit, WithdrawCertificate,
};

use super::{event, wanted};
use crate::id::{self, Kind};
use crate::index::{Code, Key};
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{calendar, read, reasons};

/// The series that every agency starts with: name, book, secret. Vietnamese, because people read them.
const FIRST_SERIES: [(&str, Book, bool); 4] = [
    ("Văn bản đến", Book::Incoming, false),
    ("Văn bản đi", Book::Outgoing, false),
    ("Văn bản mật đến", Book::Incoming, true),
    ("Văn bản mật đi", Book::Outgoing, true),
];

pub(super) fn found_agency(
    _permit: &Permit,
    command: &FoundAgency,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    if read::agency(states)?.is_some() {
        return Err(Fault::refused(
            reasons::FOUNDED_ALREADY,
            "the store has its agency; there is one a store",
        ));
    }
    let agency = Agency { secret_registration: false, ..wanted(command.agency.as_ref(), "agency")?.clone() };
    let unit = Unit { active: true, ..wanted(command.unit.as_ref(), "unit")?.clone() };
    let person = Person { active: true, ..wanted(command.person.as_ref(), "person")?.clone() };
    let fresh = |kind: Kind| moment.fresh_id(kind.prefix());
    let (unit_id, person_id) = (fresh(Kind::Unit), fresh(Kind::Person));
    let position = Position {
        person_id: person_id.clone(),
        unit_id: unit_id.clone(),
        title: command.title.clone(),
        roles: vec![Role::Administrator.into()],
        capacities: Vec::new(),
        valid_from: Some(moment.today()),
        valid_to: None,
        ended: false,
    };
    let credential = Credential {
        person_id: person_id.clone(),
        password_hash: command.password_hash.clone(),
        must_change: false,
    };
    let mut events = vec![
        event(id::AGENCY, E::AgencyFounded(agency)),
        event(unit_id, E::UnitAdded(unit)),
        event(&person_id, E::PersonAdded(person)),
        event(fresh(Kind::Position), E::Appointed(position)),
        event(id::credential(&person_id), E::CredentialSet(credential)),
    ];
    for (name, book, secret) in FIRST_SERIES {
        let series =
            Series { name: name.to_owned(), book: book.into(), kinds: Vec::new(), secret, active: true };
        events.push(event(fresh(Kind::Series), E::SeriesDefined(series)));
    }
    Ok(events)
}

pub(super) fn change_agency(
    _permit: &Permit,
    command: &ChangeAgency,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let now = agency(states)?;
    let agency = Agency {
        secret_registration: now.secret_registration,
        ..wanted(command.agency.as_ref(), "agency")?.clone()
    };
    changed(&now, &agency)?;
    Ok(vec![event(id::AGENCY, E::AgencyChanged(agency))])
}

pub(super) fn switch_secret_registration(
    _permit: &Permit,
    command: &SwitchSecretRegistration,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    changed(&agency(states)?.secret_registration, &command.on)?;
    let switched = SecretRegistrationSwitched { on: command.on, reason: command.reason.clone() };
    Ok(vec![event(id::AGENCY, E::SecretRegistrationSwitched(switched))])
}

pub(super) fn add_unit(
    _permit: &Permit,
    command: &AddUnit,
    _states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let unit = Unit { active: true, ..wanted(command.unit.as_ref(), "unit")?.clone() };
    Ok(vec![event(moment.fresh_id(Kind::Unit.prefix()), E::UnitAdded(unit))])
}

pub(super) fn change_unit(
    _permit: &Permit,
    command: &ChangeUnit,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.unit_id;
    let now = read::unit(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    let unit = wanted(command.unit.as_ref(), "unit")?;
    changed(&now, unit)?;
    if now.active && !unit.active {
        // Positions that start later count too: nobody may come to a unit that is closed.
        let positions =
            states.scan(&Key::of(Code::PositionsOfUnit).text(id).prefix(), None, crate::limits::LOOK_UP)?;
        for (_, position_id) in positions {
            let over =
                |it: &Position| it.valid_to.is_some_and(|to| calendar::compare(to, moment.today()).is_lt());
            if read::position(states, &position_id)?.is_some_and(|it| !it.ended && !over(&it)) {
                return Err(Fault::refused(
                    reasons::UNIT_HAS_POSITIONS,
                    format!("{position_id} is held in {id}; end it before the unit is closed"),
                ));
            }
        }
        for code in [Code::MyLead, Code::MySupporting] {
            if let Some((_, assignment)) =
                states.scan(&Key::of(code).unit(id).prefix(), None, 1)?.into_iter().next()
            {
                return Err(Fault::refused(
                    reasons::UNIT_HAS_WORK,
                    format!(
                        "{assignment} is open with {id}; complete it or hand it on before the unit is closed"
                    ),
                ));
            }
        }
    }
    Ok(vec![event(id, E::UnitChanged(unit.clone()))])
}

pub(super) fn add_person(
    _permit: &Permit,
    command: &AddPerson,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let person = Person { active: true, ..wanted(command.person.as_ref(), "person")?.clone() };
    login_is_free(states, &person.login, "")?;
    Ok(vec![event(moment.fresh_id(Kind::Person.prefix()), E::PersonAdded(person))])
}

pub(super) fn change_person(
    _permit: &Permit,
    command: &ChangePerson,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.person_id;
    let now = read::person(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    let person = wanted(command.person.as_ref(), "person")?;
    changed(&now, person)?;
    login_is_free(states, &person.login, id)?;
    let mut events = vec![event(id, E::PersonChanged(person.clone()))];
    if now.active && !person.active {
        let positions: Vec<(String, Position)> =
            read::look_up(states, &Key::of(Code::PositionsOfPerson).text(id).prefix())?
                .into_iter()
                .filter_map(|record| match record.state {
                    Some(State::Position(position)) => Some((record.id, position)),
                    _ => None,
                })
                .collect();
        let ids: Vec<&str> = positions.iter().map(|(id, _)| id.as_str()).collect();
        an_administrator_remains(states, &ids, moment)?;
        for id in &ids {
            end_one_position(id, "", states, moment, &mut events)?;
        }
    }
    Ok(events)
}

pub(super) fn appoint(
    _permit: &Permit,
    command: &Appoint,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let position = Position { ended: false, ..wanted(command.position.as_ref(), "position")?.clone() };
    let mut wrong = Vec::new();
    if !read::person(states, &position.person_id)?.is_some_and(|person| person.active) {
        wrong.push(not_there("position.person_id", "is not a person of the agency, or has left"));
    }
    if !read::unit(states, &position.unit_id)?.is_some_and(|unit| unit.active) {
        wrong.push(not_there("position.unit_id", "is not an open unit"));
    }
    if position.valid_to.is_some_and(|to| calendar::compare(to, moment.today()).is_lt()) {
        wrong.push(Violation::new("position.valid_to", reasons::IN_PAST, "lies in the past"));
    }
    all_right(wrong)?;
    Ok(vec![event(moment.fresh_id(Kind::Position.prefix()), E::Appointed(position))])
}

pub(super) fn end_position(
    _permit: &Permit,
    command: &EndPosition,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.position_id;
    let position = read::position(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    if position.ended {
        return Err(Fault::refused(reasons::ALREADY_ENDED, format!("{id} has ended already")));
    }
    an_administrator_remains(states, &[id], moment)?;
    let mut events = Vec::new();
    end_one_position(id, &command.reason, states, moment, &mut events)?;
    Ok(events)
}

/// Ends a position and the delegations from and to it: a power does not outlive the position it comes from, nor the one
/// that may use it.
fn end_one_position(
    id: &str,
    reason: &str,
    states: &dyn States,
    moment: &Moment,
    events: &mut Vec<Event>,
) -> Result<(), Fault> {
    let ended = Ended { reason: reason.to_owned(), date: Some(moment.today()) };
    events.push(event(id, E::PositionEnded(ended.clone())));
    for code in [Code::DelegationsFromPosition, Code::DelegationsToPosition] {
        for record in read::look_up(states, &Key::of(code).text(id).prefix())? {
            let over =
                |it: &Delegation| it.valid_to.is_some_and(|to| calendar::compare(to, moment.today()).is_lt());
            match record.state {
                Some(State::Delegation(it))
                    if !over(&it) && !events.iter().any(|e| e.record_id == record.id) =>
                {
                    events.push(event(record.id, E::DelegationEnded(ended.clone())));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// TUQ.: in writing, limited in time, never passed on (NĐ 30/2020 Điều 13.4). The power delegated is the head's own.
pub(super) fn delegate(
    _permit: &Permit,
    command: &Delegate,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let it = Delegation { ended: false, ..wanted(command.delegation.as_ref(), "delegation")?.clone() };
    let today = moment.today();
    let from = read::position(states, &it.from_position_id)?;
    let to = read::position(states, &it.to_position_id)?;
    let mut wrong = Vec::new();
    if it.valid_to.is_some_and(|to| calendar::compare(to, today).is_lt()) {
        wrong.push(Violation::new("delegation.valid_to", reasons::IN_PAST, "lies in the past"));
    }
    for (field, position) in [("delegation.from_position_id", &from), ("delegation.to_position_id", &to)] {
        // Held all the time that the delegation is to last.
        let held = position.as_ref().is_some_and(|position| {
            !position.ended
                && it
                    .valid_from
                    .is_some_and(|day| calendar::within(day, position.valid_from, position.valid_to))
                && it
                    .valid_to
                    .is_some_and(|day| calendar::within(day, position.valid_from, position.valid_to))
        });
        if !held {
            wrong.push(not_there(field, "is not a position held from valid_from to valid_to"));
        }
    }
    all_right(wrong)?;
    let (Some(from), Some(to)) = (from, to) else { return Err(Fault::broken("a position vanished")) };
    if from.person_id == to.person_id {
        return Err(Fault::refused(
            reasons::DELEGATED_TO_ONESELF,
            "both positions are held by the same person",
        ));
    }
    let own = [SigningCapacity::Head, SigningCapacity::Acting, SigningCapacity::OnBehalf];
    if !from.capacities().any(|capacity| own.contains(&capacity)) {
        let received = read::look_up(
            states,
            &Key::of(Code::DelegationsToPosition).text(&it.from_position_id).prefix(),
        )?
        .into_iter()
        .any(|record| matches!(record.state, Some(State::Delegation(it)) if read::is_in_force(&it, today)));
        return Err(if received || from.capacities().any(|it| it == SigningCapacity::ByAuthorization) {
            Fault::refused(
                reasons::REDELEGATION,
                "a delegated power may not be delegated again (NĐ 30/2020 Điều 13)",
            )
        } else {
            Fault::refused(
                reasons::NOTHING_TO_DELEGATE,
                "only the head of the agency, or who acts as head, delegates",
            )
        });
    }
    Ok(vec![event(moment.fresh_id(Kind::Delegation.prefix()), E::Delegated(it))])
}

pub(super) fn end_delegation(
    _permit: &Permit,
    command: &EndDelegation,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.delegation_id;
    let delegation = read::delegation(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    if delegation.ended {
        return Err(Fault::refused(reasons::ALREADY_ENDED, format!("{id} has ended already")));
    }
    let ended = Ended { reason: command.reason.clone(), date: Some(moment.today()) };
    Ok(vec![event(id, E::DelegationEnded(ended))])
}

pub(super) fn set_holidays(
    _permit: &Permit,
    command: &SetHolidays,
    _states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let table = wanted(command.table.as_ref(), "table")?;
    Ok(vec![event(id::holiday_table(table.year), E::HolidaysSet(table.clone()))])
}

pub(super) fn enrol_certificate(
    _permit: &Permit,
    command: &EnrolCertificate,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let certificate =
        Certificate { withdrawn: false, ..wanted(command.certificate.as_ref(), "certificate")?.clone() };
    if !certificate.seal && !read::person(states, &certificate.person_id)?.is_some_and(|person| person.active)
    {
        return Err(Fault::Invalid(vec![not_there(
            "certificate.person_id",
            "is not a person of the agency, or has left",
        )]));
    }
    if certificate.valid_to.as_ref().is_some_and(|to| calendar::millis(to) <= moment.at_ms()) {
        return Err(Fault::refused(
            reasons::CERTIFICATE_EXPIRED,
            "the certificate has expired; enrol a valid one",
        ));
    }
    let same = Key::of(Code::CertificateByDigest).text(&certificate.sha256).prefix();
    if let Some((_, other)) = states.scan(&same, None, 1)?.into_iter().next() {
        return Err(Fault::refused(
            reasons::ALREADY_ENROLLED,
            format!("the same certificate is bound by {other}; withdraw that first"),
        ));
    }
    Ok(vec![event(moment.fresh_id(Kind::Certificate.prefix()), E::CertificateEnrolled(certificate))])
}

pub(super) fn withdraw_certificate(
    _permit: &Permit,
    command: &WithdrawCertificate,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.certificate_id;
    let certificate = read::certificate(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    if certificate.withdrawn {
        return Err(Fault::refused(reasons::ALREADY_ENDED, format!("{id} is withdrawn already")));
    }
    let ended = Ended { reason: command.reason.clone(), date: Some(moment.today()) };
    Ok(vec![event(id, E::CertificateWithdrawn(ended))])
}

pub(super) fn set_credential(
    _permit: &Permit,
    command: &SetCredential,
    states: &dyn States,
    _moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let credential = wanted(command.credential.as_ref(), "credential")?;
    if !read::person(states, &credential.person_id)?.is_some_and(|person| person.active) {
        return Err(Fault::unknown(&credential.person_id));
    }
    Ok(vec![event(id::credential(&credential.person_id), E::CredentialSet(credential.clone()))])
}

fn agency(states: &dyn States) -> Result<Agency, Fault> {
    read::agency(states)?.ok_or_else(|| Fault::unknown(id::AGENCY))
}

fn changed<T: PartialEq>(now: &T, wanted: &T) -> Result<(), Fault> {
    if now == wanted {
        return Err(Fault::refused(reasons::NOTHING_CHANGES, "everything is already as it should be"));
    }
    Ok(())
}

fn not_there(field: &str, text: &str) -> Violation {
    Violation::new(field, reasons::NOT_THERE, text)
}

fn all_right(violations: Vec<Violation>) -> Result<(), Fault> {
    if violations.is_empty() { Ok(()) } else { Err(Fault::Invalid(violations)) }
}

/// A login is never given to a second person, not even after the first has left: old entries stay plain.
fn login_is_free(states: &dyn States, login: &str, but: &str) -> Result<(), Fault> {
    let taken = states
        .scan(&Key::of(Code::PersonByLogin).text(login).prefix(), None, 2)?
        .into_iter()
        .any(|(_, person)| person != but);
    if taken {
        return Err(Fault::invalid(
            "person.login",
            reasons::LOGIN_TAKEN,
            "belongs to somebody else; choose another",
        ));
    }
    Ok(())
}

/// Refuses where the positions `leaving` are the last with the role of administrator: nobody could undo that.
fn an_administrator_remains(states: &dyn States, leaving: &[&str], moment: &Moment) -> Result<(), Fault> {
    let now = read::positions_of_role(states, Role::Administrator, moment.today())?;
    let (mut leave, mut remain) = (false, false);
    for (id, position) in now {
        if leaving.contains(&id.as_str()) {
            leave = true;
        } else {
            remain |= read::person(states, &position.person_id)?.is_some_and(|person| person.active);
        }
    }
    if leave && !remain {
        return Err(Fault::refused(
            reasons::LAST_ADMINISTRATOR,
            "no administrator would remain; appoint another one first",
        ));
    }
    Ok(())
}
