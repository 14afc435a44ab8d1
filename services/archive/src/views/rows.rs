//! What one entry changes in the view.

use std::collections::BTreeMap;

use domain::id::{Kind, kind};
use domain::index::index;
use domain::states::States;
use prost::Message;
use proto::fault::Fault;
use proto::record::v1::{Entry, Record, record::State};
use storage::view::{BATCH_BYTES_MAX, BATCH_OPS_MAX, KeyKind, Op, VALUE_BYTES_MAX};

use super::keys;
use crate::limits::ANSWERS_CLEARED_PER_ENTRY;
use crate::naming;

/// Bytes before the data of a part: version, and in the first how many parts follow.
pub(super) const PART_HEAD: usize = 8 + 2;
/// Data bytes of a part.
const PART_DATA: usize = VALUE_BYTES_MAX - PART_HEAD;

/// The first answer to a request id. The archive's own: made from the journal and thrown away with the view.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(crate) struct Answer {
    /// Position of the entry.
    #[prost(uint64, tag = "1")]
    pub(crate) position: u64,
    /// When, in milliseconds since 1970.
    #[prost(int64, tag = "2")]
    pub(crate) at_ms: i64,
    /// SHA-256 of the command's encoding.
    #[prost(bytes = "vec", tag = "3")]
    pub(crate) command_sha256: Vec<u8>,
    /// Who asked.
    #[prost(string, tag = "4")]
    pub(crate) person_id: String,
    /// The service whose key spoke.
    #[prost(string, tag = "5")]
    pub(crate) service: String,
    /// The records that were made or changed.
    #[prost(string, repeated, tag = "6")]
    pub(crate) record_ids: Vec<String>,
}

impl Answer {
    /// The answer that `entry` at `position` is to its request.
    pub(crate) fn of(entry: &Entry, position: u64, at_ms: i64, records: &[Record]) -> Self {
        Self {
            position,
            at_ms,
            command_sha256: entry.command_sha256.clone(),
            person_id: entry.caller.as_ref().map(|caller| caller.person_id.clone()).unwrap_or_default(),
            service: entry.service.clone(),
            record_ids: records.iter().map(|record| record.id.clone()).collect(),
        }
    }

    /// Whether a request with this content, from these, may be given this answer.
    pub(crate) fn is_to(&self, command_sha256: &[u8], person_id: &str, service: &str) -> bool {
        self.command_sha256 == command_sha256 && self.person_id == person_id && self.service == service
    }
}

/// The kind of row that keeps a record.
pub(super) fn record_kind(id: &str) -> KeyKind {
    if kind(id) == Some(Kind::Credential) { KeyKind::Credential } else { KeyKind::State }
}

/// The changes of one entry in the making; the last word on a key counts.
#[derive(Debug, Default)]
pub(crate) struct Rows(BTreeMap<(KeyKind, Vec<u8>), Option<Vec<u8>>>);

impl Rows {
    /// The rows of an entry that says nothing (any more).
    pub(super) fn empty(position: u64) -> Self {
        let mut rows = Self::default();
        rows.version(position);
        rows
    }

    /// What `entry` at `position` changes, where `before` are the states before it and `records` what
    /// `domain::apply::apply_entry` made of it.
    ///
    /// # Errors
    /// When `before` cannot be read; [`Fault::Refused`] `ENTRY_TOO_LARGE` when the view cannot take so many changes at once.
    pub(crate) fn of(
        before: &dyn States,
        entry: &Entry,
        position: u64,
        at_ms: i64,
        records: &[Record],
    ) -> Result<Self, Fault> {
        let mut rows = Self::empty(position);
        let mut added = Vec::new();
        for record in records {
            let old = before.get(&record.id)?;
            if let Some(old) = &old {
                for key in index(old) {
                    let key = keys::index(key);
                    rows.delete(keys::index_kind(&key), key);
                }
            }
            for key in index(record) {
                let key = keys::index(key);
                added.push((keys::index_kind(&key), key, record.id.clone().into_bytes()));
            }
            rows.record(old.as_ref(), record)?;
            naming::in_record(record, &mut |digest| {
                rows.put(KeyKind::FileReference, keys::file_record(digest, &record.id), Vec::new());
            });
        }
        // After all deletions: a key that moves from one record to another stays.
        for (kind, key, id) in added {
            rows.put(kind, key, id);
        }
        rows.history(before, entry, position, records)?;
        // A file that only an event names must not be swept either.
        for event in &entry.events {
            naming::in_event(event, &mut |digest| {
                rows.put(KeyKind::FileReference, keys::file_record(digest, &event.record_id), Vec::new());
            });
        }
        let answer = Answer::of(entry, position, at_ms, records);
        rows.put(KeyKind::Request, entry.request_id.clone().into_bytes(), answer.encode_to_vec());
        rows.put(KeyKind::Due, keys::answer_age(at_ms, &entry.request_id), Vec::new());
        rows.check_size()?;
        Ok(rows)
    }

