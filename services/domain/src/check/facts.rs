//! The metadata that incoming and outgoing documents share, files, principals, reports of signatures.

use proto::record::v1::principal::Who;
use proto::record::v1::{
    ChangesAfter, Coverage, DocumentFacts, DocumentKind, FileRef, FileRevision, Finding, Principal,
    RevisionChange, Revocation, SecurityMarking, SignatureReport, SignatureResult, Suggestion, Urgency,
    Verdict,
};

use super::field::Fields;
use crate::id::Kind;
use crate::{limits, reasons};

/// Metadata as far as they are known: what is there must be right; urgency and marking must be chosen.
pub(super) fn known(fields: &mut Fields, facts: &mut DocumentFacts) {
    let kind = fields.optional_choice::<DocumentKind>("kind", facts.kind);
    fields.line("kind_name", &mut facts.kind_name, limits::KIND_NAME);
    if kind.is_some_and(|kind| kind != DocumentKind::Other) {
        fields.absent("kind_name", facts.kind_name.is_empty(), "only a kind that is OTHER is named in words");
    }
    fields.line("number", &mut facts.number, limits::NUMBER);
    fields.line("notation", &mut facts.notation, limits::NOTATION);
    fields.date("issued_date", facts.issued_date);
    fields.line("issuer", &mut facts.issuer, limits::NAME);
    fields.line("subject", &mut facts.subject, limits::SUBJECT);
    fields.line("language", &mut facts.language, limits::LANGUAGE);
    fields.number("pages", facts.pages, 0, limits::PAGES);
    fields.lines("note", &mut facts.note, limits::NOTE);
    if let Some(signer) = &mut facts.signer {
        fields.within("signer", |fields| {
            fields.line("position", &mut signer.position, limits::TITLE);
            fields.line("full_name", &mut signer.full_name, limits::FULL_NAME);
        });
    }
    fields.choice::<Urgency>("urgency", facts.urgency);
    fields.choice::<SecurityMarking>("marking", facts.marking);
    fields.date("reply_due", facts.reply_due);
}

/// Metadata as they stand in a register: as [`known`], and kind, issuer and subject are given. A secret document's
/// subject may be left out.
pub(super) fn confirmed(fields: &mut Fields, facts: &mut DocumentFacts) {
    known(fields, facts);
    if facts.kind == 0 {
        fields.wrong("kind", reasons::REQUIRED, "must be chosen");
    }
    if facts.kind == i32::from(DocumentKind::Other) && facts.kind_name.is_empty() {
        fields.wrong("kind_name", reasons::REQUIRED, "must name the kind that is OTHER");
    }
    if facts.issuer.is_empty() {
        fields.wrong("issuer", reasons::REQUIRED, "must not be empty");
    }
    if facts.subject.is_empty() && !is_secret(facts) {
        fields.wrong("subject", reasons::REQUIRED, "must not be empty");
    }
}

/// True when the marking is one of secrecy.
pub(crate) fn is_secret(facts: &DocumentFacts) -> bool {
    !matches!(
        SecurityMarking::try_from(facts.marking),
        Ok(SecurityMarking::None | SecurityMarking::Unspecified)
    )
}

/// The files of a document, main file first.
pub(super) fn files(fields: &mut Fields, name: &str, files: &mut [FileRef]) {
    fields.each(name, files, limits::FILES, file);
}

/// One file.
pub(super) fn file(fields: &mut Fields, file: &mut FileRef) {
    fields.digest("digest", &file.digest);
    fields.required_line("name", &mut file.name, limits::FILE_NAME_BYTES);
    if file.name.len() > limits::FILE_NAME_BYTES {
        let most = limits::FILE_NAME_BYTES;
        fields.wrong("name", reasons::TOO_LONG, format!("has {} bytes; at most {most}", file.name.len()));
    }
    if file.name.contains(['/', '\\']) || file.name == "." || file.name == ".." {
        fields.wrong("name", reasons::BAD_FORMAT, "must be a name without a path");
    }
    let media = file.media_type.split_once('/').is_some_and(|(kind, rest)| {
        let token = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
        };
        token(kind) && token(rest)
    });
    if !media || file.media_type.len() > limits::MEDIA_TYPE_BYTES {
        fields.wrong("media_type", reasons::BAD_FORMAT, "must be a media type such as application/pdf");
    }
    if file.size == 0 || file.size > limits::FILE_BYTES {
        fields.wrong("size", reasons::OUT_OF_RANGE, format!("must be 1 to {} bytes", limits::FILE_BYTES));
    }
    fields.number("pages", file.pages, 0, limits::PAGES);
}

