//! Why nothing was printed.

use proto::fault::{Fault, Violation};

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request is wrong; every faulty field is named (up to [`crate::limits::VIOLATIONS_MAX`]).
    #[error("{}", list(.0))]
    Invalid(Vec<Violation>),
    /// The finished file does not fit a reply.
    #[error("the file has {size} bytes, more than {max}: ask for less in one file")]
    TooLarge {
        /// Bytes of the file.
        size: usize,
        /// Bytes that are allowed.
        max: usize,
    },
    /// Too many documents wait to be typeset.
    #[error("{waiting} documents wait to be typeset: try again later")]
    Busy {
        /// How many wait.
        waiting: usize,
    },
    /// The typesetter refused a checked request: a fault of the templates or of this crate.
    #[error("typesetting failed: {0}")]
    Broken(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Invalid(violations) => Self::Invalid(violations),
            Error::TooLarge { .. } => Self::Refused { reason: "FORM_TOO_LARGE", text },
            Error::Busy { .. } => Self::Busy { reason: "FORMS_BUSY", text },
            Error::Broken(_) => Self::Broken { detail: text },
        }
    }
}

fn list(violations: &[Violation]) -> String {
    violations.iter().map(|v| format!("{}: {}", v.field, v.text)).collect::<Vec<_>>().join("; ")
}
