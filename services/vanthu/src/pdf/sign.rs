//! `vanthu sign`: one file, or every PDF of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use proto::fault::Fault;
use proto::rpc::Clock;
use serde_json::json;
use signer::chain::TrustRoots;
use signer::keys::SigningKey;
use signer::pdf::Document;
use signer::sign::{Refusal, SigningRequest, SteerError, sign_with};
use signer::validate::{NotRight, Options, Report, check_signed, validate_document};

use super::options::source;
use super::output::write_signed;
use super::{KeyOptions, SigningOptions, folder, read};
use crate::serve::say;

/// What `sign` exits with when it refuses a file.
pub const REFUSED: u8 = 5;
/// What a file of a folder counts as that could not be read or written.
const FAILED: u8 = 6;

/// `sign`.
#[derive(Debug, Args)]
pub struct Sign {
    /// The PDF, or a folder: then every PDF in it is signed.
    pub input: PathBuf,
    /// Where the signed PDF goes; must not be there yet. For a folder a folder, made if it is missing.
    pub output: PathBuf,
    /// By which key.
    #[command(flatten)]
    pub key: KeyOptions,
    /// What and how.
    #[command(flatten)]
    pub options: SigningOptions,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file is not signed: a typed reason.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The file was signed, looked at again, and is not given out.
    #[error(transparent)]
    NotRight(#[from] NotRight),
    /// Anything else: key, password, disk, box.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<SteerError> for SignError {
    fn from(error: SteerError) -> Self {
        match error {
            SteerError::Refused(refusal) => Self::Refused(refusal),
            SteerError::Key(error) => Fault::invalid("--key", "KEY", error.to_string()).into(),
            SteerError::Sign(error) => Fault::broken(error).into(),
        }
    }
}

impl SignError {
    /// The typed reason of a file that is refused; none for trouble of another kind.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => Some(refusal.code()),
            Self::NotRight(_) => Some("signature_not_right"),
            Self::Fault(_) => None,
        }
    }
}

/// Signs a file or a folder; answers the exit code. Nothing is left behind of a file that is refused.
///
/// # Errors
/// [`SignError`]. What befalls one file of a folder is told in its line and in the exit code.
pub fn sign(args: &Sign, clock: &Clock) -> Result<u8, SignError> {
    let now_s = clock().div_euclid(1_000);
    let key = args.key.open()?;
    let request = args.options.request(&key.info().subject, now_s)?;
    let password = args.options.document_password()?;
    let job = Job { key: &key, request: &request, password: &password, now_s };
    if args.input.is_dir() {
        return Ok(job.sign_folder(&args.input, &args.output)?);
    }
    job.sign_file(&args.input, &args.output)?;
    Ok(0)
}

/// What is the same for every file.
struct Job<'j> {
    key: &'j SigningKey,
    request: &'j SigningRequest,
    password: &'j str,
    now_s: i64,
}

impl Job<'_> {
    fn sign_file(&self, input: &Path, output: &Path) -> Result<(), SignError> {
        let file = read(input)?;
        let length = file.len();
        let before = self.judged(file.clone());
        let signed = sign_with(source(file, self.password), self.request, self.key)?;
        check_signed(&before, &self.judged(signed.to_bytes()))?;
        Ok(write_signed(input, length, signed.tail(), output)?)
    }

    /// One JSON line a file; the exit code is that of the file that fared worst.
    fn sign_folder(&self, input: &Path, output: &Path) -> Result<u8, Fault> {
        let failed =
            |e: std::io::Error| Fault::invalid(output.display().to_string(), "OUTPUT", e.to_string());
        fs::create_dir_all(output).map_err(failed)?;
        let mut worst = 0;
        for path in folder::pdfs(input)? {
            let name = path.file_name().unwrap_or_default();
            let (outcome, reason, code) = match self.sign_file(&path, &output.join(name)) {
                Ok(()) => ("signed", None, 0),
                Err(error) => {
                    tracing::warn!(file = %path.display(), %error, "not signed");
                    let code = if error.reason().is_some() { REFUSED } else { FAILED };
                    ("refused", Some(error.reason().unwrap_or("failed")), code)
                }
            };
            say(&json!({ "file": folder::name(&path), "outcome": outcome, "reason": reason }).to_string());
            worst = worst.max(code);
        }
        Ok(worst)
    }

    fn judged(&self, file: Vec<u8>) -> Report {
        let options = Options { roots: TrustRoots::none(), at: self.now_s, require_revocation: false };
        match Document::open_with_password(file, self.password) {
            Ok(document) => validate_document(&document, &options),
            Err(error) => Report::unreadable(error.to_string()),
        }
    }
}
