//! Attacks by annotations and evidence.

use signer::pdf::Ref;

use super::{Attack, Rule, add_annotation, form_stream};
use crate::validate_forge::{CATALOG, LINK, MARK, PAGE, list};
use crate::validate_office::set;

pub(super) const ANNOTATIONS: &[Attack] = &[
    // Annotations.
    Attack {
        name: "text over the page",
        rule: Rule::Comment,
        change: |file, inc| {
            add_annotation(
                file,
                inc,
                "<</Type/Annot/Subtype/FreeText/Rect[72 690 300 720]/Contents(900)/DA(/F1 12 Tf)>>",
            );
        },
    },
    Attack {
        name: "redaction",
        rule: Rule::Comment,
        change: |file, inc| {
            add_annotation(file, inc, "<</Type/Annot/Subtype/Redact/Rect[72 690 300 720]/OverlayText(900)>>");
        },
    },
    Attack {
        name: "stamp",
        rule: Rule::Comment,
        change: |file, inc| {
            add_annotation(file, inc, "<</Type/Annot/Subtype/Stamp/Rect[0 0 595 842]/AP<</N 15 0 R>>>>");
        },
    },
    Attack {
        name: "annotation of an unknown kind",
        rule: Rule::Comment,
        change: |file, inc| {
            add_annotation(file, inc, "<</Type/Annot/Subtype/Nothing/Rect[72 690 300 720]/AP<</N 15 0 R>>>>");
        },
    },
    Attack {
        name: "annotation without a kind",
        rule: Rule::Comment,
        change: |file, inc| {
            add_annotation(file, inc, "<</Type/Annot/Rect[72 690 300 720]/AP<</N 15 0 R>>>>");
        },
    },
    Attack {
        name: "highlight in white",
        rule: Rule::Comment,
        change: |file, inc| {
            add_annotation(
                file,
                inc,
                "<</Type/Annot/Subtype/Highlight/C[1 1 1]/Rect[72 690 300 720]/QuadPoints[72 720 300 720 72 690 300 690]>>",
            );
        },
    },
    Attack {
        name: "attached file",
        rule: Rule::Comment,
        change: |file, inc| {
            add_annotation(file, inc, "<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS<</F(a)>>>>");
        },
    },
    Attack {
        name: "annotation directly in the list",
        rule: Rule::Comment,
        change: |file, inc| {
            let old = list(file, PAGE, "Annots");
            set(
                inc,
                PAGE,
                "Annots",
                &format!("[{old} <</Type/Annot/Subtype/FreeText/Rect[72 690 300 720]/Contents(900)>>]"),
            );
        },
    },
    Attack {
        name: "annotation changed",
        rule: Rule::Comment,
        change: |_, inc| set(inc, MARK, "Rect", "[0 0 595 842]"),
    },
    Attack {
        name: "look of an annotation overwritten",
        rule: Rule::Comment,
        change: |_, inc| inc.put(Ref::new(16), form_stream("1 g 0 0 595 842 re f")),
    },
    Attack {
        name: "annotation removed",
        rule: Rule::Comment,
        change: |file, inc| {
            set(inc, PAGE, "Annots", &format!("[{}]", list(file, PAGE, "Annots").replace("13 0 R", "")));
        },
    },
    Attack {
        name: "annotation freed",
        rule: Rule::Comment,
        change: |_, inc| inc.put(MARK, b"null".to_vec()),
    },
    Attack {
        name: "all annotations dropped",
        rule: Rule::Never,
        change: |_, inc| set(inc, PAGE, "Annots", "null"),
    },
    Attack {
        name: "order of annotations",
        rule: Rule::Comment,
        change: |file, inc| {
            let order = list(file, PAGE, "Annots").replace("13 0 R", "");
            set(inc, PAGE, "Annots", &format!("[13 0 R {order}]"));
        },
    },
    Attack {
        name: "a link elsewhere",
        rule: Rule::Comment,
        change: |_, inc| set(inc, LINK, "A", "<</S/URI/URI(https://evil.example)>>"),
    },
    Attack {
        name: "a link over the page",
        rule: Rule::Comment,
        change: |file, inc| {
            add_annotation(
                file,
                inc,
                "<</Type/Annot/Subtype/Link/Rect[0 0 595 842]/A<</S/URI/URI(https://evil.example)>>>>",
            );
        },
    },
    Attack {
        name: "a comment with a script",
        rule: Rule::Never,
        change: |file, inc| {
            add_annotation(file, inc, "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/A<</S/JavaScript/JS(x)>>>>");
        },
    },
    Attack {
        name: "a comment with a script when shown",
        rule: Rule::Never,
        change: |file, inc| {
            add_annotation(
                file,
                inc,
                "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/AA<</PO<</S/Launch/F(a.exe)>>>>>>",
            );
        },
    },
    Attack {
        name: "a film",
        rule: Rule::Never,
        change: |file, inc| {
            add_annotation(
                file,
                inc,
                "<</Type/Annot/Subtype/Screen/Rect[0 0 595 842]/A<</S/Rendition/OP 0>>>>",
            );
        },
    },
    // Evidence.
    Attack {
        name: "validation data",
        rule: Rule::Told,
        change: |_, inc| set(inc, CATALOG, "DSS", "<</Type/DSS/Certs[]>>"),
    },
    Attack {
        name: "validation data that hold a page",
        rule: Rule::Told,
        change: |_, inc| set(inc, CATALOG, "DSS", "<</Type/DSS/Certs[3 0 R]/CRLs[4 0 R]/X 1 0 R>>"),
    },
    Attack {
        name: "extensions",
        rule: Rule::Told,
        change: |_, inc| set(inc, CATALOG, "Extensions", "<</ESIC<</BaseVersion/1.7/ExtensionLevel 5>>>>"),
    },
];
