//! A file on its way from the archive: a small one is held, a large one goes through the disk, so that signing it takes no
//! more memory than signing a small one.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use bytes::{Bytes, BytesMut};
use proto::fault::Fault;
use proto::rpc::fault_of;
use tokio_stream::{Stream, StreamExt as _};

use crate::pdf::Input;
use crate::pdf::limits::IN_MEMORY_BYTES_MAX;
use crate::vault::{nameless, unavailable};

/// A file that came.
pub(super) enum Received {
    /// Small, in memory.
    Held(Bytes),
    /// Large, on the disk under no name.
    OnDisk(File),
}

impl Received {
    /// As the reader takes it.
    ///
    /// # Errors
    /// [`Fault::Broken`] when the file on the disk cannot be looked at.
    pub(super) fn into_input(self) -> Result<Input, Fault> {
        match self {
            Self::Held(bytes) => Ok(bytes.into()),
            Self::OnDisk(file) => Input::from_file(file).map_err(Fault::broken),
        }
    }
}

/// Takes a file of at most `size_max` bytes. In `folder` lies what is too large to be held, under no name, for as long as
/// the file is in use.
///
/// # Errors
/// The stream's fault, [`Fault::Refused`] `FILE_TOO_LARGE`, [`Fault::Unavailable`] for the disk.
pub(super) async fn received(
    chunks: impl Stream<Item = Result<Bytes, tonic::Status>>,
    folder: &Path,
    size_max: u64,
) -> Result<Received, Fault> {
    let mut chunks = std::pin::pin!(chunks);
    let mut held = BytesMut::new();
    let mut spilled: Option<File> = None;
    let mut size = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|s| fault_of(&s))?;
        size += chunk.len() as u64;
        if size > size_max {
            return Err(Fault::refused("FILE_TOO_LARGE", format!("file is larger than {size_max} bytes")));
        }
        held.extend_from_slice(&chunk);
        if held.len() > IN_MEMORY_BYTES_MAX {
            spilled = Some(spill(spilled.take(), held.split().freeze(), folder).await?);
        }
    }
    match spilled {
        None => Ok(Received::Held(held.freeze())),
        Some(file) => spill(Some(file), held.freeze(), folder).await.map(Received::OnDisk),
    }
}

/// Appends to the file, which is made first where there is none.
async fn spill(file: Option<File>, bytes: Bytes, folder: &Path) -> Result<File, Fault> {
    let folder = folder.to_owned();
    let written = tokio::task::spawn_blocking(move || -> Result<File, Fault> {
        let mut file = file.map_or_else(|| nameless(&folder), Ok)?;
        file.write_all(&bytes).map_err(|e| unavailable(&folder, &e))?;
        Ok(file)
    });
    written.await.map_err(Fault::broken)?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(size: usize) -> impl Stream<Item = Result<Bytes, tonic::Status>> {
        let whole: Bytes = (0..size).map(|n| u8::try_from(n % 251).unwrap()).collect::<Vec<u8>>().into();
        let starts = (0..size).step_by(200_000);
        tokio_stream::iter(starts.map(move |at| Ok(whole.slice(at..size.min(at + 200_000)))))
    }

    #[tokio::test]
    async fn a_large_file_goes_through_the_disk_and_leaves_nothing_there() {
        let dir = tempfile::tempdir().unwrap();
        for size in [0, 10, IN_MEMORY_BYTES_MAX, IN_MEMORY_BYTES_MAX + 1, 3 * IN_MEMORY_BYTES_MAX + 17] {
            let file = received(chunks(size), dir.path(), 1 << 30).await.unwrap().into_input().unwrap();
            assert_eq!(file.len(), size);
            assert_eq!(file.in_memory().is_some(), size <= IN_MEMORY_BYTES_MAX, "{size}");
            let bytes = file.to_bytes().unwrap();
            assert!(bytes.iter().enumerate().all(|(n, byte)| usize::from(*byte) == n % 251), "{size}");
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        }
        let refused = received(chunks(5_000_000), dir.path(), 4_999_999).await.err().unwrap();
        assert!(matches!(refused, Fault::Refused { .. }), "{refused}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
