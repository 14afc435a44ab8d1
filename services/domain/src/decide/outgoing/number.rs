//! Number and date of a signed document, and what becomes of it when they are voided.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::{
    Agency, AssignNumber, Book, Ended, Event, OutgoingDocument, OutgoingStatus, RegisterEntry,
    RegisterNumberGiven,
};

use super::step;
use crate::decide::{event, numbering, reservation};
use crate::index;
use crate::moment::Moment;
use crate::notation::{self, Notation};
use crate::policy::Permit;
use crate::states::States;
use crate::{read, reasons};

/// Điều 15: number and date are drawn together, in the order of issue, after the signature; a number that was reserved
/// brings the day on which it was drawn. Whatever can fail is looked at before the draw.
pub(in crate::decide) fn assign_number(
    _permit: &Permit,
    command: &AssignNumber,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &command.document_id;
    let document = step::document(states, id)?;
    step::must_be(OutgoingStatus::Signed, id, &document)?;
    let agency = read::agency(states)?.ok_or_else(|| Fault::broken("there are documents but no agency"))?;
    let notation = notation_of(command, &document, &agency, states)?;
    let kind = document.facts.as_ref().map(|facts| facts.kind()).unwrap_or_default();
    let series = numbering::series_for(states, Book::Outgoing, kind, false)?;
    let reserved = &command.reserved_entry_id;
    let number = if !reserved.is_empty() {
        reservation::take(states, moment, &series, &document, reserved)?
    } else if command.suffix.is_empty() {
        numbering::draw(states, moment, &series)?
    } else {
        numbering::draw_suffixed(states, moment, &series, command.suffix_of, &command.suffix)?
    };
    // Điều 15.1: số và ký hiệu are unique in a year, also across series.
    if let Some((_, other)) =
        states.scan(&index::by_outgoing_number(&number, notation.as_str()).prefix(), None, 1)?.pop()
    {
        let text = notation::display(number.ordinal, &number.suffix, notation.as_str());
        return Err(Fault::refused(
            reasons::NUMBER_TAKEN,
            format!("{text} of {} stands on {other}; choose another notation", number.year),
        ));
    }
    let given = RegisterNumberGiven { number: Some(number.clone()), notation: notation.as_str().to_owned() };
    let line = if reserved.is_empty() {
        numbering::drawn(&number, id, Book::Outgoing, &command.suffix_reason)
    } else {
        reservation::taken(reserved, id)
    };
    Ok(vec![line, event(id, E::Numbered(given))])
}

/// The notation: as the clerk wrote it, or as the draft has it, or by the decree's default. What the draft has is printed
/// in the file that was signed, so nothing else may stand in the register.
fn notation_of(
    command: &AssignNumber,
    document: &OutgoingDocument,
    agency: &Agency,
    states: &dyn States,
) -> Result<Notation, Fault> {
    let facts = document.facts.clone().unwrap_or_default();
    let kind = facts.kind();
    let chosen = if !command.notation.is_empty() {
        Notation::of(kind, &agency.abbreviation, &command.notation)
    } else if !facts.notation.is_empty() {
        Notation::of(kind, &agency.abbreviation, &facts.notation)
    } else {
        let unit = read::unit(states, &document.unit_id)?.unwrap_or_default();
        notation::default_notation(kind, &agency.abbreviation, &unit.abbreviation)
    };
    let chosen = chosen.map_err(|error| Fault::invalid("notation", error.reason(), error.to_string()))?;
    if !facts.notation.is_empty() && chosen.as_str() != facts.notation {
        return Err(Fault::invalid(
            "notation",
            reasons::NOTATION_DIFFERS,
            format!("the signed file says {}; give the number with that notation", facts.notation),
        ));
    }
    Ok(chosen)
}

/// What becomes of the outgoing document whose number is voided: not issued yet, it is given up with its number; what is
/// issued is recalled instead.
pub(in crate::decide) fn number_voided(
    _permit: &Permit,
    entry: &RegisterEntry,
    reason: &str,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let id = &entry.document_id;
    match step::document(states, id)?.status() {
        OutgoingStatus::Numbered | OutgoingStatus::Sealed => {
            let ended = Ended { reason: reason.to_owned(), date: Some(moment.today()) };
            Ok(vec![event(id, E::DocumentVoided(ended))])
        }
        OutgoingStatus::Issued | OutgoingStatus::Recalled => Err(Fault::refused(
            reasons::NUMBER_ON_ISSUED,
            format!("the number stands on {id}, which is issued; recall the document"),
        )),
        _ => Ok(Vec::new()),
    }
}
