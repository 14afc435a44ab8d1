//! What the drafting form says, as a draft and, where it is written in a template, as a letter.

use prost::Message as _;
use proto::fault::Fault;
use proto::forms::v1::{FileStamp, RenderLetterRequest};
use proto::record::v1::{
    CreateDraft, DocumentFacts, DocumentKind, FileRef, OutgoingDocument, SecurityMarking, Urgency,
};
use proto::rpc::stream::get_file;
use serde::{Deserialize, Serialize};

use super::letter::{self, Facts};
use super::signers::Named;
use super::{pairs, recipients};
use crate::desk::Desk;
use crate::form::{Form, Upload};

/// Input of the main file.
pub(super) const MAIN: &str = "tep";
/// Input of the attachments.
pub(super) const ATTACHED: &str = "dinh-kem";
/// Hidden: files that were uploaded with a form that was not right yet.
pub(super) const HELD_MAIN: &str = "san.tep";
pub(super) const HELD: &str = "san.dinh-kem";
/// Ticked: attachments that stay.
pub(super) const KEPT: &str = "giu";
/// Largest source of a letter, in bytes.
const LETTER_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// A file that was uploaded with a form that was not right yet: it is kept already, so it need not be sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Held {
    digest: String,
    /// Its name.
    pub(super) name: String,
    media_type: String,
    size: u64,
}

impl Held {
    fn of(file: &FileRef) -> Self {
        Self {
            digest: file.digest.clone(),
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.size,
        }
    }

    fn file(self) -> FileRef {
        let Self { digest, name, media_type, size } = self;
        FileRef { digest, name, media_type, size, pages: 0 }
    }

