//! Agency, people, units, positions, delegations, series, holidays, certificates, credentials.

use domain::policy::DIRECTORY;
use domain::testing::{Office, World, founding, give, letter, unit};
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::{
    AddPerson, AddUnit, Agency, Appoint, AssignmentRole, Book, Caller, Certificate, ChangeAgency,
    ChangePerson, ChangeUnit, CloseSeries, Credential, Date, DefineSeries, Delegate, Delegation,
    DocumentKind, EndDelegation, EndPosition, EnrolCertificate, HolidayTable, Person, Position, Role, Series,
    SetCredential, SetHolidays, SigningCapacity, SwitchSecretRegistration, Unit, WithdrawCertificate,
};

use crate::{a_person, day, position, reason, violations};

fn person(name: &str, login: &str) -> Person {
    Person { full_name: name.to_owned(), login: login.to_owned(), active: true, email: String::new() }
}

fn id_of(records: &[proto::record::v1::Record], prefix: &str) -> String {
    records.iter().find(|it| it.id.starts_with(prefix)).map(|it| it.id.clone()).expect("a record of the kind")
}

#[test]
fn an_agency_is_founded_once_by_directorys_key_alone() {
    let mut world = World::empty(day(3, 2));
    let nobody = Caller::default();
    assert_eq!(reason(world.run(&nobody, C::FoundAgency(founding()))), "ONLY_SERVICE");
    assert_eq!(reason(world.run_as(&nobody, Some("intake"), C::FoundAgency(founding()))), "ONLY_SERVICE");
    let made = world.run_as(&nobody, Some(DIRECTORY), C::FoundAgency(founding())).expect("founded");
    assert_eq!(made.iter().filter(|it| it.id.starts_with("ser_")).count(), 4);
    assert!(made.iter().all(|it| it.version == 1));
    let State::Agency(agency) = world.state("agency") else { panic!("no agency") };
    assert!(!agency.secret_registration);
    assert_eq!(reason(world.run_as(&nobody, Some(DIRECTORY), C::FoundAgency(founding()))), "FOUNDED_ALREADY");
    world.assert_rebuilds();
}

#[test]
fn every_field_that_is_wrong_is_told_at_once() {
    let mut founding = founding();
    founding.title = "  ".to_owned();
    founding.password_hash = "secret".to_owned();
    founding.person = Some(person("", "Ông Ấy"));
    founding.agency = Some(Agency { name: "x".repeat(201), ..founding.agency.expect("given") });
    founding.unit = None;
    let world = World::empty(day(3, 2));
    assert_eq!(
        violations(world.ask(&Caller::default(), Some(DIRECTORY), C::FoundAgency(founding))),
        [
            ("agency.name".to_owned(), "TOO_LONG"),
            ("unit".to_owned(), "REQUIRED"),
            ("person.full_name".to_owned(), "REQUIRED"),
            ("person.login".to_owned(), "BAD_FORMAT"),
            ("title".to_owned(), "REQUIRED"),
            ("password_hash".to_owned(), "BAD_FORMAT"),
        ]
    );
}

#[test]
fn text_is_kept_in_nfc_and_trimmed() {
    let mut office = Office::new();
    // “Đào Thị Ấn” in NFD, with spaces around.
    let decomposed = "  Đa\u{300}o  Thi\u{323} A\u{302}\u{301}n ";
    let made = office
        .world
        .run(
            &office.administrator,
            C::AddPerson(AddPerson { person: Some(person(decomposed, " DaoThiAn ")) }),
        )
        .expect("added");
    let added = a_person(&office.world, &id_of(&made, "per_"));
    assert_eq!(added.full_name, "Đào Thị Ấn");
    assert_eq!(added.login, "daothian");
}

#[test]
fn a_login_belongs_to_one_person_for_ever() {
    let mut office = Office::new();
    let taken = C::AddPerson(AddPerson { person: Some(person("Người Khác", "vanthu")) });
    assert_eq!(violations(office.world.run(&office.administrator, taken.clone()))[0].1, "LOGIN_TAKEN");
    let clerk = office.clerk.person_id.clone();
    let left = Person { active: false, ..a_person(&office.world, &clerk).clone() };
    office
        .world
        .run(&office.administrator, C::ChangePerson(ChangePerson { person_id: clerk, person: Some(left) }))
        .expect("the clerk leaves");
    assert_eq!(violations(office.world.run(&office.administrator, taken))[0].1, "LOGIN_TAKEN");
}

