//! `prepare` and `complete`: a signature by a key that this program never sees.

use std::path::PathBuf;

use clap::Args;
use proto::fault::Fault;
use proto::rpc::Clock;
use serde_json::json;
use signer::cms::{ContentDigest, SignatureAlgorithm};
use signer::keys::{KeyError, Signatory};
use signer::pdf::{Document, Input};
use signer::sign::{ANSWER_BYTES_MAX, Deferred, DeferredError};
use signer::validate::{NotRight, Options, Report, check_signed, validate_document};

use crate::pdf::{
    SignError, SigningOptions, document_password, open, read, source, write_judged, write_private,
};
use crate::serve::say;

/// `prepare`.
#[derive(Debug, Args)]
pub struct Prepare {
    /// The PDF.
    pub input: PathBuf,
    /// Where the state goes until the signature comes; must not be there yet. It holds the PDF.
    pub state: PathBuf,
    /// The certificate that will sign, PEM or DER.
    #[arg(long, value_name = "FILE")]
    pub certificate: PathBuf,
    /// Certificates above it, PEM; several in one file are allowed. May be given several times.
    #[arg(long, value_name = "PEM")]
    pub chain: Vec<PathBuf>,
    /// How long the state is good, in hours.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=720))]
    pub hours: u16,
    /// What and how.
    #[command(flatten)]
    pub options: SigningOptions,
}

/// `complete`.
#[derive(Debug, Args)]
pub struct Complete {
    /// What `prepare` wrote.
    pub state: PathBuf,
    /// The signature: raw (ECDSA as a DER pair or as two numbers), or a finished CMS, DER or PEM.
    pub signature: PathBuf,
    /// Where the signed PDF goes; must not be there yet.
    pub output: PathBuf,
    /// A file whose first line is the password of the PDF, where it has one.
    #[arg(long, value_name = "FILE")]
    pub document_password_file: Option<PathBuf>,
}

/// Why a prepared file was not completed.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// The state or the signature is not taken: a typed reason.
    #[error(transparent)]
    Deferred(#[from] DeferredError),
    /// The file was signed, looked at again, and is not given out.
    #[error(transparent)]
    NotRight(#[from] NotRight),
    /// Anything else.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl CompleteError {
    /// The typed reason; none for trouble of another kind.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Deferred(error) => Some(error.code()),
            Self::NotRight(_) => Some("signature_not_right"),
            Self::Fault(_) => None,
        }
    }
}

/// Prepares a file; prints what is to be signed as one JSON object.
///
/// # Errors
/// [`SignError`]; then nothing is left behind.
pub fn prepare(args: &Prepare, clock: &Clock) -> Result<(), SignError> {
    let now_s = clock().div_euclid(1_000);
    let mut above = Vec::new();
    for path in &args.chain {
        above.extend(Signatory::read_certificates(&read(path)?).map_err(|e| key_fault("--chain", &e))?);
    }
    let own = Signatory::read_certificates(&read(&args.certificate)?);
    let mut own = own.map_err(|e| key_fault("--certificate", &e))?;
    let certificate = own.remove(0);
    above.extend(own);
    let signatory = Signatory::new(certificate, above).map_err(|e| key_fault("--certificate", &e))?;
    let request = args.options.request(&signatory.info().subject, now_s)?;
    let password = args.options.document_password()?;
    let expires_at = now_s.saturating_add(i64::from(args.hours) * 3_600);
    let deferred = Deferred::sign(source(open(&args.input)?, &password), &request, signatory, expires_at)?;
    write_private(&args.state, |out| deferred.write_state(true, out))?;
    say(&told(&deferred).to_string());
    Ok(())
}

/// Completes a file with the signature made elsewhere.
///
/// # Errors
/// [`CompleteError`]; then nothing is left behind.
pub fn complete(args: &Complete, clock: &Clock) -> Result<(), CompleteError> {
    let now_s = clock().div_euclid(1_000);
    let answer = read(&args.signature)?;
    if answer.len() > ANSWER_BYTES_MAX {
        let text = format!("at most {ANSWER_BYTES_MAX} bytes");
        return Err(Fault::invalid("SIGNATURE", "FILE_TOO_LARGE", text).into());
    }
    let password = document_password(args.document_password_file.as_deref())?;
    let deferred = Deferred::from_state_file(&open(&args.state)?, now_s)?;
    let before = judged(deferred.original().clone(), &password, now_s);
    let signed = deferred.complete(&answer, now_s)?.file();
    write_judged(&args.output, &signed, |written| {
        Ok(check_signed(&before, &judged(written, &password, now_s))?)
    })
}

/// What is to be signed, for whoever holds the key.
fn told(deferred: &Deferred) -> serde_json::Value {
    let digest =
        |digest: &ContentDigest| json!({ "algorithm": digest.algorithm.name(), "value": hex(&digest.value) });
    let scheme = match deferred.scheme() {
        SignatureAlgorithm::RsaPss { salt_len, .. } => {
            json!({ "name": "RSASSA-PSS", "salt_length": salt_len })
        }
        other => json!({ "name": other.name() }),
    };
    json!({
        "document_digest": digest(deferred.document_digest()),
        "to_be_signed": openssl::base64::encode_block(deferred.to_be_signed()).replace('\n', ""),
        "to_be_signed_digest": deferred.digest_to_be_signed().map(|one| digest(&one)),
        "scheme": scheme,
        "certificate_sha256": deferred.signatory().info().fingerprint,
        "expires_at": jiff::Timestamp::from_second(deferred.expires_at()).ok().map(|at| at.to_string()),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key_fault(argument: &'static str, error: &KeyError) -> Fault {
    Fault::invalid(argument, "CERTIFICATE", error.to_string())
}

fn judged(file: Input, password: &str, at: i64) -> Report {
    let options = Options { roots: signer::chain::TrustRoots::none(), at, require_revocation: false };
    match Document::open_with_password(file, password) {
        Ok(document) => validate_document(&document, &options),
        Err(error) => Report::unreadable(error.to_string()),
    }
}
