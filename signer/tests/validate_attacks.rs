//! The published classes of attack on signed PDF files, and what else can be thought of: on files
//! with tables and with object streams, with approval signatures and certifications of each level.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_forge;
mod validate_office;

use std::collections::BTreeSet;

use signer::pdf::{Increment, Ref};
use signer::validate::Verdict;
use validate_forge::{
    BOX, CATALOG, CONTENT, EMPTY, FILLED, FILLED_LOOK, FONT, FONT_PROGRAM, FORM, IMAGE, INFORMATION, LATER,
    LAYER, LEVELS, LINK, MARK, METADATA, NAMES, OVERLAY, PAGE, PAGES, PARAGRAPH, SECOND_PAGE, STRUCTURE,
    Shape, brief, list, signed, told,
};
use validate_office::{Office, set, stream, update};

/// What a change after a signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// Never allowed.
    Never,
    /// Filling and signing: allowed but by a certification of level 1, and told.
    Form,
    /// Comments: allowed by a certification of level 3 only, and told.
    Comment,
    /// Always allowed, and told.
    Told,
}

/// What is changed before anyone signs.
type Draft = fn(&mut Increment<'_>);

struct Attack {
    name: &'static str,
    rule: Rule,
    change: fn(&[u8], &mut Increment<'_>),
}

fn add_annotation(file: &[u8], increment: &mut Increment<'_>, source: &str) -> Ref {
    let id = increment.allocate().unwrap();
    increment.put(id, source.as_bytes().to_vec());
    set(increment, PAGE, "Annots", &format!("[{} {id} R]", list(file, PAGE, "Annots")));
    id
}

fn form_stream(content: &str) -> Vec<u8> {
    stream("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 6 0 R>>>>", content)
}

fn fill(increment: &mut Increment<'_>, field: Ref, value: &str, shown: &str) {
    let look = increment.allocate().unwrap();
    increment.put(look, form_stream(&format!("/Tx BMC BT /F1 10 Tf 2 4 Td ({shown}) Tj ET EMC")));
    set(increment, field, "V", &format!("({value})"));
    set(increment, field, "AP", &format!("<</N {look} R>>"));
}

const ATTACKS: &[Attack] = &[
    // Shadow: what was hidden appears, what was shown goes.
    Attack {
        name: "content replaced",
        rule: Rule::Never,
        change: |_, inc| inc.put(CONTENT, stream("", "BT /F1 12 Tf 72 700 Td (Pay 900 dong) Tj ET")),
    },
    Attack { name: "content freed", rule: Rule::Never, change: |_, inc| inc.put(CONTENT, b"null".to_vec()) },
    Attack {
        name: "content list",
        rule: Rule::Never,
        change: |_, inc| set(inc, PAGE, "Contents", "[4 0 R 14 0 R]"),
    },
    Attack {
        name: "overlay emptied",
        rule: Rule::Never,
        change: |_, inc| inc.put(OVERLAY, stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", " ")),
    },
    Attack {
        name: "overlay is no form any more",
        rule: Rule::Never,
        change: |_, inc| inc.put(OVERLAY, stream("/Type/XML/Subtype/XML/BBox[0 0 9 9]", "1 g 0 0 9 9 re f")),
    },
    Attack { name: "overlay freed", rule: Rule::Never, change: |_, inc| inc.put(OVERLAY, b"null".to_vec()) },
    Attack {
        name: "overlay exchanged in the resources",
        rule: Rule::Never,
        change: |_, inc| {
            set(
                inc,
                PAGE,
                "Resources",
                "<</Font<</F1 6 0 R>>/XObject<</Over 15 0 R/Im 8 0 R>>/Properties<</OC1 9 0 R>>>>",
            );
        },
    },
    Attack {
        name: "overlay's box shrunk",
        rule: Rule::Never,
        change: |_, inc| {
            inc.put(OVERLAY, stream("/Type/XObject/Subtype/Form/BBox[0 0 0 0]", "1 g 0 0 9 9 re f"));
        },
    },
    Attack {
        name: "image replaced",
        rule: Rule::Never,
        change: |_, inc| {
            inc.put(
                IMAGE,
                stream(
                    "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8",
                    "y",
                ),
            );
        },
    },
    Attack {
        name: "image masked",
        rule: Rule::Never,
        change: |_, inc| {
            inc.put(
                IMAGE,
                stream(
                    "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Mask[0 255]",
                    "x",
                ),
            );
        },
    },
    Attack {
        name: "font replaced",
        rule: Rule::Never,
        change: |_, inc| {
            inc.put(
                FONT,
                b"<</Type/Font/Subtype/TrueType/BaseFont/Symbol/Encoding/WinAnsiEncoding>>".to_vec(),
            );
        },
    },
    Attack {
        name: "font's encoding changed",
        rule: Rule::Never,
        change: |_, inc| set(inc, FONT, "Encoding", "<</Differences[48/nine]>>"),
    },
    Attack {
        name: "font program replaced",
        rule: Rule::Never,
        change: |_, inc| inc.put(FONT_PROGRAM, stream("/Length1 4", "FONT")),
    },
    Attack {
        name: "layer hidden",
        rule: Rule::Never,
        change: |_, inc| {
            set(inc, CATALOG, "OCProperties", "<</OCGs[9 0 R]/D<</OFF[9 0 R]/Order[9 0 R]>>>>");
        },
    },
    Attack {
        name: "layer's usage changed",
        rule: Rule::Never,
        change: |_, inc| set(inc, LAYER, "Usage", "<</View<</ViewState/OFF>>>>"),
    },
    // Pages.
    Attack {
        name: "page order",
        rule: Rule::Never,
        change: |_, inc| set(inc, PAGES, "Kids", "[5 0 R 3 0 R]"),
    },
    Attack {
        name: "page removed",
        rule: Rule::Never,
        change: |_, inc| {
            set(inc, PAGES, "Kids", "[3 0 R]");
            set(inc, PAGES, "Count", "1");
        },
    },
    Attack { name: "count alone", rule: Rule::Never, change: |_, inc| set(inc, PAGES, "Count", "1") },
    Attack {
        name: "page twice",
        rule: Rule::Never,
        change: |_, inc| {
            set(inc, PAGES, "Kids", "[3 0 R 5 0 R 3 0 R]");
            set(inc, PAGES, "Count", "3");
        },
    },
    Attack {
        name: "page exchanged for a copy",
        rule: Rule::Never,
        change: |_, inc| {
            let page = inc.allocate().unwrap();
            inc.put(page, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 14 0 R>>".to_vec());
            set(inc, PAGES, "Kids", &format!("[{page} R 5 0 R]"));
        },
    },
    Attack { name: "crop box", rule: Rule::Never, change: |_, inc| set(inc, PAGE, "CropBox", "[0 0 10 10]") },
    Attack {
        name: "inherited crop box",
        rule: Rule::Never,
        change: |_, inc| set(inc, PAGES, "CropBox", "[0 0 10 10]"),
    },
    Attack {
        name: "inherited resources",
        rule: Rule::Never,
        change: |_, inc| set(inc, PAGES, "Resources", "<</Font<</F1 30 0 R>>>>"),
    },
    Attack { name: "rotation", rule: Rule::Never, change: |_, inc| set(inc, PAGE, "Rotate", "180") },
    Attack { name: "user unit", rule: Rule::Never, change: |_, inc| set(inc, PAGE, "UserUnit", "2") },
    Attack {
        name: "script when the page opens",
        rule: Rule::Never,
        change: |_, inc| set(inc, PAGE, "AA", "<</O<</S/JavaScript/JS(x)>>>>"),
    },
    Attack { name: "thumbnail", rule: Rule::Never, change: |_, inc| set(inc, PAGE, "Thumb", "8 0 R") },
    Attack {
        name: "page is a template",
        rule: Rule::Never,
        change: |_, inc| set(inc, PAGE, "Type", "/Template"),
    },
    Attack {
        name: "page's group",
        rule: Rule::Never,
        change: |_, inc| set(inc, PAGE, "Group", "<</S/Transparency/CS/DeviceRGB>>"),
    },
    // The catalog.
    Attack {
        name: "script when the file opens",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "OpenAction", "<</S/JavaScript/JS(x)>>"),
    },
    Attack {
        name: "destination when the file opens",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "OpenAction", "[5 0 R/Fit]"),
    },
    Attack {
        name: "scripts before printing",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "AA", "<</WP<</S/JavaScript/JS(x)>>>>"),
    },
    Attack {
        name: "named scripts",
        rule: Rule::Never,
        change: |_, inc| {
            set(inc, CATALOG, "Names", "<</Dests 24 0 R/JavaScript<</Names[(a)<</S/JavaScript/JS(x)>>]>>>>");
        },
    },
    Attack {
        name: "attachment",
        rule: Rule::Never,
        change: |_, inc| {
            set(
                inc,
                CATALOG,
                "Names",
                "<</Dests 24 0 R/EmbeddedFiles<</Names[(a)<</Type/Filespec/F(a)>>]>>>>",
            );
        },
    },
    Attack {
        name: "associated files",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "AF", "[<</Type/Filespec/F(a)>>]"),
    },
    Attack {
        name: "destinations moved",
        rule: Rule::Never,
        change: |_, inc| inc.put(NAMES, b"<</Names[(first)[5 0 R/Fit]]>>".to_vec()),
    },
    Attack {
        name: "page labels",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "PageLabels", "<</Nums[0<</S/r>>]>>"),
    },
    Attack {
        name: "viewer preferences",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "ViewerPreferences", "<</HideToolbar true/ViewArea/BleedBox>>"),
    },
    Attack {
        name: "collection",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "Collection", "<</Type/Collection/View/H>>"),
    },
    Attack {
        name: "requirements",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "Requirements", "[<</S/EnableJavaScripts>>]"),
    },
    Attack {
        name: "base of addresses",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "URI", "<</Base(https://evil.example/)>>"),
    },
    Attack { name: "language", rule: Rule::Never, change: |_, inc| set(inc, CATALOG, "Lang", "(vi)") },
    Attack {
        name: "needs rendering",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "NeedsRendering", "true"),
    },
    Attack {
        name: "outlines",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "Outlines", "<</Type/Outlines>>"),
    },
    Attack {
        name: "output intents",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "OutputIntents", "[<</S/GTS_PDFA1>>]"),
    },
    Attack {
        name: "permissions exchanged",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "Perms", "<</UR3 4 0 R>>"),
    },
    Attack {
        name: "type of the catalog",
        rule: Rule::Never,
        change: |_, inc| set(inc, CATALOG, "Type", "/Pages"),
    },
    Attack {
        name: "a later version",
        rule: Rule::Told,
        change: |_, inc| set(inc, CATALOG, "Version", "/2.0"),
    },
    Attack {
        name: "title",
        rule: Rule::Told,
        change: |_, inc| inc.put(INFORMATION, b"<</Title(Other)>>".to_vec()),
    },
    Attack {
        name: "metadata",
        rule: Rule::Told,
        change: |_, inc| inc.put(METADATA, stream("/Type/Metadata/Subtype/XML", "<x/>")),
    },
    // What screen readers and copies of the text take.
    Attack {
        name: "another text to read aloud",
        rule: Rule::Never,
        change: |_, inc| set(inc, PARAGRAPH, "ActualText", "(Pay 900 dong)"),
    },
    Attack {
        name: "paragraph taken out of the structure",
        rule: Rule::Never,
        change: |_, inc| set(inc, STRUCTURE, "K", "[]"),
    },
    Attack {
        name: "text added to the structure",
        rule: Rule::Never,
        change: |_, inc| {
            let added = inc.allocate().unwrap();
            inc.put(added, b"<</Type/StructElem/S/P/P 20 0 R/Pg 3 0 R/K 0/ActualText(Pay 900)>>".to_vec());
            set(inc, STRUCTURE, "K", &format!("[21 0 R {added} R]"));
        },
    },
    Attack {
        name: "roles of the structure",
        rule: Rule::Never,
        change: |_, inc| set(inc, STRUCTURE, "RoleMap", "<</P/Artifact>>"),
    },
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

