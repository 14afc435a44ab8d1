//! Small files, well made or wrong in one way.

use std::collections::BTreeMap;

/// What must become of a variant.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Fate {
    Signed,
    /// Refused with this code.
    Refused(&'static str),
    /// Either; the tools decide whether a signed one is right.
    Judged,
}
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) file: Vec<u8>,
    pub(crate) password: &'static str,
    pub(crate) fate: Fate,
}

pub(crate) fn variant(name: impl Into<String>, file: impl Into<Vec<u8>>, fate: Fate) -> Variant {
    Variant { name: name.into(), file: file.into(), password: "", fate }
}

pub(crate) type Objects = BTreeMap<u32, String>;

pub(crate) const TEXT: &str = "BT /F1 18 Tf 20 100 Td (Kinh gui) Tj ET";
pub(crate) const ID: &str = "/ID[<0123456789abcdef0123456789abcdef><0123456789abcdef0123456789abcdef>]";

/// One page with a line of text; some objects replaced or added.
pub(crate) fn objects(changed: &[(u32, &str)]) -> Objects {
    let mut objects: Objects = [
        (1, "<</Type/Catalog/Pages 2 0 R>>".to_owned()),
        (2, "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned()),
        (3, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned()),
        (4, format!("<</Length {}>>\nstream\n{TEXT}\nendstream", TEXT.len())),
        (5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned()),
        (6, "<</Producer(x)/CreationDate(D:20200101000000Z)>>".to_owned()),
    ]
    .into();
    objects.extend(changed.iter().map(|(number, body)| (*number, (*body).to_owned())));
    objects
}

/// How a file with a classic table is laid out.
pub(crate) struct Layout {
    pub(crate) head: &'static str,
    pub(crate) trailer: String,
    /// What ends a row of the table.
    pub(crate) row: &'static str,
    /// Added to every offset, and to that of the table.
    pub(crate) shifts: [i64; 2],
    pub(crate) first: u32,
    pub(crate) count: Option<u32>,
    pub(crate) size: Option<&'static str>,
    /// After the trailer; `@` stands for the offset of the table.
    pub(crate) end: &'static str,
    pub(crate) endobj: &'static str,
    pub(crate) free: Option<u32>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            head: "%PDF-1.4\n%\u{e9}\u{e9}\n",
            trailer: format!("/Root 1 0 R/Info 6 0 R{ID}"),
            row: " \n",
            shifts: [0, 0],
            first: 0,
            count: None,
            size: None,
            end: "startxref\n@\n%%EOF\n",
            endobj: "endobj\n",
            free: None,
        }
    }
}

impl Layout {
    pub(crate) fn write(&self, objects: &Objects) -> String {
        let mut out = self.head.to_owned();
        let mut offsets = BTreeMap::new();
        for (number, body) in objects {
            offsets.insert(*number, out.len());
            out.push_str(&format!("{number} 0 obj\n{body}\n{}", self.endobj));
        }
        let moved = |offset: usize, by: i64| (i64::try_from(offset).unwrap() + by).max(0);
        let start = moved(out.len(), self.shifts[1]).to_string();
        let numbers = objects.keys().max().unwrap() + 1;
        out.push_str(&format!("xref\n{} {}\n", self.first, self.count.unwrap_or(numbers)));
        for number in 0..numbers {
            match offsets.get(&number).filter(|_| self.free != Some(number)) {
                Some(offset) => out.push_str(&format!("{:010} 00000 n", moved(*offset, self.shifts[0]))),
                None => out.push_str("0000000000 65535 f"),
            }
            out.push_str(self.row);
        }
        let size = self.size.map_or(format!("/Size {numbers}"), str::to_owned);
        out.push_str(&format!("trailer\n<<{size}{}>>\n{}", self.trailer, self.end.replace('@', &start)));
        out
    }
}

pub(crate) fn plain() -> String {
    Layout::default().write(&objects(&[]))
}

/// A file with these objects replaced or added.
pub(crate) fn of(changed: &[(u32, &str)]) -> String {
    Layout::default().write(&objects(changed))
}

pub(crate) fn trailer(pairs: &str) -> String {
    Layout { trailer: pairs.to_owned(), ..Layout::default() }.write(&objects(&[(7, "[<aabb><ccdd>]")]))
}

pub(crate) fn catalog(pairs: &str) -> String {
    let body = format!("<</Type/Catalog/Pages 2 0 R{pairs}>>");
    let extra = [
        (7, "null"),
        (8, "9 0 R"),
        (9, "[]"),
        (10, "<</Fields 8 0 R>>"),
        (11, "10 0 R"),
        (12, "<</T(a)/Kids[12 0 R]>>"),
    ];
    of(&[&[(1, body.as_str())], &extra[..]].concat())
}

pub(crate) fn page(pairs: &str) -> String {
    let body = format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R{pairs}>>");
    of(&[(3, &body), (7, "null"), (8, "9 0 R"), (9, "[]")])
}

pub(crate) fn tree(body: &str) -> String {
    of(&[(2, body), (7, "3 0 R"), (8, "[3 0 R]")])
}

/// A cross-reference stream, its rows unpacked; what stands in its dictionary and after it can be changed.
pub(crate) fn with_stream(widths: &str, size: &str, end: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n%\xe9\xe9\xe9\xe9\n".to_vec();
    let objects = objects(&[]);
    let mut rows = vec![0_u8, 0, 0, 0, 0, 0xFF, 0xFF];
    let mut row = |offset: usize| {
        rows.push(1);
        rows.extend_from_slice(&u32::try_from(offset).unwrap().to_be_bytes());
        rows.extend_from_slice(&[0, 0]);
    };
    for (number, body) in &objects {
        row(out.len());
        out.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let at = out.len();
    row(at);
    out.extend_from_slice(
        format!(
            "7 0 obj\n<</Type/XRef/W {widths}{size}/Root 1 0 R/Info 6 0 R{ID}/Length {}>>\nstream\n",
            rows.len()
        )
        .as_bytes(),
    );
    out.extend_from_slice(&rows);
    out.extend_from_slice(b"\nendstream\nendobj\n");
    out.extend_from_slice(end.replace('@', &at.to_string()).as_bytes());
    out
}

/// The section without rows that some producers append.
pub(crate) fn with_empty_section(mut file: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8_lossy(&file).into_owned();
    let before: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    let at = file.len();
    let section = format!(
        "9 0 obj\n<</Type/XRef/Size 10/Root 1 0 R/W[0 0 0]/Index[]/Prev {before}/Length 0>>\nstream\n\nendstream\nendobj\nstartxref\n{at}\n%%EOF\n"
    );
    file.extend_from_slice(section.as_bytes());
    file
}

pub(crate) const END: &str = "startxref\n@\n%%EOF\n";

/// A file as it is, and damaged in the ways that files are.
pub(crate) fn damages(file: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let last =
        |needle: &[u8]| file.windows(needle.len()).rposition(|window| window == needle).unwrap_or(file.len());
    let mut elsewhere = file[..last(b"startxref")].to_vec();
    elsewhere.extend_from_slice(b"startxref\n7\n%%EOF\n");
    vec![
        ("", file.to_vec()),
        (", bytes before", [b"junk\r\n", file].concat()),
        (", no end marker", file[..last(b"%%EOF")].to_vec()),
        (", no startxref", file[..last(b"startxref")].to_vec()),
        (", startxref elsewhere", elsewhere),
        (", bytes after", [file, &[0; 30]].concat()),
        (", cut in the middle", file[..file.len() / 2].to_vec()),
        (", cut near the end", file[..file.len() / 10 * 9].to_vec()),
    ]
}
