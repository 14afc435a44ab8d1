//! The run of signing: a result for each file as it comes. The page's address names the documents and when the run began;
//! where each stands is read from its record, so a reload tells the truth and goes on. A script asks for all that is left
//! and gets the rows of the table one by one in one answer; without it the page comes when all are done.

use std::convert::Infallible;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, RawQuery};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse as _, Response};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{OutgoingDocument, OutgoingStatus};
use proto::routing::v1::sign_documents_response::Outcome;
use proto::routing::v1::{NotSigned, SignDocumentsRequest, SignDocumentsResponse};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;

use super::mandate::{self, Held};
use super::{opened, outcome, sign, waiting};
use crate::call;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::link;
use crate::live::{Stopping, events, stopped};
use crate::texts::language::carried;
use crate::texts::{reasons, t};
use crate::toast::Toast;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Note};

/// Longest id of a run that is signed in one request.
const RUN_ID_MAX: usize = 40;
/// Rows that wait for the browser to read them.
const ROWS_WAITING: usize = 4;

/// Where a document of a run stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Not tried in this run.
    Waits,
    /// The key is closed: the password is needed again.
    Asks,
    /// A service does not answer; it can be tried again.
    Away(String),
    /// What was prepared is of no use any more: it is to be prepared again.
    Again(String),
    /// Signed.
    Good,
    /// Tried, and not signed: why.
    Bad(String),
    /// It waits for no signature any more.
    Gone,
}

impl Stage {
    /// How the script knows it.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Asks => "asks",
            Self::Away(_) => "away",
            Self::Again(_) => "again",
            Self::Good => "good",
            Self::Bad(_) => "bad",
            Self::Gone => "gone",
        }
    }

    /// Why, where that is to be told.
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Bad(why) | Self::Away(why) | Self::Again(why) => why,
            _ => "",
        }
    }

    pub(crate) fn is_left(&self) -> bool {
        matches!(self, Self::Waits | Self::Asks | Self::Away(_) | Self::Again(_))
    }
}

/// A document of a run.
pub(crate) struct Row {
    pub(crate) document: DocumentView,
    digest: String,
    pub(crate) stage: Stage,
}

/// When the run began, by which failures of this run are told from those before; and its documents.
pub(crate) struct Named {
    pub(crate) began_ms: i64,
    pub(crate) ids: Vec<String>,
}

impl Named {
    /// What an address names, each once.
    pub(crate) fn of(form: &Form) -> Self {
        let most = usize::try_from(waiting::MANY_MAX).unwrap_or_default();
        let mut ids: Vec<String> = Vec::new();
        for id in form.all("vb").take(most) {
            if !ids.iter().any(|known| known == id) {
                ids.push(id.to_owned());
            }
        }
        Self { began_ms: form.text("luc").parse().unwrap_or_default(), ids }
    }
}

/// The address of a run.
pub(super) fn path(began_ms: i64, ids: &[String]) -> String {
    ids.iter()
        .fold(link::with("/ky-so/loat", "luc", &began_ms.to_string()), |path, id| link::with(&path, "vb", id))
}

/// Where the document stands, by its record alone.
fn stage(document: &OutgoingDocument, began_ms: i64) -> Stage {
    match document.status() {
        OutgoingStatus::Withdrawn => Stage::Gone,
        status if status >= OutgoingStatus::Signed => Stage::Good,
        OutgoingStatus::Approved => {
            let in_this_run = document
                .signing_failure
                .as_ref()
                .filter(|f| f.at.as_ref().map_or(0, domain::calendar::millis) >= began_ms);
            in_this_run.map_or(Stage::Waits, |f| Stage::Bad(reasons::sentence(&f.reason).to_owned()))
        }
        _ => Stage::Gone,
    }
}

/// The row of a document.
pub(crate) fn row(id: &str, document: &OutgoingDocument, stage: Stage) -> Row {
    Row {
        document: DocumentView::outgoing(id, document),
        digest: document.files.first().map(|f| f.digest.clone()).unwrap_or_default(),
        stage,
    }
}

/// The rows of a run, by their records.
///
/// # Errors
/// The archive's fault.
pub(super) async fn rows(desk: &Desk, named: &Named) -> Result<Vec<Row>, Fault> {
    rows_by(desk, named, stage).await
}

/// The rows of a run, each where `stage` sees it by its record.
///
/// # Errors
/// The archive's fault.
pub(crate) async fn rows_by(
    desk: &Desk,
    named: &Named,
    stage: fn(&OutgoingDocument, i64) -> Stage,
) -> Result<Vec<Row>, Fault> {
    let records = desk.calls().batch(&named.ids).await?;
    let find = |id: &String| records.iter().find(|record| record.id == *id);
    Ok(named
        .ids
        .iter()
        .filter_map(find)
        .filter_map(|record| match record.state.as_ref() {
            Some(State::Outgoing(it)) => Some(row(&record.id, it, stage(it, named.began_ms))),
            _ => None,
        })
        .collect())
}

