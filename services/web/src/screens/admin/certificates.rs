//! Chứng thư: those of people and the agency's seal; enrolled and withdrawn by the administrator.

use askama::Template;
use axum::extract::{Path, Request};
use axum::response::Response;
use proto::archive::v1::ListName;
use proto::record::v1::record::State;

use super::Admin;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::list_of;
use crate::screens::outgoing::given_name;
use crate::screens::signing::agent;
use crate::screens::signing::certificate::{self, CertificateView};
use crate::screens::signing::certificates::{inputs, reason_note, withdrawn};
use crate::screens::signing::enrol::{self, Sent};
use crate::screens::signing::possession::SEAL;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::field::{Faults, Field, Note};

/// Pages of certificates that are read.
const PAGES_MAX: usize = 25;
#[derive(Template)]
#[template(path = "admin/certificates.html")]
struct Page {
    frame: Frame,
    lines: Vec<CertificateView>,
    seals: usize,
    note: Option<Note>,
    owner: Field,
    key: Field,
    password: Field,
    image: Field,
    /// Where the agent listens.
    agent: String,
}

async fn show(desk: &Desk, form: &Form, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let items = desk.calls().list_all(list_of(ListName::Certificates), PAGES_MAX).await?.0;
    let now = desk.app.now();
    let mut lines: Vec<CertificateView> = items
        .into_iter()
        .filter_map(|item| item.record)
        .filter_map(|record| match record.state {
            Some(State::Certificate(it)) => {
                let owner = if it.seal {
                    t::administration::seal_of(&desk.roll.agency.name)
                } else {
                    desk.roll.person(&it.person_id)
                };
                Some(certificate::view(&record.id, &it, owner, now))
            }
            _ => None,
        })
        .collect();
    lines.sort_by_key(|c| (c.withdrawn, !c.seal, given_name(&c.owner)));
    let mut owners: Vec<(String, String)> = desk
        .roll
        .all_people()
        .filter(|(_, p)| p.active)
        .map(|(id, p)| (id.to_owned(), p.full_name.clone()))
        .collect();
    owners.sort_by_key(|(_, name)| given_name(name));
    owners.insert(0, (String::new(), t::administration::choose().to_owned()));
    owners.insert(1, (SEAL.to_owned(), t::administration::agency_seal().to_owned()));
    let (key, password, image) = inputs(faults);
    let page = Page {
        frame: desk.frame(t::administration::certificates(), "/quan-tri/chung-thu").await?,
        seals: lines.iter().filter(|c| c.seal && c.usable).count(),
        lines,
        note,
        owner: Field::choice("person_id", t::administration::whose(), form, owners)
            .required()
            .faults(faults, &[]),
        key,
        password,
        image,
        agent: agent::address(),
    };
    desk.page(&page).map(agent::speaking)
}

/// All certificates, and the form for one more.
pub(super) async fn page(Admin(desk): Admin) -> Result<Response, Failure> {
    show(&desk, &Form::default(), &Faults::default(), None).await
}

/// Enrols one for a person or for the agency.
pub(super) async fn enrol(Admin(desk): Admin, request: Request) -> Result<Response, Failure> {
    let sent = match Sent::read(request).await {
        Ok(sent) => sent,
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &enrol::SHOWN)?;
            return show(&desk, &Form::default(), &faults, note).await;
        }
    };
    let mut form = sent.form.clone();
    let owner = form.text("person_id").to_owned();
    let done = if owner.is_empty() {
        form.wrong("person_id", "REQUIRED", "choose whose key it is");
        form.checked()
    } else {
        sent.enrol(&desk, if owner == SEAL { "" } else { &owner }).await
    };
    match done {
        Ok(()) => Ok(desk.go("/quan-tri/chung-thu", Toast::done(t::administration::certificate_enrolled()))),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &enrol::SHOWN)?;
            show(&desk, &form, &faults, note).await
        }
    }
}

/// Withdraws one.
pub(super) async fn withdraw(
    Admin(desk): Admin,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    match withdrawn(&desk, &id, &form).await {
        Ok(()) => Ok(desk.go("/quan-tri/chung-thu", Toast::done(t::administration::certificate_withdrawn()))),
        Err(fault) => {
            let note = Some(reason_note(fault)?);
            show(&desk, &Form::default(), &Faults::default(), note).await
        }
    }
}
