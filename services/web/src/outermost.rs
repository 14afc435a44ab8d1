//! The outermost layer: the language and a code for each request, security headers, pages for failures, compression.

use std::io::Write as _;

use askama::Template as _;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use proto::fault::Fault;
use tracing::Instrument as _;

use crate::app::App;
use crate::assets::accepts_gzip;
use crate::failure::{Failure, Unwritten};
use crate::screens::trouble::Trouble;
use crate::settings::AGENT_PORT;
use crate::texts::language::Spoken;
use crate::{cookie, random};

/// Nothing but what this server sends; no inline script or style; no frames; forms only to us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

/// The same for a page that speaks to the signing agent on the user's own machine: it may connect there, and nowhere else.
pub(crate) fn policy_with_agent() -> String {
    POLICY.replace("connect-src 'self'", &format!("connect-src 'self' http://127.0.0.1:{AGENT_PORT}"))
}

/// Pages shorter than this are sent as they are.
const GZIP_BYTES_MIN: usize = 1024;
/// Pages longer than this are not compressed (nothing that we render comes near).
const GZIP_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Joins the log lines of one request; stands on the pages of failures.
#[derive(Clone)]
pub(crate) struct RequestCode(pub(crate) String);

/// The layer.
pub(crate) async fn wrap(State(app): State<App>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let spoken = Spoken::of(&parts, app.settings.tls);
    spoken.speaking(answer(app, Request::from_parts(parts, body), next)).await
}

async fn answer(app: App, mut request: Request, next: Next) -> Response {
    let Ok(code) = random::hex(8) else {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    request.extensions_mut().insert(RequestCode(code.clone()));
    let headers = request.headers().clone();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("page", request_id = code, %method, path);
    let response = next.run(request).instrument(span.clone()).await;
    let response = match response.extensions().get::<Unwritten>().cloned() {
        Some(Unwritten(fault)) => {
            span.in_scope(|| tell(&fault));
            trouble(&app, response, &fault, &code)
        }
        None if response.status() == axum::http::StatusCode::NOT_FOUND && !path.starts_with("/tinh/") => {
            let fault = Fault::unknown(path.clone());
            trouble(&app, Failure::from(fault.clone()).into_response(), &fault, &code)
        }
        None => response,
    };
    let mut response = compressed(response, &headers).await;
    finish(&app, &mut response, &method, &headers, &code);
    response
}

fn tell(fault: &Fault) {
    match fault {
        Fault::Broken { detail } => tracing::error!(detail, "page is broken"),
        Fault::Unavailable { reason, detail } => tracing::warn!(reason, detail, "page is unavailable"),
        other => tracing::info!(fault = %other, "page refused"),
    }
}

/// The page of a failure, with the status that it already has.
fn trouble(app: &App, response: Response, fault: &Fault, code: &str) -> Response {
    let (mut parts, _) = response.into_parts();
    let page = Trouble::new(fault, code, app.settings.demo);
    let Ok(html) = page.render() else { return Response::from_parts(parts, Body::empty()) };
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(html))
}

async fn compressed(response: Response, asked: &HeaderMap) -> Response {
    let html =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if !html || !accepts_gzip(asked) || response.headers().contains_key(header::CONTENT_ENCODING) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(whole) = to_bytes(body, GZIP_BYTES_MAX).await else {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if whole.len() < GZIP_BYTES_MIN {
        return Response::from_parts(parts, Body::from(whole));
    }
    let mut encoder =
        flate2::write::GzEncoder::new(Vec::with_capacity(whole.len() / 4), flate2::Compression::fast());
    let Ok(zipped) = encoder.write_all(&whole).and_then(|()| encoder.finish()) else {
        return Response::from_parts(parts, Body::from(whole));
    };
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(zipped))
}

fn finish(app: &App, response: &mut Response, method: &Method, asked: &HeaderMap, code: &str) {
    let success = response.status().is_success();
    let headers = response.headers_mut();
    // A toast is said once, on the next whole page.
    let html = headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    let whole_page = *method == Method::GET && success && html && !asked.contains_key("hx-request");
    let told = cookie::read(asked, cookie::TOAST, app.settings.tls).is_some();
    if whole_page
        && told
        && let Some(gone) = cookie::write(cookie::TOAST, "", None, app.settings.tls)
    {
        headers.append(header::SET_COOKIE, gone);
    }
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=()",
    );
    set(header::CACHE_CONTROL, "no-store");
    if app.settings.tls {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if let Ok(value) = HeaderValue::from_str(code) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}
