//! `vanthu verify`: one file, or every PDF of a folder.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use proto::fault::Fault;
use proto::rpc::Clock;
use serde_json::json;
use signer::chain::TrustRoots;
use signer::evidence_file;
use signer::fetch::{Anchors, Cache, Client, ClientOptions, Fetcher, limits};
use signer::pdf::Document;
use signer::validate::{Known, Options, Report, SignedAtIs, Verdict, validate_online, validate_with};

use super::options::document_password;
use super::{folder, open};
use crate::serve::say;

/// `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The PDF, or a folder: then every PDF in it is judged, one JSON line each. The exit code is the worst: invalid,
    /// then unreadable, then without signature, then indeterminate.
    pub file: PathBuf,
    /// A PEM file or a folder of them: who is trusted without proof. May be given several times.
    #[arg(long)]
    pub trust: Vec<PathBuf>,
    /// Judge as of this time instead of now: 2026-05-26T09:15:30+07:00, or seconds since 1970.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub at: Option<i64>,
    /// Ask nobody over the network: revocation is judged by what the file holds. Otherwise what the file lacks is asked
    /// for where the certificates say, by OCSP and then by CRL, if their path ends at a root given by --trust.
    #[arg(long)]
    pub offline: bool,
    /// A folder in which revocation data are kept until they are out of date. Default: for this run only.
    #[arg(long, value_name = "FOLDER", conflicts_with = "offline")]
    pub evidence_cache: Option<PathBuf>,
    /// Evidence that was kept beside the file: the ZIP that an office keeps with a received document, or the folder that it
    /// was unpacked to. Certificates and revocation data in it count as those in the file do; with --offline they are all
    /// that is asked. May be given several times.
    #[arg(long, value_name = "ZIP|FOLDER")]
    pub evidence: Vec<PathBuf>,
    /// The file is known to have been there at this time, by a register that you trust, such as the office's own of
    /// received documents: judge as of then, as if a time stamp proved it.
    #[arg(long, value_name = "TIME", value_parser = instant, conflicts_with = "at")]
    pub received: Option<i64>,
    /// A certificate whose revocation is unknown keeps the verdict from being valid.
    #[arg(long)]
    pub require_revocation: bool,
    /// One JSON object instead of words.
    #[arg(long)]
    pub json: bool,
    /// A file whose first line is the password of the PDF, its user's or its owner's.
    #[arg(long, value_name = "FILE")]
    pub document_password_file: Option<PathBuf>,
}

/// Judges a file or a folder; answers the exit code.
///
/// # Errors
/// [`Fault`] for a trust root that cannot be read, and for a folder without a PDF. A file that cannot be read is
/// *unreadable*.
pub fn verify(args: &Verify, clock: &Clock) -> Result<u8, Fault> {
    let mut roots = TrustRoots::none();
    for path in &args.trust {
        roots.add_path(path).map_err(|e| Fault::invalid("--trust", "TRUST", e.to_string()))?;
    }
    let now = clock().div_euclid(1_000);
    let fetcher = (!args.offline).then(|| fetcher(args, &roots));
    let at = args.at.or(args.received).unwrap_or(now);
    let options = Options { roots, at, require_revocation: args.require_revocation };
    let known = known(args)?;
    let password = document_password(args.document_password_file.as_deref())?;
    let judged = |path: &Path| -> Result<Report, Fault> {
        Ok(match Document::open_with_password(open(path)?, &password) {
            Ok(document) => match &fetcher {
                Some(fetcher) => validate_online(&document, &options, fetcher, now, &known),
                None => validate_with(&document, &options, &known),
            },
            Err(error) => Report::unreadable(error.to_string()),
        })
    };
    if args.file.is_dir() {
        let mut worst = Verdict::Valid;
        for path in folder::pdfs(&args.file)? {
            let report = judged(&path).unwrap_or_else(|fault| Report::unreadable(fault.to_string()));
            let mut line = report.to_json();
            line["file"] = json!(folder::name(&path));
            say(&line.to_string());
            if badness(report.verdict) > badness(worst) {
                worst = report.verdict;
            }
        }
        return Ok(worst.exit_code());
    }
    let report = judged(&args.file).unwrap_or_else(|fault| Report::unreadable(fault.to_string()));
    if args.json {
        say(&report.to_json().to_string());
    } else {
        tell(&report);
    }
    Ok(report.verdict.exit_code())
}

