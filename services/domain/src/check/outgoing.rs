//! Fields of commands on outgoing documents.

use std::collections::BTreeSet;

use proto::record::v1::{
    ApproveDraft, AssignNumber, CheckForm, CreateDraft, DeliveryStatus, DocumentFacts, DocumentKind,
    FieldName, FieldPlace, FileRef, InitialDraft, Issue, Recall, Recipient, RecordSealed, RecordSigned,
    RecordSigningFailed, ReturnDraft, ReviewContent, ReviseDraft, SecurityMarking, SigningCapacity,
    SubmitDraft, UpdateDelivery, WithdrawDraft,
};

use super::facts;
use super::field::Fields;
use crate::id::Kind;
use crate::{limits, notation, reasons};

/// The media type of a main file.
const PDF: &str = "application/pdf";
/// The longest edge of a page in hundredths of a point: 200 inches (ISO 32000-1, C.2).
const PAGE_EDGE: i32 = 1_440_000;

pub(super) fn create_draft(fields: &mut Fields, command: &mut CreateDraft) {
    draft(fields, command);
}

pub(super) fn revise_draft(fields: &mut Fields, command: &mut ReviseDraft) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    fields.required("draft", &mut command.draft, draft);
    fields.lines("note", &mut command.note, limits::NOTE);
}

fn draft(fields: &mut Fields, draft: &mut CreateDraft) {
    fields.required("facts", &mut draft.facts, draft_facts);
    facts::files(fields, "files", &mut draft.files);
    match draft.files.first() {
        Some(main) => fields.within("files[0]", |fields| pdf(fields, main)),
        None => fields.wrong("files", reasons::REQUIRED, "must hold the main file"),
    }
    fields.optional_digest("letter_digest", &draft.letter_digest);
    fields.optional_digest("text_digest", &draft.text_digest);
    places(fields, &mut draft.places);
    fields.id("signer_id", &draft.signer_id, Kind::Person);
    fields.id("signer_position_id", &draft.signer_position_id, Kind::Position);
    let capacity = fields.choice::<SigningCapacity>("capacity", draft.capacity);
    if capacity == Some(SigningCapacity::ByAuthorization) {
        fields.id("delegation_id", &draft.delegation_id, Kind::Delegation);
    } else {
        let why = "only signing by authorization (TUQ.) rests on a delegation";
        fields.absent("delegation_id", draft.delegation_id.is_empty(), why);
    }
    let mut named = Vec::new();
    fields.each("recipients", &mut draft.recipients, limits::RECIPIENTS, |fields, it| {
        recipient(fields, it);
        if let Some(inside) = &it.inside {
            if named.contains(inside) {
                fields.wrong("inside", reasons::TWICE, "gets it already; name everybody once");
            }
            named.push(inside.clone());
        }
    });
    fields.optional_id("answers_id", &draft.answers_id, Kind::Incoming);
    fields.number("copies", draft.copies, 0, limits::COPIES);
}

fn draft_facts(fields: &mut Fields, it: &mut DocumentFacts) {
    facts::known(fields, it);
    match DocumentKind::try_from(it.kind) {
        Ok(DocumentKind::Unspecified) => fields.wrong("kind", reasons::REQUIRED, "must be chosen"),
        Ok(kind) if !notation::is_issued(kind) => {
            fields.wrong(
                "kind",
                reasons::KIND_NOT_ISSUED,
                "is received, never issued; choose one of the 29 kinds",
            );
        }
        _ => {}
    }
    if it.subject.is_empty() {
        fields.wrong("subject", reasons::REQUIRED, "must not be empty");
    }
    let why = "number and date are given by the clerk after the signature";
    fields.absent("number", it.number.is_empty(), why);
    fields.absent("issued_date", it.issued_date.is_none(), why);
    if !it.notation.is_empty()
        && let Err(error) = notation::grammar(&it.notation)
    {
        fields.wrong("notation", error.reason(), error.to_string());
    }
    // Unchosen and unknown markings were told by the facts' own check.
    if it.marking > i32::from(SecurityMarking::None) {
        fields.wrong("marking", reasons::SECRET_NOT_DRAFTED, "a state secret is not drafted in this system");
    }
}

