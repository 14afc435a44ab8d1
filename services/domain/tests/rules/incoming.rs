//! Submit, direct, undo, hand on, progress, completion, deadlines, openings.

use domain::index::sees;
use domain::testing::{Office, give, letter, person, unit};
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::{
    Appoint, Assignment, AssignmentRole, AssignmentStatus, Caller, CompleteAssignment, Date, DirectIncoming,
    EndPosition, ExtendDeadline, HandOn, IncomingStatus, NewAssignment, OpenedNow, Position, RecordOpened,
    ReportProgress, Role, SubmitIncoming, UndoDirection,
};

use crate::{assignment, day, document, position, reason, violations};

use AssignmentRole::{ForInformation, Lead, Supporting};

fn submit(id: &str, leader: &Caller) -> C {
    C::SubmitIncoming(SubmitIncoming {
        document_id: id.to_owned(),
        leader_id: leader.person_id.clone(),
        note: String::new(),
    })
}

fn direct(id: &str, assignments: Vec<NewAssignment>, due_date: Option<Date>) -> C {
    C::DirectIncoming(DirectIncoming {
        document_id: id.to_owned(),
        text: "Giải quyết".to_owned(),
        assignments,
        due_date,
    })
}

fn undo(id: &str) -> C {
    C::UndoDirection(UndoDirection { document_id: id.to_owned() })
}

fn hand_on(id: &str, to: &Caller, due_date: Option<Date>) -> C {
    C::HandOn(HandOn {
        assignment_id: id.to_owned(),
        person_id: to.person_id.clone(),
        instruction: String::new(),
        due_date,
    })
}

fn complete(id: &str, result: &str) -> C {
    C::CompleteAssignment(CompleteAssignment { assignment_id: id.to_owned(), result: result.to_owned() })
}

fn extend(id: &str, due_date: Date) -> C {
    C::ExtendDeadline(ExtendDeadline {
        assignment_id: id.to_owned(),
        due_date: Some(due_date),
        reason: "chờ ý kiến Sở Tài chính".to_owned(),
    })
}

fn open(office: &Office, ids: &[&str]) -> C {
    let at = Some(office.world.moment().timestamp());
    C::RecordOpened(RecordOpened {
        opened: ids.iter().map(|id| OpenedNow { document_id: (*id).to_owned(), at }).collect(),
    })
}

fn me(caller: &Caller) -> proto::record::v1::Principal {
    person(&caller.person_id)
}

/// A document directed to the second unit, the office officer helping, the form checker informed, due on 13 March.
fn directed() -> (Office, String, Vec<String>) {
    let mut office = Office::new();
    let assignments = vec![
        give(Lead, unit(&office.unit)),
        give(Supporting, me(&office.office_officer)),
        give(ForInformation, me(&office.form_checker)),
    ];
    let (id, assigned) = office.direct(letter("1"), assignments, Some(day(3, 13)));
    (office, id, assigned)
}

#[test]
fn only_a_registered_document_is_submitted_and_only_to_a_leader() {
    let mut office = Office::new();
    let received = office.receive(letter("1"), vec![]);
    assert_eq!(reason(office.world.run(&office.clerk, submit(&received, &office.leader))), "NOT_REGISTERED");
    let id = office.register(letter("2"));
    assert_eq!(reason(office.world.run(&office.clerk, submit(&id, &office.officer))), "NOT_A_LEADER");
    assert_eq!(reason(office.world.run(&office.archivist, submit(&id, &office.leader))), "NOT_YOUR_ROLE");
    assert_eq!(reason(office.world.run(&office.officer, submit(&id, &office.leader))), "UNKNOWN");
    office.world.run(&office.clerk, submit(&id, &office.leader)).expect("submitted");
    assert_eq!(document(&office.world, &id).status(), IncomingStatus::Submitted);
    assert_eq!(reason(office.world.run(&office.clerk, submit(&id, &office.leader))), "NOTHING_CHANGES");
    office.world.run(&office.clerk, submit(&id, &office.deputy)).expect("to another leader instead");
    let mine = vec![give(Lead, me(&office.officer))];
    assert_eq!(reason(office.world.run(&office.leader, direct(&id, mine.clone(), None))), "NOT_YOURS");
    office.world.run(&office.deputy, direct(&id, mine, None)).expect("the deputy directs");
    assert_eq!(reason(office.world.run(&office.clerk, submit(&id, &office.leader))), "WRONG_STATE");
}

