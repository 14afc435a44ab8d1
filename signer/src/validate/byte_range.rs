//! What a signature covers: `/ByteRange`, the hole in it, and the revision it ends.
//!
//! ISO 32000-2, 12.8.1 lets the range be any list of pairs; every signature that means to cover a
//! whole revision has exactly one hole, and the hole is exactly the string `/Contents`. Anything
//! else is how signatures are moved, wrapped and copied, so nothing else is accepted.

use std::ops::Range;

use super::form::SignatureValue;
use super::report::{Coverage, Finding};
use crate::pdf::{Dict, Document, Input, Location, Object, PdfString, View};

/// A range that passed the checks.
#[derive(Debug, Clone)]
pub(super) struct Covered {
    /// Bytes before the hole and after it.
    pub(super) parts: [Range<usize>; 2],
    /// What the hole holds, decoded.
    pub(super) contents: Vec<u8>,
    /// Whole file, revision or less.
    pub(super) coverage: Coverage,
    /// Index of the revision that is signed, from 0.
    pub(super) revision: Option<usize>,
    pub(super) findings: Vec<Finding>,
}

/// Checks the range of a signature dictionary against the file.
///
/// # Errors
/// The finding that makes the signature invalid.
pub(super) fn check(document: &Document, view: View<'_>, value: &SignatureValue) -> Result<Covered, Finding> {
    let file = document.file();
    check_place(value)?;
    let [start, hole_start, hole_end, tail] = four_numbers(view, &value.dict)?;
    let end = hole_end.checked_add(tail).filter(|end| *end <= file.len());
    let Some(end) = end.filter(|_| start == 0 && hole_start < hole_end) else {
        return Err(Finding::broken(
            "byte_range_bounds",
            format!(
                "/ByteRange [{start} {hole_start} {hole_end} {tail}] is not [0 a b c] with a hole inside the {} bytes of the file",
                file.len()
            ),
        ));
    };
    let hole = hole_start..hole_end;
    let contents = check_hole(file, &value.dict, &hole)?;
    let mut findings = Vec::new();
    let (coverage, revision) = match_revision(document, end, &mut findings);
    Ok(Covered { parts: [0..hole_start, hole_end..end], contents, coverage, revision, findings })
}

fn check_place(value: &SignatureValue) -> Result<(), Finding> {
    if value.dict.entries.is_empty() {
        return Err(Finding::broken("signature_missing", "the field's value is no signature dictionary"));
    }
    if !matches!(value.location, Some(Location::Offset(_))) {
        return Err(Finding::broken(
            "signature_in_object_stream",
            "the signature dictionary lies in an object stream, where no byte range can point",
        ));
    }
    if value.dict.irregular {
        return Err(Finding::broken(
            "signature_doubled_key",
            "the signature dictionary holds a key twice: readers may see different signatures",
        ));
    }
    Ok(())
}

fn four_numbers(view: View<'_>, dict: &Dict) -> Result<[usize; 4], Finding> {
    let wrong = |what: &str| {
        Finding::broken(
            "byte_range_missing",
            format!("/ByteRange {what}: nothing says which bytes are signed"),
        )
    };
    let value = view.value(dict, b"ByteRange").map_err(|_| wrong("cannot be read"))?;
    let array = value.as_array().ok_or_else(|| wrong("is missing or no array"))?;
    let mut numbers = Vec::new();
    for item in array.iter() {
        let number = item.as_integer().and_then(|number| usize::try_from(number).ok());
        numbers.push(number.ok_or_else(|| wrong("holds something else than whole numbers from 0"))?);
    }
    <[usize; 4]>::try_from(numbers)
        .map_err(|numbers| wrong(&format!("has {} numbers instead of four", numbers.len())))
}

