//! The gRPC face: each method checks who calls, hands the work to a blocking thread or to the committer, and answers.

use std::pin::Pin;
use std::sync::Arc;

use proto::archive::v1::archive_server::{Archive as ArchiveRpc, ArchiveServer};
use proto::archive::v1::{
    AppendFileRequest, AppendFileResponse, BackupRequest, BackupResponse, BatchGetRequest, BatchGetResponse,
    CommitRequest, CommitResponse, CountRequest, CountResponse, FindDuplicatesRequest,
    FindDuplicatesResponse, GetCredentialRequest, GetCredentialResponse, GetFileRequest, GetFileResponse,
    GetRequest, GetResponse, HistoryRequest, HistoryResponse, ListRequest, ListResponse, PutFileRequest,
    PutFileResponse, SearchRequest, SearchResponse, TreeHeadRequest, TreeHeadResponse, Upkeep, WatchRequest,
    WatchResponse,
};
use proto::fault::Fault;
use proto::record::v1::Caller;
use proto::record::v1::command::Command;
use proto::rpc::{Identity, MESSAGE_BYTES_MAX, fault_of, status_of};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

use crate::appended::{self, Proofs};
use crate::archive::closing;
use crate::committer::{CommitJob, Job};
use crate::limits::{
    CHUNKS_READY, COMMAND_BYTES_MAX, COMMIT_QUEUE_WAIT, EXPECTED_VERSIONS_MAX, REQUEST_ID_MAX,
    REQUEST_ID_MIN, TRANSFER_SLOW, WATCH_BUFFER, WATCHERS_MAX,
};
use crate::reads::{duplicates, history, lists, records, watch};
use crate::shared::Shared;
use crate::transfer::{self, Arriving};
use crate::viewer::Viewer;
use crate::{backup, finder};

/// The archive as a gRPC service; clones share the open store.
#[derive(Clone)]
pub struct Service {
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
}

impl Service {
    pub(crate) fn new(shared: Arc<Shared>, places: Arc<Semaphore>) -> Self {
        Self { shared, places }
    }

    /// The tonic server over it, with the limits of the wire. Wrap it in `proto::rpc::Guard` before mounting it.
    #[must_use]
    pub fn into_server(self) -> ArchiveServer<Self> {
        ArchiveServer::new(self)
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }

    /// Commits one command for whoever `identity` says. What is recorded is recorded even when the caller goes away.
    ///
    /// # Errors
    /// What the rules say; [`Fault::Unavailable`] `STORE_READ_ONLY` after a failed write.
    pub async fn commit_for(
        &self,
        identity: &Identity,
        request: CommitRequest,
    ) -> Result<CommitResponse, Fault> {
        check_commit(&request)?;
        let viewer = Viewer::of(identity)?;
        if identity.service.as_deref() == Some(domain::policy::SIGNER)
            && let Some(Command::KeepEvidence(kept)) =
                request.command.as_ref().and_then(|it| it.command.clone())
        {
            self.blocking(move |shared| transfer::is_as_long_as_told(shared, &kept))
                .await
                .map_err(|status| fault_of(&status))?;
        }
        let proofs = self.proofs(&viewer, &request).await?;
        let place = tokio::time::timeout(COMMIT_QUEUE_WAIT, Arc::clone(&self.places).acquire_owned()).await;
        let place = match place {
            Ok(Ok(place)) => place,
            Ok(Err(_)) => return Err(closing()),
            Err(_) => {
                let text = "too many commands wait to be recorded; try again".to_owned();
                return Err(Fault::Busy { reason: "COMMIT_QUEUE_FULL", text });
            }
        };
        let (answer, answered) = oneshot::channel();
        let job = CommitJob {
            caller: identity.caller.clone().unwrap_or_default(),
            service: identity.service.clone(),
            viewer,
            request,
            proofs,
            answer,
            span: tracing::Span::current(),
            place,
        };
        self.shared.jobs.send(Job::Commit(Box::new(job))).map_err(|_| closing())?;
        answered.await.map_err(|_| closing())?
    }

