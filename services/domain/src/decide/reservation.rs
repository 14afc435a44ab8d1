//! Giữ chỗ: a number drawn ahead of its document, and given up where no document comes.
//!
//! NĐ 30/2020 Điều 15.1 wants number and time in the order of issuing and says nothing of numbers kept; agencies keep
//! them by their own rules of work. So that dates never fall in a register, a kept number has the day on which it was
//! drawn, and so has the document that takes it. Số đến follows the order of receipt: none is kept.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    Book, Date, Ended, EntryStatus, Event, NumberReserved, NumberTaken, OutgoingDocument, RegisterNumber,
    ReleaseNumber, ReserveNumber,
};

use super::{event, numbering};
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{calendar, id, read, reasons};

pub(super) fn reserve_number(
    _permit: &Permit,
    command: &ReserveNumber,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let series_id = &command.series_id;
    let series = read::series(states, series_id)?.ok_or_else(|| Fault::unknown(series_id))?;
    if !series.active {
        return Err(Fault::refused(reasons::ALREADY_ENDED, format!("{series_id} is closed")));
    }
    if series.book() != Book::Outgoing || series.secret {
        return Err(Fault::refused(
            reasons::SERIES_NOT_OUTGOING,
            format!("{series_id} is no series of outgoing documents without secrecy; choose one that is"),
        ));
    }
    let for_person = &command.for_person_id;
    if !for_person.is_empty() && !read::person(states, for_person)?.is_some_and(|person| person.active) {
        let text = format!("{for_person} is nobody who works here");
        return Err(Fault::invalid("for_person_id", reasons::NOT_THERE, text));
    }
    let until = until(command.until, moment)?;
    let number = numbering::draw(states, moment, series_id)?;
    let reserved = NumberReserved {
        number: Some(number.clone()),
        book: Book::Outgoing.into(),
        reason: command.reason.clone(),
        for_person_id: for_person.clone(),
        until: Some(until),
    };
    let line = id::register_entry(series_id, number.year, number.ordinal, "");
    Ok(vec![event(line, E::NumberReserved(reserved))])
}

/// The last day of use: not past, and in this year, with which the series ends (Điều 15.1: from 01/01 to 31/12).
fn until(asked: Option<Date>, moment: &Moment) -> Result<Date, Fault> {
    let today = moment.today();
    let Some(asked) = asked else { return Ok(Date { year: today.year, month: 12, day: 31 }) };
    if calendar::compare(asked, today).is_lt() {
        return Err(Fault::invalid("until", reasons::IN_PAST, "lies in the past"));
    }
    if asked.year != today.year {
        let text = format!("must lie in {}: the numbers of a year end with it", today.year);
        return Err(Fault::invalid("until", reasons::OUT_OF_RANGE, text));
    }
    Ok(asked)
}

pub(super) fn release_number(
    _permit: &Permit,
    command: &ReleaseNumber,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.entry_id;
    let entry = read::register_entry(states, id)?.ok_or_else(|| Fault::unknown(id))?;
    if entry.status() != EntryStatus::Reserved {
        return Err(not_reserved(id, entry.status()));
    }
    let ended = Ended { reason: command.reason.clone(), date: Some(moment.today()) };
    Ok(vec![event(id, E::NumberReleased(ended))])
}

/// The reserved number of the line `entry_id` for a document that draws from `series_id`.
///
/// # Errors
/// [`Fault::Unknown`] without such a line; [`Fault::Refused`] where it is not reserved (any more), of another series,
/// kept for somebody else, past its time, or dated after today.
pub(super) fn take(
    states: &dyn States,
    moment: &Moment,
    series_id: &str,
    document: &OutgoingDocument,
    entry_id: &str,
) -> Result<RegisterNumber, Fault> {
    let entry = read::register_entry(states, entry_id)?.ok_or_else(|| Fault::unknown(entry_id))?;
    let number = match entry.number.as_ref() {
        Some(number) if entry.status() == EntryStatus::Reserved => number,
        _ => return Err(not_reserved(entry_id, entry.status())),
    };
    if number.series_id != series_id {
        return Err(Fault::refused(
            reasons::RESERVED_IN_OTHER_SERIES,
            format!("{entry_id} is of {}; the document draws from {series_id}", number.series_id),
        ));
    }
    let for_person = &entry.reserved_for;
    if !for_person.is_empty() && *for_person != document.drafter_id && *for_person != document.signer_id {
        return Err(Fault::refused(
            reasons::RESERVED_FOR_ANOTHER,
            format!("{entry_id} is kept for {for_person}, who neither drafts nor signs the document"),
        ));
    }
    let today = moment.today();
    let over = entry.reserved_until.is_some_and(|until| calendar::compare(today, until).is_gt());
    if over || number.year < today.year {
        return Err(Fault::refused(
            reasons::RESERVATION_OVER,
            format!("{entry_id} could be taken until a day that is past; release it"),
        ));
    }
    if number.date.is_none_or(|date| calendar::compare(today, date).is_lt()) {
        return Err(Fault::refused(
            reasons::CLOCK_BEHIND_SERIES,
            format!("{entry_id} was drawn after today; set the clock right"),
        ));
    }
    Ok(number.clone())
}

/// The event of a reserved number taken by a document.
pub(super) fn taken(entry_id: &str, document_id: &str) -> Event {
    event(entry_id, E::NumberTaken(NumberTaken { document_id: document_id.to_owned() }))
}

fn not_reserved(id: &str, status: EntryStatus) -> Fault {
    Fault::refused(reasons::NUMBER_NOT_RESERVED, format!("{id} is {}, not reserved", status.as_str_name()))
}
