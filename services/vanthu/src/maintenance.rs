//! `journal verify`, `view verify`, `backup`, `restore`.

use proto::archive::v1::BackupRequest;
use proto::fault::Fault;
use proto::rpc::identity::outgoing_as;
use proto::rpc::{Address, Clock, Identity, fault_of, peer};

use crate::cli::{AtData, Backup, Restore};
use crate::keys;
use crate::office::{keys_under, socket_under, store_under};
use crate::serve::say;

/// Exit code for damage found.
const DAMAGED: u8 = 1;

/// Checks journal and files; answers the exit code.
///
/// # Errors
/// [`Fault::Unavailable`] `STORE` when there is no store or it is running.
pub fn verify_journal(args: &AtData) -> Result<u8, Fault> {
    let report = match archive::maintenance::verify_journal(&store_under(&args.data), |_| {}) {
        Ok(report) => report,
        Err(damage @ archive::maintenance::MaintenanceError::Journal(_)) => {
            say(&format!("damaged: {damage}"));
            return Ok(DAMAGED);
        }
        Err(error) => return Err(Fault::unavailable("STORE", error)),
    };
    let head = report.journal.head;
    say(&format!("journal: {} entries, tree head {}", head.size, head.root));
    match &report.contents {
        None => say("the store is being served: registers and files are checked when it is not"),
        Some(contents) => {
            for register in &contents.registers {
                say(&format!(
                    "register {} {}: 1 to {}, {} with a suffix, {} void, {}",
                    register.series_name,
                    register.year,
                    register.last_ordinal,
                    register.suffixed,
                    register.void,
                    if register.is_right() { "without a gap" } else { "WRONG" },
                ));
                for finding in &register.findings {
                    say(&format!("  {finding}"));
                }
            }
            say(&format!("files: {} named, {} bytes right", contents.files_named, contents.bytes_checked));
            for missing in &contents.files_missing {
                say(&format!("missing: {missing}"));
            }
            for damaged in &contents.files_damaged {
                say(&format!("damaged: {damaged}"));
            }
        }
    }
    if report.is_right() {
        say("everything is right");
        Ok(0)
    } else {
        Ok(DAMAGED)
    }
}

/// Compares the view with one made anew; answers the exit code.
///
/// # Errors
/// [`Fault::Unavailable`] `STORE`.
pub fn verify_view(args: &AtData) -> Result<u8, Fault> {
    let report = archive::maintenance::verify_view(&store_under(&args.data), |_| {})
        .map_err(|e| Fault::unavailable("STORE", e))?;
    if report.is_right() {
        say("the view is what the journal says");
        Ok(0)
    } else {
        say(&format!(
            "the view differs from the journal: {report:?}; remove it, the next start makes it anew"
        ));
        Ok(DAMAGED)
    }
}

/// Copies a running store.
///
/// # Errors
/// The archive's fault.
pub async fn backup(args: Backup, clock: &Clock) -> Result<(), Fault> {
    let keys = keys::load_or_make(&args.keys.unwrap_or_else(|| keys_under(&args.data)))?;
    let address = args.grpc.unwrap_or_else(|| Address::Unix(socket_under(&args.data)));
    let peer = peer::remote(&address).map_err(|e| Fault::unavailable("PEER", e))?;
    let directory = std::path::absolute(&args.directory)
        .map_err(|e| Fault::invalid("DIR", "PATH", e.to_string()))?
        .to_string_lossy()
        .into_owned();
    let request = outgoing_as(
        &keys.operator,
        clock(),
        &Identity::default(),
        BackupRequest { directory: directory.clone() },
    )?;
    let done = peer::archive(peer).backup(request).await.map_err(|s| fault_of(&s))?.into_inner();
    say(&format!("{directory}: {} entries, {} files, {} bytes", done.position, done.files, done.bytes));
    Ok(())
}

/// Makes a data directory from a backup.
///
/// # Errors
/// [`Fault::Unavailable`] `BACKUP` names what is wrong with it.
pub fn restore(args: &Restore) -> Result<(), Fault> {
    archive::maintenance::restore(&args.backup, &store_under(&args.data), |_| {})
        .map_err(|e| Fault::unavailable("BACKUP", e))?;
    say(&format!("{} is restored; start `vanthu serve --data {}`", args.data.display(), args.data.display()));
    Ok(())
}
