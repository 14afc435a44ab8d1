//! Việc của tôi: what was assigned, to me or by me; hand on, tell progress, complete, extend.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::{ListItem, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    Assignment, CompleteAssignment, Date, ExtendDeadline, HandOn, Record, ReportProgress, Role,
};
use proto::routing::v1::{
    CompleteAssignmentRequest, ExtendDeadlineRequest, HandOnRequest, ReportProgressRequest,
};

use crate::actions;
use crate::app::App;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::menu::Entry;
use crate::office::{expected, list_of};
use crate::screens::document::ActPage;
use crate::settings::PAGE_LINES;
use crate::texts::terms;
use crate::toast::Toast;
use crate::view::day;
use crate::view::deadline::{Deadline, of_assignment};
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Note};
use crate::{call, link};

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/viec", get(first))
        .route("/viec/{tab}", get(page))
        .route("/viec/{id}/giao", get(hand_on_page).post(hand_on))
        .route("/viec/{id}/tien-do", get(progress_page).post(progress))
        .route("/viec/{id}/hoan-thanh", get(complete_page).post(complete))
        .route("/viec/{id}/gia-han", get(extend_page).post(extend))
}

struct Tab {
    slug: &'static str,
    href: &'static str,
    label: &'static str,
    empty: &'static str,
    list: ListName,
}

const TABS: [Tab; 5] = [
    Tab {
        slug: "chu-tri",
        href: "/viec/chu-tri",
        label: "Chủ trì",
        empty: "Việc giao bạn hoặc đơn vị bạn chủ trì sẽ hiện ở đây.",
        list: ListName::MyLead,
    },
    Tab {
        slug: "phoi-hop",
        href: "/viec/phoi-hop",
        label: "Phối hợp",
        empty: "Việc giao bạn hoặc đơn vị bạn phối hợp sẽ hiện ở đây.",
        list: ListName::MySupporting,
    },
    Tab {
        slug: "de-biet",
        href: "/viec/de-biet",
        label: "Nhận để biết",
        empty: "Văn bản gửi để biết mà bạn chưa mở sẽ hiện ở đây; không tính hạn.",
        list: ListName::MyInformation,
    },
    Tab {
        slug: "da-giao",
        href: "/viec/da-giao",
        label: "Đã giao",
        empty: "Việc bạn đã giao mà chưa xong sẽ hiện ở đây.",
        list: ListName::GivenByMe,
    },
    Tab {
        slug: "da-xong",
        href: "/viec/da-xong",
        label: "Đã xong",
        empty: "Việc bạn đã làm xong sẽ hiện ở đây.",
        list: ListName::MyCompleted,
    },
];

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has_any(&[Role::Officer, Role::HeadOfUnit, Role::Leader, Role::Clerk]) {
        return Vec::new();
    }
    vec![
        Entry::new("Văn bản đến", "Chờ xử lý", "/viec/chu-tri")
            .key("g v")
            .mine([list_of(ListName::MyLead), list_of(ListName::MySupporting)]),
        Entry::new("Văn bản đến", "Nhận để biết", "/viec/de-biet")
            .counted([list_of(ListName::MyInformation)]),
    ]
}

async fn first() -> Response {
    see_other("/viec/chu-tri")
}

