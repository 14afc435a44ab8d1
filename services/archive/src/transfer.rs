//! Files in and out. Storage blocks, so each transfer has a blocking task at the other end of a short channel.

use std::sync::Arc;

use bytes::Bytes;
use proto::archive::v1::{GetFileRequest, GetFileResponse};
use proto::fault::Fault;
use proto::record::v1::Caller;
use proto::rpc::CHUNK_BYTES_MAX;
use storage::Digest;
use storage::files::{FilesError, OpenFile, Stored};
use tokio::sync::mpsc;

use crate::limits::{CHUNKS_READY, FILE_BYTES_MAX, FILE_RECORDS_MAX};
use crate::naming::names;
use crate::reads::records::seen;
use crate::shared::Shared;
use crate::viewer::Viewer;

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

enum Piece {
    Bytes(Bytes),
    /// All came; without it the file is not kept.
    End,
}

/// A file that is arriving.
pub(crate) struct Arriving {
    shared: Arc<Shared>,
    caller: Caller,
    to: mpsc::Sender<Piece>,
    task: tokio::task::JoinHandle<Result<Stored, Fault>>,
}

impl Arriving {
    /// Begins a file, with all the bytes of `base` where one is given.
    pub(crate) fn begin(shared: &Arc<Shared>, caller: &Caller, base: Option<Digest>) -> Self {
        let (to, mut from) = mpsc::channel(CHUNKS_READY);
        let files = shared.files.clone();
        let task = tokio::task::spawn_blocking(move || {
            let mut writer = match base {
                Some(base) => files.append_writer(&base, FILE_BYTES_MAX),
                None => files.writer(FILE_BYTES_MAX),
            }
            .map_err(fault)?;
            loop {
                match from.blocking_recv() {
                    Some(Piece::Bytes(bytes)) => writer.write(&bytes).map_err(fault)?,
                    Some(Piece::End) => return writer.finish().map_err(fault),
                    None => {
                        return Err(Fault::unavailable("UPLOAD_ENDED", "the upload ended before its end"));
                    }
                }
            }
        });
        Self { shared: Arc::clone(shared), caller: caller.clone(), to, task }
    }

    /// Takes the next bytes.
    pub(crate) async fn take(&mut self, chunk: Bytes) -> Result<(), Fault> {
        if chunk.len() > CHUNK_BYTES_MAX {
            let text = format!("a chunk has {} bytes; send at most {CHUNK_BYTES_MAX}", chunk.len());
            return Err(Fault::invalid("chunk", "TOO_LONG", text));
        }
        if self.to.send(Piece::Bytes(chunk)).await.is_ok() {
            return Ok(());
        }
        // The writer has given up: its word is the answer.
        match joined((&mut self.task).await) {
            Err(fault) => Err(fault),
            Ok(_) => Err(Fault::broken("a file ended before its end")),
        }
    }

    /// All came: makes the file durable.
    pub(crate) async fn end(self) -> Result<Stored, Fault> {
        let Self { shared, caller, to, task } = self;
        // Where the writer has given up its word is the answer.
        let _ = to.send(Piece::End).await;
        let stored = joined(task.await)?;
        let digest = stored.digest.to_string();
        shared.remember_durable(&digest);
        shared.just_put.put(&caller.person_id, &digest, (shared.clock)());
        Ok(stored)
    }
}

fn joined(result: Result<Result<Stored, Fault>, tokio::task::JoinError>) -> Result<Stored, Fault> {
    result.unwrap_or_else(|_| Err(Fault::broken("writing a file panicked")))
}

/// The digest, where it is one.
pub(crate) fn digest(field: &str, text: &str) -> Result<Digest, Fault> {
    text.parse().map_err(|_| Fault::invalid(field, "BAD_DIGEST", "must be 64 lower-case hexadecimal digits"))
}

/// The base of an append: it must be the caller's to read, through any record or because they have just put it.
pub(crate) fn base(shared: &Shared, caller: &Caller, text: &str) -> Result<Digest, Fault> {
    let base = digest("base_digest", text)?;
    if shared.just_put.by(&caller.person_id, text, (shared.clock)()) {
        return Ok(base);
    }
    let viewer = Viewer::Person(caller.clone());
    shared.read(|view| {
        for id in view.file_records(text, FILE_RECORDS_MAX)? {
            match seen(view, &viewer, &id) {
                Ok(record) if names(&record, text) => return Ok(base),
                Ok(_) | Err(Fault::Unknown { .. }) => {}
                Err(fault) => return Err(fault),
            }
        }
        Err(Fault::unknown(format!("file {text}")))
    })
}

/// Opens a file for a caller who may read it: through the record named, or because they have just put it.
pub(crate) fn open(shared: &Shared, caller: &Caller, request: &GetFileRequest) -> Result<OpenFile, Fault> {
    let wanted = digest("digest", &request.digest)?;
    let through_record = !request.record_id.is_empty() && {
        let viewer = Viewer::Person(caller.clone());
        match shared.read(|view| seen(view, &viewer, &request.record_id)) {
            Ok(record) => names(&record, &request.digest),
            Err(Fault::Unknown { .. }) => false,
            Err(fault) => return Err(fault),
        }
    };
    if !through_record && !shared.just_put.by(&caller.person_id, &request.digest, (shared.clock)()) {
        return Err(Fault::unknown(format!("file {wanted}")));
    }
    let file = shared.files.open_file(&wanted).map_err(fault)?;
    if request.offset > file.len() {
        let text = format!("the file has {} bytes, {} is behind its end", file.len(), request.offset);
        return Err(Fault::invalid("offset", "OUT_OF_RANGE", text));
    }
    Ok(file)
}

/// Sends a range of an open file in chunks; the first message, sent even for no bytes, tells the length of the file.
pub(crate) fn send(
    file: &OpenFile,
    request: &GetFileRequest,
    to: &mpsc::Sender<Result<GetFileResponse, Fault>>,
) {
    let end = if request.length == 0 {
        file.len()
    } else {
        request.offset.saturating_add(request.length).min(file.len())
    };
    let mut offset = request.offset;
    let mut first = true;
    while first || offset < end {
        let length = usize::try_from(end - offset).map_or(CHUNK_BYTES_MAX, |left| left.min(CHUNK_BYTES_MAX));
        let message = match file.read(offset, length) {
            Ok(chunk) if chunk.is_empty() && !first => {
                Err(Fault::unavailable("FILES_UNREADABLE", "a file became shorter while it was read"))
            }
            Ok(chunk) => {
                offset += chunk.len() as u64;
                Ok(GetFileResponse { chunk: chunk.into(), size: if first { file.len() } else { 0 } })
            }
            Err(error) => Err(fault(error)),
        };
        let failed = message.is_err();
        if to.blocking_send(message).is_err() || failed {
            return;
        }
        first = false;
    }
}
