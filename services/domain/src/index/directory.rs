//! Lists and look-ups of the directory, the series and the registers.

use proto::record::v1::{
    Certificate, Delegation, EntryStatus, HolidayTable, Person, Position, Record, RegisterEntry, Series,
    SeriesYear, Unit,
};

use super::code::Code;
use super::key::Key;
use super::words::{fold, given_name};

type Keys = Vec<Vec<u8>>;

pub(super) fn unit(id: &str, unit: &Unit, keys: &mut Keys) {
    keys.push(Key::of(Code::Units).i32(unit.rank).text(&fold(&unit.name)).id(id));
}

pub(super) fn person(id: &str, person: &Person, keys: &mut Keys) {
    let name = fold(&person.full_name);
    keys.push(Key::of(Code::People).text(given_name(&name)).text(&name).id(id));
    keys.push(Key::of(Code::PersonByLogin).text(&person.login).id(id));
}

pub(super) fn position(id: &str, position: &Position, keys: &mut Keys) {
    keys.push(Key::of(Code::Positions).text(&position.unit_id).text(&fold(&position.title)).id(id));
    if position.ended {
        return;
    }
    keys.push(Key::of(Code::PositionsOfPerson).text(&position.person_id).id(id));
    keys.push(Key::of(Code::PositionsOfUnit).text(&position.unit_id).id(id));
    for role in position.roles() {
        keys.push(Key::of(Code::PositionsOfRole).role(role).id(id));
    }
}

pub(super) fn delegation(id: &str, delegation: &Delegation, keys: &mut Keys) {
    keys.push(Key::of(Code::Delegations).date_down(delegation.valid_from.as_ref()).id(id));
    if delegation.ended {
        return;
    }
    keys.push(Key::of(Code::DelegationsToPosition).text(&delegation.to_position_id).id(id));
    keys.push(Key::of(Code::DelegationsFromPosition).text(&delegation.from_position_id).id(id));
}

pub(super) fn series(id: &str, series: &Series, keys: &mut Keys) {
    keys.push(Key::of(Code::Series).i32(series.book).flag(series.secret).text(&fold(&series.name)).id(id));
    if series.active {
        keys.push(Key::of(Code::ActiveSeries).i32(series.book).flag(series.secret).id(id));
    }
}

pub(super) fn series_year(record: &Record, year: &SeriesYear, keys: &mut Keys) {
    for reader in &record.readers {
        keys.push(
            Key::of(Code::SeriesYears)
                .principal(reader)
                .i32_down(year.year)
                .text(&year.series_id)
                .id(&record.id),
        );
    }
}

pub(super) fn register_entry(record: &Record, entry: &RegisterEntry, keys: &mut Keys) {
    let Some(number) = &entry.number else { return };
    let of_year = |key: Key| key.text(&number.series_id).i32(number.year);
    let end = |key: Key| key.u32(number.ordinal).text(&number.suffix).id(&record.id);
    for reader in &record.readers {
        keys.push(end(of_year(Key::of(Code::Register).principal(reader))));
        let by_day = of_year(Key::of(Code::RegisterByDay).principal(reader));
        keys.push(end(by_day.date(number.date.as_ref())));
        if entry.status() == EntryStatus::Reserved {
            keys.push(end(of_year(Key::of(Code::ReservedNumbers).principal(reader))));
        }
        if entry.status() == EntryStatus::Void {
            let of_year = Key::of(Code::VoidNumbers).principal(reader).i32(number.year);
            keys.push(end(of_year.text(&number.series_id)));
        }
    }
    keys.push(end(of_year(Key::of(Code::RegisterLines))));
}

pub(super) fn holiday_table(id: &str, table: &HolidayTable, keys: &mut Keys) {
    keys.push(Key::of(Code::Holidays).i32_down(table.year).id(id));
}

pub(super) fn certificate(id: &str, certificate: &Certificate, keys: &mut Keys) {
    keys.push(Key::of(Code::Certificates).flag(!certificate.seal).text(&fold(&certificate.subject)).id(id));
    if certificate.withdrawn {
        return;
    }
    keys.push(Key::of(Code::CertificateByDigest).text(&certificate.sha256).id(id));
    if certificate.seal {
        keys.push(Key::of(Code::SealCertificates).id(id));
    } else {
        keys.push(Key::of(Code::CertificatesOfPerson).text(&certificate.person_id).id(id));
    }
}
