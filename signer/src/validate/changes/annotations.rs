//! The annotations of a page in two revisions.

use std::collections::HashSet;

use super::document::Comparison;
use crate::pdf::{Dict, Object, Ref, Stream, View};
use crate::validate::form::{Form, Node};
use crate::validate::look::{self, Purpose};
use crate::validate::report::Finding;

/// Most actions of one annotation that are looked at.
const ACTIONS_MAX: usize = 64;

impl<'d> Comparison<'d> {
    pub(super) fn compare_annotations(&mut self, old_page: &Dict, new_page: &Dict) {
        if self.annotations_untouched(old_page, new_page) {
            return;
        }
        let list = |view: View<'d>, page: &Dict| match view.value(page, b"Annots") {
            Ok(Object::Array(array)) => array.iter().cloned().collect::<Vec<_>>(),
            _ => Vec::new(),
        };
        let (old, new) = (list(self.graph.old, old_page), list(self.graph.new, new_page));
        let ids = |list: &[Object]| list.iter().filter_map(Object::as_ref).collect::<Vec<Ref>>();
        let (old_order, new_order) = (ids(&old), ids(&new));
        let new_ids: HashSet<Ref> = new_order.iter().copied().collect();
        let old_ids: HashSet<Ref> = old_order.iter().copied().collect();
        for id in &old_order {
            if !new_ids.contains(id) {
                self.judge_annotation(*id, "annotation_removed", "removed");
            } else if self.old_form.node(*id).is_none() && !self.graph.is_untouched(*id) {
                let (before, after) = self.graph.dicts(*id);
                let same = match (before, after) {
                    (Some(before), Some(after)) => {
                        self.graph.equal(&Object::Dict(before), &Object::Dict(after))
                    }
                    (None, None) => true,
                    _ => false,
                };
                if !same {
                    self.judge_annotation(*id, "annotation_changed", "changed");
                }
            }
        }
        for id in new_order.iter().filter(|id| !old_ids.contains(id)) {
            self.judge_added(*id);
        }
        if new_ids.len() < new_order.len() && old_ids.len() == old_order.len() {
            self.forbid("annotation_repeated", "a page lists an annotation twice");
        }
        // What comes later in the list is drawn over what came before.
        let kept = |order: &[Ref], other: &HashSet<Ref>| {
            order.iter().copied().filter(|id| other.contains(id)).collect::<Vec<_>>()
        };
        if kept(&old_order, &new_ids) != kept(&new_order, &old_ids) && new_ids.len() == new_order.len() {
            self.comment("annotations_reordered", "the order in which annotations are drawn was changed");
        }
        let direct =
            |list: &[Object]| list.iter().filter(|item| item.as_ref().is_none()).cloned().collect::<Vec<_>>();
        let (old, new) = (direct(&old), direct(&new));
        let same =
            old.len() == new.len() && old.iter().zip(&new).all(|(old, new)| self.graph.equal(old, new));
        if !same {
            if new.iter().any(|item| item.as_dict().is_some_and(|dict| self.acts(dict))) {
                self.forbid("annotation_with_action", "an annotation that acts was added");
            }
            let covers = |item: &Object| item.as_dict().is_some_and(|dict| covers(self.graph.new, dict));
            if self.policy.level == Some(3) && new.iter().any(covers) {
                self.doubts.push(cover("an annotation that stands directly in a page was changed"));
            }
            self.comment("annotation_changed", "annotations that stand directly in a page were changed");
        }
    }

    /// Whether neither the list nor any object can have changed.
    fn annotations_untouched(&self, old_page: &Dict, new_page: &Dict) -> bool {
        let (old, new) = (old_page.get(b"Annots"), new_page.get(b"Annots"));
        match (old, new) {
            (None, None) => true,
            (Some(Object::Ref(old)), Some(Object::Ref(new))) => old == new && self.graph.nothing_changed(),
            _ => false,
        }
    }

    /// An annotation that the page did not list before.
    fn judge_added(&mut self, id: Ref) {
        if self.listed.contains(&id) {
            self.forbid(
                "annotation_moved",
                format!("an annotation (object {}) of one page is shown on another", id.number),
            );
            return;
        }
        let Some(node) = self.new_form.node(id) else {
            self.judge_annotation(id, "annotation_added", "added");
            return;
        };
        // New fields are judged with the form; old ones may be put on a page when they are signed.
        if self.old_form.node(id).is_some() && !is_signed(node, &self.new_form) {
            let text = format!("field {}, which no page showed, is shown", node.name);
            self.forbid("field_shown", text);
        }
    }

    /// Annotations may change only where a certification says so (DocMDP 3); even then it is told,
    /// since they can cover what was signed.
    fn judge_annotation(&mut self, id: Ref, code: &'static str, word: &str) {
        let (old, new) = self.graph.dicts(id);
        let acts = new.as_ref().is_some_and(|dict| self.acts(dict));
        let dict = new.or(old);
        let subtype = dict
            .as_ref()
            .and_then(|dict| dict.get(b"Subtype"))
            .and_then(Object::as_name)
            .map(|name| String::from_utf8_lossy(name).into_owned());
        let subtype = subtype.unwrap_or_else(|| "without subtype".to_owned());
        let text = format!("an annotation ({subtype}, object {}) was {word}", id.number);
        if acts {
            self.forbid("annotation_with_action", format!("{text}, it runs code or opens other things"));
        } else if subtype == "Widget" || self.old_form.node(id).is_some() {
            self.forbid(code, text);
        } else {
            if self.policy.level == Some(3) && word != "removed" {
                let covers = dict.as_ref().is_some_and(|dict| covers(self.graph.new, dict));
                self.doubts.extend(covers.then(|| cover(&text)));
            }
            self.comment(code, text);
        }
    }

    /// What a certification of level 3 allows and tells, everything else forbids.
    fn comment(&mut self, code: &'static str, text: impl Into<String>) {
        if self.policy.level == Some(3) {
            self.tell(code, text);
        } else {
            self.forbid(code, text);
        }
    }

    /// Whether an annotation does more than lead somewhere: comments have no need to.
    fn acts(&self, dict: &Dict) -> bool {
        let view = self.graph.new;
        if dict.get(b"AA").is_some_and(|value| !value.is_null()) {
            return true;
        }
        let mut waiting: Vec<Object> = dict.get(b"A").cloned().into_iter().collect();
        for _ in 0..ACTIONS_MAX {
            let Some(action) = waiting.pop() else { return false };
            let action = match view.resolve(&action) {
                Ok(Object::Dict(action)) => action,
                Ok(Object::Array(actions)) => {
                    waiting.extend(actions.iter().take(ACTIONS_MAX).cloned());
                    continue;
                }
                Ok(Object::Null) => continue,
                _ => return true,
            };
            let kind = view.value(&action, b"S").ok();
            if !matches!(kind.as_ref().and_then(Object::as_name), Some(b"GoTo" | b"URI")) {
                return true;
            }
            waiting.extend(action.get(b"Next").cloned());
        }
        true
    }
}

