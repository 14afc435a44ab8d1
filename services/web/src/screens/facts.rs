//! The metadata of a document as a form: inputs named as the fields of `DocumentFacts`, both ways.

use proto::record::v1::{DocumentFacts, DocumentKind, SecurityMarking, SignerInfo, Suggestion, Urgency};

use crate::form::Form;
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::field::{Faults, Field, Mark};

/// Certainty from which a value that the machine read is called sure.
const SURE: i32 = 85;

/// Markings that a secret document may have, lowest first.
pub(crate) const MARKINGS: [SecurityMarking; 3] =
    [SecurityMarking::Secret, SecurityMarking::TopSecret, SecurityMarking::AbsoluteSecret];

/// Every input of this form, for telling faults by the fields from others.
pub(crate) const SHOWN: [&str; 15] = [
    "facts.kind",
    "facts.kind_name",
    "facts.number",
    "facts.notation",
    "facts.issued_date",
    "facts.issuer",
    "facts.subject",
    "facts.pages",
    "facts.note",
    "facts.signer.position",
    "facts.signer.full_name",
    "facts.urgency",
    "facts.marking",
    "facts.reply_due",
    "facts.language",
];

/// A form with what the record says; where it says nothing, with what the machine read.
pub(crate) fn filled(facts: &DocumentFacts, suggestions: &[Suggestion]) -> Form {
    let read = |field: &str| suggestions.iter().find(|s| s.field == field).map(|s| s.value.clone());
    let or = |said: &str, field: &str| {
        if said.is_empty() { read(field).unwrap_or_default() } else { said.to_owned() }
    };
    let kind = match facts.kind() {
        DocumentKind::Unspecified => {
            read("kind").and_then(|v| kind_of(&v)).unwrap_or(DocumentKind::Unspecified)
        }
        kind => kind,
    };
    let urgency = match facts.urgency() {
        Urgency::Unspecified | Urgency::Normal => {
            read("urgency").and_then(|v| v.parse().ok()).and_then(|n: i32| Urgency::try_from(n).ok())
        }
        urgency => Some(urgency),
    };
    let date = |said: Option<&proto::record::v1::Date>, field: &str| {
        let read = || read(field).and_then(|v| day::parse(&v));
        day::full(said.copied().or_else(read).as_ref())
    };
    let (number, notation) = (or(&facts.number, "number"), or(&facts.notation, "notation"));
    let joined = if number.is_empty() || notation.is_empty() {
        number + &notation
    } else {
        format!("{number}/{notation}")
    };
    let signer = facts.signer.clone().unwrap_or_default();
    Form::with([
        ("facts.kind", (kind as i32).to_string()),
        ("facts.kind_name", facts.kind_name.clone()),
        ("facts.notation", joined),
        ("facts.issued_date", date(facts.issued_date.as_ref(), "issued_date")),
        ("facts.issuer", or(&facts.issuer, "issuer")),
        ("facts.subject", or(&facts.subject, "subject")),
        (
            "facts.pages",
            if facts.pages > 0 { facts.pages.to_string() } else { read("pages").unwrap_or_default() },
        ),
        ("facts.note", facts.note.clone()),
        ("facts.signer.position", or(&signer.position, "signer.position")),
        ("facts.signer.full_name", or(&signer.full_name, "signer.full_name")),
        ("facts.urgency", (urgency.unwrap_or(Urgency::Normal) as i32).to_string()),
        ("facts.marking", (facts.marking().max(SecurityMarking::None) as i32).to_string()),
        ("facts.reply_due", date(facts.reply_due.as_ref(), "reply_due")),
        ("facts.language", facts.language.clone()),
    ])
}

/// The words for a marking; empty without one.
pub(crate) fn marking(marking: SecurityMarking) -> &'static str {
    match marking {
        SecurityMarking::Unspecified | SecurityMarking::None => "",
        SecurityMarking::Secret => t::facts::secret(),
        SecurityMarking::TopSecret => t::facts::top_secret(),
        SecurityMarking::AbsoluteSecret => t::facts::absolute_secret(),
    }
}

/// A kind as the machine writes it: the number of the enum, or a name.
fn kind_of(text: &str) -> Option<DocumentKind> {
    text.parse::<i32>().ok().and_then(|n| DocumentKind::try_from(n).ok()).or_else(|| terms::kind_named(text))
}

