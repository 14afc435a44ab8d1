//! Soạn thảo: a letter in a template, or an uploaded PDF with attachments; looked at before it is saved, started, revised,
//! handed in.

use axum::extract::{Path, RawQuery, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use proto::archive::v1::CommitResponse;
use proto::fault::{Fault, Violation};
use proto::forms::v1::RenderLetterRequest;
use proto::record::v1::command::Command;
use proto::record::v1::record::State;
use proto::record::v1::{CreateDraft, DocumentKind, OutgoingDocument, SubmitDraft};
use proto::routing::v1::{CreateDraftRequest, PreviewLetterRequest, ReviseDraftRequest, SubmitDraftRequest};

use super::draft_form::{self, MAIN, Sent};
use super::draft_page::{About, SHOWN, kind_value, show};
use super::{appendices, letter, pairs, recipients, signers};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::{Form, Upload};
use crate::link;
use crate::office::{expected, find_in};
use crate::random;
use crate::texts::{t, terms};
use crate::toast::Toast;
use crate::view::field::{Faults, Note};

/// The form of a new draft; of an answer, with what the answered document says.
pub(super) async fn new_page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let asked = Form::parse(query.as_deref().unwrap_or_default());
    let way = if asked.text("cach") == "tep" { "tep" } else { "mau" };
    let mut fields = vec![
        ("cach", way.to_owned()),
        ("facts.kind", kind_value(DocumentKind::Letter)),
        ("facts.urgency", "1".to_owned()),
        ("authority", letter::authority(&desk.roll.agency)),
    ];
    let mut note = None;
    let answered = asked.text("tra-loi");
    if !answered.is_empty() {
        let (record, incoming) = desk.calls().incoming(answered).await?;
        fields.push(("answers_id", record.id.clone()));
        let facts = incoming.facts.unwrap_or_default();
        let told = terms::number_and_notation(&facts);
        let day = crate::view::day::full(facts.issued_date.as_ref());
        let subject = letter::answering(&facts, &told, &day);
        fields.push(("facts.subject", subject));
        fields.push(("addressees", facts.issuer.clone()));
        fields.push((recipients::OUTSIDE, facts.issuer));
    }
    if signers::choices(&desk).await?.is_empty() {
        note = Some(Note {
            head: t::outgoing::nobody_signs().to_owned(),
            text: t::outgoing::nobody_signs_why().to_owned(),
            look: true,
        });
    }
    let about = About { id: "", document: None, held_main: None, held: Vec::new() };
    show(&desk, about, &pairs::form(fields), &Faults::default(), note).await
}

/// The form of a draft that is there.
pub(super) async fn revise_page(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    let (record, document) = desk.calls().outgoing(&id).await?;
    let letter = draft_form::kept_letter(&desk, &id, &document).await?;
    let form = draft_form::prefilled(&document, letter.as_ref(), record.version);
    let note = (!super::acts::is_unsigned(document.status())).then(|| Note {
        head: t::outgoing::no_more_edits().to_owned(),
        text: t::outgoing::no_more_edits_why().to_owned(),
        look: false,
    });
    let about = About { id: &id, document: Some(&document), held_main: None, held: Vec::new() };
    show(&desk, about, &form, &Faults::default(), note).await
}

/// Starts a draft.
pub(super) async fn create(desk: Desk, request: Request) -> Result<Response, Failure> {
    let mut sent = Sent::of(Upload::read(&desk, request).await?);
    match try_create(&desk, &mut sent).await {
        Ok(id) => after(&desk, &id, &sent.form, t::outgoing::draft_saved()).await,
        Err(fault) => again(&desk, "", None, sent, fault).await,
    }
}

async fn try_create(desk: &Desk, sent: &mut Sent) -> Result<String, Fault> {
    let request_id = sent.form.request_id()?;
    sent.form.set("ma", request_id.clone());
    let (draft, letter) = sent.draft(desk, None);
    complete(desk, &sent.form, &draft, letter.as_ref()).await?;
    let request = CreateDraftRequest { request_id, draft: Some(draft), letter };
    let answer = call!(desk, routing.create_draft(request)).map_err(draft_form::own_names)?;
    outgoing_id(answer.receipt.as_ref())
}

