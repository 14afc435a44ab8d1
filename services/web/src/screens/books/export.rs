//! A register as a file for a spreadsheet, in the order of its numbers.

use axum::extract::{Path, RawQuery};
use axum::response::Response;
use domain::index::is_secret;
use proto::archive::v1::{ListRequest, ListResponse};
use proto::fault::Fault;

use super::columns::{Days, Line, leads, line};
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
    Ok(csv::download(&name, &head(register), |sheet| fill(sheet, desk, register, request, first)))
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
            sheet.row(&row(register, &line)).await?;
            written += 1;
        }
        if page.next_page_token.is_empty() {
            return Ok(sheet);
        }
        request.page_token = page.next_page_token;
        page = desk.calls().list(request.clone()).await?;
    }
}

fn head(register: Register) -> Vec<&'static str> {
    use t::books as b;
    match register {
        Register::Outgoing => vec![
            b::notation(),
            b::issued(),
            b::kind(),
            b::subject(),
            b::signer(),
            b::recipients(),
            b::kept(),
            b::copies(),
            b::handed(),
            b::receipt(),
            b::note(),
            b::state(),
        ],
        Register::Incoming | Register::Secret => vec![
            b::arrived(),
            b::number(),
            b::issuer(),
            b::notation(),
            b::issued(),
            b::kind(),
            b::subject(),
            b::to(),
            b::handed(),
            b::receipt(),
            b::note(),
            b::due(),
            b::state(),
        ],
    }
}

fn row(register: Register, line: &Line) -> Vec<String> {
    let note = if line.void { t::books::void_because(&line.reason) } else { line.note.clone() };
    let state = |status: &str| match (line.void, line.reserved) {
        (true, _) => t::books::void_number().to_owned(),
        (_, true) => t::books::reserved().to_owned(),
        _ => status.to_owned(),
    };
    match (register, &line.incoming, &line.outgoing) {
        (Register::Outgoing, _, Some(c)) => vec![
            c.notation.clone(),
            line.date.clone(),
            line.kind.clone(),
            line.subject.clone(),
            c.signer.clone(),
            c.recipients.clone(),
            c.kept.clone(),
            c.copies.to_string(),
            c.sent.clone(),
            c.receipt.clone(),
            note,
            state(c.status),
        ],
        (Register::Outgoing, ..) => {
            let mut cells = vec![String::new(); 12];
            cells[0].clone_from(&line.number);
            cells[1].clone_from(&line.date);
            cells[10] = if line.void { note } else { line.reason.clone() };
            cells[11] = state("");
            cells
        }
        (_, Some(c), _) => vec![
            c.arrived.clone(),
            line.number.clone(),
            c.issuer.clone(),
            format!("{}{}", c.notation.0, c.notation.1),
            c.issued.clone(),
            line.kind.clone(),
            line.subject.clone(),
            c.to.clone(),
            c.handed.clone(),
            c.receipt.clone(),
            note,
            c.deadline.day.clone(),
            state(&c.deadline.words),
        ],
        _ => {
            let mut cells = vec![String::new(); 13];
            cells[0].clone_from(&line.date);
            cells[1].clone_from(&line.number);
            cells[10] = if line.void { note } else { line.reason.clone() };
            cells[12] = state("");
            cells
        }
    }
}
