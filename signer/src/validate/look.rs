//! Whether the look of an annotation can hide the page or pass for it: words, pictures and surfaces do, the thin coloured
//! lines that remarks are drawn with do not.

use super::drawn::{CONTENT_BYTES_MAX, Token, Tokens};
use crate::pdf::{Dict, Object, Stream, View};

/// Most forms that the look of one annotation may invoke.
const FORMS_MAX: usize = 16;
/// Deepest nesting of saved graphics states.
const SAVED_MAX: usize = 256;
/// Thickest line of a remark, in points: thicker ones are surfaces.
pub(super) const LINE_MAX: f64 = 4.0;
/// Largest icon, in points: what is drawn in it hides no more than a letter.
const ICON_MAX: f64 = 32.0;
/// From this grey on (0 black, 1 white) a colour cannot be told from paper.
const PAPER_MIN: f64 = 0.85;
/// Up to this grey nothing is read through a colour that lets through what lies below.
const DARK_MAX: f64 = 0.25;

/// What the look is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A small picture that stands for a remark.
    Icon,
    /// Lines and marks over the text.
    Mark,
}

/// Whether a look, drawn in the rectangle of its annotation, can hide the page or pass for it. What cannot be read can.
pub(super) fn covers(view: View<'_>, look: &Stream, place: &[f64], purpose: Purpose) -> bool {
    let [x0, y0, x1, y1] = place else { return true };
    let (width, height) = ((x1 - x0).abs(), (y1 - y0).abs());
    let Some([left, bottom, right, top]) = numbers::<4>(view, &look.dict, b"BBox") else { return true };
    let own = numbers::<6>(view, &look.dict, b"Matrix").map_or(Matrix::ONE, Matrix);
    let mut shape = Extent::default();
    for (x, y) in [(left, bottom), (right, bottom), (left, top), (right, top)] {
        shape.add(own.apply(x, y));
    }
    let (drawn_width, drawn_height) = shape.size();
    if drawn_width <= 0.0 || drawn_height <= 0.0 {
        // Nothing is drawn, or readers differ in what.
        return width > 0.0 && height > 0.0;
    }
    // ISO 32000-2, 12.5.5: the box is stretched to the rectangle.
    let to_page = Matrix([width / drawn_width, 0.0, 0.0, height / drawn_height, 0.0, 0.0]);
    let icon = purpose == Purpose::Icon && width <= ICON_MAX && height <= ICON_MAX;
    let mut walk = Walk { view, forms_left: FORMS_MAX, icon, inked: false, papered: false };
    walk.draw(look, to_page, &State::default()) || walk.papered && !(icon && walk.inked)
}

#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const ONE: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }

    /// First self, then `next`.
    fn then(self, next: Matrix) -> Matrix {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, next.0);
        Matrix([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    /// How much it stretches a line at most.
    fn stretch(self) -> f64 {
        let [a, b, c, d, ..] = self.0;
        a.hypot(b).max(c.hypot(d))
    }
}

/// The box around points.
#[derive(Debug, Clone, Copy, Default)]
struct Extent(Option<[f64; 4]>);

impl Extent {
    fn add(&mut self, (x, y): (f64, f64)) {
        let [x0, y0, x1, y1] = self.0.unwrap_or([x, y, x, y]);
        self.0 = Some([x0.min(x), y0.min(y), x1.max(x), y1.max(y)]);
    }

    fn size(self) -> (f64, f64) {
        self.0.map_or((0.0, 0.0), |[x0, y0, x1, y1]| (x1 - x0, y1 - y0))
    }
}

#[derive(Debug, Clone)]
struct State {
    matrix: Matrix,
    line_width: f64,
    /// What lies below shows through, as far as the colour lets it.
    multiplies: bool,
    fill: Colour,
    stroke: Colour,
}

impl Default for State {
    fn default() -> Self {
        Self {
            matrix: Matrix::ONE,
            line_width: 1.0,
            multiplies: false,
            fill: Colour::BLACK,
            stroke: Colour::BLACK,
        }
    }
}

struct Walk<'d> {
    view: View<'d>,
    forms_left: usize,
    icon: bool,
    /// Something was drawn in a colour.
    inked: bool,
    /// Something was drawn that looks like paper.
    papered: bool,
}

