//! PDF signing and validation: the only holder of private keys.
//!
//! [`pdf`] reads files lazily and appends to them, [`cms`] makes and reads signatures, [`sign`] joins the
//! two, [`validate`] judges what others signed. `pdf` knows nothing of keys, `cms` nothing of PDF.

pub mod chain;
pub mod cms;
pub mod evidence_file;
pub mod fetch;
mod find;
pub mod keys;
pub mod mandate;
pub mod pdf;
mod ranges;
pub mod service;
pub mod sign;
pub mod text;
pub mod validate;
pub mod vault;
pub mod worker;
