//! What waits changes while a page is open: one stream of server-sent events for a page that is looked at. It says only
//! that something changed which the person may see; the page asks for its figures anew.
//!
//! A stream ends with its session, with its time, with the office, and when a session has too many: the browser opens
//! the next one by itself, and every opening asks the directory who it is.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, body::Bytes};
use proto::archive::v1::{CountRequest, WatchRequest, WatchResponse};
use proto::fault::Fault;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::App;
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;

/// Streams of one session: one for each window that is looked at. One more ends the oldest.
const STREAMS_OF_SESSION_MAX: usize = 6;
/// Streams at once; beyond it pages ask each minute.
const STREAMS_MAX: usize = 800;
/// A stream ends after so long: whether the session still stands is asked when it is opened again.
const LIFE: Duration = Duration::from_mins(2);
/// How often an idle stream is written to, so that a browser that left is noticed.
const HEARTBEAT: Duration = Duration::from_secs(20);
/// Changes within so long are told as one.
const TOGETHER: Duration = Duration::from_millis(400);

/// Whether the office is stopping: a stream would keep its connection from ending.
#[derive(Clone)]
pub(crate) struct Stopping(pub(crate) watch::Receiver<bool>);

/// The streams that are open.
#[derive(Default)]
pub(crate) struct Live {
    open: Mutex<Vec<Open>>,
    /// Streams that there ever were.
    given: AtomicU64,
}

struct Open {
    session: [u8; 32],
    number: u64,
    /// Dropped when the stream must end.
    _end: oneshot::Sender<Infallible>,
}

/// The place of an open stream; free again when it is dropped.
struct Place {
    live: Arc<Live>,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Ok(mut open) = self.live.open.lock() {
            open.retain(|o| o.number != self.number);
        }
    }
}

impl Live {
    /// A place for one more stream of a session, and what resolves when the stream must end.
    fn enter(self: &Arc<Self>, token: &str) -> Result<(Place, oneshot::Receiver<Infallible>), Fault> {
        let session = openssl::sha::sha256(token.as_bytes());
        let mut open = self.open.lock().map_err(Fault::broken)?;
        let mine = open.iter().filter(|o| o.session == session).count();
        if mine >= STREAMS_OF_SESSION_MAX
            && let Some(oldest) = open.iter().position(|o| o.session == session)
        {
            open.remove(oldest);
        }
        if open.len() >= STREAMS_MAX {
            let text = format!("{STREAMS_MAX} pages are kept up to date already");
            return Err(Fault::Busy { reason: "TOO_MANY_WATCHERS", text });
        }
        // Never one that was given before: the place of a stream that is ending would end the new one.
        let number = self.given.fetch_add(1, Ordering::Relaxed);
        let (end, ended) = oneshot::channel();
        open.push(Open { session, number, _end: end });
        Ok((Place { live: Arc::clone(self), number }, ended))
    }

    /// Ends every stream of a session.
    pub(crate) fn end_of_session(&self, token: &str) {
        let session = openssl::sha::sha256(token.as_bytes());
        if let Ok(mut open) = self.open.lock() {
            open.retain(|o| o.session != session);
        }
    }
}

/// The route of the streams.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/thay-doi", get(stream))
}

