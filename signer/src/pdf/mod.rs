//! A small lazy PDF reader and an incremental writer.
//!
//! Reading gives one strict interpretation of a file, with byte offsets and every revision as its own view;
//! what had to be tolerated is named ([`Anomaly`]). Writing only ever appends: changed objects are spliced
//! from their source bytes. Nothing here knows of keys or certificates.

mod crypt;
mod document;
mod error;
mod filter;
mod form;
mod increment;
mod input;
mod lexer;
pub mod limits;
mod object;
mod page;
mod recover;
mod section;
mod view;
mod xref;

pub(crate) use document::Leniency;
pub use document::{Document, Encryption, Revision};
pub use error::{Anomaly, Error};
pub use form::{Field, FieldKind};
pub use increment::{Increment, Patch, Tail};
pub use input::Input;
pub use lexer::parse_object;
pub use object::{
    Array, Dict, Entry, Name, Object, PdfString, Real, Ref, Span, Stream, decode_text, encode_name,
    encode_text,
};
pub use page::{Page, Rect};
pub use section::Section;
pub use view::{Indirect, Location, View};
pub use xref::{XrefEntry, XrefKind};
