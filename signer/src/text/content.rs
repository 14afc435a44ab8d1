//! Walks the content of a page and finds where each piece of text stands (ISO 32000-1, 9.4).

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, Object, ObjectId};

use super::flow::Piece;
use super::font::{Font, dictionary, number, resolved};

/// How deep forms may be drawn within forms.
const FORMS_DEPTH_MAX: usize = 6;
/// The most operations that one page may have, those of its forms included.
const OPERATIONS_MAX: usize = 2_000_000;
/// How deep the graphics state may be saved.
const SAVED_MAX: usize = 512;

/// The pieces of a page in the order in which they are drawn; those of its form fields stand behind, to be put in their
/// place. `None` where the content cannot be read.
pub(super) fn pieces(document: &Document, page: ObjectId, limit: usize) -> Option<Found> {
    let mut walk = Walk { document, limit, operations: 0, found: Vec::new() };
    let content = document.get_page_content_with_limit(page, limit).ok()?;
    let fonts = document.get_page_fonts(page).unwrap_or_default();
    let resources = page_resources(document, page);
    walk.draw(&content, &fonts, &resources, Matrix::ONE, 0)?;
    let drawn = std::mem::take(&mut walk.found);
    // A field that cannot be read is no reason to show nothing of the page.
    let _ = walk.fields(page);
    Some(Found { drawn, fields: walk.found })
}

/// What stands on a page.
pub(super) struct Found {
    /// In the order in which it is drawn.
    pub(super) drawn: Vec<Piece>,
    /// In form fields.
    pub(super) fields: Vec<Piece>,
}

/// ⎡a b⎤ with a row for the shift: points are rows, as in the standard.
#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    fn shift(x: f64, y: f64) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First self, then `next`.
    fn then(self, next: Self) -> Self {
        let (Self([a, b, c, d, e, f]), Self([g, h, i, j, k, l])) = (self, next);
        Self([
            a * g + b * i,
            a * h + b * j,
            c * g + d * i,
            c * h + d * j,
            e * g + f * i + k,
            e * h + f * j + l,
        ])
    }

    fn of(operands: &[Object]) -> Option<Self> {
        let mut matrix = [0.0; 6];
        for (at, value) in matrix.iter_mut().enumerate() {
            *value = number(operands.get(at)?).ok()?;
        }
        Some(Self(matrix))
    }
}

/// The graphics state, as far as it moves text.
#[derive(Clone)]
struct State {
    to_page: Matrix,
    font: Vec<u8>,
    size: f64,
    leading: f64,
    of_codes: f64,
    of_words: f64,
    /// Horizontal scaling, 1 for none.
    wide: f64,
    rise: f64,
}

struct Walk<'a> {
    document: &'a Document,
    limit: usize,
    operations: usize,
    found: Vec<Piece>,
}

