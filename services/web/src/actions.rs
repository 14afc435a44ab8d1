//! What may be done with a document or an assignment now: the buttons of the pages, from one place.
//!
//! This is not a rule, only what is offered: the archive decides. It follows the policy's table (who) and the states
//! (when), so that no button is shown that would be refused.

use proto::record::v1::principal::Who;
use proto::record::v1::{
    Assignment, AssignmentRole, AssignmentStatus, Caller, IncomingDocument, IncomingStatus, Role,
    SecurityMarking,
};

use crate::texts::t;

/// One thing that may be done now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    /// A verb.
    pub(crate) label: &'static str,
    /// Where its form is.
    pub(crate) href: String,
    /// Its key.
    pub(crate) key: &'static str,
    /// True for the main act of the page: the first button.
    pub(crate) main: bool,
    /// True for what sends the thing back: the last button, apart.
    pub(crate) back: bool,
}

/// How the address of handing on within the unit ends.
const HAND_ON: &str = "giao";

impl Action {
    /// An act beside others.
    pub(crate) fn new(label: &'static str, href: String, key: &'static str) -> Self {
        Self { label, href, key, main: false, back: false }
    }

    /// The verb in a word or two, for the lines of lists.
    pub(crate) fn short(&self) -> &'static str {
        if self.href.ends_with(HAND_ON) { t::actions::hand_on_short() } else { self.label }
    }

    /// The main act of the page.
    pub(crate) fn main(mut self) -> Self {
        self.main = true;
        self
    }

    /// What sends the thing back.
    pub(crate) fn back(mut self) -> Self {
        self.back = true;
        self
    }
}

fn has(caller: &Caller, role: Role) -> bool {
    caller.roles.contains(&(role as i32))
}

/// The acts on a document that came in, with those on the caller's own assignments of it.
pub(crate) fn on_incoming(
    id: &str,
    document: &IncomingDocument,
    assignments: &[(String, Assignment)],
    caller: &Caller,
) -> Vec<Action> {
    use IncomingStatus as S;
    let status = document.status();
    let clerk = has(caller, Role::Clerk);
    let mine = document.submitted_to == caller.person_id && has(caller, Role::Leader);
    let at = |act: &str| format!("/van-ban/{id}/{act}");
    let mut actions = Vec::new();
    if clerk && status == S::Received {
        actions.push(Action::new(t::actions::register(), format!("/tiep-nhan?vb={id}"), "v").main());
    }
    // A secret document is handed over on paper (domain refuses to route it).
    let routed = document.facts.as_ref().is_none_or(|f| f.marking() <= SecurityMarking::None);
    if clerk && routed && matches!(status, S::Registered | S::Submitted) {
        let submit = Action::new(
            if status == S::Registered { t::actions::submit() } else { t::actions::submit_other() },
            at("trinh"),
            "t",
        );
        actions.push(if status == S::Registered { submit.main() } else { submit });
    }
    if mine && status == S::Submitted {
        actions.push(Action::new(t::actions::direct(), format!("/chi-dao?vb={id}"), "y").main());
    }
    for (assignment_id, assignment) in assignments {
        if assignee_is(assignment, caller, true) || assignee_is(assignment, caller, false) {
            actions.extend(on_assignment(assignment_id, assignment, caller));
        }
    }
    let works = document.status() == S::Directed
        && assignments.iter().any(|(_, a)| is_worker(a, caller) && a.role() == AssignmentRole::Lead);
    if works {
        actions.push(
            Action::new(t::actions::draft_answer(), format!("/van-ban-di/soan?tra-loi={id}"), "s").main(),
        );
    }
    if clerk && matches!(status, S::Registered | S::Submitted | S::Directed | S::Completed) {
        actions.push(Action::new(t::actions::correct(), at("sua"), "e"));
    }
    if !matches!(status, S::Received | S::Returned) {
        actions.push(Action::new(t::actions::print_slip(), at("phieu"), "p"));
    }
    let directed = document.direction.as_ref().is_some_and(|d| d.person_id == caller.person_id);
    if status == S::Directed && directed && has(caller, Role::Leader) && nobody_opened(assignments) {
        actions.push(Action::new(t::actions::undo_direction(), at("hoan-tac"), "z").back());
    }
    if clerk && status == S::Received {
        actions.push(Action::new(t::actions::send_back(), at("tra-lai"), "r").back());
    }
    if clerk && matches!(status, S::Registered | S::Submitted) && document.number.is_some() {
        actions.push(Action::new(t::actions::void_number(), at("huy-so"), "x").back());
    }
    arranged(actions)
}

