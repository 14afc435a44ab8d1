//! The form of one revision: its fields, flattened, and the signatures among them.

use std::collections::{HashMap, HashSet};

use crate::pdf::limits::{TREE_DEPTH_MAX, TREE_NODES_MAX};
use crate::pdf::{Dict, Error, Location, Object, Ref, View};

/// A field, a widget of a field, or an inner node of the field tree.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Its object; none when it stands directly in its parent's list.
    pub(super) id: Option<Ref>,
    /// Fully qualified name (ISO 32000-1, 12.7.3.2).
    pub(super) name: String,
    pub(super) dict: Dict,
    /// `/FT`, inherited.
    pub(super) kind: Option<Vec<u8>>,
    /// Whether a kid has a name of its own: then this is no field but a node above fields.
    pub(super) has_field_kids: bool,
    /// Whether it has no name of its own: a widget of the field above.
    pub(super) is_widget: bool,
    /// The object of the field above, for widgets and inner fields.
    pub(super) parent: Option<Ref>,
    /// Where the spans of `dict` count.
    pub(super) location: Option<Location>,
}

impl Node {
    pub(super) fn is_signature(&self) -> bool {
        self.kind.as_deref() == Some(b"Sig")
    }
}

/// The interactive form of one revision.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// The AcroForm dictionary.
    pub(super) dict: Option<Dict>,
    /// The object it is, where it is one of its own.
    pub(super) id: Option<Ref>,
    pub(super) nodes: Vec<Node>,
    /// Fields that could not be read, or the limits were passed.
    pub(super) incomplete: bool,
    index: HashMap<Ref, usize>,
}

impl Form {
    /// Reads the form; one that is missing or null has no fields.
    pub(super) fn read(view: View<'_>) -> Result<Form, Error> {
        let root = view.root()?;
        let mut form = Form { id: root.get(b"AcroForm").and_then(Object::as_ref), ..Form::default() };
        let Object::Dict(dict) = view.value(&root, b"AcroForm")? else { return Ok(form) };
        let location = form.id.or(view.root_ref().ok()).and_then(|id| view.locate(id));
        if let Object::Array(fields) = view.value(&dict, b"Fields")? {
            let mut walk = Walk { view, seen: HashSet::new(), form: &mut form };
            for field in fields.iter() {
                walk.visit(field, &Above { location, ..Above::default() }, 0);
            }
        }
        form.dict = Some(dict);
        Ok(form)
    }

    pub(super) fn node(&self, id: Ref) -> Option<&Node> {
        self.index.get(&id).and_then(|index| self.nodes.get(*index))
    }
}

/// What a node inherits.
#[derive(Default, Clone)]
struct Above {
    name: String,
    kind: Option<Vec<u8>>,
    parent: Option<Ref>,
    location: Option<Location>,
}

struct Walk<'v, 'f> {
    view: View<'v>,
    seen: HashSet<Ref>,
    form: &'f mut Form,
}

