//! Who may come in: founding once, passwords and their throttle, sessions and their end, credentials that nobody reads.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use integration_tests::desk::made;
use integration_tests::office::OneProcess;
use integration_tests::staff::{ADMINISTRATOR, FIRST_PASSWORD, PASSWORD, founding};
use integration_tests::world::reason;
use proto::archive::v1::ListName;
use proto::directory::v1::{FoundRequest, LogInRequest, LogOutRequest, SealRequest, StateRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{AddPerson, Appoint, EndPosition, Person, Position, Role};
use proto::rpc::{fault_of, identity::outgoing_as};
use tonic::Request;

const HOUR_MS: i64 = 3_600_000;

async fn found(office: &OneProcess, code: &str, request_id: &str) -> Result<(), Fault> {
    let request = FoundRequest {
        request_id: request_id.to_owned(),
        code: code.to_owned(),
        founding: Some(founding()),
        password: PASSWORD.to_owned(),
    };
    let answer = office.world.peers.directory().found(Request::new(request)).await;
    answer.map(drop).map_err(|s| fault_of(&s))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agency_is_founded_once_and_with_the_code() {
    let office = OneProcess::unfounded().await;
    let code = office.office.founding_code.clone().unwrap();
    let founded = async |office: &OneProcess| {
        office
            .world
            .peers
            .directory()
            .state(Request::new(StateRequest {}))
            .await
            .unwrap()
            .into_inner()
            .founded
    };
    assert!(!founded(&office).await);
    for wrong in ["", "x", &code[1..], &code.to_lowercase(), &"x".repeat(43), &format!("{code}x")] {
        let fault = found(&office, wrong, "found-0001").await.unwrap_err();
        assert_eq!(reason(&fault), "FOUNDING_CODE_WRONG", "{wrong}");
    }
    // Two at once with the right code: one founds.
    let (first, second) =
        tokio::join!(found(&office, &code, "found-0002"), found(&office, &code, "found-0003"));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert!(founded(&office).await);
    assert!(found(&office, &code, "found-0004").await.is_err(), "the code is used up");
    // A new start has a new code, and it does not found a second agency.
    let office = office.reopened().await;
    let fresh = office.office.founding_code.clone().unwrap();
    assert_ne!(fresh, code);
    assert_eq!(reason(&found(&office, &fresh, "found-0005").await.unwrap_err()), "FOUNDED_ALREADY");
    assert!(office.world.log_in(ADMINISTRATOR, PASSWORD).await.is_ok());
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_passwords_are_told_apart_by_nobody_and_throttled() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let wrong = async |login: &str, password: &str| match world.log_in(login, password).await {
        Ok(_) => panic!("{login:?} came in"),
        Err(fault) => fault,
    };
    let no_such_name = wrong("khongcoai", PASSWORD).await;
    let wrong_password = wrong("luutru", "khong-phai-mat-khau").await;
    assert_eq!(no_such_name, wrong_password, "a name that nobody has is answered like one that somebody has");
    for strange in ["", " ", "luutru\0", &"x".repeat(10_000), "LUUTRU;"] {
        assert_eq!(reason(&wrong(strange, PASSWORD).await), "LOG_IN_WRONG", "{strange:?}");
    }
    assert_eq!(reason(&wrong("luutru", &"x".repeat(100_000)).await), "LOG_IN_WRONG");
    // As typed on a telephone: capitals and spaces around are no matter in a name.
    assert!(world.log_in(" LuuTru ", PASSWORD).await.is_ok());

    let mut failures = 0;
    let throttled = loop {
        let fault = wrong("luutru", "khong-phai-mat-khau").await;
        if matches!(fault, Fault::Busy { .. }) {
            break fault;
        }
        failures += 1;
        assert!(failures < 10, "it is throttled at last");
    };
    assert_eq!(reason(&throttled), "LOG_IN_THROTTLED");
    assert_eq!(reason(&wrong("luutru", PASSWORD).await), "LOG_IN_THROTTLED", "the right one waits, too");
    assert_eq!(
        reason(&wrong("LUUTRU ", PASSWORD).await),
        "LOG_IN_THROTTLED",
        "under each spelling of the name"
    );
    assert!(world.log_in("vanthu", PASSWORD).await.is_ok(), "others do not wait");
    office.clock.set(office.clock.now() + HOUR_MS);
    assert!(world.log_in("luutru", PASSWORD).await.is_ok(), "waiting helps");
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_changed_by_who_knows_it_and_set_by_an_administrator() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let officer = world.desk("chuyenvien");
    let (here, elsewhere) = (
        world.log_in("chuyenvien", PASSWORD).await.unwrap(),
        world.log_in("chuyenvien", PASSWORD).await.unwrap(),
    );
    let own = world.sealed(&here).await.unwrap();
    let new = "mot-mat-khau-khac";
    assert_eq!(reason(&officer.change_password(&own, "sai", new).await.unwrap_err()), "PASSWORD_WRONG");
    assert!(officer.change_password(&own, PASSWORD, "ngan").await.is_err(), "too short");
    assert_eq!(
        reason(&officer.change_password(&own, PASSWORD, PASSWORD).await.unwrap_err()),
        "PASSWORD_SAME"
    );
    officer.change_password(&own, PASSWORD, new).await.unwrap();
    assert!(world.sealed(&here).await.is_ok(), "the session that changed it goes on");
    assert_eq!(reason(&world.sealed(&elsewhere).await.unwrap_err()), "UNAUTHENTICATED", "the others end");
    assert_eq!(reason(&world.log_in("chuyenvien", PASSWORD).await.unwrap_err()), "LOG_IN_WRONG");
    assert!(world.log_in("chuyenvien", new).await.is_ok());

    // Nobody sets a password without knowing the old one but an administrator, and not their own.
    world.forget_sessions().await;
    for login in ["vanthu", "giamdoc", "truongphong"] {
        let id = world.member(login).person_id.clone();
        let fault = world.desk(login).reset_password(&id, FIRST_PASSWORD).await.unwrap_err();
        assert!(matches!(fault, Fault::Denied { .. }), "{login} for themself: {fault}");
        let fault = world.desk(login).reset_password(&world.member("luutru").person_id, FIRST_PASSWORD).await;
        assert!(matches!(fault, Err(Fault::Denied { .. })), "{login} for another: {fault:?}");
    }
    let administrator = world.desk(ADMINISTRATOR);
    let id = administrator.member().person_id.clone();
    let fault = administrator.reset_password(&id, FIRST_PASSWORD).await.unwrap_err();
    assert!(matches!(fault, Fault::Denied { .. }), "an administrator knows the own password: {fault}");
    assert!(world.log_in(ADMINISTRATOR, PASSWORD).await.is_ok());

    // One that an administrator set opens nothing but its own change, and ends what was open.
    let open = world.log_in("luutru", PASSWORD).await.unwrap();
    administrator.reset_password(&world.member("luutru").person_id, FIRST_PASSWORD).await.unwrap();
    assert_eq!(reason(&world.sealed(&open).await.unwrap_err()), "UNAUTHENTICATED");
    let answer = LogInRequest { login: "luutru".to_owned(), password: FIRST_PASSWORD.to_owned() };
    let answer = world.peers.directory().log_in(Request::new(answer)).await.unwrap().into_inner();
    assert!(answer.must_change_password);
    let first = world.sealed(&answer.session_token).await.unwrap();
    let request = proto::archive::v1::TreeHeadRequest {};
    let status = world.peers.archive().tree_head(proto::rpc::outgoing(&first, request)).await.unwrap_err();
    assert_eq!(reason(&fault_of(&status)), "PASSWORD_MUST_CHANGE");
    world.desk("luutru").change_password(&first, FIRST_PASSWORD, new).await.unwrap();
    let sealed = world.sealed(&answer.session_token).await.unwrap();
    let request = proto::archive::v1::TreeHeadRequest {};
    assert!(world.peers.archive().tree_head(proto::rpc::outgoing(&sealed, request)).await.is_ok());
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_with_its_position_by_hand_and_by_time() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let administrator = world.desk(ADMINISTRATOR);
    let officer = world.member("chuyenvien").clone();
    let second = Position {
        person_id: officer.person_id.clone(),
        unit_id: world.member("vanthu").unit_id.clone(),
        title: "Văn thư kiêm nhiệm".to_owned(),
        roles: vec![Role::Clerk.into()],
        valid_from: Some(world.today()),
        ..Position::default()
    };
    let receipt = administrator.appoint(Appoint { position: Some(second) }).await.unwrap();
    let second = made(&receipt, "pos_");

    // Two sessions of one person, each in another position.
    let seal = async |token: &str, position_id: &str| {
        let request = SealRequest { session_token: token.to_owned(), position_id: position_id.to_owned() };
        let answer = world.peers.directory().seal(Request::new(request)).await;
        answer.map(tonic::Response::into_inner).map_err(|s| fault_of(&s))
    };
    let (one, two) = (
        world.log_in("chuyenvien", PASSWORD).await.unwrap(),
        world.log_in("chuyenvien", PASSWORD).await.unwrap(),
    );
    seal(&one, &officer.position_id).await.unwrap();
    seal(&two, &second).await.unwrap();
    assert_eq!(seal(&two, "").await.unwrap().position.unwrap().id, second, "it stays in its position");
    let strange = world.member("giamdoc").position_id.clone();
    assert_eq!(
        reason(&seal(&one, &strange).await.unwrap_err()),
        "NOT_FOUND",
        "nobody acts in another's position"
    );
    let as_clerk = world.sealed(&two).await.unwrap();
    let end = EndPosition { position_id: second.clone(), reason: "Thôi kiêm nhiệm".to_owned() };
    administrator.end_position(end).await.unwrap();
    assert_eq!(reason(&seal(&two, "").await.unwrap_err()), "UNAUTHENTICATED", "the session in it ends");
    assert!(seal(&one, "").await.is_ok(), "the other goes on");
    assert!(seal(&one, &second).await.is_err(), "nobody acts in what has ended");
    // A seal that is still young gives no command any more.
    let request = proto::intake::v1::ReceiveIncomingDocumentRequest {
        request_id: world.request_id(),
        facts: Some(integration_tests::incoming::unknown_facts()),
        ..Default::default()
    };
    let mut intake = world.peers.intake();
    let status =
        intake.receive_incoming_document(proto::rpc::outgoing(&as_clerk, request)).await.unwrap_err();
    assert_eq!(reason(&fault_of(&status)), "UNAUTHENTICATED");

    // By hand.
    let request = LogOutRequest { session_token: one.clone() };
    world.peers.directory().log_out(Request::new(request)).await.unwrap();
    assert_eq!(reason(&seal(&one, "").await.unwrap_err()), "UNAUTHENTICATED");
    // By idleness, and after a working day whatever is done.
    let idle = world.log_in("chuyenvien", PASSWORD).await.unwrap();
    office.clock.set(office.clock.now() + 4 * HOUR_MS);
    assert!(seal(&idle, "").await.is_err());
    let busy = world.log_in("chuyenvien", PASSWORD).await.unwrap();
    let mut hours = 0;
    while seal(&busy, "").await.is_ok() {
        office.clock.set(office.clock.now() + HOUR_MS);
        hours += 1;
        assert!(hours < 24, "no session lasts for ever");
    }
    assert!((8..=14).contains(&hours), "{hours} hours");
    // Somebody who has left comes in no more.
    let open = world.log_in("chuyenvien2", PASSWORD).await.unwrap();
    let State::Person(person) =
        administrator.get(&world.member("chuyenvien2").person_id).await.unwrap().state.unwrap()
    else {
        panic!("no person")
    };
    let identity = administrator.identity().await.unwrap();
    let request = proto::directory::v1::ChangePersonRequest {
        request_id: world.request_id(),
        command: Some(proto::record::v1::ChangePerson {
            person_id: world.member("chuyenvien2").person_id.clone(),
            person: Some(Person { active: false, ..person }),
        }),
        ..Default::default()
    };
    world.peers.directory().change_person(proto::rpc::outgoing(&identity, request)).await.unwrap();
    assert!(seal(&open, "").await.is_err());
    assert!(world.log_in("chuyenvien2", PASSWORD).await.is_err());
    drop(office.closed().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_reads_a_credential() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let administrator = world.desk(ADMINISTRATOR);
    // A person with a credential of its own history: added, set, changed.
    let person = Person {
        full_name: "Lê Thị Mới".to_owned(),
        login: "moi".to_owned(),
        active: true,
        email: String::new(),
    };
    let id = made(&administrator.add_person(AddPerson { person: Some(person) }).await.unwrap(), "per_");
    administrator.reset_password(&id, FIRST_PASSWORD).await.unwrap();
    let credential = domain::id::credential(&id);
    for login in world.people.keys() {
        let desk = world.desk(login);
        assert_eq!(reason(&desk.get(&credential).await.unwrap_err()), "NOT_FOUND", "{login}");
        assert!(desk.batch_get(vec![credential.clone()]).await.unwrap().is_empty(), "{login}");
        assert!(desk.history(&credential).await.is_err(), "{login}");
        let history = format!("{:?}", desk.history(&id).await.unwrap());
        assert!(!history.contains("argon2"), "{login}: {history}");
    }
    let people = administrator.list(ListName::People).await.unwrap();
    assert!(!format!("{people:?}").contains("argon2"));
    // Not by the operator's key; by directory's own alone.
    let request = || proto::archive::v1::GetCredentialRequest { login: "moi".to_owned() };
    let (operator, directory) = (&office.keys.operator, &office.keys.directory);
    let now = world.time.now();
    let none = proto::rpc::Identity::default();
    let status =
        world.peers.archive().get_credential(outgoing_as(operator, now, &none, request()).unwrap()).await;
    assert_eq!(reason(&fault_of(&status.unwrap_err())), "ONLY_SERVICE");
    let answer =
        world.peers.archive().get_credential(outgoing_as(directory, now, &none, request()).unwrap()).await;
    assert!(answer.unwrap().into_inner().credential.unwrap().password_hash.starts_with("$argon2id$"));
    // No password lies anywhere in the store.
    let folder = office.closed().await;
    for (path, bytes) in every_file(folder.path()) {
        for secret in [PASSWORD, FIRST_PASSWORD] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{} holds a password", path.display());
        }
    }
}

fn every_file(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(every_file(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}
