//! Decisions on series of numbers.

use proto::fault::Fault;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::{CloseSeries, DefineSeries, DocumentKind, Ended, Event, Series};

use super::{event, wanted};
use crate::index::{Code, Key};
use crate::moment::Moment;
use crate::policy::Permit;
use crate::states::States;
use crate::{id, read, reasons};

/// A book has at most one series without kinds, and no kind in two series: so it is always plain which one a document
/// draws from (NĐ 30/2020 Điều 15.1: the head of the agency decides how series are split).
pub(super) fn define_series(
    _permit: &Permit,
    command: &DefineSeries,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let new = wanted(command.series.as_ref(), "series")?;
    let prefix = Key::of(Code::ActiveSeries).i32(new.book).flag(new.secret).prefix();
    for record in read::look_up(states, &prefix)? {
        let Some(State::Series(other)) = record.state else { continue };
        if new.kinds.is_empty() && other.kinds.is_empty() {
            return Err(Fault::refused(
                reasons::SERIES_OVERLAP,
                format!(
                    "{} already takes every kind that no other names; close it first or name kinds",
                    record.id
                ),
            ));
        }
        if let Some(kind) = new.kinds.iter().find(|kind| other.kinds.contains(kind)) {
            let name = DocumentKind::try_from(*kind).unwrap_or(DocumentKind::Unspecified).as_str_name();
            return Err(Fault::refused(
                reasons::SERIES_OVERLAP,
                format!("{} already takes {name}", record.id),
            ));
        }
    }
    let series = Series { active: true, ..new.clone() };
    Ok(vec![event(moment.fresh_id(id::Kind::Series.prefix()), E::SeriesDefined(series))])
}

pub(super) fn close_series(
    _permit: &Permit,
    command: &CloseSeries,
    states: &dyn States,
    moment: &Moment,
) -> Result<Vec<Event>, Fault> {
    let series =
        read::series(states, &command.series_id)?.ok_or_else(|| Fault::unknown(&command.series_id))?;
    if !series.active {
        return Err(Fault::refused(
            reasons::ALREADY_ENDED,
            format!("{} is closed already", command.series_id),
        ));
    }
    let ended = Ended { reason: command.reason.clone(), date: Some(moment.today()) };
    Ok(vec![event(&command.series_id, E::SeriesClosed(ended))])
}
