//! Words as they are compared and sorted.

use unicode_normalization::UnicodeNormalization;

/// `text` without tone marks and diacritics, đ as d, lower case, one space between words: “Nguyễn  Thị Đào” and
/// “nguyen thi dao” become the same.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        for letter in word.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
            match letter {
                'đ' | 'Đ' => folded.push('d'),
                '\0' => {}
                _ => folded.extend(letter.to_lowercase()),
            }
        }
    }
    folded
}

/// The given name of a Vietnamese full name: its last word.
pub(super) fn given_name(folded: &str) -> &str {
    folded.rsplit(' ').next().unwrap_or(folded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_forgets_marks_case_and_spaces() {
        assert_eq!(fold("  Nguyễn\tThị   ĐÀO "), "nguyen thi dao");
        assert_eq!(fold("QĐ-UBND"), fold("qd-ubnd"));
        assert_eq!(fold("hoà"), fold("hòa"));
        assert_eq!(given_name(&fold("Nguyễn Thị Đào")), "dao");
        assert_eq!(given_name(""), "");
    }
}
