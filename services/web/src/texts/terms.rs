//! Words for enums: kinds of document (NĐ 30/2020 Điều 7), urgency, roles, states.

use domain::notation;
use proto::record::v1::{
    AssignmentRole, Book, Channel, DeliveryStatus, DocumentFacts, DocumentKind, IncomingStatus,
    OutgoingStatus, Role, SignatureLevel, SigningCapacity, Urgency,
};

use crate::texts::t;

/// Every kind, in the order of NĐ 30/2020 Điều 7, but a công văn first: nearly half of all.
const KINDS: [DocumentKind; 30] = [
    DocumentKind::Letter,
    DocumentKind::Resolution,
    DocumentKind::Decision,
    DocumentKind::Directive,
    DocumentKind::Regulation,
    DocumentKind::Rule,
    DocumentKind::Communique,
    DocumentKind::Notice,
    DocumentKind::Guidance,
    DocumentKind::Programme,
    DocumentKind::Plan,
    DocumentKind::Scheme,
    DocumentKind::Proposal,
    DocumentKind::Project,
    DocumentKind::Report,
    DocumentKind::Minutes,
    DocumentKind::Submission,
    DocumentKind::Contract,
    DocumentKind::Telegram,
    DocumentKind::Memorandum,
    DocumentKind::Agreement,
    DocumentKind::Authorization,
    DocumentKind::Invitation,
    DocumentKind::Introduction,
    DocumentKind::Leave,
    DocumentKind::DispatchSlip,
    DocumentKind::ForwardingSlip,
    DocumentKind::NoticeSlip,
    DocumentKind::OfficialLetter,
    DocumentKind::Other,
];

/// The name of a level, the same in both languages: it is the standard's own.
pub(crate) fn level(level: SignatureLevel) -> &'static str {
    match level {
        SignatureLevel::Unspecified | SignatureLevel::Basic => "B-B",
        SignatureLevel::Timestamped => "B-T",
        SignatureLevel::LongTerm => "B-LT",
        SignatureLevel::Archived => "B-LTA",
    }
}

/// Every kind with its name.
pub(crate) fn kinds() -> impl Iterator<Item = (DocumentKind, &'static str)> {
    KINDS.into_iter().map(|k| (k, kind(k)))
}

/// Name of a kind; empty when unknown. What is printed or kept takes the law's own name, `domain::notation::kind_name`.
pub(crate) fn kind(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Unspecified => "",
        DocumentKind::Letter => t::terms::kind_letter(),
        DocumentKind::Resolution => t::terms::kind_resolution(),
        DocumentKind::Decision => t::terms::kind_decision(),
        DocumentKind::Directive => t::terms::kind_directive(),
        DocumentKind::Regulation => t::terms::kind_regulation(),
        DocumentKind::Rule => t::terms::kind_rule(),
        DocumentKind::Communique => t::terms::kind_communique(),
        DocumentKind::Notice => t::terms::kind_notice(),
        DocumentKind::Guidance => t::terms::kind_guidance(),
        DocumentKind::Programme => t::terms::kind_programme(),
        DocumentKind::Plan => t::terms::kind_plan(),
        DocumentKind::Scheme => t::terms::kind_scheme(),
        DocumentKind::Proposal => t::terms::kind_proposal(),
        DocumentKind::Project => t::terms::kind_project(),
        DocumentKind::Report => t::terms::kind_report(),
        DocumentKind::Minutes => t::terms::kind_minutes(),
        DocumentKind::Submission => t::terms::kind_submission(),
        DocumentKind::Contract => t::terms::kind_contract(),
        DocumentKind::Telegram => t::terms::kind_telegram(),
        DocumentKind::Memorandum => t::terms::kind_memorandum(),
        DocumentKind::Agreement => t::terms::kind_agreement(),
        DocumentKind::Authorization => t::terms::kind_authorization(),
        DocumentKind::Invitation => t::terms::kind_invitation(),
        DocumentKind::Introduction => t::terms::kind_introduction(),
        DocumentKind::Leave => t::terms::kind_leave(),
        DocumentKind::DispatchSlip => t::terms::kind_dispatch_slip(),
        DocumentKind::ForwardingSlip => t::terms::kind_forwarding_slip(),
        DocumentKind::NoticeSlip => t::terms::kind_notice_slip(),
        DocumentKind::OfficialLetter => t::terms::kind_official_letter(),
        DocumentKind::Other => t::terms::kind_other(),
    }
}

