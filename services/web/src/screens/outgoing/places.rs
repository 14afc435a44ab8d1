//! The four places on the page: number, date, signature, seal. People see and type millimetres from the left and the
//! lower edge; records hold hundredths of a point.

use proto::fault::Fault;
use proto::record::v1::{FieldName, FieldPlace};

use crate::form::Form;
use crate::texts::t::{self, Words};

/// Hundredths of a point in a tenth of a millimetre, times 1,000.
const PER_TENTH_MM: i64 = 28_346;

/// The fields in their order: value, name in inputs, words, how the text stands in it.
pub(super) const FIELDS: [(FieldName, &str, Words); 4] = [
    (FieldName::Number, "so", t::outgoing::place_number),
    (FieldName::Date, "ngay", t::outgoing::place_date),
    (FieldName::Signer, "nguoiky", t::outgoing::place_signature),
    (FieldName::Seal, "dau", t::outgoing::place_seal),
];

/// Where the fields stand on most pages of A4 in the layout of Phụ lục I, in tenths of a millimetre: a beginning for
/// whoever places them by hand. The last two are set on the last page.
const USUAL: [(i32, i32, i32, i32); 4] =
    [(520, 2_440, 130, 60), (1_180, 2_440, 620, 60), (1_250, 620, 500, 220), (1_030, 580, 360, 360)];

/// A box as the page draws it, in hundredths of a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BoxView {
    /// Name of the field.
    pub(crate) name: &'static str,
    /// Its words.
    pub(crate) label: &'static str,
    /// Page, from 1.
    pub(crate) page: i32,
    /// Left edge.
    pub(crate) x: i32,
    /// Lower edge.
    pub(crate) y: i32,
    /// Width.
    pub(crate) width: i32,
    /// Height.
    pub(crate) height: i32,
}

/// The boxes of places.
pub(crate) fn boxes(places: &[FieldPlace]) -> Vec<BoxView> {
    FIELDS
        .iter()
        .filter_map(|(field, name, label)| {
            let p = places.iter().find(|p| p.name() == *field)?;
            Some(BoxView {
                name,
                label: label(),
                page: p.page,
                x: p.x,
                y: p.y,
                width: p.width,
                height: p.height,
            })
        })
        .collect()
}

/// The five numbers of a field as the form shows them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// Name in inputs.
    pub(super) name: &'static str,
    /// Words.
    pub(super) label: &'static str,
    /// Page.
    pub(super) page: String,
    /// From the left edge, in millimetres.
    pub(super) x: String,
    /// From the lower edge.
    pub(super) y: String,
    /// Width.
    pub(super) width: String,
    /// Height.
    pub(super) height: String,
    /// True when it was found or known, false when it is only where it usually stands.
    pub(super) known: bool,
}

/// What the form shows for places that are known, and the usual place for those that are not.
pub(super) fn rows(places: &[FieldPlace], pages: i32) -> Vec<Row> {
    FIELDS
        .iter()
        .zip(USUAL)
        .enumerate()
        .map(|(i, ((field, name, label), usual))| {
            let known = places.iter().find(|p| p.name() == *field);
            let (page, x, y, width, height) = known.map_or_else(
                || (if i < 2 { 1 } else { pages.max(1) }, usual.0, usual.1, usual.2, usual.3),
                |p| (p.page, tenths(p.x), tenths(p.y), tenths(p.width), tenths(p.height)),
            );
            Row {
                name,
                label: label(),
                page: page.to_string(),
                x: mm(x),
                y: mm(y),
                width: mm(width),
                height: mm(height),
                known: known.is_some(),
            }
        })
        .collect()
}

/// What the form said, as it was typed.
pub(super) fn typed_rows(form: &Form, places: &[FieldPlace]) -> Vec<Row> {
    FIELDS
        .iter()
        .map(|(field, name, label)| {
            let text = |part: &str| form.text(&format!("o.{name}.{part}")).to_owned();
            Row {
                name,
                label: label(),
                page: text("trang"),
                x: text("trai"),
                y: text("duoi"),
                width: text("rong"),
                height: text("cao"),
                known: places.iter().any(|p| p.name() == *field),
            }
        })
        .collect()
}

