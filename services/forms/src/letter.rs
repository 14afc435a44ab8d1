//! One outgoing document: from the request to what `letter.typ` reads.

use proto::forms::v1::{
    CirculationMark, LetterKind, RenderLetterRequest, RenderLetterResponse, SignatureBlock,
};
use serde_json::{Value, json};

use crate::error::Error;
use crate::fields::{Fields, Need};
use crate::limits::widths;
use crate::press::{Press, Sheet, Stamp};
use crate::{dates, letterhead, limits, paragraph};

/// What may stand before a position: TM., KT., TL., TUQ., Q. (NĐ 30/2020 Điều 13, Phụ lục I, mục II.7).
const CAPACITIES: [&str; 5] = ["TM. ", "KT. ", "TL. ", "TUQ. ", "Q. "];

impl Press {
    /// Typesets one outgoing document and says where number, date, signature and seal belong.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every faulty field; [`Error::TooLarge`].
    pub fn letter(&self, request: &RenderLetterRequest) -> Result<RenderLetterResponse, Error> {
        let mut fields = Fields::new(self);
        let stamp = Stamp::read(&mut fields, request.stamp.as_ref());
        let data = read(&mut fields, request, stamp.as_ref().is_some_and(|stamp| stamp.demo));
        fields.finish()?;
        // A request without a stamp has a violation.
        let Some(stamp) = stamp else { return Err(Error::Broken("stamp unread".into())) };
        let printed = self.print(Sheet::Letter, &data, &stamp)?;
        Ok(RenderLetterResponse { pdf: printed.pdf, page_count: printed.page_count, places: printed.places })
    }
}

/// Layout and name of a kind.
fn kind(fields: &mut Fields<'_>, request: &RenderLetterRequest) -> (LetterKind, String) {
    let kind = LetterKind::try_from(request.kind).unwrap_or_default();
    let fixed = match kind {
        LetterKind::Unspecified => {
            fields.wrong("kind", "ENUM_UNKNOWN", format!("unknown value {}", request.kind));
            ""
        }
        LetterKind::OfficialLetter => "Công văn",
        LetterKind::Decision => "Quyết định",
        LetterKind::Announcement => "Thông báo",
        LetterKind::Submission => "Tờ trình",
        LetterKind::Report => "Báo cáo",
        LetterKind::Plan => "Kế hoạch",
        LetterKind::Invitation => "Giấy mời",
        LetterKind::OtherNamed => {
            let name =
                fields.line("kind_name", &request.kind_name, limits::KIND_NAME_CHARS_MAX, Need::Required);
            return (kind, name);
        }
    };
    if !request.kind_name.is_empty() {
        fields.wrong("kind_name", "FIELD_NOT_ALLOWED", "must be empty unless the kind is OTHER_NAMED");
    }
    (kind, fixed.to_owned())
}

