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

/// The line of a document. `numbered`: who gave the number and when, which the history knows.
pub(super) fn of(
    document: &OutgoingDocument,
    numbered: Option<&str>,
    roll: &Roll,
    today: &Date,
) -> Vec<Step> {
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
                OutgoingStatus::Signed => document.number.as_ref().map(|n| {
                    let number = t::outgoing::number_is(crate::view::document::ordinal(n));
                    numbered.map_or_else(|| number.clone(), |by| format!("{number} · {by}"))
                }),
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
    joined(&name, &at.map(|at| day::lately(at, today)).unwrap_or_default())
}

/// Who and when, as far as either is known.
pub(super) fn joined(name: &str, when: &str) -> String {
    match (name.is_empty(), when.is_empty()) {
        (true, _) => when.to_owned(),
        (_, true) => name.to_owned(),
        _ => format!("{name}, {when}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(status: OutgoingStatus) -> Vec<&'static str> {
        let document = OutgoingDocument { status: status.into(), ..OutgoingDocument::default() };
        let today = Date { year: 2026, month: 11, day: 18 };
        of(&document, None, &Roll::default(), &today).iter().map(|s| s.state).collect()
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
    fn the_number_is_told_with_who_gave_it_and_when() {
        let number = proto::record::v1::RegisterNumber { ordinal: 7, ..Default::default() };
        let document = OutgoingDocument {
            status: OutgoingStatus::Numbered.into(),
            number: Some(number),
            ..OutgoingDocument::default()
        };
        let today = Date { year: 2026, month: 11, day: 18 };
        let told = of(&document, Some("Lê Thị Bình, 09:15"), &Roll::default(), &today);
        assert_eq!(told[5].by, "số 07 · Lê Thị Bình, 09:15");
    }

    #[test]
    fn a_returned_draft_is_told_from_a_new_one() {
        let document = OutgoingDocument {
            status: OutgoingStatus::Drafted.into(),
            return_reason: "Thiếu căn cứ".to_owned(),
            ..OutgoingDocument::default()
        };
        let today = Date { year: 2026, month: 11, day: 18 };
        assert_eq!(of(&document, None, &Roll::default(), &today)[0].state, "back");
    }
}
