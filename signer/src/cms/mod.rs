//! Cryptographic Message Syntax: making detached PAdES signatures and checking anybody's.
//!
//! Knows nothing of PDF: what is signed arrives as a digest, as byte slices or piece by piece. Sources: RFC 5652
//! (CMS), RFC 5035 (signing-certificate-v2), RFC 3161 (time stamps), RFC 6211 (algorithm
//! protection), ETSI EN 319 142-1 (PAdES baseline).

mod algorithm;
mod answer;
pub(crate) mod ber;
mod build;
pub(crate) mod certificate;
mod content;
pub(crate) mod extension;
mod finding;
pub(crate) mod oid;
mod parse;
pub(crate) mod timestamp;
mod unsigned;
mod verify;

pub use algorithm::{Digest, EC_BITS_MIN, RSA_BITS_MIN, SignatureAlgorithm};
pub(crate) use algorithm::{digest_info, ecdsa_pair_to_der};
pub use answer::AnswerError;
pub(crate) use answer::take_answer;
pub use build::{ContentDigest, SignError, Unsigned, sign_detached, sign_detached_as, signature_size_max};
pub use certificate::CertificateInfo;
pub use content::{Content, Pieces};
pub use finding::{Finding, Severity};
pub(crate) use timestamp::verify_timestamp_over;
pub use timestamp::{Timestamp, TokenError, verify_timestamp};
pub use unsigned::{AttachError, attach_timestamp, signature_value};
pub use verify::{SignerReport, verify_bare_rsa, verify_detached, verify_wrapped_digest};
pub(crate) use verify::{
    certificate_names, verify_bare_rsa_over, verify_detached_over, verify_wrapped_digest_over,
};
