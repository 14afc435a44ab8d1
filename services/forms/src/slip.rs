//! The phiếu giải quyết văn bản đến: from the request to what `slip.typ` reads.

use proto::forms::v1::{RenderSlipRequest, RenderSlipResponse, SlipAssignee, SlipOpinion};
use serde_json::{Value, json};

use crate::error::Error;
use crate::fields::{Fields, Need};
use crate::letterhead::{self, Number};
use crate::limits::widths;
use crate::press::{Press, Sheet, Stamp};
use crate::typeface::Typeface;
use crate::{dates, limits};

/// Room for a hand where nothing is known.
const DOTS: &str = "……………………………………………………………";
/// Dotted lines under an empty opinion.
const LINES_FOR_A_HAND: u32 = 3;

impl Press {
    /// Typesets the phiếu giải quyết of one incoming document.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every faulty field; [`Error::TooLarge`].
    pub fn slip(&self, request: &RenderSlipRequest) -> Result<RenderSlipResponse, Error> {
        let mut fields = Fields::new(self);
        let stamp = Stamp::read(&mut fields, request.stamp.as_ref());
        let data = read(&mut fields, request, stamp.as_ref().is_some_and(|stamp| stamp.demo));
        fields.finish()?;
        // A request without a stamp has a violation.
        let Some(stamp) = stamp else { return Err(Error::Broken("stamp unread".into())) };
        let printed = self.print(Sheet::Slip, &data, &stamp)?;
        Ok(RenderSlipResponse { pdf: printed.pdf, page_count: printed.page_count })
    }
}

fn read(fields: &mut Fields<'_>, request: &RenderSlipRequest, demo: bool) -> Value {
    let agency = letterhead::agency(fields, request.letterhead.as_ref());
    let place_name =
        fields.line("place_name", &request.place_name, limits::PLACE_NAME_CHARS_MAX, Need::Required);
    let dated = fields.date("dated", request.dated.as_ref(), Need::Required).map(dates::in_words);
    let facts = facts(fields, request);

    let leads = assignees(fields, "leads", &request.leads, limits::SLIP_LEADS_MAX);
    let supporting = assignees(fields, "supporting", &request.supporting, limits::SLIP_SUPPORTING_MAX);
    let informed = assignees(fields, "for_information", &request.for_information, limits::SLIP_INFORMED_MAX);
    let handlers = assignees(fields, "handlers", &request.handlers, limits::SLIP_HANDLERS_MAX);
    let typeface = fields.typeface();
    let mut leader_lines =
        vec![line(typeface, "- Giao chủ trì:", &leads), line(typeface, "- Giao phối hợp:", &supporting)];
    if !informed.is_empty() {
        leader_lines.push(line(typeface, "- Để biết:", &informed));
    }

    let sections = vec![
        section(
            "(1) Ý kiến của lãnh đạo cơ quan, tổ chức",
            leader_lines,
            "- Ý kiến chỉ đạo:",
            "Ngày cho ý kiến",
            opinion(fields, "leader", request.leader.as_ref()),
        ),
        section(
            "(2) Ý kiến của lãnh đạo đơn vị",
            vec![line(typeface, "- Giao cá nhân:", &handlers)],
            "- Ý kiến:",
            "Ngày cho ý kiến",
            opinion(fields, "unit_head", request.unit_head.as_ref()),
        ),
        section(
            "(3) Ý kiến đề xuất của người giải quyết",
            Vec::new(),
            "- Nội dung đề xuất:",
            "Ngày đề xuất",
            opinion(fields, "proposal", request.proposal.as_ref()),
        ),
    ];
    json!({
        "title": "Phiếu giải quyết văn bản đến",
        "parent": typeface.soften(&agency.parent.to_uppercase(), widths::AGENCY),
        "agency": agency.name,
        "agency_shown": typeface.soften(&agency.name.to_uppercase(), widths::AGENCY),
        "urgency": letterhead::urgency(fields, request.urgency),
        "place_date": format!("{place_name}, {}", dated.unwrap_or_default()),
        "facts": facts,
        "sections": sections,
        "demo": demo,
    })
}

/// What the document is: label, value, whether it is bold.
fn facts(fields: &mut Fields<'_>, request: &RenderSlipRequest) -> Vec<Value> {
    let number = request
        .arrival_number
        .as_ref()
        .and_then(|number| Number::read(fields, "arrival_number", Some(number)))
        .map_or_else(|| "…………".to_owned(), |number| number.plain());
    let arrived_on = fields
        .date("arrived_on", request.arrived_on.as_ref(), Need::Optional)
        .map_or_else(|| "…………".to_owned(), dates::short);
    let kind_name = fields.line("kind_name", &request.kind_name, limits::KIND_NAME_CHARS_MAX, Need::Optional);
    let notation =
        fields.line("notation", &request.notation, limits::NUMBER_NOTATION_CHARS_MAX, Need::Optional);
    let dated =
        fields.date("document_date", request.document_date.as_ref(), Need::Optional).map(dates::short);
    let author = fields.line("author", &request.author, limits::NAME_CHARS_MAX, Need::Required);
    let subject = fields.lines("subject", &request.subject, limits::SUBJECT_CHARS_MAX, Need::Required);
    let mut which = kind_name;
    for (opening, part) in [(" số ", notation), (" ngày ", dated.unwrap_or_default())] {
        if !part.is_empty() {
            which.push_str(opening);
            which.push_str(&part);
        }
    }
    let soft = |text: &str| fields.typeface().soften(text, widths::SLIP);
    [
        ("Số đến:", format!("{number}, ngày đến {arrived_on}"), true),
        ("Văn bản:", if which.is_empty() { DOTS.to_owned() } else { soft(which.trim()) }, false),
        ("Cơ quan ban hành:", soft(&author), false),
        ("Trích yếu:", soft(&subject), false),
    ]
    .into_iter()
    .map(|(label, value, bold)| json!([label, value, bold]))
    .collect()
}

