//! The structure tree, which screen readers and copies of the text follow, in two revisions.
//!
//! It is never drawn, yet `/ActualText` says what is read. Tools that add a field enter it in the
//! tree; whatever was there must stay.

use std::collections::HashSet;

use super::document::Comparison;
use crate::pdf::limits::{TREE_DEPTH_MAX, TREE_NODES_MAX};
use crate::pdf::{Dict, Object, Ref, View};

/// The key of a number or name tree, and its value.
type Leaf = (Object, Object);

impl<'d> Comparison<'d> {
    /// The trees are known to differ.
    pub(super) fn compare_structure(&mut self, old: &Dict, new: &Dict) {
        let root = |view: View<'d>, catalog: &Dict| match view.value(catalog, b"StructTreeRoot") {
            Ok(Object::Dict(dict)) => Some(dict),
            _ => None,
        };
        let grown = match (root(self.graph.old, old), root(self.graph.new, new)) {
            (Some(old), Some(new)) => self.structure_grew(&old, &new),
            _ => false,
        };
        let text = "the structure tree, which screen readers follow, was changed";
        if self.policy.level == Some(1) {
            self.forbid("structure_changed", format!("{text}, the certification allows no change"));
        } else if grown {
            self.tell("structure_grown", "new fields were entered in the structure tree");
        } else {
            self.forbid("structure_changed", text);
        }
    }

    /// Whether nothing but new annotations was entered.
    fn structure_grew(&mut self, old: &Dict, new: &Dict) -> bool {
        let Some(elements) = elements(self.graph.old, old) else { return false };
        self.graph.add_opaque(elements.iter().copied());
        let own: [&[u8]; 4] = [b"K", b"ParentTree", b"ParentTreeNextKey", b"IDTree"];
        if !self.graph.differing_keys(old, new, &own).is_empty() {
            return false;
        }
        let grown = self.kids_grew(old, new)
            && self.tree_grew(old, new, b"ParentTree", b"Nums")
            && self.tree_grew(old, new, b"IDTree", b"Names");
        grown
            && elements.iter().all(|id| match self.graph.dicts(*id) {
                (Some(old), Some(new)) => {
                    self.graph.differing_keys(&old, &new, &[b"K"]).is_empty() && self.kids_grew(&old, &new)
                }
                (None, None) => true,
                _ => false,
            })
    }

    fn kids_grew(&mut self, old: &Dict, new: &Dict) -> bool {
        let (old, new) = (kids(self.graph.old, old), kids(self.graph.new, new));
        let mut rest = new.into_iter();
        for kid in &old {
            loop {
                let Some(next) = rest.next() else { return false };
                let same = match (kid, &next) {
                    (Object::Ref(old), Object::Ref(new)) => old == new,
                    (old, new) => self.graph.equal(old, new),
                };
                if same {
                    break;
                }
                if !self.only_annotations(&next, 0) {
                    return false;
                }
            }
        }
        rest.all(|kid| self.only_annotations(&kid, 0))
    }

    /// Whether a new part of the tree holds nothing but new annotations, and says nothing of its own.
    fn only_annotations(&self, kid: &Object, depth: usize) -> bool {
        if depth > TREE_DEPTH_MAX || kid.as_ref().is_some_and(|id| self.graph.existed(id)) {
            return false;
        }
        let view = self.graph.new;
        let Ok(Object::Dict(dict)) = view.resolve(kid) else { return false };
        if dict.is_name(b"Type", b"OBJR") {
            let object = dict.get(b"Obj").and_then(Object::as_ref);
            return object.is_some_and(|id| !self.graph.existed(id) || self.new_form.node(id).is_some());
        }
        let speaks: [&[u8]; 3] = [b"ActualText", b"E", b"Ref"];
        !dict.is_name(b"Type", b"MCR")
            && speaks.iter().all(|key| dict.get(key).is_none())
            && kids(view, &dict).iter().all(|kid| self.only_annotations(kid, depth + 1))
    }

    fn tree_grew(&mut self, old: &Dict, new: &Dict, key: &[u8], leaves_key: &[u8]) -> bool {
        let old = leaves(self.graph.old, old, key, leaves_key);
        let (Some(old), Some(new)) = (old, leaves(self.graph.new, new, key, leaves_key)) else {
            return false;
        };
        let mut rest = new.into_iter();
        old.iter().all(|(key, value)| {
            rest.by_ref()
                .any(|(other, after)| self.graph.equal(key, &other) && self.graph.equal(value, &after))
        })
    }
}

/// Every element of the tree that is an object; none when the tree passes the limits.
fn elements(view: View<'_>, root: &Dict) -> Option<Vec<Ref>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting = kids(view, root);
    while let Some(kid) = waiting.pop() {
        if found.len() > TREE_NODES_MAX {
            return None;
        }
        if let Object::Ref(id) = kid
            && !seen.insert(id)
        {
            continue;
        }
        let Ok(Object::Dict(dict)) = view.resolve(&kid) else { continue };
        if dict.is_name(b"Type", b"OBJR") || dict.is_name(b"Type", b"MCR") {
            continue;
        }
        found.extend(kid.as_ref());
        waiting.extend(kids(view, &dict));
    }
    Some(found)
}

fn kids(view: View<'_>, dict: &Dict) -> Vec<Object> {
    match (dict.get(b"K"), view.value(dict, b"K")) {
        (_, Ok(Object::Array(array))) => array.iter().cloned().collect(),
        (Some(kid), Ok(value)) if !value.is_null() => vec![kid.clone()],
        _ => Vec::new(),
    }
}

/// The leaves of a name or number tree in order; none when it cannot be read.
fn leaves(view: View<'_>, dict: &Dict, key: &[u8], leaves_key: &[u8]) -> Option<Vec<Leaf>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut waiting: Vec<Object> = dict.get(key).cloned().into_iter().collect();
    while let Some(node) = waiting.pop() {
        if let Object::Ref(id) = node
            && !seen.insert(id)
        {
            return None;
        }
        if found.len() > TREE_NODES_MAX || waiting.len() > TREE_NODES_MAX {
            return None;
        }
        let Ok(Object::Dict(node)) = view.resolve(&node) else { return None };
        if let Ok(Object::Array(below)) = view.value(&node, b"Kids") {
            waiting.extend(below.items.iter().rev().map(|(kid, _)| kid.clone()));
        }
        if let Ok(Object::Array(pairs)) = view.value(&node, leaves_key) {
            let items: Vec<&Object> = pairs.iter().collect();
            found.extend(items.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())));
        }
    }
    Some(found)
}