/// What the form says; what it does not ask for stays as it was `before`. What is typed wrong is noted in the form.
pub(crate) fn read(form: &mut Form, before: &DocumentFacts) -> DocumentFacts {
    let issued_date = form.date("facts.issued_date");
    let reply_due = form.date("facts.reply_due");
    let pages = form.int("facts.pages");
    let (number, notation) = split(form.text("facts.notation"));
    let text = |name: &str| form.text(name).to_owned();
    let choice = |name: &str| form.text(name).parse::<i32>().unwrap_or(0);
    let asks = |name: &str| form.all(name).next().is_some();
    let signer =
        SignerInfo { position: text("facts.signer.position"), full_name: text("facts.signer.full_name") };
    DocumentFacts {
        kind: choice("facts.kind"),
        number,
        notation,
        issued_date,
        issuer: text("facts.issuer"),
        subject: text("facts.subject"),
        language: if asks("facts.language") { text("facts.language") } else { before.language.clone() },
        pages,
        note: text("facts.note"),
        signer: (signer != SignerInfo::default()).then_some(signer),
        urgency: choice("facts.urgency").max(Urgency::Normal as i32),
        marking: if asks("facts.marking") { choice("facts.marking") } else { before.marking }
            .max(SecurityMarking::None as i32),
        reply_due,
        kind_name: text("facts.kind_name"),
    }
}

/// `6127/BNV-VTLTNN` into number and notation: before the first slash stands the number, if it begins with a digit.
pub(crate) fn split(text: &str) -> (String, String) {
    let begins_with_digit = text.chars().next().is_some_and(|c| c.is_ascii_digit());
    match text.split_once('/') {
        Some((number, notation)) if begins_with_digit => {
            (number.trim().to_owned(), notation.trim().to_owned())
        }
        None if begins_with_digit => (text.trim().to_owned(), String::new()),
        _ => (String::new(), text.trim().trim_start_matches('/').to_owned()),
    }
}

/// The inputs, with their marks of certainty and their faults.
pub(crate) struct Inputs {
    pub(crate) issuer: Field,
    pub(crate) notation: Field,
    pub(crate) kind: Field,
    pub(crate) kind_name: Field,
    pub(crate) issued_date: Field,
    pub(crate) urgency: Field,
    pub(crate) marking: Field,
    pub(crate) subject: Field,
    pub(crate) reply_due: Field,
    pub(crate) pages: Field,
    pub(crate) signer_name: Field,
    pub(crate) signer_position: Field,
    pub(crate) note: Field,
    /// Values of which the machine is sure.
    pub(crate) sure: usize,
    /// Values that the clerk should look at.
    pub(crate) unsure: usize,
}

/// Makes the inputs.
pub(crate) fn inputs(form: &Form, suggestions: &[Suggestion], faults: &Faults) -> Inputs {
    let marks: Vec<(String, Mark)> = suggestions.iter().map(|s| (s.field.clone(), mark(s))).collect();
    let marked = |field: Field, name: &str| {
        let found = marks.iter().find(|(f, _)| f == name).map(|(_, m)| m.clone());
        // What the clerk has typed over is the clerk's, not the machine's.
        let value = suggestions.iter().find(|s| s.field == name).map(|s| shown(s, name));
        let untouched =
            value.is_some_and(|v| field.value == v || (name == "notation" && field.value.ends_with(&v)));
        match found {
            Some(mark) if untouched => field.marked(mark),
            _ => field,
        }
    };
    let kinds = std::iter::once(("0".to_owned(), t::facts::choose_kind().to_owned()))
        .chain(terms::kinds().map(|(k, name)| ((k as i32).to_string(), name.to_owned())));
    let urgencies = terms::urgencies().map(|(u, name)| ((u as i32).to_string(), name.to_owned()));
    let markings = MARKINGS.map(|m| ((m as i32).to_string(), marking(m)));
    let made = Inputs {
        issuer: marked(Field::new("facts.issuer", t::facts::issuer(), form).required(), "issuer")
            .faults(faults, &[]),
        notation: marked(
            Field::new("facts.notation", t::facts::notation(), form).with("placeholder", "6127/BNV-VTLTNN"),
            "notation",
        )
        .faults(faults, &["facts.number"]),
        kind: marked(Field::choice("facts.kind", t::facts::kind(), form, kinds).required(), "kind")
            .faults(faults, &[]),
        kind_name: Field::new("facts.kind_name", t::facts::kind_name(), form).faults(faults, &[]),
        issued_date: marked(Field::day("facts.issued_date", t::facts::issued_date(), form), "issued_date")
            .faults(faults, &[]),
        urgency: marked(Field::choice("facts.urgency", t::facts::urgency(), form, urgencies), "urgency")
            .faults(faults, &[]),
        marking: Field::choice("facts.marking", t::facts::marking(), form, markings).faults(faults, &[]),
        subject: marked(Field::new("facts.subject", t::facts::subject(), form).required(), "subject")
            .faults(faults, &[]),
        reply_due: marked(Field::day("facts.reply_due", t::facts::reply_due(), form), "reply_due")
            .faults(faults, &[]),
        pages: marked(
            Field::new("facts.pages", t::facts::pages(), form).with("inputmode", "numeric"),
            "pages",
        )
        .faults(faults, &[]),
        signer_name: marked(
            Field::new("facts.signer.full_name", t::facts::signer_name(), form),
            "signer.full_name",
        )
        .faults(faults, &[]),
        signer_position: marked(
            Field::new("facts.signer.position", t::facts::signer_position(), form),
            "signer.position",
        )
        .faults(faults, &[]),
        note: Field::new("facts.note", t::facts::note(), form).faults(faults, &[]),
        sure: 0,
        unsure: 0,
    };
    let count = |wanted: fn(&Suggestion) -> bool| {
        suggestions.iter().filter(|s| s.field != "number" && wanted(s)).count()
    };
    Inputs { sure: count(|s| s.certainty >= SURE), unsure: count(|s| s.certainty < SURE), ..made }
}

