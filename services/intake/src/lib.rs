//! Incoming documents: receive, check, register, return; the printed register and slip.
//!
//! Holds no state. The archive decides and keeps; the signer's worker reads files; forms prints.

mod issuer;
mod people;
mod reading;
mod register;
mod service;
mod slip;

pub use service::{Intake, Settings};