/// The forgeries reach what files of the world do not: `VANTHU_FORGERIES` names a folder of seeds for the fuzzers.
fn keep_as_seed(file: &[u8], number: usize) {
    if let Some(folder) = std::env::var_os("VANTHU_FORGERIES") {
        std::fs::write(std::path::Path::new(&folder).join(format!("forgery{number}")), file).unwrap();
    }
}

#[test]
fn what_can_show_something_else_is_told_even_when_it_was_signed() {
    let office = Office::new();
    let cases: [(&str, Draft); 6] = [
        ("scripts", |inc| set(inc, CATALOG, "OpenAction", "<</S/JavaScript/JS(x)>>")),
        ("scripts", |inc| set(inc, CATALOG, "AA", "<</WC<</S/JavaScript/JS(x)>>>>")),
        ("scripts", |inc| set(inc, CATALOG, "Names", "<</JavaScript<</Names[]>>>>")),
        ("form_in_xml", |inc| set(inc, FORM, "XFA", "[(template) 4 0 R]")),
        ("fields_drawn_by_readers", |inc| set(inc, FORM, "NeedAppearances", "true")),
        ("drawn_text_differs", |inc| set(inc, FILLED, "V", "(900)")),
    ];
    let signing = validate_forge::Signing { field: "Sig1", ..Default::default() };
    for (code, change) in cases {
        let draft = update(&validate_forge::document(Shape::Table), change);
        let report = office.judge(&validate_forge::sign(&draft, &office.leader, &signing));
        let codes = validate_office::codes(&report.signatures[0]);
        assert_eq!(
            (report.verdict, codes.contains(&code)),
            (Verdict::Valid, true),
            "{code}: {}",
            brief(&report)
        );
    }
    let plain = office.judge(&signed(&office, Shape::Table, None));
    assert_eq!(validate_office::codes(&plain.signatures[0]), ["revocation_not_checked"], "{}", brief(&plain));
}

