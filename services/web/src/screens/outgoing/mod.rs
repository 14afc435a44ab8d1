//! Văn bản đi: drafts, review, approval, numbering, sealing, issuing, recall.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, RawQuery};
use axum::response::Response;
use axum::routing::get;

use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::menu::Entry;
use crate::screens::signing::agent::BODY_BYTES_MAX;

mod act;
mod acts;
mod appendices;
mod approve;
mod desk;
mod detail;
mod draft;
mod draft_form;
mod draft_page;
mod issue;
mod letter;
mod list;
mod number;
mod outside;
pub(crate) mod pairs;
mod places;
mod recipients;
mod reserve;
mod signers;
mod steps;

pub(crate) use recipients::given_name;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/van-ban-di", get(list::first))
        .route("/van-ban-di/soan", get(draft::new_page).post(draft::create))
        .route("/van-ban-di/giu-so", get(reserve::page).post(reserve::reserve))
        .route("/van-ban-di/giu-so/{id}/tra", get(kept_numbers).post(reserve::release))
        .route("/van-ban-di/xem-truoc", get(start).post(draft::preview))
        .route("/van-ban-di/ban-hanh", get(list::first).post(desk::many))
        .route("/van-ban-di/ket-qua", get(desk::results))
        .route("/van-ban-di/{id}", get(page))
        .route("/van-ban-di/{id}/sua", get(draft::revise_page).post(draft::revise))
        .route("/van-ban-di/{id}/duyet", get(approve::page).post(approve::approve))
        .route("/van-ban-di/{id}/ban-hanh", get(issue::page).post(issue::run))
        .route("/van-ban-di/khoa-ngoai", get(outside::page))
        .route("/van-ban-di/{id}/khoa-ngoai/chuan-bi", get(document).post(outside::prepare))
        .route(
            "/van-ban-di/{id}/khoa-ngoai",
            get(document).post(outside::complete).layer(DefaultBodyLimit::max(BODY_BYTES_MAX)),
        )
        .route("/van-ban-di/{id}/giao-nhan", get(document).post(issue::deliver))
        .route("/van-ban-di/{id}/{act}", get(act::page).post(act::done))
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    list::entries(desk)
}

/// A preview that is asked for again: the form it was made from is on the page before.
async fn start() -> Response {
    crate::failure::see_other("/van-ban-di/soan")
}

async fn kept_numbers() -> Response {
    crate::failure::see_other("/van-ban-di/giu-so")
}

/// The address of a form on the page of a document leads to that page.
async fn document(Path(id): Path<String>) -> Response {
    crate::failure::see_other(&crate::link::document(&id))
}

/// A document by its id, or a list by its name.
async fn page(desk: Desk, Path(id): Path<String>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    if id.starts_with("out_") {
        detail::page(desk, &id).await
    } else {
        list::page(desk, &id, query.as_deref().unwrap_or_default()).await
    }
}
