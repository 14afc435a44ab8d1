//! A document as lists and heads of pages show it.

use domain::calendar::WorkCalendar;
use proto::record::v1::record::State;
use proto::record::v1::{
    Date, DocumentFacts, DocumentKind, IncomingDocument, OutgoingDocument, Record, RegisterNumber, Urgency,
};

use crate::link;
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::deadline::{self, Deadline};

/// A document in a list.
#[derive(Debug, Clone, Default)]
pub(crate) struct DocumentView {
    /// Its id.
    pub(crate) id: String,
    /// Its page.
    pub(crate) href: String,
    /// True for one that goes out.
    pub(crate) outgoing: bool,
    /// Số đến or số đi; empty before.
    pub(crate) number: String,
    /// Name of its kind.
    pub(crate) kind: String,
    /// Trích yếu, or the name of the file while there is none.
    pub(crate) subject: String,
    /// Who issued it.
    pub(crate) issuer: String,
    /// Số, ký hiệu.
    pub(crate) notation: String,
    /// Its own date.
    pub(crate) issued: String,
    /// Ngày đến, for one that came in.
    pub(crate) arrived: String,
    /// `Khẩn`; empty for Thường.
    pub(crate) urgency: &'static str,
    /// Class of the urgency's tag.
    pub(crate) urgency_class: &'static str,
    /// 0 for Thường … 3 for Hỏa tốc.
    pub(crate) rank: i32,
    /// Where it stands.
    pub(crate) status: &'static str,
    /// Its deadline.
    pub(crate) deadline: Deadline,
}

/// Số as it is written: below ten with a leading zero (NĐ 30/2020 Phụ lục I).
pub(crate) fn ordinal(number: &RegisterNumber) -> String {
    format!("{:02}{}", number.ordinal, number.suffix)
}

/// Trích yếu as lists show it behind the kind: a công văn is “v/v …” (NĐ 30/2020 Phụ lục I, ô 5b).
pub(crate) fn about(facts: &DocumentFacts) -> String {
    let subject = facts.subject.trim();
    let letter = facts.kind() == DocumentKind::Letter;
    let says_so = subject.to_lowercase().starts_with("v/v") || subject.to_lowercase().starts_with("về việc");
    if letter && !says_so && !subject.is_empty() { format!("v/v {subject}") } else { subject.to_owned() }
}

/// Class of the tag for an urgency.
pub(crate) fn urgency_class(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::VeryUrgent | Urgency::Express => "tag-express",
        _ => "tag-urgent",
    }
}

impl DocumentView {
    /// From a record of either kind; `None` for other records.
    pub(crate) fn of(record: &Record, today: Date, work: &WorkCalendar) -> Option<Self> {
        match record.state.as_ref()? {
            State::Incoming(document) => Some(Self::incoming(&record.id, document, today, work)),
            State::Outgoing(document) => Some(Self::outgoing(&record.id, document)),
            _ => None,
        }
    }

    /// One that came in.
    pub(crate) fn incoming(id: &str, document: &IncomingDocument, today: Date, work: &WorkCalendar) -> Self {
        let facts = document.facts.clone().unwrap_or_default();
        let mut view = Self::facts(id, &facts);
        if view.subject.is_empty() {
            view.subject = document
                .files
                .first()
                .map_or_else(|| t::view::paper_without_subject().to_owned(), |f| f.name.clone());
        }
        view.number = document.number.as_ref().map(ordinal).unwrap_or_default();
        view.arrived = day::full(document.arrival_date.as_ref());
        view.status = terms::incoming_status(document.status());
        view.deadline = deadline::of_document(document, today, work);
        view
    }

    /// One that goes out.
    pub(crate) fn outgoing(id: &str, document: &OutgoingDocument) -> Self {
        let facts = document.facts.clone().unwrap_or_default();
        let mut view = Self::facts(id, &facts);
        view.outgoing = true;
        view.number = document.number.as_ref().map(ordinal).unwrap_or_default();
        if let Some(number) = &document.number {
            view.notation = format!("{}/{}", ordinal(number), facts.notation);
            view.issued = day::full(number.date.as_ref());
        }
        view.status = terms::outgoing_status(document.status());
        view
    }

    /// The subject as a title: its first letter upper case.
    pub(crate) fn headline(&self) -> String {
        let mut characters = self.subject.chars();
        characters.next().map(|c| c.to_uppercase().chain(characters).collect()).unwrap_or_default()
    }

    fn facts(id: &str, facts: &DocumentFacts) -> Self {
        let urgency = facts.urgency();
        Self {
            id: id.to_owned(),
            href: link::document(id),
            kind: terms::kind_of(facts),
            subject: about(facts),
            issuer: facts.issuer.clone(),
            notation: terms::number_and_notation(facts),
            issued: day::full(facts.issued_date.as_ref()),
            urgency: terms::urgency(urgency),
            urgency_class: urgency_class(urgency),
            rank: (urgency as i32 - 1).max(0),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_below_ten_has_a_leading_zero() {
        let number = |ordinal, suffix: &str| RegisterNumber {
            ordinal,
            suffix: suffix.to_owned(),
            ..RegisterNumber::default()
        };
        assert_eq!(ordinal(&number(5, "")), "05");
        assert_eq!(ordinal(&number(15, "a")), "15a");
        assert_eq!(ordinal(&number(2318, "")), "2318");
    }

    #[test]
    fn a_letter_is_about_something_and_a_title_begins_with_a_capital() {
        let facts = |kind: DocumentKind, subject: &str| DocumentFacts {
            kind: kind as i32,
            subject: subject.to_owned(),
            ..DocumentFacts::default()
        };
        assert_eq!(about(&facts(DocumentKind::Letter, "rà soát hồ sơ")), "v/v rà soát hồ sơ");
        assert_eq!(about(&facts(DocumentKind::Letter, "V/v rà soát hồ sơ")), "V/v rà soát hồ sơ");
        assert_eq!(about(&facts(DocumentKind::Decision, "ban hành Quy chế")), "ban hành Quy chế");
        let view = DocumentView { subject: "ứng phó bão".to_owned(), ..DocumentView::default() };
        assert_eq!(view.headline(), "Ứng phó bão");
    }

    #[test]
    fn a_document_that_nobody_described_yet_is_called_by_its_file() {
        let document = IncomingDocument {
            files: vec![proto::record::v1::FileRef { name: "quet_001.pdf".to_owned(), ..Default::default() }],
            ..IncomingDocument::default()
        };
        let today = Date { year: 2026, month: 11, day: 18 };
        let work = WorkCalendar::default();
        assert_eq!(DocumentView::incoming("in_1", &document, today, &work).subject, "quet_001.pdf");
        let paper = IncomingDocument::default();
        assert_eq!(
            DocumentView::incoming("in_1", &paper, today, &work).subject,
            "Bản giấy chưa nhập trích yếu"
        );
    }
}
