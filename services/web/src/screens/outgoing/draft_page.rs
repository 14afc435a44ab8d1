//! The page of the drafting form: a letter in a template, or a PDF with attachments.

use askama::Template;
use axum::response::Response;
use proto::record::v1::{DocumentKind, OutgoingDocument};

use super::appendices::{self, AppendixView};
use super::draft_form::{ATTACHED, HELD, HELD_MAIN, Held, KEPT, MAIN};
use super::recipients::{self, Tick};
use super::{letter, signers};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::link;
use crate::texts::{t, terms};
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Mark, Note};
use crate::view::file::{self, FileView};

/// Inputs that show what is wrong with them.
pub(super) const SHOWN: [&str; 20] = [
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
    "circulation",
    "contact",
    appendices::FIELD,
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
    contact: Field,
    appendices: Vec<AppendixView>,
    appendices_fault: String,
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
pub(super) struct About<'a> {
    /// Empty for a new draft.
    pub(super) id: &'a str,
    /// The draft that is revised.
    pub(super) document: Option<&'a OutgoingDocument>,
    /// Files of a try that was not right.
    pub(super) held_main: Option<Held>,
    /// Attachments of such a try.
    pub(super) held: Vec<Held>,
}

/// The form with what is wrong.
///
/// # Errors
/// The archive's fault.
pub(super) async fn show(
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
        contact: field("contact", t::outgoing::contact())
            .marked(Mark::Remark(t::outgoing::contact_how().to_owned())),
        appendices: appendices::shown(form),
        appendices_fault: field(appendices::FIELD, "").fault,
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

/// A kind as the form sends it.
pub(super) fn kind_value(kind: DocumentKind) -> String {
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

    #[test]
    fn every_kind_that_is_issued_can_be_chosen_once() {
        let kinds = kinds();
        assert_eq!(kinds.len(), domain::notation::ISSUED.len());
        assert_eq!(kinds[0].1, "Công văn");
    }
}
