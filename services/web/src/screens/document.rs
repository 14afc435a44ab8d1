//! Chi tiết văn bản đến: what may be done now, the document with its signatures, who has it, what happened.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::HistoryRequest;
use proto::fault::Fault;
use proto::intake::v1::{CorrectIncomingDocumentRequest, PrintSlipRequest, VoidNumberRequest};
use proto::record::v1::record::State;
use proto::record::v1::{
    Assignment, AssignmentRole, AssignmentStatus, CorrectIncoming, Date, IncomingDocument, IncomingStatus,
    OpenedNow, RecordOpened, Role, SubmitIncoming, UndoDirection, VoidNumber,
};
use proto::routing::v1::{RecordOpenedRequest, SubmitIncomingDocumentRequest, UndoDirectionRequest};
use tokio_stream::StreamExt as _;

use crate::actions::{self, Action};
use crate::app::App;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::screens::facts::{self, Inputs};
use crate::screens::files;
use crate::texts::{events, terms};
use crate::toast::Toast;
use crate::view::day;
use crate::view::deadline::{Deadline, of_assignment};
use crate::view::document::{DocumentView, ordinal};
use crate::view::field::{Faults, Field, Mark, Note};
use crate::view::file::{self, FileView};
use crate::view::signature::{self, ReportView};
use crate::{call, link};

/// Acts of the history that a page shows.
const HISTORY_MAX: i32 = 100;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/van-ban/{id}", get(page))
        .route("/van-ban/{id}/trinh", get(submit_page).post(submit))
        .route("/van-ban/{id}/sua", get(correct_page).post(correct))
        .route("/van-ban/{id}/huy-so", get(void_page).post(void))
        .route("/van-ban/{id}/tra-lai", get(give_back))
        .route("/van-ban/{id}/hoan-tac", get(undo_page).post(undo))
        .route("/van-ban/{id}/phieu", get(slip))
}

/// One who has the document, as the tree shows it.
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) sub: String,
    pub(crate) part: &'static str,
    pub(crate) part_class: &'static str,
    pub(crate) deadline: Deadline,
    pub(crate) opened: String,
    pub(crate) said: String,
    pub(crate) children: Vec<Holder>,
    /// Where its deadline is moved; empty when the reader may not.
    pub(crate) extension: String,
}

/// One line of the history.
pub(crate) struct Act {
    pub(crate) when: String,
    pub(crate) who: String,
    pub(crate) what: String,
}

