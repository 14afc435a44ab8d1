//! Số, ký hiệu, ngày and the names of kinds, as they are written (NĐ 30/2020 Điều 15, Phụ lục I mục II.3–4, Phụ lục III).

use proto::record::v1::{Date, DocumentKind, RegisterNumber, SecurityMarking, SigningCapacity, Urgency};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::{limits, reasons};

/// Why a ký hiệu or a number is not written as the decree says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotationError {
    /// Nothing was written.
    #[error("the notation is empty; write e.g. QĐ-SNV")]
    Empty,
    /// More than [`limits::NOTATION`] characters.
    #[error("the notation is longer than {max} characters; shorten it", max = limits::NOTATION)]
    TooLong,
    /// A group is empty or holds something other than capitals, digits, dots and ampersands.
    #[error(
        "a group of the notation is not written in capitals; write groups of capitals joined by -, without blanks"
    )]
    BadGroup,
    /// Only one group.
    #[error(
        "the notation has one group only; join the kind and the agency, or the agency and the unit, by -"
    )]
    OneGroup,
    /// A named kind whose first group is not its abbreviation.
    #[error("the first group of the notation is not the abbreviation of the kind; write {0}-…")]
    NotOfKind(&'static str),
    /// A công văn or thư công whose first group is not the agency's abbreviation.
    #[error(
        "the first group of the notation is not the agency's abbreviation; a letter has no abbreviation of its kind"
    )]
    NotOfAgency,
    /// The kind is none of those an agency issues.
    #[error("this kind of document is received, never issued; choose one of the 29 kinds")]
    NotIssued,
    /// The agency, or for a letter the unit, has no abbreviation yet.
    #[error("the agency or the unit has no abbreviation; enter it before a number is given")]
    NoAbbreviation,
    /// A suffix other than one to [`limits::SUFFIX`] letters a to z.
    #[error("the suffix of the number is not one to {max} letters a to z", max = limits::SUFFIX)]
    BadSuffix,
    /// The number with its suffix is longer than [`limits::NUMBER`].
    #[error("the number is longer than {max} characters", max = limits::NUMBER)]
    NumberTooLong,
}

impl NotationError {
    /// The stable reason that the screens map to a sentence.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => reasons::REQUIRED,
            Self::TooLong | Self::NumberTooLong => reasons::TOO_LONG,
            Self::BadGroup | Self::OneGroup => reasons::NOTATION_BAD,
            Self::NotOfKind(_) => reasons::NOTATION_NOT_OF_KIND,
            Self::NotOfAgency => reasons::NOTATION_NOT_OF_AGENCY,
            Self::NotIssued => reasons::KIND_NOT_ISSUED,
            Self::NoAbbreviation => reasons::ABBREVIATION_MISSING,
            Self::BadSuffix => reasons::SUFFIX_BAD,
        }
    }
}

/// A ký hiệu that is written as the decree says: made only by [`Notation::of`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notation(String);

