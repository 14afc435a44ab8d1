//! Log-in, log-out, change of password, choice of the position acted in.

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use proto::directory::v1::{ChangePasswordRequest, LogInRequest, LogOutRequest, SealRequest, StateRequest};
use proto::fault::Fault;

use crate::app::App;
use crate::desk::{Desk, Session, Visitor};
use crate::failure::{Failure, is_local, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::screens::signing::mandate;
use crate::texts::language::Language;
use crate::texts::{t, terms};
use crate::toast::Toast;
use crate::view::field::{Faults, Field, Note};
use crate::{call, cookie};

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/dang-nhap", get(log_in_page).post(log_in))
        .route("/dang-xuat", post(log_out))
        .route("/doi-mat-khau", get(password_page).post(change_password))
        .route("/toi", get(me))
        .route("/toi/chuc-vu", post(choose_position))
        .route("/ngon-ngu/{code}", get(choose_language))
}

/// How long a browser remembers its language, in seconds: a year.
const LANGUAGE_SECONDS: i64 = 365 * 86_400;

/// The switch between the languages: a plain link, for those who are not logged in too. It changes nothing but the words.
async fn choose_language(
    State(app): State<App>,
    Path(code): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let language = Language::of_code(&code).ok_or_else(|| Fault::unknown(code))?;
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let back = form.text("tiep");
    let mut response = see_other(if is_local(back) { back } else { "/" });
    let cookie = cookie::write(cookie::LANGUAGE, language.code(), Some(LANGUAGE_SECONDS), app.settings.tls);
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

#[derive(Template)]
#[template(path = "account/log_in.html")]
struct LogIn {
    agency: String,
    csrf: String,
    login: Field,
    password: Field,
    back: String,
    note: Option<Note>,
    /// What was done on the page before: founded, logged out by a change of password.
    done: String,
    demo: bool,
}

/// Whether there is an agency; sends to the founding while there is none.
async fn agency_name(visitor: &Visitor) -> Result<String, Failure> {
    let state = call!(visitor, directory.state(StateRequest {}))?;
    if state.founded { Ok(state.agency_name) } else { Err(Failure::Elsewhere("/khoi-tao".to_owned())) }
}

async fn log_in_page(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    show_log_in(&visitor, &form, None).await
}

async fn show_log_in(visitor: &Visitor, form: &Form, note: Option<Note>) -> Result<Response, Failure> {
    let agency = agency_name(visitor).await?;
    let (csrf, cookie) = visitor.form_token()?;
    let login = Field::new("login", t::account::login(), form)
        .with("autocomplete", "username")
        .with("autocapitalize", "none")
        .with("spellcheck", "false");
    let filled = !login.value.is_empty();
    let password = Field::new("mat-khau", t::account::password(), &Form::default())
        .typed("password")
        .with("autocomplete", "current-password");
    let page = LogIn {
        agency,
        csrf,
        login: if filled { login } else { login.with("autofocus", "") },
        password: if filled { password.with("autofocus", "") } else { password },
        back: Some(form.text("tiep")).filter(|p| is_local(p)).unwrap_or_default().to_owned(),
        note,
        done: Toast::read(&visitor.headers, visitor.app.settings.tls).map(|t| t.text).unwrap_or_default(),
        demo: visitor.app.settings.demo,
    };
    let mut response = Html(page.render()?).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn log_in(visitor: Visitor, form: Form) -> Result<Response, Failure> {
    let request =
        LogInRequest { login: form.text("login").to_lowercase(), password: form.text("mat-khau").to_owned() };
    let answer = match call!(visitor, directory.log_in(request)) {
        Ok(answer) => answer,
        Err(fault) => {
            let note = match fault {
                Fault::Unauthenticated { .. } | Fault::Invalid(_) | Fault::Unknown { .. } => Note {
                    head: t::account::log_in_failed().to_owned(),
                    text: t::account::log_in_wrong().to_owned(),
                    look: false,
                },
                other => Note::of(other)?,
            };
            return show_log_in(&visitor, &form, Some(note)).await;
        }
    };
    let tls = visitor.app.settings.tls;
    let back = Some(form.text("tiep")).filter(|p| is_local(p) && !p.starts_with("/dang-")).unwrap_or("/");
    let next = if answer.must_change_password { "/doi-mat-khau" } else { back };
    let mut response = see_other(next);
    let headers = response.headers_mut();
    // A session cookie: it ends with the browser, and in the directory at `ends_at`.
    headers.extend(
        cookie::write(cookie::SESSION, &answer.session_token, None, tls).map(|v| (header::SET_COOKIE, v)),
    );
    if let Some(gone) = cookie::write(cookie::FORM, "", None, tls) {
        headers.append(header::SET_COOKIE, gone);
    }
    Ok(response)
}

async fn log_out(session: Session, headers: HeaderMap, _form: Form) -> Result<Response, Failure> {
    let desk = session.desk;
    let request = LogOutRequest { session_token: desk.token().to_owned() };
    desk.app.live.end_of_session(desk.token());
    let key_closed = mandate::closed(&desk, &headers).await;
    // The cookie goes even when the directory does not answer.
    if let Err(fault) = call!(desk, directory.log_out(request)) {
        tracing::warn!(%fault, "session was not ended");
    }
    let mut response = see_other("/dang-nhap");
    if let Some(gone) = cookie::write(cookie::SESSION, "", None, desk.app.settings.tls) {
        response.headers_mut().append(header::SET_COOKIE, gone);
    }
    response.headers_mut().extend(key_closed.map(|gone| (header::SET_COOKIE, gone)));
    Ok(response)
}

#[derive(Template)]
#[template(path = "account/password.html")]
struct Password {
    csrf: String,
    request_id: String,
    forced: bool,
    person: String,
    login: String,
    old: Field,
    new: Field,
    again: Field,
    note: Option<Note>,
}

const PASSWORD_FIELDS: [&str; 3] = ["old_password", "new_password", "mat-khau-lai"];

fn show_password(session: &Session, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let empty = Form::default();
    let field = |name: &str, label: &str, alias: &str, complete: &str| {
        Field::new(name, label, &empty)
            .typed("password")
            .required()
            .with("autocomplete", complete)
            .faults(faults, &[alias])
    };
    let desk = &session.desk;
    let page = Password {
        csrf: crate::csrf::token(desk.token())?,
        request_id: crate::random::hex(12)?,
        forced: session.must_change,
        person: desk.person.full_name.clone(),
        login: desk.person.login.clone(),
        old: field("mat-khau", t::account::old_password(), "old_password", "current-password")
            .with("autofocus", ""),
        new: field("mat-khau-moi", t::account::new_password(), "new_password", "new-password"),
        again: field("mat-khau-lai", t::account::again(), "", "new-password"),
        note,
    };
    desk.page(&page)
}

async fn password_page(session: Session) -> Result<Response, Failure> {
    show_password(&session, &Faults::default(), None)
}

async fn change_password(session: Session, mut form: Form) -> Result<Response, Failure> {
    if form.text("mat-khau-moi") != form.text("mat-khau-lai") {
        form.wrong("mat-khau-lai", "PASSWORDS_DIFFER", "the two new passwords differ");
    }
    let desk = &session.desk;
    let request = ChangePasswordRequest {
        request_id: form.request_id()?,
        old_password: form.text("mat-khau").to_owned(),
        new_password: form.text("mat-khau-moi").to_owned(),
    };
    let done = match form.checked() {
        Ok(()) => call!(desk, directory.change_password(request)).map(drop),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => Ok(desk.go("/", Toast::done(t::account::password_changed()))),
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &PASSWORD_FIELDS)?;
            show_password(&session, &faults, note)
        }
    }
}