async fn stream(
    desk: Result<Desk, Failure>,
    State(app): State<App>,
    stopping: Option<Extension<Stopping>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let Ok(desk) = desk else {
        // The session has ended: a page to log in is no stream, and a browser would complain of it. Asked again in an hour.
        return Ok(events(Body::from("retry: 3600000\n\n")));
    };
    let (place, ended) = app.live.enter(desk.token())?;
    let form = Form::parse(query.as_deref().unwrap_or_default());
    // What the browser has seen: of a stream before this one, else what the page was made of.
    let before = headers.get("last-event-id").and_then(|v| v.to_str().ok()).unwrap_or(form.text("tu"));
    let seen: u64 = before.parse().unwrap_or_default();
    let now = call!(desk, archive.count(CountRequest { lists: Vec::new() }))?.position;
    let changes = call!(desk, archive.watch(WatchRequest { after: now }))?;
    let (to, from) = mpsc::channel::<Result<Bytes, Infallible>>(4);
    let first = if (1..now).contains(&seen) { told(now) } else { "retry: 3000\n\n".to_owned() };
    let stopping = stopping.map(|Extension(s)| s.0);
    tokio::spawn(async move {
        let _place = place;
        let relayed = relay(changes, &to, first);
        tokio::select! {
            () = relayed => {}
            _ = ended => {}
            () = stopped(stopping) => {}
            () = tokio::time::sleep(LIFE) => {}
        }
    });
    Ok(events(Body::from_stream(ReceiverStream::new(from))))
}

/// An answer that is a stream of server-sent events.
pub(crate) fn events(body: Body) -> Response {
    let mut response = body.into_response();
    let map = response.headers_mut();
    map.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // A proxy in between must not hold it back.
    map.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// Once the office stops.
pub(crate) async fn stopped(stopping: Option<watch::Receiver<bool>>) {
    match stopping {
        Some(mut stopping) => {
            // Who would say it is gone: the office has stopped.
            let _ = stopping.wait_for(|s| *s).await;
        }
        None => std::future::pending().await,
    }
}

/// One event: something changed, up to this position.
fn told(position: u64) -> String {
    format!("id: {position}\nevent: changed\ndata: {position}\n\n")
}

/// Passes changes on until the archive or the browser ends it.
async fn relay(
    mut changes: tonic::Streaming<WatchResponse>,
    to: &mpsc::Sender<Result<Bytes, Infallible>>,
    first: String,
) {
    if to.send(Ok(Bytes::from(first))).await.is_err() {
        return;
    }
    loop {
        let words = match tokio::time::timeout(HEARTBEAT, changes.next()).await {
            Ok(Some(Ok(change))) => {
                let mut last = change.position;
                let quiet = tokio::time::sleep(TOGETHER);
                tokio::pin!(quiet);
                loop {
                    tokio::select! {
                        () = &mut quiet => break,
                        more = changes.next() => match more {
                            Some(Ok(change)) => last = change.position,
                            _ => break,
                        },
                    }
                }
                told(last)
            }
            // The archive ended it: the browser comes again in a moment.
            Ok(Some(Err(_)) | None) => return,
            Err(_) => ": still here\n\n".to_owned(),
        };
        if to.send(Ok(Bytes::from(words))).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stream_more_ends_the_oldest_of_the_session_and_no_other() {
        let live = Arc::new(Live::default());
        let (_other, mut of_other) = live.enter("other").expect("place");
        let mut mine: Vec<_> =
            (0..=STREAMS_OF_SESSION_MAX).map(|_| live.enter("mine").expect("place")).collect();
        let closed = oneshot::error::TryRecvError::Closed;
        assert_eq!(mine[0].1.try_recv().expect_err("ended"), closed);
        assert!(
            mine[1].1.try_recv().expect_err("open") != closed
                && of_other.try_recv().expect_err("open") != closed
        );
        live.end_of_session("mine");
        assert!(mine.iter_mut().all(|(_, ended)| ended.try_recv().expect_err("ended") == closed));
        assert!(of_other.try_recv().expect_err("open") != closed);
    }

    #[test]
    fn a_place_is_free_again_when_the_stream_is_gone() {
        let live = Arc::new(Live::default());
        let places: Vec<_> =
            (0..STREAMS_MAX).map(|i| live.enter(&format!("session {i}")).expect("place")).collect();
        assert!(matches!(live.enter("one more"), Err(Fault::Busy { .. })));
        drop(places);
        assert!(live.enter("one more").is_ok());
        assert_eq!(live.open.lock().expect("lock").len(), 0, "and that one too");
    }
}
