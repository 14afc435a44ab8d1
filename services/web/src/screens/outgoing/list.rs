//! Lists of outgoing documents by where they stand.

use askama::Template;
use axum::response::Response;
use proto::archive::v1::{ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Date, OutgoingDocument, OutgoingStatus, Record, Role};

use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::link;
use crate::menu::{Entry, Part};
use crate::office::list_of;
use crate::roll::Roll;
use crate::settings::PAGE_LINES;
use crate::texts::t::{self, Words};
use crate::view::day;
use crate::view::document::DocumentView;

/// Where outgoing documents may stand: path, words, what would be here when nothing is.
pub(super) struct Tab {
    slug: &'static str,
    /// Its path.
    pub(super) href: &'static str,
    /// Its words.
    pub(super) label: Words,
    /// What would be here.
    pub(super) empty: Words,
    /// What is listed.
    pub(super) what: What,
    /// Who has it in the menu.
    roles: &'static [Role],
}

/// What a list is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    /// A work list: waits for the person.
    Mine(ListName),
    /// All of a status that the person may see.
    Status(OutgoingStatus),
    /// Documents at a step of the clerk.
    Clerk(OutgoingStatus),
    /// Every one.
    All,
}

const DRAFTERS: &[Role] = &[Role::Officer, Role::HeadOfUnit, Role::Leader, Role::Clerk];
const REVIEWERS: &[Role] = &[Role::HeadOfUnit, Role::Leader];
const FORM_CHECKERS: &[Role] = &[Role::FormChecker];
const CLERK: &[Role] = &[Role::Clerk];
const STAFF: &[Role] =
    &[Role::Officer, Role::HeadOfUnit, Role::Leader, Role::Clerk, Role::FormChecker, Role::Archivist];

const TABS: [Tab; 12] = [
    Tab {
        slug: "du-thao",
        href: "/van-ban-di/du-thao",
        label: t::outgoing::tab_drafts,
        empty: t::outgoing::tab_drafts_empty,
        what: What::Mine(ListName::MyDrafts),
        roles: DRAFTERS,
    },
    Tab {
        slug: "bi-tra-lai",
        href: "/van-ban-di/bi-tra-lai",
        label: t::outgoing::tab_returned,
        empty: t::outgoing::tab_returned_empty,
        what: What::Mine(ListName::MyReturnedDrafts),
        roles: DRAFTERS,
    },
    Tab {
        slug: "xin-y-kien",
        href: "/van-ban-di/xin-y-kien",
        label: t::outgoing::tab_for_review,
        empty: t::outgoing::tab_for_review_empty,
        what: What::Mine(ListName::DraftsForReview),
        roles: REVIEWERS,
    },
    Tab {
        slug: "cho-kiem-tra-the-thuc",
        href: "/van-ban-di/cho-kiem-tra-the-thuc",
        label: t::outgoing::tab_for_check,
        empty: t::outgoing::tab_for_check_empty,
        what: What::Mine(ListName::DraftsForFormCheck),
        roles: FORM_CHECKERS,
    },
    Tab {
        slug: "trinh-ky",
        href: "/van-ban-di/trinh-ky",
        label: t::outgoing::tab_for_approval,
        empty: t::outgoing::tab_for_approval_empty,
        what: What::Mine(ListName::DraftsForApproval),
        roles: REVIEWERS,
    },
    Tab {
        slug: "cho-ky-so",
        href: "/van-ban-di/cho-ky-so",
        label: t::outgoing::tab_for_signature,
        empty: t::outgoing::tab_for_signature_empty,
        what: What::Status(OutgoingStatus::Approved),
        roles: STAFF,
    },
    Tab {
        slug: "cho-cap-so",
        href: "/van-ban-di/cho-cap-so",
        label: t::outgoing::tab_for_number,
        empty: t::outgoing::tab_for_number_empty,
        what: What::Clerk(OutgoingStatus::Signed),
        roles: CLERK,
    },
    Tab {
        slug: "cho-dong-dau",
        href: "/van-ban-di/cho-dong-dau",
        label: t::outgoing::tab_for_seal,
        empty: t::outgoing::tab_for_seal_empty,
        what: What::Clerk(OutgoingStatus::Numbered),
        roles: CLERK,
    },
    Tab {
        slug: "cho-phat-hanh",
        href: "/van-ban-di/cho-phat-hanh",
        label: t::outgoing::tab_for_issue,
        empty: t::outgoing::tab_for_issue_empty,
        what: What::Clerk(OutgoingStatus::Sealed),
        roles: CLERK,
    },
    Tab {
        slug: "da-phat-hanh",
        href: "/van-ban-di/da-phat-hanh",
        label: t::outgoing::tab_issued,
        empty: t::outgoing::tab_issued_empty,
        what: What::Status(OutgoingStatus::Issued),
        roles: STAFF,
    },
    Tab {
        slug: "thu-hoi",
        href: "/van-ban-di/thu-hoi",
        label: t::outgoing::tab_recalled,
        empty: t::outgoing::tab_recalled_empty,
        what: What::Status(OutgoingStatus::Recalled),
        roles: STAFF,
    },
    Tab {
        slug: "tat-ca",
        href: "/van-ban-di/tat-ca",
        label: t::outgoing::tab_all,
        empty: t::outgoing::tab_all_empty,
        what: What::All,
        roles: STAFF,
    },
];