fn read(fields: &mut Fields<'_>, request: &RenderLetterRequest, demo: bool) -> Value {
    let (kind, kind_name) = kind(fields, request);
    let agency = letterhead::agency(fields, request.letterhead.as_ref());
    let notation = fields.line("notation", &request.notation, limits::NOTATION_CHARS_MAX, Need::Required);
    if notation.contains(char::is_whitespace) || notation.starts_with('/') {
        fields.wrong(
            "notation",
            "NOTATION_INVALID",
            "must be without blanks and without the slash before it",
        );
    }
    let number = fields.line("number", &request.number, limits::NUMBER_CHARS_MAX, Need::Optional);
    if number.contains(char::is_whitespace) || number.contains('/') {
        fields.wrong("number", "NUMBER_INVALID", "must be without blanks and slashes");
    }
    let place_name =
        fields.line("place_name", &request.place_name, limits::PLACE_NAME_CHARS_MAX, Need::Required);
    let date = fields.date("issued_on", request.issued_on.as_ref(), Need::Optional).map(dates::in_words);
    let subject = fields.lines("subject", &request.subject, limits::SUBJECT_CHARS_MAX, Need::Required);

    let addressees =
        fields.list("addressees", &request.addressees, limits::LIST_LINES_MAX, limits::NAME_CHARS_MAX);
    if addressees.is_empty() && matches!(kind, LetterKind::OfficialLetter | LetterKind::Submission) {
        fields.wrong("addressees", "FIELD_EMPTY", "must have at least one entry for this kind");
    }
    let authority_need = if kind == LetterKind::Decision { Need::Required } else { Need::Optional };
    let authority = fields.line("authority", &request.authority, limits::NAME_CHARS_MAX, authority_need);
    if kind != LetterKind::Decision && !authority.is_empty() {
        fields.wrong("authority", "FIELD_NOT_ALLOWED", "must be empty unless the kind is DECISION");
    }
    let grounds = fields.list("grounds", &request.grounds, limits::LIST_LINES_MAX, limits::GROUND_CHARS_MAX);

    let mut characters = 0;
    let mut body = paragraph::read(fields, "body", &request.body, &mut characters);
    paragraph::close(&mut body);
    let appendices =
        appendices(fields, request, &kind_name, &notation, &number, date.as_deref(), &mut characters);
    if characters > limits::LETTER_CHARS_MAX {
        let text = format!(
            "all paragraphs together at most {} characters, got {characters}",
            limits::LETTER_CHARS_MAX
        );
        fields.wrong("body", "TEXT_TOO_LONG", text);
    }
    let paragraphs = request.body.len() + request.appendices.iter().map(|a| a.body.len()).sum::<usize>();
    if paragraphs > limits::PARAGRAPHS_MAX {
        let text =
            format!("at most {} paragraphs, appendices included, got {paragraphs}", limits::PARAGRAPHS_MAX);
        fields.wrong("appendices", "COUNT_OUT_OF_RANGE", text);
    }

    let signature = signature(fields, request.signature.as_ref());
    let copies_to = copies_to(fields, request, !addressees.is_empty());
    let seal = if request.seal_diameter == 0 { limits::SEAL_DIAMETER_DEFAULT } else { request.seal_diameter };
    fields.range("seal_diameter", seal, &limits::SEAL_DIAMETERS);
    let circulation = match CirculationMark::try_from(request.circulation) {
        Ok(CirculationMark::Unspecified) => "",
        Ok(CirculationMark::Internal) => "LƯU HÀNH NỘI BỘ",
        Ok(CirculationMark::ReturnAfterReading) => "XEM XONG TRẢ LẠI",
        Err(_) => {
            fields.wrong("circulation", "ENUM_UNKNOWN", format!("unknown value {}", request.circulation));
            ""
        }
    };

    let contact = fields.lines("contact", &request.contact, limits::CONTACT_CHARS_MAX, Need::Optional);
    let urgency = letterhead::urgency(fields, request.urgency);
    let typeface = fields.typeface();
    let shown_subject = if kind == LetterKind::OfficialLetter {
        typeface.soften(&concerning(&subject), widths::CONCERNING)
    } else {
        typeface.soften(&subject, widths::TITLE)
    };
    json!({
        "title": format!("{kind_name}: {}", subject.replace('\n', " ")),
        "kind": match kind {
            LetterKind::OfficialLetter => "official",
            LetterKind::Decision => "decision",
            _ => "named",
        },
        "kind_name": kind_name,
        "parent": typeface.soften(&agency.parent.to_uppercase(), widths::AGENCY),
        "agency": agency.name,
        "agency_shown": typeface.soften(&agency.name.to_uppercase(), widths::AGENCY),
        "notation": typeface.soften(&notation, widths::NOTATION),
        "number": number,
        "place_name": typeface.soften(&place_name, widths::NOTATION),
        "date": date.unwrap_or_default(),
        "subject": shown_subject,
        "addressees": dashed(&addressees).iter().map(|a| typeface.soften(a, widths::TITLE)).collect::<Vec<_>>(),
        "authority": typeface.soften(&authority.to_uppercase(), widths::TITLE),
        "grounds": ended(&grounds, ".").iter().map(|g| typeface.soften(g, widths::BODY)).collect::<Vec<_>>(),
        "body": body.iter().map(|p| p.data(typeface)).collect::<Vec<_>>(),
        "capacity": signature.0,
        "position": signature.1,
        "full_name": signature.2,
        "copies_to": copies_to,
        "urgency": urgency,
        "circulation": circulation,
        "contact": typeface.soften(&contact, widths::CONTACT),
        "appendices": appendices,
        "seal_mm": f64::from(seal) / 10.0,
        "demo": demo,
    })
}

