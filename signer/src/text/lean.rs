//! What the text of a large file needs of it, and no more: pages, their contents, fonts without glyphs, forms. Images and
//! whatever is attached stay on the disk.

use std::collections::{BTreeSet, VecDeque};

use lopdf::{Dictionary, Document, StringFormat, dictionary};

use crate::pdf::{self, Dict, Input, Object, Ref, View};

/// The most objects that are taken.
const OBJECTS_MAX: usize = 500_000;
/// The most bytes of streams that are taken, as they stand in the file.
const BYTES_MAX: usize = 64 << 20;

/// What says nothing of text: glyphs, colours, and what belongs to a file without being printed.
const LEFT_OUT: [&[u8]; 14] = [
    b"FontDescriptor",
    b"CIDToGIDMap",
    b"CharProcs",
    b"ColorSpace",
    b"ExtGState",
    b"Pattern",
    b"Shading",
    b"Properties",
    b"SMask",
    b"Metadata",
    b"PieceInfo",
    b"Thumb",
    b"Popup",
    b"StructTreeRoot",
];
/// The same of pages and annotations only: elsewhere a font may have such a name.
const LEFT_OUT_OF_TYPED: [&[u8]; 8] = [b"B", b"A", b"AA", b"Dest", b"Group", b"P", b"FS", b"V"];

/// A document of that alone, and whether nothing of it was left out for its size.
///
/// # Errors
/// When the file cannot be read as a PDF, or no longer.
pub(super) fn lean(file: &Input) -> Result<(Document, bool), pdf::Error> {
    let document = pdf::Document::open(file.clone())
        .or_else(|because| pdf::Document::recover(file, "", because, pdf::Leniency::Nothing))?;
    let mut lean = Lean { view: document.latest(), made: Document::new(), bytes: 0, complete: true };
    let root = document.trailer().get(b"Root").and_then(Object::as_ref);
    if let Some(root) = root {
        lean.take_from(root);
    }
    let Lean { made, complete, .. } = lean;
    file.check()?;
    Ok((made, complete))
}

struct Lean<'d> {
    view: View<'d>,
    made: Document,
    bytes: usize,
    complete: bool,
}

impl Lean<'_> {
    fn take_from(&mut self, root: Ref) {
        let catalog = self.view.get(root).unwrap_or(Object::Null);
        let Some(pages) = catalog.as_dict().and_then(|it| it.get(b"Pages")) else { return };
        let mut wanted = VecDeque::new();
        let pages = converted(pages, &mut wanted);
        self.made.objects.insert(id(root), dictionary! { "Type" => "Catalog", "Pages" => pages }.into());
        self.made.trailer.set("Root", id(root));
        let mut seen = BTreeSet::from([root]);
        while let Some(next) = wanted.pop_front() {
            if !seen.insert(next) {
                continue;
            }
            if seen.len() > OBJECTS_MAX {
                self.complete = false;
                return;
            }
            // What cannot be read is as if it were not there.
            let Ok(object) = self.view.get(next) else { continue };
            let object = match &object {
                Object::Stream(stream) => self.stream(stream, &mut wanted),
                other => converted(other, &mut wanted),
            };
            self.made.max_id = self.made.max_id.max(next.number);
            self.made.objects.insert(id(next), object);
        }
    }

    fn stream(&mut self, stream: &pdf::Stream, wanted: &mut VecDeque<Ref>) -> lopdf::Object {
        if stream.dict.is_name(b"Subtype", b"Image") {
            return lopdf::Stream::new(dictionary! { "Subtype" => "Image" }, Vec::new()).into();
        }
        let size = stream.data.len();
        if self.bytes + size > BYTES_MAX {
            self.complete = false;
            return lopdf::Object::Null;
        }
        self.bytes += size;
        let Ok(data) = self.view.decrypted(stream) else { return lopdf::Object::Null };
        lopdf::Stream::new(dict(&stream.dict, wanted), data.into()).into()
    }
}

fn id(of: Ref) -> lopdf::ObjectId {
    (of.number, of.generation)
}

/// The same in lopdf's words. What it refers to is wanted next.
fn converted(object: &Object, wanted: &mut VecDeque<Ref>) -> lopdf::Object {
    match object {
        Object::Null => lopdf::Object::Null,
        Object::Bool(value) => (*value).into(),
        Object::Integer(value) => (*value).into(),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "lopdf keeps reals so; text stands where it stands"
        )]
        Object::Real(real) => lopdf::Object::Real(real.value().unwrap_or_default() as f32),
        Object::Name(name) => lopdf::Object::Name(name.as_bytes().to_vec()),
        Object::String(string) => {
            let format = if string.is_hex() { StringFormat::Hexadecimal } else { StringFormat::Literal };
            lopdf::Object::String(string.bytes().to_vec(), format)
        }
        Object::Array(array) => array.iter().map(|it| converted(it, wanted)).collect::<Vec<_>>().into(),
        Object::Dict(it) => dict(it, wanted).into(),
        // A stream is never inside another object.
        Object::Stream(it) => dict(&it.dict, wanted).into(),
        Object::Ref(to) => {
            wanted.push_back(*to);
            id(*to).into()
        }
    }
}

fn dict(of: &Dict, wanted: &mut VecDeque<Ref>) -> Dictionary {
    let mut made = Dictionary::new();
    let typed = of.get(b"Type").or_else(|| of.get(b"Subtype")).is_some();
    for entry in &of.entries {
        let key = entry.key.as_bytes();
        let left_out = LEFT_OUT.contains(&key) || typed && LEFT_OUT_OF_TYPED.contains(&key);
        if !left_out {
            made.set(key.to_vec(), converted(&entry.value, wanted));
        }
    }
    made
}
