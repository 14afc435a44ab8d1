//! Sổ văn bản đến, sổ văn bản đi: the legal columns, void numbers in their place, print, proof.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::{ListItem, ListName, ListRequest, TreeHeadRequest};
use proto::fault::Fault;
use proto::intake::v1::PrintRegisterRequest;
use proto::record::v1::record::State;
use proto::record::v1::{
    Assignment, Book, Date, EntryStatus, IncomingDocument, OutgoingDocument, RegisterEntry, Role, Series,
};
use tokio_stream::StreamExt as _;

use crate::app::App;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::menu::{Entry, Part};
use crate::office::list_of;
use crate::screens::files;
use crate::settings::PAGE_LINES;
use crate::texts::terms;
use crate::view::day;
use crate::view::deadline::{self, Deadline};
use crate::view::document::{ordinal, urgency_class};
use crate::{call, link};

/// Pages of 200 lines that are looked through for a span of days.
const PAGES_MAX: usize = 60;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/so", get(first))
        .route("/so/kiem-chung", get(proof))
        .route("/so/{book}", get(page))
        .route("/so/{book}/in", get(print))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has_any(&[Role::Clerk, Role::Leader, Role::Archivist]) {
        return Vec::new();
    }
    vec![
        Entry::new(Part::Books, "Sổ đến", "/so/den"),
        Entry::new(Part::Books, "Sổ đi", "/so/di"),
        Entry::new(Part::Books, "Kiểm chứng sổ", "/so/kiem-chung"),
    ]
}

async fn first() -> Response {
    see_other("/so/den")
}

/// A line of either book: the columns that differ stand in `incoming` and `outgoing`.
struct Line {
    number: String,
    date: String,
    void: bool,
    reason: String,
    href: String,
    kind: String,
    subject: String,
    urgency: &'static str,
    urgency_class: &'static str,
    note: String,
    incoming: Option<InColumns>,
    outgoing: Option<OutColumns>,
}

struct InColumns {
    arrived: String,
    issuer: String,
    notation: (String, String),
    issued: String,
    to: String,
    handed: String,
    receipt: String,
    unread: bool,
    deadline: Deadline,
}

struct OutColumns {
    notation: String,
    signer: String,
    recipients: String,
    kept: String,
    copies: i32,
    sent: String,
    receipt: String,
    status: &'static str,
}

struct SeriesChoice {
    id: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "books/book.html")]
struct Page {
    frame: Frame,
    slug: String,
    outgoing: bool,
    agency: String,
    series: Vec<SeriesChoice>,
    years: Vec<(i32, bool)>,
    from: String,
    to: String,
    wrong_day: bool,
    cut: bool,
    lines: Vec<Line>,
    first: String,
    last: String,
    position: String,
    newer: bool,
    older: String,
    here: String,
    print: String,
    whole: Whole,
    may_receive: bool,
    printed: String,
}

/// What is known of the whole book of the year.
#[derive(Default, Clone)]
struct Whole {
    last: u32,
    counted: u32,
    known: bool,
}

impl Whole {
    fn gapless(&self) -> bool {
        self.known && self.counted >= self.last
    }
}

fn book_of(slug: &str) -> Result<Book, Fault> {
    match slug {
        "den" => Ok(Book::Incoming),
        "di" => Ok(Book::Outgoing),
        _ => Err(Fault::unknown(slug)),
    }
}

/// Which series and year are asked for; the first open one and this year otherwise.
fn chosen<'d>(desk: &'d Desk, book: Book, form: &Form) -> (Vec<(&'d str, &'d Series)>, String, i32) {
    let all = desk.roll.series_of(book);
    let asked = form.text("day-so");
    let series = all
        .iter()
        .find(|(id, _)| *id == asked)
        .or_else(|| all.iter().find(|(_, s)| s.active && s.kinds.is_empty() && !s.secret))
        .or(all.first())
        .map(|(id, _)| (*id).to_owned())
        .unwrap_or_default();
    let year =
        form.text("nam").parse().ok().filter(|y| (1900..=9999).contains(y)).unwrap_or(desk.today().year);
    (all, series, year)
}

fn request(series: &str, year: i32) -> ListRequest {
    ListRequest { series_id: series.to_owned(), year, reverse: true, ..list_of(ListName::Register) }
}

