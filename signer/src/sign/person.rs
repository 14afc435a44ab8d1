//! A person signs: an existing empty field, or a new one in a box or invisible. The agency's seal on an
//! attachment in a file of its own is made the same way.

use super::appearance::{Appearance, Frame, lines_size, write_empty, write_image, write_lines};
use super::choices::Choices;
use super::fields::{enter_in_form, enter_on_page, find, raise_flags, widget};
use super::font::LIBERATION_SERIF;
use super::lock::{FieldLock, entries_of};
use super::place::PageBox;
use super::prepare::{FIELD_DATE, FIELD_NUMBER, widget_source};
use super::refusal::Refusal;
use super::rules::{Demands, open_for_signing};
use super::seed::Settled;
use super::signature::{Claims, Dictionary, Prepared};
use super::source::Source;
use crate::pdf::{Document, Field, FieldKind, Increment, Object, Page, Ref};

/// Where a signature goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// An empty signature field that exists, by its full name. Its `/Lock` is honoured.
    Field(String),
    /// A new field in a box.
    Box(PageBox),
    /// A new field without a place.
    Invisible,
    /// A new field at the top right of page 1, as large as its text: attachments in a file of their own,
    /// copies, digitised documents (Nghị định 30/2020/NĐ-CP, Phụ lục I, II.8).
    TopRight,
}

/// What is to be signed, and how it looks.
#[derive(Debug, Clone)]
pub struct SigningRequest {
    /// Where.
    pub target: Target,
    /// What is shown; ignored for invisible signatures.
    pub appearance: Option<Appearance>,
    /// What the signature dictionary says.
    pub claims: Claims,
    /// Space kept for the CMS, in bytes.
    pub capacity: usize,
    /// Certification, locks, digest: nothing chosen is an approval signature.
    pub choices: Choices,
}

/// Distance of a signature at the top right from the edges of the page, in points (15 mm and 8 mm).
const TOP_RIGHT_MARGIN: (f64, f64) = (42.5, 22.7);

impl Prepared {
    /// Prepares a file for the signature of a person, or of an agency in a new field.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn sign(file: impl Into<Source>, request: &SigningRequest) -> Result<Self, Refusal> {
        open_for_signing(&file.into(), |document| prepare(document, request))
    }

    /// Prepares the agency's signature on an attachment in a file of its own: at the top right of page 1 the
    /// number and notation of the document and the time, 10 pt black, no image.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn attachment(
        file: impl Into<Source>,
        notation: &str,
        claims: &Claims,
        capacity: usize,
        choices: &Choices,
    ) -> Result<Self, Refusal> {
        let lines = vec![notation.to_owned(), claims.signed_at.iso_8601()];
        let request = SigningRequest {
            target: Target::TopRight,
            appearance: Some(Appearance::Text { lines, size: 10.0 }),
            claims: claims.clone(),
            capacity,
            choices: choices.clone(),
        };
        Self::sign(file, &request)
    }
}

