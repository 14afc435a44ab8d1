//! Files to measure with: of a size, with so many pages and objects, always the same bytes.

use integration_tests::chance::Chance;

/// A file to measure with.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) pdf: Vec<u8>,
}

/// The files of the table: small and large, and large of many objects.
pub(crate) fn samples() -> Vec<Sample> {
    [
        (SMALL.0, SMALL.1, SMALL.2, 0),
        ("1MB", 1_000_000, 20, 0),
        ("20MB", 20_000_000, 200, 0),
        ("20MB of 100,000 objects", 20_000_000, 200, 99_598),
    ]
    .map(|(name, bytes, pages, more)| Sample { name, pdf: pdf(bytes, pages, more) })
    .into()
}

/// The smallest of them.
pub(crate) fn small() -> Sample {
    Sample { name: SMALL.0, pdf: pdf(SMALL.1, SMALL.2, 0) }
}

/// Name, bytes and pages of the smallest.
const SMALL: (&str, usize, usize) = ("100KB", 100_000, 4);

/// A file of about so many bytes with a classic cross-reference: either the pages' contents make up the size, or so
/// many objects more.
fn pdf(bytes: usize, pages: usize, more: usize) -> Vec<u8> {
    /// What a page takes beside its contents, and what one of many objects takes beside its filling; about.
    const PAGE_BYTES: usize = 180;
    const OBJECT_BYTES: usize = 62;
    let mut out = b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut offsets = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: &[u8]| {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", offsets.len()).as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    };
    let kids: Vec<String> = (0..pages).map(|page| format!("{} 0 R", 3 + 2 * page)).collect();
    object(&mut out, b"<</Type/Catalog/Pages 2 0 R>>");
    object(&mut out, format!("<</Type/Pages/Kids[{}]/Count {pages}>>", kids.join(" ")).as_bytes());
    let content = if more == 0 { (bytes / pages).saturating_sub(PAGE_BYTES) } else { 400 };
    let mut chance = Chance::new(30);
    for page in 0..pages {
        let of_page = 4 + 2 * page;
        let dict =
            format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents {of_page} 0 R>>");
        object(&mut out, dict.as_bytes());
        let mut stream = format!("<</Length {content}>>\nstream\n").into_bytes();
        let end = stream.len() + content;
        while stream.len() < end {
            stream.extend_from_slice(&chance.draw().to_be_bytes());
        }
        stream.truncate(end);
        stream.extend_from_slice(b"\nendstream");
        object(&mut out, &stream);
    }
    let filling = "x".repeat((bytes / more.max(1)).saturating_sub(OBJECT_BYTES));
    for number in 0..more {
        object(&mut out, format!("<</A {number}/B({filling})>>").as_bytes());
    }
    let xref = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).as_bytes());
    for offset in &offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let id = "00112233445566778899aabbccddeeff";
    let size = offsets.len() + 1;
    out.extend_from_slice(
        format!("trailer\n<</Size {size}/Root 1 0 R/ID[<{id}><{id}>]>>\nstartxref\n{xref}\n%%EOF\n")
            .as_bytes(),
    );
    out
}
