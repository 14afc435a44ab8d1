//! What producers of the world write, beyond what is simply broken: other line ends and spaces, objects under odd heads,
//! updates that do not fit what they update, forms and annotations of the wrong kind, packed streams that break off.

use std::io::Write;

use super::layout::Fate::{Judged, Refused, Signed};
use super::layout::{ID, TEXT, Variant, of, page, plain, tree, variant};

/// The plain file with every `from` made `to`.
fn replaced(from: &str, to: &str, fate: super::layout::Fate) -> Variant {
    let base = plain();
    assert!(base.contains(from), "{from:?} is not in the plain file");
    variant(format!("{from:?} as {to:?}"), base.replace(from, to), fate)
}

/// How the parts of a file are written.
pub(crate) fn of_the_writing() -> Vec<Variant> {
    let mut all = Vec::new();
    for (from, to) in [
        ("xref\n0 7\n", "xref 0 7\n"),
        ("xref\n0 7\n", "xref   \n 0 7 \n"),
        ("xref\n0 7\n", "xref\r\n0 7\r\n"),
        ("trailer\n<<", "trailer<<"),
        ("trailer\n<<", "trailer \t <<"),
        (">>\nstartxref", "\nstartxref"),
        ("startxref\n", "startxref "),
        ("\n%%EOF", "%%EOF"),
        ("%%EOF\n", "%%EOF\r\r\n\r\n"),
        ("0000000000 65535 f", "0000000000 65535 n"),
        ("0000000000 65535 f", "0000000000 00000 f"),
        (" 00000 n", " 65535 n"),
        (" 00000 n", " 00001 n"),
        (" 00000 n \n", "\t00000\tn\t\n"),
        (" 00000 n ", " 00000 N "),
        (" 00000 n \n", " 000000 n\n"),
        (" obj\n", " obj"),
        (" obj\n", " obj\r"),
        (" 0 obj\n", "  0  obj\n"),
        ("\n3 0 obj", "\n0003 0 obj"),
        ("\n3 0 obj", "\n3 00000 obj"),
        ("endobj\n", "endobj "),
        ("endobj\n", "endobj\0\0\0\n"),
        ("endobj\n", "endobj\n\u{fe} junk (( \n"),
        ("endstream\nendobj", "endstream"),
        ("\nendstream\nendobj", "\nendobj"),
        ("endstream", "endstrea"),
        ("\nendstream\nendobj", "endstreamendobj"),
        ("stream\nBT", "stream\rBT"),
        ("stream\nBT", "stream \nBT"),
        ("stream\nBT", "streamBT"),
        ("6 0 obj", "0 0 obj"),
        ("6 0 obj", "9999999 0 obj"),
        ("6 0 obj", "4294967296 0 obj"),
    ] {
        all.push(replaced(from, to, Signed));
    }
    let base = plain();
    for (name, file) in [
        ("two headers", format!("%PDF-1.3\n{base}")),
        ("a header of MacBinary", format!("\0\u{8}report.pdf{}{base}", "\0".repeat(116))),
        ("an end of three letters", base[..base.len() - 3].to_owned()),
        ("3,000 blanks after the end", format!("{base}{}", " ".repeat(3_000))),
        ("a long comment after the end", format!("{base}%{}\n", "x".repeat(5_000))),
        ("an object after the end", format!("{base}9 0 obj\n<</Type/Foo>>\nendobj\n")),
    ] {
        all.push(variant(name, file, Signed));
    }
    let utf_16: Vec<u8> = base.encode_utf16().flat_map(u16::to_le_bytes).collect();
    all.push(variant("saved as UTF-16", utf_16, Refused("not_a_pdf")));
    all
}

