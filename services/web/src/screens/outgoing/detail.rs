//! The page of an outgoing document: valid acts, the line of the law, the file, who gets it, signatures, history.

use askama::Template;
use axum::response::Response;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{DeliveryStatus, OutgoingDocument, OutgoingStatus, Record, Remark, Role};

use super::acts;
use super::list::holder;
use super::places::{BoxView, boxes};
use super::steps::{self, Step};
use crate::actions::Action;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::frame::Frame;
use crate::link;
use crate::screens::document::{Act, history_of, opened};
use crate::screens::evidence;
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::document::DocumentView;
use crate::view::field::Note;
use crate::view::file::{self, FileView};
use crate::view::signature::{self, ReportView};

/// Versions that the page lists.
const VERSIONS_SHOWN: i32 = 30;
/// Acts of the history that are shown before the rest is unfolded.
const HISTORY_SHOWN: usize = 8;

/// Something that a person said on the draft.
struct Said {
    what: &'static str,
    who: String,
    when: String,
    text: String,
}

/// Somebody who gets the document.
struct Receiver {
    index: usize,
    name: String,
    organ_id: String,
    inside: bool,
    state: &'static str,
    class: &'static str,
    note: String,
    value: i32,
}

struct VersionView {
    ordinal: i32,
    who: String,
    when: String,
    note: String,
    href: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "outgoing/detail.html")]
