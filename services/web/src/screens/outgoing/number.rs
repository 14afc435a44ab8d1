//! Số và ký hiệu before they are drawn: what would be given if the clerk pressed now. Only a preview: the number is drawn
//! in the one act that records it.

use std::collections::HashMap;

use domain::notation;
use proto::archive::v1::ListName;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Book, OutgoingDocument, Series};

use crate::desk::Desk;
use crate::office::list_of;

/// Pages of years of series that are read.
const PAGES_MAX: usize = 10;

/// What would be given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Expected {
    /// `05`; empty when no series takes the kind.
    pub(super) number: String,
    /// `QĐ-SNV`; empty when abbreviations are missing.
    pub(super) notation: String,
    /// The series, `ser_…`; empty when no series takes the kind.
    pub(super) series_id: String,
    /// Name of the series.
    pub(super) series: String,
    /// The last number drawn, as text; empty when it would be the first of the year.
    pub(super) last: String,
}

/// Where series stand in the year of today.
pub(super) struct Standing {
    last: HashMap<String, u32>,
}

impl Standing {
    /// Reads it.
    pub(super) async fn read(desk: &Desk) -> Result<Self, Fault> {
        let year = desk.today().year;
        let items = desk.calls().list_all(list_of(ListName::SeriesYears), PAGES_MAX).await?.0;
        let last = items
            .into_iter()
            .filter_map(|item| match item.record?.state? {
                State::SeriesYear(standing) if standing.year == year => {
                    Some((standing.series_id, standing.last_ordinal))
                }
                _ => None,
            })
            .collect();
        Ok(Self { last })
    }

    /// What the document would get now; the next document of the series gets the number behind it.
    pub(super) fn next(&mut self, desk: &Desk, document: &OutgoingDocument) -> Expected {
        let facts = document.facts.clone().unwrap_or_default();
        let notation = notation_of(desk, document);
        let Some((series_id, series)) = series_for(&desk.roll.series, facts.kind) else {
            return Expected { notation, ..Expected::default() };
        };
        let last = self.last.entry(series_id.to_owned()).or_insert(0);
        let before = *last;
        *last += 1;
        Expected {
            number: notation::number_text(*last, ""),
            notation,
            series_id: series_id.to_owned(),
            series: series.name.clone(),
            last: if before > 0 { notation::number_text(before, "") } else { String::new() },
        }
    }
}

/// The notation: as the draft has it, or by the decree's default; empty when there is none.
pub(super) fn notation_of(desk: &Desk, document: &OutgoingDocument) -> String {
    let facts = document.facts.clone().unwrap_or_default();
    if !facts.notation.is_empty() {
        return facts.notation;
    }
    let unit = desk.roll.all_units().iter().find(|(id, _)| *id == document.unit_id);
    let unit = unit.map(|(_, u)| u.abbreviation.clone()).unwrap_or_default();
    notation::default_notation(facts.kind(), &desk.roll.agency.abbreviation, &unit)
        .map(|n| n.as_str().to_owned())
        .unwrap_or_default()
}

/// The series that takes the kind: the one that names it, else the one that takes every other.
fn series_for(series: &[(String, Series)], kind: i32) -> Option<(&str, &Series)> {
    let open = || series.iter().filter(|(_, s)| s.book() == Book::Outgoing && s.active && !s.secret);
    open()
        .find(|(_, s)| s.kinds.contains(&kind))
        .or_else(|| open().find(|(_, s)| s.kinds.is_empty()))
        .map(|(id, s)| (id.as_str(), s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_goes_to_the_series_that_names_it_and_else_to_the_common_one() {
        let series = |name: &str, kinds: Vec<i32>, active, secret| {
            (
                format!("ser_{name}"),
                Series { name: name.to_owned(), book: Book::Outgoing.into(), kinds, secret, active },
            )
        };
        let all = vec![
            series("den", vec![], false, false),
            series("mat", vec![], true, true),
            series("chung", vec![], true, false),
            series("quyet-dinh", vec![2, 3], true, false),
        ];
        assert_eq!(series_for(&all, 2).map(|(id, _)| id), Some("ser_quyet-dinh"));
        assert_eq!(series_for(&all, 18).map(|(id, _)| id), Some("ser_chung"));
        assert_eq!(series_for(&all[..2], 18), None);
    }
}