#[test]
fn values_in_the_xml_of_a_form_follow_its_fields() {
    let office = Office::new();
    let draft = update(&validate_forge::document(Shape::Table), |inc| {
        let (template, data) = (inc.allocate().unwrap(), inc.allocate().unwrap());
        inc.put(template, stream("", "<template/>"));
        inc.put(data, stream("", "<datasets>old</datasets>"));
        set(inc, FORM, "XFA", &format!("[(template) {template} R (datasets) {data} R]"));
    });
    let signing = validate_forge::Signing { field: "Sig1", ..Default::default() };
    let file = validate_forge::sign(&draft, &office.leader, &signing);
    let packet = |name: &str| {
        let packets =
            String::from_utf8(file.clone().iter().map(|b| if b.is_ascii() { *b } else { b'?' }).collect())
                .unwrap();
        let at = packets.find(&format!("({name}) ")).unwrap() + name.len() + 3;
        Ref::new(packets[at..].split(' ').next().unwrap().parse().unwrap())
    };
    let changed = |part: &str, filled: bool| {
        let forged = update(&file, |inc| {
            inc.put(packet(part), stream("", "<datasets>new</datasets>"));
            if filled {
                fill(inc, EMPTY, "new", "new");
            }
        });
        office.judge(&forged)
    };
    let honest = changed("datasets", true);
    assert!(honest.verdict == Verdict::Valid && told(&honest), "{}", brief(&honest));
    let alone = changed("datasets", false);
    assert_eq!(alone.verdict, Verdict::Invalid);
    assert!(validate_office::codes(&alone.signatures[0]).contains(&"form_data_changed"), "{}", brief(&alone));
    assert_eq!(changed("template", true).verdict, Verdict::Invalid);
}

