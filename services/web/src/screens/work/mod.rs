//! Việc của tôi: what was assigned, to me or by me.

mod act;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::{ListItem, ListName, ListRequest};
use proto::record::v1::record::State;
use proto::record::v1::{Date, Role};

use crate::actions;
use crate::app::App;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::link;
use crate::menu::{Entry, Part};
use crate::office::list_of;
use crate::settings::PAGE_LINES;
use crate::texts::t::{self, Words};
use crate::texts::terms;
use crate::view::deadline::{Deadline, of_assignment};
use crate::view::document::DocumentView;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/viec", get(first))
        .route("/viec/{tab}", get(page))
        .route("/viec/{id}/{act}", get(act::page).post(act::send))
}

struct Tab {
    slug: &'static str,
    href: &'static str,
    label: Words,
    empty: Words,
    list: ListName,
}

const TABS: [Tab; 5] = [
    Tab {
        slug: "chu-tri",
        href: "/viec/chu-tri",
        label: t::work::lead,
        empty: t::work::lead_empty,
        list: ListName::MyLead,
    },
    Tab {
        slug: "phoi-hop",
        href: "/viec/phoi-hop",
        label: t::work::supporting,
        empty: t::work::supporting_empty,
        list: ListName::MySupporting,
    },
    Tab {
        slug: "de-biet",
        href: "/viec/de-biet",
        label: t::work::information,
        empty: t::work::information_empty,
        list: ListName::MyInformation,
    },
    Tab {
        slug: "da-giao",
        href: "/viec/da-giao",
        label: t::work::given,
        empty: t::work::given_empty,
        list: ListName::GivenByMe,
    },
    Tab {
        slug: "da-xong",
        href: "/viec/da-xong",
        label: t::work::done,
        empty: t::work::done_empty,
        list: ListName::MyCompleted,
    },
];

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has_any(&[Role::Officer, Role::HeadOfUnit, Role::Leader, Role::Clerk]) {
        return Vec::new();
    }
    vec![
        Entry::new(Part::Incoming, t::work::entry(), "/viec/chu-tri")
            .key("g v")
            .mine([list_of(ListName::MyLead), list_of(ListName::MySupporting)]),
        Entry::new(Part::Incoming, t::work::information(), "/viec/de-biet")
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
    let Some(shown) = TABS.iter().find(|tab| tab.slug == slug) else {
        // An assignment's own address: its document says more.
        let (_, assignment) = desk.calls().assignment(&slug).await?;
        return Ok(see_other(&link::document(&assignment.document_id)));
    };
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let token = form.text("trang").to_owned();
    let newer = !token.is_empty();
    let answer = desk
        .calls()
        .list(ListRequest { page_size: PAGE_LINES, page_token: token, ..list_of(shown.list) })
        .await?;
    let counts = desk.calls().counts(TABS.iter().take(4).map(|tab| list_of(tab.list)).collect()).await?;
    let tabs = TABS
        .iter()
        .enumerate()
        .map(|(i, tab)| TabView {
            label: (tab.label)(),
            href: tab.href,
            here: tab.slug == shown.slug,
            count: counts.get(i).copied().unwrap_or(0),
        })
        .collect();
    let today = desk.today();
    let given = shown.list == ListName::GivenByMe;
    let menu_entry = if shown.slug == "de-biet" { "/viec/de-biet" } else { "/viec/chu-tri" };
    let page = Page {
        frame: desk.frame(&t::work::title_of((shown.label)().to_lowercase()), menu_entry).await?,
        tabs,
        empty: (shown.empty)(),
        lines: answer.items.into_iter().filter_map(|i| line(i, given, &desk, &today)).collect(),
        given,
        newer,
        older: link::next_page(shown.href, &answer.next_page_token),
        here: shown.href,
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
            (!href.is_empty()).then_some((t::work::extend(), href))
        } else {
            let first = actions::on_assignment(&record.id, &a, &desk.caller()).into_iter().next();
            first.map(|action| (action.short(), action.href))
        },
        document,
    })
}
