//! Quản trị: the agency's facts, units, people, positions, delegations, series, holidays, certificates, health. Sees no
//! document by that role.

use axum::Router;
use axum::http::Uri;
use axum::response::Response;
use axum::routing::get;
use proto::fault::Fault;
use proto::record::v1::Role;
use proto::record::v1::command::Command;

use crate::app::App;
use crate::desk::Desk;
use crate::menu::{Entry, Part};
use crate::texts::t;

mod agency;
mod certificates;
mod delegations;
mod health;
mod holidays;
mod people;
mod person;
mod positions;
mod series;
mod units;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/quan-tri", get(first))
        .route("/quan-tri/co-quan", get(agency::page).post(agency::change))
        .route("/quan-tri/co-quan/mat", get(up).post(agency::switch_secret))
        .route("/quan-tri/don-vi", get(units::page).post(units::add))
        .route("/quan-tri/don-vi/{id}", get(units::unit_page).post(units::change))
        .route("/quan-tri/nguoi-dung", get(people::page).post(people::add))
        .route("/quan-tri/nguoi-dung/{id}", get(person::page).post(person::change))
        .route("/quan-tri/nguoi-dung/{id}/mat-khau", get(up).post(person::reset_password))
        .route("/quan-tri/nguoi-dung/{id}/bo-nhiem", get(up).post(person::appoint))
        .route("/quan-tri/chuc-vu", get(positions::page))
        .route("/quan-tri/chuc-vu/{id}/ket-thuc", get(positions::end_page).post(positions::end))
        .route("/quan-tri/uy-quyen", get(delegations::page).post(delegations::add))
        .route("/quan-tri/uy-quyen/{id}/ket-thuc", get(up_two).post(delegations::end))
        .route("/quan-tri/day-so", get(series::page).post(series::define))
        .route("/quan-tri/day-so/{id}/dong", get(up_two).post(series::close))
        .route("/quan-tri/ngay-nghi", get(holidays::page).post(holidays::set))
        .route("/quan-tri/chung-thu", get(certificates::page).post(certificates::enrol))
        .route("/quan-tri/chung-thu/{id}/thu-hoi", get(up_two).post(certificates::withdraw))
        .route("/quan-tri/suc-khoe", get(health::page))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has(Role::Administrator) {
        return Vec::new();
    }
    [
        (t::administration::people(), "/quan-tri/nguoi-dung"),
        (t::administration::units(), "/quan-tri/don-vi"),
        (t::administration::positions(), "/quan-tri/chuc-vu"),
        (t::administration::delegations(), "/quan-tri/uy-quyen"),
        (t::administration::series(), "/quan-tri/day-so"),
        (t::administration::holidays(), "/quan-tri/ngay-nghi"),
        (t::administration::certificates(), "/quan-tri/chung-thu"),
        (t::administration::agency(), "/quan-tri/co-quan"),
        (t::administration::health(), "/quan-tri/suc-khoe"),
    ]
    .into_iter()
    .map(|(label, href)| Entry::new(Part::Administration, label, href))
    .collect()
}

/// A desk that is an administrator's: a handler that takes it is reached by nobody else.
pub(super) struct Admin(pub(super) Desk);

impl axum::extract::FromRequestParts<App> for Admin {
    type Rejection = crate::failure::Failure;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        app: &App,
    ) -> Result<Self, crate::failure::Failure> {
        let desk = Box::pin(Desk::from_request_parts(parts, app)).await?;
        if desk.has(Role::Administrator) {
            Ok(Self(desk))
        } else {
            Err(Fault::denied("NOT_YOUR_ROLE", "only administrators see these pages").into())
        }
    }
}

async fn first(_: Admin) -> Response {
    crate::failure::see_other("/quan-tri/nguoi-dung")
}

/// A form's own address leads to the page that shows the form: a page with faults can be asked for again.
async fn up(uri: Uri) -> Response {
    crate::failure::see_other(parent(uri.path()))
}

