//! Ký số: what waits for the person's signature, under one mandate; the run that signs it; what failed, what was signed;
//! the person's certificates.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::get;
use proto::archive::v1::ListName;
use proto::record::v1::Role;

use crate::app::App;
use crate::desk::Desk;
use crate::menu::{Entry, Part};
use crate::office::list_of;
use crate::texts::t;

pub(crate) mod agent;
pub(crate) mod certificate;
pub(crate) mod certificates;
pub(crate) mod enrol;
mod failed;
pub(crate) mod mandate;
mod opened;
pub(crate) mod outcome;
mod outside;
pub(crate) mod possession;
pub(crate) mod run;
mod sign;
mod signed;
mod waiting;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/ky-so", get(waiting::page))
        .route("/ky-so/tep/{id}", get(waiting::file))
        .route("/ky-so/ky", get(list).post(sign::sign))
        .route("/ky-so/loat", get(run::page).post(run::go_on))
        .route("/ky-so/loat/xong", get(list).post(run::finish))
        .route("/ky-so/loat/tiep", get(list).post(run::rows_as_they_come))
        .route("/ky-so/ngoai", get(outside::page))
        .route("/ky-so/ngoai/{id}/chuan-bi", get(list).post(outside::prepare))
        .route(
            "/ky-so/ngoai/{id}",
            get(list).post(outside::complete).layer(DefaultBodyLimit::max(agent::BODY_BYTES_MAX)),
        )
        .route("/ky-so/tra-lai", get(list).post(sign::give_back))
        .route("/ky-so/da-ky", get(signed::page))
        .route("/ky-so/that-bai", get(failed::page))
        .route("/ky-so/chung-thu", get(certificates::page).post(certificates::enrol))
        .route(
            "/ky-so/chung-thu/ngoai/thu-thach",
            get(own).post(possession::challenge).layer(DefaultBodyLimit::max(agent::BODY_BYTES_MAX)),
        )
        .route(
            "/ky-so/chung-thu/ngoai",
            get(own).post(possession::enrol).layer(DefaultBodyLimit::max(agent::BODY_BYTES_MAX)),
        )
        .route("/ky-so/chung-thu/{id}/thu-hoi", get(own).post(certificates::withdraw))
}

/// A form's own address leads to the page that shows the form.
async fn list() -> Response {
    crate::failure::see_other("/ky-so")
}

async fn own() -> Response {
    crate::failure::see_other("/ky-so/chung-thu")
}

/// Entries in the menu.
pub(crate) fn entries(desk: &Desk) -> Vec<Entry> {
    // Whoever may be named as signer: their position carries a capacity, or a delegation may give one.
    let signs = !desk.position.capacities.is_empty() || desk.has_any(&[Role::Leader, Role::HeadOfUnit]);
    let mut entries = Vec::new();
    if signs {
        entries.push(
            Entry::new(Part::Signing, t::signing::entry_waiting(), "/ky-so")
                .mine([list_of(ListName::ForSignature)]),
        );
        entries.push(Entry::new(Part::Signing, t::signing::entry_signed(), "/ky-so/da-ky"));
        entries.push(
            Entry::new(Part::Signing, t::signing::entry_failed(), "/ky-so/that-bai")
                .counted([list_of(ListName::SigningFailed)]),
        );
    }
    if signs || desk.has(Role::Clerk) {
        entries.push(Entry::new(Part::Signing, t::signing::entry_certificates(), "/ky-so/chung-thu"));
    }
    entries
}
