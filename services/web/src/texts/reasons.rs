//! Reasons of the rules as Vietnamese sentences: what, why, and where the law says so.

use proto::fault::Violation;

/// Reasons and their sentences, by the names of `domain::reasons` and of the services.
const SENTENCES: &[(&str, &str)] = &[
    // Fields.
    ("REQUIRED", "Cần nhập."),
    ("TOO_LONG", "Dài quá mức cho phép."),
    ("OUT_OF_RANGE", "Ngoài khoảng cho phép."),
    ("BAD_CHARACTER", "Có ký tự không dùng được."),
    ("UNKNOWN_CHOICE", "Cần chọn một mục trong danh sách."),
    ("BAD_ID", "Không tìm ra mục được chọn."),
    ("BAD_DATE", "Ngày này không có trong lịch."),
    ("BAD_DIGEST", "Tệp không đúng; tải lên lại."),
    ("BAD_FORMAT", "Viết chưa đúng dạng."),
    ("TWICE", "Bị lặp lại."),
    ("NOT_ALLOWED_HERE", "Không được nhập ở đây."),
    ("WEEKEND_IS_OFF", "Có ngày là thứ Bảy hoặc Chủ nhật: vốn đã nghỉ, không ghi ở đây."),
    ("NOT_A_WEEKEND", "Có ngày không phải thứ Bảy, Chủ nhật: chỉ làm bù vào những ngày đó."),
    ("ENDS_BEFORE_START", "Ngày cuối trước ngày đầu."),
    ("IN_FUTURE", "Ngày này chưa tới."),
    ("IN_PAST", "Ngày này đã qua."),
    ("NOT_THERE", "Không tìm ra mục được nêu."),
    ("NO_COMMAND", "Không rõ phải làm gì; tải lại trang rồi thử lại."),
    ("EXACTLY_ONE_LEAD", "Cần đúng một nơi chủ trì: không ít hơn, không nhiều hơn."),
    ("NOT_A_NUMBER", "Cần là số nguyên."),
    ("NOT_A_DATE", "Ngày này không có trong lịch. Viết ngày/tháng/năm, ví dụ 05/03/2026."),
    // Who.
    ("NOT_YOUR_ROLE", "Chức vụ bạn đang dùng không có quyền làm việc này."),
    ("NOT_YOURS", "Việc này là của người khác."),
    ("ONLY_SERVICE", "Việc này chỉ hệ thống tự làm."),
    ("NO_POSITION", "Bạn không giữ chức vụ nào đang có hiệu lực. Hỏi người quản trị."),
    ("PASSWORD_MUST_CHANGE", "Cần đổi mật khẩu trước."),
    (
        "FORM_NOT_YOURS",
        "Biểu mẫu này không phải của phiên đang mở: trang đã cũ hoặc được gửi từ nơi khác. Mở lại trang rồi thử lại.",
    ),
    // Who may sign, and as what (NĐ 30/2020 Điều 13).
    ("CAPACITY_POSITION_NOT_HELD", "Người ký hôm nay không giữ chức vụ đã chọn."),
    ("CAPACITY_NOT_GIVEN", "Chức vụ của người ký không có thẩm quyền ký này."),
    (
        "CAPACITY_NOT_COLLECTIVE",
        "Ký TM. chỉ dùng ở cơ quan làm việc theo chế độ tập thể (Điều 13 Nghị định 30/2020/NĐ-CP).",
    ),
    (
        "CAPACITY_NOT_DEPUTY",
        "Ký KT. chỉ dành cho cấp phó của người đứng đầu (Điều 13 Nghị định 30/2020/NĐ-CP).",
    ),
    (
        "CAPACITY_NOT_HEAD_OF_UNIT",
        "Ký TL. chỉ dành cho người đứng đầu đơn vị hoặc cấp phó của họ (Điều 13 Nghị định 30/2020/NĐ-CP).",
    ),
    ("CAPACITY_NOT_LEADER", "Ký với tư cách người đứng đầu hoặc Q. chỉ dành cho lãnh đạo cơ quan."),
    ("CAPACITY_NO_DELEGATION", "Ký TUQ. cần có văn bản ủy quyền (Điều 13 Nghị định 30/2020/NĐ-CP)."),
    ("CAPACITY_DELEGATION_TO_OTHER", "Văn bản ủy quyền này giao cho chức vụ khác."),
    ("CAPACITY_DELEGATION_INCOMPLETE", "Văn bản ủy quyền thiếu căn cứ hoặc thời hạn."),
    ("CAPACITY_DELEGATION_NOT_IN_FORCE", "Văn bản ủy quyền hôm nay không còn hiệu lực."),
    (
        "CAPACITY_REDELEGATED",
        "Người được ủy quyền không được ủy quyền lại (Điều 13 Nghị định 30/2020/NĐ-CP).",
    ),
    ("CAPACITY_DELEGATION_NOT_ASKED", "Thẩm quyền ký này không dựa vào ủy quyền; bỏ mục ủy quyền."),
    ("SIGNER_NOT_IN_POSITION", "Người ký không giữ chức vụ đã chọn."),
    ("SIGNS_IN_OTHER_POSITION", "Văn bản ghi ký ở chức vụ khác; đổi sang chức vụ đó rồi ký."),
    ("NOT_THE_SIGNER", "Chỉ người ký được ghi trong văn bản mới làm được."),
    ("NOT_A_LEADER", "Người này hôm nay không giữ chức vụ lãnh đạo."),
    ("NOT_IN_UNIT", "Người này hôm nay không thuộc đơn vị."),
    // Incoming documents.
    ("WRONG_STATE", "Văn bản đang ở bước khác; tải lại trang để xem tình trạng mới nhất."),
    ("ALREADY_REGISTERED", "Văn bản đã có số đến."),
    (
        "NOT_REGISTERED",
        "Văn bản chưa có số đến. Văn bản chưa đăng ký thì không ai phải giải quyết (Điều 22 Nghị định 30/2020/NĐ-CP).",
    ),
    (
        "DUPLICATE",
        "Có văn bản cùng số, ký hiệu và cơ quan ban hành đã vào sổ. Xem văn bản đó; nếu vẫn vào sổ, đánh dấu “Tôi đã xem, vẫn vào sổ”.",
    ),
    (
        "SECRET_REGISTRATION_OFF",
        "Hệ thống này không đăng ký văn bản mật. Người quản trị bật nếu cơ quan có quyết định cho phép.",
    ),
    ("SECRET_WITH_FILE", "Văn bản mật không được đưa tệp lên hệ thống."),
    ("SECRET_NOT_ROUTED", "Văn bản mật không chuyển trên hệ thống."),
    ("MARKING_FIXED", "Độ mật chỉ đổi được trước khi vào sổ."),
    ("OPENED_ALREADY", "Đã có người mở văn bản, không hoàn tác được nữa."),
    ("NOT_WORK", "Việc nhận để biết thì không có gì phải báo."),
    ("NO_DEADLINE", "Việc này không có hạn để gia hạn."),
    ("NOT_LATER", "Hạn mới phải sau hạn cũ."),
    ("LATER_THAN_OWN", "Hạn này sau hạn của việc được giao."),
    ("HANDED_ON_TOO_OFTEN", "Việc này đã giao tiếp quá nhiều lần."),
    // Outgoing documents, in the order of the law.
    ("NOTATION_BAD", "Ký hiệu gồm các nhóm chữ in hoa nối bằng dấu gạch ngang, ví dụ QĐ-SNV."),
    (
        "NOTATION_NOT_OF_KIND",
        "Ký hiệu phải bắt đầu bằng chữ viết tắt của tên loại, ví dụ QĐ-SNV cho quyết định.",
    ),
    ("NOTATION_NOT_OF_AGENCY", "Ký hiệu công văn phải bắt đầu bằng chữ viết tắt của cơ quan, ví dụ SNV-VP."),
    ("NOTATION_DIFFERS", "Ký hiệu khác với ký hiệu trong tệp đã ký."),
    ("KIND_NOT_ISSUED", "Loại này chỉ có ở văn bản đến."),
    ("ABBREVIATION_MISSING", "Cơ quan hoặc đơn vị chưa có chữ viết tắt. Người quản trị nhập rồi thử lại."),
    ("SUFFIX_BAD", "Chữ thêm sau số chỉ gồm vài chữ cái a đến z."),
    ("SECRET_NOT_DRAFTED", "Văn bản mật không được soạn trên hệ thống này."),
    ("NOT_A_PDF", "Tệp chính phải là PDF."),
    ("PLACES_INCOMPLETE", "Chưa đủ bốn vị trí: số, ngày, chữ ký và dấu."),
    ("PLACE_PAGE", "Văn bản không có trang này."),
    ("NOT_ANSWERABLE", "Văn bản đến này không còn chờ trả lời."),
    ("DRAFT_WITHDRAWN", "Dự thảo đã bị bỏ."),
    ("NOT_SUBMITTED", "Dự thảo chưa được trình."),
    ("ALREADY_SUBMITTED", "Dự thảo đã trình rồi."),
    ("NOT_REVIEWED", "Nội dung chưa được trưởng đơn vị kiểm tra (Điều 12 Nghị định 30/2020/NĐ-CP)."),
    ("ALREADY_REVIEWED", "Nội dung đã kiểm tra rồi."),
    ("NOT_FORM_CHECKED", "Thể thức chưa được kiểm tra (Điều 12 Nghị định 30/2020/NĐ-CP)."),
    ("ALREADY_FORM_CHECKED", "Thể thức đã kiểm tra rồi."),
    ("ALREADY_INITIALED", "Bạn đã ký nháy bản này."),
    ("NOT_YOUR_STEP", "Dự thảo đang ở bước của người khác."),
    ("FIELDS_NOT_PREPARED", "Tệp chưa có sẵn ô số, ngày, chữ ký và dấu; duyệt lại để chuẩn bị."),
    ("NOT_APPROVED", "Dự thảo chưa được duyệt."),
    ("ALREADY_APPROVED", "Dự thảo đã duyệt rồi."),
    ("NOT_SIGNED", "Văn bản chưa có chữ ký của người có thẩm quyền (Điều 32 Nghị định 30/2020/NĐ-CP)."),
    ("ALREADY_SIGNED", "Văn bản đã ký; điều đã ký không sửa được nữa."),
    ("NOT_NUMBERED", "Văn bản chưa có số."),
    ("ALREADY_NUMBERED", "Văn bản đã có số."),
    ("NOT_SEALED", "Văn bản chưa đóng dấu."),
    ("ALREADY_SEALED", "Văn bản đã đóng dấu."),
    ("NOT_ISSUED", "Văn bản chưa phát hành."),
    ("ALREADY_ISSUED", "Văn bản đã phát hành."),
    ("RECALLED", "Văn bản đã thu hồi, không đổi được nữa."),
    ("BASE_NOT_CURRENT", "Tệp vừa được thay bằng bản khác; mở lại rồi làm lại."),
    ("FILE_NOT_APPENDED", "Tệp mới không giữ nguyên phần đã ký."),
    ("SIGNATURE_INVALID", "Tệp có chữ ký không hợp lệ."),
    ("SIGNATURE_NOT_SHOWN", "Không thấy chữ ký mới trong tệp."),
    (
        "SEAL_NOT_IN_PERSON",
        "Văn thư phải trực tiếp đóng dấu, không làm theo ủy quyền (Điều 32 Nghị định 30/2020/NĐ-CP).",
    ),
    ("ATTACHMENTS_DIFFER", "Các tệp kèm không phải của văn bản này."),
    ("NO_RECIPIENTS", "Chưa có nơi nhận nào."),
    ("NO_SUCH_RECIPIENT", "Không có nơi nhận này."),
    ("RECIPIENT_INSIDE", "Nơi nhận trong cơ quan thì không phải gửi ra ngoài."),
    ("NUMBER_ON_ISSUED", "Số đang ở trên văn bản đã phát hành, không huỷ được. Dùng thu hồi."),
    // Numbers and registers.
    ("NO_SERIES", "Không có dãy số nào hợp với văn bản này. Người quản trị mở dãy số rồi thử lại."),
    ("SERIES_OVERLAP", "Một dãy khác của sổ này đã nhận loại văn bản này."),
    (
        "CLOCK_BEHIND_SERIES",
        "Đồng hồ máy chủ đang lùi trước ngày của số vừa cấp. Không cấp số cho tới khi chỉnh lại.",
    ),
    ("SERIES_FULL", "Dãy số đã hết."),
    ("SUFFIX_WITHOUT_NUMBER", "Số chèn phải dựa vào một số đã cấp trong năm."),
    ("NUMBER_TAKEN", "Số này đã có."),
    ("ALREADY_VOID", "Số này đã huỷ rồi."),
    ("AGENCY_NOT_FOUNDED", "Cơ quan chưa được khởi tạo."),
    // People, units, certificates.
    ("FOUNDED_ALREADY", "Cơ quan đã được khởi tạo."),
    ("FOUNDING_MISSING", "Cần nhập đủ cơ quan, đơn vị và người quản trị đầu tiên."),
    ("NOTHING_CHANGES", "Không có gì thay đổi."),
    ("LOGIN_TAKEN", "Tên đăng nhập này đã có người dùng."),
    ("LAST_ADMINISTRATOR", "Cần còn ít nhất một người quản trị."),
    ("UNIT_HAS_POSITIONS", "Đơn vị còn người giữ chức vụ."),
    ("UNIT_HAS_WORK", "Đơn vị còn việc chưa xong."),
    ("ALREADY_ENDED", "Đã kết thúc rồi."),
    ("DELEGATED_TO_ONESELF", "Không ủy quyền cho chính mình."),
    ("REDELEGATION", "Quyền được ủy quyền không được ủy quyền lại (Điều 13 Nghị định 30/2020/NĐ-CP)."),
    ("NOTHING_TO_DELEGATE", "Chức vụ này không có quyền gì để ủy quyền."),
    ("ALREADY_ENROLLED", "Chứng thư này đã đăng ký."),
    ("CERTIFICATE_EXPIRED", "Chứng thư đã hết hạn."),
    ("CERTIFICATE_NOT_YET_VALID", "Chứng thư chưa có hiệu lực."),
    ("CERTIFICATE_NOT_VALID_NOW", "Chứng thư lúc này không có hiệu lực."),
    ("CERTIFICATE_WITHDRAWN", "Chứng thư đã bị rút."),
    ("CERTIFICATE_NOT_SIGNERS", "Chứng thư không phải của người ký."),
    ("CERTIFICATE_NOT_SEAL", "Chứng thư không phải con dấu của cơ quan."),
    ("CERTIFICATE_FORBIDS_SIGNING", "Chứng thư không dùng để ký văn bản."),
    ("PASSWORD_SAME", "Mật khẩu mới phải khác mật khẩu đang dùng."),
    ("PASSWORD_WRONG", "Mật khẩu không đúng."),
    ("PASSWORDS_DIFFER", "Hai lần nhập mật khẩu mới không giống nhau."),
    ("LOG_IN_WRONG", "Tên đăng nhập hoặc mật khẩu không đúng."),
    ("LOG_IN_THROTTLED", "Sai nhiều lần liên tiếp; chờ ít phút rồi thử lại."),
    ("TOO_MANY_LOG_INS", "Quá nhiều người đăng nhập cùng lúc; thử lại sau ít giây."),
    ("TOO_MANY_SESSIONS", "Quá nhiều phiên đang mở; thử lại sau."),
    // Keys and signing.
    ("KEY_NOT_HERE", "Khóa ký không có trên máy chủ này."),
    ("KEY_NOT_YOURS", "Khóa ký này là của người khác."),
    ("KEY_RESTS", "Sai mật khẩu khóa nhiều lần; khóa tạm nghỉ, chờ ít phút rồi thử lại."),
    ("KEY_STORE", "Không đọc được kho khóa. Báo người quản trị."),
    ("KEY_PASSWORD_WRONG", "Mật khẩu khóa ký không đúng."),
    ("KEY_FILE_UNREADABLE", "Tệp khóa không đọc được; cần tệp PKCS#12 (.p12, .pfx)."),
    ("KEY_FILE_INCOMPLETE", "Tệp khóa thiếu khóa hoặc thiếu chứng thư."),
    ("KEY_FILE_TOO_LARGE", "Tệp khóa quá lớn."),
    ("KEY_TOO_WEAK", "Khóa quá ngắn; cần RSA từ 2048 bit hoặc ECDSA P-256."),
    ("IMAGE_UNREADABLE", "Ảnh không đọc được; cần PNG nền trong suốt."),
    ("IMAGE_TOO_LARGE", "Ảnh quá lớn."),
    ("MANDATE_ENDED", "Phiên ký đã hết 15 phút; nhập lại mật khẩu khóa."),
    ("MANDATE_NOT_YOURS", "Phiên ký này là của người khác."),
    ("MANDATE_DOES_NOT_NAME_FILE", "Tệp này không có trong danh sách đã xem trước khi ký."),
    ("MANDATE_OF_OTHER_KIND", "Phiên ký này dùng khóa loại khác."),
    ("TOO_MANY_MANDATES", "Quá nhiều phiên ký đang mở; thử lại sau."),
    ("DIGESTS_COUNT", "Mỗi lần ký từ 1 đến 200 tệp."),
    ("DIGEST_SHAPE", "Mã tệp không đúng; tải lại trang."),
    ("PDF_ALREADY_SIGNED", "Tệp đã có chữ ký, không chuẩn bị ô được nữa."),
    ("PDF_CERTIFIED_NO_CHANGES", "Chữ ký đã có trong tệp cấm mọi thay đổi."),
    ("PDF_DAMAGED", "Tệp PDF bị hỏng."),
    ("PDF_ENCRYPTED", "Tệp PDF có mã hóa, không ký được."),
    ("PDF_FIELDS_EXIST", "Tệp đã có sẵn các ô cùng tên."),
    ("PDF_FIELDS_MISSING", "Tệp thiếu ô số, ngày, chữ ký hoặc dấu."),
    ("PDF_LOCKED_BY_SIGNATURE", "Chữ ký đã có trong tệp khóa ô này."),
    ("PDF_NOT_A_PDF", "Tệp không phải PDF."),
    ("PDF_PASSWORD_NEEDED", "Tệp PDF có mật khẩu."),
    ("PDF_PLACE_OUTSIDE_PAGE", "Vị trí nằm ngoài trang."),
    ("PDF_TEXT_DOES_NOT_FIT", "Số hoặc ngày không vừa ô đã chuẩn bị."),
    // The front itself.
    ("FORM_SHAPE", "Biểu mẫu gửi lên không đọc được; tải lại trang rồi thử lại."),
    ("FORM_TOO_LARGE", "Nội dung gửi lên quá dài."),
    ("FORMS_BUSY", "Đang in quá nhiều; thử lại sau ít giây."),
    ("UPLOAD_BROKEN_OFF", "Tải tệp bị đứt giữa chừng; thử lại."),
    ("UPLOAD_ENDED", "Tải tệp bị đứt giữa chừng; thử lại."),
    ("UPLOAD_SIZE", "Tệp quá lớn để kiểm tra ở đây."),
    ("TOO_MANY_FILES", "Quá nhiều tệp trong một lần; chia ra nhiều lần."),
    ("FILE_TOO_LARGE", "Tệp quá lớn."),
    ("FILE_DAMAGED", "Tệp trong kho bị hỏng. Báo người quản trị."),
    ("FILES_UNREADABLE", "Không đọc được kho tệp. Báo người quản trị."),
    ("NO_FILE", "Chưa chọn tệp nào."),
    // Letters, places, the signing and issuing screens.
    ("CHARACTER_NOT_ALLOWED", "Có ký tự điều khiển không dùng được."),
    ("CHARACTER_NOT_PRINTABLE", "Có ký tự mà phông chữ của văn bản không in được."),
    ("FIELD_EMPTY", "Cần nhập."),
    ("FIELD_NOT_ALLOWED", "Loại văn bản này không có mục này."),
    ("TEXT_TOO_LONG", "Dài quá mức cho phép."),
    ("TEXT_NOT_ONE_LINE", "Chỉ được một dòng."),
    ("COUNT_OUT_OF_RANGE", "Quá nhiều mục."),
    ("NOTATION_INVALID", "Ký hiệu không có khoảng trống và dấu gạch chéo."),
    ("CAPACITY_INVALID", "Thẩm quyền ký viết chưa đúng."),
    ("NOT_A_LENGTH", "Cần là số milimét, ví dụ 52,5."),
    ("PLACES_NOT_FOUND", "Không tự tìm ra chỗ của số, ngày, chữ ký và dấu. Đặt bằng tay trên trang."),
    (
        "FORM_PARTS_NOT_TICKED",
        "Chưa đánh dấu đủ chín thành phần thể thức. Thành phần nào không đạt thì trả lại dự thảo, ghi rõ.",
    ),
    ("NOTHING_CHOSEN", "Chưa chọn văn bản nào, hoặc chọn quá nhiều trong một lần."),
    (
        "NOT_OPENED",
        "Có văn bản chưa được mở xem trong phiên này. Chỉ ký được văn bản đã mở xem; chưa văn bản nào được ký.",
    ),
    ("CHANGED_MEANWHILE", "Văn bản đã thay đổi sau khi trang này mở. Mở lại để xem bản mới."),
    ("SESSION_ENDED", "Phiên làm việc đã kết thúc; đăng nhập lại."),
    ("BROKEN", "Hệ thống gặp lỗi; báo người quản trị."),
    ("FILE_UNKNOWN", "Tệp không còn trong kho; tải lại tệp."),
    ("PASSWORD_TOO_SHORT", "Mật khẩu cần từ 10 ký tự trở lên."),
    ("PASSWORD_TOO_LONG", "Mật khẩu quá dài."),
    ("FOUNDING_CODE_WRONG", "Mã khởi tạo không đúng hoặc đã dùng."),
    ("COMMAND_MISSING", "Không rõ phải làm gì; tải lại trang rồi thử lại."),
    // The wire and the store.
    ("REQUEST_ID_REUSED", "Biểu mẫu này đã gửi với nội dung khác. Mở lại trang rồi gửi lại."),
    ("TOO_MANY", "Quá nhiều yêu cầu cùng lúc; thử lại sau ít giây."),
    ("TOO_MANY_CALLS", "Máy chủ đang quá tải; thử lại sau ít giây."),
    ("TOO_MANY_WATCHERS", "Máy chủ đang quá tải; thử lại sau ít giây."),
    ("COMMIT_QUEUE_FULL", "Máy chủ đang quá tải; thử lại sau ít giây."),
    ("STORE_BUSY", "Kho dữ liệu đang bận; thử lại sau ít giây."),
    ("STORE_CLOSING", "Hệ thống đang dừng; thử lại sau ít phút."),
    ("STORE_READ_ONLY", "Kho dữ liệu đang chỉ cho đọc vì ổ đĩa báo lỗi. Báo người quản trị khởi động lại."),
    ("VIEW_DAMAGED", "Bảng tra của kho bị hỏng. Báo người quản trị."),
    ("VIEW_REBUILDING", "Kho dữ liệu đang dựng lại bảng tra; thử lại sau ít phút."),
    ("SEARCH_REBUILDING", "Chỉ mục tra cứu đang dựng lại; thử lại sau ít phút."),
    ("JOURNAL_UNREADABLE", "Không đọc được nhật ký. Báo người quản trị."),
    ("ENTRY_TOO_LARGE", "Nội dung quá dài để ghi trong một lần."),
    ("BACKUP_FAILED", "Sao lưu không thành."),
    ("BACKUP_EXISTS", "Thư mục sao lưu đã có; chọn thư mục khác."),
    ("DEADLINE", "Máy chủ trả lời quá chậm."),
    ("PEER", "Một phần của hệ thống không trả lời."),
    ("OTHER", "Hệ thống không cho làm việc này."),
];

/// What is said of a reason that has no sentence.
const UNTOLD: &str = "Hệ thống không cho làm việc này.";

/// The sentence for a reason.
pub(crate) fn sentence(reason: &str) -> &'static str {
    find(reason).unwrap_or(UNTOLD)
}

fn find(reason: &str) -> Option<&'static str> {
    SENTENCES.iter().find(|(r, _)| *r == reason).map(|(_, s)| *s)
}

/// The sentence for a violation by its field.
pub(crate) fn of_violation(violation: &Violation) -> String {
    find(violation.reason).map_or_else(|| format!("Chưa đúng ({}).", violation.reason), str::to_owned)
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
        let missing: Vec<&&str> = domain::reasons::ALL.iter().filter(|r| find(r).is_none()).collect();
        assert!(missing.is_empty(), "no Vietnamese sentence for {missing:?}");
    }

    #[test]
    fn no_reason_stands_twice() {
        let mut reasons: Vec<_> = SENTENCES.iter().map(|(r, _)| r).collect();
        reasons.sort_unstable();
        let all = reasons.len();
        reasons.dedup();
        assert_eq!(reasons.len(), all);
    }
}