#[test]
fn who_leaves_loses_positions_and_can_act_no_more() {
    let mut office = Office::new();
    let person_id = office.clerk.person_id.clone();
    let left = Person { active: false, ..a_person(&office.world, &person_id).clone() };
    office
        .world
        .run(&office.administrator, C::ChangePerson(ChangePerson { person_id, person: Some(left) }))
        .expect("the clerk leaves");
    assert!(position(&office.world, &office.clerk.position_id).ended);
    let receive = C::ReceiveIncoming(proto::record::v1::ReceiveIncoming {
        facts: Some(letter("1")),
        channel: proto::record::v1::Channel::Paper.into(),
        ..Default::default()
    });
    assert_eq!(reason(office.world.run(&office.clerk, receive)), "UNAUTHENTICATED");
}

#[test]
fn a_caller_needs_a_position_that_is_held_today() {
    let mut office = Office::new();
    let add = || {
        C::AddUnit(AddUnit {
            unit: Some(Unit {
                name: "Phòng mới".to_owned(),
                abbreviation: "PM".to_owned(),
                active: true,
                rank: 3,
            }),
        })
    };
    let good = office.administrator.clone();
    let table: [(&str, Caller); 5] = [
        ("another's position", Caller { position_id: office.clerk.position_id.clone(), ..good.clone() }),
        ("another person", Caller { person_id: office.clerk.person_id.clone(), ..good.clone() }),
        ("another unit", Caller { unit_id: office.unit.clone(), ..good.clone() }),
        (
            "a role that the position lacks",
            Caller { roles: vec![Role::Administrator.into(), Role::Clerk.into()], ..good.clone() },
        ),
        ("a delegation that is not there", Caller { delegation_id: "del_9".to_owned(), ..good.clone() }),
    ];
    for (what, caller) in table {
        assert_eq!(reason(office.world.run(&caller, add())), "UNAUTHENTICATED", "{what}");
    }
    office.world.run(&good, add()).expect("the administrator may");
    office.world.set_clock(Date { year: 2025, month: 12, day: 31 }, 9);
    assert_eq!(reason(office.world.run(&good, add())), "UNAUTHENTICATED", "before the position begins");
}

#[test]
fn the_last_administrator_stays() {
    let mut office = Office::new();
    let admin = office.administrator.clone();
    let end =
        C::EndPosition(EndPosition { position_id: admin.position_id.clone(), reason: "nghỉ".to_owned() });
    let leave = C::ChangePerson(ChangePerson {
        person_id: admin.person_id.clone(),
        person: Some(Person { active: false, ..a_person(&office.world, &admin.person_id).clone() }),
    });
    assert_eq!(reason(office.world.run(&admin, end.clone())), "LAST_ADMINISTRATOR");
    assert_eq!(reason(office.world.run(&admin, leave.clone())), "LAST_ADMINISTRATOR");
    let second = Position {
        roles: vec![Role::Administrator.into()],
        valid_from: Some(day(3, 2)),
        valid_to: None,
        ..position(&office.world, &office.officer.position_id).clone()
    };
    let later = Position { valid_from: Some(day(3, 3)), ..second.clone() };
    office.world.run(&admin, C::Appoint(Appoint { position: Some(later) })).expect("one from tomorrow on");
    assert_eq!(
        reason(office.world.run(&admin, end.clone())),
        "LAST_ADMINISTRATOR",
        "tomorrow's is none today"
    );
    office.world.run(&admin, C::Appoint(Appoint { position: Some(second) })).expect("a second one");
    office.world.run(&admin, end.clone()).expect("another remains");
    assert_eq!(reason(office.world.run(&admin, end)), "UNAUTHENTICATED", "the position is over");
    office.world.assert_rebuilds();
}

