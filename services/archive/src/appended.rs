//! A signed, sealed or raised file begins with the file that it was made from, byte for byte: whoever reads it later finds
//! under the newest signature what was there before it.
//!
//! The rules know files by their digests alone, so the archive, which has the bytes, proves it. What
//! was made by `AppendFile` was proven as it was made; anything else is read before the committer is asked, for files
//! never change under their digest. The committer decides on states of its own and asks for the proofs of exactly what it
//! records.

use domain::read;
use domain::reasons::FILE_NOT_APPENDED;
use domain::states::States;
use proto::fault::Fault;
use proto::record::v1::command::Command;
use proto::record::v1::event::Event;
use proto::record::v1::{AddEvidence, FileRef, RecordSealed, RecordSigned};
use proto::rpc::CHUNK_BYTES_MAX;
use storage::files::FilesError;
use storage::{Digest, Hasher};

use crate::shared::Shared;
use crate::transfer::{fault, is_theirs};
use crate::viewer::Viewer;

/// One file made from another, with the length that it is said to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Appended {
    base: String,
    digest: String,
    size: u64,
}

/// What was proven for one request.
#[derive(Debug, Default)]
pub(crate) struct Proofs(Vec<Appended>);

/// Proves what the command says, as far as it is true of files that are the caller's to read. What is not proven is
/// refused later, by [`Proofs::bear`]: after the rules have said whether the caller may do this at all.
///
/// # Errors
/// [`Fault::Unavailable`] where the view or a file cannot be read.
pub(crate) fn prove(shared: &Shared, viewer: &Viewer, command: &Command) -> Result<Proofs, Fault> {
    let theirs = shared.read(|view| {
        let said = match command {
            Command::RecordSigned(c) => signed(c),
            Command::RecordSealed(c) => sealed(view, c)?,
            Command::AddEvidence(c) => raised(c),
            _ => Vec::new(),
        };
        let mut theirs = Vec::new();
        for it in said {
            if is_theirs(shared, view, viewer, &it.digest)? && is_theirs(shared, view, viewer, &it.base)? {
                theirs.push(it);
            }
        }
        Ok(theirs)
    })?;
    let mut proven = Vec::new();
    for it in theirs {
        if holds(shared, &it)? {
            proven.push(it);
        }
    }
    Ok(Proofs(proven))
}

impl Proofs {
    /// Asks for the proof of everything that the event says.
    ///
    /// # Errors
    /// [`Fault::Refused`] `FILE_NOT_APPENDED`.
    pub(crate) fn bear(&self, states: &dyn States, event: &Event) -> Result<(), Fault> {
        let said = match event {
            Event::Signed(e) => signed(e),
            Event::Sealed(e) => sealed(states, e)?,
            Event::EvidenceAdded(e) => raised(e),
            _ => Vec::new(),
        };
        match said.iter().find(|it| !self.0.contains(it)) {
            None => Ok(()),
            Some(Appended { base, digest, size }) => {
                let text = format!(
                    "{digest} is not kept for the caller, does not begin with {base}, or is not {size} bytes long"
                );
                Err(Fault::refused(FILE_NOT_APPENDED, text))
            }
        }
    }
}

/// Whether a command says that a file was made from another.
pub(crate) fn says_so(command: &Command) -> bool {
    matches!(command, Command::RecordSigned(_) | Command::RecordSealed(_) | Command::AddEvidence(_))
}

fn signed(command: &RecordSigned) -> Vec<Appended> {
    command.signed.iter().map(|file| Appended::new(&command.base_digest, file)).collect()
}

/// Main file and attachments; the latter from those that the document has now, in their order.
fn sealed(states: &dyn States, command: &RecordSealed) -> Result<Vec<Appended>, Fault> {
    let mut said: Vec<Appended> =
        command.sealed.iter().map(|file| Appended::new(&command.base_digest, file)).collect();
    let document = read::outgoing(states, &command.document_id)?.unwrap_or_default();
    let attached = document.files.iter().skip(1).zip(&command.attachments);
    said.extend(attached.map(|(before, after)| Appended::new(&before.digest, after)));
    Ok(said)
}

fn raised(command: &AddEvidence) -> Vec<Appended> {
    let of = |it: &proto::record::v1::FileEvidence| Appended {
        base: it.base_digest.clone(),
        digest: it.digest.clone(),
        size: it.size,
    };
    command.files.iter().map(of).collect()
}

impl Appended {
    fn new(base: &str, file: &FileRef) -> Self {
        Self { base: base.to_owned(), digest: file.digest.clone(), size: file.size }
    }
}

/// Whether both files are kept, the first is what the second begins with, and the second has its length.
fn holds(shared: &Shared, it: &Appended) -> Result<bool, Fault> {
    let (Ok(base), Ok(digest)) = (it.base.parse::<Digest>(), it.digest.parse::<Digest>()) else {
        return Ok(false);
    };
    let kept = |digest: &Digest| shared.files.len(digest).map_err(fault);
    let (Some(before), Some(now)) = (kept(&base)?, kept(&digest)?) else { return Ok(false) };
    if now != it.size || now < before {
        return Ok(false);
    }
    if base == digest || shared.was_appended(&it.base, &it.digest) {
        return Ok(true);
    }
    let begins = begins_with(shared, &digest, &base, before)?;
    if begins {
        shared.remember_appended(&it.base, &it.digest);
    }
    Ok(begins)
}

/// Whether the first `length` bytes of a file are those of another.
fn begins_with(shared: &Shared, file: &Digest, base: &Digest, length: u64) -> Result<bool, Fault> {
    let file = match shared.files.open_file(file) {
        Ok(file) => file,
        Err(FilesError::Unknown { .. }) => return Ok(false),
        Err(error) => return Err(fault(error)),
    };
    let mut hasher = Hasher::new();
    let mut offset = 0;
    while offset < length {
        let most = usize::try_from(length - offset).map_or(CHUNK_BYTES_MAX, |left| left.min(CHUNK_BYTES_MAX));
        let piece = file.read(offset, most).map_err(fault)?;
        if piece.is_empty() {
            return Ok(false);
        }
        offset += piece.len() as u64;
        hasher.update(&piece);
    }
    Ok(hasher.finish() == *base)
}
