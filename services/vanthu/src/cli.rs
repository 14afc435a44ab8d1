//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use proto::rpc::Address;

use crate::checking::CheckingOptions;
use crate::raising::RaisingOptions;
use crate::role::{Role, RolePeer};
use crate::{agent, pdf, prepare, raise};

/// Quản lý văn bản và điều hành, with digital signatures.
#[derive(Debug, Parser)]
#[command(name = "vanthu", version, about, max_term_width = 120)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve an office: all roles in one process, or some of them.
    Serve(Serve),
    /// Create the demo agency, then serve it.
    Demo(Demo),
    /// Sign a PDF, or every PDF of a folder. Needs no running service. Exits 5 with a reason when a file is refused.
    Sign(pdf::Sign),
    /// Prepare a PDF for a key that is elsewhere: print what is to be signed, keep the state in a file.
    Prepare(prepare::Prepare),
    /// Complete a prepared PDF with the signature. Exits 5 with a reason when it does not match.
    Complete(prepare::Complete),
    /// Sign for one web page with a key on this machine, each time after a confirmation. Listens on 127.0.0.1 only.
    Agent(agent::Agent),
    /// Bring what is signed to a higher level: time stamp, revocation data, time stamp over all. Exits as sign does.
    Raise(raise::Raise),
    /// Judge the signatures of a PDF. Exits 0 valid, 1 invalid, 2 indeterminate, 3 no signature, 4 unreadable.
    Verify(pdf::Verify),
    /// The journal, the truth of the store.
    #[command(subcommand)]
    Journal(Journal),
    /// The view, made from the journal.
    #[command(subcommand)]
    View(View),
    /// Copy a running store to a new folder, at one position.
    Backup(Backup),
    /// Make a new data directory from a backup.
    Restore(Restore),
    /// Read one stranger's file from standard input, with no keys and little memory. Started by the signer.
    #[command(hide = true)]
    Worker,
}

/// `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The data directory; made if it is missing.
    #[arg(long, default_value = "data", env = "VANTHU_DATA")]
    pub data: PathBuf,
    /// Where browsers are served: HOST:PORT, off the loopback only with a certificate.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// The certificate for TLS with those above it, PEM. Screens then are https; gRPC where it says https://.
    #[arg(long, requires = "tls_key", value_name = "PEM")]
    pub tls_certificate: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, requires = "tls_certificate", value_name = "PEM")]
    pub tls_key: Option<PathBuf>,
    /// A server in front of the screens speaks TLS: cookies are for https only.
    #[arg(long)]
    pub behind_tls: bool,
    /// Where gRPC is served: unix:PATH, HOST:PORT on the loopback, or https://HOST:PORT. Default: unix:DATA/vanthu.sock.
    #[arg(long)]
    pub grpc: Option<Address>,
    /// The roles of this process, with commas. Default: all.
    #[arg(long = "role", value_delimiter = ',')]
    pub roles: Vec<Role>,
    /// Where another process serves a role: ROLE=unix:PATH, ROLE=HOST:PORT on the loopback, or
    /// ROLE=https://HOST:PORT (SSL_CERT_FILE names whom to believe). May be given several times.
    #[arg(long = "peer")]
    pub peers: Vec<RolePeer>,
    /// The folder of keys, the same for all processes of an office. Default: DATA/keys.
    #[arg(long)]
    pub keys: Option<PathBuf>,
    /// What issued documents are raised to.
    #[command(flatten)]
    pub raising: RaisingOptions,
    /// Who is asked about received ones.
    #[command(flatten)]
    pub checking: CheckingOptions,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// The data directory of the demo; made if it is missing, used again if it is there.
    #[arg(long, default_value = "data/demo")]
    pub data: PathBuf,
    /// Where browsers are served.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// Incoming and outgoing documents together.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(40..=20_000))]
    pub documents: u32,
    /// The same seed on the same day makes the same agency.
    #[arg(long, default_value_t = 30)]
    pub seed: u64,
    /// Make the data and stop.
    #[arg(long)]
    pub only_data: bool,
    /// What issued documents are raised to, once the demo is made.
    #[command(flatten)]
    pub raising: RaisingOptions,
    /// Who is asked about received ones, once the demo is made.
    #[command(flatten)]
    pub checking: CheckingOptions,
}

/// `journal …`.
#[derive(Debug, Subcommand)]
pub enum Journal {
    /// Check every frame, every file that is named, and the tree of a store that is not running.
    Verify(AtData),
}

/// `view …`.
#[derive(Debug, Subcommand)]
pub enum View {
    /// Make a view beside the one in use and compare, of a store that is not running.
    Verify(AtData),
}

/// A store.
#[derive(Debug, Args)]
pub struct AtData {
    /// The data directory.
    #[arg(long, default_value = "data", env = "VANTHU_DATA")]
    pub data: PathBuf,
}

/// `backup`.
#[derive(Debug, Args)]
pub struct Backup {
    /// The new folder.
    pub directory: PathBuf,
    /// The data directory of the running office.
    #[arg(long, default_value = "data", env = "VANTHU_DATA")]
    pub data: PathBuf,
    /// Where the archive serves gRPC. Default: unix:DATA/vanthu.sock.
    #[arg(long)]
    pub grpc: Option<Address>,
    /// The folder of keys. Default: DATA/keys.
    #[arg(long)]
    pub keys: Option<PathBuf>,
}

/// `restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup.
    pub backup: PathBuf,
    /// The new data directory.
    #[arg(long)]
    pub data: PathBuf,
}
