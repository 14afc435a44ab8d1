//! Who may do what. The one maker of a [`Permit`]; the whole policy is the one table in `table.rs`.
//!
//! A record that the caller may not know of is [`Fault::Unknown`]; one that the caller sees but may not do this to is
//! [`Fault::Denied`].

mod command;
mod outgoing;
mod table;
#[cfg(test)]
mod tests;

use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{Caller, Record};

pub use command::name;

use crate::check::Checked;
use crate::index::sees;
use crate::moment::Moment;
use crate::states::States;
use crate::{id, read, reasons};
use table::{Grant, Relation};

/// The service whose key may found the agency and set credentials.
pub const DIRECTORY: &str = "directory";
/// The service whose key may add long-term evidence to issued documents, and keep what authorities say of received ones.
pub const SIGNER: &str = "signer";

/// Proof that a caller may give a command now. Only [`authorize`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Permit {
    caller: Caller,
    command: C,
}

impl Permit {
    /// Who acts.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// What is to be done.
    #[must_use]
    pub fn command(&self) -> &C {
        &self.command
    }
}

/// Asks the policy. `service` is the service whose own key speaks, or `None` for a caller's seal alone.
///
/// # Errors
/// [`Fault::Unauthenticated`] when the caller's position is not (or no longer) valid; [`Fault::Unknown`] when the record
/// is not there or not the caller's to know of; [`Fault::Denied`] when the caller may not do this.
pub fn authorize(
    caller: &Caller,
    service: Option<&str>,
    checked: Checked,
    states: &dyn States,
    moment: &Moment,
) -> Result<Permit, Fault> {
    let command = checked.into_command();
    let name = command::name(&command);
    let Some(row) = table::rows().find(|row| row.command == name) else {
        return Err(Fault::denied(reasons::NOT_YOUR_ROLE, format!("the policy has no row for {name}")));
    };
    if row.service.is_some_and(|needed| service != Some(needed)) {
        return Err(Fault::denied(
            reasons::ONLY_SERVICE,
            format!("only the key of {} may give {name}", row.service.unwrap_or_default()),
        ));
    }
    if row.grants.contains(&Grant::ServiceAlone) {
        return Ok(Permit { caller: caller.clone(), command });
    }
    verify_caller(caller, states, moment)?;
    let subject = match (command::subject(&command), row.subject) {
        (Some(subject), Some(kind)) => Some(seen(caller, subject, kind, states)?),
        (Some(subject), None) => {
            return Err(Fault::broken(format!("no kind for {subject} in the row of {name}")));
        }
        (None, _) => None,
    };
    granted(row, caller, &command, subject.as_ref())?;
    Ok(Permit { caller: caller.clone(), command })
}

/// What the table says of a command on a record at hand: for whoever has work to do before the command can be given, and
/// does none for somebody who may not. Not a [`Permit`]; the committer asks again.
///
/// # Errors
/// [`Fault::Denied`], as [`authorize`] would say it.
pub fn ask(caller: &Caller, command: &C, subject: Option<&Record>) -> Result<(), Fault> {
    let name = command::name(command);
    match table::rows().find(|row| row.command == name) {
        Some(row) if row.service.is_none() => granted(row, caller, command, subject),
        _ => Err(Fault::denied(reasons::NOT_YOUR_ROLE, format!("no caller's seal alone may give {name}"))),
    }
}

fn granted(row: &table::Row, caller: &Caller, command: &C, subject: Option<&Record>) -> Result<(), Fault> {
    let name = row.command;
    let mut role_matched = false;
    for grant in row.grants {
        let allowed = match *grant {
            Grant::ServiceAlone => false,
            Grant::Everybody => true,
            Grant::Role(role) => has(caller, role),
            Grant::Relation(relation) => {
                role_matched = true;
                holds(relation, caller, command, subject)
            }
            Grant::Both(role, relation) => {
                role_matched |= has(caller, role);
                has(caller, role) && holds(relation, caller, command, subject)
            }
        };
        if allowed {
            return Ok(());
        }
    }
    if role_matched {
        Err(Fault::denied(reasons::NOT_YOURS, format!("{name}: the record is somebody else's to act on")))
    } else {
        Err(Fault::denied(
            reasons::NOT_YOUR_ROLE,
            format!("{name}: no role of the caller's position allows it"),
        ))
    }
}

