//! The agency seals: number, date and seal in one update. Filled in an update of their own, number and date
//! would raise false alarms in strict validators on every later update.

use super::appearance::{Align, Appearance, Frame, field_text, write_form};
use super::choices::Choices;
use super::fields::{find, widget};
use super::font::{Fonts, Line, Typeface};
use super::image::reference;
use super::person::{SigningRequest, Target, sign_field};
use super::place::narrow;
use super::prepare::{FIELD_DATE, FIELD_NUMBER, FIELD_SEAL, FONT_ITALIC, FONT_UPRIGHT, TEXT_SIZE};
use super::refusal::Refusal;
use super::rules::{Demands, open_for_signing};
use super::signature::{Claims, Prepared};
use super::source::Source;
use crate::pdf::{Dict, Document, Field, FieldKind, Increment, Object, Ref, View, encode_text};

/// What the agency puts on a signed document.
#[derive(Debug, Clone)]
pub struct SealRequest<'f> {
    /// Text of the number field, exactly as printed.
    pub number: String,
    /// Text of the date field, such as `ngày 26 tháng 5 năm 2026`.
    pub date: String,
    /// The seal's image.
    pub appearance: Option<Appearance>,
    /// What the signature dictionary says.
    pub claims: Claims,
    /// Space kept for the CMS, in bytes.
    pub capacity: usize,
    /// Digest and scheme. The seal neither certifies nor locks beyond what its field says.
    pub choices: Choices,
    /// Fonts with all Vietnamese letters; [`super::LIBERATION_SERIF`].
    pub font: Fonts<'f>,
}

impl Prepared {
    /// Prepares a file whose fields were made by [`super::prepare_fields`] for the agency's signature.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn seal(file: impl Into<Source>, request: &SealRequest<'_>) -> Result<Self, Refusal> {
        open_for_signing(&file.into(), |document| prepare(document, request))
    }
}

fn prepare(document: &Document, request: &SealRequest<'_>) -> Result<Prepared, Refusal> {
    let view = document.latest();
    let fields = view.fields()?;
    let demands = Demands::read(view, &fields)?;
    let mut increment = Increment::new(document);
    let mut faces = [Typeface::new(request.font.upright)?, Typeface::new(request.font.italic)?];
    let mut texts = Vec::new();
    for (name, text) in [(FIELD_NUMBER, &request.number), (FIELD_DATE, &request.date)] {
        demands.permit_filling(name)?;
        texts.push(Filling::new(view, &fields, name, text, &mut faces)?);
    }
    // Each style is embedded once, if it is used.
    for (face, name) in faces.iter().zip([FONT_UPRIGHT, FONT_ITALIC]) {
        let here: Vec<&Filling<'_>> = texts.iter().filter(|text| text.font == name).collect();
        if here.is_empty() {
            continue;
        }
        let font = face.write(&mut increment)?;
        for text in here {
            text.write(&mut increment, font, face.extent())?;
        }
    }
    let signing = SigningRequest {
        target: Target::Field(FIELD_SEAL.to_owned()),
        appearance: request.appearance.clone(),
        claims: request.claims.clone(),
        capacity: request.capacity,
        choices: Choices { certification: None, lock: None, ..request.choices.clone() },
    };
    let (signature, settled) = sign_field(&mut increment, &fields, &demands, FIELD_SEAL, &signing)?;
    Prepared::new(document.file().clone(), increment.finish()?, signature, settled.digest)?.proven(document)
}

/// A text about to be filled in.
struct Filling<'t> {
    field: Ref,
    field_dict: Dict,
    widget: Ref,
    widget_dict: Dict,
    frame: Frame,
    text: &'t str,
    line: Line,
    font: &'static str,
    size: f32,
    align: Align,
}

impl<'t> Filling<'t> {
    fn new(
        view: View<'_>,
        fields: &[Field],
        name: &str,
        text: &'t str,
        faces: &mut [Typeface<'_>; 2],
    ) -> Result<Self, Refusal> {
        let (field, id) = find(fields, name)?;
        if field.kind != FieldKind::Text {
            return Err(Refusal::FieldOfOtherKind { field: name.to_owned(), expected: "text" });
        }
        let widget = widget(view, field)?;
        let frame = widget.frame.ok_or_else(|| Refusal::FieldWithoutPlace(name.to_owned()))?;
        let align = Align::from_quadding(view.value(&field.dict, b"Q")?.as_integer().unwrap_or(0));
        let (slanted, size) =
            default_appearance(&view.value(&field.dict, b"DA")?).unwrap_or((false, TEXT_SIZE));
        let font = if slanted { FONT_ITALIC } else { FONT_UPRIGHT };
        Ok(Self {
            field: id,
            field_dict: field.dict.clone(),
            widget: widget.id,
            widget_dict: widget.dict,
            frame,
            text,
            line: faces[usize::from(slanted)].line(text)?,
            font,
            size: narrow(size),
            align,
        })
    }

    /// Sets `/V` and a new `/AP`, nothing else; the old appearance stream stays as it is.
    fn write(&self, increment: &mut Increment<'_>, font: Ref, extent: (f32, f32)) -> Result<(), Refusal> {
        let style = (self.font, self.size, self.align);
        let content = field_text(self.frame, &self.line, self.text, style, extent)?;
        let shown = write_form(increment, self.frame, content, |resources| {
            resources.fonts().pair(pdf_writer::Name(self.font.as_bytes()), reference(font));
        })?;
        increment.patch(self.field)?.set(&self.field_dict, b"V", &encode_text(self.text));
        increment.patch(self.widget)?.set(&self.widget_dict, b"AP", format!("<</N {shown} R>>").as_bytes());
        Ok(())
    }
}

/// The font, italic or not, and its size, which stand before `Tf` in a default appearance.
fn default_appearance(appearance: &Object) -> Option<(bool, f64)> {
    let text = appearance.as_string()?.to_text();
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let at = words.iter().rposition(|word| *word == "Tf")?;
    let size = words.get(at.checked_sub(1)?)?.parse().ok().filter(|size| (1.0..=200.0).contains(size))?;
    let font = words.get(at.checked_sub(2)?)?.strip_prefix('/')?;
    Some((font == FONT_ITALIC, size))
}
