//! Feeds the search index from the journal, on a thread of its own.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Instant;

use domain::id::{Kind, kind};
use domain::index::is_secret;
use prost::Message;
use proto::fault::Fault;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{Date, DocumentFacts, Entry, Principal, Record, RegisterNumber};
use storage::search::{Change, Document, Opened, PRINCIPALS_MAX, Search, SearchError};

use crate::limits::{INDEX_STEP_ENTRIES, INDEXED_TEXT_MAX, SEARCH_COMMIT_EVERY, SEARCH_FEED_EVERY};
use crate::shared::Shared;
use crate::views::View;

/// What the indexer can be told. That the view shows more it sees for itself.
pub(crate) enum Wake {
    /// A reader found the index damaged.
    Damaged,
    /// The archive stops.
    Stop,
}

/// Opens the index and says in the log what was found.
pub(crate) fn open(directory: &std::path::Path, journal_size: u64) -> Result<Search, SearchError> {
    let (search, opened) = Search::open(directory, journal_size)?;
    match opened {
        Opened::AsItWas => {}
        Opened::New => tracing::info!("search index is new"),
        Opened::ThrownAway(why) => tracing::warn!(why, "search index was thrown away and is made anew"),
    }
    Ok(search)
}

/// Feeds until told to stop.
pub(crate) fn run(shared: &Shared, wake: &Receiver<Wake>) {
    let mut fed = shared.search().map_or(0, |search| search.position());
    let mut committed_at = Instant::now();
    let mut damaged = false;
    loop {
        match wake.recv_timeout(SEARCH_FEED_EVERY) {
            Ok(Wake::Damaged) => damaged = true,
            Err(RecvTimeoutError::Timeout) => {}
            Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return stop(shared),
        }
        if damaged {
            match shared.reopen_search() {
                Ok(position) => {
                    fed = position;
                    damaged = false;
                }
                Err(error) => {
                    tracing::error!(%error, "search index cannot be opened");
                    continue;
                }
            }
        }
        match feed(shared, &mut fed) {
            Ok(()) if committed_at.elapsed() >= SEARCH_COMMIT_EVERY => match commit(shared) {
                Ok(()) => committed_at = Instant::now(),
                Err(error) => damaged |= calls_for_opening(&error),
            },
            Ok(()) => {}
            Err(Stopped::Search(error)) => {
                tracing::error!(%error, "search index could not be fed");
                damaged = true;
            }
            // The view is being made anew, or a file cannot be read now: the next round tries again.
            Err(Stopped::Reading(fault)) => tracing::warn!(%fault, "search index waits"),
        }
    }
}

fn stop(shared: &Shared) {
    if let Some(search) = shared.search()
        && let Err(error) = search.commit()
    {
        tracing::warn!(%error, "search index not committed at the end");
    }
}

fn calls_for_opening(error: &SearchError) -> bool {
    tracing::error!(%error, "search index could not be committed");
    matches!(error, SearchError::Damaged { .. })
}

fn commit(shared: &Shared) -> Result<(), SearchError> {
    if let Some(search) = shared.search() {
        search.commit()?;
        shared.set_indexed(search.position());
    }
    Ok(())
}

/// Why feeding stopped.
enum Stopped {
    Search(SearchError),
    Reading(Fault),
}

impl From<SearchError> for Stopped {
    fn from(error: SearchError) -> Self {
        Self::Search(error)
    }
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Self {
        Self::Reading(fault)
    }
}

/// Feeds all that the view shows. Documents are indexed as they are now, several entries at once: what stands in a
/// later entry is indexed again then.
fn feed(shared: &Shared, fed: &mut u64) -> Result<(), Stopped> {
    let Some(search) = shared.search() else { return Ok(()) };
    loop {
        let view = shared.views.view()?;
        let until = view.position().min(*fed + INDEX_STEP_ENTRIES);
        if until <= *fed {
            return Ok(());
        }
        let mut ids = BTreeSet::new();
        for entry in shared.journal.iter(*fed + 1) {
            let entry = entry.map_err(|error| Fault::unavailable("JOURNAL_UNREADABLE", error))?;
            if entry.position > until {
                break;
            }
            let Some(payload) = entry.payload else { continue };
            let entry = Entry::decode(payload.as_slice()).map_err(Fault::broken)?;
            ids.extend(entry.events.into_iter().map(|event| event.record_id).filter(|id| is_document(id)));
        }
        let mut changes = Vec::with_capacity(ids.len());
        for id in ids {
            changes.push(change(shared, &view, id)?);
        }
        search.apply(until, &changes)?;
        *fed = until;
        shared.set_indexed(search.position());
    }
}

fn is_document(id: &str) -> bool {
    matches!(kind(id), Some(Kind::Incoming | Kind::Outgoing))
}

/// What the index is to know of a document now. A secret one is not to be known of.
fn change(shared: &Shared, view: &View, id: String) -> Result<Change, Fault> {
    let Some(record) = view.record(&id)? else { return Ok(Change::Delete(id)) };
    if is_secret(&record) {
        return Ok(Change::Delete(id));
    }
    let Some(mut document) = document(&record) else { return Ok(Change::Delete(id)) };
    document.text = text(shared, &record);
    Ok(Change::Put(Box::new(document)))
}

