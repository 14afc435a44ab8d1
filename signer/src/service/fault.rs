//! Refusals and key errors as the faults that every service answers with.

use proto::fault::Fault;

use crate::cms::AnswerError;
use crate::keys::KeyError;
use crate::sign::{DeferredError, Refusal, SteerError};

/// The fault of a file that is not signed.
pub(super) fn of_refusal(refusal: &Refusal) -> Fault {
    let reason = match refusal {
        Refusal::NotPdf => "PDF_NOT_A_PDF",
        Refusal::Damaged(_) => "PDF_DAMAGED",
        Refusal::PasswordNeeded => "PDF_PASSWORD_NEEDED",
        Refusal::PublicKeyEncrypted | Refusal::UnknownEncryption(_) => "PDF_ENCRYPTED",
        Refusal::CertifiedNoChanges => "PDF_CERTIFIED_NO_CHANGES",
        Refusal::LockedByEarlierSignature { .. }
        | Refusal::NewFieldForbidden
        | Refusal::FieldHasLock(_)
        | Refusal::CertificationNotFirst => "PDF_LOCKED_BY_SIGNATURE",
        Refusal::AlreadySigned | Refusal::FieldAlreadySigned(_) => "PDF_ALREADY_SIGNED",
        Refusal::FieldExists(_) => "PDF_FIELDS_EXIST",
        Refusal::FieldUnknown(_) | Refusal::FieldOfOtherKind { .. } | Refusal::FieldWithoutPlace(_) => {
            "PDF_FIELDS_MISSING"
        }
        Refusal::SeedValueUnmet { .. } => "PDF_FIELD_ASKS_FOR_MORE",
        Refusal::PageUnknown(_) | Refusal::BoxOutsidePage { .. } => "PDF_PLACE_OUTSIDE_PAGE",
        Refusal::TextDoesNotFit(_) | Refusal::CharacterNotInFont(_) => "PDF_TEXT_DOES_NOT_FIT",
        Refusal::ImageUnreadable(_) | Refusal::ImageTooLarge { .. } => "IMAGE_UNREADABLE",
        Refusal::FontUnreadable
        | Refusal::SignatureTooLarge { .. }
        | Refusal::Unreadable(_)
        | Refusal::StateMismatch => {
            return Fault::broken(refusal);
        }
    };
    Fault::refused(reason, format!("{}: {refusal}", refusal.code()))
}

/// The fault of a signature that was not made.
pub(super) fn of_steer(error: &SteerError) -> Fault {
    match error {
        SteerError::Refused(refusal) => of_refusal(refusal),
        SteerError::Key(error) => of_key(error),
        SteerError::Sign(error) => Fault::broken(error),
    }
}

/// The fault of a key of the wrong kind for an act.
pub(super) fn other_kind() -> Fault {
    Fault::refused("MANDATE_OF_OTHER_KIND", "a person's key signs for the person, the seal's for the agency")
}

/// The fault of a prepared signature that was not completed.
pub(super) fn of_deferred(error: &DeferredError) -> Fault {
    let reason = match error {
        DeferredError::Key(error) => return of_key(error),
        DeferredError::Expired(_) => return Fault::refused("STATE_EXPIRED", error.to_string()),
        DeferredError::StateDamaged | DeferredError::Refused(Refusal::StateMismatch) => {
            return Fault::invalid("state", "STATE_DAMAGED", error.to_string());
        }
        DeferredError::Refused(Refusal::SignatureTooLarge { .. }) => "ANSWER_TOO_LARGE",
        DeferredError::Refused(refusal) => return of_refusal(refusal),
        DeferredError::Answer(error) => match error {
            AnswerError::Unreadable => "ANSWER_UNREADABLE",
            AnswerError::SignatureWrong => "ANSWER_SIGNATURE_WRONG",
            AnswerError::OtherCertificate => "ANSWER_OTHER_CERTIFICATE",
            AnswerError::OtherDigest => "ANSWER_OTHER_DIGEST",
            AnswerError::OtherAttributes(_) => "ANSWER_OTHER_ATTRIBUTES",
            AnswerError::Objection(_) => "ANSWER_OBJECTIONABLE",
        },
    };
    Fault::invalid("answer", reason, error.to_string())
}

/// The fault of a key that cannot be used.
pub(super) fn of_key(error: &KeyError) -> Fault {
    let (field, reason) = match error {
        KeyError::WrongPassword | KeyError::PasswordZeroByte => ("password", "KEY_PASSWORD_WRONG"),
        KeyError::NotPkcs12 | KeyError::TooLarge { .. } | KeyError::Undecryptable(_) => {
            ("pkcs12", "KEY_FILE_UNREADABLE")
        }
        KeyError::NoPrivateKey | KeyError::NoCertificate => ("pkcs12", "KEY_FILE_INCOMPLETE"),
        KeyError::Weak { .. } | KeyError::Unsupported => ("pkcs12", "KEY_TOO_WEAK"),
        KeyError::Expired { .. } => ("pkcs12", "CERTIFICATE_EXPIRED"),
        KeyError::NotYetValid { .. } => ("pkcs12", "CERTIFICATE_NOT_YET_VALID"),
        KeyError::UsageForbidsSigning => ("pkcs12", "CERTIFICATE_FORBIDS_SIGNING"),
        // Keys on devices are for the command line and the agent; the service keeps files.
        KeyError::Device(_) => ("key", "KEY_DEVICE"),
        KeyError::CertificateUnreadable => ("certificate", "CERTIFICATE_UNREADABLE"),
        KeyError::DigestNotForKey { .. } => ("digest", "KEY_DIGEST_NOT_ALLOWED"),
        KeyError::OpenSsl(_) => return Fault::broken(error),
    };
    Fault::invalid(field, reason, error.to_string())
}
