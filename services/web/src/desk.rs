//! The person at the screen: session, position, roles, calls. A handler that takes a [`Desk`] is only reached by a
//! person who is logged in and whose password need not be changed first.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse as _, Response};
use proto::directory::v1::SealRequest;
use proto::fault::Fault;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{Date, Person, Position, Principal, Role};
use proto::rpc::{Identity, fault_of, outgoing};

use crate::app::App;
use crate::failure::{Failure, see_other};
use crate::frame::Frame;
use crate::menu;
use crate::office::Calls;
use crate::outermost::RequestCode;
use crate::roll::Roll;
use crate::toast::Toast;
use crate::{cookie, csrf};

/// The person at the screen.
pub(crate) struct Desk {
    /// What every handler shares.
    pub(crate) app: App,
    calls: Calls,
    /// The person's id.
    pub(crate) person_id: String,
    /// The person.
    pub(crate) person: Person,
    /// The id of the position acted in.
    pub(crate) position_id: String,
    /// The position acted in.
    pub(crate) position: Position,
    /// All positions held today.
    pub(crate) positions: Vec<(String, Position)>,
    /// The session's secret.
    token: String,
    /// What was done on the page before.
    toast: Option<Toast>,
    /// Names.
    pub(crate) roll: Arc<Roll>,
}

impl Desk {
    /// The typed clients with the caller's seal; also what the macro `call!` uses.
    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The roles of the position acted in.
    pub(crate) fn has(&self, role: Role) -> bool {
        self.position.roles().any(|r| r == role)
    }

    /// True with one of the roles.
    pub(crate) fn has_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|r| self.has(*r))
    }

    /// The day in Viet Nam.
    pub(crate) fn today(&self) -> Date {
        self.app.today()
    }

    /// True when it names the person or the unit acted in.
    pub(crate) fn is_me(&self, principal: Option<&Principal>) -> bool {
        match principal.and_then(|p| p.who.as_ref()) {
            Some(Who::PersonId(id)) => *id == self.person_id,
            Some(Who::UnitId(id)) => *id == self.position.unit_id,
            Some(Who::Role(role)) => Role::try_from(*role).is_ok_and(|r| self.has(r)),
            None => false,
        }
    }

    /// The caller as rules see it.
    pub(crate) fn caller(&self) -> proto::record::v1::Caller {
        proto::record::v1::Caller {
            person_id: self.person_id.clone(),
            position_id: self.position_id.clone(),
            unit_id: self.position.unit_id.clone(),
            roles: self.position.roles.clone(),
            ..proto::record::v1::Caller::default()
        }
    }

    /// Names are read anew by the next page: call it after an act of the administrator.
    pub(crate) fn forget_names(&self) {
        if let Ok(mut kept) = self.app.roll.lock() {
            *kept = None;
        }
    }

    /// The frame of a page: `here` is the path of the menu's entry that is shown as the current one.
    pub(crate) async fn frame(&self, title: &str, here: &str) -> Result<Frame, Fault> {
        let (menu, position) = menu::of(self, here).await?;
        Ok(Frame {
            title: title.to_owned(),
            agency: self.roll.agency.name.clone(),
            person: self.person.full_name.clone(),
            post: self.post(),
            day: crate::view::day::named(&self.today()),
            menu,
            position,
            csrf: csrf::token(&self.token)?,
            toast: self.toast.clone(),
            here: here.to_owned(),
            request_id: crate::random::hex(12)?,
        })
    }

    fn post(&self) -> String {
        let unit = self.roll.unit(&self.position.unit_id);
        if unit.is_empty() || self.position.title.contains(&unit) {
            self.position.title.clone()
        } else {
            format!("{} · {unit}", self.position.title)
        }
    }

    /// A page.
    pub(crate) fn page(&self, template: &impl askama::Template) -> Result<Response, Failure> {
        Ok(Html(template.render()?).into_response())
    }

    /// To another page, which says `toast` once.
    pub(crate) fn go(&self, path: &str, toast: Toast) -> Response {
        toast.put(see_other(path), self.app.settings.tls)
    }

    /// The session's secret, for log-out and the choice of a position.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }
}

