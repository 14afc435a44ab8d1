//! Backup of the running store.

use std::io;
use std::path::{Component, Path};

use proto::archive::v1::BackupResponse;
use proto::fault::Fault;
use proto::record::v1::Role;
use proto::rpc::Identity;

use crate::shared::Shared;
use crate::viewer::Viewer;

/// The key of the command line: whoever can read the folder of keys may back up.
const OPERATOR: &str = "operator";

/// Copies journal and files to a new folder, consistently; for administrators and the operator's key.
pub(crate) fn backup(shared: &Shared, identity: &Identity, directory: &str) -> Result<BackupResponse, Fault> {
    if identity.service.as_deref() != Some(OPERATOR) {
        let caller = identity.caller()?;
        if !caller.roles.contains(&i32::from(Role::Administrator)) {
            return Err(Fault::denied("NOT_YOUR_ROLE", "only an administrator makes backups"));
        }
        shared.read_as(&Viewer::Person(caller.clone()), |_| Ok(()))?;
    }
    let target = Path::new(directory);
    let plain = target.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
    if directory.is_empty() || directory.contains('\0') || !target.is_absolute() || !plain {
        return Err(Fault::invalid(
            "directory",
            "BAD_FORMAT",
            "must be an absolute path without “..”, e.g. /srv/backup/2026-11-22",
        ));
    }
    if target.starts_with(shared.directory.root()) {
        return Err(Fault::invalid("directory", "NOT_ALLOWED_HERE", "must not lie in the data directory"));
    }
    match std::fs::symlink_metadata(target) {
        Ok(_) => {
            return Err(Fault::refused(
                "BACKUP_EXISTS",
                "the folder exists; give one that does not exist yet",
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(Fault::unavailable("BACKUP_FAILED", error)),
    }
    let (disk, time) = (shared.directory.disk(), (shared.clock)());
    let manifest =
        storage::backup::backup(disk.as_ref(), &shared.journal, &shared.files, target, time, |_| {})
            .map_err(|error| Fault::unavailable("BACKUP_FAILED", error))?;
    let bytes = size(target).map_err(|error| Fault::unavailable("BACKUP_FAILED", error))?;
    tracing::info!(position = manifest.head.size, files = manifest.files, bytes, "backup made");
    Ok(BackupResponse { position: manifest.head.size, files: manifest.files, bytes })
}

/// Bytes of all files below a folder.
fn size(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                waiting.push(entry.path());
            } else {
                bytes += metadata.len();
            }
        }
    }
    Ok(bytes)
}