    /// What is true of the files that a command says were made from others. Without such a command nothing is asked.
    async fn proofs(&self, viewer: &Viewer, request: &CommitRequest) -> Result<Proofs, Fault> {
        let command = request.command.as_ref().and_then(|it| it.command.as_ref());
        let Some(command) = command.filter(|it| appended::says_so(it)).cloned() else {
            return Ok(Proofs::default());
        };
        let asker = viewer.clone();
        let proven = self.blocking(move |shared| appended::prove(shared, &asker, &command)).await;
        proven.map(Response::into_inner).map_err(|status| fault_of(&status))
    }

    /// Runs a reader on a thread that may block.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, Fault> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let shared = Arc::clone(&self.shared);
        let span = tracing::Span::current();
        let done = tokio::task::spawn_blocking(move || span.in_scope(|| work(&shared))).await;
        let result = done.unwrap_or_else(|_| Err(Fault::broken("a reader panicked")));
        result.map(Response::new).map_err(status_of)
    }

    async fn kept(
        &self,
        viewer: &Viewer,
        base: Option<storage::Digest>,
        first: Option<bytes::Bytes>,
        mut rest: impl Stream<Item = Result<bytes::Bytes, Fault>> + Unpin,
    ) -> Result<storage::files::Stored, Fault> {
        let mut arriving = Arriving::begin(&self.shared, viewer, base).await?;
        if let Some(first) = first {
            arriving = arriving.take(first).await?;
        }
        loop {
            match tokio::time::timeout(TRANSFER_SLOW, rest.next()).await {
                Ok(Some(chunk)) => arriving = arriving.take(chunk?).await?,
                Ok(None) => break,
                Err(_) => return Err(Fault::unavailable("UPLOAD_ENDED", "the upload stood still")),
            }
        }
        // Once all has come the file is kept, whether or not the caller still waits.
        let kept = tokio::spawn(arriving.end()).await;
        kept.unwrap_or_else(|_| Err(Fault::broken("keeping a file panicked")))
    }
}

fn check_commit(request: &CommitRequest) -> Result<(), Fault> {
    let id = request.request_id.as_bytes();
    let well_formed = (REQUEST_ID_MIN..=REQUEST_ID_MAX).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !well_formed {
        let text = format!("must have {REQUEST_ID_MIN} to {REQUEST_ID_MAX} characters of [A-Za-z0-9_-]");
        return Err(Fault::invalid("request_id", "BAD_FORMAT", text));
    }
    if request.expected_versions.len() > EXPECTED_VERSIONS_MAX {
        let text =
            format!("{} versions; give at most {EXPECTED_VERSIONS_MAX}", request.expected_versions.len());
        return Err(Fault::invalid("expected_versions", "TOO_LONG", text));
    }
    let bytes = request.command.as_ref().map_or(0, prost::Message::encoded_len);
    if bytes > COMMAND_BYTES_MAX {
        let text = format!("the command has {bytes} bytes; at most {COMMAND_BYTES_MAX} are taken");
        return Err(Fault::invalid("command", "TOO_LONG", text));
    }
    Ok(())
}

/// Who calls, and what is asked.
fn opened<T>(request: Request<T>) -> Result<(Identity, T), Status> {
    let identity = Identity::of(&request).map_err(status_of)?;
    Ok((identity, request.into_inner()))
}

/// The person who calls, and what is asked.
fn by_person<T>(request: Request<T>) -> Result<(Caller, T), Status> {
    let (identity, message) = opened(request)?;
    let caller = identity.caller().map_err(status_of)?.clone();
    Ok((caller, message))
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

fn answers<T: Send + 'static>(from: mpsc::Receiver<Result<T, Fault>>) -> Response<Answers<T>> {
    Response::new(Box::pin(ReceiverStream::new(from).map(|answer| answer.map_err(status_of))))
}

