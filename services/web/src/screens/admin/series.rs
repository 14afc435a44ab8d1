//! Sổ và dãy số: which kinds draw from which series, and where each stands each year.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::archive::v1::ListName;
use proto::directory::v1::{CloseSeriesRequest, DefineSeriesRequest};
use proto::record::v1::record::State;
use proto::record::v1::{Book, CloseSeries, DefineSeries, DocumentKind, Series};

use super::{Admin, Ticks, at_lists, ticked};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::list_of;
use crate::screens::signing::certificates::reason_note;
use crate::texts::{t, terms};
use crate::toast::Toast;
use crate::view::day;
use crate::view::field::{Faults, Field, Note};

/// Pages of years that are read.
const PAGES_MAX: usize = 10;

const SHOWN: [&str; 4] = ["series.name", "series.book", "series.kinds", "series.secret"];

struct Line {
    id: String,
    series: Series,
    book: &'static str,
    kinds: String,
    /// Year, last number, its date.
    years: Vec<(i32, String, String)>,
}

#[derive(Template)]
#[template(path = "admin/series.html")]
struct Page {
    frame: Frame,
    lines: Vec<Line>,
    /// True when the position may see how far each series is: the registry's roles may, an administrator alone may not.
    stands_seen: bool,
    note: Option<Note>,
    name: Field,
    book: Field,
    kinds: Ticks,
    secret: bool,
    secret_on: bool,
}

async fn show(desk: &Desk, form: &Form, faults: &Faults, note: Option<Note>) -> Result<Response, Failure> {
    let years: Vec<proto::record::v1::SeriesYear> = desk
        .calls()
        .list_all(list_of(ListName::SeriesYears), PAGES_MAX)
        .await?
        .0
        .into_iter()
        .filter_map(|item| match item.record?.state? {
            State::SeriesYear(year) => Some(year),
            _ => None,
        })
        .collect();
    let mut lines: Vec<Line> = desk
        .roll
        .series
        .iter()
        .map(|(id, series)| {
            let mut stands: Vec<(i32, String, String)> = years
                .iter()
                .filter(|y| y.series_id == *id)
                .map(|y| (y.year, day::number(u64::from(y.last_ordinal)), day::full(y.last_date.as_ref())))
                .collect();
            stands.sort_by_key(|(year, ..)| std::cmp::Reverse(*year));
            Line {
                id: id.clone(),
                book: terms::book(series.book()),
                kinds: kinds_in_words(series),
                series: series.clone(),
                years: stands,
            }
        })
        .collect();
    lines.sort_by_key(|l| (!l.series.active, l.series.book, l.series.secret));
    let books = [
        (String::new(), t::administration::choose_book().to_owned()),
        ((Book::Incoming as i32).to_string(), terms::book(Book::Incoming).to_owned()),
        ((Book::Outgoing as i32).to_string(), terms::book(Book::Outgoing).to_owned()),
    ];
    let page = Page {
        frame: desk.frame(t::administration::series(), "/quan-tri/day-so").await?,
        stands_seen: !years.is_empty(),
        lines,
        note,
        name: Field::new("series.name", t::administration::series_name(), form)
            .required()
            .with("placeholder", t::administration::series_example())
            .faults(faults, &[]),
        book: Field::choice("series.book", t::administration::book(), form, books)
            .required()
            .faults(faults, &[]),
        kinds: Ticks::new(
            "series.kinds",
            t::administration::kinds_of(),
            form,
            faults,
            terms::kinds()
                .filter(|(k, _)| *k != DocumentKind::Other)
                .map(|(k, name)| (k as i32, name.to_owned())),
        ),
        secret: form.is_set("series.secret"),
        secret_on: desk.roll.agency.secret_registration,
    };
    desk.page(&page)
}

fn kinds_in_words(series: &Series) -> String {
    if series.kinds.is_empty() {
        return t::administration::the_rest().to_owned();
    }
    series.kinds().map(terms::kind).collect::<Vec<_>>().join(", ")
}

/// All series, and the form for one more.
pub(super) async fn page(Admin(desk): Admin) -> Result<Response, Failure> {
    show(&desk, &Form::default(), &Faults::default(), None).await
}

/// Opens a series.
pub(super) async fn define(Admin(desk): Admin, form: Form) -> Result<Response, Failure> {
    let series = Series {
        name: form.text("series.name").to_owned(),
        book: form.text("series.book").parse().unwrap_or_default(),
        kinds: ticked(&form, "series.kinds"),
        secret: form.is_set("series.secret"),
        active: true,
    };
    let request = DefineSeriesRequest {
        request_id: form.request_id()?,
        command: Some(DefineSeries { series: Some(series) }),
        expected_versions: Vec::new(),
    };
    match call!(desk, directory.define_series(request)) {
        Ok(_) => {
            desk.forget_names();
            Ok(desk.go("/quan-tri/day-so", Toast::done(t::administration::series_opened())))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(at_lists(fault), &SHOWN)?;
            show(&desk, &form, &faults, note).await
        }
    }
}

/// Closes a series: its numbers stay, no new one is drawn.
pub(super) async fn close(
    Admin(desk): Admin,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let command = CloseSeries { series_id: id, reason: form.text("reason").to_owned() };
    let request = CloseSeriesRequest {
        request_id: form.request_id()?,
        command: Some(command),
        expected_versions: Vec::new(),
    };
    match call!(desk, directory.close_series(request)) {
        Ok(_) => {
            desk.forget_names();
            Ok(desk.go("/quan-tri/day-so", Toast::done(t::administration::series_closed())))
        }
        Err(fault) => {
            let note = Some(reason_note(fault)?);
            show(&desk, &Form::default(), &Faults::default(), note).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_without_kinds_takes_all_that_no_other_names() {
        assert_eq!(kinds_in_words(&Series::default()), "mọi loại còn lại");
        let kinds = vec![DocumentKind::Decision.into(), DocumentKind::Directive.into()];
        assert_eq!(kinds_in_words(&Series { kinds, ..Series::default() }), "Quyết định, Chỉ thị");
    }
}
