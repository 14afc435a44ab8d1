//! The office's own signatures are raised after issue: time stamps, certificates, revocation data, and a new time stamp
//! before the last one ages out.
//!
//! A signature is made at B-B without waiting for anybody. What is below the office's level is told by the archive, so a
//! restart loses nothing; here it is only remembered when each document was tried. The signer's own key speaks: it sees
//! issued documents and may do nothing to them but this.

mod file;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use proto::archive::v1::{
    CommitRequest, CountRequest, GetFileRequest, GetFileResponse, GetRequest, ListName, ListRequest,
};
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::record::State;
use proto::record::v1::{
    AddEvidence, Command, FileRef, OutgoingDocument, OutgoingStatus, Role, SignatureLevel,
};
use proto::rpc::identity::outgoing_as;
use proto::rpc::stream::appending;
use proto::rpc::{Identity, fault_of, outgoing};
use proto::signer::v1::{
    CheckQueueState, EvidenceQueueRequest, EvidenceQueueResponse, EvidenceQueueState, RaiseRequest,
    RaiseResponse,
};
use tokio_stream::StreamExt as _;

use super::act::{FILE_BYTES_MAX, PDF};
use super::queue::Queue;
use super::received::{Received, received};
use super::turns::{Turns, soonest};
use super::{Inner, checking};
use crate::fetch::{Anchors, Cache, Client, Fetcher, TimestampAuthority};
use crate::sign::{Level, LevelError, Services};
use file::{Failure, RaisedFile, raised, to_record};

/// Documents that are read at a time of those that wait.
pub(super) const PAGE: i32 = 50;
/// Documents that the queue names.
pub(super) const NAMED_MAX: i32 = 100;

/// To which level issued documents are raised, and by whom.
#[derive(Debug, Clone)]
pub struct Raising {
    /// The level, above B-B.
    pub level: Level,
    /// Who gives time stamps.
    pub timestamps: TimestampAuthority,
    /// With what OCSP responders and CRLs are asked.
    pub client: Client,
    /// The folder in which revocation data are kept until they are out of date.
    pub cache: PathBuf,
    /// How often the archive is asked what waits.
    pub look_every: Duration,
}

/// The worker's own things.
pub(super) struct Raiser {
    raising: Raising,
    turns: Turns,
}

impl Raiser {
    pub(super) fn new(raising: Raising) -> Self {
        Self { turns: Turns::new(raising.look_every), raising }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.turns.queue()
    }

    fn level(&self) -> Level {
        self.raising.level
    }

    /// The lists of what waits: what is below the level, and what is to be renewed.
    fn lists(&self, now_ms: i64) -> Vec<ListRequest> {
        let of = |level: Level| ListRequest {
            list: ListName::ByEvidence.into(),
            evidence_level: to_record(level).into(),
            ..ListRequest::default()
        };
        let all = [Level::Basic, Level::Timestamped, Level::LongTerm];
        let mut lists: Vec<ListRequest> =
            all.into_iter().filter(|level| *level < self.level()).map(of).collect();
        if self.level() == Level::Archived {
            let seconds = now_ms.div_euclid(1_000).saturating_add(1);
            lists.push(ListRequest {
                renew_before: Some(prost_types::Timestamp { seconds, nanos: 0 }),
                ..of(Level::Archived)
            });
        }
        lists
    }

    /// Who is asked for evidence, with the trust roots as they are now.
    fn services(&self, inner: &Inner) -> Services {
        Services {
            timestamps: Some(self.raising.timestamps.clone()),
            evidence: Fetcher::new(
                self.raising.client.clone(),
                Cache::in_folder(&self.raising.cache),
                // Without roots nothing is believed: a service does not take what a file says of itself.
                Anchors::Roots(inner.roots()),
            ),
        }
    }
}