    /// An answer that has had its time goes.
    pub(super) fn forget_answer(&mut self, age_key: Vec<u8>, request_id: &str, also_answer: bool) {
        if also_answer {
            self.delete(KeyKind::Request, request_id.as_bytes().to_vec());
        }
        self.delete(KeyKind::Due, age_key);
    }

    /// Whether these rows set the answer to the request.
    pub(super) fn answers(&self, request_id: &str) -> bool {
        self.0.contains_key(&(KeyKind::Request, request_id.as_bytes().to_vec()))
    }

    /// As the view takes them.
    pub(super) fn into_ops(self) -> Vec<Op> {
        self.0
            .into_iter()
            .map(|((kind, key), value)| match value {
                Some(value) => Op::Put { kind, key, value },
                None => Op::Delete { kind, key },
            })
            .collect()
    }

    /// The first entry carries the version of all rows.
    fn version(&mut self, position: u64) {
        if position == 1 {
            self.put(KeyKind::Meta, super::VERSION_KEY.to_vec(), super::VIEW_VERSION.to_be_bytes().to_vec());
        }
    }

    fn put(&mut self, kind: KeyKind, key: Vec<u8>, value: Vec<u8>) {
        self.0.insert((kind, key), Some(value));
    }

    fn delete(&mut self, kind: KeyKind, key: Vec<u8>) {
        self.0.insert((kind, key), None);
    }

    /// A record, in as many parts as it needs.
    fn record(&mut self, old: Option<&Record>, record: &Record) -> Result<(), Fault> {
        let kind = record_kind(&record.id);
        let bytes = record.encode_to_vec();
        let further = parts(bytes.len());
        let further = u16::try_from(further)
            .map_err(|_| too_large(&format!("{} has {} bytes", record.id, bytes.len())))?;
        let mut chunks = bytes.chunks(PART_DATA);
        for part in 0..=further {
            let mut value = record.version.to_be_bytes().to_vec();
            value.extend_from_slice(&further.to_be_bytes());
            value.extend_from_slice(chunks.next().unwrap_or_default());
            let key =
                if part == 0 { record.id.clone().into_bytes() } else { keys::record_part(&record.id, part) };
            self.put(kind, key, value);
        }
        let before = old.map_or(0, |old| parts(old.encoded_len()));
        for part in usize::from(further) + 1..=before {
            self.delete(kind, keys::record_part(&record.id, u16::try_from(part).unwrap_or(u16::MAX)));
        }
        Ok(())
    }

    /// The entry belongs to the history of every record that it touched and of the document each hangs on.
    fn history(
        &mut self,
        before: &dyn States,
        entry: &Entry,
        position: u64,
        records: &[Record],
    ) -> Result<(), Fault> {
        for record in records {
            if has_history(&record.id) {
                self.put(KeyKind::History, keys::history(&record.id, position), Vec::new());
            }
            if let Some(document) = document_of(record) {
                self.put(KeyKind::History, keys::history(document, position), Vec::new());
            }
        }
        for event in &entry.events {
            let id = event.record_id.as_str();
            if !has_history(id) || records.iter().any(|record| record.id == id) {
                continue;
            }
            self.put(KeyKind::History, keys::history(id, position), Vec::new());
            if let Some(document) = before.get(id)?.as_ref().and_then(document_of) {
                self.put(KeyKind::History, keys::history(document, position), Vec::new());
            }
        }
        Ok(())
    }

    fn check_size(&self) -> Result<(), Fault> {
        // Deletions of old answers come on top: an age and an answer each.
        let count = self.0.len() + 2 * ANSWERS_CLEARED_PER_ENTRY;
        let bytes: usize = self.0.values().flatten().map(Vec::len).sum();
        if count > BATCH_OPS_MAX || bytes > BATCH_BYTES_MAX {
            return Err(too_large(&format!("{count} changes, {bytes} bytes")));
        }
        Ok(())
    }
}

fn too_large(what: &str) -> Fault {
    Fault::refused(
        "ENTRY_TOO_LARGE",
        format!("the command changes more at once than can be kept: {what}; do it in smaller steps"),
    )
}

/// Parts beyond the first that so many bytes need.
fn parts(bytes: usize) -> usize {
    bytes.div_ceil(PART_DATA).saturating_sub(1)
}

fn has_history(id: &str) -> bool {
    !matches!(kind(id), None | Some(Kind::Credential | Kind::Opened | Kind::SeriesYear))
}

/// The document that a record hangs on.
pub(crate) fn document_of(record: &Record) -> Option<&str> {
    let id = match &record.state {
        Some(State::Assignment(it)) => &it.document_id,
        Some(State::RegisterEntry(it)) => &it.document_id,
        Some(State::DraftVersion(it)) => &it.document_id,
        _ => return None,
    };
    (!id.is_empty()).then_some(id)
}
