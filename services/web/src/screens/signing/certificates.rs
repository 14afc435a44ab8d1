//! Chứng thư của tôi: what the person signs with, and the agency's seal for the clerk.

use askama::Template;
use axum::extract::{Path, Request};
use axum::response::Response;
use proto::archive::v1::ListName;
use proto::directory::v1::WithdrawCertificateRequest;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Role, WithdrawCertificate};

use super::agent;
use super::certificate::{self, CertificateView};
use super::enrol::{self, Sent};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::list_of;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::field::{Faults, Field, Note};

/// Pages of certificates that are read.
const PAGES_MAX: usize = 10;

#[derive(Template)]
#[template(path = "signing/certificates.html")]
struct Page {
    frame: Frame,
    own: Vec<CertificateView>,
    seals: Vec<CertificateView>,
    note: Option<Note>,
    key: Field,
    password: Field,
    image: Field,
    /// Where the agent listens.
    agent: String,
    /// Whose key the agent's is enrolled as.
    owner: String,
}

/// The page.
pub(super) async fn page(desk: Desk) -> Result<Response, Failure> {
    show(&desk, &Faults::default(), None).await
}

async fn show(desk: &Desk, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let items = desk.calls().list_all(list_of(ListName::Certificates), PAGES_MAX).await?.0;
    let now = desk.app.now();
    let (mut own, mut seals) = (Vec::new(), Vec::new());
    for record in items.into_iter().filter_map(|item| item.record) {
        let Some(State::Certificate(it)) = record.state else { continue };
        if it.seal && desk.has(Role::Clerk) {
            seals.push(certificate::view(&record.id, &it, desk.roll.agency.name.clone(), now));
        } else if !it.seal && it.person_id == desk.person_id {
            own.push(certificate::view(&record.id, &it, desk.person.full_name.clone(), now));
        }
    }
    own.sort_by_key(|c| (c.withdrawn, !c.usable));
    let (key, password, image) = inputs(faults);
    let page = Page {
        frame: desk.frame(t::signing::entry_certificates(), "/ky-so/chung-thu").await?,
        own,
        seals,
        note,
        key,
        password,
        image,
        agent: agent::address(),
        owner: desk.person_id.clone(),
    };
    desk.page(&page).map(agent::speaking)
}

/// The three inputs of an enrolment.
pub(crate) fn inputs(faults: &Faults) -> (Field, Field, Field) {
    let empty = Form::default();
    let field = |name: &str, label: &str| Field::new(name, label, &empty).faults(faults, &[]);
    (
        field(enrol::KEY, t::signing::key_file())
            .typed("file")
            .required()
            .with("accept", ".p12,.pfx,application/x-pkcs12"),
        Field::new(enrol::PASSWORD, t::signing::file_password(), &empty)
            .typed("password")
            .required()
            .with("autocomplete", "off")
            .faults(faults, &["password"]),
        field(enrol::IMAGE, t::signing::signature_image()).typed("file").with("accept", "image/png,.png"),
    )
}

/// Keeps a key of one's own.
pub(super) async fn enrol(desk: Desk, request: Request) -> Result<Response, Failure> {
    let done = match Sent::read(request).await {
        Ok(sent) => sent.enrol(&desk, &desk.person_id).await,
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => Ok(desk.go("/ky-so/chung-thu", Toast::done(t::signing::enrolled()))),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &enrol::SHOWN)?;
            show(&desk, &faults, note).await
        }
    }
}

/// Withdraws one of one's own.
pub(super) async fn withdraw(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    match withdrawn(&desk, &id, &form).await {
        Ok(()) => Ok(desk.go("/ky-so/chung-thu", Toast::done(t::signing::certificate_withdrawn()))),
        Err(fault) => {
            let note = reason_note(fault)?;
            show(&desk, &Faults::default(), Some(note)).await
        }
    }
}

/// The call behind every withdrawal.
///
/// # Errors
/// The directory's fault.
pub(crate) async fn withdrawn(desk: &Desk, id: &str, form: &Form) -> Result<(), Fault> {
    let command =
        WithdrawCertificate { certificate_id: id.to_owned(), reason: form.text("reason").to_owned() };
    let request = WithdrawCertificateRequest {
        request_id: form.request_id()?,
        command: Some(command),
        expected_versions: Vec::new(),
    };
    call!(desk, directory.withdraw_certificate(request)).map(drop)
}

/// What is said when an act that asks for nothing but a reason was refused.
///
/// # Errors
/// A fault that no page can show is given back.
pub(crate) fn reason_note(fault: Fault) -> Result<Note, Fault> {
    match fault {
        Fault::Invalid(_) => Ok(Note {
            head: t::signing::not_yet().to_owned(),
            text: t::signing::needs_reason().to_owned(),
            look: false,
        }),
        other => Note::of(other),
    }
}
