//! Checks the fields of a request, all of them, and brings text into the form that is printed.

use jiff::civil;
use proto::fault::Violation;
use proto::record::v1::Date;
use unicode_normalization::UnicodeNormalization;

use crate::error::Error;
use crate::limits;
use crate::press::Press;
use crate::typeface::Typeface;

/// Whether a field must say something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Must not be empty.
    Required,
    /// May be empty.
    Optional,
}

/// Collects what is wrong with a request.
pub(crate) struct Fields<'a> {
    press: &'a Press,
    violations: Vec<Violation>,
    more: usize,
}

impl<'a> Fields<'a> {
    /// Starts with nothing wrong. The press says which characters its typeface has.
    pub(crate) fn new(press: &'a Press) -> Self {
        Self { press, violations: Vec::new(), more: 0 }
    }

    /// The typeface that the text is for.
    pub(crate) fn typeface(&self) -> &'a Typeface {
        self.press.typeface()
    }

    /// Ends the check.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that was found.
    pub(crate) fn finish(mut self) -> Result<(), Error> {
        if self.more > 0 {
            let text = format!("{} more fields are wrong", self.more);
            self.violations.push(Violation::new("request", "MORE_FIELDS_WRONG", text));
        }
        if self.violations.is_empty() { Ok(()) } else { Err(Error::Invalid(self.violations)) }
    }

    /// Tells one fault.
    pub(crate) fn wrong(&mut self, field: &str, reason: &'static str, text: impl Into<String>) {
        if self.violations.len() < limits::VIOLATIONS_MAX {
            self.violations.push(Violation::new(field, reason, text));
        } else {
            self.more += 1;
        }
    }

    /// Text of one line.
    pub(crate) fn line(&mut self, field: &str, value: &str, max: usize, need: Need) -> String {
        let text = self.lines(field, value, max, need);
        if text.contains('\n') {
            self.wrong(field, "TEXT_NOT_ONE_LINE", "must be one line");
        }
        text
    }

    /// Text that may hold several lines, in NFC, trimmed, with its line ends as line feeds.
    pub(crate) fn lines(&mut self, field: &str, value: &str, max: usize, need: Need) -> String {
        // Looked at before anything is allocated: NFC never makes four times as many bytes of a text.
        if value.len() > max.saturating_mul(16) {
            self.wrong(
                field,
                "TEXT_TOO_LONG",
                format!("at most {max} characters, got {} bytes", value.len()),
            );
            return String::new();
        }
        let text = tidy(value);
        if text.is_empty() {
            if need == Need::Required {
                self.wrong(field, "FIELD_EMPTY", "must not be empty");
            }
            return text;
        }
        let count = text.chars().count();
        if count > max {
            self.wrong(field, "TEXT_TOO_LONG", format!("at most {max} characters, got {count}"));
        }
        if let Some(c) = text.chars().find(|&c| c != '\n' && (c.is_control() || reorders(c))) {
            let text = format!("control character U+{:04X} is not allowed", u32::from(c));
            self.wrong(field, "CHARACTER_NOT_ALLOWED", text);
        } else if let Some(c) = text.chars().find(|&c| c != '\n' && !self.press.typeface().has(c)) {
            let text = format!("character {c:?} (U+{:04X}) cannot be printed", u32::from(c));
            self.wrong(field, "CHARACTER_NOT_PRINTABLE", text);
        }
        text
    }

    /// A list of single lines.
    pub(crate) fn list(
        &mut self,
        field: &str,
        values: &[String],
        count_max: usize,
        max: usize,
    ) -> Vec<String> {
        self.count(field, values.len(), 0, count_max);
        values
            .iter()
            .take(count_max)
            .enumerate()
            .map(|(i, value)| self.line(&format!("{field}[{i}]"), value, max, Need::Required))
            .collect()
    }

    /// How many there may be of something. Says whether it holds.
    pub(crate) fn count(&mut self, field: &str, count: usize, min: usize, max: usize) -> bool {
        let holds = (min..=max).contains(&count);
        if !holds {
            self.wrong(field, "COUNT_OUT_OF_RANGE", format!("must have {min} to {max} entries, got {count}"));
        }
        holds
    }

    /// A number within a range.
    pub(crate) fn range(&mut self, field: &str, value: i32, range: &std::ops::RangeInclusive<i32>) {
        if !range.contains(&value) {
            let text = format!("must be {} to {}, got {value}", range.start(), range.end());
            self.wrong(field, "NUMBER_OUT_OF_RANGE", text);
        }
    }

    /// A date of the calendar, if there is one.
    pub(crate) fn date(&mut self, field: &str, value: Option<&Date>, need: Need) -> Option<civil::Date> {
        let Some(date) = value else {
            if need == Need::Required {
                self.wrong(field, "FIELD_EMPTY", "must be set");
            }
            return None;
        };
        let civil = (|| {
            civil::Date::new(
                i16::try_from(date.year).ok()?,
                i8::try_from(date.month).ok()?,
                i8::try_from(date.day).ok()?,
            )
            .ok()
        })();
        match civil {
            Some(civil) if limits::DATE_YEARS.contains(&date.year) => Some(civil),
            _ => {
                self.wrong(
                    field,
                    "DATE_INVALID",
                    format!(
                        "{}-{}-{} is not a date between {} and {}",
                        date.year,
                        date.month,
                        date.day,
                        limits::DATE_YEARS.start(),
                        limits::DATE_YEARS.end()
                    ),
                );
                None
            }
        }
    }

    /// An instant as its wall clock in Viet Nam, whole seconds.
    pub(crate) fn instant(
        &mut self,
        field: &str,
        value: Option<&prost_types::Timestamp>,
    ) -> Option<civil::DateTime> {
        let Some(value) = value else {
            self.wrong(field, "FIELD_EMPTY", "must be set");
            return None;
        };
        let local = jiff::Timestamp::from_second(value.seconds)
            .ok()
            .map(|instant| jiff::tz::offset(7).to_datetime(instant))
            .filter(|local| limits::YEARS.contains(&i32::from(local.year())));
        if local.is_none() {
            self.wrong(
                field,
                "TIME_OUT_OF_RANGE",
                format!("must lie in the years {} to {}", limits::YEARS.start(), limits::YEARS.end()),
            );
        }
        local
    }
}