/// An update that writes these objects anew.
fn updated(file: &str, objects: &[(u32, &str)], first: &str, trailer: &str) -> String {
    let mut out = file.to_owned();
    let mut rows = String::new();
    for (number, body) in objects {
        rows.push_str(&format!("{number} 1\n{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{number} 0 obj\n{body}\nendobj\n"));
    }
    let at = out.len();
    out.push_str(&format!("xref\n{first}{rows}trailer\n<<{trailer}>>\nstartxref\n{at}\n%%EOF\n"));
    out
}

/// Updates, well made and not.
pub(crate) fn of_updates() -> Vec<Variant> {
    const ZERO: &str = "0 1\n0000000000 65535 f \n";
    let base = plain();
    let table = base.find("xref\n").unwrap();
    let new = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 500 500]/Contents 4 0 R>>";
    let root = format!("/Size 7/Root 1 0 R{ID}");
    let good = format!("{root}/Prev {table}");
    let update = |first: &str, trailer: &str| updated(&base, &[(3, new)], first, trailer);
    let mut all = vec![
        variant("an update", update(ZERO, &good), Signed),
        variant("an update without object 0", update("", &good), Signed),
        variant("an update without root", update(ZERO, &format!("/Size 7/Prev {table}")), Signed),
        variant("an update whose size is small", update(ZERO, &good.replace("/Size 7", "/Size 2")), Signed),
    ];
    for wrong in ["0", "5", "999999", "-1", "(x)", "4 0 R"] {
        all.push(variant(
            format!("an update of what is at {wrong}"),
            update(ZERO, &format!("{root}/Prev {wrong}")),
            Signed,
        ));
    }
    all.push(variant("an update that forgets what it updates", update(ZERO, &root), Signed));
    let catalog = "<</Type/Catalog/Pages 2 0 R>>";
    let elsewhere = good.replace("/Root 1 0 R", "/Root 9 0 R").replace("/Size 7", "/Size 10");
    all.push(variant(
        "a catalog under a new number",
        updated(&base, &[(9, catalog)], ZERO, &elsewhere),
        Signed,
    ));
    let once = update(ZERO, &good);
    let second = base.len() + once[base.len()..].find("xref\n").unwrap();
    let smaller = new.replace("500", "400");
    let twice = updated(&once, &[(3, &smaller)], ZERO, &format!("{root}/Prev {second}"));
    all.push(variant("two updates of one object", twice, Signed));
    all.push(variant("an update cut in its trailer", once[..once.len() - 30].to_owned(), Signed));
    all.push(variant("an update cut in its table", once[..second + 20].to_owned(), Signed));
    all.push(variant("an update cut in its object", once[..base.len() + 30].to_owned(), Judged));
    let last = once.rfind("startxref").unwrap();
    let back = format!("{}startxref\n{table}\n%%EOF\n", &once[..last]);
    all.push(variant("an update that names the table before it", back, Signed));
    all
}