#[derive(Template)]
#[template(path = "account/me.html")]
struct Me {
    frame: Frame,
    login: String,
    email: String,
    positions: Vec<PositionView>,
}

struct PositionView {
    id: String,
    title: String,
    unit: String,
    roles: String,
    here: bool,
    key: usize,
}

async fn me(desk: Desk) -> Result<Response, Failure> {
    let positions = desk
        .positions
        .iter()
        .enumerate()
        .map(|(i, (id, p))| PositionView {
            id: id.clone(),
            title: p.title.clone(),
            unit: desk.roll.unit(&p.unit_id),
            roles: p.roles().map(terms::role).collect::<Vec<_>>().join(", "),
            here: *id == desk.position_id,
            key: i + 1,
        })
        .collect();
    let page = Me {
        frame: desk.frame(t::account::mine(), "/toi").await?,
        login: desk.person.login.clone(),
        email: desk.person.email.clone(),
        positions,
    };
    desk.page(&page)
}

async fn choose_position(desk: Desk, form: Form) -> Result<Response, Failure> {
    let position_id = form.text("position_id").to_owned();
    let request = SealRequest { session_token: desk.token().to_owned(), position_id: position_id.clone() };
    call!(desk, directory.seal(request))?;
    let title = desk.roll.title(&position_id);
    Ok(desk.go("/", Toast::done(t::account::now_acting(title))))
}
