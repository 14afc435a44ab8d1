//! The turns of a worker that goes through what waits again and again, and at once when somebody asks: raising what was
//! issued and asking about what was received take them alike.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use proto::record::v1::SignatureLevel;
use proto::signer::v1::WaitingDocument;
use tokio::sync::{Notify, watch};

use super::queue::Queue;

/// How long somebody who asked for a try waits for what comes of it.
const ANSWER_AFTER: Duration = Duration::from_secs(30);

/// What a worker remembers between its rounds.
pub(super) struct Turns {
    /// How often it looks when nobody asks.
    every: Duration,
    queue: Mutex<Queue>,
    asked: Mutex<Asked>,
    wake: Notify,
    /// The number of the last call for a try that a whole round has answered.
    done: watch::Sender<u64>,
}

/// Calls for a try now.
#[derive(Debug, Default)]
struct Asked {
    number: u64,
    documents: BTreeSet<String>,
}

impl Turns {
    pub(super) fn new(every: Duration) -> Self {
        Self {
            every,
            queue: Mutex::default(),
            asked: Mutex::default(),
            wake: Notify::new(),
            done: watch::Sender::new(0),
        }
    }

    /// When each document was tried.
    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        // What a panicking thread left is still a plain map.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A round begins: the number of the last call that it answers.
    pub(super) fn begun(&self) -> u64 {
        self.asked().number
    }

    /// What somebody asked for since the last round.
    pub(super) fn called_for(&self) -> BTreeSet<String> {
        std::mem::take(&mut self.asked().documents)
    }

    /// The round that began with this number has ended; waits for the next.
    pub(super) async fn ended(&self, number: u64) {
        self.done.send_replace(number);
        tokio::select! {
            () = self.wake.notified() => {}
            () = tokio::time::sleep(self.every) => {}
        }
    }

    /// Calls for a try now, of one document or (empty) of all, and waits for what comes of it.
    pub(super) async fn call(&self, document_id: &str) {
        let one = Some(document_id).filter(|id| !id.is_empty());
        let number = {
            let mut asked = self.asked();
            asked.number += 1;
            asked.documents.extend(one.map(str::to_owned));
            asked.number
        };
        self.queue().asked(one);
        self.wake.notify_one();
        let mut done = self.done.subscribe();
        // Whoever waits no longer finds it in the queue.
        let _ = tokio::time::timeout(ANSWER_AFTER, done.wait_for(|done| *done >= number)).await;
    }

    /// How these documents wait.
    pub(super) fn waiting(
        &self,
        documents: impl IntoIterator<Item = (String, SignatureLevel)>,
        now_ms: i64,
    ) -> Vec<WaitingDocument> {
        let queue = self.queue();
        let rest = queue.rests_until(now_ms);
        let soon = now_ms.saturating_add(i64::try_from(self.every.as_millis()).unwrap_or(0));
        let waiting = |(document_id, level): (String, SignatureLevel)| {
            let tried = queue.tried(&document_id);
            let own = tried.map_or(soon, |tried| tried.next_ms.max(now_ms));
            WaitingDocument {
                level: level.into(),
                tries: tried.map_or(0, |tried| tried.times),
                error: tried.map(|tried| tried.error.to_owned()).unwrap_or_default(),
                refused: tried.is_some_and(|tried| tried.refused),
                next_try: Some(timestamp(own.max(rest.unwrap_or(own)))),
                document_id,
            }
        };
        documents.into_iter().map(waiting).collect()
    }
}

/// When the first of them is tried.
pub(super) fn soonest(documents: &[WaitingDocument]) -> Option<prost_types::Timestamp> {
    documents.iter().filter_map(|it| it.next_try).min_by_key(|at| (at.seconds, at.nanos))
}

fn timestamp(ms: i64) -> prost_types::Timestamp {
    let nanos = i32::try_from(ms.rem_euclid(1_000) * 1_000_000).unwrap_or(0);
    prost_types::Timestamp { seconds: ms.div_euclid(1_000), nanos }
}
