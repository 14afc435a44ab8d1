//! What a search found, as a file for a spreadsheet. Secret documents are found by no search.

use axum::extract::RawQuery;
use axum::response::Response;
use domain::index::is_secret;
use proto::archive::v1::{SearchRequest, SearchResponse};

use super::{document, request};
use crate::call;
use crate::csv::{self, Sheet, Stop};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::texts::t;
use crate::view::document::DocumentView;

/// Documents of one file.
const HITS_MAX: usize = 5_000;
/// Hits that one call finds.
const PAGE: i32 = 100;

pub(super) async fn csv(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let mut form = Form::parse(query.as_deref().unwrap_or_default());
    form.set("trang", "");
    let request = SearchRequest { page_size: PAGE, ..request(&form) };
    // The first page is found before anything is sent: a refusal is then a page, not half a file.
    let first = call!(desk, archive.search(request.clone()))?;
    let today = desk.today();
    let name = format!("tra-cuu-{}.csv", crate::view::day::iso(&today));
    let head = [
        t::search::direction(),
        t::search::number(),
        t::search::arrived(),
        t::search::notation(),
        t::search::issued(),
        t::search::issuer(),
        t::search::kind(),
        t::search::subject(),
        t::search::urgency(),
        t::search::status(),
        t::search::due(),
    ];
    Ok(csv::download(&name, &head, |sheet| fill(sheet, desk, request, first)))
}

async fn fill(
    mut sheet: Sheet,
    desk: Desk,
    mut request: SearchRequest,
    first: SearchResponse,
) -> Result<Sheet, Stop> {
    let mut page = first;
    let mut written = 0;
    loop {
        let records = page.hits.iter().filter_map(|hit| hit.record.as_ref()).filter(|r| !is_secret(r));
        for document in records.filter_map(|r| document(r, &desk)) {
            if written == HITS_MAX {
                sheet.row(&[t::search::export_cut(HITS_MAX)]).await?;
                return Ok(sheet);
            }
            sheet.row(&row(&document)).await?;
            written += 1;
        }
        if page.next_page_token.is_empty() {
            return Ok(sheet);
        }
        request.page_token = page.next_page_token;
        page = call!(desk, archive.search(request.clone()))?;
    }
}

fn row(document: &DocumentView) -> [&str; 11] {
    [
        if document.outgoing { t::search::outgoing() } else { t::search::incoming() },
        &document.number,
        &document.arrived,
        &document.notation,
        &document.issued,
        &document.issuer,
        &document.kind,
        &document.subject,
        document.urgency,
        document.status,
        &document.deadline.day,
    ]
}
