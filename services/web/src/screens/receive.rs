//! Tiếp nhận & vào sổ: queue, document, and the form that the machine filled in.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery, Request};
use axum::response::Response;
use axum::routing::{get, post};
use proto::archive::v1::{CommitResponse, ListName, ListRequest};
use proto::fault::Fault;
use proto::intake::v1::{
    FindDuplicatesRequest, ReceiveIncomingDocumentRequest, RegisterIncomingDocumentRequest,
    ReturnIncomingDocumentRequest,
};
use proto::record::v1::record::State;
use proto::record::v1::{
    Channel, Date, DocumentFacts, FileRef, IncomingDocument, IncomingStatus, Record, RegisterIncoming,
    ReturnIncoming, Role,
};

use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::{Form, Upload};
use crate::frame::Frame;
use crate::menu::Entry;
use crate::office::{expected, find_in, list_of};
use crate::screens::facts::{self, Inputs};
use crate::texts::terms;
use crate::toast::Toast;
use crate::view::day;
use crate::view::document::{DocumentView, ordinal};
use crate::view::field::{Faults, Field, Mark, Note};
use crate::view::file::{self, FileView};
use crate::view::signature::{self, ReportView};
use crate::{call, link};

/// Documents in the queue beside the form.
const QUEUE_MAX: i32 = 100;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/tiep-nhan", get(page))
        .route("/tiep-nhan/tep", post(receive_files))
        .route("/tiep-nhan/giay", post(receive_paper))
        .route("/tiep-nhan/trung", get(duplicates))
        .route("/tiep-nhan/{id}/vao-so", post(register))
        .route("/tiep-nhan/{id}/tra-lai", get(return_page).post(send_back))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has(Role::Clerk) {
        return Vec::new();
    }
    vec![Entry::new("Văn bản đến", "Chờ vào sổ", "/tiep-nhan").mine([queue_list()])]
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
    document: DocumentView,
    channel: String,
    here: bool,
    verdict: &'static str,
}

