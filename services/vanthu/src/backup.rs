//! `backup` and `restore`: the whole data directory of an office – the store at one position, and the keys and trust
//! roots beside it, without which nobody could log in, sign or judge again.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use proto::archive::v1::BackupRequest;
use proto::fault::Fault;
use proto::rpc::identity::outgoing_as;
use proto::rpc::{Address, Clock, Identity, fault_of, peer};

use crate::cli::{Backup, Restore};
use crate::keys;
use crate::office::{keys_under, roots_under, signer_under, socket_under, store_under};
use crate::serve::say;

/// Files of one folder beside the store.
const FILES_MAX: usize = 100_000;

/// Copies a running office: the store through the archive, then what lies beside it. In this order, because a key is
/// written before the entry that tells of it.
///
/// # Errors
/// The archive's fault; [`Fault::Unavailable`] `BACKUP`.
pub async fn backup(args: Backup, clock: &Clock) -> Result<(), Fault> {
    let keys_dir = args.keys.unwrap_or_else(|| keys_under(&args.data));
    let keys = keys::load_or_make(&keys_dir)?;
    let address = args.grpc.unwrap_or_else(|| Address::Unix(socket_under(&args.data)));
    let peer = peer::remote(&address).map_err(|e| Fault::unavailable("PEER", e))?;
    let target =
        std::path::absolute(&args.directory).map_err(|e| Fault::invalid("DIR", "PATH", e.to_string()))?;
    let made = fs::DirBuilder::new().mode(0o700).create(&target);
    made.map_err(|e| Fault::invalid("DIR", "PATH", format!("{}: {e}; give a new folder", target.display())))?;
    let directory = store_under(&target).to_string_lossy().into_owned();
    let request = outgoing_as(&keys.operator, clock(), &Identity::default(), BackupRequest { directory })?;
    let done = match peer::archive(peer).backup(request).await {
        Ok(done) => done.into_inner(),
        Err(status) => {
            // Nothing was begun where the folder is still empty; otherwise what is there shows how far it came.
            if let Err(error) = fs::remove_dir(&target) {
                tracing::debug!(%error, "the folder stays");
            }
            return Err(fault_of(&status));
        }
    };
    let beside = [
        (keys_dir, keys_under(&target)),
        (signer_under(&args.data), signer_under(&target)),
        (roots_under(&args.data), roots_under(&target)),
    ];
    let mut copied = 0;
    for (from, to) in &beside {
        copied += copy_folder(from, to).map_err(|e| failed(from, &e))?;
    }
    say(&format!(
        "{}: {} entries, {} files, {} bytes; {copied} keys and trust roots",
        target.display(),
        done.position,
        done.files,
        done.bytes,
    ));
    Ok(())
}

/// Makes a data directory from a backup.
///
/// # Errors
/// [`Fault::Unavailable`] `BACKUP` names what is wrong with it.
pub fn restore(args: &Restore) -> Result<(), Fault> {
    let data = &args.data;
    // Refuse before anything is written: what lies beside the store is as much an office as the store.
    for beside in [keys_under(data), signer_under(data), roots_under(data)] {
        if fs::read_dir(&beside).is_ok_and(|mut it| it.next().is_some()) {
            return Err(failed(&beside, &"is not empty: give a new directory"));
        }
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data).map_err(|e| failed(data, &e))?;
    archive::maintenance::restore(&store_under(&args.backup), &store_under(data), |_| {})
        .map_err(|e| Fault::unavailable("BACKUP", e))?;
    for folder in [keys_under, signer_under, roots_under] {
        let from = folder(&args.backup);
        copy_folder(&from, &folder(data)).map_err(|e| failed(&from, &e))?;
    }
    say(&format!("{} is restored; start `vanthu serve --data {}`", data.display(), data.display()));
    Ok(())
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> Fault {
    Fault::unavailable("BACKUP", format!("{}: {error}", path.display()))
}

/// Copies the plain files of a folder, durably; none where there is no folder, as in an office whose roles live apart.
/// Answers how many.
fn copy_folder(from: &Path, to: &Path) -> io::Result<usize> {
    let listed = match fs::read_dir(from) {
        Ok(listed) => listed,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(0),
        Err(e) => return Err(e),
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(to)?;
    let mut copied = 0;
    for entry in listed {
        let entry = entry?;
        if !entry.file_type()?.is_file() || entry.file_name() == keys::LOCK {
            continue;
        }
        copied += 1;
        if copied > FILES_MAX {
            return Err(io::Error::other(format!("more than {FILES_MAX} files")));
        }
        let target = to.join(entry.file_name());
        // The mode goes along: keys stay their owner's alone.
        fs::copy(entry.path(), &target)?;
        File::open(&target)?.sync_all()?;
    }
    File::open(to)?.sync_all()?;
    Ok(copied)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_folder_of_keys_is_copied_with_its_modes_and_without_its_lock() {
        let dir = tempfile::tempdir().unwrap();
        let (from, to) = (dir.path().join("keys"), dir.path().join("copy/keys"));
        assert_eq!(copy_folder(&from, &to).unwrap(), 0, "no folder, no copy");
        fs::create_dir(&from).unwrap();
        for name in ["directory.key", keys::LOCK] {
            fs::write(from.join(name), name).unwrap();
            fs::set_permissions(from.join(name), fs::Permissions::from_mode(0o600)).unwrap();
        }
        assert_eq!(copy_folder(&from, &to).unwrap(), 1);
        assert_eq!(fs::read(to.join("directory.key")).unwrap(), b"directory.key");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&to), mode(&to.join("directory.key"))), (0o700, 0o600));
        assert!(!to.join(keys::LOCK).try_exists().unwrap());
    }
}
