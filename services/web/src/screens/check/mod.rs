//! Kiểm tra chữ ký: drop any PDF, also without log-in; nothing of it is kept. Files of documents are checked anew where they
//! lie. The report tells the file revision by revision, and each revision can be had as it was signed.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequestParts as _, Path, RawQuery, Request, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use proto::archive::v1::GetFileRequest;
use proto::directory::v1::StateRequest;
use proto::fault::Fault;
use proto::record::v1::{FileRef, Role};
use proto::signer::v1::InspectRequest;
use tokio_stream::StreamExt as _;

use crate::app::App;
use crate::call;
use crate::desk::{Desk, Visitor};
use crate::failure::Failure;
use crate::form::Form;
use crate::link;
use crate::menu::{Entry, Part};
use crate::screens::files;
use crate::texts::t;
use crate::view::day;
use crate::view::field::Note;
use crate::view::file::short;
use crate::view::signature::{self, ReportView};
use revisions::RevisionView;

mod revisions;
mod upload;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/kiem-tra-chu-ky", get(page).post(check))
        .route("/kiem-tra-chu-ky/ban", get(back).post(upload::revision))
        .route("/kiem-tra-chu-ky/{record}/{index}", get(kept))
        .route("/kiem-tra-chu-ky/{record}/{index}/ban", get(kept_revision))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    let by_role = desk.has_any(&[
        Role::Clerk,
        Role::Leader,
        Role::HeadOfUnit,
        Role::Officer,
        Role::FormChecker,
        Role::Archivist,
    ]);
    if by_role {
        vec![Entry::new(Part::Signing, t::check::check(), "/kiem-tra-chu-ky").key("g k")]
    } else {
        Vec::new()
    }
}

#[derive(Template)]
#[template(path = "check/check.html")]
struct Page {
    agency: String,
    logged_in: bool,
    csrf: String,
    limit: String,
    note: Option<Note>,
    checked: Option<Checked>,
}

/// A file and what was found in it.
struct Checked {
    name: String,
    size: String,
    pages: i32,
    digest: String,
    report: ReportView,
    /// What holds of every signature, said once.
    common: Vec<String>,
    revisions: Vec<RevisionView>,
    /// Where a revision of a kept file comes from; empty for a file that is only in the person's hands.
    from: String,
    /// The page of the document that it belongs to; empty for an upload.
    document: String,
}

impl Checked {
    fn new(
        name: String,
        size: u64,
        digest: &str,
        pages: i32,
        report: Option<&proto::record::v1::SignatureReport>,
    ) -> Self {
        let revisions = revisions::of(report);
        let mut report = signature::report(report);
        let common = revisions::said_once(&mut report);
        Self {
            name,
            size: day::size(size),
            pages,
            digest: short(digest),
            report,
            common,
            revisions,
            from: String::new(),
            document: String::new(),
        }
    }
}

/// Anybody: with a desk where there is a session.
async fn who(app: &App, request: &mut Parts) -> Result<(Visitor, Option<Desk>), Failure> {
    let visitor = Visitor::from_request_parts(request, app).await?;
    let desk = Desk::from_request_parts(request, app).await.ok();
    Ok((visitor, desk))
}

async fn page(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let (visitor, desk) = who(&app, &mut parts).await?;
    show(&visitor, desk.is_some(), None, None).await
}

/// A form's own address leads to the page that shows the form.
async fn back() -> Response {
    crate::failure::see_other("/kiem-tra-chu-ky")
}

async fn show(
    visitor: &Visitor,
    logged_in: bool,
    note: Option<Note>,
    checked: Option<Checked>,
) -> Result<Response, Failure> {
    let (csrf, cookie) = visitor.form_token()?;
    // The page is of use without the directory.
    let agency = call!(visitor, directory.state(StateRequest {})).map(|s| s.agency_name).unwrap_or_default();
    let limit = day::size(upload::FILE_BYTES_MAX);
    let page = Page { agency, logged_in, csrf, limit, note, checked };
    let mut response = Html(page.render()?).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn check(State(app): State<App>, request: Request) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let (visitor, desk) = who(&app, &mut parts).await?;
    let logged_in = desk.is_some();
    match upload::checked(&visitor, Request::from_parts(parts, body)).await {
        Ok(checked) => show(&visitor, logged_in, None, Some(checked)).await,
        Err(Fault::Invalid(_)) => {
            let note = Note {
                head: t::check::cannot_read().to_owned(),
                text: t::check::cannot_read_why().to_owned(),
                look: false,
            };
            show(&visitor, logged_in, Some(note), None).await
        }
        Err(fault) => show(&visitor, logged_in, Some(Note::of(fault)?), None).await,
    }
}

/// A file of a document, where the person may see it.
async fn file_of(desk: &Desk, record_id: &str, index: usize) -> Result<FileRef, Fault> {
    let record = desk.calls().get(record_id).await?;
    let file = files::files_of(record.state.as_ref()).get(index).cloned();
    file.ok_or_else(|| Fault::unknown(record_id))
}

/// The report on a file of a document, made now.
async fn kept(
    State(app): State<App>,
    Path((record_id, index)): Path<(String, usize)>,
    request: Request,
) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let desk = Desk::from_request_parts(&mut parts, &app).await?;
    let visitor = Visitor::from_request_parts(&mut parts, &app).await?;
    let file = file_of(&desk, &record_id, index).await?;
    let request = InspectRequest { digest: file.digest.clone(), record_id: record_id.clone() };
    let answer = call!(desk, signer.inspect(request))?;
    let mut checked = Checked::new(file.name, file.size, &file.digest, answer.pages, answer.report.as_ref());
    checked.from = format!("/kiem-tra-chu-ky/{record_id}/{index}/ban");
    checked.document = link::document(&record_id);
    show(&visitor, true, None, Some(checked)).await
}

/// A revision of a kept file: its first bytes, as they were signed.
async fn kept_revision(
    desk: Desk,
    Path((record_id, index)): Path<(String, usize)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let file = file_of(&desk, &record_id, index).await?;
    let end = form.text("het").parse::<u64>().ok().filter(|end| (1..=file.size).contains(end));
    let end = end.ok_or_else(|| Fault::unknown(&record_id))?;
    let name = revisions::file_name(&file.name, form.text("ban"));
    let request = GetFileRequest { digest: file.digest, offset: 0, length: end, record_id };
    let chunks = call!(desk, archive.get_file(request))?.map(|answer| answer.map(|it| it.chunk));
    let mut response = files::made(files::stream(chunks), "application/pdf", "attachment", &name);
    response.headers_mut().insert(header::CONTENT_LENGTH, end.into());
    Ok(response)
}
