//! Paths of pages, in one place.

/// A value for a query: everything but unreserved characters is escaped.
pub(crate) fn escape(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len() + 8), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
        out
    })
}

/// The page of a document of either kind.
pub(crate) fn document(id: &str) -> String {
    if id.starts_with("out_") { format!("/van-ban-di/{id}") } else { format!("/van-ban/{id}") }
}

/// A file of a document: its place in the list of files.
pub(crate) fn file(record_id: &str, index: usize) -> String {
    format!("/tep/{record_id}/{index}")
}

/// `path` with one more pair in its query.
pub(crate) fn with(path: &str, name: &str, value: &str) -> String {
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}{name}={}", escape(value))
}

/// The page of a list that follows, as the archive's token names it; empty where there is none.
pub(crate) fn next_page(path: &str, token: &str) -> String {
    if token.is_empty() { String::new() } else { with(path, "trang", token) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_cannot_leave_its_place_in_a_query() {
        assert_eq!(escape("a b&c=đ/?"), "a%20b%26c%3D%C4%91%2F%3F");
        assert_eq!(next_page("/so/den", ""), "");
        assert_eq!(next_page("/so/den", "x="), "/so/den?trang=x%3D");
        assert_eq!(with("/so/den?nam=2026", "trang", "x=&"), "/so/den?nam=2026&trang=x%3D%26");
    }
}