/// Trees, forms and annotations that go round, go deep, or are of the wrong kind.
pub(crate) fn of_the_wrong_kind() -> Vec<Variant> {
    let mut all = Vec::new();
    for body in [
        "<</Type/Pages/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        "<</Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        "<</Type/page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        "<</Type(Page)/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        "<</Type/Page/MediaBox[0 0 595 842]>>",
        "<</Type/Page/Parent 3 0 R/MediaBox[0 0 595 842]>>",
        "<</Type/Page/Parent 2 0 R/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ] {
        all.push(variant(format!("the page {body}"), of(&[(3, body)]), Signed));
    }
    for body in [
        "<</Type/Page/Kids[3 0 R]/Count 1>>",
        "<</Type/Pages/Kids[3 0 R]/Count 99>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1.0>>",
        "<</Type/Pages/Kids[(x) 3 0 R 5]/Count 3>>",
        "<</Type/Pages/Kids 3 0 R/Count 1>>",
        "<</Type/Pages/Kids[4 0 R 3 0 R]/Count 2>>",
        "<</Type/Pages/Kids[1 0 R 3 0 R]/Count 2>>",
    ] {
        all.push(variant(format!("the page tree {body}"), tree(body), Signed));
    }
    let round = |body: &str| of(&[(1, "<</Type/Catalog/Pages 2 0 R/AcroForm 8 0 R>>"), (8, body)]);
    all.push(variant("a form that goes round", round("8 0 R"), Signed));
    all.push(variant("annotations that go round", of_page_with("/Annots 8 0 R"), Signed));
    all.push(variant("a rotation that goes round", of_page_with("/Rotate 8 0 R"), Signed));
    let counted = "<</Type/Pages/Kids[3 0 R]/Count 8 0 R>>";
    all.push(variant("a count that goes round", of(&[(2, counted), (8, "8 0 R")]), Signed));
    for depth in [70, 200] {
        all.push(variant(format!("a form of {depth} levels"), deep_form(depth), Signed));
        all.push(variant(format!("pages of {depth} levels"), deep_pages(depth), Signed));
        let nested =
            format!("<</Type/Catalog/Pages 2 0 R/PieceInfo{}{}>>", "[".repeat(depth), "]".repeat(depth));
        all.push(variant(format!("{depth} levels in the catalog"), of(&[(1, &nested)]), Signed));
    }
    for annotations in [
        "[8 0 R]",
        "[8 0 R 8 0 R]",
        "[<</Subtype/Link>> 8 0 R]",
        "[[8 0 R]]",
        "[4 0 R]",
        "[3 0 R]",
        "[1 0 R]",
        "(x)",
        "/x",
        "[1 2 3]",
        "[true false null]",
    ] {
        all.push(variant(
            format!("annotations {annotations}"),
            page(&format!("/Annots {annotations}")),
            Signed,
        ));
    }
    for fields in
        ["[8 0 R]", "[8 0 R 8 0 R 9 0 R]", "8 0 R", "[3 0 R]", "[2 0 R]", "[1 0 R]", "[[8 0 R]]", "[4 0 R]"]
    {
        for field in [
            "<</T(a)/FT/Tx/V(x)>>",
            "<</T(a)/FT/Sig>>",
            "<</FT/Sig/Rect[0 0 0 0]/Subtype/Widget>>",
            "<</T(Signature1)/FT/Sig/V null>>",
            "<</T(Signature1)/FT/Sig/V 99 0 R>>",
            "<</T(Signature1)/FT/Sig/V(x)>>",
            "<</T(a)/Parent 8 0 R/Kids[8 0 R]>>",
            "<</T(a)/Kids[null 9 0 R 77 0 R]>>",
            "<</T<feff00e1>/FT/Ch/Ff(x)>>",
            "null",
        ] {
            let catalog = format!("<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields {fields}>>>>");
            let widget = "<</Parent 8 0 R/Subtype/Widget/Rect[1 2]>>";
            let file = of(&[(1, &catalog), (8, field), (9, widget)]);
            all.push(variant(format!("fields {fields}, one {field}"), file, Signed));
        }
    }
    all
}

fn of_page_with(pairs: &str) -> String {
    let body = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R{pairs}>>");
    of(&[(3, &body), (8, "8 0 R")])
}

