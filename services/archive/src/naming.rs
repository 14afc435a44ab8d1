//! Which files an event, or a state, names.

use proto::record::v1::{CreateDraft, Event, FileRef, Record, event::Event as What, record::State};

/// Calls `found` with the digest of every file that the event names. A file must be durable before the entry that
/// names it is written.
pub(crate) fn in_event(event: &Event, found: &mut impl FnMut(&str)) {
    let Some(what) = &event.event else { return };
    match what {
        What::Received(e) => {
            if let Some(received) = &e.received {
                all(&received.files, found);
                one(&received.text_digest, found);
            }
        }
        What::Drafted(e) | What::Revised(e) => {
            if let Some(draft) = &e.draft {
                in_draft(draft, found);
            }
        }
        What::VersionKept(e) => {
            all(&e.files, found);
            one(&e.letter_digest, found);
        }
        What::Approved(e) => all(&e.prepared, found),
        What::Signed(e) => {
            all(&e.signed, found);
            one(&e.base_digest, found);
        }
        What::Sealed(e) => {
            all(&e.sealed, found);
            one(&e.base_digest, found);
            all(&e.attachments, found);
        }
        What::EvidenceAdded(e) => {
            for file in &e.files {
                one(&file.base_digest, found);
                one(&file.digest, found);
            }
        }
        What::EvidenceKept(e) => {
            for file in &e.files {
                one(&file.evidence_digest, found);
            }
        }
        What::AgencyFounded(_)
        | What::AgencyChanged(_)
        | What::UnitAdded(_)
        | What::UnitChanged(_)
        | What::PersonAdded(_)
        | What::PersonChanged(_)
        | What::Appointed(_)
        | What::PositionEnded(_)
        | What::Delegated(_)
        | What::DelegationEnded(_)
        | What::SeriesDefined(_)
        | What::SeriesClosed(_)
        | What::HolidaysSet(_)
        | What::CertificateEnrolled(_)
        | What::CertificateWithdrawn(_)
        | What::CredentialSet(_)
        | What::SecretRegistrationSwitched(_)
        | What::Registered(_)
        | What::Corrected(_)
        | What::ReturnedToSender(_)
        | What::NumberDrawn(_)
        | What::NumberVoided(_)
        | What::NumberReserved(_)
        | What::NumberReleased(_)
        | What::NumberTaken(_)
        | What::DocumentVoided(_)
        | What::Submitted(_)
        | What::Directed(_)
        | What::Assigned(_)
        | What::DirectionUndone(_)
        | What::HandedOn(_)
        | What::Progressed(_)
        | What::AssignmentCompleted(_)
        | What::DocumentCompleted(_)
        | What::DeadlineExtended(_)
        | What::Opened(_)
        | What::AssignmentOpened(_)
        | What::AssignmentWithdrawn(_)
        | What::DraftWithdrawn(_)
        | What::DraftSubmitted(_)
        | What::ContentReviewed(_)
        | What::FormChecked(_)
        | What::Initialed(_)
        | What::DraftReturned(_)
        | What::SigningFailed(_)
        | What::Numbered(_)
        | What::Issued(_)
        | What::DeliveryUpdated(_)
        | What::Recalled(_) => {}
    }
}

fn in_draft(draft: &CreateDraft, found: &mut impl FnMut(&str)) {
    all(&draft.files, found);
    one(&draft.letter_digest, found);
    one(&draft.text_digest, found);
}

/// Calls `found` with the digest of every file that the state names: the files one may read through this record.
pub(crate) fn in_record(record: &Record, found: &mut impl FnMut(&str)) {
    match &record.state {
        Some(State::Incoming(s)) => {
            all(&s.files, found);
            one(&s.text_digest, found);
            s.checks.iter().for_each(|it| one(&it.evidence_digest, found));
        }
        Some(State::Outgoing(s)) => {
            all(&s.files, found);
            one(&s.letter_digest, found);
            one(&s.text_digest, found);
            // As it was issued, it can be had for ever.
            s.evidence.iter().for_each(|it| one(&it.issued_digest, found));
        }
        Some(State::DraftVersion(s)) => {
            all(&s.files, found);
            one(&s.letter_digest, found);
        }
        _ => {}
    }
}

/// Whether the record names the file now.
pub(crate) fn names(record: &Record, digest: &str) -> bool {
    let mut named = false;
    in_record(record, &mut |found| named |= found == digest);
    named
}

fn all<'a>(files: impl IntoIterator<Item = &'a FileRef>, found: &mut impl FnMut(&str)) {
    for file in files {
        one(&file.digest, found);
    }
}

fn one(digest: &str, found: &mut impl FnMut(&str)) {
    if !digest.is_empty() {
        found(digest);
    }
}
