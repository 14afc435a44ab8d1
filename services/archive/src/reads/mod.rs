//! Reading: records, lists, changes, history. What the caller may not see is not there.

pub(crate) mod duplicates;
pub(crate) mod history;
pub(crate) mod lists;
pub(crate) mod records;
pub(crate) mod watch;
