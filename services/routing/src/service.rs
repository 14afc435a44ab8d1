//! The gRPC service.

use std::sync::Arc;

use proto::archive::v1::GetRequest;
use proto::archive::v1::archive_client::ArchiveClient;
use proto::fault::Fault;
use proto::forms::v1::forms_client::FormsClient;
use proto::pass_on;
use proto::record::v1::record::State;
use proto::record::v1::{OutgoingDocument, Record};
use proto::routing::v1::routing_server::Routing as RoutingRpc;
use proto::routing::v1::*;
use proto::rpc::{Identity, Peer, fault_of, outgoing, status_of};
use proto::signer::v1::signer_client::SignerClient;
use tonic::{Request, Response, Status};

use crate::{batch, draft, outside, seal, sign};

/// What routing needs.
pub struct Settings {
    /// The archive.
    pub archive: ArchiveClient<Peer>,
    /// The signer.
    pub signer: SignerClient<Peer>,
    /// Forms.
    pub forms: FormsClient<Peer>,
}

/// Routing.
#[derive(Clone)]
pub struct Routing {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) archive: ArchiveClient<Peer>,
    pub(crate) signer: SignerClient<Peer>,
    pub(crate) forms: FormsClient<Peer>,
}

impl Routing {
    /// Routing over its peers.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { archive, signer, forms } = settings;
        Self { inner: Arc::new(Inner { archive, signer, forms }) }
    }
}

impl Inner {
    /// An outgoing document, as the caller may see it.
    pub(crate) async fn outgoing(
        &self,
        identity: &Identity,
        id: &str,
    ) -> Result<(Record, OutgoingDocument), Fault> {
        let request = GetRequest { id: id.to_owned(), at_least: 0 };
        let answer = self.archive.clone().get(outgoing(identity, request)).await.map_err(|s| fault_of(&s))?;
        let record = answer.into_inner().record.ok_or_else(|| Fault::unknown(id))?;
        match &record.state {
            Some(State::Outgoing(document)) => {
                let document = document.clone();
                Ok((record, document))
            }
            _ => Err(Fault::unknown(id)),
        }
    }
}

/// The body of an RPC that a function of this crate does.
macro_rules! done_by {
    ($self:ident, $request:ident, $response:ident, $function:path) => {{
        let identity = Identity::of(&$request).map_err(status_of)?;
        let receipt = $function(&$self.inner, &identity, $request.into_inner()).await.map_err(status_of)?;
        Ok(Response::new($response { receipt: Some(receipt) }))
    }};
}

#[tonic::async_trait]
impl RoutingRpc for Routing {
    async fn create_draft(
        &self,
        request: Request<CreateDraftRequest>,
    ) -> Result<Response<CreateDraftResponse>, Status> {
        done_by!(self, request, CreateDraftResponse, draft::create)
    }