/// A document as the index sees it, without its text.
fn document(record: &Record) -> Option<Document> {
    let nothing = DocumentFacts::default();
    let (kind, facts, state, number, day) = match &record.state {
        Some(State::Incoming(it)) => {
            let day = it.arrival_date.or_else(|| it.received_at.as_ref().map(day_of));
            (
                INCOMING,
                it.facts.as_ref().unwrap_or(&nothing),
                status_name(it.status().as_str_name()),
                &it.number,
                day,
            )
        }
        Some(State::Outgoing(it)) => {
            let day = it.number.as_ref().and_then(|number| number.date);
            let day = day.or_else(|| it.drafted_at.as_ref().map(day_of));
            (
                OUTGOING,
                it.facts.as_ref().unwrap_or(&nothing),
                status_name(it.status().as_str_name()),
                &it.number,
                day,
            )
        }
        _ => return None,
    };
    let year = number.as_ref().map_or_else(|| day.map_or(0, |day| day.year), |number| number.year);
    Some(Document {
        id: record.id.clone(),
        kind: kind.to_owned(),
        number: number.as_ref().map(number_text).unwrap_or_default(),
        notation: [facts.number.as_str(), facts.notation.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("/"),
        subject: facts.subject.clone(),
        sender: facts.issuer.clone(),
        text: String::new(),
        principals: record.readers.iter().filter_map(principal).take(PRINCIPALS_MAX).collect(),
        year,
        date: day.map_or(0, days),
        sequence: sequence(&record.id),
        state: state.to_owned(),
        agency: facts.issuer.clone(),
        document_kind: kind_name(facts),
    })
}

/// Incoming documents in the index.
pub(crate) const INCOMING: &str = "incoming";
/// Outgoing documents in the index.
pub(crate) const OUTGOING: &str = "outgoing";

fn kind_name(facts: &DocumentFacts) -> String {
    facts.kind().as_str_name().trim_start_matches("DOCUMENT_KIND_").to_owned()
}

fn status_name(name: &'static str) -> &'static str {
    name.trim_start_matches("INCOMING_STATUS_").trim_start_matches("OUTGOING_STATUS_")
}

fn number_text(number: &RegisterNumber) -> String {
    format!("{}{}", number.ordinal, number.suffix)
}

/// A principal as a word of the index.
pub(crate) fn principal(principal: &Principal) -> Option<String> {
    principal.who.as_ref().map(|who| match who {
        Who::PersonId(id) => format!("p:{id}"),
        Who::UnitId(id) => format!("u:{id}"),
        Who::Role(role) => format!("r:{role}"),
    })
}

/// The position in an id: tells documents of one day apart.
fn sequence(id: &str) -> u64 {
    let digits = id.split_once('_').map_or("", |(_, rest)| rest);
    let end = digits.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(0)
}

fn day_of(at: &prost_types::Timestamp) -> Date {
    domain::calendar::date_at(domain::calendar::millis(at))
}

/// Days since 1970-01-01 (Howard Hinnant, “days_from_civil”).
fn days(date: Date) -> i32 {
    let (year, month, day) = (i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    i32::try_from(era * 146_097 + day_of_era - 719_468).unwrap_or(0)
}

/// The text that was read from the main file; nothing where there is none or it cannot be read.
fn text(shared: &Shared, record: &Record) -> String {
    let digest = match &record.state {
        Some(State::Incoming(it)) => &it.text_digest,
        Some(State::Outgoing(it)) => &it.text_digest,
        _ => return String::new(),
    };
    let Ok(digest) = digest.parse() else { return String::new() };
    match shared.files.read_range(&digest, 0, INDEXED_TEXT_MAX) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            tracing::warn!(%error, id = record.id, "text of a document is not indexed");
            String::new()
        }
    }
}

/// Starts the thread.
pub(crate) fn spawn(
    shared: Arc<Shared>,
    wake: Receiver<Wake>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().name("indexer".to_owned()).spawn(move || run(&shared, &wake))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        for (year, month, day, expected) in [
            (1970, 1, 1, 0),
            (1969, 12, 31, -1),
            (2000, 3, 1, 11_017),
            (2026, 11, 22, 20_779),
            (1900, 1, 1, -25_567),
        ] {
            assert_eq!(days(Date { year, month, day }), expected, "{year}-{month}-{day}");
        }
    }

    #[test]
    fn ids_tell_their_position() {
        assert_eq!(sequence("in_17"), 17);
        assert_eq!(sequence("out_17-2"), 17);
        assert_eq!(sequence("agency"), 0);
    }

    #[test]
    fn a_status_is_named_as_its_state() {
        use proto::record::v1::{IncomingStatus, OutgoingStatus};
        assert_eq!(status_name(IncomingStatus::Registered.as_str_name()), "REGISTERED");
        assert_eq!(status_name(OutgoingStatus::FormChecked.as_str_name()), "FORM_CHECKED");
    }
}
