//! The states in which a file was saved: who signed each, what each changed, and where each ends.

use proto::record::v1::{FileRevision, Finding, SignatureReport};

use crate::texts::{findings, t};
use crate::view::signature::{self, ReportView, VerdictView};

/// Changes of one revision that are told.
const CHANGES_TOLD: usize = 12;

/// One state of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RevisionView {
    /// From 1, the oldest.
    pub(super) number: i32,
    /// The first so many bytes of the file are this revision.
    pub(super) end: i64,
    /// Its size in words.
    pub(super) size: String,
    /// Who signed exactly this, when, and the verdict.
    pub(super) signed_by: Vec<(String, VerdictView)>,
    /// What it changed of what was signed before: the words, and whether that was permitted.
    pub(super) changes: Vec<(String, bool)>,
    /// How many changes are not told.
    pub(super) more: usize,
    /// True for the file as it is now.
    pub(super) last: bool,
}

impl RevisionView {
    /// How a form names it.
    pub(super) fn value(&self) -> String {
        format!("{}-{}", self.number, self.end)
    }
}

/// What [`RevisionView::value`] says.
pub(super) fn read(value: &str) -> Option<(i32, u64)> {
    let (number, end) = value.split_once('-')?;
    Some((number.parse().ok()?, end.parse().ok().filter(|end| *end > 0)?))
}

/// The name of the file that a revision is kept under.
pub(super) fn file_name(name: &str, number: &str) -> String {
    let stem = name.strip_suffix(".pdf").or_else(|| name.strip_suffix(".PDF")).unwrap_or(name);
    let number: String = number.chars().filter(char::is_ascii_digit).take(6).collect();
    format!("{stem}-{number}.pdf")
}

/// The revisions of a file, the newest first; none where the file has but one and nobody signed it.
pub(super) fn of(report: Option<&SignatureReport>) -> Vec<RevisionView> {
    let Some(report) = report.filter(|report| !report.signatures.is_empty()) else { return Vec::new() };
    let last = report.revisions.len();
    let view = |(i, revision): (usize, &FileRevision)| {
        let changes = changes(report, revision.number);
        RevisionView {
            number: revision.number,
            end: revision.end,
            size: crate::view::day::size(u64::try_from(revision.end).unwrap_or_default()),
            signed_by: signers(report, revision),
            more: changes.len().saturating_sub(CHANGES_TOLD),
            changes: changes.into_iter().take(CHANGES_TOLD).collect(),
            last: i + 1 == last,
        }
    };
    report.revisions.iter().enumerate().map(view).rev().collect()
}

fn signers(report: &SignatureReport, revision: &FileRevision) -> Vec<(String, VerdictView)> {
    let signed = report.signatures.iter().filter(|one| revision.signed_by.contains(&one.field));
    signed
        .map(|one| {
            let name = match (one.timestamp, one.signer.is_empty()) {
                (true, _) => t::signature::time_stamp().to_owned(),
                (_, true) => t::signature::signer_unknown().to_owned(),
                _ => one.signer.clone(),
            };
            let at = one.signed_at.as_ref().map(crate::view::day::exact).unwrap_or_default();
            let words = match (at.is_empty(), one.timestamp) {
                (true, _) => name,
                (_, true) => t::check::stamped_at(at, name),
                _ => t::check::signed_at(at, name),
            };
            (words, signature::verdict(one.verdict()))
        })
        .collect()
}

/// What a revision changed; what two signatures tell of it is told once, and what is forbidden stands first.
fn changes(report: &SignatureReport, number: i32) -> Vec<(String, bool)> {
    let mut told: Vec<(String, bool)> = Vec::new();
    let all = report.signatures.iter().flat_map(|one| &one.changes).filter(|it| it.revision == number);
    for change in all {
        let words = findings::sentence(&Finding { code: change.code.clone(), text: change.text.clone() });
        match told.iter_mut().find(|(known, _)| *known == words) {
            // What one signature forbids is forbidden.
            Some((_, permitted)) => *permitted &= change.permitted,
            None => told.push((words, change.permitted)),
        }
    }
    told.sort_by_key(|(_, permitted)| *permitted);
    told
}