/// What is known beside the file.
fn known(args: &Verify) -> Result<Known, Fault> {
    let mut known = Known { existed_at: args.received, ..Known::default() };
    for path in &args.evidence {
        let kept = evidence_file::read(path)
            .map_err(|error| Fault::invalid("--evidence", "EVIDENCE", error.to_string()))?;
        known.certificates.extend(kept.certificates);
        known.crls.extend(kept.crls);
        known.ocsp.extend(kept.ocsp);
    }
    Ok(known)
}

/// Who asks for what a file lacks: soon at an end, since somebody waits for the verdict.
fn fetcher(args: &Verify, roots: &TrustRoots) -> Fetcher {
    let client = Client::new(ClientOptions {
        time: limits::JUDGING_EXCHANGE_TIME,
        attempts: limits::JUDGING_ATTEMPTS,
        ..ClientOptions::default()
    });
    let cache = args.evidence_cache.as_ref().map_or_else(Cache::in_memory, Cache::in_folder);
    Fetcher::new(client, cache, Anchors::Roots(roots.clone()))
}

/// Of several verdicts the worst counts: what is proven wrong is worse than what could not be looked at.
fn badness(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Valid => 0,
        Verdict::Indeterminate => 1,
        Verdict::Unsigned => 2,
        Verdict::Unreadable => 3,
        Verdict::Invalid => 4,
    }
}

/// RFC 3339, or seconds since 1970.
fn instant(text: &str) -> Result<i64, String> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(seconds);
    }
    let wrong = |_| "a time like 2026-05-26T09:15:30+07:00 is needed, or seconds since 1970".to_owned();
    text.parse::<Timestamp>().map(Timestamp::as_second).map_err(wrong)
}

fn tell(report: &Report) {
    say(report.verdict.name());
    for one in &report.signatures {
        let certificate = one.certificate.clone().unwrap_or_default();
        say(&format!(
            "{} {}: {} by {} ({}), covers {}, changes after: {}, revocation {}",
            one.kind.name(),
            one.field,
            one.verdict.name(),
            certificate.subject,
            certificate.issuer,
            one.covers.name(),
            one.changes_after.name(),
            one.revocation.name(),
        ));
        if let Some(at) = one.signed_at.and_then(|at| Timestamp::from_second(at).ok()) {
            let whose = match one.signed_at_is {
                SignedAtIs::Claimed => "as the signer claims, no time stamp proves it",
                SignedAtIs::Timestamped => "proven by a time stamp",
            };
            say(&format!("  signed at {at}, {whose}"));
        }
        for reason in one.reasons() {
            say(&format!("  because {reason}"));
        }
        for warning in one.warnings() {
            say(&format!("  warning {warning}"));
        }
        for change in &one.changes {
            let word = if change.permitted { "permitted" } else { "forbidden" };
            say(&format!("  {word} change in revision {}: {}", change.revision, change.text));
        }
    }
    for finding in &report.findings {
        say(&format!("file: {finding}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_given_as_people_and_as_machines_write_them() {
        assert_eq!(instant("1779765330"), Ok(1_779_765_330));
        assert_eq!(instant("2026-05-26T10:15:30+07:00"), Ok(1_779_765_330));
        assert_eq!(instant("2026-05-26T03:15:30Z"), Ok(1_779_765_330));
        assert!(instant("yesterday").is_err());
    }

    #[test]
    fn what_is_proven_wrong_is_worst() {
        let mut order = [
            Verdict::Unreadable,
            Verdict::Valid,
            Verdict::Invalid,
            Verdict::Unsigned,
            Verdict::Indeterminate,
        ];
        order.sort_by_key(|verdict| badness(*verdict));
        assert_eq!(order.map(Verdict::exit_code), [0, 2, 3, 4, 1]);
    }
}