#[derive(Template)]
#[template(path = "signing/run.html")]
struct Page {
    frame: Frame,
    began_ms: i64,
    rows: Vec<Row>,
    good: usize,
    bad: usize,
    left: usize,
    /// True while the key is open for this run.
    open: bool,
    note: Option<Note>,
    certificate: Field,
    password: Field,
}

/// The page of a run.
pub(super) async fn page(
    desk: Desk,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    show(&desk, &headers, &form, &Faults::default(), None).await
}

async fn show(
    desk: &Desk,
    headers: &HeaderMap,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let named = Named::of(form);
    if named.ids.is_empty() {
        return Ok(see_other("/ky-so"));
    }
    let rows = rows(desk, &named).await?;
    let count = |of: fn(&Stage) -> bool| rows.iter().filter(|r| of(&r.stage)).count();
    let (good, left) = (count(|s| *s == Stage::Good), count(Stage::is_left));
    let bad = count(|s| matches!(s, Stage::Bad(_)));
    let open = Held::read(headers, desk.app.settings.tls, desk.app.now()).is_some();
    let mut certificates = if left > 0 { waiting::usable(desk).await? } else { Vec::new() };
    // This run is under a mandate, which only a key that is here gives.
    certificates.retain(|(_, it)| !it.outside);
    let choices: Vec<(String, String)> =
        certificates.iter().map(|(id, c)| (id.clone(), format!("{} · {}", c.subject, c.issuer))).collect();
    let page = Page {
        frame: desk
            .frame(if left > 0 { t::signing::run() } else { t::signing::run_result() }, "/ky-so")
            .await?,
        began_ms: named.began_ms,
        rows,
        good,
        bad,
        left,
        open,
        note,
        certificate: Field::choice("certificate_id", t::signing::certificate(), form, choices)
            .faults(faults, &[]),
        password: Field::new("mat-khau", t::signing::key_password(), &Form::default())
            .typed("password")
            .required()
            .with("autocomplete", "off")
            .faults(faults, &["password"]),
    };
    desk.page(&page)
}

impl Page {
    /// The way to sign again what failed.
    fn again(&self) -> String {
        let failed = self.rows.iter().filter(|row| matches!(row.stage, Stage::Bad(_)));
        failed.fold("/ky-so".to_owned(), |path, row| link::with(&path, "vb", &row.document.id))
    }
}

/// Opens the key again for what is left of a run, and goes on.
pub(super) async fn go_on(desk: Desk, headers: HeaderMap, mut form: Form) -> Result<Response, Failure> {
    match try_go_on(&desk, &headers, &mut form).await {
        Ok(response) => Ok(response),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["certificate_id", "mat-khau", "password"])?;
            show(&desk, &headers, &form, &faults, note).await
        }
    }
}

async fn try_go_on(desk: &Desk, headers: &HeaderMap, form: &mut Form) -> Result<Response, Fault> {
    let named = Named::of(form);
    let left: Vec<Row> = rows(desk, &named).await?.into_iter().filter(|r| r.stage.is_left()).collect();
    let here = path(named.began_ms, &named.ids);
    if left.is_empty() {
        return Ok(see_other(&here));
    }
    let marks = waiting::marks(headers, form, desk);
    let mut unopened = 0_usize;
    for row in &left {
        if !opened::holds(desk.token(), &row.digest, marks.iter().map(String::as_str))? {
            unopened += 1;
        }
    }
    if unopened > 0 {
        // Another session, or another file: they are looked at again before they are signed.
        let path =
            left.iter().fold("/ky-so".to_owned(), |path, row| link::with(&path, "vb", &row.document.id));
        return Ok(desk.go(&path, Toast::failed(t::signing::opened_again(unopened))));
    }
    let ids: Vec<String> = left.iter().map(|row| row.document.id.clone()).collect();
    let digests = left.iter().map(|row| row.digest.clone()).collect();
    let held = sign::unlocked(desk, form, digests).await?;
    begun(desk, form, &named, &ids, held).await
}

/// Starts with an open key: the script goes on from the page of the run; without it all is done here.
pub(super) async fn start(desk: &Desk, form: &Form, ids: Vec<String>, held: Held) -> Result<Response, Fault> {
    let named = Named { began_ms: desk.app.now(), ids };
    begun(desk, form, &named, &named.ids, held).await
}

