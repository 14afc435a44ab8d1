//! Attacks by form fields and signature fields.

use super::{Attack, Rule, add_annotation, fill, form_stream};
use crate::validate_forge::{
    BOX, EMPTY, FILLED, FILLED_LOOK, FONT, FORM, LATER, OVERLAY, PAGE, SECOND_PAGE, list,
};
use crate::validate_office::{set, stream};

pub(super) const FIELDS: &[Attack] = &[
    // The form.
    Attack {
        name: "form written by script",
        rule: Rule::Never,
        change: |_, inc| set(inc, FORM, "XFA", "[(template) 4 0 R]"),
    },
    Attack {
        name: "order of calculation",
        rule: Rule::Never,
        change: |_, inc| set(inc, FORM, "CO", "[11 0 R]"),
    },
    Attack {
        name: "appearances to be drawn anew",
        rule: Rule::Never,
        change: |_, inc| set(inc, FORM, "NeedAppearances", "true"),
    },
    Attack { name: "signature flags", rule: Rule::Never, change: |_, inc| set(inc, FORM, "SigFlags", "0") },
    Attack {
        name: "default font exchanged",
        rule: Rule::Never,
        change: |_, inc| set(inc, FORM, "DR", "<</Font<</F1 30 0 R>>>>"),
    },
    Attack {
        name: "default font dropped",
        rule: Rule::Never,
        change: |_, inc| set(inc, FORM, "DR", "<</Font<<>>>>"),
    },
    Attack {
        name: "default font added",
        rule: Rule::Told,
        change: |_, inc| set(inc, FORM, "DR", "<</Font<</F1 6 0 R/F2 30 0 R>>>>"),
    },
    Attack {
        name: "default look",
        rule: Rule::Never,
        change: |_, inc| set(inc, FORM, "DA", "(/F1 1 Tf 1 g)"),
    },
    // Fields.
    Attack { name: "field filled", rule: Rule::Form, change: |_, inc| fill(inc, EMPTY, "new", "new") },
    Attack { name: "field changed", rule: Rule::Form, change: |_, inc| fill(inc, FILLED, "new", "new") },
    Attack {
        name: "field filled but drawn otherwise",
        rule: Rule::Form,
        change: |_, inc| fill(inc, FILLED, "new", "NEW"),
    },
    Attack {
        name: "box ticked",
        rule: Rule::Form,
        change: |_, inc| {
            set(inc, BOX, "V", "/Yes");
            set(inc, BOX, "AS", "/Yes");
        },
    },
    Attack { name: "tick without value", rule: Rule::Never, change: |_, inc| set(inc, BOX, "AS", "/Yes") },
    Attack {
        name: "looks of the box exchanged",
        rule: Rule::Never,
        change: |_, inc| set(inc, BOX, "AP", "<</N<</Yes 18 0 R/Off 17 0 R>>>>"),
    },
    Attack {
        name: "look exchanged",
        rule: Rule::Never,
        change: |_, inc| set(inc, FILLED, "AP", "<</N 16 0 R>>"),
    },
    Attack {
        name: "look overwritten",
        rule: Rule::Never,
        change: |_, inc| inc.put(FILLED_LOOK, form_stream("1 g 0 0 100 20 re f")),
    },
    Attack {
        name: "look when the mouse is over it",
        rule: Rule::Never,
        change: |_, inc| set(inc, FILLED, "AP", "<</N 15 0 R/R 16 0 R>>"),
    },
    Attack {
        name: "look overwritten while its field is filled",
        rule: Rule::Form,
        change: |_, inc| {
            inc.put(FILLED_LOOK, form_stream("/Tx BMC BT /F1 10 Tf 2 4 Td (new) Tj ET EMC"));
            set(inc, FILLED, "V", "(new)");
        },
    },
    Attack {
        name: "font overwritten while a field is filled",
        rule: Rule::Never,
        change: |_, inc| {
            fill(inc, FILLED, "new", "new");
            set(inc, FONT, "Encoding", "/MacRomanEncoding");
        },
    },
    Attack {
        name: "overlay exchanged while a field is filled",
        rule: Rule::Never,
        change: |_, inc| {
            fill(inc, FILLED, "new", "new");
            inc.put(OVERLAY, stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", " "));
        },
    },
    Attack {
        name: "field moved while it is filled",
        rule: Rule::Never,
        change: |_, inc| {
            fill(inc, FILLED, "new", "new");
            set(inc, FILLED, "Rect", "[70 690 300 720]");
        },
    },
    Attack {
        name: "field moved to another page",
        rule: Rule::Never,
        change: |file, inc| {
            set(inc, PAGE, "Annots", "[10 0 R 12 0 R 13 0 R 29 0 R]");
            set(inc, SECOND_PAGE, "Annots", &format!("[{} 11 0 R]", list(file, SECOND_PAGE, "Annots")));
        },
    },
    Attack {
        name: "field shown on a second page",
        rule: Rule::Never,
        change: |file, inc| {
            set(inc, SECOND_PAGE, "Annots", &format!("[{} 11 0 R]", list(file, SECOND_PAGE, "Annots")));
        },
    },
    Attack { name: "field hidden", rule: Rule::Never, change: |_, inc| set(inc, FILLED, "F", "2") },
    Attack { name: "field only on paper", rule: Rule::Never, change: |_, inc| set(inc, FILLED, "F", "36") },
    Attack { name: "field on a layer", rule: Rule::Never, change: |_, inc| set(inc, FILLED, "OC", "9 0 R") },
    Attack {
        name: "field with border",
        rule: Rule::Never,
        change: |_, inc| set(inc, FILLED, "MK", "<</BG[1]/BC[0]>>"),
    },
    Attack { name: "field renamed", rule: Rule::Never, change: |_, inc| set(inc, FILLED, "T", "(b)") },
    Attack {
        name: "field of another kind",
        rule: Rule::Never,
        change: |_, inc| set(inc, FILLED, "FT", "/Btn"),
    },
    Attack {
        name: "field with an action",
        rule: Rule::Never,
        change: |_, inc| set(inc, BOX, "A", "<</S/JavaScript/JS(x)>>"),
    },
    Attack {
        name: "field with a second widget",
        rule: Rule::Never,
        change: |file, inc| {
            let widget = add_annotation(
                file,
                inc,
                "<</Type/Annot/Subtype/Widget/Parent 11 0 R/Rect[70 690 300 720]/AP<</N 15 0 R>>>>",
            );
            set(inc, FILLED, "Kids", &format!("[{widget} R]"));
        },
    },
    Attack {
        name: "field added",
        rule: Rule::Never,
        change: |file, inc| {
            let added = add_annotation(
                file,
                inc,
                "<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/V(900)/Rect[70 690 300 720]/AP<</N 15 0 R>>>>",
            );
            set(inc, FORM, "Fields", &format!("[{} {added} R]", list(file, FORM, "Fields")));
        },
    },
    Attack {
        name: "widget that belongs to no field",
        rule: Rule::Never,
        change: |file, inc| {
            add_annotation(
                file,
                inc,
                "<</Type/Annot/Subtype/Widget/FT/Tx/T(x)/Rect[70 690 300 720]/AP<</N 15 0 R>>>>",
            );
        },
    },
    Attack {
        name: "field dropped from the form",
        rule: Rule::Never,
        change: |file, inc| {
            set(inc, FORM, "Fields", &format!("[{}]", list(file, FORM, "Fields").replace("11 0 R", "")));
        },
    },
    // Signature fields.
    Attack {
        name: "empty signature field added",
        rule: Rule::Form,
        change: |file, inc| {
            let added =
                add_annotation(file, inc, "<</Type/Annot/Subtype/Widget/FT/Sig/T(x)/Rect[0 0 0 0]/F 132>>");
            set(inc, FORM, "Fields", &format!("[{} {added} R]", list(file, FORM, "Fields")));
        },
    },
    Attack {
        name: "empty signature field that draws",
        rule: Rule::Never,
        change: |file, inc| {
            let look = inc.allocate().unwrap();
            inc.put(look, form_stream("BT /F1 12 Tf (Pay 900) Tj ET"));
            let source = format!(
                "<</Type/Annot/Subtype/Widget/FT/Sig/T(x)/Rect[72 690 300 720]/F 132/AP<</N {look} R>>>>"
            );
            let added = add_annotation(file, inc, &source);
            set(inc, FORM, "Fields", &format!("[{} {added} R]", list(file, FORM, "Fields")));
        },
    },
    Attack {
        name: "prepared signature field draws without being signed",
        rule: Rule::Never,
        change: |_, inc| set(inc, LATER, "AP", "<</N 15 0 R>>"),
    },
    Attack {
        name: "prepared signature field moved",
        rule: Rule::Never,
        change: |_, inc| set(inc, LATER, "Rect", "[70 690 300 720]"),
    },
    Attack {
        name: "prepared signature field holds nonsense",
        rule: Rule::Never,
        change: |_, inc| set(inc, LATER, "V", "(signed)"),
    },
    Attack {
        name: "lock added to a prepared field",
        rule: Rule::Never,
        change: |_, inc| set(inc, LATER, "Lock", "<</Type/SigFieldLock/Action/All>>"),
    },
];
