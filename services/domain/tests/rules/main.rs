//! The rules from outside: check, authorize, decide and apply together, over a world in a map.

mod directory;
mod incoming;
mod intake;
mod kept_evidence;
mod lists;
mod numbering;
mod random_office;
mod secret;
mod totality;

use domain::testing::World;
use proto::fault::Fault;
use proto::record::v1::Date;
use proto::record::v1::record::State;
use proto::record::v1::{Assignment, IncomingDocument, Person, Position, RegisterEntry, SeriesYear};

/// How many worlds a property is tried in: `PROPTEST_CASES` asks for more than the usual.
fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// The reason of a refusal, a denial, or the first violation.
fn reason<T: std::fmt::Debug>(result: Result<T, Fault>) -> &'static str {
    match result.expect_err("a rule says no") {
        Fault::Refused { reason, .. } | Fault::Denied { reason, .. } => reason,
        Fault::Invalid(violations) => violations[0].reason,
        Fault::Unknown { .. } => "UNKNOWN",
        Fault::Unauthenticated { .. } => "UNAUTHENTICATED",
        other => panic!("{other}"),
    }
}

/// Field and reason of every violation.
fn violations<T: std::fmt::Debug>(result: Result<T, Fault>) -> Vec<(String, &'static str)> {
    match result.expect_err("fields are wrong") {
        Fault::Invalid(violations) => violations.into_iter().map(|it| (it.field, it.reason)).collect(),
        other => panic!("{other}"),
    }
}

fn day(month: i32, day: i32) -> Date {
    Date { year: 2026, month, day }
}

macro_rules! typed {
    ($($name:ident -> $variant:ident($state:ty);)*) => {$(
        fn $name<'a>(world: &'a World, id: &str) -> &'a $state {
            match world.state(id) {
                State::$variant(state) => state,
                other => panic!("{id} is {other:?}"),
            }
        }
    )*};
}

typed! {
    document -> Incoming(IncomingDocument);
    assignment -> Assignment(Assignment);
    position -> Position(Position);
    a_person -> Person(Person);
    entry -> RegisterEntry(RegisterEntry);
    series_year -> SeriesYear(SeriesYear);
}