impl<'a> Walk<'a> {
    fn draw(
        &mut self,
        content: &[u8],
        fonts: &BTreeMap<Vec<u8>, &'a Dictionary>,
        resources: &[&'a Dictionary],
        to_page: Matrix,
        depth: usize,
    ) -> Option<()> {
        let content = Content::decode(content).ok()?;
        let mut read: BTreeMap<&[u8], Option<Font<'a>>> = BTreeMap::new();
        let mut state = State {
            to_page,
            font: Vec::new(),
            size: 0.0,
            leading: 0.0,
            of_codes: 0.0,
            of_words: 0.0,
            wide: 1.0,
            rise: 0.0,
        };
        let mut saved: Vec<State> = Vec::new();
        let (mut text, mut line) = (Matrix::ONE, Matrix::ONE);
        for operation in &content.operations {
            self.operations += 1;
            if self.operations > OPERATIONS_MAX {
                return None;
            }
            let operands = operation.operands.as_slice();
            let value = |at: usize| operands.get(at).and_then(|it| number(it).ok());
            let next_line = |line: Matrix, x: f64, y: f64| Matrix::shift(x, y).then(line);
            match operation.operator.as_str() {
                "q" if saved.len() < SAVED_MAX => saved.push(state.clone()),
                "Q" => state = saved.pop().unwrap_or(state),
                "cm" => {
                    if let Some(matrix) = Matrix::of(operands) {
                        state.to_page = matrix.then(state.to_page);
                    }
                }
                "BT" => (text, line) = (Matrix::ONE, Matrix::ONE),
                "Tf" => {
                    state.font =
                        operands.first().and_then(|it| it.as_name().ok()).unwrap_or_default().to_vec();
                    state.size = value(1).unwrap_or(0.0);
                }
                "TL" => state.leading = value(0).unwrap_or(0.0),
                "Tc" => state.of_codes = value(0).unwrap_or(0.0),
                "Tw" => state.of_words = value(0).unwrap_or(0.0),
                "Tz" => state.wide = value(0).map_or(1.0, |percent| percent / 100.0),
                "Ts" => state.rise = value(0).unwrap_or(0.0),
                "Tm" => {
                    if let Some(matrix) = Matrix::of(operands) {
                        (text, line) = (matrix, matrix);
                    }
                }
                "Td" | "TD" => {
                    let (x, y) = (value(0).unwrap_or(0.0), value(1).unwrap_or(0.0));
                    if operation.operator == "TD" {
                        state.leading = -y;
                    }
                    line = next_line(line, x, y);
                    text = line;
                }
                "T*" => {
                    line = next_line(line, 0.0, -state.leading);
                    text = line;
                }
                "Tj" | "TJ" | "'" | "\"" => {
                    if matches!(operation.operator.as_str(), "'" | "\"") {
                        line = next_line(line, 0.0, -state.leading);
                        text = line;
                    }
                    if operation.operator == "\"" {
                        state.of_words = value(0).unwrap_or(0.0);
                        state.of_codes = value(1).unwrap_or(0.0);
                    }
                    let Some((name, dictionary)) = fonts.get_key_value(&state.font) else { continue };
                    let font = read
                        .entry(name.as_slice())
                        .or_insert_with(|| Font::read(dictionary, self.document, self.limit));
                    let Some(font) = font else { continue };
                    let shown = match operands.last() {
                        Some(Object::Array(items)) => items.as_slice(),
                        _ => operands.get(operands.len().saturating_sub(1)..).unwrap_or_default(),
                    };
                    for item in shown {
                        if let Object::String(bytes, _) = item {
                            text = self.show(&state, font, bytes, text);
                        } else if let Ok(thousandths) = number(item) {
                            text = Matrix::shift(-thousandths / 1000.0 * state.size * state.wide, 0.0)
                                .then(text);
                        }
                    }
                }
                "Do" if depth < FORMS_DEPTH_MAX => {
                    let name = operands.first().and_then(|it| it.as_name().ok()).unwrap_or_default();
                    if let Some(form) = x_object(self.document, resources, name) {
                        self.form(form, resources, fonts, state.to_page, depth)?;
                    }
                }
                _ => {}
            }
        }
        Some(())
    }

    /// Notes a string and where it stands; gives where the next one begins.
    fn show(&mut self, state: &State, font: &Font<'_>, bytes: &[u8], text: Matrix) -> Matrix {
        let advance = font.advance(bytes);
        let width =
            (advance.width * state.size + advance.codes * state.of_codes + advance.blanks * state.of_words)
                * state.wide;
        let after = Matrix::shift(width, 0.0).then(text);
        let [a, b, c, d, x, y] = Matrix::shift(0.0, state.rise).then(text).then(state.to_page).0;
        let [.., to_x, to_y] = after.then(state.to_page).0;
        let along = (a.hypot(b), c.hypot(d));
        if along.0 > 0.0 && along.1 > 0.0 && x.is_finite() && y.is_finite() && to_x.is_finite() {
            // Along the line that is written and across it, whichever way the page is turned.
            let (unit_x, unit_y) = (a / along.0, b / along.0);
            let start = x * unit_x + y * unit_y;
            self.found.push(Piece {
                start,
                end: start + (to_x - x) * unit_x + (to_y - y) * unit_y,
                across: y * unit_x - x * unit_y,
                size: (state.size * along.1).abs(),
                text: font.letters(bytes),
            });
        }
        after
    }

    fn form(
        &mut self,
        form: &'a lopdf::Stream,
        around: &[&'a Dictionary],
        fonts_around: &BTreeMap<Vec<u8>, &'a Dictionary>,
        to_page: Matrix,
        depth: usize,
    ) -> Option<()> {
        if form.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|it| it != b"Form") {
            return Some(());
        }
        let Ok(content) = form.get_plain_content_with_limit(self.limit) else { return Some(()) };
        let matrix = form.dict.get_deref(b"Matrix", self.document).and_then(Object::as_array);
        let matrix = matrix.ok().and_then(|it| Matrix::of(it)).unwrap_or(Matrix::ONE);
        let own = form.dict.get(b"Resources").ok().and_then(|it| dictionary(it, self.document));
        let (fonts, resources) = match own {
            Some(own) => (fonts_of(self.document, own), vec![own]),
            None => (fonts_around.clone(), around.to_vec()),
        };
        self.draw(&content, &fonts, &resources, matrix.then(to_page), depth + 1)
    }

    /// What stands in the form fields of the page: number and date of a document that was sealed are there.
    fn fields(&mut self, page: ObjectId) -> Option<()> {
        for annotation in self.document.get_page_annotations(page).ok()? {
            let name = |key: &[u8]| annotation.get(key).and_then(Object::as_name).unwrap_or_default();
            let hidden =
                annotation.get(b"F").and_then(Object::as_i64).is_ok_and(|flags| flags & 0b10_0010 != 0);
            if name(b"Subtype") != b"Widget" || hidden {
                continue;
            }
            let Some(appearances) = annotation.get(b"AP").ok().and_then(|it| dictionary(it, self.document))
            else {
                continue;
            };
            let Ok(Object::Stream(stream)) = appearances.get_deref(b"N", self.document) else { continue };
            let rectangle = annotation.get_deref(b"Rect", self.document).and_then(Object::as_array).ok();
            let corner = |at: usize| rectangle.and_then(|it| it.get(at)).and_then(|it| number(it).ok());
            let (Some(x), Some(y)) = (corner(0), corner(1)) else { continue };
            let bounds = stream.dict.get_deref(b"BBox", self.document).and_then(Object::as_array).ok();
            let lower =
                |at: usize| bounds.and_then(|it| it.get(at)).and_then(|it| number(it).ok()).unwrap_or(0.0);
            self.form(stream, &[], &BTreeMap::new(), Matrix::shift(x - lower(0), y - lower(1)), 0)?;
        }
        Some(())
    }
}

/// The resources of a page, its own first.
fn page_resources(document: &Document, page: ObjectId) -> Vec<&Dictionary> {
    let Ok((own, inherited)) = document.get_page_resources(page) else { return Vec::new() };
    own.into_iter().chain(inherited.into_iter().filter_map(|id| document.get_dictionary(id).ok())).collect()
}

fn x_object<'a>(
    document: &'a Document,
    resources: &[&'a Dictionary],
    name: &[u8],
) -> Option<&'a lopdf::Stream> {
    resources.iter().find_map(|it| {
        let all = dictionary(it.get(b"XObject").ok()?, document)?;
        resolved(all.get(name).ok()?, document).as_stream().ok()
    })
}

fn fonts_of<'a>(document: &'a Document, resources: &'a Dictionary) -> BTreeMap<Vec<u8>, &'a Dictionary> {
    let Some(fonts) = resources.get(b"Font").ok().and_then(|it| dictionary(it, document)) else {
        return BTreeMap::new();
    };
    fonts.iter().filter_map(|(name, font)| Some((name.clone(), dictionary(font, document)?))).collect()
}
