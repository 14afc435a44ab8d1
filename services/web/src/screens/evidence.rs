//! Bằng chứng ký số: which issued documents wait for long-term evidence, why, when they are tried next, and a try at once.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use proto::fault::Fault;
use proto::record::v1::{KeptEvidence, OutgoingDocument, OutgoingStatus, Role, SignatureLevel};
use proto::signer::v1::{
    CheckQueueState, CheckReceivedRequest, EvidenceQueueRequest, EvidenceQueueResponse, EvidenceQueueState,
    RaiseRequest, WaitingDocument,
};

use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::menu::{Entry, Part};
use crate::office::call;
use crate::texts::{reasons, t, terms};
use crate::toast::Toast;
use crate::view::day;
use crate::view::document::DocumentView;

/// The page.
pub(crate) const PATH: &str = "/bang-chung";

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(page))
        .route("/bang-chung/thu-lai", post(again).get(up))
        .route("/bang-chung/hoi-lai", post(ask_again).get(up))
}

/// Whom it concerns: clerks, who issue; administrators, who see to the services.
pub(crate) fn concerns(desk: &Desk) -> bool {
    desk.has_any(&[Role::Administrator, Role::Clerk])
}

/// Whether issued documents are raised in this office.
pub(crate) fn raises(state: &EvidenceQueueState) -> bool {
    state.level() > SignatureLevel::Basic
}

/// Entries in the menu, where it works.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    let part = if desk.has(Role::Administrator) {
        Part::Administration
    } else if desk.has(Role::Clerk) {
        Part::Signing
    } else {
        return Vec::new();
    };
    vec![Entry::new(part, t::evidence::title(), PATH)]
}

struct Line {
    id: String,
    /// As far as the person may see it.
    document: Option<DocumentView>,
    level: &'static str,
    why: &'static str,
    tries: u32,
    refused: bool,
    next: String,
}

/// How the queue stands, in words; also for the page of health.
pub(crate) struct QueueView {
    /// The office's level; empty where nothing is raised.
    pub(crate) level: &'static str,
    /// How many wait.
    pub(crate) waiting: u32,
    /// Why the last try failed; empty where it did not.
    pub(crate) error: &'static str,
    /// When the next try is due; empty where nothing waits.
    pub(crate) next: String,
}

impl QueueView {
    /// The words for a state.
    pub(crate) fn of(state: &EvidenceQueueState) -> Self {
        Self {
            level: if raises(state) { terms::level(state.level()) } else { "" },
            waiting: state.waiting,
            error: if state.last_error.is_empty() { "" } else { why(&state.last_error) },
            next: state.next_try.as_ref().map(|at| day::moment(Some(at))).unwrap_or_default(),
        }
    }
}

#[derive(Template)]
#[template(path = "evidence/queue.html")]
struct Page {
    frame: Frame,
    queue: QueueView,
    lines: Vec<Line>,
    more: u32,
    checks: Checks,
    /// Whether single documents may be tried: by those who see them.
    clerk: bool,
}

/// How the asking about received documents stands, in words.
struct Checks {
    on: bool,
    waiting: u32,
    error: &'static str,
    lines: Vec<Line>,
    more: u32,
}

impl Checks {
    fn of(state: &CheckQueueState, seen: &mut HashMap<String, DocumentView>) -> Self {
        let lines: Vec<Line> = state.documents.iter().map(|it| line(it, seen)).collect();
        Self {
            on: state.on,
            waiting: state.waiting,
            error: if state.last_error.is_empty() { "" } else { why(&state.last_error) },
            more: state.waiting.saturating_sub(u32::try_from(lines.len()).unwrap_or(u32::MAX)),
            lines,
        }
    }
}

/// Asks the signer.
pub(crate) async fn state(desk: &Desk) -> Result<EvidenceQueueState, Fault> {
    asked(desk).await.map(|answer| answer.queue.unwrap_or_default())
}

/// What is switched on; nothing is counted.
pub(crate) async fn settings(desk: &Desk) -> Result<EvidenceQueueResponse, Fault> {
    call!(desk, signer.evidence_queue(EvidenceQueueRequest { settings_only: true }))
}

async fn asked(desk: &Desk) -> Result<EvidenceQueueResponse, Fault> {
    call!(desk, signer.evidence_queue(EvidenceQueueRequest::default()))
}

async fn page(desk: Desk) -> Result<Response, Failure> {
    let answer = asked(&desk).await?;
    let (state, checks) = (answer.queue.unwrap_or_default(), answer.checks.unwrap_or_default());
    let today = desk.today();
    let mut seen: HashMap<String, DocumentView> = HashMap::new();
    for documents in [&state.documents, &checks.documents] {
        let ids: Vec<String> = documents.iter().map(|it| it.document_id.clone()).collect();
        for record in desk.calls().batch(&ids).await? {
            let view = DocumentView::of(&record, today, &desk.roll.work);
            seen.extend(view.map(|view| (record.id, view)));
        }
    }
    let lines: Vec<Line> = state.documents.iter().map(|it| line(it, &mut seen)).collect();
    let page = Page {
        frame: desk.frame(t::evidence::title(), PATH).await?,
        queue: QueueView::of(&state),
        more: state.waiting.saturating_sub(u32::try_from(lines.len()).unwrap_or(u32::MAX)),
        lines,
        checks: Checks::of(&checks, &mut seen),
        clerk: desk.has(Role::Clerk),
    };
    desk.page(&page)
}

