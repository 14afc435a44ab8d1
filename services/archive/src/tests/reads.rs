//! What may be seen, and what may not.

use proto::archive::v1::{
    BatchGetRequest, CountRequest, GetCredentialRequest, GetRequest, HistoryRequest, ListName, ListRequest,
    TreeHeadRequest, WatchRequest,
};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::{
    AssignmentRole, Caller, CompleteAssignment, DirectIncoming, IncomingStatus, OpenedNow, OutgoingStatus,
    Principal, RecordOpened, RegisterIncoming, SignatureLevel, principal::Who,
};
use proto::rpc::fault_of;
use tokio_stream::StreamExt;
use tonic::Code;

use super::office::{DAY_MS, Office, facts, id_of, on_paper, registration};

/// Every list with parameters that make it answer; the signer's own is left out.
fn every_list(series_id: &str) -> Vec<ListRequest> {
    (1..=100)
        .filter(|list| {
            ListName::try_from(*list)
                .is_ok_and(|list| !matches!(list, ListName::ByEvidence | ListName::Unchecked))
        })
        .map(|list| ListRequest {
            list,
            series_id: series_id.to_owned(),
            year: 2026,
            incoming_status: IncomingStatus::Registered.into(),
            outgoing_status: OutgoingStatus::Drafted.into(),
            ..ListRequest::default()
        })
        .collect()
}

