//! What is done on one assignment: hand on, tell progress, complete, extend. Each is a short form of its own.

use axum::extract::Path;
use axum::response::Response;
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::{Assignment, CompleteAssignment, ExtendDeadline, HandOn, ReportProgress};
use proto::routing::v1::{
    CompleteAssignmentRequest, ExtendDeadlineRequest, HandOnRequest, ReportProgressRequest,
};

use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::office::expected;
use crate::screens::document::ActPage;
use crate::texts::{t, terms};
use crate::toast::Toast;
use crate::view::day;
use crate::view::deadline::of_assignment;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Note};
use crate::{call, link};

/// Every input of these forms.
const SHOWN: [&str; 6] = ["person_id", "instruction", "due_date", "text", "result", "reason"];

/// What may be done; the last part of its path.
#[derive(Clone, Copy)]
enum Act {
    HandOn,
    Progress,
    Complete,
    Extend,
}

impl Act {
    fn named(slug: &str) -> Result<Self, Fault> {
        Ok(match slug {
            "giao" => Self::HandOn,
            "tien-do" => Self::Progress,
            "hoan-thanh" => Self::Complete,
            "gia-han" => Self::Extend,
            _ => return Err(Fault::unknown(slug)),
        })
    }

    fn title(self) -> &'static str {
        match self {
            Self::HandOn => t::work::hand_on_title(),
            Self::Progress => t::work::report_progress(),
            Self::Complete => t::work::report_done(),
            Self::Extend => t::work::extend(),
        }
    }

    fn button(self) -> &'static str {
        match self {
            Self::HandOn => t::work::hand_on(),
            other => other.title(),
        }
    }

    /// Phrases that people write most.
    fn phrases(self) -> Vec<&'static str> {
        match self {
            Self::HandOn => {
                vec![t::work::phrase_draft_reply(), t::work::phrase_summarise(), t::work::phrase_carry_out()]
            }
            Self::Progress => vec![
                t::work::phrase_drafting(),
                t::work::phrase_asked_units(),
                t::work::phrase_awaiting_figures(),
            ],
            Self::Complete => {
                vec![t::work::phrase_answered(), t::work::phrase_carried_out(), t::work::phrase_filed()]
            }
            Self::Extend => {
                vec![t::work::phrase_other_agency(), t::work::phrase_figures(), t::work::phrase_much_work()]
            }
        }
    }

    /// What the form says. What is typed wrong is noted in the form.
    fn command(self, id: &str, form: &mut Form) -> C {
        let due_date = form.date("due_date");
        let text = |name: &str| form.text(name).to_owned();
        let assignment_id = id.to_owned();
        match self {
            Self::HandOn => C::HandOn(HandOn {
                assignment_id,
                person_id: text("person_id"),
                instruction: text("instruction"),
                due_date,
            }),
            Self::Progress => C::ReportProgress(ReportProgress { assignment_id, text: text("text") }),
            Self::Complete => {
                C::CompleteAssignment(CompleteAssignment { assignment_id, result: text("result") })
            }
            Self::Extend => {
                C::ExtendDeadline(ExtendDeadline { assignment_id, due_date, reason: text("reason") })
            }
        }
    }
}

pub(super) async fn page(desk: Desk, Path((id, slug)): Path<(String, String)>) -> Result<Response, Failure> {
    show(&desk, &id, &slug, None, &Faults::default(), None).await
}