/// What was typed wrong here, what the rules say of the fields and what the layout says of the letter: all of it at once.
async fn complete(
    desk: &Desk,
    form: &Form,
    draft: &CreateDraft,
    letter: Option<&RenderLetterRequest>,
) -> Result<(), Fault> {
    let mut all = typed_wrong(form, draft, letter.is_some())?;
    if all.is_empty() {
        return Ok(());
    }
    // Something is wrong: what the layout has to say is asked for now, so that nobody mends twice.
    if let Some(letter) = letter {
        let asked = PreviewLetterRequest { letter: Some(letter.clone()) };
        match call!(desk, routing.preview_letter(asked)).map_err(draft_form::own_names) {
            Ok(_) => {}
            Err(Fault::Invalid(list)) => merge(&mut all, list),
            Err(fault) => tracing::info!(%fault, "the layout was not asked"),
        }
    }
    Err(Fault::Invalid(all))
}

/// Adds what is not told of its field yet.
fn merge(all: &mut Vec<Violation>, news: Vec<Violation>) {
    for violation in news {
        if !all.iter().any(|v| v.field == violation.field) {
            all.push(violation);
        }
    }
}

/// What was typed wrong here, what a letter cannot even be typeset without, and what the rules say of the fields.
fn typed_wrong(form: &Form, draft: &CreateDraft, has_letter: bool) -> Result<Vec<Violation>, Fault> {
    let mut form = form.clone();
    let by_template = form.text("cach") == "mau";
    if draft.signer_id.is_empty() {
        form.wrong("signer", "REQUIRED", "nobody is to sign");
    }
    if draft.files.is_empty() && !has_letter {
        form.wrong(MAIN, "NO_FILE", "no file was chosen");
    }
    if by_template && form.text("body").is_empty() {
        form.wrong("body", "REQUIRED", "body is empty");
    }
    if by_template && !appendices::are_whole(&form) {
        form.wrong(appendices::FIELD, "APPENDIX_NOT_WHOLE", "an appendix needs both title and content");
    }
    let kind = draft_form::kind_of(&form);
    let addressed = matches!(kind, DocumentKind::Letter | DocumentKind::Submission);
    if by_template && addressed && form.text("addressees").is_empty() {
        form.wrong("addressees", "REQUIRED", "nobody is addressed");
    }
    if by_template && kind == DocumentKind::Decision && form.text("authority").is_empty() {
        form.wrong("authority", "REQUIRED", "nobody decides");
    }
    let mut all = match form.checked() {
        Ok(()) => Vec::new(),
        Err(Fault::Invalid(list)) => list,
        Err(other) => return Err(other),
    };
    let command = Some(Command::CreateDraft(draft.clone()));
    if let Err(fault) = domain::check::check(proto::record::v1::Command { command })
        && let Fault::Invalid(list) = draft_form::own_names(fault)
    {
        // What the main file is, is seen where it is made or looked into.
        merge(&mut all, list.into_iter().filter(|v| v.field != MAIN).collect());
    }
    Ok(all)
}

/// The letter as it would be printed now: nothing is saved.
pub(super) async fn preview(desk: Desk, request: Request) -> Result<Response, Failure> {
    let mut sent = Sent::of(Upload::read(&desk, request).await?);
    let id = sent.form.text("van-ban").to_owned();
    let document = if id.is_empty() { None } else { Some(desk.calls().outgoing(&id).await?.1) };
    match try_preview(&desk, &id, document.as_ref(), &mut sent).await {
        Ok(pdf) => {
            let mut response = pdf.into_response();
            let map = response.headers_mut();
            map.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
            map.insert(
                header::CONTENT_DISPOSITION,
                HeaderValue::from_static("inline; filename=\"xem-truoc.pdf\""),
            );
            map.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            Ok(response)
        }
        Err(fault) => again(&desk, &id, document.as_ref(), sent, fault).await,
    }
}

async fn try_preview(
    desk: &Desk,
    id: &str,
    document: Option<&OutgoingDocument>,
    sent: &mut Sent,
) -> Result<Vec<u8>, Fault> {
    let (draft, letter) = sent.draft(desk, document.map(|document| (id, document, None)));
    let letter = letter.ok_or_else(|| Fault::refused("NO_FILE", "an uploaded file has no other look"))?;
    complete(desk, &sent.form, &draft, Some(&letter)).await?;
    let asked = PreviewLetterRequest { letter: Some(letter) };
    let answer = call!(desk, routing.preview_letter(asked)).map_err(draft_form::own_names)?;
    Ok(answer.letter.unwrap_or_default().pdf)
}

/// Saves a draft that is there.
pub(super) async fn revise(
    desk: Desk,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let mut sent = Sent::of(Upload::read(&desk, request).await?);
    let (_, document) = desk.calls().outgoing(&id).await?;
    match try_revise(&desk, &id, &document, &mut sent).await {
        Ok(()) => after(&desk, &id, &sent.form, t::outgoing::draft_saved()).await,
        Err(fault) => again(&desk, &id, Some(&document), sent, fault).await,
    }
}