fn has(caller: &Caller, role: proto::record::v1::Role) -> bool {
    caller.roles.contains(&i32::from(role))
}

/// The record that the command is about, where the caller sees it.
fn seen(caller: &Caller, subject: &str, kind: id::Kind, states: &dyn States) -> Result<Record, Fault> {
    let hidden = || Fault::unknown(subject);
    let record = states.get(subject)?.ok_or_else(hidden)?;
    if id::kind(subject).is_some_and(|found| found == kind) && sees(&record, caller) {
        Ok(record)
    } else {
        Err(hidden())
    }
}

/// The caller's position must be held today, by a person who has not left, in that unit, with those roles; a delegation
/// acted under must be in force and made to that position.
///
/// # Errors
/// [`Fault::Unauthenticated`] otherwise.
pub fn verify_caller(caller: &Caller, states: &dyn States, moment: &Moment) -> Result<(), Fault> {
    let refused = |text: &str| Err(Fault::Unauthenticated { text: text.to_owned() });
    let today = moment.today();
    let Some(position) = read::position(states, &caller.position_id)? else {
        return refused("the position acted in does not exist; log in again");
    };
    if position.person_id != caller.person_id || position.unit_id != caller.unit_id {
        return refused("the position acted in is not the caller's; log in again");
    }
    if !read::is_held(&position, today) {
        return refused("the position acted in is not held today; log in again");
    }
    if !caller.roles.iter().all(|role| position.roles.contains(role)) {
        return refused("the seal names a role that the position does not have; log in again");
    }
    if !read::person(states, &caller.person_id)?.is_some_and(|person| person.active) {
        return refused("the person has left");
    }
    if !caller.delegation_id.is_empty() {
        let delegation = read::delegation(states, &caller.delegation_id)?;
        let good = delegation
            .is_some_and(|it| it.to_position_id == caller.position_id && read::is_in_force(&it, today));
        if !good {
            return refused("the delegation acted under is not in force; log in again");
        }
    }
    Ok(())
}

/// True when the relation holds between the caller and what the command is about.
fn holds(relation: Relation, caller: &Caller, command: &C, subject: Option<&Record>) -> bool {
    if relation == Relation::Oneself {
        let person = match (command, subject.and_then(|record| record.state.as_ref())) {
            (C::SetCredential(set), _) => set.credential.as_ref().map(|it| it.person_id.as_str()),
            (C::EnrolCertificate(enrol), _) => {
                enrol.certificate.as_ref().filter(|it| !it.seal).map(|it| it.person_id.as_str())
            }
            (_, Some(State::Certificate(it))) => Some(it.person_id.as_str()),
            _ => None,
        };
        return person.is_some_and(|person| !person.is_empty() && person == caller.person_id);
    }
    match subject.and_then(|record| record.state.as_ref()) {
        Some(State::Incoming(document)) => match relation {
            Relation::SubmittedTo => document.submitted_to == caller.person_id,
            Relation::Directed => {
                document.direction.as_ref().is_some_and(|direction| direction.person_id == caller.person_id)
            }
            _ => false,
        },
        Some(State::Assignment(assignment)) => {
            let assignee = assignment.assignee.as_ref().and_then(|assignee| assignee.who.as_ref());
            match (relation, assignee) {
                (Relation::Gave, _) => assignment.assigned_by == caller.person_id,
                (Relation::Assigned, Some(Who::PersonId(id))) => *id == caller.person_id,
                (Relation::AssignedToUnit, Some(Who::UnitId(id))) => *id == caller.unit_id,
                _ => false,
            }
        }
        Some(State::Outgoing(document)) => outgoing::holds(relation, caller, document),
        _ => false,
    }
}
