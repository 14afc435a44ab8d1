//! Passwords: argon2id, hashed and verified off the async threads, few at a time.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use proto::fault::Fault;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Shortest password, in bytes.
pub const PASSWORD_BYTES_MIN: usize = 10;
/// Longest password, in bytes: a bound on work, not on people.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// Hashes that are computed at once; each takes 19 MiB for some 30 ms.
const AT_ONCE: usize = 2;
/// Hashes that may wait for their turn; more are told to come back.
const WAITING_MAX: usize = 64;

/// Hashes and verifies.
#[derive(Clone)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// What a log-in name that nobody has is verified against, so that it takes as long as one that somebody has.
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, Fault> {
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            waiting: Arc::new(Semaphore::new(WAITING_MAX)),
            nobody: hashed(b"nobody has this password")?.into(),
        })
    }

    /// The PHC string of a new password.
    pub(crate) async fn hash(&self, password: Zeroizing<String>) -> Result<String, Fault> {
        acceptable("password", &password)?;
        self.run(move || hashed(password.as_bytes())).await?
    }

    /// Whether `password` is the one behind `phc`. `None` takes as long and is never true.
    pub(crate) async fn verify(
        &self,
        password: Zeroizing<String>,
        phc: Option<String>,
    ) -> Result<bool, Fault> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let known = phc.is_some();
        let phc = phc.unwrap_or_else(|| self.nobody.to_string());
        let same = self
            .run(move || {
                let parsed = PasswordHash::new(&phc)
                    .map_err(|e| Fault::broken(format!("stored password hash: {e}")))?;
                Ok::<_, Fault>(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
            })
            .await??;
        Ok(known && same)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let Ok(_place) = self.waiting.try_acquire() else {
            return Err(Fault::Busy {
                reason: "TOO_MANY_LOG_INS",
                text: "too many log-ins at once".to_owned(),
            });
        };
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(Fault::broken)?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(turn);
            result
        })
        .await
        .map_err(Fault::broken)
    }
}

/// Refuses what is too short or too long.
pub(crate) fn acceptable(field: &str, password: &str) -> Result<(), Fault> {
    if password.len() < PASSWORD_BYTES_MIN {
        return Err(Fault::invalid(
            field,
            "PASSWORD_TOO_SHORT",
            format!("at least {PASSWORD_BYTES_MIN} bytes are needed"),
        ));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(Fault::invalid(
            field,
            "PASSWORD_TOO_LONG",
            format!("at most {PASSWORD_BYTES_MAX} bytes"),
        ));
    }
    Ok(())
}

fn hashed(password: &[u8]) -> Result<String, Fault> {
    Ok(Argon2::default().hash_password(password).map_err(Fault::broken)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_verifies_against_its_own_hash_only() {
        let passwords = Passwords::new().unwrap();
        let phc = passwords.hash(Zeroizing::new("mật khẩu đủ dài".to_owned())).await.unwrap();
        assert!(phc.starts_with("$argon2id$"));
        let verify = |text: &str, phc: Option<String>| {
            let passwords = passwords.clone();
            let text = Zeroizing::new(text.to_owned());
            async move { passwords.verify(text, phc).await.unwrap() }
        };
        assert!(verify("mật khẩu đủ dài", Some(phc.clone())).await);
        assert!(!verify("mat khau du dai", Some(phc)).await);
        assert!(!verify("nobody has this password", None).await);
    }

    #[tokio::test]
    async fn a_short_password_is_refused_by_name() {
        let fault = Passwords::new().unwrap().hash(Zeroizing::new("ngắn".to_owned())).await.unwrap_err();
        assert!(matches!(fault, Fault::Invalid(v) if v[0].reason == "PASSWORD_TOO_SHORT"));
    }
}
