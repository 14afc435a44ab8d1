//! The screens: server-rendered pages over typed clients. No rules of its own: what may be done is asked of `domain`, and
//! decided by the archive.
//!
//! [`router`] is all that the binary mounts. A screen is a module of `screens` with its templates in the folder of the
//! same name; `screens/mod.rs` registers them. What a person typed is a `Form` (NFC, inputs named as the fields of the
//! command), what a page shows is a `view`, and Vietnamese words for the contract's terms stand in `texts`.

use std::future::Future;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

mod actions;
mod app;
mod assets;
mod cookie;
mod csrf;
mod desk;
mod failure;
mod form;
mod frame;
mod link;
mod menu;
mod office;
mod outermost;
mod random;
mod roll;
mod screens;
mod settings;
mod texts;
mod toast;
mod view;

pub(crate) use office::call;

pub use office::Office;
pub use settings::Settings;

/// The web front of one office.
pub fn router(office: Office, settings: Settings) -> Router {
    let app = app::App { office, settings, roll: std::sync::Arc::default() };
    screens::routes()
        .route("/tinh/{*path}", get(assets::serve))
        // What browsers ask for beside a page that is none of ours: a PDF of its own.
        .route("/favicon.ico", get(|| async { failure::see_other(assets::FAVICON_SVG) }))
        .layer(DefaultBodyLimit::max(settings::UPLOAD_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), csrf::check))
        .layer(from_fn_with_state(app.clone(), outermost::wrap))
        .with_state(app)
}

/// Serves the web front until `stop` is done; requests that run then are answered first.
///
/// # Errors
/// When connections can no longer be accepted.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}
