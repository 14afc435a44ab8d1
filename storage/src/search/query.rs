//! What a person typed, read as words, phrases and a beginning of a word.
//!
//! All of it must be found. A word typed without marks finds every word it may be; one typed with
//! marks finds only that one. In quotation marks the words must follow one another; so must the
//! parts of what was typed in one piece, such as 12/QĐ-UBND. A last word that ends with `*` (or
//! with [`Text::last_is_beginning`]) is the beginning of one.

use std::ops::Range;

use tantivy::query::{
    BooleanQuery, BoostQuery, EmptyQuery, Occur, PhraseQuery, Query, RegexQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Score, Term};
use unicode_normalization::UnicodeNormalization;

use super::analyser::{FOLDED_SIGN, TONES, Word, words};

/// The most bytes of a query that are read.
pub const QUERY_BYTES_MAX: usize = 1000;
/// The most words of a query that are looked for.
pub const QUERY_WORDS_MAX: usize = 32;
/// How much more the exact form counts than the folded one.
const EXACT_BOOST: Score = 3.0;

/// What a person typed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Text<'a> {
    /// The words.
    pub text: &'a str,
    /// Whether the last word may be the beginning of a longer one.
    pub last_is_beginning: bool,
}

/// A query that was read; finds words in any text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Matcher {
    clauses: Vec<Clause>,
    /// Whether anything was typed, be it without a word in it.
    something_typed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Clause {
    /// Words that follow one another.
    words: Vec<Word>,
    /// Whether the last is only the beginning of one.
    is_beginning: bool,
}

impl Matcher {
    /// Reads what was typed; what is beyond the limits is left out.
    #[must_use]
    pub fn new(typed: &Text<'_>) -> Self {
        let text: String = cut(typed.text, QUERY_BYTES_MAX).nfc().collect();
        let mut clauses = Vec::new();
        for (index, part) in text.split(['"', '“', '”', '„']).enumerate() {
            if index % 2 == 1 {
                clauses.push(Clause { words: words(part).collect(), is_beginning: false });
            } else {
                clauses.extend(part.split_whitespace().map(|piece| Clause {
                    words: words(piece).collect(),
                    is_beginning: piece.ends_with('*'),
                }));
            }
        }
        let ends_quoted = text.trim_end().ends_with(['"', '”']);
        if let Some(last) = clauses.last_mut()
            && typed.last_is_beginning
            && !ends_quoted
        {
            last.is_beginning = true;
        }
        let mut left = QUERY_WORDS_MAX;
        for clause in &mut clauses {
            clause.words.truncate(left);
            left -= clause.words.len();
        }
        clauses.retain(|clause| !clause.words.is_empty());
        Self { clauses, something_typed: !text.trim().is_empty() }
    }

    /// Whether nothing was typed, so that everything fits.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        !self.something_typed
    }

    /// Where in a text words of the query stand, in bytes, in order.
    #[must_use]
    pub fn ranges(&self, text: &str) -> Vec<Range<usize>> {
        words(text).filter(|word| self.matching(word).is_some()).map(|word| word.at).collect()
    }

    /// Which word of the query a word of a text is.
    pub(super) fn matching(&self, found: &Word) -> Option<usize> {
        let wanted = self.clauses.iter().flat_map(|clause| {
            let last = clause.words.len() - 1;
            clause.words.iter().enumerate().map(move |(at, word)| (word, clause.is_beginning && at == last))
        });
        wanted
            .enumerate()
            .find(|(_, (wanted, beginning))| fits(wanted, found, *beginning))
            .map(|(which, _)| which)
    }

    /// As a query over fields, each with what it counts.
    pub(super) fn query(&self, fields: &[(Field, Score)]) -> tantivy::Result<Option<Box<dyn Query>>> {
        if self.is_everything() {
            return Ok(None);
        }
        if self.clauses.is_empty() {
            return Ok(Some(Box::new(EmptyQuery)));
        }
        let mut all: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for clause in &self.clauses {
            let mut any: Vec<(Occur, Box<dyn Query>)> = Vec::new();
            for (field, weight) in fields {
                let query = clause.in_field(*field)?;
                any.push((Occur::Should, Box::new(BoostQuery::new(query, *weight))));
            }
            all.push((Occur::Must, Box::new(BooleanQuery::new(any))));
        }
        Ok(Some(Box::new(BooleanQuery::new(all))))
    }
}

/// As much of a text as fits into so many bytes.
pub(super) fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

