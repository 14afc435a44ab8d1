//! The rules: pure. No I/O, no async, no clock, no randomness; time, numbers and ids are arguments.
//!
//! Every operation has three beats, run by the archive's single committer with its own states, clock and sealed caller:
//! [`check::check`] → [`policy::authorize`] → [`decide::decide`]; what was decided is recorded, and
//! [`apply::apply_entry`] turns it into states, [`index::index`] into the keys of lists and look-ups.

pub mod apply;
pub mod calendar;
pub mod capacity;
pub mod check;
pub mod decide;
pub mod duplicates;
pub mod id;
pub mod index;
pub mod lateness;
pub mod limits;
pub mod moment;
pub mod notation;
pub mod overlay;
pub mod policy;
pub mod read;
pub mod reasons;
pub mod states;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
