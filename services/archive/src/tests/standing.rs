//! A seal outlives what it says by minutes: reads look whether the position acted in is held still.

use proto::archive::v1::{
    BackupRequest, BatchGetRequest, CountRequest, FindDuplicatesRequest, GetFileRequest, GetRequest,
    HistoryRequest, ListName, ListRequest, PutFileRequest, SearchRequest, TreeHeadRequest, WatchRequest,
};
use proto::record::v1::command::Command as C;
use proto::record::v1::{Caller, EndPosition, Role};
use tokio_stream::StreamExt;
use tonic::{Code, Status};

use super::files::put;
use super::office::{Office, facts};

/// What every read answers: its name and how it ended.
async fn every_read(
    office: &Office,
    caller: &Caller,
    file: &str,
    document: &str,
) -> Vec<(&'static str, Code)> {
    let code = |result: Result<(), Status>| result.map_or_else(|status| status.code(), |()| Code::Ok);
    let list = || ListRequest { list: ListName::People.into(), ..ListRequest::default() };
    let id = || caller.person_id.clone();
    let mut client = office.client();
    let mut found = Vec::new();
    macro_rules! ask {
        ($name:ident($request:expr)) => {
            let answer = client.$name(office.by(caller, $request)).await;
            found.push((stringify!($name), code(answer.map(drop))));
        };
    }
    ask!(get(GetRequest { id: id(), at_least: 0 }));
    ask!(batch_get(BatchGetRequest { ids: vec![id()] }));
    ask!(list(list()));
    ask!(count(CountRequest { lists: vec![list()] }));
    ask!(find_duplicates(FindDuplicatesRequest::default()));
    ask!(search(SearchRequest::default()));
    ask!(history(HistoryRequest { record_id: id(), ..HistoryRequest::default() }));
    ask!(tree_head(TreeHeadRequest {}));
    ask!(backup(BackupRequest { directory: "/nowhere/at/all".to_owned() }));
    let read = GetFileRequest {
        digest: file.to_owned(),
        record_id: document.to_owned(),
        ..GetFileRequest::default()
    };
    ask!(get_file(read));
    let watched = client.watch(office.by(caller, WatchRequest { after: 0 })).await;
    let first = watched.unwrap().into_inner().next().await.expect("a change, or an end");
    found.push(("watch", code(first.map(drop))));
    let put = office.by(caller, tokio_stream::iter([PutFileRequest { chunk: "more".into() }]));
    found.push(("put_file", code(client.put_file(put).await.map(drop))));
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_of_an_ended_position_reads_nothing() {
    let office = Office::founded().await;
    let digest = put(&office, &office.clerk, b"bytes").await.unwrap();
    let document = office.register(facts("1", "Một")).await.unwrap();
    let leaving = office.employ("sapnghi", &office.clerk.unit_id, Role::Clerk).await;
    for (name, code) in every_read(&office, &leaving, &digest, &document).await {
        let wanted = match name {
            "backup" => Code::PermissionDenied,
            // Somebody else's file.
            "get_file" => Code::NotFound,
            _ => Code::Ok,
        };
        assert_eq!(code, wanted, "{name} while the position is held");
    }
    let changes = office.client().watch(office.by(&leaving, WatchRequest { after: 0 })).await.unwrap();
    let end =
        EndPosition { position_id: leaving.position_id.clone(), reason: "Chuyển công tác".to_owned() };
    office.commit(&office.administrator, C::EndPosition(end)).await.unwrap();
    for (name, code) in every_read(&office, &leaving, &digest, &document).await {
        let denied_before = name == "backup";
        assert_eq!(
            code,
            if denied_before { Code::PermissionDenied } else { Code::Unauthenticated },
            "{name}"
        );
    }
    // Who watched when it ended is told, too.
    let last =
        changes.into_inner().filter_map(Result::err).next().await.expect("the watch ends with a fault");
    assert_eq!(last.code(), Code::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_that_says_more_than_the_position_reads_nothing() {
    let office = Office::founded().await;
    let more = Caller { roles: vec![Role::Clerk.into(), Role::Leader.into()], ..office.clerk.clone() };
    let elsewhere = Caller { unit_id: "unit_999".to_owned(), ..office.clerk.clone() };
    let somebody_else = Caller { person_id: office.leader.person_id.clone(), ..office.clerk.clone() };
    let nobody = Caller { position_id: String::new(), ..office.clerk.clone() };
    for caller in [more, elsewhere, somebody_else, nobody] {
        let request = ListRequest { list: ListName::IncomingAll.into(), ..ListRequest::default() };
        let status = office.client().list(office.by(&caller, request)).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{caller:?}");
    }
}