fn fits(wanted: &Word, found: &Word, is_beginning: bool) -> bool {
    match (wanted.has_marks(), is_beginning) {
        (false, false) => wanted.folded == found.folded,
        (false, true) => found.folded.starts_with(&wanted.folded),
        (true, false) => wanted.exact == found.exact,
        (true, true) => {
            let ((letters, tones), (found_letters, found_tones)) =
                (wanted.letters_and_tones(), found.letters_and_tones());
            found_letters.starts_with(letters) && found_tones == tones
        }
    }
}

/// The form of a word that must be found.
fn term(field: Field, word: &Word) -> Term {
    if word.has_marks() {
        Term::from_field_text(field, &word.exact)
    } else {
        Term::from_field_text(field, &format!("{FOLDED_SIGN}{}", word.folded))
    }
}

fn one_term(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

impl Clause {
    fn in_field(&self, field: Field) -> tantivy::Result<Box<dyn Query>> {
        let (whole, beginning) = match self.words.split_last() {
            Some((last, before)) if self.is_beginning => (before, Some(last)),
            _ => (&self.words[..], None),
        };
        let mut parts: Vec<Box<dyn Query>> = Vec::new();
        match whole {
            [] => {}
            [word] => parts.push(one_word(field, word)),
            several => {
                let terms = several.iter().map(|word| term(field, word)).collect();
                parts.push(Box::new(PhraseQuery::new(terms)));
            }
        }
        if let Some(word) = beginning {
            parts.push(Box::new(RegexQuery::from_pattern(&beginning_pattern(word), field)?));
        }
        Ok(match parts.pop() {
            Some(only) if parts.is_empty() => only,
            Some(other) => {
                parts.push(other);
                Box::new(BooleanQuery::intersection(parts))
            }
            None => Box::new(EmptyQuery),
        })
    }
}

/// One word; typed without marks, it counts more where it stands without marks.
fn one_word(field: Field, word: &Word) -> Box<dyn Query> {
    if word.has_marks() {
        return Box::new(BoostQuery::new(one_term(term(field, word)), EXACT_BOOST));
    }
    let exact = one_term(Term::from_field_text(field, &word.exact));
    Box::new(BooleanQuery::new(vec![
        (Occur::Should, one_term(term(field, word))),
        (Occur::Should, Box::new(BoostQuery::new(exact, EXACT_BOOST))),
    ]))
}

/// A pattern for the words that begin so. Words hold letters, digits and marks only, none of which
/// means anything else in a pattern.
fn beginning_pattern(word: &Word) -> String {
    if !word.has_marks() {
        return format!("{FOLDED_SIGN}{}.*", word.folded);
    }
    let (letters, tones) = word.letters_and_tones();
    let no_tone: String = TONES.iter().collect();
    format!("{letters}[^{no_tone}{FOLDED_SIGN}]*{tones}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'a>(query: &str, text: &'a str) -> Vec<&'a str> {
        let matcher = Matcher::new(&Text { text: query, last_is_beginning: false });
        matcher.ranges(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_matcher_marks_the_words_that_fit() {
        let text = "Đường Dương Văn Đà Nẵng đã hoà giải";
        assert_eq!(found("duong", text), ["Đường", "Dương"]);
        assert_eq!(found("đường", text), ["Đường"]);
        assert_eq!(found("dương", text), ["Dương"]);
        assert_eq!(found("hòa", text), ["hoà"]);
        assert_eq!(found("\"da nang\"", text), ["Đà", "Nẵng", "đã"]);
        assert_eq!(found("gi*", text), ["giải"]);
        assert_eq!(found("đư*", text), [""; 0], "the tone counts where marks are typed");
        assert_eq!(found("đườ*", text), ["Đường"]);
    }

    #[test]
    fn what_is_beyond_the_limits_is_left_out() {
        let long = "một ".repeat(5000);
        let matcher = Matcher::new(&Text { text: &long, last_is_beginning: true });
        assert_eq!(matcher.clauses.len(), QUERY_WORDS_MAX);
        let odd = format!("{}é", "x".repeat(QUERY_BYTES_MAX - 1));
        assert_eq!(Matcher::new(&Text { text: &odd, last_is_beginning: false }).clauses.len(), 1);
    }

    #[test]
    fn typing_no_word_is_not_typing_nothing() {
        assert!(Matcher::new(&Text { text: "  ", last_is_beginning: true }).is_everything());
        assert!(!Matcher::new(&Text { text: "///", last_is_beginning: true }).is_everything());
    }
}
