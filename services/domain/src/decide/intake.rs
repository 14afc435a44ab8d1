//! Decisions of intake: receive, register, correct, return, void a number.

use proto::fault::{Fault, Violation};
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    AssignmentStatus, Book, CorrectIncoming, Corrected, Date, DocumentFacts, Ended, EntryStatus, Event,
    FileRef, IncomingDocument, IncomingStatus, ReceiveIncoming, Received, RegisterEntry, RegisterIncoming,
    Registered, ReturnIncoming, Role, Submitted, VoidNumber,
};

use super::{event, incoming, numbering, outgoing, wanted};
use crate::apply::readers;
use crate::check::is_secret;
use crate::id::{self, Kind};
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{calendar, duplicates, read, reasons};

pub(super) fn receive_incoming(
    _permit: &Permit,
    command: &ReceiveIncoming,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let facts = wanted(command.facts.as_ref(), "facts")?;
    days_are_past(facts, command.arrival_date, moment)?;
    if is_secret(facts) {
        secret_registration_is_on(states)?;
    }
    let received = Received {
        received: Some(ReceiveIncoming {
            arrival_date: command.arrival_date.or(Some(moment.today())),
            ..command.clone()
        }),
        duplicate_of: duplicate_of(states, facts, &command.files, "", |_| true)?.unwrap_or_default(),
        readers: vec![readers::role(Role::Clerk)],
    };
    Ok(vec![event(moment.fresh_id(Kind::Incoming.prefix()), E::Received(received))])
}

/// Late registration takes today's next number; the arrival date is a field of its own.
pub(super) fn register_incoming(
    _permit: &Permit,
    command: &RegisterIncoming,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = document(states, id)?;
    waits_for_registration(id, &document)?;
    let facts = wanted(command.facts.as_ref(), "facts")?;
    days_are_past(facts, command.arrival_date, moment)?;
    let secret = is_secret(facts);
    if secret {
        secret_registration_is_on(states)?;
        if !document.files.is_empty() || !document.text_digest.is_empty() {
            return Err(Fault::refused(
                reasons::SECRET_WITH_FILE,
                format!("{id} has files; a secret document is registered by its metadata alone, on paper"),
            ));
        }
    }
    if !command.despite_duplicate {
        let registered = |other: &IncomingDocument| other.number.is_some();
        if let Some(other) = duplicate_of(states, facts, &document.files, id, registered)? {
            return Err(Fault::refused(
                reasons::DUPLICATE,
                format!(
                    "{other} has the same number, notation and issuer, or the same file; confirm to register"
                ),
            ));
        }
    }
    if !command.submit_to.is_empty() {
        incoming::is_leader(states, &command.submit_to, "submit_to", moment)?;
    }
    let series = numbering::series_for(states, Book::Incoming, facts.kind(), secret)?;
    let number = numbering::draw(states, moment, &series)?;
    let registered = Registered {
        number: Some(number.clone()),
        facts: Some(facts.clone()),
        arrival_date: command.arrival_date,
        to_places: command.to_places.clone(),
    };
    let mut events =
        vec![numbering::drawn(&number, id, Book::Incoming, ""), event(id, E::Registered(registered))];
    if !command.submit_to.is_empty() {
        let submitted = Submitted { leader_id: command.submit_to.clone(), note: String::new() };
        events.push(event(id, E::Submitted(submitted)));
    }
    Ok(events)
}

pub(super) fn correct_incoming(
    _permit: &Permit,
    command: &CorrectIncoming,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = document(states, id)?;
    match document.status() {
        IncomingStatus::Registered
        | IncomingStatus::Submitted
        | IncomingStatus::Directed
        | IncomingStatus::Completed => {}
        IncomingStatus::Received => {
            return Err(Fault::refused(
                reasons::NOT_REGISTERED,
                format!("{id} has no number yet; its metadata are set right when it is registered"),
            ));
        }
        IncomingStatus::Returned | IncomingStatus::Void | IncomingStatus::Unspecified => {
            return Err(wrong_state(id, &document));
        }
    }
    let facts = wanted(command.facts.as_ref(), "facts")?;
    days_are_past(facts, None, moment)?;
    let before = document.facts.clone().unwrap_or_default();
    if is_secret(facts) != is_secret(&before) {
        return Err(Fault::refused(
            reasons::MARKING_FIXED,
            format!("{id} stands in a series by its marking; void the number and register it anew"),
        ));
    }
    if *facts == before && command.to_places == document.to_places {
        return Err(Fault::refused(reasons::NOTHING_CHANGES, "everything is already as it should be"));
    }
    let corrected = Corrected {
        facts: Some(facts.clone()),
        to_places: command.to_places.clone(),
        reason: command.reason.clone(),
    };
    Ok(vec![event(id, E::Corrected(corrected))])
}

