//! Who has just put which file: such a file may be read before any record names it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::limits::{JUST_PUT_MAX, JUST_PUT_MS};

/// Files that were put lately, by person. Kept in memory only: after a restart a file that no record names has to be
/// put again.
#[derive(Debug, Default)]
pub(crate) struct JustPut(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    at: HashMap<(String, String), i64>,
    /// In the order of time; a pair put again stands here twice.
    order: VecDeque<(i64, (String, String))>,
}

impl JustPut {
    /// `person_id` has put the file at `now_ms`.
    pub(crate) fn put(&self, person_id: &str, digest: &str, now_ms: i64) {
        let mut kept = self.lock();
        let key = (person_id.to_owned(), digest.to_owned());
        kept.at.insert(key.clone(), now_ms);
        kept.order.push_back((now_ms, key));
        kept.forget(now_ms);
    }

    /// Whether `person_id` has put the file within the last hour.
    pub(crate) fn by(&self, person_id: &str, digest: &str, now_ms: i64) -> bool {
        let mut kept = self.lock();
        kept.forget(now_ms);
        kept.at.contains_key(&(person_id.to_owned(), digest.to_owned()))
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // What a panicking thread left is still a plain map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn forget(&mut self, now_ms: i64) {
        while let Some((at, _)) = self.order.front() {
            if self.order.len() <= JUST_PUT_MAX && now_ms.saturating_sub(*at) <= JUST_PUT_MS {
                return;
            }
            let Some((at, key)) = self.order.pop_front() else { return };
            if self.at.get(&key) == Some(&at) {
                self.at.remove(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_remembered_for_its_person_for_an_hour() {
        let files = JustPut::default();
        files.put("per_1", "aa", 1_000);
        assert!(files.by("per_1", "aa", 1_000 + JUST_PUT_MS));
        assert!(!files.by("per_2", "aa", 1_000));
        assert!(!files.by("per_1", "bb", 1_000));
        assert!(!files.by("per_1", "aa", 1_001 + JUST_PUT_MS));
    }

    #[test]
    fn a_file_put_again_is_remembered_from_then_on() {
        let files = JustPut::default();
        files.put("per_1", "aa", 0);
        files.put("per_1", "aa", JUST_PUT_MS);
        assert!(files.by("per_1", "aa", JUST_PUT_MS + 10));
    }

    #[test]
    fn no_more_are_remembered_than_the_limit() {
        let files = JustPut::default();
        for n in 0..=JUST_PUT_MAX {
            files.put("per_1", &n.to_string(), 0);
        }
        assert!(!files.by("per_1", "0", 0));
        assert!(files.by("per_1", "1", 0));
    }
}
