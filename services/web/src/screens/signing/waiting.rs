//! Cần ký: first pages with the place of signing; beside them what will be signed, with which certificate.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use proto::archive::v1::{GetFileRequest, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Certificate, FieldName, OutgoingDocument};
use tokio_stream::StreamExt as _;

use super::certificate::{self, CertificateView};
use super::opened;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::list_of;
use crate::screens::files::stream;
use crate::texts::{t, terms};
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Note};
use crate::view::file::short;

/// Documents on one page: what one mandate names at most.
pub(super) const MANY_MAX: i32 = 200;
/// Pages of certificates that are read.
const PAGES_MAX: usize = 10;

/// A document that waits.
pub(super) struct Waiting {
    document: DocumentView,
    unit: String,
    capacity: String,
    /// The main file now.
    digest: String,
    short: String,
    pages: i32,
    /// The box of the signature: page, x, y, width, height in hundredths of a point.
    place: Option<(i32, i32, i32, i32, i32)>,
    opened: bool,
    chosen: bool,
    /// True when it is signed in another of the person's positions.
    elsewhere: bool,
}

impl Waiting {
    /// Kind and subject, for readers.
    fn title(&self) -> String {
        format!("{} {}", self.document.kind, self.document.subject)
    }
}

#[derive(Template)]
#[template(path = "signing/waiting.html")]
struct Page {
    frame: Frame,
    waiting: Vec<Waiting>,
    opened: usize,
    chosen: usize,
    note: Option<Note>,
    certificates: Vec<CertificateView>,
    certificate: Field,
    password: Field,
    /// Ids of the certificates whose keys are outside.
    outside: String,
    person: String,
    more: bool,
    /// How many wait besides those shown.
    others: usize,
}

impl Page {
    /// How many wait: with a plus where there are more than one page holds.
    fn how_many(&self) -> String {
        t::signing::waiting(format!("{}{}", self.waiting.len(), if self.more { "+" } else { "" }))
    }
}

/// The person's certificates that can be used now, the one that lasts longest first.
pub(super) async fn usable(desk: &Desk) -> Result<Vec<(String, Certificate)>, Fault> {
    let items = desk.calls().list_all(list_of(ListName::Certificates), PAGES_MAX).await?.0;
    let now = desk.app.now();
    let mut found: Vec<(String, Certificate)> = items
        .into_iter()
        .filter_map(|item| item.record)
        .filter_map(|record| match record.state {
            Some(State::Certificate(it))
                if !it.seal && it.person_id == desk.person_id && certificate::is_usable(&it, now) =>
            {
                Some((record.id, it))
            }
            _ => None,
        })
        .collect();
    found.sort_by_key(|(_, c)| std::cmp::Reverse(c.valid_to.as_ref().map_or(0, |t| t.seconds)));
    Ok(found)
}

/// The list.
pub(super) async fn page(
    desk: Desk,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    // Those that the address names, and no others.
    let only = form.is_set("vb");
    show(&desk, &headers, &form, only, &Faults::default(), None).await
}

/// The list with what was chosen and what is wrong; of all that waits, or of the chosen only.
pub(super) async fn show(
    desk: &Desk,
    headers: &HeaderMap,
    form: &Form,
    only: bool,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let request = ListRequest { page_size: MANY_MAX, ..list_of(ListName::ForSignature) };
    let (answer, certificates) = tokio::join!(desk.calls().list(request), usable(desk));
    let (answer, certificates) = (answer?, certificates?);
    let marks = marks(headers, form, desk);
    let asked: Vec<&str> = form.all("vb").collect();
    let mut waiting = Vec::new();
    for item in &answer.items {
        let Some(record) = item.record.as_ref() else { continue };
        let Some(State::Outgoing(document)) = record.state.as_ref() else { continue };
        waiting.push(one(desk, &record.id, document, &marks, &asked)?);
    }
    let all = waiting.len();
    if only {
        waiting.retain(|w| asked.contains(&w.document.id.as_str()));
    }
    let now = desk.app.now();
    let choices: Vec<(String, String)> = certificates
        .iter()
        .map(|(id, c)| (id.clone(), format!("{} · {}", certificate::label(c), c.issuer)))
        .collect();
    let page = Page {
        frame: desk.frame(t::signing::entry_waiting(), "/ky-so").await?,
        others: all - waiting.len(),
        opened: waiting.iter().filter(|w| w.opened).count(),
        chosen: waiting.iter().filter(|w| w.opened && w.chosen).count(),
        waiting,
        note,
        certificates: certificates
            .iter()
            .map(|(id, c)| certificate::view(id, c, desk.person.full_name.clone(), now))
            .collect(),
        certificate: Field::choice("certificate_id", t::signing::certificate(), form, choices)
            .faults(faults, &[]),
        password: Field::new("mat-khau", t::signing::key_password(), &Form::default())
            .typed("password")
            .required()
            .with("autocomplete", "off")
            .faults(faults, &["password"]),
        outside: certificate::outside(&certificates),
        person: desk.person.full_name.clone(),
        more: !answer.next_page_token.is_empty(),
    };
    desk.page(&page)
}

fn one(
    desk: &Desk,
    id: &str,
    document: &OutgoingDocument,
    marks: &[String],
    asked: &[&str],
) -> Result<Waiting, Fault> {
    let main = document.files.first();
    let digest = main.map(|f| f.digest.clone()).unwrap_or_default();
    let place = document
        .places
        .iter()
        .find(|p| p.name() == FieldName::Signer)
        .map(|p| (p.page, p.x, p.y, p.width, p.height));
    Ok(Waiting {
        opened: opened::holds(desk.token(), &digest, marks.iter().map(String::as_str))?,
        short: short(&digest),
        digest,
        pages: main.map_or(0, |f| f.pages),
        unit: desk.roll.unit(&document.unit_id),
        capacity: t::signing::signs_as(
            terms::capacity(document.capacity()),
            desk.roll.title(&document.signer_position_id),
        ),
        place,
        chosen: asked.is_empty() || asked.contains(&id),
        elsewhere: document.signer_position_id != desk.position_id,
        document: DocumentView::outgoing(id, document),
    })
}

/// The marks that a browser brings: of its form and of its cookie.
pub(super) fn marks(headers: &HeaderMap, form: &Form, desk: &Desk) -> Vec<String> {
    let mut marks = opened::of_cookie(headers, desk.app.settings.tls);
    marks.extend(form.all("da-xem").map(str::to_owned));
    marks
}

/// The file that will be signed; with it goes the mark that it was opened.
pub(super) async fn file(
    desk: Desk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (_, document) = desk.calls().outgoing(&id).await?;
    let main = document.files.first().ok_or_else(|| Fault::unknown(&id))?;
    let request = GetFileRequest { digest: main.digest.clone(), offset: 0, length: 0, record_id: id };
    let answers = call!(desk, archive.get_file(request))?;
    let mut response = Response::new(Body::empty());
    *response.body_mut() = stream(answers.map(|answer| answer.map(|a| a.chunk)));
    let mark = opened::mark(desk.token(), &main.digest)?;
    let tls = desk.app.settings.tls;
    let map = response.headers_mut();
    map.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    map.insert(header::CONTENT_LENGTH, HeaderValue::from(main.size));
    map.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline; filename=\"van-ban.pdf\""));
    // Each opening is told to the server: nothing is kept by the browser.
    map.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    map.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    );
    if let Ok(value) = HeaderValue::from_str(&mark) {
        map.insert(HeaderName::from_static(opened::HEADER), value);
    }
    if let Some(cookie) = opened::with(&headers, &mark, tls) {
        map.append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
