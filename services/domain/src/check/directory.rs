//! Fields of commands on the agency, its people, units, positions, delegations, series, holidays and certificates.

use proto::record::v1::{
    AddPerson, AddUnit, Agency, Appoint, Book, Certificate, ChangeAgency, ChangePerson, ChangeUnit,
    CloseSeries, Date, DefineSeries, Delegate, DocumentKind, EndDelegation, EndPosition, EnrolCertificate,
    FoundAgency, Person, Position, Role, Series, SetCredential, SetHolidays, SigningCapacity,
    SwitchSecretRegistration, Unit, WithdrawCertificate,
};

use super::field::Fields;
use crate::id::Kind;
use crate::{calendar, limits, reasons};

pub(super) fn found_agency(fields: &mut Fields, command: &mut FoundAgency) {
    fields.required("agency", &mut command.agency, agency);
    fields.required("unit", &mut command.unit, unit);
    fields.required("person", &mut command.person, person);
    fields.required_line("title", &mut command.title, limits::TITLE);
    password_hash(fields, "password_hash", &command.password_hash);
}

pub(super) fn change_agency(fields: &mut Fields, command: &mut ChangeAgency) {
    fields.required("agency", &mut command.agency, agency);
}

pub(super) fn switch_secret_registration(fields: &mut Fields, command: &mut SwitchSecretRegistration) {
    reason(fields, &mut command.reason);
}

pub(super) fn add_unit(fields: &mut Fields, command: &mut AddUnit) {
    fields.required("unit", &mut command.unit, unit);
}

pub(super) fn change_unit(fields: &mut Fields, command: &mut ChangeUnit) {
    fields.id("unit_id", &command.unit_id, Kind::Unit);
    fields.required("unit", &mut command.unit, unit);
}

pub(super) fn add_person(fields: &mut Fields, command: &mut AddPerson) {
    fields.required("person", &mut command.person, person);
}

pub(super) fn change_person(fields: &mut Fields, command: &mut ChangePerson) {
    fields.id("person_id", &command.person_id, Kind::Person);
    fields.required("person", &mut command.person, person);
}

pub(super) fn appoint(fields: &mut Fields, command: &mut Appoint) {
    fields.required("position", &mut command.position, position);
}

pub(super) fn end_position(fields: &mut Fields, command: &mut EndPosition) {
    fields.id("position_id", &command.position_id, Kind::Position);
    reason(fields, &mut command.reason);
}

pub(super) fn delegate(fields: &mut Fields, command: &mut Delegate) {
    fields.required("delegation", &mut command.delegation, |fields, it| {
        fields.id("from_position_id", &it.from_position_id, Kind::Position);
        fields.id("to_position_id", &it.to_position_id, Kind::Position);
        if !it.from_position_id.is_empty() && it.from_position_id == it.to_position_id {
            fields.wrong(
                "to_position_id",
                reasons::TWICE,
                "must be another position than the one whose power it is",
            );
        }
        fields.required_line("basis", &mut it.basis, limits::BASIS);
        fields.lines("scope", &mut it.scope, limits::SCOPE);
        fields.required_date("valid_from", it.valid_from);
        fields.required_date("valid_to", it.valid_to);
        period(fields, it.valid_from, it.valid_to);
    });
}

pub(super) fn end_delegation(fields: &mut Fields, command: &mut EndDelegation) {
    fields.id("delegation_id", &command.delegation_id, Kind::Delegation);
    reason(fields, &mut command.reason);
}

pub(super) fn define_series(fields: &mut Fields, command: &mut DefineSeries) {
    fields.required("series", &mut command.series, series);
}

pub(super) fn close_series(fields: &mut Fields, command: &mut CloseSeries) {
    fields.id("series_id", &command.series_id, Kind::Series);
    reason(fields, &mut command.reason);
}

pub(super) fn set_holidays(fields: &mut Fields, command: &mut SetHolidays) {
    fields.required("table", &mut command.table, |fields, table| {
        fields.number("year", table.year, calendar::YEAR_MIN, calendar::YEAR_MAX);
        fields.required_line("basis", &mut table.basis, limits::BASIS);
        let year = table.year;
        days(fields, "days_off", &mut table.days_off, year, false);
        days(fields, "days_worked", &mut table.days_worked, year, true);
    });
}

