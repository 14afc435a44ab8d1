//! What honest programs write after a signature, each in its own way of writing: nothing of it makes a file invalid.
//! Byte by byte, so that ways stand side by side which no single library has.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod validate_forge;
mod validate_office;

use signer::pdf::{Document, Ref};
use signer::validate::Verdict;
use validate_forge::bytes::{append_stream, packed};
use validate_forge::{
    CATALOG, EMPTY, FORM, INFORMATION, LEVELS, METADATA, NAMES, PAGE, Raw, Shape, Signing, append, brief,
    last_section, sign, signed,
};
use validate_office::Office;

/// The newest source of an object.
fn source(file: &[u8], id: Ref) -> String {
    let document = Document::open(file.to_vec()).unwrap();
    String::from_utf8(document.latest().load(id).unwrap().unwrap().source().to_vec()).unwrap()
}

/// The source with this instead of that.
fn altered(file: &[u8], id: Ref, old: &str, new: &str) -> (u32, u16, String) {
    let before = source(file, id);
    let after = before.replacen(old, new, 1);
    assert_ne!(before, after, "{old} does not stand in {before}");
    (id.number, 0, after)
}

fn rewritten(file: &[u8], ids: &[Ref]) -> Vec<(u32, u16, String)> {
    ids.iter().map(|id| (id.number, 0, source(file, *id))).collect()
}

fn write(file: &[u8], objects: Vec<(u32, u16, String)>) -> Vec<u8> {
    append(file, &Raw { objects, ..Raw::default() })
}

const LOOK: &str = "<</Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F1 6 0 R>>>>/Length 43>>stream\n\
                    /Tx BMC BT /F1 10 Tf 2 4 Td (new) Tj ET EMC\nendstream";

