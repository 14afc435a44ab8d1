//! Who is who: names of people, units and positions, with the agency, its series and holidays. Read together, kept for a
//! few seconds: every page names people.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::calendar::WorkCalendar;
use proto::archive::v1::ListName;
use proto::fault::Fault;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{
    Agency, Book, Date, HolidayTable, Person, Position, Principal, Record, Role, Series, Unit,
};

use crate::app::App;
use crate::office::{Calls, list_of};
use crate::texts::terms;

/// How long the names are kept, in milliseconds.
const LIFE_MS: i64 = 10_000;
/// Pages of 200 that are read of each list.
const PAGES_MAX: usize = 25;

/// The names with the moment at which they were read, in milliseconds since 1970; shared by all requests.
pub(crate) type Kept = Mutex<Option<(i64, Arc<Roll>)>>;

/// The names of an office.
#[derive(Debug, Default)]
pub(crate) struct Roll {
    /// The agency.
    pub(crate) agency: Agency,
    people: HashMap<String, Person>,
    units: Vec<(String, Unit)>,
    positions: Vec<(String, Position)>,
    /// Every series, closed ones too.
    pub(crate) series: Vec<(String, Series)>,
    /// Every holiday table.
    pub(crate) holidays: Vec<HolidayTable>,
    /// The working days that the tables make.
    pub(crate) work: WorkCalendar,
}

impl Roll {
    /// The names, at most a few seconds old.
    pub(crate) async fn of(app: &App, calls: &Calls) -> Result<Arc<Self>, Fault> {
        let now = app.now();
        if let Ok(kept) = app.roll.lock()
            && let Some((at, roll)) = kept.as_ref()
            && (0..LIFE_MS).contains(&now.saturating_sub(*at))
        {
            return Ok(Arc::clone(roll));
        }
        let roll = Arc::new(Box::pin(Self::read(calls)).await?);
        if let Ok(mut kept) = app.roll.lock() {
            *kept = Some((now, Arc::clone(&roll)));
        }
        Ok(roll)
    }

    async fn read(calls: &Calls) -> Result<Self, Fault> {
        let all = |name| calls.list_all(list_of(name), PAGES_MAX);
        let (agency, people, units, positions, series, holidays) = tokio::join!(
            calls.get(domain::id::AGENCY),
            all(ListName::People),
            all(ListName::Units),
            all(ListName::Positions),
            all(ListName::Series),
            all(ListName::Holidays),
        );
        let mut roll = Self::default();
        if let Some(State::Agency(agency)) = agency?.state {
            roll.agency = agency;
        }
        for list in [people?, units?, positions?, series?, holidays?] {
            for record in list.0.into_iter().filter_map(|item| item.record) {
                roll.take(record);
            }
        }
        roll.work = WorkCalendar::new(roll.holidays.iter().cloned());
        Ok(roll)
    }

    /// Takes one record in.
    pub(crate) fn take(&mut self, record: Record) {
        match record.state {
            Some(State::Agency(agency)) => self.agency = agency,
            Some(State::Person(person)) => {
                self.people.insert(record.id, person);
            }
            Some(State::Unit(unit)) => self.units.push((record.id, unit)),
            Some(State::Position(position)) => self.positions.push((record.id, position)),
            Some(State::Series(series)) => self.series.push((record.id, series)),
            Some(State::HolidayTable(table)) => self.holidays.push(table),
            _ => {}
        }
    }

    /// Name of a person; the id when it is not known.
    pub(crate) fn person(&self, id: &str) -> String {
        self.people.get(id).map_or_else(|| id.to_owned(), |p| p.full_name.clone())
    }

    /// Name of a unit; the id when it is not known.
    pub(crate) fn unit(&self, id: &str) -> String {
        self.units.iter().find(|(u, _)| u == id).map_or_else(|| id.to_owned(), |(_, u)| u.name.clone())
    }

    /// A position: its title; empty when it is not known.
    pub(crate) fn title(&self, position_id: &str) -> String {
        self.position(position_id).map(|p| p.title.clone()).unwrap_or_default()
    }

    /// A position.
    pub(crate) fn position(&self, id: &str) -> Option<&Position> {
        self.positions.iter().find(|(p, _)| p == id).map(|(_, p)| p)
    }

    /// The title that a person holds on `day`; the first of several.
    pub(crate) fn title_of(&self, person_id: &str, day: &Date) -> String {
        self.held(day)
            .find(|(_, p)| p.person_id == person_id)
            .map(|(_, p)| p.title.clone())
            .unwrap_or_default()
    }

    /// Name of whom it stands for.
    pub(crate) fn principal(&self, principal: Option<&Principal>) -> String {
        match principal.and_then(|p| p.who.as_ref()) {
            Some(Who::PersonId(id)) => self.person(id),
            Some(Who::UnitId(id)) => self.unit(id),
            Some(Who::Role(role)) => Role::try_from(*role).map_or("", terms::role).to_owned(),
            None => String::new(),
        }
    }

    /// Units that work, in their order.
    pub(crate) fn open_units(&self) -> impl Iterator<Item = (&str, &Unit)> {
        self.units.iter().filter(|(_, u)| u.active).map(|(id, u)| (id.as_str(), u))
    }

    /// Every unit, closed ones too.
    pub(crate) fn all_units(&self) -> &[(String, Unit)] {
        &self.units
    }

    /// Every person with the id.
    pub(crate) fn all_people(&self) -> impl Iterator<Item = (&str, &Person)> {
        self.people.iter().map(|(id, p)| (id.as_str(), p))
    }

    /// Positions held on `day`, by unit and title.
    pub(crate) fn held(&self, day: &Date) -> impl Iterator<Item = (&str, &Position)> {
        self.positions
            .iter()
            .filter(|(_, p)| !p.ended && domain::calendar::within(*day, p.valid_from, p.valid_to))
            .filter(|(_, p)| self.people.get(&p.person_id).is_some_and(|person| person.active))
            .map(|(id, p)| (id.as_str(), p))
    }

    /// People who act with `role` on `day`: id, name and title, each once.
    pub(crate) fn with_role(&self, role: Role, day: &Date) -> Vec<(String, String, String)> {
        let mut found: Vec<(String, String, String)> = Vec::new();
        for (_, position) in self.held(day) {
            if position.roles().any(|r| r == role) && !found.iter().any(|(id, ..)| *id == position.person_id)
            {
                let id = position.person_id.clone();
                found.push((id.clone(), self.person(&id), position.title.clone()));
            }
        }
        found
    }

    /// Who heads a unit on `day`: the name; empty when nobody does.
    pub(crate) fn head_of(&self, unit_id: &str, day: &Date) -> String {
        self.held(day)
            .find(|(_, p)| p.unit_id == unit_id && p.roles().any(|r| r == Role::HeadOfUnit))
            .map(|(_, p)| self.person(&p.person_id))
            .unwrap_or_default()
    }

    /// Whether this person heads a unit on `day`.
    pub(crate) fn heads(&self, person_id: &str, unit_id: &str, day: &Date) -> bool {
        self.held(day).any(|(_, p)| {
            p.unit_id == unit_id && p.person_id == person_id && p.roles().any(|r| r == Role::HeadOfUnit)
        })
    }

    /// Series of a book, open ones first.
    pub(crate) fn series_of(&self, book: Book) -> Vec<(&str, &Series)> {
        let mut found: Vec<(&str, &Series)> =
            self.series.iter().filter(|(_, s)| s.book() == book).map(|(id, s)| (id.as_str(), s)).collect();
        found.sort_by_key(|(_, s)| (!s.active, s.secret));
        found
    }
}
