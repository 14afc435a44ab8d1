//! Strangers' files: validated and read in a worker process; places of fields found by the words of the pages.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proto::fault::Fault;
use proto::rpc::Identity;
use proto::rpc::stream::file_chunks;
use proto::signer::v1::{
    FindPlacesRequest, FindPlacesResponse, InspectRequest, InspectResponse, ValidateFileRequest,
    ValidateFileResponse, ValidateUploadRequest, ValidateUploadResponse,
};
use tokio::sync::Semaphore;
use tokio_stream::StreamExt as _;
use tonic::Streaming;

use super::Inner;
use super::received::{Received, received};
use crate::find;
use crate::validate::Options;
use crate::worker::{self, FILE_BYTES_MAX, Limits, Request, WorkerError};

/// Largest file that is validated without being kept, in bytes.
const UPLOAD_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Largest file that is validated without being kept and comes in chunks, in bytes.
const STREAMED_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// How long such a file may take to come.
const STREAMED_TIME_MAX: Duration = Duration::from_secs(300);
/// Such files that may come at once: each lies on the disk until it is judged.
pub(super) const STREAMED_AT_ONCE: usize = 4;
/// Files of people who are not logged in that are looked into at once.
pub(super) const GUESTS_AT_ONCE: usize = 2;

/// Validates a kept file and reads its text.
pub(super) async fn kept(
    inner: &Inner,
    identity: &Identity,
    request: InspectRequest,
) -> Result<InspectResponse, Fault> {
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    looked_into(inner, &inner.acts, file, true).await
}

/// Validates a file that is not kept.
pub(super) async fn upload(
    inner: &Inner,
    _: &Identity,
    request: ValidateUploadRequest,
) -> Result<ValidateUploadResponse, Fault> {
    if request.pdf.is_empty() || request.pdf.len() > UPLOAD_BYTES_MAX {
        return Err(Fault::invalid("pdf", "UPLOAD_SIZE", format!("1 to {UPLOAD_BYTES_MAX} bytes")));
    }
    let pdf = Received::Held(request.pdf.into());
    let seen = looked_into(inner, &inner.guests, pdf, false).await?;
    Ok(ValidateUploadResponse { report: seen.report, pages: seen.pages })
}

/// Validates a file that is not kept and comes in chunks.
pub(super) async fn streamed(
    inner: &Inner,
    chunks: Streaming<ValidateFileRequest>,
) -> Result<ValidateFileResponse, Fault> {
    let Ok(_place) = Arc::clone(&inner.streamed).try_acquire_owned() else {
        let text = "other large files are being checked; try again in a minute".to_owned();
        return Err(Fault::Busy { reason: "TOO_MANY_FILES", text });
    };
    let chunks = chunks.map(|answer| answer.map(|it| Bytes::from(it.chunk)));
    let whole = received(chunks, inner.vault.folder(), STREAMED_BYTES_MAX);
    let Ok(file) = tokio::time::timeout(STREAMED_TIME_MAX, whole).await else {
        let text = format!("the file took longer than {} seconds to come", STREAMED_TIME_MAX.as_secs());
        return Err(Fault::refused("UPLOAD_TOO_SLOW", text));
    };
    let seen = looked_into(inner, &inner.guests, file?, false).await?;
    Ok(ValidateFileResponse { report: seen.report, pages: seen.pages })
}

/// Looks for the places of the four fields.
pub(super) async fn find_places(
    inner: &Inner,
    identity: &Identity,
    request: FindPlacesRequest,
) -> Result<FindPlacesResponse, Fault> {
    let file = fetched(inner, identity, &request.digest, &request.record_id).await?;
    let _turn = Arc::clone(&inner.acts).acquire_owned().await.map_err(Fault::broken)?;
    let places = match file {
        Received::Held(bytes) => find::places(&bytes).await?,
        Received::OnDisk(file) => find::places_on_disk(file).await?,
    };
    Ok(FindPlacesResponse { places })
}

/// A kept file, to be opened by another process.
async fn fetched(
    inner: &Inner,
    identity: &Identity,
    digest: &str,
    record_id: &str,
) -> Result<Received, Fault> {
    let most = u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX);
    let chunks = file_chunks(&mut inner.archive.clone(), identity, digest, record_id).await?;
    received(chunks, inner.vault.folder(), most).await
}

async fn looked_into(
    inner: &Inner,
    turns: &Arc<Semaphore>,
    file: Received,
    with_text: bool,
) -> Result<InspectResponse, Fault> {
    let at = inner.now_ms().div_euclid(1_000);
    // What the office shows follows TT 15/2025: revocation that could not be checked is *không xác định*.
    let options = Options { roots: inner.roots(), at, require_revocation: true };
    let (bytes, on_disk) = match file {
        Received::Held(bytes) => (bytes, None),
        Received::OnDisk(file) => (Bytes::new(), Some(file)),
    };
    let mut request = Request::new(bytes, &options);
    request.with_text = with_text;
    let _turn = Arc::clone(turns).acquire_owned().await.map_err(Fault::broken)?;
    let answered = match on_disk {
        None => worker::run(&inner.worker, &request, Limits::default()).await,
        Some(file) => worker::run_on_disk(&inner.worker, file, &request, Limits::default()).await,
    };
    match answered {
        Ok(answer) => answer.inspected.ok_or_else(|| Fault::broken("a worker answered without a report")),
        Err(error @ (WorkerError::Died { .. } | WorkerError::TimedOut(_))) => {
            // The file broke its worker: it is not readable, which is a finding and not our fault.
            tracing::warn!(%error, "a worker did not survive its file");
            let report = crate::validate::Report::unreadable(
                "the file takes more time or memory than is given to one",
            );
            Ok(InspectResponse {
                report: Some(report.to_record(at)),
                media_type: "application/pdf".to_owned(),
                needs_ocr: true,
                ..InspectResponse::default()
            })
        }
        Err(WorkerError::TooLarge { size }) => Err(Fault::refused(
            "FILE_TOO_LARGE",
            format!("the file has {size} bytes, at most {FILE_BYTES_MAX}"),
        )),
        Err(error) => Err(Fault::broken(error)),
    }
}