#[test]
fn a_direction_has_exactly_one_lead_and_nobody_twice() {
    let mut office = Office::new();
    let id = office.submit(letter("1"));
    let officer = me(&office.officer);
    let ask = |assignments: Vec<NewAssignment>| {
        violations(office.world.ask(&office.leader, None, direct(&id, assignments, None)))
    };
    assert_eq!(ask(vec![]), [("assignments".to_owned(), "EXACTLY_ONE_LEAD")]);
    assert_eq!(
        ask(vec![give(Lead, officer.clone()), give(Lead, me(&office.head))]),
        [("assignments".to_owned(), "EXACTLY_ONE_LEAD")]
    );
    assert_eq!(
        ask(vec![give(Lead, officer.clone()), give(Supporting, officer.clone())]),
        [("assignments[1].assignee".to_owned(), "TWICE")]
    );
    let role = proto::record::v1::Principal {
        who: Some(proto::record::v1::principal::Who::Role(Role::Officer.into())),
    };
    let late = NewAssignment { due_date: Some(day(3, 9)), ..give(ForInformation, me(&office.head)) };
    assert_eq!(
        ask(vec![
            give(Lead, role),
            NewAssignment { assignee: None, ..give(Supporting, officer.clone()) },
            late,
            NewAssignment { role: 8, ..give(Supporting, me(&office.archivist)) },
        ]),
        [
            ("assignments[0].assignee.role".to_owned(), "NOT_ALLOWED_HERE"),
            ("assignments[1].assignee".to_owned(), "REQUIRED"),
            ("assignments[2].due_date".to_owned(), "NOT_ALLOWED_HERE"),
            ("assignments[3].role".to_owned(), "UNKNOWN_CHOICE"),
        ]
    );
}

#[test]
fn a_deadline_is_not_in_the_past_and_work_goes_to_those_who_are_there() {
    let mut office = Office::new();
    let id = office.submit(letter("1"));
    let past = NewAssignment { due_date: Some(day(2, 27)), ..give(Supporting, unit("unit_99")) };
    assert_eq!(
        violations(office.world.ask(
            &office.leader,
            None,
            direct(&id, vec![give(Lead, person("per_99")), past], Some(day(3, 1)))
        )),
        [
            ("due_date".to_owned(), "IN_PAST"),
            ("assignments[0].assignee".to_owned(), "NOT_THERE"),
            ("assignments[1].due_date".to_owned(), "IN_PAST"),
            ("assignments[1].assignee".to_owned(), "NOT_THERE"),
        ]
    );
    let left = EndPosition { position_id: office.officer.position_id.clone(), reason: "nghỉ".to_owned() };
    office.world.run(&office.administrator, C::EndPosition(left)).expect("ended");
    let to_nobody = direct(&id, vec![give(Lead, me(&office.officer))], None);
    assert_eq!(
        violations(office.world.ask(&office.leader, None, to_nobody)),
        [("assignments[0].assignee".to_owned(), "NOT_THERE")]
    );
    let today = direct(&id, vec![give(Lead, me(&office.head))], Some(day(3, 2)));
    office.world.run(&office.leader, today).expect("today is not past");
}

#[test]
fn one_act_makes_direction_assignments_and_deadline() {
    let (office, id, assigned) = directed();
    let it = document(&office.world, &id);
    assert_eq!(it.status(), IncomingStatus::Directed);
    assert_eq!(it.lead_assignment_id, assigned[0]);
    assert_eq!(it.assignment_ids, assigned);
    assert_eq!(it.due_date, Some(day(3, 13)));
    let direction = it.direction.clone().expect("a direction");
    assert_eq!(direction.person_id, office.leader.person_id);
    assert_eq!(direction.position_id, office.leader.position_id);
    assert_eq!(direction.assignment_ids, assigned);
    let due: Vec<_> = assigned.iter().map(|id| assignment(&office.world, id).due_date).collect();
    assert_eq!(due, [Some(day(3, 13)), Some(day(3, 13)), None]);
    assert_eq!(assignment(&office.world, &assigned[1]).instruction, "Tham mưu trả lời");
    assert_eq!(assignment(&office.world, &assigned[0]).assigned_by, office.leader.person_id);
    assert!(office.world.records()[&id].version == office.world.records()[&assigned[2]].version);
    office.world.assert_rebuilds();
}

