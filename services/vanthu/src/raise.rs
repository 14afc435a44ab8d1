//! `vanthu raise`: what is signed is brought to a higher level; and the services that this takes, as arguments.

use std::path::PathBuf;

use clap::Args;
use proto::fault::Fault;
use proto::rpc::Clock;
use serde_json::json;
use signer::chain::TrustRoots;
use signer::fetch::{Anchors, Cache, Client, ClientOptions, Credentials, Fetcher, TimestampAuthority, host_of};
use signer::sign::{Level, LevelError, Services, Source, raise as raise_file};

use crate::pdf::{read, write_new};
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
        let named = self.tsa.as_deref().and_then(host_of).into_iter().collect();
        let client = Client::new(ClientOptions { named, ..ClientOptions::default() });
        let timestamps = self.tsa.as_ref().map(|url| self.authority(url, client.clone())).transpose()?;
        let cache = self.evidence_cache.as_ref().map_or_else(Cache::in_memory, Cache::in_folder);
        let anchors = if roots.is_empty() { Anchors::Carried } else { Anchors::Roots(roots) };
        Ok(Services { timestamps, evidence: Fetcher::new(client, cache, anchors) })
    }

    fn authority(&self, url: &str, client: Client) -> Result<TimestampAuthority, Fault> {
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
    /// The signed PDF.
    pub input: PathBuf,
    /// Where the raised PDF goes; must not be there yet.
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

/// Raises a file and tells in one JSON line what came of it. Nothing is left behind when it fails.
///
/// # Errors
/// [`RaiseError`].
pub fn raise(args: &Raise, clock: &Clock) -> Result<(), RaiseError> {
    let now_s = clock().div_euclid(1_000);
    let services = args.services.services()?;
    let file = read(&args.input)?;
    let source = match &args.document_password_file {
        None => Source::from(file),
        Some(path) => Source::with_password(file, first_line(path)?),
    };
    let raised = raise_file(source, args.level, &services, now_s)?;
    write_new(&args.output, raised.bytes())?;
    let outcome = if raised.is_changed() { "raised" } else { "unchanged" };
    let renew = raised.renew_at().and_then(|at| jiff::Timestamp::from_second(at).ok());
    say(&json!({
        "file": args.input.display().to_string(),
        "outcome": outcome,
        "level": args.level.name(),
        "renew_at": renew.map(|at| at.to_string()),
    })
    .to_string());
    Ok(())
}

fn first_line(path: &std::path::Path) -> Result<String, Fault> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Fault::invalid(path.display().to_string(), "PASSWORD_FILE", "is not UTF-8"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
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
