//! An office over an archive: people with seals, a clock that can be set, and words for what they do.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use domain::testing::founding;
use proto::archive::v1::archive_client::ArchiveClient;
use proto::archive::v1::{CommitRequest, CommitResponse, GetRequest, ListItem, ListName, ListRequest};
use proto::directory::v1::SealBody;
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::{
    AddPerson, Appoint, Caller, Channel, Command, Date, DocumentFacts, DocumentKind, FileRef, Person,
    Position, ReceiveIncoming, Record, RegisterIncoming, Role, SecurityMarking, SigningCapacity,
    SwitchSecretRegistration, Urgency,
};
use proto::rpc::identity::{SEAL_HEADER, SERVICE_HEADER};
use proto::rpc::{Clock, Guard, Peer, ServiceKey, Trust, fault_of, peer};
use storage::DataDirectory;
use storage::disk::{Disk, DiskError, DiskFile, Metadata, Operation, RealDisk};
use tonic::Request;
use tonic::metadata::MetadataValue;

use crate::{Archive, Options};

/// Nine in the morning of 2 March 2026 in Viet Nam.
pub(super) const MORNING_MS: i64 = 1_772_416_800_000;
pub(super) const HOUR_MS: i64 = 3_600_000;
pub(super) const DAY_MS: i64 = 24 * HOUR_MS;

pub(super) struct Office {
    pub(super) root: Arc<tempfile::TempDir>,
    pub(super) archive: Option<Archive>,
    pub(super) now_ms: Arc<AtomicI64>,
    pub(super) disk: Arc<FailingDisk>,
    key: Arc<ServiceKey>,
    trust: Arc<Trust>,
    pub(super) administrator: Caller,
    pub(super) clerk: Caller,
    pub(super) leader: Caller,
    pub(super) officer: Caller,
}

