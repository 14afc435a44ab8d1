//! Authorities are asked about the signatures of what was received: OCSP, lists, certificates of issuers. What they say is
//! judged for the time of receipt, which the journal proves, and kept beside the document (TT 15/2025/TT-BKHCN).
//!
//! Receiving waits for nobody: it judges by what the file holds. Which documents were not asked about is told by the
//! archive, so a restart loses nothing; here it is only remembered when each was tried. The signer's own key speaks: it sees
//! received documents with signatures and may do nothing to them but this; their files stay as they came.

mod file;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use proto::archive::v1::{CommitRequest, CountRequest, GetRequest, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::record::State;
use proto::record::v1::{Command, IncomingDocument, KeepEvidence, SignatureLevel};
use proto::rpc::{Identity, fault_of, outgoing};
use proto::signer::v1::{CheckQueueState, CheckReceivedRequest, CheckReceivedResponse};

use super::Inner;
use super::act::PDF;
use super::evidence::{NAMED_MAX, PAGE, allowed, by_signer};
use super::queue::Queue;
use super::turns::{Turns, soonest};
use crate::fetch::Client;
use file::Failure;

/// How authorities are asked about received documents.
#[derive(Debug, Clone)]
pub struct Checking {
    /// With what OCSP responders and CRLs are asked.
    pub client: Client,
    /// The folder in which revocation data are kept until they are out of date.
    pub cache: PathBuf,
    /// How often the archive is asked what waits.
    pub look_every: Duration,
}

/// The worker's own things.
pub(super) struct Checker {
    checking: Checking,
    turns: Turns,
}

impl Checker {
    pub(super) fn new(checking: Checking) -> Self {
        Self { turns: Turns::new(checking.look_every), checking }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.turns.queue()
    }
}

/// What waits.
fn list() -> ListRequest {
    ListRequest { list: ListName::Unchecked.into(), ..ListRequest::default() }
}

/// Looks for what waits and asks about it, for ever.
pub(super) async fn run(inner: Arc<Inner>) {
    let Some(checker) = inner.checker.as_ref() else { return };
    tracing::info!("authorities are asked about the signatures of received documents");
    loop {
        let number = checker.turns.begun();
        if let Err(fault) = round(&inner, checker).await {
            tracing::warn!(%fault, "what waits to be asked about could not be looked for");
        }
        checker.turns.ended(number).await;
    }
}

/// Tries everything that is due once: first what somebody asked for.
async fn round(inner: &Inner, checker: &Checker) -> Result<(), Fault> {
    for id in checker.turns.called_for() {
        if let Some(document) = document(inner, &id).await? {
            tried(inner, checker, &id, &document).await;
        }
    }
    let mut list = ListRequest { page_size: PAGE, ..list() };
    loop {
        let request = by_signer(inner, list.clone())?;
        let page = inner.archive.clone().list(request).await.map_err(|s| fault_of(&s))?.into_inner();
        for record in page.items.into_iter().filter_map(|item| item.record) {
            if checker.queue().rests_until(inner.now_ms()).is_some() {
                return Ok(());
            }
            let Some(State::Incoming(document)) = record.state else { continue };
            let is_due = checker.queue().is_due(&record.id, inner.now_ms());
            if is_due && !tried(inner, checker, &record.id, &document).await {
                return Ok(());
            }
        }
        if page.next_page_token.is_empty() {
            return Ok(());
        }
        list.page_token = page.next_page_token;
    }
}

/// Tries one document; answers whether the round goes on.
async fn tried(inner: &Inner, checker: &Checker, id: &str, document: &IncomingDocument) -> bool {
    match checked(inner, checker, id, document).await {
        Ok(()) => {
            tracing::info!(document = id, "what authorities say of its signatures is kept");
            checker.queue().raised(id);
            true
        }
        Err(failure) => {
            let passing = failure.is_passing();
            tracing::warn!(document = id, %failure, passing, "authorities could not be asked about a document");
            checker.queue().failed(id, failure.code(), passing, inner.now_ms())
        }
    }
}

/// Asks about all signed files of a document, keeps what is said, and records it in one entry.
async fn checked(
    inner: &Inner,
    checker: &Checker,
    id: &str,
    document: &IncomingDocument,
) -> Result<(), Failure> {
    let received_at = document.received_at.as_ref().map_or(0, |at| at.seconds);
    let tries = checker.queue().tried(id).map_or(0, |tried| tried.times);
    let mut files = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, file) in document.files.iter().enumerate() {
        if file.media_type != PDF || !seen.insert(file.digest.as_str()) {
            continue;
        }
        match file::checked(inner, &checker.checking, id, &file.digest, received_at, tries).await {
            Ok(Some(checked)) => files.push(checked),
            // An attachment need not be signed; one that can never be asked about does not hold the document up.
            Ok(None) => {}
            Err(failure) if index > 0 && !failure.is_passing() => {
                tracing::warn!(document = id, file = file.digest, %failure, "an attachment is left out");
            }
            Err(failure) => return Err(failure),
        }
    }
    let Some(main) = files.first() else {
        return Err(Fault::broken("the main file shows no signature any more").into());
    };
    let request_id = format!("kept-{}", main.evidence_digest.get(..40).unwrap_or_default());
    let command = Cmd::KeepEvidence(KeepEvidence { document_id: id.to_owned(), files });
    let request = CommitRequest {
        request_id,
        command: Some(Command { command: Some(command) }),
        expected_versions: Vec::new(),
    };
    let request = by_signer(inner, request)?;
    inner.archive.clone().commit(request).await.map_err(|s| fault_of(&s))?;
    Ok(())
}

