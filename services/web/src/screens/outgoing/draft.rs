//! Soạn thảo: a letter in a template, or an uploaded PDF with attachments; started, revised, previewed, handed in.

use askama::Template;
use axum::extract::{Path, RawQuery, Request};
use axum::response::Response;
use proto::archive::v1::CommitResponse;
use proto::fault::Fault;
use proto::forms::v1::RenderLetterRequest;
use proto::record::v1::command::Command;
use proto::record::v1::record::State;
use proto::record::v1::{CreateDraft, DocumentKind, OutgoingDocument, SubmitDraft};
use proto::routing::v1::{CreateDraftRequest, ReviseDraftRequest, SubmitDraftRequest};

use super::draft_form::{self, ATTACHED, HELD, HELD_MAIN, Held, KEPT, MAIN, Sent};
use super::recipients::{self, Tick};
use super::{letter, pairs, signers};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::{Form, Upload};
use crate::frame::Frame;
use crate::office::{expected, find_in};
use crate::texts::{t, terms};
use crate::toast::Toast;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Mark, Note};
use crate::view::file::{self, FileView};
use crate::{link, random};

/// Inputs that show what is wrong with them.
const SHOWN: [&str; 17] = [
    "facts.kind",
    "facts.subject",
    "facts.notation",
    "facts.urgency",
    "facts.note",
    "signer",
    "addressees",
    "authority",
    "grounds",
    "body",
    "copies_to",
    "filed_at",
    "drafter_mark",
    "copies",
    recipients::OUTSIDE,
    MAIN,
    ATTACHED,
];

#[derive(Template)]
#[template(path = "outgoing/draft.html")]
struct Page {
    frame: Frame,
    /// Where the form goes.
    path: String,
    /// Empty for a new draft.
    id: String,
    by_template: bool,
    /// The way to the other kind of form; empty once a draft is written in one.
    other: String,
    note: Option<Note>,
    version: String,
    kind: Field,
    subject: Field,
    notation: Field,
    urgency: Field,
    signer: Field,
    addressees: Field,
    authority: Field,
    grounds: Field,
    body: Field,
    copies_to: Field,
    filed_at: Field,
    drafter_mark: Field,
    circulation: Field,
    copies: Field,
    remark: Field,
    said: Field,
    outside: Field,
    units: Vec<Tick>,
    people: Vec<Tick>,
    ticked_units: usize,
    ticked_people: usize,
    answers_id: String,
    answers: Option<(String, String)>,
    kept: Vec<(FileView, bool)>,
    held_main: Option<Held>,
    held: Vec<Held>,
    main_fault: String,
    attached_fault: String,
    files: Vec<FileView>,
    returned: Option<Note>,
}

/// What a page of the form is about, besides the form.
struct About<'a> {
    id: &'a str,
    document: Option<&'a OutgoingDocument>,
    held_main: Option<Held>,
    held: Vec<Held>,
}

async fn show(
    desk: &Desk,
    about: About<'_>,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let by_template = form.text("cach") != "tep";
    let choices = signers::choices(desk).await?;
    let field = |name: &str, label: &str| Field::new(name, label, form).faults(faults, &[]);
    let pick = |name: &str, label: &str, choices: Vec<(String, String)>| {
        Field::choice(name, label, form, choices).faults(faults, &[])
    };
    let units = recipients::units(desk, form);
    let people = recipients::people(desk, form);
    let answers_id = form.text("answers_id").to_owned();
    let answers = match answers_id.as_str() {
        "" => None,
        id => desk.calls().incoming(id).await.ok().map(|(record, incoming)| {
            let view = DocumentView::incoming(&record.id, &incoming, desk.today(), &desk.roll.work);
            (view.href.clone(), format!("{} {} · {}", view.kind, view.notation, view.subject))
        }),
    };
    let other = match about.document {
        Some(_) => String::new(),
        None => {
            let way = if by_template { "tep" } else { "mau" };
            let path = format!("/van-ban-di/soan?cach={way}");
            if answers_id.is_empty() { path } else { link::with(&path, "tra-loi", &answers_id) }
        }
    };
    let page = Page {
        frame: desk
            .frame(
                if about.id.is_empty() { t::outgoing::write() } else { t::outgoing::edit_draft() },
                "/van-ban-di/du-thao",
            )
            .await?,
        path: if about.id.is_empty() {
            "/van-ban-di/soan".to_owned()
        } else {
            format!("/van-ban-di/{}/sua", about.id)
        },
        id: about.id.to_owned(),
        by_template,
        other,
        note,
        version: form.text("version").to_owned(),
        kind: pick("facts.kind", t::outgoing::kind(), kinds()).required(),
        subject: field("facts.subject", t::outgoing::subject()).required().with("maxlength", "600"),
        notation: field("facts.notation", t::outgoing::notation())
            .marked(Mark::Remark(t::outgoing::empty_by_rule().to_owned()))
            .with("placeholder", t::outgoing::notation_example()),
        urgency: pick("facts.urgency", t::outgoing::urgency(), urgencies()),
        signer: pick(
            "signer",
            t::outgoing::signer_capacity(),
            with_empty(choices, t::outgoing::choose_signer()),
        )
        .required(),
        addressees: field("addressees", t::outgoing::addressees())
            .marked(Mark::Remark(t::outgoing::one_a_line().to_owned())),
        authority: field("authority", t::outgoing::authority()),
        grounds: field("grounds", t::outgoing::grounds())
            .marked(Mark::Remark(t::outgoing::one_ground_a_line().to_owned())),
        body: field("body", t::outgoing::body())
            .required()
            .marked(Mark::Remark(t::outgoing::one_paragraph_a_line().to_owned())),
        copies_to: field("copies_to", t::outgoing::printed_recipients())
            .marked(Mark::Remark(t::outgoing::empty_by_recipients().to_owned())),
        filed_at: field("filed_at", t::outgoing::filed_at())
            .with("placeholder", t::outgoing::filed_example()),
        drafter_mark: field("drafter_mark", t::outgoing::drafter_mark()).with("placeholder", "PNQ.(12)"),
        circulation: pick("circulation", t::outgoing::circulation(), circulations()),
        copies: field("copies", t::outgoing::copies()).with("inputmode", "numeric"),
        remark: field("facts.note", t::outgoing::note()),
        said: field("note", t::outgoing::what_changed()),
        outside: field(recipients::OUTSIDE, t::outgoing::outside())
            .marked(Mark::Remark(t::outgoing::outside_how().to_owned()))
            .with("placeholder", t::outgoing::outside_example()),
        ticked_units: units.iter().filter(|t| t.ticked).count(),
        ticked_people: people.iter().filter(|t| t.ticked).count(),
        units,
        people,
        answers_id,
        answers,
        kept: kept(&about, form),
        held_main: about.held_main,
        held: about.held,
        main_fault: field(MAIN, "").fault,
        attached_fault: field(ATTACHED, "").fault,
        files: about.document.map(|d| file::all(about.id, &d.files)).unwrap_or_default(),
        returned: about.document.filter(|d| !d.return_reason.is_empty()).map(|d| Note {
            head: t::outgoing::was_returned().to_owned(),
            text: t::outgoing::says(desk.roll.person(&d.returned_by), &d.return_reason),
            look: true,
        }),
    };
    desk.page(&page)
}