impl Notation {
    /// Takes `text` as the notation of a document of `kind` issued by the agency with this abbreviation.
    ///
    /// A named kind begins with its abbreviation (`QĐ-…`), a công văn or thư công with the agency's (`SNV-…`). What
    /// follows is fixed by the head of the agency and only has to be written in capitals.
    ///
    /// # Errors
    /// What is written wrong, with the way to write it.
    pub fn of(kind: DocumentKind, agency_abbreviation: &str, text: &str) -> Result<Self, NotationError> {
        grammar(text)?;
        if !is_issued(kind) {
            return Err(NotationError::NotIssued);
        }
        let begins_with = |group: &str| text.strip_prefix(group).is_some_and(|rest| rest.starts_with('-'));
        match abbreviation(kind) {
            Some(abbreviation) if !begins_with(abbreviation) => Err(NotationError::NotOfKind(abbreviation)),
            None if agency_abbreviation.is_empty() => Err(NotationError::NoAbbreviation),
            None if !begins_with(agency_abbreviation) => Err(NotationError::NotOfAgency),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// As it is printed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` is groups of capitals joined by `-`, of lawful length (Phụ lục I mục II.3: no blanks, capitals).
///
/// # Errors
/// What is written wrong.
pub fn grammar(text: &str) -> Result<(), NotationError> {
    if text.is_empty() {
        return Err(NotationError::Empty);
    }
    if text.chars().count() > limits::NOTATION {
        return Err(NotationError::TooLong);
    }
    let capitals =
        |group: &str| group.chars().all(|c| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '.' | '&'));
    let mut groups = 0;
    for (at, group) in text.split('-').enumerate() {
        // The abbreviations QyĐ, CTr, TTr are the only ones with small letters, and they stand first.
        let of_a_kind = at == 0 && ISSUED.iter().any(|kind| abbreviation(*kind) == Some(group));
        if group.is_empty() || !(of_a_kind || capitals(group)) {
            return Err(NotationError::BadGroup);
        }
        groups += 1;
    }
    if groups < 2 { Err(NotationError::OneGroup) } else { Ok(()) }
}

/// The notation the decree gives to a document of `kind`: `QĐ-SNV` for a named kind, `SNV-TH` for a công văn or thư công.
///
/// # Errors
/// [`NotationError::NotIssued`], [`NotationError::NoAbbreviation`], or that the abbreviations make no lawful notation.
pub fn default_notation(
    kind: DocumentKind,
    agency_abbreviation: &str,
    unit_abbreviation: &str,
) -> Result<Notation, NotationError> {
    if !is_issued(kind) {
        return Err(NotationError::NotIssued);
    }
    let (first, second) = match abbreviation(kind) {
        Some(abbreviation) => (abbreviation, agency_abbreviation),
        None => (agency_abbreviation, unit_abbreviation),
    };
    if first.is_empty() || second.is_empty() {
        return Err(NotationError::NoAbbreviation);
    }
    Notation::of(kind, agency_abbreviation, &format!("{first}-{second}"))
}

/// Whether `suffix` is one that the number `ordinal` may carry: a few letters a to z, and not too long together.
///
/// # Errors
/// [`NotationError::BadSuffix`], [`NotationError::NumberTooLong`].
pub fn check_suffix(ordinal: u32, suffix: &str) -> Result<(), NotationError> {
    let fits = (1..=limits::SUFFIX).contains(&suffix.len()) && suffix.bytes().all(|b| b.is_ascii_lowercase());
    if !fits {
        return Err(NotationError::BadSuffix);
    }
    if number_text(ordinal, suffix).len() > limits::NUMBER {
        Err(NotationError::NumberTooLong)
    } else {
        Ok(())
    }
}

/// Số as it is written: `05`, `15a`, `102` (Phụ lục I mục II.3: a zero in front of numbers under 10).
#[must_use]
pub fn number_text(ordinal: u32, suffix: &str) -> String {
    format!("{ordinal:02}{suffix}")
}

/// Số of a number drawn from a register.
#[must_use]
pub fn register_number_text(number: &RegisterNumber) -> String {
    number_text(number.ordinal, &number.suffix)
}

/// Số và ký hiệu: `05/QĐ-SNV`.
#[must_use]
pub fn display(ordinal: u32, suffix: &str, notation: &str) -> String {
    let number = number_text(ordinal, suffix);
    if notation.is_empty() { number } else { format!("{number}/{notation}") }
}

/// Ngày as it is written: `ngày 05 tháng 02 năm 2026`, `ngày 15 tháng 9 năm 2026` (Phụ lục I mục II.4: a zero in front
/// of days under 10 and of months 1 and 2).
#[must_use]
pub fn date_text(date: Date) -> String {
    let Date { year, month, day } = date;
    if month < 3 {
        format!("ngày {day:02} tháng {month:02} năm {year}")
    } else {
        format!("ngày {day:02} tháng {month} năm {year}")
    }
}

/// Whether an agency issues documents of this kind: the 29 of Điều 7.
#[must_use]
pub fn is_issued(kind: DocumentKind) -> bool {
    ISSUED.contains(&kind)
}

/// The 29 kinds of Điều 7, in its order.
pub const ISSUED: [DocumentKind; 29] = [
    DocumentKind::Resolution,
    DocumentKind::Decision,
    DocumentKind::Directive,
    DocumentKind::Regulation,
    DocumentKind::Rule,
    DocumentKind::Communique,
    DocumentKind::Notice,
    DocumentKind::Guidance,
    DocumentKind::Programme,
    DocumentKind::Plan,
    DocumentKind::Scheme,
    DocumentKind::Proposal,
    DocumentKind::Project,
    DocumentKind::Report,
    DocumentKind::Minutes,
    DocumentKind::Submission,
    DocumentKind::Contract,
    DocumentKind::Letter,
    DocumentKind::Telegram,
    DocumentKind::Memorandum,
    DocumentKind::Agreement,
    DocumentKind::Authorization,
    DocumentKind::Invitation,
    DocumentKind::Introduction,
    DocumentKind::Leave,
    DocumentKind::DispatchSlip,
    DocumentKind::ForwardingSlip,
    DocumentKind::NoticeSlip,
    DocumentKind::OfficialLetter,
];

/// The abbreviation of a kind (Phụ lục III): none for công văn and thư công, nor for what is only received.
#[must_use]
pub fn abbreviation(kind: DocumentKind) -> Option<&'static str> {
    Some(match kind {
        DocumentKind::Resolution => "NQ",
        DocumentKind::Decision => "QĐ",
        DocumentKind::Directive => "CT",
        DocumentKind::Regulation => "QC",
        DocumentKind::Rule => "QyĐ",
        DocumentKind::Communique => "TC",
        DocumentKind::Notice => "TB",
        DocumentKind::Guidance => "HD",
        DocumentKind::Programme => "CTr",
        DocumentKind::Plan => "KH",
        DocumentKind::Scheme => "PA",
        DocumentKind::Proposal => "ĐA",
        DocumentKind::Project => "DA",
        DocumentKind::Report => "BC",
        DocumentKind::Minutes => "BB",
        DocumentKind::Submission => "TTr",
        DocumentKind::Contract => "HĐ",
        DocumentKind::Telegram => "CĐ",
        DocumentKind::Memorandum => "BGN",
        DocumentKind::Agreement => "BTT",
        DocumentKind::Authorization => "GUQ",
        DocumentKind::Invitation => "GM",
        DocumentKind::Introduction => "GGT",
        DocumentKind::Leave => "GNP",
        DocumentKind::DispatchSlip => "PG",
        DocumentKind::ForwardingSlip => "PC",
        DocumentKind::NoticeSlip => "PB",
        DocumentKind::Letter
        | DocumentKind::OfficialLetter
        | DocumentKind::Other
        | DocumentKind::Unspecified => return None,
    })
}

/// The name of a kind as people write it; empty where none was given. For OTHER the document names its kind itself.
#[must_use]
pub fn kind_name(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Unspecified => "",
        DocumentKind::Resolution => "Nghị quyết",
        DocumentKind::Decision => "Quyết định",
        DocumentKind::Directive => "Chỉ thị",
        DocumentKind::Regulation => "Quy chế",
        DocumentKind::Rule => "Quy định",
        DocumentKind::Communique => "Thông cáo",
        DocumentKind::Notice => "Thông báo",
        DocumentKind::Guidance => "Hướng dẫn",
        DocumentKind::Programme => "Chương trình",
        DocumentKind::Plan => "Kế hoạch",
        DocumentKind::Scheme => "Phương án",
        DocumentKind::Proposal => "Đề án",
        DocumentKind::Project => "Dự án",
        DocumentKind::Report => "Báo cáo",
        DocumentKind::Minutes => "Biên bản",
        DocumentKind::Submission => "Tờ trình",
        DocumentKind::Contract => "Hợp đồng",
        DocumentKind::Letter => "Công văn",
        DocumentKind::Telegram => "Công điện",
        DocumentKind::Memorandum => "Bản ghi nhớ",
        DocumentKind::Agreement => "Bản thỏa thuận",
        DocumentKind::Authorization => "Giấy ủy quyền",
        DocumentKind::Invitation => "Giấy mời",
        DocumentKind::Introduction => "Giấy giới thiệu",
        DocumentKind::Leave => "Giấy nghỉ phép",
        DocumentKind::DispatchSlip => "Phiếu gửi",
        DocumentKind::ForwardingSlip => "Phiếu chuyển",
        DocumentKind::NoticeSlip => "Phiếu báo",
        DocumentKind::OfficialLetter => "Thư công",
        DocumentKind::Other => "Loại khác",
    }
}