/// "V/v …" under the number of a công văn (ô 5b).
fn concerning(subject: &str) -> String {
    for opening in ["V/v ", "v/v ", "Về việc ", "về việc "] {
        if let Some(rest) = subject.strip_prefix(opening) {
            return format!("V/v {rest}");
        }
    }
    format!("V/v {subject}")
}

/// Takes the author's own end marks off and sets ";" and, on the last line, `last`.
fn ended(lines: &[String], last: &str) -> Vec<String> {
    let count = lines.len();
    lines
        .iter()
        .enumerate()
        .map(|(i, line)| {
            let bare = line.trim_end_matches([';', '.', ',', ' ']);
            format!("{bare}{}", if i + 1 == count { last } else { ";" })
        })
        .collect()
}

/// One addressee stands as it is; several get dashes and end marks (ô 9a).
fn dashed(addressees: &[String]) -> Vec<String> {
    if addressees.len() == 1 {
        return addressees.to_vec();
    }
    ended(addressees, ".").iter().map(|line| format!("- {}", line.trim_start_matches(['-', ' ']))).collect()
}

/// Nơi nhận (ô 9b): "Như trên" where there are addressees, the lines, "Lưu".
fn copies_to(fields: &mut Fields<'_>, request: &RenderLetterRequest, addressed: bool) -> Vec<String> {
    let mut lines =
        fields.list("copies_to", &request.copies_to, limits::LIST_LINES_MAX, limits::NAME_CHARS_MAX);
    if addressed && !lines.iter().any(|line| line.trim_start_matches(['-', ' ']).starts_with("Như trên")) {
        lines.insert(0, "Như trên".into());
    }
    let filed_at = fields.line("filed_at", &request.filed_at, limits::FILED_AT_CHARS_MAX, Need::Optional);
    let filed_at = filed_at.trim_end_matches(['.', ';', ' ']);
    let drafter =
        fields.line("drafter_mark", &request.drafter_mark, limits::DRAFTER_MARK_CHARS_MAX, Need::Optional);
    let mut printed: Vec<String> =
        ended(&lines, ";").iter().map(|line| format!("- {}", line.trim_start_matches(['-', ' ']))).collect();
    let filed_at = if filed_at.is_empty() { "VT" } else { filed_at };
    printed.push(if drafter.is_empty() {
        format!("- Lưu: {filed_at}.")
    } else {
        format!("- Lưu: {filed_at}. {drafter}")
    });
    printed.iter().map(|line| fields.typeface().soften(line, widths::COPIES)).collect()
}

