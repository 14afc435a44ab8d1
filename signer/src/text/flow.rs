//! Puts pieces of text together: on one line with or without a blank, or on the next line.
//!
//! A PDF says where a piece stands, not whether a word ends there: many programs write no blanks and no line ends at all.

/// A step across the line of this much of the size begins another line. Less is a raised or lowered sign.
const NEXT_LINE: f64 = 0.5;
/// A gap of this much of the size is a blank. Kerning is less, the narrowest blanks of justified text are more.
const BLANK: f64 = 0.15;
/// A gap of this much of the size stands between columns.
const COLUMN: f64 = 3.0;
/// So far back a piece may begin and still go on with the same word.
const BACK: f64 = 0.6;

/// A piece of text, as one operation shows it. Measures are of the page, along the line that is written and across it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Piece {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) across: f64,
    pub(super) size: f64,
    pub(super) text: String,
}

/// What comes between two pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    Nothing,
    Blank,
    Line,
    /// The second is the first once more, a little aside: a poor man's bold.
    Again,
}

/// All pieces as text: those drawn in their order, those of fields behind what stands to their left.
pub(super) fn text(mut drawn: Vec<Piece>, fields: Vec<Piece>) -> String {
    for field in fields {
        if field.text.trim().is_empty() {
            continue;
        }
        let near = |piece: &Piece| {
            let size = piece.size.max(field.size);
            (piece.across - field.across).abs() <= NEXT_LINE * size
                && piece.end <= field.start + size
                && field.start - piece.end <= 2.0 * COLUMN * size
                && !piece.text.trim().is_empty()
        };
        let before = drawn
            .iter()
            .enumerate()
            .filter(|(_, piece)| near(piece))
            .max_by(|(_, one), (_, other)| one.end.total_cmp(&other.end))
            .map(|(at, _)| at + 1);
        drawn.insert(before.unwrap_or(drawn.len()), field);
    }
    let mut text = String::new();
    let mut last: Option<&Piece> = None;
    for piece in drawn.iter().filter(|piece| !piece.text.is_empty()) {
        if let Some(last) = last {
            match between(last, piece) {
                Between::Again => continue,
                Between::Line if !text.ends_with('\n') => text.push('\n'),
                Between::Blank if !text.ends_with([' ', '\n']) && !piece.text.starts_with(' ') => {
                    text.push(' ');
                }
                _ => {}
            }
        }
        text.push_str(&piece.text);
        last = Some(piece);
    }
    text
}

fn between(one: &Piece, other: &Piece) -> Between {
    let size = one.size.max(other.size);
    if size <= 0.0 {
        return Between::Blank;
    }
    let gap = (other.start - one.end) / size;
    if (other.across - one.across).abs() > NEXT_LINE * size {
        return Between::Line;
    }
    if other.text == one.text && (other.start - one.start).abs() < 0.1 * size && !one.text.trim().is_empty() {
        return Between::Again;
    }
    if !(-BACK..=COLUMN).contains(&gap) {
        return Between::Line;
    }
    if gap > BLANK { Between::Blank } else { Between::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A piece of 10 points in which every letter is 5 wide.
    fn piece(start: f64, across: f64, text: &str) -> Piece {
        let width = 5.0 * f64::from(u32::try_from(text.chars().count()).unwrap());
        Piece { start, end: start + width, across, size: 10.0, text: text.to_owned() }
    }

    #[test]
    fn a_step_down_is_a_line_a_gap_a_blank_and_kerning_nothing() {
        let drawn = vec![
            piece(0.0, 700.0, "SỞ"),
            piece(13.0, 700.0, "NỘI"),
            piece(28.5, 700.0, "VỤ"),
            piece(0.0, 686.0, "Số:"),
        ];
        assert_eq!(text(drawn, vec![]), "SỞ NỘIVỤ\nSố:");
    }

    #[test]
    fn columns_are_lines_of_their_own_and_raised_signs_are_not() {
        let mut raised = piece(12.0, 703.0, "2");
        raised.size = 6.0;
        let drawn = vec![piece(0.0, 700.0, "m"), piece(5.0, 700.0, "m"), raised, piece(100.0, 700.0, "CỘNG")];
        assert_eq!(text(drawn, vec![]), "mm 2\nCỘNG");
    }

    #[test]
    fn what_is_drawn_twice_is_read_once() {
        let drawn = vec![piece(0.0, 700.0, "ĐẬM"), piece(0.3, 700.0, "ĐẬM"), piece(0.0, 680.0, "ĐẬM")];
        assert_eq!(text(drawn, vec![]), "ĐẬM\nĐẬM");
    }

    #[test]
    fn a_field_is_read_where_it_stands() {
        let drawn =
            vec![piece(0.0, 700.0, "Số:"), piece(60.0, 700.0, "/QĐ-SNV"), piece(0.0, 650.0, "Căn cứ")];
        let fields = vec![piece(20.0, 700.0, "15"), piece(300.0, 400.0, "ký")];
        assert_eq!(text(drawn, fields), "Số: 15 /QĐ-SNV\nCăn cứ\nký");
    }
}
