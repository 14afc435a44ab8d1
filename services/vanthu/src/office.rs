//! The wiring of an office: which roles run here, whom they call, what is served. One function for `serve`, for the
//! demo, and for the tests of a whole office.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use archive::Archive;
use proto::archive::v1::archive_client::ArchiveClient;
use proto::directory::v1::directory_client::DirectoryClient;
use proto::directory::v1::directory_server::DirectoryServer;
use proto::fault::Fault;
use proto::forms::v1::forms_client::FormsClient;
use proto::forms::v1::forms_server::FormsServer;
use proto::intake::v1::intake_client::IntakeClient;
use proto::intake::v1::intake_server::IntakeServer;
use proto::routing::v1::routing_client::RoutingClient;
use proto::routing::v1::routing_server::RoutingServer;
use proto::rpc::peer::{self, Peer};
use proto::rpc::{Address, Clock, Guard, MESSAGE_BYTES_MAX};
use proto::signer::v1::signer_client::SignerClient;
use proto::signer::v1::signer_server::SignerServer;
use signer::service::{BackgroundTask, Checking, Raising};
use tonic::service::RoutesBuilder;

use crate::bar;
use crate::keys::Keys;
use crate::role::Role;

/// A server that takes and sends messages up to our own limit.
macro_rules! wide {
    ($server:expr) => {
        $server.max_decoding_message_size(MESSAGE_BYTES_MAX).max_encoding_message_size(MESSAGE_BYTES_MAX)
    };
}
/// What an office is made of.
pub struct Plan {
    /// The data directory.
    pub data: PathBuf,
    /// Roles that run in this process.
    pub roles: BTreeSet<Role>,
    /// Where the others are.
    pub peers: BTreeMap<Role, Address>,
    /// The keys of this process.
    pub keys: Keys,
    /// The time.
    pub clock: Clock,
    /// The binary that is re-executed as `worker`.
    pub worker: PathBuf,
    /// True for the demo agency.
    pub demo: bool,
    /// To which level issued documents are raised; none: they stay at B-B.
    pub raising: Option<Raising>,
    /// How authorities are asked about received documents; none: nobody is asked.
    pub checking: Option<Checking>,
}

/// The peers of an office, near or far.
#[derive(Clone)]
pub struct Peers {
    all: BTreeMap<Role, Peer>,
}