impl Walk<'_, '_> {
    fn visit(&mut self, object: &Object, above: &Above, depth: usize) {
        if depth > TREE_DEPTH_MAX || self.form.nodes.len() >= TREE_NODES_MAX {
            self.form.incomplete = true;
            return;
        }
        let (id, dict, location) = match object {
            Object::Ref(id) => {
                if !self.seen.insert(*id) {
                    return;
                }
                match self.view.load(*id) {
                    Ok(Some(indirect)) => match indirect.object {
                        Object::Dict(dict) => (Some(*id), dict, Some(indirect.location)),
                        _ => return,
                    },
                    Ok(None) => return,
                    Err(_) => {
                        self.form.incomplete = true;
                        return;
                    }
                }
            }
            Object::Dict(dict) => (None, dict.clone(), above.location),
            _ => return,
        };
        let text = |key: &[u8]| {
            self.view.value(&dict, key).ok().and_then(|value| value.as_string().map(|text| text.to_text()))
        };
        let own_name = text(b"T");
        let name = match (&own_name, above.name.as_str()) {
            (None, inherited) => inherited.to_owned(),
            (Some(own), "") => own.clone(),
            (Some(own), inherited) => format!("{inherited}.{own}"),
        };
        let kind = self
            .view
            .value(&dict, b"FT")
            .ok()
            .and_then(|value| value.as_name().map(<[u8]>::to_vec))
            .or_else(|| above.kind.clone());
        let kids = match self.view.value(&dict, b"Kids") {
            Ok(Object::Array(kids)) => kids,
            _ => crate::pdf::Array { items: Vec::new(), span: 0..0 },
        };
        let index = self.form.nodes.len();
        if let Some(id) = id {
            self.form.index.insert(id, index);
        }
        self.form.nodes.push(Node {
            id,
            name: name.clone(),
            dict,
            kind: kind.clone(),
            has_field_kids: false,
            is_widget: own_name.is_none() && above.parent.is_some(),
            parent: above.parent,
            location,
        });
        let below = Above { name, kind, parent: id.or(above.parent), location };
        for kid in kids.iter() {
            let before = self.form.nodes.len();
            self.visit(kid, &below, depth + 1);
            if self.form.nodes.get(before).is_some_and(|kid| !kid.is_widget) {
                self.form.nodes[index].has_field_kids = true;
            }
        }
    }
}

/// A signature dictionary with its place in the file.
#[derive(Debug, Clone)]
pub(super) struct SignatureValue {
    pub(super) field: String,
    /// The object of the field.
    pub(super) field_id: Option<Ref>,
    /// The object of the signature dictionary, where it is one of its own.
    pub(super) id: Option<Ref>,
    pub(super) dict: Dict,
    /// Where the spans of `dict` count, if that is the file.
    pub(super) location: Option<Location>,
}

impl SignatureValue {
    /// Whether it is a document time stamp and no signature.
    pub(super) fn is_timestamp(&self) -> bool {
        is_timestamp(&self.dict)
    }

    /// Byte offset of the `/Contents` string in the file, to tell signatures apart.
    pub(super) fn contents_offset(&self) -> Option<usize> {
        match self.location {
            Some(Location::Offset(_)) => self.dict.entry(b"Contents").map(|entry| entry.value_span.start),
            _ => None,
        }
    }
}

/// Whether a signature dictionary is a document time stamp (ISO 32000-2, 12.8.5).
pub(super) fn is_timestamp(dict: &Dict) -> bool {
    dict.is_name(b"SubFilter", b"ETSI.RFC3161") || dict.is_name(b"Type", b"DocTimeStamp")
}

/// The filled signature fields of a form.
pub(super) fn signatures(view: View<'_>, form: &Form) -> Vec<SignatureValue> {
    let mut found = Vec::new();
    for node in form.nodes.iter().filter(|node| node.is_signature() && !node.has_field_kids) {
        let Some(value) = node.dict.get(b"V") else { continue };
        let base = |id, dict, location| SignatureValue {
            field: shown_name(view, node),
            field_id: node.id,
            id,
            dict,
            location,
        };
        match value {
            Object::Dict(dict) => found.push(base(None, dict.clone(), node.location)),
            Object::Ref(id) => {
                if let Ok(Some(indirect)) = view.load(*id)
                    && let Object::Dict(dict) = indirect.object
                {
                    found.push(base(Some(*id), dict, Some(indirect.location)));
                } else if !matches!(view.resolve(value), Ok(Object::Null)) {
                    // Something stands there that is no signature: to be told, not skipped.
                    found.push(base(Some(*id), Dict::empty(), None));
                }
            }
            _ => found.push(base(None, Dict::empty(), None)),
        }
    }
    found
}

/// The field's name; behind a lock it cannot be read and its object stands for it.
fn shown_name(view: View<'_>, node: &Node) -> String {
    match node.id {
        Some(id) if view.document().is_locked() => format!("(encrypted, object {})", id.number),
        _ => node.name.clone(),
    }
}