pub(super) fn return_incoming(
    _permit: &Permit,
    command: &ReturnIncoming,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    waits_for_registration(id, &document(states, id)?)?;
    let ended = Ended { reason: command.reason.clone(), date: Some(moment.today()) };
    Ok(vec![event(id, E::ReturnedToSender(ended))])
}

/// The line stays in its register; the document it stands on is void with it.
pub(super) fn void_number(
    permit: &Permit,
    command: &VoidNumber,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.entry_id;
    let entry = read::register_entry(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    if entry.status() == EntryStatus::Void {
        return Err(Fault::refused(reasons::ALREADY_VOID, format!("{id} is void already")));
    }
    if entry.status() == EntryStatus::Reserved {
        return Err(Fault::refused(
            reasons::NUMBER_RESERVED,
            format!("{id} is reserved and on no document; release it"),
        ));
    }
    let ended = Ended { reason: command.reason.clone(), date: Some(moment.today()) };
    let mut events = vec![event(id, E::NumberVoided(ended.clone()))];
    match id::kind(&entry.document_id) {
        Some(Kind::Incoming) => events.extend(void_incoming(&entry, &ended, states)?),
        Some(Kind::Outgoing) => {
            events.extend(outgoing::number_voided(permit, &entry, &command.reason, states, moment)?);
        }
        _ => {}
    }
    Ok(events)
}

fn void_incoming(entry: &RegisterEntry, ended: &Ended, states: &dyn States) -> Result<Vec<Event>, Fault> {
    let id = &entry.document_id;
    let document = document(states, id)?;
    match document.status() {
        IncomingStatus::Registered | IncomingStatus::Submitted | IncomingStatus::Directed => {}
        _ => return Err(wrong_state(id, &document)),
    }
    let mut events = vec![event(id, E::DocumentVoided(ended.clone()))];
    for (assignment_id, assignment) in incoming::assignments(states, id)? {
        if matches!(assignment.status(), AssignmentStatus::Open | AssignmentStatus::HandedOn) {
            events.push(event(assignment_id, E::AssignmentWithdrawn(ended.clone())));
        }
    }
    Ok(events)
}

fn document(states: &dyn States, id: &str) -> Result<IncomingDocument, Fault> {
    read::incoming(states, id)?.ok_or_else(|| Fault::unknown(id))
}

fn wrong_state(id: &str, document: &IncomingDocument) -> Fault {
    let status = document.status().as_str_name();
    Fault::refused(reasons::WRONG_STATE, format!("{id} is {status}, in which this cannot be done"))
}

fn waits_for_registration(id: &str, document: &IncomingDocument) -> Result<(), Fault> {
    match document.status() {
        IncomingStatus::Received => Ok(()),
        _ if document.number.is_some() => {
            Err(Fault::refused(reasons::ALREADY_REGISTERED, format!("{id} has its number already")))
        }
        _ => Err(wrong_state(id, document)),
    }
}

fn secret_registration_is_on(states: &dyn States) -> Result<(), Fault> {
    if read::agency(states)?.is_some_and(|agency| agency.secret_registration) {
        return Ok(());
    }
    Err(Fault::refused(
        reasons::SECRET_REGISTRATION_OFF,
        "documents with a secrecy marking are not registered here; an administrator can switch it on",
    ))
}

/// Neither the document nor its arrival lies in the future.
fn days_are_past(facts: &DocumentFacts, arrival: Option<Date>, moment: &Moment) -> Result<(), Fault> {
    let today = moment.today();
    let future = |date: Option<Date>| date.is_some_and(|date| calendar::compare(date, today).is_gt());
    let mut wrong = Vec::new();
    if future(facts.issued_date) {
        wrong.push(Violation::new("facts.issued_date", reasons::IN_FUTURE, "lies in the future"));
    }
    if future(arrival) {
        wrong.push(Violation::new("arrival_date", reasons::IN_FUTURE, "lies in the future"));
    }
    if wrong.is_empty() { Ok(()) } else { Err(Fault::Invalid(wrong)) }
}

/// The first document like this one, of those that count: files before numbers.
fn duplicate_of(
    states: &dyn States,
    facts: &DocumentFacts,
    files: &[FileRef],
    but: &str,
    counts: impl Fn(&IncomingDocument) -> bool,
) -> Result<Option<String>, Fault> {
    let main = files.first().map_or("", |file| file.digest.as_str());
    let twins = duplicates::twins(states, facts, main, but)?;
    Ok(twins.into_iter().find(|twin| twin.document().is_some_and(&counts)).map(|twin| twin.record.id))
}
