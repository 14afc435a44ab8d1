//! What stands around every page: top bar, menu, toast. Templates that extend `layout.html` hold it as `frame`.

use crate::menu::Group;
use crate::toast::Toast;

/// The frame of a page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frame {
    /// Title of the page.
    pub(crate) title: String,
    /// Name of the agency.
    pub(crate) agency: String,
    /// Name of the person.
    pub(crate) person: String,
    /// Title and unit of the position acted in.
    pub(crate) post: String,
    /// `Thứ Tư, 18/11/2026`.
    pub(crate) day: String,
    /// The menu, only what works for the roles.
    pub(crate) menu: Vec<Group>,
    /// Position of the journal at which the menu was counted.
    pub(crate) position: u64,
    /// Token for the forms of this page.
    pub(crate) csrf: String,
    /// What was done on the page before.
    pub(crate) toast: Option<Toast>,
    /// Path of the menu's entry that is shown as the current one.
    pub(crate) here: String,
    /// Id for what a form on this page does: a second click does nothing.
    pub(crate) request_id: String,
}
