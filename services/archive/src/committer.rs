//! The committer: one thread that owns the journal and decides, in order, what is recorded.
//!
//! It drains what waits, decides each request on the states as the requests before it in the group leave them, appends
//! all entries with one sync, then shows them in the view, then answers. Nothing is shown or answered before the sync.

use std::collections::{BTreeSet, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};

use domain::moment::Moment;
use domain::overlay::Overlay;
use domain::states::States;
use domain::{check, decide, policy};
use prost::Message;
use proto::archive::v1::{CommitRequest, CommitResponse, ExpectedVersion};
use proto::fault::Fault;
use proto::record::v1::{Caller, Entry, Record};
use storage::Digest;
use storage::files::Swept;
use storage::journal::{GROUP_BYTES_MAX, Journal, JournalError, PAYLOAD_BYTES_MAX};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::appended::Proofs;
use crate::keeper::{self, Sweep};
use crate::limits::{ANSWER_KEPT_MS, GROUP_REQUESTS_MAX, REBUILDS_MAX, SETTLE_AFTER, SWEEP_AGE_MS};
use crate::naming;
use crate::shared::Shared;
use crate::transfer;
use crate::viewer::Viewer;
use crate::views::{Answer, Rows, View, records_of};

/// What the committer can be asked.
pub(crate) enum Job {
    /// To decide and record.
    Commit(Box<CommitJob>),
    /// To make the view anew: a reader has found it damaged.
    RebuildView {
        /// The generation of the view it read: one made since then is not meant.
        generation: u64,
    },
    /// To remove files that nobody named.
    Sweep(Sweep),
    /// To end, cleanly or as if the process were killed.
    Stop {
        /// Whether to write the closing frame.
        clean: bool,
    },
}

/// One request.
pub(crate) struct CommitJob {
    /// Who acts; all empty where a service acts alone.
    pub(crate) caller: Caller,
    /// The service whose key spoke.
    pub(crate) service: Option<String>,
    /// To whom the answer is shown.
    pub(crate) viewer: Viewer,
    /// What is asked.
    pub(crate) request: CommitRequest,
    /// What is proven of the files that it says were made from others.
    pub(crate) proofs: Proofs,
    /// Where to answer.
    pub(crate) answer: oneshot::Sender<Result<CommitResponse, Fault>>,
    /// Log lines of the request.
    pub(crate) span: tracing::Span,
    /// The place in the queue.
    pub(crate) place: OwnedSemaphorePermit,
}

/// The thread's own things.
pub(crate) struct Committer {
    pub(crate) journal: Journal,
    pub(crate) shared: Arc<Shared>,
    /// Time of the last entry: the clock never goes back behind it.
    pub(crate) last_ms: i64,
}

/// What became of a request before anything is written.
enum Outcome {
    /// There is nothing to record, or there was nothing to decide.
    Answered(Result<CommitResponse, Fault>),
    /// The same request stands in this group already.
    SameAs(usize),
    /// To be recorded.
    Decided(Box<Decided>),
}

struct Decided {
    payload: Vec<u8>,
    /// The files that it names.
    named: BTreeSet<String>,
    rows: Rows,
    records: Vec<Record>,
    answer: Answer,
}

