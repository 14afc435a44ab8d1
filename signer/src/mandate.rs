//! Mandates: a key, opened by its owner for fifteen minutes, for the files that were shown and no others.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use openssl::sha::sha256;
use proto::fault::Fault;

use crate::keys::SigningKey;

/// How long a mandate is good, in milliseconds.
pub const LIFE_MS: i64 = 15 * 60 * 1_000;
/// Files that one mandate names at most.
pub const DIGESTS_MAX: usize = 200;
/// Mandates at once: a bound on keys in memory.
const MANDATES_MAX: usize = 1_000;
/// Wrong passwords in a row before a key must rest.
const WRONG_MAX: u32 = 5;
/// How long it rests, in milliseconds.
const REST_MS: i64 = 15 * 60 * 1_000;

/// What a mandate allows.
pub struct Mandate {
    /// The person who opened the key.
    pub person_id: String,
    /// The certificate, `crt_…`.
    pub certificate_id: String,
    /// SHA-256 of the certificate, lower-case hex: names the image in the vault.
    pub certificate_sha256: String,
    /// True for the agency's seal.
    pub seal: bool,
    /// The opened key.
    pub key: SigningKey,
    digests: HashSet<String>,
    ends_ms: i64,
}

/// All mandates, and the keys that rest. The secret of a mandate is kept nowhere but with its owner.
#[derive(Default)]
pub struct Mandates {
    open: Mutex<HashMap<[u8; 32], Arc<Mandate>>>,
    wrong: Mutex<HashMap<String, (u32, i64)>>,
}

impl Mandates {
    /// Refuses a password for a key that rests.
    ///
    /// # Errors
    /// [`Fault::Busy`] `KEY_RESTS`.
    pub fn admit(&self, certificate_id: &str, now_ms: i64) -> Result<(), Fault> {
        let wrong = self.wrong.lock().map_err(Fault::broken)?;
        match wrong.get(certificate_id) {
            Some((count, last)) if *count >= WRONG_MAX && now_ms < last.saturating_add(REST_MS) => {
                Err(Fault::Busy {
                    reason: "KEY_RESTS",
                    text: "too many wrong passwords; the key rests for 15 minutes".to_owned(),
                })
            }
            _ => Ok(()),
        }
    }

    /// Counts a password; a right one ends the count.
    pub fn tried(&self, certificate_id: &str, right: bool, now_ms: i64) {
        let Ok(mut wrong) = self.wrong.lock() else { return };
        if right {
            wrong.remove(certificate_id);
            return;
        }
        wrong.retain(|_, (_, last)| now_ms < last.saturating_add(REST_MS));
        let entry = wrong.entry(certificate_id.to_owned()).or_insert((0, now_ms));
        *entry = (entry.0.saturating_add(1), now_ms);
    }

    /// Gives a mandate over `digests`; answers its secret and when it ends.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for no digests, too many or malformed ones; [`Fault::Busy`] when there are too many mandates.
    #[expect(
        clippy::too_many_arguments,
        reason = "a mandate is the sum of its parts; each is checked before"
    )]
    pub fn give(
        &self,
        person_id: &str,
        certificate_id: &str,
        certificate_sha256: &str,
        seal: bool,
        key: SigningKey,
        digests: Vec<String>,
        now_ms: i64,
    ) -> Result<(String, i64), Fault> {
        check_digests(&digests)?;
        let mut random = [0u8; 32];
        openssl::rand::rand_bytes(&mut random).map_err(Fault::broken)?;
        let secret = openssl::base64::encode_block(&random).replace('+', "-").replace('/', "_");
        let secret = secret.trim_end_matches('=').to_owned();
        let ends_ms = now_ms.saturating_add(LIFE_MS);
        let mut open = self.open.lock().map_err(Fault::broken)?;
        open.retain(|_, m| now_ms < m.ends_ms);
        if open.len() >= MANDATES_MAX {
            return Err(Fault::Busy {
                reason: "TOO_MANY_MANDATES",
                text: "too many keys are open".to_owned(),
            });
        }
        let mandate = Mandate {
            person_id: person_id.to_owned(),
            certificate_id: certificate_id.to_owned(),
            certificate_sha256: certificate_sha256.to_owned(),
            seal,
            key,
            digests: digests.into_iter().collect(),
            ends_ms,
        };
        open.insert(sha256(secret.as_bytes()), Arc::new(mandate));
        Ok((secret, ends_ms))
    }

    /// The mandate behind a secret, if `person_id` opened it, it names `digest`, and its time is not over.
    ///
    /// # Errors
    /// [`Fault::Refused`] `MANDATE_ENDED`, `MANDATE_NOT_YOURS` or `MANDATE_DOES_NOT_NAME_FILE`.
    pub fn used(
        &self,
        secret: &str,
        person_id: &str,
        digest: &str,
        now_ms: i64,
    ) -> Result<Arc<Mandate>, Fault> {
        let mut open = self.open.lock().map_err(Fault::broken)?;
        open.retain(|_, m| now_ms < m.ends_ms);
        let mandate = open
            .get(&sha256(secret.as_bytes()))
            .ok_or_else(|| Fault::refused("MANDATE_ENDED", "the mandate has ended; unlock the key again"))?;
        if mandate.person_id != person_id {
            return Err(Fault::refused("MANDATE_NOT_YOURS", "the mandate is another person's"));
        }
        if !mandate.digests.contains(digest) {
            return Err(Fault::refused(
                "MANDATE_DOES_NOT_NAME_FILE",
                "the file is not one that was shown when the key was unlocked",
            ));
        }
        Ok(Arc::clone(mandate))
    }

    /// Ends a mandate, if it is that person's.
    pub fn end(&self, secret: &str, person_id: &str) {
        if let Ok(mut open) = self.open.lock() {
            let key = sha256(secret.as_bytes());
            if open.get(&key).is_some_and(|m| m.person_id == person_id) {
                open.remove(&key);
            }
        }
    }
}