fn deep_form(depth: usize) -> String {
    let mut objects = vec![(1, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[10 0 R]>>>>".to_owned())];
    for (number, _) in (10_u32..).zip(0..depth) {
        objects.push((number, format!("<</T(a)/Kids[{} 0 R]>>", number + 1)));
    }
    objects.push((10 + u32::try_from(depth).unwrap(), "<</T(z)/FT/Tx>>".to_owned()));
    of(&objects.iter().map(|(number, body)| (*number, body.as_str())).collect::<Vec<_>>())
}

fn deep_pages(depth: usize) -> String {
    let mut objects = vec![(2, "<</Type/Pages/Kids[10 0 R]/Count 1>>".to_owned())];
    let mut parent = 2;
    for (number, left) in (10_u32..).zip((0..depth).rev()) {
        let kid = if left == 0 { 3 } else { number + 1 };
        objects.push((number, format!("<</Type/Pages/Parent {parent} 0 R/Kids[{kid} 0 R]/Count 1>>")));
        parent = number;
    }
    let page = format!("<</Type/Page/Parent {parent} 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>");
    objects.push((3, page));
    of(&objects.iter().map(|(number, body)| (*number, body.as_str())).collect::<Vec<_>>())
}

/// Everything but the content in an object stream, both streams packed; what packing gave can be changed.
pub(crate) fn packed(change: impl Fn(&mut Vec<u8>), changed: [bool; 2]) -> Vec<u8> {
    let pack = |data: &[u8], change_it: bool| {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(data).unwrap();
        let mut out = encoder.finish().unwrap();
        if change_it {
            change(&mut out);
        }
        out
    };
    let objects = super::layout::objects(&[]);
    let inside: Vec<(&u32, &String)> = objects.iter().filter(|(number, _)| **number != 4).collect();
    let (mut index, mut bodies) = (String::new(), String::new());
    for (number, body) in &inside {
        index.push_str(&format!("{number} {} ", bodies.len()));
        bodies.push_str(&format!("{body} "));
    }
    let mut out = b"%PDF-1.5\n%\xe9\xe9\xe9\xe9\n".to_vec();
    let content_at = out.len();
    out.extend_from_slice(
        format!("4 0 obj\n<</Length {}>>\nstream\n{TEXT}\nendstream\nendobj\n", TEXT.len()).as_bytes(),
    );
    let stream_at = out.len();
    let data = pack(format!("{index}{bodies}").as_bytes(), changed[0]);
    let (many, first) = (inside.len(), index.len());
    let head = format!(
        "7 0 obj\n<</Type/ObjStm/N {many}/First {first}/Filter/FlateDecode/Length {}>>\nstream\n",
        data.len()
    );
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(&data);
    out.extend_from_slice(b"\nendstream\nendobj\n");
    let at = out.len();
    let mut rows = vec![0, 0, 0, 0, 0, 0xFF, 0xFF];
    for number in 1_u32..=8 {
        let place = inside.iter().position(|(inside, _)| **inside == number);
        let (kind, second, third) = match (number, place) {
            (_, Some(index)) => (2, 7, u16::try_from(index).unwrap()),
            (4, None) => (1, content_at, 0),
            (7, None) => (1, stream_at, 0),
            _ => (1, at, 0),
        };
        rows.push(kind);
        rows.extend_from_slice(&u32::try_from(second).unwrap().to_be_bytes());
        rows.extend_from_slice(&third.to_be_bytes());
    }
    let data = pack(&rows, changed[1]);
    let head = format!(
        "8 0 obj\n<</Type/XRef/W[1 4 2]/Size 9/Root 1 0 R/Info 6 0 R{ID}/Filter/FlateDecode/Length {}>>\nstream\n",
        data.len()
    );
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(&data);
    out.extend_from_slice(format!("\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n").as_bytes());
    out
}

/// Packed streams whose data are not whole.
pub(crate) fn of_packed_streams() -> Vec<Variant> {
    let mut all = vec![variant("packed as it should be", packed(|_| (), [false; 2]), Signed)];
    for (which, changed) in [("objects", [true, false]), ("table", [false, true]), ("both", [true, true])] {
        let wrong = packed(|data| *data.last_mut().unwrap() ^= 1, changed);
        all.push(variant(format!("{which} with a wrong checksum"), wrong, Signed));
        for less in [1, 4] {
            let cut = packed(|data| data.truncate(data.len() - less), changed);
            all.push(variant(format!("{which} less {less} bytes of their checksum"), cut, Signed));
        }
        let cut = packed(|data| data.truncate(data.len() / 2), changed);
        all.push(variant(format!("{which} cut in the middle"), cut, Judged));
        let broken = packed(|data| data[2..6].fill(0xFF), changed);
        all.push(variant(format!("{which} that cannot be unpacked"), broken, Judged));
    }
    all
}
