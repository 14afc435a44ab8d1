//! Directions, assignments, deadlines; drafts, approval, signing, numbering, sealing, issuing, recall.
//!
//! Holds no state. What is one command is passed on; what needs a letter typeset, fields prepared or a signature made
//! asks forms or the signer first, and then commits what came of it. Nothing resumes by itself: every stop between is
//! a lawful state, and the next act goes on from it.

mod ahead;
mod batch;
mod draft;
mod outside;
mod seal;
mod service;
mod sign;

pub use service::{Routing, Settings};