/// A line of the list.
struct Line {
    document: DocumentView,
    deadline: Deadline,
    part: &'static str,
    part_class: &'static str,
    holder: String,
    given_by: String,
    instruction: String,
    said: String,
    opened: bool,
    action: Option<(&'static str, String)>,
}

struct TabView {
    label: &'static str,
    href: &'static str,
    here: bool,
    count: u32,
}

#[derive(Template)]
#[template(path = "work/list.html")]
struct Page {
    frame: Frame,
    tabs: Vec<TabView>,
    empty: &'static str,
    lines: Vec<Line>,
    given: bool,
    newer: bool,
    older: String,
    here: &'static str,
}

async fn page(desk: Desk, Path(slug): Path<String>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let Some(tab) = TABS.iter().find(|t| t.slug == slug) else {
        // An assignment's own address: its document says more.
        let (_, assignment) = desk.calls().assignment(&slug).await?;
        return Ok(see_other(&link::document(&assignment.document_id)));
    };
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let token = form.text("trang").to_owned();
    let newer = !token.is_empty();
    let answer = desk
        .calls()
        .list(ListRequest { page_size: PAGE_LINES, page_token: token, ..list_of(tab.list) })
        .await?;
    let counts = desk.calls().counts(TABS.iter().take(4).map(|t| list_of(t.list)).collect()).await?;
    let tabs = TABS
        .iter()
        .enumerate()
        .map(|(i, t)| TabView {
            label: t.label,
            href: t.href,
            here: t.slug == tab.slug,
            count: counts.get(i).copied().unwrap_or(0),
        })
        .collect();
    let today = desk.today();
    let given = tab.list == ListName::GivenByMe;
    let menu_entry = if tab.slug == "de-biet" { "/viec/de-biet" } else { "/viec/chu-tri" };
    let page = Page {
        frame: desk.frame(&format!("Việc của tôi: {}", tab.label.to_lowercase()), menu_entry).await?,
        tabs,
        empty: tab.empty,
        lines: answer.items.into_iter().filter_map(|i| line(i, given, &desk, &today)).collect(),
        given,
        newer,
        older: if answer.next_page_token.is_empty() {
            String::new()
        } else {
            link::with(tab.href, "trang", &answer.next_page_token)
        },
        here: tab.href,
    };
    desk.page(&page)
}

fn line(item: ListItem, given: bool, desk: &Desk, today: &Date) -> Option<Line> {
    let record = item.record?;
    let Some(State::Assignment(a)) = record.state else { return None };
    let document =
        item.document.as_ref().and_then(|d| DocumentView::of(d, *today, &desk.roll.work)).unwrap_or_else(
            || DocumentView {
                id: a.document_id.clone(),
                href: link::document(&a.document_id),
                subject: a.subject.clone(),
                urgency: terms::urgency(a.urgency()),
                urgency_class: crate::view::document::urgency_class(a.urgency()),
                ..DocumentView::default()
            },
        );
    let said = if a.result.is_empty() { a.progress.clone() } else { a.result.clone() };
    Some(Line {
        deadline: of_assignment(&a, *today, &desk.roll.work),
        part: terms::part(a.role()),
        part_class: if a.role() == proto::record::v1::AssignmentRole::Lead {
            "tag tag-accent"
        } else {
            "tag"
        },
        holder: desk.roll.principal(a.assignee.as_ref()),
        given_by: desk.roll.person(&a.assigned_by),
        instruction: a.instruction.clone(),
        said,
        opened: !a.first_opened_by.is_empty(),
        action: if given {
            // What was given is only moved; the work is the receiver's.
            let href = actions::extension(&record.id, &a, &desk.caller());
            (!href.is_empty()).then_some(("Gia hạn", href))
        } else {
            let first = actions::on_assignment(&record.id, &a, &desk.caller()).into_iter().next();
            first.map(|action| (action.short(), action.href))
        },
        document,
    })
}

// ── Acts on one assignment ──────────────────────────────────────────────────

/// The assignment, and the document it is on as the form shows it.
async fn subject(desk: &Desk, id: &str) -> Result<(Record, Assignment, DocumentView), Failure> {
    let (record, assignment) = desk.calls().assignment(id).await?;
    let document = desk.calls().get(&assignment.document_id).await?;
    let view = DocumentView::of(&document, desk.today(), &desk.roll.work)
        .ok_or_else(|| Fault::unknown(&assignment.document_id))?;
    Ok((record, assignment, view))
}

/// What differs between the forms.
struct Act<'a> {
    id: &'a str,
    slug: &'static str,
    title: &'static str,
    button: &'static str,
    selects: Vec<Field>,
    texts: Vec<Field>,
    areas: Vec<Field>,
    phrases: &'static [&'static str],
}

async fn show(desk: &Desk, act: Act<'_>, note: Option<Note>) -> Result<Response, Failure> {
    let (record, assignment, document) = subject(desk, act.id).await?;
    let deadline = of_assignment(&assignment, desk.today(), &desk.roll.work);
    let who = desk.roll.principal(assignment.assignee.as_ref());
    let remark = if deadline.sum.is_empty() {
        format!("{who} {}.", terms::part(assignment.role()).to_lowercase())
    } else {
        format!(
            "{who} {} · {} · {}.",
            terms::part(assignment.role()).to_lowercase(),
            deadline.words,
            deadline.sum
        )
    };
    let page = ActPage {
        frame: desk.frame(act.title, "/viec/chu-tri").await?,
        document,
        action: format!("/viec/{}/{}", act.id, act.slug),
        button: act.button,
        version: record.version,
        remark,
        note,
        selects: act.selects,
        texts: act.texts,
        areas: act.areas,
        phrases: act.phrases,
    };
    desk.page(&page)
}

/// After an act: to the document, where it can be seen.
async fn done(desk: &Desk, id: &str, text: String) -> Response {
    let target = match desk.calls().assignment(id).await {
        Ok((_, a)) => link::document(&a.document_id),
        Err(_) => "/viec/chu-tri".to_owned(),
    };
    desk.go(&target, Toast::done(text))
}

