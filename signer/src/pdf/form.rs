//! The interactive form: its fields by their full names, and where a new one is to be entered.

use std::collections::HashSet;

use super::error::Error;
use super::limits::{TREE_DEPTH_MAX, TREE_NODES_MAX};
use super::object::{Dict, Object, Ref};
use super::view::View;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text (`/Tx`).
    Text,
    /// Button (`/Btn`).
    Button,
    /// Choice (`/Ch`).
    Choice,
    /// Signature (`/Sig`).
    Signature,
    /// Not said, or something else.
    Other,
}

/// A terminal field.
#[derive(Debug, Clone)]
pub struct Field {
    /// The field object; none when it is a direct object (not allowed, seen in damaged files).
    pub id: Option<Ref>,
    /// Fully qualified name.
    pub name: String,
    /// Its type, inherited.
    pub kind: FieldKind,
    /// Its flags `/Ff`, inherited.
    pub flags: i64,
    /// Its value `/V` as it stands (perhaps a reference), inherited; null when there is none.
    pub value: Object,
    /// The field's own dictionary.
    pub dict: Dict,
    /// Its widgets: itself when merged, else its kids.
    pub widgets: Vec<Ref>,
}

#[derive(Clone)]
struct Inherited {
    name: String,
    kind: Option<FieldKind>,
    flags: i64,
    value: Object,
}

impl View<'_> {
    /// The form dictionary, if there is one.
    ///
    /// # Errors
    /// When the catalog or the form cannot be read.
    pub fn form(self) -> Result<Option<Dict>, Error> {
        match self.value(&self.root()?, b"AcroForm")? {
            Object::Dict(dict) => Ok(Some(dict)),
            _ => Ok(None),
        }
    }

    /// All terminal fields, in the order of the form.
    ///
    /// # Errors
    /// When a field cannot be read, or the tree is beyond the limits.
    pub fn fields(self) -> Result<Vec<Field>, Error> {
        let Some(form) = self.form()? else { return Ok(Vec::new()) };
        let Object::Array(roots) = self.value(&form, b"Fields")? else { return Ok(Vec::new()) };
        let start = Inherited { name: String::new(), kind: None, flags: 0, value: Object::Null };
        let mut stack: Vec<(Object, Inherited, usize)> =
            roots.iter().rev().map(|field| (field.clone(), start.clone(), 0)).collect();
        let mut fields = Vec::new();
        let mut seen = HashSet::new();
        let mut nodes = 0;
        while let Some((object, inherited, depth)) = stack.pop() {
            nodes += 1;
            if nodes > TREE_NODES_MAX || depth > TREE_DEPTH_MAX {
                return Err(Error::Limit { limit: "size of the field tree" });
            }
            let id = object.as_ref();
            if id.is_some_and(|id| !seen.insert(id)) {
                continue;
            }
            let Object::Dict(dict) = self.resolve(&object)? else { continue };
            self.visit(id, dict, inherited, depth, &mut stack, &mut fields)?;
        }
        Ok(fields)
    }

    fn visit(
        self,
        id: Option<Ref>,
        dict: Dict,
        inherited: Inherited,
        depth: usize,
        stack: &mut Vec<(Object, Inherited, usize)>,
        fields: &mut Vec<Field>,
    ) -> Result<(), Error> {
        let Inherited { mut name, mut kind, mut flags, mut value } = inherited;
        if let Some(partial) = self.value(&dict, b"T")?.as_string() {
            if !name.is_empty() {
                name.push('.');
            }
            name.push_str(&partial.to_text());
        }
        if let Some(own) = self.value(&dict, b"FT")?.as_name() {
            kind = Some(match own {
                b"Tx" => FieldKind::Text,
                b"Btn" => FieldKind::Button,
                b"Ch" => FieldKind::Choice,
                b"Sig" => FieldKind::Signature,
                _ => FieldKind::Other,
            });
        }
        flags = self.value(&dict, b"Ff")?.as_integer().unwrap_or(flags);
        value = dict.get(b"V").cloned().unwrap_or(value);
        let mut widgets = Vec::new();
        let mut children = Vec::new();
        if let Object::Array(kids) = self.value(&dict, b"Kids")? {
            for kid in kids.iter() {
                // A kid with a name is a field, one without is a widget of this field.
                match self.resolve(kid) {
                    Ok(Object::Dict(dict)) if dict.get(b"T").is_some() => children.push(kid.clone()),
                    Ok(Object::Dict(_)) => widgets.extend(kid.as_ref()),
                    _ => {}
                }
            }
        }
        if children.is_empty() {
            if widgets.is_empty() && dict.get(b"Rect").is_some() {
                widgets.extend(id);
            }
            let kind = kind.unwrap_or(FieldKind::Other);
            fields.push(Field { id, name, kind, flags, value, dict, widgets });
            return Ok(());
        }
        let inherited = Inherited { name, kind, flags, value };
        stack.extend(children.into_iter().rev().map(|child| (child, inherited.clone(), depth + 1)));
        Ok(())
    }
}
