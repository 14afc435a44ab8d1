//! Which keys answer a request for a list.

use proto::archive::v1::{ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::{Caller, Date, IncomingStatus, Role};

use super::code::Code;
use super::key::Key;
use super::outgoing;
use super::sees::works_in_unit;
use crate::{calendar, id, reasons};

/// Keys k that start with `prefix` and for which `from` ≤ k\[prefix.len()..\] < `to`.
///
/// What comes after the prefix is the sort part, ending with the record's id: several ranges of one list are merged by
/// it, and the same record found in two ranges has the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// What all keys start with.
    pub prefix: Vec<u8>,
    /// First sort part, included; empty: from the start.
    pub from: Vec<u8>,
    /// First sort part that is left out; empty: to the end.
    pub to: Vec<u8>,
    /// True when the list is asked for from its other end.
    pub reverse: bool,
}

impl KeyRange {
    /// Everything under `prefix`.
    #[must_use]
    pub fn all(prefix: Vec<u8>, request: &ListRequest) -> Self {
        Self { prefix, from: Vec::new(), to: Vec::new(), reverse: request.reverse }
    }

    /// Everything under `prefix` whose sort part starts with a deadline that the request asks for.
    #[must_use]
    pub fn by_due(prefix: Vec<u8>, request: &ListRequest) -> Self {
        Self {
            prefix,
            from: request.due_from.as_ref().map(day).unwrap_or_default(),
            to: request.due_before.as_ref().map(day).unwrap_or_default(),
            reverse: request.reverse,
        }
    }

    /// Everything under `prefix` whose sort part starts with a day on which the request asks for numbers drawn.
    fn by_day_drawn(prefix: Vec<u8>, request: &ListRequest) -> Self {
        let after = |date: Date| day(&calendar::add_days(date, 1));
        Self {
            prefix,
            from: request.drawn_from.as_ref().map(day).unwrap_or_default(),
            to: request.drawn_to.map(after).unwrap_or_default(),
            reverse: request.reverse,
        }
    }
}

/// What a sort part that starts with a day starts with.
fn day(date: &Date) -> Vec<u8> {
    // A sort part has no code: take it off again.
    Key::of(Code::MyLead).date(Some(date)).prefix().split_off(1)
}

/// The keys that every list “of the caller” is partitioned by: the person, the unit, the roles.
pub(super) fn of_caller(code: Code, caller: &Caller) -> Vec<Key> {
    let mut keys = vec![Key::of(code).person(&caller.person_id)];
    if works_in_unit(caller) {
        keys.push(Key::of(code).unit(&caller.unit_id));
    }
    let mut roles: Vec<Role> = caller.roles().filter(|role| *role != Role::Unspecified).collect();
    roles.sort_unstable();
    roles.dedup();
    keys.extend(roles.into_iter().map(|role| Key::of(code).role(role)));
    keys
}

fn a_year(request: &ListRequest) -> Result<(), Fault> {
    if (calendar::YEAR_MIN..=calendar::YEAR_MAX).contains(&request.year) {
        return Ok(());
    }
    Err(Fault::invalid("year", reasons::OUT_OF_RANGE, "must be a year from 1900 to 9999"))
}