#[tonic::async_trait]
impl ArchiveRpc for Service {
    async fn commit(&self, request: Request<CommitRequest>) -> Result<Response<CommitResponse>, Status> {
        let (identity, message) = opened(request)?;
        self.commit_for(&identity, message).await.map(Response::new).map_err(status_of)
    }

    async fn get(&self, request: Request<GetRequest>) -> Result<Response<GetResponse>, Status> {
        let (identity, message) = opened(request)?;
        let viewer = Viewer::of(&identity).map_err(status_of)?;
        self.shared.at_least(message.at_least).await;
        self.blocking(move |shared| records::get(shared, &viewer, &message.id)).await
    }

    async fn batch_get(
        &self,
        request: Request<BatchGetRequest>,
    ) -> Result<Response<BatchGetResponse>, Status> {
        let (identity, message) = opened(request)?;
        let viewer = Viewer::of(&identity).map_err(status_of)?;
        self.blocking(move |shared| records::batch_get(shared, &viewer, &message)).await
    }

    async fn list(&self, request: Request<ListRequest>) -> Result<Response<ListResponse>, Status> {
        let (identity, message) = opened(request)?;
        let viewer = Viewer::without_directory(&identity).map_err(status_of)?;
        self.shared.at_least(message.at_least).await;
        self.blocking(move |shared| lists::list(shared, &viewer, &message)).await
    }

    async fn count(&self, request: Request<CountRequest>) -> Result<Response<CountResponse>, Status> {
        let (identity, message) = opened(request)?;
        let viewer = Viewer::without_directory(&identity).map_err(status_of)?;
        let position = message.lists.iter().map(|list| list.at_least).max().unwrap_or(0);
        self.shared.at_least(position).await;
        self.blocking(move |shared| lists::count(shared, &viewer, &message)).await
    }

    type WatchStream = Answers<WatchResponse>;

