//! Văn bản đến: lists by where documents stand.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::{ListItem, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Date, IncomingStatus, Role};

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
    Router::new().route("/van-ban-den", get(first)).route("/van-ban-den/{tab}", get(page))
}

/// Where documents that came in may stand: path, words, what would be here when nothing is.
struct Tab {
    slug: &'static str,
    href: &'static str,
    label: Words,
    empty: Words,
    what: What,
    /// Who has it in the menu.
    roles: &'static [Role],
}

#[derive(Clone, Copy)]
enum What {
    Status(IncomingStatus),
    Soon,
    Late,
    All,
}

const CLERK: &[Role] = &[Role::Clerk];
const OVERSEERS: &[Role] = &[Role::Clerk, Role::Leader, Role::HeadOfUnit];
const STAFF: &[Role] = &[Role::Clerk, Role::Leader, Role::HeadOfUnit, Role::Officer, Role::Archivist];

const TABS: [Tab; 9] = [
    Tab {
        slug: "cho-vao-so",
        href: "/van-ban-den/cho-vao-so",
        label: t::incoming::received,
        empty: t::incoming::received_empty,
        what: What::Status(IncomingStatus::Received),
        roles: &[],
    },
    Tab {
        slug: "cho-trinh",
        href: "/van-ban-den/cho-trinh",
        label: t::incoming::to_submit,
        empty: t::incoming::to_submit_empty,
        what: What::Status(IncomingStatus::Registered),
        roles: CLERK,
    },
    Tab {
        slug: "cho-y-kien",
        href: "/van-ban-den/cho-y-kien",
        label: t::incoming::to_direct,
        empty: t::incoming::to_direct_empty,
        what: What::Status(IncomingStatus::Submitted),
        roles: CLERK,
    },
    Tab {
        slug: "dang-xu-ly",
        href: "/van-ban-den/dang-xu-ly",
        label: t::incoming::in_work,
        empty: t::incoming::in_work_empty,
        what: What::Status(IncomingStatus::Directed),
        roles: STAFF,
    },
    Tab {
        slug: "da-hoan-thanh",
        href: "/van-ban-den/da-hoan-thanh",
        label: t::incoming::completed,
        empty: t::incoming::completed_empty,
        what: What::Status(IncomingStatus::Completed),
        roles: STAFF,
    },
    Tab {
        slug: "sap-den-han",
        href: "/van-ban-den/sap-den-han",
        label: t::incoming::soon,
        empty: t::incoming::soon_empty,
        what: What::Soon,
        roles: OVERSEERS,
    },
    Tab {
        slug: "qua-han",
        href: "/van-ban-den/qua-han",
        label: t::incoming::late,
        empty: t::incoming::late_empty,
        what: What::Late,
        roles: OVERSEERS,
    },
    Tab {
        slug: "da-tra-lai",
        href: "/van-ban-den/da-tra-lai",
        label: t::incoming::returned,
        empty: t::incoming::returned_empty,
        what: What::Status(IncomingStatus::Returned),
        roles: CLERK,
    },
    Tab {
        slug: "tat-ca",
        href: "/van-ban-den/tat-ca",
        label: t::incoming::all,
        empty: t::incoming::all_empty,
        what: What::All,
        roles: STAFF,
    },
];

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    let mut entries = Vec::new();
    let today = desk.today();
    for tab in &TABS {
        if !desk.has_any(tab.roles) {
            continue;
        }
        // Reading and directing is the leader's screen; working on it is everybody's.
        if matches!(tab.what, What::Status(IncomingStatus::Directed)) {
            entries.extend(super::direct::entries(desk));
            entries.extend(super::work::entries(desk));
        }
        let list = request(tab.what, &today, desk);
        let entry = Entry::new(Part::Incoming, (tab.label)(), tab.href);
        entries.push(match tab.what {
            What::Late => entry.counted([list]).late(),
            What::Status(IncomingStatus::Registered) => entry.mine([list]),
            What::Status(IncomingStatus::Completed | IncomingStatus::Returned) | What::All => entry,
            _ => entry.counted([list]),
        });
    }
    entries
}

/// Open work that is due before today.
pub(crate) fn late(name: ListName, today: &Date) -> ListRequest {
    ListRequest { due_before: Some(*today), ..list_of(name) }
}

/// Open work that is due within the next working days.
pub(crate) fn soon(name: ListName, today: &Date, desk: &Desk) -> ListRequest {
    let end = domain::calendar::add_days(domain::lateness::near_until(*today, &desk.roll.work), 1);
    ListRequest { due_from: Some(*today), due_before: Some(end), ..list_of(name) }
}

