//! The tools of a forger who works on bytes: what is altered in place, and updates with cross-reference streams.

use signer::pdf::Document;
use signer::validate::{Report, Verdict};

use super::{CONTENT, Raw, append, brief, last_section, replaced, replaced_first, rfind};
use crate::validate_office::{codes, stream};

pub(crate) const EVIL: &str = "BT /F1 12 Tf 72 700 Td (Pay 900 dong) Tj ET";

pub(crate) fn evil_stream() -> String {
    String::from_utf8(stream("", EVIL)).unwrap()
}

/// What was written is changed in place, as every universal forgery does beside.
pub(crate) fn altered(file: &[u8]) -> Vec<u8> {
    replaced_first(file, b"Pay 100 dong) Tj", b"Pay 900 dong) Tj")
}

/// The value of `/ByteRange` as it stands, with its key.
pub(crate) fn range(file: &[u8]) -> Vec<u8> {
    let at = rfind(file, b"/ByteRange");
    let end = at + file[at..].iter().position(|byte| *byte == b']').unwrap() + 1;
    file[at..end].to_vec()
}

pub(crate) fn numbers(file: &[u8]) -> [usize; 4] {
    let text = String::from_utf8(range(file)).unwrap();
    let inner = text.trim_start_matches("/ByteRange").trim_matches(['[', ']', ' ']);
    let numbers: Vec<usize> = inner.split_whitespace().map(|word| word.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

pub(crate) fn refuses(name: &str, report: &Report, wrong: &mut Vec<String>) {
    if report.verdict != Verdict::Invalid {
        wrong.push(format!("{name}: {}", brief(report)));
    }
}

pub(crate) fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Puts `new` where `old` stands, padded with spaces so that nothing moves; longer values move the rest.
pub(crate) fn in_place(file: &[u8], old: &[u8], new: &str) -> Vec<u8> {
    replaced(file, old, format!("{new:<width$}", width = old.len()).as_bytes())
}

pub(crate) fn stream_of(text: &str) -> String {
    String::from_utf8(stream("", &format!("BT ({text}) Tj ET"))).unwrap()
}

/// Appends an update with a cross-reference stream: objects as they stand, and rows of other objects.
pub(crate) fn append_stream(file: &[u8], objects: &[(u32, String)], rows: &[(u32, [u32; 3])]) -> Vec<u8> {
    const OWN: u32 = 60;
    let mut out = file.to_vec();
    let mut entries: Vec<(u32, [u32; 3])> = rows.to_vec();
    for (number, source) in objects {
        entries.push((*number, [1, u32::try_from(out.len()).unwrap(), 0]));
        out.extend(format!("{number} 0 obj\n{source}\nendobj\n").bytes());
    }
    let start = out.len();
    entries.push((OWN, [1, u32::try_from(start).unwrap(), 0]));
    entries.sort_by_key(|(number, _)| *number);
    let index: String = entries.iter().map(|(number, _)| format!("{number} 1 ")).collect();
    let data: Vec<u8> = entries
        .iter()
        .flat_map(|(_, [kind, second, third])| {
            let (kind, third) = (u8::try_from(*kind).unwrap(), u16::try_from(*third).unwrap());
            [&[kind][..], &second.to_be_bytes(), &third.to_be_bytes()].concat()
        })
        .collect();
    let prev = last_section(file);
    let head = format!(
        "{OWN} 0 obj\n<</Type/XRef/W[1 4 2]/Index[{index}]/Size 99/Root 1 0 R/Info 25 0 R/ID[<01><01>]/Prev {prev}/Length {}>>stream\n",
        data.len()
    );
    out.extend(head.bytes());
    out.extend(data);
    out.extend(format!("\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

/// An object stream of these objects in this order.
pub(crate) fn packed(objects: &[(u32, &str)]) -> String {
    let (mut index, mut data) = (String::new(), String::new());
    for (number, source) in objects {
        index.push_str(&format!("{number} {} ", data.len()));
        data.push_str(source);
        data.push('\n');
    }
    let dict = format!("/Type/ObjStm/N {}/First {}", objects.len(), index.len());
    String::from_utf8(stream(&dict, &(index + &data))).unwrap()
}

/// The report must tell this reason, somewhere.
pub(crate) fn gives(name: &str, code: &str, report: &Report, wrong: &mut Vec<String>) {
    let told = report.signatures.iter().any(|one| codes(one).contains(&code));
    let told = told || report.findings.iter().any(|finding| finding.code == code);
    let changed = report.signatures.iter().any(|one| one.changes.iter().any(|change| change.code == code));
    if !told && !changed {
        wrong.push(format!("{name}: {code} expected, {}", brief(report)));
    }
}

/// The page replaced, the signature dictionary written again beside it.
pub(crate) fn copied_signature(file: &[u8]) -> Vec<u8> {
    let document = Document::open(file.to_vec()).unwrap();
    let view = document.latest();
    let dict = document.latest().objects().into_iter().find_map(|(id, _)| {
        let source = view.load(id).ok()??.source();
        source.windows(10).any(|window| window == b"/ByteRange").then_some((id, source))
    });
    let (id, source) = dict.unwrap();
    let source = String::from_utf8(source.to_vec()).unwrap();
    append(
        file,
        &Raw { objects: vec![(CONTENT.number, 0, evil_stream()), (id.number, 0, source)], ..Raw::default() },
    )
}

pub(crate) fn evil_update(file: &[u8]) -> Vec<u8> {
    let whole = append(file, &Raw { objects: vec![(CONTENT.number, 0, evil_stream())], ..Raw::default() });
    whole[file.len()..].to_vec()
}