/// Takes out of a report what it says twice; answers what holds of every signature, to be said once.
pub(super) fn said_once(report: &mut ReportView) -> Vec<String> {
    for one in &mut report.signatures {
        let mut kept: Vec<String> = Vec::new();
        for remark in one.remarks.drain(..) {
            if !kept.contains(&remark) && !report.findings.contains(&remark) {
                kept.push(remark);
            }
        }
        one.remarks = kept;
    }
    let Some((first, rest)) = report.signatures.split_first() else { return Vec::new() };
    if rest.is_empty() {
        return Vec::new();
    }
    let of_all = |remark: &&String| rest.iter().all(|one| one.remarks.contains(remark));
    let common: Vec<String> = first.remarks.iter().filter(of_all).cloned().collect();
    for one in &mut report.signatures {
        one.remarks.retain(|remark| !common.contains(remark));
    }
    common
}

#[cfg(test)]
mod tests {
    use proto::record::v1::{RevisionChange, SignatureResult};

    use super::*;

    fn change(revision: i32, code: &str, permitted: bool) -> RevisionChange {
        RevisionChange { revision, permitted, code: code.to_owned(), text: code.to_owned() }
    }

    fn signed(field: &str, changes: Vec<RevisionChange>) -> SignatureResult {
        SignatureResult { field: field.to_owned(), signer: field.to_owned(), changes, ..Default::default() }
    }

    fn report() -> SignatureReport {
        let revision = |number: i32, signed_by: &[&str]| FileRevision {
            number,
            end: i64::from(number) * 1_000,
            signed_by: signed_by.iter().map(|f| (*f).to_owned()).collect(),
        };
        SignatureReport {
            signatures: vec![
                signed("nguoiky", vec![change(3, "x_filled", true), change(3, "x_page", true)]),
                signed("dau", vec![change(3, "x_page", false)]),
            ],
            revisions: vec![revision(1, &[]), revision(2, &["nguoiky"]), revision(3, &["dau"])],
            ..SignatureReport::default()
        }
    }

    #[test]
    fn a_file_is_told_from_its_newest_state_and_a_change_once_and_as_its_strictest_signature_sees_it() {
        let told = of(Some(&report()));
        assert_eq!(told.iter().map(|r| r.number).collect::<Vec<_>>(), [3, 2, 1]);
        assert!(told[0].last && !told[1].last);
        let changes: Vec<(&str, bool)> =
            told[0].changes.iter().map(|(w, p)| (w.split(' ').next().unwrap(), *p)).collect();
        assert_eq!(changes, [("x_page", false), ("x_filled", true)]);
        assert_eq!(told[1].signed_by[0].0, "nguoiky");
        assert!(told[2].signed_by.is_empty() && told[2].changes.is_empty());
        assert!(of(None).is_empty() && of(Some(&SignatureReport::default())).is_empty());
    }

    #[test]
    fn a_revision_finds_its_way_through_a_form_and_nonsense_does_not() {
        let told = of(Some(&report()));
        assert_eq!(read(&told[1].value()), Some((2, 2_000)));
        for nonsense in ["", "2", "2-", "2-0", "a-5", "2--5"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
        assert_eq!(file_name("quyết định.pdf", "2"), "quyết định-2.pdf");
        assert_eq!(file_name("a", "2\"\r\n"), "a-2.pdf");
    }

    #[test]
    fn a_remark_is_said_once() {
        let remarks = |all: &[&str]| all.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>();
        let one = |all: &[&str]| signature::SignatureView { remarks: remarks(all), ..Default::default() };
        let mut report = ReportView {
            findings: remarks(&["tệp"]),
            signatures: vec![one(&["chung", "a", "chung", "tệp"]), one(&["b", "chung"])],
            ..ReportView::default()
        };
        assert_eq!(said_once(&mut report), ["chung"]);
        assert_eq!(report.signatures[0].remarks, ["a"]);
        assert_eq!(report.signatures[1].remarks, ["b"]);
        let mut alone = ReportView { signatures: vec![one(&["a", "a"])], ..ReportView::default() };
        assert!(said_once(&mut alone).is_empty());
        assert_eq!(alone.signatures[0].remarks, ["a"]);
    }
}
