//! Who has a document: the tree of its assignments.

use proto::record::v1::principal::Who;
use proto::record::v1::{Assignment, AssignmentRole, AssignmentStatus, Date};

use crate::actions;
use crate::desk::Desk;
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::deadline::{Deadline, of_assignment};

/// One who has the document, as the tree shows it.
pub(crate) struct Holder {
    pub(crate) name: String,
    pub(crate) sub: String,
    pub(crate) part: &'static str,
    pub(crate) part_class: &'static str,
    pub(crate) deadline: Deadline,
    pub(crate) opened: String,
    /// True when nobody has opened it who should.
    pub(crate) unopened: bool,
    pub(crate) said: String,
    pub(crate) children: Vec<Holder>,
    /// Where its deadline is moved; empty when the reader may not.
    pub(crate) extension: String,
}

/// Those under `parent`, with those under them.
pub(super) fn tree(
    assignments: &[(String, Assignment)],
    parent: &str,
    desk: &Desk,
    today: &Date,
) -> Vec<Holder> {
    assignments
        .iter()
        .filter(|(id, a)| a.parent_id == parent && id != parent && a.status() != AssignmentStatus::Withdrawn)
        .map(|(id, a)| {
            let head = match a.assignee.as_ref().and_then(|p| p.who.as_ref()) {
                Some(Who::UnitId(unit)) => desk.roll.head_of(unit, today),
                Some(Who::PersonId(person)) => desk.roll.title_of(person, today),
                _ => String::new(),
            };
            // What is given to a unit is answered for by its head, whose name stands there.
            let me = match a.assignee.as_ref().and_then(|p| p.who.as_ref()) {
                Some(Who::UnitId(unit)) => desk.roll.heads(&desk.person_id, unit, today),
                _ => desk.is_me(a.assignee.as_ref()),
            };
            let opened = match (&a.first_opened_at, a.role()) {
                (Some(at), _) => t::document::opened(day::lately(at, today)),
                (None, _) if a.status() == AssignmentStatus::Completed => String::new(),
                (None, _) => t::document::unopened().to_owned(),
            };
            let said =
                [&a.result, &a.progress].into_iter().find(|t| !t.is_empty()).cloned().unwrap_or_default();
            Holder {
                name: desk.roll.principal(a.assignee.as_ref()),
                sub: if me && !head.is_empty() { t::document::is_me(head) } else { head },
                part: terms::part(a.role()),
                part_class: match a.role() {
                    AssignmentRole::Lead => "tag tag-accent",
                    AssignmentRole::Supporting => "tag",
                    _ => "soft small",
                },
                deadline: of_assignment(a, *today, &desk.roll.work),
                unopened: a.first_opened_at.is_none() && a.status() != AssignmentStatus::Completed,
                opened,
                said,
                children: tree(assignments, id, desk, today),
                extension: actions::extension(id, a, &desk.caller()),
            }
        })
        .collect()
}
