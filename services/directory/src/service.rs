//! The gRPC service.

use std::sync::{Arc, Mutex};

use domain::reasons;
use proto::archive::v1::archive_client::ArchiveClient;
use proto::archive::v1::{CommitRequest, CommitResponse, GetCredentialRequest, GetCredentialResponse};
use proto::directory::v1::directory_server::Directory as DirectoryRpc;
use proto::directory::v1::*;
use proto::fault::Fault;
use proto::pass_on;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::record::State;
use proto::record::v1::{Caller, Command, Credential, Position, Record, Role, SetCredential};
use proto::rpc::identity::outgoing_as;
use proto::rpc::{Clock, Identity, Peer, ServiceKey, fault_of, outgoing, status_of};
use tonic::{Request, Response, Status};
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::password::{Passwords, acceptable};
use crate::session::{LIFE_MS, Session, Sessions, random_text};
use crate::throttle::Throttle;

/// Longest log-in name that is looked at, in bytes.
const LOGIN_BYTES_MAX: usize = 64;

/// What the directory needs.
pub struct Settings {
    /// The archive.
    pub archive: ArchiveClient<Peer>,
    /// Directory's own key: seals persons, speaks for itself to the archive.
    pub key: Arc<ServiceKey>,
    /// Public keys of all services, told to those who ask.
    pub keys: Vec<(String, Vec<u8>)>,
    /// The time.
    pub clock: Clock,
}

/// The directory.
#[derive(Clone)]
pub struct Directory {
    inner: Arc<Inner>,
}

struct Inner {
    archive: ArchiveClient<Peer>,
    key: Arc<ServiceKey>,
    keys: Vec<(String, Vec<u8>)>,
    clock: Clock,
    sessions: Sessions,
    throttle: Throttle,
    passwords: Passwords,
    /// The one-time code for founding; gone once used.
    code: Mutex<Option<Zeroizing<String>>>,
}

impl Directory {
    /// A directory over an archive. The second value is the one-time code with which the agency can be founded, to be
    /// printed by `serve` as long as it is not.
    ///
    /// # Errors
    /// [`Fault::Broken`] when there is no randomness or no hash.
    pub fn new(settings: Settings) -> Result<(Self, String), Fault> {
        let code = random_text()?;
        let directory = Self {
            inner: Arc::new(Inner {
                archive: settings.archive,
                key: settings.key,
                keys: settings.keys,
                clock: settings.clock,
                sessions: Sessions::default(),
                throttle: Throttle::default(),
                passwords: Passwords::new()?,
                code: Mutex::new(Some(Zeroizing::new(code.clone()))),
            }),
        };
        Ok((directory, code))
    }

    /// Whether the agency has been founded.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn founded(&self) -> Result<bool, Fault> {
        Ok(self.inner.agency().await?.is_some())
    }
}

/// A log-in name as it is compared: NFC, lower case, no spaces around.
fn login_name(text: &str) -> String {
    text.trim().nfc().collect::<String>().to_lowercase()
}

impl Inner {
    fn now(&self) -> i64 {
        (self.clock)()
    }

    /// What the archive knows of a log-in name; `None` when nobody has it.
    async fn credential(&self, login: &str) -> Result<Option<GetCredentialResponse>, Fault> {
        let request = GetCredentialRequest { login: login.to_owned() };
        let request = outgoing_as(&self.key, self.now(), &Identity::default(), request)?;
        match self.archive.clone().get_credential(request).await {
            Ok(answer) => Ok(Some(answer.into_inner())),
            Err(status) => match fault_of(&status) {
                Fault::Unknown { .. } => Ok(None),
                fault => Err(fault),
            },
        }
    }

    async fn agency(&self) -> Result<Option<Record>, Fault> {
        let request = proto::archive::v1::GetRequest { id: "agency".to_owned(), at_least: 0 };
        let request = outgoing_as(&self.key, self.now(), &Identity::default(), request)?;
        match self.archive.clone().get(request).await {
            Ok(answer) => Ok(answer.into_inner().record),
            Err(status) => match fault_of(&status) {
                Fault::Unknown { .. } => Ok(None),
                fault => Err(fault),
            },
        }
    }

