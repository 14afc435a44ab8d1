//! Người dùng: everybody, and the form for one more. A person is added together with a first password, shown once.

use askama::Template;
use axum::response::Response;
use proto::directory::v1::{AddPersonRequest, ResetPasswordRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{AddPerson, Person};

use super::{Admin, person};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::find_in;
use crate::texts::{t, terms};
use crate::view::field::{Faults, Field, Mark, Note};

const SHOWN: [&str; 3] = ["person.full_name", "person.login", "person.email"];

struct Line {
    id: String,
    person: Person,
    posts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "admin/people.html")]
struct Page {
    frame: Frame,
    lines: Vec<Line>,
    working: usize,
    note: Option<Note>,
    fields: Vec<Field>,
}

async fn show(desk: &Desk, form: &Form, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let today = desk.today();
    let mut lines: Vec<Line> = desk
        .roll
        .all_people()
        .map(|(id, person)| Line {
            id: id.to_owned(),
            person: person.clone(),
            posts: desk
                .roll
                .held(&today)
                .filter(|(_, p)| p.person_id == id)
                .map(|(_, p)| {
                    let roles: Vec<&str> = p.roles().map(terms::role).collect();
                    (format!("{} · {}", p.title, desk.roll.unit(&p.unit_id)), roles.join(", "))
                })
                .collect(),
        })
        .collect();
    lines.sort_by_key(|l| (!l.person.active, crate::screens::outgoing::given_name(&l.person.full_name)));
    let field = |name: &str, label: &str| Field::new(name, label, form).faults(faults, &[]);
    let page = Page {
        frame: desk.frame(t::administration::people(), "/quan-tri/nguoi-dung").await?,
        working: lines.iter().filter(|l| l.person.active).count(),
        lines,
        note,
        fields: vec![
            field("person.full_name", t::administration::full_name()).required(),
            field("person.login", t::administration::login())
                .required()
                .marked(Mark::Remark(t::administration::login_how().to_owned()))
                .with("autocapitalize", "none")
                .with("autocomplete", "off"),
            field("person.email", t::administration::email()).typed("email"),
        ],
    };
    desk.page(&page)
}

/// Everybody.
pub(super) async fn page(Admin(desk): Admin) -> Result<Response, Failure> {
    show(&desk, &Form::default(), &Faults::default(), None).await
}

/// Adds a person and sets a first password.
pub(super) async fn add(Admin(desk): Admin, form: Form) -> Result<Response, Failure> {
    match try_add(&desk, &form).await {
        Ok((id, password)) => {
            desk.forget_names();
            person::show_with_password(&desk, &id, password, t::administration::person_added()).await
        }
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &SHOWN)?;
            show(&desk, &form, &faults, note).await
        }
    }
}

async fn try_add(desk: &Desk, form: &Form) -> Result<(String, String), Fault> {
    let person = Person {
        full_name: form.text("person.full_name").to_owned(),
        login: form.text("person.login").to_lowercase(),
        email: form.text("person.email").to_owned(),
        active: true,
    };
    let request_id = form.request_id()?;
    let request = AddPersonRequest {
        request_id: request_id.clone(),
        command: Some(AddPerson { person: Some(person) }),
        expected_versions: Vec::new(),
    };
    let answer = call!(desk, directory.add_person(request))?;
    let id =
        find_in(answer.receipt.as_ref(), |r| matches!(r.state, Some(State::Person(_))).then(|| r.id.clone()))
            .ok_or_else(|| Fault::broken("a person was recorded but not told"))?;
    let password = person::first_password()?;
    let request = ResetPasswordRequest {
        request_id: format!("{request_id}-mk"),
        person_id: id.clone(),
        new_password: password.clone(),
    };
    call!(desk, directory.reset_password(request))?;
    Ok((id, password))
}
