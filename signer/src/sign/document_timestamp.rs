//! Document time stamps (ISO 32000-2, 12.8.5; ETSI EN 319 142-1): an invisible field whose value is a token over
//! the whole file. They are evidence, not approval: locks on fields do not stand against them, a certification
//! against any change does.

use super::fields::{enter_in_form, enter_on_page};
use super::level::{Level, LevelError, Services};
use super::refusal::Refusal;
use super::rules::open_for_signing;
use super::signature::{Prepared, Signed};
use super::source::Source;
use crate::cms::Digest;
use crate::pdf::{Document, Field, Increment};

/// Digits kept for each value of `/ByteRange`.
const BYTE_RANGE_DIGITS: usize = 12;

/// Appends a document time stamp. What was there before is the beginning of the result, byte for byte.
pub(super) fn stamp_document(
    source: &Source,
    services: &Services,
    level: Level,
    now: i64,
) -> Result<Signed, LevelError> {
    let authority = services.authority(level)?;
    let mut capacity = authority.token_room();
    // The first answer of a service tells how large its tokens are.
    for _ in 0..2 {
        let prepared = open_for_signing(source, |document| prepare(document, capacity))?;
        let digested = prepared.digest();
        let digest: [u8; 32] =
            digested.digest().value.as_slice().try_into().map_err(|_| Refusal::StateMismatch)?;
        let token = services.stamp(authority, &digest, now)?;
        match digested.complete(&token.der) {
            Ok(signed) => return Ok(signed),
            Err(Refusal::SignatureTooLarge { .. }) => capacity = authority.token_room(),
            Err(refusal) => return Err(refusal.into()),
        }
    }
    Err(Refusal::SignatureTooLarge { bytes: authority.token_room(), capacity }.into())
}

fn prepare(document: &Document, capacity: usize) -> Result<Prepared, Refusal> {
    let view = document.latest();
    let fields = view.fields()?;
    let mut increment = Increment::new(document);
    let mut dictionary = b"<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161".to_vec();
    let room = "9".repeat(BYTE_RANGE_DIGITS);
    dictionary.extend_from_slice(format!("/ByteRange[0 {room} {room} {room}]/Contents<").as_bytes());
    dictionary.resize(dictionary.len() + capacity * 2, b'0');
    dictionary.extend_from_slice(b">>>");
    // Read before anything is numbered: nothing new takes a number the page refers to in vain.
    let page = view.page(1)?;
    let signature = increment.allocate()?;
    increment.put(signature, dictionary);
    let on_page = page.as_ref().map(|page| format!("/P {} R", page.id)).unwrap_or_default();
    let id = increment.allocate()?;
    let name = free_name(&fields);
    let widget = format!(
        "<</Type/Annot/Subtype/Widget/Rect[0 0 0 0]{on_page}/FT/Sig/T({name})/F 132/V {signature} R>>"
    );
    increment.put(id, widget.into_bytes());
    if let Some(page) = page {
        enter_on_page(&mut increment, &page, &[id])?;
    }
    // What it is put over is signed: the form's flags must not change any more.
    enter_in_form(&mut increment, &[id], true)?;
    Prepared::new(document.file().clone(), increment.finish()?, signature, Digest::Sha256)?.proven(document)
}

/// A name that no field has and none begins with: some readers compare names in locks by their beginnings, so that
/// all are of one length.
fn free_name(fields: &[Field]) -> String {
    (1..)
        .map(|number| format!("DocTimeStamp{number:03}"))
        .find(|name| fields.iter().all(|field| !field.name.starts_with(name.as_str())))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_fields_get_names_that_are_free() {
        assert_eq!(free_name(&[]), "DocTimeStamp001");
    }
}
