//! The screens. Each is a module with its templates in the folder of the same name; this is the one place where they are
//! registered: their routes, and their entries in the menu (in the order of the menu).
//!
//! A screen offers `routes()` and, when it is in the menu, `entries(&Desk)`. It reads with `desk.calls()`, acts with the
//! macro `call!`, shows with `desk.page(&Template { frame, … })`, and after a POST goes on with `desk.go(path, toast)`.

use axum::Router;

use crate::app::App;
use crate::desk::Desk;
use crate::menu::{Entry, Part};
use crate::works::Works;

pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod books;
pub(crate) mod check;
pub(crate) mod direct;
pub(crate) mod document;
pub(crate) mod evidence;
pub(crate) mod facts;
pub(crate) mod files;
pub(crate) mod founding;
pub(crate) mod help;
pub(crate) mod home;
pub(crate) mod incoming;
pub(crate) mod outgoing;
pub(crate) mod receive;
pub(crate) mod search;
pub(crate) mod signing;
pub(crate) mod trouble;
pub(crate) mod work;

/// Every route.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .merge(home::routes())
        .merge(account::routes())
        .merge(founding::routes())
        .merge(help::routes())
        .merge(receive::routes())
        .merge(incoming::routes())
        .merge(direct::routes())
        .merge(document::routes())
        .merge(files::routes())
        .merge(work::routes())
        .merge(outgoing::routes())
        .merge(signing::routes())
        .merge(books::routes())
        .merge(search::routes())
        .merge(check::routes())
        .merge(evidence::routes())
        .merge(admin::routes())
}

/// The menu's entries for a person.
pub(crate) fn entries(desk: &Desk, works: Works) -> Vec<Entry> {
    let mut all = vec![Entry::new(Part::Home, crate::texts::t::menu::home(), "/")];
    all.extend(receive::entries(desk));
    all.extend(incoming::entries(desk));
    all.extend(outgoing::entries(desk));
    all.extend(signing::entries(desk));
    all.extend(check::entries(desk));
    all.extend(books::entries(desk));
    all.extend(search::entries(desk));
    all.extend(admin::entries(desk));
    // After the administrator's own: the group leads to its first page.
    if works.evidence {
        all.extend(evidence::entries(desk));
    }
    all
}