#[test]
fn a_direction_is_undone_until_a_receiver_has_opened_it() {
    let (mut office, id, assigned) = directed();
    // The leader's own look and the clerk's count for nothing.
    let looked = open(&office, &[&id]);
    office.world.run(&office.leader, looked.clone()).expect("looked");
    office.world.run(&office.clerk, looked.clone()).expect("looked");
    assert!(sees(&office.world.records()[&id], &office.officer));
    office.world.run(&office.leader, undo(&id)).expect("nobody has opened it");
    let it = document(&office.world, &id);
    assert_eq!(it.status(), IncomingStatus::Submitted);
    assert!(it.assignment_ids.is_empty() && it.direction.is_none() && it.due_date.is_none());
    for id in &assigned {
        assert_eq!(assignment(&office.world, id).status(), AssignmentStatus::Withdrawn);
    }
    for caller in [&office.officer, &office.office_officer, &office.form_checker] {
        assert!(
            !sees(&office.world.records()[&id], caller),
            "who had it by the direction alone sees it no more"
        );
        assert!(!sees(&office.world.records()[&assigned[0]], caller));
    }
    for caller in [&office.leader, &office.clerk, &office.archivist] {
        assert!(sees(&office.world.records()[&id], caller));
    }
    assert_eq!(reason(office.world.run(&office.leader, undo(&id))), "NOT_YOURS");

    let again = direct(&id, vec![give(Lead, unit(&office.unit))], None);
    office.world.run(&office.leader, again).expect("directed anew");
    let looked = open(&office, &[&id]);
    office.world.run(&office.officer, looked).expect("a receiver opens it");
    assert_eq!(reason(office.world.run(&office.leader, undo(&id))), "OPENED_ALREADY");
    assert_eq!(reason(office.world.run(&office.deputy, undo(&id))), "UNKNOWN");
    office.world.assert_rebuilds();
}

#[test]
fn a_head_hands_on_within_the_unit_and_not_later() {
    let (mut office, _, assigned) = directed();
    let lead = &assigned[0];
    let (head, officer) = (office.head.clone(), office.officer.clone());
    assert_eq!(reason(office.world.run(&officer, hand_on(lead, &officer, None))), "NOT_YOUR_ROLE");
    assert_eq!(reason(office.world.run(&office.office_head, hand_on(lead, &officer, None))), "NOT_YOURS");
    assert_eq!(
        violations(office.world.ask(&head, None, hand_on(lead, &office.office_officer, Some(day(3, 16))))),
        [("person_id".to_owned(), "NOT_IN_UNIT"), ("due_date".to_owned(), "LATER_THAN_OWN")]
    );
    assert_eq!(
        violations(office.world.ask(&head, None, hand_on(lead, &officer, Some(day(3, 1))))),
        [("due_date".to_owned(), "IN_PAST")]
    );
    let made = office.world.run(&head, hand_on(lead, &officer, Some(day(3, 10)))).expect("handed on");
    let child =
        made.iter().find(|it| it.id.starts_with("asg_") && !assigned.contains(&it.id)).expect("a child");
    let State::Assignment(it) = child.state.clone().expect("a state") else { panic!("no assignment") };
    assert_eq!(it.parent_id, *lead);
    assert_eq!((it.role(), it.status(), it.due_date), (Lead, AssignmentStatus::Open, Some(day(3, 10))));
    let parent = assignment(&office.world, lead);
    assert_eq!(parent.status(), AssignmentStatus::HandedOn);
    assert_eq!(parent.first_opened_by, head.person_id, "who hands on has opened it");
    assert_eq!(reason(office.world.run(&head, hand_on(lead, &officer, None))), "WRONG_STATE");
    office.world.assert_rebuilds();
}

