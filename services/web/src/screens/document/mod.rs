//! Chi tiết văn bản đến: what may be done now, the document with its signatures, who has it, what happened.

mod act;
mod correct;
mod history;
mod holders;
pub(crate) mod kept;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use proto::fault::Fault;
use proto::intake::v1::PrintSlipRequest;
use proto::record::v1::record::State;
use proto::record::v1::{
    Assignment, AssignmentStatus, Date, IncomingDocument, IncomingStatus, OpenedNow, RecordOpened,
};
use proto::routing::v1::RecordOpenedRequest;
use tokio_stream::StreamExt as _;

use crate::actions::{self, Action};
use crate::app::App;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::frame::Frame;
use crate::screens::{facts, files};
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::document::DocumentView;
use crate::view::file::{self, FileView};
use crate::view::signature::{self, ReportView};
use crate::{call, link};

pub(crate) use act::ActPage;
pub(crate) use history::{Act, history_of};
use holders::Holder;
use kept::Kept;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/van-ban/{id}", get(page))
        .route("/van-ban/{id}/sua", get(correct::page).post(correct::send))
        .route("/van-ban/{id}/tra-lai", get(give_back))
        .route("/van-ban/{id}/phieu", get(slip))
        .route("/van-ban/{id}/bang-chung", get(kept::take))
        .route("/van-ban/{id}/chu-ky", get(kept::now))
        .route("/van-ban/{id}/kiem-tra-lai", get(up).post(kept::again))
        .route("/van-ban/{id}/{act}", get(act::page).post(act::send))
}

#[derive(Template)]
#[template(path = "document/document.html")]
struct Page {
    frame: Frame,
    document: DocumentView,
    received: String,
    channel: &'static str,
    /// The secrecy marking; empty without one.
    marking: &'static str,
    signer: String,
    reply_due: String,
    note: String,
    closing: String,
    twin: Option<String>,
    answers: Vec<(String, String)>,
    actions: Vec<Action>,
    files: Vec<FileView>,
    report: ReportView,
    kept: Option<Kept>,
    leader: Option<Leader>,
    waiting_for: String,
    holders: Vec<Holder>,
    places: usize,
    unopened: usize,
    history: Vec<Act>,
    group: (&'static str, &'static str),
}

/// Who directed, and what was said.
struct Leader {
    name: String,
    title: String,
    at: String,
    text: String,
}

async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    if id.starts_with("out_") {
        return Ok(see_other(&link::document(&id)));
    }
    let (_, mut document) = desk.calls().incoming(&id).await?;
    let mut assignments = assignments_of(&desk, &document).await?;
    // That it was opened is told before the page is made, so that the page already says so.
    if assignments.iter().any(|(_, a)| a.first_opened_by.is_empty() && desk.is_me(a.assignee.as_ref())) {
        opened(&desk, &id).await;
        (_, document) = desk.calls().incoming(&id).await?;
        assignments = assignments_of(&desk, &document).await?;
    }
    let today = desk.today();
    let said = document.facts.clone().unwrap_or_default();
    let view = DocumentView::incoming(&id, &document, today, &desk.roll.work);
    let holders = holders::tree(&assignments, "", &desk, &today);
    let signer = said.signer.clone().unwrap_or_default();
    let history = history_of(&desk, &id, &today).await?;
    let twin = (!document.duplicate_of.is_empty()).then(|| link::document(&document.duplicate_of));
    let answers = answers_of(&desk, &document.answered_by, &today).await?;
    let open = |a: &Assignment| a.status() != AssignmentStatus::Withdrawn;
    let page = Page {
        frame: desk.frame(&view.headline(), group_of(&document).1).await?,
        received: day::moment(document.received_at.as_ref()),
        channel: terms::channel(document.channel()),
        marking: facts::marking(said.marking()),
        signer: [signer.position, signer.full_name]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        reply_due: day::full(said.reply_due.as_ref()),
        note: said.note.clone(),
        closing: document.closing_reason.clone(),
        twin,
        answers,
        actions: actions::on_incoming(&id, &document, &assignments, &desk.caller()),
        files: file::all(&id, &document.files),
        report: signature::report(document.signatures.as_ref()),
        kept: kept::of(&desk, &id, &document).await,
        leader: document.direction.as_ref().map(|d| Leader {
            name: desk.roll.person(&d.person_id),
            title: desk.roll.title(&d.position_id),
            at: d.at.as_ref().map(|at| day::lately(at, &today)).unwrap_or_default(),
            text: d.text.clone(),
        }),
        waiting_for: if document.status() == IncomingStatus::Submitted {
            desk.roll.person(&document.submitted_to)
        } else {
            String::new()
        },
        places: assignments.iter().filter(|(_, a)| open(a)).count(),
        unopened: assignments.iter().filter(|(_, a)| open(a) && a.first_opened_by.is_empty()).count(),
        holders,
        history,
        group: group_of(&document),
        document: view,
    };
    desk.page(&page)
}

