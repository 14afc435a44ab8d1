//! Why a file is not signed: a stable code for programs, a sentence for people.

use crate::pdf;

/// A reason not to sign. Nothing has been written when one is returned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Neither header nor objects.
    #[error("this is not a PDF file")]
    NotPdf,
    /// The structure is broken where it matters for signing.
    #[error("the file is damaged beyond trust: {0}")]
    Damaged(pdf::Error),
    /// Encrypted by password.
    #[error("the file is encrypted: a password is needed")]
    PasswordNeeded,
    /// Encrypted for the holders of certificates.
    #[error("the file is encrypted for certain recipients: only they can open it")]
    PublicKeyEncrypted,
    /// Encrypted in a way unknown here.
    #[error("the file is encrypted by an unknown handler: {0}")]
    UnknownEncryption(String),
    /// Certified so that no change at all is permitted (DocMDP P 1).
    #[error("the file is certified against any change; sign the copy it was made from")]
    CertifiedNoChanges,
    /// An earlier signature locks this field.
    #[error("an earlier signature locks the field {field}")]
    LockedByEarlierSignature {
        /// The field that would have to change.
        field: String,
    },
    /// An earlier signature permits filling prepared fields only.
    #[error("an earlier signature permits no new field; sign a field prepared before it")]
    NewFieldForbidden,
    /// Fields can be prepared only before the first signature.
    #[error("the file is signed already; fields are prepared before the first signature")]
    AlreadySigned,
    /// A field to be prepared is there already.
    #[error("the field {0} is there already")]
    FieldExists(String),
    /// No field of this name.
    #[error("there is no field {0}")]
    FieldUnknown(String),
    /// The field is of another type.
    #[error("the field {field} is no {expected} field")]
    FieldOfOtherKind {
        /// The field.
        field: String,
        /// `text` or `signature`.
        expected: &'static str,
    },
    /// The field carries a signature.
    #[error("the field {0} is signed already")]
    FieldAlreadySigned(String),
    /// The field has no place on a page, or several.
    #[error("the field {0} has not exactly one place on a page")]
    FieldWithoutPlace(String),
    /// No page of this number.
    #[error("there is no page {0}")]
    PageUnknown(u32),
    /// The box is empty or lies outside the page.
    #[error("the box on page {page} is empty or not within the page")]
    BoxOutsidePage {
        /// Page number from 1.
        page: u32,
    },
    /// The text is too wide or too high for its box.
    #[error("the text does not fit into its box: {0}")]
    TextDoesNotFit(String),
    /// The font lacks a character.
    #[error("the font has no glyph for the character {0:?}")]
    CharacterNotInFont(char),
    /// The font cannot be read.
    #[error("the font cannot be read")]
    FontUnreadable,
    /// The image cannot be read.
    #[error("the image is no readable PNG: {0}")]
    ImageUnreadable(String),
    /// The image is too large.
    #[error("the image has more than {max} pixels")]
    ImageTooLarge {
        /// The limit.
        max: u32,
    },
    /// The signature is larger than the space kept for it.
    #[error("the signature of {bytes} bytes does not fit into the {capacity} bytes kept for it")]
    SignatureTooLarge {
        /// Its size.
        bytes: usize,
        /// The space.
        capacity: usize,
    },
    /// Only the first signature can certify.
    #[error("the file is signed already; only its first signature can certify it")]
    CertificationNotFirst,
    /// The field has a lock of its own.
    #[error("the field {0} brings its own lock; sign it without another")]
    FieldHasLock(String),
    /// A demand of the field's maker (`/SV`) is not met.
    #[error("the field asks for something else in {entry}: {wanted}")]
    SeedValueUnmet {
        /// The entry of the seed value dictionary.
        entry: &'static str,
        /// What it asks for.
        wanted: String,
    },
    /// The file lies on disk, and cannot be read there or changes while it is read.
    #[error(transparent)]
    Unreadable(pdf::Error),
    /// A saved state does not belong to this file, or is damaged.
    #[error("the saved state does not belong to this file")]
    StateMismatch,
}

impl Refusal {
    /// The stable code, for programs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotPdf => "not_a_pdf",
            Self::Damaged(_) => "damaged_beyond_trust",
            Self::PasswordNeeded => "password_needed",
            Self::PublicKeyEncrypted => "public_key_encrypted",
            Self::UnknownEncryption(_) => "unknown_encryption",
            Self::CertifiedNoChanges => "certified_no_changes",
            Self::LockedByEarlierSignature { .. } => "locked_by_earlier_signature",
            Self::NewFieldForbidden => "new_field_forbidden",
            Self::AlreadySigned => "already_signed",
            Self::FieldExists(_) => "field_exists",
            Self::FieldUnknown(_) => "field_unknown",
            Self::FieldOfOtherKind { .. } => "field_of_other_kind",
            Self::FieldAlreadySigned(_) => "field_already_signed",
            Self::FieldWithoutPlace(_) => "field_without_place",
            Self::PageUnknown(_) => "page_unknown",
            Self::BoxOutsidePage { .. } => "box_outside_page",
            Self::TextDoesNotFit(_) => "text_does_not_fit",
            Self::CharacterNotInFont(_) => "character_not_in_font",
            Self::FontUnreadable => "font_unreadable",
            Self::ImageUnreadable(_) => "image_unreadable",
            Self::ImageTooLarge { .. } => "image_too_large",
            Self::SignatureTooLarge { .. } => "signature_too_large",
            Self::CertificationNotFirst => "certification_not_first",
            Self::FieldHasLock(_) => "field_has_lock",
            Self::SeedValueUnmet { .. } => "seed_value_unmet",
            Self::Unreadable(_) => "unreadable",
            Self::StateMismatch => "state_mismatch",
        }
    }
}

impl From<pdf::Error> for Refusal {
    fn from(error: pdf::Error) -> Self {
        match error {
            pdf::Error::NotPdf => Self::NotPdf,
            pdf::Error::Encrypted => Self::PasswordNeeded,
            error if error.is_of_disk() => Self::Unreadable(error),
            other => Self::Damaged(other),
        }
    }
}
