//! What a check found: a stable code, how much it weighs, and a sentence.

use std::fmt;

/// How much a finding weighs on the verdict, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// To be told, changes no verdict.
    Warning,
    /// Nothing wrong is proven, but nothing right either: the verdict cannot be *valid*.
    Undecided,
    /// Proven wrong: the verdict is *invalid*.
    Broken,
}

/// One thing a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it weighs.
    pub severity: Severity,
    /// A stable `snake_case` name; never reused for another meaning.
    pub code: &'static str,
    /// An English sentence for people.
    pub text: String,
}

impl Finding {
    /// A finding that is only told.
    pub fn warning(code: &'static str, text: impl Into<String>) -> Finding {
        Finding { severity: Severity::Warning, code, text: text.into() }
    }

    /// A finding that keeps the verdict from being *valid*.
    pub fn undecided(code: &'static str, text: impl Into<String>) -> Finding {
        Finding { severity: Severity::Undecided, code, text: text.into() }
    }

    /// A finding that makes the verdict *invalid*.
    pub fn broken(code: &'static str, text: impl Into<String>) -> Finding {
        Finding { severity: Severity::Broken, code, text: text.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.code, self.text)
    }
}
