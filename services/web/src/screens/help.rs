//! Trình đơn: the whole menu as a page; each minute the frame takes its figures from it.
//! Bảng phím tắt: the one table of keys, shown as a page and, by `?`, over the page that one is on.

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::response::Response;
use axum::routing::get;

use crate::app::App;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/phim-tat", get(page)).route("/trinh-don", get(menu))
}

/// A group of keys: its name, and each key with what it does.
pub(crate) type Keys = (&'static str, &'static [(&'static str, &'static str)]);

/// The keys. Screens draw them in `<kbd>`; `assets/app.js` obeys `data-key`.
pub(crate) const KEYS: &[Keys] = &[
    (
        "Ở mọi trang",
        &[
            ("/", "tới ô tra cứu"),
            ("?", "bảng phím tắt này"),
            ("G T", "trang chủ"),
            ("G D", "văn bản đến"),
            ("G I", "văn bản đi"),
            ("G V", "việc của tôi"),
            ("G S", "sổ văn bản đến"),
            ("G C", "ký số"),
            ("G K", "kiểm tra chữ ký"),
            ("G M", "tài khoản của tôi"),
            ("Esc", "rời ô nhập, đóng bảng"),
            ("Ctrl+Z", "hoàn tác, khi dòng báo còn hiện"),
        ],
    ),
    (
        "Trong danh sách và sổ",
        &[
            ("J / K", "dòng sau / dòng trước"),
            ("Enter", "mở dòng đang chọn"),
            ("N", "tiếp nhận, tạo mới"),
            ("P", "in sổ"),
            ("[ / ]", "trang mới hơn / cũ hơn"),
        ],
    ),
    (
        "Tiếp nhận & vào sổ",
        &[
            ("Ctrl+Enter", "vào sổ và mở tiếp"),
            ("J / K", "văn bản sau / trước"),
            ("U", "chọn tệp"),
            ("B", "bản giấy không có tệp"),
            ("T", "trả lại nơi gửi"),
        ],
    ),
    (
        "Đọc & chỉ đạo",
        &[
            ("1 … 9", "chọn đơn vị: lần 1 chủ trì, lần 2 phối hợp, lần 3 để biết, lần 4 bỏ"),
            ("A … F", "chèn cụm từ bút phê"),
            ("H", "thời hạn kế tiếp"),
            ("Ctrl+Enter", "chuyển và mở tiếp"),
            ("J / K", "văn bản sau / trước"),
        ],
    ),
    (
        "Soạn, duyệt, ban hành",
        &[
            ("Ctrl+Enter", "lưu và xem trước; việc chính của trang"),
            ("C", "soạn theo mẫu / từ tệp PDF"),
            ("1 … 9, 0", "đánh dấu một thành phần thể thức / cả chín"),
            ("V", "vị trí số, ngày, chữ ký, dấu"),
            ("Mũi tên", "dời ô đang chọn 1 mm; thêm Shift: đổi cỡ"),
            ("X", "bỏ ra / cho vào, ở hàng chờ cấp số, đóng dấu, phát hành"),
        ],
    ),
    (
        "Ký số",
        &[
            ("Space", "mở xem; lần nữa: đã xem, mở tiếp"),
            ("Enter", "mở to"),
            ("X", "bỏ ra / cho vào lại"),
            ("R", "trả lại, ghi lý do"),
            ("Ctrl+Enter", "ký các văn bản đã xem"),
        ],
    ),
    (
        "Chi tiết và việc",
        &[
            ("Phím trên nút", "mỗi nút ghi phím của nó"),
            ("Ctrl+Enter", "gửi biểu mẫu"),
            ("← / →", "trang trước / sau của văn bản"),
            ("+ / −", "phóng to / thu nhỏ văn bản"),
        ],
    ),
];

#[derive(Template)]
#[template(path = "help/keys.html")]
struct Page {
    frame: Frame,
    groups: &'static [Keys],
}

async fn page(desk: Desk) -> Result<Response, Failure> {
    let page = Page { frame: desk.frame("Bảng phím tắt", "/phim-tat").await?, groups: KEYS };
    desk.page(&page)
}

#[derive(Template)]
#[template(path = "help/menu.html")]
struct MenuPage {
    frame: Frame,
}

async fn menu(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let page = MenuPage { frame: desk.frame("Trình đơn", form.text("o")).await? };
    desk.page(&page)
}
