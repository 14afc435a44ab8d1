//! What a forger does to an issued document: the number, the date, the page, an annotation.

use signer::pdf::{Document, Increment, Object, Ref};

/// Gives the file as forged.
pub type Forge = fn(&Document) -> Vec<u8>;

/// The four forgeries, by name.
pub const FORGERIES: [(&str, Forge); 4] = [
    ("number changed", |document| refilled(document, "so", "99")),
    ("date changed", |document| refilled(document, "ngay", "ngay 01 thang 01 nam 2020")),
    ("page changed", page_changed),
    ("annotation added", annotation_added),
];

/// Another value in a text field, with an appearance that shows it.
fn refilled(document: &Document, name: &str, text: &str) -> Vec<u8> {
    let fields = document.latest().fields().expect("it has fields");
    let field = fields.iter().find(|f| f.name == name).unwrap_or_else(|| panic!("no field {name}"));
    let id = field.id.expect("the field is an object");
    let mut increment = Increment::new(document);
    let font = add(
        &mut increment,
        b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman/Encoding/WinAnsiEncoding>>".to_vec(),
    );
    let content = format!("/Tx BMC BT /F1 13 Tf 0 g 1 4 Td ({text}) Tj ET EMC");
    let shown = stream(
        &format!("/Type/XObject/Subtype/Form/BBox[0 0 200 18]/Resources<</Font<</F1 {font} R>>>>"),
        &content,
    );
    let shown = add(&mut increment, shown);
    set(&mut increment, id, "V", &format!("({text})"));
    set(&mut increment, id, "AP", &format!("<</N {shown} R>>"));
    finished(increment)
}

/// Other words on the first page.
fn page_changed(document: &Document) -> Vec<u8> {
    let page = document.latest().page(1).expect("pages are read").expect("there is a page");
    let mut increment = Increment::new(document);
    let content = add(&mut increment, stream("", "0.9 g 72 400 300 20 re f"));
    set(&mut increment, page.id, "Contents", &format!("{content} R"));
    finished(increment)
}

/// Words laid over the first page.
fn annotation_added(document: &Document) -> Vec<u8> {
    let view = document.latest();
    let page = view.page(1).expect("pages are read").expect("there is a page");
    let before = match view.value(&page.dict, b"Annots").expect("annotations are read") {
        Object::Array(array) => {
            array.iter().filter_map(Object::as_ref).map(|id| format!("{id} R ")).collect()
        }
        _ => String::new(),
    };
    let mut increment = Increment::new(document);
    let note = b"<</Type/Annot/Subtype/FreeText/Rect[72 400 372 420]/Contents(900)/DA(/Helv 12 Tf 0 g)/F 4>>";
    let note = add(&mut increment, note.to_vec());
    set(&mut increment, page.id, "Annots", &format!("[{before}{note} R]"));
    finished(increment)
}

fn add(increment: &mut Increment<'_>, source: Vec<u8>) -> Ref {
    let id = increment.allocate().expect("an object number is free");
    increment.put(id, source);
    id
}

fn set(increment: &mut Increment<'_>, id: Ref, key: &str, value: &str) {
    let patch = increment.patch(id).expect("the object is read");
    let dict = patch.original().as_dict().expect("it is a dictionary").clone();
    patch.set(&dict, key.as_bytes(), value.as_bytes());
}

fn finished(increment: Increment<'_>) -> Vec<u8> {
    let file = increment.document().file().to_bytes().expect("the file is in memory");
    increment.finish().expect("the increment is written").join(&file)
}

fn stream(dict: &str, data: &str) -> Vec<u8> {
    format!("<<{dict}/Length {}>>stream\n{data}\nendstream", data.len()).into_bytes()
}
