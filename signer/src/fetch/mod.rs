//! What is asked of services elsewhere: time stamps (RFC 3161), OCSP responses (RFC 6960), CRLs and certificates
//! of issuers (RFC 5280). Everything that comes back is checked before it is used, whoever sent it.
//!
//! Blocking: callers in an async task use a blocking thread. The machine's clock is never read; the time of
//! asking is an argument, the time stamp's own is data.

mod cache;
mod crl;
mod evidence;
mod http;
mod issuers;
pub mod limits;
mod ocsp;
mod reach;
mod tsa;

pub use cache::Cache;
pub use evidence::{Anchors, ChainEvidence, EvidenceError, Fault, Fetcher, Moment};
pub(crate) use evidence::{encoded, valid_until};
pub use http::{Client, ClientOptions, Credentials, HttpError, host_of};
pub use reach::Reach;
pub use tsa::{StampError, TimestampAuthority, Token};
