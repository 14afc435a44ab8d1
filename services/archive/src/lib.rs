//! The system of record: it alone opens the store.
//!
//! [`Archive::open`] starts the committer and the indexer over a data directory; [`Archive::service`] is the gRPC service
//! to be mounted. A command goes handler → committer (authorize → decide → journal → view) → answer; a read goes handler
//! → view, with what the caller may not see left out. Journal and files are the truth; the view and the search index are
//! made from them and thrown away at any doubt. Work on a store that is not open is in [`maintenance`].

mod appended;
mod archive;
mod backup;
mod committer;
mod finder;
mod indexer;
mod just_put;
mod keeper;
pub mod limits;
pub mod maintenance;
mod naming;
mod page;
mod reads;
mod registers;
mod service;
mod shared;
#[cfg(test)]
mod tests;
mod transfer;
mod viewer;
mod views;

pub use archive::{Archive, Health, OpenError, Options};
pub use keeper::Upkeep;
pub use registers::RegisterReport;
pub use service::Service;
pub use views::{Progress, VIEW_VERSION, ViewReport, ViewsError};
