//! `vanthu serve`: opens the roles, serves gRPC and screens, ends cleanly.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use proto::fault::Fault;
use proto::rpc::{Address, Clock};
use tokio::sync::watch;

use crate::cli::Serve;
use crate::demo::refuse_unfinished;
use crate::keys;
use crate::listen::{self, Tls};
use crate::office::{Office, Plan, keys_under, socket_under, this_binary};
use crate::role::Role;

/// How long until an archive that did not answer is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Serves until the process is told to end.
///
/// # Errors
/// [`Fault`] when a role cannot be opened or nobody can be listened to.
pub async fn serve(args: Serve, clock: Clock) -> Result<(), Fault> {
    let roles: BTreeSet<Role> =
        if args.roles.is_empty() { Role::ALL.into() } else { args.roles.iter().copied().collect() };
    refuse_unfinished(&args.data)?;
    let keys = keys::load_or_make(&args.keys.unwrap_or_else(|| keys_under(&args.data)))?;
    let tls = match (args.tls_certificate, args.tls_key) {
        (Some(certificate), Some(key)) => Some(Tls { certificate, key }),
        _ => None,
    };
    let peers: BTreeMap<Role, Address> = args.peers.into_iter().map(|p| (p.role, p.address)).collect();
    let raising = args.raising.raising(&args.data)?;
    let plan = Plan {
        data: args.data.clone(),
        roles: roles.clone(),
        peers,
        keys,
        clock: Arc::clone(&clock),
        worker: this_binary()?,
        demo: false,
        raising,
        checking: args.checking.checking(&args.data),
    };
    let office = Office::open(plan).await?;
    let grpc = args.grpc.unwrap_or_else(|| Address::Unix(socket_under(&args.data)));
    if let (Some(directory), Some(code)) = (&office.directory, &office.founding_code) {
        let scheme = if tls.is_some() { "https" } else { "http" };
        tell_code(directory.clone(), code.clone(), format!("{scheme}://{}", args.listen)).await;
    }
    let screens =
        roles.contains(&Role::Web).then_some(Screens { address: args.listen, behind_tls: args.behind_tls });
    run(office, Listen { grpc, screens, tls }, clock, false).await
}

/// Prints the one-time code where the agency is not founded yet. Where the archive, in a process of its own, does not
/// answer yet, it is asked again and again in the background: processes start in any order.
async fn tell_code(directory: directory::Directory, code: String, listen: String) {
    let tell = move |founded: bool| {
        if !founded {
            say(&format!(
                "the agency has not been founded yet; open {listen}/khoi-tao with this one-time code:\n{code}"
            ));
        }
    };
    match directory.founded().await {
        Ok(founded) => tell(founded),
        Err(fault) => {
            tracing::warn!(%fault, "could not ask whether the agency has been founded; asking again");
            tokio::spawn(async move {
                loop {
                    tokio::time::sleep(ASK_AGAIN).await;
                    if let Ok(founded) = directory.founded().await {
                        return tell(founded);
                    }
                }
            });
        }
    }
}

/// Where an office is served.
pub struct Listen {
    /// gRPC.
    pub grpc: Address,
    /// The screens, where this process has them.
    pub screens: Option<Screens>,
    /// With what TLS is spoken.
    pub tls: Option<Tls>,
}

/// Where the screens are served.
pub struct Screens {
    /// HOST:PORT.
    pub address: String,
    /// True when a server in front speaks TLS for us.
    pub behind_tls: bool,
}

/// Serves an open office over gRPC, and its screens where `listen` says.
///
/// # Errors
/// [`Fault::Unavailable`] `LISTEN`.
pub async fn run(office: Office, listen: Listen, clock: Clock, demo: bool) -> Result<(), Fault> {
    let Listen { grpc, screens, tls } = listen;
    let tls = tls.as_ref();
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(async move {
        told_to_end().await;
        stop.send_replace(true);
    });
    let when_stopped = |mut stopped: watch::Receiver<bool>| async move {
        // An error means that the sender is gone, which is an end too.
        let _ = stopped.wait_for(|s| *s).await;
    };
    let routes = office.routes.clone();
    let grpc_done = listen::grpc(routes, &grpc, tls, when_stopped(stopped.clone()));
    let web_done = async {
        let Some(Screens { address, behind_tls }) = screens else {
            when_stopped(stopped.clone()).await;
            return Ok(());
        };
        let listening = listen::tcp(&address, tls, listen::HTTP_1).await?;
        let bound = listening.bound;
        let settings = web::Settings { clock, tls: tls.is_some() || behind_tls, demo };
        let router = web::router(office.peers.office(), settings);
        say(&format!("{}://{bound}/", if tls.is_some() { "https" } else { "http" }));
        web::serve(listening.connections, router, when_stopped(stopped.clone()))
            .await
            .map_err(|source| listen::ListenError::Io { address: bound.to_string(), source })
    };
    let result = tokio::try_join!(grpc_done, web_done);
    office.close().await;
    result.map(drop).map_err(|e| Fault::unavailable("LISTEN", e))
}

/// Waits for SIGTERM or SIGINT.
async fn told_to_end() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut term) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = term.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    tracing::info!("ending");
}

/// A line for the person at the terminal; logs go to standard error.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody may be listening; that is no reason to end.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Whether a path is there at all.
pub(crate) fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap_or(false)
}
