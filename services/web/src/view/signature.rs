//! What the signatures of a file say: one verdict, and for each signature the seven facts of TT 15/2025/TT-BKHCN.

use proto::record::v1::{ChangesAfter, Coverage, Revocation, SignatureReport, SignatureResult, Verdict};

use crate::texts::findings;
use crate::texts::t::{self, Words};
use crate::view::day;

/// Three verdicts, three shapes: ✓ green, ? ochre, ✕ solid ink.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct VerdictView {
    /// `Hợp lệ`.
    pub(crate) words: &'static str,
    /// Icon.
    pub(crate) icon: &'static str,
    /// Class of a tag.
    pub(crate) tag: &'static str,
    /// Class of the words.
    pub(crate) class: &'static str,
    /// Class of a note or of the big block: `good`, `look` or `stop`.
    pub(crate) tone: &'static str,
}

/// The words for a verdict.
pub(crate) fn verdict(verdict: Verdict) -> VerdictView {
    match verdict {
        Verdict::Valid => VerdictView {
            words: t::signature::valid(),
            icon: "check-lg",
            tag: "tag-good",
            class: "good",
            tone: "good",
        },
        Verdict::Invalid => VerdictView {
            words: t::signature::invalid(),
            icon: "x-lg",
            tag: "tag-stop",
            class: "stop",
            tone: "stop",
        },
        Verdict::Indeterminate => VerdictView {
            words: t::signature::indeterminate(),
            icon: "question-lg",
            tag: "tag-soon",
            class: "soon",
            tone: "look",
        },
        Verdict::Unsigned => VerdictView {
            words: t::signature::unsigned(),
            icon: "question-lg",
            tag: "tag-soon",
            class: "soon",
            tone: "look",
        },
        Verdict::Unreadable => VerdictView {
            words: t::signature::unreadable(),
            icon: "x-lg",
            tag: "tag-stop",
            class: "stop",
            tone: "stop",
        },
        Verdict::Unspecified => VerdictView {
            words: t::signature::unchecked(),
            icon: "question-lg",
            tag: "",
            class: "soft",
            tone: "plain",
        },
    }
}

/// One of the seven facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fact {
    /// Its name, with its number.
    pub(crate) name: &'static str,
    /// What is told.
    pub(crate) text: String,
    /// The second line.
    pub(crate) sub: String,
    /// Class and icon where it is a verdict itself.
    pub(crate) verdict: Option<VerdictView>,
}

/// One signature.
#[derive(Debug, Clone, Default)]
pub(crate) struct SignatureView {
    /// From 1.
    pub(crate) ordinal: usize,
    /// True for a document time stamp.
    pub(crate) timestamp: bool,
    /// The verdict.
    pub(crate) verdict: VerdictView,
    /// Who signed.
    pub(crate) signer: String,
    /// When, with the source of the time.
    pub(crate) when: String,
    /// What changed afterwards, in a sentence.
    pub(crate) after: &'static str,
    /// The revision that it covers.
    pub(crate) revision: i32,
    /// The seven facts, in the order of the circular.
    pub(crate) facts: Vec<Fact>,
    /// Why it is not valid, and what to know all the same.
    pub(crate) remarks: Vec<String>,
    /// Serial number of the certificate.
    pub(crate) serial: String,
}

/// The names of the seven facts (TT 15/2025/TT-BKHCN).
pub(crate) const FACTS: [Words; 7] = [
    t::signature::fact_issuer,
    t::signature::fact_signer,
    t::signature::fact_organization,
    t::signature::fact_time,
    t::signature::fact_integrity,
    t::signature::fact_effect,
    t::signature::fact_validity,
];

/// A report on a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct ReportView {
    /// The bottom line.
    pub(crate) verdict: VerdictView,
    /// A sentence.
    pub(crate) sentence: String,
    /// Each signature.
    pub(crate) signatures: Vec<SignatureView>,
    /// When it was checked.
    pub(crate) checked: String,
    /// Findings about the file.
    pub(crate) findings: Vec<String>,
    /// True where a signer's certificate was revoked at the time that counts.
    pub(crate) revoked: bool,
    /// True while the issuers of the certificates are still being asked.
    pub(crate) asking: bool,
}

