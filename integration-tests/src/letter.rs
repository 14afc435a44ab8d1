//! Letters to be typeset: what the agency drafts, and what strangers send.

use proto::forms::v1::{FileStamp, LetterKind, Letterhead, Paragraph, RenderLetterRequest, SignatureBlock};
use proto::record::v1::Date;

use crate::staff::{AGENCY, SUPERIOR};

/// A letter (công văn) of the agency; number and date are left blank.
#[must_use]
pub fn drafted(
    ident: &str,
    at_ms: i64,
    notation: &str,
    subject: &str,
    signer: (&str, &[&str], &str),
) -> RenderLetterRequest {
    let (name, capacity, position) = signer;
    RenderLetterRequest {
        stamp: Some(FileStamp {
            ident: ident.to_owned(),
            rendered_at: Some(domain::calendar::timestamp(at_ms)),
            demo: false,
        }),
        kind: LetterKind::OfficialLetter.into(),
        letterhead: Some(Letterhead { parent: SUPERIOR.to_owned(), agency: AGENCY.to_owned() }),
        notation: notation.to_owned(),
        place_name: "Minh Giang".to_owned(),
        subject: subject.to_owned(),
        addressees: vec!["UBND tỉnh Minh Giang".to_owned()],
        body: [
            "Căn cứ kết quả rà soát, cơ quan báo cáo để cấp trên xem xét.",
            "Đề nghị các đơn vị phối hợp thực hiện đúng thời hạn.",
        ]
        .into_iter()
        .map(|text| Paragraph { style: 0, text: text.to_owned() })
        .collect(),
        signature: Some(SignatureBlock {
            capacity: capacity.iter().map(|line| (*line).to_owned()).collect(),
            position: position.to_owned(),
            full_name: name.to_owned(),
        }),
        ..RenderLetterRequest::default()
    }
}

/// A letter of a stranger: number and date are printed as text of the page.
#[must_use]
pub fn received(
    ident: &str,
    at_ms: i64,
    number: &str,
    notation: &str,
    date: Date,
    subject: &str,
) -> RenderLetterRequest {
    let mut letter = drafted(ident, at_ms, notation, subject, ("Trần Văn Mẫu", &[], "Giám đốc"));
    letter.letterhead =
        Some(Letterhead { parent: SUPERIOR.to_owned(), agency: "Sở Tài chính".to_owned() });
    letter.number = number.to_owned();
    letter.issued_on = Some(date);
    letter.addressees = vec![AGENCY.to_owned()];
    letter
}
