//! The screens: server-rendered pages over typed clients. No rules of its own: what may be done is asked of `domain`, and
//! decided by the archive.
//!
//! [`router`] is all that the binary mounts. A screen is a module of `screens` with its templates in the folder of the
//! same name; `screens/mod.rs` registers them. What a person typed is a `Form` (NFC, inputs named as the fields of the
//! command), what a page shows is a `view`, and Vietnamese words for the contract's terms stand in `texts`.

use std::future::Future;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_stream::{Stream, StreamExt as _};

mod actions;
mod app;
mod assets;
mod cookie;
mod csrf;
mod csv;
mod desk;
mod failure;
mod form;
mod frame;
mod link;
mod live;
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
mod works;

pub(crate) use office::call;

pub use office::Office;
pub use settings::{AGENT_PORT, Settings};

/// The web front of one office.
pub fn router(office: Office, settings: Settings) -> Router {
    let app = app::App {
        office,
        settings,
        roll: std::sync::Arc::default(),
        live: std::sync::Arc::default(),
        works: std::sync::Arc::default(),
    };
    screens::routes()
        .merge(live::routes())
        .route("/tinh/{*path}", get(assets::serve))
        // What browsers ask for beside a page that is none of ours: a PDF of its own.
        .route("/favicon.ico", get(|| async { failure::see_other(assets::FAVICON_SVG) }))
        .layer(DefaultBodyLimit::max(settings::UPLOAD_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), csrf::check))
        .layer(from_fn_with_state(app.clone(), outermost::wrap))
        .with_state(app)
}

/// Serves the web front until `stop` is done; requests that run then are answered first, streams of changes end.
///
/// # Errors
/// When connections can no longer be accepted.
pub async fn serve<C, I>(
    connections: C,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()>
where
    C: Stream<Item = I> + Send + Unpin + 'static,
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (tell, stopping) = tokio::sync::watch::channel(false);
    let router = router.layer(Extension(live::Stopping(stopping)));
    let stop = async move {
        stop.await;
        tell.send_replace(true);
    };
    axum::serve(Connections(connections), router).with_graceful_shutdown(stop).await
}

/// Connections that somebody else accepts, as axum takes them.
struct Connections<C>(C);

impl<C, I> axum::serve::Listener for Connections<C>
where
    C: Stream<Item = I> + Send + Unpin + 'static,
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    type Io = I;
    type Addr = ();

    async fn accept(&mut self) -> (I, ()) {
        match self.0.next().await {
            Some(connection) => (connection, ()),
            // No more will come; what was accepted is served until the office stops.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<()> {
        Ok(())
    }
}
