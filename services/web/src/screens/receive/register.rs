//! Vào sổ: the form that the clerk confirmed becomes a line of the register.

use axum::extract::Path;
use axum::response::Response;
use proto::intake::v1::RegisterIncomingDocumentRequest;
use proto::record::v1::RegisterIncoming;
use proto::record::v1::command::Command as C;

use super::{Typed, incoming_in, show};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::office::expected;
use crate::screens::facts;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::document::ordinal;
use crate::view::field::Faults;
use crate::{call, link};

const FIELDS: [&str; 3] = ["arrival_date", "to_places", "submit_to"];

pub(super) async fn send(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    let (_, document) = desk.calls().incoming(&id).await?;
    let arrival_date = form.date("arrival_date");
    let facts = facts::read(&mut form, &document.facts.unwrap_or_default());
    let submit_to = form.text("submit_to").to_owned();
    let command = RegisterIncoming {
        document_id: id.clone(),
        facts: Some(facts),
        arrival_date,
        to_places: form.text("to_places").to_owned(),
        despite_duplicate: form.is_set("despite_duplicate"),
        submit_to: submit_to.clone(),
    };
    let request = RegisterIncomingDocumentRequest {
        request_id: form.request_id()?,
        command: Some(command.clone()),
        expected_versions: expected(&id, form.text("version")),
    };
    let done = match form.checked_with(C::RegisterIncoming(command)) {
        Ok(()) => call!(desk, intake.register_incoming_document(request)),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(answer) => {
            let number = incoming_in(answer.receipt.as_ref()).and_then(|(_, d)| d.number);
            let number = number.as_ref().map(ordinal).unwrap_or_default();
            let toast = if submit_to.is_empty() {
                t::receive::registered(number)
            } else {
                t::receive::registered_and_submitted(desk.roll.person(&submit_to), number)
            };
            // The next one is submitted to the same leader, unless the clerk chooses another.
            let mut target = "/tiep-nhan".to_owned();
            for (name, value) in [("vb", form.text("tiep")), ("trinh", submit_to.as_str())] {
                if !value.is_empty() {
                    target = link::with(&target, name, value);
                }
            }
            Ok(desk.go(&target, Toast::done(toast).about(link::document(&id))))
        }
        Err(fault) => {
            let shown: Vec<&str> = facts::SHOWN.iter().chain(&FIELDS).copied().collect();
            let (faults, note) = Faults::of(fault, &shown)?;
            show(&desk, &id, Typed::Yes(&form), &faults, note).await
        }
    }
}
