//! What events of intake do: documents, numbers, lines of registers.

use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    Corrected, Ended, EntryStatus, IncomingDocument, IncomingStatus, KeepEvidence, KeptCheck, NumberDrawn,
    NumberReserved, NumberTaken, Received, Record, RegisterEntry, Registered, Role, SeriesYear,
    SignatureReport, Verdict,
};

use super::{EntryMeta, incoming, outgoing, readers};
use crate::check::is_secret;
use crate::id::{self, Kind};
use crate::index::{Code, Key};
use crate::states::States;
use crate::{calendar, read};

type Records = Result<Vec<Record>, Fault>;

pub(super) fn received(_: &dyn States, meta: &EntryMeta, id: &str, event: &Received) -> Records {
    let it = event.received.clone().unwrap_or_default();
    let document = IncomingDocument {
        status: IncomingStatus::Received.into(),
        facts: it.facts,
        files: it.files,
        channel: it.channel,
        arrival_date: it.arrival_date,
        received_at: Some(meta.at()),
        received_by: meta.caller.person_id.clone(),
        signatures: it.signatures,
        suggestions: it.suggestions,
        duplicate_of: event.duplicate_of.clone(),
        text_digest: it.text_digest,
        ..IncomingDocument::default()
    };
    Ok(vec![meta.record(id, event.readers.clone(), State::Incoming(document))])
}

/// From now on archivists see it too; a secret one is the clerks' alone.
pub(super) fn registered(states: &dyn States, meta: &EntryMeta, id: &str, event: &Registered) -> Records {
    let Some((mut record, mut document)) = incoming::document(states, id)? else { return Ok(Vec::new()) };
    document.status = IncomingStatus::Registered.into();
    document.number.clone_from(&event.number);
    document.facts.clone_from(&event.facts);
    document.arrival_date = event.arrival_date;
    document.to_places.clone_from(&event.to_places);
    if event.facts.as_ref().is_some_and(is_secret) {
        record.readers = vec![readers::role(Role::Clerk)];
    } else {
        readers::add(&mut record.readers, [readers::role(Role::Clerk), readers::role(Role::Archivist)]);
    }
    Ok(vec![meta.record(id, record.readers, State::Incoming(document))])
}

/// Lists show the subject and the urgency of the document beside its assignments: they change with it.
pub(super) fn corrected(states: &dyn States, meta: &EntryMeta, id: &str, event: &Corrected) -> Records {
    let Some((record, mut document)) = incoming::document(states, id)? else { return Ok(Vec::new()) };
    document.facts.clone_from(&event.facts);
    document.to_places.clone_from(&event.to_places);
    let facts = document.facts.clone().unwrap_or_default();
    let mut records = vec![meta.record(id, record.readers, State::Incoming(document))];
    for other in read::look_up(states, &Key::of(Code::AssignmentsOfDocument).text(id).prefix())? {
        let Some(State::Assignment(mut it)) = other.state else { continue };
        if it.subject != facts.subject || it.urgency != facts.urgency {
            it.subject.clone_from(&facts.subject);
            it.urgency = facts.urgency;
            records.push(meta.record(&other.id, other.readers, State::Assignment(it)));
        }
    }
    Ok(records)
}

pub(super) fn returned_to_sender(states: &dyn States, meta: &EntryMeta, id: &str, event: &Ended) -> Records {
    incoming::changed(states, meta, id, |document, _| {
        document.status = IncomingStatus::Returned.into();
        document.closing_reason.clone_from(&event.reason);
    })
}

pub(super) fn evidence_kept(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &KeepEvidence,
) -> Records {
    let before = states.get(id)?.map(|record| record.version);
    let mut worse = false;
    let mut records = incoming::changed(states, meta, id, |document, _| {
        for checked in &event.files {
            let place = document.files.iter().position(|file| file.digest == checked.digest);
            let Some(index) = place else { continue };
            if index == 0 {
                worse = is_worse(document.signatures.as_ref(), checked.signatures.as_ref());
                document.signatures.clone_from(&checked.signatures);
            }
            let known = document.checks.iter().position(|it| it.digest == checked.digest);
            let known = known.map(|at| document.checks.remove(at));
            document.checks.push(KeptCheck {
                digest: checked.digest.clone(),
                evidence_digest: checked.evidence_digest.clone(),
                evidence_size: checked.evidence_size,
                complete: checked.complete,
                kept_at: Some(meta.at()),
                sources: checked.sources.clone(),
                times: known.map_or(0, |it| it.times).saturating_add(1),
            });
        }
    })?;
    // Nobody edited anything: what somebody is writing about the document still holds, unless its signatures turn out bad.
    for record in records.iter_mut().filter(|record| record.id == id && !worse) {
        record.version = before.unwrap_or(record.version);
    }
    Ok(records)
}

