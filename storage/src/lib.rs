//! What is kept and how: the disk, the journal, the files, the view and the search index.
//!
//! The journal and the files are the truth; the view and the search index are made from them and
//! can be thrown away. Nothing here is asynchronous, nothing reads a clock, and payloads are bytes
//! whose meaning the caller knows.

pub mod backup;
pub mod data_directory;
pub mod digest;
pub mod disk;
pub mod files;
pub mod journal;
pub mod search;
pub mod view;

pub use data_directory::DataDirectory;
pub use digest::{Digest, Hasher};
