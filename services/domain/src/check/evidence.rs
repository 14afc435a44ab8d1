//! Fields of the commands with which the signer adds long-term evidence to what was issued, and keeps what authorities say
//! of what was received.

use std::collections::BTreeSet;

use proto::record::v1::{
    AddEvidence, CheckedFile, EvidenceSource, FileEvidence, KeepEvidence, RevocationSource, SignatureLevel,
};

use super::facts;
use super::field::Fields;
use crate::id::Kind;
use crate::{limits, reasons};

pub(super) fn add_evidence(fields: &mut Fields, command: &mut AddEvidence) {
    fields.id("document_id", &command.document_id, Kind::Outgoing);
    if command.files.is_empty() {
        fields.wrong("files", reasons::REQUIRED, "must name at least one file");
    }
    let mut named = BTreeSet::new();
    fields.each("files", &mut command.files, limits::FILES, |fields, it| {
        file(fields, it);
        if !named.insert(it.base_digest.clone()) {
            fields.wrong("base_digest", reasons::TWICE, "is named already; name each file once");
        }
    });
}

fn file(fields: &mut Fields, it: &mut FileEvidence) {
    fields.digest("base_digest", &it.base_digest);
    fields.digest("digest", &it.digest);
    if it.size == 0 || it.size > limits::FILE_BYTES {
        fields.wrong("size", reasons::OUT_OF_RANGE, format!("must be 1 to {} bytes", limits::FILE_BYTES));
    }
    fields.choice::<SignatureLevel>("level", it.level);
    if it.level() == SignatureLevel::Basic {
        fields.wrong("level", reasons::NOT_ALLOWED_HERE, "every signature has it; nothing is to be told");
    }
    fields.timestamp("renew_at", it.renew_at.as_ref());
    fields.required("signatures", &mut it.signatures, facts::report);
}

pub(super) fn keep_evidence(fields: &mut Fields, command: &mut KeepEvidence) {
    fields.id("document_id", &command.document_id, Kind::Incoming);
    if command.files.is_empty() {
        fields.wrong("files", reasons::REQUIRED, "must name at least one file");
    }
    let mut named = BTreeSet::new();
    fields.each("files", &mut command.files, limits::FILES, |fields, it| {
        checked_file(fields, it);
        if !named.insert(it.digest.clone()) {
            fields.wrong("digest", reasons::TWICE, "is named already; name each file once");
        }
    });
}

fn checked_file(fields: &mut Fields, it: &mut CheckedFile) {
    fields.digest("digest", &it.digest);
    fields.digest("evidence_digest", &it.evidence_digest);
    if it.evidence_size == 0 || it.evidence_size > limits::EVIDENCE_BYTES {
        let text = format!("must be 1 to {} bytes", limits::EVIDENCE_BYTES);
        fields.wrong("evidence_size", reasons::OUT_OF_RANGE, text);
    }
    fields.required("signatures", &mut it.signatures, facts::report);
    fields.each("sources", &mut it.sources, limits::EVIDENCE_SOURCES, |fields, it: &mut EvidenceSource| {
        fields.choice::<RevocationSource>("source", it.source);
        fields.line("by", &mut it.by, limits::DISTINGUISHED_NAME);
        fields.timestamp("at", it.at.as_ref());
    });
}