    async fn preview_letter(
        &self,
        request: Request<PreviewLetterRequest>,
    ) -> Result<Response<PreviewLetterResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        let answer = draft::preview(&self.inner, &identity, request.into_inner()).await;
        answer.map(Response::new).map_err(status_of)
    }

    async fn revise_draft(
        &self,
        request: Request<ReviseDraftRequest>,
    ) -> Result<Response<ReviseDraftResponse>, Status> {
        done_by!(self, request, ReviseDraftResponse, draft::revise)
    }

    async fn approve_draft(
        &self,
        request: Request<ApproveDraftRequest>,
    ) -> Result<Response<ApproveDraftResponse>, Status> {
        done_by!(self, request, ApproveDraftResponse, draft::approve)
    }

    async fn sign_document(
        &self,
        request: Request<SignDocumentRequest>,
    ) -> Result<Response<SignDocumentResponse>, Status> {
        done_by!(self, request, SignDocumentResponse, sign::sign)
    }

    async fn seal_document(
        &self,
        request: Request<SealDocumentRequest>,
    ) -> Result<Response<SealDocumentResponse>, Status> {
        done_by!(self, request, SealDocumentResponse, seal::seal)
    }

    type SignDocumentsStream = batch::Results;

    async fn sign_documents(
        &self,
        request: Request<SignDocumentsRequest>,
    ) -> Result<Response<Self::SignDocumentsStream>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        batch::sign(&self.inner, &identity, request.into_inner()).map(Response::new).map_err(status_of)
    }

    async fn prepare_signing(
        &self,
        request: Request<PrepareSigningRequest>,
    ) -> Result<Response<PrepareSigningResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        let answer = outside::prepare_signing(&self.inner, &identity, request.into_inner()).await;
        answer.map(Response::new).map_err(status_of)
    }

    async fn complete_signing(
        &self,
        request: Request<CompleteSigningRequest>,
    ) -> Result<Response<CompleteSigningResponse>, Status> {
        done_by!(self, request, CompleteSigningResponse, outside::complete_signing)
    }

    async fn prepare_sealing(
        &self,
        request: Request<PrepareSealingRequest>,
    ) -> Result<Response<PrepareSealingResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        let answer = outside::prepare_sealing(&self.inner, &identity, request.into_inner()).await;
        answer.map(Response::new).map_err(status_of)
    }

    async fn complete_sealing(
        &self,
        request: Request<CompleteSealingRequest>,
    ) -> Result<Response<CompleteSealingResponse>, Status> {
        done_by!(self, request, CompleteSealingResponse, outside::complete_sealing)
    }

    async fn submit_incoming_document(
        &self,
        request: Request<SubmitIncomingDocumentRequest>,
    ) -> Result<Response<SubmitIncomingDocumentResponse>, Status> {
        pass_on!(&self.inner.archive, request, SubmitIncomingDocumentResponse, SubmitIncoming)
    }

    async fn direct_incoming_document(
        &self,
        request: Request<DirectIncomingDocumentRequest>,
    ) -> Result<Response<DirectIncomingDocumentResponse>, Status> {
        pass_on!(&self.inner.archive, request, DirectIncomingDocumentResponse, DirectIncoming)
    }

    async fn undo_direction(
        &self,
        request: Request<UndoDirectionRequest>,
    ) -> Result<Response<UndoDirectionResponse>, Status> {
        pass_on!(&self.inner.archive, request, UndoDirectionResponse, UndoDirection)
    }

    async fn hand_on(&self, request: Request<HandOnRequest>) -> Result<Response<HandOnResponse>, Status> {
        pass_on!(&self.inner.archive, request, HandOnResponse, HandOn)
    }

    async fn report_progress(
        &self,
        request: Request<ReportProgressRequest>,
    ) -> Result<Response<ReportProgressResponse>, Status> {
        pass_on!(&self.inner.archive, request, ReportProgressResponse, ReportProgress)
    }

    async fn complete_assignment(
        &self,
        request: Request<CompleteAssignmentRequest>,
    ) -> Result<Response<CompleteAssignmentResponse>, Status> {
        pass_on!(&self.inner.archive, request, CompleteAssignmentResponse, CompleteAssignment)
    }

    async fn extend_deadline(
        &self,
        request: Request<ExtendDeadlineRequest>,
    ) -> Result<Response<ExtendDeadlineResponse>, Status> {
        pass_on!(&self.inner.archive, request, ExtendDeadlineResponse, ExtendDeadline)
    }

    async fn record_opened(
        &self,
        request: Request<RecordOpenedRequest>,
    ) -> Result<Response<RecordOpenedResponse>, Status> {
        pass_on!(&self.inner.archive, request, RecordOpenedResponse, RecordOpened)
    }

    async fn withdraw_draft(
        &self,
        request: Request<WithdrawDraftRequest>,
    ) -> Result<Response<WithdrawDraftResponse>, Status> {
        pass_on!(&self.inner.archive, request, WithdrawDraftResponse, WithdrawDraft)
    }

    async fn submit_draft(
        &self,
        request: Request<SubmitDraftRequest>,
    ) -> Result<Response<SubmitDraftResponse>, Status> {
        pass_on!(&self.inner.archive, request, SubmitDraftResponse, SubmitDraft)
    }

    async fn review_content(
        &self,
        request: Request<ReviewContentRequest>,
    ) -> Result<Response<ReviewContentResponse>, Status> {
        pass_on!(&self.inner.archive, request, ReviewContentResponse, ReviewContent)
    }

    async fn check_form(
        &self,
        request: Request<CheckFormRequest>,
    ) -> Result<Response<CheckFormResponse>, Status> {
        pass_on!(&self.inner.archive, request, CheckFormResponse, CheckForm)
    }

    async fn initial_draft(
        &self,
        request: Request<InitialDraftRequest>,
    ) -> Result<Response<InitialDraftResponse>, Status> {
        pass_on!(&self.inner.archive, request, InitialDraftResponse, InitialDraft)
    }

    async fn return_draft(
        &self,
        request: Request<ReturnDraftRequest>,
    ) -> Result<Response<ReturnDraftResponse>, Status> {
        pass_on!(&self.inner.archive, request, ReturnDraftResponse, ReturnDraft)
    }

    async fn assign_number(
        &self,
        request: Request<AssignNumberRequest>,
    ) -> Result<Response<AssignNumberResponse>, Status> {
        pass_on!(&self.inner.archive, request, AssignNumberResponse, AssignNumber)
    }

    async fn issue_document(
        &self,
        request: Request<IssueDocumentRequest>,
    ) -> Result<Response<IssueDocumentResponse>, Status> {
        pass_on!(&self.inner.archive, request, IssueDocumentResponse, Issue)
    }

    async fn update_delivery(
        &self,
        request: Request<UpdateDeliveryRequest>,
    ) -> Result<Response<UpdateDeliveryResponse>, Status> {
        pass_on!(&self.inner.archive, request, UpdateDeliveryResponse, UpdateDelivery)
    }

    async fn recall_document(
        &self,
        request: Request<RecallDocumentRequest>,
    ) -> Result<Response<RecallDocumentResponse>, Status> {
        pass_on!(&self.inner.archive, request, RecallDocumentResponse, Recall)
    }
}
