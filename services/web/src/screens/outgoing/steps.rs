//! The order of the law as a line: dự thảo → nội dung → thể thức → duyệt → ký → số → dấu → phát hành
//! (NĐ 30/2020 Điều 10–19, 32).

use proto::record::v1::{Date, OutgoingDocument, OutgoingStatus, Remark};

use crate::roll::Roll;
use crate::texts::t::{self, Words};
use crate::view::day;

/// One step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// Its words.
    pub(super) label: &'static str,
    /// `done`, `now`, `next` or `back`.
    pub(super) state: &'static str,
    /// What a reader hears of the state.
    pub(super) heard: &'static str,
    /// Who and when, where known.
    pub(super) by: String,
}

const ORDER: [(OutgoingStatus, Words); 8] = [
    (OutgoingStatus::Drafted, t::outgoing::step_draft),
    (OutgoingStatus::Submitted, t::outgoing::step_content),
    (OutgoingStatus::Reviewed, t::outgoing::step_form),
    (OutgoingStatus::FormChecked, t::outgoing::step_approval),
    (OutgoingStatus::Approved, t::outgoing::step_signature),
    (OutgoingStatus::Signed, t::outgoing::step_number),
    (OutgoingStatus::Numbered, t::outgoing::step_seal),
    (OutgoingStatus::Sealed, t::outgoing::step_issue),
];

/// The line of a document.
pub(super) fn of(document: &OutgoingDocument, roll: &Roll, today: &Date) -> Vec<Step> {
    let status = document.status();
    let over = status >= OutgoingStatus::Issued && status != OutgoingStatus::Withdrawn;
    let given_up = status == OutgoingStatus::Withdrawn;
    let remark = |r: &Option<Remark>| r.as_ref().map(|r| who_when(&r.person_id, r.at.as_ref(), roll, today));
    ORDER
        .iter()
        .map(|(begins, label)| {
            // A step is done once the document stands behind the status in which it begins.
            let done = over || (!given_up && status > *begins);
            let now = !over && !given_up && status == *begins;
            let by = match begins {
                OutgoingStatus::Drafted => {
                    Some(who_when(&document.drafter_id, document.drafted_at.as_ref(), roll, today))
                }
                OutgoingStatus::Submitted => remark(&document.reviewed),
                OutgoingStatus::Reviewed => remark(&document.form_checked),
                OutgoingStatus::FormChecked => remark(&document.approved),
                OutgoingStatus::Approved => {
                    document.signed_at.as_ref().map(|at| who_when(&document.signer_id, Some(at), roll, today))
                }
                OutgoingStatus::Signed => document
                    .number
                    .as_ref()
                    .map(|n| t::outgoing::number_is(crate::view::document::ordinal(n))),
                OutgoingStatus::Numbered => {
                    document.sealed_at.as_ref().map(|at| who_when(&document.sealed_by, Some(at), roll, today))
                }
                _ => {
                    document.issued_at.as_ref().map(|at| who_when(&document.issued_by, Some(at), roll, today))
                }
            };
            let returned = now && *begins == OutgoingStatus::Drafted && !document.return_reason.is_empty();
            let (state, heard) = match (done, now, returned) {
                (true, ..) => ("done", t::outgoing::heard_done()),
                (_, _, true) => ("back", t::outgoing::heard_back()),
                (_, true, _) => ("now", t::outgoing::heard_now()),
                _ => ("next", t::outgoing::heard_next()),
            };
            let by = by.filter(|_| done || *begins == OutgoingStatus::Drafted).unwrap_or_default();
            Step { label: label(), state, heard, by }
        })
        .collect()
}

fn who_when(person: &str, at: Option<&prost_types::Timestamp>, roll: &Roll, today: &Date) -> String {
    let name = if person.is_empty() { String::new() } else { roll.person(person) };
    let when = at.map(|at| day::lately(at, today)).unwrap_or_default();
    match (name.is_empty(), when.is_empty()) {
        (true, _) => when,
        (_, true) => name,
        _ => format!("{name}, {when}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: OutgoingStatus) -> Vec<&'static str> {
        let document = OutgoingDocument { status: status.into(), ..OutgoingDocument::default() };
        let today = Date { year: 2026, month: 11, day: 18 };
        of(&document, &Roll::default(), &today).iter().map(|s| s.state).collect()
    }

    #[test]
    fn one_step_is_now_what_is_before_is_done_and_what_is_behind_is_not() {
        let numbered = line(OutgoingStatus::Numbered);
        assert_eq!(numbered, ["done", "done", "done", "done", "done", "done", "now", "next"]);
        assert!(line(OutgoingStatus::Issued).iter().all(|s| *s == "done"));
        assert!(line(OutgoingStatus::Recalled).iter().all(|s| *s == "done"));
        assert!(!line(OutgoingStatus::Withdrawn).contains(&"now"));
    }

    #[test]
    fn a_returned_draft_is_told_from_a_new_one() {
        let document = OutgoingDocument {
            status: OutgoingStatus::Drafted.into(),
            return_reason: "Thiếu căn cứ".to_owned(),
            ..OutgoingDocument::default()
        };
        let today = Date { year: 2026, month: 11, day: 18 };
        assert_eq!(of(&document, &Roll::default(), &today)[0].state, "back");
    }
}
