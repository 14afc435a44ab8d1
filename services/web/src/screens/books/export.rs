//! A register as a file for a spreadsheet, in the order of its numbers.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::index::is_secret;
use proto::archive::v1::{ListRequest, ListResponse};
use proto::fault::Fault;

use super::columns::{Days, InColumns, Line, OutColumns, leads, line};
use super::{Asked, Register};
use crate::csv::{self, Sheet, Stop};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::texts::t;

/// Lines of one file; more are exported by spans of days.
const LINES_MAX: usize = 50_000;
/// Lines that one call reads.
const PAGE: i32 = 200;

pub(super) async fn csv(
    desk: Desk,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let register = Register::named(&slug, &desk)?;
    if register == Register::Secret {
        return Err(Fault::unknown(slug).into());
    }
    let mut form = Form::parse(query.as_deref().unwrap_or_default());
    let asked = Asked::of(&desk, register, &mut form);
    form.checked()?;
    // A series of the other register, typed into the address, is none of this one: the choice above took another.
    let request = ListRequest { page_size: PAGE, reverse: false, ..asked.list() };
    // The first page is read before anything is sent: a refusal is then a page, not half a file.
    let first = if asked.series_id.is_empty() {
        ListResponse::default()
    } else {
        desk.calls().list(request.clone()).await?
    };
    let name = format!("so-{slug}-{}.csv", asked.year);
    let head: Vec<&str> = columns(register).iter().map(|(heading, _)| heading()).collect();
    Ok(csv::download(&name, &head, |sheet| fill(sheet, desk, register, request, first)))
}

async fn fill(
    mut sheet: Sheet,
    desk: Desk,
    register: Register,
    mut request: ListRequest,
    first: ListResponse,
) -> Result<Sheet, Stop> {
    let today = desk.today();
    let mut page = first;
    let mut written = 0;
    loop {
        // A series is secret or not as a whole; that no line of it is one is looked at all the same.
        page.items.retain(|item| !item.document.as_ref().is_some_and(is_secret));
        let leads = leads(&desk, &page.items).await?;
        for line in page.items.iter().filter_map(|i| line(i, &leads, &desk, &today, Days::Full)) {
            if written == LINES_MAX {
                sheet.row(&[t::books::export_cut(LINES_MAX)]).await?;
                return Ok(sheet);
            }
            let cells: Vec<String> = columns(register).iter().map(|(_, cell)| cell(&line)).collect();
            sheet.row(&cells).await?;
            written += 1;
        }
        if page.next_page_token.is_empty() {
            return Ok(sheet);
        }
        request.page_token = page.next_page_token;
        page = desk.calls().list(request.clone()).await?;
    }
}

/// A column: its heading, and what it says of a line.
type Column = (fn() -> &'static str, fn(&Line) -> String);

const INCOMING: [Column; 13] = [
    (t::books::arrived, |line| incoming(line, |c| &c.arrived).unwrap_or_else(|| line.date.clone())),
    (t::books::number, |line| line.number.clone()),
    (t::books::issuer, |line| incoming(line, |c| &c.issuer).unwrap_or_default()),
    (t::books::notation, |line| {
        line.incoming.as_ref().map(|c| format!("{}{}", c.notation.0, c.notation.1)).unwrap_or_default()
    }),
    (t::books::issued, |line| incoming(line, |c| &c.issued).unwrap_or_default()),
    (t::books::kind, |line| line.kind.clone()),
    (t::books::subject, subject),
    (t::books::to, |line| incoming(line, |c| &c.to).unwrap_or_default()),
    (t::books::handed, |line| incoming(line, |c| &c.handed).unwrap_or_default()),
    (t::books::receipt, |line| incoming(line, |c| &c.receipt).unwrap_or_default()),
    (t::books::note, note),
    (t::books::due, |line| incoming(line, |c| &c.deadline.day).unwrap_or_default()),
    (t::books::state, |line| state(line, line.incoming.as_ref().map_or("", |c| c.status))),
];

const OUTGOING: [Column; 12] = [
    (t::books::notation, |line| outgoing(line, |c| &c.notation).unwrap_or_else(|| line.number.clone())),
    (t::books::issued, |line| line.date.clone()),
    (t::books::kind, |line| line.kind.clone()),
    (t::books::subject, subject),
    (t::books::signer, |line| outgoing(line, |c| &c.signer).unwrap_or_default()),
    (t::books::recipients, |line| outgoing(line, |c| &c.recipients).unwrap_or_default()),
    (t::books::kept, |line| outgoing(line, |c| &c.kept).unwrap_or_default()),
    (t::books::copies, |line| line.outgoing.as_ref().map(|c| c.copies.to_string()).unwrap_or_default()),
    (t::books::handed, |line| outgoing(line, |c| &c.sent).unwrap_or_default()),
    (t::books::receipt, |line| outgoing(line, |c| &c.receipt).unwrap_or_default()),
    (t::books::note, note),
    (t::books::state, |line| state(line, line.outgoing.as_ref().map_or("", |c| c.status))),
];

fn columns(register: Register) -> &'static [Column] {
    match register {
        Register::Outgoing => &OUTGOING,
        Register::Incoming | Register::Secret => &INCOMING,
    }
}

fn incoming(line: &Line, pick: fn(&InColumns) -> &String) -> Option<String> {
    line.incoming.as_ref().map(|columns| pick(columns).clone())
}

fn outgoing(line: &Line, pick: fn(&OutColumns) -> &String) -> Option<String> {
    line.outgoing.as_ref().map(|columns| pick(columns).clone())
}

/// What a number without a document was drawn for stands in its note.
fn subject(line: &Line) -> String {
    let bare = line.incoming.is_none() && line.outgoing.is_none() && (line.void || line.reserved);
    if bare { String::new() } else { line.subject.clone() }
}

fn note(line: &Line) -> String {
    match (line.void, line.reserved) {
        (true, _) => t::books::void_because(&line.reason),
        (false, true) => line.reason.clone(),
        (false, false) => line.note.clone(),
    }
}

fn state(line: &Line, status: &str) -> String {
    let words = match (line.void, line.reserved) {
        (true, _) => t::books::void_number(),
        (false, true) => t::books::reserved(),
        (false, false) => status,
    };
    words.to_owned()
}
