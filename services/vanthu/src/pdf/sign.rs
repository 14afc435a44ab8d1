//! `vanthu sign`: one file, or every PDF of a folder.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use proto::fault::Fault;
use proto::rpc::Clock;
use serde_json::json;
use signer::chain::TrustRoots;
use signer::keys::SigningKey;
use signer::pdf::{Document, Input};
use signer::sign::{
    Level, LevelError, Refusal, Services, SigningRequest, SteerError, level_of, sign_at_level, sign_with,
};
use signer::validate::{
    Kind, NotRight, Options, Report, SignatureReport, Verdict, check_signed, validate_document,
};

use super::options::source;
use super::output::write_judged;
use super::{KeyOptions, SigningOptions, folder, open};
use crate::raise::ServiceOptions;
use crate::serve::say;

/// What `sign` exits with when it refuses a file.
pub const REFUSED: u8 = 5;
/// What a file of a folder counts as that could not be read or written.
const FAILED: u8 = 6;
/// How much of two files is compared at a time, in bytes.
const PIECE_BYTES: usize = 1 << 20;

/// `sign`.
#[derive(Debug, Args)]
pub struct Sign {
    /// The PDF, or a folder: then every PDF in it is signed.
    pub input: PathBuf,
    /// Where the signed PDF goes; must not be there yet. For a folder a folder, made if it is missing: what it holds
    /// of an earlier run is not signed again.
    pub output: PathBuf,
    /// By which key.
    #[command(flatten)]
    pub key: KeyOptions,
    /// What and how.
    #[command(flatten)]
    pub options: SigningOptions,
    /// For how long it can be judged: a signature, with time stamp, with revocation data, with a time stamp over all.
    #[arg(long, value_name = "b-b|b-t|b-lt|b-lta", default_value = "b-b")]
    pub level: Level,
    /// Who gives what the level takes.
    #[command(flatten)]
    pub services: ServiceOptions,
}

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file is not signed: a typed reason.
    #[error(transparent)]
    Refused(Refusal),
    /// The file does not reach the level: a typed reason.
    #[error(transparent)]
    Level(LevelError),
    /// The file was signed, looked at again, and is not given out.
    #[error(transparent)]
    NotRight(#[from] NotRight),
    /// In a folder: the output is there, and is not what a run like this one would have left.
    #[error("the output is there, and is not this file as this key signs it at this level: move it away")]
    OutputExists,
    /// Anything else: key, password, disk, box.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Refusal> for SignError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // The disk's, not the file's.
            Refusal::Unreadable(error) => Fault::invalid("FILE", "FILE", error.to_string()).into(),
            refusal => Self::Refused(refusal),
        }
    }
}

impl From<SteerError> for SignError {
    fn from(error: SteerError) -> Self {
        match error {
            SteerError::Refused(refusal) => refusal.into(),
            SteerError::Key(error) => Fault::invalid("--key", "KEY", error.to_string()).into(),
            SteerError::Sign(error) => Fault::broken(error).into(),
        }
    }
}

impl From<LevelError> for SignError {
    fn from(error: LevelError) -> Self {
        match error {
            LevelError::Sign(error) => error.into(),
            LevelError::Refused(refusal) => refusal.into(),
            other => Self::Level(other),
        }
    }
}

impl SignError {
    /// The typed reason of a file that is refused; none for trouble of another kind.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => Some(refusal.code()),
            Self::Level(error) => Some(error.code()),
            Self::NotRight(_) => Some("signature_not_right"),
            Self::OutputExists => Some("output_exists"),
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
    let services = args.services.services()?;
    let (level, services) = (args.level, &services);
    let job = Job { key: &key, request: &request, password: &password, level, services, now_s };
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
    level: Level,
    services: &'j Services,
    now_s: i64,
}

