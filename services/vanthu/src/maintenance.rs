//! Looking a store over: `journal verify`, `view verify`.

use proto::fault::Fault;

use crate::cli::AtData;
use crate::office::store_under;
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