/// What the form shows for a suggestion.
fn shown(suggestion: &Suggestion, name: &str) -> String {
    match name {
        "issued_date" | "reply_due" => {
            day::parse(&suggestion.value).map(|d| day::full(Some(&d))).unwrap_or_default()
        }
        "kind" => kind_of(&suggestion.value).map(|k| (k as i32).to_string()).unwrap_or_default(),
        _ => suggestion.value.clone(),
    }
}

fn mark(suggestion: &Suggestion) -> Mark {
    let why = match suggestion.basis.as_str() {
        "directory_match" => t::facts::sure_directory(),
        "signature" => t::facts::sure_signature(),
        "name_and_notation" => t::facts::sure_name(),
        "stamp" => t::facts::sure_stamp(),
        "counted" => t::facts::sure_counted(),
        _ => t::facts::sure(),
    };
    if suggestion.certainty >= SURE {
        return Mark::Sure(why.to_owned());
    }
    let doubt = match suggestion.basis.as_str() {
        "disagrees_with_notation" | "disagrees_with_kind" => t::facts::unsure_disagrees(),
        "notation" => t::facts::unsure_notation(),
        "ocr" => t::facts::unsure_scan(),
        _ => t::facts::unsure_read(),
    };
    Mark::Unsure(doubt.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(field: &str, value: &str, certainty: i32) -> Suggestion {
        Suggestion {
            field: field.to_owned(),
            value: value.to_owned(),
            certainty,
            basis: "pattern".to_owned(),
        }
    }

    #[test]
    fn number_and_notation_part_at_the_first_slash() {
        let split = |t: &str| split(t);
        assert_eq!(split("6127/BNV-VTLTNN"), ("6127".to_owned(), "BNV-VTLTNN".to_owned()));
        assert_eq!(split("30/2020/NĐ-CP"), ("30".to_owned(), "2020/NĐ-CP".to_owned()));
        assert_eq!(split("15a"), ("15a".to_owned(), String::new()));
        assert_eq!(split("BNV-VP"), (String::new(), "BNV-VP".to_owned()));
        assert_eq!(split(""), (String::new(), String::new()));
    }

    #[test]
    fn what_the_machine_read_fills_the_form_and_comes_back_as_facts() {
        let suggestions = [
            suggestion("number", "6127", 95),
            suggestion("notation", "BNV-VTLTNN", 90),
            suggestion("issued_date", "2026-11-16", 90),
            suggestion("kind", &(DocumentKind::Letter as i32).to_string(), 80),
            suggestion("subject", "rà soát hồ sơ", 75),
            suggestion("urgency", "4", 85),
        ];
        let mut form = filled(&DocumentFacts::default(), &suggestions);
        let inputs = inputs(&form, &suggestions, &Faults::default());
        assert_eq!((inputs.sure, inputs.unsure), (3, 2));
        assert_eq!(inputs.subject.class(), " is-unsure");
        assert_eq!(inputs.notation.class(), "");
        let facts = read(&mut form, &DocumentFacts::default());
        assert!(form.checked().is_ok());
        assert_eq!((facts.number.as_str(), facts.notation.as_str()), ("6127", "BNV-VTLTNN"));
        assert_eq!(facts.kind(), DocumentKind::Letter);
        assert_eq!(facts.urgency(), Urgency::Express);
        assert_eq!(facts.issued_date.map(|d| (d.year, d.month, d.day)), Some((2026, 11, 16)));
    }

    #[test]
    fn what_a_form_does_not_ask_for_stays_as_it_was() {
        let before = DocumentFacts {
            language: "Tiếng Anh".to_owned(),
            marking: SecurityMarking::Secret as i32,
            note: "cũ".to_owned(),
            ..DocumentFacts::default()
        };
        let facts = read(&mut Form::parse("facts.subject=x"), &before);
        assert_eq!((facts.language.as_str(), facts.marking()), ("Tiếng Anh", SecurityMarking::Secret));
        assert_eq!(
            read(&mut Form::parse("facts.marking=1&facts.language="), &before).marking(),
            SecurityMarking::None
        );
        assert_eq!(facts.note, "");
    }

    #[test]
    fn what_the_record_says_is_stronger_than_what_the_machine_read() {
        let facts = DocumentFacts { subject: "của văn thư".to_owned(), ..DocumentFacts::default() };
        let suggestions = [suggestion("subject", "của máy", 75)];
        let form = filled(&facts, &suggestions);
        assert_eq!(form.text("facts.subject"), "của văn thư");
        assert_eq!(inputs(&form, &suggestions, &Faults::default()).subject.class(), "");
    }
}