/// The kind whose name `text` is, whatever its case, its spaces and the place of its tone marks (uỷ, ủy); none of OTHER.
#[must_use]
pub fn kind_by_name(text: &str) -> Option<DocumentKind> {
    let name = |text: &str| {
        let words = text.to_lowercase().nfc().collect::<String>();
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        words.replace("uỷ", "ủy").replace("oả", "ỏa")
    };
    let asked = name(text);
    ISSUED.into_iter().find(|kind| name(kind_name(*kind)) == asked)
}

/// The kind that a notation names by its first group, whatever its case: `QĐ-SNV` a decision. None for a letter, whose
/// first group is its agency; also not for one group alone.
#[must_use]
pub fn kind_of_notation(notation: &str) -> Option<DocumentKind> {
    let (first, _) = notation.split_once(['-', '–'])?;
    let asked = first.trim().to_uppercase().nfc().collect::<String>();
    ISSUED.into_iter().find(|kind| abbreviation(*kind).is_some_and(|it| it.to_uppercase() == asked))
}

/// Mức độ khẩn as people read it (Điều 4.2c); a document without a stamp is “Thường”.
#[must_use]
pub fn urgency_words(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Unspecified | Urgency::Normal => "Thường",
        Urgency::Urgent => "Khẩn",
        Urgency::VeryUrgent => "Thượng khẩn",
        Urgency::Express => "Hỏa tốc",
    }
}

