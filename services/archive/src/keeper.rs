//! Upkeep while the archive runs, on a thread of its own: journal and files are read again, slowly, and files that no
//! entry ever named are swept.
//!
//! A file is swept only where three say that nobody named it: the view, the whole journal as it was just read, and the
//! committer, who alone can name one and who removes it between two groups. A round that met damage sweeps nothing.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

use prost::Message;
use proto::record::v1::Entry;
use storage::Digest;
use storage::files::{FilesError, Swept};
use storage::journal::JournalError;

use crate::committer::Job;
use crate::limits::{
    DAMAGE_TOLD_MAX, SWEEP_AGE_MS, SWEEP_BATCH, SWEEP_CANDIDATES_MAX, UPKEEP_AFTER, UPKEEP_BYTES_PER_SECOND,
    UPKEEP_EVERY,
};
use crate::naming;
use crate::shared::Shared;

/// Bytes of an entry beside its payload, near enough for the pace.
const FRAME_BYTES: u64 = 80;

/// What upkeep has found since the start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upkeep {
    /// Rounds that came to their end.
    pub rounds: u64,
    /// When the last one ended, in milliseconds since 1970; 0: none has.
    pub last_ms: i64,
    /// Entries read in the last round.
    pub entries: u64,
    /// Files read in the last round.
    pub files: u64,
    /// Files swept since the start.
    pub swept_files: u64,
    /// Bytes swept since the start.
    pub swept_bytes: u64,
    /// What was found damaged, file and byte of each, the first hundred: by the last whole round, or by the one that is
    /// under way where it has found more.
    pub damage: Vec<String>,
    /// How much it found in all.
    pub damage_count: u64,
    /// What the round that is under way has found so far.
    so_far: Vec<String>,
    /// How much it has found so far.
    count_so_far: u64,
}

/// A file that may be swept when the committer says so, too.
pub(crate) struct Sweep {
    /// Old files that neither the view nor the journal up to `read_upto` knows.
    pub(crate) candidates: Vec<Digest>,
    /// How far the journal was read.
    pub(crate) read_upto: u64,
    /// Where to answer.
    pub(crate) answer: mpsc::Sender<Swept>,
}

/// Why a round ended before its end.
enum Ended {
    /// The archive stops.
    Stopped,
    /// A read failed; the next round tries again.
    Failed(String),
}

impl From<FilesError> for Ended {
    fn from(error: FilesError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Starts the thread; it ends when something is sent to `stop`, or when nobody can any more.
pub(crate) fn spawn(shared: Arc<Shared>, stop: Receiver<()>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("keeper".to_owned()).spawn(move || run(&shared, &stop))
}

fn run(shared: &Shared, stop: &Receiver<()>) {
    let mut wait = UPKEEP_AFTER;
    while goes_on(stop, wait) {
        let mut pace = |bytes: u64| {
            let nanoseconds = u128::from(bytes) * 1_000_000_000 / u128::from(UPKEEP_BYTES_PER_SECOND);
            goes_on(stop, Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX)))
        };
        round(shared, &mut pace);
        wait = UPKEEP_EVERY;
    }
}

/// Waits; false where the archive stops.
fn goes_on(stop: &Receiver<()>, wait: Duration) -> bool {
    matches!(stop.recv_timeout(wait), Err(RecvTimeoutError::Timeout))
}

/// One round. `pace` is told of every piece that was read, waits, and says whether to go on.
pub(crate) fn round(shared: &Shared, pace: &mut dyn FnMut(u64) -> bool) {
    {
        let mut upkeep = shared.upkeep();
        upkeep.so_far.clear();
        (upkeep.count_so_far, upkeep.entries, upkeep.files) = (0, 0, 0);
    }
    let done = all_of_it(shared, pace);
    let mut upkeep = shared.upkeep();
    match done {
        Ok(()) => {
            upkeep.rounds += 1;
            (upkeep.damage, upkeep.damage_count) = (upkeep.so_far.clone(), upkeep.count_so_far);
            upkeep.last_ms = (shared.clock)();
            let Upkeep { entries, files, damage_count, .. } = *upkeep;
            tracing::info!(entries, files, damage = damage_count, "journal and files were read again");
        }
        Err(Ended::Stopped) => {}
        Err(Ended::Failed(error)) => {
            tracing::error!(error, "upkeep could not go on; it tries again tomorrow");
        }
    }
}

fn all_of_it(shared: &Shared, pace: &mut dyn FnMut(u64) -> bool) -> Result<(), Ended> {
    let mut candidates = candidates(shared, pace)?;
    let read_upto = read_journal(shared, &mut candidates, pace)?;
    read_files(shared, pace)?;
    if shared.upkeep().count_so_far > 0 {
        tracing::warn!("nothing is swept while something is damaged");
        return Ok(());
    }
    sweep(shared, candidates, read_upto, pace)
}

