//! A document that has one of everything, signed in every way, and the tools of a forger: updates
//! by object and updates byte by byte.
#![expect(dead_code, reason = "each test file uses its own part")]

pub(crate) mod bytes;

use signer::keys::SigningKey;
use signer::pdf::{Document, Object, Ref};
use signer::validate::{ChangesAfter, Report, Verdict};

use crate::validate_office::{Office, set, stream, update};

/// How the document's cross-reference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A table; every object for itself.
    Table,
    /// A cross-reference stream; dictionaries in an object stream.
    Packed,
}

pub(crate) const CATALOG: Ref = Ref { number: 1, generation: 0 };
pub(crate) const PAGES: Ref = Ref { number: 2, generation: 0 };
pub(crate) const PAGE: Ref = Ref { number: 3, generation: 0 };
pub(crate) const CONTENT: Ref = Ref { number: 4, generation: 0 };
pub(crate) const SECOND_PAGE: Ref = Ref { number: 5, generation: 0 };
pub(crate) const FONT: Ref = Ref { number: 6, generation: 0 };
pub(crate) const OVERLAY: Ref = Ref { number: 7, generation: 0 };
pub(crate) const IMAGE: Ref = Ref { number: 8, generation: 0 };
pub(crate) const LAYER: Ref = Ref { number: 9, generation: 0 };
pub(crate) const LINK: Ref = Ref { number: 10, generation: 0 };
pub(crate) const FILLED: Ref = Ref { number: 11, generation: 0 };
pub(crate) const BOX: Ref = Ref { number: 12, generation: 0 };
pub(crate) const MARK: Ref = Ref { number: 13, generation: 0 };
pub(crate) const FILLED_LOOK: Ref = Ref { number: 15, generation: 0 };
pub(crate) const FORM: Ref = Ref { number: 19, generation: 0 };
pub(crate) const STRUCTURE: Ref = Ref { number: 20, generation: 0 };
pub(crate) const PARAGRAPH: Ref = Ref { number: 21, generation: 0 };
pub(crate) const METADATA: Ref = Ref { number: 23, generation: 0 };
pub(crate) const NAMES: Ref = Ref { number: 24, generation: 0 };
pub(crate) const INFORMATION: Ref = Ref { number: 25, generation: 0 };
pub(crate) const LATER: Ref = Ref { number: 26, generation: 0 };
pub(crate) const FONT_PROGRAM: Ref = Ref { number: 28, generation: 0 };
pub(crate) const EMPTY: Ref = Ref { number: 29, generation: 0 };
pub(crate) const UNUSED_FONT: Ref = Ref { number: 30, generation: 0 };

fn text_stream(dict: &str, data: &str) -> String {
    String::from_utf8(stream(dict, data)).unwrap()
}

