//! The gRPC service: keys, mandates, fields, signatures, validation.
//!
//! This process parses only the file that it is about to sign. Strangers' files are opened in [`crate::worker`].

mod act;
mod checking;
mod evidence;
mod fault;
mod inspect;
mod key;
mod outside;
mod possession;
mod queue;
mod received;
mod sealed_state;
mod turns;

use std::path::PathBuf;
use std::sync::Arc;

use proto::archive::v1::archive_client::ArchiveClient;
use proto::rpc::{Clock, Identity, Peer, ServiceKey, status_of};
use proto::signer::v1::signer_server::Signer as SignerRpc;
use proto::signer::v1::*;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status, Streaming};

use crate::chain::TrustRoots;
use crate::mandate::Mandates;
use crate::vault::Vault;

pub use checking::Checking;
pub use evidence::Raising;

/// Files that are worked on at once in this process: signing needs a core each.
const ACTS_AT_ONCE: usize = 4;

/// What the signer needs.
pub struct Settings {
    /// The archive.
    pub archive: ArchiveClient<Peer>,
    /// The folder of keys.
    pub keys: PathBuf,
    /// Who is trusted without proof. Read anew for each validation: roots are data.
    pub roots: PathBuf,
    /// The binary that is re-executed as `worker`.
    pub worker: PathBuf,
    /// The time.
    pub clock: Clock,
    /// The signer's own key, with which it adds evidence to what was issued.
    pub key: Arc<ServiceKey>,
    /// To which level issued documents are raised; none: they stay at B-B.
    pub raising: Option<Raising>,
    /// How authorities are asked about what was received; none: nobody is asked.
    pub checking: Option<Checking>,
}

/// Ends what the signer does in the background when it goes: what is in hand is given up, nothing of it was recorded.
#[derive(Debug)]
pub struct BackgroundTask(tokio::task::JoinHandle<()>);

impl Drop for BackgroundTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The signer.
#[derive(Clone)]
pub struct Signer {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    archive: ArchiveClient<Peer>,
    vault: Vault,
    mandates: Mandates,
    roots: PathBuf,
    worker: PathBuf,
    clock: Clock,
    acts: Arc<Semaphore>,
    streamed: Arc<Semaphore>,
    /// Looking into files of people who are not logged in: apart, so that they cannot hold up those who sign.
    guests: Arc<Semaphore>,
    /// Enrolments go one after another: two of one certificate would take each other's files away.
    enrolling: tokio::sync::Mutex<()>,
    /// The signer's own key.
    key: Arc<ServiceKey>,
    /// Raises issued documents, where the office has a level for them.
    raiser: Option<evidence::Raiser>,
    /// Asks about received documents, where the office wants it.
    checker: Option<checking::Checker>,
}

impl Signer {
    /// A signer over an archive.
    ///
    /// # Errors
    /// [`proto::fault::Fault`] when the folder of keys cannot be made.
    pub fn new(settings: Settings) -> Result<Self, proto::fault::Fault> {
        Ok(Self {
            inner: Arc::new(Inner {
                archive: settings.archive,
                vault: Vault::open(&settings.keys)?,
                mandates: Mandates::default(),
                roots: settings.roots,
                worker: settings.worker,
                clock: settings.clock,
                acts: Arc::new(Semaphore::new(ACTS_AT_ONCE)),
                streamed: Arc::new(Semaphore::new(inspect::STREAMED_AT_ONCE)),
                guests: Arc::new(Semaphore::new(inspect::GUESTS_AT_ONCE)),
                enrolling: tokio::sync::Mutex::new(()),
                key: settings.key,
                raiser: settings.raising.map(evidence::Raiser::new),
                checker: settings.checking.map(checking::Checker::new),
            }),
        })
    }

    /// Begins to raise issued documents, where the office has a level for them. Call it inside a runtime, once the archive
    /// answers or will.
    #[must_use]
    pub fn raise_issued(&self) -> Option<BackgroundTask> {
        self.inner.raiser.as_ref()?;
        Some(BackgroundTask(tokio::spawn(evidence::run(Arc::clone(&self.inner)))))
    }

    /// Begins to ask authorities about the signatures of received documents, where the office wants it. Call it inside a
    /// runtime, once the archive answers or will.
    #[must_use]
    pub fn check_received(&self) -> Option<BackgroundTask> {
        self.inner.checker.as_ref()?;
        Some(BackgroundTask(tokio::spawn(checking::run(Arc::clone(&self.inner)))))
    }
}

impl Inner {
    fn now_ms(&self) -> i64 {
        (self.clock)()
    }

    /// The trust roots as they are now; a folder that is not there trusts nobody.
    fn roots(&self) -> TrustRoots {
        let mut roots = TrustRoots::none();
        match self.roots.try_exists() {
            Ok(true) => {
                if let Err(error) = roots.add_path(&self.roots) {
                    tracing::warn!(%error, "trust roots could not be read");
                }
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "trust roots could not be looked for"),
        }
        roots
    }
}

