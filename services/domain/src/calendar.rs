//! Civil days in Viet Nam, instants, and working days by the holiday tables that the administrator enters.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Date, HolidayTable};

use crate::index::{Code, Key};
use crate::moment::VIETNAM_OFFSET_MS;
use crate::read;
use crate::states::States;

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

/// The days that are worked: Monday to Friday, but for what the holiday tables say.
///
/// Where a year has no table, its weekdays count as worked and the year is named in what is answered, so that the
/// screens can warn.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WorkCalendar {
    tables: BTreeMap<i32, HolidayTable>,
}

/// A number of working days, or the day that they lead to, with the years that had no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted<T> {
    /// What was counted.
    pub value: T,
    /// Years that were counted in without a holiday table, ascending.
    pub missing_years: Vec<i32>,
}

impl WorkCalendar {
    /// The calendar that these tables make; of two for one year the later counts.
    #[must_use]
    pub fn new(tables: impl IntoIterator<Item = HolidayTable>) -> Self {
        Self { tables: tables.into_iter().map(|table| (table.year, table)).collect() }
    }

    /// The calendar of all tables in `states`.
    ///
    /// # Errors
    /// When the states cannot be read.
    pub fn read(states: &dyn States) -> Result<Self, Fault> {
        Ok(Self::new(read::look_up(states, &Key::of(Code::Holidays).prefix())?.into_iter().filter_map(
            |record| match record.state {
                Some(State::HolidayTable(table)) => Some(table),
                _ => None,
            },
        )))
    }

    /// True when work is done on `date`.
    #[must_use]
    pub fn is_worked(&self, date: Date) -> bool {
        let table = self.tables.get(&date.year);
        if is_weekend(date) {
            table.is_some_and(|table| table.days_worked.contains(&date))
        } else {
            is_real(date) && !table.is_some_and(|table| table.days_off.contains(&date))
        }
    }

    /// The working days d with `after` < d ≤ `to`; none when `to` is not later.
    #[must_use]
    pub fn working_days_between(&self, after: Date, to: Date) -> Counted<u32> {
        let (Some(first), Some(last)) = (day_number(after), day_number(to)) else {
            return Counted { value: 0, missing_years: Vec::new() };
        };
        if last <= first {
            return Counted { value: 0, missing_years: Vec::new() };
        }
        let counted = |day: &&Date| compare(**day, after).is_gt() && compare(**day, to).is_le();
        let mut days = weekdays_to(last) - weekdays_to(first);
        for table in self.tables.range(after.year..=to.year).map(|(_, table)| table) {
            let off = table.days_off.iter().filter(counted).filter(|day| !is_weekend(**day)).count();
            let worked = table.days_worked.iter().filter(counted).filter(|day| is_weekend(**day)).count();
            days += i64::try_from(worked).unwrap_or(0) - i64::try_from(off).unwrap_or(0);
        }
        let first_year = add_days(after, 1).year;
        Counted { value: u32::try_from(days).unwrap_or(0), missing_years: self.missing(first_year, to.year) }
    }

    /// The `days`-th working day after `start`; `start` itself for none. Held to the last year of a [`Date`].
    #[must_use]
    pub fn add_working_days(&self, start: Date, days: u16) -> Counted<Date> {
        let (mut date, mut left) = (start, days);
        while left > 0 && is_real(date) {
            let next = add_days(date, 1);
            if next == date {
                break;
            }
            date = next;
            if self.is_worked(date) {
                left -= 1;
            }
        }
        let missing_years =
            if date == start { Vec::new() } else { self.missing(add_days(start, 1).year, date.year) };
        Counted { value: date, missing_years }
    }

    fn missing(&self, from: i32, to: i32) -> Vec<i32> {
        (from..=to).filter(|year| !self.tables.contains_key(year)).collect()
    }
}

/// Days since 1900-01-01, which was a Monday.
fn day_number(date: Date) -> Option<i64> {
    let first = jiff::civil::Date::constant(1900, 1, 1);
    civil(date).map(|date| i64::from((date - first).get_days()))
}

