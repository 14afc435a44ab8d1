//! Trang chủ: counts, what waits for me, what is late or soon with its sum, and where the books stand.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::{ListItem, ListName, ListRequest};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    AssignmentRole, Book, Date, IncomingDocument, IncomingStatus, OutgoingDocument, OutgoingStatus, Role,
    Urgency,
};

use crate::actions;
use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::frame::Frame;
use crate::link;
use crate::office::list_of;
use crate::screens::incoming::{late, soon};
use crate::texts::{t, terms};
use crate::view::day;
use crate::view::deadline::{Deadline, of_assignment};
use crate::view::document::{DocumentView, urgency_class};

/// Lines of each kind of work that are read.
const EACH: i32 = 10;
/// Lines that wait, shown.
const WAITING_MAX: usize = 10;
/// Lines that are late or soon, shown.
const DUE_MAX: usize = 8;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/", get(page))
}

/// One of the seven counts.
struct Figure {
    n: u32,
    label: &'static str,
    small: String,
    href: &'static str,
    late: bool,
}

/// Something that waits for the person.
struct Waiting {
    /// The list it comes from, counted from 0.
    list: usize,
    when: String,
    at: i64,
    rank: i32,
    urgency: &'static str,
    urgency_class: &'static str,
    back: bool,
    kind: String,
    subject: String,
    sub: String,
    href: String,
    due: String,
    due_class: &'static str,
    due_sub: String,
    verb: &'static str,
    verb_href: String,
}

/// Late or soon work.
struct DueLine {
    deadline: Deadline,
    number: String,
    subject: String,
    holder: String,
    href: String,
}

struct DueGroup {
    title: String,
    lines: Vec<DueLine>,
}

struct BookLine {
    label: String,
    number: String,
    date: String,
}

