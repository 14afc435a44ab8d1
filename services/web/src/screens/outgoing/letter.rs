//! A letter in a template: from what was typed to what is typeset, and back, so that revising shows what was written.

use domain::capacity;
use proto::forms::v1::{
    CirculationMark, FileStamp, LetterKind, Letterhead, Paragraph, RenderLetterRequest, SignatureBlock,
    UrgencyMark,
};
use proto::record::v1::{Agency, DocumentFacts, DocumentKind, Recipient, Urgency};

use super::appendices;
use super::pairs::lines;
use super::signers::Named;
use crate::desk::Desk;
use crate::form::Form;

/// The layouts that are offered first, with the others behind them.
pub(super) const FIRST: [DocumentKind; 7] = [
    DocumentKind::Letter,
    DocumentKind::Decision,
    DocumentKind::Notice,
    DocumentKind::Submission,
    DocumentKind::Report,
    DocumentKind::Plan,
    DocumentKind::Invitation,
];

/// The layout of a kind, and its name where the layout has none of its own.
pub(super) fn layout(kind: DocumentKind) -> (LetterKind, String) {
    let own = match kind {
        DocumentKind::Letter => LetterKind::OfficialLetter,
        DocumentKind::Decision => LetterKind::Decision,
        DocumentKind::Notice => LetterKind::Announcement,
        DocumentKind::Submission => LetterKind::Submission,
        DocumentKind::Report => LetterKind::Report,
        DocumentKind::Plan => LetterKind::Plan,
        DocumentKind::Invitation => LetterKind::Invitation,
        other => return (LetterKind::OtherNamed, domain::notation::kind_name(other).to_owned()),
    };
    (own, String::new())
}

/// Everything that the layout needs besides what was typed into its fields.
pub(super) struct Facts<'a> {
    /// Kind of document.
    pub(super) kind: DocumentKind,
    /// The notation to print.
    pub(super) notation: &'a str,
    /// Who signs.
    pub(super) signer: &'a Named,
    /// Độ khẩn.
    pub(super) urgency: Urgency,
    /// Who gets it, for the printed list where none was typed.
    pub(super) recipients: &'a [Recipient],
    /// Abbreviation of the drafting unit, for “Lưu”.
    pub(super) unit_abbreviation: &'a str,
    /// Identity and time of the file.
    pub(super) stamp: FileStamp,
}

/// What is typeset.
pub(super) fn build(desk: &Desk, form: &Form, facts: &Facts<'_>) -> RenderLetterRequest {
    let agency = &desk.roll.agency;
    let (kind, kind_name) = layout(facts.kind);
    let decision = kind == LetterKind::Decision;
    let addressees = lines(form.text("addressees"));
    let copies_to = match lines(form.text("copies_to")) {
        typed if !typed.is_empty() => typed,
        _ => printed(desk, facts.recipients, &addressees),
    };
    let position = desk.roll.title(&facts.signer.position_id);
    let block = capacity::lines(facts.signer.capacity, &position, agency);
    RenderLetterRequest {
        stamp: Some(facts.stamp.clone()),
        kind: kind.into(),
        kind_name,
        letterhead: Some(letterhead(agency)),
        notation: facts.notation.to_owned(),
        number: String::new(),
        place_name: agency.place.clone(),
        issued_on: None,
        subject: form.text("facts.subject").to_owned(),
        addressees,
        authority: if decision { form.text("authority").to_owned() } else { String::new() },
        grounds: lines(form.text("grounds")),
        body: paragraphs(form.text("body")),
        signature: Some(SignatureBlock {
            capacity: block.capacity,
            position: block.position,
            full_name: bare_name(&desk.roll.person(&facts.signer.person_id)),
        }),
        copies_to,
        filed_at: filed_at(form.text("filed_at"), facts.unit_abbreviation),
        drafter_mark: form.text("drafter_mark").to_owned(),
        urgency: urgency(facts.urgency).into(),
        circulation: circulation(form.text("circulation")).into(),
        contact: form.text("contact").to_owned(),
        appendices: appendices::read(form),
        seal_diameter: 0,
    }
}

/// The fields of the form for a letter that was kept.
pub(super) fn prefill(letter: &RenderLetterRequest) -> Vec<(&'static str, String)> {
    let body: Vec<&str> = letter.body.iter().map(|p| p.text.as_str()).collect();
    let mut fields = vec![
        ("addressees", letter.addressees.join("\n")),
        ("authority", letter.authority.clone()),
        ("grounds", letter.grounds.join("\n")),
        ("body", body.join("\n")),
        ("copies_to", letter.copies_to.join("\n")),
        ("filed_at", letter.filed_at.clone()),
        ("drafter_mark", letter.drafter_mark.clone()),
        ("circulation", letter.circulation.to_string()),
        ("contact", letter.contact.clone()),
    ];
    fields.extend(appendices::prefill(&letter.appendices));
    fields
}

