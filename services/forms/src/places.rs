//! Where the templates left room for number, date, signature and seal: read from the finished layout, not guessed.

use proto::forms::v1::{Place, PlaceKind};
use typst::foundations::{Dict, Label, Selector, Value};
use typst::introspection::{Introspector, MetadataElem};
use typst::utils::PicoStr;
use typst_layout::PagedDocument;

use crate::error::Error;

/// The label that `templates/place.typ` puts on its marks.
const LABEL: &str = "place";

/// All marked places, in the order of the document.
pub(crate) fn find(document: &PagedDocument) -> Result<Vec<Place>, Error> {
    let label = Label::new(PicoStr::intern(LABEL)).ok_or_else(|| broken("the label is empty"))?;
    let introspector = document.introspector();
    introspector
        .query(&Selector::Label(label))
        .iter()
        .map(|mark| {
            let location = mark.location().ok_or_else(|| broken("a mark has no location"))?;
            let position = introspector.position(location).ok_or_else(|| broken("a mark has no position"))?;
            let page = document
                .pages()
                .get(position.page.get() - 1)
                .ok_or_else(|| broken("a mark lies on no page"))?;
            let Some(Value::Dict(size)) = mark.to_packed::<MetadataElem>().map(|m| &m.value) else {
                return Err(broken("a mark carries no size"));
            };
            let (left, top) = (position.point.x.to_pt(), position.point.y.to_pt());
            let page_height = page.frame.height().to_pt();
            let height = number(size, "height")?;
            let baseline = number(size, "baseline")?;
            Ok(Place {
                kind: kind(size)?.into(),
                page: i32::try_from(position.page.get()).map_err(|_| broken("too many pages"))?,
                x: hundredths(left)?,
                y: hundredths(page_height - top - height)?,
                width: hundredths(number(size, "width")?)?,
                height: hundredths(height)?,
                baseline: if baseline > 0.0 { hundredths(page_height - top - baseline)? } else { 0 },
                font_size: hundredths(number(size, "size")?)?,
                italic: flag(size, "italic")?,
                centred: flag(size, "centred")?,
            })
        })
        .collect()
}

fn kind(size: &Dict) -> Result<PlaceKind, Error> {
    match size.get("kind") {
        Ok(Value::Str(kind)) => match kind.as_str() {
            "so" => Ok(PlaceKind::Number),
            "ngay" => Ok(PlaceKind::Date),
            "nguoiky" => Ok(PlaceKind::Person),
            "dau" => Ok(PlaceKind::Seal),
            other => Err(broken(&format!("unknown mark {other}"))),
        },
        _ => Err(broken("a mark has no kind")),
    }
}

fn number(size: &Dict, key: &str) -> Result<f64, Error> {
    match size.get(key) {
        Ok(Value::Float(value)) if value.is_finite() => Ok(*value),
        _ => Err(broken(&format!("a mark has no {key}"))),
    }
}

fn flag(size: &Dict, key: &str) -> Result<bool, Error> {
    match size.get(key) {
        Ok(Value::Bool(value)) => Ok(*value),
        _ => Err(broken(&format!("a mark has no {key}"))),
    }
}

/// Points as hundredths. A page has less than 15,000 points by the PDF standard.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn hundredths(points: f64) -> Result<i32, Error> {
    if (0.0..15_000.0).contains(&points) {
        Ok((points * 100.0).round() as i32)
    } else {
        Err(broken(&format!("a mark lies at {points} pt")))
    }
}

fn broken(what: &str) -> Error {
    Error::Broken(what.to_owned())
}