/// Looks for what waits and raises it, for ever.
pub(super) async fn run(inner: Arc<Inner>) {
    let Some(raiser) = inner.raiser.as_ref() else { return };
    tracing::info!(level = %raiser.level(), "issued documents are raised");
    loop {
        let number = raiser.turns.begun();
        if let Err(fault) = round(&inner, raiser).await {
            tracing::warn!(%fault, "what waits for evidence could not be looked for");
        }
        raiser.turns.ended(number).await;
    }
}

/// Tries everything that is due once: first what somebody asked for.
async fn round(inner: &Inner, raiser: &Raiser) -> Result<(), Fault> {
    for id in raiser.turns.called_for() {
        if let Some(document) = document(inner, raiser, &id).await? {
            tried(inner, raiser, &id, &document).await;
        }
    }
    for mut list in raiser.lists(inner.now_ms()) {
        list.page_size = PAGE;
        loop {
            if raiser.queue().rests_until(inner.now_ms()).is_some() {
                return Ok(());
            }
            let request = by_signer(inner, list.clone())?;
            let page = inner.archive.clone().list(request).await.map_err(|s| fault_of(&s))?.into_inner();
            for record in page.items.into_iter().filter_map(|item| item.record) {
                let Some(State::Outgoing(document)) = record.state else { continue };
                let is_due = raiser.queue().is_due(&record.id, inner.now_ms());
                if is_due && !tried(inner, raiser, &record.id, &document).await {
                    return Ok(());
                }
            }
            if page.next_page_token.is_empty() {
                break;
            }
            list.page_token = page.next_page_token;
        }
    }
    Ok(())
}

/// Tries one document; answers whether the round goes on.
async fn tried(inner: &Inner, raiser: &Raiser, id: &str, document: &OutgoingDocument) -> bool {
    let goal = raiser.level();
    let failure = match raised_to(inner, raiser, id, document, goal).await {
        Ok(()) => {
            tracing::info!(document = id, level = %goal, "evidence was added");
            raiser.queue().raised(id);
            return true;
        }
        Err(failure) => failure,
    };
    // The time is proven by the time stamp alone, and every day without it counts.
    let main = document.files.first().map(|file| file.digest.as_str());
    let stamped = document.evidence.iter().any(|it| Some(it.digest.as_str()) == main);
    if failure.is_of_evidence() && goal > Level::Timestamped && !stamped {
        match raised_to(inner, raiser, id, document, Level::Timestamped).await {
            Ok(()) => tracing::info!(document = id, "a time stamp was added; the rest waits"),
            Err(failure) => tracing::debug!(document = id, %failure, "no time stamp either"),
        }
    }
    let passing = failure.is_passing();
    tracing::warn!(document = id, %failure, passing, "evidence could not be added");
    raiser.queue().failed(id, failure.code(), passing, inner.now_ms())
}

/// Raises all files of a document that can be, keeps them, and records it in one entry.
async fn raised_to(
    inner: &Inner,
    raiser: &Raiser,
    id: &str,
    document: &OutgoingDocument,
    level: Level,
) -> Result<(), Failure> {
    let now_ms = inner.now_ms();
    let mut files: Vec<(&FileRef, RaisedFile)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, file) in document.files.iter().enumerate() {
        if file.media_type != PDF || !seen.insert(file.digest.as_str()) {
            continue;
        }
        let base = fetched(inner, id, &file.digest, FILE_BYTES_MAX).await?.into_input()?;
        let (services, roots) = (raiser.services(inner), inner.roots());
        // Not one of the turns of those who sign: a service that is slow must not hold them up.
        let done = tokio::task::spawn_blocking(move || {
            raised(&base, level, &services, &roots, now_ms.div_euclid(1_000))
        });
        match done.await.map_err(Fault::broken)? {
            Ok(raised) => files.push((file, raised)),
            // An attachment need not be signed; one that can never be raised does not hold the document up.
            Err(Failure::Level(LevelError::Unsigned)) if index > 0 => {}
            Err(failure) if index > 0 && !failure.is_passing() => {
                tracing::warn!(document = id, file = file.digest, %failure, "an attachment is not raised");
            }
            Err(failure) => return Err(failure),
        }
    }
    let mut told = Vec::with_capacity(files.len());
    for (file, raised) in files {
        let (digest, size) = if raised.tail.is_empty() {
            (file.digest.clone(), file.size)
        } else {
            appended(inner, &file.digest, raised.tail.clone()).await?
        };
        told.push(raised.told(&file.digest, digest, size));
    }
    let Some(main) = told.first() else { return Err(Failure::Level(LevelError::Unsigned)) };
    let request_id = format!("evidence-{}-{}", main.level, main.digest.get(..40).unwrap_or_default());
    let command = Cmd::AddEvidence(AddEvidence { document_id: id.to_owned(), files: told });
    let request = CommitRequest {
        request_id,
        command: Some(Command { command: Some(command) }),
        expected_versions: Vec::new(),
    };
    let request = by_signer(inner, request)?;
    inner.archive.clone().commit(request).await.map_err(|s| fault_of(&s))?;
    Ok(())
}

