//! Kiểm tra chữ ký: drop any PDF. Also without log-in, then up to 3 MB; nothing of it is kept.

use askama::Template;
use axum::Router;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use bytes::{Bytes, BytesMut};
use proto::directory::v1::StateRequest;
use proto::fault::Fault;
use proto::record::v1::Role;
use proto::signer::v1::{InspectRequest, ValidateUploadRequest};

use crate::app::App;
use crate::call;
use crate::desk::{Desk, Visitor};
use crate::failure::Failure;
use crate::form::clean;
use crate::menu::{Entry, Part};
use crate::settings::{CHECK_BYTES_MAX, FILE_BYTES_MAX};
use crate::view::day;
use crate::view::field::Note;
use crate::view::file::short;
use crate::view::signature::{self, ReportView};

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/kiem-tra-chu-ky", get(page).post(check))
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
        vec![Entry::new(Part::Signing, "Kiểm tra chữ ký", "/kiem-tra-chu-ky").key("g k")]
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

struct Checked {
    name: String,
    size: String,
    pages: i32,
    digest: String,
    report: ReportView,
}

/// Anybody: with a desk where there is a session.
async fn who(
    app: &App,
    request: &mut axum::http::request::Parts,
) -> Result<(Visitor, Option<Desk>), Failure> {
    use axum::extract::FromRequestParts as _;
    let visitor = Visitor::from_request_parts(request, app).await?;
    let desk = Desk::from_request_parts(request, app).await.ok();
    Ok((visitor, desk))
}

async fn page(
    axum::extract::State(app): axum::extract::State<App>,
    request: Request,
) -> Result<Response, Failure> {
    let (mut parts, _) = request.into_parts();
    let (visitor, desk) = who(&app, &mut parts).await?;
    show(&visitor, desk.as_ref(), None, None).await
}

async fn show(
    visitor: &Visitor,
    desk: Option<&Desk>,
    note: Option<Note>,
    checked: Option<Checked>,
) -> Result<Response, Failure> {
    let (csrf, cookie) = visitor.form_token()?;
    // The page is of use without the directory.
    let agency = call!(visitor, directory.state(StateRequest {})).map(|s| s.agency_name).unwrap_or_default();
    let page = Page { agency, logged_in: desk.is_some(), csrf, limit: day::size(limit(desk)), note, checked };
    let mut response = Html(page.render()?).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn limit(desk: Option<&Desk>) -> u64 {
    if desk.is_some() { FILE_BYTES_MAX } else { CHECK_BYTES_MAX as u64 }
}

async fn check(
    axum::extract::State(app): axum::extract::State<App>,
    request: Request,
) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let (visitor, desk) = who(&app, &mut parts).await?;
    let file = read(Request::from_parts(parts, body), limit(desk.as_ref())).await;
    let done = match file {
        Ok(Some((name, bytes))) => verdict(&visitor, desk.as_ref(), name, bytes).await,
        Ok(None) => Err(Fault::refused("NO_FILE", "no file was chosen")),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(checked) => show(&visitor, desk.as_ref(), None, Some(checked)).await,
        Err(Fault::Invalid(_)) => {
            let note = Note {
                head: "Không đọc được tệp.".to_owned(),
                text: "Tệp gửi lên bị đứt giữa chừng hoặc không phải PDF.".to_owned(),
                look: false,
            };
            show(&visitor, desk.as_ref(), Some(note), None).await
        }
        Err(fault) => show(&visitor, desk.as_ref(), Some(Note::of(fault)?), None).await,
    }
}

/// The one file of the form, at most `size_max` bytes.
async fn read(request: Request, size_max: u64) -> Result<Option<(String, Bytes)>, Fault> {
    let broken =
        |e: &axum::extract::multipart::MultipartError| Fault::invalid("", "UPLOAD_BROKEN_OFF", e.body_text());
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|e| Fault::invalid("", "FORM_SHAPE", e.body_text()))?;
    while let Some(mut field) = parts.next_field().await.map_err(|e| broken(&e))? {
        let Some(name) = field.file_name().map(clean).filter(|n| !n.is_empty()) else { continue };
        let mut bytes = BytesMut::new();
        while let Some(chunk) = field.chunk().await.map_err(|e| broken(&e))? {
            if (bytes.len() + chunk.len()) as u64 > size_max {
                return Err(Fault::refused("FILE_TOO_LARGE", format!("more than {size_max} bytes")));
            }
            bytes.extend_from_slice(&chunk);
        }
        if !bytes.is_empty() {
            return Ok(Some((name, bytes.freeze())));
        }
    }
    Ok(None)
}

async fn verdict(
    visitor: &Visitor,
    desk: Option<&Desk>,
    name: String,
    bytes: Bytes,
) -> Result<Checked, Fault> {
    let size = day::size(bytes.len() as u64);
    let digest = crate::random::to_hex(&openssl::sha::sha256(&bytes));
    let (report, pages) = match desk {
        Some(desk) if bytes.len() > CHECK_BYTES_MAX => {
            // Too long for one message: put first, never named by an entry, so it is swept.
            let (digest, _) = desk.calls().put(bytes).await?;
            let answer = call!(desk, signer.inspect(InspectRequest { digest, record_id: String::new() }))?;
            (answer.report, answer.pages)
        }
        _ => {
            let answer = call!(visitor, signer.validate_upload(ValidateUploadRequest { pdf: bytes.into() }))?;
            (answer.report, answer.pages)
        }
    };
    Ok(Checked { name, size, pages, digest: short(&digest), report: signature::report(report.as_ref()) })
}
