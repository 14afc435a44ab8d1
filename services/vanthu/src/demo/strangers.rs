//! Files as strangers send them: signed well, signed badly, scanned, turned, very long.

use lopdf::{Document, EncryptionState, EncryptionVersion, Object, Permissions};
use openssl::error::ErrorStack;
use proto::fault::Fault;
use signer::cms;
use signer::keys::SigningKey;
use signer::sign::{Claims, Prepared, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Target};
use unicode_normalization::UnicodeNormalization as _;

use super::pki::{Authority, Holder, KeyKind, self_made};

/// How a stranger's file is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    /// Well, under the demo's authority.
    Good,
    /// Well, and then a byte of the file was changed.
    Changed,
    /// With a certificate whose time was over.
    Expired,
    /// With a certificate that its holder made.
    SelfMade,
}

/// Signs a file as its sender would.
pub(super) fn signed(
    pdf: Vec<u8>,
    authority: &Authority,
    sender: &str,
    hand: Hand,
    at_s: i64,
) -> Result<Vec<u8>, Fault> {
    const YEAR: i64 = 365 * 86_400;
    let holder: Result<Holder, ErrorStack> = match hand {
        Hand::Good | Hand::Changed => {
            authority.issue(sender, sender, KeyKind::P256, at_s - YEAR, at_s + 4 * YEAR)
        }
        Hand::Expired => authority.issue(sender, sender, KeyKind::P256, at_s - 4 * YEAR, at_s - 30 * 86_400),
        Hand::SelfMade => self_made(sender, at_s - YEAR),
    };
    let holder = holder.map_err(Fault::broken)?;
    let above = if hand == Hand::SelfMade { Vec::new() } else { vec![authority.certificate().clone()] };
    let key = SigningKey::new(holder.key, holder.certificate, above).map_err(Fault::broken)?;
    let request = SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims::at(SigningTime(at_s)),
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Default::default(),
    };
    let digested = Prepared::sign(pdf, &request).map_err(Fault::broken)?.digest();
    let signed = digested.complete_with(|d| cms::sign_detached(&key, d.digest())).map_err(Fault::broken)?;
    let mut bytes = signed.to_bytes();
    if hand == Hand::Changed {
        change(&mut bytes);
    }
    Ok(bytes)
}

/// Changes one digit of the date in the file's description: nothing that is seen, all that is signed.
fn change(bytes: &mut [u8]) {
    let mark = b"CreateDate>";
    let found = bytes.windows(mark.len()).position(|w| w == mark);
    if let Some(digit) = found.and_then(|at| bytes.get_mut(at + mark.len() + 3)) {
        *digit = if *digit == b'5' { b'4' } else { b'5' };
    }
}

/// The same file with its pages turned by a quarter.
pub(super) fn turned(pdf: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut document = Document::load_mem(pdf).map_err(Fault::broken)?;
    for id in document.get_pages().into_values().collect::<Vec<_>>() {
        let page = document.get_dictionary_mut(id).map_err(Fault::broken)?;
        page.set("Rotate", Object::Integer(90));
    }
    saved(document)
}

/// The same file with its first page again and again, `count` pages in all.
pub(super) fn long(pdf: &[u8], count: usize) -> Result<Vec<u8>, Fault> {
    let mut document = Document::load_mem(pdf).map_err(Fault::broken)?;
    let first = document.get_pages().into_values().next().ok_or_else(|| Fault::broken("no page"))?;
    let page = document.get_dictionary(first).map_err(Fault::broken)?.clone();
    let parent = page.get(b"Parent").and_then(Object::as_reference).map_err(Fault::broken)?;
    let mut kids = vec![Object::Reference(first)];
    for _ in 1..count {
        let mut copy = page.clone();
        copy.remove(b"StructParents");
        kids.push(Object::Reference(document.add_object(copy)));
    }
    let tree = document.get_dictionary_mut(parent).map_err(Fault::broken)?;
    tree.set("Count", Object::Integer(i64::try_from(kids.len()).unwrap_or(1)));
    tree.set("Kids", kids);
    saved(document)
}

