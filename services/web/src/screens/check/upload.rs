//! A file that is checked and not kept: it streams through to the signer and is forgotten. Nothing of it lies on this
//! server afterwards; a revision is had by cutting the file in the browser, or by sending it once more.

use std::time::Duration;

use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::response::Response;
use bytes::Bytes;
use openssl::sha::Sha256;
use proto::fault::Fault;
use proto::rpc::fault_of;
use proto::rpc::stream::chunks;
use proto::signer::v1::ValidateFileRequest;
use tokio::sync::Semaphore;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;

use super::{Checked, revisions};
use crate::desk::Visitor;
use crate::failure::Failure;
use crate::form::clean;
use crate::random;
use crate::screens::files;

/// Largest file that is checked, in bytes: what the signer takes (`Signer.ValidateFile`).
pub(super) const FILE_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// Largest other input of the form, in bytes.
const INPUT_BYTES_MAX: usize = 256;
/// Chunks on their way at once.
const CHUNKS_AHEAD: usize = 4;
/// How long a file that is to be cut may take to come.
const CUT_TIME_MAX: Duration = Duration::from_secs(120);
/// Files that may be cut at once: each is held in memory until its answer has been handed on.
static CUTS: Semaphore = Semaphore::const_new(4);

fn broken_off(error: &MultipartError) -> Fault {
    Fault::invalid("", "UPLOAD_BROKEN_OFF", error.body_text())
}

fn too_large() -> Fault {
    Fault::refused("FILE_TOO_LARGE", format!("at most {FILE_BYTES_MAX} bytes are checked"))
}

/// Has the file of the form judged as it comes.
///
/// # Errors
/// [`Fault::Refused`] without a file or with one too large; [`Fault::Invalid`] when it broke off; the signer's fault.
pub(super) async fn checked(visitor: &Visitor, request: Request) -> Result<Checked, Fault> {
    let mut parts = multipart(request).await?;
    while let Some(field) = parts.next_field().await.map_err(|e| broken_off(&e))? {
        let Some(name) = field.file_name().map(clean).filter(|n| !n.is_empty()) else { continue };
        let Some(judged) = judged(visitor, name, field).await? else { continue };
        return Ok(judged);
    }
    Err(Fault::refused("NO_FILE", "no file was chosen"))
}

async fn multipart(request: Request) -> Result<Multipart, Fault> {
    Multipart::from_request(request, &()).await.map_err(|e| Fault::invalid("", "FORM_SHAPE", e.body_text()))
}

/// Nothing for an empty file.
async fn judged(visitor: &Visitor, name: String, mut field: Field<'_>) -> Result<Option<Checked>, Fault> {
    // The first bytes are waited for: the signer is not asked for nothing.
    let Some(first) = field.chunk().await.map_err(|e| broken_off(&e))?.filter(|c| !c.is_empty()) else {
        return Ok(None);
    };
    let (tx, rx) = tokio::sync::mpsc::channel::<ValidateFileRequest>(CHUNKS_AHEAD);
    let mut signer = visitor.calls().office.signer.clone();
    let asked = visitor.calls().request(ReceiverStream::new(rx));
    let judge = async move { signer.validate_file(asked).await.map_err(|s| fault_of(&s)) };
    let feed = async move {
        let (mut size, mut hash) = (0_u64, Sha256::new());
        let mut next = Some(first);
        while let Some(chunk) = next {
            size += chunk.len() as u64;
            if size > FILE_BYTES_MAX {
                return Err(too_large());
            }
            hash.update(&chunk);
            for part in chunks(chunk) {
                // The signer hung up: its answer says why.
                if tx.send(ValidateFileRequest { chunk: part.into() }).await.is_err() {
                    return Ok((size, hash.finish()));
                }
            }
            next = field.chunk().await.map_err(|e| broken_off(&e))?;
        }
        Ok((size, hash.finish()))
    };
    // What is too large ends the question: nobody judges half a file.
    let (answer, (size, hash)) = tokio::try_join!(judge, feed)?;
    let answer = answer.into_inner();
    Ok(Some(Checked::new(name, size, &random::to_hex(&hash), answer.pages, answer.report.as_ref())))
}

/// For browsers without scripts: the file is sent once more, and comes back up to the end of the revision.
pub(super) async fn revision(request: Request) -> Result<Response, Failure> {
    let mut parts = multipart(request).await?;
    let mut chosen = None;
    while let Some(mut field) = parts.next_field().await.map_err(|e| broken_off(&e))? {
        let Some(name) = field.file_name().map(clean).filter(|n| !n.is_empty()) else {
            if field.name() == Some("ban") {
                chosen = revisions::read(&input(&mut field).await?);
            }
            continue;
        };
        // The revision stands before the file in the form.
        let Some((number, end)) = chosen else { break };
        let Ok(place) = CUTS.try_acquire() else {
            let text = "other files are being cut; try again in a minute".to_owned();
            return Err(Fault::Busy { reason: "TOO_MANY_FILES", text }.into());
        };
        let Ok(whole) = tokio::time::timeout(CUT_TIME_MAX, cut(field, end)).await else {
            let text = format!("the file took longer than {} seconds to come", CUT_TIME_MAX.as_secs());
            return Err(Fault::refused("UPLOAD_TOO_SLOW", text).into());
        };
        let whole = whole?;
        let name = revisions::file_name(&name, &number.to_string());
        // The place is held until the answer has been handed on: it is this that takes the memory.
        let body = tokio_stream::once(()).map(move |()| {
            let _place = &place;
            Ok::<_, std::convert::Infallible>(whole.clone())
        });
        return Ok(files::made(Body::from_stream(body), "application/pdf", "attachment", &name));
    }
    Err(Fault::refused("NO_FILE", "no file was chosen, or no revision").into())
}

async fn input(field: &mut Field<'_>) -> Result<String, Fault> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|e| broken_off(&e))? {
        if text.len() + chunk.len() > INPUT_BYTES_MAX {
            return Err(Fault::invalid("ban", "TOO_LONG", "no revision is that long"));
        }
        text.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// The first `end` bytes of a file.
async fn cut(mut field: Field<'_>, end: u64) -> Result<Bytes, Fault> {
    if end > FILE_BYTES_MAX {
        return Err(too_large());
    }
    let most = usize::try_from(end).map_err(Fault::broken)?;
    let mut whole = Vec::new();
    while whole.len() < most {
        let Some(chunk) = field.chunk().await.map_err(|e| broken_off(&e))? else {
            return Err(Fault::refused(
                "OTHER_FILE",
                "the file is shorter than the revision: it is another one",
            ));
        };
        whole.extend_from_slice(chunk.get(..chunk.len().min(most - whole.len())).unwrap_or_default());
    }
    Ok(whole.into())
}
