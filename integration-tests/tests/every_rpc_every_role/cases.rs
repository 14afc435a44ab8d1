//! One well-formed request for each RPC.

use bytes::Bytes;
use integration_tests::incoming::{assignment, person, unit, unknown_facts};
use integration_tests::staff::{KEY_PASSWORD, founding};
use prost::Message;
use proto::archive::v1::{
    AppendFileRequest, BackupRequest, BatchGetRequest, BatchGetResponse, CommitRequest, CountRequest,
    CountResponse, FindDuplicatesRequest, FindDuplicatesResponse, GetCredentialRequest, GetFileRequest,
    GetRequest, HistoryRequest, ListName, ListRequest, ListResponse, PutFileRequest, SearchRequest,
    SearchResponse, TreeHeadRequest, WatchRequest,
};
use proto::directory::v1 as directory;
use proto::forms::v1::{
    FileStamp, IncomingBook, Letterhead, PrintMark, RenderRegisterRequest, RenderSlipRequest, RowNumber,
    render_register_request,
};
use proto::intake::v1 as intake;
use proto::record::v1::command::Command as C;
use proto::record::v1::{
    AddEvidence, AddPerson, AddUnit, Appoint, ApproveDraft, AssignNumber, AssignmentRole, Book, ChangeAgency,
    ChangePerson, ChangeUnit, Channel, CheckForm, CheckedFile, CloseSeries, Command, CompleteAssignment,
    CorrectIncoming, CreateDraft, Credential, Date, DefineSeries, Delegate, DeliveryStatus, DirectIncoming,
    EndDelegation, EndPosition, ExtendDeadline, FileEvidence, HandOn, HolidayTable, InitialDraft, Issue,
    KeepEvidence, OpenedNow, Position, Recall, RecordOpened, RecordSealed, RecordSigned, RegisterIncoming,
    ReleaseNumber, ReportProgress, ReserveNumber, ReturnDraft, ReturnIncoming, ReviewContent, Series,
    SetCredential, SetHolidays, SignatureLevel, SignatureReport, SubmitDraft, SubmitIncoming,
    SwitchSecretRegistration, UndoDirection, Unit, UpdateDelivery, Verdict, VoidNumber, WithdrawCertificate,
    WithdrawDraft,
};
use proto::routing::v1 as routing;
use proto::signer::v1 as signer;

use super::fixture::{Fixture, WRONG_PASSWORD};

/// One case.
pub(crate) struct Case {
    /// `Archive/Commit`.
    pub(crate) rpc: &'static str,
    /// Which of several cases of the same RPC; usually empty.
    pub(crate) aside: &'static str,
    /// The request of the caller with this number and log-in name.
    pub(crate) request: fn(&Fixture, usize, &str) -> Vec<u8>,
    /// What an answer means in a word.
    pub(crate) tell: fn(&[u8]) -> String,
}

fn ok(_: &[u8]) -> String {
    "ok".to_owned()
}

fn answered(digest: &str) -> routing::AnsweredFile {
    routing::AnsweredFile { digest: digest.to_owned(), state: b"none".to_vec(), answer: b"none".to_vec() }
}

/// Request ids are told apart by case and caller.
fn request_id(line: u32, n: usize) -> String {
    format!("case-{line:06}-{n:02}")
}

macro_rules! case {
    ($rpc:literal, $request:expr) => {
        case!($rpc, "", $request, ok)
    };
    ($rpc:literal, $aside:literal, $request:expr) => {
        case!($rpc, $aside, $request, ok)
    };
    ($rpc:literal, $aside:literal, $request:expr, $tell:expr) => {
        Case {
            rpc: $rpc,
            aside: $aside,
            request: |f, n, login| {
                let request: fn(&Fixture, usize, &str) -> _ = $request;
                request(f, n, login).encode_to_vec()
            },
            tell: $tell,
        }
    };
}

/// A case of an RPC that is one command: name, module, request, command.
macro_rules! command {
    ($rpc:literal, $module:ident::$request:ident, $command:expr) => {
        Case {
            rpc: $rpc,
            aside: "",
            request: |f, n, _| {
                let command: fn(&Fixture) -> _ = $command;
                let request = $module::$request {
                    request_id: request_id(line!(), n),
                    command: Some(command(f)),
                    expected_versions: Vec::new(),
                };
                request.encode_to_vec()
            },
            tell: ok,
        }
    };
}