/// The same file whose letters, when its text is read, come apart into base and marks (NFD), as some Macs write it.
pub(super) fn decomposed(pdf: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut document = Document::load_mem(pdf).map_err(Fault::broken)?;
    for object in document.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        let Ok(content) = stream.get_plain_content() else { continue };
        let Ok(map) = String::from_utf8(content) else { continue };
        if map.contains("beginbfchar") {
            stream.set_plain_content(map_decomposed(&map).into_bytes());
        }
    }
    saved(document)
}

/// A ToUnicode map whose `<glyph> <text>` lines say the text in NFD.
fn map_decomposed(map: &str) -> String {
    let line = |line: &str| {
        let decomposed = line.rsplit_once(" <").and_then(|(glyph, text)| {
            let digits = text.strip_suffix('>')?;
            let units = (0..digits.len()).step_by(4);
            let units: Option<Vec<u16>> =
                units.map(|at| u16::from_str_radix(digits.get(at..at + 4)?, 16).ok()).collect();
            let text = String::from_utf16(&units?).ok()?;
            let apart: String = text.nfd().collect();
            let digits: String = apart.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
            Some(format!("{glyph} <{digits}>"))
        });
        decomposed.unwrap_or_else(|| line.to_owned())
    };
    map.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// The same file behind a password: nothing can be read, and nothing is made of it.
pub(super) fn locked(pdf: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut document = Document::load_mem(pdf).map_err(Fault::broken)?;
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "mat-khau-chu",
        user_password: "mat-khau",
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).map_err(Fault::broken)?;
    document.encrypt(&state).map_err(Fault::broken)?;
    saved(document)
}

fn saved(mut document: Document) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).map_err(Fault::broken)?;
    Ok(bytes)
}

/// A scan: a page that is one picture, without a word of text.
pub(super) fn scan(seed: u8) -> Vec<u8> {
    const WIDTH: usize = 310;
    const HEIGHT: usize = 438;
    let mut raster = vec![250_u8; WIDTH * HEIGHT];
    for line in 0..28 {
        let y = 40 + line * 13;
        let length = 150 + (line * 37 + usize::from(seed) * 11) % 110;
        for x in 30..30 + length {
            // Words and gaps, a little grey, a little crooked, as scans are.
            let gap = (x * 7 + line * 13) % 41 < 6;
            let row = y + (x + line) % 90 / 60;
            if !gap {
                for dy in 0..5 {
                    if let Some(dot) = raster.get_mut((row + dy) * WIDTH + x) {
                        *dot = 70 + u8::try_from((x * 31 + dy * 17) % 60).unwrap_or(0);
                    }
                }
            }
        }
    }
    let content = b"q 595 0 0 842 0 0 cm /Im0 Do Q";
    let objects: [Vec<u8>; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /Im0 5 0 R >> >> >>".to_vec(),
        stream(&format!("/Length {}", content.len()), content),
        stream(
            &format!(
                "/Type /XObject /Subtype /Image /Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceGray /BitsPerComponent 8 /Length {}",
                raster.len()
            ),
            &raster,
        ),
    ];
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    for (number, body) in (1..).zip(&objects) {
        offsets.push(out.len());
        out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    }
    let start = out.len();
    out.extend_from_slice(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).as_bytes());
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let trailer =
        format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    out.extend_from_slice(trailer.as_bytes());
    out
}

fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    let mut out = format!("<< {entries} >>\nstream\n").into_bytes();
    out.extend_from_slice(data);
    out.extend_from_slice(b"\nendstream");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_of_glyphs_tells_its_letters_apart() {
        let map = "2 beginbfchar\n<0003> <1EBF>\n<0004> <0061>\nendbfchar\n<0000> <FFFF> extra";
        let apart = "2 beginbfchar\n<0003> <006503020301>\n<0004> <0061>\nendbfchar\n<0000> <FFFF> extra";
        assert_eq!(map_decomposed(map), apart);
    }
}