/// Mondays to Fridays from 1900-01-01 to the day `number`, both included.
fn weekdays_to(number: i64) -> i64 {
    let days = number + 1;
    days.div_euclid(7) * 5 + days.rem_euclid(7).min(5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(year: i32, month: i32, day: i32) -> Date {
        Date { year, month, day }
    }

    /// Tết 2026 in short: Thursday and Friday off, a Saturday worked for it.
    fn tet() -> WorkCalendar {
        WorkCalendar::new([HolidayTable {
            year: 2026,
            days_off: vec![date(2026, 1, 1), date(2026, 2, 19), date(2026, 2, 20)],
            days_worked: vec![date(2026, 2, 28)],
            basis: "TB 1/TB-BNV".to_owned(),
        }])
    }

    #[test]
    fn the_day_changes_at_midnight_in_viet_nam() {
        // 2026-11-21T16:59:59.999Z and one millisecond later.
        assert_eq!(date_at(1_795_280_399_999), date(2026, 11, 21));
        assert_eq!(date_at(1_795_280_400_000), date(2026, 11, 22));
        assert_eq!(date_at(0), date(1970, 1, 1));
        assert_eq!(date_at(-1), date(1970, 1, 1));
        assert_eq!(date_at(-VIETNAM_OFFSET_MS - 1), date(1969, 12, 31));
        assert_eq!(date_at(i64::MAX), date(9999, 12, 31));
        assert_eq!(date_at(i64::MIN), date(1900, 1, 1));
    }

    #[test]
    fn days_that_do_not_exist_are_told() {
        assert!(is_real(date(2028, 2, 29)));
        for wrong in
            [date(2026, 2, 29), date(1899, 12, 31), date(10_000, 1, 1), date(2026, 0, 1), date(2026, 1, 32)]
        {
            assert!(!is_real(wrong), "{wrong:?}");
        }
        assert!(!is_real(Date::default()));
    }

    #[test]
    fn holidays_are_not_worked_and_days_made_good_are() {
        let calendar = tet();
        assert!(!calendar.is_worked(date(2026, 2, 19)));
        assert!(calendar.is_worked(date(2026, 2, 28)));
        assert!(!calendar.is_worked(date(2026, 3, 1)));
        // Wednesday 18 Feb + 3 working days: 23, 24, 25.
        assert_eq!(calendar.add_working_days(date(2026, 2, 18), 3).value, date(2026, 2, 25));
        assert_eq!(calendar.working_days_between(date(2026, 2, 18), date(2026, 2, 25)).value, 3);
        // Friday 27 Feb: the next working day is the Saturday.
        assert_eq!(calendar.add_working_days(date(2026, 2, 27), 1).value, date(2026, 2, 28));
    }

    #[test]
    fn a_year_without_a_table_is_named() {
        let calendar = tet();
        assert_eq!(calendar.add_working_days(date(2026, 12, 30), 1).missing_years, Vec::<i32>::new());
        assert_eq!(calendar.add_working_days(date(2026, 12, 31), 1).missing_years, vec![2027]);
        assert_eq!(
            calendar.working_days_between(date(2025, 12, 31), date(2028, 1, 3)).missing_years,
            vec![2027, 2028]
        );
        assert_eq!(
            calendar.working_days_between(date(2026, 3, 2), date(2026, 3, 2)).missing_years,
            Vec::<i32>::new()
        );
    }

    prop_compose! {
        fn any_day()(days in 0i64..50_000) -> Date {
            add_days(date(1990, 1, 1), days)
        }
    }

    proptest! {
        #[test]
        fn adding_and_counting_are_inverse(start in any_day(), days in 0u16..400) {
            let end = tet().add_working_days(start, days).value;
            prop_assert_eq!(tet().working_days_between(start, end).value, u32::from(days));
        }

        #[test]
        fn counting_is_additive(a in any_day(), b in 0i64..700, c in 0i64..700) {
            let (b, c) = (add_days(a, b), add_days(a, b + c));
            let calendar = tet();
            let count = |from, to| calendar.working_days_between(from, to).value;
            prop_assert_eq!(count(a, b) + count(b, c), count(a, c));
        }

        #[test]
        fn the_closed_form_counts_as_fingers_do(start in any_day(), days in 0i64..900) {
            let end = add_days(start, days);
            let calendar = tet();
            let by_hand = (1..=days).filter(|n| calendar.is_worked(add_days(start, *n))).count();
            prop_assert_eq!(calendar.working_days_between(start, end).value as usize, by_hand);
        }

        #[test]
        fn an_instant_survives_the_timestamp(at_ms in -2_000_000_000_000i64..200_000_000_000_000) {
            prop_assert_eq!(millis(&timestamp(at_ms)), at_ms);
        }

        #[test]
        fn days_sort_as_instants_do(a in 0i64..4_000_000_000_000, b in 0i64..4_000_000_000_000) {
            if a <= b {
                prop_assert!(compare(date_at(a), date_at(b)).is_le());
            }
        }

        #[test]
        fn nothing_panics_on_any_day(year in any::<i32>(), month in any::<i32>(), day in any::<i32>(), n in any::<i64>()) {
            let odd = date(year, month, day);
            let _ = (is_real(odd), is_weekend(odd), add_days(odd, n), tet().is_worked(odd));
            let _ = tet().working_days_between(odd, date(2026, 1, 1));
            let _ = tet().add_working_days(odd, 5);
        }
    }
}