/// Whether somebody who saw the first report must see the second before anything is done.
fn is_worse(before: Option<&SignatureReport>, after: Option<&SignatureReport>) -> bool {
    let invalid =
        |report: Option<&SignatureReport>| report.is_some_and(|it| it.verdict() == Verdict::Invalid);
    invalid(after) && !invalid(before)
}

pub(super) fn number_drawn(states: &dyn States, meta: &EntryMeta, id: &str, event: &NumberDrawn) -> Records {
    let entry = RegisterEntry {
        number: event.number.clone(),
        document_id: event.document_id.clone(),
        status: EntryStatus::Given.into(),
        reason: event.reason.clone(),
        book: event.book,
        ..RegisterEntry::default()
    };
    line_drawn(states, meta, id, entry)
}

/// For whom the number is kept sees its line, too.
pub(super) fn number_reserved(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &NumberReserved,
) -> Records {
    let entry = RegisterEntry {
        number: event.number.clone(),
        status: EntryStatus::Reserved.into(),
        reason: event.reason.clone(),
        book: event.book,
        reserved_for: event.for_person_id.clone(),
        reserved_until: event.until,
        ..RegisterEntry::default()
    };
    line_drawn(states, meta, id, entry)
}

/// Makes the line of the register and moves the series on.
fn line_drawn(states: &dyn States, meta: &EntryMeta, id: &str, entry: RegisterEntry) -> Records {
    let Some(number) = entry.number.clone() else { return Ok(Vec::new()) };
    // A series that is not there shows nothing to anybody but clerks: the careful side.
    let secret = read::series(states, &number.series_id)?.is_none_or(|series| series.secret);
    let mut seen_by = vec![readers::role(Role::Clerk)];
    if !secret {
        readers::add(&mut seen_by, [readers::role(Role::Archivist), readers::role(Role::Leader)]);
    }
    let year_id = id::series_year(&number.series_id, number.year);
    let mut year = read::series_year(states, &year_id)?.unwrap_or_else(|| SeriesYear {
        series_id: number.series_id.clone(),
        year: number.year,
        ..SeriesYear::default()
    });
    year.last_ordinal = year.last_ordinal.max(number.ordinal);
    if let Some(date) = number.date
        && year.last_date.is_none_or(|last| calendar::compare(date, last).is_gt())
    {
        year.last_date = Some(date);
    }
    // How far a series is tells nothing of a document: who looks after the series may see it, but of a secret one
    // not even that.
    let mut year_seen_by = seen_by.clone();
    if !secret {
        readers::add(&mut year_seen_by, [readers::role(Role::Administrator)]);
    }
    if !secret && !entry.reserved_for.is_empty() {
        readers::add(&mut seen_by, [readers::person(&entry.reserved_for)]);
    }
    let entry = RegisterEntry { drawn_by: meta.caller.person_id.clone(), drawn_at: Some(meta.at()), ..entry };
    Ok(vec![
        meta.record(id, seen_by, State::RegisterEntry(entry)),
        meta.record(&year_id, year_seen_by, State::SeriesYear(year)),
    ])
}

pub(super) fn number_voided(states: &dyn States, meta: &EntryMeta, id: &str, event: &Ended) -> Records {
    line_changed(states, meta, id, |entry| {
        entry.status = EntryStatus::Void.into();
        entry.reason.clone_from(&event.reason);
    })
}

/// A reserved number was given up: from now on it is as one that was voided, on no document.
pub(super) fn number_released(states: &dyn States, meta: &EntryMeta, id: &str, event: &Ended) -> Records {
    number_voided(states, meta, id, event)
}

pub(super) fn number_taken(states: &dyn States, meta: &EntryMeta, id: &str, event: &NumberTaken) -> Records {
    line_changed(states, meta, id, |entry| {
        entry.status = EntryStatus::Given.into();
        entry.document_id.clone_from(&event.document_id);
    })
}

fn line_changed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    change: impl FnOnce(&mut RegisterEntry),
) -> Records {
    let Some(record) = states.get(id)? else { return Ok(Vec::new()) };
    let Some(State::RegisterEntry(mut entry)) = record.state else { return Ok(Vec::new()) };
    change(&mut entry);
    Ok(vec![meta.record(id, record.readers, State::RegisterEntry(entry))])
}

pub(super) fn document_voided(states: &dyn States, meta: &EntryMeta, id: &str, event: &Ended) -> Records {
    if id::kind(id) == Some(Kind::Outgoing) {
        return outgoing::document_voided(states, meta, id, event);
    }
    incoming::changed(states, meta, id, |document, _| {
        document.status = IncomingStatus::Void.into();
        document.closing_reason.clone_from(&event.reason);
    })
}
