//! An office of records laid out by the test: peers that answer by the path of the call, no network, no store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use http::{HeaderMap, Request, Response, StatusCode, header};
use prost::Message;
use proto::archive::v1::{
    BatchGetRequest, BatchGetResponse, CountRequest, CountResponse, GetFileResponse, GetRequest, GetResponse,
    HistoryResponse, ListItem, ListName, ListRequest, ListResponse, SearchResponse, TreeHeadResponse,
};
use proto::directory::v1::{LogInRequest, LogInResponse, SealRequest, SealResponse, StateResponse};
use proto::fault::Fault;
use proto::intake::v1::FindDuplicatesResponse;
use proto::record::v1::record::State;
use proto::record::v1::{Agency, Person, Position, Record, Role, Unit};
use proto::rpc::{Peer, status_of};
use tower::{ServiceExt as _, service_fn};

/// Wednesday 18/11/2026, 09:20 in Viet Nam.
pub(crate) const NOW_MS: i64 = 1_794_968_400_000;
/// The secret of the one session.
pub(crate) const TOKEN: &str = "session-of-the-test-which-is-long-enough-4u";

/// What a path is answered with.
type Answers = HashMap<String, Answer>;
type Answer = Arc<dyn Fn(&[u8]) -> Result<Vec<u8>, Fault> + Send + Sync>;

/// The paths that were called, each with its message.
type Calls = Vec<(String, Vec<u8>)>;

/// The office.
#[derive(Clone, Default)]
pub(crate) struct FakeOffice {
    records: Arc<Mutex<HashMap<String, Record>>>,
    lists: Arc<Mutex<HashMap<i32, Vec<ListItem>>>>,
    answers: Arc<Mutex<Answers>>,
    calls: Arc<Mutex<Calls>>,
    roles: Arc<Mutex<Vec<Role>>>,
    founded: Arc<Mutex<bool>>,
    must_change: Arc<Mutex<bool>>,
}

impl FakeOffice {
    /// A founded office in which the one person holds these roles.
    pub(crate) fn new(roles: &[Role]) -> Self {
        let office = Self::default();
        *office.roles.lock().expect("as laid out") = roles.to_vec();
        *office.founded.lock().expect("as laid out") = true;
        office.put(
            "agency",
            State::Agency(Agency {
                name: "Sở Nội vụ tỉnh Minh Giang".to_owned(), ..Agency::default()
            }),
        );
        let unit = Unit { name: "Văn phòng Sở".to_owned(), active: true, rank: 1, ..Unit::default() };
        let unit = office.put("unit_1", State::Unit(unit));
        let person = office.put("per_1", State::Person(person()));
        let position = office.put("pos_1", State::Position(position(roles)));
        office.list(ListName::Units, [unit]);
        office.list(ListName::People, [person]);
        office.list(ListName::Positions, [position]);
        office
    }

    /// Keeps a record.
    pub(crate) fn put(&self, id: &str, state: State) -> Record {
        let record = Record { id: id.to_owned(), version: 7, readers: Vec::new(), state: Some(state) };
        self.records.lock().expect("as laid out").insert(id.to_owned(), record.clone());
        record
    }

    /// Lays out a list.
    pub(crate) fn list(&self, name: ListName, records: impl IntoIterator<Item = Record>) {
        let items = records.into_iter().map(|r| ListItem { record: Some(r), document: None }).collect();
        self.lists.lock().expect("as laid out").insert(name as i32, items);
    }

    /// Lays out a list whose lines have documents.
    pub(crate) fn list_items(&self, name: ListName, items: Vec<ListItem>) {
        self.lists.lock().expect("as laid out").insert(name as i32, items);
    }

    /// What a call is answered, e.g. `intake.v1.Intake/RegisterIncomingDocument`.
    pub(crate) fn answer<Q: Message + Default, A: Message>(
        &self,
        method: &str,
        answer: impl Fn(Q) -> Result<A, Fault> + Send + Sync + 'static,
    ) {
        let answer: Answer = Arc::new(move |bytes| {
            let question = Q::decode(bytes).map_err(Fault::broken)?;
            Ok(answer(question)?.encode_to_vec())
        });
        self.answers.lock().expect("as laid out").insert(format!("/vanthu.{method}"), answer);
    }

    /// Nobody has founded the agency.
    pub(crate) fn unfounded(self) -> Self {
        *self.founded.lock().expect("as laid out") = false;
        self
    }

