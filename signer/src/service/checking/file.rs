//! One file: judged in a worker with what authorities say, round by round, until nothing more can be asked.

use proto::archive::v1::PutFileRequest;
use proto::fault::Fault;
use proto::record::v1::{CheckedFile, Finding, SignatureReport};
use proto::rpc::fault_of;
use proto::rpc::stream::chunks;

use super::super::Inner;
use super::super::evidence::{by_signer, fetched};
use super::super::received::Received;
use super::Checking;
use crate::evidence_file::{Evidence, EvidenceFileError};
use crate::fetch::limits::{ISSUER_TRIES_MAX, JUDGING_ROUNDS_MAX};
use crate::fetch::{Anchors, Cache, EvidenceError, Fetcher, HttpError};
use crate::validate::{Inquiry, Known, Options};
use crate::worker::{self, BesidesMessage, FILE_BYTES_MAX, Limits, Request, WorkerError};

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// Nobody is trusted, so nobody is asked.
    #[error("the folder of trust roots is empty; nobody is asked")]
    NobodyTrusted,
    /// An authority could not be asked, or what it said cannot be used.
    #[error(transparent)]
    Asking(EvidenceError),
    /// The file broke its worker.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// There is too much of it.
    #[error(transparent)]
    Evidence(#[from] EvidenceFileError),
    /// By the archive.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Failure {
    /// Whether the same may succeed later.
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Asking(error) => passes(error),
            Self::NobodyTrusted | Self::Worker(_) | Self::Evidence(_) => false,
            Self::Fault(fault) => matches!(fault, Fault::Unavailable { .. } | Fault::Busy { .. }),
        }
    }

    /// A stable code, for translations.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NobodyTrusted => "nobody_trusted",
            Self::Asking(error) => error.code(),
            Self::Worker(_) => "file_not_judged",
            Self::Evidence(_) => "evidence_too_large",
            Self::Fault(Fault::Unavailable { .. } | Fault::Busy { .. }) => "archive_unavailable",
            Self::Fault(_) => "not_recorded",
        }
    }
}

/// What was not asked for want of time is asked the next time: by then the cache answers the rest.
fn passes(error: &EvidenceError) -> bool {
    error.is_passing() || matches!(error, EvidenceError::Http(HttpError::Spent { .. }))
}

/// Whether nothing more is waited for after so many tries: there is nobody to ask unless somebody trusts more roots, or
/// an issuer of whom nobody trusted speaks has not answered for long.
fn is_final(error: &EvidenceError, tries: u32) -> bool {
    match error {
        EvidenceError::NotTrusted { .. } | EvidenceError::NoSource { .. } => true,
        EvidenceError::Issuer { .. } => tries >= ISSUER_TRIES_MAX,
        _ => false,
    }
}

/// What a document still waits for; what may pass comes first.
fn awaited(failures: &[EvidenceError], tries: u32) -> Option<&EvidenceError> {
    let open = || failures.iter().filter(|error| !is_final(error, tries));
    open().find(|error| passes(error)).or_else(|| open().next())
}

/// Judges a file for the time of its receipt (seconds since 1970) and keeps what was said; `None` where it bears no
/// signature. `tries` failed before.
pub(super) async fn checked(
    inner: &Inner,
    checking: &Checking,
    id: &str,
    digest: &str,
    received_at: i64,
    tries: u32,
) -> Result<Option<CheckedFile>, Failure> {
    let now = inner.now_ms().div_euclid(1_000);
    let roots = inner.roots();
    if roots.is_empty() {
        return Err(Failure::NobodyTrusted);
    }
    // As on receipt: revocation that could not be checked is *không xác định*.
    let options = Options { roots: roots.clone(), at: received_at, require_revocation: true };
    let mut request = Request::new(bytes::Bytes::new(), &options);
    request.with_text = false;
    let cache = Cache::in_folder(&checking.cache);
    let fetcher = Fetcher::new(checking.client.clone(), cache, Anchors::Roots(roots));
    let known = Known { existed_at: Some(received_at), ..Known::default() };
    let mut inquiry = Inquiry::new(&fetcher, known);
    let mut round = 0;
    let (report, besides) = loop {
        let (report, besides) = judged(inner, id, digest, request.clone().knowing(&inquiry.known)).await?;
        if report.signatures.is_empty() {
            return Ok(None);
        }
        round += 1;
        if round > JUDGING_ROUNDS_MAX {
            break (report, besides);
        }
        let (wishes, carried) = besides.wishes();
        // Not one of the turns of those who sign: a service that is slow must not hold them up.
        let asking = tokio::task::spawn_blocking(move || {
            let more = inquiry.ask(wishes, &carried, now);
            (inquiry, more)
        });
        let more;
        (inquiry, more) = asking.await.map_err(Fault::broken)?;
        if !more {
            break (report, besides);
        }
    };
    let failures = std::mem::take(&mut inquiry.failures);
    if let Some(error) = awaited(&failures, tries) {
        return Err(Failure::Asking(error.clone()));
    }
    kept(inner, digest, now, received_at, report, besides, inquiry.known, &failures).await.map(Some)
}