/// The acts on an assignment.
pub(crate) fn on_assignment(id: &str, assignment: &Assignment, caller: &Caller) -> Vec<Action> {
    if assignment.status() != AssignmentStatus::Open || assignment.role() == AssignmentRole::ForInformation {
        return Vec::new();
    }
    let at = |act: &str| format!("/viec/{id}/{act}");
    let mut actions = Vec::new();
    let own = assignee_is(assignment, caller, true);
    let unit = assignee_is(assignment, caller, false);
    let head = has(caller, Role::HeadOfUnit);
    if head && (own || unit) {
        actions.push(Action::new(t::actions::hand_on(), at(HAND_ON), "i").main());
    }
    if own || (unit && head) {
        let done = Action::new(t::actions::report_done(), at("hoan-thanh"), "d");
        actions.push(if head { done } else { done.main() });
    }
    if own || unit {
        actions.push(Action::new(t::actions::report_progress(), at("tien-do"), "b"));
    }
    if !extension(id, assignment, caller).is_empty() {
        actions.push(Action::new(t::actions::extend(), at("gia-han"), "h"));
    }
    actions
}

/// Where the deadline of an assignment that the caller gave is moved; empty when it cannot be.
pub(crate) fn extension(id: &str, assignment: &Assignment, caller: &Caller) -> String {
    let open = matches!(assignment.status(), AssignmentStatus::Open | AssignmentStatus::HandedOn);
    if open && assignment.assigned_by == caller.person_id && assignment.due_date.is_some() {
        format!("/viec/{id}/gia-han")
    } else {
        String::new()
    }
}

/// True when the assignment is the caller's own or, for the head, of the unit.
fn is_worker(assignment: &Assignment, caller: &Caller) -> bool {
    assignment.status() == AssignmentStatus::Open
        && (assignee_is(assignment, caller, true)
            || (assignee_is(assignment, caller, false) && has(caller, Role::HeadOfUnit)))
}

fn assignee_is(assignment: &Assignment, caller: &Caller, person: bool) -> bool {
    match assignment.assignee.as_ref().and_then(|a| a.who.as_ref()) {
        Some(Who::PersonId(id)) => person && *id == caller.person_id,
        Some(Who::UnitId(id)) => !person && *id == caller.unit_id,
        _ => false,
    }
}

fn nobody_opened(assignments: &[(String, Assignment)]) -> bool {
    assignments.iter().all(|(_, a)| a.first_opened_by.is_empty())
}

/// One main act, first; what sends back, last; no act twice; no key twice.
fn arranged(mut actions: Vec<Action>) -> Vec<Action> {
    let mut seen: Vec<String> = Vec::new();
    actions.retain(|a| {
        let new = !seen.contains(&a.href);
        seen.push(a.href.clone());
        new
    });
    if let Some(first) = actions.iter().position(|a| a.main) {
        for (i, action) in actions.iter_mut().enumerate() {
            action.main = i == first;
        }
    }
    actions.sort_by_key(|a| (!a.main, a.back));
    let mut keys: Vec<&'static str> = Vec::new();
    for action in &mut actions {
        if keys.contains(&action.key) {
            action.key = "";
        } else {
            keys.push(action.key);
        }
    }
    actions
}

#[cfg(test)]
mod tests {
    use proto::record::v1::Principal;

    use super::*;

    fn caller(person: &str, unit: &str, roles: &[Role]) -> Caller {
        Caller {
            person_id: person.to_owned(),
            unit_id: unit.to_owned(),
            roles: roles.iter().map(|r| *r as i32).collect(),
            ..Caller::default()
        }
    }

