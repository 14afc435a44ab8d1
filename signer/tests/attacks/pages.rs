//! Attacks on what pages, the catalog and the structure show.

use super::{Attack, Rule};
use crate::validate_forge::{
    CATALOG, CONTENT, FONT, FONT_PROGRAM, IMAGE, INFORMATION, LAYER, METADATA, NAMES, OVERLAY, PAGE, PAGES,
    PARAGRAPH, STRUCTURE,
};
use crate::validate_office::{set, stream};

pub(super) const PAGES_AND_CATALOG: &[Attack] = &[
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
];
