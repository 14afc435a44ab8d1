//! The view as the archive reads it: records, index entries, history, answers.

use domain::index::{KeyRange, index};
use domain::states::States;
use prost::Message;
use proto::fault::Fault;
use proto::record::v1::Record;
use storage::view::{KeyKind, Scan, ViewError};

use super::keys;
use super::rows::{Answer, PART_HEAD, Rows, record_kind};
use crate::limits::{ANSWER_KEPT_MS, ANSWERS_CLEARED_PER_ENTRY};

/// How often a record of several parts is read again when it changed in between.
const READS_MAX: usize = 100;

/// A view at some position; clones are handles on the same one.
#[derive(Debug, Clone)]
pub(crate) struct View(storage::view::View);

/// The fault that a reader gets for an error of the view.
pub(crate) fn fault(error: ViewError) -> Fault {
    match error {
        ViewError::TooLarge { .. } | ViewError::NotNewer { .. } => Fault::broken(error),
        _ => Fault::unavailable("VIEW_DAMAGED", error),
    }
}

impl View {
    pub(crate) fn new(view: storage::view::View) -> Self {
        Self(view)
    }

    /// The storage beneath.
    pub(crate) fn storage(&self) -> &storage::view::View {
        &self.0
    }

    /// The last position applied.
    pub(crate) fn position(&self) -> u64 {
        self.0.position()
    }

    /// A record of any kind but a credential.
    pub(crate) fn record(&self, id: &str) -> Result<Option<Record>, Fault> {
        if record_kind(id) == KeyKind::Credential { Ok(None) } else { self.read(KeyKind::State, id) }
    }

    /// A credential.
    pub(crate) fn credential(&self, id: &str) -> Result<Option<Record>, Fault> {
        self.read(KeyKind::Credential, id)
    }

    fn read(&self, kind: KeyKind, id: &str) -> Result<Option<Record>, Fault> {
        for _ in 0..READS_MAX {
            let Some(first) = self.0.get(kind, id.as_bytes()).map_err(fault)? else { return Ok(None) };
            let (head, data) = split_part(&first).ok_or_else(|| misshapen(id))?;
            let mut bytes = data.to_vec();
            let mut whole = true;
            for part in 1..=head.further {
                let next = self.0.get(kind, &keys::record_part(id, part)).map_err(fault)?;
                match next.as_deref().and_then(split_part) {
                    Some((other, data)) if other == head => bytes.extend_from_slice(data),
                    // It was changed between the reads.
                    _ => {
                        whole = false;
                        break;
                    }
                }
            }
            if !whole {
                continue;
            }
            let record = Record::decode(bytes.as_slice()).map_err(|_| misshapen(id))?;
            return if record.id == id { Ok(Some(record)) } else { Err(misshapen(id)) };
        }
        Err(misshapen(id))
    }

