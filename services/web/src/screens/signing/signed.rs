//! Đã ký: what the person signed, newest first, and where it stands.

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
use crate::texts::t;
use crate::view::day;
use crate::view::document::DocumentView;

struct Line {
    document: DocumentView,
    unit: String,
    signed: String,
}

#[derive(Template)]
#[template(path = "signing/signed.html")]
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
    let request = ListRequest { page_size: PAGE_LINES, page_token: token, ..list_of(ListName::SignedByMe) };
    let answer = desk.calls().list(request).await?;
    let line = |record: &proto::record::v1::Record| {
        let Some(State::Outgoing(document)) = record.state.as_ref() else { return None };
        Some(Line {
            document: DocumentView::outgoing(&record.id, document),
            unit: desk.roll.unit(&document.unit_id),
            signed: day::moment(document.signed_at.as_ref()),
        })
    };
    let page = Page {
        frame: desk.frame(t::signing::signed(), "/ky-so/da-ky").await?,
        lines: answer.items.iter().filter_map(|item| line(item.record.as_ref()?)).collect(),
        newer,
        older: link::next_page("/ky-so/da-ky", &answer.next_page_token),
    };
    desk.page(&page)
}
