//! The registers: Sổ văn bản đến, Sổ văn bản đi, the secret one apart; void numbers, print, export, proof.

mod columns;
mod export;
mod page;
mod proof;
mod void;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::{ListItem, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{Book, Date, RegisterEntry, Role, Series};

use crate::app::App;
use crate::desk::Desk;
use crate::failure::see_other;
use crate::form::Form;
use crate::link;
use crate::menu::{Entry, Part};
use crate::office::list_of;
use crate::texts::t;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/so", get(first))
        .route("/so/kiem-chung", get(proof::page))
        .route("/so/huy", get(void::page))
        .route("/so/{book}", get(page::page))
        .route("/so/{book}/in", get(page::print))
        .route("/so/{book}/xuat", get(export::csv))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has_any(&[Role::Clerk, Role::Leader, Role::Archivist]) {
        return Vec::new();
    }
    let mut entries = vec![
        Entry::new(Part::Books, t::books::incoming(), "/so/den"),
        Entry::new(Part::Books, t::books::outgoing(), "/so/di"),
    ];
    if desk.has(Role::Clerk) && desk.roll.agency.secret_registration {
        entries.push(Entry::new(Part::Books, t::books::secret(), "/so/mat"));
    }
    entries.push(Entry::new(Part::Books, t::books::void_numbers(), "/so/huy"));
    entries.push(Entry::new(Part::Books, t::books::proof(), "/so/kiem-chung"));
    entries
}

async fn first() -> Response {
    see_other("/so/den")
}

/// A register as people ask for it; the last part of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Register {
    Incoming,
    Outgoing,
    /// Secret documents that came in: clerks alone, never exported.
    Secret,
}

impl Register {
    fn named(slug: &str, desk: &Desk) -> Result<Self, Fault> {
        match slug {
            "den" => Ok(Self::Incoming),
            "di" => Ok(Self::Outgoing),
            "mat" if desk.has(Role::Clerk) => Ok(Self::Secret),
            _ => Err(Fault::unknown(slug)),
        }
    }

    fn of(series: &Series) -> Self {
        match (series.book(), series.secret) {
            (Book::Outgoing, _) => Self::Outgoing,
            (_, true) => Self::Secret,
            _ => Self::Incoming,
        }
    }

    fn slug(self) -> &'static str {
        match self {
            Self::Incoming => "den",
            Self::Outgoing => "di",
            Self::Secret => "mat",
        }
    }

    /// Its path: also its entry in the menu.
    fn path(self) -> &'static str {
        match self {
            Self::Incoming => "/so/den",
            Self::Outgoing => "/so/di",
            Self::Secret => "/so/mat",
        }
    }

    fn title(self, year: i32) -> String {
        match self {
            Self::Incoming => t::books::incoming_title(year),
            Self::Outgoing => t::books::outgoing_title(year),
            Self::Secret => t::books::secret_title(year),
        }
    }

    /// Its series, open ones first.
    fn series(self, desk: &Desk) -> Vec<(&str, &Series)> {
        let book = if self == Self::Outgoing { Book::Outgoing } else { Book::Incoming };
        let mut all = desk.roll.series_of(book);
        // Secret documents that go out are not drafted here: their series has no register on the screen.
        all.retain(|(_, series)| Self::of(series) == self && series.secret == (self == Self::Secret));
        all
    }
}

/// What of a register is asked for: the series and year, and the days if any.
struct Asked {
    register: Register,
    series_id: String,
    year: i32,
    from: Option<Date>,
    to: Option<Date>,
}

impl Asked {
    /// From a query: the first open series that takes every kind, and this year, unless others are named.
    fn of(desk: &Desk, register: Register, form: &mut Form) -> Self {
        let all = register.series(desk);
        let named = form.text("day-so");
        let series_id = all
            .iter()
            .find(|(id, _)| *id == named)
            .or_else(|| all.iter().find(|(_, s)| s.active && s.kinds.is_empty()))
            .or(all.first())
            .map(|(id, _)| (*id).to_owned())
            .unwrap_or_default();
        let year = year_of(desk, form);
        let (from, to) = (form.date("tu"), form.date("toi"));
        Self { register, series_id, year, from, to }
    }

    /// The lines, newest first.
    fn list(&self) -> ListRequest {
        ListRequest { drawn_from: self.from, drawn_to: self.to, ..lines_of(&self.series_id, self.year) }
    }

    /// The address of the register, without the days.
    fn address(&self) -> String {
        address(self.register, &self.series_id, self.year)
    }