fn check_digests(digests: &[String]) -> Result<(), Fault> {
    if digests.is_empty() || digests.len() > DIGESTS_MAX {
        return Err(Fault::invalid(
            "digests",
            "DIGESTS_COUNT",
            format!("1 to {DIGESTS_MAX} files; unlock again for more"),
        ));
    }
    let malformed = digests
        .iter()
        .position(|d| d.len() != 64 || !d.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
    malformed.map_or(Ok(()), |at| {
        Err(Fault::invalid(format!("digests[{at}]"), "DIGEST_SHAPE", "64 lower-case hex digits are needed"))
    })
}

#[cfg(test)]
mod tests {
    use openssl::asn1::Asn1Time;
    use openssl::ec::{EcGroup, EcKey};
    use openssl::hash::MessageDigest;
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::x509::{X509Builder, X509NameBuilder};

    use super::*;

    fn key() -> SigningKey {
        let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
        let private = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", "Lan").unwrap();
        let name = name.build();
        let mut builder = X509Builder::new().unwrap();
        builder.set_version(2).unwrap();
        builder.set_subject_name(&name).unwrap();
        builder.set_issuer_name(&name).unwrap();
        builder.set_pubkey(&private).unwrap();
        builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
        builder.set_not_after(&Asn1Time::days_from_now(30).unwrap()).unwrap();
        builder.sign(&private, MessageDigest::sha256()).unwrap();
        SigningKey::new(private, builder.build(), Vec::new()).unwrap()
    }

    fn digest(n: u8) -> String {
        format!("{n:02x}").repeat(32)
    }

    #[test]
    fn a_mandate_holds_for_its_owner_its_files_and_its_time_only() {
        let mandates = Mandates::default();
        let (secret, ends) =
            mandates.give("per_1", "crt_1", &digest(9), false, key(), vec![digest(1)], 0).unwrap();
        let reason = |r: Result<Arc<Mandate>, Fault>| match r {
            Err(Fault::Refused { reason, .. }) => reason,
            Err(_) => "OTHER",
            Ok(_) => "OK",
        };
        assert_eq!(reason(mandates.used(&secret, "per_1", &digest(1), 1)), "OK");
        assert_eq!(reason(mandates.used(&secret, "per_2", &digest(1), 1)), "MANDATE_NOT_YOURS");
        assert_eq!(reason(mandates.used(&secret, "per_1", &digest(2), 1)), "MANDATE_DOES_NOT_NAME_FILE");
        assert_eq!(reason(mandates.used("guess", "per_1", &digest(1), 1)), "MANDATE_ENDED");
        mandates.end(&secret, "per_2");
        assert_eq!(reason(mandates.used(&secret, "per_1", &digest(1), ends - 1)), "OK");
        assert_eq!(reason(mandates.used(&secret, "per_1", &digest(1), ends)), "MANDATE_ENDED");
    }

    #[test]
    fn a_key_rests_after_wrong_passwords() {
        let mandates = Mandates::default();
        for _ in 0..WRONG_MAX {
            mandates.admit("crt_1", 0).unwrap();
            mandates.tried("crt_1", false, 0);
        }
        assert!(mandates.admit("crt_1", REST_MS - 1).is_err());
        assert!(mandates.admit("crt_1", REST_MS).is_ok());
        mandates.tried("crt_1", true, REST_MS);
        assert!(mandates.admit("crt_1", 0).is_ok());
    }

    #[test]
    fn digests_are_named_when_they_are_wrong() {
        let mandates = Mandates::default();
        let give = |digests| mandates.give("per_1", "crt_1", &digest(9), false, key(), digests, 0);
        assert!(give(Vec::new()).is_err());
        assert!(give(vec![digest(1); DIGESTS_MAX + 1]).is_err());
        let fault = give(vec![digest(1), "xyz".to_owned()]).unwrap_err();
        assert!(matches!(fault, Fault::Invalid(v) if v[0].field == "digests[1]"));
    }
}