/// Request ids of a test run, never the same.
pub(super) fn fresh_request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("request-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Office {
    /// An empty store that is open.
    pub(super) fn empty() -> Self {
        let key = ServiceKey::generate("directory", "snv").unwrap();
        let trust = Trust::new("snv").with("directory", &key.public_key().unwrap()).unwrap();
        let signer = ServiceKey::generate("signer", "snv").unwrap();
        let trust = trust.with("signer", &signer.public_key().unwrap()).unwrap();
        let mut office = Self {
            root: Arc::new(tempfile::tempdir().unwrap()),
            archive: None,
            now_ms: Arc::new(AtomicI64::new(MORNING_MS)),
            disk: Arc::default(),
            key: Arc::new(key),
            trust: Arc::new(trust),
            administrator: Caller::default(),
            clerk: Caller::default(),
            leader: Caller::default(),
            officer: Caller::default(),
        };
        office.open();
        office
    }

    /// Founded, with a clerk, a leader and an officer, all through commands.
    pub(super) async fn founded() -> Self {
        let mut office = Self::empty();
        let founded = office.found().await.unwrap();
        office.administrator = caller_of(&founded);
        let unit = id_of(&founded.records, "unit_");
        for (login, role) in
            [("vanthu", Role::Clerk), ("giamdoc", Role::Leader), ("chuyenvien", Role::Officer)]
        {
            let caller = office.employ(login, &unit, role).await;
            match role {
                Role::Clerk => office.clerk = caller,
                Role::Leader => office.leader = caller,
                _ => office.officer = caller,
            }
        }
        office
    }

    pub(super) async fn employ(&self, login: &str, unit: &str, role: Role) -> Caller {
        let person = Person {
            full_name: format!("Người {login}"),
            login: login.to_owned(),
            active: true,
            email: String::new(),
        };
        let made =
            self.commit(&self.administrator, C::AddPerson(AddPerson { person: Some(person) })).await.unwrap();
        let position = Position {
            person_id: id_of(&made.records, "per_"),
            unit_id: unit.to_owned(),
            title: "Chức vụ".to_owned(),
            roles: vec![role.into()],
            capacities: if role == Role::Leader { vec![SigningCapacity::Head.into()] } else { Vec::new() },
            valid_from: Some(Date { year: 2026, month: 1, day: 1 }),
            ..Position::default()
        };
        let made =
            self.commit(&self.administrator, C::Appoint(Appoint { position: Some(position) })).await.unwrap();
        caller_of(&made)
    }

    pub(super) fn directory(&self) -> PathBuf {
        self.root.path().join("data")
    }

    fn clock(&self) -> Clock {
        let now = Arc::clone(&self.now_ms);
        Arc::new(move || now.load(Ordering::Relaxed))
    }

    pub(super) fn options(&self) -> Options {
        Options { directory: self.directory(), clock: self.clock() }
    }

    pub(super) fn open(&mut self) {
        let directory = DataDirectory::open(&self.directory()).unwrap();
        let disk = Arc::clone(&self.disk);
        self.archive = Some(Archive::open_on(directory, disk, self.clock(), |_| {}).unwrap());
    }

    /// Stops cleanly.
    pub(super) fn close(&mut self) {
        self.archive.take().unwrap().close();
    }

    /// Stops as a killed process does.
    pub(super) fn kill(&mut self) {
        self.archive.take().unwrap().kill();
    }

    pub(super) fn pass(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::Relaxed);
    }

    pub(super) fn archive(&self) -> &Archive {
        self.archive.as_ref().unwrap()
    }

    /// A client in this process, through the guard.
    pub(super) fn client(&self) -> ArchiveClient<Peer> {
        // Seals are not what is tested here: for the guard it is always morning, whatever the archive's clock does.
        let guard = Guard::new(Arc::clone(&self.trust), Arc::new(|| MORNING_MS));
        peer::archive(peer::local(guard.wrap(self.archive().service().into_server())))
    }

    /// A request under a person's seal.
    pub(super) fn by<T>(&self, caller: &Caller, message: T) -> Request<T> {
        let body = SealBody {
            caller: Some(caller.clone()),
            audience: "snv".to_owned(),
            expires_at_ms: MORNING_MS + 60_000,
            must_change_password: false,
        };
        let seal = self.key.seal(&body).unwrap();
        let mut request = Request::new(message);
        request.metadata_mut().insert_bin(SEAL_HEADER, MetadataValue::from_bytes(&seal));
        request
    }

    /// A request of the service directory alone.
    pub(super) fn by_directory<T>(&self, message: T) -> Request<T> {
        let token = self.key.service_token(MORNING_MS).unwrap();
        let mut request = Request::new(message);
        request.metadata_mut().insert_bin(SERVICE_HEADER, MetadataValue::from_bytes(&token));
        request
    }

    pub(super) async fn found(&self) -> Result<CommitResponse, Fault> {
        let request = commit_request(C::FoundAgency(founding()));
        self.client()
            .commit(self.by_directory(request))
            .await
            .map(|it| it.into_inner())
            .map_err(|s| fault_of(&s))
    }

    pub(super) async fn commit(&self, caller: &Caller, command: C) -> Result<CommitResponse, Fault> {
        self.commit_request(caller, commit_request(command)).await
    }

    pub(super) async fn commit_request(
        &self,
        caller: &Caller,
        request: CommitRequest,
    ) -> Result<CommitResponse, Fault> {
        let answer = self.client().commit(self.by(caller, request)).await;
        answer.map(|answer| answer.into_inner()).map_err(|status| fault_of(&status))
    }

    pub(super) async fn get(&self, caller: &Caller, id: &str) -> Result<Record, Fault> {
        let request = GetRequest { id: id.to_owned(), at_least: 0 };
        let answer = self.client().get(self.by(caller, request)).await.map_err(|status| fault_of(&status))?;
        Ok(answer.into_inner().record.unwrap())
    }

    /// Receives a document: its id.
    pub(super) async fn receive(&self, command: ReceiveIncoming) -> Result<String, Fault> {
        let made = self.commit(&self.clerk, C::ReceiveIncoming(command)).await?;
        Ok(id_of(&made.records, "in_"))
    }

    /// Receives and registers a document on paper: its id.
    pub(super) async fn register(&self, facts: DocumentFacts) -> Result<String, Fault> {
        let id = self.receive(on_paper(facts.clone())).await?;
        self.commit(&self.clerk, C::RegisterIncoming(registration(&id, facts))).await?;
        Ok(id)
    }

    pub(super) async fn secret_registration(&self) {
        let on = SwitchSecretRegistration { on: true, reason: "Quyết định 12".to_owned() };
        self.commit(&self.administrator, C::SwitchSecretRegistration(on)).await.unwrap();
    }

    /// All lines of a list, page by page.
    pub(super) async fn list(&self, caller: &Caller, request: ListRequest) -> Result<Vec<ListItem>, Fault> {
        let mut client = self.client();
        let mut items = Vec::new();
        let mut page_token = String::new();
        loop {
            let page = ListRequest { page_token: page_token.clone(), ..request.clone() };
            let answer =
                client.list(self.by(caller, page)).await.map_err(|status| fault_of(&status))?.into_inner();
            items.extend(answer.items);
            if answer.next_page_token.is_empty() {
                return Ok(items);
            }
            assert_ne!(answer.next_page_token, page_token, "a page token must lead on");
            page_token = answer.next_page_token;
        }
    }

    /// The series of incoming documents without secrecy.
    pub(super) async fn incoming_series(&self) -> String {
        let all = ListRequest { list: ListName::Series.into(), ..ListRequest::default() };
        let items = self.list(&self.administrator, all).await.unwrap();
        items
            .into_iter()
            .filter_map(|item| item.record)
            .find(|record| matches!(&record.state, Some(State::Series(it)) if it.name == "Văn bản đến"))
            .unwrap()
            .id
    }
}

pub(super) fn commit_request(command: C) -> CommitRequest {
    CommitRequest {
        request_id: fresh_request_id(),
        command: Some(Command { command: Some(command) }),
        expected_versions: Vec::new(),
    }
}