#[derive(Template)]
#[template(path = "document/document.html")]
struct Page {
    frame: Frame,
    document: DocumentView,
    received: String,
    channel: &'static str,
    marking: bool,
    signer: String,
    reply_due: String,
    note: String,
    closing: String,
    twin: Option<(String, String)>,
    answers: Vec<(String, String)>,
    actions: Vec<Action>,
    files: Vec<FileView>,
    report: ReportView,
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
    let facts = document.facts.clone().unwrap_or_default();
    let view = DocumentView::incoming(&id, &document, today, &desk.roll.work);
    let holders = tree(&assignments, "", &desk, &today);
    let signer = facts.signer.clone().unwrap_or_default();
    let history = history_of(&desk, &id, &today).await?;
    let twin = (!document.duplicate_of.is_empty())
        .then(|| (link::document(&document.duplicate_of), "văn bản có thể trùng".to_owned()));
    let answers = answers_of(&desk, &document.answered_by, &today).await?;
    let open = |a: &Assignment| a.status() != AssignmentStatus::Withdrawn;
    let page = Page {
        frame: desk.frame(&view.headline(), group_of(&document).1).await?,
        received: day::moment(document.received_at.as_ref()),
        channel: terms::channel(document.channel()),
        marking: facts.marking() > proto::record::v1::SecurityMarking::None,
        signer: [signer.position, signer.full_name]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
        reply_due: day::full(facts.reply_due.as_ref()),
        note: facts.note.clone(),
        closing: document.closing_reason.clone(),
        twin,
        answers,
        actions: actions::on_incoming(&id, &document, &assignments, &desk.caller()),
        files: file::all(&id, &document.files),
        report: signature::report(document.signatures.as_ref()),
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
        IncomingStatus::Received => ("Chờ vào sổ", "/tiep-nhan"),
        IncomingStatus::Registered => ("Chờ trình", "/van-ban-den/cho-trinh"),
        IncomingStatus::Submitted => ("Chờ cho ý kiến", "/van-ban-den/cho-y-kien"),
        IncomingStatus::Directed => ("Đang xử lý", "/van-ban-den/dang-xu-ly"),
        IncomingStatus::Completed => ("Đã hoàn thành", "/van-ban-den/da-hoan-thanh"),
        IncomingStatus::Returned => ("Đã trả lại", "/van-ban-den/da-tra-lai"),
        IncomingStatus::Void | IncomingStatus::Unspecified => ("Tất cả", "/van-ban-den/tat-ca"),
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

/// Those under `parent`, with those under them.
fn tree(assignments: &[(String, Assignment)], parent: &str, desk: &Desk, today: &Date) -> Vec<Holder> {
    assignments
        .iter()
        .filter(|(id, a)| a.parent_id == parent && id != parent && a.status() != AssignmentStatus::Withdrawn)
        .map(|(id, a)| {
            let head = match a.assignee.as_ref().and_then(|p| p.who.as_ref()) {
                Some(proto::record::v1::principal::Who::UnitId(unit)) => desk.roll.head_of(unit, today),
                Some(proto::record::v1::principal::Who::PersonId(person)) => {
                    desk.roll.title_of(person, today)
                }
                _ => String::new(),
            };
            let me = desk.is_me(a.assignee.as_ref());
            let opened = match (&a.first_opened_at, a.role()) {
                (Some(at), _) => format!("mở {}", day::lately(at, today)),
                (None, _) if a.status() == AssignmentStatus::Completed => String::new(),
                (None, _) => "chưa mở".to_owned(),
            };
            let said =
                [&a.result, &a.progress].into_iter().find(|t| !t.is_empty()).cloned().unwrap_or_default();
            Holder {
                name: desk.roll.principal(a.assignee.as_ref()),
                sub: if me && !head.is_empty() { format!("{head}, là tôi") } else { head },
                part: terms::part(a.role()),
                part_class: match a.role() {
                    AssignmentRole::Lead => "tag tag-accent",
                    AssignmentRole::Supporting => "tag",
                    _ => "soft small",
                },
                deadline: of_assignment(a, *today, &desk.roll.work),
                opened,
                said,
                children: tree(assignments, id, desk, today),
                extension: actions::extension(id, a, &desk.caller()),
            }
        })
        .collect()
}

/// What happened to a record, newest first.
pub(crate) async fn history_of(desk: &Desk, id: &str, today: &Date) -> Result<Vec<Act>, Fault> {
    let mut request =
        HistoryRequest { record_id: id.to_owned(), page_size: HISTORY_MAX, page_token: String::new() };
    let mut items = Vec::new();
    // Oldest first on the wire: the last page holds the newest.
    for _ in 0..20 {
        let answer = call!(desk, archive.history(request.clone()))?;
        items.extend(answer.items);
        if answer.next_page_token.is_empty() {
            break;
        }
        request.page_token = answer.next_page_token;
    }
    let mut acts = Vec::new();
    for item in items.iter().rev().take(HISTORY_MAX.unsigned_abs() as usize) {
        let who = item.caller.as_ref().map(|c| desk.roll.person(&c.person_id)).unwrap_or_default();
        let mut words: Vec<String> =
            item.events.iter().filter_map(|e| events::words(e, &desk.roll, today)).collect();
        words.dedup();
        if !words.is_empty() {
            acts.push(Act { when: events::when(item.at.as_ref(), today), who, what: words.join("; ") });
        }
    }
    Ok(acts)
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

async fn slip(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    let answers = call!(desk, intake.print_slip(PrintSlipRequest { document_id: id }))?;
    Ok(files::made_pdf(answers.map(|a| a.map(|a| a.chunk)), "phieu-giai-quyet.pdf"))
}

// ── Acts with a form of their own ───────────────────────────────────────────

/// A short form about one document: a title, a few inputs, one button.
#[derive(Template)]
#[template(path = "document/act.html")]
pub(crate) struct ActPage {
    pub(crate) frame: Frame,
    pub(crate) document: DocumentView,
    pub(crate) action: String,
    pub(crate) button: &'static str,
    pub(crate) version: u64,
    pub(crate) remark: String,
    pub(crate) note: Option<Note>,
    pub(crate) selects: Vec<Field>,
    pub(crate) texts: Vec<Field>,
    pub(crate) areas: Vec<Field>,
    pub(crate) phrases: &'static [&'static str],
}

impl ActPage {
    /// Id of the first text area: where phrases go.
    pub(crate) fn phrases_into(&self) -> &str {
        self.areas.first().map_or("", |f| &f.id)
    }

    /// A key for each phrase.
    pub(crate) fn keyed(&self) -> impl Iterator<Item = (char, &'static str)> {
        ('a'..='h').zip(self.phrases.iter().copied())
    }
}

async fn submit_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_submit(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show_submit(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let (record, document) = desk.calls().incoming(id).await?;
    let today = desk.today();
    let leaders = desk
        .roll
        .with_role(Role::Leader, &today)
        .into_iter()
        .map(|(id, name, title)| (id, format!("{name}, {title}")));
    let page = ActPage {
        frame: desk.frame("Trình lãnh đạo", "/van-ban-den/cho-trinh").await?,
        document: DocumentView::incoming(id, &document, today, &desk.roll.work),
        action: format!("/van-ban/{id}/trinh"),
        button: "Trình",
        version: record.version,
        remark: "Trình trong ngày, chậm nhất ngày làm việc tiếp theo; văn bản khẩn trình ngay (Điều 23 Nghị định 30/2020/NĐ-CP).".to_owned(),
        note,
        selects: vec![Field::choice("leader_id", "Trình ai", form, leaders).required().with("autofocus", "").faults(faults, &[])],
        texts: Vec::new(),
        areas: vec![Field::new("note", "Ghi chú của văn thư", form).faults(faults, &[])],
        phrases: &[],
    };
    desk.page(&page)
}

async fn submit(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let leader_id = form.text("leader_id").to_owned();
    let request = SubmitIncomingDocumentRequest {
        request_id: form.request_id()?,
        command: Some(SubmitIncoming {
            document_id: id.clone(),
            leader_id: leader_id.clone(),
            note: form.text("note").to_owned(),
        }),
        expected_versions: expected(&id, form.text("version")),
    };
    match call!(desk, routing.submit_incoming_document(request)) {
        Ok(_) => {
            Ok(desk
                .go(&link::document(&id), Toast::done(format!("Đã trình {}.", desk.roll.person(&leader_id)))))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["leader_id", "note"])?;
            show_submit(&desk, &id, &form, &faults, note).await
        }
    }
}

#[derive(Template)]
#[template(path = "document/correct.html")]
struct CorrectPage {
    frame: Frame,
    document: DocumentView,
    version: u64,
    inputs: Inputs,
    to_places: Field,
    reason: Field,
    note: Option<Note>,
}

async fn correct_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_correct(&desk, &id, None, &Faults::default(), None).await
}

async fn show_correct(
    desk: &Desk,
    id: &str,
    typed: Option<&Form>,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let (record, document) = desk.calls().incoming(id).await?;
    let form = typed.cloned().unwrap_or_else(|| {
        let mut form = facts::filled(&document.facts.clone().unwrap_or_default(), &[]);
        form.set("to_places", document.to_places.clone());
        form
    });
    let page = CorrectPage {
        frame: desk.frame("Sửa thông tin", group_of(&document).1).await?,
        document: DocumentView::incoming(id, &document, desk.today(), &desk.roll.work),
        version: record.version,
        inputs: facts::inputs(&form, &[], faults),
        to_places: Field::new("to_places", "Đơn vị hoặc người nhận", &form).faults(faults, &[]),
        reason: Field::new("reason", "Lý do sửa", &form)
            .required()
            .marked(Mark::Remark("ghi vào lịch sử".to_owned()))
            .faults(faults, &[]),
        note,
    };
    desk.page(&page)
}

async fn correct(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    let facts = facts::read(&mut form);
    let request = CorrectIncomingDocumentRequest {
        request_id: form.request_id()?,
        command: Some(CorrectIncoming {
            document_id: id.clone(),
            facts: Some(facts),
            to_places: form.text("to_places").to_owned(),
            reason: form.text("reason").to_owned(),
        }),
        expected_versions: expected(&id, form.text("version")),
    };
    let done = match form.checked() {
        Ok(()) => call!(desk, intake.correct_incoming_document(request)),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(_) => {
            Ok(desk.go(&link::document(&id), Toast::done("Đã sửa thông tin; số đến và ngày đến giữ nguyên.")))
        }
        Err(fault) => {
            let shown: Vec<&str> = facts::SHOWN.iter().chain(&["to_places", "reason"]).copied().collect();
            let (faults, note) = Faults::of(fault, &shown)?;
            show_correct(&desk, &id, Some(&form), &faults, note).await
        }
    }
}

async fn void_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_void(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show_void(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let (record, document) = desk.calls().incoming(id).await?;
    let number = document.number.as_ref().map(ordinal).unwrap_or_default();
    let page = ActPage {
        frame: desk.frame(&format!("Huỷ số {number}"), group_of(&document).1).await?,
        document: DocumentView::incoming(id, &document, desk.today(), &desk.roll.work),
        action: format!("/van-ban/{id}/huy-so"),
        button: "Huỷ số",
        version: record.version,
        remark: format!("Số {number} ở lại trong sổ, bị gạch ngang kèm lý do, và không bao giờ cấp lại."),
        note,
        selects: Vec::new(),
        texts: Vec::new(),
        areas: vec![Field::new("reason", "Lý do", form).required().with("autofocus", "").faults(faults, &[])],
        phrases: &["vào trùng", "vào nhầm sổ", "không phải văn bản của cơ quan"],
    };
    desk.page(&page)
}

async fn void(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let (_, document) = desk.calls().incoming(&id).await?;
    let number = document.number.ok_or_else(|| Fault::refused("NOT_THERE", "the document has no number"))?;
    let entry_id = domain::id::register_entry(&number.series_id, number.year, number.ordinal, &number.suffix);
    let request = VoidNumberRequest {
        request_id: form.request_id()?,
        command: Some(VoidNumber { entry_id, reason: form.text("reason").to_owned() }),
        expected_versions: expected(&id, form.text("version")),
    };
    match call!(desk, intake.void_number(request)) {
        Ok(_) => Ok(desk.go(&link::document(&id), Toast::done(format!("Đã huỷ số {}.", ordinal(&number))))),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["reason"])?;
            show_void(&desk, &id, &form, &faults, note).await
        }
    }
}