async fn show(
    desk: &Desk,
    id: &str,
    slug: &str,
    typed: Option<&Form>,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let act = Act::named(slug)?;
    let (record, assignment) = desk.calls().assignment(id).await?;
    let document = desk.calls().get(&assignment.document_id).await?;
    let document = DocumentView::of(&document, desk.today(), &desk.roll.work)
        .ok_or_else(|| Fault::unknown(&assignment.document_id))?;
    let form = typed.cloned().unwrap_or_else(|| match act {
        Act::HandOn => Form::with([("due_date", day::full(assignment.due_date.as_ref()))]),
        _ => Form::default(),
    });
    let field = |name: &str, label: &str| Field::new(name, label, &form).faults(faults, &[]);
    let due = |label: &str| Field::day("due_date", label, &form).faults(faults, &[]);
    let (selects, texts, areas) = match act {
        Act::HandOn => {
            let who =
                Field::choice("person_id", t::work::to_whom(), &form, colleagues(desk)).faults(faults, &[]);
            (
                vec![who.required().with("autofocus", "")],
                vec![due(t::work::due_within_units())],
                vec![field("instruction", t::work::instruction())],
            )
        }
        Act::Progress => {
            (vec![], vec![], vec![field("text", t::work::progress()).required().with("autofocus", "")])
        }
        Act::Complete => (vec![], vec![], vec![field("result", t::work::result()).with("autofocus", "")]),
        Act::Extend => (
            vec![],
            vec![due(t::work::new_due()).required().with("autofocus", "")],
            vec![field("reason", t::work::reason()).required()],
        ),
    };
    desk.page(&ActPage {
        frame: desk.frame(act.title(), "/viec/chu-tri").await?,
        document,
        action: format!("/viec/{id}/{slug}"),
        button: act.button(),
        version: record.version,
        remark: remark(desk, &assignment),
        note,
        selects,
        texts,
        areas,
        phrases: act.phrases(),
    })
}

/// Those of the unit that work can be handed on to.
fn colleagues(desk: &Desk) -> Vec<(String, String)> {
    let mut people: Vec<(String, String)> = Vec::new();
    for (_, p) in desk.roll.held(&desk.today()) {
        let known = people.iter().any(|(id, _)| *id == p.person_id);
        if p.unit_id == desk.position.unit_id && p.person_id != desk.person_id && !known {
            people.push((p.person_id.clone(), format!("{}, {}", desk.roll.person(&p.person_id), p.title)));
        }
    }
    people
}

/// Who has it, in which part, until when.
fn remark(desk: &Desk, assignment: &Assignment) -> String {
    let deadline = of_assignment(assignment, desk.today(), &desk.roll.work);
    let who = desk.roll.principal(assignment.assignee.as_ref());
    let part = terms::part(assignment.role()).to_lowercase();
    if deadline.sum.is_empty() {
        t::work::who_has_it(part, who)
    } else {
        t::work::who_has_it_until(deadline.words, part, deadline.sum, who)
    }
}

pub(super) async fn send(
    desk: Desk,
    Path((id, slug)): Path<(String, String)>,
    mut form: Form,
) -> Result<Response, Failure> {
    let command = Act::named(&slug)?.command(&id, &mut form);
    let said = match &command {
        C::HandOn(c) => t::work::handed_on(desk.roll.person(&c.person_id)),
        C::ExtendDeadline(c) => t::work::extended(day::full(c.due_date.as_ref())),
        C::ReportProgress(_) => t::work::progress_reported().to_owned(),
        _ => t::work::done_reported().to_owned(),
    };
    match carry_out(&desk, &id, &form, command).await {
        Ok(()) => {
            // To the document, where it can be seen.
            let target = match desk.calls().assignment(&id).await {
                Ok((_, a)) => link::document(&a.document_id),
                Err(_) => "/viec/chu-tri".to_owned(),
            };
            Ok(desk.go(&target, Toast::done(said)))
        }
        Err(fault) => {
            let (faults, note) = Faults::of(fault, &SHOWN)?;
            show(&desk, &id, &slug, Some(&form), &faults, note).await
        }
    }
}

async fn carry_out(desk: &Desk, id: &str, form: &Form, command: C) -> Result<(), Fault> {
    form.checked_with(command.clone())?;
    let request_id = form.request_id()?;
    let expected_versions = expected(id, form.text("version"));
    match command {
        C::HandOn(c) => {
            let request = HandOnRequest { request_id, command: Some(c), expected_versions };
            call!(desk, routing.hand_on(request)).map(drop)
        }
        C::ReportProgress(c) => {
            let request = ReportProgressRequest { request_id, command: Some(c), expected_versions };
            call!(desk, routing.report_progress(request)).map(drop)
        }
        C::CompleteAssignment(c) => {
            let request = CompleteAssignmentRequest { request_id, command: Some(c), expected_versions };
            call!(desk, routing.complete_assignment(request)).map(drop)
        }
        C::ExtendDeadline(c) => {
            let request = ExtendDeadlineRequest { request_id, command: Some(c), expected_versions };
            call!(desk, routing.extend_deadline(request)).map(drop)
        }
        _ => Err(Fault::broken("a command that is no act on an assignment")),
    }
}
