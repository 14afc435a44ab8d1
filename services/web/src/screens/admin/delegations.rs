//! Uỷ quyền: written, limited in time, not to be passed on (NĐ 30/2020 Điều 13).

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::archive::v1::ListName;
use proto::directory::v1::{DelegateRequest, EndDelegationRequest};
use proto::record::v1::command::Command;
use proto::record::v1::record::State;
use proto::record::v1::{Delegate, Delegation, EndDelegation};

use super::{Admin, all_right};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::list_of;
use crate::screens::signing::certificates::reason_note;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::day;
use crate::view::field::{Faults, Field, Mark, Note};

/// Pages of delegations that are read.
const PAGES_MAX: usize = 10;

const SHOWN: [&str; 6] = [
    "delegation.from_position_id",
    "delegation.to_position_id",
    "delegation.basis",
    "delegation.scope",
    "delegation.valid_from",
    "delegation.valid_to",
];

struct Line {
    id: String,
    from: String,
    to: String,
    basis: String,
    scope: String,
    time: String,
    in_force: bool,
    state: &'static str,
}

#[derive(Template)]
#[template(path = "admin/delegations.html")]
struct Page {
    frame: Frame,
    lines: Vec<Line>,
    note: Option<Note>,
    from: Field,
    to: Field,
    basis: Field,
    scope: Field,
    valid_from: Field,
    valid_to: Field,
}

async fn show(desk: &Desk, form: &Form, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let today = desk.today();
    let items = desk.calls().list_all(list_of(ListName::Delegations), PAGES_MAX).await?.0;
    let who = |position_id: &str| {
        let person =
            desk.roll.position(position_id).map(|p| desk.roll.person(&p.person_id)).unwrap_or_default();
        format!("{person}, {}", desk.roll.title(position_id))
    };
    let lines = items
        .into_iter()
        .filter_map(|item| item.record)
        .filter_map(|record| match record.state {
            Some(State::Delegation(it)) => Some((record.id, it)),
            _ => None,
        })
        .map(|(id, it)| {
            let in_force = !it.ended && domain::calendar::within(today, it.valid_from, it.valid_to);
            let before = it.valid_from.is_some_and(|from| domain::calendar::compare(today, from).is_lt());
            Line {
                id,
                from: who(&it.from_position_id),
                to: who(&it.to_position_id),
                basis: it.basis,
                scope: it.scope,
                time: format!("{} – {}", day::full(it.valid_from.as_ref()), day::full(it.valid_to.as_ref())),
                in_force,
                state: match (it.ended, in_force, before) {
                    (true, ..) => t::administration::ended(),
                    (_, true, _) => t::administration::in_force(),
                    (_, _, true) => t::administration::not_begun(),
                    _ => t::administration::over(),
                },
            }
        })
        .collect();
    let positions: Vec<(String, String)> =
        std::iter::once((String::new(), t::administration::choose().to_owned()))
            .chain(desk.roll.held(&today).map(|(id, p)| {
                (
                    id.to_owned(),
                    format!(
                        "{} · {} · {}",
                        desk.roll.person(&p.person_id),
                        p.title,
                        desk.roll.unit(&p.unit_id)
                    ),
                )
            }))
            .collect();
    let pick = |name: &str, label: &str| {
        Field::choice(name, label, form, positions.clone()).required().faults(faults, &[])
    };
    let field = |name: &str, label: &str| Field::new(name, label, form).faults(faults, &[]);
    let page = Page {
        frame: desk.frame(t::administration::delegations(), "/quan-tri/uy-quyen").await?,
        lines,
        note,
        from: pick("delegation.from_position_id", t::administration::from_whom()),
        to: pick("delegation.to_position_id", t::administration::to_whom()),
        basis: field("delegation.basis", t::administration::basis())
            .required()
            .with("placeholder", t::administration::basis_example()),
        scope: field("delegation.scope", t::administration::scope())
            .marked(Mark::Remark(t::administration::scope_how().to_owned())),
        valid_from: Field::day("delegation.valid_from", t::administration::from_day(), form)
            .required()
            .faults(faults, &[]),
        valid_to: Field::day("delegation.valid_to", t::administration::to_day(), form)
            .required()
            .faults(faults, &[]),
    };
    desk.page(&page)
}

/// All delegations, and the form for one more.
pub(super) async fn page(Admin(desk): Admin) -> Result<Response, Failure> {
    show(&desk, &Form::default(), &Faults::default(), None).await
}

/// Delegates.
pub(super) async fn add(Admin(desk): Admin, mut form: Form) -> Result<Response, Failure> {
    let valid_from = form.date("delegation.valid_from");
    let valid_to = form.date("delegation.valid_to");
    let text = |name: &str| form.text(name).to_owned();
    let delegation = Delegation {
        from_position_id: text("delegation.from_position_id"),
        to_position_id: text("delegation.to_position_id"),
        basis: text("delegation.basis"),
        scope: text("delegation.scope"),
        valid_from,
        valid_to,
        ended: false,
    };
    let done = match all_right(&form, Command::Delegate(Delegate { delegation: Some(delegation.clone()) })) {
        Ok(()) => {
            let request = DelegateRequest {
                request_id: form.request_id()?,
                command: Some(Delegate { delegation: Some(delegation) }),
                expected_versions: Vec::new(),
            };
            call!(desk, directory.delegate(request)).map(drop)
        }
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => Ok(desk.go("/quan-tri/uy-quyen", Toast::done(t::administration::delegated()))),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &SHOWN)?;
            show(&desk, &form, &faults, note).await
        }
    }
}

/// Ends a delegation today.
pub(super) async fn end(Admin(desk): Admin, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let command = EndDelegation { delegation_id: id, reason: form.text("reason").to_owned() };
    let request = EndDelegationRequest {
        request_id: form.request_id()?,
        command: Some(command),
        expected_versions: Vec::new(),
    };
    match call!(desk, directory.end_delegation(request)) {
        Ok(_) => Ok(desk.go("/quan-tri/uy-quyen", Toast::done(t::administration::delegation_ended()))),
        Err(fault) => {
            let note = Some(reason_note(fault)?);
            show(&desk, &Form::default(), &Faults::default(), note).await
        }
    }
}
