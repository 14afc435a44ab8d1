//! Số huỷ: every void number of a year, with the reason, who voided it and when.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use proto::archive::v1::{HistoryRequest, ListItem, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::DocumentFacts;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;

use super::{Register, entry, standing, years};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::list_of;
use crate::settings::PAGE_LINES;
use crate::texts::t;
use crate::view::day;
use crate::view::document::{about, ordinal};
use crate::{call, link};

/// A void number.
struct Line {
    number: String,
    drawn: String,
    register: &'static str,
    series: String,
    what: String,
    href: String,
    reason: String,
    who: String,
    when: String,
}

#[derive(Template)]
#[template(path = "books/void.html")]
struct Page {
    frame: Frame,
    years: Vec<(i32, bool)>,
    year: i32,
    lines: Vec<Line>,
    newer: bool,
    older: String,
    here: String,
}

pub(super) async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let year = super::year_of(&desk, &form);
    let standing = standing(&desk).await?;
    let token = form.text("trang").to_owned();
    let newer = !token.is_empty();
    let request =
        ListRequest { year, page_size: PAGE_LINES, page_token: token, ..list_of(ListName::VoidNumbers) };
    let answer = desk.calls().list(request).await?;
    let mut lines = Vec::new();
    for item in &answer.items {
        lines.extend(line(&desk, item).await?);
    }
    let here = format!("/so/huy?nam={year}");
    desk.page(&Page {
        frame: desk.frame(&t::books::void_title(year), "/so/huy").await?,
        years: years(&desk, &standing, year, |_| true),
        year,
        lines,
        newer,
        older: link::next_page(&here, &answer.next_page_token),
        here,
    })
}

async fn line(desk: &Desk, item: &ListItem) -> Result<Option<Line>, Fault> {
    let today = desk.today();
    let (Some(record), Some(entry)) = (item.record.as_ref(), entry(item)) else { return Ok(None) };
    let number = entry.number.clone().unwrap_or_default();
    let Some((_, series)) = desk.roll.series.iter().find(|(id, _)| *id == number.series_id) else {
        return Ok(None);
    };
    let (who, when) = voided(desk, &record.id).await?;
    let facts: DocumentFacts = match item.document.as_ref().and_then(|d| d.state.as_ref()) {
        Some(State::Incoming(d)) => d.facts.clone().unwrap_or_default(),
        Some(State::Outgoing(d)) => d.facts.clone().unwrap_or_default(),
        _ => DocumentFacts::default(),
    };
    Ok(Some(Line {
        number: ordinal(&number),
        drawn: day::full(number.date.as_ref()),
        register: match Register::of(series) {
            Register::Incoming => t::books::incoming(),
            Register::Outgoing => t::books::outgoing(),
            Register::Secret => t::books::secret(),
        },
        series: series.name.clone(),
        what: about(&facts),
        href: item.document.as_ref().map(|d| link::document(&d.id)).unwrap_or_default(),
        reason: entry.reason.clone(),
        who,
        when: when.map(|at| day::lately(&at, &today)).unwrap_or_default(),
    }))
}

/// Who voided a number, and when.
async fn voided(desk: &Desk, id: &str) -> Result<(String, Option<prost_types::Timestamp>), Fault> {
    let request = HistoryRequest { record_id: id.to_owned(), page_size: 200, page_token: String::new() };
    let history = call!(desk, archive.history(request))?;
    let act = history.items.into_iter().rev().find(|item| {
        item.events
            .iter()
            .any(|e| e.record_id == id && matches!(e.event, Some(E::NumberVoided(_) | E::NumberReleased(_))))
    });
    Ok(act.map_or_else(Default::default, |act| {
        (act.caller.map(|c| desk.roll.person(&c.person_id)).unwrap_or_default(), act.at)
    }))
}
