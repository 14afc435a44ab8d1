//! Pages for what did not work, in people's words, with a code for the one who looks into the log.

use askama::Template;
use proto::fault::Fault;

use crate::texts::{reasons, t};

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
            Fault::Unknown { .. } => {
                (t::trouble::unknown(), t::trouble::unknown_text().to_owned(), t::trouble::unknown_way())
            }
            Fault::Denied { reason, .. } => {
                (t::trouble::denied(), reasons::sentence(reason).to_owned(), t::trouble::denied_way())
            }
            Fault::Invalid(violations) => (
                t::trouble::invalid(),
                violations.iter().map(reasons::of_violation_with_field).collect::<Vec<_>>().join(" "),
                t::trouble::invalid_way(),
            ),
            Fault::Refused { reason, .. } => {
                (t::trouble::refused(), reasons::sentence(reason).to_owned(), t::trouble::refused_way())
            }
            Fault::Conflict { .. } => {
                (t::trouble::conflict(), t::trouble::conflict_text().to_owned(), t::trouble::conflict_way())
            }
            Fault::Unauthenticated { .. } => (
                t::trouble::unauthenticated(),
                t::trouble::unauthenticated_text().to_owned(),
                t::trouble::unauthenticated_way(),
            ),
            Fault::Busy { reason, .. } => {
                (t::trouble::busy(), reasons::sentence(reason).to_owned(), t::trouble::busy_way())
            }
            Fault::Unavailable { reason, .. } => (
                t::trouble::unavailable(),
                t::trouble::unavailable_text(reasons::sentence(reason)),
                t::trouble::unavailable_way(),
            ),
            Fault::Broken { .. } => {
                (t::trouble::broken(), t::trouble::broken_text().to_owned(), t::trouble::broken_way())
            }
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
