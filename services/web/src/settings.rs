//! What the web front is told when it is mounted.

use proto::rpc::Clock;

/// Settings of the web front.
#[derive(Clone)]
pub struct Settings {
    /// The clock: milliseconds since 1970. Only the binary's `main` makes a real one.
    pub clock: Clock,
    /// True when browsers reach it by TLS: cookies are marked Secure and HSTS is sent.
    pub tls: bool,
    /// True for the demo agency: pages say that all of it is invented.
    pub demo: bool,
}

/// Where the signing agent listens on the user's own machine, unless it is told otherwise: the pages that speak to it may
/// connect there.
pub const AGENT_PORT: u16 = 27127;

/// Longest form without files, in bytes.
pub(crate) const FORM_BYTES_MAX: usize = 512 * 1024;
/// Largest file that a person uploads, in bytes.
pub(crate) const FILE_BYTES_MAX: u64 = 100 * 1024 * 1024;
/// Files in one upload.
pub(crate) const FILES_MAX: usize = 50;
/// Largest request with files, in bytes.
pub(crate) const UPLOAD_BYTES_MAX: usize = 400 * 1024 * 1024;
/// Lines on a page of a list.
pub(crate) const PAGE_LINES: i32 = 50;
