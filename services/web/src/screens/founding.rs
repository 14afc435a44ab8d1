//! Khởi tạo: the agency, its first unit and its first administrator, with the one-time code that `serve` printed.

use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use proto::directory::v1::{FoundRequest, StateRequest};
use proto::fault::Fault;
use proto::record::v1::{Agency, FoundAgency, Person, Unit};

use crate::app::App;
use crate::call;
use crate::desk::Visitor;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::field::{Faults, Field, Note};

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/khoi-tao", get(page).post(found))
}

#[derive(Template)]
#[template(path = "founding/founding.html")]
struct Founding {
    csrf: String,
    request_id: String,
    note: Option<Note>,
    code: Field,
    agency: Vec<Field>,
    unit: Vec<Field>,
    person: Vec<Field>,
    collective: bool,
}

const SHOWN: [&str; 16] = [
    "code",
    "founding.agency.name",
    "founding.agency.superior",
    "founding.agency.abbreviation",
    "founding.agency.organ_id",
    "founding.agency.place",
    "founding.agency.head_title",
    "founding.unit.name",
    "founding.unit.abbreviation",
    "founding.person.full_name",
    "founding.person.login",
    "founding.person.email",
    "founding.title",
    "password",
    "mat-khau",
    "mat-khau-lai",
];

/// A field is `founding.X` in the request and `X` in the command; either may be named.
fn field(name: &str, label: &str, form: &Form, faults: &Faults) -> Field {
    let short = name.strip_prefix("founding.").unwrap_or(name);
    Field::new(name, label, form).faults(faults, &[short])
}

async fn page(visitor: Visitor) -> Result<Response, Failure> {
    not_yet(&visitor).await?;
    show(&visitor, &Form::default(), &Faults::default(), None)
}

async fn not_yet(visitor: &Visitor) -> Result<(), Failure> {
    let state = call!(visitor, directory.state(StateRequest {}))?;
    if state.founded { Err(Failure::Elsewhere("/dang-nhap".to_owned())) } else { Ok(()) }
}

fn show(visitor: &Visitor, form: &Form, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let (csrf, cookie) = visitor.form_token()?;
    let f = |name: &str, label: &str| field(name, label, form, faults);
    let empty = Form::default();
    let secret = |name: &str, label: &str, alias: &str| {
        Field::new(name, label, &empty)
            .typed("password")
            .required()
            .with("autocomplete", "new-password")
            .faults(faults, &[alias])
    };
    let template = Founding {
        csrf,
        request_id: crate::random::hex(12)?,
        note,
        code: f("code", t::founding::code()).required().with("autocomplete", "off").with("autofocus", ""),
        agency: vec![
            f("founding.agency.name", t::founding::name())
                .required()
                .with("placeholder", t::founding::name_like()),
            f("founding.agency.superior", t::founding::superior())
                .with("placeholder", t::founding::superior_like()),
            f("founding.agency.abbreviation", t::founding::abbreviation())
                .required()
                .with("placeholder", "SNV"),
            f("founding.agency.organ_id", t::founding::organ_id()).with("placeholder", "H99.02"),
            f("founding.agency.place", t::founding::place())
                .required()
                .with("placeholder", t::founding::place_like()),
            f("founding.agency.head_title", t::founding::head_title())
                .required()
                .with("placeholder", t::founding::head_title_like()),
        ],
        unit: vec![
            f("founding.unit.name", t::founding::unit_name())
                .required()
                .with("placeholder", t::founding::unit_like()),
            f("founding.unit.abbreviation", t::founding::unit_abbreviation()).with("placeholder", "VP"),
        ],
        person: vec![
            f("founding.person.full_name", t::founding::full_name()).required(),
            f("founding.title", t::founding::post()).required().with("placeholder", t::founding::post_like()),
            f("founding.person.login", t::founding::login()).required().with("autocomplete", "username"),
            f("founding.person.email", t::founding::email()).typed("email"),
            secret("mat-khau", t::founding::password(), "password"),
            secret("mat-khau-lai", t::founding::again(), ""),
        ],
        collective: form.is_set("founding.agency.collective"),
    };
    let mut response = Html(template.render()?).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn found(visitor: Visitor, mut form: Form) -> Result<Response, Failure> {
    if form.text("mat-khau") != form.text("mat-khau-lai") {
        form.wrong("mat-khau-lai", "PASSWORDS_DIFFER", "the two passwords differ");
    }
    let done = match form.checked() {
        Ok(()) => call!(visitor, directory.found(request(&form)?)).map(drop),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => {
            let toast = Toast::done(t::founding::done());
            Ok(toast.put(see_other("/dang-nhap"), visitor.app.settings.tls))
        }
        Err(Fault::Unauthenticated { .. } | Fault::Unknown { .. }) => {
            let note = Note {
                head: t::view::not_yet().to_owned(),
                text: t::founding::code_wrong().to_owned(),
                look: false,
            };
            show(&visitor, &form, &Faults::default(), Some(note))
        }
        Err(fault) => {
            let shown: Vec<&str> =
                SHOWN.iter().flat_map(|n| [*n, n.strip_prefix("founding.").unwrap_or(n)]).collect();
            let (faults, note) = Faults::of(fault, &shown)?;
            show(&visitor, &form, &faults, note)
        }
    }
}

fn request(form: &Form) -> Result<FoundRequest, Fault> {
    let text = |name: &str| form.text(name).to_owned();
    Ok(FoundRequest {
        request_id: form.request_id()?,
        code: text("code"),
        founding: Some(FoundAgency {
            agency: Some(Agency {
                name: text("founding.agency.name"),
                superior: text("founding.agency.superior"),
                abbreviation: text("founding.agency.abbreviation"),
                organ_id: text("founding.agency.organ_id"),
                place: text("founding.agency.place"),
                head_title: text("founding.agency.head_title"),
                collective: form.is_set("founding.agency.collective"),
                secret_registration: false,
            }),
            unit: Some(Unit {
                name: text("founding.unit.name"),
                abbreviation: text("founding.unit.abbreviation"),
                active: true,
                rank: 1,
            }),
            person: Some(Person {
                full_name: text("founding.person.full_name"),
                login: text("founding.person.login").to_lowercase(),
                active: true,
                email: text("founding.person.email"),
            }),
            title: text("founding.title"),
            password_hash: String::new(),
        }),
        password: form.text("mat-khau").to_owned(),
    })
}