fn prepare(document: &Document, request: &SigningRequest) -> Result<Prepared, Refusal> {
    let view = document.latest();
    let fields = view.fields()?;
    let demands = Demands::read(view, &fields)?;
    let choices = &request.choices;
    if choices.certification.is_some() && demands.signatures > 0 {
        return Err(Refusal::CertificationNotFirst);
    }
    if let Some(lock) = &choices.lock {
        lock.check(&fields)?;
    }
    let mut increment = Increment::new(document);
    let finished = |increment: Increment<'_>, (signature, settled): (Ref, Settled)| {
        Prepared::new(document.file().clone(), increment.finish()?, signature, settled.digest)?
            .proven(document)
    };
    let place = match &request.target {
        Target::Field(name) => {
            let signature = sign_field(&mut increment, &fields, &demands, name, request)?;
            return finished(increment, signature);
        }
        Target::Box(place) => Some(*place),
        Target::TopRight => Some(top_right(document, request)?),
        Target::Invisible => None,
    };
    let name = free_name(&fields);
    demands.permit_new_field(&name, place.is_some())?;
    // The page is read before anything is numbered, so that nothing new takes a number the page refers to in vain.
    let (spot, page) = match place {
        Some(place) => (Some(place.locate(view)?), None),
        None if document.is_without_pages() => (None, None),
        None => (None, view.page(1)?),
    };
    let settled = Settled::freely(choices);
    let locked = choices.lock.as_ref().map(FieldLock::entries);
    let mut head = format!("/FT/Sig/T({name})/F 132");
    if let Some(entries) = &locked {
        let lock = write_lock(&mut increment, entries)?;
        head.push_str(&format!("/Lock {lock} R"));
        if demands.signatures == 0 {
            renew_appearances(&mut increment, &fields)?;
        }
    }
    let dictionary = Dictionary {
        claims: &request.claims,
        settled,
        certification: choices.certification,
        locked,
        capacity: request.capacity,
    };
    let signature = dictionary.write(&mut increment)?;
    let head = format!("{head}/V {signature} R");
    let id = match spot {
        Some(spot) => {
            let shown = write_appearance(&mut increment, spot.frame, request.appearance.as_ref())?;
            let id = increment.allocate()?;
            increment.put(id, widget_source(&spot, &format!("{head}/AP<</N {shown} R>>")));
            enter_on_page(&mut increment, &spot.page, &[id])?;
            id
        }
        None => invisible(&mut increment, page, &head)?,
    };
    enter_in_form(&mut increment, &[id], demands.signatures > 0)?;
    finished(increment, (signature, settled))
}

/// Writes a lock as an object of its own, as table 232 wants it.
fn write_lock(increment: &mut Increment<'_>, entries: &[u8]) -> Result<Ref, Refusal> {
    let id = increment.allocate()?;
    increment.put(id, [b"<</Type/SigFieldLock", entries, b">>"].concat());
    Ok(id)
}

fn invisible(increment: &mut Increment<'_>, page: Option<Page>, head: &str) -> Result<Ref, Refusal> {
    let id = increment.allocate()?;
    let on_page = page.as_ref().map(|page| format!("/P {} R", page.id)).unwrap_or_default();
    let source = format!("<</Type/Annot/Subtype/Widget/Rect[0 0 0 0]{on_page}{head}>>");
    increment.put(id, source.into_bytes());
    if let Some(page) = page {
        enter_on_page(increment, &page, &[id])?;
    }
    Ok(id)
}

/// Signs an existing field: only `/V` and `/AP` change, and `/Lock` where a lock is chosen under the first
/// signature. Returns the signature dictionary and what it is made with.
pub(crate) fn sign_field(
    increment: &mut Increment<'_>,
    fields: &[Field],
    demands: &Demands,
    name: &str,
    request: &SigningRequest,
) -> Result<(Ref, Settled), Refusal> {
    let view = increment.document().latest();
    let choices = &request.choices;
    let (field, id) = find(fields, name)?;
    if field.kind != FieldKind::Signature {
        return Err(Refusal::FieldOfOtherKind { field: name.to_owned(), expected: "signature" });
    }
    if !view.resolve(&field.value)?.is_null() {
        return Err(Refusal::FieldAlreadySigned(name.to_owned()));
    }
    demands.permit_filling(name)?;
    let first = demands.signatures == 0;
    let settled = Settled::with_seed(view, &field.dict, choices, request.claims.reason.as_deref())?;
    let locked = match (view.value(&field.dict, b"Lock")?, &choices.lock) {
        (Object::Dict(_), Some(_)) => return Err(Refusal::FieldHasLock(name.to_owned())),
        (Object::Dict(lock), None) => Some(entries_of(view, &lock)?),
        (_, Some(lock)) => {
            let entries = lock.entries();
            // After a signature the field's own dictionary stays; the transform says it alone.
            if first {
                let lock = write_lock(increment, &entries)?;
                increment.patch(id)?.set(&field.dict, b"Lock", format!("{lock} R").as_bytes());
            }
            Some(entries)
        }
        _ => None,
    };
    if locked.is_some() && first {
        renew_appearances(increment, fields)?;
    }
    if first {
        raise_flags(increment)?;
    }
    let dictionary = Dictionary {
        claims: &request.claims,
        settled,
        certification: choices.certification,
        locked,
        capacity: request.capacity,
    };
    let signature = dictionary.write(increment)?;
    increment.patch(id)?.set(&field.dict, b"V", format!("{signature} R").as_bytes());
    if !field.widgets.is_empty() {
        let widget = widget(view, field)?;
        let lacks = widget.dict.get(b"AP").is_none();
        if let Some(frame) = widget.frame.filter(|_| request.appearance.is_some() || lacks) {
            let shown = write_appearance(increment, frame, request.appearance.as_ref())?;
            increment.patch(widget.id)?.set(&widget.dict, b"AP", format!("<</N {shown} R>>").as_bytes());
        }
    }
    Ok((signature, settled))
}

