//! Trailer, catalog, pages and annotations of two revisions side by side.

use std::collections::HashSet;

use super::graph::Graph;
use crate::pdf::limits::{TREE_DEPTH_MAX, TREE_NODES_MAX};
use crate::pdf::{Dict, Document, Error, Object, Ref, View};
use crate::validate::form::Form;
use crate::validate::locks::Policy;
use crate::validate::report::{Change, Finding};

/// Difference of a page's box that counts as rounding, in points.
const ROUNDING_MAX: f64 = 0.01;

/// One signed revision beside one later revision.
pub(super) struct Comparison<'d> {
    pub(super) graph: Graph<'d>,
    pub(super) policy: &'d Policy,
    pub(super) old_form: Form,
    pub(super) new_form: Form,
    revision: usize,
    /// The annotations that pages of the old revision list.
    pub(super) listed: HashSet<Ref>,
    /// The values in a form written in XML differ.
    pub(super) data_changed: bool,
    pub(super) changes: Vec<Change>,
    pub(super) filled: Vec<String>,
    /// What is allowed and may still deceive.
    pub(super) doubts: Vec<Finding>,
}

/// A page, or an inner node of the page tree.
struct PageNode {
    id: Ref,
    dict: Dict,
}

impl<'d> Comparison<'d> {
    pub(super) fn new(
        document: &'d Document,
        signed: usize,
        later: usize,
        policy: &'d Policy,
    ) -> Option<Comparison<'d>> {
        let graph = Graph::new(document, signed, later)?;
        Some(Comparison {
            graph,
            policy,
            old_form: Form::default(),
            new_form: Form::default(),
            revision: later + 1,
            listed: HashSet::new(),
            data_changed: false,
            changes: Vec::new(),
            filled: Vec::new(),
            doubts: Vec::new(),
        })
    }

    pub(super) fn gave_up(&self) -> bool {
        self.graph.exhausted
    }

    /// Compares everything; what was found is in `changes`.
    pub(super) fn run(&mut self) {
        if let Err(error) = self.try_run() {
            self.forbid("revision_unreadable", format!("revision {} cannot be read: {error}", self.revision));
        }
    }

    fn try_run(&mut self) -> Result<(), Error> {
        self.old_form = Form::read(self.graph.old)?;
        self.new_form = Form::read(self.graph.new)?;
        if self.new_form.incomplete && !self.old_form.incomplete {
            self.forbid("form_unreadable", "form fields of a later revision cannot be read");
        }
        // Fields beyond the limits are in neither list: nobody can say that they stayed as they were.
        self.graph.exhausted |= self.old_form.incomplete;
        let pages = page_nodes(self.graph.old)?;
        let opaque = self.opaque(&pages)?;
        self.graph.set_opaque(opaque);
        self.compare_trailer()?;
        self.compare_catalog()?;
        self.compare_pages(&pages)?;
        self.compare_form();
        Ok(())
    }

    pub(super) fn forbid(&mut self, code: &'static str, text: impl Into<String>) {
        self.push(false, true, code, text.into());
    }

    pub(super) fn permit(&mut self, code: &'static str, text: impl Into<String>) {
        self.push(true, false, code, text.into());
    }

    /// A change that is allowed and still must be told.
    pub(super) fn tell(&mut self, code: &'static str, text: impl Into<String>) {
        self.push(true, true, code, text.into());
    }

    fn push(&mut self, permitted: bool, notable: bool, code: &'static str, text: String) {
        if !self.changes.iter().any(|change| change.code == code && change.text == text) {
            self.changes.push(Change { revision: self.revision, permitted, notable, code, text });
        }
    }

    /// What is judged by its role and not as a part of what refers to it.
    fn opaque(&mut self, pages: &[PageNode]) -> Result<HashSet<Ref>, Error> {
        let view = self.graph.old;
        let mut opaque: HashSet<Ref> = pages.iter().map(|page| page.id).collect();
        opaque.insert(view.root_ref()?);
        opaque.extend(view.trailer().get(b"Info").and_then(Object::as_ref));
        opaque.extend(self.old_form.id);
        opaque.extend(self.old_form.nodes.iter().filter_map(|node| node.id));
        let root = view.root()?;
        for key in [&b"DSS"[..], b"Metadata", b"Extensions", b"StructTreeRoot"] {
            opaque.extend(root.get(key).and_then(Object::as_ref));
        }
        if let Some(dict) = &self.old_form.dict {
            opaque.extend(dict.get(b"Fields").and_then(Object::as_ref));
        }
        for page in pages {
            if let Some(annotations) = page.dict.get(b"Annots") {
                opaque.extend(annotations.as_ref());
                if let Ok(Object::Array(array)) = view.resolve(annotations) {
                    self.listed.extend(array.iter().filter_map(Object::as_ref));
                }
            }
        }
        opaque.extend(&self.listed);
        Ok(opaque)
    }

    fn compare_trailer(&mut self) -> Result<(), Error> {
        let (old, new) = (self.graph.old, self.graph.new);
        if old.root_ref()? != new.root_ref()? {
            self.forbid("catalog_replaced", "the trailer names another catalog");
        }
        let value = |view: View<'_>, key: &[u8]| view.trailer().get(key).cloned().unwrap_or(Object::Null);
        // An entry that leads nowhere locks the file for some readers.
        let locks = |view: View<'_>| view.trailer().get(b"Encrypt").is_some_and(|value| !value.is_null());
        if locks(new) && !locks(old) || !self.graph.equal(&value(old, b"Encrypt"), &value(new, b"Encrypt")) {
            self.forbid("encryption_changed", "the encryption of the file was changed");
        }
        let (old_info, new_info) = (old.value(old.trailer(), b"Info")?, new.value(new.trailer(), b"Info")?);
        if !self.graph.equal(&old_info, &new_info) {
            self.permit("information_changed", "the document information was changed");
        }
        Ok(())
    }

    fn compare_catalog(&mut self) -> Result<(), Error> {
        let (old, new) = (self.graph.old.root()?, self.graph.new.root()?);
        let changed = self.graph.differing_keys(
            &old,
            &new,
            &[b"Pages", b"AcroForm", b"DSS", b"StructTreeRoot", b"Metadata", b"Extensions"],
        );
        if old.get(b"Pages").and_then(Object::as_ref) != new.get(b"Pages").and_then(Object::as_ref) {
            self.forbid("pages_replaced", "the catalog names another page tree");
        }
        for key in changed {
            match key.as_slice() {
                // Raised by the tools that add later features; readers do not depend on it.
                b"Version" => self.permit("version_changed", "the version of PDF in the catalog was changed"),
                b"MarkInfo" => {
                    self.permit("marking_changed", "what the catalog says of tagging was changed");
                }
                b"Type" if old.get(b"Type").is_none() => {}
                other => {
                    let name = String::from_utf8_lossy(other).into_owned();
                    self.forbid("catalog_changed", format!("/{name} of the catalog was changed"));
                }
            }
        }
        self.compare_side_entries(&old, &new);
        Ok(())
    }

    /// Catalog entries whose objects stand apart from what is shown.
    fn compare_side_entries(&mut self, old: &Dict, new: &Dict) {
        let differs = |comparison: &mut Self, key: &[u8]| {
            let resolved = |view: View<'d>, dict: &Dict| view.value(dict, key).unwrap_or(Object::Null);
            let (old, new) = (resolved(comparison.graph.old, old), resolved(comparison.graph.new, new));
            !comparison.graph.equal(&old, &new)
        };
        if differs(self, b"DSS") {
            self.permit("evidence_added", "long-term validation data were added");
        }
        if differs(self, b"Metadata") {
            self.permit("metadata_changed", "the XMP metadata were changed");
        }
        if differs(self, b"Extensions") {
            self.permit("extensions_changed", "the list of PDF extensions was changed");
        }
        if differs(self, b"StructTreeRoot") {
            self.compare_structure(old, new);
        }
    }

    fn compare_pages(&mut self, old_pages: &[PageNode]) -> Result<(), Error> {
        let new_pages = page_nodes(self.graph.new)?;
        if new_pages.len() != old_pages.len() {
            let (code, word) = if new_pages.len() > old_pages.len() {
                ("page_added", "added")
            } else {
                ("page_removed", "removed")
            };
            self.forbid(code, format!("pages were {word}"));
        }
        for (index, (old, new)) in old_pages.iter().zip(&new_pages).enumerate() {
            if old.id != new.id {
                self.forbid("page_replaced", "the page tree names other pages, or in another order");
                break;
            }
            self.compare_page(index, old, new);
        }
        Ok(())
    }

    fn compare_page(&mut self, index: usize, old: &PageNode, new: &PageNode) {
        if !self.graph.is_untouched(old.id) {
            let changed =
                self.graph.differing_keys(&old.dict, &new.dict, &[b"Annots", b"Parent", b"Count", b"Kids"]);
            for key in changed {
                self.judge_page_key(old, new, &key);
            }
            let counts = |view: View<'d>, dict: &Dict| view.value(dict, b"Count").unwrap_or(Object::Null);
            let (before, after) = (counts(self.graph.old, &old.dict), counts(self.graph.new, &new.dict));
            if !self.same_kids(&old.dict, &new.dict) || !self.graph.equal(&before, &after) {
                self.forbid("page_tree_changed", "the page tree was changed");
            }
            let parent = |dict: &Dict| dict.get(b"Parent").and_then(Object::as_ref);
            if index > 0 && parent(&old.dict) != parent(&new.dict) {
                self.forbid(
                    "page_changed",
                    format!("a page (object {}) was moved in the page tree", old.id.number),
                );
            }
        }
        self.compare_annotations(&old.dict, &new.dict);
    }

    fn judge_page_key(&mut self, old: &PageNode, new: &PageNode, key: &[u8]) {
        match key {
            b"Tabs" | b"LastModified" | b"PieceInfo" => return,
            b"StructParents" if old.dict.get(key).is_none() => return,
            b"Resources" | b"MediaBox" | b"CropBox" | b"Rotate" if old.dict.get(b"Kids").is_none() => {
                // Some tools write what a page inherits into the page itself.
                let before = inherited(self.graph.old, &old.dict, key);
                let after = inherited(self.graph.new, &new.dict, key);
                if self.graph.equal(&before, &after) {
                    return;
                }
                if key.ends_with(b"Box") && self.is_rounded(&before, &after) {
                    self.tell(
                        "page_box_rounded",
                        format!("the numbers of a page's box (object {}) were rounded", old.id.number),
                    );
                    return;
                }
            }
            _ => {}
        }
        let name = String::from_utf8_lossy(key).into_owned();
        self.forbid("page_changed", format!("/{name} of a page (object {}) was changed", old.id.number));
    }

    /// Whether two boxes differ by less than anyone can see: tools that keep reals in single
    /// precision or with two digits do that when they write a page again.
    fn is_rounded(&self, old: &Object, new: &Object) -> bool {
        let corners = |view: View<'d>, value: &Object| -> Option<Vec<f64>> {
            let Ok(Object::Array(corners)) = view.resolve(value) else { return None };
            corners.iter().map(|corner| view.resolve(corner).ok()?.as_number()).collect()
        };
        match (corners(self.graph.old, old), corners(self.graph.new, new)) {
            (Some(old), Some(new)) => {
                old.len() == 4
                    && new.len() == 4
                    && old.iter().zip(&new).all(|(old, new)| (old - new).abs() <= ROUNDING_MAX)
            }
            _ => false,
        }
    }

    /// References are followed with the tree itself; here also pages that stand directly in it count.
    fn same_kids(&mut self, old: &Dict, new: &Dict) -> bool {
        let kids = |view: View<'d>, dict: &Dict| view.value(dict, b"Kids").unwrap_or(Object::Null);
        match (kids(self.graph.old, old), kids(self.graph.new, new)) {
            (Object::Array(old), Object::Array(new)) => {
                old.len() == new.len()
                    && old.iter().zip(new.iter()).all(|(old, new)| match (old, new) {
                        (Object::Ref(old), Object::Ref(new)) => old == new,
                        _ => self.graph.equal(old, new),
                    })
            }
            (old, new) => self.graph.equal(&old, &new),
        }
    }
}