macro_rules! client {
    ($(#[$doc:meta] $name:ident: $role:ident, $client:ident;)*) => {
        $(
            #[$doc]
            #[must_use]
            pub fn $name(&self) -> $client<Peer> {
                peer::$name(self.of(Role::$role))
            }
        )*
    };
}

impl Peers {
    /// The peer of a role. One that is neither here nor anywhere answers UNAVAILABLE.
    fn of(&self, role: Role) -> Peer {
        self.all.get(&role).cloned().unwrap_or_else(|| {
            Peer::new(tower::service_fn(move |_| async move {
                Err(tonic::Status::unavailable(format!("no peer was given for the role {role}")))
            }))
        })
    }

    client! {
        /// A client of the archive.
        archive: Archive, ArchiveClient;
        /// A client of the directory.
        directory: Directory, DirectoryClient;
        /// A client of intake.
        intake: Intake, IntakeClient;
        /// A client of routing.
        routing: Routing, RoutingClient;
        /// A client of the signer.
        signer: Signer, SignerClient;
        /// A client of forms.
        forms: Forms, FormsClient;
    }

    /// All of them as the web front takes them.
    #[must_use]
    pub fn office(&self) -> web::Office {
        web::Office::new(
            self.of(Role::Archive),
            self.of(Role::Directory),
            self.of(Role::Intake),
            self.of(Role::Routing),
            self.of(Role::Signer),
        )
    }
}

/// An open office.
pub struct Office {
    /// Everybody's clients.
    pub peers: Peers,
    /// What this process serves over gRPC, with health and reflection.
    pub routes: tonic::service::Routes,
    /// The one-time code with which the agency can be founded; absent when directory is not here.
    pub founding_code: Option<String>,
    /// The directory, where it is here.
    pub directory: Option<directory::Directory>,
    archive: Option<Archive>,
    background: Vec<BackgroundTask>,
}

impl Office {
    /// Opens the roles of this process and connects to the others. Blocks while the store is opened.
    ///
    /// # Errors
    /// [`Fault`] that says which role could not be opened and why.
    pub async fn open(plan: Plan) -> Result<Self, Fault> {
        let Plan { data, roles, peers, keys, clock, worker, demo, raising, checking } = plan;
        let guard = Guard::new(Arc::clone(&keys.trust), Arc::clone(&clock));
        let mut all: BTreeMap<Role, Peer> = BTreeMap::new();
        for (role, address) in &peers {
            let far = peer::remote(address)
                .map_err(|e| Fault::unavailable("PEER", format!("peer of the role {role}: {e}")))?;
            all.insert(*role, far);
        }
        let mut routes = tonic::service::Routes::builder();
        let (health, health_service) = tonic_health::server::health_reporter();
        let here = |role| roles.contains(&role);

        let mut opened = None;
        if here(Role::Archive) {
            let archive = open_archive(store_under(&data), Arc::clone(&clock)).await?;
            let server = guard.wrap(archive.service().into_server());
            all.insert(Role::Archive, add(&mut routes, server));
            opened = Some(archive);
        }
        if here(Role::Forms) {
            let forms = forms::service().map_err(Fault::broken)?;
            let server = guard.wrap(wide!(FormsServer::new(forms)));
            all.insert(Role::Forms, add(&mut routes, server));
        }
        let mut founding_code = None;
        let mut people = None;
        if here(Role::Directory) {
            let (directory, code) = directory::Directory::new(directory::Settings {
                archive: Peers { all: all.clone() }.archive(),
                key: Arc::clone(&keys.directory),
                keys: keys.public()?,
                clock: Arc::clone(&clock),
            })?;
            let server = guard.wrap(wide!(DirectoryServer::new(directory.clone())));
            all.insert(Role::Directory, add(&mut routes, server));
            founding_code = Some(code);
            people = Some(directory);
        }
        let mut background = Vec::new();
        if here(Role::Signer) {
            let signer = signer::service::Signer::new(signer::service::Settings {
                archive: Peers { all: all.clone() }.archive(),
                keys: signer_under(&data),
                roots: roots_under(&data),
                worker,
                clock: Arc::clone(&clock),
                key: Arc::clone(&keys.signer),
                raising,
                checking,
            })?;
            background.extend(signer.raise_issued());
            background.extend(signer.check_received());
            let server = guard.wrap(wide!(SignerServer::new(signer)));
            all.insert(Role::Signer, add(&mut routes, server));
        }
        let known = Peers { all: all.clone() };
        if here(Role::Intake) {
            let intake = intake::Intake::new(intake::Settings {
                archive: known.archive(),
                signer: known.signer(),
                forms: known.forms(),
                clock: Arc::clone(&clock),
                demo,
            });
            let server = guard.wrap(wide!(IntakeServer::new(intake)));
            all.insert(Role::Intake, add(&mut routes, server));
        }
        if here(Role::Routing) {
            let routing = routing::Routing::new(routing::Settings {
                archive: known.archive(),
                signer: known.signer(),
                forms: known.forms(),
            });
            let server = guard.wrap(wide!(RoutingServer::new(routing)));
            all.insert(Role::Routing, add(&mut routes, server));
        }
        for role in &roles {
            health.set_service_status(role.name(), tonic_health::ServingStatus::Serving).await;
        }
        let reflection = tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
            .build_v1()
            .map_err(Fault::broken)?;
        routes.add_service(health_service);
        routes.add_service(reflection);
        Ok(Self {
            peers: Peers { all },
            routes: routes.routes(),
            founding_code,
            directory: people,
            archive: opened,
            background,
        })
    }

    /// How the archive is, where it is here.
    #[must_use]
    pub fn health(&self) -> Option<archive::Health> {
        self.archive.as_ref().map(Archive::health)
    }

    /// Ends cleanly: what waits is committed, the journal gets its closing frame.
    pub async fn close(self) {
        drop(self.background);
        if let Some(archive) = self.archive {
            drop((self.peers, self.routes));
            if tokio::task::spawn_blocking(|| archive.close()).await.is_err() {
                tracing::error!("closing the archive panicked");
            }
        }
    }
}

/// Mounts a service, and gives the peer for those in this process.
fn add<S>(routes: &mut RoutesBuilder, server: proto::rpc::Guarded<S>) -> Peer
where
    S: tower::Service<
            http::Request<tonic::body::Body>,
            Response = http::Response<tonic::body::Body>,
            Error = std::convert::Infallible,
        > + tonic::server::NamedService
        + Clone
        + Send
        + Sync
        + 'static,
    S::Future: Send + 'static,
{
    routes.add_service(server.clone());
    peer::local(server)
}

async fn open_archive(directory: PathBuf, clock: Clock) -> Result<Archive, Fault> {
    tokio::task::spawn_blocking(move || {
        let options = archive::Options { directory, clock };
        Archive::open(options, |progress| bar::show("making the view anew", progress.done, progress.total))
    })
    .await
    .map_err(Fault::broken)?
    .map_err(|e| Fault::unavailable("STORE", e))
}

/// The binary that runs now: what is re-executed as `worker`.
///
/// # Errors
/// [`Fault::Broken`] when the system does not tell.
pub fn this_binary() -> Result<PathBuf, Fault> {
    std::env::current_exe().map_err(Fault::broken)
}

/// Where the archive's store lies: journal, view, files, search index.
#[must_use]
pub fn store_under(data: &Path) -> PathBuf {
    data.join("archive")
}

/// Where the keys of an office lie unless told otherwise.
#[must_use]
pub fn keys_under(data: &Path) -> PathBuf {
    data.join("keys")
}

/// Where the key files of people and agency lie, each under its owner's password.
#[must_use]
pub fn signer_under(data: &Path) -> PathBuf {
    data.join("signer")
}

/// Where the roots lie that are trusted.
#[must_use]
pub fn roots_under(data: &Path) -> PathBuf {
    data.join("trust")
}

/// Where gRPC is served unless told otherwise.
#[must_use]
pub fn socket_under(data: &Path) -> PathBuf {
    data.join("vanthu.sock")
}