#[test]
fn a_position_needs_a_person_a_unit_and_days_in_order() {
    let office = Office::new();
    let good = position(&office.world, &office.officer.position_id).clone();
    let appoint = |position: Position| {
        violations(office.world.ask(
            &office.administrator,
            None,
            C::Appoint(Appoint { position: Some(position) }),
        ))
    };
    assert_eq!(
        appoint(Position { person_id: "per_99".to_owned(), unit_id: "unit_99".to_owned(), ..good.clone() }),
        [("position.person_id".to_owned(), "NOT_THERE"), ("position.unit_id".to_owned(), "NOT_THERE")]
    );
    assert_eq!(
        appoint(Position { valid_from: Some(day(3, 2)), valid_to: Some(day(3, 1)), ..good.clone() }),
        [("position.valid_to".to_owned(), "ENDS_BEFORE_START")]
    );
    assert_eq!(
        appoint(Position { valid_to: Some(day(2, 1)), ..good.clone() }),
        [("position.valid_to".to_owned(), "IN_PAST")]
    );
    assert_eq!(
        appoint(Position {
            roles: vec![],
            valid_from: Some(Date { year: 2026, month: 2, day: 30 }),
            ..good.clone()
        }),
        [("position.roles".to_owned(), "REQUIRED"), ("position.valid_from".to_owned(), "BAD_DATE")]
    );
    assert_eq!(
        appoint(Position { roles: vec![99], capacities: vec![77], ..good }),
        [
            ("position.roles[0]".to_owned(), "UNKNOWN_CHOICE"),
            ("position.capacities[0]".to_owned(), "UNKNOWN_CHOICE")
        ]
    );
}

#[test]
fn a_unit_with_people_or_work_is_not_closed() {
    let mut office = Office::new();
    let State::Unit(now) = office.world.state(&office.unit).clone() else { panic!("no unit") };
    let close =
        C::ChangeUnit(ChangeUnit { unit_id: office.unit.clone(), unit: Some(Unit { active: false, ..now }) });
    assert_eq!(reason(office.world.run(&office.administrator, close.clone())), "UNIT_HAS_POSITIONS");
    let (_, assigned) =
        office.direct(letter("1"), vec![give(AssignmentRole::Lead, unit(&office.unit))], None);
    for caller in [&office.head, &office.officer, &office.other_officer] {
        let end = EndPosition { position_id: caller.position_id.clone(), reason: "sáp nhập".to_owned() };
        office.world.run(&office.administrator, C::EndPosition(end)).expect("ended");
    }
    assert_eq!(reason(office.world.run(&office.administrator, close.clone())), "UNIT_HAS_WORK");
    let leader = office.leader.clone();
    let undo = proto::record::v1::UndoDirection {
        document_id: crate::assignment(&office.world, &assigned[0]).document_id.clone(),
    };
    office.world.run(&leader, C::UndoDirection(undo)).expect("nobody opened it");
    office.world.run(&office.administrator, close).expect("nothing is left");
    let appoint = Position {
        unit_id: office.unit.clone(),
        ..position(&office.world, &office.office_officer.position_id).clone()
    };
    assert_eq!(
        reason(office.world.run(&office.administrator, C::Appoint(Appoint { position: Some(appoint) }))),
        "NOT_THERE"
    );
}

fn delegation(from: &Caller, to: &Caller) -> Delegation {
    Delegation {
        from_position_id: from.position_id.clone(),
        to_position_id: to.position_id.clone(),
        basis: "QĐ số 12/QĐ-SNV ngày 01/3/2026".to_owned(),
        scope: "Ký văn bản của Phòng".to_owned(),
        valid_from: Some(day(3, 2)),
        valid_to: Some(day(3, 31)),
        ended: false,
    }
}

