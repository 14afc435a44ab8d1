//! The letters of the demo: what strangers send, and what the agency drafts. Typeset by forms, as everything is.

use proto::fault::Fault;
use proto::forms::v1::{
    FileStamp, LetterKind, Letterhead, Paragraph, RenderLetterRequest, SignatureBlock, UrgencyMark,
};
use proto::record::v1::{Date, DocumentKind, Urgency};

use super::people::{AGENCY, SUPERIOR};

/// What a letter says.
#[derive(Debug, Clone)]
pub(super) struct Letter<'a> {
    pub(super) ident: String,
    pub(super) rendered_at_ms: i64,
    pub(super) kind: DocumentKind,
    pub(super) notation: String,
    pub(super) subject: &'a str,
    pub(super) urgency: Urgency,
}

/// A letter from a stranger: number and date are printed as text of the page.
pub(super) fn received(
    letter: &Letter<'_>,
    issuer: &str,
    number: u32,
    date: Date,
    pages: usize,
) -> RenderLetterRequest {
    let mut request = base(letter, "", issuer);
    request.number = domain::notation::number_text(number, "");
    request.issued_on = Some(date);
    request.addressees = if needs_addressees(letter.kind) { vec![AGENCY.to_owned()] } else { Vec::new() };
    request.body = body(letter.subject, pages);
    request.signature = Some(SignatureBlock {
        capacity: Vec::new(),
        position: "Thủ trưởng đơn vị".to_owned(),
        full_name: "Trần Văn Mẫu (demo)".to_owned(),
    });
    request
}

/// A letter of the agency: number and date are left blank, to be filled when they are drawn.
pub(super) fn drafted(
    letter: &Letter<'_>,
    capacity: Vec<String>,
    position: &str,
    signer: &str,
    addressees: Vec<String>,
) -> RenderLetterRequest {
    let mut request = base(letter, SUPERIOR, AGENCY);
    request.addressees = if needs_addressees(letter.kind) { addressees.clone() } else { Vec::new() };
    request.copies_to = if needs_addressees(letter.kind) { Vec::new() } else { addressees };
    request.body = body(letter.subject, 1);
    request.signature = Some(SignatureBlock {
        capacity,
        position: position.to_owned(),
        full_name: signer.replace(" (demo)", ""),
    });
    request
}

fn needs_addressees(kind: DocumentKind) -> bool {
    matches!(kind, DocumentKind::Letter | DocumentKind::Submission | DocumentKind::Invitation)
}

fn base(letter: &Letter<'_>, parent: &str, agency: &str) -> RenderLetterRequest {
    let (kind, kind_name) = layout(letter.kind);
    let decision = kind == LetterKind::Decision;
    RenderLetterRequest {
        stamp: Some(FileStamp {
            ident: letter.ident.clone(),
            rendered_at: Some(domain::calendar::timestamp(letter.rendered_at_ms)),
            demo: true,
        }),
        kind: kind.into(),
        kind_name,
        letterhead: Some(Letterhead { parent: parent.to_owned(), agency: agency.to_owned() }),
        notation: letter.notation.clone(),
        place_name: "Minh Giang".to_owned(),
        subject: letter.subject.to_owned(),
        authority: if decision { format!("Người đứng đầu {agency}") } else { String::new() },
        grounds: if decision {
            vec![
                "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ về công tác văn thư".to_owned(),
                "Theo đề nghị của đơn vị được giao tham mưu".to_owned(),
            ]
        } else {
            Vec::new()
        },
        urgency: match letter.urgency {
            Urgency::Urgent => UrgencyMark::Urgent,
            Urgency::VeryUrgent => UrgencyMark::VeryUrgent,
            Urgency::Express => UrgencyMark::Express,
            Urgency::Normal | Urgency::Unspecified => UrgencyMark::Unspecified,
        }
        .into(),
        ..RenderLetterRequest::default()
    }
}

fn layout(kind: DocumentKind) -> (LetterKind, String) {
    let of = match kind {
        DocumentKind::Letter => LetterKind::OfficialLetter,
        DocumentKind::Decision => LetterKind::Decision,
        DocumentKind::Notice => LetterKind::Announcement,
        DocumentKind::Submission => LetterKind::Submission,
        DocumentKind::Report => LetterKind::Report,
        DocumentKind::Plan => LetterKind::Plan,
        DocumentKind::Invitation => LetterKind::Invitation,
        other => return (LetterKind::OtherNamed, domain::notation::kind_name(other).to_owned()),
    };
    (of, String::new())
}

/// Paragraphs about the subject; some twelve fill a page.
fn body(subject: &str, pages: usize) -> Vec<Paragraph> {
    let sentences = [
        format!("Thực hiện nhiệm vụ được giao về việc {}, cơ quan thông báo để các đơn vị biết và phối hợp thực hiện.", lower(subject)),
        "Đề nghị các đơn vị rà soát nội dung thuộc phạm vi quản lý, cử đầu mối theo dõi và gửi kết quả bằng văn bản điện tử trên hệ thống quản lý văn bản và điều hành.".to_owned(),
        "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc, đề nghị phản ánh kịp thời để được hướng dẫn, giải quyết theo quy định.".to_owned(),
    ];
    let count = if pages <= 1 { 3 } else { (pages * 9).min(480) };
    sentences.iter().cycle().take(count).map(|text| Paragraph { style: 0, text: text.clone() }).collect()
}

fn lower(subject: &str) -> String {
    let mut chars = subject.chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}

/// The chunk of a rendered letter, or why there is none.
pub(super) async fn typeset(
    stage: &mut super::stage::Stage,
    login: &str,
    letter: RenderLetterRequest,
) -> Result<proto::forms::v1::RenderLetterResponse, Fault> {
    let identity = stage.identity(login).await?;
    let answer = stage.peers.forms().render_letter(proto::rpc::outgoing(&identity, letter)).await;
    Ok(answer.map_err(|s| proto::rpc::fault_of(&s))?.into_inner())
}
