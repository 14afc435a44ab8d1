//! Findings of the validation of signatures; the sentences stand in `findings.ftl`. A code without one is shown as it is,
//! with the validator's own text: nothing that was found is hidden.

use proto::record::v1::Finding;

use crate::texts::t;

/// The sentence for a finding.
pub(crate) fn sentence(finding: &Finding) -> String {
    t::by_code(t::findings::ALL, &finding.code).map_or_else(
        || {
            if finding.text.is_empty() {
                finding.code.clone()
            } else {
                format!("{} ({})", finding.text, finding.code)
            }
        },
        str::to_owned,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_without_a_sentence_is_still_told() {
        let finding = |code: &str, text: &str| Finding { code: code.to_owned(), text: text.to_owned() };
        assert_eq!(sentence(&finding("sha1", "x")), "Dùng hàm băm SHA-1, chỉ còn giá trị lịch sử.");
        assert_eq!(sentence(&finding("brand_new", "the moon is wrong")), "the moon is wrong (brand_new)");
    }
}
