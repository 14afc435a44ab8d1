//! The clerk's desk: documents that wait for a number, the seal or the issue, one or many at once, with a result for
//! each. A failure of one does not stop the others.

use std::collections::HashMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use proto::archive::v1::ListRequest;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{OutgoingDocument, OutgoingStatus, Record};

use super::issue::{self, Given, Upto};
use super::list::{self, Line, Tab};
use super::number::{Expected, Standing};
use super::outside;
use crate::desk::Desk;
use crate::failure::{Failure, see_other};
use crate::form::Form;
use crate::frame::Frame;
use crate::link;
use crate::screens::signing::{certificate, outcome};
use crate::settings::PAGE_LINES;
use crate::texts::t;
use crate::view::field::{Faults, Field, Note};

/// Documents in one act: what a mandate names at most, with room for attachments.
const MANY_MAX: usize = 100;

/// A line of the desk.
struct Row {
    line: Line,
    expected: Expected,
    ticked: bool,
    receivers: usize,
    none: bool,
}

#[derive(Template)]
#[template(path = "outgoing/desk.html")]
struct Page {
    frame: Frame,
    label: &'static str,
    empty: &'static str,
    here: &'static str,
    step: u8,
    /// The act in words: for one, for many, for those that are here.
    words: (&'static str, String, String),
    rows: Vec<Row>,
    newer: bool,
    older: String,
    note: Option<Note>,
    seal: Field,
    seal_ends: String,
    no_seal: bool,
    /// Ids of the seals whose keys are outside.
    outside: String,
    password: Field,
}

/// One of the three lists.
pub(super) async fn page(
    desk: &Desk,
    tab: &'static Tab,
    status: OutgoingStatus,
    form: &Form,
    said: Option<(Faults, Option<Note>)>,
) -> Result<Response, Failure> {
    let (faults, note) = said.unwrap_or_default();
    let token = form.text("trang").to_owned();
    let newer = !token.is_empty();
    let asked = ListRequest { page_size: PAGE_LINES, page_token: token, ..list::request(tab.what) };
    let (answer, seals, standing) =
        tokio::join!(desk.calls().list(asked), issue::seals(desk), Standing::read(desk));
    let (answer, seals, mut standing) = (answer?, seals?, standing?);
    let today = desk.today();
    let chosen: Vec<&str> = form.all("vb").collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut waiting: Vec<(&Record, &OutgoingDocument)> = answer
        .items
        .iter()
        .filter_map(|item| match item.record.as_ref().map(|r| (r, r.state.as_ref())) {
            Some((record, Some(State::Outgoing(document)))) => Some((record, document)),
            _ => None,
        })
        .collect();
    // Numbers are given in the order of signing: what was signed first stands first.
    waiting.sort_by_key(|(_, d)| d.signed_at.as_ref().map_or(i64::MAX, |at| at.seconds));
    for (record, document) in waiting {
        let Some(line) = list::line(record, &desk.roll, &today) else { continue };
        rows.push(Row {
            expected: if status == OutgoingStatus::Signed {
                standing.next(desk, document)
            } else {
                Expected::default()
            },
            ticked: chosen.is_empty() || chosen.contains(&record.id.as_str()),
            receivers: document.recipients.len(),
            none: document.recipients.is_empty(),
            line,
        });
    }
    let step = match status {
        OutgoingStatus::Signed => 1,
        OutgoingStatus::Numbered => 2,
        _ => 3,
    };
    let page = Page {
        frame: desk.frame((tab.label)(), tab.href).await?,
        label: (tab.label)(),
        empty: (tab.empty)(),
        here: tab.href,
        step,
        words: words(step, rows.len()),
        rows,
        newer,
        older: link::next_page(tab.href, &answer.next_page_token),
        note,
        seal_ends: seals.first().map(|(_, c)| certificate::ends(c, desk.app.now())).unwrap_or_default(),
        no_seal: seals.is_empty(),
        outside: certificate::outside(&seals),
        seal: Field::choice(
            "certificate_id",
            t::outgoing::seal(),
            form,
            seals.into_iter().map(|(id, c)| (id, certificate::label(&c))),
        )
        .faults(&faults, &[]),
        password: Field::new("mat-khau", t::outgoing::seal_password(), &Form::default())
            .typed("password")
            .with("autocomplete", "off")
            .faults(&faults, &["password"]),
    };
    desk.page(&page)
}

/// What the act is called for one document, for many (with `#` for how many), and for `n`.
fn words(step: u8, n: usize) -> (&'static str, String, String) {
    match step {
        1 => (
            t::outgoing::number_seal_issue_one(),
            t::outgoing::number_seal_issue_many("#"),
            t::outgoing::number_seal_issue_n(n),
        ),
        2 => (t::outgoing::seal_issue_one(), t::outgoing::seal_issue_many("#"), t::outgoing::seal_issue_n(n)),
        _ => (t::outgoing::issue_one(), t::outgoing::issue_many("#"), t::outgoing::issue_n(n)),
    }
}

/// Does the act for each chosen document and tells what came of each.
pub(super) async fn many(desk: Desk, mut form: Form) -> Result<Response, Failure> {
    match try_many(&desk, &mut form).await {
        Ok(results) => Ok(see_other(&results)),
        Err(fault) => {
            let tab = [OutgoingStatus::Signed, OutgoingStatus::Numbered, OutgoingStatus::Sealed]
                .into_iter()
                .find_map(|s| list::clerk_tab(s).filter(|t| t.href == form.text("o")).map(|t| (t, s)));
            let Some((tab, status)) = tab else { return Err(fault.into()) };
            let (faults, note) = Faults::of(fault, &["certificate_id", "mat-khau", "password"])?;
            page(&desk, tab, status, &form, Some((faults, note))).await
        }
    }
}

async fn try_many(desk: &Desk, form: &mut Form) -> Result<String, Fault> {
    let request_id = form.request_id()?;
    let upto = Upto::of(form.text("viec"));
    let mut ids: Vec<String> = form.all("vb").map(str::to_owned).collect();
    ids.dedup();
    if ids.is_empty() || ids.len() > MANY_MAX {
        return Err(Fault::refused("NOTHING_CHOSEN", format!("choose 1 to {MANY_MAX} documents")));
    }
    let documents: Vec<(String, OutgoingDocument)> = desk
        .calls()
        .batch(&ids)
        .await?
        .into_iter()
        .filter_map(|record| match record.state {
            Some(State::Outgoing(document)) => Some((record.id, document)),
            _ => None,
        })
        .collect();
    let to_seal: Vec<&OutgoingDocument> =
        documents.iter().map(|(_, d)| d).filter(|d| issue::needs_seal(d.status(), upto)).collect();
    let mut given = Given::default();
    let certificate_id = form.text("certificate_id").to_owned();
    let outside = !to_seal.is_empty() && outside::is_outside(&issue::seals(desk).await?, &certificate_id);
    if !to_seal.is_empty() && !outside {
        if form.text("mat-khau").is_empty() {
            form.wrong("mat-khau", "REQUIRED", "the password of the seal is needed");
        }
        form.checked()?;
        given.mandate = issue::unlock(desk, &certificate_id, form.text("mat-khau"), &to_seal).await?;
    }
    let mut outcomes: HashMap<String, String> = HashMap::new();
    for (n, (id, document)) in documents.iter().enumerate() {
        let one = format!("{request_id}-{n}");
        // What a key outside is to seal goes as far as its number here.
        let upto = if outside && issue::needs_seal(document.status(), upto) { Upto::Number } else { upto };
        if let Err(fault) = issue::go_on(desk, id, document.status(), upto, &given, &one).await {
            tracing::info!(%fault, document = id.as_str(), "act stopped");
            outcomes.insert(id.clone(), outcome::code(&fault).to_owned());
        }
    }
    issue::lock(desk, given.mandate).await;
    if outside {
        return Ok(outside::begun(&ids, &certificate_id, form.text("viec")));
    }
    Ok(outcome::path("/van-ban-di/ket-qua", &ids, &outcomes, form.text("viec")))
}

#[derive(Template)]
#[template(path = "outgoing/results.html")]
struct Results {
    frame: Frame,
    outcomes: Vec<outcome::Outcome>,
    bad: usize,
    done: String,
    again: &'static str,
}

/// What came of an act.
pub(super) async fn results(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let (reached, title) = match Upto::of(form.text("viec")) {
        Upto::Number => (OutgoingStatus::Numbered, t::outgoing::result_number()),
        Upto::Seal => (OutgoingStatus::Sealed, t::outgoing::result_seal()),
        Upto::Issue => (OutgoingStatus::Issued, t::outgoing::result_issue()),
    };
    let outcomes = outcome::read(&desk, &form, reached).await?;
    let good = outcomes.iter().filter(|o| o.good).count();
    let page = Results {
        frame: desk.frame(title, "/van-ban-di/cho-phat-hanh").await?,
        bad: outcomes.len() - good,
        outcomes,
        done: match reached {
            OutgoingStatus::Numbered => t::outgoing::done_number(good),
            OutgoingStatus::Sealed => t::outgoing::done_seal(good),
            _ => t::outgoing::done_issue(good),
        },
        again: "/van-ban-di/cho-cap-so",
    };
    desk.page(&page)
}
