//! Offices in processes of their own: `vanthu serve`, started, asked, killed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use proto::directory::v1::StateRequest;
use proto::rpc::Address;
use tonic::Request;
use vanthu::keys;
use vanthu::office::{Office, Peers, Plan};
use vanthu::role::Role;

use crate::binary;
use crate::world::Time;

/// How long a process may take until it answers.
const READY: Duration = Duration::from_secs(60);
/// Length of a founding code.
const CODE_CHARS: usize = 43;

/// A process that serves. Dropped, it is killed.
pub struct Served {
    child: Child,
    /// What it printed.
    pub printed: PathBuf,
    /// What it logged.
    pub log: PathBuf,
}

impl Served {
    /// Starts `vanthu serve` with `args`; what it prints and logs goes to files named `name` in `dir`.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(dir: &Path, name: &str, args: &[String]) -> Self {
        Self::start_believing(dir, name, args, None)
    }

    /// The same, believing the certificates that the file `roots` signed when it speaks TLS to peers.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start_believing(dir: &Path, name: &str, args: &[String], roots: Option<&Path>) -> Self {
        let (printed, log) = (dir.join(format!("{name}.out")), dir.join(format!("{name}.log")));
        let child = Command::new(binary::vanthu())
            .arg("serve")
            .args(args)
            .env("VANTHU_LOG", "warn")
            .envs(roots.map(|roots| ("SSL_CERT_FILE", roots)))
            .stdin(Stdio::null())
            .stdout(File::create(&printed).expect("a file for what is printed"))
            .stderr(File::options().create(true).append(true).open(&log).expect("a file for the log"))
            .spawn()
            .expect("vanthu starts");
        Self { child, printed, log }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it at once, as `kill -9` does, and waits until it is gone.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self) {
        self.child.kill().expect("a child can be killed");
        self.child.wait().expect("a killed child ends");
    }

    /// Tells it to end and waits; gives whether it ended well.
    ///
    /// # Panics
    /// When it cannot be told.
    pub fn stop(&mut self) -> bool {
        let told = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status();
        assert!(told.expect("sh runs").success(), "it can be told to end");
        self.child.wait().expect("it ends").success()
    }

    /// Whether it ended by itself.
    ///
    /// # Panics
    /// When the system does not tell.
    pub fn ended(&mut self) -> bool {
        self.child.try_wait().expect("the system tells").is_some()
    }

    /// The founding code that it prints; waits for it.
    ///
    /// # Panics
    /// When none comes.
    pub async fn founding_code(&self) -> String {
        let began = Instant::now();
        loop {
            let text = std::fs::read_to_string(&self.printed).unwrap_or_default();
            if let Some(code) = text.lines().find(|line| line.len() == CODE_CHARS && !line.contains(' ')) {
                return code.to_owned();
            }
            assert!(began.elapsed() < READY, "no founding code was printed: {text}{}", self.logged());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Its log so far.
    #[must_use]
    pub fn logged(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The most memory that it has held, in KiB.
    #[must_use]
    pub fn memory_most_kib(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches(" kB").trim().parse().ok()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // One that is gone already needs no killing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Clients of roles that run in other processes.
///
/// # Panics
/// When an address is not good.
pub async fn peers_at(keys_dir: &Path, addresses: BTreeMap<Role, Address>) -> Peers {
    let plan = Plan {
        data: keys_dir.to_path_buf(),
        roles: BTreeSet::new(),
        peers: addresses,
        keys: keys::load_or_make(keys_dir).expect("the keys folder is read"),
        clock: Arc::new(|| Time::Real.now()),
        worker: PathBuf::new(),
        demo: false,
        raising: None,
        checking: None,
    };
    Office::open(plan).await.expect("peers are made").peers
}

/// The same socket for every role.
#[must_use]
pub fn all_at(socket: &Path) -> BTreeMap<Role, Address> {
    Role::ALL.into_iter().map(|role| (role, Address::Unix(socket.to_path_buf()))).collect()
}

/// Waits until directory, with the archive behind it, answers; gives how long it took. `None` when the process ended.
///
/// # Panics
/// When it takes too long.
pub async fn ready(served: &mut Served, peers: &Peers) -> Option<Duration> {
    let began = Instant::now();
    loop {
        if peers.directory().state(Request::new(StateRequest {})).await.is_ok() {
            return Some(began.elapsed());
        }
        if served.ended() {
            return None;
        }
        assert!(began.elapsed() < READY, "it does not answer: {}", served.logged());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