    /// What is asked for, below the path of the register: `in`, `xuat`.
    fn part(&self, name: &str) -> String {
        let series = link::escape(&self.series_id);
        let mut path = format!("/so/{}/{name}?day-so={series}&nam={}", self.register.slug(), self.year);
        for (name, date) in [("tu", self.from), ("toi", self.to)] {
            if let Some(date) = date {
                path = link::with(&path, name, &crate::view::day::iso(&date));
            }
        }
        path
    }
}

fn year_of(desk: &Desk, form: &Form) -> i32 {
    form.text("nam").parse().ok().filter(|y| (1900..=9999).contains(y)).unwrap_or(desk.today().year)
}

fn address(register: Register, series: &str, year: i32) -> String {
    format!("{}?day-so={}&nam={year}", register.path(), link::escape(series))
}

/// The lines of a series and year, newest first.
fn lines_of(series: &str, year: i32) -> ListRequest {
    ListRequest { series_id: series.to_owned(), year, reverse: true, ..list_of(ListName::Register) }
}

/// Where a series stands in a year.
struct Standing {
    series_id: String,
    year: i32,
    last: u32,
    date: Option<Date>,
}

/// Where each series stands each year.
async fn standing(desk: &Desk) -> Result<Vec<Standing>, Fault> {
    let (items, _) = desk.calls().list_all(list_of(ListName::SeriesYears), 5).await?;
    Ok(items
        .into_iter()
        .filter_map(|i| match i.record?.state? {
            State::SeriesYear(s) => Some(Standing {
                series_id: s.series_id,
                year: s.year,
                last: s.last_ordinal,
                date: s.last_date,
            }),
            _ => None,
        })
        .collect())
}

/// Years that can be chosen: those of `standing` that `counts`, this one and the one that is shown; newest first.
fn years(
    desk: &Desk,
    standing: &[Standing],
    shown: i32,
    counts: impl Fn(&Standing) -> bool,
) -> Vec<(i32, bool)> {
    let mut years: Vec<i32> = standing.iter().filter(|s| counts(s)).map(|s| s.year).collect();
    years.extend([shown, desk.today().year]);
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    years.into_iter().map(|year| (year, year == shown)).collect()
}

/// What is known of the whole register of a year.
#[derive(Default, Clone)]
struct Whole {
    last: u32,
    counted: u32,
    known: bool,
}

impl Whole {
    fn gapless(&self) -> bool {
        self.known && self.counted >= self.last
    }
}

/// Counts the lines of a register.
async fn whole(desk: &Desk, standing: Option<&Standing>) -> Result<Whole, Fault> {
    /// The archive counts no further.
    const COUNT_MAX: u32 = 10_000;
    let Some(Standing { series_id, year, last, .. }) = standing else { return Ok(Whole::default()) };
    if *last == 0 {
        return Ok(Whole::default());
    }
    let counted = desk.calls().counts(vec![lines_of(series_id, *year)]).await?.first().copied().unwrap_or(0);
    Ok(Whole { last: *last, counted, known: *last < COUNT_MAX && counted < COUNT_MAX })
}

fn entry(item: &ListItem) -> Option<&RegisterEntry> {
    match item.record.as_ref()?.state.as_ref()? {
        State::RegisterEntry(entry) => Some(entry),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_is_called_gapless_only_when_every_number_was_counted() {
        assert!(Whole { last: 2318, counted: 2318, known: true }.gapless());
        assert!(!Whole { last: 2318, counted: 2317, known: true }.gapless());
        assert!(!Whole { last: 20_000, counted: 10_000, known: false }.gapless());
    }

    #[test]
    fn a_secret_series_stands_in_a_register_of_its_own() {
        let series = |book: Book, secret| Series { book: book.into(), secret, ..Series::default() };
        assert_eq!(Register::of(&series(Book::Incoming, false)), Register::Incoming);
        assert_eq!(Register::of(&series(Book::Incoming, true)), Register::Secret);
        assert_eq!(Register::of(&series(Book::Outgoing, false)), Register::Outgoing);
    }

    #[test]
    fn what_is_printed_and_exported_is_what_is_shown() {
        let asked = Asked {
            register: Register::Incoming,
            series_id: "ser_1".to_owned(),
            year: 2026,
            from: Some(Date { year: 2026, month: 3, day: 5 }),
            to: None,
        };
        assert_eq!(asked.part("xuat"), "/so/den/xuat?day-so=ser_1&nam=2026&tu=2026-03-05");
        assert_eq!(asked.address(), "/so/den?day-so=ser_1&nam=2026");
        assert_eq!(asked.list().drawn_from, asked.from);
    }
}
