//! A file to be signed.

/// One empty page.
pub(crate) fn pdf() -> Vec<u8> {
    let bodies = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ];
    let mut out = String::from("%PDF-1.7\n");
    let mut rows = String::from("0000000000 65535 f \n");
    for (index, body) in bodies.iter().enumerate() {
        rows.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.push_str(&format!("{} 0 obj\n{body}\nendobj\n", index + 1));
    }
    let xref = out.len();
    out.push_str(&format!("xref\n0 4\n{rows}trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n{xref}\n%%EOF\n"));
    out.into_bytes()
}
