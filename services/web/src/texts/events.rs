//! The history of a document in words: what happened, by whom the page says.

use domain::calendar::date_of;
use proto::record::v1::event::Event as E;
use proto::record::v1::{AssignmentRole, Date, Event, Revocation};

use crate::roll::Roll;
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::document::ordinal;

/// One event as the predicate of a sentence whose subject is the person: `vào sổ, số đến 2316`. `None` for what only the
/// machine needs to know.
pub(crate) fn words(event: &Event, roll: &Roll, today: &Date) -> Option<String> {
    let short = |date: &Date| day::short(date, today);
    Some(match event.event.as_ref()? {
        E::Received(e) => {
            let channel = e.received.as_ref().map(|r| terms::channel(r.channel())).unwrap_or_default();
            if e.duplicate_of.is_empty() {
                t::events::received(channel)
            } else {
                t::events::received_twice(channel)
            }
        }
        E::Registered(e) => t::events::registered(e.number.as_ref().map(ordinal).unwrap_or_default()),
        E::Corrected(e) => t::events::corrected(said(&e.reason)),
        E::ReturnedToSender(e) => t::events::returned(said(&e.reason)),
        E::NumberVoided(e) | E::DocumentVoided(e) => t::events::voided(said(&e.reason)),
        E::Submitted(e) => t::events::submitted(said(&e.note), roll.person(&e.leader_id)),
        E::Directed(e) => {
            let text = e.direction.as_ref().map(|d| said(&d.text)).unwrap_or_default();
            match &e.due_date {
                Some(due) => t::events::directed_due(short(due), text),
                None => t::events::directed(text),
            }
        }
        E::Assigned(e) => {
            let a = e.assignment.as_ref()?;
            let who = roll.principal(a.assignee.as_ref());
            match (a.role(), a.due_date.as_ref().map(short)) {
                (AssignmentRole::ForInformation, _) => t::events::informed(who),
                (AssignmentRole::Lead, Some(due)) => t::events::lead_due(due, who),
                (AssignmentRole::Lead, None) => t::events::lead(who),
                (_, Some(due)) => t::events::supporting_due(due, who),
                (_, None) => t::events::supporting(who),
            }
        }
        E::DirectionUndone(_) => t::events::direction_undone().to_owned(),
        E::Progressed(e) => t::events::progressed(said(&e.text)),
        E::AssignmentCompleted(e) => t::events::assignment_completed(said(&e.result)),
        E::DocumentCompleted(_) => t::events::document_completed().to_owned(),
        E::DeadlineExtended(e) => t::events::deadline_extended(
            e.from.as_ref().map(short).unwrap_or_default(),
            e.to.as_ref().map(short).unwrap_or_default(),
            said(&e.reason),
        ),
        E::AssignmentOpened(_) | E::Opened(_) => t::events::opened().to_owned(),
        E::AssignmentWithdrawn(e) => t::events::assignment_withdrawn(said(&e.reason)),
        E::Drafted(_) => t::events::drafted().to_owned(),
        E::Revised(e) => t::events::revised(said(&e.note), e.version),
        E::DraftWithdrawn(e) => t::events::draft_withdrawn(said(&e.reason)),
        E::DraftSubmitted(e) => t::events::draft_submitted(said(&e.text)),
        E::ContentReviewed(e) => t::events::content_reviewed(said(&e.text)),
        E::FormChecked(e) => t::events::form_checked(said(&e.text)),
        E::Initialed(e) => t::events::initialed(said(&e.text)),
        E::DraftReturned(e) => t::events::draft_returned(said(&e.text)),
        E::Approved(e) => t::events::approved(said(&e.note)),
        E::Signed(_) => t::events::signed().to_owned(),
        E::EvidenceAdded(e) => {
            let level = e.files.first().map(|file| terms::level(file.level())).unwrap_or_default();
            t::events::evidence_added(level)
        }
        E::EvidenceKept(e) => {
            let report = e.files.first().and_then(|file| file.signatures.as_ref());
            let stands: Vec<Revocation> = report
                .map(|it| it.signatures.iter().map(|one| one.revocation()).collect())
                .unwrap_or_default();
            let told = if stands.contains(&Revocation::Revoked) {
                t::events::evidence_kept_revoked()
            } else if stands.iter().all(|one| *one == Revocation::Good) {
                t::events::evidence_kept_good()
            } else {
                t::events::evidence_kept_unknown()
            };
            told.to_owned()
        }
        E::SigningFailed(_) => t::events::signing_failed().to_owned(),
        E::Numbered(e) => {
            let number = e.number.as_ref().map(ordinal).unwrap_or_default();
            let date = e.number.as_ref().and_then(|n| n.date.as_ref());
            t::events::numbered(day::full(date), format!("{number}/{}", e.notation))
        }
        E::Sealed(_) => t::events::sealed().to_owned(),
        E::Issued(e) => t::events::issued(e.recipients.len()),
        E::DeliveryUpdated(e) => t::events::delivery(terms::delivery(e.delivery()).to_lowercase()),
        E::Recalled(e) => t::events::recalled(said(&e.reason)),
        // The draw, the handing-on and the kept version are told by the event beside them.
        _ => return None,
    })
}

/// What the person wrote, at the end of the sentence; nothing where nothing was written.
fn said(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(": “{text}”") }
}

/// `09:31`, `18/11 09:31`: the time of an act in the history.
pub(crate) fn when(at: Option<&prost_types::Timestamp>, today: &Date) -> String {
    at.map(|at| if date_of(at) == *today { day::hour(at) } else { day::lately(at, today) })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proto::record::v1::{RegisterNumber, Registered, Submitted};

    use super::*;

    #[test]
    fn acts_are_told_in_the_words_of_a_clerk() {
        let today = Date { year: 2026, month: 11, day: 18 };
        let roll = Roll::default();
        let number = RegisterNumber { ordinal: 2316, ..RegisterNumber::default() };
        let event = |e| Event { record_id: "in_1".to_owned(), event: Some(e) };
        let registered = event(E::Registered(Registered { number: Some(number), ..Registered::default() }));
        assert_eq!(words(&registered, &roll, &today).as_deref(), Some("vào sổ, số đến 2316"));
        let submitted =
            event(E::Submitted(Submitted { leader_id: "per_9".to_owned(), note: "gấp".to_owned() }));
        assert_eq!(words(&submitted, &roll, &today).as_deref(), Some("trình per_9: “gấp”"));
        assert_eq!(words(&Event::default(), &roll, &today), None);
        crate::texts::language::in_language(t::Language::En, || {
            let told = words(&registered, &roll, &today);
            assert_eq!(told.as_deref(), Some("registered it, incoming number 2316"));
        });
    }
}
