//! What events do to outgoing documents.

use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    AddEvidence, Approved, CreateDraft, DocumentFacts, DraftVersion, Drafted, Ended, FileRef, Issued,
    KeptEvidence, OutgoingDocument, OutgoingStatus, Principal, Record, RecordSealed, RecordSigned,
    RecordSigningFailed, RegisterNumberGiven, Remark, Role, Said, SigningFailure, UpdateDelivery,
};

use super::EntryMeta;
use super::readers;
use crate::states::States;
use crate::{id as ids, notation, read};

pub(super) fn drafted(
    _states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Drafted,
) -> Result<Vec<Record>, Fault> {
    let mut document = OutgoingDocument {
        status: OutgoingStatus::Drafted.into(),
        drafter_id: meta.caller.person_id.clone(),
        unit_id: event.unit_id.clone(),
        drafted_at: Some(meta.at()),
        version_count: event.version,
        ..OutgoingDocument::default()
    };
    take_draft(&mut document, event.draft.clone().unwrap_or_default());
    Ok(vec![meta.record(id, readers_of(&document), State::Outgoing(document))])
}

pub(super) fn revised(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Drafted,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        let draft = event.draft.clone().unwrap_or_default();
        if document.files != draft.files {
            document.fields_prepared = false;
            document.signatures = None;
        }
        take_draft(document, draft);
        document.version_count = event.version;
        if event.reviews_void {
            document.status = OutgoingStatus::Drafted.into();
            void_reviews(document);
            document.initials.clear();
        }
    })
}

fn take_draft(document: &mut OutgoingDocument, draft: CreateDraft) {
    document.facts = draft.facts;
    document.files = draft.files;
    document.letter_digest = draft.letter_digest;
    document.text_digest = draft.text_digest;
    document.places = draft.places;
    document.signer_id = draft.signer_id;
    document.signer_position_id = draft.signer_position_id;
    document.capacity = draft.capacity;
    document.delegation_id = draft.delegation_id;
    document.recipients = draft.recipients;
    document.answers_id = draft.answers_id;
    document.copies = draft.copies;
}

fn void_reviews(document: &mut OutgoingDocument) {
    document.reviewed = None;
    document.form_checked = None;
    document.approved = None;
}

pub(super) fn draft_withdrawn(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Ended,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Withdrawn.into();
        document.recall_reason.clone_from(&event.reason);
    })
}

pub(super) fn draft_submitted(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    _event: &Said,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Submitted.into();
        document.return_reason.clear();
        document.returned_by.clear();
    })
}

pub(super) fn content_reviewed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Said,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Reviewed.into();
        document.reviewed = Some(remark(meta, &event.text));
    })
}

pub(super) fn form_checked(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Said,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::FormChecked.into();
        document.form_checked = Some(remark(meta, &event.text));
    })
}

pub(super) fn initialed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Said,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| document.initials.push(remark(meta, &event.text)))
}

pub(super) fn draft_returned(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Said,
) -> Result<Vec<Record>, Fault> {
    // What was prepared for the signature is not what the drafter goes on with: that is the version's own file.
    let version = match read::outgoing(states, id)? {
        Some(document) if document.fields_prepared => {
            states.get(&ids::draft_version(id, document.version_count))?
        }
        _ => None,
    };
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Drafted.into();
        void_reviews(document);
        document.return_reason.clone_from(&event.text);
        document.returned_by.clone_from(&meta.caller.person_id);
        if let Some(Record { state: Some(State::DraftVersion(version)), .. }) = version {
            document.files = version.files;
            document.fields_prepared = false;
        }
    })
}

pub(super) fn approved(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Approved,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Approved.into();
        document.approved = Some(remark(meta, &event.note));
        document.fields_prepared = true;
        document.signing_failure = None;
        replace_main(document, event.prepared.as_ref());
        document.places.clone_from(&event.places);
    })
}

pub(super) fn signed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &RecordSigned,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Signed.into();
        document.signed_at = Some(meta.at());
        document.signing_failure = None;
        replace_main(document, event.signed.as_ref());
        document.signatures.clone_from(&event.signatures);
    })
}

pub(super) fn signing_failed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &RecordSigningFailed,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        let before = document.signing_failure.as_ref().map_or(0, |failure| failure.times);
        document.signing_failure = Some(SigningFailure {
            at: Some(meta.at()),
            reason: event.reason.clone(),
            times: before.saturating_add(1),
        });
    })
}

pub(super) fn numbered(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &RegisterNumberGiven,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Numbered.into();
        document.number.clone_from(&event.number);
        let facts = document.facts.get_or_insert_with(DocumentFacts::default);
        facts.notation.clone_from(&event.notation);
        if let Some(number) = &event.number {
            facts.number = notation::register_number_text(number);
            facts.issued_date = number.date;
        }
    })
}

pub(super) fn sealed(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &RecordSealed,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Sealed.into();
        document.sealed_at = Some(meta.at());
        document.sealed_by.clone_from(&meta.caller.person_id);
        document.files = event.sealed.iter().chain(&event.attachments).cloned().collect();
        document.signatures.clone_from(&event.signatures);
    })
}

pub(super) fn issued(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Issued,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Issued.into();
        document.issued_at = Some(meta.at());
        document.issued_by.clone_from(&meta.caller.person_id);
        document.recipients.clone_from(&event.recipients);
    })
}

pub(super) fn delivery_updated(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &UpdateDelivery,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        let recipient = usize::try_from(event.recipient).ok().and_then(|at| document.recipients.get_mut(at));
        if let Some(recipient) = recipient {
            recipient.delivery = event.delivery;
            recipient.note.clone_from(&event.note);
        }
    })
}

