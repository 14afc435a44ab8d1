//! Every change that somebody may make to a signed file, object by object, and whether it is allowed.

mod annotations;
mod forms;
mod pages;

use signer::pdf::{Increment, Ref};

use crate::validate_forge::{PAGE, list};
use crate::validate_office::{set, stream};

/// What a change after a signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Never allowed.
    Never,
    /// Filling and signing: allowed but by a certification of level 1, and told.
    Form,
    /// Comments: allowed by a certification of level 3 only, and told.
    Comment,
    /// Always allowed, and told.
    Told,
}

/// One change after a signature.
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    pub(crate) rule: Rule,
    pub(crate) change: fn(&[u8], &mut Increment<'_>),
}

pub(crate) fn add_annotation(file: &[u8], increment: &mut Increment<'_>, source: &str) -> Ref {
    let id = increment.allocate().unwrap();
    increment.put(id, source.as_bytes().to_vec());
    set(increment, PAGE, "Annots", &format!("[{} {id} R]", list(file, PAGE, "Annots")));
    id
}

pub(crate) fn form_stream(content: &str) -> Vec<u8> {
    stream("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 6 0 R>>>>", content)
}

pub(crate) fn fill(increment: &mut Increment<'_>, field: Ref, value: &str, shown: &str) {
    let look = increment.allocate().unwrap();
    increment.put(look, form_stream(&format!("/Tx BMC BT /F1 10 Tf 2 4 Td ({shown}) Tj ET EMC")));
    set(increment, field, "V", &format!("({value})"));
    set(increment, field, "AP", &format!("<</N {look} R>>"));
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Attack> {
    [pages::PAGES_AND_CATALOG, forms::FIELDS, annotations::ANNOTATIONS].into_iter().flatten()
}