pub(super) fn id_of(records: &[Record], prefix: &str) -> String {
    records.iter().find(|record| record.id.starts_with(prefix)).map(|record| record.id.clone()).unwrap()
}

fn caller_of(made: &CommitResponse) -> Caller {
    let record = made.records.iter().find(|record| record.id.starts_with("pos_")).unwrap();
    let Some(State::Position(position)) = &record.state else { panic!("no position") };
    Caller {
        person_id: position.person_id.clone(),
        position_id: record.id.clone(),
        unit_id: position.unit_id.clone(),
        roles: position.roles.clone(),
        delegation_id: String::new(),
        session_id: "ses_test".to_owned(),
    }
}

pub(super) fn facts(number: &str, subject: &str) -> DocumentFacts {
    DocumentFacts {
        kind: DocumentKind::Letter.into(),
        number: number.to_owned(),
        notation: "UBND-VX".to_owned(),
        issuer: "Ủy ban nhân dân tỉnh Minh Giang".to_owned(),
        subject: subject.to_owned(),
        urgency: Urgency::Normal.into(),
        marking: SecurityMarking::None.into(),
        ..DocumentFacts::default()
    }
}

pub(super) fn on_paper(facts: DocumentFacts) -> ReceiveIncoming {
    ReceiveIncoming { facts: Some(facts), channel: Channel::Paper.into(), ..ReceiveIncoming::default() }
}

pub(super) fn with_file(facts: DocumentFacts, file: FileRef, text_digest: String) -> ReceiveIncoming {
    ReceiveIncoming {
        facts: Some(facts),
        files: vec![file],
        channel: Channel::Electronic.into(),
        text_digest,
        ..ReceiveIncoming::default()
    }
}

pub(super) fn registration(id: &str, facts: DocumentFacts) -> RegisterIncoming {
    RegisterIncoming {
        document_id: id.to_owned(),
        facts: Some(facts),
        arrival_date: Some(Date { year: 2026, month: 3, day: 2 }),
        to_places: String::new(),
        despite_duplicate: false,
        submit_to: String::new(),
    }
}

/// The real disk, whose syncs fail on demand.
#[derive(Debug, Default)]
pub(super) struct FailingDisk {
    pub(super) fails: Arc<AtomicBool>,
}

#[derive(Debug)]
struct FailingFile {
    file: Box<dyn DiskFile>,
    path: PathBuf,
    fails: Arc<AtomicBool>,
}

impl FailingDisk {
    fn wrap(&self, path: &std::path::Path, file: Box<dyn DiskFile>) -> Box<dyn DiskFile> {
        Box::new(FailingFile { file, path: path.to_owned(), fails: Arc::clone(&self.fails) })
    }
}

impl DiskFile for FailingFile {
    fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        self.file.append(bytes)
    }
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        self.file.write_at(offset, bytes)
    }
    fn sync(&mut self) -> Result<(), DiskError> {
        if self.fails.load(Ordering::Relaxed) {
            let source = std::io::Error::other("input/output error");
            return Err(DiskError { operation: Operation::Sync, path: self.path.clone(), source });
        }
        self.file.sync()
    }
    fn truncate(&mut self, length: u64) -> Result<(), DiskError> {
        self.file.truncate(length)
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, DiskError> {
        self.file.read_at(offset, buffer)
    }
    fn len(&self) -> Result<u64, DiskError> {
        self.file.len()
    }
}

impl Disk for FailingDisk {
    fn create(&self, path: &std::path::Path) -> Result<Box<dyn DiskFile>, DiskError> {
        Ok(self.wrap(path, RealDisk.create(path)?))
    }
    fn open(&self, path: &std::path::Path) -> Result<Box<dyn DiskFile>, DiskError> {
        RealDisk.open(path)
    }
    fn open_writable(&self, path: &std::path::Path) -> Result<Box<dyn DiskFile>, DiskError> {
        Ok(self.wrap(path, RealDisk.open_writable(path)?))
    }
    fn rename(&self, from: &std::path::Path, to: &std::path::Path) -> Result<(), DiskError> {
        RealDisk.rename(from, to)
    }
    fn hard_link(&self, existing: &std::path::Path, new: &std::path::Path) -> Result<(), DiskError> {
        RealDisk.hard_link(existing, new)
    }
    fn remove(&self, path: &std::path::Path) -> Result<(), DiskError> {
        RealDisk.remove(path)
    }
    fn create_dir_all(&self, path: &std::path::Path) -> Result<(), DiskError> {
        RealDisk.create_dir_all(path)
    }
    fn sync_dir(&self, path: &std::path::Path) -> Result<(), DiskError> {
        RealDisk.sync_dir(path)
    }
    fn list(&self, path: &std::path::Path) -> Result<Vec<storage::disk::DirectoryEntry>, DiskError> {
        RealDisk.list(path)
    }
    fn metadata(&self, path: &std::path::Path) -> Result<Option<Metadata>, DiskError> {
        RealDisk.metadata(path)
    }
    fn set_read_only(&self, path: &std::path::Path) -> Result<(), DiskError> {
        RealDisk.set_read_only(path)
    }
}