async fn begun(
    desk: &Desk,
    form: &Form,
    named: &Named,
    ids: &[String],
    held: Held,
) -> Result<Response, Fault> {
    let mut response = see_other(&path(named.began_ms, &named.ids));
    if form.is_set("lan-luot") {
        let (tls, now) = (desk.app.settings.tls, desk.app.now());
        if let Some(cookie) = held.cookie(tls, now) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        return Ok(response);
    }
    let request = SignDocumentsRequest {
        request_id: form.request_id()?.chars().take(RUN_ID_MAX).collect(),
        document_ids: ids.to_vec(),
        mandate: held.secret.clone(),
    };
    // What came of each is on its record, where the page reads it.
    match call!(desk, routing.sign_documents(request)) {
        Ok(mut results) => while results.next().await.is_some_and(|one| one.is_ok()) {},
        Err(fault) => tracing::info!(%fault, "the run was not begun"),
    }
    mandate::end(desk, held.secret).await;
    Ok(response)
}

#[derive(Template)]
#[template(path = "signing/run_row.html")]
struct OneRow {
    row: Row,
}

/// Signs what is left of a run, as far as somebody reads on; answers the row of each document as it is done. It ends early
/// where going on is of no use: the key is closed, or a service is away.
pub(super) async fn rows_as_they_come(
    desk: Desk,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    form: Form,
) -> Result<Response, Failure> {
    let named = Named::of(&form);
    let held = Held::read(&headers, desk.app.settings.tls, desk.app.now());
    let Some(first) = named.ids.first() else { return Ok(events(Body::empty())) };
    let Some(held) = held else {
        let (record, document) = desk.calls().outgoing(first).await?;
        return Ok(events(Body::from(event(row(&record.id, &document, Stage::Asks))?)));
    };
    let request = SignDocumentsRequest {
        request_id: form.request_id()?.chars().take(RUN_ID_MAX).collect(),
        document_ids: named.ids,
        mandate: held.secret,
    };
    let mut results = call!(desk, routing.sign_documents(request))?;
    let (to, from) = mpsc::channel::<Result<Bytes, Infallible>>(ROWS_WAITING);
    let told = async move {
        while let Some(Ok(result)) = results.next().await {
            let (row, goes_on) = match came(&desk, result).await {
                Ok(Some(came)) => came,
                Ok(None) => return,
                Err(fault) => {
                    tracing::warn!(%fault, "a run is told no further");
                    return;
                }
            };
            let Ok(event) = event(row) else { return };
            if to.send(Ok(event.into())).await.is_err() || !goes_on {
                return;
            }
        }
    };
    let stopping = stopping.map(|Extension(it)| it.0);
    // Its sentences are in the language of the request, which is over by then.
    tokio::spawn(carried().speaking(async move {
        tokio::select! {
            () = told => {}
            () = stopped(stopping) => {}
        }
    }));
    Ok(events(Body::from_stream(ReceiverStream::new(from))))
}

/// The row of a document after it was tried in a run, and whether the run goes on. None where the caller's seal ended: the
/// browser asks for the rest under a new one, or is led to the log-in.
async fn came(desk: &Desk, result: SignDocumentsResponse) -> Result<Option<(Row, bool)>, Fault> {
    let id = result.document_id;
    let refused = match result.outcome {
        Some(Outcome::Receipt(receipt)) => {
            let record = receipt.records.into_iter().find(|record| record.id == id);
            if let Some(State::Outgoing(document)) = record.and_then(|record| record.state) {
                return Ok(Some((row(&id, &document, Stage::Good), true)));
            }
            None
        }
        Some(Outcome::Refused(refused)) if refused.reason == "SESSION_ENDED" => return Ok(None),
        Some(Outcome::Refused(refused)) => Some(refused),
        Some(Outcome::Already(_)) | None => None,
    };
    let (_, document) = desk.calls().outgoing(&id).await?;
    let stage = match (refused, document.status()) {
        (_, OutgoingStatus::Withdrawn) => Stage::Gone,
        (_, status) if status >= OutgoingStatus::Signed => Stage::Good,
        (Some(refused), OutgoingStatus::Approved) => of_refusal(&refused),
        _ => Stage::Gone,
    };
    let goes_on = !matches!(stage, Stage::Asks | Stage::Away(_));
    Ok(Some((row(&id, &document, stage), goes_on)))
}

fn of_refusal(refused: &NotSigned) -> Stage {
    let sentence = reasons::sentence(&refused.reason).to_owned();
    match refused.reason.as_str() {
        "MANDATE_ENDED" | "MANDATE_NOT_YOURS" => Stage::Asks,
        _ if refused.passing => Stage::Away(sentence),
        _ => Stage::Bad(sentence),
    }
}

/// A row as one server-sent event.
fn event(row: Row) -> Result<String, Fault> {
    let html = OneRow { row }.render().map_err(Fault::broken)?;
    // One line, as an event's data is.
    let line: Vec<&str> = html.trim().lines().collect();
    Ok(format!("data: {}\n\n", line.join(" ")))
}

