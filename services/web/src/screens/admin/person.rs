//! One person: facts, positions, password, certificates.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::archive::v1::ListName;
use proto::directory::v1::{AppointRequest, ChangePersonRequest, ResetPasswordRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command;
use proto::record::v1::record::State;
use proto::record::v1::{Appoint, ChangePerson, Person, Position, Role, SigningCapacity};

use super::positions::{self, Post};
use super::{Admin, Ticks, all_right, at_lists, ticked};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::{expected, list_of};
use crate::screens::signing::certificate::{self, CertificateView};
use crate::texts::{t, terms};
use crate::toast::Toast;
use crate::view::day;
use crate::view::field::{Faults, Field, Note};

/// Pages of certificates that are read.
const PAGES_MAX: usize = 10;
/// Letters and digits that are not taken for one another when a password is read out.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Groups of a first password, of four characters each: 100 bits are more than a guess within its life needs.
const GROUPS: usize = 5;

const FACTS: [&str; 3] = ["person.full_name", "person.login", "person.email"];
const APPOINT: [&str; 7] = [
    "position.unit_id",
    "position.title",
    "position.roles",
    "position.capacities",
    "position.valid_from",
    "position.valid_to",
    "position.person_id",
];

/// The roles that can be given.
pub(super) const ROLES: [Role; 7] = [
    Role::Clerk,
    Role::Leader,
    Role::HeadOfUnit,
    Role::Officer,
    Role::FormChecker,
    Role::Archivist,
    Role::Administrator,
];

/// The capacities that a position can carry; TUQ. comes by delegation.
const CAPACITIES: [SigningCapacity; 5] = [
    SigningCapacity::Head,
    SigningCapacity::OnBehalf,
    SigningCapacity::ForHead,
    SigningCapacity::ByOrder,
    SigningCapacity::Acting,
];

#[derive(Template)]
#[template(path = "admin/person.html")]
struct Page {
    frame: Frame,
    id: String,
    name: String,
    active: bool,
    version: String,
    note: Option<Note>,
    fields: Vec<Field>,
    posts: Vec<Post>,
    appoint_note: Option<Note>,
    unit: Field,
    title: Field,
    roles: Ticks,
    capacities: Ticks,
    from: Field,
    to: Field,
    certificates: Vec<CertificateView>,
    password: Option<String>,
    said: String,
}

/// What the page says besides the person.
#[derive(Default)]
struct Said {
    note: Option<Note>,
    facts: Faults,
    facts_form: Option<Form>,
    appoint_note: Option<Note>,
    appoint: Faults,
    appoint_form: Option<Form>,
    password: Option<String>,
    done: String,
}

/// The page.
pub(super) async fn page(Admin(desk): Admin, Path(id): Path<String>) -> Result<Response, Failure> {
    show(&desk, &id, Said::default()).await
}

/// The page with a first password, which is shown this once.
pub(super) async fn show_with_password(
    desk: &Desk,
    id: &str,
    password: String,
    done: &str,
) -> Result<Response, Failure> {
    show(desk, id, Said { password: Some(password), done: done.to_owned(), ..Said::default() }).await
}

async fn show(desk: &Desk, id: &str, said: Said) -> Result<Response, Failure> {
    let record = desk.calls().get(id).await?;
    let Some(State::Person(person)) = record.state else { return Err(Fault::unknown(id).into()) };
    let facts = said.facts_form.unwrap_or_else(|| {
        Form::with([
            ("person.full_name", person.full_name.clone()),
            ("person.login", person.login.clone()),
            ("person.email", person.email.clone()),
        ])
    });
    let today = desk.today();
    let appoint =
        said.appoint_form.unwrap_or_else(|| Form::with([("position.valid_from", day::full(Some(&today)))]));
    let field = |name: &str, label: &str| Field::new(name, label, &facts).faults(&said.facts, &[]);
    let on = |name: &str, label: &str| Field::new(name, label, &appoint).faults(&said.appoint, &[]);
    let mut units: Vec<(String, String)> = vec![(String::new(), t::administration::choose_unit().to_owned())];
    units.extend(desk.roll.open_units().map(|(id, u)| (id.to_owned(), u.name.clone())));
    let page = Page {
        frame: desk.frame(&person.full_name, "/quan-tri/nguoi-dung").await?,
        id: id.to_owned(),
        name: person.full_name.clone(),
        active: person.active,
        version: record.version.to_string(),
        note: said.note,
        fields: vec![
            field("person.full_name", t::administration::full_name()).required(),
            field("person.login", t::administration::login()).required().with("autocapitalize", "none"),
            field("person.email", t::administration::email()).typed("email"),
        ],
        posts: positions::of_person(desk, id).await?,
        appoint_note: said.appoint_note,
        unit: Field::choice("position.unit_id", t::administration::unit(), &appoint, units)
            .required()
            .faults(&said.appoint, &[]),
        title: on("position.title", t::administration::position())
            .required()
            .with("placeholder", t::administration::position_example()),
        roles: Ticks::new(
            "position.roles",
            t::administration::roles(),
            &appoint,
            &said.appoint,
            ROLES.map(|r| (r as i32, terms::role(r).to_owned())),
        ),
        capacities: Ticks::new(
            "position.capacities",
            t::administration::capacities_by(),
            &appoint,
            &said.appoint,
            CAPACITIES.map(|c| (c as i32, terms::capacity(c).to_owned())),
        ),
        from: Field::day("position.valid_from", t::administration::from_day(), &appoint)
            .required()
            .faults(&said.appoint, &[]),
        to: Field::day("position.valid_to", t::administration::to_day(), &appoint).faults(&said.appoint, &[]),
        certificates: certificates_of(desk, id, &person.full_name).await?,
        password: said.password,
        said: said.done,
    };
    desk.page(&page)
}

async fn certificates_of(desk: &Desk, person_id: &str, name: &str) -> Result<Vec<CertificateView>, Fault> {
    let items = desk.calls().list_all(list_of(ListName::Certificates), PAGES_MAX).await?.0;
    let now = desk.app.now();
    Ok(items
        .into_iter()
        .filter_map(|item| item.record)
        .filter_map(|record| match record.state {
            Some(State::Certificate(it)) if it.person_id == person_id => {
                Some(certificate::view(&record.id, &it, name.to_owned(), now))
            }
            _ => None,
        })
        .collect())
}

/// Changes the facts; a person who left loses all positions.
pub(super) async fn change(
    Admin(desk): Admin,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let person = Person {
        full_name: form.text("person.full_name").to_owned(),
        login: form.text("person.login").to_lowercase(),
        email: form.text("person.email").to_owned(),
        active: form.text("person.active") == "1",
    };
    let request = ChangePersonRequest {
        request_id: form.request_id()?,
        command: Some(ChangePerson { person_id: id.clone(), person: Some(person) }),
        expected_versions: expected(&id, form.text("version")),
    };
    match call!(desk, directory.change_person(request)) {
        Ok(_) => {
            desk.forget_names();
            Ok(desk
                .go(&format!("/quan-tri/nguoi-dung/{id}"), Toast::done(t::administration::person_changed())))
        }
        Err(fault) => {
            let (facts, note) = Faults::of(fault, &FACTS)?;
            show(&desk, &id, Said { note, facts, facts_form: Some(form), ..Said::default() }).await
        }
    }
}

/// Sets a first password and shows it once.
pub(super) async fn reset_password(
    Admin(desk): Admin,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let password = first_password()?;
    let request = ResetPasswordRequest {
        request_id: form.request_id()?,
        person_id: id.clone(),
        new_password: password.clone(),
    };
    match call!(desk, directory.reset_password(request)) {
        Ok(_) => show_with_password(&desk, &id, password, t::administration::password_reset()).await,
        Err(fault) => {
            let note = Some(Note::of(fault)?);
            show(&desk, &id, Said { note, ..Said::default() }).await
        }
    }
}

/// A password that can be read out: five groups of four.
///
/// # Errors
/// [`Fault::Broken`] without randomness.
pub(super) fn first_password() -> Result<String, Fault> {
    let mut random = [0_u8; GROUPS * 4];
    openssl::rand::rand_bytes(&mut random).map_err(Fault::broken)?;
    let letters: Vec<char> = random
        .iter()
        .filter_map(|b| ALPHABET.get(usize::from(*b) % ALPHABET.len()))
        .map(|b| char::from(*b))
        .collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Ok(groups.join("-"))
}

/// Gives the person a position.
pub(super) async fn appoint(
    Admin(desk): Admin,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<Response, Failure> {
    let valid_from = form.date("position.valid_from");
    let valid_to = form.date("position.valid_to");
    let position = Position {
        person_id: id.clone(),
        unit_id: form.text("position.unit_id").to_owned(),
        title: form.text("position.title").to_owned(),
        roles: ticked(&form, "position.roles"),
        capacities: ticked(&form, "position.capacities"),
        valid_from,
        valid_to,
        ended: false,
    };
    let done = match all_right(&form, Command::Appoint(Appoint { position: Some(position.clone()) })) {
        Ok(()) => {
            let request = AppointRequest {
                request_id: form.request_id()?,
                command: Some(Appoint { position: Some(position) }),
                expected_versions: Vec::new(),
            };
            call!(desk, directory.appoint(request)).map(drop)
        }
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => {
            desk.forget_names();
            Ok(desk.go(&format!("/quan-tri/nguoi-dung/{id}"), Toast::done(t::administration::appointed())))
        }
        Err(fault) => {
            let (appoint, appoint_note) = Faults::of(at_lists(fault), &APPOINT)?;
            show(&desk, &id, Said { appoint_note, appoint, appoint_form: Some(form), ..Said::default() })
                .await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_password_is_long_readable_and_never_the_same() {
        let one = first_password().expect("password");
        let two = first_password().expect("password");
        assert_ne!(one, two);
        assert_eq!(one.len(), GROUPS * 4 + GROUPS - 1);
        assert!(one.bytes().all(|b| b == b'-' || ALPHABET.contains(&b)));
        assert_eq!(ALPHABET.len(), 32, "a byte is spread evenly over the letters");
    }
}