impl ReportView {
    /// One row of the table of facts: its name, and each signature's fact.
    pub(crate) fn rows(&self) -> Vec<(&'static str, Vec<&Fact>)> {
        FACTS
            .iter()
            .enumerate()
            .map(|(i, name)| (name(), self.signatures.iter().filter_map(|s| s.facts.get(i)).collect()))
            .collect()
    }

    /// True when there is nothing to say: no report was made.
    pub(crate) fn is_none(&self) -> bool {
        self.verdict.words.is_empty()
    }
}

/// The words for a report; an empty view when there is none.
pub(crate) fn report(report: Option<&SignatureReport>) -> ReportView {
    let Some(report) = report else { return ReportView::default() };
    let signatures: Vec<SignatureView> =
        report.signatures.iter().enumerate().map(|(i, s)| signature(i + 1, s)).collect();
    ReportView {
        verdict: verdict(report.verdict()),
        sentence: sentence(report),
        signatures,
        checked: report.checked_at.as_ref().map(day::exact).unwrap_or_default(),
        findings: report.findings.iter().map(findings::sentence).collect(),
        revoked: report.signatures.iter().any(|s| !s.timestamp && s.revocation() == Revocation::Revoked),
        asking: false,
    }
}

fn sentence(report: &SignatureReport) -> String {
    let n = report.signatures.len();
    let valid = report.signatures.iter().filter(|s| s.verdict() == Verdict::Valid).count();
    let forbidden = report.signatures.iter().any(|s| s.changes_after() == ChangesAfter::Forbidden);
    match report.verdict() {
        Verdict::Valid if n == 1 => t::signature::one_valid().to_owned(),
        Verdict::Valid => t::signature::all_valid(n),
        Verdict::Invalid if forbidden => t::signature::forbidden().to_owned(),
        Verdict::Invalid if n == 1 => t::signature::one_invalid().to_owned(),
        Verdict::Invalid => t::signature::some_invalid(n, n - valid.min(n)),
        Verdict::Indeterminate => t::signature::doubtful().to_owned(),
        Verdict::Unsigned => t::signature::no_signature().to_owned(),
        Verdict::Unreadable => t::signature::no_pdf().to_owned(),
        Verdict::Unspecified => String::new(),
    }
}

fn signature(ordinal: usize, s: &SignatureResult) -> SignatureView {
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let source = match (s.timestamp, s.signed_at_timestamped) {
        // What a stamp says of itself is believed as far as the stamp is.
        (true, _) => t::signature::time_of_stamp(),
        (false, true) => t::signature::time_stamped(),
        (false, false) => t::signature::time_claimed(),
    };
    let when = s.signed_at.as_ref().map(day::exact).unwrap_or_default();
    let good = verdict(Verdict::Valid);
    let bad = verdict(Verdict::Invalid);
    let doubt = verdict(Verdict::Indeterminate);
    let after = after(s.changes_after());
    let integrity = match (s.intact, s.covers(), s.changes_after()) {
        (false, ..) => (t::signature::changed(), t::signature::changed_sub(), bad),
        (true, Coverage::Less, _) => (t::signature::not_all(), t::signature::not_all_sub(), bad),
        (true, _, ChangesAfter::Forbidden) => (t::signature::changed_after(), after, bad),
        (true, ..) => (t::signature::intact(), after, good),
    };
    let effect = match (s.verdict(), s.revocation()) {
        (_, Revocation::Revoked) => (t::signature::no_effect(), t::signature::revoked_sub(), bad),
        (Verdict::Valid, Revocation::Good) => {
            (t::signature::in_effect(), t::signature::in_effect_sub(), good)
        }
        (Verdict::Invalid, _) => (t::signature::no_effect(), t::signature::why_below(), bad),
        (_, Revocation::NotChecked | Revocation::Unspecified) => {
            (t::signature::effect_unknown(), t::signature::not_asked_sub(), doubt)
        }
        (_, Revocation::Good) => (t::signature::effect_unknown(), t::signature::not_revoked_sub(), doubt),
    };
    let date = |at: Option<&prost_types::Timestamp>| {
        at.map(|t| day::full(Some(&domain::calendar::date_of(t)))).unwrap_or_default()
    };
    let validity = match (date(s.certificate_from.as_ref()), date(s.certificate_to.as_ref())) {
        (from, to) if from.is_empty() && to.is_empty() => t::signature::cannot_read().to_owned(),
        (from, to) => format!("{from} – {to}"),
    };
    let plain = |text: String, sub: &str| Fact { text, sub: sub.to_owned(), ..Fact::default() };
    let judged = |(text, sub, v): (&str, &str, VerdictView)| Fact {
        text: text.to_owned(),
        sub: sub.to_owned(),
        verdict: Some(v),
        ..Fact::default()
    };
    let mut remarks: Vec<String> = s.reasons.iter().chain(&s.warnings).map(findings::sentence).collect();
    remarks.dedup();
    SignatureView {
        ordinal,
        timestamp: s.timestamp,
        verdict: verdict(s.verdict()),
        signer: or(&s.signer, t::signature::signer_unknown()),
        when: if when.is_empty() {
            t::signature::no_time().to_owned()
        } else {
            t::signature::when(&when, source)
        },
        after,
        revision: s.revision,
        facts: [
            plain(or(&s.issuer, t::signature::cannot_read()), ""),
            plain(
                or(&s.signer, t::signature::cannot_read()),
                if s.timestamp { t::signature::of_the_document() } else { "" },
            ),
            plain(or(&s.organization, t::signature::no_organization()), ""),
            plain(or(&when, t::signature::not_given()), if when.is_empty() { "" } else { source }),
            judged(integrity),
            judged(effect),
            plain(validity, ""),
        ]
        .into_iter()
        .zip(FACTS)
        .map(|(fact, name)| Fact { name: name(), ..fact })
        .collect(),
        remarks,
        serial: s.certificate_serial.clone(),
    }
}