/// The reasons that the attacks must bring about between them.
const REASONS: &[&str] = &[
    "annotation_added",
    "annotation_changed",
    "annotation_moved",
    "annotation_removed",
    "annotation_with_action",
    "annotations_reordered",
    "appearance_changed",
    "catalog_changed",
    "certified_form_changed",
    "certified_signature_added",
    "evidence_added",
    "extensions_changed",
    "field_added",
    "field_changed",
    "field_filled",
    "field_removed",
    "form_changed",
    "form_resources_added",
    "form_resources_changed",
    "information_changed",
    "metadata_changed",
    "need_appearances",
    "page_changed",
    "page_removed",
    "page_replaced",
    "page_tree_changed",
    "signature_field_added",
    "signature_flags_cleared",
    "structure_changed",
    "unsigned_field_draws",
    "version_changed",
    "widget_added",
];

#[test]
fn every_change_is_judged_by_the_certification() {
    let office = Office::new();
    let mut wrong = Vec::new();
    let mut count = 0;
    let mut reasons = BTreeSet::new();
    for shape in [Shape::Table, Shape::Packed] {
        for level in LEVELS {
            let file = signed(&office, shape, level);
            for attack in ATTACKS {
                let forged = update(&file, |increment| (attack.change)(&file, increment));
                keep_as_seed(&forged, count);
                let report = office.judge(&forged);
                count += 1;
                let one = &report.signatures[0];
                reasons.extend(one.findings.iter().map(|finding| finding.code));
                reasons.extend(one.changes.iter().map(|change| change.code));
                let allowed = match attack.rule {
                    Rule::Never => false,
                    Rule::Form => level != Some(1),
                    Rule::Comment => level == Some(3),
                    Rule::Told => true,
                };
                let right = if allowed {
                    report.verdict != Verdict::Invalid && told(&report)
                } else {
                    report.verdict == Verdict::Invalid
                };
                if !right {
                    wrong.push(format!("{shape:?} {level:?} {}: {}", attack.name, brief(&report)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let missing: Vec<&str> = REASONS.iter().copied().filter(|code| !reasons.contains(code)).collect();
    assert!(missing.is_empty(), "no attack gives {missing:?}");
}
