//! The events of one record, read from the journal.

use std::collections::HashMap;

use prost::Message;
use proto::archive::v1::{HistoryItem, HistoryRequest, HistoryResponse};
use proto::fault::Fault;
use proto::record::v1::event::Event as What;
use proto::record::v1::{Caller, Entry, Event};
use storage::journal::JournalReader;

use super::records::seen;
use crate::limits::{HISTORY_PAGE_DEFAULT, PAGE_SIZE_MAX};
use crate::page;
use crate::shared::Shared;
use crate::viewer::Viewer;
use crate::views::{View, document_of};

/// One page, oldest first.
pub(crate) fn history(
    shared: &Shared,
    caller: &Caller,
    request: &HistoryRequest,
) -> Result<HistoryResponse, Fault> {
    let size = page::size(request.page_size, HISTORY_PAGE_DEFAULT, PAGE_SIZE_MAX)?;
    let scope = format!("history\0{}\0{}", request.record_id, caller.person_id).into_bytes();
    let after = page::read(&scope, &request.page_token)?;
    let after = after.and_then(|key| key.try_into().ok()).map(u64::from_be_bytes);
    let viewer = Viewer::Person(caller.clone());
    shared.read_as(&viewer, |view| {
        seen(view, &viewer, &request.record_id)?;
        let mut positions = view.history(&request.record_id, after, size + 1)?;
        let more = positions.len() > size;
        positions.truncate(size);
        let mut known = HashMap::new();
        let mut items = Vec::with_capacity(positions.len());
        for &position in &positions {
            let Some(entry) = entry(&shared.journal, position)? else { continue };
            let mut events = Vec::new();
            for event in entry.events {
                if belongs(view, &viewer, &request.record_id, &event, &mut known)? {
                    events.push(event);
                }
            }
            if !events.is_empty() {
                items.push(HistoryItem { position, at: entry.at, caller: entry.caller, events });
            }
        }
        let next_page_token = match positions.last() {
            Some(last) if more => page::token(&scope, &last.to_be_bytes()),
            _ => String::new(),
        };
        Ok(HistoryResponse { items, next_page_token })
    })
}

/// The entry at a position; `None` where it was redacted.
pub(crate) fn entry(journal: &JournalReader, position: u64) -> Result<Option<Entry>, Fault> {
    let entry = journal.read(position).map_err(|error| Fault::unavailable("JOURNAL_UNREADABLE", error))?;
    let decoded = entry.payload.map(|payload| Entry::decode(payload.as_slice())).transpose();
    decoded.map_err(|error| Fault::broken(format!("journal entry {position}: {error}")))
}

/// Whether an event is of the record or of what hangs on it, and may be seen. Credentials never may.
fn belongs(
    view: &View,
    viewer: &Viewer,
    id: &str,
    event: &Event,
    known: &mut HashMap<String, bool>,
) -> Result<bool, Fault> {
    if matches!(event.event, Some(What::CredentialSet(_)) | None) {
        return Ok(false);
    }
    if event.record_id == id {
        return Ok(true);
    }
    if let Some(known) = known.get(&event.record_id) {
        return Ok(*known);
    }
    let belongs = match seen(view, viewer, &event.record_id) {
        Ok(record) => document_of(&record) == Some(id),
        Err(Fault::Unknown { .. }) => false,
        Err(fault) => return Err(fault),
    };
    known.insert(event.record_id.clone(), belongs);
    Ok(belongs)
}
