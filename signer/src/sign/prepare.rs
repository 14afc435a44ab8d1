//! Preparing a draft: fields for number, date, person and seal, all before the first signature. What is not
//! prepared then cannot be added later without breaking the person's signature.

use super::appearance::{Align, write_empty};
use super::fields::{enter_in_form, enter_on_page};
use super::place::{PageBox, Spot, number, rect_source};
use super::refusal::Refusal;
use super::rules::{Demands, open_for_signing};
use super::signature::whole;
use super::source::Source;
use crate::pdf::{Document, Increment, Ref, encode_text};

/// Field of the document's number (số văn bản).
pub const FIELD_NUMBER: &str = "so";
/// Field of the document's date (ngày, tháng, năm ban hành).
pub const FIELD_DATE: &str = "ngay";
/// Signature field of the authorised person (người ký).
pub const FIELD_PERSON: &str = "nguoiky";
/// Signature field of the agency (dấu của cơ quan).
pub const FIELD_SEAL: &str = "dau";

/// Font size of number and date on documents in the legal layout, in points.
pub const TEXT_SIZE: f64 = 13.0;

/// A place for text to be filled in later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextPlace {
    /// Where.
    pub place: PageBox,
    /// How the text stands in it.
    pub align: Align,
    /// Font size in points.
    pub size: f64,
    /// In italics, as the date is.
    pub italic: bool,
}

/// Ascent and descent of Liberation Serif, in font sizes; text stands in the middle of its box by them.
const ASCENT: f64 = 0.891;
const DESCENT: f64 = 0.216;
/// Space above and below the text of a box made for a baseline, in points.
const LINE_MARGIN: f64 = 1.5;

impl TextPlace {
    /// The same place with its height chosen so that the text stands on this baseline, in points from the lower
    /// edge of the page as displayed.
    pub fn on_baseline(mut self, baseline: f64) -> Self {
        self.place.y = baseline - DESCENT * self.size - LINE_MARGIN;
        self.place.height = (ASCENT + DESCENT) * self.size + 2.0 * LINE_MARGIN;
        self
    }
}

/// Names of the fonts in default appearances and in the resources of filled fields.
pub(crate) const FONT_UPRIGHT: &str = "VB";
/// See [`FONT_UPRIGHT`].
pub(crate) const FONT_ITALIC: &str = "VBI";

/// Places of the four fields.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldPlan {
    /// The number.
    pub number: TextPlace,
    /// The date, as one text.
    pub date: TextPlace,
    /// The person's signature (ô 7c).
    pub person: PageBox,
    /// The agency's seal (ô 8).
    pub seal: PageBox,
}

/// Adds the four fields to an unsigned draft, empty and with their locks, as one update.
///
/// # Errors
/// [`Refusal`]; in particular when the file bears a signature or a field of one of the names already.
pub fn prepare_fields(file: impl Into<Source>, plan: &FieldPlan) -> Result<Vec<u8>, Refusal> {
    let source = file.into();
    let prepared = open_for_signing(&source, |document| prepare(document, plan))?;
    let whole = whole(&source.file, &prepared);
    source.file.check()?;
    Ok(whole)
}

/// As [`prepare_fields`]; answers only what is to be appended to the file.
///
/// # Errors
/// As [`prepare_fields`].
pub fn fields_appended(file: impl Into<Source>, plan: &FieldPlan) -> Result<Vec<u8>, Refusal> {
    open_for_signing(&file.into(), |document| prepare(document, plan))
}

fn prepare(document: &Document, plan: &FieldPlan) -> Result<Vec<u8>, Refusal> {
    let view = document.latest();
    let existing = view.fields()?;
    if Demands::read(view, &existing)?.signatures > 0 {
        return Err(Refusal::AlreadySigned);
    }
    for name in [FIELD_NUMBER, FIELD_DATE, FIELD_PERSON, FIELD_SEAL] {
        let below = format!("{name}.");
        if existing.iter().any(|field| field.name == name || field.name.starts_with(&below)) {
            return Err(Refusal::FieldExists(name.to_owned()));
        }
    }
    let mut increment = Increment::new(document);
    let mut widgets: Vec<(Spot, Ref)> = Vec::new();
    let texts = [(FIELD_NUMBER, "Số văn bản", &plan.number), (FIELD_DATE, "Ngày ban hành", &plan.date)];
    for (name, tooltip, text) in texts {
        let spot = text.place.locate(view)?;
        let body = format!(
            "/FT/Tx/T({name})/TU{}/F 4/Ff 1/DA(/{} {} Tf 0 g)/Q {}",
            String::from_utf8_lossy(&encode_text(tooltip)),
            if text.italic { FONT_ITALIC } else { FONT_UPRIGHT },
            number(text.size),
            text.align.quadding(),
        );
        widgets.push(widget(&mut increment, spot, &body)?);
    }
    let others = format!("/Action/Exclude/Fields[({FIELD_NUMBER})({FIELD_DATE})({FIELD_SEAL})]");
    let signatures = [(FIELD_PERSON, others.as_str(), plan.person), (FIELD_SEAL, "/Action/All", plan.seal)];
    for (name, locked, place) in signatures {
        let spot = place.locate(view)?;
        let body = format!("/FT/Sig/T({name})/F 132/Lock<</Type/SigFieldLock{locked}/P 2>>");
        widgets.push(widget(&mut increment, spot, &body)?);
    }
    let fields: Vec<Ref> = widgets.iter().map(|(_, id)| *id).collect();
    enter_in_form(&mut increment, &fields, false)?;
    while let Some((first, _)) = widgets.first() {
        let page = first.page.clone();
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            widgets.into_iter().partition(|(spot, _)| spot.page.id == page.id);
        let ids: Vec<Ref> = here.iter().map(|(_, id)| *id).collect();
        enter_on_page(&mut increment, &page, &ids)?;
        widgets = elsewhere;
    }
    Ok(increment.finish()?.bytes)
}

/// Writes a field merged with its widget, with an empty appearance.
fn widget(increment: &mut Increment<'_>, spot: Spot, body: &str) -> Result<(Spot, Ref), Refusal> {
    let empty = write_empty(increment, spot.frame)?;
    let id = increment.allocate()?;
    increment.put(id, widget_source(&spot, &format!("{body}/AP<</N {empty} R>>")));
    Ok((spot, id))
}

/// The source of a merged field and widget at a place.
pub(crate) fn widget_source(spot: &Spot, body: &str) -> Vec<u8> {
    let turned = match spot.page.rotate {
        0 => String::new(),
        degrees => format!("/MK<</R {degrees}>>"),
    };
    format!(
        "<</Type/Annot/Subtype/Widget/Rect{}/P {} R{turned}{body}>>",
        rect_source(&spot.rect),
        spot.page.id
    )
    .into_bytes()
}
