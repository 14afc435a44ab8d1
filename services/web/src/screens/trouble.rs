//! Pages for what did not work, in people's words, with a code for the one who looks into the log.

use askama::Template;
use proto::fault::Fault;

use crate::texts::reasons;

/// An error page.
#[derive(Template)]
#[template(path = "trouble/trouble.html")]
pub(crate) struct Trouble {
    number: u16,
    title: &'static str,
    text: String,
    way: &'static str,
    code: String,
    demo: bool,
}

impl Trouble {
    /// The page for a fault.
    pub(crate) fn new(fault: &Fault, code: &str, demo: bool) -> Self {
        let (title, text, way) = match fault {
            Fault::Unknown { .. } => (
                "Không tìm thấy",
                "Trang hoặc văn bản này không có, hoặc bạn không được giao để xem.".to_owned(),
                "Kiểm tra lại địa chỉ, hoặc tìm bằng ô tra cứu.",
            ),
            Fault::Denied { reason, .. } => (
                "Không có quyền",
                reasons::sentence(reason).to_owned(),
                "Nếu việc này đúng là của bạn, đổi sang chức vụ khác hoặc hỏi người quản trị.",
            ),
            Fault::Invalid(violations) => (
                "Chưa đúng",
                violations.iter().map(reasons::of_violation_with_field).collect::<Vec<_>>().join(" "),
                "Quay lại trang trước, điều bạn gõ vẫn còn đó.",
            ),
            Fault::Refused { reason, .. } => (
                "Không được",
                reasons::sentence(reason).to_owned(),
                "Mở lại văn bản để xem tình trạng mới nhất.",
            ),
            Fault::Conflict { .. } => (
                "Có người vừa sửa",
                "Văn bản đã thay đổi sau khi bạn mở.".to_owned(),
                "Quay lại trang trước, tải bản mới rồi gửi lại.",
            ),
            Fault::Unauthenticated { .. } => {
                ("Cần đăng nhập", "Phiên làm việc đã kết thúc.".to_owned(), "Đăng nhập lại.")
            }
            Fault::Busy { reason, .. } => {
                ("Đang quá tải", reasons::sentence(reason).to_owned(), "Chờ ít giây rồi thử lại.")
            }
            Fault::Unavailable { reason, .. } => (
                "Máy chủ chưa trả lời",
                format!("{} Chưa có gì được ghi và chưa số nào bị lấy.", reasons::sentence(reason)),
                "Chờ ít phút rồi thử lại. Nếu vẫn vậy, báo người quản trị kèm mã dưới đây.",
            ),
            Fault::Broken { .. } => (
                "Hệ thống gặp lỗi",
                "Đây là lỗi của hệ thống, không phải của bạn.".to_owned(),
                "Báo người quản trị kèm mã dưới đây.",
            ),
        };
        let number = crate::failure::status(fault).as_u16();
        Self { number, title, text, way, code: code.to_owned(), demo }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_trouble_tells_the_code_and_never_the_detail() {
        let page =
            Trouble::new(&Fault::broken("disk /dev/sda1 at 0x77"), "7f3a91c2", false).render().expect("page");
        assert!(page.contains("7f3a91c2") && page.contains("500"));
        assert!(!page.contains("sda1"));
        let page =
            Trouble::new(&Fault::unavailable("STORE_READ_ONLY", "EIO"), "x", false).render().expect("page");
        assert!(page.contains("503") && page.contains("chưa số nào bị lấy") && !page.contains("EIO"));
    }
}