async fn page(desk: Desk, Path(slug): Path<String>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let book = book_of(&slug)?;
    let mut form = Form::parse(query.as_deref().unwrap_or_default());
    let (from, to) = (form.date("tu"), form.date("toi"));
    let wrong_day = form.checked().is_err();
    let (all, series_id, year) = chosen(&desk, book, &form);
    let years = years(&desk, &series_id, year).await?;
    let token = form.text("trang").to_owned();
    let today = desk.today();
    let spanned = from.is_some() || to.is_some();
    let (items, next, position, cut) = if series_id.is_empty() {
        (Vec::new(), String::new(), 0, false)
    } else if spanned {
        let (items, cut) = within(&desk, &series_id, year, from, to).await?;
        (items, String::new(), 0, cut)
    } else {
        let asked =
            ListRequest { page_size: PAGE_LINES, page_token: token.clone(), ..request(&series_id, year) };
        let answer = desk.calls().list(asked).await?;
        (answer.items, answer.next_page_token, answer.position, false)
    };
    let here = address(&slug, &series_id, year);
    let leads = leads(&desk, &items).await?;
    let lines: Vec<Line> = items.iter().filter_map(|i| line(i, &leads, &desk, &today)).collect();
    let title = if book == Book::Incoming { "Sổ văn bản đến" } else { "Sổ văn bản đi" };
    let whole = whole(&desk, &series_id, year).await?;
    let mut print = format!("/so/{slug}/in?day-so={}&nam={year}", link::escape(&series_id));
    for (name, date) in [("tu", from), ("toi", to)] {
        if let Some(date) = date {
            print = link::with(&print, name, &day::iso(&date));
        }
    }
    let now = domain::calendar::timestamp(desk.app.now());
    let page = Page {
        frame: desk
            .frame(&format!("{title} năm {year}"), if book == Book::Incoming { "/so/den" } else { "/so/di" })
            .await?,
        outgoing: book == Book::Outgoing,
        agency: desk.roll.agency.name.clone(),
        series: all
            .iter()
            .map(|(id, s)| SeriesChoice {
                id: (*id).to_owned(),
                name: s.name.clone(),
                chosen: *id == series_id,
            })
            .collect(),
        years: years.into_iter().map(|y| (y, y == year)).collect(),
        from: form.text("tu").to_owned(),
        to: form.text("toi").to_owned(),
        wrong_day,
        cut,
        first: lines.last().map(|l| l.number.clone()).unwrap_or_default(),
        last: lines.first().map(|l| l.number.clone()).unwrap_or_default(),
        position: position.to_string(),
        newer: !token.is_empty(),
        older: if next.is_empty() { String::new() } else { link::with(&here, "trang", &next) },
        lines,
        here,
        print,
        whole,
        may_receive: desk.has(Role::Clerk),
        printed: day::moment(Some(&now)),
        slug,
    };
    desk.page(&page)
}

fn address(slug: &str, series: &str, year: i32) -> String {
    format!("/so/{slug}?day-so={}&nam={year}", link::escape(series))
}

/// Years in which the series has numbers, and the one that is shown; newest first.
async fn years(desk: &Desk, series_id: &str, shown: i32) -> Result<Vec<i32>, Fault> {
    let mut years: Vec<i32> = standing(desk)
        .await?
        .into_iter()
        .filter(|(series, ..)| series == series_id)
        .map(|(_, year, ..)| year)
        .collect();
    years.extend([shown, desk.today().year]);
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    Ok(years)
}

/// Where each series stands each year: series, year, last ordinal, last date.
async fn standing(desk: &Desk) -> Result<Vec<(String, i32, u32, Option<Date>)>, Fault> {
    let (items, _) = desk.calls().list_all(list_of(ListName::SeriesYears), 5).await?;
    Ok(items
        .into_iter()
        .filter_map(|i| match i.record?.state? {
            State::SeriesYear(s) => Some((s.series_id, s.year, s.last_ordinal, s.last_date)),
            _ => None,
        })
        .collect())
}

