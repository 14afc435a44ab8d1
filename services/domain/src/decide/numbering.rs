//! Drawing the next number of a series: consecutive and unique within (series, year), with a date that never falls.
//!
//! Nothing that can fail may be left to check after the draw: call [`draw`] last.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::{Book, DocumentKind, Event, NumberDrawn, RegisterNumber};

use super::event;
use crate::index::{Code, Key};
use crate::moment::Moment;
use crate::states::States;
use crate::{calendar, id, read, reasons};

/// The active series from which a document of `kind` draws in `book`: the one that names the kind, else the one that
/// names none.
///
/// # Errors
/// [`Fault::Refused`] with `NO_SERIES` where there is none.
pub fn series_for(
    states: &dyn States,
    book: Book,
    kind: DocumentKind,
    secret: bool,
) -> Result<String, Fault> {
    let mut general = None;
    let prefix = Key::of(Code::ActiveSeries).i32(book.into()).flag(secret).prefix();
    for record in read::look_up(states, &prefix)? {
        let Some(State::Series(series)) = record.state else { continue };
        if series.kinds.contains(&kind.into()) {
            return Ok(record.id);
        }
        if series.kinds.is_empty() {
            general = Some(record.id);
        }
    }
    general.ok_or_else(|| {
        Fault::refused(
            reasons::NO_SERIES,
            format!("no active series of {} fits {}; define one", book.as_str_name(), kind.as_str_name()),
        )
    })
}

/// The next number of `series_id`, with today's date.
///
/// # Errors
/// [`Fault::Refused`]: `CLOCK_BEHIND_SERIES` when a later date was drawn already, `SERIES_FULL` when the ordinals are
/// used up.
pub fn draw(states: &dyn States, moment: &Moment, series_id: &str) -> Result<RegisterNumber, Fault> {
    let date = moment.today();
    let last = last_ordinal(states, series_id, moment)?;
    let ordinal = last.checked_add(1).ok_or_else(|| {
        Fault::refused(
            reasons::SERIES_FULL,
            format!("series {series_id} has no ordinal left in {}", date.year),
        )
    })?;
    Ok(RegisterNumber {
        series_id: series_id.to_owned(),
        year: date.year,
        ordinal,
        suffix: String::new(),
        date: Some(date),
    })
}

/// A number that hangs on an ordinal drawn before, such as 15a: takes no ordinal; an exception that its reason explains.
///
/// # Errors
/// As [`draw`]; `SUFFIX_WITHOUT_NUMBER` when the ordinal was not drawn this year, `NUMBER_TAKEN` when the number exists.
pub fn draw_suffixed(
    states: &dyn States,
    moment: &Moment,
    series_id: &str,
    ordinal: u32,
    suffix: &str,
) -> Result<RegisterNumber, Fault> {
    let date = moment.today();
    let last = last_ordinal(states, series_id, moment)?;
    if !(1..=last).contains(&ordinal) {
        return Err(Fault::refused(
            reasons::SUFFIX_WITHOUT_NUMBER,
            format!("{ordinal} was not drawn from {series_id} in {}; a suffix hangs on a number", date.year),
        ));
    }
    if read::register_entry(states, &id::register_entry(series_id, date.year, ordinal, suffix))?.is_some() {
        return Err(Fault::refused(
            reasons::NUMBER_TAKEN,
            format!("{ordinal}{suffix} exists in {}", date.year),
        ));
    }
    Ok(RegisterNumber {
        series_id: series_id.to_owned(),
        year: date.year,
        ordinal,
        suffix: suffix.to_owned(),
        date: Some(date),
    })
}

/// The event of a number drawn: the record is the line of the register. `reason` is empty without a suffix.
#[must_use]
pub fn drawn(number: &RegisterNumber, document_id: &str, book: Book, reason: &str) -> Event {
    event(
        id::register_entry(&number.series_id, number.year, number.ordinal, &number.suffix),
        E::NumberDrawn(NumberDrawn {
            number: Some(number.clone()),
            document_id: document_id.to_owned(),
            book: book.into(),
            reason: reason.to_owned(),
        }),
    )
}

/// The last ordinal of this year, after a look at the dates drawn before.
fn last_ordinal(states: &dyn States, series_id: &str, moment: &Moment) -> Result<u32, Fault> {
    let today = moment.today();
    let behind = |date: proto::record::v1::Date| {
        Fault::refused(
            reasons::CLOCK_BEHIND_SERIES,
            format!(
                "series {series_id} was drawn from on {}-{:02}-{:02}, after today; set the clock right",
                date.year, date.month, date.day
            ),
        )
    };
    // A clock set back over New Year would otherwise draw from a year that is closed.
    if let Some(date) = read::series_year(states, &id::series_year(series_id, today.year.saturating_add(1)))?
        .and_then(|it| it.last_date)
    {
        return Err(behind(date));
    }
    let Some(year) = read::series_year(states, &id::series_year(series_id, today.year))? else {
        return Ok(0);
    };
    match year.last_date {
        Some(date) if calendar::compare(today, date).is_lt() => Err(behind(date)),
        _ => Ok(year.last_ordinal),
    }
}
