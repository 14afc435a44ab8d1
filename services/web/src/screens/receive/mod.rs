//! Tiếp nhận & vào sổ: queue, document, and the form that the machine filled in.

mod arrive;
mod register;
mod secret;
mod send_back;
mod twins;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use domain::index::is_secret;
use proto::archive::v1::{CommitResponse, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Date, IncomingDocument, IncomingStatus, Record, Role};

use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::link;
use crate::menu::{Entry, Part};
use crate::office::{find_in, list_of};
use crate::screens::document::kept;
use crate::screens::facts::{self, Inputs};
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Mark, Note};
use crate::view::file::{self, FileView};
use crate::view::signature::{self, ReportView};
use twins::Twins;

/// Documents in the queue beside the form.
const QUEUE_MAX: i32 = 100;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/tiep-nhan", get(page))
        .route("/tiep-nhan/tep", post(arrive::files))
        .route("/tiep-nhan/giay", post(arrive::paper))
        .route("/tiep-nhan/mat", get(secret::page).post(secret::send))
        .route("/tiep-nhan/trung", get(twins::page))
        .route("/tiep-nhan/{id}/trung/{twin}", get(twins::beside))
        .route("/tiep-nhan/{id}/chu-ky", get(verdict))
        .route("/tiep-nhan/{id}/vao-so", post(register::send))
        .route("/tiep-nhan/{id}/tra-lai", get(send_back::page).post(send_back::send))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has(Role::Clerk) {
        return Vec::new();
    }
    let mut entries =
        vec![Entry::new(Part::Incoming, t::receive::entry(), "/tiep-nhan").mine([queue_list()])];
    if secret::is_on(desk) {
        entries.push(Entry::new(Part::Incoming, t::secret::entry(), "/tiep-nhan/mat"));
    }
    entries
}

fn queue_list() -> ListRequest {
    ListRequest {
        incoming_status: IncomingStatus::Received as i32,
        page_size: QUEUE_MAX,
        reverse: true,
        ..list_of(ListName::IncomingByStatus)
    }
}

struct Waiting {
    id: String,
    href: String,
    document: DocumentView,
    channel: String,
    here: bool,
    secret: bool,
    verdict: &'static str,
}

#[derive(Template)]
#[template(path = "receive/receive.html")]
struct Page {
    frame: Frame,
    secret_on: bool,
    queue: Vec<Waiting>,
    place: usize,
    before: String,
    after: String,
    /// The one that opens by itself once this one is registered.
    next: String,
    current: Option<Current>,
    note: Option<Note>,
}

struct Current {
    id: String,
    version: u64,
    files: Vec<FileView>,
    report: ReportView,
    twins: Twins,
    inputs: Inputs,
    arrival: Field,
    to_places: Field,
    submit_to: Field,
    reply_hint: String,
}

#[derive(Template)]
#[template(path = "receive/verdict.html")]
struct VerdictPart {
    id: String,
    report: ReportView,
}

/// What the signatures of a document say, once their issuers were asked; nothing before.
async fn verdict(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    let (_, document) = desk.calls().incoming(&id).await?;
    if kept::is_asked(&desk, &document).await {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    desk.page(&VerdictPart { report: signature::report(document.signatures.as_ref()), id })
}

async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.as_deref().unwrap_or_default());
    let leader = query.text("trinh").to_owned();
    show(&desk, query.text("vb"), Typed::No { leader: &leader }, &Faults::default(), None).await
}

/// The form of a document that waits.
fn address(id: &str) -> String {
    format!("/tiep-nhan?vb={id}")
}