    /// Index entries of a range in the order asked for, behind `after`; looks at `limit` keys at most.
    pub(crate) fn range(
        &self,
        range: &KeyRange,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<RangePage, Fault> {
        let full = |sort: &[u8]| {
            let mut key = range.prefix.clone();
            key.extend_from_slice(sort);
            key
        };
        // A scan begins behind a key: for “from” that is one right before it in the order asked for.
        let start = match (after, range.reverse) {
            (Some(after), _) => Some(full(after)),
            (None, false) if !range.from.is_empty() => Some(before(full(&range.from))),
            (None, true) if !range.to.is_empty() => Some(full(&range.to)),
            (None, _) => None,
        };
        let page = self
            .0
            .scan(&Scan {
                kind: keys::index_kind(&range.prefix),
                prefix: &range.prefix,
                after: start.as_deref(),
                limit,
                reverse: range.reverse,
            })
            .map_err(fault)?;
        let mut found = RangePage { entries: Vec::with_capacity(page.pairs.len()), next: None };
        for (key, value) in page.pairs {
            let sort = key.get(range.prefix.len()..).unwrap_or_default().to_vec();
            found.next = page.more.then(|| sort.clone());
            let too_low = sort < range.from;
            let too_high = !range.to.is_empty() && sort >= range.to;
            if (too_low && range.reverse) || (too_high && !range.reverse) {
                found.next = None;
                break;
            }
            if !too_low && !too_high {
                found.entries.push((sort, id_of(value)?));
            }
        }
        Ok(found)
    }

    /// The first answer to a request id, however old.
    pub(crate) fn answer(&self, request_id: &str) -> Result<Option<Answer>, Fault> {
        let value = self.0.get(KeyKind::Request, request_id.as_bytes()).map_err(fault)?;
        value.map(|value| Answer::decode(value.as_slice()).map_err(|_| misshapen(request_id))).transpose()
    }

    /// Positions of a record's history behind `after`, oldest first.
    pub(crate) fn history(&self, id: &str, after: Option<u64>, limit: usize) -> Result<Vec<u64>, Fault> {
        let start = after.map(|after| keys::history(id, after));
        let prefix = keys::history_of(id);
        let page = self
            .0
            .scan(&Scan {
                kind: KeyKind::History,
                prefix: &prefix,
                after: start.as_deref(),
                limit,
                reverse: false,
            })
            .map_err(fault)?;
        page.pairs.iter().map(|(key, _)| keys::position_of(key).ok_or_else(|| misshapen(id))).collect()
    }

    /// Records that ever named a file.
    pub(crate) fn file_records(&self, digest: &str, limit: usize) -> Result<Vec<String>, Fault> {
        let prefix = keys::file_records(digest);
        let page = self
            .0
            .scan(&Scan { kind: KeyKind::FileReference, prefix: &prefix, after: None, limit, reverse: false })
            .map_err(fault)?;
        page.pairs
            .into_iter()
            .map(|(key, _)| id_of(key.get(prefix.len()..).unwrap_or_default().to_vec()))
            .collect()
    }

    /// Applies the rows of the entry at `position`, made at `at_ms`. Answers that have had their time go with it: which
    /// ones follows from the journal alone, so that a rebuilt view has the same.
    pub(crate) fn apply(&self, position: u64, at_ms: i64, mut rows: Rows) -> Result<(), ViewError> {
        let limit = ANSWERS_CLEARED_PER_ENTRY;
        let oldest =
            self.0.scan(&Scan { kind: KeyKind::Due, prefix: &[], after: None, limit, reverse: false })?;
        for (key, _) in oldest.pairs {
            let Some((asked_ms, request_id)) = keys::age_of(&key) else {
                return Err(ViewError::Damaged { what: "an age has another form".to_owned() });
            };
            if at_ms.saturating_sub(asked_ms) <= ANSWER_KEPT_MS {
                break;
            }
            // An id used again after its time has a newer answer, which stays.
            let own = match self.0.get(KeyKind::Request, request_id.as_bytes())? {
                Some(value) => Answer::decode(value.as_slice()).is_ok_and(|answer| answer.at_ms == asked_ms),
                None => false,
            };
            let also_answer = own && !rows.answers(&request_id);
            rows.forget_answer(key, &request_id, also_answer);
        }
        self.0.apply(position, &rows.into_ops())
    }
}

/// Part of a range.
#[derive(Debug, Default)]
pub(crate) struct RangePage {
    /// Sort part and record id.
    pub(crate) entries: Vec<(Vec<u8>, String)>,
    /// Go on behind this sort part; `None` at the end.
    pub(crate) next: Option<Vec<u8>>,
}

impl States for View {
    fn get(&self, id: &str) -> Result<Option<Record>, Fault> {
        self.read(record_kind(id), id)
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, String)>, Fault> {
        let scan = Scan { kind: keys::index_kind(prefix), prefix, after, limit, reverse: false };
        let page = self.0.scan(&scan).map_err(fault)?;
        page.pairs.into_iter().map(|(key, value)| Ok((key, id_of(value)?))).collect()
    }
}

/// Whether the record still has an index key in one of the ranges with this sort part: a list must not show a record
/// that has left it since its key was read.
pub(crate) fn still_in(record: &Record, ranges: &[KeyRange], sort: &[u8]) -> bool {
    index(record).into_iter().map(keys::index).any(|key| {
        ranges.iter().any(|range| key.strip_prefix(range.prefix.as_slice()).is_some_and(|rest| rest == sort))
    })
}

/// Version and number of parts, equal in all parts of one writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PartHead {
    version: u64,
    further: u16,
}

fn split_part(value: &[u8]) -> Option<(PartHead, &[u8])> {
    let (head, data) = value.split_first_chunk::<PART_HEAD>()?;
    let (version, further) = head.split_first_chunk::<8>()?;
    let further = u16::from_be_bytes(further.try_into().ok()?);
    Some((PartHead { version: u64::from_be_bytes(*version), further }, data))
}

/// A key shortly before `key`; the caller skips what lies between.
fn before(mut key: Vec<u8>) -> Vec<u8> {
    match key.pop() {
        None | Some(0) => key,
        Some(last) => {
            key.push(last - 1);
            key.push(0xff);
            key
        }
    }
}

fn id_of(value: Vec<u8>) -> Result<String, Fault> {
    String::from_utf8(value).map_err(|_| misshapen("an index entry"))
}

fn misshapen(what: &str) -> Fault {
    Fault::unavailable("VIEW_DAMAGED", format!("the view's row of {what} has another form"))
}
