//! The gRPC service.

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use proto::archive::v1 as archive;
use proto::archive::v1::archive_client::ArchiveClient;
use proto::fault::Fault;
use proto::forms::v1::forms_client::FormsClient;
use proto::intake::v1::intake_server::Intake as IntakeRpc;
use proto::intake::v1::*;
use proto::pass_on;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::{
    Channel, DocumentFacts, FileRef, ReceiveIncoming, SecurityMarking, SignatureReport, Suggestion, Urgency,
};
use proto::rpc::stream::{chunks, put_file};
use proto::rpc::{Clock, Identity, Peer, fault_of, outgoing, pass, status_of};
use proto::signer::v1::InspectRequest;
use proto::signer::v1::signer_client::SignerClient;
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use crate::{issuer, reading, register, slip};

/// What intake needs.
pub struct Settings {
    /// The archive.
    pub archive: ArchiveClient<Peer>,
    /// The signer, whose worker reads strangers' files.
    pub signer: SignerClient<Peer>,
    /// Forms.
    pub forms: FormsClient<Peer>,
    /// The time.
    pub clock: Clock,
    /// True where everything printed carries the mark of the demo.
    pub demo: bool,
}

/// Intake.
#[derive(Clone)]
pub struct Intake {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) archive: ArchiveClient<Peer>,
    pub(crate) signer: SignerClient<Peer>,
    pub(crate) forms: FormsClient<Peer>,
    pub(crate) clock: Clock,
    pub(crate) demo: bool,
}

impl Intake {
    /// Intake over its peers.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        let Settings { archive, signer, forms, clock, demo } = settings;
        Self { inner: Arc::new(Inner { archive, signer, forms, clock, demo }) }
    }
}

/// What was learnt from the main file.
#[derive(Default)]
struct Reading {
    report: Option<SignatureReport>,
    suggestions: Vec<Suggestion>,
    text_digest: String,
}

impl Inner {
    async fn receive(
        &self,
        identity: &Identity,
        request: ReceiveIncomingDocumentRequest,
    ) -> Result<ReceiveIncomingDocumentResponse, Fault> {
        let mut facts = request.facts.unwrap_or_default();
        if facts.urgency() == Urgency::Unspecified {
            facts.set_urgency(Urgency::Normal);
        }
        if facts.marking() == SecurityMarking::Unspecified {
            facts.set_marking(SecurityMarking::None);
        }
        let mut files = request.files;
        let mut reading = Reading::default();
        for (i, file) in files.iter_mut().enumerate() {
            let of_file = self.read(identity, file, i == 0).await?;
            if i == 0 {
                reading = of_file;
            }
        }
        let channel = match Channel::try_from(request.channel) {
            Ok(Channel::Unspecified) | Err(_) => {
                if files.is_empty() {
                    Channel::Paper
                } else {
                    Channel::Electronic
                }
            }
            Ok(channel) => channel,
        };
        if facts.pages == 0 {
            facts.pages = files.first().map_or(0, |f| f.pages);
        }
        let command = Cmd::ReceiveIncoming(ReceiveIncoming {
            facts: Some(facts),
            files,
            channel: channel.into(),
            arrival_date: request.arrival_date,
            signatures: reading.report,
            suggestions: reading.suggestions,
            text_digest: reading.text_digest,
        });
        let receipt = pass::commit(&self.archive, identity, request.request_id, command, Vec::new()).await?;
        Ok(ReceiveIncomingDocumentResponse { receipt: Some(receipt) })
    }

    /// Looks into a file that was just put: media type, pages; of the main one also signatures and text.
    async fn read(&self, identity: &Identity, file: &mut FileRef, main: bool) -> Result<Reading, Fault> {
        let request = InspectRequest { digest: file.digest.clone(), record_id: String::new() };
        let inspected =
            self.signer.clone().inspect(outgoing(identity, request)).await.map_err(|s| fault_of(&s))?;
        let inspected = inspected.into_inner();
        file.media_type = inspected.media_type;
        file.pages = inspected.pages;
        if !main {
            return Ok(Reading::default());
        }
        let mut reading = Reading {
            suggestions: reading::read(&inspected.text),
            report: inspected.report,
            text_digest: String::new(),
        };
        if let Some(name) = self.known_issuer(identity, &reading::issuers(&inspected.text)).await {
            reading::issuer_is_known(&mut reading.suggestions, &name);
        }
        if !inspected.text.trim().is_empty() {
            let text = Bytes::from(inspected.text);
            reading.text_digest = put_file(&mut self.archive.clone(), identity, text).await?.0;
        }
        Ok(reading)
    }