pub(super) fn recalled(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Ended,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        document.status = OutgoingStatus::Recalled.into();
        document.recall_reason.clone_from(&event.reason);
    })
}

pub(super) fn evidence_added(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &AddEvidence,
) -> Result<Vec<Record>, Fault> {
    change(states, meta, id, |document| {
        for added in &event.files {
            let Some(index) = document.files.iter().position(|file| file.digest == added.base_digest) else {
                continue;
            };
            if let Some(file) = document.files.get_mut(index) {
                file.digest.clone_from(&added.digest);
                file.size = added.size;
            }
            if index == 0 {
                document.signatures.clone_from(&added.signatures);
            }
            let known = document.evidence.iter().position(|it| it.digest == added.base_digest);
            let before = known.map(|at| document.evidence.remove(at));
            document.evidence.push(KeptEvidence {
                digest: added.digest.clone(),
                issued_digest: before
                    .as_ref()
                    .map_or_else(|| added.base_digest.clone(), |it| it.issued_digest.clone()),
                level: added.level,
                added_at: Some(meta.at()),
                renew_at: added.renew_at,
                times: before.map_or(0, |it| it.times).saturating_add(1),
            });
        }
    })
}

pub(super) fn version_kept(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &DraftVersion,
) -> Result<Vec<Record>, Fault> {
    let readers = match read::outgoing(states, &event.document_id)? {
        Some(document) => workers(&document),
        None => vec![readers::person(&event.made_by)],
    };
    Ok(vec![meta.record(id, readers, State::DraftVersion(event.clone()))])
}

/// The number of the outgoing document `id` was voided: it is given up, and keeps the number, struck through.
pub(super) fn document_voided(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    event: &Ended,
) -> Result<Vec<Record>, Fault> {
    draft_withdrawn(states, meta, id, event)
}

fn remark(meta: &EntryMeta, text: &str) -> Remark {
    Remark { person_id: meta.caller.person_id.clone(), at: Some(meta.at()), text: text.to_owned() }
}

fn replace_main(document: &mut OutgoingDocument, main: Option<&FileRef>) {
    let Some(main) = main else { return };
    match document.files.first_mut() {
        Some(file) => file.clone_from(main),
        None => document.files.push(main.clone()),
    }
}

/// Changes the document `id`, with its readers and those of its versions. Nothing where it is not there.
fn change(
    states: &dyn States,
    meta: &EntryMeta,
    id: &str,
    change: impl FnOnce(&mut OutgoingDocument),
) -> Result<Vec<Record>, Fault> {
    let Some(Record { readers: before, state: Some(State::Outgoing(mut document)), .. }) = states.get(id)?
    else {
        return Ok(Vec::new());
    };
    let workers_before = workers(&document);
    change(&mut document);

    let mut readers = readers_of(&document);
    if stage(&document) >= OutgoingStatus::Issued {
        // Whoever it reached after issue goes on seeing it.
        readers::add(&mut readers, before);
    }
    let workers = workers(&document);
    let mut records = Vec::new();
    if workers != workers_before {
        for ordinal in (1..=document.version_count).rev() {
            let version_id = ids::draft_version(id, ordinal);
            match states.get(&version_id)? {
                Some(Record { state: Some(state), .. }) => {
                    records.push(meta.record(&version_id, workers.clone(), state));
                }
                // The newest may be kept by the next event of the same entry; below it none is missing, and a count that
                // no versions stand behind is no reason to look for them all.
                _ if ordinal == document.version_count => {}
                _ => break,
            }
        }
    }
    records.push(meta.record(id, readers, State::Outgoing(document)));
    Ok(records)
}

/// How far the document came by the law's order; one that was given up or recalled counts as far as it had come.
fn stage(document: &OutgoingDocument) -> OutgoingStatus {
    match document.status() {
        OutgoingStatus::Recalled => OutgoingStatus::Issued,
        OutgoingStatus::Withdrawn if document.number.is_some() => OutgoingStatus::Numbered,
        OutgoingStatus::Withdrawn if document.signed_at.is_some() => OutgoingStatus::Signed,
        OutgoingStatus::Withdrawn => OutgoingStatus::Drafted,
        status => status,
    }
}

/// Who works on the draft and so sees its versions: the drafter, the drafting unit (its head is whoever holds that
/// position), the signer, and from the review on those who check the form.
fn workers(document: &OutgoingDocument) -> Vec<Principal> {
    let mut workers = Vec::new();
    readers::add(
        &mut workers,
        [
            readers::person(&document.drafter_id),
            readers::unit(&document.unit_id),
            readers::person(&document.signer_id),
        ],
    );
    if stage(document) >= OutgoingStatus::Reviewed {
        readers::add(&mut workers, [readers::role(Role::FormChecker)]);
    }
    workers
}

/// Who sees the document: who works on it, clerks once it is signed, and once it is issued those inside who get it,
/// archivists and the leaders.
fn readers_of(document: &OutgoingDocument) -> Vec<Principal> {
    let mut readers = workers(document);
    if stage(document) >= OutgoingStatus::Signed {
        readers::add(&mut readers, [readers::role(Role::Clerk)]);
    }
    if stage(document) >= OutgoingStatus::Issued {
        readers::add(
            &mut readers,
            document.recipients.iter().filter_map(|recipient| recipient.inside.clone()),
        );
        readers::add(&mut readers, [readers::role(Role::Archivist), readers::role(Role::Leader)]);
    }
    readers
}
