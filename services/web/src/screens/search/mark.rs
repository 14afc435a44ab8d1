//! Which words of a hit are marked.

use proto::archive::v1::{SearchHit, SnippetMark};

/// A piece of a snippet or title.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) marked: bool,
}

/// The snippet in pieces; marks count characters.
pub(super) fn snippet(hit: &SearchHit) -> Vec<Piece> {
    cut(&hit.snippet, &hit.marks)
}

fn cut(text: &str, marks: &[SnippetMark]) -> Vec<Piece> {
    let characters: Vec<char> = text.chars().collect();
    let mut pieces = Vec::new();
    let mut at = 0;
    let mut push = |from: usize, to: usize, marked: bool| {
        if let Some(part) = characters.get(from..to).filter(|p| !p.is_empty()) {
            pieces.push(Piece { text: part.iter().collect(), marked });
        }
    };
    let mut sorted: Vec<(usize, usize)> = marks
        .iter()
        .map(|m| {
            let start = (m.start as usize).min(characters.len());
            (start, (m.start as usize).saturating_add(m.length as usize).min(characters.len()))
        })
        .collect();
    sorted.sort_unstable();
    for (start, end) in sorted {
        let start = start.max(at);
        if end <= start {
            continue;
        }
        push(at, start, false);
        push(start, end, true);
        at = end;
    }
    push(at, characters.len(), false);
    pieces
}

/// Marks the words of a title that were asked for, without regard to diacritics: only a help for the eye.
pub(super) fn marked_words(text: &str, words: &[String]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut add = |text: &str, marked: bool| match pieces.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(text),
        _ => pieces.push(Piece { text: text.to_owned(), marked }),
    };
    let mut before = false;
    for (i, word) in text.split(' ').enumerate() {
        let folded = fold(word.trim_matches(|c: char| !c.is_alphanumeric()));
        let marked = !folded.is_empty() && words.contains(&folded);
        if i > 0 {
            add(" ", marked && before);
        }
        add(word, marked);
        before = marked;
    }
    pieces
}

/// Lower case, without diacritics, đ as d.
pub(super) fn fold(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    text.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pieces: &[Piece]) -> String {
        pieces.iter().map(|p| if p.marked { format!("[{}]", p.text) } else { p.text.clone() }).collect()
    }

    #[test]
    fn marks_count_characters_and_may_overlap_or_run_over() {
        let mark = |start, length| SnippetMark { start, length };
        assert_eq!(told(&cut("Bộ Nội vụ đề nghị", &[mark(3, 6)])), "Bộ [Nội vụ] đề nghị");
        assert_eq!(told(&cut("abcdef", &[mark(4, 99), mark(0, 2), mark(1, 2)])), "[ab][c]d[ef]");
        assert_eq!(told(&cut("", &[mark(0, 5)])), "");
        assert_eq!(told(&cut("ab", &[mark(u32::MAX, u32::MAX)])), "ab");
    }

    #[test]
    fn words_of_a_title_are_marked_with_or_without_diacritics() {
        let words = [fold("chu"), fold("Ký")];
        assert_eq!(told(&marked_words("dự thảo Quy chế chữ ký số", &words)), "dự thảo Quy chế [chữ ký] số");
    }
}