/// An update by a name, and how a signed file gets it.
type Way = (&'static str, fn(&[u8]) -> Vec<u8>);

/// Nothing that anybody can see.
const SILENT: &[Way] = &[
    ("an update without objects", |file| write(file, Vec::new())),
    ("two of them", |file| write(&write(file, Vec::new()), Vec::new())),
    ("the free object's row", |file| {
        let rows = vec![(0, "0000000000 65535 f".to_owned())];
        append(file, &Raw { rows, objects: rewritten(file, &[INFORMATION]), ..Raw::default() })
    }),
    ("a comment between revisions", |file| {
        let with = [file, b"% written by nobody\r\n".as_slice()].concat();
        let prev = Some(last_section(file));
        append(&with, &Raw { objects: rewritten(file, &[INFORMATION]), prev, ..Raw::default() })
    }),
    ("blank lines between revisions", |file| {
        let with = [file, b"\r\n\r\n  \n".as_slice()].concat();
        let prev = Some(last_section(file));
        append(&with, &Raw { objects: rewritten(file, &[INFORMATION]), prev, ..Raw::default() })
    }),
    ("no line end behind the last mark", |file| {
        let mut out = write(file, rewritten(file, &[INFORMATION]));
        out.pop();
        out
    }),
    ("lines that end with carriage returns", |file| {
        let mut out = file.to_vec();
        let at = out.len();
        let (number, _, source) = rewritten(file, &[INFORMATION]).remove(0);
        out.extend(format!("{number} 0 obj\r\n{source}\r\nendobj\r\n").bytes());
        let start = out.len();
        let prev = last_section(file);
        out.extend(format!("xref\r\n{number} 1\r\n{at:010} 00000 n\r\n").bytes());
        out.extend(
            format!("trailer\r\n<</Size 99/Root 1 0 R/Info 25 0 R/Prev {prev}>>\r\nstartxref\r\n{start}\r\n%%EOF\r\n")
                .bytes(),
        );
        out
    }),
    ("another second identifier", |file| {
        append(file, &Raw { trailer: "/ID[<01><02>]".to_owned(), ..Raw::default() })
    }),
    ("everything written again as it is", |file| {
        write(file, rewritten(file, &[CATALOG, PAGE, FORM, NAMES, INFORMATION, METADATA, EMPTY]))
    }),
    ("the same in an object stream", |file| {
        let ids = [CATALOG, PAGE, FORM, NAMES, INFORMATION, EMPTY];
        let sources = ids.map(|id| (id.number, source(file, id)));
        let objects: Vec<(u32, &str)> =
            sources.iter().map(|(number, text)| (*number, text.as_str())).collect();
        let rows: Vec<(u32, [u32; 3])> =
            (0_u32..).zip(&objects).map(|(place, (number, _))| (*number, [2, 59, place])).collect();
        append_stream(file, &[(59, packed(&objects))], &rows)
    }),
    ("what was referred to stands in the catalog itself", |file| {
        let names = source(file, NAMES);
        write(file, vec![altered(file, CATALOG, "24 0 R", &names)])
    }),
    ("the form stands in the catalog itself", |file| {
        let form = source(file, FORM);
        write(file, vec![altered(file, CATALOG, "19 0 R", &form)])
    }),
    ("the date of the last change", |file| {
        write(file, vec![altered(file, INFORMATION, ">>", "/ModDate(D:20260601000000Z)>>")])
    }),
    ("other metadata", |file| {
        let text = "<</Type/Metadata/Subtype/XML/Length 42>>stream\n<x:xmpmeta xmlns:x='adobe:ns:meta/'> </x:xmpmeta>\nendstream";
        write(file, vec![(METADATA.number, 0, text.replace("42", "50"))])
    }),
    ("a flag that says what is so anyway", |file| {
        write(file, vec![altered(file, FORM, "/SigFlags", "/NeedAppearances false/SigFlags")])
    }),
    ("a font for the form", |file| {
        let font = "<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>".to_owned();
        write(file, vec![altered(file, FORM, "/Font<<", "/Font<</ZaDb 50 0 R"), (50, 0, font)])
    }),
    ("extensions", |file| {
        let new = "/Extensions<</ADBE<</BaseVersion/1.7/ExtensionLevel 8>>/ESIC<</BaseVersion/1.7/ExtensionLevel 1>>>>/Pages";
        write(file, vec![altered(file, CATALOG, "/Pages", new)])
    }),
    ("how the tab key goes, and when the page was changed", |file| {
        write(
            file,
            vec![altered(file, PAGE, "/MediaBox", "/Tabs/S/LastModified(D:20260601000000Z)/MediaBox")],
        )
    }),
    ("evidence, and more of it", |file| {
        let stream = "<</Length 3>>stream\nxyz\nendstream".to_owned();
        let first = write(
            file,
            vec![
                altered(file, CATALOG, "/Pages", "/DSS 50 0 R/Pages"),
                (50, 0, "<</Type/DSS/Certs[51 0 R]>>".to_owned()),
                (51, 0, stream.clone()),
            ],
        );
        let store =
            "<</Type/DSS/Certs[51 0 R 52 0 R]/CRLs[]/VRI<</A1B2<</Cert[52 0 R]/TU(D:20260601000000Z)>>>>>>";
        write(&first, vec![(50, 0, store.to_owned()), (52, 0, stream)])
    }),
];

/// What fills a form.
const FILLING: &[Way] = &[
    ("a field", |file| {
        write(
            file,
            vec![altered(file, EMPTY, "/FT/Tx", "/FT/Tx/V(new)/AP<</N 50 0 R>>"), (50, 0, LOOK.to_owned())],
        )
    }),
    ("a field as some writers do it, with a date and an empty description", |file| {
        let keys = "/FT/Tx/V(new)/M(D:20260601000000Z)/MK<<>>/AP<</N 50 0 R>>";
        write(file, vec![altered(file, EMPTY, "/FT/Tx", keys), (50, 0, LOOK.to_owned())])
    }),
    ("a field, packed", |file| {
        let (number, _, text) = altered(file, EMPTY, "/FT/Tx", "/FT/Tx/V(new)/AP<</N 50 0 R>>");
        append_stream(
            file,
            &[(50, LOOK.to_owned()), (59, packed(&[(number, &text)]))],
            &[(number, [2, 59, 0])],
        )
    }),
    ("a field with a font of its own", |file| {
        let look = LOOK.replacen("/F1 6 0 R", "/F1 6 0 R/F9 51 0 R", 1);
        let font = "<</Type/Font/Subtype/Type1/BaseFont/Courier>>".to_owned();
        write(
            file,
            vec![
                altered(file, EMPTY, "/FT/Tx", "/FT/Tx/V(new)/AP<</N 50 0 R>>"),
                altered(file, FORM, "/Font<<", "/Font<</F9 51 0 R"),
                (50, 0, look),
                (51, 0, font),
            ],
        )
    }),
];

#[test]
fn what_honest_programs_write_is_never_invalid() {
    let office = Office::new();
    let mut wrong = Vec::new();
    for shape in [Shape::Table, Shape::Packed] {
        for level in LEVELS {
            let file = signed(&office, shape, level);
            for (name, way) in SILENT {
                let report = office.judge(&way(&file));
                if report.verdict != Verdict::Valid {
                    wrong.push(format!("{shape:?} {level:?} {name}: {}", brief(&report)));
                }
            }
            for (name, way) in FILLING {
                let report = office.judge(&way(&file));
                let expected = if level == Some(1) { Verdict::Invalid } else { Verdict::Valid };
                if report.verdict != expected {
                    wrong.push(format!("{shape:?} {level:?} {name}: {}", brief(&report)));
                }
            }
            // One way after the other, and signed again behind them.
            let all = SILENT.iter().filter(|(name, _)| *name != "no line end behind the last mark");
            let piled = all.fold(file.clone(), |file, (name, way)| {
                let fits = !["what was referred to", "the form stands", "a flag that", "evidence"]
                    .iter()
                    .any(|start| name.starts_with(start));
                if fits { way(&file) } else { file }
            });
            let report = office.judge(&piled);
            if report.verdict != Verdict::Valid {
                wrong.push(format!("{shape:?} {level:?} all of them: {}", brief(&report)));
            }
            if level != Some(1) {
                let twice = sign(&piled, &office.agency, &Signing { field: "Sig2", ..Signing::default() });
                let report = office.judge(&twice);
                if report.verdict != Verdict::Valid {
                    wrong.push(format!("{shape:?} {level:?} signed behind them: {}", brief(&report)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