/// Source of every object, from number 1.
fn objects() -> Vec<String> {
    let form = |content: &str| {
        text_stream("/Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 6 0 R>>>>", content)
    };
    let content = "/P <</MCID 0>> BDC BT /F1 12 Tf 72 700 Td (Pay 100 dong) Tj ET EMC /Over Do /Im Do /OC /OC1 BDC 0 0 1 1 re f EMC";
    vec![
        "<</Type/Catalog/Pages 2 0 R/AcroForm 19 0 R/StructTreeRoot 20 0 R/MarkInfo<</Marked true>>/Metadata 23 0 R\
         /Names<</Dests 24 0 R>>/PageLabels<</Nums[0<</S/D>>]>>/ViewerPreferences<</DisplayDocTitle true>>\
         /OCProperties<</OCGs[9 0 R]/D<</ON[9 0 R]/Order[9 0 R]>>>>/PageMode/UseNone>>"
            .to_owned(),
        "<</Type/Pages/Kids[3 0 R 5 0 R]/Count 2>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/StructParents 0\
         /Resources<</Font<</F1 6 0 R>>/XObject<</Over 7 0 R/Im 8 0 R>>/Properties<</OC1 9 0 R>>>>\
         /Annots[10 0 R 11 0 R 12 0 R 13 0 R 29 0 R]>>"
            .to_owned(),
        text_stream("", content),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 14 0 R/Resources<</Font<</F1 6 0 R>>>>/Annots[26 0 R]>>"
            .to_owned(),
        "<</Type/Font/Subtype/TrueType/BaseFont/Helvetica/Encoding/WinAnsiEncoding/FontDescriptor 27 0 R>>".to_owned(),
        text_stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", "1 g 0 0 9 9 re f"),
        text_stream("/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "x"),
        "<</Type/OCG/Name(Layer)>>".to_owned(),
        "<</Type/Annot/Subtype/Link/Rect[10 10 20 20]/Border[0 0 0]/A<</S/URI/URI(https://example.vn)>>>>".to_owned(),
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(old)/DA(/F1 10 Tf)/Rect[100 600 200 620]/F 4/P 3 0 R/AP<</N 15 0 R>>>>"
            .to_owned(),
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(c)/V/Off/AS/Off/Rect[100 500 110 510]/F 4/P 3 0 R\
         /AP<</N<</Yes 17 0 R/Off 18 0 R>>>>>>"
            .to_owned(),
        "<</Type/Annot/Subtype/Highlight/Rect[10 650 60 660]/QuadPoints[10 660 60 660 10 650 60 650]/AP<</N 16 0 R>>>>"
            .to_owned(),
        text_stream("", "BT /F1 12 Tf 72 700 Td (Second page) Tj ET"),
        form("/Tx BMC BT /F1 10 Tf 2 4 Td (old) Tj ET EMC"),
        form("1 1 0 rg 0 0 50 10 re f"),
        form("0 0 10 10 re f"),
        form("0 0 10 10 re S"),
        "<</Fields[11 0 R 12 0 R 26 0 R 29 0 R]/DR<</Font<</F1 6 0 R>>>>/DA(/F1 10 Tf)/SigFlags 3>>".to_owned(),
        "<</Type/StructTreeRoot/K[21 0 R]/ParentTree 22 0 R/ParentTreeNextKey 1>>".to_owned(),
        "<</Type/StructElem/S/P/P 20 0 R/Pg 3 0 R/K 0/ActualText(Pay 100 dong)>>".to_owned(),
        "<</Nums[0[21 0 R]]>>".to_owned(),
        text_stream("/Type/Metadata/Subtype/XML", "<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"),
        "<</Names[(first)[3 0 R/Fit]]>>".to_owned(),
        "<</Title(Decision)>>".to_owned(),
        "<</Type/Annot/Subtype/Widget/FT/Sig/T(later)/Rect[300 100 400 150]/F 4/P 5 0 R>>".to_owned(),
        "<</Type/FontDescriptor/FontName/Helvetica/Flags 32/FontFile2 28 0 R>>".to_owned(),
        text_stream("/Length1 4", "font"),
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(e)/DA(/F1 10 Tf)/Rect[100 560 200 580]/F 4/P 3 0 R>>".to_owned(),
        "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>".to_owned(),
    ]
}

/// The document before anyone signs.
pub(crate) fn document(shape: Shape) -> Vec<u8> {
    let objects = objects();
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut entries = vec![(0_u8, 0_usize, 65_535_usize)];
    let mut packed: Vec<(usize, &String)> = Vec::new();
    let stream_number = objects.len() + 1;
    for (index, object) in objects.iter().enumerate() {
        if shape == Shape::Packed && !object.contains("endstream") {
            entries.push((2, stream_number, packed.len()));
            packed.push((index + 1, object));
        } else {
            entries.push((1, file.len(), 0));
            file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
        }
    }
    let count = objects.len();
    if shape == Shape::Table {
        let start = file.len();
        file.extend(format!("xref\n0 {}\n", count + 1).bytes());
        for (kind, at, generation) in &entries {
            let letter = if *kind == 0 { 'f' } else { 'n' };
            file.extend(format!("{at:010} {generation:05} {letter} \n").bytes());
        }
        let trailer = format!("trailer\n<</Size {}/Root 1 0 R/Info 25 0 R/ID[<01><01>]>>\n", count + 1);
        file.extend(format!("{trailer}startxref\n{start}\n%%EOF\n").bytes());
        return file;
    }
    let (mut index, mut data) = (String::new(), String::new());
    for (number, object) in &packed {
        index.push_str(&format!("{number} {} ", data.len()));
        data.push_str(object);
        data.push('\n');
    }
    let at = file.len();
    entries.push((1, at, 0));
    let dict = format!("/Type/ObjStm/N {}/First {}", packed.len(), index.len());
    file.extend(format!("{stream_number} 0 obj\n{}\nendobj\n", text_stream(&dict, &(index + &data))).bytes());
    let start = file.len();
    entries.push((1, start, 0));
    let rows: Vec<u8> = entries
        .iter()
        .flat_map(|(kind, second, third)| {
            let second = u32::try_from(*second).unwrap().to_be_bytes();
            let third = u16::try_from(*third).unwrap().to_be_bytes();
            [&[*kind][..], &second, &third].concat()
        })
        .collect();
    let size = entries.len();
    let head = format!(
        "{} 0 obj\n<</Type/XRef/W[1 4 2]/Size {size}/Root 1 0 R/Info 25 0 R/ID[<01><01>]/Length {}>>stream\n",
        size - 1,
        rows.len()
    );
    file.extend(head.bytes());
    file.extend(rows);
    file.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    file
}

/// How one signature is made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signing {
    /// Name of a new field; or of an empty one that is there, when `existing` is set.
    pub(crate) field: &'static str,
    pub(crate) existing: Option<Ref>,
    /// Position; invisible when empty.
    pub(crate) rect: &'static str,
    /// What it draws.
    pub(crate) look: &'static str,
    /// More entries of the signature dictionary.
    pub(crate) dict: String,
    /// More entries of the field.
    pub(crate) keys: &'static str,
    /// DocMDP: a certifying signature.
    pub(crate) certify: Option<u8>,
    /// `/ByteRange` stands behind `/Contents`.
    pub(crate) range_last: bool,
    pub(crate) type_name: &'static str,
    pub(crate) sub_filter: &'static str,
}

