//! What the next page says once: an act that was done, and for ten seconds the way back.

use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::{cookie, random};

/// A toast lives no longer than this, shown or not, in seconds.
const LIFE_SECONDS: i64 = 60;
/// Bytes of the text that a cookie takes.
const TEXT_BYTES_MAX: usize = 600;

/// What was done, and how to undo it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Toast {
    /// One Vietnamese sentence.
    #[serde(rename = "t")]
    pub(crate) text: String,
    /// Path of the POST that undoes it; empty: there is none.
    #[serde(rename = "u", default, skip_serializing_if = "String::is_empty")]
    pub(crate) undo: String,
    /// Page of what it was done to; empty: it is the page that is shown.
    #[serde(rename = "o", default, skip_serializing_if = "String::is_empty")]
    pub(crate) about: String,
    /// True when something did not happen.
    #[serde(rename = "b", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) bad: bool,
}

impl Toast {
    /// Something was done.
    pub(crate) fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), undo: String::new(), about: String::new(), bad: false }
    }

    /// Where that to which it was done can be opened.
    pub(crate) fn about(self, path: impl Into<String>) -> Self {
        Self { about: path.into(), ..self }
    }

    /// Something was done and can be undone by a POST to `path`.
    pub(crate) fn undoable(text: impl Into<String>, path: impl Into<String>) -> Self {
        Self { undo: path.into(), ..Self::done(text) }
    }

    /// Something did not happen.
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self { bad: true, ..Self::done(text) }
    }

    /// What the request's cookie says.
    pub(crate) fn read(headers: &HeaderMap, tls: bool) -> Option<Self> {
        let bytes = random::from_hex(cookie::read(headers, cookie::TOAST, tls)?)?;
        let toast: Self = serde_json::from_slice(&bytes).ok()?;
        let ours = |path: &str| path.is_empty() || crate::failure::is_local(path);
        (ours(&toast.undo) && ours(&toast.about)).then_some(toast)
    }

    /// Says it on the page that follows `response`.
    pub(crate) fn put(mut self, mut response: Response, tls: bool) -> Response {
        let mut end = self.text.len().min(TEXT_BYTES_MAX);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        self.text.truncate(end);
        if let Ok(json) = serde_json::to_vec(&self)
            && let Some(value) = cookie::write(cookie::TOAST, &random::to_hex(&json), Some(LIFE_SECONDS), tls)
        {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_toast_comes_back_as_it_went() {
        let toast = Toast::undoable("Đã chuyển 2315 cho Phòng CCHC", "/chi-dao/in_7/hoan-tac");
        let response = toast.clone().put(Response::default(), false);
        let set = response.headers().get(header::SET_COOKIE).expect("cookie").to_str().expect("text");
        let mut headers = HeaderMap::new();
        let pair = set.split(';').next().expect("pair");
        headers.insert(header::COOKIE, HeaderValue::from_str(pair).expect("header"));
        assert_eq!(Toast::read(&headers, false), Some(toast));
    }

    #[test]
    fn a_long_toast_still_fits_and_a_foreign_way_back_is_dropped() {
        let response = Toast::done("đ".repeat(5000)).put(Response::default(), false);
        assert!(response.headers().get(header::SET_COOKIE).expect("cookie").len() < 2000);
        let json = r#"{"t":"x","u":"//evil.example"}"#;
        let mut headers = HeaderMap::new();
        let text = format!("{}={}", cookie::TOAST, random::to_hex(json.as_bytes()));
        headers.insert(header::COOKIE, HeaderValue::from_str(&text).expect("header"));
        assert_eq!(Toast::read(&headers, false), None);
    }
}