/// Độ mật as people read it; empty without a marking.
#[must_use]
pub fn marking_words(marking: SecurityMarking) -> &'static str {
    match marking {
        SecurityMarking::Unspecified | SecurityMarking::None => "",
        SecurityMarking::Secret => "Mật",
        SecurityMarking::TopSecret => "Tối mật",
        SecurityMarking::AbsoluteSecret => "Tuyệt mật",
    }
}

/// The prefix of a capacity as it is printed (Điều 13); empty where the head signs as head.
#[must_use]
pub fn capacity_prefix(capacity: SigningCapacity) -> &'static str {
    match capacity {
        SigningCapacity::Unspecified | SigningCapacity::Head => "",
        SigningCapacity::OnBehalf => "TM.",
        SigningCapacity::ForHead => "KT.",
        SigningCapacity::ByOrder => "TL.",
        SigningCapacity::ByAuthorization => "TUQ.",
        SigningCapacity::Acting => "Q.",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn twenty_seven_kinds_have_an_abbreviation_and_each_its_own() {
        let all: Vec<_> = ISSUED.iter().filter_map(|kind| abbreviation(*kind)).collect();
        assert_eq!(all.len(), 27);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 27);
        assert_eq!(abbreviation(DocumentKind::Letter), None, "công văn has no abbreviation");
        assert_eq!(abbreviation(DocumentKind::OfficialLetter), None, "thư công has none either");
        assert_eq!(abbreviation(DocumentKind::Decision), Some("Q\u{110}"), "the Đ of the alphabet, U+0110");
    }

    #[test]
    fn the_29_kinds_stand_in_the_order_of_the_decree_and_have_different_names() {
        for (at, kind) in ISSUED.iter().enumerate() {
            assert_eq!(i32::try_from(at).unwrap() + 1, *kind as i32);
        }
        let names: BTreeSet<_> = ISSUED.iter().map(|kind| kind_name(*kind)).collect();
        assert_eq!(names.len(), 29);
        assert!(!names.contains(""));
    }

    #[test]
    fn a_named_kind_takes_kind_and_agency_a_letter_agency_and_unit() {
        let text = |kind, agency, unit| default_notation(kind, agency, unit).map(|n| n.as_str().to_owned());
        assert_eq!(text(DocumentKind::Decision, "SNV", "TH").as_deref(), Ok("QĐ-SNV"));
        assert_eq!(text(DocumentKind::Rule, "SNV", "").as_deref(), Ok("QyĐ-SNV"));
        assert_eq!(text(DocumentKind::Letter, "SNV", "TH").as_deref(), Ok("SNV-TH"));
        assert_eq!(text(DocumentKind::OfficialLetter, "UBND", "VP").as_deref(), Ok("UBND-VP"));
        assert_eq!(text(DocumentKind::Letter, "SNV", ""), Err(NotationError::NoAbbreviation));
        assert_eq!(text(DocumentKind::Decision, "", "TH"), Err(NotationError::NoAbbreviation));
        assert_eq!(text(DocumentKind::Other, "SNV", "TH"), Err(NotationError::NotIssued));
    }

    #[test]
    fn a_notation_is_refused_where_it_is_not_written_as_the_decree_says() {
        use DocumentKind as K;
        let of = |kind, text: &str| Notation::of(kind, "SNV", text).map(|n| n.0);
        assert_eq!(of(K::Decision, "QĐ-CTUBND").as_deref(), Ok("QĐ-CTUBND"), "a state title may issue");
        assert_eq!(of(K::Submission, "TTr-SNV").as_deref(), Ok("TTr-SNV"));
        assert_eq!(of(K::Letter, "SNV-TCCB&ĐT").as_deref(), Ok("SNV-TCCB&ĐT"));
        for (kind, text, error) in [
            (K::Decision, "", NotationError::Empty),
            (K::Decision, "QĐ", NotationError::OneGroup),
            (K::Decision, "QĐ-", NotationError::BadGroup),
            (K::Decision, "-SNV", NotationError::BadGroup),
            (K::Decision, "QĐ SNV", NotationError::BadGroup),
            (K::Decision, "QĐ-snv", NotationError::BadGroup),
            (K::Decision, "QĐ/SNV", NotationError::BadGroup),
            (K::Decision, "KH-SNV", NotationError::NotOfKind("QĐ")),
            (K::Rule, "QYĐ-SNV", NotationError::NotOfKind("QyĐ")),
            (K::Letter, "CV-SNV", NotationError::NotOfAgency),
            (K::Letter, "SNVTH-X", NotationError::NotOfAgency),
            (K::Decision, "QĐ-ABCDEFGHIJKLMNOPQRSTUVWXYZ01", NotationError::TooLong),
            (K::Other, "QĐ-SNV", NotationError::NotIssued),
        ] {
            assert_eq!(of(kind, text), Err(error), "{text}");
        }
        assert!(of(K::Decision, "QĐ-ABCDEFGHIJKLMNOPQRSTUVWXYZ0").is_ok(), "30 characters");
    }

    #[test]
    fn a_kind_is_known_by_its_name_and_by_its_notation() {
        for kind in ISSUED {
            let name = kind_name(kind);
            let decomposed: String = name.nfd().collect();
            for text in
                [name.to_owned(), name.to_uppercase(), format!("  {} ", name.replace(' ', "  ")), decomposed]
            {
                assert_eq!(kind_by_name(&text), Some(kind), "{text}");
            }
            if let Some(abbreviation) = abbreviation(kind) {
                assert_eq!(kind_of_notation(&format!("{abbreviation}-UBND")), Some(kind));
                assert_eq!(kind_of_notation(&format!("{}–SNV", abbreviation.to_uppercase())), Some(kind));
            }
        }
        assert_eq!(kind_by_name("GIẤY UỶ QUYỀN"), Some(DocumentKind::Authorization));
        assert_eq!(kind_by_name("Quyết định về việc"), None);
        assert_eq!(kind_of_notation("UBND-KTTH"), None, "a letter names no kind");
        assert_eq!(kind_of_notation("QĐ"), None);
    }

    #[test]
    fn numbers_under_ten_have_a_zero_in_front() {
        for (ordinal, suffix, text) in
            [(1, "", "01"), (9, "a", "09a"), (10, "", "10"), (15, "a", "15a"), (102, "", "102")]
        {
            assert_eq!(number_text(ordinal, suffix), text);
        }
        assert_eq!(display(5, "", "QĐ-SNV"), "05/QĐ-SNV");
        assert_eq!(display(5, "", ""), "05");
    }

    #[test]
    fn days_under_ten_and_months_one_and_two_have_a_zero_in_front() {
        for (year, month, day, text) in [
            (2026, 2, 5, "ngày 05 tháng 02 năm 2026"),
            (2026, 1, 31, "ngày 31 tháng 01 năm 2026"),
            (2026, 3, 9, "ngày 09 tháng 3 năm 2026"),
            (2026, 9, 10, "ngày 10 tháng 9 năm 2026"),
            (2026, 12, 1, "ngày 01 tháng 12 năm 2026"),
        ] {
            assert_eq!(date_text(Date { year, month, day }), text);
        }
    }

    #[test]
    fn a_suffix_is_a_few_small_letters_and_fits_the_number() {
        for good in ["a", "b", "zz", "abc"] {
            assert_eq!(check_suffix(15, good), Ok(()));
        }
        for bad in ["", "A", "1", "abcd", "đ", "a "] {
            assert_eq!(check_suffix(15, bad), Err(NotationError::BadSuffix), "{bad:?}");
        }
        assert_eq!(check_suffix(u32::MAX, "a"), Ok(()), "11 characters");
        assert_eq!(check_suffix(u32::MAX, "ab"), Err(NotationError::NumberTooLong), "12 characters");
    }
}
