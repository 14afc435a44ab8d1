//! `sign` and `verify`: files and folders of files, no running service.

mod folder;
mod options;
mod output;
mod secret;
mod sign;
mod verify;

use std::fs;
use std::io::Read as _;
use std::path::Path;

use proto::fault::Fault;

pub use options::{KeyOptions, SigningOptions, document_password, source};
pub use output::{write_new, write_private};
pub use sign::{REFUSED, Sign, SignError, sign};
pub use verify::{Verify, verify};

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 16 << 30;

/// Space kept behind a file that is read, for what signing appends.
const ROOM_BYTES: usize = 128 << 10;

/// Reads a file.
///
/// # Errors
/// [`Fault::Invalid`] that names the file.
pub fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let failed = |e: std::io::Error| Fault::invalid(path.display().to_string(), "FILE", e.to_string());
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > FILE_BYTES_MAX {
        return Err(Fault::invalid(
            path.display().to_string(),
            "FILE_TOO_LARGE",
            format!("at most {FILE_BYTES_MAX} bytes"),
        ));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + ROOM_BYTES);
    fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}
