//! Trùng?: documents that may be the same as the one in hand, by number, notation and issuer (NĐ 30/2020 Phụ lục VI) or
//! by the bytes of the file; and one of them beside it.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use proto::archive::v1::Likeness;
use proto::intake::v1::{FindDuplicatesRequest, FindDuplicatesResponse};
use proto::record::v1::record::State;
use proto::record::v1::{IncomingDocument, Record};

use super::named;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::screens::facts;
use crate::texts::t;
use crate::view::day;
use crate::view::document::DocumentView;
use crate::view::file::{self, FileView};

/// Documents that may be the same.
pub(super) struct Twins {
    /// The document in hand.
    pub(super) of: String,
    pub(super) found: Vec<Twin>,
    /// The clerk has looked and registers all the same.
    pub(super) despite: bool,
}

/// One of them.
pub(super) struct Twin {
    pub(super) document: DocumentView,
    /// Why it may be the same.
    pub(super) why: &'static str,
}

/// Looks for documents that may be the same; that it could not look is no reason to show no form.
pub(super) async fn of(desk: &Desk, id: &str, form: &Form, document: &IncomingDocument) -> Twins {
    let (number, notation) = facts::split(form.text("facts.notation"));
    let request = FindDuplicatesRequest {
        document_id: id.to_owned(),
        number,
        notation,
        issuer: form.text("facts.issuer").to_owned(),
        digest: main_digest(document).to_owned(),
        issued_date: day::parse(form.text("facts.issued_date")),
    };
    let answer = call!(desk, intake.find_duplicates(request)).unwrap_or_else(|fault| {
        tracing::warn!(%fault, "duplicates were not looked for");
        FindDuplicatesResponse::default()
    });
    let alike = answer.documents.iter().zip(&answer.likenesses);
    let found = alike.filter_map(|(record, likeness)| twin(desk, record, likeness)).collect();
    Twins { of: id.to_owned(), found, despite: form.is_set("despite_duplicate") }
}

fn main_digest(document: &IncomingDocument) -> &str {
    document.files.first().map_or("", |f| f.digest.as_str())
}

fn twin(desk: &Desk, record: &Record, likeness: &Likeness) -> Option<Twin> {
    let Some(State::Incoming(other)) = record.state.as_ref() else { return None };
    Some(Twin {
        document: named(&record.id, other, &desk.today(), desk),
        why: match (likeness.main_file, likeness.number) {
            (true, true) => t::receive::twin_same_all(),
            (true, false) => t::receive::twin_same_file(),
            _ => t::receive::twin_same_symbol(),
        },
    })
}

#[derive(Template)]
#[template(path = "receive/twins.html")]
struct Page {
    frame: Frame,
    twins: Twins,
}

/// The warning alone, for what is being typed; also a page of its own.
pub(super) async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let id = form.text("vb").to_owned();
    let (_, document) = desk.calls().incoming(&id).await?;
    let twins = of(&desk, &id, &form, &document).await;
    let frame = desk.frame(t::receive::twins_title(), "/tiep-nhan").await?;
    desk.page(&Page { frame, twins })
}

/// What two documents say of the same thing.
struct Compared {
    what: &'static str,
    said: String,
    differs: bool,
    same: bool,
}

#[derive(Template)]
#[template(path = "receive/beside.html")]
struct BesidePage {
    frame: Frame,
    of: String,
    document: DocumentView,
    compared: Vec<Compared>,
    files: Vec<FileView>,
    /// The next one that may be the same; empty for the last.
    next: String,
}

/// One that may be the same, beside the one in hand: what it says, what differs, its file.
pub(super) async fn beside(
    desk: Desk,
    Path((id, twin)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let (record, mine) = desk.calls().incoming(&id).await?;
    let (_, other) = desk.calls().incoming(&twin).await?;
    let known = mine.facts.clone().unwrap_or_default();
    let mut form = facts::filled(&known, &mine.suggestions);
    // What is typed by now goes before what was read.
    let typed = Form::parse(query.as_deref().unwrap_or_default());
    for name in facts::SHOWN.into_iter().filter(|name| typed.is_set(name)) {
        form.set(name, typed.text(name));
    }
    let all = of(&desk, &record.id, &form, &mine).await;
    let mine = IncomingDocument { facts: Some(facts::read(&mut form, &known)), ..mine };
    let place = all.found.iter().position(|t| t.document.id == twin);
    let next = place.and_then(|i| all.found.get(i + 1)).map(|t| t.document.id.clone()).unwrap_or_default();
    let today = desk.today();
    let (view, own) = (named(&twin, &other, &today, &desk), named(&id, &mine, &today, &desk));
    let digest = main_digest(&other);
    let same_file = !digest.is_empty() && digest == main_digest(&mine);
    let file = match (digest.is_empty(), same_file) {
        (true, _) => t::receive::no_file(),
        (false, true) => t::receive::file_same(),
        (false, false) => t::receive::file_other(),
    };
    let compared = |what, own: &str, said: &str| Compared {
        what,
        said: said.to_owned(),
        differs: !own.is_empty() && own != said,
        same: !own.is_empty() && own == said,
    };
    let page = BesidePage {
        frame: desk.frame(t::receive::beside_title(), "/tiep-nhan").await?,
        of: id,
        compared: vec![
            compared(t::facts::issuer(), &own.issuer, &view.issuer),
            compared(t::facts::notation(), &own.notation, &view.notation),
            compared(t::facts::kind(), &own.kind, &view.kind),
            compared(t::facts::issued_date(), &own.issued, &view.issued),
            compared(t::facts::subject(), &own.subject, &view.subject),
            Compared { what: t::receive::file(), said: file.to_owned(), differs: false, same: same_file },
        ],
        files: file::all(&twin, &other.files),
        document: view,
        next,
    };
    desk.page(&page)
}