/// Old files that the view knows no entry to have named.
fn candidates(shared: &Shared, pace: &mut dyn FnMut(u64) -> bool) -> Result<BTreeSet<Digest>, Ended> {
    let mut found = BTreeSet::new();
    for digest in shared.files.iter(None) {
        let digest = digest?;
        if found.len() == SWEEP_CANDIDATES_MAX {
            break;
        }
        if shared.files.is_old(&digest, (shared.clock)(), SWEEP_AGE_MS)? && !is_named(shared, &digest)? {
            found.insert(digest);
        }
        // A look at a directory costs as much as reading a block.
        if !pace(4096) {
            return Err(Ended::Stopped);
        }
    }
    Ok(found)
}

fn is_named(shared: &Shared, digest: &Digest) -> Result<bool, Ended> {
    let named = shared.read(|view| Ok(!view.file_records(&digest.to_string(), 1)?.is_empty()));
    named.map_err(|fault| Ended::Failed(fault.to_string()))
}

/// Reads the journal again; what it names is no candidate. Gives how far it was read.
fn read_journal(
    shared: &Shared,
    candidates: &mut BTreeSet<Digest>,
    pace: &mut dyn FnMut(u64) -> bool,
) -> Result<u64, Ended> {
    let mut upto = 0;
    for entry in shared.journal.read_again() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(JournalError::Damaged(damage)) => {
                found_damage(shared, &damage.file, damage.offset, damage.to_string());
                return Ok(upto);
            }
            Err(error) => return Err(Ended::Failed(error.to_string())),
        };
        upto = entry.position;
        let mut bytes = FRAME_BYTES;
        if let Some(payload) = entry.payload {
            bytes += payload.len() as u64;
            for digest in named(&payload).map_err(|error| Ended::Failed(format!("entry {upto}: {error}")))? {
                if candidates.remove(&digest) {
                    tracing::error!(%digest, position = upto, "the view does not know of a file that an entry names");
                }
                if !shared.files.is_there(&digest)? {
                    let file = shared.files.path(&digest);
                    let what = format!("{}, named at position {upto}, is missing", file.display());
                    found_damage(shared, &file, 0, what);
                }
            }
        }
        shared.upkeep().entries = upto;
        if !pace(bytes) {
            return Err(Ended::Stopped);
        }
    }
    Ok(upto)
}

/// The files that an entry names.
pub(crate) fn named(payload: &[u8]) -> Result<Vec<Digest>, prost::DecodeError> {
    let mut found = Vec::new();
    for event in Entry::decode(payload)?.events {
        naming::in_event(&event, &mut |digest| found.extend(digest.parse::<Digest>()));
    }
    Ok(found)
}

fn read_files(shared: &Shared, pace: &mut dyn FnMut(u64) -> bool) -> Result<(), Ended> {
    for digest in shared.files.iter(None) {
        let digest = digest?;
        let mut goes_on = true;
        let read = shared.files.scrub_file(&digest, &mut |bytes| goes_on = goes_on && pace(bytes as u64));
        match read {
            Ok(_) => {}
            Err(FilesError::Damaged(damage)) => {
                found_damage(shared, &damage.file, damage.from, damage.to_string());
            }
            Err(error) => return Err(error.into()),
        }
        shared.upkeep().files += 1;
        if !goes_on || !pace(FRAME_BYTES) {
            return Err(Ended::Stopped);
        }
    }
    Ok(())
}

fn found_damage(shared: &Shared, file: &Path, offset: u64, what: String) {
    tracing::error!(file = %file.display(), offset, what, "damage was found; bring the file back from the newest backup");
    let mut upkeep = shared.upkeep();
    upkeep.count_so_far += 1;
    if upkeep.so_far.len() < DAMAGE_TOLD_MAX {
        upkeep.so_far.push(what);
    }
    if upkeep.count_so_far > upkeep.damage_count {
        (upkeep.damage, upkeep.damage_count) = (upkeep.so_far.clone(), upkeep.count_so_far);
    }
}

/// Hands the candidates to the committer, a few at a time.
fn sweep(
    shared: &Shared,
    candidates: BTreeSet<Digest>,
    read_upto: u64,
    pace: &mut dyn FnMut(u64) -> bool,
) -> Result<(), Ended> {
    let candidates: Vec<Digest> = candidates.into_iter().collect();
    for batch in candidates.chunks(SWEEP_BATCH) {
        let (answer, answered) = mpsc::channel();
        let job = Job::Sweep(Sweep { candidates: batch.to_vec(), read_upto, answer });
        shared.jobs.send(job).map_err(|_| Ended::Stopped)?;
        let swept = answered.recv().map_err(|_| Ended::Stopped)?;
        {
            let mut upkeep = shared.upkeep();
            upkeep.swept_files += swept.files;
            upkeep.swept_bytes += swept.bytes;
        }
        if swept.files > 0 {
            tracing::info!(
                files = swept.files,
                bytes = swept.bytes,
                "files that no entry ever named were swept"
            );
        }
        if !pace(UPKEEP_BYTES_PER_SECOND / 4) {
            return Err(Ended::Stopped);
        }
    }
    Ok(())
}
