//! States with changes on top that are not in the view yet.

use std::collections::{BTreeMap, BTreeSet};

use proto::fault::Fault;
use proto::record::v1::Record;

use crate::index;
use crate::states::States;

/// Records laid over other states: what one entry has changed so far, or what an open group of entries has.
pub struct Overlay<'a> {
    base: &'a dyn States,
    records: BTreeMap<String, Record>,
    keys: BTreeMap<Vec<u8>, String>,
    gone: BTreeSet<Vec<u8>>,
}

impl<'a> Overlay<'a> {
    /// Nothing changed yet over `base`.
    #[must_use]
    pub fn new(base: &'a dyn States) -> Self {
        Self { base, records: BTreeMap::new(), keys: BTreeMap::new(), gone: BTreeSet::new() }
    }

    /// Lays `record` over what was there, with its index keys.
    ///
    /// # Errors
    /// When the base cannot be read.
    pub fn put(&mut self, record: Record) -> Result<(), Fault> {
        if let Some(before) = self.get(&record.id)? {
            for key in index::index(&before) {
                self.keys.remove(&key);
                self.gone.insert(key);
            }
        }
        for key in index::index(&record) {
            self.gone.remove(&key);
            self.keys.insert(key, record.id.clone());
        }
        self.records.insert(record.id.clone(), record);
        Ok(())
    }

    /// The records laid over, in the order of their ids.
    #[must_use]
    pub fn into_records(self) -> Vec<Record> {
        self.records.into_values().collect()
    }
}

impl States for Overlay<'_> {
    fn get(&self, id: &str) -> Result<Option<Record>, Fault> {
        match self.records.get(id) {
            Some(record) => Ok(Some(record.clone())),
            None => self.base.get(id),
        }
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, String)>, Fault> {
        use std::ops::Bound;

        // Enough of the base that `limit` remain when every key taken away lies in the range.
        let taken = self.gone.range(prefix.to_vec()..).take_while(|key| key.starts_with(prefix)).count();
        let mut found: BTreeMap<Vec<u8>, String> = self
            .base
            .scan(prefix, after, limit.saturating_add(taken))?
            .into_iter()
            .filter(|(key, _)| !self.gone.contains(key))
            .collect();
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after.to_vec()),
            _ => Bound::Included(prefix.to_vec()),
        };
        for (key, id) in
            self.keys.range((start, Bound::Unbounded)).take_while(|(key, _)| key.starts_with(prefix))
        {
            found.insert(key.clone(), id.clone());
        }
        Ok(found.into_iter().take(limit).collect())
    }
}
