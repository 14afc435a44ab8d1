//! To which level an office raises what it has issued, as arguments of `serve` and `demo`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use proto::fault::Fault;
use signer::service::Raising;
use signer::sign::Level;

use crate::raise::ServiceOptions;

/// How often the signer asks the archive what waits.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Options of `serve` and `demo`.
#[derive(Debug, Clone, Args)]
pub struct RaisingOptions {
    /// Bring issued documents to this level, in the background: nobody waits for it to sign or to issue. b-t: a time
    /// stamp; b-lt: also certificates and revocation data; b-lta: also a time stamp over all, renewed before it ages
    /// out. The roots are those in DATA/trust.
    #[arg(long, value_name = "b-b|b-t|b-lt|b-lta", default_value = "b-b")]
    pub level: Level,
    /// The time-stamp service (RFC 3161), http or https, for the levels above b-b.
    #[arg(long, value_name = "URL")]
    pub tsa: Option<String>,
    /// A file whose first line is NAME:PASSWORD for the time-stamp service.
    #[arg(long, value_name = "FILE", requires = "tsa")]
    pub tsa_credentials_file: Option<PathBuf>,
}

impl RaisingOptions {
    /// What the signer of an office over `data` needs; nothing for B-B.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a level without a time-stamp service, and the other way round; for one that cannot be asked.
    pub fn raising(&self, data: &Path) -> Result<Option<Raising>, Fault> {
        match (self.level, &self.tsa) {
            (Level::Basic, None) => Ok(None),
            (Level::Basic, Some(_)) => {
                let text = "b-b has no time stamp; name the level that the service is for";
                Err(Fault::invalid("--level", "LEVEL", text))
            }
            (level, None) => {
                let text = format!("{level} needs a time-stamp service; name one");
                Err(Fault::invalid("--tsa", "TSA", text))
            }
            (level, Some(url)) => {
                let services = ServiceOptions {
                    tsa: self.tsa.clone(),
                    tsa_credentials_file: self.tsa_credentials_file.clone(),
                    ..ServiceOptions::default()
                };
                let client = services.client();
                Ok(Some(Raising {
                    level,
                    timestamps: services.authority(url, client.clone())?,
                    client,
                    cache: cache_under(data),
                    look_every: LOOK_EVERY,
                }))
            }
        }
    }
}

/// Where revocation data lie until they are out of date: nothing that a backup needs.
#[must_use]
pub fn cache_under(data: &Path) -> PathBuf {
    data.join("evidence-cache")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(level: Level, tsa: Option<&str>) -> Result<Option<Raising>, Fault> {
        let tsa = tsa.map(str::to_owned);
        RaisingOptions { level, tsa, tsa_credentials_file: None }.raising(Path::new("data"))
    }

    #[test]
    fn a_level_and_a_time_stamp_service_go_together() {
        const URL: &str = "http://tsa.example.vn/";
        assert!(asked(Level::Basic, None).unwrap().is_none());
        for level in [Level::Timestamped, Level::LongTerm, Level::Archived] {
            assert_eq!(asked(level, Some(URL)).unwrap().unwrap().level, level);
            assert!(matches!(asked(level, None), Err(Fault::Invalid(v)) if v[0].field == "--tsa"));
        }
        assert!(matches!(asked(Level::Basic, Some(URL)), Err(Fault::Invalid(v)) if v[0].field == "--level"));
        assert!(asked(Level::LongTerm, Some("ftp://tsa.example.vn/")).is_err());
    }
}