/// A request by the signer's own key.
pub(super) fn by_signer<T>(inner: &Inner, message: T) -> Result<tonic::Request<T>, Fault> {
    outgoing_as(&inner.key, inner.now_ms(), &Identity::default(), message)
}

pub(super) async fn fetched(inner: &Inner, id: &str, digest: &str, size_max: u64) -> Result<Received, Fault> {
    let request =
        GetFileRequest { digest: digest.to_owned(), offset: 0, length: 0, record_id: id.to_owned() };
    let request = by_signer(inner, request)?;
    let answers = inner.archive.clone().get_file(request).await.map_err(|s| fault_of(&s))?.into_inner();
    let chunks = answers.map(|answer| answer.map(|GetFileResponse { chunk, .. }| chunk));
    received(chunks, inner.vault.folder(), size_max).await
}

async fn appended(inner: &Inner, base: &str, tail: Bytes) -> Result<(String, u64), Fault> {
    let request = by_signer(inner, appending(base.to_owned(), tail))?;
    let answer = inner.archive.clone().append_file(request).await.map_err(|s| fault_of(&s))?.into_inner();
    Ok((answer.digest, answer.size))
}

/// The document, where it is issued and below the level or to be renewed.
async fn document(inner: &Inner, raiser: &Raiser, id: &str) -> Result<Option<OutgoingDocument>, Fault> {
    let request = by_signer(inner, GetRequest { id: id.to_owned(), at_least: 0 })?;
    let record = match inner.archive.clone().get(request).await {
        Ok(answer) => answer.into_inner().record,
        Err(status) => match fault_of(&status) {
            Fault::Unknown { .. } => None,
            fault => return Err(fault),
        },
    };
    let Some(State::Outgoing(document)) = record.and_then(|record| record.state) else { return Ok(None) };
    Ok(waits(&document, to_record(raiser.level()), inner.now_ms()).then_some(document))
}

fn waits(document: &OutgoingDocument, goal: SignatureLevel, now_ms: i64) -> bool {
    let main = document.files.first().map(|file| file.digest.as_str());
    let Some(kept) = document.evidence.iter().find(|it| Some(it.digest.as_str()) == main) else {
        return true;
    };
    let due = kept.renew_at.is_some_and(|at| at.seconds <= now_ms.div_euclid(1_000));
    kept.level() < goal || goal == SignatureLevel::Archived && due
}

