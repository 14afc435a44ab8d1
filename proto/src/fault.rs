//! The closed set of failure kinds (design: “Errors, once”): every service answers with one of them.

use std::fmt;

/// One field that is wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field from the command or request, e.g. `facts.subject` or `assignments[1].assignee`.
    pub field: String,
    /// Stable `UPPER_SNAKE` reason, never reused; the screens map it to a Vietnamese sentence.
    pub reason: &'static str,
    /// One English sentence for logs: lower case, no full stop.
    pub text: String,
}

impl Violation {
    /// A violation of `field`.
    pub fn new(field: impl Into<String>, reason: &'static str, text: impl Into<String>) -> Self {
        Self { field: field.into(), reason, text: text.into() }
    }
}

/// Why an operation did not happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Fields are wrong; all of them are listed.
    Invalid(Vec<Violation>),
    /// Not there, or not the caller's to know of.
    Unknown {
        /// What was looked for, e.g. an id.
        what: String,
    },
    /// The caller may see it but not do this.
    Denied {
        /// Stable `UPPER_SNAKE` reason.
        reason: &'static str,
        /// One English sentence for logs.
        text: String,
    },
    /// Nobody is logged in, or the seal is not good (any more).
    Unauthenticated {
        /// One English sentence for logs.
        text: String,
    },
    /// A rule says no.
    Refused {
        /// Stable `UPPER_SNAKE` reason.
        reason: &'static str,
        /// One English sentence for logs.
        text: String,
    },
    /// The value that the caller saw has changed.
    Conflict {
        /// The record.
        record_id: String,
        /// Its version now.
        version: u64,
    },
    /// A limit on what runs at once or in a time was reached.
    Busy {
        /// Stable `UPPER_SNAKE` reason.
        reason: &'static str,
        /// One English sentence for logs.
        text: String,
    },
    /// A peer or the disk does not answer.
    Unavailable {
        /// Stable `UPPER_SNAKE` reason, e.g. `STORE_READ_ONLY`.
        reason: &'static str,
        /// For the log only; never sent.
        detail: String,
    },
    /// A mistake of ours.
    Broken {
        /// For the log only; never sent.
        detail: String,
    },
}

impl Fault {
    /// One wrong field.
    pub fn invalid(field: impl Into<String>, reason: &'static str, text: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, reason, text)])
    }

    /// Not there, or not to be known of.
    pub fn unknown(what: impl Into<String>) -> Self {
        Self::Unknown { what: what.into() }
    }

    /// Seen, but not to be done by this caller.
    pub fn denied(reason: &'static str, text: impl Into<String>) -> Self {
        Self::Denied { reason, text: text.into() }
    }

    /// A rule says no.
    pub fn refused(reason: &'static str, text: impl Into<String>) -> Self {
        Self::Refused { reason, text: text.into() }
    }

    /// A mistake of ours.
    pub fn broken(detail: impl fmt::Display) -> Self {
        Self::Broken { detail: detail.to_string() }
    }

    /// A peer or the disk does not answer.
    pub fn unavailable(reason: &'static str, detail: impl fmt::Display) -> Self {
        Self::Unavailable { reason, detail: detail.to_string() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid(violations) => {
                f.write_str("invalid")?;
                for v in violations {
                    write!(f, "; {}: {} ({})", v.field, v.text, v.reason)?;
                }
                Ok(())
            }
            Self::Unknown { what } => write!(f, "not found: {what}"),
            Self::Denied { reason, text } => write!(f, "denied: {text} ({reason})"),
            Self::Unauthenticated { text } => write!(f, "not authenticated: {text}"),
            Self::Refused { reason, text } => write!(f, "refused: {text} ({reason})"),
            Self::Conflict { record_id, version } => {
                write!(f, "conflict: {record_id} is at version {version} now")
            }
            Self::Busy { reason, text } => write!(f, "busy: {text} ({reason})"),
            Self::Unavailable { reason, detail } => write!(f, "unavailable: {detail} ({reason})"),
            Self::Broken { detail } => write!(f, "broken: {detail}"),
        }
    }
}

impl std::error::Error for Fault {}
