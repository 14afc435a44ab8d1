//! The time a signature claims, as PDF and the law write it: Vietnam, +07:00, no daylight saving.

use jiff::civil::DateTime;
use jiff::{Timestamp, tz};

/// An instant, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SigningTime(pub i64);

impl SigningTime {
    /// `D:20260526091530+07'00'` (ISO 32000-1 7.9.4).
    pub fn pdf_date(self) -> String {
        format!("{}+07'00'", self.local().strftime("D:%Y%m%d%H%M%S"))
    }

    /// `2026-05-26T09:15:30+07:00`, as Nghị định 30/2020/NĐ-CP, Phụ lục I wants it shown.
    pub fn iso_8601(self) -> String {
        format!("{}+07:00", self.local().strftime("%Y-%m-%dT%H:%M:%S"))
    }

    fn local(self) -> DateTime {
        // Instants beyond jiff's range (the year 9999) are clamped.
        let instant = Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX);
        tz::offset(7).to_datetime(instant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_vietnam() {
        let time = SigningTime(1_779_765_330);
        assert_eq!(time.pdf_date(), "D:20260526101530+07'00'");
        assert_eq!(time.iso_8601(), "2026-05-26T10:15:30+07:00");
        assert!(SigningTime(i64::MAX).iso_8601().starts_with("9999-12-31"));
    }
}
