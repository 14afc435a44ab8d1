//! Fields of commands of intake.

use proto::record::v1::{
    Channel, CorrectIncoming, DocumentFacts, ReceiveIncoming, RegisterIncoming, ReleaseNumber, ReserveNumber,
    ReturnIncoming, VoidNumber,
};

use super::facts;
use super::field::Fields;
use crate::id::Kind;
use crate::{limits, reasons};

pub(super) fn receive_incoming(fields: &mut Fields, command: &mut ReceiveIncoming) {
    fields.required("facts", &mut command.facts, facts::known);
    facts::files(fields, "files", &mut command.files);
    let channel = fields.choice::<Channel>("channel", command.channel);
    fields.date("arrival_date", command.arrival_date);
    if let Some(report) = &mut command.signatures {
        fields.within("signatures", |fields| facts::report(fields, report));
    }
    fields.each("suggestions", &mut command.suggestions, limits::SUGGESTIONS, facts::suggestion);
    fields.optional_digest("text_digest", &command.text_digest);

    if command.facts.as_ref().is_some_and(facts::is_secret) {
        // An ordinary deployment keeps of a secret document what a register on paper would, and nothing else.
        let why = "a secret document is registered by its metadata alone";
        fields.absent("files", command.files.is_empty(), why);
        fields.absent("signatures", command.signatures.is_none(), why);
        fields.absent("suggestions", command.suggestions.is_empty(), why);
        fields.absent("text_digest", command.text_digest.is_empty(), why);
        if channel.is_some_and(|channel| channel != Channel::Paper) {
            fields.wrong("channel", reasons::NOT_ALLOWED_HERE, "a secret document comes on paper only");
        }
    } else if command.files.is_empty() {
        let why = "needs a main file";
        fields.absent("signatures", command.signatures.is_none(), why);
        fields.absent("text_digest", command.text_digest.is_empty(), why);
        if channel.is_some_and(|channel| channel != Channel::Paper) {
            fields.wrong("files", reasons::REQUIRED, "only what came on paper may be without a file");
        }
    }
}

pub(super) fn register_incoming(fields: &mut Fields, command: &mut RegisterIncoming) {
    fields.id("document_id", &command.document_id, Kind::Incoming);
    fields.required("facts", &mut command.facts, facts::confirmed);
    fields.required_date("arrival_date", command.arrival_date);
    fields.lines("to_places", &mut command.to_places, limits::TO_PLACES);
    fields.optional_id("submit_to", &command.submit_to, Kind::Person);
    let secret = |facts: &DocumentFacts| facts::is_secret(facts);
    if command.facts.as_ref().is_some_and(secret) {
        fields.absent("submit_to", command.submit_to.is_empty(), "a secret document is never routed");
    }
}

pub(super) fn correct_incoming(fields: &mut Fields, command: &mut CorrectIncoming) {
    fields.id("document_id", &command.document_id, Kind::Incoming);
    fields.required("facts", &mut command.facts, facts::confirmed);
    fields.lines("to_places", &mut command.to_places, limits::TO_PLACES);
    fields.required_lines("reason", &mut command.reason, limits::REASON);
}

pub(super) fn return_incoming(fields: &mut Fields, command: &mut ReturnIncoming) {
    fields.id("document_id", &command.document_id, Kind::Incoming);
    fields.required_lines("reason", &mut command.reason, limits::REASON);
}

pub(super) fn void_number(fields: &mut Fields, command: &mut VoidNumber) {
    fields.id("entry_id", &command.entry_id, Kind::RegisterEntry);
    fields.required_lines("reason", &mut command.reason, limits::REASON);
}

pub(super) fn reserve_number(fields: &mut Fields, command: &mut ReserveNumber) {
    fields.id("series_id", &command.series_id, Kind::Series);
    fields.required_lines("reason", &mut command.reason, limits::REASON);
    fields.optional_id("for_person_id", &command.for_person_id, Kind::Person);
    fields.date("until", command.until);
}

pub(super) fn release_number(fields: &mut Fields, command: &mut ReleaseNumber) {
    fields.id("entry_id", &command.entry_id, Kind::RegisterEntry);
    fields.required_lines("reason", &mut command.reason, limits::REASON);
}