/// A case of the archive's own `Commit`.
macro_rules! commit {
    ($aside:literal, $command:expr) => {
        case!("Archive/Commit", $aside, |f, n, _| {
            let command: fn(&Fixture) -> C = $command;
            CommitRequest {
                request_id: request_id(line!(), n),
                command: Some(Command { command: Some(command(f)) }),
                expected_versions: Vec::new(),
            }
        })
    };
}

/// Every case, at least one for each RPC.
pub(crate) fn all() -> Vec<Case> {
    let mut all = archive();
    all.extend(directory());
    all.extend(intake());
    all.extend(routing());
    all.extend(routing_of_drafts());
    all.extend(signer());
    all.extend(forms());
    all
}

fn archive() -> Vec<Case> {
    vec![
        commit!("a command of the clerk", |f| C::SubmitIncoming(SubmitIncoming {
            document_id: f.directed.clone(),
            leader_id: f.leader.clone(),
            ..SubmitIncoming::default()
        })),
        commit!("founding", |_| C::FoundAgency(proto::record::v1::FoundAgency {
            password_hash:
                "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGg"
                    .to_owned(),
            ..founding()
        })),
        commit!("a credential", |f| C::SetCredential(SetCredential {
            credential: Some(Credential {
                person_id: f.person.0.clone(),
                password_hash:
                    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGg"
                        .to_owned(),
                must_change: false,
            }),
        })),
        commit!("a signature made elsewhere", |f| C::RecordSigned(RecordSigned {
            document_id: f.issued.clone(),
            signed: Some(pdf(f)),
            base_digest: f.issued_main.clone(),
            certificate_id: f.directors_certificate.clone(),
            signatures: Some(report(f)),
        })),
        commit!("a seal made elsewhere", |f| C::RecordSealed(RecordSealed {
            document_id: f.issued.clone(),
            sealed: Some(pdf(f)),
            base_digest: f.issued_main.clone(),
            certificate_id: f.directors_certificate.clone(),
            signatures: Some(report(f)),
            ..RecordSealed::default()
        })),
        commit!("evidence made elsewhere", |f| C::AddEvidence(AddEvidence {
            document_id: f.recalled.clone(),
            files: vec![FileEvidence {
                base_digest: f.issued_main.clone(),
                digest: f.issued_main.clone(),
                size: 1_000_000,
                level: SignatureLevel::Archived.into(),
                renew_at: None,
                signatures: Some(report(f)),
            }],
        })),
        commit!("what authorities said of a received document", |f| C::KeepEvidence(KeepEvidence {
            document_id: f.directed.clone(),
            files: vec![CheckedFile {
                digest: f.issued_main.clone(),
                evidence_digest: f.issued_main.clone(),
                evidence_size: 1_000_000,
                complete: true,
                signatures: Some(report(f)),
                sources: Vec::new(),
            }],
        })),
        commit!("an approval without the signer", |f| C::ApproveDraft(ApproveDraft {
            document_id: f.issued.clone(),
            prepared: Some(pdf(f)),
            places: f.places.clone(),
            note: String::new(),
        })),
        case!("Archive/Get", "an issued document", |f, _, _| GetRequest {
            id: f.issued.clone(),
            at_least: 0
        }),
        case!("Archive/Get", "a document under way", |f, _, _| GetRequest {
            id: f.directed.clone(),
            at_least: 0
        }),
        case!("Archive/Get", "a person", |f, _, _| GetRequest { id: f.person.0.clone(), at_least: 0 }),
        case!("Archive/Get", "a credential", |f, _, _| GetRequest {
            id: domain::id::credential(&f.person.0),
            at_least: 0
        }),
        case!(
            "Archive/BatchGet",
            "person, credential, two documents",
            |f, _, _| BatchGetRequest {
                ids: vec![
                    f.person.0.clone(),
                    domain::id::credential(&f.person.0),
                    f.directed.clone(),
                    f.issued.clone()
                ]
            },
            |bytes| format!("ok, {} records", BatchGetResponse::decode(bytes).unwrap().records.len())
        ),
        case!(
            "Archive/List",
            "all incoming documents",
            |_, _, _| ListRequest { list: ListName::IncomingAll.into(), ..ListRequest::default() },
            |bytes| format!("ok, {} lines", ListResponse::decode(bytes).unwrap().items.len())
        ),
        case!(
            "Archive/List",
            "what waits for evidence",
            |_, _, _| ListRequest {
                list: ListName::ByEvidence.into(),
                evidence_level: SignatureLevel::Basic.into(),
                ..ListRequest::default()
            },
            |bytes| format!("ok, {} lines", ListResponse::decode(bytes).unwrap().items.len())
        ),
        case!(
            "Archive/List",
            "what authorities were not asked about",
            |_, _, _| ListRequest { list: ListName::Unchecked.into(), ..ListRequest::default() },
            |bytes| format!("ok, {} lines", ListResponse::decode(bytes).unwrap().items.len())
        ),
        case!(
            "Archive/List",
            "a register",
            |f, _, _| ListRequest {
                list: ListName::Register.into(),
                series_id: f.series.clone(),
                year: f.today.year,
                ..ListRequest::default()
            },
            |bytes| format!("ok, {} lines", ListResponse::decode(bytes).unwrap().items.len())
        ),
        case!(
            "Archive/Count",
            "documents in and out, people",
            |_, _, _| CountRequest {
                lists: [ListName::IncomingAll, ListName::OutgoingAll, ListName::People]
                    .map(|list| ListRequest { list: list.into(), ..ListRequest::default() })
                    .into()
            },
            |bytes| {
                let counts = CountResponse::decode(bytes).unwrap().counts;
                // Drafts that wait for approval become fewer or more with the fixture; only whether there are any counts.
                format!(
                    "ok, {}",
                    counts
                        .iter()
                        .map(|n| if *n == 0 { "none" } else { "some" })
                        .collect::<Vec<_>>()
                        .join(" ")
                )
            }
        ),
        case!(
            "Archive/FindDuplicates",
            "of a document under way",
            |f, _, _| FindDuplicatesRequest {
                facts: Some(f.facts.clone()),
                ..FindDuplicatesRequest::default()
            },
            |bytes| format!("ok, {} alike", FindDuplicatesResponse::decode(bytes).unwrap().duplicates.len())
        ),
        case!("Archive/Watch", |_, _, _| WatchRequest { after: 0 }),
        case!("Archive/PutFile", |_, _, _| PutFileRequest { chunk: Bytes::from_static(b"bytes") }),
        case!("Archive/AppendFile", "to a document's file", |f, _, _| AppendFileRequest {
            base_digest: f.issued_main.clone(),
            chunk: Bytes::from_static(b"more"),
        }),
        case!("Archive/GetFile", "through its document", |f, _, _| GetFileRequest {
            digest: f.issued_main.clone(),
            record_id: f.issued.clone(),
            ..GetFileRequest::default()
        }),
        case!("Archive/GetFile", "through another record", |f, _, _| GetFileRequest {
            digest: f.issued_main.clone(),
            record_id: f.directed.clone(),
            ..GetFileRequest::default()
        }),
        case!("Archive/GetFile", "of nothing", |f, _, _| GetFileRequest {
            digest: f.issued_main.clone(),
            ..GetFileRequest::default()
        }),
        case!(
            "Archive/Search",
            "a word of an issued document",
            |_, _, _| SearchRequest {
                query: "\"Báo cáo kết quả\"".to_owned(),
                at_least: 1,
                ..SearchRequest::default()
            },
            |bytes| format!("ok, {} hits", SearchResponse::decode(bytes).unwrap().total)
        ),
        case!("Archive/History", "a document under way", |f, _, _| HistoryRequest {
            record_id: f.directed.clone(),
            ..HistoryRequest::default()
        }),
        case!("Archive/TreeHead", |_, _, _| TreeHeadRequest {}),
        case!("Archive/GetCredential", |_, _, _| GetCredentialRequest { login: "chuyenvien2".to_owned() }),
        case!("Archive/Backup", "to a folder that is there", |f, _, _| BackupRequest {
            directory: f.folder.clone()
        }),
    ]
}

