//! Trình đơn: the whole menu as a page; the frame takes its figures from it.
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
use crate::texts::t;

/// Routes of this screen.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/phim-tat", get(page)).route("/trinh-don", get(menu))
}

/// A group of keys: its name, and each key with what it does.
pub(crate) type Keys = (&'static str, Vec<(&'static str, &'static str)>);

/// The keys. Screens draw them in `<kbd>`; `assets/app.js` obeys `data-key`.
pub(crate) fn keys() -> Vec<Keys> {
    vec![
        (
            t::keys::everywhere(),
            vec![
                ("/", t::keys::find()),
                ("?", t::keys::this()),
                ("G T", t::keys::home()),
                ("G D", t::keys::incoming()),
                ("G I", t::keys::outgoing()),
                ("G V", t::keys::work()),
                ("G S", t::keys::book()),
                ("G C", t::keys::sign()),
                ("G K", t::keys::check()),
                ("G M", t::keys::account()),
                ("Esc", t::keys::leave()),
                ("Ctrl+Z", t::keys::undo()),
            ],
        ),
        (
            t::keys::lists(),
            vec![
                ("J / K", t::keys::rows()),
                ("Enter", t::keys::open_row()),
                ("N", t::keys::create()),
                ("P", t::keys::print()),
                ("E", t::keys::export()),
                ("H", t::keys::void_numbers()),
                ("[ / ]", t::keys::paging()),
            ],
        ),
        (
            t::keys::receive(),
            vec![
                ("Ctrl+Enter", t::keys::register()),
                ("J / K", t::keys::documents()),
                ("U", t::keys::files()),
                ("B", t::keys::paper()),
                ("S", t::keys::secret()),
                ("D", t::keys::twins()),
                ("T", t::keys::send_back()),
            ],
        ),
        (
            t::keys::direct(),
            vec![
                ("1 … 9", t::keys::units()),
                ("A … F", t::keys::phrases()),
                ("H", t::keys::deadline()),
                ("Ctrl+Enter", t::keys::send()),
                ("J / K", t::keys::documents()),
            ],
        ),
        (
            t::keys::draft(),
            vec![
                ("Ctrl+Enter", t::keys::save()),
                ("C", t::keys::way()),
                ("1 … 9, 0", t::keys::parts()),
                ("V", t::keys::places()),
                (t::keys::key_arrows(), t::keys::move_box()),
                ("X", t::keys::take_out_desk()),
            ],
        ),
        (
            t::keys::signing(),
            vec![
                ("Space", t::keys::look()),
                ("Enter", t::keys::enlarge()),
                ("X", t::keys::take_out()),
                ("R", t::keys::send_back_draft()),
                ("Ctrl+Enter", t::keys::sign_all()),
            ],
        ),
        (
            t::keys::details(),
            vec![
                (t::keys::key_on_button(), t::keys::own_key()),
                ("Ctrl+Enter", t::keys::submit()),
                ("← / →", t::keys::pages()),
                ("+ / −", t::keys::zoom()),
            ],
        ),
    ]
}

#[derive(Template)]
#[template(path = "help/keys.html")]
struct Page {
    frame: Frame,
    groups: Vec<Keys>,
}

async fn page(desk: Desk) -> Result<Response, Failure> {
    let page = Page { frame: desk.frame(t::frame::keys(), "/phim-tat").await?, groups: keys() };
    desk.page(&page)
}

#[derive(Template)]
#[template(path = "help/menu.html")]
struct MenuPage {
    frame: Frame,
}

async fn menu(desk: Desk, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let form = Form::parse(query.as_deref().unwrap_or_default());
    let page = MenuPage { frame: desk.frame(t::keys::menu(), form.text("o")).await? };
    desk.page(&page)
}