async fn undo_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_undo(&desk, &id, None).await
}

async fn show_undo(desk: &Desk, id: &str, note: Option<Note>) -> Result<Response, Failure> {
    let (record, document) = desk.calls().incoming(id).await?;
    let page = ActPage {
        frame: desk.frame("Hoàn tác ý kiến chỉ đạo", group_of(&document).1).await?,
        document: DocumentView::incoming(id, &document, desk.today(), &desk.roll.work),
        action: format!("/van-ban/{id}/hoan-tac"),
        button: "Hoàn tác",
        version: record.version,
        remark:
            "Các việc đã giao được rút lại và văn bản trở về chờ cho ý kiến. Chỉ làm được khi chưa ai mở."
                .to_owned(),
        note,
        selects: Vec::new(),
        texts: Vec::new(),
        areas: Vec::new(),
        phrases: &[],
    };
    desk.page(&page)
}

async fn undo(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let request = UndoDirectionRequest {
        request_id: form.request_id()?,
        command: Some(UndoDirection { document_id: id.clone() }),
        expected_versions: Vec::new(),
    };
    match call!(desk, routing.undo_direction(request)) {
        Ok(_) => Ok(desk.go(&format!("/chi-dao?vb={id}"), Toast::done("Đã hoàn tác ý kiến chỉ đạo."))),
        Err(fault) => show_undo(&desk, &id, Some(Note::of(fault)?)).await,
    }
}