#[derive(Template)]
#[template(path = "home/home.html")]
struct Page {
    frame: Frame,
    summary: String,
    figures: Vec<Figure>,
    waiting: Vec<Waiting>,
    more: usize,
    groups: Vec<DueGroup>,
    whole_agency: bool,
    books: Vec<BookLine>,
    year: i32,
    main: Option<(&'static str, &'static str, &'static str)>,
    no_holidays: bool,
}

async fn page(desk: Desk) -> Result<Response, Failure> {
    let today = desk.today();
    let (figures, waiting, groups, books) = tokio::try_join!(
        figures(&desk, &today),
        waiting(&desk, &today),
        due(&desk, &today),
        books(&desk, today.year),
    )?;
    let at_once = waiting.iter().filter(|w| w.due_class == "late").count();
    let summary = match (waiting.len(), at_once) {
        (0, _) => t::home::nothing_waits().to_owned(),
        (n, 0) => t::home::waits(n),
        (n, m) => t::home::waits_now(n, m),
    };
    let more = waiting.len().saturating_sub(WAITING_MAX);
    let waiting = shown(waiting);
    let main = if desk.has(Role::Clerk) {
        Some((t::home::receive(), "/tiep-nhan", "n"))
    } else if desk.has(Role::Leader) {
        Some((t::home::direct(), "/chi-dao", "n"))
    } else if desk.has_any(&[Role::Officer, Role::HeadOfUnit]) {
        Some((t::home::my_work(), "/viec/chu-tri", "n"))
    } else if desk.has(Role::Administrator) {
        Some((t::home::administer(), "/quan-tri", "n"))
    } else {
        None
    };
    let page = Page {
        frame: desk.frame(t::menu::home(), "/").await?,
        summary,
        figures,
        waiting,
        more,
        groups,
        whole_agency: oversees(&desk),
        books,
        year: today.year,
        main,
        no_holidays: !desk
            .roll
            .work
            .working_days_between(today, domain::calendar::add_days(today, 1))
            .missing_years
            .is_empty(),
    };
    desk.page(&page)
}

/// Quản trị alone sees no document: nothing is counted for it.
fn only_administers(desk: &Desk) -> bool {
    desk.position.roles().all(|r| r == Role::Administrator)
}

/// Those who see to the whole agency's deadlines.
fn oversees(desk: &Desk) -> bool {
    desk.has_any(&[Role::Clerk, Role::Leader])
}

/// What is shown of all that waits, urgent first and then in the order of coming. One of each kind of work is always
/// among it: a long queue of letters must not hide the signed document that waits for its number.
fn shown(mut waiting: Vec<Waiting>) -> Vec<Waiting> {
    let order = |w: &Waiting| (-w.rank, !w.back, w.at);
    waiting.sort_by_key(order);
    let mut before: HashMap<usize, usize> = HashMap::new();
    let mut ranked: Vec<(bool, bool, Waiting)> = waiting
        .into_iter()
        .map(|w| {
            let nth = before.entry(w.list).or_default();
            *nth += 1;
            (*nth > 1, w.rank == 0, w)
        })
        .collect();
    ranked.sort_by_key(|(repeated, calm, _)| (*repeated, *calm));
    ranked.truncate(WAITING_MAX);
    let mut shown: Vec<Waiting> = ranked.into_iter().map(|(.., w)| w).collect();
    shown.sort_by_key(order);
    shown
}

fn incoming(status: IncomingStatus) -> ListRequest {
    ListRequest { incoming_status: status as i32, ..list_of(ListName::IncomingByStatus) }
}

fn outgoing(status: OutgoingStatus) -> ListRequest {
    ListRequest { outgoing_status: status as i32, ..list_of(ListName::OutgoingByStatus) }
}

/// The seven counts; one call.
async fn figures(desk: &Desk, today: &Date) -> Result<Vec<Figure>, Fault> {
    if only_administers(desk) {
        return Ok(Vec::new());
    }
    struct Asked {
        label: &'static str,
        small: &'static str,
        href: &'static str,
        lists: Vec<ListRequest>,
        /// Where each of the lists is to be seen, when they are not on one page.
        pages: &'static [&'static str],
        late: bool,
    }
    let asked = |label, small, href, lists: Vec<ListRequest>| Asked {
        label,
        small,
        href,
        lists,
        pages: &[],
        late: false,
    };
    let mine = [ListName::MyLead, ListName::MySupporting];
    let first = if desk.has(Role::Leader) {
        asked(
            t::home::for_direction(),
            t::home::for_direction_sub(),
            "/chi-dao",
            vec![list_of(ListName::IncomingForDirection)],
        )
    } else if desk.has(Role::Clerk) {
        asked(
            t::home::received(),
            t::home::received_sub(),
            "/tiep-nhan",
            vec![incoming(IncomingStatus::Received)],
        )
    } else if desk.has(Role::FormChecker) {
        let list = list_of(ListName::DraftsForFormCheck);
        asked(
            t::home::form_check(),
            t::home::form_check_sub(),
            "/van-ban-di/cho-kiem-tra-the-thuc",
            vec![list],
        )
    } else if desk.has(Role::Archivist) {
        asked(
            t::home::incoming(),
            t::home::incoming_sub(),
            "/van-ban-den/tat-ca",
            vec![list_of(ListName::IncomingAll)],
        )
    } else {
        asked(
            t::home::drafts(),
            t::home::drafts_sub(),
            "/van-ban-di/du-thao",
            vec![list_of(ListName::MyDrafts)],
        )
    };
    let work = if desk.has(Role::Clerk) {
        asked(
            t::home::registered(),
            t::home::registered_sub(),
            "/van-ban-den/cho-trinh",
            vec![incoming(IncomingStatus::Registered)],
        )
    } else {
        asked(t::home::work(), t::home::work_sub(), "/viec/chu-tri", mine.map(list_of).to_vec())
    };
    let (soon_lists, late_lists, late_href, soon_href) = if oversees(desk) {
        (
            vec![soon(ListName::OpenAssignments, today, desk)],
            vec![late(ListName::OpenAssignments, today)],
            "/van-ban-den/qua-han",
            "/van-ban-den/sap-den-han",
        )
    } else {
        (
            mine.map(|n| soon(n, today, desk)).to_vec(),
            mine.map(|n| late(n, today)).to_vec(),
            "/viec/chu-tri",
            "/viec/chu-tri",
        )
    };
    let whose = match (desk.has(Role::Clerk), oversees(desk)) {
        (true, _) => t::home::late_all(),
        (false, true) => t::home::late_seen(),
        (false, false) => t::home::late_mine(),
    };
    let for_issue =
        |lists| asked(t::home::for_issue(), t::home::for_issue_sub(), "/van-ban-di/cho-phat-hanh", lists);
    let for_issue = if desk.has(Role::Clerk) {
        let steps = [OutgoingStatus::Signed, OutgoingStatus::Numbered, OutgoingStatus::Sealed];
        Asked {
            pages: &["/van-ban-di/cho-cap-so", "/van-ban-di/cho-dong-dau", "/van-ban-di/cho-phat-hanh"],
            ..for_issue(steps.map(outgoing).to_vec())
        }
    } else {
        for_issue(vec![outgoing(OutgoingStatus::Sealed)])
    };
    let seven = vec![
        first,
        work,
        asked(t::home::soon(), t::home::soon_sub(), soon_href, soon_lists),
        Asked { late: true, ..asked(t::home::late(), whose, late_href, late_lists) },
        asked(
            t::home::for_signature(),
            t::home::for_signature_sub(),
            "/ky-so",
            vec![list_of(ListName::ForSignature)],
        ),
        for_issue,
        asked(
            t::home::information(),
            t::home::information_sub(),
            "/viec/de-biet",
            vec![list_of(ListName::MyInformation)],
        ),
    ];
    let counts = desk.calls().counts(seven.iter().flat_map(|a| a.lists.clone()).collect()).await?;
    let mut counts = counts.into_iter();
    Ok(seven
        .into_iter()
        .map(|a| {
            let each: Vec<u32> = a.lists.iter().map(|_| counts.next().unwrap_or(0)).collect();
            let n: u32 = each.iter().sum();
            // A count leads to a page on which something of it stands.
            let page = each.iter().zip(a.pages).find(|(n, _)| **n > 0).map_or(a.href, |(_, page)| page);
            Figure { n, label: a.label, small: a.small.to_owned(), href: page, late: a.late && n > 0 }
        })
        .collect())
}

