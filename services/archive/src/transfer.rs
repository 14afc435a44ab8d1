//! Files in and out, chunk by chunk.

use std::sync::Arc;

use bytes::Bytes;
use proto::archive::v1::{GetFileRequest, GetFileResponse};
use proto::fault::Fault;
use proto::record::v1::KeepEvidence;
use proto::rpc::CHUNK_BYTES_MAX;
use storage::Digest;
use storage::files::{FilesError, OpenFile, Stored, Writer};
use tokio::sync::mpsc;

use crate::just_put::Claim;
use crate::limits::{FILE_BYTES_MAX, FILE_RECORDS_MAX, TRANSFER_SLOW};
use crate::naming::names;
use crate::reads::records::seen;
use crate::shared::Shared;
use crate::viewer::Viewer;
use crate::views::View;

/// The fault that a caller gets for an error of the files.
pub(crate) fn fault(error: FilesError) -> Fault {
    match error {
        FilesError::Unknown { digest } => Fault::unknown(format!("file {digest}")),
        FilesError::TooLarge { limit } => too_large(limit),
        FilesError::Damaged(damaged) => {
            tracing::error!(%damaged, "a file is damaged; bring it back from the newest backup");
            Fault::unavailable("FILE_DAMAGED", damaged)
        }
        FilesError::RangeTooLarge { .. } => Fault::broken(error),
        FilesError::Disk(error) => Fault::unavailable("FILES_UNREADABLE", error),
    }
}

fn too_large(limit: u64) -> Fault {
    Fault::refused("FILE_TOO_LARGE", format!("the file is larger than {limit} bytes"))
}

/// A file that is arriving. Dropped before its end it leaves nothing behind.
pub(crate) struct Arriving {
    shared: Arc<Shared>,
    claim: Claim,
    writer: Writer,
    base: Option<Digest>,
}

impl Arriving {
    /// Begins a file, with all the bytes of `base` where one is given.
    pub(crate) async fn begin(
        shared: &Arc<Shared>,
        viewer: &Viewer,
        base: Option<Digest>,
    ) -> Result<Self, Fault> {
        let mut claim = shared.just_put.begin(viewer.putter(), (shared.clock)())?;
        let files = shared.files.clone();
        let writer = blocking(move || {
            let writer = match &base {
                Some(base) => files.append_writer(base, FILE_BYTES_MAX),
                None => files.writer(FILE_BYTES_MAX),
            };
            writer.map_err(fault)
        })
        .await?;
        claim.take(writer.len())?;
        Ok(Self { shared: Arc::clone(shared), claim, writer, base })
    }

    /// Takes the next bytes.
    pub(crate) async fn take(self, chunk: Bytes) -> Result<Self, Fault> {
        if chunk.len() > CHUNK_BYTES_MAX {
            let text = format!("a chunk has {} bytes; send at most {CHUNK_BYTES_MAX}", chunk.len());
            return Err(Fault::invalid("chunk", "TOO_LONG", text));
        }
        let Self { shared, mut claim, mut writer, base } = self;
        claim.take(chunk.len() as u64)?;
        let writer = blocking(move || writer.write(&chunk).map(|()| writer).map_err(fault)).await?;
        Ok(Self { shared, claim, writer, base })
    }

    /// All came: makes the file durable.
    pub(crate) async fn end(self) -> Result<Stored, Fault> {
        let Self { shared, claim, writer, base } = self;
        let stored = blocking(move || writer.finish().map_err(fault)).await?;
        let digest = stored.digest.to_string();
        if let Some(base) = base {
            shared.remember_appended(&base.to_string(), &digest);
        }
        shared.remember_durable(&digest);
        claim.end(&digest, stored.length, (shared.clock)());
        Ok(stored)
    }
}

/// One step on a thread that may block: nothing holds one while it waits for the other side.
async fn blocking<T: Send + 'static>(
    step: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let done = tokio::task::spawn_blocking(step).await;
    done.unwrap_or_else(|_| Err(Fault::broken("working on a file panicked")))
}

/// The digest, where it is one.
pub(crate) fn digest(field: &str, text: &str) -> Result<Digest, Fault> {
    text.parse().map_err(|_| Fault::invalid(field, "BAD_DIGEST", "must be 64 lower-case hexadecimal digits"))
}