    async fn watch(&self, request: Request<WatchRequest>) -> Result<Response<Self::WatchStream>, Status> {
        let (identity, message) = opened(request)?;
        let viewer = Viewer::of(&identity).map_err(status_of)?;
        let Ok(place) = Arc::clone(&self.shared.watchers).try_acquire_owned() else {
            let text = format!("{WATCHERS_MAX} watch already; try again later");
            return Err(status_of(Fault::Busy { reason: "TOO_MANY_WATCHERS", text }));
        };
        let (to, from) = mpsc::channel(WATCH_BUFFER);
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            watch::watch(shared, viewer, message.after, to).await;
            drop(place);
        });
        Ok(answers(from))
    }

    async fn put_file(
        &self,
        request: Request<Streaming<PutFileRequest>>,
    ) -> Result<Response<PutFileResponse>, Status> {
        // The signer keeps what authorities say; directory has no part in files.
        let (identity, messages) = opened(request)?;
        let putter = Viewer::without_directory(&identity).map_err(status_of)?;
        let asker = putter.clone();
        self.blocking(move |shared| shared.read_as(&asker, |_| Ok(()))).await?;
        let chunks = messages
            .map(|message| message.map(|message| message.chunk).map_err(|status| arriving_fault(&status)));
        let stored = self.kept(&putter, None, None, chunks).await.map_err(status_of)?;
        Ok(Response::new(PutFileResponse { digest: stored.digest.to_string(), size: stored.length }))
    }

    async fn append_file(
        &self,
        request: Request<Streaming<AppendFileRequest>>,
    ) -> Result<Response<AppendFileResponse>, Status> {
        let (identity, mut messages) = opened(request)?;
        let viewer = Viewer::without_directory(&identity).map_err(status_of)?;
        let Some(first) = messages.message().await? else {
            return Err(status_of(Fault::invalid(
                "base_digest",
                "REQUIRED",
                "the first message must name the base",
            )));
        };
        let asker = viewer.clone();
        let named = first.base_digest;
        let base = self.blocking(move |shared| transfer::base(shared, &asker, &named)).await?.into_inner();
        let chunks = messages.map(|message| match message {
            Ok(message) if message.base_digest.is_empty() => Ok(message.chunk),
            Ok(_) => Err(Fault::invalid(
                "base_digest",
                "NOT_ALLOWED_HERE",
                "only the first message names the base",
            )),
            Err(status) => Err(arriving_fault(&status)),
        });
        let stored = self.kept(&viewer, Some(base), Some(first.chunk), chunks).await.map_err(status_of)?;
        Ok(Response::new(AppendFileResponse { digest: stored.digest.to_string(), size: stored.length }))
    }

    type GetFileStream = Answers<GetFileResponse>;

    async fn get_file(
        &self,
        request: Request<GetFileRequest>,
    ) -> Result<Response<Self::GetFileStream>, Status> {
        let (identity, message) = opened(request)?;
        let viewer = Viewer::without_directory(&identity).map_err(status_of)?;
        let asked = message.clone();
        let file = self.blocking(move |shared| transfer::open(shared, &viewer, &asked)).await?.into_inner();
        let (to, from) = mpsc::channel(CHUNKS_READY);
        tokio::spawn(transfer::send(file, message, to));
        Ok(answers(from))
    }

    async fn search(&self, request: Request<SearchRequest>) -> Result<Response<SearchResponse>, Status> {
        let (caller, message) = by_person(request)?;
        let behind = !self.shared.indexed_at_least(message.at_least).await;
        self.blocking(move |shared| finder::search(shared, &caller, &message, behind)).await
    }

    async fn find_duplicates(
        &self,
        request: Request<FindDuplicatesRequest>,
    ) -> Result<Response<FindDuplicatesResponse>, Status> {
        let (caller, message) = by_person(request)?;
        self.blocking(move |shared| duplicates::find(shared, &caller, &message)).await
    }

    async fn history(&self, request: Request<HistoryRequest>) -> Result<Response<HistoryResponse>, Status> {
        let (caller, message) = by_person(request)?;
        self.blocking(move |shared| history::history(shared, &caller, &message)).await
    }

    async fn tree_head(
        &self,
        request: Request<TreeHeadRequest>,
    ) -> Result<Response<TreeHeadResponse>, Status> {
        let (caller, _) = by_person(request)?;
        let asker = Viewer::Person(caller);
        self.blocking(move |shared| {
            let head = shared.read_as(&asker, |_| Ok(shared.journal.head()))?;
            let (damaged, last_ms) = {
                let upkeep = shared.upkeep();
                (upkeep.damage_count, upkeep.last_ms)
            };
            let checked_at = (last_ms != 0).then(|| domain::calendar::timestamp(last_ms));
            let upkeep = Some(Upkeep { damaged, checked_at });
            Ok(TreeHeadResponse { size: head.size, root: head.root.to_string(), upkeep })
        })
        .await
    }

    async fn get_credential(
        &self,
        request: Request<GetCredentialRequest>,
    ) -> Result<Response<GetCredentialResponse>, Status> {
        let (identity, message) = opened(request)?;
        if identity.service.as_deref() != Some(domain::policy::DIRECTORY) {
            let fault = Fault::denied("ONLY_SERVICE", "only the key of directory may read credentials");
            return Err(status_of(fault));
        }
        self.blocking(move |shared| records::credential(shared, &message)).await
    }

    async fn backup(&self, request: Request<BackupRequest>) -> Result<Response<BackupResponse>, Status> {
        let identity = Identity::of(&request).map_err(status_of)?;
        let message = request.into_inner();
        self.blocking(move |shared| backup::backup(shared, &identity, &message.directory)).await
    }
}

/// The fault of a stream of chunks that broke.
fn arriving_fault(status: &Status) -> Fault {
    Fault::unavailable("UPLOAD_ENDED", format!("the upload broke: {}", status.message()))
}