    /// The password must be changed first.
    pub(crate) fn with_first_password(self) -> Self {
        *self.must_change.lock().expect("as laid out") = true;
        self
    }

    /// The messages that a method was called with.
    pub(crate) fn called<Q: Message + Default>(&self, method: &str) -> Vec<Q> {
        let path = format!("/vanthu.{method}");
        let calls = self.calls.lock().expect("as laid out");
        calls
            .iter()
            .filter(|(p, _)| *p == path)
            .map(|(_, m)| Q::decode(m.as_slice()).expect("as laid out"))
            .collect()
    }

    /// The web front of this office.
    pub(crate) fn router(&self) -> Router {
        let settings = web::Settings { clock: Arc::new(|| NOW_MS), tls: false, demo: true };
        let peer = || self.peer();
        web::router(web::Office::new(peer(), peer(), peer(), peer(), peer()), settings)
    }

    fn peer(&self) -> Peer {
        let office = self.clone();
        Peer::new(service_fn(move |request: Request<tonic::body::Body>| {
            let office = office.clone();
            async move {
                let path = request.uri().path().to_owned();
                let body = to_bytes(Body::new(request.into_body()), usize::MAX).await.expect("as laid out");
                // One message: a flag, its length, itself.
                let message = body.get(5..).unwrap_or_default().to_vec();
                office.calls.lock().expect("as laid out").push((path.clone(), message.clone()));
                Ok(office
                    .reply(&path, &message)
                    .map_or_else(|fault| status_of(fault).into_http(), |m| framed(&m)))
            }
        }))
    }

    fn reply(&self, path: &str, message: &[u8]) -> Result<Vec<u8>, Fault> {
        let told = self.answers.lock().expect("as laid out").get(path).cloned();
        if let Some(told) = told {
            return told(message);
        }
        let method = path.rsplit('/').next().unwrap_or_default();
        let encoded = match method {
            "State" => {
                let founded = *self.founded.lock().expect("as laid out");
                StateResponse { founded, agency_name: "Sở Nội vụ tỉnh Minh Giang".to_owned() }.encode_to_vec()
            }
            "LogIn" => self.log_in(message)?.encode_to_vec(),
            "LogOut" => Vec::new(),
            "Seal" => self.seal(message)?.encode_to_vec(),
            "Get" => {
                let request = GetRequest::decode(message).expect("as laid out");
                let record = self.records.lock().expect("as laid out").get(&request.id).cloned();
                GetResponse { record: Some(record.ok_or_else(|| Fault::unknown(request.id))?) }
                    .encode_to_vec()
            }
            "BatchGet" => {
                let request = BatchGetRequest::decode(message).expect("as laid out");
                let all = self.records.lock().expect("as laid out");
                let records = request.ids.iter().filter_map(|id| all.get(id).cloned()).collect();
                BatchGetResponse { records }.encode_to_vec()
            }
            "List" => self.listed(&ListRequest::decode(message).expect("as laid out")).encode_to_vec(),
            "Count" => {
                let request = CountRequest::decode(message).expect("as laid out");
                let counts = request
                    .lists
                    .iter()
                    .map(|l| u32::try_from(self.listed(l).items.len()).unwrap_or(u32::MAX))
                    .collect();
                CountResponse { counts, position: 1 }.encode_to_vec()
            }
            "Search" => SearchResponse::default().encode_to_vec(),
            "History" => HistoryResponse::default().encode_to_vec(),
            "TreeHead" => TreeHeadResponse { size: 42, root: "ab".repeat(32), upkeep: None }.encode_to_vec(),
            "GetFile" => {
                GetFileResponse { chunk: b"%PDF-1.7 demo".as_slice().into(), size: 13 }.encode_to_vec()
            }
            "FindDuplicates" => FindDuplicatesResponse::default().encode_to_vec(),
            other => return Err(Fault::unavailable("PEER", format!("{other} is not laid out"))),
        };
        Ok(encoded)
    }

    fn listed(&self, request: &ListRequest) -> ListResponse {
        let mut items =
            self.lists.lock().expect("as laid out").get(&request.list).cloned().unwrap_or_default();
        let size = if request.page_size == 0 { 50 } else { request.page_size.unsigned_abs() as usize };
        let more = items.len() > size && request.page_token.is_empty();
        items.truncate(size);
        ListResponse {
            items,
            next_page_token: if more { "next".to_owned() } else { String::new() },
            position: 1,
        }
    }

