//! The archive as its callers meet it: the whole service behind its guard, in one process, with real seals.

mod appended;
mod commits;
mod drafts;
mod duplicates;
mod exclusion;
mod files;
mod office;
mod reads;
mod recovery;
mod searching;
mod standing;
mod upkeep;