/// Everything that waits for the person, by the roles of the position.
async fn waiting(desk: &Desk, today: &Date) -> Result<Vec<Waiting>, Fault> {
    let mut lists: Vec<(ListRequest, &'static str)> = Vec::new();
    if desk.has(Role::Clerk) {
        lists.push((incoming(IncomingStatus::Received), t::home::verb_register()));
        lists.push((incoming(IncomingStatus::Registered), t::home::verb_submit()));
        lists.push((outgoing(OutgoingStatus::Signed), t::home::verb_number()));
        lists.push((outgoing(OutgoingStatus::Numbered), t::home::verb_seal()));
        lists.push((outgoing(OutgoingStatus::Sealed), t::home::verb_issue()));
    }
    if desk.has(Role::Leader) {
        lists.push((list_of(ListName::IncomingForDirection), t::home::verb_direct()));
        lists.push((list_of(ListName::DraftsForApproval), t::home::verb_approve()));
        lists.push((list_of(ListName::ForSignature), t::home::verb_sign()));
    }
    if desk.has(Role::HeadOfUnit) {
        lists.push((list_of(ListName::DraftsForReview), t::home::verb_review()));
    }
    if desk.has(Role::FormChecker) {
        lists.push((list_of(ListName::DraftsForFormCheck), t::home::verb_form_check()));
    }
    if desk.has_any(&[Role::Officer, Role::HeadOfUnit]) {
        lists.push((list_of(ListName::MyReturnedDrafts), t::home::verb_rework()));
        lists.push((list_of(ListName::MyLead), ""));
        lists.push((list_of(ListName::MySupporting), ""));
    }
    let mut all = Vec::new();
    for (n, (list, verb)) in lists.into_iter().enumerate() {
        let answer = desk.calls().list(ListRequest { page_size: EACH, ..list }).await?;
        let of_list = answer.items.into_iter().filter_map(|item| wait(item, verb, desk, today));
        all.extend(of_list.map(|w| Waiting { list: n, ..w }));
    }
    Ok(all)
}

fn wait(item: ListItem, verb: &'static str, desk: &Desk, today: &Date) -> Option<Waiting> {
    let record = item.record?;
    match record.state.as_ref()? {
        State::Incoming(document) => Some(wait_incoming(&record.id, document, verb, desk, today)),
        State::Outgoing(document) => Some(wait_outgoing(&record.id, document, verb, desk, today)),
        State::Assignment(assignment) => {
            let view = item.document.as_ref().and_then(|d| DocumentView::of(d, *today, &desk.roll.work));
            let deadline = of_assignment(assignment, *today, &desk.roll.work);
            let action = actions::on_assignment(&record.id, assignment, &desk.caller()).into_iter().next();
            let at = assignment.assigned_at.as_ref();
            let href = link::document(&assignment.document_id);
            Some(Waiting {
                when: at.map(|at| day::lately(at, today)).unwrap_or_default(),
                at: at.map_or(0, |at| at.seconds),
                rank: rank(assignment.urgency()),
                urgency: terms::urgency(assignment.urgency()),
                urgency_class: urgency_class(assignment.urgency()),
                back: false,
                list: 0,
                kind: view.as_ref().map(|v| v.kind.clone()).unwrap_or_default(),
                subject: assignment.subject.clone(),
                sub: if assignment.instruction.is_empty() {
                    let who = desk.roll.person(&assignment.assigned_by);
                    match assignment.role() {
                        AssignmentRole::Lead => t::home::given_lead(who),
                        _ => t::home::given_supporting(who),
                    }
                } else {
                    format!("“{}”", assignment.instruction)
                },
                due_class: deadline.class,
                due_sub: deadline.day,
                due: deadline.words,
                verb: action.as_ref().map_or_else(t::home::verb_open, actions::Action::short),
                verb_href: action.map_or_else(|| href.clone(), |a| a.href),
                href,
            })
        }
        _ => None,
    }
}

fn rank(urgency: Urgency) -> i32 {
    (urgency as i32 - 1).max(0)
}

fn wait_incoming(
    id: &str,
    document: &IncomingDocument,
    verb: &'static str,
    desk: &Desk,
    today: &Date,
) -> Waiting {
    let view = super::receive::named(id, document, today, desk);
    let at = document.received_at.as_ref();
    let verb_href = match document.status() {
        IncomingStatus::Received => format!("/tiep-nhan?vb={id}"),
        IncomingStatus::Registered => format!("/van-ban/{id}/trinh"),
        _ => format!("/chi-dao?vb={id}"),
    };
    let urgent = view.rank > 0;
    let sub: Vec<&str> = [view.issuer.as_str(), view.notation.as_str(), terms::channel(document.channel())]
        .into_iter()
        .filter(|t| !t.is_empty())
        .collect();
    Waiting {
        when: at.map(|at| day::lately(at, today)).unwrap_or_default(),
        at: at.map_or(0, |at| at.seconds),
        rank: view.rank,
        urgency: view.urgency,
        urgency_class: view.urgency_class,
        back: false,
        list: 0,
        sub: sub.join(" · "),
        due: if urgent { t::home::at_once(verb) } else { t::home::today().to_owned() },
        due_class: if urgent { "late" } else { "soft" },
        due_sub: String::new(),
        verb,
        verb_href,
        href: view.href,
        kind: view.kind,
        subject: view.subject,
    }
}

fn wait_outgoing(
    id: &str,
    document: &OutgoingDocument,
    verb: &'static str,
    desk: &Desk,
    today: &Date,
) -> Waiting {
    let view = DocumentView::outgoing(id, document);
    let at =
        [&document.sealed_at, &document.signed_at, &document.drafted_at].into_iter().find_map(Option::as_ref);
    let returned = !document.return_reason.is_empty();
    let sub = if returned {
        t::home::returned_by(desk.roll.person(&document.returned_by), &document.return_reason)
    } else {
        let unit = desk.roll.unit(&document.unit_id);
        if view.notation.is_empty() || document.number.is_none() {
            t::home::drafted_by(terms::outgoing_status(document.status()).to_lowercase(), unit)
        } else {
            format!("{} · {unit}", view.notation)
        }
    };
    let urgent = view.rank > 0 && !returned;
    let verb_href =
        if document.status() == OutgoingStatus::Approved { "/ky-so".to_owned() } else { view.href.clone() };
    Waiting {
        when: at.map(|at| day::lately(at, today)).unwrap_or_default(),
        at: at.map_or(0, |at| at.seconds),
        rank: view.rank,
        urgency: view.urgency,
        urgency_class: view.urgency_class,
        back: returned,
        list: 0,
        sub,
        // What is urgent goes on at once (NĐ 30/2020 Điều 17); what is not, on the same day.
        due: if urgent { t::home::at_once(verb) } else { t::home::today().to_owned() },
        due_class: if urgent { "late" } else { "soft" },
        due_sub: String::new(),
        verb,
        verb_href,
        href: view.href,
        kind: view.kind,
        subject: view.subject,
    }
}

/// Late and soon work, by day.
async fn due(desk: &Desk, today: &Date) -> Result<Vec<DueGroup>, Fault> {
    let names: &[ListName] = if oversees(desk) {
        &[ListName::OpenAssignments]
    } else {
        &[ListName::MyLead, ListName::MySupporting]
    };
    let mut found: Vec<(Date, DueLine)> = Vec::new();
    for name in names {
        let list = ListRequest { due_from: None, page_size: 20, ..soon(*name, today, desk) };
        for item in desk.calls().list(list).await?.items {
            let Some(State::Assignment(a)) = item.record.and_then(|r| r.state) else { continue };
            let Some(date) = a.due_date else { continue };
            let view = item.document.as_ref().and_then(|d| DocumentView::of(d, *today, &desk.roll.work));
            found.push((
                date,
                DueLine {
                    deadline: of_assignment(&a, *today, &desk.roll.work),
                    number: view.map(|v| v.number).unwrap_or_default(),
                    subject: a.subject.clone(),
                    holder: desk.roll.principal(a.assignee.as_ref()),
                    href: link::document(&a.document_id),
                },
            ));
        }
    }
    found.sort_by(|a, b| domain::calendar::compare(a.0, b.0));
    Ok(grouped(found, today))
}

fn grouped(found: Vec<(Date, DueLine)>, today: &Date) -> Vec<DueGroup> {
    let mut groups: Vec<DueGroup> = Vec::new();
    let late = found.iter().filter(|(_, l)| l.deadline.days_late > 0).count();
    let mut last: Option<Date> = None;
    for (i, (date, line)) in found.into_iter().take(DUE_MAX).enumerate() {
        let is_late = line.deadline.days_late > 0;
        let same = match last {
            Some(last) => (is_late && i < late) || last == date,
            None => false,
        };
        if !same {
            let title = if is_late {
                t::home::group_late(late)
            } else if date == *today {
                t::home::group_today(day::short(&date, today), day::weekday(&date))
            } else {
                t::home::group_day(day::short(&date, today), day::weekday(&date))
            };
            groups.push(DueGroup { title, lines: Vec::new() });
        }
        last = Some(date);
        if let Some(group) = groups.last_mut() {
            group.lines.push(line);
        }
    }
    groups
}

/// The last number of each book of the year.
async fn books(desk: &Desk, year: i32) -> Result<Vec<BookLine>, Fault> {
    if !desk.has_any(&[Role::Clerk, Role::Leader, Role::Archivist]) {
        return Ok(Vec::new());
    }
    let (items, _) = desk.calls().list_all(list_of(ListName::SeriesYears), 3).await?;
    let mut lines = Vec::new();
    for item in items {
        let Some(State::SeriesYear(standing)) = item.record.and_then(|r| r.state) else { continue };
        let Some((_, series)) = desk.roll.series.iter().find(|(id, _)| *id == standing.series_id) else {
            continue;
        };
        if standing.year != year {
            continue;
        }
        let label = match series.book() {
            Book::Outgoing => t::home::last_outgoing(&series.name),
            _ => t::home::last_incoming(&series.name),
        };
        lines.push(BookLine {
            label,
            number: format!("{:02}", standing.last_ordinal),
            date: day::full(standing.last_date.as_ref()),
        });
    }
    lines.sort_by(|a, b| a.label.cmp(&b.label));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(list: usize, rank: i32, at: i64) -> Waiting {
        Waiting {
            list,
            rank,
            at,
            when: String::new(),
            urgency: "",
            urgency_class: "",
            back: false,
            kind: String::new(),
            subject: String::new(),
            sub: String::new(),
            href: String::new(),
            due: String::new(),
            due_class: "",
            due_sub: String::new(),
            verb: "",
            verb_href: String::new(),
        }
    }

    #[test]
    fn a_long_queue_hides_no_other_kind_of_work() {
        let mut all: Vec<_> = (0..30).map(|at| waits(0, i32::from(at % 2 == 0), at)).collect();
        all.push(waits(2, 0, 1_000));
        let shown = shown(all);
        assert_eq!(shown.len(), WAITING_MAX);
        assert!(shown.iter().any(|w| w.list == 2));
        let order: Vec<_> = shown.iter().map(|w| (-w.rank, w.at)).collect();
        assert!(order.is_sorted(), "{order:?}");
        assert_eq!(
            shown.iter().filter(|w| w.rank == 1).count(),
            WAITING_MAX - 1,
            "urgent ones fill the rest"
        );
    }

    #[test]
    fn late_work_stands_together_and_the_rest_by_day() {
        let today = Date { year: 2026, month: 11, day: 18 };
        let at = |day, late| {
            let deadline = Deadline { days_late: late, ..Deadline::default() };
            let line = DueLine {
                deadline,
                number: String::new(),
                subject: String::new(),
                holder: String::new(),
                href: String::new(),
            };
            (Date { year: 2026, month: 11, day }, line)
        };
        let groups = grouped(vec![at(16, 2), at(17, 1), at(18, 0), at(20, 0), at(20, 0)], &today);
        let told: Vec<_> = groups.iter().map(|g| (g.title.as_str(), g.lines.len())).collect();
        assert_eq!(told, [("Quá hạn · 2", 2), ("Hôm nay, Thứ Tư 18/11", 1), ("Thứ Sáu 20/11", 2)]);
    }
}