fn directory() -> Vec<Case> {
    vec![
        case!("Directory/LogIn", "a name that nobody has", |_, n, _| directory::LogInRequest {
            login: format!("khongcoai{n}"),
            password: WRONG_PASSWORD.to_owned(),
        }),
        case!("Directory/LogOut", "no session", |_, _, _| directory::LogOutRequest {
            session_token: "x".repeat(43)
        }),
        case!("Directory/Seal", "no session", |_, _, _| directory::SealRequest {
            session_token: "x".repeat(43),
            position_id: String::new(),
        }),
        case!("Directory/Found", "a wrong code", |_, n, _| directory::FoundRequest {
            request_id: request_id(line!(), n),
            code: "x".repeat(43),
            founding: Some(founding()),
            password: WRONG_PASSWORD.to_owned(),
        }),
        case!("Directory/State", |_, _, _| directory::StateRequest {}),
        case!("Directory/ServiceKeys", |_, _, _| directory::ServiceKeysRequest {}),
        case!("Directory/ChangePassword", "a wrong old one", |_, n, _| directory::ChangePasswordRequest {
            request_id: request_id(line!(), n),
            old_password: WRONG_PASSWORD.to_owned(),
            new_password: "mat-khau-moi-toanh".to_owned(),
        }),
        case!("Directory/ResetPassword", "another's", |f, n, _| directory::ResetPasswordRequest {
            request_id: request_id(line!(), n),
            person_id: f.person.0.clone(),
            new_password: WRONG_PASSWORD.to_owned(),
        }),
        command!("Directory/ChangeAgency", directory::ChangeAgencyRequest, |f| ChangeAgency {
            agency: Some(f.agency.clone())
        }),
        command!("Directory/SwitchSecretRegistration", directory::SwitchSecretRegistrationRequest, |_| {
            SwitchSecretRegistration { on: false, reason: "Như cũ".to_owned() }
        }),
        command!("Directory/AddUnit", directory::AddUnitRequest, |_| AddUnit {
            unit: Some(Unit {
                name: "Phòng mới".to_owned(),
                abbreviation: "PM".to_owned(),
                active: true,
                rank: 9
            })
        }),
        command!("Directory/ChangeUnit", directory::ChangeUnitRequest, |f| ChangeUnit {
            unit_id: f.unit.0.clone(),
            unit: Some(f.unit.1.clone())
        }),
        command!("Directory/AddPerson", directory::AddPersonRequest, |f| AddPerson {
            person: Some(f.person.1.clone())
        }),
        command!("Directory/ChangePerson", directory::ChangePersonRequest, |f| ChangePerson {
            person_id: f.person.0.clone(),
            person: Some(f.person.1.clone())
        }),
        command!("Directory/Appoint", directory::AppointRequest, |f| Appoint {
            position: Some(Position { unit_id: "unit_0".to_owned(), ..f.position.clone() })
        }),
        command!("Directory/EndPosition", directory::EndPositionRequest, |f| EndPosition {
            position_id: f.administrators_position.clone(),
            reason: "Thử".to_owned()
        }),
        command!("Directory/Delegate", directory::DelegateRequest, |f| Delegate {
            delegation: Some(proto::record::v1::Delegation {
                from_position_id: f.heads_position.clone(),
                to_position_id: f.directors_position.clone(),
                ..f.delegation.clone()
            })
        }),
        command!("Directory/EndDelegation", directory::EndDelegationRequest, |f| EndDelegation {
            delegation_id: f.ended_delegation.clone(),
            reason: "Thử".to_owned()
        }),
        command!("Directory/DefineSeries", directory::DefineSeriesRequest, |_| DefineSeries {
            series: Some(Series {
                name: "Dãy nữa".to_owned(),
                book: Book::Outgoing.into(),
                ..Series::default()
            })
        }),
        command!("Directory/CloseSeries", directory::CloseSeriesRequest, |f| CloseSeries {
            series_id: f.closed_series.clone(),
            reason: "Thử".to_owned()
        }),
        command!("Directory/SetHolidays", directory::SetHolidaysRequest, |_| SetHolidays {
            table: Some(HolidayTable {
                year: 2030,
                days_off: vec![Date { year: 2030, month: 1, day: 1 }],
                basis: "Bộ luật Lao động".to_owned(),
                ..HolidayTable::default()
            })
        }),
        command!("Directory/WithdrawCertificate", directory::WithdrawCertificateRequest, |f| {
            WithdrawCertificate {
                certificate_id: f.withdrawn_certificate.clone(), reason: "Thử".to_owned()
            }
        }),
    ]
}

