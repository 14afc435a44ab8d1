//! A line of a register: the legal columns of NĐ 30/2020 Phụ lục IV, and what the screen adds.

use std::collections::HashMap;

use proto::archive::v1::ListItem;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    Assignment, Date, DocumentFacts, EntryStatus, IncomingDocument, OutgoingDocument, SecurityMarking,
};

use super::entry;
use crate::desk::Desk;
use crate::link;
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::deadline::{self, Deadline};
use crate::view::document::{about, ordinal, urgency_class};

/// A line of either book: the columns that differ stand in `incoming` and `outgoing`.
pub(super) struct Line {
    pub(super) number: String,
    pub(super) date: String,
    pub(super) void: bool,
    /// Drawn ahead; no document has taken it yet.
    pub(super) reserved: bool,
    pub(super) reason: String,
    pub(super) href: String,
    pub(super) kind: String,
    pub(super) subject: String,
    pub(super) urgency: &'static str,
    pub(super) urgency_class: &'static str,
    pub(super) note: String,
    pub(super) incoming: Option<InColumns>,
    pub(super) outgoing: Option<OutColumns>,
}

pub(super) struct InColumns {
    pub(super) arrived: String,
    pub(super) issuer: String,
    pub(super) notation: (String, String),
    pub(super) issued: String,
    pub(super) to: String,
    pub(super) handed: String,
    pub(super) receipt: String,
    pub(super) unread: bool,
    pub(super) status: &'static str,
    pub(super) deadline: Deadline,
}

pub(super) struct OutColumns {
    pub(super) notation: String,
    pub(super) signer: String,
    pub(super) recipients: String,
    pub(super) kept: String,
    pub(super) copies: i32,
    pub(super) sent: String,
    pub(super) receipt: String,
    pub(super) status: &'static str,
}

/// The leading assignments of the documents on the page, by id: who opened them has received the document.
pub(super) async fn leads(desk: &Desk, items: &[ListItem]) -> Result<HashMap<String, Assignment>, Fault> {
    let ids: Vec<String> = items
        .iter()
        .filter_map(|i| match i.document.as_ref()?.state.as_ref()? {
            State::Incoming(d) if !d.lead_assignment_id.is_empty() => Some(d.lead_assignment_id.clone()),
            _ => None,
        })
        .collect();
    let records = desk.calls().batch(&ids).await?;
    Ok(records
        .into_iter()
        .filter_map(|r| match r.state {
            Some(State::Assignment(a)) => Some((r.id, a)),
            _ => None,
        })
        .collect())
}

/// How days are written beside the document’s own: short on the screen, in full in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Days {
    Short,
    Full,
}

impl Days {
    fn write(self, date: &Date, today: &Date) -> String {
        match self {
            Self::Short => day::short(date, today),
            Self::Full => day::full(Some(date)),
        }
    }
}

/// The line of `item`; `None` for what is none.
pub(super) fn line(
    item: &ListItem,
    leads: &HashMap<String, Assignment>,
    desk: &Desk,
    today: &Date,
    days: Days,
) -> Option<Line> {
    let entry = entry(item)?;
    let number = entry.number.as_ref()?;
    let document = item.document.as_ref();
    let facts = match document.and_then(|d| d.state.as_ref()) {
        Some(State::Incoming(d)) => d.facts.clone(),
        Some(State::Outgoing(d)) => d.facts.clone(),
        _ => None,
    }
    .unwrap_or_default();
    let void = entry.status() == EntryStatus::Void;
    let (incoming, outgoing) = match document.and_then(|d| d.state.as_ref()) {
        Some(State::Incoming(d)) => {
            (Some(in_columns(d, leads.get(&d.lead_assignment_id), desk, today, days)), None)
        }
        Some(State::Outgoing(d)) => (None, Some(out_columns(d, &ordinal(number), desk, today, days))),
        _ => (None, None),
    };
    let mut notes: Vec<&str> = vec![terms::urgency(facts.urgency()), &facts.note];
    notes.insert(0, crate::screens::facts::marking(facts.marking()));
    notes.retain(|n| !n.is_empty());
    Some(Line {
        number: ordinal(number),
        date: day::full(number.date.as_ref()),
        void,
        reserved: entry.status() == EntryStatus::Reserved,
        reason: entry.reason.clone(),
        href: document.map(|d| link::document(&d.id)).unwrap_or_default(),
        kind: terms::kind_of(&facts),
        subject: subject(document.is_some(), &facts),
        urgency: terms::urgency(facts.urgency()),
        urgency_class: urgency_class(facts.urgency()),
        note: notes.join("; "),
        incoming,
        outgoing,
    })
}

fn subject(seen: bool, facts: &DocumentFacts) -> String {
    if !seen {
        t::books::not_seen().to_owned()
    } else if facts.subject.is_empty() && facts.marking() > SecurityMarking::None {
        t::secret::no_subject().to_owned()
    } else {
        about(facts)
    }
}

fn in_columns(
    document: &IncomingDocument,
    lead: Option<&Assignment>,
    desk: &Desk,
    today: &Date,
    days: Days,
) -> InColumns {
    let facts = document.facts.clone().unwrap_or_default();
    let direction = document.direction.as_ref();
    let handed = direction.and_then(|d| d.at.as_ref()).map(domain::calendar::date_of);
    let holder = if document.to_places.is_empty() {
        desk.roll.person(&document.submitted_to)
    } else {
        document.to_places.clone()
    };
    InColumns {
        arrived: day::full(document.arrival_date.as_ref()),
        issuer: facts.issuer.clone(),
        notation: (
            if facts.notation.is_empty() {
                facts.number.clone()
            } else if facts.number.is_empty() {
                String::new()
            } else {
                format!("{}/", facts.number)
            },
            facts.notation.clone(),
        ),
        issued: day::full(facts.issued_date.as_ref()),
        to: holder,
        handed: handed.map(|d| days.write(&d, today)).unwrap_or_default(),
        receipt: lead
            .and_then(|a| a.first_opened_at.as_ref())
            .map(|at| t::books::opened(days.write(&domain::calendar::date_of(at), today)))
            .unwrap_or_default(),
        unread: lead.is_some_and(|a| a.first_opened_at.is_none()),
        status: terms::incoming_status(document.status()),
        deadline: deadline::of_document(document, *today, &desk.roll.work),
    }
}

fn out_columns(
    document: &OutgoingDocument,
    number: &str,
    desk: &Desk,
    today: &Date,
    days: Days,
) -> OutColumns {
    let facts = document.facts.clone().unwrap_or_default();
    let names: Vec<String> = document
        .recipients
        .iter()
        .map(|r| if r.name.is_empty() { desk.roll.principal(r.inside.as_ref()) } else { r.name.clone() })
        .collect();
    let sent = document.issued_at.as_ref().map(domain::calendar::date_of);
    OutColumns {
        notation: format!("{number}/{}", facts.notation),
        signer: desk.roll.person(&document.signer_id),
        recipients: names.join("; "),
        kept: format!("VT, {}", desk.roll.unit(&document.unit_id)),
        copies: document.copies,
        sent: sent.map(|d| days.write(&d, today)).unwrap_or_default(),
        receipt: String::new(),
        status: terms::outgoing_status(document.status()),
    }
}
