//! An office in which everybody does anything: whatever is allowed leaves documents and work in order.

use domain::index::{is_secret, sees};
use domain::testing::{Office, give, letter, person, unit};
use proptest::prelude::*;
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::{
    Assignment, AssignmentRole, AssignmentStatus, Caller, CompleteAssignment, CorrectIncoming,
    DirectIncoming, DocumentFacts, ExtendDeadline, HandOn, IncomingDocument, IncomingStatus, OpenedNow,
    RecordOpened, ReportProgress, ReturnIncoming, SecurityMarking, SubmitIncoming, SwitchSecretRegistration,
    UndoDirection, Urgency, VoidNumber,
};

use crate::{assignment, day};

/// Who does what to which, by index: taken modulo what there is.
#[derive(Debug, Clone)]
struct Deed {
    what: usize,
    who: usize,
    to: usize,
    which: usize,
    days: i64,
    secret: bool,
}

fn deed() -> impl Strategy<Value = Deed> {
    (0usize..16, 0usize..11, 0usize..11, any::<usize>(), 0i64..20, prop::bool::weighted(0.1))
        .prop_map(|(what, who, to, which, days, secret)| Deed { what, who, to, which, days, secret })
}

fn pick<'a>(office: &'a Office, prefix: &str, which: usize) -> &'a str {
    let ids: Vec<&str> =
        office.world.records().keys().map(String::as_str).filter(|id| id.starts_with(prefix)).collect();
    if ids.is_empty() { "" } else { ids[which % ids.len()] }
}

/// The deed as a command; half of them by the one whose step it is, or little would ever be allowed.
fn command(office: &Office, deed: &Deed, n: usize) -> (Caller, C) {
    let anybody = office.everybody()[deed.who].1.clone();
    let other = office.everybody()[deed.to].1.clone();
    let lawful = !deed.which.is_multiple_of(3);
    let by = |caller: &Caller| if lawful { caller.clone() } else { anybody.clone() };
    let due = Some(domain::calendar::add_days(office.world.today(), deed.days - 2));
    let document_id = pick(office, "in_", deed.which).to_owned();
    let assignment_id = pick(office, "asg_", deed.which).to_owned();
    let worker = |office: &Office| -> Caller {
        let Some(State::Assignment(it)) =
            office.world.records().get(&assignment_id).and_then(|record| record.state.as_ref())
        else {
            return anybody.clone();
        };
        let assignee = it.assignee.clone().unwrap_or_default();
        let found = office
            .everybody()
            .into_iter()
            .find(|(_, it)| assignee == person(&it.person_id))
            .map(|(_, it)| it.clone());
        by(&found.unwrap_or_else(|| office.head.clone()))
    };
    let mut facts = DocumentFacts { issued_date: None, ..letter(&(n % 7).to_string()) };
    if deed.secret {
        facts.marking = SecurityMarking::Secret.into();
    }
    match deed.what {
        0 | 1 => {
            let command = proto::record::v1::ReceiveIncoming {
                facts: Some(facts),
                channel: proto::record::v1::Channel::Paper.into(),
                ..Default::default()
            };
            (by(&office.clerk), C::ReceiveIncoming(command))
        }
        2 | 3 => {
            let mut command = if document_id.is_empty() {
                proto::record::v1::RegisterIncoming { document_id: "in_404".to_owned(), ..Default::default() }
            } else {
                office.registration(&document_id)
            };
            command.despite_duplicate = deed.days % 2 == 0;
            if deed.days > 10 {
                command.submit_to = office.leader.person_id.clone();
            }
            (by(&office.clerk), C::RegisterIncoming(command))
        }
        4 => {
            let leader_id = if lawful { office.leader.person_id.clone() } else { other.person_id };
            (
                by(&office.clerk),
                C::SubmitIncoming(SubmitIncoming { document_id, leader_id, note: String::new() }),
            )
        }
        5 | 6 => {
            let assignments = vec![
                give(
                    AssignmentRole::Lead,
                    if deed.days % 2 == 0 { unit(&office.unit) } else { person(&other.person_id) },
                ),
                give(AssignmentRole::Supporting, unit(&office.office_unit)),
                give(AssignmentRole::ForInformation, person(&office.form_checker.person_id)),
            ];
            let text = "Giải quyết".to_owned();
            (
                by(&office.leader),
                C::DirectIncoming(DirectIncoming { document_id, text, assignments, due_date: due }),
            )
        }
        7 => (by(&office.leader), C::UndoDirection(UndoDirection { document_id })),
        8 => {
            let person_id = if lawful { office.officer.person_id.clone() } else { other.person_id };
            let command = HandOn { assignment_id, person_id, instruction: String::new(), due_date: None };
            (by(&office.head), C::HandOn(command))
        }
        9 => {
            (worker(office), C::ReportProgress(ReportProgress { assignment_id, text: "đang làm".to_owned() }))
        }
        10 => (
            worker(office),
            C::CompleteAssignment(CompleteAssignment { assignment_id, result: "xong".to_owned() }),
        ),
        11 => {
            let command = ExtendDeadline { assignment_id, due_date: due, reason: "thêm việc".to_owned() };
            (by(&office.leader), C::ExtendDeadline(command))
        }
        12 => {
            let at = Some(office.world.moment().timestamp());
            (anybody, C::RecordOpened(RecordOpened { opened: vec![OpenedNow { document_id, at }] }))
        }
        13 => {
            let entry_id = pick(office, "reg_", deed.which).to_owned();
            (by(&office.clerk), C::VoidNumber(VoidNumber { entry_id, reason: "nhầm".to_owned() }))
        }
        14 => {
            let facts =
                DocumentFacts { urgency: Urgency::Urgent.into(), subject: format!("V/v khác {n}"), ..facts };
            let command = CorrectIncoming {
                document_id,
                facts: Some(facts),
                to_places: String::new(),
                reason: "sửa".to_owned(),
            };
            (by(&office.clerk), C::CorrectIncoming(command))
        }
        _ => {
            let reason = "nhầm".to_owned();
            (by(&office.clerk), C::ReturnIncoming(ReturnIncoming { document_id, reason }))
        }
    }
}

