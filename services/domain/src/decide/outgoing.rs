//! Decisions on outgoing documents: draft, approval, signature, number, seal, issue, recall.
//!
//! The order of the law (NĐ 30/2020 Điều 10–19, 32): content reviewed → form checked → approved → signed by the person →
//! number and date → sealed by the agency → issued. Each step looks at the state alone; no screen is trusted with it.

mod draft;
mod evidence;
mod issue;
mod number;
mod review;
mod signature;
mod signer;
mod step;

pub use signer::in_signers_position;
pub use step::must_be;

pub(super) use draft::{create_draft, revise_draft, submit_draft, withdraw_draft};
pub(super) use evidence::add_evidence;
pub(super) use issue::{issue, recall, update_delivery};
pub(super) use number::{assign_number, number_voided};
pub(super) use review::{approve_draft, check_form, initial_draft, return_draft, review_content};
pub(super) use signature::{record_sealed, record_signed, record_signing_failed};