#[test]
fn a_delegation_is_written_limited_and_never_passed_on() {
    let mut office = Office::new();
    let (leader, head, officer) = (office.leader.clone(), office.head.clone(), office.officer.clone());
    let ask = |office: &Office, it: Delegation| {
        office.world.ask(&office.administrator, None, C::Delegate(Delegate { delegation: Some(it) }))
    };
    let good = delegation(&leader, &head);
    let fields = [
        (Delegation { basis: " ".to_owned(), ..good.clone() }, "delegation.basis", "REQUIRED"),
        (Delegation { valid_to: None, ..good.clone() }, "delegation.valid_to", "REQUIRED"),
        (Delegation { valid_from: None, ..good.clone() }, "delegation.valid_from", "REQUIRED"),
        (
            Delegation { valid_to: Some(day(3, 1)), ..good.clone() },
            "delegation.valid_to",
            "ENDS_BEFORE_START",
        ),
        (delegation(&leader, &leader), "delegation.to_position_id", "TWICE"),
    ];
    for (it, field, why) in fields {
        assert_eq!(violations(ask(&office, it)), [(field.to_owned(), why)]);
    }
    assert_eq!(reason(ask(&office, delegation(&officer, &head))), "NOTHING_TO_DELEGATE");
    let made = office
        .world
        .run(&office.administrator, C::Delegate(Delegate { delegation: Some(good.clone()) }))
        .expect("the head delegates");
    assert_eq!(reason(ask(&office, delegation(&head, &officer))), "REDELEGATION");

    let id = id_of(&made, "del_");
    let acting = Caller { delegation_id: id.clone(), ..head.clone() };
    let opened = proto::record::v1::RecordOpened {
        opened: vec![proto::record::v1::OpenedNow {
            document_id: "in_404".to_owned(),
            at: Some(office.world.moment().timestamp()),
        }],
    };
    office.world.ask(&acting, None, C::RecordOpened(opened.clone())).expect("in force");
    let end = C::EndDelegation(EndDelegation { delegation_id: id, reason: "hết việc".to_owned() });
    office.world.run(&office.administrator, end.clone()).expect("ended");
    assert_eq!(reason(office.world.ask(&acting, None, C::RecordOpened(opened))), "UNAUTHENTICATED");
    assert_eq!(reason(office.world.run(&office.administrator, end)), "ALREADY_ENDED");
}

#[test]
fn a_delegation_ends_with_either_position() {
    for whose in ["from", "to"] {
        let mut office = Office::new();
        let it = delegation(&office.leader, &office.head);
        let made = office
            .world
            .run(&office.administrator, C::Delegate(Delegate { delegation: Some(it) }))
            .expect("delegated");
        let ends = if whose == "from" { &office.leader } else { &office.head };
        let end = EndPosition { position_id: ends.position_id.clone(), reason: "điều động".to_owned() };
        office.world.run(&office.administrator, C::EndPosition(end)).expect("ended");
        let State::Delegation(after) = office.world.state(&id_of(&made, "del_")) else {
            panic!("no delegation")
        };
        assert!(after.ended, "{whose}");
    }
}

#[test]
fn a_delegation_lasts_no_longer_than_the_positions() {
    let mut office = Office::new();
    let short = Position {
        valid_to: Some(day(3, 15)),
        ..position(&office.world, &office.officer.position_id).clone()
    };
    let made = office
        .world
        .run(&office.administrator, C::Appoint(Appoint { position: Some(short) }))
        .expect("appointed");
    let to = office.world.caller(&id_of(&made, "pos_"));
    let it = delegation(&office.leader, &to);
    assert_eq!(
        violations(office.world.ask(
            &office.administrator,
            None,
            C::Delegate(Delegate { delegation: Some(it) })
        )),
        [("delegation.to_position_id".to_owned(), "NOT_THERE")]
    );
}

#[test]
fn the_series_of_a_book_never_overlap() {
    let mut office = Office::new();
    let series = |kinds: &[DocumentKind], book: Book| Series {
        name: "Quyết định".to_owned(),
        book: book.into(),
        kinds: kinds.iter().map(|kind| (*kind).into()).collect(),
        secret: false,
        active: true,
    };
    let define = |it: Series| C::DefineSeries(DefineSeries { series: Some(it) });
    let admin = office.administrator.clone();
    assert_eq!(reason(office.world.run(&admin, define(series(&[], Book::Outgoing)))), "SERIES_OVERLAP");
    let made = office
        .world
        .run(&admin, define(series(&[DocumentKind::Decision], Book::Outgoing)))
        .expect("a series of decisions");
    let twice = series(&[DocumentKind::Directive, DocumentKind::Decision], Book::Outgoing);
    assert_eq!(reason(office.world.run(&admin, define(twice.clone()))), "SERIES_OVERLAP");
    assert_eq!(
        violations(office.world.ask(&admin, None, define(series(&[DocumentKind::Other], Book::Outgoing)))),
        [("series.kinds".to_owned(), "NOT_ALLOWED_HERE")]
    );
    let close = C::CloseSeries(CloseSeries { series_id: id_of(&made, "ser_"), reason: "gộp".to_owned() });
    office.world.run(&admin, close.clone()).expect("closed");
    assert_eq!(reason(office.world.run(&admin, close)), "ALREADY_ENDED");
    office.world.run(&admin, define(twice)).expect("the kind is free again");
}