fn intake() -> Vec<Case> {
    vec![
        case!("Intake/ReceiveIncomingDocument", "on paper", |_, n, _| {
            intake::ReceiveIncomingDocumentRequest {
                request_id: request_id(line!(), n),
                facts: Some(unknown_facts()),
                channel: Channel::Paper.into(),
                ..intake::ReceiveIncomingDocumentRequest::default()
            }
        }),
        command!("Intake/RegisterIncomingDocument", intake::RegisterIncomingDocumentRequest, |f| {
            RegisterIncoming {
                document_id: f.directed.clone(),
                facts: Some(f.facts.clone()),
                arrival_date: Some(f.today),
                ..RegisterIncoming::default()
            }
        }),
        command!("Intake/CorrectIncomingDocument", intake::CorrectIncomingDocumentRequest, |f| {
            CorrectIncoming {
                document_id: f.directed.clone(),
                facts: Some(f.facts.clone()),
                to_places: "Ban Giám đốc".to_owned(),
                reason: "Thử".to_owned(),
            }
        }),
        command!("Intake/ReturnIncomingDocument", intake::ReturnIncomingDocumentRequest, |f| {
            ReturnIncoming { document_id: f.directed.clone(), reason: "Thử".to_owned() }
        }),
        command!("Intake/VoidNumber", intake::VoidNumberRequest, |f| VoidNumber {
            entry_id: f.void_entry.clone(),
            reason: "Thử".to_owned()
        }),
        case!(
            "Intake/FindDuplicates",
            "of a document under way",
            |f, _, _| intake::FindDuplicatesRequest {
                number: f.facts.number.clone(),
                notation: f.facts.notation.clone(),
                issuer: f.facts.issuer.clone(),
                ..intake::FindDuplicatesRequest::default()
            },
            |bytes| format!(
                "ok, {} alike",
                intake::FindDuplicatesResponse::decode(bytes).unwrap().documents.len()
            )
        ),
        command!("Intake/ReserveNumber", intake::ReserveNumberRequest, |f| ReserveNumber {
            series_id: f.series.clone(),
            reason: "Thử, của sổ văn bản đến".to_owned(),
            ..ReserveNumber::default()
        }),
        command!("Intake/ReleaseNumber", intake::ReleaseNumberRequest, |f| ReleaseNumber {
            entry_id: f.void_entry.clone(),
            reason: "Thử".to_owned()
        }),
        case!("Intake/PrintRegister", |f, _, _| intake::PrintRegisterRequest {
            series_id: f.series.clone(),
            year: f.today.year,
            ..intake::PrintRegisterRequest::default()
        }),
        case!("Intake/PrintSlip", |f, _, _| intake::PrintSlipRequest { document_id: f.directed.clone() }),
    ]
}

