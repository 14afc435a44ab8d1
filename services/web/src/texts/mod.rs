//! Vietnamese words for the contract's terms: once each.

pub(crate) mod events;
pub(crate) mod findings;
pub(crate) mod reasons;
pub(crate) mod terms;