    /// What earlier documents call one of these issuers. That it cannot be asked is no reason to receive nothing.
    async fn known_issuer(&self, identity: &Identity, candidates: &[String]) -> Option<String> {
        for candidate in candidates {
            let search = archive::SearchRequest {
                query: format!("\"{}\"", candidate.replace('"', " ")),
                kind: archive::SearchKind::Incoming.into(),
                page_size: 1,
                ..archive::SearchRequest::default()
            };
            let found = match self.archive.clone().search(outgoing(identity, search)).await {
                Ok(found) => found.into_inner(),
                Err(status) => {
                    tracing::warn!(%status, "earlier issuers were not looked for");
                    return None;
                }
            };
            let names: Vec<String> =
                found.facets.into_iter().filter(|it| it.facet == "issuer").map(|it| it.value).collect();
            if let Some(name) = issuer::known(candidates, &names) {
                return Some(name.to_owned());
            }
        }
        None
    }

    async fn duplicates(
        &self,
        identity: &Identity,
        request: FindDuplicatesRequest,
    ) -> Result<FindDuplicatesResponse, Fault> {
        let facts = DocumentFacts {
            number: request.number,
            notation: request.notation,
            issuer: request.issuer,
            issued_date: request.issued_date,
            ..DocumentFacts::default()
        };
        let asked = archive::FindDuplicatesRequest {
            document_id: request.document_id,
            facts: Some(facts),
            main_file_digest: request.digest,
        };
        let found = self.archive.clone().find_duplicates(outgoing(identity, asked)).await;
        let duplicates = found.map_err(|s| fault_of(&s))?.into_inner().duplicates;
        let (documents, likenesses) = duplicates
            .into_iter()
            .filter_map(|it| Some((it.record?, it.likeness.unwrap_or_default())))
            .unzip();
        Ok(FindDuplicatesResponse { documents, likenesses })
    }
}

type Chunks<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl IntakeRpc for Intake {
    type PrintRegisterStream = Chunks<PrintRegisterResponse>;
    type PrintSlipStream = Chunks<PrintSlipResponse>;

    async fn receive_incoming_document(
        &self,
        request: Request<ReceiveIncomingDocumentRequest>,
    ) -> Result<Response<ReceiveIncomingDocumentResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        self.inner.receive(&identity, request.into_inner()).await.map(Response::new).map_err(status_of)
    }

    async fn register_incoming_document(
        &self,
        request: Request<RegisterIncomingDocumentRequest>,
    ) -> Result<Response<RegisterIncomingDocumentResponse>, Status> {
        pass_on!(&self.inner.archive, request, RegisterIncomingDocumentResponse, RegisterIncoming)
    }

    async fn correct_incoming_document(
        &self,
        request: Request<CorrectIncomingDocumentRequest>,
    ) -> Result<Response<CorrectIncomingDocumentResponse>, Status> {
        pass_on!(&self.inner.archive, request, CorrectIncomingDocumentResponse, CorrectIncoming)
    }

    async fn return_incoming_document(
        &self,
        request: Request<ReturnIncomingDocumentRequest>,
    ) -> Result<Response<ReturnIncomingDocumentResponse>, Status> {
        pass_on!(&self.inner.archive, request, ReturnIncomingDocumentResponse, ReturnIncoming)
    }

    async fn void_number(
        &self,
        request: Request<VoidNumberRequest>,
    ) -> Result<Response<VoidNumberResponse>, Status> {
        pass_on!(&self.inner.archive, request, VoidNumberResponse, VoidNumber)
    }

    async fn reserve_number(
        &self,
        request: Request<ReserveNumberRequest>,
    ) -> Result<Response<ReserveNumberResponse>, Status> {
        pass_on!(&self.inner.archive, request, ReserveNumberResponse, ReserveNumber)
    }

    async fn release_number(
        &self,
        request: Request<ReleaseNumberRequest>,
    ) -> Result<Response<ReleaseNumberResponse>, Status> {
        pass_on!(&self.inner.archive, request, ReleaseNumberResponse, ReleaseNumber)
    }

    async fn find_duplicates(
        &self,
        request: Request<FindDuplicatesRequest>,
    ) -> Result<Response<FindDuplicatesResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        self.inner.duplicates(&identity, request.into_inner()).await.map(Response::new).map_err(status_of)
    }

    async fn print_register(
        &self,
        request: Request<PrintRegisterRequest>,
    ) -> Result<Response<Self::PrintRegisterStream>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        let pdf = register::print(&self.inner, &identity, request.into_inner()).await.map_err(status_of)?;
        let answers = chunks(Bytes::from(pdf)).map(|chunk| Ok(PrintRegisterResponse { chunk }));
        Ok(Response::new(Box::pin(tokio_stream::iter(answers))))
    }

    async fn print_slip(
        &self,
        request: Request<PrintSlipRequest>,
    ) -> Result<Response<Self::PrintSlipStream>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        let document_id = request.into_inner().document_id;
        let pdf = slip::print(&self.inner, &identity, &document_id).await.map_err(status_of)?;
        let answers = chunks(Bytes::from(pdf)).map(|chunk| Ok(PrintSlipResponse { chunk }));
        Ok(Response::new(Box::pin(tokio_stream::iter(answers))))
    }
}
