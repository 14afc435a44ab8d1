//! The wire: typed clients over one service type (near or far), identity, failures.

pub mod durable;
pub mod guard;
pub mod identity;
pub mod pass;
pub mod peer;
pub mod seal;
pub mod status;
pub mod stream;

pub use guard::{Guard, Guarded};
pub use identity::{Identity, outgoing};
pub use peer::{Address, AddressError, Peer};
pub use seal::{ServiceKey, Trust};
pub use status::{fault_of, status_of};

/// Milliseconds since 1970-01-01T00:00Z. Only the binary's `main` makes a real one; tests set their own.
pub type Clock = std::sync::Arc<dyn Fn() -> i64 + Send + Sync>;

/// Largest message either way. Files travel in chunks; this bounds a printed register or a page of records.
pub const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Largest chunk of a file on the wire, in bytes.
pub const CHUNK_BYTES_MAX: usize = 256 * 1024;