pub(super) fn enrol_certificate(fields: &mut Fields, command: &mut EnrolCertificate) {
    fields.required("certificate", &mut command.certificate, certificate);
}

pub(super) fn withdraw_certificate(fields: &mut Fields, command: &mut WithdrawCertificate) {
    fields.id("certificate_id", &command.certificate_id, Kind::Certificate);
    reason(fields, &mut command.reason);
}

pub(super) fn set_credential(fields: &mut Fields, command: &mut SetCredential) {
    fields.required("credential", &mut command.credential, |fields, it| {
        fields.id("person_id", &it.person_id, Kind::Person);
        password_hash(fields, "password_hash", &it.password_hash);
    });
}

fn reason(fields: &mut Fields, value: &mut String) {
    fields.required_lines("reason", value, limits::REASON);
}

fn agency(fields: &mut Fields, it: &mut Agency) {
    fields.required_line("name", &mut it.name, limits::NAME);
    fields.line("superior", &mut it.superior, limits::NAME);
    abbreviation(fields, &mut it.abbreviation, true);
    fields.line("organ_id", &mut it.organ_id, limits::ORGAN_ID);
    if !it.organ_id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-') {
        fields.wrong(
            "organ_id",
            reasons::BAD_FORMAT,
            "must be letters, digits, dots and hyphens, e.g. H49.64.33",
        );
    }
    fields.required_line("place", &mut it.place, limits::PLACE);
    fields.required_line("head_title", &mut it.head_title, limits::TITLE);
}

fn unit(fields: &mut Fields, it: &mut Unit) {
    fields.required_line("name", &mut it.name, limits::NAME);
    abbreviation(fields, &mut it.abbreviation, false);
    // Nothing chosen: among the first.
    if it.rank == 0 {
        it.rank = 1;
    }
    fields.number("rank", it.rank, 1, limits::RANK);
}

/// Abbreviations become part of a notation: groups of letters and digits (NĐ 30/2020 Phụ lục I.II.3).
fn abbreviation(fields: &mut Fields, value: &mut String, required: bool) {
    fields.line("abbreviation", value, limits::ABBREVIATION);
    if required && value.is_empty() {
        fields.wrong("abbreviation", reasons::REQUIRED, "must not be empty");
    }
    if !value.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.') {
        fields.wrong(
            "abbreviation",
            reasons::BAD_FORMAT,
            "must be letters, digits, hyphens and dots without spaces",
        );
    }
}

fn person(fields: &mut Fields, it: &mut Person) {
    fields.required_line("full_name", &mut it.full_name, limits::FULL_NAME);
    it.login = it.login.trim().to_lowercase();
    let good = it.login.len() >= 2
        && it.login.len() <= limits::LOGIN
        && it.login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b));
    if it.login.is_empty() {
        fields.wrong("login", reasons::REQUIRED, "must not be empty");
    } else if !good {
        fields.wrong("login", reasons::BAD_FORMAT, "must be 2 to 64 of a-z, 0-9, dot, underscore, hyphen");
    }
    fields.line("email", &mut it.email, limits::EMAIL);
    if !it.email.is_empty() {
        let good = it.email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.contains('@') && !it.email.contains(' ')
        });
        if !good {
            fields.wrong("email", reasons::BAD_FORMAT, "must be an e-mail address, name@host");
        }
    }
}

fn position(fields: &mut Fields, it: &mut Position) {
    fields.id("person_id", &it.person_id, Kind::Person);
    fields.id("unit_id", &it.unit_id, Kind::Unit);
    fields.required_line("title", &mut it.title, limits::TITLE);
    if it.roles.is_empty() {
        fields.wrong("roles", reasons::REQUIRED, "must name at least one role");
    }
    choices::<Role>(fields, "roles", &mut it.roles);
    choices::<SigningCapacity>(fields, "capacities", &mut it.capacities);
    fields.required_date("valid_from", it.valid_from);
    fields.date("valid_to", it.valid_to);
    period(fields, it.valid_from, it.valid_to);
}