/// Writes the appearance streams of all other fields again, byte for byte, under the first signature that
/// locks fields. pyHanko takes a stream that is older than the signed revision for one changed afterwards, and
/// would call a lock on its field broken by any later update.
fn renew_appearances(increment: &mut Increment<'_>, fields: &[Field]) -> Result<(), Refusal> {
    let view = increment.document().latest();
    for field in fields.iter().filter(|field| field.kind != FieldKind::Signature) {
        // The recipe's own fields stay free and get new appearances when they are filled.
        if [FIELD_NUMBER, FIELD_DATE].contains(&field.name.as_str()) {
            continue;
        }
        for widget in &field.widgets {
            let Object::Dict(widget) = view.get(*widget)? else { continue };
            let Object::Dict(appearances) = view.value(&widget, b"AP")? else { continue };
            for key in [&b"N"[..], b"R", b"D"] {
                let Some(id) = appearances.get(key).and_then(Object::as_ref) else { continue };
                if matches!(view.get(id)?, Object::Stream(_)) {
                    increment.put_again(id)?;
                }
            }
        }
    }
    Ok(())
}

fn write_appearance(
    increment: &mut Increment<'_>,
    frame: Frame,
    appearance: Option<&Appearance>,
) -> Result<Ref, Refusal> {
    match appearance {
        None => write_empty(increment, frame),
        Some(Appearance::Image(image)) => write_image(increment, frame, image),
        Some(Appearance::Text { lines, size }) => {
            write_lines(increment, frame, LIBERATION_SERIF.upright, lines, *size)
        }
    }
}

fn top_right(document: &Document, request: &SigningRequest) -> Result<PageBox, Refusal> {
    let page = document.latest().page(1)?.ok_or(Refusal::PageUnknown(1))?;
    let (page_width, page_height) = page.displayed_size();
    let (width, height) = match &request.appearance {
        Some(Appearance::Text { lines, size }) => {
            let (width, height) = lines_size(LIBERATION_SERIF.upright, lines, *size)?;
            (f64::from(width), f64::from(height))
        }
        _ => return Err(Refusal::BoxOutsidePage { page: 1 }),
    };
    // On pages too small for the margins the text keeps to the corner.
    let x = (page_width - TOP_RIGHT_MARGIN.0 - width).max(0.0);
    let y = (page_height - TOP_RIGHT_MARGIN.1 - height).max(0.0);
    Ok(PageBox { page: 1, x, y, width, height })
}

/// A name no field has.
fn free_name(fields: &[Field]) -> String {
    (1..)
        .map(|n| format!("Signature{n}"))
        .find(|name| fields.iter().all(|field| field.name != *name))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_fields_get_names_that_are_free() {
        assert_eq!(free_name(&[]), "Signature1");
    }
}
