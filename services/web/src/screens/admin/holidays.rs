//! Ngày nghỉ: one table a year; a list of days can be pasted as it stands in the notice.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use proto::directory::v1::SetHolidaysRequest;
use proto::fault::Fault;
use proto::record::v1::command::Command;
use proto::record::v1::{Date, HolidayTable, SetHolidays};

use super::{Admin, all_right, at_lists};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::link;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::day;
use crate::view::field::{Faults, Field, Mark, Note};

const SHOWN: [&str; 4] = ["table.year", "table.basis", "table.days_off", "table.days_worked"];
/// Days of one pasted range at most.
const RANGE_MAX: u32 = 31;

struct Year {
    year: i32,
    basis: String,
    off: Vec<String>,
    worked: Vec<String>,
    here: bool,
}

#[derive(Template)]
#[template(path = "admin/holidays.html")]
struct Page {
    frame: Frame,
    years: Vec<Year>,
    missing: Option<i32>,
    note: Option<Note>,
    year: Field,
    basis: Field,
    off: Field,
    worked: Field,
}

async fn show(desk: &Desk, form: &Form, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let mut tables: Vec<&HolidayTable> = desk.roll.holidays.iter().collect();
    tables.sort_by_key(|t| std::cmp::Reverse(t.year));
    let chosen: i32 = form.text("table.year").parse().unwrap_or_default();
    let this_year = desk.today().year;
    let field = |name: &str, label: &str| Field::new(name, label, form).faults(faults, &[]);
    let page = Page {
        frame: desk.frame(t::administration::holidays(), "/quan-tri/ngay-nghi").await?,
        missing: [this_year, this_year + 1].into_iter().find(|y| !tables.iter().any(|t| t.year == *y)),
        years: tables
            .into_iter()
            .map(|t| Year {
                year: t.year,
                basis: t.basis.clone(),
                off: t.days_off.iter().map(day::named).collect(),
                worked: t.days_worked.iter().map(day::named).collect(),
                here: t.year == chosen,
            })
            .collect(),
        note,
        year: field("table.year", t::administration::year()).required().with("inputmode", "numeric"),
        basis: field("table.basis", t::administration::ground())
            .required()
            .with("placeholder", t::administration::ground_example()),
        off: field("table.days_off", t::administration::holidays())
            .marked(Mark::Remark(t::administration::off_how().to_owned()))
            .with("placeholder", "01/01/2027\n15/02/2027 - 19/02/2027"),
        worked: field("table.days_worked", t::administration::worked())
            .marked(Mark::Remark(t::administration::worked_how().to_owned())),
    };
    desk.page(&page)
}

/// The tables, and the form filled with that of a year.
pub(super) async fn page(Admin(desk): Admin, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let asked = Form::parse(query.as_deref().unwrap_or_default());
    let year = asked.text("nam").parse().unwrap_or_else(|_| desk.today().year);
    let table = desk.roll.holidays.iter().find(|t| t.year == year);
    let days = |list: &[Date]| list.iter().map(|d| day::full(Some(d))).collect::<Vec<_>>().join("\n");
    let form = Form::with([
        ("table.year", year.to_string()),
        ("table.basis", table.map(|t| t.basis.clone()).unwrap_or_default()),
        ("table.days_off", table.map(|t| days(&t.days_off)).unwrap_or_default()),
        ("table.days_worked", table.map(|t| days(&t.days_worked)).unwrap_or_default()),
    ]);
    show(&desk, &form, &Faults::default(), None).await
}

/// Enters the days of a year.
pub(super) async fn set(Admin(desk): Admin, mut form: Form) -> Result<Response, Failure> {
    let year = form.int("table.year");
    let days_off = days(&mut form, "table.days_off", false);
    let days_worked = days(&mut form, "table.days_worked", true);
    let table = HolidayTable { year, days_off, days_worked, basis: form.text("table.basis").to_owned() };
    let done = match all_right(&form, Command::SetHolidays(SetHolidays { table: Some(table.clone()) })) {
        Ok(()) => {
            let request = SetHolidaysRequest {
                request_id: form.request_id()?,
                command: Some(SetHolidays { table: Some(table) }),
                expected_versions: Vec::new(),
            };
            call!(desk, directory.set_holidays(request)).map(drop)
        }
        Err(fault) => Err(fault),
    };
    match done {
        Ok(()) => {
            desk.forget_names();
            let back = link::with("/quan-tri/ngay-nghi", "nam", &year.to_string());
            Ok(desk.go(&back, Toast::done(t::administration::holidays_set(year))))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(at_lists(told(fault)), &SHOWN)?;
            show(&desk, &form, &faults, note).await
        }
    }
}

