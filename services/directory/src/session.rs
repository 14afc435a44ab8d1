//! Sessions: in memory only, kept under the digest of their secret.

use std::collections::HashMap;
use std::sync::Mutex;

use openssl::sha::sha256;
use proto::fault::Fault;

/// A session ends this long after it began, in milliseconds: one working day.
pub(crate) const LIFE_MS: i64 = 12 * 3_600_000;
/// A session ends when unused this long, in milliseconds.
const IDLE_MS: i64 = 3 * 3_600_000;
/// Sessions of one person at once; the oldest ends when one more begins.
const PER_PERSON_MAX: usize = 10;
/// Sessions in all.
const SESSIONS_MAX: usize = 50_000;

/// One session.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// `ses_…`: names it in logs and entries; not the secret.
    pub(crate) id: String,
    pub(crate) person_id: String,
    pub(crate) login: String,
    pub(crate) position_id: String,
    pub(crate) began_ms: i64,
    pub(crate) used_ms: i64,
    pub(crate) must_change: bool,
}

/// All sessions.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_secret: Mutex<HashMap<[u8; 32], Session>>,
}

impl Sessions {
    /// Begins a session and gives its secret, which is kept nowhere.
    pub(crate) fn begin(
        &self,
        person_id: &str,
        login: &str,
        position_id: &str,
        must_change: bool,
        now_ms: i64,
    ) -> Result<String, Fault> {
        let secret = random_text()?;
        let mut id = random_text()?;
        id.truncate(12);
        let mut sessions = self.by_secret.lock().map_err(Fault::broken)?;
        sessions.retain(|_, s| alive(s, now_ms));
        if sessions.len() >= SESSIONS_MAX {
            return Err(Fault::Busy { reason: "TOO_MANY_SESSIONS", text: "too many sessions".to_owned() });
        }
        let mut own: Vec<([u8; 32], i64)> =
            sessions.iter().filter(|(_, s)| s.person_id == person_id).map(|(k, s)| (*k, s.used_ms)).collect();
        own.sort_unstable_by_key(|(_, used)| *used);
        let surplus = (own.len() + 1).saturating_sub(PER_PERSON_MAX);
        for (key, _) in own.into_iter().take(surplus) {
            sessions.remove(&key);
        }
        sessions.insert(
            sha256(secret.as_bytes()),
            Session {
                id: format!("ses_{id}"),
                person_id: person_id.to_owned(),
                login: login.to_owned(),
                position_id: position_id.to_owned(),
                began_ms: now_ms,
                used_ms: now_ms,
                must_change,
            },
        );
        Ok(secret)
    }

    /// The session of a secret, used now. The look-up is by digest: its time tells nothing of the secret.
    pub(crate) fn used(&self, secret: &str, now_ms: i64) -> Result<Session, Fault> {
        let mut sessions = self.by_secret.lock().map_err(Fault::broken)?;
        let key = sha256(secret.as_bytes());
        match sessions.get_mut(&key) {
            Some(session) if alive(session, now_ms) => {
                session.used_ms = session.used_ms.max(now_ms);
                Ok(session.clone())
            }
            Some(_) => {
                sessions.remove(&key);
                Err(ended())
            }
            None => Err(ended()),
        }
    }

    pub(crate) fn act_in(&self, secret: &str, position_id: &str) {
        if let Ok(mut sessions) = self.by_secret.lock()
            && let Some(session) = sessions.get_mut(&sha256(secret.as_bytes()))
        {
            position_id.clone_into(&mut session.position_id);
        }
    }

    pub(crate) fn end(&self, secret: &str) {
        if let Ok(mut sessions) = self.by_secret.lock() {
            sessions.remove(&sha256(secret.as_bytes()));
        }
    }

    /// Ends every session of a person but the one named.
    pub(crate) fn end_of_person(&self, person_id: &str, but_session_id: &str) {
        if let Ok(mut sessions) = self.by_secret.lock() {
            sessions.retain(|_, s| s.person_id != person_id || s.id == but_session_id);
        }
    }

    /// Ends every session that acts in a position.
    pub(crate) fn end_in_position(&self, position_id: &str) {
        if let Ok(mut sessions) = self.by_secret.lock() {
            sessions.retain(|_, s| s.position_id != position_id);
        }
    }

    /// The password has been changed: the mark goes from the person's sessions.
    pub(crate) fn password_changed(&self, person_id: &str) {
        if let Ok(mut sessions) = self.by_secret.lock() {
            for session in sessions.values_mut().filter(|s| s.person_id == person_id) {
                session.must_change = false;
            }
        }
    }
}

fn alive(session: &Session, now_ms: i64) -> bool {
    now_ms < session.began_ms.saturating_add(LIFE_MS) && now_ms < session.used_ms.saturating_add(IDLE_MS)
}

fn ended() -> Fault {
    Fault::Unauthenticated { text: "the session has ended; log in again".to_owned() }
}

/// 256 random bits as 43 characters of base64url.
pub(crate) fn random_text() -> Result<String, Fault> {
    let mut bytes = [0u8; 32];
    openssl::rand::rand_bytes(&mut bytes).map_err(Fault::broken)?;
    Ok(openssl::base64::encode_block(&bytes)
        .replace('+', "-")
        .replace('/', "_")
        .trim_end_matches('=')
        .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_by_age_by_idleness_and_by_hand() {
        let sessions = Sessions::default();
        let begin = || sessions.begin("per_1", "lan", "pos_1", false, 0).unwrap();
        let secret = begin();
        assert_eq!(secret.len(), 43);
        assert_eq!(sessions.used(&secret, 1).unwrap().person_id, "per_1");
        assert!(sessions.used(&secret, IDLE_MS + 1).is_err(), "idle");
        let secret = begin();
        let mut now = 0;
        while now + IDLE_MS / 2 < LIFE_MS {
            now += IDLE_MS / 2;
            sessions.used(&secret, now).unwrap();
        }
        assert!(sessions.used(&secret, LIFE_MS).is_err(), "old");
        let secret = begin();
        sessions.end(&secret);
        assert!(sessions.used(&secret, 1).is_err());
        let (one, two) = (begin(), begin());
        let kept = sessions.used(&one, 1).unwrap().id;
        sessions.end_of_person("per_1", &kept);
        assert!(sessions.used(&one, 2).is_ok());
        assert!(sessions.used(&two, 2).is_err());
        sessions.end_in_position("pos_1");
        assert!(sessions.used(&one, 3).is_err());
    }

    #[test]
    fn one_person_holds_few_sessions() {
        let sessions = Sessions::default();
        let first = sessions.begin("per_1", "lan", "pos_1", false, 0).unwrap();
        for n in 1..=PER_PERSON_MAX {
            sessions.begin("per_1", "lan", "pos_1", false, i64::try_from(n).unwrap()).unwrap();
        }
        assert!(sessions.used(&first, 20).is_err(), "the oldest made room");
    }
}