/// The document, where it was received with signatures.
async fn document(inner: &Inner, id: &str) -> Result<Option<IncomingDocument>, Fault> {
    let request = by_signer(inner, GetRequest { id: id.to_owned(), at_least: 0 })?;
    let record = match inner.archive.clone().get(request).await {
        Ok(answer) => answer.into_inner().record,
        Err(status) => match fault_of(&status) {
            Fault::Unknown { .. } => None,
            fault => return Err(fault),
        },
    };
    match record.and_then(|record| record.state) {
        Some(State::Incoming(document)) => Ok(Some(document)),
        _ => Ok(None),
    }
}

/// Tries now.
pub(super) async fn now(
    inner: &Inner,
    identity: &Identity,
    request: CheckReceivedRequest,
) -> Result<CheckReceivedResponse, Fault> {
    allowed(inner, identity).await?;
    let Some(checker) = inner.checker.as_ref() else {
        let text = "this office asks no authorities; start it with --online-evidence to have them asked";
        return Err(Fault::refused("ONLINE_EVIDENCE_OFF", text));
    };
    let id = request.document_id;
    if !id.is_empty() {
        // As the caller: what they do not see is not there.
        let asked = outgoing(identity, GetRequest { id: id.clone(), at_least: 0 });
        let record = inner.archive.clone().get(asked).await.map_err(|s| fault_of(&s))?.into_inner().record;
        let signed = matches!(
            record.and_then(|record| record.state),
            Some(State::Incoming(document))
                if document.signatures.as_ref().is_some_and(|report| !report.signatures.is_empty())
        );
        if !signed {
            let text = format!("{id} is no received document with signatures; there is nothing to ask about");
            return Err(Fault::refused("NOTHING_TO_CHECK", text));
        }
    }
    checker.turns.call(&id).await;
    Ok(CheckReceivedResponse { checks: Some(state(inner).await?) })
}

/// How the queue stands.
pub(super) async fn state(inner: &Inner) -> Result<CheckQueueState, Fault> {
    let Some(checker) = inner.checker.as_ref() else { return Ok(CheckQueueState::default()) };
    let now_ms = inner.now_ms();
    let request = by_signer(inner, CountRequest { lists: vec![list()] })?;
    let counts = inner.archive.clone().count(request).await.map_err(|s| fault_of(&s))?.into_inner().counts;
    let request = by_signer(inner, ListRequest { page_size: NAMED_MAX, ..list() })?;
    let page = inner.archive.clone().list(request).await.map_err(|s| fault_of(&s))?.into_inner();
    let records = page.items.into_iter().filter_map(|item| item.record);
    let waiting = records.map(|record| (record.id, SignatureLevel::Unspecified));
    let documents = checker.turns.waiting(waiting, now_ms);
    Ok(CheckQueueState {
        on: true,
        waiting: counts.first().copied().unwrap_or(0),
        next_try: soonest(&documents),
        documents,
        last_error: checker.queue().last_error().to_owned(),
    })
}
