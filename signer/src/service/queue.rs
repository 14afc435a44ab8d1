//! What is remembered of documents that wait: when each was tried, why it failed, when it is tried again. Which documents
//! wait is not remembered here but told by the archive: after a restart each is tried anew.

use std::collections::HashMap;

/// Pause after the first failure, in milliseconds; doubled with each further one.
pub(super) const PAUSE_FIRST_MS: i64 = 30_000;
/// Longest pause between two tries of what a service that is down keeps waiting, in milliseconds.
pub(super) const PAUSE_MAX_MS: i64 = 3_600_000;
/// Pause after a reason that does not pass by itself, in milliseconds: somebody has to do something first.
pub(super) const REFUSED_PAUSE_MS: i64 = 24 * 3_600_000;
/// So many failures in a row, of different documents, and the services are taken to be down.
pub(super) const FAILURES_IN_A_ROW: u32 = 3;
/// Documents whose tries are remembered at most.
const TRIED_MAX: usize = 10_000;

/// The last try of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    /// How often it was tried.
    pub(super) times: u32,
    /// Why it failed, a stable code.
    pub(super) error: &'static str,
    /// Whether the reason will not pass by itself.
    pub(super) refused: bool,
    /// When it is tried next, milliseconds since 1970.
    pub(super) next_ms: i64,
}

/// All tries.
#[derive(Debug, Default)]
pub(super) struct Queue {
    tried: HashMap<String, Tried>,
    /// Failures of different documents one after another.
    in_a_row: u32,
    /// How often in a row a round ended because the services seemed down.
    rests: u32,
    rest_until_ms: Option<i64>,
    last_error: &'static str,
}

impl Queue {
    /// Until when nothing is tried at all, where the services seem down.
    pub(super) fn rests_until(&self, now_ms: i64) -> Option<i64> {
        self.rest_until_ms.filter(|until| *until > now_ms)
    }

    /// Whether the document may be tried now.
    pub(super) fn is_due(&self, document_id: &str, now_ms: i64) -> bool {
        self.tried.get(document_id).is_none_or(|tried| tried.next_ms <= now_ms)
    }

    /// The document has what it waited for.
    pub(super) fn raised(&mut self, document_id: &str) {
        self.tried.remove(document_id);
        self.in_a_row = 0;
        self.rests = 0;
        self.rest_until_ms = None;
        self.last_error = "";
    }

    /// The document has failed; `passing`: it may succeed later. Answers whether the round goes on.
    pub(super) fn failed(
        &mut self,
        document_id: &str,
        error: &'static str,
        passing: bool,
        now_ms: i64,
    ) -> bool {
        if self.tried.len() >= TRIED_MAX && !self.tried.contains_key(document_id) {
            // Simpler than ageing, and harmless: they are tried once more.
            self.tried.clear();
        }
        let times = self.tried.get(document_id).map_or(0, |tried| tried.times).saturating_add(1);
        let next_ms = now_ms.saturating_add(if passing { pause_ms(times) } else { REFUSED_PAUSE_MS });
        self.tried.insert(document_id.to_owned(), Tried { times, error, refused: !passing, next_ms });
        self.last_error = error;
        if !passing {
            self.in_a_row = 0;
            return true;
        }
        self.in_a_row += 1;
        if self.in_a_row < FAILURES_IN_A_ROW {
            return true;
        }
        self.in_a_row = 0;
        self.rests = self.rests.saturating_add(1);
        self.rest_until_ms = Some(now_ms.saturating_add(pause_ms(self.rests)));
        false
    }

    /// Somebody asks for a try now: of one document, or of all.
    pub(super) fn asked(&mut self, document_id: Option<&str>) {
        self.rest_until_ms = None;
        self.in_a_row = 0;
        match document_id {
            Some(id) => {
                if let Some(tried) = self.tried.get_mut(id) {
                    tried.next_ms = i64::MIN;
                }
            }
            None => self.tried.values_mut().for_each(|tried| tried.next_ms = i64::MIN),
        }
    }

