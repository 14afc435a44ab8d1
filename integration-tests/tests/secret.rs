//! Documents with a secrecy marking: off until an administrator switches them on; then metadata alone, in a series of
//! their own, never routed, never found.

use integration_tests::desk::made;
use integration_tests::incoming::{facts, unknown_facts};
use integration_tests::office::OneProcess;
use integration_tests::paper::one_page;
use integration_tests::staff::ADMINISTRATOR;
use integration_tests::world::{as_incoming, reason};
use proto::archive::v1::ListName;
use proto::record::v1::event::Event as E;
use proto::record::v1::{Channel, DocumentFacts, SecurityMarking, SwitchSecretRegistration};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_document_is_a_line_in_a_book_of_its_own_and_nothing_more() {
    let office = OneProcess::staffed().await;
    let world = &office.world;
    let (clerk, archivist) = (world.desk("vanthu"), world.desk("luutru"));
    let secret = |facts: DocumentFacts| DocumentFacts { marking: SecurityMarking::Secret.into(), ..facts };

    let off = clerk.receive(secret(unknown_facts()), Vec::new(), Channel::Paper).await.unwrap_err();
    assert_eq!(reason(&off), "SECRET_REGISTRATION_OFF");
    let switch = SwitchSecretRegistration { on: true, reason: "Quyết định số 5/QĐ-SNV".to_owned() };
    assert_eq!(reason(&clerk.switch_secret_registration(switch.clone()).await.unwrap_err()), "NOT_YOUR_ROLE");
    world.desk(ADMINISTRATOR).switch_secret_registration(switch).await.unwrap();
    let audited = world.desk(ADMINISTRATOR).history("agency").await.unwrap();
    let told = audited.iter().flat_map(|item| &item.events).any(
        |event| matches!(&event.event, Some(E::SecretRegistrationSwitched(it)) if it.on && !it.reason.is_empty()),
    );
    assert!(told, "who switched it, and why, is in the history");

    // No file, and only on paper.
    let file = clerk.put("mat.pdf", one_page("Mat")).await.unwrap();
    assert!(clerk.receive(secret(unknown_facts()), vec![file], Channel::Electronic).await.is_err());
    let ordinary = world.receive_paper().await.unwrap();
    world.register(&ordinary, facts("1", "Văn bản thường", world.today())).await.unwrap();
    let receipt = clerk.receive(secret(unknown_facts()), Vec::new(), Channel::Paper).await.unwrap();
    let id = made(&receipt, "in_");
    let said = secret(facts("2", "Kế hoạch tuyệt đối giữ kín", world.today()));
    let registered = world.register(&id, said).await.unwrap();
    let record = clerk.get(&id).await.unwrap();
    let (number, other) = (
        as_incoming(&record).number.clone().unwrap(),
        as_incoming(&clerk.get(&ordinary).await.unwrap()).number.clone().unwrap(),
    );
    assert_ne!(number.series_id, other.series_id, "a book of its own");
    assert_eq!((number.ordinal, other.ordinal), (1, 1));

    // Never routed.
    assert_eq!(reason(&world.submit(&id, "giamdoc").await.unwrap_err()), "SECRET_NOT_ROUTED");
    // Never found, not by those who keep it, and known to nobody but the clerks.
    for login in ["vanthu", "luutru", "giamdoc", "chuyenvien", ADMINISTRATOR] {
        let hits = world.desk(login).search("giữ kín", registered.position).await.unwrap();
        assert!(!hits.behind && hits.total == 0, "{login} finds it");
        if login != "vanthu" {
            assert_eq!(reason(&world.desk(login).get(&id).await.unwrap_err()), "NOT_FOUND", "{login}");
            assert!(world.desk(login).history(&id).await.is_err(), "{login}");
            let book = world.desk(login).register(&number.series_id, number.year).await.unwrap();
            assert!(book.is_empty(), "{login} reads the secret book");
        }
    }
    assert_eq!(clerk.register(&number.series_id, number.year).await.unwrap().len(), 1);
    let all = archivist.list(ListName::IncomingAll).await.unwrap();
    assert_eq!(all.len(), 1, "the ordinary one alone");
    drop(office.closed().await);
}
