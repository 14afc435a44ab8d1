//! How text becomes words.
//!
//! Every word is indexed in two forms at the same place. The *exact* form respects the marks, but
//! not where in the syllable the tone mark was put: hoà is hòa, uý is úy (QĐ 240/1984 and common
//! usage differ). The *folded* form has no marks at all, and d for đ. It is kept apart from the
//! exact ones by a sign before it that no word contains.

use std::ops::Range;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The sign before a folded form.
pub(super) const FOLDED_SIGN: char = '~';
/// The name under which the index knows this analyser; another way of making words needs another
/// name, so that an old index is not read with a new analyser.
pub(super) const NAME: &str = "vanthu1";
/// The most characters a word keeps; what is longer is no word of a language.
const WORD_CHARS_MAX: usize = 64;

/// Grave, acute, tilde, hook above, dot below.
pub(super) const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// A word of a text or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower case, decomposed, tone marks last.
    pub(super) exact: String,
    /// Without any marks.
    pub(super) folded: String,
    /// Where in the text, in bytes.
    pub(super) at: Range<usize>,
}

impl Word {
    /// Whether it was written with marks.
    pub(super) fn has_marks(&self) -> bool {
        self.exact != self.folded
    }

    /// The exact form apart: letters, and the tone marks behind them.
    pub(super) fn letters_and_tones(&self) -> (&str, &str) {
        let letters = self.exact.trim_end_matches(TONES);
        (letters, &self.exact[letters.len()..])
    }
}

/// The words of a text, in order.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = rest.next()?;
            if !first.is_alphanumeric() {
                continue;
            }
            let mut end = start + first.len_utf8();
            while let Some((at, next)) =
                rest.next_if(|(_, next)| next.is_alphanumeric() || is_combining_mark(*next))
            {
                end = at + next.len_utf8();
            }
            return Some(word(text, start..end));
        }
    })
}

fn word(text: &str, at: Range<usize>) -> Word {
    let (mut exact, mut folded, mut tones) = (String::new(), String::new(), String::new());
    let written = text.get(at.clone()).unwrap_or_default();
    for decomposed in written.nfd().flat_map(char::to_lowercase).nfd().take(WORD_CHARS_MAX) {
        match decomposed {
            tone if TONES.contains(&tone) => tones.push(tone),
            mark if is_combining_mark(mark) => exact.push(mark),
            // Eth and its African cousin look like đ and come from old fonts.
            'đ' | 'ð' | 'ɖ' => {
                exact.push('đ');
                folded.push('d');
            }
            letter => {
                exact.push(letter);
                folded.push(letter);
            }
        }
    }
    exact.push_str(&tones);
    Word { exact, folded, at }
}

/// The analyser as the index calls it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Analyser;

/// Both forms of each word.
pub(super) struct Forms {
    tokens: Vec<Token>,
    next: usize,
}

impl Tokenizer for Analyser {
    type TokenStream<'a> = Forms;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Forms {
        let mut tokens = Vec::new();
        for (position, word) in words(text).enumerate() {
            let (offset_from, offset_to) = (word.at.start, word.at.end);
            let token = |text| Token { offset_from, offset_to, position, text, position_length: 1 };
            tokens.push(token(format!("{FOLDED_SIGN}{}", word.folded)));
            tokens.push(token(word.exact));
        }
        Forms { tokens, next: 0 }
    }
}

impl TokenStream for Forms {
    fn advance(&mut self) -> bool {
        self.next += 1;
        self.next <= self.tokens.len()
    }

    fn token(&self) -> &Token {
        &self.tokens[self.next - 1]
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.tokens[self.next - 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Word {
        let mut all: Vec<Word> = words(text).collect();
        assert_eq!(all.len(), 1, "{text}");
        all.remove(0)
    }

    #[test]
    fn where_the_tone_mark_stands_makes_no_difference() {
        for (old, new) in
            [("hoà", "hòa"), ("uỷ", "ủy"), ("uý", "úy"), ("khoẻ", "khỏe"), ("thuỵ", "thụy"), ("HOÀ", "hòa")]
        {
            assert_eq!(one(old).exact, one(new).exact, "{old} {new}");
        }
    }

    #[test]
    fn composed_and_decomposed_are_one_word() {
        for text in ["đường", "nghiệp", "uỷ", "Ộ"] {
            let decomposed: String = text.nfd().collect();
            assert_eq!(one(text).exact, one(&decomposed).exact, "{text}");
        }
    }

    #[test]
    fn words_that_differ_in_a_mark_stay_apart_and_fold_alike() {
        let all = ["duong", "dương", "đương", "đường", "dường", "dưỡng", "đưởng"].map(one);
        for (at, word) in all.iter().enumerate() {
            assert_eq!(word.folded, "duong");
            assert!(all[..at].iter().all(|other| other.exact != word.exact), "{}", word.exact);
        }
        assert!(!all[0].has_marks() && all[1..].iter().all(Word::has_marks));
        assert_eq!(one("Ðường").exact, one("đường").exact, "eth");
    }

    #[test]
    fn a_notation_is_cut_into_its_parts() {
        let parts: Vec<String> = words("Số 12/2025/QĐ-UBND ngày 05.3").map(|word| word.folded).collect();
        assert_eq!(parts, ["so", "12", "2025", "qd", "ubnd", "ngay", "05", "3"]);
    }

    #[test]
    fn a_word_knows_where_it_stands() {
        let text = "  Đà Nẵng!";
        let places: Vec<&str> = words(text).map(|word| &text[word.at]).collect();
        assert_eq!(places, ["Đà", "Nẵng"]);
    }
}