/// The lines drawn in a span of days, newest first. Dates never fall within a series, so looking stops before the span.
async fn within(
    desk: &Desk,
    series: &str,
    year: i32,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<(Vec<ListItem>, bool), Fault> {
    use domain::calendar::compare;
    let mut asked = ListRequest { page_size: 200, ..request(series, year) };
    let mut found = Vec::new();
    for _ in 0..PAGES_MAX {
        let answer = desk.calls().list(asked.clone()).await?;
        for item in answer.items {
            let date = entry(&item).and_then(|e| e.number.as_ref()).and_then(|n| n.date);
            let Some(date) = date else { continue };
            if from.is_some_and(|from| compare(date, from).is_lt()) {
                return Ok((found, false));
            }
            if to.is_none_or(|to| compare(date, to).is_le()) {
                found.push(item);
            }
            if found.len() >= 2_000 {
                return Ok((found, true));
            }
        }
        if answer.next_page_token.is_empty() {
            return Ok((found, false));
        }
        asked.page_token = answer.next_page_token;
    }
    Ok((found, true))
}

fn entry(item: &ListItem) -> Option<&RegisterEntry> {
    match item.record.as_ref()?.state.as_ref()? {
        State::RegisterEntry(entry) => Some(entry),
        _ => None,
    }
}

async fn whole(desk: &Desk, series: &str, year: i32) -> Result<Whole, Fault> {
    /// The archive counts no further.
    const COUNT_MAX: u32 = 10_000;
    let last =
        standing(desk).await?.into_iter().find(|(s, y, ..)| s == series && *y == year).map_or(0, |s| s.2);
    if series.is_empty() || last == 0 {
        return Ok(Whole::default());
    }
    let counted = desk.calls().counts(vec![request(series, year)]).await?.first().copied().unwrap_or(0);
    Ok(Whole { last, counted, known: last < COUNT_MAX && counted < COUNT_MAX })
}

/// The leading assignments of the documents on the page, by id: who opened them has received the document.
async fn leads(desk: &Desk, items: &[ListItem]) -> Result<HashMap<String, Assignment>, Fault> {
    let ids: Vec<String> = items
        .iter()
        .filter_map(|i| match i.document.as_ref()?.state.as_ref()? {
            State::Incoming(d) if !d.lead_assignment_id.is_empty() => Some(d.lead_assignment_id.clone()),
            _ => None,
        })
        .collect();
    let records = desk.calls().batch(&ids).await?;
    Ok(records
        .into_iter()
        .filter_map(|r| match r.state {
            Some(State::Assignment(a)) => Some((r.id, a)),
            _ => None,
        })
        .collect())
}

fn line(item: &ListItem, leads: &HashMap<String, Assignment>, desk: &Desk, today: &Date) -> Option<Line> {
    let entry = entry(item)?;
    let number = entry.number.as_ref()?;
    let document = item.document.as_ref();
    let facts = match document.and_then(|d| d.state.as_ref()) {
        Some(State::Incoming(d)) => d.facts.clone(),
        Some(State::Outgoing(d)) => d.facts.clone(),
        _ => None,
    }
    .unwrap_or_default();
    let void = entry.status() == EntryStatus::Void;
    let (incoming, outgoing) = match document.and_then(|d| d.state.as_ref()) {
        Some(State::Incoming(d)) => {
            (Some(in_columns(d, leads.get(&d.lead_assignment_id), desk, today)), None)
        }
        Some(State::Outgoing(d)) => (None, Some(out_columns(d, number.date, &ordinal(number), desk, today))),
        _ => (None, None),
    };
    let mut notes: Vec<&str> = vec![terms::urgency(facts.urgency()), &facts.note];
    notes.retain(|n| !n.is_empty());
    Some(Line {
        number: ordinal(number),
        date: day::full(number.date.as_ref()),
        void,
        reason: entry.reason.clone(),
        href: document.map(|d| link::document(&d.id)).unwrap_or_default(),
        kind: terms::kind_of(&facts),
        subject: if document.is_none() {
            "Không xem được văn bản này".to_owned()
        } else {
            crate::view::document::about(&facts)
        },
        urgency: terms::urgency(facts.urgency()),
        urgency_class: urgency_class(facts.urgency()),
        note: notes.join("; "),
        incoming,
        outgoing,
    })
}

fn in_columns(
    document: &IncomingDocument,
    lead: Option<&Assignment>,
    desk: &Desk,
    today: &Date,
) -> InColumns {
    let facts = document.facts.clone().unwrap_or_default();
    let direction = document.direction.as_ref();
    let handed = direction.and_then(|d| d.at.as_ref()).map(domain::calendar::date_of);
    let holder = if document.to_places.is_empty() {
        desk.roll.person(&document.submitted_to)
    } else {
        document.to_places.clone()
    };
    InColumns {
        arrived: day::full(document.arrival_date.as_ref()),
        issuer: facts.issuer.clone(),
        notation: (
            if facts.notation.is_empty() {
                facts.number.clone()
            } else if facts.number.is_empty() {
                String::new()
            } else {
                format!("{}/", facts.number)
            },
            facts.notation.clone(),
        ),
        issued: day::full(facts.issued_date.as_ref()),
        to: holder,
        handed: handed.map(|d| day::short(&d, today)).unwrap_or_default(),
        receipt: lead
            .and_then(|a| a.first_opened_at.as_ref())
            .map(|at| format!("đã mở {}", day::short(&domain::calendar::date_of(at), today)))
            .unwrap_or_default(),
        unread: lead.is_some_and(|a| a.first_opened_at.is_none()),
        deadline: deadline::of_document(document, *today, &desk.roll.work),
    }
}

fn out_columns(
    document: &OutgoingDocument,
    date: Option<Date>,
    number: &str,
    desk: &Desk,
    today: &Date,
) -> OutColumns {
    let facts = document.facts.clone().unwrap_or_default();
    let names: Vec<String> = document
        .recipients
        .iter()
        .map(|r| if r.name.is_empty() { desk.roll.principal(r.inside.as_ref()) } else { r.name.clone() })
        .collect();
    let sent = document.issued_at.as_ref().map(domain::calendar::date_of).or(date);
    OutColumns {
        notation: format!("{number}/{}", facts.notation),
        signer: desk.roll.person(&document.signer_id),
        recipients: names.join("; "),
        kept: format!("VT, {}", desk.roll.unit(&document.unit_id)),
        copies: document.copies,
        sent: if document.issued_at.is_some() {
            sent.map(|d| day::short(&d, today)).unwrap_or_default()
        } else {
            String::new()
        },
        receipt: String::new(),
        status: terms::outgoing_status(document.status()),
    }
}

async fn print(desk: Desk, Path(slug): Path<String>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let book = book_of(&slug)?;
    let mut form = Form::parse(query.as_deref().unwrap_or_default());
    let (from, to) = (form.date("tu"), form.date("toi"));
    form.checked()?;
    let (_, series_id, year) = chosen(&desk, book, &form);
    let answers = call!(desk, intake.print_register(PrintRegisterRequest { series_id, year, from, to }))?;
    Ok(files::made_pdf(answers.map(|a| a.map(|a| a.chunk)), &format!("so-{slug}-{year}.pdf")))
}

struct Proven {
    book: &'static str,
    series: String,
    year: i32,
    last: String,
    date: String,
    whole: Whole,
    href: String,
}

#[derive(Template)]
#[template(path = "books/proof.html")]
struct ProofPage {
    frame: Frame,
    size: String,
    root: String,
    at: String,
    books: Vec<Proven>,
}

async fn proof(desk: Desk) -> Result<Response, Failure> {
    let head = call!(desk, archive.tree_head(TreeHeadRequest {}))?;
    let mut books = Vec::new();
    for (series_id, year, last, date) in standing(&desk).await? {
        let Some((_, series)) = desk.roll.series.iter().find(|(id, _)| *id == series_id) else { continue };
        let slug = if series.book() == Book::Outgoing { "di" } else { "den" };
        books.push(Proven {
            book: terms::book(series.book()),
            series: series.name.clone(),
            year,
            last: format!("{last:02}"),
            date: day::full(date.as_ref()),
            whole: whole(&desk, &series_id, year).await?,
            href: address(slug, &series_id, year),
        });
    }
    books.sort_by(|a, b| (b.year, a.book, &a.series).cmp(&(a.year, b.book, &b.series)));
    let root = head
        .root
        .as_bytes()
        .chunks(4)
        .filter_map(|c| std::str::from_utf8(c).ok())
        .collect::<Vec<_>>()
        .join(" ");
    let now = domain::calendar::timestamp(desk.app.now());
    let page = ProofPage {
        frame: desk.frame("Kiểm chứng sổ", "/so/kiem-chung").await?,
        size: day::number(head.size),
        root,
        at: day::exact(&now),
        books,
    };
    desk.page(&page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_is_called_gapless_only_when_every_number_was_counted() {
        assert!(Whole { last: 2318, counted: 2318, known: true }.gapless());
        assert!(!Whole { last: 2318, counted: 2317, known: true }.gapless());
        assert!(!Whole { last: 20_000, counted: 10_000, known: false }.gapless());
    }

    #[test]
    fn there_are_two_books() {
        assert_eq!(book_of("den").expect("book"), Book::Incoming);
        assert_eq!(book_of("di").expect("book"), Book::Outgoing);
        assert!(book_of("khac").is_err());
    }
}