fn routing() -> Vec<Case> {
    vec![
        command!("Routing/SubmitIncomingDocument", routing::SubmitIncomingDocumentRequest, |f| {
            SubmitIncoming {
                document_id: f.directed.clone(),
                leader_id: f.leader.clone(),
                note: String::new(),
            }
        }),
        command!("Routing/DirectIncomingDocument", routing::DirectIncomingDocumentRequest, |f| {
            DirectIncoming {
                document_id: f.directed.clone(),
                text: "Thử".to_owned(),
                assignments: vec![
                    assignment(AssignmentRole::Lead, unit(&f.helpers_unit)),
                    assignment(AssignmentRole::ForInformation, person(&f.officer)),
                ],
                due_date: None,
            }
        }),
        command!("Routing/UndoDirection", routing::UndoDirectionRequest, |f| UndoDirection {
            document_id: f.directed.clone()
        }),
        command!("Routing/HandOn", routing::HandOnRequest, |f| HandOn {
            assignment_id: f.completed.0.clone(),
            person_id: f.officer.clone(),
            ..HandOn::default()
        }),
        command!("Routing/ReportProgress", routing::ReportProgressRequest, |f| ReportProgress {
            assignment_id: f.completed.0.clone(),
            text: "Thử".to_owned()
        }),
        command!("Routing/CompleteAssignment", routing::CompleteAssignmentRequest, |f| CompleteAssignment {
            assignment_id: f.completed.0.clone(),
            result: "Thử".to_owned()
        }),
        command!("Routing/ExtendDeadline", routing::ExtendDeadlineRequest, |f| ExtendDeadline {
            assignment_id: f.completed.0.clone(),
            due_date: Some(domain::calendar::add_days(f.today, 60)),
            reason: "Thử".to_owned()
        }),
        command!("Routing/RecordOpened", routing::RecordOpenedRequest, |f| RecordOpened {
            opened: vec![OpenedNow {
                document_id: f.completed.1.clone(),
                at: f.letter.stamp.as_ref().unwrap().rendered_at
            }]
        }),
    ]
}