/// What is known of a request before anybody is logged in.
pub(crate) struct Visitor {
    /// What every handler shares.
    pub(crate) app: App,
    /// Calls without a seal.
    pub(crate) calls: Calls,
    /// The request's headers.
    pub(crate) headers: HeaderMap,
}

impl Visitor {
    /// The typed clients; also what the macro `call!` uses.
    pub(crate) fn calls(&self) -> &Calls {
        &self.calls
    }

    /// The token for a form, and the cookie to set when the browser has none yet.
    pub(crate) fn form_token(&self) -> Result<(String, Option<axum::http::HeaderValue>), Fault> {
        let tls = self.app.settings.tls;
        if let Some(secret) = csrf::secret(&self.headers, tls) {
            return Ok((csrf::token(secret)?, None));
        }
        let secret = crate::random::hex(24)?;
        Ok((csrf::token(&secret)?, cookie::write(cookie::FORM, &secret, Some(12 * 3_600), tls)))
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let request_id = parts.extensions.get::<RequestCode>().map(|c| c.0.clone()).unwrap_or_default();
        let identity = Identity { request_id, ..Identity::default() };
        let calls = Calls { office: app.office.clone(), identity };
        Ok(Self { app: app.clone(), calls, headers: parts.headers.clone() })
    }
}

/// A session whose password may still have to be changed.
pub(crate) struct Session {
    /// The desk.
    pub(crate) desk: Desk,
    /// True when the password must be changed before anything else.
    pub(crate) must_change: bool,
}

impl FromRequestParts<App> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let visitor = Visitor::from_request_parts(parts, app).await?;
        let path = parts.uri.path_and_query().map_or("/", |p| p.as_str()).to_owned();
        let to_log_in = || {
            let back = if parts.method == axum::http::Method::GET && path != "/" {
                format!("?tiep={}", crate::link::escape(&path))
            } else {
                String::new()
            };
            Failure::Elsewhere(format!("/dang-nhap{back}"))
        };
        let tls = app.settings.tls;
        let token = cookie::read(&parts.headers, cookie::SESSION, tls).ok_or_else(to_log_in)?.to_owned();
        let request = SealRequest { session_token: token.clone(), position_id: String::new() };
        let mut directory = app.office.directory.clone();
        let sealed = match directory
            .seal(outgoing(&visitor.calls.identity, request))
            .await
            .map_err(|s| fault_of(&s))
        {
            Ok(answer) => answer.into_inner(),
            Err(Fault::Unauthenticated { .. } | Fault::Denied { .. } | Fault::Unknown { .. }) => {
                return Err(to_log_in());
            }
            Err(other) => return Err(other.into()),
        };
        let mut calls = visitor.calls;
        calls.identity.seal = Some(sealed.seal.into());
        let person = sealed.person.ok_or_else(|| Fault::broken("a seal without a person"))?;
        let Some(State::Person(who)) = person.state else {
            return Err(Fault::broken("a seal without a person").into());
        };
        let position = |record: proto::record::v1::Record| match record.state {
            Some(State::Position(position)) => Some((record.id, position)),
            _ => None,
        };
        let (position_id, acted_in) = sealed.position.and_then(position).unwrap_or_default();
        let must_change = sealed.must_change_password;
        // With an old password nothing can be read; the page of the change needs no names.
        let roll = if must_change { Arc::default() } else { Roll::of(app, &calls).await? };
        let desk = Desk {
            app: app.clone(),
            calls,
            person_id: person.id,
            person: who,
            position_id,
            position: acted_in,
            positions: sealed.positions.into_iter().filter_map(position).collect(),
            toast: Toast::read(&parts.headers, tls),
            token,
            roll,
        };
        Ok(Self { desk, must_change })
    }
}

impl FromRequestParts<App> for Desk {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let session = Session::from_request_parts(parts, app).await?;
        if session.must_change {
            Err(Failure::Elsewhere("/doi-mat-khau".to_owned()))
        } else {
            Ok(session.desk)
        }
    }
}