struct Page {
    frame: Frame,
    id: String,
    document: DocumentView,
    from: &'static str,
    from_href: &'static str,
    unit: String,
    drafter: String,
    holder: String,
    /// What was just refused.
    note: Option<Note>,
    /// What stands over the document as long as it is so.
    standing: Option<Note>,
    acts: Vec<Action>,
    steps: Vec<Step>,
    files: Vec<FileView>,
    boxes: Vec<BoxView>,
    facts: Vec<(&'static str, String)>,
    answers: Option<(String, String)>,
    said: Vec<Said>,
    receivers: Vec<Receiver>,
    may_deliver: bool,
    report: ReportView,
    versions: Vec<VersionView>,
    version: i32,
    history: Vec<Act>,
    older: Vec<Act>,
    issued: bool,
    delivery: Vec<(i32, &'static str)>,
}

/// The page.
pub(super) async fn page(desk: Desk, id: &str) -> Result<Response, Failure> {
    show(&desk, id, None).await
}

/// The page with something to say first.
pub(super) async fn show(desk: &Desk, id: &str, note: Option<Note>) -> Result<Response, Failure> {
    let today = desk.today();
    let (_, document) = desk.calls().outgoing(id).await?;
    tell_opened(desk, id, &document).await;
    let (answered, versions, history) =
        tokio::join!(answered(desk, &document), versions(desk, id, &document), history_of(desk, id, &today));
    let status = document.status();
    let view = DocumentView::outgoing(id, &document);
    let mut history = history?;
    let numbered = history.iter().find(|act| act.numbered).map(|act| steps::joined(&act.who, &act.when));
    let older = history.split_off(history.len().min(HISTORY_SHOWN));
    let (from, from_href) = from(status);
    let clerk = desk.has(Role::Clerk);
    let page = Page {
        frame: desk.frame(&title(&view), from_href).await?,
        id: id.to_owned(),
        from,
        from_href,
        unit: desk.roll.unit(&document.unit_id),
        drafter: desk.roll.person(&document.drafter_id),
        holder: holder(&document, &desk.roll, &today),
        note,
        standing: standing_note(desk, &document),
        acts: acts::on(id, &document, &desk.caller()),
        steps: steps::of(&document, numbered.as_deref(), &desk.roll, &today),
        files: file::all(id, &document.files),
        boxes: if document.sealed_at.is_some() { Vec::new() } else { boxes(&document.places) },
        facts: facts(desk, &document),
        answers: answered?,
        said: said(desk, &document),
        receivers: receivers(&document),
        may_deliver: clerk && status == OutgoingStatus::Issued,
        report: signature::report(document.signatures.as_ref()),
        versions: versions?,
        version: document.version_count,
        history,
        older,
        issued: status == OutgoingStatus::Issued,
        delivery: DELIVERIES.iter().map(|d| (*d as i32, terms::delivery(*d))).collect(),
        document: view,
    };
    desk.page(&page)
}

const DELIVERIES: [DeliveryStatus; 4] =
    [DeliveryStatus::Pending, DeliveryStatus::Sent, DeliveryStatus::Acknowledged, DeliveryStatus::Failed];

fn title(view: &DocumentView) -> String {
    if view.number.is_empty() { format!("{} {}", view.kind, view.subject) } else { view.notation.clone() }
}

/// The list where such a document stands.
fn from(status: OutgoingStatus) -> (&'static str, &'static str) {
    match status {
        OutgoingStatus::Issued => (t::outgoing::tab_issued(), "/van-ban-di/da-phat-hanh"),
        OutgoingStatus::Recalled => (t::outgoing::tab_recalled(), "/van-ban-di/thu-hoi"),
        OutgoingStatus::Approved => (t::outgoing::tab_for_signature(), "/van-ban-di/cho-ky-so"),
        _ => (t::outgoing::tab_all(), "/van-ban-di/tat-ca"),
    }
}

/// What stands above a document that came back, was recalled or given up.
fn standing_note(desk: &Desk, document: &OutgoingDocument) -> Option<Note> {
    let note = |head: &str, text: String, look| Some(Note { head: head.to_owned(), text, look });
    match document.status() {
        OutgoingStatus::Drafted if !document.return_reason.is_empty() => {
            let who = desk.roll.person(&document.returned_by);
            note(t::outgoing::was_returned(), t::outgoing::says(who, &document.return_reason), true)
        }
        OutgoingStatus::Recalled => {
            note(t::outgoing::was_recalled(), t::outgoing::recalled_why(&document.recall_reason), false)
        }
        OutgoingStatus::Withdrawn => {
            note(t::outgoing::withdraw_done(), format!("“{}”", document.recall_reason), false)
        }
        _ => None,
    }
}

fn facts(desk: &Desk, document: &OutgoingDocument) -> Vec<(&'static str, String)> {
    let facts = document.facts.clone().unwrap_or_default();
    let title = desk.roll.title(&document.signer_position_id);
    let signer = format!(
        "{}, {title} ({})",
        desk.roll.person(&document.signer_id),
        lower(terms::capacity(document.capacity()))
    );
    let mut rows = vec![(t::outgoing::signer(), signer)];
    let mut add = |label, text: String| {
        if !text.is_empty() {
            rows.push((label, text));
        }
    };
    add(t::outgoing::notation(), facts.notation.clone());
    if let Some(number) = &document.number {
        let series = desk.roll.series.iter().find(|(id, _)| *id == number.series_id);
        add(t::outgoing::day(), day::full(number.date.as_ref()));
        add(t::outgoing::series(), series.map(|(_, s)| s.name.clone()).unwrap_or_default());
    }
    add(t::evidence::fact(), evidence::fact(document).unwrap_or_default());
    add(t::outgoing::urgency(), terms::urgency(facts.urgency()).to_owned());
    add(t::outgoing::page_count(), if facts.pages > 0 { facts.pages.to_string() } else { String::new() });
    add(t::outgoing::copies(), if document.copies > 0 { document.copies.to_string() } else { String::new() });
    add(t::outgoing::note(), facts.note);
    rows
}

/// “Ký trực tiếp” as it stands within a sentence; abbreviations keep their capitals.
fn lower(text: &str) -> String {
    let keeps = text.chars().nth(1).is_some_and(|c| c.is_uppercase() || c == '.');
    if keeps { text.to_owned() } else { text.to_lowercase() }
}

fn said(desk: &Desk, document: &OutgoingDocument) -> Vec<Said> {
    let today = desk.today();
    let one = |what, remark: &Remark| Said {
        what,
        who: desk.roll.person(&remark.person_id),
        when: remark.at.as_ref().map(|at| day::lately(at, &today)).unwrap_or_default(),
        text: remark.text.clone(),
    };
    let steps = [
        (t::outgoing::review_title(), &document.reviewed),
        (t::outgoing::check_title(), &document.form_checked),
        (t::outgoing::approve(), &document.approved),
    ];
    let mut all: Vec<Said> =
        steps.into_iter().filter_map(|(what, remark)| remark.as_ref().map(|r| one(what, r))).collect();
    all.extend(document.initials.iter().map(|r| one(t::outgoing::initial_title(), r)));
    all
}

fn receivers(document: &OutgoingDocument) -> Vec<Receiver> {
    let issued = document.issued_at.is_some();
    document
        .recipients
        .iter()
        .enumerate()
        .map(|(index, recipient)| {
            let inside = recipient.inside.is_some();
            let (state, class) = match (issued, inside, recipient.delivery()) {
                (false, ..) => ("", "soft"),
                (_, true, DeliveryStatus::Failed) => (t::outgoing::delivery_lost(), "soon"),
                (_, true, _) => (t::outgoing::delivery_inside(), "good"),
                (_, _, DeliveryStatus::Acknowledged) => (t::outgoing::delivery_confirmed(), "good"),
                (_, _, DeliveryStatus::Failed) => (t::outgoing::delivery_failed(), "soon"),
                (_, _, DeliveryStatus::Sent) => (t::outgoing::delivery_sent(), ""),
                _ => (t::outgoing::delivery_pending(), "soft"),
            };
            Receiver {
                index,
                name: recipient.name.clone(),
                organ_id: recipient.organ_id.clone(),
                inside,
                state,
                class,
                note: recipient.note.clone(),
                value: recipient.delivery,
            }
        })
        .collect()
}

/// The incoming document that it answers: its page and its name, where the person may see it.
async fn answered(desk: &Desk, document: &OutgoingDocument) -> Result<Option<(String, String)>, Fault> {
    if document.answers_id.is_empty() {
        return Ok(None);
    }
    match desk.calls().incoming(&document.answers_id).await {
        Ok((record, incoming)) => {
            let view = DocumentView::incoming(&record.id, &incoming, desk.today(), &desk.roll.work);
            let name = t::outgoing::answered(view.kind, view.notation, view.number);
            Ok(Some((link::document(&record.id), name)))
        }
        Err(Fault::Unknown { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

async fn versions(desk: &Desk, id: &str, document: &OutgoingDocument) -> Result<Vec<VersionView>, Fault> {
    let last = document.version_count;
    let first = last.saturating_sub(VERSIONS_SHOWN - 1).max(1);
    let ids: Vec<String> = (first..=last).rev().map(|n| domain::id::draft_version(id, n)).collect();
    let today = desk.today();
    let view = |record: Record| {
        let Some(State::DraftVersion(version)) = record.state else { return None };
        Some(VersionView {
            ordinal: version.ordinal,
            who: desk.roll.person(&version.made_by),
            when: version.made_at.as_ref().map(|at| day::lately(at, &today)).unwrap_or_default(),
            note: version.note,
            href: link::file(&record.id, 0),
            current: version.ordinal == last,
        })
    };
    Ok(desk.calls().batch(&ids).await?.into_iter().filter_map(view).collect())
}

/// Whoever gets the document inside has opened it now.
async fn tell_opened(desk: &Desk, id: &str, document: &OutgoingDocument) {
    let mine = document.issued_at.is_some()
        && document.recipients.iter().any(|r| r.inside.is_some() && desk.is_me(r.inside.as_ref()));
    if mine && desk.calls().get(&domain::id::opened(&desk.person_id, id)).await.is_err() {
        opened(desk, id).await;
    }
}

#[cfg(test)]
mod tests {
    use proto::record::v1::principal::Who;
    use proto::record::v1::{Principal, Recipient};

    use super::*;

    #[test]
    fn before_issue_nobody_has_got_it_and_afterwards_each_has_a_state() {
        let recipient = |inside: bool, delivery: DeliveryStatus| Recipient {
            inside: inside.then(|| Principal { who: Some(Who::UnitId("unit_1".to_owned())) }),
            name: "Phòng CCHC".to_owned(),
            delivery: delivery.into(),
            ..Recipient::default()
        };
        let mut document = OutgoingDocument {
            recipients: vec![
                recipient(true, DeliveryStatus::Sent),
                recipient(false, DeliveryStatus::Pending),
                recipient(false, DeliveryStatus::Failed),
            ],
            ..OutgoingDocument::default()
        };
        assert!(receivers(&document).iter().all(|r| r.state.is_empty()));
        document.issued_at = Some(prost_types::Timestamp::default());
        let told: Vec<_> = receivers(&document).iter().map(|r| r.state).collect();
        assert_eq!(told, ["Đã có trong Nhận để biết", "Chưa gửi", "Gửi không được"]);
    }

    #[test]
    fn capacities_keep_their_abbreviations() {
        assert_eq!(lower("Ký trực tiếp"), "ký trực tiếp");
        assert_eq!(lower("KT. (ký thay)"), "KT. (ký thay)");
        assert_eq!(lower("Q. (quyền)"), "Q. (quyền)");
    }
}
