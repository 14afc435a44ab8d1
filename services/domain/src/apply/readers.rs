//! Who may see a record.

use proto::record::v1::principal::Who;
use proto::record::v1::{Principal, Role};

/// One person.
pub(crate) fn person(id: &str) -> Principal {
    Principal { who: Some(Who::PersonId(id.to_owned())) }
}

/// Everybody of a unit.
pub(crate) fn unit(id: &str) -> Principal {
    Principal { who: Some(Who::UnitId(id.to_owned())) }
}

/// Everybody who acts in a role.
pub(crate) fn role(role: Role) -> Principal {
    Principal { who: Some(Who::Role(role.into())) }
}

/// Adds those of `more` that are not among `readers` yet.
pub(crate) fn add(readers: &mut Vec<Principal>, more: impl IntoIterator<Item = Principal>) {
    for principal in more {
        if principal.who.is_some() && !readers.contains(&principal) {
            readers.push(principal);
        }
    }
}
