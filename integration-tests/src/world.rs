//! The people of an office, its peers and its time: what every test acts through.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proto::directory::v1::{LogInRequest, SealBody, SealRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Assignment, Caller, IncomingDocument, OutgoingDocument, Record};
use proto::rpc::seal::SEAL_LIFE_MS;
use proto::rpc::{Identity, ServiceKey, fault_of};
use tokio::sync::Mutex;
use tonic::Request;
use vanthu::demo::SetClock;
use vanthu::office::Peers;

use crate::authority::Authority;
use crate::desk::Desk;

/// Half past eight on Wednesday 20/05/2026 in Viet Nam, when every world with a set clock begins.
pub const MORNING_MS: i64 = 1_779_240_600_000;
/// A session is begun anew after this long.
const SESSION_MS: i64 = 2 * 3_600_000;
/// A seal is asked for anew after this long.
const SEAL_MS: i64 = 4 * 60_000;

/// Who somebody is.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// Log-in name.
    pub login: String,
    /// `per_…`.
    pub person_id: String,
    /// `pos_…`.
    pub position_id: String,
    /// `unit_…`.
    pub unit_id: String,
    /// Họ và tên.
    pub name: String,
    /// Chức vụ.
    pub title: String,
    /// The roles of the position.
    pub roles: Vec<i32>,
    /// `crt_…` of the own key, of the seal for a clerk; empty for those who do not sign.
    pub certificate_id: String,
}

/// What time it is.
#[derive(Clone)]
pub enum Time {
    /// A clock that is set.
    Set(SetClock),
    /// The real one, where the office runs in processes of its own.
    Real,
}

impl Time {
    /// Milliseconds since 1970.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "processes of their own have the real time")]
    pub fn now(&self) -> i64 {
        match self {
            Self::Set(clock) => clock.now(),
            Self::Real => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
            }
        }
    }
}

struct Session {
    token: String,
    began_ms: i64,
    identity: Identity,
    sealed_ms: i64,
}

/// The world.
pub struct World {
    /// Everybody's clients.
    pub peers: Peers,
    /// The time.
    pub time: Time,
    /// Who vouches for keys.
    pub authority: Authority,
    /// Everybody, by log-in name.
    pub people: BTreeMap<String, Member>,
    /// Directory's own key, where seals are made with it instead of by log-in: a test of crashes has no use for sessions
    /// that end with each of them.
    pub key: Option<Arc<ServiceKey>>,
    sessions: Mutex<HashMap<String, Session>>,
    requests: AtomicU64,
}

/// A world between two offices.
pub struct Detached {
    time: Time,
    authority: Authority,
    people: BTreeMap<String, Member>,
    requests: AtomicU64,
}

impl Detached {
    /// The world again, with these peers.
    #[must_use]
    pub fn attached(self, peers: Peers) -> World {
        let Self { time, authority, people, requests } = self;
        World { peers, time, authority, people, key: None, sessions: Mutex::default(), requests }
    }
}

impl World {
    /// A world without people yet.
    #[must_use]
    pub fn new(peers: Peers, time: Time) -> Self {
        Self {
            peers,
            time,
            authority: Authority::make(),
            people: BTreeMap::new(),
            key: None,
            sessions: Mutex::default(),
            requests: AtomicU64::new(0),
        }
    }

    /// The people alone: their sessions are gone, and so is every client.
    #[must_use]
    pub fn detached(self) -> Detached {
        Detached { time: self.time, authority: self.authority, people: self.people, requests: self.requests }
    }

    /// A new request id.
    pub fn request_id(&self) -> String {
        format!("test-{:08}", self.requests.fetch_add(1, Ordering::Relaxed))
    }

    /// Somebody at their desk.
    #[must_use]
    pub fn desk<'w>(&'w self, login: &'w str) -> Desk<'w> {
        Desk::new(self, login)
    }

    /// Somebody by log-in name.
    ///
    /// # Panics
    /// When nobody is called so.
    #[must_use]
    pub fn member(&self, login: &str) -> &Member {
        self.people.get(login).unwrap_or_else(|| panic!("nobody is called {login}"))
    }

    /// Today, in Viet Nam.
    #[must_use]
    pub fn today(&self) -> proto::record::v1::Date {
        domain::calendar::date_at(self.time.now())
    }

