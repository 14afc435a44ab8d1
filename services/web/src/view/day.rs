//! Days and moments as people here write them: dd/MM/yyyy, 24 hours, +07:00.

use domain::calendar;
use jiff::civil::Weekday;
use proto::record::v1::Date;

use crate::texts::t;

/// `18/11/2026`; empty when absent.
pub(crate) fn full(date: Option<&Date>) -> String {
    date.map(|d| format!("{:02}/{:02}/{:04}", d.day, d.month, d.year)).unwrap_or_default()
}

/// `18/11` within the year of `today`, else the full date.
pub(crate) fn short(date: &Date, today: &Date) -> String {
    if date.year == today.year { format!("{:02}/{:02}", date.day, date.month) } else { full(Some(date)) }
}

/// `2026-11-18`: what a machine reads.
pub(crate) fn iso(date: &Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

/// A day as `18/11/2026`, `18-11-2026`, `18.11.2026` or `2026-11-18`; `None` when it is none of the calendar.
pub(crate) fn parse(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.trim().split(['/', '-', '.']).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    if !parts.iter().all(|p| (1..=4).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let n = |t: &str| t.parse::<i32>().ok();
    let date = if a.len() == 4 {
        Date { year: n(a)?, month: n(b)?, day: n(c)? }
    } else {
        let year = if c.len() == 2 { 2000 + n(c)? } else { n(c)? };
        Date { year, month: n(b)?, day: n(a)? }
    };
    calendar::is_real(date).then_some(date)
}

/// `Thứ Tư`.
pub(crate) fn weekday(date: &Date) -> &'static str {
    let civil = (|| {
        jiff::civil::Date::new(
            i16::try_from(date.year).ok()?,
            i8::try_from(date.month).ok()?,
            i8::try_from(date.day).ok()?,
        )
        .ok()
    })();
    match civil.map(jiff::civil::Date::weekday) {
        Some(Weekday::Monday) => t::view::monday(),
        Some(Weekday::Tuesday) => t::view::tuesday(),
        Some(Weekday::Wednesday) => t::view::wednesday(),
        Some(Weekday::Thursday) => t::view::thursday(),
        Some(Weekday::Friday) => t::view::friday(),
        Some(Weekday::Saturday) => t::view::saturday(),
        Some(Weekday::Sunday) => t::view::sunday(),
        None => "",
    }
}

/// `Thứ Tư, 18/11/2026`.
pub(crate) fn named(date: &Date) -> String {
    format!("{}, {}", weekday(date), full(Some(date)))
}

/// Hours, minutes and seconds at +07:00.
fn clock_parts(at: &prost_types::Timestamp) -> (i64, i64, i64) {
    let second = (at.seconds.saturating_add(domain::moment::VIETNAM_OFFSET_MS / 1_000)).rem_euclid(86_400);
    (second / 3_600, second / 60 % 60, second % 60)
}

/// `09:12`.
pub(crate) fn hour(at: &prost_types::Timestamp) -> String {
    let (h, m, _) = clock_parts(at);
    format!("{h:02}:{m:02}")
}

/// `18/11/2026 09:12`; empty when absent.
pub(crate) fn moment(at: Option<&prost_types::Timestamp>) -> String {
    at.map(|at| format!("{} {}", full(Some(&calendar::date_of(at))), hour(at))).unwrap_or_default()
}

/// `16/11/2026 15:47:30 +07:00`: how a signature's time is told.
pub(crate) fn exact(at: &prost_types::Timestamp) -> String {
    let (h, m, s) = clock_parts(at);
    format!("{} {h:02}:{m:02}:{s:02} +07:00", full(Some(&calendar::date_of(at))))
}

/// `09:12` today, `18/11 09:12` within the year, else the full date with the hour.
pub(crate) fn lately(at: &prost_types::Timestamp, today: &Date) -> String {
    let date = calendar::date_of(at);
    if date == *today { hour(at) } else { format!("{} {}", short(&date, today), hour(at)) }
}

/// `1.234`.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('.');
        }
        out.push(c);
    }
    out
}

/// `412 KB`, `1,4 MB`.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => t::view::size_bytes(bytes),
        1_024..1_048_576 => format!("{} KB", bytes.div_ceil(1_024)),
        _ if bytes.is_multiple_of(1_048_576) => format!("{} MB", bytes / 1_048_576),
        _ => format!("{},{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Date = Date { year: 2026, month: 11, day: 18 };

    #[test]
    fn days_are_written_as_people_here_write_them() {
        assert_eq!(full(Some(&Date { year: 2026, month: 3, day: 5 })), "05/03/2026");
        assert_eq!(full(None), "");
        assert_eq!(named(&DAY), "Thứ Tư, 18/11/2026");
        assert_eq!(short(&Date { year: 2025, month: 12, day: 31 }, &DAY), "31/12/2025");
        assert_eq!(short(&DAY, &DAY), "18/11");
        let at = prost_types::Timestamp { seconds: 1_794_966_450, nanos: 0 };
        assert_eq!(exact(&at), "18/11/2026 08:47:30 +07:00");
        assert_eq!(lately(&at, &DAY), "08:47");
        assert_eq!(lately(&at, &Date { year: 2026, month: 11, day: 19 }), "18/11 08:47");
    }

    #[test]
    fn a_day_is_read_in_the_usual_ways_and_no_other() {
        for text in ["18/11/2026", " 18-11-2026 ", "18.11.26", "2026-11-18"] {
            assert_eq!(parse(text), Some(DAY), "{text}");
        }
        for text in [
            "31/11/2026",
            "29/02/2026",
            "2026/13/01",
            "18/11",
            "",
            "a/b/c",
            "18/11/2026/1",
            "0/1/2026",
            "１８/11/2026",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_have_dots_and_commas_where_people_here_put_them() {
        assert_eq!(
            [number(0), number(999), number(1234), number(1_234_567)],
            ["0", "999", "1.234", "1.234.567"]
        );
        assert_eq!([size(12), size(412 * 1024), size(1_468_006)], ["12 byte", "412 KB", "1,3 MB"]);
        assert_eq!(size(100 * 1024 * 1024), "100 MB");
    }
}
