//! Dates and times as Vietnamese documents write them.

use jiff::civil;

/// "ngày 05 tháng 02 năm 2026": days under 10 and the months 1 and 2 with a leading zero
/// (NĐ 30/2020, Phụ lục I, mục II.4).
pub(crate) fn in_words(date: civil::Date) -> String {
    let month = if date.month() <= 2 { format!("{:02}", date.month()) } else { date.month().to_string() };
    format!("ngày {:02} tháng {month} năm {}", date.day(), date.year())
}

/// "05/02/2026".
pub(crate) fn short(date: civil::Date) -> String {
    format!("{:02}/{:02}/{}", date.day(), date.month(), date.year())
}

/// "09:20 ngày 18/11/2026".
pub(crate) fn moment(at: civil::DateTime) -> String {
    format!("{:02}:{:02} ngày {}", at.hour(), at.minute(), short(at.date()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zeros_follow_the_writing_rules() {
        assert_eq!(in_words(civil::date(2026, 2, 5)), "ngày 05 tháng 02 năm 2026");
        assert_eq!(in_words(civil::date(2026, 3, 15)), "ngày 15 tháng 3 năm 2026");
        assert_eq!(in_words(civil::date(2026, 11, 1)), "ngày 01 tháng 11 năm 2026");
        assert_eq!(short(civil::date(2026, 3, 5)), "05/03/2026");
        assert_eq!(moment(civil::date(2026, 3, 5).at(9, 5, 59, 0)), "09:05 ngày 05/03/2026");
    }
}