#[test]
fn a_holiday_table_holds_days_of_its_year_only() {
    let mut office = Office::new();
    let table = |off: Vec<Date>, worked: Vec<Date>| {
        C::SetHolidays(SetHolidays {
            table: Some(HolidayTable {
                year: 2026,
                days_off: off,
                days_worked: worked,
                basis: "TB 6150/TB-BNV".to_owned(),
            }),
        })
    };
    let admin = office.administrator.clone();
    assert_eq!(
        violations(office.world.ask(
            &admin,
            None,
            table(
                vec![day(1, 1), Date { year: 2027, month: 1, day: 1 }, day(1, 1), day(3, 7)],
                vec![day(2, 20)]
            )
        )),
        [
            ("table.days_off[1]".to_owned(), "TWICE"),
            ("table.days_off[2]".to_owned(), "NOT_ALLOWED_HERE"),
            ("table.days_off[3]".to_owned(), "OUT_OF_RANGE"),
            ("table.days_worked[0]".to_owned(), "NOT_ALLOWED_HERE"),
        ]
    );
    office.world.run(&admin, table(vec![day(2, 20), day(1, 1)], vec![day(2, 28)])).expect("entered");
    let State::HolidayTable(kept) = office.world.state("hol_2026") else { panic!("no table") };
    assert_eq!(kept.days_off, [day(1, 1), day(2, 20)]);
    office.world.run(&admin, table(vec![day(1, 1)], vec![])).expect("replaced");
    let work = domain::calendar::WorkCalendar::read(&office.world).expect("a map can be read");
    assert!(work.is_worked(day(2, 20)) && !work.is_worked(day(1, 1)));
}

fn certificate(owner: &str, seed: &str) -> Certificate {
    let at = |year| {
        let mut world = World::empty(Date { year, month: 1, day: 1 });
        world.at_ms += 1;
        Some(world.moment().timestamp())
    };
    Certificate {
        person_id: owner.to_owned(),
        subject: "Nguyễn Giám Đốc".to_owned(),
        issuer: "DEMO CA – KHÔNG DÙNG THẬT".to_owned(),
        serial: "0a1b".to_owned(),
        sha256: seed.repeat(64),
        valid_from: at(2025),
        valid_to: at(2030),
        withdrawn: false,
        outside: false,
        seal: owner.is_empty(),
    }
}

#[test]
fn a_certificate_is_bound_once_to_a_person_or_to_the_seal() {
    let mut office = Office::new();
    let enrol = |it: Certificate| C::EnrolCertificate(EnrolCertificate { certificate: Some(it) });
    let (admin, leader, clerk) = (office.administrator.clone(), office.leader.clone(), office.clerk.clone());
    let own = certificate(&leader.person_id, "a");
    let made = office.world.run(&leader, enrol(own.clone())).expect("one's own");
    assert_eq!(reason(office.world.run(&clerk, enrol(certificate(&leader.person_id, "b")))), "NOT_YOURS");
    assert_eq!(reason(office.world.run(&clerk, enrol(certificate("", "c")))), "NOT_YOURS");
    assert_eq!(reason(office.world.run(&admin, enrol(own.clone()))), "ALREADY_ENROLLED");
    office.world.run(&admin, enrol(certificate("", "c"))).expect("the seal");
    assert_eq!(
        violations(office.world.ask(&admin, None, enrol(Certificate { seal: true, ..own.clone() }))),
        [("certificate.person_id".to_owned(), "NOT_ALLOWED_HERE")]
    );
    assert_eq!(
        violations(office.world.ask(
            &admin,
            None,
            enrol(Certificate {
                serial: "0A".to_owned(),
                sha256: "A".repeat(64),
                valid_to: None,
                ..own.clone()
            })
        )),
        [
            ("certificate.serial".to_owned(), "BAD_FORMAT"),
            ("certificate.sha256".to_owned(), "BAD_DIGEST"),
            ("certificate.valid_to".to_owned(), "REQUIRED"),
        ]
    );
    let withdraw = |id: &str| {
        C::WithdrawCertificate(WithdrawCertificate {
            certificate_id: id.to_owned(),
            reason: "mất".to_owned(),
        })
    };
    let id = id_of(&made, "crt_");
    assert_eq!(reason(office.world.run(&clerk, withdraw(&id))), "NOT_YOURS");
    office.world.run(&leader, withdraw(&id)).expect("one's own");
    assert_eq!(reason(office.world.run(&leader, withdraw(&id))), "ALREADY_ENDED");
    office.world.run(&admin, enrol(own)).expect("bound anew");
}