/// A person or a unit; a role is nobody's work.
pub(super) fn person_or_unit(fields: &mut Fields, principal: &Principal) {
    match &principal.who {
        Some(Who::PersonId(id)) => fields.id("person_id", id, Kind::Person),
        Some(Who::UnitId(id)) => fields.id("unit_id", id, Kind::Unit),
        Some(Who::Role(_)) => {
            fields.wrong("role", reasons::NOT_ALLOWED_HERE, "must be a person or a unit, not a role");
        }
        None => fields.wrong("", reasons::REQUIRED, "must name a person or a unit"),
    }
}

/// What the machine read.
pub(super) fn suggestion(fields: &mut Fields, suggestion: &mut Suggestion) {
    code(fields, "field", &suggestion.field);
    fields.lines("value", &mut suggestion.value, limits::TO_PLACES);
    fields.number("certainty", suggestion.certainty, 0, 100);
    code(fields, "basis", &suggestion.basis);
}

/// A report on the signatures of a file.
pub(super) fn report(fields: &mut Fields, report: &mut SignatureReport) {
    fields.choice::<Verdict>("verdict", report.verdict);
    fields.timestamp("checked_at", report.checked_at.as_ref());
    fields.each("signatures", &mut report.signatures, limits::SIGNATURES, signature);
    fields.each("findings", &mut report.findings, limits::FINDINGS, finding);
    fields.each("revisions", &mut report.revisions, limits::REVISIONS, |fields, it: &mut FileRevision| {
        fields.number("number", it.number, 1, i32::MAX);
        fields.each("signed_by", &mut it.signed_by, limits::SIGNATURES, |fields, name: &mut String| {
            fields.line("name", name, limits::DISTINGUISHED_NAME);
        });
    });
}

fn signature(fields: &mut Fields, it: &mut SignatureResult) {
    fields.choice::<Verdict>("verdict", it.verdict);
    fields.optional_choice::<Revocation>("revocation", it.revocation);
    fields.optional_choice::<Coverage>("covers", it.covers);
    fields.optional_choice::<ChangesAfter>("changes_after", it.changes_after);
    fields.line("field", &mut it.field, limits::DISTINGUISHED_NAME);
    fields.line("signer", &mut it.signer, limits::DISTINGUISHED_NAME);
    fields.line("issuer", &mut it.issuer, limits::DISTINGUISHED_NAME);
    fields.line("organization", &mut it.organization, limits::DISTINGUISHED_NAME);
    fields.line("certificate_serial", &mut it.certificate_serial, limits::DISTINGUISHED_NAME);
    fields.optional_digest("certificate_sha256", &it.certificate_sha256);
    fields.timestamp("signed_at", it.signed_at.as_ref());
    fields.timestamp("certificate_from", it.certificate_from.as_ref());
    fields.timestamp("certificate_to", it.certificate_to.as_ref());
    fields.each("reasons", &mut it.reasons, limits::FINDINGS, finding);
    fields.each("warnings", &mut it.warnings, limits::FINDINGS, finding);
    fields.each("changes", &mut it.changes, limits::FINDINGS, |fields, it: &mut RevisionChange| {
        code(fields, "code", &it.code);
        fields.lines("text", &mut it.text, limits::FINDING_TEXT);
    });
    fields.line("indication", &mut it.indication, limits::CODE_BYTES);
    fields.line("subindication", &mut it.subindication, limits::CODE_BYTES);
}

fn finding(fields: &mut Fields, finding: &mut Finding) {
    code(fields, "code", &finding.code);
    fields.lines("text", &mut finding.text, limits::FINDING_TEXT);
}

/// A stable code: lower-case letters, digits and underscores.
fn code(fields: &mut Fields, name: &str, value: &str) {
    let good = !value.is_empty()
        && value.len() <= limits::CODE_BYTES
        && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.".contains(&b));
    if !good {
        fields.wrong(name, reasons::BAD_FORMAT, "must be a lower-case code with underscores");
    }
}