    /// Commits as directory itself, for the caller.
    async fn commit_as_directory(
        &self,
        identity: &Identity,
        request_id: String,
        command: Cmd,
    ) -> Result<CommitResponse, Fault> {
        let request = CommitRequest {
            request_id,
            command: Some(Command { command: Some(command) }),
            expected_versions: Vec::new(),
        };
        let request = outgoing_as(&self.key, self.now(), identity, request)?;
        Ok(self.archive.clone().commit(request).await.map_err(|s| fault_of(&s))?.into_inner())
    }

    /// Seals a person who acts in a position.
    fn sealed(&self, caller: Caller, must_change: bool) -> Result<(Vec<u8>, i64), Fault> {
        let ends = self.now().saturating_add(proto::rpc::seal::SEAL_LIFE_MS);
        let body = SealBody {
            caller: Some(caller),
            audience: self.key.audience().to_owned(),
            expires_at_ms: ends,
            must_change_password: must_change,
        };
        Ok((self.key.seal(&body).map_err(Fault::broken)?, ends))
    }

    async fn log_in(&self, request: LogInRequest) -> Result<LogInResponse, Fault> {
        let login = login_name(&request.login);
        let password = Zeroizing::new(request.password);
        let now = self.now();
        if login.is_empty() || login.len() > LOGIN_BYTES_MAX {
            return Err(wrong_log_in());
        }
        self.throttle.admit(&login, now)?;
        let known = self.credential(&login).await?;
        let phc = known.as_ref().and_then(|k| k.credential.as_ref()).map(|c| c.password_hash.clone());
        if !self.passwords.verify(password, phc).await? {
            self.throttle.failed(&login, now);
            tracing::info!(login, "log-in failed");
            return Err(wrong_log_in());
        }
        self.throttle.succeeded(&login);
        let known = known.ok_or_else(wrong_log_in)?;
        let person = known.person.ok_or_else(|| Fault::broken("credential without a person"))?;
        let today = domain::calendar::date_at(now);
        let positions = held(known.positions, &today);
        let first = positions.first().ok_or_else(|| {
            Fault::denied("NO_POSITION", "the person holds no position today; an administrator can give one")
        })?;
        let must_change = known.credential.is_some_and(|c| c.must_change);
        let secret = self.sessions.begin(&person.id, &login, &first.id, must_change, now)?;
        tracing::info!(person = person.id, "logged in");
        Ok(LogInResponse {
            session_token: secret,
            person: Some(person),
            positions,
            must_change_password: must_change,
            ends_at: Some(domain::calendar::timestamp(now.saturating_add(LIFE_MS))),
        })
    }

    async fn seal(&self, request: SealRequest) -> Result<SealResponse, Fault> {
        let session = self.sessions.used(&request.session_token, self.now())?;
        let known = self.credential(&session.login).await?.filter(|k| {
            k.person.as_ref().is_some_and(|p| {
                p.id == session.person_id && matches!(&p.state, Some(State::Person(person)) if person.active)
            })
        });
        let Some(known) = known else {
            self.sessions.end(&request.session_token);
            return Err(Fault::Unauthenticated { text: "the account is closed".to_owned() });
        };
        let positions = held(known.positions, &domain::calendar::date_at(self.now()));
        let wanted = if request.position_id.is_empty() { &session.position_id } else { &request.position_id };
        let Some(position) = positions.iter().find(|p| p.id == *wanted) else {
            if request.position_id.is_empty() {
                // The position that the session acted in has ended: so does the session.
                self.sessions.end(&request.session_token);
                return Err(Fault::Unauthenticated {
                    text: "the position has ended; log in again".to_owned(),
                });
            }
            return Err(Fault::unknown(request.position_id));
        };
        if !request.position_id.is_empty() {
            self.sessions.act_in(&request.session_token, &position.id);
        }
        let (seal, ends) = self.sealed(caller_in(&session, position)?, session.must_change)?;
        Ok(SealResponse {
            seal,
            ends_at: Some(domain::calendar::timestamp(ends)),
            person: known.person,
            position: Some(position.clone()),
            positions: positions.clone(),
            must_change_password: session.must_change,
        })
    }

