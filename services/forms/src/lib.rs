//! What is printed: letters in the legal layout (NĐ 30/2020, Phụ lục I and III), registers and slips (Phụ lục IV).
//!
//! Data in, PDF/A-2b out. Typst sets the type from templates and typefaces that are part of the program; a template
//! can read nothing but its data. The same request gives the same bytes. Nothing is stored, looked up or decided here.
//!
//! A letter leaves real blank space for number, date, signature and seal and says where it is: the signer prepares
//! its fields there, so that they never lie over text.

mod dates;
mod error;
mod fields;
mod letter;
mod letterhead;
pub mod limits;
mod paragraph;
mod places;
mod press;
mod register;
mod service;
mod slip;
mod typeface;

pub use error::Error;
pub use press::Press;
pub use service::FormsService;

/// The service, ready to be wrapped in `proto::forms::v1::forms_server::FormsServer`.
///
/// # Errors
/// [`Error::Broken`] if the program was built with unreadable templates or typefaces.
pub fn service() -> Result<FormsService, Error> {
    FormsService::new()
}
