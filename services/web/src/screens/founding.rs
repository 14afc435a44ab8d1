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
        code: f("code", "Mã khởi tạo").required().with("autocomplete", "off").with("autofocus", ""),
        agency: vec![
            f("founding.agency.name", "Tên cơ quan")
                .required()
                .with("placeholder", "Sở Nội vụ tỉnh Minh Giang"),
            f("founding.agency.superior", "Cơ quan chủ quản").with("placeholder", "UBND tỉnh Minh Giang"),
            f("founding.agency.abbreviation", "Chữ viết tắt trong ký hiệu")
                .required()
                .with("placeholder", "SNV"),
            f("founding.agency.organ_id", "Mã định danh").with("placeholder", "H99.02"),
            f("founding.agency.place", "Địa danh").required().with("placeholder", "Minh Giang"),
            f("founding.agency.head_title", "Chức danh người đứng đầu")
                .required()
                .with("placeholder", "Giám đốc"),
        ],
        unit: vec![
            f("founding.unit.name", "Đơn vị đầu tiên").required().with("placeholder", "Văn phòng Sở"),
            f("founding.unit.abbreviation", "Chữ viết tắt").with("placeholder", "VP"),
        ],
        person: vec![
            f("founding.person.full_name", "Họ và tên").required(),
            f("founding.title", "Chức vụ").required().with("placeholder", "Quản trị hệ thống"),
            f("founding.person.login", "Tên đăng nhập").required().with("autocomplete", "username"),
            f("founding.person.email", "Thư điện tử").typed("email"),
            secret("mat-khau", "Mật khẩu", "password"),
            secret("mat-khau-lai", "Nhập lại mật khẩu", ""),
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
            let toast = Toast::done("Đã khởi tạo cơ quan. Đăng nhập bằng tài khoản quản trị vừa lập.");
            Ok(toast.put(see_other("/dang-nhap"), visitor.app.settings.tls))
        }
        Err(Fault::Unauthenticated { .. } | Fault::Unknown { .. }) => {
            let note = Note {
                head: "Chưa được.".to_owned(),
                text: "Mã khởi tạo không đúng hoặc đã dùng. Mã in ra khi chạy vanthu serve.".to_owned(),
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
