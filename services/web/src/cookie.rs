//! Cookies: reading those of a request, writing ours.

use axum::http::{HeaderMap, HeaderValue, header};

/// The session's secret.
pub(crate) const SESSION: &str = "vanthu";
/// What a form is bound to before there is a session.
pub(crate) const FORM: &str = "vanthu-form";
/// The language that the person chose.
pub(crate) const LANGUAGE: &str = "vanthu-ngon-ngu";
/// What the next page says once.
pub(crate) const TOAST: &str = "vanthu-nhan";

/// The value of a cookie; with TLS our cookies carry the `__Host-` prefix.
pub(crate) fn read<'a>(headers: &'a HeaderMap, name: &str, tls: bool) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|v| v.to_str().ok())
        .flat_map(|v| v.split(';'))
        .find_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            let key = if tls { key.strip_prefix("__Host-")? } else { key };
            (key == name && !value.is_empty()).then_some(value)
        })
}

/// A `Set-Cookie` of ours: not for scripts, not for other sites. An empty value takes the cookie away.
pub(crate) fn write(name: &str, value: &str, seconds: Option<i64>, tls: bool) -> Option<HeaderValue> {
    let mut text =
        format!("{}{name}={value}; Path=/; HttpOnly; SameSite=Strict", if tls { "__Host-" } else { "" });
    if tls {
        text.push_str("; Secure");
    }
    let seconds = if value.is_empty() { Some(0) } else { seconds };
    if let Some(seconds) = seconds {
        text.push_str(&format!("; Max-Age={seconds}"));
    }
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_by_its_own_name_only() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("xvanthu=1; vanthu=abc; vanthu-form=2"));
        assert_eq!(read(&headers, SESSION, false), Some("abc"));
        assert_eq!(read(&headers, FORM, false), Some("2"));
        assert_eq!(read(&headers, TOAST, false), None);
        assert_eq!(read(&headers, SESSION, true), None, "with TLS only the __Host- cookie counts");
    }

    #[test]
    fn the_session_cookie_is_out_of_reach_for_scripts_and_other_sites() {
        let cookie = write(SESSION, "abc", None, true).expect("cookie");
        assert_eq!(cookie, "__Host-vanthu=abc; Path=/; HttpOnly; SameSite=Strict; Secure");
        let gone = write(SESSION, "", None, false).expect("cookie");
        assert_eq!(gone, "vanthu=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    }
}
