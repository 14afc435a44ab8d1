//! Who has just put which file: such a file may be read before any record names it. And how much each person has put that
//! no entry names: one who only ever puts does not fill the disk for the others.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use proto::fault::Fault;

use crate::limits::{JUST_PUT_MS, SWEEP_AGE_MS, UNNAMED_BYTES_PER_PERSON_MAX, UNNAMED_FILES_PER_PERSON_MAX};

/// Files that were put lately, by person. Kept in memory only: after a restart a file that no record names has to be
/// put again.
#[derive(Debug, Default)]
pub(crate) struct JustPut(Mutex<HashMap<String, Person>>);

#[derive(Debug, Default)]
struct Person {
    files: HashMap<String, Put>,
    /// In the order of time; a file put again stands here twice.
    order: VecDeque<(i64, String)>,
    /// Bytes of files that no entry names, and of those that are arriving.
    unnamed_bytes: u64,
    unnamed_files: usize,
}

#[derive(Debug, Clone, Copy)]
struct Put {
    at: i64,
    bytes: u64,
    named: bool,
}

/// Bytes of an upload that is arriving: they count until it has ended, one way or the other.
#[derive(Debug)]
pub(crate) struct Claim {
    of: Arc<JustPut>,
    person_id: String,
    bytes: u64,
}

impl JustPut {
    /// `person_id` begins an upload at `now_ms`.
    ///
    /// # Errors
    /// [`Fault::Busy`] `TOO_MUCH_UNUSED` where too much was put already that no entry names.
    pub(crate) fn begin(self: &Arc<Self>, person_id: &str, now_ms: i64) -> Result<Claim, Fault> {
        let mut people = self.people();
        let person = people.entry(person_id.to_owned()).or_default();
        person.forget(now_ms);
        if person.unnamed_files >= UNNAMED_FILES_PER_PERSON_MAX
            || person.unnamed_bytes >= UNNAMED_BYTES_PER_PERSON_MAX
        {
            return Err(too_much());
        }
        Ok(Claim { of: Arc::clone(self), person_id: person_id.to_owned(), bytes: 0 })
    }

    /// An entry of `person_id` names the file: it counts no more.
    pub(crate) fn named(&self, person_id: &str, digest: &str) {
        if let Some(person) = self.people().get_mut(person_id) {
            person.settle(digest);
        }
    }

    /// Whether `person_id` has put the file within the last hour.
    pub(crate) fn by(&self, person_id: &str, digest: &str, now_ms: i64) -> bool {
        let mut people = self.people();
        let Some(person) = people.get_mut(person_id) else { return false };
        person.forget(now_ms);
        let lately = |put: &Put| now_ms.saturating_sub(put.at) <= JUST_PUT_MS;
        person.files.get(digest).is_some_and(lately)
    }

    fn people(&self) -> MutexGuard<'_, HashMap<String, Person>> {
        // What a panicking thread left is still a plain map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// More bytes came.
    ///
    /// # Errors
    /// As [`JustPut::begin`].
    pub(crate) fn take(&mut self, bytes: u64) -> Result<(), Fault> {
        let mut people = self.of.people();
        let person = people.entry(self.person_id.clone()).or_default();
        let all = person.unnamed_bytes.saturating_add(bytes);
        if all > UNNAMED_BYTES_PER_PERSON_MAX {
            return Err(too_much());
        }
        person.unnamed_bytes = all;
        self.bytes += bytes;
        Ok(())
    }

    /// All came, and is kept as the file `digest` of `bytes` bytes.
    pub(crate) fn end(self, digest: &str, bytes: u64, now_ms: i64) {
        let of = Arc::clone(&self.of);
        let person_id = self.person_id.clone();
        drop(self);
        of.people().entry(person_id).or_default().put(digest, bytes, now_ms);
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if let Some(person) = self.of.people().get_mut(&self.person_id) {
            person.unnamed_bytes = person.unnamed_bytes.saturating_sub(self.bytes);
        }
    }
}

impl Person {
    fn put(&mut self, digest: &str, bytes: u64, at: i64) {
        self.settle(digest);
        self.files.insert(digest.to_owned(), Put { at, bytes, named: false });
        self.order.push_back((at, digest.to_owned()));
        self.unnamed_bytes = self.unnamed_bytes.saturating_add(bytes);
        self.unnamed_files += 1;
        self.forget(at);
    }

    /// The file counts no more.
    fn settle(&mut self, digest: &str) {
        if let Some(put) = self.files.get_mut(digest)
            && !put.named
        {
            put.named = true;
            self.unnamed_bytes = self.unnamed_bytes.saturating_sub(put.bytes);
            self.unnamed_files = self.unnamed_files.saturating_sub(1);
        }
    }