    fn log_in(&self, message: &[u8]) -> Result<LogInResponse, Fault> {
        let request = LogInRequest::decode(message).expect("as laid out");
        if request.login != "hanh.vt" || request.password != "mật khẩu dài" {
            return Err(Fault::Unauthenticated { text: "login or password is wrong".to_owned() });
        }
        let must_change_password = *self.must_change.lock().expect("as laid out");
        Ok(LogInResponse {
            session_token: TOKEN.to_owned(),
            must_change_password,
            ..LogInResponse::default()
        })
    }

    fn seal(&self, message: &[u8]) -> Result<SealResponse, Fault> {
        if SealRequest::decode(message).expect("as laid out").session_token != TOKEN {
            return Err(Fault::Unauthenticated { text: "no such session".to_owned() });
        }
        let record = |id: &str, state| Record {
            id: id.to_owned(),
            version: 1,
            readers: Vec::new(),
            state: Some(state),
        };
        let held = record("pos_1", State::Position(position(&self.roles.lock().expect("as laid out"))));
        Ok(SealResponse {
            seal: b"seal".to_vec(),
            ends_at: None,
            person: Some(record("per_1", State::Person(person()))),
            position: Some(held.clone()),
            positions: vec![held],
            must_change_password: *self.must_change.lock().expect("as laid out"),
        })
    }
}

fn person() -> Person {
    Person {
        full_name: "Vũ Thị Hạnh (demo)".to_owned(),
        login: "hanh.vt".to_owned(),
        active: true,
        ..Person::default()
    }
}

fn position(roles: &[Role]) -> Position {
    Position {
        person_id: "per_1".to_owned(),
        unit_id: "unit_1".to_owned(),
        title: "Văn thư viên".to_owned(),
        roles: roles.iter().map(|r| *r as i32).collect(),
        ..Position::default()
    }
}

fn framed(message: &[u8]) -> Response<tonic::body::Body> {
    let mut bytes = vec![0];
    bytes.extend_from_slice(&u32::try_from(message.len()).expect("as laid out").to_be_bytes());
    bytes.extend_from_slice(message);
    Response::builder()
        .header(header::CONTENT_TYPE, "application/grpc")
        .header("grpc-status", "0")
        .body(tonic::body::Body::new(Body::from(bytes)))
        .expect("as laid out")
}

/// A page as it came.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl Page {
    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().expect("as laid out"))
    }

    /// The cookies that it sets.
    pub(crate) fn cookies(&self) -> Vec<String> {
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|v| v.to_str().expect("as laid out").to_owned())
            .collect()
    }

    /// The token of its first form.
    pub(crate) fn token(&self) -> String {
        let rest = self.text.split("name=\"csrf\" value=\"").nth(1).expect("a form with a token");
        rest.split('"').next().expect("as laid out").to_owned()
    }
}

/// A browser with one cookie jar.
pub(crate) struct Browser {
    router: Router,
    cookie: String,
}

impl Browser {
    /// One without a session.
    pub(crate) fn stranger(office: &FakeOffice) -> Self {
        Self { router: office.router(), cookie: String::new() }
    }

    /// One with the session.
    pub(crate) fn logged_in(office: &FakeOffice) -> Self {
        Self { router: office.router(), cookie: format!("vanthu={TOKEN}") }
    }

    /// Takes cookies over from a page.
    pub(crate) fn keep(&mut self, page: &Page) {
        self.cookie = page
            .cookies()
            .iter()
            .map(|c| c.split(';').next().expect("as laid out"))
            .collect::<Vec<_>>()
            .join("; ");
    }

    /// A page.
    pub(crate) async fn get(&self, path: &str) -> Page {
        self.send(Request::get(path), Body::empty()).await
    }

    /// A form with the token of the session.
    pub(crate) async fn post(&self, path: &str, token: &str, fields: &str) -> Page {
        let body = format!("csrf={token}&{fields}");
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    /// Anything.
    pub(crate) async fn send(&self, mut request: http::request::Builder, body: Body) -> Page {
        if !self.cookie.is_empty() {
            request = request.header(header::COOKIE, &self.cookie);
        }
        let response =
            self.router.clone().oneshot(request.body(body).expect("as laid out")).await.expect("as laid out");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("as laid out").to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Page { status: parts.status, headers: parts.headers, text, bytes }
    }
}