async fn try_revise(
    desk: &Desk,
    id: &str,
    document: &OutgoingDocument,
    sent: &mut Sent,
) -> Result<(), Fault> {
    let kept: Option<RenderLetterRequest> = draft_form::kept_letter(desk, id, document).await?;
    let request_id = sent.form.request_id()?;
    let (draft, letter) = sent.draft(desk, Some((id, document, kept.as_ref())));
    complete(desk, &sent.form, &draft, letter.as_ref()).await?;
    let request = ReviseDraftRequest {
        request_id,
        document_id: id.to_owned(),
        draft: Some(draft),
        letter,
        note: sent.form.text("note").to_owned(),
        expected_versions: expected(id, sent.form.text("version")),
    };
    call!(desk, routing.revise_draft(request)).map(drop).map_err(draft_form::own_names)
}

fn outgoing_id(receipt: Option<&CommitResponse>) -> Result<String, Fault> {
    find_in(receipt, |record| matches!(record.state, Some(State::Outgoing(_))).then(|| record.id.clone()))
        .ok_or_else(|| Fault::broken("a draft was recorded but not told"))
}

/// Where to go after saving: to the form with its page beside it, to the page of the document, or on to the review.
async fn after(desk: &Desk, id: &str, form: &Form, said: &str) -> Result<Response, Failure> {
    let page = link::document(id);
    match form.text("viec") {
        "xem" => Ok(desk.go(&format!("{page}/sua"), Toast::done(t::outgoing::saved_look()))),
        "trinh" => {
            let request = SubmitDraftRequest {
                request_id: random::hex(12)?,
                command: Some(SubmitDraft { document_id: id.to_owned(), note: form.text("note").to_owned() }),
                expected_versions: Vec::new(),
            };
            let toast = match call!(desk, routing.submit_draft(request)) {
                Ok(_) => Toast::done(t::outgoing::saved_submitted()),
                Err(fault) => {
                    let note = Note::of(fault)?;
                    Toast::failed(t::outgoing::saved_not_submitted(note.text))
                }
            };
            Ok(desk.go(&page, toast))
        }
        _ => Ok(desk.go(&page, Toast::done(said))),
    }
}

/// The form again with what is wrong; what was uploaded is held.
async fn again(
    desk: &Desk,
    id: &str,
    document: Option<&OutgoingDocument>,
    sent: Sent,
    fault: Fault,
) -> Result<Response, Failure> {
    let conflict = matches!(fault, Fault::Conflict { .. });
    let (faults, note) = Faults::of(fault, &SHOWN)?;
    let (held_main, held) = (sent.held_main(), sent.held());
    let mut form = sent.form;
    if conflict && !id.is_empty() {
        // The next try is made knowingly over what is there now.
        let (record, _) = desk.calls().outgoing(id).await?;
        form.set("version", record.version.to_string());
    }
    show(desk, About { id, document, held_main, held }, &form, &faults, note).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(subject: &str, kind: DocumentKind) -> CreateDraft {
        use proto::record::v1::{DocumentFacts, FileRef, SecurityMarking, SigningCapacity, Urgency};
        CreateDraft {
            facts: Some(DocumentFacts {
                kind: kind.into(),
                subject: subject.to_owned(),
                urgency: Urgency::Normal.into(),
                marking: SecurityMarking::None.into(),
                ..DocumentFacts::default()
            }),
            files: vec![FileRef { name: "a.pdf".to_owned(), ..FileRef::default() }],
            signer_id: "per_1".to_owned(),
            signer_position_id: "pos_1".to_owned(),
            capacity: SigningCapacity::Head.into(),
            ..CreateDraft::default()
        }
    }

    #[test]
    fn a_letter_without_its_needed_parts_is_told_all_at_once() {
        let form = pairs::form([("cach", "mau"), ("facts.kind", "18")]);
        let empty = CreateDraft { signer_id: String::new(), ..draft("", DocumentKind::Letter) };
        let list = typed_wrong(&form, &empty, true).expect("only what was typed");
        let fields: Vec<_> = list.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["signer", "body", "addressees", "facts.subject"]);
        let whole = pairs::form([("cach", "mau"), ("facts.kind", "7"), ("body", "Đoạn một.")]);
        assert_eq!(
            typed_wrong(&whole, &draft("Về việc nghỉ lễ", DocumentKind::Notice), true),
            Ok(Vec::new())
        );
        let long = draft(&"x".repeat(501), DocumentKind::Notice);
        let list = typed_wrong(&whole, &long, true).expect("only what was typed");
        assert_eq!((list[0].field.as_str(), list[0].reason), ("facts.subject", "TOO_LONG"));
    }
}
