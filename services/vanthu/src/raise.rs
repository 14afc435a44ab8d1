//! `vanthu raise`: what is signed is brought to a higher level; and the services that this takes, as arguments.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use proto::fault::Fault;
use proto::rpc::Clock;
use serde_json::json;
use signer::chain::TrustRoots;
use signer::fetch::{
    Anchors, Cache, Client, ClientOptions, Credentials, Fetcher, TimestampAuthority, host_of,
};
use signer::sign::{Level, LevelError, Services, raise as raise_file};

use crate::pdf::{REFUSED, document_password, folder, open, read, source, write_judged};
use crate::serve::say;

/// Who gives time stamps and evidence, for the levels above B-B.
#[derive(Debug, Clone, Default, Args)]
pub struct ServiceOptions {
    /// The time-stamp service (RFC 3161), http or https.
    #[arg(long, value_name = "URL")]
    pub tsa: Option<String>,
    /// A file whose first line is NAME:PASSWORD for the time-stamp service.
    #[arg(long, value_name = "FILE", requires = "tsa")]
    pub tsa_credentials_file: Option<PathBuf>,
    /// A PEM file or a folder of them: revocation data are fetched for paths that end there, from wherever their
    /// certificates say. Without any, paths end where the file ends them, and data are fetched from public addresses
    /// and the time-stamp service's host only. May be given several times.
    #[arg(long, value_name = "PEM|FOLDER")]
    pub trust: Vec<PathBuf>,
    /// A folder in which revocation data are kept until they are out of date. Default: for this run only.
    #[arg(long, value_name = "FOLDER")]
    pub evidence_cache: Option<PathBuf>,
}

impl ServiceOptions {
    /// The services that these arguments name.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a file that cannot be read.
    pub fn services(&self) -> Result<Services, Fault> {
        let mut roots = TrustRoots::none();
        for path in &self.trust {
            roots.add_path(path).map_err(|e| Fault::invalid("--trust", "TRUST", e.to_string()))?;
        }
        let client = self.client();
        let timestamps = self.tsa.as_ref().map(|url| self.authority(url, client.clone())).transpose()?;
        let cache = self.evidence_cache.as_ref().map_or_else(Cache::in_memory, Cache::in_folder);
        let anchors = if roots.is_empty() { Anchors::Carried } else { Anchors::Roots(roots) };
        Ok(Services { timestamps, evidence: Fetcher::new(client, cache, anchors) })
    }

    /// What asks them; the time-stamp service's host may lie inside.
    pub(crate) fn client(&self) -> Client {
        let named = self.tsa.as_deref().and_then(host_of).into_iter().collect();
        Client::new(ClientOptions { named, ..ClientOptions::default() })
    }

    /// The time-stamp service at an address.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for an address that is none, or credentials that cannot be read.
    pub(crate) fn authority(&self, url: &str, client: Client) -> Result<TimestampAuthority, Fault> {
        if host_of(url).is_none() {
            return Err(Fault::invalid("--tsa", "TSA", "is no http or https address"));
        }
        let authority = TimestampAuthority::new(url, client);
        let Some(path) = &self.tsa_credentials_file else { return Ok(authority) };
        let credentials = Credentials::from_file(&read(path)?).ok_or_else(|| {
            Fault::invalid("--tsa-credentials-file", "CREDENTIALS", "the first line is to be NAME:PASSWORD")
        })?;
        Ok(authority.with_credentials(credentials))
    }
}

/// `raise`.
#[derive(Debug, Args)]
pub struct Raise {
    /// The signed PDF, or a folder of them: then every PDF in it that OUTPUT lacks is raised.
    pub input: PathBuf,
    /// Where the raised PDF goes; must not be there yet. For a folder a folder, made if it is missing.
    pub output: PathBuf,
    /// b-t: a time stamp; b-lt: also certificates and revocation data; b-lta: also a time stamp over all, renewed when it
    /// is due.
    #[arg(long, value_name = "b-t|b-lt|b-lta")]
    pub level: Level,
    /// By whom.
    #[command(flatten)]
    pub services: ServiceOptions,
    /// A file whose first line is the password of the PDF, its user's or its owner's.
    #[arg(long, value_name = "FILE")]
    pub document_password_file: Option<PathBuf>,
    /// For a folder: files whose services are down or slow wait and are tried again, first after so many seconds, then
    /// ever less often up to an hour, until none waits. What waits is what OUTPUT lacks: it survives a restart.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub retry_after: Option<u64>,
}

