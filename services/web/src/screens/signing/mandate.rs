//! The mandate of a run that goes on over several requests. Its secret lies in a cookie that no script reads, for as long
//! as the signer keeps the key open; it is of use only to the person who opened the key, and only for the files named.

use axum::http::{HeaderMap, HeaderValue};
use proto::signer::v1::EndMandateRequest;

use crate::desk::Desk;
use crate::{call, cookie};

/// The cookie.
const COOKIE: &str = "vanthu-uy-nhiem";

/// What the cookie holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// The mandate's secret.
    pub(super) secret: String,
    /// When it ends, in milliseconds since 1970.
    ends_ms: i64,
}

impl Held {
    /// A mandate that was just given.
    pub(super) fn new(secret: String, ends_at: Option<&prost_types::Timestamp>) -> Self {
        Self { secret, ends_ms: ends_at.map_or(0, domain::calendar::millis) }
    }

    /// The mandate that the browser holds, unless its time is over.
    pub(super) fn read(headers: &HeaderMap, tls: bool, now_ms: i64) -> Option<Self> {
        let (secret, ends) = cookie::read(headers, COOKIE, tls)?.split_once('.')?;
        let held = Self { secret: secret.to_owned(), ends_ms: ends.parse().ok()? };
        (now_ms < held.ends_ms).then_some(held)
    }

    /// The cookie that holds it.
    pub(super) fn cookie(&self, tls: bool, now_ms: i64) -> Option<HeaderValue> {
        let seconds = self.ends_ms.saturating_sub(now_ms).max(0) / 1_000;
        cookie::write(COOKIE, &format!("{}.{}", self.secret, self.ends_ms), Some(seconds), tls)
    }
}

/// Closes the key that the browser holds open, as whoever goes away from the desk does. Answers the cookie's end.
pub(crate) async fn closed(desk: &Desk, headers: &HeaderMap) -> Option<HeaderValue> {
    let held = Held::read(headers, desk.app.settings.tls, (desk.app.settings.clock)())?;
    end(desk, held.secret).await;
    forgotten(desk.app.settings.tls)
}

/// Ends a mandate; that it could not be ended is no failure of the act: it ends by itself.
pub(super) async fn end(desk: &Desk, mandate: String) {
    if let Err(fault) = call!(desk, signer.end_mandate(EndMandateRequest { mandate })) {
        tracing::warn!(%fault, "mandate was not ended");
    }
}

/// Takes the cookie away.
pub(super) fn forgotten(tls: bool) -> Option<HeaderValue> {
    cookie::write(COOKIE, "", None, tls)
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn a_mandate_comes_back_until_its_time_is_over_and_no_script_sees_it() {
        let held = Held { secret: "abc_-9".to_owned(), ends_ms: 10_000 };
        let cookie = held.cookie(true, 4_000).expect("cookie");
        let text = cookie.to_str().expect("text");
        assert!(text.contains("HttpOnly") && text.contains("SameSite=Strict") && text.contains("Max-Age=6"));
        let mut headers = HeaderMap::new();
        let pair = text.split(';').next().expect("pair");
        headers.insert(header::COOKIE, HeaderValue::from_str(pair).expect("header"));
        assert_eq!(Held::read(&headers, true, 9_999), Some(held));
        assert_eq!(Held::read(&headers, true, 10_000), None);
        assert_eq!(Held::read(&headers, false, 1), None, "with TLS only the __Host- cookie counts");
    }
}
