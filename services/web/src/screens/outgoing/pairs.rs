//! A form filled from a record: several values may stand under one name.

use crate::form::Form;
use crate::link::escape;

/// A form that holds these pairs.
pub(crate) fn form<N: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (N, V)>) -> Form {
    let text: Vec<String> =
        pairs.into_iter().map(|(n, v)| format!("{}={}", escape(n.as_ref()), escape(v.as_ref()))).collect();
    Form::parse(&text.join("&"))
}

/// The lines of a text field: trimmed, without the dash that people put before them, empty ones left out.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.trim().trim_start_matches(['-', '–', '•']).trim())
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_values_stand_under_one_name_and_nothing_breaks_out() {
        let form = form([("a", "1&a=9"), ("a", "hai\nba"), ("b", "đ=%")]);
        assert_eq!(form.all("a").collect::<Vec<_>>(), ["1&a=9", "hai\nba"]);
        assert_eq!(form.text("b"), "đ=%");
    }

    #[test]
    fn lines_lose_their_dashes_and_empty_ones_vanish() {
        assert_eq!(lines("- Bộ Nội vụ\n\n  Sở Tài chính \r\n– "), ["Bộ Nội vụ", "Sở Tài chính"]);
    }
}
