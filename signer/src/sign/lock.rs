//! Locks: which fields must not change after a signature (ISO 32000-1, 12.7.4.5 and 12.8.2.4).

use super::refusal::Refusal;
use crate::pdf::{Dict, Error, Field, Object, View, encode_text};

/// Which fields a new signature locks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldLock {
    /// All there are and will be.
    All,
    /// These, by their full names, and the fields below them.
    Only(Vec<String>),
    /// All but these.
    AllBut(Vec<String>),
}

impl FieldLock {
    /// Refuses names that no field has: a lock on a misspelt name locks nothing.
    pub(crate) fn check(&self, fields: &[Field]) -> Result<(), Refusal> {
        let (Self::Only(names) | Self::AllBut(names)) = self else { return Ok(()) };
        for name in names {
            let below = format!("{name}.");
            if !fields.iter().any(|field| field.name == *name || field.name.starts_with(&below)) {
                return Err(Refusal::FieldUnknown(name.clone()));
            }
        }
        Ok(())
    }

    /// `/Action` and `/Fields`, which a `/Lock` and a FieldMDP transform share.
    pub(crate) fn entries(&self) -> Vec<u8> {
        let (action, names): (_, &[String]) = match self {
            Self::All => ("All", &[]),
            Self::Only(names) => ("Include", names),
            Self::AllBut(names) => ("Exclude", names),
        };
        let mut out = format!("/Action/{action}").into_bytes();
        if *self != Self::All {
            out.extend_from_slice(b"/Fields[");
            for name in names {
                out.extend(encode_text(name));
            }
            out.push(b']');
        }
        out
    }
}

/// The entries of a field's own `/Lock`, to be repeated in its signature the way Acrobat does: `/P` inside.
pub(crate) fn entries_of(view: View<'_>, lock: &Dict) -> Result<Vec<u8>, Refusal> {
    let damaged = |what| Refusal::Damaged(Error::Type { what, expected: "as ISO 32000-1 Table 233 has it" });
    let names = || -> Result<Vec<String>, Refusal> {
        let Object::Array(names) = view.value(lock, b"Fields")? else {
            return Err(damaged("/Fields of a lock"));
        };
        let text = |name| -> Result<String, Refusal> {
            let name = view.resolve(name)?;
            Ok(name.as_string().ok_or_else(|| damaged("/Fields of a lock"))?.to_text())
        };
        names.iter().map(text).collect()
    };
    let lock_fields = match view.value(lock, b"Action")?.as_name() {
        Some(b"All") => FieldLock::All,
        Some(b"Include") => FieldLock::Only(names()?),
        Some(b"Exclude") => FieldLock::AllBut(names()?),
        _ => return Err(damaged("/Action of a lock")),
    };
    let mut out = lock_fields.entries();
    if let Some(level) = view.value(lock, b"P")?.as_integer() {
        out.extend_from_slice(format!("/P {level}").as_bytes());
    }
    Ok(out)
}
