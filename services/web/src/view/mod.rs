//! What pages show of records: days, deadlines, documents, signatures, in the words people use.

pub(crate) mod day;
pub(crate) mod deadline;
pub(crate) mod document;
pub(crate) mod field;
pub(crate) mod file;
pub(crate) mod signature;