/// Name of the kind of a document: in words where it is of another kind.
pub(crate) fn kind_of(facts: &DocumentFacts) -> String {
    if facts.kind() == DocumentKind::Other && !facts.kind_name.is_empty() {
        facts.kind_name.clone()
    } else {
        kind(facts.kind()).to_owned()
    }
}

/// The kind that a name or an abbreviation says, or the name of the enum's value.
pub(crate) fn kind_named(text: &str) -> Option<DocumentKind> {
    let wanted = text.trim();
    if let Some(found) = DocumentKind::from_str_name(wanted) {
        return Some(found);
    }
    let lower = wanted.to_lowercase();
    KINDS.into_iter().find(|k| {
        notation::kind_name(*k).to_lowercase() == lower
            || kind(*k).to_lowercase() == lower
            || notation::abbreviation(*k) == Some(wanted)
            || k.as_str_name().trim_start_matches("DOCUMENT_KIND_") == wanted
    })
}

/// `6127/BNV-VTLTNN`; only what is there.
pub(crate) fn number_and_notation(facts: &DocumentFacts) -> String {
    match (facts.number.is_empty(), facts.notation.is_empty()) {
        (false, false) => format!("{}/{}", facts.number, facts.notation),
        (false, true) => facts.number.clone(),
        (true, false) => facts.notation.clone(),
        (true, true) => String::new(),
    }
}

/// Độ khẩn; Thường is not written.
pub(crate) fn urgency(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Unspecified | Urgency::Normal => "",
        Urgency::Urgent => t::terms::urgency_urgent(),
        Urgency::VeryUrgent => t::terms::urgency_very_urgent(),
        Urgency::Express => t::terms::urgency_express(),
    }
}

/// Choices of a form.
pub(crate) fn urgencies() -> [(Urgency, &'static str); 4] {
    [
        (Urgency::Normal, t::terms::urgency_normal()),
        (Urgency::Urgent, urgency(Urgency::Urgent)),
        (Urgency::VeryUrgent, urgency(Urgency::VeryUrgent)),
        (Urgency::Express, urgency(Urgency::Express)),
    ]
}

/// Cách đến.
pub(crate) fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Unspecified => "",
        Channel::Paper => t::terms::channel_paper(),
        Channel::Electronic => t::terms::channel_electronic(),
        Channel::Exchange => t::terms::channel_exchange(),
    }
}

/// Where an incoming document stands.
pub(crate) fn incoming_status(status: IncomingStatus) -> &'static str {
    match status {
        IncomingStatus::Unspecified => "",
        IncomingStatus::Received => t::terms::incoming_received(),
        IncomingStatus::Registered => t::terms::incoming_registered(),
        IncomingStatus::Submitted => t::terms::incoming_submitted(),
        IncomingStatus::Directed => t::terms::incoming_directed(),
        IncomingStatus::Completed => t::terms::incoming_completed(),
        IncomingStatus::Returned => t::terms::incoming_returned(),
        IncomingStatus::Void => t::terms::incoming_void(),
    }
}

/// Where an outgoing document stands.
pub(crate) fn outgoing_status(status: OutgoingStatus) -> &'static str {
    match status {
        OutgoingStatus::Unspecified => "",
        OutgoingStatus::Drafted => t::terms::outgoing_drafted(),
        OutgoingStatus::Submitted => t::terms::outgoing_submitted(),
        OutgoingStatus::Reviewed => t::terms::outgoing_reviewed(),
        OutgoingStatus::FormChecked => t::terms::outgoing_form_checked(),
        OutgoingStatus::Approved => t::terms::outgoing_approved(),
        OutgoingStatus::Signed => t::terms::outgoing_signed(),
        OutgoingStatus::Numbered => t::terms::outgoing_numbered(),
        OutgoingStatus::Sealed => t::terms::outgoing_sealed(),
        OutgoingStatus::Issued => t::terms::outgoing_issued(),
        OutgoingStatus::Recalled => t::terms::outgoing_recalled(),
        OutgoingStatus::Withdrawn => t::terms::outgoing_withdrawn(),
    }
}