fn routing_of_drafts() -> Vec<Case> {
    vec![
        case!("Routing/CreateDraft", "signed by nobody", |f, n, _| routing::CreateDraftRequest {
            request_id: request_id(line!(), n),
            draft: Some(CreateDraft { signer_id: "per_0".to_owned(), ..f.draft.clone() }),
            letter: Some(f.letter.clone()),
        }),
        case!("Routing/PreviewLetter", |f, _, _| routing::PreviewLetterRequest {
            letter: Some(f.letter.clone())
        }),
        case!("Routing/ReviseDraft", "of an issued document", |f, n, _| routing::ReviseDraftRequest {
            request_id: request_id(line!(), n),
            document_id: f.issued.clone(),
            draft: Some(f.draft.clone()),
            letter: Some(f.letter.clone()),
            ..routing::ReviseDraftRequest::default()
        }),
        command!("Routing/WithdrawDraft", routing::WithdrawDraftRequest, |f| WithdrawDraft {
            document_id: f.issued.clone(),
            reason: "Thử".to_owned()
        }),
        command!("Routing/SubmitDraft", routing::SubmitDraftRequest, |f| SubmitDraft {
            document_id: f.issued.clone(),
            note: String::new()
        }),
        command!("Routing/ReviewContent", routing::ReviewContentRequest, |f| ReviewContent {
            document_id: f.issued.clone(),
            note: String::new()
        }),
        command!("Routing/CheckForm", routing::CheckFormRequest, |f| CheckForm {
            document_id: f.issued.clone(),
            note: String::new()
        }),
        command!("Routing/InitialDraft", routing::InitialDraftRequest, |f| InitialDraft {
            document_id: f.issued.clone(),
            note: String::new()
        }),
        command!("Routing/ReturnDraft", routing::ReturnDraftRequest, |f| ReturnDraft {
            document_id: f.issued.clone(),
            reason: "Thử".to_owned()
        }),
        case!("Routing/ApproveDraft", "that waits for the leader", |f, n, _| routing::ApproveDraftRequest {
            request_id: request_id(line!(), n),
            document_id: f.for_approval[n].clone(),
            ..routing::ApproveDraftRequest::default()
        }),
        case!("Routing/SignDocument", "issued, without a mandate", |f, n, _| routing::SignDocumentRequest {
            request_id: request_id(line!(), n),
            document_id: f.issued.clone(),
            mandate: "x".repeat(43),
        }),
        case!(
            "Routing/SignDocuments",
            "issued, without a mandate",
            |f, n, _| routing::SignDocumentsRequest {
                request_id: request_id(line!(), n),
                document_ids: vec![f.issued.clone()],
                mandate: "x".repeat(43),
            },
            |bytes| match routing::SignDocumentsResponse::decode(bytes).unwrap().outcome {
                Some(routing::sign_documents_response::Outcome::Refused(it)) => it.reason,
                Some(routing::sign_documents_response::Outcome::Already(_)) => "already".to_owned(),
                other => format!("{other:?}"),
            }
        ),
        case!("Routing/PrepareSigning", "issued", |f, n, _| routing::PrepareSigningRequest {
            request_id: request_id(line!(), n),
            document_id: f.issued.clone(),
            certificate_id: f.directors_certificate.clone(),
        }),
        case!("Routing/CompleteSigning", "issued, without a state", |f, n, _| {
            routing::CompleteSigningRequest {
                request_id: request_id(line!(), n),
                document_id: f.issued.clone(),
                file: Some(answered(&f.issued_main)),
            }
        }),
        case!("Routing/PrepareSealing", "issued", |f, _, _| routing::PrepareSealingRequest {
            document_id: f.issued.clone(),
            certificate_id: f.directors_certificate.clone(),
        }),
        case!("Routing/CompleteSealing", "issued, without a state", |f, n, _| {
            routing::CompleteSealingRequest {
                request_id: request_id(line!(), n),
                document_id: f.issued.clone(),
                files: vec![answered(&f.issued_main)],
            }
        }),
        command!("Routing/AssignNumber", routing::AssignNumberRequest, |f| AssignNumber {
            document_id: f.issued.clone(),
            ..AssignNumber::default()
        }),
        case!("Routing/SealDocument", "issued, without a mandate", |f, n, _| routing::SealDocumentRequest {
            request_id: request_id(line!(), n),
            document_id: f.issued.clone(),
            mandate: "x".repeat(43),
        }),
        command!("Routing/IssueDocument", routing::IssueDocumentRequest, |f| Issue {
            document_id: f.issued.clone()
        }),
        command!("Routing/UpdateDelivery", routing::UpdateDeliveryRequest, |f| UpdateDelivery {
            document_id: f.issued.clone(),
            recipient: 1,
            delivery: DeliveryStatus::Sent.into(),
            note: String::new()
        }),
        command!("Routing/RecallDocument", routing::RecallDocumentRequest, |f| Recall {
            document_id: f.recalled.clone(),
            reason: "Thử".to_owned()
        }),
    ]
}