/// The base of an append: it must be the caller's to read.
pub(crate) fn base(shared: &Shared, viewer: &Viewer, text: &str) -> Result<Digest, Fault> {
    let base = digest("base_digest", text)?;
    if shared.read_as(viewer, |view| is_theirs(shared, view, viewer, text))? {
        return Ok(base);
    }
    Err(Fault::unknown(format!("file {text}")))
}

/// Whether a file is the caller's to read: because they have just put it, or through any record that they see. What is
/// not theirs they may neither append to nor name in an entry: a digest that one knows opens nothing.
pub(crate) fn is_theirs(shared: &Shared, view: &View, viewer: &Viewer, text: &str) -> Result<bool, Fault> {
    if shared.just_put.by(viewer.putter(), text, (shared.clock)()) {
        return Ok(true);
    }
    for id in view.file_records(text, FILE_RECORDS_MAX)? {
        match seen(view, viewer, &id) {
            Ok(record) if names(&record, text) => return Ok(true),
            Ok(_) | Err(Fault::Unknown { .. }) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(false)
}

/// Makes sure that evidence has the length that the signer tells of it.
pub(crate) fn is_as_long_as_told(shared: &Shared, command: &KeepEvidence) -> Result<(), Fault> {
    for (index, file) in command.files.iter().enumerate() {
        let kept = digest(&format!("files[{index}].evidence_digest"), &file.evidence_digest)?;
        let length = shared.files.len(&kept).map_err(fault)?.ok_or_else(|| {
            Fault::refused("FILE_UNKNOWN", format!("the file {kept} is not kept; put it first"))
        })?;
        if length != file.evidence_size {
            let text = format!("the evidence {kept} has {length} bytes, not {}", file.evidence_size);
            return Err(Fault::invalid(format!("files[{index}].evidence_size"), "OUT_OF_RANGE", text));
        }
    }
    Ok(())
}

/// Opens a file for a caller who may read it: through the record named, or because they have just put it.
pub(crate) fn open(shared: &Shared, viewer: &Viewer, request: &GetFileRequest) -> Result<OpenFile, Fault> {
    let wanted = digest("digest", &request.digest)?;
    let through_record = shared.read_as(viewer, |view| match seen(view, viewer, &request.record_id) {
        Ok(record) => Ok(names(&record, &request.digest)),
        Err(Fault::Unknown { .. }) => Ok(false),
        Err(fault) => Err(fault),
    })?;
    if !through_record && !shared.just_put.by(viewer.putter(), &request.digest, (shared.clock)()) {
        return Err(Fault::unknown(format!("file {wanted}")));
    }
    let file = shared.files.open_file(&wanted).map_err(fault)?;
    if request.offset > file.len() {
        let text = format!("the file has {} bytes, {} is behind its end", file.len(), request.offset);
        return Err(Fault::invalid("offset", "OUT_OF_RANGE", text));
    }
    Ok(file)
}

/// Sends a range of an open file in chunks; the first message, sent even for no bytes, tells the length of the file. A
/// receiver that leaves its chunks lying is ended.
pub(crate) async fn send(
    file: OpenFile,
    request: GetFileRequest,
    to: mpsc::Sender<Result<GetFileResponse, Fault>>,
) {
    let file = Arc::new(file);
    let whole = file.len();
    let end =
        if request.length == 0 { whole } else { request.offset.saturating_add(request.length).min(whole) };
    let mut offset = request.offset;
    let mut first = true;
    while first || offset < end {
        let length = usize::try_from(end - offset).map_or(CHUNK_BYTES_MAX, |left| left.min(CHUNK_BYTES_MAX));
        let reader = Arc::clone(&file);
        let message = match blocking(move || reader.read(offset, length).map_err(fault)).await {
            Ok(chunk) if chunk.is_empty() && !first => {
                Err(Fault::unavailable("FILES_UNREADABLE", "a file became shorter while it was read"))
            }
            Ok(chunk) => {
                offset += chunk.len() as u64;
                Ok(GetFileResponse { chunk: chunk.into(), size: if first { whole } else { 0 } })
            }
            Err(fault) => Err(fault),
        };
        let failed = message.is_err();
        if to.send_timeout(message, TRANSFER_SLOW).await.is_err() || failed {
            return;
        }
        first = false;
    }
}
