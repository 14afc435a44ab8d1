//! Whose form it is: every POST carries a token that is bound to the session cookie (or, before there is a session, to
//! the form cookie). One layer checks it for all routes, so that no handler can forget it.
//!
//! The token stands first in every form, so the layer reads only the head of the body, of long uploads too. It is
//! masked anew for each page: compressed pages tell nothing about it.

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use proto::fault::Fault;
use tokio_stream::StreamExt as _;

use crate::app::App;
use crate::failure::Failure;
use crate::{cookie, random};

/// Name of the field, and of the header that scripts send.
pub(crate) const FIELD: &str = "csrf";
const HEADER: &str = "x-csrf";

/// The token stands within so many bytes of the beginning of a body.
const HEAD_BYTES_MAX: usize = 1024;
const TOKEN_BYTES: usize = 32;

/// What a form of the holder of `secret` must carry; different on each call.
pub(crate) fn token(secret: &str) -> Result<String, Fault> {
    let bound = bound(secret);
    let mut mask = [0_u8; TOKEN_BYTES];
    openssl::rand::rand_bytes(&mut mask).map_err(Fault::broken)?;
    let masked: Vec<u8> = bound.iter().zip(mask).map(|(b, m)| b ^ m).collect();
    Ok(random::to_hex(&mask) + &random::to_hex(&masked))
}

/// True when `token` was made for `secret`; takes the same time for every wrong one of the right length.
pub(crate) fn matches(secret: &str, token: &str) -> bool {
    let Some(bytes) = random::from_hex(token) else { return false };
    let Some((mask, masked)) = bytes.split_at_checked(TOKEN_BYTES) else { return false };
    if masked.len() != TOKEN_BYTES {
        return false;
    }
    let told: Vec<u8> = masked.iter().zip(mask).map(|(b, m)| b ^ m).collect();
    openssl::memcmp::eq(&told, &bound(secret))
}

fn bound(secret: &str) -> [u8; TOKEN_BYTES] {
    let mut hasher = openssl::sha::Sha256::new();
    hasher.update(b"vanthu form\0");
    hasher.update(secret.as_bytes());
    hasher.finish()
}

/// What the forms of this browser are bound to.
pub(crate) fn secret(headers: &HeaderMap, tls: bool) -> Option<&str> {
    cookie::read(headers, cookie::SESSION, tls).or_else(|| cookie::read(headers, cookie::FORM, tls))
}

/// The layer.
pub(crate) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let refused = |text: &str| Failure::from(Fault::denied("FORM_NOT_YOURS", text)).into_response();
    if *request.method() != Method::POST {
        return axum::http::StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let site = request.headers().get("sec-fetch-site").and_then(|v| v.to_str().ok());
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return refused("the form was sent from another site");
    }
    let (parts, body) = request.into_parts();
    let Some(secret) = secret(&parts.headers, app.settings.tls) else { return refused("no session cookie") };
    let sent_by_script = parts.headers.get(HEADER).and_then(|v| v.to_str().ok());
    if let Some(sent) = sent_by_script {
        if !matches(secret, sent) {
            return refused("the token in the header is not of this session");
        }
        return next.run(Request::from_parts(parts, body)).await;
    }
    let media_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let mut stream = body.into_data_stream();
    let head = match head_of(&mut stream).await {
        Ok(head) => head,
        Err(text) => return refused(&text),
    };
    let found = token_in(&head, media_type.starts_with("multipart/form-data"));
    if !found.is_some_and(|token| matches(secret, token)) {
        return refused("the token in the form is not of this session");
    }
    let whole = tokio_stream::once(Ok::<Bytes, axum::Error>(head)).chain(stream);
    next.run(Request::from_parts(parts, Body::from_stream(whole))).await
}

/// At least [`HEAD_BYTES_MAX`] bytes of the body, or all of it.
async fn head_of(stream: &mut BodyDataStream) -> Result<Bytes, String> {
    let mut head = Vec::new();
    while head.len() < HEAD_BYTES_MAX {
        match stream.next().await {
            Some(Ok(chunk)) => head.extend_from_slice(&chunk),
            Some(Err(e)) => return Err(format!("the body broke off: {e}")),
            None => break,
        }
    }
    Ok(Bytes::from(head))
}

/// The token at the beginning of a form: the first field is named `csrf`.
fn token_in(head: &[u8], multipart: bool) -> Option<&str> {
    const LENGTH: usize = TOKEN_BYTES * 4;
    let head = head.get(..head.len().min(HEAD_BYTES_MAX))?;
    let start = if multipart {
        if !head.starts_with(b"--") {
            return None;
        }
        let name = format!("name=\"{FIELD}\"\r\n\r\n");
        let at = head.windows(name.len()).position(|w| w == name.as_bytes())?;
        // Only the headers of the first part may stand before it.
        if head.get(..at)?.windows(4).any(|w| w == b"\r\n\r\n") {
            return None;
        }
        at + name.len()
    } else {
        let name = format!("{FIELD}=");
        if !head.starts_with(name.as_bytes()) {
            return None;
        }
        name.len()
    };
    let end = head.get(start + LENGTH).copied();
    if !matches!(end, None | Some(b'&' | b'\r')) {
        return None;
    }
    std::str::from_utf8(head.get(start..start + LENGTH)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_session_and_looks_different_each_time() {
        let one = token("session-a").expect("token");
        let two = token("session-a").expect("token");
        assert_ne!(one, two);
        assert!(matches("session-a", &one) && matches("session-a", &two));
        assert!(!matches("session-b", &one));
        assert!(!matches("session-a", ""));
        assert!(!matches("session-a", &one[..one.len() - 2]));
        assert!(!matches("session-a", &"0".repeat(128)));
    }

    #[test]
    fn the_token_counts_only_as_the_first_field() {
        let t = token("s").expect("token");
        assert_eq!(token_in(format!("csrf={t}&a=1").as_bytes(), false), Some(t.as_str()));
        assert_eq!(token_in(format!("csrf={t}").as_bytes(), false), Some(t.as_str()));
        assert_eq!(token_in(format!("a=1&csrf={t}").as_bytes(), false), None);
        assert_eq!(token_in(format!("csrf={t}ab").as_bytes(), false), None);
        let part = |name: &str, value: &str| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        assert_eq!(token_in(part("csrf", &t).as_bytes(), true), Some(t.as_str()));
        assert_eq!(token_in((part("x", "y") + &part("csrf", &t)).as_bytes(), true), None);
        assert_eq!(token_in(b"--", true), None);
        assert_eq!(token_in(b"", false), None);
    }
}