impl Walk<'_> {
    /// Whether a form shows words, pictures or surfaces.
    fn draw(&mut self, form: &Stream, outer: Matrix, before: &State) -> bool {
        let Ok(content) = self.view.decode(form) else { return true };
        if self.forms_left == 0 || content.len() > CONTENT_BYTES_MAX {
            return true;
        }
        self.forms_left -= 1;
        let own = numbers::<6>(self.view, &form.dict, b"Matrix").map_or(Matrix::ONE, Matrix);
        let resources = self.view.value(&form.dict, b"Resources").ok();
        let resources = resources.as_ref().and_then(Object::as_dict).cloned().unwrap_or(Dict::empty());
        let mut state = State { matrix: own.then(outer), ..before.clone() };
        let mut saved: Vec<State> = Vec::new();
        let mut operands: Vec<Token> = Vec::new();
        let mut path = Extent::default();
        for token in (Tokens { bytes: &content, at: 0 }) {
            let Token::Word(word) = &token else {
                operands.push(token);
                continue;
            };
            let values: Vec<f64> = operands
                .iter()
                .filter_map(|operand| if let Token::Number(value) = operand { Some(*value) } else { None })
                .collect();
            match word.as_slice() {
                b"Tj" | b"TJ" | b"'" | b"\"" | b"BI" | b"sh" => return true,
                b"Do" => {
                    let Some(inner) = self.named(&resources, b"XObject", &operands) else { return true };
                    let Object::Stream(inner) = inner else { return true };
                    if !inner.dict.is_name(b"Subtype", b"Form") || self.draw(&inner, state.matrix, &state) {
                        return true;
                    }
                }
                b"gs" => {
                    let Some(Object::Dict(changes)) = self.named(&resources, b"ExtGState", &operands) else {
                        return true;
                    };
                    self.set(&changes, &mut state);
                }
                b"q" if saved.len() < SAVED_MAX => saved.push(state.clone()),
                b"q" => return true,
                b"Q" => state = saved.pop().unwrap_or(state),
                b"cm" => {
                    let Ok(matrix) = <[f64; 6]>::try_from(values) else { return true };
                    state.matrix = Matrix(matrix).then(state.matrix);
                }
                b"w" => state.line_width = values.last().copied().unwrap_or(f64::INFINITY),
                b"g" | b"rg" | b"k" | b"sc" | b"scn" => state.fill = Colour::of(&values),
                b"G" | b"RG" | b"K" | b"SC" | b"SCN" => state.stroke = Colour::of(&values),
                b"re" => {
                    let [x, y, width, height] = values.as_slice() else { return true };
                    for (right, up) in [(0.0, 0.0), (*width, 0.0), (0.0, *height), (*width, *height)] {
                        path.add(state.matrix.apply(x + right, y + up));
                    }
                }
                b"m" | b"l" | b"c" | b"v" | b"y" => {
                    for point in values.chunks_exact(2) {
                        path.add(state.matrix.apply(point[0], point[1]));
                    }
                }
                b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" | b"S" | b"s" => {
                    let (fills, strokes) = (
                        !word.eq_ignore_ascii_case(b"s"),
                        !word.eq_ignore_ascii_case(b"f") && *word != b"f*",
                    );
                    if fills && self.is_surface(path, &state) || strokes && self.is_thick(&state) {
                        return true;
                    }
                    path = Extent::default();
                }
                b"n" => path = Extent::default(),
                _ => {}
            }
            operands.clear();
        }
        false
    }

    /// Whether a fill is more than a line, a mark through which the text is read, or a part of an icon.
    fn is_surface(&mut self, path: Extent, state: &State) -> bool {
        let (width, height) = path.size();
        if state.multiplies && !state.fill.is_dark || width == 0.0 && height == 0.0 {
            return false;
        }
        self.note(state.fill);
        width.min(height) > LINE_MAX && !self.icon
    }

    fn is_thick(&mut self, state: &State) -> bool {
        if state.multiplies && !state.stroke.is_dark {
            return false;
        }
        self.note(state.stroke);
        state.line_width * state.matrix.stretch() > LINE_MAX && !self.icon
    }

    fn note(&mut self, colour: Colour) {
        if colour.is_paper {
            self.papered = true;
        } else {
            self.inked = true;
        }
    }

    fn set(&self, changes: &Dict, state: &mut State) {
        if let Some(width) = self.view.value(changes, b"LW").ok().as_ref().and_then(Object::as_number) {
            state.line_width = width;
        }
        let mode = self.view.value(changes, b"BM").unwrap_or(Object::Null);
        let mode = match &mode {
            Object::Array(modes) => modes.get(0).cloned().unwrap_or(Object::Null),
            other => other.clone(),
        };
        if let Some(mode) = mode.as_name() {
            state.multiplies = matches!(mode, b"Multiply" | b"Darken");
        }
    }

    fn named(&self, resources: &Dict, category: &[u8], operands: &[Token]) -> Option<Object> {
        let name = operands.iter().rev().find_map(|operand| match operand {
            Token::Name(name) => Some(name),
            _ => None,
        })?;
        let Ok(Object::Dict(category)) = self.view.value(resources, category) else { return None };
        self.view.value(&category, name).ok()
    }
}

/// Whether a colour looks like paper.
pub(super) fn is_paper(parts: &[f64]) -> bool {
    Colour::of(parts).is_paper
}

/// What a colour can do to the page. A pattern, or a colour that cannot be read, can do both.
#[derive(Debug, Clone, Copy)]
struct Colour {
    /// It cannot be told from paper.
    is_paper: bool,
    /// Nothing is read through it.
    is_dark: bool,
}

impl Colour {
    /// What is drawn with before another colour is chosen (ISO 32000-2, 8.4.1).
    const BLACK: Colour = Colour { is_paper: false, is_dark: true };

    /// By its one, three or four parts: grey; red, green, blue; cyan, magenta, yellow, black.
    fn of(parts: &[f64]) -> Colour {
        let [red, green, blue] = match *parts {
            [grey] => [grey; 3],
            [red, green, blue] => [red, green, blue],
            [cyan, magenta, yellow, black] => {
                [cyan, magenta, yellow].map(|ink| 1.0 - (ink + black).clamp(0.0, 1.0))
            }
            _ => return Colour { is_paper: true, is_dark: true },
        };
        // The luminosity of ISO 32000-2, 11.3.5.3.
        let grey = 0.3 * red + 0.59 * green + 0.11 * blue;
        Colour { is_paper: red.min(green).min(blue) >= PAPER_MIN, is_dark: grey <= DARK_MAX || grey.is_nan() }
    }
}

/// So many numbers of an array.
fn numbers<const N: usize>(view: View<'_>, dict: &Dict, key: &[u8]) -> Option<[f64; N]> {
    let Ok(Object::Array(array)) = view.value(dict, key) else { return None };
    let values: Vec<f64> = array.iter().filter_map(|item| view.resolve(item).ok()?.as_number()).collect();
    <[f64; N]>::try_from(values).ok()
}