async fn directed(office: &Office) -> (String, String) {
    let id = office.receive(on_paper(facts("7", "Báo cáo"))).await.unwrap();
    let submitted = RegisterIncoming {
        submit_to: office.leader.person_id.clone(),
        ..registration(&id, facts("7", "Báo cáo"))
    };
    office.commit(&office.clerk, C::RegisterIncoming(submitted)).await.unwrap();
    let lead = proto::record::v1::NewAssignment {
        role: AssignmentRole::Lead.into(),
        assignee: Some(Principal { who: Some(Who::PersonId(office.officer.person_id.clone())) }),
        ..Default::default()
    };
    let direct = DirectIncoming {
        document_id: id.clone(),
        text: "Tham mưu trả lời".to_owned(),
        assignments: vec![lead],
        due_date: None,
    };
    let made = office.commit(&office.leader, C::DirectIncoming(direct)).await.unwrap();
    (id, id_of(&made.records, "asg_"))
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_read_by_directory_alone() {
    let office = Office::founded().await;
    let mut client = office.client();
    let credential = format!("cred_{}", office.administrator.person_id);
    let hash = domain::testing::founding().password_hash;
    for caller in [&office.administrator, &office.clerk, &office.leader] {
        assert!(matches!(office.get(caller, &credential).await, Err(Fault::Unknown { .. })));
        let ids = vec![credential.clone(), caller.person_id.clone()];
        let batch = client.batch_get(office.by(caller, BatchGetRequest { ids })).await.unwrap().into_inner();
        assert_eq!(batch.records.len(), 1);
        for list in every_list(&office.incoming_series().await) {
            let items = office.list(caller, list).await.unwrap();
            assert!(!format!("{items:?}").contains(&hash));
        }
        for record_id in [&credential, &caller.person_id, &office.administrator.person_id] {
            let history = HistoryRequest { record_id: record_id.clone(), ..HistoryRequest::default() };
            match client.history(office.by(caller, history)).await {
                Ok(answer) => assert!(!format!("{:?}", answer.into_inner()).contains("argon2")),
                Err(status) => assert_eq!((status.code(), record_id), (Code::NotFound, &credential)),
            }
        }
        let asked = GetCredentialRequest { login: "quantri".to_owned() };
        let denied = client.get_credential(office.by(caller, asked)).await.unwrap_err();
        assert_eq!(denied.code(), Code::PermissionDenied);
    }
    let head = office.archive().tree_head().size;
    let mut changes =
        client.watch(office.by(&office.administrator, WatchRequest { after: 0 })).await.unwrap().into_inner();
    loop {
        let change = changes.next().await.unwrap().unwrap();
        assert!(!change.record_ids.contains(&credential), "{change:?}");
        if change.position == head {
            break;
        }
    }

    let asked = |login: &str| office.by_directory(GetCredentialRequest { login: login.to_owned() });
    let answer = client.get_credential(asked("quantri")).await.unwrap().into_inner();
    assert_eq!(answer.credential.unwrap().password_hash, hash);
    assert_eq!(answer.person.unwrap().id, office.administrator.person_id);
    assert_eq!(
        answer.positions.iter().map(|it| &it.id).collect::<Vec<_>>(),
        [&office.administrator.position_id]
    );
    for nobody in ["", "nobody", "vanthu"] {
        // The clerk was added without a credential.
        assert_eq!(
            client.get_credential(asked(nobody)).await.unwrap_err().code(),
            Code::NotFound,
            "{nobody}"
        );
    }
    // Not even directory gets it any other way.
    let other_way = GetRequest { id: credential, at_least: 0 };
    assert_eq!(client.get(office.by_directory(other_way)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_list_is_the_signers_alone() {
    let office = Office::founded().await;
    let list = ListRequest {
        list: ListName::ByEvidence.into(),
        evidence_level: SignatureLevel::Basic.into(),
        ..ListRequest::default()
    };
    for caller in [&office.administrator, &office.clerk, &office.leader, &office.officer] {
        let denied = office.list(caller, list.clone()).await;
        assert!(matches!(denied, Err(Fault::Denied { reason: "ONLY_SERVICE", .. })), "{denied:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_may_not_see_is_not_there() {
    let office = Office::founded().await;
    let (id, assignment) = directed(&office).await;
    let other = office.receive(on_paper(facts("8", "Khác"))).await.unwrap();
    let mut client = office.client();
    // The administrator sees no document by that role; the officer sees the one that was assigned.
    for hidden in [&id, &assignment, &other] {
        let fault = office.get(&office.administrator, hidden).await.unwrap_err();
        let nothing = office.get(&office.administrator, "in_9999").await.unwrap_err();
        assert_eq!(fault_shape(&fault), fault_shape(&nothing));
    }
    assert!(office.get(&office.officer, &id).await.is_ok());
    assert!(office.get(&office.officer, &other).await.is_err());
    let history = HistoryRequest { record_id: other.clone(), ..HistoryRequest::default() };
    assert_eq!(client.history(office.by(&office.officer, history)).await.unwrap_err().code(), Code::NotFound);

    for list in every_list(&office.incoming_series().await) {
        for caller in [&office.administrator, &office.clerk, &office.leader, &office.officer] {
            let name = ListName::try_from(list.list).unwrap();
            let items = office.list(caller, list.clone()).await.unwrap();
            for item in &items {
                for record in [&item.record, &item.document].into_iter().flatten() {
                    assert!(domain::index::sees(record, caller), "{name:?} shows {}", record.id);
                }
            }
            let count = CountRequest { lists: vec![list.clone()] };
            let counts = client.count(office.by(caller, count)).await.unwrap().into_inner().counts;
            assert_eq!(counts, [u32::try_from(items.len()).unwrap()], "{name:?}");
        }
    }
    let mine = ListRequest { list: ListName::MyLead.into(), ..ListRequest::default() };
    let items = office.list(&office.officer, mine).await.unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0].record.as_ref().unwrap().id, assignment);
    assert_eq!(items[0].document.as_ref().unwrap().id, id);
}

fn fault_shape(fault: &Fault) -> String {
    let Fault::Unknown { .. } = fault else { panic!("{fault}") };
    "unknown".to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_seal_nothing_is_answered() {
    let office = Office::founded().await;
    let mut client = office.client();
    let status = client.get(GetRequest { id: "agency".to_owned(), at_least: 0 }).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    // Directory alone sees the facts of the directory, and no list.
    let agency = GetRequest { id: "agency".to_owned(), at_least: 0 };
    assert!(client.get(office.by_directory(agency)).await.is_ok());
    let id = office.receive(on_paper(facts("1", "Một"))).await.unwrap();
    let document = GetRequest { id, at_least: 0 };
    assert_eq!(client.get(office.by_directory(document)).await.unwrap_err().code(), Code::NotFound);
    let people = ListRequest { list: ListName::People.into(), ..ListRequest::default() };
    assert_eq!(client.list(office.by_directory(people)).await.unwrap_err().code(), Code::Unauthenticated);
    assert_eq!(client.tree_head(TreeHeadRequest {}).await.unwrap_err().code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_join_to_the_whole_list_in_both_directions() {
    let office = Office::founded().await;
    let mut ids = Vec::new();
    for n in 0..23 {
        office.pass(1_000);
        ids.push(office.receive(on_paper(facts(&n.to_string(), "Văn bản"))).await.unwrap());
    }
    for page_size in [1, 7, 23, 200] {
        let list = ListRequest { list: ListName::IncomingAll.into(), page_size, ..ListRequest::default() };
        let mut newest_first: Vec<String> = Vec::new();
        for item in office.list(&office.clerk, list.clone()).await.unwrap() {
            newest_first.push(item.record.unwrap().id);
        }
        assert_eq!(newest_first, ids.iter().rev().cloned().collect::<Vec<_>>(), "{page_size}");
        let oldest_first = office.list(&office.clerk, ListRequest { reverse: true, ..list }).await.unwrap();
        assert_eq!(
            oldest_first.into_iter().map(|it| it.record.unwrap().id).collect::<Vec<_>>(),
            ids,
            "{page_size}"
        );
    }
    // A token belongs to its list and its caller.
    let mut client = office.client();
    let list = ListRequest { list: ListName::IncomingAll.into(), page_size: 5, ..ListRequest::default() };
    let page = client.list(office.by(&office.clerk, list.clone())).await.unwrap().into_inner();
    let next = ListRequest { page_token: page.next_page_token.clone(), ..list.clone() };
    assert!(client.list(office.by(&office.clerk, next.clone())).await.is_ok());
    let elsewhere = ListRequest { list: ListName::People.into(), ..next.clone() };
    for (caller, request) in [(&office.clerk, elsewhere), (&office.leader, next)] {
        let status = client.list(office.by(caller, request)).await.unwrap_err();
        assert_eq!(status.code(), Code::InvalidArgument);
    }
    for wrong in [ListRequest { page_size: 201, ..list.clone() }, ListRequest { list: 99, ..list }] {
        assert_eq!(
            client.list(office.by(&office.clerk, wrong)).await.unwrap_err().code(),
            Code::InvalidArgument
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_by_deadline_are_cut_by_days() {
    let office = Office::founded().await;
    let mut made = Vec::new();
    for day in [10, 12, 11, 14] {
        let id = office.receive(on_paper(facts(&day.to_string(), "Báo cáo"))).await.unwrap();
        let submit = RegisterIncoming {
            submit_to: office.leader.person_id.clone(),
            ..registration(&id, facts(&day.to_string(), "Báo cáo"))
        };
        office.commit(&office.clerk, C::RegisterIncoming(submit)).await.unwrap();
        let lead = proto::record::v1::NewAssignment {
            role: AssignmentRole::Lead.into(),
            assignee: Some(Principal { who: Some(Who::PersonId(office.officer.person_id.clone())) }),
            ..Default::default()
        };
        let direct = DirectIncoming {
            document_id: id,
            text: "Làm".to_owned(),
            assignments: vec![lead],
            due_date: Some(proto::record::v1::Date { year: 2026, month: 3, day }),
        };
        let answer = office.commit(&office.leader, C::DirectIncoming(direct)).await.unwrap();
        made.push((day, id_of(&answer.records, "asg_")));
    }
    let day = |day: i32| Some(proto::record::v1::Date { year: 2026, month: 3, day });
    let list = ListRequest { list: ListName::MyLead.into(), page_size: 1, ..ListRequest::default() };
    let cases = [
        (None, None, vec![10, 11, 12, 14]),
        (day(11), None, vec![11, 12, 14]),
        (None, day(12), vec![10, 11]),
        (day(11), day(14), vec![11, 12]),
        (day(13), day(14), vec![]),
    ];
    for (due_from, due_before, days) in cases {
        for reverse in [false, true] {
            let asked = ListRequest { due_from, due_before, reverse, ..list.clone() };
            let mut found = Vec::new();
            for item in office.list(&office.officer, asked.clone()).await.unwrap() {
                let id = item.record.unwrap().id;
                found.push(made.iter().find(|(_, made)| *made == id).unwrap().0);
            }
            let mut days = days.clone();
            if reverse {
                days.reverse();
            }
            assert_eq!(found, days, "{due_from:?} {due_before:?} {reverse}");
            let count = CountRequest { lists: vec![asked] };
            let counts =
                office.client().count(office.by(&office.officer, count)).await.unwrap().into_inner().counts;
            assert_eq!(counts[0] as usize, days.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_history_of_a_document_has_what_hangs_on_it() {
    let office = Office::founded().await;
    let (id, assignment) = directed(&office).await;
    let complete =
        CompleteAssignment { assignment_id: assignment.clone(), result: "Đã trả lời".to_owned() };
    office.commit(&office.officer, C::CompleteAssignment(complete)).await.unwrap();
    // Openings are no acts on the document.
    let opened = OpenedNow {
        document_id: id.clone(),
        at: Some(prost_types::Timestamp { seconds: super::office::MORNING_MS / 1_000, nanos: 0 }),
    };
    office.commit(&office.leader, C::RecordOpened(RecordOpened { opened: vec![opened] })).await.unwrap();

    let mut client = office.client();
    let mut events = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = HistoryRequest { record_id: id.clone(), page_size: 2, page_token };
        let page = client.history(office.by(&office.leader, request)).await.unwrap().into_inner();
        assert!(page.items.len() <= 2);
        for item in page.items {
            for event in item.events {
                events.push((item.position, item.caller.clone().unwrap().person_id, event));
            }
        }
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert!(events.is_sorted_by_key(|(position, _, _)| *position));
    let by = |caller: &Caller| events.iter().filter(|(_, person, _)| *person == caller.person_id).count();
    assert!(by(&office.clerk) >= 3 && by(&office.leader) >= 2 && by(&office.officer) >= 2, "{events:#?}");
    assert!(events.iter().any(|(_, _, event)| event.record_id == assignment));
    assert!(events.iter().all(|(_, _, event)| !event.record_id.starts_with("opn_")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_is_told_what_it_may_see() {
    let office = Office::founded().await;
    let after = office.archive().tree_head().size;
    let mut client = office.client();
    let watch = |caller: &Caller| office.by(caller, WatchRequest { after });
    let mut clerk = client.watch(watch(&office.clerk)).await.unwrap().into_inner();
    let mut administrator = client.watch(watch(&office.administrator)).await.unwrap().into_inner();
    let id = office.receive(on_paper(facts("1", "Một"))).await.unwrap();
    let change = clerk.next().await.unwrap().unwrap();
    assert_eq!((change.position, change.record_ids), (after + 1, vec![id]));
    let unit = office.employ("nguoimoi", &office.clerk.unit_id, proto::record::v1::Role::Officer).await;
    let change = administrator.next().await.unwrap().unwrap();
    assert_eq!(
        (change.position, change.record_ids),
        (after + 2, vec![unit.person_id]),
        "the document is not told"
    );
    let root = std::sync::Arc::clone(&office.root);
    drop(office);
    // The archive is gone: the watch ends.
    while let Some(change) = clerk.next().await {
        change.unwrap();
    }
    drop(root);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_waits_for_a_position_a_second_at_most() {
    let office = Office::founded().await;
    let mut client = office.client();
    let size = office.archive().tree_head().size;
    let get = |at_least| GetRequest { id: "agency".to_owned(), at_least };
    let start = std::time::Instant::now();
    client.get(office.by(&office.clerk, get(size))).await.unwrap();
    assert!(start.elapsed().as_millis() < 900);
    client.get(office.by(&office.clerk, get(size + 1))).await.unwrap();
    assert!((900..5_000).contains(&start.elapsed().as_millis()));
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_are_kept() {
    let office = Office::founded().await;
    let mut client = office.client();
    let ids = vec!["agency".to_owned(); 201];
    let status = client.batch_get(office.by(&office.clerk, BatchGetRequest { ids })).await.unwrap_err();
    assert!(matches!(fault_of(&status), Fault::Invalid(_)));
    let lists = vec![ListRequest { list: ListName::People.into(), ..ListRequest::default() }; 41];
    let status = client.count(office.by(&office.clerk, CountRequest { lists })).await.unwrap_err();
    assert!(matches!(fault_of(&status), Fault::Invalid(_)));
    for id in ["", "\0", "in_1\0", &"x".repeat(10_000), "đ"] {
        assert!(matches!(office.get(&office.clerk, id).await, Err(Fault::Unknown { .. })), "{id:?}");
    }
    office.pass(DAY_MS);
    let answer = office.get(&office.clerk, "agency").await.unwrap();
    assert!(matches!(answer.state, Some(State::Agency(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_ends_after_a_thousand_changes_and_goes_on_from_there() {
    let office = Office::founded().await;
    let start = office.archive().tree_head().size;
    let service = office.archive().service();
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..1_005 {
        let (service, clerk) = (service.clone(), office.clerk.clone());
        tasks.spawn(async move {
            let identity = proto::rpc::Identity { caller: Some(clerk), ..proto::rpc::Identity::default() };
            let command = C::ReceiveIncoming(on_paper(facts(&n.to_string(), "Văn bản")));
            service.commit_for(&identity, super::office::commit_request(command)).await.unwrap();
        });
    }
    tasks.join_all().await;
    let mut client = office.client();
    let mut positions = Vec::new();
    let mut after = start;
    let first = client.watch(office.by(&office.clerk, WatchRequest { after })).await.unwrap().into_inner();
    let first: Vec<_> = first.map(|change| change.unwrap().position).collect().await;
    assert_eq!(first.len(), 1_000);
    after = *first.last().unwrap();
    positions.extend(first);
    let rest = client.watch(office.by(&office.clerk, WatchRequest { after })).await.unwrap().into_inner();
    positions.extend(rest.take(5).map(|change| change.unwrap().position).collect::<Vec<_>>().await);
    assert_eq!(positions, (start + 1..=start + 1_005).collect::<Vec<_>>());
}
