//! Sửa thông tin: the metadata of a registered document, with the reason; number and day of arrival stay.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::intake::v1::CorrectIncomingDocumentRequest;
use proto::record::v1::command::Command as C;
use proto::record::v1::{CorrectIncoming, SecurityMarking};

use super::group_of;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::screens::facts::{self, Inputs};
use crate::texts::t;
use crate::toast::Toast;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Mark, Note};
use crate::{call, link};

#[derive(Template)]
#[template(path = "document/correct.html")]
struct CorrectPage {
    frame: Frame,
    document: DocumentView,
    version: u64,
    inputs: Inputs,
    to_places: Field,
    /// True for a document with a secrecy marking: its grade may be corrected.
    secret: bool,
    reason: Field,
    note: Option<Note>,
}

pub(super) async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show(&desk, &id, None, &Faults::default(), None).await
}

async fn show(
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
        frame: desk.frame(t::document::correct_title(), group_of(&document).1).await?,
        document: DocumentView::incoming(id, &document, desk.today(), &desk.roll.work),
        version: record.version,
        inputs: facts::inputs(&form, &[], faults),
        to_places: Field::new("to_places", t::facts::to_places(), &form).faults(faults, &[]),
        secret: document.facts.as_ref().is_some_and(|f| f.marking() > SecurityMarking::None),
        reason: Field::new("reason", t::document::correct_reason(), &form)
            .required()
            .marked(Mark::Remark(t::document::goes_into_history().to_owned()))
            .faults(faults, &[]),
        note,
    };
    desk.page(&page)
}

pub(super) async fn send(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    let (_, document) = desk.calls().incoming(&id).await?;
    let facts = facts::read(&mut form, &document.facts.unwrap_or_default());
    let command = CorrectIncoming {
        document_id: id.clone(),
        facts: Some(facts),
        to_places: form.text("to_places").to_owned(),
        reason: form.text("reason").to_owned(),
    };
    let request = CorrectIncomingDocumentRequest {
        request_id: form.request_id()?,
        command: Some(command.clone()),
        expected_versions: expected(&id, form.text("version")),
    };
    let done = match form.checked_with(C::CorrectIncoming(command)) {
        Ok(()) => call!(desk, intake.correct_incoming_document(request)),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(_) => Ok(desk.go(&link::document(&id), Toast::done(t::document::corrected()))),
        Err(fault) => {
            let shown: Vec<&str> = facts::SHOWN.iter().chain(&["to_places", "reason"]).copied().collect();
            let (faults, note) = Faults::of(fault, &shown)?;
            show(&desk, &id, Some(&form), &faults, note).await
        }
    }
}
