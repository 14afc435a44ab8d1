//! Ids: a prefix that tells the kind of a record, `_`, and what makes it unique.
//!
//! Most are made by [`crate::moment::Moment::fresh_id`] from the position of the entry; those of records that exist
//! once for something else are made of its id, so that they need no look-up.

/// The one agency of a store.
pub const AGENCY: &str = "agency";

/// The kinds of record that an id can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `agency`.
    Agency,
    /// `unit_…`.
    Unit,
    /// `per_…`.
    Person,
    /// `pos_…`.
    Position,
    /// `del_…`.
    Delegation,
    /// `ser_…`.
    Series,
    /// `sy_<series>_<year>`.
    SeriesYear,
    /// `reg_<series>_<year>_<ordinal>[suffix]`.
    RegisterEntry,
    /// `hol_<year>`.
    HolidayTable,
    /// `crt_…`.
    Certificate,
    /// `cred_<person>`.
    Credential,
    /// `in_…`.
    Incoming,
    /// `asg_…`.
    Assignment,
    /// `out_…`.
    Outgoing,
    /// `drv_<document>_<n>`.
    DraftVersion,
    /// `opn_<person>_<document>`.
    Opened,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Agency,
        Self::Unit,
        Self::Person,
        Self::Position,
        Self::Delegation,
        Self::Series,
        Self::SeriesYear,
        Self::RegisterEntry,
        Self::HolidayTable,
        Self::Certificate,
        Self::Credential,
        Self::Incoming,
        Self::Assignment,
        Self::Outgoing,
        Self::DraftVersion,
        Self::Opened,
    ];

    /// The prefix, without the underscore.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Agency => AGENCY,
            Self::Unit => "unit",
            Self::Person => "per",
            Self::Position => "pos",
            Self::Delegation => "del",
            Self::Series => "ser",
            Self::SeriesYear => "sy",
            Self::RegisterEntry => "reg",
            Self::HolidayTable => "hol",
            Self::Certificate => "crt",
            Self::Credential => "cred",
            Self::Incoming => "in",
            Self::Assignment => "asg",
            Self::Outgoing => "out",
            Self::DraftVersion => "drv",
            Self::Opened => "opn",
        }
    }
}

/// The kind that `id` names; `None` when it is not an id at all.
///
/// An id has 4 to 128 bytes of `[A-Za-z0-9_-]`.
#[must_use]
pub fn kind(id: &str) -> Option<Kind> {
    if id == AGENCY {
        return Some(Kind::Agency);
    }
    let (prefix, rest) = id.split_once('_')?;
    let well_formed = !rest.is_empty()
        && id.len() <= crate::limits::ID_BYTES
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if !well_formed {
        return None;
    }
    Kind::ALL.into_iter().find(|kind| *kind != Kind::Agency && kind.prefix() == prefix)
}

/// Where `series_id` stands in `year`.
#[must_use]
pub fn series_year(series_id: &str, year: i32) -> String {
    format!("sy_{series_id}_{year}")
}

/// A line of a register. `suffix` is usually empty.
#[must_use]
pub fn register_entry(series_id: &str, year: i32, ordinal: u32, suffix: &str) -> String {
    format!("reg_{series_id}_{year}_{ordinal}{suffix}")
}

/// The holidays of `year`.
#[must_use]
pub fn holiday_table(year: i32) -> String {
    format!("hol_{year}")
}

/// The credential of a person.
#[must_use]
pub fn credential(person_id: &str) -> String {
    format!("cred_{person_id}")
}

/// Version `ordinal` (from 1) of a draft.
#[must_use]
pub fn draft_version(document_id: &str, ordinal: i32) -> String {
    format!("drv_{document_id}_{ordinal}")
}

/// That a person has opened a document.
#[must_use]
pub fn opened(person_id: &str, document_id: &str) -> String {
    format!("opn_{person_id}_{document_id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_tells_the_kind() {
        for made in [
            (series_year("ser_1-3", 2026), Kind::SeriesYear),
            (register_entry("ser_1-3", 2026, 15, "a"), Kind::RegisterEntry),
            (holiday_table(2026), Kind::HolidayTable),
            (credential("per_1"), Kind::Credential),
            (draft_version("out_9", 2), Kind::DraftVersion),
            (opened("per_1", "in_4"), Kind::Opened),
            (AGENCY.to_owned(), Kind::Agency),
            ("per_12-1".to_owned(), Kind::Person),
        ] {
            assert_eq!(kind(&made.0), Some(made.1), "{}", made.0);
        }
    }

    #[test]
    fn what_is_no_id_has_no_kind() {
        for text in [
            "",
            "in",
            "in_",
            "in_4 ",
            "in_../x",
            "người_1",
            "foo_1",
            "agency_1",
            &format!("in_{}", "1".repeat(200)),
        ] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn no_two_kinds_share_a_prefix() {
        let mut prefixes: Vec<_> = Kind::ALL.iter().map(|kind| kind.prefix()).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        assert_eq!(prefixes.len(), Kind::ALL.len());
    }
}
