//! The checks of single fields; every violation is kept with its path, none stops the others.

use proto::fault::Violation;
use proto::record::v1::Date;
use unicode_normalization::UnicodeNormalization;

use crate::id::{self, Kind};
use crate::{calendar, reasons};

/// 1900-01-01T00:00Z in seconds.
const INSTANT_MIN: i64 = -2_208_988_800;
/// 9999-12-31T00:00Z in seconds.
const INSTANT_MAX: i64 = 253_402_214_400;

/// What was found wrong so far, and where in the command one is.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    path: Vec<String>,
    violations: Vec<Violation>,
}

impl Fields {
    pub(super) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// Checks what lies within the message `name`.
    pub(crate) fn within(&mut self, name: impl Into<String>, check: impl FnOnce(&mut Self)) {
        self.path.push(name.into());
        check(self);
        self.path.pop();
    }

    /// Checks each item of the list `name`, which may have at most `most`.
    pub(crate) fn each<T>(
        &mut self,
        name: &str,
        items: &mut [T],
        most: usize,
        mut check: impl FnMut(&mut Self, &mut T),
    ) {
        if items.len() > most {
            self.wrong(name, reasons::TOO_LONG, format!("has {} items; at most {most}", items.len()));
            return;
        }
        for (i, item) in items.iter_mut().enumerate() {
            self.within(format!("{name}[{i}]"), |fields| check(fields, item));
        }
    }

    /// Notes a violation of the field `name` (a path below where one is; empty: of the message itself).
    pub(crate) fn wrong(&mut self, name: &str, reason: &'static str, text: impl Into<String>) {
        let mut path = self.path.join(".");
        if !name.is_empty() {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(name);
        }
        self.violations.push(Violation::new(path, reason, text));
    }

    /// A message that must be there.
    pub(crate) fn required<T>(
        &mut self,
        name: &str,
        value: &mut Option<T>,
        check: impl FnOnce(&mut Self, &mut T),
    ) {
        match value {
            Some(value) => self.within(name, |fields| check(fields, value)),
            None => self.wrong(name, reasons::REQUIRED, "must be given"),
        }
    }

    /// One line: NFC, runs of white space as one space, trimmed, no control characters, at most `most` characters.
    pub(crate) fn line(&mut self, name: &str, value: &mut String, most: usize) {
        let clean: String = value.nfc().collect();
        *value = clean.split_whitespace().collect::<Vec<_>>().join(" ");
        self.characters(name, value, most, |c| c.is_control());
    }

    /// As [`Fields::line`], and not empty.
    pub(crate) fn required_line(&mut self, name: &str, value: &mut String, most: usize) {
        self.line(name, value, most);
        self.not_empty(name, value);
    }

    /// Several lines: NFC, line ends as LF, trimmed, no other control characters, at most `most` characters.
    pub(crate) fn lines(&mut self, name: &str, value: &mut String, most: usize) {
        let clean: String = value.nfc().collect();
        clean.replace("\r\n", "\n").replace('\r', "\n").trim().clone_into(value);
        self.characters(name, value, most, |c| c.is_control() && c != '\n' && c != '\t');
    }

    /// As [`Fields::lines`], and not empty.
    pub(crate) fn required_lines(&mut self, name: &str, value: &mut String, most: usize) {
        self.lines(name, value, most);
        self.not_empty(name, value);
    }