/// The subject of an answer, as the document will say it: whatever is spoken on the screen, it is Vietnamese.
pub(super) fn answering(answered: &DocumentFacts, number: &str, day: &str) -> String {
    let name = domain::notation::kind_name(answered.kind());
    let kind = if answered.kind_name.is_empty() { name } else { &answered.kind_name };
    let parts = [("trả lời", kind), ("số", number), ("ngày", day), ("của", answered.issuer.as_str())];
    let said = parts.into_iter().filter(|(_, text)| !text.is_empty());
    said.map(|(word, text)| format!("{word} {text}")).collect::<Vec<_>>().join(" ")
}

/// Who decides, as a quyết định says it, until somebody writes otherwise.
pub(super) fn authority(agency: &Agency) -> String {
    if agency.collective { agency.name.clone() } else { format!("{} {}", agency.head_title, agency.name) }
}

/// The head of the page. Where the superior names the place already, the agency's name goes without it (Phụ lục I, II.2).
fn letterhead(agency: &Agency) -> Letterhead {
    let own = ["tỉnh ", "thành phố "].into_iter().find_map(|word| {
        let at = agency.name.rfind(word)?;
        let place = agency.name.get(at..)?;
        let short = agency.name.get(..at)?.trim_end();
        (!short.is_empty() && agency.superior.ends_with(place)).then(|| short.to_owned())
    });
    Letterhead { parent: agency.superior.clone(), agency: own.unwrap_or_else(|| agency.name.clone()) }
}

/// Nơi nhận as it is printed when nobody typed it: those who get it, without those whom it addresses.
fn printed(desk: &Desk, recipients: &[Recipient], addressees: &[String]) -> Vec<String> {
    let mut names: Vec<String> = recipients
        .iter()
        .map(|r| if r.inside.is_some() { desk.roll.principal(r.inside.as_ref()) } else { r.name.clone() })
        .map(|name| bare_name(&name))
        .filter(|name| !name.is_empty() && !addressees.contains(name))
        .collect();
    names.dedup();
    names.truncate(50);
    names
}

/// A name without a remark in brackets behind it.
fn bare_name(name: &str) -> String {
    name.split(" (").next().unwrap_or_default().trim().to_owned()
}

fn filed_at(typed: &str, unit: &str) -> String {
    if !typed.is_empty() {
        return typed.to_owned();
    }
    if unit.is_empty() { "VT".to_owned() } else { format!("VT, {unit}") }
}

/// Each line is a paragraph; its style is told from its opening.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| Paragraph { style: 0, text: line.to_owned() })
        .collect()
}

fn urgency(urgency: Urgency) -> UrgencyMark {
    match urgency {
        Urgency::Unspecified | Urgency::Normal => UrgencyMark::Unspecified,
        Urgency::Urgent => UrgencyMark::Urgent,
        Urgency::VeryUrgent => UrgencyMark::VeryUrgent,
        Urgency::Express => UrgencyMark::Express,
    }
}

fn circulation(text: &str) -> CirculationMark {
    text.parse::<i32>().ok().and_then(|c| CirculationMark::try_from(c).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::pairs;
    use super::*;

    #[test]
    fn every_kind_has_a_layout_and_only_unnamed_layouts_carry_a_name() {
        for kind in domain::notation::ISSUED {
            let (layout, name) = layout(kind);
            assert_ne!(layout, LetterKind::Unspecified);
            assert_eq!(layout == LetterKind::OtherNamed, !name.is_empty(), "{kind:?}");
        }
    }

    #[test]
    fn the_place_is_said_once_at_the_head_of_the_page() {
        let agency = |name: &str, superior: &str| Agency {
            name: name.to_owned(),
            superior: superior.to_owned(),
            ..Agency::default()
        };
        let head = |name, superior| letterhead(&agency(name, superior)).agency;
        assert_eq!(head("Sở Nội vụ tỉnh Minh Giang", "UBND tỉnh Minh Giang"), "Sở Nội vụ");
        assert_eq!(head("Sở Nội vụ tỉnh Minh Giang", ""), "Sở Nội vụ tỉnh Minh Giang");
        assert_eq!(head("UBND tỉnh Minh Giang", "UBND tỉnh Minh Giang"), "UBND");
        assert_eq!(head("Trường Cao đẳng Minh Giang", "UBND tỉnh Minh Giang"), "Trường Cao đẳng Minh Giang");
    }

    #[test]
    fn a_kept_letter_fills_the_form_as_it_was_written() {
        let letter = RenderLetterRequest {
            addressees: vec!["Bộ Nội vụ".to_owned(), "Bộ Tài chính".to_owned()],
            grounds: vec!["Căn cứ Luật A".to_owned()],
            body: paragraphs("Đoạn một.\n\n  Đoạn hai."),
            circulation: CirculationMark::Internal.into(),
            ..RenderLetterRequest::default()
        };
        let form = pairs::form(prefill(&letter));
        assert_eq!(lines(form.text("addressees")), letter.addressees);
        assert_eq!(paragraphs(form.text("body")), letter.body);
        assert_eq!(circulation(form.text("circulation")), CirculationMark::Internal);
    }
}
