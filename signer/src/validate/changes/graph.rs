//! Whether two revisions mean the same by an object, with everything it leads to.

use std::collections::HashSet;

use crate::pdf::{Dict, Document, Location, Object, Real, Ref, Stream, View, XrefEntry};

/// Most objects that one comparison of two revisions visits.
const VISITED_MAX: usize = 2_000_000;

/// Two revisions and what is already known of them.
pub(super) struct Graph<'d> {
    pub(super) old: View<'d>,
    pub(super) new: View<'d>,
    /// Objects that are judged on their own: reaching them by the same reference is enough.
    opaque: HashSet<Ref>,
    /// Objects of the old revision that have another place, or none, in the new one.
    changed: HashSet<u32>,
    /// Whether any object outside `opaque` changed; if none did, equal references mean equal things.
    deep: bool,
    same: HashSet<(Ref, Ref)>,
    visited: usize,
    /// The comparison was given up: nothing can be said.
    pub(super) exhausted: bool,
}

impl<'d> Graph<'d> {
    /// Compares revision `from` with the later revision `to`, both counted from 0.
    pub(super) fn new(document: &'d Document, from: usize, to: usize) -> Option<Graph<'d>> {
        let (old, new) = (document.at_revision(from)?, document.at_revision(to)?);
        let changed = changed_numbers(old, new, from + 1..=to);
        Some(Graph {
            old,
            new,
            opaque: HashSet::new(),
            changed,
            deep: true,
            same: HashSet::new(),
            visited: 0,
            exhausted: false,
        })
    }

    /// Names the objects that are judged on their own.
    pub(super) fn set_opaque(&mut self, opaque: HashSet<Ref>) {
        let numbers: HashSet<u32> = opaque.iter().map(|id| id.number).collect();
        self.deep = self.changed.iter().any(|number| !numbers.contains(number));
        self.opaque = opaque;
    }

    /// Names more objects that are judged on their own.
    pub(super) fn add_opaque(&mut self, ids: impl Iterator<Item = Ref>) {
        self.opaque.extend(ids);
    }

    /// Whether no object of the old revision changed at all.
    pub(super) fn nothing_changed(&self) -> bool {
        self.changed.is_empty()
    }

    /// Whether an object and all it leads to, except objects judged on their own, cannot differ.
    pub(super) fn is_untouched(&self, id: Ref) -> bool {
        !self.deep && !self.changed.contains(&id.number)
    }

    /// Whether the old revision had the object.
    pub(super) fn existed(&self, id: Ref) -> bool {
        self.old.locate(id).is_some()
    }

    /// Whether both revisions see the same bytes for an object.
    fn same_place(&self, id: Ref) -> bool {
        !self.changed.contains(&id.number)
    }

    /// Whether a value means the same in both revisions.
    pub(super) fn equal(&mut self, old: &Object, new: &Object) -> bool {
        let mut queue = Vec::new();
        let mut assumed = Vec::new();
        let mut verdict = self.alike(old, new, &mut queue);
        while verdict && let Some(pair) = queue.pop() {
            if (pair.0 == pair.1 && self.opaque.contains(&pair.0)) || !self.same.insert(pair) {
                continue;
            }
            assumed.push(pair);
            self.visited += 1;
            if self.visited > VISITED_MAX {
                self.exhausted = true;
                verdict = false;
                break;
            }
            verdict = self.follow(pair, &mut queue);
        }
        if !verdict {
            for pair in assumed {
                self.same.remove(&pair);
            }
        }
        verdict
    }

    fn follow(&self, (old_id, new_id): (Ref, Ref), queue: &mut Vec<(Ref, Ref)>) -> bool {
        let old = self.old.load(old_id);
        if old_id == new_id && self.same_place(old_id) {
            // The same bytes: only what they lead to can differ. What is unreadable stays unreadable.
            if self.deep
                && let Ok(Some(indirect)) = old
            {
                push_references(&indirect.object, queue);
            }
            return true;
        }
        match (old, self.new.load(new_id)) {
            (Ok(old), Ok(new)) => {
                let value = |indirect: Option<crate::pdf::Indirect>| {
                    indirect.map_or(Object::Null, |indirect| indirect.object)
                };
                self.alike(&value(old), &value(new), queue)
            }
            _ => false,
        }
    }

    /// Compares values as they stand; references that still have to be followed go to the queue.
    fn alike(&self, old: &Object, new: &Object, queue: &mut Vec<(Ref, Ref)>) -> bool {
        match (old, new) {
            (Object::Ref(old), Object::Ref(new)) => {
                queue.push((*old, *new));
                true
            }
            (Object::Ref(_), _) => self.old.resolve(old).is_ok_and(|old| self.alike(&old, new, queue)),
            (_, Object::Ref(_)) => self.new.resolve(new).is_ok_and(|new| self.alike(old, &new, queue)),
            (Object::Null, Object::Null) => true,
            (Object::Bool(old), Object::Bool(new)) => old == new,
            (Object::Integer(old), Object::Integer(new)) => old == new,
            (Object::Real(Real(old)), Object::Real(Real(new))) if old == new => true,
            (Object::Real(_) | Object::Integer(_), Object::Real(_) | Object::Integer(_)) => {
                matches!((old.as_number(), new.as_number()), (Some(old), Some(new)) if old == new)
            }
            (Object::Name(old), Object::Name(new)) => old == new,
            (Object::String(old), Object::String(new)) => old.bytes() == new.bytes(),
            (Object::Array(old), Object::Array(new)) => {
                old.len() == new.len()
                    && old.iter().zip(new.iter()).all(|(old, new)| self.alike(old, new, queue))
            }
            (Object::Dict(old), Object::Dict(new)) => self.alike_dicts(old, new, &[], queue),
            (Object::Stream(old), Object::Stream(new)) => self.alike_streams(old, new, queue),
            _ => false,
        }
    }

    fn alike_dicts(&self, old: &Dict, new: &Dict, skip: &[&[u8]], queue: &mut Vec<(Ref, Ref)>) -> bool {
        // A doubled key that appears later is a way to show readers different values.
        if new.irregular && !old.irregular {
            return false;
        }
        let skipped = |key: &[u8]| skip.contains(&key);
        let covered = |one: &Dict, other: &Dict| {
            one.entries.iter().all(|entry| {
                skipped(&entry.key.0) || entry.value.is_null() || other.get(&entry.key.0).is_some()
            })
        };
        covered(old, new)
            && covered(new, old)
            && old.entries.iter().filter(|entry| !skipped(&entry.key.0)).all(|entry| {
                match (old.get(&entry.key.0), new.get(&entry.key.0)) {
                    (Some(old), Some(new)) => self.alike(old, new, queue),
                    (None, None) => true,
                    _ => false,
                }
            })
    }

    fn alike_streams(&self, old: &Stream, new: &Stream, queue: &mut Vec<(Ref, Ref)>) -> bool {
        if self.old.same_raw(old, new) {
            return self.alike_dicts(&old.dict, &new.dict, &[b"Length"], queue);
        }
        // The same content packed in another way.
        let packing: [&[u8]; 3] = [b"Length", b"Filter", b"DecodeParms"];
        matches!((self.old.decode(old), self.new.decode(new)), (Ok(old), Ok(new)) if old == new)
            && self.alike_dicts(&old.dict, &new.dict, &packing, queue)
    }

    /// The keys whose values differ, those in `skip` left out.
    pub(super) fn differing_keys(&mut self, old: &Dict, new: &Dict, skip: &[&[u8]]) -> Vec<Vec<u8>> {
        let mut keys: Vec<&[u8]> =
            old.entries.iter().chain(&new.entries).map(|entry| entry.key.as_bytes()).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut differing = Vec::new();
        if new.irregular && !old.irregular {
            // Readers that take the first of two values and those that take the last would differ.
            differing.push(b"(a doubled key)".to_vec());
        }
        for key in keys {
            if skip.contains(&key) {
                continue;
            }
            let value = |dict: &Dict| dict.get(key).cloned().unwrap_or(Object::Null);
            if !self.equal(&value(old), &value(new)) {
                differing.push(key.to_vec());
            }
        }
        differing
    }

    /// The dictionary that an object is in the old and in the new revision.
    pub(super) fn dicts(&self, id: Ref) -> (Option<Dict>, Option<Dict>) {
        let dict = |view: View<'d>| view.get(id).ok().and_then(|object| object.as_dict().cloned());
        (dict(self.old), dict(self.new))
    }
}

fn push_references(object: &Object, queue: &mut Vec<(Ref, Ref)>) {
    match object {
        Object::Ref(id) => queue.push((*id, *id)),
        Object::Array(array) => array.iter().for_each(|item| push_references(item, queue)),
        Object::Dict(dict) => dict.entries.iter().for_each(|entry| push_references(&entry.value, queue)),
        Object::Stream(stream) => {
            stream.dict.entries.iter().for_each(|entry| push_references(&entry.value, queue));
        }
        _ => {}
    }
}

fn changed_numbers(old: View<'_>, new: View<'_>, revisions: std::ops::RangeInclusive<usize>) -> HashSet<u32> {
    let mut changed = HashSet::new();
    for revision in revisions {
        for (number, _) in new.entries_of(revision) {
            let before = old.entry(number);
            if before != Some(XrefEntry::Free) && before.is_some() && before != new.entry(number) {
                changed.insert(number);
            }
        }
    }
    let is_container = |number: &&u32| {
        old.locate(Ref::new(**number)).is_some_and(|location| matches!(location, Location::Offset(_)))
            && matches!(old.get(Ref::new(**number)), Ok(Object::Stream(stream)) if stream.dict.is_name(b"Type", b"ObjStm"))
    };
    let containers: HashSet<u32> = changed.iter().filter(is_container).copied().collect();
    if containers.is_empty() {
        return changed;
    }
    // Objects inside an object stream change with it.
    let inside: Vec<u32> = old
        .objects()
        .into_iter()
        .filter(|(_, location)| matches!(location, Location::InStream { stream, .. } if containers.contains(stream)))
        .map(|(id, _)| id.number)
        .collect();
    changed.extend(inside);
    changed
}