/// The body of an RPC that a function of this module does.
macro_rules! done_by {
    ($self:ident, $request:ident, $function:path) => {{
        let identity = Identity::of(&$request).map_err(status_of)?;
        $function(&$self.inner, &identity, $request.into_inner()).await.map(Response::new).map_err(status_of)
    }};
}

#[tonic::async_trait]
impl SignerRpc for Signer {
    async fn enrol_key(
        &self,
        request: Request<EnrolKeyRequest>,
    ) -> Result<Response<EnrolKeyResponse>, Status> {
        done_by!(self, request, key::enrol)
    }

    async fn unlock(&self, request: Request<UnlockRequest>) -> Result<Response<UnlockResponse>, Status> {
        done_by!(self, request, key::unlock)
    }

    async fn end_mandate(
        &self,
        request: Request<EndMandateRequest>,
    ) -> Result<Response<EndMandateResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        let person = &identity.caller().map_err(status_of)?.person_id;
        self.inner.mandates.end(&request.get_ref().mandate, person);
        Ok(Response::new(EndMandateResponse {}))
    }

    async fn prepare_fields(
        &self,
        request: Request<PrepareFieldsRequest>,
    ) -> Result<Response<PrepareFieldsResponse>, Status> {
        done_by!(self, request, act::prepare_fields)
    }

    async fn find_places(
        &self,
        request: Request<FindPlacesRequest>,
    ) -> Result<Response<FindPlacesResponse>, Status> {
        done_by!(self, request, inspect::find_places)
    }

    async fn sign_person(
        &self,
        request: Request<SignPersonRequest>,
    ) -> Result<Response<SignPersonResponse>, Status> {
        done_by!(self, request, act::sign_person)
    }

    async fn seal_agency(
        &self,
        request: Request<SealAgencyRequest>,
    ) -> Result<Response<SealAgencyResponse>, Status> {
        done_by!(self, request, act::seal_agency)
    }

    async fn seal_attachment(
        &self,
        request: Request<SealAttachmentRequest>,
    ) -> Result<Response<SealAttachmentResponse>, Status> {
        done_by!(self, request, act::seal_attachment)
    }

    async fn challenge_outside_key(
        &self,
        request: Request<ChallengeOutsideKeyRequest>,
    ) -> Result<Response<ChallengeOutsideKeyResponse>, Status> {
        done_by!(self, request, possession::challenge)
    }

    async fn enrol_outside_key(
        &self,
        request: Request<EnrolOutsideKeyRequest>,
    ) -> Result<Response<EnrolOutsideKeyResponse>, Status> {
        done_by!(self, request, possession::enrol)
    }

    async fn prepare_person(
        &self,
        request: Request<PreparePersonRequest>,
    ) -> Result<Response<PreparePersonResponse>, Status> {
        done_by!(self, request, outside::prepare_person)
    }

    async fn complete_person(
        &self,
        request: Request<CompletePersonRequest>,
    ) -> Result<Response<CompletePersonResponse>, Status> {
        done_by!(self, request, outside::complete_person)
    }

    async fn prepare_seal(
        &self,
        request: Request<PrepareSealRequest>,
    ) -> Result<Response<PrepareSealResponse>, Status> {
        done_by!(self, request, outside::prepare_seal)
    }

    async fn complete_seal(
        &self,
        request: Request<CompleteSealRequest>,
    ) -> Result<Response<CompleteSealResponse>, Status> {
        done_by!(self, request, outside::complete_seal)
    }

    async fn prepare_attachment(
        &self,
        request: Request<PrepareAttachmentRequest>,
    ) -> Result<Response<PrepareAttachmentResponse>, Status> {
        done_by!(self, request, outside::prepare_attachment)
    }

    async fn complete_attachment(
        &self,
        request: Request<CompleteAttachmentRequest>,
    ) -> Result<Response<CompleteAttachmentResponse>, Status> {
        done_by!(self, request, outside::complete_attachment)
    }

    async fn evidence_queue(
        &self,
        request: Request<EvidenceQueueRequest>,
    ) -> Result<Response<EvidenceQueueResponse>, Status> {
        done_by!(self, request, evidence::standing)
    }

    async fn raise(&self, request: Request<RaiseRequest>) -> Result<Response<RaiseResponse>, Status> {
        done_by!(self, request, evidence::now)
    }

    async fn check_received(
        &self,
        request: Request<CheckReceivedRequest>,
    ) -> Result<Response<CheckReceivedResponse>, Status> {
        done_by!(self, request, checking::now)
    }

    async fn inspect(&self, request: Request<InspectRequest>) -> Result<Response<InspectResponse>, Status> {
        done_by!(self, request, inspect::kept)
    }

    async fn validate_upload(
        &self,
        request: Request<ValidateUploadRequest>,
    ) -> Result<Response<ValidateUploadResponse>, Status> {
        done_by!(self, request, inspect::upload)
    }

    async fn validate_file(
        &self,
        request: Request<Streaming<ValidateFileRequest>>,
    ) -> Result<Response<ValidateFileResponse>, Status> {
        let answer = inspect::streamed(&self.inner, request.into_inner()).await;
        answer.map(Response::new).map_err(status_of)
    }
}