const RANGE: &str = "[0 9999999999 9999999999 9999999999]";
const ROOM: usize = 6_000;

/// Appends a signature, by hand.
pub(crate) fn sign(file: &[u8], key: &SigningKey, signing: &Signing) -> Vec<u8> {
    sign_with(file, signing, |content| {
        signer::cms::sign_detached(key, &openssl::sha::sha256(content)).unwrap()
    })
}

/// As [`sign`], with a message made by `message` over the signed bytes.
pub(crate) fn sign_with(file: &[u8], signing: &Signing, message: impl FnOnce(&[u8]) -> Vec<u8>) -> Vec<u8> {
    let contents = format!("<{}>", "0".repeat(ROOM));
    let mut references = String::new();
    if let Some(level) = signing.certify {
        references = format!(
            "/Reference[<</Type/SigRef/TransformMethod/DocMDP/TransformParams<</Type/TransformParams/V/1.2/P {level}>>>>]"
        );
    }
    let type_name = if signing.type_name.is_empty() { "Sig" } else { signing.type_name };
    let sub_filter = if signing.sub_filter.is_empty() { "ETSI.CAdES.detached" } else { signing.sub_filter };
    let (first, last) = if signing.range_last {
        (format!("/Contents{contents}"), format!("/ByteRange{RANGE}"))
    } else {
        (format!("/ByteRange{RANGE}"), format!("/Contents{contents}"))
    };
    let source = format!(
        "<</Type/{type_name}/Filter/Adobe.PPKLite/SubFilter/{sub_filter}{first}{last}{references}{}>>",
        signing.dict
    );
    let fields = list(file, FORM, "Fields");
    let annotations = list(file, PAGE, "Annots");
    let mut signed = update(file, |increment| {
        let value = increment.allocate().unwrap();
        increment.put(value, source.into_bytes());
        let look = (!signing.look.is_empty()).then(|| {
            let look = increment.allocate().unwrap();
            increment.put(look, stream("/Type/XObject/Subtype/Form/BBox[0 0 100 50]", signing.look));
            look
        });
        let look = look.map_or(String::new(), |look| format!("/AP<</N {look} R>>"));
        if let Some(field) = signing.existing {
            set(increment, field, "V", &format!("{value} R"));
            if let Some(look) = look.strip_prefix("/AP") {
                set(increment, field, "AP", look);
            }
        } else {
            let field = increment.allocate().unwrap();
            let rect = if signing.rect.is_empty() { "[0 0 0 0]" } else { signing.rect };
            let source = format!(
                "<</Type/Annot/Subtype/Widget/FT/Sig/T({})/Rect{rect}/F 132/P 3 0 R/V {value} R{look}{}>>",
                signing.field, signing.keys
            );
            increment.put(field, source.into_bytes());
            set(increment, FORM, "Fields", &format!("[{fields} {field} R]"));
            set(increment, PAGE, "Annots", &format!("[{annotations} {field} R]"));
        }
        if signing.certify.is_some() {
            set(increment, CATALOG, "Perms", &format!("<</DocMDP {value} R>>"));
        }
    });
    let hole = rfind(&signed, contents.as_bytes());
    let range_at = rfind(&signed, RANGE.as_bytes());
    let (end, total) = (hole + contents.len(), signed.len());
    let range = format!("{:<width$}", format!("[0 {hole} {end} {}]", total - end), width = RANGE.len());
    signed[range_at..range_at + range.len()].copy_from_slice(range.as_bytes());
    let message = message(&[&signed[..hole], &signed[end..]].concat());
    let hex: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(hex.len() <= ROOM, "the message needs {} digits", hex.len());
    signed[hole + 1..hole + 1 + hex.len()].copy_from_slice(hex.as_bytes());
    signed
}

/// The references of a list, as source, without brackets.
pub(crate) fn list(file: &[u8], id: Ref, key: &str) -> String {
    let document = Document::open(file.to_vec()).unwrap();
    let view = document.latest();
    let Object::Dict(dict) = view.get(id).unwrap() else { panic!("{id} is no dictionary") };
    let Object::Array(items) = view.value(&dict, key.as_bytes()).unwrap() else {
        panic!("no /{key} in {id}")
    };
    items.iter().map(|item| format!("{} R ", item.as_ref().unwrap())).collect()
}

