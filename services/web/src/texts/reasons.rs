//! Reasons of the rules as sentences: what, why, and where the law says so. They stand in `reasons.ftl`, by the names of
//! `domain::reasons` and of the services.

use proto::fault::Violation;

use crate::texts::t;

/// The sentence for a reason; of one that has none, only that it is not allowed.
pub(crate) fn sentence(reason: &str) -> &'static str {
    find(reason).unwrap_or_else(t::view::reason_untold)
}

fn find(reason: &str) -> Option<&'static str> {
    t::by_code(t::reasons::ALL, reason)
}

/// The sentence for a violation by its field.
pub(crate) fn of_violation(violation: &Violation) -> String {
    find(violation.reason).map_or_else(|| t::view::reason_unknown(violation.reason), str::to_owned)
}

/// The same, with the name of the field, for one that the form does not show.
pub(crate) fn of_violation_with_field(violation: &Violation) -> String {
    if violation.field.is_empty() {
        of_violation(violation)
    } else {
        format!("{} ({})", of_violation(violation), violation.field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_of_the_rules_has_its_sentence() {
        // What stands in one language stands in the other: the build saw to it.
        let missing: Vec<&&str> = domain::reasons::ALL.iter().filter(|r| find(r).is_none()).collect();
        assert!(missing.is_empty(), "no sentence for {missing:?}");
    }
}
