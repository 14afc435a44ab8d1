//! Files over the wire in chunks: whole bytes to a stream of requests, and a stream of answers to whole bytes.

use bytes::{Bytes, BytesMut};
use tokio_stream::{Stream, StreamExt as _};

use crate::archive::v1::archive_client::ArchiveClient;
use crate::archive::v1::{AppendFileRequest, GetFileRequest, GetFileResponse, PutFileRequest};
use crate::fault::Fault;
use crate::record::v1::FileRef;
use crate::rpc::{CHUNK_BYTES_MAX, Identity, Peer, fault_of, outgoing};

/// The chunks of `bytes`, each at most [`CHUNK_BYTES_MAX`]; one empty chunk for no bytes.
pub fn chunks(bytes: Bytes) -> impl Iterator<Item = Bytes> + Send {
    let count = bytes.len().div_ceil(CHUNK_BYTES_MAX).max(1);
    (0..count).map(move |i| {
        let start = i * CHUNK_BYTES_MAX;
        bytes.slice(start..bytes.len().min(start + CHUNK_BYTES_MAX))
    })
}

/// Keeps `bytes` in the archive.
///
/// # Errors
/// The archive's fault.
pub async fn put_file(
    archive: &mut ArchiveClient<Peer>,
    identity: &Identity,
    bytes: Bytes,
) -> Result<(String, u64), Fault> {
    let stream = tokio_stream::iter(chunks(bytes).map(|chunk| PutFileRequest { chunk }));
    let answer = archive.put_file(outgoing(identity, stream)).await.map_err(|s| fault_of(&s))?.into_inner();
    Ok((answer.digest, answer.size))
}

/// Keeps a file that is `base` with `tail` behind it.
///
/// # Errors
/// The archive's fault.
pub async fn append_file(
    archive: &mut ArchiveClient<Peer>,
    identity: &Identity,
    base_digest: String,
    tail: Bytes,
) -> Result<(String, u64), Fault> {
    let stream = appending(base_digest, tail);
    let answer =
        archive.append_file(outgoing(identity, stream)).await.map_err(|s| fault_of(&s))?.into_inner();
    Ok((answer.digest, answer.size))
}

/// The messages that append `tail` to `base`.
pub fn appending(base_digest: String, tail: Bytes) -> impl Stream<Item = AppendFileRequest> + Send {
    tokio_stream::iter(chunks(tail).enumerate().map(move |(i, chunk)| AppendFileRequest {
        base_digest: if i == 0 { base_digest.clone() } else { String::new() },
        chunk,
    }))
}

/// Reads a whole file of at most `size_max` bytes; `record_id` names a record that names it, or is empty for a file
/// just put.
///
/// # Errors
/// The archive's fault, or [`Fault::Refused`] `FILE_TOO_LARGE`.
pub async fn get_file(
    archive: &mut ArchiveClient<Peer>,
    identity: &Identity,
    digest: &str,
    record_id: &str,
    size_max: u64,
) -> Result<Bytes, Fault> {
    gathered(file_chunks(archive, identity, digest, record_id).await?, size_max).await
}

/// As [`get_file`], chunk by chunk, of whatever size the file is.
///
/// # Errors
/// The archive's fault; later ones come with the chunks.
pub async fn file_chunks(
    archive: &mut ArchiveClient<Peer>,
    identity: &Identity,
    digest: &str,
    record_id: &str,
) -> Result<impl Stream<Item = Result<Bytes, tonic::Status>> + use<>, Fault> {
    let request =
        GetFileRequest { digest: digest.to_owned(), offset: 0, length: 0, record_id: record_id.to_owned() };
    let answers = archive.get_file(outgoing(identity, request)).await.map_err(|s| fault_of(&s))?.into_inner();
    Ok(answers.map(|r| r.map(|GetFileResponse { chunk, .. }| chunk)))
}

/// Gathers the chunks of a stream of answers, at most `size_max` bytes.
///
/// # Errors
/// The stream's fault, or [`Fault::Refused`] `FILE_TOO_LARGE`.
pub async fn gathered(
    chunks: impl Stream<Item = Result<Bytes, tonic::Status>>,
    size_max: u64,
) -> Result<Bytes, Fault> {
    let mut chunks = std::pin::pin!(chunks);
    let mut whole = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|s| fault_of(&s))?;
        if (whole.len() + chunk.len()) as u64 > size_max {
            return Err(Fault::refused("FILE_TOO_LARGE", format!("file is larger than {size_max} bytes")));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.freeze())
}

/// The media type that the first bytes tell: PDF, PNG, ZIP, or unknown bytes.
#[must_use]
pub fn media_type(bytes: &[u8]) -> &'static str {
    let head = bytes.get(..1024.min(bytes.len())).unwrap_or_default();
    if head.windows(5).any(|w| w == b"%PDF-") {
        "application/pdf"
    } else if head.starts_with(b"\x89PNG\r\n\x1a\n") {
        "image/png"
    } else if head.starts_with(b"\xff\xd8\xff") {
        "image/jpeg"
    } else if head.starts_with(b"PK\x03\x04") {
        "application/zip"
    } else {
        "application/octet-stream"
    }
}

/// A file reference for bytes that the archive keeps.
#[must_use]
pub fn file_ref(digest: String, size: u64, name: &str, bytes: &[u8], pages: i32) -> FileRef {
    FileRef { digest, name: name.to_owned(), media_type: media_type(bytes).to_owned(), size, pages }
}