/// The value of an inheritable attribute (ISO 32000-2, table 31), from the page or the nodes above.
fn inherited(view: View<'_>, page: &Dict, key: &[u8]) -> Object {
    let mut node = page.clone();
    for _ in 0..TREE_DEPTH_MAX {
        if let Some(value) = node.get(key) {
            return value.clone();
        }
        match view.value(&node, b"Parent") {
            Ok(Object::Dict(parent)) => node = parent,
            _ => break,
        }
    }
    Object::Null
}

/// The page tree in the order of its pages, inner nodes included.
fn page_nodes(view: View<'_>) -> Result<Vec<PageNode>, Error> {
    let root = view.root()?;
    let Some(first) = root.get(b"Pages").and_then(Object::as_ref) else {
        return Err(Error::Type { what: "/Pages of the catalog", expected: "a reference" });
    };
    let mut nodes = Vec::new();
    let mut seen = HashSet::new();
    let mut stack = vec![first];
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        if nodes.len() >= TREE_NODES_MAX {
            return Err(Error::Limit { limit: "number of pages" });
        }
        let Object::Dict(dict) = view.get(id)? else { continue };
        if let Object::Array(kids) = view.value(&dict, b"Kids")? {
            stack.extend(kids.items.iter().rev().map(|(kid, _)| kid).filter_map(Object::as_ref));
        }
        nodes.push(PageNode { id, dict });
    }
    Ok(nodes)
}
