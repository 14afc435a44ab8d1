//! Certificates of keys that stay outside come in, and their keys prove themselves: whoever has a signed file has the
//! certificate, so the certificate alone binds nothing.
//!
//! The key signs a challenge in the form of a document's signature, which is all that the agent on a person's machine
//! ever signs. The challenge names the caller, the owner, the certificate, its end and a number that is used once; its
//! first bytes are those of no PDF.

use proto::fault::Fault;
use proto::rpc::Identity;
use proto::signer::v1::*;

use super::key::bind;
use super::outside::{STATE_LIFE_S, asked, read_signatory};
use super::sealed_state::Bound;
use super::{Inner, fault};
use crate::cms::{Content, ContentDigest, Unsigned, take_answer};
use crate::keys::Signatory;
use crate::sign::{ANSWER_BYTES_MAX, Image};

/// Largest file of certificates, in bytes.
const CERTIFICATES_BYTES_MAX: usize = 64 * 1024;
/// Length of the number that is used once, in bytes.
const NONCE_BYTES: usize = 32;
/// How a challenge begins.
const CHALLENGE_HEAD: &[u8] = b"vanthu possession of a key, version 1\n";

/// Asks a key outside to prove itself.
pub(super) async fn challenge(
    inner: &Inner,
    identity: &Identity,
    request: ChallengeOutsideKeyRequest,
) -> Result<ChallengeOutsideKeyResponse, Fault> {
    identity.caller()?;
    let signatory = signatory_of(inner, &request.certificates)?;
    let bound = bound(identity, &request.person_id, &signatory)?;
    let mut challenge = Challenge {
        nonce: [0; NONCE_BYTES],
        expires_at: inner.now_ms().div_euclid(1_000).saturating_add(STATE_LIFE_S),
    };
    openssl::rand::rand_bytes(&mut challenge.nonce).map_err(Fault::broken)?;
    let unsigned = challenge.unsigned(&bound, &signatory)?;
    let state = bound.seal(inner, &challenge.to_state())?;
    Ok(ChallengeOutsideKeyResponse { challenge: Some(asked(&unsigned, state, challenge.expires_at)?) })
}

/// Keeps the certificate of a key that has proved itself, and binds it.
pub(super) async fn enrol(
    inner: &Inner,
    identity: &Identity,
    request: EnrolOutsideKeyRequest,
) -> Result<EnrolOutsideKeyResponse, Fault> {
    identity.caller()?;
    let signatory = signatory_of(inner, &request.certificates)?;
    let bound = bound(identity, &request.person_id, &signatory)?;
    let state = bound.open(inner, &request.state)?;
    let challenge = state.as_deref().and_then(Challenge::from_state).ok_or_else(|| {
        let text =
            "the state is not of a challenge for this caller, owner and certificate; ask for a new one";
        Fault::invalid("state", "CHALLENGE_OF_ANOTHER", text)
    })?;
    if inner.now_ms().div_euclid(1_000) >= challenge.expires_at {
        return Err(Fault::refused("CHALLENGE_EXPIRED", "the challenge has expired; ask for a new one"));
    }
    challenge.check(&bound, &signatory, &request.answer)?;
    if !request.image_png.is_empty() {
        Image::from_png(&request.image_png)
            .map_err(|e| Fault::invalid("image_png", "IMAGE_UNREADABLE", e.to_string()))?;
    }
    let info = signatory.info();
    let pem: Vec<u8> = signatory.path().iter().filter_map(|one| one.to_pem().ok()).flatten().collect();
    let _one = inner.enrolling.lock().await;
    let kept = inner.vault.keep_certificates(&info.fingerprint.to_lowercase(), &pem, &request.image_png)?;
    let receipt = bind(inner, identity, request.request_id, request.person_id, info, true, kept).await?;
    Ok(EnrolOutsideKeyResponse { receipt: Some(receipt) })
}

/// The certificate and those above it, where they can sign today.
fn signatory_of(inner: &Inner, certificates: &[u8]) -> Result<Signatory, Fault> {
    if certificates.len() > CERTIFICATES_BYTES_MAX {
        let text = format!("at most {CERTIFICATES_BYTES_MAX} bytes");
        return Err(Fault::invalid("certificates", "KEY_FILE_TOO_LARGE", text));
    }
    let signatory = read_signatory(certificates)?;
    signatory.check_valid_at(inner.now_ms().div_euclid(1_000)).map_err(|e| fault::of_key(&e))?;
    Ok(signatory)
}

fn bound(identity: &Identity, person_id: &str, signatory: &Signatory) -> Result<Bound, Fault> {
    Bound::new("possession", identity, [person_id, &signatory.info().fingerprint])
}

/// What a key is to sign.
struct Challenge {
    nonce: [u8; NONCE_BYTES],
    /// Seconds since 1970.
    expires_at: i64,
}

impl Challenge {
    fn to_state(&self) -> Vec<u8> {
        [&self.expires_at.to_be_bytes()[..], &self.nonce].concat()
    }

    fn from_state(state: &[u8]) -> Option<Self> {
        let (expires_at, nonce) = state.split_first_chunk::<8>()?;
        Some(Self { nonce: nonce.try_into().ok()?, expires_at: i64::from_be_bytes(*expires_at) })
    }

    fn parts<'a>(&'a self, bound: &'a Bound, expires_at: &'a [u8; 8]) -> [&'a [u8]; 4] {
        [CHALLENGE_HEAD, bound.parts(), expires_at, &self.nonce]
    }

    /// The message that the key is to sign, without its signature.
    fn unsigned(&self, bound: &Bound, signatory: &Signatory) -> Result<Unsigned, Fault> {
        let algorithm = signatory.usual_digest();
        let digest = ContentDigest::of(algorithm, &self.parts(bound, &self.expires_at.to_be_bytes()));
        let digest = digest.ok_or_else(|| Fault::broken("a digest is not known to openssl"))?;
        let scheme = signatory.scheme(algorithm, false).map_err(|e| fault::of_key(&e))?;
        Ok(Unsigned::new(signatory, digest, scheme))
    }

    /// Refuses an answer that the key has not made of this challenge.
    fn check(&self, bound: &Bound, signatory: &Signatory, answer: &[u8]) -> Result<(), Fault> {
        let unproven = |why: String| Fault::invalid("answer", "KEY_NOT_PROVEN", why);
        if answer.is_empty() || answer.len() > ANSWER_BYTES_MAX {
            return Err(unproven(format!("1 to {ANSWER_BYTES_MAX} bytes")));
        }
        let unsigned = self.unsigned(bound, signatory)?;
        let expires_at = self.expires_at.to_be_bytes();
        let taken =
            take_answer(answer, &unsigned, signatory, Content::Parts(&self.parts(bound, &expires_at)));
        taken.map(drop).map_err(|e| unproven(e.to_string()))
    }
}