    /// The identity with which somebody acts now: logged in and sealed, as anybody is.
    ///
    /// # Errors
    /// Directory's fault.
    pub async fn identity(&self, login: &str) -> Result<Identity, Fault> {
        if let Some(key) = &self.key {
            return self.sealed_by(key, login);
        }
        let now = self.time.now();
        let mut sessions = self.sessions.lock().await;
        if sessions.get(login).is_none_or(|s| now - s.began_ms >= SESSION_MS) {
            let token = self.log_in(login, crate::staff::PASSWORD).await?;
            let session =
                Session { token, began_ms: now, identity: Identity::default(), sealed_ms: i64::MIN };
            sessions.insert(login.to_owned(), session);
        }
        let session = sessions.get_mut(login).ok_or_else(|| Fault::broken("the session went away"))?;
        if session.sealed_ms == i64::MIN || now - session.sealed_ms >= SEAL_MS {
            session.identity = self.sealed(&session.token).await?;
            session.sealed_ms = now;
        }
        Ok(session.identity.clone())
    }

    /// Forgets everybody's sessions.
    pub async fn forget_sessions(&self) {
        self.sessions.lock().await.clear();
    }

    /// A session's secret.
    ///
    /// # Errors
    /// Directory's fault.
    pub async fn log_in(&self, login: &str, password: &str) -> Result<String, Fault> {
        let request = LogInRequest { login: login.to_owned(), password: password.to_owned() };
        let answer = self.peers.directory().log_in(Request::new(request)).await.map_err(|s| fault_of(&s))?;
        Ok(answer.into_inner().session_token)
    }

    /// The identity of a session.
    ///
    /// # Errors
    /// Directory's fault.
    pub async fn sealed(&self, session_token: &str) -> Result<Identity, Fault> {
        let request = SealRequest { session_token: session_token.to_owned(), position_id: String::new() };
        let answer = self.peers.directory().seal(Request::new(request)).await.map_err(|s| fault_of(&s))?;
        Ok(Identity { seal: Some(answer.into_inner().seal.into()), ..Identity::default() })
    }

    /// A seal made with directory's own key.
    fn sealed_by(&self, key: &ServiceKey, login: &str) -> Result<Identity, Fault> {
        let body = SealBody {
            caller: Some(self.caller(login)),
            audience: key.audience().to_owned(),
            expires_at_ms: self.time.now() + SEAL_LIFE_MS,
            must_change_password: false,
        };
        let seal = key.seal(&body).map_err(Fault::broken)?;
        Ok(Identity { seal: Some(seal.into()), ..Identity::default() })
    }

    /// Somebody as a seal says it.
    #[must_use]
    pub fn caller(&self, login: &str) -> Caller {
        let member = self.member(login);
        Caller {
            person_id: member.person_id.clone(),
            position_id: member.position_id.clone(),
            unit_id: member.unit_id.clone(),
            roles: member.roles.clone(),
            delegation_id: String::new(),
            session_id: "ses_test".to_owned(),
        }
    }
}

/// The reason of a fault; of invalid fields the first; the kind where there is none.
#[must_use]
pub fn reason(fault: &Fault) -> &'static str {
    match fault {
        Fault::Invalid(violations) => violations.first().map_or("INVALID", |v| v.reason),
        Fault::Unknown { .. } => "NOT_FOUND",
        Fault::Denied { reason, .. }
        | Fault::Refused { reason, .. }
        | Fault::Busy { reason, .. }
        | Fault::Unavailable { reason, .. } => reason,
        Fault::Unauthenticated { .. } => "UNAUTHENTICATED",
        Fault::Conflict { .. } => "CONFLICT",
        Fault::Broken { .. } => "BROKEN",
    }
}

/// The incoming document in a record.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn as_incoming(record: &Record) -> &IncomingDocument {
    match &record.state {
        Some(State::Incoming(document)) => document,
        other => panic!("{} is no incoming document: {other:?}", record.id),
    }
}

/// The outgoing document in a record.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn as_outgoing(record: &Record) -> &OutgoingDocument {
    match &record.state {
        Some(State::Outgoing(document)) => document,
        other => panic!("{} is no outgoing document: {other:?}", record.id),
    }
}

/// The assignment in a record.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn as_assignment(record: &Record) -> &Assignment {
    match &record.state {
        Some(State::Assignment(assignment)) => assignment,
        other => panic!("{} is no assignment: {other:?}", record.id),
    }
}
