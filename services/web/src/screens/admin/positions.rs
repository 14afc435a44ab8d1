//! Chức vụ: who holds what, since when, with which roles and capacities; and the end of one.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::archive::v1::ListName;
use proto::directory::v1::EndPositionRequest;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{EndPosition, Position};

use super::Admin;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::list_of;
use crate::texts::{t, terms};
use crate::toast::Toast;
use crate::view::day;
use crate::view::field::{Faults, Field, Note};

/// Pages of positions that are read.
const PAGES_MAX: usize = 25;

/// A position as pages show it.
pub(super) struct Post {
    /// Its record.
    pub(super) id: String,
    /// Who holds it.
    pub(super) person_id: String,
    /// Name.
    pub(super) person: String,
    /// Chức vụ.
    pub(super) title: String,
    /// Where.
    pub(super) unit: String,
    /// Roles in words.
    pub(super) roles: String,
    /// Capacities in words.
    pub(super) capacities: String,
    /// `từ 01/01/2026`, `01/01/2026 – 31/12/2026`.
    pub(super) time: String,
    /// True when it is held today.
    pub(super) held: bool,
    /// `đang giữ`, `đã kết thúc`, `chưa bắt đầu`, `đã hết hạn`.
    pub(super) state: &'static str,
}

fn post(desk: &Desk, id: &str, position: &Position) -> Post {
    let today = desk.today();
    let held = !position.ended && domain::calendar::within(today, position.valid_from, position.valid_to);
    let before = position.valid_from.is_some_and(|from| domain::calendar::compare(today, from).is_lt());
    let from = day::full(position.valid_from.as_ref());
    let to = day::full(position.valid_to.as_ref());
    Post {
        id: id.to_owned(),
        person_id: position.person_id.clone(),
        person: desk.roll.person(&position.person_id),
        title: position.title.clone(),
        unit: desk.roll.unit(&position.unit_id),
        roles: position.roles().map(terms::role).collect::<Vec<_>>().join(", "),
        capacities: position.capacities().map(terms::capacity).collect::<Vec<_>>().join(", "),
        time: if to.is_empty() { t::administration::since(from) } else { format!("{from} – {to}") },
        held,
        state: match (position.ended, held, before) {
            (true, ..) => t::administration::post_ended(),
            (_, true, _) => t::administration::post_held(),
            (_, _, true) => t::administration::post_not_begun(),
            _ => t::administration::post_over(),
        },
    }
}

async fn all(desk: &Desk) -> Result<Vec<(String, Position)>, Fault> {
    let items = desk.calls().list_all(list_of(ListName::Positions), PAGES_MAX).await?.0;
    Ok(items
        .into_iter()
        .filter_map(|item| item.record)
        .filter_map(|record| match record.state {
            Some(State::Position(position)) => Some((record.id, position)),
            _ => None,
        })
        .collect())
}

/// Positions of a person, those held first.
pub(super) async fn of_person(desk: &Desk, person_id: &str) -> Result<Vec<Post>, Fault> {
    let mut posts: Vec<Post> = all(desk)
        .await?
        .iter()
        .filter(|(_, p)| p.person_id == person_id)
        .map(|(id, p)| post(desk, id, p))
        .collect();
    posts.sort_by_key(|p| !p.held);
    Ok(posts)
}

#[derive(Template)]
#[template(path = "admin/positions.html")]
struct Page {
    frame: Frame,
    posts: Vec<Post>,
    over: Vec<Post>,
}

/// All positions.
pub(super) async fn page(Admin(desk): Admin) -> Result<Response, Failure> {
    let mut posts: Vec<Post> = all(&desk).await?.iter().map(|(id, p)| post(&desk, id, p)).collect();
    posts.sort_by(|a, b| (a.unit.as_str(), a.title.as_str()).cmp(&(b.unit.as_str(), b.title.as_str())));
    let (posts, over) = posts.into_iter().partition(|p| p.held);
    let page =
        Page { frame: desk.frame(t::administration::positions(), "/quan-tri/chuc-vu").await?, posts, over };
    desk.page(&page)
}

#[derive(Template)]
#[template(path = "admin/end_position.html")]
struct EndPage {
    frame: Frame,
    post: Post,
    reason: Field,
    note: Option<Note>,
}

async fn show_end(
    desk: &Desk,
    id: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let record = desk.calls().get(id).await?;
    let Some(State::Position(position)) = record.state else { return Err(Fault::unknown(id).into()) };
    let page = EndPage {
        frame: desk.frame(t::administration::end_position(), "/quan-tri/chuc-vu").await?,
        post: post(desk, id, &position),
        reason: Field::new("reason", t::administration::reason(), form)
            .required()
            .with("autofocus", "")
            .faults(faults, &[]),
        note,
    };
    desk.page(&page)
}

/// Asks for the reason.
pub(super) async fn end_page(Admin(desk): Admin, Path(id): Path<String>) -> Result<Response, Failure> {
    show_end(&desk, &id, &Form::default(), &Faults::default(), None).await
}

/// Ends a position today.
pub(super) async fn end(Admin(desk): Admin, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let command = EndPosition { position_id: id.clone(), reason: form.text("reason").to_owned() };
    let request = EndPositionRequest {
        request_id: form.request_id()?,
        command: Some(command),
        expected_versions: Vec::new(),
    };
    match call!(desk, directory.end_position(request)) {
        Ok(_) => {
            desk.forget_names();
            Ok(desk.go("/quan-tri/chuc-vu", Toast::done(t::administration::position_ended())))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &["reason"])?;
            show_end(&desk, &id, &form, &faults, note).await
        }
    }
}
