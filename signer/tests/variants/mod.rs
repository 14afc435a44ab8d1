//! Files as the world has them, and how a signed one is judged.

pub(crate) mod layout;
pub(crate) mod producers;
pub(crate) mod verdict;
