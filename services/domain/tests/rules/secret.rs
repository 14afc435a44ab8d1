//! Documents with a secrecy marking: off by default; metadata only, their own series, clerks alone, never routed.

use domain::index::{is_secret, sees};
use domain::testing::{Office, letter, pdf};
use proto::record::v1::command::Command as C;
use proto::record::v1::{
    Channel, CorrectIncoming, DocumentFacts, ReceiveIncoming, RegisterIncoming, SecurityMarking,
    SubmitIncoming, SwitchSecretRegistration,
};

use crate::{document, reason, violations};

fn secret(number: &str) -> DocumentFacts {
    DocumentFacts { marking: SecurityMarking::Secret.into(), subject: String::new(), ..letter(number) }
}

fn switched_on() -> Office {
    let mut office = Office::new();
    let on = SwitchSecretRegistration { on: true, reason: "QĐ 3/QĐ-SNV".to_owned() };
    let admin = office.administrator.clone();
    office.world.run(&admin, C::SwitchSecretRegistration(on)).expect("on");
    office
}

#[test]
fn secret_documents_are_refused_until_switched_on() {
    let mut office = Office::new();
    let command =
        ReceiveIncoming { facts: Some(secret("1")), channel: Channel::Paper.into(), ..Default::default() };
    assert_eq!(
        reason(office.world.run(&office.clerk, C::ReceiveIncoming(command))),
        "SECRET_REGISTRATION_OFF"
    );
    let plain = office.receive(letter("2"), vec![]);
    let command = RegisterIncoming { facts: Some(secret("2")), ..office.registration(&plain) };
    assert_eq!(
        reason(office.world.run(&office.clerk, C::RegisterIncoming(command))),
        "SECRET_REGISTRATION_OFF"
    );
}

#[test]
fn a_secret_document_is_metadata_alone() {
    let office = switched_on();
    let command = ReceiveIncoming {
        facts: Some(secret("1")),
        files: vec![pdf(1)],
        channel: Channel::Electronic.into(),
        text_digest: "a".repeat(64),
        ..Default::default()
    };
    assert_eq!(
        violations(office.world.ask(&office.clerk, None, C::ReceiveIncoming(command))),
        [
            ("files".to_owned(), "NOT_ALLOWED_HERE"),
            ("text_digest".to_owned(), "NOT_ALLOWED_HERE"),
            ("channel".to_owned(), "NOT_ALLOWED_HERE"),
        ]
    );
}

#[test]
fn a_document_with_a_file_does_not_become_secret() {
    let mut office = switched_on();
    let id = office.receive(letter("1"), vec![pdf(1)]);
    let command = RegisterIncoming { facts: Some(secret("1")), ..office.registration(&id) };
    assert_eq!(reason(office.world.run(&office.clerk, C::RegisterIncoming(command))), "SECRET_WITH_FILE");
}

#[test]
fn secret_documents_have_a_series_of_their_own_that_clerks_alone_see() {
    let mut office = switched_on();
    let plain = office.register(letter("1"));
    let id = office.register(secret("2"));
    let number = |id: &str| document(&office.world, id).number.clone().expect("a number");
    assert_eq!(number(&id).ordinal, 1);
    assert_ne!(number(&id).series_id, number(&plain).series_id);
    let line = format!("reg_{}_2026_1", number(&id).series_id);
    let year = format!("sy_{}_2026", number(&id).series_id);
    for record in [&id, &line, &year] {
        for (who, caller) in office.everybody() {
            assert_eq!(sees(&office.world.records()[record], caller), who == "clerk", "{record}: {who}");
        }
    }
    assert!(is_secret(&office.world.records()[&id]));
    assert!(!is_secret(&office.world.records()[&plain]));
    office.world.assert_rebuilds();
}

#[test]
fn a_registered_secret_document_stands_in_its_register_and_in_no_list() {
    use domain::index::{Code, Key, index};
    let mut office = switched_on();
    let waits = office.receive(secret("1"), vec![]);
    let registered = office.register(secret("2"));
    let listed = |id: &str| {
        let lists = [Code::IncomingAll, Code::IncomingByStatus].map(|code| Key::of(code).prefix());
        index(&office.world.records()[id]).iter().any(|key| lists.iter().any(|list| key.starts_with(list)))
    };
    assert!(listed(&waits), "it waits to be registered");
    assert!(!listed(&registered), "it waits for nobody");
}

#[test]
fn a_secret_document_is_never_routed() {
    let mut office = switched_on();
    let id = office.register(secret("1"));
    let submit =
        SubmitIncoming { document_id: id, leader_id: office.leader.person_id.clone(), note: String::new() };
    assert_eq!(reason(office.world.run(&office.clerk, C::SubmitIncoming(submit))), "SECRET_NOT_ROUTED");
    let received = office.receive(secret("2"), vec![]);
    let command =
        RegisterIncoming { submit_to: office.leader.person_id.clone(), ..office.registration(&received) };
    assert_eq!(
        violations(office.world.ask(&office.clerk, None, C::RegisterIncoming(command))),
        [("submit_to".to_owned(), "NOT_ALLOWED_HERE")]
    );
}

#[test]
fn the_marking_is_fixed_once_registered_but_its_grade_may_be_corrected() {
    let mut office = switched_on();
    let correct = |id: &str, facts: DocumentFacts| {
        C::CorrectIncoming(CorrectIncoming {
            document_id: id.to_owned(),
            facts: Some(facts),
            to_places: String::new(),
            reason: "đóng dấu lại".to_owned(),
        })
    };
    let plain = office.register(letter("1"));
    let id = office.register(secret("2"));
    assert_eq!(reason(office.world.run(&office.clerk, correct(&plain, secret("1")))), "MARKING_FIXED");
    assert_eq!(reason(office.world.run(&office.clerk, correct(&id, letter("2")))), "MARKING_FIXED");
    let higher = DocumentFacts { marking: SecurityMarking::TopSecret.into(), ..secret("2") };
    office.world.run(&office.clerk, correct(&id, higher)).expect("still secret");
}

#[test]
fn secret_documents_are_no_duplicates_that_others_could_learn_of() {
    let mut office = switched_on();
    office.register(secret("1"));
    let same = office.receive(letter("1"), vec![]);
    assert_eq!(document(&office.world, &same).duplicate_of, "");
}