#[test]
fn work_given_to_a_head_in_person_is_handed_on_too_and_not_without_end() {
    let mut office = Office::new();
    let (_, assigned) = office.direct(letter("1"), vec![give(Lead, me(&office.head))], None);
    let (head, officer) = (office.head.clone(), office.officer.clone());
    assert_eq!(
        violations(office.world.ask(&head, None, hand_on(&assigned[0], &head, None))),
        [("person_id".to_owned(), "TWICE")]
    );
    // A deputy head in the same unit: the work could go round for ever.
    let second = Position {
        roles: vec![Role::HeadOfUnit.into()],
        title: "Phó Trưởng phòng".to_owned(),
        ..position(&office.world, &officer.position_id).clone()
    };
    let made = office
        .world
        .run(&office.administrator, C::Appoint(Appoint { position: Some(second) }))
        .expect("appointed");
    let deputy = office.world.caller(&made[0].id);
    let mut id = assigned[0].clone();
    let mut times = 0;
    loop {
        let (from, to) = if times % 2 == 0 { (&head, &deputy) } else { (&deputy, &head) };
        match office.world.run(from, hand_on(&id, to, None)) {
            Ok(made) => {
                id = made
                    .into_iter()
                    .find(|it| matches!(&it.state, Some(State::Assignment(a)) if a.status() == AssignmentStatus::Open))
                    .expect("a child")
                    .id;
            }
            Err(fault) => {
                assert_eq!(reason(Err::<(), _>(fault)), "HANDED_ON_TOO_OFTEN");
                break;
            }
        }
        times += 1;
    }
    assert_eq!(times, domain::limits::HAND_ON_DEPTH - 1);
    let last = if times % 2 == 0 { &head } else { &deputy };
    office.world.run(last, complete(&id, "xong")).expect("the last one completes the whole chain");
    assert_eq!(assignment(&office.world, &assigned[0]).status(), AssignmentStatus::Completed);
}

#[test]
fn progress_is_told_by_who_has_the_work() {
    let (mut office, _, assigned) = directed();
    let tell = |id: &str, text: &str| {
        C::ReportProgress(ReportProgress { assignment_id: id.to_owned(), text: text.to_owned() })
    };
    office.world.run(&office.officer, tell(&assigned[0], "đã lấy số liệu")).expect("of the unit");
    assert_eq!(assignment(&office.world, &assigned[0]).progress, "đã lấy số liệu");
    assert_eq!(reason(office.world.run(&office.leader, tell(&assigned[0], "xong chưa"))), "NOT_YOURS");
    assert_eq!(reason(office.world.run(&office.form_checker, tell(&assigned[2], "đã đọc"))), "NOT_WORK");
    assert_eq!(reason(office.world.run(&office.officer, tell(&assigned[0], ""))), "REQUIRED");
    assert_eq!(reason(office.world.run(&office.other_officer, tell("asg_99", "x"))), "UNKNOWN");
}

#[test]
fn completing_the_lead_completes_the_document_and_what_helpers_have_open() {
    let (mut office, id, assigned) = directed();
    assert_eq!(reason(office.world.run(&office.officer, complete(&assigned[0], "xong"))), "NOT_YOURS");
    office.world.set_clock(day(3, 16), 9);
    office.world.run(&office.head, complete(&assigned[0], "đã báo cáo")).expect("completed");
    let it = document(&office.world, &id).clone();
    assert_eq!(it.status(), IncomingStatus::Completed);
    assert!(it.completed_at.is_some());
    let status: Vec<_> = assigned.iter().map(|id| assignment(&office.world, id).status()).collect();
    assert_eq!(
        status,
        [AssignmentStatus::Completed, AssignmentStatus::Completed, AssignmentStatus::Open],
        "what is for information stays to be read"
    );
    assert_eq!(assignment(&office.world, &assigned[0]).result, "đã báo cáo");
    assert_eq!(assignment(&office.world, &assigned[1]).result, "");
    assert_eq!(reason(office.world.run(&office.head, complete(&assigned[0], "nữa"))), "WRONG_STATE");
    let work = domain::calendar::WorkCalendar::read(&office.world).expect("a map can be read");
    let late = domain::lateness::of_document(&it, day(12, 31), &work).expect("had a deadline");
    assert_eq!((late.late, late.days_late, late.given, late.missing_years), (true, 1, 9, vec![2026]));
}