/// The same, where the page stands above the record.
async fn up_two(uri: Uri) -> Response {
    crate::failure::see_other(parent(parent(uri.path())))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("/", |(parent, _)| parent)
}

/// Boxes to tick, of which several may be.
pub(super) struct Ticks {
    /// Name of the inputs.
    pub(super) name: &'static str,
    /// Words above them.
    pub(super) label: &'static str,
    /// What is wrong; empty when nothing is.
    pub(super) fault: String,
    /// What is sent, its words, whether it is ticked.
    pub(super) choices: Vec<(String, String, bool)>,
}

impl Ticks {
    /// Boxes for `choices`, ticked as the form says.
    pub(super) fn new(
        name: &'static str,
        label: &'static str,
        form: &crate::form::Form,
        faults: &crate::view::field::Faults,
        choices: impl IntoIterator<Item = (i32, String)>,
    ) -> Self {
        let choices = choices
            .into_iter()
            .map(|(value, words)| {
                let value = value.to_string();
                let ticked = form.all(name).any(|v| v == value);
                (value, words, ticked)
            })
            .collect();
        let fault = crate::view::field::Field::new(name, label, form).faults(faults, &[]).fault;
        Self { name, label, fault, choices }
    }
}

/// The values of boxes that are ticked.
pub(super) fn ticked(form: &crate::form::Form, name: &str) -> Vec<i32> {
    form.all(name).filter_map(|v| v.parse().ok()).collect()
}

/// What was typed wrong, with what the rules say of the fields of the command: all of it at once. An input that holds
/// nothing that could be read is told once, by what was typed.
pub(super) fn all_right(form: &crate::form::Form, command: Command) -> Result<(), Fault> {
    let typed = match form.checked() {
        Ok(()) => Vec::new(),
        Err(Fault::Invalid(list)) => list,
        Err(other) => return Err(other),
    };
    let known = match domain::check::check(proto::record::v1::Command { command: Some(command) }) {
        Ok(_) => Vec::new(),
        Err(Fault::Invalid(list)) => list,
        Err(other) => return Err(other),
    };
    let mut all = typed;
    for violation in known {
        if !all.iter().any(|v| v.field == violation.field) {
            all.push(violation);
        }
    }
    if all.is_empty() { Ok(()) } else { Err(Fault::Invalid(all)) }
}

/// Fields of lists (`position.roles[1]`) are told at their list (`position.roles`).
pub(super) fn at_lists(fault: Fault) -> Fault {
    match fault {
        Fault::Invalid(mut list) => {
            for violation in &mut list {
                if let Some(at) = violation.field.find('[') {
                    violation.field.truncate(at);
                }
            }
            list.dedup_by(|a, b| a.field == b.field && a.reason == b.reason);
            Fault::Invalid(list)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proto::fault::Violation;

    use super::*;

    #[test]
    fn what_is_wrong_within_a_list_is_told_at_the_list() {
        let wrong = |field: &str| Violation::new(field, "BAD_DATE", "x");
        let fault = at_lists(Fault::Invalid(vec![
            wrong("table.days_off[3]"),
            wrong("table.days_off[4]"),
            wrong("table.year"),
        ]));
        let Fault::Invalid(list) = fault else { panic!("stays invalid") };
        assert_eq!(
            list.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(),
            ["table.days_off", "table.year"]
        );
    }

    #[test]
    fn what_was_typed_wrong_and_what_the_rules_miss_are_told_together() {
        let mut form = crate::form::Form::parse("unit.rank=x&unit.name=");
        form.int("unit.rank");
        let command =
            Command::AddUnit(proto::record::v1::AddUnit { unit: Some(proto::record::v1::Unit::default()) });
        let Err(Fault::Invalid(list)) = all_right(&form, command) else { panic!("must be told") };
        assert_eq!(list.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), ["unit.rank", "unit.name"]);
    }

    #[test]
    fn boxes_are_read_as_they_were_ticked() {
        let form = crate::form::Form::parse("position.roles=1&position.roles=4&position.roles=x");
        assert_eq!(ticked(&form, "position.roles"), [1, 4]);
    }
}