fn request(what: What, today: &Date, desk: &Desk) -> ListRequest {
    match what {
        What::Status(status) => {
            ListRequest { incoming_status: status as i32, ..list_of(ListName::IncomingByStatus) }
        }
        What::Soon => soon(ListName::OpenAssignments, today, desk),
        What::Late => late(ListName::OpenAssignments, today),
        What::All => list_of(ListName::IncomingAll),
    }
}

/// A line of a list.
pub(crate) struct Line {
    /// The document.
    pub(crate) document: DocumentView,
    /// Who has it.
    pub(crate) holder: String,
    /// Its deadline: of the assignment, or of the document.
    pub(crate) deadline: Deadline,
}

/// Who leads each directed document, by the id of the assignment; one call for a page.
async fn leads(items: &[ListItem], desk: &Desk) -> Result<HashMap<String, String>, Fault> {
    let ids: Vec<String> = items
        .iter()
        .filter_map(|item| match item.record.as_ref()?.state.as_ref()? {
            State::Incoming(d) if d.status() == IncomingStatus::Directed => {
                Some(d.lead_assignment_id.clone())
            }
            _ => None,
        })
        .filter(|id| !id.is_empty())
        .collect();
    let records = if ids.is_empty() { Vec::new() } else { desk.calls().batch(&ids).await? };
    Ok(records
        .into_iter()
        .filter_map(|record| match record.state? {
            State::Assignment(a) => Some((record.id, desk.roll.principal(a.assignee.as_ref()))),
            _ => None,
        })
        .collect())
}

/// Lines from what the archive listed: documents, or assignments with theirs.
fn lines(items: &[ListItem], leads: &HashMap<String, String>, desk: &Desk) -> Vec<Line> {
    let today = desk.today();
    items
        .iter()
        .filter_map(|item| {
            let record = item.record.as_ref()?;
            let view = |r| DocumentView::of(r, today, &desk.roll.work);
            match record.state.as_ref()? {
                State::Assignment(assignment) => {
                    let document = item.document.as_ref().and_then(view).unwrap_or_else(|| DocumentView {
                        id: assignment.document_id.clone(),
                        href: link::document(&assignment.document_id),
                        subject: assignment.subject.clone(),
                        ..DocumentView::default()
                    });
                    Some(Line {
                        document,
                        holder: desk.roll.principal(assignment.assignee.as_ref()),
                        deadline: of_assignment(assignment, today, &desk.roll.work),
                    })
                }
                State::Incoming(incoming) => {
                    let document = super::receive::named(&record.id, incoming, &today, desk);
                    let holder = match incoming.status() {
                        IncomingStatus::Received | IncomingStatus::Registered => {
                            terms::role(Role::Clerk).to_owned()
                        }
                        IncomingStatus::Submitted => desk.roll.person(&incoming.submitted_to),
                        IncomingStatus::Directed => {
                            leads.get(&incoming.lead_assignment_id).cloned().unwrap_or_default()
                        }
                        _ => String::new(),
                    };
                    let deadline = document.deadline.clone();
                    Some(Line { document, holder, deadline })
                }
                _ => {
                    let document = view(record)?;
                    Some(Line { deadline: document.deadline.clone(), document, holder: String::new() })
                }
            }
        })
        .collect()
}

#[derive(Template)]
#[template(path = "incoming/list.html")]
struct Page {
    frame: Frame,
    label: &'static str,
    empty: &'static str,
    lines: Vec<Line>,
    newer: bool,
    older: String,
    here: String,
    may_receive: bool,
    status_shown: bool,
}

async fn first(desk: Desk) -> Response {
    see_other(if desk.has(Role::Clerk) { "/van-ban-den/cho-trinh" } else { "/van-ban-den/dang-xu-ly" })
}

async fn page(desk: Desk, Path(slug): Path<String>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let tab = TABS.iter().find(|tab| tab.slug == slug).ok_or_else(|| Fault::unknown(&slug))?;
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let today = desk.today();
    let token = form.text("trang").to_owned();
    let newer = !token.is_empty();
    let answer = desk
        .calls()
        .list(ListRequest { page_size: PAGE_LINES, page_token: token, ..request(tab.what, &today, &desk) })
        .await?;
    let older = link::next_page(tab.href, &answer.next_page_token);
    let page = Page {
        frame: desk.frame(&t::incoming::title_of((tab.label)().to_lowercase()), tab.href).await?,
        label: (tab.label)(),
        empty: (tab.empty)(),
        lines: lines(&answer.items, &leads(&answer.items, &desk).await?, &desk),
        newer,
        older,
        here: tab.href.to_owned(),
        may_receive: desk.has(Role::Clerk),
        status_shown: matches!(tab.what, What::All),
    };
    desk.page(&page)
}