#[test]
fn a_helper_completes_the_helpers_part_only() {
    let (mut office, id, assigned) = directed();
    office.world.run(&office.office_officer, complete(&assigned[1], "đã góp ý")).expect("completed");
    assert_eq!(document(&office.world, &id).status(), IncomingStatus::Directed);
    assert_eq!(assignment(&office.world, &assigned[0]).status(), AssignmentStatus::Open);
    assert_eq!(assignment(&office.world, &assigned[1]).completed_by, office.office_officer.person_id);
    assert_eq!(reason(office.world.run(&office.form_checker, complete(&assigned[2], "đọc rồi"))), "NOT_WORK");
}

#[test]
fn what_was_handed_on_completes_from_below_and_from_above() {
    for from_below in [true, false] {
        let (mut office, id, assigned) = directed();
        let (head, officer) = (office.head.clone(), office.officer.clone());
        let made = office.world.run(&head, hand_on(&assigned[0], &officer, None)).expect("handed on");
        let child = made
            .iter()
            .map(|it| it.id.clone())
            .find(|id| id.starts_with("asg_") && !assigned.contains(id))
            .expect("a child");
        if from_below {
            office.world.run(&officer, complete(&child, "xong")).expect("completed");
            assert_eq!(assignment(&office.world, &assigned[0]).result, "xong");
        } else {
            office.world.run(&head, complete(&assigned[0], "tôi làm")).expect("completed");
            assert_eq!(assignment(&office.world, &child).status(), AssignmentStatus::Completed);
        }
        assert_eq!(document(&office.world, &id).status(), IncomingStatus::Completed, "{from_below}");
        office.world.assert_rebuilds();
    }
}

#[test]
fn the_giver_moves_the_deadline_with_a_reason() {
    let (mut office, id, assigned) = directed();
    let (leader, head, officer) = (office.leader.clone(), office.head.clone(), office.officer.clone());
    let made = office.world.run(&head, hand_on(&assigned[0], &officer, None)).expect("handed on");
    let child = made
        .iter()
        .map(|it| it.id.clone())
        .find(|id| id.starts_with("asg_") && !assigned.contains(id))
        .expect("a child");
    assert_eq!(reason(office.world.run(&head, extend(&assigned[0], day(3, 20)))), "NOT_YOURS");
    assert_eq!(reason(office.world.run(&head, extend(&child, day(3, 20)))), "LATER_THAN_OWN");
    assert_eq!(reason(office.world.run(&leader, extend(&assigned[0], day(3, 13)))), "NOT_LATER");
    assert_eq!(reason(office.world.run(&leader, extend(&assigned[2], day(3, 20)))), "NOT_WORK");
    office.world.run(&leader, extend(&assigned[0], day(3, 20))).expect("extended");
    assert_eq!(document(&office.world, &id).due_date, Some(day(3, 20)));
    let lead = assignment(&office.world, &assigned[0]);
    assert_eq!((lead.due_date, lead.original_due_date), (Some(day(3, 20)), Some(day(3, 13))));
    assert_eq!(assignment(&office.world, &child).due_date, Some(day(3, 20)), "the same deadline moves along");
    assert_eq!(assignment(&office.world, &assigned[1]).due_date, Some(day(3, 13)));
    office.world.run(&leader, extend(&assigned[1], day(3, 18))).expect("a helper's");
    assert_eq!(
        document(&office.world, &id).due_date,
        Some(day(3, 20)),
        "only the lead's moves the document's"
    );
    office.world.run(&leader, extend(&assigned[0], day(3, 25))).expect("again");
    assert_eq!(
        assignment(&office.world, &assigned[0]).original_due_date,
        Some(day(3, 13)),
        "the first stays"
    );
    office.world.set_clock(day(4, 1), 9);
    assert_eq!(reason(office.world.run(&leader, extend(&assigned[0], day(3, 31)))), "IN_PAST");
    office.world.run(&head, complete(&assigned[0], "xong")).expect("completed");
    assert_eq!(reason(office.world.run(&leader, extend(&assigned[0], day(4, 10)))), "WRONG_STATE");
    office.world.assert_rebuilds();
}

#[test]
fn a_head_extends_what_was_handed_on_with_a_shorter_deadline() {
    let (mut office, id, assigned) = directed();
    let (head, officer) = (office.head.clone(), office.officer.clone());
    let made = office.world.run(&head, hand_on(&assigned[0], &officer, Some(day(3, 6)))).expect("handed on");
    let child = made
        .iter()
        .map(|it| it.id.clone())
        .find(|id| id.starts_with("asg_") && !assigned.contains(id))
        .expect("a child");
    office.world.run(&head, extend(&child, day(3, 9))).expect("within the unit's own");
    assert_eq!(assignment(&office.world, &child).due_date, Some(day(3, 9)));
    assert_eq!(document(&office.world, &id).due_date, Some(day(3, 13)));
    office.world.run(&office.leader, extend(&assigned[0], day(3, 20))).expect("extended");
    assert_eq!(assignment(&office.world, &child).due_date, Some(day(3, 9)), "another deadline stays");
}