/// Where the document stands in the menu: words and path.
fn group_of(document: &IncomingDocument) -> (&'static str, &'static str) {
    match document.status() {
        IncomingStatus::Received => (t::receive::entry(), "/tiep-nhan"),
        IncomingStatus::Registered => (t::incoming::to_submit(), "/van-ban-den/cho-trinh"),
        IncomingStatus::Submitted => (t::incoming::to_direct(), "/van-ban-den/cho-y-kien"),
        IncomingStatus::Directed => (t::incoming::in_work(), "/van-ban-den/dang-xu-ly"),
        IncomingStatus::Completed => (t::incoming::completed(), "/van-ban-den/da-hoan-thanh"),
        IncomingStatus::Returned => (t::incoming::returned(), "/van-ban-den/da-tra-lai"),
        IncomingStatus::Void | IncomingStatus::Unspecified => (t::incoming::all(), "/van-ban-den/tat-ca"),
    }
}

/// The assignments of a document, in the order they were made.
pub(crate) async fn assignments_of(
    desk: &Desk,
    document: &IncomingDocument,
) -> Result<Vec<(String, Assignment)>, Fault> {
    let records = desk.calls().batch(&document.assignment_ids).await?;
    Ok(records
        .into_iter()
        .filter_map(|r| match r.state {
            Some(State::Assignment(assignment)) => Some((r.id, assignment)),
            _ => None,
        })
        .collect())
}

/// Tells that the person opened the document; that it could not be told is no reason to show no page.
pub(crate) async fn opened(desk: &Desk, id: &str) {
    let told = async {
        let at = domain::calendar::timestamp(desk.app.now());
        let command = RecordOpened { opened: vec![OpenedNow { document_id: id.to_owned(), at: Some(at) }] };
        let request = RecordOpenedRequest {
            request_id: crate::random::hex(12)?,
            command: Some(command),
            ..Default::default()
        };
        call!(desk, routing.record_opened(request)).map(drop)
    };
    if let Err(fault) = told.await {
        tracing::warn!(%fault, id, "opening was not recorded");
    }
}

async fn answers_of(desk: &Desk, ids: &[String], today: &Date) -> Result<Vec<(String, String)>, Fault> {
    let records = desk.calls().batch(ids).await?;
    Ok(records
        .iter()
        .filter_map(|r| DocumentView::of(r, *today, &desk.roll.work))
        .map(|d| (d.href, format!("{} {} · {}", d.kind, d.notation, d.subject)))
        .collect())
}

async fn give_back(Path(id): Path<String>) -> Response {
    see_other(&format!("/tiep-nhan/{id}/tra-lai"))
}

/// The form's own address leads to the page that shows it.
async fn up(Path(id): Path<String>) -> Response {
    see_other(&link::document(&id))
}

async fn slip(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    let answers = call!(desk, intake.print_slip(PrintSlipRequest { document_id: id }))?;
    Ok(files::made_pdf(answers.map(|a| a.map(|a| a.chunk)), "phieu-giai-quyet.pdf"))
}
