//! Lists and look-ups of outgoing documents and draft versions.

use proto::archive::v1::{ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::{
    Caller, DraftVersion, OutgoingDocument, OutgoingStatus, Record, RegisterNumber, Role, SignatureLevel,
    Urgency,
};

use super::code::Code;
use super::key::Key;
use super::range::{KeyRange, of_caller};
use crate::{notation, reasons};

/// The keys of an outgoing document.
pub(super) fn document(record: &Record, document: &OutgoingDocument, keys: &mut Vec<Vec<u8>>) {
    let id = record.id.as_str();
    let status = document.status();
    let drafted = document.drafted_at.as_ref();
    for reader in &record.readers {
        keys.push(Key::of(Code::OutgoingAll).principal(reader).instant_down(drafted).id(id));
        keys.push(
            Key::of(Code::OutgoingByStatus)
                .principal(reader)
                .i32(document.status)
                .instant_down(drafted)
                .id(id),
        );
    }

    if is_unsigned(status) {
        let of_drafter = |code| Key::of(code).person(&document.drafter_id).instant_down(drafted).id(id);
        keys.push(of_drafter(Code::MyDrafts));
        if status == OutgoingStatus::Drafted && !document.return_reason.is_empty() {
            keys.push(of_drafter(Code::MyReturnedDrafts));
        }
    }
    let urgency = document.facts.as_ref().map_or(i32::from(Urgency::Normal), |facts| facts.urgency);
    let waits_for = match status {
        OutgoingStatus::Submitted => Some(Key::of(Code::DraftsForReview).unit(&document.unit_id)),
        OutgoingStatus::Reviewed => Some(Key::of(Code::DraftsForFormCheck).role(Role::FormChecker)),
        OutgoingStatus::FormChecked => Some(Key::of(Code::DraftsForApproval).person(&document.signer_id)),
        OutgoingStatus::Approved => Some(Key::of(Code::ForSignature).person(&document.signer_id)),
        _ => None,
    };
    keys.extend(waits_for.map(|key| key.i32_down(urgency).instant(drafted).id(id)));
    // Only while it waits for the signature: a document that was changed or returned since is approved anew first.
    if let (OutgoingStatus::Approved, Some(failure)) = (status, &document.signing_failure) {
        let last = failure.at.as_ref();
        keys.push(Key::of(Code::SigningFailed).person(&document.signer_id).instant_down(last).id(id));
    }
    if let Some(signed) = &document.signed_at {
        keys.push(Key::of(Code::SignedByMe).person(&document.signer_id).instant_down(Some(signed)).id(id));
    }

    // A recalled document is frozen and kept: what is signed in it stays provable, too.
    if matches!(status, OutgoingStatus::Issued | OutgoingStatus::Recalled) {
        let (level, renew_at) = evidence_of(document);
        // Nothing is left to do for an archived one without a time stamp to be renewed.
        if level < SignatureLevel::Archived || renew_at.is_some() {
            let sort = renew_at.or(document.issued_at.as_ref());
            keys.push(Key::of(Code::ByEvidence).i32(level.into()).instant(sort).id(id));
        }
    }

    // A number stays taken when it is void, so this key stays too.
    if let (Some(number), Some(facts)) = (&document.number, &document.facts) {
        keys.push(by_number(number, &facts.notation).id(id));
    }
    if status != OutgoingStatus::Withdrawn {
        if !document.answers_id.is_empty() {
            keys.push(answers_to(&document.answers_id).id(id));
        }
        if let Some(main) = document.files.first() {
            keys.push(Key::of(Code::OutgoingByMainFile).text(&main.digest).id(id));
        }
    }
}

/// The prefix of the documents with this số and ký hiệu in the number's year: there is at most one (Điều 15.1).
#[must_use]
pub(crate) fn by_number(number: &RegisterNumber, notation: &str) -> Key {
    let text = notation::register_number_text(number);
    Key::of(Code::OutgoingByNumber).i32(number.year).text(&text).text(notation)
}

/// The prefix of the documents that answer an incoming one, given up ones left out.
#[must_use]
pub(crate) fn answers_to(incoming_id: &str) -> Key {
    Key::of(Code::AnswersTo).text(incoming_id)
}

/// The level that the main file has reached, and when its time stamp is to be renewed.
#[must_use]
pub fn evidence_of(document: &OutgoingDocument) -> (SignatureLevel, Option<&prost_types::Timestamp>) {
    let main = document.files.first().map(|file| file.digest.as_str());
    match document.evidence.iter().find(|it| Some(it.digest.as_str()) == main) {
        Some(kept) => (kept.level(), kept.renew_at.as_ref()),
        None => (SignatureLevel::Basic, None),
    }
}

/// The range of the list by evidence, whoever asks: who may is the archive's to say.
pub(super) fn by_evidence(request: &ListRequest) -> Result<Vec<KeyRange>, Fault> {
    let level = request.evidence_level();
    if level == SignatureLevel::Unspecified {
        let why = "must be a level of SignatureLevel";
        return Err(Fault::invalid("evidence_level", reasons::UNKNOWN_CHOICE, why));
    }
    let prefix = Key::of(Code::ByEvidence).i32(level.into()).prefix();
    // A sort part has no code: take it off again.
    let before =
        |at: &prost_types::Timestamp| Key::of(Code::ByEvidence).instant(Some(at)).prefix().split_off(1);
    Ok(vec![KeyRange {
        to: request.renew_before.as_ref().map(before).unwrap_or_default(),
        ..KeyRange::all(prefix, request)
    }])
}

/// The keys of a version of a draft: none. Versions are counted, so that their ids are known from the document's.
pub(super) fn draft_version(_record: &Record, _version: &DraftVersion, _keys: &mut Vec<Vec<u8>>) {}

/// The ranges of the lists of outgoing documents.
pub(super) fn range(list: ListName, request: &ListRequest, caller: &Caller) -> Result<Vec<KeyRange>, Fault> {
    let one = |key: Key| Ok(vec![KeyRange::all(key.prefix(), request)]);
    let own = |code: Code| one(Key::of(code).person(&caller.person_id));
    let acts_as = |role: Role| caller.roles.contains(&i32::from(role));
    match list {
        ListName::OutgoingByStatus => match OutgoingStatus::try_from(request.outgoing_status) {
            Err(_) | Ok(OutgoingStatus::Unspecified) => Err(Fault::invalid(
                "outgoing_status",
                reasons::UNKNOWN_CHOICE,
                "must be a status of OutgoingStatus",
            )),
            Ok(status) => Ok(of_caller(Code::OutgoingByStatus, caller)
                .into_iter()
                .map(|key| KeyRange::all(key.i32(status.into()).prefix(), request))
                .collect()),
        },
        ListName::MyDrafts => own(Code::MyDrafts),
        ListName::MyReturnedDrafts => own(Code::MyReturnedDrafts),
        // As the policy has it: the head of the unit, or in the leaders' own unit a leader.
        ListName::DraftsForReview if acts_as(Role::HeadOfUnit) || acts_as(Role::Leader) => {
            one(Key::of(Code::DraftsForReview).unit(&caller.unit_id))
        }
        ListName::DraftsForFormCheck if acts_as(Role::FormChecker) => {
            one(Key::of(Code::DraftsForFormCheck).role(Role::FormChecker))
        }
        ListName::DraftsForReview | ListName::DraftsForFormCheck => Ok(Vec::new()),
        ListName::DraftsForApproval => own(Code::DraftsForApproval),
        ListName::ForSignature => own(Code::ForSignature),
        ListName::SignedByMe => own(Code::SignedByMe),
        ListName::SigningFailed => own(Code::SigningFailed),
        ListName::OutgoingAll => Ok(of_caller(Code::OutgoingAll, caller)
            .into_iter()
            .map(|key| KeyRange::all(key.prefix(), request))
            .collect()),
        _ => Err(Fault::broken(format!("{list:?} is no list of outgoing documents"))),
    }
}

fn is_unsigned(status: OutgoingStatus) -> bool {
    matches!(
        status,
        OutgoingStatus::Drafted
            | OutgoingStatus::Submitted
            | OutgoingStatus::Reviewed
            | OutgoingStatus::FormChecked
            | OutgoingStatus::Approved
    )
}
