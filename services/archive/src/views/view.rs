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
pub(crate) struct View {
    view: storage::view::View,
    generation: u64,
}

/// The fault that a reader gets for an error of the view.
pub(crate) fn fault(error: ViewError) -> Fault {
    match error {
        ViewError::TooLarge { .. } | ViewError::NotNewer { .. } => Fault::broken(error),
        _ => Fault::unavailable("VIEW_DAMAGED", error),
    }
}

impl View {
    /// The view of a generation: they are counted while the archive runs, so that one can be told from the one before.
    pub(crate) fn new(view: storage::view::View, generation: u64) -> Self {
        Self { view, generation }
    }

    /// Which view of this run it is, from 0.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// The storage beneath.
    pub(crate) fn storage(&self) -> &storage::view::View {
        &self.view
    }

    /// The last position applied.
    pub(crate) fn position(&self) -> u64 {
        self.view.position()
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
            let Some(first) = self.view.get(kind, id.as_bytes()).map_err(fault)? else { return Ok(None) };
            let (head, data) = split_part(&first).ok_or_else(|| misshapen(id))?;
            let mut bytes = data.to_vec();
            let mut whole = true;
            for part in 1..=head.further {
                let next = self.view.get(kind, &keys::record_part(id, part)).map_err(fault)?;
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
            .view
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
        let value = self.view.get(KeyKind::Request, request_id.as_bytes()).map_err(fault)?;
        value.map(|value| Answer::decode(value.as_slice()).map_err(|_| misshapen(request_id))).transpose()
    }

    /// Positions of a record's history behind `after`, oldest first.
    pub(crate) fn history(&self, id: &str, after: Option<u64>, limit: usize) -> Result<Vec<u64>, Fault> {
        let start = after.map(|after| keys::history(id, after));
        let prefix = keys::history_of(id);
        let page = self
            .view
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
            .view
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
            self.view.scan(&Scan { kind: KeyKind::Due, prefix: &[], after: None, limit, reverse: false })?;
        for (key, _) in oldest.pairs {
            let Some((asked_ms, request_id)) = keys::age_of(&key) else {
                return Err(ViewError::Damaged { what: "an age has another form".to_owned() });
            };
            if at_ms.saturating_sub(asked_ms) <= ANSWER_KEPT_MS {
                break;
            }
            // An id used again after its time has a newer answer, which stays.
            let own = match self.view.get(KeyKind::Request, request_id.as_bytes())? {
                Some(value) => Answer::decode(value.as_slice()).is_ok_and(|answer| answer.at_ms == asked_ms),
                None => false,
            };
            let also_answer = own && !rows.answers(&request_id);
            rows.forget_answer(key, &request_id, also_answer);
        }
        self.view.apply(position, &rows.into_ops())
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
        let page = self.view.scan(&scan).map_err(fault)?;
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

#[cfg(test)]
mod tests {
    use proto::record::v1::record::State;
    use proto::record::v1::{Certificate, Entry, Event, IncomingDocument, Principal, principal::Who};

    use super::*;

    fn open(directory: &std::path::Path) -> View {
        View::new(storage::view::View::open(directory, u64::MAX).unwrap(), 0)
    }

    fn apply(view: &View, position: u64, at_ms: i64, request_id: &str, records: &[Record]) {
        let events = records.iter().map(|it| Event { record_id: it.id.clone(), event: None }).collect();
        let entry = Entry { request_id: request_id.to_owned(), events, ..Entry::default() };
        let rows = Rows::of(view, &entry, position, at_ms, records).unwrap();
        view.apply(position, at_ms, rows).unwrap();
    }

    fn document(version: u64, readers: usize) -> Record {
        let reader = |n| Principal { who: Some(Who::PersonId(format!("per_{n}"))) };
        Record {
            id: "in_1".to_owned(),
            version,
            readers: (0..readers).map(reader).collect(),
            state: Some(State::Incoming(IncomingDocument {
                closing_reason: "x".repeat(readers * 100),
                ..IncomingDocument::default()
            })),
        }
    }

    #[test]
    fn a_record_of_any_size_reads_back_and_shrinks_without_a_trace() {
        let root = tempfile::tempdir().unwrap();
        let view = open(&root.path().join("a"));
        let other = open(&root.path().join("b"));
        for (position, readers) in [(1, 3), (2, 2_000), (3, 700), (4, 1)] {
            let record = document(position, readers);
            apply(&view, position, 0, &format!("request-{position}"), std::slice::from_ref(&record));
            assert_eq!(view.record("in_1").unwrap(), Some(record.clone()));
            assert_eq!(view.scan(&[], None, 10_000).unwrap().len(), 2 * readers);
            // Nothing but the last state counts, whatever stood there before.
            if position == 4 {
                for position in 1..4 {
                    apply(&other, position, 0, &format!("request-{position}"), &[document(position, 1)]);
                }
                let entry = |view: &View| {
                    apply(view, 5, 0, "request-5", &[]);
                    view.storage().digest()
                };
                apply(&other, 4, 0, "request-4", std::slice::from_ref(&record));
                assert_eq!(entry(&view), entry(&other));
            }
        }
    }

    #[test]
    fn too_much_for_one_entry_is_refused_before_it_is_written() {
        let root = tempfile::tempdir().unwrap();
        let view = open(root.path());
        let records = [document(1, 9_000)];
        let entry = Entry { request_id: "request-1".to_owned(), ..Entry::default() };
        let refused = Rows::of(&view, &entry, 1, 0, &records).unwrap_err();
        assert!(matches!(refused, Fault::Refused { reason: "ENTRY_TOO_LARGE", .. }), "{refused}");
    }

    #[test]
    fn a_key_too_long_for_the_view_is_kept_all_the_same() {
        let root = tempfile::tempdir().unwrap();
        let view = open(root.path());
        let long = |id: &str| Record {
            id: id.to_owned(),
            version: 1,
            readers: Vec::new(),
            state: Some(State::Certificate(Certificate {
                subject: "漢".repeat(500),
                ..Certificate::default()
            })),
        };
        apply(&view, 1, 0, "request-1", &[long("crt_1"), long("crt_2")]);
        let range = KeyRange {
            prefix: vec![domain::index::Code::Certificates as u8],
            from: Vec::new(),
            to: Vec::new(),
            reverse: false,
        };
        let page = view.range(&range, None, 10).unwrap();
        assert_eq!(page.entries.len(), 2);
        for (sort, id) in page.entries {
            assert!(still_in(&view.record(&id).unwrap().unwrap(), std::slice::from_ref(&range), &sort));
        }
    }

    #[test]
    fn answers_are_cleared_after_their_time_a_few_with_each_entry() {
        let root = tempfile::tempdir().unwrap();
        let view = open(root.path());
        for position in 1..=20 {
            apply(&view, position, 0, &format!("request-{position}"), &[]);
        }
        apply(&view, 21, ANSWER_KEPT_MS, "request-21", &[]);
        assert!(view.answer("request-1").unwrap().is_some());
        // One of the old ids is used again: its new answer stays.
        apply(&view, 22, ANSWER_KEPT_MS + 1, "request-1", &[]);
        let kept = |view: &View| {
            (1..=20).filter(|n| view.answer(&format!("request-{n}")).unwrap().is_some()).count()
        };
        assert_eq!(kept(&view), 20 - ANSWERS_CLEARED_PER_ENTRY + 1);
        for position in 23..=24 {
            apply(&view, position, ANSWER_KEPT_MS + 1, &format!("request-{position}"), &[]);
        }
        assert_eq!(kept(&view), 1);
        assert_eq!(view.answer("request-1").unwrap().unwrap().position, 22);
    }
}
