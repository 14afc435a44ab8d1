//! An office laid out so that a call past the policy is refused by a rule of the state, and so changes nothing for the
//! next caller.

use integration_tests::authority::KeyKind;
use integration_tests::desk::made;
use integration_tests::incoming::facts;
use integration_tests::office::OneProcess;
use integration_tests::paper;
use integration_tests::staff::{ADMINISTRATOR, EVERYBODY, FIRST_PASSWORD, KEY_PASSWORD};
use integration_tests::world::as_incoming;
use proto::directory::v1::{
    CloseSeriesRequest, DefineSeriesRequest, EndDelegationRequest, WithdrawCertificateRequest,
};
use proto::forms::v1::RenderLetterRequest;
use proto::record::v1::record::State;
use proto::record::v1::{
    Agency, Appoint, Book, Caller, CompleteAssignment, CreateDraft, Date, Delegate, Delegation,
    DocumentFacts, DocumentKind, EndPosition, FieldPlace, OpenedNow, OutgoingStatus, Person, Position,
    Recall, RecordOpened, Role, Series, Unit, VoidNumber,
};
use proto::rpc::outgoing;

/// What the cases name.
pub(crate) struct Fixture {
    pub(crate) agency: Agency,
    pub(crate) unit: (String, Unit),
    pub(crate) person: (String, Person),
    pub(crate) position: Position,
    pub(crate) administrators_position: String,
    pub(crate) directors_position: String,
    pub(crate) heads_position: String,
    /// A position that has ended, as a seal made before still says it.
    pub(crate) ended: Caller,
    pub(crate) delegation: Delegation,
    pub(crate) ended_delegation: String,
    pub(crate) closed_series: String,
    pub(crate) withdrawn_certificate: String,
    pub(crate) directors_certificate: String,
    /// A key of the deputy that the administrator has enrolled.
    pub(crate) enrolled_key: Vec<u8>,
    pub(crate) deputy: String,
    /// The certificate of a key of the deputy that nobody has enrolled.
    pub(crate) outside_certificate: Vec<u8>,
    /// Registered, directed, opened by the head of the leading unit.
    pub(crate) directed: String,
    pub(crate) facts: DocumentFacts,
    pub(crate) series: String,
    /// A line that is void.
    pub(crate) void_entry: String,
    /// Completed, as its lead and its document.
    pub(crate) completed: (String, String),
    pub(crate) leader: String,
    pub(crate) officer: String,
    pub(crate) helpers_unit: String,
    /// A draft that waits for the director's approval, one for each caller.
    pub(crate) for_approval: Vec<String>,
    pub(crate) places: Vec<FieldPlace>,
    pub(crate) issued: String,
    pub(crate) issued_main: String,
    pub(crate) recalled: String,
    pub(crate) draft: CreateDraft,
    pub(crate) letter: RenderLetterRequest,
    pub(crate) today: Date,
    /// A folder that is there.
    pub(crate) folder: String,
}