    /// Forgets what was named an hour ago, and what is old enough to be swept.
    fn forget(&mut self, now_ms: i64) {
        while let Some((at, digest)) = self.order.front() {
            let age = now_ms.saturating_sub(*at);
            let current = self.files.get(digest).filter(|put| put.at == *at);
            let kept = match current {
                None => false,
                Some(put) if put.named => age <= JUST_PUT_MS,
                Some(_) => age <= SWEEP_AGE_MS,
            };
            if kept {
                return;
            }
            let Some((at, digest)) = self.order.pop_front() else { return };
            if self.files.get(&digest).is_some_and(|put| put.at == at) {
                self.settle(&digest);
                self.files.remove(&digest);
            }
        }
    }
}

fn too_much() -> Fault {
    let text = format!(
        "more than {UNNAMED_FILES_PER_PERSON_MAX} files or {UNNAMED_BYTES_PER_PERSON_MAX} bytes were put that no \
         document names; use them, or wait"
    );
    Fault::Busy { reason: "TOO_MUCH_UNUSED", text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(
        files: &Arc<JustPut>,
        person_id: &str,
        digest: &str,
        bytes: u64,
        now_ms: i64,
    ) -> Result<(), Fault> {
        let mut claim = files.begin(person_id, now_ms)?;
        claim.take(bytes)?;
        claim.end(digest, bytes, now_ms);
        Ok(())
    }

    #[test]
    fn a_file_is_remembered_for_its_person_for_an_hour() {
        let files = Arc::new(JustPut::default());
        put(&files, "per_1", "aa", 1, 1_000).unwrap();
        assert!(files.by("per_1", "aa", 1_000 + JUST_PUT_MS));
        assert!(!files.by("per_2", "aa", 1_000));
        assert!(!files.by("per_1", "bb", 1_000));
        assert!(!files.by("per_1", "aa", 1_001 + JUST_PUT_MS));
    }

    #[test]
    fn a_file_put_again_is_remembered_from_then_on() {
        let files = Arc::new(JustPut::default());
        put(&files, "per_1", "aa", 1, 0).unwrap();
        put(&files, "per_1", "aa", 1, JUST_PUT_MS).unwrap();
        assert!(files.by("per_1", "aa", JUST_PUT_MS + 10));
        files.named("per_1", "aa");
        assert!(files.by("per_1", "aa", JUST_PUT_MS + 10), "naming takes nothing away");
    }

    #[test]
    fn who_only_puts_is_stopped_and_nobody_else() {
        let files = Arc::new(JustPut::default());
        let most = UNNAMED_BYTES_PER_PERSON_MAX;
        put(&files, "per_1", "aa", most - 10, 0).unwrap();
        assert!(matches!(put(&files, "per_1", "bb", 11, 0), Err(Fault::Busy { .. })));
        assert!(put(&files, "per_2", "bb", most, 0).is_ok());
        // The one that did not come to its end counts nothing.
        assert!(put(&files, "per_1", "cc", 10, 0).is_ok());
        assert!(files.begin("per_1", 0).is_err());
        files.named("per_1", "cc");
        assert!(put(&files, "per_1", "dd", 10, 0).is_ok());
        // Not in an hour, but when it is old enough to be swept.
        assert!(files.begin("per_1", JUST_PUT_MS + 1).is_err());
        assert!(files.begin("per_1", SWEEP_AGE_MS + 1).is_ok());
    }

    #[test]
    fn the_same_bytes_put_again_count_once() {
        let files = Arc::new(JustPut::default());
        for _ in 0..5 {
            put(&files, "per_1", "aa", UNNAMED_BYTES_PER_PERSON_MAX / 2, 0).unwrap();
        }
        files.named("per_1", "aa");
        files.named("per_1", "aa");
        assert!(put(&files, "per_1", "bb", UNNAMED_BYTES_PER_PERSON_MAX, 0).is_ok());
    }

    #[test]
    fn many_small_files_are_too_many_at_last_and_one_who_names_them_is_never_stopped() {
        let files = Arc::new(JustPut::default());
        for n in 0..UNNAMED_FILES_PER_PERSON_MAX {
            put(&files, "per_1", &n.to_string(), 1, 0).unwrap();
        }
        assert!(files.begin("per_1", 0).is_err());
        for n in 0..3 * UNNAMED_FILES_PER_PERSON_MAX {
            put(&files, "per_2", &n.to_string(), 1, 0).unwrap();
            files.named("per_2", &n.to_string());
        }
        // Somebody else's files did not push anything out.
        assert!(files.by("per_1", "0", 0));
        assert!(files.begin("per_2", 2 * JUST_PUT_MS).is_ok());
        assert_eq!(files.people()["per_2"].files.len(), 0, "what is named is forgotten");
    }
}
