//! Incoming documents that are like one in hand: the same number, notation and issuer (NĐ 30/2020 Phụ lục VI: warn of
//! them), or the same main file.

use std::cmp::Reverse;

use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{DocumentFacts, IncomingDocument, Record};

use crate::check::is_secret;
use crate::index::{self, Code, Key};
use crate::read;
use crate::states::States;

/// A document that is like the one in hand.
#[derive(Debug, Clone, PartialEq)]
pub struct Twin {
    /// The document.
    pub record: Record,
    /// The same number, notation and issuer, of the same year where both tell it.
    pub same_number: bool,
    /// The same bytes of the main file.
    pub same_file: bool,
}

impl Twin {
    /// The document itself.
    #[must_use]
    pub fn document(&self) -> Option<&IncomingDocument> {
        match &self.record.state {
            Some(State::Incoming(document)) => Some(document),
            _ => None,
        }
    }
}

/// The documents like one with these facts and this main file (its digest; empty: none), but for `but`: those with the
/// same file first, of those the ones with the same number. Returned and void ones are none, and secret ones are like nothing.
///
/// # Errors
/// When the states cannot be read.
pub fn twins(
    states: &dyn States,
    facts: &DocumentFacts,
    main_file: &str,
    but: &str,
) -> Result<Vec<Twin>, Fault> {
    let mut found: Vec<Twin> = Vec::new();
    if is_secret(facts) {
        return Ok(found);
    }
    if !main_file.is_empty() {
        for record in read::look_up(states, &Key::of(Code::IncomingByMainFile).text(main_file).prefix())? {
            if record.id != but && !index::is_secret(&record) {
                found.push(Twin { record, same_number: false, same_file: true });
            }
        }
    }
    let Some(key) = index::by_number(facts) else { return Ok(found) };
    for record in read::look_up(states, &key.prefix())? {
        if record.id == but || index::is_secret(&record) || !of_one_year(facts, &record) {
            continue;
        }
        match found.iter_mut().find(|twin| twin.record.id == record.id) {
            Some(twin) => twin.same_number = true,
            None => found.push(Twin { record, same_number: true, same_file: false }),
        }
    }
    found.sort_by_key(|twin| Reverse((twin.same_file, twin.same_number)));
    Ok(found)
}

/// Numbers start again each year; a document without a date may be of any.
fn of_one_year(facts: &DocumentFacts, other: &Record) -> bool {
    let year = |facts: &DocumentFacts| facts.issued_date.map(|date| date.year);
    let other = match &other.state {
        Some(State::Incoming(document)) => document.facts.as_ref().and_then(year),
        _ => None,
    };
    year(facts).is_none() || other.is_none() || year(facts) == other
}
