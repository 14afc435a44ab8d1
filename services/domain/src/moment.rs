//! The moment of a decision: instant and civil date together, and new ids.

use std::cell::Cell;

use proto::record::v1::Date;

use crate::calendar;

/// Offset of Viet Nam's time from UTC in milliseconds: +07:00, no daylight saving.
pub const VIETNAM_OFFSET_MS: i64 = 7 * 3_600_000;

/// When the committer decides. Made once per entry, so that a number and its date can never come apart.
#[derive(Debug)]
pub struct Moment {
    at_ms: i64,
    position: u64,
    made: Cell<u32>,
}

impl Moment {
    /// A moment at `at_ms` (milliseconds since 1970-01-01T00:00Z) for the entry that will stand at `position`.
    #[must_use]
    pub fn new(at_ms: i64, position: u64) -> Self {
        Self { at_ms, position, made: Cell::new(0) }
    }

    /// Milliseconds since 1970-01-01T00:00Z.
    #[must_use]
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// The position of the entry in the journal.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The instant as a protobuf timestamp.
    #[must_use]
    pub fn timestamp(&self) -> prost_types::Timestamp {
        calendar::timestamp(self.at_ms)
    }

    /// The day in Viet Nam.
    #[must_use]
    pub fn today(&self) -> Date {
        calendar::date_at(self.at_ms)
    }

    /// A new id with `prefix` (e.g. `in`), unique in the store because positions are.
    #[must_use]
    pub fn fresh_id(&self, prefix: &str) -> String {
        let n = self.made.get();
        self.made.set(n.saturating_add(1));
        if n == 0 { format!("{prefix}_{}", self.position) } else { format!("{prefix}_{}-{n}", self.position) }
    }
}