    async fn found(&self, request: FoundRequest) -> Result<FoundResponse, Fault> {
        let password = Zeroizing::new(request.password);
        acceptable("password", &password)?;
        {
            let code = self.code.lock().map_err(Fault::broken)?;
            let right = code.as_ref().is_some_and(|code| {
                code.len() == request.code.len()
                    && openssl::memcmp::eq(code.as_bytes(), request.code.as_bytes())
            });
            if !right {
                return Err(Fault::denied(
                    "FOUNDING_CODE_WRONG",
                    "the code is not the one that serve printed",
                ));
            }
        }
        let mut founding = request.founding.ok_or_else(|| {
            Fault::invalid("founding", "FOUNDING_MISSING", "agency, unit and administrator are needed")
        })?;
        if let Some(person) = &mut founding.person {
            person.login = login_name(&person.login);
        }
        founding.password_hash = self.passwords.hash(password).await?;
        let receipt = self
            .commit_as_directory(&Identity::default(), request.request_id, Cmd::FoundAgency(founding))
            .await?;
        self.code.lock().map_err(Fault::broken)?.take();
        Ok(FoundResponse { receipt: Some(receipt) })
    }

    async fn change_password(
        &self,
        identity: &Identity,
        request: ChangePasswordRequest,
    ) -> Result<(), Fault> {
        let caller = identity.caller()?.clone();
        let (old, new) = (Zeroizing::new(request.old_password), Zeroizing::new(request.new_password));
        acceptable("new_password", &new)?;
        if old == new {
            return Err(Fault::invalid("new_password", "PASSWORD_SAME", "the new password is the old one"));
        }
        let login = self.login_of(identity, &caller.person_id).await?;
        let now = self.now();
        self.throttle.admit(&login, now)?;
        let known = self.credential(&login).await?;
        let phc = known.and_then(|k| k.credential).map(|c| c.password_hash);
        if !self.passwords.verify(old, phc).await? {
            self.throttle.failed(&login, now);
            return Err(Fault::invalid("old_password", "PASSWORD_WRONG", "the present password is wrong"));
        }
        let hash = self.passwords.hash(new).await?;
        let resealed = self.resealed(identity, caller.clone())?;
        let credential =
            Credential { person_id: caller.person_id.clone(), password_hash: hash, must_change: false };
        let command = Cmd::SetCredential(SetCredential { credential: Some(credential) });
        self.commit_as_directory(&resealed, request.request_id, command).await?;
        self.sessions.password_changed(&caller.person_id);
        self.sessions.end_of_person(&caller.person_id, &caller.session_id);
        Ok(())
    }

    async fn reset_password(&self, identity: &Identity, request: ResetPasswordRequest) -> Result<(), Fault> {
        let caller = identity.caller()?;
        // Before any work on a password. The policy lets everybody set a credential of their own, because that is how a
        // change of password is recorded; without the present one it is an administrator's act, and never on oneself.
        if !caller.roles.contains(&Role::Administrator.into()) {
            return Err(Fault::denied(reasons::NOT_YOUR_ROLE, "only an administrator sets a first password"));
        }
        if caller.person_id == request.person_id {
            return Err(Fault::denied(
                reasons::NOT_YOURS,
                "one's own password is changed by ChangePassword, with the present one",
            ));
        }
        let hash = self.passwords.hash(Zeroizing::new(request.new_password)).await?;
        let credential =
            Credential { person_id: request.person_id.clone(), password_hash: hash, must_change: true };
        let command = Cmd::SetCredential(SetCredential { credential: Some(credential) });
        self.commit_as_directory(identity, request.request_id, command).await?;
        self.sessions.end_of_person(&request.person_id, "");
        Ok(())
    }

    /// A fresh seal for a caller whose own may be good for nothing but this: a password that must be changed.
    fn resealed(&self, identity: &Identity, caller: Caller) -> Result<Identity, Fault> {
        let (seal, _) = self.sealed(caller, false)?;
        Ok(Identity { seal: Some(seal.into()), ..identity.clone() })
    }