fn line(it: &WaitingDocument, seen: &mut HashMap<String, DocumentView>) -> Line {
    Line {
        id: it.document_id.clone(),
        document: seen.remove(&it.document_id),
        level: terms::level(it.level()),
        why: if it.error.is_empty() { "" } else { why(&it.error) },
        tries: it.tries,
        refused: it.refused,
        next: it.next_try.as_ref().map(|at| day::moment(Some(at))).unwrap_or_default(),
    }
}

/// The sentence for a code of the signer.
pub(crate) fn why(code: &str) -> &'static str {
    t::by_code(t::waiting::ALL, code).or_else(|| t::by_code(t::waiting::ALL, "other")).unwrap_or_default()
}

/// Tries again now, and says what came of it.
async fn again(desk: Desk, form: Form) -> Result<Response, Failure> {
    let request = RaiseRequest { document_id: form.text("document_id").to_owned() };
    let toast = match call!(desk, signer.raise(request)) {
        Ok(answer) => match answer.queue.unwrap_or_default().waiting {
            0 => Toast::done(t::evidence::done_all()),
            left => Toast::failed(t::evidence::done_left(left)),
        },
        Err(Fault::Refused { reason, .. }) => Toast::failed(reasons::sentence(reason)),
        Err(other) => return Err(other.into()),
    };
    Ok(desk.go(PATH, toast))
}

/// Asks the authorities again now, and says what came of it.
async fn ask_again(desk: Desk, form: Form) -> Result<Response, Failure> {
    let request = CheckReceivedRequest { document_id: form.text("document_id").to_owned() };
    let toast = match call!(desk, signer.check_received(request)) {
        Ok(answer) => match answer.checks.unwrap_or_default().waiting {
            0 => Toast::done(t::evidence::received_done_all()),
            left => Toast::failed(t::evidence::received_done_left(left)),
        },
        Err(Fault::Refused { reason, .. }) => Toast::failed(reasons::sentence(reason)),
        Err(other) => return Err(other.into()),
    };
    Ok(desk.go(PATH, toast))
}

/// The form's own address leads to the page that shows it.
async fn up() -> Response {
    crate::failure::see_other(PATH)
}

/// What evidence the main file carries, for the facts of an issued document; nothing before issue.
pub(crate) fn fact(document: &OutgoingDocument) -> Option<String> {
    if !matches!(document.status(), OutgoingStatus::Issued | OutgoingStatus::Recalled) {
        return None;
    }
    let main = document.files.first().map(|file| file.digest.as_str());
    let Some(kept) = document.evidence.iter().find(|it| Some(it.digest.as_str()) == main) else {
        return Some(t::evidence::fact_basic().to_owned());
    };
    Some(told(kept))
}

fn told(kept: &KeptEvidence) -> String {
    let (level, at) = (terms::level(kept.level()), day::moment(kept.added_at.as_ref()));
    match &kept.renew_at {
        Some(until) => {
            t::evidence::fact_renewed(at, level, day::full(Some(&domain::calendar::date_of(until))))
        }
        None => t::evidence::fact_kept(at, level),
    }
}

#[cfg(test)]
mod tests {
    use proto::record::v1::FileRef;

    use super::*;

    #[test]
    fn a_code_of_the_signer_has_a_sentence_and_an_unknown_one_has_the_last() {
        assert!(why("service_unreachable").contains("không trả lời"));
        assert_eq!(why("never_heard_of"), why("other"));
        assert!(!why("other").is_empty());
    }

    #[test]
    fn an_issued_document_tells_its_level_and_a_draft_does_not() {
        let mut document = OutgoingDocument {
            files: vec![FileRef { digest: "aa".to_owned(), ..FileRef::default() }],
            ..OutgoingDocument::default()
        };
        assert_eq!(fact(&document), None);
        document.status = OutgoingStatus::Issued.into();
        assert_eq!(fact(&document).as_deref(), Some("B-B, chưa có dấu thời gian"));
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 0 });
        document.evidence.push(KeptEvidence {
            digest: "aa".to_owned(),
            level: SignatureLevel::Archived.into(),
            added_at: at(1_795_305_600),
            renew_at: at(1_900_000_000),
            ..KeptEvidence::default()
        });
        let told = fact(&document).unwrap();
        assert!(told.starts_with("B-LTA") && told.contains("18/03/2030"), "{told}");
    }
}
