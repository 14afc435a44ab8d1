//! Where another reader could see another file: what the reader had to tolerate, and objects that
//! no cross-reference knows.

use std::collections::HashSet;
use std::ops::Range;

use super::report::Finding;
use crate::pdf::{Anomaly, Dict, Document, Encryption, Entry, Input, Name, Object, Ref, XrefEntry};

/// Most bytes of one revision that are searched for hidden objects.
const SEARCHED_BYTES_MAX: usize = 64 << 20;
/// Most objects that are searched for page trees that nothing uses.
const OBJECTS_SEARCHED_MAX: usize = 2_000;
/// Most bytes of one revision that are searched for objects that stand twice.
const DOUBLED_BYTES_MAX: usize = 1 << 20;
/// Most findings of one kind.
const FINDINGS_MAX: usize = 8;

/// What the reader tolerated, as findings; `signed_end` is where the newest signed bytes end, `first_end` where the
/// oldest do.
pub(super) fn tolerated(document: &Document, signed_end: usize, first_end: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    for anomaly in document.anomalies() {
        let text = anomaly.to_string();
        let finding = match anomaly {
            Anomaly::Recovered { .. } => Finding::undecided("cross_reference_unusable", text),
            Anomaly::NoHeader => Finding::undecided("header_missing", text),
            Anomaly::StartxrefDisagrees(at) | Anomaly::UnmarkedRevision(at) if at >= signed_end => {
                Finding::undecided("revision_end_unclear", text)
            }
            // Some readers take the first of two entries, some the last; some read what others pass over.
            Anomaly::OverlappingSubsections(at) | Anomaly::XrefEntry(at) | Anomaly::XrefOffByOne(at)
                if at >= first_end =>
            {
                Finding::undecided("cross_reference_unclear", text)
            }
            Anomaly::IrregularDictionary(at) if at >= signed_end => Finding::undecided("doubled_key", text),
            // Most readers take such data as far as they go, some not at all.
            Anomaly::StreamData(_) => Finding::undecided("stream_data_flawed", text),
            // Some readers open such a file, some do not.
            Anomaly::NoPages => Finding::undecided("pages_missing", text),
            // Said of the signature itself where it matters.
            Anomaly::TrailingBytes(_) => continue,
            _ => Finding::warning("tolerated", text),
        };
        if findings.len() < FINDINGS_MAX && !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// An encrypted file that no password opened: its bytes are signed, and nobody knows what they say.
pub(super) fn locked(document: &Document) -> Option<Finding> {
    if !document.is_locked() {
        return None;
    }
    let password = "the file is encrypted and opens with a password that was not given: what is signed, and what \
                    was changed afterwards, cannot be read";
    Some(match document.encryption() {
        Ok(Some(Encryption::PublicKey)) => Finding::undecided(
            "encrypted_for_others",
            "the file is encrypted for the owners of certain keys: what is signed cannot be read",
        ),
        Ok(Some(Encryption::Other(name))) => Finding::undecided(
            "encryption_unknown",
            format!("the file is encrypted by {name:?}, which is not known: what is signed cannot be read"),
        ),
        Ok(Some(Encryption::Standard { .. }) | None) => Finding::undecided("password_needed", password),
        Err(error) => Finding::undecided(
            "encryption_damaged",
            format!("the file is encrypted and its encryption is damaged, no password opens it: {error}"),
        ),
    })
}

/// A cross-reference stream beside a table, added after the first signature: old readers and new
/// ones see different objects (ISO 32000-1, 7.5.8.4).
pub(super) fn hybrid_after(document: &Document, signed_end: usize) -> Option<Finding> {
    let added = document.sections().iter().any(|section| {
        let stream = section.trailer.get(b"XRefStm").and_then(Object::as_integer);
        let stream = stream.and_then(|at| usize::try_from(at).ok());
        section.is_hybrid() && stream.is_some_and(|at| at >= signed_end)
    });
    added.then(|| {
        Finding::undecided(
            "hybrid_added",
            "a hybrid cross-reference was added after a signature, readers may see different objects",
        )
    })
}

/// Where updates after the first signed revision (counted from 0) speak of objects in two ways: readers that follow the
/// index in an object stream, those that search it by number, and those that ignore what lies beyond `/Size` (ISO
/// 32000-1, 7.5.5 and 7.5.8.3) would see different objects.
pub(super) fn unclear_updates(document: &Document, signed: usize) -> Option<Finding> {
    let unclear = |text: String| Some(Finding::undecided("cross_reference_unclear", text));
    let announced = |index: usize| -> Option<i64> {
        document.at_revision(index)?.trailer().get(b"Size").and_then(Object::as_integer)
    };
    let signed_size = announced(signed)?;
    for index in signed + 1..document.revisions().len() {
        let view = document.at_revision(index)?;
        if let Some(size) = announced(index).filter(|size| *size < signed_size) {
            return unclear(format!(
                "/Size of revision {} is {size}, smaller than {signed_size} before: objects beyond it are missing for some readers",
                index + 1
            ));
        }
        let sections = document.revisions().get(index).map(|revision| revision.sections.clone())?;
        if let Some(section) =
            document.sections().get(sections)?.iter().find(|section| section.trailer.irregular)
        {
            return Some(Finding::undecided(
                "doubled_key",
                format!("the trailer of the section at byte {} holds a key twice", section.at),
            ));
        }
        let entries = view.entries_of(index);
        let written: HashSet<u32> = entries.iter().map(|(number, _)| *number).collect();
        let mut seen = HashSet::new();
        for (number, entry) in entries {
            let XrefEntry::Compressed { stream, index: place } = entry else { continue };
            let Ok(container) = view.object_stream(stream, 0) else { continue };
            let at_place = usize::try_from(place).ok().and_then(|place| container.objects.get(place));
            if at_place.is_none_or(|(there, _)| *there != number) {
                return unclear(format!("object {number} is not at its index in the object stream {stream}"));
            }
            // What stands twice in a stream of before was signed so.
            if !written.contains(&stream) || !seen.insert(stream) {
                continue;
            }
            let mut numbers = HashSet::new();
            for (inside, _) in &container.objects {
                let elsewhere = !matches!(view.entry(*inside), Some(XrefEntry::Compressed { stream: own, .. }) if own == stream);
                if !numbers.insert(*inside) || elsewhere && view.locate(Ref::new(*inside)).is_some() {
                    return unclear(format!(
                        "object {inside} stands in the object stream {stream} and a second time elsewhere"
                    ));
                }
            }
        }
    }
    None
}

/// Page trees and catalogs that nothing leads to: prepared content that a small later change could bring up; and content
/// that lies outside the file, where no signature covers it. Larger files are not searched, since every object must be
/// read.
pub(super) fn odd_objects(document: &Document) -> Vec<Finding> {
    let view = document.latest();
    let few = usize::try_from(view.numbers_end()).is_ok_and(|end| end <= OBJECTS_SEARCHED_MAX);
    let Ok(catalog) = view.root() else { return Vec::new() };
    if !few {
        return Vec::new();
    }
    let mut known: HashSet<Ref> = view.root_ref().ok().into_iter().collect();
    let mut waiting: Vec<Ref> = catalog.get(b"Pages").and_then(Object::as_ref).into_iter().collect();
    while let Some(id) = waiting.pop() {
        if known.insert(id)
            && let Ok(Object::Dict(node)) = view.get(id)
            && let Ok(Object::Array(kids)) = view.value(&node, b"Kids")
        {
            waiting.extend(kids.iter().filter_map(Object::as_ref));
        }
    }
    let (mut hidden, mut outside) = (None, None);
    for (id, _) in view.objects() {
        match view.get(id) {
            Ok(Object::Dict(dict)) if hidden.is_none() && !known.contains(&id) && is_tree(&dict) => {
                hidden = Some(Finding::warning(
                    "hidden_pages",
                    format!("object {id} is a page tree or catalog that the file does not use"),
                ));
            }
            Ok(Object::Stream(stream)) if outside.is_none() && is_outside(&stream.dict) => {
                outside = Some(Finding::undecided(
                    "content_outside",
                    format!("the content of object {id} lies in another file, which no signature covers"),
                ));
            }
            _ => {}
        }
    }
    hidden.into_iter().chain(outside).collect()
}

/// Whether a stream's bytes, or the page that it draws, are those of another file (ISO 32000-1, 7.3.8.2 and 8.10.4).
fn is_outside(dict: &Dict) -> bool {
    let refers = dict.is_name(b"Subtype", b"Form") && dict.get(b"Ref").is_some();
    dict.get(b"F").is_some() || refers
}

/// A key that stands twice with two values in what was signed: some readers take the first, some the last, and the signer
/// saw one of them (ISO 32000-1, 7.3.7, allows no doubled key). What describes the file (`/Info`) shows nothing. Call it
/// when the objects are read; larger files are not searched.
pub(super) fn doubled_values(document: &Document) -> Option<Finding> {
    let view = document.latest();
    let told = |place: String, key: &Name| {
        let key = String::from_utf8_lossy(key.as_bytes());
        Some(Finding::undecided(
            "doubled_key",
            format!("/{key} stands twice in {place}, with two values: readers may see different files"),
        ))
    };
    for section in document.sections() {
        if let Some(key) = doubled_value(&section.trailer) {
            return told(format!("the trailer of the section at byte {}", section.at), key);
        }
    }
    let irregular = |anomaly: &Anomaly| matches!(anomaly, Anomaly::IrregularDictionary(_));
    if !document.anomalies().iter().any(irregular) {
        return None;
    }
    let information = view.trailer().get(b"Info").and_then(Object::as_ref);
    for (id, _) in view.objects().into_iter().filter(|(id, _)| Some(*id) != information) {
        let Ok(object) = view.get(id) else { continue };
        let mut waiting = vec![&object];
        while let Some(object) = waiting.pop() {
            let dict = match object {
                Object::Dict(dict) => dict,
                Object::Stream(stream) => &stream.dict,
                Object::Array(items) => {
                    waiting.extend(items.iter());
                    continue;
                }
                _ => continue,
            };
            if let Some(key) = doubled_value(dict) {
                return told(format!("object {id}"), key);
            }
            waiting.extend(dict.entries.iter().map(|entry| &entry.value));
        }
    }
    None
}

/// The first key that has two values.
fn doubled_value(dict: &Dict) -> Option<&Name> {
    if !dict.irregular {
        return None;
    }
    let doubled = dict.entries.iter().enumerate().find(|(index, entry)| {
        let mut earlier = dict.entries[..*index].iter().filter(|earlier| earlier.key == entry.key);
        earlier.any(|earlier| !is_same(&earlier.value, &entry.value))
    });
    doubled.map(|(_, entry)| &entry.key)
}

fn is_same(left: &Object, right: &Object) -> bool {
    match (left, right) {
        (Object::Null, Object::Null) => true,
        (Object::Bool(left), Object::Bool(right)) => left == right,
        (Object::Name(left), Object::Name(right)) => left == right,
        (Object::Ref(left), Object::Ref(right)) => left == right,
        (Object::String(left), Object::String(right)) => left.bytes() == right.bytes(),
        (Object::Array(left), Object::Array(right)) => {
            left.iter().count() == right.iter().count()
                && left.iter().zip(right.iter()).all(|(left, right)| is_same(left, right))
        }
        (Object::Dict(left), Object::Dict(right)) => {
            let same = |entry: &Entry| {
                right.get(entry.key.as_bytes()).is_some_and(|other| is_same(&entry.value, other))
            };
            left.entries.len() == right.entries.len() && left.entries.iter().all(same)
        }
        _ => match (left.as_number(), right.as_number()) {
            (Some(left), Some(right)) => left.total_cmp(&right).is_eq(),
            _ => false,
        },
    }
}

fn is_tree(dict: &Dict) -> bool {
    dict.is_name(b"Type", b"Catalog") || (dict.is_name(b"Type", b"Pages") && dict.get(b"Kids").is_some())
}

/// Objects written after a signed revision that no cross-reference knows: a reader that rebuilds
/// the file by searching would take them for the newest.
pub(super) fn hidden_objects(document: &Document, signed: usize) -> Vec<Finding> {
    let latest = document.latest();
    let mut findings = Vec::new();
    for index in signed + 1..document.revisions().len() {
        for (offset, id) in unlisted(document, index, SEARCHED_BYTES_MAX) {
            if findings.len() >= FINDINGS_MAX {
                return findings;
            }
            let text = format!(
                "object {id} at byte {offset}, written after the signature, is known to no cross-reference"
            );
            findings.push(if latest.locate(id).is_some() {
                Finding::broken("hidden_object", text)
            } else {
                Finding::warning("unlisted_object", text)
            });
        }
    }
    findings
}

/// An object that stands twice in the revisions up to the first signature, one of them known to no
/// cross-reference: prepared for readers that search. Larger files are not searched.
pub(super) fn doubled_object(document: &Document, signed: usize) -> Option<Finding> {
    for index in 0..=signed.min(document.revisions().len().checked_sub(1)?) {
        let view = document.at_revision(index)?;
        if usize::try_from(view.numbers_end()).ok()? > OBJECTS_SEARCHED_MAX {
            return None;
        }
        let found = unlisted(document, index, DOUBLED_BYTES_MAX);
        if let Some((offset, id)) = found.into_iter().find(|(_, id)| view.locate(*id).is_some()) {
            return Some(Finding::warning(
                "doubled_object",
                format!("object {id} stands a second time at byte {offset}, known to no cross-reference"),
            ));
        }
    }
    None
}

/// Objects in the bytes of one revision that its cross-reference does not know, with their places.
fn unlisted(document: &Document, index: usize, bytes_max: usize) -> Vec<(usize, Ref)> {
    let revisions = document.revisions();
    let (Some(revision), Some(view)) = (revisions.get(index), document.at_revision(index)) else {
        return Vec::new();
    };
    let start = index.checked_sub(1).and_then(|before| revisions.get(before)).map_or(0, |before| before.end);
    if start > revision.end || revision.end - start > bytes_max {
        return Vec::new();
    }
    let file = document.file();
    let headers = object_headers(file, start..revision.end);
    let mut known: HashSet<usize> = document.sections().iter().map(|section| section.at).collect();
    let hybrid = |section: &crate::pdf::Section| section.trailer.get(b"XRefStm").and_then(Object::as_integer);
    known.extend(document.sections().iter().filter_map(hybrid).filter_map(|at| usize::try_from(at).ok()));
    let mut listed = Vec::new();
    for (number, entry) in view.entries_of(index) {
        if let XrefEntry::InUse { offset, generation } = entry {
            // White space before the object is tolerated.
            let ink = |bytes: &[u8]| bytes.iter().position(|byte| !byte.is_ascii_whitespace());
            known.insert(file.find_by(offset..file.len(), 0, ink).unwrap_or(offset.max(file.len())));
            listed.push(Ref { number, generation });
        }
    }
    let mut suspects: Vec<(usize, Ref)> = headers.into_iter().filter(|(at, _)| !known.contains(at)).collect();
    if suspects.is_empty() {
        return suspects;
    }
    // What looks like an object inside a stream's data is data.
    for id in listed {
        if let Ok(Some(indirect)) = view.load(id)
            && let Object::Stream(stream) = indirect.object
        {
            suspects.retain(|(at, _)| !stream.data.contains(at));
        }
    }
    suspects
}

/// Places where `n g obj` stands.
fn object_headers(file: &Input, range: Range<usize>) -> Vec<(usize, Ref)> {
    let mut found = Vec::new();
    let mut next = range.start;
    while let Some(place) = file.find(OBJ, next..range.end) {
        next = place + OBJ.len();
        let base = place.saturating_sub(HEADER_BYTES_MAX).max(range.start);
        let Some(before) = file.get(base..place) else { break };
        let (bytes, at) = (&before[..], before.len());
        let generation = digits_before(bytes, at);
        if generation == at || generation == 0 || bytes.get(generation - 1) != Some(&b' ') {
            continue;
        }
        let number = digits_before(bytes, generation - 1);
        let parse = |range: std::ops::Range<usize>| std::str::from_utf8(bytes.get(range)?).ok();
        if let (Some(Ok(number_value)), Some(Ok(generation_value))) =
            (parse(number..generation - 1).map(str::parse), parse(generation..at).map(str::parse))
        {
            found.push((base + number, Ref { number: number_value, generation: generation_value }));
        }
    }
    found
}

const OBJ: &[u8] = b" obj";
/// More bytes than two numbers of ten digits and what stands between them.
const HEADER_BYTES_MAX: usize = 24;

/// Where the run of digits that ends before `end` begins.
fn digits_before(bytes: &[u8], end: usize) -> usize {
    let run = bytes[..end].iter().rev().take(10).take_while(|byte| byte.is_ascii_digit()).count();
    end - run
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_objects_are_found_wherever_they_stand() {
        let text = b"12 0 obj <<>> endobj\n7 1 obj x obj 9 obj";
        let found = object_headers(&text.into(), 0..text.len());
        assert_eq!(found, [(0, Ref::new(12)), (21, Ref { number: 7, generation: 1 })]);
        assert_eq!(object_headers(&text.into(), 21..text.len()), found[1..]);
        assert_eq!(
            object_headers(&text.into(), 1..27),
            [(1, Ref::new(2))],
            "a header that is cut off is none"
        );
    }

    #[test]
    fn what_cannot_be_opened_is_told_by_its_lock() {
        let found = |encryption: &str| {
            let body = "%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n";
            let table = "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n";
            let trailer = format!("trailer\n<</Size 2/Root 1 0 R/Encrypt<<{encryption}>>>>\n");
            let file = format!("{body}{table}{trailer}startxref\n{}\n%%EOF\n", body.len());
            let document = Document::open(file.into_bytes()).unwrap();
            locked(&document).map(|finding| finding.code)
        };
        assert_eq!(found("/Filter/Adobe.PubSec/V 4"), Some("encrypted_for_others"));
        assert_eq!(found("/Filter/Nobody/V 1"), Some("encryption_unknown"));
        assert_eq!(found("/Filter/Standard/V 1/R 2/O()/U()/P -4"), Some("encryption_damaged"));
    }
}
