//! What is kept and how: the disk, the journal, the files, the view and the search index.
//!
//! The journal and the files are the truth; the view and the search index are made from them and
//! can be thrown away. Nothing here is asynchronous, nothing reads a clock, and payloads are bytes
//! whose meaning the caller knows.

pub mod digest;
pub mod disk;
pub mod journal;

pub use digest::{Digest, Hasher};