#[derive(Template)]
#[template(path = "receive/receive.html")]
struct Page {
    frame: Frame,
    queue: Vec<Waiting>,
    place: usize,
    before: String,
    after: String,
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

/// Documents that may be the same.
struct Twins {
    found: Vec<DocumentView>,
    why: String,
    despite: bool,
}

#[derive(Template)]
#[template(path = "receive/twins.html")]
struct TwinsPage {
    frame: Frame,
    twins: Twins,
}

async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.as_deref().unwrap_or_default());
    let leader = query.text("trinh").to_owned();
    show(&desk, query.text("vb"), Typed::No { leader: &leader }, &Faults::default(), None).await
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
        records.first().cloned()
    } else {
        match records.iter().find(|r| r.id == wanted) {
            Some(record) => Some(record.clone()),
            // Registered in the meantime, or a typed address: the document's own page says more.
            None => return Err(Failure::Elsewhere(link::document(wanted))),
        }
    };
    let here = current.as_ref().map(|r| r.id.clone()).unwrap_or_default();
    let queue: Vec<Waiting> = records.iter().filter_map(|r| waiting(r, &here, &today, desk)).collect();
    let place = queue.iter().position(|w| w.here).unwrap_or(0);
    let neighbour = |i: Option<usize>| {
        i.and_then(|i| queue.get(i)).map(|w| format!("/tiep-nhan?vb={}", w.id)).unwrap_or_default()
    };
    let (before, after) = (neighbour(place.checked_sub(1)), neighbour(Some(place + 1)));
    let current = match current {
        Some(record) => Some(current_of(desk, record, typed, faults, &today).await?),
        None => None,
    };
    let frame = desk.frame("Tiếp nhận & vào sổ", "/tiep-nhan").await?;
    desk.page(&Page { frame, queue, place: place + 1, before, after, current, note })
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
    Some(Waiting {
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
    let twins = twins_of(desk, &record.id, &form, &document).await;
    let leaders = desk.roll.with_role(Role::Leader, today);
    let choices = std::iter::once((String::new(), "Trình sau".to_owned()))
        .chain(leaders.into_iter().map(|(id, name, title)| (id, format!("{name}, {title}"))));
    let reply_hint = day::parse(form.text("facts.reply_due"))
        .filter(|due| domain::calendar::compare(*due, *today).is_gt())
        .map(|due| {
            format!(
                "{}, còn {} ngày làm việc kể từ hôm nay.",
                day::weekday(&due),
                desk.roll.work.working_days_between(*today, due).value
            )
        })
        .unwrap_or_default();
    Ok(Current {
        version: record.version,
        files: file::all(&record.id, &document.files),
        report: signature::report(document.signatures.as_ref()),
        arrival: Field::day("arrival_date", "Ngày đến", &form).required().faults(faults, &[]),
        to_places: Field::new("to_places", "Đơn vị hoặc người nhận", &form)
            .marked(Mark::Remark("ghi vào sổ".to_owned()))
            .faults(faults, &[]),
        submit_to: Field::choice("submit_to", "Trình", &form, choices).faults(faults, &[]),
        id: record.id,
        twins,
        inputs,
        reply_hint,
    })
}

/// Looks for documents that may be the same; that it could not look is no reason to show no form.
async fn twins_of(desk: &Desk, id: &str, form: &Form, document: &IncomingDocument) -> Twins {
    let (number, notation) = facts::split(form.text("facts.notation"));
    let request = FindDuplicatesRequest {
        document_id: id.to_owned(),
        number,
        notation: notation.clone(),
        issuer: form.text("facts.issuer").to_owned(),
        digest: document.files.first().map(|f| f.digest.clone()).unwrap_or_default(),
    };
    let despite = form.is_set("despite_duplicate");
    let (mut twins, why) = match call!(desk, intake.find_duplicates(request)) {
        Ok(answer) => (answer.documents, form.text("facts.notation").to_owned()),
        Err(fault) => {
            tracing::warn!(%fault, "duplicates were not looked for");
            (Vec::new(), String::new())
        }
    };
    // What the archive found when the document came in: the same bytes, too.
    let told = &document.duplicate_of;
    if !told.is_empty() && !twins.iter().any(|r| r.id == *told) {
        match desk.calls().get(told).await {
            Ok(record) => twins.push(record),
            Err(fault) => tracing::warn!(%fault, "the duplicate that was told is not shown"),
        }
    }
    let today = desk.today();
    let found = twins.iter().filter_map(|r| DocumentView::of(r, today, &desk.roll.work)).collect();
    Twins { found, why, despite }
}

/// The warning alone, for what is being typed; also a page of its own.
async fn duplicates(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let id = form.text("vb").to_owned();
    let (_, document) = desk.calls().incoming(&id).await?;
    let twins = twins_of(&desk, &id, &form, &document).await;
    let frame = desk.frame("Văn bản có thể trùng", "/tiep-nhan").await?;
    desk.page(&TwinsPage { frame, twins })
}

async fn receive_files(desk: Desk, request: Request) -> Result<Response, Failure> {
    let upload = match Upload::read(&desk, request).await {
        Ok(upload) => upload,
        Err(fault) => {
            let note = Note::of(fault)?;
            return show(&desk, "", FRESH, &Faults::default(), Some(note)).await;
        }
    };
    let files: Vec<FileRef> = upload.files.into_iter().map(|(_, f)| f).collect();
    if files.is_empty() {
        let note = Note {
            head: "Chưa có tệp.".to_owned(),
            text: "Chọn hoặc thả ít nhất một tệp.".to_owned(),
            look: false,
        };
        return show(&desk, "", FRESH, &Faults::default(), Some(note)).await;
    }
    // Several files are several documents, unless the person says that they are one.
    let documents: Vec<Vec<FileRef>> = if upload.form.is_set("mot-van-ban") {
        vec![files]
    } else {
        files.into_iter().map(|f| vec![f]).collect()
    };
    let base = upload.form.request_id()?;
    let mut received = Vec::new();
    let mut refused = None;
    for (i, files) in documents.iter().enumerate() {
        let request = ReceiveIncomingDocumentRequest {
            request_id: format!("{base}-{i}"),
            facts: None,
            files: files.clone(),
            channel: Channel::Electronic as i32,
            arrival_date: None,
        };
        match call!(desk, intake.receive_incoming_document(request)) {
            Ok(answer) => received.extend(incoming_in(answer.receipt.as_ref()).map(|(id, _)| id)),
            Err(fault) => {
                refused = Some(Note::of(fault)?);
                break;
            }
        }
    }
    if let Some(mut note) = refused {
        if !received.is_empty() {
            note.text = format!("Đã nhận {} tệp, các tệp sau chưa nhận. {}", received.len(), note.text);
        }
        return show(&desk, "", FRESH, &Faults::default(), Some(note)).await;
    }
    let first = received.first().cloned().unwrap_or_default();
    Ok(desk.go(
        &format!("/tiep-nhan?vb={first}"),
        Toast::done(format!("Đã tiếp nhận {} văn bản.", received.len())),
    ))
}

async fn receive_paper(desk: Desk, form: Form) -> Result<Response, Failure> {
    let request = ReceiveIncomingDocumentRequest {
        request_id: form.request_id()?,
        facts: None,
        files: Vec::new(),
        channel: Channel::Paper as i32,
        arrival_date: None,
    };
    let answer = call!(desk, intake.receive_incoming_document(request))?;
    let id = incoming_in(answer.receipt.as_ref()).map(|(id, _)| id).unwrap_or_default();
    Ok(desk.go(
        &format!("/tiep-nhan?vb={id}"),
        Toast::done("Đã tiếp nhận một bản giấy. Nhập thông tin rồi vào sổ."),
    ))
}

/// The incoming document in a receipt.
pub(crate) fn incoming_in(receipt: Option<&CommitResponse>) -> Option<(String, IncomingDocument)> {
    find_in(receipt, |r| match &r.state {
        Some(State::Incoming(document)) => Some((r.id.clone(), document.clone())),
        _ => None,
    })
}

const REGISTER_FIELDS: [&str; 3] = ["arrival_date", "to_places", "submit_to"];

async fn register(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    let next = form.text("tiep").to_owned();
    let arrival_date = form.date("arrival_date");
    let facts: DocumentFacts = facts::read(&mut form);
    let submit_to = form.text("submit_to").to_owned();
    let request = RegisterIncomingDocumentRequest {
        request_id: form.request_id()?,
        command: Some(RegisterIncoming {
            document_id: id.clone(),
            facts: Some(facts),
            arrival_date,
            to_places: form.text("to_places").to_owned(),
            despite_duplicate: form.is_set("despite_duplicate"),
            submit_to: submit_to.clone(),
        }),
        expected_versions: expected(&id, form.text("version")),
    };
    let done = match form.checked() {
        Ok(()) => call!(desk, intake.register_incoming_document(request)),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(answer) => {
            let number = incoming_in(answer.receipt.as_ref())
                .and_then(|(_, d)| d.number)
                .map(|n| ordinal(&n))
                .unwrap_or_default();
            let submitted = if submit_to.is_empty() {
                String::new()
            } else {
                format!(", đã trình {}", desk.roll.person(&submit_to))
            };
            let toast = Toast::done(format!("Đã vào sổ, số đến {number}{submitted}."));
            // The next one is submitted to the same leader, unless the clerk chooses another.
            let mut target = "/tiep-nhan".to_owned();
            for (name, value) in [("vb", next.as_str()), ("trinh", submit_to.as_str())] {
                if !value.is_empty() {
                    target = link::with(&target, name, value);
                }
            }
            Ok(desk.go(&target, toast))
        }
        Err(fault) => {
            let shown: Vec<&str> = facts::SHOWN.iter().chain(&REGISTER_FIELDS).copied().collect();
            let (faults, note) = Faults::of(fault, &shown)?;
            show(&desk, &id, Typed::Yes(&form), &faults, note).await
        }
    }
}

#[derive(Template)]
#[template(path = "receive/return.html")]
struct ReturnPage {
    frame: Frame,
    document: DocumentView,
    version: u64,
    reason: Field,
    note: Option<Note>,
}

async fn return_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_return(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show_return(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let (record, document) = desk.calls().incoming(id).await?;
    let page = ReturnPage {
        frame: desk.frame("Trả lại nơi gửi", "/tiep-nhan").await?,
        document: DocumentView::incoming(id, &document, desk.today(), &desk.roll.work),
        version: record.version,
        reason: Field::new("reason", "Lý do", form)
            .required()
            .marked(Mark::Remark("nơi gửi đọc được".to_owned()))
            .with("autofocus", "")
            .faults(faults, &[]),
        note,
    };
    desk.page(&page)
}

async fn send_back(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let request = ReturnIncomingDocumentRequest {
        request_id: form.request_id()?,
        command: Some(ReturnIncoming { document_id: id.clone(), reason: form.text("reason").to_owned() }),
        expected_versions: expected(&id, form.text("version")),
    };
    match call!(desk, intake.return_incoming_document(request)) {
        Ok(_) => Ok(desk.go("/tiep-nhan", Toast::done("Đã trả lại nơi gửi."))),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["reason"])?;
            show_return(&desk, &id, &form, &faults, note).await
        }
    }
}
