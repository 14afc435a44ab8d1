//! `vanthu agent`: signs on the user's own machine for one web page, over the loopback.
//!
//! The page of the office asks, the agent's own page shows what is asked, the person at the machine says yes. The page
//! of the office can reach neither that page nor its button, and never gets arbitrary bytes signed: the agent makes
//! the signed attributes itself, from the digest of the document and its own certificate.
//!
//! What guards it: it listens on 127.0.0.1 only; `Host` must be its own (a name that was pointed here is refused);
//! `Origin` must be the one page it was started for; a code that is shown at the terminal is good for one pairing; the
//! confirmation is a page of its own origin that nobody may frame, opened by the agent, with a key of its own.
//!
//! | Call | Answer |
//! |---|---|
//! | `POST /v1/pair {"code"}` | `{"session"}`, for `Authorization: Bearer` from now on |
//! | `GET /v1/certificate` | `{"subject", "issuer", "sha256", "certificates": [DER in base64, the signer's first]}` |
//! | `POST /v1/requests {"title", "files": [{"title", "digest_algorithm", "document_digest", …}]}` | `{"id", "expires_at"}` |
//! | `GET /v1/requests/ID` | `{"state": waiting, signed, refused, expired, "files": [{"document_digest", "outcome", …}]}` |

mod guard;
mod http;
mod page;
mod requests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::Args;
use proto::fault::Fault;
use proto::rpc::Clock;
use signer::keys::SigningKey;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::pdf::KeyOptions;
use crate::serve::say;
use guard::{Guard, Origin};
use requests::Requests;

/// `agent`.
#[derive(Debug, Args)]
pub struct Agent {
    /// The page that may ask, such as <https://vanthu.example.gov.vn>.
    #[arg(long)]
    pub origin: Origin,
    /// The port on 127.0.0.1; 0: any that is free.
    #[arg(long, default_value_t = web::AGENT_PORT)]
    pub port: u16,
    /// The program that opens the page of confirmation in a browser. Empty: its address is only printed.
    #[arg(long, default_value = "xdg-open")]
    pub browser: String,
    /// By which key.
    #[command(flatten)]
    pub key: KeyOptions,
}

/// What the person at the machine is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// The code that pairs a page with the agent, once.
    Code(String),
    /// Where the person says yes or no.
    Confirm(String),
}

/// What all connections share.
struct Shared {
    key: Arc<SigningKey>,
    origin: Origin,
    port: u16,
    guard: Mutex<Guard>,
    requests: Mutex<Requests>,
    clock: Clock,
    told: UnboundedSender<Told>,
}

impl Shared {
    fn now_s(&self) -> i64 {
        (self.clock)().div_euclid(1_000)
    }

    fn guard(&self) -> MutexGuard<'_, Guard> {
        self.guard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn requests(&self) -> MutexGuard<'_, Requests> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, what: Told) {
        // Nobody listens any more when the agent ends.
        let _ = self.told.send(what);
    }
}

/// An agent that runs until it is dropped.
pub struct Running {
    /// Where it listens: always 127.0.0.1.
    pub address: SocketAddr,
    /// What the person is to be told, as it comes; the first is a code.
    pub told: UnboundedReceiver<Told>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts an agent.
///
/// # Errors
/// [`Fault::Unavailable`] when the port is taken.
pub async fn start(key: SigningKey, origin: Origin, port: u16, clock: Clock) -> Result<Running, Fault> {
    let failed = |e: std::io::Error| Fault::unavailable("PORT", format!("127.0.0.1:{port}: {e}"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let (sender, told) = unbounded_channel();
    let (guard, code) = Guard::new()?;
    let shared = Arc::new(Shared {
        key: Arc::new(key),
        origin,
        port: address.port(),
        guard: Mutex::new(guard),
        requests: Mutex::default(),
        clock,
        told: sender,
    });
    shared.tell(Told::Code(code));
    let task = tokio::spawn(http::serve(listener, shared));
    Ok(Running { address, told, task })
}

/// Runs the agent until the process ends.
///
/// # Errors
/// [`Fault`] for the key or the port.
pub async fn agent(args: Agent, clock: Clock) -> Result<(), Fault> {
    let key = args.key.open()?;
    key.check_valid_at(clock().div_euclid(1_000))
        .map_err(|e| Fault::invalid("--key", "KEY", e.to_string()))?;
    let mut running = start(key, args.origin, args.port, clock).await?;
    say(&serde_json::json!({ "address": format!("http://{}", running.address) }).to_string());
    loop {
        tokio::select! {
            told = running.told.recv() => match told {
                Some(Told::Code(code)) => say(&serde_json::json!({ "code": code }).to_string()),
                Some(Told::Confirm(address)) => {
                    say(&serde_json::json!({ "confirm": address }).to_string());
                    open(&args.browser, &address);
                }
                None => return Ok(()),
            },
            ended = tokio::signal::ctrl_c() => return ended.map_err(Fault::broken),
        }
    }
}

/// Opens an address in the browser of the person at the machine.
fn open(browser: &str, address: &str) {
    if browser.is_empty() {
        return;
    }
    let mut command = tokio::process::Command::new(browser);
    let null = std::process::Stdio::null;
    match command.arg(address).stdin(null()).stdout(null()).stderr(null()).spawn() {
        Ok(mut child) => drop(tokio::spawn(async move { child.wait().await })),
        Err(error) => tracing::warn!(%error, browser, "the page of confirmation could not be opened"),
    }
}
