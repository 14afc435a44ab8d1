//! Dates as PDF writes them (ISO 32000-2, 7.9.4).

use crate::cms::ber::unix_seconds;

/// Seconds since 1970 of `D:YYYYMMDDHHmmSSOHH'mm'`; everything after the year may be missing.
pub(super) fn pdf_date(text: &str) -> Option<i64> {
    let text = text.trim().strip_prefix("D:").unwrap_or(text.trim());
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number = |range: std::ops::Range<usize>, default: i64| -> Option<i64> {
        if digits < range.end {
            return Some(default);
        }
        text.get(range)?.parse().ok()
    };
    if digits < 4 {
        return None;
    }
    let (year, month, day) = (number(0..4, 0)?, number(4..6, 1)?, number(6..8, 1)?);
    let (hour, minute, second) = (number(8..10, 0)?, number(10..12, 0)?, number(12..14, 0)?);
    let local = unix_seconds(year, month, day, hour, minute, second.min(59))?;
    let zone = text.get(digits..)?;
    let sign = match zone.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(local),
    };
    let part = |range: std::ops::Range<usize>| zone.get(range).and_then(|part| part.parse::<i64>().ok());
    let hours = part(1..3).unwrap_or(0);
    let minutes = part(4..6).or_else(|| part(3..5)).unwrap_or(0);
    Some(local - sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_with_and_without_zone_are_read() {
        let noon = unix_seconds(2026, 5, 26, 12, 0, 0);
        assert_eq!(pdf_date("D:20260526120000Z"), noon);
        assert_eq!(pdf_date("D:20260526190000+07'00'"), noon);
        assert_eq!(pdf_date("D:20260526190000+07'00"), noon);
        assert_eq!(pdf_date("D:20260526073000-0430"), noon);
        assert_eq!(pdf_date("D:2026"), unix_seconds(2026, 1, 1, 0, 0, 0));
        assert_eq!(pdf_date("yesterday"), None);
        assert_eq!(pdf_date("D:20261399"), None);
    }
}
