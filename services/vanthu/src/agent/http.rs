//! The calls: who calls is checked before anything else is looked at.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::requests::{self, Asked};
use super::{Shared, Told, guard, page};

/// Largest body that is read, in bytes: 200 files with their attributes.
const BODY_BYTES_MAX: usize = 1 << 20;
/// Connections at once.
const CONNECTIONS_MAX: usize = 32;
/// How long the head of a request may take.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Pause after an `accept` that failed.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);

type Answer = Response<Full<Bytes>>;

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    talk(stream, shared).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}

async fn talk(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(&shared, request).await) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection broke off");
    }
}

async fn answer(shared: &Arc<Shared>, request: Request<Incoming>) -> Answer {
    if !is_own_host(shared, request.headers()) {
        return refuse(StatusCode::MISDIRECTED_REQUEST, "host");
    }
    let path = request.uri().path().to_owned();
    if let Some(id) = path.strip_prefix("/confirm/") {
        return confirm(shared, id, request).await;
    }
    if !path.starts_with("/v1/") {
        return refuse(StatusCode::NOT_FOUND, "path");
    }
    if one(request.headers(), &header::ORIGIN) != Some(shared.origin.to_string().as_str()) {
        return refuse(StatusCode::FORBIDDEN, "origin");
    }
    let answer =
        if request.method() == Method::OPTIONS { preflight() } else { call(shared, &path, request).await };
    shared_with(shared, answer)
}

/// The calls of the page that may ask.
async fn call(shared: &Arc<Shared>, path: &str, request: Request<Incoming>) -> Answer {
    let method = request.method().clone();
    let bearer =
        one(request.headers(), &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let known = bearer.is_some_and(|session| shared.guard().knows(session));
    if path == "/v1/pair" && method == Method::POST {
        return match body(request).await {
            Ok(value) => pair(shared, &value),
            Err(refused) => refused,
        };
    }
    if !known {
        return refuse(StatusCode::UNAUTHORIZED, "session");
    }
    match (&method, path) {
        (&Method::GET, "/v1/certificate") => certificate(shared),
        (&Method::POST, "/v1/requests") => match body(request).await {
            Ok(value) => take(shared, value),
            Err(refused) => refused,
        },
        (&Method::GET, path) => {
            let id = path.strip_prefix("/v1/requests/").unwrap_or_default();
            let told = shared.requests().told(id, shared.now_s());
            told.map_or_else(|| refuse(StatusCode::NOT_FOUND, "request"), |told| json_answer(&told))
        }
        _ => refuse(StatusCode::NOT_FOUND, "path"),
    }
}

fn pair(shared: &Shared, value: &Value) -> Answer {
    let paired = shared.guard().pair(value["code"].as_str().unwrap_or_default());
    match paired {
        Ok(Some((session, next))) => {
            shared.tell(Told::Code(next));
            json_answer(&json!({ "session": session }))
        }
        Ok(None) => refuse(StatusCode::UNAUTHORIZED, "code"),
        Err(error) => broken(&error),
    }
}

fn certificate(shared: &Shared) -> Answer {
    let signatory = shared.key.signatory();
    let info = signatory.info();
    let path: Vec<String> = signatory
        .path()
        .iter()
        .filter_map(|one| Some(openssl::base64::encode_block(&one.to_der().ok()?)))
        .collect();
    json_answer(&json!({
        "subject": info.subject,
        "issuer": info.issuer,
        "sha256": info.fingerprint,
        "certificates": path,
    }))
}

fn take(shared: &Shared, value: Value) -> Answer {
    let asked: Asked = match serde_json::from_value(value) {
        Ok(asked) => asked,
        Err(error) => return told(StatusCode::BAD_REQUEST, "shape", &error.to_string()),
    };
    let files = match asked.files(shared.key.signatory()) {
        Ok(files) => files,
        Err(error) => return told(StatusCode::UNPROCESSABLE_ENTITY, "request", &error.to_string()),
    };
    let (id, key) = match (guard::secret(), guard::secret()) {
        (Ok(id), Ok(key)) => (id, key),
        (Err(error), _) | (_, Err(error)) => return broken(&error),
    };
    let taken = shared.requests().take(&id, &key, asked.title(), files, shared.now_s());
    match taken {
        Ok(expires_at) => {
            let port = shared.port;
            shared.tell(Told::Confirm(format!("http://127.0.0.1:{port}/confirm/{id}?key={key}")));
            json_answer(&json!({ "id": id, "expires_at": expires_at }))
        }
        Err(error) => told(StatusCode::TOO_MANY_REQUESTS, "request", &error.to_string()),
    }
}

/// The agent's own page. Its form comes from its own origin or not at all.
async fn confirm(shared: &Arc<Shared>, id: &str, request: Request<Incoming>) -> Answer {
    let gone = || html(StatusCode::NOT_FOUND, page::notice("Yêu cầu này không còn nữa."));
    match *request.method() {
        Method::GET => {
            let key = request.uri().query().and_then(|query| query.strip_prefix("key=")).unwrap_or_default();
            let shown = shared.requests().shown(id, key, shared.now_s());
            shown.map_or_else(gone, |shown| {
                let info = shared.key.info();
                html(StatusCode::OK, page::confirm(id, key, &shown, &shared.origin, &info))
            })
        }
        Method::POST => {
            let own =
                [format!("http://127.0.0.1:{}", shared.port), format!("http://localhost:{}", shared.port)];
            if !one(request.headers(), &header::ORIGIN)
                .is_some_and(|origin| own.iter().any(|one| one == origin))
            {
                return refuse(StatusCode::FORBIDDEN, "origin");
            }
            let Ok(form) = bytes(request).await else { return refuse(StatusCode::BAD_REQUEST, "body") };
            let field = |name: &str| {
                let pairs = form.split(|byte| *byte == b'&');
                let found = pairs.filter_map(|pair| pair.strip_prefix(format!("{name}=").as_bytes())).next();
                found.and_then(|value| std::str::from_utf8(value).ok()).unwrap_or_default().to_owned()
            };
            let (key, decision) = (field("key"), field("decision"));
            if !matches!(decision.as_str(), "yes" | "no") {
                return refuse(StatusCode::BAD_REQUEST, "decision");
            }
            decide(shared, id, &key, decision == "yes").await.unwrap_or_else(gone)
        }
        _ => refuse(StatusCode::METHOD_NOT_ALLOWED, "method"),
    }
}

async fn decide(shared: &Arc<Shared>, id: &str, key: &str, yes: bool) -> Option<Answer> {
    let now_s = shared.now_s();
    let files = shared.requests().decide(id, key, yes, now_s)?;
    if !yes {
        return Some(html(StatusCode::OK, page::notice("Không ký.")));
    }
    let signing = Arc::clone(&shared.key);
    let signed = tokio::task::spawn_blocking(move || match signing.check_valid_at(now_s) {
        Ok(()) => requests::sign(&signing, &files),
        Err(error) => {
            let failed = |file: &requests::File| {
                let digest = requests::hex(&file.digest.value);
                json!({ "document_digest": digest, "outcome": "failed", "reason": error.to_string() })
            };
            files.iter().map(failed).collect()
        }
    });
    let results = signed.await.unwrap_or_default();
    let count = results.iter().filter(|result| result["outcome"] == "signed").count();
    let all = results.len();
    shared.requests().signed(id, results, shared.now_s());
    tracing::info!(files = count, of = all, "signed after a confirmation");
    Some(html(StatusCode::OK, page::notice(&format!("Đã ký {count}/{all} tệp."))))
}

/// The one value of a header; none when it stands twice.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn is_own_host(shared: &Shared, headers: &HeaderMap) -> bool {
    let host = one(headers, &header::HOST).unwrap_or_default();
    host == format!("127.0.0.1:{}", shared.port) || host == format!("localhost:{}", shared.port)
}