    fn not_empty(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            self.wrong(name, reasons::REQUIRED, "must not be empty");
        }
    }

    fn characters(&mut self, name: &str, value: &str, most: usize, bad: impl Fn(char) -> bool) {
        let count = value.chars().count();
        if count > most {
            self.wrong(name, reasons::TOO_LONG, format!("has {count} characters; at most {most}"));
        }
        // Marks that turn the direction of text round can make a name look like another.
        let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
        if value.chars().any(|c| bad(c) || turns(c)) {
            self.wrong(name, reasons::BAD_CHARACTER, "contains a control character; remove it");
        }
    }

    /// An id of the kind.
    pub(crate) fn id(&mut self, name: &str, value: &str, kind: Kind) {
        if value.is_empty() {
            self.wrong(name, reasons::REQUIRED, format!("must name a record, {}_…", kind.prefix()));
        } else if id::kind(value) != Some(kind) {
            self.wrong(name, reasons::BAD_ID, format!("is not an id of the form {}_…", kind.prefix()));
        }
    }

    /// An id of one of the kinds.
    pub(crate) fn id_of(&mut self, name: &str, value: &str, kinds: &[Kind]) {
        if value.is_empty() {
            self.wrong(name, reasons::REQUIRED, "must name a record");
        } else if !id::kind(value).is_some_and(|kind| kinds.contains(&kind)) {
            let forms: Vec<_> = kinds.iter().map(|kind| format!("{}_…", kind.prefix())).collect();
            self.wrong(name, reasons::BAD_ID, format!("is not an id of the form {}", forms.join(" or ")));
        }
    }

    /// An id of the kind, or nothing.
    pub(crate) fn optional_id(&mut self, name: &str, value: &str, kind: Kind) {
        if !value.is_empty() {
            self.id(name, value, kind);
        }
    }

    /// A day that exists, or none.
    pub(crate) fn date(&mut self, name: &str, value: Option<Date>) {
        if value.is_some_and(|date| !calendar::is_real(date)) {
            self.wrong(name, reasons::BAD_DATE, "is not a day of the calendar from 1900 to 9999");
        }
    }

    /// A day that exists.
    pub(crate) fn required_date(&mut self, name: &str, value: Option<Date>) {
        if value.is_none() {
            self.wrong(name, reasons::REQUIRED, "must be given");
        }
        self.date(name, value);
    }

    /// An instant of the years of the calendar, or none.
    pub(crate) fn timestamp(&mut self, name: &str, value: Option<&prost_types::Timestamp>) {
        let good = |at: &prost_types::Timestamp| {
            (INSTANT_MIN..=INSTANT_MAX).contains(&at.seconds) && (0..1_000_000_000).contains(&at.nanos)
        };
        if !value.is_none_or(good) {
            self.wrong(name, reasons::OUT_OF_RANGE, "is not an instant of the years 1900 to 9999");
        }
    }

    /// SHA-256 as 64 lower-case hex digits.
    pub(crate) fn digest(&mut self, name: &str, value: &str) {
        if value.len() != 64 || !value.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            self.wrong(name, reasons::BAD_DIGEST, "must be 64 lower-case hex digits");
        }
    }

    /// A digest, or nothing.
    pub(crate) fn optional_digest(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.digest(name, value);
        }
    }

    /// One of the choices of an enum; neither unknown nor unspecified.
    pub(crate) fn choice<E: TryFrom<i32>>(&mut self, name: &str, value: i32) -> Option<E> {
        if value == 0 {
            self.wrong(name, reasons::REQUIRED, "must be chosen");
            return None;
        }
        self.optional_choice(name, value)
    }

    /// One of the choices of an enum, or unspecified.
    pub(crate) fn optional_choice<E: TryFrom<i32>>(&mut self, name: &str, value: i32) -> Option<E> {
        let choice = E::try_from(value).ok();
        if choice.is_none() {
            self.wrong(name, reasons::UNKNOWN_CHOICE, format!("{value} is not one of the choices"));
        }
        choice
    }

    /// A number from `least` to `most`.
    pub(crate) fn number(&mut self, name: &str, value: i32, least: i32, most: i32) {
        if !(least..=most).contains(&value) {
            self.wrong(name, reasons::OUT_OF_RANGE, format!("{value} is not from {least} to {most}"));
        }
    }

    /// Must be empty: `why` says so.
    pub(crate) fn absent(&mut self, name: &str, is_absent: bool, why: &str) {
        if !is_absent {
            self.wrong(name, reasons::NOT_ALLOWED_HERE, why);
        }
    }
}