/// Why nothing was raised.
#[derive(Debug, thiserror::Error)]
pub enum RaiseError {
    /// The file does not reach the level: a typed reason.
    #[error(transparent)]
    Level(#[from] LevelError),
    /// Anything else: arguments, disk.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Longest wait between two rounds over a folder.
const WAIT_MAX: Duration = Duration::from_secs(3_600);

/// Raises a file or a folder and tells in one JSON line a file what came of it; answers the exit code. Nothing is left
/// behind of a file that fails.
///
/// # Errors
/// [`RaiseError`]. What befalls one file of a folder is told in its line and in the exit code.
pub fn raise(args: &Raise, clock: &Clock) -> Result<u8, RaiseError> {
    let job = Job {
        level: args.level,
        services: args.services.services()?,
        password: document_password(args.document_password_file.as_deref())?,
        clock,
    };
    if args.input.is_dir() {
        return Ok(job.raise_folder(&args.input, &args.output, args.retry_after.map(Duration::from_secs))?);
    }
    let (outcome, renew_at) = job.raise_one(&args.input, &args.output)?;
    tell(&args.input, outcome, None, renew_at);
    Ok(0)
}

/// What is the same for every file.
struct Job<'j> {
    level: Level,
    services: Services,
    password: String,
    clock: &'j Clock,
}

impl Job<'_> {
    fn raise_one(&self, input: &Path, output: &Path) -> Result<(&'static str, Option<i64>), RaiseError> {
        let file = source(open(input)?, &self.password);
        let raised = raise_file(file, self.level, &self.services, (self.clock)().div_euclid(1_000))?;
        write_judged(output, raised.file(), |_| Ok::<(), Fault>(()))?;
        Ok((if raised.is_changed() { "raised" } else { "unchanged" }, raised.renew_at()))
    }

    /// One JSON line a file and round; the exit code is that of the file that fared worst in the end.
    fn raise_folder(&self, input: &Path, output: &Path, retry_after: Option<Duration>) -> Result<u8, Fault> {
        let failed =
            |e: std::io::Error| Fault::invalid(output.display().to_string(), "OUTPUT", e.to_string());
        fs::create_dir_all(output).map_err(failed)?;
        let mut given_up: HashSet<PathBuf> = HashSet::new();
        let mut wait = retry_after;
        loop {
            let mut waiting = 0;
            for path in folder::pdfs(input)? {
                let target = output.join(path.file_name().unwrap_or_default());
                if given_up.contains(&path) || target.try_exists().map_err(failed)? {
                    continue;
                }
                match self.raise_one(&path, &target) {
                    Ok((outcome, renew_at)) => tell(&path, outcome, None, renew_at),
                    Err(RaiseError::Level(error)) if error.is_passing() => {
                        tracing::warn!(file = %path.display(), %error, "not raised yet");
                        waiting += 1;
                        tell(&path, "waiting", Some(error.code()), None);
                    }
                    Err(error) => {
                        tracing::warn!(file = %path.display(), %error, "not raised");
                        tell(&path, "refused", Some(error.reason()), None);
                        given_up.insert(path);
                    }
                }
            }
            let Some(pause) = wait.filter(|_| waiting > 0) else {
                return Ok(if waiting > 0 || !given_up.is_empty() { REFUSED } else { 0 });
            };
            tracing::info!(waiting, seconds = pause.as_secs(), "files wait for their services");
            std::thread::sleep(pause);
            wait = Some((pause * 2).min(WAIT_MAX.max(pause)));
        }
    }
}

impl RaiseError {
    fn reason(&self) -> &'static str {
        match self {
            Self::Level(error) => error.code(),
            Self::Fault(_) => "failed",
        }
    }
}

fn tell(file: &Path, outcome: &str, reason: Option<&str>, renew_at: Option<i64>) {
    let renew_at = renew_at.and_then(|at| jiff::Timestamp::from_second(at).ok()).map(|at| at.to_string());
    say(&json!({ "file": folder::name(file), "outcome": outcome, "reason": reason, "renew_at": renew_at })
        .to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_http_and_its_credentials_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("credentials");
        std::fs::write(&file, "van:thu\n").unwrap();
        let options = |tsa: &str| ServiceOptions {
            tsa: Some(tsa.to_owned()),
            tsa_credentials_file: Some(file.clone()),
            ..ServiceOptions::default()
        };
        assert!(options("https://tsa.example.vn/").services().is_ok());
        assert!(options("ftp://tsa.example.vn/").services().is_err());
        std::fs::write(&file, "no colon").unwrap();
        assert!(options("https://tsa.example.vn/").services().is_err());
        assert!(ServiceOptions::default().services().unwrap().timestamps.is_none());
    }
}