async fn bytes(request: Request<Incoming>) -> Result<Bytes, ()> {
    let read = Limited::new(request.into_body(), BODY_BYTES_MAX).collect();
    let read = tokio::time::timeout(BODY_TIME, read).await.map_err(|_| ())?;
    Ok(read.map_err(|_| ())?.to_bytes())
}

async fn body(request: Request<Incoming>) -> Result<Value, Answer> {
    let is_json = one(request.headers(), &header::CONTENT_TYPE)
        .is_some_and(|kind| kind.split(';').next().unwrap_or_default().trim() == "application/json");
    if !is_json {
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media type"));
    }
    let bytes = bytes(request).await.map_err(|()| refuse(StatusCode::PAYLOAD_TOO_LARGE, "body"))?;
    serde_json::from_slice(&bytes).map_err(|e| told(StatusCode::BAD_REQUEST, "shape", &e.to_string()))
}

fn refuse(status: StatusCode, what: &str) -> Answer {
    told(status, what, "refused")
}

fn told(status: StatusCode, what: &str, text: &str) -> Answer {
    let mut answer = json_answer(&json!({ "error": what, "text": text }));
    *answer.status_mut() = status;
    answer
}

fn broken(error: &proto::fault::Fault) -> Answer {
    tracing::error!(%error, "the agent failed");
    refuse(StatusCode::INTERNAL_SERVER_ERROR, "agent")
}

fn json_answer(value: &Value) -> Answer {
    plain(StatusCode::OK, "application/json", value.to_string())
}

/// A page of the agent: nobody frames it, it runs nothing, it sends its form to itself only.
fn html(status: StatusCode, text: String) -> Answer {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        page::style_hash()
    );
    let mut answer = plain(status, "text/html; charset=utf-8", text);
    let headers = answer.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    answer
}

fn plain(status: StatusCode, kind: &'static str, text: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(text)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Of the page of confirmation the address holds a key; a form's origin must still be told to ourselves.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    answer
}

/// What a browser asks before a call from another origin; also before one from the net to this machine.
fn preflight() -> Answer {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::NO_CONTENT;
    let headers = answer.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type"),
    );
    headers.insert("access-control-allow-private-network", HeaderValue::from_static("true"));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    answer
}

/// Lets the one origin read an answer.
fn shared_with(shared: &Shared, mut answer: Answer) -> Answer {
    let headers = answer.headers_mut();
    if let Ok(origin) = HeaderValue::from_str(&shared.origin.to_string()) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    answer
}