/// One round in a worker. The file is fetched for each: what is too large to be held is given away to the worker.
async fn judged(
    inner: &Inner,
    id: &str,
    digest: &str,
    request: Request,
) -> Result<(SignatureReport, BesidesMessage), Failure> {
    let size_max = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    let answer = match fetched(inner, id, digest, size_max).await? {
        Received::Held(file) => {
            worker::run(&inner.worker, &Request { file, ..request }, Limits::default()).await?
        }
        Received::OnDisk(file) => {
            worker::run_on_disk(&inner.worker, file, &request, Limits::default()).await?
        }
    };
    let report = answer.inspected.and_then(|inspected| inspected.report);
    let silent = || Fault::broken("a worker answered without a report");
    Ok((report.ok_or_else(silent)?, answer.besides.ok_or_else(silent)?))
}

/// Puts the evidence into the archive.
#[expect(clippy::too_many_arguments, reason = "all that one judging gave, once")]
async fn kept(
    inner: &Inner,
    digest: &str,
    now: i64,
    received_at: i64,
    mut report: SignatureReport,
    besides: BesidesMessage,
    known: Known,
    failures: &[EvidenceError],
) -> Result<CheckedFile, Failure> {
    report.checked_at = Some(prost_types::Timestamp { seconds: now, nanos: 0 });
    report.findings.extend(failures.iter().map(|error| Finding {
        code: "evidence_not_fetched".to_owned(),
        text: format!("{}: {error}", error.code()),
    }));
    let mut certificates = besides.paths;
    certificates.extend(known.certificates);
    let evidence = Evidence {
        file_sha256: digest.to_owned(),
        judged_at: received_at,
        checked_at: now,
        report: serde_json::from_str(&besides.report_json).unwrap_or_default(),
        known: Known { certificates, ..known },
        stamps: besides.stamps,
    };
    let sources = evidence.sources();
    let zip = bytes::Bytes::from(evidence.to_zip()?);
    let stream = tokio_stream::iter(chunks(zip).map(|chunk| PutFileRequest { chunk }));
    let request = by_signer(inner, stream)?;
    let put = inner.archive.clone().put_file(request).await.map_err(|s| fault_of(&s))?.into_inner();
    Ok(CheckedFile {
        digest: digest.to_owned(),
        evidence_digest: put.digest,
        evidence_size: put.size,
        complete: failures.is_empty(),
        signatures: Some(report),
        sources,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer() -> EvidenceError {
        let down = HttpError::Busy { url: "http://ca.example/ca.cer".to_owned() };
        EvidenceError::Issuer { subject: "CN=somebody".to_owned(), down }
    }

    #[test]
    fn a_strangers_issuer_is_waited_for_some_time_and_a_trusted_service_always() {
        let service = EvidenceError::Http(HttpError::Busy { url: "http://ca.example/ocsp".to_owned() });
        let nobody = EvidenceError::NoSource { subject: "CN=somebody".to_owned() };
        assert!(awaited(&[issuer()], ISSUER_TRIES_MAX - 1).is_some());
        assert!(awaited(&[issuer(), nobody], ISSUER_TRIES_MAX).is_none(), "its address may be dead for ever");
        assert_eq!(awaited(&[issuer(), service.clone()], u32::MAX), Some(&service));
    }
}
