//! Signing: the line of types *prepared → digested → signed*, and the recipe of the agency's documents.
//!
//! PDF knows nothing of keys: what is signed is a digest, what comes back is a finished CMS. A file that cannot
//! be signed rightly is refused with a reason ([`Refusal`]); what was signed before is never broken.

mod appearance;
mod certify;
mod choices;
mod deferred;
mod document_timestamp;
mod dss;
mod fields;
mod font;
mod held;
mod image;
mod level;
mod lock;
mod person;
mod place;
mod prepare;
mod raise;
mod refusal;
mod rules;
mod seal;
mod seed;
mod signature;
mod source;
mod steer;
mod time;

pub use appearance::{Align, Appearance};
pub use certify::Certification;
pub use choices::Choices;
pub use deferred::{ANSWER_BYTES_MAX, Deferred, DeferredError, STATE_LIFE_S};
pub use font::{Fonts, LIBERATION_SERIF};
pub use image::{IMAGE_PIXELS_MAX, Image};
pub use level::{Level, LevelError, Services, UnknownLevel, at_level, seal_at_level, sign_at_level};
pub use lock::FieldLock;
pub use person::{SigningRequest, Target};
pub use place::PageBox;
pub use prepare::{
    FIELD_DATE, FIELD_NUMBER, FIELD_PERSON, FIELD_SEAL, FieldPlan, TEXT_SIZE, TextPlace, fields_appended,
    prepare_fields,
};
pub use raise::{RENEWAL_MARGIN, Raised, level_of, raise, renewal_due};
pub use refusal::Refusal;
pub use seal::SealRequest;
pub use signature::{
    Claims, CompleteError, Digested, Prepared, SIGNATURE_BYTES_DEFAULT, SIGNATURE_BYTES_MAX, Signed,
};
pub use source::Source;
pub use steer::{SteerError, seal_with, sign_attachment_with, sign_with};
pub use time::SigningTime;