async fn hand_on_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_hand_on(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show_hand_on(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let (_, assignment, _) = subject(desk, id).await?;
    let today = desk.today();
    let mut people: Vec<(String, String)> = Vec::new();
    for (_, p) in desk.roll.held(&today) {
        let known = people.iter().any(|(id, _)| *id == p.person_id);
        if p.unit_id == desk.position.unit_id && p.person_id != desk.person_id && !known {
            people.push((p.person_id.clone(), format!("{}, {}", desk.roll.person(&p.person_id), p.title)));
        }
    }
    let mut form = form.clone();
    if form.text("due_date").is_empty() {
        form.set("due_date", day::full(assignment.due_date.as_ref()));
    }
    let act = Act {
        id,
        slug: "giao",
        title: "Giao người trong đơn vị",
        button: "Giao",
        selects: vec![
            Field::choice("person_id", "Giao ai", &form, people)
                .required()
                .with("autofocus", "")
                .faults(faults, &[]),
        ],
        texts: vec![Field::day("due_date", "Hạn, không sau hạn của đơn vị", &form).faults(faults, &[])],
        areas: vec![Field::new("instruction", "Yêu cầu", &form).faults(faults, &[])],
        phrases: &["nghiên cứu, tham mưu văn bản trả lời", "tổng hợp, báo cáo", "thực hiện và báo kết quả"],
    };
    show(desk, act, note).await
}

async fn hand_on(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    let due_date = form.date("due_date");
    let person_id = form.text("person_id").to_owned();
    let request = HandOnRequest {
        request_id: form.request_id()?,
        command: Some(HandOn {
            assignment_id: id.clone(),
            person_id: person_id.clone(),
            instruction: form.text("instruction").to_owned(),
            due_date,
        }),
        expected_versions: expected(&id, form.text("version")),
    };
    let answer = match form.checked() {
        Ok(()) => call!(desk, routing.hand_on(request)),
        Err(fault) => Err(fault),
    };
    match answer {
        Ok(_) => Ok(done(&desk, &id, format!("Đã giao {}.", desk.roll.person(&person_id))).await),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["person_id", "instruction", "due_date"])?;
            show_hand_on(&desk, &id, &form, &faults, note).await
        }
    }
}

async fn progress_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_progress(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show_progress(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let act = Act {
        id,
        slug: "tien-do",
        title: "Báo tiến độ",
        button: "Báo tiến độ",
        selects: Vec::new(),
        texts: Vec::new(),
        areas: vec![
            Field::new("text", "Đã làm được gì", form).required().with("autofocus", "").faults(faults, &[]),
        ],
        phrases: &["đang soạn văn bản trả lời", "đã gửi lấy ý kiến các đơn vị", "đang chờ số liệu"],
    };
    show(desk, act, note).await
}

async fn progress(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let request = ReportProgressRequest {
        request_id: form.request_id()?,
        command: Some(ReportProgress { assignment_id: id.clone(), text: form.text("text").to_owned() }),
        expected_versions: expected(&id, form.text("version")),
    };
    match call!(desk, routing.report_progress(request)) {
        Ok(_) => Ok(done(&desk, &id, "Đã báo tiến độ.".to_owned()).await),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["text"])?;
            show_progress(&desk, &id, &form, &faults, note).await
        }
    }
}

async fn complete_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_complete(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show_complete(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let act = Act {
        id,
        slug: "hoan-thanh",
        title: "Báo xong",
        button: "Báo xong",
        selects: Vec::new(),
        texts: Vec::new(),
        areas: vec![Field::new("result", "Kết quả", form).with("autofocus", "").faults(faults, &[])],
        phrases: &["đã trả lời bằng văn bản", "đã thực hiện xong", "đã nghiên cứu, lưu"],
    };
    show(desk, act, note).await
}

async fn complete(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let request = CompleteAssignmentRequest {
        request_id: form.request_id()?,
        command: Some(CompleteAssignment {
            assignment_id: id.clone(),
            result: form.text("result").to_owned(),
        }),
        expected_versions: expected(&id, form.text("version")),
    };
    match call!(desk, routing.complete_assignment(request)) {
        Ok(_) => Ok(done(&desk, &id, "Đã báo xong.".to_owned()).await),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["result"])?;
            show_complete(&desk, &id, &form, &faults, note).await
        }
    }
}

async fn extend_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show_extend(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show_extend(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let act = Act {
        id,
        slug: "gia-han",
        title: "Gia hạn",
        button: "Gia hạn",
        selects: Vec::new(),
        texts: vec![
            Field::day("due_date", "Hạn mới", form).required().with("autofocus", "").faults(faults, &[]),
        ],
        areas: vec![Field::new("reason", "Lý do", form).required().faults(faults, &[])],
        phrases: &["chờ ý kiến cơ quan khác", "chờ số liệu", "khối lượng lớn"],
    };
    show(desk, act, note).await
}

async fn extend(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    let due_date = form.date("due_date");
    let request = ExtendDeadlineRequest {
        request_id: form.request_id()?,
        command: Some(ExtendDeadline {
            assignment_id: id.clone(),
            due_date,
            reason: form.text("reason").to_owned(),
        }),
        expected_versions: expected(&id, form.text("version")),
    };
    let answer = match form.checked() {
        Ok(()) => call!(desk, routing.extend_deadline(request)),
        Err(fault) => Err(fault),
    };
    match answer {
        Ok(_) => Ok(done(&desk, &id, format!("Đã gia hạn tới {}.", day::full(due_date.as_ref()))).await),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["due_date", "reason"])?;
            show_extend(&desk, &id, &form, &faults, note).await
        }
    }
}
