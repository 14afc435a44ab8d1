//! Somebody at their desk: one typed act for every RPC that a person gives.

use bytes::Bytes;
use proto::archive::v1::{
    BatchGetRequest, CommitResponse, CountRequest, GetRequest, HistoryItem, HistoryRequest, ListItem,
    ListName, ListRequest, SearchRequest, SearchResponse, TreeHeadRequest, TreeHeadResponse,
};
use proto::directory::v1::{
    AddPersonRequest, AddUnitRequest, AppointRequest, ChangePasswordRequest, DelegateRequest,
    EndPositionRequest, ResetPasswordRequest, SetHolidaysRequest, SwitchSecretRegistrationRequest,
};
use proto::fault::Fault;
use proto::forms::v1::{RenderLetterRequest, RenderLetterResponse};
use proto::intake::v1::{
    CorrectIncomingDocumentRequest, ReceiveIncomingDocumentRequest, RegisterIncomingDocumentRequest,
    ReturnIncomingDocumentRequest, VoidNumberRequest,
};
use proto::record::v1::record::State;
use proto::record::v1::{
    AddPerson, AddUnit, Appoint, AssignNumber, Channel, CheckForm, CompleteAssignment, CorrectIncoming,
    CreateDraft, Delegate, DirectIncoming, DocumentFacts, EndPosition, ExtendDeadline, FieldPlace, FileRef,
    HandOn, IncomingDocument, InitialDraft, Issue, OutgoingDocument, Recall, Record, RecordOpened,
    RegisterIncoming, ReportProgress, ReturnDraft, ReturnIncoming, ReviewContent, SetHolidays, SubmitDraft,
    SubmitIncoming, SwitchSecretRegistration, UndoDirection, UpdateDelivery, VoidNumber, WithdrawDraft,
};
use proto::routing::v1::{
    ApproveDraftRequest, AssignNumberRequest, CheckFormRequest, CompleteAssignmentRequest,
    CreateDraftRequest, DirectIncomingDocumentRequest, ExtendDeadlineRequest, HandOnRequest,
    InitialDraftRequest, IssueDocumentRequest, RecallDocumentRequest, RecordOpenedRequest,
    ReportProgressRequest, ReturnDraftRequest, ReviewContentRequest, ReviseDraftRequest, SealDocumentRequest,
    SignDocumentRequest, SubmitDraftRequest, SubmitIncomingDocumentRequest, UndoDirectionRequest,
    UpdateDeliveryRequest, WithdrawDraftRequest,
};
use proto::rpc::stream::{get_file, put_file};
use proto::rpc::{Identity, fault_of, outgoing};
use proto::signer::v1::{EnrolKeyRequest, UnlockRequest, ValidateUploadRequest, ValidateUploadResponse};

use crate::world::{Member, World};

/// Largest file that a test reads, in bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A desk.
#[derive(Clone, Copy)]
pub struct Desk<'w> {
    world: &'w World,
    login: &'w str,
}

/// Acts that are one command: name of the RPC, its service, its request, the command.
macro_rules! acts {
    ($($name:ident: $service:ident, $request:ident, $command:ident;)*) => {
        impl Desk<'_> {
            $(
                #[doc = concat!("Gives `", stringify!($command), "`.")]
                ///
                /// # Errors
                /// The service's fault.
                pub async fn $name(&self, command: $command) -> Result<CommitResponse, Fault> {
                    let request = $request {
                        request_id: self.world.request_id(),
                        command: Some(command),
                        expected_versions: Vec::new(),
                    };
                    let identity = self.identity().await?;
                    let answer = self.world.peers.$service().$name(outgoing(&identity, request)).await;
                    receipt(answer.map_err(|s| fault_of(&s))?.into_inner().receipt)
                }
            )*
        }
    };
}