    async fn login_of(&self, identity: &Identity, person_id: &str) -> Result<String, Fault> {
        let request = proto::archive::v1::GetRequest { id: person_id.to_owned(), at_least: 0 };
        let identity = self.resealed(identity, identity.caller()?.clone())?;
        let answer =
            self.archive.clone().get(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
        match answer.into_inner().record.and_then(|r| r.state) {
            Some(State::Person(person)) => Ok(person.login),
            _ => Err(Fault::unknown(person_id)),
        }
    }
}

fn wrong_log_in() -> Fault {
    Fault::Denied { reason: "LOG_IN_WRONG", text: "login or password is wrong".to_owned() }
}

fn position_of(record: &Record) -> Option<&Position> {
    match &record.state {
        Some(State::Position(position)) => Some(position),
        _ => None,
    }
}

/// The positions that are held on `today`.
fn held(positions: Vec<Record>, today: &proto::record::v1::Date) -> Vec<Record> {
    positions
        .into_iter()
        .filter(|r| {
            position_of(r)
                .is_some_and(|p| !p.ended && domain::calendar::within(*today, p.valid_from, p.valid_to))
        })
        .collect()
}

fn caller_in(session: &Session, position: &Record) -> Result<Caller, Fault> {
    let held = position_of(position).ok_or_else(|| Fault::broken("position record without a position"))?;
    Ok(Caller {
        person_id: session.person_id.clone(),
        position_id: position.id.clone(),
        unit_id: held.unit_id.clone(),
        roles: held.roles.clone(),
        delegation_id: String::new(),
        session_id: session.id.clone(),
    })
}

#[tonic::async_trait]
impl DirectoryRpc for Directory {
    async fn log_in(&self, request: Request<LogInRequest>) -> Result<Response<LogInResponse>, Status> {
        self.inner.log_in(request.into_inner()).await.map(Response::new).map_err(status_of)
    }

    async fn log_out(&self, request: Request<LogOutRequest>) -> Result<Response<LogOutResponse>, Status> {
        self.inner.sessions.end(&request.into_inner().session_token);
        Ok(Response::new(LogOutResponse {}))
    }

    async fn seal(&self, request: Request<SealRequest>) -> Result<Response<SealResponse>, Status> {
        self.inner.seal(request.into_inner()).await.map(Response::new).map_err(status_of)
    }

    async fn found(&self, request: Request<FoundRequest>) -> Result<Response<FoundResponse>, Status> {
        self.inner.found(request.into_inner()).await.map(Response::new).map_err(status_of)
    }

    async fn state(&self, _: Request<StateRequest>) -> Result<Response<StateResponse>, Status> {
        let agency = self.inner.agency().await.map_err(status_of)?;
        let name = match agency.as_ref().and_then(|r| r.state.as_ref()) {
            Some(State::Agency(agency)) => agency.name.clone(),
            _ => String::new(),
        };
        Ok(Response::new(StateResponse { founded: agency.is_some(), agency_name: name }))
    }

    async fn change_password(
        &self,
        request: Request<ChangePasswordRequest>,
    ) -> Result<Response<ChangePasswordResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        self.inner.change_password(&identity, request.into_inner()).await.map_err(status_of)?;
        Ok(Response::new(ChangePasswordResponse {}))
    }

