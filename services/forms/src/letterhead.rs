//! What letters, registers and slips share: the agency, urgency and numbers as they are written.

use proto::forms::v1::{Letterhead, RowNumber, UrgencyMark};

use crate::fields::{Fields, Need};
use crate::limits;

/// The agency as the head of a page names it.
#[derive(Debug, Default)]
pub(crate) struct Agency {
    pub(crate) parent: String,
    pub(crate) name: String,
}

/// Reads the letterhead of a request.
pub(crate) fn agency(fields: &mut Fields<'_>, letterhead: Option<&Letterhead>) -> Agency {
    let Some(letterhead) = letterhead else {
        fields.wrong("letterhead", "FIELD_EMPTY", "must be set");
        return Agency::default();
    };
    Agency {
        parent: fields.line("letterhead.parent", &letterhead.parent, limits::NAME_CHARS_MAX, Need::Optional),
        name: fields.line("letterhead.agency", &letterhead.agency, limits::NAME_CHARS_MAX, Need::Required),
    }
}

/// The words of the urgency mark (NĐ 30/2020 Điều 4.2c); empty for none.
pub(crate) fn urgency(fields: &mut Fields<'_>, value: i32) -> &'static str {
    match UrgencyMark::try_from(value) {
        Ok(UrgencyMark::Unspecified) => "",
        Ok(UrgencyMark::Urgent) => "KHẨN",
        Ok(UrgencyMark::VeryUrgent) => "THƯỢNG KHẨN",
        Ok(UrgencyMark::Express) => "HỎA TỐC",
        Err(_) => {
            fields.wrong("urgency", "ENUM_UNKNOWN", format!("unknown value {value}"));
            ""
        }
    }
}

/// A number that was checked: ordinal, then suffix; ascends in this order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number {
    pub(crate) ordinal: i32,
    pub(crate) suffix: String,
}

impl Number {
    /// Reads a number of a request.
    pub(crate) fn read(fields: &mut Fields<'_>, field: &str, number: Option<&RowNumber>) -> Option<Self> {
        let Some(number) = number else {
            fields.wrong(field, "FIELD_EMPTY", "must be set");
            return None;
        };
        fields.range(&format!("{field}.ordinal"), number.ordinal, &(1..=limits::ORDINAL_MAX));
        let suffix =
            fields.line(&format!("{field}.suffix"), &number.suffix, limits::SUFFIX_CHARS_MAX, Need::Optional);
        Some(Self { ordinal: number.ordinal, suffix })
    }

    /// As số đến: "7", "15a".
    pub(crate) fn plain(&self) -> String {
        format!("{}{}", self.ordinal, self.suffix)
    }

    /// As số of a document: below 10 with a leading zero (NĐ 30/2020, Phụ lục I, mục II.3).
    pub(crate) fn two_digits(&self) -> String {
        format!("{:02}{}", self.ordinal, self.suffix)
    }
}