/// The key ranges that answer `request` for `caller`; page fields are the archive's to apply. Records found are still
/// to be shown only where [`super::sees`] says so.
///
/// # Errors
/// [`Fault::Invalid`] for an unknown list or a missing or wrong parameter.
pub fn range(request: &ListRequest, caller: &Caller) -> Result<Vec<KeyRange>, Fault> {
    let list = ListName::try_from(request.list).unwrap_or(ListName::Unspecified);
    for (field, date) in [
        ("due_from", request.due_from),
        ("due_before", request.due_before),
        ("drawn_from", request.drawn_from),
        ("drawn_to", request.drawn_to),
    ] {
        if date.is_some_and(|date| !calendar::is_real(date)) {
            return Err(Fault::invalid(
                field,
                reasons::BAD_DATE,
                "the day does not exist; give a day of the calendar",
            ));
        }
    }
    let whole = |code: Code| Ok(vec![KeyRange::all(Key::of(code).prefix(), request)]);
    let each = |code: Code| {
        Ok(of_caller(code, caller).into_iter().map(|key| KeyRange::all(key.prefix(), request)).collect())
    };
    let each_by_due = |code: Code| {
        Ok(of_caller(code, caller).into_iter().map(|key| KeyRange::by_due(key.prefix(), request)).collect())
    };
    match list {
        ListName::Unspecified => Err(Fault::invalid(
            "list",
            reasons::UNKNOWN_CHOICE,
            "there is no such list; name one of ListName",
        )),
        ListName::Units => whole(Code::Units),
        ListName::People => whole(Code::People),
        ListName::Positions => whole(Code::Positions),
        ListName::Delegations => whole(Code::Delegations),
        ListName::Series => whole(Code::Series),
        ListName::Holidays => whole(Code::Holidays),
        ListName::Certificates => whole(Code::Certificates),
        ListName::SeriesYears => each(Code::SeriesYears),
        ListName::Register => {
            if id::kind(&request.series_id) != Some(id::Kind::Series) {
                return Err(Fault::invalid("series_id", reasons::BAD_ID, "must name a series, ser_…"));
            }
            a_year(request)?;
            let between_days = request.drawn_from.is_some() || request.drawn_to.is_some();
            let code = if between_days { Code::RegisterByDay } else { Code::Register };
            Ok(of_caller(code, caller)
                .into_iter()
                .map(|key| key.text(&request.series_id).i32(request.year).prefix())
                .map(|prefix| match between_days {
                    true => KeyRange::by_day_drawn(prefix, request),
                    false => KeyRange::all(prefix, request),
                })
                .collect())
        }
        ListName::ReservedNumbers => each(Code::ReservedNumbers),
        ListName::VoidNumbers => {
            a_year(request)?;
            Ok(of_caller(Code::VoidNumbers, caller)
                .into_iter()
                .map(|key| KeyRange::all(key.i32(request.year).prefix(), request))
                .collect())
        }
        ListName::IncomingByStatus => match IncomingStatus::try_from(request.incoming_status) {
            Err(_) | Ok(IncomingStatus::Unspecified) => Err(Fault::invalid(
                "incoming_status",
                reasons::UNKNOWN_CHOICE,
                "must be a status of IncomingStatus",
            )),
            Ok(status) => Ok(of_caller(Code::IncomingByStatus, caller)
                .into_iter()
                .map(|key| KeyRange::all(key.i32(status.into()).prefix(), request))
                .collect()),
        },
        ListName::IncomingForDirection => Ok(vec![KeyRange::all(
            Key::of(Code::IncomingForDirection).person(&caller.person_id).prefix(),
            request,
        )]),
        ListName::IncomingAll => each(Code::IncomingAll),
        ListName::MyLead => each_by_due(Code::MyLead),
        ListName::MySupporting => each_by_due(Code::MySupporting),
        ListName::MyInformation => each(Code::MyInformation),
        ListName::MyCompleted => each(Code::MyCompleted),
        ListName::GivenByMe => {
            Ok(vec![KeyRange::by_due(Key::of(Code::GivenByMe).person(&caller.person_id).prefix(), request)])
        }
        ListName::OpenAssignments => each_by_due(Code::OpenAssignments),
        ListName::ByEvidence => outgoing::by_evidence(request),
        ListName::Unchecked => Ok(vec![KeyRange::all(Key::of(Code::Unchecked).prefix(), request)]),
        ListName::OutgoingByStatus
        | ListName::MyDrafts
        | ListName::MyReturnedDrafts
        | ListName::DraftsForReview
        | ListName::DraftsForFormCheck
        | ListName::DraftsForApproval
        | ListName::ForSignature
        | ListName::SignedByMe
        | ListName::SigningFailed
        | ListName::OutgoingAll => outgoing::range(list, request, caller),
    }
}