acts! {
    add_unit: directory, AddUnitRequest, AddUnit;
    add_person: directory, AddPersonRequest, AddPerson;
    appoint: directory, AppointRequest, Appoint;
    end_position: directory, EndPositionRequest, EndPosition;
    delegate: directory, DelegateRequest, Delegate;
    set_holidays: directory, SetHolidaysRequest, SetHolidays;
    switch_secret_registration: directory, SwitchSecretRegistrationRequest, SwitchSecretRegistration;
    register_incoming_document: intake, RegisterIncomingDocumentRequest, RegisterIncoming;
    correct_incoming_document: intake, CorrectIncomingDocumentRequest, CorrectIncoming;
    return_incoming_document: intake, ReturnIncomingDocumentRequest, ReturnIncoming;
    void_number: intake, VoidNumberRequest, VoidNumber;
    submit_incoming_document: routing, SubmitIncomingDocumentRequest, SubmitIncoming;
    direct_incoming_document: routing, DirectIncomingDocumentRequest, DirectIncoming;
    undo_direction: routing, UndoDirectionRequest, UndoDirection;
    hand_on: routing, HandOnRequest, HandOn;
    report_progress: routing, ReportProgressRequest, ReportProgress;
    complete_assignment: routing, CompleteAssignmentRequest, CompleteAssignment;
    extend_deadline: routing, ExtendDeadlineRequest, ExtendDeadline;
    record_opened: routing, RecordOpenedRequest, RecordOpened;
    withdraw_draft: routing, WithdrawDraftRequest, WithdrawDraft;
    submit_draft: routing, SubmitDraftRequest, SubmitDraft;
    review_content: routing, ReviewContentRequest, ReviewContent;
    check_form: routing, CheckFormRequest, CheckForm;
    initial_draft: routing, InitialDraftRequest, InitialDraft;
    return_draft: routing, ReturnDraftRequest, ReturnDraft;
    assign_number: routing, AssignNumberRequest, AssignNumber;
    issue_document: routing, IssueDocumentRequest, Issue;
    update_delivery: routing, UpdateDeliveryRequest, UpdateDelivery;
    recall_document: routing, RecallDocumentRequest, Recall;
}

fn receipt(receipt: Option<CommitResponse>) -> Result<CommitResponse, Fault> {
    receipt.ok_or_else(|| Fault::broken("an answer without its receipt"))
}

/// The id of the record with this prefix that a commit made.
///
/// # Panics
/// When it made none.
#[must_use]
pub fn made(receipt: &CommitResponse, prefix: &str) -> String {
    let ids = || receipt.records.iter().map(|r| r.id.as_str());
    ids()
        .find(|id| id.starts_with(prefix))
        .unwrap_or_else(|| panic!("no {prefix} among {:?}", ids().collect::<Vec<_>>()))
        .to_owned()
}

impl<'w> Desk<'w> {
    pub(crate) fn new(world: &'w World, login: &'w str) -> Self {
        Self { world, login }
    }