fn cover(text: &str) -> Finding {
    Finding::undecided(
        "annotation_covers",
        format!("{text}: a certification of level 3 allows it, and it can pass for what was certified"),
    )
}

/// Whether an annotation can hide the page or pass for it, as no remark beside the text needs to: words, pictures, surfaces,
/// thick lines, and lines that look like paper.
///
/// Where it stands does not matter: words in a blank space change what is certified as well as words over others.
fn covers(view: View<'_>, annotation: &Dict) -> bool {
    let subtype = annotation.get(b"Subtype").and_then(Object::as_name).unwrap_or_default();
    let colour = |key: &[u8]| numbers(view, annotation, key);
    let (purpose, drawn) = match subtype {
        b"Popup" | b"Sound" => return false,
        b"Text" | b"Caret" | b"FileAttachment" => (Purpose::Icon, false),
        b"Highlight" => (Purpose::Mark, false),
        b"Link" => (Purpose::Mark, border_width(view, annotation) > look::LINE_MAX),
        b"Underline" | b"Squiggly" | b"StrikeOut" => (Purpose::Mark, is_like_paper(&colour(b"C"))),
        b"Ink" | b"Line" | b"PolyLine" => {
            (Purpose::Mark, is_like_paper(&colour(b"C")) || border_width(view, annotation) > look::LINE_MAX)
        }
        b"Square" | b"Circle" | b"Polygon" => (
            Purpose::Mark,
            !colour(b"IC").is_empty()
                || is_like_paper(&colour(b"C"))
                || border_width(view, annotation) > look::LINE_MAX,
        ),
        _ => return true,
    };
    let Ok(Object::Dict(looks)) = view.value(annotation, b"AP") else { return drawn };
    let place = numbers(view, annotation, b"Rect");
    let covered = |look: &Stream| look::covers(view, look, &place, purpose);
    // The look for a mouse that is over it, or pressed, is seen as well.
    let each = [&b"N"[..], b"R", b"D"].map(|state| match view.value(&looks, state) {
        Ok(Object::Stream(look)) => Some(covered(&look)),
        Ok(Object::Dict(states)) => {
            Some(states.entries.iter().any(|state| match view.resolve(&state.value) {
                Ok(Object::Stream(look)) => covered(&look),
                _ => false,
            }))
        }
        _ => None,
    });
    let normal = each[0].is_none() && drawn;
    normal || each.contains(&Some(true))
}

/// A colour that is named and cannot be told from paper.
fn is_like_paper(colour: &[f64]) -> bool {
    !colour.is_empty() && look::is_paper(colour)
}

/// The width of an annotation's lines, by its style or its border; 1 where neither says (ISO 32000-2, 12.5.4).
fn border_width(view: View<'_>, annotation: &Dict) -> f64 {
    let styled = match view.value(annotation, b"BS") {
        Ok(Object::Dict(style)) => view.value(&style, b"W").ok().as_ref().and_then(Object::as_number),
        _ => None,
    };
    styled.or_else(|| numbers(view, annotation, b"Border").get(2).copied()).unwrap_or(1.0)
}

fn numbers(view: View<'_>, dict: &Dict, key: &[u8]) -> Vec<f64> {
    match view.value(dict, key) {
        Ok(Object::Array(array)) => {
            array.iter().filter_map(|item| view.resolve(item).ok()?.as_number()).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a node is a signature field with a signature, or a widget of one.
fn is_signed(node: &Node, form: &Form) -> bool {
    let has_value = |node: &Node| node.is_signature() && node.dict.get(b"V").is_some();
    has_value(node) || node.parent.and_then(|parent| form.node(parent)).is_some_and(has_value)
}
