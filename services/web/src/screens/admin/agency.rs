//! Cơ quan: facts that stand on every letter and in every notation; the switch for secret documents.

use askama::Template;
use axum::response::Response;
use proto::directory::v1::{ChangeAgencyRequest, SwitchSecretRegistrationRequest};
use proto::record::v1::record::State;
use proto::record::v1::{Agency, ChangeAgency, SwitchSecretRegistration};

use super::Admin;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::field::{Faults, Field, Mark, Note};

const SHOWN: [&str; 6] = [
    "agency.name",
    "agency.superior",
    "agency.abbreviation",
    "agency.organ_id",
    "agency.place",
    "agency.head_title",
];

#[derive(Template)]
#[template(path = "admin/agency.html")]
struct Page {
    frame: Frame,
    note: Option<Note>,
    fields: Vec<Field>,
    collective: bool,
    version: String,
    secret: bool,
    secret_note: Option<Note>,
    reason: Field,
}

/// The page.
pub(super) async fn page(Admin(desk): Admin) -> Result<Response, Failure> {
    let form = from_record(&desk).await?;
    show(&desk, &form, &Faults::default(), None, None).await
}

async fn from_record(desk: &Desk) -> Result<Form, Failure> {
    let record = desk.calls().get(domain::id::AGENCY).await?;
    let agency = match record.state {
        Some(State::Agency(agency)) => agency,
        _ => Agency::default(),
    };
    Ok(Form::with([
        ("agency.name", agency.name),
        ("agency.superior", agency.superior),
        ("agency.abbreviation", agency.abbreviation),
        ("agency.organ_id", agency.organ_id),
        ("agency.place", agency.place),
        ("agency.head_title", agency.head_title),
        ("agency.collective", if agency.collective { "1".to_owned() } else { String::new() }),
        ("version", record.version.to_string()),
    ]))
}

async fn show(
    desk: &Desk,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
    secret_note: Option<Note>,
) -> Result<Response, Failure> {
    let field = |name: &str, label: &str| Field::new(name, label, form).faults(faults, &[]);
    let page = Page {
        frame: desk.frame(t::administration::agency(), "/quan-tri/co-quan").await?,
        note,
        fields: vec![
            field("agency.name", t::administration::agency_name()).required(),
            field("agency.superior", t::administration::superior()),
            field("agency.abbreviation", t::administration::abbreviation_in()).required(),
            field("agency.organ_id", t::administration::organ_id())
                .marked(Mark::Remark(t::administration::organ_id_by().to_owned())),
            field("agency.place", t::administration::place()).required(),
            field("agency.head_title", t::administration::head_title()).required(),
        ],
        collective: form.is_set("agency.collective"),
        version: form.text("version").to_owned(),
        secret: desk.roll.agency.secret_registration,
        secret_note,
        reason: Field::new("reason", t::administration::ground_reason(), form).required().faults(faults, &[]),
    };
    desk.page(&page)
}

/// Changes the facts.
pub(super) async fn change(Admin(desk): Admin, form: Form) -> Result<Response, Failure> {
    let text = |name: &str| form.text(name).to_owned();
    let agency = Agency {
        name: text("agency.name"),
        superior: text("agency.superior"),
        abbreviation: text("agency.abbreviation"),
        organ_id: text("agency.organ_id"),
        place: text("agency.place"),
        head_title: text("agency.head_title"),
        collective: form.is_set("agency.collective"),
        secret_registration: desk.roll.agency.secret_registration,
    };
    let request = ChangeAgencyRequest {
        request_id: form.request_id()?,
        command: Some(ChangeAgency { agency: Some(agency) }),
        expected_versions: expected(domain::id::AGENCY, form.text("version")),
    };
    match call!(desk, directory.change_agency(request)) {
        Ok(_) => {
            desk.forget_names();
            Ok(desk.go("/quan-tri/co-quan", Toast::done(t::administration::agency_changed())))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &SHOWN)?;
            show(&desk, &form, &faults, note, None).await
        }
    }
}

/// Switches the registration of secret documents.
pub(super) async fn switch_secret(Admin(desk): Admin, form: Form) -> Result<Response, Failure> {
    let on = form.text("on") == "1";
    let command = SwitchSecretRegistration { on, reason: form.text("reason").to_owned() };
    let request = SwitchSecretRegistrationRequest {
        request_id: form.request_id()?,
        command: Some(command),
        expected_versions: Vec::new(),
    };
    match call!(desk, directory.switch_secret_registration(request)) {
        Ok(_) => {
            desk.forget_names();
            let text =
                if on { t::administration::secret_on_done() } else { t::administration::secret_off_done() };
            Ok(desk.go("/quan-tri/co-quan", Toast::done(text)))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["reason"])?;
            let shown = from_record(&desk).await?;
            show(&desk, &shown, &faults, None, note).await
        }
    }
}
