//! What in a file can change what is shown without changing a byte: scripts, forms written in XML,
//! fields that the reader draws itself, values that are not what is drawn.

use super::drawn::{self, Agreement};
use super::form::Form;
use super::report::Finding;
use crate::pdf::{Dict, Object, View};

/// Most fields whose drawing is compared with their value.
const FIELDS_MAX: usize = 64;

/// Findings on the newest revision; all of them are warnings, since they were there to be seen by whoever signed.
pub(super) fn findings(view: View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Ok(root) = view.root() else { return findings };
    if scripts(view, &root) {
        findings.push(Finding::warning(
            "scripts",
            "the file carries scripts or actions that run when it is opened, and can show something else",
        ));
    }
    let Ok(form) = Form::read(view) else { return findings };
    let Some(dict) = &form.dict else { return findings };
    if dict.get(b"XFA").is_some_and(|value| !value.is_null()) {
        findings.push(Finding::warning(
            "form_in_xml",
            "the form is written in XML too, some readers show only that",
        ));
    }
    if matches!(view.value(dict, b"NeedAppearances"), Ok(Object::Bool(true))) {
        findings.push(Finding::warning(
            "fields_drawn_by_readers",
            "readers draw the fields themselves, each in its way",
        ));
    }
    let texts = form.nodes.iter().filter(|node| !node.is_widget && node.kind.as_deref() == Some(b"Tx"));
    for node in texts.take(FIELDS_MAX) {
        if let Agreement::Differs { drawn, value } = drawn::compare(view, &form, &node.name) {
            let text = format!("field {} shows {drawn:?} while its value is {value:?}", node.name);
            findings.push(Finding::warning("drawn_text_differs", text));
        }
    }
    findings
}

fn scripts(view: View<'_>, root: &Dict) -> bool {
    let is_there = |dict: &Dict, key: &[u8]| dict.get(key).is_some_and(|value| !value.is_null());
    let opens = match view.value(root, b"OpenAction") {
        Ok(Object::Dict(action)) => {
            let kind = view.value(&action, b"S").ok();
            !matches!(kind.as_ref().and_then(Object::as_name), Some(b"GoTo"))
        }
        _ => false,
    };
    let named =
        matches!(view.value(root, b"Names"), Ok(Object::Dict(names)) if is_there(&names, b"JavaScript"));
    opens || named || is_there(root, b"AA")
}
