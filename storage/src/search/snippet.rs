//! The piece of a text that shows why a document was found.

use std::ops::Range;

use super::analyser::words;
use super::query::Matcher;

/// Words in a snippet.
const SNIPPET_WORDS: usize = 32;
/// The most bytes of a snippet, for texts that have no words.
const SNIPPET_BYTES_MAX: usize = 600;

/// A piece of a text, plain, on one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Snippet {
    /// The piece.
    pub text: String,
    /// Where in it words of the query stand, in bytes, in order.
    pub ranges: Vec<Range<usize>>,
}

impl Matcher {
    /// The piece of a text with the most different words of the query; its beginning where there
    /// are none.
    #[must_use]
    pub fn snippet(&self, text: &str) -> Snippet {
        let all: Vec<(Range<usize>, Option<usize>)> =
            words(text).map(|word| (word.at.clone(), self.matching(&word))).collect();
        let start = best_start(&all);
        let shown = &all[start..all.len().min(start + SNIPPET_WORDS)];
        let (Some(first), Some(last)) = (shown.first(), shown.last()) else {
            return Snippet::default();
        };
        let piece = text.get(first.0.start..last.0.end).unwrap_or_default();
        let mut clean = String::new();
        if start > 0 {
            clean.push_str("… ");
        }
        for word in piece.split_whitespace() {
            if clean.len() + word.len() > SNIPPET_BYTES_MAX {
                break;
            }
            clean.push_str(word);
            clean.push(' ');
        }
        clean.truncate(clean.trim_end().len());
        if last.0.end < text.trim_end().len() {
            clean.push_str(" …");
        }
        let ranges = self.ranges(&clean);
        Snippet { text: clean, ranges }
    }
}

/// The first word of the window with the most different words of the query, a little before them.
fn best_start(all: &[(Range<usize>, Option<usize>)]) -> usize {
    let matches = all.iter().enumerate().filter_map(|(at, (_, which))| which.map(|which| (at, which)));
    let matches: Vec<(usize, usize)> = matches.collect();
    let mut best = (0, 0);
    for (index, (at, _)) in matches.iter().enumerate() {
        let inside = matches[index..].iter().take_while(|(other, _)| other - at < SNIPPET_WORDS - 4);
        let mut different: Vec<usize> = inside.map(|(_, which)| *which).collect();
        different.sort_unstable();
        different.dedup();
        if different.len() > best.0 {
            best = (different.len(), at.saturating_sub(4));
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::super::query::Text;
    use super::*;

    fn snippet(query: &str, text: &str) -> Snippet {
        Matcher::new(&Text { text: query, last_is_beginning: false }).snippet(text)
    }

    #[test]
    fn a_snippet_shows_where_the_words_stand_together() {
        let filler = "lời nói đầu ".repeat(40);
        let text = format!("đất {filler}\n\nvề việc   quản lý\n đất đai tại xã {filler}");
        let found = snippet("quan ly dat", &text);
        let marked: Vec<&str> = found.ranges.iter().map(|range| &found.text[range.clone()]).collect();
        assert_eq!(marked, ["quản", "lý", "đất"]);
        assert!(found.text.starts_with("… ") && found.text.ends_with(" …") && !found.text.contains('\n'));
    }

    #[test]
    fn without_a_match_the_beginning_is_shown() {
        let found = snippet("khác", "Kính gửi các cơ quan");
        assert_eq!(found, Snippet { text: "Kính gửi các cơ quan".to_owned(), ranges: Vec::new() });
        assert_eq!(snippet("x", ""), Snippet::default());
    }
}
