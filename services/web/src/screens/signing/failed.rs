//! Thất bại: what the person tried to sign without success, why, and the way to sign it again. It still waits among those
//! that are to be signed; here stand only those that were tried.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use proto::archive::v1::{ListName, ListRequest};
use proto::record::v1::record::State;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::link;
use crate::office::list_of;
use crate::settings::PAGE_LINES;
use crate::texts::{reasons, t};
use crate::view::day;
use crate::view::document::DocumentView;

struct Line {
    document: DocumentView,
    unit: String,
    at: String,
    times: i32,
    why: &'static str,
}

#[derive(Template)]
#[template(path = "signing/failed.html")]
struct Page {
    frame: Frame,
    lines: Vec<Line>,
    newer: bool,
    older: String,
}

/// The list.
pub(super) async fn page(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let token = form.text("trang").to_owned();
    let newer = !token.is_empty();
    let request =
        ListRequest { page_size: PAGE_LINES, page_token: token, ..list_of(ListName::SigningFailed) };
    let answer = desk.calls().list(request).await?;
    let line = |record: &proto::record::v1::Record| {
        let Some(State::Outgoing(document)) = record.state.as_ref() else { return None };
        let failure = document.signing_failure.as_ref()?;
        Some(Line {
            document: DocumentView::outgoing(&record.id, document),
            unit: desk.roll.unit(&document.unit_id),
            at: day::moment(failure.at.as_ref()),
            times: failure.times,
            why: reasons::sentence(&failure.reason),
        })
    };
    let page = Page {
        frame: desk.frame(t::signing::failed(), "/ky-so/that-bai").await?,
        lines: answer.items.iter().filter_map(|item| line(item.record.as_ref()?)).collect(),
        newer,
        older: link::next_page("/ky-so/that-bai", &answer.next_page_token),
    };
    desk.page(&page)
}

impl Page {
    /// The way to sign all of them again.
    fn again(&self) -> String {
        self.lines.iter().fold("/ky-so".to_owned(), |path, line| link::with(&path, "vb", &line.document.id))
    }
}
