//! Đọc & chỉ đạo: the document left; opinion, who gets it in which part, and the deadline in one form.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use proto::archive::v1::{ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command;
use proto::record::v1::principal::Who;
use proto::record::v1::record::State;
use proto::record::v1::{
    AssignmentRole, Date, DirectIncoming, IncomingDocument, NewAssignment, Principal, Record, Role,
    UndoDirection,
};
use proto::routing::v1::{DirectIncomingDocumentRequest, UndoDirectionRequest};

use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::menu::{Entry, Part};
use crate::office::{expected, list_of};
use crate::texts::t;
use crate::toast::Toast;
use crate::view::day;
use crate::view::document::DocumentView;
use crate::view::field::{Faults, Field, Mark, Note};
use crate::view::file::{self, FileView};
use crate::view::signature::{self, ReportView};
use crate::{call, link};

/// Documents in the leader's queue.
const QUEUE_MAX: i32 = 200;

/// Deadlines that are offered, in working days.
const CHOICES: [u16; 6] = [1, 3, 5, 7, 10, 15];

/// What is offered when the document asks for nothing.
const USUAL: u16 = 7;

/// Phrases that leaders write most, with their keys.
fn phrases() -> [(char, &'static str); 6] {
    [
        ('a', t::direct::phrase_lead()),
        ('b', t::direct::phrase_study()),
        ('c', t::direct::phrase_report_first()),
        ('d', t::direct::phrase_support()),
        ('e', t::direct::phrase_information()),
        ('f', t::direct::phrase_file()),
    ]
}

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/chi-dao", get(page))
        .route("/chi-dao/{id}", post(direct))
        .route("/chi-dao/{id}/hoan-tac", post(undo))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    if !desk.has(Role::Leader) {
        return Vec::new();
    }
    vec![Entry::new(Part::Incoming, t::incoming::to_direct(), "/chi-dao").mine([queue_list()])]
}

fn queue_list() -> ListRequest {
    ListRequest { page_size: QUEUE_MAX, ..list_of(ListName::IncomingForDirection) }
}

/// A unit or a person that may get the document.
struct Target {
    /// `unit_…` or `per_…`: also the end of the input's name.
    id: String,
    name: String,
    sub: String,
    key: Option<usize>,
    open: u32,
    late: u32,
    part: AssignmentRole,
}

impl Target {
    fn is(&self, part: &str) -> bool {
        part_of(part) == self.part
    }
}

/// A deadline that is offered.
struct Due {
    id: String,
    value: String,
    label: String,
    sentence: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "direct/direct.html")]