#[test]
fn without_a_deadline_there_is_none_to_move() {
    let mut office = Office::new();
    let (_, assigned) = office.direct(letter("1"), vec![give(Lead, me(&office.officer))], None);
    assert_eq!(reason(office.world.run(&office.leader, extend(&assigned[0], day(3, 20)))), "NO_DEADLINE");
}

#[test]
fn an_opening_is_kept_once_and_never_changes_the_document() {
    let (mut office, id, assigned) = directed();
    let version = office.world.records()[&id].version;
    let looked = open(&office, &[&id, &id, "in_404", "out_404"]);
    let events = office.world.ask(&office.officer, None, looked.clone()).expect("opened");
    assert_eq!(events.len(), 2, "who opened what, and the unit's assignment");
    office.world.run(&office.officer, looked.clone()).expect("opened");
    assert_eq!(office.world.records()[&id].version, version);
    assert_eq!(assignment(&office.world, &assigned[0]).first_opened_by, office.officer.person_id);
    assert_eq!(assignment(&office.world, &assigned[1]).first_opened_by, "", "another's is not opened by it");
    assert!(office.world.ask(&office.officer, None, looked.clone()).expect("nothing new").is_empty());
    let second = office.world.ask(&office.other_officer, None, looked).expect("another of the unit");
    assert!(matches!(second.as_slice(), [one] if matches!(one.event, Some(E::Opened(_)))));
    let opened = format!("opn_{}_{id}", office.officer.person_id);
    for (who, caller) in office.everybody() {
        assert_eq!(sees(&office.world.records()[&opened], caller), who == "officer", "{who}");
    }
}

#[test]
fn an_opening_is_never_later_than_the_clock_nor_older_than_a_day() {
    let (mut office, id, _) = directed();
    let now = office.world.at_ms;
    for (told, kept) in [(now + 60_000, now), (0, now - domain::testing::DAY_MS), (now - 5_000, now - 5_000)]
    {
        let command = RecordOpened {
            opened: vec![OpenedNow { document_id: id.clone(), at: Some(domain::calendar::timestamp(told)) }],
        };
        let events = office.world.ask(&office.head, None, C::RecordOpened(command)).expect("opened");
        let Some(E::Opened(opened)) = &events[0].event else { panic!("no opening") };
        assert_eq!(opened.at, Some(domain::calendar::timestamp(kept)));
    }
    office.world.set_clock(day(3, 3), 9);
    let many = C::RecordOpened(RecordOpened { opened: vec![OpenedNow { document_id: id, at: None }; 201] });
    assert_eq!(violations(office.world.ask(&office.head, None, many)), [("opened".to_owned(), "TOO_LONG")]);
}

#[test]
fn readers_grow_with_every_hand_it_goes_through() {
    let (mut office, id, assigned) = directed();
    let child_of = |office: &Office| -> Vec<Assignment> {
        office
            .world
            .records()
            .values()
            .filter_map(|it| match &it.state {
                Some(State::Assignment(a)) if !a.parent_id.is_empty() => Some(a.clone()),
                _ => None,
            })
            .collect()
    };
    assert!(sees(&office.world.records()[&id], &office.office_head), "the head of the helper's unit");
    office
        .world
        .run(&office.office_head.clone(), hand_on(&assigned[0], &office.officer.clone(), None))
        .expect_err("not the office's");
    let (head, officer) = (office.head.clone(), office.officer.clone());
    office.world.run(&head, hand_on(&assigned[0], &officer, None)).expect("handed on");
    assert_eq!(child_of(&office).len(), 1);
    for id in [&id, &assigned[0], &assigned[1], &assigned[2]] {
        assert_eq!(office.world.records()[id].readers, office.world.records()[&assigned[0]].readers);
        assert!(!sees(&office.world.records()[id], &office.administrator));
    }
}