/// "Phòng A (thời hạn 05/12/2026)", one string each.
fn assignees(fields: &mut Fields<'_>, field: &str, list: &[SlipAssignee], max: usize) -> Vec<String> {
    if !fields.count(field, list.len(), 0, max) {
        return Vec::new();
    }
    list.iter()
        .enumerate()
        .map(|(i, assignee)| {
            let name = fields.line(
                &format!("{field}[{i}].name"),
                &assignee.name,
                limits::NAME_CHARS_MAX,
                Need::Required,
            );
            let due =
                fields.date(&format!("{field}[{i}].due_date"), assignee.due_date.as_ref(), Need::Optional);
            match due {
                Some(due) => format!("{name} (thời hạn {})", dates::short(due)),
                None => name,
            }
        })
        .collect()
}

fn line(typeface: &Typeface, label: &str, names: &[String]) -> [String; 2] {
    let value = if names.is_empty() { DOTS.to_owned() } else { names.join("; ") };
    [label.to_owned(), typeface.soften(&value, widths::SLIP)]
}

/// An opinion that was checked.
struct Opinion {
    text: String,
    given_by: String,
    given_on: Option<String>,
}

fn opinion(fields: &mut Fields<'_>, field: &str, opinion: Option<&SlipOpinion>) -> Opinion {
    let Some(opinion) = opinion else {
        return Opinion { text: String::new(), given_by: String::new(), given_on: None };
    };
    let text =
        fields.lines(&format!("{field}.text"), &opinion.text, limits::OPINION_CHARS_MAX, Need::Optional);
    Opinion {
        text: fields.typeface().soften(&text, widths::SLIP),
        given_by: fields.line(
            &format!("{field}.given_by"),
            &opinion.given_by,
            limits::NAME_CHARS_MAX,
            Need::Optional,
        ),
        given_on: fields
            .date(&format!("{field}.given_on"), opinion.given_on.as_ref(), Need::Optional)
            .map(dates::short),
    }
}

fn section(title: &str, mut lines: Vec<[String; 2]>, label: &str, day: &str, opinion: Opinion) -> Value {
    let empty = opinion.text.is_empty();
    lines.push([label.to_owned(), opinion.text]);
    let mut signed = format!("{day}: {}", opinion.given_on.unwrap_or_else(|| "……/……/…………".to_owned()));
    if !opinion.given_by.is_empty() {
        signed = format!("{}. {signed}", opinion.given_by);
    }
    json!({
        "title": title,
        "lines": lines,
        "dotted": if empty { LINES_FOR_A_HAND } else { 0 },
        "signed": signed,
    })
}

#[cfg(test)]
mod tests {
    use proto::forms::v1::{FileStamp, Letterhead};
    use proto::record::v1::Date;

    use super::*;

    fn saying(text: String) -> RenderSlipRequest {
        RenderSlipRequest {
            stamp: Some(FileStamp {
                ident: "slip".into(),
                rendered_at: Some(prost_types::Timestamp { seconds: 1_794_968_400, nanos: 0 }),
                demo: false,
            }),
            letterhead: Some(Letterhead { parent: String::new(), agency: "Sở Nội vụ".into() }),
            place_name: "Minh Giang".into(),
            dated: Some(Date { year: 2026, month: 11, day: 18 }),
            author: "Sở Tài chính".into(),
            subject: "V/v dự toán".into(),
            leader: Some(SlipOpinion { text, ..Default::default() }),
            ..Default::default()
        }
    }

    #[test]
    fn every_character_that_passes_the_check_can_be_printed() {
        let press = Press::new().unwrap();
        let all: Vec<char> = ('\0'..='\u{ffff}').filter(|&c| press.typeface().has(c)).collect();
        assert!(all.len() > 2_000, "{} characters", all.len());
        let mut printed = 0;
        for chunk in all.chunks(700) {
            // Each behind a letter: marks get something to stand on, and NFC brings some together.
            let text: String = chunk.iter().flat_map(|c| ['a', *c, ' ']).collect();
            match press.slip(&saying(text)) {
                Ok(_) => printed += 1,
                Err(Error::Invalid(violations)) => assert_eq!(violations[0].reason, "CHARACTER_NOT_ALLOWED"),
                Err(error) => panic!("{error}"),
            }
        }
        assert!(printed > 2, "{printed} of {} chunks", all.len().div_ceil(700));
    }

    #[test]
    fn no_text_breaks_the_press() {
        let press = Press::new().unwrap();
        let signs: Vec<char> =
            "aÂỘđ \n\t\r\u{301}\u{323}\u{200b}\u{ad}\u{a0}#*_$<>@\\[]{}()`~\"'/-–…=+:;.,0123456789%&|^"
                .chars()
                .collect();
        let mut state = 1_u64;
        for _ in 0..60 {
            let text: String = (0..400)
                .map(|_| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    signs[usize::try_from(state >> 33).unwrap() % signs.len()]
                })
                .collect();
            if let Err(error) = press.slip(&saying(text.clone())) {
                panic!("{error}: {text:?}");
            }
        }
    }
}
