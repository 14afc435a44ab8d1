//! Form XObjects for fields: empty, an image, lines of text, or the filled text of a field.

use pdf_writer::{Chunk, Content, Finish, Name, Rect, Settings, Str};

use super::font::{Line, Typeface};
use super::image::{Image, reference};
use super::refusal::Refusal;
use crate::pdf::{Increment, Ref};

/// Space between the edge of a text field and its text, in points.
pub(crate) const TEXT_MARGIN: f32 = 1.0;
/// Text that is too wide is made smaller down to this share of its size, then refused.
const SHRINK_MIN: f32 = 0.7;
/// Line height of several lines of text, in font sizes.
const LEADING: f32 = 1.2;

/// What a signature shows.
#[derive(Debug, Clone)]
pub enum Appearance {
    /// An image, as large as fits into the box, centred: the handwritten signature, the seal.
    Image(Image),
    /// Lines of black upright text from the top of the box, as the law wants for attachments and copies
    /// (Nghị định 30/2020/NĐ-CP, Phụ lục I, II.8).
    Text {
        /// The lines.
        lines: Vec<String>,
        /// Font size in points; the law says 10.
        size: f32,
    },
}

/// How a line stands in its box, as `/Q`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// From the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// To the right edge.
    Right,
}

impl Align {
    /// The value of `/Q`.
    pub(crate) fn quadding(self) -> i64 {
        match self {
            Self::Left => 0,
            Self::Center => 1,
            Self::Right => 2,
        }
    }

    pub(crate) fn from_quadding(value: i64) -> Self {
        match value {
            1 => Self::Center,
            2 => Self::Right,
            _ => Self::Left,
        }
    }
}

/// Width and height of a box as a person sees it, and the matrix that keeps it upright.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) width: f32,
    pub(crate) height: f32,
    pub(crate) upright: [i8; 6],
    /// Points in a unit of the page's user space; sizes of text are given in points.
    pub(crate) unit: f32,
}

/// An appearance that draws nothing: PDF/A wants one on every widget.
pub(crate) fn write_empty(increment: &mut Increment<'_>, frame: Frame) -> Result<Ref, Refusal> {
    write_form(increment, frame, Content::new(), |_| {})
}

pub(crate) fn write_image(
    increment: &mut Increment<'_>,
    frame: Frame,
    image: &Image,
) -> Result<Ref, Refusal> {
    let id = image.write(increment)?;
    let (width, height) = image.size();
    #[expect(clippy::cast_precision_loss, reason = "at most 16 million")]
    let (width, height) = (width.max(1) as f32, height.max(1) as f32);
    let scale = (frame.width / width).min(frame.height / height);
    let (width, height) = (width * scale, height * scale);
    let mut content = Content::with_settings(Settings { pretty: false });
    content.save_state();
    content.transform([width, 0.0, 0.0, height, (frame.width - width) / 2.0, (frame.height - height) / 2.0]);
    content.x_object(Name(b"Im0"));
    content.restore_state();
    write_form(increment, frame, content, |resources| {
        resources.x_objects().pair(Name(b"Im0"), reference(id));
    })
}

/// Lines of text at the top of the frame, and the font they use.
pub(crate) fn write_lines(
    increment: &mut Increment<'_>,
    frame: Frame,
    font: &[u8],
    lines: &[String],
    size: f32,
) -> Result<Ref, Refusal> {
    let size = size / frame.unit;
    let mut face = Typeface::new(font)?;
    let (ascent, descent) = face.extent();
    let mut content = Content::with_settings(Settings { pretty: false });
    content.save_state().begin_text().set_font(Name(b"VB"), size).set_fill_gray(0.0);
    let mut baseline = frame.height - TEXT_MARGIN - ascent * size / 1000.0;
    for (index, text) in lines.iter().enumerate() {
        let line = face.line(text)?;
        if line.width * size / 1000.0 > frame.width - 2.0 * TEXT_MARGIN
            || baseline + descent * size / 1000.0 < 0.0
        {
            return Err(Refusal::TextDoesNotFit(text.clone()));
        }
        let step = if index == 0 { (TEXT_MARGIN, baseline) } else { (0.0, -LEADING * size) };
        content.next_line(step.0, step.1).show(Str(&line.glyphs));
        baseline -= LEADING * size;
    }
    content.end_text().restore_state();
    let font = face.write(increment)?;
    write_form(increment, frame, content, |resources| {
        resources.fonts().pair(Name(b"VB"), reference(font));
    })
}

/// Width and height of a box that holds these lines.
pub(crate) fn lines_size(font: &[u8], lines: &[String], size: f32) -> Result<(f32, f32), Refusal> {
    let mut face = Typeface::new(font)?;
    let (ascent, descent) = face.extent();
    let mut width = 0.0_f32;
    for text in lines {
        width = width.max(face.line(text)?.width);
    }
    #[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
    let further = lines.len().saturating_sub(1) as f32;
    let height = (ascent - descent) * size / 1000.0 + further * LEADING * size;
    // A hundredth more than needed, so that rounding never refuses its own measure.
    Ok((width * size / 1000.0 + 2.0 * TEXT_MARGIN + 0.01, height + 2.0 * TEXT_MARGIN + 0.01))
}

/// The filled text of a field: one line, centred in height, made smaller if it is a little too wide.
pub(crate) fn field_text(
    frame: Frame,
    line: &Line,
    text: &str,
    (font, size, align): (&str, f32, Align),
    extent: (f32, f32),
) -> Result<Content, Refusal> {
    let size = size / frame.unit;
    let room = frame.width - 2.0 * TEXT_MARGIN;
    let natural = line.width * size / 1000.0;
    let shrink = if natural > room { room / natural } else { 1.0 };
    let (ascent, descent) = (extent.0 / 1000.0, extent.1 / 1000.0);
    let size = size * shrink;
    if shrink < SHRINK_MIN || (ascent - descent) * size > frame.height + 2.0 * TEXT_MARGIN {
        return Err(Refusal::TextDoesNotFit(text.to_owned()));
    }
    let width = line.width * size / 1000.0;
    let x = match align {
        Align::Left => TEXT_MARGIN,
        Align::Center => (frame.width - width) / 2.0,
        Align::Right => frame.width - TEXT_MARGIN - width,
    };
    let y = (frame.height - (ascent - descent) * size) / 2.0 - descent * size;
    let mut content = Content::with_settings(Settings { pretty: false });
    content.begin_marked_content(Name(b"Tx")).save_state().begin_text();
    content.set_font(Name(font.as_bytes()), size).set_fill_gray(0.0).next_line(x, y).show(Str(&line.glyphs));
    content.end_text().restore_state().end_marked_content();
    Ok(content)
}

pub(crate) fn write_form(
    increment: &mut Increment<'_>,
    frame: Frame,
    content: Content,
    fill: impl FnOnce(&mut pdf_writer::writers::Resources<'_>),
) -> Result<Ref, Refusal> {
    let id = increment.allocate()?;
    let data = content.finish();
    let mut chunk = Chunk::with_settings(Settings { pretty: false });
    let mut form = chunk.form_xobject(reference(id), &data);
    form.bbox(Rect::new(0.0, 0.0, frame.width, frame.height));
    if frame.upright != [1, 0, 0, 1, 0, 0] {
        form.matrix(frame.upright.map(f32::from));
    }
    let mut resources = form.resources();
    fill(&mut resources);
    resources.finish();
    form.finish();
    increment.put_chunk(&chunk)?;
    Ok(id)
}
