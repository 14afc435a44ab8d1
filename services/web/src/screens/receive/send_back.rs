//! Trả lại nơi gửi: a document that does not belong here, before it has a number (NĐ 30/2020 Điều 21).

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::intake::v1::ReturnIncomingDocumentRequest;
use proto::record::v1::ReturnIncoming;
use proto::record::v1::command::Command as C;

use super::named;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Mark, Note};

#[derive(Template)]
#[template(path = "receive/return.html")]
struct Page {
    frame: Frame,
    document: DocumentView,
    version: u64,
    phrases: [(char, &'static str); 4],
    reason: Field,
    note: Option<Note>,
}

pub(super) async fn page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    show(&desk, &id, &Form::default(), &Faults::default(), None).await
}

async fn show(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let (record, document) = desk.calls().incoming(id).await?;
    desk.page(&Page {
        frame: desk.frame(t::receive::send_back(), "/tiep-nhan").await?,
        document: named(id, &document, &desk.today(), desk),
        version: record.version,
        phrases: [
            ('a', t::receive::reason_wrong_agency()),
            ('b', t::receive::reason_bad_signature()),
            ('c', t::receive::reason_file_missing()),
            ('d', t::receive::reason_no_seal()),
        ],
        reason: Field::new("reason", t::receive::reason(), form)
            .required()
            .marked(Mark::Remark(t::receive::sender_reads_it().to_owned()))
            .with("autofocus", "")
            .faults(faults, &[]),
        note,
    })
}

pub(super) async fn send(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let command = ReturnIncoming { document_id: id.clone(), reason: form.text("reason").to_owned() };
    let request = ReturnIncomingDocumentRequest {
        request_id: form.request_id()?,
        command: Some(command.clone()),
        expected_versions: expected(&id, form.text("version")),
    };
    let done = match form.checked_with(C::ReturnIncoming(command)) {
        Ok(()) => call!(desk, intake.return_incoming_document(request)),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(_) => Ok(desk.go("/tiep-nhan", Toast::done(t::receive::sent_back()))),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["reason"])?;
            show(&desk, &id, &form, &faults, note).await
        }
    }
}