    /// As a hidden input holds it.
    pub(super) fn value(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a hidden input says.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// What was sent.
pub(super) struct Sent {
    /// The fields, with what is held for the next try.
    pub(super) form: Form,
    /// True when it is written in a template.
    pub(super) by_template: bool,
    main: Option<FileRef>,
    attached: Vec<FileRef>,
}

impl Sent {
    /// Reads an upload: new files, and those held from a try before.
    pub(super) fn of(upload: Upload) -> Self {
        let Upload { form, files } = upload;
        let by_template = form.text("cach") == "mau";
        let mut main = form.all(HELD_MAIN).filter_map(Held::read).map(Held::file).next();
        let mut attached: Vec<FileRef> = form.all(HELD).filter_map(Held::read).map(Held::file).collect();
        for (input, file) in files {
            if input == MAIN {
                main = Some(file);
            } else {
                attached.push(file);
            }
        }
        Self { form, by_template, main, attached }
    }

    /// The main file that was uploaded, for the next try.
    pub(super) fn held_main(&self) -> Option<Held> {
        self.main.as_ref().map(Held::of)
    }

    /// The attachments that were uploaded, for the next try.
    pub(super) fn held(&self) -> Vec<Held> {
        self.attached.iter().map(Held::of).collect()
    }

    /// The files of the draft: main file first where there is one.
    fn files(&self, before: Option<&OutgoingDocument>) -> Vec<FileRef> {
        let old = before.map(|d| d.files.as_slice()).unwrap_or_default();
        let mut files = Vec::new();
        if !self.by_template {
            // The pages of a new file are counted, and what it is is seen, where it is looked into.
            let new = self.main.clone().map(|file| FileRef { media_type: String::new(), ..file });
            files.extend(new.or_else(|| old.first().cloned()));
        }
        files.extend(old.iter().skip(1).filter(|f| self.form.all(KEPT).any(|d| d == f.digest)).cloned());
        files.extend(self.attached.iter().cloned());
        files
    }

    /// The draft and its letter. `before` is what it revises, with the source of its letter.
    pub(super) fn draft(
        &mut self,
        desk: &Desk,
        before: Option<(&str, &OutgoingDocument, Option<&RenderLetterRequest>)>,
    ) -> (CreateDraft, Option<RenderLetterRequest>) {
        let copies = self.form.int("copies");
        let document = before.map(|(_, document, _)| document);
        let form = &self.form;
        let kind = kind_of(form);
        let urgency = urgency_of(form);
        let signer = Named::read(form.text("signer"), desk);
        let unit_id = document.map_or(desk.position.unit_id.as_str(), |d| d.unit_id.as_str());
        let unit = desk.roll.all_units().iter().find(|(id, _)| id == unit_id);
        let unit_abbreviation = unit.map(|(_, u)| u.abbreviation.clone()).unwrap_or_default();
        let typed = form.text("facts.notation");
        let notation = if typed.is_empty() && self.by_template {
            // The letter prints it, so it is settled now.
            domain::notation::default_notation(kind, &desk.roll.agency.abbreviation, &unit_abbreviation)
                .map(|n| n.as_str().to_owned())
                .unwrap_or_default()
        } else {
            typed.to_owned()
        };
        let recipients = recipients::read(form);
        let old_facts = document.and_then(|d| d.facts.clone()).unwrap_or_default();
        let draft = CreateDraft {
            facts: Some(DocumentFacts {
                kind: kind.into(),
                notation: notation.clone(),
                subject: form.text("facts.subject").to_owned(),
                note: form.text("facts.note").to_owned(),
                urgency: urgency.into(),
                marking: SecurityMarking::None.into(),
                language: old_facts.language,
                ..DocumentFacts::default()
            }),
            files: self.files(document),
            letter_digest: String::new(),
            places: match document {
                // A file that stays keeps the places that were found on it.
                Some(d) if !self.by_template && self.main.is_none() => d.places.clone(),
                _ => Vec::new(),
            },
            signer_id: signer.person_id.clone(),
            signer_position_id: signer.position_id.clone(),
            capacity: signer.capacity.into(),
            delegation_id: signer.delegation_id.clone(),
            recipients,
            answers_id: form.text("answers_id").to_owned(),
            copies,
            // The text of a new file is read by the service that looks into it; that of one that stays is known.
            text_digest: match document {
                Some(d) if !self.by_template && self.main.is_none() => d.text_digest.clone(),
                _ => String::new(),
            },
        };
        if !self.by_template {
            return (draft, None);
        }
        let ident = before.map_or_else(
            || form.text("ma").to_owned(),
            |(id, d, _)| format!("{id} #{}", d.version_count.saturating_add(1)),
        );
        let stamp = FileStamp {
            ident,
            rendered_at: Some(domain::calendar::timestamp(desk.app.now())),
            demo: desk.app.settings.demo,
        };
        let facts = Facts {
            kind,
            notation: &notation,
            signer: &signer,
            urgency,
            recipients: &draft.recipients,
            unit_abbreviation: &unit_abbreviation,
            stamp,
        };
        let mut letter = letter::build(desk, &self.form, &facts);
        // The same words make the same file: looking at it again is no new version.
        if let Some((_, _, Some(kept))) = before {
            let same = RenderLetterRequest { stamp: kept.stamp.clone(), ..letter.clone() };
            if same == *kept {
                letter = same;
            }
        }
        (draft, Some(letter))
    }
}

/// The kind that the form names.
pub(super) fn kind_of(form: &Form) -> DocumentKind {
    form.text("facts.kind")
        .parse::<i32>()
        .ok()
        .and_then(|k| DocumentKind::try_from(k).ok())
        .unwrap_or_default()
}

/// The urgency that the form names; Thường when it names none.
fn urgency_of(form: &Form) -> Urgency {
    let typed = form.text("facts.urgency").parse::<i32>().ok().and_then(|u| Urgency::try_from(u).ok());
    typed.filter(|u| *u != Urgency::Unspecified).unwrap_or(Urgency::Normal)
}

/// The source of a draft's letter; nothing for an uploaded file.
///
/// # Errors
/// The archive's fault; [`Fault::Broken`] when the source is none.
pub(super) async fn kept_letter(
    desk: &Desk,
    id: &str,
    document: &OutgoingDocument,
) -> Result<Option<RenderLetterRequest>, Fault> {
    if document.letter_digest.is_empty() {
        return Ok(None);
    }
    let calls = desk.calls();
    let mut archive = calls.office.archive.clone();
    let bytes =
        get_file(&mut archive, &calls.identity, &document.letter_digest, id, LETTER_BYTES_MAX).await?;
    RenderLetterRequest::decode(bytes).map(Some).map_err(Fault::broken)
}

/// The form of a draft that is there.
pub(super) fn prefilled(
    document: &OutgoingDocument,
    letter: Option<&RenderLetterRequest>,
    version: u64,
) -> Form {
    let facts = document.facts.clone().unwrap_or_default();
    let mut fields: Vec<(&str, String)> = vec![
        ("cach", if letter.is_some() { "mau" } else { "tep" }.to_owned()),
        ("facts.kind", facts.kind.to_string()),
        ("facts.subject", facts.subject),
        ("facts.notation", facts.notation),
        ("facts.urgency", facts.urgency.to_string()),
        ("facts.note", facts.note),
        ("signer", Named::of(document).value()),
        ("answers_id", document.answers_id.clone()),
        ("copies", if document.copies > 0 { document.copies.to_string() } else { String::new() }),
        ("version", version.to_string()),
    ];
    fields.extend(document.files.iter().skip(1).map(|f| (KEPT, f.digest.clone())));
    fields.extend(recipients::prefill(&document.recipients));
    fields.extend(letter.map(letter::prefill).unwrap_or_default());
    pairs::form(fields)
}

/// Names the inputs of the form for what the services call otherwise.
pub(super) fn own_names(fault: Fault) -> Fault {
    match fault {
        Fault::Invalid(mut list) => {
            for violation in &mut list {
                let field = violation.field.strip_prefix("draft.").unwrap_or(&violation.field);
                violation.field = input_of(field).to_owned();
            }
            let mut seen: Vec<(String, &'static str)> = Vec::new();
            // Ten wrong lines of one field are told once.
            list.retain(|v| {
                let key = (v.field.clone(), v.reason);
                let new = !seen.contains(&key);
                seen.push(key);
                new
            });
            Fault::Invalid(list)
        }
        other => other,
    }
}

fn input_of(field: &str) -> &str {
    let head = field.split(['[', '.']).next().unwrap_or_default();
    match (head, field) {
        ("files", _) if field == "files" || field.starts_with("files[0]") => MAIN,
        ("files", _) => ATTACHED,
        ("recipients", _) => recipients::OUTSIDE,
        ("signer_id" | "signer_position_id" | "capacity" | "delegation_id" | "signature", _) => "signer",
        ("addressees" | "grounds" | "body" | "copies_to" | "appendices", _) => head,
        ("subject", _) => "facts.subject",
        ("notation", _) => "facts.notation",
        ("kind" | "kind_name", _) => "facts.kind",
        (_, "facts.kind_name") => "facts.kind",
        _ => field,
    }
}

#[cfg(test)]
mod tests {
    use proto::fault::Violation;
    use proto::forms::v1::Paragraph;

    use super::*;

    #[test]
    fn what_services_call_otherwise_finds_its_input_and_is_told_once() {
        let wrong = |field: &str, reason| Violation::new(field, reason, "x");
        let fault = own_names(Fault::Invalid(vec![
            wrong("draft.facts.subject", "REQUIRED"),
            wrong("body[0].text", "TEXT_TOO_LONG"),
            wrong("body[7].text", "TEXT_TOO_LONG"),
            wrong("signature.full_name", "FIELD_EMPTY"),
            wrong("draft.recipients[3].name", "TOO_LONG"),
            wrong("files[0].media_type", "NOT_A_PDF"),
            wrong("files[2].name", "TOO_LONG"),
            wrong("answers_id", "NOT_ANSWERABLE"),
        ]));
        let Fault::Invalid(list) = fault else { panic!("stays invalid") };
        let fields: Vec<_> = list.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(
            fields,
            ["facts.subject", "body", "signer", "nhan.ngoai", "tep", "dinh-kem", "answers_id"]
        );
    }

    #[test]
    fn a_draft_fills_the_form_with_all_that_was_typed() {
        let document = OutgoingDocument {
            facts: Some(DocumentFacts {
                kind: DocumentKind::Notice.into(),
                subject: "Về việc nghỉ lễ".to_owned(),
                urgency: Urgency::Urgent.into(),
                ..DocumentFacts::default()
            }),
            files: vec![
                FileRef { digest: "a".repeat(64), ..FileRef::default() },
                FileRef { digest: "b".repeat(64), ..FileRef::default() },
            ],
            copies: 12,
            ..OutgoingDocument::default()
        };
        let letter = RenderLetterRequest {
            body: vec![Paragraph { style: 0, text: "Đoạn một.".to_owned() }],
            ..RenderLetterRequest::default()
        };
        let form = prefilled(&document, Some(&letter), 41);
        assert_eq!(kind_of(&form), DocumentKind::Notice);
        assert_eq!(urgency_of(&form), Urgency::Urgent);
        assert_eq!((form.text("cach"), form.text("body"), form.text("version")), ("mau", "Đoạn một.", "41"));
        assert_eq!(form.all(KEPT).collect::<Vec<_>>(), ["b".repeat(64)]);
    }

    #[test]
    fn files_of_a_form_that_was_not_right_are_held_and_need_not_be_sent_again() {
        let file = FileRef {
            digest: "c".repeat(64),
            name: "phụ lục \"1\".pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            size: 9,
            pages: 0,
        };
        let held = Held::of(&file);
        assert_eq!(Held::read(&held.value()).map(Held::file), Some(file.clone()));
        assert_eq!(Held::read("{}"), None);
        let form = pairs::form([(HELD, held.value()), (HELD_MAIN, held.value()), ("cach", "tep".to_owned())]);
        let sent = Sent::of(Upload { form, files: Vec::new() });
        assert_eq!(sent.files(None).len(), 2);
        assert_eq!(sent.held_main().map(|h| h.name), Some(file.name));
    }
}
