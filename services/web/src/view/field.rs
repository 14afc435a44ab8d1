//! One input of a form as a page shows it: what was typed, how sure the machine was, what is wrong with it.

use askama::filters::{Html, escape};
use proto::fault::{Fault, Violation};

use crate::form::Form;
use crate::texts::{reasons, t};

/// How sure a pre-filled value is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing to say.
    #[default]
    None,
    /// Why we are sure.
    Sure(String),
    /// The doubt in words.
    Unsure(String),
    /// A remark on an empty field.
    Remark(String),
}

/// A choice of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// What is sent.
    pub(crate) value: String,
    /// What is read.
    pub(crate) label: String,
}

/// An input.
#[derive(Debug, Clone, Default)]
pub(crate) struct Field {
    /// Id in the page.
    pub(crate) id: String,
    /// Path of the field in the command.
    pub(crate) name: String,
    /// Label.
    pub(crate) label: String,
    /// What stands in it.
    pub(crate) value: String,
    /// What is wrong with it; empty when nothing is.
    pub(crate) fault: String,
    /// Type of the input.
    pub(crate) kind: &'static str,
    /// True when something must be given.
    pub(crate) required: bool,
    /// Choices of a select.
    pub(crate) choices: Vec<Choice>,
    certainty: Mark,
    extra: Vec<(&'static str, String)>,
}

impl Field {
    /// An input for `name` with what the form holds.
    pub(crate) fn new(name: &str, label: &str, form: &Form) -> Self {
        Self {
            id: format!("f-{}", name.replace(['.', '[', ']'], "-")),
            name: name.to_owned(),
            label: label.to_owned(),
            value: form.text(name).to_owned(),
            kind: "text",
            ..Self::default()
        }
    }

    /// A day: typed as dd/MM/yyyy.
    pub(crate) fn day(name: &str, label: &str, form: &Form) -> Self {
        Self::new(name, label, form).with("inputmode", "numeric").with("placeholder", "dd/mm/yyyy")
    }

    /// A choice.
    pub(crate) fn choice<V: Into<String>, L: Into<String>>(
        name: &str,
        label: &str,
        form: &Form,
        choices: impl IntoIterator<Item = (V, L)>,
    ) -> Self {
        let choices = choices
            .into_iter()
            .map(|(value, label)| Choice { value: value.into(), label: label.into() })
            .collect();
        Self { choices, ..Self::new(name, label, form) }
    }

    /// The type of the input.
    pub(crate) fn typed(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// Something must be given. (The service checks it; the browser is not asked to, so that all faults come at once.)
    pub(crate) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// How sure the value is.
    pub(crate) fn marked(mut self, mark: Mark) -> Self {
        self.certainty = mark;
        self
    }

    /// One more attribute.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.extra.push((name, value.into()));
        self
    }

    /// Finds what is wrong with it among `faults`, under its name or one of `aliases`.
    pub(crate) fn faults(mut self, faults: &Faults, aliases: &[&str]) -> Self {
        let found =
            faults.list.iter().filter(|v| v.field == self.name || aliases.contains(&v.field.as_str()));
        self.fault = found.map(reasons::of_violation).collect::<Vec<_>>().join(" ");
        self
    }

    /// Classes beyond the usual ones.
    pub(crate) fn class(&self) -> &'static str {
        match (&self.certainty, self.fault.is_empty()) {
            (_, false) => " is-bad",
            (Mark::Unsure(_), true) => " is-unsure",
            _ => "",
        }
    }

    /// The mark of certainty, as HTML.
    pub(crate) fn mark(&self) -> String {
        let safe = |text: &str| escape(text, Html).map(|e| e.to_string()).unwrap_or_default();
        match &self.certainty {
            Mark::None => String::new(),
            Mark::Sure(text) => {
                format!(
                    "<span class=\"sure\"><span class=\"i i-check-lg\" aria-hidden=\"true\"></span> {}</span>",
                    safe(text)
                )
            }
            Mark::Unsure(text) => format!("<span class=\"unsure\" title=\"{0}\">{0}</span>", safe(text)),
            Mark::Remark(text) => format!("<span class=\"empty\">{}</span>", safe(text)),
        }
    }