/// NFC, line feeds only, no tabs, without the invisible characters that word processors leave behind.
fn tidy(value: &str) -> String {
    let value = value.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}'], "\n").replace('\t', " ");
    let text: String =
        value.chars().filter(|c| !matches!(c, '\u{feff}' | '\u{200b}' | '\u{ad}')).nfc().collect();
    text.trim().to_owned()
}

/// Characters that make text read in another order than it is stored: a document must not hide what it says.
fn reorders(c: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{61c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_brought_to_nfc_without_leftovers_of_word_processors() {
        assert_eq!(
            tidy("  Tie\u{302}\u{301}p\u{200b} nha\u{323}\u{302}n\r\nvăn\tbản\u{feff} "),
            "Tiếp nhận\nvăn bản"
        );
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let press = Press::new().unwrap();
        let mut fields = Fields::new(&press);
        fields.line("a", "", 10, Need::Required);
        fields.line("b", "một\nhai", 10, Need::Required);
        fields.line("c", "dài quá", 3, Need::Optional);
        fields.line("d", "chữ 漢", 10, Need::Optional);
        fields.line("e", "đảo\u{202e}ngược", 20, Need::Optional);
        fields.date("f", Some(&Date { year: 2026, month: 2, day: 29 }), Need::Optional);
        fields.instant("g", None);
        let Err(Error::Invalid(found)) = fields.finish() else { panic!("must be refused") };
        let named: Vec<_> = found.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(named, ["a", "b", "c", "d", "e", "f", "g"]);
        assert_eq!(found[3].text, "character '漢' (U+6F22) cannot be printed");
    }

    #[test]
    fn faults_beyond_the_limit_are_counted() {
        let press = Press::new().unwrap();
        let mut fields = Fields::new(&press);
        for i in 0..limits::VIOLATIONS_MAX + 7 {
            fields.wrong(&format!("rows[{i}]"), "FIELD_EMPTY", "must be set");
        }
        let Err(Error::Invalid(found)) = fields.finish() else { panic!("must be refused") };
        assert_eq!(found.len(), limits::VIOLATIONS_MAX + 1);
        assert_eq!(found.last().unwrap().text, "7 more fields are wrong");
    }
}