fn signer() -> Vec<Case> {
    vec![
        case!("Signer/EnrolKey", "the deputy's, enrolled before", |f, n, _| signer::EnrolKeyRequest {
            request_id: request_id(line!(), n),
            person_id: f.deputy.clone(),
            pkcs12: f.enrolled_key.clone(),
            password: KEY_PASSWORD.to_owned(),
            image_png: Vec::new(),
        }),
        case!("Signer/EnrolKey", "the agency's seal, enrolled before for another", |f, n, _| {
            signer::EnrolKeyRequest {
                request_id: request_id(line!(), n),
                person_id: String::new(),
                pkcs12: f.enrolled_key.clone(),
                password: KEY_PASSWORD.to_owned(),
                image_png: Vec::new(),
            }
        }),
        case!("Signer/Unlock", "the director's key, a wrong password", |f, _, _| signer::UnlockRequest {
            certificate_id: f.directors_certificate.clone(),
            password: WRONG_PASSWORD.to_owned(),
            digests: vec![f.issued_main.clone()],
        }),
        case!("Signer/EndMandate", "none", |_, _, _| signer::EndMandateRequest { mandate: "x".repeat(43) }),
        case!("Signer/PrepareFields", "in an issued file", |f, _, _| signer::PrepareFieldsRequest {
            record_id: f.issued.clone(),
            digest: f.issued_main.clone(),
            places: f.places.clone(),
        }),
        case!("Signer/FindPlaces", "in an issued file", |f, _, _| signer::FindPlacesRequest {
            record_id: f.issued.clone(),
            digest: f.issued_main.clone(),
        }),
        case!("Signer/SignPerson", "without a mandate", |f, _, _| signer::SignPersonRequest {
            record_id: f.issued.clone(),
            digest: f.issued_main.clone(),
            mandate: "x".repeat(43),
        }),
        case!("Signer/SealAgency", "without a mandate", |f, _, _| signer::SealAgencyRequest {
            record_id: f.issued.clone(),
            digest: f.issued_main.clone(),
            mandate: "x".repeat(43),
            number_text: "99".to_owned(),
            date_text: "ngày 01 tháng 01 năm 2020".to_owned(),
        }),
        case!("Signer/SealAttachment", "without a mandate", |f, _, _| signer::SealAttachmentRequest {
            record_id: f.issued.clone(),
            digest: f.issued_main.clone(),
            mandate: "x".repeat(43),
            number_text: "99/SNV".to_owned(),
        }),
        case!("Signer/ChallengeOutsideKey", "no certificate", |f, _, _| signer::ChallengeOutsideKeyRequest {
            person_id: f.deputy.clone(),
            certificates: b"none".to_vec(),
        }),
        case!("Signer/ChallengeOutsideKey", "the deputy's certificate", |f, _, _| {
            signer::ChallengeOutsideKeyRequest {
                person_id: f.deputy.clone(),
                certificates: f.outside_certificate.clone(),
            }
        }),
        case!("Signer/EvidenceQueue", "", |_, _, _| signer::EvidenceQueueRequest::default()),
        case!("Signer/CheckReceived", "a received document", |f, _, _| signer::CheckReceivedRequest {
            document_id: f.directed.clone(),
        }),
        case!("Signer/Raise", "an issued document", |f, _, _| signer::RaiseRequest {
            document_id: f.issued.clone(),
        }),
        case!("Signer/EnrolOutsideKey", "no certificate", |f, n, _| signer::EnrolOutsideKeyRequest {
            request_id: request_id(line!(), n),
            person_id: f.deputy.clone(),
            certificates: b"none".to_vec(),
            ..signer::EnrolOutsideKeyRequest::default()
        }),
        case!("Signer/EnrolOutsideKey", "without a challenge", |f, n, _| signer::EnrolOutsideKeyRequest {
            request_id: request_id(line!(), n),
            person_id: f.deputy.clone(),
            certificates: f.outside_certificate.clone(),
            ..signer::EnrolOutsideKeyRequest::default()
        }),
        case!("Signer/PreparePerson", "with the director's certificate", |f, _, _| {
            signer::PreparePersonRequest {
                record_id: f.issued.clone(),
                digest: f.issued_main.clone(),
                certificate_id: f.directors_certificate.clone(),
            }
        }),
        case!("Signer/CompletePerson", "without a state", |f, _, _| signer::CompletePersonRequest {
            record_id: f.issued.clone(),
            digest: f.issued_main.clone(),
            state: b"none".to_vec(),
            answer: b"none".to_vec(),
        }),
        case!("Signer/PrepareSeal", "with the director's certificate", |f, _, _| {
            signer::PrepareSealRequest {
                record_id: f.issued.clone(),
                digest: f.issued_main.clone(),
                certificate_id: f.directors_certificate.clone(),
                number_text: "99".to_owned(),
                date_text: "ngày 01 tháng 01 năm 2020".to_owned(),
            }
        }),
        case!("Signer/CompleteSeal", "without a state", |f, _, _| signer::CompleteSealRequest {
            record_id: f.issued.clone(),
            digest: f.issued_main.clone(),
            state: b"none".to_vec(),
            answer: b"none".to_vec(),
        }),
        case!("Signer/PrepareAttachment", "with the director's certificate", |f, _, _| {
            signer::PrepareAttachmentRequest {
                record_id: f.issued.clone(),
                digest: f.issued_main.clone(),
                certificate_id: f.directors_certificate.clone(),
                number_text: "99/SNV".to_owned(),
            }
        }),
        case!("Signer/CompleteAttachment", "without a state", |f, _, _| signer::CompleteAttachmentRequest {
            record_id: f.issued.clone(),
            digest: f.issued_main.clone(),
            state: b"none".to_vec(),
            answer: b"none".to_vec(),
        }),
        case!("Signer/Inspect", "an issued file", |f, _, _| signer::InspectRequest {
            digest: f.issued_main.clone(),
            record_id: f.issued.clone(),
        }),
        case!("Signer/ValidateUpload", |_, _, _| signer::ValidateUploadRequest {
            pdf: integration_tests::paper::one_page("Khong ky")
        }),
        case!("Signer/ValidateFile", |_, _, _| signer::ValidateFileRequest {
            chunk: integration_tests::paper::one_page("Khong ky")
        }),
    ]
}

