//! Findings of the validation of signatures in Vietnamese. A code without a sentence is shown as it is, with the English
//! text: nothing that was found is hidden.

use proto::record::v1::Finding;

/// Codes and their sentences.
const SENTENCES: &[(&str, &str)] = &[
    ("digest_mismatch", "Nội dung đã thay đổi so với lúc ký."),
    ("digest_missing", "Chữ ký không có mã băm của nội dung."),
    ("digests_differ", "Hai mã băm trong chữ ký không thống nhất."),
    ("signature_wrong", "Chữ ký không khớp với chứng thư."),
    ("signature_mismatch", "Chữ ký không khớp với chứng thư."),
    ("signature_missing", "Ô chữ ký không có chữ ký."),
    ("signature_removed", "Một chữ ký đã bị gỡ khỏi tệp."),
    ("signature_doubled_key", "Ô chữ ký khai báo hai lần một mục."),
    ("signature_in_object_stream", "Chữ ký nằm ở chỗ không được phép trong tệp."),
    ("byte_range_missing", "Chữ ký không nói nó phủ phần nào của tệp."),
    ("byte_range_bounds", "Phạm vi chữ ký khai báo nằm ngoài tệp."),
    ("contents_missing", "Chữ ký không có nội dung."),
    ("contents_not_hex", "Nội dung chữ ký bị hỏng."),
    ("content_inside", "Chữ ký chứa sẵn một nội dung khác."),
    ("content_type_missing", "Chữ ký thiếu thuộc tính loại nội dung."),
    ("content_type_mismatch", "Loại nội dung trong chữ ký không khớp."),
    ("hole_not_hex", "Vùng chứa chữ ký bị hỏng."),
    ("hole_not_contents", "Phạm vi chữ ký chừa ra nhiều hơn chính chữ ký."),
    ("cut_file_differs", "Bản được ký khác với bản đang xem."),
    ("not_a_revision", "Chữ ký không phủ trọn một bản của tệp."),
    ("unsigned_tail", "Cuối tệp có phần không chữ ký nào phủ."),
    ("no_signer", "Chữ ký không có người ký."),
    ("several_signers", "Một ô chữ ký có nhiều người ký."),
    ("cms_unreadable", "Không đọc được chữ ký."),
    ("cms_trailing_bytes", "Sau chữ ký còn dữ liệu thừa."),
    ("attributes_not_der", "Thuộc tính được ký viết sai chuẩn."),
    ("attribute_doubled", "Một thuộc tính được ký bị lặp."),
    ("signed_attributes_missing", "Chữ ký kiểu cũ, không có thuộc tính được ký."),
    ("algorithm_substituted", "Thuật toán khai báo không khớp thuật toán đã dùng."),
    ("algorithm_unlisted", "Thuật toán ký không có trong danh mục của Thông tư 15/2025/TT-BKHCN."),
    ("unknown_algorithm", "Thuật toán ký không rõ."),
    ("md5", "Dùng hàm băm MD5, không còn an toàn."),
    ("sha1", "Dùng hàm băm SHA-1, chỉ còn giá trị lịch sử."),
    ("weak_key", "Khóa ký quá ngắn."),
    ("sub_filter_unknown", "Dạng chữ ký không rõ."),
    ("unreadable", "Không đọc được chữ ký."),
    ("certificate_missing", "Chữ ký không kèm chứng thư."),
    ("certificate_unreadable", "Không đọc được chứng thư."),
    ("certificate_forged", "Chứng thư bị giả mạo: không phải do tổ chức ghi trong đó cấp."),
    ("certificate_out_of_validity", "Chứng thư không có hiệu lực lúc ký."),
    ("chain_untrusted", "Chuỗi chứng thư không tới gốc tin cậy nào của cơ quan."),
    ("chain_incomplete", "Thiếu chứng thư trung gian, không nối được tới gốc tin cậy."),
    ("self_signed", "Chứng thư tự tạo, không do tổ chức nào cấp."),
    ("revoked", "Chứng thư đã bị thu hồi."),
    ("revoked_later", "Chứng thư bị thu hồi sau khi ký; chữ ký vẫn có giá trị lúc ký."),
    ("revocation_not_checked", "Chưa hỏi được tình trạng thu hồi của chứng thư."),
    ("signing_certificate_differs", "Chứng thư kèm theo không phải chứng thư đã ký."),
    ("signing_certificate_missing", "Chữ ký không ghi rõ đã ký bằng chứng thư nào."),
    ("signing_certificate_names", "Tên tổ chức cấp ghi trong chữ ký không khớp chứng thư."),
    ("signing_certificate_unreadable", "Không đọc được mục chứng thư đã ký."),
    ("timestamp_content_type", "Dấu thời gian sai loại nội dung."),
    ("timestamp_expired", "Chứng thư của dấu thời gian đã hết hạn."),
    ("timestamp_imprint", "Dấu thời gian không phải của chữ ký này."),
    ("timestamp_in_future", "Dấu thời gian ở tương lai."),
    ("timestamp_invalid", "Dấu thời gian không hợp lệ."),
    ("timestamp_key_purpose", "Chứng thư của dấu thời gian không dùng để đóng dấu thời gian."),
    ("timestamp_unreadable", "Không đọc được dấu thời gian."),
    ("timestamp_untrusted", "Dấu thời gian không do tổ chức tin cậy nào cấp."),
    ("provisional", "Số và ngày đã điền nhưng chưa có chữ ký nào phủ lên."),
    ("drawn_text_differs", "Chữ hiện trên trang khác với giá trị của ô."),
    ("lock_disagrees", "Khai báo khóa văn bản không thống nhất."),
    ("hidden_object", "Có đối tượng bị giấu trong bản sau khi ký."),
    ("unlisted_object", "Có đối tượng không khai báo trong tệp."),
    ("doubled_key", "Một mục trong tệp bị khai báo hai lần."),
    ("cross_reference_unusable", "Bảng tham chiếu của tệp bị hỏng."),
    ("header_missing", "Tệp không có phần đầu của PDF."),
    ("revision_end_unclear", "Không rõ bản được ký kết thúc ở đâu."),
    ("too_large_to_compare", "Tệp quá lớn để so các bản."),
    ("too_many_revisions", "Tệp có quá nhiều bản để so."),
    ("field_filled", "Một ô dành sẵn (số, ngày) được điền sau khi ký."),
    ("signature_field_added", "Có ô chữ ký được thêm sau khi ký."),
    ("annotation_changed", "Có ghi chú trên trang bị đổi sau khi ký."),
    ("form_defaults_added", "Có phông chữ mặc định của biểu mẫu được thêm sau khi ký."),
    ("form_resources_added", "Có tài nguyên của biểu mẫu được thêm sau khi ký."),
    ("need_appearances", "Có yêu cầu vẽ lại các ô biểu mẫu sau khi ký."),
    ("tolerated", "Có lệch chuẩn nhỏ, không ảnh hưởng kết luận."),
];

/// The sentence for a finding.
pub(crate) fn sentence(finding: &Finding) -> String {
    SENTENCES.iter().find(|(code, _)| *code == finding.code).map_or_else(
        || {
            if finding.text.is_empty() {
                finding.code.clone()
            } else {
                format!("{} ({})", finding.text, finding.code)
            }
        },
        |(_, text)| (*text).to_owned(),
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

    #[test]
    fn no_code_stands_twice() {
        let mut codes: Vec<_> = SENTENCES.iter().map(|(c, _)| c).collect();
        codes.sort_unstable();
        let all = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