impl Job<'_> {
    fn sign_file(&self, input: &Path, output: &Path) -> Result<(), SignError> {
        let file = open(input)?;
        let before = self.judged(file.clone());
        let source = source(file, self.password);
        let signed = match self.level {
            Level::Basic => sign_with(source, self.request, self.key)?,
            level => sign_at_level(source, self.request, self.key, level, self.services, self.now_s)?,
        };
        write_judged(output, &signed.file(), |written| {
            let after = self.judged(written);
            match self.level {
                Level::Basic | Level::Timestamped => check_signed(&before, &after)?,
                Level::LongTerm | Level::Archived => check_followed(&before, &after)?,
            }
            Ok(())
        })
    }

    /// One JSON line a file; the exit code is that of the file that fared worst. A run that was broken off is taken up
    /// by the same command: what the output holds is not signed again.
    fn sign_folder(&self, input: &Path, output: &Path) -> Result<u8, Fault> {
        let failed =
            |e: std::io::Error| Fault::invalid(output.display().to_string(), "OUTPUT", e.to_string());
        let files = folder::pdfs(input)?;
        fs::create_dir_all(output).map_err(failed)?;
        let mut worst = 0;
        for path in files {
            let name = path.file_name().unwrap_or_default();
            let (outcome, reason, code) = match self.sign_once(&path, &output.join(name)) {
                Ok(reason) => ("signed", reason, 0),
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

    /// Signs a file unless an earlier run has; tells so.
    fn sign_once(&self, input: &Path, output: &Path) -> Result<Option<&'static str>, SignError> {
        if !output.try_exists().unwrap_or(true) {
            return self.sign_file(input, output).map(|()| None);
        }
        if !self.has_signed(&open(input)?, open(output)?) {
            return Err(SignError::OutputExists);
        }
        Ok(Some("signed_before"))
    }

    /// Is `output` the very `input`, signed by this key afterwards, at this level or a higher one?
    fn has_signed(&self, input: &Input, output: Input) -> bool {
        let own = self.key.info().fingerprint;
        let is_own = |one: &SignatureReport| {
            one.kind == Kind::Signature
                && one.intact
                && one.verdict != Verdict::Invalid
                && one.revision_end.is_some_and(|end| end > input.len())
                && one.certificate.as_ref().is_some_and(|certificate| certificate.fingerprint == own)
        };
        begins_with(&output, input)
            && self.judged(output.clone()).signatures.iter().any(is_own)
            && (self.level == Level::Basic
                || level_of(source(output, self.password), &self.services.evidence.roots(), self.now_s)
                    .is_ok_and(|reached| reached >= Some(self.level)))
    }

    fn judged(&self, file: Input) -> Report {
        let options = Options::new(TrustRoots::none(), self.now_s);
        match Document::open_with_password(file, self.password) {
            Ok(document) => validate_document(&document, &options),
            Err(error) => Report::unreadable(error.to_string()),
        }
    }
}

/// Does a file begin with all of another? Looked at piece by piece, as files may be larger than memory.
fn begins_with(file: &Input, start: &Input) -> bool {
    let piece = |at: usize| at..(at + PIECE_BYTES).min(start.len());
    let same = |at: usize| start.get(piece(at)).is_some_and(|bytes| file.get(piece(at)) == Some(bytes));
    start.len() <= file.len() && (0..start.len()).step_by(PIECE_BYTES).all(same)
}

/// As [`check_signed`], where evidence and time stamps follow the new signature: one more is there, and none that was
/// good is bad.
fn check_followed(before: &Report, after: &Report) -> Result<(), NotRight> {
    let signatures =
        |report: &Report| report.signatures.iter().filter(|one| one.kind == Kind::Signature).count();
    if signatures(after) != signatures(before) + 1 {
        return Err(NotRight::NotFound);
    }
    for is in after.signatures.iter().filter(|one| one.verdict == Verdict::Invalid) {
        let was = before.signatures.iter().find(|was| was.kind == is.kind && was.field == is.field);
        if was.is_none_or(|was| was.verdict != Verdict::Invalid) {
            return Err(NotRight::Breaks { field: is.field.clone(), why: is.reasons().join("; ") });
        }
    }
    Ok(())
}
