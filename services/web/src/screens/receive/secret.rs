//! Văn bản mật đến: what a book on paper would hold of a secret document, and nothing else. Never a file, never routed,
//! searched for or exported; a register of its own (NĐ 30/2020 Điều 15.2; Luật Bảo vệ bí mật nhà nước). Clerks alone, and
//! only while an administrator has switched it on.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::index::is_secret;
use proto::fault::Fault;
use proto::intake::v1::{ReceiveIncomingDocumentRequest, RegisterIncomingDocumentRequest};
use proto::record::v1::command::Command as C;
use proto::record::v1::{Channel, DocumentFacts, IncomingDocument, RegisterIncoming, Role, SecurityMarking};

use super::incoming_in;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::screens::facts::{self, Inputs};
use crate::texts::t;
use crate::toast::Toast;
use crate::view::day;
use crate::view::document::ordinal;
use crate::view::field::{Faults, Field, Mark, Note};

/// The path of the form.
const PATH: &str = "/tiep-nhan/mat";

/// True when the person may register secret documents now.
pub(super) fn is_on(desk: &Desk) -> bool {
    desk.has(Role::Clerk) && desk.roll.agency.secret_registration
}

/// The form of one that was received and has no number yet.
pub(super) fn address(id: &str) -> String {
    crate::link::with(PATH, "vb", id)
}

#[derive(Template)]
#[template(path = "receive/secret.html")]
struct Page {
    frame: Frame,
    note: Option<Note>,
    /// One that was received before; empty for a new one.
    id: String,
    version: u64,
    inputs: Inputs,
    arrival: Field,
    to_places: Field,
}

fn may(desk: &Desk) -> Result<(), Fault> {
    if is_on(desk) {
        return Ok(());
    }
    Err(Fault::refused(domain::reasons::SECRET_REGISTRATION_OFF, "an administrator can switch it on"))
}

pub(super) async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    may(&desk)?;
    let query = Form::parse(query.as_deref().unwrap_or_default());
    let mut form = Form::with([
        ("arrival_date", day::full(Some(&desk.today()))),
        ("facts.marking", (SecurityMarking::Secret as i32).to_string()),
    ]);
    if query.is_set("vb") {
        let (record, document) = waiting(&desk, query.text("vb")).await?;
        form = facts::filled(&document.facts.clone().unwrap_or_default(), &[]);
        form.set("arrival_date", day::full(document.arrival_date.as_ref()));
        form.set("to_places", document.to_places);
        form.set("vb", record);
    }
    show(&desk, &form, &Faults::default(), None).await
}

/// One that was received and has no number yet.
async fn waiting(desk: &Desk, id: &str) -> Result<(String, IncomingDocument), Failure> {
    let (record, document) = desk.calls().incoming(id).await?;
    if document.number.is_some() || !is_secret(&record) {
        return Err(Failure::Elsewhere(crate::link::document(id)));
    }
    Ok((record.id, document))
}

async fn show(desk: &Desk, form: &Form, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let id = form.text("vb").to_owned();
    let version = if id.is_empty() { 0 } else { desk.calls().get(&id).await?.version };
    let mut inputs = facts::inputs(form, &[], faults);
    inputs.marking = inputs.marking.with("autofocus", "");
    inputs.subject = Field::new("facts.subject", t::facts::subject(), form)
        .marked(Mark::Remark(t::secret::subject_may_be_empty().to_owned()))
        .faults(faults, &[]);
    desk.page(&Page {
        frame: desk.frame(t::secret::title(), PATH).await?,
        note,
        id,
        version,
        inputs,
        arrival: Field::day("arrival_date", t::receive::arrival(), form).required().faults(faults, &[]),
        to_places: Field::new("to_places", t::facts::to_places(), form)
            .marked(Mark::Remark(t::receive::goes_into_the_register().to_owned()))
            .faults(faults, &[]),
    })
}

pub(super) async fn send(desk: Desk, mut form: Form) -> Result<Response, Failure> {
    may(&desk)?;
    match register(&desk, &mut form).await {
        Ok(number) => Ok(desk.go(PATH, Toast::done(t::secret::registered(number)))),
        Err(fault) => {
            let shown: Vec<&str> =
                facts::SHOWN.iter().chain(&["arrival_date", "to_places"]).copied().collect();
            let (faults, note) = Faults::of(fault, &shown)?;
            show(&desk, &form, &faults, note).await
        }
    }
}

/// Receives it and gives it the next number of the secret register; the number.
async fn register(desk: &Desk, form: &mut Form) -> Result<String, Fault> {
    let arrival_date = form.date("arrival_date");
    let facts = facts::read(form, &DocumentFacts::default());
    if !facts::MARKINGS.contains(&facts.marking()) {
        form.wrong("facts.marking", domain::reasons::REQUIRED, "only what is marked stands in this register");
    }
    let mut command = RegisterIncoming {
        // Until it is received it has no id of its own: one that is well formed, to check all other fields.
        document_id: if form.is_set("vb") { form.text("vb").to_owned() } else { "in_0".to_owned() },
        facts: Some(facts.clone()),
        arrival_date,
        to_places: form.text("to_places").to_owned(),
        despite_duplicate: false,
        submit_to: String::new(),
    };
    form.checked_with(C::RegisterIncoming(command.clone()))?;
    let request_id = form.request_id()?;
    if !form.is_set("vb") {
        let request = ReceiveIncomingDocumentRequest {
            request_id: format!("{request_id}-0"),
            facts: Some(facts),
            files: Vec::new(),
            channel: Channel::Paper as i32,
            arrival_date,
        };
        let answer = call!(desk, intake.receive_incoming_document(request))?;
        let (id, _) = incoming_in(answer.receipt.as_ref())
            .ok_or_else(|| Fault::broken("a receipt without the document"))?;
        // Should the number be refused, the next try goes on with what was received.
        form.set("vb", id.clone());
        form.set("version", String::new());
        command.document_id = id;
    }
    let request = RegisterIncomingDocumentRequest {
        request_id,
        expected_versions: expected(&command.document_id, form.text("version")),
        command: Some(command),
    };
    let answer = call!(desk, intake.register_incoming_document(request))?;
    let number = incoming_in(answer.receipt.as_ref()).and_then(|(_, document)| document.number);
    Ok(number.as_ref().map(ordinal).unwrap_or_default())
}
