//! People, units, positions, delegations: logs a person in and seals who they are.
//!
//! Holds no records: they are the archive's. What lives here is what may be lost: sessions, and the count of failed
//! log-ins. Only this service's key may read credentials.

mod password;
mod service;
mod session;
mod throttle;

pub use password::{PASSWORD_BYTES_MAX, PASSWORD_BYTES_MIN};
pub use service::{Directory, Settings};
