//! What the signatures of a file say: one verdict, and for each signature the seven facts of TT 15/2025/TT-BKHCN.

use proto::record::v1::{ChangesAfter, Coverage, Revocation, SignatureReport, SignatureResult, Verdict};

use crate::texts::findings;
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
        Verdict::Valid => {
            VerdictView {
                words: "Hợp lệ", icon: "check-lg", tag: "tag-good", class: "good", tone: "good"
            }
        }
        Verdict::Invalid => {
            VerdictView {
                words: "Không hợp lệ", icon: "x-lg", tag: "tag-stop", class: "stop", tone: "stop"
            }
        }
        Verdict::Indeterminate => VerdictView {
            words: "Không xác định",
            icon: "question-lg",
            tag: "tag-soon",
            class: "soon",
            tone: "look",
        },
        Verdict::Unsigned => VerdictView {
            words: "Không có chữ ký số",
            icon: "question-lg",
            tag: "tag-soon",
            class: "soon",
            tone: "look",
        },
        Verdict::Unreadable => VerdictView {
            words: "Không đọc được tệp",
            icon: "x-lg",
            tag: "tag-stop",
            class: "stop",
            tone: "stop",
        },
        Verdict::Unspecified => {
            VerdictView {
                words: "Chưa kiểm tra", icon: "question-lg", tag: "", class: "soft", tone: "plain"
            }
        }
    }
}

/// One of the seven facts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Fact {
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
pub(crate) const FACTS: [&str; 7] = [
    "1. Tổ chức cấp chứng thư",
    "2. Người ký",
    "3. Đơn vị quản lý chứng thư",
    "4. Thời điểm ký",
    "5. Toàn vẹn nội dung",
    "6. Hiệu lực của chữ ký khi ký",
    "7. Thời hạn của chứng thư",
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
}

impl ReportView {
    /// One row of the table of facts: its name, and each signature's fact.
    pub(crate) fn rows(&self) -> Vec<(&'static str, Vec<&Fact>)> {
        FACTS
            .iter()
            .enumerate()
            .map(|(i, name)| (*name, self.signatures.iter().filter_map(|s| s.facts.get(i)).collect()))
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
    }
}

fn sentence(report: &SignatureReport) -> String {
    let n = report.signatures.len();
    let valid = report.signatures.iter().filter(|s| s.verdict() == Verdict::Valid).count();
    let forbidden = report.signatures.iter().any(|s| s.changes_after() == ChangesAfter::Forbidden);
    match report.verdict() {
        Verdict::Valid if n == 1 => {
            "Văn bản có 1 chữ ký, hợp lệ. Nội dung không bị sửa kể từ khi ký.".to_owned()
        }
        Verdict::Valid => {
            format!("Văn bản có {n} chữ ký, cả {n} hợp lệ. Nội dung không bị sửa kể từ khi ký.")
        }
        Verdict::Invalid if forbidden => "Văn bản bị sửa sau khi ký theo cách không được phép.".to_owned(),
        Verdict::Invalid => format!("{} trong {n} chữ ký không hợp lệ.", n - valid.min(n)),
        Verdict::Indeterminate => {
            "Không thấy gì sai, nhưng có điều chưa kiểm tra được. Chưa nên dựa vào chữ ký này.".to_owned()
        }
        Verdict::Unsigned => "Tệp không mang chữ ký số nào.".to_owned(),
        Verdict::Unreadable => "Tệp không phải PDF, bị hỏng hoặc có mật khẩu.".to_owned(),
        Verdict::Unspecified => String::new(),
    }
}

fn signature(ordinal: usize, s: &SignatureResult) -> SignatureView {
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
    let source = if s.signed_at_timestamped {
        "theo dấu thời gian đã kiểm tra"
    } else {
        "theo đồng hồ của người ký"
    };
    let when = s.signed_at.as_ref().map(day::exact).unwrap_or_default();
    let good = verdict(Verdict::Valid);
    let bad = verdict(Verdict::Invalid);
    let doubt = verdict(Verdict::Indeterminate);
    let after = after(s.changes_after());
    let integrity = match (s.intact, s.covers(), s.changes_after()) {
        (false, ..) => ("Bị sửa", "nội dung không còn là nội dung đã ký", bad),
        (true, Coverage::Less, _) => ("Không phủ hết văn bản", "một phần văn bản nằm ngoài chữ ký", bad),
        (true, _, ChangesAfter::Forbidden) => ("Bị sửa sau khi ký", after, bad),
        (true, ..) => ("Nguyên vẹn", after, good),
    };
    let effect = match (s.verdict(), s.revocation()) {
        (_, Revocation::Revoked) => ("Không có hiệu lực", "chứng thư đã bị tạm dừng hoặc thu hồi", bad),
        (Verdict::Valid, Revocation::Good) => ("Có hiệu lực", "không bị tạm dừng, thu hồi", good),
        (Verdict::Invalid, _) => ("Không có hiệu lực", "xem lý do ở dưới", bad),
        (_, Revocation::NotChecked | Revocation::Unspecified) => {
            ("Không xác định", "chưa hỏi được tình trạng thu hồi của chứng thư", doubt)
        }
        (_, Revocation::Good) => ("Không xác định", "không bị thu hồi; xem lý do ở dưới", doubt),
    };
    let date = |at: Option<&prost_types::Timestamp>| {
        at.map(|t| day::full(Some(&domain::calendar::date_of(t)))).unwrap_or_default()
    };
    let validity = match (date(s.certificate_from.as_ref()), date(s.certificate_to.as_ref())) {
        (from, to) if from.is_empty() && to.is_empty() => "không đọc được".to_owned(),
        (from, to) => format!("{from} – {to}"),
    };
    let plain = |text: String, sub: &str| Fact { text, sub: sub.to_owned(), verdict: None };
    let judged = |(text, sub, v): (&str, &str, VerdictView)| Fact {
        text: text.to_owned(),
        sub: sub.to_owned(),
        verdict: Some(v),
    };
    let mut remarks: Vec<String> = s.reasons.iter().chain(&s.warnings).map(findings::sentence).collect();
    remarks.dedup();
    SignatureView {
        ordinal,
        timestamp: s.timestamp,
        verdict: verdict(s.verdict()),
        signer: or(&s.signer, "không rõ người ký"),
        when: if when.is_empty() {
            "không ghi thời điểm ký".to_owned()
        } else {
            format!("{when}, {source}")
        },
        after,
        revision: s.revision,
        facts: vec![
            plain(or(&s.issuer, "không đọc được"), ""),
            plain(
                or(&s.signer, "không đọc được"),
                if s.timestamp { "dấu thời gian của văn bản" } else { "" },
            ),
            plain(or(&s.organization, "không ghi trong chứng thư"), ""),
            plain(or(&when, "không ghi"), if when.is_empty() { "" } else { source }),
            judged(integrity),
            judged(effect),
            plain(validity, ""),
        ],
        remarks,
        serial: s.certificate_serial.clone(),
    }
}

fn after(changes: ChangesAfter) -> &'static str {
    match changes {
        ChangesAfter::None => "sau khi ký không có thay đổi nào",
        ChangesAfter::Permitted => "sau khi ký chỉ có thay đổi được phép (điền số, ngày, ký tiếp)",
        ChangesAfter::Forbidden => "sau khi ký có thay đổi không được phép",
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
