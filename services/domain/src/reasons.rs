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

    // Who.
    /// The rules let nobody do this in the caller's role.
    NOT_YOUR_ROLE;
    /// The role would do, but this one is somebody else's.
    NOT_YOURS;
    /// Only a service's own key may ask for this.
    ONLY_SERVICE;
}
