//! Tiếp nhận: files that were dropped or chosen, or one paper without a file, become documents that wait.

use axum::extract::Request;
use axum::response::Response;
use proto::fault::Fault;
use proto::intake::v1::ReceiveIncomingDocumentRequest;
use proto::record::v1::{Channel, FileRef};

use super::{FRESH, address, incoming_in, show};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::{Form, Upload};
use crate::texts::t;
use crate::toast::Toast;
use crate::view::field::{Faults, Note};

pub(super) async fn files(desk: Desk, request: Request) -> Result<Response, Failure> {
    let upload = match Upload::read(&desk, request).await {
        Ok(upload) => upload,
        Err(fault) => return refused(&desk, Note::of(fault)?).await,
    };
    let files: Vec<FileRef> = upload.files.into_iter().map(|(_, f)| f).collect();
    if files.is_empty() {
        let note = Note {
            head: t::receive::no_file_head().to_owned(),
            text: t::receive::no_file_text().to_owned(),
            look: false,
        };
        return refused(&desk, note).await;
    }
    // Several files are several documents, unless the person says that they are one.
    let documents: Vec<Vec<FileRef>> = if upload.form.is_set("mot-van-ban") {
        vec![files]
    } else {
        files.into_iter().map(|f| vec![f]).collect()
    };
    let base = upload.form.request_id()?;
    let mut received = Vec::new();
    for (i, files) in documents.into_iter().enumerate() {
        match receive(&desk, format!("{base}-{i}"), files, Channel::Electronic).await {
            Ok(id) => received.push(id),
            Err(fault) => {
                let mut note = Note::of(fault)?;
                if !received.is_empty() {
                    note.text = format!("{} {}", t::receive::received_some(received.len()), note.text);
                }
                return refused(&desk, note).await;
            }
        }
    }
    let first = received.first().cloned().unwrap_or_default();
    Ok(desk.go(&address(&first), Toast::done(t::receive::received(received.len()))))
}

pub(super) async fn paper(desk: Desk, form: Form) -> Result<Response, Failure> {
    let id = receive(&desk, form.request_id()?, Vec::new(), Channel::Paper).await?;
    Ok(desk.go(&address(&id), Toast::done(t::receive::received_paper())))
}

async fn refused(desk: &Desk, note: Note) -> Result<Response, Failure> {
    show(desk, "", FRESH, &Faults::default(), Some(note)).await
}

/// Receives one document; gives its id.
async fn receive(
    desk: &Desk,
    request_id: String,
    files: Vec<FileRef>,
    channel: Channel,
) -> Result<String, Fault> {
    let request = ReceiveIncomingDocumentRequest {
        request_id,
        facts: None,
        files,
        channel: channel as i32,
        arrival_date: None,
    };
    let answer = call!(desk, intake.receive_incoming_document(request))?;
    let made = incoming_in(answer.receipt.as_ref());
    made.map(|(id, _)| id).ok_or_else(|| Fault::broken("a receipt without the document"))
}
