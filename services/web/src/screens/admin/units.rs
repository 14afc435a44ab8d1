//! Đơn vị: add, change, close.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::directory::v1::{AddUnitRequest, ChangeUnitRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command;
use proto::record::v1::record::State;
use proto::record::v1::{AddUnit, ChangeUnit, Unit};

use super::{Admin, all_right};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::field::{Faults, Field, Mark, Note};

const SHOWN: [&str; 3] = ["unit.name", "unit.abbreviation", "unit.rank"];

struct Line {
    id: String,
    unit: Unit,
    head: String,
    people: usize,
}

#[derive(Template)]
#[template(path = "admin/units.html")]
struct Page {
    frame: Frame,
    lines: Vec<Line>,
    note: Option<Note>,
    fields: Vec<Field>,
    /// The unit that is changed; empty: one is added.
    id: String,
    active: bool,
    version: String,
}

fn fields(form: &Form, faults: &Faults) -> Vec<Field> {
    let field = |name: &str, label: &str| Field::new(name, label, form).faults(faults, &[]);
    vec![
        field("unit.name", t::administration::unit_name())
            .required()
            .with("placeholder", t::administration::unit_example()),
        field("unit.abbreviation", t::administration::abbreviation())
            .marked(Mark::Remark(t::administration::abbreviation_how().to_owned()))
            .with("placeholder", "CCHC"),
        field("unit.rank", t::administration::rank()).with("inputmode", "numeric"),
    ]
}

async fn show(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let today = desk.today();
    let mut lines: Vec<Line> = desk
        .roll
        .all_units()
        .iter()
        .map(|(id, unit)| {
            let mut people: Vec<&str> = desk
                .roll
                .held(&today)
                .filter(|(_, p)| p.unit_id == *id)
                .map(|(_, p)| p.person_id.as_str())
                .collect();
            people.sort_unstable();
            people.dedup();
            Line {
                id: id.clone(),
                unit: unit.clone(),
                head: desk.roll.head_of(id, &today),
                people: people.len(),
            }
        })
        .collect();
    lines.sort_by_key(|l| (!l.unit.active, l.unit.rank));
    let page = Page {
        frame: desk.frame(t::administration::units(), "/quan-tri/don-vi").await?,
        lines,
        note,
        fields: fields(form, faults),
        id: id.to_owned(),
        active: id.is_empty() || form.is_set("unit.active"),
        version: form.text("version").to_owned(),
    };
    desk.page(&page)
}

/// All units, and the form for one more.
pub(super) async fn page(Admin(desk): Admin) -> Result<Response, Failure> {
    show(&desk, "", &Form::default(), &Faults::default(), None).await
}

/// The form of one unit.
pub(super) async fn unit_page(Admin(desk): Admin, Path(id): Path<String>) -> Result<Response, Failure> {
    let record = desk.calls().get(&id).await?;
    let Some(State::Unit(unit)) = record.state else { return Err(Fault::unknown(id).into()) };
    let form = Form::with([
        ("unit.name", unit.name),
        ("unit.abbreviation", unit.abbreviation),
        ("unit.rank", unit.rank.to_string()),
        ("unit.active", if unit.active { "1".to_owned() } else { String::new() }),
        ("version", record.version.to_string()),
    ]);
    show(&desk, &id, &form, &Faults::default(), None).await
}

fn read(form: &mut Form) -> Unit {
    Unit {
        rank: form.int("unit.rank"),
        name: form.text("unit.name").to_owned(),
        abbreviation: form.text("unit.abbreviation").to_owned(),
        active: form.is_set("unit.active"),
    }
}

/// Opens a unit.
pub(super) async fn add(Admin(desk): Admin, mut form: Form) -> Result<Response, Failure> {
    let unit = read(&mut form);
    let done = match all_right(&form, Command::AddUnit(AddUnit { unit: Some(unit.clone()) })) {
        Ok(()) => {
            let request = AddUnitRequest {
                request_id: form.request_id()?,
                command: Some(AddUnit { unit: Some(unit) }),
                expected_versions: Vec::new(),
            };
            call!(desk, directory.add_unit(request)).map(drop)
        }
        Err(fault) => Err(fault),
    };
    end(&desk, "", &form, done, t::administration::unit_added()).await
}

/// Changes or closes one.
pub(super) async fn change(
    Admin(desk): Admin,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Failure> {
    let unit = read(&mut form);
    let command = ChangeUnit { unit_id: id.clone(), unit: Some(unit.clone()) };
    let done = match all_right(&form, Command::ChangeUnit(command)) {
        Ok(()) => {
            let request = ChangeUnitRequest {
                request_id: form.request_id()?,
                command: Some(ChangeUnit { unit_id: id.clone(), unit: Some(unit) }),
                expected_versions: expected(&id, form.text("version")),
            };
            call!(desk, directory.change_unit(request)).map(drop)
        }
        Err(fault) => Err(fault),
    };
    end(&desk, &id, &form, done, t::administration::unit_changed()).await
}

async fn end(
    desk: &Desk,
    id: &str,
    form: &Form,
    done: Result<(), Fault>,
    said: &str,
) -> Result<Response, Failure> {
    match done {
        Ok(()) => {
            desk.forget_names();
            Ok(desk.go("/quan-tri/don-vi", Toast::done(said)))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &SHOWN)?;
            show(desk, id, form, &faults, note).await
        }
    }
}