fn kept(about: &About<'_>, form: &Form) -> Vec<(FileView, bool)> {
    let Some(document) = about.document else { return Vec::new() };
    file::all(about.id, &document.files)
        .into_iter()
        .skip(1)
        .map(|view| {
            let stays = form.all(KEPT).any(|d| d == view.digest);
            (view, stays)
        })
        .collect()
}

fn kind_value(kind: DocumentKind) -> String {
    i32::from(kind).to_string()
}

fn kinds() -> Vec<(String, String)> {
    let first = letter::FIRST.iter().copied();
    let rest = domain::notation::ISSUED.into_iter().filter(|k| !letter::FIRST.contains(k));
    first.chain(rest).map(|k| (kind_value(k), terms::kind(k).to_owned())).collect()
}

fn urgencies() -> Vec<(String, String)> {
    terms::urgencies().map(|(u, label)| ((u as i32).to_string(), label.to_owned())).to_vec()
}

fn circulations() -> Vec<(String, String)> {
    [t::outgoing::circulation_none(), t::outgoing::circulation_inside(), t::outgoing::circulation_return()]
        .into_iter()
        .enumerate()
        .map(|(i, label)| (i.to_string(), label.to_owned()))
        .collect()
}

fn with_empty(choices: Vec<(String, String)>, empty: &str) -> Vec<(String, String)> {
    std::iter::once((String::new(), empty.to_owned())).chain(choices).collect()
}

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
    complete(&sent.form, &draft, letter.is_some())?;
    let request = CreateDraftRequest { request_id, draft: Some(draft), letter };
    let answer = call!(desk, routing.create_draft(request)).map_err(draft_form::own_names)?;
    outgoing_id(answer.receipt.as_ref())
}

/// What was typed wrong here, what a letter cannot even be typeset without, and what the rules say of the fields: all of
/// it at once.
fn complete(form: &Form, draft: &CreateDraft, has_letter: bool) -> Result<(), Fault> {
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
        let news = list.into_iter().filter(|v| v.field != MAIN);
        for violation in news {
            if !all.iter().any(|v| v.field == violation.field) {
                all.push(violation);
            }
        }
    }
    if all.is_empty() { Ok(()) } else { Err(Fault::Invalid(all)) }
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
    complete(&sent.form, &draft, letter.is_some())?;
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

impl Page {
    /// The name of the hidden input of the main file that is held.
    fn held_main_name(&self) -> &'static str {
        HELD_MAIN
    }

    /// The name of the hidden inputs of the attachments that are held.
    fn held_name(&self) -> &'static str {
        HELD
    }
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
        let Err(Fault::Invalid(list)) = complete(&form, &empty, true) else { panic!("must be told") };
        let fields: Vec<_> = list.iter().map(|v| v.field.as_str()).collect();
        assert_eq!(fields, ["signer", "body", "addressees", "facts.subject"]);
        let whole = pairs::form([("cach", "mau"), ("facts.kind", "7"), ("body", "Đoạn một.")]);
        assert_eq!(complete(&whole, &draft("Về việc nghỉ lễ", DocumentKind::Notice), true), Ok(()));
        let long = draft(&"x".repeat(501), DocumentKind::Notice);
        let Err(Fault::Invalid(list)) = complete(&whole, &long, true) else { panic!("must be told") };
        assert_eq!((list[0].field.as_str(), list[0].reason), ("facts.subject", "TOO_LONG"));
    }

    #[test]
    fn every_kind_that_is_issued_can_be_chosen_once() {
        let kinds = kinds();
        assert_eq!(kinds.len(), domain::notation::ISSUED.len());
        assert_eq!(kinds[0].1, "Công văn");
    }
}
