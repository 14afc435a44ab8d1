//! `sign` and `verify`: files and folders of files, no running service.

pub(crate) mod folder;
mod options;
mod output;
mod secret;
mod sign;
mod verify;

use std::fs;
use std::io::Read as _;
use std::path::Path;

use proto::fault::Fault;
use signer::pdf::Input;

pub use options::{KeyOptions, SigningOptions, document_password, source};
pub use output::{write_judged, write_private};
pub use sign::{REFUSED, Sign, SignError, sign};
pub use verify::{Verify, verify};

/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 16 << 30;

/// Opens a PDF or a state: large files are read where they are needed, pipes and the like at once.
///
/// # Errors
/// [`Fault::Invalid`] that names the file.
pub fn open(path: &Path) -> Result<Input, Fault> {
    let failed = |e: std::io::Error| Fault::invalid(path.display().to_string(), "FILE", e.to_string());
    let metadata = fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
        return Ok(read(path)?.into());
    }
    Input::open(path).map_err(failed)
}

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
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}