fn recipient(fields: &mut Fields, it: &mut Recipient) {
    if let Some(inside) = &it.inside {
        fields.within("inside", |fields| facts::person_or_unit(fields, inside));
        fields.line("name", &mut it.name, limits::NAME);
        fields.absent("organ_id", it.organ_id.is_empty(), "a recipient inside has no organ id");
    } else {
        fields.required_line("name", &mut it.name, limits::NAME);
        fields.line("organ_id", &mut it.organ_id, limits::ORGAN_ID);
    }
    // The state of the sending is the rules' to set; a form may send back what it was shown.
    it.delivery = DeliveryStatus::Pending.into();
    fields.lines("note", &mut it.note, limits::NOTE);
}

fn pdf(fields: &mut Fields, file: &FileRef) {
    if file.media_type != PDF {
        fields.wrong("media_type", reasons::NOT_A_PDF, "must be application/pdf");
    }
}

fn places(fields: &mut Fields, places: &mut [FieldPlace]) {
    let mut named = BTreeSet::new();
    fields.each("places", places, FIELD_NAMES.len(), |fields, it| {
        if fields.choice::<FieldName>("name", it.name).is_some() && !named.insert(it.name) {
            fields.wrong("name", reasons::TWICE, "is placed already; place each field once");
        }
        fields.number("page", it.page, 1, limits::PAGES);
        for (name, value) in
            [("x", it.x), ("y", it.y), ("baseline", it.baseline), ("font_size", it.font_size)]
        {
            fields.number(name, value, 0, PAGE_EDGE);
        }
        for (name, value) in [("width", it.width), ("height", it.height)] {
            fields.number(name, value, 1, PAGE_EDGE);
        }
    });
}

const FIELD_NAMES: [FieldName; 4] = [FieldName::Number, FieldName::Date, FieldName::Signer, FieldName::Seal];

pub(super) fn withdraw_draft(fields: &mut Fields, command: &mut WithdrawDraft) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    fields.required_lines("reason", &mut command.reason, limits::REASON);
}

pub(super) fn submit_draft(fields: &mut Fields, command: &mut SubmitDraft) {
    said(fields, &command.document_id, &mut command.note);
}

pub(super) fn review_content(fields: &mut Fields, command: &mut ReviewContent) {
    said(fields, &command.document_id, &mut command.note);
}

pub(super) fn check_form(fields: &mut Fields, command: &mut CheckForm) {
    said(fields, &command.document_id, &mut command.note);
}

pub(super) fn initial_draft(fields: &mut Fields, command: &mut InitialDraft) {
    said(fields, &command.document_id, &mut command.note);
}

fn said(fields: &mut Fields, document_id: &str, note: &mut String) {
    fields.id("document_id", document_id, Kind::Outgoing);
    fields.lines("note", note, limits::OPINION);
}

pub(super) fn return_draft(fields: &mut Fields, command: &mut ReturnDraft) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    fields.required_lines("reason", &mut command.reason, limits::OPINION);
}

pub(super) fn approve_draft(fields: &mut Fields, command: &mut ApproveDraft) {
    said(fields, &command.document_id, &mut command.note);
    let mut pages = 0;
    fields.required("prepared", &mut command.prepared, |fields, prepared| {
        facts::file(fields, prepared);
        pdf(fields, prepared);
        pages = prepared.pages;
    });
    places(fields, &mut command.places);
    if !FIELD_NAMES.iter().all(|name| command.places.iter().any(|place| place.name == i32::from(*name))) {
        let why = "must place number, date, signature and seal, each once";
        fields.wrong("places", reasons::PLACES_INCOMPLETE, why);
    }
    if pages > 0 && command.places.iter().any(|place| place.page > pages) {
        fields.wrong(
            "places",
            reasons::OUT_OF_RANGE,
            format!("the file has {pages} pages; place the fields on them"),
        );
    }
}