/// The places that the form says. A box that was left where it was keeps everything that was known of it.
///
/// # Errors
/// [`Fault::Invalid`] naming each number that is none.
pub(super) fn from_form(form: &mut Form, known: &[FieldPlace]) -> Result<Vec<FieldPlace>, Fault> {
    let mut places = Vec::with_capacity(FIELDS.len());
    for (field, name, _) in FIELDS {
        let page = form.int(&format!("o.{name}.trang"));
        let mut number = |part: &str| -> i32 {
            let input = format!("o.{name}.{part}");
            let typed = parse_mm(form.text(&input));
            typed.unwrap_or_else(|| {
                form.wrong(&input, "NOT_A_LENGTH", "not a length in millimetres");
                0
            })
        };
        let (x, y, width, height) = (number("trai"), number("duoi"), number("rong"), number("cao"));
        let same = known.iter().find(|p| {
            p.name() == field
                && p.page == page
                && (tenths(p.x), tenths(p.y), tenths(p.width), tenths(p.height)) == (x, y, width, height)
        });
        places.push(same.copied().unwrap_or(FieldPlace {
            name: field.into(),
            page,
            x: hundredths(x),
            y: hundredths(y),
            width: hundredths(width),
            height: hundredths(height),
            baseline: 0,
            font_size: 0,
            centred: field == FieldName::Number,
            italic: field == FieldName::Date,
        }));
    }
    form.checked()?;
    Ok(places)
}

fn tenths(hundredths_of_point: i32) -> i32 {
    let scaled = i64::from(hundredths_of_point) * 1_000 + PER_TENTH_MM / 2;
    i32::try_from(scaled.div_euclid(PER_TENTH_MM)).unwrap_or(i32::MAX)
}

fn hundredths(tenths_of_mm: i32) -> i32 {
    let scaled = i64::from(tenths_of_mm) * PER_TENTH_MM + 500;
    i32::try_from(scaled.div_euclid(1_000)).unwrap_or(i32::MAX)
}

/// `52,5`.
fn mm(tenths: i32) -> String {
    if tenths % 10 == 0 {
        format!("{}", tenths / 10)
    } else {
        format!("{},{}", tenths / 10, (tenths % 10).abs())
    }
}

/// Tenths of a millimetre of `52,5` or `52.5`; `None` when it is no length up to five metres.
fn parse_mm(text: &str) -> Option<i32> {
    let text = text.trim().replace(',', ".");
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if whole.is_empty() || whole.len() > 4 || part.len() > 3 {
        return None;
    }
    if !whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let tenth = part.get(..1).map_or(Some(0), |t| t.parse::<i32>().ok())?;
    let whole: i32 = whole.parse().ok()?;
    (whole <= 5_000).then(|| whole * 10 + tenth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: FieldName, x: i32) -> FieldPlace {
        FieldPlace {
            name: name.into(),
            page: 1,
            x,
            y: 70_000,
            width: 3_685,
            height: 1_701,
            baseline: 70_300,
            font_size: 1_300,
            centred: true,
            italic: false,
        }
    }

    fn form_of(rows: &[Row]) -> Form {
        let mut form = Form::default();
        for row in rows {
            for (part, value) in [
                ("trang", &row.page),
                ("trai", &row.x),
                ("duoi", &row.y),
                ("rong", &row.width),
                ("cao", &row.height),
            ] {
                form.set(&format!("o.{}.{part}", row.name), value.clone());
            }
        }
        form
    }

    #[test]
    fn a_box_left_where_it_was_keeps_its_baseline() {
        let known = [
            place(FieldName::Number, 14_741),
            place(FieldName::Date, 33_333),
            place(FieldName::Signer, 35_001),
            place(FieldName::Seal, 29_999),
        ];
        let mut form = form_of(&rows(&known, 1));
        assert_eq!(from_form(&mut form, &known).expect("places"), known);
        form.set("o.so.trai", "60,5");
        let moved = from_form(&mut form, &known).expect("places");
        assert_eq!((moved[0].x, moved[0].baseline), (17_149, 0));
        assert_eq!(moved[1], known[1]);
    }

    #[test]
    fn what_is_not_known_begins_where_it_usually_stands() {
        let rows = rows(&[place(FieldName::Number, 14_741)], 3);
        assert!(rows[0].known && !rows[2].known);
        assert_eq!((rows[0].page.as_str(), rows[2].page.as_str()), ("1", "3"));
        assert_eq!(from_form(&mut form_of(&rows), &[]).expect("places").len(), 4);
    }

    #[test]
    fn lengths_are_read_with_comma_or_point_and_nonsense_is_told_by_its_input() {
        assert_eq!(parse_mm("52,5"), Some(525));
        assert_eq!(parse_mm("52.54"), Some(525));
        assert_eq!(parse_mm("7"), Some(70));
        for text in ["", "-1", "1,2,3", "a", "99999", "1e3"] {
            assert_eq!(parse_mm(text), None, "{text}");
        }
        let mut form = form_of(&rows(&[], 1));
        form.set("o.dau.cao", "cao");
        let Err(Fault::Invalid(wrong)) = from_form(&mut form, &[]) else { panic!("must be told") };
        assert_eq!(wrong[0].field, "o.dau.cao");
    }

    #[test]
    fn a_tenth_of_a_millimetre_survives_the_way_there_and_back() {
        for t in 0..3_000 {
            assert_eq!(tenths(hundredths(t)), t);
        }
    }
}
