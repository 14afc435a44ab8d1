//! Small files made here: PDFs of a line of text, images.

/// A PDF of one page with a line of text in ASCII.
#[must_use]
pub fn one_page(text: &str) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 72 720 Td ({}) Tj ET", text.replace(['(', ')', '\\'], " "));
    pdf(&[
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595.303937007874 841.889763779528]/Contents 4 0 R\
         /Resources<</Font<</F1 5 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ])
}

/// A file of these objects, numbered from 1; the first is the catalog.
#[must_use]
pub fn pdf(objects: &[String]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in (1..).zip(objects) {
        offsets.push(file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let start = file.len();
    let size = objects.len() + 1;
    file.extend(format!("xref\n0 {size}\n0000000000 65535 f \n").bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(format!("trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n").bytes());
    file
}

/// A small transparent PNG in one colour: a signature or a seal.
///
/// # Panics
/// When it cannot be encoded.
#[must_use]
pub fn ink([red, green, blue]: [u8; 3]) -> Vec<u8> {
    const EDGE: u8 = 24;
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, u32::from(EDGE), u32::from(EDGE));
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let dots: Vec<u8> = (0..EDGE)
        .flat_map(|y| (0..EDGE).flat_map(move |x| [red, green, blue, if (x + y) % 5 < 2 { 230 } else { 0 }]))
        .collect();
    let mut writer = encoder.write_header().expect("a header is written");
    writer.write_image_data(&dots).expect("dots are written");
    writer.finish().expect("the image ends");
    png
}