impl Fixture {
    pub(crate) async fn lay_out(office: &OneProcess) -> Self {
        let world = &office.world;
        let (administrator, clerk) = (world.desk(ADMINISTRATOR), world.desk("vanthu"));
        let person_id = world.member("chuyenvien2").person_id.clone();
        let unit_id = world.member("chuyenvien2").unit_id.clone();
        let state = async |id: &str| administrator.get(id).await.unwrap().state.unwrap();
        let State::Agency(agency) = state("agency").await else { panic!("no agency") };
        let State::Unit(unit) = state(&unit_id).await else { panic!("no unit") };
        let State::Person(person) = state(&person_id).await else { panic!("no person") };
        let State::Position(position) = state(&world.member("chuyenvien2").position_id).await else {
            panic!("no position")
        };

        let (ended, deputys_key) =
            (ended(office).await, world.authority.issue("Trần Thị Bình", KeyKind::P256));
        let enrolled_key = world.authority.pkcs12(&deputys_key, KEY_PASSWORD);
        let deputy = world.member("phogiamdoc").person_id.clone();
        administrator.enrol_key(&deputy, enrolled_key.clone(), Vec::new()).await.unwrap();
        let identity = administrator.identity().await.unwrap();
        let withdrawn_certificate = world.member("phogiamdoc").certificate_id.clone();
        let request = WithdrawCertificateRequest {
            request_id: world.request_id(),
            command: Some(proto::record::v1::WithdrawCertificate {
                certificate_id: withdrawn_certificate.clone(),
                reason: "Thay chứng thư".to_owned(),
            }),
            ..Default::default()
        };
        let mut directory = world.peers.directory();
        directory.withdraw_certificate(outgoing(&identity, request)).await.unwrap();
        let delegation = Delegation {
            from_position_id: world.member("giamdoc").position_id.clone(),
            to_position_id: world.member("truongphong").position_id.clone(),
            basis: "Quyết định số 12/QĐ-SNV".to_owned(),
            scope: "Ký văn bản về thi đua".to_owned(),
            valid_from: Some(world.today()),
            valid_to: Some(domain::calendar::add_days(world.today(), 30)),
            ended: false,
        };
        let receipt =
            administrator.delegate(Delegate { delegation: Some(delegation.clone()) }).await.unwrap();
        let ended_delegation = made(&receipt, "del_");
        let request = EndDelegationRequest {
            request_id: world.request_id(),
            command: Some(proto::record::v1::EndDelegation {
                delegation_id: ended_delegation.clone(),
                reason: "Hết việc".to_owned(),
            }),
            ..Default::default()
        };
        directory.end_delegation(outgoing(&identity, request)).await.unwrap();
        let series = Series {
            name: "Quyết định".to_owned(),
            book: Book::Outgoing.into(),
            kinds: vec![DocumentKind::Decision.into()],
            ..Series::default()
        };
        let request = DefineSeriesRequest {
            request_id: world.request_id(),
            command: Some(proto::record::v1::DefineSeries { series: Some(series) }),
            ..Default::default()
        };
        let answer = directory.define_series(outgoing(&identity, request)).await.unwrap().into_inner();
        let closed_series = made(&answer.receipt.unwrap(), "ser_");
        let request = CloseSeriesRequest {
            request_id: world.request_id(),
            command: Some(proto::record::v1::CloseSeries {
                series_id: closed_series.clone(),
                reason: "Dùng một dãy".to_owned(),
            }),
            ..Default::default()
        };
        directory.close_series(outgoing(&identity, request)).await.unwrap();

        let said = facts("1", "Đề nghị báo cáo", world.today());
        let directed = world.receive_file("1.pdf", paper::one_page("De nghi bao cao")).await.unwrap();
        world.register(&directed, said.clone()).await.unwrap();
        world.submit(&directed, "giamdoc").await.unwrap();
        world.direct(&directed).await.unwrap();
        let opened = OpenedNow {
            document_id: directed.clone(),
            at: Some(domain::calendar::timestamp(world.time.now())),
        };
        world.desk("truongphong").record_opened(RecordOpened { opened: vec![opened] }).await.unwrap();
        let series = as_incoming(&clerk.get(&directed).await.unwrap()).number.clone().unwrap().series_id;

        let voided = world.receive_paper().await.unwrap();
        let receipt = world.register(&voided, facts("2", "Vào sổ nhầm", world.today())).await.unwrap();
        let void_entry = made(&receipt, "reg_");
        let void = VoidNumber { entry_id: void_entry.clone(), reason: "Vào sổ nhầm".to_owned() };
        clerk.void_number(void).await.unwrap();

        let completed = world.receive_paper().await.unwrap();
        world.register(&completed, facts("3", "Đã xong", world.today())).await.unwrap();
        world.submit(&completed, "giamdoc").await.unwrap();
        world.direct(&completed).await.unwrap();
        let lead = clerk.incoming(&completed).await.unwrap().lead_assignment_id;
        let done = CompleteAssignment { assignment_id: lead.clone(), result: "Xong".to_owned() };
        world.desk("truongphong").complete_assignment(done).await.unwrap();

        let letter = world.letter("Báo cáo kết quả");
        let issued = world.draft_letter("Báo cáo kết quả", "").await.unwrap();
        world.carry(&issued, OutgoingStatus::Issued).await.unwrap();
        let document = clerk.outgoing(&issued).await.unwrap();
        let recalled = world.draft_letter("Báo cáo nhầm", "").await.unwrap();
        world.carry(&recalled, OutgoingStatus::Issued).await.unwrap();
        let recall = Recall { document_id: recalled.clone(), reason: "Có sai sót".to_owned() };
        clerk.recall_document(recall).await.unwrap();
        // One for each caller of the table: the nine, and those beside them.
        let mut for_approval = Vec::new();
        for n in 0..EVERYBODY.len() + 7 {
            let id = world.draft_letter(&format!("Xin ý kiến lần {n}"), "").await.unwrap();
            world.carry(&id, OutgoingStatus::FormChecked).await.unwrap();
            for_approval.push(id);
        }
        // Search follows the journal after a while; a call of the table must not meet it on the way.
        let leader = world.desk("giamdoc");
        let last = leader.get(for_approval.last().unwrap()).await.unwrap();
        assert!(!leader.search("kết quả", last.version).await.unwrap().behind, "search follows the journal");
        Self {
            agency,
            unit: (unit_id, unit),
            person: (person_id, person),
            position,
            administrators_position: world.member(ADMINISTRATOR).position_id.clone(),
            directors_position: world.member("giamdoc").position_id.clone(),
            heads_position: world.member("truongphong").position_id.clone(),
            ended,
            delegation,
            ended_delegation,
            closed_series,
            withdrawn_certificate,
            directors_certificate: world.member("giamdoc").certificate_id.clone(),
            enrolled_key,
            deputy,
            outside_certificate: world
                .authority
                .issue("Trần Thị Bình", KeyKind::P256)
                .certificate
                .to_pem()
                .unwrap(),
            directed,
            facts: said,
            series,
            void_entry,
            completed: (lead, completed),
            leader: world.member("giamdoc").person_id.clone(),
            officer: world.member("chuyenvien").person_id.clone(),
            helpers_unit: world.member("chuyenvien2").unit_id.clone(),
            for_approval,
            places: document.places.clone(),
            issued_main: document.files[0].digest.clone(),
            issued,
            recalled,
            draft: world.draft("Xin ý kiến", "", Vec::new()),
            letter,
            today: world.today(),
            folder: office.data().parent().unwrap().display().to_string(),
        }
    }
}

/// Somebody whose position has ended while a seal of theirs is still young.
async fn ended(office: &OneProcess) -> Caller {
    let world = &office.world;
    let administrator = world.desk(ADMINISTRATOR);
    let member = world.member("thethuc");
    let position = Position {
        person_id: member.person_id.clone(),
        unit_id: member.unit_id.clone(),
        title: "Văn thư kiêm nhiệm".to_owned(),
        roles: vec![Role::Clerk.into(), Role::Administrator.into()],
        valid_from: Some(world.today()),
        ..Position::default()
    };
    let receipt = administrator.appoint(Appoint { position: Some(position.clone()) }).await.unwrap();
    let position_id = made(&receipt, "pos_");
    let end = EndPosition { position_id: position_id.clone(), reason: "Thôi kiêm nhiệm".to_owned() };
    administrator.end_position(end).await.unwrap();
    Caller {
        person_id: member.person_id.clone(),
        position_id,
        unit_id: member.unit_id.clone(),
        roles: position.roles,
        session_id: "ses_before".to_owned(),
        ..Caller::default()
    }
}

/// The password that nobody has.
pub(crate) const WRONG_PASSWORD: &str = FIRST_PASSWORD;
