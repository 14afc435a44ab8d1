//! What happened to a file after a signature, judged against what the signature and the standard
//! permit.
//!
//! Both revisions are walked side by side from the trailer down, by the role that each object
//! plays: catalog, pages, annotations, form, evidence. What has no role that may change must be
//! equal, with everything it leads to. The signed revision is compared with every later one, since
//! each of them was once what people saw.

mod annotations;
mod document;
mod fields;
mod graph;
mod reading_order;

use super::locks::Policy;
use super::report::{Change, ChangesAfter, Finding};
use crate::pdf::Document;
use document::Comparison;

/// Most later revisions that one signature is compared with.
pub(super) const REVISIONS_MAX: usize = 64;

/// What happened after one signature.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) changes: Vec<Change>,
    /// Names of the form fields that were filled, with the revision (from 0) that did it.
    pub(super) filled: Vec<(String, usize)>,
    pub(super) findings: Vec<Finding>,
    later_revisions: bool,
}

impl Outcome {
    /// The worst of all changes.
    pub(super) fn summary(&self) -> ChangesAfter {
        if self.changes.iter().any(|change| !change.permitted) {
            ChangesAfter::Forbidden
        } else if self.later_revisions {
            ChangesAfter::Permitted
        } else {
            ChangesAfter::None
        }
    }
}

/// Compares the signed revision (counted from 0) with all later ones.
pub(super) fn after(document: &Document, signed: usize, policy: &Policy) -> Outcome {
    let last = document.revisions().len().saturating_sub(1);
    let mut outcome = Outcome { later_revisions: signed < last, ..Outcome::default() };
    let mut later: Vec<usize> = (signed + 1..=last).collect();
    if later.len() > REVISIONS_MAX {
        outcome.findings.push(Finding::undecided(
            "too_many_revisions",
            format!(
                "{} revisions follow the signature, only the last {REVISIONS_MAX} were compared",
                later.len()
            ),
        ));
        later.drain(..later.len() - REVISIONS_MAX);
    }
    for revision in later {
        let Some(mut comparison) = Comparison::new(document, signed, revision, policy) else { continue };
        comparison.run();
        if comparison.gave_up() {
            outcome.findings.push(Finding::undecided(
                "too_large_to_compare",
                "the revisions are too large to be compared in full",
            ));
        }
        for doubt in comparison.doubts {
            if !outcome.findings.contains(&doubt) {
                outcome.findings.push(doubt);
            }
        }
        for change in comparison.changes {
            let known =
                outcome.changes.iter().any(|other| other.code == change.code && other.text == change.text);
            if !known {
                outcome.changes.push(change);
            }
        }
        for (field, _) in comparison.filled.iter().map(|field| (field, ())) {
            if !outcome.filled.iter().any(|(known, _)| known == field) {
                outcome.filled.push((field.clone(), revision));
            }
        }
    }
    outcome
}