/// The archive's list behind a tab.
pub(super) fn request(what: What) -> ListRequest {
    match what {
        What::Mine(name) => list_of(name),
        What::Status(status) | What::Clerk(status) => {
            ListRequest { outgoing_status: status as i32, ..list_of(ListName::OutgoingByStatus) }
        }
        What::All => list_of(ListName::OutgoingAll),
    }
}

/// Entries in the menu.
pub(super) fn entries(desk: &Desk) -> Vec<Entry> {
    TABS.iter()
        .filter(|tab| desk.has_any(tab.roles))
        .map(|tab| {
            let entry = Entry::new(Part::Outgoing, (tab.label)(), tab.href);
            match tab.what {
                What::Mine(ListName::MyDrafts) => entry.counted([request(tab.what)]),
                What::Mine(_) | What::Clerk(_) => entry.mine([request(tab.what)]),
                What::Status(OutgoingStatus::Approved) => entry.counted([request(tab.what)]),
                What::Status(_) | What::All => entry,
            }
        })
        .collect()
}

/// The first list that the person has.
pub(super) async fn first(desk: Desk) -> Response {
    // The clerk's own work first: what is signed waits for a number.
    let clerk = desk.has(Role::Clerk);
    let tab = TABS.iter().find(|t| desk.has_any(t.roles) && (!clerk || matches!(t.what, What::Clerk(_))));
    see_other(tab.map_or("/van-ban-di/tat-ca", |t| t.href))
}

/// A line of a list.
pub(super) struct Line {
    /// The document.
    pub(super) document: DocumentView,
    /// `Phòng CCHC`.
    pub(super) unit: String,
    /// Who drafts it.
    pub(super) drafter: String,
    /// Who signs it.
    pub(super) signer: String,
    /// Who has it now.
    pub(super) holder: String,
    /// When it got there, as far as its state tells.
    pub(super) since: String,
    /// Why it came back; empty when it did not.
    pub(super) returned: String,
}

/// The line of a document; `None` for other records.
pub(super) fn line(record: &Record, roll: &Roll, today: &Date) -> Option<Line> {
    let Some(State::Outgoing(document)) = record.state.as_ref() else { return None };
    let view = DocumentView::outgoing(&record.id, document);
    Some(Line {
        unit: roll.unit(&document.unit_id),
        drafter: roll.person(&document.drafter_id),
        signer: roll.person(&document.signer_id),
        holder: holder(document, roll, today),
        since: since(document).map(|at| day::lately(at, today)).unwrap_or_default(),
        returned: document.return_reason.clone(),
        document: view,
    })
}

/// Who has to act on it now.
pub(super) fn holder(document: &OutgoingDocument, roll: &Roll, today: &Date) -> String {
    match document.status() {
        OutgoingStatus::Drafted => roll.person(&document.drafter_id),
        OutgoingStatus::Submitted => {
            let head = roll.head_of(&document.unit_id, today);
            if head.is_empty() { roll.unit(&document.unit_id) } else { head }
        }
        OutgoingStatus::Reviewed => t::outgoing::form_checker().to_owned(),
        OutgoingStatus::FormChecked | OutgoingStatus::Approved => roll.person(&document.signer_id),
        OutgoingStatus::Signed | OutgoingStatus::Numbered | OutgoingStatus::Sealed => {
            t::outgoing::clerk().to_owned()
        }
        _ => String::new(),
    }
}