    /// Attributes beyond the usual ones, as HTML.
    pub(crate) fn attributes(&self) -> String {
        let mut out = String::new();
        if !self.fault.is_empty() {
            out.push_str(&format!(" aria-invalid=\"true\" aria-describedby=\"{}-why\"", self.id));
        }
        if self.required {
            out.push_str(" aria-required=\"true\"");
        }
        for (name, value) in &self.extra {
            let value = escape(value, Html).map(|e| e.to_string()).unwrap_or_default();
            out.push_str(&format!(" {name}=\"{value}\""));
        }
        out
    }
}

/// What is wrong with a form.
#[derive(Debug, Clone, Default)]
pub(crate) struct Faults {
    list: Vec<Violation>,
}

impl Faults {
    /// Splits a fault into what stands by the fields and what stands above the form.
    ///
    /// # Errors
    /// A fault that no form can show is given back.
    pub(crate) fn of(fault: Fault, shown: &[&str]) -> Result<(Self, Option<Note>), Fault> {
        match fault {
            Fault::Invalid(list) => {
                let by_field = |v: &Violation| shown.contains(&v.field.as_str());
                let rest: Vec<String> =
                    list.iter().filter(|v| !by_field(v)).map(reasons::of_violation_with_field).collect();
                let text = if rest.is_empty() { t::view::mend_below().to_owned() } else { rest.join(" ") };
                Ok((Self { list }, Some(Note { head: t::view::not_yet().to_owned(), text, look: false })))
            }
            other => Note::of(other).map(|note| (Self::default(), Some(note))),
        }
    }
}

/// What was refused, above a form or a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    /// Two or three words.
    pub(crate) head: String,
    /// A sentence.
    pub(crate) text: String,
    /// True for what asks for a second look rather than being refused.
    pub(crate) look: bool,
}

impl Note {
    /// The words for a fault that leaves the page as it is.
    ///
    /// # Errors
    /// A fault that no page can show is given back: not there, broken, not logged in.
    pub(crate) fn of(fault: Fault) -> Result<Self, Fault> {
        match fault {
            Fault::Refused { reason, .. } | Fault::Denied { reason, .. } | Fault::Busy { reason, .. } => {
                Ok(Self {
                    head: t::view::refused().to_owned(),
                    text: reasons::sentence(reason).to_owned(),
                    look: false,
                })
            }
            Fault::Conflict { .. } => Ok(Self {
                head: t::view::conflict().to_owned(),
                text: t::view::conflict_text().to_owned(),
                look: true,
            }),
            Fault::Unavailable { reason, .. } => Ok(Self {
                head: t::view::not_saved().to_owned(),
                text: t::view::not_saved_text(reasons::sentence(reason)),
                look: false,
            }),
            other => Err(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_find_their_fields_and_the_rest_stands_above() {
        let fault = Fault::Invalid(vec![
            Violation::new("facts.subject", "REQUIRED", "subject is empty"),
            Violation::new("facts.number", "TOO_LONG", "more than 11 characters"),
            Violation::new("elsewhere", "BAD_ID", "no id"),
        ]);
        let (faults, note) = Faults::of(fault, &["facts.subject", "facts.number"]).expect("shown");
        let form = Form::parse("facts.subject=x%3Cy");
        let field = Field::new("facts.subject", "Trích yếu", &form).faults(&faults, &[]);
        assert!(!field.fault.is_empty());
        assert_eq!(field.class(), " is-bad");
        assert!(field.attributes().contains("aria-describedby=\"f-facts-subject-why\""));
        let both = Field::new("so", "Số, ký hiệu", &form).faults(&faults, &["facts.number"]);
        assert!(!both.fault.is_empty());
        assert!(note.expect("note").text.contains("elsewhere"));
    }

    #[test]
    fn what_the_machine_says_cannot_break_out_of_the_page() {
        let field = Field::new("a", "A", &Form::default())
            .marked(Mark::Unsure("<b>“x”</b>".to_owned()))
            .with("placeholder", "\"><script>");
        assert!(!field.mark().contains("<b>"));
        assert!(!field.attributes().contains("<script>"));
    }

    #[test]
    fn what_no_form_can_show_is_given_back() {
        assert!(Faults::of(Fault::unknown("in_1"), &[]).is_err());
        assert!(Faults::of(Fault::broken("x"), &[]).is_err());
        let (_, note) =
            Faults::of(Fault::Conflict { record_id: "in_1".to_owned(), version: 2 }, &[]).expect("note");
        assert!(note.expect("note").look);
    }
}