impl Committer {
    /// Runs until it is told to stop or nobody can ask any more. Gives the journal back where it was not closed.
    pub(crate) fn run(mut self, queue: &Receiver<Job>) {
        let mut unsettled = false;
        let mut kept: Option<Job> = None;
        loop {
            let job = match kept.take() {
                Some(job) => job,
                None if unsettled => match queue.recv_timeout(SETTLE_AFTER) {
                    Ok(job) => job,
                    Err(RecvTimeoutError::Timeout) => {
                        unsettled = false;
                        self.settle();
                        continue;
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                },
                None => match queue.recv() {
                    Ok(job) => job,
                    Err(_) => break,
                },
            };
            match job {
                Job::Commit(first) => {
                    let mut group = vec![*first];
                    while group.len() < GROUP_REQUESTS_MAX {
                        match queue.try_recv() {
                            Ok(Job::Commit(next)) => group.push(*next),
                            Ok(other) => {
                                kept = Some(other);
                                break;
                            }
                            Err(TryRecvError::Empty | TryRecvError::Disconnected) => break,
                        }
                    }
                    unsettled = true;
                    self.commit(group);
                }
                Job::RebuildView { generation } => self.rebuild_damaged_view(generation),
                Job::Sweep(sweep) => self.sweep(&sweep),
                Job::Stop { clean: true } => break,
                Job::Stop { clean: false } => return,
            }
        }
        self.stop();
    }

    fn stop(self) {
        if let Ok(view) = self.shared.views.view()
            && let Err(error) = view.storage().flush()
        {
            tracing::warn!(%error, "view not flushed");
        }
        match self.journal.close() {
            Ok(()) => tracing::info!("journal closed"),
            Err(error) => tracing::error!(%error, "journal not closed cleanly"),
        }
    }

    /// Removes what is still old and named by nobody. Between two groups nobody can be naming anything: all that was
    /// decided stands in the journal, of which only the last entries are still to be looked at.
    fn sweep(&self, sweep: &Sweep) {
        let swept = self.sweepable(sweep).and_then(|sweepable| {
            let mut swept = Swept::default();
            for digest in sweepable {
                let bytes = self
                    .shared
                    .files
                    .remove_old(&digest, (self.shared.clock)(), SWEEP_AGE_MS)
                    .map_err(|error| Fault::unavailable("FILES_UNREADABLE", error))?;
                if let Some(bytes) = bytes {
                    self.shared.forget_durable(&digest.to_string());
                    swept.files += 1;
                    swept.bytes += bytes;
                }
            }
            Ok(swept)
        });
        if let Err(fault) = &swept {
            tracing::warn!(%fault, "files that no entry names are left for the next round");
        }
        // The keeper may have stopped waiting.
        let _ = sweep.answer.send(swept.unwrap_or_default());
    }

    fn sweepable(&self, sweep: &Sweep) -> Result<BTreeSet<Digest>, Fault> {
        let view = self.ready()?;
        let unreadable = |error: &dyn std::fmt::Display| Fault::unavailable("JOURNAL_UNREADABLE", error);
        if view.position() != self.journal.head().size {
            return Err(Fault::unavailable("VIEW_BEHIND", "the view does not show the whole journal"));
        }
        let mut sweepable: BTreeSet<Digest> = sweep.candidates.iter().copied().collect();
        for entry in self.shared.journal.iter(sweep.read_upto + 1) {
            let payload = entry.map_err(|error| unreadable(&error))?.payload;
            for digest in keeper::named(&payload.unwrap_or_default()).map_err(|error| unreadable(&error))? {
                sweepable.remove(&digest);
            }
        }
        for digest in &sweep.candidates {
            if !view.file_records(&digest.to_string(), 1)?.is_empty() {
                sweepable.remove(digest);
            }
        }
        Ok(sweepable)
    }

    fn settle(&mut self) {
        if self.journal.is_read_only() {
            return;
        }
        if let Err(error) = self.journal.settle() {
            self.poisoned(&error);
        }
    }

    /// Nothing can be written until the next start.
    fn poisoned(&self, error: &JournalError) {
        tracing::error!(%error, "the journal cannot be written: the store is read-only until the next start");
        self.shared.set_read_only();
    }

    /// Commits requests in their order, in as few groups as the journal's limits allow.
    fn commit(&mut self, mut requests: Vec<CommitJob>) {
        let done = catch_unwind(AssertUnwindSafe(|| {
            while !requests.is_empty() {
                requests = self.commit_group(std::mem::take(&mut requests));
            }
        }));
        if done.is_err() {
            // Not in the rules, which are caught one by one: what was written is not known.
            tracing::error!("the committer panicked: the store is read-only until the next start");
            self.shared.set_read_only();
        }
    }

    /// Commits the first of the requests, as many as fit; gives back the others.
    fn commit_group(&mut self, mut requests: Vec<CommitJob>) -> Vec<CommitJob> {
        let view = match self.ready() {
            Ok(view) => view,
            Err(fault) => {
                requests.into_iter().for_each(|job| job.reply(Err(fault.clone())));
                return Vec::new();
            }
        };
        let at_ms = self.last_ms.max((self.shared.clock)());
        let first = self.journal.head().size + 1;
        let mut overlay = Overlay::new(&view);
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(requests.len());
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut position = first;
        let mut bytes = 0;
        for job in &requests {
            let outcome = job.span.in_scope(|| {
                self.decide(job, &view, &overlay, &seen, &outcomes, &Moment::new(at_ms, position))
            });
            if let Outcome::Decided(decided) = &outcome {
                if bytes + decided.payload.len() > GROUP_BYTES_MAX {
                    // The rest makes the next group, decided anew.
                    break;
                }
                if let Err(fault) = decided.records.iter().try_for_each(|record| overlay.put(record.clone()))
                {
                    outcomes.push(Outcome::Answered(Err(fault)));
                    break;
                }
                bytes += decided.payload.len();
                position += 1;
                seen.insert(job.request.request_id.clone(), outcomes.len());
            }
            outcomes.push(outcome);
        }
        let rest = requests.split_off(outcomes.len());
        let damaged = outcomes.iter().any(|outcome| {
            matches!(outcome, Outcome::Answered(Err(Fault::Unavailable { reason: "VIEW_DAMAGED", .. })))
        });
        let written = self.write(&view, at_ms, first, &mut outcomes);
        reply_all(requests, outcomes, &written);
        if damaged {
            self.rebuild_damaged_view(view.generation());
        }
        rest
    }

    fn ready(&self) -> Result<View, Fault> {
        if self.journal.is_read_only() || self.shared.is_read_only() {
            return Err(read_only());
        }
        self.shared.views.view()
    }

    /// Authorizes and decides one request on the states that the group has so far. A panic in the rules is an answer.
    fn decide(
        &self,
        job: &CommitJob,
        view: &View,
        states: &dyn States,
        seen: &HashMap<String, usize>,
        outcomes: &[Outcome],
        moment: &Moment,
    ) -> Outcome {
        let decided = caught(|| {
            let Some(command) = &job.request.command else {
                return Err(Fault::invalid(
                    "command",
                    "NO_COMMAND",
                    "no command that this version knows; set exactly one",
                ));
            };
            let command_sha256 = Digest::of(&command.encode_to_vec());
            let service = job.service.clone().unwrap_or_default();
            let request_id = &job.request.request_id;
            if let Some(&index) = seen.get(request_id)
                && let Some(Outcome::Decided(first)) = outcomes.get(index)
            {
                return if first.answer.is_to(command_sha256.as_bytes(), &job.caller.person_id, &service) {
                    Ok(Outcome::SameAs(index))
                } else {
                    Err(reused())
                };
            }
            if let Some(answer) = view.answer(request_id)?
                && moment.at_ms().saturating_sub(answer.at_ms) <= ANSWER_KEPT_MS
            {
                return if answer.is_to(command_sha256.as_bytes(), &job.caller.person_id, &service) {
                    repeated(&answer, states, &job.viewer).map(|answer| Outcome::Answered(Ok(answer)))
                } else {
                    Err(reused())
                };
            }
            self.decide_new(job, view, states, command_sha256, service, moment)
        });
        decided.unwrap_or_else(|fault| Outcome::Answered(Err(fault)))
    }

    fn decide_new(
        &self,
        job: &CommitJob,
        view: &View,
        states: &dyn States,
        command_sha256: Digest,
        service: String,
        moment: &Moment,
    ) -> Result<Outcome, Fault> {
        let command = job.request.command.clone().unwrap_or_default();
        let checked = check::check(command)?;
        expect(&job.request.expected_versions, states, &job.viewer)?;
        let permit = policy::authorize(&job.caller, job.service.as_deref(), checked, states, moment)?;
        let events = decide::decide(&permit, states, moment)?;
        events.iter().filter_map(|it| it.event.as_ref()).try_for_each(|it| job.proofs.bear(states, it))?;
        let (position, at_ms) = (moment.position(), moment.at_ms());
        if events.is_empty() {
            let position = position.saturating_sub(1);
            return Ok(Outcome::Answered(Ok(CommitResponse { position, ..CommitResponse::default() })));
        }
        let entry = Entry {
            request_id: job.request.request_id.clone(),
            caller: (job.caller != Caller::default()).then(|| job.caller.clone()),
            at: Some(moment.timestamp()),
            events,
            command_sha256: command_sha256.as_bytes().to_vec(),
            service,
        };
        let named = self.files_may_be_named(view, &job.viewer, &entry)?;
        let payload = entry.encode_to_vec();
        if payload.len() > PAYLOAD_BYTES_MAX {
            let text = format!(
                "the entry has {} bytes, at most {PAYLOAD_BYTES_MAX} are kept; do it in smaller steps",
                payload.len()
            );
            return Err(Fault::refused("ENTRY_TOO_LARGE", text));
        }
        let records = records_of(states, &entry, position, at_ms)?;
        let rows = Rows::of(states, &entry, position, at_ms, &records)?;
        let answer = Answer::of(&entry, position, at_ms, &records);
        Ok(Outcome::Decided(Box::new(Decided { payload, named, rows, records, answer })))
    }

    /// Every file that the entry names must be kept already, and be the caller's to read. One answer for both: it does
    /// not tell that somebody else's file is there.
    fn files_may_be_named(
        &self,
        view: &View,
        viewer: &Viewer,
        entry: &Entry,
    ) -> Result<BTreeSet<String>, Fault> {
        let mut named = BTreeSet::new();
        for event in &entry.events {
            naming::in_event(event, &mut |digest| {
                named.insert(digest.to_owned());
            });
        }
        for digest in &named {
            if !self.shared.is_durable(digest)? || !transfer::is_theirs(&self.shared, view, viewer, digest)? {
                let text = format!("the file {digest} is not kept, or not yours; put it first");
                return Err(Fault::refused("FILE_UNKNOWN", text));
            }
        }
        Ok(named)
    }

    /// Makes what was decided durable, then shows it. On error nothing was recorded for sure.
    fn write(&mut self, view: &View, at_ms: i64, first: u64, outcomes: &mut [Outcome]) -> Result<(), Fault> {
        let decided = || {
            outcomes.iter().filter_map(|outcome| match outcome {
                Outcome::Decided(decided) => Some(decided),
                _ => None,
            })
        };
        let payloads: Vec<&[u8]> = decided().map(|decided| decided.payload.as_slice()).collect();
        if payloads.is_empty() {
            return Ok(());
        }
        let count = payloads.len();
        match self.journal.append_group(at_ms, &payloads) {
            Ok(positions) if positions.start == first => {}
            Ok(positions) => {
                // The group is kept, but under other positions than its ids say: nothing may follow.
                tracing::error!(
                    first,
                    start = positions.start,
                    "the journal gave other positions than it promised"
                );
                self.shared.set_read_only();
                return Err(read_only());
            }
            Err(error) => {
                if self.journal.is_read_only() {
                    self.poisoned(&error);
                    return Err(read_only());
                }
                return Err(Fault::unavailable("STORE_BUSY", error));
            }
        }
        self.last_ms = at_ms;
        let mut shown = Ok(());
        for (position, outcome) in (first..).zip(outcomes.iter_mut().filter_map(|outcome| match outcome {
            Outcome::Decided(decided) => Some(decided),
            _ => None,
        })) {
            for digest in &outcome.named {
                self.shared.just_put.named(&outcome.answer.person_id, digest);
            }
            shown = view.apply(position, at_ms, std::mem::take(&mut outcome.rows));
            if shown.is_err() {
                break;
            }
        }
        if let Err(error) = shown {
            tracing::warn!(%error, "view could not take an entry, made anew from the journal");
            self.rebuild_view()?;
        }
        tracing::debug!(first, count, "group committed");
        self.shared.set_applied(first + count as u64 - 1);
        Ok(())
    }

    /// A view was found damaged. Several may say so of the same: only the first counts. A view that is damaged again and
    /// again is left alone: making it anew does not help then.
    fn rebuild_damaged_view(&mut self, generation: u64) {
        let current = self.shared.views.view().map(|view| view.generation());
        if current.is_ok_and(|current| current != generation || current >= REBUILDS_MAX) {
            return;
        }
        if let Err(fault) = self.rebuild_view() {
            tracing::error!(%fault, "the view could not be made anew: nothing is read or written until the next start");
        }
    }

    fn rebuild_view(&mut self) -> Result<(), Fault> {
        let journal = self.journal.reader();
        let mut told = |progress: crate::Progress| {
            tracing::info!(done = progress.done, total = progress.total, "view being made anew");
        };
        match self.shared.views.rebuild(&journal, &mut told) {
            Ok(view) => {
                self.shared.set_applied(view.position());
                Ok(())
            }
            Err(error) => {
                self.shared.set_read_only();
                Err(Fault::unavailable("STORE_READ_ONLY", error))
            }
        }
    }
}

impl CommitJob {
    fn reply(self, answer: Result<CommitResponse, Fault>) {
        self.span.in_scope(|| match &answer {
            Ok(answer) => tracing::debug!(position = answer.position, "committed"),
            Err(fault) => tracing::debug!(%fault, "not committed"),
        });
        drop(self.place);
        // A caller that went away does not care; what was recorded stays.
        let _ = self.answer.send(answer);
    }
}

fn reply_all(requests: Vec<CommitJob>, outcomes: Vec<Outcome>, written: &Result<(), Fault>) {
    let mut first_answers: HashMap<usize, CommitResponse> = HashMap::new();
    for (index, (job, outcome)) in requests.into_iter().zip(outcomes).enumerate() {
        let answer = match (outcome, written) {
            (Outcome::Answered(answer), _) => answer,
            (_, Err(fault)) => Err(fault.clone()),
            (Outcome::Decided(decided), Ok(())) => {
                let records = decided.records.into_iter().filter(|record| job.viewer.sees(record)).collect();
                let answer =
                    CommitResponse { position: decided.answer.position, records, repeated_answer: false };
                first_answers.insert(index, answer.clone());
                Ok(answer)
            }
            (Outcome::SameAs(first), Ok(())) => first_answers
                .get(&first)
                .map(|answer| CommitResponse { repeated_answer: true, ..answer.clone() })
                .ok_or_else(|| Fault::broken("a request in a group has no first answer")),
        };
        job.reply(answer);
    }
}

/// The first answer again, with the records as they are now.
fn repeated(answer: &Answer, states: &dyn States, viewer: &Viewer) -> Result<CommitResponse, Fault> {
    let mut records = Vec::new();
    for id in &answer.record_ids {
        records.extend(states.get(id)?.filter(|record| viewer.sees(record)));
    }
    Ok(CommitResponse { position: answer.position, records, repeated_answer: true })
}

/// The records must be at the versions that a form showed.
fn expect(expected: &[ExpectedVersion], states: &dyn States, viewer: &Viewer) -> Result<(), Fault> {
    for expected in expected {
        let record = states.get(&expected.record_id)?.filter(|record| viewer.sees(record));
        let Some(record) = record else { return Err(Fault::unknown(&expected.record_id)) };
        if record.version != expected.version {
            return Err(Fault::Conflict { record_id: record.id, version: record.version });
        }
    }
    Ok(())
}

/// Runs rules; a panic in them is an answer.
fn caught<T>(rules: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(rules)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
        Err(Fault::broken(format!("the rules panicked: {text}")))
    })
}

fn reused() -> Fault {
    Fault::refused("REQUEST_ID_REUSED", "the request id was used for something else; choose a new one")
}

fn read_only() -> Fault {
    Fault::unavailable(
        "STORE_READ_ONLY",
        "a write failed before; the store can only be read until the next start",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_the_rules_is_an_answer() {
        let none: Vec<u8> = Vec::new();
        let fault = caught(|| Ok(none[7])).unwrap_err();
        assert!(
            matches!(&fault, Fault::Broken { detail } if detail.contains("index out of bounds")),
            "{fault}"
        );
        assert_eq!(caught(|| Ok(7)), Ok(7));
    }
}