/// The row of a document after it was tried.
pub(super) async fn after(desk: &Desk, id: &str, came: Result<(), Fault>) -> Result<Response, Failure> {
    let (record, document) = desk.calls().outgoing(id).await?;
    let stage = match (came, document.status()) {
        (Ok(()), _) => Stage::Good,
        // Signed meanwhile, by the other half of a doubled click or in another window.
        (Err(_), status) if status >= OutgoingStatus::Signed && status != OutgoingStatus::Withdrawn => {
            Stage::Good
        }
        (Err(fault), OutgoingStatus::Approved) => {
            tracing::info!(%fault, document = id, "not signed");
            of_fault(&fault)
        }
        (Err(_), _) => Stage::Gone,
    };
    one_row(row(&record.id, &document, stage))
}

/// A row alone.
///
/// # Errors
/// [`Failure`] when the template fails.
pub(crate) fn one_row(row: Row) -> Result<Response, Failure> {
    Ok(Html(OneRow { row }.render()?).into_response())
}

/// Where a document stands that was tried and came to nothing.
pub(crate) fn of_fault(fault: &Fault) -> Stage {
    let code = outcome::code(fault);
    let sentence = reasons::sentence(code).to_owned();
    match fault {
        Fault::Refused { reason: "MANDATE_ENDED" | "MANDATE_NOT_YOURS", .. } => Stage::Asks,
        _ if code.starts_with("STATE_") => Stage::Again(sentence),
        Fault::Unavailable { .. } | Fault::Busy { .. } => Stage::Away(sentence),
        _ => Stage::Bad(sentence),
    }
}

/// Nothing is left or the person leaves: the key is closed before its time is over.
pub(super) async fn finish(desk: Desk, headers: HeaderMap) -> Response {
    let tls = desk.app.settings.tls;
    if let Some(held) = Held::read(&headers, tls, desk.app.now()) {
        mandate::end(&desk, held.secret).await;
    }
    let mut response = axum::http::StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = mandate::forgotten(tls) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

#[cfg(test)]
mod tests {
    use proto::record::v1::SigningFailure;

    use super::*;

    fn document(status: OutgoingStatus, failed_ms: Option<i64>) -> OutgoingDocument {
        OutgoingDocument {
            status: status.into(),
            signing_failure: failed_ms.map(|ms| SigningFailure {
                at: Some(domain::calendar::timestamp(ms)),
                reason: "CERTIFICATE_WITHDRAWN".to_owned(),
                times: 1,
            }),
            ..OutgoingDocument::default()
        }
    }

    #[test]
    fn a_run_is_told_from_the_records_and_an_older_failure_is_none_of_it() {
        use OutgoingStatus as S;
        assert_eq!(stage(&document(S::Approved, None), 5_000), Stage::Waits);
        assert_eq!(stage(&document(S::Approved, Some(4_000)), 5_000), Stage::Waits);
        assert!(
            matches!(stage(&document(S::Approved, Some(5_000)), 5_000), Stage::Bad(why) if !why.is_empty())
        );
        for status in [S::Signed, S::Numbered, S::Sealed, S::Issued, S::Recalled] {
            assert_eq!(stage(&document(status, None), 5_000), Stage::Good);
        }
        for status in [S::Drafted, S::FormChecked, S::Withdrawn] {
            assert_eq!(stage(&document(status, None), 5_000), Stage::Gone);
        }
    }

    #[test]
    fn the_address_of_a_run_names_each_document_once_and_no_more_than_one_mandate_takes() {
        let ids = ["out_1".to_owned(), "out_2".to_owned()];
        let path = path(7, &ids);
        assert!(crate::failure::is_local(&path), "{path}");
        let query = path.split_once('?').map_or("", |(_, q)| q);
        let named = Named::of(&Form::parse(&format!("{query}&vb=out_1")));
        assert_eq!((named.began_ms, named.ids.as_slice()), (7, ids.as_slice()));
        let many: String = (0..300).map(|n| format!("vb=out_{n}&")).collect();
        assert_eq!(Named::of(&Form::parse(&many)).ids.len(), 200);
    }

    #[test]
    fn a_closed_key_asks_and_a_service_that_is_away_is_no_failure_of_the_document() {
        assert_eq!(of_fault(&Fault::refused("MANDATE_ENDED", "x")), Stage::Asks);
        let away = Fault::Unavailable { reason: "PEER_AWAY", detail: String::new() };
        assert_eq!(of_fault(&away).name(), "away");
        assert_eq!(of_fault(&Fault::refused("STATE_EXPIRED", "x")).name(), "again");
        assert_eq!(of_fault(&Fault::refused("CERTIFICATE_WITHDRAWN", "x")).name(), "bad");
    }
}
