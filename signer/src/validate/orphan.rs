//! Signatures that lie in the file and that no revision shows: an update whose `/Prev` passes the
//! signed revision by makes a file look as if nobody had ever signed it.

use super::form::SignatureValue;
use crate::pdf::{Dict, Document, Location, Object, View};

/// Most places that are looked at.
const PLACES_MAX: usize = 64;
/// How far before `/ByteRange` the dictionary's object may begin, in bytes; `/Contents` may stand between.
const HEAD_BYTES_MAX: usize = 1 << 20;
const MARK: &[u8] = b"/ByteRange";

/// The signature dictionaries behind byte `from` that `known` does not tell of, newest first. Copies
/// inside attached files are none: their ranges count from another first byte.
pub(super) fn orphans(
    document: &Document,
    from: usize,
    known: impl Fn(usize) -> bool,
) -> Vec<SignatureValue> {
    let file = document.file();
    let mut found: Vec<SignatureValue> = Vec::new();
    let mut end = file.len();
    for _ in 0..PLACES_MAX {
        let Some(at) = file.rfind(MARK, from..end) else { break };
        end = at;
        let Some(value) = dictionary_around(document, at) else { continue };
        let Some(offset) = value.contents_offset() else { continue };
        let range_fits = matches!(value.dict.get(b"ByteRange"), Some(Object::Array(range))
            if range.iter().nth(1).and_then(Object::as_integer) == i64::try_from(offset).ok());
        if range_fits
            && !is_usage_right(document.latest(), &value.dict)
            && !known(offset)
            && !found.iter().any(|one| one.contents_offset() == Some(offset))
        {
            found.push(value);
        }
    }
    found
}

/// Whether it grants rights to a reader's program (ISO 32000-1, 12.8.2.3): such a signature belongs to no field.
fn is_usage_right(view: View<'_>, dict: &Dict) -> bool {
    let Ok(Object::Array(references)) = view.value(dict, b"Reference") else { return false };
    references.iter().take(PLACES_MAX).any(|reference| {
        matches!(view.resolve(reference), Ok(Object::Dict(reference))
            if reference.is_name(b"TransformMethod", b"UR3") || reference.is_name(b"TransformMethod", b"UR"))
    })
}

/// The dictionary of the object in which a byte lies.
fn dictionary_around(document: &Document, at: usize) -> Option<SignatureValue> {
    let file = document.file();
    let header = file.rfind(b" obj", at.saturating_sub(HEAD_BYTES_MAX)..at)? + 4;
    let Ok(Object::Dict(dict)) = file.object_at(header) else { return None };
    Some(SignatureValue {
        field: "(shown by no revision)".to_owned(),
        field_id: None,
        id: None,
        dict,
        location: Some(Location::Offset(header)),
    })
}