    fn labels(actions: &[Action]) -> Vec<&'static str> {
        actions.iter().map(|a| a.label).collect()
    }

    #[test]
    fn a_received_document_is_registered_or_returned_by_the_clerk_and_nobody_else() {
        let document =
            IncomingDocument { status: IncomingStatus::Received as i32, ..IncomingDocument::default() };
        let clerk = on_incoming("in_1", &document, &[], &caller("per_1", "unit_1", &[Role::Clerk]));
        assert_eq!(labels(&clerk), ["Vào sổ", "Trả lại nơi gửi"]);
        assert!(clerk[0].main && clerk[1].back);
        let officer = on_incoming("in_1", &document, &[], &caller("per_2", "unit_1", &[Role::Officer]));
        assert!(officer.is_empty());
    }

    #[test]
    fn only_the_leader_it_was_submitted_to_directs() {
        let document = IncomingDocument {
            status: IncomingStatus::Submitted as i32,
            submitted_to: "per_9".to_owned(),
            ..IncomingDocument::default()
        };
        let to =
            |person| labels(&on_incoming("in_1", &document, &[], &caller(person, "unit_1", &[Role::Leader])));
        assert!(to("per_9").contains(&"Cho ý kiến"));
        assert!(!to("per_8").contains(&"Cho ý kiến"));
    }

    #[test]
    fn the_head_hands_on_what_is_of_the_unit_and_an_officer_completes_his_own() {
        let assignment = |who| Assignment {
            status: AssignmentStatus::Open as i32,
            role: AssignmentRole::Lead as i32,
            assignee: Some(Principal { who: Some(who) }),
            ..Assignment::default()
        };
        let unit = assignment(Who::UnitId("unit_1".to_owned()));
        let head = caller("per_1", "unit_1", &[Role::HeadOfUnit]);
        assert_eq!(
            labels(&on_assignment("asg_1", &unit, &head)),
            ["Giao người trong đơn vị", "Báo xong", "Báo tiến độ"]
        );
        let officer = caller("per_2", "unit_1", &[Role::Officer]);
        assert_eq!(labels(&on_assignment("asg_1", &unit, &officer)), ["Báo tiến độ"]);
        let own = assignment(Who::PersonId("per_2".to_owned()));
        assert_eq!(labels(&on_assignment("asg_2", &own, &officer)), ["Báo xong", "Báo tiến độ"]);
        assert!(on_assignment("asg_2", &own, &caller("per_3", "unit_2", &[Role::Officer])).is_empty());
    }

    #[test]
    fn what_is_for_information_asks_for_nothing() {
        let assignment = Assignment {
            status: AssignmentStatus::Open as i32,
            role: AssignmentRole::ForInformation as i32,
            assignee: Some(Principal { who: Some(Who::PersonId("per_2".to_owned())) }),
            ..Assignment::default()
        };
        assert!(on_assignment("asg_1", &assignment, &caller("per_2", "unit_1", &[Role::Officer])).is_empty());
    }

    #[test]
    fn a_direction_can_be_taken_back_until_somebody_opened_it() {
        let document = IncomingDocument {
            status: IncomingStatus::Directed as i32,
            direction: Some(proto::record::v1::Direction {
                person_id: "per_9".to_owned(),
                ..Default::default()
            }),
            ..IncomingDocument::default()
        };
        let leader = caller("per_9", "unit_0", &[Role::Leader]);
        let mut assignment = Assignment::default();
        let fresh = on_incoming("in_1", &document, &[("asg_1".to_owned(), assignment.clone())], &leader);
        assert!(labels(&fresh).contains(&"Hoàn tác ý kiến"));
        assignment.first_opened_by = "per_2".to_owned();
        let opened = on_incoming("in_1", &document, &[("asg_1".to_owned(), assignment)], &leader);
        assert!(!labels(&opened).contains(&"Hoàn tác ý kiến"));
    }

    #[test]
    fn no_page_has_two_main_acts_or_one_key_twice() {
        let document = IncomingDocument {
            status: IncomingStatus::Directed as i32,
            number: Some(proto::record::v1::RegisterNumber::default()),
            ..IncomingDocument::default()
        };
        let assignment = Assignment {
            status: AssignmentStatus::Open as i32,
            role: AssignmentRole::Lead as i32,
            assigned_by: "per_1".to_owned(),
            due_date: Some(proto::record::v1::Date { year: 2026, month: 11, day: 18 }),
            assignee: Some(Principal { who: Some(Who::PersonId("per_1".to_owned())) }),
            ..Assignment::default()
        };
        let all = caller("per_1", "unit_1", &[Role::Clerk, Role::Leader, Role::HeadOfUnit, Role::Officer]);
        let two = [("asg_1".to_owned(), assignment.clone()), ("asg_2".to_owned(), assignment)];
        let actions = on_incoming("in_1", &document, &two, &all);
        assert_eq!(actions.iter().filter(|a| a.main).count(), 1);
        let mut keys: Vec<_> = actions.iter().map(|a| a.key).filter(|k| !k.is_empty()).collect();
        let n = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), n);
    }
}
