//! How late or how soon, with the sum behind it. The definition of late is the domain's; here are its words.

use domain::calendar::WorkCalendar;
use domain::lateness::{self, Lateness};
use proto::record::v1::{
    Assignment, AssignmentRole, AssignmentStatus, Date, IncomingDocument, IncomingStatus,
};

use crate::texts::t;
use crate::view::day;

/// A deadline in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Deadline {
    /// `Quá 2 ngày`, `Hôm nay`, `Còn 3 ngày`, `Xong`, `không tính hạn`, `Không hạn`.
    pub(crate) words: String,
    /// Class of the words: `late`, `soon`, `good`, `soft` or nothing.
    pub(crate) class: &'static str,
    /// `16/11/2026`; empty without a deadline.
    pub(crate) day: String,
    /// `16/11` within this year; empty without a deadline.
    pub(crate) short: String,
    /// `Giao 09/11 + 5 ngày làm việc = 16/11`; empty without a deadline.
    pub(crate) sum: String,
    /// Working days late; 0 when not.
    pub(crate) days_late: u32,
}

impl Deadline {
    /// Nothing to count.
    pub(crate) fn none(words: &str) -> Self {
        Self { words: words.to_owned(), class: "soft", ..Self::default() }
    }

    fn of(it: &Lateness, today: Date) -> Self {
        let (words, class) = match (it.done, it.late) {
            (true, true) => (t::view::done_late(it.days_late.max(1)), "late"),
            (true, false) => (t::view::done().to_owned(), "good"),
            (false, true) => (t::view::late(it.days_late.max(1)), "late"),
            (false, false) if it.due == today => (t::view::due_today().to_owned(), "soon"),
            (false, false) => (t::view::left(it.days_left), if it.near { "soon" } else { "" }),
        };
        let short = |date: &Date| day::short(date, &today);
        let mut sum = t::view::sum(it.given, short(&it.due), short(&it.start));
        if let Some(first) = &it.original_due {
            sum = t::view::sum_first(short(first), sum);
        }
        for year in &it.missing_years {
            sum = t::view::sum_no_holidays(sum, year);
        }
        let days_late = if it.late && !it.done { it.days_late.max(1) } else { 0 };
        Self { words, class, day: day::full(Some(&it.due)), short: short(&it.due), sum, days_late }
    }
}

/// The words for an assignment.
pub(crate) fn of_assignment(assignment: &Assignment, today: Date, work: &WorkCalendar) -> Deadline {
    if let Some(lateness) = lateness::of_assignment(assignment, today, work) {
        return Deadline::of(&lateness, today);
    }
    match (assignment.role(), assignment.status()) {
        (_, AssignmentStatus::Withdrawn) => Deadline::none(t::view::withdrawn()),
        (AssignmentRole::ForInformation, _) => Deadline::none(t::view::not_counted()),
        (_, AssignmentStatus::Completed) => {
            Deadline { words: t::view::done().to_owned(), class: "good", ..Deadline::default() }
        }
        _ => Deadline::none(t::view::no_deadline()),
    }
}

/// The words for a document that came in: its lead's.
pub(crate) fn of_document(document: &IncomingDocument, today: Date, work: &WorkCalendar) -> Deadline {
    if let Some(lateness) = lateness::of_document(document, today, work) {
        return Deadline::of(&lateness, today);
    }
    match document.status() {
        IncomingStatus::Completed => {
            Deadline { words: t::view::done().to_owned(), class: "good", ..Deadline::default() }
        }
        IncomingStatus::Directed if document.lead_assignment_id.is_empty() => {
            Deadline::none(t::view::for_information())
        }
        IncomingStatus::Directed => Deadline::none(t::view::no_deadline()),
        _ => Deadline::none(""),
    }
}

#[cfg(test)]
mod tests {
    use proto::record::v1::HolidayTable;

    use super::*;

    fn date(day: i32) -> Date {
        Date { year: 2026, month: 11, day }
    }

    fn work() -> WorkCalendar {
        WorkCalendar::new([HolidayTable { year: 2026, ..HolidayTable::default() }])
    }

    fn assignment(given: i32, due: i32) -> Assignment {
        // Noon in Viet Nam on the day it was given; 18/11/2026 is 1794978000.
        let at = prost_types::Timestamp { seconds: 1_794_978_000 + i64::from(given - 18) * 86_400, nanos: 0 };
        Assignment {
            role: AssignmentRole::Lead as i32,
            status: AssignmentStatus::Open as i32,
            assigned_at: Some(at),
            due_date: Some(date(due)),
            ..Assignment::default()
        }
    }

    #[test]
    fn lateness_is_told_in_working_days_with_its_sum() {
        let late = of_assignment(&assignment(9, 16), date(18), &work());
        assert_eq!((late.words.as_str(), late.class, late.days_late), ("Quá 2 ngày", "late", 2));
        assert_eq!(late.sum, "Giao 09/11 + 5 ngày làm việc = 16/11");
        let soon = of_assignment(&assignment(11, 20), date(18), &work());
        assert_eq!((soon.words.as_str(), soon.class), ("Còn 2 ngày", "soon"));
        assert_eq!(soon.sum, "Giao 11/11 + 7 ngày làm việc = 20/11");
        let far = of_assignment(&assignment(18, 27), date(18), &work());
        assert_eq!((far.words.as_str(), far.class), ("Còn 7 ngày", ""));
        assert_eq!(of_assignment(&assignment(16, 18), date(18), &work()).words, "Hôm nay");
        crate::texts::language::in_language(t::Language::En, || {
            let told = |given, due| of_assignment(&assignment(given, due), date(18), &work());
            assert_eq!(told(9, 16).words, "2 days overdue");
            assert_eq!(told(18, 19).words, "1 day left");
            assert_eq!(told(18, 19).sum, "Given 18/11 + 1 working day = 19/11");
        });
    }

    #[test]
    fn late_over_a_weekend_is_at_least_one_day() {
        assert_eq!(of_assignment(&assignment(9, 13), date(14), &work()).words, "Quá 1 ngày");
    }

    #[test]
    fn a_year_without_holidays_is_told_in_the_sum() {
        let told = of_assignment(&assignment(18, 27), date(18), &WorkCalendar::new([]));
        assert!(told.sum.contains("chưa có lịch nghỉ năm 2026"), "{}", told.sum);
    }

    #[test]
    fn for_information_never_has_a_deadline() {
        let mut given = assignment(9, 10);
        given.role = AssignmentRole::ForInformation as i32;
        let told = of_assignment(&given, date(18), &work());
        assert_eq!((told.words.as_str(), told.class, told.day.as_str()), ("không tính hạn", "soft", ""));
    }

    #[test]
    fn work_that_was_done_late_says_so_and_is_no_longer_late() {
        let mut done = assignment(9, 16);
        done.status = AssignmentStatus::Completed as i32;
        done.completed_at = Some(prost_types::Timestamp { seconds: 1_794_978_000, nanos: 0 });
        let told = of_assignment(&done, date(18), &work());
        assert_eq!((told.words.as_str(), told.days_late), ("Xong, trễ 2 ngày", 0));
    }
}
