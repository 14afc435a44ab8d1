//! The demo's people at their desks: each logs in as anybody does, and acts with their own seal.

use std::collections::BTreeMap;

use proto::directory::v1::directory_client::DirectoryClient;
use proto::directory::v1::{LogInRequest, SealRequest};
use proto::fault::Fault;
use proto::rpc::{Identity, Peer, fault_of};
use tonic::Request;

use super::clock::SetClock;
use crate::office::Peers;

/// A session is begun anew after this long, in milliseconds: before the directory ends an idle one.
const SESSION_MS: i64 = 2 * 3_600_000;
/// A seal is asked anew after this long, in milliseconds: before it loses its force.
const SEAL_MS: i64 = 4 * 60 * 1_000;

/// Who somebody is in the demo.
#[derive(Debug, Clone, Default)]
pub(super) struct Actor {
    pub(super) person_id: String,
    pub(super) position_id: String,
    pub(super) unit_id: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) certificate_id: String,
}

struct Session {
    token: String,
    began_ms: i64,
    identity: Identity,
    sealed_ms: i64,
}

/// The office, its clock and its people.
pub(super) struct Stage {
    pub(super) peers: Peers,
    pub(super) clock: SetClock,
    pub(super) password: String,
    pub(super) actors: BTreeMap<String, Actor>,
    sessions: BTreeMap<String, Session>,
    requests: u64,
}

impl Stage {
    pub(super) fn new(peers: Peers, clock: SetClock, password: &str) -> Self {
        Self {
            peers,
            clock,
            password: password.to_owned(),
            actors: BTreeMap::new(),
            sessions: BTreeMap::new(),
            requests: 0,
        }
    }

    /// A new request id.
    pub(super) fn request_id(&mut self) -> String {
        self.requests += 1;
        format!("demo-{:08}", self.requests)
    }

    /// Somebody by log-in name.
    pub(super) fn actor(&self, login: &str) -> Result<&Actor, Fault> {
        self.actors.get(login).ok_or_else(|| Fault::broken(format!("the demo has nobody called {login}")))
    }

    /// The identity with which somebody acts now: logged in, sealed.
    pub(super) async fn identity(&mut self, login: &str) -> Result<Identity, Fault> {
        let password = self.password.clone();
        self.identity_with(login, &password).await
    }

    /// As [`Stage::identity`], with a password of its own.
    pub(super) async fn identity_with(&mut self, login: &str, password: &str) -> Result<Identity, Fault> {
        let now = self.clock.now();
        let stale = self.sessions.get(login).is_none_or(|s| now - s.began_ms >= SESSION_MS);
        if stale {
            let token = log_in(&self.peers.directory(), login, password).await?;
            let session =
                Session { token, began_ms: now, identity: Identity::default(), sealed_ms: i64::MIN };
            self.sessions.insert(login.to_owned(), session);
        }
        let Some(session) = self.sessions.get_mut(login) else {
            return Err(Fault::broken("session went away"));
        };
        if session.sealed_ms == i64::MIN || now - session.sealed_ms >= SEAL_MS {
            let request = SealRequest { session_token: session.token.clone(), position_id: String::new() };
            let answer = self
                .peers
                .directory()
                .seal(Request::new(request))
                .await
                .map_err(|s| fault_of(&s))?
                .into_inner();
            session.identity = Identity { seal: Some(answer.seal.into()), ..Identity::default() };
            session.sealed_ms = now;
        }
        Ok(session.identity.clone())
    }

    /// Forgets a session, e.g. after a change of password.
    pub(super) fn leave(&mut self, login: &str) {
        self.sessions.remove(login);
    }
}

async fn log_in(directory: &DirectoryClient<Peer>, login: &str, password: &str) -> Result<String, Fault> {
    let request = LogInRequest { login: login.to_owned(), password: password.to_owned() };
    let answer = directory.clone().log_in(Request::new(request)).await.map_err(|s| fault_of(&s))?;
    Ok(answer.into_inner().session_token)
}
