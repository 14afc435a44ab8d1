//! Số huỷ: every void number of a year, with the reason, who voided it and when.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use proto::archive::v1::{HistoryRequest, ListItem};
use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::{DocumentFacts, EntryStatus, Series};

use super::{Register, Standing, entry, lines_of, standing, years};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::texts::t;
use crate::view::day;
use crate::view::document::{about, ordinal};
use crate::{call, link};

/// Pages of 200 lines that are looked through in one register.
const PAGES_MAX: usize = 100;
/// Void numbers that are shown.
const LINES_MAX: usize = 200;

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
    /// There are more than are shown.
    cut: bool,
}

pub(super) async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let year = super::year_of(&desk, &form);
    let standing = standing(&desk).await?;
    let mut lines = Vec::new();
    let mut cut = false;
    for Standing { series_id, .. } in standing.iter().filter(|s| s.year == year) {
        let Some((_, series)) = desk.roll.series.iter().find(|(id, _)| id == series_id) else { continue };
        let (items, more) = desk.calls().list_all(lines_of(series_id, year), PAGES_MAX).await?;
        cut |= more;
        let void = items.iter().filter(|i| entry(i).is_some_and(|e| e.status() == EntryStatus::Void));
        for item in void {
            if lines.len() == LINES_MAX {
                cut = true;
                break;
            }
            lines.push(line(&desk, item, series).await?);
        }
    }
    desk.page(&Page {
        frame: desk.frame(&t::books::void_title(year), "/so/huy").await?,
        years: years(&desk, &standing, year, |_| true),
        year,
        lines,
        cut,
    })
}

async fn line(desk: &Desk, item: &ListItem, series: &Series) -> Result<Line, Fault> {
    let today = desk.today();
    let id = item.record.as_ref().map(|r| r.id.clone()).unwrap_or_default();
    let entry = entry(item).cloned().unwrap_or_default();
    let number = entry.number.clone().unwrap_or_default();
    let (who, when) = voided(desk, &id).await?;
    let facts: DocumentFacts = match item.document.as_ref().and_then(|d| d.state.as_ref()) {
        Some(State::Incoming(d)) => d.facts.clone().unwrap_or_default(),
        Some(State::Outgoing(d)) => d.facts.clone().unwrap_or_default(),
        _ => DocumentFacts::default(),
    };
    Ok(Line {
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
        reason: entry.reason,
        who,
        when: when.map(|at| day::lately(&at, &today)).unwrap_or_default(),
    })
}

/// Who voided a number, and when.
async fn voided(desk: &Desk, id: &str) -> Result<(String, Option<prost_types::Timestamp>), Fault> {
    let request = HistoryRequest { record_id: id.to_owned(), page_size: 200, page_token: String::new() };
    let history = call!(desk, archive.history(request))?;
    let act = history.items.into_iter().rev().find(|item| {
        item.events.iter().any(|e| e.record_id == id && matches!(e.event, Some(E::NumberVoided(_))))
    });
    Ok(act.map_or_else(Default::default, |act| {
        (act.caller.map(|c| desk.roll.person(&c.person_id)).unwrap_or_default(), act.at)
    }))
}