    /// The one at the desk.
    #[must_use]
    pub fn member(&self) -> &'w Member {
        self.world.member(self.login)
    }

    /// The identity to act with.
    ///
    /// # Errors
    /// Directory's fault.
    pub async fn identity(&self) -> Result<Identity, Fault> {
        self.world.identity(self.login).await
    }

    /// Keeps a file and gives its reference; what it is will be found by the services.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<FileRef, Fault> {
        let identity = self.identity().await?;
        let (digest, size) = put_file(&mut self.world.peers.archive(), &identity, Bytes::from(bytes)).await?;
        Ok(FileRef { digest, size, name: name.to_owned(), ..FileRef::default() })
    }

    /// Reads a file through a record that names it.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn file(&self, digest: &str, record_id: &str) -> Result<Vec<u8>, Fault> {
        let identity = self.identity().await?;
        let mut archive = self.world.peers.archive();
        Ok(get_file(&mut archive, &identity, digest, record_id, FILE_BYTES_MAX).await?.to_vec())
    }

    /// One record.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn get(&self, id: &str) -> Result<Record, Fault> {
        let identity = self.identity().await?;
        let request = GetRequest { id: id.to_owned(), at_least: 0 };
        let answer = self.world.peers.archive().get(outgoing(&identity, request)).await;
        answer.map_err(|s| fault_of(&s))?.into_inner().record.ok_or_else(|| Fault::unknown(id))
    }

    /// An incoming document.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn incoming(&self, id: &str) -> Result<IncomingDocument, Fault> {
        match self.get(id).await?.state {
            Some(State::Incoming(document)) => Ok(document),
            _ => Err(Fault::unknown(id)),
        }
    }

    /// An outgoing document.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn outgoing(&self, id: &str) -> Result<OutgoingDocument, Fault> {
        match self.get(id).await?.state {
            Some(State::Outgoing(document)) => Ok(document),
            _ => Err(Fault::unknown(id)),
        }
    }

    /// Records by id, those that are there and may be seen.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn batch_get(&self, ids: Vec<String>) -> Result<Vec<Record>, Fault> {
        let identity = self.identity().await?;
        let answer = self.world.peers.archive().batch_get(outgoing(&identity, BatchGetRequest { ids })).await;
        Ok(answer.map_err(|s| fault_of(&s))?.into_inner().records)
    }

    /// Every line of a list, page by page.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn whole_list(&self, mut request: ListRequest) -> Result<Vec<ListItem>, Fault> {
        let mut items = Vec::new();
        request.page_size = 200;
        loop {
            let identity = self.identity().await?;
            let answer = self.world.peers.archive().list(outgoing(&identity, request.clone())).await;
            let page = answer.map_err(|s| fault_of(&s))?.into_inner();
            items.extend(page.items);
            if page.next_page_token.is_empty() {
                return Ok(items);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// Every line of a list that needs no more than its name.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn list(&self, list: ListName) -> Result<Vec<ListItem>, Fault> {
        self.whole_list(ListRequest { list: list.into(), ..ListRequest::default() }).await
    }

    /// The size of a list.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn count(&self, list: ListName) -> Result<u32, Fault> {
        let identity = self.identity().await?;
        let lists = vec![ListRequest { list: list.into(), ..ListRequest::default() }];
        let answer = self.world.peers.archive().count(outgoing(&identity, CountRequest { lists })).await;
        let counts = answer.map_err(|s| fault_of(&s))?.into_inner().counts;
        counts.first().copied().ok_or_else(|| Fault::broken("no count"))
    }

    /// The lines of a register, ascending.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn register(&self, series_id: &str, year: i32) -> Result<Vec<ListItem>, Fault> {
        let request = ListRequest {
            list: ListName::Register.into(),
            series_id: series_id.to_owned(),
            year,
            ..ListRequest::default()
        };
        self.whole_list(request).await
    }

    /// Searches, with the index at `at_least`; asks again while it is behind.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn search(&self, query: &str, at_least: u64) -> Result<SearchResponse, Fault> {
        const TRIES: usize = 20;
        let mut tries = 0;
        loop {
            let identity = self.identity().await?;
            let request = SearchRequest { query: query.to_owned(), at_least, ..SearchRequest::default() };
            let answer = self.world.peers.archive().search(outgoing(&identity, request)).await;
            let answer = answer.map_err(|s| fault_of(&s))?.into_inner();
            tries += 1;
            if !answer.behind || tries == TRIES {
                return Ok(answer);
            }
        }
    }

    /// Every act on a record, oldest first.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn history(&self, record_id: &str) -> Result<Vec<HistoryItem>, Fault> {
        let mut request =
            HistoryRequest { record_id: record_id.to_owned(), page_size: 200, page_token: String::new() };
        let mut items = Vec::new();
        loop {
            let identity = self.identity().await?;
            let answer = self.world.peers.archive().history(outgoing(&identity, request.clone())).await;
            let page = answer.map_err(|s| fault_of(&s))?.into_inner();
            items.extend(page.items);
            if page.next_page_token.is_empty() {
                return Ok(items);
            }
            request.page_token = page.next_page_token;
        }
    }

    /// The head of the journal.
    ///
    /// # Errors
    /// The archive's fault.
    pub async fn tree_head(&self) -> Result<TreeHeadResponse, Fault> {
        let identity = self.identity().await?;
        let answer = self.world.peers.archive().tree_head(outgoing(&identity, TreeHeadRequest {})).await;
        Ok(answer.map_err(|s| fault_of(&s))?.into_inner())
    }

    /// Receives a document, main file first.
    ///
    /// # Errors
    /// Intake's fault.
    pub async fn receive(
        &self,
        facts: DocumentFacts,
        files: Vec<FileRef>,
        channel: Channel,
    ) -> Result<CommitResponse, Fault> {
        let identity = self.identity().await?;
        let request = ReceiveIncomingDocumentRequest {
            request_id: self.world.request_id(),
            facts: Some(facts),
            files,
            channel: channel.into(),
            arrival_date: None,
        };
        let answer = self.world.peers.intake().receive_incoming_document(outgoing(&identity, request)).await;
        receipt(answer.map_err(|s| fault_of(&s))?.into_inner().receipt)
    }

    /// Typesets a letter.
    ///
    /// # Errors
    /// Forms' fault.
    pub async fn render_letter(&self, letter: RenderLetterRequest) -> Result<RenderLetterResponse, Fault> {
        let identity = self.identity().await?;
        let answer = self.world.peers.forms().render_letter(outgoing(&identity, letter)).await;
        Ok(answer.map_err(|s| fault_of(&s))?.into_inner())
    }

    /// Starts a draft.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn create_draft(
        &self,
        draft: CreateDraft,
        letter: Option<RenderLetterRequest>,
    ) -> Result<CommitResponse, Fault> {
        let identity = self.identity().await?;
        let request = CreateDraftRequest { request_id: self.world.request_id(), draft: Some(draft), letter };
        let answer = self.world.peers.routing().create_draft(outgoing(&identity, request)).await;
        receipt(answer.map_err(|s| fault_of(&s))?.into_inner().receipt)
    }

    /// A new version of a draft.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn revise_draft(&self, document_id: &str, draft: CreateDraft) -> Result<CommitResponse, Fault> {
        let identity = self.identity().await?;
        let request = ReviseDraftRequest {
            request_id: self.world.request_id(),
            document_id: document_id.to_owned(),
            draft: Some(draft),
            ..ReviseDraftRequest::default()
        };
        let answer = self.world.peers.routing().revise_draft(outgoing(&identity, request)).await;
        receipt(answer.map_err(|s| fault_of(&s))?.into_inner().receipt)
    }

    /// Approves a draft; no places: the draft's own, or those that its text tells.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn approve_draft(
        &self,
        document_id: &str,
        places: Vec<FieldPlace>,
    ) -> Result<CommitResponse, Fault> {
        let identity = self.identity().await?;
        let request = ApproveDraftRequest {
            request_id: self.world.request_id(),
            document_id: document_id.to_owned(),
            places,
            ..ApproveDraftRequest::default()
        };
        let answer = self.world.peers.routing().approve_draft(outgoing(&identity, request)).await;
        receipt(answer.map_err(|s| fault_of(&s))?.into_inner().receipt)
    }

    /// Opens the own key (a clerk: the seal's) for the files of a document.
    ///
    /// # Errors
    /// The signer's fault.
    pub async fn unlock(&self, document_id: &str) -> Result<String, Fault> {
        let digests = self.outgoing(document_id).await?.files.into_iter().map(|f| f.digest).collect();
        self.unlock_for(digests, crate::staff::KEY_PASSWORD).await
    }

    /// Opens the own key for these files.
    ///
    /// # Errors
    /// The signer's fault.
    pub async fn unlock_for(&self, digests: Vec<String>, password: &str) -> Result<String, Fault> {
        let identity = self.identity().await?;
        let certificate_id = self.member().certificate_id.clone();
        let request = UnlockRequest { certificate_id, password: password.to_owned(), digests };
        let answer = self.world.peers.signer().unlock(outgoing(&identity, request)).await;
        Ok(answer.map_err(|s| fault_of(&s))?.into_inner().mandate)
    }

    /// Signs under a mandate.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn sign_document(&self, document_id: &str, mandate: &str) -> Result<CommitResponse, Fault> {
        let identity = self.identity().await?;
        let request = SignDocumentRequest {
            request_id: self.world.request_id(),
            document_id: document_id.to_owned(),
            mandate: mandate.to_owned(),
        };
        let answer = self.world.peers.routing().sign_document(outgoing(&identity, request)).await;
        receipt(answer.map_err(|s| fault_of(&s))?.into_inner().receipt)
    }

    /// Seals under a mandate.
    ///
    /// # Errors
    /// Routing's fault.
    pub async fn seal_document(&self, document_id: &str, mandate: &str) -> Result<CommitResponse, Fault> {
        let identity = self.identity().await?;
        let request = SealDocumentRequest {
            request_id: self.world.request_id(),
            document_id: document_id.to_owned(),
            mandate: mandate.to_owned(),
        };
        let answer = self.world.peers.routing().seal_document(outgoing(&identity, request)).await;
        receipt(answer.map_err(|s| fault_of(&s))?.into_inner().receipt)
    }

    /// Enrols a key; no person: the agency's seal.
    ///
    /// # Errors
    /// The signer's fault.
    pub async fn enrol_key(
        &self,
        person_id: &str,
        pkcs12: Vec<u8>,
        image_png: Vec<u8>,
    ) -> Result<CommitResponse, Fault> {
        let identity = self.identity().await?;
        let request = EnrolKeyRequest {
            request_id: self.world.request_id(),
            person_id: person_id.to_owned(),
            pkcs12,
            password: crate::staff::KEY_PASSWORD.to_owned(),
            image_png,
        };
        let answer = self.world.peers.signer().enrol_key(outgoing(&identity, request)).await;
        receipt(answer.map_err(|s| fault_of(&s))?.into_inner().receipt)
    }

    /// Validates a file that is not kept.
    ///
    /// # Errors
    /// The signer's fault.
    pub async fn validate_upload(&self, pdf: Vec<u8>) -> Result<ValidateUploadResponse, Fault> {
        let identity = self.identity().await?;
        let request = outgoing(&identity, ValidateUploadRequest { pdf });
        Ok(self.world.peers.signer().validate_upload(request).await.map_err(|s| fault_of(&s))?.into_inner())
    }

    /// Changes the own password.
    ///
    /// # Errors
    /// Directory's fault.
    pub async fn change_password(&self, identity: &Identity, old: &str, new: &str) -> Result<(), Fault> {
        let request = ChangePasswordRequest {
            request_id: self.world.request_id(),
            old_password: old.to_owned(),
            new_password: new.to_owned(),
        };
        let answer = self.world.peers.directory().change_password(outgoing(identity, request)).await;
        answer.map(drop).map_err(|s| fault_of(&s))
    }

    /// Sets a first password for somebody.
    ///
    /// # Errors
    /// Directory's fault.
    pub async fn reset_password(&self, person_id: &str, password: &str) -> Result<(), Fault> {
        let identity = self.identity().await?;
        let request = ResetPasswordRequest {
            request_id: self.world.request_id(),
            person_id: person_id.to_owned(),
            new_password: password.to_owned(),
        };
        let answer = self.world.peers.directory().reset_password(outgoing(&identity, request)).await;
        answer.map(drop).map_err(|s| fault_of(&s))
    }
}