/// What stands in the form before anything is refused.
#[derive(Clone, Copy)]
enum Typed<'a> {
    /// What the machine read; the leader chosen for the document before.
    No { leader: &'a str },
    /// What the person typed.
    Yes(&'a Form),
}

const FRESH: Typed<'static> = Typed::No { leader: "" };

/// The screen with the document `wanted` (or the first of the queue), and with what was typed where it was refused.
async fn show(
    desk: &Desk,
    wanted: &str,
    typed: Typed<'_>,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let today = desk.today();
    let listed = desk.calls().list(queue_list()).await?;
    let records: Vec<Record> = listed.items.into_iter().filter_map(|i| i.record).collect();
    let current = if wanted.is_empty() {
        records.iter().find(|r| !is_secret(r)).cloned()
    } else {
        match records.iter().find(|r| r.id == wanted) {
            Some(record) if is_secret(record) => {
                return Err(Failure::Elsewhere(secret::address(wanted)));
            }
            Some(record) => Some(record.clone()),
            // Registered in the meantime, or a typed address: the document's own page says more.
            None => return Err(Failure::Elsewhere(link::document(wanted))),
        }
    };
    let here = current.as_ref().map(|r| r.id.clone()).unwrap_or_default();
    let queue: Vec<Waiting> = records.iter().filter_map(|r| waiting(r, &here, &today, desk)).collect();
    let place = queue.iter().position(|w| w.here).unwrap_or(0);
    let neighbour =
        |i: Option<usize>| i.and_then(|i| queue.get(i)).map(|w| w.href.clone()).unwrap_or_default();
    let (before, after) = (neighbour(place.checked_sub(1)), neighbour(Some(place + 1)));
    let next = queue.iter().skip(place + 1).find(|w| !w.secret).map(|w| w.id.clone()).unwrap_or_default();
    let current = match current {
        Some(record) => Some(current_of(desk, record, typed, faults, &today).await?),
        None => None,
    };
    let frame = desk.frame(t::receive::title(), "/tiep-nhan").await?;
    let secret_on = secret::is_on(desk);
    desk.page(&Page { frame, secret_on, queue, place: place + 1, before, after, next, current, note })
}

/// A document as lists call it: while nobody has described it, what the machine read names it best.
pub(crate) fn named(id: &str, document: &IncomingDocument, today: &Date, desk: &Desk) -> DocumentView {
    let mut view = DocumentView::incoming(id, document, *today, &desk.roll.work);
    let facts = document.facts.clone().unwrap_or_default();
    let read = facts::filled(&facts, &document.suggestions);
    if facts.subject.is_empty() && !read.text("facts.subject").is_empty() {
        view.subject = read.text("facts.subject").to_owned();
    }
    if view.issuer.is_empty() {
        view.issuer = read.text("facts.issuer").to_owned();
    }
    view
}

fn waiting(record: &Record, here: &str, today: &Date, desk: &Desk) -> Option<Waiting> {
    let Some(State::Incoming(document)) = record.state.as_ref() else { return None };
    let verdict = document.signatures.as_ref().map(|r| signature::verdict(r.verdict())).unwrap_or_default();
    let view = named(&record.id, document, today, desk);
    let at = document.received_at.as_ref().map(|at| day::lately(at, today)).unwrap_or_default();
    let secret = is_secret(record);
    Some(Waiting {
        href: if secret { secret::address(&record.id) } else { address(&record.id) },
        secret,
        id: record.id.clone(),
        document: view,
        channel: [terms::channel(document.channel()), &at]
            .iter()
            .filter(|t| !t.is_empty())
            .copied()
            .collect::<Vec<_>>()
            .join(" · "),
        here: record.id == here,
        verdict: if verdict.tone == "stop" { verdict.words } else { "" },
    })
}

async fn current_of(
    desk: &Desk,
    record: Record,
    typed: Typed<'_>,
    faults: &Faults,
    today: &Date,
) -> Result<Current, Failure> {
    let Some(State::Incoming(document)) = record.state.clone() else {
        return Err(Fault::unknown(record.id).into());
    };
    let known = document.facts.clone().unwrap_or_default();
    let mut form = match typed {
        Typed::Yes(form) => form.clone(),
        Typed::No { .. } => facts::filled(&known, &document.suggestions),
    };
    if let Typed::No { leader } = typed {
        form.set("submit_to", leader);
        form.set("arrival_date", day::full(document.arrival_date.as_ref().or(Some(today))));
        form.set("to_places", document.to_places.clone());
        let pages = document.files.first().map_or(0, |f| f.pages);
        if form.text("facts.pages").is_empty() && pages > 0 {
            form.set("facts.pages", pages.to_string());
        }
        // The only leader is the only choice.
        let leaders = desk.roll.with_role(Role::Leader, today);
        if let [(only, ..)] = leaders.as_slice() {
            form.set("submit_to", only.clone());
        }
    }
    let inputs = facts::inputs(&form, &document.suggestions, faults);
    let twins = twins::of(desk, &record.id, &form, &document).await;
    let leaders = desk.roll.with_role(Role::Leader, today);
    let choices = std::iter::once((String::new(), t::receive::submit_later().to_owned()))
        .chain(leaders.into_iter().map(|(id, name, title)| (id, format!("{name}, {title}"))));
    let reply_hint = day::parse(form.text("facts.reply_due"))
        .filter(|due| domain::calendar::compare(*due, *today).is_gt())
        .map(|due| {
            let days = desk.roll.work.working_days_between(*today, due).value;
            t::receive::reply_hint(days, day::weekday(&due))
        })
        .unwrap_or_default();
    Ok(Current {
        version: record.version,
        files: file::all(&record.id, &document.files),
        report: ReportView {
            asking: kept::is_asked(desk, &document).await,
            ..signature::report(document.signatures.as_ref())
        },
        arrival: Field::day("arrival_date", t::receive::arrival(), &form).required().faults(faults, &[]),
        to_places: Field::new("to_places", t::facts::to_places(), &form)
            .marked(Mark::Remark(t::receive::goes_into_the_register().to_owned()))
            .faults(faults, &[]),
        submit_to: Field::choice("submit_to", t::receive::submit_to(), &form, choices).faults(faults, &[]),
        id: record.id,
        twins,
        inputs,
        reply_hint,
    })
}

/// The incoming document in a receipt.
pub(crate) fn incoming_in(receipt: Option<&CommitResponse>) -> Option<(String, IncomingDocument)> {
    find_in(receipt, |r| match &r.state {
        Some(State::Incoming(document)) => Some((r.id.clone(), document.clone())),
        _ => None,
    })
}
