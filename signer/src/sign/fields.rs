//! Entering fields and widgets into the form and onto their pages; finding the places of those that exist.

use super::appearance::Frame;
use super::place::narrow;
use super::refusal::Refusal;
use crate::pdf::{Dict, Field, Increment, Object, Page, Rect, Ref, View};

/// Adds new root fields to the form, making one where there is none.
pub(crate) fn enter_in_form(
    increment: &mut Increment<'_>,
    fields: &[Ref],
    signed: bool,
) -> Result<(), Refusal> {
    let view = increment.document().latest();
    let root_ref = view.root_ref()?;
    let root = view.root()?;
    let entry = root.get(b"AcroForm").cloned().unwrap_or(Object::Null);
    let Object::Dict(form) = view.resolve(&entry)? else {
        let id = increment.allocate()?;
        increment.put(id, format!("<</Fields[{}]/SigFlags 3>>", list(fields)).into_bytes());
        increment.patch(root_ref)?.set(&root, b"AcroForm", format!("{id} R").as_bytes());
        return Ok(());
    };
    let holder = entry.as_ref().unwrap_or(root_ref);
    let entry = form.get(b"Fields").cloned().unwrap_or(Object::Null);
    match (view.resolve(&entry)?, entry.as_ref()) {
        (Object::Array(array), Some(id)) => increment.patch(id)?.push(&array, list(fields).as_bytes()),
        (Object::Array(array), None) => increment.patch(holder)?.push(&array, list(fields).as_bytes()),
        _ => increment.patch(holder)?.set(&form, b"Fields", format!("[{}]", list(fields)).as_bytes()),
    }
    let flags = view.value(&form, b"SigFlags")?.as_integer().unwrap_or(0);
    // Once something is signed the flags must never change.
    if flags & 3 != 3 && !signed {
        increment.patch(holder)?.set(&form, b"SigFlags", format!("{}", flags | 3).as_bytes());
    }
    Ok(())
}

/// Says in an existing form that it is signed and that updates are to be appended, before the first signature.
pub(crate) fn raise_flags(increment: &mut Increment<'_>) -> Result<(), Refusal> {
    let view = increment.document().latest();
    let root = view.root()?;
    let entry = root.get(b"AcroForm").cloned().unwrap_or(Object::Null);
    let Object::Dict(form) = view.resolve(&entry)? else { return Ok(()) };
    let flags = view.value(&form, b"SigFlags")?.as_integer().unwrap_or(0);
    if flags & 3 != 3 {
        let holder = entry.as_ref().map_or_else(|| view.root_ref(), Ok)?;
        increment.patch(holder)?.set(&form, b"SigFlags", format!("{}", flags | 3).as_bytes());
    }
    Ok(())
}

/// Adds widgets to a page; an indirect array of annotations stays indirect.
pub(crate) fn enter_on_page(
    increment: &mut Increment<'_>,
    page: &Page,
    widgets: &[Ref],
) -> Result<(), Refusal> {
    let view = increment.document().latest();
    let entry = page.dict.get(b"Annots").cloned().unwrap_or(Object::Null);
    match (view.resolve(&entry)?, entry.as_ref()) {
        (Object::Array(array), Some(id)) => increment.patch(id)?.push(&array, list(widgets).as_bytes()),
        (Object::Array(array), None) => increment.patch(page.id)?.push(&array, list(widgets).as_bytes()),
        _ => {
            let patch = increment.patch(page.id)?;
            patch.set(&page.dict, b"Annots", format!("[{}]", list(widgets)).as_bytes());
        }
    }
    Ok(())
}

fn list(ids: &[Ref]) -> String {
    ids.iter().map(|id| format!("{id} R")).collect::<Vec<_>>().join(" ")
}

/// The field of this name.
pub(crate) fn find<'f>(fields: &'f [Field], name: &str) -> Result<(&'f Field, Ref), Refusal> {
    let field = fields.iter().find(|field| field.name == name);
    field.and_then(|field| Some((field, field.id?))).ok_or_else(|| Refusal::FieldUnknown(name.to_owned()))
}

/// Where an existing field is drawn.
pub(crate) struct Widget {
    pub(crate) id: Ref,
    pub(crate) dict: Dict,
    /// None when its rectangle is empty: the field is invisible.
    pub(crate) frame: Option<Frame>,
}

/// The one widget of a field.
pub(crate) fn widget(view: View<'_>, field: &Field) -> Result<Widget, Refusal> {
    let without_place = || Refusal::FieldWithoutPlace(field.name.clone());
    let [id] = field.widgets[..] else { return Err(without_place()) };
    let Object::Dict(dict) = view.get(id)? else { return Err(without_place()) };
    let Object::Array(corners) = view.value(&dict, b"Rect")? else { return Err(without_place()) };
    let mut numbers = Vec::new();
    for corner in corners.iter() {
        numbers.push(view.resolve(corner)?.as_number().ok_or_else(without_place)?);
    }
    let [x0, y0, x1, y1] = numbers[..] else { return Err(without_place()) };
    let rect = Rect::from_corners((x0, y0), (x1, y1));
    if rect.width() <= 0.0 || rect.height() <= 0.0 {
        return Ok(Widget { id, dict, frame: None });
    }
    let page = match dict.get(b"P").and_then(Object::as_ref) {
        Some(page) => view.page_at(page)?,
        None => view.page_with_annotation(id)?,
    };
    let (upright, turned, unit) = match page {
        Some(page) => (page.upright(), !page.rotate.is_multiple_of(180), narrow(page.user_unit)),
        None => ([1, 0, 0, 1, 0, 0], false, 1.0),
    };
    let (width, height) = (narrow(rect.width()), narrow(rect.height()));
    let (width, height) = if turned { (height, width) } else { (width, height) };
    Ok(Widget { id, dict, frame: Some(Frame { width, height, upright, unit }) })
}