/// Tells how the queue stands.
pub(super) async fn standing(
    inner: &Inner,
    identity: &Identity,
    request: EvidenceQueueRequest,
) -> Result<EvidenceQueueResponse, Fault> {
    allowed(inner, identity).await?;
    if request.settings_only {
        let level = inner.raiser.as_ref().map_or(SignatureLevel::Basic, |raiser| to_record(raiser.level()));
        let queue = EvidenceQueueState { level: level.into(), ..EvidenceQueueState::default() };
        let checks = CheckQueueState { on: inner.checker.is_some(), ..CheckQueueState::default() };
        return Ok(EvidenceQueueResponse { queue: Some(queue), checks: Some(checks) });
    }
    let (queue, checks) = (state(inner).await?, checking::state(inner).await?);
    Ok(EvidenceQueueResponse { queue: Some(queue), checks: Some(checks) })
}

/// Tries now.
pub(super) async fn now(
    inner: &Inner,
    identity: &Identity,
    request: RaiseRequest,
) -> Result<RaiseResponse, Fault> {
    allowed(inner, identity).await?;
    let Some(raiser) = inner.raiser.as_ref() else {
        let text = "this office signs at B-B; start it with --level and --tsa to raise what is issued";
        return Err(Fault::refused("LEVEL_NOT_SET", text));
    };
    let id = request.document_id;
    if !id.is_empty() {
        // As the caller: what they do not see is not there.
        let asked = outgoing(identity, GetRequest { id: id.clone(), at_least: 0 });
        let record = inner.archive.clone().get(asked).await.map_err(|s| fault_of(&s))?.into_inner().record;
        let issued = matches!(
            record.and_then(|record| record.state),
            Some(State::Outgoing(document))
                if matches!(document.status(), OutgoingStatus::Issued | OutgoingStatus::Recalled)
        );
        if !issued {
            return Err(Fault::refused(
                "NOT_ISSUED",
                format!("{id} is not issued; evidence is added after that"),
            ));
        }
    }
    raiser.turns.call(&id).await;
    Ok(RaiseResponse { queue: Some(state(inner).await?) })
}

/// Clerks, who issue, and administrators, who see to the services. The archive says whether the seal still stands.
pub(super) async fn allowed(inner: &Inner, identity: &Identity) -> Result<(), Fault> {
    let roles = &identity.caller()?.roles;
    let agency = outgoing(identity, GetRequest { id: "agency".to_owned(), at_least: 0 });
    inner.archive.clone().get(agency).await.map_err(|s| fault_of(&s))?;
    if [Role::Clerk, Role::Administrator].into_iter().any(|role| roles.contains(&role.into())) {
        return Ok(());
    }
    Err(Fault::denied("NOT_YOUR_ROLE", "only clerks and administrators see to long-term evidence"))
}

async fn state(inner: &Inner) -> Result<EvidenceQueueState, Fault> {
    let Some(raiser) = inner.raiser.as_ref() else {
        let level = SignatureLevel::Basic.into();
        return Ok(EvidenceQueueState { level, ..EvidenceQueueState::default() });
    };
    let now_ms = inner.now_ms();
    let lists = raiser.lists(now_ms);
    let request = by_signer(inner, CountRequest { lists: lists.clone() })?;
    let counts = inner.archive.clone().count(request).await.map_err(|s| fault_of(&s))?.into_inner().counts;
    let mut found: Vec<(String, SignatureLevel)> = Vec::new();
    for list in lists {
        let left = NAMED_MAX.saturating_sub(i32::try_from(found.len()).unwrap_or(i32::MAX));
        if left <= 0 {
            break;
        }
        let level = list.evidence_level();
        let request = by_signer(inner, ListRequest { page_size: left, ..list })?;
        let page = inner.archive.clone().list(request).await.map_err(|s| fault_of(&s))?.into_inner();
        found.extend(page.items.into_iter().filter_map(|item| item.record).map(|record| (record.id, level)));
    }
    let documents = raiser.turns.waiting(found, now_ms);
    Ok(EvidenceQueueState {
        level: to_record(raiser.level()).into(),
        waiting: counts.iter().fold(0, |all, count| all.saturating_add(*count)),
        next_try: soonest(&documents),
        documents,
        last_error: raiser.queue().last_error().to_owned(),
    })
}
