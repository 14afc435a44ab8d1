//! Changes as they happen, from a position on.

use std::sync::Arc;

use prost::Message;
use proto::archive::v1::WatchResponse;
use proto::fault::Fault;
use proto::record::v1::Entry;
use tokio::sync::mpsc;

use super::records::seen;
use crate::limits::{WATCH_CHANGES_MAX, WATCH_SLOW, WATCH_STEP};
use crate::shared::Shared;
use crate::viewer::Viewer;

/// What a watcher is sent.
pub(crate) type Change = Result<WatchResponse, Fault>;

/// Sends changes behind `after` until 1,000 were sent, the watcher leaves its changes lying or goes away, or the archive
/// ends.
pub(crate) async fn watch(shared: Arc<Shared>, viewer: Viewer, mut after: u64, to: mpsc::Sender<Change>) {
    let mut applied = shared.applied.subscribe();
    let mut closed = shared.closed.subscribe();
    let mut sent = 0;
    loop {
        let reader = Arc::clone(&shared);
        let for_viewer = viewer.clone();
        let looked = tokio::task::spawn_blocking(move || changes(&reader, &for_viewer, after)).await;
        let (upto, changes) = match looked {
            Ok(Ok(found)) => found,
            Ok(Err(fault)) => return give_up(&to, fault).await,
            Err(_) => return give_up(&to, Fault::broken("reading changes panicked")).await,
        };
        for change in changes {
            match to.send_timeout(Ok(change), WATCH_SLOW).await {
                Ok(()) => sent += 1,
                Err(_) => return,
            }
            if sent == WATCH_CHANGES_MAX {
                return;
            }
        }
        after = upto;
        tokio::select! {
            () = to.closed() => return,
            _ = closed.wait_for(|closed| *closed) => return,
            more = applied.wait_for(|applied| *applied > after) => if more.is_err() { return },
        }
    }
}

async fn give_up(to: &mpsc::Sender<Change>, fault: Fault) {
    // Where the watcher is gone there is nobody to tell.
    let _ = to.send_timeout(Err(fault), WATCH_SLOW).await;
}

/// The next changes behind `after` that the viewer may see, and how far was looked.
fn changes(shared: &Shared, viewer: &Viewer, after: u64) -> Result<(u64, Vec<WatchResponse>), Fault> {
    shared.read_as(viewer, |view| {
        let until = view.position().min(after.saturating_add(WATCH_STEP as u64));
        let mut upto = after;
        let mut changes = Vec::new();
        for entry in shared.journal.iter(after.saturating_add(1)) {
            let entry = entry.map_err(|error| Fault::unavailable("JOURNAL_UNREADABLE", error))?;
            if entry.position > until {
                break;
            }
            upto = entry.position;
            let Some(payload) = entry.payload else { continue };
            let decoded = Entry::decode(payload.as_slice())
                .map_err(|error| Fault::broken(format!("journal entry {upto}: {error}")))?;
            let mut record_ids: Vec<String> = Vec::new();
            for event in decoded.events {
                if record_ids.contains(&event.record_id) {
                    continue;
                }
                match seen(view, viewer, &event.record_id) {
                    Ok(record) => record_ids.push(record.id),
                    Err(Fault::Unknown { .. }) => {}
                    Err(fault) => return Err(fault),
                }
            }
            if !record_ids.is_empty() {
                changes.push(WatchResponse { position: upto, record_ids });
            }
        }
        Ok((upto, changes))
    })
}
