//! Whether an office asks authorities about the signatures of what it received, as an argument of `serve` and `demo`.

use std::path::Path;
use std::time::Duration;

use clap::Args;
use signer::fetch::{Client, ClientOptions};
use signer::service::Checking;

use crate::raising::cache_under;

/// How often the signer asks the archive what waits.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Options of `serve` and `demo`.
#[derive(Debug, Clone, Args)]
pub struct CheckingOptions {
    /// Ask authorities about the signatures of received documents, in the background: by OCSP, by CRL, for issuers, where
    /// the certificates say, if their path ends at a root in DATA/trust. What they say is kept with the document. Without
    /// this nothing is asked of anybody, and revocation is known only where a file itself holds it.
    #[arg(long)]
    pub online_evidence: bool,
}

impl CheckingOptions {
    /// What the signer of an office over `data` needs; nothing where nobody is to be asked.
    #[must_use]
    pub fn checking(&self, data: &Path) -> Option<Checking> {
        self.online_evidence.then(|| Checking {
            client: Client::new(ClientOptions::default()),
            cache: cache_under(data),
            look_every: LOOK_EVERY,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_unless_it_is_switched_on() {
        let asked = |online_evidence| CheckingOptions { online_evidence }.checking(Path::new("data"));
        assert!(asked(false).is_none());
        assert_eq!(asked(true).unwrap().cache, cache_under(Path::new("data")));
    }
}
