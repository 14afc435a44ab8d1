//! Words: the texts of the pages in every language (`t`), and those for the contract's terms, once each.

pub(crate) mod events;
pub(crate) mod findings;
pub(crate) mod language;
pub(crate) mod reasons;
pub(crate) mod t;
pub(crate) mod terms;