fn forms() -> Vec<Case> {
    vec![
        case!("Forms/RenderLetter", |f, _, _| f.letter.clone()),
        case!("Forms/RenderRegister", "empty", |f, _, _| RenderRegisterRequest {
            stamp: stamp(f),
            letterhead: letterhead(f),
            year: f.today.year,
            volume: 1,
            series_name: "Văn bản đến".to_owned(),
            printed: Some(PrintMark {
                printed_by: "Thử".to_owned(),
                printed_at: f.letter.stamp.as_ref().unwrap().rendered_at,
                ..PrintMark::default()
            }),
            book: Some(render_register_request::Book::Incoming(IncomingBook::default())),
        }),
        case!("Forms/RenderSlip", |f, _, _| RenderSlipRequest {
            stamp: stamp(f),
            letterhead: letterhead(f),
            place_name: "Minh Giang".to_owned(),
            dated: Some(f.today),
            arrival_number: Some(RowNumber { ordinal: 1, suffix: String::new() }),
            arrived_on: Some(f.today),
            kind_name: "Công văn".to_owned(),
            notation: "1/STC-NS".to_owned(),
            author: "Sở Tài chính".to_owned(),
            subject: "Đề nghị báo cáo".to_owned(),
            ..RenderSlipRequest::default()
        }),
    ]
}

fn stamp(f: &Fixture) -> Option<FileStamp> {
    f.letter.stamp.clone()
}

fn letterhead(f: &Fixture) -> Option<Letterhead> {
    f.letter.letterhead.clone()
}

fn report(f: &Fixture) -> SignatureReport {
    SignatureReport {
        verdict: Verdict::Valid.into(),
        checked_at: f.letter.stamp.as_ref().unwrap().rendered_at,
        ..SignatureReport::default()
    }
}

fn pdf(f: &Fixture) -> proto::record::v1::FileRef {
    proto::record::v1::FileRef {
        digest: f.issued_main.clone(),
        name: "du-thao.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 1_000_000,
        pages: 1,
    }
}
