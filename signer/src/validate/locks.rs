//! What a signature forbids for later: certification (DocMDP), locked fields (FieldMDP, `/Lock`).
//!
//! ISO 32000-2, 12.8.2.2 and 12.8.2.4, 12.7.5.5. Where the signed transform and the field's lock
//! disagree the stricter one counts, and the disagreement is told.

use super::form::{Form, SignatureValue};
use super::report::Finding;
use crate::pdf::{Dict, Object, View};

/// Most signature references of one signature that are read.
const REFERENCES_MAX: usize = 16;

/// What may change after a signature.
#[derive(Debug, Clone, Default)]
pub(super) struct Policy {
    /// 1: nothing but evidence; 2: also forms and signatures; 3: also annotations.
    pub(super) level: Option<u8>,
    /// The level that a certifying signature set.
    pub(super) certifies: Option<u8>,
    locks: Vec<Lock>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Lock {
    All,
    Include(Vec<String>),
    Exclude(Vec<String>),
}

impl Lock {
    fn covers(&self, field: &str) -> bool {
        let named = |names: &[String]| {
            names.iter().any(|name| {
                field == name || field.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
            })
        };
        match self {
            Lock::All => true,
            Lock::Include(names) => named(names),
            Lock::Exclude(names) => !named(names),
        }
    }
}

impl Policy {
    /// Whether the signature locks a field.
    pub(super) fn locks(&self, field: &str) -> bool {
        self.locks.iter().any(|lock| lock.covers(field))
    }

    /// Whether the signature locks every field there is or will be.
    pub(super) fn locks_all(&self) -> bool {
        self.locks.contains(&Lock::All)
    }

    /// Whether the field is one that the signature left open on purpose, to be filled later.
    pub(super) fn leaves_open(&self, field: &str) -> bool {
        self.locks.iter().any(|lock| matches!(lock, Lock::Exclude(_)) && !lock.covers(field))
            && !self.locks(field)
    }

    /// Reads what the signature at `view` (its own revision) forbids, together with the
    /// certification that the revision already carries.
    pub(super) fn read(
        view: View<'_>,
        form: &Form,
        value: &SignatureValue,
        findings: &mut Vec<Finding>,
    ) -> Policy {
        let mut policy = Policy::default();
        let from_reference = policy.read_references(view, &value.dict);
        let lock_dict =
            value.field_id.and_then(|id| form.node(id)).and_then(|node| view.value(&node.dict, b"Lock").ok());
        if let Some(Object::Dict(lock_dict)) = lock_dict {
            policy.restrict(level(view, &lock_dict));
            let lock = read_lock(view, &lock_dict);
            if lock.is_some() && from_reference != lock {
                findings.push(Finding::warning("lock_disagrees", "the lock of the field and the lock that the signature signed are not the same; the stricter counts"));
            }
            policy.locks.extend(lock);
        }
        for other in super::form::signatures(view, form) {
            let mut certification = Policy::default();
            certification.read_references(view, &other.dict);
            policy.restrict(certification.certifies);
        }
        policy
    }

    /// Reads the transforms that a signature dictionary names; the lock among them is returned too.
    fn read_references(&mut self, view: View<'_>, dict: &Dict) -> Option<Lock> {
        let mut found = None;
        let references = view.value(dict, b"Reference").ok();
        for reference in
            references.iter().filter_map(Object::as_array).flat_map(|array| array.iter().take(REFERENCES_MAX))
        {
            let Ok(Object::Dict(reference)) = view.resolve(reference) else { continue };
            let parameters = match view.value(&reference, b"TransformParams") {
                Ok(Object::Dict(parameters)) => parameters,
                _ => Dict::empty(),
            };
            if reference.is_name(b"TransformMethod", b"DocMDP") {
                // The default is 2 (ISO 32000-2, table 257).
                self.certify(level(view, &parameters).unwrap_or(2));
            } else if reference.is_name(b"TransformMethod", b"FieldMDP") {
                self.restrict(level(view, &parameters));
                let lock = read_lock(view, &parameters);
                found.clone_from(&lock);
                self.locks.extend(lock);
            }
        }
        found
    }

    fn certify(&mut self, level: u8) {
        self.certifies = Some(self.certifies.map_or(level, |old| old.min(level)));
        self.restrict(Some(level));
    }

    fn restrict(&mut self, level: Option<u8>) {
        if let Some(level) = level {
            self.level = Some(self.level.map_or(level, |old| old.min(level)));
        }
    }
}

fn level(view: View<'_>, dict: &Dict) -> Option<u8> {
    super::byte_range::integer(view, dict, b"P")
        .and_then(|level| u8::try_from(level).ok())
        .filter(|level| (1..=3).contains(level))
}

fn read_lock(view: View<'_>, dict: &Dict) -> Option<Lock> {
    let action = view.value(dict, b"Action").ok()?;
    let names = || -> Vec<String> {
        let Ok(Object::Array(fields)) = view.value(dict, b"Fields") else { return Vec::new() };
        let texts = fields.iter().filter_map(|field| view.resolve(field).ok());
        let mut names: Vec<String> =
            texts.filter_map(|field| field.as_string().map(|text| text.to_text())).collect();
        names.sort();
        names
    };
    match action.as_name()? {
        b"All" => Some(Lock::All),
        b"Include" => Some(Lock::Include(names())),
        b"Exclude" => Some(Lock::Exclude(names())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_whole_or_as_the_head_of_a_path() {
        let lock = Lock::Include(vec!["so".to_owned()]);
        assert!(lock.covers("so") && lock.covers("so.kieu"));
        assert!(!lock.covers("sothutu"));
        assert!(Lock::Exclude(vec!["so".to_owned()]).covers("dau"));
        let policy = Policy { locks: vec![Lock::Exclude(vec!["so".to_owned()])], ..Policy::default() };
        assert!(policy.leaves_open("so") && !policy.leaves_open("dau") && policy.locks("dau"));
    }
}
