//! Civil days in Viet Nam, instants, and working days by the holiday tables that the administrator enters.

use std::cmp::Ordering;

use proto::record::v1::Date;

use crate::moment::VIETNAM_OFFSET_MS;

/// First year of a [`Date`].
pub const YEAR_MIN: i32 = 1900;
/// Last year of a [`Date`].
pub const YEAR_MAX: i32 = 9999;

const MS_PER_DAY: i64 = 86_400_000;

/// The day in Viet Nam at `at_ms` (milliseconds since 1970-01-01T00:00Z); held to the years of a [`Date`].
#[must_use]
pub fn date_at(at_ms: i64) -> Date {
    let days = at_ms.saturating_add(VIETNAM_OFFSET_MS).div_euclid(MS_PER_DAY);
    add_days(Date { year: 1970, month: 1, day: 1 }, days)
}

/// An instant as a protobuf timestamp.
#[must_use]
pub fn timestamp(at_ms: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(at_ms.rem_euclid(1_000)).unwrap_or(0) * 1_000_000;
    prost_types::Timestamp { seconds: at_ms.div_euclid(1_000), nanos }
}

/// Milliseconds since 1970-01-01T00:00Z of a protobuf timestamp; saturates.
#[must_use]
pub fn millis(at: &prost_types::Timestamp) -> i64 {
    at.seconds.saturating_mul(1_000).saturating_add(i64::from(at.nanos) / 1_000_000)
}

/// The day in Viet Nam of a protobuf timestamp.
#[must_use]
pub fn date_of(at: &prost_types::Timestamp) -> Date {
    date_at(millis(at))
}

/// Which of two days is earlier.
#[must_use]
pub fn compare(a: Date, b: Date) -> Ordering {
    (a.year, a.month, a.day).cmp(&(b.year, b.month, b.day))
}

/// True when `day` lies in `from..=to`; an absent end is open.
#[must_use]
pub fn within(day: Date, from: Option<Date>, to: Option<Date>) -> bool {
    from.is_none_or(|from| compare(day, from).is_ge()) && to.is_none_or(|to| compare(day, to).is_le())
}

/// True when the day exists in the Gregorian calendar and its year is one of [`YEAR_MIN`] to [`YEAR_MAX`].
#[must_use]
pub fn is_real(date: Date) -> bool {
    civil(date).is_some()
}

/// `days` later (or earlier, when negative); held to the years of a [`Date`]. A day that does not exist stays as it is.
#[must_use]
pub fn add_days(date: Date, days: i64) -> Date {
    let Some(start) = civil(date) else { return date };
    let first = jiff::civil::Date::constant(1900, 1, 1);
    let last = jiff::civil::Date::MAX;
    let moved = jiff::Span::new()
        .try_days(days)
        .and_then(|span| start.checked_add(span))
        .unwrap_or(if days < 0 { first } else { last });
    let held = moved.clamp(first, last);
    Date { year: i32::from(held.year()), month: i32::from(held.month()), day: i32::from(held.day()) }
}

/// True on Saturday and Sunday.
#[must_use]
pub fn is_weekend(date: Date) -> bool {
    use jiff::civil::Weekday;
    civil(date).is_some_and(|date| matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday))
}

fn civil(date: Date) -> Option<jiff::civil::Date> {
    if !(YEAR_MIN..=YEAR_MAX).contains(&date.year) {
        return None;
    }
    let year = i16::try_from(date.year).ok()?;
    let month = i8::try_from(date.month).ok()?;
    let day = i8::try_from(date.day).ok()?;
    jiff::civil::Date::new(year, month, day).ok()
}