#[test]
fn a_credential_is_set_by_directorys_key_and_seen_by_nobody() {
    let mut office = Office::new();
    let set = |person_id: &str| {
        C::SetCredential(SetCredential {
            credential: Some(Credential {
                person_id: person_id.to_owned(),
                password_hash: founding().password_hash,
                must_change: true,
            }),
        })
    };
    let (admin, clerk, leader) = (office.administrator.clone(), office.clerk.clone(), office.leader.clone());
    assert_eq!(reason(office.world.run(&admin, set(&clerk.person_id))), "ONLY_SERVICE");
    assert_eq!(reason(office.world.run_as(&clerk, Some(DIRECTORY), set(&leader.person_id))), "NOT_YOURS");
    office.world.run_as(&admin, Some(DIRECTORY), set(&clerk.person_id)).expect("a first password");
    let made = office.world.run_as(&clerk, Some(DIRECTORY), set(&clerk.person_id)).expect("one's own");
    for (who, caller) in office.everybody() {
        assert!(!domain::index::sees(&made[0], caller), "{who}");
    }
    assert_eq!(reason(office.world.run_as(&admin, Some(DIRECTORY), set("per_99"))), "UNKNOWN");
}

#[test]
fn the_switch_for_secret_documents_is_the_only_way_to_it() {
    let mut office = Office::new();
    let admin = office.administrator.clone();
    let sneaked =
        Agency { secret_registration: true, superior: String::new(), ..founding().agency.expect("given") };
    office.world.run(&admin, C::ChangeAgency(ChangeAgency { agency: Some(sneaked) })).expect("changed");
    let State::Agency(agency) = office.world.state("agency").clone() else { panic!("no agency") };
    assert!(!agency.secret_registration && agency.superior.is_empty());
    let switch = |on: bool, reason: &str| {
        C::SwitchSecretRegistration(SwitchSecretRegistration { on, reason: reason.to_owned() })
    };
    assert_eq!(reason(office.world.run(&admin, switch(true, ""))), "REQUIRED");
    assert_eq!(reason(office.world.run(&admin, switch(false, "thừa"))), "NOTHING_CHANGES");
    office.world.run(&admin, switch(true, "QĐ 3/QĐ-SNV")).expect("on");
    let State::Agency(agency) = office.world.state("agency") else { panic!("no agency") };
    assert!(agency.secret_registration);
}

#[test]
fn capacities_and_roles_are_kept_once_each() {
    let mut office = Office::new();
    let doubled = Position {
        roles: vec![Role::Officer.into(), Role::Clerk.into(), Role::Officer.into()],
        capacities: vec![SigningCapacity::ByOrder.into(), SigningCapacity::ByOrder.into()],
        ..position(&office.world, &office.officer.position_id).clone()
    };
    let made = office
        .world
        .run(&office.administrator, C::Appoint(Appoint { position: Some(doubled) }))
        .expect("appointed");
    let kept = position(&office.world, &id_of(&made, "pos_"));
    assert_eq!(kept.roles, [i32::from(Role::Clerk), i32::from(Role::Officer)]);
    assert_eq!(kept.capacities, [i32::from(SigningCapacity::ByOrder)]);
}