    /// The last try of a document, where there was one.
    pub(super) fn tried(&self, document_id: &str) -> Option<&Tried> {
        self.tried.get(document_id)
    }

    /// Why the last document that failed did; empty once one has succeeded since.
    pub(super) fn last_error(&self) -> &'static str {
        self.last_error
    }
}

/// The pause after so many failures, from 1.
fn pause_ms(times: u32) -> i64 {
    let doubled = 1_i64.checked_shl(times.saturating_sub(1).min(40)).unwrap_or(i64::MAX);
    PAUSE_FIRST_MS.saturating_mul(doubled).min(PAUSE_MAX_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_an_hour() {
        let pauses: Vec<i64> = (1..=9).map(|times| pause_ms(times) / 1_000).collect();
        assert_eq!(pauses, [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
        assert_eq!(pause_ms(u32::MAX), PAUSE_MAX_MS);
    }

    #[test]
    fn a_document_that_failed_waits_and_one_that_succeeded_is_forgotten() {
        let mut queue = Queue::default();
        assert!(queue.is_due("out_1", 0));
        assert!(queue.failed("out_1", "service_unreachable", true, 0));
        assert!(!queue.is_due("out_1", PAUSE_FIRST_MS - 1) && queue.is_due("out_1", PAUSE_FIRST_MS));
        assert!(queue.is_due("out_2", 0), "the others do not wait for it");
        assert!(queue.failed("out_1", "service_too_slow", true, PAUSE_FIRST_MS));
        let tried = queue.tried("out_1").unwrap().clone();
        assert_eq!((tried.times, tried.error, tried.next_ms), (2, "service_too_slow", 3 * PAUSE_FIRST_MS));
        assert_eq!(queue.last_error(), "service_too_slow");
        queue.raised("out_1");
        assert_eq!((queue.tried("out_1"), queue.last_error()), (None, ""));
    }

    #[test]
    fn failures_in_a_row_are_a_service_that_is_down_and_rests_grow() {
        let mut queue = Queue::default();
        let mut now = 0;
        for rest in 1..=10 {
            for n in 1..=FAILURES_IN_A_ROW {
                assert_eq!(queue.rests_until(now), None);
                let goes_on = queue.failed(&format!("out_{rest}_{n}"), "service_unreachable", true, now);
                assert_eq!(goes_on, n < FAILURES_IN_A_ROW);
            }
            assert_eq!(queue.rests_until(now), Some(now + pause_ms(rest)));
            now += pause_ms(rest);
        }
        queue.raised("out_1_1");
        for n in 1..=FAILURES_IN_A_ROW {
            queue.failed(&format!("out_{n}"), "service_unreachable", true, now);
        }
        assert_eq!(queue.rests_until(now), Some(now + PAUSE_FIRST_MS), "from the beginning");
    }

    #[test]
    fn what_does_not_pass_by_itself_is_tried_once_a_day_and_holds_nobody_up() {
        let mut queue = Queue::default();
        for n in 0..10 {
            assert!(queue.failed(&format!("out_{n}"), "bad_signature", false, 0));
        }
        assert_eq!(queue.rests_until(0), None);
        assert!(!queue.is_due("out_0", REFUSED_PAUSE_MS - 1) && queue.is_due("out_0", REFUSED_PAUSE_MS));
        assert!(queue.tried("out_0").unwrap().refused);
    }

    #[test]
    fn whoever_asks_does_not_wait() {
        let mut queue = Queue::default();
        for n in 0..FAILURES_IN_A_ROW {
            queue.failed(&format!("out_{n}"), "service_unreachable", true, 0);
        }
        queue.asked(Some("out_1"));
        assert!(queue.rests_until(0).is_none() && queue.is_due("out_1", 0) && !queue.is_due("out_2", 0));
        assert_eq!(queue.tried("out_1").unwrap().times, 1, "the tries are still counted");
        queue.asked(None);
        assert!(queue.is_due("out_2", 0));
    }
}
