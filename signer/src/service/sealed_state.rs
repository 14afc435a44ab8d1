//! What callers keep for us between two calls: sealed (AES-256-GCM) with a key that lies beside the keys, so that it
//! survives a restart, and bound to what it is for.

use openssl::symm::{Cipher, decrypt_aead, encrypt_aead};
use proto::fault::Fault;
use proto::rpc::Identity;

use super::Inner;

/// Largest state that is read, in bytes.
const STATE_BYTES_MAX: usize = 2 << 20;
/// Length of the number that is used once, in bytes (NIST SP 800-38D, 8.2).
const NONCE_BYTES: usize = 12;
/// Length of the tag, in bytes.
const TAG_BYTES: usize = 16;

/// What a state is bound to.
pub(super) struct Bound(Vec<u8>);

impl Bound {
    /// Bound to a kind of act, to the caller, and to what else it is for.
    ///
    /// # Errors
    /// [`Fault::Unauthenticated`] without a caller.
    pub(super) fn new(kind: &str, identity: &Identity, to: [&str; 2]) -> Result<Self, Fault> {
        let mut bound = Vec::new();
        for part in [kind, &identity.caller()?.person_id, to[0], to[1]] {
            // With their lengths, so that no two sets of parts read the same.
            bound.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bound.extend_from_slice(part.as_bytes());
        }
        Ok(Self(bound))
    }

    /// All that it is bound to, each with its length.
    pub(super) fn parts(&self) -> &[u8] {
        &self.0
    }

    /// Seals a state.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] for the disk.
    pub(super) fn seal(&self, inner: &Inner, plain: &[u8]) -> Result<Vec<u8>, Fault> {
        sealed(&inner.vault.state_key()?, &self.0, plain)
    }

    /// The state that was sealed; none when it was changed or is bound to something else.
    ///
    /// # Errors
    /// [`Fault::Unavailable`] for the disk.
    pub(super) fn open(&self, inner: &Inner, state: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
        if state.len() > STATE_BYTES_MAX {
            return Ok(None);
        }
        Ok(unsealed(&inner.vault.state_key()?, &self.0, state))
    }
}

fn sealed(key: &[u8; 32], bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut nonce = [0; NONCE_BYTES];
    openssl::rand::rand_bytes(&mut nonce).map_err(Fault::broken)?;
    let mut tag = [0; TAG_BYTES];
    let hidden = encrypt_aead(Cipher::aes_256_gcm(), key, Some(&nonce), bound, plain, &mut tag);
    Ok([&nonce[..], &tag, &hidden.map_err(Fault::broken)?].concat())
}

fn unsealed(key: &[u8; 32], bound: &[u8], state: &[u8]) -> Option<Vec<u8>> {
    let (nonce, rest) = state.split_first_chunk::<NONCE_BYTES>()?;
    let (tag, hidden) = rest.split_first_chunk::<TAG_BYTES>()?;
    decrypt_aead(Cipher::aes_256_gcm(), key, Some(nonce), bound, hidden, tag).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_state_opens_for_what_it_was_bound_to_and_unchanged_only() {
        let key = [7; 32];
        let state = sealed(&key, b"person", b"plain").unwrap();
        assert_eq!(unsealed(&key, b"person", &state).unwrap(), b"plain");
        assert!(!state.windows(5).any(|window| window == b"plain"));
        assert_eq!(unsealed(&key, b"seal", &state), None);
        assert_eq!(unsealed(&[8; 32], b"person", &state), None);
        for at in 0..state.len() {
            let mut changed = state.clone();
            changed[at] ^= 1;
            assert_eq!(unsealed(&key, b"person", &changed), None, "byte {at}");
        }
        for length in 0..state.len() {
            assert_eq!(unsealed(&key, b"person", &state[..length]), None);
        }
        assert_ne!(sealed(&key, b"person", b"plain").unwrap(), state, "the nonce is new each time");
    }
}