/// The part in a document.
pub(crate) fn part(role: AssignmentRole) -> &'static str {
    match role {
        AssignmentRole::Unspecified => "",
        AssignmentRole::Lead => t::terms::part_lead(),
        AssignmentRole::Supporting => t::terms::part_supporting(),
        AssignmentRole::ForInformation => t::terms::part_for_information(),
    }
}

/// Whom a role stands for.
pub(crate) fn role(role: Role) -> &'static str {
    match role {
        Role::Unspecified => "",
        Role::Clerk => t::terms::role_clerk(),
        Role::Leader => t::terms::role_leader(),
        Role::HeadOfUnit => t::terms::role_head_of_unit(),
        Role::Officer => t::terms::role_officer(),
        Role::FormChecker => t::terms::role_form_checker(),
        Role::Archivist => t::terms::role_archivist(),
        Role::Administrator => t::terms::role_administrator(),
    }
}

/// Thẩm quyền ký (NĐ 30/2020 Điều 13).
pub(crate) fn capacity(capacity: SigningCapacity) -> &'static str {
    match capacity {
        SigningCapacity::Unspecified => "",
        SigningCapacity::Head => t::terms::capacity_head(),
        SigningCapacity::OnBehalf => t::terms::capacity_on_behalf(),
        SigningCapacity::ForHead => t::terms::capacity_for_head(),
        SigningCapacity::ByOrder => t::terms::capacity_by_order(),
        SigningCapacity::ByAuthorization => t::terms::capacity_by_authorization(),
        SigningCapacity::Acting => t::terms::capacity_acting(),
    }
}

/// Sending to a recipient.
pub(crate) fn delivery(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Unspecified | DeliveryStatus::Pending => t::terms::delivery_pending(),
        DeliveryStatus::Sent => t::terms::delivery_sent(),
        DeliveryStatus::Acknowledged => t::terms::delivery_acknowledged(),
        DeliveryStatus::Failed => t::terms::delivery_failed(),
    }
}

/// Which book.
pub(crate) fn book(book: Book) -> &'static str {
    match book {
        Book::Unspecified => "",
        Book::Incoming => t::terms::book_incoming(),
        Book::Outgoing => t::terms::book_outgoing(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_name_and_is_found_by_it() {
        for i in 1..=40 {
            let Ok(k) = DocumentKind::try_from(i) else { continue };
            assert!(!kind(k).is_empty(), "{k:?}");
            assert_eq!(kind(k), notation::kind_name(k), "the name of the law");
            assert_eq!(kind_named(kind(k)), Some(k));
            assert_eq!(kind_named(k.as_str_name()), Some(k));
        }
        assert_eq!(kind_named("QĐ"), Some(DocumentKind::Decision));
        assert_eq!(kind_named("công văn"), Some(DocumentKind::Letter));
        assert_eq!(kind_named("lạ"), None);
    }

    #[test]
    fn a_kind_is_found_by_its_name_in_the_language_that_is_spoken() {
        crate::texts::language::in_language(t::Language::En, || {
            assert_eq!(kind(DocumentKind::Decision), "Decision");
            assert_eq!(kind_named("decision"), Some(DocumentKind::Decision));
            assert_eq!(kind_named("Quyết định"), Some(DocumentKind::Decision));
        });
    }

    #[test]
    fn only_what_is_there_of_number_and_notation_is_written() {
        let facts = |number: &str, notation: &str| DocumentFacts {
            number: number.to_owned(),
            notation: notation.to_owned(),
            ..DocumentFacts::default()
        };
        assert_eq!(number_and_notation(&facts("15a", "QĐ-BNV")), "15a/QĐ-BNV");
        assert_eq!(number_and_notation(&facts("", "BNV")), "BNV");
        assert_eq!(number_and_notation(&facts("", "")), "");
    }
}