/// The hole must be the hexadecimal string `/Contents` of this very dictionary, and nothing else.
fn check_hole(file: &Input, dict: &Dict, hole: &Range<usize>) -> Result<Vec<u8>, Finding> {
    let entry = dict.entry(b"Contents").filter(|entry| !entry.value.is_null());
    let Some(entry) = entry else {
        return Err(Finding::broken(
            "contents_missing",
            "/Contents is missing: there is no signature in the dictionary",
        ));
    };
    if entry.value.as_string().is_none() || file.byte(entry.value_span.start) != Some(b'<') {
        return Err(Finding::broken(
            "contents_not_hex",
            "/Contents is not a hexadecimal string in the dictionary itself",
        ));
    }
    if entry.value_span != *hole {
        return Err(Finding::broken(
            "hole_not_contents",
            format!(
                "the unsigned gap, bytes {} to {}, is not exactly /Contents, bytes {} to {}",
                hole.start, hole.end, entry.value_span.start, entry.value_span.end
            ),
        ));
    }
    let inside = file.get(hole.start + 1..hole.end.saturating_sub(1)).unwrap_or_default();
    if !inside.iter().all(|byte| byte.is_ascii_hexdigit() || byte.is_ascii_whitespace()) {
        return Err(Finding::broken(
            "hole_not_hex",
            "the unsigned gap holds other characters than hexadecimal digits",
        ));
    }
    // From the file itself: this string is never encrypted.
    Ok(PdfString { source: file.get(hole.clone()).unwrap_or_default() }.bytes().to_vec())
}

fn match_revision(document: &Document, end: usize, findings: &mut Vec<Finding>) -> (Coverage, Option<usize>) {
    let file = document.file();
    let revisions = document.revisions();
    let is_end = |index: &usize| {
        let revision = &revisions[*index];
        let from = revision.marker_end.unwrap_or(revision.end);
        // White space after the end marker belongs to nobody; signers cut it anywhere.
        (from <= end && end <= revision.end) || (end > revision.end && blank(file, revision.end..end))
    };
    let Some(index) = (0..revisions.len()).rev().find(is_end) else {
        findings.push(Finding::broken(
            "not_a_revision",
            "the signed bytes do not end where a revision of the file ends",
        ));
        return (Coverage::Less, None);
    };
    if index + 1 < revisions.len() {
        return (Coverage::Revision, Some(index));
    }
    if blank(file, end..file.len()) {
        return (Coverage::WholeFile, Some(index));
    }
    findings.push(Finding::broken(
        "unsigned_tail",
        format!("{} bytes follow the last revision and no cross-reference knows them", file.len() - end),
    ));
    (Coverage::Revision, Some(index))
}

/// White space as PDF has it (ISO 32000-2, table 1).
fn blank(file: &Input, range: Range<usize>) -> bool {
    file.all(range, |byte| byte == 0 || byte.is_ascii_whitespace())
}

/// A reader of the file cut off after the signed bytes must see the same signature and the same
/// catalog; otherwise what was signed is not what is shown.
pub(super) fn check_cut(document: &Document, value: &SignatureValue, covered: &Covered) -> Option<Finding> {
    let [_, tail] = &covered.parts;
    let end = tail.end;
    let differs = |what: &str| {
        Some(Finding::broken("cut_file_differs", format!("the file cut off after the signed bytes {what}")))
    };
    let index = covered.revision?;
    if end == document.file().len() && !document.is_recovered() {
        return None;
    }
    let Ok(cut) = document.open_alike(document.file().cut(end)) else {
        return differs("cannot be opened");
    };
    if cut.is_recovered() != document.is_recovered() {
        return differs("has no usable cross-reference");
    }
    if document.is_recovered() {
        return None;
    }
    let Some(signed) = document.at_revision(index) else { return differs("is no revision") };
    let same_sections = cut
        .latest()
        .sections()
        .iter()
        .map(|section| section.at)
        .eq(signed.sections().iter().map(|section| section.at));
    if !same_sections || cut.latest().root_ref().ok() != signed.root_ref().ok() {
        return differs("has another cross-reference or catalog");
    }
    let Ok(form) = super::form::Form::read(cut.latest()) else { return differs("has no readable form") };
    let found = super::form::signatures(cut.latest(), &form);
    let same = found
        .iter()
        .any(|other| other.contents_offset() == value.contents_offset() && other.field == value.field);
    if same { None } else { differs("does not hold this signature in this field") }
}

/// The integer that an object is, for keys such as `/P`.
pub(super) fn integer(view: View<'_>, dict: &Dict, key: &[u8]) -> Option<i64> {
    view.value(dict, key).ok().as_ref().and_then(Object::as_integer)
}
