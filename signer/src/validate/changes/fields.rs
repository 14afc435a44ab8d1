//! The forms of two revisions side by side.
//!
//! Filling a field, signing an empty signature field and adding a document time stamp are what
//! forms are for; all else about a field belongs to what was signed.

use std::collections::{HashMap, HashSet};

use super::document::Comparison;
use crate::pdf::{Dict, Object, Ref, View};
use crate::validate::form::{Node, is_timestamp};
use crate::validate::report::Finding;

/// Field flag bit 1, read only (ISO 32000-2, table 227).
const READ_ONLY: i64 = 1;

impl Comparison<'_> {
    pub(super) fn compare_form(&mut self) {
        self.compare_form_dict();
        let old_nodes = std::mem::take(&mut self.old_form.nodes);
        let new_nodes = std::mem::take(&mut self.new_form.nodes);
        self.compare_nodes(&old_nodes, &new_nodes);
        self.judge_data();
        self.old_form.nodes = old_nodes;
        self.new_form.nodes = new_nodes;
    }

    fn compare_form_dict(&mut self) {
        let (Some(old), Some(new)) = (self.old_form.dict.clone(), self.new_form.dict.clone()) else {
            if self.old_form.dict.is_some() {
                self.forbid("form_removed", "the form, with the signature's field, was removed");
            }
            return;
        };
        for key in self.graph.differing_keys(&old, &new, &[b"Fields"]) {
            match key.as_slice() {
                b"SigFlags" => {
                    let flags = |view: View<'_>, dict: &Dict| {
                        crate::validate::byte_range::integer(view, dict, b"SigFlags").unwrap_or(0)
                    };
                    let (before, after) = (flags(self.graph.old, &old), flags(self.graph.new, &new));
                    if before & after != before {
                        self.forbid("signature_flags_cleared", "/SigFlags of the form were cleared");
                    }
                }
                b"NeedAppearances" => {
                    if matches!(self.graph.new.value(&new, b"NeedAppearances"), Ok(Object::Bool(true))) {
                        self.forbid(
                            "need_appearances",
                            "/NeedAppearances was set: readers may draw other values than those signed",
                        );
                    } else {
                        self.tell("need_appearances", "/NeedAppearances was cleared");
                    }
                }
                b"DR" => self.compare_resources(&old, &new),
                b"XFA" if self.only_data_differs(&old, &new) => self.data_changed = true,
                // A default where there was none changes nothing that is drawn already.
                b"DA" | b"Q" if old.get(&key).is_none() => {
                    self.tell("form_defaults_added", "a default appearance was added to the form");
                }
                other => {
                    let name = String::from_utf8_lossy(other).into_owned();
                    self.forbid("form_changed", format!("/{name} of the form was changed"));
                }
            }
        }
    }

    /// Whether of a form written in XML nothing but the values differs: filling a field writes them there too.
    fn only_data_differs(&mut self, old: &Dict, new: &Dict) -> bool {
        let packets = |view: View<'_>, dict: &Dict| match view.value(dict, b"XFA") {
            Ok(Object::Array(packets)) => packets.iter().cloned().collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        let (old, new) = (packets(self.graph.old, old), packets(self.graph.new, new));
        let is_data =
            |name: &Object| name.as_string().is_some_and(|name| name.bytes().as_ref() == b"datasets");
        old.len() == new.len()
            && old.chunks(2).zip(new.chunks(2)).all(|(old, new)| match (old, new) {
                ([old_name, old], [new_name, new]) => {
                    self.graph.equal(old_name, new_name) && (is_data(old_name) || self.graph.equal(old, new))
                }
                _ => false,
            })
    }

    fn judge_data(&mut self) {
        match (self.data_changed, self.filled.is_empty()) {
            (false, _) => {}
            (true, true) => self.forbid(
                "form_data_changed",
                "the values in the form's XML were changed and no field was filled",
            ),
            (true, false) => self
                .tell("form_data_changed", "the values in the form's XML were changed as fields were filled"),
        }
    }

    /// Default resources may grow, as form fillers add fonts; what was there must stay.
    fn compare_resources(&mut self, old: &Dict, new: &Dict) {
        let resolved = |view: View<'_>, dict: &Dict, key: &[u8]| {
            view.value(dict, key).ok().and_then(|value| value.as_dict().cloned()).unwrap_or(Dict::empty())
        };
        let (old, new) = (resolved(self.graph.old, old, b"DR"), resolved(self.graph.new, new, b"DR"));
        for category in old.entries.iter().map(|entry| entry.key.as_bytes()) {
            let (before, after) =
                (self.graph.old.value(&old, category), self.graph.new.value(&new, category));
            let kept = match (before, after) {
                (Ok(Object::Dict(before)), Ok(Object::Dict(after))) => before.entries.iter().all(|entry| {
                    let after = after.get(&entry.key.0).cloned().unwrap_or(Object::Null);
                    self.graph.equal(&entry.value, &after)
                }),
                (Ok(before), Ok(after)) => self.graph.equal(&before, &after),
                _ => false,
            };
            if !kept {
                self.forbid(
                    "form_resources_changed",
                    "fonts or other default resources of the form were replaced",
                );
                return;
            }
        }
        self.tell("form_resources_added", "fonts or other default resources were added to the form");
    }

    fn compare_nodes(&mut self, old_nodes: &[Node], new_nodes: &[Node]) {
        let key = |node: &Node| node.id.map_or_else(|| Err(node.name.clone()), Ok);
        let by_key: HashMap<_, &Node> = new_nodes.iter().map(|node| (key(node), node)).collect();
        let mut pairs = Vec::new();
        for old in old_nodes {
            match by_key.get(&key(old)) {
                Some(new) => pairs.push((old, *new)),
                None if old.is_signature() && old.dict.get(b"V").is_some() => {
                    self.forbid(
                        "signature_removed",
                        format!("the signature in field {} was removed", old.name),
                    );
                }
                None => self.forbid("field_removed", format!("field {} was removed or replaced", old.name)),
            }
        }
        let filled = self.filled_fields(&pairs);
        let signed_locks = newly_signed(&pairs, new_nodes);
        for (old, new) in &pairs {
            let untouched = old.id.is_some_and(|id| self.graph.is_untouched(id));
            if !untouched {
                self.compare_field(old, new, &filled, signed_locks);
            }
        }
        let known: HashSet<Ref> = old_nodes.iter().filter_map(|node| node.id).collect();
        let known_keys: HashSet<_> = old_nodes.iter().map(key).collect();
        for new in new_nodes {
            if !known_keys.contains(&key(new)) {
                self.judge_new(new, new_nodes, &known);
            }
        }
    }

    /// The fields (no signature fields) whose value changed.
    fn filled_fields(&mut self, pairs: &[(&Node, &Node)]) -> HashSet<Ref> {
        let mut filled = HashSet::new();
        for (old, new) in pairs.iter().filter(|(old, _)| !old.is_signature()) {
            let value = |node: &Node| node.dict.get(b"V").cloned().unwrap_or(Object::Null);
            if !self.graph.equal(&value(old), &value(new)) {
                filled.extend(old.id);
            }
        }
        filled
    }

    fn compare_field(&mut self, old: &Node, new: &Node, filled: &HashSet<Ref>, signed_locks: bool) {
        let differing = self.graph.differing_keys(&old.dict, &new.dict, &[b"Kids"]);
        if differing.is_empty() {
            return;
        }
        if old.kind != new.kind {
            self.forbid("field_changed", format!("field {} became another kind of field", old.name));
            return;
        }
        if old.is_signature() {
            self.compare_signature_field(old, new, &differing);
            return;
        }
        let is_filled = [old.id, old.parent].into_iter().flatten().any(|id| filled.contains(&id));
        for key in differing {
            match key.as_slice() {
                b"V" | b"RV" | b"I" | b"TI" | b"AS" | b"AP" if is_filled => self.judge_fill(&old.name),
                b"AP" | b"AS" => self.forbid(
                    "appearance_changed",
                    format!("what field {} shows was replaced without its value being changed", old.name),
                ),
                // Where a widget lies and when it was changed are no part of what it shows.
                b"P" | b"Type" if old.dict.get(&key).is_none() => {}
                // Writers that fill fields add one that says nothing.
                b"MK" if old.dict.get(b"MK").is_none() && is_empty(self.graph.new, &new.dict, b"MK") => {}
                b"M" => {}
                b"Ff" => self.judge_flags(old, new, signed_locks),
                other => {
                    let name = String::from_utf8_lossy(other).into_owned();
                    self.forbid("field_changed", format!("/{name} of field {} was changed", old.name));
                }
            }
        }
    }

    fn judge_fill(&mut self, name: &str) {
        let text = format!("field {name} was filled or changed");
        if self.policy.level == Some(1) {
            self.forbid("certified_form_changed", format!("{text}, the certification allows no change"));
        } else if self.policy.locks(name) {
            self.forbid("locked_field_changed", format!("{text}, the signature locks it"));
        } else {
            if !self.filled.iter().any(|known| known == name) {
                self.filled.push(name.to_owned());
            }
            self.tell("field_filled", text);
        }
    }

    /// Signing tools set locked fields read-only when they sign; nobody else has reason to.
    fn judge_flags(&mut self, old: &Node, new: &Node, signed_locks: bool) {
        let flags = |view: View<'_>, node: &Node| {
            crate::validate::byte_range::integer(view, &node.dict, b"Ff").unwrap_or(0)
        };
        let (before, after) = (flags(self.graph.old, old), flags(self.graph.new, new));
        if signed_locks && after == before | READ_ONLY {
            self.tell(
                "field_made_read_only",
                format!("field {} was made read-only by a later signature", old.name),
            );
        } else {
            self.forbid("field_changed", format!("/Ff of field {} was changed", old.name));
        }
    }

    fn compare_signature_field(&mut self, old: &Node, new: &Node, differing: &[Vec<u8>]) {
        let signed_before = old.dict.get(b"V").is_some();
        let signed_after = new.dict.get(b"V").is_some();
        if signed_before {
            let text = format!("the signature in field {}", old.name);
            let only_lists = differing.iter().all(|key| key == b"M");
            match (signed_after, differing.iter().any(|key| key == b"V")) {
                (false, _) => self.forbid("signature_removed", format!("{text} was removed")),
                (true, true) => self.forbid("signature_changed", format!("{text} was changed")),
                (true, false) if only_lists => {}
                (true, false) => {
                    let names: Vec<String> =
                        differing.iter().map(|key| format!("/{}", String::from_utf8_lossy(key))).collect();
                    self.forbid(
                        "signature_field_changed",
                        format!("{} of the signed field {} were changed", names.join(", "), old.name),
                    );
                }
            }
            return;
        }
        let is_stamp = self.is_timestamp_field(new);
        if signed_after {
            self.judge_signing(&old.name, is_stamp);
        }
        for key in differing {
            match key.as_slice() {
                b"V" => {}
                b"AP" | b"AS" | b"F" | b"MK" | b"DA" | b"P" | b"M" | b"Type" | b"Ff" if signed_after => {}
                b"Subtype" | b"Rect" | b"Lock" if signed_after && old.dict.get(key).is_none() => {}
                other => {
                    let name = String::from_utf8_lossy(other).into_owned();
                    self.forbid(
                        "field_changed",
                        format!("/{name} of the signature field {} was changed", old.name),
                    );
                }
            }
        }
    }

    /// An empty signature field that was there is signed.
    fn judge_signing(&mut self, name: &str, is_stamp: bool) {
        if is_stamp {
            self.permit("timestamp_added", format!("a document time stamp was added in field {name}"));
        } else if self.policy.level == Some(1) {
            self.forbid(
                "certified_signature_added",
                format!("field {name} was signed, the certification allows no change"),
            );
        } else if self.policy.locks(name) {
            self.forbid(
                "signature_after_lock",
                format!("field {name} was signed, an earlier signature locks it"),
            );
        } else {
            self.permit("signature_added", format!("the prepared field {name} was signed"));
        }
    }

    fn judge_new(&mut self, node: &Node, new_nodes: &[Node], known: &HashSet<Ref>) {
        if node.is_widget {
            if node.parent.is_some_and(|parent| known.contains(&parent)) {
                self.forbid("widget_added", format!("another place to show field {} was added", node.name));
            }
            return;
        }
        if node.has_field_kids {
            return;
        }
        if !node.is_signature() {
            self.forbid("field_added", format!("a new form field, {}, was added", node.name));
            return;
        }
        if node.dict.get(b"V").and_then(Object::as_ref).is_some_and(|id| self.graph.existed(id)) {
            self.forbid(
                "signature_copied",
                format!("a new field, {}, shows a signature that belongs to another field", node.name),
            );
            return;
        }
        let visible = self.is_visible(node)
            || new_nodes
                .iter()
                .any(|kid| kid.parent.is_some() && kid.parent == node.id && self.is_visible(kid));
        if self.is_timestamp_field(node) && !visible {
            self.permit("timestamp_added", format!("a document time stamp was added in field {}", node.name));
            return;
        }
        let signed = node.dict.get(b"V").is_some();
        if visible && !signed {
            self.forbid(
                "unsigned_field_draws",
                format!(
                    "a new signature field, {}, was added that draws something and holds no signature",
                    node.name
                ),
            );
            return;
        }
        let what = if signed { "signature" } else { "empty signature field" };
        let shape = if visible { "visible " } else { "" };
        let text = format!("a new {shape}{what}, {}, was added", node.name);
        if self.policy.level == Some(1) {
            self.forbid("certified_signature_added", format!("{text}, the certification allows no change"));
        } else if self.policy.locks_all() || self.policy.locks(&node.name) {
            self.forbid(
                "signature_after_lock",
                format!("{text}, an earlier signature locks all fields but those it names"),
            );
        } else {
            if visible && self.policy.level.is_some() {
                // Who certified left no room for it, and its picture can lie over anything (“sneaky signature”).
                self.doubts.push(Finding::undecided(
                    "signature_field_draws",
                    format!("{text}: the certified page was not prepared for what it draws"),
                ));
            }
            self.tell("signature_field_added", text);
        }
    }

    fn is_timestamp_field(&self, node: &Node) -> bool {
        matches!(self.graph.new.value(&node.dict, b"V"), Ok(Object::Dict(dict)) if is_timestamp(&dict))
    }

    /// Whether a widget draws anything: it has an area and an appearance that is not empty.
    fn is_visible(&self, node: &Node) -> bool {
        let view = self.graph.new;
        let Ok(Object::Array(rect)) = view.value(&node.dict, b"Rect") else { return false };
        let corners: Vec<f64> =
            rect.iter().filter_map(|corner| view.resolve(corner).ok()?.as_number()).collect();
        let [left, bottom, right, top] = corners.as_slice() else { return false };
        if (right - left).abs() < f64::EPSILON || (top - bottom).abs() < f64::EPSILON {
            return false;
        }
        let Ok(Object::Dict(appearance)) = view.value(&node.dict, b"AP") else { return false };
        match view.value(&appearance, b"N") {
            Ok(Object::Stream(stream)) => {
                view.decode(&stream).map_or(true, |data| !data.iter().all(u8::is_ascii_whitespace))
            }
            Ok(Object::Null) => false,
            _ => true,
        }
    }
}

/// Whether a signature that came later locks fields.
fn newly_signed(pairs: &[(&Node, &Node)], new_nodes: &[Node]) -> bool {
    let has_value = |node: &Node| node.is_signature() && node.dict.get(b"V").is_some();
    let signed_now =
        pairs.iter().any(|(old, new)| has_value(new) && !has_value(old) && new.dict.get(b"Lock").is_some());
    let before: HashSet<Option<Ref>> = pairs.iter().map(|(old, _)| old.id).collect();
    signed_now
        || new_nodes
            .iter()
            .any(|node| !before.contains(&node.id) && has_value(node) && node.dict.get(b"Lock").is_some())
}

/// Whether an entry is a dictionary without entries.
fn is_empty(view: View<'_>, dict: &Dict, key: &[u8]) -> bool {
    matches!(view.value(dict, key), Ok(Object::Dict(inner)) if inner.entries.is_empty())
}