/// Quyền hạn, chức vụ, họ tên.
fn signature(fields: &mut Fields<'_>, block: Option<&SignatureBlock>) -> (Vec<String>, String, String) {
    let Some(block) = block else {
        fields.wrong("signature", "FIELD_EMPTY", "must be set");
        return Default::default();
    };
    let capacity = fields.list(
        "signature.capacity",
        &block.capacity,
        limits::CAPACITY_LINES_MAX,
        limits::POSITION_CHARS_MAX,
    );
    for (i, line) in capacity.iter().enumerate() {
        if !CAPACITIES.iter().any(|prefix| line.starts_with(prefix)) {
            fields.wrong(
                &format!("signature.capacity[{i}]"),
                "CAPACITY_INVALID",
                "must begin with TM., KT., TL., TUQ. or Q. and a blank",
            );
        }
    }
    let need = if capacity.is_empty() { Need::Required } else { Need::Optional };
    let position = fields.line("signature.position", &block.position, limits::POSITION_CHARS_MAX, need);
    let full_name =
        fields.line("signature.full_name", &block.full_name, limits::FULL_NAME_CHARS_MAX, Need::Required);
    let typeface = fields.typeface();
    let capitals = |text: &str| typeface.soften(&text.to_uppercase(), widths::SIGNATURE);
    (
        capacity.iter().map(|line| capitals(line)).collect(),
        capitals(&position),
        typeface.soften(&full_name, widths::SIGNATURE),
    )
}

/// Phụ lục with their headings and the line that ties them to the document.
fn appendices(
    fields: &mut Fields<'_>,
    request: &RenderLetterRequest,
    kind_name: &str,
    notation: &str,
    number: &str,
    date: Option<&str>,
    characters: &mut usize,
) -> Vec<Value> {
    let count = request.appendices.len();
    if !fields.count("appendices", count, 0, limits::APPENDICES_MAX) {
        return Vec::new();
    }
    let agency = request.letterhead.as_ref().map_or("", |head| head.agency.trim());
    // In an electronic file number and date of this line are not filled in: they are given after the signature
    // (NĐ 30/2020, Phụ lục III, mẫu 2.1, note 1).
    let number = if number.is_empty() { "…".to_owned() } else { number.to_owned() };
    let date = date.map_or_else(|| "ngày … tháng … năm …".to_owned(), str::to_owned);
    let reference = format!("(Kèm theo {kind_name} số {number}/{notation} {date} của {agency})");
    request
        .appendices
        .iter()
        .enumerate()
        .map(|(i, appendix)| {
            let field = format!("appendices[{i}]");
            let title = fields.lines(
                &format!("{field}.title"),
                &appendix.title,
                limits::APPENDIX_TITLE_CHARS_MAX,
                Need::Required,
            );
            let body = paragraph::read(fields, &format!("{field}.body"), &appendix.body, characters);
            json!({
                "heading": if count == 1 { "Phụ lục".to_owned() } else { format!("Phụ lục {}", roman(i + 1)) },
                "title": fields.typeface().soften(&title.to_uppercase(), widths::TITLE),
                "reference": reference,
                "body": body.iter().map(|p| p.data(fields.typeface())).collect::<Vec<_>>(),
            })
        })
        .collect()
}

/// Roman numeral of an appendix, 1 to [`limits::APPENDICES_MAX`].
fn roman(mut n: usize) -> String {
    let mut out = String::new();
    for (value, sign) in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")] {
        while n >= value {
            out.push_str(sign);
            n -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_of_official_letters_begin_with_v_v_once() {
        for subject in ["V/v rà soát", "Về việc rà soát", "rà soát", "về việc rà soát"] {
            assert_eq!(concerning(subject), "V/v rà soát");
        }
    }

    #[test]
    fn end_marks_are_set_by_the_layout() {
        let lines = ["Luật A;".to_owned(), "Luật B.".to_owned(), "Theo đề nghị".to_owned()];
        assert_eq!(ended(&lines, "."), ["Luật A;", "Luật B;", "Theo đề nghị."]);
    }

    #[test]
    fn one_addressee_stands_without_dash() {
        assert_eq!(dashed(&["Bộ Nội vụ".to_owned()]), ["Bộ Nội vụ"]);
        assert_eq!(dashed(&["A".to_owned(), "- B.".to_owned()]), ["- A;", "- B."]);
    }

    #[test]
    fn appendices_are_numbered_in_roman() {
        assert_eq!([1, 4, 9, 14, 19, 20].map(roman), ["I", "IV", "IX", "XIV", "XIX", "XX"]);
    }
}