struct Page {
    frame: Frame,
    total: usize,
    place: usize,
    before: String,
    after: String,
    /// The one that opens by itself once this one is directed.
    next: String,
    current: Option<Current>,
    note: Option<Note>,
    phrases: [(char, &'static str); 6],
}

struct Current {
    id: String,
    version: u64,
    document: DocumentView,
    files: Vec<FileView>,
    report: ReportView,
    reply_due: String,
    clerk_note: String,
    text: Field,
    units: Vec<Target>,
    people: Vec<Target>,
    people_chosen: bool,
    assignment_fault: String,
    dues: Vec<Due>,
    other: Field,
}

async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = Form::parse(query.as_deref().unwrap_or_default());
    show(&desk, query.text("vb"), None, &Faults::default(), None).await
}

async fn show(
    desk: &Desk,
    wanted: &str,
    typed: Option<&Form>,
    faults: &Faults,
    note: Option<Note>,
) -> Result<Response, Failure> {
    let today = desk.today();
    let (items, _) = desk.calls().list_all(queue_list(), 3).await?;
    let records: Vec<Record> = items.into_iter().filter_map(|i| i.record).collect();
    let place =
        if wanted.is_empty() { 0 } else { records.iter().position(|r| r.id == wanted).unwrap_or(usize::MAX) };
    if place == usize::MAX {
        return Err(Failure::Elsewhere(link::document(wanted)));
    }
    let neighbour = |i: Option<usize>| {
        i.and_then(|i| records.get(i)).map(|r| format!("/chi-dao?vb={}", r.id)).unwrap_or_default()
    };
    let (before, after) = (neighbour(place.checked_sub(1)), neighbour(Some(place + 1)));
    let current = match records.get(place) {
        Some(record) => Some(current_of(desk, record, typed, faults, &today).await?),
        None => None,
    };
    let next = records.get(place + 1).map(|r| r.id.clone()).unwrap_or_default();
    let frame = desk.frame(t::direct::title(), "/chi-dao").await?;
    desk.page(&Page {
        frame,
        total: records.len(),
        place: place + 1,
        before,
        after,
        next,
        current,
        note,
        phrases: phrases(),
    })
}

async fn current_of(
    desk: &Desk,
    record: &Record,
    typed: Option<&Form>,
    faults: &Faults,
    today: &Date,
) -> Result<Current, Failure> {
    let Some(State::Incoming(document)) = record.state.as_ref() else {
        return Err(Fault::unknown(record.id.clone()).into());
    };
    let form = typed.cloned().unwrap_or_default();
    let load = load_of(desk, today).await;
    let part = |id: &str| part_of(form.text(&format!("giao.{id}")));
    let units: Vec<Target> = desk
        .roll
        .open_units()
        .enumerate()
        .map(|(i, (id, unit))| {
            let (open, late) = load.get(id).copied().unwrap_or_default();
            Target {
                id: id.to_owned(),
                name: unit.name.clone(),
                sub: desk.roll.head_of(id, today),
                key: (i < 9).then_some(i + 1),
                open,
                late,
                part: part(id),
            }
        })
        .collect();
    let mut people: Vec<Target> = Vec::new();
    for (_, position) in desk.roll.held(today) {
        let id = &position.person_id;
        if *id == desk.person_id || people.iter().any(|p| p.id == *id) {
            continue;
        }
        people.push(Target {
            id: id.clone(),
            name: desk.roll.person(id),
            sub: format!("{}, {}", position.title, desk.roll.unit(&position.unit_id)),
            key: None,
            open: 0,
            late: 0,
            part: part(id),
        });
    }
    people.sort_by(|a, b| a.name.cmp(&b.name));
    let facts = document.facts.clone().unwrap_or_default();
    let assignment_fault = Field::new("assignments", "", &form).faults(faults, &ASSIGNMENT_FIELDS).fault;
    Ok(Current {
        id: record.id.clone(),
        version: record.version,
        document: DocumentView::incoming(&record.id, document, *today, &desk.roll.work),
        files: file::all(&record.id, &document.files),
        report: signature::report(document.signatures.as_ref()),
        reply_due: day::full(facts.reply_due.as_ref()),
        clerk_note: facts.note,
        text: Field::new("text", t::direct::opinion(), &form)
            .marked(Mark::Remark(t::direct::phrases_remark().to_owned()))
            .faults(faults, &[]),
        people_chosen: people.iter().any(|p| p.part != AssignmentRole::Unspecified),
        units,
        people,
        assignment_fault,
        dues: dues(desk, document, &form, today),
        other: Field::day("han-khac", t::direct::other_day(), &form).faults(faults, &["due_date"]),
    })
}

/// The deadlines that are offered, each with its day: what is sent is the day that was seen.
fn dues(desk: &Desk, document: &IncomingDocument, form: &Form, today: &Date) -> Vec<Due> {
    let reply_due = document.facts.as_ref().and_then(|f| f.reply_due);
    let chosen = form.text("han").to_owned();
    let mut all = Vec::new();
    for days in CHOICES {
        let date = desk.roll.work.add_working_days(*today, days);
        let value = day::iso(&date.value);
        let mut sentences = vec![t::direct::due_sum(day::named(&date.value), days, day::short(today, today))];
        if let Some(reply_due) = reply_due {
            let before = desk.roll.work.working_days_between(date.value, reply_due).value;
            let after = desk.roll.work.working_days_between(reply_due, date.value).value;
            sentences.push(if after > 0 {
                t::direct::after_senders(after)
            } else {
                t::direct::before_senders(before)
            });
        }
        sentences.extend(date.missing_years.iter().map(t::direct::no_holidays));
        let usual = chosen.is_empty() && days == USUAL;
        all.push(Due {
            id: format!("han-{days}"),
            chosen: value == chosen || usual,
            value,
            label: if days == USUAL { t::direct::days(days) } else { days.to_string() },
            sentence: sentences.join(" "),
        });
    }
    all.push(Due {
        id: "han-khac".to_owned(),
        value: "khac".to_owned(),
        label: t::direct::another_day().to_owned(),
        sentence: String::new(),
        chosen: chosen == "khac",
    });
    all.push(Due {
        id: "han-khong".to_owned(),
        value: "khong".to_owned(),
        label: t::direct::no_due().to_owned(),
        sentence: t::direct::no_due_remark().to_owned(),
        chosen: chosen == "khong",
    });
    all
}

/// Open and late work of each unit, where all of it fits into one page of a list; nothing otherwise.
async fn load_of(desk: &Desk, today: &Date) -> HashMap<String, (u32, u32)> {
    let mut load = HashMap::new();
    let request = ListRequest { page_size: 200, ..list_of(ListName::OpenAssignments) };
    let Ok(page) = desk.calls().list(request).await else { return load };
    if !page.next_page_token.is_empty() {
        return load;
    }
    for item in page.items {
        let Some(State::Assignment(assignment)) = item.record.and_then(|r| r.state) else { continue };
        let unit = match assignment.assignee.as_ref().and_then(|a| a.who.as_ref()) {
            Some(Who::UnitId(id)) => id.clone(),
            _ => continue,
        };
        let late = assignment.due_date.is_some_and(|due| domain::calendar::compare(due, *today).is_lt());
        let entry: &mut (u32, u32) = load.entry(unit).or_default();
        entry.0 += 1;
        entry.1 += u32::from(late);
    }
    load
}

fn part_of(text: &str) -> AssignmentRole {
    match text {
        "chu-tri" => AssignmentRole::Lead,
        "phoi-hop" => AssignmentRole::Supporting,
        "de-biet" => AssignmentRole::ForInformation,
        _ => AssignmentRole::Unspecified,
    }
}

/// Paths under which a service may tell faults of the assignments.
const ASSIGNMENT_FIELDS: [&str; 8] = [
    "assignments[0].role",
    "assignments[0].assignee",
    "assignments[0].due_date",
    "assignments[1].role",
    "assignments[1].assignee",
    "assignments[1].due_date",
    "assignments[2].role",
    "assignments[2].assignee",
];

/// What the form says: the parts, lead first.
fn assignments(form: &Form) -> Vec<NewAssignment> {
    let mut parts: Vec<(AssignmentRole, String)> = form
        .under("giao.")
        .filter_map(|(id, part)| {
            let part = part_of(part);
            (part != AssignmentRole::Unspecified).then(|| (part, id.to_owned()))
        })
        .collect();
    parts.sort_by_key(|(part, _)| *part as i32);
    parts
        .into_iter()
        .map(|(role, id)| NewAssignment {
            role: role as i32,
            assignee: Some(Principal {
                who: Some(if id.starts_with("unit_") { Who::UnitId(id) } else { Who::PersonId(id) }),
            }),
            due_date: None,
            instruction: String::new(),
        })
        .collect()
}

fn due_date(form: &mut Form) -> Option<Date> {
    match form.text("han") {
        "khong" | "" => None,
        "khac" => form.date("han-khac"),
        other => day::parse(other),
    }
}

async fn direct(desk: Desk, Path(id): Path<String>, mut form: Form) -> Result<Response, Failure> {
    let due_date = due_date(&mut form);
    let assignments = assignments(&form);
    if form.text("han") == "khac" && due_date.is_none() && form.text("han-khac").is_empty() {
        form.wrong("han-khac", "REQUIRED", "another day was chosen and none given");
    }
    let command = DirectIncoming {
        document_id: id.clone(),
        text: form.text("text").to_owned(),
        assignments: assignments.clone(),
        due_date,
    };
    let request = DirectIncomingDocumentRequest {
        request_id: form.request_id()?,
        command: Some(command.clone()),
        expected_versions: expected(&id, form.text("version")),
    };
    let done = match form.checked_with(Command::DirectIncoming(command)) {
        Ok(()) => call!(desk, routing.direct_incoming_document(request)),
        Err(fault) => Err(fault),
    };
    match done {
        Ok(_) => {
            let lead = assignments.iter().find(|a| a.role() == AssignmentRole::Lead);
            let who = lead
                .or(assignments.first())
                .map(|a| desk.roll.principal(a.assignee.as_ref()))
                .unwrap_or_default();
            let number = form.text("so");
            let said = match due_date {
                Some(due) => t::direct::passed_with_due(day::short(&due, &desk.today()), number, who),
                None => t::direct::passed(number, who),
            };
            let toast = Toast::undoable(said, format!("/chi-dao/{id}/hoan-tac"));
            let next = form.text("tiep");
            let target = match (form.is_set("o-lai"), next.starts_with("in_")) {
                (true, _) => link::document(&id),
                (false, true) => format!("/chi-dao?vb={next}"),
                (false, false) => "/chi-dao".to_owned(),
            };
            Ok(desk.go(&target, toast))
        }
        Err(fault) => {
            let shown: Vec<&str> = ASSIGNMENT_FIELDS
                .iter()
                .copied()
                .chain(["text", "assignments", "due_date", "han-khac"])
                .collect();
            let (faults, note) = Faults::of(fault, &shown)?;
            show(&desk, &id, Some(&form), &faults, note).await
        }
    }
}

async fn undo(desk: Desk, Path(id): Path<String>, form: Form) -> Result<Response, Failure> {
    let request = UndoDirectionRequest {
        request_id: form.request_id()?,
        command: Some(UndoDirection { document_id: id.clone() }),
        expected_versions: Vec::new(),
    };
    match call!(desk, routing.undo_direction(request)) {
        Ok(_) => Ok(desk.go(&format!("/chi-dao?vb={id}"), Toast::done(t::direct::undone()))),
        Err(fault) => {
            let note = Note::of(fault)?;
            Ok(desk.go(&link::document(&id), Toast::failed(t::direct::not_undone(note.text))))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_says_lead_first_and_leaves_out_who_gets_nothing() {
        let form = Form::parse("giao.unit_2=phoi-hop&giao.unit_1=chu-tri&giao.unit_3=&giao.per_7=de-biet");
        let made = assignments(&form);
        let told: Vec<_> = made.iter().map(|a| (a.role(), a.assignee.clone().and_then(|p| p.who))).collect();
        assert_eq!(
            told,
            [
                (AssignmentRole::Lead, Some(Who::UnitId("unit_1".to_owned()))),
                (AssignmentRole::Supporting, Some(Who::UnitId("unit_2".to_owned()))),
                (AssignmentRole::ForInformation, Some(Who::PersonId("per_7".to_owned()))),
            ]
        );
    }

    #[test]
    fn the_deadline_that_was_seen_is_the_one_that_is_sent() {
        let date = Some(Date { year: 2026, month: 11, day: 27 });
        assert_eq!(due_date(&mut Form::parse("han=2026-11-27")), date);
        assert_eq!(due_date(&mut Form::parse("han=khac&han-khac=27/11/2026")), date);
        assert_eq!(due_date(&mut Form::parse("han=khong&han-khac=27/11/2026")), None);
        let mut wrong = Form::parse("han=khac&han-khac=31/11/2026");
        assert_eq!(due_date(&mut wrong), None);
        assert!(wrong.checked().is_err());
    }
}
