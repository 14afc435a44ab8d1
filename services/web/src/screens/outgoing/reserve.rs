//! Giữ số: numbers drawn ahead of their documents, each with its reason; given up, they stay in the register and are never
//! given again. A document takes one where it is numbered.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::archive::v1::ListName;
use proto::fault::Fault;
use proto::intake::v1::{ReleaseNumberRequest, ReserveNumberRequest};
use proto::record::v1::command::Command;
use proto::record::v1::record::State;
use proto::record::v1::{Book, OutgoingDocument, RegisterEntry, ReleaseNumber, ReserveNumber, Role};

use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::{find_in, list_of};
use crate::texts::t;
use crate::toast::Toast;
use crate::view::day;
use crate::view::document::ordinal;
use crate::view::field::{Faults, Field, Mark, Note};

/// Pages of reserved numbers that are read.
const PAGES_MAX: usize = 5;
const HERE: &str = "/van-ban-di/giu-so";

/// A number that is kept.
struct Line {
    id: String,
    number: String,
    series: String,
    day: String,
    reason: String,
    for_whom: String,
    until: String,
    /// True when its time to be taken is over.
    over: bool,
}

#[derive(Template)]
#[template(path = "outgoing/reserve.html")]
struct Page {
    frame: Frame,
    lines: Vec<Line>,
    note: Option<Note>,
    series: Field,
    reason: Field,
    for_person: Field,
    until: Field,
}

/// The lines of the numbers that no document has taken yet.
pub(super) async fn kept(desk: &Desk) -> Result<Vec<(String, RegisterEntry)>, Fault> {
    let items = desk.calls().list_all(list_of(ListName::ReservedNumbers), PAGES_MAX).await?.0;
    let lines = items.into_iter().filter_map(|item| item.record).filter_map(|record| match record.state {
        Some(State::RegisterEntry(entry)) => Some((record.id, entry)),
        _ => None,
    });
    Ok(lines.collect())
}

fn is_over(desk: &Desk, entry: &RegisterEntry) -> bool {
    let today = desk.today();
    let year = entry.number.as_ref().map_or(0, |n| n.year);
    year < today.year
        || entry.reserved_until.is_some_and(|until| domain::calendar::compare(today, until).is_gt())
}

/// The kept numbers that a document may take, as its form offers them.
pub(super) async fn choices(
    desk: &Desk,
    series_id: &str,
    document: &OutgoingDocument,
) -> Result<Vec<(String, String)>, Fault> {
    let fits = |entry: &RegisterEntry| {
        let whom = &entry.reserved_for;
        entry.number.as_ref().is_some_and(|n| n.series_id == series_id)
            && !is_over(desk, entry)
            && (whom.is_empty() || *whom == document.drafter_id || *whom == document.signer_id)
    };
    let kept = kept(desk).await?;
    Ok(kept
        .into_iter()
        .filter(|(_, entry)| fits(entry))
        .map(|(id, entry)| {
            let number = entry.number.clone().unwrap_or_default();
            let day = day::full(number.date.as_ref());
            (id, t::outgoing::kept_choice(day, ordinal(&number), entry.reason))
        })
        .collect())
}

fn clerk(desk: &Desk) -> Result<(), Fault> {
    if desk.has(Role::Clerk) {
        Ok(())
    } else {
        Err(Fault::denied("NOT_YOUR_ROLE", "numbers are kept by the registry clerk"))
    }
}

/// The page.
pub(super) async fn page(desk: Desk) -> Result<Response, Failure> {
    show(&desk, &Form::default(), &Faults::default(), None).await
}

async fn show(desk: &Desk, form: &Form, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    clerk(desk)?;
    let lines = kept(desk).await?;
    let line = |(id, entry): (String, RegisterEntry)| {
        let number = entry.number.clone().unwrap_or_default();
        let series = desk.roll.series.iter().find(|(id, _)| *id == number.series_id);
        Line {
            id,
            number: ordinal(&number),
            series: series.map(|(_, s)| s.name.clone()).unwrap_or_default(),
            day: day::full(number.date.as_ref()),
            for_whom: if entry.reserved_for.is_empty() {
                t::outgoing::kept_for_any().to_owned()
            } else {
                desk.roll.person(&entry.reserved_for)
            },
            until: day::full(entry.reserved_until.as_ref()),
            over: is_over(desk, &entry),
            reason: entry.reason,
        }
    };
    let open = desk.roll.series.iter().filter(|(_, s)| s.book() == Book::Outgoing && s.active && !s.secret);
    let series: Vec<(String, String)> = open.map(|(id, s)| (id.clone(), s.name.clone())).collect();
    let people = std::iter::once((String::new(), t::outgoing::kept_for_any().to_owned())).chain(
        desk.roll.all_people().filter(|(_, p)| p.active).map(|(id, p)| (id.to_owned(), p.full_name.clone())),
    );
    let page = Page {
        frame: desk.frame(t::outgoing::keep_numbers(), "/van-ban-di/cho-cap-so").await?,
        lines: lines.into_iter().map(line).collect(),
        note,
        series: Field::choice("series_id", t::outgoing::series(), form, series)
            .required()
            .faults(faults, &[]),
        reason: Field::new("reason", t::outgoing::reason(), form).required().faults(faults, &[]),
        for_person: Field::choice("for_person_id", t::outgoing::kept_for(), form, people).faults(faults, &[]),
        until: Field::day("until", t::outgoing::kept_until(), form)
            .marked(Mark::Remark(t::outgoing::kept_until_how().to_owned()))
            .faults(faults, &[]),
    };
    desk.page(&page)
}

/// Draws the next number and keeps it.
pub(super) async fn reserve(desk: Desk, mut form: Form) -> Result<Response, Failure> {
    match try_reserve(&desk, &mut form).await {
        Ok(number) => Ok(desk.go(HERE, Toast::done(t::outgoing::number_kept(number)))),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["series_id", "reason", "for_person_id", "until"])?;
            show(&desk, &form, &faults, note).await
        }
    }
}

async fn try_reserve(desk: &Desk, form: &mut Form) -> Result<String, Fault> {
    let request_id = form.request_id()?;
    let command = ReserveNumber {
        series_id: form.text("series_id").to_owned(),
        reason: form.text("reason").to_owned(),
        for_person_id: form.text("for_person_id").to_owned(),
        until: form.date("until"),
    };
    form.checked_with(Command::ReserveNumber(command.clone()))?;
    let request = ReserveNumberRequest { request_id, command: Some(command), expected_versions: Vec::new() };
    let answer = call!(desk, intake.reserve_number(request))?;
    let number = find_in(answer.receipt.as_ref(), |record| match record.state.as_ref() {
        Some(State::RegisterEntry(entry)) => entry.number.as_ref().map(ordinal),
        _ => None,
    });
    Ok(number.unwrap_or_default())
}

/// Gives a kept number up.
pub(super) async fn release(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let command = ReleaseNumber { entry_id: id, reason: form.text("reason").to_owned() };
    let request = ReleaseNumberRequest {
        request_id: form.request_id()?,
        command: Some(command),
        expected_versions: Vec::new(),
    };
    match call!(desk, intake.release_number(request)) {
        Ok(_) => Ok(desk.go(HERE, Toast::done(t::outgoing::number_released()))),
        Err(fault) => {
            let note = crate::screens::signing::certificates::reason_note(fault)?;
            show(&desk, &Form::default(), &Faults::default(), Some(note)).await
        }
    }
}