fn since(document: &OutgoingDocument) -> Option<&prost_types::Timestamp> {
    match document.status() {
        OutgoingStatus::Drafted | OutgoingStatus::Submitted => document.drafted_at.as_ref(),
        OutgoingStatus::Reviewed => document.reviewed.as_ref().and_then(|r| r.at.as_ref()),
        OutgoingStatus::FormChecked => document.form_checked.as_ref().and_then(|r| r.at.as_ref()),
        OutgoingStatus::Approved => document.approved.as_ref().and_then(|r| r.at.as_ref()),
        OutgoingStatus::Signed | OutgoingStatus::Numbered => document.signed_at.as_ref(),
        OutgoingStatus::Sealed => document.sealed_at.as_ref(),
        OutgoingStatus::Issued | OutgoingStatus::Recalled => document.issued_at.as_ref(),
        OutgoingStatus::Withdrawn | OutgoingStatus::Unspecified => None,
    }
}

#[derive(Template)]
#[template(path = "outgoing/list.html")]
struct Page {
    frame: Frame,
    label: &'static str,
    empty: &'static str,
    lines: Vec<Line>,
    newer: bool,
    older: String,
    here: &'static str,
    may_draft: bool,
    /// What is done with a line, and where.
    verb: Option<(&'static str, &'static str)>,
}

/// One list.
pub(super) async fn page(desk: Desk, slug: &str, query: &str) -> Result<Response, Failure> {
    let tab = TABS.iter().find(|t| t.slug == slug).ok_or_else(|| Fault::unknown(slug))?;
    if let What::Clerk(status) = tab.what
        && desk.has(Role::Clerk)
    {
        return super::desk::page(&desk, tab, status, &Form::parse(query), None).await;
    }
    let form = Form::parse(query);
    let token = form.text("trang").to_owned();
    let newer = !token.is_empty();
    let asked = ListRequest { page_size: PAGE_LINES, page_token: token, ..request(tab.what) };
    let answer = desk.calls().list(asked).await?;
    let today = desk.today();
    let page = Page {
        frame: desk.frame(&t::outgoing::list_title(lower_first((tab.label)())), tab.href).await?,
        label: (tab.label)(),
        empty: (tab.empty)(),
        lines: answer
            .items
            .iter()
            .filter_map(|item| line(item.record.as_ref()?, &desk.roll, &today))
            .collect(),
        newer,
        older: link::next_page(tab.href, &answer.next_page_token),
        here: tab.href,
        may_draft: desk.has_any(DRAFTERS),
        verb: match tab.what {
            What::Mine(ListName::DraftsForReview) => Some((t::outgoing::verb_check(), "kiem-tra-noi-dung")),
            What::Mine(ListName::DraftsForFormCheck) => {
                Some((t::outgoing::verb_check(), "kiem-tra-the-thuc"))
            }
            What::Mine(ListName::DraftsForApproval) => Some((t::outgoing::approve(), "duyet")),
            What::Mine(ListName::MyReturnedDrafts) => Some((t::outgoing::verb_edit(), "sua")),
            _ => None,
        },
    };
    desk.page(&page)
}

/// The tab of a clerk's step.
pub(super) fn clerk_tab(status: OutgoingStatus) -> Option<&'static Tab> {
    TABS.iter().find(|t| t.what == What::Clerk(status))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tab_has_its_own_path_and_says_what_would_be_there() {
        let mut seen = Vec::new();
        for tab in &TABS {
            assert_eq!(tab.href, format!("/van-ban-di/{}", tab.slug));
            assert!(!tab.slug.starts_with("out_") && tab.slug != "soan" && tab.slug != "ket-qua");
            assert!(!(tab.empty)().is_empty() && !tab.roles.is_empty());
            assert!(!seen.contains(&tab.slug));
            seen.push(tab.slug);
        }
    }

    #[test]
    fn who_has_it_follows_where_it_stands() {
        let roll = Roll::default();
        let today = Date { year: 2026, month: 11, day: 18 };
        let at = |status: OutgoingStatus| OutgoingDocument {
            status: status.into(),
            drafter_id: "per_1".to_owned(),
            signer_id: "per_9".to_owned(),
            unit_id: "unit_1".to_owned(),
            ..OutgoingDocument::default()
        };
        let who = |status| holder(&at(status), &roll, &today);
        assert_eq!(who(OutgoingStatus::Drafted), "per_1");
        assert_eq!(who(OutgoingStatus::Submitted), "unit_1");
        assert_eq!(who(OutgoingStatus::FormChecked), "per_9");
        assert_eq!(who(OutgoingStatus::Numbered), "Văn thư");
        assert_eq!(who(OutgoingStatus::Issued), "");
    }
}
