//! That a file was opened in this session: *Ký* works only for those. The server gives a mark with the bytes of the file;
//! the form, or the cookie where there is no script, brings it back. The mark is of this session and these bytes: a
//! document that was changed since must be opened again.

use axum::http::{HeaderMap, HeaderValue};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use proto::fault::Fault;

use crate::cookie;
use crate::random::to_hex;

/// The cookie for browsers without scripts.
const COOKIE: &str = "vanthu-xem";
/// Header that a script reads the mark from.
pub(super) const HEADER: &str = "x-da-xem";
/// Bytes of a mark: enough that it is not guessed within a session, few enough for two hundred in a cookie.
const MARK_BYTES: usize = 8;
/// Marks that the cookie holds: the newest.
const MARKS_MAX: usize = 200;

/// The mark that says: in the session with this secret, the file with this digest was opened.
///
/// # Errors
/// [`Fault::Broken`] when the library fails.
pub(super) fn mark(session: &str, digest: &str) -> Result<String, Fault> {
    let made = || -> Result<Vec<u8>, openssl::error::ErrorStack> {
        let key = PKey::hmac(session.as_bytes())?;
        let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
        signer.update(b"vanthu opened\0")?;
        signer.update(digest.as_bytes())?;
        signer.sign_to_vec()
    };
    let whole = made().map_err(Fault::broken)?;
    Ok(to_hex(whole.get(..MARK_BYTES).unwrap_or_default()))
}

/// True when `marks` hold that of the file.
pub(super) fn holds<'a>(
    session: &str,
    digest: &str,
    mut marks: impl Iterator<Item = &'a str>,
) -> Result<bool, Fault> {
    let right = mark(session, digest)?;
    Ok(marks.any(|m| m.len() == right.len() && openssl::memcmp::eq(m.as_bytes(), right.as_bytes())))
}

/// The marks of a browser's cookie.
pub(super) fn of_cookie(headers: &HeaderMap, tls: bool) -> Vec<String> {
    let text = cookie::read(headers, COOKIE, tls).unwrap_or_default();
    text.split('.').filter(|m| !m.is_empty()).map(str::to_owned).collect()
}

/// The cookie with one mark more.
pub(super) fn with(headers: &HeaderMap, mark: &str, tls: bool) -> Option<HeaderValue> {
    let mut marks = of_cookie(headers, tls);
    marks.retain(|m| m != mark);
    marks.push(mark.to_owned());
    let from = marks.len().saturating_sub(MARKS_MAX);
    cookie::write(COOKIE, &marks.split_off(from).join("."), None, tls)
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    #[test]
    fn a_mark_is_of_one_session_and_one_file() {
        let mark = mark("session-a", &"a".repeat(64)).expect("mark");
        let held = |session, digest: &str, marks: &[&str]| {
            holds(session, digest, marks.iter().copied()).expect("answer")
        };
        assert!(held("session-a", &"a".repeat(64), &["x", &mark]));
        assert!(!held("session-b", &"a".repeat(64), &[&mark]), "another session");
        assert!(!held("session-a", &"b".repeat(64), &[&mark]), "another file");
        assert!(!held("session-a", &"a".repeat(64), &[]));
        assert!(!held("session-a", &"a".repeat(64), &[&mark[..14]]));
    }

    #[test]
    fn two_hundred_marks_fit_one_cookie_and_the_oldest_go_first() {
        let mut headers = HeaderMap::new();
        for i in 0..230 {
            let value = with(&headers, &format!("{i:016x}"), true).expect("cookie");
            let pair = value.to_str().expect("text").split(';').next().expect("pair").to_owned();
            assert!(pair.len() < 4_000, "{}", pair.len());
            headers.insert(header::COOKIE, HeaderValue::from_str(&pair).expect("header"));
        }
        let marks = of_cookie(&headers, true);
        assert_eq!(marks.len(), MARKS_MAX);
        assert_eq!(marks.last().map(String::as_str), Some("00000000000000e5"));
        assert!(!marks.contains(&format!("{:016x}", 0)));
    }
}
