//! When work is late: one definition for every screen, with its arithmetic.
//!
//! Work is late when the local day of its completion — or today, while it is not completed — is after its deadline. Days
//! late are the working days between, by the holiday tables. For information is no work and never late.

use proto::record::v1::{
    Assignment, AssignmentRole, AssignmentStatus, Date, IncomingDocument, IncomingStatus,
};

use crate::calendar::{self, WorkCalendar};

/// Working days before a deadline in which it counts as near (sắp đến hạn).
pub const NEAR_WORKING_DAYS: u16 = 3;

/// How work stands to its deadline, with the figures that show why: `start` + `given` working days = `due`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lateness {
    /// The day it was given.
    pub start: Date,
    /// Working days from the start to the deadline.
    pub given: u32,
    /// The deadline.
    pub due: Date,
    /// The first deadline, when it was extended since.
    pub original_due: Option<Date>,
    /// The day that counts: of completion, or today.
    pub counted_on: Date,
    /// True once completed.
    pub done: bool,
    /// True when the day that counts is after the deadline.
    pub late: bool,
    /// Working days after the deadline up to the day that counts; may be 0 on the weekend after it.
    pub days_late: u32,
    /// Working days that remain, today left out and the deadline counted; 0 once done or late.
    pub days_left: u32,
    /// True when not done, not late, and at most [`NEAR_WORKING_DAYS`] working days remain.
    pub near: bool,
    /// Years that were counted in without a holiday table: to be warned of.
    pub missing_years: Vec<i32>,
}

/// How an assignment stands; `None` without a deadline, for information, and once taken back.
#[must_use]
pub fn of_assignment(assignment: &Assignment, today: Date, work: &WorkCalendar) -> Option<Lateness> {
    let counts = matches!(assignment.role(), AssignmentRole::Lead | AssignmentRole::Supporting)
        && matches!(
            assignment.status(),
            AssignmentStatus::Open | AssignmentStatus::HandedOn | AssignmentStatus::Completed
        );
    if !counts {
        return None;
    }
    let start = assignment.assigned_at.as_ref().map(calendar::date_of);
    let done = assignment.completed_at.as_ref().map(calendar::date_of);
    let lateness = lateness(start, assignment.due_date?, done, today, work);
    Some(Lateness { original_due: assignment.original_due_date, ..lateness })
}

/// How an incoming document stands: as its lead does. `None` without a deadline and where nothing is (or was) worked on.
#[must_use]
pub fn of_document(document: &IncomingDocument, today: Date, work: &WorkCalendar) -> Option<Lateness> {
    if !matches!(document.status(), IncomingStatus::Directed | IncomingStatus::Completed) {
        return None;
    }
    let start =
        document.direction.as_ref().and_then(|direction| direction.at.as_ref()).map(calendar::date_of);
    let done = document.completed_at.as_ref().map(calendar::date_of);
    Some(lateness(start, document.due_date?, done, today, work))
}

/// The last day that counts as near: deadlines from today to it are near.
#[must_use]
pub fn near_until(today: Date, work: &WorkCalendar) -> Date {
    work.add_working_days(today, NEAR_WORKING_DAYS).value
}

fn lateness(
    start: Option<Date>,
    due: Date,
    done: Option<Date>,
    today: Date,
    work: &WorkCalendar,
) -> Lateness {
    let counted_on = done.unwrap_or(today);
    let start = start.unwrap_or(counted_on);
    let late = calendar::compare(counted_on, due).is_gt();
    let given = work.working_days_between(start, due);
    let over = work.working_days_between(due, counted_on);
    let left = work.working_days_between(counted_on, due);
    let mut missing_years = [given.missing_years, over.missing_years, left.missing_years].concat();
    missing_years.sort_unstable();
    missing_years.dedup();
    let days_left = if done.is_some() { 0 } else { left.value };
    Lateness {
        start,
        given: given.value,
        due,
        original_due: None,
        counted_on,
        done: done.is_some(),
        late,
        days_late: over.value,
        days_left,
        near: done.is_none() && !late && days_left <= u32::from(NEAR_WORKING_DAYS),
        missing_years,
    }
}

#[cfg(test)]
mod tests {
    use proto::record::v1::HolidayTable;

    use super::*;

    fn day(month: i32, day: i32) -> Date {
        Date { year: 2026, month, day }
    }

    fn noon(date: Date) -> Option<prost_types::Timestamp> {
        let mut at_ms = 0;
        while calendar::date_at(at_ms) != date {
            at_ms += 86_400_000;
        }
        Some(calendar::timestamp(at_ms))
    }

    fn work() -> WorkCalendar {
        WorkCalendar::new([HolidayTable { year: 2026, ..HolidayTable::default() }])
    }

    /// Given on Monday 16 November 2026, due on Friday 20.
    fn given() -> Assignment {
        Assignment {
            role: AssignmentRole::Lead.into(),
            status: AssignmentStatus::Open.into(),
            assigned_at: noon(day(11, 16)),
            due_date: Some(day(11, 20)),
            ..Assignment::default()
        }
    }

    #[test]
    fn late_begins_on_the_day_after_the_deadline() {
        let on = |date| of_assignment(&given(), date, &work()).expect("has a deadline");
        let last = on(day(11, 20));
        assert!(!last.late && last.near && last.days_left == 0 && last.given == 4);
        let saturday = on(day(11, 21));
        assert!(saturday.late && saturday.days_late == 0 && !saturday.near);
        assert_eq!(on(day(11, 24)).days_late, 2);
        let first = on(day(11, 16));
        assert!(!first.late && !first.near && first.days_left == 4);
    }

    #[test]
    fn what_was_completed_in_time_does_not_become_late() {
        let mut done = given();
        done.status = AssignmentStatus::Completed.into();
        done.completed_at = noon(day(11, 20));
        let after = of_assignment(&done, day(12, 31), &work()).expect("has a deadline");
        assert!(after.done && !after.late && after.days_late == 0 && after.counted_on == day(11, 20));
        done.completed_at = noon(day(11, 23));
        assert_eq!(of_assignment(&done, day(12, 31), &work()).expect("has a deadline").days_late, 1);
    }

    #[test]
    fn for_information_and_what_was_taken_back_are_never_late() {
        let mut it = given();
        it.role = AssignmentRole::ForInformation.into();
        assert_eq!(of_assignment(&it, day(12, 31), &work()), None);
        let mut it = given();
        it.status = AssignmentStatus::Withdrawn.into();
        assert_eq!(of_assignment(&it, day(12, 31), &work()), None);
        let mut it = given();
        it.due_date = None;
        assert_eq!(of_assignment(&it, day(12, 31), &work()), None);
    }

    #[test]
    fn start_and_working_days_given_make_the_deadline() {
        let it = of_assignment(&given(), day(11, 18), &work()).expect("has a deadline");
        let days = u16::try_from(it.given).expect("small");
        assert_eq!(work().add_working_days(it.start, days).value, it.due);
        assert_eq!(near_until(day(11, 17), &work()), day(11, 20));
    }

    #[test]
    fn a_year_without_a_table_is_warned_of() {
        let it = of_assignment(&given(), day(11, 18), &WorkCalendar::default()).expect("has a deadline");
        assert_eq!(it.missing_years, vec![2026]);
    }
}