    async fn reset_password(
        &self,
        request: Request<ResetPasswordRequest>,
    ) -> Result<Response<ResetPasswordResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        self.inner.reset_password(&identity, request.into_inner()).await.map_err(status_of)?;
        Ok(Response::new(ResetPasswordResponse {}))
    }

    async fn service_keys(
        &self,
        _: Request<ServiceKeysRequest>,
    ) -> Result<Response<ServiceKeysResponse>, Status> {
        let keys = self.inner.keys.iter();
        let keys = keys.map(|(service, key)| proto::directory::v1::ServiceKey {
            service: service.clone(),
            public_key: key.clone(),
        });
        Ok(Response::new(ServiceKeysResponse { keys: keys.collect() }))
    }

    async fn change_person(
        &self,
        request: Request<ChangePersonRequest>,
    ) -> Result<Response<ChangePersonResponse>, Status> {
        let left =
            request.get_ref().command.as_ref().filter(|c| c.person.as_ref().is_some_and(|p| !p.active));
        let left = left.map(|c| c.person_id.clone());
        let answer: Result<Response<ChangePersonResponse>, Status> =
            pass_on!(&self.inner.archive, request, ChangePersonResponse, ChangePerson);
        if let (Ok(_), Some(person_id)) = (&answer, left) {
            self.inner.sessions.end_of_person(&person_id, "");
        }
        answer
    }

    async fn end_position(
        &self,
        request: Request<EndPositionRequest>,
    ) -> Result<Response<EndPositionResponse>, Status> {
        let position = request.get_ref().command.as_ref().map(|c| c.position_id.clone());
        let answer: Result<Response<EndPositionResponse>, Status> =
            pass_on!(&self.inner.archive, request, EndPositionResponse, EndPosition);
        if let (Ok(_), Some(position_id)) = (&answer, position) {
            self.inner.sessions.end_in_position(&position_id);
        }
        answer
    }

    async fn change_agency(
        &self,
        request: Request<ChangeAgencyRequest>,
    ) -> Result<Response<ChangeAgencyResponse>, Status> {
        pass_on!(&self.inner.archive, request, ChangeAgencyResponse, ChangeAgency)
    }

    async fn switch_secret_registration(
        &self,
        request: Request<SwitchSecretRegistrationRequest>,
    ) -> Result<Response<SwitchSecretRegistrationResponse>, Status> {
        pass_on!(&self.inner.archive, request, SwitchSecretRegistrationResponse, SwitchSecretRegistration)
    }

    async fn add_unit(&self, request: Request<AddUnitRequest>) -> Result<Response<AddUnitResponse>, Status> {
        pass_on!(&self.inner.archive, request, AddUnitResponse, AddUnit)
    }

    async fn change_unit(
        &self,
        request: Request<ChangeUnitRequest>,
    ) -> Result<Response<ChangeUnitResponse>, Status> {
        pass_on!(&self.inner.archive, request, ChangeUnitResponse, ChangeUnit)
    }

    async fn add_person(
        &self,
        request: Request<AddPersonRequest>,
    ) -> Result<Response<AddPersonResponse>, Status> {
        pass_on!(&self.inner.archive, request, AddPersonResponse, AddPerson)
    }

    async fn appoint(&self, request: Request<AppointRequest>) -> Result<Response<AppointResponse>, Status> {
        pass_on!(&self.inner.archive, request, AppointResponse, Appoint)
    }

    async fn delegate(
        &self,
        request: Request<DelegateRequest>,
    ) -> Result<Response<DelegateResponse>, Status> {
        pass_on!(&self.inner.archive, request, DelegateResponse, Delegate)
    }

    async fn end_delegation(
        &self,
        request: Request<EndDelegationRequest>,
    ) -> Result<Response<EndDelegationResponse>, Status> {
        pass_on!(&self.inner.archive, request, EndDelegationResponse, EndDelegation)
    }

    async fn define_series(
        &self,
        request: Request<DefineSeriesRequest>,
    ) -> Result<Response<DefineSeriesResponse>, Status> {
        pass_on!(&self.inner.archive, request, DefineSeriesResponse, DefineSeries)
    }

    async fn close_series(
        &self,
        request: Request<CloseSeriesRequest>,
    ) -> Result<Response<CloseSeriesResponse>, Status> {
        pass_on!(&self.inner.archive, request, CloseSeriesResponse, CloseSeries)
    }

    async fn set_holidays(
        &self,
        request: Request<SetHolidaysRequest>,
    ) -> Result<Response<SetHolidaysResponse>, Status> {
        pass_on!(&self.inner.archive, request, SetHolidaysResponse, SetHolidays)
    }

    async fn withdraw_certificate(
        &self,
        request: Request<WithdrawCertificateRequest>,
    ) -> Result<Response<WithdrawCertificateResponse>, Status> {
        pass_on!(&self.inner.archive, request, WithdrawCertificateResponse, WithdrawCertificate)
    }
}
