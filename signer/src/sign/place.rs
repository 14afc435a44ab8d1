//! Places on pages, as people give them, and how they become rectangles of widgets.

use super::appearance::Frame;
use super::refusal::Refusal;
use crate::pdf::{Page, Rect, View};

/// A box on a page, in points from the lower left corner of the page as displayed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageBox {
    /// Page number, from 1.
    pub page: u32,
    /// Left edge.
    pub x: f64,
    /// Lower edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// Smallest side of a box, in points.
const SIDE_MIN: f64 = 1.0;
/// How far a box may reach beyond the page, in points: rounding of page sizes, no more.
const OVERHANG_MAX: f64 = 1.0;

/// A place found on its page.
#[derive(Debug, Clone)]
pub(crate) struct Spot {
    pub(crate) page: Page,
    /// In user space.
    pub(crate) rect: Rect,
    pub(crate) frame: Frame,
}

impl PageBox {
    /// Finds the page and turns the box into user space, honouring `/CropBox`, `/Rotate` and `/UserUnit`.
    pub(crate) fn locate(&self, view: View<'_>) -> Result<Spot, Refusal> {
        let number = usize::try_from(self.page).unwrap_or(usize::MAX);
        let page = view.page(number)?.ok_or(Refusal::PageUnknown(self.page))?;
        let outside = Refusal::BoxOutsidePage { page: self.page };
        let (width, height) = page.displayed_size();
        let shown = Rect { x0: self.x, y0: self.y, x1: self.x + self.width, y1: self.y + self.height };
        let inside = self.width >= SIDE_MIN
            && self.height >= SIDE_MIN
            && shown.x0 >= -OVERHANG_MAX
            && shown.y0 >= -OVERHANG_MAX
            && shown.x1 <= width + OVERHANG_MAX
            && shown.y1 <= height + OVERHANG_MAX;
        if !inside {
            return Err(outside);
        }
        let rect = page.to_user_space(&shown);
        let frame = Frame {
            width: narrow(self.width / page.user_unit),
            height: narrow(self.height / page.user_unit),
            upright: page.upright(),
            unit: narrow(page.user_unit),
        };
        Ok(Spot { page, rect, frame })
    }
}

/// For drawing within an appearance, where six digits are enough.
#[expect(clippy::cast_possible_truncation, reason = "sizes of boxes, far within range")]
pub(crate) fn narrow(value: f64) -> f32 {
    value as f32
}

/// A number as PDF source: at most four decimals, no exponent.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A rectangle as PDF source.
pub(crate) fn rect_source(rect: &Rect) -> String {
    format!("[{} {} {} {}]", number(rect.x0), number(rect.y0), number(rect.x1), number(rect.y1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_exponent_and_no_needless_zeros() {
        let cases =
            [(1.0, "1"), (0.1 + 0.2, "0.3"), (-0.000_01, "0"), (595.276_5, "595.2765"), (1e7, "10000000")];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }
}