/// First place of `needle` from the end.
pub(crate) fn rfind(file: &[u8], needle: &[u8]) -> usize {
    file.windows(needle.len())
        .rposition(|window| window == needle)
        .unwrap_or_else(|| panic!("{} is not there", String::from_utf8_lossy(needle)))
}

pub(crate) fn find(file: &[u8], needle: &[u8]) -> usize {
    file.windows(needle.len())
        .position(|window| window == needle)
        .unwrap_or_else(|| panic!("{} is not there", String::from_utf8_lossy(needle)))
}

/// Replaces the last `old`, whatever its length.
pub(crate) fn replaced(file: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let at = rfind(file, old);
    [&file[..at], new, &file[at + old.len()..]].concat()
}

/// Replaces the first `old`.
pub(crate) fn replaced_first(file: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let at = find(file, old);
    [&file[..at], new, &file[at + old.len()..]].concat()
}

/// An update written byte by byte.
pub(crate) struct Raw {
    /// Number, generation, source.
    pub(crate) objects: Vec<(u32, u16, String)>,
    /// Rows added to the table: number, the 18 characters `oooooooooo ggggg n`.
    pub(crate) rows: Vec<(u32, String)>,
    /// `/Prev`; the last section of the file when `None`.
    pub(crate) prev: Option<usize>,
    /// More entries of the trailer.
    pub(crate) trailer: String,
    pub(crate) root: u32,
    /// What comes between `trailer` and the end.
    pub(crate) end: Option<String>,
}

impl Default for Raw {
    fn default() -> Self {
        Raw { objects: Vec::new(), rows: Vec::new(), prev: None, trailer: String::new(), root: 1, end: None }
    }
}

/// Where the last section of a file begins.
pub(crate) fn last_section(file: &[u8]) -> usize {
    Document::open(file.to_vec()).unwrap().sections()[0].at
}

pub(crate) fn append(file: &[u8], raw: &Raw) -> Vec<u8> {
    let mut out = file.to_vec();
    let mut rows: Vec<(u32, String)> = raw.rows.clone();
    for (number, generation, source) in &raw.objects {
        rows.push((*number, format!("{:010} {generation:05} n", out.len())));
        out.extend(format!("{number} {generation} obj\n{source}\nendobj\n").bytes());
    }
    rows.sort();
    let start = out.len();
    out.extend(b"xref\n");
    for (number, row) in &rows {
        out.extend(format!("{number} 1\n{row} \n").bytes());
    }
    let prev = raw.prev.unwrap_or_else(|| last_section(file));
    let prev = if prev == 0 { String::new() } else { format!("/Prev {prev}") };
    let trailer = format!("trailer\n<</Size 99/Root {} 0 R/Info 25 0 R{prev}{}>>\n", raw.root, raw.trailer);
    out.extend(trailer.bytes());
    let end = raw.end.clone().unwrap_or_else(|| format!("startxref\n{start}\n%%EOF\n"));
    out.extend(end.bytes());
    out
}

/// Whether anything was told of a change.
pub(crate) fn told(report: &Report) -> bool {
    report.signatures.iter().any(|one| one.changes_after != ChangesAfter::None && !one.changes.is_empty())
        || report.signatures.iter().any(|one| one.warnings().iter().any(|w| !w.starts_with("revocation")))
}

/// The report in few lines.
pub(crate) fn brief(report: &Report) -> String {
    let mut text = report.verdict.name().to_owned();
    for one in &report.signatures {
        text.push_str(&format!("\n    {} {} after {:?}", one.field, one.verdict.name(), one.changes_after));
        for finding in one.findings.iter().filter(|finding| finding.code != "revocation_not_checked") {
            text.push_str(&format!("\n        {:?} {finding}", finding.severity));
        }
        for change in &one.changes {
            text.push_str(&format!("\n        change {change:?}"));
        }
    }
    for finding in &report.findings {
        text.push_str(&format!("\n    file: {finding}"));
    }
    text
}

/// The ways in which the document is signed before it is attacked.
pub(crate) const LEVELS: [Option<u8>; 4] = [None, Some(1), Some(2), Some(3)];

pub(crate) fn signed(office: &Office, shape: Shape, level: Option<u8>) -> Vec<u8> {
    let signing = Signing { field: "Sig1", certify: level, ..Signing::default() };
    let file = sign(&document(shape), &office.leader, &signing);
    let report = office.judge(&file);
    assert_eq!(report.verdict, Verdict::Valid, "{shape:?} {level:?}: {}", brief(&report));
    file
}
