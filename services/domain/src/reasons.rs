//! Every reason that a rule gives, in one place: stable `UPPER_SNAKE`, never reused. The screens map each to a Vietnamese
//! sentence; a test of theirs proves that none of [`ALL`] is missing.

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* pub const $name: &str = stringify!($name);)*

        /// Every reason, in the order of this file.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

reasons! {
    // Fields.
    /// Nothing was given where something must be.
    REQUIRED;
    /// More characters, bytes or items than the limit.
    TOO_LONG;
    /// A number outside its range.
    OUT_OF_RANGE;
    /// A control character, or text that cannot be kept.
    BAD_CHARACTER;
    /// Not one of the choices.
    UNKNOWN_CHOICE;
    /// Not an id of the kind that belongs there.
    BAD_ID;
    /// A day that does not exist in the calendar.
    BAD_DATE;
    /// Not 64 lower-case hex digits.
    BAD_DIGEST;
    /// Not of the form that is asked for.
    BAD_FORMAT;
    /// The same thing twice.
    TWICE;
    /// Given where it must not be.
    NOT_ALLOWED_HERE;
    /// The end lies before the start.
    ENDS_BEFORE_START;
    /// A day or instant in the future.
    IN_FUTURE;
    /// A day in the past.
    IN_PAST;
    /// What is named is not there.
    NOT_THERE;
    /// No command, or one that this version does not know.
    NO_COMMAND;

    /// Not exactly one lead (chủ trì) in a direction.
    EXACTLY_ONE_LEAD;

    // Who.
    /// The rules let nobody do this in the caller's role.
    NOT_YOUR_ROLE;
    /// The role would do, but this one is somebody else's.
    NOT_YOURS;
    /// Only a service's own key may ask for this.
    ONLY_SERVICE;

    // Outgoing documents: signing capacity and notation.
    /// The signer's position is not held today.
    CAPACITY_POSITION_NOT_HELD;
    /// The signer's position does not carry the capacity.
    CAPACITY_NOT_GIVEN;
    /// TM. in an agency under a single head.
    CAPACITY_NOT_COLLECTIVE;
    /// KT. by somebody who is no deputy of the head.
    CAPACITY_NOT_DEPUTY;
    /// TL. by somebody who neither heads a unit nor is its deputy.
    CAPACITY_NOT_HEAD_OF_UNIT;
    /// Head or Q. by somebody who is no leader.
    CAPACITY_NOT_LEADER;
    /// TUQ. without a delegation.
    CAPACITY_NO_DELEGATION;
    /// TUQ. by a delegation to another position.
    CAPACITY_DELEGATION_TO_OTHER;
    /// TUQ. by a delegation without basis or dates.
    CAPACITY_DELEGATION_INCOMPLETE;
    /// TUQ. by a delegation that is not in force today.
    CAPACITY_DELEGATION_NOT_IN_FORCE;
    /// TUQ. by a power that the giver does not hold himself.
    CAPACITY_REDELEGATED;
    /// A delegation named in a capacity that rests on none.
    CAPACITY_DELEGATION_NOT_ASKED;
    /// The signer does not hold the position named.
    SIGNER_NOT_IN_POSITION;
    /// The notation is not groups of capitals joined by a hyphen.
    NOTATION_BAD;
    /// The notation does not begin with the abbreviation of the kind.
    NOTATION_NOT_OF_KIND;
    /// The notation of a letter does not begin with the agency's abbreviation.
    NOTATION_NOT_OF_AGENCY;
    /// The notation is not the one that stands in the signed file.
    NOTATION_DIFFERS;
    /// The kind is received, never issued.
    KIND_NOT_ISSUED;
    /// The agency or the unit has no abbreviation.
    ABBREVIATION_MISSING;
    /// The suffix is not a few letters a to z.
    SUFFIX_BAD;

    // Outgoing documents: drafts.
    /// State secrets are not drafted here.
    SECRET_NOT_DRAFTED;
    /// The main file is not a PDF.
    NOT_A_PDF;
    /// The four fields are not all placed, or one twice.
    PLACES_INCOMPLETE;
    /// The document to be answered is not open to an answer.
    NOT_ANSWERABLE;
    /// The draft was given up.
    DRAFT_WITHDRAWN;
    /// The draft was not handed in.
    NOT_SUBMITTED;
    /// The draft was handed in before.
    ALREADY_SUBMITTED;
    /// The content was not reviewed.
    NOT_REVIEWED;
    /// The content was reviewed before.
    ALREADY_REVIEWED;
    /// The form was not checked.
    NOT_FORM_CHECKED;
    /// The form was checked before.
    ALREADY_FORM_CHECKED;
    /// The caller has initialed this version before.
    ALREADY_INITIALED;
    /// The draft lies at another's step.
    NOT_YOUR_STEP;
    /// The fields for number, date, person and seal are not prepared in the file.
    FIELDS_NOT_PREPARED;

    // Outgoing documents: the order of the law.
    /// The draft was not approved.
    NOT_APPROVED;
    /// The draft was approved before.
    ALREADY_APPROVED;
    /// The signer acts in another position than the one named.
    SIGNS_IN_OTHER_POSITION;
    /// The document was not signed.
    NOT_SIGNED;
    /// The document is signed: what was signed is not changed.
    ALREADY_SIGNED;
    /// The document has no number.
    NOT_NUMBERED;
    /// The document has its number.
    ALREADY_NUMBERED;
    /// The document was not sealed.
    NOT_SEALED;
    /// The document was sealed before.
    ALREADY_SEALED;
    /// The document was not issued.
    NOT_ISSUED;
    /// The document is issued.
    ALREADY_ISSUED;
    /// The document is recalled and frozen.
    RECALLED;
    /// The file that was signed or sealed is not the current main file.
    BASE_NOT_CURRENT;
    /// The new file is not the old one with bytes appended.
    FILE_NOT_APPENDED;
    /// What was appended to an issued file is more than evidence, or breaks what was signed.
    NOT_ONLY_EVIDENCE;
    /// The file has reached a higher level already.
    LEVEL_LOWER;
    /// The file is not one of the document.
    FILE_NOT_OF_DOCUMENT;
    /// The report is not about the signatures that the file bore on receipt.
    NOT_SAME_SIGNATURES;
    /// The certificate is not the signer's.
    CERTIFICATE_NOT_SIGNERS;
    /// The certificate is not the agency's seal.
    CERTIFICATE_NOT_SEAL;
    /// The certificate was withdrawn.
    CERTIFICATE_WITHDRAWN;
    /// The certificate is not valid at this moment.
    CERTIFICATE_NOT_VALID_NOW;
    /// The report says that a signature is not valid.
    SIGNATURE_INVALID;
    /// The report does not show the new signature with this certificate.
    SIGNATURE_NOT_SHOWN;
    /// The seal is set by the clerk in person, not under a delegation.
    SEAL_NOT_IN_PERSON;
    /// The attachments are not those of the document.
    ATTACHMENTS_DIFFER;
    /// Nobody gets the document.
    NO_RECIPIENTS;
    /// The document has no recipient at this place.
    NO_SUCH_RECIPIENT;
    /// The recipient is inside: nothing is sent.
    RECIPIENT_INSIDE;
    /// The number stands on a document that is issued.
    NUMBER_ON_ISSUED;

    // Directory.
    /// The store has its agency already.
    FOUNDED_ALREADY;
    /// What is asked for is already so.
    NOTHING_CHANGES;
    /// The login belongs to somebody else.
    LOGIN_TAKEN;
    /// No administrator would remain.
    LAST_ADMINISTRATOR;
    /// Positions are held in the unit.
    UNIT_HAS_POSITIONS;
    /// Work is open with the unit.
    UNIT_HAS_WORK;
    /// It has ended already.
    ALREADY_ENDED;
    /// Both positions of a delegation are one person's.
    DELEGATED_TO_ONESELF;
    /// A delegated power may not be delegated again.
    REDELEGATION;
    /// The position has no power of its own to delegate.
    NOTHING_TO_DELEGATE;
    /// The certificate is bound already.
    ALREADY_ENROLLED;
    /// The certificate has expired.
    CERTIFICATE_EXPIRED;

    // Series and numbers.
    /// Two series of a book would take the same kind.
    SERIES_OVERLAP;
    /// No active series fits the document.
    NO_SERIES;
    /// The clock is behind a date that was drawn already.
    CLOCK_BEHIND_SERIES;
    /// No ordinal is left.
    SERIES_FULL;
    /// A suffix must hang on a number that was drawn this year.
    SUFFIX_WITHOUT_NUMBER;
    /// The number exists already.
    NUMBER_TAKEN;
    /// The number is void already.
    ALREADY_VOID;

    // Intake.
    /// Not in a state in which this can be done.
    WRONG_STATE;
    /// The document has its number already.
    ALREADY_REGISTERED;
    /// The document has no number yet.
    NOT_REGISTERED;
    /// Documents with a secrecy marking are not registered here.
    SECRET_REGISTRATION_OFF;
    /// A secret document may have no file.
    SECRET_WITH_FILE;
    /// Numbers are reserved in series of outgoing documents without secrecy only.
    SERIES_NOT_OUTGOING;
    /// The number is reserved: it is released, not voided.
    NUMBER_RESERVED;
    /// The number is not reserved, or not any more.
    NUMBER_NOT_RESERVED;
    /// The last day on which the reserved number could be taken is past.
    RESERVATION_OVER;
    /// The reserved number is kept for somebody who neither drafts nor signs the document.
    RESERVED_FOR_ANOTHER;
    /// The reserved number is of another series than the document draws from.
    RESERVED_IN_OTHER_SERIES;
    /// A document changes between secret and not secret only before it is registered.
    MARKING_FIXED;
    /// The same document is registered already; to be confirmed.
    DUPLICATE;

    // Routing of incoming documents.
    /// A secret document is never routed.
    SECRET_NOT_ROUTED;
    /// Not a person who holds a leader's position today.
    NOT_A_LEADER;
    /// Not a person of the unit today.
    NOT_IN_UNIT;
    /// A receiver has opened it.
    OPENED_ALREADY;
    /// For information: nothing to be worked on.
    NOT_WORK;
    /// There is no deadline.
    NO_DEADLINE;
    /// The new deadline is not later than the old one.
    NOT_LATER;
    /// Later than the deadline it hangs on.
    LATER_THAN_OWN;
    /// Handed on too many times.
    HANDED_ON_TOO_OFTEN;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_reason_is_upper_snake_and_there_once() {
        assert_eq!(ALL.iter().collect::<BTreeSet<_>>().len(), ALL.len());
        for reason in ALL {
            assert!(reason.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{reason}");
        }
    }
}