fn is_pending(it: &Assignment) -> bool {
    matches!(it.status(), AssignmentStatus::Open | AssignmentStatus::HandedOn)
}

fn in_order(office: &Office, id: &str, it: &IncomingDocument) {
    let record = &office.world.records()[id];
    let facts = it.facts.clone().unwrap_or_default();
    let registered = it.number.is_some();
    let assignments: Vec<(&String, &Assignment)> = office
        .world
        .records()
        .iter()
        .filter_map(|(key, record)| match &record.state {
            Some(State::Assignment(a)) if a.document_id == id => Some((key, a)),
            _ => None,
        })
        .collect();
    match it.status() {
        IncomingStatus::Received | IncomingStatus::Returned => {
            assert!(!registered && assignments.is_empty());
        }
        IncomingStatus::Registered => assert!(registered && assignments.iter().all(|(_, a)| !is_pending(a))),
        IncomingStatus::Submitted => {
            assert!(registered && !it.submitted_to.is_empty() && it.assignment_ids.is_empty());
            assert!(assignments.iter().all(|(_, a)| a.status() == AssignmentStatus::Withdrawn));
        }
        IncomingStatus::Directed => {
            let lead = assignment(&office.world, &it.lead_assignment_id);
            assert!(is_pending(lead) && lead.role() == AssignmentRole::Lead);
            assert_eq!(lead.due_date, it.due_date, "the document's deadline is its lead's");
            let leads = it.assignment_ids.iter().filter(|id| {
                let a = assignment(&office.world, id);
                a.role() == AssignmentRole::Lead && a.parent_id.is_empty()
            });
            assert_eq!(leads.count(), 1);
        }
        IncomingStatus::Completed | IncomingStatus::Void => {
            let closed = |a: &Assignment| !is_pending(a) || a.role() == AssignmentRole::ForInformation;
            assert!(registered && assignments.iter().all(|(_, a)| closed(a)));
        }
        IncomingStatus::Unspecified => panic!("{id} has no status"),
    }
    for (key, a) in &assignments {
        if a.status() != AssignmentStatus::Withdrawn {
            assert_eq!(a.subject, facts.subject, "lists show the document's subject");
            assert_eq!(office.world.records()[*key].readers, record.readers, "who sees {id} sees {key}");
            assert!(it.assignment_ids.contains(key));
        }
        if a.status() == AssignmentStatus::HandedOn {
            let children = assignments.iter().filter(|(_, child)| child.parent_id == **key);
            assert_eq!(children.count(), 1, "what is handed on is carried by one");
        }
        if let (Some(due), false) = (a.due_date, a.parent_id.is_empty()) {
            let own = assignment(&office.world, &a.parent_id).due_date.expect("handed on with a deadline");
            assert!(domain::calendar::compare(due, own).is_le(), "never later than what it hangs on");
        }
    }
    if is_secret(record) {
        assert!(assignments.is_empty() && it.files.is_empty() && it.submitted_to.is_empty());
        for (who, caller) in office.everybody() {
            assert_eq!(sees(record, caller), who == "clerk");
        }
    }
    // By the role and by the unit nothing; only what somebody gave to the person by name.
    let by_name = record.readers.contains(&person(&office.administrator.person_id));
    assert_eq!(sees(record, &office.administrator), by_name);
    assert!(sees(record, &office.clerk));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::cases(64), ..ProptestConfig::default() })]

    #[test]
    fn everything_stays_in_order(deeds in prop::collection::vec(deed(), 20..120)) {
        let mut office = Office::new();
        let admin = office.administrator.clone();
        let on = SwitchSecretRegistration { on: true, reason: "QĐ 3/QĐ-SNV".to_owned() };
        office.world.run(&admin, C::SwitchSecretRegistration(on)).expect("on");
        for (n, deed) in deeds.iter().enumerate() {
            office.world.at_ms += 3_600_000;
            let (caller, command) = command(&office, deed, n);
            match office.world.run(&caller, command) {
                Ok(_) | Err(Fault::Invalid(_) | Fault::Unknown { .. } | Fault::Denied { .. } | Fault::Refused { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        }
        for (id, record) in office.world.records() {
            if let Some(State::Incoming(document)) = &record.state {
                in_order(&office, id, document);
            }
        }
        office.world.assert_rebuilds();
        prop_assert!(domain::calendar::compare(office.world.today(), day(3, 2)).is_ge());
    }
}
