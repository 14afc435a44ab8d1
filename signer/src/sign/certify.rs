//! Certification: the first signature says what may be changed after it (ISO 32000-1, 12.8.2.2).

use super::refusal::Refusal;
use crate::pdf::{Increment, Object, Ref};

/// What a certifying signature permits afterwards (`/P` of the DocMDP transform, ISO 32000-1, table 254).
///
/// Readers disagree whether long-term evidence may be appended under [`Certification::NoChanges`] (ISO 32000-2
/// permits it, Acrobat does not): certify with [`Certification::FillingAndSigning`] what is to be kept for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certification {
    /// Nothing at all.
    NoChanges,
    /// Filling in forms and signing.
    FillingAndSigning,
    /// Annotations as well.
    Annotating,
}

impl Certification {
    /// The one of this level, 1 to 3.
    pub fn from_level(level: u8) -> Option<Self> {
        match level {
            1 => Some(Self::NoChanges),
            2 => Some(Self::FillingAndSigning),
            3 => Some(Self::Annotating),
            _ => None,
        }
    }

    /// Its level, 1 to 3.
    pub fn level(self) -> u8 {
        match self {
            Self::NoChanges => 1,
            Self::FillingAndSigning => 2,
            Self::Annotating => 3,
        }
    }

    /// The signature reference that says so.
    pub(crate) fn reference(self) -> String {
        let level = self.level();
        format!(
            "<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P {level}>>>>"
        )
    }
}

/// Names the certifying signature in the catalog's `/Perms`, where readers look for it. Other permissions that
/// stand there stay.
pub(crate) fn enter_in_permissions(increment: &mut Increment<'_>, signature: Ref) -> Result<(), Refusal> {
    let view = increment.document().latest();
    let root_ref = view.root_ref()?;
    let root = view.root()?;
    let entry = root.get(b"Perms").cloned().unwrap_or(Object::Null);
    match view.resolve(&entry)? {
        Object::Dict(permissions) => {
            let holder = entry.as_ref().unwrap_or(root_ref);
            increment.patch(holder)?.set(&permissions, b"DocMDP", format!("{signature} R").as_bytes());
        }
        _ => {
            increment.patch(root_ref)?.set(&root, b"Perms", format!("<</DocMDP {signature} R>>").as_bytes());
        }
    }
    Ok(())
}