/// Choices without repetition, in the order of the enum.
fn choices<E: TryFrom<i32>>(fields: &mut Fields, name: &str, values: &mut Vec<i32>) {
    fields.each(name, values, limits::CHOICES, |fields, value| {
        fields.choice::<E>("", *value);
    });
    values.sort_unstable();
    values.dedup();
}

fn period(fields: &mut Fields, from: Option<Date>, to: Option<Date>) {
    if let (Some(from), Some(to)) = (from, to)
        && calendar::compare(to, from).is_lt()
    {
        fields.wrong("valid_to", reasons::ENDS_BEFORE_START, "must not lie before valid_from");
    }
}

fn series(fields: &mut Fields, it: &mut Series) {
    fields.required_line("name", &mut it.name, limits::NAME);
    let book = fields.choice::<Book>("book", it.book);
    choices::<DocumentKind>(fields, "kinds", &mut it.kinds);
    if book == Some(Book::Outgoing) && it.kinds.contains(&i32::from(DocumentKind::Other)) {
        fields.wrong(
            "kinds",
            reasons::NOT_ALLOWED_HERE,
            "the agency issues no document of another kind than the 29",
        );
    }
}

/// Days of one year, sorted; workdays or weekends as the list asks.
fn days(fields: &mut Fields, name: &str, list: &mut [Date], year: i32, weekend: bool) {
    list.sort_unstable_by(|a, b| calendar::compare(*a, *b));
    let mut before = None;
    fields.each(name, list, limits::HOLIDAYS, |fields, day| {
        if !calendar::is_real(*day) {
            fields.wrong("", reasons::BAD_DATE, "is not a day of the calendar");
        } else if day.year != year {
            fields.wrong("", reasons::OUT_OF_RANGE, format!("is not a day of {year}"));
        } else if calendar::is_weekend(*day) != weekend {
            let text = if weekend {
                "is not a Saturday or Sunday; only those are worked instead"
            } else {
                "is a Saturday or Sunday, which are off by themselves"
            };
            fields.wrong("", reasons::NOT_ALLOWED_HERE, text);
        } else if before == Some(*day) {
            fields.wrong("", reasons::TWICE, "is there twice");
        }
        before = Some(*day);
    });
}

fn certificate(fields: &mut Fields, it: &mut Certificate) {
    if it.seal {
        fields.absent("person_id", it.person_id.is_empty(), "the agency's seal belongs to no person");
    } else {
        fields.id("person_id", &it.person_id, Kind::Person);
    }
    fields.required_line("subject", &mut it.subject, limits::DISTINGUISHED_NAME);
    fields.required_line("issuer", &mut it.issuer, limits::DISTINGUISHED_NAME);
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if it.serial.is_empty() || it.serial.len() > limits::SERIAL_HEX || !it.serial.bytes().all(hex) {
        fields.wrong("serial", reasons::BAD_FORMAT, "must be 1 to 40 lower-case hex digits");
    }
    fields.digest("sha256", &it.sha256);
    for (name, at) in [("valid_from", &it.valid_from), ("valid_to", &it.valid_to)] {
        if at.is_none() {
            fields.wrong(name, reasons::REQUIRED, "must be given");
        }
        fields.timestamp(name, at.as_ref());
    }
    if let (Some(from), Some(to)) = (&it.valid_from, &it.valid_to)
        && calendar::millis(to) <= calendar::millis(from)
    {
        fields.wrong("valid_to", reasons::ENDS_BEFORE_START, "must lie after valid_from");
    }
}

fn password_hash(fields: &mut Fields, name: &str, value: &str) {
    let good = value.starts_with("$argon2id$")
        && value.len() <= limits::PASSWORD_HASH
        && value.bytes().all(|b| b.is_ascii_graphic());
    if !good {
        fields.wrong(name, reasons::BAD_FORMAT, "must be a PHC string of argon2id");
    }
}
