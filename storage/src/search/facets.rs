//! How many of the documents found have which value.

use std::collections::HashMap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Values and how many have them, by name of the field.
pub(super) type Counts = HashMap<&'static str, HashMap<String, u64>>;

/// Counts the values of text fields that are kept as columns.
pub(super) struct FacetCounter(pub(super) Vec<&'static str>);

pub(super) struct SegmentCounter(Vec<FieldCounter>);

struct FieldCounter {
    name: &'static str,
    column: StrColumn,
    counts: Vec<u64>,
}

impl Collector for FacetCounter {
    type Fruit = Counts;
    type Child = SegmentCounter;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentCounter> {
        let mut fields = Vec::new();
        for name in &self.0 {
            if let Some(column) = segment.fast_fields().str(name)? {
                let counts = vec![0; column.num_terms()];
                fields.push(FieldCounter { name, column, counts });
            }
        }
        Ok(SegmentCounter(fields))
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Counts>) -> tantivy::Result<Counts> {
        let mut all = Counts::new();
        for (name, counts) in fruits.into_iter().flatten() {
            let merged = all.entry(name).or_default();
            for (value, count) in counts {
                *merged.entry(value).or_default() += count;
            }
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentCounter {
    type Fruit = Counts;

    fn collect(&mut self, doc: DocId, _: Score) {
        for field in &mut self.0 {
            for ord in field.column.term_ords(doc) {
                let count = usize::try_from(ord).ok().and_then(|ord| field.counts.get_mut(ord));
                if let Some(count) = count {
                    *count += 1;
                }
            }
        }
    }

    fn harvest(self) -> Counts {
        let mut all = Counts::new();
        for field in self.0 {
            let counts = all.entry(field.name).or_default();
            for (ord, count) in (0..).zip(field.counts).filter(|(_, count)| *count > 0) {
                let mut value = String::new();
                // A value that cannot be read is left out; the files were checked when opened.
                if matches!(field.column.ord_to_str(ord, &mut value), Ok(true)) {
                    counts.insert(value, count);
                }
            }
        }
        all
    }
}