pub(super) fn record_signed(fields: &mut Fields, command: &mut RecordSigned) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    fields.required("signed", &mut command.signed, |fields, signed| {
        facts::file(fields, signed);
        pdf(fields, signed);
    });
    fields.digest("base_digest", &command.base_digest);
    fields.id("certificate_id", &command.certificate_id, Kind::Certificate);
    fields.required("signatures", &mut command.signatures, facts::report);
}

pub(super) fn record_signing_failed(fields: &mut Fields, command: &RecordSigningFailed) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    fields.digest("base_digest", &command.base_digest);
    let named = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    let reason = command.reason.as_bytes();
    if reason.is_empty() {
        fields.wrong("reason", reasons::REQUIRED, "must not be empty");
    } else if reason.len() > limits::REASON_NAME_BYTES || !reason.iter().copied().all(named) {
        let why = format!("must be at most {} of A-Z, 0-9 and _", limits::REASON_NAME_BYTES);
        fields.wrong("reason", reasons::BAD_CHARACTER, why);
    }
}

pub(super) fn assign_number(fields: &mut Fields, command: &mut AssignNumber) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    fields.line("notation", &mut command.notation, limits::NOTATION);
    if !command.notation.is_empty()
        && let Err(error) = notation::grammar(&command.notation)
    {
        fields.wrong("notation", error.reason(), error.to_string());
    }
    fields.lines("suffix_reason", &mut command.suffix_reason, limits::REASON);
    fields.optional_id("reserved_entry_id", &command.reserved_entry_id, Kind::RegisterEntry);
    if command.suffix.is_empty() {
        let why = "belongs to a suffix; without one the number is the next";
        fields.absent("suffix_of", command.suffix_of == 0, why);
        fields.absent("suffix_reason", command.suffix_reason.is_empty(), why);
    } else {
        let why = "a suffix hangs on a number of its own; take a reserved one without it";
        fields.absent("reserved_entry_id", command.reserved_entry_id.is_empty(), why);
        if command.suffix_of == 0 {
            fields.wrong("suffix_of", reasons::REQUIRED, "must name the number that the suffix hangs on");
        } else if let Err(error) = notation::check_suffix(command.suffix_of, &command.suffix) {
            fields.wrong("suffix", error.reason(), error.to_string());
        }
        if command.suffix_reason.is_empty() {
            fields.wrong("suffix_reason", reasons::REQUIRED, "a suffix is an exception; say why");
        }
    }
}

pub(super) fn record_sealed(fields: &mut Fields, command: &mut RecordSealed) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    fields.required("sealed", &mut command.sealed, |fields, sealed| {
        facts::file(fields, sealed);
        pdf(fields, sealed);
    });
    fields.digest("base_digest", &command.base_digest);
    facts::files(fields, "attachments", &mut command.attachments);
    fields.id("certificate_id", &command.certificate_id, Kind::Certificate);
    fields.required("signatures", &mut command.signatures, facts::report);
}

pub(super) fn issue(fields: &mut Fields, command: &mut Issue) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
}

pub(super) fn update_delivery(fields: &mut Fields, command: &mut UpdateDelivery) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    let last = i32::try_from(limits::RECIPIENTS).unwrap_or(i32::MAX).saturating_sub(1);
    fields.number("recipient", command.recipient, 0, last);
    fields.choice::<DeliveryStatus>("delivery", command.delivery);
    fields.lines("note", &mut command.note, limits::NOTE);
}

pub(super) fn recall(fields: &mut Fields, command: &mut Recall) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    fields.required_lines("reason", &mut command.reason, limits::REASON);
}