/// What is wrong with a day, in the words of this page.
fn told(fault: Fault) -> Fault {
    let Fault::Invalid(mut list) = fault else { return fault };
    for violation in list.iter_mut().filter(|v| v.reason == "NOT_ALLOWED_HERE") {
        if violation.field.starts_with("table.days_off") {
            violation.reason = "WEEKEND_IS_OFF";
        } else if violation.field.starts_with("table.days_worked") {
            violation.reason = "NOT_A_WEEKEND";
        }
    }
    Fault::Invalid(list)
}

/// Days from text as people paste it: one or several on a line, ranges with a hyphen, words around them. Days off leave
/// out the weekends within a range, days worked keep only them; each day once.
fn days(form: &mut Form, name: &str, weekends: bool) -> Vec<Date> {
    let mut found: Vec<Date> = Vec::new();
    let mut bad = false;
    for line in form.text(name).to_owned().lines() {
        let on_line: Vec<Date> = line
            .split(|c: char| !(c.is_ascii_digit() || c == '/' || c == '.'))
            .filter(|word| word.contains('/') || word.matches('.').count() == 2)
            .filter_map(|word| {
                let date = day::parse(word.trim_matches('.'));
                bad |= date.is_none();
                date
            })
            .collect();
        let is_range = matches!(on_line.as_slice(), [a, b]
            if line.contains(['-', '–', '→']) | line.contains("đến") && domain::calendar::compare(*a, *b).is_lt());
        match on_line.as_slice() {
            [] if !line.trim().is_empty() => bad = true,
            [from, to] if is_range => {
                let mut date = *from;
                for _ in 0..=RANGE_MAX {
                    if domain::calendar::compare(date, *to).is_gt() {
                        break;
                    }
                    if domain::calendar::is_weekend(date) == weekends {
                        found.push(date);
                    }
                    date = domain::calendar::add_days(date, 1);
                }
                bad |= domain::calendar::compare(date, *to).is_le();
            }
            several => found.extend(several.iter().copied()),
        }
    }
    if bad {
        form.wrong(name, "NOT_A_DATE", "a line holds no day, or a day that does not exist");
    }
    found.sort_by(|a, b| domain::calendar::compare(*a, *b));
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use proto::fault::Violation;

    use super::*;

    fn read(text: &str, weekends: bool) -> (Vec<String>, bool) {
        let mut form = Form::default();
        form.set("d", text);
        let days = days(&mut form, "d", weekends);
        (days.iter().map(|d| day::full(Some(d))).collect(), form.checked().is_ok())
    }

    #[test]
    fn a_pasted_notice_becomes_days() {
        let (days, good) =
            read("Tết Dương lịch: thứ Sáu 01/01/2027\n- 30/04/2027, 03/05/2027\n\n01/01/2027", false);
        assert_eq!((days.len(), good), (3, true));
        assert_eq!(days[0], "01/01/2027");
    }

    #[test]
    fn a_range_leaves_the_weekends_out() {
        // Friday 05/02/2027 to Tuesday 09/02/2027.
        let (days, good) = read("từ 05/02/2027 đến 09/02/2027", false);
        assert_eq!(
            (days, good),
            (vec!["05/02/2027".to_owned(), "08/02/2027".to_owned(), "09/02/2027".to_owned()], true)
        );
        let (worked, good) = read("05/02/2027 - 09/02/2027", true);
        assert_eq!((worked, good), (vec!["06/02/2027".to_owned(), "07/02/2027".to_owned()], true));
    }

    #[test]
    fn a_day_of_the_wrong_kind_is_told_in_words_of_its_own() {
        let wrong = |field: &str| Violation::new(field, "NOT_ALLOWED_HERE", "x");
        let Fault::Invalid(list) =
            told(Fault::Invalid(vec![wrong("table.days_off[3]"), wrong("table.days_worked[0]")]))
        else {
            panic!("stays invalid")
        };
        assert_eq!(list.iter().map(|v| v.reason).collect::<Vec<_>>(), ["WEEKEND_IS_OFF", "NOT_A_WEEKEND"]);
        for violation in &list {
            assert!(!crate::texts::reasons::of_violation(violation).starts_with("Chưa đúng"));
        }
    }

    #[test]
    fn what_is_no_day_is_told() {
        for text in ["31/02/2027", "nghỉ Tết", "01/01/2027\n30/02/2027", "01/01/2027 - 31/12/2027"] {
            assert!(!read(text, false).1, "{text}");
        }
        assert!(read("", false).1);
    }
}