fn after(changes: ChangesAfter) -> &'static str {
    match changes {
        ChangesAfter::None => t::signature::after_none(),
        ChangesAfter::Permitted => t::signature::after_permitted(),
        ChangesAfter::Forbidden => t::signature::after_forbidden(),
        ChangesAfter::Unspecified => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(verdict: Verdict, revocation: Revocation) -> SignatureResult {
        SignatureResult {
            verdict: verdict as i32,
            revocation: revocation as i32,
            intact: true,
            covers: Coverage::WholeFile as i32,
            changes_after: ChangesAfter::None as i32,
            signer: "Nguyễn Văn An (demo)".to_owned(),
            signed_at: Some(prost_types::Timestamp { seconds: 1_794_966_450, nanos: 0 }),
            ..SignatureResult::default()
        }
    }

    fn report_of(verdict: Verdict, signatures: Vec<SignatureResult>) -> ReportView {
        report(Some(&SignatureReport { verdict: verdict as i32, signatures, ..SignatureReport::default() }))
    }

    #[test]
    fn every_signature_tells_seven_facts() {
        let told = report_of(Verdict::Valid, vec![result(Verdict::Valid, Revocation::Good)]);
        assert_eq!(told.verdict.words, "Hợp lệ");
        assert_eq!(told.signatures[0].facts.len(), FACTS.len());
        assert_eq!(told.rows().len(), 7);
        assert_eq!(told.signatures[0].facts[3].text, "18/11/2026 08:47:30 +07:00");
        assert_eq!(told.signatures[0].facts[3].sub, "theo đồng hồ của người ký");
        assert_eq!(told.signatures[0].facts[5].text, "Có hiệu lực");
    }

    #[test]
    fn what_was_not_checked_is_never_green() {
        let told =
            report_of(Verdict::Indeterminate, vec![result(Verdict::Indeterminate, Revocation::NotChecked)]);
        let effect = told.signatures[0].facts[5].verdict.expect("verdict");
        assert_eq!((told.verdict.tone, effect.tone), ("look", "look"));
    }

    #[test]
    fn a_change_after_signing_makes_integrity_black() {
        let mut changed = result(Verdict::Invalid, Revocation::Good);
        changed.changes_after = ChangesAfter::Forbidden as i32;
        let told = report_of(Verdict::Invalid, vec![changed]);
        assert_eq!(told.signatures[0].facts[4].verdict.expect("verdict").tone, "stop");
        assert!(told.sentence.contains("không được phép"));
    }

    #[test]
    fn a_file_that_is_no_pdf_and_one_without_signatures_are_told_apart() {
        assert_eq!(report_of(Verdict::Unsigned, vec![]).verdict.words, "Không có chữ ký số");
        assert_eq!(report_of(Verdict::Unreadable, vec![]).verdict.words, "Không đọc được tệp");
        assert!(report(None).is_none());
    }
}
