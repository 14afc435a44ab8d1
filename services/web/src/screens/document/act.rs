//! Acts with a short form of their own: submit, void the number, undo the direction. And the page of such a form: a
//! title, a few inputs, one button.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use proto::fault::Fault;
use proto::intake::v1::VoidNumberRequest;
use proto::record::v1::command::Command as C;
use proto::record::v1::{IncomingDocument, Role, SubmitIncoming, UndoDirection, VoidNumber};
use proto::routing::v1::{SubmitIncomingDocumentRequest, UndoDirectionRequest};

use super::group_of;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::office::expected;
use crate::texts::t;
use crate::toast::Toast;
use crate::view::document::{DocumentView, ordinal};
use crate::view::field::{Faults, Field, Note};
use crate::{call, link};

/// A short form about one document.
#[derive(Template)]
#[template(path = "document/act.html")]
pub(crate) struct ActPage {
    pub(crate) frame: Frame,
    pub(crate) document: DocumentView,
    pub(crate) action: String,
    pub(crate) button: &'static str,
    pub(crate) version: u64,
    pub(crate) remark: String,
    pub(crate) note: Option<Note>,
    pub(crate) selects: Vec<Field>,
    pub(crate) texts: Vec<Field>,
    pub(crate) areas: Vec<Field>,
    pub(crate) phrases: Vec<&'static str>,
}

impl ActPage {
    /// Id of the first text area: where phrases go.
    pub(crate) fn phrases_into(&self) -> &str {
        self.areas.first().map_or("", |f| &f.id)
    }

    /// A key for each phrase.
    pub(crate) fn keyed(&self) -> impl Iterator<Item = (char, &'static str)> {
        ('a'..='h').zip(self.phrases.iter().copied())
    }
}

/// Every input of these forms.
const SHOWN: [&str; 3] = ["leader_id", "note", "reason"];

/// What may be done; the last part of its path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Submit,
    Void,
    Undo,
}

impl Act {
    fn named(slug: &str) -> Result<Self, Fault> {
        Ok(match slug {
            "trinh" => Self::Submit,
            "huy-so" => Self::Void,
            "hoan-tac" => Self::Undo,
            _ => return Err(Fault::unknown(slug)),
        })
    }
}

pub(super) async fn page(desk: Desk, Path((id, slug)): Path<(String, String)>) -> Result<Response, Failure> {
    show(&desk, &id, &slug, &Form::default(), &Faults::default(), None).await
}

async fn show(
    desk: &Desk,
    id: &str,
    slug: &str,
    form: &Form,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let act = Act::named(slug)?;
    let (record, document) = desk.calls().incoming(id).await?;
    let number = document.number.as_ref().map(ordinal).unwrap_or_default();
    let (title, button, remark) = match act {
        Act::Submit => (
            t::document::submit_title().to_owned(),
            t::document::submit(),
            t::document::submit_rule().to_owned(),
        ),
        Act::Void => (t::document::void_title(&number), t::document::void(), t::document::void_rule(&number)),
        Act::Undo => {
            (t::document::undo_title().to_owned(), t::document::undo(), t::document::undo_rule().to_owned())
        }
    };
    let field = |name: &str, label: &str| Field::new(name, label, form).faults(faults, &[]);
    let first = |field: Field| field.required().with("autofocus", "");
    let (selects, areas) = match act {
        Act::Submit => {
            let leaders = desk.roll.with_role(Role::Leader, &desk.today());
            let choices = leaders.into_iter().map(|(id, name, title)| (id, format!("{name}, {title}")));
            let who =
                Field::choice("leader_id", t::document::to_which_leader(), form, choices).faults(faults, &[]);
            (vec![first(who)], vec![field("note", t::document::clerks_note())])
        }
        Act::Void => (vec![], vec![first(field("reason", t::document::reason()))]),
        Act::Undo => (vec![], vec![]),
    };
    desk.page(&ActPage {
        frame: desk.frame(&title, group_of(&document).1).await?,
        document: DocumentView::incoming(id, &document, desk.today(), &desk.roll.work),
        action: format!("/van-ban/{id}/{slug}"),
        button,
        version: record.version,
        remark,
        note,
        selects,
        texts: Vec::new(),
        areas,
        phrases: match act {
            Act::Void => {
                vec![t::document::void_twice(), t::document::void_wrong_book(), t::document::void_not_ours()]
            }
            _ => Vec::new(),
        },
    })
}

pub(super) async fn send(
    desk: Desk,
    Path((id, slug)): Path<(String, String)>,
    form: Form,
) -> Result<Response, Failure> {
    let act = Act::named(&slug)?;
    let (_, document) = desk.calls().incoming(&id).await?;
    match carry_out(&desk, act, &id, &document, &form).await {
        Ok(said) => {
            let target = match act {
                Act::Undo => format!("/chi-dao?vb={id}"),
                _ => link::document(&id),
            };
            Ok(desk.go(&target, Toast::done(said)))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &SHOWN)?;
            show(&desk, &id, &slug, &form, &faults, note).await
        }
    }
}

/// Does it, and says what was done.
async fn carry_out(
    desk: &Desk,
    act: Act,
    id: &str,
    document: &IncomingDocument,
    form: &Form,
) -> Result<String, Fault> {
    let request_id = form.request_id()?;
    let expected_versions = expected(id, form.text("version"));
    let text = |name: &str| form.text(name).to_owned();
    let document_id = id.to_owned();
    match act {
        Act::Submit => {
            let command = SubmitIncoming { document_id, leader_id: text("leader_id"), note: text("note") };
            form.checked_with(C::SubmitIncoming(command.clone()))?;
            let said = t::document::submitted(desk.roll.person(&command.leader_id));
            let request =
                SubmitIncomingDocumentRequest { request_id, command: Some(command), expected_versions };
            call!(desk, routing.submit_incoming_document(request)).map(|_| said)
        }
        Act::Void => {
            let number = document
                .number
                .as_ref()
                .ok_or_else(|| Fault::refused("NOT_THERE", "the document has no number"))?;
            let entry_id =
                domain::id::register_entry(&number.series_id, number.year, number.ordinal, &number.suffix);
            let command = VoidNumber { entry_id, reason: text("reason") };
            form.checked_with(C::VoidNumber(command.clone()))?;
            let request = VoidNumberRequest { request_id, command: Some(command), expected_versions };
            call!(desk, intake.void_number(request)).map(|_| t::document::voided(ordinal(number)))
        }
        Act::Undo => {
            let command = Some(UndoDirection { document_id });
            let request = UndoDirectionRequest { request_id, command, expected_versions: Vec::new() };
            call!(desk, routing.undo_direction(request)).map(|_| t::document::undone().to_owned())
        }
    }
}
